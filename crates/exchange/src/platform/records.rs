//! The records of the exchange file. A change of any field here is a new version of the file.

use crate::problem::Problem;
use casework::chain::Fingerprint;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use values::{CreditCode, Date, Fen, Moment};

/// A policy as both sides name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Title.
    pub title: String,
    /// Document number (文号).
    pub number: String,
    /// Clause.
    pub clause: String,
}

/// Who applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Registered name.
    pub name: String,
    /// Unified social credit code.
    pub credit_code: String,
}

/// A file that belongs to an application and travels beside this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Name.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SM3 of its content.
    pub sm3: Fingerprint,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Id on the platform.
    pub id: String,
    /// What it applies for.
    pub policy: Policy,
    /// Year it is for.
    pub year: i32,
    /// Who applies.
    pub subject: Subject,
    /// What it asks for, in fen; none: what the rules give.
    pub claimed_fen: Option<Fen>,
    /// When it was submitted.
    pub submitted: Moment,
    /// Facts by their names in the policy, each as `duixian assess` reads it: `186000` in the unit of the fact, `2024-12-31`, `是`.
    pub facts: BTreeMap<String, String>,
    /// Its files.
    pub evidence: Vec<Evidence>,
}

/// How far an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 不予受理
    NotAccepted,
    /// 不予支持
    Rejected,
    /// 审定
    Determined,
    /// 到账
    Paid,
    /// 退汇
    Returned,
    /// 追回
    Recovered,
}

/// A result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Id of the application on the platform.
    pub id: String,
    /// Id of the case in the office.
    pub case: String,
    /// How far it is.
    pub standing: Standing,
    /// The amount in fen: determined, paid, returned or recovered; none where nothing is given.
    pub amount_fen: Option<Fen>,
    /// Since when.
    pub on: Date,
    /// Document (文号), where there is one.
    pub document: Option<String>,
    /// Why, where nothing is given or money came or was taken back.
    pub reason: Option<String>,
}

/// What every record can be asked.
pub(super) trait Entry {
    fn id(&self) -> &str;
    fn amount(&self) -> Fen;
    fn check(&self) -> Result<(), Problem>;
}

fn wrong(code: &'static str, field: &str, zh: &str, en: &str) -> Problem {
    Problem::new(code, (zh, en), ("按交换文件说明更正", "mend it after the description of the file")).of(field)
}

fn filled(field: &str, value: &str) -> Result<(), Problem> {
    if value.trim().is_empty() { Err(wrong("field-empty", field, "没有填", "nothing is written here")) } else { Ok(()) }
}

impl Entry for Application {
    fn id(&self) -> &str {
        &self.id
    }

    fn amount(&self) -> Fen {
        self.claimed_fen.unwrap_or_default()
    }

    fn check(&self) -> Result<(), Problem> {
        for (field, value) in
            [("id", &self.id), ("policy.title", &self.policy.title), ("policy.clause", &self.policy.clause), ("subject.name", &self.subject.name)]
        {
            filled(field, value)?;
        }
        if CreditCode::parse(&self.subject.credit_code).is_err() {
            return Err(wrong("credit-code", "subject.credit_code", "不是统一社会信用代码", "this is no credit code"));
        }
        if !(1..=9999).contains(&self.year) {
            return Err(wrong("year", "year", "没有这一年", "there is no such year"));
        }
        if self.claimed_fen.is_some_and(|fen| fen.0 < 0) {
            return Err(wrong("amount", "claimed_fen", "金额小于零", "the amount is below zero"));
        }
        let mut seen = HashSet::new();
        if !self.evidence.iter().all(|file| !file.name.trim().is_empty() && seen.insert(&file.name)) {
            return Err(wrong("evidence", "evidence", "附件没有名称，或两个附件同名", "a file has no name, or two have the same"));
        }
        Ok(())
    }
}

impl Entry for Outcome {
    fn id(&self) -> &str {
        &self.id
    }

    fn amount(&self) -> Fen {
        self.amount_fen.unwrap_or_default()
    }

    fn check(&self) -> Result<(), Problem> {
        filled("id", &self.id)?;
        filled("case", &self.case)?;
        let nothing_given = matches!(self.standing, Standing::NotAccepted | Standing::Rejected);
        if nothing_given != self.amount_fen.is_none() || self.amount_fen.is_some_and(|fen| fen.0 <= 0) {
            return Err(wrong("amount", "amount_fen", "有支持的要有大于零的金额，没有的不填", "an amount above zero where something is given, none where not"));
        }
        let needs_reason = !matches!(self.standing, Standing::Determined | Standing::Paid);
        if needs_reason && self.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(wrong("reason", "reason", "要写理由", "a reason is needed"));
        }
        Ok(())
    }
}

/// Applications that no result speaks of, and results that answer no application.
#[must_use]
pub fn unanswered<'a>(applications: &'a [Application], outcomes: &'a [Outcome]) -> (Vec<&'a str>, Vec<&'a str>) {
    let asked: HashSet<&str> = applications.iter().map(|each| each.id.as_str()).collect();
    let answered: HashSet<&str> = outcomes.iter().map(|each| each.id.as_str()).collect();
    let open = applications.iter().map(|each| each.id.as_str()).filter(|id| !answered.contains(id)).collect();
    let unknown = outcomes.iter().map(|each| each.id.as_str()).filter(|id| !asked.contains(id)).collect();
    (open, unknown)
}
