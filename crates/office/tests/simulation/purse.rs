//! The auditor's books: what came in, what is promised, owed, paid; and how a pool is divided, worked out its own way.

use policy::scheme::{Overrun, Pool, Scheme};

/// A budget or a pool, in fen. What is promised, owed and paid from it is read from the entries, and held against the files.
#[derive(Clone, Debug, Default)]
pub struct Purse {
    /// Policy and pool, where it is one.
    pub pool: Option<(String, String)>,
    pub year: i32,
    pub put_in: i128,
}

/// A claim: case, clause, amount, score.
pub type Wanted = (String, String, i128, Option<i64>);

/// What a pool gives to each claim.
pub fn shares(law: &Scheme, pool: &Pool, held: i128, claims: &[Wanted]) -> Vec<i128> {
    let sum: i128 = claims.iter().map(|claim| claim.2).sum();
    if sum <= held {
        return claims.iter().map(|claim| claim.2).collect();
    }
    let mut order: Vec<usize> = (0..claims.len()).collect();
    match &pool.overrun {
        Overrun::ProRata => return pro_rata(held, sum, claims),
        Overrun::FirstCome | Overrun::CarryOver => {}
        // The one measure of the policies here is the score; who has none comes last.
        Overrun::ByMeasure(_, highest) => order.sort_by_key(|at| match (claims[*at].3, highest) {
            (None, _) => (1, 0),
            (Some(score), true) => (0, -score),
            (Some(score), false) => (0, score),
        }),
        Overrun::ByClause(first) => order.sort_by_key(|at| {
            let clause = law.clause_named(&claims[*at].1);
            (first.iter().position(|of| Some(*of) == clause).unwrap_or(usize::MAX), clause)
        }),
    }
    let mut left = held;
    let mut out = vec![0; claims.len()];
    for at in order {
        let wanted = claims[at].2;
        if wanted > left {
            if pool.last_in_part {
                out[at] = left;
            }
            return out;
        }
        out[at] = wanted;
        left -= wanted;
    }
    out
}

/// Whole fen by proportion; then fen by fen to whoever is furthest below the exact share, the earlier of two equals first.
fn pro_rata(held: i128, sum: i128, claims: &[Wanted]) -> Vec<i128> {
    let mut out: Vec<i128> = claims.iter().map(|claim| claim.2 * held / sum).collect();
    while out.iter().sum::<i128>() < held {
        let behind = |at: &usize| claims[*at].2 * held - out[*at] * sum;
        let next = (0..claims.len()).rev().max_by_key(behind).unwrap_or(0);
        out[next] += 1;
    }
    out
}
