//! What is called never, always or the same holds in every year and on every day, not only where the analysis stands;
//! what holds at any time is still found beside conditions that hang on the year or the day.

use crate::{places, replay};
use policy::analysis::analyse;

/// Codes of what the analysis claims of all applicants, with their clauses; their witnesses replayed.
fn claims(rules: &str) -> Vec<String> {
    let scheme = places::scheme(rules);
    let report = analyse(&scheme, &[], None);
    let wrong = replay::wrong(&scheme, &report);
    assert!(wrong.is_empty(), "{}\n{rules}", wrong.join("\n"));
    let claims = ["W0605", "W0606", "W0607", "W0608", "W0609", "W0610", "W0611", "W0613", "W0615"];
    let told = report.entries.iter().filter(|e| claims.contains(&e.code) && !e.clauses.is_empty());
    told.map(|e| e.clauses.iter().filter_map(|c| scheme.clause(*c)).fold(e.code.to_owned(), |told, clause| format!("{told} {}", clause.id))).collect()
}

const FIVE_YEARS: &str = "政策 a「甲」\n  施行  2025-01-01\n  失效  2029-12-31\n事实\n  成立日期  日期\n  引进年份  年份\n  纳税额  元 按年\n";

fn in_force_five_years(clause: &str) -> Vec<String> {
    let rules = format!("{FIVE_YEARS}条款 1「奖」\n{clause}");
    claims(&rules)
}

#[test]
fn an_age_that_nobody_has_yet_is_no_contradiction() {
    let own = "  条件  成立日期 不早于 2025-01-01\n        成立日期 满 3年\n  给予  纳税额 的 10%，最高 50万元\n  频次  一次性\n";
    assert_eq!(in_force_five_years(own), [""; 0]);
    let stated = own.replace("满 3年", "满 3年，至 2026-12-31");
    assert_eq!(in_force_five_years(&stated), ["W0613 1", "W0606 1"], "until a day that is named it is one");
}

#[test]
fn years_that_are_still_to_come_are_no_missed_rows() {
    let first = "  条件  引进年份 不低于 2025年\n";
    let paid = "  给予  纳税额 的 10%，最高 50万元\n  频次  每年\n";
    for clause in [
        format!("{first}        年次（引进年份） 达到 3年\n{paid}"),
        format!("{first}        年度 减 引进年份 不少于 3年\n{paid}"),
        format!(
            "{first}  给予  纳税额 的 分档 年次（引进年份）\n          不超过 3年：10%\n          介于 3年（不含）至 5年（含）：5%\n        最高 50万元\n  频次  每年\n"
        ),
        format!("{first}  给予  若 年次（引进年份） 超过 2年 则 10万元 否则 5万元\n  频次  每年\n"),
    ] {
        assert_eq!(in_force_five_years(&clause).iter().filter(|c| !c.starts_with("W0613")).collect::<Vec<_>>(), [""; 0], "{clause}");
    }
}

#[test]
fn a_table_by_years_makes_nothing_impossible() {
    let rules = "参数 基数 元 按年\n  2024年：100万元\n  2025年：10万元\n事实\n  费用  元 按年\n\
        条款 1「奖」\n  条件  费用 超过 基数\n        费用 不超过 50万元\n  给予  费用 的 10%\n  频次  每年\n\
        条款 2「奖」\n  条件  费用 超过 基数\n        费用 超过 50万元\n  给予  费用 的 10%，最低 6万元\n  频次  每年\n\
        条款 3「奖」\n  条件  费用 超过 基数\n  给予  分档 费用\n          低于 50万元：1万元\n          达到 50万元：2万元\n  频次  每年\n";
    assert_eq!(claims(rules), [""; 0]);
}

#[test]
fn a_clause_for_one_year_hangs_on_its_facts_in_that_year() {
    let rules = "事实\n  费用  元 按年\n条款 1「奖」\n  条件  年度 为 2025年\n  给予  费用 的 10%\n  频次  每年\n";
    assert_eq!(claims(rules), [""; 0]);
}

#[test]
fn conditions_that_agree_in_one_year_are_not_called_equal() {
    let rules = "参数 基数 元 按年\n  2024年：10万元\n  2026年：100万元\n事实\n  费用  元 按年\n\
        条款 1「奖」\n  条件  费用 超过 20万元\n        费用 超过 基数\n  给予  费用 的 10%\n  频次  每年\n\
        条款 2「奖」\n  条件  费用 超过 20万元\n  给予  若 费用 超过 基数 则 1万元 否则 2万元\n  频次  每年\n";
    assert_eq!(claims(rules), [""; 0]);
}

#[test]
fn a_year_that_is_named_may_be_the_award_year() {
    let clause = |more: &str| {
        format!("事实\n  费用  元 按年\n条款 1「奖」\n  条件  2024年 费用 超过 10万元\n        费用 超过 5万元\n{more}  给予  费用 的 10%\n  频次  每年\n")
    };
    // In 2024 the second condition adds nothing, in other years it does.
    assert_eq!(claims(&clause("")), [""; 0]);
    assert_eq!(claims(&clause("        费用 超过 4万元\n")), ["W0607 1"], "what another condition says in every year adds nothing");
}

#[test]
fn what_holds_at_any_time_is_found_beside_an_age() {
    let clause = |cap: &str| format!("  条件  成立日期 满 3年\n        纳税额 不超过 100万元\n  给予  纳税额 的 10%，最高 {cap}\n  频次  每年\n");
    assert_eq!(in_force_five_years(&clause("20万元")), ["W0608 1"]);
    assert_eq!(in_force_five_years(&clause("5万元")), [""; 0]);
}

#[test]
fn awards_are_compared_only_where_no_year_can_turn_them() {
    let group = |amount: &str| {
        format!(
            "参数 基数 元 按年\n  2024年：10万元\n  2025年：1万元\n事实\n  达标  是否\n条款 1「甲」\n  条件  达标\n  给予  {amount}\n  频次  每年\n\
             条款 2「乙」\n  条件  达标\n  给予  5万元\n  频次  每年\n并用「就高不重复」\n  适用  全部\n  方式  就高\n"
        )
    };
    assert!(!claims(&group("基数")).iter().any(|c| c.starts_with("W0610")));
    assert!(claims(&group("10万元")).contains(&"W0610 2 1".to_owned()));
}

#[test]
fn the_most_that_one_applicant_gets_is_told_with_its_year_where_a_year_can_change_it() {
    let pool = |amount: &str| {
        let rules = format!(
            "参数 基数 元 按年\n  2024年：10万元\n  2025年：1万元\n事实\n  达标  是否\n条款 1「奖」\n  条件  达标\n  给予  {amount}\n  频次  每年\n\
             资金「总额」\n  适用  全部\n  额度  每年 100万元\n  超额  按比例\n"
        );
        let report = analyse(&places::scheme(&rules), &[], None);
        report.entries.iter().find(|e| e.code == "W0614").unwrap().message.zh.clone()
    };
    assert_eq!(pool("基数"), "资金「总额」100万元：按 2024年度，一个申报人在有封顶的条款下合计最多 10万元");
    assert_eq!(pool("5万元"), "资金「总额」100万元：一个申报人在有封顶的条款下合计最多 5万元");
}

#[test]
fn the_most_over_several_records_is_not_taken_from_one() {
    let rules = "事实\n  设备  名单（台）\n    价格  元\n条款 1「奖」\n  给予  合计 每个 设备 计 若 价格 达到 1万元 则 1000元 否则 100元\n  频次  每年\n\
        资金「总额」\n  适用  全部\n  额度  每年 100万元\n  超额  按比例\n";
    let report = analyse(&places::scheme(rules), &[], None);
    let told = &report.entries.iter().find(|e| e.code == "W0614").unwrap().message.zh;
    assert!(told.ends_with("没有算的条款：1") && !told.contains("最多"), "{told}");
}
