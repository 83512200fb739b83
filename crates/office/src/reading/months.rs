//! What the entries of budgets come to month by month (按月发生额), in memory as far as the books were read: entries are never
//! changed, so each is read once. Whoever shows it holds it against what the database has added up.

use super::{LOOKED_AT_MAX, Reading, at_most};
use crate::board::Sheet;
use crate::{Office, Stop};
use casework::id::BookId;
use casework::ledger::{Account, Entry, Move};
use std::collections::BTreeMap;
use store::work::Entries;
use store::{MonthSum, Work};
use values::{Date, Fen};

/// Entries that a page waits for; beyond them they are read in between.
const WAITED_FOR: i64 = 1000;

/// A month: year and number.
pub type Month = (i32, u8);

/// What was posted to a budget in a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfMonth {
    /// Numbers of its first and last entry.
    pub numbers: (i64, i64),
    /// What they come to, by kind.
    pub moves: BTreeMap<Move, Fen>,
}

/// Budgets month by month.
pub type OfFunds = BTreeMap<BookId, BTreeMap<Month, OfMonth>>;

/// Budgets month by month, as far as entries were read: all of them in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Months {
    last: i64,
    of: OfFunds,
    /// What all entries of a budget that were read come to, by kind.
    moves: BTreeMap<BookId, BTreeMap<Move, Fen>>,
}

/// What an entry does to accounts taken together: what goes from one of them to another does nothing.
#[must_use]
pub fn crossing(kind: Move, amount: Fen, accounts: &[Account]) -> Fen {
    let (from, to) = kind.accounts();
    match (accounts.contains(&from), accounts.contains(&to)) {
        (false, true) => amount,
        (true, false) => Fen(amount.0.saturating_neg()),
        _ => Fen(0),
    }
}

impl OfMonth {
    /// What accounts taken together got more in this month.
    #[must_use]
    pub fn gain(&self, accounts: &[Account]) -> Fen {
        Fen(self.moves.iter().fold(0_i64, |sum, (kind, amount)| sum.saturating_add(crossing(*kind, *amount, accounts).0)))
    }
}

impl Months {
    fn enter(&mut self, one: &MonthSum) {
        let Some(month) = month_named(&one.month) else { return };
        let of_fund = self.of.entry(one.fund.clone()).or_default();
        let month = of_fund.entry(month).or_insert_with(|| OfMonth { numbers: one.numbers, moves: BTreeMap::new() });
        month.numbers = (month.numbers.0.min(one.numbers.0), month.numbers.1.max(one.numbers.1));
        let of_fund = self.moves.entry(one.fund.clone()).or_default();
        for moves in [&mut month.moves, of_fund] {
            let sum = moves.entry(one.kind).or_default();
            *sum = Fen(sum.0.saturating_add(one.amount.0));
        }
    }

    /// Whether at least so much was read of a budget, by kind: what was posted since is more, less is a gap.
    fn reaches(&self, sheet: &Sheet) -> bool {
        let read = self.moves.get(&sheet.book.id);
        sheet.moves.iter().all(|(kind, amount)| read.and_then(|moves| moves.get(kind)).copied().unwrap_or_default() >= *amount)
    }
}

impl Office {
    /// Adds up entries beyond those that were read, at most so many. False: there are more.
    pub(crate) async fn read_entries_on(&self, work: &mut Work, at_most: i64) -> Result<bool, Stop> {
        let newest = work.last_entry().await?;
        let after = self.months.lock().await.last;
        let until = newest.min(after.saturating_add(at_most));
        if until > after {
            let sums = work.month_sums(after, until).await?;
            let mut months = self.months.lock().await;
            // Somebody else may have read the same meanwhile: each entry is counted once.
            if months.last == after {
                sums.iter().for_each(|one| months.enter(one));
                months.last = until;
            }
        }
        Ok(until >= newest)
    }
}

impl Reading<'_> {
    /// Looks at budgets month by month. None: there are very many entries that were not read yet; the service is reading them.
    ///
    /// What is kept in memory and does not come to what the database says of these budgets is forgotten.
    pub async fn months<T>(&mut self, sheets: &[&Sheet], look: impl FnOnce(&OfFunds) -> T) -> Result<Option<T>, Stop> {
        let office = self.office;
        if !office.read_entries_on(&mut self.work, WAITED_FOR).await? {
            return Ok(None);
        }
        let mut months = office.months.lock().await;
        if sheets.iter().any(|sheet| !months.reaches(sheet)) {
            *months = Months::default();
            return Ok(None);
        }
        Ok(Some(look(&months.of)))
    }
}

/// Which entries of a budget are looked for: those with numbers in a range that do something to accounts taken together.
#[derive(Clone, Debug)]
pub struct Span<'a> {
    /// The budget.
    pub book: &'a BookId,
    /// First and last number.
    pub numbers: (i64, i64),
    /// The accounts.
    pub accounts: &'a [Account],
}

impl Reading<'_> {
    /// Entries of a span that the reader sees, after a number, at most so many; and the number after which to go on.
    pub async fn entries_in(&mut self, span: &Span<'_>, after: i64, limit: usize) -> Result<(Vec<Entry>, Option<i64>), Stop> {
        let (mut out, mut last, mut looked_at) = (Vec::new(), after.max(span.numbers.0.saturating_sub(1)), 0);
        loop {
            // As many as are wanted, and when few of them are what is looked for, more.
            let wanted = if looked_at == 0 { at_most(limit - out.len() + 1) } else { at_most(LOOKED_AT_MAX) };
            let page = self.work.entries_page(&Entries::Book(span.book.clone()), last, wanted).await?;
            let is_end = i64::try_from(page.len()).is_ok_and(|len| len < wanted);
            looked_at += page.len();
            let is_wanted = |entry: &Entry| crossing(entry.kind, entry.amount, span.accounts) != Fen(0);
            self.bring_cases(page.iter().map(|(_, entry)| entry).filter(|entry| is_wanted(entry))).await?;
            for (number, entry) in page {
                if number > span.numbers.1 {
                    return Ok((out, None));
                }
                if out.len() == limit {
                    return Ok((out, Some(last)));
                }
                last = number;
                if is_wanted(&entry) && self.sees_entry(&entry).await? {
                    out.push(entry);
                }
            }
            if is_end {
                return Ok((out, None));
            }
            if looked_at >= LOOKED_AT_MAX {
                return Ok((out, Some(last)));
            }
        }
    }
}

/// A month as the database names it: `2025-03`.
fn month_named(name: &str) -> Option<Month> {
    let (year, month) = name.split_once('-')?;
    Some((year.parse().ok()?, month.parse().ok()?))
}

/// The month of a day.
#[must_use]
pub fn month_of(day: Date) -> Month {
    (day.year(), day.month())
}
