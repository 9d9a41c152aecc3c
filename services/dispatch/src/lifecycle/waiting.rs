//! How long each state may last: the alarms that watch it, whom they tell, and what ends it.

use jiff::Timestamp;

use super::limits::Tier;
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
        (Claimed,           &[Contact, YellowCard, RedCard, Overdue, Legal, UrgeAnswer,
                              SupervisionAnswer]),
        (InProgress,        &[PauseDecision, ExtensionDecision, YellowCard, RedCard, Overdue, Legal,
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
    /// It rings each working day, until it is done; the last of the row is told.
    EachWorkingDay,
    /// It rings each fifth working day, until it is done; the last of the row is told.
    EachFifthWorkingDay,
    /// After as long again the order counts as claimed by the head of the department. Without a head
    /// who may have it, a zone leader is told each working day. Class urgent (应急): each of the duty
    /// chain has 15 minutes (duty officer, head, the zone's duty), then a zone leader is told every 15.
    CountsAsClaimed,
    /// The order goes on by itself.
    GoesOn,
    /// The card is given, once per due instant; a zone leader and the department see it.
    IsCarded,
}

/// What each alarm waits for, whom it tells in turn, and what comes then (the defaults of
/// [`LIMITS`](super::LIMITS)).
#[rustfmt::skip]
pub const RINGS: &[(Alarm, &str, &[Told], Then)] = {
    use {Alarm::*, Then::*, Told::{DispatchHead, Lead, OnDuty, ZoneLeader}};
    &[
        // rings             after                                    tells                        then
        (Claim,              "4 working hours from the offer",        &[OnDuty, Lead, ZoneLeader], CountsAsClaimed),
        (Contact,            "1 wd from the claim",                   &[Lead],                     Once),
        (RouteDecision,      "4 working hours from the asking",       &[DispatchHead, ZoneLeader], EachWorkingDay),
        (ReturnDecision,     "4 working hours from the return",       &[DispatchHead, ZoneLeader], EachWorkingDay),
        (EscalationDecision, "1 wd from the escalation",              &[ZoneLeader],               EachWorkingDay),
        (DeclineDecision,    "4 working hours from the declining",    &[DispatchHead, ZoneLeader], EachWorkingDay),
        (PauseDecision,      "4 working hours from the asking",       &[DispatchHead, ZoneLeader], EachWorkingDay),
        (ExtensionDecision,  "4 working hours from the asking",       &[DispatchHead, ZoneLeader], EachWorkingDay),
        (Signature,          "1 wd from the answer",                  &[Lead, ZoneLeader],         EachWorkingDay),
        (PauseEnd,           "the pause's own deadline",              &[],                         GoesOn),
        (YellowCard,         "the working day before due",            &[],                         IsCarded),
        (RedCard,            "the first working day after due",       &[],                         IsCarded),
        (Overdue,            "2 wd after due the lead, 5 wd a leader", &[Lead, ZoneLeader],        EachFifthWorkingDay),
        (Legal,              "the statutory limit",                   &[Told::Legal],              Once),
        (UrgeAnswer,         "4 working hours from the urging",       &[Lead],                     Once),
        (SupervisionAnswer,  "1 wd from the supervision",             &[ZoneLeader],               Once),
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
