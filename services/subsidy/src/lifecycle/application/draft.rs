//! A decision in the making: each fact takes effect at once, and what follows from it follows.

use calendar::Moment;

use super::super::By;
use super::fact::{ApplicationFact, What};
use super::kept::Application;
use super::limits::{Owner, Step, Wait, step_within};
use super::tables::State;

/// An application as it will be, and what has happened to it so far.
pub(super) struct Draft<'a> {
    pub(super) application: Application,
    pub(super) moment: Moment<'a>,
    by: Option<By>,
    facts: Vec<ApplicationFact>,
}

impl<'a> Draft<'a> {
    /// A decision about an application, never before it last changed.
    pub(super) fn of(application: &Application, moment: Moment<'a>) -> Draft<'a> {
        let now = moment.now.max(application.changed_at);
        let (application, moment) = (application.clone(), Moment { now, ..moment });
        Draft { application, moment, by: None, facts: Vec::new() }
    }

    /// From here on, what happens is somebody's doing.
    pub(super) fn is_by(&mut self, by: &By) {
        self.by = Some(by.clone());
    }

    /// Something happens.
    pub(super) fn happen(&mut self, what: What) {
        let fact = ApplicationFact { at: self.moment.now, by: self.by.clone(), what };
        self.application.take_in(&fact);
        self.facts.push(fact);
    }

    /// Everything that happened, and what follows from it by itself.
    pub(super) fn settled(mut self) -> Vec<ApplicationFact> {
        self.follow();
        self.facts
    }

    /// What follows by itself: a period that is over ends as soon as no objection is open.
    pub(super) fn follow(&mut self) {
        let application = &self.application;
        let noticed = matches!(application.state, State::OnNotice | State::Approved);
        let over = application
            .notice
            .as_ref()
            .is_some_and(|notice| notice.runs() && notice.due.at <= self.moment.now);
        let published = !application.must_be_published();
        if noticed && over && published && application.open_objection().is_none() {
            let wait = (application.state == State::OnNotice).then(|| self.approval_wait());
            self.by = None;
            self.happen(What::NoticeEnded { wait });
        }
    }

    /// A step is awaited from the moment on.
    pub(super) fn step_wait(&self, owner: Owner, step: Step) -> Wait {
        let within = step_within(self.application.terms().mode, step);
        Wait::starting(self.moment, owner, within)
    }

    /// The approval is awaited from the moment on, by whoever has to give it.
    pub(super) fn approval_wait(&self) -> Wait {
        let above = self.application.is_above_threshold();
        let owner = if above { Owner::ZoneLeader } else { Owner::SecondReviewer };
        self.step_wait(owner, Step::Approve)
    }
}
