//! The bank answers as it is told to, the same every time, and goes on where it was killed.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use journal::SeededEntropy;
use tempfile::TempDir;

use super::*;
use crate::rail::sample::{instant, names, order};
use crate::rail::{Outcome, PaymentReport};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

struct Town {
    scratch: TempDir,
}

impl Town {
    fn new() -> Town {
        Town { scratch: tempfile::tempdir().unwrap() }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    async fn opened(&self, seed: u64, behaviour: Behaviour) -> Result<Bank, BankError> {
        let setting = Setting {
            orders: self.place("orders"),
            reports: self.place("reports"),
            state: self.place("bank.json"),
            seed,
            behaviour: behaviour.with_delays(MINUTE, DAY),
        };
        Bank::open(setting, Arc::new(SeededEntropy::new(7))).await
    }

    async fn bank(&self, manner: Manner) -> Bank {
        self.opened(1, Behaviour::always(manner)).await.unwrap()
    }

    fn order(&self, message: &str, amounts: &[i64]) {
        fs::create_dir_all(self.place("orders")).unwrap();
        let file = order(message, amounts).write().unwrap();
        fs::write(self.place("orders").join(file.name), file.bytes).unwrap();
    }

    /// Every report, in the order of their names, each read whole.
    fn reports(&self) -> Vec<(String, PaymentReport)> {
        let folder = self.place("reports");
        let read = |name: String| {
            let report = PaymentReport::read(&fs::read(folder.join(&name)).unwrap()).unwrap();
            (name, report)
        };
        names(&folder).into_iter().map(read).collect()
    }
}

/// What is told of each entry, report by report: outcome and amount.
fn told(town: &Town) -> Vec<Vec<(String, Outcome, i64)>> {
    let line = |entry: crate::rail::Entry| {
        let outcome = entry.status.outcome().unwrap();
        (entry.reference, outcome, entry.amount.unwrap().0)
    };
    let reports = town.reports().into_iter();
    reports.map(|(_, report)| report.entries.into_iter().map(line).collect()).collect()
}

fn at_once() -> Timestamp {
    instant("2026-11-24T09:00:00+08:00")
}

/// Each manner: what is told in time, and what comes a day later.
#[tokio::test]
async fn each_manner_answers_in_its_way() {
    use Outcome::{Accepted, Rejected, Settled};
    let cases: [(Manner, &[Outcome], &[Outcome]); 8] = [
        (Manner::OnTime, &[Settled], &[]),
        (Manner::Late, &[], &[Settled]),
        (Manner::Twice, &[Settled, Settled], &[]),
        (Manner::Partly, &[Accepted], &[Settled]),
        (Manner::WrongAmount, &[Settled], &[]),
        (Manner::Rejected, &[Rejected], &[]),
        (Manner::ReturnedLater, &[Settled], &[Rejected]),
        (Manner::Never, &[], &[]),
    ];
    for (manner, soon, late) in cases {
        let town = Town::new();
        let mut bank = town.bank(manner).await;
        town.order("m", &[250]);
        let round = bank.work(at_once()).await.unwrap();
        assert_eq!(round, Round { taken: 1, ..Round::default() }, "{manner}");
        assert_eq!(names(&town.place("orders/done")), ["m.xml"]);
        bank.work(at_once() + MINUTE).await.unwrap();
        let outcomes = |town: &Town| -> Vec<Outcome> {
            told(town).into_iter().flatten().map(|(_, outcome, _)| outcome).collect()
        };
        assert_eq!(outcomes(&town), soon, "{manner}, in time");
        bank.work(at_once() + DAY - SignedDuration::from_micros(1)).await.unwrap();
        assert_eq!(outcomes(&town), soon, "{manner}, before it is late");
        bank.work(at_once() + DAY).await.unwrap();
        assert_eq!(outcomes(&town), [soon, late].concat(), "{manner}, late");
        assert_eq!(bank.next_due(), None, "{manner}");
        let right = told(&town).iter().flatten().all(|(_, _, amount)| *amount == 250);
        assert_eq!(right, manner != Manner::WrongAmount, "{manner}");
    }
}

#[tokio::test]
async fn a_report_that_comes_twice_is_the_same_to_the_byte() {
    let town = Town::new();
    let mut bank = town.bank(Manner::Twice).await;
    town.order("m", &[1, 2]);
    bank.work(at_once()).await.unwrap();
    bank.work(at_once() + MINUTE).await.unwrap();
    let files = names(&town.place("reports"));
    assert_eq!(files.len(), 2);
    let bytes = |name: &str| fs::read(town.place("reports").join(name)).unwrap();
    assert_eq!(bytes(&files[0]), bytes(&files[1]));
}

fn mixed() -> Behaviour {
    let weights =
        "on_time=4,late=1,twice=1,partly=1,wrong_amount=1,rejected=1,returned_later=1,never=1";
    weights.parse().unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |name: String| (name.clone(), fs::read(folder.join(name)).unwrap());
    names(folder).into_iter().map(read).collect()
}

/// The seed replays a run; another seed is another run. Which orders come in which round, and how
/// often the bank is killed, changes no answer to any entry.
#[tokio::test]
async fn the_same_seed_gives_the_same_reports() {
    let run = async |seed, kill: bool| {
        let town = Town::new();
        let mut bank = Some(town.opened(seed, mixed()).await.unwrap());
        for number in 0..12 {
            town.order(&format!("m{number}"), &[100; 5]);
        }
        for at in [at_once(), at_once() + MINUTE, at_once() + DAY] {
            if kill {
                drop(bank.take());
                bank = Some(town.opened(seed, mixed()).await.unwrap());
            }
            bank.as_mut().unwrap().work(at).await.unwrap();
        }
        files(&town.place("reports"))
    };
    let first = run(1, false).await;
    assert!(12 < first.len(), "{}", first.len());
    assert_eq!(run(1, false).await, first);
    assert_eq!(run(1, true).await, first);
    assert_ne!(run(2, false).await, first);
}

/// Killed between keeping what it owes and putting the order away.
#[tokio::test]
async fn an_order_whose_bank_died_before_putting_it_away_is_taken_once() {
    let town = Town::new();
    let mut bank = town.bank(Manner::OnTime).await;
    town.order("m", &[100]);
    bank.work(at_once()).await.unwrap();
    drop(bank);
    let orders = town.place("orders");
    fs::rename(orders.join("done/m.xml"), orders.join("m.xml")).unwrap();
    let mut bank = town.bank(Manner::OnTime).await;
    let round = bank.work(at_once() + MINUTE).await.unwrap();
    assert_eq!(round, Round { repeated: 1, reported: 1, ..Round::default() });
    assert_eq!(names(&orders), [""; 0]);
    assert_eq!(told(&town).len(), 1);
}

/// Killed between writing a report and noting that it is written: the report is not written again,
/// neither while it waits nor after it was taken.
#[tokio::test]
async fn a_report_whose_bank_died_before_noting_it_is_told_once() {
    for taken in [false, true] {
        let town = Town::new();
        let mut bank = town.bank(Manner::OnTime).await;
        town.order("m", &[100]);
        bank.work(at_once()).await.unwrap();
        let owing = fs::read(town.place("bank.json")).unwrap();
        bank.work(at_once() + MINUTE).await.unwrap();
        drop(bank);
        fs::write(town.place("bank.json"), owing).unwrap();
        let before = names(&town.place("reports"));
        if taken {
            let reports = Folder::new(town.place("reports"), Arc::new(SeededEntropy::new(1)));
            reports.put_away(&before[0]).await.unwrap();
        }
        town.bank(Manner::OnTime).await.work(at_once() + MINUTE).await.unwrap();
        let expected = if taken { Vec::new() } else { before };
        assert_eq!(names(&town.place("reports")), expected);
    }
}

#[tokio::test]
async fn an_order_again_is_one_order_and_another_of_its_name_is_refused() {
    let town = Town::new();
    let mut bank = town.bank(Manner::OnTime).await;
    for amounts in [[100], [100], [101]] {
        town.order("m", &amounts);
        bank.work(at_once()).await.unwrap();
    }
    bank.work(at_once() + MINUTE).await.unwrap();
    assert_eq!(told(&town), [[("m-1".to_owned(), Outcome::Settled, 100)]]);
    let reason = town.place("orders/refused/m.xml.reason.txt");
    assert!(fs::read_to_string(reason).unwrap().contains("此前已受理且内容不同"));
}

#[tokio::test]
async fn what_is_no_order_is_refused_with_its_reason() {
    let town = Town::new();
    let mut bank = town.bank(Manner::OnTime).await;
    town.order("good", &[100]);
    let bad = include_bytes!("../../tests/data/iso20022/bad-ctrlsum.xml");
    fs::write(town.place("orders/bad.xml"), bad).unwrap();
    fs::File::create(town.place("orders/large.xml")).unwrap().set_len(100 << 20).unwrap();
    let round = bank.work(at_once()).await.unwrap();
    assert_eq!(round, Round { taken: 1, refused: 2, ..Round::default() });
    for (name, why) in [("bad", "两者不符"), ("large", "超过上限")] {
        let reason = town.place("orders/refused").join(format!("{name}.xml.reason.txt"));
        assert!(fs::read_to_string(reason).unwrap().contains(why), "{name}");
    }
}

#[tokio::test]
async fn one_bank_at_a_time_works_with_a_state_that_is_whole() {
    let town = Town::new();
    let bank = town.bank(Manner::OnTime).await;
    let second = town.opened(1, Behaviour::default()).await;
    assert!(matches!(second, Err(BankError::Taken { .. })));
    drop(bank);
    fs::write(town.place("bank.json"), b"{\"orders\":").unwrap();
    let damaged = town.opened(1, Behaviour::default()).await;
    assert!(matches!(damaged, Err(BankError::Damaged { .. })));
}
