//! The questions stop exactly when no answer matters, and every one of them is a fact of the clauses asked for.

use crate::fill::{Random, answer, rest, seeds};
use crate::{PLACES, application, cases, own, places, scheme};
use policy::application::{Application, Earlier, FactValue};
use policy::assessment::{ClauseResult, Outcome};
use policy::form::next_questions;
use policy::scheme::{ClauseId, Scheme};
use policy::{AssessOptions, assess};
use serde_json::json;
use values::{Date, Fen};

/// What an applicant cares about: whether something is given, how much, and whether it is still open for other reasons.
/// After groups too; which of several reasons for a refusal is named does not count.
fn result(scheme: &Scheme, app: &Application, clause: ClauseId) -> (&'static str, Option<Fen>, Option<Fen>) {
    let population = assess(scheme, std::slice::from_ref(app), &AssessOptions::default());
    let all = &population.assessments[0].clauses;
    let one: &ClauseResult = all.iter().find(|r| r.clause == clause).unwrap();
    let word = match one.outcome {
        Outcome::Barred | Outcome::Ineligible | Outcome::Exhausted => "refused",
        other => other.code(),
    };
    (word, one.amount, one.ceiling)
}

/// Answers questions one by one until none is left. Gives how many there were.
fn interview(scheme: &Scheme, app: &mut Application, clauses: &[ClauseId], random: &mut Random) -> usize {
    for count in 0..1000 {
        let questions = next_questions(scheme, app, clauses);
        let Some(first) = questions.first() else { return count };
        answer(scheme, app, &first.what.clone(), random);
    }
    panic!("the questions do not end");
}

#[test]
fn when_nothing_is_left_to_ask_no_further_fact_changes_a_result() {
    for place in PLACES {
        let scheme = scheme(place);
        let cases = cases(place, &scheme);
        let ids: Vec<ClauseId> = scheme.clause_ids().map(|(id, _)| id).collect();
        let (mut rounds, mut asked) = (0, 0);
        for seed in seeds(120) {
            let random = &mut Random(seed);
            let case = &cases[random.below(cases.len())];
            let mut app = Application::empty(format!("{place} seed {seed}"), 2024, Date::new(2024, 12, 31).unwrap(), scheme.facts.len());
            app.params.clone_from(&case.params);
            app.history.clone_from(&case.history);
            app.decisions.clone_from(&case.decisions);
            // Half of the facts of a worked case are known, so that deep branches are reached.
            if random.chance(60) {
                app.year = case.year;
                app.as_of = case.as_of;
                for (known, from) in app.facts.iter_mut().zip(&case.facts) {
                    if random.chance(60) {
                        known.clone_from(from);
                    }
                }
            }
            // The same project for all: groups bite.
            if random.chance(50) {
                app.projects = ids.iter().map(|c| (*c, "同一项目".to_owned())).collect();
            }
            let count = 1 + random.below(3);
            let wanted: Vec<ClauseId> = (0..count).map(|_| ids[random.below(ids.len())]).collect();
            asked += interview(&scheme, &mut app, &wanted, random);
            for _ in 0..6 {
                let mut full = app.clone();
                rest(&scheme, &mut full, random);
                for clause in &wanted {
                    let (before, after) = (result(&scheme, &app, *clause), result(&scheme, &full, *clause));
                    assert_eq!(before, after, "{place}, seed {seed}, clause {}: DUIXIAN_SEED={seed}", scheme.clause(*clause).unwrap().id);
                }
                rounds += 1;
            }
        }
        println!("{place}: {rounds} completions after {asked} questions, seeds 1.. printed on failure");
    }
}

#[test]
fn the_questions_stop_truly_for_every_example_of_the_reference() {
    let (mut rounds, mut asked) = (0, 0);
    for (name, scheme) in places::examples() {
        let ids: Vec<ClauseId> = scheme.clause_ids().map(|(id, _)| id).collect();
        let year = policy::analysis::Context::of(&scheme).year;
        for seed in seeds(8) {
            let random = &mut Random(seed);
            let mut app = Application::empty(format!("{name} seed {seed}"), year, Date::last_of_year(year).unwrap(), scheme.facts.len());
            if random.chance(40) {
                let clause = ids[random.below(ids.len())];
                app.history.push(Earlier { clause, year: year - i32::try_from(random.below(3)).unwrap(), amount: Fen(500_000), key: Some("甲".into()) });
            }
            if random.chance(50) {
                app.projects = ids.iter().map(|c| (*c, "同一项目".to_owned())).collect();
            }
            let wanted = vec![ids[random.below(ids.len())]];
            asked += interview(&scheme, &mut app, &wanted, random);
            for _ in 0..4 {
                let mut full = app.clone();
                rest(&scheme, &mut full, random);
                let (before, after) = (result(&scheme, &app, wanted[0]), result(&scheme, &full, wanted[0]));
                assert_eq!(before, after, "{name}, seed {seed}, clause {}: DUIXIAN_SEED={seed}", scheme.clause(wanted[0]).unwrap().id);
                rounds += 1;
            }
        }
    }
    println!("{rounds} completions after {asked} questions");
}

const HOUSE: &str = "\
政策 试「试」
事实
  合格    是否
  得奖    是否
  面积    平方米
  销售额  元 按年
条款 1「甲」
  对象  企业
  条件  合格
        任一
          得奖
          面积 达到 100平方米
  给予  销售额 的 1%，最高 5万元
  频次  每年
";

fn asked(scheme: &Scheme, facts: &serde_json::Value) -> Vec<String> {
    let app = application(scheme, &json!({"id": "1", "year": 2024, "applicant": {"kind": "企业"}, "facts": facts}));
    let questions = next_questions(scheme, &app, &[]);
    questions.iter().map(|q| policy::plain::missing(scheme, &q.what, values::Lang::Zh)).collect()
}

#[test]
fn what_decides_is_asked_before_what_only_measures() {
    let scheme = own(HOUSE);
    assert_eq!(asked(&scheme, &json!({})), ["合格", "得奖", "面积", "销售额"]);
}

#[test]
fn a_refusal_ends_the_questions() {
    let scheme = own(HOUSE);
    assert!(asked(&scheme, &json!({"合格": false})).is_empty());
    assert!(asked(&scheme, &json!({"得奖": false, "面积": "99.99"})).is_empty());
}

#[test]
fn an_alternative_that_holds_makes_the_other_needless() {
    let scheme = own(HOUSE);
    assert_eq!(asked(&scheme, &json!({"合格": true, "得奖": true})), ["销售额"]);
    assert!(asked(&scheme, &json!({"合格": true, "得奖": true, "销售额": 100})).is_empty());
}

#[test]
fn the_kind_of_applicant_is_asked_while_it_can_still_exclude() {
    let scheme = own(&HOUSE
        .replace("对象  企业\n", "对象  企业、机构\n")
        .replace("条款 1", "条款 0「乙」\n  对象  个体工商户\n  条件  合格\n  给予  1万元\n  频次  每年\n条款 1"));
    let mut app = Application::empty("1", 2024, Date::new(2024, 12, 31).unwrap(), scheme.facts.len());
    let first = &next_questions(&scheme, &app, &[])[0];
    assert_eq!(first.what, policy::assessment::Missing::Fact(scheme.kind_fact(), None, None));
    answer(&scheme, &mut app, &first.what.clone(), &mut Random(3));
    assert!(app.value(scheme.kind_fact(), policy::application::When { year: 2024, month: 0 }).is_some_and(|v| matches!(v, FactValue::Choice(_))));
}

#[test]
fn what_a_frequency_counts_by_decides_and_does_not_measure() {
    let rules = "政策 试「试」\n事实\n  店      文字\n  销售额  元 按年\n条款 1「一」\n  给予  销售额 的 10%\n  频次  每年，每个 店\n";
    let scheme = own(rules);
    let history = json!([{"clause": "1", "year": 2024, "amount": "1.00", "key": "东店"}]);
    let app = application(&scheme, &json!({"id": "1", "year": 2024, "facts": {"销售额": "100"}, "history": history}));
    let questions = next_questions(&scheme, &app, &[]);
    let reasons: Vec<String> = questions.iter().map(|q| q.reason(&scheme).zh).collect();
    assert_eq!(reasons, ["条件：决定 1 符不符合"]);
}
