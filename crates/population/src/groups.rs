//! 并用 over a chunk: whose awards may clash or be cut is found in columns; what is held then is `policy`'s choice.

use crate::bits::Bits;
use crate::evaluate::{ChunkResult, result_of};
use crate::reason::{Reason, Reasons};
use crate::table::{About, Chunk};
use policy::assessment::Outcome;
use policy::eval::many;
use policy::scheme::{ClauseId, Group, Key, Mode, Op, Scheme};

/// No award.
pub const NONE: i64 = i64::MIN;

/// What is held of a chunk's results.
#[derive(Clone, Debug, Default)]
pub struct ChunkHeld {
    /// For each clause the award of each row, [`NONE`] where there is none.
    pub awards: Vec<Vec<i64>>,
    /// Outcomes that the groups changed: row, clause, outcome.
    pub changed: Vec<(usize, ClauseId, Outcome)>,
    /// Rows in which a choice was to be made.
    pub chosen: u64,
}

/// Two clauses that cannot both be held: by the same project, or in any case.
struct Pair {
    first: ClauseId,
    second: ClauseId,
    projects: bool,
}

/// A sum of awards that a group limits, in fen; none where the limit is no plain number.
struct Cap {
    members: Vec<ClauseId>,
    most: Option<i64>,
}

/// What may bind the awards of an applicant without earlier awards together.
pub struct Groups {
    pairs: Vec<Pair>,
    caps: Vec<Cap>,
}

impl Groups {
    /// Of a scheme.
    #[must_use]
    pub fn of(scheme: &Scheme) -> Self {
        let mut groups = Self { pairs: Vec::new(), caps: Vec::new() };
        for group in &scheme.groups {
            if matches!(group.mode, Some(Mode::Highest | Mode::Choice)) && !group.only_elsewhere {
                groups.add_pairs(scheme, group);
            }
            // A frequency over the members may refuse one of several; a limit may cut even one.
            if group.frequency.is_some() {
                groups.caps.push(Cap { members: group.members.clone(), most: None });
            }
            for limit in &group.limits {
                let most = match scheme.node(limit.amount).map(|node| &node.op) {
                    Some(Op::Number(n)) if n.is_integer() && !n.is_negative() => i64::try_from(n.numerator()).ok(),
                    _ => None,
                };
                groups.caps.push(Cap { members: group.members.clone(), most });
            }
        }
        groups
    }

    fn add_pairs(&mut self, scheme: &Scheme, group: &Group) {
        let kind = |id: ClauseId| scheme.clause(id).and_then(|clause| clause.kind_as);
        for (at, first) in group.members.iter().enumerate() {
            for second in group.members.iter().skip(at + 1) {
                if group.same.contains(&Key::Kind) && (kind(*first).is_none() || kind(*first) != kind(*second)) {
                    continue;
                }
                self.pairs.push(Pair { first: *first, second: *second, projects: group.same.contains(&Key::Project) });
            }
        }
    }

    /// What is held of the results of a chunk.
    #[must_use]
    pub fn hold(&self, scheme: &Scheme, chunk: &Chunk, result: &ChunkResult) -> ChunkHeld {
        let paid: Vec<Bits> = result
            .clauses
            .iter()
            .map(|clause| bits_where(&clause.reasons, |reason| (reason as u8) <= Reason::LimitCut as u8 && reason != Reason::Ceiling))
            .collect();
        let awards = result.clauses.iter().zip(&paid).map(|(clause, paid)| {
            let amounts = clause.amounts.iter().enumerate();
            amounts.map(|(row, amount)| if paid.get(row) && result.rows.get(row) == Some(&true) { *amount } else { NONE }).collect()
        });
        let mut held = ChunkHeld { awards: awards.collect(), changed: Vec::new(), chosen: 0 };
        let mut open = self.open(chunk, result, &paid);
        let clash = open.clone();
        chunk.odd.iter().for_each(|(row, _)| open.set(*row as usize));
        for row in open.rows(chunk.rows).filter(|row| result.rows.get(*row) == Some(&true)) {
            choose(scheme, chunk, result, row, &mut held);
            held.chosen += u64::from(clash.get(row));
        }
        held
    }

    /// Rows in which awards may clash or be cut.
    fn open(&self, chunk: &Chunk, result: &ChunkResult, paid: &[Bits]) -> Bits {
        let mut open = Bits::NONE;
        let of = |id: ClauseId| paid.get(id.index());
        for pair in &self.pairs {
            let (Some(first), Some(second)) = (of(pair.first), of(pair.second)) else { continue };
            let mut both = Bits::NONE;
            for (slot, (a, b)) in both.0.iter_mut().zip(first.0.iter().zip(&second.0)) {
                *slot = a & b;
            }
            if pair.projects && both != Bits::NONE {
                let project = |id| chunk.layout.of(About::Project(id)).and_then(|at| chunk.columns.get(at));
                let (Some(a), Some(b)) = (project(pair.first), project(pair.second)) else { continue };
                let apart: Vec<usize> = both.rows(chunk.rows).filter(|row| a.text(*row).is_none() || a.text(*row) != b.text(*row)).collect();
                apart.into_iter().for_each(|row| both.clear(row));
            }
            open.0.iter_mut().zip(&both.0).for_each(|(open, both)| *open |= both);
        }
        for cap in &self.caps {
            for row in 0..chunk.rows {
                let amounts = cap.members.iter().filter_map(|id| of(*id).filter(|paid| paid.get(row)).and_then(|_| result.clauses.get(id.index())));
                let (mut count, mut sum) = (0_usize, 0_i64);
                for clause in amounts {
                    count += 1;
                    sum = sum.saturating_add(clause.amounts.get(row).copied().unwrap_or(0));
                }
                if count > 0 && cap.most.is_none_or(|most| sum > most) {
                    open.set(row);
                }
            }
        }
        open
    }
}

fn bits_where(reasons: &Reasons, holds: impl Fn(Reason) -> bool) -> Bits {
    let mut bits = Bits::NONE;
    bits.0.iter_mut().zip(reasons.words(holds)).for_each(|(slot, word)| *slot = word);
    bits
}

fn choose(scheme: &Scheme, chunk: &Chunk, result: &ChunkResult, row: usize, held: &mut ChunkHeld) {
    let app = chunk.application(scheme, row);
    let results = scheme.clause_ids().zip(&result.clauses).map(|((id, _), column)| {
        let reason = column.reasons.get(row).unwrap_or(Reason::Missing);
        result_of(id, reason, column.amounts.get(row).copied().unwrap_or(0))
    });
    let assessment = many::combine(scheme, &app, results.collect());
    for (result, column) in assessment.clauses.iter().zip(&result.clauses) {
        if let Some(slot) = held.awards.get_mut(result.clause.index()).and_then(|awards| awards.get_mut(row)) {
            *slot = result.awarded.map_or(NONE, |fen| fen.0);
        }
        if column.reasons.get(row).is_some_and(|reason| reason.outcome() != result.outcome) {
            held.changed.push((row, result.clause, result.outcome));
        }
    }
}
