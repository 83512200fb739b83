//! Columns that are computed one from another, and the chain of stages that computes each of them once.
//!
//! A column is named `c` and its number; its SQL names columns of earlier stages only. The planner of an engine may not
//! fold the stages together: what one column says twice would be computed twice, and so on at each stage.

use crate::dialect::Dialect;
use std::collections::{BTreeSet, HashMap};

/// A computed column.
#[derive(Clone, Debug)]
struct Column {
    sql: String,
    /// Stage that makes it; 0 reads the tables.
    stage: usize,
}

/// Columns over one row of applicants, or over one record of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stages {
    columns: Vec<Column>,
    known: HashMap<(bool, String), usize>,
}

impl Stages {
    /// A column that reads the tables.
    pub(crate) fn read(&mut self, sql: String) -> String {
        self.add(sql, true)
    }

    /// A column of this expression over others; the same expression is the same column. What is a column or a literal
    /// already stays what it is.
    pub(crate) fn bind(&mut self, sql: String) -> String {
        if is_atom(&sql) { sql } else { self.add(sql, false) }
    }

    fn add(&mut self, sql: String, reads: bool) -> String {
        let next = self.columns.len();
        let at = *self.known.entry((reads, sql.clone())).or_insert(next);
        if at == next {
            let stage = if reads { 0 } else { numbers_in(&sql).filter_map(|n| self.columns.get(n)).map(|c| c.stage + 1).max().unwrap_or(1) };
            self.columns.push(Column { sql, stage });
        }
        format!("c{at}")
    }

    /// The stages as common table expressions `{prefix}0`, `{prefix}1` …, the last of which has these columns, and its name.
    /// `own` are columns of the tables that are carried along by their names: name and where it is read.
    pub(crate) fn write(&self, dialect: Dialect, prefix: &str, from: &str, own: &[(&str, String)], wanted: &[String]) -> (Vec<String>, String) {
        let mut needed: BTreeSet<usize> = wanted.iter().flat_map(|sql| numbers_in(sql).collect::<Vec<_>>()).collect();
        let mut open: Vec<usize> = needed.iter().copied().collect();
        let mut last_use: HashMap<usize, usize> = HashMap::new();
        let last = needed.iter().filter_map(|n| self.columns.get(*n)).map(|c| c.stage).max().unwrap_or(0);
        for number in &needed {
            last_use.insert(*number, usize::MAX);
        }
        while let Some(number) = open.pop() {
            let Some(column) = self.columns.get(number).filter(|c| c.stage > 0) else { continue };
            for part in numbers_in(&column.sql) {
                let used = last_use.entry(part).or_insert(0);
                *used = (*used).max(column.stage);
                if needed.insert(part) {
                    open.push(part);
                }
            }
        }
        let mut out = Vec::new();
        for stage in 0..=last {
            let mut list: Vec<String> = own.iter().map(|(name, read)| if stage == 0 { format!("{read} AS {name}") } else { (*name).to_owned() }).collect();
            for number in &needed {
                let Some(column) = self.columns.get(*number) else { continue };
                if column.stage == stage {
                    list.push(format!("{} AS c{number}", column.sql));
                } else if column.stage < stage && last_use.get(number).is_some_and(|used| *used > stage) {
                    list.push(format!("c{number}"));
                }
            }
            let source = if stage == 0 { from.to_owned() } else { format!("{prefix}{}", stage - 1) };
            out.push(format!("{prefix}{stage} AS (\n  SELECT {}\n  FROM {source}{}\n)", list.join(",\n    "), dialect.fence()));
        }
        (out, format!("{prefix}{last}"))
    }
}

/// A column, or a literal that costs nothing to repeat.
fn is_atom(sql: &str) -> bool {
    let quoted = sql.strip_prefix("NUMERIC '").or_else(|| sql.strip_prefix("DATE '")).or_else(|| sql.strip_prefix("CAST('"));
    quoted.map_or(sql, |rest| rest.split('\'').next().unwrap_or(rest)).chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Numbers of the columns that an expression names.
fn numbers_in(sql: &str) -> impl Iterator<Item = usize> + '_ {
    let mut before = ' ';
    sql.char_indices().filter_map(move |(at, c)| {
        let boundary = !(before.is_alphanumeric() || matches!(before, '_' | '"' | '`' | '\''));
        before = c;
        if c != 'c' || !boundary {
            return None;
        }
        let rest = sql.get(at + 1..)?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let after = rest.get(digits..).and_then(|rest| rest.chars().next());
        if after.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            return None;
        }
        rest.get(..digits)?.parse().ok()
    })
}
