//! Tables as they stand, page by page, for whoever checks them: rows that cannot be read are told, not refused.

use super::{BOOK, Database, Dialect, ENTRY, EVENT, Session, book, entry, event, failed, number, text};
use crate::StoreError;
use crate::work::Posted;
use casework::chain::Event;
use casework::ledger::Book;

use sqlx::AssertSqlSafe;
use sqlx::any::{AnyPoolOptions, AnyRow};
use std::path::Path;
use std::sync::Arc;

impl Dialect {
    /// How a unit of work begins that only reads: it sees one moment of the store.
    pub(crate) const fn begin_reading(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Said on every new connection that only reads.
    const fn hello_reading(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["PRAGMA busy_timeout = 20000", "PRAGMA query_only = ON"],
            Self::Postgres => &["SET default_transaction_read_only = on"],
        }
    }
}

/// Opens a database for reading alone: not a byte of it changes, and no table is brought up to date.
pub(crate) async fn open(url: &str) -> Result<Database, StoreError> {
    sqlx::any::install_default_drivers();
    let (url, dialect) = match url.strip_prefix("sqlite:") {
        Some(file) => (read_only(file), Dialect::Sqlite),
        None => (url.to_owned(), Dialect::Postgres),
    };
    let options = AnyPoolOptions::new().max_connections(4).after_connect(move |connection, _| {
        Box::pin(async move {
            for statement in dialect.hello_reading() {
                sqlx::raw_sql(*statement).execute(&mut *connection).await?;
            }
            Ok(())
        })
    });
    let pool = options.connect(&url).await.map_err(failed("open the database"))?;
    let (found, known) = (super::schema::version(&pool).await?, super::schema::newest(dialect));
    if found != known {
        return Err(StoreError::Version { found, known });
    }
    Ok(Database { pool, dialect, writer: Arc::default(), read_only: true, disk: Arc::default(), head: Arc::default() })
}

/// The address of a file of SQLite that is only read. Where no log of writes lies beside it nobody has it open, and it is
/// taken as it is: SQLite would otherwise put files of its own beside it.
fn read_only(file: &str) -> String {
    let path = file.split('?').next().unwrap_or(file);
    let open = Path::new(&format!("{}-wal", path.trim_start_matches("//"))).exists();
    format!("sqlite:{path}?mode=ro{}", if open { "" } else { "&immutable=true" })
}

impl Session {
    pub(crate) async fn head(&mut self) -> Result<Option<(i64, String)>, StoreError> {
        let row = sqlx::query("SELECT seq, fingerprint FROM log_head WHERE id = 1").fetch_optional(&mut *self.tx).await.map_err(failed("read the head"))?;
        row.map(|row| Ok((number(&row, 0)?, text(&row, 1)?))).transpose()
    }

    /// Name under which `pg_dump` sees the same moment as this transaction, as long as it lasts; none in SQLite.
    pub(crate) async fn snapshot(&mut self) -> Result<Option<String>, StoreError> {
        if self.dialect == Dialect::Sqlite {
            return Ok(None);
        }
        sqlx::query_scalar("SELECT pg_export_snapshot()").fetch_optional(&mut *self.tx).await.map_err(failed("name the moment"))
    }

    /// Major version of the server; none in SQLite.
    pub(crate) async fn server_version(&mut self) -> Result<Option<i64>, StoreError> {
        if self.dialect == Dialect::Sqlite {
            return Ok(None);
        }
        let sql = "SELECT current_setting('server_version_num')::bigint / 10000";
        sqlx::query_scalar(sql).fetch_optional(&mut *self.tx).await.map_err(failed("read the version of the server"))
    }

    pub(crate) async fn count(&mut self, table: &str) -> Result<i64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *self.tx).await.map_err(failed(format!("count {table}")))
    }

    pub(crate) async fn events_kept(&mut self, after: i64, at_most: i64) -> Result<Vec<(i64, Result<Event, String>)>, StoreError> {
        let sql = format!("SELECT {EVENT} FROM event WHERE seq > $1 ORDER BY seq LIMIT $2");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(at_most).fetch_all(&mut *self.tx).await.map_err(failed("read events"))?;
        rows.iter().map(|row| Ok((number(row, 0)?, told(event(row))))).collect()
    }

    pub(crate) async fn events_like(&mut self, pattern: &str) -> Result<Vec<Event>, StoreError> {
        let sql = format!("SELECT {EVENT} FROM event WHERE effects LIKE $1 ORDER BY seq");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(pattern).fetch_all(&mut *self.tx).await.map_err(failed("search events"))?;
        rows.iter().map(event).collect()
    }

    pub(crate) async fn posted(&mut self, after: i64, at_most: i64) -> Result<Vec<Posted>, StoreError> {
        let sql = format!("SELECT {ENTRY}, from_account, to_account, number FROM entry WHERE number > $1 ORDER BY number LIMIT $2");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(at_most).fetch_all(&mut *self.tx).await.map_err(failed("read entries"))?;
        let one = |row: &AnyRow| -> Result<Posted, StoreError> {
            let (from, to) = (text(row, 10)?, text(row, 11)?);
            let read = told(entry(row)).and_then(|entry| {
                let (gives, takes) = entry.kind.accounts();
                if (gives.name(), takes.name()) == (from.as_str(), to.as_str()) {
                    Ok(entry)
                } else {
                    Err(format!("{from} to {to} is not {}", entry.kind.name()))
                }
            });
            Ok(Posted { number: number(row, 12)?, id: text(row, 0)?, entry: read })
        };
        rows.iter().map(one).collect()
    }

    pub(crate) async fn books_kept(&mut self) -> Result<Vec<(String, Result<(i64, Book), String>)>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT {BOOK} FROM book ORDER BY id"))).fetch_all(&mut *self.tx).await.map_err(failed("read books"))?;
        rows.iter().map(|row| Ok((text(row, 0)?, told(book(row))))).collect()
    }
}

/// What makes a row unreadable, in words.
fn told<T>(read: Result<T, StoreError>) -> Result<T, String> {
    read.map_err(|why| why.to_string())
}
