//! A ticket that three departments return 退单: it is escalated 提级, and a zone leader designates
//! who leads.

use anyhow::{Context as _, ensure};
use contract::dispatch::WorkOrderState;
use contract::request::TicketState;
use jiff::civil::{DateTime, date};

use super::{Company, Outcome};
use crate::demo::stage::Stage;
use crate::demo::zone::ZONE_LEADER;

const SUBMITTED: DateTime = date(2026, 6, 8).at(9, 0, 0, 0);
const DESIGNATED: DateTime = date(2026, 6, 8).at(15, 0, 0, 0);
const ANSWERED: DateTime = date(2026, 6, 9).at(15, 0, 0, 0);
const RATED: DateTime = date(2026, 6, 9).at(17, 0, 0, 0);

pub(super) async fn play<S: Stage>(company: &Company<'_, S>) -> anyhow::Result<Outcome> {
    company.at(SUBMITTED).await?;
    let category = company.book.categories.first().context("没有事项（no category）")?;
    let text = "厂区外道路积水，影响货车进出，几个部门都说不归自己管。";
    let ticket = company.accepted(category, "厂外道路积水", text).await?;
    let order = &ticket.work_order;
    let dispatcher = company.dispatcher()?;
    let others = company.book.departments.iter().map(|department| department.id.as_str());
    let others: Vec<&str> =
        others.filter(|id| *id != category.lead && *id != "D01").take(3).collect();
    ensure!(others.len() == 3, "部门不足（too few departments）");
    let mut holder = category.lead.as_str();
    for next in &others {
        company.officer(holder)?.return_order(order, "三定方案：非本部门职责").await?;
        dispatcher.uphold_return(order, next).await?;
        holder = next;
    }
    let escalated = dispatcher.order(order).await?.state();
    company.at(DESIGNATED).await?;
    company
        .person(ZONE_LEADER)?
        .designate(order, others[0], "管委会专题会议纪要〔2026〕6号")
        .await?;
    let officer = company.officer(others[0])?;
    officer.claim(order).await?;
    officer.contact(order).await?;
    company.at(ANSWERED).await?;
    officer.complete(order, "已疏通排水并移交管养。").await?;
    company.at(RATED).await?;
    company.handler()?.rate(&ticket.name, 5).await?;
    dispatcher.close(&ticket.name).await?;
    let closed = dispatcher.ticket(&ticket.name).await?;
    let told = format!("附：三次退单提级 {}（不计入榜单）", ticket.number);
    let as_expected =
        (escalated, closed.state()) == (WorkOrderState::Escalated, TicketState::Closed);
    Ok(if as_expected {
        Ok(format!("{told}，管委会领导指定主办，次日办复，已办结"))
    } else {
        Err(format!("{told}：应提级并办结（must be escalated and closed）"))
    })
}
