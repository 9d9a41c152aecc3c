//! Batches go to the bank: recorded as sent first, then the file is written, then that is recorded. So
//! whatever dies in between, no payment leaves that is not known here; and as the file is the same
//! however often it is made of the same batch, writing it again is no second payment.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use base::{Actor, BatchId, PolicyId};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use journal::{Trouble, Unit};
use runtime::{House, Refusal, Room};

use crate::banking::Desk;
use crate::error::{BatchError, Error};
use crate::lifecycle::batch::{Batch, BatchCommand, File, Line, State};
use crate::lifecycle::{Command, ThingId};
use crate::payers::Payers;
use crate::rail::{DirectoryPair, OrderFile, Rail as _};
use crate::receiving::{AWAITED_EVERY, BANK, RECEIVE};
use crate::store::{Subsidy, payments, policies};

/// What payment orders are made with, as it lies outside.
#[derive(Clone)]
pub struct Outside {
    payers: Payers,
    zone: TimeZone,
}

/// Sends batches, by itself or because somebody asks.
#[derive(Clone)]
pub struct Sender {
    house: House,
    room: Room<Subsidy>,
}

impl Sender {
    /// Of this house.
    pub fn new(house: House, room: Room<Subsidy>) -> Sender {
        Sender { house, room }
    }

    /// The way to the bank and back.
    pub fn rail(&self) -> DirectoryPair {
        let places = &self.house.bank;
        let entropy = self.house.journal.sources().entropy.clone();
        DirectoryPair::new(places.orders.clone(), places.reports.clone(), entropy)
    }

    /// Sends a batch that is approved, or writes the file of one that is recorded as sent and has none
    /// yet. Done twice it is done once.
    pub async fn send(&self, id: BatchId) -> Result<(), Error> {
        let outside = self.desk().await?;
        let (sender, key) = (self.clone(), id.to_string());
        let recorded = self.house.journal.commit(key, None, move |unit| {
            let (sender, outside) = (sender.clone(), outside.clone());
            async move { sender.record(unit, id, &outside).await }.boxed()
        });
        let Some(file) = recorded.await?.value else { return Ok(()) };
        self.rail().send(&file).await?;
        let sender = self.clone();
        let sha256 = hex::encode(file.sha256());
        let written = self.house.journal.commit(id.to_string(), None, move |unit| {
            let (sender, sha256) = (sender.clone(), sha256.clone());
            async move {
                let command = BatchCommand::RecordFile { sha256 };
                sender.ask(unit, id, command).await?;
                let next = unit.now().checked_add(AWAITED_EVERY).unwrap_or(Timestamp::MAX);
                unit.set_alarm(BANK, RECEIVE, next).await?;
                Ok::<_, Error>(())
            }
            .boxed()
        });
        written.await.map(|_| ())
    }

    /// What payment orders are made with, as it lies outside now.
    pub async fn desk(&self) -> Result<Outside, Error> {
        let payers = Payers::load(&self.house.bank.payers_file).await;
        let payers = payers.map_err(Refusal::damaged)?;
        let calendar = self.house.known.calendar(self.house.known.read()).await?;
        Ok(Outside { payers, zone: calendar.zone().clone() })
    }

    /// What records a batch as sent, with the file that it then has.
    pub async fn sending(
        &self,
        unit: &Unit,
        id: BatchId,
        outside: &Outside,
    ) -> Result<BatchCommand, Error> {
        let found = payments::find_batch_locked(unit.tx(), &id).await?;
        let batch = found.ok_or_else(|| BatchError::NotFound { batch: id.to_string() })?;
        Ok(recording(self.order(unit, &batch, outside).await?.as_ref()))
    }

    /// Records a batch as sent, if it is not; gives its file, if that is to be written.
    async fn record(
        &self,
        unit: &mut Unit,
        id: BatchId,
        outside: &Outside,
    ) -> Result<Option<OrderFile>, Error> {
        let found = payments::find_batch_locked(unit.tx(), &id).await?;
        let batch = found.ok_or_else(|| BatchError::NotFound { batch: id.to_string() })?;
        let made = self.order(unit, &batch, outside).await?;
        if batch.state == State::Approved {
            self.ask(unit, id, recording(made.as_ref())).await?;
            return Ok(made.map(|(file, _)| file));
        }
        let unwritten = batch.sent.as_ref().is_some_and(|sent| sent.written_at.is_none());
        Ok(made.map(|(file, _)| file).filter(|_| unwritten))
    }

    /// The payment order of a batch as its file, with its lines; none if no entry is left to pay.
    async fn order(
        &self,
        unit: &Unit,
        batch: &Batch,
        outside: &Outside,
    ) -> Result<Option<(OrderFile, Vec<Line>)>, Error> {
        let (mut paid, mut titles) = (Vec::new(), BTreeMap::new());
        for entry in &batch.entries {
            let found = payments::find_disbursement_locked(unit.tx(), &entry.disbursement).await?;
            let Some(disbursement) = found else { continue };
            let policy = disbursement.entitlement.policy.clone();
            if let Entry::Vacant(unread) = titles.entry(policy) {
                let found = policies::find_policy(unit.tx(), unread.key()).await?;
                let title = found.map(|policy| policy.standing.version.terms.title);
                unread.insert(title.unwrap_or_default());
            }
            paid.push(disbursement);
        }
        let Outside { payers, zone } = outside;
        let desk = Desk { payers, vault: &self.house.vault, zone };
        let title = |policy: &PolicyId| titles.get(policy).cloned().unwrap_or_default();
        let Some((order, lines)) = desk.order(batch, &paid, title)? else { return Ok(None) };
        Ok(Some((order.write()?, lines)))
    }

    /// Asks something of a batch in the name of the service.
    async fn ask(
        &self,
        unit: &mut Unit,
        id: BatchId,
        command: BatchCommand,
    ) -> Result<(), Trouble> {
        let actor = Actor::system(self.house.journal.name()).to_string();
        self.room.hear(unit, &ThingId::Batch(id), Command::Batch(command), &actor).await
    }
}

/// What records a batch as sent with this file; without one, if no entry is left to pay.
fn recording(made: Option<&(OrderFile, Vec<Line>)>) -> BatchCommand {
    let Some((file, lines)) = made else {
        return BatchCommand::Send { file: None, lines: Vec::new() };
    };
    let (name, sha256) = (file.name.clone(), hex::encode(file.sha256()));
    BatchCommand::Send { file: Some(File { name, sha256 }), lines: lines.clone() }
}
