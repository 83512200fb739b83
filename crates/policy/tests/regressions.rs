//! Mistakes that were found once and must not come back. Each section of the text below is a small scheme whose
//! situations must come out, as in the language reference; then what once ran without end or past the stack.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

use policy::source::Sources;
use policy::{compile, situation};

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
