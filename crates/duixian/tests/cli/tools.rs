//! What is made from the same file, and two versions compared, as people run it.

use crate::{duixian, file, folder, root};
use serde_json::Value;

#[test]
fn a_guide_is_written_in_the_format_its_name_asks_for() {
    let dir = folder("guide");
    for (name, starts) in [("指南.html", &b"<!DOCTYPE html>"[..]), ("指南.md", "# 《".as_bytes()), ("指南.docx", b"PK\x03\x04")] {
        let out = dir.join(name).display().to_string();
        let run = duixian(&["guide", "policies/qianjiang", "--out", &out]);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(std::fs::read(&out).unwrap().starts_with(starts), "{name}");
    }
    let english = duixian(&["guide", "policies/jiulongpo", "--format", "md", "--lang", "en"]);
    assert!(english.out.contains("**Who may apply**") && english.out.contains("**Papers**"), "{}", english.out);
}

#[test]
fn a_form_for_a_clause_is_a_schema_of_its_facts_in_the_order_of_asking() {
    let run = duixian(&["form", "policies/qianjiang", "--clause", "6.1"]);
    let schema: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let facts = &schema["properties"]["facts"]["properties"];
    assert_eq!(facts["应税网络销售额"]["x-unit"], "元");
    assert!(facts["品牌年销售额"].is_null(), "no fact of another clause");
    let asked = duixian(&["form", "policies/qianjiang", "--clause", "6.1", "--ask"]);
    let last = asked.out.lines().last().unwrap();
    assert!(last.contains("应税网络销售额") && last.contains("金额"), "{}", asked.out);
}

#[test]
fn questions_end_where_nothing_can_change() {
    let dir = folder("ask");
    let facts = file(&dir, "a.jsonl", r#"{"id":"1","year":2024,"applicant":{"kind":"企业"},"facts":{"电商企业":false}}"#);
    let run = duixian(&["form", "policies/qianjiang", "--clause", "6.1", "--ask", "--facts", &facts]);
    assert!(run.out.contains("不用再问"), "{}", run.out);
}

#[test]
fn what_is_short_is_told_with_what_it_would_give() {
    let dir = folder("what-if");
    let line = r#"{"id":"1","year":2024,"applicant":{"kind":"企业"},"facts":{"注册地在本区":true,"在本区纳税":true,"近三年列入失信黑名单":false,"近三年受财政处罚处分":false,"电商新品牌":true,"品牌年销售额":"18800000"}}"#;
    let facts = file(&dir, "a.jsonl", line);
    let run = duixian(&["what-if", "policies/qianjiang", "--facts", &facts, "--clause", "1.1"]);
    assert!(run.out.contains("还差 120万元 品牌年销售额（现 1880万元，须 2000万元），可得 20万元"), "{}", run.out);
    let json = duixian(&["what-if", "policies/qianjiang", "--facts", &facts, "--clause", "1.1", "--format", "json"]);
    let change: Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
    assert_eq!((change["then"].as_str(), change["helps"].as_bool()), (Some("200000.00"), Some(true)));
}

const RULES: &str = "# 试\n\n```duixian\n政策 试「试」\n事实\n  销售额  元 按年\n条款 1「甲」\n  对象  企业\n  条件  销售额 达到 1000元\n  给予  销售额 的 10%\n  频次  每年\n```\n";

#[test]
fn a_difference_is_a_finding_and_no_difference_is_proven() {
    let dir = folder("diff");
    let version = |name: &str, text: String| {
        std::fs::create_dir_all(dir.join(name)).unwrap();
        std::fs::write(dir.join(name).join("policy.md"), text).unwrap();
        dir.join(name).display().to_string()
    };
    let (old, new) = (version("旧", RULES.into()), version("新", RULES.replace("1000元", "800元")));
    let same = duixian(&["diff", &old, &old]);
    assert_eq!(same.code, 0);
    assert!(same.out.contains("已证明"), "{}", same.out);
    let run = duixian(&["diff", &old, &new]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("+ 新符合") && run.out.contains("原 不符合，现 80.00元"), "{}", run.out);
    let json: Value = serde_json::from_str(&duixian(&["diff", &old, &new, "--format", "json"]).out).unwrap();
    assert_eq!(json["clauses"][0]["affected"][0]["effect"], "becomes_eligible");
    assert_eq!(json["clauses"][0]["affected"][0]["new"]["amount"], "80.00");
    let page = duixian(&["diff", &old, &new, "--format", "html", "--lang", "en"]).out;
    assert!(page.contains("become eligible") && !page.contains("http"), "{page}");
    let lost = duixian(&["diff", &old, "没有"]);
    assert_eq!(lost.code, 2);
}

#[test]
fn every_example_of_the_page_on_tools_prints_what_it_shows() {
    let page = std::fs::read_to_string(root().join("docs/tools.md")).unwrap();
    let mut shown = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let (command, lines) = block.split_once('\n').unwrap();
        let args: Vec<&str> = command.strip_prefix("$ duixian ").unwrap().split(' ').collect();
        let run = duixian(&args);
        let mut printed = run.out.lines();
        for line in lines.lines() {
            assert!(printed.any(|l| l == line), "{command}: not printed, or not in this order: {line}\n{}", run.out);
            shown += 1;
        }
    }
    assert!(shown > 10);
}
