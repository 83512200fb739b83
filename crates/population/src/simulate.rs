//! What a policy costs a population: a file to sums by clause, by kind of applicant and by pool, and on demand every result to a
//! file. The file is read once for each round of rankings, once for the sums, and once more for results, so that no more of it
//! is in memory than the chunks in flight, the claims on pools that hold a sum, and the scores of those who are ranked.

use crate::checkpoint::{self, Saved};
use crate::evaluate::ChunkResult;
use crate::file::{FileError, PopulationFile};
use crate::groups::{ChunkHeld, Groups, NONE};
use crate::ids::{Ids, chunk_ids};
use crate::places::{Gathering, Ranking, rounds};
use crate::pools::{ChunkClaims, Claims, Shared};
use crate::reason::Reason;
use crate::resample::resample;
use crate::results::ResultsFile;
use crate::size::Sizes;
use crate::stream::{self, Progress, Stopped};
use crate::table::Chunk;
use policy::assessment::Outcome;
use policy::scheme::{Clause, Give, NodeId, Op, Scheme};
use policy::syntax::ast::Modifier;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What is wanted.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// Threads.
    pub threads: usize,
    /// Keep what each row gets, under each clause, to compare two versions.
    pub totals: bool,
    /// Sums by size.
    pub sizes: Option<&'o Sizes>,
    /// Resample the rows by this seed, to say how uncertain the sum of claims is.
    pub seed: Option<u64>,
    /// A file for every result.
    pub results: Option<&'o Path>,
    /// A file that keeps how far the sums are, so that a run that was stopped goes on from there.
    pub checkpoint: Option<&'o Path>,
    /// Told of the rows of each pass, with what the pass is.
    pub progress: &'o (dyn Fn(Pass, u64) -> bool + Sync),
}

fn go_on(_: Pass, _: u64) -> bool {
    true
}

impl Default for Options<'_> {
    /// Sums on one thread, told to nobody.
    fn default() -> Self {
        Self { threads: 1, totals: false, sizes: None, seed: None, results: None, checkpoint: None, progress: &go_on }
    }
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseSum {
    /// Rows by reason, by its code.
    pub reasons: [u64; 15],
    /// Amounts before groups and pools, ceilings included, in fen.
    pub amount: i128,
    /// Of these, ceilings that nobody has decided.
    pub ceilings: i128,
    /// Awards after groups and before pools, in fen: what is claimed.
    pub claimed: i128,
    /// Awards after groups and pools, in fen.
    pub awarded: i128,
    /// Rows with an award above zero.
    pub winners: u64,
    /// Rows whose amount is the 最高 of the clause itself.
    pub capped: u64,
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

/// Sums of one kind of applicant, or of one size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartSum {
    /// Rows.
    pub rows: u64,
    /// Rows that are awarded something before pools.
    pub winners: u64,
    /// Awards after groups and pools, in fen.
    pub awarded: i128,
}

/// What a row is awarded under a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// Position of the row in the file.
    pub row: u64,
    /// Position of the clause.
    pub clause: u32,
    /// What, in fen; never zero before pools.
    pub fen: i64,
}

/// What a population comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows with results.
    pub rows: u64,
    /// Rows that are only ranked.
    pub ranked_only: u64,
    /// By clause, in the order of the scheme.
    pub clauses: Vec<ClauseSum>,
    /// By kind of applicant, the last for those whose kind is not known.
    pub kinds: Vec<PartSum>,
    /// By size band, the last for those whose size is not known; empty where no sizes were asked for.
    pub sizes: Vec<PartSum>,
    /// Awards after groups and before pools, in fen.
    pub claimed: i128,
    /// Awards after groups and pools, in fen.
    pub awarded: i128,
    /// Rows that are awarded something before pools.
    pub winners: u64,
    /// Rows with a clause that is not determined.
    pub open: u64,
    /// The first and the last award year.
    pub years: Option<(i32, i32)>,
    /// Rows in which a choice between awards was made.
    pub chosen: u64,
    /// Rows of which `policy` worked out some clause.
    pub asked_rows: u64,
    /// Rows that [`crate::synth`] made up, as their ids say.
    pub made_up: u64,
    /// Rows whose ids were not compared with the others.
    pub ids_beyond: u64,
    /// What the pools came to.
    #[serde(skip)]
    pub shared: Shared,
    /// What each row gets, in fen, where that was asked for.
    pub totals: Vec<i64>,
    /// The size band of each row, where both were asked for.
    pub bands: Vec<u8>,
    /// What each row gets under each clause, in order, where that was asked for.
    pub awards: Vec<Award>,
    /// Between which sums of claims nineteen of twenty resampled populations lie, in fen, where that was asked for.
    pub resampled: Option<(i128, i128)>,
}

/// What one chunk adds.
struct Part {
    summary: Summary,
    ids: Vec<u64>,
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
    let mut sums = match options.checkpoint {
        Some(path) => checkpoint::load(path, scheme, file, options)?,
        None => None,
    }
    .map_or_else(|| Sums { summary: empty(scheme, options), ids: Ids::default(), claims: Claims::new(scheme) }, |saved| saved.restore(scheme));
    add_up(scheme, file, options, (&ranking, &groups), &mut sums)?;
    let Sums { mut summary, ids, claims } = sums;
    if summary.rows + summary.ranked_only == 0 {
        return Err(FileError::unreadable(file.path(), "只有表头，没有一户 (a header without a row)").into());
    }
    summary.ids_beyond = ids.beyond;
    ids.differ()?;
    summary.resampled = options.seed.map(|seed| resample(&summary.totals, seed));
    summary.close(claims.share(summary.rows + summary.ranked_only));
    if let Some(path) = options.results {
        write(scheme, file, options, path, &ranking, &groups, &summary.shared)?;
    }
    if let Some(path) = options.checkpoint {
        // What is done need not be gone on with; where it cannot be taken away the next run says what it is of.
        let _ = std::fs::remove_file(path);
    }
    Ok(summary)
}

/// How far the sums are.
struct Sums<'s> {
    summary: Summary,
    ids: Ids,
    claims: Claims<'s>,
}

impl Saved {
    fn restore(self, scheme: &Scheme) -> Sums<'_> {
        Sums { summary: self.summary, ids: self.ids, claims: Claims::restored(scheme, self.claims) }
    }
}

/// Adds up what is left of the file.
fn add_up<'s>(
    scheme: &'s Scheme,
    file: &PopulationFile<'_>,
    options: &Options<'_>,
    (ranking, groups): (&Ranking, &Groups),
    sums: &mut Sums<'s>,
) -> Result<(), Stopped> {
    let blank = Claims::new(scheme);
    let caps: Vec<Option<i64>> = scheme.clauses.iter().map(|clause| cap_of(scheme, clause)).collect();
    let told: Progress<'_> = &|rows| (options.progress)(Pass::Sums, rows);
    let begun = sums.summary.rows + sums.summary.ranked_only;
    let mut next_save = begun + checkpoint::EVERY_ROWS;
    let done = stream::run_from(
        scheme,
        file,
        options.threads,
        begun,
        told,
        |evaluator, chunk| {
            let result = evaluator.chunk(chunk, ranking);
            let held = groups.hold(scheme, chunk, result);
            let bands = options.sizes.map_or_else(Vec::new, |sizes| sizes.bands(chunk));
            let claims = blank.of(chunk, &held, &bands);
            Part { ids: chunk_ids(chunk), summary: part(scheme, chunk, result, &held, &bands, &caps, options), claims }
        },
        |_, part| {
            sums.summary.add(part.summary);
            sums.ids.add(part.ids);
            sums.claims.add(part.claims);
            let rows = sums.summary.rows + sums.summary.ranked_only;
            if let Some(path) = options.checkpoint
                && rows >= next_save
            {
                checkpoint::save(path, scheme, file, options, (&sums.summary, &sums.ids, &sums.claims))?;
                // Later ones are further apart, so that saving stays a small part of the work.
                next_save = rows + (rows / 4).max(checkpoint::EVERY_ROWS);
            }
            Ok(())
        },
    );
    // Sums that are whole are kept too where the file of results is still to be written.
    let keep = matches!(done, Err(Stopped::Interrupted)) || done.is_ok() && options.results.is_some();
    if let (true, Some(path)) = (keep, options.checkpoint) {
        checkpoint::save(path, scheme, file, options, (&sums.summary, &sums.ids, &sums.claims))?;
    }
    done
}

/// The 最高 of a clause, where it is a plain sum.
#[must_use]
pub fn cap_of(scheme: &Scheme, clause: &Clause) -> Option<i64> {
    fn of(scheme: &Scheme, node: NodeId) -> Option<i64> {
        match &scheme.node(node)?.op {
            Op::Named(_, inner) => of(scheme, *inner),
            Op::Modified(_, Modifier::AtMost, most) => match &scheme.node(*most)?.op {
                Op::Number(n) if n.is_integer() => i64::try_from(n.numerator()).ok(),
                _ => None,
            },
            _ => None,
        }
    }
    match clause.give.as_ref()? {
        Give::Amount(node) | Give::UpTo(node) => of(scheme, *node),
        _ => None,
    }
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

fn empty(scheme: &Scheme, options: &Options<'_>) -> Summary {
    let kinds = scheme.choices(scheme.kind_fact()).len() + 1;
    let sizes = options.sizes.map_or(0, Sizes::len);
    Summary {
        clauses: vec![ClauseSum::default(); scheme.clauses.len()],
        kinds: vec![PartSum::default(); kinds],
        sizes: vec![PartSum::default(); sizes],
        ..Summary::default()
    }
}

fn part(scheme: &Scheme, chunk: &Chunk, result: &ChunkResult, held: &ChunkHeld, bands: &[u8], caps: &[Option<i64>], options: &Options<'_>) -> Summary {
    let mut sum = empty(scheme, options);
    sum.chosen = held.chosen;
    let (mut total, mut open) = (vec![0_i64; chunk.rows], vec![false; chunk.rows]);
    let columns = result.clauses.iter().zip(held.awards.iter().zip(&result.asked)).zip(caps).zip(&mut sum.clauses).enumerate();
    for (at, (((column, (awards, asked)), cap), clause)) in columns {
        clause.asked = *asked;
        let rows = result.rows.iter().zip(&mut total).zip(&mut open).enumerate();
        for (((reason, amount), award), (row, ((counts, total), open))) in column.reasons.iter().zip(&column.amounts).zip(awards).zip(rows) {
            if !counts {
                continue;
            }
            *open |= reason as u8 >= Reason::Missing as u8;
            clause.capped += u64::from(*cap == Some(*amount) && reason as u8 <= Reason::LimitCut as u8);
            if let Some(slot) = clause.reasons.get_mut(reason as usize) {
                *slot += 1;
            }
            clause.amount += i128::from(*amount);
            clause.ceilings += if reason == Reason::Ceiling { i128::from(*amount) } else { 0 };
            if *award != NONE {
                clause.claimed += i128::from(*award);
                *total = total.saturating_add(*award);
                if *award > 0 {
                    if options.totals {
                        sum.awards.push(Award { row: chunk.first + row as u64, clause: u32::try_from(at).unwrap_or(u32::MAX), fen: *award });
                    }
                    clause.winners += 1;
                    let band = BANDS.partition_point(|end| end < award);
                    clause.bands.iter_mut().skip(band).take(1).for_each(|rows| *rows += 1);
                }
            }
        }
    }
    sum.awards.sort_unstable_by_key(|award| (award.row, award.clause));
    sum.years = chunk.years.iter().min().copied().zip(chunk.years.iter().max().copied());
    let unknown = sum.kinds.len() - 1;
    for (row, ((total, counts), open)) in total.iter().zip(&result.rows).zip(open).enumerate() {
        if !counts {
            sum.ranked_only += 1;
            continue;
        }
        sum.rows += 1;
        let won = u64::from(*total > 0);
        sum.winners += won;
        sum.open += u64::from(open);
        sum.claimed += i128::from(*total);
        let kind = sum.kinds.get_mut(chunk.kind(scheme, row).map_or(unknown, usize::from));
        let size = bands.get(row).and_then(|band| sum.sizes.get_mut(usize::from(*band)));
        for part in [kind, size].into_iter().flatten() {
            part.rows += 1;
            part.winners += won;
            part.awarded += i128::from(*total);
        }
    }
    sum.asked_rows = result.asked_rows;
    sum.made_up = (0..chunk.rows).filter(|row| chunk.ids.text(*row).is_some_and(|id| id.starts_with(crate::synth::MADE_UP))).count() as u64;
    if options.totals || options.seed.is_some() {
        sum.totals = total;
    }
    if options.totals {
        sum.bands = bands.to_vec();
    }
    sum
}

impl Summary {
    /// Whether the policy is not in force for anybody: no clause has another reason for giving nothing than that, or a bar.
    #[must_use]
    pub fn out_of_force(&self) -> bool {
        let of = |clause: &ClauseSum, reason: Reason| clause.reasons.get(reason as usize).copied().unwrap_or(0);
        let only = |clause: &ClauseSum| of(clause, Reason::OutOfForce) + of(clause, Reason::Barred) == clause.reasons.iter().sum::<u64>();
        self.clauses.iter().all(only) && self.clauses.iter().any(|clause| of(clause, Reason::OutOfForce) > 0)
    }

    fn add(&mut self, more: Self) {
        self.rows += more.rows;
        self.ranked_only += more.ranked_only;
        self.claimed += more.claimed;
        self.winners += more.winners;
        self.open += more.open;
        self.years = match (self.years, more.years) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (years, None) | (None, years) => years,
        };
        self.chosen += more.chosen;
        self.asked_rows += more.asked_rows;
        self.made_up += more.made_up;
        for (own, more) in self.clauses.iter_mut().zip(more.clauses) {
            own.reasons.iter_mut().zip(more.reasons).for_each(|(own, more)| *own += more);
            own.bands.iter_mut().zip(more.bands).for_each(|(own, more)| *own += more);
            own.amount += more.amount;
            own.ceilings += more.ceilings;
            own.claimed += more.claimed;
            own.winners += more.winners;
            own.capped += more.capped;
            own.asked += more.asked;
        }
        for (own, more) in self.kinds.iter_mut().zip(more.kinds).chain(self.sizes.iter_mut().zip(more.sizes)) {
            own.rows += more.rows;
            own.winners += more.winners;
            own.awarded += more.awarded;
        }
        self.totals.extend(more.totals);
        self.bands.extend(more.bands);
        self.awards.extend(more.awards);
    }

    /// Takes off what the pools cut.
    fn close(&mut self, shared: Shared) {
        self.awarded = self.claimed;
        self.clauses.iter_mut().for_each(|clause| clause.awarded = clause.claimed);
        let mut awards = self.awards.iter_mut();
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
            if let Some(size) = self.sizes.get_mut(usize::from(cut.size)) {
                size.awarded -= less;
            }
            // Both are in the order of rows and clauses.
            if let Some(award) = awards.find(|award| (award.row, award.clause) == (cut.row, cut.clause.0)) {
                award.fen = cut.awarded;
            }
            if let Some(total) = usize::try_from(cut.row).ok().and_then(|row| self.totals.get_mut(row)) {
                *total = total.saturating_sub(cut.claim - cut.awarded);
            }
        }
        self.shared = shared;
    }
}
