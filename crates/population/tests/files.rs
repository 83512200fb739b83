//! Populations in files: CSV and Parquet say the same, what is wrong is told with its place, and no partial result is left.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use policy::assessment::Outcome;
use policy::compile;
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use population::file::{Defaults, FileError, PopulationFile};
use population::simulate::{Options, Summary, simulate};
use population::stream::Stopped;
use population::synth::{District, write};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const RULES: &str = "
事实
  销售额  元 按年
  面积    平方米
  比例    比率
  人数    人
  成立    日期
  上榜    是否
  行业    选项（农业、工业）
  名称    文字
条款 1「奖」
  对象  企业
  条件  上榜
        成立 满 1年
  给予  销售额 的 1%，最高 50万元
  频次  每年
条款 2「补」
  条件  行业 为 工业
        比例 不低于 20%
  给予  面积 乘 3元/平方米
  频次  每年
资金「总额」
  适用  全部
  额度  每年 30万元
  超额  按比例";

fn scheme() -> Scheme {
    let compiled = compile(&Sources::single(format!("# 例\n\n```duixian\n{}\n```\n", RULES.trim())));
    compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

fn real(name: &str) -> Scheme {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name);
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let sources = Sources { files: vec![SourceFile { name: "policy.md".into(), text: read("policy.md") }], official: Some(read("official.txt")) };
    compile(&sources).scheme.unwrap()
}

/// A folder of one test.
fn folder(test: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("duixian-population-{}-{test}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

const DEFAULTS: Defaults = Defaults { year: None, as_of: None };

fn run(scheme: &Scheme, path: &Path, threads: usize, results: Option<&Path>) -> Result<Summary, FileError> {
    run_with(scheme, path, &Options { threads, totals: true, results, ..Options::default() })
}

fn run_with(scheme: &Scheme, path: &Path, options: &Options<'_>) -> Result<Summary, FileError> {
    let file = PopulationFile::open(scheme, path, DEFAULTS)?;
    match simulate(scheme, &file, options) {
        Ok(summary) => Ok(summary),
        Err(Stopped::File(error)) => Err(error),
        Err(Stopped::Interrupted) => panic!("nobody stopped it"),
    }
}

const HEAD: &str = "id,year,kind,销售额,面积,比例,人数,成立,上榜,行业,名称\n";

fn csv(test: &str, lines: &str) -> Result<Summary, FileError> {
    let path = folder(test).join("a.csv");
    std::fs::write(&path, format!("{HEAD}{lines}")).unwrap();
    run(&scheme(), &path, 2, None)
}

#[test]
fn a_table_is_worked_out_to_the_fen() {
    let summary = csv(
        "good",
        "1,2024,企业,12345678.90,10.5,20%,3,2020-02-29,是,工业,甲\n2,2024,企业,99999999,100.12345,20.00001%,,2024-12-31,是,工业,乙\n3,2024,,,,,,,,,\n4,2024,个体,１２３,1,30%,1,2020年1月1日,true,农业,\n",
    )
    .unwrap();
    assert_eq!(summary.rows, 4);
    // 1%: 123456.789 → 123456.79; the second is too young; the fourth is no enterprise.
    assert_eq!(summary.clauses[0].amount, 12_345_679);
    // 10.5㎡ and 100.12345㎡ (finer than its column) at 3 yuan.
    assert_eq!(summary.clauses[1].amount, 3150 + 30_037);
    assert!(summary.asked_rows > 0, "the finer one went to policy");
    assert_eq!(summary.clauses[0].rows(policy::assessment::Outcome::Undetermined), 1);
}

#[test]
fn csv_and_parquet_threads_and_policy_agree_on_a_made_up_district() {
    for name in ["qianjiang", "jiulongpo", "sample"] {
        let (scheme, folder) = (real(name), folder(name));
        let district = District { rows: 5000, seed: 7, year: if name == "sample" { 2027 } else { 2024 } };
        let (csv, parquet) = (folder.join("d.csv"), folder.join("d.parquet"));
        write(&scheme, &district, &csv, &|_| true).unwrap();
        write(&scheme, &district, &parquet, &|_| true).unwrap();
        let one = run(&scheme, &csv, 1, Some(&folder.join("r.csv"))).unwrap();
        let two = run(&scheme, &parquet, 3, Some(&folder.join("r.parquet"))).unwrap();
        assert_eq!(one, two, "{name}");
        assert_eq!(one.asked_rows, 0, "{name}: every row is held by columns");
        assert!(one.awarded > 0, "{name}");
        let lines = std::fs::read_to_string(folder.join("r.csv")).unwrap();
        assert_eq!(lines.lines().count(), 1 + 5000 * scheme.clauses.len());
        // Every line against policy, on the same applicants as one population.
        let applications = applications(&scheme, &csv);
        let theirs = policy::assess(&scheme, &applications, &policy::AssessOptions::default());
        let mut own = lines.lines().skip(1);
        for assessment in &theirs.assessments {
            for result in &assessment.clauses {
                let line = own.next().unwrap();
                let cells: Vec<&str> = line.split(',').collect();
                assert_eq!(cells[2], scheme.clause(result.clause).unwrap().id);
                assert_eq!(cells[3], result.outcome.code(), "{name} {line}");
                assert_eq!(cells[6], result.awarded.map_or(String::new(), values::Fen::yuan), "{name} {line}");
            }
        }
        assert_eq!(theirs.pools, one.shared.pools, "{name}");
    }
}

fn applications(scheme: &Scheme, path: &Path) -> Vec<policy::application::Application> {
    let file = PopulationFile::open(scheme, path, DEFAULTS).unwrap();
    let mut reading = file.read().unwrap();
    let mut out = Vec::new();
    while let Some(rows) = reading.next_rows().unwrap() {
        let chunk = file.decode(rows).unwrap();
        out.extend((0..chunk.rows).map(|row| chunk.application(scheme, row)));
    }
    out
}

#[test]
fn a_bad_cell_is_named_by_line_and_column() {
    let error = csv("cell", "1,2024,企业,100,1,20%,3,2020-02-29,是,工业,甲\n2,2024,企业,100万,1,20%,3,2020-02-29,是,工业,甲\n").unwrap_err();
    assert!(error.message.zh.starts_with("第 3 行，销售额："), "{}", error.message.zh);
    let error = csv("sign", "1,2024,企业,100,1,20,3,2020-02-29,是,工业,甲\n").unwrap_err();
    assert!(error.message.zh.contains("比率要带百分号"), "{}", error.message.zh);
    let error = csv("choice", "1,2024,企业,100,1,20%,3,2020-02-29,是,矿业,甲\n").unwrap_err();
    assert!(error.message.zh.contains("没有“矿业”这个选项"), "{}", error.message.zh);
    let error = csv("negative", "1,2024,企业,-5,1,20%,3,2020-02-29,是,工业,甲\n").unwrap_err();
    assert!(error.message.zh.contains("不能是负数"), "{}", error.message.zh);
}

#[test]
fn a_line_with_too_few_cells_is_named_by_its_number_after_thousands_of_good_ones() {
    let good = "1,2024,企业,100,1,20%,3,2020-02-29,是,工业,甲\n".repeat(9000);
    let error = csv("short", &format!("{good}2,2024,企业\n{good}")).unwrap_err();
    assert!(error.message.zh.starts_with("第 9002 行"), "{}", error.message.zh);
}

/// Most memory that this process ever had, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
}

/// `DUIXIAN_CSV_BYTES` makes it longer: the soak asks for ten thousand million, of which no more may be in memory than of a short one.
#[test]
fn a_bad_line_at_the_end_of_a_long_file_is_named_and_leaves_no_result() {
    let bytes: u64 = std::env::var("DUIXIAN_CSV_BYTES").map_or(20_000_000, |text| text.parse().unwrap());
    let folder = folder("long");
    let (path, results) = (folder.join("long.csv"), folder.join("results.csv"));
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&path).unwrap());
    let (mut written, mut lines) = (HEAD.len() as u64, 1_u64);
    file.write_all(HEAD.as_bytes()).unwrap();
    while written < bytes {
        // Few claim from the pool: claims are kept until all of them share it.
        let listed = if lines % 1000 == 0 { "是" } else { "否" };
        let line = format!(
            "{lines},2024,企业,{}.05,{}.5,10%,3,2020-02-29,{listed},工业,示例商贸第{lines}号有限公司（云岭区新华路{lines}号）\n",
            lines * 7,
            lines % 97
        );
        file.write_all(line.as_bytes()).unwrap();
        (written, lines) = (written + line.len() as u64, lines + 1);
    }
    let good = "2024,企业,1,1,20%,3,2020-02-29,是,工业,乙\n";
    write!(file, "坏,2024,企业,一百万元整,1,20%,3,2020-02-29,是,工业,甲\n尾,{good}").unwrap();
    file.into_inner().unwrap().sync_all().unwrap();
    let (before, begun) = (peak_mib(), std::time::Instant::now());
    // Without the total of each row, which is 8 bytes a row.
    let error = run_with(&scheme(), &path, &Options { threads: 2, results: Some(&results), ..Options::default() }).unwrap_err();
    println!("{lines} lines, {written} bytes: {} s, memory {before} MiB before, {} MiB at most", begun.elapsed().as_secs(), peak_mib());
    assert!(error.message.zh.contains(&format!("第 {} 行", lines + 1)) && error.message.zh.contains("销售额"), "{}", error.message.zh);
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["long.csv"], "no result, and no part of one");
    assert!(peak_mib() < before + 200, "a long file is not held");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_missing_column_is_told_once_and_its_clause_is_undetermined() {
    let path = folder("column").join("a.csv");
    std::fs::write(&path, "id,year,kind,销售额,成立,多余\n1,2024,企业,100,2020-01-01,x\n2,2024,企业,100,2020-01-01,\n").unwrap();
    let scheme = scheme();
    let file = PopulationFile::open(&scheme, &path, DEFAULTS).unwrap();
    assert_eq!(file.heading().missing, ["面积", "比例", "上榜", "行业"]);
    assert_eq!(file.heading().ignored, ["多余"]);
    let summary = run(&scheme, &path, 1, None).unwrap();
    assert_eq!(summary.clauses[0].rows(policy::assessment::Outcome::Undetermined), 2);
}

#[test]
fn without_a_year_there_is_nothing_to_work_out() {
    let path = folder("year").join("a.csv");
    std::fs::write(&path, "id,kind\n1,企业\n").unwrap();
    let error = PopulationFile::open(&scheme(), &path, DEFAULTS).unwrap_err();
    assert!(error.message.zh.contains("year"), "{}", error.message.zh);
}

#[test]
fn two_columns_that_differ_on_one_year_are_an_error() {
    let path = folder("twice").join("a.csv");
    std::fs::write(&path, "id,year,销售额,销售额@2024\n1,2024,100,100\n2,2024,100,\n3,2024,100,101\n").unwrap();
    let error = run(&scheme(), &path, 1, None).unwrap_err();
    assert!(error.message.zh.starts_with("第 4 行"), "{}", error.message.zh);
}

#[test]
fn a_truncated_parquet_file_gives_no_result() {
    let (scheme, folder) = (scheme(), folder("truncated"));
    let whole = folder.join("d.parquet");
    write(&scheme, &District { rows: 3000, seed: 1, year: 2024 }, &whole, &|_| true).unwrap();
    let bytes = std::fs::read(&whole).unwrap();
    let cut = folder.join("cut.parquet");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let error = run(&scheme, &cut, 2, Some(&folder.join("r.csv"))).unwrap_err();
    assert!(error.message.zh.contains("不是完整的 Parquet 文件"), "{}", error.message.zh);
    // Bytes lost in the middle.
    let mut broken = bytes;
    let length = broken.len();
    broken[length / 4..length / 3].fill(0xAB);
    std::fs::write(&cut, broken).unwrap();
    run(&scheme, &cut, 2, Some(&folder.join("r.csv"))).unwrap_err();
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("r.csv")), "{left:?}");
}

#[test]
fn floats_are_refused_for_money() {
    use parquet::basic::{Repetition, Type as Physical};
    use parquet::data_type::DoubleType;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::types::Type;
    use std::sync::Arc;
    let path = folder("float").join("f.parquet");
    let field = Type::primitive_type_builder("销售额", Physical::DOUBLE).with_repetition(Repetition::REQUIRED).build().unwrap();
    let schema = Arc::new(Type::group_type_builder("t").with_fields(vec![Arc::new(field)]).build().unwrap());
    let mut writer = SerializedFileWriter::new(std::fs::File::create(&path).unwrap(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[1.5], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    let error = PopulationFile::open(&scheme(), &path, Defaults { year: Some(2024), as_of: None }).unwrap_err();
    assert!(error.message.zh.contains("浮点数"), "{}", error.message.zh);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_partial_result() {
    // Nothing can be written into a folder of the kernel's.
    let (scheme, folder) = (scheme(), folder("full"));
    let path = folder.join("d.csv");
    write(&scheme, &District { rows: 10, seed: 1, year: 2024 }, &path, &|_| true).unwrap();
    let error = run(&scheme, &path, 1, Some(Path::new("/proc/r.csv"))).unwrap_err();
    assert!(error.message.zh.contains("没有留下不完整的结果"), "{}", error.message.zh);
    // A device that is always full, under every name by which the results may be written.
    let results = folder.join("r.csv");
    for number in 0..200 {
        std::os::unix::fs::symlink("/dev/full", folder.join(format!(".r.csv.{}-{number}.part", std::process::id()))).unwrap();
    }
    let error = run(&scheme, &path, 1, Some(&results)).unwrap_err();
    assert!(error.message.zh.contains("写不了"), "{}", error.message.zh);
    assert!(!results.exists());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1 + 199, "the part is gone");
}

#[test]
fn runs_that_write_the_same_file_do_not_write_into_each_other() {
    use population::file::Whole;
    let path = folder("both").join("r.csv");
    let (one, two) = (Whole::of(&path), Whole::of(&path));
    let (mut first, mut second) = (one.create().unwrap(), two.create().unwrap());
    first.write_all(b"first, which is longer").unwrap();
    second.write_all(b"second").unwrap();
    one.close(&first).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "first, which is longer");
    two.close(&second).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
}

#[test]
fn a_quote_that_is_never_closed_swallows_no_rows() {
    let good = "2024,企业,100,1,20%,3,2020-02-29,是,工业,";
    for (name, last) in [("quote", "\"未完"), ("quoted", "\"未\"\"完"), ("quote-last", "甲\n9,2024,企业,100,1,20%,3,2020-02-29,是,工业,\"")] {
        let error = csv(name, &format!("1,{good}甲\n2,{good}{last}\n3,{good}丙\n4,{good}丁\n")).unwrap_err();
        assert!(error.message.zh.contains("引号没有收尾") || error.message.zh.contains("格"), "{name}: {}", error.message.zh);
    }
    let closed = csv("closed", &format!("1,{good}\"甲\"\"甲\"\n2,{good}乙\"\"\n3,{good}\"丙\n丙\"\n4,{good}\"\"\n")).unwrap();
    assert_eq!(closed.rows, 4);
}

#[test]
fn no_two_rows_have_the_same_id() {
    let row = "2024,企业,100,1,20%,3,2020-02-29,是,工业,甲";
    let error = csv("same", &format!("甲,{row}\n乙,{row}\n甲,{row}\n乙,{row}\n")).unwrap_err();
    assert!(error.message.zh.starts_with("第 3 户和第 1 户"), "{}", error.message.zh);
    // Beyond a chunk, and where the id is another row's number but not its id.
    let many: String = (0..5000).map(|at| format!("{at},{row}\n")).collect();
    let error = csv("far", &format!("{many}17,{row}\n")).unwrap_err();
    assert!(error.message.zh.starts_with("第 5001 户和第 18 户"), "{}", error.message.zh);
    let none: String = (0..3000).map(|_| format!(",{row}\n")).collect();
    let error = csv("late", &format!("{none}甲,{row}\n甲,{row}\n")).unwrap_err();
    assert!(error.message.zh.starts_with("第 3002 户和第 3001 户"), "{}", error.message.zh);
    assert_eq!(csv("none", &format!(",{row}\n,{row}\n")).unwrap().rows, 2, "rows without an id go by their numbers");
}

#[test]
fn only_ranked_is_said_by_yes_or_no() {
    let path = folder("ranked").join("a.csv");
    let rows = |word: &str| {
        std::fs::write(&path, format!("id,year,销售额,仅排名\n1,2024,100,{word}\n2,2024,100,\n")).unwrap();
        run(&scheme(), &path, 1, None)
    };
    assert_eq!((rows("是").unwrap().rows, rows("否").unwrap().rows), (1, 2));
    let error = rows("yes").unwrap_err();
    assert!(error.message.zh.starts_with("第 2 行，仅排名"), "{}", error.message.zh);
}

#[test]
fn one_thing_has_one_column_and_a_file_of_nothing_is_none() {
    let folder = folder("columns");
    for (name, text, words) in [
        ("years", "id,year,年度,销售额\n1,2024,2023,100\n", "“year”列和“年度”列"),
        ("other", "id,year,kind,营业面积\n1,2024,企业,100\n", "没有一列是这项政策要读的"),
        ("semicolons", "id;year;销售额\n1;2024;100\n", "分号"),
        ("header", "id,year,销售额\n", "没有一户"),
    ] {
        let path = folder.join(format!("{name}.csv"));
        std::fs::write(&path, text).unwrap();
        let file = PopulationFile::open(&scheme(), &path, Defaults { year: Some(2024), as_of: None }).map(|file| file.heading().names.clone());
        let error = file.and_then(|_| run(&scheme(), &path, 1, None)).map(|_| ()).unwrap_err();
        assert!(format!("{} {}", error.message.zh, error.help.zh).contains(words), "{name}: {}", error.message.zh);
    }
}

#[test]
fn a_value_beside_its_column_is_still_the_same_fact() {
    let path = folder("fact").join("a.csv");
    let run = |value: &str| {
        std::fs::write(&path, format!("id,year,kind,跨境电商平台交易额,跨境电商平台交易额@2024\n1,2024,企业,2000000000,{value}\n")).unwrap();
        run(&real("qianjiang"), &path, 1, None)
    };
    assert!(run("").unwrap().asked_rows > 0, "it is held by no column");
    run("2000000000").unwrap();
    let error = run("10").unwrap_err();
    assert!(error.message.zh.contains("不一样"), "{}", error.message.zh);
}

#[test]
fn names_say_how_a_file_is_written() {
    let folder = folder("endings");
    let district = District { rows: 10, seed: 1, year: 2024 };
    let error = write(&scheme(), &district, &folder.join("d.json"), &|_| true).unwrap_err();
    assert!(error.message.zh.contains("什么格式"), "{}", error.message.zh);
    write(&scheme(), &district, &folder.join("d.CSV"), &|_| true).unwrap();
    let summary = run(&scheme(), &folder.join("d.CSV"), 1, None).unwrap();
    assert_eq!((summary.rows, summary.made_up), (10, 10), "made-up applicants are told apart");
    run(&scheme(), &folder.join("d.CSV"), 1, Some(&folder.join("r.txt"))).unwrap_err();
    assert!(!folder.join("r.txt").exists());
}

#[test]
fn a_damaged_parquet_file_is_an_error_wherever_the_damage_is() {
    let (scheme, folder) = (scheme(), folder("damaged"));
    let whole = folder.join("d.parquet");
    write(&scheme, &District { rows: 60, seed: 1, year: 2024 }, &whole, &|_| true).unwrap();
    let (bytes, path) = (std::fs::read(&whole).unwrap(), folder.join("e.parquet"));
    for (at, bit) in (0..bytes.len()).map(|at| (at, at % 8)) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, bytes).unwrap();
        // Either it is told of or the row count is right; no reader of the library ends the program.
        if let Err(error) = run(&scheme, &path, 1, None) {
            assert!(!error.message.zh.contains("程序出错"), "byte {at}: {}", error.message.zh);
        }
    }
}

/// The assessments of applications as `policy` makes them: outcomes by clause, and what is awarded.
fn by_policy(scheme: &Scheme, text: &str) -> (Vec<[u64; 3]>, i128) {
    let read = |line: &str| policy::input::read(scheme, &policy::input::json::parse(line).unwrap(), policy::input::Defaults::default()).0.unwrap();
    let applications: Vec<_> = text.lines().map(read).collect();
    let all = policy::assess(scheme, &applications, &policy::AssessOptions::default());
    let mut outcomes = vec![[0; 3]; scheme.clauses.len()];
    for result in all.assessments.iter().flat_map(|of| &of.clauses) {
        let at = match result.outcome {
            // Counted before groups.
            Outcome::Eligible | Outcome::Yielded => 0,
            Outcome::Undetermined => 2,
            _ => 1,
        };
        outcomes[result.clause.index()][at] += 1;
    }
    let awarded = all.assessments.iter().flat_map(|of| policy::exchange::awards(&of.clauses)).map(|(_, fen)| i128::from(fen.0)).sum();
    (outcomes, awarded)
}

#[test]
fn lines_of_json_hold_what_columns_cannot_and_come_to_what_assess_says() {
    let folder = folder("lines");
    for place in ["qianjiang", "jiulongpo", "sample"] {
        let scheme = real(place);
        let read = |path: String| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        let examples = read(format!("../../examples/{place}.jsonl"));
        // Those that say little come first, and alone decide on the columns; the file is several chunks long.
        let year = policy::input::json::parse(examples.lines().next().unwrap()).unwrap();
        let year = match year.get("year") {
            Some(policy::input::Raw::Number(year)) => year.clone(),
            other => panic!("{other:?}"),
        };
        let poor: String = (0..3000).map(|at| format!("{{\"id\":\"p{at}\",\"year\":{year},\"facts\":{{}}}}\n")).collect();
        for text in [examples.clone(), format!("{poor}{examples}")] {
            let path = folder.join(format!("{place}.jsonl"));
            std::fs::write(&path, &text).unwrap();
            let (outcomes, awarded) = by_policy(&scheme, &text);
            let summary = run(&scheme, &path, 2, None).unwrap();
            let counted = |of: &population::simulate::ClauseSum| [Outcome::Eligible, Outcome::Ineligible, Outcome::Undetermined].map(|o| of.rows(o));
            assert_eq!(summary.clauses.iter().map(counted).collect::<Vec<_>>(), outcomes, "{place}");
            assert_eq!(summary.awarded, awarded, "{place}");
            assert!(awarded > 0, "{place}: the examples are given nothing");
        }
    }
}

#[test]
fn a_bad_line_of_json_is_named_with_its_field() {
    let (scheme, folder) = (scheme(), folder("badlines"));
    let good = "{\"id\":\"1\",\"year\":2024,\"applicant\":{\"kind\":\"企业\"},\"facts\":{\"上榜\":true}}";
    for (line, place, words) in [
        ("{\"id\":\"2\",\"year\":2024,\"facts\":{\"上榜\":\"也许\"}}", "第 3 行，facts.上榜", "也许"),
        ("{\"id\":\"2\",\"year\":2024,\"facts\":{\"销售额\":1", "第 3 行", "没有写完"),
        ("{\"id\":\"2\",\"facts\":{}}", "第 3 行，year", ""),
    ] {
        let path = folder.join("a.jsonl");
        std::fs::write(&path, format!("{good}\n\n{line}\n{good}\n")).unwrap();
        let error = run(&scheme, &path, 1, Some(&folder.join("r.csv"))).unwrap_err();
        assert!(error.message.zh.starts_with(place) && error.message.zh.contains(words), "{}", error.message.zh);
        assert!(!folder.join("r.csv").exists());
    }
}

#[test]
fn a_mistake_in_one_thread_ends_the_run_and_nobody_waits_for_it() {
    let (scheme, folder) = (scheme(), folder("mistake"));
    let path = folder.join("d.parquet");
    write(&scheme, &District { rows: 20_000, seed: 1, year: 2024 }, &path, &|_| true).unwrap();
    let file = PopulationFile::open(&scheme, &path, DEFAULTS).unwrap();
    let work = |_: &mut population::evaluate::Evaluator<'_>, chunk: &population::table::Chunk| assert!(chunk.first == 0, "on purpose");
    let stopped = population::stream::run(&scheme, &file, 2, &|_| true, work, |_, ()| Ok(())).unwrap_err();
    assert!(matches!(&stopped, Stopped::File(error) if error.message.zh.contains("程序出错")), "{stopped:?}");
}

#[test]
fn a_district_that_is_stopped_while_it_is_made_leaves_no_file() {
    let folder = folder("unmade");
    for name in ["d.csv", "d.parquet"] {
        write(&scheme(), &District { rows: 200_000, seed: 1, year: 2024 }, &folder.join(name), &|_| false).unwrap_err();
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn the_report_says_what_is_made_up_what_is_waived_and_what_is_not_in_force() {
    let (scheme, folder) = (real("sample"), folder("says"));
    let report = |year: i32| {
        let path = folder.join("d.csv");
        write(&scheme, &District { rows: 400, seed: 1, year }, &path, &|_| true).unwrap();
        let (summary, lang) = (run(&scheme, &path, 1, None).unwrap(), values::Lang::Zh);
        let report =
            population::report::Report { scheme: &scheme, summary: &summary, population: "d", missing: &[], sizes: None, against: None, sweep: None, lang };
        (summary.out_of_force(), report.html())
    };
    let (out, page) = report(2027);
    assert!(!out && page.contains("其中400户由种子生成，都是虚构的") && page.contains("减免，不从资金里付") && !page.contains("不在施行期内"));
    let (out, page) = report(2024);
    assert!(out && page.contains("这项政策在所算的年度不在施行期内"));
}
