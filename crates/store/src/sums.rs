//! Sums: what pages show of very many rows. Each is one statement, and reads what the database has added up already or an index.

use crate::StoreError;
use crate::work::{Inner, Kept, Work};
use casework::Table;
use casework::id::BookId;
use casework::ledger::Move;
use std::collections::BTreeMap;
use values::Fen;

/// What the entries of a book that do the same under one clause come to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sum {
    /// The book: a budget or a pool.
    pub book: BookId,
    /// The clause; empty: none.
    pub clause: String,
    /// What they do.
    pub kind: Move,
    /// How many they are.
    pub entries: i64,
    /// How much they move together.
    pub amount: Fen,
}

/// What entries of a budget come to that do the same in the same month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthSum {
    /// The budget.
    pub fund: BookId,
    /// The month, like `2025-03`.
    pub month: String,
    /// What they do.
    pub kind: Move,
    /// Numbers of the first and the last of them.
    pub numbers: (i64, i64),
    /// How much they move together.
    pub amount: Fen,
}

impl Work {
    /// What entries after a number, up to another, come to by budget, month and kind, in that order.
    pub async fn month_sums(&mut self, after: i64, until: i64) -> Result<Vec<MonthSum>, StoreError> {
        self.fault(|| "add up entries by month".into())?;
        let mut sums = match &mut self.inner {
            Inner::Sql(session) => session.month_sums(after, until).await?,
            Inner::Memory(tables, _) => {
                let mut sums: BTreeMap<(BookId, String, Move), MonthSum> = BTreeMap::new();
                for (number, entry) in (1..).zip(&tables.entries).filter(|(number, _)| *number > after && *number <= until) {
                    let month: String = entry.at.to_string().chars().take(7).collect();
                    let sum = sums.entry((entry.fund.clone(), month.clone(), entry.kind)).or_insert_with(|| MonthSum {
                        fund: entry.fund.clone(),
                        month,
                        kind: entry.kind,
                        numbers: (number, number),
                        amount: Fen(0),
                    });
                    sum.numbers.1 = number;
                    sum.amount = Fen(sum.amount.0.saturating_add(entry.amount.0));
                }
                sums.into_values().collect()
            }
        };
        sums.sort();
        Ok(sums)
    }

    /// The number of the newest entry; 0: none was posted.
    pub async fn last_entry(&mut self) -> Result<i64, StoreError> {
        match &mut self.inner {
            Inner::Sql(session) => session.last_entry().await,
            Inner::Memory(tables, _) => Ok(i64::try_from(tables.entries.len()).unwrap_or(i64::MAX)),
        }
    }

    /// What the entries of all books of a year come to, by book, clause and kind, in that order.
    pub async fn sums(&mut self, year: i32) -> Result<Vec<Sum>, StoreError> {
        let mut sums = match &mut self.inner {
            Inner::Sql(session) => session.sums(year).await?,
            Inner::Memory(tables, _) => {
                let mut sums: BTreeMap<(BookId, String, Move), (i64, Fen)> = BTreeMap::new();
                for entry in &tables.entries {
                    let of_year = |book: &&BookId| tables.books.get(*book).is_some_and(|(_, book)| book.year == year);
                    for book in std::iter::once(&entry.fund).chain(&entry.pool).filter(of_year) {
                        let sum = sums.entry((book.clone(), entry.clause.clone().unwrap_or_default(), entry.kind)).or_default();
                        *sum = (sum.0 + 1, Fen(sum.1.0.saturating_add(entry.amount.0)));
                    }
                }
                sums.into_iter().map(|((book, clause, kind), (entries, amount))| Sum { book, clause, kind, entries, amount }).collect()
            }
        };
        sums.sort();
        Ok(sums)
    }

    /// What the entries of a book come to, by clause and kind, in that order.
    pub async fn sums_of(&mut self, book: &BookId) -> Result<Vec<Sum>, StoreError> {
        if let Inner::Sql(session) = &mut self.inner {
            let mut sums = session.sums_of(book).await?;
            sums.sort();
            return Ok(sums);
        }
        let year = match &self.inner {
            Inner::Memory(tables, _) => tables.books.get(book).map_or(0, |(_, book)| book.year),
            Inner::Sql(_) => 0,
        };
        let mut sums = self.sums(year).await?;
        sums.retain(|sum| sum.book == *book);
        Ok(sums)
    }

    /// Records with the largest values in a column of numbers, the largest first: at most so many.
    pub async fn largest(&mut self, table: &'static Table, column: &'static str, at_most: i64) -> Result<Vec<Kept>, StoreError> {
        let tables = match &mut self.inner {
            Inner::Sql(session) => return session.largest(table, column, at_most).await,
            Inner::Memory(tables, _) => tables,
        };
        let place = table.columns.iter().position(|known| known.name == column);
        let mut found = tables.rows(table.name, "", usize::MAX);
        found.sort_by(|(_, a), (_, b)| place.and_then(|at| b.get(at)).cmp(&place.and_then(|at| a.get(at))));
        Ok(found.into_iter().map(|(kept, _)| kept).take(usize::try_from(at_most).unwrap_or(usize::MAX)).collect())
    }
}
