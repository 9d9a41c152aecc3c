//! Each example that the rules of the zone are explained by, by name.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use calendar::{Calendar, Due, Intake, Limit, Pause, Reckoning, Year};
use jiff::Timestamp;
use jiff::civil::{DateTime, date};

/// An instant from the wall clock of Shanghai: `2026-02-13 10:00`.
fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    Calendar::published().zone().to_timestamp(local).unwrap()
}

fn due(start: &str, limit: Limit) -> Due {
    Calendar::published().due(at(start), Intake::Instant, limit, &[]).unwrap()
}

/// Received at 10:00 of a day, so many working days end at the close of office of which day?
fn working_days(start: &str, days: u32, end: &str) {
    let found = due(&format!("{start} 10:00"), Limit::WorkingDays(days));
    assert_eq!(found.at, at(&format!("{end} 17:30")), "{start} + {days}");
    assert!(!found.provisional, "{start} + {days}");
}

#[test]
fn before_spring_festival_the_make_up_saturday_is_day_one() {
    working_days("2026-02-13", 1, "2026-02-14");
}

#[test]
fn spring_festival_is_jumped_over() {
    working_days("2026-02-13", 4, "2026-02-26");
    working_days("2026-02-13", 5, "2026-02-27");
}

#[test]
fn the_make_up_saturday_after_spring_festival_counts() {
    working_days("2026-02-13", 7, "2026-03-02");
}

#[test]
fn a_make_up_sunday_before_national_day_counts() {
    working_days("2026-09-18", 1, "2026-09-20");
}

#[test]
fn national_day_is_jumped_over() {
    working_days("2026-09-30", 1, "2026-10-08");
}

#[test]
fn national_day_with_mid_autumn_and_a_make_up_saturday() {
    working_days("2025-09-30", 4, "2025-10-13");
}

#[test]
fn the_make_up_sunday_before_spring_festival_2025_counts() {
    working_days("2025-01-24", 2, "2025-01-27");
}

#[test]
fn fifteen_days_over_labour_day() {
    working_days("2026-04-30", 15, "2026-05-25");
}

#[test]
fn a_yellow_card_comes_on_the_working_day_before_and_a_red_one_after() {
    let (calendar, due) = (Calendar::published(), at("2026-10-08 17:30"));
    assert_eq!(calendar.close_of_working_day_before(due), at("2026-09-30 17:30"));
    assert_eq!(calendar.opening_of_working_day_after(due), at("2026-10-09 08:30"));
}

#[test]
fn seven_natural_days_that_end_on_a_day_off_bind_before_two_working_days() {
    let statutory = due("2026-02-14 10:00", Limit::NaturalDays(7));
    let promised = due("2026-02-14 10:00", Limit::WorkingDays(2));
    assert_eq!(statutory.at, at("2026-02-24 17:30"));
    assert_eq!(promised.at, at("2026-02-25 17:30"));
    assert!(statutory.at < promised.at);
}

#[test]
fn natural_days_that_end_on_a_working_day_end_there() {
    assert_eq!(due("2026-03-02 10:00", Limit::NaturalDays(10)).at, at("2026-03-12 17:30"));
    assert_eq!(due("2026-03-02 10:00", Limit::NaturalDays(12)).at, at("2026-03-16 17:30"));
}

#[test]
fn natural_hours_run_by_night_and_on_days_off() {
    assert_eq!(due("2026-02-20 23:15", Limit::NaturalHours(2)).at, at("2026-02-21 01:15"));
}

#[test]
fn natural_hours_stand_still_while_paused() {
    let pause = Pause { from: at("2026-02-20 23:45"), to: Some(at("2026-02-22 06:00")) };
    let limit = Limit::NaturalHours(2);
    let due = Calendar::published().due(at("2026-02-20 23:15"), Intake::Instant, limit, &[pause]);
    assert_eq!(due.unwrap().at, at("2026-02-22 07:30"));
}

#[test]
fn natural_hours_need_no_calendar() {
    let start = at("2031-06-01 10:00");
    let limit = Limit::NaturalHours(3);
    let due = Calendar::published().due(start, Intake::Instant, limit, &[]).unwrap();
    assert_eq!((due.at, due.provisional), (at("2031-06-01 13:00"), false));
}

#[test]
fn natural_days_look_at_their_last_day_alone() {
    let calendar = Calendar::published();
    let reckon =
        |start, days| calendar.reckon(at(start), Intake::Instant, Limit::NaturalDays(days), &[]);
    assert_eq!(reckon("2017-12-20 10:00", 20), Reckoning::Due(at("2018-01-09 17:30")));
    assert_eq!(reckon("2026-12-20 10:00", 20), Reckoning::CalendarUnknown);
}

#[test]
fn a_year_not_published_makes_a_due_instant_provisional_until_it_is() {
    let (start, limit) = (at("2026-12-30 10:00"), Limit::WorkingDays(5));
    let calendar = Calendar::published();
    assert_eq!(calendar.reckon(start, Intake::Instant, limit, &[]), Reckoning::CalendarUnknown);

    let before = calendar.due(start, Intake::Instant, limit, &[]).unwrap();
    assert_eq!((before.at, before.provisional), (at("2027-01-06 17:30"), true));

    let year = "year = 2027\ncomplete = true\nnotice = [{ number = \"N\", issued = 2026-11-05 }]\n\
        holiday = [{ name = \"元旦\", notice = \"N\", \
        off = { from = 2027-01-01, to = 2027-01-03 }, work = [2027-01-09] }]";
    let calendar = calendar.with_year(Year::parse(year).unwrap());
    let after = calendar.due(start, Intake::Instant, limit, &[]).unwrap();
    assert_eq!((after.at, after.provisional), (at("2027-01-07 17:30"), false));
    assert!(before.calendar_version < after.calendar_version);
}

/// As on 26 January 2020, when the holiday was made longer three days before its end.
#[test]
fn an_amended_year_moves_a_due_instant_and_leaves_the_old_calendar_alone() {
    let amended = Calendar::published();
    let (year, old) = (amended.year(2020).unwrap(), amended.year(2020).unwrap());
    let mut holidays = year.holidays().to_vec();
    holidays[1].off.to = date(2020, 1, 30);
    holidays[1].work.push(date(2020, 2, 1));
    let first = Year::new(2020, old.notices().to_vec(), holidays).unwrap();
    let first = amended.with_year(first);
    let amended = first.with_year(old.clone().with_version(2).unwrap());

    let reckon = |calendar: &Calendar| {
        let (start, limit) = (at("2020-01-23 15:00"), Limit::WorkingDays(1));
        calendar.due(start, Intake::Instant, limit, &[]).unwrap()
    };
    assert_eq!(reckon(&first).at, at("2020-01-31 17:30"));
    assert_eq!(reckon(&amended).at, at("2020-02-03 17:30"));
    assert!(reckon(&first).calendar_version < reckon(&amended).calendar_version);
}

#[test]
fn the_office_is_open_in_its_sessions_alone() {
    let calendar = Calendar::published();
    let open = ["2026-02-14 08:30", "2026-02-14 11:59:59", "2026-03-02 14:00", "2026-03-02 17:29"];
    let closed =
        ["2026-02-14 08:29:59", "2026-02-14 12:00", "2026-03-02 17:30", "2026-02-16 10:00"];
    assert!(open.iter().all(|local| calendar.is_open_at(at(local))));
    assert!(!closed.iter().any(|local| calendar.is_open_at(at(local))));
}

#[test]
fn working_minutes_between_two_instants_leave_out_noon_nights_and_days_off() {
    let calendar = Calendar::published();
    let between = |from, to| calendar.working_minutes_between(at(from), at(to));
    assert_eq!(between("2026-09-24 17:29", "2026-09-28 14:29"), 240);
    assert_eq!(between("2026-09-28 14:29", "2026-09-24 17:29"), -240);
    assert_eq!(between("2026-10-01 00:00", "2026-10-08 00:00"), 0);
    assert_eq!(between("2026-03-02 00:00", "2026-03-07 00:00"), 5 * 420);
}

#[test]
fn a_pause_without_end_leaves_no_due_instant() {
    let pause = Pause { from: at("2026-03-03 10:00"), to: None };
    let limit = Limit::WorkingDays(3);
    let due = Calendar::published().due(at("2026-03-02 10:00"), Intake::Instant, limit, &[pause]);
    assert_eq!(due, None);
}

#[test]
fn a_day_of_an_unpublished_year_is_unknown() {
    let calendar = Calendar::published();
    assert_eq!(calendar.is_working_day(date(2026, 2, 14)), Some(true));
    assert_eq!(calendar.is_working_day(date(2026, 2, 16)), Some(false));
    assert_eq!(calendar.is_working_day(date(2027, 2, 16)), None);
}

/// Both at 00:00 of the first unpublished day: the day is looked at before the clock stands still.
#[test]
fn a_pause_that_begins_with_an_unpublished_year_is_not_reached() {
    let calendar = Calendar::published();
    let reckon = |from: &str, limit| {
        let pause = Pause { from: at(from), to: None };
        calendar.reckon(at("2026-12-28 10:00"), Intake::Instant, limit, &[pause])
    };
    for limit in [Limit::WorkingDays(20), Limit::WorkingMinutes(9_000)] {
        assert_eq!(reckon("2027-01-01 00:00", limit), Reckoning::CalendarUnknown);
        assert_eq!(reckon("2026-12-31 23:59:59", limit), Reckoning::Paused);
    }
}

/// The union of pauses is what counts: the one without end begins where the first of them does.
#[test]
fn pauses_that_overlap_the_end_of_the_year_are_one() {
    let pauses = [
        Pause { from: at("2026-12-30 10:00"), to: Some(at("2027-01-10 10:00")) },
        Pause { from: at("2027-01-05 10:00"), to: None },
    ];
    let (start, limit) = (at("2026-12-28 10:00"), Limit::WorkingDays(20));
    let reckoning = Calendar::published().reckon(start, Intake::Instant, limit, &pauses);
    assert_eq!(reckoning, Reckoning::Paused);
}

#[test]
fn a_limit_used_up_where_a_pause_begins_is_due_there() {
    let pause = Pause { from: at("2026-03-02 10:00"), to: None };
    let reckon = |limit| {
        Calendar::published().reckon(at("2026-03-02 09:00"), Intake::Instant, limit, &[pause])
    };
    let due = Reckoning::Due(pause.from);
    assert_eq!((reckon(Limit::WorkingMinutes(60)), reckon(Limit::NaturalHours(1))), (due, due));
    assert_eq!(reckon(Limit::WorkingMinutes(61)), Reckoning::Paused);
}
