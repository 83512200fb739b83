//! Evaluating: no data makes it fail; with and without a trace it is the same; amounts add up; what is filled in
//! changes nothing that was known; and every result can be explained in both languages.

use super::case::Case;
use super::people;
use super::random::Random;
use super::seeds;
use policy::application::{Application, FactValue};
use policy::assessment::{Assessment, ClauseResult, Outcome};
use policy::input::{Defaults, Raw, read};
use policy::scheme::Scheme;
use policy::{AssessOptions, Population, assess, compile, explain, reading, situation};
use values::{Fen, Lang};

/// Applications taken from the text of a case, and invented ones beside them.
const GIVEN_MAX: usize = 4;
const INVENTED: usize = 3;

/// The laws of evaluating.
pub fn holds(text: &str) {
    let case = Case::of(text);
    if let Some(place) = &case.place {
        let compiled = seeds::compiled(place);
        return judged(&case, compiled.scheme.as_ref().unwrap());
    }
    let compiled = compile(&case.sources());
    let report = situation::run(&compiled);
    for (_, told) in report.results.iter().flat_map(|r| &r.failures) {
        assert!(!told.zh.is_empty() && !told.en.is_empty(), "{told:?}");
    }
    let Some(scheme) = &compiled.scheme else { return };
    judged(&case, scheme);
    for (taken, other) in [(0, 0), (0, 1), (1, 0)] {
        if let Some(variant) = reading::variant(&case.sources(), &compiled, taken, other) {
            judged(&case, &variant);
        }
    }
}

fn judged(case: &Case, scheme: &Scheme) {
    let mut random = Random::new(case.seed());
    let mut applications: Vec<Application> =
        case.facts.lines().take(GIVEN_MAX).filter_map(|line| application(scheme, &Raw::from(&serde_json::from_str(line).ok()?))).collect();
    for raw in people::invented(scheme, &mut random, INVENTED) {
        applications.extend(application(scheme, &raw));
    }
    let traced = run(scheme, &applications, true);
    let plain = run(scheme, &applications, false);
    for ((a, b), app) in plain.assessments.iter().zip(&traced.assessments).zip(&applications) {
        same(a, b);
        adds_up(scheme, app, a);
    }
    assert_eq!(plain.pools, traced.pools, "pools, with and without a trace");
    for pool in &plain.pools {
        assert!(Fen(0) <= pool.given && pool.given <= pool.claims && pool.amount.is_none_or(|amount| pool.given <= amount), "{pool:?}");
    }
    alone(scheme, &applications, &plain, &mut random);
    refined(scheme, &applications, &plain, &mut random);
    explained(scheme, &applications, &traced);
}

fn run(scheme: &Scheme, applications: &[Application], trace: bool) -> Population {
    assess(scheme, applications, &AssessOptions { trace, clauses: None })
}

/// An application, unless it is refused: then with a reason in both languages.
fn application(scheme: &Scheme, raw: &Raw) -> Option<Application> {
    let (application, errors) = read(scheme, raw, Defaults { year: Some(2024), as_of: None });
    for error in &errors {
        for text in [&error.message, &error.help] {
            assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty(), "{error:?}");
        }
    }
    assert!(application.is_some() || !errors.is_empty(), "refused without a reason: {raw:?}");
    application
}

/// Everything but the trace.
fn key(result: &ClauseResult) -> String {
    let plain = ClauseResult { trace: None, ..result.clone() };
    format!("{plain:?}")
}

fn same(plain: &Assessment, traced: &Assessment) {
    assert_eq!(plain.clauses.len(), traced.clauses.len());
    for (a, b) in plain.clauses.iter().zip(&traced.clauses) {
        assert_eq!(key(a), key(b), "with and without a trace");
        assert!(a.trace.is_none());
    }
    assert_eq!((&plain.groups, &plain.recoveries, plain.total), (&traced.groups, &traced.recoveries, traced.total), "with and without a trace");
}

/// Amounts are not negative, awards are no more than what was worked out, and parts make the whole.
fn adds_up(scheme: &Scheme, app: &Application, assessment: &Assessment) {
    let mut total = Fen(0);
    for result in &assessment.clauses {
        let id = scheme.clause(result.clause).map(|c| &c.id);
        for amount in [result.amount, result.ceiling, result.awarded].into_iter().flatten() {
            assert!(amount >= Fen(0), "clause {id:?} of {}: {result:?}", app.id);
        }
        if let (Some(amount), Some(awarded)) = (result.amount, result.awarded) {
            assert!(awarded <= amount, "clause {id:?} of {}: {result:?}", app.id);
        }
        assert!(result.outcome == Outcome::Eligible || result.awarded.is_none_or(|a| a == Fen(0)), "clause {id:?} of {}: {result:?}", app.id);
        assert!(result.amount.is_none() || result.outcome != Outcome::Undetermined, "clause {id:?} of {}: {result:?}", app.id);
        assert!(
            result.outcome != Outcome::Undetermined || !result.missing.is_empty() || result.fault.is_some(),
            "clause {id:?} of {} is undetermined, and nothing is missing: {result:?}",
            app.id
        );
        if let Some(awarded) = result.awarded {
            total = total.checked_add(awarded).unwrap_or(Fen(i64::MAX));
            let parts = result.plan.iter().try_fold(Fen(0), |sum, part| sum.checked_add(part.1).ok());
            assert!(result.plan.is_empty() || parts == Some(awarded), "clause {id:?} of {}: {result:?}", app.id);
        }
    }
    assert_eq!(total, assessment.total, "total of {}", app.id);
    for recovery in &assessment.recoveries {
        assert!(recovery.due.is_none_or(|due| Fen(0) <= due && due <= recovery.paid), "{recovery:?}");
    }
}

/// Asking for one clause gives what asking for all of them gives.
fn alone(scheme: &Scheme, applications: &[Application], all: &Population, random: &mut Random) {
    if scheme.clauses.is_empty() {
        return;
    }
    let clause = scheme.order[random.below(scheme.order.len())];
    let one = assess(scheme, applications, &AssessOptions { trace: false, clauses: Some(vec![clause]) });
    for (a, b) in one.assessments.iter().zip(&all.assessments) {
        let wanted: Vec<String> = b.clauses.iter().filter(|r| r.clause == clause).map(key).collect();
        assert_eq!(a.clauses.iter().map(key).collect::<Vec<_>>(), wanted, "clause {clause:?} alone");
    }
}

/// The refinement law: what is known with less is known with more.
fn refined(scheme: &Scheme, applications: &[Application], full: &Population, random: &mut Random) {
    if applications.is_empty() {
        return;
    }
    let at = random.below(applications.len());
    let mut less = applications.to_vec();
    // The kind of applicant is tested where it is declared: declaring it may well refuse what stood before.
    for values in less[at].facts.iter_mut().skip(1) {
        values.retain(|_| !random.chance(20));
        for (_, value) in values {
            if let FactValue::List(records) = value {
                for field in records.iter_mut().flatten().filter(|_| random.chance(10)) {
                    *field = None;
                }
            }
        }
    }
    let before = run(scheme, &less, false);
    for (old, new) in before.assessments[at].clauses.iter().zip(&full.assessments[at].clauses) {
        let id = scheme.clause(old.clause).map(|c| &c.id);
        assert!(stands(old, new), "clause {id:?} of {}, once more is known\n  {old:?}\n  {new:?}", less[at].id);
    }
}

fn stands(old: &ClauseResult, new: &ClauseResult) -> bool {
    let refused = |r: &ClauseResult| matches!(r.outcome, Outcome::Ineligible | Outcome::Exhausted | Outcome::Barred);
    let given = |r: &ClauseResult| matches!(r.outcome, Outcome::Eligible | Outcome::Yielded);
    (!refused(old) || refused(new)) && (!given(old) || given(new) && (old.amount, old.ceiling, old.decided) == (new.amount, new.ceiling, new.decided))
}

fn explained(scheme: &Scheme, applications: &[Application], traced: &Population) {
    for (assessment, app) in traced.assessments.iter().zip(applications) {
        for result in &assessment.clauses {
            for lang in [Lang::Zh, Lang::En] {
                let explanation = explain::of(scheme, app, assessment, result, lang);
                assert!(!explanation.headline.is_empty(), "{result:?}");
                assert!(explain::text(&explanation).contains(&*explanation.headline), "{explanation:?}");
                assert!(!explain::html(&explanation).is_empty());
                serde_json::to_string(&explanation).unwrap();
            }
        }
    }
}
