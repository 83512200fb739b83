//! Calls for applications: which clauses of which policy version, when, from which budget, and the way a case takes.

mod ranking;
mod sharing;

use crate::acts;
use crate::authority::{Standing, may};
use crate::id::{BookId, CallId, CaseId, DeterminationId, EntryId, GuideId, PolicyVersionId, UnitId};
use crate::people::Role;
use crate::performance::PerformanceTerm;
use crate::record::{Column, Key, Record, Table};
use crate::refusal::words;
use policy::diagnostic::Text;
pub use ranking::{Others, Ranking, Rate};
use serde::{Deserialize, Serialize};
pub use sharing::{Carried, Share, Sharing};
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

    /// What officers call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Announced => "预告",
            Self::Open => "开放申报",
            Self::Closed => "已截止",
            Self::Shared => "已分配",
            Self::Archived => "已归档",
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

    /// What officers call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Screening => "初审",
            Self::Joint => "联审",
            Self::SiteCheck => "现场核查",
            Self::Audit => "专项审计",
            Self::Summary => "牵头汇总",
            Self::Meeting => "集体审议",
            Self::Approval => "审定",
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
    /// Rates that the policy leaves open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<Rate>,
    /// Rankings of its cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rankings: Vec<Ranking>,
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
    /// A clause that the call does not have, or that ranks nobody.
    #[error("{clause} is no clause of the call that ranks its applicants")]
    RanksNobody {
        /// The clause.
        clause: String,
    },
    /// Records of others where only applicants are ranked, or none where all records are (全部记录).
    #[error("{clause} {}", if *wanted { "ranks all records: name those who do not apply, with the source" } else { "ranks its applicants only: records of others do not count" })]
    Others {
        /// The clause.
        clause: String,
        /// Whether they are wanted.
        wanted: bool,
    },
    /// It has come too far, or not far enough.
    #[error("the call is {}, so this cannot be done", stage.name())]
    Stage {
        /// Where it is.
        stage: CallStage,
    },
    /// Something is determined already, and rests on what was to be changed.
    #[error("case {case} is determined: from the first determination on places and rates stand")]
    Determined {
        /// The case.
        case: CaseId,
    },
    /// Ranked before, and nobody says why again.
    #[error("{clause} was ranked before: ranking again needs a reason")]
    RankedBefore {
        /// The clause.
        clause: String,
    },
    /// No source stands for what was entered.
    #[error("a rate needs its source: who publishes it, of which day")]
    NoSource,
    /// The policy itself has it.
    #[error("the policy itself has {name} for this call")]
    RateKnown {
        /// The parameter.
        name: String,
    },
    /// Cases are still under review.
    #[error("{open} cases of the call have no amount set yet")]
    CasesOpen {
        /// How many.
        open: usize,
    },
    /// A place hangs on facts that are not known.
    #[error("the places under {clause} hang on facts of case {case} or of a record that are not known")]
    PlaceOpen {
        /// The clause.
        clause: String,
        /// The case.
        case: CaseId,
    },
    /// Places come before shares.
    #[error("the cases under {clause} are not ranked yet: rank the call first (call.rank)")]
    NotRanked {
        /// The clause.
        clause: String,
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
    /// Whoever got less may be given nothing more.
    #[error("nobody who got less may be given more; {case}: {}", why.en)]
    NobodyMay {
        /// The first of the cases.
        case: CaseId,
        /// Why.
        why: Text,
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
    /// Its pool does not wait for another year.
    #[error("the policy lets nothing of pool {pool} wait for the next year (超额 顺延)")]
    NotCarried {
        /// The pool.
        pool: String,
    },
    /// Everybody has money, or nobody waits.
    #[error("pool {pool} leaves nobody without money")]
    NothingToCarry {
        /// The pool.
        pool: String,
    },
    /// Not where the money of the next year is.
    #[error("{book} is not the budget, or not the pool of that name, of {wanted}")]
    NotNextYear {
        /// The book.
        book: BookId,
        /// The year.
        wanted: i32,
    },
    /// Cases are under way.
    #[error("{open} cases of the call have not ended")]
    CasesNotEnded {
        /// How many.
        open: usize,
    },
}

words! {
    CallRefusal
    "call.workflow" Workflow => "批次的办理流程须包含“牵头汇总”环节，以“审定”环节结束，且每个环节只出现一次。请调整流程后再提交。";
    "call.step_role" StepRole { kind, role } => format!("“{}”环节不能由“{}”角色办理，请改由相应的角色办理。", kind.title(), role.title());
    "call.dates" Dates => "申报截止日不能早于开放日，请更正日期后再提交。";
    "call.unknown_clause" UnknownClause { clause } => format!("政策中没有条款 {clause}，请核对条款编号。");
    "call.ranks_nobody" RanksNobody { clause } => format!("条款 {clause} 不属于本批次，或不按申报人名次兑现，不需要排名。请核对条款编号。");
    "call.others" Others { clause, wanted } => if *wanted {
        format!("条款 {clause} 按全部记录排名，请补充未申报者的记录，并注明来源。")
    } else {
        format!("条款 {clause} 只在申报人之间排名，其他记录不参加排名，请去掉后再提交。")
    };
    "call.stage" Stage { stage } => format!("批次现处于“{}”状态，不能办理此事。请查看批次进度，在相应阶段办理。", stage.title());
    "call.determined" Determined { case } => format!("案件 {case} 已经审定。批次内有案件审定之后，名次和汇率不再变动；审定确有错误的，请提请更正审定。");
    "call.ranked_before" RankedBefore { clause } => format!("条款 {clause} 已经排过名。重新排名须说明理由，请填写理由后再提交。");
    "call.no_source" NoSource => "登记汇率须注明来源，即由谁发布、是哪一日的汇率。请补充后再提交。";
    "call.rate_known" RateKnown { name } => format!("政策本身已对本批次规定了“{name}”，无需另行登记。");
    "call.cases_open" CasesOpen { open } => format!("本批次还有{open}件案件没有核定金额，请在全部核定后再办理。");
    "call.place_open" PlaceOpen { clause, case } => format!("条款 {clause} 的名次取决于案件 {case} 或其他记录中尚不清楚的事实，请先查清并补充这些事实。");
    "call.not_ranked" NotRanked { clause } => format!("条款 {clause} 的案件尚未排名，请先办理批次排名。");
    "call.statement_changed" StatementChanged => "资金情况在分配测算之后已有变化，原测算不再适用，请重新测算后再分配。";
    "call.rows_open" RowsOpen { open } => format!("本批次还有{open}件案件正在公示或有异议未处理，请在其办结后再办理。");
    "call.nobody_may" NobodyMay { case, why } => format!("分得金额不足的申报人目前都不能增加金额。其中案件 {case}：{}", why.zh);
    "call.nothing_freed" NothingFreed { pool } => format!("资金池“{pool}”没有可以再分配的资金，或没有申报人分得不足，无需再分配。");
    "call.determinations" Determinations { cases } => format!("请为以下案件各提供一个审定编号，不多也不少：{}。", cases.iter().map(CaseId::as_str).collect::<Vec<_>>().join("、"));
    "call.not_carried" NotCarried { pool } => format!("政策没有规定资金池“{pool}”超额时顺延，不能把申领顺延到下一年度。");
    "call.nothing_to_carry" NothingToCarry { pool } => format!("资金池“{pool}”没有因资金不足而等待的申领，无需顺延。");
    "call.not_next_year" NotNextYear { book, wanted } => format!("账本 {book} 不是{wanted}年度的预算，也不是该年度的同名资金池，请改选账本。");
    "call.cases_not_ended" CasesNotEnded { open } => format!("本批次还有{open}件案件没有办结，请在全部办结后再归档。");
}

acts! {
    /// Acts on a call.
    CallAct {
        /// Prepares a call (草稿).
        Prepare "call.prepare" "编制申报批次" { call: Call }
        /// Opens it for applications (开放).
        Open "call.open" "开放申报" { call: CallId }
        /// Closes it (截止).
        Close "call.close" "截止申报" { call: CallId }
        /// Shares the pools of a call among its cases by the rule of the policy (分配), once every case has its amount.
        Share "call.share" "资金分配" {
            /// The call.
            call: CallId,
            /// Id under which the parts are reserved; a number is added.
            entry: EntryId,
        }
        /// States how the pools would be shared now, and what that leaves for later calls of the year. Changes no money.
        StateShare "call.state_share" "分配测算" { call: CallId }
        /// Shares again what objections and refusals freed of a pool (再分配): new determinations, to be noticed again.
        ShareAgain "call.share_again" "资金再分配" {
            /// The call.
            call: CallId,
            /// Name of the pool in the policy.
            pool: String,
            /// Id under which the added parts are reserved; a number is added.
            entry: EntryId,
            /// Ids of the new determinations of the cases that get something.
            determinations: Vec<(CaseId, DeterminationId)>,
        }
        /// Ranks the cases of a call under a clause (排名), once every amount is set and before any is determined. Again only with
        /// a reason.
        Rank "call.rank" "批次排名" {
            /// The call.
            call: CallId,
            /// The clause.
            clause: String,
            /// Where all records are ranked: those who do not apply.
            others: Option<Others>,
            /// Why it is done again.
            reason: Option<String>,
        }
        /// Enters a rate that the policy leaves open (汇率), with its source.
        SetRate "call.set_rate" "登记汇率" {
            /// The call.
            call: CallId,
            /// Currency or name of the parameter.
            name: String,
            /// Its value, as in an application.
            value: String,
            /// Who publishes it, of which day.
            source: String,
        }
        /// Lets claims that a pool has no money for wait for the next year, where its rule is 顺延. They keep their place: the
        /// money of that year is reserved for them first.
        CarryOver "call.carry_over" "资金顺延" {
            /// The call.
            call: CallId,
            /// Name of the pool in the policy.
            pool: String,
            /// Budget of the next year.
            fund: BookId,
            /// Books of the next year for all pools that the claims draw on.
            pools: Vec<(String, BookId)>,
            /// Id under which the money is reserved; a number is added.
            entry: EntryId,
        }
        /// Ends a call once all its cases have ended; what is still reserved is released (归档).
        Archive "call.archive" "批次归档" {
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
