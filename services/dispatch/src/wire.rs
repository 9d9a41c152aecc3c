//! Words of dispatch to and from the words of the contract.

use contract::common::{self, LimitTier as WireTier};
use contract::dispatch as contracted;
use runtime::etag_of;
use runtime::wire::{due as due_on_wire, intake_from, time, word, work_time_from};

pub use runtime::wire::{name_or_empty, number};

use crate::league::{Exclusion, Figures, Rate};
use crate::lifecycle::{
    Assistance, Card, Decision, Due, Extension, Level, LimitKind, LimitRule, Outcome, PauseReason,
    Return, State, Supervision, WorkClass, WorkKind, WorkOrder, WorkPause,
};
use crate::store::Workload;

/// An order as it is shown.
pub fn work_order(order: &WorkOrder) -> contracted::WorkOrder {
    contracted::WorkOrder {
        name: order.id.to_string(),
        number: order.number.clone(),
        source: order.source.clone(),
        source_number: order.source_number.clone(),
        parent: name_or_empty(order.parent.as_ref()),
        title: order.title.clone(),
        text: order.text.clone(),
        enterprise: order.enterprise.to_string(),
        category: order.category.to_string(),
        work_class: work_class(order.work_class).into(),
        kind: work_kind(order.kind).into(),
        state: state(order.state).into(),
        round: number(order.round),
        department: name_or_empty(order.department.as_ref()),
        suggested_assisting: order.suggested_assisting.iter().map(ToString::to_string).collect(),
        claimant: name_or_empty(order.claimant.as_ref()),
        claim_due: order.claim_due.as_ref().map(due),
        contact_due: order.contact_due.as_ref().map(due),
        reply_due: order.reply.as_ref().map(|reply| due(&reply.due)),
        submitted_time: Some(time(order.submitted_at)),
        offered_time: Some(time(order.offered_at)),
        contacted_time: order.contacted_at.map(time),
        completed_time: order.completed_at.map(time),
        card: order.card.map(card).unwrap_or_default().into(),
        assistance: order.assistance.iter().map(assistance).collect(),
        pauses: order.pauses.iter().map(pause).collect(),
        r#return: order.returns.last().map(returned),
        outcome: order.outcome.map(outcome).unwrap_or_default().into(),
        answer: order.answer.clone(),
        internal_note: order.internal_note.clone(),
        urged_times: urged_times(order),
        changed_time: Some(time(order.changed_at)),
        etag: etag_of(order),
        reply_dues: order
            .reply
            .iter()
            .flat_map(|reply| reply.tiers)
            .flatten()
            .map(|it| due(&it))
            .collect(),
        responsible_department: name_or_empty(order.responsible.as_ref()),
        excluded_departments: order.excluded.iter().map(ToString::to_string).collect(),
        decision_due: order.decision_due.as_ref().map(due),
        escalated_for: name_or_empty(order.escalated_for.as_ref()),
        designated: order.designated,
        minutes: order.minutes.clone(),
        on_duty: name_or_empty(order.on_duty()),
        extensions: order.extensions.iter().map(extension).collect(),
        supervisions: order.supervisions.iter().map(supervision).collect(),
        planned_time: order.planned_at.map(time),
        signer: name_or_empty(order.signer.as_ref()),
        settled_outcome: order.settled_outcome.clone(),
        declined_basis: order.declined_basis.clone(),
        cancelled_reason: order.cancelled_reason.clone(),
        accepted_time: order.accepted_at.map(time),
    }
}

fn urged_times(order: &WorkOrder) -> i32 {
    let urged = order.supervisions.iter().filter(|past| past.level == Level::Urged);
    i32::try_from(urged.count()).unwrap_or(i32::MAX)
}

/// A due instant with the tier that binds.
pub fn due(of: &Due) -> common::Due {
    let instant = calendar::Due {
        at: of.at,
        provisional: of.provisional,
        calendar_version: of.calendar_version,
    };
    let tier = WireTier::from_str_name(&format!("LIMIT_TIER_{}", of.tier)).unwrap_or_default();
    due_on_wire(&instant, number(of.rule_version), tier)
}

/// Where an order stands, for whoever asked for the work.
pub fn standing(order: &WorkOrder) -> contracted::Standing {
    contracted::Standing {
        state: state(order.state).into(),
        department: name_or_empty(order.department.as_ref()),
        claimed: order.claimant.is_some(),
        contact_due: order.contact_due.as_ref().map(due),
        reply_due: order.reply.as_ref().map(|reply| due(&reply.due)),
        contacted_time: order.contacted_at.map(time),
    }
}

/// What another department assists with.
pub fn assistance(assistance: &Assistance) -> contracted::Assistance {
    contracted::Assistance {
        work_order: assistance.work_order.to_string(),
        department: assistance.department.to_string(),
        due: Some(due(&assistance.due)),
        completed_time: assistance.completed_at.map(time),
        waived_time: assistance.waived_at.map(time),
    }
}

/// A pause.
pub fn pause(pause: &WorkPause) -> contracted::WorkPause {
    contracted::WorkPause {
        reason: pause_reason(pause.reason).into(),
        note: pause.note.clone(),
        from_time: Some(time(pause.from)),
        until_time: Some(time(pause.until)),
        resumed_time: pause.resumed_at.map(time),
        decision: pause.decision.map(decision).unwrap_or_default().into(),
        needs_zone_leader: pause.beyond_limit,
    }
}

fn extension(extension: &Extension) -> contracted::Extension {
    contracted::Extension {
        until_time: Some(time(extension.until)),
        reason: extension.reason.clone(),
        asked_time: Some(time(extension.asked_at)),
        decision: extension.decision.map(decision).unwrap_or_default().into(),
    }
}

fn supervision(supervision: &Supervision) -> contracted::Supervision {
    contracted::Supervision {
        level: level(supervision.level).into(),
        note: supervision.note.clone(),
        asked_time: Some(time(supervision.asked_at)),
        answer_due: Some(due(&supervision.answer_due)),
        answer: supervision.answer.clone(),
        answered_time: supervision.answered_at.map(time),
    }
}

/// How an order was routed, if that was kept.
pub fn precedent(order: &WorkOrder) -> Option<contracted::Precedent> {
    let kept = order.precedent.as_ref()?;
    Some(contracted::Precedent {
        work_order: order.id.to_string(),
        number: order.number.clone(),
        title: order.title.clone(),
        department: kept.department.to_string(),
        minutes: kept.minutes.clone(),
        decided_time: Some(time(kept.decided_at)),
    })
}

/// What waits at a department.
pub fn workload(workload: &Workload) -> contracted::Workload {
    let count = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    contracted::Workload {
        department: name_or_empty(workload.department.as_ref()),
        open: count(workload.open),
        due_today: count(workload.due_today),
        overdue: count(workload.overdue),
    }
}

/// A return.
pub fn returned(returned: &Return) -> contracted::Return {
    contracted::Return {
        department: returned.department.to_string(),
        basis: returned.basis.clone(),
        names_department: name_or_empty(returned.names.as_ref()),
        returned_time: Some(time(returned.returned_at)),
        decision: returned.decision.map(decision).unwrap_or_default().into(),
    }
}

/// The zone's figures: also whether it closes what it has promised in time.
pub fn zone_row(figures: &Figures) -> contracted::LeagueRow {
    let closed = Some(rate(&figures.closed));
    contracted::LeagueRow { closed, ..league_row(String::new(), figures) }
}

/// A department's figures; an empty name is the zone.
pub fn league_row(department: String, figures: &Figures) -> contracted::LeagueRow {
    let score = figures.score_hundredths();
    contracted::LeagueRow {
        department,
        dispatched: number(figures.dispatched),
        returns_upheld: number(figures.returns_upheld),
        assisted: number(figures.assisted),
        assisted_late: number(figures.assisted_late),
        response: Some(rate(&figures.response)),
        on_time: Some(rate(&figures.on_time)),
        solved: Some(rate(&figures.solved)),
        satisfied: Some(rate(&figures.satisfied)),
        rated: Some(rate(&figures.rated)),
        score_hundredths: score.map(number),
        contacted_late: number(figures.contacted_late),
        answered_late: number(figures.answered_late),
        closed: None,
    }
}

fn rate(rate: &Rate) -> contracted::Rate {
    contracted::Rate {
        numerator: number(rate.numerator),
        denominator: number(rate.denominator),
        text: rate.text(),
        exclusions: rate.exclusions.iter().map(exclusion).collect(),
    }
}

fn exclusion(exclusion: &Exclusion) -> contracted::Exclusion {
    contracted::Exclusion {
        reason: exclusion.reason.clone(),
        count: number(exclusion.count),
        work_orders: exclusion.orders.iter().map(ToString::to_string).collect(),
    }
}

/// Where an order stands.
pub fn state(state: State) -> contracted::WorkOrderState {
    let name = format!("WORK_ORDER_STATE_{state}");
    contracted::WorkOrderState::from_str_name(&name).unwrap_or_default()
}

/// Where an order stands, from a request; `None` if it is not said.
pub fn state_from(state: contracted::WorkOrderState) -> Option<State> {
    word(state.as_str_name(), "WORK_ORDER_STATE_")
}

/// A warning.
pub fn card(card: Card) -> contracted::Card {
    contracted::Card::from_str_name(&format!("CARD_{card}")).unwrap_or_default()
}

/// How hard somebody presses.
pub fn level(level: Level) -> contracted::SupervisionLevel {
    let name = format!("SUPERVISION_LEVEL_{level}");
    contracted::SupervisionLevel::from_str_name(&name).unwrap_or_default()
}

/// How hard somebody pressed, from a request; `None` if it is not said.
pub fn level_from(level: contracted::SupervisionLevel) -> Option<Level> {
    word(level.as_str_name(), "SUPERVISION_LEVEL_")
}

fn decision(decision: Decision) -> contracted::Decision {
    contracted::Decision::from_str_name(&format!("DECISION_{decision}")).unwrap_or_default()
}

/// A ruling from a request; `None` if it is not said.
pub fn decision_from(decision: contracted::Decision) -> Option<Decision> {
    word(decision.as_str_name(), "DECISION_")
}

fn pause_reason(reason: PauseReason) -> contracted::PauseReason {
    contracted::PauseReason::from_str_name(&format!("PAUSE_REASON_{reason}")).unwrap_or_default()
}

/// Why a clock shall stand still, from a request; `None` if it is not said.
pub fn pause_reason_from(reason: contracted::PauseReason) -> Option<PauseReason> {
    word(reason.as_str_name(), "PAUSE_REASON_")
}

/// What became of a matter.
pub fn outcome(outcome: Outcome) -> common::Outcome {
    common::Outcome::from_str_name(&format!("OUTCOME_{outcome}")).unwrap_or_default()
}

/// What became of a matter, as told; `None` if it is not said.
pub fn outcome_from(outcome: common::Outcome) -> Option<Outcome> {
    word(outcome.as_str_name(), "OUTCOME_")
}

fn work_class(class: WorkClass) -> common::WorkClass {
    common::WorkClass::from_str_name(&format!("WORK_CLASS_{class}")).unwrap_or_default()
}

/// How hard a matter is, as told; `None` if it is not said.
pub fn work_class_from(class: common::WorkClass) -> Option<WorkClass> {
    word(class.as_str_name(), "WORK_CLASS_")
}

fn work_kind(kind: WorkKind) -> common::WorkKind {
    common::WorkKind::from_str_name(&format!("WORK_KIND_{kind}")).unwrap_or_default()
}

/// Where a piece of work is decided, as told; `None` if it is not said.
pub fn work_kind_from(kind: common::WorkKind) -> Option<WorkKind> {
    word(kind.as_str_name(), "WORK_KIND_")
}

/// What a limit is for.
pub fn limit_kind(kind: LimitKind) -> common::LimitKind {
    common::LimitKind::from_str_name(&format!("LIMIT_KIND_{kind}")).unwrap_or_default()
}

/// A limit as told; `None` if it cannot be understood.
pub fn limit_from(told: &common::Limit) -> Option<LimitRule> {
    Some(LimitRule {
        kind: word(told.kind().as_str_name(), "LIMIT_KIND_")?,
        tier: word(told.tier().as_str_name(), "LIMIT_TIER_")?,
        limit: work_time_from(told.time.as_ref()?)?,
        start: word(told.start().as_str_name(), "LIMIT_START_")?,
        intake: intake_from(told.intake()),
    })
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::lifecycle::{LimitStart, Tier};

    #[test]
    fn every_word_goes_to_the_wire_and_back() {
        assert!(State::iter().all(|word| state_from(state(word)) == Some(word)));
        assert!(Outcome::iter().all(|word| outcome_from(outcome(word)) == Some(word)));
        assert!(Level::iter().all(|word| level_from(level(word)) == Some(word)));
        assert!(Decision::iter().all(|word| decision_from(decision(word)) == Some(word)));
        assert!(WorkClass::iter().all(|word| work_class_from(work_class(word)) == Some(word)));
        assert!(WorkKind::iter().all(|word| work_kind_from(work_kind(word)) == Some(word)));
        let pauses = |word| pause_reason_from(pause_reason(word)) == Some(word);
        assert!(PauseReason::iter().all(pauses));
        assert!(Card::iter().all(|word| card(word) != contracted::Card::Unspecified));
        let limits = |word| limit_kind(word) != common::LimitKind::Unspecified;
        assert!(LimitKind::iter().all(limits));
    }

    #[test]
    fn every_tier_and_start_is_understood() {
        for tier in Tier::iter() {
            let wire = WireTier::from_str_name(&format!("LIMIT_TIER_{tier}"));
            for start in LimitStart::iter() {
                let name = format!("LIMIT_START_{start}");
                let told = common::Limit {
                    kind: common::LimitKind::Reply.into(),
                    tier: wire.unwrap_or_default().into(),
                    time: Some(runtime::wire::work_time(calendar::Limit::WorkingDays(5))),
                    start: common::LimitStart::from_str_name(&name).unwrap_or_default().into(),
                    intake: common::Intake::Instant.into(),
                };
                let read = limit_from(&told).map(|rule| (rule.tier, rule.start));
                assert_eq!(read, Some((tier, start)));
            }
        }
    }
}
