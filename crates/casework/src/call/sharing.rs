//! How the pools of a call are shared: what was stated before, what was given, what objections and refusals freed since.
//! The parts themselves follow from the rule of the policy.

use super::Call;
use crate::id::{BookId, CaseId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use values::Fen;

/// How a pool was shared among the cases of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Share {
    /// Name of the pool in the policy.
    pub pool: String,
    /// What it had for this call.
    pub held: Fen,
    /// What was asked of it.
    pub claimed: Fen,
    /// What it gave.
    pub given: Fen,
    /// Number of claims.
    pub claims: u32,
    /// What it leaves for later calls of the year.
    pub left: Fen,
    /// Cases that got less and may be given nothing more, with the reason: their clause ended, a recognition was revoked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<(CaseId, String)>,
}

/// What is known of the sharing of a call, beside the shares themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Sharing {
    /// What was stated before it was shared; empty: nothing was.
    pub stated: Vec<Share>,
    /// What went back to a pool since, and was not shared again: name of the pool in the policy, how much.
    pub freed: Vec<(String, Fen)>,
    /// Claims that wait for the money of another year, in the order in which they were carried over.
    #[serde(default)]
    pub carried: Vec<Carried>,
}

/// Claims whose pool had no money left and that wait for the next year (顺延).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Carried {
    /// Case and clause, who came first at the head.
    pub claims: Vec<(CaseId, String)>,
    /// The year whose money they wait for.
    pub year: i32,
    /// Its budget.
    pub fund: BookId,
    /// Books of that year for the pools they draw on.
    pub pools: Vec<(String, BookId)>,
}

impl Call {
    /// The call as the money of a claim goes: with the budget, the pools and the year it was carried over to, if it was.
    ///
    /// For money alone: award year, facts and rules are those of the call.
    #[must_use]
    pub fn paying(&self, case: &CaseId, clause: &str) -> Cow<'_, Self> {
        let about = |carried: &&Carried| carried.claims.iter().any(|(of, claim)| of == case && claim == clause);
        match self.sharing.carried.iter().rev().find(about) {
            None => Cow::Borrowed(self),
            Some(Carried { year, fund, pools, .. }) => Cow::Owned(Self { year: *year, fund: fund.clone(), pools: pools.clone(), ..self.clone() }),
        }
    }

    /// The latest year that claims of a case were carried over to.
    #[must_use]
    pub fn carried_to(&self, case: &CaseId) -> Option<i32> {
        self.sharing.carried.iter().filter(|carried| carried.claims.iter().any(|(of, _)| of == case)).map(|carried| carried.year).max()
    }

    /// All budgets and all books of pools it draws on, those of claims carried over among them.
    #[must_use]
    pub fn books(&self) -> (BTreeSet<&BookId>, BTreeSet<&BookId>) {
        let carried = &self.sharing.carried;
        let funds = std::iter::once(&self.fund).chain(carried.iter().map(|carried| &carried.fund));
        let pools = self.pools.iter().chain(carried.iter().flat_map(|carried| &carried.pools));
        (funds.collect(), pools.map(|(_, book)| book).collect())
    }
}

impl Sharing {
    /// What went back to a pool and was not shared again.
    #[must_use]
    pub fn freed(&self, pool: &str) -> Fen {
        self.freed.iter().find(|(name, _)| name == pool).map_or(Fen(0), |(_, amount)| *amount)
    }

    /// Notes that an amount went back to a pool.
    pub fn free(&mut self, pool: &str, amount: Fen) {
        match self.freed.iter_mut().find(|(name, _)| name == pool) {
            Some((_, known)) => *known = Fen(known.0.saturating_add(amount.0)),
            None => self.freed.push((pool.to_owned(), amount)),
        }
    }

    /// Notes that what was freed of a pool was offered again.
    pub fn offered(&mut self, pool: &str) {
        self.freed.retain(|(name, _)| name != pool);
    }
}
