//! `whistle bank simulate` as a process of its own: it answers every order once, killed or not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use base::{CreditCode, Fen};
use journal::SystemEntropy;
use subsidy::rail::{
    AccountNumber, BankCode, DirectoryPair, Party, Payment, PaymentOrder, PaymentReport, Rail as _,
    Reference, Status, Transfer,
};
use testkit::eventually;
use testkit::infra::Scratch;

/// How long the bank may take on a busy machine.
const WITHIN: Duration = Duration::from_secs(60);

struct Town {
    scratch: Scratch,
}

impl Town {
    fn new() -> Result<Town> {
        Ok(Town { scratch: Scratch::new()? })
    }

    fn place(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn rail(&self) -> DirectoryPair {
        let (orders, reports) = (self.place("orders"), self.place("reports"));
        DirectoryPair::new(orders, reports, Arc::new(SystemEntropy))
    }

    fn command(&self, flags: &[&str]) -> Result<Command> {
        let mut command = self.scratch.command(env!("CARGO_BIN_EXE_whistle"), "bank.log")?;
        command.args(["bank", "simulate", "--orders", "orders", "--reports", "reports"]);
        command.args(["--seed", "7"]).args(flags);
        Ok(command)
    }

    /// The bank, which serves until it is killed.
    fn bank(&self, flags: &[&str]) -> Result<Bank> {
        Ok(Bank(self.command(flags)?.spawn()?))
    }

    /// The bank, for one round.
    fn round(&self, flags: &[&str]) -> Result<Output> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whistle"));
        command.args(["bank", "simulate", "--orders", "orders", "--reports", "reports", "--once"]);
        Ok(command.args(["--seed", "7"]).args(flags).current_dir(self.scratch.path()).output()?)
    }

    /// How often each entry was answered with each status, by all the reports that wait.
    fn answers(&self) -> Result<BTreeMap<(String, String), usize>> {
        let mut answers = BTreeMap::new();
        for file in files(&self.place("reports")) {
            let report = PaymentReport::read(&fs::read(file)?)?;
            for entry in report.entries {
                *answers.entry((entry.reference, entry.status.to_string())).or_default() += 1;
            }
        }
        Ok(answers)
    }
}

/// The files that pass through a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let passes = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        !name.starts_with('.') && name.ends_with(".xml")
    };
    paths.filter(passes).collect()
}

struct Bank(Child);

impl Bank {
    /// SIGKILL.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn order(message: &str, entries: u32) -> PaymentOrder {
    let party = |name: &str, account: &str| Party {
        name: name.to_owned(),
        account: AccountNumber::new(account).unwrap(),
        bank: BankCode::new("102999000009").unwrap(),
    };
    let transfers = (1..=entries).map(|number| Transfer {
        reference: Reference::new(&format!("{message}-{number}")).unwrap(),
        amount: Fen(i64::from(number) * 100),
        creditor: party("示范市岳舟能源设备有限公司", "622200000000000001"),
        enterprise: Some(CreditCode::parse("91369901MA511A878Y").unwrap()),
        purpose: "首次上规奖励".to_owned(),
    });
    PaymentOrder {
        message: Reference::new(message).unwrap(),
        created_at: "2026-11-23T10:00:00+08:00".parse().unwrap(),
        execute_on: "2026-11-24".parse().unwrap(),
        initiator: "示范经开区财政局".to_owned(),
        payments: vec![Payment {
            id: Reference::new(&format!("{message}-P")).unwrap(),
            debtor: party("示范经开区财政局", "3600000000000001"),
            transfers: transfers.collect(),
        }],
    }
}

/// The bank is killed again and again while orders come in: each entry is answered once, each
/// report is whole, and no order is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_that_is_killed_answers_every_order_once() -> Result<()> {
    const ORDERS: usize = 60;
    let town = Town::new()?;
    let rail = town.rail();
    let at_once = ["--on-time", "0"];
    let mut bank = town.bank(&at_once)?;
    for number in 0..ORDERS {
        rail.send(&order(&format!("m{number}"), 3).write()?).await?;
        if number % 10 == 9 {
            // Somewhere in the middle of what has come in until now.
            eventually("the bank works", WITHIN, async || {
                let reported = files(&town.place("reports")).len();
                if number / 2 < reported { Ok(()) } else { Err(reported) }
            })
            .await?;
            bank.kill();
            bank = town.bank(&at_once)?;
        }
    }
    eventually("every order is answered", WITHIN, async || {
        let (left, answers) = (files(&town.place("orders")).len(), town.answers()?.len());
        if left == 0 && answers == 3 * ORDERS { Ok(()) } else { Err(anyhow!("{left}, {answers}")) }
    })
    .await?;
    bank.kill();
    let twice = town.answers()?.into_iter().filter(|(_, times)| *times != 1).collect::<Vec<_>>();
    assert!(twice.is_empty(), "{twice:?}");
    assert_eq!(files(&town.place("orders/done")).len(), ORDERS);
    Ok(())
}

#[tokio::test]
async fn the_bank_answers_in_the_manner_that_it_is_told() -> Result<()> {
    let cases = [("on_time", Status::Acsc), ("rejected", Status::Rjct), ("partly", Status::Acsp)];
    for (manner, status) in cases {
        let town = Town::new()?;
        town.rail().send(&order("m", 2).write()?).await?;
        let flags = ["--behaviour", manner, "--on-time", "0", "--late", "3600"];
        let output = town.round(&flags)?;
        assert!(output.status.success());
        let told = String::from_utf8(output.stdout)?;
        assert!(told.contains("受理 1、重复 0、拒收 0、回执 1"), "{told}");
        let answers = town.answers()?;
        let expected = ["m-1", "m-2"].map(|entry| ((entry.to_owned(), status.to_string()), 1));
        assert_eq!(answers, BTreeMap::from(expected), "{manner}");
    }
    Ok(())
}

#[tokio::test]
async fn what_the_bank_cannot_do_is_said_in_both_languages() -> Result<()> {
    let town = Town::new()?;
    let cases: [(&[&str], &str); 4] = [
        (&["--behaviour", "early=1"], "wrong_amount"),
        (&["--behaviour", "never=0"], "权重"),
        (&["--on-time", "soon"], "参数的值不合要求"),
        (&["--late", "99999999"], "整数秒"),
    ];
    for (flags, expected) in cases {
        let output = town.round(flags)?;
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        let told = String::from_utf8(output.stderr)?;
        assert!(told.starts_with("错误：") && told.contains(expected), "{flags:?}: {told}");
    }
    let bank = town.bank(&[])?;
    eventually("the bank is open", WITHIN, async || {
        let log = fs::read_to_string(town.place("bank.log"))?;
        if log.contains("模拟银行已就绪") { Ok(()) } else { Err(anyhow!(log)) }
    })
    .await?;
    let second = town.round(&[])?;
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8(second.stderr)?;
    assert!(
        told.contains("另一个模拟银行正在使用") && told.contains("another simulated bank"),
        "{told}"
    );
    bank.kill();
    assert!(town.round(&[])?.status.success(), "a killed bank holds no lock");
    Ok(())
}
