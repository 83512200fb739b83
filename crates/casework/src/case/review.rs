//! What the review of a case brings: corrections, opinions, checks, minutes. Only what is kept is here; what may be done
//! with it stands in the file of each act.

use super::clock::{Running, Standstill};
use super::correction::Correction;
use super::exit::{End, Held, SentBack};
use super::opinion::{Ask, Basis, Worth};
use crate::chain::Fingerprint;
use crate::id::UserId;
use serde::{Deserialize, Serialize};
use values::{Date, Fen, Moment};

/// Something said or found, with who and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Noted<T> {
    /// What.
    pub given: T,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// What it is worth after a correction.
    #[serde(default)]
    pub worth: Worth,
}

/// A look at the place (现场核查).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteCheck {
    /// Day of the visit.
    pub date: Date,
    /// Who was there.
    pub present: Vec<String>,
    /// What was found.
    pub words: String,
    /// Whether it is as the applicant says.
    pub fits: bool,
    /// What was looked at.
    #[serde(default)]
    pub basis: Basis,
}

/// The report of a third-party audit (专项审计).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Firm that audited.
    pub firm: String,
    /// Number of the report.
    pub number: String,
    /// Day of the report.
    pub date: Date,
    /// Fingerprint of the report.
    pub digest: Fingerprint,
    /// What it found, clause by clause.
    pub findings: Vec<Finding>,
    /// What was looked at.
    #[serde(default)]
    pub basis: Basis,
}

/// A finding of an audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The clause.
    pub clause: String,
    /// What was found.
    pub words: String,
    /// What the audit would give at most; none: it has nothing against the amount.
    pub amount: Option<Fen>,
}

/// What a meeting decided (会议纪要).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// Number of the minutes.
    pub number: String,
    /// Day of the meeting.
    pub date: Date,
    /// Who was present.
    pub present: Vec<String>,
    /// Whether the amounts were agreed to. If not, the case waits to be sent back or refused.
    pub agreed: bool,
    /// The decision in words.
    pub decision: String,
}

/// What a look at the credit of the applicant found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Credit {
    /// 无不良记录
    Clear,
    /// 有不良记录: in words.
    Listed(String),
}

/// A look at the credit of the applicant (信用核查). Who looked and when is noted with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditCheck {
    /// Where was looked: 信用中国, 企业信用信息公示系统 …
    pub source: String,
    /// What was found.
    pub result: Credit,
    /// Fingerprint of the page or extract, where one was kept.
    #[serde(default)]
    pub digest: Option<Fingerprint>,
}

/// Everything the review brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(default)]
pub struct Review {
    /// The period that runs at this stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Running>,
    /// When the clock stood still.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub standstills: Vec<Standstill>,
    /// The one correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// Units that are asked, in the order they were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Ask>,
    /// Visits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub site_checks: Vec<Noted<SiteCheck>>,
    /// Audits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audits: Vec<Noted<Report>>,
    /// Meetings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub minutes: Vec<Noted<Minutes>>,
    /// Looks at the credit of the applicant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credit: Vec<Noted<CreditCheck>>,
    /// How often and why it went back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent_back: Vec<SentBack>,
    /// When and why it rested.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
    /// Why it ended before an award.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}
