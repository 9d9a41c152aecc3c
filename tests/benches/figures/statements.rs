//! What a unit of work sends to the database, as the driver logs it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry};

/// Where the driver logs its statements.
const TARGET: &str = "sqlx::query";

/// Listens to the driver, from [`Ear::open`] to [`Ear::close`]; costs nothing otherwise.
pub(crate) struct Ear {
    heard: Arc<Mutex<Vec<String>>>,
    filter: reload::Handle<Targets, Registry>,
}

impl Ear {
    /// Made once, at the beginning: it also shows the warnings of the zone.
    pub(crate) fn install() -> Result<Ear> {
        let heard = Arc::default();
        let (filter, handle) = reload::Layer::new(Targets::new());
        let layer = Statements { heard: Arc::clone(&heard) }.with_filter(filter);
        // As in production, spans are followed; but of what is logged only warnings are shown.
        let shown = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let shown = shown.with_filter(Targets::new().with_default(LevelFilter::WARN));
        tracing_subscriber::registry().with(layer).with(shown).try_init()?;
        Ok(Ear { heard, filter: handle })
    }

    pub(crate) fn open(&self) -> Result<()> {
        Ok(self.filter.reload(Targets::new().with_target(TARGET, LevelFilter::DEBUG))?)
    }

    /// Everything that was sent since it was opened, in order.
    pub(crate) fn close(&self) -> Result<Vec<String>> {
        self.filter.reload(Targets::new())?;
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut heard))
    }
}

/// The statements between the first and the last of a unit: it begins by remembering the request
/// and ends by appending to the journal. What is read before and after is left out, and savepoints.
pub(crate) fn of_unit(all: &[String]) -> Result<Vec<String>> {
    let starts = |start: &'static str| move |sql: &String| sql.starts_with(start);
    let first = all.iter().position(starts("INSERT INTO remembered "));
    let last = all.iter().rposition(starts("INSERT INTO journal "));
    let (first, last) = first.zip(last).context("a unit's statements")?;
    let inside = all[first..=last].iter().filter(|sql| !sql.contains("SAVEPOINT"));
    Ok(inside.cloned().collect())
}

struct Statements {
    heard: Arc<Mutex<Vec<String>>>,
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut logged = Logged::default();
        event.record(&mut logged);
        // A short statement is told by its summary alone.
        let whole = if logged.statement.is_empty() { logged.summary } else { logged.statement };
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(whole.trim().to_owned());
    }
}

#[derive(Default)]
struct Logged {
    summary: String,
    statement: String,
}

impl Visit for Logged {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
