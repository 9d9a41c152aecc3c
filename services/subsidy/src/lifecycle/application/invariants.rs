//! What holds of every application, whatever happens to it.

use base::Fen;

use super::alarm::{Alarm, armed};
use super::kept::Application;
use super::people::{APART, Part};
use super::tables::State;
use super::work::Purpose;

impl Application {
    /// The first invariant that does not hold, by its id. One predicate for tests and sweeps.
    pub fn broken_invariant(&self) -> Option<&'static str> {
        let rules = [
            ("A1: the amount is never more than the formula gives, and never nothing", {
                Fen::ZERO < self.amount && self.amount <= self.computed
            }),
            ("A2: what is less than the formula gives has a reason", {
                let reason = self.lowered.as_ref().map(|lowered| !lowered.reason.trim().is_empty());
                reason == (self.amount < self.computed).then_some(true)
            }),
            ("A3: every state that is not final has somebody's wait and a way to its end", {
                if self.state.is_final() { self.wait.is_none() } else { self.waits() }
            }),
            ("A4: nobody reviews what they filed, or reviews it twice", self.people_are_apart()),
            ("A5: a department has work exactly where its review is awaited", self.order_fits()),
            (
                "A6: what is set aside is the amount, and set aside only between the second review and \
              the approval",
                self.hold_fits(),
            ),
            (
                "A7: what was approved is the amount, in parts that sum up to it, once its notice was \
              over",
                self.approval_fits(),
            ),
            ("A8: who got nothing is told why", {
                self.refused.is_some() == (self.state == State::Rejected)
            }),
            ("A9: it never rests while the checks run", self.state != State::Accepted),
            ("A10: a notice ends no earlier than it is due", {
                let ended =
                    self.notice.as_ref().and_then(|notice| Some((notice, notice.ended_at?)));
                ended.is_none_or(|(notice, at)| notice.due.at <= at)
            }),
            ("A11: time never runs back", {
                self.opened_at <= self.changed_at
                    && self
                        .segments
                        .in_order()
                        .into_iter()
                        .flatten()
                        .all(|at| self.opened_at <= at && at <= self.changed_at)
            }),
        ];
        rules.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule)
    }

    /// It waits, and something rings at the end of the wait: the wait's own alarm, the end of the
    /// notice or, before that, of an objection.
    fn waits(&self) -> bool {
        let rings = armed(self).iter().any(|(alarm, _)| *alarm != Alarm::Promise);
        self.wait.is_some() && rings
    }

    fn people_are_apart(&self) -> bool {
        // An objection, or what is filed later, bars from what comes after it, not from what was done.
        let later = [Part::Objector, Part::Filer];
        APART.iter().all(|(part, others)| {
            let own = self.people_of(&[*part]);
            let others: Vec<Part> =
                others.iter().copied().filter(|other| !later.contains(other)).collect();
            own.is_disjoint(&self.people_of(&others))
        })
    }

    fn order_fits(&self) -> bool {
        let purpose = self.order.as_ref().map(|order| order.purpose);
        match self.state {
            State::Submitted
            | State::SupplementDue
            | State::Resubmitted
            | State::Accepted
            | State::UnderReview => purpose == Some(Purpose::Review),
            State::Reviewed => (purpose == Some(Purpose::SecondReview)) == self.second.is_none(),
            State::Matched
            | State::Queued
            | State::OnNotice
            | State::Approved
            | State::Withdrawn
            | State::Rejected
            | State::Lapsed => purpose.is_none(),
        }
    }

    fn hold_fits(&self) -> bool {
        let sum = Fen::checked_sum(self.held.iter().map(|(_, amount)| *amount));
        let whole = sum == Some(self.amount);
        match self.state {
            State::OnNotice => whole,
            // What is reviewed again keeps what was set aside for what was found before.
            State::Reviewed if self.second.is_some() => whole,
            State::Reviewed | State::UnderReview => true,
            State::Matched
            | State::Submitted
            | State::SupplementDue
            | State::Resubmitted
            | State::Accepted
            | State::Queued
            | State::Approved
            | State::Withdrawn
            | State::Rejected
            | State::Lapsed => self.held.is_empty(),
        }
    }

    fn approval_fits(&self) -> bool {
        let Some(approved) = &self.approved else { return self.state != State::Approved };
        let sum = Fen::checked_sum(approved.shares.iter().map(|share| share.amount));
        let noticed = self.notice_before().is_none()
            || self.notice.as_ref().is_some_and(|notice| {
                notice.ended_at.is_some_and(|ended| ended <= approved.at)
                    && approved.amount <= notice.amount
            });
        self.state == State::Approved
            && approved.amount == self.amount
            && sum == Some(self.amount)
            && noticed
            && self.has_confirmed_account()
    }
}
