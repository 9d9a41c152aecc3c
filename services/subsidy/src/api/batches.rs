//! Batches: built, decided on, sent, and what the bank reports of them.

use base::{BatchId, DepartmentId, DisbursementId};
use contract::subsidy as contracted;
use contract::subsidy::{
    CreateBatchRequest, CreateBatchResponse, IngestPaymentReportResponse, ListBatchesRequest,
    ListBatchesResponse, SendBatchResponse,
};
use futures_util::FutureExt as _;
use runtime::{Changed, Plan, Refusal};
use sha2::{Digest as _, Sha256};
use tonic::Response;

use super::disbursing::disbursement_id;
use super::{Api, Asking};
use crate::banking::{batch_of, file_report};
use crate::error::{BatchError, DisbursementError, DoorError, Error, RailError};
use crate::lifecycle::batch::{Batch, BatchCommand};
use crate::lifecycle::disbursement::State;
use crate::lifecycle::{Command, Thing, ThingId};
use crate::rail::{FILE_BYTES_MAX, PaymentReport};
use crate::store::applications::Cursor;
use crate::store::payments::{self, BatchFilter};
use crate::wire;

impl Api {
    /// Builds a batch of payable disbursements, as they are now.
    pub(super) async fn build(
        &self,
        asking: &Asking,
        asked: &CreateBatchRequest,
    ) -> Result<Response<CreateBatchResponse>, Error> {
        let named = asked.disbursements.iter().map(|name| disbursement_id(name));
        let named: Vec<DisbursementId> = named.collect::<Result<_, _>>()?;
        let (house, by) = (self.house.clone(), asking.by.by());
        let key = asked.disbursements.first().cloned().unwrap_or_default();
        let changed = self.room.change_with(&asking.call, key, move |unit| {
            let (house, by, named) = (house.clone(), by.clone(), named.clone());
            async move {
                let (mut entries, mut payer) = (Vec::with_capacity(named.len()), None);
                // In the order of their names: whoever locks several locks them in the same order.
                let mut ordered = named.clone();
                ordered.sort();
                for id in &ordered {
                    let found = payments::find_disbursement_locked(unit.tx(), id).await?;
                    let unknown = || DisbursementError::NotFound { disbursement: id.to_string() };
                    let disbursement = found.ok_or_else(unknown)?;
                    payer.get_or_insert_with(|| disbursement.entitlement.payer.clone());
                    entries.push(disbursement.entry());
                }
                let payer: DepartmentId = payer.ok_or(BatchError::Empty)?;
                let id = BatchId::new(unit.uuid());
                let zone = house.known.calendar(unit.tx()).await?.zone().clone();
                let year = zone.to_datetime(unit.now()).year();
                let number = unit.next_number(&format!("BP-{year}")).await?;
                let number = format!("BP-{year}-{number:06}");
                let command = BatchCommand::Create { id, number, by, payer, entries };
                Ok(Plan::Ask(ThingId::Batch(id), Command::Batch(command)))
            }
            .boxed()
        });
        let changed = changed.await?;
        let batch = Some(self.shown_batch(&changed).await?);
        Ok(self.answer(asking, &changed, CreateBatchResponse { batch }))
    }

    /// One change of one batch.
    pub(super) async fn change_batch(
        &self,
        asking: &Asking,
        id: BatchId,
        command: BatchCommand,
    ) -> Result<Changed<Thing>, Error> {
        self.change_with(asking, ThingId::Batch(id), move |_| {
            let plan = Plan::Ask(ThingId::Batch(id), Command::Batch(command.clone()));
            async move { Ok(plan) }.boxed()
        })
        .await
    }

    /// Sends a batch now: it is recorded as sent, then its file is written.
    pub(super) async fn send(
        &self,
        asking: &Asking,
        id: BatchId,
    ) -> Result<Response<SendBatchResponse>, Error> {
        let desk = self.sender.desk().await?;
        let sender = self.sender.clone();
        let changed = self.change_with(asking, ThingId::Batch(id), move |unit| {
            let (sender, desk) = (sender.clone(), desk.clone());
            async move {
                let command = sender.sending(unit, id, &desk).await?;
                Ok(Plan::Ask(ThingId::Batch(id), Command::Batch(command)))
            }
            .boxed()
        });
        let changed = changed.await?;
        if !asking.call.validate_only {
            self.sender.send(id).await?;
        }
        let batch = Some(self.find_a_batch(id).await?);
        Ok(self.answer(asking, &changed, SendBatchResponse { batch }))
    }

    /// Takes in a report of the bank. The same report again changes nothing.
    pub(super) async fn ingest(
        &self,
        asking: &Asking,
        file: &[u8],
    ) -> Result<Response<IngestPaymentReportResponse>, Error> {
        let bytes = u64::try_from(file.len()).unwrap_or(u64::MAX);
        if FILE_BYTES_MAX < bytes {
            return Err(RailError::TooLarge { bytes, bytes_max: FILE_BYTES_MAX }.into());
        }
        let report = PaymentReport::read(file)?;
        let other = || DoorError::ReportOfOtherBatch { message: report.order.clone() };
        let id = batch_of(&report).ok_or_else(other)?;
        let before = payments::find_batch(self.house.known.read(), &id).await?.ok_or_else(other)?;
        let known = before.reports.iter().any(|taken| taken.message == report.message);
        let said = file_report(&before, &report, Sha256::digest(file).into());
        let entries = wire::count(said.entries.len());
        let changed = self.change_batch(asking, id, BatchCommand::Report(said)).await?;
        let batch = batch_in(&changed)?;
        let mut exceptions = Vec::new();
        for entry in &batch.entries {
            let read = self.house.known.read();
            let found = payments::find_disbursement(read, &entry.disbursement).await?;
            let waits = found.is_some_and(|it| it.state == State::Exception);
            if waits {
                exceptions.push(entry.disbursement.to_string());
            }
        }
        let message = IngestPaymentReportResponse {
            batch: Some(self.shown_batch(&changed).await?),
            applied: if known { 0 } else { entries },
            repeated: if known { entries } else { 0 },
            exceptions,
        };
        Ok(self.answer(asking, &changed, message))
    }

    /// A batch as it is now.
    pub(super) async fn find_a_batch(&self, id: BatchId) -> Result<contracted::Batch, Error> {
        let found = payments::find_batch(self.house.known.read(), &id).await?;
        let found = found.ok_or_else(|| BatchError::NotFound { batch: id.to_string() })?;
        self.with_tails(&found).await
    }

    /// The batch that was changed.
    pub(super) async fn shown_batch(
        &self,
        changed: &Changed<Thing>,
    ) -> Result<contracted::Batch, Error> {
        self.with_tails(batch_in(changed)?).await
    }

    /// A batch with the last characters of each account.
    async fn with_tails(&self, batch: &Batch) -> Result<contracted::Batch, Error> {
        let mut tails = Vec::with_capacity(batch.entries.len());
        for entry in &batch.entries {
            let read = self.house.known.read();
            let found = payments::find_disbursement(read, &entry.disbursement).await?;
            tails.push(found.map(|it| it.account.tail).unwrap_or_default());
        }
        Ok(wire::disbursement::batch(batch, &tails, true))
    }

    /// One page of batches.
    pub(super) async fn list_of_batches(
        &self,
        asking: &Asking,
        asked: &ListBatchesRequest,
    ) -> Result<ListBatchesResponse, Error> {
        let page = self.house.pages.page::<_, Cursor>(&asking.call.method, asked)?;
        let payer = (!asked.payer.is_empty())
            .then(|| DepartmentId::parse(&asked.payer))
            .transpose()
            .map_err(|error| Refusal::name("payer", &error))?;
        let filter =
            BatchFilter { state: wire::disbursement::batch_state_from(asked.state()), payer };
        let read = self.house.known.read();
        let rows = payments::list_batches(read, &filter, page.after.as_ref(), page.limit()).await?;
        let (rows, next_page_token) = self
            .house
            .pages
            .cut(&page, rows, |batch| (batch.created_at.as_microsecond(), batch.id.to_string()))?;
        let batches =
            rows.iter().map(|batch| wire::disbursement::batch(batch, &[], false)).collect();
        Ok(ListBatchesResponse { batches, next_page_token })
    }
}

fn batch_in(changed: &Changed<Thing>) -> Result<&Batch, Error> {
    let none = || Refusal::damaged("a batch was asked for");
    Ok(changed.thing.batch().ok_or_else(none)?)
}

/// Reads the name of a batch.
pub(super) fn batch_id(name: &str) -> Result<BatchId, Refusal> {
    BatchId::parse(name).map_err(|error| Refusal::name("batch", &error))
}
