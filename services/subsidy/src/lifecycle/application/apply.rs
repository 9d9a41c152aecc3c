//! What an application is after a fact. Folding all its facts gives the application.

use super::fact::{ApplicationFact, LapseCause, Opened, Reopening, What};
use super::kept::{Application, Opinion, Supplement};
use super::limits::Wait;
use super::people::{Part, People};
use super::segments::Segments;
use super::tables::State;

/// What it is after a fact.
pub fn apply(before: Option<Application>, fact: &ApplicationFact) -> Option<Application> {
    match (&fact.what, before) {
        (What::Matched(opened) | What::Applied { opened, .. }, None) => {
            let mut application = Application::begun(opened, fact);
            application.take_in(fact);
            Some(application)
        }
        (_, Some(mut application)) => {
            application.take_in(fact);
            Some(application)
        }
        (_, None) => None,
    }
}

impl Application {
    /// As it is before its first fact takes effect.
    pub(super) fn begun(opened: &Opened, fact: &ApplicationFact) -> Application {
        let Opened { id, opening, dated, annual_cap, computed, wait } = opened;
        let terms = &opening.version.terms;
        let owner = &terms.department;
        let payer = terms.shares.first().map_or(owner, |share| &share.payer);
        Application {
            id: *id,
            opening: opening.clone(),
            state: State::Matched,
            dated: *dated,
            snapshot: opening.snapshot.clone(),
            computed: *computed,
            amount: *computed,
            lowered: None,
            annual_cap: *annual_cap,
            payee: opening.payee.clone(),
            people: People::new(),
            supplement: None,
            department: owner.clone(),
            second_department: payer.clone(),
            orders: 0,
            order: None,
            progress: None,
            review: None,
            second: None,
            budget_year: None,
            held: Vec::new(),
            queued_at: None,
            notice: None,
            objections: Vec::new(),
            approved: None,
            refused: None,
            splitting: None,
            draws: Vec::new(),
            wait: Some(*wait),
            promised: None,
            segments: Segments::default(),
            opened_at: fact.at,
            changed_at: fact.at,
        }
    }

    /// A fact takes effect.
    pub(super) fn take_in(&mut self, fact: &ApplicationFact) {
        if !fact.what.is_a_note() {
            self.changed_at = self.changed_at.max(fact.at);
        }
        match &fact.what {
            What::Matched(_)
            | What::Applied { .. }
            | What::MatchConfirmed { .. }
            | What::SupplementAsked { .. }
            | What::Supplemented { .. }
            | What::Accepted { .. }
            | What::ChecksPassed { .. } => self.take_filing(fact),
            What::Reviewed { .. }
            | What::SplittingSeen(_)
            | What::SecondReviewed { .. }
            | What::Held { .. }
            | What::Queued { .. }
            | What::Dequeued
            | What::PutOnNotice { .. }
            | What::ApprovalAwaited { .. } => self.take_review(fact),
            What::NoticeStarted { .. }
            | What::NoticeEnded { .. }
            | What::ObjectionRaised(_)
            | What::ObjectionDecided { .. }
            | What::AccountConfirmed { .. } => self.take_notice(fact),
            What::Approved(_)
            | What::Refused { .. }
            | What::Withdrawn { .. }
            | What::Lapsed { .. }
            | What::Sampled { .. } => self.take_end(fact),
            What::WorkDeclined { .. }
            | What::Redirected { .. }
            | What::Progressed { .. }
            | What::LimitMissed { .. }
            | What::DueChanged { .. }
            | What::PromiseChanged { .. }
            | What::NoticeChanged { .. }
            | What::DepartmentSucceeded { .. }
            | What::HeardLate { .. } => self.take_course(fact),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`take_in` names the facts of each part")]
    fn take_filing(&mut self, fact: &ApplicationFact) {
        match &fact.what {
            What::Matched(_) => self.segments.eligible_at = Some(fact.at),
            What::Applied { order, promised, .. } => {
                self.takes_part(Part::Filer, fact);
                self.state = State::Submitted;
                self.segments.submitted_at = Some(fact.at);
                self.has_order(order);
                self.promised = Some(promised.clone());
            }
            What::MatchConfirmed { payee, order, wait, promised } => {
                self.takes_part(Part::Filer, fact);
                self.payee = Some(payee.clone());
                self.segments.submitted_at = Some(fact.at);
                self.has_order(order);
                self.promised = Some(promised.clone());
                self.stands(State::Submitted, *wait);
            }
            What::SupplementAsked { lacks, wait, promised } => {
                self.takes_part(Part::FormChecker, fact);
                self.supplement = fact.by.as_ref().map(|by| Supplement {
                    lacks: lacks.clone(),
                    by: by.person.clone(),
                    asked_at: fact.at,
                    supplied_at: None,
                });
                self.promised.clone_from(promised);
                self.stands(State::SupplementDue, *wait);
            }
            What::Supplemented { snapshot, documents, computed, wait, promised, .. } => {
                self.takes_part(Part::Filer, fact);
                if let Some(supplement) = &mut self.supplement {
                    supplement.supplied_at = Some(fact.at);
                }
                self.snapshot = snapshot.clone();
                self.opening.documents.clone_from(documents);
                (self.computed, self.amount) = (*computed, *computed);
                self.promised.clone_from(promised);
                self.stands(State::Resubmitted, *wait);
            }
            What::Accepted { snapshot, annual_cap, .. } => {
                self.takes_part(Part::FormChecker, fact);
                self.state = State::Accepted;
                self.snapshot = snapshot.clone();
                self.annual_cap = *annual_cap;
                self.segments.accepted_at = Some(fact.at);
            }
            What::ChecksPassed { computed, wait } => {
                (self.computed, self.amount) = (*computed, *computed);
                self.stands(State::UnderReview, *wait);
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`take_in` names the facts of each part")]
    fn take_review(&mut self, fact: &ApplicationFact) {
        match &fact.what {
            What::Reviewed { amount, lowered, opinion, order, wait, .. } => {
                self.takes_part(Part::Reviewer, fact);
                self.review = opinion_of(fact, opinion);
                self.amount = *amount;
                self.lowered.clone_from(lowered);
                self.segments.reviewed_at = Some(fact.at);
                self.has_order(order);
                self.stands(State::Reviewed, *wait);
            }
            What::SplittingSeen(splitting) => self.splitting = Some(*splitting),
            What::SecondReviewed { opinion, .. } => {
                self.takes_part(Part::SecondReviewer, fact);
                self.second = opinion_of(fact, opinion);
                self.segments.second_reviewed_at = Some(fact.at);
                (self.order, self.progress) = (None, None);
            }
            What::Held { year, lines, .. } => {
                self.budget_year = Some(*year);
                self.held.clone_from(lines);
            }
            What::Queued { wait, .. } => {
                self.held.clear();
                self.queued_at = Some(fact.at);
                self.stands(State::Queued, *wait);
            }
            What::Dequeued => {
                self.queued_at = None;
                self.state = State::Reviewed;
            }
            What::PutOnNotice { wait } => self.stands(State::OnNotice, *wait),
            What::ApprovalAwaited { wait } => self.wait = Some(*wait),
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`take_in` names the facts of each part")]
    fn take_notice(&mut self, fact: &ApplicationFact) {
        match &fact.what {
            What::NoticeStarted { notice, wait, .. } => {
                self.notice = Some((**notice).clone());
                self.segments.notice_started_at = Some(notice.started_at);
                self.segments.notice_ended_at = None;
                self.wait = *wait;
            }
            What::NoticeEnded { wait } => {
                if let Some(notice) = &mut self.notice {
                    notice.ended_at = Some(fact.at);
                }
                self.segments.notice_ended_at = Some(fact.at);
                self.wait = *wait;
            }
            What::AccountConfirmed { payee, reopening, wait } => {
                self.takes_part(Part::Filer, fact);
                self.payee = Some(payee.clone());
                self.wait = wait.or(self.wait);
                if let Some(reopening) = reopening {
                    self.reopens(State::Reviewed, reopening);
                }
            }
            What::ObjectionRaised(objection) => {
                self.takes_part(Part::Objector, fact);
                self.objections.push((**objection).clone());
            }
            What::ObjectionDecided { number, decision, reopening } => {
                self.takes_part(Part::ObjectionDecider, fact);
                let mut objections = self.objections.iter_mut();
                if let Some(of) = objections.find(|objection| objection.number == *number) {
                    of.decision = Some(decision.clone());
                }
                if let Some(reopening) = reopening {
                    self.reopens(State::UnderReview, reopening);
                }
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`take_in` names the facts of each part")]
    fn take_end(&mut self, fact: &ApplicationFact) {
        match &fact.what {
            What::Approved(approved) => {
                self.takes_part(Part::Approver, fact);
                self.approved = Some((**approved).clone());
                self.segments.approved_at = Some(fact.at);
                self.ends(State::Approved);
            }
            What::Refused { refused, .. } => {
                self.refused = Some(refused.clone());
                self.ends(State::Rejected);
            }
            What::Withdrawn { .. } => self.ends(State::Withdrawn),
            What::Lapsed {
                cause: LapseCause::PolicyEnded | LapseCause::NotSupplemented, ..
            } => {
                self.ends(State::Lapsed);
            }
            What::Sampled { draw, .. } => self.draws.push((**draw).clone()),
            _ => {}
        }
    }

    /// Somebody takes a part, and for whom they act with them.
    fn takes_part(&mut self, part: Part, fact: &ApplicationFact) {
        let people = fact.by.iter().flat_map(|by| by.people());
        self.people.entry(part).or_default().extend(people);
    }

    /// It stands in a state and waits.
    fn stands(&mut self, state: State, wait: Wait) {
        self.state = state;
        self.wait = Some(wait);
    }

    /// A department has an order for it.
    fn has_order(&mut self, order: &super::work::Order) {
        self.order = Some(order.clone());
        self.progress = None;
        self.orders += 1;
    }

    /// A review is done again. What is set aside stays so; its period on notice goes on.
    fn reopens(&mut self, state: State, reopening: &Reopening) {
        self.second = None;
        self.queued_at = None;
        self.has_order(&reopening.order);
        self.stands(state, reopening.wait);
    }

    /// Nothing is awaited any more, and nothing set aside.
    fn ends(&mut self, state: State) {
        self.state = state;
        (self.wait, self.order, self.progress) = (None, None, None);
        self.held.clear();
        self.queued_at = None;
    }
}

/// What somebody found.
fn opinion_of(fact: &ApplicationFact, opinion: &str) -> Option<Opinion> {
    let by = fact.by.as_ref()?;
    Some(Opinion { by: by.person.clone(), opinion: opinion.to_owned(), at: fact.at })
}
