//! Calls: prepared, opened, closed, archived. How their pools are shared stands in `share`.

mod carry;
mod rank;
pub(crate) mod share;

use crate::desk::Desk;
use crate::holding::{numbered, summed};
use crate::{Outcome, Stop};
use casework::call::{Call, CallAct, CallRefusal, CallStage, Sharing};
use casework::case::{Case, Stage};
use casework::id::{CallId, EntryId};
use casework::ledger::BookKind;
use casework::people::Unit;
use casework::{Key, Refusal};
use policy::scheme::{Overrun, Pool};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &CallAct) -> Result<Outcome, Stop> {
    match act {
        CallAct::Prepare { call } => prepare(desk, call).await,
        CallAct::Open { call } => open(desk, call).await,
        CallAct::Close { call } => close(desk, call).await,
        CallAct::Share { call, entry } => share::share(desk, call, entry).await,
        CallAct::StateShare { call } => share::state(desk, call).await,
        CallAct::ShareAgain { call, pool, entry, determinations } => share::share_again(desk, call, pool, entry, determinations).await,
        CallAct::Rank { call, clause, others, reason } => rank::rank(desk, call, clause, others.as_ref(), reason.as_deref()).await,
        CallAct::SetRate { call, name, value, source } => rank::set_rate(desk, call, name, value, source).await,
        CallAct::CarryOver { call, pool, fund, pools, entry } => carry::carry_over(desk, call, pool, (fund, pools), entry).await,
        CallAct::Archive { call, entry } => archive(desk, call, entry).await,
    }
}

/// Whether claims on a pool are served one by one as they are determined, or shared among all cases of a call.
pub(crate) const fn one_by_one(pool: &Pool) -> bool {
    matches!(pool.overrun, Overrun::FirstCome | Overrun::CarryOver)
}

async fn prepare(desk: &mut Desk<'_>, call: &Call) -> Result<Outcome, Stop> {
    desk.allow_call(call)?;
    desk.is_about::<Call>(&call.id);
    desk.must_be_new::<Call>(call.id.as_str()).await?;
    call.check()?;
    for unit in std::iter::once(&call.lead).chain(&call.with) {
        desk.must_peek::<Unit>(unit.as_str()).await?;
    }
    let loaded = desk.loaded(&call.version).await?;
    desk.may_run(call).await?;
    desk.may_use_guide(call).await?;
    let policy = &loaded.scheme.policy.id;
    let books = std::iter::once((&call.fund, None)).chain(call.pools.iter().map(|(name, book)| (book, Some(format!("{policy}/{name}")))));
    for (book, pool) in books {
        let kept = desk.work.book(book).await?.ok_or_else(|| Refusal::Unknown { what: "book", id: book.to_string() })?;
        // A cap is held in one book: another pool's, or another year's, would be a second cap. The budget of another year pays
        // what is carried over or falls due then, not what is called for.
        let fits = kept.year == call.year && pool.map_or(kept.kind == BookKind::Fund, |name| kept.kind == BookKind::Pool && kept.name == name);
        if !fits {
            return Err(Refusal::Input(format!("book {book} is not the one this call draws on: name the budget and the pools of {}", call.year)).into());
        }
    }
    if let Some(clause) = call.clauses.iter().find(|id| !loaded.scheme.clauses.iter().any(|c| c.id == **id)) {
        return Err(CallRefusal::UnknownClause { clause: clause.clone() }.into());
    }
    let drawn: Vec<_> = call.clauses.iter().filter_map(|clause| loaded.scheme.clause_named(clause)).collect();
    let mut pools = loaded.scheme.pools.iter().filter(|pool| drawn.iter().any(|clause| pool.members.contains(clause)));
    if let Some(pool) = pools.find(|pool| call.pool_book(&pool.name).is_none()) {
        return Err(Refusal::Input(format!("a clause draws on pool {}: name its book", pool.name)).into());
    }
    let call = Call { stage: CallStage::Draft, shares: Vec::new(), sharing: Sharing::default(), rates: Vec::new(), rankings: Vec::new(), ..call.clone() };
    desk.work.save(&call).await?;
    Ok(Outcome::Done)
}

async fn open(desk: &mut Desk<'_>, id: &CallId) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    call.advance(&[CallStage::Draft, CallStage::Announced], CallStage::Open)?;
    desk.may_run(&call).await?;
    desk.work.save(&call).await?;
    Ok(Outcome::Done)
}

async fn close(desk: &mut Desk<'_>, id: &CallId) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    call.advance(&[CallStage::Open], CallStage::Closed)?;
    desk.work.save(&call).await?;
    Ok(Outcome::Done)
}

/// 归档: every case has ended; what is still reserved goes back.
async fn archive(desk: &mut Desk<'_>, id: &CallId, entry: &EntryId) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    call.advance(&[CallStage::Closed, CallStage::Shared], CallStage::Archived)?;
    let cases: Vec<Case> = desk.work.find("call_id", &Key::from(id.as_str())).await?;
    let open = cases.iter().filter(|case| !(share::ended(case.stage) || matches!(case.stage, Stage::Archived | Stage::Draft))).count();
    if open > 0 {
        return Err(CallRefusal::CasesNotEnded { open }.into());
    }
    desk.lock_books(&call).await?;
    let mut freed = Vec::new();
    for (number, case) in (1..).zip(&cases) {
        let released = desk.release_all(&call, case, &numbered(entry, number)?, "批次归档").await?;
        freed.extend(released.into_iter().map(|(_, amount)| amount));
    }
    desk.work.save(&call).await?;
    summed(freed)
}
