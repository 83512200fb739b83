//! Wrong input: named by line and field, never guessed at, never a panic.

use crate::{application, assess, duixian, file, folder, root};
use serde_json::Value;
use std::collections::BTreeMap;

/// Our codes for the kinds of `examples/bad/expected.json`.
fn codes(kind: &str) -> &'static [&'static str] {
    match kind {
        "broken-encoding" => &["broken-encoding"],
        "credit-code-check-digit" => &["check-digit"],
        "credit-code-structure" => &["credit-code"],
        "too-deep" => &["too-deep"],
        "duplicate-column" => &["duplicate-column"],
        "duplicate-id" => &["duplicate-id"],
        "duplicate-key" => &["duplicate-key"],
        "empty-file" => &["empty-file"],
        "float-money" => &["float"],
        "formula-cell" => &["formula"],
        "number-too-large" => &["too-long", "out-of-range"],
        // A map where a list belongs may be taken for values by year: then its names are not years.
        "not-a-list" => &["wrong-type", "not-a-list", "period"],
        "unknown-fact" => &["unknown-fact", "unknown-field"],
        "missing-facts" => &["missing-facts"],
        "missing-id" => &["missing-id"],
        "missing-year" => &["missing-year"],
        "negative-amount" => &["negative"],
        "nonexistent-date" => &["date"],
        "wrong-unit" => &["wrong-unit"],
        "row-length" => &["row-length"],
        "too-many-decimals" => &["too-many-decimals"],
        "broken-json" => &["broken-json"],
        "unknown-choice" => &["unknown-choice"],
        "unknown-clause" => &["unknown-clause"],
        "wrong-type" => &["wrong-type", "not-a-number"],
        other => panic!("no code for {other}"),
    }
}

#[test]
fn every_bad_example_is_named_by_line_and_field() {
    let expected = std::fs::read_to_string(root().join("examples/bad/expected.json")).unwrap();
    let expected: BTreeMap<String, Value> = serde_json::from_str(&expected).unwrap();
    for entry in std::fs::read_dir(root().join("examples/bad")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "expected.json" || expected.contains_key(&name), "{name} is not in expected.json");
    }
    for (name, want) in &expected {
        let policy = want["scheme"].as_str().unwrap();
        let facts = format!("examples/bad/{name}");
        let (run, lines) = assess(policy, &facts, &["--no-trace"]);
        match want["severity"].as_str().unwrap() {
            "none" => {
                assert_eq!((run.code, run.err.as_str()), (0, ""), "{name}");
                assert!(!lines.is_empty());
                continue;
            }
            "warning" => assert_eq!((run.code, lines.len()), (0, 1), "{name}: {}", run.err),
            _ => assert_eq!((run.code, lines.len()), (2, 0), "{name}: {}", run.err),
        }
        let at = want["line"].as_u64().map_or_else(|| facts.clone(), |line| format!("{facts}:{line}"));
        let field = want["field"].as_str().or(want["column"].as_str()).unwrap_or_default();
        let code = codes(want["kind"].as_str().unwrap());
        let told = run.err.lines().any(|line| line.starts_with(&at) && line.contains(field) && code.iter().any(|c| line.contains(&format!("[{c}]"))));
        assert!(told, "{name}: wanted {at} {field} {code:?}, got\n{}", run.err);
        for hint in ["near", "right_digit"] {
            assert!(run.err.contains(want[hint].as_str().unwrap_or_default()), "{name}: {}", run.err);
        }
        let english = assess(policy, &facts, &["--lang", "en"]).0;
        assert_eq!(english.code, run.code);
        assert!(english.err.contains(&at), "{name}: {}", english.err);
    }
}

#[test]
fn all_errors_of_a_file_are_listed_and_nothing_is_assessed() {
    let dir = folder("bad-all");
    let text = [application("1", "\"品牌年销售额\":1.5"), application("2", ""), application("3", "\"品牌年销售额\":\"-1\",\"直播间数\":\"2.5\"")].join("\n");
    let (run, lines) = assess("qianjiang", &file(&dir, "a.jsonl", text), &[]);
    assert_eq!((run.code, lines.len()), (2, 0));
    for place in ["a.jsonl:1 · facts.品牌年销售额 · 1：", "a.jsonl:3 · facts.品牌年销售额 · 3：", "a.jsonl:3 · facts.直播间数 · 3："] {
        assert!(run.err.contains(place), "{}", run.err);
    }
}

#[test]
fn an_endless_line_is_refused_without_reading_it_all() {
    let dir = folder("bad-endless");
    let path = dir.join("huge.jsonl");
    let mut start = application("1", "").into_bytes();
    start.extend_from_slice(b"\n{\"id\":\"2\",\"year\":2024,\"facts\":{\"x\":");
    std::fs::write(&path, &start).unwrap();
    // Two gigabytes that take no room on the disk, and that a reader of whole lines would have to hold.
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(2 << 30).unwrap();
    let (run, _) = assess("qianjiang", &path.display().to_string(), &["--no-trace"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("huge.jsonl:2：错误[line-too-long]"), "{}", run.err);
    let table = dir.join("huge.csv");
    std::fs::File::create(&table).unwrap().set_len(2 << 30).unwrap();
    let (run, _) = assess("qianjiang", &table.display().to_string(), &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("512MB"), "{}", run.err);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn headers_of_a_table_are_checked_once() {
    let dir = folder("bad-header");
    let cases = [
        ("id,year,品牌年销售总额\n1,2024,1\n", "“品牌年销售总额”列（C）：错误[unknown-fact]", "品牌年销售额"),
        ("id,year,决定@1.9\n1,2024,1\n", "“决定@1.9”列（C）：错误[unknown-clause]", "条款有"),
        ("year,电商企业\n2024,是\n", "错误[missing-id]", "加一列 id"),
        ("id,电商企业\n1,是\n", "错误[missing-year]", "--year 2024"),
        ("id,year,\n1,2024,是\n", "错误[no-header]", "补上列名"),
        ("id,year\n", "错误[empty-file]", "第二行"),
    ];
    for (text, what, help) in cases {
        let (run, _) = assess("qianjiang", &file(&dir, "a.csv", text), &[]);
        assert_eq!(run.code, 2, "{text}");
        assert!(run.err.contains(what) && run.err.contains(help), "{text}\n{}", run.err);
        assert_eq!(run.err.matches("错误[").count(), 1, "{}", run.err);
    }
    let (run, lines) = assess("qianjiang", &file(&dir, "a.csv", "id,电商企业\n1,是\n"), &["--year", "2024"]);
    assert_eq!((run.code, lines[0]["year"].as_i64()), (0, Some(2024)), "{}", run.err);
}

#[test]
fn json_that_is_not_an_application_is_refused_with_its_line() {
    let dir = folder("bad-json");
    let good = application("1", "");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases = [
        ("[1,2", "a.json:1", "broken-json"),
        ("{\n \"id\": \"1\",\n \"year\": 2024\n \"facts\": {}\n}", "a.json:4", "broken-json"),
        ("[\n{\"id\":\"1\",\"year\":2024,\"facts\":{}},\n3]", "a.json:3", "not-an-object"),
        ("\"words\"", "a.json:1", "not-an-object"),
        ("null", "a.json:1", "not-an-object"),
        (&deep, "a.json:1", "too-deep"),
        ("\u{FEFF}\n \r\n", "a.json", "empty-file"),
        (&format!("{good}\n{{\"id\":\"2\",\"year\":2024,\"facts\":{{\"网购节名称\":\"\\ud800\"}}}}"), "a.json:2", "broken-json"),
        (&format!("{good}{good}"), "a.json:1", "broken-json"),
    ];
    for (text, place, code) in cases {
        let (run, _) = assess("qianjiang", &file(&dir, "a.json", text), &[]);
        assert_eq!(run.code, 2, "{}", &text[..text.len().min(80)]);
        assert!(run.err.contains(place) && run.err.contains(&format!("[{code}]")), "{}\n{}", &text[..text.len().min(80)], run.err);
    }
    let (run, _) = assess("qianjiang", &file(&dir, "b.jsonl", [good.as_bytes(), b"\n{\"id\":\"\xFF\"}"].concat()), &[]);
    assert!(run.err.contains("b.jsonl:2：错误[broken-encoding]"), "{}", run.err);
}

#[test]
fn files_that_are_none_are_refused() {
    let dir = folder("bad-files");
    let facts = file(&dir, "a.jsonl", application("1", ""));
    let cases: Vec<(Vec<&str>, &str)> = vec![
        (vec!["assess", "policies/none", "--facts", &facts], "读不了 policies/none"),
        (vec!["assess", "examples", "--facts", &facts], "没有 policy.md"),
        (vec!["assess", "policies/qianjiang", "--facts", "none.jsonl"], "读不了 none.jsonl"),
        (vec!["assess", "policies/qianjiang", "--facts", "Cargo.toml"], "不认识 Cargo.toml 的类型"),
        (vec!["assess", "policies/qianjiang", "--facts", &facts, "--clause", "99"], "没有条款 99"),
        (vec!["assess", "policies/qianjiang", "--facts", &facts, "--list", "引进人才=x.csv"], "--list 只用于 CSV"),
        (vec!["assess", "policies/qianjiang", "--facts", "examples/qianjiang.csv", "--list", "不是名单=x.csv"], "没有名单“不是名单”"),
        (vec!["assess", "policies/qianjiang", "--facts", &facts, "--as-of", "2024-02-30"], "2024-02-30"),
        (vec!["assess", "policies/qianjiang", "--facts", &facts, "--annotated", &facts], "不能写回原文件"),
        (vec!["explain", "policies/qianjiang", "99"], "没有条款 99"),
        (vec!["nonsense"], "nonsense"),
    ];
    for (args, words) in cases {
        let run = duixian(&args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.err);
        assert!(run.err.contains(words), "{args:?}: {}", run.err);
    }
}
