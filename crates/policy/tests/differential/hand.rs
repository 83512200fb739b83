//! The naive evaluator itself, on examples small enough to work out by hand.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use policy::source::Sources;
use policy::syntax::parse::{Parsed, parse};
use values::Date;

use crate::naive::World;
use crate::naive::clause::Word;
use crate::naive::person::{Given, Other, Past, Person};
use crate::naive::share::Report;
use crate::naive::value::{Miss, Q};

fn scheme(rules: &str) -> Parsed {
    let parsed = parse(&Sources::single(format!("# 例\n\n```duixian\n{}\n```\n", rules.trim())));
    assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
    parsed
}

fn yuan(value: i64) -> Given {
    Given::Number(Q::from_integer((value * 100).into()))
}

fn count(value: i64) -> Given {
    Given::Number(Q::from_integer(value.into()))
}

fn with(year: i32, facts: &[(&str, Given)]) -> Person {
    let mut person = Person::new("甲", year);
    for (name, given) in facts {
        person.facts.insert(((*name).to_owned(), year, 0), given.clone());
    }
    person
}

fn past(clause: &str, year: i32, yuan: i64, key: Option<&str>) -> Past {
    Past { clause: clause.into(), year, amount: BigInt::from(yuan * 100), key: key.map(str::to_owned) }
}

fn run(rules: &str, people: &[Person]) -> Report {
    let parsed = scheme(rules);
    World::new(&parsed, people).run()
}

/// Outcome and yuan of the first clause for one person.
fn first(rules: &str, person: Person) -> (Word, Option<i64>) {
    let report = run(rules, &[person]);
    let last = &report.finals[0][0];
    let fen = last.verdict.amount.clone().map(|fen| i64::try_from(fen).unwrap());
    (last.word, fen.map(|fen| fen / 100))
}

#[test]
fn bands_reach_to_their_neighbours_in_any_order() {
    let rules = "
事实
  交易额  元
条款 1「例」
  给予  分档 交易额
          达到 500元：5元
          低于 100元：1元
          介于 100元（含）至 200元（不含）：2元
          达到 300元：3元
  频次  每年";
    for (value, expected) in [(99, Some(1)), (100, Some(2)), (199, Some(2)), (200, None), (300, Some(3)), (499, Some(3)), (500, Some(5))] {
        let (word, amount) = first(rules, with(2024, &[("交易额", yuan(value))]));
        assert_eq!(amount, expected, "{value}");
        assert_eq!(word == Word::Ineligible, expected.is_none());
    }
}

#[test]
fn joint_tiers_take_the_highest_row_that_holds() {
    let rules = "
事实
  销售额  元
  人数    人
条款 1「例」
  给予  分档 销售额、人数
          达到 800元、12人：3元
          达到 1600元、30人：7元
  频次  每年";
    let of = |sales, people| first(rules, with(2024, &[("销售额", yuan(sales)), ("人数", count(people))]));
    assert_eq!(of(1600, 29), (Word::Eligible, Some(3)));
    assert_eq!(of(1600, 30), (Word::Eligible, Some(7)));
    assert_eq!(of(5000, 11), (Word::Ineligible, None));
    assert_eq!(first(rules, with(2024, &[("人数", count(11))])), (Word::Ineligible, None), "every row is out");
    assert_eq!(first(rules, with(2024, &[("人数", count(12))])), (Word::Undetermined, None));
}

#[test]
fn brackets_pay_each_part_at_its_own_rate() {
    let rules = "
事实
  研发费  元
条款 1「例」
  给予  累进 研发费
          不超过 500元：2%
          介于 500元（不含）至 1000元（含）：3%
          超过 1000元：5%
  频次  每年";
    let of = |value| first(rules, with(2024, &[("研发费", yuan(value))])).1;
    assert_eq!((of(500), of(1000), of(2000)), (Some(10), Some(25), Some(75)));
}

#[test]
fn a_first_time_tier_must_be_higher_than_any_before() {
    let rules = "
事实
  产值  元 按年 自 2022年
条款 1「例」
  给予  分档 首次 产值
          达到 100元：1元
          达到 200元：2元
  频次  每年";
    let of = |values: &[(i32, i64)]| {
        let mut person = Person::new("甲", 2024);
        for (year, value) in values {
            person.facts.insert(("产值".into(), *year, 0), yuan(*value));
        }
        first(rules, person)
    };
    assert_eq!(of(&[(2022, 0), (2023, 150), (2024, 200)]), (Word::Eligible, Some(2)));
    assert_eq!(of(&[(2022, 0), (2023, 150), (2024, 150)]), (Word::Ineligible, None));
    assert_eq!(of(&[(2022, 200), (2024, 150)]), (Word::Ineligible, None), "2023 can change nothing");
    assert_eq!(of(&[(2022, 0), (2024, 150)]), (Word::Undetermined, None));
    assert_eq!(of(&[(2022, 200), (2023, 0), (2024, 150)]), (Word::Ineligible, None));
    assert_eq!(of(&[(2023, 0), (2024, 50)]), (Word::Ineligible, None), "no tier now");
    assert_eq!(of(&[(2023, 0), (2024, 150)]), (Word::Undetermined, None));
}

#[test]
fn unknown_things_matter_only_where_they_can_change_the_result() {
    let rules = "
事实
  老  是否
  新  是否
  投入  元
条款 1「例」
  条件  至少 2 项
          老
          新
          投入 达到 100元
  给予  若 老 则 5元 否则 5元
  频次  一次性";
    let of = |facts: &[(&str, Given)]| first(rules, with(2024, facts));
    assert_eq!(of(&[("新", Given::YesNo(true)), ("投入", yuan(100))]), (Word::Eligible, Some(5)));
    assert_eq!(of(&[("新", Given::YesNo(false)), ("投入", yuan(99))]), (Word::Ineligible, None));
    assert_eq!(of(&[("新", Given::YesNo(true)), ("投入", yuan(99))]), (Word::Undetermined, None));
    let report = run(rules, &[with(2024, &[("新", Given::YesNo(true)), ("投入", yuan(99))])]);
    let missing: Vec<_> = report.finals[0][0].verdict.missing.iter().cloned().collect();
    assert_eq!(missing, [Miss::Fact("老".into(), 2024, 0)]);
}

#[test]
fn folds_skip_what_is_absent_and_wait_for_what_is_unknown() {
    let rules = "
事实
  人才  名单（人）
    认定    是否
    起年    年份
    贡献    元
条款 1「例」
  给予  合计 每个 人才
          条件  认定
                年次（起年） 不超过 2年
          计    贡献
                最高 100元
  频次  每年";
    let record = |fields: &[(&str, Given)]| -> BTreeMap<String, Given> { fields.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect() };
    let yes = ("认定", Given::YesNo(true));
    let list = |records: Vec<_>| with(2024, &[("人才", Given::List(records))]);
    let a = record(&[yes.clone(), ("起年", Given::Year(2023)), ("贡献", yuan(150))]);
    let b = record(&[yes.clone(), ("起年", Given::Year(2022)), ("贡献", yuan(70))]);
    let c = record(&[yes, ("起年", Given::Year(2024))]);
    assert_eq!(first(rules, list(vec![a.clone(), b.clone()])), (Word::Eligible, Some(100)));
    assert_eq!(first(rules, list(vec![b])), (Word::Ineligible, None));
    assert_eq!(first(rules, list(vec![])), (Word::Ineligible, None));
    let report = run(rules, &[list(vec![a, c])]);
    assert_eq!(report.finals[0][0].verdict.missing.iter().collect::<Vec<_>>(), [&Miss::Field("人才".into(), "贡献".into(), 2)]);
}

#[test]
fn periods_move_facts_and_growth_over_zero_is_a_fault() {
    let rules = "
事实
  收入  元 按年
  零售  元 按月
条款 1「例」
  条件  收入 比 上年 增幅 达到 10%
        同时 每个 3月至4月 条件 零售 超过 上年 零售
  给予  收入 比 2020年 增量 的 10%
        另加 3月 零售
  频次  每年";
    let mut person = Person::new("甲", 2024);
    for (year, value) in [(2020, 100), (2023, 200), (2024, 220)] {
        person.facts.insert(("收入".into(), year, 0), yuan(value));
    }
    for (year, month, value) in [(2024, 3, 7), (2024, 4, 9), (2023, 3, 6), (2023, 4, 8)] {
        person.facts.insert(("零售".into(), year, month), yuan(value));
    }
    assert_eq!(first(rules, person.clone()), (Word::Eligible, Some(19)));
    person.facts.insert(("收入".into(), 2023, 0), yuan(0));
    let report = run(rules, &[person]);
    assert_eq!(report.finals[0][0].word, Word::Undetermined);
    assert!(report.finals[0][0].verdict.missing.contains(&Miss::Fault));
}

#[test]
fn prices_by_year_are_taken_once() {
    let rules = "
事实
  面积  平方米
  单价  元/平方米/月
  贡献  元
条款 1「例」
  条件  面积 超过 0平方米
  其中  比例 为 贡献 除以 面积 除以 5元/平方米/年，最高 100%
  给予  面积 乘 18元/平方米/年 的 比例
        另加 （单价，最高 2元/平方米/月） 乘 面积 乘 12个月
  频次  每年";
    let facts = [("面积", count(10)), ("单价", yuan(3)), ("贡献", yuan(25))];
    assert_eq!(first(rules, with(2024, &facts)), (Word::Eligible, Some(90 + 240)));
}

#[test]
fn dates_count_in_full_years_and_months_end_where_they_end() {
    let rules = "
事实
  成立  日期
条款 1「例」
  条件  成立 满 1个月，至 2024-02-29
        年次（成立） 不超过 2年
  给予  1元
  频次  一次性";
    let of = |day: &str| first(rules, with(2024, &[("成立", Given::Date(Date::parse(day).unwrap()))])).0;
    assert_eq!(of("2024-01-31"), Word::Eligible);
    assert_eq!(of("2024-02-01"), Word::Ineligible);
    assert_eq!(of("2023-01-01"), Word::Eligible, "the second year since, on 2024-12-31");
    assert_eq!(of("2022-12-31"), Word::Ineligible, "the third begins on its second anniversary");
}

#[test]
fn a_frequency_counts_what_it_is_keyed_by() {
    let rules = "
事实
  节名  文字
条款 1「例」
  给予  1元
  频次  3年内 2 次，共 3 年，每个 节名";
    let of = |history: &[Past], name: Option<&str>| {
        let mut person = Person::new("甲", 2024);
        person.history = history.to_vec();
        if let Some(name) = name {
            person.facts.insert(("节名".into(), 2024, 0), Given::Text(name.into()));
        }
        first(rules, person).0
    };
    let a = |year| past("1", year, 1, Some("甲节"));
    assert_eq!(of(&[a(2022), a(2024)], Some("甲节")), Word::Exhausted);
    assert_eq!(of(&[a(2021), a(2024)], Some("甲节")), Word::Eligible);
    assert_eq!(of(&[a(2022), a(2024)], Some("乙节")), Word::Eligible);
    assert_eq!(of(&[a(2022), a(2024)], None), Word::Undetermined);
    assert_eq!(of(&[a(2022), past("1", 2023, 1, None)], Some("甲节")), Word::Undetermined);
    assert_eq!(of(&[a(2022), past("1", 2023, 0, Some("甲节"))], Some("甲节")), Word::Eligible);
    assert_eq!(of(&[a(2019), a(2020), a(2021)], Some("甲节")), Word::Exhausted);
    assert_eq!(of(&[a(2022)], None), Word::Eligible, "with or without the key it is not used up");
}

#[test]
fn limits_and_decisions_come_after_the_formula() {
    let rules = "
事实
  投入  元
条款 1「例」
  给予  至多 投入 的 40%
  限额  累计 100元
  频次  每年";
    let mut person = with(2024, &[("投入", yuan(200))]);
    assert_eq!(first(rules, person.clone()), (Word::Eligible, Some(80)));
    person.history = vec![past("1", 2023, 70, None)];
    assert_eq!(first(rules, person.clone()), (Word::Eligible, Some(30)));
    person.decisions.insert("1".into(), BigInt::from(2000));
    assert_eq!(first(rules, person.clone()), (Word::Eligible, Some(20)));
    person.history[0].amount = BigInt::from(20_000);
    assert_eq!(first(rules, person), (Word::Eligible, Some(0)));
}

#[test]
fn a_settled_place_stands_instead_of_the_ranking_of_the_file() {
    let rules = "
事实
  得分  元
条款 1「例」
  排名  得分 前 3 名
  给予  分档 名次
          不超过 1名：15元
          不超过 2名：10元
          不超过 3名：5元
  频次  每年";
    let mut person = with(2024, &[("得分", yuan(200))]);
    assert_eq!(first(rules, person.clone()), (Word::Eligible, Some(15)), "alone in the file");
    person.places.insert("1".into(), Some(3));
    assert_eq!(first(rules, person.clone()), (Word::Eligible, Some(5)));
    person.places.insert("1".into(), Some(4));
    assert_eq!(first(rules, person.clone()), (Word::Ineligible, None));
    person.places.insert("1".into(), None);
    assert_eq!(first(rules, person), (Word::Undetermined, None), "no place is known");
}

#[test]
fn references_between_clauses_read_the_amount_before_groups() {
    let rules = "
事实
  大  是否
条款 1「例」
  条件  非 符合 条款 2
  给予  条款 3 本年所得 的 50%
  频次  每年
条款 2「例」
  条件  大
  给予  10元
  频次  每年
条款 3「例」
  给予  8元
  频次  每年";
    assert_eq!(first(rules, with(2024, &[("大", Given::YesNo(false))])), (Word::Eligible, Some(4)));
    assert_eq!(first(rules, with(2024, &[("大", Given::YesNo(true))])), (Word::Ineligible, None));
    assert_eq!(first(rules, with(2024, &[])), (Word::Undetermined, None));
}

#[test]
fn places_are_shared_and_the_next_is_skipped() {
    let rules = "
事实
  得分  分
  类别甲  选项（东、西）
条款 1「例」
  排名  得分 前 2 名，每个 类别甲
  给予  分档 得分
          达到 0分：1元
  频次  每年";
    let of = |score, side: &str| with(2024, &[("得分", count(score)), ("类别甲", Given::Choice(side.into()))]);
    let people = [of(9, "东"), of(9, "东"), of(8, "东"), of(1, "西"), of(2, "西"), with(2024, &[("得分", count(3))])];
    let report = run(rules, &people);
    let places: Vec<_> = report.finals.iter().map(|f| (f[0].word, f[0].verdict.place)).collect();
    use Word::{Eligible, Ineligible, Undetermined};
    assert_eq!(places, [(Eligible, Some(1)), (Eligible, Some(1)), (Ineligible, Some(3)), (Eligible, Some(2)), (Eligible, Some(1)), (Undetermined, None)]);
}

const GROUPED: &str = "
条款 1「例」
  给予  5元
  频次  每年
  类别  甲类
条款 2「例」
  给予  8元
  频次  每年
  类别  甲类
条款 3「例」
  给予  4元
  频次  每年
  类别  乙类
";

#[test]
fn the_best_combination_without_a_clash_is_held() {
    let rules = format!("{GROUPED}并用「就高」\n  适用  全部、他处\n  同一  申报项目、类别\n  方式  就高\n");
    let mut person = Person::new("甲", 2024);
    for clause in ["1", "2", "3"] {
        person.projects.insert(clause.into(), "楼".into());
    }
    let words = |person: &Person| {
        let report = run(&rules, std::slice::from_ref(person));
        report.finals[0].iter().map(|f| (f.word, f.awarded.clone().map(|fen| i64::try_from(fen).unwrap() / 100))).collect::<Vec<_>>()
    };
    use Word::{Eligible, Yielded};
    assert_eq!(words(&person), [(Yielded, None), (Eligible, Some(8)), (Eligible, Some(4))]);
    person.elsewhere.push(Other { amount: 700.into(), project: Some("楼".into()), kind: Some("甲类".into()) });
    assert_eq!(words(&person), [(Yielded, None), (Eligible, Some(1)), (Eligible, Some(4))]);
    person.elsewhere[0].amount = 900.into();
    assert_eq!(words(&person), [(Yielded, Some(0)), (Yielded, None), (Eligible, Some(4))]);
    person.projects.remove("1");
    person.elsewhere.clear();
    assert_eq!(words(&person), [(Eligible, Some(5)), (Eligible, Some(8)), (Eligible, Some(4))]);
}

#[test]
fn limits_of_a_group_cut_from_the_last() {
    let rules = format!("{GROUPED}并用「合计」\n  适用  条款 1、3\n  限额  每年 6元\n");
    let report = run(&rules, &[Person::new("甲", 2024)]);
    let awarded: Vec<_> = report.finals[0].iter().map(|f| f.awarded.clone().unwrap()).collect();
    assert_eq!(awarded, [BigInt::from(500), BigInt::from(800), BigInt::from(100)]);
}

#[test]
fn inner_pools_share_before_outer_ones() {
    let rules =
        format!("{GROUPED}资金「外」\n  适用  全部\n  额度  每年 20元\n  超额  先到先得\n资金「内」\n  适用  条款 2、3\n  额度  每年 13元\n  超额  按比例\n");
    let people = [Person::new("甲", 2024), Person::new("乙", 2024), Person::new("丙", 2023)];
    let report = run(&rules, &people);
    let awarded = |person: usize| report.finals[person].iter().map(|f| i64::try_from(f.awarded.clone().unwrap()).unwrap()).collect::<Vec<_>>();
    assert_eq!(awarded(0), [500, 433, 217]);
    assert_eq!(awarded(1), [500, 350, 0]);
    assert_eq!(awarded(2), [500, 800, 400]);
    assert_eq!(report.pools[&(1, 2024)], (Some(1300.into()), 2400.into(), 1300.into()));
    assert_eq!(report.pools[&(0, 2024)], (Some(2000.into()), 2300.into(), 2000.into()));
}

#[test]
fn a_general_bar_bars_and_a_bar_of_the_clause_refuses() {
    let rules = "
事实
  失信  是否
  欠税  是否
条款 1「例」
  排除  欠税
  给予  5元
  频次  一次性
通则
  适用  全部
  排除  失信
追回「例」
  适用  全部
  触发  欠税
  收回  已付额 的 50%";
    let of = |a, b| with(2024, &[("失信", Given::YesNo(a)), ("欠税", Given::YesNo(b))]);
    assert_eq!(first(rules, of(true, true)).0, Word::Barred);
    assert_eq!(first(rules, of(false, true)).0, Word::Ineligible);
    assert_eq!(first(rules, of(false, false)).0, Word::Eligible);
    assert_eq!(first(rules, with(2024, &[("欠税", Given::YesNo(true))])).0, Word::Ineligible);
    let mut person = of(false, true);
    person.history.push(past("1", 2023, 5, None));
    assert_eq!(first(rules, person.clone()).0, Word::Exhausted);
    let report = run(rules, &[person]);
    assert_eq!(report.recoveries[0], [(0, 0, 2023, BigInt::from(500), Some(BigInt::from(250)))]);
}
