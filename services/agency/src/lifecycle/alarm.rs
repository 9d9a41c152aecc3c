//! What time does to a case: who waits too long is told of, again and again; a mandate expires, a
//! promise breaks, what nobody answered is accepted, what is over is archived.

use std::collections::BTreeSet;
use std::fmt;

use base::{ItemId, MaterialId};
use calendar::{Limit, Moment};
use jiff::Timestamp;
use strum::Display;

use super::State;
use super::case::Case;
use super::commitment::break_off;
use super::course::{end_mandate, wait_anew};
use super::deciding::{accept_as_of, break_commitment, break_promise};
use super::draft::Draft;
use super::fact::What;
use super::item::{Item, ItemState};
use super::limits::{TOLD_AGAIN_AFTER, TOLD_DAILY_TIMES, TOLD_LATER_AFTER, Wait, due};
use super::mandate::{Act, MandateEnd};

/// What a case waits for at an instant. Each is armed at most once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// What the case as a whole waits for, by its state.
    Case,
    /// The mandate expires.
    Mandate,
    /// Its agent is none any more: another one is awaited.
    Agent,
    /// 承诺可开工: the land, then that all opinions are formal.
    Commitment,
    /// What an item waits for, by its state.
    Item(ItemId),
    /// 容缺: a material that was promised, while an item without an opinion waits for it. What has
    /// its opinion waits by itself.
    Promise(MaterialId),
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alarm::Case => f.write_str("CASE"),
            Alarm::Mandate => f.write_str("MANDATE"),
            Alarm::Agent => f.write_str("AGENT"),
            Alarm::Commitment => f.write_str("COMMITMENT"),
            Alarm::Item(item) => item.fmt(f),
            Alarm::Promise(material) => material.fmt(f),
        }
    }
}

impl Alarm {
    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Alarm> {
        match text {
            "CASE" => Some(Alarm::Case),
            "MANDATE" => Some(Alarm::Mandate),
            "AGENT" => Some(Alarm::Agent),
            "COMMITMENT" => Some(Alarm::Commitment),
            name => {
                let material = || MaterialId::parse(name).ok().map(Alarm::Promise);
                ItemId::parse(name).ok().map(Alarm::Item).or_else(material)
            }
        }
    }
}

/// Who is told that a limit was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Told {
    /// The agent 帮代办员.
    Agent,
    /// The enterprise.
    Enterprise,
    /// The head of the department.
    DepartmentHead,
    /// The head of 吹哨办.
    DispatchHead,
    /// 管委会 / 挂点领导.
    ZoneLeader,
}

/// The alarms that a case has armed as it stands.
pub fn alarms(case: &Case) -> Vec<(Alarm, Timestamp)> {
    let mut alarms: Vec<_> =
        waits(case).into_iter().map(|(alarm, wait)| (alarm, wait.rings_at)).collect();
    if let Some(mandate) = &case.mandate {
        alarms.push((Alarm::Mandate, mandate.expires.at));
    }
    alarms
}

/// Whatever is awaited, and until when. What stands still in dispatch is not, until it goes on.
fn waits(case: &Case) -> Vec<(Alarm, Wait)> {
    let own = case.wait.map(|wait| (Alarm::Case, wait));
    let agent = case.hand_over.map(|wait| (Alarm::Agent, wait));
    let commitment = case.commitment.as_ref().and_then(|commitment| commitment.wait);
    let commitment = commitment.map(|wait| (Alarm::Commitment, wait));
    let awaited = case.items.iter().filter(|(_, item)| !item.stands_still());
    let of_item = awaited.filter_map(|(id, item)| Some((id, case.wait_of(item)?)));
    let items = of_item.map(|(id, wait)| (Alarm::Item(id.clone()), wait));
    let of_case = own.into_iter().chain(agent).chain(commitment);
    of_case.chain(items).chain(promises(case)).collect()
}

/// 容缺: what was promised and is not there, of every item that is with its department.
fn promises(case: &Case) -> impl Iterator<Item = (Alarm, Wait)> {
    let with_department = |item: &Item| match item.state {
        ItemState::Submitted | ItemState::Correction | ItemState::UnderReview => true,
        ItemState::Blocked
        | ItemState::Ready
        | ItemState::PreIssued
        | ItemState::Issued
        | ItemState::Refused
        | ItemState::NotAccepted
        | ItemState::Voided
        | ItemState::Revoked
        | ItemState::Withdrawn => false,
    };
    let waiting = case.all_items().filter(move |(item, _)| with_department(item));
    let awaited: BTreeSet<MaterialId> =
        waiting.flat_map(|(_, matter)| case.deferred(matter)).collect();
    awaited.into_iter().filter_map(|material| {
        let wait = case.promises.get(&material)?.wait;
        Some((Alarm::Promise(material), wait))
    })
}

/// An alarm rings. One that is not armed does nothing. Whether it is due is the ringer's to say:
/// the wall clock may have run back since, so it counts as rung at its own instant at the earliest.
fn ring(draft: &mut Draft<'_>, alarm: &Alarm) {
    let armed = alarms(&draft.case).into_iter().find(|(armed, _)| armed == alarm);
    let Some((_, rings_at)) = armed else { return };
    draft.moment = Moment { now: draft.moment.now.max(rings_at), ..draft.moment };
    match alarm {
        Alarm::Case => ring_case(draft),
        Alarm::Mandate => end_mandate(draft, MandateEnd::Expired, ""),
        Alarm::Agent => tell(draft, alarm, Told::DispatchHead),
        Alarm::Commitment => {
            if draft.case.land_acquired_at.is_none() {
                break_off(draft, "承诺期限内未取得土地");
            } else {
                tell(draft, alarm, Told::DispatchHead);
            }
        }
        Alarm::Item(item) => ring_item(draft, item),
        Alarm::Promise(_) => {
            tell(draft, alarm, Told::Enterprise);
            break_commitment(draft);
        }
    }
}

/// What ran out before an instant and changes how things stand has done so, each at its own instant,
/// whether or not its alarm has rung yet: what comes later is judged by what came of it (domain.md
/// §3). Who is only told of a missed limit is told when the alarm rings.
pub(super) fn catch_up(draft: &mut Draft<'_>, until: Timestamp) {
    let now = draft.moment.now;
    loop {
        let armed = alarms(&draft.case).into_iter();
        let run_out = armed.filter(|(of, at)| *at < until && changes_state(&draft.case, of));
        let Some((alarm, at)) = run_out.min_by_key(|(of, at)| (*at, of.clone())) else { break };
        draft.moment.now = at.max(draft.case.changed_at);
        ring(draft, &alarm);
        draft.follow();
    }
    draft.moment.now = now.max(draft.case.changed_at);
}

/// An alarm rings that is due; what ran out before it comes first. If it is then set for another
/// instant, or for none, it has had its effect. Whatever changes does so at the instant at which it
/// ran out, however late that rings.
pub(super) fn ring_in_turn(draft: &mut Draft<'_>, alarm: &Alarm) {
    let find = |draft: &Draft<'_>| {
        alarms(&draft.case).into_iter().find(|(armed, _)| armed == alarm).map(|(_, at)| at)
    };
    let Some(at) = find(draft) else { return };
    catch_up(draft, at);
    if find(draft) != Some(at) {
        return;
    }
    if changes_state(&draft.case, alarm) {
        draft.moment.now = at.max(draft.case.changed_at);
    }
    ring(draft, alarm);
}

/// Whether an alarm does more than tell somebody of a missed limit.
fn changes_state(case: &Case, alarm: &Alarm) -> bool {
    match alarm {
        Alarm::Case => matches!(case.state, State::Suspended | State::FollowedUp),
        Alarm::Mandate => true,
        Alarm::Agent => false,
        // A broken promise breaks the commitment that stands on it.
        Alarm::Promise(_) => case.commitment.as_ref().is_some_and(|letter| letter.broken.is_none()),
        Alarm::Commitment => case.land_acquired_at.is_none(),
        Alarm::Item(item) => case.items.get(item).is_some_and(|item| match item.state {
            ItemState::Submitted => true,
            ItemState::PreIssued => item.order.is_none(),
            ItemState::Blocked
            | ItemState::Ready
            | ItemState::Correction
            | ItemState::UnderReview
            | ItemState::Issued
            | ItemState::Refused
            | ItemState::NotAccepted
            | ItemState::Voided
            | ItemState::Revoked
            | ItemState::Withdrawn => false,
        }),
    }
}

fn ring_case(draft: &mut Draft<'_>) {
    match draft.case.state {
        State::Consulting | State::Mandated | State::Running => {
            let first = applicant(draft, None);
            tell(draft, &Alarm::Case, first);
        }
        State::Suspended => {
            draft.happen(What::Resumed { by_itself: true });
            wait_anew(draft);
        }
        State::Delivered => tell(draft, &Alarm::Case, Told::DispatchHead),
        State::FollowedUp => draft.happen(What::Archived { by_itself: true }),
        State::Archived => {}
    }
}

fn ring_item(draft: &mut Draft<'_>, item: &ItemId) {
    let Some(own) = draft.case.items.get(item) else { return };
    let alarm = Alarm::Item(item.clone());
    match own.state {
        ItemState::Ready | ItemState::Correction => {
            let first = applicant(draft, Some(item));
            tell(draft, &alarm, first);
        }
        ItemState::Submitted => {
            let receipt = own.wait.map_or(draft.moment.now, |wait| wait.since);
            accept_as_of(draft, item, receipt, true);
        }
        ItemState::PreIssued if own.order.is_none() => break_promise(draft, item),
        ItemState::UnderReview | ItemState::PreIssued | ItemState::Issued => {
            tell(draft, &alarm, Told::DepartmentHead);
        }
        ItemState::Blocked
        | ItemState::Refused
        | ItemState::NotAccepted
        | ItemState::Voided
        | ItemState::Revoked
        | ItemState::Withdrawn => {}
    }
}

/// Who applies: the agent, if there is one, as far as the mandate goes; else the enterprise. Before there is a
/// mandate the agent looks after the case.
fn applicant(draft: &Draft<'_>, item: Option<&ItemId>) -> Told {
    let (case, now) = (&draft.case, draft.moment.now);
    let acts = match (&case.mandate, item) {
        (Some(mandate), Some(item)) => mandate.covers(item, Act::Submit, now),
        (Some(mandate), None) => mandate.is_live(now),
        (None, _) => matches!(case.state, State::Consulting | State::Mandated),
    };
    if acts && case.hand_over.is_none() { Told::Agent } else { Told::Enterprise }
}

/// The first to be told is who is late; then a leader, every working day, and in the end every week.
fn tell(draft: &mut Draft<'_>, alarm: &Alarm, first: Told) {
    let wait = waits(&draft.case).into_iter().find(|(armed, _)| armed == alarm);
    let told_before = wait.map_or(0, |(_, wait)| wait.told_times);
    let told = match first {
        Told::Agent | Told::Enterprise if 0 < told_before => Told::DispatchHead,
        Told::DepartmentHead | Told::DispatchHead if 0 < told_before => Told::ZoneLeader,
        Told::Agent
        | Told::Enterprise
        | Told::DepartmentHead
        | Told::DispatchHead
        | Told::ZoneLeader => first,
    };
    let daily = told_before + 1 < TOLD_DAILY_TIMES;
    let again_after = if daily { TOLD_AGAIN_AFTER } else { TOLD_LATER_AFTER };
    let rings_at = due(draft.moment, again_after).at;
    draft.happen(What::LimitMissed { alarm: alarm.clone(), told, rings_at });
}

/// A year of the calendar was published or amended: every due instant that is still awaited is
/// reckoned anew, from where it was reckoned first.
pub(super) fn recount(draft: &mut Draft<'_>) {
    for (alarm, wait) in waits(&draft.case) {
        // What dispatch or somebody named as a date is not reckoned here.
        let Some(limit) = wait.limit else { continue };
        let start = Moment { now: wait.since, ..draft.moment };
        let binding = result_limits(&draft.case, &alarm, limit);
        let again = Wait::earliest(start, binding.into_iter());
        let new = again.due;
        if (new.at, new.provisional) == (wait.due.at, wait.due.provisional) {
            continue;
        }
        // Who was told of an instant that is still missed is told again when they would have been.
        let still_missed = 0 < wait.told_times && new.at <= draft.moment.now;
        let (told_times, rings_at) =
            if still_missed { (wait.told_times, wait.rings_at) } else { (0, new.at) };
        let wait = Wait { told_times, rings_at, ..again };
        draft.happen(What::DueChanged { alarm, wait });
    }
}

/// The limits of which the earliest binds: all of them for a result, else the one that did.
fn result_limits(case: &Case, alarm: &Alarm, bound: Limit) -> Vec<Limit> {
    let Alarm::Item(item) = alarm else { return vec![bound] };
    match case.item(item) {
        Some((own, matter)) if own.state == ItemState::UnderReview => matter.limits().collect(),
        Some(_) | None => vec![bound],
    }
}
