//! What a population comes to, for people and for programs.

use policy::assessment::{Outcome, PoolShare};
use policy::scheme::Scheme;
use population::file::Heading;
use population::pools::ratio_of;
use population::reason::Reason;
use population::simulate::{Against, BANDS, ClauseSum, Summary};
use serde::Serialize;
use std::io::Write;
use std::time::Duration;
use unicode_width::UnicodeWidthStr;
use values::{Fen, Lang};

/// What is said.
pub struct Simulation<'s> {
    /// The scheme.
    pub scheme: &'s Scheme,
    /// What it came to.
    pub summary: &'s Summary,
    /// The columns of the file.
    pub heading: &'s Heading,
    /// Against another version.
    pub against: Option<&'s Against>,
    /// How long it took.
    pub elapsed: Duration,
    /// In which language.
    pub lang: Lang,
}

#[derive(Serialize)]
struct Whole<'s> {
    rows: u64,
    seconds: serde_json::Number,
    clauses: Vec<ClauseLine<'s>>,
    awarded: String,
    pools: Vec<PoolLine<'s>>,
    more: More<'s>,
}

#[derive(Serialize)]
struct ClauseLine<'s> {
    clause: &'s str,
    eligible: u64,
    ineligible: u64,
    undetermined: u64,
    amount: String,
}

#[derive(Serialize)]
struct PoolLine<'s> {
    pool: &'s str,
    year: i32,
    amount: Option<String>,
    claims: String,
    given: String,
}

/// What stands beside the sums.
#[derive(Serialize)]
struct More<'s> {
    ranked_only: u64,
    winners: u64,
    by_clause: Vec<ByClause<'s>>,
    by_kind: Vec<ByKind<'s>>,
    rows_by_interpreter: u64,
    rows_with_a_choice: u64,
    cut_by_pools: usize,
    facts_without_a_column: &'s [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    resampled: Option<[String; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<AgainstLine>,
}

#[derive(Serialize)]
struct ByClause<'s> {
    clause: &'s str,
    winners: u64,
    awarded: String,
    reasons: serde_json::Map<String, serde_json::Value>,
    bands: [u64; BANDS.len() + 1],
    rows_by_interpreter: u64,
}

#[derive(Serialize)]
struct ByKind<'s> {
    kind: Option<&'s str>,
    rows: u64,
    winners: u64,
    awarded: String,
}

#[derive(Serialize)]
struct AgainstLine {
    gain: u64,
    gained: String,
    lose: u64,
    lost: String,
    same: u64,
}

/// Fen of a sum as yuan with two decimals.
fn yuan(fen: i128) -> String {
    let magnitude = fen.unsigned_abs();
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, magnitude / 100, magnitude % 100)
}

fn seconds(elapsed: Duration) -> String {
    format!("{}.{:03}", elapsed.as_secs(), elapsed.subsec_millis())
}

fn reasons(sum: &ClauseSum) -> serde_json::Map<String, serde_json::Value> {
    Reason::ALL.iter().zip(sum.reasons).filter(|(_, rows)| *rows > 0).map(|(reason, rows)| (reason.code().to_owned(), rows.into())).collect()
}

fn pool_name<'s>(scheme: &'s Scheme, share: &PoolShare) -> &'s str {
    scheme.pools.get(share.pool as usize).map_or("", |pool| &pool.name)
}

/// One object.
pub fn json(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let (scheme, summary) = (simulation.scheme, simulation.summary);
    let clauses = || scheme.clauses.iter().map(|clause| clause.id.as_str()).zip(&summary.clauses);
    let kinds = scheme.choices(scheme.kind_fact());
    let whole = Whole {
        rows: summary.rows,
        seconds: seconds(simulation.elapsed).parse().unwrap_or_else(|_| 0.into()),
        clauses: clauses()
            .map(|(clause, sum)| ClauseLine {
                clause,
                eligible: sum.rows(Outcome::Eligible),
                ineligible: sum.rows(Outcome::Ineligible),
                undetermined: sum.rows(Outcome::Undetermined),
                amount: yuan(sum.amount),
            })
            .collect(),
        awarded: yuan(summary.awarded),
        pools: summary
            .shared
            .pools
            .iter()
            .map(|share| PoolLine {
                pool: pool_name(scheme, share),
                year: share.year,
                amount: share.amount.map(Fen::yuan),
                claims: share.claims.yuan(),
                given: share.given.yuan(),
            })
            .collect(),
        more: More {
            ranked_only: summary.ranked_only,
            winners: summary.winners,
            by_clause: clauses()
                .map(|(clause, sum)| ByClause {
                    clause,
                    winners: sum.winners,
                    awarded: yuan(sum.awarded),
                    reasons: reasons(sum),
                    bands: sum.bands,
                    rows_by_interpreter: sum.asked,
                })
                .collect(),
            by_kind: summary
                .kinds
                .iter()
                .enumerate()
                .filter(|(_, sum)| sum.rows > 0)
                .map(|(at, sum)| ByKind { kind: kinds.get(at).map(String::as_str), rows: sum.rows, winners: sum.winners, awarded: yuan(sum.awarded) })
                .collect(),
            rows_by_interpreter: summary.asked_rows,
            rows_with_a_choice: summary.chosen,
            cut_by_pools: summary.shared.cuts.len(),
            facts_without_a_column: &simulation.heading.missing,
            resampled: summary.resampled.map(|(low, high)| [yuan(low), yuan(high)]),
            against: simulation.against.map(|a| AgainstLine { gain: a.gain, gained: yuan(a.gained), lose: a.lose, lost: yuan(a.lost), same: a.same }),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

/// A table for people: numbers stand right, names left.
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |at: usize| self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = String::from("  ");
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                if at == 0 {
                    line.push_str(&format!("{cell}{gap}"));
                } else {
                    line.push_str(&format!("  {gap}{cell}"));
                }
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Grouped yuan of a sum.
fn grouped(fen: i128) -> String {
    i64::try_from(fen).map_or_else(|_| yuan(fen), |fen| Fen(fen).grouped())
}

/// For people.
pub fn text(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let (scheme, summary, zh) = (simulation.scheme, simulation.summary, simulation.lang == Lang::Zh);
    let words = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
    writeln!(out, "{}", if scheme.policy.title.is_empty() { &scheme.policy.id } else { &scheme.policy.title })?;
    let (rows, took) = (summary.rows, seconds(simulation.elapsed));
    let (winners, awarded) = (summary.winners, grouped(summary.awarded));
    if zh {
        writeln!(out, "{rows} 户，{winners} 户得到支持，合计 {awarded} 元（用时 {took} 秒）\n")?;
    } else {
        writeln!(out, "{rows} applicants, {winners} of them supported, {awarded} yuan in all ({took} seconds)\n")?;
    }
    let mut table =
        Table { rows: vec![vec![words("条款", "clause"), words("符合", "eligible"), words("不符合", "ineligible"), words("待定", "undetermined")]] };
    table
        .rows
        .iter_mut()
        .for_each(|row| row.extend([words("测算额（元）", "amount (yuan)"), words("兑现户数", "winners"), words("兑现额（元）", "awarded (yuan)")]));
    for (clause, sum) in scheme.clauses.iter().zip(&summary.clauses) {
        let counts = [Outcome::Eligible, Outcome::Ineligible, Outcome::Undetermined].map(|outcome| sum.rows(outcome).to_string());
        let mut row = vec![format!("{}「{}」", clause.id, clause.title)];
        row.extend(counts);
        row.extend([grouped(sum.amount), sum.winners.to_string(), grouped(sum.awarded)]);
        table.rows.push(row);
    }
    table.write(out)?;
    writeln!(
        out,
        "  {}",
        words(
            "测算额含未决定的上限，是并用和资金以前的数；兑现额是以后的数",
            "amount counts undecided ceilings, before groups and pools; awarded is after them"
        )
    )?;
    kinds(simulation, out)?;
    pools(simulation, out)?;
    if let Some(against) = simulation.against {
        let (gain, lose, same) = (against.gain, against.lose, against.same);
        let (gained, lost) = (grouped(against.gained), grouped(against.lost));
        match zh {
            true => writeln!(out, "\n与另一版相比：{gain} 户多得，共多 {gained} 元；{lose} 户少得，共少 {lost} 元；{same} 户不变")?,
            false => writeln!(out, "\nagainst the other version: {gain} get more, by {gained} yuan; {lose} get less, by {lost} yuan; {same} the same")?,
        }
    }
    if let Some((low, high)) = summary.resampled {
        let (low, high) = (grouped(low), grouped(high));
        writeln!(
            out,
            "\n{} {low} – {high}",
            words("抽样误差：重抽 200 次，九成五的申请合计在", "resampled 200 times, claims in all lie for nineteen of twenty between")
        )?;
    }
    let (asked, chosen) = (summary.asked_rows, summary.chosen);
    match zh {
        true => writeln!(out, "\n{asked} 户由逐户解释器测算（列式不含的情形），{chosen} 户作了并用选择，结果与逐户测算完全相同"),
        false => writeln!(
            out,
            "\n{asked} rows went to the interpreter (what columns do not hold), a choice was made in {chosen}; results are those of the interpreter throughout"
        ),
    }
}

fn kinds(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let (scheme, zh) = (simulation.scheme, simulation.lang == Lang::Zh);
    let words = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
    let names = scheme.choices(scheme.kind_fact());
    let mut table = Table {
        rows: vec![vec![words("申报人类型", "kind"), words("户数", "rows"), words("得到支持", "winners"), words("兑现额（元）", "awarded (yuan)")]],
    };
    for (at, sum) in simulation.summary.kinds.iter().enumerate().filter(|(_, sum)| sum.rows > 0) {
        let name = names.get(at).cloned().unwrap_or_else(|| words("不知道", "not known"));
        table.rows.push(vec![name, sum.rows.to_string(), sum.winners.to_string(), grouped(sum.awarded)]);
    }
    writeln!(out)?;
    table.write(out)
}

fn pools(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let (scheme, zh) = (simulation.scheme, simulation.lang == Lang::Zh);
    let words = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
    if simulation.summary.shared.pools.is_empty() {
        return Ok(());
    }
    let mut table = Table {
        rows: vec![vec![
            words("资金", "fund"),
            words("年度", "year"),
            words("额度（元）", "holds"),
            words("申请（元）", "claims"),
            words("给付（元）", "given"),
        ]],
    };
    table.rows.iter_mut().for_each(|row| row.push(words("给付比例", "ratio")));
    for share in &simulation.summary.shared.pools {
        let held = share.amount.map_or_else(|| words("未定", "not set"), Fen::grouped);
        let ratio = ratio_of(share.given, share.claims).unwrap_or_else(|| "-".to_owned());
        table.rows.push(vec![pool_name(scheme, share).to_owned(), share.year.to_string(), held, share.claims.grouped(), share.given.grouped(), ratio]);
    }
    writeln!(out)?;
    table.write(out)
}
