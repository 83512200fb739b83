//! What the words themselves leave open, on the two policies and on the policy with one of each defect.

use crate::{places, replay};
use policy::analysis::{Report, Weight, analyse};
use policy::check::compile_reading;
use policy::source::Sources;
use policy::syntax::parse::parse;
use std::collections::BTreeSet;

const DEFECTS: &str = include_str!("defects.md");

/// The report of a literate policy, its witnesses replayed. The words of the sample are defective on purpose, and so its
/// rules are not held to them.
fn report(text: &str) -> Report {
    let sources = Sources::single(text);
    let compiled = compile_reading(&sources, parse(&sources));
    let wrong: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).map(|d| format!("{} {}", d.code, d.message.zh)).collect();
    let scheme = compiled.scheme.unwrap_or_else(|| panic!("{wrong:?}"));
    let report = analyse(&scheme, &compiled.sentences, None);
    let wrong = replay::wrong(&scheme, &report);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    report
}

fn messages(report: &Report, code: &str) -> Vec<String> {
    report.entries.iter().filter(|e| e.code == code).map(|e| e.message.zh.clone()).collect()
}

#[test]
fn each_defect_of_the_sample_is_found() {
    let report = report(DEFECTS);
    let found: BTreeSet<&str> = report.entries.iter().map(|e| e.code).collect();
    let all = [
        "W0601", "W0602", "W0603", "W0604", "W0605", "W0606", "W0607", "W0608", "W0609", "W0610", "W0611", "W0612", "W0613", "W0614", "W0615", "W0620", "W0621",
    ];
    assert_eq!(found, BTreeSet::from(all), "{}", replay::told(&report));
}

#[test]
fn a_bound_that_two_tiers_of_the_words_claim_is_found() {
    let found = messages(&report(DEFECTS), "W0620");
    assert!(found.len() == 1 && found[0].contains("“1000万元以下”和“1000万元以上”"), "{found:?}");
    let mended = DEFECTS.replace("1000万元以上的按65%", "达到1000万元的按65%").replace("1000万元以下的按纳税额", "不足1000万元的按纳税额");
    assert!(messages(&report(&mended), "W0620").is_empty());
}

#[test]
fn newcomers_paid_every_year_without_an_end_are_found() {
    let found = report(DEFECTS);
    let entry = found.entries.iter().find(|e| e.code == "W0621").unwrap();
    assert_eq!(entry.weight, Weight::Finding);
    assert_eq!(entry.witnesses[0].application.history.len(), 5, "paid for five years, and still eligible");
    for (from, to) in
        [("对新引进的企业，", "对新引进的企业，三年内"), ("每年\n```\n\n> 资金", "每年，共 3 年\n```\n\n> 资金"), ("对新引进的企业，", "对企业，")]
    {
        let mended = DEFECTS.replace(from, to);
        assert_ne!(mended, DEFECTS);
        assert!(messages(&report(&mended), "W0621").is_empty(), "{from} → {to}");
    }
}

#[test]
fn the_defects_of_both_official_texts_are_found_and_no_others() {
    let mut all = Vec::new();
    for name in ["qianjiang", "jiulongpo"] {
        let (_, compiled) = places::policy(name);
        let report = analyse(compiled.scheme.as_ref().unwrap(), &compiled.sentences, None);
        all.extend(report.findings().map(|f| format!("{name} {} {}", f.code, f.message.zh)));
    }
    all.sort();
    expect_test::expect![[r#"
        jiulongpo W0612 机构类型 为 全国总部 的，实缴资本 从 1000万元 起、不到 3000万元 的，1.1 和 1.2 都不给；同样条件的 区域总部，1.2 给 100万元
        jiulongpo W0620 30万元 在原文里归两档：“30万元以下”和“达到30万元人民币以上”都含本数
        qianjiang W0620 1000万元 在原文里归两档：“1000万元以下”和“1000（含）”都含本数
        qianjiang W0620 5000万元 在原文里归两档：“5000万元（含）”和“5000万元以上”都含本数
        qianjiang W0621 4.1 给“新引进”的每年都给，原文和规则都没有写给几年、几年以内算“新引进”
    "#]]
    .assert_eq(&(all.join("\n") + "\n"));
}
