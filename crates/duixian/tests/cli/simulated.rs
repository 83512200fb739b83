//! `simulate` and `population synth`: the sums of a file, in the words of the tracker.

use crate::{duixian, file, folder, root};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn object(out: &str) -> Json {
    serde_json::from_str(out).unwrap()
}

/// The keys of an object, in the order in which they are written.
fn keys(text: &str) -> Vec<String> {
    let Json::Object(_) = object(text) else { panic!("{text}") };
    let top = text.lines().filter(|line| line.starts_with("  \"")).filter_map(|line| line.trim().strip_prefix('"'));
    top.filter_map(|line| line.split_once('"').map(|(key, _)| key.to_owned())).collect()
}

#[test]
fn a_made_up_district_is_simulated_alike_from_csv_and_parquet() {
    let dir = folder("simulated");
    let at = |name: &str| dir.join(name).display().to_string();
    for file in ["d.csv", "d.parquet"] {
        let run = duixian(&["population", "synth", "policies/qianjiang", "--rows", "700", "--seed", "3", "--out", &at(file)]);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let simulate = |file: &str| duixian(&["simulate", "policies/qianjiang", "--population", &at(file), "--format", "json", "--quiet"]);
    let (csv, parquet) = (simulate("d.csv"), simulate("d.parquet"));
    assert_eq!(csv.code, 0, "{}", csv.err);
    assert_eq!(keys(&csv.out), ["rows", "seconds", "clauses", "awarded", "pools", "more"]);
    let (mut csv, mut parquet) = (object(&csv.out), object(&parquet.out));
    csv["seconds"].take();
    parquet["seconds"].take();
    assert_eq!(csv, parquet);
    assert_eq!(csv["rows"], 700);
    for clause in csv["clauses"].as_array().unwrap() {
        let count = |of: &str| clause[of].as_u64().unwrap();
        assert_eq!(count("eligible") + count("ineligible") + count("undetermined"), 700, "{clause}");
    }
    // Under itself nobody gains or loses.
    let same = duixian(&["simulate", "policies/qianjiang", "--population", &at("d.csv"), "--against", "policies/qianjiang", "--format", "json", "--quiet"]);
    let against = &object(&same.out)["more"]["against"];
    assert_eq!((against["gain"].as_u64(), against["lose"].as_u64(), against["same"].as_u64()), (Some(0), Some(0), Some(700)));
}

#[test]
fn a_bad_line_of_a_population_is_named_and_nothing_is_worked_out() {
    let dir = folder("simulated-bad");
    let (file, results) = (dir.join("d.csv"), dir.join("r.csv"));
    std::fs::write(&file, "id,year,kind,品牌年销售额\n1,2024,企业,100\n2,2024,企业,一百\n").unwrap();
    let (file, out) = (file.display().to_string(), results.display().to_string());
    let run = duixian(&["simulate", "policies/qianjiang", "--population", &file, "--results", &out, "--quiet"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("第 3 行，品牌年销售额"), "{}", run.err);
    assert!(run.out.is_empty() && !results.exists());
}

fn district(dir: &Path, name: &str, rows: &str) -> String {
    let path = dir.join(name).display().to_string();
    let run = duixian(&["population", "synth", "policies/qianjiang", "--rows", rows, "--seed", "3", "--out", &path]);
    assert_eq!(run.code, 0, "{}", run.err);
    path
}

#[test]
fn a_report_shows_what_the_sums_and_a_sweep_come_to() {
    let dir = folder("simulated-report");
    let (population, report) = (district(&dir, "d.csv", "400"), dir.join("报告.html").display().to_string());
    let sweep = "1.1:2000万元=1000万元..3000万元/3";
    let args = ["simulate", "policies/qianjiang", "--population", &population, "--report", &report, "--sweep", sweep, "--against", "policies/qianjiang"];
    let run = duixian(&[&args[..], &["--format", "json", "--quiet"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let more = &object(&run.out)["more"];
    let points = more["sweep"]["points"].as_array().unwrap();
    assert_eq!(points.iter().map(|point| point["value"].as_str().unwrap()).collect::<Vec<_>>(), ["1000万元", "2000万元", "3000万元"]);
    let clause = &object(&run.out)["clauses"][0];
    assert_eq!((&points[1]["eligible"], &points[1]["amount"]), (&clause["eligible"], &clause["amount"]), "the value that stands there changes nothing");
    assert!(points[0]["eligible"].as_u64() >= points[1]["eligible"].as_u64());
    let rows = more["by_size"]["bands"].as_array().unwrap().iter().map(|band| band["rows"].as_u64().unwrap()).sum::<u64>();
    assert_eq!((rows, more["pools_by_tenth_of_the_file"][0]["claims"].as_array().unwrap().len()), (400, 10));
    let page = std::fs::read_to_string(&report).unwrap();
    assert!(
        page.contains("黔江区鼓励电子商务产业发展若干政策") && page.contains("改动“2000万元”会怎样：1.1 电商新品牌奖励") && page.contains("2000万元（现行）")
    );
    let text =
        duixian(&["--lang", "en", "simulate", "policies/qianjiang", "--population", &population, "--report", &report, "--bands", "园区实际投资额", "--quiet"]);
    assert_eq!(text.code, 0, "{}", text.err);
    assert!(text.out.contains("园区实际投资额") && std::fs::read_to_string(&report).unwrap().contains("What each clause costs"));
    for (args, word) in [
        (["--sweep", "1.1:3000万元=1万元..2万元"], "那里的数：2000万元"),
        (["--sweep", "1.1:2000万元=0.5..2"], "单位不一样"),
        (["--bands", "没有"], "不能按“没有”分档"),
    ] {
        let run = duixian(&[&["simulate", "policies/qianjiang", "--population", &population, "--quiet"], &args[..]].concat());
        assert!(run.code == 2 && run.err.contains(word) && run.out.is_empty(), "{word}: {}", run.err);
    }
}

#[test]
fn a_workbook_says_what_the_same_table_says_and_results_come_as_one() {
    let dir = folder("simulated-workbook");
    let table = "id,year,kind,注册地在本区,品牌年销售额,新成立或引进,创立品牌\n甲,2024,企业,是,30000000,是,是\n乙,2024,企业,否,1000.50,,是\n";
    let csv = file(&dir, "d.csv", table);
    let xlsx = dir.join("d.xlsx").display().to_string();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0_u32..).zip(table.lines()) {
        for (column, text) in (0_u16..).zip(line.split(',')) {
            match text.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, text).unwrap(),
            };
        }
    }
    book.save(&xlsx).unwrap();
    let simulate = |population: &str, results: &str| {
        let results = dir.join(results).display().to_string();
        let run = duixian(&["simulate", "policies/qianjiang", "--population", population, "--results", &results, "--format", "json", "--quiet"]);
        assert_eq!(run.code, 0, "{}", run.err);
        let mut sums = object(&run.out);
        sums["seconds"].take();
        sums
    };
    assert_eq!(simulate(&csv, "a.csv"), simulate(&xlsx, "b.xlsx"));
    let expected: Vec<Vec<String>> =
        std::fs::read_to_string(dir.join("a.csv")).unwrap().lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let mut made: calamine::Xlsx<_> = calamine::open_workbook(dir.join("b.xlsx")).unwrap();
    let cells = calamine::Reader::worksheet_range(&mut made, "结果").unwrap();
    assert_eq!(cells.rows().len(), expected.len());
    for (row, line) in cells.rows().zip(&expected) {
        for (cell, text) in row.iter().zip(line) {
            let shown = cell.to_string();
            assert!(shown == *text || shown.parse::<f64>().ok() == text.parse::<f64>().ok(), "{shown} is not {text}");
        }
    }
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 4, "nothing else is left");
    let mut formula = rust_xlsxwriter::Workbook::new();
    let sheet = formula.add_worksheet();
    sheet.write_string(0, 0, "year").unwrap().write_string(0, 1, "品牌年销售额").unwrap();
    sheet.write_number(1, 0, 2024).unwrap().write_formula(1, 1, "=1+1").unwrap();
    formula.save(&xlsx).unwrap();
    let run = duixian(&["simulate", "policies/qianjiang", "--population", &xlsx, "--quiet"]);
    assert!(run.code == 2 && run.err.contains("第 2 行，品牌年销售额：单元格里是公式"), "{}", run.err);
}

#[test]
fn columns_that_are_missing_are_told_of_in_a_line() {
    let dir = folder("simulated-missing");
    let population = file(&dir, "d.csv", "year,kind,品牌年销售额\n2024,企业,1\n");
    let run = duixian(&["simulate", "policies/qianjiang", "--population", &population, "--format", "json", "--quiet"]);
    let missing = object(&run.out)["more"]["facts_without_a_column"].as_array().unwrap().len();
    assert!(missing > 20 && run.err.lines().count() == 1, "{}", run.err);
    assert!(run.err.matches('、').count() == 7 && run.err.contains(&format!("等{missing}项")), "{}", run.err);
}

/// Whether results are being written, under another name than their own.
#[cfg(unix)]
fn begun(dir: &Path) -> bool {
    std::fs::read_dir(dir).unwrap().any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with(".r.csv."))
}

/// Tells a run over so many rows to stop once it writes results: where that was, the file, and what was said. None: it was at its end.
#[cfg(unix)]
fn interrupted(rows: u32) -> Option<(PathBuf, String, String)> {
    let dir = folder("simulated-interrupted");
    let population = district(&dir, "d.csv", &rows.to_string());
    let at = |name: &str| dir.join(name).display().to_string();
    let child = Command::new(env!("CARGO_BIN_EXE_duixian"))
        .args(["simulate", "policies/qianjiang", "--population", &population, "--results", &at("r.csv"), "--checkpoint", &at("checkpoint")])
        .args(["--format", "json", "--quiet"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The sums are kept before the first result is written.
    while !begun(&dir) && !dir.join("r.csv").exists() {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    if ended.status.success() {
        return None;
    }
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), ended.stdout.len()), (Some(2), 0), "{said}");
    Some((dir, population, said))
}

#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_leaves_nothing_partial_and_goes_on() {
    // On a machine that does other things a run may end before it is told to stop: then a longer one is stopped.
    let (dir, population, said) = [8_000, 32_000, 128_000, 512_000].into_iter().find_map(interrupted).expect("every run ended before it was told to stop");
    let at = |name: &str| dir.join(name).display().to_string();
    let (results, checkpoint) = (at("r.csv"), at("checkpoint"));
    let args =
        ["simulate", "policies/qianjiang", "--population", &population, "--results", &results, "--checkpoint", &checkpoint, "--format", "json", "--quiet"];
    assert!(said.contains("中途停止") && said.contains("接着算"), "{said}");
    assert!(dir.join("checkpoint").exists() && !dir.join("r.csv").exists() && !begun(&dir));
    let other = duixian(&["simulate", "policies/qianjiang", "--population", &population, "--checkpoint", &checkpoint, "--seed", "1", "--quiet"]);
    assert!(other.code == 2 && other.err.contains("属于另一个选项"), "{}", other.err);
    let (resumed, fresh) = (duixian(&args), at("s.csv"));
    assert_eq!(resumed.code, 0, "{}", resumed.err);
    let whole = duixian(&["simulate", "policies/qianjiang", "--population", &population, "--results", &fresh, "--format", "json", "--quiet"]);
    let sums = |out: &str| {
        let mut sums = object(out);
        sums["seconds"].take();
        sums
    };
    assert_eq!(sums(&resumed.out), sums(&whole.out));
    assert!(std::fs::read(&results).unwrap() == std::fs::read(&fresh).unwrap() && !dir.join("checkpoint").exists());
}

/// A limit on the size of files stands in for a full disk: it needs no rights, and writing fails in the same places.
#[cfg(unix)]
#[test]
fn where_there_is_no_room_nothing_is_left() {
    let dir = folder("simulated-full");
    let population = district(&dir, "d.csv", "300");
    for (option, name) in [("--results", "r.csv"), ("--results", "r.parquet"), ("--results", "r.xlsx"), ("--report", "r.html")] {
        let path = dir.join(name).display().to_string();
        let script = format!(
            "trap '' XFSZ; ulimit -f 8; exec '{}' simulate policies/qianjiang --population '{population}' {option} '{path}' --quiet",
            env!("CARGO_BIN_EXE_duixian")
        );
        let run = Command::new("sh").args(["-c", &script]).current_dir(root()).output().unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(run.status.code() == Some(2) && said.contains("写不了") && said.contains("没有留下不完整的结果"), "{name}: {said}");
        let left: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["d.csv"], "{name}");
    }
}

#[test]
fn what_is_written_takes_the_place_of_nothing_else() {
    let dir = folder("simulated-apart");
    let population = district(&dir, "d.csv", "20");
    let at = |name: &str| dir.join(name).display().to_string();
    let before = std::fs::read(&population).unwrap();
    let (other, both) = (dir.join("../simulated-apart/d.csv").display().to_string(), at("r.csv"));
    for (args, words) in [
        (["--results", &population, "--format", "json"], "同一个文件"),
        (["--results", &other, "--format", "json"], "同一个文件"),
        (["--results", &both, "--checkpoint", &both], "同一个文件"),
        (["--results", "/dev/null", "--format", "json"], "不是普通文件"),
        (["--report", &both, "--format", "json"], "报告是网页"),
    ] {
        let run = duixian(&[&["simulate", "policies/qianjiang", "--population", &population, "--quiet"][..], &args].concat());
        assert!(run.code == 2 && run.err.contains(words), "{args:?}: {}", run.err);
        assert!(run.out.is_empty() && !dir.join("r.csv").exists());
    }
    assert_eq!(std::fs::read(&population).unwrap(), before);
}

#[test]
fn what_the_other_version_cannot_read_is_told_as_its_own() {
    let dir = folder("simulated-other");
    let population = file(&dir, "d.csv", "year,kind,品牌年销售额,决定@10.2\n2024,企业,1,\n");
    let run = duixian(&["simulate", "policies/qianjiang", "--population", &population, "--against", "policies/jiulongpo", "--quiet"]);
    assert!(run.code == 2 && run.err.contains("另一版读这个文件时：没有条款 10.2"), "{}", run.err);
}

#[test]
fn a_quote_that_is_never_closed_is_told_by_assess_too() {
    let dir = folder("assess-quote");
    let facts = file(&dir, "d.csv", "id,year,kind,品牌年销售额,name\n1,2024,企业,1,甲\n2,2024,企业,1,\"乙\n3,2024,企业,1,丙\n");
    let run = duixian(&["assess", "policies/qianjiang", "--facts", &facts]);
    assert!(run.code == 2 && run.err.contains("第 3 行：引号没有收尾"), "{}", run.err);
}
