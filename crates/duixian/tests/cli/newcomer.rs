//! What newcomers ran into: slips that passed in silence, and messages that did not say what to do.

use crate::{duixian, file, folder};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const QUOTE: &str = "# 例\n\n> 对电商企业一次性奖励15万元。\n\n";
const RULE: &str = "条款 1「奖励」\n  给予  15万元\n  频次  一次性\n";

fn policy(dir: &Path, head: &str, rest: &str) -> String {
    file(dir, "policy.md", format!("{QUOTE}```duixian\n{head}{RULE}{rest}```\n"));
    dir.display().to_string()
}

#[test]
fn the_official_text_that_a_policy_names_is_read_and_must_be_there() {
    let dir = folder("newcomer-original");
    file(&dir, "原文.txt", "对电商企业一次性奖励16万元。\n");
    let named = |name: &str| policy(&dir, &format!("政策 li「例」\n  底本  {name}\n"), "");
    let run = duixian(&["check", &named("原文.txt")]);
    assert!(run.code == 1 && run.out.contains("E0410") && run.out.contains("16万元"), "{}", run.out);
    file(&dir, "原文.txt", "对电商企业一次性奖励15万元。\n");
    assert_eq!(duixian(&["check", &named("原文.txt")]).code, 0);
    for name in ["offical.txt", "official.txt"] {
        let run = duixian(&["check", &named(name)]);
        assert!(run.code == 1 && run.out.contains(&format!("错误[E0422]: 没有底本“{name}”")), "{}", run.out);
        assert!(run.out.contains("policy.md:7:3") && run.out.contains("→ 核对文件名"), "{}", run.out);
    }
    // What lies outside of the folder is never read, even where it is there.
    std::fs::create_dir_all(dir.join("内")).unwrap();
    file(&dir.join("内"), "原文.txt", "对电商企业一次性奖励15万元。\n");
    for name in ["「../newcomer-original/原文.txt」", "「内/原文.txt」"] {
        let run = duixian(&["check", &named(name)]);
        assert!(run.code == 1 && run.out.contains("E0422") && run.out.contains("只写文件名"), "{}", run.out);
    }
    // Without the line the usual name counts.
    file(&dir, "official.txt", "对电商企业一次性奖励16万元。\n");
    assert!(duixian(&["check", &policy(&dir, "政策 li「例」\n", "")]).out.contains("E0410"));
}

#[test]
fn a_file_without_clauses_is_no_policy_for_any_command() {
    let dir = folder("newcomer-empty");
    file(&dir, "policy.md", "");
    let path = dir.display().to_string();
    let run = duixian(&["check", &path]);
    assert!(run.code == 1 && run.out.contains("错误[E0421]") && run.out.contains("→") && !run.out.contains("通过"), "{}", run.out);
    assert_eq!(duixian(&["test", &path]).code, 1);
    for command in ["guide", "coverage", "analyse", "form", "facts", "explain", "readings"] {
        let run = duixian(&[command, &path]);
        assert!(run.code == 2 && run.err.contains("E0421") && run.err.contains("→"), "{command}: {} {}", run.out, run.err);
    }
}

#[test]
fn a_policy_without_a_name_gets_no_guide_but_is_worked_out() {
    let dir = folder("newcomer-nameless");
    let path = policy(&dir, "", "");
    let run = duixian(&["check", &path]);
    assert!(run.code == 0 && run.out.contains("警告[W0503]") && run.out.contains("1 个警告"), "{}", run.out);
    let run = duixian(&["guide", &path]);
    assert!(run.code == 2 && run.out.is_empty() && run.err.contains("政策没有名称") && run.err.contains("→"), "{}{}", run.out, run.err);
    assert_eq!(duixian(&["explain", &path]).code, 0);
}

#[test]
fn coverage_says_first_that_the_policy_has_errors() {
    let dir = folder("newcomer-coverage");
    let path = policy(&dir, "政策 li「例」\n", "条款 2「另奖」\n  给予  7万元\n  频次  一次性\n");
    let run = duixian(&["coverage", &path]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("E0402") && run.out.lines().nth(1).is_some_and(|line| line.contains("个错误")), "{}{}", run.out, run.err);
    assert!(duixian(&["coverage", &path, "--format", "html"]).out.contains("个错误"));
}

#[test]
fn a_message_longer_than_any_policy_is_refused_by_the_language_server() {
    for (head, why) in [
        ("Content-Length: 99999999999999\r\n\r\nhello", "超过64MiB"),
        ("Content-Length: 99999999999999999999999999\r\n\r\nhello", "超过64MiB"),
        ("Content-Length: -1\r\n\r\n", "不是数"),
        ("hello\r\n\r\n", "开头读不懂"),
        ("Content-Length: 9\r\n\r\nhello", "没有发完"),
        ("Content-Length: 5\r\n\r\nhello", "JSON"),
    ] {
        let mut child =
            Command::new(env!("CARGO_BIN_EXE_duixian")).arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(head.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains(why) && err.contains("→"), "{head:?}: {:?} {err}", output.status);
    }
}

const FACTS: &str = "事实\n  车数      辆\n  电商企业  是否\n  级别      选项（国家、市）\n";

fn situation(lines: &str) -> String {
    format!("{FACTS}情形「甲」\n  年度  2024年\n{lines}")
}

#[test]
fn values_of_situations_are_checked_with_the_rules() {
    let dir = folder("newcomer-situations");
    for (lines, code, words, help) in [
        ("  事实  车数 4台\n  结果  1 15万元\n", "E0214", "“车数”的单位是 辆，这里写的是 台", "数后面写 辆"),
        ("  事实  车数 4\n  结果  1 15万元\n", "E0214", "这里没有写单位", "数后面写 辆"),
        ("  事实  电商企业 3辆\n  结果  1 15万元\n", "E0210", "“电商企业”应填是 或 否", "可以写：是"),
        ("  事实  级别 国\n  结果  1 15万元\n", "E0203", "没有“国”这个选项", "国家"),
        ("  事实  车辆数 4辆\n  结果  1 15万元\n", "E0202", "没有事实“车辆数”", "是不是“车数”？"),
        ("  对象  公司\n  结果  1 15万元\n", "E0203", "没有“公司”这个选项", "可选："),
        ("  结果  7 15万元\n", "E0205", "没有条款 7", "条款有：1"),
        ("  结果  1 15辆\n", "E0210", "这里应写金额", "10万元"),
        ("  承    「乙」\n  结果  1 15万元\n", "E0202", "没有情形「乙」", "甲"),
    ] {
        let run = duixian(&["check", &policy(&dir, "政策 li「例」\n", &situation(lines))]);
        assert!(run.code == 1 && run.out.contains(&format!("错误[{code}]")), "{lines}\n{}", run.out);
        assert!(run.out.contains(words) && run.out.contains(help), "{lines}\n{}", run.out);
        assert!(run.out.contains("1 个错误"), "{lines}\n{}", run.out);
    }
}

#[test]
fn a_failing_situation_says_what_was_written_and_what_came_out() {
    let dir = folder("newcomer-failing");
    let path = policy(&dir, "政策 li「例」\n", &situation("  结果  1 13万元\n"));
    let run = duixian(&["test", &path]);
    assert!(run.code == 1 && run.out.contains("1：写的是 13万元，实际是 符合 15万元"), "{}", run.out);
    let run = duixian(&["test", &path, "--lang", "en"]);
    assert!(run.out.contains("expected ¥130,000.00, got eligible ¥150,000.00"), "{}", run.out);
}

#[test]
fn a_guide_is_not_written_into_a_file_of_another_kind() {
    let path = folder("newcomer-pdf").join("指南.pdf");
    let run = duixian(&["guide", "policies/sample", "--out", path.to_str().unwrap()]);
    assert!(run.code == 2 && run.err.contains("打印成 PDF") && !path.exists(), "{}", run.err);
}

#[test]
fn applicants_of_another_policy_are_recognised() {
    let run = duixian(&["assess", "policies/jiulongpo", "--facts", "examples/qianjiang.jsonl"]);
    let first = run.err.lines().next().unwrap();
    assert!(run.code == 2 && first.contains("[other-policy]") && run.err.contains("是否一对"), "{}", run.err);
    assert!(run.err.matches("[unknown-fact]").count() <= 8, "{}", run.err);
}

#[test]
fn a_wrong_unit_in_a_file_names_the_right_one() {
    let dir = folder("newcomer-unit");
    let facts = file(&dir, "a.csv", "id,year,品牌年销售额\n1,2024,300万元\n");
    let run = duixian(&["assess", "policies/qianjiang", "--facts", &facts]);
    assert!(run.code == 2 && run.err.contains("[wrong-unit]") && run.err.contains("单位是 元"), "{}", run.err);
}

#[test]
fn chinese_messages_are_chinese() {
    let dir = folder("newcomer-chinese");
    let broken = file(&dir, "a.xlsx", "no workbook");
    let run = duixian(&["assess", "policies/sample", "--facts", &broken]);
    assert!(run.code == 2 && run.err.contains("不是完好的 .xlsx") && !run.err.contains("Zip"), "{}", run.err);
    let nowhere = dir.join("无").join("a.html");
    let run = duixian(&["guide", "policies/sample", "--out", nowhere.to_str().unwrap()]);
    assert!(run.code == 2 && run.err.contains("没有这个文件夹") && run.err.contains("→") && !run.err.contains("os error"), "{}", run.err);
}

#[test]
fn all_pages_have_one_look() {
    let page = |args: &[&str]| duixian(args).out;
    let pages = [
        page(&["guide", "policies/sample"]),
        page(&["coverage", "policies/sample", "--format", "html"]),
        page(&["analyse", "policies/sample", "--format", "html"]),
        page(&["assess", "policies/sample", "--facts", "examples/sample.jsonl", "--format", "html"]),
    ];
    for page in pages {
        assert!(["--ink:#18212d", "--brand:#17508f", "--line:#dce2ea", "'PingFang SC'"].iter().all(|part| page.replace('"', "'").contains(part)), "{page}");
    }
}
