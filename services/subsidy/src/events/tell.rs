//! From a fact to what is told of it: first the fact itself, then what it says to dispatch.

mod application;
mod batch;
mod budget;
mod disbursement;
mod payment;
mod policy;
mod work;

use journal::Telling;
use prost::{Message, Name};

use crate::lifecycle::{Fact, Thing};
use crate::wire;

/// What a fact tells; the thing is as it is after it.
pub fn tell(thing: &Thing, fact: &Fact) -> Vec<Telling> {
    match (thing, fact) {
        (Thing::Policy(policy), Fact::Policy(fact)) => vec![policy::tell(policy, fact)],
        (Thing::Application(kept), Fact::Application(fact)) => {
            let mut told = vec![application::tell(kept, fact)];
            told.extend(work::errands(kept, fact));
            told
        }
        (Thing::Disbursement(kept), Fact::Disbursement(fact)) => {
            vec![disbursement::tell(kept, fact)]
        }
        (Thing::Batch(kept), Fact::Batch(fact)) => vec![batch::tell(kept, fact)],
        (Thing::Budget(budget), Fact::Budget(fact)) => vec![budget::tell(budget, fact)],
        (
            Thing::Policy(_)
            | Thing::Application(_)
            | Thing::Disbursement(_)
            | Thing::Batch(_)
            | Thing::Budget(_),
            _,
        ) => {
            // A fact is only ever of its own kind of thing: `apply` made the one of the other.
            tracing::error!(?thing, ?fact, "a fact of another kind of thing");
            Vec::new()
        }
    }
}

/// A sealed account, as a fact carries it.
fn sealed(account: &crate::lifecycle::disbursement::Account) -> contract::subsidy::SealedAccount {
    contract::subsidy::SealedAccount {
        sealed: account.sealed.clone(),
        tail: account.tail.clone(),
        digest: account.digest.clone(),
    }
}

/// A due instant that something is awaited until.
fn due(due: &calendar::Due) -> Option<contract::common::Due> {
    Some(wire::own_due(due))
}

/// One fact about a thing, of what it all began with, at an instant.
fn about<M: Message + Name>(
    (thing, began_with): (&impl ToString, &impl ToString),
    at: jiff::Timestamp,
    message: &M,
) -> Telling {
    Telling::new(thing.to_string(), began_with.to_string(), message).occurred_at(at)
}
