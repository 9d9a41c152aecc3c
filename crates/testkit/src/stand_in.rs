//! Stand-ins for services that a world does not run: their journals, so that a test can tell
//! what they would.

use std::sync::Arc;

use async_trait::async_trait;
use journal::{Alarm, Bell, Ear, Heard, Trouble, Unit};
use runtime::config::Config;
use runtime::{Doors, House, Service};

/// A stand-in for each service of the zone that is not among these.
pub(crate) fn for_the_rest(services: &[Service]) -> Vec<Service> {
    let zone = Config::default().services_of_zone;
    let missing = contract::HEARS
        .iter()
        .filter(|(name, _)| services.iter().all(|service| service.name != *name))
        .filter(|(name, _)| zone.iter().any(|known| known == name));
    missing.map(|(name, _)| Service { name, steps: Vec::new, mount }).collect()
}

/// A service whose process is down: what it has kept lies there, nobody answers, hears or rings.
pub fn away(service: Service) -> Service {
    Service { mount, ..service }
}

fn mount(_: House) -> Doors {
    Doors { calls: Box::new(|_| {}), events: Arc::new(Deaf), time: Arc::new(Silent) }
}

struct Deaf;

#[async_trait]
impl Ear for Deaf {
    fn sources(&self) -> &'static [&'static str] {
        &[]
    }

    async fn hear(&self, _: &mut Unit, _: &Heard) -> Result<(), Trouble> {
        Ok(())
    }
}

struct Silent;

#[async_trait]
impl Bell for Silent {
    async fn ring(&self, _: &Alarm) -> Result<(), Trouble> {
        Ok(())
    }
}
