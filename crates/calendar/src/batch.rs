//! Deadlines by the line: one JSON object in, one out, for checking against other implementations.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    let mut answer = Answer::default();
    match serde_json::from_str::<Value>(line) {
        Err(fault) => {
            answer.error = Some(format!("这一行不是 JSON（the line is not JSON）：{fault}"));
        }
        Ok(line) => {
            answer.id = line.get("id").cloned().unwrap_or_default();
            answer.reckon(line, calendar);
        }
    }
    // Nothing in an answer can fail to be written: its keys are texts, its values were JSON.
    serde_json::to_string(&answer).unwrap_or_else(|fault| format!("{{\"error\":\"{fault}\"}}"))
}

/// The answer to one line, in the order in which it is written.
#[derive(Default, Serialize)]
struct Answer {
    id: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Answer {
    fn reckon(&mut self, line: Value, calendar: &Calendar) {
        let Question { start, intake, limit, pauses } = match read(line) {
            Ok(question) => question,
            Err(fault) => return self.error = Some(fault),
        };
        match calendar.reckon(start, intake, limit, &pauses) {
            Reckoning::Due(at) => self.due = Some(written(at, calendar)),
            Reckoning::Paused => self.status = Some("paused"),
            Reckoning::CalendarUnknown => self.status = Some("calendar_unknown"),
        }
    }
}

fn read(line: Value) -> Result<Question, String> {
    let unread =
        |fault| format!("缺少字段或其值不合要求（a field is missing or cannot be read）：{fault}");
    let question: Question = serde_json::from_value(line).map_err(unread)?;
    if question.limit == Limit::WorkingMinutes(0) {
        return Err("working_minutes 至少为 1（must be at least 1）".to_owned());
    }
    let backwards = |pause: &&Pause| pause.to.is_some_and(|to| to < pause.from);
    if let Some(pause) = question.pauses.iter().find(backwards) {
        let from = pause.from;
        return Err(format!("始于 {from} 的挂起止于其始之前（the pause ends before it begins）"));
    }
    Ok(question)
}

/// RFC 3339 in the zone of the calendar, with a fraction of a second only where there is one.
fn written(instant: Timestamp, calendar: &Calendar) -> String {
    let offset = calendar.zone().to_offset(instant);
    instant.display_with_offset(offset).to_string()
}
