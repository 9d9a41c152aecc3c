//! What time does to a disbursement: it is stranded, its result is unknown, it counts as confirmed;
//! whoever is late is told of, again and again.

use calendar::Moment;
use jiff::Timestamp;
use strum::{Display, EnumString};

use super::draft::Draft;
use super::fact::What;
use super::kept::Disbursement;
use super::limits::{DECIDE_WITHIN, INQUIRE_AGAIN_AFTER, Wait};
use super::tables::State;

/// What a disbursement waits for. There is one thing at a time, by its state; it is rung by
/// [`super::DisbursementCommand::Ring`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DisbursementAlarm {
    /// Whatever its state waits for.
    Wait,
}

/// The alarms that a disbursement has armed, each by the word by which it is rung.
pub fn alarms(disbursement: &Disbursement) -> Vec<(String, Timestamp)> {
    let wait = disbursement.wait.filter(|wait| wait.rings_at < Timestamp::MAX);
    wait.map(|wait| (DisbursementAlarm::Wait.to_string(), wait.rings_at)).into_iter().collect()
}

/// The alarm rings. If nothing is awaited any more, it does nothing. The wall clock may have run back
/// since, so it counts as rung at its own instant at the earliest.
pub(super) fn ring(draft: &mut Draft<'_>) {
    let Some(wait) = draft.disbursement.wait else { return };
    let late = Moment { now: draft.moment.now.max(wait.rings_at), ..draft.moment };
    match draft.disbursement.state {
        State::Payable | State::Batched | State::Returned => {
            draft.moment = late;
            draft.happen(What::Stranded { told: wait.next_told(), wait: wait.told(late) });
        }
        State::Sent => {
            // As of the instant at which the time was over, however late that rings.
            as_of(draft, wait);
            let wait = Wait::starting(draft.moment, INQUIRE_AGAIN_AFTER);
            draft.happen(What::ReportMissing { instruction: last(draft), wait });
        }
        State::Unknown => {
            draft.moment = late;
            let asked_again = Wait::starting(late, INQUIRE_AGAIN_AFTER);
            let wait = Wait { told_times: wait.told_times.saturating_add(1), ..asked_again };
            draft.happen(What::Inquired { instruction: last(draft), wait });
        }
        State::Paid => {
            as_of(draft, wait);
            draft.happen(What::ReceiptConfirmed { by: None });
        }
        State::ClawbackOpened if draft.disbursement.statement_runs() => {
            as_of(draft, wait);
            draft
                .happen(What::StatementEnded { wait: Wait::starting(draft.moment, DECIDE_WITHIN) });
        }
        State::Ordered | State::Exception | State::ClawbackOpened | State::Repaying => {
            draft.moment = late;
            draft.happen(What::LimitMissed { told: wait.next_told(), wait: wait.told(late) });
        }
        // Nothing is awaited in these.
        State::Confirmed | State::Lapsed | State::Repaid | State::Referred => {}
    }
}

/// What happens now does so at the instant that was awaited, but never before the last change.
fn as_of(draft: &mut Draft<'_>, wait: Wait) {
    draft.moment.now = wait.due.at.max(draft.disbursement.changed_at);
}

fn last(draft: &Draft<'_>) -> String {
    draft.disbursement.last_attempt().map(|one| one.instruction.clone()).unwrap_or_default()
}

/// The calendar has changed: what is awaited is reckoned anew, from where it was reckoned first.
pub(super) fn recount(draft: &mut Draft<'_>) {
    let Some(before) = draft.disbursement.wait else { return };
    let Some(wait) = before.recounted(draft.moment) else { return };
    // The enterprise was told until when it may speak: that is never shortened.
    if draft.disbursement.statement_runs() && wait.due.at < before.due.at {
        return;
    }
    draft.happen(What::DueChanged { wait });
}
