//! A due instant explained, as the contract writes it.

use calendar::{Explanation, Line, Pause, Skip, Verdict};
use contract::common::LimitTier;
use contract::directory::{self, DeadlineStep, ExplainDeadlineResponse};
use jiff::Timestamp;
use runtime::{Problem, Refusal, wire};

/// The most steps of one answer: about thirteen years, day by day.
pub const STEPS_MAX: usize = 5000;

/// What was counted and what was not, in order.
///
/// Fails if there are more steps than one answer holds.
pub fn answer(explanation: &Explanation) -> Result<ExplainDeadlineResponse, Refusal> {
    if STEPS_MAX < explanation.lines.len() {
        let english = "is too long to be explained step by step";
        let problem = Problem::other(english, "过长，无法逐日说明，请缩短");
        return Err(Refusal::field("limit.amount", problem));
    }
    Ok(ExplainDeadlineResponse {
        // No catalogue set this limit, and no tier.
        due: explanation.due.map(|due| wire::due(&due, 0, LimitTier::Unspecified)),
        steps: explanation.lines.iter().map(step).collect(),
        text: explanation.chinese(),
    })
}

/// The pauses of a request.
pub fn pauses_from(pauses: &[directory::Pause]) -> Result<Vec<Pause>, Refusal> {
    let pauses = pauses.iter().enumerate().map(|(place, pause)| {
        let from = format!("pauses[{place}].from_time");
        Ok(Pause {
            from: crate::wire::time_from(&from, pause.from_time.as_ref())?,
            to: wire::time_from(&format!("pauses[{place}].to_time"), pause.to_time.as_ref())?,
        })
    });
    pauses.collect()
}

fn step(line: &Line) -> DeadlineStep {
    let counted = matches!(line.verdict, Verdict::Day(_) | Verdict::Time(_));
    DeadlineStep {
        from_time: Some(wire::time(line.from)),
        // The end of time is no end.
        to_time: (line.to != Timestamp::MAX).then(|| wire::time(line.to)),
        counted,
        reason: reason(line),
    }
}

fn reason(line: &Line) -> String {
    match line.verdict {
        Verdict::Day(number) => format!("第{number}日，{}", line.day.chinese()),
        Verdict::Time(time) => match (time.as_secs() / 60, time.as_secs() % 60) {
            (minutes, 0) => format!("计入{minutes}分钟"),
            (minutes, seconds) => format!("计入{minutes}分{seconds}秒"),
        },
        Verdict::Reached => format!("期限届满之日，{}", line.day.chinese()),
        Verdict::Skipped(Skip::StartDay) => "起算当日不计".to_owned(),
        Verdict::Skipped(Skip::DayOff) => line.day.chinese(),
        Verdict::Skipped(Skip::Paused) => "挂起".to_owned(),
        Verdict::Skipped(Skip::OutsideOffice) => "办公时间外".to_owned(),
        Verdict::Skipped(Skip::BeforeOpening) => "顺延至下一办公时间".to_owned(),
    }
}
