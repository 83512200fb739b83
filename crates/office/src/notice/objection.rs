//! Objections: taken in, looked into, decided. Only the row they are about waits for them.

use crate::desk::Desk;
use crate::determination::{already_due, less};
use crate::holding::too_large;
use crate::{Outcome, Stop};
use casework::call::Call;
use casework::case::{Case, CaseRefusal, Evidence, Stage};
use casework::determination::Determination;
use casework::id::{CaseId, DeterminationId, EntryId, NoticeId, ObjectionId};
use casework::notice::{Notice, NoticeRefusal, Objection, ObjectionState, Objector, Reception, Ruling, check_adjusted};
use casework::organisation::Organisation;
use casework::payment::{Due, stage_after};
use casework::term::Term;
use casework::{Key, Refusal};
use values::Fen;

/// 提出异议. What is late, anonymous or unproven is kept as a lead, and the answer says why it is no objection.
pub(crate) async fn object(
    desk: &mut Desk<'_>,
    (id, notice, case): (&ObjectionId, &NoticeId, &CaseId),
    by: &Objector,
    grounds: &str,
    evidence: &[Evidence],
) -> Result<Outcome, Stop> {
    let notice: Notice = desk.must_peek(notice.as_str()).await?;
    let call: Call = desk.must_peek(notice.call.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Objection>(id);
    desk.must_be_new::<Objection>(id.as_str()).await?;
    notice.row(case).ok_or_else(|| Refusal::Unknown { what: "row", id: case.to_string() })?;
    let mut case: Case = desk.must_get(case.as_str()).await?;
    if desk.must_keep_away(&case.organisation).await? {
        return Err(CaseRefusal::Recused.into());
    }
    let today = desk.context.now.date();
    let mut lead = Objection::received(by, evidence, today, notice.term.ends(desk.calendar()));
    // The row was settled already: nothing of it waits any more.
    let waits = matches!(case.stage, Stage::Noticed | Stage::Disputed) && case.notice.as_ref() == Some(&notice.id);
    if lead.is_none() && !waits {
        lead = Some(casework::notice::LeadReason::Settled);
    }
    let term = lead.is_none().then(|| Term::new(desk.calendar(), today, call.workflow.objection));
    let reception = match (&term, lead) {
        (Some(term), None) => Reception::Objection { until: term.last },
        (_, why) => Reception::Lead { why: why.unwrap_or(casework::notice::LeadReason::Late) },
    };
    let objection = Objection {
        id: id.clone(),
        notice: notice.id,
        case: case.id.clone(),
        by: by.clone(),
        grounds: grounds.to_owned(),
        evidence: evidence.to_vec(),
        at: desk.context.now,
        term,
        state: lead.map_or(ObjectionState::Received, ObjectionState::Lead),
    };
    desk.work.save(&objection).await?;
    if objection.stops() && case.stage == Stage::Noticed {
        case.stage = Stage::Disputed;
        desk.work.save(&case).await?;
    }
    Ok(Outcome::Received(reception))
}

/// 核查
pub(crate) async fn check(desk: &mut Desk<'_>, id: &ObjectionId, result: &str) -> Result<Outcome, Stop> {
    let (_, _, mut objection) = disputed(desk, id).await?;
    objection.check(&desk.context.user, desk.context.now, result)?;
    desk.work.save(&objection).await?;
    Ok(Outcome::Done)
}

/// The objection with its case and call, all of them locked, after asking whether the person may do this.
async fn disputed(desk: &mut Desk<'_>, id: &ObjectionId) -> Result<(Call, Case, Objection), Stop> {
    let objection: Objection = desk.must_peek(id.as_str()).await?;
    let of: Case = desk.must_peek(objection.case.as_str()).await?;
    let call: Call = desk.must_get(of.call.as_str()).await?;
    let (_, case) = desk.case(&objection.case).await?;
    desk.is_about::<Objection>(id);
    let objection = desk.must_get(id.as_str()).await?;
    Ok((call, case, objection))
}

/// 处理: 维持, 调整 or 取消. What is upheld gets a determination in its place; the money goes back to budget and pools.
pub(crate) async fn settle(
    desk: &mut Desk<'_>,
    id: &ObjectionId,
    (ruling, result): (&Ruling, &str),
    determination: Option<&DeterminationId>,
    entry: &EntryId,
) -> Result<Outcome, Stop> {
    let (mut call, mut case, mut objection) = disputed(desk, id).await?;
    let today = desk.context.now.date();
    let overdue = objection.term.as_ref().is_some_and(|term| today > term.ends(desk.calendar()));
    objection.settle(&desk.context.user, desk.context.now, ruling, result, overdue)?;
    case.at(&[Stage::Disputed])?;
    let before = desk.determination(&case).await?;
    let dues: Vec<Due> = desk.work.find("case_id", &Key::from(case.id.as_str())).await?;
    let amounts = ruled(ruling, &before, &dues)?;
    let mut freed = Fen(0);
    if !amounts.is_empty() {
        let new = determination.ok_or_else(|| Refusal::Input("a ruling that changes something needs a determination".into()))?;
        desk.must_be_new::<Determination>(new.as_str()).await?;
        desk.must_get::<Organisation>(case.organisation.as_str()).await?;
        let next =
            before.superseded(new, &amounts, |clause| format!("异议处理：{}", why(ruling, clause).unwrap_or(result)), &desk.context.user, desk.context.now);
        desk.work.save(&next).await?;
        desk.reserve_awards(&call, &case, &next, entry, "异议处理").await?;
        let back = less(&before, &next);
        freed = back.iter().try_fold(Fen(0), |sum, (_, amount)| sum.checked_add(*amount)).map_err(too_large)?;
        desk.note_freed(&mut call, &back).await?;
        desk.work.save(&call).await?;
        // What was taken away is not set any more: sharing again does not give it back.
        for claim in &mut case.claims {
            if let Some((_, amount)) = amounts.iter().find(|(clause, _)| *clause == claim.clause) {
                claim.set = Some(*amount);
                claim.shared = claim.shared.map(|_| *amount);
            }
        }
        case.determination = Some(next.id);
    }
    desk.work.save(&objection).await?;
    let others: Vec<Objection> = desk.work.list("case_id", &Key::from(case.id.as_str())).await?;
    let stopped = others.iter().any(|other| other.stops() && other.notice == objection.notice);
    if *ruling == Ruling::Cancelled {
        // Nothing is left to dispute; what was due from an earlier notice stays as it is.
        case.stage = stage_after(&dues, today.year()).unwrap_or(Stage::Refused);
    } else if !stopped {
        case.stage = Stage::Noticed;
    }
    desk.work.save(&case).await?;
    Ok(Outcome::Sum(freed))
}

/// Why a ruling leaves less under a clause, where it says so.
fn why<'r>(ruling: &'r Ruling, clause: &str) -> Option<&'r str> {
    let Ruling::Adjusted(amounts) = ruling else { return None };
    amounts.iter().find(|amount| amount.clause == clause)?.reason.as_deref()
}

/// The amounts after a ruling; none where nothing changes. What is due from an earlier notice is not in dispute.
fn ruled(ruling: &Ruling, before: &Determination, dues: &[Due]) -> Result<Vec<(String, Fen)>, Refusal> {
    match ruling {
        Ruling::Dismissed => Ok(Vec::new()),
        Ruling::Cancelled => Ok(before.awards.iter().map(|award| (award.clause.clone(), already_due(dues, &award.clause))).collect()),
        Ruling::Adjusted(amounts) => {
            let now: Vec<(String, Fen)> = before.awards.iter().map(|award| (award.clause.clone(), award.amount)).collect();
            check_adjusted(&now, amounts).map_err(Refusal::from)?;
            if let Some(amount) = amounts.iter().find(|amount| amount.amount < already_due(dues, &amount.clause)) {
                return Err(NoticeRefusal::NotLess { clause: amount.clause.clone(), now: already_due(dues, &amount.clause) }.into());
            }
            if let Some(amount) = amounts.iter().find(|amount| before.amount(&amount.clause) != amount.amount && amount.reason.is_none()) {
                return Err(CaseRefusal::NoReason { clause: amount.clause.clone() }.into());
            }
            Ok(amounts.iter().map(|amount| (amount.clause.clone(), amount.amount)).collect())
        }
    }
}
