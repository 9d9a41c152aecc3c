//! The database of one service: SQLite files of its own, or a schema of its own on PostgreSQL.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::{
    DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr,
    SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions,
    TransactionTrait as _,
};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::Trouble;
use crate::statement::find;

/// One step of a schema, forward only. Versions of services begin at 1001; below are the journal's.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its place in the order; unique within the service.
    pub version: i64,
    /// What it does, in words.
    pub name: &'static str,
    /// Portable SQL. What no engine can say for both, such as a trigger, stands between a line
    /// `-- only sqlite:` or `-- only postgres:` and the next `-- both:`.
    pub sql: &'static str,
}

/// An engine, as steps call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// What is of a step for this engine. A step without such lines is itself.
    fn part_of(self, sql: &str) -> String {
        let mut is_ours = true;
        let mut part = String::with_capacity(sql.len());
        for line in sql.split_inclusive('\n') {
            match line.trim_end() {
                "-- both:" => is_ours = true,
                "-- only sqlite:" => is_ours = self == Engine::Sqlite,
                "-- only postgres:" => is_ours = self == Engine::Postgres,
                _ if is_ours => part.push_str(line),
                _ => {}
            }
        }
        part
    }
}

/// Where a service keeps its data.
#[derive(Clone, Debug)]
pub enum Address {
    /// The folder that holds one SQLite file for each service.
    Folder(std::path::PathBuf),
    /// A PostgreSQL database that holds one schema for each service.
    Postgres(String),
}

/// The connections of one service.
#[derive(Clone, Debug)]
pub struct Database {
    write: DatabaseConnection,
    read: DatabaseConnection,
    writers: usize,
    /// SQLite: its log still holds what a unit has deleted for good.
    log_holds_deleted: Arc<AtomicBool>,
}

/// How long to wait for a free connection before the call fails.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(10);
/// How many may read a SQLite file at once.
const READERS: u32 = 4;
/// Writes SQLite's write-ahead log into the file and cuts it to nothing.
const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

impl Database {
    /// Opens a service's database and brings its schema up to date.
    ///
    /// Fails if the database cannot be reached or a step does not apply.
    pub async fn open(
        service: &str,
        address: &Address,
        writers: usize,
        steps: &[Step],
    ) -> Result<Database, Trouble> {
        match address {
            Address::Folder(folder) => open_sqlite(service, folder, steps).await,
            Address::Postgres(url) => open_postgres(service, url, writers, steps).await,
        }
    }

    /// Where finders look. On SQLite these connections cannot write.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// How many writers this database bears at once.
    pub fn writers(&self) -> usize {
        self.writers
    }

    /// Whether other processes may use it, too.
    pub fn is_shared(&self) -> bool {
        self.write.get_database_backend() == DatabaseBackend::Postgres
    }

    /// After a commit, `now` that something was deleted for good: empties SQLite's write-ahead log,
    /// where the pages stand as they were before. A reader can hold it up; then it is tried again
    /// after the next commit. PostgreSQL has a log of its own keeping.
    pub(crate) async fn forget(&self, now: bool) {
        if self.is_shared() || !(now || self.log_holds_deleted.load(Ordering::Relaxed)) {
            return;
        }
        let emptied = find(&self.write, EMPTY_LOG, []).await;
        // The first column says whether it was held up.
        let emptied = emptied.and_then(|row| row.map_or(Ok(1), |row| row.try_get_by_index(0)));
        let is_empty = matches!(emptied, Ok(0));
        if !is_empty {
            tracing::warn!(?emptied, "the log still holds what was deleted; it is tried again");
        }
        self.log_holds_deleted.store(!is_empty, Ordering::Relaxed);
    }

    /// Begins a transaction that will write.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let mode = (!self.is_shared()).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: mode,
        };
        self.write.begin_with_options(options).await
    }
}

async fn open_sqlite(service: &str, folder: &Path, steps: &[Step]) -> Result<Database, Trouble> {
    tokio::fs::create_dir_all(folder).await.map_err(|error| from_sqlx(error.into()))?;
    let file = folder.join(format!("{service}.sqlite"));
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted, such as a personal value, is overwritten in the file.
        .pragma("secure_delete", "ON")
        .busy_timeout(Duration::from_secs(5));
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_WITHIN)
        .connect_with(options.clone())
        .await
        .map_err(from_sqlx)?;
    migrator(steps, Engine::Sqlite).run(&write).await.map_err(from_migrate)?;
    // If the last process ended between a deletion and the emptying, it is done now.
    sqlx::query(EMPTY_LOG).execute(&write).await.map_err(from_sqlx)?;
    let read = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(ACQUIRE_WITHIN)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(from_sqlx)?;
    Ok(Database {
        write: SqlxSqliteConnector::from_sqlx_sqlite_pool(write),
        read: SqlxSqliteConnector::from_sqlx_sqlite_pool(read),
        writers: 1,
        log_holds_deleted: Arc::default(),
    })
}

async fn open_postgres(
    service: &str,
    url: &str,
    writers: usize,
    steps: &[Step],
) -> Result<Database, Trouble> {
    let options = PgConnectOptions::from_str(url)
        .map_err(from_sqlx)?
        .application_name(&format!("whistle-{service}"))
        .options([
            ("search_path", service),
            ("idle_in_transaction_session_timeout", "5s"),
            ("client_min_messages", "warning"),
        ]);
    let connections = u32::try_from(writers).unwrap_or(8);
    let pool =
        |count: u32| PgPoolOptions::new().max_connections(count).acquire_timeout(ACQUIRE_WITHIN);
    let write = pool(connections + 1).connect_with(options.clone()).await.map_err(from_sqlx)?;
    create_schema(service, &write).await?;
    migrator(steps, Engine::Postgres).run(&write).await.map_err(from_migrate)?;
    let read = pool(connections).connect_with(options).await.map_err(from_sqlx)?;
    Ok(Database {
        write: SqlxPostgresConnector::from_sqlx_postgres_pool(write),
        read: SqlxPostgresConnector::from_sqlx_postgres_pool(read),
        writers,
        log_holds_deleted: Arc::default(),
    })
}

/// Two replicas may start at once: `IF NOT EXISTS` alone does not keep the second from failing.
async fn create_schema(service: &str, pool: &sqlx::PgPool) -> Result<(), Trouble> {
    let sql = format!(
        "DO $$ BEGIN PERFORM pg_advisory_xact_lock(7700); \
         CREATE SCHEMA IF NOT EXISTS \"{service}\"; END $$"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.map_err(from_sqlx)?;
    Ok(())
}

fn migrator(steps: &[Step], engine: Engine) -> Migrator {
    let engine_only = match engine {
        Engine::Sqlite => SQLITE_ONLY,
        Engine::Postgres => POSTGRES_ONLY,
    };
    let guard = Step { version: 2, name: "forbid changes to the journal", sql: engine_only };
    let own = [JOURNAL, &[guard], COSIGNATURES];
    let migrations = own.concat().into_iter().chain(steps.iter().cloned()).map(|step| {
        let sql = sqlx::AssertSqlSafe(engine.part_of(step.sql));
        let sql = sqlx::SqlSafeStr::into_sql_str(sql);
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

const JOURNAL: &[Step] = &[Step {
    version: 1,
    name: "create the journal",
    sql: include_str!("../migrations/0001_create_journal.sql"),
}];
const COSIGNATURES: &[Step] = &[Step {
    version: 3,
    name: "create what witnesses signed",
    sql: include_str!("../migrations/0003_create_cosignature.sql"),
}];
const SQLITE_ONLY: &str = include_str!("../migrations/0002_forbid_changes.sqlite.sql");
const POSTGRES_ONLY: &str = include_str!("../migrations/0002_forbid_changes.postgres.sql");

fn from_sqlx(error: sqlx::Error) -> Trouble {
    Trouble::Database(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

fn from_migrate(error: sqlx::migrate::MigrateError) -> Trouble {
    Trouble::Database(DbErr::Migration(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_itself_but_for_what_is_of_the_other_engine() {
        let plain = "CREATE TABLE a (b TEXT);\n-- both sides\nCREATE TABLE c (d TEXT)";
        assert_eq!(Engine::Sqlite.part_of(plain), plain);
        assert_eq!(Engine::Postgres.part_of(plain), plain);
        let mixed = "one\n-- only sqlite:\ntwo\n-- only postgres:\nthree\n-- both:\nfour";
        assert_eq!(Engine::Sqlite.part_of(mixed), "one\ntwo\nfour");
        assert_eq!(Engine::Postgres.part_of(mixed), "one\nthree\nfour");
    }
}
