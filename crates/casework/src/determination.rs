//! Determinations: the official act that adopts an assessment. What it rested on is frozen in it: facts, scheme, trace.
//! It is never changed; a later one may take its place.

use crate::chain::Fingerprint;
use crate::guide::GuideUsed;
use crate::id::{CaseId, DeterminationId, OrganisationId, PolicyVersionId, UserId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::{Fen, Moment};

/// What is given under one clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// The clause.
    pub clause: String,
    /// What the rules give.
    pub assessed: Fen,
    /// What is given.
    pub amount: Fen,
    /// Why it is less: 核减理由, 资金分配.
    pub reason: Option<String>,
}

/// An official act that adopts an assessment (审定).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determination {
    /// Id.
    pub id: DeterminationId,
    /// Case.
    pub case: CaseId,
    /// Who is paid.
    pub organisation: OrganisationId,
    /// Award year.
    pub year: i32,
    /// Policy version that was applied.
    pub version: PolicyVersionId,
    /// Application guide that went with it.
    #[serde(default)]
    pub guide: Option<GuideUsed>,
    /// Hash of its scheme.
    pub scheme_hash: String,
    /// The application as it was assessed: one line of the exchange format, with history, rates and decisions.
    pub application: String,
    /// The line that `duixian assess` gives for it, with its trace. Computing it again must give the same bytes.
    pub assessment: String,
    /// Fingerprints of the evidence.
    pub evidence: Vec<Fingerprint>,
    /// What is given.
    pub awards: Vec<Award>,
    /// Who decided.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// The determination whose place it takes.
    pub supersedes: Option<DeterminationId>,
}

impl Determination {
    /// All of it together, in fen; none beyond 64 bits.
    #[must_use]
    pub fn total(&self) -> Option<Fen> {
        self.awards.iter().try_fold(Fen(0), |sum, award| sum.checked_add(award.amount).ok())
    }
}

impl Record for Determination {
    const TABLE: &'static Table = &Table {
        name: "determination",
        meaning: "审定",
        columns: &[
            Column::text("case_id", "case"),
            Column::text("organisation_id", "who is paid"),
            Column::number("year", "award year"),
            Column::text("scheme_hash", "hash of the scheme that was applied"),
        ],
        changes: false,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.case.as_str().into(), self.organisation.as_str().into(), self.year.into(), self.scheme_hash.as_str().into()]
    }
}
