//! Where the demo plays (舞台): a zone with a clock of its own, reached by its public API alone.

use jiff::Timestamp;
use tonic::transport::Channel;

use crate::connection::Connection;

/// A zone whose clock the demo may move. Nothing else of it is touched but by calls.
pub(crate) trait Stage {
    /// What the zone's clock says.
    fn now(&self) -> Timestamp;

    /// Lets everything settle, rings every alarm up to this instant at its own, and stands there.
    async fn advance_to(&self, instant: Timestamp) -> anyhow::Result<()>;

    /// A token of this person: `persons/D01-11`.
    fn token(&self, person: &str) -> anyhow::Result<String>;

    /// The way to the zone's public API.
    fn channel(&self) -> Channel;

    /// A caller, by the code of the person.
    fn caller(&self, code: &str) -> anyhow::Result<Connection> {
        Connection::new(self.channel(), &self.token(&format!("persons/{code}"))?)
    }
}
