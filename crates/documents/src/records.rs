//! What documents are filled from: the records of the office that belong to one subject, gathered by whoever keeps them. Here
//! they are only read; words that several documents share – stages, periods, names – are made here.

use casework::call::{Call, Period, StepKind};
use casework::case::{Case, Stage};
use casework::determination::Determination;
use casework::guide::Guide;
use casework::id::{CaseId, OrganisationId, UnitId, UserId};
use casework::ledger::Book;
use casework::notice::{Notice, Objection};
use casework::organisation::Organisation;
use casework::payment::{Batch, Due};
use casework::policy_version::{Comment, PolicyLife};
use casework::recovery::Recovery;
use policy::scheme::Scheme;
use std::collections::BTreeMap;
use values::{Date, Fen};

/// Records about one subject. What does not belong to it stays empty.
#[derive(Clone, Default)]
pub struct Records<'a> {
    /// The day the document is written.
    pub today: Option<Date>,
    /// The scheme of the policy version.
    pub scheme: Option<&'a Scheme>,
    /// Its life.
    pub life: Option<PolicyLife>,
    /// The call.
    pub call: Option<Call>,
    /// The one case, or all of the call or the organisation.
    pub cases: Vec<Case>,
    /// Organisations by id.
    pub organisations: BTreeMap<String, Organisation>,
    /// Determinations by id.
    pub determinations: BTreeMap<String, Determination>,
    /// The notice.
    pub notice: Option<Notice>,
    /// Objections and leads of the notice.
    pub objections: Vec<Objection>,
    /// The batch, or all of the call.
    pub batches: Vec<Batch>,
    /// Payments that are due, of the batch, the call or the organisation.
    pub dues: Vec<Due>,
    /// The clawback, or all of the call or the organisation.
    pub recoveries: Vec<Recovery>,
    /// What the public said.
    pub comments: Vec<Comment>,
    /// Budget and pools.
    pub books: Vec<Book>,
    /// Names of units by id.
    pub units: BTreeMap<String, String>,
    /// Names of officers by id.
    pub people: BTreeMap<String, String>,
    /// The application guide the call goes by.
    pub guide: Option<Guide>,
    /// Who signs (签发人): the leader who has it issued.
    pub signer: Option<String>,
    /// Titles of calls by id.
    pub calls: BTreeMap<String, String>,
}

/// Why a document cannot be written yet: what it tells is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotYet(pub &'static str);

impl Records<'_> {
    /// The call.
    pub(crate) fn call(&self) -> Result<&Call, NotYet> {
        self.call.as_ref().ok_or(NotYet("没有申报批次"))
    }

    /// The one case.
    pub(crate) fn case(&self) -> Result<&Case, NotYet> {
        self.cases.first().ok_or(NotYet("没有案件"))
    }

    pub(crate) fn organisation(&self, id: &OrganisationId) -> Result<&Organisation, NotYet> {
        self.organisations.get(id.as_str()).ok_or(NotYet("没有申报主体"))
    }

    /// The determination of a case in force.
    pub(crate) fn determination(&self, case: &Case) -> Option<&Determination> {
        case.determination.as_ref().and_then(|id| self.determinations.get(id.as_str()))
    }

    pub(crate) fn case_named(&self, id: &CaseId) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == *id)
    }

    /// Registered name of whom a case is of.
    pub(crate) fn applicant(&self, case: &CaseId) -> String {
        let organisation = self.case_named(case).and_then(|case| self.organisations.get(case.organisation.as_str()));
        organisation.map_or_else(|| case.to_string(), |organisation| organisation.name.clone())
    }

    pub(crate) fn unit(&self, id: &UnitId) -> String {
        self.units.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string())
    }

    pub(crate) fn person(&self, id: &UserId) -> String {
        self.people.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string())
    }

    /// Title of a clause.
    pub(crate) fn title(&self, clause: &str) -> String {
        let found = self.scheme.and_then(|scheme| scheme.clauses.iter().find(|c| c.id == clause));
        found.map_or_else(String::new, |c| c.title.clone())
    }

    /// Whether what is given under a clause is never shown to the public: the pay of natural persons, and what the call names.
    pub(crate) fn is_hidden(&self, clause: &str) -> bool {
        let persons = self.scheme.is_some_and(|scheme| scheme.clauses.iter().any(|c| c.id == clause && c.beneficiary_list.is_some()));
        persons || self.call.as_ref().is_some_and(|call| call.terms.not_shown.iter().any(|hidden| hidden == clause))
    }

    /// Title of the policy in book marks, with its number once it has one: 《……》（区府发〔2023〕1号）.
    pub(crate) fn policy(&self) -> String {
        let title = self.scheme.map_or("", |scheme| scheme.policy.title.as_str());
        let number = self.life.as_ref().and_then(|life| life.issue.as_ref()).map(|issue| format!("（{}）", issue.number)).unwrap_or_default();
        format!("《{title}》{number}")
    }
}

/// A sum, kept within bounds: each part was checked when it was set.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Fen>) -> Fen {
    amounts.into_iter().fold(Fen(0), |sum, amount| Fen(sum.0.saturating_add(amount.0)))
}

/// How many, as a field.
pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A period in words: 5个工作日.
pub(crate) fn period(period: Period) -> String {
    match period {
        Period::Days(days) => format!("{days}日"),
        Period::WorkingDays(days) => format!("{days}个工作日"),
    }
}

/// A stage in words.
pub(crate) const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "草稿",
        Stage::Submitted => "已提交",
        Stage::Correcting => "补正中",
        Stage::Review(StepKind::Screening) => "初审",
        Stage::Review(StepKind::Joint) => "联审",
        Stage::Review(StepKind::SiteCheck) => "现场核查",
        Stage::Review(StepKind::Audit) => "专项审计",
        Stage::Review(StepKind::Summary) => "牵头汇总",
        Stage::Review(StepKind::Meeting) => "集体审议",
        Stage::Review(StepKind::Approval) => "待审定",
        Stage::Approved => "已审定",
        Stage::Noticed => "公示中",
        Stage::Disputed => "异议核查中",
        Stage::Committed => "待拨付",
        Stage::Paying => "拨付中",
        Stage::Returned => "已退汇",
        Stage::Paid => "已到账",
        Stage::Archived => "已归档",
        Stage::Withdrawn => "已撤回",
        Stage::Declined => "不予受理",
        Stage::Refused => "不予支持",
        Stage::Suspended => "中止",
        Stage::Terminated => "终止",
    }
}

/// Why a last day may still move.
pub(crate) fn provisional(is: bool) -> Option<String> {
    is.then(|| "该期限跨入尚未公布放假安排的年度，为暂定日期，待放假安排公布后重新计算并另行告知。".to_owned())
}

/// Clauses in one line: 1.1、1.2.
pub(crate) fn clauses(case: &Case) -> String {
    case.claims.iter().map(|claim| claim.clause.as_str()).collect::<Vec<_>>().join("、")
}
