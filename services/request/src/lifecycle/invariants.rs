//! What holds of every ticket, whatever happens to it.

use super::State;
use super::alarm::alarm_of;
use super::limits::CONTENT_LEVEL_MIN;
use super::ticket::Ticket;

impl State {
    /// Whether the matter is still going on.
    pub fn is_open(self) -> bool {
        match self {
            State::Submitted
            | State::Accepted
            | State::OnPlan
            | State::Answered
            | State::Confirmed
            | State::Dissatisfied => true,
            State::Closed
            | State::ClosedUnresolved
            | State::Rejected
            | State::Merged
            | State::Withdrawn => false,
        }
    }
}

impl Ticket {
    /// The first invariant that does not hold, by its id. One predicate for tests and sweeps.
    pub fn broken_invariant(&self) -> Option<&'static str> {
        let is = |states: &[State]| states.contains(&self.state);
        let answered = self.round.answer.is_some();
        let rules = [
            ("T1: who waits has a due instant, a start of it and an armed alarm", {
                let waits = alarm_of(self).is_some();
                let armed =
                    [self.due.is_some(), self.waits_since.is_some(), self.rings_at.is_some()];
                armed == [waits; 3] && (waits || !self.state.is_open() || is(&[State::Accepted]))
            }),
            ("T2: whose work is under way or was put on plan has an order and a rule", {
                let asked = self.round.work_order.is_some() && self.rule.is_some();
                !is(&[State::Accepted, State::OnPlan]) || (asked && !self.round.withdrawn)
            }),
            ("T3: an answer stands from the answering on, and not before", {
                match self.state {
                    State::Submitted | State::Accepted | State::Merged | State::Rejected => {
                        !answered
                    }
                    State::OnPlan
                    | State::Answered
                    | State::Confirmed
                    | State::Dissatisfied
                    | State::Closed
                    | State::ClosedUnresolved => answered,
                    State::Withdrawn => true,
                }
            }),
            ("T4: content is level 3 and above, discontent is below", self.verdict_fits()),
            ("T5: closed is closed at an instant", {
                self.closed_at.is_some() == is(&[State::Closed, State::ClosedUnresolved])
            }),
            ("T6: time never runs back", {
                let answered_at = self.round.answer.as_ref().map(|answer| answer.answered_at);
                let begun = [Some(self.submitted_at), self.round.begun_at];
                let ended = [answered_at, self.closed_at, Some(self.changed_at)];
                begun.into_iter().chain(ended).flatten().is_sorted()
            }),
            ("T7: what belongs to one state alone is there in it alone", {
                self.merged_into.is_some() == is(&[State::Merged])
                    && self.withdrawal.is_some() == is(&[State::Withdrawn])
                    && self.review.is_some() == is(&[State::OnPlan])
                    && (self.rejection.is_none() || is(&[State::Accepted, State::Rejected]))
                    && (self.explanation.is_none()
                        || is(&[State::Dissatisfied, State::ClosedUnresolved]))
            }),
            (
                "T8: the department complained of neither leads nor is the one that the work is with",
                { self.complained.is_none() || self.round.lead != self.complained },
            ),
            ("T9: rounds are numbered from 1 without a gap", {
                self.rounds().map(|round| round.number).eq(1..=self.round.number)
            }),
            ("T10: what waits for verification is a rating", {
                self.verifications.iter().all(|of| {
                    let mut rounds = self.rounds().filter(|round| round.number == of.round);
                    rounds.any(|round| round.rating.is_some())
                })
            }),
        ];
        rules.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule)
    }

    /// Whether the enterprise's word, or that there is none, fits the state.
    fn verdict_fits(&self) -> bool {
        let level = self.round.verdict.as_ref().map(|verdict| verdict.level);
        let content = level.is_some_and(|level| CONTENT_LEVEL_MIN <= level);
        match self.state {
            State::Confirmed => content,
            State::Dissatisfied | State::ClosedUnresolved => level.is_some() && !content,
            State::Closed => content || level.is_none(),
            State::Submitted
            | State::Accepted
            | State::OnPlan
            | State::Answered
            | State::Rejected
            | State::Merged
            | State::Withdrawn => level.is_none(),
        }
    }
}
