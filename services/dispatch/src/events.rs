//! What dispatch tells of its orders, and what it does with what it hears.

mod course;
mod hear;
mod time;
mod understood;
mod work;

use contract::dispatch::Standing;
use journal::Telling;
use prost::{Message, Name};

use crate::lifecycle::{Fact, What, WorkOrder};
use crate::wire;

pub use self::hear::Ears;
pub(crate) use self::hear::draw_number;

/// What a fact tells; the order is as it is after it.
pub fn tell(order: &WorkOrder, fact: &Fact) -> Vec<Telling> {
    let about = About(order, fact);
    match &fact.what {
        What::Offered { .. }
        | What::Reopened { .. }
        | What::Routed { .. }
        | What::Designated { .. }
        | What::Declined { .. }
        | What::Returned { .. }
        | What::ReturnRefused { .. }
        | What::Rerouted { .. }
        | What::Escalated { .. }
        | What::Unrouted { .. }
        | What::Cancelled { .. }
        | What::Moved { .. } => course::tell(&about),
        What::Claimed { .. }
        | What::HandedOver { .. }
        | What::Released { .. }
        | What::Contacted { .. }
        | What::Accepted { .. }
        | What::AssistanceAsked { .. }
        | What::AssistanceWaived { .. }
        | What::Assisted { .. }
        | What::Replied { .. }
        | What::SentBack { .. }
        | What::Completed { .. }
        | What::Settled { .. }
        | What::Rated { .. }
        | What::RatingVerified { .. }
        | What::Closed { .. }
        | What::HeardLate { .. } => work::tell(&about),
        What::PauseAsked { .. }
        | What::MaterialsCame { .. }
        | What::PauseRefused { .. }
        | What::Suspended { .. }
        | What::Resumed { .. }
        | What::StoodStill { .. }
        | What::WentOn { .. }
        | What::ExtensionAsked { .. }
        | What::ExtensionRuled { .. } => time::tell_pause(&about),
        What::DueChanged { .. }
        | What::AwaitedMoved { .. }
        | What::YellowCarded { .. }
        | What::RedCarded { .. }
        | What::CardAnnulled { .. }
        | What::LimitMissed { .. }
        | What::Pressed { .. }
        | What::SupervisionAnswered { .. } => time::tell(&about),
        // Who leads is told of the order that is assisted; for cards that are still to come nobody
        // waits.
        What::LeadFollowed { .. } | What::CardsMoved { .. } => Vec::new(),
    }
}

/// A fact about an order; its correlation is what the work is for.
struct About<'a>(&'a WorkOrder, &'a Fact);

impl About<'_> {
    fn tells<M: Message + Name>(&self, message: &M) -> Vec<Telling> {
        let About(order, fact) = self;
        vec![Telling::new(order.id, &order.source, message).occurred_at(fact.at)]
    }

    /// The names that every fact begins with: the order, and what it is for.
    fn names(&self) -> (String, String) {
        (self.0.id.to_string(), self.0.source.clone())
    }

    /// Where the order stands after the fact.
    fn standing(&self) -> Option<Standing> {
        Some(wire::standing(self.0))
    }
}
