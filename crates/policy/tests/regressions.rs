//! Mistakes that were found once and must not come back. Each section of the text below is a small scheme whose
//! situations must come out, as in the language reference; then what once ran without end or past the stack.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

use policy::application::{Application, FactValue, When};
use policy::assessment::Outcome;
use policy::source::Sources;
use policy::{AssessOptions, assess, compile, situation};
use values::{Date, Fault, Rational};

const SCHEMES: &str = include_str!("regressions.md");

#[test]
fn what_was_mended_stays_mended() {
    let mut sections = 0;
    for section in SCHEMES.split("\n## ").skip(1) {
        let title = section.lines().next().unwrap();
        let compiled = compile(&Sources::single(section));
        let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).map(|d| &d.message.zh).collect();
        assert!(errors.is_empty(), "{title}: {errors:?}");
        let report = situation::run(&compiled);
        assert!(!report.results.is_empty(), "{title}: no situation");
        for result in &report.results {
            assert!(result.passed, "{title}, {}: {:?}", result.title, result.failures);
        }
        sections += 1;
    }
    assert!(sections >= 10);
}

#[test]
fn nothing_is_asked_of_a_place_beyond_the_first_n() {
    let left = |rows: &str| {
        let rules = format!(
            "事实\n  甲  元\n条款 1「例」\n  排名  甲 前 2 名\n  给予  分档 名次\n          不超过 1名：10万元\n{rows}  频次  每年\n情形「空」\n  结果  1 待定"
        );
        let report = situation::run(&compile(&Sources::single(format!("```duixian\n{rules}\n```\n"))));
        report.unexercised.iter().any(|what| what.zh.contains("落在各档之外"))
    };
    assert!(!left("          不超过 2名：5万元\n"));
    assert!(left(""), "the second place has no row");
}

#[test]
fn a_group_and_a_pool_that_no_situation_tries_are_listed() {
    let left = |situations: &str| {
        let rules = format!(
            "事实\n  甲  是否\n  乙  是否\n条款 1「一」\n  条件  甲\n  给予  1万元\n  频次  每年\n条款 2「二」\n  条件  乙\n  给予  2万元\n  频次  每年\n\
             并用「只取一项」\n  适用  条款 1、2\n  方式  就高\n并用「合计」\n  适用  条款 1、2\n  限额  每年 15000元\n\
             资金「年度资金」\n  适用  条款 1、2\n  额度  2024年 12000元\n  超额  按比例\n\
             情形「一项」\n  年度  2024年\n  事实  甲 是\n        乙 否\n  结果  1 1万元\n{situations}"
        );
        let compiled = compile(&Sources::single(format!("```duixian\n{rules}\n```\n")));
        assert!(compiled.scheme.is_some(), "{:?}", compiled.diagnostics);
        let report = situation::run(&compiled);
        report.unexercised.into_iter().map(|what| what.zh).filter(|what| what.starts_with("并用") || what.starts_with("资金")).collect::<Vec<_>>()
    };
    assert_eq!(left(""), ["并用「只取一项」没有情形因它让位或补差", "并用「合计」没有情形碰到限额", "资金「年度资金」没有情形资金不足"]);
    assert!(left("情形「两项」\n  年度  2024年\n  事实  甲 是\n        乙 是\n  结果  1 让位\n  实得  2 12000元\n").is_empty());
}

#[test]
fn what_was_not_applied_for_takes_part_in_no_group_and_no_pool() {
    let rules = "条款 1「一」\n  给予  1万元\n  频次  每年\n条款 2「二」\n  给予  2万元\n  频次  每年\n并用「只取一项」\n  适用  条款 1、2\n  方式  就高\n\
                 资金「年度资金」\n  适用  条款 1、2\n  额度  每年 15000元\n  超额  按比例";
    let scheme = compile(&Sources::single(format!("```duixian\n{rules}\n```\n"))).scheme.unwrap();
    let awarded = |clauses: serde_json::Value| {
        let line = serde_json::json!({"id": "1", "year": 2024, "as_of": "2024-12-31", "facts": {}, "clauses": clauses});
        let (read, errors) = policy::input::read(&scheme, &policy::input::Raw::from(&line), policy::input::Defaults::default());
        assert!(errors.is_empty(), "{errors:?}");
        let population = policy::assess(&scheme, &[read.unwrap()], &policy::AssessOptions::default());
        (population.assessments[0].clauses.iter().map(|r| r.awarded.map(|fen| fen.0)).collect::<Vec<_>>(), population.pools[0].claims.0)
    };
    assert_eq!(awarded(serde_json::json!([])), (vec![None, Some(1_500_000)], 2_000_000));
    assert_eq!(awarded(serde_json::json!(["1"])), (vec![Some(1_000_000), None], 1_000_000));
    let line = serde_json::json!({"id": "1", "year": 2024, "as_of": "2024-12-31", "facts": {}, "clauses": ["3"]});
    let (read, errors) = policy::input::read(&scheme, &policy::input::Raw::from(&line), policy::input::Defaults::default());
    assert!(read.is_none() && errors[0].code == "unknown-clause", "{errors:?}");
}

fn codes(rules: &str) -> Vec<&'static str> {
    let mut codes: Vec<_> = compile(&Sources::single(format!("```duixian\n{rules}\n```\n"))).diagnostics.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn hostile_rules_are_refused_and_not_evaluated() {
    let clause = |give: &str| format!("事实\n  甲  元\n条款 1「例」\n  给予  {give}\n  频次  一次性");
    assert!(codes(&clause(&format!("甲{}", " 加 甲".repeat(5000)))).contains(&"E0106"));
    assert!(codes(&clause(&format!("{}甲{}", "（".repeat(5000), "）".repeat(5000)))).contains(&"E0106"));
    assert!(codes(&clause(&format!("{}甲", "若 甲 达到 1元 则 甲 否则 ".repeat(5000)))).contains(&"E0106"));
    assert!(codes(&clause(&format!("甲{}", "，最高 5元".repeat(5000)))).contains(&"E0106"));
    assert!(codes(&clause(&format!("{}甲", "3月 ".repeat(20_000)))).contains(&"E0106"));
    assert!(codes(&clause(&format!("{}甲", "上年 ".repeat(20_000)))).contains(&"E0106"));
    let nots = format!("事实\n  甲  是否\n条款 1「例」\n  条件  {}甲\n  给予  服务「例」", "非 ".repeat(5000));
    assert!(codes(&nots).contains(&"E0106"));
}

#[test]
fn definitions_cannot_double_without_end() {
    let mut rules = String::from("事实\n  甲  元\n定义 d0 为 甲\n");
    for n in 1..40 {
        rules.push_str(&format!("定义 d{n} 为 d{} 加 d{}\n", n - 1, n - 1));
    }
    rules.push_str("条款 1「例」\n  给予  d39\n  频次  一次性");
    assert!(codes(&rules).contains(&"E0106"));
    let mut chain = String::from("事实\n  甲  元\n定义 d0 为 甲\n");
    for n in 1..20_000 {
        chain.push_str(&format!("定义 d{n} 为 d{}\n", n - 1));
    }
    chain.push_str("条款 1「例」\n  给予  d19999\n  频次  一次性");
    let _ = codes(&chain);
    assert!(codes("事实\n  甲  元 按年\n条款 1「例」\n  给予  合计 每个 近 9999 年 计 合计 每个 近 9999 年 计 甲\n  频次  一次性").contains(&"E0106"));
}

#[test]
fn a_selection_that_gives_nothing_is_refused() {
    assert_eq!(codes("事实\n  甲  元\n条款 1「例」\n  给予  分档 甲\n          达到 1元：不予\n  频次  一次性"), ["E0109"]);
}

/// Twenty-five pairs that clash are decided pair by pair, not together.
#[test]
fn many_clashing_pairs_are_decided_apart() {
    let mut rules = String::from("事实\n  甲  元\n");
    for pair in 0..25 {
        for side in 0..2 {
            rules.push_str(&format!("条款 {pair}.{side}「例」\n  给予  {}元\n  频次  一次性\n  类别  类{pair}\n", 10 + side));
        }
    }
    rules.push_str(
        "并用「就高」\n  适用  全部\n  同一  类别\n  方式  就高\n情形「全部」\n  事实  甲 1元\n  实得  0.1 11元\n        24.1 11元\n        24.0 0元",
    );
    let compiled = compile(&Sources::single(format!("```duixian\n{rules}\n```\n")));
    let report = situation::run(&compiled);
    assert!(report.results[0].passed, "{:?}", report.results);
}

#[test]
fn a_word_of_habit_is_answered_with_the_word_of_the_language() {
    let told = |line: &str| {
        let rules = format!("事实\n  销售额  元 按年\n条款 1「例」\n{line}\n  频次  每年");
        let found = compile(&Sources::single(format!("```duixian\n{rules}\n```\n"))).diagnostics;
        found.iter().filter_map(|d| d.help.as_ref()).map(|help| help.zh.clone()).collect::<Vec<_>>().join("\n")
    };
    for (line, wanted) in [
        ("  条件  销售额 以上 100万元\n  给予  1万元", "达到（含本数）或 超过（不含）"),
        ("  给予  销售额 的 1%，最高不超过 3万元", "写 最高"),
        ("  给予  1万元\n  频次  一年一次", "写 每年"),
        ("  给予  增量 的 1%", "『增量』"),
        ("  给予  1万元\n事实\n  投入  万元", "类型写 元"),
        ("  给予  1万元\n事实\n  增量  元", "『增量』"),
    ] {
        assert!(told(line).contains(wanted), "{line}: {}", told(line));
    }
}

/// The mutation proof found it: such a line said nothing, and a situation that leaned on it could not fail.
#[test]
fn a_situation_cannot_give_a_year_to_a_fact_that_is_asked_once() {
    let scheme = "事实\n  甲  元\n条款 1「例」\n  给予  甲\n  频次  每年\n情形「上年」\n  年度  2024年\n  事实  2023年 甲 1元\n  结果  1 待定 缺 甲";
    let text = |rules: &str| format!("```duixian\n{rules}\n```\n");
    let found = compile(&Sources::single(text(scheme))).diagnostics;
    assert!(found[0].code == "E0212" && found[0].message.zh.contains("不是按年填的事项"), "{found:?}");
    let report = situation::run(&compile(&Sources::single(text(&scheme.replace("甲  元", "甲  元 按年")))));
    assert!(report.results[0].passed, "{:?}", report.results);
}

/// So did this: working days were read as days.
#[test]
fn working_days_are_refused_where_days_are_counted() {
    let table =
        |days: &str| format!("参数 汇率 元/美元 按日 有效 {days}\n  2024-01-01：7元/美元\n事实\n  甲  美元\n条款 1「例」\n  给予  甲 乘 汇率\n  频次  每年");
    assert_eq!(codes(&table("10日")), Vec::<&str>::new());
    assert_eq!(codes(&table("10个工作日")), vec!["E0108"]);
    assert_eq!(codes("政策 例\n  施行  另定，公布满 30个工作日"), vec!["E0108"]);
}

/// The mutation proof took rules away and nobody missed them: words cut off behind a comma passed for a title, and so
/// did the line of a date.
#[test]
fn a_part_of_a_sentence_and_a_date_are_no_titles() {
    let found = |text: &str, rules: &str| {
        let source = format!("{text}\n\n```duixian\n{rules}\n```\n");
        compile(&Sources::single(source)).diagnostics.iter().map(|d| d.code).collect::<Vec<_>>()
    };
    assert_eq!(found("> 关于促进电子商务发展的意见", "政策 例"), Vec::<&str>::new());
    assert_eq!(found("# 一\n\n> 力争培育示范基地1个，\n\n# 二\n\n> 支持企业发展。", "文句 鼓励"), vec!["E0409"]);
    assert_eq!(found("# 一\n\n> 2023年8月11日\n\n# 二\n\n> 支持企业发展。", "文句 鼓励"), vec!["E0409"]);
}

/// The laws found it: a general test is run once for all clauses, and only the first was told what went wrong in it.
#[test]
fn a_fault_in_a_general_rule_is_told_to_every_clause() {
    let clause = |id: u32| format!("条款 {id}「例」\n  给予  1万元\n  频次  每年\n");
    let rules = format!("事实\n  产值  元 按年\n{}{}通则\n  适用  全部\n  排除  产值 比 上年 增幅 达到 5%\n", clause(1), clause(2));
    let scheme = compile(&Sources::single(format!("```duixian\n{rules}```\n"))).scheme.unwrap();
    let mut firm = Application::empty("甲", 2024, Date::new(2024, 12, 31).unwrap(), scheme.facts.len());
    for (year, fen) in [(2023, 0), (2024, 100)] {
        firm.set(scheme.fact_named("产值").unwrap(), When { year, month: 0 }, FactValue::Number(Rational::from_int(fen)));
    }
    for trace in [false, true] {
        let population = assess(&scheme, std::slice::from_ref(&firm), &AssessOptions { trace, clauses: None });
        for result in &population.assessments[0].clauses {
            assert_eq!((result.outcome, result.fault), (Outcome::Undetermined, Some(Fault::DivisionByZero)), "{result:?}");
        }
    }
}

/// The laws found it: what rests on a clause in which arithmetic went wrong was undetermined with nothing to say why.
#[test]
fn a_fault_in_a_clause_is_told_to_what_rests_on_it() {
    let rules = "事实\n  产值  元 按年\n条款 1「一」\n  条件  产值 比 上年 增幅 达到 5%\n  给予  1万元\n  频次  每年\n\
                 条款 2「二」\n  条件  符合 1\n  给予  2万元\n  频次  每年\n条款 3「三」\n  给予  条款 1 本年所得 的 10%\n  频次  每年\n";
    let compiled = compile(&Sources::single(format!("```duixian\n{rules}```\n")));
    let scheme = compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let mut firm = Application::empty("甲", 2024, Date::new(2024, 12, 31).unwrap(), scheme.facts.len());
    for (year, fen) in [(2023, 0), (2024, 100)] {
        firm.set(scheme.fact_named("产值").unwrap(), When { year, month: 0 }, FactValue::Number(Rational::from_int(fen)));
    }
    for trace in [false, true] {
        let population = assess(&scheme, std::slice::from_ref(&firm), &AssessOptions { trace, clauses: None });
        for result in &population.assessments[0].clauses {
            assert_eq!((result.outcome, result.fault), (Outcome::Undetermined, Some(Fault::DivisionByZero)), "{result:?}");
        }
    }
}
