//! What becomes of each fact that another service tells, in every state.

use super::words::{State, word};

word!(
    /// What other services tell about an order that exists.
    Heard {
        /// The work is asked for (once more).
        WorkRequested,
        /// The work is wanted again, in a new round, or of another department.
        WorkReopened,
        /// The work is no longer wanted.
        WorkWithdrawn,
        /// Its owner accepted what it is about.
        WorkAccepted,
        /// Its owner decided it.
        WorkSettled,
        /// The enterprise supplied what was awaited.
        MaterialsSupplied,
        /// The enterprise is content.
        TicketConfirmed,
        /// The enterprise is not content.
        TicketDissatisfied,
        /// Somebody has looked at a verdict that waited for it.
        TicketRatingVerified,
        /// The matter is closed.
        TicketClosed,
        /// The matter is closed unresolved, with an explanation.
        TicketExplanationDecided,
        /// A person may do nothing any more.
        StaffLeft,
        /// A department was dissolved and another took its place.
        DepartmentSucceeded,
        /// A year of the calendar was published or amended.
        CalendarYearPublished,
    }
);

/// What becomes of a fact that is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It takes effect.
    Taken,
    /// It comes too late: recorded, and nothing else changes.
    Late,
    /// It says nothing to this order, for this reason.
    Passed(&'static str),
}

/// What becomes of each fact in each state. None is ever an error.
#[rustfmt::skip]
pub const HEARD: &[(State, Heard, Effect)] = {
    use {Effect::*, Heard::*, State::*};
    const NOTHING_WAITS: Effect = Passed("no pause is possible here");
    const NOBODY_HAS_IT: Effect = Passed("nobody has claimed it");
    const IT_IS_OVER: Effect = Passed("what is over stays as it was");
    &[
        // Whoever has left: what they had goes back to the department as offered, and the lead is told at
        // once; where another decides next it stays and loses its claimant, to be offered afterwards.
        // A verdict that is looked at late may be of a round that is over: it is taken everywhere.
        (Unrouted,           WorkRequested,             Late),
        (Unrouted,           WorkReopened,              Late),
        (Unrouted,           WorkWithdrawn,             Taken),
        (Unrouted,           WorkAccepted,              Taken),
        (Unrouted,           WorkSettled,               Taken),
        (Unrouted,           MaterialsSupplied,         NOTHING_WAITS),
        (Unrouted,           TicketConfirmed,           Late),
        (Unrouted,           TicketDissatisfied,        Late),
        (Unrouted,           TicketRatingVerified,      Taken),
        (Unrouted,           TicketClosed,              Late),
        (Unrouted,           TicketExplanationDecided,  Late),
        (Unrouted,           StaffLeft,                 NOBODY_HAS_IT),
        (Unrouted,           DepartmentSucceeded,       Taken),
        (Unrouted,           CalendarYearPublished,     Taken),
        (Offered,            WorkRequested,             Late),
        (Offered,            WorkReopened,              Late),
        (Offered,            WorkWithdrawn,             Taken),
        (Offered,            WorkAccepted,              Taken),
        (Offered,            WorkSettled,               Taken),
        (Offered,            MaterialsSupplied,         Taken),  // its claimant left while a pause waited
        (Offered,            TicketConfirmed,           Late),
        (Offered,            TicketDissatisfied,        Late),
        (Offered,            TicketRatingVerified,      Taken),
        (Offered,            TicketClosed,              Late),
        (Offered,            TicketExplanationDecided,  Late),
        (Offered,            StaffLeft,                 NOBODY_HAS_IT),
        (Offered,            DepartmentSucceeded,       Taken),
        (Offered,            CalendarYearPublished,     Taken),
        (Claimed,            WorkRequested,             Late),
        (Claimed,            WorkReopened,              Late),
        (Claimed,            WorkWithdrawn,             Taken),
        (Claimed,            WorkAccepted,              Taken),
        (Claimed,            WorkSettled,               Taken),
        (Claimed,            MaterialsSupplied,         NOTHING_WAITS),
        (Claimed,            TicketConfirmed,           Late),
        (Claimed,            TicketDissatisfied,        Late),
        (Claimed,            TicketRatingVerified,      Taken),
        (Claimed,            TicketClosed,              Late),
        (Claimed,            TicketExplanationDecided,  Late),
        (Claimed,            StaffLeft,                 Taken),
        (Claimed,            DepartmentSucceeded,       Taken),
        (Claimed,            CalendarYearPublished,     Taken),
        (InProgress,         WorkRequested,             Late),
        (InProgress,         WorkReopened,              Late),
        (InProgress,         WorkWithdrawn,             Taken),
        (InProgress,         WorkAccepted,              Taken),
        (InProgress,         WorkSettled,               Taken),
        (InProgress,         MaterialsSupplied,         Taken),  // a pause may wait for the ruling
        (InProgress,         TicketConfirmed,           Late),
        (InProgress,         TicketDissatisfied,        Late),
        (InProgress,         TicketRatingVerified,      Taken),
        (InProgress,         TicketClosed,              Late),
        (InProgress,         TicketExplanationDecided,  Late),
        (InProgress,         StaffLeft,                 Taken),
        (InProgress,         DepartmentSucceeded,       Taken),
        (InProgress,         CalendarYearPublished,     Taken),
        (ReturnPending,      WorkRequested,             Late),
        (ReturnPending,      WorkReopened,              Late),
        (ReturnPending,      WorkWithdrawn,             Taken),
        (ReturnPending,      WorkAccepted,              Taken),
        (ReturnPending,      WorkSettled,               Taken),
        (ReturnPending,      MaterialsSupplied,         NOTHING_WAITS),
        (ReturnPending,      TicketConfirmed,           Late),
        (ReturnPending,      TicketDissatisfied,        Late),
        (ReturnPending,      TicketRatingVerified,      Taken),
        (ReturnPending,      TicketClosed,              Late),
        (ReturnPending,      TicketExplanationDecided,  Late),
        (ReturnPending,      StaffLeft,                 Taken),
        (ReturnPending,      DepartmentSucceeded,       Taken),
        (ReturnPending,      CalendarYearPublished,     Taken),
        (Escalated,          WorkRequested,             Late),
        (Escalated,          WorkReopened,              Late),
        (Escalated,          WorkWithdrawn,             Taken),
        (Escalated,          WorkAccepted,              Taken),
        (Escalated,          WorkSettled,               Taken),
        (Escalated,          MaterialsSupplied,         NOTHING_WAITS),
        (Escalated,          TicketConfirmed,           Late),
        (Escalated,          TicketDissatisfied,        Late),
        (Escalated,          TicketRatingVerified,      Taken),
        (Escalated,          TicketClosed,              Late),
        (Escalated,          TicketExplanationDecided,  Late),
        (Escalated,          StaffLeft,                 NOBODY_HAS_IT),
        (Escalated,          DepartmentSucceeded,       Taken),
        (Escalated,          CalendarYearPublished,     Taken),
        (Declined,           WorkRequested,             Taken), // a later round; the same one is late
        (Declined,           WorkReopened,              Taken),  // of another department, in the same round
        (Declined,           WorkWithdrawn,             Taken),
        (Declined,           WorkAccepted,              Taken),
        (Declined,           WorkSettled,               Taken),
        (Declined,           MaterialsSupplied,         NOTHING_WAITS),
        (Declined,           TicketConfirmed,           Late),
        (Declined,           TicketDissatisfied,        Late),
        (Declined,           TicketRatingVerified,      Taken),
        (Declined,           TicketClosed,              Late),
        (Declined,           TicketExplanationDecided,  Late),
        (Declined,           StaffLeft,                 NOBODY_HAS_IT),
        (Declined,           DepartmentSucceeded,       Taken),
        (Declined,           CalendarYearPublished,     Taken),
        (Suspended,          WorkRequested,             Late),
        (Suspended,          WorkReopened,              Late),
        (Suspended,          WorkWithdrawn,             Taken),
        (Suspended,          WorkAccepted,              Taken),
        (Suspended,          WorkSettled,               Taken),
        (Suspended,          MaterialsSupplied,         Taken),
        (Suspended,          TicketConfirmed,           Late),
        (Suspended,          TicketDissatisfied,        Late),
        (Suspended,          TicketRatingVerified,      Taken),
        (Suspended,          TicketClosed,              Late),
        (Suspended,          TicketExplanationDecided,  Late),
        (Suspended,          StaffLeft,                 Taken),
        (Suspended,          DepartmentSucceeded,       Taken),
        (Suspended,          CalendarYearPublished,     Taken),
        (AwaitingSignature,  WorkRequested,             Late),
        (AwaitingSignature,  WorkReopened,              Late),
        (AwaitingSignature,  WorkWithdrawn,             Taken),
        (AwaitingSignature,  WorkAccepted,              Taken),
        (AwaitingSignature,  WorkSettled,               Taken),
        (AwaitingSignature,  MaterialsSupplied,         Taken),  // it may be sent back
        (AwaitingSignature,  TicketConfirmed,           Late),
        (AwaitingSignature,  TicketDissatisfied,        Late),
        (AwaitingSignature,  TicketRatingVerified,      Taken),
        (AwaitingSignature,  TicketClosed,              Late),
        (AwaitingSignature,  TicketExplanationDecided,  Late),
        (AwaitingSignature,  StaffLeft,                 Taken),
        (AwaitingSignature,  DepartmentSucceeded,       Taken),
        (AwaitingSignature,  CalendarYearPublished,     Taken),
        (Completed,          WorkRequested,             Taken), // a later round; the same one is late
        (Completed,          WorkReopened,              Taken),  // a new round
        (Completed,          WorkWithdrawn,             Late),
        (Completed,          WorkAccepted,              Late),
        (Completed,          WorkSettled,               Late),
        (Completed,          MaterialsSupplied,         Late),
        (Completed,          TicketConfirmed,           Taken),
        (Completed,          TicketDissatisfied,        Taken),
        (Completed,          TicketRatingVerified,      Taken),
        (Completed,          TicketClosed,              Taken),
        (Completed,          TicketExplanationDecided,  Taken),
        (Completed,          StaffLeft,                 IT_IS_OVER),
        (Completed,          DepartmentSucceeded,       IT_IS_OVER),
        (Completed,          CalendarYearPublished,     IT_IS_OVER),
        (Cancelled,          WorkRequested,             Taken), // a later round; the same one is late
        (Cancelled,          WorkReopened,              Taken),
        (Cancelled,          WorkWithdrawn,             Late),
        (Cancelled,          WorkAccepted,              Late),
        (Cancelled,          WorkSettled,               Late),
        (Cancelled,          MaterialsSupplied,         Late),
        (Cancelled,          TicketConfirmed,           Late),
        (Cancelled,          TicketDissatisfied,        Late),
        (Cancelled,          TicketRatingVerified,      Taken),
        (Cancelled,          TicketClosed,              Late),
        (Cancelled,          TicketExplanationDecided,  Late),
        (Cancelled,          StaffLeft,                 IT_IS_OVER),
        (Cancelled,          DepartmentSucceeded,       IT_IS_OVER),
        (Cancelled,          CalendarYearPublished,     IT_IS_OVER),
    ]
};
