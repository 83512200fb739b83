//! Both evaluators on one file of applicants, and where they differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use policy::application::{Application, Earlier, Elsewhere, FactValue, When};
use policy::assessment::{ClauseResult, Missing as EngineMissing, Outcome};
use policy::scheme::{FactId, FactType, ParamId, Scheme};
use policy::syntax::parse::Parsed;
use policy::{AssessOptions, Population, assess};
use values::{Fen, Rational};

use crate::naive::clause::{Word, plan};
use crate::naive::person::{Given, Person};
use crate::naive::share::{Final, Report};
use crate::naive::value::{Miss, Missing, Q};
use crate::naive::{KIND, Rule, World};

fn rational(value: &Q) -> Rational {
    Rational::new(value.numer().to_i128().unwrap(), value.denom().to_i128().unwrap()).unwrap()
}

/// Fen of a small amount.
pub fn fen(value: &BigInt) -> Fen {
    Fen(value.to_i64().unwrap())
}

fn fact_value(ty: &FactType, given: &Given) -> FactValue {
    match (given, ty) {
        (Given::YesNo(yes), _) => FactValue::YesNo(*yes),
        (Given::Number(number), _) => FactValue::Number(rational(number)),
        (Given::Date(date), _) => FactValue::Date(*date),
        (Given::Year(year), _) => FactValue::Year(*year),
        (Given::Choice(word), FactType::Choice(words)) => FactValue::Choice(u16::try_from(words.iter().position(|w| w == word).unwrap()).unwrap()),
        (Given::Text(text), _) => FactValue::Text(text.clone()),
        (Given::List(records), FactType::List { fields, .. }) => {
            FactValue::List(records.iter().map(|record| fields.iter().map(|f| record.get(&f.name).map(|value| fact_value(&f.ty, value))).collect()).collect())
        }
        other => panic!("{other:?}"),
    }
}

/// The same applicant, by positions of the scheme.
pub fn application(scheme: &Scheme, person: &Person) -> Application {
    let mut app = Application::empty(person.id.clone(), person.year, person.as_of, scheme.facts.len());
    let clause = |id: &str| scheme.clause_named(id).unwrap();
    let id = |name: &str| scheme.fact_named(name).unwrap_or_else(|| panic!("no fact {name}"));
    app.rank_only = person.rank_only;
    if let Some(kind) = &person.kind {
        let when = When { year: person.year, month: 0 };
        let value = fact_value(&scheme.fact(id(KIND)).unwrap().ty, &Given::Choice(kind.clone()));
        app.set(id(KIND), when, value);
    }
    for ((name, year, month), given) in &person.facts {
        let fact = id(name);
        let value = fact_value(&scheme.fact(fact).unwrap().ty, given);
        app.set(fact, When { year: *year, month: *month }, value);
    }
    for past in &person.history {
        let entry = Earlier { clause: clause(&past.clause), year: past.year, amount: fen(&past.amount), key: past.key.clone() };
        app.history.push(entry);
    }
    app.decisions = person.decisions.iter().map(|(of, amount)| (clause(of), fen(amount))).collect();
    for (name, value) in &person.params {
        let at = scheme.params.iter().position(|param| param.name == *name).unwrap();
        app.params.push((ParamId(u32::try_from(at).unwrap()), rational(value)));
    }
    app.projects = person.projects.iter().map(|(of, name)| (clause(of), name.clone())).collect();
    for (number, other) in person.elsewhere.iter().enumerate() {
        app.elsewhere.push(Elsewhere { name: format!("他处{number}"), amount: fen(&other.amount), project: other.project.clone(), kind: other.kind.clone() });
    }
    app.places = person.places.iter().map(|(of, place)| (clause(of), *place)).collect();
    for (group, of) in &person.choices {
        let at = scheme.groups.iter().position(|g| g.name == *group).unwrap();
        app.choices.push((u32::try_from(at).unwrap(), clause(of)));
    }
    app
}

/// The real evaluator's results.
pub fn real(scheme: &Scheme, people: &[Person]) -> Population {
    let applications: Vec<Application> = people.iter().map(|person| application(scheme, person)).collect();
    assess(scheme, &applications, &AssessOptions::default())
}

fn word(outcome: Outcome) -> Word {
    match outcome {
        Outcome::Eligible => Word::Eligible,
        Outcome::Ineligible => Word::Ineligible,
        Outcome::Undetermined => Word::Undetermined,
        Outcome::Exhausted => Word::Exhausted,
        Outcome::Yielded => Word::Yielded,
        Outcome::Barred => Word::Barred,
    }
}

/// What the real evaluator misses, by name.
fn named(scheme: &Scheme, person: &Person, missing: &EngineMissing) -> Miss {
    let fact = |id: FactId| scheme.fact(id).unwrap().name.clone();
    let clause = |id| scheme.clause(id).map(|c| c.id.clone()).unwrap();
    match missing {
        EngineMissing::Fact(id, year, month) => Miss::Fact(fact(*id), year.unwrap_or(person.year), month.unwrap_or(0)),
        EngineMissing::Field(id, field, record) => match &scheme.fact(*id).unwrap().ty {
            FactType::List { fields, .. } => Miss::Field(fact(*id), fields[usize::from(*field)].name.clone(), usize::try_from(*record).unwrap()),
            other => panic!("{other:?}"),
        },
        EngineMissing::Param(id, year) => {
            let name = scheme.params[id.index()].name.clone();
            Miss::Param(name, year.unwrap_or(person.year))
        }
        EngineMissing::Decision(id) => Miss::Decision(clause(*id)),
        EngineMissing::Place(id) => Miss::Place(clause(*id)),
        EngineMissing::HistoryKey(id, year) => Miss::HistoryKey(clause(*id), *year),
        EngineMissing::Project(id) => Miss::Project(clause(*id)),
        EngineMissing::AmountPaid => Miss::AmountPaid,
        EngineMissing::Reading(at) => panic!("reading {at} is open"),
    }
}

/// How two results of a clause differ, if they do.
fn clause_difference(scheme: &Scheme, rule: &Rule<'_>, person: &Person, ours: &Final, theirs: &ClauseResult) -> Option<String> {
    let verdict = &ours.verdict;
    let amount = |fen: Fen| BigInt::from(fen.0);
    let mut wrong = Vec::new();
    if ours.word != word(theirs.outcome) {
        wrong.push("outcome");
    }
    if verdict.amount != theirs.amount.map(amount) {
        wrong.push("amount");
    }
    if verdict.ceiling != theirs.ceiling.map(amount) {
        wrong.push("ceiling");
    }
    if verdict.word == Word::Eligible && verdict.decided != theirs.decided {
        wrong.push("decided");
    }
    if verdict.place != theirs.place {
        wrong.push("place");
    }
    if ours.awarded != theirs.awarded.map(amount) {
        wrong.push("awarded");
    }
    let missing: Missing = theirs.missing.iter().map(|missing| named(scheme, person, missing)).collect();
    if ours.word == Word::Undetermined {
        let faulty = verdict.missing.contains(&Miss::Fault);
        let plain: BTreeSet<&Miss> = verdict.missing.iter().filter(|miss| **miss != Miss::Fault).collect();
        let told: BTreeSet<&Miss> = missing.iter().collect();
        let thinkable: BTreeSet<&Miss> = plain.iter().copied().chain(&verdict.later).collect();
        // Where both tell of a fault, that is the reason, and either may name what else is not known.
        let both_faulty = faulty && theirs.fault.is_some();
        if !both_faulty && !plain.is_subset(&told) || !faulty && !told.is_subset(&thinkable) {
            wrong.push("missing");
        }
        // A fault is told of where it is the only reason; that of another clause this one names need not be.
        if plain.is_empty() && theirs.fault.is_some() && !faulty {
            wrong.push("fault");
        }
    }
    if let Some(award) = &ours.awarded
        && award.is_positive()
    {
        let theirs: Vec<(i32, BigInt)> = theirs.plan.iter().map(|(year, part, _)| (*year, amount(*part))).collect();
        if plan(rule, person.year, award) != theirs {
            wrong.push("plan");
        }
    }
    if wrong.is_empty() {
        return None;
    }
    let id = &scheme.clause(theirs.clause).unwrap().id;
    Some(format!(
        "clause {id} of {}: {}\n  naive {ours:?}\n  real  outcome {:?} amount {:?} ceiling {:?} decided {} place {:?} awarded {:?} fault {:?} missing {missing:?} marks {:?} plan {:?}",
        person.id,
        wrong.join(", "),
        theirs.outcome,
        theirs.amount,
        theirs.ceiling,
        theirs.decided,
        theirs.place,
        theirs.awarded,
        theirs.fault,
        theirs.marks,
        theirs.plan
    ))
}

/// Every difference between the two.
fn differences(scheme: &Scheme, world: &World<'_>, people: &[Person], ours: &Report, theirs: &Population) -> Vec<String> {
    let mut found = Vec::new();
    for (at, person) in people.iter().enumerate() {
        let assessment = &theirs.assessments[at];
        if person.rank_only {
            if !assessment.clauses.is_empty() || assessment.total != Fen(0) {
                found.push(format!("{} is only ranked, but has results", person.id));
            }
            continue;
        }
        for ((clause, rule), result) in ours.finals[at].iter().zip(&world.rules).zip(&assessment.clauses) {
            found.extend(clause_difference(scheme, rule, person, clause, result));
        }
        let total = ours.total(at);
        if total != BigInt::from(assessment.total.0) {
            found.push(format!("total of {}: naive {total}, real {:?}", person.id, assessment.total));
        }
        let recoveries: Vec<_> = assessment
            .recoveries
            .iter()
            .map(|r| {
                let due = r.due.map(|due| BigInt::from(due.0));
                (r.rule as usize, r.clause.index(), r.year, BigInt::from(r.paid.0), due)
            })
            .collect();
        if recoveries != ours.recoveries[at] {
            found.push(format!("recoveries of {}:\n  naive {:?}\n  real  {recoveries:?}", person.id, ours.recoveries[at]));
        }
    }
    found
}

/// Differences of the pools.
fn pool_differences(scheme: &Scheme, world: &World<'_>, ours: &Report, theirs: &Population) -> Vec<String> {
    let mut found = Vec::new();
    for ((index, year), (amount, claims, given)) in &ours.pools {
        let name = &world.pools[*index].0.name.text;
        let real = theirs.pools.iter().find(|p| scheme.pools[p.pool as usize].name == *name && p.year == *year);
        let big = |fen: Fen| BigInt::from(fen.0);
        let same = match real {
            Some(real) => real.amount.map(big) == *amount && big(real.claims) == *claims && big(real.given) == *given,
            None => claims.is_zero(),
        };
        if !same {
            found.push(format!("pool {name} {year}: naive {amount:?} {claims} {given}, real {real:?}"));
        }
    }
    found
}

/// How often each thing happened, so that a test can tell that it tested something.
pub type Tally = BTreeMap<&'static str, usize>;

fn count(report: &Report, tally: &mut Tally) {
    for last in report.finals.iter().flatten() {
        let amount = last.verdict.amount.clone().unwrap_or_default();
        let mut note = |what: &'static str, so: bool| *tally.entry(what).or_default() += usize::from(so);
        note("eligible", last.word == Word::Eligible);
        note("ineligible", last.word == Word::Ineligible);
        note("undetermined", last.word == Word::Undetermined);
        note("exhausted", last.word == Word::Exhausted);
        note("yielded", last.word == Word::Yielded);
        note("barred", last.word == Word::Barred);
        note("an amount above zero", !amount.is_zero());
        note("a ceiling", last.verdict.ceiling.is_some());
        note("a place", last.verdict.place.is_some());
        note("an award that was cut", last.awarded.as_ref().is_some_and(|awarded| *awarded < amount));
        note("a fault", last.verdict.missing.contains(&Miss::Fault));
    }
    for (amount, claims, _) in report.pools.values() {
        *tally.entry("a pool that does not suffice").or_default() += usize::from(amount.as_ref().is_some_and(|a| a < claims));
    }
    *tally.entry("a recovery").or_default() += report.recoveries.iter().flatten().count();
}

/// Runs both and says where they differ.
pub fn run(parsed: &Parsed, scheme: &Scheme, people: &[Person], tally: &mut Tally) -> Vec<String> {
    let world = World::new(parsed, people);
    let ours = world.run();
    count(&ours, tally);
    let theirs = real(scheme, people);
    let mut found = differences(scheme, &world, people, &ours, &theirs);
    found.extend(pool_differences(scheme, &world, &ours, &theirs));
    found
}

/// Everything needed to see a failure again.
pub fn story(seed: u64, source: &str, people: &[Person], found: &[String]) -> String {
    let mut text = format!("DUIXIAN_SEED={seed} DUIXIAN_CASES=1\n{source}\n");
    for person in people.iter().filter(|person| found.iter().any(|f| f.contains(&person.id))) {
        let _ = writeln!(text, "{} {} as of {} kind {:?} rank only {}", person.id, person.year, person.as_of, person.kind, person.rank_only);
        for ((name, year, month), given) in &person.facts {
            let _ = writeln!(text, "  {name} {year}/{month} {given:?}");
        }
        let _ = writeln!(text, "  history {:?}\n  decisions {:?}\n  params {:?}", person.history, person.decisions, person.params);
        let _ = writeln!(text, "  projects {:?}\n  elsewhere {:?}\n  choices {:?}", person.projects, person.elsewhere, person.choices);
    }
    text + &found.join("\n")
}
