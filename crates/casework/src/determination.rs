//! Determinations: the official act that adopts an assessment. What it rested on is frozen in it: facts, scheme, trace.
//! It is never changed; a later one may take its place.

use crate::acts;
use crate::case::Amount;
use crate::chain::Fingerprint;
use crate::guide::GuideUsed;
use crate::id::{CaseId, DeterminationId, EntryId, OrganisationId, PolicyVersionId, UserId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::{Fen, Moment};

/// What is given under one clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
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

/// Why an act on a determination is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeterminationRefusal {
    /// Nobody says why.
    #[error("an amended determination needs a reason")]
    NoReason,
    /// The same as before.
    #[error("nothing would change")]
    Same,
    /// Money of it is at the bank or was: too much paid is recovered, not determined away.
    #[error("a payment of the case is {state}: what was paid too much is recovered")]
    Paid {
        /// State of the payment.
        state: &'static str,
    },
}

acts! {
    /// Acts on determinations.
    DeterminationAct {
        /// Amends a determination after an error (更正): a new one takes its place and is noticed again.
        Amend "determination.amend" {
            /// The case.
            case: CaseId,
            /// Id of the new determination.
            determination: DeterminationId,
            /// Id under which the difference is posted; a number is added.
            entry: EntryId,
            /// The application with the error mended, if it was in the facts.
            application: Option<serde_json::Value>,
            /// Amount of each clause.
            amounts: Vec<Amount>,
            /// Why.
            reason: String,
        }
    }
}

impl Determination {
    /// A determination that takes the place of this one with other amounts: facts, rules and trace stay as they were.
    ///
    /// A clause that is not named keeps its amount; to one that gets another amount the reason of that is added.
    #[must_use]
    pub fn superseded(&self, id: &DeterminationId, amounts: &[(String, Fen)], reason: impl Fn(&str) -> String, by: &UserId, at: Moment) -> Self {
        let mut next = Self { id: id.clone(), by: by.clone(), at, supersedes: Some(self.id.clone()), ..self.clone() };
        for award in &mut next.awards {
            let changed = amounts.iter().find(|(clause, amount)| *clause == award.clause && *amount != award.amount);
            if let Some((_, amount)) = changed {
                award.amount = *amount;
                let reason = reason(&award.clause);
                award.reason = Some(award.reason.as_ref().map_or_else(|| reason.clone(), |before| format!("{before}；{reason}")));
            }
        }
        next
    }

    /// What is given under a clause.
    #[must_use]
    pub fn amount(&self, clause: &str) -> Fen {
        self.awards.iter().find(|award| award.clause == clause).map_or(Fen(0), |award| award.amount)
    }

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
