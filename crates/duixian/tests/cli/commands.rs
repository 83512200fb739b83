//! The other commands: check, fmt, test, explain, facts, readings, completions, help.

use crate::{assess, duixian, file, folder, root};
use calamine::{Data, Reader};
use expect_test::expect;
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::process::{Command, Stdio};

const BROKEN: &str = "# 测试\n\n```duixian\n政策 t「测试」\n事实\n  面积  平方米\n  间数  间\n\n条款 1「甲」\n  对象  企业\n  条件  面积 达到 1000间\n  给予  5万元\n  频次  一次性\n```\n";

#[test]
fn check_of_a_broken_policy() {
    let dir = folder("commands-check");
    file(&dir, "policy.md", BROKEN);
    let path = dir.display().to_string();
    let run = duixian(&["check", &path]);
    assert_eq!(run.code, 1);
    expect![[r#"
        错误[E0214]: 左边是 平方米，右边是 间
           ┌─ DIR/policy.md:11:13
           │
         6 │   面积  平方米
           │   ----
           ·
        11 │   条件  面积 达到 1000间
           │                   ^^^^^^
           │
           = 条款 1「甲」
           = → 原文就是“1000间”的，把事实“面积”声明里的单位改为 间；原文不是的，改这里的单位

        1 个错误，0 个警告；每个编号都有说明：duixian check --explain E0214
    "#]]
    .assert_eq(&run.out.replace(&path, "DIR"));
    let json = duixian(&["check", &path, "--format", "json", "--lang", "en"]);
    assert_eq!(json.code, 1);
    let lines: Vec<Value> = json.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(lines.iter().any(|d| d["severity"] == "error" && d["line"] == 11 && d["heading"].as_str().is_some_and(|h| h.contains("条款 1"))), "{}", json.out);
    assert_eq!(duixian(&["test", &path]).code, 1);
    assert_eq!(duixian(&["explain", &path]).code, 2);
}

#[test]
fn check_explains_a_code_in_either_language() {
    let run = duixian(&["check", "--explain", "e0234"]);
    assert_eq!(run.code, 0, "{}", run.err);
    expect![[r#"
        E0234 没有写含不含本数

        “介于”的两头都要写（含）或（不含），否则正好等于界限的人不知道该不该给。

        - 提示：界限没有写明含不含本数
        - 改法：在数后写（含）或（不含）

        错的写法
            事实
              年销售额  元 按年
            条款 1「奖励」
              条件  年销售额 介于 100万元 至 500万元（不含）
              给予  1万元
              频次  每年

        对的写法
            事实
              年销售额  元 按年
            条款 1「奖励」
              条件  年销售额 介于 100万元（含）至 500万元（不含）
              给予  1万元
              频次  每年

    "#]]
    .assert_eq(&run.out);
    let english = duixian(&["check", "--explain", "E0234", "--lang", "en"]).out;
    assert!(english.contains("A bound without 含 or 不含") && english.contains("\nWrong\n") && !english.contains("两头"), "{english}");
    let none = duixian(&["check", "--explain", "E9999"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("没有编号 E9999"), "{}", none.err);
    assert_eq!(duixian(&["check"]).code, 2);
}

#[test]
fn the_policies_check_and_test_clean() {
    for policy in ["policies/qianjiang", "policies/jiulongpo", "policies/sample"] {
        for command in ["check", "test"] {
            let run = duixian(&[command, policy]);
            assert_eq!(run.code, 0, "{command} {policy}: {}{}", run.out, run.err);
        }
    }
}

#[test]
fn test_names_what_fails_and_what_nobody_tried() {
    let dir = folder("commands-test");
    std::fs::copy(root().join("policies/jiulongpo/policy.md"), dir.join("policy.md")).unwrap();
    std::fs::copy(root().join("policies/jiulongpo/official.txt"), dir.join("official.txt")).unwrap();
    file(&dir, "situations.md", "```duixian\n情形「错的」\n  年度  2024年\n  结果  5.1 2万元\n```\n");
    file(&dir, "README.md", "```duixian\n不读\n```\n");
    let run = duixian(&["test", &dir.display().to_string(), "--counts"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("situations.md:2:1「错的」") && run.out.contains("situations.md:4"), "{}", run.out);
    assert!(run.out.contains("没有情形用到：") && run.out.contains("\n5.1\t1\n"), "{}", run.out);
}

#[test]
fn fmt_changes_only_what_it_must() {
    let dir = folder("commands-fmt");
    let path = file(&dir, "a.md", BROKEN.replace("面积  平方米", "面积     平方米"));
    let check = duixian(&["fmt", "--check", &path]);
    assert_eq!(check.code, 1, "{}{}", check.out, check.err);
    assert_eq!(duixian(&["fmt", &path]).code, 0);
    let once = std::fs::read_to_string(&path).unwrap();
    assert_eq!(duixian(&["fmt", "--check", &path]).code, 0);
    assert_eq!(duixian(&["fmt", "--keywords", "en", &path]).code, 0);
    assert!(std::fs::read_to_string(&path).unwrap().contains("clause 1「甲」"));
    assert_eq!(duixian(&["fmt", "--keywords", "zh", &path]).code, 0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), once);
    let broken = file(&dir, "b.md", "```duixian\n条款 1「甲\n```\n");
    let run = duixian(&["fmt", &broken]);
    assert_eq!(run.code, 2, "{}{}", run.out, run.err);
    assert_eq!(std::fs::read_to_string(&broken).unwrap(), "```duixian\n条款 1「甲\n```\n");
}

#[test]
fn explain_facts_and_readings_speak_of_the_policy() {
    let clause = duixian(&["explain", "policies/qianjiang", "6.1"]).out;
    assert!(clause.contains("直播间数 不少于 5间") && clause.contains("最高 50万元"), "{clause}");
    let whole = duixian(&["explain", "policies/qianjiang", "--published", "2024-01-15"]).out;
    assert!(whole.contains("2024-01-15") && whole.contains("10.2"), "{whole}");
    let instalments = duixian(&["explain", "policies/sample", "8"]).out;
    assert!(instalments.contains("第 2 年：50%，须 项目正常运行，不符则这一期和以后各期都不兑付"), "{instalments}");
    let facts = duixian(&["facts", "policies/qianjiang", "--format", "json"]).out;
    let facts: Vec<Value> = facts.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let area = facts.iter().find(|f| f["name"] == "直播基地面积").unwrap();
    assert_eq!((area["unit"].as_str(), &area["clauses"]), (Some("平方米"), &Value::from(vec!["6.1"])));
    assert!(duixian(&["facts", "policies/qianjiang"]).out.contains("活跃主播人数  整数（人）"));
    let readings = duixian(&["readings", "policies/qianjiang"]).out;
    assert!(readings.contains("取  ") && readings.contains("另  "));
}

#[test]
fn the_template_is_read_back() {
    for policy in ["qianjiang", "jiulongpo"] {
        let dir = folder(&format!("commands-template-{policy}"));
        let template = dir.join("申报表.xlsx");
        let run = duixian(&["facts", &format!("policies/{policy}"), "--template", &template.display().to_string(), "--year", "2024"]);
        assert_eq!(run.code, 0, "{}", run.err);
        let mut book: calamine::Xlsx<_> = calamine::open_workbook(&template).unwrap();
        let mut filled = Workbook::new();
        for name in book.sheet_names() {
            let range = book.worksheet_range(&name).unwrap();
            let page = filled.add_worksheet().set_name(&name).unwrap();
            for (row, column, value) in range.used_cells() {
                page.write_string(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), value.to_string()).unwrap();
            }
            if name == "申报" {
                let header: Vec<String> = range.rows().next().unwrap().iter().map(Data::to_string).collect();
                // Only 九龙坡 compares with the year before.
                let before: Vec<&String> = header.iter().filter(|h| h.contains("@2023")).collect();
                assert_eq!(before, if policy == "jiulongpo" { vec!["主体税区级留成@2023"] } else { vec![] });
                page.write_string(1, 0, "1").unwrap();
                page.write_number(1, 1, 2024).unwrap();
            }
        }
        let path = dir.join("filled.xlsx");
        filled.save(&path).unwrap();
        let (run, lines) = assess(policy, &path.display().to_string(), &["--no-trace"]);
        assert_eq!((run.code, run.err.as_str(), lines.len()), (0, "", 1));
        let empty = assess(policy, &template.display().to_string(), &[]).0;
        assert!(empty.code == 2 && empty.err.contains("[empty-file]"), "{}", empty.err);
    }
}

#[test]
fn help_has_an_example_for_every_command() {
    assert_eq!(duixian(&["--version"]).out, format!("duixian {}\n", env!("CARGO_PKG_VERSION")));
    for command in ["check", "fmt", "test", "assess", "explain", "facts", "readings", "coverage", "completions"] {
        let run = duixian(&[command, "--help"]);
        assert_eq!(run.code, 0);
        assert!(run.out.contains(&format!("  duixian {command} ")), "{}", run.out);
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(duixian(&["completions", shell]).out.contains("assess"));
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_duixian"))
        .args(["assess", "policies/qianjiang", "--facts", "examples/qianjiang.jsonl"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn coverage_says_what_each_sentence_is_in_three_forms() {
    let text = duixian(&["coverage", "policies/jiulongpo"]);
    assert_eq!(text.code, 0, "{}", text.out);
    assert!(text.out.contains("63 句，63 句已归类（100%）") && text.out.contains("条款 8.1「平台收费会员奖励」 · 金额可算"), "{}", text.out);
    let json = duixian(&["coverage", "policies/jiulongpo", "--format", "json"]).out;
    let lines: Vec<Value> = json.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let totals = &lines.last().unwrap()["totals"];
    assert_eq!((totals["sentences"].as_u64(), totals["classified"].as_u64(), lines.len()), (Some(63), Some(63), 64));
    assert_eq!(totals["money"].as_u64().unwrap(), totals["executable"].as_u64().unwrap() + totals["registered"].as_u64().unwrap());
    let html = duixian(&["coverage", "policies/jiulongpo", "--format", "html", "--lang", "en"]).out;
    assert!(html.contains("<html lang=\"en\">") && !html.contains("<script") && !html.contains("http"), "one page, no other file");
    assert_eq!(html.matches("<table>").count(), html.matches("</table>").count());
}

#[test]
fn coverage_of_money_that_nothing_computes_is_a_finding() {
    let dir = folder("open-money");
    file(
        &dir,
        "policy.md",
        "> 对示范企业给予20万元奖励。\n\n```duixian\n文句 鼓励\n  不用  「20万元」因「另行制定」\n```\n\n# 二\n\n> 对电商企业一次性奖励1万元。\n\n```duixian\n条款 1「奖励」\n  给予  1万元\n  频次  一次性\n```\n",
    );
    let run = duixian(&["coverage", dir.to_str().unwrap()]);
    assert!(run.code == 1 && run.out.contains("✗") && run.out.contains("金额未落实"), "{}", run.out);
}

#[test]
fn check_lists_the_exceptions_with_their_reasons() {
    let text = duixian(&["check", "--exceptions", "policies/qianjiang"]);
    assert_eq!(text.code, 0);
    assert!(text.out.contains("字面  100%：即「全额」") && text.out.contains("原文 “全额”") && text.out.contains("别名  区经信委"), "{}", text.out);
    let json = duixian(&["check", "--exceptions", "policies/qianjiang", "--format", "json"]).out;
    let lines: Vec<Value> = json.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let reading = lines.iter().find(|l| l["kind"] == "reading" && l["heading"].as_str().unwrap().contains("10.2")).unwrap();
    assert_eq!((reading["what"].as_str(), reading["words"].as_str()), (Some("频次 每年"), Some("一次性")));
    assert!(lines.iter().all(|l| l["because"].as_str().is_some_and(|b| !b.is_empty()) && l["line"].is_u64()));
}
