//! The parallel run: last year computed again, each difference with the step in which it arises.

use crate::district::{example, policy_files};
use casework::id::PolicyVersionId;
use casework::policy_version::PolicyVersion;
use office::Loaded;
use office::parallel_run::{Difference, Parting, PastCase, run};
use serde_json::{Value, json};
use values::{Fen, Lang};

fn loaded() -> Loaded {
    let (files, official) = policy_files("qianjiang");
    let id = PolicyVersionId::parse("qianjiang-2023").unwrap();
    office::compile(&PolicyVersion { id, scheme_hash: String::new(), files, official }).unwrap()
}

/// The firm of the fifth example: 1.1 gives 500,000.00 (1% of 63.5 million, capped), 8.1 gives 1,437,236.27.
fn firm(change: impl Fn(&mut Value)) -> Value {
    let mut application = example(5, "past");
    application["rates"] = json!({"USD": "7.1884"});
    change(&mut application);
    application
}

fn past(row: u32, application: Value, paid: &[(&str, i64)]) -> PastCase {
    PastCase { row, application, paid: paid.iter().map(|(clause, fen)| ((*clause).to_owned(), Fen(*fen))).collect() }
}

/// The differences of one case, told in Chinese.
fn differences(application: Value, paid: &[(&str, i64)]) -> Vec<Difference> {
    run(&loaded(), &[past(1, application, paid)], Lang::Zh).differences
}

fn told(difference: &Difference) -> (&str, i64, Option<i64>, Parting, &str) {
    (&difference.clause, difference.paid_fen, difference.computed_fen, difference.parting, &difference.why[0])
}

const RIGHT: [(&str, i64); 2] = [("1.1", 50_000_000), ("8.1", 143_723_627)];

#[test]
fn what_was_paid_as_the_rules_give_is_the_same_to_the_fen() {
    let report = run(&loaded(), &[past(1, firm(|_| ()), &RIGHT)], Lang::Zh);
    assert_eq!((report.same, report.differences), (2, Vec::new()));
    let one_fen = differences(firm(|_| ()), &[("1.1", 50_000_001), RIGHT[1]]);
    assert_eq!(one_fen.len(), 1);
}

#[test]
fn a_payment_above_the_cap_is_traced_to_the_step_before_the_cap() {
    let found = differences(firm(|_| ()), &[("1.1", 63_500_000), RIGHT[1]]);
    assert_eq!(told(&found[0]), ("1.1", 63_500_000, Some(50_000_000), Parting::Cap, "已拨付的正是「品牌年销售额 的 1%」一步的结果，其后的步骤未计"));
    assert!(found[0].why.iter().any(|line| line == "最高 50万元：500,000.00元"), "{:?}", found[0].why);
}

#[test]
fn a_condition_that_failed_says_by_how_much() {
    let found = differences(firm(|a| a["facts"]["品牌年销售额"] = json!("18800000")), &[("1.1", 18_800_000), RIGHT[1]]);
    assert_eq!(told(&found[0]), ("1.1", 18_800_000, Some(0), Parting::Condition, "品牌年销售额 达到 2000万元：18,800,000.00元，差 1,200,000.00元"));
}

#[test]
fn a_missing_fact_is_named() {
    let found = differences(
        firm(|a| {
            a["facts"].as_object_mut().unwrap().remove("品牌年销售额");
        }),
        &RIGHT,
    );
    assert_eq!(told(&found[0]), ("1.1", 50_000_000, None, Parting::MissingFact, "品牌年销售额"));
}

#[test]
fn what_was_given_before_is_found_in_the_history() {
    let history = json!([{"clause": "1.1", "year": 2023, "amount": "100000.00"}]);
    let found = differences(firm(|a| a["history"] = history.clone()), &RIGHT);
    assert_eq!((found[0].clause.as_str(), found[0].computed_fen, found[0].parting), ("1.1", Some(0), Parting::History));
    assert!(found[0].why[0].contains("往年已得：2023年 100,000.00元"), "{:?}", found[0].why);
}

#[test]
fn two_awards_for_one_project_are_found_in_their_group() {
    let found = differences(firm(|a| a["projects"] = json!({"1.1": "出海", "8.1": "出海"})), &RIGHT);
    assert_eq!((found[0].clause.as_str(), found[0].computed_fen, found[0].parting), ("1.1", Some(0), Parting::Group));
    assert!(found[0].why.iter().any(|line| line.contains("让位于 8.1")), "{:?}", found[0].why);
    assert_eq!(found.len(), 1);
}

#[test]
fn what_was_paid_although_the_pool_did_not_suffice_is_found_in_the_pool() {
    // Eight such firms ask for more than the ten million of the year.
    let cases: Vec<PastCase> = (1..=8).map(|row| past(row, firm(|a| a["id"] = json!(format!("past{row}"))), &RIGHT)).collect();
    let report = run(&loaded(), &cases, Lang::Zh);
    assert_eq!((report.same, report.differences.len()), (0, 16));
    assert!(report.differences.iter().all(|difference| difference.parting == Parting::Pool), "{:?}", report.differences);
    let sum: i64 = report.differences.iter().filter_map(|difference| difference.computed_fen).sum();
    assert_eq!(sum, 1_000_000_000, "the whole pool to the fen");
    assert!(report.differences[0].why.iter().any(|line| line.starts_with("「年度总额」不足，减 ")), "{:?}", report.differences[0].why);
}

#[test]
fn what_nobody_paid_and_what_no_clause_gives_are_both_told() {
    let found = differences(firm(|_| ()), &[("1.1", 50_000_000), ("3.9", 7)]);
    let short: Vec<_> = found.iter().map(|d| (d.clause.as_str(), d.paid_fen, d.computed_fen, d.parting)).collect();
    assert_eq!(short, [("3.9", 7, None, Parting::Clause), ("8.1", 0, Some(143_723_627), Parting::NotPaid)]);
}

#[test]
fn an_application_that_cannot_be_read_says_which_part() {
    let found = differences(firm(|a| a["facts"]["品牌年销售额"] = json!("很多")), &RIGHT);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|d| d.parting == Parting::Application && d.why[0].starts_with("facts.品牌年销售额")), "{found:?}");
}

#[test]
fn rows_come_in_their_order_with_the_row_of_the_list() {
    let cases = [past(9, firm(|_| ()), &[("8.1", 1), ("1.1", 1)]), past(3, firm(|a| a["id"] = json!("other")), &[("8.1", 1), ("1.1", 1)])];
    let report = run(&loaded(), &cases, Lang::En);
    let rows: Vec<_> = report.differences.iter().map(|d| (d.row, d.clause.as_str())).collect();
    assert_eq!(rows, [(3, "1.1"), (3, "8.1"), (9, "1.1"), (9, "8.1")]);
}
