//! The store in a database: the same statements for SQLite and PostgreSQL. What differs – how a transaction begins, how a
//! row is locked, what an error code means – stands in [`Dialect`] and in the migrations of that name.

pub(crate) mod inspect;
mod migrations;
pub(crate) mod page;
pub(crate) mod schema;
pub(crate) mod together;

use crate::StoreError;
use crate::seen::Seen;
use crate::work::{Entries, Kept};
use casework::chain::{Event, Fingerprint};
use casework::id::{BookId, CaseId, DeterminationId, EntryId, RequestId, UserId};
use casework::ledger::{Account, Book, BookKind, Entry, Move};
use casework::people::Role;
use casework::{Key, Table};
use sqlx::any::{AnyArguments, AnyPoolOptions, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyPool, AssertSqlSafe, Row, Transaction};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use together::Unwritten;
use tokio::sync::{Mutex, OwnedMutexGuard};
use values::{Fen, Moment};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, in one file.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// That of an address.
    pub(crate) fn of(url: &str) -> Self {
        if url.starts_with("sqlite:") { Self::Sqlite } else { Self::Postgres }
    }

    /// How a unit of work begins. SQLite has one writer: it waits here, not in the middle of the work.
    const fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            // The commit itself does not wait for the disk: everybody else waits for the head of the log meanwhile. What is
            // acknowledged waits for the disk afterwards, together with others: see `Database::flush`.
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = off",
        }
    }

    /// Orders ids by their bytes, whatever the database sorts by: entries are numbered in this order, and a log must replay.
    const fn bytes(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " COLLATE \"C\"",
        }
    }

    /// What keeps others from changing rows that were read.
    const fn lock(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            // References to a row may still be made: ids do not change.
            Self::Postgres => " FOR NO KEY UPDATE",
        }
    }

    /// Said on every new connection.
    const fn hello(self) -> &'static [&'static str] {
        match self {
            // FULL: a commit is on the disk before it is acknowledged.
            Self::Sqlite => &["PRAGMA busy_timeout = 20000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"],
            Self::Postgres => &["SET lock_timeout = '20s'"],
        }
    }
}

/// A database that is open.
#[derive(Clone)]
pub(crate) struct Database {
    pool: AnyPool,
    dialect: Dialect,
    /// The one writer of SQLite: acts of this program queue here in the order they came; SQLite would let them race.
    writer: Arc<Mutex<()>>,
    /// Nothing is ever written.
    read_only: bool,
    disk: Arc<Disk>,
    /// The end of the log as this program left it, unless another moved it. Acts of one program queue here for the head
    /// rather than in the database.
    head: Arc<Mutex<Option<(i64, Fingerprint)>>>,
}

/// Who waits for the disk.
#[derive(Default)]
struct Disk {
    /// So many asked for it until now.
    asked: AtomicU64,
    /// So many of them, the first ones, have it. One at a time makes it so, for all who asked before it began.
    done: Mutex<u64>,
}

impl Database {
    pub(crate) const fn pool(&self) -> &AnyPool {
        &self.pool
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Waits for the turn to write, where there is one writer.
    pub(crate) async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.writer).lock_owned().await
    }

    /// Waits until everything committed so far is on the disk. Many who wait share one write.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        if self.dialect == Dialect::Sqlite {
            return Ok(());
        }
        let mine = self.disk.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut done = self.disk.done.lock().await;
        if *done >= mine {
            return Ok(());
        }
        let asked = self.disk.asked.load(Ordering::SeqCst);
        // A transaction of its own that leaves nothing but a mark in the write-ahead log, and commits with the durability
        // that the server is set to. Everything before the mark is then as durable.
        let mark = sqlx::raw_sql("SELECT FROM pg_logical_emit_message(true, 'duixian', '')");
        mark.execute(&self.pool).await.map_err(failed("wait for the disk"))?;
        *done = asked;
        Ok(())
    }

    /// Empties the write-ahead log of SQLite into the file.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        let doing = "write the log beside the database into it";
        let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pool).await.map_err(failed(doing))?;
        if busy == 0 { Ok(()) } else { Err(StoreError::Busy { doing: doing.into() }) }
    }

    pub(crate) async fn copy_to(&self, file: &str) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(file).execute(&self.pool).await.map_err(failed("copy the database"))?;
        Ok(())
    }
}

/// A failure while doing something. What others hold or changed is told apart from the rest.
pub(crate) fn failed(doing: impl Into<String>) -> impl FnOnce(sqlx::Error) -> StoreError {
    let doing = doing.into();
    move |source| {
        let passing = source.as_database_error().is_some_and(|error| {
            let code = error.code().unwrap_or_default();
            // Unique (another was first), deadlock, serialization, lock timeout; SQLite: busy, locked.
            error.is_unique_violation() || matches!(code.as_ref(), "40P01" | "40001" | "55P03" | "5" | "6" | "261" | "262" | "517")
        });
        if passing { StoreError::Busy { doing } } else { StoreError::Database { doing, source } }
    }
}

/// Connections of one program to its database.
const CONNECTIONS_MAX: u32 = 16;

/// Opens a database and brings its tables up to date, or to a version only.
pub(crate) async fn open(url: &str, to: Option<i64>) -> Result<Database, StoreError> {
    sqlx::any::install_default_drivers();
    let dialect = Dialect::of(url);
    // A connection is not asked whether it still lives: the first statement of a unit of work finds out.
    let options = AnyPoolOptions::new().max_connections(CONNECTIONS_MAX).test_before_acquire(false).after_connect(move |connection, _| {
        Box::pin(async move {
            for statement in dialect.hello() {
                sqlx::raw_sql(*statement).execute(&mut *connection).await?;
            }
            Ok(())
        })
    });
    let pool = options.connect(url).await.map_err(failed("open the database"))?;
    schema::migrate(&pool, dialect, to.unwrap_or_else(|| schema::newest(dialect))).await?;
    if dialect == Dialect::Sqlite {
        // How many rows an index finds is looked up where it is not known or has become ten times as many: a glance at each
        // index. PostgreSQL does it by itself.
        let glance = "PRAGMA analysis_limit = 400; PRAGMA optimize = 0x10002";
        sqlx::raw_sql(glance).execute(&pool).await.map_err(failed("count what indexes find"))?;
    }
    Ok(Database { pool, dialect, writer: Arc::default(), read_only: false, disk: Arc::default(), head: Arc::default() })
}

/// A transaction.
pub(crate) struct Session {
    tx: Transaction<'static, Any>,
    dialect: Dialect,
    database: Database,
    /// PostgreSQL: what is written when the work ends, or asks for something that could be among it.
    unwritten: Unwritten,
    /// Given back after the transaction, which is why it stands below it.
    _turn: Option<OwnedMutexGuard<()>>,
}

const ENTRY: &str = "id, at, kind, amount_fen, fund_id, pool_id, case_id, clause, determination_id, reason";
const BOOK: &str = "id, version, kind, year, name, outside_fen, available_fen, reserved_fen, committed_fen, paid_fen, returned_fen, recovered_fen";
const EVENT: &str = "seq, at, user_id, role, act, request_id, subject, input, outcome, effects, before, fingerprint";

impl Session {
    pub(crate) async fn begin(database: &Database) -> Result<Self, StoreError> {
        let dialect = database.dialect;
        let turn = match dialect {
            Dialect::Sqlite if !database.read_only => Some(Arc::clone(&database.writer).lock_owned().await),
            Dialect::Sqlite | Dialect::Postgres => None,
        };
        let begin = if database.read_only { dialect.begin_reading() } else { dialect.begin() };
        let mut tx = database.pool.begin_with(begin).await;
        // Nothing was done yet. Connections that died while they were idle are left behind, one a try.
        for _ in 0..CONNECTIONS_MAX {
            if !matches!(&tx, Err(sqlx::Error::Io(_) | sqlx::Error::Protocol(_))) {
                break;
            }
            tx = database.pool.begin_with(begin).await;
        }
        Ok(Self { tx: tx.map_err(failed("begin"))?, dialect, database: database.clone(), unwritten: Unwritten::default(), _turn: turn })
    }

    /// Whether going to and fro costs more than reading.
    pub(crate) fn reads_ahead(&self) -> bool {
        self.dialect == Dialect::Postgres && !self.database.read_only
    }

    /// Ends without having changed anything; what was read is on the disk then.
    pub(crate) async fn confirm(self) -> Result<(), StoreError> {
        self.tx.rollback().await.map_err(failed("confirm"))?;
        self.database.flush().await
    }

    pub(crate) async fn all(&mut self, table: &'static Table) -> Result<Vec<Kept>, StoreError> {
        let doing = format!("read all of {}", table.name);
        self.settle(table.name).await?;
        let sql = format!("SELECT id, version, body FROM {} ORDER BY id{}", table.name, self.dialect.bytes());
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
        rows.iter().map(kept).collect::<Result<_, _>>().map_err(failed(doing))
    }

    /// Writes what is not written yet, if it is in this table: it is looked at next.
    async fn settle(&mut self, table: &str) -> Result<(), StoreError> {
        if self.unwritten.has(table) { self.write_now(&format!("write {table}")).await } else { Ok(()) }
    }

    pub(crate) async fn record(&mut self, table: &'static Table, id: &str, lock: bool) -> Result<Option<Kept>, StoreError> {
        self.settle(table.name).await?;
        let lock = if lock { self.dialect.lock() } else { "" };
        let sql = format!("SELECT id, version, body FROM {} WHERE id = $1{lock}", table.name);
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut *self.tx).await.map_err(failed(format!("read {} {id}", table.name)))?;
        row.map(|row| kept(&row)).transpose().map_err(failed(format!("read {} {id}", table.name)))
    }

    pub(crate) async fn until(&mut self, table: &'static Table, column: &'static str, key: &str) -> Result<Vec<Kept>, StoreError> {
        self.settle(table.name).await?;
        let bytes = self.dialect.bytes();
        let sql = format!("SELECT id, version, body FROM {} WHERE {column} <= $1 ORDER BY {column}{bytes}, id{bytes}", table.name);
        let doing = format!("find {} until {column}", table.name);
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(key).fetch_all(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
        rows.iter().map(|row| kept(row).map_err(failed(doing.as_str()))).collect()
    }

    pub(crate) async fn find(&mut self, table: &'static Table, column: &'static str, key: &Key, lock: bool) -> Result<Vec<Kept>, StoreError> {
        self.settle(table.name).await?;
        let lock = if lock { self.dialect.lock() } else { "" };
        let filter = if matches!(key, Key::Null) { "IS NULL" } else { "= $1" };
        let sql = format!("SELECT id, version, body FROM {} WHERE {column} {filter} ORDER BY id{}{lock}", table.name, self.dialect.bytes());
        let doing = format!("find {} by {column}", table.name);
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = match key {
            Key::Null => query,
            Key::Text(text) => query.bind(text.as_str()),
            Key::Number(number) => query.bind(*number),
        };
        let rows = query.fetch_all(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
        rows.iter().map(kept).collect::<Result<_, _>>().map_err(failed(doing))
    }

    pub(crate) async fn write(&mut self, table: &'static Table, kept: &Kept, keys: &[Key]) -> Result<(), StoreError> {
        if self.dialect == Dialect::Postgres {
            self.unwritten.record(table, kept.clone(), keys.to_vec());
            return Ok(());
        }
        let doing = format!("write {} {}", table.name, kept.id);
        let sql = if kept.version == 1 {
            let names: String = table.columns.iter().map(|c| format!(", {}", c.name)).collect();
            let values: String = (0..table.columns.len()).map(|at| format!(", ${}", at + 4)).collect();
            format!("INSERT INTO {} (id, version, body{names}) VALUES ($1, $2, $3{values})", table.name)
        } else {
            let sets: String = table.columns.iter().zip(4..).map(|(c, at)| format!(", {} = ${at}", c.name)).collect();
            format!("UPDATE {} SET version = $2, body = $3{sets} WHERE id = $1 AND version = $2 - 1", table.name)
        };
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(kept.id.as_str()).bind(kept.version).bind(kept.body.as_str());
        for (key, column) in keys.iter().zip(table.columns) {
            query = match key {
                Key::Null if column.number => query.bind(None::<i64>),
                Key::Null => query.bind(None::<String>),
                Key::Text(text) => query.bind(text.as_str()),
                Key::Number(number) => query.bind(*number),
            };
        }
        let done = query.execute(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Busy { doing }) }
    }

    pub(crate) async fn book(&mut self, id: &BookId) -> Result<Option<(i64, Book)>, StoreError> {
        let sql = format!("SELECT {BOOK} FROM book WHERE id = $1{}", self.dialect.lock());
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(&mut *self.tx).await.map_err(failed(format!("read book {id}")))?;
        row.map(|row| book(&row)).transpose()
    }

    pub(crate) async fn books(&mut self) -> Result<Vec<Book>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT {BOOK} FROM book ORDER BY id{}", self.dialect.bytes()))).fetch_all(&mut *self.tx).await;
        rows.map_err(failed("read books"))?.iter().map(|row| book(row).map(|(_, book)| book)).collect()
    }

    pub(crate) async fn write_book(&mut self, version: i64, book: &Book) -> Result<(), StoreError> {
        if self.dialect == Dialect::Postgres {
            self.unwritten.book(version, book);
            return Ok(());
        }
        let doing = format!("write book {}", book.id);
        let sql = if version == 1 {
            format!("INSERT INTO book ({BOOK}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        } else {
            "UPDATE book SET version = $2, kind = $3, year = $4, name = $5, outside_fen = $6, available_fen = $7, reserved_fen = $8, committed_fen = $9, \
             paid_fen = $10, returned_fen = $11, recovered_fen = $12 WHERE id = $1 AND version = $2 - 1"
                .into()
        };
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(book.id.as_str()).bind(version).bind(book.kind.name()).bind(i64::from(book.year));
        query = query.bind(book.name.as_str());
        for balance in book.balances() {
            query = query.bind(balance.0);
        }
        let done = query.execute(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Busy { doing }) }
    }

    pub(crate) async fn entry(&mut self, entry: &Entry) -> Result<(), StoreError> {
        if self.dialect == Dialect::Postgres {
            self.unwritten.entry(entry);
            return Ok(());
        }
        let sql = format!("INSERT INTO entry ({ENTRY}, from_account, to_account) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        let (from, to) = entry.kind.accounts();
        sqlx::query(AssertSqlSafe(sql))
            .bind(entry.id.as_str())
            .bind(entry.at.to_string())
            .bind(entry.kind.name())
            .bind(entry.amount.0)
            .bind(entry.fund.as_str())
            .bind(entry.pool.as_ref().map(|id| id.as_str().to_owned()))
            .bind(entry.case.as_ref().map(|id| id.as_str().to_owned()))
            .bind(entry.clause.clone())
            .bind(entry.determination.as_ref().map(|id| id.as_str().to_owned()))
            .bind(entry.reason.as_str())
            .bind(from.name())
            .bind(to.name())
            .execute(&mut *self.tx)
            .await
            .map_err(failed(format!("write entry {}", entry.id)))?;
        Ok(())
    }

    pub(crate) async fn entries(&mut self, which: &Entries) -> Result<Vec<Entry>, StoreError> {
        if self.unwritten.has_entries() {
            self.write_now("write entries").await?;
        }
        let (filter, value) = match which {
            // Only ever asked for page by page.
            Entries::Moved { .. } => return Ok(self.entries_page(which, 0, i64::MAX).await?.into_iter().map(|(_, entry)| entry).collect()),
            Entries::Of(id) => ("WHERE id = $1", Some(id.as_str())),
            Entries::Book(book) => ("WHERE fund_id = $1 OR pool_id = $1", Some(book.as_str())),
            Entries::Case(case) => ("WHERE case_id = $1", Some(case.as_str())),
            Entries::All => ("", None),
        };
        let sql = format!("SELECT {ENTRY} FROM entry {filter} ORDER BY number");
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = match value {
            Some(value) => query.bind(value),
            None => query,
        };
        query.fetch_all(&mut *self.tx).await.map_err(failed("read entries"))?.iter().map(entry).collect()
    }

    pub(crate) async fn answered(&mut self, request: &RequestId) -> Result<Option<Event>, StoreError> {
        let sql = format!("SELECT {EVENT} FROM event WHERE request_id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(request.as_str()).fetch_optional(&mut *self.tx).await;
        row.map_err(failed(format!("read request {request}")))?.map(|row| event(&row)).transpose()
    }

    pub(crate) async fn events(&mut self, after: i64, at_most: i64) -> Result<Vec<Event>, StoreError> {
        let sql = format!("SELECT {EVENT} FROM event WHERE seq > $1 ORDER BY seq LIMIT $2");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(at_most).fetch_all(&mut *self.tx).await;
        rows.map_err(failed("read events"))?.iter().map(event).collect()
    }

    pub(crate) async fn events_about(&mut self, subject: &str) -> Result<Vec<Event>, StoreError> {
        let sql = format!("SELECT {EVENT} FROM event WHERE subject = $1 ORDER BY seq");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(subject).fetch_all(&mut *self.tx).await;
        rows.map_err(failed("read events"))?.iter().map(event).collect()
    }

    pub(crate) async fn withdraw(&mut self, event: &Event) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE event SET input = $2 WHERE seq = $1").bind(event.seq).bind(event.input.as_str());
        query.execute(&mut *self.tx).await.map_err(failed("withdraw the words of an event"))?;
        Ok(())
    }

    /// Takes the next place in the chain and commits. The head is locked last and for the shortest time.
    pub(crate) async fn finish(mut self, event: Event, seen: &Seen) -> Result<Event, StoreError> {
        let doing = format!("finish {}", event.act);
        self.write_now(&doing).await?;
        // All rows of this act are locked by now: whoever waits here holds up nobody who is ahead.
        let mut end = Arc::clone(&self.database.head).lock_owned().await;
        // Whatever goes wrong from here on, nobody relies on it.
        let known = end.take();
        let event = match self.dialect {
            Dialect::Sqlite => self.append(event, &doing).await?,
            Dialect::Postgres => self.place(event, seen, known, &doing).await?,
        };
        self.tx.commit().await.map_err(failed(doing))?;
        *end = Some((event.seq, event.fingerprint));
        drop(end);
        self.database.flush().await?;
        Ok(event)
    }

    /// The end of the log, which nobody moves from now on.
    async fn hold_head(&mut self, doing: &str) -> Result<(i64, Fingerprint), StoreError> {
        let sql = format!("SELECT seq, fingerprint FROM log_head WHERE id = 1{}", self.dialect.lock());
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut *self.tx).await.map_err(failed(doing))?;
        let before = Fingerprint::parse(&text(&row, 1)?).ok_or_else(|| unreadable("log_head", "1", "no fingerprint"))?;
        Ok((number(&row, 0)?, before))
    }

    /// SQLite: one writer, whose turn it is.
    async fn append(&mut self, event: Event, doing: &str) -> Result<Event, StoreError> {
        let (seq, before) = self.hold_head(doing).await?;
        let event = event.chained(seq + 1, before);
        let write = format!("INSERT INTO event ({EVENT}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        bound(&write, &event).execute(&mut *self.tx).await.map_err(failed(doing))?;
        let head = sqlx::query("UPDATE log_head SET seq = $1, fingerprint = $2 WHERE id = 1").bind(event.seq).bind(event.fingerprint.to_string());
        head.execute(&mut *self.tx).await.map_err(failed(doing))?;
        Ok(event)
    }

    /// PostgreSQL: where the log ends as it is known, or else where it ends when this act holds its head.
    async fn place(&mut self, event: Event, seen: &Seen, known: Option<(i64, Fingerprint)>, doing: &str) -> Result<Event, StoreError> {
        if let Some((seq, before)) = known.filter(|(seq, _)| seen.goes_on_after(*seq)) {
            let event = event.clone().chained(seq + 1, before);
            if self.place_at(&event, seen, doing).await? {
                return Ok(event);
            }
        }
        let (seq, before) = self.hold_head(doing).await?;
        if !seen.goes_on_after(seq) {
            return Err(StoreError::Busy { doing: doing.to_owned() });
        }
        let event = event.chained(seq + 1, before);
        if self.place_at(&event, seen, doing).await? { Ok(event) } else { Err(StoreError::Busy { doing: doing.to_owned() }) }
    }

    /// One statement, while everybody waits: the event takes its place if the log ends before it and what was seen is still so.
    ///
    /// What was seen is looked at as it was when the statement began. If the head has not moved by the time it is locked, no act
    /// was done in between. False: the log ends elsewhere. Errors: something seen has changed.
    async fn place_at(&mut self, event: &Event, seen: &Seen, doing: &str) -> Result<bool, StoreError> {
        let (conditions, values) = seen.conditions(13);
        let write = format!(
            "WITH head AS (SELECT 1 FROM log_head WHERE id = 1 AND seq = $1 - 1 AND fingerprint = $11{}), \
             placed AS (INSERT INTO event ({EVENT}) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 \
             WHERE EXISTS (SELECT 1 FROM head){conditions} RETURNING 1), \
             moved AS (UPDATE log_head SET seq = $1, fingerprint = $12 WHERE id = 1 AND EXISTS (SELECT 1 FROM placed) RETURNING 1) \
             SELECT (SELECT COUNT(*) FROM head), (SELECT COUNT(*) FROM moved)",
            self.dialect.lock()
        );
        let mut query = bound(&write, event);
        for value in values {
            query = match value {
                Key::Null => query.bind(None::<String>),
                Key::Text(text) => query.bind(text),
                Key::Number(number) => query.bind(number),
            };
        }
        let row = query.fetch_one(&mut *self.tx).await.map_err(failed(doing))?;
        match (number(&row, 0)?, number(&row, 1)?) {
            (0, _) => Ok(false),
            (_, 1) => Ok(true),
            _ => Err(StoreError::Busy { doing: doing.to_owned() }),
        }
    }
}

/// A statement with the columns of an event.
fn bound<'q>(sql: &str, event: &Event) -> Query<'q, Any, AnyArguments> {
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .bind(event.seq)
        .bind(event.at.to_string())
        .bind(event.user.to_string())
        .bind(event.role.name())
        .bind(event.act.clone())
        .bind(event.request.to_string())
        .bind(event.subject.clone())
        .bind(event.input.clone())
        .bind(event.outcome.clone())
        .bind(event.effects.clone())
        .bind(event.before.to_string())
        .bind(event.fingerprint.to_string())
}

fn kept(row: &AnyRow) -> Result<Kept, sqlx::Error> {
    Ok(Kept { id: row.try_get(0)?, version: row.try_get(1)?, body: row.try_get(2)? })
}

fn unreadable(table: &'static str, id: &str, why: &str) -> StoreError {
    StoreError::Unreadable { table, id: id.to_owned(), why: why.to_owned() }
}

fn text(row: &AnyRow, at: usize) -> Result<String, StoreError> {
    row.try_get(at).map_err(failed("read a column"))
}

fn optional(row: &AnyRow, at: usize) -> Result<Option<String>, StoreError> {
    row.try_get(at).map_err(failed("read a column"))
}

fn number(row: &AnyRow, at: usize) -> Result<i64, StoreError> {
    row.try_get(at).map_err(failed("read a column"))
}

fn book(row: &AnyRow) -> Result<(i64, Book), StoreError> {
    let id = text(row, 0)?;
    let bad = |why: &str| unreadable("book", &id, why);
    let kind = text(row, 2)?;
    let kind = [BookKind::Fund, BookKind::Pool].into_iter().find(|k| k.name() == kind).ok_or_else(|| bad("no such kind"))?;
    let year = i32::try_from(number(row, 3)?).map_err(|_| bad("no such year"))?;
    let mut balances = [Fen(0); Account::ALL.len()];
    for (slot, at) in balances.iter_mut().zip(5..) {
        *slot = Fen(number(row, at)?);
    }
    let book = Book::kept(BookId::parse(&id).map_err(|e| bad(&e.to_string()))?, kind, year, text(row, 4)?, balances);
    Ok((number(row, 1)?, book))
}

fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    let id = text(row, 0)?;
    let bad = |why: &str| unreadable("entry", &id, why);
    let kind = text(row, 2)?;
    Ok(Entry {
        at: Moment::parse(&text(row, 1)?).map_err(|e| bad(&e.to_string()))?,
        kind: Move::ALL.iter().copied().find(|k| k.name() == kind).ok_or_else(|| bad("no such kind"))?,
        amount: Fen(number(row, 3)?),
        fund: BookId::parse(&text(row, 4)?).map_err(|e| bad(&e.to_string()))?,
        pool: optional(row, 5)?.map(|id| BookId::parse(&id)).transpose().map_err(|e| bad(&e.to_string()))?,
        case: optional(row, 6)?.map(|id| CaseId::parse(&id)).transpose().map_err(|e| bad(&e.to_string()))?,
        clause: optional(row, 7)?,
        determination: optional(row, 8)?.map(|id| DeterminationId::parse(&id)).transpose().map_err(|e| bad(&e.to_string()))?,
        reason: text(row, 9)?,
        id: EntryId::parse(&id).map_err(|e| bad(&e.to_string()))?,
    })
}

fn event(row: &AnyRow) -> Result<Event, StoreError> {
    let seq = number(row, 0)?;
    let bad = |why: &str| unreadable("event", &seq.to_string(), why);
    let role = text(row, 3)?;
    Ok(Event {
        seq,
        at: Moment::parse(&text(row, 1)?).map_err(|e| bad(&e.to_string()))?,
        user: UserId::parse(&text(row, 2)?).map_err(|e| bad(&e.to_string()))?,
        role: Role::ALL.into_iter().find(|r| r.name() == role).ok_or_else(|| bad("no such role"))?,
        act: text(row, 4)?,
        request: RequestId::parse(&text(row, 5)?).map_err(|e| bad(&e.to_string()))?,
        subject: text(row, 6)?,
        input: text(row, 7)?,
        outcome: text(row, 8)?,
        effects: text(row, 9)?,
        before: Fingerprint::parse(&text(row, 10)?).ok_or_else(|| bad("no fingerprint"))?,
        fingerprint: Fingerprint::parse(&text(row, 11)?).ok_or_else(|| bad("no fingerprint"))?,
    })
}
