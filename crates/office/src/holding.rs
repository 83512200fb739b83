//! Money of a case on its way: what is reserved for a clause, on the budget for what falls due in the year of the call and
//! on every pool for all of it. All postings about a case go through here.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::Refusal;
use casework::call::Call;
use casework::case::Case;
use casework::holding::Holding;
use casework::id::{BookId, CaseId, DeterminationId, EntryId};
use casework::instalment::near_and_later;
use casework::ledger::{Account, Entry, Move};
use policy::scheme::{Clause, Pool, Scheme};
use std::collections::BTreeMap;
use store::work::Entries;
use values::Fen;

/// What a posting is about.
pub(crate) struct About<'a> {
    pub(crate) case: &'a CaseId,
    pub(crate) clause: &'a str,
    pub(crate) determination: Option<&'a DeterminationId>,
    pub(crate) reason: &'a str,
}

/// What is missing of a reservation, or too much.
struct Differences {
    near: Fen,
    later: Fen,
    pools: Vec<BookId>,
}

/// The pools that a clause draws on, the innermost first, with their books in a call.
pub(crate) fn pools_of<'s>(scheme: &'s Scheme, call: &Call, clause: &str) -> Vec<(&'s Pool, BookId)> {
    let Some(id) = scheme.clause_named(clause) else { return Vec::new() };
    let drawn = scheme.pools.iter().filter(|pool| pool.members.contains(&id));
    drawn.filter_map(|pool| call.pool_book(&pool.name).map(|book| (pool, book.clone()))).collect()
}

pub(crate) fn clause_of<'s>(scheme: &'s Scheme, clause: &str) -> Result<&'s Clause, Refusal> {
    scheme.clauses.iter().find(|c| c.id == clause).ok_or_else(|| Refusal::Unknown { what: "clause", id: clause.to_owned() })
}

/// An entry id with a number added. Errors: it would be too long.
pub(crate) fn numbered(base: impl std::fmt::Display, number: impl std::fmt::Display) -> Result<EntryId, Refusal> {
    EntryId::parse(&format!("{base}:{number}")).map_err(|why| Refusal::Input(why.to_string()))
}

pub(crate) fn too_large(_: values::Fault) -> Refusal {
    Refusal::Input("the sum is too large".into())
}

impl Desk<'_> {
    /// Locks the books of a call in the one order that all acts keep: budgets by id, then pools by id.
    pub(crate) async fn lock_books(&mut self, call: &Call) -> Result<(), Stop> {
        let (funds, pools) = call.books();
        for book in funds.into_iter().chain(pools) {
            self.work.book(book).await?;
        }
        Ok(())
    }

    /// Moves an amount of a clause on a budget and on every pool of the clause.
    pub(crate) async fn post_on(&mut self, (fund, pools): (&BookId, &[BookId]), about: &About<'_>, amount: Fen, kind: Move, id: &EntryId) -> Result<(), Stop> {
        let entry = |id: EntryId, fund: &BookId, pool: Option<&BookId>| Entry {
            id,
            at: self.context.now,
            kind,
            amount,
            fund: fund.clone(),
            pool: pool.cloned(),
            case: Some(about.case.clone()),
            clause: Some(about.clause.to_owned()),
            determination: about.determination.cloned(),
            reason: about.reason.to_owned(),
        };
        let mut entries = vec![entry(id.clone(), fund, pools.first())];
        for (outer, number) in pools.iter().skip(1).zip(1..) {
            entries.push(entry(numbered(id, format!("p{number}"))?, outer, None));
        }
        for entry in entries {
            self.post(&entry).await?;
        }
        Ok(())
    }

    /// Moves on the pools alone what falls due in later years: their budgets are not there yet.
    pub(crate) async fn post_later(&mut self, pools: &[BookId], about: &About<'_>, amount: Fen, kind: Move, id: &EntryId) -> Result<(), Stop> {
        for (book, number) in pools.iter().zip(1..) {
            self.post_on((book, &[]), about, amount, kind, &numbered(id, format!("l{number}"))?).await?;
        }
        Ok(())
    }

    /// What is to be posted so that an amount is reserved for a clause of a case, beside what is: on the budget of the call, and
    /// on the pools for later years. Below zero: to be released.
    async fn differences(&mut self, call: &Call, case: &CaseId, clause: &str, target: Fen) -> Result<Differences, Stop> {
        let call = &*call.paying(case, clause);
        let loaded = self.loaded(&call.version).await?;
        let pools: Vec<BookId> = pools_of(&loaded.scheme, call, clause).into_iter().map(|(_, book)| book).collect();
        let (near, later) = near_and_later(clause_of(&loaded.scheme, clause)?, call.year, target);
        let entries = self.work.entries(&Entries::Case(case.clone())).await?;
        let held = Holding::of(&entries, clause, &call.fund).reserved();
        let near = near.checked_sub(held).map_err(too_large)?;
        let Some(first) = pools.first() else { return Ok(Differences { near, later: Fen(0), pools }) };
        let held = Holding::of(&entries, clause, first).reserved();
        let later = later.checked_sub(held).map_err(too_large)?;
        Ok(Differences { near, later, pools })
    }

    /// Brings what is reserved for a clause of a case to an amount: reserves what is missing, releases what is too much.
    ///
    /// Gives what was released. Errors: the budget or a pool does not hold what is missing.
    pub(crate) async fn reserve_to(&mut self, call: &Call, about: &About<'_>, target: Fen, id: &EntryId) -> Result<Fen, Stop> {
        let call = &*call.paying(about.case, about.clause);
        let Differences { near, later, pools } = self.differences(call, about.case, about.clause, target).await?;
        let mut released = Fen(0);
        for (difference, is_near) in [(near, true), (later, false)] {
            let (amount, kind) = match difference.0 {
                0 => continue,
                1.. => (difference, Move::Reserve),
                _ => (Fen(difference.0.saturating_neg()), Move::Release),
            };
            if kind == Move::Release {
                released = released.checked_add(amount).map_err(too_large)?;
            }
            if is_near {
                self.post_on((&call.fund, &pools), about, amount, kind, id).await?;
            } else {
                self.post_later(&pools, about, amount, kind, id).await?;
            }
        }
        Ok(released)
    }

    /// Refuses amounts of several clauses that their budgets do not hold together, with what is missing in one figure.
    pub(crate) async fn must_hold_all(&mut self, call: &Call, case: &CaseId, targets: &[(String, Fen)]) -> Result<(), Stop> {
        let mut wanted: BTreeMap<BookId, Fen> = BTreeMap::new();
        for (clause, target) in targets {
            let near = self.differences(call, case, clause, *target).await?.near;
            let sum = wanted.entry(call.paying(case, clause).fund.clone()).or_default();
            *sum = sum.checked_add(near).map_err(too_large)?;
        }
        for (fund, sum) in &wanted {
            self.must_hold(fund, *sum).await?;
        }
        Ok(())
    }

    /// Releases everything that is still reserved for a case. Gives what went back, by clause.
    pub(crate) async fn release_all(&mut self, call: &Call, case: &Case, id: &EntryId, reason: &str) -> Result<Vec<(String, Fen)>, Stop> {
        let mut out = Vec::new();
        for (number, claim) in (1..).zip(&case.claims) {
            let about = About { case: &case.id, clause: &claim.clause, determination: case.determination.as_ref(), reason };
            let released = self.reserve_to(call, &about, Fen(0), &numbered(id, number)?).await?;
            if released > Fen(0) {
                out.push((claim.clause.clone(), released));
            }
        }
        Ok(out)
    }

    /// Refuses what the free money of a book does not cover, as a whole and before anything is posted.
    pub(crate) async fn must_hold(&mut self, book: &BookId, wanted: Fen) -> Result<(), Stop> {
        let known = self.work.book(book).await?.ok_or_else(|| Refusal::Unknown { what: "book", id: book.to_string() })?;
        let held = known.balance(Account::Available);
        if held < wanted {
            let refusal = casework::ledger::LedgerRefusal::NotEnough { book: book.clone(), account: Account::Available, held, wanted };
            return Err(Refusal::from(refusal).into());
        }
        Ok(())
    }
}

/// A sum of money as an outcome.
pub(crate) fn summed(amounts: impl IntoIterator<Item = Fen>) -> Result<Outcome, Stop> {
    let sum = amounts.into_iter().try_fold(Fen(0), |sum, amount| sum.checked_add(amount)).map_err(too_large)?;
    Ok(Outcome::Sum(sum))
}
