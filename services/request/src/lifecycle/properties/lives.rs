//! Lives of tickets, to try the rules on: whatever is done, in whatever order it is heard.
#![allow(clippy::expect_used, reason = "tests")]

use base::{Role, WorkOrderId};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use strum::IntoEnumIterator as _;
use uuid::Uuid;

use super::super::sample::*;
use super::super::*;

/// Something that is done, and how many minutes after the last.
pub(super) type Deed = (u32, Done);

/// What is done: anything, or one of what fits the state in which it finds the ticket.
#[derive(Clone, Debug)]
pub(super) enum Done {
    Any(Box<Command>),
    Fitting(usize),
}

fn news() -> impl Strategy<Value = News> {
    let state = proptest::sample::select(WorkState::iter().collect::<Vec<_>>());
    let department = prop_oneof![Just("D02"), Just("D03"), Just("")];
    let progress = (state, department, any::<bool>())
        .prop_map(|(state, department, claimed)| stands(state, department, claimed));
    let people = || {
        let one = prop_oneof![Just("D02-11"), Just("D03-11"), Just("D01-11")].prop_map(person);
        proptest::collection::vec(one, 0..3)
    };
    let outcome = prop_oneof![3 => Just(Outcome::Partly), 1 => Just(Outcome::Planned)];
    let completed = (1u32..4, outcome, people()).prop_map(|(round, outcome, concerned)| {
        News::Completed(Box::new(Completion { round, concerned, ..completion(outcome) }))
    });
    let assisted = people().prop_map(|concerned| News::Assisted { concerned });
    let moved =
        (progress, people()).prop_map(|(progress, concerned)| moved_by(progress, concerned));
    prop_oneof![3 => moved, 1 => assisted, 3 => completed, 1 => Just(News::Cancelled)]
}

/// A fact that dispatch told, of this order or another, days before or after it is heard.
fn heard() -> impl Strategy<Value = Command> {
    let order = prop_oneof![5 => Just(2u128), 1 => Just(3u128), 2 => Just(9u128)];
    (order, -20i64..20, news()).prop_map(|(order, days, news)| {
        let occurred_at = instant(DAY_ONE) + SignedDuration::from_hours(24 * days);
        let work_order = WorkOrderId::new(Uuid::from_u128(order));
        Command::Hear(Heard { work_order, occurred_at, news })
    })
}

/// A dispatcher or a leader, any of whom may already have had a part in it.
fn official() -> impl Strategy<Value = Viewer> {
    prop_oneof![Just(dispatcher()), Just(caller()), Just(leader())]
}

fn ask() -> impl Strategy<Value = Again> {
    let by = prop_oneof![3 => official(), 1 => Just(handler())];
    let lead = prop_oneof![3 => Just(None), 1 => Just(Some(department("D03")))];
    (by, lead, 9u128..12).prop_map(|(by, named, order)| Again {
        work: Box::new(Work { named, ..*work_of(order) }),
        ..again(by)
    })
}

/// A call that begins some minutes before or after it is recorded: [`recorded`] reads its
/// instant as that much before or after [`DAY_ONE`].
fn called() -> impl Strategy<Value = Command> {
    let said = prop_oneof![2 => Just(None), 1 => (0u8..=5).prop_map(Some)];
    (official(), said, -120i64..10).prop_map(|(by, said, minutes)| {
        let mut call = call(DAY_ONE, said);
        call.seconds = 0;
        call.started_at = instant(DAY_ONE) + SignedDuration::from_mins(minutes);
        // Reached, and not asked for a level.
        if let Some(reached) = call.reached.as_mut().filter(|reached| reached.level == Some(0)) {
            reached.level = None;
        }
        Command::CallBack { by, call: Box::new(call) }
    })
}

/// A call that is recorded at an instant.
fn recorded(mut command: Command, now: Timestamp) -> Command {
    if let Command::CallBack { call, .. } = &mut command {
        call.started_at = now + call.started_at.duration_since(instant(DAY_ONE));
        call.recording = format!("REC-{}", call.started_at);
    }
    command
}

/// What ends a ticket, or begins it anew.
fn ruling() -> impl Strategy<Value = Command> {
    let reason = prop_oneof![Just(RejectReason::Classified), Just(RejectReason::CivilDispute)];
    let merge = official().prop_map(|by| Command::Merge { by, into: Box::new(older()) });
    prop_oneof![
        1 => (official(), reason).prop_map(|(by, reason)| reject(by, reason)),
        1 => merge,
        1 => Just(answer_directly()),
        1 => Just(withdraw()),
        2 => ask().prop_map(|ask| Command::Split { ask }),
        2 => ask().prop_map(|ask| Command::Redo { ask }),
        1 => ask().prop_map(|ask| Command::ResumePlan { ask }),
        2 => ask().prop_map(|ask| Command::Reopen { ask }),
        4 => Just(propose_explanation()),
        4 => (official(), any::<bool>()).prop_map(|(by, yes)| decide_explanation(by, yes)),
        2 => Just(appeal()),
        2 => (any::<bool>(), ask())
            .prop_map(|(upheld, ask)| Command::DecideAppeal { upheld, ask }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    let alarm = proptest::sample::select(AlarmKind::iter().collect::<Vec<_>>());
    let department = || prop_oneof![Just("D02"), Just("D03"), Just("D09")].prop_map(department);
    let succeed = (department(), department())
        .prop_map(|(department, successor)| Command::Succeed { department, successor });
    prop_oneof![
        1 => Just(submit()),
        3 => Just(accept()),
        1 => Just(supplement()),
        1 => (1..4_usize).prop_map(|number| add_evidence(handler(), number)),
        3 => (1u8..=5, any::<bool>()).prop_map(|(level, solved)| rate(level, solved)),
        1 => (1u32..4).prop_map(verify_rating),
        5 => called(),
        2 => official().prop_map(|by| Command::Close { by }),
        1 => Just(Command::ReadContact { by: dispatcher() }),
        1 => Just(Command::EraseContact {
            by: someone("admin", Role::Admin),
            reason: "申请".to_owned(),
        }),
        8 => heard(),
        8 => ruling(),
        1 => succeed,
        1 => Just(Command::Recount),
        3 => alarm.prop_map(Command::Ring),
    ]
}

/// What is submitted: a request for help, a consultation, a complaint about a department.
fn submitted() -> impl Strategy<Value = Submission> {
    let complaint =
        Submission { kind: Kind::Complaint, complained: Some(department("D03")), ..submission() };
    let consultation = Submission { kind: Kind::Consultation, ..submission() };
    prop_oneof![Just(submission()), Just(consultation), Just(complaint)]
}

/// The first word, and what is done after it.
pub(super) type Life = (Submission, Vec<Deed>);

pub(super) fn lives() -> impl Strategy<Value = Life> {
    let done = prop_oneof![
        command().prop_map(|command| Done::Any(Box::new(command))),
        any::<usize>().prop_map(Done::Fitting),
    ];
    // Now and then at once: a rating that comes so soon is doubted.
    let minutes = prop_oneof![4 => 0u32..3000, 1 => 0u32..5];
    (submitted(), proptest::collection::vec((minutes, done), 0..60))
}

/// One of the commands that fit the state of a ticket, so that lives come to their ends.
fn fitting(ticket: &Ticket, choice: usize, now: Timestamp) -> Command {
    let heard = |news| {
        let work_order = ticket.round.work_order.unwrap_or_else(order);
        Command::Hear(Heard { work_order, occurred_at: now, news })
    };
    let answered = |outcome| {
        let completion = Completion { round: ticket.round.number, ..completion(outcome) };
        heard(News::Completed(Box::new(completion)))
    };
    let called = |level| {
        let mut call = CallBack { seconds: 0, ..call(DAY_ONE, level) };
        call.started_at = now.max(ticket.changed_at);
        call.recording = format!("REC-{}", call.started_at);
        call_back(call)
    };
    let classified = |by| reject(by, RejectReason::Classified);
    let fitting = match ticket.state {
        State::Submitted => vec![accept(), accept(), classified(dispatcher())],
        State::Accepted => vec![
            answered(Outcome::Partly),
            answered(Outcome::Planned),
            heard(moved_by(claimed_by("D02"), vec![person("D02-11")])),
            withdraw(),
            classified(dispatcher()),
            classified(caller()),
        ],
        State::OnPlan => vec![
            Command::Ring(AlarmKind::ReviewPlan),
            Command::Ring(AlarmKind::EndPlan),
            Command::ResumePlan { ask: again(leader()) },
        ],
        State::Answered => vec![called(None), called(Some(1)), called(Some(4)), rate(2, false)],
        State::Confirmed => vec![close(), rate(1, false), rate(4, true)],
        State::Dissatisfied => vec![
            propose_explanation(),
            decide_explanation(caller(), true),
            decide_explanation(caller(), false),
            rate(1, false),
            rate(4, true),
            Command::Redo { ask: again(dispatcher()) },
        ],
        State::Closed => vec![rate(3, true), Command::Reopen { ask: again(handler()) }],
        State::ClosedUnresolved | State::Rejected => vec![
            appeal(),
            rate(1, false),
            decide_appeal(leader(), true),
            decide_appeal(leader(), false),
        ],
        State::Merged => vec![Command::Split { ask: again(dispatcher()) }],
        State::Withdrawn => vec![called(None)],
    };
    fitting[choice % fitting.len()].clone()
}

/// Does the deeds one after the other; gives each fact with the ticket before it.
pub(super) fn live(
    (submission, deeds): &Life,
    mut see: impl FnMut(&Ticket, &Ticket, &[Fact], &Command, Timestamp),
) {
    let mut now = instant(DAY_ONE);
    let mut ticket = after(None, &submit_as(submission.clone()), now);
    for (minutes, done) in deeds {
        now += SignedDuration::from_mins(i64::from(*minutes));
        let command = match done {
            Done::Fitting(choice) => fitting(&ticket, *choice, now),
            Done::Any(command) => recorded(Command::clone(command), now),
        };
        let decided = decide_at(Some(&ticket), &command, now);
        let told = matches!(
            command,
            Command::Hear(_) | Command::Recount | Command::Ring(_) | Command::Succeed { .. }
        );
        assert!(decided.is_ok() || !told, "what is heard is never refused");
        let facts = decided.unwrap_or_default();
        let next = facts.iter().fold(Some(ticket.clone()), apply).expect("a ticket stays");
        see(&ticket, &next, &facts, &command, now);
        ticket = next;
    }
}
