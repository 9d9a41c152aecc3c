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
const LIVES: &[&str] = &["request", "dispatch", "agency"];
/// The services with reasons of their own, and what all share.
const REASONED: &[&str] = &["directory", "request", "dispatch", "agency", "history", "common"];

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

/// Prints all rows; fails if there is a fault.
pub(crate) fn run() -> Result<ExitCode> {
    let (rows, faults) = read()?;
    let mut table = "";
    for row in &rows {
        if row.table != table {
            table = &row.table;
            println!("\n── {table}\n");
        }
        println!("{:<64} {}", row.text, row.shown_by.as_deref().unwrap_or("— NO TEST —"));
    }
    println!();
    for fault in &faults {
        println!("{fault}");
    }
    let missing = rows.iter().filter(|row| row.shown_by.is_none()).count();
    println!("{} rows, {missing} without a test", rows.len());
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The rows that nobody shows, and what tests say that they show and is no row.
pub(crate) fn faults() -> Result<Vec<String>> {
    Ok(read()?.1)
}

fn read() -> Result<(Vec<Row>, Vec<String>)> {
    let (contract, sources) = (files(&["proto"]), files(&["rs"]));
    let mut said = said::all(&sources);
    let rows = all(&contract, &sources, &mut said);
    if rows.is_empty() {
        bail!("no rows were found");
    }
    let missing = rows.iter().filter(|row| row.shown_by.is_none());
    let missing = missing.map(|row| format!("no test shows {}: {}", row.table, row.text));
    let idle = said.iter().filter(|said| !said.used);
    let idle = idle.map(|Said { test, text, .. }| format!("{test} shows no row: `{text}`"));
    let faults = missing.chain(idle).collect();
    Ok((rows, faults))
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
