//! What an explanation says, word by word.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use calendar::{Calendar, Intake, Limit, Pause};
use jiff::Timestamp;

/// The explanation of a limit, with a pause from one instant to another if there is one.
fn explained(start: &str, intake: Intake, limit: Limit, pauses: &[(&str, &str)]) -> String {
    let at = |text: &str| -> Timestamp { format!("{text}+08:00").parse().unwrap() };
    let pause = |(from, to): &(&str, &str)| Pause {
        from: at(from),
        to: if to.is_empty() { None } else { Some(at(to)) },
    };
    let pauses: Vec<Pause> = pauses.iter().map(pause).collect();
    Calendar::published().explain(at(start), intake, limit, &pauses).to_string()
}

#[test]
fn working_days_over_spring_festival() {
    let told = explained("2026-02-13T10:00", Intake::Instant, Limit::WorkingDays(2), &[]);
    let expected = "\
期限2个工作日，自2026-02-13 周五 10:00起算
2026-02-13 周五 不计：起算当日
2026-02-14 周六 第1日，春节调休上班（国办发明电〔2025〕7号）
2026-02-15 周日 不计：春节放假（国办发明电〔2025〕7号）
2026-02-16 周一 不计：春节放假（国办发明电〔2025〕7号）
2026-02-17 周二 不计：春节放假（国办发明电〔2025〕7号）
2026-02-18 周三 不计：春节放假（国办发明电〔2025〕7号）
2026-02-19 周四 不计：春节放假（国办发明电〔2025〕7号）
2026-02-20 周五 不计：春节放假（国办发明电〔2025〕7号）
2026-02-21 周六 不计：春节放假（国办发明电〔2025〕7号）
2026-02-22 周日 不计：春节放假（国办发明电〔2025〕7号）
2026-02-23 周一 不计：春节放假（国办发明电〔2025〕7号）
2026-02-24 周二 第2日，工作日
到期：2026-02-24 周二 17:30";
    assert_eq!(told, expected);
}

#[test]
fn working_days_with_a_pause_taken_in_on_a_saturday() {
    let pause = [("2026-03-10T16:00", "2026-03-11T10:00")];
    let limit = Limit::WorkingDays(2);
    let told = explained("2026-03-07T11:00", Intake::NextOpening, limit, &pause);
    let expected = "\
期限2个工作日，自2026-03-07 周六 11:00起算（办公时间外收件的，顺延至下一办公时间）
2026-03-07 周六 11:00 至 2026-03-09 周一 08:30 不计：顺延至下一办公时间
2026-03-09 周一 不计：起算当日
2026-03-10 周二 不计：挂起
2026-03-11 周三 第1日，工作日
2026-03-12 周四 第2日，工作日
到期：2026-03-12 周四 17:30";
    assert_eq!(told, expected);
}

#[test]
fn working_time_with_a_pause_and_a_night() {
    let pause = [("2026-03-09T16:30", "2026-03-09T17:00")];
    let limit = Limit::WorkingMinutes(120);
    let told = explained("2026-03-09T16:00", Intake::Instant, limit, &pause);
    let expected = "\
期限2个工作小时，自2026-03-09 周一 16:00起算
2026-03-09 周一 16:00–16:30 计入30分钟
2026-03-09 周一 16:30–17:00 不计：挂起
2026-03-09 周一 17:00–17:30 计入30分钟
2026-03-09 周一 17:30–24:00 不计：办公时间外
2026-03-10 周二 00:00–08:30 不计：办公时间外
2026-03-10 周二 08:30–09:30 计入1小时
到期：2026-03-10 周二 09:30";
    assert_eq!(told, expected);
}

#[test]
fn natural_days_that_end_on_a_day_off() {
    let told = explained("2026-03-12T10:00", Intake::Instant, Limit::NaturalDays(2), &[]);
    let expected = "\
期限2日（自然日），自2026-03-12 周四 10:00起算
2026-03-12 周四 不计：起算当日
2026-03-13 周五 第1日，工作日
2026-03-14 周六 第2日，周末
2026-03-15 周日 不计：周末
2026-03-16 周一 期限届满之日，工作日
到期：2026-03-16 周一 17:30";
    assert_eq!(told, expected);
}

#[test]
fn natural_hours_that_stand_still() {
    let pause = [("2026-03-13T11:00", "")];
    let told = explained("2026-03-13T10:00", Intake::Instant, Limit::NaturalHours(2), &pause);
    let expected = "\
期限2小时，自2026-03-13 周五 10:00起算
2026-03-13 周五 10:00–11:00 计入1小时
2026-03-13 周五 11:00 起 不计：挂起
到期：待定（计时停止中，尚无恢复时间）";
    assert_eq!(told, expected);
}

#[test]
fn a_year_not_published_is_said_to_be_assumed() {
    let told = explained("2026-12-31T10:00", Intake::Instant, Limit::WorkingDays(1), &[]);
    let expected = "\
期限1个工作日，自2026-12-31 周四 10:00起算
2026-12-31 周四 不计：起算当日
2027-01-01 周五 第1日，工作日（该年安排未公布，暂按周末推算）
到期：2027-01-01 周五 17:30（暂定：含未公布年份，公布后重算）";
    assert_eq!(told, expected);
}
