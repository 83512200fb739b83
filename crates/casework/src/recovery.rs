//! Clawback: a lead, the case that is filed on it, notice and statement, decision, delivery, payment in parts or by offset,
//! reminder, enforcement, a time without applications, the end. What is left to take back comes from the ledger.

mod course;

use crate::acts;
use crate::call::Period;
use crate::case::Hand;
use crate::chain::Fingerprint;
use crate::id::{CallId, CaseId, DeterminationId, EntryId, LeadId, OrganisationId, RecoveryId, UserId};
use crate::record::{Column, Key, Record, Table};
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
        missing: &'static str,
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

acts! {
    /// Acts on leads and clawbacks.
    RecoveryAct {
        /// Notes a lead (线索登记).
        Note "recovery.note" {
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
        Detect "recovery.detect" {
            /// Id of the leads; a number is added.
            lead: LeadId,
            /// Case whose awards are looked at.
            case: CaseId,
            /// The facts now, in the exchange format.
            application: Value,
        }
        /// Settles a lead in which there is nothing (不予立案).
        Dismiss "recovery.dismiss" { lead: LeadId, reason: String }
        /// Files a clawback (立案).
        Open "recovery.open" { recovery: RecoveryId, case: CaseId, leads: Vec<LeadId> }
        /// Tells the organisation what is intended (告知).
        Notify "recovery.notify" { recovery: RecoveryId, proposal: Proposal }
        /// The organisation states its case (陈述申辩).
        State "recovery.state" { recovery: RecoveryId, words: String, evidence: Vec<Fingerprint>, last: bool }
        /// Decides (追回决定).
        Decide "recovery.decide" { recovery: RecoveryId, decision: Decision }
        /// Delivers the decision (送达); the time to pay runs.
        Deliver "recovery.deliver" { recovery: RecoveryId, on: Date, by: String }
        /// Agrees to payment in parts (分期).
        Agree "recovery.agree" { recovery: RecoveryId, plan: Vec<Instalment> }
        /// Enters money that came in (缴款).
        Collect "recovery.collect" {
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
        Offset "recovery.offset" {
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
        /// Lowers what was decided, after reconsideration or judgment (复议、诉讼改变); no part below what came back of it.
        Amend "recovery.amend" { recovery: RecoveryId, number: String, parts: Vec<Part> }
        /// Reminds (催告).
        Remind "recovery.remind" { recovery: RecoveryId, number: String, period: Period }
        /// Applies for enforcement (申请强制执行).
        Enforce "recovery.enforce" { recovery: RecoveryId, court: String, number: String }
        /// Closes it (结案): settled and no bar runs, or nothing is to come back.
        Close "recovery.close" { recovery: RecoveryId, reason: String }
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
