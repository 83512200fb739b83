//! What a unit of work has at hand: read before, by itself or ahead of it, and not to be asked for again; and what it will
//! surely read, so that one statement can fetch it all. Whether others changed it meanwhile is asked when the work ends.

use crate::work::Kept;
use casework::ledger::Entry;
use casework::{Key, Table};
use std::collections::BTreeMap;

/// Something that a unit of work is going to read.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// Where.
    pub table: &'static Table,
    /// Which records.
    pub which: Which,
    /// Whether others are kept from changing it. Rows are locked in the order of the reads.
    pub lock: bool,
}

/// Which records are wanted, where some of it may stand in a column of what another read found, which comes before.
#[derive(Clone, Debug)]
pub enum Which {
    /// The record with this id.
    Id(String),
    /// The record with the id in a column of what the read at this place found.
    IdFrom(usize, &'static str),
    /// All records with a value in a column.
    With(&'static str, Key),
    /// For each record that the read at this place found: all records that have in a column what stands in a column of that one.
    WithFrom(&'static str, usize, &'static str),
}

impl Ahead {
    /// A record that is only looked at.
    #[must_use]
    pub fn peek(table: &'static Table, id: &str) -> Self {
        Self { table, which: Which::Id(id.to_owned()), lock: false }
    }

    /// A record that others are kept from changing.
    #[must_use]
    pub fn get(table: &'static Table, id: &str) -> Self {
        Self { lock: true, ..Self::peek(table, id) }
    }

    /// The record whose id stands in a column of an earlier read.
    #[must_use]
    pub const fn peek_from(table: &'static Table, read: usize, column: &'static str) -> Self {
        Self { table, which: Which::IdFrom(read, column), lock: false }
    }

    /// All records with a text in a column.
    #[must_use]
    pub fn list(table: &'static Table, column: &'static str, key: &str) -> Self {
        Self { table, which: Which::With(column, Key::from(key)), lock: false }
    }

    /// All records with a text in a column that stands in a column of an earlier read.
    #[must_use]
    pub const fn list_from(table: &'static Table, column: &'static str, read: usize, from: &'static str) -> Self {
        Self { table, which: Which::WithFrom(column, read, from), lock: false }
    }
}

/// What one read found: records by the value they were found by, where another read gave it; of each value at least that it was.
pub(crate) type Found = BTreeMap<Option<String>, Vec<Kept>>;

/// Everything at hand.
#[derive(Debug, Default)]
pub(crate) struct Hand {
    /// Records by table and id, and whether others are kept from changing them.
    records: BTreeMap<(&'static str, String), (Option<Kept>, bool)>,
    /// Records found by the value of a column, and whether others are kept from changing them.
    lists: BTreeMap<(&'static str, &'static str, Key), (Vec<Kept>, bool)>,
    /// Entries of cases. What others may post is held off by locks, so a new lock is a new look.
    entries: BTreeMap<String, Vec<Entry>>,
    /// A request that nobody had answered when it was looked for.
    pub(crate) unanswered: Option<String>,
}

impl Hand {
    /// A record, if it is known well enough, with whether it is locked.
    pub(crate) fn record(&self, table: &'static str, id: &str, lock: bool) -> Option<(Option<Kept>, bool)> {
        self.records.get(&(table, id.to_owned())).filter(|(_, locked)| *locked || !lock).cloned()
    }

    pub(crate) fn put(&mut self, table: &'static str, id: &str, kept: Option<Kept>, locked: bool) {
        if locked {
            self.entries.clear();
        }
        let slot = self.records.entry((table, id.to_owned())).or_insert((None, false));
        // What is locked is newer, or the same.
        if locked || !slot.1 {
            *slot = (kept, locked);
        }
    }

    /// All records with a value in a column, if they are known well enough.
    pub(crate) fn list(&self, table: &'static str, column: &'static str, key: &Key, lock: bool) -> Option<Vec<Kept>> {
        self.lists.get(&(table, column, key.clone())).filter(|(_, locked)| *locked || !lock).map(|(kept, _)| kept.clone())
    }

    pub(crate) fn put_list(&mut self, table: &'static str, column: &'static str, key: &Key, kept: Vec<Kept>, locked: bool) {
        if locked {
            self.entries.clear();
            kept.iter().for_each(|kept| self.put(table, &kept.id, Some(kept.clone()), true));
        }
        self.lists.insert((table, column, key.clone()), (kept, locked));
    }

    pub(crate) fn entries(&self, case: &str) -> Option<Vec<Entry>> {
        self.entries.get(case).cloned()
    }

    pub(crate) fn put_entries(&mut self, case: &str, entries: Vec<Entry>) {
        self.entries.insert(case.to_owned(), entries);
    }

    /// Others may have posted until now.
    pub(crate) fn forget_entries(&mut self) {
        self.entries.clear();
    }

    /// A record was written: it is as it is now, and which records have something in a column may be another.
    pub(crate) fn wrote(&mut self, table: &'static str, kept: &Kept) {
        self.records.insert((table, kept.id.clone()), (Some(kept.clone()), true));
        self.lists.retain(|(of, _, _), _| *of != table);
    }

    /// What was read ahead, one after the other.
    pub(crate) fn put_found(&mut self, reads: &[Ahead], all: Vec<Found>) {
        for (read, found) in reads.iter().zip(all) {
            let table = read.table.name;
            for (by, mut kept) in found {
                match (&read.which, by) {
                    (Which::Id(id), _) => self.put(table, id, kept.pop(), read.lock),
                    (Which::IdFrom(..), Some(id)) => self.put(table, &id, kept.pop(), read.lock),
                    (Which::With(column, key), _) => self.put_list(table, column, key, kept, read.lock),
                    (Which::WithFrom(column, ..), Some(key)) => self.put_list(table, column, &Key::Text(key), kept, read.lock),
                    (Which::IdFrom(..) | Which::WithFrom(..), None) => {}
                }
            }
        }
    }
}
