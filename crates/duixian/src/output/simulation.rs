//! What a population comes to, for people (`text`) and, here, for programs.

pub mod text;

use policy::assessment::{Outcome, PoolShare};
use policy::scheme::Scheme;
use population::against::{Against, Change};
use population::file::Heading;
use population::reason::Reason;
use population::simulate::{BANDS, ClauseSum, PartSum, Summary};
use population::size::Sizes;
use population::sweep::Sweep;
use serde::Serialize;
use std::io::Write;
use std::time::Duration;
use values::{Fen, Lang};

/// What is said.
pub struct Simulation<'s> {
    /// The scheme.
    pub scheme: &'s Scheme,
    /// What it came to.
    pub summary: &'s Summary,
    /// The columns of the file.
    pub heading: &'s Heading,
    /// By what sizes are.
    pub sizes: Option<&'s Sizes>,
    /// Against another version.
    pub against: Option<&'s Against>,
    /// What a number of the rules does.
    pub sweep: Option<&'s Sweep>,
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
    claimed: String,
    rows_with_an_undetermined_clause: u64,
    by_clause: Vec<ByClause<'s>>,
    by_kind: Vec<ByKind<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_size: Option<BySize<'s>>,
    pools_by_tenth_of_the_file: Vec<UseLine<'s>>,
    rows_by_interpreter: u64,
    rows_with_a_choice: u64,
    cut_by_pools: usize,
    rows_whose_ids_were_not_compared: u64,
    facts_without_a_column: &'s [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    resampled: Option<[String; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<AgainstLine<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sweep: Option<SweepLine<'s>>,
}

#[derive(Serialize)]
struct ByClause<'s> {
    clause: &'s str,
    winners: u64,
    undecided_ceilings: String,
    claimed: String,
    awarded: String,
    at_the_cap: u64,
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
struct BySize<'s> {
    fact: &'s str,
    bands: Vec<SizeLine>,
}

#[derive(Serialize)]
struct SizeLine {
    band: String,
    rows: u64,
    winners: u64,
    awarded: String,
}

#[derive(Serialize)]
struct UseLine<'s> {
    pool: &'s str,
    year: i32,
    claims: Vec<String>,
    given: Vec<String>,
}

#[derive(Serialize)]
struct ChangeLine {
    gain: u64,
    gained: String,
    lose: u64,
    lost: String,
}

#[derive(Serialize)]
struct AgainstLine<'s> {
    #[serde(flatten)]
    all: ChangeLine,
    same: u64,
    by_clause: Vec<ClauseChangeLine<'s>>,
    by_size: Vec<SizeChangeLine>,
}

#[derive(Serialize)]
struct ClauseChangeLine<'s> {
    clause: &'s str,
    #[serde(flatten)]
    change: ChangeLine,
}

#[derive(Serialize)]
struct SizeChangeLine {
    band: String,
    #[serde(flatten)]
    change: ChangeLine,
}

#[derive(Serialize)]
struct SweepLine<'s> {
    place: &'s str,
    number: &'s str,
    points: Vec<PointLine<'s>>,
}

#[derive(Serialize)]
struct PointLine<'s> {
    value: &'s str,
    eligible: u64,
    amount: String,
    winners: u64,
    claimed: String,
    awarded: String,
}

fn change(of: &Change) -> ChangeLine {
    ChangeLine { gain: of.gain, gained: yuan(of.gained), lose: of.lose, lost: yuan(of.lost) }
}

impl<'s> Simulation<'s> {
    fn band(&self, at: usize) -> String {
        self.sizes.map_or_else(String::new, |sizes| sizes.name_of(at).get(self.lang).to_owned())
    }

    fn by_size(&self) -> Option<BySize<'s>> {
        let line = |(at, sum): (usize, &PartSum)| SizeLine { band: self.band(at), rows: sum.rows, winners: sum.winners, awarded: yuan(sum.awarded) };
        self.sizes.map(|sizes| BySize { fact: &sizes.name, bands: self.summary.sizes.iter().enumerate().map(line).collect() })
    }

    fn uses(&self) -> Vec<UseLine<'s>> {
        let sums = |parts: &[i128]| parts.iter().map(|fen| yuan(*fen)).collect();
        let pool = |at: u32| self.scheme.pools.get(at as usize).map_or("", |pool| pool.name.as_str());
        self.summary.shared.uses.iter().map(|of| UseLine { pool: pool(of.pool), year: of.year, claims: sums(&of.claims), given: sums(&of.given) }).collect()
    }

    fn compared(&self) -> Option<AgainstLine<'s>> {
        let against = self.against?;
        let moved = |of: &Change| *of != Change::default();
        let clauses = against.clauses.iter().filter(|clause| moved(&clause.change));
        let sizes = against.sizes.iter().enumerate().filter(|(_, of)| moved(of));
        Some(AgainstLine {
            all: change(&against.all),
            same: against.same,
            by_clause: clauses.map(|clause| ClauseChangeLine { clause: &clause.id, change: change(&clause.change) }).collect(),
            by_size: sizes.map(|(at, of)| SizeChangeLine { band: self.band(at), change: change(of) }).collect(),
        })
    }

    fn swept(&self) -> Option<SweepLine<'s>> {
        let sweep = self.sweep?;
        let points = sweep.points.iter().map(|point| PointLine {
            value: &point.value,
            eligible: point.eligible,
            amount: yuan(point.amount),
            winners: point.winners,
            claimed: yuan(point.claimed),
            awarded: yuan(point.awarded),
        });
        Some(SweepLine { place: &sweep.place, number: &sweep.words, points: points.collect() })
    }
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
            claimed: yuan(summary.claimed),
            rows_with_an_undetermined_clause: summary.open,
            by_clause: clauses()
                .map(|(clause, sum)| ByClause {
                    clause,
                    winners: sum.winners,
                    undecided_ceilings: yuan(sum.ceilings),
                    claimed: yuan(sum.claimed),
                    awarded: yuan(sum.awarded),
                    at_the_cap: sum.capped,
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
            rows_whose_ids_were_not_compared: summary.ids_beyond,
            facts_without_a_column: &simulation.heading.missing,
            resampled: summary.resampled.map(|(low, high)| [yuan(low), yuan(high)]),
            by_size: simulation.by_size(),
            pools_by_tenth_of_the_file: simulation.uses(),
            against: simulation.compared(),
            sweep: simulation.swept(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}
