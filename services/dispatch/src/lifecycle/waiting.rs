//! How long each state may last: the alarms that watch it, whom they tell, and what ends it.

use calendar::Limit;
use jiff::Timestamp;

use super::limits::{Limits, Tier};
use super::order::WorkOrder;
use super::parts::WorkPause;
use super::words::{Alarm, State, Told};

/// Which alarms may ring in which state. Every open state has one.
///
/// Cards are for whoever answers for the order. What nobody has had yet, and what its owner has back,
/// has none; of what went to a zone leader the first department still answers (首接负责).
#[rustfmt::skip]
pub const WATCHED: &[(State, &[Alarm])] = {
    use {Alarm::*, State::*};
    &[
        (Unrouted,          &[RouteDecision, Legal]),           // nobody answers for it: no card
        (Offered,           &[Claim, Contact, PauseDecision, ExtensionDecision, YellowCard, RedCard,
                              Overdue, Legal, UrgeAnswer, SupervisionAnswer]),
        (Claimed,           &[Contact, Acceptance, YellowCard, RedCard, Overdue, Legal, UrgeAnswer,
                              SupervisionAnswer]),
        (InProgress,        &[Acceptance, PauseDecision, ExtensionDecision, YellowCard, RedCard, Overdue, Legal,
                              UrgeAnswer, SupervisionAnswer]),
        (ReturnPending,     &[ReturnDecision, Contact, YellowCard, RedCard, Overdue, Legal,
                              UrgeAnswer, SupervisionAnswer]),
        (Escalated,         &[EscalationDecision, YellowCard, RedCard, Overdue, Legal]),
        (Declined,          &[DeclineDecision, Legal]),         // its owner has it: no card
        (Suspended,         &[PauseEnd, ExtensionDecision, Legal, UrgeAnswer, SupervisionAnswer]),
        (AwaitingSignature, &[Signature, YellowCard, RedCard, Overdue, Legal, UrgeAnswer,
                              SupervisionAnswer]),
        (Completed,         &[]),
        (Cancelled,         &[]),
    ]
};

/// What comes after an alarm has told whom it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It rings once.
    Once,
    /// It rings again after each [`reminder_after`](super::Limits::reminder_after), until it is done;
    /// the last of the row is told.
    Reminds,
    /// It rings again [`zone_leader_told_after`](super::Limits::zone_leader_told_after) after due, and after
    /// as long each time, until it is done; the last of the row is told.
    RemindsLater,
    /// After as long again the order counts as claimed by the head of the department; if its claimant
    /// has left the lead is told at once, and it is after the first time. Without a head
    /// who may have it, a zone leader is told as by [`Then::Reminds`]. Class urgent (应急): each of the
    /// duty chain (duty officer, head, the zone's duty) has
    /// [`duty_within`](super::Limits::duty_within), then a zone leader is told as often.
    CountsAsClaimed,
    /// The order goes on by itself.
    GoesOn,
    /// The card is given, once per due instant; a zone leader and the department see it.
    IsCarded,
}

/// A row of [`RINGS`].
pub type Ring = (Alarm, &'static str, Option<Limit>, &'static [Told], Then);

/// What each alarm waits for (from when, and how long where it is not reckoned by a rule of its own),
/// whom it tells in turn, and what comes then. Nobody is told after who stands behind them; where one
/// has no part, the next begins: class urgent passes the lead over, anything else who is on duty, and
/// what a zone leader decides is told to no head of dispatch.
#[rustfmt::skip]
pub const RINGS: &[Ring] = {
    use {Alarm::*, Then::*, Told::{DispatchHead, Lead, OnDuty, ZoneLeader}};
    const L: Limits = super::LIMITS;
    &[
        // rings             from                     how long                          tells                        then
        (Claim,              "the offer",             Some(L.claim_within),             &[OnDuty, Lead, ZoneLeader], CountsAsClaimed),
        (Contact,            "the claim",             Some(L.contact_within),           &[Lead],                     Once),
        (Acceptance,         "the claim",             Some(L.acceptance_within),        &[Lead],                     RemindsLater),
        (RouteDecision,      "the asking",            Some(L.decision_within),          &[DispatchHead, ZoneLeader], Reminds),
        (ReturnDecision,     "the return",            Some(L.decision_within),          &[DispatchHead, ZoneLeader], Reminds),
        (EscalationDecision, "the escalation",        Some(L.escalation_within),        &[ZoneLeader],               Reminds),
        (DeclineDecision,    "the declining",         Some(L.decision_within),          &[DispatchHead, ZoneLeader], Reminds),
        (PauseDecision,      "the asking",            Some(L.decision_within),          &[DispatchHead, ZoneLeader], Reminds),
        (ExtensionDecision,  "the asking",            Some(L.decision_within),          &[DispatchHead, ZoneLeader], Reminds),
        (Signature,          "the answer",            Some(L.signature_within),         &[Lead, ZoneLeader],         Reminds),
        (PauseEnd,           "the pause's deadline",  None,                             &[],                         GoesOn),
        // Of limits of at most a working day, or in hours: when a quarter of the time is left. In hours: at due.
        (YellowCard,         "the working day before due", None,                        &[],                         IsCarded),
        (RedCard,            "the working day after due", None,                         &[],                         IsCarded),
        (Overdue,            "due",                   Some(L.lead_told_after),          &[Lead, ZoneLeader],         RemindsLater),
        (Legal,              "the statutory limit",   None,                             &[Told::Legal],              Once),
        (UrgeAnswer,         "the urging",            Some(L.urge_answer_within),       &[Lead],                     Once),
        (SupervisionAnswer,  "the supervision",       Some(L.supervision_answer_within), &[ZoneLeader],              Once),
    ]
};

/// The alarms that an order in this state has set. No card is given to what assists a suspended
/// order, while an extension is undecided, or while the answer may still be signed in time; the law
/// is not told while its clock stands still.
pub fn alarms(order: &WorkOrder) -> Vec<(Alarm, Timestamp)> {
    let watched = WATCHED.iter().find(|(state, _)| *state == order.state);
    let watched = watched.map_or(&[][..], |(_, alarms)| alarms);
    let still = order.still.as_ref().map(|still| still.cards_from);
    let signed = order.decision_due.filter(|_| order.state == State::AwaitingSignature);
    let cards_from = still.max(signed.map(|due| due.at)).unwrap_or(Timestamp::MIN);
    let undecided = order.pending_extension().is_some();
    let stops = |pause: &WorkPause| pause.reason.stops_clock_of(Tier::Statutory);
    let law_stands_still = order.running_pause().is_some_and(stops);
    let armed = |alarm: &Alarm| {
        let at = order.armed.get(alarm)?.at;
        let is_card = matches!(alarm, Alarm::YellowCard | Alarm::RedCard | Alarm::Overdue);
        let silent = (is_card && undecided)
            || (*alarm == Alarm::Legal && law_stands_still)
            || (*alarm == Alarm::Contact && order.contacted_at.is_some());
        (!silent).then_some((*alarm, if is_card { at.max(cards_from) } else { at }))
    };
    watched.iter().filter_map(armed).collect()
}
