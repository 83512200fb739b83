//! Public notices: determined awards shown to the public for a time, and the objections against single rows.

mod objection;

use crate::acts;
use crate::case::{Amount, Evidence};
use crate::id::{CallId, CaseId, DeterminationId, EntryId, NoticeId, ObjectionId};
use crate::record::{Column, Key, Record, Table};
use crate::term::{Term, Terms};
pub use objection::{LeadReason, Objection, ObjectionState, Objector, Reception, Ruling};
use serde::{Deserialize, Serialize};
use values::{Date, Fen};

/// What a row of a notice shows for a clause. It never changes once it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct ShownAward {
    /// The clause.
    pub clause: String,
    /// Its title.
    pub title: String,
    /// How much; `None` where it pays natural persons and is not shown.
    pub amount: Option<Fen>,
}

/// A row of a notice (公示行): one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Row {
    /// The case.
    pub case: CaseId,
    /// Name of the applicant on that day.
    pub name: String,
    /// The determination that is shown.
    pub determination: DeterminationId,
    /// What is shown for each clause.
    pub awards: Vec<ShownAward>,
}

/// A public notice (公示).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Notice {
    /// Id.
    pub id: NoticeId,
    /// Call.
    pub call: CallId,
    /// How long it stands, from when, and why so long.
    pub term: Term,
    /// Rows, frozen.
    pub rows: Vec<Row>,
}

/// Why an act on a notice is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeRefusal {
    /// Nothing to show.
    #[error("no case of the call is determined and waits for a notice")]
    Empty,
    /// Its time is not over.
    #[error("the notice stands until {until}")]
    NotOver {
        /// Last day.
        until: Date,
    },
    /// No row of it may be committed now.
    #[error("the notice has no undisputed row that waits")]
    NothingWaits,
    /// The objection is past that.
    #[error("the objection is {state}, so this cannot be done")]
    ObjectionState {
        /// How far it is.
        state: &'static str,
    },
    /// What was found has to be said.
    #[error("the result of the check has to be said")]
    NoResult,
    /// The person who checked may not decide.
    #[error("the person who checked an objection does not decide on it")]
    FourEyes,
    /// An adjusted row gets less, never more: more is a new determination.
    #[error("{clause}: an objection upheld in part leaves less than {} fen", now.0)]
    NotLess {
        /// The clause.
        clause: String,
        /// What was determined.
        now: Fen,
    },
}

acts! {
    /// Acts on notices.
    NoticeAct {
        /// Publishes what is determined (公示).
        Publish "notice.publish" { notice: NoticeId, call: CallId }
        /// Ends a notice: rows without an objection become payable, their money is committed (占用). Said again later, it
        /// does the same for rows whose objections were settled since.
        Conclude "notice.conclude" { notice: NoticeId, entry: EntryId }
        /// Objects to a row (异议). Anonymous, unproven or late ones are no objections but leads.
        Object "notice.object" {
            /// Id of the objection.
            objection: ObjectionId,
            /// The notice.
            notice: NoticeId,
            /// The row: a case.
            case: CaseId,
            /// Who objects.
            by: Objector,
            /// What is said.
            grounds: String,
            /// Papers that prove it.
            evidence: Vec<Evidence>,
        }
        /// Reports what looking into an objection found (核查).
        Check "notice.check" { objection: ObjectionId, result: String }
        /// Decides on an objection (处理): 维持, 调整 or 取消.
        Settle "notice.settle" {
            /// The objection.
            objection: ObjectionId,
            /// How it is decided.
            ruling: Ruling,
            /// What the objector is told.
            result: String,
            /// Id of the determination that takes the place of the old one; needed where the ruling changes something.
            determination: Option<DeterminationId>,
            /// Id under which freed money is released; a number is added.
            entry: EntryId,
        }
    }
}

impl Notice {
    /// The row of a case.
    #[must_use]
    pub fn row(&self, case: &CaseId) -> Option<&Row> {
        self.rows.iter().find(|row| row.case == *case)
    }
}

/// Checks amounts of an adjusted row: every clause once, none more than before, something less. Errors: as
/// [`NoticeRefusal::NotLess`].
pub fn check_adjusted(before: &[(String, Fen)], amounts: &[Amount]) -> Result<(), NoticeRefusal> {
    let mut less = false;
    for (clause, now) in before {
        let mut given = amounts.iter().filter(|amount| amount.clause == *clause);
        let not_less = || NoticeRefusal::NotLess { clause: clause.clone(), now: *now };
        let (Some(amount), None) = (given.next(), given.next()) else { return Err(not_less()) };
        if amount.amount > *now || amount.amount < Fen(0) {
            return Err(not_less());
        }
        less |= amount.amount < *now;
    }
    match before.first() {
        Some((clause, now)) if !less || amounts.len() != before.len() => Err(NoticeRefusal::NotLess { clause: clause.clone(), now: *now }),
        _ => Ok(()),
    }
}

impl Record for Notice {
    const TABLE: &'static Table = &Table {
        name: "notice",
        meaning: "公示",
        columns: &[Column::text("call_id", "call"), Column::number("provisional", "whether its last day is provisional")],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.call.as_str().into(), i64::from(self.term.provisional).into()]
    }
}

impl Terms for Notice {
    fn terms(&mut self) -> Vec<(&'static str, &mut Term)> {
        vec![("notice", &mut self.term)]
    }
}
