//! A report has its effect once, whoever dies in between and however often it comes.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use journal::SeededEntropy;
use tempfile::TempDir;

use super::*;
use crate::rail::DirectoryPair;
use crate::rail::sample::names;

const SAMPLE: &str = include_str!("../../../tests/data/iso20022/ok-pain.002.001.12.xml");

/// Books by the id of the report, as the service does; may die at one moment or the other.
#[derive(Default)]
struct Book {
    booked: Mutex<BTreeSet<String>>,
    times: Mutex<usize>,
    dies_before: Mutex<usize>,
    dies_after: Mutex<usize>,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("it died")]
    Died,
    #[error(transparent)]
    Rail(#[from] RailError),
}

fn strikes(times: &Mutex<usize>) -> bool {
    let mut left = times.lock().unwrap();
    let strikes = 0 < *left;
    *left = left.saturating_sub(1);
    strikes
}

#[async_trait]
impl Receiver for Book {
    type Trouble = Fault;

    async fn take(&self, report: &PaymentReport, _: [u8; 32]) -> Result<Taken, Fault> {
        if report.order != "HQT-BATCH-20261123-01" {
            return Ok(Taken::Refused("没有这个批次，未予入账；请核对文件。".to_owned()));
        }
        if strikes(&self.dies_before) {
            return Err(Fault::Died);
        }
        let new = self.booked.lock().unwrap().insert(report.message.clone());
        *self.times.lock().unwrap() += usize::from(new);
        if strikes(&self.dies_after) {
            return Err(Fault::Died);
        }
        Ok(if new { Taken::Booked } else { Taken::Repeated })
    }
}

struct Inbox {
    _scratch: TempDir,
    place: PathBuf,
    rail: DirectoryPair,
}

fn inbox(files: &[(&str, &str)]) -> Inbox {
    let scratch = tempfile::tempdir().unwrap();
    let place = scratch.path().join("reports");
    fs::create_dir(&place).unwrap();
    for (name, text) in files {
        fs::write(place.join(name), text).unwrap();
    }
    let entropy = Arc::new(SeededEntropy::new(1));
    let rail = DirectoryPair::new(scratch.path().join("orders"), &place, entropy);
    Inbox { _scratch: scratch, place, rail }
}

#[tokio::test]
async fn what_is_good_is_booked_and_what_is_not_is_put_aside_with_its_reason() {
    let other = SAMPLE.replace("HQT-BATCH-20261123-01", "HQT-BATCH-20251123-99");
    let cut = &SAMPLE[..SAMPLE.len() / 2];
    let unknown = SAMPLE.replace("RJCT", "XXXX");
    let files = [("1.xml", cut), ("2.xml", SAMPLE), ("3.xml", &other), ("4.xml", &unknown)];
    let inbox = inbox(&files);
    fs::File::create(inbox.place.join("5.xml")).unwrap().set_len(100 << 20).unwrap();
    let book = Book::default();
    let received = receive(&inbox.rail, &book).await.unwrap();
    assert_eq!(received, Received { booked: 1, repeated: 0, refused: 4 });
    assert_eq!(names(&inbox.place), [""; 0]);
    assert_eq!(names(&inbox.place.join("done")), ["2.xml"]);
    let refused = inbox.place.join("refused");
    let why = ["1.xml", "3.xml", "4.xml", "5.xml"].map(|name| {
        assert!(refused.join(name).exists(), "{name}");
        fs::read_to_string(refused.join(format!("{name}.reason.txt"))).unwrap()
    });
    for (why, word) in why.iter().zip(["不完整", "没有这个批次", "无法判断是否到账", "超过上限"])
    {
        assert!(why.contains(word), "{why}");
    }
}

/// Between reading a report and posting it, and between posting it and putting it away.
#[tokio::test]
async fn whoever_dies_in_the_middle_books_it_once() {
    let inbox = inbox(&[("1.xml", SAMPLE)]);
    let book = Book { dies_before: Mutex::new(1), dies_after: Mutex::new(1), ..Book::default() };
    for _ in 0..2 {
        assert!(matches!(receive(&inbox.rail, &book).await, Err(Fault::Died)));
        assert_eq!(names(&inbox.place), ["1.xml"], "it waits");
    }
    let received = receive(&inbox.rail, &book).await.unwrap();
    assert_eq!(received, Received { booked: 0, repeated: 1, refused: 0 });
    assert_eq!(*book.times.lock().unwrap(), 1);
    assert_eq!(names(&inbox.place.join("done")), ["1.xml"]);
    assert_eq!(receive(&inbox.rail, &book).await.unwrap(), Received::default());
}

#[tokio::test]
async fn a_report_that_comes_twice_is_booked_once() {
    let inbox = inbox(&[("1.xml", SAMPLE), ("2.xml", SAMPLE)]);
    let book = Book::default();
    let received = receive(&inbox.rail, &book).await.unwrap();
    assert_eq!(received, Received { booked: 1, repeated: 1, refused: 0 });
    fs::write(inbox.place.join("1.xml"), SAMPLE).unwrap();
    assert_eq!(receive(&inbox.rail, &book).await.unwrap().repeated, 1);
    assert_eq!(*book.times.lock().unwrap(), 1);
    assert_eq!(names(&inbox.place.join("done")), ["1.xml", "1~2.xml", "2.xml"]);
}

/// The same report at once in two replicas.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_book_each_report_once() {
    let reports: Vec<(String, String)> = (10..60)
        .map(|number| (format!("{number}.xml"), SAMPLE.replace("-77", &format!("-{number}"))))
        .collect();
    let files: Vec<(&str, &str)> =
        reports.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let inbox = inbox(&files);
    let book = Book::default();
    let (one, other) = tokio::join!(receive(&inbox.rail, &book), receive(&inbox.rail, &book));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.booked + other.booked, reports.len());
    assert_eq!(*book.times.lock().unwrap(), reports.len());
    assert_eq!(names(&inbox.place), [""; 0]);
    assert_eq!(names(&inbox.place.join("done")).len(), reports.len());
}
