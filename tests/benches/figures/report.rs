//! The page that says what was measured, how, and what it means.

use std::fmt::Write as _;
use std::time::Duration;

use crate::broker::Throughput;
use crate::cases::{self, section};
use crate::ground::Engine;
use crate::load::Pace;
use crate::machine::Facts;
use crate::start::Started;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Submit,
    Claim,
}

/// How it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Unit,
    Grpc,
}

/// One line of figures.
pub(crate) struct Row {
    pub(crate) verb: Verb,
    pub(crate) way: Way,
    pub(crate) engine: Engine,
    pub(crate) clients: usize,
    pub(crate) pace: Pace,
    /// How many units were in one transaction, if that was counted.
    pub(crate) per_commit: Option<f64>,
}

impl Row {
    pub(crate) fn new(verb: Verb, way: Way, engine: Engine, clients: usize, pace: Pace) -> Row {
        Row { verb, way, engine, clients, pace, per_commit: None }
    }
}

/// Everything that was measured.
pub(crate) struct Report {
    pub(crate) started: Vec<Started>,
    pub(crate) throughput: Option<Throughput>,
    /// What a unit of each kind sends.
    pub(crate) statements: Vec<(Verb, Vec<String>)>,
    /// How cases are listed and forecast.
    pub(crate) cases: Vec<cases::Row>,
    pub(crate) took: Duration,
    within: Duration,
    machine: Facts,
    rows: Vec<Row>,
    alone: Vec<(Verb, usize, Pace)>,
    settled: Vec<(Engine, usize, Duration)>,
}

impl Report {
    pub(crate) fn new(within: Duration, machine: Facts) -> Report {
        Report {
            started: Vec::new(),
            throughput: None,
            statements: Vec::new(),
            cases: Vec::new(),
            took: Duration::ZERO,
            within,
            machine,
            rows: Vec::new(),
            alone: Vec::new(),
            settled: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, row: Row) {
        eprintln!(
            "{:?} {:?} {} {:>2} clients: {:.0}/s",
            row.verb,
            row.way,
            row.engine.name(),
            row.clients,
            row.pace.per_second()
        );
        self.rows.push(row);
    }

    /// What pgbench did beside.
    pub(crate) fn beside(&mut self, verb: Verb, clients: usize, pace: Pace) {
        eprintln!("{verb:?} pgbench {clients:>2} clients: {:.0}/s", pace.per_second());
        self.alone.push((verb, clients, pace));
    }

    /// How long after the last submission everything told had been published and heard.
    pub(crate) fn settled(&mut self, engine: Engine, clients: usize, within: Duration) {
        self.settled.push((engine, clients, within));
    }

    /// The whole page.
    pub(crate) fn page(&self) -> String {
        let mut page = String::from(INTRODUCTION);
        self.put_machine(&mut page);
        page.push_str(UNITS);
        self.put_rows(&mut page, Way::Unit);
        self.put_statements(&mut page);
        page.push_str(GRPC);
        self.put_rows(&mut page, Way::Grpc);
        self.put_settled(&mut page);
        page.push_str(&section(&self.cases));
        self.put_throughput(&mut page);
        self.put_started(&mut page);
        page.push_str(LIMITS);
        page
    }

    fn put_machine(&self, page: &mut String) {
        let _ = writeln!(page, "| | |\n|---|---|");
        for (what, how) in &self.machine {
            let _ = writeln!(page, "| {what} | {how} |");
        }
        let (within, took) = (self.within.as_secs(), self.took.as_secs());
        let _ = writeln!(page, "| Each measuring | {within} s, after a tenth of that as warm-up |");
        let _ = writeln!(page, "| The whole run | {took} s, after the build |");
    }

    fn put_rows(&self, page: &mut String, way: Way) {
        page.push_str(
            "\n| | database | clients | per second | p50 ms | p99 ms | cores busy | units per commit \
             | pgbench: per second | p50 ms | p99 ms | ratio |\n\
             |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for row in self.rows.iter().filter(|row| row.way == way) {
            let Row { verb, engine, clients, pace, per_commit, .. } = row;
            let _ = write!(
                page,
                "| {} | {} | {clients} | {} | {} | {} | {:.0} % | {} ",
                name(*verb),
                engine.name(),
                whole(pace.per_second()),
                millis(pace.p50),
                millis(pace.p99),
                pace.busy,
                per_commit.map(|count| format!("{count:.1}")).unwrap_or_default()
            );
            let alone = self.alone.iter().find(|(of, by, _)| (of, by) == (verb, clients));
            let _ = match alone.filter(|_| *engine == Engine::Postgres) {
                None => writeln!(page, "| | | | |"),
                Some((_, _, alone)) => writeln!(
                    page,
                    "| {} | {} | {} | {:.2} |",
                    whole(alone.per_second()),
                    millis(alone.p50),
                    millis(alone.p99),
                    pace.per_second() / alone.per_second()
                ),
            };
        }
    }

    fn put_statements(&self, page: &mut String) {
        for (verb, statements) in &self.statements {
            let (name, count) = (name(*verb), statements.len());
            let _ = writeln!(
                page,
                "\nOne unit of “{name}” sends {count} statements between `BEGIN` and `COMMIT`; the \
                 run takes them from the driver, and pgbench does the same:\n\n```sql"
            );
            for sql in statements {
                let _ = writeln!(page, "{};", shortened(sql));
            }
            page.push_str("```\n");
        }
    }

    fn put_settled(&self, page: &mut String) {
        page.push_str(
            "\nAfter the last submission it took this long until every fact had been published and \
             heard by the other services:\n\n| database | clients | s |\n|---|--:|--:|\n",
        );
        for (engine, clients, within) in &self.settled {
            let within = within.as_secs_f64();
            let _ = writeln!(page, "| {} | {clients} | {within:.2} |", engine.name());
        }
    }

    fn put_throughput(&self, page: &mut String) {
        let Some(Throughput { messages, bytes, publisher, broker }) = &self.throughput else {
            return;
        };
        page.push_str(PUBLISHER);
        let _ = writeln!(
            page,
            "| messages | bytes each | publisher: per second | broker alone: per second | ratio |\n\
             |--:|--:|--:|--:|--:|\n| {} | {bytes} | {} | {} | {:.2} |",
            grouped(&messages.to_string()),
            whole(*publisher),
            whole(*broker),
            publisher / broker
        );
    }

    fn put_started(&self, page: &mut String) {
        page.push_str(START);
        for Started { what, first, later, memory } in &self.started {
            let _ = writeln!(
                page,
                "| `whistle serve` {what} | {:.0} | {:.0} | {:.1} |",
                first.as_secs_f64() * 1000.0,
                later.as_secs_f64() * 1000.0,
                *memory as f64 / 1024.0
            );
        }
    }
}

fn name(verb: Verb) -> &'static str {
    match verb {
        Verb::Submit => "submit",
        Verb::Claim => "claim",
    }
}

fn whole(number: f64) -> String {
    grouped(&format!("{number:.0}"))
}

/// `12,345`.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn millis(span: Duration) -> String {
    format!("{:.2}", span.as_secs_f64() * 1000.0)
}

/// A statement without its list of parameters.
fn shortened(sql: &str) -> &str {
    sql.split(" VALUES ").next().unwrap_or(sql)
}

const INTRODUCTION: &str = "\
# First figures

What a zone bears on one small machine, beside what its database and its broker bear alone. Nothing here was typed in:

    cargo xtask bench

builds everything for release, starts a private PostgreSQL and a private RabbitMQ, measures, and writes this page.
`cargo xtask bench -- 1` measures each row for one second: good for trying, not for quoting. `cargo xtask bench -- 1 cases
2000` measures the cases alone, at most so many, and prints their part instead. Other machines, and this one
while it does something else, give other figures; the ratios move less. Load generator, services, PostgreSQL and
RabbitMQ share all cores.

";

const UNITS: &str = "
## Submit and claim as units of work

One service alone in its process, asked through its API without any transport: the rules of the contract, who calls, what
they may, then one unit of work in the writer's queue, in a transaction with whatever else waits (“units per commit”), and
the answer. Nothing is published, heard or sealed meanwhile. Each client waits for its answer before it asks again. Claims
take orders that were prepared before; a row of claims ends early when those are used up.

Beside PostgreSQL stands pgbench on the same server and the same tables, which whistle has made and filled: the statements
of one such unit in a transaction of its own, prepared, a connection for each client, rows of the same size. It has no
savepoints, and does not look up who calls, validate, decide, encrypt or encode anything.
";

const GRPC: &str = "
## Submit and claim over gRPC

The whole zone as it is served: directory, request, dispatch and agency in one process, a token with every call, each client on a
connection of its own, while everything told is published (on PostgreSQL through RabbitMQ), heard by the other services and
sealed.
pgbench is the same as above: it does none of that.
";

const PUBLISHER: &str = "
## Publishing

A journal on PostgreSQL full of facts, published to a quorum queue in batches of 256, all confirms awaited; each batch is
read from the journal and the cursor is moved after it. Beside it the same bytes in the same batches by the broker's client
alone.

";

const START: &str = "
## Start and rest

From the start of the process until it says that it is ready. The first start makes keys and schemas; the later ones are the
middle of five. Memory is what the process holds (RSS) three seconds after the last start, without a call.

| | first start, ms | later start, ms | memory at rest, MiB |
|---|--:|--:|--:|
";

const LIMITS: &str = "
## What limits it

Read “cores busy” first: it counts everything that the machine did, other programs included. Where it is near 100 % the cores
are the limit, and a quieter or larger machine gives more; where it is not, something is waited for.

- One client waits for one transaction after the other: each unit has a commit and a flush of the disk to itself, and on
  PostgreSQL a round trip for each of the statements above.
- Many clients share: what waits for a writer goes into one transaction (“units per commit”). SQLite has one writer. On
  PostgreSQL there are several, but all units of “submit” draw their number from one row, and all transactions take
  their positions from another; each is locked until the commit, so those transactions follow one another.
- pgbench takes the same locks, and commits each unit alone: with many clients it cannot share a commit as whistle does, so
  a ratio over 1 says what sharing brings, not that whistle is faster than its database.
- Over gRPC the same cores also read tokens and messages, publish, hear and seal.
- The publisher has one batch under way at a time, and reads and commits between two of them.
";
