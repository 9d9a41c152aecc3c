//! The ticket after a fact: nothing else ever makes a next state.

use std::collections::BTreeSet;

use base::{DepartmentId, PersonId};
use calendar::Due;
use jiff::Timestamp;

use super::State;
use super::fact::{Asked, Fact, What};
use super::round::{Answer, CallBack, Cause, Rating, Round, Verdict};
use super::ticket::{
    Appeal, Decision, Reckoned, Rejection, Submission, Ticket, Verification, Withdrawal,
};
use super::work::{Progress, WorkState};

/// The ticket after a fact. Folding all its facts gives the ticket.
pub fn apply(before: Option<Ticket>, fact: &Fact) -> Option<Ticket> {
    if let What::Submitted { id, submission, accept_due } = &fact.what {
        return Some(Ticket {
            id: *id,
            submission: Submission::clone(submission),
            state: State::Submitted,
            round: Round::first(fact.at),
            earlier: Vec::new(),
            complained: submission.complained.clone(),
            rule: None,
            concerned: BTreeSet::new(),
            ruled_by: BTreeSet::new(),
            rejection: None,
            explanation: None,
            appeal: None,
            merged_into: None,
            withdrawal: None,
            review: None,
            verifications: Vec::new(),
            reopened_times: 0,
            due: Some(*accept_due),
            waits_since: Some(fact.at),
            told_times: 0,
            rings_at: Some(accept_due.at),
            submitted_at: fact.at,
            closed_at: None,
            contact_erased_at: None,
            moved_at: Some(fact.at),
            changed_at: fact.at,
        });
    }
    let mut ticket = before?;
    if !fact.what.is_a_note() {
        ticket.moved_at = ticket.moved_at.max(Some(fact.at));
    }
    if !fact.what.is_unseen() {
        ticket.changed_at = ticket.changed_at.max(fact.at);
    }
    ticket.take_in(fact);
    Some(ticket)
}

impl Ticket {
    fn take_in(&mut self, fact: &Fact) {
        let at = fact.at;
        match &fact.what {
            What::Submitted { .. }
            | What::ContactRead
            | What::HeardLate { .. }
            | What::Supplemented { .. } => {}
            What::EvidenceAdded { evidence, .. } => self.round.evidence.push(evidence.clone()),
            What::Accepted { asked, .. } => self.ask(asked),
            What::RejectionProposed { rejection, lapse_due } => {
                self.propose_rejection(rejection, *lapse_due, at);
            }
            What::RejectionLapsed => {
                self.rejection = None;
                self.rest(State::Accepted);
            }
            What::Rejected { rejection, by } => self.reject(rejection, by),
            What::Merged { into } => {
                self.give_up_work(State::Merged);
                self.merged_into = Some(*into);
            }
            What::Withdrawn { reason, call_back_due } => {
                self.withdraw(reason, *call_back_due, at);
            }
            What::Progressed { progress, concerned } => self.progress(progress, concerned),
            What::Answered { answer, concerned, call_back_due } => {
                self.answer(answer, concerned);
                self.wait(State::Answered, *call_back_due, at);
            }
            What::Planned { answer, concerned, until, review_due } => {
                self.answer(answer, concerned);
                self.wait(State::OnPlan, *until, at);
                self.review_at(*review_due, at);
            }
            What::PlanReviewDue { review_due } => self.review_at(*review_due, at),
            What::CalledBack { call, next_due } => self.call_back(call, *next_due, at),
            What::Confirmed { verdict, close_due } => {
                self.judge(verdict, State::Confirmed, *close_due);
            }
            What::Dissatisfied { verdict, redo_due } => {
                self.judge(verdict, State::Dissatisfied, *redo_due);
            }
            What::Rated { rating } => self.rate(rating.clone()),
            What::RatingVerified { round, counts, reason, .. } => {
                self.verify(*round, *counts, reason, at);
            }
            What::RoundBegun { cause, reason, asked, .. } => {
                self.begin_round(*cause, reason, asked, at);
            }
            What::ExplanationProposed { explanation } => {
                self.ruled_by.extend(explanation.by.iter().cloned());
                self.explanation = Some(explanation.clone());
            }
            What::ExplanationDecided { approved, by, .. } => self.explain(*approved, by, at),
            What::Closed { .. } => self.close(State::Closed, at),
            What::Appealed { reason, decide_due } => self.appeal(reason, *decide_due, at),
            What::AppealDecided { upheld, reason } => self.decide_appeal(*upheld, reason, at),
            What::LimitMissed { next_due, .. } => {
                self.told_times += 1;
                self.rings_at = Some(next_due.at);
            }
            What::DueChanged { new, rings_at, .. } => self.move_due(*new, *rings_at),
            What::ReviewDueChanged { new, .. } => self.move_review(*new),
            What::VerificationDueChanged { round, new, .. } => self.move_verification(*round, *new),
            What::DepartmentSucceeded { department, successor } => {
                self.succeed(department, successor);
            }
            What::ContactErased { .. } => self.contact_erased_at = Some(at),
        }
    }

    /// Comes to wait in a state until a due instant, for which its alarm is armed.
    fn wait(&mut self, state: State, due: Due, since: Timestamp) {
        self.rest(state);
        self.due = Some(due);
        self.waits_since = Some(since);
        self.rings_at = Some(due.at);
    }

    /// Comes to a state in which it waits for nobody here. What was only proposed falls.
    fn rest(&mut self, state: State) {
        if self.state != state {
            self.review = None;
            self.rejection = None;
            if state != State::ClosedUnresolved {
                self.explanation = None;
            }
        }
        self.state = state;
        self.due = None;
        self.waits_since = None;
        self.told_times = 0;
        self.rings_at = None;
    }

    /// What dispatch was asked for.
    fn ask(&mut self, asked: &Asked) {
        self.round.lead = asked.lead.clone();
        self.round.work_order = Some(asked.work_order);
        self.rule = Some(asked.rule.clone());
        self.rest(State::Accepted);
    }

    fn begin_round(&mut self, cause: Cause, reason: &str, asked: &Asked, at: Timestamp) {
        if asked.round != self.round.number {
            let run_on = self.round.limits_run_from().filter(|_| self.promise_stands(cause));
            let next = Round { number: asked.round, limits_since: run_on, ..Round::first(at) };
            self.earlier.push(std::mem::replace(&mut self.round, next));
        }
        self.round.cause = cause;
        self.round.reason = reason.to_owned();
        self.reopened_times += u32::from(cause == Cause::Reopen);
        self.closed_at = None;
        self.merged_into = None;
        self.ask(asked);
    }

    /// Whether a new round goes on with the limits of the one before: the promise to the enterprise
    /// never restarts (docs/domain.md §3) while nothing has answered it. So it is where a merge is
    /// undone, or a rejection on appeal. After an answer an appeal that is upheld is like a redoing: it
    /// has limits of its own, from now on (§4).
    fn promise_stands(&self, cause: Cause) -> bool {
        match cause {
            Cause::Split => true,
            Cause::Appeal => self.round.answer.is_none(),
            Cause::Submitted | Cause::Redo | Cause::Plan | Cause::Reopen => false,
        }
    }

    fn propose_rejection(&mut self, rejection: &Rejection, lapse_due: Due, at: Timestamp) {
        self.ruled_by.extend(rejection.by.iter().cloned());
        self.rejection = Some(rejection.clone());
        self.wait(State::Accepted, lapse_due, at);
    }

    fn reject(&mut self, rejection: &Rejection, by: &[PersonId]) {
        self.ruled_by.extend(rejection.by.iter().chain(by).cloned());
        self.give_up_work(State::Rejected);
        self.rejection = Some(rejection.clone());
    }

    fn withdraw(&mut self, reason: &str, call_back_due: Option<Due>, at: Timestamp) {
        self.give_up_work(State::Withdrawn);
        self.withdrawal = Some(Withdrawal { reason: reason.to_owned(), withdrawn_at: at });
        if let Some(due) = call_back_due {
            self.wait(State::Withdrawn, due, at);
        }
    }

    /// Ends without the work that may be under way.
    fn give_up_work(&mut self, state: State) {
        self.round.withdrawn = self.state == State::Accepted;
        self.rest(state);
    }

    fn progress(&mut self, progress: &Progress, concerned: &[PersonId]) {
        // 首接负责: the first department leads until its successor claims.
        let leads = progress.claimed_by.as_ref().filter(|by| self.complained.as_ref() != Some(by));
        if let Some(leads) = leads {
            self.round.lead = Some(leads.clone());
        }
        self.round.was_claimed |= progress.claimed_by.is_some();
        self.round.progress = Some(progress.clone());
        self.concerned.extend(concerned.iter().cloned());
    }

    fn answer(&mut self, answer: &Answer, concerned: &[PersonId]) {
        self.round.withdrawn = answer.directly && self.round.work_order.is_some();
        if let Some(progress) = self.round.progress.as_mut().filter(|_| !answer.directly) {
            progress.state = WorkState::Completed;
        }
        self.round.answer = Some(answer.clone());
        self.concerned.extend(concerned.iter().chain(&answer.signer).cloned());
    }

    fn call_back(&mut self, call: &CallBack, next_due: Option<Due>, at: Timestamp) {
        self.round.call_backs.push(call.clone());
        match next_due {
            Some(due) => self.wait(self.state, due, at),
            None => self.rest(self.state),
        }
    }

    fn judge(&mut self, verdict: &Verdict, state: State, due: Due) {
        self.round.verdict = Some(verdict.clone());
        if !verdict.by_call_back {
            self.rate(Rating::from(verdict));
        }
        // Discontent that is said again waits on.
        if (self.state, state) != (State::Dissatisfied, State::Dissatisfied) {
            self.wait(state, due, verdict.given_at);
        }
    }

    fn rate(&mut self, rating: Rating) {
        if let Some(due) = rating.verify_due {
            let awaited = Reckoned { due, since: rating.rated_at };
            let (round, doubts) = (self.round.number, rating.doubts.clone());
            self.verifications.push(Verification { round, awaited, doubts, decision: None });
        }
        self.round.rating = Some(rating);
    }

    fn verify(&mut self, round: u32, granted: bool, reason: &str, decided_at: Timestamp) {
        for of in self.verifications.iter_mut().filter(|of| of.round == round) {
            of.decision = Some(Decision { granted, reason: reason.to_owned(), decided_at });
        }
    }

    fn explain(&mut self, approved: bool, by: &[PersonId], at: Timestamp) {
        self.ruled_by.extend(by.iter().cloned());
        if approved {
            self.close(State::ClosedUnresolved, at);
        } else {
            self.explanation = None;
        }
    }

    fn close(&mut self, state: State, at: Timestamp) {
        self.rest(state);
        self.closed_at = Some(at);
    }

    fn appeal(&mut self, reason: &str, decide_due: Due, at: Timestamp) {
        let (reason, appealed_at) = (reason.to_owned(), at);
        self.appeal = Some(Appeal { reason, appealed_at, decision: None });
        self.wait(self.state, decide_due, at);
    }

    fn decide_appeal(&mut self, granted: bool, reason: &str, decided_at: Timestamp) {
        if let Some(appeal) = &mut self.appeal {
            let reason = reason.to_owned();
            appeal.decision = Some(Decision { granted, reason, decided_at });
        }
        self.rest(self.state);
    }

    fn move_due(&mut self, new: Due, rings_at: Timestamp) {
        // What is due only later after all was not missed: telling begins anew.
        if rings_at == new.at {
            self.told_times = 0;
        }
        self.due = Some(new);
        self.rings_at = Some(rings_at);
    }

    fn review_at(&mut self, due: Due, since: Timestamp) {
        self.review = Some(Reckoned { due, since });
    }

    fn move_review(&mut self, new: Due) {
        self.review.iter_mut().for_each(|review| review.due = new);
    }

    fn move_verification(&mut self, round: u32, new: Due) {
        let of_round = self.verifications.iter_mut().filter(|of| of.round == round);
        of_round.for_each(|of| of.awaited.due = new);
    }

    fn succeed(&mut self, department: &DepartmentId, successor: &DepartmentId) {
        let progress = self.round.progress.as_mut();
        let has = progress.map(|work| [&mut work.department, &mut work.claimed_by]);
        let own = has.into_iter().flatten().chain([&mut self.round.lead, &mut self.complained]);
        for part in own.filter(|part| part.as_ref() == Some(department)) {
            *part = Some(successor.clone());
        }
        if self.complained.is_some() && self.round.lead == self.complained {
            self.round.lead = None;
        }
    }
}
