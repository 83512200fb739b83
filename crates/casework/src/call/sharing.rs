//! How the pools of a call are shared: what was stated before, what was given, what objections and refusals freed since.
//! The parts themselves follow from the rule of the policy.

use serde::{Deserialize, Serialize};
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
}

/// What is known of the sharing of a call, beside the shares themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Sharing {
    /// What was stated before it was shared; empty: nothing was.
    pub stated: Vec<Share>,
    /// What went back to a pool since, and was not shared again: name of the pool in the policy, how much.
    pub freed: Vec<(String, Fen)>,
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
