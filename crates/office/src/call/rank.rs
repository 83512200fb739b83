//! Places among the cases of a call (排名), and rates with their source: settled for all its cases at once, then an input of
//! each. The places are the policy's own ranking of all applications together.

use crate::assess::{Loaded, Sought, settled};
use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::call::{Call, CallRefusal, Others, Ranking, Rate};
use casework::case::{Case, CaseRefusal, Placed};
use casework::id::CallId;
use casework::{Key, Refusal};
use policy::application::Application;
use policy::assessment::{ClauseResult, Mark, Outcome as Assessed};
use policy::input::{Defaults, Raw, read};
use policy::scheme::{ClauseId, Param, Scheme};
use policy::{AssessOptions, assess};
use serde_json::{Value, json};

/// 排名: all cases that stand under a clause, evaluated together.
pub(super) async fn rank(desk: &mut Desk<'_>, id: &CallId, clause: &str, others: Option<&Others>, reason: Option<&str>) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    let loaded = desk.loaded(&call.version).await?;
    let rule = loaded.scheme.clause_named(clause).filter(|_| call.clauses.iter().any(|of| of == clause));
    let ranked = rule.and_then(|id| Some((id, loaded.scheme.clause(id)?.rank.as_ref()?)));
    let (rule, by) = ranked.ok_or_else(|| CallRefusal::RanksNobody { clause: clause.to_owned() })?;
    let sourced = others.is_some_and(|others| !others.source.trim().is_empty());
    if by.all_records != others.is_some() || by.all_records != sourced {
        return Err(CallRefusal::Others { clause: clause.to_owned(), wanted: by.all_records }.into());
    }
    let mut cases: Vec<Case> = desk.work.find("call_id", &Key::from(id.as_str())).await?;
    call.may_rank(clause, &cases, reason)?;
    cases.retain(|case| case.is_set() && case.claims.iter().any(|claim| claim.clause == clause));
    for case in &cases {
        if desk.must_keep_away(&case.organisation).await? {
            return Err(CaseRefusal::Recused.into());
        }
    }
    let (standing, aside): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(|case| case.claims.iter().any(|c| c.clause == clause && c.competes()));
    let places = places(desk, &loaded, &call, (rule, clause), &standing, others).await?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let ranking = Ranking {
        clause: clause.to_owned(),
        cases: count(standing.len()),
        others: count(others.map_or(0, |others| others.facts.len())),
        source: others.map(|others| others.source.clone()),
        reason: reason.map(str::to_owned),
        by: desk.context.user.clone(),
        at: desk.context.now,
    };
    let outcome = Outcome::Count(ranking.cases);
    call.rankings.push(ranking);
    desk.work.save(&call).await?;
    let placed = standing.into_iter().zip(places).map(|(case, place)| (case, Some(Placed { place })));
    for (mut case, placed) in placed.chain(aside.into_iter().map(|case| (case, None))) {
        case.claims.iter_mut().filter(|claim| claim.clause == clause).for_each(|claim| claim.placed = placed);
        reassess(desk, &call, &mut case).await?;
    }
    Ok(outcome)
}

/// The place of each case under a clause; none: it is not among those ranked.
async fn places(
    desk: &mut Desk<'_>,
    loaded: &Loaded,
    call: &Call,
    (rule, clause): (ClauseId, &str),
    cases: &[Case],
    others: Option<&Others>,
) -> Result<Vec<Option<u32>>, Stop> {
    let scheme = &loaded.scheme;
    let mut applications = Vec::new();
    for case in cases {
        // Places under other clauses stand; under this one it is ranked with the others.
        let sought: Vec<Sought<'_>> = settled(case).into_iter().map(|one| if one.clause == clause { Sought { place: None, ..one } } else { one }).collect();
        let input = desk.input(loaded, call, (&case.organisation, Some(&case.id)), &sought, &case.application).await?;
        applications.push(application(scheme, &input)?);
    }
    for (number, facts) in (1..).zip(others.iter().flat_map(|others| &others.facts)) {
        let record = json!({"id": format!("record {number}"), "year": call.year, "as_of": call.as_of.to_string(), "facts": facts, "rank_only": true});
        applications.push(application(scheme, &record)?);
    }
    let population = assess(scheme, &applications, &AssessOptions::default());
    let mut out = Vec::new();
    for (case, assessment) in cases.iter().zip(&population.assessments) {
        let result = assessment.clauses.iter().find(|result| result.clause == rule);
        if result.is_none_or(is_open) {
            return Err(CallRefusal::PlaceOpen { clause: clause.to_owned(), case: case.id.clone() }.into());
        }
        out.push(result.and_then(|result| result.place));
    }
    Ok(out)
}

/// Whether a place may still change with what is not known yet. A 决定额 is undetermined for want of its decision only: that
/// changes no place.
fn is_open(result: &ClauseResult) -> bool {
    result.marks.iter().any(|mark| matches!(mark, Mark::ProvisionalPlace)) || (result.outcome == Assessed::Undetermined && result.place.is_none())
}

fn application(scheme: &Scheme, value: &Value) -> Result<Application, Refusal> {
    let (read, errors) = read(scheme, &Raw::from(value), Defaults::default());
    let why = || errors.iter().map(|error| format!("{}: {}", error.field, error.message.en)).collect::<Vec<_>>().join("; ");
    read.ok_or_else(|| Refusal::Input(why()))
}

/// Notes anew what the rules give for a case, after what the office adds to it changed.
async fn reassess(desk: &mut Desk<'_>, call: &Call, case: &mut Case) -> Result<(), Stop> {
    let most = desk.most(call, case, &case.application).await?;
    case.assessed(&most);
    desk.work.save(&*case).await?;
    Ok(())
}

/// 汇率: what the rules give for the cases at hand is worked out anew with it; places have to be settled again.
pub(super) async fn set_rate(desk: &mut Desk<'_>, id: &CallId, name: &str, value: &str, source: &str) -> Result<Outcome, Stop> {
    let mut call: Call = desk.must_get(id.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Call>(id);
    let cases: Vec<Case> = desk.work.find("call_id", &Key::from(id.as_str())).await?;
    let loaded = desk.loaded(&call.version).await?;
    let probe = json!({"id": "rate", "year": call.year, "as_of": call.as_of.to_string(), "facts": {}, "rates": {name: value}});
    let given = application(&loaded.scheme, &probe)?;
    let param = given.params.first().and_then(|(id, _)| loaded.scheme.params.get(id.index()));
    // A currency and its parameter are one rate.
    let name = param.map_or(name, |param| param.currency.as_deref().unwrap_or(&param.name)).to_owned();
    let (by, at) = (desk.context.user.clone(), desk.context.now);
    call.set_rate(Rate { name: name.clone(), value: value.to_owned(), source: source.to_owned(), by, at }, &cases)?;
    if param.is_some_and(|param| says(param, &call)) {
        return Err(CallRefusal::RateKnown { name }.into());
    }
    desk.work.save(&call).await?;
    for mut case in cases.into_iter().filter(Case::is_under_way) {
        case.claims.iter_mut().for_each(|claim| claim.placed = None);
        reassess(desk, &call, &mut case).await?;
    }
    Ok(Outcome::Done)
}

/// Whether the policy itself has a value of a parameter for the year and the day of a call.
fn says(param: &Param, call: &Call) -> bool {
    let fresh = |day: values::Date| day <= call.as_of && param.valid_days.is_none_or(|days| day.days_until(call.as_of) <= i64::from(days));
    param.rows.iter().any(|row| row.year.is_none_or(|year| year == call.year) && row.day.is_none_or(fresh) && row.announced.is_none_or(|day| day <= call.as_of))
}
