//! The ledger in the texts of beancount and hledger: their own programs read it, check it and come to
//! the same balances.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use base::Fen;
use subsidy::ledger::{Export, Format, TrialBalance};
use subsidy::lifecycle::budget::{BudgetCommand, Change};
use subsidy::store::ledger::{AsOf, Asked, Cursor, Scope, list_lines, list_postings};
use tempfile::TempDir;
use testkit::{Size, on_both_sizes};

use crate::books::{Books, by, commit, money, paid};

on_both_sizes!(
    beancount_and_hledger_check_the_ledger_and_agree,
    beancount_and_hledger_find_a_fen_that_is_gone,
);

/// Some lines whose codes are not such as those programs like, with some of everything.
async fn kept(size: Size) -> Result<Books> {
    let books = Books::open(size).await?;
    for policy in ["P01", "p_01", "p-01", "_", "-x"] {
        let line = books.opened(policy, 2026, 1_000_000_000_000).await?;
        let number = 100 * u128::try_from(policy.len())? + u128::from(policy.as_bytes()[0]);
        books.desk.ask_all(&line, paid(number, 26_146_200_001)).await?;
        books.later(24 * 20);
        let document = "经开财〔2026〕7号, 见 \"附件\"; a|b".to_owned();
        let change = Change::Cut(Fen(5));
        let propose = BudgetCommand::ProposeAdjustment { by: by("maker"), change, document };
        let confirm = BudgetCommand::ConfirmAdjustment { by: by("checker") };
        let back = [
            BudgetCommand::Reverse(money(number, 1)),
            BudgetCommand::OpenReceivable(money(number, 299)),
            BudgetCommand::Repay(money(number, 100)),
            commit(number + 1, 0, 7),
        ];
        books.desk.ask_all(&line, [propose, confirm].into_iter().chain(back)).await?;
    }
    Ok(books)
}

/// The whole ledger in a format, and what it comes to.
async fn exported(books: &Books, format: Format) -> Result<(String, TrialBalance)> {
    let mut export = Export::new(format);
    let mut text = export.head(&list_lines(books.read(), &Scope::default()).await?);
    let mut asked = Asked {
        scope: Scope::default(),
        disbursement: None,
        as_of: AsOf::Now,
        after: None,
        limit: 7,
    };
    loop {
        let some = list_postings(books.read(), &asked).await?;
        let Some(last) = some.last() else { break };
        asked.after = Some(Cursor::after(last));
        for booked in &some {
            text.push_str(&export.posting(booked).context("too large")?);
        }
    }
    text.push_str(&export.foot());
    Ok((text, export.trial().clone()))
}

/// Runs a program that must be there: `cargo xtask test` installs it.
fn run(program: &str, arguments: &[&str]) -> Result<(bool, String)> {
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .with_context(|| format!("`cargo xtask test` installs {program}"))?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

fn checked_by_beancount(file: &str) -> Result<(bool, String)> {
    run("bean-check", &[file])
}

fn checked_by_hledger(file: &str) -> Result<(bool, String)> {
    run(
        "hledger",
        &[
            "-f",
            file,
            "check",
            "accounts",
            "commodities",
            "ordereddates",
            "balancednoautoconversion",
        ],
    )
}

fn written(folder: &Path, name: &str, text: &str) -> Result<String> {
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    Ok(file.to_str().context("a path")?.to_owned())
}

/// What those programs say stands on each account, by its name: rows of name and amount.
fn balances(rows: &str) -> Result<BTreeMap<String, Fen>> {
    let mut balances = BTreeMap::new();
    for row in rows.lines() {
        let Some((name, amount)) = row.split_once(',') else { continue };
        let (name, amount) = (name.trim().trim_matches('"'), amount.trim().trim_matches('"'));
        if !name.contains(':') {
            continue;
        }
        let amount = amount.trim().trim_end_matches("CNY").trim_end();
        let fen = Fen::parse_yuan(amount).context("an amount")?;
        if fen != Fen::ZERO {
            balances.insert(name.to_owned(), fen);
        }
    }
    Ok(balances)
}

async fn beancount_and_hledger_check_the_ledger_and_agree(size: Size) -> Result<()> {
    let books = kept(size).await?;
    books.agree().await?;
    let (folder, trial) = (TempDir::new()?, books.trial(AsOf::Now).await?);
    let ours: Vec<Fen> = trial.lines.values().map(|line| line.balance()).collect();
    let mut ours: Vec<Fen> = ours.into_iter().filter(|fen| *fen != Fen::ZERO).collect();
    ours.sort();

    let (text, sums) = exported(&books, Format::Beancount).await?;
    assert_eq!(sums, trial);
    let file = written(folder.path(), "ledger.beancount", &text)?;
    let (good, said) = checked_by_beancount(&file)?;
    ensure!(good, "{said}\n{text}");
    // Its display of positions knows no sums of ten thousand million; that of numbers does.
    let query = "SELECT account, sum(number) GROUP BY account";
    let (good, rows) = run("bean-query", &["--format", "csv", &file, query])?;
    ensure!(good, "{rows}");
    let by_beancount = balances(&rows)?;
    ensure!(!by_beancount.is_empty(), "{rows}");

    let (text, sums) = exported(&books, Format::Hledger).await?;
    assert_eq!(sums, trial);
    let file = written(folder.path(), "ledger.journal", &text)?;
    let (good, said) = checked_by_hledger(&file)?;
    ensure!(good, "{said}\n{text}");
    let (good, rows) =
        run("hledger", &["-f", &file, "balance", "--flat", "--no-total", "-O", "csv"])?;
    ensure!(good, "{rows}");

    assert_eq!(by_beancount, balances(&rows)?);
    let mut theirs: Vec<Fen> = by_beancount.into_values().collect();
    theirs.sort();
    assert_eq!(theirs, ours);
    Ok(())
}

async fn beancount_and_hledger_find_a_fen_that_is_gone(size: Size) -> Result<()> {
    let books = kept(size).await?;
    let folder = TempDir::new()?;
    type Check = fn(&str) -> Result<(bool, String)>;
    let programs: [(Format, Check); 2] =
        [(Format::Beancount, checked_by_beancount), (Format::Hledger, checked_by_hledger)];
    for (format, check) in programs {
        let (text, _) = exported(&books, format).await?;
        let one_leg = text.replacen(" 261462000.01 CNY", " 261462000.00 CNY", 1);
        let both_legs = text.replacen(" 261462000.01 CNY", " 261462000.00 CNY", 1).replacen(
            " -261462000.01 CNY",
            " -261462000.00 CNY",
            1,
        );
        for (name, changed) in [("one leg", one_leg), ("both legs", both_legs)] {
            assert_ne!(changed, text);
            let file = written(folder.path(), "changed", &changed)?;
            let file = if format == Format::Hledger { format!("journal:{file}") } else { file };
            let (good, said) = check(&file)?;
            assert!(!good, "{format:?} does not see that {name} is less: {said}");
        }
    }
    Ok(())
}
