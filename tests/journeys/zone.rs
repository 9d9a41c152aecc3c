//! The zone of the journeys: a world with every service, and hands to act in it.

use anyhow::Result;
use contract::common::{Due, HistoryEntry};
use contract::dispatch::{ListWorkOrderHistoryRequest, WorkOrder};
use contract::request::{ListTicketHistoryRequest, Ticket};
use jiff::Timestamp;
use prost::{Message, Name};
use runtime::Service;
use runtime::config::Config;
use testkit::zone::{self, plea};
use testkit::{Hand, Size, World};

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";

/// Every service of the zone.
pub(crate) const SERVICES: &[Service] =
    &[directory::SERVICE, request::SERVICE, dispatch::SERVICE, agency::SERVICE];

/// The zone.
pub(crate) struct Zone {
    pub(crate) world: World,
}

impl Zone {
    /// Starts it at an instant, set up and settled.
    pub(crate) async fn start(size: Size, now: &str) -> Result<Zone> {
        Zone::start_with(size, now, |_| Ok(())).await
    }

    /// The same, with settings of the test's own.
    pub(crate) async fn start_with(
        size: Size,
        now: &str,
        configure: impl FnOnce(&mut Config) -> Result<()>,
    ) -> Result<Zone> {
        let world = World::start_with(size, SERVICES, now, configure).await?;
        directory::ensure_admins(world.house("directory"), &zone::admins()).await?;
        world.settle().await?;
        let zone = Zone { world };
        zone::set_up(&zone.by("admin"), &zone.by("admin-2")).await?;
        zone.world.settle().await?;
        Ok(zone)
    }

    /// The hand of a person, such as `D02-11`.
    pub(crate) fn by(&self, code: &str) -> Hand {
        Hand::new(self.world.caller(&format!("persons/{code}")))
    }

    /// The hand of a person who calls from a device, as their app names it.
    pub(crate) fn on_device(&self, code: &str, device: &str) -> Hand {
        Hand::new(self.world.caller_from(&format!("persons/{code}"), device))
    }

    /// Time passes up to an instant; everything that it brings about is done.
    pub(crate) async fn at(&self, instant: &str) -> Result<()> {
        self.world.advance_to(instant.parse()?).await
    }

    /// A ticket, submitted and accepted, whose order has been offered.
    pub(crate) async fn accepted(&self) -> Result<Ticket> {
        let ticket = self.by("handler").submit(plea()).await?;
        let ticket = self.by("D01-11").accept(&ticket.name).await?;
        self.world.settle().await?;
        Ok(ticket)
    }

    /// The order of a ticket, claimed and contacted by D02-11.
    pub(crate) async fn in_progress(&self) -> Result<(Ticket, WorkOrder)> {
        let ticket = self.accepted().await?;
        self.by("D02-11").claim(&ticket.work_order).await?;
        let order = self.by("D02-11").contact(&ticket.work_order).await?;
        self.world.settle().await?;
        Ok((ticket, order))
    }

    /// A ticket that D02-11 has answered as solved.
    pub(crate) async fn answered(&self) -> Result<(Ticket, WorkOrder)> {
        let (ticket, order) = self.in_progress().await?;
        let order = self.by("D02-11").complete(&order.name).await?;
        Ok((self.seen(&ticket).await?, order))
    }

    /// The order of a ticket, claimed, contacted and answered as solved by somebody.
    pub(crate) async fn worked_by(&self, code: &str, order: &str) -> Result<WorkOrder> {
        self.world.settle().await?;
        self.by(code).claim(order).await?;
        self.by(code).contact(order).await?;
        let order = self.by(code).complete(order).await?;
        self.world.settle().await?;
        Ok(order)
    }

    /// The ticket as its enterprise sees it, once everything is settled.
    pub(crate) async fn seen(&self, ticket: &Ticket) -> Result<Ticket> {
        self.world.settle().await?;
        Ok(self.by("handler").ticket(&ticket.name).await?)
    }

    /// The order as the auditor sees it, once everything is settled.
    pub(crate) async fn order(&self, name: &str) -> Result<WorkOrder> {
        self.world.settle().await?;
        Ok(self.by("auditor").order(name).await?)
    }

    /// What happened to a ticket.
    pub(crate) async fn ticket_history(&self, ticket: &str) -> Result<Vec<HistoryEntry>> {
        let wanted = ListTicketHistoryRequest {
            ticket: ticket.to_owned(),
            page_size: 500,
            ..<_>::default()
        };
        let answer = self.by("auditor").tickets().list_ticket_history(wanted).await?;
        Ok(answer.into_inner().entries)
    }

    /// What happened to an order.
    pub(crate) async fn order_history(&self, order: &str) -> Result<Vec<HistoryEntry>> {
        let wanted = ListWorkOrderHistoryRequest {
            work_order: order.to_owned(),
            page_size: 500,
            ..<_>::default()
        };
        let answer = self.by("auditor").orders().list_work_order_history(wanted).await?;
        Ok(answer.into_inner().entries)
    }
}

/// The facts of a history without their packages.
pub(crate) fn kinds(entries: &[HistoryEntry]) -> Vec<&str> {
    entries.iter().map(kind).collect()
}

/// The fact of an entry without its package.
pub(crate) fn kind(entry: &HistoryEntry) -> &str {
    entry.r#type.rsplit('.').next().unwrap_or_default()
}

/// The facts of one kind, as they were told.
pub(crate) fn facts<M: Message + Name + Default>(entries: &[HistoryEntry]) -> Vec<M> {
    let of_kind = entries.iter().filter(|entry| entry.r#type == M::full_name());
    let told = of_kind.map(|entry| entry.fact.as_ref().expect("every entry has its fact"));
    told.map(|fact| M::decode(fact.value.as_slice()).expect("as it was told")).collect()
}

/// When an entry's fact happened.
pub(crate) fn occurred(entry: &HistoryEntry) -> Timestamp {
    let time = entry.occurred_time.as_ref().expect("every entry has its instant");
    journal::envelope::from_proto(time).expect("an instant")
}

/// The instant of a limit.
pub(crate) fn due_at(due: Option<&Due>) -> Timestamp {
    let time = due.and_then(|due| due.time.as_ref()).expect("there is a limit");
    journal::envelope::from_proto(time).expect("an instant")
}

/// An instant, as it is written.
pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}
