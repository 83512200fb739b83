//! `--keep-going` and the annotated copy: good rows count, bad ones come back with what is wrong, and the mended
//! copy is read.

use crate::tables::{Sheet, workbook};
use crate::{application, assess, file, folder};
use calamine::{Data, Reader};
use rust_xlsxwriter::{Formula, Workbook};
use serde_json::Value;
use std::path::Path;

fn ids(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["id"].as_str().unwrap()).collect()
}

#[test]
fn json_lines_come_back_with_errors_and_are_read_once_mended() {
    let dir = folder("annotated-jsonl");
    let good = application("1", "\"电商新品牌\":true");
    let text = format!("{good}\n{}\n{{broken\n\n{}\n", application("2", "\"品牌年销售额\":1e7"), application("3", ""));
    let facts = file(&dir, "申报.jsonl", &text);
    let (run, lines) = assess("qianjiang", &facts, &["--keep-going"]);
    assert_eq!(run.code, 2);
    assert_eq!(ids(&lines), ["1", "3"]);
    let copy = std::fs::read_to_string(dir.join("申报.错误.jsonl")).unwrap();
    let rows: Vec<&str> = copy.lines().collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0], good);
    let second: Value = serde_json::from_str(rows[1]).unwrap();
    assert!(second["errors"][0].as_str().unwrap().starts_with("facts.品牌年销售额：“1e7”"), "{copy}");
    assert!(rows[1].contains("\"品牌年销售额\":1e7"), "the value stands as it was: {copy}");
    let third: Value = serde_json::from_str(rows[2]).unwrap();
    assert_eq!((third["line"].as_u64(), third["text"].as_str()), (Some(3), Some("{broken")));
    let mended = rows[1].replace(":1e7", ":\"10000000\"");
    let (run, lines) = assess("qianjiang", &file(&dir, "again.jsonl", [rows[0], &mended, rows[3]].join("\n")), &["--no-trace"]);
    assert_eq!((run.code, ids(&lines)), (0, vec!["1", "2", "3"]), "{}", run.err);
}

#[test]
fn a_list_in_json_comes_back_as_a_list() {
    let dir = folder("annotated-json");
    let text = format!("[\n{},\n{}\n]", application("1", ""), application("1", ""));
    let facts = file(&dir, "a.json", text);
    let (run, lines) = assess("qianjiang", &facts, &["--keep-going"]);
    assert_eq!((run.code, ids(&lines)), (2, vec!["1"]));
    let copy: Value = serde_json::from_str(&std::fs::read_to_string(dir.join("a.错误.json")).unwrap()).unwrap();
    assert_eq!((&copy[0]["errors"], copy[1]["errors"][0].as_str().unwrap().starts_with("id：id 与第2行重复")), (&Value::Null, true));
}

#[test]
fn csv_comes_back_with_a_column_in_its_own_encoding() {
    let dir = folder("annotated-csv");
    let text = "id,year,name,年度培训人次\n1,2024,甲,120\n2,2024,乙,一百\n3,2024,丙\n";
    let facts = file(&dir, "申报.csv", encoding_rs::GB18030.encode(text).0);
    let out = dir.join("有错.csv").display().to_string();
    let (run, lines) = assess("qianjiang", &facts, &["--keep-going", "--annotated", &out]);
    assert_eq!((run.code, ids(&lines)), (2, vec!["1"]));
    let bytes = std::fs::read(&out).unwrap();
    let (copy, _, replaced) = encoding_rs::GB18030.decode(&bytes);
    assert!(!replaced);
    let rows: Vec<&str> = copy.lines().collect();
    assert_eq!((rows[0], rows[1]), ("id,year,name,年度培训人次,错误", "1,2024,甲,120,"));
    assert!(rows[2].starts_with("2,2024,乙,一百,") && rows[2].contains("不是可用的数"), "{copy}");
    assert!(rows[3].starts_with("3,2024,丙,,") && rows[3].contains("这一行有3格，表头有4列"), "{copy}");
    let mended = copy.replace("一百", "100");
    let (run, lines) = assess("qianjiang", &file(&dir, "again.csv", mended), &["--no-trace"]);
    assert_eq!((run.code, ids(&lines)), (0, vec!["1", "2", "3"]), "{}", run.err);
}

#[test]
fn excel_comes_back_with_a_column_and_its_other_sheets() {
    let dir = folder("annotated-xlsx");
    let path = dir.join("申报.xlsx");
    let mut book = Workbook::new();
    let page = book.add_worksheet().set_name("申报").unwrap();
    for (column, header) in (0_u16..).zip(["id", "year", "品牌年销售额", "直播机构设立日期", "活动实际支出"]) {
        page.write_string(0, column, header).unwrap();
    }
    for row in 1_u32..=4 {
        page.write_number(row, 0, row).unwrap();
        page.write_number(row, 1, 2024).unwrap();
    }
    page.write_number(1, 2, 26_000_000.55).unwrap();
    page.write_formula(2, 2, Formula::new("=1+1").set_result("2")).unwrap();
    page.write_number(3, 2, 1e20).unwrap();
    page.write_number(4, 4, 0.300_000_000_000_000_04).unwrap();
    book.add_worksheet().set_name("引进人才").unwrap().write_row(0, 0, ["id", "经认定"]).unwrap();
    book.add_worksheet().set_name("草稿").unwrap().write_string(0, 0, "不相干").unwrap();
    book.save(&path).unwrap();
    let (run, lines) = assess("qianjiang", &path.display().to_string(), &["--keep-going"]);
    assert_eq!((run.code, ids(&lines)), (2, vec!["1"]), "{}", run.err);
    for words in [
        "【申报】:3 · “品牌年销售额”列（C） · 2：错误[formula]",
        "【申报】:4 · “品牌年销售额”列（C） · 3：错误[float]",
        "【申报】:5 · “活动实际支出”列（E） · 4：错误[too-many-decimals]",
        "【草稿】：警告[unknown-sheet]",
    ] {
        assert!(run.err.contains(words), "{words}\n{}", run.err);
    }
    let mut copy: calamine::Xlsx<_> = calamine::open_workbook(dir.join("申报.错误.xlsx")).unwrap();
    assert_eq!(copy.sheet_names(), ["申报", "引进人才", "草稿"]);
    let page = copy.worksheet_range("申报").unwrap();
    assert_eq!(page.get_value((0, 5)), Some(&Data::String("错误".into())));
    assert!(page.get_value((1, 5)).is_none_or(|v| *v == Data::Empty));
    assert!(page.get_value((2, 5)).unwrap().to_string().contains("公式"));
    assert_eq!(page.get_value((1, 2)), Some(&Data::Float(26_000_000.55)));
    let formulas = copy.worksheet_formula("申报").unwrap();
    assert_eq!(formulas.get_value((2, 2)).map(String::as_str), Some("1+1"));
}

#[test]
fn broken_workbooks_are_refused_and_never_panic() {
    let dir = folder("annotated-broken");
    let sheet = Sheet { header: vec!["id".into(), "year".into(), "电商企业".into()], rows: vec![vec!["1".into(), 2024.into(), true.into()]] };
    let good = std::fs::read(workbook(&[("申报".to_owned(), sheet)], &dir)).unwrap();
    let mut wrong: Vec<Vec<u8>> = (0..8).map(|part| good[..good.len() * part / 8].to_vec()).collect();
    for at in (0..good.len()).step_by(good.len() / 24) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x5A;
        wrong.push(bytes);
    }
    let want = assess("qianjiang", &dir.join("申报.xlsx").display().to_string(), &["--no-trace"]).0;
    assert_eq!(want.code, 0, "{}", want.err);
    for bytes in wrong {
        let run = assess("qianjiang", &file(&dir, "bad.xlsx", bytes), &["--no-trace"]).0;
        // Damage to what nobody reads (times of the archive's entries) changes nothing; all other damage is told of.
        let unharmed = run.code == 0 && run.out == want.out;
        assert!(unharmed || (run.code == 2 && run.err.contains(".xlsx")), "{} {}{}", run.code, run.out, run.err);
    }
}

#[test]
fn one_far_cell_does_not_cost_a_sheet_of_memory() {
    let dir = folder("annotated-far");
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.write_row(0, 0, ["id", "year"]).unwrap();
    page.write_row(1, 0, ["1", "2024"]).unwrap();
    page.write_string(1_048_575, 0, "2").unwrap();
    page.write_string(5, 16_383, "x").unwrap();
    let path = dir.join("far.xlsx");
    book.save(&path).unwrap();
    let run = assess("qianjiang", &Path::new(&path).display().to_string(), &[]).0;
    assert_eq!(run.code, 2);
    assert!(run.err.contains("（XFD）：错误[no-header]"), "{}", run.err);
}
