//! How facts reach the other services: in this process, or through RabbitMQ. One trait for both.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::reader::Entry;

pub use crate::local::LocalDelivery;
pub use crate::rabbit::{EXCHANGE, RabbitDelivery, Topology, queue_of};

/// Why something could not be delivered. Whoever gets it starts again from its cursor.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The broker cannot be reached, or broke off.
    #[error("the broker failed")]
    Broker(#[from] lapin::Error),
    /// The broker took a message that it could not route: a queue or a binding is missing.
    #[error("the broker could not route {count} of the messages of {source_name}")]
    Unroutable {
        /// Whose messages.
        source_name: String,
        /// How many.
        count: usize,
    },
    /// The broker refused a message.
    #[error("the broker refused a message")]
    Refused,
    /// The broker did not confirm in time.
    #[error("the broker did not confirm in time")]
    TooLate,
    /// The broker ended the consumer.
    #[error("the broker ended the delivery")]
    Ended,
    /// A source's journal cannot be read.
    #[error("the journal of {source_name} cannot be read: {problem}")]
    Source {
        /// Whose journal.
        source_name: String,
        /// What is wrong.
        problem: String,
    },
}

/// An event on its way to a listener.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivered {
    /// The service that told it.
    pub source: String,
    /// Its position there.
    pub position: i64,
    /// The exact bytes of the envelope.
    pub envelope: Vec<u8>,
}

/// Where a listener stands with each source: the last position applied.
pub type Cursors = BTreeMap<String, i64>;

/// What a listener receives.
#[async_trait]
pub trait Feed: Send {
    /// Waits for events; at most `max`, in the order of each source. May come empty. Loses none if
    /// the waiting is given up.
    async fn next(
        &mut self,
        cursors: &Cursors,
        max: usize,
    ) -> Result<Vec<Delivered>, DeliveryError>;

    /// Everything received so far is applied or need not be.
    async fn accept(&mut self) -> Result<(), DeliveryError>;

    /// Asks a source to send again from a position on.
    async fn ask_again(&mut self, source: &str, from: i64) -> Result<(), DeliveryError>;
}

/// A listener's wish to hear again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resend {
    /// The listener.
    pub listener: String,
    /// From this position on.
    pub from: i64,
}

/// Where a publisher sends.
#[async_trait]
pub trait Outlet: Send {
    /// Sends entries in order and waits until the broker has them all.
    async fn publish(&mut self, entries: &[Entry]) -> Result<(), DeliveryError>;

    /// Waits for a listener that wants to hear again. Loses no wish if the waiting is given up.
    async fn wish(&mut self) -> Result<Resend, DeliveryError>;

    /// Every wish so far is granted and need not be kept.
    async fn granted(&mut self) -> Result<(), DeliveryError>;

    /// Sends entries to one listener alone.
    async fn resend(&mut self, listener: &str, entries: &[Entry]) -> Result<(), DeliveryError>;
}

/// A way of delivery.
#[async_trait]
pub trait Delivery: Send + Sync + 'static {
    /// Whether anything is published at all.
    fn publishes(&self) -> bool {
        true
    }

    /// What a listener receives from its sources.
    async fn feed(&self, listener: &str, sources: &[&str]) -> Result<Box<dyn Feed>, DeliveryError>;

    /// Where the publisher of a source sends; `None` if listeners read the journal themselves.
    async fn outlet(&self, source: &str) -> Result<Option<Box<dyn Outlet>>, DeliveryError>;

    /// Why nothing can be delivered at present; `None` if all is well.
    fn trouble(&self) -> Option<String> {
        None
    }
}
