//! What the book does not show: a ticket of the demo's own, printed apart and not counted.
//!
//! It is due in a year whose days off are not published yet. Its due instant is reckoned with
//! plain weekends, and says so.

use anyhow::Context as _;
use contract::request::{Contact, SubmitTicketRequest, TicketKind};
use jiff::Timestamp;
use jiff::civil::date;

use super::actor::{Actor, RequestIds};
use super::data::Book;
use super::stage::Stage;
use super::zone_time;

/// Plays it; gives what to print, or what is wrong with it.
pub(crate) async fn due_next_year<S: Stage>(
    stage: &S,
    book: &Book,
) -> anyhow::Result<Result<String, String>> {
    // Thursday before the year's last week.
    let at = date(2026, 12, 24).at(10, 0, 0, 0).to_zoned(zone_time())?.timestamp();
    stage.advance_to(at).await?;
    let ids = RequestIds::for_purpose("more");
    let enterprise = book.enterprises.first().context("没有企业（no enterprise）")?;
    let longest = book.categories.iter().max_by_key(|category| category.limit_working_days);
    let category = longest.context("没有事项（no category）")?;
    let handler = Actor::new(stage.caller(&enterprise.id)?, &ids);
    let submission = SubmitTicketRequest {
        enterprise: format!("enterprises/{}", enterprise.uscc),
        kind: TicketKind::Help.into(),
        category: format!("categories/{}", category.id),
        title: "跨年事项".to_owned(),
        text: "年底提出，期限落在来年，请告知办理时间。".to_owned(),
        contact: Some(Contact {
            title: enterprise.legal_representative.clone(),
            phone: enterprise.contact_phone.clone(),
        }),
        channel: "手机端".to_owned(),
        ..SubmitTicketRequest::default()
    };
    let ticket = handler.submit(submission).await?;
    let dispatcher = book.dispatchers().next().context("没有窗口受理员（no dispatcher）")?;
    let dispatcher = Actor::new(stage.caller(&dispatcher.id)?, &ids);
    let ticket = dispatcher.accept(&ticket.name, &category.lead).await?;
    stage.advance_to(at).await?;
    let order = dispatcher.order(&ticket.work_order).await?;
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
