//! From a policy to the bank account, over the real server: each step by who takes it.

use anyhow::{Context as _, Result};
use contract::common::{WorkAccepted, WorkRequested, WorkSettled};
use contract::subsidy::{
    ApplicationState, ApproveBatchRequest, BatchState, BudgetCommitted, BudgetHeld, BudgetOpened,
    BudgetPosted, ConfirmReceiptRequest, DisbursementCreated, DisbursementPaid, DisbursementState,
    IngestPaymentReportRequest, ListApplicationHistoryRequest, PolicyState,
};
use jiff::SignedDuration;
use journal::{Clock as _, SeededEntropy};
use std::sync::Arc;
use subsidy::bank::{Bank, Behaviour, Manner, Setting};
use testkit::Size;

use crate::zone::{BUDGET, Zone, policy};

testkit::on_both_sizes!(
    a_subsidy_goes_from_policy_to_bank_account,
    reports_are_taken_from_where_the_bank_leaves_them,
    every_step_is_told_to_dispatch_and_in_the_history,
);

async fn a_subsidy_goes_from_policy_to_bank_account(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let opened = zone.opened(policy()).await?;
    let standing = opened.standing.context("an edition")?;
    assert_eq!(standing.state(), PolicyState::Open);
    // 4972841 × 40 % = 1989136.4, rounded down to the fen.
    let kept = zone.approved(4_972_841).await?;
    assert_eq!(kept.state(), ApplicationState::Approved, "{kept:?}");
    assert_eq!((kept.computed_fen, kept.amount_fen), (1_989_136, 1_989_136));
    let paying = zone.see_paid(&kept.disbursements[0]).await?;
    assert_eq!((paying.state(), paying.amount_fen), (DisbursementState::Payable, 1_989_136));
    assert_eq!(paying.payee.context("an account")?.account, "****8338");

    let batch = zone.batched(&kept.disbursements).await?;
    let approve = ApproveBatchRequest {
        batch: batch.name.clone(),
        etag: batch.etag.clone(),
        request_id: zone.id(),
        ..ApproveBatchRequest::default()
    };
    zone.payments("finance-checker").approve_batch(approve).await?;
    // The service sends it by itself.
    zone.world.settle().await?;
    let sent = zone.see_batch(&batch).await?;
    assert_eq!(sent.state(), BatchState::Sent, "{sent:?}");
    let line = zone.policy().await?.budgets.remove(0);
    assert_eq!((line.name.as_str(), line.in_payment_fen), (BUDGET, 1_989_136));

    let report = reported(&zone).await?;
    let ingest = || IngestPaymentReportRequest {
        file: report.clone(),
        file_name: "回单.xml".to_owned(),
        request_id: zone.id(),
    };
    let first = zone.payments("finance-maker").ingest_payment_report(ingest()).await?.into_inner();
    assert_eq!((first.applied, first.repeated), (1, 0));
    let again = zone.payments("finance-maker").ingest_payment_report(ingest()).await?.into_inner();
    assert_eq!((again.applied, again.repeated), (0, 1), "the same report changes nothing");
    let paid = zone.see_paid(&kept.disbursements[0]).await?;
    assert_eq!(paid.state(), DisbursementState::Paid);
    let line = zone.policy().await?.budgets.remove(0);
    assert_eq!((line.paid_fen, line.in_payment_fen), (1_989_136, 0));
    assert_eq!(line.free_fen, 20_000_000 - 1_989_136);
    assert_eq!(zone.facts::<DisbursementPaid>().await?.len(), 1);

    let confirm = ConfirmReceiptRequest {
        disbursement: paid.name.clone(),
        request_id: zone.id(),
        ..ConfirmReceiptRequest::default()
    };
    zone.payments("handler").confirm_receipt(confirm).await?;
    let confirmed = zone.see_paid(&paid.name).await?;
    assert_eq!(confirmed.state(), DisbursementState::Confirmed);
    assert!(confirmed.segments.context("segments")?.confirmed_time.is_some());
    zone.world.end().await
}

async fn reports_are_taken_from_where_the_bank_leaves_them(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.approved(4_972_841).await?;
    let batch = zone.batched(&kept.disbursements).await?;
    let approve = ApproveBatchRequest {
        batch: batch.name.clone(),
        etag: batch.etag.clone(),
        request_id: zone.id(),
        ..ApproveBatchRequest::default()
    };
    zone.payments("finance-checker").approve_batch(approve).await?;
    zone.world.settle().await?;
    reported(&zone).await?;
    let later = zone.world.clock.now() + SignedDuration::from_mins(20);
    zone.world.advance_to(later).await?;
    let paid = zone.see_paid(&kept.disbursements[0]).await?;
    assert_eq!(paid.state(), DisbursementState::Paid, "{paid:?}");
    let done = zone.world.folder().join("bank").join("reports").join("done");
    assert_eq!(std::fs::read_dir(done)?.count(), 1, "put away once it had its effect");
    zone.world.end().await
}

/// The bank takes the order and says what came of it.
async fn reported(zone: &Zone) -> Result<Vec<u8>> {
    let folder = zone.world.folder().join("bank");
    let minute = SignedDuration::from_mins(1);
    let setting = Setting {
        orders: folder.join("orders"),
        reports: folder.join("reports"),
        state: folder.join("state.json"),
        seed: 1,
        behaviour: Behaviour::always(Manner::OnTime).with_delays(minute, minute),
    };
    let mut bank = Bank::open(setting, Arc::new(SeededEntropy::new(3))).await?;
    let now = zone.world.clock.now();
    bank.work(now).await?;
    let later = now + SignedDuration::from_mins(2);
    bank.work(later).await?;
    zone.world.advance_to(later).await?;
    let mut files: Vec<_> = std::fs::read_dir(folder.join("reports"))?
        .map(|file| file.map(|it| it.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    Ok(std::fs::read(files.last().context("a report")?)?)
}

async fn every_step_is_told_to_dispatch_and_in_the_history(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.approved(4_972_841).await?;
    let asked = zone.facts::<WorkRequested>().await?;
    let leads: Vec<&str> = asked.iter().map(|work| work.lead.as_str()).collect();
    assert_eq!(leads, ["departments/D02", "departments/D04"], "review, then second review");
    assert!(asked[1].barred.contains(&"persons/reviewer".to_owned()), "{:?}", asked[1].barred);
    assert_eq!(zone.facts::<WorkAccepted>().await?.len(), 1);
    assert_eq!(zone.facts::<WorkSettled>().await?.len(), 2);
    assert_eq!(zone.facts::<BudgetOpened>().await?.len(), 1);
    assert_eq!(zone.facts::<BudgetHeld>().await?.len(), 1);
    let committed = zone.facts::<BudgetCommitted>().await?;
    let posting = committed[0].posting.clone().context("a posting")?;
    assert_eq!((posting.movement.as_str(), posting.amount_fen), ("COMMIT", 1_989_136));
    assert_eq!(zone.facts::<DisbursementCreated>().await?.len(), 1);
    assert!(zone.facts::<BudgetPosted>().await?.is_empty(), "nothing is ordered yet");
    let history = ListApplicationHistoryRequest {
        application: kept.name.clone(),
        ..ListApplicationHistoryRequest::default()
    };
    let inside = zone.applications("auditor").list_application_history(history.clone()).await?;
    let inside = inside.into_inner().entries;
    let outside = zone.applications("handler").list_application_history(history).await?;
    let outside = outside.into_inner().entries;
    let kinds = |entries: &[contract::common::HistoryEntry]| -> Vec<String> {
        entries.iter().map(|entry| entry.r#type.clone()).collect()
    };
    assert!(kinds(&inside).iter().any(|kind| kind == "whistle.common.v1.WorkRequested"));
    assert!(!kinds(&outside).iter().any(|kind| kind.starts_with("whistle.common.v1.")));
    assert!(kinds(&outside).iter().any(|kind| kind.ends_with("ApplicationApproved")));
    zone.world.end().await
}
