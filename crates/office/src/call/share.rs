//! Sharing of a call's pools (分配): first stated, then reserved, then determined; and again, where money came back.

use super::one_by_one;
use crate::assess::rates;
use crate::desk::Desk;
use crate::holding::{About, clause_of, numbered, pools_of, too_large};
use crate::recognition::served;
use crate::{Outcome, Stop};
use casework::call::{Call, CallRefusal, CallStage, Share};
use casework::case::{Case, Stage};
use casework::determination::Determination;
use casework::id::{CallId, CaseId, DeterminationId, EntryId};
use casework::instalment::near_and_later;
use casework::ledger::Account;
use casework::organisation::Organisation;
use casework::{Key, Refusal};
use policy::application::Application;
use policy::diagnostic::Text;
use policy::eval::{Asked, share_claims};
use policy::scheme::{Pool, Scheme};
use values::Fen;

/// A claim that takes part in a sharing: position of its case, of the claim in it, and what it gets so far.
struct Part {
    case: usize,
    claim: usize,
    amount: Fen,
}

/// Whether a clause is shared among all cases of a call: one of its pools is.
pub(crate) fn shared_among_all(scheme: &Scheme, call: &Call, clause: &str) -> bool {
    pools_of(scheme, call, clause).iter().any(|(pool, _)| !one_by_one(pool))
}

/// 分配测算: what sharing now would give, and leave. Written down, so that the sharing must give the same.
pub(crate) async fn state(desk: &mut Desk<'_>, id: &CallId) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    if call.stage != CallStage::Closed {
        return Err(CallRefusal::Stage { stage: call.stage }.into());
    }
    let cases = cases_to_share(desk, &call).await?;
    let (shares, _) = plan(desk, &call, &cases).await?;
    call.sharing.stated.clone_from(&shares);
    desk.work.save(&call).await?;
    Ok(Outcome::Shared(shares))
}

/// 分配: what the pools of the call hold now goes to its cases by the rule of the policy, and is reserved for them.
pub(crate) async fn share(desk: &mut Desk<'_>, id: &CallId, entry: &EntryId) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    call.advance(&[CallStage::Closed], CallStage::Shared)?;
    let mut cases = cases_to_share(desk, &call).await?;
    desk.must_be_free_of(&cases).await?;
    desk.lock_recognitions(cases.iter().map(|case| &case.organisation)).await?;
    desk.lock_books(&call).await?;
    let (shares, parts) = plan(desk, &call, &cases).await?;
    if !call.sharing.stated.is_empty() && call.sharing.stated != shares {
        return Err(CallRefusal::StatementChanged.into());
    }
    let loaded = desk.loaded(&call.version).await?;
    let mut near = Fen(0);
    for part in &parts {
        if let Some(claim) = cases.get_mut(part.case).and_then(|case| case.claims.get_mut(part.claim)) {
            claim.shared = Some(part.amount);
            let now = near_and_later(clause_of(&loaded.scheme, &claim.clause)?, call.year, part.amount).0;
            near = near.checked_add(now).map_err(too_large)?;
        }
    }
    for (number, part) in (1..).zip(&parts) {
        let Some(case) = cases.get(part.case) else { continue };
        let Some(claim) = case.claims.get(part.claim) else { continue };
        desk.draw_on_recognitions(&call, case, &[(claim.clause.clone(), part.amount)], &numbered(entry, format!("k{number}"))?).await?;
    }
    // The budget may hold less than the pools: then nobody gets anything, and what is missing is said in one figure.
    desk.must_hold(&call.fund, near).await?;
    for (number, part) in (1..).zip(&parts) {
        let Some(case) = cases.get(part.case) else { continue };
        let Some(claim) = case.claims.get(part.claim) else { continue };
        let about = About { case: &case.id, clause: &claim.clause, determination: None, reason: "资金分配" };
        desk.reserve_to(&call, &about, part.amount, &numbered(entry, number)?).await?;
    }
    for case in cases.iter().filter(|case| case.claims.iter().any(|claim| claim.shared.is_some())) {
        desk.work.save(case).await?;
    }
    call.shares.clone_from(&shares);
    desk.work.save(&call).await?;
    Ok(Outcome::Shared(shares))
}

/// The cases of a call that take part, who came first at the head. Errors: some have no amount yet.
pub(super) async fn cases_to_share(desk: &mut Desk<'_>, call: &Call) -> Result<Vec<Case>, Stop> {
    let mut cases: Vec<Case> = desk.work.find("call_id", &Key::from(call.id.as_str())).await?;
    let open = cases.iter().filter(|case| case.is_under_way() && !case.is_set()).count();
    if open > 0 {
        return Err(CallRefusal::CasesOpen { open }.into());
    }
    cases.retain(|case| matches!(case.stage, Stage::Review(_)));
    cases.sort_by(|a, b| (a.submitted, &a.id).cmp(&(b.submitted, &b.id)));
    Ok(cases)
}

fn applications(scheme: &Scheme, call: &Call, cases: &[Case]) -> Result<Vec<Application>, Refusal> {
    let read = |case: &Case| {
        let mut application = case.application.clone();
        application.as_object_mut()?.insert("rates".into(), rates(call).into());
        policy::input::read(scheme, &policy::input::Raw::from(&application), policy::input::Defaults::default()).0
    };
    cases.iter().map(|case| read(case).ok_or_else(|| Refusal::Input(format!("the application of case {} cannot be read", case.id)))).collect()
}

/// How the pools would be shared: inner pools first, an outer one among what they left.
async fn plan(desk: &mut Desk<'_>, call: &Call, cases: &[Case]) -> Result<(Vec<Share>, Vec<Part>), Stop> {
    let loaded = desk.loaded(&call.version).await?;
    let scheme = &loaded.scheme;
    let applications = applications(scheme, call, cases)?;
    let mut parts = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        for (claim_at, claim) in case.claims.iter().enumerate().filter(|(_, claim)| shared_among_all(scheme, call, &claim.clause)) {
            let ranked = clause_of(scheme, &claim.clause)?.rank.is_some();
            if ranked && claim.placed.is_none() && claim.wanted() > Some(Fen(0)) {
                return Err(CallRefusal::NotRanked { clause: claim.clause.clone() }.into());
            }
            parts.push(Part { case: at, claim: claim_at, amount: claim.wanted().unwrap_or_default() });
        }
    }
    let mut shares = Vec::new();
    for pool in &scheme.pools {
        let Some(book) = call.pool_book(&pool.name).cloned() else { continue };
        let held = desk.work.book(&book).await?.map_or(Fen(0), |book| book.balance(Account::Available));
        let drawn: Vec<usize> = parts.iter().enumerate().filter(|(_, part)| draws(scheme, pool, cases, part)).map(|(at, _)| at).collect();
        if drawn.is_empty() && one_by_one(pool) {
            continue;
        }
        // What an approved plan keeps is not shared: only what goes beyond it asks the pool.
        let mut kept = desk.kept_promises(call, &book, cases).await?;
        let mut own = Vec::new();
        for part in drawn.iter().filter_map(|at| parts.get(*at)) {
            let of = cases.get(part.case).and_then(|case| Some((case, case.claims.get(part.claim)?)));
            own.push(of.map_or(Fen(0), |(case, claim)| served(&mut kept, case, &claim.clause, part.amount)));
        }
        shares.push(share_pool(scheme, pool, held, (cases, &applications), &mut parts, (&drawn, &own))?);
    }
    Ok((shares, parts))
}

fn clause_id(scheme: &Scheme, cases: &[Case], part: &Part) -> Option<policy::scheme::ClauseId> {
    scheme.clause_named(&cases.get(part.case)?.claims.get(part.claim)?.clause)
}

fn draws(scheme: &Scheme, pool: &Pool, cases: &[Case], part: &Part) -> bool {
    clause_id(scheme, cases, part).is_some_and(|id| pool.members.contains(&id))
}

fn share_pool(
    scheme: &Scheme,
    pool: &Pool,
    held: Fen,
    (cases, applications): (&[Case], &[Application]),
    parts: &mut [Part],
    (drawn, own): (&[usize], &[Fen]),
) -> Result<Share, Refusal> {
    let beyond = |amount: Fen, own: &Fen| Fen(amount.0.saturating_sub(own.0));
    let asked_of = |part: &Part, own: &Fen| Some(Asked { application: part.case, clause: clause_id(scheme, cases, part)?, amount: beyond(part.amount, own) });
    let asked: Vec<Asked> = drawn.iter().zip(own).filter_map(|(at, own)| asked_of(parts.get(*at)?, own)).collect();
    let given = share_claims(scheme, pool, held, &asked, applications);
    let claims = u32::try_from(asked.len()).unwrap_or(u32::MAX);
    let mut share = Share { pool: pool.name.clone(), held, claimed: Fen(0), given: Fen(0), claims, left: held, left_out: Vec::new() };
    for (((at, own), asked), part) in drawn.iter().zip(own).zip(&asked).zip(given) {
        share.claimed = share.claimed.checked_add(asked.amount).map_err(too_large)?;
        share.given = share.given.checked_add(part).map_err(too_large)?;
        if let Some(known) = parts.get_mut(*at) {
            known.amount = part.checked_add(*own).map_err(too_large)?;
        }
    }
    share.left = held.checked_sub(share.given).map_err(too_large)?;
    Ok(share)
}

/// A claim that got less than was set, with what it lacks and the determination it has.
struct Lacking {
    case: usize,
    claim: usize,
    lacks: Fen,
    determination: Determination,
}

/// 再分配: what came back to a pool goes to those who got less, by the rule of the policy, with determinations that are
/// noticed again.
pub(crate) async fn share_again(
    desk: &mut Desk<'_>,
    id: &CallId,
    pool: &str,
    entry: &EntryId,
    determinations: &[(CaseId, DeterminationId)],
) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    if call.stage != CallStage::Shared {
        return Err(CallRefusal::Stage { stage: call.stage }.into());
    }
    let mut cases: Vec<Case> = desk.work.find("call_id", &Key::from(id.as_str())).await?;
    let waits = |case: &&Case| matches!(case.stage, Stage::Approved | Stage::Noticed | Stage::Disputed | Stage::Review(_) | Stage::Suspended);
    let open = cases.iter().filter(waits).count();
    if open > 0 {
        return Err(CallRefusal::RowsOpen { open }.into());
    }
    desk.must_be_free_of(&cases).await?;
    cases.sort_by(|a, b| (a.submitted, &a.id).cmp(&(b.submitted, &b.id)));
    let loaded = desk.loaded(&call.version).await?;
    let unknown = || Refusal::Unknown { what: "pool", id: pool.to_owned() };
    let pool = loaded.scheme.pools.iter().find(|p| p.name == pool && !one_by_one(p)).ok_or_else(unknown)?;
    let book = call.pool_book(&pool.name).cloned().ok_or_else(unknown)?;
    let (lacking, left_out) = lacking(desk, &call, pool, &cases).await?;
    desk.lock_books(&call).await?;
    for (number, case) in (1..).zip(&cases).filter(|(_, case)| ended(case.stage)) {
        let released = desk.release_all(&call, case, &numbered(entry, format!("r{number}"))?, "未使用的预留").await?;
        desk.note_freed(&mut call, &released).await?;
    }
    let available = desk.work.book(&book).await?.map_or(Fen(0), |book| book.balance(Account::Available));
    let held = call.sharing.freed(&pool.name).min(available);
    let applications = applications(&loaded.scheme, &call, &cases)?;
    let clause = |lack: &Lacking| cases.get(lack.case).and_then(|case| case.claims.get(lack.claim)).and_then(|c| loaded.scheme.clause_named(&c.clause));
    let asked: Vec<Asked> = lacking.iter().filter_map(|lack| Some(Asked { application: lack.case, clause: clause(lack)?, amount: lack.lacks })).collect();
    let parts = share_claims(&loaded.scheme, pool, held, &asked, &applications);
    let mut share = Share { pool: pool.name.clone(), held, claimed: Fen(0), given: Fen(0), claims: 0, left: available, left_out: Vec::new() };
    // A record keeps one language, as the log does.
    share.left_out = left_out.iter().map(|(case, why)| (case.clone(), why.en.clone())).collect();
    for (asked, part) in asked.iter().zip(&parts) {
        share.claims = share.claims.saturating_add(1);
        share.claimed = share.claimed.checked_add(asked.amount).map_err(too_large)?;
        share.given = share.given.checked_add(*part).map_err(too_large)?;
    }
    if asked.is_empty()
        && let Some((case, why)) = left_out.first()
    {
        return Err(CallRefusal::NobodyMay { case: case.clone(), why: why.clone() }.into());
    }
    if share.given == Fen(0) {
        return Err(CallRefusal::NothingFreed { pool: pool.name.clone() }.into());
    }
    share.left = available.checked_sub(share.given).map_err(too_large)?;
    add_parts(desk, &call, &mut cases, &lacking, &parts, entry, determinations).await?;
    call.sharing.offered(&pool.name);
    call.shares.push(share.clone());
    desk.work.save(&call).await?;
    Ok(Outcome::Shared(vec![share]))
}

/// Whether a case has come to an end without money.
pub(crate) const fn ended(stage: Stage) -> bool {
    matches!(stage, Stage::Withdrawn | Stage::Declined | Stage::Refused | Stage::Terminated)
}

/// Who got less of a pool than was set, as far as the rules still leave it beside the applicant's other awards; and who may be
/// given nothing more, with the reason.
///
/// Of several cases of one applicant, each later one is asked as if the ones before it had got all that they lack.
async fn lacking(desk: &mut Desk<'_>, call: &Call, pool: &Pool, cases: &[Case]) -> Result<(Vec<Lacking>, Vec<(CaseId, Text)>), Stop> {
    let loaded = desk.loaded(&call.version).await?;
    let short = |case: &&Case| {
        let member = |clause: &str| loaded.scheme.clause_named(clause).is_some_and(|id| pool.members.contains(&id));
        matches!(case.stage, Stage::Committed | Stage::Paying | Stage::Returned | Stage::Paid)
            && case.claims.iter().any(|claim| member(&claim.clause) && claim.amount() < claim.wanted().unwrap_or_default())
    };
    let mut applicants: Vec<_> = cases.iter().filter(short).map(|case| case.organisation.clone()).collect();
    applicants.sort();
    applicants.dedup();
    for applicant in &applicants {
        desk.must_get::<Organisation>(applicant.as_str()).await?;
    }
    let (mut out, mut left_out) = (Vec::new(), Vec::new());
    for (at, case) in cases.iter().enumerate().filter(|(_, case)| short(case)) {
        match desk.may_determine(call, case).await {
            Err(Stop::Refused(refusal)) => {
                left_out.push((case.id.clone(), refusal.words()));
                continue;
            }
            other => other?,
        }
        let determination = desk.determination(case).await?;
        let mut full = Vec::new();
        let assessed = desk.assess(&loaded, call, case, &case.application).await?;
        for (claim_at, claim) in case.claims.iter().enumerate() {
            let Some(clause) = loaded.scheme.clause_named(&claim.clause).filter(|id| pool.members.contains(id)) else { continue };
            let left = loaded.scheme.clause(clause).and_then(|clause| assessed.of(&loaded.scheme, &clause.id)).unwrap_or_default();
            let lacks = claim.wanted().unwrap_or_default().min(left).checked_sub(determination.amount(&claim.clause)).map_err(too_large)?;
            if lacks > Fen(0) && claim.shared.is_some() {
                full.push((claim.clause.clone(), determination.amount(&claim.clause).checked_add(lacks).map_err(too_large)?));
                out.push(Lacking { case: at, claim: claim_at, lacks, determination: determination.clone() });
            }
        }
        let (by, now) = (desk.context.user.clone(), desk.context.now);
        let supersedes = determination.supersedes.clone();
        let assumed = determination.superseded(&determination.id, &full, |_| String::new(), &by, now);
        desk.assumed.push(Determination { supersedes, ..assumed });
    }
    desk.assumed.clear();
    Ok((out, left_out))
}

/// Gives the added parts: a new determination for each case that gets one, and the money reserved for it.
async fn add_parts(
    desk: &mut Desk<'_>,
    call: &Call,
    cases: &mut [Case],
    lacking: &[Lacking],
    parts: &[Fen],
    entry: &EntryId,
    determinations: &[(CaseId, DeterminationId)],
) -> Result<(), Stop> {
    let mut winners: Vec<usize> = lacking.iter().zip(parts).filter(|(_, part)| **part > Fen(0)).map(|(lack, _)| lack.case).collect();
    winners.dedup();
    let ids: Vec<CaseId> = winners.iter().filter_map(|at| cases.get(*at)).map(|case| case.id.clone()).collect();
    let fits = ids.len() == determinations.len() && ids.iter().all(|id| determinations.iter().any(|(case, _)| case == id));
    if !fits {
        return Err(CallRefusal::Determinations { cases: ids }.into());
    }
    for (number, at) in (1..).zip(winners) {
        let Some(case) = cases.get_mut(at) else { continue };
        let Some((_, id)) = determinations.iter().find(|(of, _)| *of == case.id) else { continue };
        desk.must_be_new::<Determination>(id.as_str()).await?;
        let mut amounts = Vec::new();
        let mut before = None;
        for ((lack, part), added) in lacking.iter().zip(parts).zip(1..).filter(|((lack, part), _)| lack.case == at && **part > Fen(0)) {
            before = Some(lack.determination.clone());
            let Some(claim) = case.claims.get_mut(lack.claim) else { continue };
            let now = lack.determination.amount(&claim.clause).checked_add(*part).map_err(too_large)?;
            claim.shared = Some(now);
            amounts.push((claim.clause.clone(), now));
            let about = About { case: &case.id, clause: &claim.clause, determination: None, reason: "再分配" };
            desk.reserve_to(call, &about, *part, &numbered(entry, format!("{number}.{added}"))?).await?;
        }
        let Some(before) = before else { continue };
        desk.work.save(&before.superseded(id, &amounts, |_| "再分配".to_owned(), &desk.context.user, desk.context.now)).await?;
        case.determination = Some(id.clone());
        case.notice = None;
        case.stage = Stage::Approved;
        desk.work.save(&*case).await?;
    }
    Ok(())
}

impl Desk<'_> {
    /// Notes in a call what went back to the pools that it shares.
    pub(crate) async fn note_freed(&mut self, call: &mut Call, released: &[(String, Fen)]) -> Result<(), Stop> {
        let loaded = self.loaded(&call.version).await?;
        for (clause, amount) in released {
            let pools: Vec<String> = pools_of(&loaded.scheme, call, clause).iter().filter(|(pool, _)| !one_by_one(pool)).map(|(p, _)| p.name.clone()).collect();
            for pool in pools {
                call.sharing.free(&pool, *amount);
            }
        }
        Ok(())
    }
}
