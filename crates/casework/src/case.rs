//! A case: one application on its way from draft to archive. What may be done to it at which stage, by whom not, and what
//! it then is. Money is moved by `ledger`; the amounts of a case are set here.

mod acceptance;
mod clock;
mod correction;
mod draft;
mod exit;
mod opinion;
mod review;
mod sitting;
mod step;
mod summary;
mod transition;
mod view;

use crate::acts;
use crate::call::StepKind;
use crate::id::{CallId, CaseId, DeterminationId, EntryId, NoticeId, OrganisationId, UnitId, UserId};
use crate::people::Role;
use crate::record::{Column, Key, Record, Table};
pub use clock::{Pause, Running, Standstill, Term};
pub use correction::{Changed, Correction, Defect};
pub use draft::{Unproven, claims, papers, usable};
pub use exit::{End, EndKind, Held, SentBack};
pub use opinion::{Ask, Basis, Given, Opinion, Reduction, View, Worth};
use policy::input::InputError;
pub use review::{Credit, CreditCheck, Finding, Minutes, Noted, Report, Review, SiteCheck};
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub use sitting::Sitting;
pub use transition::{Goes, WAYS, Way, declared};
use values::{Date, Fen, Moment};
pub use view::{Holder, Left, Shown, Status};

/// How far a case has come (案件状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
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
    /// All stages.
    pub const ALL: [Self; 23] = [
        Self::Draft,
        Self::Submitted,
        Self::Correcting,
        Self::Review(StepKind::Screening),
        Self::Review(StepKind::Joint),
        Self::Review(StepKind::SiteCheck),
        Self::Review(StepKind::Audit),
        Self::Review(StepKind::Summary),
        Self::Review(StepKind::Meeting),
        Self::Review(StepKind::Approval),
        Self::Approved,
        Self::Noticed,
        Self::Disputed,
        Self::Committed,
        Self::Paying,
        Self::Returned,
        Self::Paid,
        Self::Archived,
        Self::Withdrawn,
        Self::Declined,
        Self::Refused,
        Self::Suspended,
        Self::Terminated,
    ];

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Evidence {
    /// What it is.
    pub name: String,
    /// Fingerprint of its bytes.
    pub digest: crate::chain::Fingerprint,
    /// Facts it proves.
    pub facts: Vec<String>,
}

/// Who did a step of the case, for four eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Hand {
    /// Name of the act.
    pub act: String,
    /// Who.
    pub user: UserId,
    /// When.
    pub at: Moment,
}

/// One application on its way (案件).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
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
    /// Linked to the applicant (回避).
    #[error("this person is linked to the applicant and must keep away")]
    Recused,
    /// Not at this stage.
    #[error("the case is {}, so this cannot be done", stage.name())]
    Stage {
        /// Where it is.
        stage: Stage,
    },
    /// The call has another role do this step.
    #[error("the call leaves this step to the {}", wanted.name())]
    NotForRole {
        /// The role.
        wanted: Role,
    },
    /// Would check their own work.
    #[error("the person who did {act} may not do this as well")]
    FourEyes {
        /// What the person did before.
        act: String,
    },
    /// The call takes no applications now.
    #[error("the call is not open for applications")]
    CallNotOpen,
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
    /// More than a unit, the site check or the audit would give, and nobody says why.
    #[error("{clause}: {whose} would give less; not following it needs a reason")]
    NotFollowed {
        /// The clause.
        clause: String,
        /// Whose word it is: a unit, `site_check` or `audit`.
        whose: String,
    },
    /// The pools of its call are shared: amounts can no longer be set.
    #[error("the pools of the call are shared, so its amounts can no longer be set")]
    Shared,
    /// Payments or reports of it are not over.
    #[error("{open} payments or reports of the case are not over")]
    NotOver {
        /// How many.
        open: usize,
    },
    /// Its amount hangs on a place among all applicants of a call, and no act ranks them yet.
    #[error("{clause}: the amount hangs on a place among all applicants, and an application assessed alone comes out first: it cannot be determined yet")]
    Ranked {
        /// The clause.
        clause: String,
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
    /// The application is not what the policy asks for: each field with what is wrong and how to mend it.
    #[error("the application cannot be used: {}", .0.iter().map(|e| format!("{}: {} ({})", e.field, e.message.en, e.help.en)).collect::<Vec<_>>().join("; "))]
    Facts(Vec<InputError>),
    /// A fact the policy or the application does not have.
    #[error("there is no fact {fact}")]
    UnknownFact {
        /// The fact.
        fact: String,
    },
    /// A paper the case does not have.
    #[error("the case has no such paper: {digest}")]
    UnknownPaper {
        /// Its fingerprint.
        digest: crate::chain::Fingerprint,
    },
    /// The same paper a second time.
    #[error("the paper is there already: {name}")]
    PaperTwice {
        /// Its name.
        name: String,
    },
    /// Words that must not be empty.
    #[error("{what} must be given")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
    /// 补正 is asked for once, with everything in it.
    #[error("a correction was asked for before: it is asked for once, with all that is missing")]
    CorrectedOnce,
    /// Its time is not over.
    #[error("the time runs until {}", until.map_or_else(|| "further notice".into(), |day| day.to_string()))]
    NotDue {
        /// Last day, as far as it can be told.
        until: Option<Date>,
    },
    /// The unit has nothing to answer in this case.
    #[error("{unit} has no open question in this case")]
    NotAsked {
        /// The unit.
        unit: UnitId,
    },
    /// The unit is in the review already.
    #[error("{unit} is in the review of this case already")]
    AskedAlready {
        /// The unit.
        unit: UnitId,
    },
    /// Units have not answered, and the rule of the step does not let silence pass.
    #[error("{open} units have not answered")]
    OpinionsOpen {
        /// How many.
        open: usize,
    },
    /// Only to an earlier step that the call has.
    #[error("a case goes back to an earlier step of its call, not to {}", to.name())]
    NotBack {
        /// Where it was to go.
        to: StepKind,
    },
    /// The pools are shared: the amounts of the other cases rest on this one.
    #[error("the pools of the call are shared, so the case cannot go back")]
    AlreadyShared,
    /// A day that has not come.
    #[error("{date} has not come yet")]
    Future {
        /// The day.
        date: Date,
    },
    /// Nobody looked, or not when it was needed.
    #[error("the credit of the applicant was not checked{}", on.map_or_else(String::new, |day| format!(" on {day}")))]
    CreditUnchecked {
        /// The day it is needed of.
        on: Option<Date>,
    },
    /// The last look found something.
    #[error("the last credit check found: {found}")]
    CreditBad {
        /// What.
        found: String,
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
        /// Fills in a draft anew: what was in it is replaced.
        Fill "case.fill" { case: CaseId, clauses: Vec<String>, application: Value, evidence: Vec<Evidence> }
        /// Attaches a paper to a draft, with the facts it proves (上传佐证).
        Attach "case.attach" { case: CaseId, evidence: Evidence }
        /// Takes the application back (撤回), while nothing is determined.
        Withdraw "case.withdraw" { case: CaseId }
        /// Does not take the application in (不予受理).
        Decline "case.decline" { case: CaseId, reason: String }
        /// Names everything that is missing or wrong (补正告知), once.
        AskCorrection "case.ask_correction" { case: CaseId, defects: Vec<Defect> }
        /// Answers it with changed facts and papers (补正).
        AnswerCorrection "case.answer_correction" { case: CaseId, application: Value, evidence: Vec<Evidence> }
        /// Ends a case whose correction never came (视为撤回).
        Lapse "case.lapse" { case: CaseId }
        /// Gives the opinion of a unit (会审意见).
        GiveOpinion "case.give_opinion" { case: CaseId, opinion: Given }
        /// Stands by an opinion whose papers changed (确认意见).
        ConfirmOpinion "case.confirm_opinion" { case: CaseId }
        /// Asks one more unit (加签).
        AskUnit "case.ask_unit" { case: CaseId, unit: UnitId, reason: String }
        /// Lets another unit answer instead (转办).
        PassOn "case.pass_on" { case: CaseId, from: UnitId, to: UnitId, reason: String }
        /// Ends the joint review (联审结束): silence is noted where the call lets it pass.
        CloseOpinions "case.close_opinions" { case: CaseId }
        /// Records a look at the place (现场核查).
        CheckSite "case.check_site" { case: CaseId, check: SiteCheck }
        /// Records the report of a third-party audit (专项审计).
        RecordAudit "case.record_audit" { case: CaseId, report: Report }
        /// Records what a meeting decided (集体审议).
        Deliberate "case.deliberate" { case: CaseId, minutes: Minutes }
        /// Sends it back to an earlier step (退回); opinions stay, but for those of the units that are asked again.
        SendBack "case.send_back" { case: CaseId, to: StepKind, again: Vec<UnitId>, reason: String }
        /// Lets it rest (中止): the clock stands still.
        Suspend "case.suspend" { case: CaseId, reason: String }
        /// Takes it up again (恢复).
        Resume "case.resume" { case: CaseId }
        /// Ends it without a decision (终止).
        Terminate "case.terminate" { case: CaseId, reason: String }
        /// Refuses support (不予支持): a determination of nothing, with reason and remedies.
        Refuse "case.refuse" { case: CaseId, determination: DeterminationId, reason: String, remedies: String }
        /// Records a look at the credit of the applicant (信用核查).
        CheckCredit "case.check_credit" { case: CaseId, check: CreditCheck }
        /// Counts its deadlines again, after the notice of a further year was loaded (重算期限).
        Recount "case.recount" { case: CaseId }
    }
}

impl Case {
    /// Goes on, if it is at one of these stages. Errors: [`CaseRefusal::Stage`].
    pub fn at(&self, stages: &[Stage]) -> Result<(), CaseRefusal> {
        if stages.contains(&self.stage) { Ok(()) } else { Err(CaseRefusal::Stage { stage: self.stage }) }
    }

    /// Notes who did an act, unless the same person did one that must not be the same hand. For acts on many cases at once;
    /// those on one are kept apart by the call (`Workflow::apart`).
    ///
    /// Errors: [`CaseRefusal::FourEyes`].
    pub fn by(&mut self, act: &str, user: &UserId, at: Moment, never_after: &[&str]) -> Result<(), CaseRefusal> {
        if let Some(hand) = self.hands.iter().find(|hand| hand.user == *user && never_after.contains(&hand.act.as_str())) {
            return Err(CaseRefusal::FourEyes { act: hand.act.clone() });
        }
        self.hands.push(Hand { act: act.to_owned(), user: user.clone(), at });
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
            Column::text("due", "last day of what is waited for"),
            Column::number("provisional", "1 while a deadline of it rests on a year without a notice"),
        ],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            self.call.as_str().into(),
            self.organisation.as_str().into(),
            self.stage.name().into(),
            self.notice.as_ref().map(NoticeId::as_str).into(),
            self.due().into(),
            i64::from(self.is_provisional()).into(),
        ]
    }
}
