//! A page of a list: records after an id whose columns hold one of some values, entries after a number. And what is looked for
//! where there may be millions of rows.

use super::{BOOK, Dialect, ENTRY, EVENT, Session, book, entry, event, failed, kept, number, text, unreadable};
use crate::work::{Entries, Kept};
use crate::{MonthSum, StoreError, Sum};
use casework::chain::Event;
use casework::id::BookId;
use casework::ledger::{Book, Entry, Move};
use casework::{Key, Table};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::fmt::Write;
use values::Fen;

/// Adds filters to a statement whose first parameter is taken; what the next parameter is.
fn narrow(sql: &mut String, filters: &[Filter]) -> usize {
    let mut at = 2;
    for (column, keys) in filters {
        let places: Vec<String> = (at..at + keys.len()).map(|place| format!("${place}")).collect();
        at += keys.len();
        // Nothing is one of no values.
        let _ = if places.is_empty() { write!(sql, " AND false") } else { write!(sql, " AND {column} IN ({})", places.join(", ")) };
    }
    at
}

/// What is wanted of a column: one of these values.
pub type Filter = (&'static str, Vec<Key>);

fn text_key(text: Option<String>) -> Key {
    text.map_or(Key::Null, Key::Text)
}

impl Session {
    pub(crate) async fn page(&mut self, table: &'static Table, filters: &[Filter], after: &str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        let rows = self.found(table, "", filters, after, at_most).await?;
        rows.iter().map(kept).collect::<Result<_, _>>().map_err(failed(format!("list {}", table.name)))
    }

    pub(crate) async fn rows(&mut self, table: &'static Table, filters: &[Filter], after: &str, at_most: i64) -> Result<Vec<(Kept, Vec<Key>)>, StoreError> {
        let names: String = table.columns.iter().map(|c| format!(", {}", c.name)).collect();
        let rows = self.found(table, &names, filters, after, at_most).await?;
        let one = |row: &AnyRow| -> Result<(Kept, Vec<Key>), sqlx::Error> {
            let mut keys = Vec::with_capacity(table.columns.len());
            for (column, at) in table.columns.iter().zip(3..) {
                keys.push(if column.number { Key::from(row.try_get::<Option<i64>, _>(at)?) } else { text_key(row.try_get(at)?) });
            }
            Ok((kept(row)?, keys))
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed(format!("list {}", table.name)))
    }

    /// The rows of a page, with further columns.
    async fn found(&mut self, table: &'static Table, names: &str, filters: &[Filter], after: &str, at_most: i64) -> Result<Vec<AnyRow>, StoreError> {
        self.settle(table.name).await?;
        let mut sql = format!("SELECT id, version, body{names} FROM {} WHERE id > $1", table.name);
        let at = narrow(&mut sql, filters);
        let _ = write!(sql, " ORDER BY id LIMIT ${at}");
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(after);
        for key in filters.iter().flat_map(|(_, keys)| keys) {
            query = match key {
                Key::Null => query.bind(None::<String>),
                Key::Text(text) => query.bind(text.as_str()),
                Key::Number(number) => query.bind(*number),
            };
        }
        query.bind(at_most).fetch_all(&mut *self.tx).await.map_err(failed(format!("list {}", table.name)))
    }

    pub(crate) async fn count_of(&mut self, table: &'static Table, filters: &[Filter], at_most: i64) -> Result<i64, StoreError> {
        self.settle(table.name).await?;
        let mut sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {} WHERE id > $1", table.name);
        let at = narrow(&mut sql, filters);
        let _ = write!(sql, " LIMIT ${at}) AS counted");
        let mut query = sqlx::query_scalar(AssertSqlSafe(sql)).bind("");
        for key in filters.iter().flat_map(|(_, keys)| keys) {
            query = match key {
                Key::Null => query.bind(None::<String>),
                Key::Text(text) => query.bind(text.as_str()),
                Key::Number(number) => query.bind(*number),
            };
        }
        query.bind(at_most).fetch_one(&mut *self.tx).await.map_err(failed(format!("count {}", table.name)))
    }

    pub(crate) async fn counts_by(&mut self, table: &'static Table, column: &str, filters: &[Filter]) -> Result<Vec<(String, i64)>, StoreError> {
        self.settle(table.name).await?;
        let mut sql = format!("SELECT {column} AS counted_by, COUNT(*) AS counted FROM {} WHERE id > $1", table.name);
        narrow(&mut sql, filters);
        let _ = write!(sql, " AND {column} IS NOT NULL GROUP BY {column}");
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind("");
        for key in filters.iter().flat_map(|(_, keys)| keys) {
            query = match key {
                Key::Null => query.bind(None::<String>),
                Key::Text(text) => query.bind(text.as_str()),
                Key::Number(number) => query.bind(*number),
            };
        }
        let doing = || format!("count {}", table.name);
        let rows = query.fetch_all(&mut *self.tx).await.map_err(failed(doing()))?;
        rows.iter().map(|row| Ok((row.try_get(0).map_err(failed(doing()))?, row.try_get(1).map_err(failed(doing()))?))).collect()
    }

    pub(crate) async fn beginning(&mut self, table: &'static Table, column: &str, with: &str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        self.settle(table.name).await?;
        let bytes = self.dialect.bytes();
        let sql =
            format!("SELECT id, version, body FROM {} WHERE {column} >= $1{bytes} AND {column} < $2{bytes} ORDER BY {column}{bytes} LIMIT $3", table.name);
        // In the order of bytes this is behind all that begins so.
        let end = format!("{with}\u{10FFFF}");
        let doing = format!("search {}", table.name);
        let query = sqlx::query(AssertSqlSafe(sql)).bind(with).bind(end).bind(at_most);
        let rows = query.fetch_all(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
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
        // An entry has two books, and what is looked for may be of several kinds: each has an index that is in the order of
        // entries, and is read only as far as the page goes.
        let of = |column: &str, more: &str| {
            format!("SELECT * FROM (SELECT {ENTRY}, number FROM entry WHERE {column} = $3{more} AND number > $1 ORDER BY number LIMIT $2) AS of_{column}")
        };
        let of_books = |more: &[String]| {
            let parts: Vec<String> = more.iter().flat_map(|more| [of("fund_id", more), of("pool_id", more)]).collect();
            format!("{} ORDER BY number LIMIT $2", parts.join(" UNION ALL "))
        };
        let with = |filter: &str| format!("SELECT {ENTRY}, number FROM entry WHERE number > $1 AND {filter} ORDER BY number LIMIT $2");
        let (sql, values) = match which {
            Entries::Moved { kinds, .. } if kinds.is_empty() => return Ok(Vec::new()),
            Entries::Of(id) => (with("id = $3"), vec![id.as_str()]),
            Entries::Book(book) => (of_books(&[String::new()]), vec![book.as_str()]),
            Entries::Moved { book, kinds, clause } => {
                let of_clause = if clause.is_some() { " AND clause = $4" } else { "" };
                let more: Vec<String> = kinds.iter().map(|kind| format!("{of_clause} AND kind = '{}'", kind.name())).collect();
                (of_books(&more), std::iter::once(book.as_str()).chain(clause.as_deref()).collect())
            }
            Entries::Case(case) => (with("case_id = $3"), vec![case.as_str()]),
            Entries::All => (with("true"), Vec::new()),
        };
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(at_most);
        let query = values.into_iter().fold(query, |query, value| query.bind(value));
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

    pub(crate) async fn sums(&mut self, year: i32) -> Result<Vec<Sum>, StoreError> {
        // There may be thousands, and a row costs more to hand over than to read: they come as one text.
        let (join, sign) = match self.dialect {
            Dialect::Sqlite => ("group_concat", "char"),
            Dialect::Postgres => ("string_agg", "chr"),
        };
        let parts = ["book_id", "clause", "entry_sum.kind", "entries", "amount_fen"].join(&format!(" || {sign}(31) || "));
        let sql = format!("SELECT {join}({parts}, {sign}(30)) FROM entry_sum JOIN book ON book.id = book_id WHERE book.year = $1");
        let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(i64::from(year));
        let all: Option<String> = query.fetch_one(&mut *self.tx).await.map_err(failed("read the sums of entries"))?;
        all.iter().flat_map(|all| all.split('\u{1e}')).map(sum_from).collect()
    }

    pub(crate) async fn sums_of(&mut self, book: &BookId) -> Result<Vec<Sum>, StoreError> {
        let sql = "SELECT book_id, clause, kind, entries, amount_fen FROM entry_sum WHERE book_id = $1";
        let rows = sqlx::query(sql).bind(book.as_str()).fetch_all(&mut *self.tx).await.map_err(failed("read the sums of entries"))?;
        rows.iter().map(sum).collect()
    }
}

impl Session {
    pub(crate) async fn month_sums(&mut self, after: i64, until: i64) -> Result<Vec<MonthSum>, StoreError> {
        let sql = "SELECT fund_id, SUBSTR(at, 1, 7), kind, MIN(number), MAX(number), CAST(SUM(amount_fen) AS BIGINT) FROM entry \
                   WHERE number > $1 AND number <= $2 GROUP BY fund_id, SUBSTR(at, 1, 7), kind";
        let rows = sqlx::query(sql).bind(after).bind(until).fetch_all(&mut *self.tx).await.map_err(failed("add up entries by month"))?;
        let month_sum = |row: &AnyRow| {
            let Sum { book, clause: month, kind, entries: first, amount } =
                summed(&text(row, 0)?, text(row, 1)?, &text(row, 2)?, number(row, 3)?, number(row, 5)?)?;
            Ok(MonthSum { fund: book, month, kind, numbers: (first, number(row, 4)?), amount })
        };
        rows.iter().map(month_sum).collect()
    }

    pub(crate) async fn last_entry(&mut self) -> Result<i64, StoreError> {
        let query = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM entry");
        query.fetch_one(&mut *self.tx).await.map_err(failed("find the newest entry"))
    }
}

fn sum(row: &AnyRow) -> Result<Sum, StoreError> {
    summed(&text(row, 0)?, text(row, 1)?, &text(row, 2)?, number(row, 3)?, number(row, 4)?)
}

fn sum_from(joined: &str) -> Result<Sum, StoreError> {
    let bad = || unreadable("entry_sum", joined, "it has not its five parts");
    let mut parts = joined.split('\u{1f}');
    let mut next = || parts.next().ok_or_else(bad);
    let (book, clause, kind, entries, amount) = (next()?, next()?, next()?, next()?, next()?);
    summed(book, clause.to_owned(), kind, entries.parse().map_err(|_| bad())?, amount.parse().map_err(|_| bad())?)
}

fn summed(book: &str, clause: String, kind: &str, entries: i64, amount: i64) -> Result<Sum, StoreError> {
    let bad = |why: &str| unreadable("entry_sum", book, why);
    Ok(Sum {
        book: BookId::parse(book).map_err(|e| bad(&e.to_string()))?,
        clause,
        kind: Move::ALL.iter().copied().find(|known| known.name() == kind).ok_or_else(|| bad("no such kind"))?,
        entries,
        amount: Fen(amount),
    })
}

impl Session {
    pub(crate) async fn largest(&mut self, table: &'static Table, column: &str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        self.settle(table.name).await?;
        let sql = format!("SELECT id, version, body FROM {} ORDER BY {column} DESC LIMIT $1", table.name);
        let doing = format!("find the largest of {}", table.name);
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(at_most).fetch_all(&mut *self.tx).await.map_err(failed(doing.as_str()))?;
        rows.iter().map(kept).collect::<Result<_, _>>().map_err(failed(doing))
    }
}
