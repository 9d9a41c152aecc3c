//! Orders go out once, by however many replicas and however often.
#![allow(clippy::unwrap_used, reason = "tests")]

use journal::SeededEntropy;
use tempfile::TempDir;

use super::*;
use crate::rail::PaymentOrder;
use crate::rail::sample::{names, order};

fn pair(scratch: &TempDir, seed: u64) -> DirectoryPair {
    let place = |name| scratch.path().join(name);
    DirectoryPair::new(place("orders"), place("reports"), Arc::new(SeededEntropy::new(seed)))
}

/// Between writing a bank file and marking it sent: who dies there sends it again, and the bank has
/// it once.
#[tokio::test]
async fn an_order_that_is_sent_again_is_there_once() {
    let scratch = tempfile::tempdir().unwrap();
    let file = order("m", &[100]).write().unwrap();
    pair(&scratch, 1).send(&file).await.unwrap();
    pair(&scratch, 2).send(&file).await.unwrap();
    let orders = scratch.path().join("orders");
    assert_eq!(names(&orders), ["m.xml"]);
    Folder::new(&orders, Arc::new(SeededEntropy::new(3))).put_away("m.xml").await.unwrap();
    pair(&scratch, 4).send(&file).await.unwrap();
    assert_eq!(names(&orders), [""; 0], "the bank has it");
}

#[tokio::test]
async fn two_replicas_that_send_at_once_send_once() {
    let scratch = tempfile::tempdir().unwrap();
    let file = order("m", &[100]).write().unwrap();
    let (one, other) = (pair(&scratch, 1), pair(&scratch, 2));
    let (first, second) = tokio::join!(one.send(&file), other.send(&file));
    first.and(second).unwrap();
    let orders = scratch.path().join("orders");
    assert_eq!(names(&orders), ["m.xml"]);
    let bytes = std::fs::read(orders.join("m.xml")).unwrap();
    assert_eq!(PaymentOrder::read(&bytes).unwrap(), order("m", &[100]));
}

/// A batch with a changed entry, should the rules ever let one through.
#[tokio::test]
async fn an_order_that_was_changed_after_it_was_sent_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let rail = pair(&scratch, 1);
    rail.send(&order("m", &[100]).write().unwrap()).await.unwrap();
    let refused = rail.send(&order("m", &[101]).write().unwrap()).await.unwrap_err();
    assert!(matches!(refused, RailError::OrderDiffers { .. }), "{refused}");
    assert!(refused.chinese().contains("防止重复支付"));
}
