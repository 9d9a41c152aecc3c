//! Words of the rules to and from the words of the contract.

mod shown;

use base::{DepartmentId, PersonId};
use calendar::Intake;
use contract::common::{self, LimitTier as WireTier};
use contract::directory::Category;
use contract::dispatch;
use contract::request as contracted;
use runtime::wire::{due, due_from, time, word, work_time, work_time_from};
use runtime::{Refusal, Ruled};

pub use runtime::wire::{name_or_empty, number};

pub use self::shown::{call_back, evidence, rating, ticket};
use crate::lifecycle::{
    Cause, Doubt, Kind, LimitKind, Origin, Outcome, Progress, RejectReason, Rule, State, WorkClass,
    WorkDue, WorkLimit,
};

/// A due instant that request itself has set: by no catalogue, of no tier.
pub fn own_due(of: &calendar::Due) -> common::Due {
    due(of, 0, WireTier::Unspecified)
}

/// Where the work stands.
pub fn progress(progress: &Progress) -> contracted::WorkProgress {
    contracted::WorkProgress {
        state: progress.state.to_string(),
        department: name_or_empty(progress.department.as_ref()),
        contact_due: progress.contact_due.as_ref().map(work_due),
        reply_due: progress.reply_due.as_ref().map(work_due),
        contacted_time: progress.contacted_at.map(time),
    }
}

/// Where the work stands, as dispatch told it; `None` if that cannot be read.
pub fn progress_from(told: &dispatch::Standing) -> Option<Progress> {
    let named = Some(told.department.as_str()).filter(|name| !name.is_empty());
    let department = named.map(DepartmentId::parse).transpose().ok()?;
    Some(Progress {
        state: word(told.state().as_str_name(), "WORK_ORDER_STATE_")?,
        claimed_by: department.clone().filter(|_| told.claimed),
        department,
        contact_due: told.contact_due.as_ref().and_then(work_due_from),
        reply_due: told.reply_due.as_ref().and_then(work_due_from),
        contacted_at: told.contacted_time.as_ref().and_then(journal::envelope::from_proto),
    })
}

fn work_due(of: &WorkDue) -> common::Due {
    let tier = of.tier.map(|tier| format!("LIMIT_TIER_{tier}"));
    let tier = tier.and_then(|name| WireTier::from_str_name(&name)).unwrap_or_default();
    let instant = calendar::Due {
        at: of.at,
        provisional: of.provisional,
        calendar_version: of.calendar_version,
    };
    due(&instant, i32::try_from(of.rule_version).unwrap_or(i32::MAX), tier)
}

/// A due instant that dispatch told.
pub fn work_due_from(told: &common::Due) -> Option<WorkDue> {
    let calendar::Due { at, provisional, calendar_version } = due_from(told)?;
    let rule_version = u32::try_from(told.rule_version).unwrap_or(0);
    let tier = word(told.tier().as_str_name(), "LIMIT_TIER_");
    Some(WorkDue { at, provisional, rule_version, calendar_version, tier })
}

/// Where a ticket was first recorded.
pub fn origin(origin: &Origin) -> contracted::Origin {
    contracted::Origin { system: origin.system.clone(), number: origin.number.clone() }
}

/// Where a ticket was first recorded, from a request.
pub fn origin_from(origin: contracted::Origin) -> Origin {
    Origin { system: origin.system, number: origin.number }
}

/// What a ticket is.
pub fn kind(kind: Kind) -> contracted::TicketKind {
    contracted::TicketKind::from_str_name(&format!("TICKET_KIND_{kind}")).unwrap_or_default()
}

/// What a ticket is, from a request; `None` if it is not said.
pub fn kind_from(kind: contracted::TicketKind) -> Option<Kind> {
    word(kind.as_str_name(), "TICKET_KIND_")
}

/// Where a ticket stands.
pub fn state(state: State) -> contracted::TicketState {
    contracted::TicketState::from_str_name(&format!("TICKET_STATE_{state}")).unwrap_or_default()
}

/// Where a ticket stands, from a request; `None` if it is not said.
pub fn state_from(state: contracted::TicketState) -> Option<State> {
    word(state.as_str_name(), "TICKET_STATE_")
}

/// Why a ticket is not taken in.
pub fn reject_reason(reason: RejectReason) -> contracted::RejectReason {
    contracted::RejectReason::from_str_name(&format!("REJECT_REASON_{reason}")).unwrap_or_default()
}

/// Why a ticket is not taken in, from a request; `None` if it is not said.
pub fn reject_reason_from(reason: contracted::RejectReason) -> Option<RejectReason> {
    word(reason.as_str_name(), "REJECT_REASON_")
}

/// Why a round began.
pub fn cause(cause: Cause) -> contracted::RoundCause {
    contracted::RoundCause::from_str_name(&format!("ROUND_CAUSE_{cause}")).unwrap_or_default()
}

/// Why a rating is looked at before it is counted.
pub fn doubts(doubts: &[Doubt]) -> Vec<i32> {
    let cause = |doubt: &Doubt| {
        let name = format!("VERIFICATION_CAUSE_{doubt}");
        contracted::VerificationCause::from_str_name(&name).unwrap_or_default().into()
    };
    doubts.iter().map(cause).collect()
}

/// What became of it.
pub fn outcome(outcome: Outcome) -> common::Outcome {
    common::Outcome::from_str_name(&format!("OUTCOME_{outcome}")).unwrap_or_default()
}

/// What became of it, as told; `None` if it is not said.
pub fn outcome_from(outcome: common::Outcome) -> Option<Outcome> {
    word(outcome.as_str_name(), "OUTCOME_")
}

/// Which limit; `None` if it is not said.
pub fn limit_kind_from(kind: common::LimitKind) -> Option<LimitKind> {
    word(kind.as_str_name(), "LIMIT_KIND_")
}

/// How hard a matter is.
pub fn work_class(class: WorkClass) -> common::WorkClass {
    common::WorkClass::from_str_name(&format!("WORK_CLASS_{class}")).unwrap_or_default()
}

/// A limit of a piece of work.
pub fn limit(limit: &WorkLimit) -> common::Limit {
    let kind = common::LimitKind::from_str_name(&format!("LIMIT_KIND_{}", limit.kind));
    let tier = WireTier::from_str_name(&format!("LIMIT_TIER_{}", limit.tier));
    let start = common::LimitStart::from_str_name(&format!("LIMIT_START_{}", limit.start));
    let intake = match limit.intake {
        Intake::Instant => common::Intake::Instant,
        Intake::NextOpening => common::Intake::NextOpening,
    };
    common::Limit {
        kind: kind.unwrap_or_default().into(),
        tier: tier.unwrap_or_default().into(),
        time: Some(work_time(limit.time)),
        start: start.unwrap_or_default().into(),
        intake: intake.into(),
    }
}

/// What the catalogue says of a category. What it published has been checked by the directory;
/// what cannot be read all the same is damaged.
pub fn rule_from(ruled: &Ruled) -> Result<Rule, Refusal> {
    let Category { name, lead, suggested_assisting, limits, .. } = &ruled.category;
    let damaged = || Refusal::damaged(format!("{name} of the catalogue"));
    let suggested = suggested_assisting.iter().map(|department| DepartmentId::parse(department));
    let class = ruled.category.work_class().as_str_name();
    let zone_duty = (!ruled.zone_duty.is_empty()).then(|| PersonId::parse(&ruled.zone_duty));
    Ok(Rule {
        lead: DepartmentId::parse(lead).map_err(|_| damaged())?,
        suggested_assisting: suggested.collect::<Result<_, _>>().map_err(|_| damaged())?,
        work_class: word(class, "WORK_CLASS_").ok_or_else(damaged)?,
        limits: limits.iter().map(limit_from).collect::<Option<_>>().ok_or_else(damaged)?,
        accepts_by_itself: ruled.category.accepts_by_itself,
        zone_duty: zone_duty.transpose().map_err(|_| damaged())?,
        version: u32::try_from(ruled.rule_version).map_err(|_| damaged())?,
    })
}

fn limit_from(told: &common::Limit) -> Option<WorkLimit> {
    Some(WorkLimit {
        kind: limit_kind_from(told.kind())?,
        tier: word(told.tier().as_str_name(), "LIMIT_TIER_")?,
        time: work_time_from(told.time.as_ref()?)?,
        start: word(told.start().as_str_name(), "LIMIT_START_")?,
        intake: runtime::wire::intake_from(told.intake()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::lifecycle::{LimitStart, LimitTier};

    #[test]
    fn every_word_goes_to_the_wire_and_back() {
        assert!(Kind::iter().all(|word| kind_from(kind(word)) == Some(word)));
        assert!(State::iter().all(|word| state_from(state(word)) == Some(word)));
        assert!(Outcome::iter().all(|word| outcome_from(outcome(word)) == Some(word)));
        assert!(
            RejectReason::iter().all(|word| reject_reason_from(reject_reason(word)) == Some(word))
        );
        assert!(Cause::iter().all(|word| cause(word) != Default::default()));
        assert!(WorkClass::iter().all(|class| work_class(class) != Default::default()));
    }

    #[test]
    fn every_limit_goes_to_the_wire_and_back() {
        for kind in LimitKind::iter() {
            for tier in LimitTier::iter() {
                for start in LimitStart::iter() {
                    let time = calendar::Limit::WorkingMinutes(240);
                    let intake = Intake::NextOpening;
                    let ours = WorkLimit { kind, tier, time, start, intake };
                    assert_eq!(limit_from(&limit(&ours)), Some(ours));
                }
            }
        }
    }

    #[test]
    fn a_due_instant_goes_to_the_wire_and_back() {
        for tier in [None, Some(LimitTier::Statutory), Some(LimitTier::Tightened)] {
            let at = "2026-03-04T09:00:00Z".parse().expect("an instant");
            let ours =
                WorkDue { at, provisional: true, rule_version: 3, calendar_version: 9, tier };
            assert_eq!(work_due_from(&work_due(&ours)), Some(ours));
        }
    }
}
