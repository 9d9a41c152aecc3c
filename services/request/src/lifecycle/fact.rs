//! What happened to a ticket.

use base::{DepartmentId, PersonId, TicketId, WorkOrderId};
use calendar::Due;
use jiff::Timestamp;

use super::State;
use super::alarm::Told;
use super::evidence::Evidence;
use super::round::{Answer, CallBack, Cause, Rating, Verdict};
use super::ticket::{Explanation, Rejection, Submission};
use super::work::{HeardKind, Progress, Rule};

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
    /// It was taken in and the work asked for.
    Accepted {
        /// What was asked for.
        asked: Box<Asked>,
        /// After its limit.
        late: bool,
        /// Without a dispatcher.
        by_itself: bool,
    },
    /// A first person wants the accepted ticket rejected.
    RejectionProposed {
        /// The rejection.
        rejection: Rejection,
        /// When it lapses.
        lapse_due: Due,
    },
    /// Nobody confirmed that in time.
    RejectionLapsed,
    /// It is not taken in.
    Rejected {
        /// The rejection.
        rejection: Rejection,
        /// Who confirmed it, and for whom.
        by: Vec<PersonId>,
    },
    /// It went into an older one.
    Merged {
        /// The older one.
        into: TicketId,
    },
    /// The enterprise added to it.
    Supplemented {
        /// What it added.
        text: String,
    },
    /// A file was added.
    EvidenceAdded {
        /// The file, who added it and when.
        evidence: Evidence,
        /// It is of the enterprise's side: what waits for its materials goes on.
        supplied: bool,
    },
    /// The enterprise took it back.
    Withdrawn {
        /// Why.
        reason: String,
        /// By when it must be called back about that, if it must.
        call_back_due: Option<Due>,
    },
    /// The work moved.
    Progressed {
        /// Where it stands now.
        progress: Progress,
        /// Who is newly known to have had a hand in it.
        concerned: Vec<PersonId>,
    },
    /// An answer reached it.
    Answered {
        /// The answer.
        answer: Answer,
        /// Who had a hand in it.
        concerned: Vec<PersonId>,
        /// By when the enterprise must have been asked.
        call_back_due: Due,
    },
    /// An answer put it on plan 挂账.
    Planned {
        /// The answer.
        answer: Answer,
        /// Who had a hand in it.
        concerned: Vec<PersonId>,
        /// By when it is promised.
        until: Due,
        /// When it is reviewed first.
        review_due: Due,
    },
    /// It is time to look at what was put on plan.
    PlanReviewDue {
        /// When it is reviewed next.
        review_due: Due,
    },
    /// The dispatcher called the enterprise, or tried to.
    CalledBack {
        /// The call.
        call: CallBack,
        /// By when it must be tried again, if it must.
        next_due: Option<Due>,
    },
    /// The enterprise is content.
    Confirmed {
        /// What it says.
        verdict: Verdict,
        /// By when it closes by itself.
        close_due: Due,
    },
    /// The enterprise is not content.
    Dissatisfied {
        /// What it says.
        verdict: Verdict,
        /// By when the dispatcher must have acted.
        redo_due: Due,
    },
    /// The enterprise rated what was closed already.
    Rated {
        /// The rating.
        rating: Rating,
    },
    /// Somebody looked at a rating that waited for that, or nobody did in time.
    RatingVerified {
        /// The round that was rated.
        round: u32,
        /// Whether it counts.
        counts: bool,
        /// What was found; empty if nobody looked.
        reason: String,
        /// Its limit ran out: it counts as it stands.
        by_itself: bool,
    },
    /// It is worked on again, or after all.
    RoundBegun {
        /// Why.
        cause: Cause,
        /// Why, in words, if somebody asked for it.
        reason: String,
        /// What was asked for.
        asked: Box<Asked>,
        /// A zone leader designates the department.
        escalated: bool,
    },
    /// A first person wants it left unresolved.
    ExplanationProposed {
        /// The explanation.
        explanation: Explanation,
    },
    /// A second person decided on that; approved, it is closed unresolved.
    ExplanationDecided {
        /// Whether it is left unresolved.
        approved: bool,
        /// Why.
        reason: String,
        /// Who decided, and for whom.
        by: Vec<PersonId>,
    },
    /// It is done.
    Closed {
        /// Its limit ran out and it closed by itself.
        by_itself: bool,
        /// The calls back were in vain: it has no verdict.
        unrated: bool,
    },
    /// The enterprise appealed.
    Appealed {
        /// Why.
        reason: String,
        /// By when it must have been decided.
        decide_due: Due,
    },
    /// The appeal was decided.
    AppealDecided {
        /// Whether the enterprise is right.
        upheld: bool,
        /// Why.
        reason: String,
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
    /// For the same reason what was put on plan is reviewed at another instant.
    ReviewDueChanged {
        /// What it was.
        old: Due,
        /// What it is.
        new: Due,
    },
    /// For the same reason a rating waits for its verification until another instant.
    VerificationDueChanged {
        /// The round that was rated.
        round: u32,
        /// What it was.
        old: Due,
        /// What it is.
        new: Due,
    },
    /// A department was dissolved; its part in the ticket goes to its successor.
    DepartmentSucceeded {
        /// The department that is no more.
        department: DepartmentId,
        /// The one that takes its place.
        successor: DepartmentId,
    },
    /// Something was heard of the work that comes too late to matter.
    HeardLate {
        /// What was heard.
        kind: HeardKind,
        /// The state it found.
        state: State,
        /// The order that it was of.
        work_order: WorkOrderId,
    },
    /// Somebody read the contact unmasked.
    ContactRead,
    /// The contact was erased.
    ContactErased {
        /// On what the enterprise's request rests.
        reason: String,
    },
}

/// What was asked of dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The round.
    pub round: u32,
    /// The department that shall lead; none if dispatch must find one.
    pub lead: Option<DepartmentId>,
    /// The order.
    pub work_order: WorkOrderId,
    /// What the work goes by.
    pub rule: Rule,
}

impl What {
    /// Whether it is only noted: the ticket is no further on its way, so that what is heard later
    /// may have happened before it.
    pub fn is_a_note(&self) -> bool {
        let added_to = matches!(self, What::Supplemented { .. } | What::EvidenceAdded { .. });
        let of_dates = matches!(
            self,
            What::DueChanged { .. }
                | What::ReviewDueChanged { .. }
                | What::VerificationDueChanged { .. }
                | What::RatingVerified { .. }
        );
        let taken_over = matches!(self, What::DepartmentSucceeded { .. });
        self.is_unseen() || added_to || of_dates || taken_over
    }

    /// Whether nobody who looks at the ticket sees a change of it.
    pub fn is_unseen(&self) -> bool {
        matches!(self, What::ContactRead | What::ContactErased { .. } | What::HeardLate { .. })
    }
}
