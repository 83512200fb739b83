//! The legal status of single clauses: in force, suspended, cleared; and what that means for what is new and what is pending.

use super::life::{PolicyLife, PolicyRefusal, PolicyStage, must};
use serde::{Deserialize, Serialize};
use values::Date;

/// The legal status of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseStatus {
    /// 有效
    InForce,
    /// 暂停
    Suspended,
    /// 清理
    Cleared,
}

/// What happens to cases that were handed in before the status changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// They go on as before.
    GoOn,
    /// They are not determined.
    Stop,
}

/// A change of the status of a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct ClauseChange {
    /// The clause.
    pub clause: String,
    /// Its status from then on.
    pub status: ClauseStatus,
    /// First day.
    pub from: Date,
    /// Number of the document that says so.
    pub instrument: String,
    /// What happens to pending cases.
    pub pending: Pending,
}

impl PolicyLife {
    /// Sets the status of a clause. Only once the version is issued; the order of days is kept.
    pub fn set_clause(&mut self, change: &ClauseChange) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Issued])?;
        must(&change.instrument, "the instrument")?;
        if self.clauses.iter().any(|before| before.clause == change.clause && before.from > change.from) {
            return Err(PolicyRefusal::Dates);
        }
        self.clauses.push(change.clone());
        Ok(())
    }

    /// The last change of a clause that counts on a day.
    #[must_use]
    pub fn clause(&self, clause: &str, on: Date) -> Option<&ClauseChange> {
        self.clauses.iter().rev().find(|change| change.clause == clause && change.from <= on)
    }

    /// Refuses what is new under a clause that is not in force: calls, applications.
    pub fn clause_in_force(&self, clause: &str, on: Date) -> Result<(), PolicyRefusal> {
        self.refuse_clause(clause, on, |_| true)
    }

    /// Refuses to determine under a clause that is not in force where the rule for pending cases says stop.
    pub fn clause_for_pending(&self, clause: &str, on: Date) -> Result<(), PolicyRefusal> {
        self.refuse_clause(clause, on, |change| change.pending == Pending::Stop)
    }

    fn refuse_clause(&self, clause: &str, on: Date, stops: impl Fn(&ClauseChange) -> bool) -> Result<(), PolicyRefusal> {
        match self.clause(clause, on).filter(|change| change.status != ClauseStatus::InForce && stops(change)) {
            Some(change) => Err(PolicyRefusal::ClauseNotInForce { clause: clause.to_owned(), since: change.from, instrument: change.instrument.clone() }),
            None => Ok(()),
        }
    }
}
