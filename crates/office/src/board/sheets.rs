//! Budgets and pools with what their entries come to: there may be a thousand in a year, and a page adds all of them up.

use super::Board;
use crate::Stop;
use crate::reading::Reading;
use casework::id::BookId;
use casework::ledger::{Book, Move};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Sum, Work};
use values::Fen;

/// What the log calls a book that was written.
pub(super) const SHEETS: &str = "book";

/// A book with what its entries come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The book.
    pub book: Book,
    /// What its entries come to, by clause and kind, in that order.
    pub sums: Vec<Sum>,
    /// The same by kind alone.
    pub moves: BTreeMap<Move, Fen>,
}

impl Sheet {
    fn new(book: Book, sums: Vec<Sum>) -> Self {
        let mut moves: BTreeMap<Move, Fen> = BTreeMap::new();
        for one in &sums {
            let all = moves.entry(one.kind).or_default();
            *all = Fen(all.0.saturating_add(one.amount.0));
        }
        Self { book, sums, moves }
    }
}

impl Board {
    /// Takes note of all books.
    pub(super) async fn all_sheets(&mut self, work: &mut Work) -> Result<(), Stop> {
        let books = work.all_books().await?;
        let years: BTreeSet<i32> = books.iter().map(|book| book.year).collect();
        let mut of_book: BTreeMap<BookId, Vec<Sum>> = BTreeMap::new();
        for year in years {
            for one in work.sums(year).await? {
                of_book.entry(one.book.clone()).or_default().push(one);
            }
        }
        let sheets = books.into_iter().map(|book| {
            let sums = of_book.remove(&book.id).unwrap_or_default();
            (book.id.clone(), Arc::new(Sheet::new(book, sums)))
        });
        self.sheets = sheets.collect();
        Ok(())
    }

    /// Takes note of a book that was written.
    pub(super) async fn sheet(&mut self, work: &mut Work, id: &str) -> Result<(), Stop> {
        let Ok(id) = BookId::parse(id) else { return Ok(()) };
        if let Some(book) = work.book_peeked(&id).await? {
            let sums = work.sums_of(&id).await?;
            self.sheets.insert(id, Arc::new(Sheet::new(book, sums)));
        }
        Ok(())
    }
}

impl Reading<'_> {
    /// All books of all years, in the order of their ids. What a budget comes to is no secret within the office.
    pub async fn sheets(&mut self) -> Result<Vec<Arc<Sheet>>, Stop> {
        self.office.board(&mut self.work, |board| board.sheets.values().cloned().collect()).await
    }
}
