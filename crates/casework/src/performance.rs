//! Performance (绩效): after a payment the applicant reports what was reached, against the goals of the call; somebody
//! accepts the report. Before that no further instalment is paid and the case is not archived.

use crate::acts;
use crate::call::Period;
use crate::case::Evidence;
use crate::id::{CaseId, DueId, UserId};
use crate::record::{Column, Key, Record, Table};
use crate::term::{Term, Terms};
use serde::{Deserialize, Serialize};
use values::Moment;

/// A goal (绩效目标).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Goal {
    /// Name.
    pub name: String,
    /// What is to be reached.
    pub target: i64,
    /// Unit.
    pub unit: String,
}

/// What a call wants reported on payments under a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct PerformanceTerm {
    /// The clause.
    pub clause: String,
    /// How long after the payment.
    pub period: Period,
    /// Goals.
    pub goals: Vec<Goal>,
}

/// How far a report is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PerformanceState {
    /// 待报告
    Awaited,
    /// 已报告
    Reported,
    /// 已认可
    Accepted {
        /// By whom.
        by: UserId,
        /// When.
        at: Moment,
        /// With what words.
        opinion: String,
    },
}

impl PerformanceState {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Awaited => "awaited",
            Self::Reported => "reported",
            Self::Accepted { .. } => "accepted",
        }
    }
}

/// What an applicant reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Report {
    /// What was reached, goal by goal.
    pub reached: Vec<i64>,
    /// In words.
    pub words: String,
    /// Papers that prove it.
    pub evidence: Vec<Evidence>,
    /// Who reports.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// Why it was sent back, if it was.
    pub sent_back: Option<String>,
}

/// The report on one payment (绩效报告).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Performance {
    /// The payment; its id is that of the report.
    pub due: DueId,
    /// The case.
    pub case: CaseId,
    /// Until when it is awaited.
    pub term: Term,
    /// Goals.
    pub goals: Vec<Goal>,
    /// What was reported; the last counts.
    pub reports: Vec<Report>,
    /// How far it is.
    pub state: PerformanceState,
}

/// Why an act on a report is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PerformanceRefusal {
    /// Not so far, or past that.
    #[error("the report is {state}, so this cannot be done")]
    State {
        /// How far it is.
        state: &'static str,
    },
    /// A goal without a figure, or a figure without a goal.
    #[error("there are {goals} goals and {given} figures")]
    Goals {
        /// Goals.
        goals: usize,
        /// Figures.
        given: usize,
    },
    /// Nothing proves it.
    #[error("a report needs evidence")]
    NoEvidence,
    /// Nobody says why.
    #[error("a report is sent back with a reason")]
    NoReason,
}

acts! {
    /// Acts on performance.
    PerformanceAct {
        /// Reports what was reached (绩效报告).
        Report "performance.report" {
            /// The payment.
            due: DueId,
            /// What was reached, goal by goal.
            reached: Vec<i64>,
            /// In words.
            words: String,
            /// Papers that prove it.
            evidence: Vec<Evidence>,
        }
        /// Accepts the report, whether the goals were reached or not.
        Accept "performance.accept" { due: DueId, opinion: String }
        /// Sends it back for another.
        SendBack "performance.send_back" { due: DueId, reason: String }
    }
}

impl Performance {
    /// Whether every goal was reached, as last reported.
    #[must_use]
    pub fn met(&self) -> bool {
        self.reports.last().is_some_and(|report| {
            report.reached.len() == self.goals.len() && self.goals.iter().zip(&report.reached).all(|(goal, reached)| *reached >= goal.target)
        })
    }

    /// Takes a report. Errors, in order: not awaited, goals without figures, no evidence.
    pub fn report(&mut self, report: Report) -> Result<(), PerformanceRefusal> {
        if self.state != PerformanceState::Awaited {
            return Err(PerformanceRefusal::State { state: self.state.name() });
        }
        if report.reached.len() != self.goals.len() {
            return Err(PerformanceRefusal::Goals { goals: self.goals.len(), given: report.reached.len() });
        }
        if report.evidence.is_empty() {
            return Err(PerformanceRefusal::NoEvidence);
        }
        self.reports.push(report);
        self.state = PerformanceState::Reported;
        Ok(())
    }

    /// Accepts it. Errors: nothing was reported.
    pub fn accept(&mut self, by: &UserId, at: Moment, opinion: &str) -> Result<(), PerformanceRefusal> {
        if self.state != PerformanceState::Reported {
            return Err(PerformanceRefusal::State { state: self.state.name() });
        }
        self.state = PerformanceState::Accepted { by: by.clone(), at, opinion: opinion.to_owned() };
        Ok(())
    }

    /// Sends it back. Errors, in order: nothing was reported, no reason.
    pub fn send_back(&mut self, reason: &str) -> Result<(), PerformanceRefusal> {
        if self.state != PerformanceState::Reported {
            return Err(PerformanceRefusal::State { state: self.state.name() });
        }
        if reason.trim().is_empty() {
            return Err(PerformanceRefusal::NoReason);
        }
        if let Some(report) = self.reports.last_mut() {
            report.sent_back = Some(reason.to_owned());
        }
        self.state = PerformanceState::Awaited;
        Ok(())
    }

    /// Whether it was accepted.
    #[must_use]
    pub const fn accepted(&self) -> bool {
        matches!(self.state, PerformanceState::Accepted { .. })
    }
}

impl Record for Performance {
    const TABLE: &'static Table = &Table {
        name: "performance",
        meaning: "绩效报告",
        columns: &[
            Column::text("case_id", "case"),
            Column::text("state", "how far it is"),
            Column::text("until", "last day for the report"),
            Column::number("provisional", "whether that day is provisional"),
        ],
        changes: true,
    };

    fn id(&self) -> &str {
        self.due.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.case.as_str().into(), self.state.name().into(), self.term.last.into(), i64::from(self.term.provisional).into()]
    }
}

impl Terms for Performance {
    fn terms(&mut self) -> Vec<(&'static str, &mut Term)> {
        vec![("report", &mut self.term)]
    }
}
