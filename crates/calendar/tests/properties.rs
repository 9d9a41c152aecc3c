//! What holds for every start, limit and pause.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use calendar::{Calendar, Explanation, Intake, Limit, Pause, Reckoning, Verdict, batch};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// 2017-06-01 to 2028-01-01: the published years and some days on either side.
fn instants() -> impl Strategy<Value = Timestamp> {
    (1_496_246_400_i64..1_830_268_800).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn intakes() -> impl Strategy<Value = Intake> {
    prop_oneof![Just(Intake::Instant), Just(Intake::NextOpening)]
}

fn limits() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (0..60_u32).prop_map(Limit::WorkingDays),
        (0..9_000_u32).prop_map(Limit::WorkingMinutes),
        (0..2_000_u32).prop_map(Limit::NaturalHours),
        (0..120_u32).prop_map(Limit::NaturalDays),
    ]
}

/// Pauses that end, each within some weeks of the start.
fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-10_000..80_000_i64, 0..40_000_i64), 0..5)
}

/// Pauses given in minutes after the start and minutes of length.
fn placed(start: Timestamp, pauses: &[(i64, i64)]) -> Vec<Pause> {
    let place = |(after, length): &(i64, i64)| {
        let from = start + SignedDuration::from_mins(*after);
        Pause { from, to: Some(from + SignedDuration::from_mins(*length)) }
    };
    pauses.iter().map(place).collect()
}

fn one_more(limit: Limit) -> Limit {
    match limit {
        Limit::WorkingDays(amount) => Limit::WorkingDays(amount + 1),
        Limit::WorkingMinutes(amount) => Limit::WorkingMinutes(amount + 1),
        Limit::NaturalHours(amount) => Limit::NaturalHours(amount + 1),
        Limit::NaturalDays(amount) => Limit::NaturalDays(amount + 1),
    }
}

/// Whether an instant is office time or the very end of a session.
fn is_in_office(calendar: &Calendar, instant: Timestamp) -> bool {
    calendar.is_open_at(instant) || calendar.is_open_at(instant - SignedDuration::from_nanos(1))
}

/// The lines follow each other without a gap, from the start to the due instant.
fn is_without_gaps(explanation: &Explanation) -> bool {
    let lines = &explanation.lines;
    let joined = lines.windows(2).all(|pair| pair[0].to == pair[1].from);
    let end = lines.last().map_or(explanation.start, |line| line.to);
    let begins = lines.first().is_none_or(|line| line.from == explanation.start);
    joined && begins && explanation.due.is_none_or(|due| due.at == end)
}

/// As much is counted as the limit asks for.
fn counts_the_limit(explanation: &Explanation) -> bool {
    let (days, time) = (explanation.counted_days(), explanation.counted_time());
    let counted = match explanation.limit {
        Limit::WorkingDays(amount) | Limit::NaturalDays(amount) => days == amount && time.is_zero(),
        Limit::WorkingMinutes(amount) => time == SignedDuration::from_mins(i64::from(amount)),
        Limit::NaturalHours(amount) => time == SignedDuration::from_hours(i64::from(amount)),
    };
    let days_in_order = explanation.lines.iter().filter_map(|line| match line.verdict {
        Verdict::Day(number) => Some(number),
        Verdict::Time(_) | Verdict::Reached | Verdict::Skipped(_) => None,
    });
    counted && days_in_order.eq(1..=days)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn more_limit_is_never_earlier(
        start in instants(), intake in intakes(), limit in limits(), pauses in pauses(),
    ) {
        let (calendar, pauses) = (Calendar::published(), placed(start, &pauses));
        let less = calendar.due(start, intake, limit, &pauses).unwrap();
        let more = calendar.due(start, intake, one_more(limit), &pauses).unwrap();
        prop_assert!(start <= less.at && less.at <= more.at);
    }

    #[test]
    fn a_pause_never_makes_it_earlier(
        start in instants(), intake in intakes(), limit in limits(), pauses in pauses(),
    ) {
        let (calendar, pauses) = (Calendar::published(), placed(start, &pauses));
        for taken in 0..pauses.len() {
            let less = calendar.due(start, intake, limit, &pauses[..taken]).unwrap();
            let more = calendar.due(start, intake, limit, &pauses).unwrap();
            prop_assert!(less.at <= more.at);
        }
    }

    #[test]
    fn pauses_count_as_their_union(
        start in instants(), intake in intakes(), limit in limits(), pauses in pauses(),
    ) {
        let (calendar, mut pauses) = (Calendar::published(), placed(start, &pauses));
        let due = calendar.due(start, intake, limit, &pauses);
        pauses.reverse();
        let halves: Vec<Pause> = pauses.iter().flat_map(|pause| {
            let to = pause.to.unwrap();
            let middle = pause.from + to.duration_since(pause.from) / 2;
            [Pause { from: middle, to: Some(to) }, Pause { from: pause.from, to: Some(middle) }]
        }).collect();
        prop_assert_eq!(due, calendar.due(start, intake, limit, &pauses));
        prop_assert_eq!(due, calendar.due(start, intake, limit, &halves));
    }

    #[test]
    fn due_is_inside_office_hours(
        start in instants(), intake in intakes(), limit in limits(), pauses in pauses(),
    ) {
        let (calendar, pauses) = (Calendar::published(), placed(start, &pauses));
        let asks = matches!(
            limit,
            Limit::WorkingDays(_) | Limit::NaturalDays(_) | Limit::WorkingMinutes(1..)
        );
        if asks {
            let due = calendar.due(start, intake, limit, &pauses).unwrap();
            prop_assert!(is_in_office(&calendar, due.at), "{}", due.at);
        }
    }

    #[test]
    fn an_explanation_tells_every_span_and_counts_the_limit(
        start in instants(), intake in intakes(), limit in limits(), pauses in pauses(),
    ) {
        let (calendar, pauses) = (Calendar::published(), placed(start, &pauses));
        let explanation = calendar.explain(start, intake, limit, &pauses);
        prop_assert_eq!(explanation.due, calendar.due(start, intake, limit, &pauses));
        prop_assert!(is_without_gaps(&explanation), "{}", explanation);
        prop_assert!(counts_the_limit(&explanation), "{}", explanation);
    }

    /// Guessing changes nothing that is known, and what is not known is marked.
    #[test]
    fn provisional_is_what_cannot_be_reckoned(
        start in instants(), intake in intakes(), limit in limits(), pauses in pauses(),
    ) {
        let (calendar, pauses) = (Calendar::published(), placed(start, &pauses));
        let due = calendar.due(start, intake, limit, &pauses).unwrap();
        let expected = if due.provisional {
            Reckoning::CalendarUnknown
        } else {
            Reckoning::Due(due.at)
        };
        prop_assert_eq!(calendar.reckon(start, intake, limit, &pauses), expected);
    }

    /// Two ways to count office time that share no code.
    #[test]
    fn working_minutes_up_to_the_due_instant_are_the_limit(
        start in instants(), minutes in 1..9_000_u32,
    ) {
        let calendar = Calendar::published();
        let due = calendar.due(start, Intake::Instant, Limit::WorkingMinutes(minutes), &[]);
        let between = calendar.working_minutes_between(start, due.unwrap().at);
        prop_assert_eq!(between, i64::from(minutes));
    }

    #[test]
    fn cards_stand_on_working_days_on_either_side(instant in instants()) {
        let calendar = Calendar::published();
        let yellow = calendar.close_of_working_day_before(instant);
        let red = calendar.opening_of_working_day_after(instant);
        prop_assert!(yellow < instant && instant < red);
        prop_assert!(is_in_office(&calendar, yellow) && calendar.is_open_at(red));
        prop_assert!(calendar.working_minutes_between(yellow, red) <= 7 * 60);
    }

    #[test]
    fn any_line_is_answered_with_one_object(line in any::<String>()) {
        let answer = batch::answer(&line, &Calendar::published());
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        prop_assert!(answer.is_object());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// From one end of time to the other there is an answer.
    #[test]
    fn no_instant_and_no_limit_is_too_much(
        second in Timestamp::MIN.as_second()..=Timestamp::MAX.as_second(),
        amount in any::<u32>(), open in any::<bool>(), intake in intakes(),
    ) {
        let (calendar, start) = (Calendar::published(), Timestamp::from_second(second).unwrap());
        let pauses = [Pause { from: start, to: (!open).then_some(Timestamp::MAX) }];
        let (limits, pauses) = ([
            Limit::WorkingDays(amount),
            Limit::WorkingMinutes(amount),
            Limit::NaturalHours(amount),
            Limit::NaturalDays(amount),
        ], &pauses[..usize::from(amount % 4 == 0)]);
        for limit in limits {
            calendar.reckon(start, intake, limit, pauses);
        }
        calendar.close_of_working_day_before(start);
        calendar.opening_of_working_day_after(start);
        calendar.is_open_at(start);
    }
}

/// At the edges of time, and a hundred years on.
#[test]
fn the_ends_of_time_are_answered() {
    let calendar = Calendar::published();
    for start in [Timestamp::MIN, Timestamp::MAX] {
        for amount in [0, 1, u32::MAX] {
            for limit in [
                Limit::WorkingDays(amount),
                Limit::WorkingMinutes(amount),
                Limit::NaturalHours(amount),
                Limit::NaturalDays(amount),
            ] {
                calendar.due(start, Intake::NextOpening, limit, &[]);
            }
        }
    }
}
