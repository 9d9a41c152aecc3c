//! The calls of PolicyService.

use base::{DepartmentId, PolicyId};
use contract::subsidy as contracted;
use contract::subsidy::policy_service_server::PolicyService;
use contract::subsidy::{
    AdjustBudgetRequest, AdjustBudgetResponse, ClosePolicyRequest, ClosePolicyResponse,
    ConfirmBudgetRequest, ConfirmBudgetResponse, DraftPolicyRequest, DraftPolicyResponse,
    FilePolicyRequest, FilePolicyResponse, GetPolicyRequest, GetPolicyResponse,
    ListPoliciesRequest, ListPoliciesResponse, MatchPoliciesRequest, MatchPoliciesResponse,
    OpenPolicyRequest, OpenPolicyResponse, PreviewPolicyRequest, PreviewPolicyResponse,
    PublishPolicyRequest, PublishPolicyResponse, RepealPolicyRequest, RepealPolicyResponse,
};
use futures_util::FutureExt as _;
use journal::Unit;
use runtime::{Changed, Known, Plan, Problem, Refusal};
use tonic::{Request, Response, Status};

use super::{Api, Asking};
use crate::error::{DoorError, Error, PolicyError};
use crate::lifecycle::policy::{Policy, PolicyAsk, PolicyCommand, Terms, check};
use crate::lifecycle::{Command, Thing, ThingId};
use crate::store::policies::{self, PolicyFilter};
use crate::store::zone::lasting_of;
use crate::store::{Subsidy, applications, budget};
use crate::wire;

/// What is asked of a policy, before what it names is looked up in the unit.
#[derive(Clone)]
enum Wanted {
    Draft(Box<Terms>),
    File,
    Publish,
    Open,
    Close(String),
    Repeal(String),
}

#[tonic::async_trait]
impl PolicyService for Api {
    async fn draft_policy(
        &self,
        request: Request<DraftPolicyRequest>,
    ) -> Result<Response<DraftPolicyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.draft(&asking, request.into_inner()).await?)
    }

    async fn file_policy(
        &self,
        request: Request<FilePolicyRequest>,
    ) -> Result<Response<FilePolicyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let id = policy_id(&request.get_ref().policy)?;
        let answer = |policy| FilePolicyResponse { policy };
        self.of_policy(&asking, id, Wanted::File, answer).await
    }

    async fn publish_policy(
        &self,
        request: Request<PublishPolicyRequest>,
    ) -> Result<Response<PublishPolicyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let id = policy_id(&request.get_ref().policy)?;
        let answer = |policy| PublishPolicyResponse { policy };
        self.of_policy(&asking, id, Wanted::Publish, answer).await
    }

    async fn open_policy(
        &self,
        request: Request<OpenPolicyRequest>,
    ) -> Result<Response<OpenPolicyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let id = policy_id(&request.get_ref().policy)?;
        let answer = |policy| OpenPolicyResponse { policy };
        self.of_policy(&asking, id, Wanted::Open, answer).await
    }

    async fn close_policy(
        &self,
        request: Request<ClosePolicyRequest>,
    ) -> Result<Response<ClosePolicyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let (id, wanted) = (policy_id(&asked.policy)?, Wanted::Close(asked.reason));
        self.of_policy(&asking, id, wanted, |policy| ClosePolicyResponse { policy }).await
    }

    async fn repeal_policy(
        &self,
        request: Request<RepealPolicyRequest>,
    ) -> Result<Response<RepealPolicyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let (id, wanted) = (policy_id(&asked.policy)?, Wanted::Repeal(asked.reason));
        self.of_policy(&asking, id, wanted, |policy| RepealPolicyResponse { policy }).await
    }

    async fn adjust_budget(
        &self,
        request: Request<AdjustBudgetRequest>,
    ) -> Result<Response<AdjustBudgetResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.adjust(&asking, request.into_inner()).await?)
    }

    async fn confirm_budget(
        &self,
        request: Request<ConfirmBudgetRequest>,
    ) -> Result<Response<ConfirmBudgetResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.confirm(&asking, &request.into_inner()).await?)
    }

    async fn get_policy(
        &self,
        request: Request<GetPolicyRequest>,
    ) -> Result<Response<GetPolicyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.find_policy(&asking, request.get_ref()).await?))
    }

    async fn list_policies(
        &self,
        request: Request<ListPoliciesRequest>,
    ) -> Result<Response<ListPoliciesResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.list_of_policies(&asking, request.get_ref()).await?))
    }

    async fn match_policies(
        &self,
        request: Request<MatchPoliciesRequest>,
    ) -> Result<Response<MatchPoliciesResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.matches(&asking, request.get_ref()).await?))
    }

    async fn preview_policy(
        &self,
        request: Request<PreviewPolicyRequest>,
    ) -> Result<Response<PreviewPolicyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.preview(&asking, request.get_ref()).await?))
    }
}

impl Api {
    /// Drafts a policy, and says what would keep it from being filed.
    async fn draft(
        &self,
        asking: &Asking,
        asked: DraftPolicyRequest,
    ) -> Result<Response<DraftPolicyResponse>, Error> {
        let id = policy_id(&asked.policy)?;
        let said = asked.version.ok_or_else(|| Refusal::field("version", Problem::Required))?;
        let terms = wire::terms::terms_from(said)?;
        let wanted = Wanted::Draft(Box::new(terms));
        let changed = self.change_policy(asking, id.clone(), wanted).await?;
        let kept = policy_of(&changed)?;
        let drafted = &kept.newest().version.terms;
        let known = &self.house.known;
        let departments = lasting_of(known, known.read(), drafted).await?;
        let flaws = check(&id, drafted, &departments).iter().map(wire::policy::flaw).collect();
        let policy = Some(self.shown_policy(asking, kept).await?);
        Ok(self.answer(asking, &changed, DraftPolicyResponse { policy, flaws }))
    }

    /// Asks something of a policy, and answers with the policy as it then is.
    async fn of_policy<N>(
        &self,
        asking: &Asking,
        id: PolicyId,
        wanted: Wanted,
        response: fn(Option<contracted::Policy>) -> N,
    ) -> Result<Response<N>, Status> {
        let changed = self.change_policy(asking, id, wanted).await?;
        let policy = self.shown_policy(asking, policy_of(&changed)?).await?;
        Ok(self.answer(asking, &changed, response(Some(policy))))
    }

    async fn change_policy(
        &self,
        asking: &Asking,
        id: PolicyId,
        wanted: Wanted,
    ) -> Result<Changed<Thing>, Error> {
        let (known, by) = (self.house.known.clone(), asking.by.clone());
        let thing = ThingId::Policy(id.clone());
        self.change_with(asking, thing, move |unit| {
            let (known, by, id, wanted) = (known.clone(), by.clone(), id.clone(), wanted.clone());
            async move {
                let before = policies::find_policy(unit.tx(), &id).await?;
                let hidden = before.as_ref().is_some_and(|policy| !by.sees_policy(policy));
                if hidden || (before.is_none() && !matches!(wanted, Wanted::Draft(_))) {
                    return Err(PolicyError::NotFound { policy: id.to_string() }.into());
                }
                let department = by.person.department.clone();
                let department = department.ok_or_else(|| not_owner(before.as_ref(), &wanted))?;
                let ask = resolved(unit, &known, &id, before.as_ref(), wanted).await?;
                let command = PolicyCommand::Ask { by: by.by(), department, ask };
                Ok(Plan::<Subsidy>::Ask(ThingId::Policy(id), Command::Policy(command)))
            }
            .boxed()
        })
        .await
    }

    async fn find_policy(
        &self,
        asking: &Asking,
        asked: &GetPolicyRequest,
    ) -> Result<GetPolicyResponse, Error> {
        let id = policy_id(&asked.policy)?;
        let policy = self.seen_policy(asking, &id).await?;
        let drafts_too = asking.by.sees_drafts_of(&policy);
        let version = match asked.version {
            0 if drafts_too => Some(policy.newest().version.clone()),
            0 => Some(policy.standing.version.clone()),
            number => {
                let editions = [Some(&policy.standing), policy.next.as_ref()];
                let mut known = editions.into_iter().flatten().filter(|edition| {
                    edition.version.number == number
                        && (drafts_too || edition.published_at.is_some())
                });
                match known.next() {
                    Some(edition) => Some(edition.version.clone()),
                    None => policies::find_version(self.house.known.read(), &id, number).await?,
                }
            }
        };
        let unknown = || PolicyError::NotFound { policy: id.to_string() };
        let version = Some(wire::terms::version(&version.ok_or_else(unknown)?));
        let policy = Some(self.shown_policy(asking, &policy).await?);
        Ok(GetPolicyResponse { policy, version })
    }

    async fn list_of_policies(
        &self,
        asking: &Asking,
        asked: &ListPoliciesRequest,
    ) -> Result<ListPoliciesResponse, Error> {
        let page = self.house.pages.page::<_, String>(&asking.call.method, asked)?;
        let department = (!asked.department.is_empty())
            .then(|| DepartmentId::parse(&asked.department))
            .transpose()
            .map_err(|error| Refusal::name("department", &error))?;
        let person = &asking.by.person;
        let all = crate::lifecycle::sight::SEE_DRAFTS.iter().any(|role| person.is(*role));
        let filter = PolicyFilter {
            state: wire::policy::state_from(asked.state()),
            department,
            published_or_of: (!all).then(|| {
                let own = person.department.clone();
                own.filter(|department| asking.by.works_for(department))
            }),
        };
        let read = self.house.known.read();
        let rows =
            policies::list_policies(read, &filter, page.after.as_deref(), page.limit()).await?;
        let (rows, next_page_token) =
            self.house.pages.cut(&page, rows, |policy| policy.id.to_string())?;
        let mut shown = Vec::with_capacity(rows.len());
        for policy in &rows {
            shown.push(self.shown_policy(asking, policy).await?);
        }
        Ok(ListPoliciesResponse { policies: shown, next_page_token })
    }

    /// A policy as it is now, if the caller may know of it.
    pub(super) async fn seen_policy(
        &self,
        asking: &Asking,
        id: &PolicyId,
    ) -> Result<Policy, Error> {
        let found = policies::find_policy(self.house.known.read(), id).await?;
        let found = found.filter(|policy| asking.by.sees_policy(policy));
        Ok(found.ok_or_else(|| PolicyError::NotFound { policy: id.to_string() })?)
    }

    /// A policy as the caller may see it: drafts and money are not for everybody.
    async fn shown_policy(
        &self,
        asking: &Asking,
        policy: &Policy,
    ) -> Result<contracted::Policy, Error> {
        let inside = asking.by.sees_drafts_of(policy) || asking.by.sees_all();
        let lines = if inside {
            budget::list_budgets(self.house.known.read(), &policy.id).await?
        } else {
            Vec::new()
        };
        Ok(wire::policy::policy(policy, &lines, asking.by.sees_drafts_of(policy)))
    }
}

/// What a command of a policy names beyond it: the departments that there are, the applications that
/// wait for their enterprise's will.
async fn resolved(
    unit: &Unit,
    known: &Known,
    id: &PolicyId,
    before: Option<&Policy>,
    wanted: Wanted,
) -> Result<PolicyAsk, Error> {
    Ok(match wanted {
        Wanted::Draft(terms) => PolicyAsk::Draft { policy: id.clone(), terms },
        Wanted::File => {
            let departments = match before {
                Some(policy) => {
                    lasting_of(known, unit.tx(), &policy.newest().version.terms).await?
                }
                None => std::collections::BTreeSet::new(),
            };
            PolicyAsk::File { departments }
        }
        Wanted::Publish => PolicyAsk::Publish,
        Wanted::Open => PolicyAsk::Open,
        Wanted::Close(reason) => {
            let matched = applications::list_matched(unit.tx(), id).await?;
            PolicyAsk::Close { reason, matched }
        }
        Wanted::Repeal(reason) => {
            let matched = applications::list_matched(unit.tx(), id).await?;
            PolicyAsk::Repeal { reason, matched }
        }
    })
}

fn not_owner(before: Option<&Policy>, wanted: &Wanted) -> Error {
    let owner = before.map(|policy| policy.department().clone());
    let drafted =
        if let Wanted::Draft(terms) = wanted { Some(terms.department.clone()) } else { None };
    match owner.or(drafted) {
        Some(owner) => DoorError::NotOwner { owner }.into(),
        None => Refusal::field("policy", Problem::Required).into(),
    }
}

/// The policy that was changed.
fn policy_of(changed: &Changed<Thing>) -> Result<&Policy, Error> {
    let none = || Refusal::damaged("a policy was asked for");
    Ok(changed.thing.policy().ok_or_else(none)?)
}

/// Reads the name of a policy.
pub(super) fn policy_id(name: &str) -> Result<PolicyId, Refusal> {
    PolicyId::parse(name).map_err(|error| Refusal::name("policy", &error))
}
