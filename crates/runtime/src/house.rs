//! What every service is given, and what it gives: its doors.

use std::sync::Arc;
use std::time::{Duration, Instant};

use calendar::Calendar;
use journal::{Bell, Ear, Journal, Step};
use prost::{Message, Name};
use tonic::service::RoutesBuilder;
use tonic::{Extensions, Request, Streaming};

use crate::call::{After, Arrived, Call};
use crate::config::BankPlaces;
use crate::known::Known;
use crate::objects::Objects;
use crate::page::Pages;
use crate::refusal::{Problem, Refusal};
use crate::server::WithoutDeadline;
use crate::vault::Vault;

/// What a service is given: its journal, what it knows of the zone, its keys. Cheap to clone.
#[derive(Clone)]
pub struct House {
    /// The service's journal.
    pub journal: Journal,
    /// What it knows of the zone.
    pub known: Known,
    /// Signs page tokens.
    pub pages: Pages,
    /// Seals personal values.
    pub vault: Vault,
    /// Keeps files.
    pub objects: Objects,
    /// Where the files of the payment rail pass.
    pub bank: BankPlaces,
}

/// A service: its name, its schema, and how it is mounted.
#[derive(Clone, Copy)]
pub struct Service {
    /// `dispatch`.
    pub name: &'static str,
    /// The steps of its own schema.
    pub steps: fn() -> Vec<Step>,
    /// Gives it its house; it gives its doors.
    pub mount: fn(House) -> Doors,
}

/// The three doors of a service: calls, events, time.
pub struct Doors {
    /// Adds its gRPC services.
    pub calls: Box<dyn FnOnce(&mut RoutesBuilder) + Send>,
    /// What it does with what it hears.
    pub events: Arc<dyn Ear>,
    /// What it does when an alarm rings.
    pub time: Arc<dyn Bell>,
}

/// How long between two looks for what a call must not miss.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(20);
/// How long a call that brings no deadline waits for it.
const HEAR_WITHIN: Duration = Duration::from_secs(5);

impl House {
    /// A house around a journal.
    pub fn new(
        journal: Journal,
        office: Calendar,
        pages: Pages,
        vault: Vault,
        objects: Objects,
        bank: BankPlaces,
    ) -> House {
        let clock = Arc::clone(&journal.sources().clock);
        let known = Known::new(journal.database().read().clone(), clock, office);
        House { journal, known, pages, vault, objects, bank }
    }

    /// Lets a call in: its shape; then it waits for what it must not miss; then who calls and what
    /// they may, as it stands by then.
    pub async fn admit<M: Message + Name>(&self, request: &Request<M>) -> Result<Call, Refusal> {
        let arrived = Arrived::read(request)?;
        self.hear_first(&arrived, request.extensions()).await?;
        arrived.enter(&self.known, self.journal.zone()).await
    }

    /// Lets a call in whose messages come as a stream.
    pub async fn admit_stream<M: Send + 'static>(
        &self,
        request: &Request<Streaming<M>>,
    ) -> Result<Call, Refusal> {
        let arrived = Arrived::begin(request)?;
        self.hear_first(&arrived, request.extensions()).await?;
        arrived.enter(&self.known, self.journal.zone()).await
    }

    /// Waits until this service has heard what the call names: up to the caller's deadline, a
    /// moment short of it so that the refusal still arrives.
    async fn hear_first(&self, call: &Arrived, extensions: &Extensions) -> Result<(), Refusal> {
        let Some(After { service, position }) = call.after() else { return Ok(()) };
        let name = self.journal.name();
        let hears = contract::heard_by(name).contains(&service.as_str());
        if service != name && !hears {
            let problem = Problem::other(
                format!("names a service that {name} does not hear"),
                format!("所指的服务不在 {name} 的收听之列，请改用 {name} 或它收听的服务"),
            );
            return Err(Refusal::field("whistle-after", problem));
        }
        let own = extensions.get::<WithoutDeadline>().map(|_| Instant::now() + HEAR_WITHIN);
        let until = own.or(call.deadline()).unwrap_or_else(|| Instant::now() + HEAR_WITHIN);
        loop {
            // A service that hears itself has applied what it told only when it has heard it.
            let heard = if hears {
                let cursors = self.journal.heard(&[service.as_str()]).await?;
                cursors.values().copied().max().unwrap_or(0)
            } else {
                self.journal.head().await?
            };
            if *position <= heard {
                return Ok(());
            }
            if until <= Instant::now() + 2 * LOOK_AGAIN_AFTER {
                return Err(Refusal::NotYetHeard { service: service.clone(), position: *position });
            }
            wait().await;
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "waits for an event that another task hears")]
async fn wait() {
    tokio::time::sleep(LOOK_AGAIN_AFTER).await;
}
