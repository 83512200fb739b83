//! Instalments (兑付): parts of an award that fall due in later years. Each is tested on the facts of its own year and paid
//! from the budget of that year. How an award splits is the policy's; the acts stand here.

use crate::acts;
use crate::case::Evidence;
use crate::id::{BookId, DueId, EntryId, MotionId};
use policy::application::Application;
use policy::scheme::{Clause, Scheme};
use serde_json::Value;
use values::Fen;

acts! {
    /// Acts on instalments.
    InstalmentAct {
        /// Asks for an instalment to be tested on the facts of its year (提请复核).
        Test "instalment.test" "提请分期复核" {
            /// Id of the motion.
            motion: MotionId,
            /// The instalment.
            due: DueId,
            /// Facts of the year, as in the exchange format; added to those determined.
            facts: Value,
            /// Papers that prove them.
            evidence: Vec<Evidence>,
            /// Id under which money is posted that is lost or waits; a number is added.
            entry: EntryId,
        }
        /// Tests it (复核).
        ConfirmTest "instalment.confirm_test" "分期复核" {
            /// The instalment.
            due: DueId,
            /// What was asked for.
            motion: MotionId,
        }
        /// Takes its money from the budget of its year.
        Fund "instalment.fund" "安排分期资金" {
            /// The instalment.
            due: DueId,
            /// The budget.
            fund: BookId,
            /// Id under which the money is posted; a number is added.
            entry: EntryId,
        }
    }
}

/// The first value of a year before `until` that an application had and another has no more, or has otherwise: the fact and
/// its year. Facts that have no year say how things are now, and may be told anew.
#[must_use]
pub fn overwritten(scheme: &Scheme, before: &Application, after: &Application, until: i32) -> Option<(String, i32)> {
    for ((fact, known), now) in scheme.facts.iter().zip(&before.facts).zip(&after.facts).filter(|((fact, _), _)| fact.by_year || fact.by_month) {
        let other = known.iter().find(|value| value.0.year < until && !now.contains(value));
        if let Some((when, _)) = other {
            return Some((fact.name.clone(), when.year));
        }
    }
    None
}

/// A part of an award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which, from 1.
    pub number: u32,
    /// Its year.
    pub year: i32,
    /// How much.
    pub amount: Fen,
    /// Whether a test must hold first.
    pub tested_first: bool,
}

/// Splits an amount as the clause plans its payment: each part rounded down to the fen, the last takes what is left. Without
/// a plan there is one part.
#[must_use]
pub fn parts(clause: &Clause, year: i32, amount: Fen) -> Vec<Part> {
    if clause.instalments.is_empty() {
        return vec![Part { number: 1, year, amount, tested_first: false }];
    }
    let mut left = amount;
    let all_shares = clause.instalments.iter().all(|part| part.share.is_some());
    let last = clause.instalments.len().saturating_sub(1);
    let mut out = Vec::new();
    for ((at, instalment), number) in clause.instalments.iter().enumerate().zip(1..) {
        let share = instalment.share.filter(|_| !(all_shares && at == last));
        let part = share.map_or(left, |share| {
            let exact = amount.to_rational().checked_mul(share).map(values::Rational::floor);
            exact.ok().and_then(|fen| i64::try_from(fen).ok()).map_or(Fen(0), Fen).min(left)
        });
        left = left.checked_sub(part).unwrap_or_default();
        let due = year.saturating_add(i32::try_from(instalment.year).unwrap_or(i32::MAX)).saturating_sub(1);
        out.push(Part { number, year: due, amount: part, tested_first: instalment.test.is_some() });
    }
    out
}

/// What of an amount falls due in the year of the award, and what later.
#[must_use]
pub fn near_and_later(clause: &Clause, year: i32, amount: Fen) -> (Fen, Fen) {
    let near = parts(clause, year, amount).iter().filter(|part| part.year <= year).fold(Fen(0), |sum, part| Fen(sum.0.saturating_add(part.amount.0)));
    (near, amount.checked_sub(near).unwrap_or_default())
}
