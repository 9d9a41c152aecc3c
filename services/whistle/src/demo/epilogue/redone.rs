//! A ticket whose enterprise, when called back 回访, is not content: it is done again 重办, and then
//! it is.

use anyhow::Context as _;
use contract::request::TicketState;
use jiff::civil::{DateTime, date};

use super::{Company, Outcome};
use crate::demo::stage::Stage;

const SUBMITTED: DateTime = date(2026, 6, 1).at(9, 0, 0, 0);
const ANSWERED: DateTime = date(2026, 6, 1).at(16, 0, 0, 0);
const CALLED_BACK: DateTime = date(2026, 6, 2).at(10, 0, 0, 0);
const ANSWERED_AGAIN: DateTime = date(2026, 6, 3).at(15, 0, 0, 0);
const CALLED_BACK_AGAIN: DateTime = date(2026, 6, 4).at(10, 0, 0, 0);

pub(super) async fn play<S: Stage>(company: &Company<'_, S>) -> anyhow::Result<Outcome> {
    company.at(SUBMITTED).await?;
    let category = company.book.categories.first().context("没有事项（no category）")?;
    let text = "检修后仍不时停电，请彻底解决。";
    let ticket = company.accepted(category, "供电仍不稳定", text).await?;
    let (officer, dispatcher) = (company.officer(&category.lead)?, company.dispatcher()?);
    officer.claim(&ticket.work_order).await?;
    officer.contact(&ticket.work_order).await?;
    company.at(ANSWERED).await?;
    officer.complete(&ticket.work_order, "已检修线路。").await?;

    company.at(CALLED_BACK).await?;
    let phone = &company.enterprise()?.contact_phone;
    let (answered, now) = (ticket.name.as_str(), company.stage.now());
    let unhappy = dispatcher.call_back(answered, phone, now, 2).await?;
    let reason = "回访：仍不时停电，请重办并更换设备";
    let again = dispatcher.redo(&ticket.name, reason).await?;
    company.settle().await?;
    officer.claim(&again.work_order).await?;
    officer.contact(&again.work_order).await?;
    company.at(ANSWERED_AGAIN).await?;
    officer.complete(&again.work_order, "已更换变压器，供电恢复稳定。").await?;

    company.at(CALLED_BACK_AGAIN).await?;
    let happy = dispatcher.call_back(answered, phone, company.stage.now(), 5).await?;
    dispatcher.close(&ticket.name).await?;
    let told = format!("附：回访重办 {}（不计入榜单），首轮回访不满意", ticket.number);
    let as_expected = (unhappy.state(), happy.state(), happy.round)
        == (TicketState::Dissatisfied, TicketState::Confirmed, 2);
    Ok(if as_expected {
        Ok(format!("{told}，重办后第 2 轮回访非常满意，已办结"))
    } else {
        Err(format!("{told}：应重办一轮后满意（must be content in round 2）"))
    })
}
