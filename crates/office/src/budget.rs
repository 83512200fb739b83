//! Budgets and pools: opening books, bringing money in and taking it out.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::Refusal;
use casework::authority::Standing;
use casework::budget::BudgetAct;
use casework::id::{BookId, EntryId, PolicyVersionId};
use casework::ledger::{Book, BookKind, Entry, Move};
use casework::policy_version::{PolicyRefusal, PolicyStage};
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &BudgetAct) -> Result<Outcome, Stop> {
    match act {
        BudgetAct::OpenFund { book, year, source } => open_fund(desk, book, *year, source).await,
        BudgetAct::OpenPool { book, year, version, pool, entry } => open_pool(desk, book, *year, version, pool, entry).await,
        BudgetAct::Appropriate { entry, book, amount, reason } => change(desk, entry, book, *amount, reason, Move::Appropriate).await,
        BudgetAct::Reduce { entry, book, amount, reason } => change(desk, entry, book, *amount, reason, Move::Reduce).await,
    }
}

async fn open(desk: &mut Desk<'_>, id: &BookId, kind: BookKind, year: i32, name: &str) -> Result<(), Stop> {
    if desk.work.book(id).await?.is_some() {
        return Err(Refusal::Exists { what: "book", id: id.to_string() }.into());
    }
    desk.work.open_book(Book::new(id.clone(), kind, year, name.to_owned()));
    Ok(())
}

async fn open_fund(desk: &mut Desk<'_>, book: &BookId, year: i32, source: &str) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = book.to_string();
    open(desk, book, BookKind::Fund, year, source).await?;
    Ok(Outcome::Done)
}

async fn open_pool(desk: &mut Desk<'_>, book: &BookId, year: i32, version: &PolicyVersionId, pool: &str, entry: &EntryId) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = book.to_string();
    // The amount of a draft is nobody's promise, and what is once put into a pool never changes.
    let life = desk.life(version).await?;
    if life.stage != PolicyStage::Issued {
        return Err(PolicyRefusal::NotInForce { version: version.clone(), on: desk.context.now.date() }.into());
    }
    let loaded = desk.loaded(version).await?;
    let declared = loaded.scheme.pools.iter().find(|p| p.name == pool).ok_or_else(|| Refusal::Unknown { what: "pool", id: pool.to_owned() })?;
    let own = declared.amounts.iter().find(|(y, _)| *y == Some(year)).or_else(|| declared.amounts.iter().find(|(y, _)| y.is_none()));
    let amount = own.and_then(|(_, amount)| *amount).ok_or_else(|| Refusal::Input(format!("the policy sets no amount of {pool} for {year}")))?;
    let name = format!("{}/{pool}", loaded.scheme.policy.id);
    // Two books of the same pool and year would hold its amount twice.
    let same = desk.work.all_books().await?.into_iter().find(|other| other.kind == BookKind::Pool && other.year == year && other.name == name);
    if let Some(other) = same {
        return Err(Refusal::Exists { what: "book", id: other.id.to_string() }.into());
    }
    open(desk, book, BookKind::Pool, year, &name).await?;
    move_money(desk, entry, book, amount, &loaded.scheme.hash, Move::Appropriate).await?;
    Ok(Outcome::Sum(amount))
}

/// 预算下达, 预算调减
async fn change(desk: &mut Desk<'_>, entry: &EntryId, book: &BookId, amount: Fen, reason: &str, kind: Move) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = book.to_string();
    // The amount of a pool is the policy's, not the treasury's.
    if desk.work.book(book).await?.is_some_and(|book| book.kind == BookKind::Pool) {
        return Err(Refusal::Input("the amount of a pool is set by its policy".into()).into());
    }
    move_money(desk, entry, book, amount, reason, kind).await?;
    Ok(Outcome::Done)
}

async fn move_money(desk: &mut Desk<'_>, id: &EntryId, book: &BookId, amount: Fen, reason: &str, kind: Move) -> Result<(), Stop> {
    let entry = Entry {
        id: id.clone(),
        at: desk.context.now,
        kind,
        amount,
        fund: book.clone(),
        pool: None,
        case: None,
        clause: None,
        determination: None,
        reason: reason.to_owned(),
    };
    desk.post(&entry).await
}

impl Desk<'_> {
    /// Posts an entry under an id that is free.
    pub(crate) async fn post(&mut self, entry: &Entry) -> Result<(), Stop> {
        if !self.work.entries(&store::work::Entries::Of(entry.id.to_string())).await?.is_empty() {
            return Err(Refusal::Exists { what: "entry", id: entry.id.to_string() }.into());
        }
        self.work.post(entry).await?;
        Ok(())
    }
}
