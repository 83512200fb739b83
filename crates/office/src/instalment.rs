//! Instalments: tested on the facts of their year, by the very rules of the policy, and paid from the budget of that year.

use crate::assess::assessed;
use crate::desk::Desk;
use crate::holding::{About, clause_of, numbered, pools_of};
use crate::{Outcome, Stop};
use casework::Key;
use casework::Refusal;
use casework::authority::Standing;
use casework::call::Call;
use casework::case::{Case, CaseRefusal, Evidence};
use casework::determination::Determination;
use casework::id::{BookId, DueId, EntryId};
use casework::instalment::InstalmentAct;
use casework::ledger::{BookKind, Move};
use casework::payment::{Due, DueState, PaymentRefusal, Retest};
use policy::scheme::{Failing, Scheme};
use serde_json::{Map, Value, json};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &InstalmentAct) -> Result<Outcome, Stop> {
    match act {
        InstalmentAct::Test { due, facts, evidence, entry } => test(desk, due, facts, evidence, entry).await,
        InstalmentAct::Fund { due, fund, entry } => fund_it(desk, due, fund, entry).await,
    }
}

/// Adds facts to those of an application: a further year to a fact that has one for each year, another value for the rest.
fn with_facts(application: &mut Value, facts: &Map<String, Value>) {
    let Some(known) = application.as_object_mut().map(|fields| fields.entry("facts").or_insert_with(|| json!({}))) else { return };
    let Some(known) = known.as_object_mut() else { return };
    for (name, value) in facts {
        match (known.get_mut(name).and_then(Value::as_object_mut), value.as_object()) {
            (Some(years), Some(more)) => years.extend(more.iter().map(|(year, value)| (year.clone(), value.clone()))),
            _ => {
                known.insert(name.clone(), value.clone());
            }
        }
    }
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

/// 复核. Held in the year it is for: it holds, it is lost (with the rest, where the policy says so), or it waits (顺延).
async fn test(desk: &mut Desk<'_>, id: &DueId, facts: &Value, evidence: &[Evidence], entry: &EntryId) -> Result<Outcome, Stop> {
    let of: Due = desk.must_peek(id.as_str()).await?;
    let (call, mut case) = desk.case(&of.case).await?;
    desk.subject = id.to_string();
    let mut due: Due = desk.must_get(id.as_str()).await?;
    due.at(&[DueState::Open])?;
    if desk.context.now.date().year() < due.year {
        return Err(PaymentRefusal::NotYet { due: id.clone(), year: due.year }.into());
    }
    let facts = facts.as_object().ok_or_else(|| Refusal::Input("facts are names and values".into()))?;
    let frozen: Determination = desk.must_peek(due.determination.as_str()).await?;
    let last = due.retests.last().map_or(&frozen.application, |test| &test.application);
    let mut application: Value = serde_json::from_str(last).map_err(|why| Refusal::Input(why.to_string()))?;
    with_facts(&mut application, facts);
    let loaded = desk.loaded(&frozen.version).await?;
    let (year, holds, assessment) = planned(&loaded.scheme, &due, &application)?;
    // The plan counts from the award year; what was carried over is paid as much later.
    let year = year.saturating_add(call.paying(&due.case, &due.clause).year.saturating_sub(call.year));
    if holds.is_none() && year <= due.year {
        return Err(PaymentRefusal::Undecided { due: id.clone() }.into());
    }
    let digests = evidence.iter().map(|paper| paper.digest).collect();
    let (by, at) = (desk.context.user.clone(), desk.context.now);
    due.retests.push(Retest { by, at, application: application.to_string(), assessment, evidence: digests, year, holds });
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
    desk.subject = id.to_string();
    let of: Due = desk.must_peek(id.as_str()).await?;
    let mut case: Case = desk.must_get(of.case.as_str()).await?;
    if desk.must_keep_away(&case.organisation).await? {
        return Err(CaseRefusal::Recused.into());
    }
    let call: Call = desk.must_peek(of.call.as_str()).await?;
    let mut due: Due = desk.must_get(id.as_str()).await?;
    due.at(&[DueState::Open])?;
    if due.fund.is_some() {
        return Err(PaymentRefusal::DueState { due: id.clone(), state: "funded" }.into());
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
