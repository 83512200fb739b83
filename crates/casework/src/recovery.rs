//! Clawback: a lead, the case that is filed on it, notice and statement, decision, delivery, payment in parts or by offset,
//! reminder, enforcement, a time without applications, the end. What is left to take back comes from the ledger.

mod course;

use crate::act::Act;
use crate::acts;
use crate::call::Period;
use crate::case::Hand;
use crate::chain::Fingerprint;
use crate::id::{CallId, CaseId, DeterminationId, EntryId, LeadId, MotionId, OrganisationId, RecoveryId, UserId};
use crate::record::{Column, Key, Record, Table};
use crate::refusal::{Named, words};
use crate::term::{Term, Terms};
pub use course::{About, Paid, Portion, barred_until, left, outer_pools, paid, payment_stopped};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use values::{Date, Fen, Moment};

/// Where a lead comes from (线索来源).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeadSource {
    /// A clawback rule of the scheme holds for the facts as they are now.
    Scheme {
        /// Name of the rule.
        rule: String,
        /// Years without applications that it orders.
        bar_years: Option<u32>,
        /// Whether payments still due stop.
        stop_payment: bool,
    },
    /// An audit (审计).
    Audit {
        /// Number of its document.
        document: String,
    },
    /// A report (举报), or an objection that came late or without a name.
    Report {
        /// Who reported; nobody where it is anonymous.
        by: Option<String>,
    },
}

/// What became of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeadState {
    /// Nothing yet.
    Open,
    /// A clawback was filed on it (立案).
    Filed(RecoveryId),
    /// There is nothing in it (不予立案).
    Dismissed(String),
}

/// A lead that money may have to come back (线索).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Lead {
    /// Id.
    pub id: LeadId,
    /// Where it comes from.
    pub source: LeadSource,
    /// Whom it is about.
    pub organisation: OrganisationId,
    /// Case it is about, where one is named.
    pub case: Option<CaseId>,
    /// Clause it is about, where one is named.
    pub clause: Option<String>,
    /// What it says.
    pub words: String,
    /// What would have to come back, where that is known.
    pub amount: Option<Fen>,
    /// When it was noted.
    pub at: Moment,
    /// By whom.
    pub by: UserId,
    /// What became of it.
    pub state: LeadState,
}

/// How far a clawback has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryStage {
    /// 立案
    Filed,
    /// 告知: time for a statement (陈述申辩).
    Notified,
    /// 决定, not delivered yet
    Decided,
    /// 送达: to be paid by a day
    Delivered,
    /// 催告
    Reminded,
    /// 申请强制执行
    Enforced,
    /// 结清
    Settled,
    /// 结案
    Closed,
}

impl RecoveryStage {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Notified => "notified",
            Self::Decided => "decided",
            Self::Delivered => "delivered",
            Self::Reminded => "reminded",
            Self::Enforced => "enforced",
            Self::Settled => "settled",
            Self::Closed => "closed",
        }
    }

    /// What officers call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Filed => "已立案",
            Self::Notified => "已告知",
            Self::Decided => "已决定",
            Self::Delivered => "已送达",
            Self::Reminded => "已催告",
            Self::Enforced => "已申请强制执行",
            Self::Settled => "已结清",
            Self::Closed => "已结案",
        }
    }
}

/// What is to come back of the award of a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Part {
    /// The clause.
    pub clause: String,
    /// How much.
    pub amount: Fen,
}

/// What is proposed to the organisation before it is decided (追回告知书).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Proposal {
    /// Number of the document.
    pub number: String,
    /// Facts that were found.
    pub grounds: String,
    /// What is to come back.
    pub parts: Vec<Part>,
    /// Time for a statement.
    pub period: Period,
}

/// What the organisation said (陈述申辩).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Statement {
    /// Its words.
    pub words: String,
    /// Papers.
    pub evidence: Vec<Fingerprint>,
    /// Whether it has nothing more to say: the decision need not wait for the end of the period.
    pub last: bool,
    /// When.
    pub at: Moment,
}

/// The decision (追回决定书).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Decision {
    /// Number of the document.
    pub number: String,
    /// What it rests on: clauses of the policy, articles of law.
    pub basis: Vec<String>,
    /// Facts, and what became of the statement.
    pub grounds: String,
    /// What is to come back; all of it or a part (全额、部分).
    pub parts: Vec<Part>,
    /// Time to pay, from delivery.
    pub period: Period,
    /// Where and until when it may be contested (救济).
    pub remedies: String,
    /// Last day on which the organisation's applications are refused (禁止申报期).
    pub bar_until: Option<Date>,
    /// Whether payments still due to it stop (停止兑付).
    pub stop_payment: bool,
}

/// One of several payments that were agreed (分期).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Instalment {
    /// Last day.
    pub due: Date,
    /// How much.
    pub amount: Fen,
}

/// How money came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// Paid in (缴款); number of the receipt.
    Receipt(String),
    /// Set off against a payment still due (抵扣): case and clause that were due.
    Offset(CaseId, String),
}

/// Money that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Collected {
    /// Day.
    pub on: Date,
    /// How much.
    pub amount: Fen,
    /// Of which awards.
    pub parts: Vec<Part>,
    /// How.
    pub means: Means,
}

/// A clawback (追回案件): money paid under one case that has to come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Recovery {
    /// Id.
    pub id: RecoveryId,
    /// Case whose award it is about.
    pub case: CaseId,
    /// Call of that case.
    pub call: CallId,
    /// Who has to pay back.
    pub organisation: OrganisationId,
    /// Determination in force when it was filed.
    pub determination: DeterminationId,
    /// Leads it was filed on.
    pub leads: Vec<LeadId>,
    /// How far it has come.
    pub stage: RecoveryStage,
    /// Notice before the decision.
    pub proposal: Option<Proposal>,
    /// Time for a statement.
    pub hearing: Option<Term>,
    /// What the organisation said.
    pub statements: Vec<Statement>,
    /// The decision.
    pub decision: Option<Decision>,
    /// When it was decided.
    pub decided: Option<Moment>,
    /// Time to pay, counted from delivery.
    pub due: Option<Term>,
    /// How it was delivered.
    pub delivered_by: Option<String>,
    /// Payments that were agreed; empty: all of it at once.
    pub plan: Vec<Instalment>,
    /// What came back.
    pub collected: Vec<Collected>,
    /// Number of the reminder, and the time it leaves.
    pub reminder: Option<(String, Term)>,
    /// Court and number of the application for enforcement.
    pub enforcement: Option<(String, String)>,
    /// Decisions by which it was lowered: number and what had been decided before.
    pub amended: Vec<(String, Vec<Part>)>,
    /// Why it was closed.
    pub closed: Option<String>,
    /// Who did what.
    pub hands: Vec<Hand>,
}

/// Why an act on a clawback is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryRefusal {
    /// Not at this stage.
    #[error("the clawback is {}, so this cannot be done", stage.name())]
    Stage {
        /// Where it is.
        stage: RecoveryStage,
    },
    /// The lead was filed or dismissed before, or is about another organisation.
    #[error("lead {lead} is settled already, or about somebody else")]
    Lead {
        /// The lead.
        lead: LeadId,
    },
    /// Linked to the organisation (回避).
    #[error("this person is linked to the organisation and must keep away")]
    Recused,
    /// Would check their own work.
    #[error("the person who did {act} may not do this as well")]
    FourEyes {
        /// What the person did before.
        act: String,
    },
    /// Nothing was paid, or all of it is back or being taken back.
    #[error("nothing is left to take back under case {case}")]
    NothingLeft {
        /// The case.
        case: CaseId,
    },
    /// A document that says too little.
    #[error("{missing} is missing")]
    Incomplete {
        /// What is missing.
        missing: Named,
    },
    /// A clause named twice, or an amount that is not above zero.
    #[error("{clause}: each clause once, with an amount above zero")]
    Parts {
        /// The clause.
        clause: String,
    },
    /// More than was paid under the award and is not being taken back already.
    #[error("{clause}: {} fen are more than is left to take back ({})", asked.0, left.0)]
    AboveLeft {
        /// The clause.
        clause: String,
        /// What was asked.
        asked: Fen,
        /// What is left.
        left: Fen,
    },
    /// More than was announced: the organisation was not heard on it.
    #[error("{clause}: {} fen are more than the notice said ({})", asked.0, told.0)]
    NotHeard {
        /// The clause.
        clause: String,
        /// What was to be decided.
        asked: Fen,
        /// What the notice said.
        told: Fen,
    },
    /// The organisation may still state its case.
    #[error("the organisation may state its case until {until}")]
    HearingOpen {
        /// Last day.
        until: Date,
    },
    /// It no longer may.
    #[error("the time for a statement ended on {until}")]
    HearingOver {
        /// Last day.
        until: Date,
    },
    /// The bar is longer than the rule of the policy allows.
    #[error("the policy bars applications until {until} at most")]
    Bar {
        /// Last day by the rule.
        until: Date,
    },
    /// A day that cannot be: delivered before it was decided, or in the future.
    #[error("{on} cannot be the day of delivery")]
    Delivery {
        /// The day.
        on: Date,
    },
    /// The instalments do not come to what is owed, or are not in order.
    #[error("instalments are in order of their days, after today, and come to what is owed")]
    Plan,
    /// Raised instead of lowered, or below what came back.
    #[error("{clause}: an amendment lowers what was decided, and not below what came back")]
    Amendment {
        /// The clause.
        clause: String,
    },
    /// Nothing is overdue.
    #[error("nothing is overdue before the end of {until}")]
    NotDue {
        /// Last day.
        until: Date,
    },
    /// More than is owed, or nothing.
    #[error("{} fen are not between nothing and what is owed ({})", asked.0, owed.0)]
    AboveOwed {
        /// What was to be collected.
        asked: Fen,
        /// What is owed.
        owed: Fen,
    },
    /// The other payment is not due to the same organisation, or is less.
    #[error("no payment of this amount is due to the organisation under {clause} of case {case}")]
    NotOwed {
        /// The other case.
        case: CaseId,
        /// Its clause.
        clause: String,
    },
    /// Its applications are refused for a time (禁止申报期).
    #[error("applications of this organisation are refused until {until}")]
    Barred {
        /// Last day.
        until: Date,
    },
    /// More than 64 bits of fen.
    #[error("the sum is too large")]
    TooLarge,
}

words! {
    RecoveryRefusal
    "recovery.stage" Stage { stage } => format!("追回案件现处于“{}”状态，不能办理此事，请按当前进度办理。", stage.title());
    "recovery.lead" Lead { lead } => format!("线索 {lead} 已经办结，或与该申报主体无关，请另选线索。");
    "recovery.recused" Recused => "您与该申报主体有回避关系，应当回避，请转由其他人员办理。";
    "recovery.four_eyes" FourEyes { act } => format!("您已办理过“{}”，按照四眼原则不能再办理此事，请转由其他人员办理。", Act::title_of(act));
    "recovery.nothing_left" NothingLeft { case } => format!("案件 {case} 没有可以追回的款项：尚未拨付，或者已经追回、正在追回。请核对案件。");
    "recovery.incomplete" Incomplete { missing } => format!("缺少{}，请补充后再提交。", missing.zh);
    "recovery.parts" Parts { clause } => format!("条款 {clause}：每个条款只能列一次，金额应当大于零，请更正。");
    "recovery.above_left" AboveLeft { clause, asked, left } => format!("条款 {clause}：拟追回{}元，超过尚可追回的{}元，请更正金额。", asked.grouped(), left.grouped());
    "recovery.not_heard" NotHeard { clause, asked, told } => format!("条款 {clause}：拟决定追回{}元，超过追回告知书载明的{}元，当事人未能就此陈述申辩。请更正金额，或重新告知。", asked.grouped(), told.grouped());
    "recovery.hearing_open" HearingOpen { until } => format!("陈述申辩期到{}为止，请在期满后再作决定。", until.long_zh());
    "recovery.hearing_over" HearingOver { until } => format!("陈述申辩期已于{}届满，不能再提交；如仍有意见，请与经办单位联系。", until.long_zh());
    "recovery.bar" Bar { until } => format!("按政策规定，禁止申报期最长到{}为止，请更正日期。", until.long_zh());
    "recovery.delivery" Delivery { on } => format!("{}不能作为送达日期：送达不得早于作出决定之日，也不得晚于今天。请更正日期。", on.long_zh());
    "recovery.plan" Plan => "各期缴款应在今天之后，按日期先后排列，合计等于应缴金额。请更正分期方案。";
    "recovery.amendment" Amendment { clause } => format!("条款 {clause}：变更只能调低原决定的金额，且不得低于已收回的金额，请更正金额。");
    "recovery.not_due" NotDue { until } => format!("缴款期限到{}为止，尚未逾期，请在逾期后再办理。", until.long_zh());
    "recovery.above_owed" AboveOwed { asked, owed } => format!("填写的金额为{}元，应当大于零且不超过尚欠的{}元，请更正金额。", asked.grouped(), owed.grouped());
    "recovery.not_owed" NotOwed { case, clause } => format!("案件 {case} 的条款 {clause} 没有应付给该申报主体的足额款项，不能抵扣，请另选款项或更正金额。");
    "recovery.barred" Barred { until } => format!("该申报主体的禁止申报期到{}为止，在此期间不接受其申报。", until.long_zh());
    "recovery.too_large" TooLarge => "合计金额过大，系统无法记录，请核对金额。";
}

acts! {
    /// Acts on leads and clawbacks.
    RecoveryAct {
        /// Notes a lead (线索登记).
        Note "recovery.note" "登记线索" {
            /// Id of the lead.
            lead: LeadId,
            /// Where it comes from.
            source: LeadSource,
            /// Whom it is about.
            organisation: OrganisationId,
            /// Case it is about.
            case: Option<CaseId>,
            /// What it says.
            words: String,
        }
        /// Asks the scheme what has to come back by the facts as they are now; each answer becomes a lead.
        Detect "recovery.detect" "按政策查找线索" {
            /// Id of the leads; a number is added.
            lead: LeadId,
            /// Case whose awards are looked at.
            case: CaseId,
            /// The facts now, in the exchange format.
            application: Value,
        }
        /// Settles a lead in which there is nothing (不予立案).
        Dismiss "recovery.dismiss" "线索不予立案" { lead: LeadId, reason: String }
        /// Files a clawback (立案).
        Open "recovery.open" "追回立案" { recovery: RecoveryId, case: CaseId, leads: Vec<LeadId> }
        /// Tells the organisation what is intended (告知).
        Notify "recovery.notify" "追回告知" { recovery: RecoveryId, proposal: Proposal }
        /// The organisation states its case (陈述申辩).
        State "recovery.state" "陈述申辩" { recovery: RecoveryId, words: String, evidence: Vec<Fingerprint>, last: bool }
        /// Decides (追回决定).
        Decide "recovery.decide" "追回决定" { recovery: RecoveryId, decision: Decision }
        /// Delivers the decision (送达); the time to pay runs.
        Deliver "recovery.deliver" "送达追回决定" { recovery: RecoveryId, on: Date, by: String }
        /// Agrees to payment in parts (分期).
        Agree "recovery.agree" "同意分期缴款" { recovery: RecoveryId, plan: Vec<Instalment> }
        /// Enters money that came in (缴款).
        Collect "recovery.collect" "登记缴款" {
            /// The clawback.
            recovery: RecoveryId,
            /// Id of the entries; a number is added.
            entry: EntryId,
            /// How much.
            amount: Fen,
            /// Number of the receipt.
            receipt: String,
        }
        /// Sets it off against a payment that is still due (抵扣).
        Offset "recovery.offset" "抵扣" {
            /// The clawback.
            recovery: RecoveryId,
            /// Id of the entries; a number is added.
            entry: EntryId,
            /// Case that is still due.
            against: CaseId,
            /// Its clause.
            clause: String,
            /// How much.
            amount: Fen,
        }
        /// Asks to lower what was decided, after reconsideration or judgment (复议、诉讼改变); no part below what came back of it.
        Amend "recovery.amend" "提请变更追回决定" { motion: MotionId, recovery: RecoveryId, number: String, parts: Vec<Part> }
        /// Lowers it.
        ConfirmAmendment "recovery.confirm_amendment" "确认变更追回决定" { recovery: RecoveryId, motion: MotionId }
        /// Reminds (催告).
        Remind "recovery.remind" "催告" { recovery: RecoveryId, number: String, period: Period }
        /// Applies for enforcement (申请强制执行).
        Enforce "recovery.enforce" "申请强制执行" { recovery: RecoveryId, court: String, number: String }
        /// Closes it (结案): settled and no bar runs, or nothing is to come back.
        Close "recovery.close" "追回结案" { recovery: RecoveryId, reason: String }
    }
}

impl Record for Lead {
    const TABLE: &'static Table = &Table {
        name: "recovery_lead",
        meaning: "追回线索",
        columns: &[Column::text("organisation_id", "whom it is about"), Column::text("state", "what became of it")],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        let state = match self.state {
            LeadState::Open => "open",
            LeadState::Filed(_) => "filed",
            LeadState::Dismissed(_) => "dismissed",
        };
        vec![self.organisation.as_str().into(), state.into()]
    }
}

impl Record for Recovery {
    const TABLE: &'static Table = &Table {
        name: "recovery",
        meaning: "追回案件",
        columns: &[
            Column::text("case_id", "case whose award it is about"),
            Column::text("organisation_id", "who has to pay back"),
            Column::text("stage", "how far it has come"),
            Column::number("provisional", "1 where a term meets a year without a calendar"),
        ],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        let terms = self.hearing.iter().chain(&self.due).chain(self.reminder.iter().map(|(_, term)| term));
        let provisional = terms.into_iter().any(|term| term.provisional);
        vec![self.case.as_str().into(), self.organisation.as_str().into(), self.stage.name().into(), i64::from(provisional).into()]
    }
}

impl Terms for Recovery {
    fn terms(&mut self) -> Vec<(&'static str, &mut Term)> {
        let named = |name: &'static str| move |term| (name, term);
        let reminder = self.reminder.as_mut().map(|(_, term)| term);
        self.hearing.iter_mut().map(named("hearing")).chain(self.due.iter_mut().map(named("due"))).chain(reminder.map(named("reminder"))).collect()
    }
}
