//! Instalments: tested on the facts of their year, by the very rules of the policy, and paid from the budget of that year.

use crate::assess::assessed;
use crate::desk::Desk;
use crate::holding::{About, clause_of, numbered, pools_of};
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::call::Call;
use casework::case::{Case, CaseRefusal, Evidence};
use casework::determination::Determination;
use casework::id::{BookId, DueId, EntryId, MotionId};
use casework::instalment::{InstalmentAct, overwritten};
use casework::ledger::{BookKind, Move};
use casework::motion::Motion;
use casework::payment::{Due, DueState, PaymentRefusal, Retest};
use casework::refusal::Named;
use casework::{Act, Key, Refusal};
use policy::application::Application;
use policy::scheme::{Failing, Scheme};
use serde_json::{Map, Value, json};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &InstalmentAct) -> Result<Outcome, Stop> {
    match act {
        InstalmentAct::Test { motion, due, facts, evidence, .. } => propose_test(desk, motion, due, (facts, evidence), act).await,
        InstalmentAct::ConfirmTest { due, motion } => confirm_test(desk, due, motion).await,
        InstalmentAct::Fund { due, fund, entry } => fund_it(desk, due, fund, entry).await,
    }
}

/// Adds facts to those of an application: a further year to a fact that has one for each year, another value for the rest. A
/// value that names no year is that of the award year, and stays beside the further ones.
fn with_facts(application: &mut Value, facts: &Map<String, Value>) {
    let award_year = application.get("year").and_then(Value::as_i64);
    let Some(known) = application.as_object_mut().map(|fields| fields.entry("facts").or_insert_with(|| json!({}))) else { return };
    let Some(known) = known.as_object_mut() else { return };
    for (name, value) in facts {
        if let (Some(year), Some(plain), true) = (award_year, known.get_mut(name).filter(|plain| !plain.is_object() && !plain.is_null()), value.is_object()) {
            *plain = json!({year.to_string(): plain.take()});
        }
        match (known.get_mut(name).and_then(Value::as_object_mut), value.as_object()) {
            (Some(years), Some(more)) => years.extend(more.iter().map(|(year, value)| (year.clone(), value.clone()))),
            _ => {
                known.insert(name.clone(), value.clone());
            }
        }
    }
}

/// An application as the policy reads it. Errors: what is wrong with it, in Chinese.
fn as_read(scheme: &Scheme, application: &Value) -> Result<Application, Refusal> {
    assessed(scheme, application).map(|assessed| assessed.application).map_err(Refusal::Input)
}

/// What the plan of an award says of an instalment: its year, and whether its test holds.
fn planned(scheme: &Scheme, due: &Due, application: &Value) -> Result<(i32, Option<bool>, String), Refusal> {
    let number = usize::try_from(due.number).unwrap_or(usize::MAX).saturating_sub(1);
    let assessed = assessed(scheme, application).map_err(Refusal::Input)?;
    let result = assessed.assessment.clauses.iter().find(|r| scheme.clause(r.clause).is_some_and(|c| c.id == due.clause));
    let plan = result.and_then(|result| result.plan.get(number).copied());
    let (year, _, holds) = plan.ok_or_else(|| PaymentRefusal::Undecided { due: due.id.clone() })?;
    Ok((year, holds, assessed.result))
}

/// What a test on further facts gives.
struct Weighed {
    call: Call,
    case: Case,
    due: Due,
    application: String,
    assessment: String,
    year: i32,
    holds: Option<bool>,
}

/// Tests on further facts, and keeps nothing. The facts of earlier years stay as they were determined and tested.
async fn weigh(desk: &mut Desk<'_>, id: &DueId, (facts, evidence): (&Value, &[Evidence])) -> Result<Weighed, Stop> {
    let of: Due = desk.must_peek(id.as_str()).await?;
    let (call, case) = desk.case(&of.case).await?;
    desk.is_about::<Due>(id);
    let due: Due = desk.must_get(id.as_str()).await?;
    due.at(&[DueState::Open])?;
    if desk.context.now.date().year() < due.year {
        return Err(PaymentRefusal::NotYet { due: id.clone(), year: due.year }.into());
    }
    if evidence.is_empty() {
        return Err(PaymentRefusal::NoEvidence.into());
    }
    let facts = facts.as_object().ok_or_else(|| Refusal::Input("facts are names and values".into()))?;
    let frozen: Determination = desk.must_peek(due.determination.as_str()).await?;
    let last = due.retests.last().map_or(&frozen.application, |test| &test.application);
    let before: Value = serde_json::from_str(last).map_err(|why| Refusal::Input(why.to_string()))?;
    let mut application = before.clone();
    with_facts(&mut application, facts);
    let loaded = desk.loaded(&frozen.version).await?;
    let (year, holds, assessment) = planned(&loaded.scheme, &due, &application)?;
    let (read, now) = (as_read(&loaded.scheme, &before)?, as_read(&loaded.scheme, &application)?);
    if let Some((fact, year)) = overwritten(&loaded.scheme, &read, &now, due.year) {
        return Err(PaymentRefusal::Frozen { fact, year }.into());
    }
    // The plan counts from the award year; what was carried over is paid as much later.
    let year = year.saturating_add(call.paying(&due.case, &due.clause).year.saturating_sub(call.year));
    if holds.is_none() && year <= due.year {
        return Err(PaymentRefusal::Undecided { due: id.clone() }.into());
    }
    Ok(Weighed { call, case, due, application: application.to_string(), assessment, year, holds })
}

/// 提请复核
async fn propose_test(desk: &mut Desk<'_>, motion: &MotionId, id: &DueId, given: (&Value, &[Evidence]), act: &InstalmentAct) -> Result<Outcome, Stop> {
    let Weighed { call, mut case, due, .. } = weigh(desk, id, given).await?;
    case.noted(&desk.sitting(&call))?;
    desk.work.save(&case).await?;
    desk.propose(motion, Some(&due.case), Act::Instalment(act.clone()), due.retests.len().to_string()).await
}

/// 复核. Held in the year it is for: it holds, it is lost (with the rest, where the policy says so), or it waits (顺延).
async fn confirm_test(desk: &mut Desk<'_>, id: &DueId, motion: &MotionId) -> Result<Outcome, Stop> {
    let of: Due = desk.must_peek(id.as_str()).await?;
    desk.case(&of.case).await?;
    let motion: Motion = desk.must_get(motion.as_str()).await?;
    let (asks, by) = (motion.asks.clone(), motion.by.clone());
    let (facts, evidence, entry) = match &asks {
        Act::Instalment(InstalmentAct::Test { due, facts, evidence, entry, .. }) if due == id => (facts, evidence, entry),
        _ => return Err(motion.other().into()),
    };
    let due: Due = desk.must_get(id.as_str()).await?;
    desk.confirm(motion, &due.retests.len().to_string()).await?;
    let Weighed { call, mut case, mut due, application, assessment, year, holds } = weigh(desk, id, (facts, evidence)).await?;
    case.noted(&desk.sitting(&call))?;
    desk.work.save(&case).await?;
    let loaded = desk.loaded(&call.version).await?;
    let digests = evidence.iter().map(|paper| paper.digest).collect();
    due.retests.push(Retest { by, at: desk.context.now, application, assessment, evidence: digests, year, holds });
    if year > due.year {
        desk.postpone(&call, &mut due, year, &numbered(entry, 1)?).await?;
    }
    let ends = clause_of(&loaded.scheme, &due.clause)?.instalments.get(usize::try_from(due.number).unwrap_or(1).saturating_sub(1));
    let ends = ends.is_some_and(|instalment| instalment.failing == Failing::Ends);
    if holds == Some(false) {
        desk.lapse(&call, &mut due, &numbered(entry, 1)?).await?;
        let rest: Vec<Due> = if ends { desk.work.find("case_id", &Key::from(case.id.as_str())).await? } else { Vec::new() };
        let later = rest.into_iter().filter(|other| other.clause == due.clause && other.number > due.number && other.state == DueState::Open);
        for (number, mut other) in (2..).zip(later) {
            desk.lapse(&call, &mut other, &numbered(entry, number)?).await?;
        }
    } else {
        desk.work.save(&due).await?;
    }
    desk.follow_payments(&mut case).await?;
    Ok(Outcome::Tested { year, holds })
}

impl Desk<'_> {
    /// It is lost: its money is free again, on its pools alone where its budget was not there yet.
    async fn lapse(&mut self, call: &Call, due: &mut Due, id: &EntryId) -> Result<(), Stop> {
        self.post_due(call, due, Move::Free, id, "分期条件不符").await?;
        due.state = DueState::Lapsed;
        self.work.save(&*due).await?;
        Ok(())
    }

    /// It waits for another year: what a budget had committed for it is free again, its pools keep their promise.
    async fn postpone(&mut self, call: &Call, due: &mut Due, year: i32, id: &EntryId) -> Result<(), Stop> {
        if due.fund.is_some() {
            self.post_due(call, due, Move::Free, &numbered(id, "f")?, "分期顺延").await?;
            due.fund = None;
            self.promise(call, due, &numbered(id, "g")?, "分期顺延").await?;
        }
        due.year = year;
        Ok(())
    }

    /// Reserves and commits what is due, on its budget and pools.
    async fn promise(&mut self, call: &Call, due: &Due, id: &EntryId, reason: &str) -> Result<(), Stop> {
        self.post_due(call, due, Move::Reserve, &numbered(id, "r")?, reason).await?;
        self.post_due(call, due, Move::Commit, &numbered(id, "c")?, reason).await
    }
}

/// The money of an instalment comes from the budget of its year; the pool that promised it stays that of the award.
async fn fund_it(desk: &mut Desk<'_>, id: &DueId, fund: &BookId, entry: &EntryId) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Due>(id);
    let of: Due = desk.must_peek(id.as_str()).await?;
    let mut case: Case = desk.must_get(of.case.as_str()).await?;
    if desk.must_keep_away(&case.organisation).await? {
        return Err(CaseRefusal::Recused.into());
    }
    let call: Call = desk.must_peek(of.call.as_str()).await?;
    let mut due: Due = desk.must_get(id.as_str()).await?;
    due.at(&[DueState::Open])?;
    if due.fund.is_some() {
        return Err(PaymentRefusal::DueState { due: id.clone(), state: Named::FUNDED }.into());
    }
    if !due.test_holds() {
        return Err(PaymentRefusal::NotTested { due: id.clone() }.into());
    }
    let book = desk.work.book(fund).await?.ok_or_else(|| Refusal::Unknown { what: "book", id: fund.to_string() })?;
    if book.kind != BookKind::Fund || book.year != due.year {
        return Err(PaymentRefusal::WrongYear { wanted: due.year, year: book.year }.into());
    }
    desk.must_hold(fund, due.amount).await?;
    // On the pools: out of what they promised for later, into what the budget pays.
    let loaded = desk.loaded(&call.version).await?;
    let pools: Vec<BookId> = pools_of(&loaded.scheme, &call.paying(&due.case, &due.clause), &due.clause).into_iter().map(|(_, book)| book).collect();
    let about = About { case: &due.case, clause: &due.clause, determination: Some(&due.determination), reason: "分期列入当年预算" };
    desk.post_later(&pools, &about, due.amount, Move::Free, &numbered(entry, "f")?).await?;
    due.fund = Some(fund.clone());
    desk.promise(&call, &due, entry, "分期列入当年预算").await?;
    desk.work.save(&due).await?;
    desk.follow_payments(&mut case).await?;
    Ok(Outcome::Sum(due.amount))
}
