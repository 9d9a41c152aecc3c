//! Deadlines by the line: one JSON object in, one out, for checking against other implementations.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::calendar::Calendar;
use crate::limit::{Intake, Limit, Pause, Reckoning};

/// One question. Fields that are not named here are ignored.
#[derive(Deserialize)]
struct Question {
    start: Timestamp,
    intake: Intake,
    limit: Limit,
    #[serde(default)]
    pauses: Vec<Pause>,
}

/// Answers `{"id", "start", "intake", "limit", "pauses"}` by [`Calendar::reckon`] with
/// `{"id", "due"}`, or `{"id", "status": "paused" | "calendar_unknown"}`, or `{"id", "error"}` if
/// the line cannot be read or asks for what is no limit.
pub fn answer(line: &str, calendar: &Calendar) -> String {
    let line: Value = match serde_json::from_str(line) {
        Ok(line) => line,
        Err(fault) => return json!({"id": null, "error": fault.to_string()}).to_string(),
    };
    let id = line.get("id").cloned().unwrap_or(Value::Null);
    let answer = match read(line) {
        Err(fault) => json!({"id": id, "error": fault}),
        Ok(Question { start, intake, limit, pauses }) => {
            match calendar.reckon(start, intake, limit, &pauses) {
                Reckoning::Due(at) => json!({"id": id, "due": written(at, calendar)}),
                Reckoning::Paused => json!({"id": id, "status": "paused"}),
                Reckoning::CalendarUnknown => json!({"id": id, "status": "calendar_unknown"}),
            }
        }
    };
    answer.to_string()
}

fn read(line: Value) -> Result<Question, String> {
    let question: Question = serde_json::from_value(line).map_err(|fault| fault.to_string())?;
    if question.limit == Limit::WorkingMinutes(0) {
        return Err("`working_minutes` must be at least 1".to_owned());
    }
    let backwards = |pause: &&Pause| pause.to.is_some_and(|to| to < pause.from);
    if let Some(pause) = question.pauses.iter().find(backwards) {
        return Err(format!("the pause from {} ends before it begins", pause.from));
    }
    Ok(question)
}

/// RFC 3339 in the zone of the calendar, with a fraction of a second only where there is one.
fn written(instant: Timestamp, calendar: &Calendar) -> String {
    let offset = calendar.zone().to_offset(instant);
    instant.display_with_offset(offset).to_string()
}
