//! The record of an evaluation: cheap to take, read later by the explanation. Each step's result follows from the
//! steps below it by the one rule of its operation.

pub use super::value::{Env, Shown, Step};
use crate::scheme::Origin;
use smallvec::SmallVec;
use std::sync::Arc;
use values::Fen;

/// What a part of a trace is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A condition.
    Condition(Origin),
    /// A bar.
    Bar(Origin),
    /// The score of a ranking.
    Score,
    /// The amount, before decision, limits and rounding.
    Amount,
    /// A limit, by its position in the clause: what it allows and what was used.
    Limit(u32, Fen),
}

/// Steps of one root expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is about.
    pub kind: PartKind,
    /// Its steps; the last is the root. General conditions are shared by the clauses of an application.
    pub steps: Arc<[Step]>,
}

/// How a clause came to its result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Parts in order of evaluation.
    pub parts: Vec<Part>,
    /// The exact amount before rounding, in fen.
    pub exact: Option<values::Rational>,
    /// The decision that was used.
    pub decision: Option<Fen>,
    /// Earlier determinations that were counted: year and amount.
    pub history: Vec<(i32, Fen)>,
}

impl Trace {
    /// Adds a part, where a trace is taken.
    pub(super) fn add(trace: &mut Option<Box<Self>>, kind: PartKind, steps: Arc<[Step]>) {
        if let Some(trace) = trace {
            trace.parts.push(Part { kind, steps });
        }
    }
}

impl Part {
    /// The root step.
    pub fn root(&self) -> Option<&Step> {
        self.steps.last()
    }
}

/// Positions of operands; few nodes have more than four.
pub type Below = SmallVec<[usize; 4]>;

/// Positions of the steps directly below the step at `at`, in order of evaluation.
pub fn below(steps: &[Step], at: usize) -> Below {
    let Some(step) = steps.get(at) else { return Below::new() };
    let start = at.saturating_sub(step.size as usize);
    let mut out = Below::new();
    let mut next = at;
    while next > start {
        next -= 1;
        out.push(next);
        next = next.saturating_sub(steps.get(next).map_or(0, |s| s.size as usize));
    }
    out.reverse();
    out
}
