//! A case: one application on its way from draft to archive. What may be done to it at which stage, by whom not, and what
//! it then is. Money is moved by `ledger`; the amounts of a case are set here.

mod review;

use crate::acts;
use crate::call::StepKind;
use crate::id::{CallId, CaseId, DeterminationId, EntryId, NoticeId, OrganisationId, UserId};
use crate::record::{Column, Key, Record, Table};
pub use review::Review;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use values::{Fen, Moment};

/// How far a case has come (案件状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 草稿
    Draft,
    /// 已提交
    Submitted,
    /// 补正中: the applicant mends what was named; the clock stands still.
    Correcting,
    /// 审核中: accepted, at a step of the call's workflow.
    Review(StepKind),
    /// 已审定
    Approved,
    /// 公示中
    Noticed,
    /// 异议核查中
    Disputed,
    /// 待拨付: the notice is over, the money is committed.
    Committed,
    /// 拨付中: in a batch at the bank.
    Paying,
    /// 已退汇: came back; the account has to be mended.
    Returned,
    /// 已到账
    Paid,
    /// 归档
    Archived,
    /// 已撤回
    Withdrawn,
    /// 不予受理
    Declined,
    /// 不予支持
    Refused,
    /// 中止
    Suspended,
    /// 终止
    Terminated,
}

impl Stage {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Correcting => "correcting",
            Self::Review(kind) => kind.name(),
            Self::Approved => "approved",
            Self::Noticed => "noticed",
            Self::Disputed => "disputed",
            Self::Committed => "committed",
            Self::Paying => "paying",
            Self::Returned => "returned",
            Self::Paid => "paid",
            Self::Archived => "archived",
            Self::Withdrawn => "withdrawn",
            Self::Declined => "declined",
            Self::Refused => "refused",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        }
    }
}

/// What a case claims under one clause (申领).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The clause.
    pub clause: String,
    /// What the rules give (测算), or the ceiling where an authority decides.
    pub assessed: Option<Fen>,
    /// What the unit in charge set (核定).
    pub set: Option<Fen>,
    /// Why it set less (核减理由).
    #[serde(default)]
    pub reason: Option<String>,
    /// What the pool left of it, once shared.
    #[serde(default)]
    pub shared: Option<Fen>,
}

impl Claim {
    /// What is to be determined: what the pool left, or else what was set.
    #[must_use]
    pub fn amount(&self) -> Fen {
        self.shared.or(self.set).unwrap_or_default()
    }
}

/// A paper that proves facts (佐证).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is.
    pub name: String,
    /// Fingerprint of its bytes.
    pub digest: crate::chain::Fingerprint,
    /// Facts it proves.
    pub facts: Vec<String>,
}

/// Who did a step of the case, for four eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Name of the act.
    pub act: String,
    /// Who.
    pub user: UserId,
    /// When.
    pub at: Moment,
}

/// One application on its way (案件).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// Call it answers.
    pub call: CallId,
    /// Who applies.
    pub organisation: OrganisationId,
    /// How far it has come.
    pub stage: Stage,
    /// The application in the exchange format of `duixian assess`: id, year, applicant, facts …
    pub application: Value,
    /// Papers.
    pub evidence: Vec<Evidence>,
    /// Claims by clause.
    pub claims: Vec<Claim>,
    /// Corrections, opinions, checks, minutes: what the review brought.
    pub review: Review,
    /// Determination in force.
    pub determination: Option<DeterminationId>,
    /// Notice it stands in.
    pub notice: Option<NoticeId>,
    /// When it was submitted; what decides who came first.
    pub submitted: Option<Moment>,
    /// Who did what.
    pub hands: Vec<Hand>,
}

/// An amount set for a clause at the summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// The clause.
    pub clause: String,
    /// How much.
    pub amount: Fen,
    /// Why less than the rules give.
    pub reason: Option<String>,
}

/// Why an act on a case is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefusal {
    /// The call takes no applications now.
    #[error("the call is not open for applications")]
    CallNotOpen,
    /// Not at this stage.
    #[error("the case is {}, so this cannot be done", stage.name())]
    Stage {
        /// Where it is.
        stage: Stage,
    },
    /// Linked to the applicant (回避).
    #[error("this person is linked to the applicant and must keep away")]
    Recused,
    /// Would check their own work.
    #[error("the person who did {act} may not do this as well")]
    FourEyes {
        /// What the person did before.
        act: String,
    },
    /// An amount for a clause nobody applied for, or one that is missing.
    #[error("the amounts do not cover exactly the clauses applied for: {clause}")]
    Clauses {
        /// The clause.
        clause: String,
    },
    /// More than the rules give.
    #[error("{clause}: {} fen are more than the rules give ({})", set.0, assessed.0)]
    AboveRules {
        /// The clause.
        clause: String,
        /// What was to be set.
        set: Fen,
        /// What the rules give.
        assessed: Fen,
    },
    /// Less than the rules give, and nobody says why.
    #[error("{clause}: less than the rules give needs a reason")]
    NoReason {
        /// The clause.
        clause: String,
    },
    /// The application cannot be read.
    #[error("the application cannot be read: {0}")]
    Application(String),
    /// The pools of its call are shared: amounts can no longer be set.
    #[error("the pools of the call are shared, so its amounts can no longer be set")]
    Shared,
    /// Payments or reports of it are not over.
    #[error("{open} payments or reports of the case are not over")]
    NotOver {
        /// How many.
        open: usize,
    },
    /// Its pools are not shared yet.
    #[error("the pools of the call are not shared yet")]
    NotShared,
    /// The amounts would not reach what the policy lets one applicant have together.
    #[error("{clause}: {} fen are more than the rules leave beside other awards ({})", set.0, left.0)]
    Group {
        /// The clause.
        clause: String,
        /// What was to be determined.
        set: Fen,
        /// What is left.
        left: Fen,
    },
}

acts! {
    /// Acts on a case.
    CaseAct {
        /// Starts an application (草稿).
        Start "case.start" {
            /// Id of the case.
            case: CaseId,
            /// Call it answers.
            call: CallId,
            /// Who applies.
            organisation: OrganisationId,
            /// Clauses applied for.
            clauses: Vec<String>,
            /// The application in the exchange format.
            application: Value,
            /// Papers.
            evidence: Vec<Evidence>,
        }
        /// Hands it in (提交).
        Submit "case.submit" { case: CaseId }
        /// Accepts it (受理).
        Accept "case.accept" { case: CaseId }
        /// Screens it (初审通过).
        Screen "case.screen" { case: CaseId }
        /// Sets its amounts (牵头汇总、核定).
        Summarise "case.summarise" {
            /// The case.
            case: CaseId,
            /// Amount of each clause.
            amounts: Vec<Amount>,
        }
        /// Determines it (审定): the facts, the rules and the amounts are frozen.
        Approve "case.approve" {
            /// The case.
            case: CaseId,
            /// Id of the determination.
            determination: DeterminationId,
            /// Id under which its entries are posted; clause and number are added.
            entry: EntryId,
        }
        /// Puts a case away once all of it is paid and reported on (归档).
        Archive "case.archive" { case: CaseId }
    }
}

impl Case {
    /// Goes on, if it is at one of these stages. Errors: [`CaseRefusal::Stage`].
    pub fn at(&self, stages: &[Stage]) -> Result<(), CaseRefusal> {
        if stages.contains(&self.stage) { Ok(()) } else { Err(CaseRefusal::Stage { stage: self.stage }) }
    }

    /// Notes who did an act, unless the same person did one that must not be the same hand.
    ///
    /// Errors: [`CaseRefusal::FourEyes`].
    pub fn by(&mut self, act: &str, user: &UserId, at: Moment, never_after: &[&str]) -> Result<(), CaseRefusal> {
        if let Some(hand) = self.hands.iter().find(|hand| hand.user == *user && never_after.contains(&hand.act.as_str())) {
            return Err(CaseRefusal::FourEyes { act: hand.act.clone() });
        }
        self.hands.push(Hand { act: act.to_owned(), user: user.clone(), at });
        Ok(())
    }

    /// Sets the amounts of all clauses. Errors, in order: clauses not covered, above the rules, less without a reason.
    pub fn set_amounts(&mut self, amounts: &[Amount]) -> Result<(), CaseRefusal> {
        if let Some(stray) = amounts.iter().find(|amount| !self.claims.iter().any(|claim| claim.clause == amount.clause)) {
            return Err(CaseRefusal::Clauses { clause: stray.clause.clone() });
        }
        let mut claims = self.claims.clone();
        for claim in &mut claims {
            let mut given = amounts.iter().filter(|amount| amount.clause == claim.clause);
            let (Some(amount), None) = (given.next(), given.next()) else { return Err(CaseRefusal::Clauses { clause: claim.clause.clone() }) };
            let assessed = claim.assessed.unwrap_or_default();
            if amount.amount > assessed || amount.amount < Fen(0) {
                return Err(CaseRefusal::AboveRules { clause: claim.clause.clone(), set: amount.amount, assessed });
            }
            if amount.amount < assessed && amount.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
                return Err(CaseRefusal::NoReason { clause: claim.clause.clone() });
            }
            claim.set = Some(amount.amount);
            claim.reason = amount.reason.clone();
        }
        self.claims = claims;
        Ok(())
    }
}

impl Record for Case {
    const TABLE: &'static Table = &Table {
        name: "case_file",
        meaning: "案件",
        columns: &[
            Column::text("call_id", "call it answers"),
            Column::text("organisation_id", "who applies"),
            Column::text("stage", "how far it has come"),
            Column::text("notice_id", "notice it stands in"),
        ],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.call.as_str().into(), self.organisation.as_str().into(), self.stage.name().into(), self.notice.as_ref().map(NoticeId::as_str).into()]
    }
}
