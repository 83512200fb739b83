//! Rows in large numbers, written as they are by whoever vouches for them: a seeded office, an old one moved into a new
//! database. No act is done here and nothing is checked but what the database checks itself; `verify` says whether it holds.

use crate::StoreError;
use crate::sql::{Dialect, failed};
use casework::Key;
use casework::chain::{Event, Fingerprint};
use casework::ledger::{Book, Entry};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::fmt::Write;

/// Rows of one table.
#[derive(Debug)]
pub struct Sheet {
    /// The table.
    pub table: &'static str,
    /// The columns that are given.
    pub columns: Vec<&'static str>,
    /// A value for each of the columns, row by row.
    pub rows: Vec<Vec<Key>>,
}

/// A connection that does nothing but take in rows.
pub struct Loader {
    inner: Inner,
}

enum Inner {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Parameters of one statement, of the 32,766 that SQLite takes.
const PARAMETERS_MAX: usize = 20_000;

impl Loader {
    /// Connects to a database whose tables are up to date. What is loaded is safe from a power cut once [`finish`](Self::finish)
    /// returns, not before.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let doing = "open the database for loading";
        let inner = match Dialect::of(url) {
            Dialect::Sqlite => {
                let mut connection = SqliteConnection::connect(url).await.map_err(failed(doing))?;
                let quick = "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA temp_store = MEMORY";
                sqlx::raw_sql(quick).execute(&mut connection).await.map_err(failed(doing))?;
                Inner::Sqlite(connection)
            }
            Dialect::Postgres => {
                let mut connection = PgConnection::connect(url).await.map_err(failed(doing))?;
                sqlx::raw_sql("SET synchronous_commit = off").execute(&mut connection).await.map_err(failed(doing))?;
                Inner::Postgres(connection)
            }
        };
        Ok(Self { inner })
    }

    /// Writes rows of several tables, those that others point to first, and the head that the log then has: all or nothing.
    pub async fn load(&mut self, sheets: &[Sheet], head: (i64, Fingerprint)) -> Result<(), StoreError> {
        let update = "UPDATE log_head SET seq = $1, fingerprint = $2 WHERE id = 1";
        let doing = "load rows";
        match &mut self.inner {
            Inner::Sqlite(connection) => {
                let mut tx = connection.begin().await.map_err(failed(doing))?;
                for sheet in sheets {
                    insert(&mut tx, sheet).await?;
                }
                sqlx::query(update).bind(head.0).bind(head.1.to_string()).execute(&mut *tx).await.map_err(failed(doing))?;
                tx.commit().await.map_err(failed(doing))
            }
            Inner::Postgres(connection) => {
                let mut tx = connection.begin().await.map_err(failed(doing))?;
                for sheet in sheets {
                    copy(&mut tx, sheet).await?;
                }
                sqlx::query(update).bind(head.0).bind(head.1.to_string()).execute(&mut *tx).await.map_err(failed(doing))?;
                tx.commit().await.map_err(failed(doing))
            }
        }
    }

    /// Checks what SQLite did not while loading, tells the database to look at its new size, and waits for the disk.
    pub async fn finish(self) -> Result<(), StoreError> {
        let doing = "finish loading";
        match self.inner {
            Inner::Sqlite(mut connection) => {
                let stray = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut connection).await.map_err(failed(doing))?;
                if stray.is_some() {
                    return Err(StoreError::Unreadable { table: "store", id: "rows".into(), why: "a row points to one that is not there".into() });
                }
                let last = "PRAGMA synchronous = FULL; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)";
                sqlx::raw_sql(last).execute(&mut connection).await.map_err(failed(doing))?;
                connection.close().await.map_err(failed(doing))
            }
            Inner::Postgres(mut connection) => {
                sqlx::raw_sql("SET synchronous_commit = on").execute(&mut connection).await.map_err(failed(doing))?;
                sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await.map_err(failed(doing))?;
                sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await.map_err(failed(doing))?;
                connection.close().await.map_err(failed(doing))
            }
        }
    }
}

/// SQLite: many rows a statement.
async fn insert(connection: &mut SqliteConnection, sheet: &Sheet) -> Result<(), StoreError> {
    let width = sheet.columns.len();
    for rows in sheet.rows.chunks((PARAMETERS_MAX / width.max(1)).max(1)) {
        let mark = format!("({})", vec!["?"; width].join(", "));
        let sql = format!("INSERT INTO {} ({}) VALUES {}", sheet.table, sheet.columns.join(", "), vec![mark; rows.len()].join(", "));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for key in rows.iter().flatten() {
            query = match key {
                Key::Null => query.bind(None::<String>),
                Key::Text(text) => query.bind(text.as_str()),
                Key::Number(number) => query.bind(*number),
            };
        }
        query.execute(&mut *connection).await.map_err(failed(format!("load {}", sheet.table)))?;
    }
    Ok(())
}

/// PostgreSQL: COPY in its text format.
async fn copy(connection: &mut PgConnection, sheet: &Sheet) -> Result<(), StoreError> {
    let mut text = String::new();
    for row in &sheet.rows {
        for (at, key) in row.iter().enumerate() {
            if at > 0 {
                text.push('\t');
            }
            match key {
                Key::Null => text.push_str("\\N"),
                Key::Number(number) => drop(write!(text, "{number}")),
                Key::Text(value) => value.chars().for_each(|sign| match sign {
                    '\\' => text.push_str("\\\\"),
                    '\n' => text.push_str("\\n"),
                    '\r' => text.push_str("\\r"),
                    '\t' => text.push_str("\\t"),
                    other => text.push(other),
                }),
            }
        }
        text.push('\n');
    }
    let doing = || failed(format!("load {}", sheet.table));
    let statement = format!("COPY {} ({}) FROM STDIN", sheet.table, sheet.columns.join(", "));
    let mut stream = connection.copy_in_raw(&statement).await.map_err(doing())?;
    stream.send(text.as_bytes()).await.map_err(doing())?;
    stream.finish().await.map_err(doing())?;
    Ok(())
}

fn text(text: &str) -> Key {
    Key::Text(text.to_owned())
}

/// The columns of an event.
pub const EVENT: [&str; 12] = ["seq", "at", "user_id", "role", "act", "request_id", "subject", "input", "outcome", "effects", "before", "fingerprint"];

/// The row of an event.
#[must_use]
pub fn event_row(event: Event) -> Vec<Key> {
    vec![
        Key::Number(event.seq),
        Key::Text(event.at.to_string()),
        text(event.user.as_str()),
        text(event.role.name()),
        Key::Text(event.act),
        text(event.request.as_str()),
        Key::Text(event.subject),
        Key::Text(event.input),
        Key::Text(event.outcome),
        Key::Text(event.effects),
        Key::Text(event.before.to_string()),
        Key::Text(event.fingerprint.to_string()),
    ]
}

/// The columns of an entry.
pub const ENTRY: [&str; 12] =
    ["id", "at", "kind", "from_account", "to_account", "amount_fen", "fund_id", "pool_id", "case_id", "clause", "determination_id", "reason"];

/// The row of an entry.
#[must_use]
pub fn entry_row(entry: &Entry) -> Vec<Key> {
    let (from, to) = entry.kind.accounts();
    vec![
        text(entry.id.as_str()),
        Key::Text(entry.at.to_string()),
        text(entry.kind.name()),
        text(from.name()),
        text(to.name()),
        Key::Number(entry.amount.0),
        text(entry.fund.as_str()),
        entry.pool.as_ref().map(|id| id.as_str()).into(),
        entry.case.as_ref().map(|id| id.as_str()).into(),
        entry.clause.as_deref().into(),
        entry.determination.as_ref().map(|id| id.as_str()).into(),
        text(&entry.reason),
    ]
}

/// The columns of a book.
pub const BOOK: [&str; 12] =
    ["id", "version", "kind", "year", "name", "outside_fen", "available_fen", "reserved_fen", "committed_fen", "paid_fen", "returned_fen", "recovered_fen"];

/// The row of a book that was written so often.
#[must_use]
pub fn book_row(book: &Book, version: i64) -> Vec<Key> {
    let mut row = vec![text(book.id.as_str()), Key::Number(version), text(book.kind.name()), book.year.into(), text(&book.name)];
    row.extend(book.balances().map(|fen| Key::Number(fen.0)));
    row
}
