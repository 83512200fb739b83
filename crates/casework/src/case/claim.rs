//! A claim: what a case asks under one clause, and how its amount comes about.

use super::Case;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use values::Fen;

/// What a case claims under one clause (申领).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Claim {
    /// The clause.
    pub clause: String,
    /// What the rules give (测算), or the ceiling where an authority decides. Where the clause ranks its applicants and they
    /// are not ranked yet, what the first would be given.
    pub assessed: Option<Fen>,
    /// What the unit in charge set (核定).
    pub set: Option<Fen>,
    /// Why it set less (核减理由).
    #[serde(default)]
    pub reason: Option<String>,
    /// What the pool left of it, once shared.
    #[serde(default)]
    pub shared: Option<Fen>,
    /// Its place among the cases of its call, once they were ranked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed: Option<Placed>,
}

/// How a claim came out of a ranking (名次). It is an input of the case's assessments from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Placed {
    /// The place, from 1; none: it is not among those ranked.
    pub place: Option<u32>,
}

impl Claim {
    /// A claim that nobody looked at yet.
    #[must_use]
    pub const fn new(clause: String) -> Self {
        Self { clause, assessed: None, set: None, reason: None, shared: None, placed: None }
    }

    /// What was set, as far as its place allows: who was ranked after the amount was set gets no more than the place gives.
    #[must_use]
    pub fn wanted(&self) -> Option<Fen> {
        let most = self.placed.map(|_| self.assessed.unwrap_or_default());
        self.set.map(|set| most.map_or(set, |most| set.min(most)))
    }

    /// What is to be determined: what the pool left, or else what is wanted.
    #[must_use]
    pub fn amount(&self) -> Fen {
        self.shared.or(self.wanted()).unwrap_or_default()
    }

    /// Whether it takes part in a ranking: what nothing was set for does not, unless its place was the reason.
    #[must_use]
    pub fn competes(&self) -> bool {
        let placed_out = self.placed.is_some() && self.assessed.unwrap_or_default() == Fen(0);
        self.set.is_some_and(|set| set > Fen(0)) || (self.set.is_some() && placed_out)
    }
}

impl Case {
    /// The place of a claim as it goes into an assessment of these facts; other facts than those that were ranked have none.
    #[must_use]
    pub fn placed(&self, claim: &Claim, application: &Value) -> Option<Placed> {
        claim.placed.filter(|_| *application == self.application)
    }
}
