//! Deciding on an application: who may is seen here, what comes of it is for the rules. All that a
//! decision names beyond its application is looked at in the unit that decides.

use std::sync::Arc;

use base::{ApplicationId, DepartmentId, Fen, Role};
use contract::subsidy::{
    RaiseObjectionRequest, RaiseObjectionResponse, StartNoticeRequest, StartNoticeResponse,
};
use futures_util::FutureExt as _;
use journal::Unit;
use runtime::{Changed, House, Plan, Refusal};
use tonic::Response;

use super::applying::payee_of;
use super::knowing::{self, Claiming};
use super::policies::policy_id;
use super::{Api, Asking};
use crate::account::Payee as PlainPayee;
use crate::error::{ApplicationError, DoorError, Error};
use crate::lifecycle::application::{
    Application, ApplicationCommand, Ask, Document, Minutes, NoticeList, Office, State,
};
use crate::lifecycle::policy::{CLAIM, Facts};
use crate::lifecycle::sight::Viewer;
use crate::lifecycle::{Command, Thing, ThingId};
use crate::store::{Subsidy, applications, budget, claims};
use crate::wire;
use crate::wire::application::id_from;

/// What is asked of an application, before what it names is looked up in the unit.
#[derive(Clone)]
pub(super) enum Wanted {
    /// By the enterprise itself.
    OfEnterprise(Ask),
    /// By the form checker.
    OfChecker(Ask),
    /// By a lead or a zone leader.
    OfLeader(Ask),
    ConfirmMatch(PlainPayee),
    ConfirmAccount(PlainPayee),
    Supplement {
        claim: Facts,
        documents: Vec<Document>,
    },
    Accept,
    Reject {
        reason: String,
        remedy: String,
    },
    Review {
        amount: Fen,
        reason: String,
        opinion: String,
    },
    SecondReview {
        opinion: String,
    },
    Approve {
        minutes: Option<Minutes>,
    },
    Redirect {
        to: DepartmentId,
        reason: String,
    },
}

impl Api {
    /// One decision on one application. The answer to a request that was answered before goes only to
    /// whom the application is shown as it is now.
    pub(super) async fn decide(
        &self,
        asking: &Asking,
        id: ApplicationId,
        wanted: Wanted,
    ) -> Result<Changed<Thing>, Error> {
        let (house, by) = (self.house.clone(), asking.by.clone());
        let changed = self.change_with(asking, ThingId::Application(id), move |unit| {
            let (house, by, wanted) = (house.clone(), by.clone(), wanted.clone());
            async move {
                let found = applications::find_application(unit.tx(), &id).await?;
                let found = found.filter(|kept| by.sees(kept));
                let kept = found.ok_or_else(|| not_found(&id))?;
                let ask = resolved(&house, unit, &by, &kept, wanted).await?;
                let command = ApplicationCommand::Ask { by: by.by(), ask };
                Ok(Plan::Ask(ThingId::Application(id), Command::Application(command)))
            }
            .boxed()
        });
        let changed = changed.await?;
        if changed.replayed {
            self.seen_application(asking, &id).await?;
        }
        Ok(changed)
    }

    /// Announces a list: it is asked of the first of it, and of the others in the same unit.
    pub(super) async fn announce(
        &self,
        asking: &Asking,
        asked: StartNoticeRequest,
    ) -> Result<Response<StartNoticeResponse>, Error> {
        let policy = self.seen_policy(asking, &policy_id(&asked.policy)?).await?;
        if !asking.by.works_for(policy.department()) {
            return Err(DoorError::NotOwner { owner: policy.department().clone() }.into());
        }
        let named = asked.applications.iter().map(|name| id_from(name));
        let named: Vec<ApplicationId> = named.collect::<Result<_, _>>()?;
        let first = named.first().copied();
        let first = first.ok_or_else(|| not_found_by(""))?;
        let (by, place, listed) = (asking.by.clone(), asked.place, named.clone());
        let changed = self.change_with(asking, ThingId::Application(first), move |unit| {
            let (by, place, listed) = (by.clone(), place.clone(), listed.clone());
            let policy = policy.id.clone();
            async move {
                let mut entries = Vec::with_capacity(listed.len());
                for id in &listed {
                    let found = applications::find_application(unit.tx(), id).await?;
                    let found = found.filter(|kept| kept.opening.version.policy == policy);
                    entries.push(found.ok_or_else(|| not_found(id))?.entry());
                }
                let list = Arc::new(NoticeList { place, entries });
                let ask = Ask::StartNotice { list, kept_by: None };
                let command = ApplicationCommand::Ask { by: by.by(), ask };
                Ok(Plan::<Subsidy>::Ask(ThingId::Application(first), Command::Application(command)))
            }
            .boxed()
        });
        let changed = changed.await?;
        let notice = changed.thing.application().and_then(|kept| kept.notice.as_ref());
        let list_sha256 = notice.map(|notice| notice.list_sha256.clone()).unwrap_or_default();
        let mut shown = Vec::with_capacity(named.len());
        for id in &named {
            let found = applications::find_application(self.house.known.read(), id).await?;
            shown.extend(found.map(|kept| self.shown_application(asking, &kept)));
        }
        let message = StartNoticeResponse { list_sha256, applications: shown };
        Ok(self.answer(asking, &changed, message))
    }

    /// Objects to an entry of a notice list. Whoever is known may, so it says of an application no more
    /// than that it is on notice.
    pub(super) async fn object(
        &self,
        asking: &Asking,
        asked: RaiseObjectionRequest,
    ) -> Result<Response<RaiseObjectionResponse>, Error> {
        let id = id_from(&asked.application)?;
        let (by, text) = (asking.by.clone(), asked.text);
        let changed = self.change_with(asking, ThingId::Application(id), move |unit| {
            let (by, text) = (by.clone(), text.clone());
            async move {
                let found = applications::find_application(unit.tx(), &id).await?;
                let found = found.filter(|kept| by.sees(kept) || kept.notice.is_some());
                let kept = found.ok_or_else(|| not_found(&id))?;
                let as_applicant = by.is_enterprise(&kept.opening.enterprise);
                let ask = Ask::RaiseObjection { text, as_applicant };
                let command = ApplicationCommand::Ask { by: by.by(), ask };
                Ok(Plan::<Subsidy>::Ask(ThingId::Application(id), Command::Application(command)))
            }
            .boxed()
        });
        let changed = changed.await?;
        let raised = changed.thing.application().and_then(|kept| kept.objections.last());
        let message = RaiseObjectionResponse {
            objection: raised.map_or(0, |raised| wire::number(raised.number)),
            due: raised.map(|raised| wire::own_due(&raised.wait.due)),
        };
        Ok(self.answer(asking, &changed, message))
    }
}

/// Who may ask it, and what it names.
async fn resolved(
    house: &House,
    unit: &Unit,
    by: &Viewer,
    kept: &Application,
    wanted: Wanted,
) -> Result<Ask, Error> {
    match wanted {
        Wanted::OfEnterprise(ask) => {
            is_own(by, kept)?;
            Ok(ask)
        }
        Wanted::OfChecker(ask) => {
            checks(by, kept)?;
            Ok(ask)
        }
        Wanted::OfLeader(ask) => Ok(ask),
        Wanted::ConfirmMatch(payee) => {
            is_own(by, kept)?;
            let payee = sealed(house, unit, kept, &payee).await?;
            let seen = seen(house, unit, kept, &kept.snapshot.facts).await?;
            Ok(Ask::ConfirmMatch { payee, seen: Box::new(seen) })
        }
        Wanted::ConfirmAccount(payee) => {
            is_own(by, kept)?;
            Ok(Ask::ConfirmAccount { payee: sealed(house, unit, kept, &payee).await? })
        }
        Wanted::Supplement { claim, documents } => {
            is_own(by, kept)?;
            supplement(house, unit, kept, &claim, documents).await
        }
        Wanted::Accept => {
            checks(by, kept)?;
            let enterprise =
                knowing::enterprise(unit, &house.known, &kept.opening.enterprise).await?;
            let claim = claim_of(&kept.snapshot.facts);
            let snapshot = knowing::snapshot_of(&enterprise, &claim, unit.now());
            let seen = seen(house, unit, kept, &snapshot.facts).await?;
            Ok(Ask::Accept { snapshot, seen: Box::new(seen) })
        }
        Wanted::Reject { reason, remedy } => rejecting(by, kept, reason, remedy),
        Wanted::Review { amount, reason, opinion } => {
            reviews(by, Role::Reviewer, &kept.department)?;
            let near_others = knowing::near_others(unit, kept).await?;
            Ok(Ask::Review { amount, reason, opinion, near_others })
        }
        Wanted::SecondReview { opinion } => {
            reviews(by, Role::SecondReviewer, &kept.second_department)?;
            let lines = budget::list_budgets(unit.tx(), &kept.opening.version.policy).await?;
            let lines: Vec<_> = lines.into_iter().map(|line| line.id).collect();
            let free = budget::free_of(unit.tx(), &lines).await?;
            Ok(Ask::SecondReview { opinion, free })
        }
        Wanted::Approve { minutes } => {
            if by.person.is(Role::ZoneLeader) {
                return Ok(Ask::Approve { office: Office::ZoneLeader, minutes });
            }
            reviews(by, Role::SecondReviewer, &kept.second_department)?;
            Ok(Ask::Approve { office: Office::SecondReviewer, minutes })
        }
        Wanted::Redirect { to, reason } => {
            knowing::lasting(unit, &house.known, &to).await?;
            Ok(Ask::Redirect { to, reason })
        }
    }
}

/// Before the acceptance the form checker does not accept it; a reviewer may reject it at any time.
fn rejecting(
    by: &Viewer,
    kept: &Application,
    reason: String,
    remedy: String,
) -> Result<Ask, Error> {
    let unaccepted = matches!(kept.state, State::Submitted | State::Resubmitted);
    if unaccepted && by.works_for(&kept.department) {
        return Ok(Ask::NotAccept { reason, remedy });
    }
    let first = by.reviews_for(Role::Reviewer, &kept.department);
    if first || by.reviews_for(Role::SecondReviewer, &kept.second_department) {
        return Ok(Ask::Reject { reason, remedy });
    }
    Err(DoorError::NotOwner { owner: kept.department.clone() }.into())
}

/// What is handed in besides, and what is stated now: a field that is not named stays. A claim that
/// becomes one of something that others have is refused here (M4).
async fn supplement(
    house: &House,
    unit: &Unit,
    kept: &Application,
    claim: &Facts,
    documents: Vec<Document>,
) -> Result<Ask, Error> {
    let enterprise = knowing::enterprise(unit, &house.known, &kept.opening.enterprise).await?;
    let claim = claim_of(&kept.snapshot.facts).and(claim);
    let snapshot = knowing::snapshot_of(&enterprise, &claim, unit.now());
    let opening = &kept.opening;
    let keys = crate::lifecycle::policy::repetitions(
        &opening.version,
        &opening.enterprise,
        &snapshot.facts,
        kept.dated,
    );
    let borne = claims::take_keys(unit.tx(), kept.id, &keys, unit.now()).await?;
    let full = |key: &&crate::lifecycle::policy::Repetition| {
        borne.get(&key.key).is_some_and(|others| key.times <= *others)
    };
    if let Some(key) = keys.iter().find(full) {
        return Err(ApplicationError::Duplicate { key: key.clone() }.into());
    }
    let mut all = opening.documents.clone();
    all.extend(documents);
    Ok(Ask::Supplement { snapshot, documents: all })
}

/// What of these facts the enterprise states.
fn claim_of(facts: &Facts) -> Facts {
    let stated = facts.iter().filter(|(name, _)| name.starts_with(CLAIM));
    stated.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

async fn sealed(
    house: &House,
    unit: &Unit,
    kept: &Application,
    payee: &PlainPayee,
) -> Result<crate::lifecycle::application::Payee, Error> {
    let id = &kept.opening.enterprise;
    let enterprise = knowing::enterprise(unit, &house.known, id).await?;
    payee_of(house, unit, id, &enterprise, payee)
}

async fn seen(
    house: &House,
    unit: &Unit,
    kept: &Application,
    facts: &Facts,
) -> Result<crate::lifecycle::application::Seen, Error> {
    let claiming = Claiming {
        application: kept.id,
        enterprise: &kept.opening.enterprise,
        version: &kept.opening.version,
        facts,
        dated: kept.dated,
    };
    knowing::seen(unit, &house.known, &claiming).await
}

fn is_own(by: &Viewer, kept: &Application) -> Result<(), Error> {
    if by.is_enterprise(&kept.opening.enterprise) { Ok(()) } else { Err(not_found(&kept.id)) }
}

fn checks(by: &Viewer, kept: &Application) -> Result<(), Error> {
    if by.works_for(&kept.department) {
        return Ok(());
    }
    Err(DoorError::NotOwner { owner: kept.department.clone() }.into())
}

fn reviews(by: &Viewer, role: Role, department: &DepartmentId) -> Result<(), Error> {
    if by.reviews_for(role, department) {
        return Ok(());
    }
    Err(DoorError::NotOwner { owner: department.clone() }.into())
}

fn not_found(id: &ApplicationId) -> Error {
    not_found_by(&id.to_string())
}

fn not_found_by(name: &str) -> Error {
    ApplicationError::NotFound { application: name.to_owned() }.into()
}

/// The application that was changed.
pub(super) fn application_of(changed: &Changed<Thing>) -> Result<&Application, Error> {
    let none = || Refusal::damaged("an application was asked for");
    Ok(changed.thing.application().ok_or_else(none)?)
}
