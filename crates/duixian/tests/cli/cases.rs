//! Every worked case of the policies, through the program.

use crate::{assess, file, folder, objects};
use serde_json::Value;

/// Runs cases as one file and compares the amount of each.
fn agree(policy: &str, name: &str, cases: &[Value]) {
    let text: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let facts = file(&folder(&format!("cases-{policy}-{name}")), "cases.jsonl", text);
    let (run, lines) = assess(policy, &facts, &["--no-trace"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(lines.len(), cases.len());
    let mut wrong = Vec::new();
    for (case, line) in cases.iter().zip(&lines) {
        assert_eq!(case["application"]["id"], line["id"]);
        let result = line["clauses"].as_array().unwrap().iter().find(|c| c["clause"] == case["clause"]);
        let Some(result) = result else {
            assert_eq!(case["application"]["rank_only"], true, "{case}");
            assert_eq!(case["expected"], Value::Null, "{case}");
            continue;
        };
        let refused = ["ineligible", "barred", "exhausted"].contains(&result["outcome"].as_str().unwrap());
        // 1.3 states no amount: without a decision it stays open.
        let open = case["clause"] == "1.3" && result["outcome"] == "undetermined";
        let right = result["amount"] == case["expected"] && (case["expected"] != Value::Null || refused || open);
        if !right {
            wrong.push(format!("{}: expected {}, got {} {}", case["id"], case["expected"], result["amount"], result["outcome"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Cases of one file are strangers to each other: those of a ranked clause run one by one.
fn agree_each(policy: &str, name: &str) {
    let cases = objects(&format!("policies/{policy}/{name}.jsonl"));
    let (ranked, plain): (Vec<Value>, Vec<Value>) = cases.into_iter().partition(|c| policy == "qianjiang" && c["clause"] == "1.3");
    agree(policy, name, &plain);
    for (at, case) in ranked.iter().enumerate() {
        agree(policy, &format!("{name}-{at}"), std::slice::from_ref(case));
    }
}

#[test]
fn the_worked_cases_of_qianjiang_come_out() {
    agree_each("qianjiang", "cases");
}

#[test]
fn the_worked_cases_of_jiulongpo_come_out() {
    agree_each("jiulongpo", "cases");
}

#[test]
fn the_worked_cases_of_the_sample_come_out() {
    agree_each("sample", "cases");
}

#[test]
fn every_threshold_of_qianjiang_comes_out_on_both_sides() {
    agree_each("qianjiang", "thresholds");
}

#[test]
fn every_threshold_of_jiulongpo_comes_out_on_both_sides() {
    agree_each("jiulongpo", "thresholds");
}

#[test]
fn the_ranking_of_qianjiang_comes_out_over_its_file() {
    agree("qianjiang", "rank", &objects("policies/qianjiang/rank.jsonl"));
}

#[test]
fn the_examples_run_and_their_totals_add_up() {
    for (policy, facts) in [
        ("qianjiang", "examples/qianjiang.jsonl"),
        ("jiulongpo", "examples/jiulongpo.jsonl"),
        ("sample", "examples/sample.jsonl"),
        ("qianjiang", "examples/qianjiang.csv"),
    ] {
        let (run, lines) = assess(policy, facts, &["--no-trace"]);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(!lines.is_empty());
        for line in lines {
            let sum: i128 = line["awarded"].as_array().unwrap().iter().map(|a| fen(&a["amount"])).sum();
            assert_eq!(sum, fen(&line["total"]), "{}", line["id"]);
        }
    }
}

/// Fen of an amount as it is written: always two decimals.
fn fen(amount: &Value) -> i128 {
    let text = amount.as_str().unwrap();
    let (yuan, fen) = text.split_once('.').unwrap();
    assert_eq!(fen.len(), 2, "{text}");
    format!("{yuan}{fen}").parse().unwrap()
}
