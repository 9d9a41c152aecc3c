//! Messages that say more than one word: read into what is asked of an order.

use contract::dispatch::{
    AskPauseRequest, CompleteWorkOrderRequest, DecideReturnRequest, ReturnWorkOrderRequest,
    SupervisionLevel,
};
use jiff::Timestamp;
use prost_types::Timestamp as WireTime;
use runtime::wire::{date_from, time_from};
use runtime::{Call, Problem, Refusal};

use super::asking::named;
use crate::error::Error;
use crate::lifecycle::{Command, Decision, Level, Outcome, PauseReason};
use crate::wire;

/// A return names the right department, or none: 职责不清.
pub(super) fn returning(call: &Call, asked: &ReturnWorkOrderRequest) -> Result<Command, Error> {
    let names = match asked.names_department.as_str() {
        "" => None,
        name => Some(named("names_department", name)?),
    };
    Ok(Command::Return { by: call.person.clone(), basis: asked.basis.clone(), names })
}

/// A ruling on a return: upheld for a department, or for nobody yet; or refused.
pub(super) fn return_ruling(call: &Call, asked: &DecideReturnRequest) -> Result<Command, Error> {
    let (by, reason) = (call.person.clone(), asked.reason.clone());
    Ok(match decision(asked.decision())? {
        Decision::Refused => Command::RefuseReturn { by, reason },
        Decision::Granted if asked.department.is_empty() => {
            Command::UpholdReturn { by, to: None, reason }
        }
        Decision::Granted => {
            let to = Some(named("department", &asked.department)?);
            Command::UpholdReturn { by, to, reason }
        }
    })
}

/// An answer; one that plans names its day, and no other does.
pub(super) fn completing(call: &Call, asked: &CompleteWorkOrderRequest) -> Result<Command, Error> {
    let outcome = wire::outcome_from(asked.outcome()).ok_or_else(|| required("outcome"))?;
    let planned = match (outcome, &asked.planned_date) {
        (Outcome::Planned, None) => return Err(required("planned_date").into()),
        (Outcome::Planned, Some(date)) => {
            let problem =
                || Problem::other("is not a day", "不是有效日期，请填写实际存在的年、月、日");
            let day = date_from(date);
            Some(day.ok_or_else(|| Refusal::field("planned_date", problem()))?)
        }
        (_, None) => None,
        (_, Some(_)) => {
            let problem =
                Problem::other("is for outcome PLANNED alone", "只有结果为“列入计划”时才填写");
            return Err(Refusal::field("planned_date", problem).into());
        }
    };
    Ok(Command::Complete {
        by: call.person.clone(),
        outcome,
        answer: asked.answer.clone(),
        internal_note: asked.internal_note.clone(),
        proof: Some(asked.proof.clone()).filter(|proof| !proof.is_empty()),
        planned,
    })
}

/// Why the clock shall stand still, and until when.
pub(super) fn pause(asked: &AskPauseRequest) -> Result<(PauseReason, Timestamp), Error> {
    let reason = wire::pause_reason_from(asked.reason()).ok_or_else(|| required("reason"))?;
    Ok((reason, until(asked.until_time.as_ref())?))
}

/// Until when something shall last.
pub(super) fn until(asked: Option<&WireTime>) -> Result<Timestamp, Error> {
    Ok(time_from("until_time", asked)?.ok_or_else(|| required("until_time"))?)
}

/// A ruling.
pub(super) fn decision(asked: contract::dispatch::Decision) -> Result<Decision, Error> {
    Ok(wire::decision_from(asked).ok_or_else(|| required("decision"))?)
}

/// How hard somebody pressed.
pub(super) fn level(asked: SupervisionLevel) -> Result<Level, Error> {
    Ok(wire::level_from(asked).ok_or_else(|| required("level"))?)
}

fn required(field: &str) -> Refusal {
    Refusal::field(field, Problem::Required)
}
