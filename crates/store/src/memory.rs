//! The store in memory: the pure model. One unit of work at a time; what it writes waits until it ends.

use crate::work::{Entries, Kept};
use crate::{Filter, StoreError};
use casework::chain::Event;
use casework::id::{BookId, CaseId, RequestId};
use casework::ledger::{Book, Entry};
use casework::{Key, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Everything kept.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    records: BTreeMap<(&'static str, String), (Kept, Vec<Key>)>,
    /// Ids by table, column and value.
    found: BTreeMap<(&'static str, &'static str, Key), BTreeSet<String>>,
    pub(crate) books: BTreeMap<BookId, (i64, Book)>,
    pub(crate) entries: Vec<Entry>,
    /// Places among the entries by their id, and by each book and case.
    entry_ids: BTreeMap<String, usize>,
    of_book: BTreeMap<BookId, Vec<usize>>,
    of_case: BTreeMap<CaseId, Vec<usize>>,
    pub(crate) events: Vec<Event>,
    pub(crate) requests: BTreeMap<RequestId, usize>,
}

impl Tables {
    pub(crate) fn put_in_place(&mut self, event: &Event) {
        let place = usize::try_from(event.seq - 1).ok();
        if let Some(kept) = place.and_then(|place| self.events.get_mut(place)) {
            *kept = event.clone();
        }
    }

    fn keep(&mut self, entry: Entry) {
        let place = self.entries.len();
        self.entry_ids.insert(entry.id.to_string(), place);
        for book in std::iter::once(&entry.fund).chain(&entry.pool) {
            self.of_book.entry(book.clone()).or_default().push(place);
        }
        if let Some(case) = &entry.case {
            self.of_case.entry(case.clone()).or_default().push(place);
        }
        self.entries.push(entry);
    }
}

/// What a unit of work has written so far.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    records: BTreeMap<(&'static str, String), (&'static Table, Kept, Vec<Key>)>,
    books: BTreeMap<BookId, (i64, Book)>,
    entries: Vec<Entry>,
    pub(crate) withdrawn: Vec<Event>,
}

impl Tables {
    pub(crate) fn count(&self, table: &str) -> i64 {
        let number = match table {
            "event" => self.events.len(),
            "entry" => self.entries.len(),
            "book" => self.books.len(),
            _ => self.records.keys().filter(|(name, _)| *name == table).count(),
        };
        i64::try_from(number).unwrap_or(i64::MAX)
    }

    pub(crate) fn rows(&self, table: &'static str, after: &str, at_most: usize) -> Vec<(Kept, Vec<Key>)> {
        let from = self.records.range((table, after.to_owned())..).filter(|((_, id), _)| id != after);
        from.take_while(|((name, _), _)| *name == table).take(at_most).map(|(_, kept)| kept.clone()).collect()
    }

    pub(crate) fn page(&self, table: &'static Table, filters: &[Filter], after: &str, at_most: usize) -> Vec<(Kept, Vec<Key>)> {
        let holds = |keys: &[Key], (column, values): &Filter| {
            let place = table.columns.iter().position(|c| c.name == *column);
            place.and_then(|place| keys.get(place)).is_some_and(|key| values.contains(key))
        };
        let from = self.records.range((table.name, after.to_owned())..).filter(|((_, id), _)| id != after);
        let wanted = from.take_while(|((name, _), _)| *name == table.name).filter(|(_, (_, keys))| filters.iter().all(|filter| holds(keys, filter)));
        wanted.take(at_most).map(|(_, kept)| kept.clone()).collect()
    }

    /// Entries after a number, with the number of each; the first ever posted has 1.
    pub(crate) fn entries_page(&self, which: &Entries, after: i64, at_most: usize) -> Vec<(i64, Entry)> {
        let later = (1..).zip(&self.entries).filter(|(number, entry)| *number > after && which.holds(entry));
        later.take(at_most).map(|(number, entry)| (number, entry.clone())).collect()
    }
}

impl Pending {
    pub(crate) fn record(&self, tables: &Tables, table: &'static str, id: &str) -> Option<Kept> {
        let at = (table, id.to_owned());
        self.records.get(&at).map(|(_, kept, _)| kept).or_else(|| tables.records.get(&at).map(|(kept, _)| kept)).cloned()
    }

    pub(crate) fn all(&self, tables: &Tables, table: &'static str) -> Vec<Kept> {
        let from = || (table, String::new())..;
        let kept = tables.records.range(from()).map(|(at, (kept, _))| (at, kept)).take_while(|((name, _), _)| *name == table);
        let written = self.records.range(from()).map(|(at, (_, kept, _))| (at, kept)).take_while(|((name, _), _)| *name == table);
        let latest: BTreeMap<&String, &Kept> = kept.chain(written).map(|((_, id), kept)| (id, kept)).collect();
        latest.into_values().cloned().collect()
    }

    pub(crate) fn find(&self, tables: &Tables, table: &'static Table, column: &'static str, key: &Key) -> Vec<Kept> {
        let at = table.columns.iter().position(|c| c.name == column);
        let mut out: BTreeMap<&str, &Kept> = BTreeMap::new();
        for id in tables.found.get(&(table.name, column, key.clone())).into_iter().flatten() {
            if let Some((kept, _)) = tables.records.get(&(table.name, id.clone())) {
                out.insert(id, kept);
            }
        }
        for ((name, id), (_, kept, keys)) in &self.records {
            if *name == table.name {
                if at.and_then(|at| keys.get(at)) == Some(key) {
                    out.insert(id, kept);
                } else {
                    out.remove(id.as_str());
                }
            }
        }
        out.into_values().cloned().collect()
    }

    pub(crate) fn until(&self, tables: &Tables, table: &'static Table, column: &'static str, key: &str) -> Vec<Kept> {
        let range = (table.name, column, Key::Text(String::new()))..=(table.name, column, Key::Text(key.to_owned()));
        let mut keys: Vec<Key> = tables.found.range(range).map(|((_, _, key), _)| key.clone()).collect();
        let at = table.columns.iter().position(|c| c.name == column);
        keys.extend(self.records.iter().filter(|((name, _), _)| *name == table.name).filter_map(|(_, (_, _, keys))| keys.get(at?).cloned()));
        keys.retain(|found| matches!(found, Key::Text(text) if text.as_str() <= key));
        keys.sort();
        keys.dedup();
        keys.iter().flat_map(|key| self.find(tables, table, column, key)).collect()
    }

    pub(crate) fn write(&mut self, tables: &Tables, table: &'static Table, kept: Kept, keys: Vec<Key>) -> Result<(), StoreError> {
        let before = self.record(tables, table.name, &kept.id).map_or(0, |kept| kept.version);
        if before + 1 != kept.version || (before > 0 && !table.changes) {
            return Err(StoreError::Busy { doing: format!("write {} {}", table.name, kept.id) });
        }
        for (column, key) in table.columns.iter().zip(&keys).filter(|(column, key)| column.unique && **key != Key::Null) {
            if self.find(tables, table, column.name, key).iter().any(|other| other.id != kept.id) {
                return Err(StoreError::Busy { doing: format!("write {} {}", table.name, kept.id) });
            }
        }
        self.records.insert((table.name, kept.id.clone()), (table, kept, keys));
        Ok(())
    }

    pub(crate) fn book(&self, tables: &Tables, id: &BookId) -> Option<(i64, Book)> {
        self.books.get(id).or_else(|| tables.books.get(id)).cloned()
    }

    pub(crate) fn write_book(&mut self, version: i64, book: &Book) {
        self.books.insert(book.id.clone(), (version, book.clone()));
    }

    pub(crate) fn entry(&mut self, tables: &Tables, entry: &Entry) -> Result<(), StoreError> {
        if tables.entry_ids.contains_key(entry.id.as_str()) || self.entries.iter().any(|other| other.id == entry.id) {
            return Err(StoreError::Busy { doing: format!("write entry {}", entry.id) });
        }
        self.entries.push(entry.clone());
        Ok(())
    }

    pub(crate) fn entries(&self, tables: &Tables, which: &Entries) -> Vec<Entry> {
        let at = |places: &[usize]| places.iter().filter_map(|place| tables.entries.get(*place)).cloned().collect();
        let mut out: Vec<Entry> = match which {
            Entries::Of(id) => tables.entry_ids.get(id).map(|place| at(&[*place])).unwrap_or_default(),
            Entries::Book(book) => tables.of_book.get(book).map(|places| at(places)).unwrap_or_default(),
            Entries::Case(case) => tables.of_case.get(case).map(|places| at(places)).unwrap_or_default(),
            Entries::Moved { .. } | Entries::All => tables.entries.iter().filter(|entry| which.holds(entry)).cloned().collect(),
        };
        out.extend(self.entries.iter().filter(|entry| which.holds(entry)).cloned());
        out
    }

    /// Makes everything of it part of what is kept.
    pub(crate) fn apply(self, tables: &mut Tables, event: &Event) {
        for ((name, id), (table, kept, keys)) in self.records {
            if let Some((_, before)) = tables.records.get(&(name, id.clone())) {
                for (column, key) in table.columns.iter().zip(before) {
                    if let Some(ids) = tables.found.get_mut(&(name, column.name, key.clone())) {
                        ids.remove(&id);
                    }
                }
            }
            for (column, key) in table.columns.iter().zip(&keys) {
                tables.found.entry((name, column.name, key.clone())).or_default().insert(id.clone());
            }
            tables.records.insert((name, id), (kept, keys));
        }
        tables.books.extend(self.books);
        for entry in self.entries {
            tables.keep(entry);
        }
        for withdrawn in self.withdrawn {
            tables.put_in_place(&withdrawn);
        }
        tables.requests.insert(event.request.clone(), tables.events.len());
        tables.events.push(event.clone());
    }
}
