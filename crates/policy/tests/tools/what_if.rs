//! Every change told gives what is said, and one smallest unit less does not.

use crate::fill::{Random, rest, seeds};
use crate::{PLACES, application, cases, own, places, scheme};
use policy::analysis::Context;
use policy::application::{Application, FactValue};
use policy::assessment::Outcome;
use policy::scheme::{FactType, Scheme};
use policy::what_if::{Change, Place, changed, changes, gap_words, then_words};
use policy::{AssessOptions, assess};
use serde_json::json;
use values::{Date, Fen, Lang, Rational};

fn given(scheme: &Scheme, app: &Application, change: &Change) -> (Outcome, Option<Fen>) {
    let population = assess(scheme, std::slice::from_ref(app), &AssessOptions::default());
    let result = population.assessments[0].clauses.iter().find(|r| r.clause == change.clause).unwrap();
    (result.outcome, result.amount)
}

/// One smallest step back from what is needed towards what is.
fn one_less(scheme: &Scheme, change: &Change) -> Option<FactValue> {
    let (FactValue::Number(now), FactValue::Number(needed)) = (&change.current, &change.needed) else { return None };
    let ty = match change.place {
        Place::Fact(fact, _) => scheme.fact(fact)?.ty.clone(),
        Place::Field(list, field, _) => match &scheme.fact(list)?.ty {
            FactType::List { fields, .. } => fields[usize::from(field)].ty.clone(),
            _ => return None,
        },
        Place::AsOf => return None,
    };
    let FactType::Number { unit, scale, whole, .. } = ty else { return None };
    let unit = scheme.unit(unit);
    let step = if unit.is_none() {
        Rational::new(1, 10_000).unwrap()
    } else if unit.money().is_some() {
        Rational::ONE
    } else if whole {
        scale
    } else {
        scale.checked_div(Rational::from_int(100)).unwrap()
    };
    let back = if needed > now { needed.checked_sub(step) } else { needed.checked_add(step) }.unwrap();
    (back >= Rational::ZERO && back != *now).then_some(FactValue::Number(back))
}

#[test]
fn every_change_told_is_what_the_evaluator_gives_and_is_the_smallest() {
    let mut subjects: Vec<(String, Scheme, Vec<Application>)> = Vec::new();
    for place in PLACES {
        let scheme = scheme(place);
        let cases = cases(place, &scheme);
        subjects.push((place.to_owned(), scheme, cases));
    }
    subjects.extend(places::examples().into_iter().map(|(name, scheme)| (name, scheme, Vec::new())));
    let mut total = 0;
    for (place, scheme, mut all) in subjects {
        let (mut told, mut helps) = (0, 0);
        let year = Context::of(&scheme).year;
        for seed in seeds(if all.is_empty() { 12 } else { 60 }) {
            let mut app = Application::empty(format!("seed {seed}"), year, Date::last_of_year(year).unwrap(), scheme.facts.len());
            rest(&scheme, &mut app, &mut Random(seed));
            all.push(app);
        }
        for app in &all {
            for change in changes(&scheme, app, &[]) {
                let then = given(&scheme, &changed(app, change.place, &change.needed), &change);
                let id = &scheme.clause(change.clause).unwrap().id;
                assert_eq!(then, (change.then.outcome, change.then.amount), "{place} {} {id}", app.id);
                if change.helps()
                    && let Some(less) = one_less(&scheme, &change)
                {
                    let short = given(&scheme, &changed(app, change.place, &less), &change);
                    let better = short.0 == Outcome::Eligible && short.1 >= change.then.amount;
                    assert!(!better, "{place} {} {id}: less would do: {change:?}", app.id);
                }
                told += 1;
                helps += usize::from(change.helps());
            }
        }
        total += helps;
        if PLACES.contains(&place.as_str()) {
            println!("{place}: {told} changes told, {helps} of them give more");
            assert!(helps > 20, "{place}: {helps}");
        }
    }
    println!("{total} changes that give more");
}

const SALES: &str = "\
政策 试「试」
事实
  销售额    元 按年
  直播间数  间
  成立日期  日期
条款 1「销售」
  对象  企业
  条件  直播间数 不少于 5间
        成立日期 满 1年
  给予  分档 销售额
          达到 1000万元：10万元
          超过 2000万元：25万元
  频次  每年
";

fn told(facts: &serde_json::Value) -> Vec<String> {
    let scheme = own(SALES);
    let app = application(&scheme, &json!({"id": "1", "year": 2024, "as_of": "2024-12-31", "applicant": {"kind": "企业"}, "facts": facts}));
    changes(&scheme, &app, &[]).iter().map(|c| format!("{}，{}", gap_words(&scheme, &app, c, Lang::Zh), then_words(c, Lang::Zh))).collect()
}

#[test]
fn a_gap_is_told_in_the_unit_of_the_fact_with_what_it_gives() {
    let next = told(&json!({"销售额": 18_800_000, "直播间数": 5, "成立日期": "2020-01-01"}));
    assert_eq!(next, ["还差 1,200,000.01元 销售额，可得 25万元（现在 10万元）"]);
    let rooms = told(&json!({"销售额": 18_800_000, "直播间数": 3, "成立日期": "2020-01-01"}));
    assert_eq!(rooms, ["还差 2间 直播间数，可得 10万元"]);
}

#[test]
fn waiting_is_a_change_like_any_other() {
    let wait = told(&json!({"销售额": 18_800_000, "直播间数": 5, "成立日期": "2024-02-10"}));
    assert_eq!(wait, ["还需 41日，到 2025-02-10，可得 10万元"]);
}

#[test]
fn two_conditions_that_fail_are_both_told_and_neither_promises_money() {
    let both = told(&json!({"销售额": 9_000_000, "直播间数": 4, "成立日期": "2024-02-10"}));
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both.iter().all(|line| line.ends_with("还有其他条件不符合")), "{both:?}");
}

/// What is told of each change, with its mark.
fn lines(rules: &str, application_: &serde_json::Value) -> Vec<String> {
    let scheme = own(rules);
    let app = application(&scheme, application_);
    let mark = |c: &Change| if c.helps() { "→" } else { "·" };
    changes(&scheme, &app, &[]).iter().map(|c| format!("{} {}，{}", mark(c), gap_words(&scheme, &app, c, Lang::Zh), then_words(c, Lang::Zh))).collect()
}

#[test]
fn a_change_that_costs_another_award_is_no_promise() {
    let rules = "政策 试「试」\n事实\n  费用  元 按年\n条款 1「一」\n  条件  费用 达到 100万元\n  给予  费用 的 1%\n  频次  每年\n条款 2「二」\n  排除  符合 条款 1\n  条件  费用 达到 50万元\n  给予  20万元\n  频次  每年\n";
    let told = lines(rules, &json!({"id": "A", "year": 2024, "facts": {"费用": "990000.00"}}));
    assert_eq!(told, ["· 还差 1万元 费用，本条 1万元，但合计减少：20万元 → 1万元"]);
}

#[test]
fn a_change_whose_gain_a_limit_takes_is_no_promise() {
    let rules = "政策 试「试」\n事实\n  费用  元 按年\n  间数  间\n条款 1「一」\n  条件  费用 达到 100万元\n  给予  10万元\n  频次  每年\n条款 2「二」\n  条件  间数 不少于 5间\n  给予  5万元\n  频次  每年\n并用「合计」\n  适用  条款 1、2\n  限额  每年 LIMIT\n";
    let app = json!({"id": "A", "year": 2024, "facts": {"费用": "2000000.00", "间数": "3"}});
    assert_eq!(lines(&rules.replace("LIMIT", "10万元"), &app), ["· 还差 2间 间数，本条 5万元，但合计不变"]);
    assert_eq!(lines(&rules.replace("LIMIT", "12万元"), &app), ["→ 还差 2间 间数，可得 5万元，合计 10万元 → 12万元"]);
    assert_eq!(lines(&rules.replace("LIMIT", "15万元"), &app), ["→ 还差 2间 间数，可得 5万元"]);
}

#[test]
fn a_condition_met_that_gives_nothing_is_no_promise() {
    let rules = "政策 试「试」\n事实\n  费用  元 按年\n  间数  间\n条款 1「一」\n  条件  间数 不少于 5间\n  给予  费用 的 10%，扣除 本条 已得\n  频次  每年\n  限额  累计 20万元\n";
    let history = json!([{"clause": "1", "year": 2023, "amount": "190000.00"}]);
    let told = lines(rules, &json!({"id": "A", "year": 2024, "facts": {"费用": "1000000.00", "间数": "4"}, "history": history}));
    assert_eq!(told, ["· 还差 1间 间数，即符合，但数额为0"]);
}

#[test]
fn a_place_among_others_is_never_promised() {
    let rules = "政策 试「试」\n事实\n  销售额  元 按年\n条款 1「一」\n  条件  销售额 达到 100万元\n  排名  销售额 前 1 名\n  给予  10万元\n  频次  每年\n条款 2「二」\n  条件  符合 条款 1\n        销售额 达到 100万元\n  给予  1万元\n  频次  每年\n";
    let scheme = own(rules);
    let app = application(&scheme, &json!({"id": "A", "year": 2024, "facts": {"销售额": "990000.00"}}));
    let told = changes(&scheme, &app, &[]);
    assert!(!told.is_empty() && told.iter().all(|c| c.then.ranked && !c.helps()), "{told:?}");
    assert!(told.iter().all(|c| then_words(c, Lang::Zh) == "条件即符合，能否获得要看排名（其他申报人）"));
}
