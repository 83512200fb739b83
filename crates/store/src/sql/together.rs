//! PostgreSQL: what a unit of work reads ahead, and what it writes, each in one statement. A statement of its own for every
//! row costs more in going to and fro than in the database.

use super::{BOOK, Session, failed};
use crate::StoreError;
use crate::bulk::{self, book_row, entry_row};
use crate::hand::{Ahead, Found, Which};
use crate::work::Kept;
use casework::ledger::{Book, Entry};
use casework::{Key, Table};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// A record as it is to be written.
#[derive(Debug)]
struct Change {
    table: &'static Table,
    kept: Kept,
    keys: Vec<Key>,
    /// Version in the database; 0: there is none.
    before: i64,
}

/// What was written and the database does not know yet.
#[derive(Debug, Default)]
pub(crate) struct Unwritten {
    records: Vec<Change>,
    entries: Vec<Entry>,
    books: Vec<(i64, Book)>,
}

/// Rows of one statement.
const ROWS_MAX: usize = 24;
/// Up to so many rows a statement is worth keeping for the next time.
const ROWS_KEPT: usize = 6;

impl Unwritten {
    /// A record, of which this work may have written another version before.
    pub(crate) fn record(&mut self, table: &'static Table, kept: Kept, keys: Vec<Key>) {
        match self.records.iter_mut().find(|change| change.table.name == table.name && change.kept.id == kept.id) {
            Some(change) => (change.kept, change.keys) = (kept, keys),
            None => self.records.push(Change { table, before: kept.version - 1, kept, keys }),
        }
    }

    pub(crate) fn entry(&mut self, entry: &Entry) {
        self.entries.push(entry.clone());
    }

    pub(crate) fn book(&mut self, version: i64, book: &Book) {
        self.books.push((version, book.clone()));
    }

    pub(crate) fn has(&self, table: &str) -> bool {
        self.records.iter().any(|change| change.table.name == table)
    }

    pub(crate) const fn has_entries(&self) -> bool {
        !self.entries.is_empty()
    }
}

/// A statement of parts that each write rows, or find some.
#[derive(Default)]
struct Parts {
    sql: String,
    number: usize,
    rows: usize,
    /// Values with whether they are numbers.
    values: Vec<(Key, bool)>,
}

impl Parts {
    /// The mark of a value.
    fn value(&mut self, key: Key, number: bool) -> String {
        self.values.push((key, number));
        format!("${}", self.values.len())
    }

    fn text(&mut self, text: &str) -> String {
        self.value(Key::from(text), false)
    }

    fn number(&mut self, number: i64) -> String {
        self.value(Key::Number(number), true)
    }

    fn part(&mut self, sql: &str, rows: usize) {
        let with = if self.number == 0 { "WITH" } else { "," };
        self.sql += &format!("{with} w{} AS ({sql})", self.number);
        self.number += 1;
        self.rows += rows;
    }

    fn record(&mut self, change: &Change) {
        let (id, version, body) = (self.text(&change.kept.id), self.number(change.kept.version), self.text(&change.kept.body));
        let (mut names, mut marks, mut sets) = (String::new(), String::new(), String::new());
        for (column, key) in change.table.columns.iter().zip(&change.keys) {
            let mark = self.value(key.clone(), column.number);
            names += &format!(", {}", column.name);
            marks += &format!(", {mark}");
            sets += &format!(", {} = {mark}", column.name);
        }
        let table = change.table.name;
        let sql = if change.before == 0 {
            format!("INSERT INTO {table} (id, version, body{names}) VALUES ({id}, {version}, {body}{marks}) RETURNING 1")
        } else {
            let before = self.number(change.before);
            format!("UPDATE {table} SET version = {version}, body = {body}{sets} WHERE id = {id} AND version = {before} RETURNING 1")
        };
        self.part(&sql, 1);
    }

    /// In one part: entries are numbered in the order of its rows.
    fn entries(&mut self, entries: &[Entry]) {
        let mut rows = Vec::new();
        for entry in entries {
            let marks: Vec<String> = entry_row(entry).into_iter().zip(bulk::ENTRY).map(|(key, name)| self.value(key, name == "amount_fen")).collect();
            rows.push(format!("({})", marks.join(", ")));
        }
        self.part(&format!("INSERT INTO entry ({}) VALUES {} RETURNING 1", bulk::ENTRY.join(", "), rows.join(", ")), entries.len());
    }

    fn book(&mut self, version: i64, book: &Book) {
        let names: Vec<&str> = BOOK.split(", ").collect();
        let row = book_row(book, version).into_iter();
        let marks: Vec<String> = row.zip(&names).map(|(key, name)| self.value(key, !matches!(*name, "id" | "kind" | "name"))).collect();
        let sql = if version == 1 {
            format!("INSERT INTO book ({BOOK}) VALUES ({}) RETURNING 1", marks.join(", "))
        } else {
            let sets: Vec<String> = names.iter().zip(&marks).skip(1).map(|(name, mark)| format!("{name} = {mark}")).collect();
            let (id, before) = (self.text(book.id.as_str()), self.number(version - 1));
            format!("UPDATE book SET {} WHERE id = {id} AND version = {before} RETURNING 1", sets.join(", "))
        };
        self.part(&sql, 1);
    }

    /// A condition that every row was written.
    fn all_written(&self) -> String {
        let counts: Vec<String> = (0..self.number).map(|number| format!("(SELECT COUNT(*) FROM w{number})")).collect();
        if counts.is_empty() { "true".into() } else { format!("{} = {}", counts.join(" + "), self.rows) }
    }
}

impl Session {
    async fn ask(&mut self, sql: String, parts: Parts, doing: &str) -> Result<Vec<AnyRow>, StoreError> {
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(parts.rows <= ROWS_KEPT);
        for (key, number) in parts.values {
            query = match key {
                Key::Null if number => query.bind(None::<i64>),
                Key::Null => query.bind(None::<String>),
                Key::Text(text) => query.bind(text),
                Key::Number(number) => query.bind(number),
            };
        }
        query.fetch_all(&mut *self.tx).await.map_err(failed(doing))
    }

    /// Writes what is not written yet, but for the last statement.
    async fn write_but_last(&mut self, unwritten: Unwritten, doing: &str) -> Result<Parts, StoreError> {
        let mut parts = Parts::default();
        for change in &unwritten.records {
            parts = self.make_room(parts, doing).await?;
            parts.record(change);
        }
        for (version, book) in &unwritten.books {
            parts = self.make_room(parts, doing).await?;
            parts.book(*version, book);
        }
        for entries in unwritten.entries.chunks(ROWS_MAX) {
            parts = self.make_room(parts, doing).await?;
            parts.entries(entries);
        }
        Ok(parts)
    }

    async fn make_room(&mut self, parts: Parts, doing: &str) -> Result<Parts, StoreError> {
        if parts.rows < ROWS_MAX {
            return Ok(parts);
        }
        self.write_parts(parts, doing).await?;
        Ok(Parts::default())
    }

    async fn write_parts(&mut self, parts: Parts, doing: &str) -> Result<(), StoreError> {
        let sql = format!("{} SELECT 1 WHERE {}", parts.sql, parts.all_written());
        let written = self.ask(sql, parts, doing).await?;
        if written.is_empty() { Err(StoreError::Busy { doing: doing.to_owned() }) } else { Ok(()) }
    }

    /// Writes everything that is not written yet.
    pub(super) async fn write_now(&mut self, doing: &str) -> Result<(), StoreError> {
        let unwritten = std::mem::take(&mut self.unwritten);
        let parts = self.write_but_last(unwritten, doing).await?;
        if parts.number == 0 { Ok(()) } else { self.write_parts(parts, doing).await }
    }

    /// Reads ahead, and whether the request was answered before.
    pub(crate) async fn ahead(&mut self, request: &str, reads: &[Ahead]) -> Result<(Vec<Found>, bool), StoreError> {
        let doing = "read ahead";
        let mut parts = Parts::default();
        let mut all = Vec::new();
        for (place, read) in reads.iter().enumerate() {
            let (filter, by) = match &read.which {
                Which::Id(id) => (format!("id = {}", parts.text(id)), "NULL::text"),
                Which::IdFrom(from, column) => (format!("id = (SELECT {column} FROM w{from})"), "id"),
                Which::With(column, Key::Null) => (format!("{column} IS NULL"), "NULL::text"),
                Which::With(column, key) => {
                    let number = matches!(key, Key::Number(_));
                    (format!("{column} = {}", parts.value(key.clone(), number)), "NULL::text")
                }
                Which::WithFrom(column, from, of) => (format!("{column} = ANY (ARRAY (SELECT {of} FROM w{from}))"), *column),
            };
            let columns: String = read.table.columns.iter().map(|column| format!(", {}", column.name)).collect();
            let lock = if read.lock { self.dialect.lock() } else { "" };
            parts.part(&format!("SELECT id, version, body{columns} FROM {} WHERE {filter}{lock}", read.table.name), 0);
            if let Which::IdFrom(from, column) | Which::WithFrom(_, from, column) = &read.which {
                all.push(format!("SELECT {place}::bigint, {column}, NULL::text, NULL::bigint, NULL::text FROM w{from}"));
            }
            all.push(format!("SELECT {place}::bigint, {by}, id, version, body FROM w{place}"));
        }
        let request = parts.text(request);
        all.push(format!("SELECT -1::bigint, NULL::text, request_id, NULL::bigint, NULL::text FROM event WHERE request_id = {request}"));
        let sql = format!("{} {}", parts.sql, all.join(" UNION ALL "));
        let rows = self.ask(sql, parts, doing).await?;
        found(reads, &rows).map_err(failed(doing))
    }
}

/// What rows of place, value, id, version and body say.
fn found(reads: &[Ahead], rows: &[AnyRow]) -> Result<(Vec<Found>, bool), sqlx::Error> {
    let given = |read: &Ahead| matches!(read.which, Which::Id(_) | Which::With(..)).then(|| (None, Vec::new()));
    let mut all: Vec<Found> = reads.iter().map(|read| given(read).into_iter().collect()).collect();
    let mut answered = false;
    for row in rows {
        let place = usize::try_from(row.try_get::<i64, _>(0)?).ok();
        let Some(found) = place.and_then(|place| all.get_mut(place)) else {
            answered = true;
            continue;
        };
        let kept = found.entry(row.try_get(1)?).or_default();
        if let Some(id) = row.try_get(2)? {
            kept.push(Kept { id, version: row.try_get(3)?, body: row.try_get(4)? });
        }
    }
    for kept in all.iter_mut().flat_map(BTreeMap::values_mut) {
        kept.sort_by(|a, b| a.id.cmp(&b.id));
    }
    Ok((all, answered))
}
