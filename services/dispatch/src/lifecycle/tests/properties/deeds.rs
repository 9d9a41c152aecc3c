//! What is done to orders: by people, by what is heard, in whatever order.

use base::Role;
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::lifecycle::tests::sample::*;
use crate::lifecycle::*;

/// Something that is done to one of two orders, and how many minutes after the last by a clock that
/// may have run back.
pub(super) type Deed = (i32, u128, Command);

/// [`DAY_ONE`], and the end of the year 9999: a pause may be asked for any length.
const DAY_ONE_SECOND: i64 = 1_772_586_000;
const LAST_SECOND: i64 = 253_402_207_200;

fn code() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("D02-11"), Just("D02-12"), Just("D03-11"), Just("D04-11"), Just("D02-13")]
}

fn of() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("D02"), Just("D03"), Just("D04"), Just("D99")]
}

/// A department, also the one that the complaint is about.
fn unit() -> impl Strategy<Value = &'static str> {
    prop_oneof![2 => of(), 1 => Just("D09")]
}

fn reason() -> impl Strategy<Value = PauseReason> {
    let materials = Just(PauseReason::AwaitingMaterials);
    prop_oneof![2 => materials, 1 => Just(PauseReason::Hearing), 1 => Just(PauseReason::Testing)]
}

fn deed_of_people() -> impl Strategy<Value = Command> {
    let day = SignedDuration::from_hours(24);
    let lead = |of: &str| with_roles(&format!("{of}-01"), &[Role::Lead]);
    prop_oneof![
        code().prop_map(|by| Command::Claim { by: staff(by) }),
        (of(), code()).prop_map(move |(of, to)| Command::Assign { by: lead(of), to: nominee(to) }),
        (code(), code()).prop_map(|(by, to)| Command::HandOver { by: staff(by), to: nominee(to) }),
        code().prop_map(contact),
        code().prop_map(contact),
        (code(), of()).prop_map(|(by, names)| give_back(by, Some(names))),
        of().prop_map(uphold),
        Just(Command::UpholdReturn { by: dispatcher(), to: None, reason: "r".to_owned() }),
        of().prop_map(|to| Command::Route { to: named(to), precedent: true }),
        of().prop_map(|to| Command::DesignateLead { to: named(to), minutes: "m".to_owned() }),
        code().prop_map(|by| Command::Decline { by: staff(by), basis: "b".to_owned() }),
        code().prop_map(|by| Command::Release { by: staff(by) }),
        Just(Command::RefuseReturn { by: dispatcher(), reason: "r".to_owned() }),
        (code(), of()).prop_map(|(by, of)| assistance(by, of, 2)),
        (code(), reason(), 1..9i32).prop_map(move |(by, reason, days)| {
            pause(by, reason, instant(DAY_ONE) + day * days)
        }),
        (code(), reason(), DAY_ONE_SECOND..LAST_SECOND).prop_map(|(by, reason, until)| {
            pause(by, reason, jiff::Timestamp::from_second(until).unwrap())
        }),
        deed_of_rulers(),
        code().prop_map(complete),
        code().prop_map(complete),
        deed_of_time(),
    ]
}

/// Whoever rules on a pause or an extension: the one that may, or not.
fn deed_of_rulers() -> impl Strategy<Value = Command> {
    let who = prop_oneof![3 => Just(dispatcher()), 1 => Just(zone_leader())];
    let decision = prop_oneof![2 => Just(Decision::Granted), 1 => Just(Decision::Refused)];
    (who, decision, any::<bool>()).prop_map(|(by, decision, of_pause)| match of_pause {
        true => Command::DecidePause { by, decision, reason: "r".to_owned() },
        false => extension_ruling(by, decision),
    })
}

/// What is asked while time passes: extensions, waivers, resuming, signing, pressing.
fn deed_of_time() -> impl Strategy<Value = Command> {
    let day = SignedDuration::from_hours(24);
    prop_oneof![
        (code(), 5..16i32).prop_map(move |(by, days)| extend(by, instant(DAY_ONE) + day * days)),
        code().prop_map(|by| Command::Resume { by: staff(by) }),
        code().prop_map(|by| Command::WaiveAssistance {
            by: staff(by),
            child: order_id(2),
            reason: "r".to_owned()
        }),
        code().prop_map(sign),
        Just(sign("D02-01")),
        Just(Command::SendBack { by: with_roles("D02-01", &[Role::Lead]), reason: "r".to_owned() }),
        Just(press(Level::Urged)),
        Just(press(Level::Supervised)),
        code().prop_map(|by| Command::AnswerSupervision {
            by: staff(by),
            level: Level::Urged,
            answer: "a".to_owned()
        }),
    ]
}

fn round() -> impl Strategy<Value = Command> {
    let lead = prop_oneof![Just(None), Just(Some("D02")), Just(Some("D03")), Just(Some("D09"))];
    (1u32..4, lead, any::<bool>(), kind()).prop_map(|(round, lead, escalate, kind)| {
        let mut command = reopen(round, lead, DAY_ONE);
        if let Command::Reopen { escalate: to, work } = &mut command {
            (*to, work.kind) = (escalate, kind);
        }
        command
    })
}

fn kind() -> impl Strategy<Value = WorkKind> {
    prop_oneof![3 => Just(WorkKind::Answer), 1 => Just(WorkKind::Decision)]
}

fn heard() -> impl Strategy<Value = Command> {
    let instant_of = |days: i64| instant(DAY_ONE) + SignedDuration::from_hours(24 * days);
    prop_oneof![
        (-9i64..20).prop_map(move |days| {
            let wanted = requested(instant(DAY_ONE), rules());
            request_of(Requested { occurred_at: instant_of(days), ..wanted })
        }),
        (-9i64..20)
            .prop_map(move |days| Command::SupplyMaterials { occurred_at: instant_of(days) }),
        (-9i64..20, 1u32..3, 1u8..=5).prop_map(move |(days, round, level)| Command::Rate {
            occurred_at: instant_of(days),
            round,
            rating: Rating { counted: Counted::AwaitsVerification, ..rating(level) },
        }),
        (1u32..3, any::<bool>()).prop_map(move |(round, counts)| Command::VerifyRating {
            occurred_at: instant_of(3),
            round,
            counts,
            reason: "r".to_owned(),
        }),
        (-9i64..20, 1u32..3, any::<bool>()).prop_map(move |(days, round, explained)| {
            Command::Close { occurred_at: instant_of(days), round, explained }
        }),
        Just(Command::Recount),
        round(),
        round(),
        (-9i64..20, 1u32..3).prop_map(move |(days, round)| Command::Withdraw {
            occurred_at: instant_of(days),
            round,
            reason: "WITHDRAWN".to_owned(),
        }),
        (-9i64..20, 1u32..3).prop_map(move |(days, round)| Command::Settle {
            occurred_at: instant_of(days),
            round,
            by: person_id("D02-12"),
            outcome: "ISSUED".to_owned(),
        }),
        (-9i64..20, 1u32..3).prop_map(move |(days, round)| Command::Accept {
            occurred_at: instant_of(days),
            round,
        }),
        code().prop_map(|code| Command::Leave { person: Some(person_id(code)) }),
        (unit(), unit())
            .prop_map(|(from, to)| Command::Succeed { from: department(from), to: department(to) }),
    ]
}

/// How the order begins: of which class, decided where, with a lead or without.
fn beginning() -> impl Strategy<Value = Requested> {
    let class = prop_oneof![
        3 => Just(WorkClass::C),
        1 => Just(WorkClass::A),
        1 => Just(WorkClass::Urgent)
    ];
    let lead = prop_oneof![4 => Just(Some(department("D02"))), 1 => Just(None)];
    let starts = prop_oneof![Just(LimitStart::Submitted), Just(LimitStart::Accepted)];
    (class, kind(), lead, any::<bool>(), starts).prop_map(|(work_class, kind, lead, law, start)| {
        let mut limits = rules();
        let decides = kind == WorkKind::Decision;
        for limit in limits.iter_mut().filter(|limit| decides && limit.kind == LimitKind::Reply) {
            limit.start = start;
        }
        if law {
            let limit = calendar::Limit::WorkingDays(7);
            limits.push(rule(LimitKind::Reply, Tier::Statutory, limit));
        }
        Requested { work_class, kind, lead, ..requested(instant(DAY_ONE), limits) }
    })
}

pub(super) fn deeds() -> impl Strategy<Value = (Requested, Vec<Deed>)> {
    let command = prop_oneof![4 => deed_of_people(), 1 => heard()];
    let deeds = proptest::collection::vec((-600i32..900, which(), command), 0..60);
    (beginning(), deeds)
}

fn which() -> impl Strategy<Value = u128> {
    prop_oneof![3 => Just(1u128), 1 => Just(2)]
}
