//! Calls for applications: which clauses of which policy version, when, from which budget, and the way a case takes.

mod sharing;

use crate::acts;
use crate::authority::{Standing, may};
use crate::id::{BookId, CallId, CaseId, DeterminationId, EntryId, GuideId, PolicyVersionId, UnitId};
use crate::people::Role;
use crate::performance::PerformanceTerm;
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
pub use sharing::{Share, Sharing};
use values::Date;

/// How far a call has come (批次状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallStage {
    /// 草稿
    Draft,
    /// 预告
    Announced,
    /// 开放
    Open,
    /// 截止、审核中
    Closed,
    /// 已分配: its pools are shared, no claim enters any more
    Shared,
    /// 归档
    Archived,
}

impl CallStage {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Announced => "announced",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Shared => "shared",
            Self::Archived => "archived",
        }
    }
}

/// Days or working days (期限).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 日; one that ends on a day off ends on the next working day.
    Days(u32),
    /// 工作日
    WorkingDays(u32),
}

/// A kind of step in the review of a case (环节).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// 初审
    Screening,
    /// 联审: every participating unit gives its opinion, side by side.
    Joint,
    /// 现场核查
    SiteCheck,
    /// 第三方专项审计
    Audit,
    /// 牵头汇总: the amount is set (核定), reductions have reasons.
    Summary,
    /// 集体审议
    Meeting,
    /// 审定
    Approval,
}

impl StepKind {
    /// All kinds, in their order.
    pub const ALL: [Self; 7] = [Self::Screening, Self::Joint, Self::SiteCheck, Self::Audit, Self::Summary, Self::Meeting, Self::Approval];

    /// The act that does the step.
    #[must_use]
    pub const fn act(self) -> &'static str {
        match self {
            Self::Screening => "case.screen",
            Self::Joint => "case.give_opinion",
            Self::SiteCheck => "case.check_site",
            Self::Audit => "case.record_audit",
            Self::Summary => "case.summarise",
            Self::Meeting => "case.deliberate",
            Self::Approval => "case.approve",
        }
    }

    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Screening => "screening",
            Self::Joint => "joint",
            Self::SiteCheck => "site_check",
            Self::Audit => "audit",
            Self::Summary => "summary",
            Self::Meeting => "meeting",
            Self::Approval => "approval",
        }
    }
}

/// When a step is complete (完成规则).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Completion {
    /// When everybody asked has answered.
    All,
    /// Also when the deadline is over: who did not answer has no objection (逾期视为无意见).
    SilenceIsConsent,
}

/// A step of the review, as the call wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Step {
    /// What is done.
    pub kind: StepKind,
    /// By whom.
    pub role: Role,
    /// In what time.
    pub period: Period,
    /// When it is complete.
    pub completion: Completion,
}

/// The way a case takes (流程). Data of the call: steps, who, deadlines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Workflow {
    /// Time to accept a case, or to say all that is missing.
    pub acceptance: Period,
    /// Time the applicant has for a correction.
    pub correction: Period,
    /// The steps after acceptance, in order. The last is the approval.
    pub steps: Vec<Step>,
    /// How long the public notice stands.
    pub notice: Period,
    /// Time to look into an objection.
    pub objection: Period,
    /// Units whose time for an opinion is not that of the step.
    #[serde(default)]
    pub unit_periods: Vec<(UnitId, Period)>,
    /// Steps of which one person may do only one, beside those that are never in one hand.
    #[serde(default)]
    pub apart: Vec<Vec<StepKind>>,
    /// Whether nothing is approved, and nothing paid, before the credit of the applicant was looked at (信用核查).
    #[serde(default = "yes")]
    pub credit: bool,
}

const fn yes() -> bool {
    true
}

/// A call for applications (申报批次).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Call {
    /// Id.
    pub id: CallId,
    /// Title.
    pub title: String,
    /// The policy version it runs.
    pub version: PolicyVersionId,
    /// Award year.
    pub year: i32,
    /// The day on which facts are judged.
    pub as_of: Date,
    /// Clauses that may be applied for.
    pub clauses: Vec<String>,
    /// First and last day for applications.
    pub open: (Date, Date),
    /// Unit in charge (牵头单位).
    pub lead: UnitId,
    /// Units whose opinion every case needs (参与单位).
    pub with: Vec<UnitId>,
    /// Budget that pays.
    pub fund: BookId,
    /// Pools its clauses draw on: name in the policy and book.
    pub pools: Vec<(String, BookId)>,
    /// The way of a case.
    pub workflow: Workflow,
    /// Application guide it goes by.
    #[serde(default)]
    pub guide: Option<GuideId>,
    /// How far it has come.
    pub stage: CallStage,
    /// What its pools were shared into, once they were.
    #[serde(default)]
    pub shares: Vec<Share>,
    /// What it asks for around payment.
    #[serde(default)]
    pub terms: Terms,
    /// What was stated before the sharing, and freed since.
    #[serde(default)]
    pub sharing: Sharing,
}

/// What a call asks for around notice and payment (兑付要求).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Terms {
    /// Clauses whose amounts are never shown in a notice, beside those that pay natural persons one by one.
    pub not_shown: Vec<String>,
    /// Reports on what a payment brought about (绩效), by clause.
    pub performance: Vec<PerformanceTerm>,
}

/// Why an act on a call is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallRefusal {
    /// Its workflow cannot be followed.
    #[error("the workflow of a call has a summary and ends with the approval, each step once")]
    Workflow,
    /// A step is left to a role that may not do it.
    #[error("{} is nothing for the {}", kind.name(), role.name())]
    StepRole {
        /// The step.
        kind: StepKind,
        /// The role.
        role: Role,
    },
    /// It opens after it closes.
    #[error("a call closes on or after the day it opens")]
    Dates,
    /// A clause that the policy version does not have.
    #[error("the policy has no clause {clause}")]
    UnknownClause {
        /// The clause.
        clause: String,
    },
    /// It has come too far, or not far enough.
    #[error("the call is {}, so this cannot be done", stage.name())]
    Stage {
        /// Where it is.
        stage: CallStage,
    },
    /// Cases are still under review.
    #[error("{open} cases of the call have no amount set yet")]
    CasesOpen {
        /// How many.
        open: usize,
    },
    /// The pools hold something else by now than what was stated.
    #[error("what was stated of the sharing no longer holds: state it anew")]
    StatementChanged,
    /// Rows of a notice are not settled.
    #[error("{open} rows of the call stand in a notice or are disputed")]
    RowsOpen {
        /// How many.
        open: usize,
    },
    /// Nothing came back to the pool, or nobody lacks anything.
    #[error("there is nothing of pool {pool} to share again")]
    NothingFreed {
        /// The pool.
        pool: String,
    },
    /// The ids given for the determinations are not those that are needed.
    #[error("a determination is needed for exactly these cases: {}", cases.iter().map(CaseId::as_str).collect::<Vec<_>>().join(", "))]
    Determinations {
        /// The cases that get something.
        cases: Vec<CaseId>,
    },
    /// Cases are under way.
    #[error("{open} cases of the call have not ended")]
    CasesNotEnded {
        /// How many.
        open: usize,
    },
}

acts! {
    /// Acts on a call.
    CallAct {
        /// Prepares a call (草稿).
        Prepare "call.prepare" { call: Call }
        /// Opens it for applications (开放).
        Open "call.open" { call: CallId }
        /// Closes it (截止).
        Close "call.close" { call: CallId }
        /// Shares the pools of a call among its cases by the rule of the policy (分配), once every case has its amount.
        Share "call.share" {
            /// The call.
            call: CallId,
            /// Id under which the parts are reserved; a number is added.
            entry: EntryId,
        }
        /// States how the pools would be shared now, and what that leaves for later calls of the year. Changes no money.
        StateShare "call.state_share" { call: CallId }
        /// Shares again what objections and refusals freed of a pool (再分配): new determinations, to be noticed again.
        ShareAgain "call.share_again" {
            /// The call.
            call: CallId,
            /// Name of the pool in the policy.
            pool: String,
            /// Id under which the added parts are reserved; a number is added.
            entry: EntryId,
            /// Ids of the new determinations of the cases that get something.
            determinations: Vec<(CaseId, DeterminationId)>,
        }
        /// Ends a call once all its cases have ended; what is still reserved is released (归档).
        Archive "call.archive" {
            /// The call.
            call: CallId,
            /// Id under which reservations are released; a number is added.
            entry: EntryId,
        }
    }
}

impl Call {
    /// Checks a call that is to be prepared. Errors: as [`CallRefusal`] lists them.
    pub fn check(&self) -> Result<(), CallRefusal> {
        let kinds: Vec<StepKind> = self.workflow.steps.iter().map(|step| step.kind).collect();
        // In the order of their kinds: a summary before there are opinions would have nothing to sum up.
        let ordered = kinds.windows(2).all(|pair| pair.first() < pair.last());
        if !ordered || kinds.last() != Some(&StepKind::Approval) || !kinds.contains(&StepKind::Summary) {
            return Err(CallRefusal::Workflow);
        }
        // Nobody could do such a step, and every case would stay there.
        let grantable = |step: &&Step| Standing::ALL.into_iter().any(|standing| may(step.kind.act(), step.role, standing));
        if let Some(step) = self.workflow.steps.iter().find(|step| !grantable(step)) {
            return Err(CallRefusal::StepRole { kind: step.kind, role: step.role });
        }
        if self.open.0 > self.open.1 {
            return Err(CallRefusal::Dates);
        }
        Ok(())
    }

    /// Moves on from one stage to the next. Refused means unchanged.
    pub fn advance(&mut self, from: &[CallStage], to: CallStage) -> Result<(), CallRefusal> {
        if !from.contains(&self.stage) {
            return Err(CallRefusal::Stage { stage: self.stage });
        }
        self.stage = to;
        Ok(())
    }

    /// The step after this one; the first one if there is none before.
    #[must_use]
    pub fn next_step(&self, after: Option<StepKind>) -> Option<StepKind> {
        self.workflow.steps.iter().map(|step| step.kind).find(|kind| after.is_none_or(|before| *kind > before))
    }

    /// The step of a kind, if the call has it.
    #[must_use]
    pub fn step(&self, kind: StepKind) -> Option<&Step> {
        self.workflow.steps.iter().find(|step| step.kind == kind)
    }

    /// The book of the pool with this name.
    #[must_use]
    pub fn pool_book(&self, pool: &str) -> Option<&BookId> {
        self.pools.iter().find(|(name, _)| name == pool).map(|(_, book)| book)
    }
}

impl Record for Call {
    const TABLE: &'static Table = &Table {
        name: "call",
        meaning: "申报批次",
        columns: &[Column::number("year", "award year"), Column::text("stage", "how far it has come"), Column::text("version_id", "policy version")],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.year.into(), self.stage.name().into(), self.version.as_str().into()]
    }
}
