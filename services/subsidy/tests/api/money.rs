//! Budget lines and batches over the real server.

use anyhow::{Context as _, Result};
use contract::subsidy::{
    AdjustBudgetRequest, ApproveBatchRequest, BatchState, Budget, CloseYearRequest,
    ConfirmBudgetRequest, CreateBatchRequest, DisbursementState, ListBatchesRequest,
    RejectBatchRequest, SendBatchRequest,
};
use testkit::Size;
use tonic::Code;

use crate::zone::{BUDGET, Zone, policy, refused};

testkit::on_both_sizes!(
    a_budget_is_adjusted_by_two_people,
    a_year_that_runs_is_not_closed,
    a_batch_is_rejected_and_built_anew,
    send_batch_is_once,
);

/// Raises the line of the tests, by two people.
pub(crate) async fn raised(zone: &Zone, raise_fen: i64) -> Result<Budget> {
    let etag = zone.policy().await?.budgets.remove(0).etag;
    let adjust = AdjustBudgetRequest {
        budget: BUDGET.to_owned(),
        raise_fen,
        document_number: "示财〔2026〕8号".to_owned(),
        etag,
        request_id: zone.id(),
        ..AdjustBudgetRequest::default()
    };
    let proposed = zone.policies("finance-maker").adjust_budget(adjust).await?.into_inner();
    let etag = proposed.budget.context("a line")?.etag;
    let confirm = ConfirmBudgetRequest {
        budget: BUDGET.to_owned(),
        confirmed: true,
        etag,
        request_id: zone.id(),
        ..ConfirmBudgetRequest::default()
    };
    let confirmed = zone.policies("finance-checker").confirm_budget(confirm).await?;
    confirmed.into_inner().budget.context("a line")
}

/// Shows: subsidy refuses NOTHING_PROPOSED; subsidy refuses BUDGET_UNDER_USED
async fn a_budget_is_adjusted_by_two_people(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    zone.approved(4_972_841).await?;
    let line = raised(&zone, 5_000_000).await?;
    assert_eq!((line.budget_fen, line.reserved_fen), (25_000_000, 1_989_136));
    let cut = AdjustBudgetRequest {
        budget: BUDGET.to_owned(),
        cut_fen: 24_000_000,
        document_number: "示财〔2026〕9号".to_owned(),
        etag: line.etag.clone(),
        request_id: zone.id(),
        ..AdjustBudgetRequest::default()
    };
    refused!(
        zone.policies("finance-maker").adjust_budget(cut),
        Code::FailedPrecondition,
        "subsidy.whistle BUDGET_UNDER_USED"
    );
    let confirm = ConfirmBudgetRequest {
        budget: BUDGET.to_owned(),
        confirmed: true,
        etag: line.etag,
        request_id: zone.id(),
        ..ConfirmBudgetRequest::default()
    };
    refused!(
        zone.policies("finance-checker").confirm_budget(confirm),
        Code::FailedPrecondition,
        "subsidy.whistle NOTHING_PROPOSED"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses BUDGET_YEAR_RUNS
async fn a_year_that_runs_is_not_closed(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let opened = zone.opened(policy()).await?;
    assert!(!opened.etag.is_empty());
    let line = zone.policy().await?.budgets.remove(0);
    let close = CloseYearRequest {
        budget: BUDGET.to_owned(),
        document_number: "示财〔2026〕20号".to_owned(),
        lapse_fen: line.free_fen,
        etag: line.etag,
        request_id: zone.id(),
        ..CloseYearRequest::default()
    };
    refused!(
        zone.payments("finance-checker").close_year(close),
        Code::FailedPrecondition,
        "subsidy.whistle BUDGET_YEAR_RUNS"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses BATCH_NOT_FOUND
async fn a_batch_is_rejected_and_built_anew(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.approved(4_972_841).await?;
    let batch = zone.batched(&kept.disbursements).await?;
    assert_eq!((batch.state(), batch.amount_fen), (BatchState::Created, 1_989_136));
    let twice = CreateBatchRequest {
        disbursements: kept.disbursements.clone(),
        request_id: zone.id(),
        ..CreateBatchRequest::default()
    };
    let status = zone.payments("finance-maker").create_batch(twice).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    let reject = RejectBatchRequest {
        batch: batch.name.clone(),
        reason: "户名有误".to_owned(),
        etag: batch.etag.clone(),
        request_id: zone.id(),
        ..RejectBatchRequest::default()
    };
    let rejected = zone.payments("finance-checker").reject_batch(reject).await?.into_inner();
    assert_eq!(rejected.batch.context("a batch")?.state(), BatchState::Rejected);
    let back = zone.see_paid(&kept.disbursements[0]).await?;
    assert_eq!(back.state(), DisbursementState::Payable);
    zone.batched(&kept.disbursements).await?;
    let listed = zone.payments("auditor").list_batches(ListBatchesRequest::default()).await?;
    assert_eq!(listed.into_inner().batches.len(), 2);
    let none = ApproveBatchRequest {
        batch: "batches/01970000-0000-7000-8000-000000000000".to_owned(),
        etag: "any".to_owned(),
        request_id: zone.id(),
        ..ApproveBatchRequest::default()
    };
    refused!(
        zone.payments("finance-checker").approve_batch(none),
        Code::NotFound,
        "subsidy.whistle BATCH_NOT_FOUND"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses BATCH_STATE_FORBIDS
async fn send_batch_is_once(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.approved(4_972_841).await?;
    let batch = zone.batched(&kept.disbursements).await?;
    let send = |etag: String| SendBatchRequest {
        batch: batch.name.clone(),
        etag,
        request_id: zone.id(),
        ..SendBatchRequest::default()
    };
    refused!(
        zone.payments("finance-checker").send_batch(send(batch.etag.clone())),
        Code::FailedPrecondition,
        "subsidy.whistle BATCH_STATE_FORBIDS"
    );
    let approve = ApproveBatchRequest {
        batch: batch.name.clone(),
        etag: batch.etag.clone(),
        request_id: zone.id(),
        ..ApproveBatchRequest::default()
    };
    zone.payments("finance-checker").approve_batch(approve).await?;
    zone.world.settle().await?;
    let orders = zone.world.folder().join("bank").join("orders");
    let files = std::fs::read_dir(orders)?.filter_map(Result::ok);
    let files = files.filter(|file| file.file_name().to_string_lossy().ends_with(".xml")).count();
    assert_eq!(files, 1, "one file for one batch");
    let sent = zone.see_batch(&batch).await?;
    assert_eq!((sent.state(), sent.file_sha256.len()), (BatchState::Sent, 64));
    zone.world.end().await
}
