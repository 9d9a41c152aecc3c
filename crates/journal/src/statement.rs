//! Portable SQL with numbered parameters, for both engines.

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

/// A statement for the engine behind a connection; parameters are `$1`, `$2`, ….
fn statement<C: ConnectionTrait>(
    on: &C,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(on.get_database_backend(), sql, values)
}

/// The values that are bound in a statement.
#[derive(Debug, Default)]
pub struct Values(pub Vec<Value>);

impl Values {
    /// The placeholder of a value.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }
}

/// Conditions that all must hold, and the values bound in them.
#[derive(Debug, Default)]
pub struct Conditions {
    /// The conditions.
    pub all: Vec<String>,
    /// The values.
    pub values: Values,
}

impl Conditions {
    /// The placeholder of a value.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.bind(value)
    }

    /// All of them, as a statement has them.
    pub fn text(&self) -> String {
        if self.all.is_empty() { "1 = 1".to_owned() } else { self.all.join(" AND ") }
    }
}

/// Runs a statement; gives how many rows it changed.
pub async fn execute<C: ConnectionTrait>(
    on: &C,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    Ok(on.execute_raw(statement(on, sql, values)).await?.rows_affected())
}

/// The first row of a query, if there is one.
pub async fn find<C: ConnectionTrait>(
    on: &C,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<QueryResult>, DbErr> {
    on.query_one_raw(statement(on, sql, values)).await
}

/// All rows of a query.
pub async fn list<C: ConnectionTrait>(
    on: &C,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    on.query_all_raw(statement(on, sql, values)).await
}

/// ` FOR UPDATE` where the engine locks rows; SQLite has one writer and needs none.
pub fn for_update<C: ConnectionTrait>(on: &C) -> &'static str {
    if on.get_database_backend() == sea_orm::DatabaseBackend::Postgres { " FOR UPDATE" } else { "" }
}

/// ` FOR SHARE` where the engine locks rows: nobody changes them until the unit ends.
pub fn for_share<C: ConnectionTrait>(on: &C) -> &'static str {
    if on.get_database_backend() == sea_orm::DatabaseBackend::Postgres { " FOR SHARE" } else { "" }
}
