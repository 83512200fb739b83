//! `parallel-run`: last year's applications worked out again, and every difference to what was paid explained row by row.

use super::readings::applications;
use crate::cli::{ParallelRunArgs, Plain};
use crate::failure::{Failure, Verdict};
use crate::input::json::whole_bytes;
use crate::load;
use crate::output::pick;
use exchange::plain::{LineCounter, decode, reader};
use office::parallel_run::{Difference, Parting, Report, compare};
use policy::application::Application;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use values::{Fen, Lang};

/// What was paid to an applicant, clause by clause.
type Paid = BTreeMap<String, Vec<(String, Fen)>>;

/// Runs the command.
pub fn run(args: &ParallelRunArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let scheme = load::scheme(&args.dir, lang)?;
    let applications = applications(&scheme, &args.facts, lang)?;
    let paid = paid(&args.paid, &applications)?;
    let rows: Vec<(u32, &[(String, Fen)])> = (1..).zip(&applications).map(|(row, a)| (row, paid.get(&a.id).map_or(&[][..], Vec::as_slice))).collect();
    let report = compare(&scheme, &rows, &applications, lang);
    match args.format {
        Plain::Text => text(&report, &applications, lang, out)?,
        Plain::Json => json(&report, out)?,
    }
    Ok(if report.differences.is_empty() { Verdict::Clean } else { Verdict::Findings })
}

/// The columns of the file, by any of their names.
const COLUMNS: [(&str, &str); 3] = [("编号", "id"), ("条款", "clause"), ("金额", "amount")];

/// Reads what was paid. Errors: everything that cannot be read or has no application, with its line.
fn paid(path: &Path, applications: &[Application]) -> Result<Paid, Failure> {
    let bytes = decode(whole_bytes(path)?).bytes;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let name = path.display();
    let wrong = |line: usize, zh: &str, en: &str| Failure::input(format!("{name} 第{line}行：{zh}"), format!("{name} line {line}: {en}"));
    let mut lines = LineCounter::new(bytes);
    let mut columns: Option<Vec<usize>> = None;
    let mut out = Paid::new();
    for record in reader(bytes).records() {
        let record = record.map_err(|error| Failure::input(format!("{name} 读不出：{error}"), format!("{name} cannot be read: {error}")))?;
        let line = lines.line_of(record.position().map_or(0, csv::Position::byte));
        let Some(columns) = &columns else {
            let at = |(zh, en): &(&str, &str)| record.iter().position(|header| [*zh, *en].contains(&header.trim()));
            let found: Option<Vec<usize>> = COLUMNS.iter().map(at).collect();
            columns = Some(
                found.ok_or_else(|| wrong(line, "缺少列", "a column is missing").help("第一行写：编号,条款,金额", "the first line is: id,clause,amount"))?,
            );
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cells: Vec<&str> = columns.iter().map(|at| record.get(*at).unwrap_or_default().trim()).collect();
        let [id, clause, amount] = cells.as_slice() else { continue };
        if !applications.iter().any(|application| application.id == *id) {
            return Err(wrong(line, &format!("申报表里没有编号 {id}"), &format!("there is no application {id}"))
                .help("补上这份申报，或改正编号", "add the application, or correct the id"));
        }
        let fen = Fen::parse_yuan(&amount.replace(',', "")).ok().filter(|fen| *fen >= Fen(0));
        let fen = fen.ok_or_else(|| {
            wrong(line, &format!("“{amount}”不是金额"), &format!("'{amount}' is no amount")).help("按元写，如 635000.00", "write yuan, like 635000.00")
        })?;
        out.entry((*id).to_owned()).or_default().push(((*clause).to_owned(), fen));
    }
    Ok(out)
}

/// Where two amounts part, in words.
fn parting(parting: Parting) -> (&'static str, &'static str) {
    match parting {
        Parting::Application => ("申报表读不出", "the application cannot be read"),
        Parting::Clause => ("没有这一条款", "there is no such clause"),
        Parting::Condition => ("条件不符", "a condition does not hold"),
        Parting::MissingFact => ("缺事实", "a fact is missing"),
        Parting::History => ("往年已享受", "earlier awards"),
        Parting::Decision => ("须由主管部门决定", "left to a decision"),
        Parting::Cap => ("上限或取整", "a cap or a rounding"),
        Parting::Group => ("就高不重复", "a group"),
        Parting::Pool => ("资金不足", "the budget"),
        Parting::Amount => ("金额的算法", "how the amount is worked out"),
        Parting::NotPaid => ("应付未付", "given and not paid"),
    }
}

/// Yuan with its unit.
fn yuan(fen: i64, lang: Lang) -> String {
    let amount = Fen(fen).grouped();
    match lang {
        Lang::Zh => format!("{amount}元"),
        Lang::En => format!("¥{amount}"),
    }
}

fn text(report: &Report, applications: &[Application], lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let mut last = None;
    for difference in &report.differences {
        if last != Some(difference.row) {
            let name = applications.iter().find(|a| a.id == difference.case).and_then(|a| a.name.as_deref()).unwrap_or_default();
            match lang {
                Lang::Zh => writeln!(out, "第{}份 {} {name}", difference.row, difference.case)?,
                Lang::En => writeln!(out, "{}. {} {name}", difference.row, difference.case)?,
            }
            last = Some(difference.row);
        }
        let Difference { clause, paid_fen, computed_fen, .. } = difference;
        let (zh, en) = parting(difference.parting);
        let paid = yuan(*paid_fen, lang);
        let computed = computed_fen.map_or_else(|| pick(lang, "定不下来", "not determined").to_owned(), |fen| yuan(fen, lang));
        match lang {
            Lang::Zh => writeln!(out, "  {clause}  已付 {paid}，测算 {computed}：{zh}")?,
            Lang::En => writeln!(out, "  {clause}  paid {paid}, computed {computed}: {en}")?,
        }
        for why in &difference.why {
            writeln!(out, "    {why}")?;
        }
    }
    let (paid, computed) = sums(report);
    let (same, many) = (report.same, report.differences.len());
    match lang {
        Lang::Zh => writeln!(out, "{same} 项一分不差，{many} 项有差异；有差异的已付 {}，测算 {}", yuan(paid, lang), yuan(computed, lang)),
        Lang::En => writeln!(out, "{same} to the fen, {many} differ; of these {} was paid, {} is computed", yuan(paid, lang), yuan(computed, lang)),
    }
}

/// What was paid and what is computed where the two differ.
fn sums(report: &Report) -> (i64, i64) {
    let sum = |of: fn(&Difference) -> i64| report.differences.iter().fold(0_i64, |sum, difference| sum.saturating_add(of(difference)));
    (sum(|difference| difference.paid_fen), sum(|difference| difference.computed_fen.unwrap_or(0)))
}

fn json(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    for difference in &report.differences {
        serde_json::to_writer(&mut *out, difference)?;
        writeln!(out)?;
    }
    let (paid, computed) = sums(report);
    let totals = serde_json::json!({"same": report.same, "differences": report.differences.len(), "paid_fen": paid, "computed_fen": computed});
    writeln!(out, "{totals}")
}
