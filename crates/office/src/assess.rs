//! From a stored policy version and an application to an assessment: the same computation, and the same bytes, that
//! anybody gets from `duixian assess`.

use crate::Stop;
use crate::desk::Desk;
use crate::earned::{Earned, Source};
use crate::history::old_awards;
use casework::Key;
use casework::Refusal;
use casework::call::Call;
use casework::case::{Case, Claim, OFFICES_OWN};
use casework::determination::Determination;
use casework::id::{CaseId, OrganisationId, PolicyVersionId};
use casework::payment::{Due, DueState};
use casework::policy_version::{PolicyStage, PolicyVersion};
use policy::application::Application;
use policy::assessment::{Assessment, ClauseResult, Mark, Outcome};
use policy::exchange::{View, line};
use policy::input::{Defaults, Raw, read};
use policy::scheme::{Clause, Give, Scheme};
use policy::source::{SourceFile, Sources};
use policy::{AssessOptions, assess};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::Work;
use values::{Fen, Lang};

/// A policy version ready for use.
#[derive(Debug)]
pub struct Loaded {
    /// The version itself.
    pub version: PolicyVersion,
    /// Its scheme.
    pub scheme: Scheme,
}

/// An application with what the rules give for it.
#[derive(Debug)]
pub struct Assessed {
    /// The application as it was read, history included, as one line of the exchange format.
    pub line: String,
    /// The application.
    pub application: Application,
    /// What came out.
    pub assessment: Assessment,
    /// The same as one line of the exchange format, explained in Chinese.
    pub result: String,
}

impl Assessed {
    /// What the rules give under a clause: the award after groups and before the pool of its call, or else the ceiling.
    #[must_use]
    pub fn of(&self, scheme: &Scheme, clause: &str) -> Option<Fen> {
        let result = self.assessment.clauses.iter().find(|result| scheme.clause(result.clause).is_some_and(|c| c.id == clause))?;
        given(result)
    }
}

fn given(result: &ClauseResult) -> Option<Fen> {
    let cut = |mark: &Mark| if let Mark::PoolCut(_, cut) = mark { *cut } else { Fen(0) };
    // Assessed alone, an applicant has the pools alone: what they cut is shared by the office, among all.
    let uncut = |awarded: Fen| result.marks.iter().try_fold(awarded, |sum, mark| sum.checked_add(cut(mark)).ok());
    (result.outcome == Outcome::Eligible).then(|| result.awarded.and_then(uncut).or(result.ceiling)).flatten()
}

/// Compiles the files of a version. Errors: what is wrong with them, in Chinese.
pub fn compile(version: &PolicyVersion) -> Result<Loaded, String> {
    let files = version.files.iter().map(|(name, text)| SourceFile { name: name.clone(), text: text.clone() }).collect();
    let mut compiled = policy::compile(&Sources { files, official: version.official.clone() });
    policy::check::whole(&mut compiled);
    let errors: Vec<String> = compiled.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.message.zh.clone()).collect();
    match compiled.scheme {
        Some(scheme) if errors.is_empty() => Ok(Loaded { version: version.clone(), scheme }),
        _ => Err(errors.join("；")),
    }
}

impl Desk<'_> {
    /// A policy version, compiled once a process.
    pub(crate) async fn loaded(&mut self, id: &PolicyVersionId) -> Result<Arc<Loaded>, Stop> {
        let known = |office: &crate::Office| office.loaded.lock().ok().and_then(|loaded| loaded.get(id.as_str()).cloned());
        if let Some(loaded) = known(self.office) {
            return Ok(loaded);
        }
        let version: PolicyVersion = self.must_peek(id.as_str()).await?;
        let loaded = Arc::new(compile(&version).map_err(Refusal::Input)?);
        // A draft may get other files; what is issued never does.
        if self.life(id).await?.stage != PolicyStage::Issued {
            return Ok(loaded);
        }
        if let Ok(mut all) = self.office.loaded.lock() {
            all.insert(id.as_str().to_owned(), Arc::clone(&loaded));
        }
        Ok(loaded)
    }

    /// Assesses the application of a case with what the office itself knows: what it applies for, what was decided so far, its
    /// places among the cases of its call, the rates of the call, and the applicant's other awards. Where no place is settled,
    /// none is known.
    ///
    /// Who wants to rely on it holds the applicant's record: approvals of one applicant happen one after the other.
    pub(crate) async fn assess(&mut self, loaded: &Loaded, call: &Call, case: &Case, application: &Value) -> Result<Assessed, Stop> {
        self.assess_for(loaded, call, (&case.organisation, Some(&case.id)), &settled(case), application).await
    }

    /// What the rules of its call give for a case at most, clause by clause, whatever is set: the award, or the ceiling within
    /// which an authority decides; and before the call is ranked what the first would be given.
    pub(crate) async fn most(&mut self, call: &Call, case: &Case, application: &Value) -> Result<Vec<(String, Option<Fen>)>, Stop> {
        let loaded = self.loaded(&call.version).await?;
        let scheme = &loaded.scheme;
        let place = |claim: &Claim| case.placed(claim, application).map(|placed| placed.place);
        let sought: Vec<Sought<'_>> = case.claims.iter().map(|claim| Sought { clause: &claim.clause, set: None, place: place(claim) }).collect();
        let assessed = self.assess_for(&loaded, call, (&case.organisation, Some(&case.id)), &sought, application).await?;
        let mut out = Vec::new();
        for claim in &case.claims {
            let free = scheme.clauses.iter().any(|c| c.id == claim.clause && matches!(c.give, Some(Give::Decided(_))));
            let most = if free { ceiling(scheme, &assessed, &claim.clause).map_err(Refusal::Input)? } else { assessed.of(scheme, &claim.clause) };
            out.push((claim.clause.clone(), most));
        }
        Ok(out)
    }

    /// The same where there is no case yet: for whom, and what under which clauses. What the application says of the office's
    /// own matters goes for nothing.
    pub(crate) async fn assess_for(
        &mut self,
        loaded: &Loaded,
        call: &Call,
        (organisation, except): (&OrganisationId, Option<&CaseId>),
        sought: &[Sought<'_>],
        application: &Value,
    ) -> Result<Assessed, Stop> {
        let application = self.input(loaded, call, (organisation, except), sought, application).await?;
        Ok(assessed(&loaded.scheme, &application).map_err(Refusal::Input)?)
    }

    /// An application with all that the office adds to it.
    pub(crate) async fn input(
        &mut self,
        loaded: &Loaded,
        call: &Call,
        whose: (&OrganisationId, Option<&CaseId>),
        sought: &[Sought<'_>],
        application: &Value,
    ) -> Result<Value, Stop> {
        let known = Known { loaded, call, assumed: &self.assumed };
        input(&mut self.work, known, whose, sought, application).await
    }
}

/// What an assessment goes by beside the application itself.
#[derive(Clone, Copy)]
pub(crate) struct Known<'k> {
    /// The rules.
    pub(crate) loaded: &'k Loaded,
    /// The call.
    pub(crate) call: &'k Call,
    /// Determinations as they may become.
    pub(crate) assumed: &'k [Determination],
}

/// An application with all that the office adds to it.
pub(crate) async fn input(
    work: &mut Work,
    known: Known<'_>,
    (organisation, except): (&OrganisationId, Option<&CaseId>),
    sought: &[Sought<'_>],
    application: &Value,
) -> Result<Value, Stop> {
    let scheme = &known.loaded.scheme;
    let mut earlier = awarded(work, known.assumed, scheme, organisation, except).await?;
    earlier.extend(old_awards(work, scheme, organisation).await?);
    let mut application = application.clone();
    let Some(fields) = application.as_object_mut() else { return Ok(application) };
    OFFICES_OWN.iter().for_each(|name| drop(fields.remove(*name)));
    fields.insert("history".into(), earlier.iter().map(Earned::said).collect());
    fields.insert("clauses".into(), sought.iter().map(|sought| sought.clause).collect());
    // Where the rules leave the amount to an authority, what it set is its decision.
    let set = sought.iter().filter(|sought| is_decided(scheme, sought.clause));
    let decisions: Map<String, Value> = set.filter_map(|sought| Some((sought.clause.to_owned(), sought.set?.yuan().into()))).collect();
    let places = places(scheme, sought);
    for (name, given) in [("decisions", decisions), ("places", places), ("rates", rates(known.call))] {
        if !given.is_empty() {
            fields.insert(name.into(), given.into());
        }
    }
    Ok(application)
}

/// What an organisation was awarded under clauses of a scheme by determinations in force, as `history` of an application; those
/// that are assumed count as they may become. What `except` itself was awarded is left out.
pub(crate) async fn awarded(
    work: &mut Work,
    assumed: &[Determination],
    scheme: &Scheme,
    organisation: &OrganisationId,
    except: Option<&CaseId>,
) -> Result<Vec<Earned>, Stop> {
    let mut all: Vec<Determination> = work.list("organisation_id", &Key::from(organisation.as_str())).await?;
    all.retain(|determination| !assumed.iter().any(|assumed| assumed.id == determination.id));
    all.extend(assumed.iter().filter(|assumed| assumed.organisation == *organisation).cloned());
    let superseded: Vec<_> = all.iter().filter_map(|d| d.supersedes.clone()).collect();
    let mut out = Vec::new();
    for earlier in all.iter().filter(|d| !superseded.contains(&d.id) && Some(&d.case) != except) {
        let application: Value = serde_json::from_str(&earlier.application).unwrap_or_default();
        let dues: Vec<Due> = work.list("case_id", &Key::from(earlier.case.as_str())).await?;
        for award in &earlier.awards {
            // What will never be paid stands in nobody's way.
            let lost = dues.iter().filter(|due| due.clause == award.clause && matches!(due.state, DueState::Dropped | DueState::Lapsed));
            let amount = lost.fold(award.amount, |left, due| Fen(left.0.saturating_sub(due.amount.0)));
            let Some(clause) = scheme.clauses.iter().find(|clause| clause.id == award.clause).filter(|_| amount > Fen(0)) else { continue };
            out.push(Earned {
                clause: award.clause.clone(),
                year: earlier.year,
                amount,
                key: counted_by(scheme, clause, &application, earlier.year),
                source: Source::Case(earlier.case.clone()),
            });
        }
    }
    Ok(out)
}

/// What is asked of an assessment under one clause.
pub(crate) struct Sought<'a> {
    pub(crate) clause: &'a str,
    /// What an authority decided so far.
    pub(crate) set: Option<Fen>,
    /// Its settled place; the outer none: it is ranked with whoever is there.
    pub(crate) place: Option<Option<u32>>,
}

/// Clauses of which nothing is known yet but that they are applied for.
pub(crate) fn sought(clauses: &[String]) -> Vec<Sought<'_>> {
    clauses.iter().map(|clause| Sought { clause, set: None, place: None }).collect()
}

/// What a case seeks, with what is settled of it.
pub(crate) fn settled(case: &Case) -> Vec<Sought<'_>> {
    let place = |claim: &Claim| Some(claim.placed.and_then(|placed| placed.place));
    case.claims.iter().map(|claim| Sought { clause: &claim.clause, set: claim.wanted(), place: place(claim) }).collect()
}

/// Settled places. Of a clause that is not applied for no place is known: alone, anybody would be the first.
fn places(scheme: &Scheme, sought: &[Sought<'_>]) -> Map<String, Value> {
    let place = |clause: &Clause| sought.iter().find(|sought| sought.clause == clause.id).map_or(Some(None), |sought| sought.place);
    scheme.clauses.iter().filter(|clause| clause.rank.is_some()).filter_map(|clause| Some((clause.id.clone(), place(clause)?.into()))).collect()
}

/// The rates of a call, as an application has them.
pub(crate) fn rates(call: &Call) -> Map<String, Value> {
    call.rates.iter().map(|rate| (rate.name.clone(), rate.value.clone().into())).collect()
}

/// More than any ceiling of a policy: a million million yuan.
const BEYOND_CEILINGS: Fen = Fen(100_000_000_000_000);

/// What a 决定额 could be at most: what its modifiers and limits leave of a decision beyond all of them.
fn ceiling(scheme: &Scheme, assessment: &Assessed, clause: &str) -> Result<Option<Fen>, String> {
    let mut application: Value = serde_json::from_str(&assessment.line).map_err(|why| why.to_string())?;
    if let Some(fields) = application.as_object_mut() {
        fields.insert("decisions".into(), json!({clause: BEYOND_CEILINGS.yuan()}));
    }
    let most = assessed(scheme, &application)?;
    let result = most.assessment.clauses.iter().find(|result| scheme.clause(result.clause).is_some_and(|c| c.id == clause));
    Ok(result.filter(|result| result.outcome == Outcome::Eligible).and_then(|result| result.amount))
}

/// Whether an authority decides on the amount of a clause, up to a ceiling or freely.
fn is_decided(scheme: &Scheme, clause: &str) -> bool {
    scheme.clauses.iter().any(|c| c.id == clause && matches!(c.give, Some(Give::UpTo(_) | Give::Decided(_))))
}

/// The word that a frequency or limit counts an earlier award by: the fact it names, or else the project.
fn counted_by(scheme: &Scheme, clause: &Clause, application: &Value, year: i32) -> Option<String> {
    let each = clause.frequency.as_ref().and_then(|frequency| frequency.each).or_else(|| clause.limits.iter().find_map(|limit| limit.each));
    let word = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if let Some(policy::scheme::Key::Fact(fact)) = each {
        let value = application.get("facts")?.get(&scheme.facts.get(fact.index())?.name)?;
        return word(value.get(year.to_string()).unwrap_or(value));
    }
    application.get("projects")?.get(&clause.id).and_then(word)
}

/// Assesses one application alone, with trace. Errors: what is wrong with it, in Chinese.
pub fn assessed(scheme: &Scheme, application: &Value) -> Result<Assessed, String> {
    let (read, errors) = read(scheme, &Raw::from(application), Defaults::default());
    let Some(read) = read else {
        return Err(errors.iter().map(|e| format!("{}：{}", e.field, e.message.zh)).collect::<Vec<_>>().join("；"));
    };
    let population = assess(scheme, std::slice::from_ref(&read), &AssessOptions { trace: true, clauses: None });
    let Some(assessment) = population.assessments.into_iter().next() else { return Err("没有结果".into()) };
    let view = View { scheme, pools: &population.pools, lang: Lang::Zh, trace: true };
    let result = serde_json::to_string(&line(view, &read, &assessment)).map_err(|e| e.to_string())?;
    Ok(Assessed { line: application.to_string(), result, application: read, assessment })
}

/// Computes a determination again from what is frozen in it. Errors: what comes out differently, in a few words.
pub fn repeat(scheme: &Scheme, determination: &Determination) -> Result<(), String> {
    if scheme.hash != determination.scheme_hash {
        return Err(format!("the policy version has hash {}, not {}", scheme.hash, determination.scheme_hash));
    }
    let again = assessed(scheme, &frozen(determination)?)?;
    if again.result == determination.assessment {
        return Ok(());
    }
    let at = again.result.bytes().zip(determination.assessment.bytes()).take_while(|(a, b)| a == b).count();
    Err(format!("the assessment differs from byte {at} on"))
}

fn frozen(determination: &Determination) -> Result<Value, String> {
    serde_json::from_str(&determination.application).map_err(|why| format!("the application cannot be read: {why}"))
}

/// The explanation of a clause of a determination, computed again from what is frozen in it, as text.
pub fn explained(scheme: &Scheme, determination: &Determination, clause: &str, lang: Lang) -> Result<String, String> {
    let again = assessed(scheme, &frozen(determination)?)?;
    let result = again.assessment.clauses.iter().find(|result| scheme.clause(result.clause).is_some_and(|c| c.id == clause));
    let result = result.ok_or_else(|| format!("there is no clause {clause}"))?;
    Ok(policy::explain::text(&policy::explain::of(scheme, &again.application, &again.assessment, result, lang)))
}
