//! The life of a case 帮代办件, as rules: no clock, no database, no network.
//!
//! Read [`TRANSITIONS`] and [`ITEM_TRANSITIONS`] first: they are the whole state machine, of the
//! case and of each of its items. [`decide`] adds what a table cannot say: who may, under which
//! mandate, with which materials, until when. What follows from a fact by itself (an item that
//! became ready, one that lost what it stood on) follows in the same breath, by `draft`. What
//! dispatch tells comes by [`HEARD`], what time does by [`alarms`].

mod alarm;
mod apply;
mod applying;
mod case;
mod check;
mod clocks;
mod command;
mod commitment;
mod course;
mod deciding;
mod draft;
mod errand;
mod fact;
mod forecast;
mod hear;
mod invariants;
mod item;
mod limits;
mod mandate;
mod material;
mod procedure;
mod sight;
mod tables;
mod work;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use base::ItemId;
use calendar::Moment;

pub use self::alarm::{Alarm, Told, alarms};
pub use self::apply::apply;
pub use self::applying::may_hand_in;
pub use self::case::{Case, Commitment, Opening};
pub use self::check::{Flaw, check};
pub use self::clocks::{Clocks, Review, Waited, clocks};
pub use self::command::{CaseAsk, Command, ItemAsk, WhatIf};
pub use self::errand::Errand;
pub use self::fact::{Fact, VoidCause, What};
pub use self::forecast::{Forecast, Step, forecast};
pub use self::hear::{Effect, HEARD, effect, effect_on};
pub use self::item::{Ending, Item, ItemAction, ItemState, Notice, Order, Permit, Purpose};
pub use self::limits::{
    ARCHIVED_AFTER, CONVERT_ALL_WITHIN, CONVERT_WITHIN, DELIVER_WITHIN, FOLLOW_UP_WITHIN,
    HAND_OVER_WITHIN, MANDATE_WITHIN, NOTICE_WITHIN, RECHECK_WITHIN, START_WITHIN, SUBMIT_WITHIN,
    SUPPLY_WITHIN, SUSPENDED_WITHIN, TOLD_AGAIN_AFTER, TOLD_DAILY_TIMES, TOLD_LATER_AFTER,
    VERSIONS_MAX, Wait,
};
pub use self::mandate::{Act, Mandate, MandateEnd, Scope};
pub use self::material::{Material, Promise, Source, find_material};
pub use self::procedure::{Matter, MatterKind, Need, Procedure, Profile, Trait, Zone};
pub use self::sight::{SEE_ALL, Viewer};
pub use self::tables::{
    Action, ITEM_TRANSITIONS, State, TAKES, TRANSITIONS, allowed, allowed_of_item,
};
pub use self::work::{Heard, HeardKind, News, Progress, Standstill, WorkState};

use self::draft::Draft;
use crate::error::Error;

/// Decides a command: what happens, or why not. First whatever ran out before it, whether its alarm
/// has rung or not. Refusals come in the order exists, may, state, limits.
pub fn decide(
    before: Option<&Case>,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<Fact>, Error> {
    let Some(case) = before else { return course::begin(command, moment) };
    let mut draft = Draft::of(case, moment);
    match command {
        // What is heard is judged by its own instant, and an alarm by that for which it was set.
        Command::Hear(heard) => {
            let at = heard.occurred_at.max(case.changed_at);
            alarm::catch_up(&mut draft, at);
        }
        Command::Ring(_) => {}
        Command::Open { .. }
        | Command::Case { .. }
        | Command::Item { .. }
        | Command::AgentActs { .. }
        | Command::Succeed { .. }
        | Command::Recount => {
            let now = draft.moment.now;
            alarm::catch_up(&mut draft, now);
        }
    }
    match command {
        Command::Open { .. } => return Err(Error::OpenedAlready),
        Command::Case { by, ask } => decide_case(&mut draft, by, ask)?,
        Command::Item { by, item, ask } => decide_item(&mut draft, by, item, ask)?,
        Command::AgentActs { agent, acts } => course::agent_acts(&mut draft, agent, *acts),
        Command::Succeed { department, successor } => {
            course::succeed(&mut draft, department, successor);
        }
        Command::Hear(heard) => hear::hear(&mut draft, heard),
        Command::Recount => alarm::recount(&mut draft),
        Command::Ring(ringing) => alarm::ring_in_turn(&mut draft, ringing),
    }
    Ok(draft.settled())
}

fn decide_case(draft: &mut Draft<'_>, by: &Viewer, ask: &CaseAsk) -> Result<(), Error> {
    if !by.sees(&draft.case) {
        return Err(Error::CaseNotFound { case: String::new() });
    }
    match ask {
        CaseAsk::SignMandate { .. } => course::sign_mandate(draft, by, ask),
        CaseAsk::RevokeMandate { reason } => course::revoke_mandate(draft, by, reason),
        CaseAsk::AddMaterial { material, file, source } => {
            applying::add_material(draft, by, material, (file, source))
        }
        CaseAsk::PromiseMaterial { material, until } => {
            applying::promise_material(draft, by, material, *until)
        }
        CaseAsk::Start => course::start(draft, by),
        CaseAsk::SignCommitment { .. } => commitment::sign(draft, by, ask),
        CaseAsk::RecordLandAcquired => commitment::record_land(draft, by),
        CaseAsk::Suspend { reason } => course::suspend(draft, by, reason),
        CaseAsk::Resume => course::resume(draft, by),
        CaseAsk::HandOver { to, reason } => course::hand_over(draft, by, to, reason),
        CaseAsk::Terminate { reason } => course::terminate(draft, by, reason),
        CaseAsk::Deliver => course::deliver(draft, by),
        CaseAsk::FollowUp { note } => course::follow_up(draft, by, note),
        CaseAsk::Archive => course::archive(draft, by),
    }
}

fn decide_item(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    ask: &ItemAsk,
) -> Result<(), Error> {
    if !by.sees(&draft.case) {
        return Err(Error::CaseNotFound { case: String::new() });
    }
    if draft.case.item(item).is_none() {
        return Err(Error::ItemNotFound { item: item.clone() });
    }
    match ask {
        ItemAsk::Submit => applying::submit(draft, by, item),
        ItemAsk::Supply => applying::supply(draft, by, item),
        ItemAsk::Reapply { reason } => applying::reapply(draft, by, item, reason),
        ItemAsk::Withdraw { reason } => applying::withdraw(draft, by, item, reason),
        ItemAsk::Correct { materials, text } => {
            deciding::correct(draft, by, item, (materials, text))
        }
        ItemAsk::Accept => deciding::accept(draft, by, item),
        ItemAsk::NotAccept { reason, remedy } => {
            deciding::not_accept(draft, by, item, (reason, remedy))
        }
        ItemAsk::PreIssue { opinion } => deciding::pre_issue(draft, by, item, opinion),
        ItemAsk::Convert { certificate } => deciding::convert(draft, by, item, certificate),
        ItemAsk::Issue { certificate } => deciding::issue(draft, by, item, certificate),
        ItemAsk::Refuse { reason, remedy } => deciding::refuse(draft, by, item, (reason, remedy)),
        ItemAsk::Void { reason } => deciding::void(draft, by, item, reason),
        ItemAsk::Recheck { upheld, reason } => {
            deciding::recheck(draft, by, item, (*upheld, reason))
        }
        ItemAsk::Redirect { to, reason } => deciding::redirect(draft, by, item, (to, reason)),
    }
}
