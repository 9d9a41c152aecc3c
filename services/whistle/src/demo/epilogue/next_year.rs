//! A ticket that is due in a year whose days off are not published yet: its due instant is reckoned
//! with plain weekends, and says so.

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::date;

use super::{Company, Outcome};
use crate::demo::stage::Stage;
use crate::demo::zone_time;

pub(super) async fn play<S: Stage>(company: &Company<'_, S>) -> anyhow::Result<Outcome> {
    // Thursday before the year's last week.
    company.at(date(2026, 12, 24).at(10, 0, 0, 0)).await?;
    let categories = company.book.categories.iter();
    let longest = categories.max_by_key(|category| category.limit_working_days);
    let category = longest.context("没有事项（no category）")?;
    let text = "年底提出，期限落在来年，请告知办理时间。";
    let ticket = company.accepted(category, "跨年事项", text).await?;
    let order = company.dispatcher()?.order(&ticket.work_order).await?;
    let due = order.reply_due.context("没有办复期限（no due instant）")?;
    let time = due.time.context("没有办复期限（no due instant）")?;
    let time = Timestamp::new(time.seconds, time.nanos)?.to_zoned(zone_time());
    let told = format!(
        "附：跨年诉求 {}（不计入榜单），{}个工作日，办复期限 {}",
        ticket.number,
        category.limit_working_days,
        time.strftime("%Y-%m-%d %H:%M")
    );
    Ok(if due.provisional && time.year() == 2027 {
        Ok(format!("{told}（暂定：2027 年放假安排公布后重算）"))
    } else {
        Err(format!("{told}：应落在 2027 年且为暂定（must be provisional）"))
    })
}
