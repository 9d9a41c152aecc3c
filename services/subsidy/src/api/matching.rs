//! Matching: one enterprise over all open policies, with reasons; one policy over all enterprises.

use base::{EnterpriseId, Fen};
use contract::directory::Enterprise;
use contract::subsidy as contracted;
use contract::subsidy::{
    MatchPoliciesRequest, MatchPoliciesResponse, PreviewPolicyRequest, PreviewPolicyResponse,
};
use runtime::Refusal;

use super::knowing::{enterprise_id, facts_of};
use super::policies::policy_id;
use super::{Api, Asking};
use crate::error::{DoorError, Error, PolicyError};
use crate::lifecycle::policy::{Facts, Match, PolicyVersion, State, match_one, preview};
use crate::store::policies::{self, PolicyFilter};
use crate::wire;

/// How many enterprises are read at once.
const ENTERPRISES_AT_ONCE: u64 = 500;

impl Api {
    /// What each open policy is for one enterprise.
    pub(super) async fn matches(
        &self,
        asking: &Asking,
        asked: &MatchPoliciesRequest,
    ) -> Result<MatchPoliciesResponse, Error> {
        let page = self.house.pages.page::<_, String>(&asking.call.method, asked)?;
        let id = enterprise_id(&asked.enterprise)?;
        let read = self.house.known.read();
        let found = self.house.known.enterprise(read, &id).await?;
        let found = found.filter(|enterprise| may_ask_for(asking, &id, enterprise));
        let unknown = || DoorError::EnterpriseNotFound { enterprise: id.to_string() };
        let enterprise = found.ok_or_else(unknown)?;
        let facts = facts_of(&enterprise).and(&wire::facts::claim_from(&asked.claim)?);
        let filter = PolicyFilter { state: Some(State::Open), ..PolicyFilter::default() };
        let rows =
            policies::list_policies(read, &filter, page.after.as_deref(), page.limit()).await?;
        let (rows, next_page_token) =
            self.house.pages.cut(&page, rows, |policy| policy.id.to_string())?;
        let mut matches = Vec::with_capacity(rows.len());
        for policy in &rows {
            let version = &policy.standing.version;
            let matched = match_one(version, &facts).map_err(PolicyError::from)?;
            matches.push(shown(&matched, (&id, &enterprise.title), version));
        }
        Ok(MatchPoliciesResponse { matches, next_page_token })
    }

    /// Who would get a policy, and what it would cost.
    pub(super) async fn preview(
        &self,
        asking: &Asking,
        asked: &PreviewPolicyRequest,
    ) -> Result<PreviewPolicyResponse, Error> {
        let page = self.house.pages.page::<_, String>(&asking.call.method, asked)?;
        let policy = self.seen_policy(asking, &policy_id(&asked.policy)?).await?;
        if !asking.by.sees_drafts_of(&policy) && !asking.by.sees_all() {
            return Err(DoorError::NotOwner { owner: policy.department().clone() }.into());
        }
        let edition = policy.next.as_ref().filter(|_| asked.next).unwrap_or(&policy.standing);
        let version = &edition.version;
        let known = self.all_enterprises().await?;
        let of = known.iter().map(|(id, _, facts)| (id.clone(), facts));
        let seen = preview(version, of).map_err(PolicyError::from)?;
        let titles = known.iter().map(|(_, title, _)| title.as_str());
        let after = page.after.clone().unwrap_or_default();
        let rows: Vec<_> = seen
            .matches
            .iter()
            .zip(titles)
            .filter(|((id, _), _)| after < id.to_string())
            .take(usize::try_from(page.limit()).unwrap_or(usize::MAX))
            .collect();
        let (rows, next_page_token) =
            self.house.pages.cut(&page, rows, |((id, _), _)| id.to_string())?;
        let now = self.house.journal.sources().clock.now();
        let calendar = self.house.known.calendar(self.house.known.read()).await?;
        let year = now.to_zoned(calendar.zone().clone()).date().year();
        let payers = seen.payers.iter().map(|(payer, amount)| contracted::ShareAmount {
            payer: payer.to_string(),
            amount_fen: amount.0,
            ..contracted::ShareAmount::default()
        });
        let lacking =
            seen.payers.iter().map(|(payer, _)| seen.lacking(&version.terms.budgets, year, payer));
        let lacking = Fen::checked_sum(lacking).unwrap_or(Fen(i64::MAX));
        Ok(PreviewPolicyResponse {
            matches: rows
                .into_iter()
                .map(|((id, matched), title)| shown(matched, (id, title), version))
                .collect(),
            enterprises: wire::count(seen.matches.len()),
            eligible: wire::count(seen.enterprises),
            amount_fen: seen.total.0,
            payers: payers.collect(),
            lacking_fen: lacking.0,
            undecided: wire::count(seen.undecided),
            next_page_token,
        })
    }

    /// Every enterprise that is registered, by name, with what is known of it.
    pub(super) async fn all_enterprises(
        &self,
    ) -> Result<Vec<(EnterpriseId, String, Facts)>, Error> {
        let known = &self.house.known;
        let mut all = Vec::new();
        let mut after = String::new();
        loop {
            let some = known.enterprises(known.read(), &after, ENTERPRISES_AT_ONCE).await?;
            let Some(last) = some.last() else { return Ok(all) };
            after.clone_from(&last.name);
            for enterprise in some {
                let id = EnterpriseId::parse(&enterprise.name).map_err(Refusal::damaged)?;
                let facts = facts_of(&enterprise);
                all.push((id, enterprise.title, facts));
            }
        }
    }
}

/// The enterprise itself asks for itself, its envoy for it; who works for the zone for any.
fn may_ask_for(asking: &Asking, id: &EnterpriseId, enterprise: &Enterprise) -> bool {
    let person = &asking.by.person;
    let own = asking.by.is_enterprise(id);
    let envoy = enterprise.envoy == person.human().to_string();
    let inside = [
        base::Role::Agent,
        base::Role::Dispatcher,
        base::Role::Staff,
        base::Role::Lead,
        base::Role::Reviewer,
        base::Role::SecondReviewer,
        base::Role::Auditor,
    ];
    own || envoy || inside.iter().any(|role| person.is(*role))
}

fn shown(
    matched: &Match,
    enterprise: (&EnterpriseId, &str),
    version: &PolicyVersion,
) -> contracted::Match {
    wire::policy::matched(matched, enterprise, &version.terms.title)
}
