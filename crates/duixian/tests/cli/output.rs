//! What comes out: names of JSON fields, words of the text, a page that stands alone.

use crate::{application, assess, duixian, file, folder};
use expect_test::expect;
use serde_json::Value;

#[test]
fn json_has_its_fields_in_their_order() {
    let (run, lines) = assess("qianjiang", "examples/qianjiang.jsonl", &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let first = run.out.lines().next().unwrap();
    let order =
        ["{\"id\":", "\"scheme\":\"qianjiang\"", "\"hash\":", "\"year\":2024", "\"clauses\":[{\"clause\":\"1.1\",\"outcome\":", "\"awarded\":[", "\"total\":"];
    let mut from = 0;
    for part in order {
        from = first[from..].find(part).unwrap_or_else(|| panic!("{part} after byte {from}")) + from;
    }
    for line in &lines {
        for result in line["clauses"].as_array().unwrap() {
            for name in ["clause", "outcome", "amount", "ceiling", "missing", "trace", "title", "decided", "place", "marks", "plan"] {
                assert!(result.get(name).is_some(), "{name} is not in {result}");
            }
            assert!(result["trace"]["headline"].is_string());
            let open = result["outcome"] == "undetermined";
            assert!(!open || result["missing"].as_array().is_some_and(|m| !m.is_empty()), "{result}");
        }
    }
    let (_, bare) = assess("qianjiang", "examples/qianjiang.jsonl", &["--no-trace"]);
    assert!(bare.iter().flat_map(|l| l["clauses"].as_array().unwrap()).all(|c| c["trace"] == Value::Null));
    let last = &lines[19];
    assert_eq!((last["rank_only"].as_bool(), last["clauses"].as_array().map(Vec::len)), (Some(true), Some(0)));
    assert!(last["pools"][0]["given"].is_string());
}

#[test]
fn an_undecided_ceiling_is_eligible_and_left_out_of_the_sum() {
    let dir = folder("output-ceiling");
    let facts = file(
        &dir,
        "a.jsonl",
        application("1", "\"指定孵化器\":false,\"传统商贸企业\":false,\"网上下单线下配送\":false,\"网货标准化改造企业\":true,\"改造实际投资额\":\"300000\""),
    );
    let (_, lines) = assess("qianjiang", &facts, &["--clause", "7.1"]);
    let result = &lines[0]["clauses"][0];
    assert_eq!(
        (result["outcome"].as_str(), result["amount"].as_str(), result["ceiling"].as_str(), result["decided"].as_bool()),
        (Some("eligible"), Some("120000.00"), Some("120000.00"), Some(false))
    );
    assert_eq!((lines[0]["awarded"].as_array().map(Vec::len), lines[0]["total"].as_str()), (Some(0), Some("0.00")));
    assert_eq!(lines[0]["clauses"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_is_missing_has_the_names_of_the_exchange_format() {
    let dir = folder("output-missing");
    let text = [
        application("1", "\"参加网购节\":true,\"网购节名称\":\"双11\",\"网购节网络零售额\":\"90000000\""),
        application(
            "2",
            "\"电商企业\":true,\"引进人才\":[{\"经认定\":true,\"认定年度\":2024,\"工薪所得地方经济贡献\":\"1\"},{\"经认定\":true,\"工薪所得地方经济贡献\":\"1\"}]",
        ),
        application("3", "\"跨境电商企业\":true,\"跨境电商平台交易额\":\"2000000\""),
    ];
    let (_, lines) = assess("qianjiang", &file(&dir, "a.jsonl", text.join("\n")), &["--no-trace", "--lang", "en"]);
    let missing = |line: usize, clause: &str| lines[line]["clauses"].as_array().unwrap().iter().find(|c| c["clause"] == clause).unwrap()["missing"].clone();
    assert_eq!(missing(0, "1.3"), Value::from(vec!["决定 1.3"]));
    assert_eq!(missing(1, "3.2"), Value::from(vec!["引进人才[2].认定年度"]));
    assert_eq!(missing(2, "8.1"), Value::from(vec!["参数 美元汇率"]));
    let facts = file(&dir, "b.jsonl", "{\"id\":\"1\",\"year\":2024,\"facts\":{\"区级财政贡献额\":\"400000\"}}");
    let (_, lines) = assess("jiulongpo", &facts, &["--no-trace", "--clause", "4.1"]);
    let names: Vec<&str> = lines[0]["clauses"][0]["missing"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
    assert!(names.contains(&"主体税区级留成") && names.contains(&"主体税区级留成@2023"), "{names:?}");
}

#[test]
fn text_of_one_applicant() {
    let dir = folder("output-text");
    let facts =
        file(&dir, "a.jsonl", application("甲-1", "\"电商新品牌\":true,\"品牌年销售额\":\"26000000.01\",\"电商企业\":true,\"从事直播带货且有直播基地\":false"));
    let run = duixian(&["assess", "policies/qianjiang", "--facts", &facts, "--clause", "1.1", "--clause", "6.1"]);
    assert_eq!(run.code, 0, "{}", run.err);
    expect![[r#"
        ━━ 示例公司（甲-1，2024年度）
        1.1 电商新品牌奖励  符合，260,000.00元
          ✓ 通则 4 项都符合
          ✓ 电商新品牌：是
          ✓ 品牌年销售额 达到 2000万元：26,000,000.01元
          金额
            · 品牌年销售额 的 1%：260,000.0001元
              · 品牌年销售额：26,000,000.01元
            · 最高 50万元：260,000.0001元（未起作用）
          → 四舍五入到分：260,000.0001元 → 260,000.00元
          → 实得 260,000.00元
          原文：（一）支持电商企业开展“三品”建设。对围绕新时代、新模式的电商新品牌，销售额达到2000万元，按照销售额1%给予一次性奖励，最高不超过50万元。

        其他条款
          6.1 直播电商奖励  不符合：从事直播带货且有直播基地（否）
        实得 26万元：1.1 26万元

        资金
          年度总额 2024：额度 1000万元，应付 26万元，足额支付，余 974万元
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn pools_stand_at_the_end_of_the_text() {
    let run = duixian(&["assess", "policies/qianjiang", "--facts", "examples/qianjiang.jsonl", "--no-trace"]);
    let tail: Vec<&str> = run.out.lines().rev().take(2).collect();
    expect![[r#"
        资金
          年度总额 2024：额度 1000万元，应付 13,072,323.82元，实付 1000万元，按 76.5% 折算"#]]
    .assert_eq(&format!("{}\n{}", tail[1], tail[0]));
}

#[test]
fn html_is_one_page_that_needs_no_other() {
    let dir = folder("output-html");
    let facts = file(&dir, "a.jsonl", application("1", "").replace("示例公司", "<b>示例&公司</b>"));
    let run = duixian(&["assess", "policies/qianjiang", "--facts", &facts, "--format", "html"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("<!DOCTYPE html>") && run.out.trim_end().ends_with("</html>"));
    assert!(run.out.contains("&lt;b&gt;示例&amp;公司&lt;/b&gt;") && !run.out.contains("<b>"));
    for outside in ["src=", "href=", "@import", "url("] {
        assert!(!run.out.contains(outside), "{outside}");
    }
}
