//! A page of a list: records after an id whose columns hold one of some values, entries of a book after one of them. And what
//! is looked for where there may be millions of rows.

use super::{BOOK, ENTRY, EVENT, Session, book, entry, event, failed, kept};
use crate::StoreError;
use crate::work::Kept;
use casework::chain::Event;
use casework::id::BookId;
use casework::ledger::{Book, Entry};
use casework::{Key, Table};
use sqlx::{AssertSqlSafe, Row};
use std::fmt::Write;

/// What is wanted of a column: one of these values.
pub type Filter = (&'static str, Vec<Key>);

impl Session {
    pub(crate) async fn page(&mut self, table: &'static Table, filters: &[Filter], after: &str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        self.settle(table.name).await?;
        let mut sql = format!("SELECT id, version, body FROM {} WHERE id > $1", table.name);
        let mut at = 2;
        for (column, keys) in filters {
            let places: Vec<String> = (at..at + keys.len()).map(|place| format!("${place}")).collect();
            at += keys.len();
            // Nothing is one of no values.
            let _ = if places.is_empty() { write!(sql, " AND false") } else { write!(sql, " AND {column} IN ({})", places.join(", ")) };
        }
        let _ = write!(sql, " ORDER BY id LIMIT ${at}");
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(after);
        for key in filters.iter().flat_map(|(_, keys)| keys) {
            query = match key {
                Key::Null => query.bind(None::<String>),
                Key::Text(text) => query.bind(text.as_str()),
                Key::Number(number) => query.bind(*number),
            };
        }
        let doing = format!("list {}", table.name);
        let rows = query.bind(at_most).fetch_all(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
        rows.iter().map(kept).collect::<Result<_, _>>().map_err(failed(doing))
    }

    pub(crate) async fn book_peeked(&mut self, id: &BookId) -> Result<Option<Book>, StoreError> {
        let row = sqlx::query(AssertSqlSafe(format!("SELECT {BOOK} FROM book WHERE id = $1"))).bind(id.as_str());
        let row = row.fetch_optional(&mut *self.tx).await.map_err(failed(format!("read book {id}")))?;
        row.map(|row| book(&row).map(|(_, book)| book)).transpose()
    }

    /// An entry has two books, each with an index that is in the order of entries: each is read only as far as the page goes.
    pub(crate) async fn entries_of_book(&mut self, book: &BookId, after: i64, at_most: i64) -> Result<Vec<(i64, Entry)>, StoreError> {
        let of = |column: &str| {
            format!("SELECT * FROM (SELECT {ENTRY}, number FROM entry WHERE {column} = $1 AND number > $2 ORDER BY number LIMIT $3) AS of_{column}")
        };
        let sql = format!("{} UNION ALL {} ORDER BY number LIMIT $3", of("fund_id"), of("pool_id"));
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(book.as_str()).bind(after).bind(at_most).fetch_all(&mut *self.tx).await;
        rows.map_err(failed("list entries"))?.iter().map(|row| Ok((row.try_get("number").map_err(failed("list entries"))?, entry(row)?))).collect()
    }

    /// Events done to one of some things, whose effects are like a pattern.
    pub(crate) async fn events_to(&mut self, subjects: &[String], pattern: &str) -> Result<Vec<Event>, StoreError> {
        let places: Vec<String> = (2..subjects.len() + 2).map(|place| format!("${place}")).collect();
        let sql = format!("SELECT {EVENT} FROM event WHERE subject IN ({}) AND effects LIKE $1 ORDER BY seq", places.join(", "));
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(pattern);
        for subject in subjects {
            query = query.bind(subject.as_str());
        }
        query.fetch_all(&mut *self.tx).await.map_err(failed("find events"))?.iter().map(event).collect()
    }
}
