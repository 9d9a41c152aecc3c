//! What may be asked of a ticket, and what happened to one.

use base::{DepartmentId, PersonId, TicketId, WorkOrderId};
use calendar::Due;
use jiff::Timestamp;

use super::State;
use super::alarm::{AlarmKind, Told};
use super::sight::Viewer;
use super::ticket::{Outcome, Rating, Submission};
use super::work::{Heard, Progress, Rule};

/// What may be asked of a ticket: by callers, by dispatch, by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Blow the whistle 企业吹哨.
    Submit {
        /// Its name, chosen by the service.
        id: TicketId,
        /// Who asks.
        by: Viewer,
        /// What is submitted.
        submission: Box<Submission>,
        /// The enterprise's own 企业特派员, if it has one; then no other may submit for it.
        envoy: Option<PersonId>,
    },
    /// Take it in.
    Accept {
        /// Who asks.
        by: Viewer,
        /// What the catalogue says of its category now.
        rule: Rule,
        /// The lead department, if not the catalogue's.
        lead: Option<DepartmentId>,
        /// The name of the order to be made, chosen by the service.
        work_order: WorkOrderId,
    },
    /// Add to it.
    Supplement {
        /// Who asks.
        by: Viewer,
        /// What is added.
        text: String,
    },
    /// Give the verdict.
    Rate {
        /// Who asks.
        by: Viewer,
        /// 5 非常满意 … 1 非常不满意.
        level: u8,
        /// Whether it was solved.
        solved: bool,
        /// In the enterprise's words.
        comment: String,
    },
    /// Close it.
    Close {
        /// Who asks.
        by: Viewer,
    },
    /// Read the contact unmasked; it is recorded and changes nothing.
    ReadContact {
        /// Who asks.
        by: Viewer,
    },
    /// Note what dispatch told. Never refused.
    Hear(Heard),
    /// A year of the calendar was published or amended; the moment's calendar has it. Never
    /// refused.
    Recount,
    /// An alarm rings. Never refused.
    Ring(AlarmKind),
}

/// Something that happened to a ticket, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
}

/// What happened. Each carries every instant that was computed, so that it needs no calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An enterprise blew the whistle.
    Submitted {
        /// The ticket's name.
        id: TicketId,
        /// What was submitted.
        submission: Box<Submission>,
        /// By when the dispatcher must have acted.
        accept_due: Due,
    },
    /// The dispatcher took it in and asked for the work.
    Accepted {
        /// The department that shall lead.
        lead: DepartmentId,
        /// The order that was asked for.
        work_order: WorkOrderId,
        /// The round.
        round: u32,
        /// After its limit.
        late: bool,
        /// What the work goes by.
        rule: Rule,
    },
    /// The enterprise added to it.
    Supplemented {
        /// What it added.
        text: String,
    },
    /// The work moved.
    Progressed {
        /// Where it stands now.
        progress: Progress,
        /// Who is newly known to have had a hand in it.
        concerned: Vec<PersonId>,
    },
    /// The department's answer reached it.
    Answered {
        /// The round.
        round: u32,
        /// What became of it.
        outcome: Outcome,
        /// What the enterprise is told.
        answer: String,
        /// Who had a hand in it.
        concerned: Vec<PersonId>,
        /// By when the enterprise must have been asked.
        call_back_due: Due,
    },
    /// The enterprise is content.
    Confirmed {
        /// Its verdict.
        rating: Rating,
        /// By when it closes by itself.
        close_due: Due,
    },
    /// The enterprise is not content.
    Dissatisfied {
        /// Its verdict.
        rating: Rating,
        /// By when the dispatcher must have acted.
        redo_due: Due,
    },
    /// It is done.
    Closed {
        /// Its limit ran out and it closed by itself.
        by_itself: bool,
    },
    /// A limit ran out; somebody is told.
    LimitMissed {
        /// The state it waited in.
        state: State,
        /// The limit that ran out.
        due: Due,
        /// Who is told.
        told: Told,
        /// When somebody is told again.
        next_due: Due,
    },
    /// A year of the calendar was published or amended, and the due instant moved with it.
    DueChanged {
        /// The state it waits in.
        state: State,
        /// What it was.
        old: Due,
        /// What it is.
        new: Due,
        /// When its alarm rings next.
        rings_at: Timestamp,
    },
    /// Somebody read the contact unmasked.
    ContactRead,
}
