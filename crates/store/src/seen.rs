//! What a unit of work has read without keeping others from changing it: looked at once more when the work takes its place
//! in the log, so that doing the acts again in the order of the log gives the same. One writer at a time needs none of it.

use casework::{Key, Table};
use std::collections::BTreeMap;

/// Everything a unit of work has read so.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Versions of single records; 0: there was none.
    single: BTreeMap<&'static str, BTreeMap<String, i64>>,
    /// Records found by a column.
    found: Vec<Found>,
    /// Where the log was seen to end.
    log_end: Option<i64>,
}

/// Records found by the value of a column, as they must be when the work ends: with what it wrote itself.
#[derive(Debug)]
pub(crate) struct Found {
    table: &'static Table,
    column: &'static str,
    key: Key,
    versions: BTreeMap<String, i64>,
}

/// What is added to each version, so that one record more does not look like one change more.
pub(crate) const RECORD_WEIGHT: i64 = 1_000_000;

impl Seen {
    /// Notes that a record was read. False: it has changed since this work read it first, so nothing of it holds together.
    pub(crate) fn note(&mut self, table: &'static Table, id: &str, version: i64, locked: bool) -> bool {
        let seen = self.single.entry(table.name).or_default();
        let same = seen.get(id).is_none_or(|before| *before == version);
        // A lock keeps what is there; nothing keeps what is not there.
        if version == 0 || (!locked && table.changes) {
            seen.insert(id.to_owned(), version);
        } else {
            seen.remove(id);
        }
        same
    }

    /// Notes which records were found. Others may enter among them even where these are locked.
    pub(crate) fn note_found(&mut self, table: &'static Table, column: &'static str, key: &Key, versions: BTreeMap<String, i64>) {
        self.found.push(Found { table, column, key: key.clone(), versions });
    }

    /// Notes that there was no event after this one. An office is founded while its log is empty, and only then.
    pub(crate) fn note_end(&mut self, seq: i64) {
        self.log_end = Some(seq);
    }

    /// Whether the log may go on after this event: it did not grow since it was seen to end.
    pub(crate) fn goes_on_after(&self, seq: i64) -> bool {
        self.log_end.is_none_or(|end| end >= seq)
    }

    /// Notes what this work wrote itself.
    pub(crate) fn wrote(&mut self, table: &'static Table, id: &str, version: i64, keys: &[Key]) {
        if let Some(seen) = self.single.get_mut(table.name) {
            seen.remove(id);
        }
        for found in self.found.iter_mut().filter(|found| found.table.name == table.name) {
            let at = table.columns.iter().position(|column| column.name == found.column);
            if at.and_then(|at| keys.get(at)) == Some(&found.key) {
                found.versions.insert(id.to_owned(), version);
            } else {
                found.versions.remove(id);
            }
        }
    }

    /// The conditions under which everything seen is still so, in SQL, and the values of their parameters, counted from `first`.
    pub(crate) fn conditions(&self, first: usize) -> (String, Vec<Key>) {
        let mut sql = String::new();
        let mut values: Vec<Key> = Vec::new();
        for (table, seen) in self.single.iter().filter(|(_, seen)| !seen.is_empty()) {
            let at = first + values.len();
            sql += &format!(
                " AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset(${at}::jsonb) AS seen (id TEXT, version BIGINT) \
                 LEFT JOIN {table} AS now ON now.id = seen.id WHERE COALESCE(now.version, 0) <> seen.version)"
            );
            let list: Vec<_> = seen.iter().map(|(id, version)| serde_json::json!({"id": id, "version": version})).collect();
            values.push(Key::Text(serde_json::Value::from(list).to_string()));
        }
        for found in &self.found {
            let column = found.column;
            let filter = if found.key == Key::Null { format!("{column} IS NULL") } else { format!("{column} = ${}", first + values.len() + 1) };
            let sum = found.versions.values().fold(0_i64, |sum, version| sum.saturating_add(*version).saturating_add(RECORD_WEIGHT));
            sql += &format!(" AND (SELECT COALESCE(SUM(version + {RECORD_WEIGHT}), 0) FROM {} WHERE {filter}) = ${}", found.table.name, first + values.len());
            values.push(Key::Number(sum));
            if found.key != Key::Null {
                values.push(found.key.clone());
            }
        }
        (sql, values)
    }
}
