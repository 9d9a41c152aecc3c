//! The same SQL by pgbench: what a unit of work sends, without whistle between.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use journal::statement::{execute, find};
use sea_orm::DatabaseConnection;
use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::load::{Cores, Pace};

/// What stands for the parameters of a statement that begins so. `:name` is a variable of the
/// script; `#` becomes the number of the statement.
struct Known {
    start: &'static str,
    values: &'static [&'static str],
}

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    Known { start: "INSERT INTO remembered ", values: &["'persons/bench'", ":id", ":digest", ":now"] },
    Known { start: "UPDATE remembered ", values: &["'persons/bench'", ":id", ":body"] },
    Known { start: "SELECT body FROM known ", values: &["'ENTERPRISE'", ":enterprise"] },
    Known { start: "SELECT name FROM known ", values: &["'CATALOGUE'", ":now"] },
    Known { start: "SELECT name, version FROM known ", values: &["'CALENDAR_YEAR'"] },
    Known { start: "INSERT INTO personal ", values: &[":id", "'contact'", ":sealed"] },
    Known { start: "INSERT INTO counter ", values: &["'bench'"] },
    Known { start: "SELECT body FROM ticket ", values: &[":id"] },
    Known { start: "SELECT body FROM work_order ", values: &[":order"] },
    Known { start: "INSERT INTO alarm ", values: &[":id", "'KIND #'", ":now"] },
    Known { start: "DELETE FROM alarm ", values: &[":order", "'CLAIM'"] },
    Known { start: "UPDATE journal_head ", values: &["{facts}", ":now"] },
];
/// The rows that a unit writes whole: their values are those of a row that whistle wrote, but for
/// what must be one's own.
const ROWS: &[Row] = &[
    Row { start: "INSERT INTO ticket ", table: "ticket", state: "SUBMITTED", own: ":id" },
    Row { start: "UPDATE work_order ", table: "work_order", state: "CLAIMED", own: ":order" },
];
/// The columns of a row that are its own.
const OWN: &[&str] = &["name", "number"];

/// A row that a statement writes.
struct Row {
    start: &'static str,
    table: &'static str,
    state: &'static str,
    own: &'static str,
}

/// What stands for a fact of the journal, so many before the last one of its unit.
const FACT: [&str; 7] = [
    ":position - {before}",
    ":id || '-{before}'",
    ":id",
    "'whistle.bench.v1.Told'",
    ":id",
    ":now",
    ":envelope",
];
/// Whose first column the script keeps for later statements.
const KEPT: &[&str] = &["UPDATE journal_head "];

/// pgbench, ready to do what a unit does.
pub(crate) struct Pgbench {
    program: PathBuf,
    url: String,
    schema: &'static str,
    script: String,
    variables: Vec<(String, String)>,
    runs: u64,
}

impl Pgbench {
    /// For the unit that sent these statements. Their sizes are those of the newest rows.
    pub(crate) async fn new(
        on: &DatabaseConnection,
        (schema, url): (&'static str, String),
        statements: &[String],
    ) -> Result<Pgbench> {
        let folder = text(on, "SELECT setting FROM pg_config WHERE name = 'BINDIR'").await?;
        let newest = |columns: &str, of: &str| format!("SELECT {columns} FROM {of} LIMIT 1");
        let sealed = newest("sealed::text", "personal");
        let envelope = newest("envelope::text", "journal ORDER BY position DESC");
        let body = newest(
            "convert_from(answer, 'UTF8')",
            "(SELECT answer FROM remembered ORDER BY at DESC) AS newest",
        );
        let mut variables = vec![
            ("now", text(on, "SELECT recorded_at::text FROM journal_head").await?),
            ("enterprise", crate::ground::ENTERPRISE.to_owned()),
            ("digest", format!("\\x{}", "5a".repeat(32))),
            ("envelope", text(on, &envelope).await?),
            ("body", text(on, &body).await?),
        ];
        if statements.iter().any(|sql| sql.starts_with("INSERT INTO personal ")) {
            variables.push(("sealed", text(on, &sealed).await?));
        }
        let mut variables: Vec<(String, String)> =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut written = Vec::new();
        for sql in statements {
            written.push(written_by(on, sql, &mut variables).await?);
        }
        let program = Path::new(&folder).join("pgbench");
        let script = script(statements, &written)?;
        Ok(Pgbench { program, url, schema, script, variables, runs: 0 })
    }

    /// So many copies of an order that waits to be claimed, each with its alarms, for the next run.
    pub(crate) async fn copy_orders(&self, on: &DatabaseConnection, count: u64) -> Result<()> {
        let first = self.first_key();
        let name = "SELECT name FROM work_order WHERE state = 'OFFERED' LIMIT 1";
        let name = text(on, name).await?;
        let series = format!("generate_series({first}, {first} + {count} - 1) AS key");
        let columns = "SELECT string_agg(column_name, ', ') FROM information_schema.columns \
                       WHERE table_schema = current_schema() AND table_name = 'work_order' \
                       AND column_name NOT IN ('name', 'number')";
        let columns = text(on, columns).await?;
        let copy = format!(
            "INSERT INTO work_order (name, number, {columns}) \
             SELECT key::text, key::text, {columns} FROM work_order, {series} WHERE name = $1"
        );
        ensure!(execute(on, &copy, [name.clone().into()]).await? == count, "copies of {name}");
        let alarms = format!(
            "INSERT INTO alarm (thing, kind, due_at) \
             SELECT key::text, kind, due_at FROM alarm, {series} WHERE thing = $1"
        );
        execute(on, &alarms, [name.into()]).await?;
        execute(on, "ANALYZE work_order", []).await?;
        Ok(())
    }

    /// Runs it: prepared statements, a connection for each client.
    pub(crate) fn run(&mut self, clients: usize, within: Duration, orders: u64) -> Result<Pace> {
        let folder = TempDir::new()?;
        fs::write(folder.path().join("unit.sql"), &self.script)?;
        let (first, threads) = (self.first_key(), clients.min(2));
        let seconds = (within + within / 10).as_secs_f64().ceil();
        let mut command = Command::new(&self.program);
        command.current_dir(folder.path()).args(["-n", "-M", "prepared", "-l"]);
        command.args(["-f", "unit.sql", "-c", &clients.to_string(), "-j", &threads.to_string()]);
        command.args(["-T", &seconds.to_string()]);
        let own = [("turn", 0), ("clients", clients as u64), ("first", first), ("orders", orders)];
        let own = own.iter().map(|(name, value)| ((*name).to_owned(), value.to_string()));
        for (name, value) in own.chain(self.variables.iter().cloned()) {
            command.arg("-D").arg(format!("{name}={value}"));
        }
        command.env("PGOPTIONS", format!("-c search_path={}", self.schema)).arg(&self.url);
        self.runs += 1;
        let cores = Cores::look()?;
        let Output { status, stdout, stderr } = command.output().context("running pgbench")?;
        let busy = cores.busy_since()?;
        let said = String::from_utf8_lossy(&stdout);
        if !status.success() || !said.contains("failed transactions: 0 ") {
            bail!("pgbench: {said}{}\n{}", String::from_utf8_lossy(&stderr), self.script);
        }
        Pace::of(spans(folder.path(), within)?, within, busy)
    }

    /// No two runs use the same keys; all are as long as the numbers of a script can be.
    fn first_key(&self) -> u64 {
        1_000_000_000_000_000_000 + self.runs * 1_000_000_000_000_000
    }
}

/// What stands for the parameters of a statement that writes a whole row, which are left to
/// variables; nothing if it writes none.
async fn written_by(
    on: &DatabaseConnection,
    sql: &str,
    variables: &mut Vec<(String, String)>,
) -> Result<Option<Vec<String>>> {
    let Some(row) = ROWS.iter().find(|row| sql.starts_with(row.start)) else { return Ok(None) };
    let Row { table, state, own, .. } = row;
    let newest = format!(
        "SELECT to_jsonb(one)::text FROM (SELECT * FROM {table} WHERE state = '{state}' LIMIT 1) one"
    );
    let newest: Map<String, Value> = serde_json::from_str(&text(on, &newest).await?)?;
    let mut values = Vec::new();
    for column in columns_of(sql) {
        if OWN.contains(&column) {
            values.push((*own).to_owned());
            continue;
        }
        let value = newest.get(column).with_context(|| format!("{table} has no {column}"))?;
        let value = match value {
            Value::Null => {
                values.push("NULL".to_owned());
                continue;
            }
            // A variable of pgbench is never empty.
            Value::String(text) if text.is_empty() => {
                values.push("''".to_owned());
                continue;
            }
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                value.to_string()
            }
        };
        let name = format!("{table}_{column}");
        values.push(format!(":{name}"));
        variables.push((name, value));
    }
    Ok(Some(values))
}

/// The columns that a statement writes or looks for, in the order of its parameters.
fn columns_of(sql: &str) -> Vec<&str> {
    if let Some((_, listed)) = sql.split_once('(')
        && sql.starts_with("INSERT ")
    {
        let listed = listed.split_once(')').map_or(listed, |(columns, _)| columns);
        return listed.split(',').map(str::trim).collect();
    }
    let named = sql.split(" = $").zip(sql.split(" = $").skip(1));
    let mut numbered: Vec<(usize, &str)> = named
        .filter_map(|(before, after)| {
            let column = before.rsplit([' ', ',', '(']).next()?;
            let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            Some((after[..digits].parse().ok()?, column))
        })
        .collect();
    numbered.sort_unstable();
    numbered.into_iter().map(|(_, column)| column).collect()
}

/// The statements as a script in one transaction.
fn script(statements: &[String], written: &[Option<Vec<String>>]) -> Result<String> {
    let mut script = String::from(
        "\\set turn :turn + 1\n\
         \\set id :first + :turn * :clients + :client_id\n\
         \\set order :first + (:turn * :clients + :client_id) % greatest(:orders, 1)\n\
         BEGIN;\n",
    );
    let facts = statements.iter().map(|sql| facts_in(sql)).sum();
    for (number, (sql, written)) in statements.iter().zip(written).enumerate() {
        let values = match written {
            Some(values) => values.clone(),
            None => values_of(sql, number, facts)?,
        };
        let mut filled = sql.clone();
        for (at, value) in values.iter().enumerate().rev() {
            filled = filled.replace(&format!("${}", at + 1), value);
        }
        ensure!(!filled.contains('$'), "this statement has more parameters: {sql}");
        let kept = KEPT.iter().any(|start| sql.starts_with(start));
        script.push_str(&filled);
        script.push_str(if kept { " \\gset\n" } else { ";\n" });
    }
    script.push_str("COMMIT;\n");
    Ok(script)
}

/// How many facts a statement appends.
fn facts_in(sql: &str) -> usize {
    if sql.starts_with("INSERT INTO journal ") { sql.matches('$').count() / FACT.len() } else { 0 }
}

/// What stands for the parameters of a statement.
fn values_of(sql: &str, number: usize, facts: usize) -> Result<Vec<String>> {
    let before = (0..facts_in(sql)).rev().map(|before| before.to_string());
    let fact = |before: String| FACT.map(|value| value.replace("{before}", &before));
    let appended: Vec<String> = before.flat_map(fact).collect();
    if !appended.is_empty() {
        return Ok(appended);
    }
    let known = KNOWN.iter().find(|known| sql.starts_with(known.start));
    let known = known.with_context(|| format!("this statement is not known here: {sql}"))?;
    let filled = |value: &&str| {
        value.replace('#', &number.to_string()).replace("{facts}", &facts.to_string())
    };
    Ok(known.values.iter().map(filled).collect())
}

/// How long each transaction took that ended in the measured time, by pgbench's logs: client,
/// number, microseconds, script, second and microsecond of its end. The first tenth is warm-up.
fn spans(folder: &Path, within: Duration) -> Result<Vec<Duration>> {
    let mut ended: Vec<(u64, u64)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.starts_with("pgbench_log.") {
            continue;
        }
        for line in fs::read_to_string(&path)?.lines() {
            let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
            let [_, _, span, _, second, micro, ..] = numbers[..] else { bail!("{line}") };
            ended.push((second * 1_000_000 + micro, span));
        }
    }
    let first = ended.iter().map(|(at, span)| at - span).min().context("no transactions")?;
    let measured = |from: Duration| first + u64::try_from(from.as_micros()).unwrap_or(u64::MAX);
    let (begin, end) = (measured(within / 10), measured(within / 10 + within));
    let inside = ended.into_iter().filter(|(at, span)| begin <= at - span && *at <= end);
    Ok(inside.map(|(_, span)| Duration::from_micros(span)).collect())
}

async fn text(on: &DatabaseConnection, sql: &str) -> Result<String> {
    let row = find(on, sql, []).await?.with_context(|| format!("nothing found: {sql}"))?;
    Ok(row.try_get_by_index(0)?)
}
