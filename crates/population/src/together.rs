//! A population in memory, for small ones and for tests: every row's result, as `policy::assess` gives it.

use crate::evaluate::Evaluator;
use crate::groups::{Groups, NONE};
use crate::places::{Gathering, Ranking, rounds};
use crate::pools::{Claims, Shared};
use crate::reason::Reason;
use crate::table::Chunk;
use policy::assessment::{Outcome, PoolShare};
use policy::scheme::Scheme;
use values::Fen;

/// One clause of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The outcome, after groups.
    pub outcome: Outcome,
    /// The deciding reason before groups and pools.
    pub reason: Reason,
    /// Amount before groups and pools.
    pub amount: Option<Fen>,
    /// Award after them.
    pub awarded: Option<Fen>,
}

/// What a population comes to.
#[derive(Clone, Debug, Default)]
pub struct Together {
    /// For each row its clauses; none for a row that is only ranked.
    pub rows: Vec<Vec<Cell>>,
    /// Pools by year.
    pub pools: Vec<PoolShare>,
    /// For each clause how many rows `policy` worked out.
    pub asked: Vec<u64>,
    /// Cuts by pools.
    pub shared: Shared,
}

/// Assesses chunks, in the order of the file, as one population.
#[must_use]
pub fn assess(scheme: &Scheme, chunks: Vec<Chunk>) -> Together {
    let mut evaluator = Evaluator::new(scheme);
    let mut ranking = Ranking::default();
    for round in rounds(scheme) {
        let mut gathering = Gathering::new(&round);
        for chunk in &chunks {
            gathering.add(evaluator.entries(scheme, chunk, &ranking, &round));
        }
        gathering.close(&mut ranking);
    }
    let groups = Groups::of(scheme);
    let mut claims = Claims::new(scheme);
    let mut out = Together { asked: vec![0; scheme.clauses.len()], ..Together::default() };
    for chunk in &chunks {
        let result = evaluator.chunk(chunk, &ranking);
        let held = groups.hold(scheme, chunk, result);
        claims.add(claims.of(chunk, &held, &[]));
        out.asked.iter_mut().zip(&result.asked).for_each(|(all, more)| *all += more);
        for row in 0..chunk.rows {
            let cells = result.clauses.iter().zip(&held.awards).map(|(column, awards)| {
                let reason = column.reasons.get(row).unwrap_or(Reason::Missing);
                let awarded = awards.get(row).copied().filter(|award| *award != NONE).map(Fen);
                let amount = (reason.outcome() == Outcome::Eligible && reason != Reason::Service).then(|| Fen(column.amounts.get(row).copied().unwrap_or(0)));
                Cell { outcome: reason.outcome(), reason, amount, awarded }
            });
            out.rows.push(if result.rows.get(row) == Some(&true) { cells.collect() } else { Vec::new() });
        }
        for (row, clause, outcome) in &held.changed {
            let at = usize::try_from(chunk.first).unwrap_or(usize::MAX).saturating_add(*row);
            if let Some(cell) = out.rows.get_mut(at).and_then(|cells| cells.get_mut(clause.index())) {
                cell.outcome = *outcome;
            }
        }
    }
    let shared = claims.share(0);
    for cut in &shared.cuts {
        let at = usize::try_from(cut.row).unwrap_or(usize::MAX);
        if let Some(cell) = out.rows.get_mut(at).and_then(|cells| cells.get_mut(cut.clause.index())) {
            cell.awarded = Some(Fen(cut.awarded));
        }
    }
    out.pools.clone_from(&shared.pools);
    out.shared = shared;
    out
}
