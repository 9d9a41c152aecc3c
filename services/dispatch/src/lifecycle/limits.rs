//! Limits: how long each step may take, which tier binds, and when cards are due.
//!
//! A due instant is always reckoned by the calendar of the moment of the decision and then carried
//! by the fact, so that applying a fact needs no calendar.

use calendar::{Calendar, Intake, Limit};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::cards::{around, overdue_at, working_time_before};
use super::order::WorkOrder;
use super::parts::Extension;
use super::words::{WorkClass, word};

/// What holds where the catalogue says nothing, and what no catalogue says: the defaults of domain.md §5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the offer to the claim; after as long again the head has it.
    pub claim_within: Limit,
    /// From the claim to first contact.
    pub contact_within: Limit,
    /// From the claim to the word of its owner that it is accepted, where a limit starts there.
    pub acceptance_within: Limit,
    /// From submission to the answer, class C.
    pub simple_within: Limit,
    /// From submission to the answer, class B.
    pub cross_department_within: Limit,
    /// From submission to the answer, class A.
    pub historic_within: Limit,
    /// From submission to first contact, class urgent.
    pub urgent_contact_within: Limit,
    /// From submission to the answer, class urgent.
    pub urgent_within: Limit,
    /// How long each of the duty chain has to claim, class urgent.
    pub duty_within: SignedDuration,
    /// From the offer: how long a department may return the order.
    pub return_within: Limit,
    /// From the asking to the ruling of the dispatcher, or of the owner of declined work.
    pub decision_within: Limit,
    /// From then on to the zone leader, and between reminders.
    pub reminder_after: Limit,
    /// From the escalation to the designation.
    pub escalation_within: Limit,
    /// From the answer to the signature; signed within it, the instant of the answer counts.
    pub signature_within: Limit,
    /// From an urging to the department's answer.
    pub urge_answer_within: Limit,
    /// From a supervision to the department's answer.
    pub supervision_answer_within: Limit,
    /// An extension is asked at least so long before the answer is due.
    pub extension_ahead: Limit,
    /// With extensions the limit is at most so many times as long.
    pub extension_total_times: u32,
    /// An assisting order is due so many minutes of office time before the order it assists.
    pub assistance_ahead_minutes: u32,
    /// From due to the lead being told.
    pub lead_told_after: Limit,
    /// From due to the zone leader being told, and between reminders.
    pub zone_leader_told_after: Limit,
    /// From the promised answer to the closing of the matter: the call-back within a working day of
    /// the answer, and its three tries within five. The zone is held against it.
    pub zone_closes_within: Limit,
    /// Pauses may add as much as the limit itself, so many times; beyond that a zone leader decides.
    pub pause_total_times: u32,
}

/// The defaults.
pub const LIMITS: Limits = Limits {
    claim_within: Limit::WorkingMinutes(4 * 60),
    contact_within: Limit::WorkingDays(1),
    acceptance_within: Limit::WorkingDays(5),
    simple_within: Limit::WorkingDays(5),
    cross_department_within: Limit::WorkingDays(10),
    historic_within: Limit::WorkingDays(15),
    urgent_contact_within: Limit::NaturalHours(1),
    urgent_within: Limit::NaturalHours(24),
    duty_within: SignedDuration::from_mins(15),
    return_within: Limit::WorkingDays(1),
    decision_within: Limit::WorkingMinutes(4 * 60),
    reminder_after: Limit::WorkingDays(1),
    escalation_within: Limit::WorkingDays(1),
    signature_within: Limit::WorkingDays(1),
    urge_answer_within: Limit::WorkingMinutes(4 * 60),
    supervision_answer_within: Limit::WorkingDays(1),
    extension_ahead: Limit::WorkingDays(1),
    extension_total_times: 2,
    assistance_ahead_minutes: 4 * 60,
    lead_told_after: Limit::WorkingDays(2),
    zone_leader_told_after: Limit::WorkingDays(5),
    zone_closes_within: Limit::WorkingDays(5),
    pause_total_times: 1,
};

word!(
    /// What a limit is for.
    LimitKind {
        /// 签收.
        Claim,
        /// 报到.
        Contact,
        /// 办复.
        Reply,
    }
);
word!(
    /// Whose limit it is. The earliest due instant of the three binds.
    Tier {
        /// 法定.
        Statutory,
        /// 承诺.
        Promised,
        /// 加码.
        Tightened,
    }
);
word!(
    /// From when a limit runs.
    LimitStart {
        /// The enterprise submitted. Never restarts.
        Submitted,
        /// The order was offered. Begins anew for the next department.
        Offered,
        /// The order was claimed.
        Claimed,
        /// Decision work: its owner accepted what was asked for (受理).
        Accepted,
    }
);

/// One limit, as rule data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitRule {
    /// What it is for.
    pub kind: LimitKind,
    /// Whose limit.
    pub tier: Tier,
    /// How long, on which clock.
    pub limit: Limit,
    /// From when.
    pub start: LimitStart,
    /// How a start outside office hours is read.
    pub intake: Intake,
}

/// An instant by which something must have happened, with what it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The instant.
    pub at: Timestamp,
    /// A year that it needs is not yet published.
    pub provisional: bool,
    /// The version of the catalogue that set the limit; 0 if none did.
    pub rule_version: u32,
    /// The version of the calendar that it was reckoned by.
    pub calendar_version: u32,
    /// Which tier binds.
    pub tier: Tier,
}

/// By when the answer is due, and what happens around that instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The due instant that binds: of all tiers the earliest.
    pub due: Due,
    /// The due instants of the tiers side by side, in the order of [`Tier`]. An assisting order has
    /// none of its own.
    #[serde(default)]
    pub tiers: [Option<Due>; 3],
    /// When a yellow card is given.
    pub yellow_at: Timestamp,
    /// When a red card is given.
    pub red_at: Timestamp,
    /// When the lead is told that the answer is overdue.
    pub overdue_at: Timestamp,
}

impl Deadline {
    /// The due instant of one tier, if it has a limit.
    pub fn of(&self, tier: Tier) -> Option<Due> {
        self.tiers.iter().flatten().find(|due| due.tier == tier).copied()
    }

    /// The due instant that cards go by: the tightened one, if there is one.
    pub fn card_due(&self) -> Due {
        self.of(Tier::Tightened).unwrap_or(self.due)
    }
}

/// By when an order must be claimed, first contact made, or answered: of all tiers the earliest.
/// `None` while its start has not come. Class urgent is claimed by its duty chain, one after the
/// other.
pub fn due(order: &WorkOrder, kind: LimitKind, calendar: &Calendar) -> Option<Due> {
    if kind == LimitKind::Claim && order.work_class == WorkClass::Urgent {
        return Some(duty_due(order.released_at.unwrap_or(order.offered_at), calendar));
    }
    binding(order, kind, calendar).map(|(due, _)| due)
}

/// By when one of the duty chain must have claimed, if it is offered to them at an instant.
pub fn duty_due(offered_at: Timestamp, calendar: &Calendar) -> Due {
    let at = offered_at.checked_add(LIMITS.duty_within).unwrap_or(Timestamp::MAX);
    let (provisional, rule_version, calendar_version) = (false, 0, calendar.version());
    Due { at, provisional, rule_version, calendar_version, tier: Tier::Tightened }
}

/// By when the answer is due: each tier by itself, the earliest binds; and its cards, which go by
/// the tightened tier. Not for assisting orders: theirs follows the order they assist, see
/// [`assisting`].
pub fn reply(order: &WorkOrder, calendar: &Calendar) -> Option<Deadline> {
    let reckoned = reckoned(order, LimitKind::Reply, calendar);
    let earliest = |tiers: &[Tier]| {
        let of_tiers = reckoned.iter().filter(|(due, _)| tiers.contains(&due.tier));
        of_tiers.min_by_key(|(due, _)| (due.at, due.tier)).copied()
    };
    let all = [Tier::Statutory, Tier::Promised, Tier::Tightened];
    let (due, binding) = earliest(&all)?;
    let (card, rule) = earliest(&[Tier::Tightened]).unwrap_or((due, binding));
    let start = start_of(order, &rule)?;
    let cards = around(card, rule.limit, start, calendar);
    let tiers = all.map(|tier| earliest(&[tier]).map(|(due, _)| due));
    Some(Deadline { due, tiers, overdue_at: overdue_at(due, calendar), ..cards })
}

/// The same; while the clock stands still, as if the pause lasted as long as it may.
pub fn expected(order: &WorkOrder, calendar: &Calendar) -> Option<Deadline> {
    let mut whole = order.clone();
    if let Some(last) = whole.pauses.last_mut().filter(|_| order.running_pause().is_some()) {
        last.resumed_at = Some(last.until);
    }
    reply(&whole, calendar)
}

/// By when an assisting order is due, if the order it assists is due then.
pub fn assistance_due(parent: Due, calendar: &Calendar) -> Due {
    let ahead = LIMITS.assistance_ahead_minutes;
    Due { at: working_time_before(parent.at, ahead, calendar), ..parent }
}

/// The deadline of an assisting order. It is counted in hours.
pub fn assisting(due: Due, offered_at: Timestamp, calendar: &Calendar) -> Deadline {
    let minutes = u32::try_from(calendar.working_minutes_between(offered_at, due.at));
    around(due, Limit::WorkingMinutes(minutes.unwrap_or(0)), offered_at, calendar)
}

/// The instant at which `limit` is used up from `start` on, or the end of time.
pub fn after(start: Timestamp, limit: Limit, calendar: &Calendar) -> Timestamp {
    calendar.due(start, Intake::Instant, limit, &[]).map_or(Timestamp::MAX, |due| due.at)
}

/// A due instant that no catalogue sets.
pub fn default_due(start: Timestamp, limit: Limit, calendar: &Calendar) -> Due {
    let due = calendar.due(start, Intake::Instant, limit, &[]);
    let at = due.map_or(Timestamp::MAX, |due| due.at);
    let provisional = due.is_none_or(|due| due.provisional);
    let calendar_version = calendar.version();
    Due { at, provisional, rule_version: 0, calendar_version, tier: Tier::Tightened }
}

/// The limit that the claim is held against.
pub fn claim_limit(order: &WorkOrder, calendar: &Calendar) -> Limit {
    binding(order, LimitKind::Claim, calendar).map_or(LIMITS.claim_within, |(_, rule)| rule.limit)
}

pub(super) fn binding(
    order: &WorkOrder,
    kind: LimitKind,
    calendar: &Calendar,
) -> Option<(Due, LimitRule)> {
    let reckoned = reckoned(order, kind, calendar);
    reckoned.into_iter().min_by_key(|(due, rule)| (due.at, rule.tier))
}

/// Every limit of one kind whose start has come, as a due instant.
fn reckoned(order: &WorkOrder, kind: LimitKind, calendar: &Calendar) -> Vec<(Due, LimitRule)> {
    let (rules, rule_version) = rules_of(order, kind);
    let reckoned = rules.into_iter().filter_map(|rule| {
        let start = start_of(order, &rule)?;
        let answer = kind == LimitKind::Reply;
        let still = if answer { order.stood_still(rule.tier) } else { Vec::new() };
        let mut due = calendar.due(start, rule.intake, rule.limit, &still)?;
        let extension = order.extension().filter(|_| answer && rule.tier != Tier::Statutory);
        if let Some(extended) = extension.map(|it| extended(it, rule.limit, &still, calendar))
            && due.at < extended
        {
            // A date that somebody granted does not wait for a year to be published.
            (due.at, due.provisional) = (extended, false);
        }
        let (at, provisional, calendar_version) = (due.at, due.provisional, due.calendar_version);
        Some((Due { at, provisional, rule_version, calendar_version, tier: rule.tier }, rule))
    });
    reckoned.collect()
}

/// Until when an extension holds: as granted, and longer by what the clock stood still since.
fn extended(
    extension: &Extension,
    limit: Limit,
    still: &[calendar::Pause],
    calendar: &Calendar,
) -> Timestamp {
    let Extension { until, asked_at, .. } = *extension;
    let later: Vec<calendar::Pause> =
        still.iter().filter(|pause| pause.to.is_none_or(|to| asked_at < to)).copied().collect();
    if later.is_empty() {
        return until;
    }
    if let Limit::NaturalHours(_) = limit {
        let span = |pause: &calendar::Pause| {
            pause.to.unwrap_or(pause.from).duration_since(pause.from.max(asked_at))
        };
        return later
            .iter()
            .fold(until, |until, pause| until.checked_add(span(pause)).unwrap_or(Timestamp::MAX));
    }
    let minutes = u32::try_from(calendar.working_minutes_between(asked_at, until)).unwrap_or(0);
    let limit = Limit::WorkingMinutes(minutes);
    calendar.due(asked_at, Intake::Instant, limit, &later).map_or(until, |due| due.at.max(until))
}

/// The limits that the catalogue set, with its version; where it set none, the default.
pub(super) fn rules_of(order: &WorkOrder, kind: LimitKind) -> (Vec<LimitRule>, u32) {
    let set: Vec<LimitRule> =
        order.limits.iter().filter(|rule| rule.kind == kind).copied().collect();
    if set.is_empty() {
        (vec![default_rule(kind, order.work_class)], 0)
    } else {
        (set, order.rule_version)
    }
}

fn default_rule(kind: LimitKind, class: WorkClass) -> LimitRule {
    let (limit, start) = match (kind, class) {
        (LimitKind::Claim, _) => (LIMITS.claim_within, LimitStart::Offered),
        (LimitKind::Contact, WorkClass::Urgent) => {
            (LIMITS.urgent_contact_within, LimitStart::Submitted)
        }
        (LimitKind::Reply, WorkClass::Urgent) => (LIMITS.urgent_within, LimitStart::Submitted),
        (LimitKind::Contact, _) => (LIMITS.contact_within, LimitStart::Claimed),
        (LimitKind::Reply, WorkClass::A) => (LIMITS.historic_within, LimitStart::Submitted),
        (LimitKind::Reply, WorkClass::B) => (LIMITS.cross_department_within, LimitStart::Submitted),
        (LimitKind::Reply, WorkClass::C) => (LIMITS.simple_within, LimitStart::Submitted),
    };
    LimitRule { kind, tier: Tier::Tightened, limit, start, intake: Intake::Instant }
}

pub(super) fn start_of(order: &WorkOrder, rule: &LimitRule) -> Option<Timestamp> {
    match rule.start {
        // What assists was asked for when it was offered; it is never offered to another.
        LimitStart::Submitted if order.parent.is_some() => Some(order.offered_at),
        LimitStart::Submitted => Some(order.submitted_at),
        // Of whom has left it waits to be claimed from then on; nothing later starts a claim.
        LimitStart::Offered | LimitStart::Claimed | LimitStart::Accepted
            if rule.kind == LimitKind::Claim =>
        {
            Some(order.released_at.unwrap_or(order.offered_at))
        }
        LimitStart::Offered => Some(order.offered_at),
        LimitStart::Claimed => order.claimed_at,
        // Contact is made before anything is accepted.
        LimitStart::Accepted if rule.kind == LimitKind::Contact => order.claimed_at,
        LimitStart::Accepted => order.accepted_at,
    }
}
