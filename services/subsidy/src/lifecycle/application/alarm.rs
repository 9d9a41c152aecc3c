//! What time does to an application: who waits too long is told of, again and again; a match and a
//! supplement lapse, a notice ends.

use std::fmt;

use calendar::{Limit, Moment};
use jiff::Timestamp;
use strum::Display;

use super::draft::Draft;
use super::fact::{LapseCause, What};
use super::kept::Application;
use super::limits::{Owner, QUEUE_SEEN_WITHIN, TOLD_AGAIN_AFTER, Wait, due};
use super::tables::State;

/// What an application waits for at an instant. Each is armed at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// What its state waits for.
    State,
    /// What the enterprise was promised.
    Promise,
    /// The end of its notice.
    Notice,
    /// An objection, by its number.
    Objection(u32),
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alarm::State => f.write_str("STATE"),
            Alarm::Promise => f.write_str("PROMISE"),
            Alarm::Notice => f.write_str("NOTICE"),
            Alarm::Objection(number) => write!(f, "OBJECTION_{number}"),
        }
    }
}

impl Alarm {
    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Alarm> {
        match text {
            "STATE" => Some(Alarm::State),
            "PROMISE" => Some(Alarm::Promise),
            "NOTICE" => Some(Alarm::Notice),
            name => name.strip_prefix("OBJECTION_")?.parse().ok().map(Alarm::Objection),
        }
    }
}

/// Who is told that a limit was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Told {
    /// The enterprise.
    Enterprise,
    /// The head of the department whose policy it is.
    DepartmentHead,
    /// The head of the department that reviews it a second time.
    SecondDepartmentHead,
    /// 管委会 / 挂点领导.
    ZoneLeader,
}

/// The alarms that an application has armed as it stands.
pub(super) fn armed(application: &Application) -> Vec<(Alarm, Timestamp)> {
    let mut alarms = Vec::new();
    let notice = running_notice(application);
    // While its period runs it waits for that alone, and while somebody objects for nothing else.
    if let Some(wait) = application.wait.filter(|wait| wait.owner != Owner::System) {
        alarms.push((Alarm::State, wait.rings_at));
    }
    let promised = application.promised.as_ref();
    let promised = promised.filter(|promised| !promised.missed && !promised.stands_still());
    if let Some(promised) = promised.filter(|_| !application.state.is_final()) {
        alarms.push((Alarm::Promise, promised.due.at));
    }
    if let Some(at) = notice.filter(|_| application.open_objection().is_none()) {
        alarms.push((Alarm::Notice, at));
    }
    let goes_on = !matches!(application.state, State::Withdrawn | State::Rejected | State::Lapsed);
    let open = application.objections.iter().filter(|objection| objection.is_open() && goes_on);
    alarms.extend(
        open.map(|objection| (Alarm::Objection(objection.number), objection.wait.rings_at)),
    );
    alarms
}

/// When the period ends that runs now, if one does.
fn running_notice(application: &Application) -> Option<Timestamp> {
    let noticed = matches!(application.state, State::OnNotice | State::Approved);
    let notice = application.notice.as_ref().filter(|notice| notice.runs() && noticed)?;
    (!application.must_be_published()).then_some(notice.due.at)
}

/// An alarm rings. One that is not armed does nothing. Whether it is due is the ringer's to say:
/// the wall clock may have run back since, so it counts as rung at its own instant at the earliest.
fn ring(draft: &mut Draft<'_>, alarm: Alarm) {
    let Some(rings_at) = rings_at(draft, alarm) else { return };
    draft.moment = Moment { now: draft.moment.now.max(rings_at), ..draft.moment };
    match alarm {
        Alarm::State => ring_state(draft),
        Alarm::Promise => {
            let (told, rings_at) = (Told::DepartmentHead, None);
            draft.happen(What::LimitMissed { alarm, told, rings_at });
        }
        // It ends as whatever follows by itself.
        Alarm::Notice => draft.follow(),
        Alarm::Objection(number) => {
            let told_before =
                draft.application.objection(number).map_or(0, |of| of.wait.told_times);
            tell(draft, alarm, Told::DepartmentHead, told_before);
        }
    }
}

fn rings_at(draft: &Draft<'_>, alarm: Alarm) -> Option<Timestamp> {
    armed(&draft.application).into_iter().find(|(of, _)| *of == alarm).map(|(_, at)| at)
}

/// What ran out before an instant and changes how things stand has done so, each at its own instant,
/// whether or not its alarm has rung yet: what comes later is judged by what came of it (domain.md
/// §3). Who is only told of a missed limit is told when the alarm rings.
pub(super) fn catch_up(draft: &mut Draft<'_>, until: Timestamp) {
    let now = draft.moment.now;
    loop {
        let run_out = armed(&draft.application).into_iter();
        let run_out = run_out.filter(|(of, at)| *at < until && changes_state(draft, *of));
        let Some((alarm, at)) = run_out.min_by_key(|(of, at)| (*at, *of)) else { break };
        draft.moment.now = at.max(draft.application.changed_at);
        ring(draft, alarm);
    }
    draft.moment.now = now.max(draft.application.changed_at);
}

/// An alarm rings that is due; what ran out before it comes first. If it is then set for another
/// instant, or for none, it has had its effect. Whatever changes does so at the instant at which it
/// ran out, however late that rings.
pub(super) fn ring_in_turn(draft: &mut Draft<'_>, alarm: Alarm) {
    let Some(at) = rings_at(draft, alarm) else { return };
    catch_up(draft, at);
    if rings_at(draft, alarm) != Some(at) {
        return;
    }
    if changes_state(draft, alarm) {
        draft.moment.now = at.max(draft.application.changed_at);
    }
    ring(draft, alarm);
}

/// Whether an alarm does more than tell somebody of a missed limit.
fn changes_state(draft: &Draft<'_>, alarm: Alarm) -> bool {
    match alarm {
        Alarm::State => {
            matches!(draft.application.state, State::Matched | State::SupplementDue)
        }
        Alarm::Notice => true,
        Alarm::Promise | Alarm::Objection(_) => false,
    }
}

fn ring_state(draft: &mut Draft<'_>) {
    let Some(wait) = draft.application.wait else { return };
    match draft.application.state {
        State::Matched => lapse(draft, LapseCause::PolicyEnded),
        State::SupplementDue => lapse(draft, LapseCause::NotSupplemented),
        State::Submitted
        | State::Resubmitted
        | State::Accepted
        | State::UnderReview
        | State::Reviewed
        | State::Queued
        | State::OnNotice => {
            let first = match wait.owner {
                Owner::Enterprise => Told::Enterprise,
                Owner::SecondReviewer => Told::SecondDepartmentHead,
                Owner::ZoneLeader => Told::ZoneLeader,
                Owner::FormChecker | Owner::Reviewer | Owner::PolicyOwner | Owner::System => {
                    Told::DepartmentHead
                }
            };
            tell(draft, Alarm::State, first, wait.told_times);
        }
        State::Approved | State::Withdrawn | State::Rejected | State::Lapsed => {}
    }
}

/// Nobody answered in time.
pub(super) fn lapse(draft: &mut Draft<'_>, cause: LapseCause) {
    let order = draft.application.order_id();
    draft.happen(What::Lapsed { cause, order });
}

/// The first to be told is who is late, or the head over them; then a zone leader, every working day;
/// of a queue every time that it is to be looked at.
fn tell(draft: &mut Draft<'_>, alarm: Alarm, first: Told, told_before: u32) {
    let told = match (first, told_before) {
        (first, 0) => first,
        (Told::Enterprise, 1) => Told::DepartmentHead,
        (
            Told::Enterprise | Told::DepartmentHead | Told::SecondDepartmentHead | Told::ZoneLeader,
            _,
        ) => Told::ZoneLeader,
    };
    let queued = alarm == Alarm::State && draft.application.state == State::Queued;
    let again = if queued { QUEUE_SEEN_WITHIN } else { TOLD_AGAIN_AFTER };
    let rings_at = Some(due(draft.moment, again).at);
    draft.happen(What::LimitMissed { alarm, told, rings_at });
}

/// A year of the calendar was published or amended: every due instant that is still awaited is
/// reckoned anew, from where it was reckoned first. A notice is never shortened by it.
pub(super) fn recount(draft: &mut Draft<'_>) {
    let application = &draft.application;
    if application.state.is_final() && application.notice.is_none() {
        return;
    }
    let own = application.wait.map(|wait| (Alarm::State, wait));
    let open = application.objections.iter().filter(|objection| objection.is_open());
    let open = open.map(|objection| (Alarm::Objection(objection.number), objection.wait));
    let waits: Vec<(Alarm, Wait)> = own.into_iter().chain(open).collect();
    for (alarm, wait) in waits {
        if let Some(wait) = recounted(draft, wait) {
            draft.happen(What::DueChanged { alarm, wait });
        }
    }
    recount_promise(draft);
    recount_notice(draft);
}

fn recounted(draft: &Draft<'_>, wait: Wait) -> Option<Wait> {
    // What somebody named as a date is not reckoned here.
    let limit = wait.limit?;
    let start = Moment { now: wait.since, ..draft.moment };
    let new = due(start, limit);
    if (new.at, new.provisional) == (wait.due.at, wait.due.provisional) {
        return None;
    }
    // Who was told of an instant that is still missed is told again when they would have been.
    let still_missed = 0 < wait.told_times && new.at <= draft.moment.now;
    let (told_times, rings_at) =
        if still_missed { (wait.told_times, wait.rings_at) } else { (0, new.at) };
    Some(Wait { due: new, told_times, rings_at, ..wait })
}

fn recount_promise(draft: &mut Draft<'_>) {
    let Some(before) = draft.application.promised.clone() else { return };
    let mut promised = before.reckoned(draft.moment);
    promised.missed = before.missed && promised.due.at <= draft.moment.now;
    if promised != before && !draft.application.state.is_final() {
        draft.happen(What::PromiseChanged { promised });
    }
}

fn recount_notice(draft: &mut Draft<'_>) {
    let Some(before) = draft.application.notice.clone().filter(|notice| notice.runs()) else {
        return;
    };
    let start = Moment { now: before.started_at, ..draft.moment };
    let new = due(start, Limit::WorkingDays(before.days));
    let later = before.due.at < new.at;
    let firmer = before.due.at == new.at && before.due.provisional && !new.provisional;
    if later || firmer {
        let notice = Box::new(super::notice::Notice { due: new, ..before });
        draft.happen(What::NoticeChanged { notice });
    }
}
