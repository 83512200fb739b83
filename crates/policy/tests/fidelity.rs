//! Fidelity: each rule of `check::fidelity`, right and wrong, on small literate sources; and both policies, whose
//! sentences are all something and whose money is computed or in the register.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

use policy::check::{Compiled, ExceptionKind};
use policy::compile;
use policy::coverage::{Line, Sort, coverage};
use policy::source::{SourceFile, Sources};
use std::path::PathBuf;

/// A quote and the rules under it.
fn under(words: &str, rules: &str) -> Compiled {
    compile(&Sources::single(format!("# 一\n\n> {words}\n\n```duixian\n{rules}\n```\n")))
}

/// Codes of what is said, in order of place.
fn codes(words: &str, rules: &str) -> Vec<&'static str> {
    under(words, rules).diagnostics.iter().map(|d| d.code).collect()
}

/// A clause on 销售额 with 频次 一次性.
fn once(lines: &str) -> String {
    format!("事实\n  销售额  元 按年\n条款 1「奖励」\n{lines}\n  频次  一次性")
}

fn clean(words: &str, rules: &str) {
    let compiled = under(words, rules);
    let said: Vec<_> = compiled.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message.zh)).collect();
    assert!(said.is_empty(), "{words}\n{rules}\n{said:#?}");
}

#[test]
fn a_literal_stands_in_its_words() {
    clean("一次性奖励20万元。", &once("  给予  20万元"));
    let compiled = under("一次性奖励20万元。", &once("  给予  25万元"));
    let [fault] = compiled.diagnostics.as_slice() else { panic!("{:?}", compiled.diagnostics) };
    assert_eq!((fault.code, fault.replacement.as_deref()), ("E0402", Some("20万元")));
    assert!(fault.related.is_some() && fault.heading == "条款 1「奖励」" && fault.help.is_some());
}

#[test]
fn numbers_are_read_as_the_text_writes_them() {
    for (words, literal) in [
        ("２０万元", "20万元"),
        ("20万", "20万元"),
        ("二十万元", "20万元"),
        ("贰拾万元", "200000元"),
        ("200,000元", "20万元"),
        ("1亿元", "10000万元"),
        ("1.5万元", "15000元"),
        ("三千五百元", "3500元"),
    ] {
        clean(&format!("一次性奖励{words}。"), &once(&format!("  给予  {literal}")));
    }
    for (words, literal) in [("百分之五", "5%"), ("5％", "5%"), ("三分之一", "1/3"), ("1.5倍", "150%"), ("2个百分点", "2%"), ("三成", "30%")] {
        clean(&format!("一次性奖励销售额的{words}。"), &once(&format!("  给予  销售额 的 {literal}")));
    }
}

#[test]
fn years_and_months_are_one_measure() {
    let rule = |span: &str| format!("事实\n  设立日期  日期\n条款 1「奖励」\n  条件  设立日期 满 {span}\n  给予  1万元\n  频次  一次性");
    for (words, span) in [("一年", "1年"), ("两年", "24个月"), ("18个月", "18个月"), ("半年", "6个月")] {
        clean(&format!("设立满{words}的，一次性奖励1万元。"), &rule(span));
    }
    assert_eq!(codes("设立满1年的，一次性奖励1万元。", &rule("1个月")), ["E0404"]);
}

#[test]
fn a_unit_at_the_end_goes_for_the_list_and_for_the_range() {
    let tier = "事实\n  户数  户\n条款 1「奖励」\n  给予  分档 户数\n          超过 1000户：5万元\n          超过 2000户：10万元\n          超过 5000户：20万元\n  频次  一次性";
    clean("超过1000、2000、5000户的，一次性分别奖励5、10、20万元。", tier);
    let range = once("  条件  销售额 介于 1000万元（含）至 5000万元（不含）\n  给予  1万元");
    clean("销售额1000（含）-5000万元（不含）的，一次性奖励1万元。", &range);
    assert_eq!(codes("销售额1000（不含）-5000万元（不含）的，一次性奖励1万元。", &range), ["E0405"]);
}

#[test]
fn words_with_numerals_are_no_quantities() {
    clean("引进一批第三方平台，进一步统一标准，两类企业一体推进，对一家企业一次性奖励1万元。", &once("  给予  1万元"));
    clean("（一）按照《“十四五”规划（2021—2025年）》和附件2，一次性奖励1万元。", &once("  给予  1万元"));
    clean("1.一次性奖励1万元。", &once("  给予  1万元"));
}

#[test]
fn a_number_of_the_words_is_used_or_explained() {
    let words = "对6·6电商节期间销售的企业，一次性奖励1万元。";
    assert_eq!(codes(words, &once("  给予  1万元")), ["E0403", "E0403"]);
    clean(words, &once("  给予  1万元\n  不用  「6·6」因「节日名称」"));
    // The number of a fact's name is used by the rule that names it.
    let named = "事实\n  近三年被处罚  是否\n条款 1「奖励」\n  排除  近三年被处罚\n  给予  1万元\n  频次  一次性";
    clean("近三年未被处罚的，一次性奖励1万元。", named);
    assert_eq!(codes("近五年未被处罚的，一次性奖励1万元。", named), ["E0403"]);
}

#[test]
fn a_number_said_twice_is_wanted_twice() {
    let words = "对甲类企业一次性奖励10万元，对乙类企业奖励15万元，对丙类企业奖励10万元。";
    let rule = |c: &str| {
        format!(
            "事实\n  类型  选项（甲、乙、丙）\n条款 1「奖励」\n  给予  分类 类型\n          甲：10万元\n          乙：15万元\n          丙：{c}\n  频次  一次性"
        )
    };
    clean(words, &rule("10万元"));
    assert_eq!(codes(words, &rule("15万元")), ["E0403"]);
}

#[test]
fn units_agree_with_the_text() {
    let rule = |unit: &str| format!("事实\n  人数  {unit}\n条款 1「奖励」\n  条件  人数 超过 100{unit}\n  给予  1万元\n  频次  一次性");
    clean("培训超过100人次的，一次性奖励1万元。", &rule("人次"));
    clean("培训超过100名的，一次性奖励1万元。", &rule("人"));
    clean("培训超过100个的，一次性奖励1万元。", &rule("家"));
    assert_eq!(codes("培训超过100人次的，一次性奖励1万元。", &rule("人")), ["E0404"]);
    assert_eq!(codes("服务超过100户的，一次性奖励1万元。", &rule("家")), ["E0404"]);
    assert_eq!(codes("一次性奖励1万元。", &once("  给予  1元")), ["E0404"]);
    let area = "事实\n  面积  平方米\n条款 1「奖励」\n  给予  面积 乘 25元/平方米\n  频次  一次性";
    clean("一次性按每平方米25元奖励。", area);
    assert_eq!(codes("一次性按每亩25元奖励。", area), ["E0404"]);
}

#[test]
fn comparison_words_agree_with_the_text() {
    let rule = |word: &str| once(&format!("  条件  销售额 {word} 100万元\n  给予  1万元"));
    for (words, right, wrong) in [
        ("100万元以上", "达到", "超过"),
        ("不少于100万元", "不少于", "多于"),
        ("超过100万元", "高于", "达到"),
        ("突破100万元以上（含）", "达到", "突破"),
        ("100万元以下", "不超过", "低于"),
        ("不满100万元", "低于", "不超过"),
        ("100万元以内", "不超过", "超过"),
        ("100万元以下（不含）", "低于", "不超过"),
        ("不超过100万元", "不超过", "达到"),
    ] {
        let words = format!("销售额{words}的，一次性奖励1万元。");
        clean(&words, &rule(right));
        assert_eq!(codes(&words, &rule(wrong)), ["E0405"], "{words} {wrong}");
    }
}

#[test]
fn the_period_beside_a_ceiling_is_that_of_the_rule() {
    let rule = |give: &str, limit: &str| format!("事实\n  销售额  元 按年\n条款 1「奖励」\n  给予  销售额 的 1%{give}\n  频次  每年\n{limit}");
    let in_all = "每年按销售额的1%奖励，单个企业累计最高100万元。";
    clean(in_all, &rule("", "  限额  累计 100万元"));
    assert_eq!(codes(in_all, &rule("", "  限额  每年 100万元")), ["E0413"]);
    assert_eq!(codes(in_all, &rule("，最高 100万元", "")), ["E0413"]);
    for words in ["每年按销售额的1%奖励，每年最高100万元。", "每年按销售额的1%奖励，单个企业当年累计不超过100万元。", "按销售额的1%奖励，每年累计最高100万元。"]
    {
        clean(words, &rule("", "  限额  每年 100万元"));
        clean(words, &rule("，最高 100万元", ""));
        assert_eq!(codes(words, &rule("", "  限额  累计 100万元")), ["E0413"], "{words}");
    }
    let read = "\n读法 1「累计最高100万元」\n  取  限额 每年 100万元\n  另  限额 累计 100万元\n  因  「累计是当年累计，还是历年累计」";
    clean(in_all, &rule("", &format!("  限额  每年 100万元{read}")));
    let years = "每年按销售额的1%奖励，三年累计不超过100万元。";
    clean(years, &rule("", "  限额  3年内 100万元"));
    assert_eq!(codes(years, &rule("", "  限额  每年 100万元")), ["E0403", "E0413"]);
    // What is given once is in all what it is; what stands in another part of the sentence says nothing of the ceiling.
    clean("一次性按销售额的1%奖励，累计最高100万元。", &once("  给予  销售额 的 1%，最高 100万元"));
}

#[test]
fn an_index_of_instalments_covers_for_no_number_that_a_condition_leaves_out() {
    let rule =
        |condition: &str| format!("事实\n  租期  年\n条款 1「租金」\n{condition}  给予  10万元\n  频次  一次性\n  兑付\n    第 1 年：50%\n    第 2 年：50%");
    for words in ["租期满2年的，一次性奖励10万元，分2年兑付，各兑付50%。", "分2年兑付一次性奖励10万元，各兑付50%，租期须满2年。"]
    {
        clean(words, &rule("  条件  租期 达到 2年\n"));
        assert_eq!(codes(words, &rule("")), ["E0403"], "{words}");
    }
    clean("租期满2年的，一次性奖励10万元，第一年兑付50%，第二年兑付其余50%。", &rule("  条件  租期 达到 2年\n").replace("第 2 年：50%", "第 2 年：其余"));
}

/// Five clauses under their articles, words about them, and a group.
fn together(words: &str, group: &str) -> Vec<&'static str> {
    let clause = |n: usize| {
        let article = ["一", "二", "三", "四", "五"][n - 1];
        format!("> 第{article}条 一次性奖励{n}万元。\n\n```duixian\n条款 {n}「奖励」\n  给予  {n}万元\n  频次  一次性\n```\n\n")
    };
    let clauses: String = (1..=5).map(clause).collect();
    let source = format!("# 一\n\n{clauses}> 第六条 {words}\n\n```duixian\n并用「一」\n{group}\n```\n");
    compile(&Sources::single(source)).diagnostics.iter().map(|d| d.code).collect()
}

#[test]
fn a_group_says_of_its_members_what_the_text_says() {
    let none = Vec::<&str>::new();
    let words = "同一企业符合第三条和第五条的，就高不重复。";
    assert_eq!(together(words, "  适用  条款 3、5\n  方式  就高"), none);
    for group in ["  适用  条款 3、5\n  方式  叠加", "  适用  条款 3、5\n  方式  择一", "  适用  条款 1、5\n  方式  就高", "  适用  全部\n  方式  就高"]
    {
        assert_eq!(together(words, group), ["E0420"], "{group}");
    }
    for words in ["符合第三条、第五条的，不同时享受。", "第三、五条由企业任选一条。", "第三条和第五条不可叠加享受。"]
    {
        assert_eq!(together(words, "  适用  条款 3、5\n  方式  择一"), none, "{words}");
        assert_eq!(together(words, "  适用  条款 3、5\n  方式  就高"), none, "{words}");
        assert_eq!(together(words, "  适用  条款 3、5\n  方式  叠加"), ["E0420"], "{words}");
    }
    assert_eq!(together("第三条至第五条可以叠加享受。", "  适用  条款 3、4、5\n  方式  叠加"), none);
    assert_eq!(together("第三条至第五条可以叠加享受。", "  适用  条款 3、5\n  方式  叠加"), ["E0420"]);
    assert_eq!(together("除第三条外，其他各条就高。", "  适用  全部 除 条款 3\n  方式  就高"), none);
    assert_eq!(together("除第三条外，其他各条就高。", "  适用  全部\n  方式  就高"), ["E0420"]);
    // Articles of another document, and words that speak of no members, are compared with nothing.
    assert_eq!(together("按照《扶持办法》第三条，就高享受。", "  适用  全部\n  方式  就高"), none);
    let read = "  适用  条款 3、5\n  方式  择一\n读法 并用「一」\n  取  方式 择一\n  另  方式 就高\n  因  「由谁选，原文没有写」";
    assert_eq!(together(words, read), none);
}

#[test]
fn members_are_compared_only_where_ids_are_articles() {
    let source = "# 一\n\n> 第七条 一次性奖励1万元。\n\n```duixian\n条款 1「奖励」\n  给予  1万元\n  频次  一次性\n```\n\n> 第八条 一次性奖励2万元。\n\n```duixian\n条款 2「奖励」\n  给予  2万元\n  频次  一次性\n```\n\n> 第一条就高享受。\n\n```duixian\n并用「一」\n  适用  全部\n  方式  就高\n```\n";
    assert!(compile(&Sources::single(source)).diagnostics.is_empty());
}

/// What is said of a source: code, message and fix in Chinese.
fn said(source: &str) -> Vec<(&'static str, String, String)> {
    let told = compile(&Sources::single(source)).diagnostics;
    told.into_iter().map(|d| (d.code, d.message.zh, d.help.map_or(String::new(), |help| help.zh))).collect()
}

#[test]
fn an_unclosed_fence_is_told_of_and_not_what_follows_from_it() {
    let rule = once("  给予  1万元");
    let told = said(&format!("# 一\n\n> 一次性奖励1万元。\n\n```duixian\n{rule}\n\n## 二\n\n> 一次性奖励2万元。\n\n文字（一）。\n"));
    assert_eq!(told.iter().map(|t| t.0).collect::<Vec<_>>(), ["E0110"], "{told:?}");
    let told = said("# 一\n\n> 一次性奖励1万元。\n\n```\n条款 1「奖励」\n```\n\n> 二、其他\n\n```duixian\n文句 叙述\n```\n");
    assert!(told.iter().any(|(code, _, fix)| *code == "E0409" && fix.contains("```duixian")), "{told:?}");
}

#[test]
fn a_letter_in_place_of_a_digit_is_told_of_once() {
    let pay = "事实\n  租期  年\n条款 1「奖励」\n  给予  10万元\n  频次  一次性\n  兑付\n    第 l 年：50%\n    第 2 年：50%";
    let one = |words: &str, rules: &str| {
        let told = under(words, rules).diagnostics;
        assert_eq!(told.iter().map(|d| d.code).collect::<Vec<_>>(), ["E0418"], "{told:#?}");
        told[0].replacement.clone().unwrap()
    };
    assert_eq!(one("一次性奖励10万元，分2年兑付，各兑付50%、50%。", pay), "1");
    assert_eq!(one("一次性奖励100万元。", &once("  给予  1O0万元")), "0");
    assert_eq!(one("一次性奖励1O0万元。", &once("  给予  100万元")), "0");
}

#[test]
fn a_line_that_cannot_be_read_is_told_of_before_its_units() {
    let area = |lines: &str| said(&format!("```duixian\n事实\n  面积  平方米\n条款 1「奖励」\n{lines}\n  频次  一次性\n```\n"));
    for lines in ["  条件  面积 以上 500平方米\n  给予  1万元", "  给予  面积 x 25元/平方米"] {
        let told = area(lines);
        assert!(told.first().is_some_and(|t| t.0 == "E0102") && told.iter().all(|t| t.0.starts_with("E010")), "{told:?}");
    }
}

#[test]
fn how_an_award_is_paid_out_is_not_how_often_it_is_given() {
    let rule = |often: &str| format!("条款 1「奖励」\n  给予  10万元\n  频次  {often}\n  兑付\n    第 1 年：50%\n    第 2 年：50%");
    clean("一次性奖励10万元，分2年兑付，每年兑付50%。", &rule("一次性").replace("第 2 年：50%", "第 2 年：其余"));
    let told = codes("奖励10万元，分2年兑付，每年兑付50%。", &rule("一次性").replace("第 2 年：50%", "第 2 年：其余"));
    assert!(!told.contains(&"E0412"), "{told:?}");
    assert!(codes("每年奖励10万元，分2年兑付，第一年兑付50%，第二年兑付50%。", &rule("一次性")).contains(&"E0412"));
}

#[test]
fn the_fix_names_what_is_to_be_mended() {
    let fix = |source: &str, code: &str| {
        let told = said(source);
        told.iter().find(|t| t.0 == code).map_or_else(|| panic!("{code} in {told:?}"), |t| format!("{} → {}", t.1, t.2))
    };
    let fence = |rules: &str| format!("```duixian\n{rules}\n```\n");
    let situation = |lines: &str| fence(&format!("{}\n情形「一」\n{lines}", once("  条件  销售额 达到 1万元\n  给予  1万元")));
    assert!(fix(&situation("  年度  2025年\n  事实  销售额 500 万元\n  结果  1 1万元"), "E0102").contains("不空格 → 500万元"));
    assert!(fix(&situation("  年度  2025\n  事实  销售额 500万元\n  结果  1 1万元"), "E0102").contains("年份写 2025年"));
    assert!(fix(&fence("条款 1「奖励」\n  object  企业\n  给予  1万元\n  频次  一次性"), "E0111").contains("对象"));
    let cars = |rule: &str| fence(&format!("事实\n  车数  辆\n条款 1「奖励」\n{rule}\n  频次  一次性"));
    let unit = fix(&cars("  条件  车数 达到 5万吨\n  给予  1万元"), "E0214");
    assert!(unit.contains("事实“车数”声明里的单位改为 吨") && !unit.contains("5万辆"), "{unit}");
    assert!(!fix(&cars("  给予  车数 加 3万元/辆"), "E0214").contains("3万辆"));
    // Columns are counted as in the place of a message, from 1.
    assert!(fix(&fence("  条款 1「奖励」"), "E0105").contains("从第 1 栏开始"));
}

#[test]
fn a_word_of_the_clause_beside_can_be_left_out() {
    let clause = |n: usize, cite: &str| format!("条款 {n}「奖励」\n{cite}  给予  {n}万元\n  频次  每年\n");
    let words = "对示范企业每年奖励1万元；对小微企业每年奖励2万元，新引进的一并给予。";
    let told = said(&format!("# 一\n\n> {words}\n\n```duixian\n{}{}```\n", clause(1, ""), clause(2, "")));
    assert!(told.iter().any(|(code, _, fix)| *code == "E0417" && fix.contains("原文 「…」")), "{told:?}");
}

#[test]
fn an_empty_official_text_is_called_empty() {
    let mut sources = Sources::single("# 一\n\n> 一次性奖励1万元。\n\n```duixian\n条款 1「奖励」\n  给予  1万元\n  频次  一次性\n```\n");
    sources.official = Some(String::new());
    let told = compile(&sources).diagnostics;
    assert!(told.iter().any(|d| d.code == "E0410" && d.message.zh.contains("official.txt 是空的")), "{told:?}");
}

/// The source with the edit that a diagnostic proposes.
fn mended(words: &str, rules: &str) -> Sources {
    let source = format!("# 一\n\n> {words}\n\n```duixian\n{rules}\n```\n");
    let compiled = compile(&Sources::single(source.clone()));
    let [fault] = compiled.diagnostics.as_slice() else { panic!("{:?}", compiled.diagnostics) };
    let (start, end) = (fault.span.start as usize, fault.span.end as usize);
    Sources::single(format!("{}{}{}", &source[..start], fault.replacement.as_deref().unwrap(), &source[end..]))
}

#[test]
fn the_edit_a_diagnostic_proposes_mends_it() {
    let compared = |word: &str| once(&format!("  条件  销售额 {word} 100万元\n  给予  1万元"));
    for (words, rules) in [
        ("销售额超过100万元的，一次性奖励1万元。", compared("达到")),
        ("销售额不满100万元的，一次性奖励1万元。", compared("不超过")),
        ("一次性奖励2万元。", once("  给予  1万元")),
        ("一次性奖励1万元。", once("  给予  1元")),
        ("一次性奖励1万元。", once("  给予  1万元").replace("一次性", "每年")),
        ("一次性奖励1万元。（牵头单位：区商务委）", once("  给予  1万元\n  牵头  区财政局")),
    ] {
        let after = compile(&mended(words, &rules));
        assert!(after.diagnostics.is_empty(), "{words}\n{rules}\n{:?}", after.diagnostics);
    }
}

#[test]
fn a_condition_turned_round_is_compared_turned_round() {
    let words = "销售额超过100万元的，一次性奖励1万元。";
    clean(words, &once("  条件  非 （销售额 不超过 100万元）\n  给予  1万元"));
    assert_eq!(codes(words, &once("  条件  非 （销售额 低于 100万元）\n  给予  1万元")), ["E0405"]);
}

#[test]
fn a_reading_that_takes_the_line_excuses_a_comparison_and_is_listed() {
    let words = "销售额超过100万元的，一次性奖励1万元。";
    let read = |taken: &str| {
        let rule = once("  条件  销售额 达到 100万元\n  给予  1万元");
        format!("{rule}\n读法 1「超过100万元」\n  取  {taken}\n  另  销售额 超过 100万元\n  因  「甲」")
    };
    clean(words, &read("销售额 达到 100万元"));
    let exceptions = under(words, &read("销售额 达到 100万元")).exceptions;
    let [one] = exceptions.as_slice() else { panic!("{exceptions:?}") };
    assert_eq!((one.kind, one.because.as_str(), one.heading.as_str()), (ExceptionKind::Reading, "甲", "条款 1「奖励」"));
    // A reading of another line excuses nothing.
    assert_eq!(codes(words, &read("频次 一次性")), ["E0405"]);
}

#[test]
fn a_contested_bound_may_lie_on_either_side_but_is_registered() {
    let words = "销售额100万元以下的，一次性奖励1万元；销售额100万元以上的，一次性奖励2万元。";
    let rule = "  给予  分档 销售额\n          低于 100万元：1万元\n          达到 100万元：2万元";
    assert_eq!(codes(words, &once(rule)), ["E0417"]);
    let reading = "\n读法 1「100万元以下」\n  取  低于 100万元：1万元\n      达到 100万元：2万元\n  另  不超过 100万元：1万元\n      超过 100万元：2万元\n  因  「两边都含」";
    clean(words, &format!("{}{reading}", once(rule)));
    assert_eq!(under(words, &format!("{}{reading}", once(rule))).exceptions.len(), 1);
}

#[test]
fn lead_and_participating_units_are_those_of_the_text() {
    let words = "一次性奖励1万元。（牵头单位：区商务委；参与单位：区经信委、区财政局）";
    let rule = |with: &str| once(&format!("  给予  1万元\n  牵头  区商务委\n{with}"));
    clean(words, &rule("  参与  区财政局、区经信委"));
    assert_eq!(codes(words, &rule("  参与  区经信委")), ["E0406"]);
    assert_eq!(codes(words, &rule("")), ["E0406"]);
    let other = under(words, &rule("  参与  区经济信息委、区财政局"));
    assert_eq!((other.diagnostics[0].code, other.diagnostics[0].replacement.as_deref()), ("E0406", Some("区经信委")));
    clean(words, &format!("政策 a「甲」\n  别名  区经信委 即 区经济信息委\n{}", rule("  参与  区经济信息委、区财政局")));
    // An alias of a name that occurs nowhere does nothing.
    assert_eq!(codes("一次性奖励1万元。", &format!("政策 a「甲」\n  别名  区经信委 即 区经济信息委\n{}", once("  给予  1万元"))), ["E0419"]);
}

#[test]
fn an_alias_is_no_part_of_the_hash() {
    let words = "一次性奖励1万元。（牵头单位：区经信委、区经济信息委）";
    let rule = once("  给予  1万元\n  牵头  区经信委、区经济信息委");
    let without = under(words, &format!("政策 a「甲」\n{rule}")).scheme.unwrap().hash;
    let with = under(words, &format!("政策 a「甲」\n  别名  区经信委 即 区经济信息委\n{rule}")).scheme.unwrap().hash;
    assert_eq!(without, with);
}

#[test]
fn brackets_of_units_govern_tasks_to_the_next_brackets_or_heading() {
    let source = |unit: &str, last: &str| {
        format!(
            "# 一\n\n> （区商务委）建设园区。\n\n```duixian\n文句 任务\n  责任  区商务委\n```\n\n> 推广应用。\n\n```duixian\n文句 任务\n  责任  {unit}\n```\n\n# 二\n\n> 加强宣传。\n\n```duixian\n文句 任务{last}\n```\n"
        )
    };
    let said = |unit: &str, last: &str| compile(&Sources::single(source(unit, last))).diagnostics.iter().map(|d| d.code).collect::<Vec<_>>();
    assert!(said("区商务委", "").is_empty());
    assert_eq!(said("区财政局", ""), ["E0406"]);
    assert_eq!(said("区商务委", "\n  责任  区商务委"), ["E0406"]);
}

#[test]
fn how_often_agrees_with_the_text() {
    let rule = |often: &str| format!("条款 1「奖励」\n  给予  1万元\n  频次  {often}");
    clean("每年奖励1万元。", &rule("每年"));
    clean("奖励1万元，期限3年。", &rule("每年，共 3 年"));
    clean("3年内奖励2次，每次1万元。", &rule("3年内 2次"));
    assert_eq!(codes("一次性奖励1万元。", &rule("每年")), ["E0412"]);
    assert_eq!(codes("每年奖励1万元。", &rule("一次性")), ["E0412"]);
    assert_eq!(codes("奖励1万元，期限3年。", &rule("每年")), ["E0403"]);
    assert_eq!(codes("奖励1万元，期限3年。", &rule("每年，共 2 年")), ["E0402"]);
}

#[test]
fn once_within_a_period_is_no_once() {
    let rule = |frequency: &str| format!("事实\n  示范  是否\n条款 1「奖励」\n  条件  示范\n  给予  5万元\n  频次  {frequency}");
    clean("对示范企业奖励5万元，3年内一次。", &rule("3年内 一次"));
    clean("对在年度内示范的企业奖励5万元，由企业每年申报一次。", &rule("每年"));
    assert_eq!(codes("对示范企业奖励5万元，只给一次。", &rule("每年")), ["E0412"]);
}

#[test]
fn ceilings_agree_with_the_text() {
    let words = "一次性按销售额的1%奖励，最高不超过50万元。";
    clean(words, &once("  给予  销售额 的 1%，最高 50万元"));
    assert_eq!(codes(words, &once("  给予  销售额 的 1%，最低 50万元")), ["E0413"]);
    assert_eq!(codes("一次性给予不超过50万元奖励。", &once("  给予  50万元")), ["E0413"]);
    assert_eq!(codes("一次性给予50万元奖励。", &once("  给予  至多 50万元")), ["E0413"]);
    assert_eq!(codes("一次性按不超过销售额的1%奖励。", &once("  给予  销售额 的 1%")), ["E0413"]);
    clean("一次性按不超过销售额的1%奖励。", &once("  给予  至多 销售额 的 1%"));
}

#[test]
fn rows_follow_the_text() {
    let rule = |a: &str, b: &str| once(&format!("  给予  分档 销售额\n          超过 {a}\n          超过 {b}"));
    let words = "销售额超过100万元、200万元的，一次性分别奖励1万元、3万元。";
    clean(words, &rule("100万元：1万元", "200万元：3万元"));
    clean(words, &rule("200万元：3万元", "100万元：1万元"));
    assert_eq!(codes(words, &rule("100万元：3万元", "200万元：1万元")), ["E0414"]);
    assert_eq!(codes(words, &once("  条件  销售额 超过 100万元\n  给予  1万元\n  不用  「200万元」「3万元」因「甲」")), ["E0414"]);
}

#[test]
fn steps_and_rates_of_exchange_are_in_the_rule() {
    let words = "销售额每增加10万元，一次性奖励100元。";
    clean(words, &once("  给予  销售额 每满 10万元 给 100元"));
    assert_eq!(codes(words, &once("  条件  销售额 超过 10万元\n  给予  100元")), ["E0415"]);
    assert_eq!(codes("销售额超过10万元的，一次性奖励100元。", &once("  给予  销售额 每满 10万元 给 100元")), ["E0415"]);
    let dollars =
        |rate: &str| format!("事实\n  交易额  美元\n参数 美元汇率 元/美元 按日 来源「中间价」\n条款 1「奖励」\n  给予  交易额 的 5% 乘 {rate}\n  频次  一次性");
    clean("按交易额的5%（以人民币计）给予一次性奖励。", &dollars("美元汇率"));
    assert_eq!(codes("按交易额的5%（以人民币计）给予一次性奖励。", &dollars("7元/美元")), ["E0416", "E0402"]);
}

#[test]
fn open_words_are_in_the_register() {
    let reached = once("  条件  销售额 达到 100万元\n  给予  1万元");
    let words = "销售额达到100万元的，一次性奖励1万元。";
    assert_eq!(codes(words, &reached), ["E0417"]);
    clean(words, &format!("{reached}\n读法 「达到」\n  取  「含本数」\n  另  「不含本数」\n  因  「甲」"));
    clean("销售额达到100万元以上的，一次性奖励1万元。", &reached);
    // Silence on how often.
    let yearly = "条款 1「奖励」\n  给予  1万元\n  频次  每年";
    assert_eq!(codes("奖励1万元。", yearly), ["E0417"]);
    clean("奖励1万元。", &format!("{yearly}\n读法 1「奖励1万元」\n  取  频次 每年\n  另  频次 一次性\n  因  「甲」"));
    // A ceiling without its period.
    let capped = "事实\n  投入  元\n条款 1「补助」\n  给予  投入 的 40%\n  限额  累计 20万元\n  频次  每年";
    assert_eq!(codes("按年度逐年补助投入的40%，单个企业不超过20万元。", capped), ["E0417"]);
    clean("按年度逐年补助投入的40%，累计不超过20万元。", capped);
    assert_eq!(codes("对新引进的企业一次性奖励1万元。", &once("  给予  1万元")), ["E0417"]);
}

#[test]
fn look_alikes_are_told_of_in_quotes_and_rules() {
    for (c, meant) in [("\u{2F49}", "月"), ("С端", "C"), ("1O0", "0"), ("二○二三", "〇"), ("1０", "0")] {
        let compiled = under(&format!("对{c}业务，一次性奖励1万元。"), &once("  给予  1万元"));
        let found = compiled.diagnostics.iter().find(|d| d.code == "E0418");
        assert_eq!(found.and_then(|d| d.replacement.as_deref()), Some(meant), "{c}: {:?}", compiled.diagnostics);
    }
    let kept = once("  给予  1万元\n  不用  「С」因「原文如此」");
    clean("对С端业务，一次性奖励1万元。", &kept);
    assert_eq!(codes("一次性奖励1万元。", &once("  给予  1万元\n  佐证  「С证」")), ["E0418"]);
}

#[test]
fn a_note_that_explains_nothing_is_an_error() {
    let words = "一次性全额补助，不超过50万元。";
    let rule = |notes: &str| once(&format!("  给予  销售额 的 100%，最高 50万元\n{notes}"));
    clean(words, &rule("  字面  100% 即「全额」"));
    for notes in ["  字面  90% 即「全额」", "  字面  100% 即「全部」"] {
        assert_eq!(codes(words, &rule(notes)), ["E0402", "E0419"], "{notes}");
    }
    for notes in ["  字面  50万元 因「甲」", "  不用  「50万元」因「甲」", "  不用  「3」因「甲」"] {
        let notes = format!("  字面  100% 即「全额」\n{notes}");
        assert_eq!(codes(words, &rule(&notes)), ["E0419"], "{notes}");
    }
}

#[test]
fn a_table_names_its_source_or_stands_in_the_text() {
    let rule = |table: &str| format!("{table}\n  2024年：1万元\n条款 1「奖励」\n  给予  标准\n  频次  一次性");
    let words = "一次性按标准奖励。";
    clean(words, &rule("参数 标准 元 按年 来源「年度公告」"));
    assert_eq!(codes(words, &rule("参数 标准 元 按年")), ["E0402", "E0402"]);
    let exceptions = under(words, &rule("参数 标准 元 按年 来源「年度公告」")).exceptions;
    assert_eq!(exceptions.iter().map(|e| (e.kind, e.because.as_str())).collect::<Vec<_>>(), [(ExceptionKind::Source, "年度公告")]);
}

#[test]
fn a_fence_without_words_is_held_to_none() {
    let rules = "事实\n  销售额  元\n条款 1「奖励」\n  条件  销售额 达到 100万元\n  给予  1万元\n  频次  每年";
    let compiled = compile(&Sources::single(format!("```duixian\n{rules}\n```\n")));
    assert!(compiled.diagnostics.is_empty(), "{:?}", compiled.diagnostics);
}

fn policy(place: &str) -> Sources {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(place);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let file = |name: &str| SourceFile { name: name.into(), text: read(name) };
    Sources { files: vec![file("policy.md"), file("situations.md")], official: Some(read("official.txt")) }
}

#[test]
fn every_exception_of_the_policies_has_its_reason() {
    for place in ["qianjiang", "jiulongpo"] {
        let compiled = compile(&policy(place));
        assert!(compiled.diagnostics.is_empty(), "{place}: {:?}", compiled.diagnostics);
        assert!(!compiled.exceptions.is_empty());
        for exception in &compiled.exceptions {
            assert!(!exception.because.is_empty() && exception.because.chars().count() < 40, "{place}: {exception:?}");
        }
    }
}

#[test]
fn every_sentence_is_something_and_all_money_is_computed_or_registered() {
    for (place, sentences, money) in [("qianjiang", 154, 21), ("jiulongpo", 63, 14)] {
        let report = coverage(&compile(&policy(place)));
        let open: Vec<&Line> = report.lines.iter().filter(|line| line.is_open()).collect();
        assert!(open.is_empty(), "{place}: {open:#?}");
        let totals = report.totals;
        assert_eq!((totals.sentences, totals.classified), (sentences, sentences), "{place}");
        assert_eq!((totals.money, totals.executable + totals.registered), (money, money), "{place}");
    }
}

#[test]
fn coverage_tells_money_that_nothing_computes() {
    let compiled = under("对示范企业给予适当奖励，标准为20万元。大力发展电子商务。", "文句 鼓励\n  不用  「20万元」因「甲」");
    let report = coverage(&compiled);
    assert_eq!(
        report.lines.iter().map(|l| (l.sort, l.money, l.is_open())).collect::<Vec<_>>(),
        [(Sort::Sentence("鼓励"), true, true), (Sort::Sentence("鼓励"), false, false)]
    );
    let reading = "文句 鼓励\n  不用  「20万元」因「甲」\n读法 「标准为20万元」\n  取  「不给」\n  另  「给」\n  因  「甲」";
    assert!(!coverage(&under("对示范企业给予适当奖励，标准为20万元。", reading)).lines[0].is_open());
}

#[test]
fn the_one_of_each_is_free_on_both_sides() {
    let heads = "事实\n  就业人数  人\n条款 1「奖励」\n  给予  就业人数 乘 1000元/人\n  频次  一次性";
    clean("每新增就业1人，一次性奖励1000元。", &heads.replace("就业人数", "新增就业人数"));
    clean("按每人1000元一次性奖励。", heads);
    let steps = "事实\n  就业人数  人\n条款 1「奖励」\n  给予  就业人数 每满 1人 给 1000元\n  频次  一次性";
    clean("按每人1000元一次性奖励。", steps);
}

#[test]
fn years_of_a_condition_are_no_frequency() {
    let row = "事实\n  纳税额  元 按年\n条款 1「奖励」\n  条件  同时 每个 近 2 年 条件 纳税额 超过 上年 纳税额\n  给予  5万元\n  频次  一次性";
    clean("连续两年纳税额增长的，一次性奖励5万元。", row);
    clean("连续两年给予奖励5万元。", "条款 1「奖励」\n  给予  5万元\n  频次  每年，共 2 年");
    let within = |often: &str| format!("条款 1「奖励」\n  给予  5万元\n  频次  {often}");
    clean("奖励5万元，三年内不重复享受。", &within("3年内 一次"));
    assert_eq!(codes("奖励5万元，三年内不重复享受。", &within("每年，共 3 年")), ["E0412"]);
}

#[test]
fn the_rest_of_the_instalments_stands_for_what_the_text_writes_out() {
    let rule = |rest: &str| format!("条款 1「奖励」\n  给予  100万元\n  频次  一次性\n  兑付\n    第 1 年：60%\n    第 2 年：{rest}");
    let words = "一次性奖励100万元，分两年按60%、40%兑付。";
    clean(words, &rule("其余"));
    clean(words, &rule("40%"));
    assert!(codes(&words.replace("60%、40%", "70%、30%"), &rule("其余")).contains(&"E0402"));
}

#[test]
fn a_named_ceiling_plays_the_part_in_which_it_is_used() {
    let rule = |word: &str| {
        once(&format!("  条件  重大项目 或 非 重大项目\n  其中  封顶 为 若 重大项目 则 60万元 否则 30万元\n  给予  销售额 的 4%，{word} 封顶"))
            .replace("元 按年", "元 按年\n  重大项目  是否")
    };
    let words = "一次性按销售额的4%奖励，最高30万元；重大项目最高60万元。";
    clean(words, &rule("最高"));
    assert_eq!(codes(words, &rule("最低")), ["E0413", "E0413"]);
}

#[test]
fn an_unmarked_range_leaves_its_ends_to_a_reading() {
    let words = "销售额不足1000万元的一次性按60%、1000万元至5000万元的按65%、5000万元以上的按70%奖励。";
    let rule =
        once("  给予  销售额 的 分档 销售额\n          低于 1000万元：60%\n          介于 1000万元（含）至 5000万元（含）：65%\n          超过 5000万元：70%");
    assert_eq!(codes(words, &rule), ["E0417"]);
}

#[test]
fn ranks_and_choices_of_several_are_numbers_of_the_text() {
    let ranked = |top: &str| format!("事实\n  零售额  元 按年\n条款 1「奖励」\n  排名  零售额 前 {top} 名\n  给予  5万元\n  频次  一次性");
    clean("对零售额排名前5的企业，一次性奖励5万元。", &ranked("5"));
    assert_eq!(codes("对零售额排名前5的企业，一次性奖励5万元。", &ranked("6")), ["E0402"]);
    let several = |n: &str| {
        format!(
            "事实\n  甲  是否\n  乙  是否\n  丙  是否\n条款 1「奖励」\n  条件  至少 {n} 项\n          甲\n          乙\n          丙\n  给予  5万元\n  频次  一次性"
        )
    };
    clean("具备下列两项以上的，一次性奖励5万元。", &several("2"));
    assert_eq!(codes("具备下列两项以上的，一次性奖励5万元。", &several("3")), ["E0402"]);
}

#[test]
fn dates_of_the_version_are_those_of_the_text() {
    let rule = |from: &str| format!("政策 a「甲」\n  施行  {from}\n  失效  2027-12-31");
    let words = "本政策自2024年1月1日起施行，2027年12月31日为止。";
    clean(words, &rule("2024-01-01"));
    assert_eq!(codes(words, &rule("2024-02-01")), ["E0402"]);
}

#[test]
fn comparisons_denied_in_any_way_and_signs_are_read() {
    let rule = |word: &str| once(&format!("  条件  销售额 {word} 100万元\n  给予  1万元"));
    for (words, right, wrong) in [
        ("不得低于100万元", "达到", "低于"),
        ("不得少于100万元", "不少于", "少于"),
        ("不能超过100万元", "不超过", "超过"),
        ("不得突破100万元", "不超过", "突破"),
        ("≥100万元", "达到", "低于"),
        ("＞100万元", "超过", "达到"),
        ("≤100万元", "不超过", "超过"),
        ("＜100万元", "低于", "不超过"),
        ("大于等于100万元", "达到", "超过"),
        ("小于或等于100万元", "不超过", "低于"),
        ("超100万元", "超过", "低于"),
        ("不超100万元", "不超过", "超过"),
        ("没有达到100万元", "低于", "达到"),
        ("达不到100万元", "低于", "达到"),
        ("100万元及其以上", "达到", "低于"),
        ("100万元（及以上）", "达到", "超过"),
    ] {
        let words = format!("销售额{words}的，一次性奖励1万元。");
        clean(&words, &rule(right));
        assert_eq!(codes(&words, &rule(wrong)), ["E0405"], "{words} {wrong}");
    }
}

#[test]
fn ceilings_and_floors_stand_before_or_behind_their_number() {
    for words in ["50万元封顶", "控制在50万元以内", "以50万元为限", "不得突破50万元", "最高限额50万元", "不得高于50万元"] {
        let words = format!("一次性按销售额的1%奖励，{words}。");
        clean(&words, &once("  给予  销售额 的 1%，最高 50万元"));
        assert_eq!(codes(&words, &once("  给予  销售额 的 1%，另加 50万元")), ["E0413"], "{words}");
        assert_eq!(codes(&words, &once("  给予  销售额 的 1%，最低 50万元")), ["E0413"], "{words}");
    }
    clean("一次性给予50万元以内的奖励。", &once("  给予  至多 50万元"));
    assert_eq!(codes("一次性给予50万元以内的奖励。", &once("  给予  50万元")), ["E0413"]);
    for words in ["不得低于50万元", "不得少于50万元", "最低50万元"] {
        let words = format!("一次性按销售额的1%奖励，{words}。");
        clean(&words, &once("  给予  销售额 的 1%，最低 50万元"));
        assert_eq!(codes(&words, &once("  给予  销售额 的 1%，最高 50万元")), ["E0413"], "{words}");
    }
}

#[test]
fn a_price_of_the_text_is_multiplied_by_what_it_is_counted_by() {
    let persons = |give: &str| format!("事实\n  人次数  人次\n条款 1「补助」\n  给予  {give}\n  频次  一次性");
    for words in ["200元/人次", "每人次200元", "每人次给予200元"] {
        let words = format!("一次性按{words}的标准补助。");
        clean(&words, &persons("人次数 乘 200元/人次"));
        assert_eq!(codes(&words, &persons("200元")), ["E0404"], "{words}");
    }
    let rent = |give: &str| format!("事实\n  面积  平方米\n  租用月数  月\n条款 1「补助」\n  给予  {give}\n  频次  一次性");
    for words in ["20元/平方米/月", "每平方米每月20元"] {
        let words = format!("一次性按{words}的标准补助。");
        clean(&words, &rent("面积 乘 租用月数 乘 20元/平方米/月"));
        let wrong = codes(&words, &rent("面积 乘 20元/平方米"));
        assert!(wrong.contains(&"E0404"), "{words} {wrong:?}");
    }
    // A firm that gets the amount is counted by nobody; where a fact counts them, the amount is for each.
    clean("对示范企业一次性奖励每户500元。", "条款 1「奖励」\n  给予  500元\n  频次  一次性");
    let counted = |give: &str| format!("事实\n  户数  户\n条款 1「奖励」\n  给予  {give}\n  频次  一次性");
    clean("引进商户的，一次性奖励每户500元。", &counted("户数 乘 500元/户"));
    clean("引进商户的，一次性奖励每户500元。", &counted("户数 每满 1户 给 500元"));
    assert!(codes("引进商户的，一次性奖励每户500元。", &counted("500元")).contains(&"E0404"));
}

#[test]
fn sides_of_a_date_agree_with_the_text() {
    let rule = |word: &str| format!("事实\n  成立日期  日期\n条款 1「奖励」\n  条件  成立日期 {word} 2024-01-01\n  给予  1万元\n  频次  一次性");
    for (words, right, wrong) in [
        ("2024年1月1日以后", "不早于", "早于"),
        ("2024年1月1日（含）以后", "不早于", "不晚于"),
        ("2024年1月1日以后", "晚于", "不晚于"),
        ("2024年1月1日后", "晚于", "早于"),
        ("自2024年1月1日起", "不早于", "早于"),
        ("2024年1月1日以前", "早于", "晚于"),
        ("2024年1月1日之前", "不晚于", "不早于"),
        ("截至2024年1月1日", "不晚于", "不早于"),
        ("不早于2024年1月1日", "不早于", "晚于"),
    ] {
        let words = format!("{words}成立的企业，一次性奖励1万元。");
        clean(&words, &rule(right));
        assert_eq!(codes(&words, &rule(wrong)), ["E0405"], "{words} {wrong}");
    }
    clean("2024年1月1日以后成立的企业，一次性奖励1万元。", &rule("早于").replace("成立日期 早于 2024-01-01", "非 （成立日期 早于 2024-01-01）"));
}

#[test]
fn rows_of_choices_follow_the_order_of_their_names() {
    let rule = |a: &str, b: &str, c: &str| {
        format!(
            "事实\n  级别  选项（国家级、市级、区级）\n条款 1「奖励」\n  给予  分类 级别\n          国家级：{a}\n          市级：{b}\n          区级：{c}\n  频次  一次性"
        )
    };
    for words in ["对国家级、市级、区级示范企业，一次性分别奖励50、30、10万元。", "对国家级示范企业一次性奖励50万元，市级30万元，区级10万元。"]
    {
        clean(words, &rule("50万元", "30万元", "10万元"));
        assert_eq!(codes(words, &rule("30万元", "50万元", "10万元")), ["E0414"], "{words}");
        assert_eq!(codes(words, &rule("50万元", "10万元", "30万元")), ["E0414"], "{words}");
    }
}

#[test]
fn a_rate_keeps_the_ceiling_that_stands_with_it() {
    let rule = |a: &str, b: &str| {
        format!(
            "事实\n  设备费  元\n  软件费  元\n条款 1「补助」\n  给予  合计\n          设备费 的 3%，最高 {a}\n          软件费 的 2%，最高 {b}\n  频次  一次性"
        )
    };
    let words = "一次性按设备费的3%补助，最高100万元；按软件费的2%补助，最高50万元。";
    clean(words, &rule("100万元", "50万元"));
    assert_eq!(codes(words, &rule("50万元", "100万元")), ["E0414"]);
}

#[test]
fn a_bound_said_for_two_rows_is_written_once() {
    let words = "销售额5000万元以上不足1亿元的，一次性奖励10万元；1亿元以上的，奖励20万元。";
    let rule = |rows: &str| once(&format!("  给予  分档 销售额\n{rows}"));
    clean(words, &rule("          达到 5000万元：10万元\n          达到 1亿元：20万元"));
    assert_eq!(codes(words, &rule("          达到 5000万元：10万元\n          超过 1亿元：20万元")), ["E0405"]);
    // Said twice on the same side it is two bounds.
    let twice = "销售额5000万元以上的，一次性奖励10万元；1亿元以上的，奖励20万元；纳税1亿元以上的除外。";
    assert!(codes(twice, &rule("          达到 5000万元：10万元\n          达到 1亿元：20万元")).contains(&"E0403"));
}

#[test]
fn shares_and_amounts_in_other_writings_are_numbers() {
    clean("一次性奖励销售额的万分之五。", &once("  给予  销售额 的 0.05%"));
    assert!(codes("一次性奖励销售额的万分之五。", &once("  给予  销售额 的 0%")).contains(&"E0403"));
    for words in ["5万元（大写：伍万元整）", "人民币伍万元整（￥50000元）", "伍万圆"] {
        clean(&format!("一次性奖励{words}。"), &once("  给予  5万元"));
        assert!(!codes(&format!("一次性奖励{words}。"), &once("  给予  6万元")).is_empty(), "{words}");
    }
    clean("市、区按6:4比例分担，一次性奖励销售额的一部分。", &once("  给予  销售额 的 40%"));
    assert!(!codes("市、区按6:4比例分担，一次性奖励销售额的一部分。", &once("  给予  销售额 的 50%")).is_empty());
    clean("一次性分别奖励50、30、10万元。", &once("  给予  就高\n          50万元\n          30万元\n          10万元"));
}

#[test]
fn instalments_of_an_award_given_once_are_no_frequency() {
    let rule = |often: &str| format!("条款 1「奖励」\n  给予  10万元\n  频次  {often}\n  兑付\n    第 1 年：50%\n    第 2 年：50%");
    let words = "奖励10万元，分两年兑付，每年兑付50%，只奖励一次。";
    clean(words, &rule("一次性"));
    assert!(codes(words, &rule("每年")).contains(&"E0412"));
    let yearly = |often: &str| format!("条款 1「奖励」\n  给予  10万元\n  频次  {often}");
    clean("按年给予10万元奖励。", &yearly("每年"));
    assert_eq!(codes("按年给予10万元奖励。", &yearly("一次性")), ["E0412"]);
}

#[test]
fn money_given_in_words_is_money() {
    for words in ["对优秀企业给予房租减半补助。", "按贷款利息的一半贴息。", "奖励叁万圆。", "每月三千块。", "免收摊位费。"]
    {
        assert!(codes(words, "文句 叙述").contains(&"E0411"), "{words}");
        let compiled = under(words, "文句 鼓励");
        assert!(coverage(&compiled).lines[0].money, "{words}");
    }
    assert!(!codes("避免重复建设，开放免费课程。", "文句 叙述").contains(&"E0411"));
}
