//! What can be asked of a work order: by people, by other services, by time.

mod kind;

use std::collections::BTreeSet;

use base::{DepartmentId, Person, PersonId, WorkOrderId};
use jiff::Timestamp;
use jiff::civil::Date;

use super::limits::Due;
use super::parts::{Rating, WorkPause};
use super::wanted::{Assisting, Named, Nominee, Requested};
use super::words::{Alarm, Cause, Decision, Level, Outcome, PauseReason};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Take the order on (签收).
    Claim {
        /// Who.
        by: Person,
    },
    /// Give it to a person of the department (指派).
    Assign {
        /// The lead.
        by: Person,
        /// Who shall have it.
        to: Nominee,
    },
    /// Hand it to a colleague (转交).
    HandOver {
        /// The claimant.
        by: Person,
        /// Who shall have it.
        to: Nominee,
    },
    /// Give it back to the department (退回科室).
    Release {
        /// The claimant.
        by: Person,
    },
    /// Record first contact (报到).
    Contact {
        /// Who.
        by: Person,
        /// How, in words.
        proof: String,
    },
    /// Say that it is not this department's work (退单).
    Return {
        /// Who.
        by: Person,
        /// The legal basis.
        basis: String,
        /// The right department; none: 职责不清.
        names: Option<Named>,
    },
    /// Uphold a return: another department gets it, or a zone leader designates one.
    UpholdReturn {
        /// The dispatcher.
        by: Person,
        /// Which; none: 职责不清.
        to: Option<Named>,
        /// Why.
        reason: String,
    },
    /// Refuse a return, finally.
    RefuseReturn {
        /// The dispatcher.
        by: Person,
        /// Why.
        reason: String,
    },
    /// Give it to a department from the unrouted pool (派单).
    Route {
        /// Which.
        to: Named,
        /// Whether that is kept as a precedent.
        precedent: bool,
    },
    /// Designate the department (指定主办), finally.
    DesignateLead {
        /// Which.
        to: Named,
        /// The minutes of the joint meeting.
        minutes: String,
    },
    /// Say that decision work is not this department's.
    Decline {
        /// Who.
        by: Person,
        /// The legal basis.
        basis: String,
    },
    /// Ask another department to assist (协办).
    AskAssistance {
        /// The claimant.
        by: Person,
        /// Which department.
        department: Named,
        /// What is asked.
        text: String,
        /// The child order to be made.
        child: WorkOrderId,
        /// Its number.
        number: String,
    },
    /// Do without an assisting order.
    WaiveAssistance {
        /// The claimant.
        by: Person,
        /// The child order.
        child: WorkOrderId,
        /// Why.
        reason: String,
    },
    /// Ask that the clock stand still (挂起).
    AskPause {
        /// The claimant.
        by: Person,
        /// Why.
        reason: PauseReason,
        /// In words.
        note: String,
        /// Until when at the latest.
        until: Timestamp,
    },
    /// Rule on a pause.
    DecidePause {
        /// Who.
        by: Person,
        /// The ruling.
        decision: Decision,
        /// Why.
        reason: String,
    },
    /// Go on before a pause is over (恢复).
    Resume {
        /// Who.
        by: Person,
    },
    /// Ask for a later due instant (延期).
    AskExtension {
        /// The claimant.
        by: Person,
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// Rule on an extension.
    DecideExtension {
        /// Who.
        by: Person,
        /// The ruling.
        decision: Decision,
        /// Why.
        reason: String,
    },
    /// Answer (办复).
    Complete {
        /// The claimant.
        by: Person,
        /// What became of it.
        outcome: Outcome,
        /// What the enterprise is told.
        answer: String,
        /// What stays inside.
        internal_note: String,
        /// How contact was made, if it is recorded in the same call.
        proof: Option<String>,
        /// Outcome planned, and only then: the day by whose close of office it is promised.
        planned: Option<Date>,
    },
    /// Sign the answer (签发).
    Sign {
        /// The lead.
        by: Person,
    },
    /// Send the answer back (退回修改).
    SendBack {
        /// The lead.
        by: Person,
        /// Why.
        reason: String,
    },
    /// Press the department (催办, 督办).
    Press {
        /// Who.
        by: Person,
        /// How hard.
        level: Level,
        /// In words.
        note: String,
    },
    /// Answer to who presses.
    AnswerSupervision {
        /// Who.
        by: Person,
        /// To which.
        level: Level,
        /// What the department says.
        answer: String,
    },

    /// Heard: a piece of work is wanted. Makes the order.
    Request(Box<Requested>),
    /// Heard: the work is wanted again, or of another department. Makes the order if there is none.
    Reopen {
        /// The work, whole.
        work: Box<Requested>,
        /// A zone leader designates the department.
        escalate: bool,
    },
    /// Heard: the work is no longer wanted.
    Withdraw {
        /// When that was said.
        occurred_at: Timestamp,
        /// The round that it was asked for in.
        round: u32,
        /// Why.
        reason: String,
    },
    /// Heard: its owner accepted what decision work is about.
    Accept {
        /// From when it counts as accepted.
        occurred_at: Timestamp,
        /// The round that it was asked for in.
        round: u32,
    },
    /// Heard: decision work was decided by its owner.
    Settle {
        /// When it was decided.
        occurred_at: Timestamp,
        /// The round that it was asked for in.
        round: u32,
        /// Who decided.
        by: PersonId,
        /// What was decided.
        outcome: String,
    },
    /// Heard: the enterprise has supplied what was awaited.
    SupplyMaterials {
        /// When it did.
        occurred_at: Timestamp,
    },
    /// Heard: the enterprise gave its verdict.
    Rate {
        /// When it did.
        occurred_at: Timestamp,
        /// The round that it judges.
        round: u32,
        /// The verdict.
        rating: Rating,
    },
    /// Heard: somebody has looked at a verdict that waited for it.
    VerifyRating {
        /// When that was done.
        occurred_at: Timestamp,
        /// The round that the verdict judges.
        round: u32,
        /// It counts.
        counts: bool,
        /// What was found, in words.
        reason: String,
    },
    /// Heard: the matter is closed.
    Close {
        /// When it was.
        occurred_at: Timestamp,
        /// The round that it was closed in.
        round: u32,
        /// Unresolved, with an explanation.
        explained: bool,
    },
    /// Heard: a year of the calendar was published or amended; the moment's calendar has it.
    Recount,
    /// Heard: a person may do nothing any more.
    Leave {
        /// Who; none if its claimant is back, or somebody else has it meanwhile.
        person: Option<PersonId>,
    },
    /// Heard: a department was dissolved and another took its place.
    Succeed {
        /// Which.
        from: DepartmentId,
        /// The other.
        to: DepartmentId,
    },

    /// Of another order of this service: it is assisted by the order to be made.
    Assist(Box<Assisting>),
    /// Of another order of this service: its assistance is wanted again.
    AskAnew(Box<Assisting>),
    /// Of the order that is assisted: another department leads.
    FollowLead {
        /// Which.
        department: DepartmentId,
    },
    /// Of the order that is assisted: it is not needed any more.
    Cancel {
        /// When that was so.
        occurred_at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Of an assisting order: it is done.
    NoteAssisted {
        /// The child.
        child: WorkOrderId,
        /// Who had a hand in it.
        concerned: BTreeSet<PersonId>,
    },
    /// Of the order that is assisted: its due instant moved, and this one's with it.
    FollowDue {
        /// The new one.
        due: Due,
        /// Why.
        cause: Cause,
    },

    /// Of the order that is assisted: it is suspended, and this one stands still with it.
    StandStill {
        /// The pause.
        pause: WorkPause,
        /// By when this one is due if the pause lasts as long as it may.
        due: Due,
    },
    /// Of the order that is assisted: its clock goes on, and this one's with it.
    GoOn {
        /// When the pause ended.
        resumed_at: Timestamp,
        /// It ended at its own deadline.
        ran_out: bool,
    },

    /// An alarm rings.
    Ring {
        /// Which.
        alarm: Alarm,
        /// The head of the department, if the directory knows one.
        head: Option<Person>,
    },
}
