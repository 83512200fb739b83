//! Calls: prepared, opened, closed, and their pools shared.

use crate::desk::Desk;
use crate::recognition::{Kept, served};
use crate::{Outcome, Stop};
use casework::call::{Call, CallAct, CallRefusal, CallStage, Share, StepKind};
use casework::case::{Case, Stage};
use casework::id::{BookId, CallId};
use casework::ledger::Account;
use casework::people::Unit;
use casework::{Key, Refusal};
use policy::eval::{Asked, share_claims};
use policy::scheme::{Overrun, Pool, Scheme};
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &CallAct) -> Result<Outcome, Stop> {
    match act {
        CallAct::Prepare { call } => prepare(desk, call).await,
        CallAct::Open { call } => open(desk, call).await,
        CallAct::Close { call } => close(desk, call).await,
        CallAct::Share { call } => share(desk, call).await,
    }
}

/// Whether claims on a pool are served one by one as they are determined, or shared among all cases of a call.
pub(crate) const fn one_by_one(pool: &Pool) -> bool {
    matches!(pool.overrun, Overrun::FirstCome | Overrun::CarryOver)
}

/// The pool that a clause draws on.
pub(crate) fn pool_of<'s>(scheme: &'s Scheme, clause: &str) -> Option<&'s Pool> {
    let id = scheme.clauses.iter().position(|c| c.id == clause)?;
    scheme.pools.iter().find(|pool| pool.members.iter().any(|member| member.index() == id))
}

async fn prepare(desk: &mut Desk<'_>, call: &Call) -> Result<Outcome, Stop> {
    desk.allow_call(call)?;
    desk.subject = call.id.to_string();
    desk.must_be_new::<Call>(call.id.as_str()).await?;
    call.check()?;
    for unit in std::iter::once(&call.lead).chain(&call.with) {
        desk.must_peek::<Unit>(unit.as_str()).await?;
    }
    for book in std::iter::once(&call.fund).chain(call.pools.iter().map(|(_, book)| book)) {
        desk.work.book(book).await?.ok_or_else(|| Refusal::Unknown { what: "book", id: book.to_string() })?;
    }
    desk.may_run(call).await?;
    desk.may_use_guide(call).await?;
    let loaded = desk.loaded(&call.version).await?;
    if let Some(clause) = call.clauses.iter().find(|id| !loaded.scheme.clauses.iter().any(|c| c.id == **id)) {
        return Err(CallRefusal::UnknownClause { clause: clause.clone() }.into());
    }
    let pools = call.clauses.iter().filter_map(|clause| pool_of(&loaded.scheme, clause));
    if let Some(pool) = pools.into_iter().find(|pool| call.pool_book(&pool.name).is_none()) {
        return Err(Refusal::Input(format!("a clause draws on pool {}: name its book", pool.name)).into());
    }
    let call = Call { stage: CallStage::Draft, shares: Vec::new(), ..call.clone() };
    desk.work.save(&call).await?;
    Ok(Outcome::Done)
}

async fn open(desk: &mut Desk<'_>, id: &CallId) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.subject = id.to_string();
    call.advance(&[CallStage::Draft, CallStage::Announced], CallStage::Open)?;
    desk.may_run(&call).await?;
    desk.work.save(&call).await?;
    Ok(Outcome::Done)
}

async fn close(desk: &mut Desk<'_>, id: &CallId) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.subject = id.to_string();
    call.advance(&[CallStage::Open], CallStage::Closed)?;
    desk.work.save(&call).await?;
    Ok(Outcome::Done)
}

/// 分配: what the pools of the call hold now goes to its cases by the rule of the policy, and is reserved for them.
async fn share(desk: &mut Desk<'_>, id: &CallId) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.subject = id.to_string();
    call.advance(&[CallStage::Closed], CallStage::Shared)?;
    let mut cases: Vec<Case> = desk.work.find("call_id", &Key::from(id.as_str())).await?;
    let open =
        cases.iter().filter(|case| matches!(case.stage, Stage::Submitted | Stage::Correcting | Stage::Review(..) | Stage::Suspended) && !is_set(case)).count();
    if open > 0 {
        return Err(CallRefusal::CasesOpen { open }.into());
    }
    // Who came first is served first, where the rule asks for that.
    cases.retain(|case| matches!(case.stage, Stage::Review(_)));
    cases.sort_by(|a, b| (a.submitted, &a.id).cmp(&(b.submitted, &b.id)));
    let loaded = desk.loaded(&call.version).await?;
    for (name, book) in call.pools.clone() {
        let Some(pool) = loaded.scheme.pools.iter().find(|pool| pool.name == name && !one_by_one(pool)) else { continue };
        let kept = desk.kept_promises(&call, &book, &cases).await?;
        let share = share_pool(desk, &loaded.scheme, pool, &book, &mut cases, kept).await?;
        call.shares.push(share);
    }
    for case in &cases {
        desk.work.save(case).await?;
    }
    desk.work.save(&call).await?;
    Ok(Outcome::Shared(call.shares))
}

fn is_set(case: &Case) -> bool {
    case.claims.iter().all(|claim| claim.set.is_some()) && matches!(case.stage, Stage::Review(StepKind::Meeting | StepKind::Approval))
}

async fn share_pool(desk: &mut Desk<'_>, scheme: &Scheme, pool: &Pool, book: &BookId, cases: &mut [Case], mut kept: Kept) -> Result<Share, Stop> {
    let held = desk.work.book(book).await?.map_or(Fen(0), |book| book.balance(Account::Available));
    let mut applications = Vec::new();
    let mut asked = Vec::new();
    let mut places = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let (read, _) = policy::input::read(scheme, &policy::input::Raw::from(&case.application), policy::input::Defaults::default());
        applications.push(read.ok_or_else(|| Refusal::Input(format!("the application of case {} cannot be read", case.id)))?);
        for (claim_at, claim) in case.claims.iter().enumerate() {
            let clause = scheme.clause_named(&claim.clause).filter(|id| pool.members.contains(id));
            if let Some(clause) = clause {
                // What an approved plan keeps is not shared: only what goes beyond it asks the pool.
                let set = claim.set.unwrap_or_default();
                let own = served(&mut kept, case, &claim.clause, set);
                asked.push(Asked { application: at, clause, amount: Fen(set.0.saturating_sub(own.0)) });
                places.push((at, claim_at, own));
            }
        }
    }
    let parts = share_claims(scheme, pool, held, &asked, &applications);
    let too_large = |_| Refusal::Input("the claims on the pool are too large".into());
    let mut share = Share { pool: pool.name.clone(), held, claimed: Fen(0), given: Fen(0), claims: u32::try_from(asked.len()).unwrap_or(u32::MAX) };
    for ((asked, part), (at, claim_at, own)) in asked.iter().zip(parts).zip(places) {
        share.claimed = share.claimed.checked_add(asked.amount).map_err(too_large)?;
        share.given = share.given.checked_add(part).map_err(too_large)?;
        if let Some(claim) = cases.get_mut(at).and_then(|case| case.claims.get_mut(claim_at)) {
            claim.shared = Some(part.checked_add(own).map_err(too_large)?);
        }
    }
    Ok(share)
}
