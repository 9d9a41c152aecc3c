//! `cargo xtask rows`: every row of the rules, and the test that shows it.
//!
//! A row is a line of a lifecycle's `TRANSITIONS`, a line of its `HEARD`, a value of a `Reason`, or
//! a cell of the rights: one caller of one rpc. A test says what it shows in its comment:
//!
//! ```text
//! /// Shows: request ANSWERED Rate; request CONFIRMED Rate
//! /// Shows: request hears WorkCompleted in WITHDRAWN; dispatch hears every fact in every state
//! /// Shows: request refuses STATE_FORBIDS
//! ```
//!
//! A reason is shown as well by a test that names it, and the cells by the matrix of the rights test.

mod said;
mod table;

use std::process::ExitCode;

use anyhow::{Result, bail};
use testkit::source::{File, files};

use self::said::Said;
use self::table::{cells, heard, reasons, transitions};

/// The services whose things have a life.
const LIVES: &[&str] = &["request", "dispatch"];
/// The services with reasons of their own, and what all share.
const REASONED: &[&str] = &["directory", "request", "dispatch", "common"];

/// Something that must be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    /// The table that it stands in.
    table: String,
    /// What it says.
    text: String,
    /// Which test shows it, if one does.
    shown_by: Option<String>,
}

/// Prints all rows; fails if one is shown by nobody, or a test says that it shows what is no row.
pub(crate) fn run() -> Result<ExitCode> {
    let (contract, sources) = (files(&["proto"]), files(&["rs"]));
    let mut said = said::all(&sources);
    let rows = all(&contract, &sources, &mut said);
    if rows.is_empty() {
        bail!("no rows were found");
    }
    let mut table = "";
    for row in &rows {
        if row.table != table {
            table = &row.table;
            println!("\n── {table}\n");
        }
        println!("{:<64} {}", row.text, row.shown_by.as_deref().unwrap_or("— NO TEST —"));
    }
    let missing: Vec<&Row> = rows.iter().filter(|row| row.shown_by.is_none()).collect();
    let idle: Vec<&Said> = said.iter().filter(|said| !said.used).collect();
    println!();
    for row in &missing {
        println!("no test shows {}: {}", row.table, row.text);
    }
    for said in &idle {
        println!("{} says that it shows `{}`, which is no row", said.test, said.text);
    }
    println!("{} rows, {} without a test", rows.len(), missing.len());
    let good = missing.is_empty() && idle.is_empty();
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all(contract: &[File], sources: &[File], said: &mut [Said]) -> Vec<Row> {
    let mut rows = Vec::new();
    for service in LIVES {
        rows.extend(transitions(service, sources, said));
        rows.extend(heard(service, sources, said));
    }
    for service in REASONED {
        rows.extend(reasons(service, contract, sources, said));
    }
    rows.extend(cells(contract, sources));
    rows
}
