//! What kind of command it is: heard of another service or this one's own; and whom it names.

use jiff::Timestamp;

use super::Command;
use crate::lifecycle::heard::Heard;
use crate::lifecycle::wanted::{Named, Nominee};

impl Command {
    /// For what is heard: when it happened.
    pub fn occurred_at(&self) -> Option<Timestamp> {
        if let Command::Request(work) | Command::Reopen { work, .. } = self {
            return Some(work.occurred_at);
        }
        if let Command::Withdraw { occurred_at, .. }
        | Command::Accept { occurred_at, .. }
        | Command::Settle { occurred_at, .. }
        | Command::SupplyMaterials { occurred_at }
        | Command::Rate { occurred_at, .. }
        | Command::VerifyRating { occurred_at, .. }
        | Command::Close { occurred_at, .. } = self
        {
            return Some(*occurred_at);
        }
        None
    }

    /// For a fact that another service told about an order that exists: its row in
    /// [`HEARD`](crate::lifecycle::HEARD).
    pub fn heard(&self) -> Option<Heard> {
        let heard = [
            (matches!(self, Command::Request(_)), Heard::WorkRequested),
            (matches!(self, Command::Reopen { .. }), Heard::WorkReopened),
            (matches!(self, Command::Withdraw { .. }), Heard::WorkWithdrawn),
            (matches!(self, Command::Accept { .. }), Heard::WorkAccepted),
            (matches!(self, Command::Settle { .. }), Heard::WorkSettled),
            (matches!(self, Command::SupplyMaterials { .. }), Heard::MaterialsSupplied),
            (matches!(self, Command::VerifyRating { .. }), Heard::TicketRatingVerified),
            (matches!(self, Command::Close { explained: false, .. }), Heard::TicketClosed),
            (
                matches!(self, Command::Close { explained: true, .. }),
                Heard::TicketExplanationDecided,
            ),
            (matches!(self, Command::Leave { .. }), Heard::StaffLeft),
            (matches!(self, Command::Succeed { .. }), Heard::DepartmentSucceeded),
            (matches!(self, Command::Recount), Heard::CalendarYearPublished),
        ];
        if let Command::Rate { rating, .. } = self {
            return Some(if rating.confirmed {
                Heard::TicketConfirmed
            } else {
                Heard::TicketDissatisfied
            });
        }
        heard.into_iter().find_map(|(is_it, heard)| is_it.then_some(heard))
    }

    /// The person whom it names, to be looked up.
    pub fn nominee(&mut self) -> Option<&mut Nominee> {
        if let Command::Assign { to, .. } | Command::HandOver { to, .. } = self {
            return Some(to);
        }
        None
    }

    /// The department that it names, to be looked up.
    pub fn named(&mut self) -> Option<&mut Named> {
        if let Command::Return { names: Some(named), .. }
        | Command::UpholdReturn { to: Some(named), .. }
        | Command::Route { to: named, .. }
        | Command::DesignateLead { to: named, .. }
        | Command::AskAssistance { department: named, .. } = self
        {
            return Some(named);
        }
        None
    }

    /// Whether it comes of this service itself: of another order, or of time.
    pub fn is_own(&self) -> bool {
        matches!(
            self,
            Command::Assist(_)
                | Command::AskAnew(_)
                | Command::FollowLead { .. }
                | Command::Cancel { .. }
                | Command::NoteAssisted { .. }
                | Command::FollowDue { .. }
                | Command::StandStill { .. }
                | Command::GoOn { .. }
                | Command::Ring { .. }
        )
    }
}
