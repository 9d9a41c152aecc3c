//! Policies, their flaws and matches, and budget lines, in the contract's words.

use base::{EnterpriseId, PersonId};
use contract::subsidy as contracted;
use runtime::etag_of;
use runtime::wire::time;

use super::facts::failing;
use super::terms::version;
use crate::lifecycle::Thing;
use crate::lifecycle::budget::{self, Budget, Change};
use crate::lifecycle::policy::{Edition, Flaw, Match, Policy, State};

/// A policy: the version that stands, the next one if it is to be shown, its budget lines.
pub fn policy(policy: &Policy, budgets: &[Budget], drafts_too: bool) -> contracted::Policy {
    let next = policy.next.as_ref().filter(|_| drafts_too);
    contracted::Policy {
        name: policy.id.to_string(),
        standing: Some(edition(&policy.standing)),
        next: next.map(edition),
        budgets: budgets.iter().map(budget).collect(),
        changed_time: Some(time(policy.changed_at)),
        etag: etag_of(&Thing::Policy(Box::new(policy.clone()))),
    }
}

fn edition(edition: &Edition) -> contracted::Edition {
    contracted::Edition {
        state: state(edition.state).into(),
        version: Some(version(&edition.version)),
        drafted_by: edition.drafted_by.person.to_string(),
        drafted_time: Some(time(edition.drafted_at)),
        filed_time: edition.filed_at.map(time),
        published_time: edition.published_at.map(time),
        opened_time: edition.opened_at.map(time),
        ended_time: edition.ended_at.map(time),
        end_reason: edition.end_reason.clone(),
        expires_time: edition.expires_at.map(time),
    }
}

/// Where a version stands.
pub fn state(state: State) -> contracted::PolicyState {
    contracted::PolicyState::from_str_name(&format!("POLICY_STATE_{state}")).unwrap_or_default()
}

/// Where a version stands, from a request; `None` if it is not said.
pub fn state_from(state: contracted::PolicyState) -> Option<State> {
    super::word(state.as_str_name(), "POLICY_STATE_")
}

/// What is wrong with a policy.
pub fn flaw(flaw: &Flaw) -> contracted::Flaw {
    let kind = format!("FLAW_KIND_{}", flaw.kind);
    let (line, column) = flaw.place.map_or((0, 0), |place| (place.line, place.column));
    contracted::Flaw {
        kind: contracted::FlawKind::from_str_name(&kind).unwrap_or_default().into(),
        field: flaw.field.clone(),
        line: super::number(line),
        column: super::number(column),
        text: flaw.text.clone(),
    }
}

/// What a policy is for an enterprise; titles are for people.
pub fn matched(
    matched: &Match,
    (enterprise, enterprise_title): (&EnterpriseId, &str),
    policy_title: &str,
) -> contracted::Match {
    contracted::Match {
        policy: matched.policy.to_string(),
        policy_title: policy_title.to_owned(),
        policy_version: matched.number,
        enterprise: enterprise.to_string(),
        enterprise_title: enterprise_title.to_owned(),
        eligible: matched.is_eligible(),
        failing: matched.failing.iter().map(failing).collect(),
        amount_fen: matched.amount.map_or(0, |amount| amount.0),
        missing_claim_fields: matched.missing.clone(),
    }
}

/// A budget line.
pub fn budget(budget: &Budget) -> contracted::Budget {
    contracted::Budget {
        name: budget.id.to_string(),
        policy: budget.policy.to_string(),
        year: budget.year.into(),
        payer: budget.payer.to_string(),
        state: budget_state(budget.state).into(),
        budget_fen: budget.budget.0,
        held_fen: budget.held.0,
        reserved_fen: budget.reserved.0,
        in_payment_fen: budget.in_payment.0,
        paid_fen: budget.paid.0,
        returned_fen: budget.returned.0,
        receivable_fen: budget.receivable.0,
        free_fen: budget.free().0,
        adjustment: budget.proposal.as_ref().map(adjustment),
        changed_time: Some(time(budget.changed_at)),
        etag: etag_of(&Thing::Budget(Box::new(budget.clone()))),
    }
}

fn budget_state(state: budget::State) -> contracted::BudgetState {
    contracted::BudgetState::from_str_name(&format!("BUDGET_STATE_{state}")).unwrap_or_default()
}

/// A change of a line that waits for a second person.
pub fn adjustment(proposal: &budget::Proposal) -> contracted::BudgetAdjustment {
    let (raise, cut) = match proposal.change {
        Change::Raise(amount) => (amount.0, 0),
        Change::Cut(amount) => (0, amount.0),
    };
    let by: &PersonId = &proposal.by.person;
    contracted::BudgetAdjustment {
        raise_fen: raise,
        cut_fen: cut,
        document_number: proposal.document.clone(),
        proposed_by: by.to_string(),
        proposed_time: Some(time(proposal.at)),
    }
}
