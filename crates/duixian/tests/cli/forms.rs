//! One set of applicants in every form a file may have: the results are the same.

use crate::tables::{csv_files, tables_of, workbook};
use crate::{application, assess, file, folder, objects, root};
use serde_json::Value;

/// Results of the examples of a policy, in JSON Lines.
fn reference(policy: &str) -> Vec<Value> {
    let (run, lines) = assess(policy, &format!("examples/{policy}.jsonl"), &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    lines
}

#[test]
fn csv_excel_and_json_of_the_same_applicants_agree() {
    for policy in ["qianjiang", "jiulongpo", "sample"] {
        let want = reference(policy);
        let tables = tables_of(&objects(&format!("examples/{policy}.jsonl")));
        let dir = folder(&format!("forms-{policy}"));
        let csv = csv_files(&tables, &dir);
        let (run, lines) = assess(policy, &csv, &[]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        assert_eq!(lines, want, "CSV of {policy}");
        let xlsx = workbook(&tables, &dir);
        let (run, lines) = assess(policy, &xlsx, &[]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        assert_eq!(lines, want, "Excel of {policy}");
    }
}

#[test]
fn pretty_printed_json_crlf_and_a_byte_order_mark_are_read() {
    let want = reference("qianjiang");
    let text = std::fs::read_to_string(root().join("examples/qianjiang.jsonl")).unwrap();
    let all = objects("examples/qianjiang.jsonl");
    let dir = folder("forms-json");
    let array = serde_json::to_string_pretty(&all).unwrap();
    let crlf = format!("\u{FEFF}\r\n{}", text.replace('\n', "\r\n\r\n"));
    for (name, content) in [("array.json", array), ("crlf.jsonl", crlf), ("none-at-end.jsonl", text.trim_end().to_owned())] {
        let (run, lines) = assess("qianjiang", &file(&dir, name, content), &[]);
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        assert_eq!(lines, want, "{name}");
    }
    let one = serde_json::to_string_pretty(&all[0]).unwrap();
    let (run, lines) = assess("qianjiang", &file(&dir, "one.json", one), &[]);
    assert_eq!((run.code, lines.len()), (0, 1), "{}", run.err);
}

#[test]
fn gb18030_with_a_chinese_or_a_latin_header_is_read() {
    let dir = folder("forms-gb18030");
    let text = "id,year,name,kind,培训经政府同意,年度培训人次\r\n1,2024,重庆水市技能培训有限公司,机构,是,120\r\n";
    let bare = "id,year,name\n1,2024,重庆水市技能培训有限公司\n";
    for (name, text) in [("a.csv", text), ("b.csv", bare)] {
        let (bytes, ..) = encoding_rs::GB18030.encode(text);
        let (run, lines) = assess("qianjiang", &file(&dir, name, bytes), &["--no-trace"]);
        assert_eq!(run.code, 0, "{}", run.err);
        assert_eq!(lines[0]["name"], "重庆水市技能培训有限公司");
    }
}

#[test]
fn a_list_file_is_found_beside_its_table_or_named() {
    let dir = folder("forms-lists");
    let main = file(&dir, "申报.csv", "id,year,kind,电商企业,近三年列入失信黑名单,近三年受财政处罚处分,注册地在本区,在本区纳税\na,2024,企业,是,否,否,是,是\n");
    let list = "id,经认定,认定年度,工薪所得地方经济贡献\n\na,是,2023,30000\na,是,2024,12000.50\n";
    let amount = |lines: &[Value]| lines[0]["clauses"].as_array().unwrap().iter().find(|c| c["clause"] == "3.2").unwrap()["amount"].clone();
    let other = file(&dir, "x.csv", list);
    let (_, lines) = assess("qianjiang", &main, &["--no-trace"]);
    assert_eq!(amount(&lines), Value::Null);
    let (_, lines) = assess("qianjiang", &main, &["--no-trace", "--list", &format!("引进人才={other}")]);
    assert_eq!(amount(&lines), "42000.50");
    file(&dir, "申报.引进人才.csv", list);
    let (_, lines) = assess("qianjiang", &main, &["--no-trace"]);
    assert_eq!(amount(&lines), "42000.50");
    file(&dir, "申报.引进人才.csv", "id,经认定,认定年度,工薪所得地方经济贡献\na,是,2023,30000\n\nb,是,2024,1\na,是,2024,1e5\n");
    let (run, _) = assess("qianjiang", &main, &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("【申报.引进人才.csv】:4 · “id”列（A）：错误[unknown-id]"), "{}", run.err);
    assert!(run.err.contains("【申报.引进人才.csv】:5 · “工薪所得地方经济贡献”列（D） · a：错误[float]"), "{}", run.err);
}

#[test]
fn rows_are_counted_over_empty_and_quoted_lines() {
    let dir = folder("forms-lines");
    let text = "\nid,year,name\r\n\r\n1,2024,\"两行\n名称\"\n,,\n2,2024,\"引\"\"号\"\n3,20x4,\n";
    let (run, _) = assess("qianjiang", &file(&dir, "a.csv", text), &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.starts_with(&format!("{}:8 · “year”列（B） · 3：", dir.join("a.csv").display())), "{}", run.err);
    assert_eq!(run.err.matches("错误[").count(), 1, "{}", run.err);
}

#[test]
fn year_and_day_of_the_command_line_only_fill_in() {
    let dir = folder("forms-defaults");
    let facts = file(&dir, "a.jsonl", format!("{{\"id\":\"1\",\"facts\":{{}}}}\n{}", application("2", "")));
    let (run, lines) = assess("qianjiang", &facts, &["--year", "2023", "--as-of", "2023-06-30", "--no-trace"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!((&lines[0]["year"], &lines[0]["as_of"]), (&Value::from(2023), &Value::from("2023-06-30")));
    assert_eq!(lines[1]["year"], 2024);
}
