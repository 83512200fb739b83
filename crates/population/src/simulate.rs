//! What a policy costs a population: a file to sums by clause, by kind of applicant and by pool, and on demand every result to a
//! file. The file is read once for each round of rankings, once for the sums, and once more for results, so that no more of it
//! is in memory than the chunks in flight, the claims on pools that hold a sum, and the scores of those who are ranked.

use crate::evaluate::ChunkResult;
use crate::file::PopulationFile;
use crate::groups::{ChunkHeld, Groups, NONE};
use crate::places::{Gathering, Ranking, rounds};
use crate::pools::{ChunkClaims, Claims, Shared};
use crate::reason::Reason;
use crate::results::ResultsFile;
use crate::stream::{self, Progress, Stopped};
use crate::table::Chunk;
use policy::assessment::Outcome;
use policy::scheme::Scheme;
use std::path::Path;

/// What is wanted.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// Threads.
    pub threads: usize,
    /// Keep what each row gets, to compare two versions.
    pub totals: bool,
    /// Resample the rows by this seed, to say how uncertain the sum of claims is.
    pub seed: Option<u64>,
    /// A file for every result.
    pub results: Option<&'o Path>,
    /// Told of the rows of each pass, with what the pass is.
    pub progress: &'o (dyn Fn(Pass, u64) -> bool + Sync),
}

/// What a reading of the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Places.
    Ranking,
    /// Sums.
    Sums,
    /// Results to a file.
    Results,
}

/// Upper ends of the bands of awards, in fen; above the last there is one more.
pub const BANDS: [i64; 6] = [1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000, 500_000_000];

/// Sums of one clause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClauseSum {
    /// Rows by reason, by its code.
    pub reasons: [u64; 15],
    /// Amounts before groups and pools, ceilings included, in fen.
    pub amount: i128,
    /// Awards after groups and pools, in fen.
    pub awarded: i128,
    /// Rows with an award above zero.
    pub winners: u64,
    /// Awards above zero by band, before pools.
    pub bands: [u64; BANDS.len() + 1],
    /// Rows that `policy` worked out, since the columns do not hold them.
    pub asked: u64,
}

impl ClauseSum {
    /// Rows of an outcome; barred and exhausted ones count as ineligible.
    #[must_use]
    pub fn rows(&self, outcome: Outcome) -> u64 {
        let counted = |reason: &Reason| match reason.outcome() {
            Outcome::Barred | Outcome::Exhausted => Outcome::Ineligible,
            other => other,
        };
        Reason::ALL.iter().zip(self.reasons).filter(|(reason, _)| counted(reason) == outcome).map(|(_, rows)| rows).sum()
    }
}

/// Sums of one kind of applicant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindSum {
    /// Rows.
    pub rows: u64,
    /// Rows that are awarded something before pools.
    pub winners: u64,
    /// Awards after groups and pools, in fen.
    pub awarded: i128,
}

/// What a population comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows with results.
    pub rows: u64,
    /// Rows that are only ranked.
    pub ranked_only: u64,
    /// By clause, in the order of the scheme.
    pub clauses: Vec<ClauseSum>,
    /// By kind of applicant, the last for those whose kind is not known.
    pub kinds: Vec<KindSum>,
    /// Awards after groups and pools, in fen.
    pub awarded: i128,
    /// Rows that are awarded something before pools.
    pub winners: u64,
    /// Rows in which a choice between awards was made.
    pub chosen: u64,
    /// Rows of which `policy` worked out some clause.
    pub asked_rows: u64,
    /// What the pools came to.
    pub shared: Shared,
    /// What each row gets, in fen, where that was asked for.
    pub totals: Vec<i64>,
    /// Between which sums of claims nineteen of twenty resampled populations lie, in fen, where that was asked for.
    pub resampled: Option<(i128, i128)>,
}

/// What one chunk adds.
struct Part {
    summary: Summary,
    claims: ChunkClaims,
}

/// Works out a file.
pub fn simulate(scheme: &Scheme, file: &PopulationFile<'_>, options: &Options<'_>) -> Result<Summary, Stopped> {
    let told = |pass: Pass| move |rows: u64| (options.progress)(pass, rows);
    let mut ranking = Ranking::default();
    for round in rounds(scheme) {
        let mut gathering = Gathering::new(&round);
        let brought = |evaluator: &mut crate::evaluate::Evaluator<'_>, chunk: &Chunk| evaluator.entries(scheme, chunk, &ranking, &round);
        stream::run(scheme, file, options.threads, &told(Pass::Ranking), brought, |_, brought| {
            gathering.add(brought);
            Ok(())
        })?;
        gathering.close(&mut ranking);
    }
    let groups = Groups::of(scheme);
    let mut claims = Claims::new(scheme);
    let mut summary = empty(scheme);
    let blank = Claims::new(scheme);
    let sums: Progress<'_> = &told(Pass::Sums);
    stream::run(
        scheme,
        file,
        options.threads,
        sums,
        |evaluator, chunk| {
            let result = evaluator.chunk(chunk, &ranking);
            let held = groups.hold(scheme, chunk, result);
            Part { summary: part(scheme, chunk, result, &held, options.totals || options.seed.is_some()), claims: blank.of(chunk, &held) }
        },
        |_, part| {
            summary.add(part.summary);
            claims.add(part.claims);
            Ok(())
        },
    )?;
    summary.resampled = options.seed.map(|seed| resample(&summary.totals, seed));
    summary.close(claims.share());
    if let Some(path) = options.results {
        write(scheme, file, options, path, &ranking, &groups, &summary.shared)?;
    }
    Ok(summary)
}

fn write(
    scheme: &Scheme,
    file: &PopulationFile<'_>,
    options: &Options<'_>,
    path: &Path,
    ranking: &Ranking,
    groups: &Groups,
    shared: &Shared,
) -> Result<(), Stopped> {
    let mut results = ResultsFile::create(path)?;
    let form = results.form();
    stream::run(
        scheme,
        file,
        options.threads,
        &|rows| (options.progress)(Pass::Results, rows),
        |evaluator, chunk| {
            let result = evaluator.chunk(chunk, ranking);
            let held = groups.hold(scheme, chunk, result);
            form.rows(scheme, chunk, result, &held, shared)
        },
        |_, rows| results.add(rows),
    )?;
    results.close().map_err(Stopped::File)
}

fn empty(scheme: &Scheme) -> Summary {
    let kinds = scheme.choices(scheme.kind_fact()).len() + 1;
    Summary { clauses: vec![ClauseSum::default(); scheme.clauses.len()], kinds: vec![KindSum::default(); kinds], ..Summary::default() }
}

fn part(scheme: &Scheme, chunk: &Chunk, result: &ChunkResult, held: &ChunkHeld, totals: bool) -> Summary {
    let mut sum = empty(scheme);
    sum.chosen = held.chosen;
    let mut total = vec![0_i64; chunk.rows];
    for ((clause, column), (awards, asked)) in sum.clauses.iter_mut().zip(&result.clauses).zip(held.awards.iter().zip(&result.asked)) {
        clause.asked = *asked;
        for (((reason, amount), award), (counts, total)) in column.reasons.iter().zip(&column.amounts).zip(awards).zip(result.rows.iter().zip(&mut total)) {
            if !counts {
                continue;
            }
            if let Some(slot) = clause.reasons.get_mut(*reason as usize) {
                *slot += 1;
            }
            clause.amount += i128::from(*amount);
            if *award != NONE {
                clause.awarded += i128::from(*award);
                *total = total.saturating_add(*award);
                if *award > 0 {
                    clause.winners += 1;
                    let band = BANDS.partition_point(|end| end < award);
                    clause.bands.iter_mut().skip(band).take(1).for_each(|rows| *rows += 1);
                }
            }
        }
    }
    let unknown = sum.kinds.len() - 1;
    for (row, (total, counts)) in total.iter().zip(&result.rows).enumerate() {
        if !counts {
            sum.ranked_only += 1;
            continue;
        }
        sum.rows += 1;
        let won = u64::from(*total > 0);
        sum.winners += won;
        sum.awarded += i128::from(*total);
        let kind = chunk.kind(scheme, row).map_or(unknown, usize::from);
        if let Some(kind) = sum.kinds.get_mut(kind) {
            kind.rows += 1;
            kind.winners += won;
            kind.awarded += i128::from(*total);
        }
    }
    sum.asked_rows = result.asked_rows;
    if totals {
        sum.totals = total;
    }
    sum
}

impl Summary {
    fn add(&mut self, more: Self) {
        self.rows += more.rows;
        self.ranked_only += more.ranked_only;
        self.awarded += more.awarded;
        self.winners += more.winners;
        self.chosen += more.chosen;
        self.asked_rows += more.asked_rows;
        for (own, more) in self.clauses.iter_mut().zip(more.clauses) {
            own.reasons.iter_mut().zip(more.reasons).for_each(|(own, more)| *own += more);
            own.bands.iter_mut().zip(more.bands).for_each(|(own, more)| *own += more);
            own.amount += more.amount;
            own.awarded += more.awarded;
            own.winners += more.winners;
            own.asked += more.asked;
        }
        for (own, more) in self.kinds.iter_mut().zip(more.kinds) {
            own.rows += more.rows;
            own.winners += more.winners;
            own.awarded += more.awarded;
        }
        self.totals.extend(more.totals);
    }

    /// Takes off what the pools cut.
    fn close(&mut self, shared: Shared) {
        for cut in &shared.cuts {
            let less = i128::from(cut.claim) - i128::from(cut.awarded);
            self.awarded -= less;
            if let Some(clause) = self.clauses.get_mut(cut.clause.index()) {
                clause.awarded -= less;
                clause.winners -= u64::from(cut.claim > 0 && cut.awarded == 0);
            }
            let unknown = self.kinds.len() - 1;
            if let Some(kind) = self.kinds.get_mut(cut.kind.map_or(unknown, usize::from)) {
                kind.awarded -= less;
            }
            if let Some(total) = usize::try_from(cut.row).ok().and_then(|row| self.totals.get_mut(row)) {
                *total = total.saturating_sub(cut.claim - cut.awarded);
            }
        }
        self.shared = shared;
    }
}

/// How many rows get more, get less or get the same under the second of two versions, and by how much together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Against {
    /// Rows that get more.
    pub gain: u64,
    /// What they get more, in fen.
    pub gained: i128,
    /// Rows that get less.
    pub lose: u64,
    /// What they get less, in fen.
    pub lost: i128,
    /// Rows that get the same.
    pub same: u64,
}

/// Compares what the rows of one file get: now, and under the other version.
#[must_use]
pub fn against(now: &Summary, other: &Summary) -> Against {
    let mut out = Against::default();
    for (now, other) in now.totals.iter().zip(&other.totals) {
        let more = i128::from(*now) - i128::from(*other);
        match more.signum() {
            1 => (out.gain, out.gained) = (out.gain + 1, out.gained + more),
            -1 => (out.lose, out.lost) = (out.lose + 1, out.lost - more),
            _ => out.same += 1,
        }
    }
    out
}

/// Populations that are made of one by drawing its rows anew.
pub const RESAMPLES: usize = 200;

/// How often a row is drawn: as a Poisson number of mean one, by the chances of at most 0, 1, … in parts of 2^32.
const DRAWN: [u32; 8] = [1_580_030_168, 3_160_060_337, 3_950_075_421, 4_213_413_783, 4_279_248_373, 4_292_415_291, 4_294_609_777, 4_294_923_276];

/// Draws the rows anew, so many times, and gives the sums between which nineteen of twenty lie.
fn resample(totals: &[i64], seed: u64) -> (i128, i128) {
    let mut state = seed;
    let mut sums = vec![0_i128; RESAMPLES];
    for total in totals.iter().filter(|total| **total != 0) {
        for pair in sums.chunks_mut(2) {
            // splitmix64, half of it for each of two populations.
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            for (sum, half) in pair.iter_mut().zip([z >> 32, z & 0xFFFF_FFFF]) {
                let times = DRAWN.iter().filter(|most| half >= u64::from(**most)).count();
                *sum += i128::from(*total) * i128::try_from(times).unwrap_or(0);
            }
        }
    }
    sums.sort_unstable();
    let at = |index: usize| sums.get(index).copied().unwrap_or(0);
    (at(RESAMPLES / 40), at(RESAMPLES - 1 - RESAMPLES / 40))
}
