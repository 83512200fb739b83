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
fn a_parallel_run_explains_each_difference_row_by_row_and_names_what_it_cannot_place() {
    let dir = folder("parallel-run");
    let lines: Vec<String> = std::fs::read_to_string(root().join("examples/qianjiang.jsonl")).unwrap().lines().map(str::to_owned).collect();
    // The firm of the fifth example: 1.1 gives 500,000.00, 8.1 gives 1,437,236.27.
    let id = serde_json::from_str::<Value>(&lines[4]).unwrap()["id"].as_str().unwrap().to_owned();
    let facts = file(&dir, "facts.jsonl", format!("{}\n", lines[4]));
    let run = |paid: &str, more: &[&str]| {
        let paid = file(&dir, "paid.csv", paid);
        let mut args = vec!["parallel-run", "policies/qianjiang", "--facts", &facts, "--paid", &paid];
        args.extend(more);
        duixian(&args)
    };
    let same = run(&format!("编号,条款,金额\n{id},1.1,\"500,000.00\"\n{id},8.1,1437236.27\n"), &[]);
    assert_eq!((same.code, same.out.as_str()), (0, "2 项一分不差，0 项有差异；有差异的已付 0.00元，测算 0.00元\n"), "{}", same.err);
    // Two payments of one clause are one sum.
    let other = format!("id,clause,amount\n{id},1.1,600000\n{id},1.1,35000\n");
    let text = run(&other, &[]);
    assert_eq!(text.code, 1);
    assert!(text.out.contains("1.1  已付 635,000.00元，测算 500,000.00元：上限或取整"), "{}", text.out);
    assert!(text.out.contains("已拨付的正是「品牌年销售额 的 1%」一步的结果"), "{}", text.out);
    assert!(text.out.contains("8.1  已付 0.00元，测算 1,437,236.27元：应付未付"), "{}", text.out);
    assert!(text.out.ends_with("0 项一分不差，2 项有差异；有差异的已付 635,000.00元，测算 1,937,236.27元\n"), "{}", text.out);
    let json = run(&other, &["--format", "json"]);
    let rows: Vec<Value> = json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((rows[0]["parting"].as_str(), rows[2]["paid_fen"].as_i64()), (Some("cap"), Some(63_500_000)));
    for (paid, line, what) in [
        (format!("编号,金额\n{id},1\n"), "第1行", "缺少列"),
        (format!("编号,条款,金额\n\n{id},1.1,1\n不在,1.1,5\n"), "第4行", "申报表里没有编号 不在"),
        (format!("编号,条款,金额\n{id},1.1,五元\n"), "第2行", "“五元”不是金额"),
    ] {
        let bad = run(&paid, &[]);
        assert_eq!(bad.code, 2, "{}", bad.out);
        assert!(bad.err.contains(line) && bad.err.contains(what) && bad.err.contains("→"), "{}", bad.err);
    }
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
