//! A case: one application on its way from draft to archive. What may be done to it at which stage, by whom not, and what
//! it then is. Money is moved by `ledger`; the amounts of a case are set here.

mod acceptance;
mod claim;
mod clock;
mod correction;
mod declaration;
mod draft;
mod exit;
mod opinion;
mod review;
mod sitting;
mod step;
mod summary;
mod transition;
mod view;
mod wait;

use crate::act::Act;
use crate::acts;
use crate::call::StepKind;
use crate::id::{CallId, CaseId, DeterminationId, EntryId, NoticeId, OrganisationId, UnitId, UserId};
use crate::people::Role;
use crate::record::{Column, Key, Record, Table};
use crate::refusal::{Named, words};
pub use claim::{Claim, Placed};
pub use clock::{Pause, Running, Standstill, Term};
pub use correction::{Changed, Correction, Defect};
pub use declaration::{Declaration, Declared, Wording};
pub use draft::{OFFICES_OWN, Unproven, claims, named_as_registered, papers, usable};
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
pub use wait::Wait;

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

    /// What officers call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "已提交",
            Self::Correcting => "补正中",
            Self::Review(kind) => kind.title(),
            Self::Approved => "已审定",
            Self::Noticed => "公示中",
            Self::Disputed => "异议核查中",
            Self::Committed => "待拨付",
            Self::Paying => "拨付中",
            Self::Returned => "已退汇",
            Self::Paid => "已到账",
            Self::Archived => "已归档",
            Self::Withdrawn => "已撤回",
            Self::Declined => "不予受理",
            Self::Refused => "不予支持",
            Self::Suspended => "已中止",
            Self::Terminated => "已终止",
        }
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
    /// What was declared then; none: nothing was, or a version of the program did it that kept nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Declaration>,
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
    /// Linked to the applicant of one of the cases that an act is about together (回避).
    #[error("this person is linked to the applicant of case {case} and must keep away: somebody else does this for all of them")]
    RecusedOf {
        /// The case.
        case: CaseId,
    },
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
    /// Its amount hangs on a place among all applicants of its call, and they were not ranked with these facts.
    #[error("{clause}: the amount hangs on a place among all applicants: rank the call first (call.rank)")]
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
        what: Named,
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

words! {
    CaseRefusal
    "case.recused" Recused => "您与申报主体有回避关系，应当回避，请转由其他人员办理。";
    "case.recused_of" RecusedOf { case } => format!("您与案件 {case} 的申报主体有回避关系，应当回避，请将本次所涉案件一并转由其他人员办理。");
    "case.stage" Stage { stage } => format!("案件现处于“{}”状态，不能办理此事。请查看案件进度，在相应阶段办理。", stage.title());
    "case.not_for_role" NotForRole { wanted } => format!("本批次规定此环节由“{}”角色办理，请转由该角色的人员办理。", wanted.title());
    "case.four_eyes" FourEyes { act } => format!("您已办理过“{}”，按照四眼原则不能再办理此事，请转由其他人员办理。", Act::title_of(act));
    "case.call_not_open" CallNotOpen => "本批次目前不接受申报，请在申报期内办理。";
    "case.clauses" Clauses { clause } => format!("金额应与所申报的条款一一对应。请核对条款 {clause} 是否遗漏、重复或没有申报。");
    "case.above_rules" AboveRules { clause, set, assessed } => format!("条款 {clause}：填写的金额为{}元，按政策测算为{}元。填写的金额不得高于测算金额，也不得为负；部分核减的，须低于测算金额。请更正。", set.grouped(), assessed.grouped());
    "case.no_reason" NoReason { clause } => format!("条款 {clause}：金额低于按政策测算的金额，须说明理由，请补充后再提交。");
    "case.not_followed" NotFollowed { clause, whose } => format!("条款 {clause}：{}认定的金额更低，不采纳的须说明理由，请补充后再提交。", proposed_by(whose));
    "case.shared" Shared => "本批次资金已经分配，不能再核定金额。审定后发现金额有误的，请提请更正审定。";
    "case.not_over" NotOver { open } => format!("本案还有{open}笔应付款或绩效报告没有办结，请在其办结后再归档。");
    "case.ranked" Ranked { clause } => format!("条款 {clause} 的金额取决于在全部申报人中的名次，请先办理批次排名。");
    "case.not_shared" NotShared => "本批次资金尚未分配，请先办理资金分配。";
    "case.group" Group { clause, set, left } => format!("条款 {clause}：拟定金额{}元，与其他奖补合并计算后，按政策最多为{}元。请更正金额。", set.grouped(), left.grouped());
    "case.facts" Facts(errors) => format!("申报内容有误，请逐项更正后再提交：{}。", errors.iter().map(|e| format!("{}：{}（{}）", e.field, e.message.zh, e.help.zh)).collect::<Vec<_>>().join("；"));
    "case.unknown_fact" UnknownFact { fact } => format!("政策或申报内容中没有事实“{fact}”，请核对名称。");
    "case.unknown_paper" UnknownPaper { digest } => format!("本案没有这份佐证材料（指纹 {digest}），请先上传该材料，或另选材料。");
    "case.paper_twice" PaperTwice { name } => format!("佐证材料“{name}”已在案中，无需重复上传。");
    "case.empty" Empty { what } => format!("请填写{}后再提交。", what.zh);
    "case.corrected_once" CorrectedOnce => "本案已经告知过补正。需要补正的内容应当一次告知，不能再次要求补正。";
    "case.not_due" NotDue { until } => until.map_or_else(|| "期限尚未确定，或正在停计，请在期限届满后再办理。".to_owned(), |day| format!("期限到{}为止，尚未届满，请在届满后再办理。", day.long_zh()));
    "case.not_asked" NotAsked { unit } => format!("单位 {unit} 在本案中没有待答复的会审意见，无需办理。");
    "case.asked_already" AskedAlready { unit } => format!("单位 {unit} 已经参加本案的审核，无需再次征求意见。");
    "case.opinions_open" OpinionsOpen { open } => format!("还有{open}个单位没有答复，请在全部答复后再办理。");
    "case.not_back" NotBack { to } => format!("案件只能退回到本批次流程中在前的环节，不能退回到“{}”，请另选环节。", to.title());
    "case.already_shared" AlreadyShared => "本批次资金已经分配，其他案件的金额以本案为基础，本案不能再退回。";
    "case.future" Future { date } => format!("{}尚未到来，请更正日期。", date.long_zh());
    "case.credit_unchecked" CreditUnchecked { on } => format!("尚未{}对申报主体作信用核查，请先完成信用核查。", on.map_or_else(String::new, |day| format!("在{}当日", day.long_zh())));
    "case.credit_bad" CreditBad { found } => format!("最近一次信用核查发现：{}。请查明处理后，重新作信用核查。", found.trim_end_matches('。'));
}

/// Who proposed a lower amount, as [`CaseRefusal::NotFollowed`] names it.
fn proposed_by(whose: &str) -> String {
    match whose {
        "site_check" => "现场核查".to_owned(),
        "audit" => "专项审计".to_owned(),
        unit => format!("单位 {unit} "),
    }
}

acts! {
    /// Acts on a case.
    CaseAct {
        /// Starts an application (草稿).
        Start "case.start" "新建申报" {
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
        Submit "case.submit" "提交申报" {
            /// The case.
            case: CaseId,
            /// Who declares for the enterprise, and by which words (承诺). None in acts from before it was kept.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            declaration: Option<Declared>,
        }
        /// Accepts it (受理).
        Accept "case.accept" "受理" { case: CaseId }
        /// Screens it (初审通过).
        Screen "case.screen" "初审" { case: CaseId }
        /// Sets its amounts (牵头汇总、核定).
        Summarise "case.summarise" "牵头汇总" {
            /// The case.
            case: CaseId,
            /// Amount of each clause.
            amounts: Vec<Amount>,
        }
        /// Determines it (审定): the facts, the rules and the amounts are frozen.
        Approve "case.approve" "审定" {
            /// The case.
            case: CaseId,
            /// Id of the determination.
            determination: DeterminationId,
            /// Id under which its entries are posted; clause and number are added.
            entry: EntryId,
        }
        /// Puts a case away once all of it is paid and reported on (归档).
        Archive "case.archive" "案件归档" { case: CaseId }
        /// Fills in a draft anew: what was in it is replaced.
        Fill "case.fill" "填写申报" { case: CaseId, clauses: Vec<String>, application: Value, evidence: Vec<Evidence> }
        /// Attaches a paper to a draft, with the facts it proves (上传佐证).
        Attach "case.attach" "上传佐证材料" { case: CaseId, evidence: Evidence }
        /// Takes the application back (撤回), while nothing is determined.
        Withdraw "case.withdraw" "撤回申报" { case: CaseId }
        /// Does not take the application in (不予受理).
        Decline "case.decline" "不予受理" { case: CaseId, reason: String }
        /// Names everything that is missing or wrong (补正告知), once.
        AskCorrection "case.ask_correction" "补正告知" { case: CaseId, defects: Vec<Defect> }
        /// Answers it with changed facts and papers (补正).
        AnswerCorrection "case.answer_correction" "提交补正" { case: CaseId, application: Value, evidence: Vec<Evidence> }
        /// Ends a case whose correction never came (视为撤回).
        Lapse "case.lapse" "视为撤回" { case: CaseId }
        /// Gives the opinion of a unit (会审意见).
        GiveOpinion "case.give_opinion" "出具会审意见" { case: CaseId, opinion: Given }
        /// Stands by an opinion whose papers changed (确认意见).
        ConfirmOpinion "case.confirm_opinion" "确认会审意见" { case: CaseId }
        /// Asks one more unit (加签).
        AskUnit "case.ask_unit" "加签" { case: CaseId, unit: UnitId, reason: String }
        /// Lets another unit answer instead (转办).
        PassOn "case.pass_on" "转办" { case: CaseId, from: UnitId, to: UnitId, reason: String }
        /// Ends the joint review (联审结束): silence is noted where the call lets it pass.
        CloseOpinions "case.close_opinions" "结束联审" { case: CaseId }
        /// Records a look at the place (现场核查).
        CheckSite "case.check_site" "现场核查" { case: CaseId, check: SiteCheck }
        /// Records the report of a third-party audit (专项审计).
        RecordAudit "case.record_audit" "专项审计" { case: CaseId, report: Report }
        /// Records what a meeting decided (集体审议).
        Deliberate "case.deliberate" "集体审议" { case: CaseId, minutes: Minutes }
        /// Sends it back to an earlier step (退回); opinions stay, but for those of the units that are asked again.
        SendBack "case.send_back" "退回" { case: CaseId, to: StepKind, again: Vec<UnitId>, reason: String }
        /// Lets it rest (中止): the clock stands still.
        Suspend "case.suspend" "中止" { case: CaseId, reason: String }
        /// Takes it up again (恢复).
        Resume "case.resume" "恢复" { case: CaseId }
        /// Ends it without a decision (终止).
        Terminate "case.terminate" "终止" { case: CaseId, reason: String }
        /// Refuses support (不予支持): a determination of nothing, with reason and remedies.
        Refuse "case.refuse" "不予支持" { case: CaseId, determination: DeterminationId, reason: String, remedies: String }
        /// Records a look at the credit of the applicant (信用核查).
        CheckCredit "case.check_credit" "信用核查" { case: CaseId, check: CreditCheck }
        /// Counts its deadlines again, after the notice of a further year was loaded (重算期限).
        Recount "case.recount" "重算期限" { case: CaseId }
    }
}

impl Case {
    /// Whether somebody works on it, or waits to, and nothing is determined.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Submitted | Stage::Correcting | Stage::Review(_) | Stage::Suspended)
    }

    /// Whether all its amounts are set, and it waits for nothing but its determination.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.claims.iter().all(|claim| claim.set.is_some()) && matches!(self.stage, Stage::Review(StepKind::Meeting | StepKind::Approval))
    }

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
