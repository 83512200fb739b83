//! 资金: what the applicants of one year share when a pool does not suffice. Inner pools first.

use super::expr::Eval;
use crate::application::Application;
use crate::assessment::{Assessment, Mark, PoolShare};
use crate::scheme::{NodeId, Overrun, Pool, Scheme};
use smallvec::SmallVec;
use values::{Fen, Rational, share_largest_remainder};

/// A claim on a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Position of the application.
    pub person: usize,
    /// Position of the clause among its results.
    pub at: usize,
    /// Clause.
    pub clause: crate::scheme::ClauseId,
    /// How much, in fen; not below zero.
    pub amount: Fen,
    /// What a pool that is shared by a measure goes by, if it is known.
    pub measure: Option<Rational>,
}

/// What a pool holds in a year, in fen; none where that is not set.
#[must_use]
pub fn held_in(pool: &Pool, year: i32) -> Option<Fen> {
    let own = pool.amounts.iter().find(|(y, _)| *y == Some(year)).or_else(|| pool.amounts.iter().find(|(y, _)| y.is_none()));
    own.and_then(|(_, amount)| *amount)
}

/// Shares every pool of every year and cuts the awards.
pub(super) fn share(scheme: &Scheme, applications: &[Application], assessments: &mut [Assessment]) -> Vec<PoolShare> {
    let mut years: SmallVec<[i32; 4]> = SmallVec::new();
    for assessment in assessments.iter() {
        if let Err(at) = years.binary_search(&assessment.year) {
            years.insert(at, assessment.year);
        }
    }
    let mut out = Vec::new();
    for year in years {
        for (index, pool) in scheme.pools.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let claims = claims(pool, year, assessments);
            let sum = claims.iter().fold(Fen(0), |a, c| a.checked_add(c.amount).unwrap_or(Fen(i64::MAX)));
            let Some(amount) = held_in(pool, year) else {
                for claim in &claims {
                    mark(assessments, claim, Mark::PoolUnset(index));
                }
                out.push(PoolShare { pool: index, year, amount: None, claims: sum, given: sum });
                continue;
            };
            if sum <= amount {
                out.push(PoolShare { pool: index, year, amount: Some(amount), claims: sum, given: sum });
                continue;
            }
            let claims = measured(scheme, pool, claims, applications);
            let given = divide(pool, amount, &claims);
            if let Overrun::ByMeasure(..) = &pool.overrun {
                for claim in claims.iter().filter(|c| c.measure.is_none()) {
                    mark(assessments, claim, Mark::PoolOrderUnknown(index));
                }
            }
            let mut total = Fen(0);
            for (claim, part) in claims.iter().zip(given) {
                total = total.checked_add(part).unwrap_or(total);
                if part < claim.amount {
                    let cut = claim.amount.checked_sub(part).unwrap_or_default();
                    mark(assessments, claim, Mark::PoolCut(index, cut));
                    if let Some(result) = assessments.get_mut(claim.person).and_then(|a| a.clauses.get_mut(claim.at)) {
                        result.awarded = Some(part);
                    }
                }
            }
            out.push(PoolShare { pool: index, year, amount: Some(amount), claims: sum, given: total });
        }
    }
    out
}

fn mark(assessments: &mut [Assessment], claim: &Claim, mark: Mark) {
    if let Some(result) = assessments.get_mut(claim.person).and_then(|a| a.clauses.get_mut(claim.at)) {
        result.marks.push(mark);
    }
}

fn claims(pool: &Pool, year: i32, assessments: &[Assessment]) -> Vec<Claim> {
    let mut out = Vec::with_capacity(assessments.len() * pool.members.len().min(16));
    for (person, assessment) in assessments.iter().enumerate().filter(|(_, a)| a.year == year) {
        for (at, result) in assessment.clauses.iter().enumerate() {
            if let Some(amount) = result.awarded
                && result.clause.is_among(&pool.members)
            {
                out.push(Claim { person, at, clause: result.clause, amount, measure: None });
            }
        }
    }
    out
}

/// The claims with what the pool goes by.
fn measured(scheme: &Scheme, pool: &Pool, mut claims: Vec<Claim>, applications: &[Application]) -> Vec<Claim> {
    if let Overrun::ByMeasure(node, _) = &pool.overrun {
        for claim in &mut claims {
            claim.measure = measure(scheme, *node, claim, applications);
        }
    }
    claims
}

/// The part of each claim, in their order, where together they are more than the pool holds.
#[must_use]
pub fn divide(pool: &Pool, amount: Fen, claims: &[Claim]) -> Vec<Fen> {
    let order: Vec<usize> = match &pool.overrun {
        Overrun::ProRata => {
            let amounts: Vec<Fen> = claims.iter().map(|c| c.amount).collect();
            return share_largest_remainder(&amounts, amount).unwrap_or_else(|_| vec![Fen(0); claims.len()]);
        }
        Overrun::FirstCome | Overrun::CarryOver => (0..claims.len()).collect(),
        Overrun::ByClause(first) => {
            let mut order: Vec<usize> = (0..claims.len()).collect();
            order.sort_by_key(|i| claims.get(*i).map(|c| (first.iter().position(|f| *f == c.clause).unwrap_or(first.len()), c.clause)));
            order
        }
        Overrun::ByMeasure(_, highest) => by_measure(*highest, claims),
    };
    let mut left = amount;
    let mut out = vec![Fen(0); claims.len()];
    for at in order {
        let (Some(claim), Some(slot)) = (claims.get(at), out.get_mut(at)) else { continue };
        if claim.amount <= left {
            *slot = claim.amount;
        } else {
            // The first that does not fit ends the round: those behind it wait, whatever their size.
            if pool.last_in_part {
                *slot = left;
            }
            break;
        }
        left = left.checked_sub(claim.amount).unwrap_or_default();
    }
    out
}

fn measure(scheme: &Scheme, node: NodeId, claim: &Claim, applications: &[Application]) -> Option<Rational> {
    let mut eval = Eval::<false>::new(scheme, applications.get(claim.person)?, &[]);
    let env = eval.env();
    eval.eval(node, env).number()
}

fn by_measure(highest: bool, claims: &[Claim]) -> Vec<usize> {
    let mut keyed: Vec<(Option<Rational>, usize)> = claims.iter().enumerate().map(|(at, claim)| (claim.measure, at)).collect();
    keyed.sort_by(|a, b| match (a.0, b.0) {
        (Some(x), Some(y)) => {
            if highest {
                y.cmp(&x)
            } else {
                x.cmp(&y)
            }
        }
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => std::cmp::Ordering::Equal,
    });
    keyed.into_iter().map(|(_, at)| at).collect()
}

/// What an application asks of a pool under one of its clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Position of the application.
    pub application: usize,
    /// Clause.
    pub clause: crate::scheme::ClauseId,
    /// How much, in fen; not below zero.
    pub amount: Fen,
}

/// Shares what a pool holds among claims that an office has set, in the order in which they came, by the pool's own rule.
///
/// Gives the part of each claim; all of them whole where they fit together. The parts never sum to more than `held`.
#[must_use]
pub fn share_claims(scheme: &Scheme, pool: &Pool, held: Fen, asked: &[Asked], applications: &[Application]) -> Vec<Fen> {
    let claims: Vec<Claim> = asked.iter().map(|a| Claim { person: a.application, at: 0, clause: a.clause, amount: a.amount, measure: None }).collect();
    let sum = claims.iter().fold(Fen(0), |sum, claim| sum.checked_add(claim.amount).unwrap_or(Fen(i64::MAX)));
    if sum <= held { claims.iter().map(|claim| claim.amount).collect() } else { divide(pool, held, &measured(scheme, pool, claims, applications)) }
}
