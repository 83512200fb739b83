//! The two founding policies and the sample: they compile, their situations hold, and the worked cases come out to the fen.
//! `cases.jsonl` is the shared contract; `thresholds.jsonl` and `rank.jsonl` were written from the quoted words by
//! somebody who had not seen the rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod readings;
mod worth;

use policy::application::Application;
use policy::assessment::{ClauseResult, Outcome};
use policy::input::{Defaults, Raw, read};
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use policy::{AssessOptions, Compiled, assess, compile};
use std::path::PathBuf;
use values::Fen;

const PLACES: [&str; 3] = ["qianjiang", "jiulongpo", "sample"];

fn folder(place: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(place)
}

fn sources(place: &str) -> Sources {
    let file = |name: &str| SourceFile { name: name.into(), text: std::fs::read_to_string(folder(place).join(name)).unwrap() };
    Sources { files: vec![file("policy.md"), file("situations.md")], official: Some(std::fs::read_to_string(folder(place).join("official.txt")).unwrap()) }
}

fn compiled(place: &str) -> Compiled {
    compile(&sources(place))
}

fn scheme(place: &str) -> Scheme {
    compiled(place).scheme.expect("the policy compiles")
}

fn lines(place: &str, file: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder(place).join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn application(scheme: &Scheme, value: &serde_json::Value) -> Application {
    let (app, errors) = read(scheme, &Raw::from(value), Defaults::default());
    app.unwrap_or_else(|| panic!("{value}: {errors:?}"))
}

fn result<'a>(scheme: &Scheme, clauses: &'a [ClauseResult], id: &str) -> &'a ClauseResult {
    let id = scheme.clause_named(id).unwrap();
    clauses.iter().find(|r| r.clause == id).unwrap()
}

/// The amount that a case format line would say: what is payable, or nothing.
fn payable(result: &ClauseResult) -> Option<String> {
    matches!(result.outcome, Outcome::Eligible | Outcome::Yielded).then(|| result.amount.unwrap_or(Fen(0)).yuan())
}

fn expected(case: &serde_json::Value) -> Option<String> {
    case["expected"].as_str().map(String::from)
}

#[test]
fn every_policy_compiles_without_a_word_to_say() {
    for place in PLACES {
        let compiled = compiled(place);
        assert!(compiled.diagnostics.is_empty(), "{place}: {:?}", compiled.diagnostics);
        assert!(compiled.scheme.is_some());
    }
}

#[test]
fn every_situation_holds_and_every_branch_is_tried() {
    for place in PLACES {
        let report = policy::situation::run(&compiled(place));
        let failed: Vec<_> = report.results.iter().filter(|r| !r.passed).collect();
        assert!(failed.is_empty(), "{place}: {failed:?}");
        assert!(report.unexercised.is_empty(), "{place}: {:?}", report.unexercised);
        assert!(report.clauses.iter().all(|(_, count)| *count > 0), "{place}: {:?}", report.clauses);
    }
}

#[test]
fn the_shared_cases_and_the_thresholds_come_out_to_the_fen() {
    for place in PLACES {
        let scheme = scheme(place);
        let mut wrong = Vec::new();
        for file in ["cases.jsonl", "thresholds.jsonl"].into_iter().filter(|file| folder(place).join(file).exists()) {
            for case in lines(place, file) {
                let app = application(&scheme, &case);
                let population = assess(&scheme, std::slice::from_ref(&app), &AssessOptions::default());
                let result = result(&scheme, &population.assessments[0].clauses, case["clause"].as_str().unwrap());
                if payable(result) != expected(&case) || result.outcome == Outcome::Undetermined {
                    wrong.push(format!(
                        "{file} {}: {:?} {:?} instead of {:?} {:?} {}",
                        case["id"],
                        result.outcome,
                        payable(result),
                        expected(&case),
                        result.missing,
                        case["why"]
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{place}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_ranking_of_a_festival_comes_out_over_its_whole_population() {
    let scheme = scheme("qianjiang");
    let cases = lines("qianjiang", "rank.jsonl");
    let apps: Vec<Application> = cases.iter().map(|case| application(&scheme, case)).collect();
    let population = assess(&scheme, &apps, &AssessOptions::default());
    for (case, assessment) in cases.iter().zip(&population.assessments) {
        let found = assessment.clauses.iter().find(|r| Some(r.clause) == scheme.clause_named("1.3")).and_then(payable);
        assert_eq!(found, expected(case), "{}: {}", case["id"], case["why"]);
    }
}

/// Filling in a missing fact never changes a known amount and never turns a refusal into an award: seen from the
/// other side, leaving a fact out gives the same result or an undetermined one.
#[test]
fn leaving_out_any_one_fact_gives_the_same_or_undetermined() {
    for place in PLACES {
        let scheme = scheme(place);
        for case in lines(place, "cases.jsonl") {
            let app = application(&scheme, &case);
            let id = case["clause"].as_str().unwrap();
            let whole = assess(&scheme, std::slice::from_ref(&app), &AssessOptions::default());
            let whole = result(&scheme, &whole.assessments[0].clauses, id);
            for fact in 0..app.facts.len() {
                if app.facts[fact].is_empty() {
                    continue;
                }
                let mut less = app.clone();
                less.facts[fact].clear();
                let population = assess(&scheme, &[less], &AssessOptions::default());
                let found = result(&scheme, &population.assessments[0].clauses, id);
                let same = (found.outcome, found.amount) == (whole.outcome, whole.amount);
                assert!(same || found.outcome == Outcome::Undetermined, "{} without {}: {:?}", case["id"], scheme.facts[fact].name, found.outcome);
                assert!(found.outcome != Outcome::Undetermined || !found.missing.is_empty(), "{}: nothing is said to be missing", case["id"]);
            }
        }
    }
}

#[test]
fn a_trace_changes_no_result() {
    for place in PLACES {
        let scheme = scheme(place);
        for case in lines(place, "cases.jsonl") {
            let app = application(&scheme, &case);
            let plain = assess(&scheme, std::slice::from_ref(&app), &AssessOptions::default());
            let traced = assess(&scheme, std::slice::from_ref(&app), &AssessOptions { trace: true, clauses: None });
            for (a, b) in plain.assessments[0].clauses.iter().zip(&traced.assessments[0].clauses) {
                assert_eq!((a.outcome, a.amount, a.ceiling, a.awarded), (b.outcome, b.amount, b.ceiling, b.awarded));
            }
        }
    }
}

#[test]
fn each_policy_names_its_targets_units_and_dates() {
    let qianjiang = scheme("qianjiang");
    assert_eq!(qianjiang.clauses.len(), 21);
    assert_eq!(qianjiang.policy.comment_period, Some((30, true)));
    assert_eq!(qianjiang.policy.in_force_after_days, Some(30));
    assert!(qianjiang.clauses.iter().all(|c| !c.lead.is_empty()), "every clause of 黔江 names its lead unit");
    assert!(qianjiang.targets.len() >= 11);
    let words = policy::plain::overview(&qianjiang, &values::WorkCalendar::china().clone(), None, values::Lang::Zh);
    assert!(words.contains("2023-09-22"), "30 working days from 2023-08-11: {words}");
    let jiulongpo = scheme("jiulongpo");
    assert_eq!(jiulongpo.clauses.len(), 12);
    assert_eq!(jiulongpo.targets.len(), 7);
}
