//! One small policy for each kind of finding, wrong and right: the wrong one is found with an applicant that shows
//! it, the right one is not.

use crate::{places, replay};
use policy::analysis::{Report, Weight, analyse};

const FACTS: &str = "事实\n  年销售额  元 按年\n  纳税额  元 按年\n  人数  人\n  级别  选项（甲级、乙级、丙级）\n  达标  是否\n";

fn report(rules: &str) -> Report {
    let scheme = places::scheme(&format!("{FACTS}{rules}"));
    let report = analyse(&scheme, &[], None);
    let wrong = replay::wrong(&scheme, &report);
    assert!(wrong.is_empty(), "{}\n{rules}", wrong.join("\n"));
    report
}

/// Codes of a weight, without notes of the facts that these sources do not use.
fn codes(report: &Report, weight: Weight) -> Vec<&'static str> {
    let mut codes: Vec<&str> = report.entries.iter().filter(|e| e.weight == weight && e.code != "W0613").map(|e| e.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn found(code: &str, rules: &str) -> Report {
    let report = report(rules);
    assert!(report.entries.iter().any(|e| e.code == code), "{code} is not among {}\n{rules}", replay::told(&report));
    report
}

fn clean(rules: &str) {
    let report = report(rules);
    assert!(codes(&report, Weight::Finding).is_empty(), "{}\n{rules}", replay::told(&report));
}

fn message(report: &Report, code: &str) -> String {
    report.entries.iter().find(|e| e.code == code).map_or(String::new(), |e| e.message.zh.clone())
}

/// The facts of the first applicant of a code, as words.
fn facts(report: &Report, code: &str) -> Vec<String> {
    let entry = report.entries.iter().find(|e| e.code == code).unwrap();
    entry.witnesses[0].facts.iter().map(|(name, value)| format!("{} {}", name.zh, value.zh)).collect()
}

#[test]
fn a_gap_between_tiers_is_found_with_its_witness() {
    let report = found(
        "W0601",
        "条款 1「奖」\n  给予  分档 年销售额\n          介于 100万元（含）至 500万元（含）：2万元\n          超过 800万元：4万元\n  频次  每年\n",
    );
    assert_eq!(facts(&report, "W0601"), ["年销售额 5,000,000.01元"]);
    let entry = report.entries.iter().find(|e| e.code == "W0601").unwrap();
    assert_eq!((entry.weight, entry.witnesses[0].expected[0].amount), (Weight::Finding, None));
    clean("条款 1「奖」\n  给予  分档 年销售额\n          介于 100万元（含）至 500万元（含）：2万元\n          超过 500万元：4万元\n  频次  每年\n");
}

#[test]
fn a_gap_of_a_single_fen_is_found() {
    let report = found("W0601", "条款 1「奖」\n  给予  分档 年销售额\n          低于 500万元：2万元\n          超过 500万元：4万元\n  频次  每年\n");
    assert_eq!(facts(&report, "W0601"), ["年销售额 500万元"]);
}

#[test]
fn counts_leave_no_gap_between_whole_numbers() {
    clean(
        "条款 1「奖」\n  给予  分档 人数\n          介于 1人（含）至 5人（含）：2万元\n          介于 6人（含）至 9人（含）：3万元\n          不少于 10人：4万元\n  频次  每年\n",
    );
}

#[test]
fn a_gap_that_the_conditions_exclude_is_none() {
    clean(
        "条款 1「奖」\n  条件  年销售额 超过 800万元\n  给予  分档 年销售额\n          介于 900万元（含）至 1000万元（不含）：3万元\n          介于 800万元（不含）至 900万元（不含）：2万元\n          达到 1000万元：4万元\n  频次  每年\n",
    );
}

#[test]
fn more_that_pays_less_is_found_at_the_step_where_it_does() {
    let report = found("W0602", "条款 1「奖」\n  给予  年销售额 的 分档 年销售额\n          不超过 1000万元：3%\n          超过 1000万元：1%\n  频次  每年\n");
    assert!(message(&report, "W0602").contains("1000万元 的得 30万元") && message(&report, "W0602").contains("得 10万元"), "{}", message(&report, "W0602"));
    let falling = found("W0602", "条款 1「奖」\n  给予  分档 年销售额\n          达到 100万元：5万元\n          达到 500万元：2万元\n  频次  每年\n");
    assert!(message(&falling, "W0602").contains("500万元 的得 2万元"), "{}", message(&falling, "W0602"));
    clean("条款 1「奖」\n  给予  累进 年销售额\n          不超过 1000万元：3%\n          超过 1000万元：1%\n  频次  每年\n");
}

#[test]
fn an_amount_that_shrinks_with_what_is_asked_for_is_found() {
    let report = found("W0602", "条款 1「奖」\n  条件  年销售额 达到 100万元\n  给予  10万元\n        扣除 年销售额 的 1%\n  频次  每年\n");
    let amounts: Vec<_> = report.entries.iter().find(|e| e.code == "W0602").unwrap().witnesses.iter().map(|w| w.expected[0].amount.unwrap()).collect();
    assert!(amounts[1] < amounts[0], "{amounts:?}");
    // What was had elsewhere is deducted on purpose: the clause does not ask for it.
    clean("条款 1「奖」\n  条件  年销售额 达到 100万元\n  给予  10万元\n        扣除 纳税额 的 1%\n  频次  每年\n");
}

#[test]
fn a_table_without_a_row_leaves_applicants_who_told_everything_undetermined() {
    let table = |rows: &str| format!("参数 每人奖 元 按 级别\n{rows}条款 1「奖」\n  条件  达标\n  给予  每人奖 乘 2\n  频次  每年\n");
    let report = found("W0616", &table("  甲级：1万元\n  乙级：2万元\n"));
    assert!(facts(&report, "W0616").contains(&"级别 丙级".to_owned()), "{:?}", facts(&report, "W0616"));
    clean(&table("  甲级：1万元\n  乙级：2万元\n  丙级：3万元\n"));
}

#[test]
fn a_cliff_is_shown_from_both_sides_and_a_slope_is_none() {
    let report = found("W0603", "条款 1「奖」\n  给予  分档 年销售额\n          达到 5000万元：10万元\n          达到 1亿元：15万元\n  频次  每年\n");
    let cliffs: Vec<_> = report.entries.iter().filter(|e| e.code == "W0603").collect();
    assert_eq!(cliffs.len(), 2, "{}", replay::told(&report));
    let step = cliffs[1].threshold.as_ref().unwrap();
    assert_eq!((step.below.0.zh.as_str(), step.below.1.zh.as_str()), ("99,999,999.99元", "10万元"));
    assert_eq!((step.above.0.zh.as_str(), step.above.1.zh.as_str()), ("1亿元", "15万元"));
    let amounts: Vec<_> = cliffs[1].witnesses.iter().map(|w| w.expected[0].amount.unwrap().0).collect();
    assert_eq!(amounts, [10_000_000, 15_000_000]);
    let slope = self::report("条款 1「奖」\n  给予  年销售额 的 1%，最高 50万元\n  频次  每年\n");
    assert!(codes(&slope, Weight::Note).is_empty(), "{}", replay::told(&slope));
    let whole = self::report("条款 1「奖」\n  给予  人数 乘 1000元/人，最高 5万元\n  频次  每年\n");
    assert!(codes(&whole, Weight::Note).is_empty(), "{}", replay::told(&whole));
}

#[test]
fn nothing_below_the_lowest_tier_is_a_note() {
    let report = found("W0604", "条款 1「奖」\n  给予  分档 年销售额\n          达到 100万元：1万元\n  频次  每年\n");
    assert_eq!(facts(&report, "W0604"), ["年销售额 999,999.99元"]);
    assert!(codes(&report, Weight::Finding).is_empty());
}

#[test]
fn a_row_that_the_conditions_keep_from_everybody_is_found() {
    let report = found(
        "W0605",
        "条款 1「奖」\n  条件  年销售额 达到 2000万元\n  给予  分档 年销售额\n          达到 1000万元：1万元\n          达到 1500万元：2万元\n          达到 3000万元：4万元\n  频次  每年\n",
    );
    let rows = report.entries.iter().filter(|e| e.code == "W0605").count();
    assert_eq!(rows, 1, "{}", replay::told(&report));
    found(
        "W0605",
        "条款 1「奖」\n  条件  级别 属于 甲级、乙级\n  给予  分类 级别\n          甲级：1万元\n          乙级：2万元\n          丙级：3万元\n  频次  每年\n",
    );
    found("W0605", "条款 1「奖」\n  条件  人数 超过 10人\n  给予  若 人数 超过 5人 则 2万元 否则 1万元\n  频次  每年\n");
    found("W0605", "条款 1「奖」\n  给予  就高\n          年销售额 的 2%\n          年销售额 的 1%\n  频次  每年\n");
    clean("条款 1「奖」\n  给予  就高\n          年销售额 的 2%\n          纳税额 的 1%\n  频次  每年\n");
}

#[test]
fn conditions_that_cannot_hold_together_are_found() {
    let report = found(
        "W0606",
        "条款 1「奖」\n  条件  年销售额 达到 2000万元\n        纳税额 超过 年销售额\n        纳税额 低于 1000万元\n  给予  1万元\n  频次  每年\n",
    );
    assert!(message(&report, "W0606").contains("纳税额 低于 1000万元"), "{}", message(&report, "W0606"));
    let gate = found("W0606", "通则\n  适用  全部\n  条件  人数 少于 5人\n条款 1「奖」\n  条件  人数 不少于 10人\n  给予  1万元\n  频次  每年\n");
    assert!(message(&gate, "W0606").contains("没有人能符合"), "{}", message(&gate, "W0606"));
    found("W0606", "条款 1「奖」\n  条件  级别 为 甲级\n        任一\n          级别 为 乙级\n          达标\n  给予  1万元\n  频次  每年\n");
    clean("条款 1「奖」\n  条件  年销售额 达到 2000万元\n        纳税额 超过 年销售额\n        纳税额 低于 3000万元\n  给予  1万元\n  频次  每年\n");
}

#[test]
fn conditions_that_add_nothing_are_found() {
    let report = found("W0607", "条款 1「奖」\n  条件  年销售额 达到 2000万元\n        年销售额 超过 1000万元\n  给予  1万元\n  频次  每年\n");
    assert!(message(&report, "W0607").contains("超过 1000万元"));
    clean("条款 1「奖」\n  条件  年销售额 达到 2000万元\n        年销售额 超过 3000万元\n  给予  1万元\n  频次  每年\n");
}

#[test]
fn caps_and_limits_that_never_or_always_bind_are_found() {
    found("W0608", "条款 1「奖」\n  给予  分档 年销售额\n          达到 100万元：1万元\n          达到 500万元：3万元\n        最高 5万元\n  频次  每年\n");
    found("W0608", "条款 1「奖」\n  给予  分档 年销售额\n          达到 100万元：1万元\n          达到 500万元：3万元\n  限额  累计 5万元\n  频次  一次性\n");
    found(
        "W0608",
        "条款 1「奖」\n  条件  人数 少于 10人\n  给予  分档 年销售额\n          达到 100万元：1万元\n        另加 分档 人数\n          不少于 10人：1万元\n  频次  每年\n",
    );
    found("W0609", "条款 1「奖」\n  条件  年销售额 达到 1000万元\n  给予  年销售额 的 1%，最高 5万元\n  频次  每年\n");
    found("W0609", "条款 1「奖」\n  条件  年销售额 达到 1000万元\n  给予  年销售额 的 1%\n  限额  每年 5万元\n  频次  每年\n");
    clean("条款 1「奖」\n  条件  年销售额 达到 1000万元\n  给予  年销售额 的 1%，最高 50万元\n  频次  每年\n");
    // In several years a limit can be reached that one award does not reach.
    clean("条款 1「奖」\n  给予  分档 年销售额\n          达到 100万元：3万元\n  限额  累计 5万元\n  频次  每年\n");
}

#[test]
fn a_clause_that_another_always_beats_is_found_in_its_group() {
    let pair = |first: &str, second: &str, keys: &str| {
        format!(
            "条款 1「甲」\n  条件  达标\n  给予  {first}\n  频次  每年\n条款 2「乙」\n  条件  达标\n        人数 超过 5人\n  给予  {second}\n  频次  每年\n并用「就高不重复」\n  适用  全部\n{keys}  方式  就高\n"
        )
    };
    let report = found("W0610", &pair("年销售额 的 2%", "年销售额 的 1%", ""));
    assert!(message(&report, "W0610").contains("2 给不出去"), "{}", message(&report, "W0610"));
    assert_eq!(codes(&report, Weight::Finding), ["W0610"]);
    let keyed = found("W0610", &pair("年销售额 的 2%", "年销售额 的 1%", "  同一  申报项目\n"));
    assert!(codes(&keyed, Weight::Finding).is_empty(), "for another project both are paid");
    clean(&pair("年销售额 的 1%", "年销售额 的 2%", ""));
    clean(&pair("年销售额 的 2%", "纳税额 的 1%", ""));
}

#[test]
fn equal_conditions_are_noted() {
    let pair = |last: &str| {
        format!(
            "条款 1「甲」\n  对象  企业\n  条件  达标\n        年销售额 达到 100万元\n  给予  1万元\n  频次  每年\n条款 2「乙」\n  对象  企业\n  条件  {last}\n        达标\n  给予  2万元\n  频次  一次性\n"
        )
    };
    found("W0611", &pair("年销售额 不少于 1000000元"));
    assert!(!codes(&report(&pair("年销售额 超过 100万元")), Weight::Note).contains(&"W0611"));
}

#[test]
fn a_gap_across_sibling_clauses_is_found() {
    let pair = |low: &str| {
        format!(
            "条款 1.1「甲」\n  条件  级别 为 甲级\n        年销售额 达到 3000万元\n  给予  30万元\n  频次  一次性\n条款 1.2「乙」\n  条件  级别 为 乙级\n        年销售额 达到 {low}\n  给予  10万元\n  频次  一次性\n"
        )
    };
    let report = found("W0612", &pair("1000万元"));
    let words = message(&report, "W0612");
    assert!(words.contains("级别 为 甲级") && words.contains("1000万元") && words.contains("3000万元"), "{words}");
    assert_eq!(report.entries.iter().find(|e| e.code == "W0612").unwrap().witnesses.len(), 2);
    clean(&pair("3000万元"));
    clean(&pair("5000万元"));
}

#[test]
fn a_fact_that_decides_nothing_is_found() {
    let report = found("W0613", "条款 1「奖」\n  条件  年销售额 达到 2000万元\n  给予  若 年销售额 达到 1000万元 则 1万元 否则 纳税额 的 1%\n  频次  每年\n");
    let entry = report.entries.iter().find(|e| e.code == "W0613" && e.weight == Weight::Finding).unwrap();
    assert!(entry.message.zh.contains("问了 纳税额"), "{}", entry.message.zh);
    let unused = self::report("条款 1「奖」\n  给予  年销售额 的 1%\n  频次  每年\n");
    let names: Vec<_> = unused.entries.iter().filter(|e| e.code == "W0613").map(|e| e.message.zh.clone()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
}

#[test]
fn a_pool_that_one_applicant_can_use_up_is_noted() {
    let pool = |give: &str| format!("条款 1「奖」\n  给予  {give}\n  频次  每年\n资金「总额」\n  适用  全部\n  额度  每年 100万元\n  超额  按比例\n");
    let report = found("W0614", &pool("年销售额 的 1%"));
    let entry = report.entries.iter().find(|e| e.code == "W0614").unwrap();
    assert!(entry.message.zh.contains("没有封顶的条款：1") && entry.witnesses[0].expected[0].amount.unwrap().0 >= 100_000_000, "{}", entry.message.zh);
    let capped = found("W0614", &pool("年销售额 的 1%，最高 20万元"));
    let entry = capped.entries.iter().find(|e| e.code == "W0614").unwrap();
    assert!(entry.message.zh.contains("合计最多 20万元") && entry.witnesses.is_empty(), "{}", entry.message.zh);
}

#[test]
fn groups_that_leave_no_choice_or_an_open_one_are_told() {
    let group = |mode: &str, other: &str| {
        format!(
            "条款 1「甲」\n  条件  级别 为 甲级\n  给予  1万元\n  频次  每年\n条款 2「乙」\n  条件  级别 为 {other}\n        达标\n  给予  年销售额 的 1%\n  频次  每年\n并用「组」\n  适用  条款 1、2\n  方式  {mode}\n"
        )
    };
    let report = found("W0615", &group("择一", "乙级"));
    assert_eq!(codes(&report, Weight::Finding), ["W0615"]);
    clean(&group("择一", "甲级"));
    let tie = found("W0615", &group("就高", "甲级"));
    assert!(codes(&tie, Weight::Finding).is_empty() && message(&tie, "W0615").contains("都是 1万元"), "{}", replay::told(&tie));
}

#[test]
fn what_is_not_explored_is_named() {
    let report = report("条款 1「奖」\n  给予  年销售额 的 级别率\n  频次  每年\n  其中  级别率 为 纳税额 除以 1元 的 1%\n");
    assert_eq!(report.not_explored.len(), 1, "{:?}", report.not_explored);
    assert!(report.not_explored[0].reasons[0].zh.contains("相乘"));
}

#[test]
fn a_condition_that_a_divisor_of_zero_leaves_open_does_not_always_hold() {
    let report = found("W0616", "条款 1「奖」\n  条件  人数 除以 人数 达到 1\n  给予  1万元\n  频次  每年\n");
    assert!(report.entries.iter().all(|e| e.code != "W0607"), "{}", replay::told(&report));
    let help = &report.entries.iter().find(|e| e.code == "W0616").unwrap().help.zh;
    assert!(help.contains("除数") && !help.contains("参数"), "{help}");
}

#[test]
fn a_first_condition_that_always_holds_is_not_said_to_be_contained_in_others() {
    let first = found("W0607", "条款 1「奖」\n  条件  年销售额 不低于 0元\n  给予  1万元\n  频次  每年\n");
    assert!(message(&first, "W0607").ends_with("总是成立：谁都符合它"), "{}", message(&first, "W0607"));
    let second = found("W0607", "条款 1「奖」\n  条件  年销售额 达到 2万元\n        年销售额 达到 1万元\n  给予  1万元\n  频次  每年\n");
    assert!(message(&second, "W0607").ends_with("前面的条件已经包含它"), "{}", message(&second, "W0607"));
}
