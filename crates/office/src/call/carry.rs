//! 顺延: what a pool of that kind has no money for waits for the next year, and is served there first, in the order in which it
//! was handed in. The case stays what it is – its call, its award year, its review; the money of the claim comes from elsewhere.

use super::one_by_one;
use super::share::cases_to_share;
use crate::desk::Desk;
use crate::holding::{About, clause_of, numbered, pools_of, too_large};
use crate::recognition::served;
use crate::{Outcome, Stop};
use casework::Refusal;
use casework::call::{Call, CallRefusal, CallStage, Carried, Share};
use casework::case::Case;
use casework::holding::Holding;
use casework::id::{BookId, CallId, CaseId, EntryId};
use casework::instalment::near_and_later;
use casework::ledger::{Account, BookKind};
use casework::outbox::{Addressee, Topic};
use policy::scheme::{Overrun, Pool, Scheme};
use std::collections::BTreeSet;
use store::work::Entries;
use values::Fen;

/// A claim that waits for money of a pool: its case, its clause, what was set, and the year whose money it waits for now.
struct Waiting<'c> {
    case: &'c Case,
    clause: &'c str,
    set: Fen,
    year: i32,
}

/// 顺延到下一年度. From the first claim on that the pool of this year cannot serve, all wait for the next; there their money is
/// reserved at once, as far as it goes, before anybody who comes later.
pub(crate) async fn carry_over(
    desk: &mut Desk<'_>,
    id: &CallId,
    pool: &str,
    (fund, pools): (&BookId, &[(String, BookId)]),
    entry: &EntryId,
) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    if !matches!(call.stage, CallStage::Closed | CallStage::Shared) {
        return Err(CallRefusal::Stage { stage: call.stage }.into());
    }
    let loaded = desk.loaded(&call.version).await?;
    let scheme = &loaded.scheme;
    let pool = scheme.pools.iter().find(|p| p.name == pool).ok_or_else(|| Refusal::Unknown { what: "pool", id: pool.to_owned() })?;
    if pool.overrun != Overrun::CarryOver {
        return Err(CallRefusal::NotCarried { pool: pool.name.clone() }.into());
    }
    let cases = cases_to_share(desk, &call).await?;
    let year = desk.work.book(fund).await?.filter(|book| book.kind == BookKind::Fund).map(|book| book.year);
    let waiting = waiting(scheme, &call, pool, &cases);
    let nothing = || CallRefusal::NothingToCarry { pool: pool.name.clone() };
    let wanted = waiting.iter().map(|claim| claim.year).min().ok_or_else(nothing)?.saturating_add(1);
    let Some(year) = year.filter(|year| waiting.iter().any(|claim| claim.year.saturating_add(1) == *year)) else {
        return Err(CallRefusal::NotNextYear { book: fund.clone(), wanted }.into());
    };
    let left_out = without_money(desk, &call, pool, waiting, year).await?;
    if left_out.is_empty() {
        return Err(nothing().into());
    }
    let of_them: Vec<Case> = cases.iter().filter(|case| left_out.iter().any(|claim| claim.case.id == case.id)).cloned().collect();
    desk.must_be_free_of(&of_them).await?;
    must_be_pools_of(desk, scheme, &call, &left_out, pools, year).await?;
    let claims: Vec<(CaseId, String)> = left_out.iter().map(|claim| (claim.case.id.clone(), claim.clause.to_owned())).collect();
    call.sharing.carried.push(Carried { claims, year, fund: fund.clone(), pools: pools.to_vec() });
    let share = reserve_in_order(desk, &call, pool, &left_out, entry).await?;
    desk.work.save(&call).await?;
    for case in &of_them {
        desk.tell(Topic::CarriedOver, Addressee::Organisation(case.organisation.clone()), case.id.as_str(), None).await?;
    }
    Ok(Outcome::Shared(vec![share]))
}

/// Claims under the clauses of a pool that are set and wait for their determination, who came first at the head.
fn waiting<'c>(scheme: &Scheme, call: &Call, pool: &Pool, cases: &'c [Case]) -> Vec<Waiting<'c>> {
    let member = |clause: &str| scheme.clause_named(clause).is_some_and(|id| pool.members.contains(&id));
    let mut out = Vec::new();
    for case in cases {
        for claim in case.claims.iter().filter(|claim| member(&claim.clause) && claim.shared.is_none()) {
            let paying = call.paying(&case.id, &claim.clause);
            let in_turn = pools_of(scheme, &paying, &claim.clause).iter().all(|(pool, _)| one_by_one(pool));
            let set = claim.set.unwrap_or_default();
            if in_turn && set > Fen(0) {
                out.push(Waiting { case, clause: &claim.clause, set, year: paying.year });
            }
        }
    }
    out
}

/// Those of them that the pool of the year before cannot serve. The first that does not fit ends the round, whatever the size
/// of those behind it; where the last is served in part, it gets what is left this year.
async fn without_money<'c>(desk: &mut Desk<'_>, call: &Call, pool: &Pool, waiting: Vec<Waiting<'c>>, next: i32) -> Result<Vec<Waiting<'c>>, Stop> {
    let mut left: Option<Fen> = None;
    let mut ended = false;
    let mut out = Vec::new();
    for claim in waiting.into_iter().filter(|claim| claim.year.saturating_add(1) == next) {
        let paying = call.paying(&claim.case.id, claim.clause);
        let Some(book) = paying.pool_book(&pool.name).cloned() else { continue };
        let held = match left {
            Some(held) => held,
            None => desk.work.book(&book).await?.map_or(Fen(0), |book| book.balance(Account::Available)),
        };
        left = Some(held);
        let own = desk.own_money(&paying, claim.case, claim.clause, &book).await?;
        let beyond = Fen(claim.set.0.saturating_sub(own.0));
        if beyond <= Fen(0) {
            continue;
        }
        if !ended && beyond <= held {
            left = Some(Fen(held.0.saturating_sub(beyond.0)));
        } else if !ended && pool.last_in_part && held > Fen(0) {
            ended = true;
        } else {
            ended = true;
            out.push(claim);
        }
    }
    Ok(out)
}

/// Whether these are the books of next year for every pool that the claims draw on.
async fn must_be_pools_of(
    desk: &mut Desk<'_>,
    scheme: &Scheme,
    call: &Call,
    claims: &[Waiting<'_>],
    pools: &[(String, BookId)],
    year: i32,
) -> Result<(), Stop> {
    let mut names = BTreeSet::new();
    for claim in claims {
        names.extend(pools_of(scheme, call, claim.clause).into_iter().map(|(pool, _)| pool.name.clone()));
    }
    if let Some(name) = names.iter().find(|name| !pools.iter().any(|(named, _)| named == *name)) {
        return Err(Refusal::Input(format!("a clause draws on pool {name}: name its book of {year}")).into());
    }
    for (name, id) in pools {
        let book = desk.work.book(id).await?.ok_or_else(|| Refusal::Unknown { what: "book", id: id.to_string() })?;
        if book.kind != BookKind::Pool || book.name != format!("{}/{name}", scheme.policy.id) || book.year != year {
            return Err(CallRefusal::NotNextYear { book: id.clone(), wanted: year }.into());
        }
    }
    Ok(())
}

/// Reserves the money of the next year in the order of the queue. The first that does not fit ends it: all behind keep their
/// place and wait without.
async fn reserve_in_order(desk: &mut Desk<'_>, call: &Call, pool: &Pool, claims: &[Waiting<'_>], entry: &EntryId) -> Result<Share, Stop> {
    desk.lock_books(call).await?;
    let loaded = desk.loaded(&call.version).await?;
    let mut share = Share { pool: pool.name.clone(), held: Fen(0), claimed: Fen(0), given: Fen(0), claims: 0, left: Fen(0), left_out: Vec::new() };
    let mut ended = false;
    for (number, claim) in (1..).zip(claims) {
        let paying = call.paying(&claim.case.id, claim.clause);
        let own = paying.pool_book(&pool.name).cloned();
        if let Some(book) = own.as_ref().filter(|_| number == 1) {
            share.held = desk.available(book).await?;
        }
        share.claims = share.claims.saturating_add(1);
        share.claimed = share.claimed.checked_add(claim.set).map_err(too_large)?;
        let near = near_and_later(clause_of(&loaded.scheme, claim.clause)?, paying.year, claim.set).0;
        ended |= desk.available(&paying.fund).await? < near;
        for (_, book) in pools_of(&loaded.scheme, &paying, claim.clause) {
            ended |= desk.available(&book).await? < claim.set;
        }
        if !ended {
            let about = About { case: &claim.case.id, clause: claim.clause, determination: None, reason: "顺延到下一年度" };
            desk.reserve_to(call, &about, claim.set, &numbered(entry, number)?).await?;
            share.given = share.given.checked_add(claim.set).map_err(too_large)?;
        }
    }
    share.left = share.held.checked_sub(share.given).map_err(too_large)?;
    Ok(share)
}

impl Desk<'_> {
    /// What is free in a book; nothing where there is none.
    async fn available(&mut self, book: &BookId) -> Result<Fen, Stop> {
        Ok(self.work.book(book).await?.map_or(Fen(0), |book| book.balance(Account::Available)))
    }

    /// What of a pool is there for a claim before it is determined, beside what is free: kept by an approved plan, or reserved
    /// when it was carried over.
    pub(crate) async fn own_money(&mut self, paying: &Call, case: &Case, clause: &str, book: &BookId) -> Result<Fen, Stop> {
        let mut kept = self.kept_promises(paying, book, std::slice::from_ref(case)).await?;
        let promised = served(&mut kept, case, clause, Fen(i64::MAX));
        let loaded = self.loaded(&paying.version).await?;
        let entries = self.work.entries(&Entries::Case(case.id.clone())).await?;
        let first = pools_of(&loaded.scheme, paying, clause).into_iter().next().map(|(_, book)| book);
        let books = std::iter::once(&paying.fund).chain(&first);
        let reserved = books.fold(0_i64, |sum, book| sum.saturating_add(Holding::of(&entries, clause, book).reserved().0));
        Ok(Fen(promised.0.saturating_add(reserved)))
    }
}
