//! Filing: what an enterprise applies for, or what is found for it, becomes an application.

use std::sync::Arc;

use base::{ApplicationId, EnterpriseId, PolicyId, Role};
use contract::directory::Enterprise;
use contract::subsidy::{
    ApplyRequest, MatchApplicantsRequest, MatchApplicantsResponse, PayeeAccount,
};
use futures_util::FutureExt as _;
use journal::Unit;
use runtime::{Call, Changed, House, Plan, Problem, Refusal};
use sha2::{Digest as _, Sha256};
use tonic::Response;
use uuid::Uuid;

use super::knowing::{self, Claiming, enterprise_id};
use super::policies::policy_id;
use super::{Api, Asking};
use crate::account::Payee as PlainPayee;
use crate::error::{ApplicationError, DoorError, Error, PolicyError};
use crate::lifecycle::application::{ApplicationCommand, Document, Opening, Payee};
use crate::lifecycle::policy::{Facts, Mode, Policy, PolicyVersion, match_one};
use crate::lifecycle::sight::Viewer;
use crate::lifecycle::{Command, Thing, ThingId};
use crate::rail::PartyFault;
use crate::store::{Subsidy, applications, policies};
use crate::wire;

/// The most applications that one call makes of matches.
const MATCHED_AT_ONCE: usize = 500;

/// What an enterprise applies with, read.
struct Filing {
    by: Viewer,
    enterprise: EnterpriseId,
    policy: PolicyId,
    claim: Facts,
    documents: Vec<Document>,
    payee: PlainPayee,
}

impl Api {
    /// An application, if it is one that may be made.
    pub(super) async fn file(
        &self,
        asking: &Asking,
        asked: ApplyRequest,
    ) -> Result<Changed<Thing>, Error> {
        let filing = Arc::new(Filing {
            by: asking.by.clone(),
            enterprise: enterprise_id(&asked.enterprise)?,
            policy: policy_id(&asked.policy)?,
            claim: wire::facts::claim_from(&asked.claim)?,
            documents: asked.documents.iter().map(wire::application::document_from).collect(),
            payee: payee_from("payee", asked.payee.as_ref())?,
        });
        let (house, key) = (self.house.clone(), filing.enterprise.to_string());
        let changed = self.room.change_with(&asking.call, key, move |unit| {
            let (house, filing) = (house.clone(), Arc::clone(&filing));
            async move { plan(&house, unit, &filing).await }.boxed()
        });
        changed.await
    }

    /// Offers an open policy to those to whom it gives something and who have none of it yet.
    pub(super) async fn find_applicants(
        &self,
        asking: &Asking,
        asked: &MatchApplicantsRequest,
    ) -> Result<Response<MatchApplicantsResponse>, Error> {
        let policy = self.seen_policy(asking, &policy_id(&asked.policy)?).await?;
        if !asking.by.works_for(policy.department()) {
            return Err(DoorError::NotOwner { owner: policy.department().clone() }.into());
        }
        let version = self.matchable(&policy).await?;
        let named: Vec<EnterpriseId> =
            asked.enterprises.iter().map(|name| enterprise_id(name)).collect::<Result<_, _>>()?;
        let known = self.candidates(&named).await?;
        let mut found = MatchApplicantsResponse::default();
        for (id, title, facts) in &known {
            let matched = match_one(&version, facts).map_err(PolicyError::from)?;
            if matched.amount.is_none() {
                if !named.is_empty() {
                    let title = (id, title.as_str());
                    found.not_eligible.push(wire::policy::matched(
                        &matched,
                        title,
                        &version.terms.title,
                    ));
                }
                continue;
            }
            if applications::has_any(self.house.known.read(), &policy.id, id).await? {
                continue;
            }
            if MATCHED_AT_ONCE <= found.applications.len() {
                found.more = true;
                break;
            }
            match self.offer(asking, &policy.id, id).await {
                Ok(changed) => found.applications.push(self.shown_change(asking, &changed)?),
                // What is borne or barred since, or was offered by another in between.
                Err(Error::Application(error)) if error.is_of_the_claim() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(asking.call.answer(None, false, found))
    }

    /// The version that is matched now.
    async fn matchable(&self, policy: &Policy) -> Result<PolicyVersion, Error> {
        let calendar = self.house.known.calendar(self.house.known.read()).await?;
        let now = self.house.journal.sources().clock.now();
        let moment = calendar::Moment { now, calendar: &calendar };
        let version = policy.admits(moment)?.clone();
        if version.terms.mode != Mode::NoApplication {
            return Err(ApplicationError::NotByMatching { mode: version.terms.mode }.into());
        }
        Ok(version)
    }

    /// Those that are named, or all, with what is known of each.
    async fn candidates(
        &self,
        named: &[EnterpriseId],
    ) -> Result<Vec<(EnterpriseId, String, Facts)>, Error> {
        if named.is_empty() {
            return self.all_enterprises().await;
        }
        let known = &self.house.known;
        let mut candidates = Vec::with_capacity(named.len());
        for id in named {
            let unknown = || DoorError::EnterpriseNotFound { enterprise: id.to_string() };
            let found = known.enterprise(known.read(), id).await?.ok_or_else(unknown)?;
            candidates.push((id.clone(), found.title.clone(), knowing::facts_of(&found)));
        }
        Ok(candidates)
    }

    /// One offer, in a unit of its own: asked again by the same request, it is made once.
    async fn offer(
        &self,
        asking: &Asking,
        policy: &PolicyId,
        enterprise: &EnterpriseId,
    ) -> Result<Changed<Thing>, Error> {
        let request_id = asking.call.request_id.map(|id| of_enterprise(id, enterprise));
        let call = Call { request_id, ..asking.call.clone() };
        let house = self.house.clone();
        let (policy, enterprise) = (policy.clone(), enterprise.clone());
        let key = enterprise.to_string();
        let changed = self.room.change_with(&call, key, move |unit| {
            let (house, policy, enterprise) = (house.clone(), policy.clone(), enterprise.clone());
            async move { plan_offer(&house, unit, &policy, &enterprise).await }.boxed()
        });
        changed.await
    }
}

/// The request id of one offer among those of a call.
fn of_enterprise(request_id: Uuid, enterprise: &EnterpriseId) -> Uuid {
    let digest = Sha256::new()
        .chain_update(request_id.as_bytes())
        .chain_update(enterprise.to_string())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

async fn plan(house: &House, unit: &mut Unit, filing: &Filing) -> Result<Plan<Subsidy>, Error> {
    let enterprise = knowing::enterprise(unit, &house.known, &filing.enterprise).await?;
    let by_enterprise = filing.by.is_enterprise(&filing.enterprise);
    if !by_enterprise && !is_envoy_of(&filing.by, &enterprise) {
        let enterprise = filing.enterprise.to_string();
        return Err(DoorError::EnterpriseNotFound { enterprise }.into());
    }
    let policy = policies::find_kept(unit.tx(), &filing.policy).await?;
    let policy = policy.filter(|policy| filing.by.sees_policy(policy));
    let unknown = || PolicyError::NotFound { policy: filing.policy.to_string() };
    let policy = policy.ok_or_else(unknown)?;
    let payee = payee_of(house, unit, &filing.enterprise, &enterprise, &filing.payee)?;
    let claim = &filing.claim;
    let (id, mut opening) =
        begun(house, unit, (&filing.enterprise, &enterprise), &policy, claim).await?;
    opening.documents.clone_from(&filing.documents);
    opening.payee = Some(payee);
    let seen = seen(house, unit, id, &opening).await?;
    let command = ApplicationCommand::Apply {
        id,
        by: filing.by.by(),
        by_enterprise,
        opening: Box::new(opening),
        seen: Box::new(seen),
    };
    Ok(Plan::Ask(ThingId::Application(id), Command::Application(command)))
}

async fn plan_offer(
    house: &House,
    unit: &mut Unit,
    policy: &PolicyId,
    enterprise: &EnterpriseId,
) -> Result<Plan<Subsidy>, Error> {
    let known = knowing::enterprise(unit, &house.known, enterprise).await?;
    let found = policies::find_kept(unit.tx(), policy).await?;
    let policy = found.ok_or_else(|| PolicyError::NotFound { policy: policy.to_string() })?;
    let (id, opening) = begun(house, unit, (enterprise, &known), &policy, &Facts::new()).await?;
    let seen = seen(house, unit, id, &opening).await?;
    let command =
        ApplicationCommand::Match { id, opening: Box::new(opening), seen: Box::new(seen) };
    Ok(Plan::Ask(ThingId::Application(id), Command::Application(command)))
}

/// With what an application begins: its name, its number, the version that stands, what is known.
async fn begun(
    house: &House,
    unit: &mut Unit,
    (id, enterprise): (&EnterpriseId, &Enterprise),
    policy: &Policy,
    claim: &Facts,
) -> Result<(ApplicationId, Opening), Error> {
    let application = ApplicationId::new(unit.uuid());
    let zone = house.known.calendar(unit.tx()).await?.zone().clone();
    let year = zone.to_datetime(unit.now()).year();
    let number = unit.next_number(&format!("SQ-{year}")).await?;
    let opening = Opening {
        number: format!("SQ-{year}-{number:06}"),
        enterprise: id.clone(),
        version: Arc::new(policy.standing.version.clone()),
        snapshot: knowing::snapshot_of(enterprise, claim, unit.now()),
        documents: Vec::new(),
        payee: None,
    };
    Ok((application, opening))
}

async fn seen(
    house: &House,
    unit: &Unit,
    application: ApplicationId,
    opening: &Opening,
) -> Result<crate::lifecycle::application::Seen, Error> {
    let zone = house.known.calendar(unit.tx()).await?.zone().clone();
    let claiming = Claiming {
        application,
        enterprise: &opening.enterprise,
        version: &opening.version,
        facts: &opening.snapshot.facts,
        dated: zone.to_datetime(unit.now()).date(),
    };
    knowing::seen(unit, &house.known, &claiming).await
}

/// Whether somebody looks after an enterprise 企业特派员.
pub(super) fn is_envoy_of(by: &Viewer, enterprise: &Enterprise) -> bool {
    let person = &by.person;
    let own = [&person.id, person.human()];
    person.is(Role::Envoy) && own.iter().any(|own| enterprise.envoy == own.to_string())
}

/// An account as the rules keep it: sealed for its enterprise, whose registered name must be that of
/// its holder (M7).
pub(super) fn payee_of(
    house: &House,
    unit: &Unit,
    id: &EnterpriseId,
    enterprise: &Enterprise,
    said: &PlainPayee,
) -> Result<Payee, Error> {
    if said.holder.trim() != enterprise.title.trim() {
        return Err(DoorError::AccountNotTheirs.into());
    }
    let account = said.seal(id, &house.vault, unit.entropy())?;
    Ok(Payee { holder: id.clone(), account, confirmed: None })
}

/// Reads an account.
pub(super) fn payee_from(field: &str, said: Option<&PayeeAccount>) -> Result<PlainPayee, Error> {
    let said = said.ok_or_else(|| Refusal::field(field, Problem::Required))?;
    let PayeeAccount { holder, bank, bank_code, account } = said;
    PlainPayee::new(holder, bank, bank_code, account).map_err(|fault| {
        let field = match fault {
            PartyFault::Number => "payee.account",
            PartyFault::Code => "payee.bank_code",
        };
        DoorError::AccountUnfit { field }.into()
    })
}
