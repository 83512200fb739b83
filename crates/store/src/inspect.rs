//! Going through everything that is kept, page by page, as it stands and not as it should be: for checks. Whether it is
//! right is not said here.

use crate::work::{Entries, Inner, Kept, Posted, Work};
use crate::{Filter, StoreError};
use casework::chain::{Event, Fingerprint};
use casework::id::BookId;
use casework::ledger::{Book, Entry};
use casework::{Key, Table};

impl Work {
    /// Position and fingerprint of the last event, as they stand beside the log; none if they were taken away.
    pub async fn head(&mut self) -> Result<Option<(i64, String)>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => {
                Ok(Some(tables.events.last().map_or((0, Fingerprint::NONE.to_string()), |event| (event.seq, event.fingerprint.to_string()))))
            }
            Inner::Sql(session) => session.head().await,
        }
    }

    /// Name under which `pg_dump` sees what this unit of work sees, as long as it lasts; none where it is not PostgreSQL.
    pub async fn snapshot(&mut self) -> Result<Option<String>, StoreError> {
        match &mut self.inner {
            Inner::Memory(..) => Ok(None),
            Inner::Sql(session) => session.snapshot().await,
        }
    }

    /// Major version of the server; none where it is not PostgreSQL.
    pub async fn server_version(&mut self) -> Result<Option<i64>, StoreError> {
        match &mut self.inner {
            Inner::Memory(..) => Ok(None),
            Inner::Sql(session) => session.server_version().await,
        }
    }

    /// How many rows a table has: one of records, `event`, `entry` or `book`.
    pub async fn count(&mut self, table: &'static str) -> Result<i64, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => Ok(tables.count(table)),
            Inner::Sql(session) => session.count(table).await,
        }
    }

    /// Events after a position, with what makes one unreadable.
    pub async fn events_kept(&mut self, after: i64, at_most: i64) -> Result<Vec<(i64, Result<Event, String>)>, StoreError> {
        match &mut self.inner {
            Inner::Memory(..) => Ok(self.events(after, at_most).await?.into_iter().map(|event| (event.seq, Ok(event))).collect()),
            Inner::Sql(session) => session.events_kept(after, at_most).await,
        }
    }

    /// The records of a [page](Self::page) with the values of their columns.
    pub async fn rows(&mut self, table: &'static Table, filters: &[Filter], after: &str, at_most: i64) -> Result<Vec<(Kept, Vec<Key>)>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => Ok(tables.page(table, filters, after, usize::try_from(at_most).unwrap_or(usize::MAX))),
            Inner::Sql(session) => session.rows(table, filters, after, at_most).await,
        }
    }

    /// Records of a table after an id, in the order of ids, whose columns hold one of the values that each filter names.
    pub async fn page(&mut self, table: &'static Table, filters: &[Filter], after: &str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => {
                let found = tables.page(table, filters, after, usize::try_from(at_most).unwrap_or(usize::MAX));
                Ok(found.into_iter().map(|(kept, _)| kept).collect())
            }
            Inner::Sql(session) => session.page(table, filters, after, at_most).await,
        }
    }

    /// How many records a page without an end would have; as many as are counted where there are more.
    pub async fn count_of(&mut self, table: &'static Table, filters: &[Filter], at_most: i64) -> Result<i64, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => {
                let found = tables.page(table, filters, "", usize::try_from(at_most).unwrap_or(usize::MAX)).len();
                Ok(i64::try_from(found).unwrap_or(i64::MAX))
            }
            Inner::Sql(session) => session.count_of(table, filters, at_most).await,
        }
    }

    /// How many records a page without an end would have for each text of a column.
    pub async fn counts_by(&mut self, table: &'static Table, column: &'static str, filters: &[Filter]) -> Result<Vec<(String, i64)>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => {
                let place = table.columns.iter().position(|known| known.name == column);
                let mut counts: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
                let found: std::collections::BTreeSet<String> = tables.page(table, filters, "", usize::MAX).into_iter().map(|(kept, _)| kept.id).collect();
                for (kept, keys) in tables.rows(table.name, "", usize::MAX) {
                    if let Some(Key::Text(text)) = place.and_then(|place| keys.get(place)).filter(|_| found.contains(&kept.id)) {
                        *counts.entry(text.clone()).or_default() += 1;
                    }
                }
                Ok(counts.into_iter().collect())
            }
            Inner::Sql(session) => session.counts_by(table, column, filters).await,
        }
    }

    /// Records of a table whose column begins with a text, in the order of that column; `id` is a column too.
    pub async fn beginning(&mut self, table: &'static Table, column: &'static str, with: &str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => {
                let place = table.columns.iter().position(|known| known.name == column);
                let begins = |(kept, keys): &(Kept, Vec<Key>)| match place.and_then(|place| keys.get(place)) {
                    Some(Key::Text(text)) => text.starts_with(with),
                    Some(_) => false,
                    None => kept.id.starts_with(with),
                };
                let found = tables.rows(table.name, "", usize::MAX).into_iter().filter(begins).map(|(kept, _)| kept);
                Ok(found.take(usize::try_from(at_most).unwrap_or(usize::MAX)).collect())
            }
            Inner::Sql(session) => session.beginning(table, column, with, at_most).await,
        }
    }

    /// Records of a table whose body holds these words as they are written there, in the order of ids: for what no column tells.
    /// The whole table is searched.
    pub async fn rows_saying(&mut self, table: &'static Table, words: &str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, pending) => {
                let all = pending.all(tables, table.name).into_iter().filter(|kept| kept.body.contains(words));
                Ok(all.take(usize::try_from(at_most).unwrap_or(usize::MAX)).collect())
            }
            Inner::Sql(session) => session.rows_saying(table, words, at_most).await,
        }
    }

    /// Entries after a number, with the number of each, in the order they were posted: at most so many.
    pub async fn entries_page(&mut self, which: &Entries, after: i64, at_most: i64) -> Result<Vec<(i64, Entry)>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => Ok(tables.entries_page(which, after, usize::try_from(at_most).unwrap_or(usize::MAX))),
            Inner::Sql(session) => session.entries_page(which, after, at_most).await,
        }
    }

    /// One record of a table.
    pub async fn row(&mut self, table: &'static Table, id: &str) -> Result<Option<Kept>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, pending) => Ok(pending.record(tables, table.name, id)),
            Inner::Sql(session) => session.record(table, id, false).await,
        }
    }

    /// Records of a table with a value in a column, in the order of ids.
    pub async fn rows_with(&mut self, table: &'static Table, column: &'static str, key: &str) -> Result<Vec<Kept>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, pending) => Ok(pending.find(tables, table, column, &Key::from(key))),
            Inner::Sql(session) => session.find(table, column, &Key::from(key), false).await,
        }
    }

    /// Events done to one of some things that wrote a record, entry or book, in order.
    pub async fn events_to(&mut self, subjects: &[String], table: &str, id: &str) -> Result<Vec<Event>, StoreError> {
        let words = effect(table, id);
        match &mut self.inner {
            Inner::Memory(tables, _) => {
                Ok(tables.events.iter().filter(|event| subjects.contains(&event.subject) && event.effects.contains(&words)).cloned().collect())
            }
            Inner::Sql(session) => {
                let found = session.events_to(subjects, &format!("%{words}%")).await?;
                Ok(found.into_iter().filter(|event| event.effects.contains(&words)).collect())
            }
        }
    }

    /// Events that wrote a record, entry or book, in order. The whole log is searched.
    pub async fn events_of(&mut self, table: &str, id: &str) -> Result<Vec<Event>, StoreError> {
        self.fault(|| format!("search the log for {table} {id}"))?;
        let words = effect(table, id);
        match &mut self.inner {
            Inner::Memory(tables, _) => Ok(tables.events.iter().filter(|event| event.effects.contains(&words)).cloned().collect()),
            Inner::Sql(session) => {
                // `_` stands for any sign in a pattern.
                let found = session.events_like(&format!("%{words}%")).await?;
                Ok(found.into_iter().filter(|event| event.effects.contains(&words)).collect())
            }
        }
    }

    /// A book with its balances, from which others may post meanwhile.
    pub async fn book_peeked(&mut self, id: &BookId) -> Result<Option<Book>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, pending) => Ok(pending.book(tables, id).map(|(_, book)| book)),
            Inner::Sql(session) => session.book_peeked(id).await,
        }
    }

    /// Entries after a number, in the order they were posted.
    pub async fn posted(&mut self, after: i64, at_most: i64) -> Result<Vec<Posted>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => {
                let entries = (1..).zip(tables.entries.iter()).filter(|(number, _)| *number > after);
                let at_most = usize::try_from(at_most).unwrap_or(usize::MAX);
                Ok(entries.take(at_most).map(|(number, entry)| Posted { number, id: entry.id.to_string(), entry: Ok(entry.clone()) }).collect())
            }
            Inner::Sql(session) => session.posted(after, at_most).await,
        }
    }

    /// All books with their versions, in the order of ids, with what makes one unreadable.
    pub async fn books_kept(&mut self) -> Result<Vec<(String, Result<(i64, Book), String>)>, StoreError> {
        match &mut self.inner {
            Inner::Memory(tables, _) => Ok(tables.books.iter().map(|(id, kept)| (id.to_string(), Ok(kept.clone()))).collect()),
            Inner::Sql(session) => session.books_kept().await,
        }
    }
}

/// As effects are written; ids have no quotes in them.
fn effect(table: &str, id: &str) -> String {
    format!("{{\"table\":\"{table}\",\"id\":\"{id}\",")
}
