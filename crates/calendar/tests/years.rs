//! What a year and office hours may say, and each way in which they are refused.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use calendar::{Calendar, OfficeHours, Year, YearError};
use jiff::civil::date;

const TEXT: &str = include_str!("../data/2026.toml");

/// The year 2026 with one thing changed is refused with this message.
fn refused(old: &str, new: &str, message: &str) {
    assert!(TEXT.contains(old), "{old} is not in the file");
    let fault = Year::parse(&TEXT.replacen(old, new, 1)).unwrap_err();
    assert_eq!(fault.to_string(), message);
}

#[test]
fn nine_years_are_shipped() {
    let calendar = Calendar::published();
    let years: Vec<i16> = calendar.years().map(Year::year).collect();
    assert_eq!(years, [2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
}

/// Counted apart from this code: weekdays less days off, plus make-up days.
#[test]
fn each_year_has_as_many_working_days_as_was_published() {
    let calendar = Calendar::published();
    let worked = |year: i16| {
        let days = date(year, 1, 1).series(jiff::Span::new().days(1));
        let days = days.take_while(|day| day.year() == year);
        days.filter(|day| calendar.is_working_day(*day) == Some(true)).count()
    };
    let found: Vec<usize> = (2018..=2026).map(worked).collect();
    assert_eq!(found, [250, 250, 249, 250, 249, 249, 251, 248, 248]);
}

#[test]
fn an_overlap_is_refused() {
    refused(
        "from = 2026-04-04",
        "from = 2026-02-23",
        "2026-02-23 is off by 春节 and again by 清明节",
    );
}

#[test]
fn an_impossible_day_is_refused() {
    let fault = Year::parse(&TEXT.replacen("2026-02-28]", "2026-02-30]", 1)).unwrap_err();
    assert!(matches!(fault, YearError::Unreadable(_)), "{fault}");
}

#[test]
fn days_that_run_backwards_are_refused() {
    refused("to = 2026-01-03", "to = 2025-12-31", "元旦: 2025-12-31 is not in 2026");
    refused(
        "off = { from = 2026-05-01, to = 2026-05-05 }",
        "off = { from = 2026-05-05, to = 2026-05-01 }",
        "劳动节: off from 2026-05-05 to 2026-05-01 runs backwards",
    );
}

#[test]
fn a_make_up_day_on_a_weekday_is_refused() {
    refused(
        "work = [2026-05-09]",
        "work = [2026-05-08]",
        "劳动节: 2026-05-08 is to be worked, yet it is no Saturday or Sunday",
    );
}

/// Also when the holiday by which it is off stands further down.
#[test]
fn a_make_up_day_that_is_off_is_refused() {
    refused(
        "work = [2026-01-04]",
        "work = [2026-10-03]",
        "元旦: 2026-10-03 is to be worked, yet it is off by 国庆节",
    );
}

#[test]
fn a_make_up_day_listed_twice_is_refused() {
    refused(
        "work = [2026-05-09]",
        "work = [2026-01-04]",
        "劳动节: 2026-01-04 is listed twice as a day to be worked",
    );
}

#[test]
fn a_day_of_another_year_is_refused() {
    refused("work = [2026-01-04]", "work = [2027-01-03]", "元旦: 2027-01-03 is not in 2026");
}

#[test]
fn a_notice_that_is_not_listed_is_refused() {
    refused(
        "name = \"清明节\"\nnotice = \"国办发明电〔2025〕7号\"",
        "name = \"清明节\"\nnotice = \"国办发明电〔2025〕8号\"",
        "清明节: notice 国办发明电〔2025〕8号 is not listed",
    );
}

#[test]
fn a_year_without_its_notice_is_refused() {
    refused(
        "complete = true",
        "complete = false",
        "the year is not marked complete: publish it when its notice is issued",
    );
}

#[test]
fn a_holiday_without_a_name_is_refused() {
    refused("name = \"春节\"", "name = \"\"", "holiday number 2 has no name");
}

#[test]
fn a_year_in_which_nothing_is_worked_is_refused() {
    let text = "year = 2030\ncomplete = true\nnotice = [{ number = \"N\", issued = 2029-11-01 }]\n\
        holiday = [{ name = \"假\", notice = \"N\", off = { from = 2030-01-01, to = 2030-12-31 } }]";
    assert_eq!(Year::parse(text), Err(YearError::NothingWorked));
}

#[test]
fn what_is_not_a_year_is_unreadable() {
    for text in ["", "year = 2026", "year = \"2026\"", "[[holiday]]", "year = 2026\nweek = 1"] {
        assert!(Year::parse(text).is_err(), "{text}");
    }
    assert_eq!(Year::new(-1, Vec::new(), Vec::new()), Err(YearError::YearOutOfRange(-1)));
}

#[test]
fn a_year_goes_through_its_parts_and_through_json_unchanged() {
    for year in Calendar::published().years() {
        let (notices, holidays) = (year.notices().to_vec(), year.holidays().to_vec());
        assert_eq!(&Year::new(year.year(), notices, holidays).unwrap(), year);
        let json = serde_json::to_string(year).unwrap();
        assert_eq!(&serde_json::from_str::<Year>(&json).unwrap(), year);
    }
}

#[test]
fn office_hours_are_pairs_in_order_and_apart() {
    let read = |text: &str| serde_json::from_str::<OfficeHours>(text);
    let hours = read(r#"[["08:30", "12:00"], ["14:00", "17:30"]]"#).unwrap();
    assert_eq!(hours, OfficeHours::default());
    let json = serde_json::to_string(&hours).unwrap();
    assert_eq!(read(&json).unwrap(), hours);
    let refused = [
        ("[]", "at least one session"),
        (r#"[["12:00", "08:30"]]"#, "is empty"),
        (r#"[["08:30", "12:00"], ["11:00", "17:30"]]"#, "is over"),
        (r#"[["14:00", "17:30"], ["08:30", "12:00"]]"#, "is over"),
    ];
    for (text, message) in refused {
        let fault = read(text).unwrap_err().to_string();
        assert!(fault.contains(message), "{text}: {fault}");
    }
}
