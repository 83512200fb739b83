//! 更正: what was wrong in a determination is determined anew in its place: asked for by one person, confirmed by another,
//! decided by the rules of the day on which it is confirmed.

use super::{less, within};
use crate::assess::{Assessed, Loaded};
use crate::call::share::shared_among_all;
use crate::desk::Desk;
use crate::holding::{numbered, summed};
use crate::{Outcome, Stop};
use casework::call::Call;
use casework::case::{Amount, Case, CaseRefusal, Stage, usable};
use casework::determination::{Award, Determination, DeterminationAct, DeterminationRefusal};
use casework::id::{CaseId, DeterminationId, EntryId, MotionId};
use casework::ledger::Move;
use casework::motion::Motion;
use casework::organisation::Organisation;
use casework::payment::{Due, DueState};
use casework::refusal::Named;
use casework::{Act, Key};
use serde_json::Value;
use values::Fen;

/// What is to be amended, and how.
pub(super) struct Amendment<'a> {
    pub(super) case: &'a CaseId,
    pub(super) determination: &'a DeterminationId,
    pub(super) entry: &'a EntryId,
    pub(super) application: Option<&'a Value>,
    pub(super) amounts: &'a [Amount],
    pub(super) reason: &'a str,
}

/// An amendment that may be done now.
struct Weighed {
    /// Locked.
    call: Call,
    /// With the amounts and the application as amended.
    case: Case,
    before: Determination,
    next: Determination,
    dues: Vec<Due>,
}

/// 提请更正: everything that would be asked when it is confirmed is asked now as well.
pub(super) async fn propose(desk: &mut Desk<'_>, motion: &MotionId, amendment: &Amendment<'_>, act: &DeterminationAct) -> Result<Outcome, Stop> {
    let weighed = weigh(desk, amendment).await?;
    // Kept is who asked, and nothing of what was asked.
    let (call, mut case) = desk.case(amendment.case).await?;
    case.noted(&desk.sitting(&call))?;
    desk.work.save(&case).await?;
    desk.propose(motion, Some(amendment.case), Act::Determination(act.clone()), weighed.before.id.to_string()).await
}

/// What is committed is freed before; what is paid is not touched; what is determined anew is noticed anew.
pub(super) async fn confirm(desk: &mut Desk<'_>, id: &CaseId, motion: &MotionId) -> Result<Outcome, Stop> {
    let of: Case = desk.must_peek(id.as_str()).await?;
    desk.must_get::<Call>(of.call.as_str()).await?;
    let (_, case) = desk.case(id).await?;
    let motion: Motion = desk.must_get(motion.as_str()).await?;
    let asks = motion.asks.clone();
    let amendment = match &asks {
        Act::Determination(DeterminationAct::Amend { case, determination, entry, application, amounts, reason, .. }) if case == id => {
            Amendment { case, determination, entry, application: application.as_ref(), amounts, reason }
        }
        _ => return Err(motion.other().into()),
    };
    let rests_on = case.determination.as_ref().map_or("", DeterminationId::as_str);
    desk.confirm(motion, rests_on).await?;
    let Weighed { mut call, mut case, before, next, mut dues } = weigh(desk, &amendment).await?;
    case.noted(&desk.sitting(&call))?;
    let (entry, reason) = (amendment.entry, amendment.reason);
    desk.work.save(&next).await?;
    desk.free_dues(&call, &mut dues, entry, reason).await?;
    desk.reserve_awards(&call, &case, &next, entry, reason).await?;
    desk.note_freed(&mut call, &less(&before, &next)).await?;
    desk.work.save(&call).await?;
    case.determination = Some(next.id.clone());
    case.notice = None;
    case.stage = Stage::Approved;
    desk.work.save(&case).await?;
    summed(next.awards.iter().map(|award| award.amount))
}

/// Whether it may be done now, and what comes of it. Nothing is kept.
async fn weigh(desk: &mut Desk<'_>, amendment: &Amendment<'_>) -> Result<Weighed, Stop> {
    let of: Case = desk.must_peek(amendment.case.as_str()).await?;
    let locked: Call = desk.must_get(of.call.as_str()).await?;
    let (call, mut case) = desk.case(amendment.case).await?;
    case.at(&[Stage::Approved, Stage::Noticed, Stage::Committed])?;
    if amendment.reason.trim().is_empty() {
        return Err(DeterminationRefusal::NoReason.into());
    }
    desk.must_be_new::<Determination>(amendment.determination.as_str()).await?;
    desk.must_get::<Organisation>(case.organisation.as_str()).await?;
    let before = desk.determination(&case).await?;
    let dues: Vec<Due> = desk.work.find("case_id", &Key::from(amendment.case.as_str())).await?;
    if let Some(due) = dues.iter().find(|due| !matches!(due.state, DueState::Open | DueState::Void)) {
        return Err(DeterminationRefusal::Paid { state: Named::new(due.state.title(), due.state.name()) }.into());
    }
    let loaded = desk.loaded(&call.version).await?;
    if let Some(application) = amendment.application {
        case.application = usable(&loaded.scheme, &call, application)?;
    }
    let raised = amendment.amounts.iter().find(|amount| amount.amount > before.amount(&amount.clause));
    // What only lowers an award gives nothing under a clause that ended, or on a recognition that was revoked.
    if raised.is_some() || amendment.application.is_some() {
        desk.may_determine(&call, &case).await?;
    }
    for claim in &mut case.claims {
        if let Some(amount) = amendment.amounts.iter().find(|amount| amount.clause == claim.clause) {
            claim.set = Some(amount.amount);
            claim.shared = claim.shared.map(|_| amount.amount);
        }
    }
    let assessed = desk.assess(&loaded, &call, &case, &case.application).await?;
    let awards = awards(&loaded, &assessed, &before, amendment)?;
    for claim in case.claims.iter_mut().filter(|claim| claim.placed.is_some()) {
        if let Some(award) = awards.iter().find(|award| award.clause == claim.clause) {
            claim.assessed = Some(award.assessed);
        }
    }
    let shared = |amount: &&Amount| amount.amount > before.amount(&amount.clause) && shared_among_all(&loaded.scheme, &call, &amount.clause);
    if let Some(amount) = amendment.amounts.iter().find(shared) {
        return Err(DeterminationRefusal::Shared { clause: amount.clause.clone() }.into());
    }
    let mut next = desk.frozen(&call, &case, (amendment.determination, &loaded, assessed), awards, Some(before.id.clone()));
    next.guide = desk.guide_used(&call).await?;
    if next.awards == before.awards && next.application == before.application {
        return Err(DeterminationRefusal::Same.into());
    }
    Ok(Weighed { call: locked, case, before, next, dues })
}

/// The awards as amended: of each clause of the determination, and of no other.
fn awards(loaded: &Loaded, assessed: &Assessed, before: &Determination, amendment: &Amendment<'_>) -> Result<Vec<Award>, Stop> {
    let amounts = amendment.amounts;
    let mut awards = Vec::new();
    for old in &before.awards {
        let mut given = amounts.iter().filter(|amount| amount.clause == old.clause);
        let (Some(amount), None) = (given.next(), given.next()) else { return Err(CaseRefusal::Clauses { clause: old.clause.clone() }.into()) };
        let left = within(assessed, loaded, &old.clause, amount.amount)?;
        if amount.amount < Fen(0) {
            return Err(CaseRefusal::AboveRules { clause: old.clause.clone(), set: amount.amount, assessed: left }.into());
        }
        let unchanged = amount.amount == old.amount;
        let reason = if unchanged { old.reason.clone() } else { Some(amount.reason.clone().unwrap_or_else(|| amendment.reason.to_owned())) };
        awards.push(Award { clause: old.clause.clone(), assessed: left, amount: amount.amount, reason });
    }
    if awards.len() != amounts.len() {
        let stray = amounts.iter().find(|amount| !awards.iter().any(|award| award.clause == amount.clause));
        return Err(CaseRefusal::Clauses { clause: stray.map(|amount| amount.clause.clone()).unwrap_or_default() }.into());
    }
    Ok(awards)
}

impl Desk<'_> {
    /// Takes back what is due and was not planned: its money is free again, then reserved anew for what is determined.
    async fn free_dues(&mut self, call: &Call, dues: &mut [Due], entry: &EntryId, reason: &str) -> Result<(), Stop> {
        self.lock_books(call).await?;
        for (number, due) in (1..).zip(dues.iter_mut().filter(|due| due.state == DueState::Open)) {
            self.post_due(call, due, Move::Free, &numbered(entry, format!("f{number}"))?, reason).await?;
            due.state = DueState::Void;
            self.work.save(&*due).await?;
        }
        Ok(())
    }
}
