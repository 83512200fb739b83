//! Objections to a row of a notice: taken as such or noted as leads, looked into by one person, decided by another.

use super::NoticeRefusal;
use crate::case::{Amount, Evidence};
use crate::id::{CaseId, NoticeId, ObjectionId, UserId};
use crate::record::{Column, Key, Record, Table};
use crate::term::{Term, Terms};
use serde::{Deserialize, Serialize};
use values::{Date, Moment};

/// Who objects (异议人). Anonymous where the name is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Objector {
    /// Real name of the person or organisation.
    pub name: String,
    /// How the answer reaches them.
    pub contact: String,
}

/// Why what came in is no objection but a lead (线索).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeadReason {
    /// 逾期
    Late,
    /// 匿名
    Anonymous,
    /// 没有证据
    NoEvidence,
    /// 该行已处理完毕
    Settled,
}

/// What became of what came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reception {
    /// Taken as an objection; it is answered by this day.
    Objection {
        /// Last day for the answer.
        until: Date,
    },
    /// Refused as an objection and noted as a lead.
    Lead {
        /// Why.
        why: LeadReason,
    },
}

/// How an objection is decided (处理结果).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// 维持: dismissed.
    Dismissed,
    /// 调整: upheld in part; these amounts take the place of those determined.
    Adjusted(Vec<Amount>),
    /// 取消: upheld; the row gets nothing.
    Cancelled,
}

/// How far an objection is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionState {
    /// 线索
    Lead(LeadReason),
    /// 待核查
    Received,
    /// 已核查
    Checked {
        /// By whom.
        by: UserId,
        /// When.
        at: Moment,
        /// What was found.
        result: String,
    },
    /// 已处理
    Settled {
        /// Who checked.
        checked_by: UserId,
        /// What was found.
        found: String,
        /// By whom.
        by: UserId,
        /// When.
        at: Moment,
        /// How.
        ruling: Ruling,
        /// What the objector is told.
        result: String,
        /// Whether it came after its period (超期).
        overdue: bool,
    },
}

impl ObjectionState {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Lead(_) => "lead",
            Self::Received => "received",
            Self::Checked { .. } => "checked",
            Self::Settled { .. } => "settled",
        }
    }
}

/// An objection to a row, or a lead (异议、线索).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Objection {
    /// Id.
    pub id: ObjectionId,
    /// The notice.
    pub notice: NoticeId,
    /// The row.
    pub case: CaseId,
    /// Who objects.
    pub by: Objector,
    /// What is said.
    pub grounds: String,
    /// Papers that prove it.
    pub evidence: Vec<Evidence>,
    /// When it came in.
    pub at: Moment,
    /// Until when it is answered; none for a lead.
    pub term: Option<Term>,
    /// How far it is.
    pub state: ObjectionState,
}

impl Objection {
    /// What an objection that comes in on a day is, beside a notice whose last day is `until`.
    #[must_use]
    pub fn received(by: &Objector, evidence: &[Evidence], today: Date, until: Date) -> Option<LeadReason> {
        if today > until {
            Some(LeadReason::Late)
        } else if by.name.trim().is_empty() {
            Some(LeadReason::Anonymous)
        } else if evidence.is_empty() {
            Some(LeadReason::NoEvidence)
        } else {
            None
        }
    }

    /// Whether it still stops its row.
    #[must_use]
    pub const fn stops(&self) -> bool {
        matches!(self.state, ObjectionState::Received | ObjectionState::Checked { .. })
    }

    /// Reports what was found. Errors, in order: not to be checked, nothing said.
    pub fn check(&mut self, by: &UserId, at: Moment, result: &str) -> Result<(), NoticeRefusal> {
        if self.state != ObjectionState::Received {
            return Err(NoticeRefusal::ObjectionState { state: self.state.name() });
        }
        if result.trim().is_empty() {
            return Err(NoticeRefusal::NoResult);
        }
        self.state = ObjectionState::Checked { by: by.clone(), at, result: result.to_owned() };
        Ok(())
    }

    /// Decides on it. Errors, in order: not checked, nothing said, decided by who checked.
    pub fn settle(&mut self, by: &UserId, at: Moment, ruling: &Ruling, result: &str, overdue: bool) -> Result<(), NoticeRefusal> {
        let ObjectionState::Checked { by: checked_by, result: found, .. } = &self.state else {
            return Err(NoticeRefusal::ObjectionState { state: self.state.name() });
        };
        if result.trim().is_empty() {
            return Err(NoticeRefusal::NoResult);
        }
        if checked_by == by {
            return Err(NoticeRefusal::FourEyes);
        }
        let (checked_by, found) = (checked_by.clone(), found.clone());
        self.state = ObjectionState::Settled { checked_by, found, by: by.clone(), at, ruling: ruling.clone(), result: result.to_owned(), overdue };
        Ok(())
    }
}

impl Record for Objection {
    const TABLE: &'static Table = &Table {
        name: "objection",
        meaning: "异议",
        columns: &[
            Column::text("notice_id", "notice"),
            Column::text("case_id", "row"),
            Column::text("state", "how far it is"),
            Column::number("provisional", "whether the day of the answer is provisional"),
        ],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        let provisional = self.term.as_ref().is_some_and(|term| term.provisional);
        vec![self.notice.as_str().into(), self.case.as_str().into(), self.state.name().into(), i64::from(provisional).into()]
    }
}

impl Terms for Objection {
    fn terms(&mut self) -> Vec<(&'static str, &mut Term)> {
        self.term.iter_mut().map(|term| ("answer", term)).collect()
    }
}
