//! What a simulation tells beside its sums: a run that is stopped and gone on with, two versions side by side, a number of the
//! rules that is swept, sizes, and the report of all of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use policy::compile;
use policy::scheme::Scheme;
use policy::source::Sources;
use population::against::against;
use population::file::{Defaults, PopulationFile, TableRow, write_whole};
use population::report::Report;
use population::simulate::{Options, Pass, Summary, simulate};
use population::size::Sizes;
use population::stream::Stopped;
use population::sweep::Spec;
use population::synth::{District, write};
use std::path::{Path, PathBuf};
use values::Lang;

const RULES: &str = "
政策 例「<试行> 办法」
事实
  销售额  元 按年
  人数    人
  上榜    是否
条款 1「奖」
  对象  企业
  条件  销售额 不低于 100万元
        上榜
  给予  销售额 的 1%，最高 5万元
  频次  每年
条款 2「补」
  条件  人数 不低于 20人
  给予  人数 乘 1000元/人，最高 10万元
  频次  每年
条款 3「定」
  条件  上榜
  给予  至多 20万元
  频次  每年
资金「总额」
  适用  全部
  额度  每年 30万元
  超额  按比例";

fn sources(rules: &str) -> Sources {
    Sources::single(format!("# 例\n\n```duixian\n{}\n```\n", rules.trim()))
}

fn scheme(rules: &str) -> Scheme {
    let compiled = compile(&sources(rules));
    compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

/// A folder of one test.
fn folder(test: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("duixian-simulation-{}-{test}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

const DEFAULTS: Defaults = Defaults { year: Some(2024), as_of: None };

fn run(scheme: &Scheme, path: &Path, options: &Options<'_>) -> Summary {
    let file = PopulationFile::open(scheme, path, DEFAULTS).unwrap();
    simulate(scheme, &file, options).unwrap()
}

fn district(scheme: &Scheme, path: &Path, rows: u64) {
    write(scheme, &District { rows, seed: 5, year: 2024 }, path, &|_| true).unwrap();
}

/// Six firms whose sums can be checked by hand.
const SIX: &str =
    "kind,销售额,人数,上榜\n企业,1000000,10,是\n企业,4000000,20,是\n企业,90000000,150,是\n企业,,30,否\n个体工商户,2000000,,是\n企业,999999.99,19,\n";

fn six(test: &str) -> PathBuf {
    let path = folder(test).join("six.csv");
    std::fs::write(&path, SIX).unwrap();
    path
}

#[test]
fn sums_by_clause_and_size_add_up_to_the_whole() {
    let (scheme, path) = (scheme(RULES), six("sums"));
    let file = PopulationFile::open(&scheme, &path, DEFAULTS).unwrap();
    let sizes = Sizes::choose(&scheme, file.layout(), None).unwrap().unwrap();
    assert_eq!(sizes.name, "销售额");
    let summary = simulate(&scheme, &file, &Options { sizes: Some(&sizes), totals: true, ..Options::default() }).unwrap();
    // 1: 10,000 + 40,000 + 50,000 at the cap; 2: 20,000 + 100,000 at the cap + 30,000.
    assert_eq!((summary.clauses[0].claimed, summary.clauses[0].capped), (10_000_000, 1));
    assert_eq!((summary.clauses[1].claimed, summary.clauses[1].capped), (15_000_000, 1));
    // Nobody has decided on 3: a ceiling is no claim.
    assert_eq!((summary.clauses[2].ceilings, summary.clauses[2].claimed), (80_000_000, 0));
    assert_eq!((summary.claimed, summary.awarded, summary.open), (25_000_000, 25_000_000, 2));
    let rows: Vec<u64> = summary.sizes.iter().map(|size| size.rows).collect();
    assert_eq!(rows, [1, 3, 0, 1, 0, 0, 1], "999,999.99 is under a million, a million is not");
    for part in [&summary.kinds, &summary.sizes] {
        assert_eq!(part.iter().map(|sum| sum.awarded).sum::<i128>(), summary.awarded);
        assert_eq!(part.iter().map(|sum| sum.rows).sum::<u64>(), summary.rows);
    }
    assert_eq!(summary.clauses.iter().map(|clause| clause.awarded).sum::<i128>(), summary.awarded);
    assert_eq!(summary.awards.iter().map(|award| i128::from(award.fen)).sum::<i128>(), summary.awarded);
    let wrong = Sizes::choose(&scheme, file.layout(), Some("上榜")).unwrap_err();
    assert!(wrong.help.zh.contains("销售额、人数"), "{wrong:?}");
    assert_eq!(Sizes::choose(&scheme, file.layout(), Some("人数")).unwrap().unwrap().name_of(1).zh, "10人—50人");
}

#[test]
fn what_a_pool_cuts_is_taken_off_every_sum() {
    let (scheme, path) = (scheme(&RULES.replace("每年 30万元", "每年 10万元")), six("cuts"));
    let file = PopulationFile::open(&scheme, &path, DEFAULTS).unwrap();
    let sizes = Sizes::choose(&scheme, file.layout(), None).unwrap();
    let summary = simulate(&scheme, &file, &Options { sizes: sizes.as_ref(), totals: true, ..Options::default() }).unwrap();
    assert_eq!((summary.claimed, summary.awarded), (25_000_000, 10_000_000));
    let sums = |parts: &[population::simulate::PartSum]| parts.iter().map(|sum| sum.awarded).sum::<i128>();
    assert_eq!((sums(&summary.kinds), sums(&summary.sizes)), (10_000_000, 10_000_000));
    assert_eq!(summary.awards.iter().map(|award| i128::from(award.fen)).sum::<i128>(), 10_000_000);
    let used = summary.shared.uses[0];
    assert_eq!((used.claims.iter().sum::<i128>(), used.given.iter().sum::<i128>()), (25_000_000, 10_000_000));
    assert_eq!(used.claims[0], 1_000_000, "the first of six rows stands in the first tenth");
}

#[test]
fn a_run_that_was_stopped_goes_on_to_the_same_sums() {
    let scheme = scheme(RULES);
    let folder = folder("resumed");
    for name in ["d.csv", "d.parquet"] {
        let (path, kept) = (folder.join(name), folder.join(format!("{name}.checkpoint")));
        district(&scheme, &path, 9_000);
        let file = PopulationFile::open(&scheme, &path, DEFAULTS).unwrap();
        let sizes = Sizes::choose(&scheme, file.layout(), None).unwrap();
        let whole = Options { totals: true, seed: Some(3), sizes: sizes.as_ref(), ..Options::default() };
        let expected = simulate(&scheme, &file, &whole).unwrap();
        // Stopped after some rows, again after more, and then left to its end; on one thread and on two.
        for threads in [1, 2] {
            for stop in [2_000, 5_000] {
                let told = |pass: Pass, rows: u64| pass != Pass::Sums || rows < stop;
                let stopped = simulate(&scheme, &file, &Options { threads, checkpoint: Some(&kept), progress: &told, ..whole });
                assert_eq!(stopped.unwrap_err(), Stopped::Interrupted);
                assert!(kept.exists());
            }
            let begun = std::sync::Mutex::new(None);
            let told = |_: Pass, rows: u64| {
                begun.lock().unwrap().get_or_insert(rows);
                true
            };
            let resumed = simulate(&scheme, &file, &Options { threads, checkpoint: Some(&kept), progress: &told, ..whole }).unwrap();
            assert_eq!(resumed, expected, "{name} {threads}");
            assert!(begun.lock().unwrap().unwrap() > 5_000, "it went on, and did not begin anew");
            assert!(!kept.exists(), "what is done is not gone on with");
        }
    }
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let scheme = scheme(RULES);
    let folder = folder("refused");
    let (path, kept) = (folder.join("d.csv"), folder.join("c"));
    district(&scheme, &path, 3_000);
    let file = PopulationFile::open(&scheme, &path, DEFAULTS).unwrap();
    let stop = |_: Pass, rows: u64| rows < 2_048;
    let options = Options { checkpoint: Some(&kept), progress: &stop, ..Options::default() };
    assert_eq!(simulate(&scheme, &file, &options).unwrap_err(), Stopped::Interrupted);
    let refused = |scheme: &Scheme, file: &PopulationFile<'_>, options: &Options<'_>, word: &str| match simulate(scheme, file, options) {
        Err(Stopped::File(error)) => assert!(error.message.zh.contains(word), "{word}: {error:?}"),
        other => panic!("{word}: {other:?}"),
    };
    refused(&scheme, &file, &Options { seed: Some(1), ..options }, "选项");
    let other = self::scheme(&RULES.replace("1%", "2%"));
    refused(&other, &PopulationFile::open(&other, &path, DEFAULTS).unwrap(), &options, "政策");
    district(&scheme, &path, 3_001);
    refused(&scheme, &PopulationFile::open(&scheme, &path, DEFAULTS).unwrap(), &options, "人口文件");
    // One bit of it is another: what it says may be wrong.
    district(&scheme, &path, 3_000);
    std::fs::remove_file(&kept).unwrap();
    let file = PopulationFile::open(&scheme, &path, DEFAULTS).unwrap();
    assert_eq!(simulate(&scheme, &file, &options).unwrap_err(), Stopped::Interrupted);
    let mut bytes = std::fs::read(&kept).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&kept, bytes).unwrap();
    refused(&scheme, &file, &options, "已损坏");
    std::fs::write(&kept, "nothing of the kind").unwrap();
    refused(&scheme, &file, &options, "不是测算的断点");
}

#[test]
fn two_versions_are_compared_by_clause_and_size() {
    let path = six("against");
    let (now, other) =
        (scheme(&RULES.replace("最高 5万元", "最高 6万元")), scheme(&RULES.replace("不低于 20人", "不低于 30人").replace("条款 3「定」", "条款 4「旧」")));
    let file = PopulationFile::open(&now, &path, DEFAULTS).unwrap();
    let sizes = Sizes::choose(&now, file.layout(), None).unwrap();
    let summary = simulate(&now, &file, &Options { sizes: sizes.as_ref(), totals: true, ..Options::default() }).unwrap();
    let second = run(&other, &path, &Options { totals: true, ..Options::default() });
    let compared = against((&now, &summary), (&other, &second));
    assert_eq!((compared.all.gain, compared.all.gained, compared.all.lose, compared.same), (2, 3_000_000, 0, 4));
    let by: Vec<(&str, i128)> = compared.clauses.iter().map(|clause| (clause.id.as_str(), clause.change.net())).collect();
    assert_eq!(by, [("1", 1_000_000), ("2", 2_000_000), ("3", 0), ("4", 0)]);
    assert_eq!(compared.sizes.iter().map(|change| change.net()).sum::<i128>(), compared.all.net());
    // Turned around, what was gained is lost.
    let back = against((&other, &second), (&now, &summary));
    assert_eq!((back.all.lose, back.all.lost, back.all.gain), (2, 3_000_000, 0));
}

#[test]
fn a_number_of_the_rules_is_swept() {
    let path = six("swept");
    let scheme = scheme(RULES);
    let sources = sources(RULES);
    let points = |text: &str| {
        let spec = Spec::parse(text).unwrap();
        let variants = spec.variants(&sources).unwrap();
        let points = variants.iter().map(|variant| spec.point(variant, &run(&variant.scheme, &path, &Options::default())));
        spec.sweep(&scheme, points.collect())
    };
    let sweep = points("1:100万元=100万元..500万元/3");
    assert_eq!(sweep.title, "奖");
    let told: Vec<(&str, bool, u64, i128)> = sweep.points.iter().map(|p| (p.value.as_str(), p.current, p.eligible, p.amount)).collect();
    assert_eq!(told, [("100万元", true, 3, 10_000_000), ("300万元", false, 2, 9_000_000), ("500万元", false, 1, 5_000_000)]);
    let sweep = points("总额:30万元=10万元..30万元/2");
    assert_eq!(sweep.points.iter().map(|p| p.awarded).collect::<Vec<_>>(), [10_000_000, 25_000_000]);
    assert_eq!(points("1:1%=0.5%..1%/2").points[0].amount, 7_500_000, "5,000 + 20,000, and the cap as before");
    let refused = |text: &str| Spec::parse(text).and_then(|spec| spec.variants(&sources).map(|_| ())).unwrap_err();
    assert!(refused("9:1%=1%..2%").help.zh.contains("1、2、3、总额"));
    assert!(refused("1:7%=1%..2%").help.zh.contains("100万元、1%、5万元"), "{:?}", refused("1:7%=1%..2%"));
    assert!(refused("1:1%=1万元..2万元").message.zh.contains("单位"));
    assert!(refused("1:1%=1%..2%/4").message.zh.contains("除不尽"), "{:?}", refused("1:1%=1%..2%/4"));
    assert!(refused("1 的 1%").help.zh.contains("条款:原来的数"));
    assert!(Spec::parse("1:1%=1%..2%/1").is_err() && Spec::parse("1:1%#0=1%..2%").is_err());
}

#[test]
fn a_number_that_stands_twice_must_be_told_apart() {
    let twice =
        RULES.replace("上榜\n  给予  销售额 的 1%，最高 5万元", "人数 不低于 20人\n        销售额 不低于 20人 乘 5万元/人\n  给予  销售额 的 1%，最高 5万元");
    let sources = sources(&twice);
    let error = Spec::parse("1:20人=10人..20人/2").unwrap().variants(&sources).map(|_| ()).unwrap_err();
    assert!(error.message.zh.contains("2 处") && error.help.zh.contains("20人#1") && error.help.zh.contains("20人#2"), "{error:?}");
    assert_eq!(Spec::parse("1:20人#2=10人..20人/2").unwrap().variants(&sources).unwrap().len(), 2);
}

#[test]
fn a_table_in_memory_says_the_same_as_its_file() {
    let (scheme, path) = (scheme(RULES), six("table"));
    let mut lines = SIX.lines();
    let names = lines.next().unwrap().split(',').map(str::to_owned).collect();
    let rows = (2..).zip(lines).map(|(line, text)| TableRow { line, cells: text.split(',').map(str::to_owned).collect() }).collect();
    let table = PopulationFile::of_table(&scheme, &path, names, rows, DEFAULTS).unwrap();
    assert_eq!(simulate(&scheme, &table, &Options::default()).unwrap(), run(&scheme, &path, &Options::default()));
}

#[test]
fn the_report_is_one_page_that_says_what_the_sums_say() {
    let (scheme, path) = (scheme(&RULES.replace("每年 30万元", "每年 10万元")), six("report"));
    let file = PopulationFile::open(&scheme, &path, DEFAULTS).unwrap();
    let sizes = Sizes::choose(&scheme, file.layout(), None).unwrap();
    let summary = simulate(&scheme, &file, &Options { sizes: sizes.as_ref(), totals: true, seed: Some(1), ..Options::default() }).unwrap();
    let spec = Spec::parse("1:5万元=5万元..6万元/2").unwrap();
    let points = spec.variants(&sources(RULES)).unwrap().iter().map(|v| spec.point(v, &run(&v.scheme, &path, &Options::default()))).collect();
    let sweep = spec.sweep(&scheme, points);
    let compared = against((&scheme, &summary), (&scheme, &summary));
    let of = |lang| {
        let report = Report {
            scheme: &scheme,
            summary: &summary,
            population: "六户 & <例>.csv",
            missing: &["甲".to_owned()],
            sizes: sizes.as_ref(),
            against: Some(&compared),
            sweep: Some(&sweep),
            lang,
        };
        report.html()
    };
    let (zh, en) = (of(Lang::Zh), of(Lang::En));
    for page in [&zh, &en] {
        assert!(page.contains("&lt;试行&gt; 办法") && page.contains("六户 &amp; &lt;例&gt;.csv"), "names are words, not markup");
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("@import"));
        assert_eq!(page.matches("http").count(), page.matches("http://www.w3.org/2000/svg").count(), "it needs nothing from elsewhere");
        assert_eq!(page.matches("<svg role=\"img\" aria-label=").count(), page.matches("<section>").count(), "a chart in each section");
        assert_eq!(page.matches("<table>").count(), page.matches("<section>").count(), "and the table behind it");
        for element in ["section", "table", "tr", "p", "figure", "div", "svg", "td", "th", "text"] {
            let opened = page.matches(&format!("<{element}>")).count() + page.matches(&format!("<{element} ")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
        // Claimed and awarded of clause 1, exactly.
        assert!(page.contains("100,000.00") && page.contains("40,000.00"));
    }
    assert!(zh.contains("6户中有4户（66.67%）可以得到支持，申请合计25万元。"));
    assert!(zh.contains("只够申请的40.00%，按比例折算，少付15万元。"));
    // In English only the words of the policy are Chinese.
    assert!(en.contains("Of 6 applicants 4 (66.67%) can be supported") && !en.contains("合计") && !en.contains("条款"));
}

#[test]
fn what_cannot_be_written_leaves_nothing() {
    let folder = folder("unwritable");
    let taken = folder.join("taken");
    std::fs::create_dir_all(taken.join("inside")).unwrap();
    assert!(write_whole(&taken, &[b"words"]).unwrap_err().message.zh.contains("没有留下不完整的结果"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing stands beside it");
    assert!(write_whole(&folder.join("nowhere/file"), &[b"words"]).is_err());
}
