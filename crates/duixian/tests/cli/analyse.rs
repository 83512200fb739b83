//! `analyse`: the report of a policy as text, JSON and HTML, and when the exit code is 1.

use crate::{duixian, file, folder};
use expect_test::expect;
use serde_json::Value;

#[test]
fn a_clause_is_told_with_its_applicants_side_by_side() {
    let run = duixian(&["analyse", "policies/jiulongpo", "--clause", "1.1"]);
    assert_eq!(run.code, 0, "{}", run.err);
    expect![[r#"
        关于促进网络零售产业加快发展的实施意见：1 处可能有问题，1 条提示（2024年度；看了 11 种情形）

        ━━ 1.1「全国总部、结算中心开办奖励」
          ✗ W0612 机构类型 为 全国总部 的，实缴资本 从 1000万元 起、不到 3000万元 的，1.1 和 1.2 都不给；同样条件的 区域总部，1.2 给 100万元
              policies/jiulongpo/policy.md:206
              新落户    是                      是
              机构类型  全国总部                区域总部
              实缴资本  1000万元                1000万元
              → 结果    1.1 不符合、1.2 不符合  1.1 不符合、1.2 上限 100万元
              建议：写明够不到 1.1 门槛的 全国总部 能否按 1.2 给
          · W0603 门槛：差一步，金额就变 5% 以上
              实缴资本  29,999,999.99元 → 不给  3000万元 → 上限 300万元

        各条都看全了（以前没有得过、也没有排名的申报人）
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn english_has_a_word_for_everything_but_the_laws_own() {
    let run = duixian(&["analyse", "policies/jiulongpo", "--clause", "4.1", "--lang", "en"]);
    expect![[r#"
        关于促进网络零售产业加快发展的实施意见: 1 probable defect, 3 notes (2024; 17 cases looked at)

        ━━ 4.1「税收增量返还」
          ✗ W0620 the words give ¥300,000.00 to two tiers: '30万元以下' and '达到30万元人民币以上' both include it
              policies/jiulongpo/policy.md:344
              区内工商注册         yes
              区内税务登记纳税     yes
              独立法人             yes
              网络零售主体类型     平台运营
              主体税区级留成       ¥20,000.00
              2023 主体税区级留成  ¥0.00
              区级财政贡献额       ¥300,000.00
              → result             ¥10,000.00
              advice: a reading is registered; better mend the text and say which tier it is
          · W0604 nothing is given where 区级财政贡献额 does not reach the lowest row
              policies/jiulongpo/policy.md:352
              区内工商注册         yes
              区内税务登记纳税     yes
              独立法人             yes
              网络零售主体类型     平台运营
              主体税区级留成       ¥0.01
              2023 主体税区级留成  ¥0.00
              区级财政贡献额       ¥49,999.99
              → result             ineligible
              advice: write a lowest row if something is to be given; otherwise leave it
          · W0603 thresholds: one step changes the award by more than 5%
              区级财政贡献额  ¥49,999.99 → nothing      ¥50,000.00 → ¥12,000.00
              区级财政贡献额  ¥299,999.99 → ¥12,000.00  ¥300,000.00 → ¥20,000.00

        every clause was looked at in full (for applicants without earlier awards or rankings)
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn json_carries_place_facts_and_results() {
    let run = duixian(&["analyse", "policies/qianjiang", "--format", "json"]);
    let lines: Vec<Value> = run.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let found: Vec<&Value> = lines.iter().filter(|l| l["kind"] == "finding").collect();
    assert_eq!(found.len(), 3, "{}", run.out);
    let duration = found.iter().find(|l| l["code"] == "W0621").unwrap();
    assert_eq!(duration["clauses"][0], "4.1");
    assert!(duration["file"].as_str().unwrap().ends_with("policy.md") && duration["line"].as_u64().unwrap() > 800);
    let cliff = lines.iter().find(|l| l["code"] == "W0603" && l["clauses"][0] == "3.1").unwrap();
    assert_eq!(cliff["threshold"]["above"][1], "10万元");
    assert_eq!(cliff["witnesses"][1]["results"][0]["amount"], "100000.00");
    assert!(lines.iter().any(|l| l["kind"] == "not_explored" && l["clause"] == "8.1"), "{}", run.out);
}

#[test]
fn html_is_one_page() {
    let run = duixian(&["analyse", "policies/jiulongpo", "--format", "html"]);
    assert!(run.out.starts_with("<!DOCTYPE html>") && run.out.trim_end().ends_with("</html>"));
    assert!(run.out.contains("可能有问题") && run.out.contains("1.2 上限 100万元"), "{}", run.out);
    assert!(!run.out.contains("http"), "it needs no other file");
}

#[test]
fn only_strict_and_a_probable_defect_make_the_exit_code_one() {
    assert_eq!(duixian(&["analyse", "policies/qianjiang"]).code, 0);
    assert_eq!(duixian(&["analyse", "policies/qianjiang", "--strict"]).code, 1);
    let dir = folder("analyse-strict");
    file(&dir, "policy.md", "```duixian\n政策 t「测试」\n事实\n  年销售额  元 按年\n条款 1「奖」\n  给予  年销售额 的 1%，最高 5万元\n  频次  每年\n```\n");
    let path = dir.display().to_string();
    let run = duixian(&["analyse", &path, "--strict"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("各条都看全了"), "{}", run.out);
    let unknown = duixian(&["analyse", &path, "--clause", "9"]);
    assert_eq!((unknown.code, unknown.err.contains("没有条款 9")), (2, true));
}
