//! What an explanation says, word for word in both languages, and that a general rule put into words once says the
//! same as put into words for each clause.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests may fail loudly")]

use expect_test::{Expect, expect};
use policy::application::Application;
use policy::explain::{self, Explainer};
use policy::input::{Defaults, Raw, read};
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use policy::{AssessOptions, assess, compile};
use std::path::{Path, PathBuf};
use values::Lang;

const POLICY: &str = "
```duixian
事实
  年销售额  元 按年
  合格率    比率
  月订单    单 按月
  失信      是否
  面积      平方米
  租金      元 按年
通则
  适用  全部
  排除  失信
条款 1「分档」
  条件  合格率 超过 95%
  给予  分档 年销售额
          达到 1000万元：10万元
          达到 5000万元：15万元
  频次  每年
条款 2「连续增长」
  条件  同时 每个 近 2 年 条件 年销售额 比 上年 增幅 达到 10%
        任一 每个 3月至4月 条件 月订单 达到 100单
  给予  年销售额 的 1%，最高 20万元
  限额  累计 30万元
  频次  每年
条款 3「租金」
  条件  面积 超过 0平方米
  给予  租金 的 1/3，最高 面积 乘 25元/平方米/月 乘 12个月
  频次  每年
并用「不重复」
  适用  条款 1、2
  方式  就高
```
";

fn text_of(value: &str) -> Raw {
    Raw::Text(value.into())
}

fn map(pairs: &[(&str, Raw)]) -> Raw {
    Raw::Map(pairs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
}

fn applicant(scheme: &Scheme, sales_2022: &str) -> Application {
    let facts = map(&[
        ("年销售额", map(&[("2024", text_of("49999999.99")), ("2023", text_of("40000000")), ("2022", text_of(sales_2022))])),
        ("合格率", text_of("93%")),
        ("月订单", map(&[("2024-04", text_of("100"))])),
        ("失信", Raw::Bool(false)),
        ("面积", text_of("100")),
        ("租金", map(&[("2024", text_of("100000"))])),
    ]);
    let history = Raw::List(vec![map(&[("clause", text_of("2")), ("year", Raw::Number("2023".into())), ("amount", text_of("150000"))])]);
    let line = map(&[("id", text_of("甲")), ("year", Raw::Number("2024".into())), ("facts", facts), ("history", history)]);
    read(scheme, &line, Defaults::default()).0.expect("the applicant reads well")
}

fn told(scheme: &Scheme, app: &Application, clause: &str, lang: Lang) -> String {
    let population = assess(scheme, std::slice::from_ref(app), &AssessOptions { trace: true, clauses: None });
    let assessment = &population.assessments[0];
    let id = scheme.clause_named(clause).expect("the clause is there");
    let result = assessment.clauses.iter().find(|r| r.clause == id).expect("it has a result");
    explain::text(&explain::of(scheme, app, assessment, result, lang))
}

fn check(clause: &str, lang: Lang, expected: &Expect) {
    check_with("36000000", clause, lang, expected);
}

fn check_with(sales_2022: &str, clause: &str, lang: Lang, expected: &Expect) {
    let scheme = compile(&Sources::single(POLICY)).scheme.expect("the policy compiles");
    expected.assert_eq(&told(&scheme, &applicant(&scheme, sales_2022), clause, lang));
}

#[test]
fn a_ratio_that_falls_short_is_off_by_percentage_points() {
    check(
        "1",
        Lang::Zh,
        &expect![[r#"
        1 分档  不符合：合格率 超过 95%（差 2个百分点，还须超过）
          ✓ 通则 1 项都符合
          ✗ 合格率 超过 95%：93%（差 2个百分点，还须超过）
    "#]],
    );
    check(
        "1",
        Lang::En,
        &expect![[r#"
        1 分档  Not eligible: 合格率 is more than 95% (2 percentage points short, and it must be more)
          ✓ all 1 general conditions hold
          ✗ 合格率 is more than 95%: 93% (2 percentage points short, and it must be more)
    "#]],
    );
}

#[test]
fn a_year_is_named_once() {
    check_with(
        "40000000",
        "2",
        Lang::Zh,
        &expect![[r#"
            2 连续增长  不符合：同时 每个 近 2 年 条件 年销售额 比 上年 增幅 达到 10%
              ✓ 通则 1 项都符合
              ✗ 同时 每个 近 2 年 条件 年销售额 比 上年 增幅 达到 10%
                ✗ 2023年 年销售额 比 上年 增幅 达到 10%：0%（差 10个百分点）
                  · 年销售额 比 上年 增幅：0%
                    · 2023年 年销售额：40,000,000.00元
                    · 2022年 年销售额：40,000,000.00元
                ✓ 年销售额 比 上年 增幅 达到 10%：24.999999975%
              ✓ 任一 每个 3月至4月 条件 月订单 达到 100单
              → 往年已得：2023年 150,000.00元（频次：每年 1 次）
        "#]],
    );
    check_with(
        "40000000",
        "2",
        Lang::En,
        &expect![[r#"
            2 连续增长  Not eligible: all of each of the past 2 years where the growth of 年销售额 over last year is at least 10%
              ✓ all 1 general conditions hold
              ✗ all of each of the past 2 years where the growth of 年销售额 over last year is at least 10%
                ✗ 2023: the growth of 年销售额 over last year is at least 10%: 0% (10 percentage points short)
                  · the growth of 年销售额 over last year: 0%
                    · 年销售额 2023: ¥40,000,000.00
                    · 年销售额 2022: ¥40,000,000.00
                ✓ the growth of 年销售额 over last year is at least 10%: 24.999999975%
              ✓ any of each month 3–4 where 月订单 is at least 100 orders
              → received before: 2023 ¥150,000.00 (frequency: 1 a year)
        "#]],
    );
}

#[test]
fn a_limit_says_what_was_used() {
    check(
        "2",
        Lang::Zh,
        &expect![[r#"
            2 连续增长  符合，150,000.00元
              ✓ 通则 1 项都符合
              ✓ 同时 每个 近 2 年 条件 年销售额 比 上年 增幅 达到 10%
              ✓ 任一 每个 3月至4月 条件 月订单 达到 100单
              金额
                · 年销售额 的 1%：499,999.9999元
                  · 年销售额：49,999,999.99元
                · 最高 20万元：200,000.00元
                · 限额 30万元（以前已用 150,000.00元，余 150,000.00元）
              → 往年已得：2023年 150,000.00元（频次：每年 1 次）
              → 按限额减到 150,000.00元
              → 实得 150,000.00元
        "#]],
    );
    check(
        "2",
        Lang::En,
        &expect![[r#"
        2 连续增长  Eligible, ¥150,000.00
          ✓ all 1 general conditions hold
          ✓ all of each of the past 2 years where the growth of 年销售额 over last year is at least 10%
          ✓ any of each month 3–4 where 月订单 is at least 100 orders
          Amount
            · 1% of 年销售额: CNY 499,999.9999
              · 年销售额: ¥49,999,999.99
            · at most ¥200,000.00: ¥200,000.00
            · limit ¥300,000.00 (used before: ¥150,000.00, ¥150,000.00 left)
          → received before: 2023 ¥150,000.00 (frequency: 1 a year)
          → cut by its limit to ¥150,000.00
          → awarded ¥150,000.00
    "#]],
    );
}

#[test]
fn a_rounded_amount_shows_its_exact_value() {
    check(
        "3",
        Lang::Zh,
        &expect![[r#"
            3 租金  符合，30,000.00元
              ✓ 通则 1 项都符合
              ✓ 面积 超过 0平方米：100平方米
              金额
                · 租金 的 1/3（约33.33%）：100000/3元（约33,333.33元）
                  · 租金：100,000.00元
                · 最高 面积 乘 25元/平方米/月 乘 1年：30,000.00元
                  · 面积 乘 25元/平方米/月 乘 1年：30,000.00元
                    · 面积 乘 25元/平方米/月：2500元/月
                      · 面积：100平方米
              → 实得 30,000.00元
        "#]],
    );
}

/// The policies and their example applicants.
fn places() -> Vec<(PathBuf, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    ["qianjiang", "jiulongpo", "sample"].iter().map(|place| (root.join("policies").join(place), root.join(format!("examples/{place}.jsonl")))).collect()
}

#[test]
fn one_explainer_for_all_clauses_says_what_one_for_each_says() {
    for (folder, examples) in places() {
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let sources = Sources { files: vec![SourceFile { name: "policy.md".into(), text: text("policy.md") }], official: Some(text("official.txt")) };
        let scheme = compile(&sources).scheme.expect("the policy compiles");
        let lines = std::fs::read_to_string(examples).unwrap();
        let apps: Vec<Application> = lines
            .lines()
            .map(|line| read(&scheme, &Raw::from(&serde_json::from_str(line).unwrap()), Defaults::default()).0.expect("the example reads well"))
            .collect();
        let traced = assess(&scheme, &apps, &AssessOptions { trace: true, clauses: None });
        let plain = assess(&scheme, &apps, &AssessOptions::default());
        for ((app, assessment), untraced) in apps.iter().zip(&traced.assessments).zip(&plain.assessments) {
            assert_eq!(assessment.total, untraced.total, "{}: the trace changes nothing", app.id);
            for lang in [Lang::Zh, Lang::En] {
                let mut explainer = Explainer::new(&scheme, app, lang);
                for result in &assessment.clauses {
                    assert_eq!(explainer.of(assessment, result), explain::of(&scheme, app, assessment, result, lang), "{} {:?}", app.id, result.clause);
                }
            }
        }
    }
}
