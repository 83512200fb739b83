//! A page of a list: records after an id whose columns hold one of some values, entries after a number. And what is looked for
//! where there may be millions of rows.

use super::{BOOK, ENTRY, EVENT, Session, book, entry, event, failed, kept};
use crate::StoreError;
use crate::work::{Entries, Kept};
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

    pub(crate) async fn rows_saying(&mut self, table: &'static Table, words: &str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        self.settle(table.name).await?;
        // `_` stands for any sign in a pattern.
        let sql = format!("SELECT id, version, body FROM {} WHERE body LIKE $1 ORDER BY id LIMIT $2", table.name);
        let query = sqlx::query(AssertSqlSafe(sql)).bind(format!("%{words}%")).bind(at_most);
        let doing = format!("search {}", table.name);
        let rows = query.fetch_all(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
        let rows: Vec<Kept> = rows.iter().map(kept).collect::<Result<_, _>>().map_err(failed(doing))?;
        Ok(rows.into_iter().filter(|kept| kept.body.contains(words)).collect())
    }

    pub(crate) async fn entries_page(&mut self, which: &Entries, after: i64, at_most: i64) -> Result<Vec<(i64, Entry)>, StoreError> {
        // An entry has two books, each with an index that is in the order of entries: each is read only as far as the page goes.
        let of = |column: &str| {
            format!("SELECT * FROM (SELECT {ENTRY}, number FROM entry WHERE {column} = $3 AND number > $1 ORDER BY number LIMIT $2) AS of_{column}")
        };
        let with = |filter: &str| format!("SELECT {ENTRY}, number FROM entry WHERE number > $1 AND {filter} ORDER BY number LIMIT $2");
        let (sql, value) = match which {
            Entries::Of(id) => (with("id = $3"), Some(id.as_str())),
            Entries::Book(book) => (format!("{} UNION ALL {} ORDER BY number LIMIT $2", of("fund_id"), of("pool_id")), Some(book.as_str())),
            Entries::Case(case) => (with("case_id = $3"), Some(case.as_str())),
            Entries::All => (with("true"), None),
        };
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(at_most);
        let query = match value {
            Some(value) => query.bind(value),
            None => query,
        };
        let rows = query.fetch_all(&mut *self.tx).await.map_err(failed("read entries"))?;
        rows.iter().map(|row| Ok((row.try_get("number").map_err(failed("read entries"))?, entry(row)?))).collect()
    }

    pub(crate) async fn book_peeked(&mut self, id: &BookId) -> Result<Option<Book>, StoreError> {
        let row = sqlx::query(AssertSqlSafe(format!("SELECT {BOOK} FROM book WHERE id = $1"))).bind(id.as_str());
        let row = row.fetch_optional(&mut *self.tx).await.map_err(failed(format!("read book {id}")))?;
        row.map(|row| book(&row).map(|(_, book)| book)).transpose()
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
