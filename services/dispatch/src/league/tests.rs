//! The figures of the league, by their worked check and at their edges.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use super::*;

fn league(entries: impl IntoIterator<Item = Entry>) -> League {
    let mut count = Count::default();
    entries.into_iter().for_each(|entry| count.add(entry));
    count.league()
}

fn department(code: &str) -> DepartmentId {
    DepartmentId::new(code).unwrap()
}

fn order(number: u128) -> WorkOrderId {
    WorkOrderId::new(uuid::Uuid::from_u128(number))
}

fn entry(code: &str, share: Share) -> Entry {
    let department = Some(department(code));
    Entry { order: order(1), returned_by: Vec::new(), department, share }
}

fn led(contacted_late: bool, answered_late: bool, verdict: Option<(u8, bool)>) -> Share {
    let counted = Counted::Counts;
    let verdict = verdict.map(|(level, confirmed_solved)| Verdict {
        level: Some(level),
        confirmed_solved,
        counted,
    });
    Share::Led(Led {
        contacted_late: Some(contacted_late),
        contact_overdue: false,
        answered_late: Some(answered_late),
        assistance_overdue: false,
        overdue: true,
        decided_in_owner: false,
        verdict,
        closing: None,
    })
}

fn rate(numerator: u32, denominator: u32) -> Rate {
    Rate { numerator, denominator, exclusions: Vec::new() }
}

/// The counts that a rate leaves out, by reason.
fn excluded(rate: &Rate) -> Vec<(&str, u32)> {
    rate.exclusions.iter().map(|one| (one.reason.as_str(), one.count)).collect()
}

/// domain.md §8: 10 dispatched, 1 upheld return, 8 contacted in time, 7 answered in time, 6
/// solved, 5 of 6 rated satisfied, 9 due.
#[test]
fn the_worked_check_of_the_domain_comes_out() {
    let shares = [
        led(false, false, Some((5, true))),
        led(false, false, Some((5, true))),
        led(false, false, Some((4, true))),
        led(false, false, Some((3, true))),
        led(false, false, Some((3, true))),
        led(false, false, Some((2, true))),
        led(false, false, None),
        led(false, true, None),
        led(true, true, None),
    ];
    let mut entries: Vec<Entry> = shares.map(|share| entry("D01", share)).into();
    let returned = Entry {
        returned_by: vec![department("D01")],
        department: None,
        ..entry("D01", Share::Led(Led::default()))
    };
    entries.push(returned);
    let league = league(entries);
    let (_, figures) = &league.rows[0];
    assert_eq!((figures.dispatched, figures.returns_upheld), (10, 1));
    assert_eq!((league.zone.dispatched, league.zone.returns_upheld), (10, 1));
    assert_eq!(figures.response.text(), "88.9%");
    assert_eq!(figures.on_time.text(), "77.8%");
    assert_eq!(figures.solved.text(), "66.7%");
    assert_eq!(figures.satisfied.text(), "83.3%");
    assert_eq!((figures.rated.numerator, figures.rated.denominator), (6, 9));
    assert_eq!(figures.score_hundredths(), Some(7917));
    assert_eq!(league.zone.score_hundredths(), Some(7917));
    assert_eq!(excluded(&figures.response), [("RETURNED", 1)]);
}

/// Decision work is answered for by its department; what the enterprise thinks nobody asked.
#[test]
fn a_decision_counts_for_no_verdict() {
    let done = Led { answered_late: Some(false), decided_in_owner: true, ..Led::default() };
    let late = Led { answered_late: Some(true), contacted_late: Some(false), ..done };
    let ticket = led(false, false, Some((5, true)));
    let entries = [Share::Led(done), Share::Led(late), ticket].map(|share| entry("D01", share));
    let League { zone, .. } = league(entries);
    let of = |rate: &Rate| (rate.numerator, rate.denominator);
    assert_eq!((zone.dispatched, of(&zone.on_time), zone.answered_late), (3, (2, 3), 1));
    for rate in [&zone.solved, &zone.satisfied, &zone.rated] {
        assert_eq!((of(rate), excluded(rate)), ((1, 1), vec![(DECIDED_IN_OWNER, 2)]));
    }
}

#[test]
fn the_zone_counts_what_was_returned_once() {
    let returned_by = vec![department("D01"), department("D02")];
    let entry = Entry { returned_by, ..entry("D03", led(false, false, None)) };
    let League { rows, zone } = league([entry]);
    assert_eq!((zone.dispatched, zone.returns_upheld), (1, 2));
    assert_eq!((zone.response, zone.on_time), (rate(1, 1), rate(1, 1)));
    let dispatched = rows.iter().map(|(_, figures)| figures.dispatched);
    assert_eq!(dispatched.sum::<u32>(), 3);
}

#[test]
fn nothing_due_is_never_a_hundred_percent() {
    assert_eq!(Rate::default().text(), "无件");
    assert_eq!(Figures::default().score_hundredths(), None);
}

#[test]
fn fewer_than_five_are_too_few() {
    assert_eq!(rate(3, 4).text(), "75.0%（样本不足）");
    assert_eq!(rate(3, 5).text(), "60.0%");
    assert_eq!(rate(5, 5).text(), "100.0%");
    assert_eq!(rate(1, 2000).text(), "0.1%");
}

#[test]
fn assistance_is_counted_apart_and_those_without_work_stand_last() {
    let entries = [
        entry("D01", Share::Assisted { late: false }),
        entry("D02", led(true, true, Some((1, false)))),
        entry("D03", led(false, false, Some((5, true)))),
    ];
    let league = league(entries);
    let codes: Vec<&str> = league.rows.iter().map(|(id, _)| id.code()).collect();
    assert_eq!(codes, ["D03", "D02", "D01"]);
    assert_eq!((league.zone.assisted, league.zone.dispatched), (1, 2));
}

/// Late with assistance that it named as overdue, late without, in time with it.
#[test]
fn lateness_that_an_answer_names_as_the_assistants_is_theirs() {
    let answered = |late, assistance_overdue| {
        let led = Led { answered_late: Some(late), assistance_overdue, ..Led::default() };
        entry("D01", Share::Led(led))
    };
    let entries = [
        answered(true, true),
        answered(true, false),
        answered(false, true),
        entry("D02", Share::Assisted { late: true }),
        entry("D02", Share::Assisted { late: false }),
    ];
    let League { rows, zone } = league(entries);
    let of = |code: &str| {
        let row = rows.iter().find(|(of, _)| *of == department(code));
        row.map(|(_, figures)| figures.clone()).unwrap()
    };
    let (lead, assists) = (of("D01"), of("D02"));
    assert_eq!((lead.on_time.numerator, lead.on_time.denominator), (1, 2));
    assert_eq!(excluded(&lead.on_time), [(ASSISTANCE_OVERDUE, 1)]);
    assert_eq!((lead.answered_late, lead.solved.denominator, lead.assisted_late), (1, 3, 0));
    assert_eq!((assists.assisted, assists.assisted_late), (2, 1));
    assert_eq!((zone.on_time.numerator, zone.on_time.denominator), (1, 3));
    assert_eq!((zone.answered_late, zone.assisted_late), (2, 1));
}

#[test]
fn what_is_neither_due_nor_answered_is_left_out() {
    let open = Led { contacted_late: Some(false), ..Led::default() };
    let figures = league([entry("D01", Share::Led(open))]).zone;
    assert_eq!(
        (figures.on_time.denominator, excluded(&figures.on_time)),
        (0, vec![("NOT_DUE", 1)])
    );
    let overdue = Led { overdue: true, ..open };
    let figures = league([entry("D01", Share::Led(overdue))]).zone;
    assert_eq!((figures.on_time.denominator, figures.solved.denominator), (1, 0));
}

#[test]
fn a_contact_that_is_not_due_yet_is_left_out() {
    let waits = Led::default();
    let figures = league([entry("D01", Share::Led(waits))]).zone;
    assert_eq!((figures.dispatched, figures.response.text()), (1, "无件".to_owned()));
    assert_eq!(excluded(&figures.response), [("NOT_DUE", 1)]);
    let missed = Led { contact_overdue: true, ..waits };
    let made = Led { contacted_late: Some(false), ..waits };
    let entries = [waits, missed, made].map(|led| entry("D01", Share::Led(led)));
    let response = league(entries).zone.response;
    assert_eq!((response.numerator, response.denominator), (1, 2));
}

#[test]
fn a_verdict_that_nobody_has_looked_at_counts_for_nothing() {
    for (counted, reason) in
        [(Counted::AwaitsVerification, "AWAITS_VERIFICATION"), (Counted::LeftOut, "NOT_VERIFIED")]
    {
        let verdict = Some(Verdict { level: Some(5), confirmed_solved: true, counted });
        let done = Led { answered_late: Some(false), verdict, ..Led::default() };
        let figures = league([entry("D01", Share::Led(done))]).zone;
        assert_eq!((figures.satisfied.denominator, figures.satisfied.numerator), (0, 0));
        assert_eq!(excluded(&figures.satisfied), [(reason, 1)]);
        assert_eq!((figures.solved, figures.rated), (rate(0, 1), rate(0, 1)));
    }
}

#[test]
fn the_zone_is_held_against_its_own_limit() {
    let closed = |late, overdue| {
        let closing = Some(Closing { late, overdue });
        entry("D01", Share::Led(Led { closing, ..Led::default() }))
    };
    let entries = [
        closed(Some(false), false),
        closed(Some(true), false),
        closed(None, true),
        closed(None, false),
        entry("D01", Share::Led(Led::default())),
        entry("D01", Share::Cancelled { reason: "MERGED".to_owned() }),
    ];
    let League { rows, zone } = league(entries);
    assert_eq!((zone.closed.numerator, zone.closed.denominator), (1, 3));
    let expected = [("NOT_DUE", 1), ("DECIDED_IN_OWNER", 1), ("MERGED", 1)];
    assert_eq!(excluded(&zone.closed), expected);
    assert_eq!(rows[0].1.closed, Rate::default(), "it is the zone's alone");
}

#[test]
fn what_is_left_out_is_named_up_to_a_number() {
    let cancelled = |number| Entry {
        order: order(number),
        ..entry("D01", Share::Cancelled { reason: "WITHDRAWN".to_owned() })
    };
    let zone = league((0..25).map(cancelled)).zone;
    let [one] = &zone.response.exclusions[..] else { panic!("{:?}", zone.response) };
    assert_eq!((one.count, one.orders.len()), (25, EXCLUDED_NAMED_MAX));
}
