//! Documents (公文): what was issued, under which number, with the data it shows frozen. Numbers run without gaps in each unit,
//! series and year: a number is never taken back, a document that does not hold is void and keeps its number.

mod kind;

use crate::acts;
use crate::chain::Fingerprint;
use crate::id::{BatchId, CallId, CaseId, DocumentId, NoticeId, OrganisationId, PolicyVersionId, RecoveryId, UnitId, UserId};
use crate::record::{Column, Key, Record, Table};
use crate::refusal::{Named, words};
pub use kind::{About, DocumentKind};
use serde::{Deserialize, Serialize};
use values::{Date, Moment};

/// What a document is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A case.
    Case(CaseId),
    /// A call.
    Call(CallId),
    /// A public notice.
    Notice(NoticeId),
    /// A batch of payments.
    Batch(BatchId),
    /// A clawback.
    Recovery(RecoveryId),
    /// An organisation, as the unit in charge of a call sees it.
    Organisation(OrganisationId, CallId),
    /// A policy version.
    Policy(PolicyVersionId),
}

impl Subject {
    /// What it is.
    #[must_use]
    pub const fn about(&self) -> About {
        match self {
            Self::Case(_) => About::Case,
            Self::Call(_) => About::Call,
            Self::Notice(_) => About::Notice,
            Self::Batch(_) => About::Batch,
            Self::Recovery(_) => About::Recovery,
            Self::Organisation(..) => About::Organisation,
            Self::Policy(_) => About::Policy,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Case(id) => id.as_str(),
            Self::Call(id) => id.as_str(),
            Self::Notice(id) => id.as_str(),
            Self::Batch(id) => id.as_str(),
            Self::Recovery(id) => id.as_str(),
            Self::Organisation(id, _) => id.as_str(),
            Self::Policy(id) => id.as_str(),
        }
    }
}

/// What stands at the head and foot of a unit's documents (版头、版记). A unit without one writes under its own name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Letterhead {
    /// The unit.
    pub unit: UnitId,
    /// Full name of the organ (发文机关): 重庆市黔江区商务委员会.
    pub organ: String,
    /// Its word in numbers (机关代字): 黔江商务.
    pub code: String,
    /// Where it is.
    pub address: String,
    /// Where it answers.
    pub phone: String,
}

/// A document that is to be issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Id.
    pub document: DocumentId,
    /// Kind.
    pub kind: DocumentKind,
}

/// Why a document does not hold any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Voided {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// A document that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Document {
    /// Id.
    pub id: DocumentId,
    /// Kind.
    pub kind: DocumentKind,
    /// What it is about.
    pub subject: Subject,
    /// Unit that issued it.
    pub unit: UnitId,
    /// Year of its number.
    pub year: i32,
    /// Its number in the series of that year.
    pub number: u32,
    /// The number a decision it tells already has (文号), where it has one.
    pub own_number: Option<String>,
    /// Head and foot, as they were.
    pub letterhead: Letterhead,
    /// What it shows, as JSON: it prints the same for ever.
    pub data: String,
    /// Fingerprint of that.
    pub digest: Fingerprint,
    /// Who issued it.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// Why it does not hold any more.
    pub void: Option<Voided>,
}

/// A series of numbers: how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Sequence {
    /// Id: unit, kind of document, year.
    pub id: String,
    /// The last number that was given.
    pub last: u32,
}

/// Why an act on documents is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentRefusal {
    /// None, or one twice.
    #[error("at least one document, each id and each kind once")]
    Wanted,
    /// A kind that is about something else.
    #[error("{} is not about such a thing", kind.title())]
    Subject {
        /// The kind.
        kind: DocumentKind,
    },
    /// Linked to whom it is about (回避).
    #[error("this person is linked to the organisation and must keep away")]
    Recused,
    /// What it tells has not happened.
    #[error("{} cannot be written yet: {missing}", kind.title())]
    NotYet {
        /// The kind.
        kind: DocumentKind,
        /// What is missing.
        missing: String,
    },
    /// Void already.
    #[error("the document is void already")]
    Void,
    /// Nobody says why, or a letterhead says too little.
    #[error("{missing} is missing")]
    Incomplete {
        /// What is missing.
        missing: Named,
    },
}

words! {
    DocumentRefusal
    "document.wanted" Wanted => "请至少选择一份文书；每个编号、每种文书只能出现一次。";
    "document.subject" Subject { kind } => format!("所选事项不能制发“{}”，请另选文书种类。", kind.title());
    "document.recused" Recused => "您与该申报主体有回避关系，应当回避，请转由其他人员办理。";
    "document.not_yet" NotYet { kind, missing } => format!("暂不能制发“{}”：{missing}。请在有关事项办理后再制发。", kind.title());
    "document.void" Void => "该文书已经作废，无需重复办理。";
    "document.incomplete" Incomplete { missing } => format!("缺少{}，请补充后再提交。", missing.zh);
}

acts! {
    /// Acts on documents.
    DocumentAct {
        /// Issues documents about one thing (制发): each gets the next number of its series, and what it shows is frozen.
        Issue "document.issue" "制发文书" { subject: Subject, documents: Vec<Wanted> }
        /// Declares a document void (作废); its number stays.
        Void "document.void" "作废文书" { document: DocumentId, reason: String }
        /// Sets head and foot of a unit's documents (版头).
        PutLetterhead "document.put_letterhead" "设置版头" { letterhead: Letterhead }
    }
}

impl Letterhead {
    /// The letterhead of a unit that has none.
    #[must_use]
    pub fn plain(unit: &UnitId, name: &str) -> Self {
        Self { unit: unit.clone(), organ: name.to_owned(), code: name.to_owned(), address: String::new(), phone: String::new() }
    }

    /// Checks it. Errors: no name of the organ, no word for numbers.
    pub fn check(&self) -> Result<(), DocumentRefusal> {
        for (missing, text) in [(Named::ORGAN_NAME, &self.organ), (Named::ORGAN_CODE, &self.code)] {
            if text.trim().is_empty() {
                return Err(DocumentRefusal::Incomplete { missing });
            }
        }
        Ok(())
    }
}

/// Checks what is wanted. Errors, in order: none or one twice, about something else.
pub fn check_wanted(subject: &Subject, wanted: &[Wanted]) -> Result<(), DocumentRefusal> {
    let twice = |(at, one): (usize, &Wanted)| wanted.iter().skip(at + 1).any(|other| other.document == one.document || other.kind == one.kind);
    if wanted.is_empty() || wanted.iter().enumerate().any(twice) {
        return Err(DocumentRefusal::Wanted);
    }
    match wanted.iter().find(|one| one.kind.about() != subject.about()) {
        Some(strange) => Err(DocumentRefusal::Subject { kind: strange.kind }),
        None => Ok(()),
    }
}

impl Sequence {
    /// Its id.
    #[must_use]
    pub fn id_of(unit: &UnitId, kind: DocumentKind, year: i32) -> String {
        format!("{unit}/{}/{year}", kind.name())
    }

    /// One that gave no number yet.
    #[must_use]
    pub const fn new(id: String) -> Self {
        Self { id, last: 0 }
    }

    /// Gives the next number.
    pub const fn next(&mut self) -> u32 {
        self.last = self.last.saturating_add(1);
        self.last
    }
}

impl Document {
    /// The number it is registered under (发文字号): 黔江商务受理字〔2025〕3号.
    #[must_use]
    pub fn register_number(&self) -> String {
        format!("{}{}字〔{}〕{}号", self.letterhead.code, self.kind.series(), self.year, self.number)
    }

    /// The number at its head: that of the decision it tells, or else its own.
    #[must_use]
    pub fn head_number(&self) -> String {
        self.own_number.clone().unwrap_or_else(|| self.register_number())
    }

    /// The day it bears.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.at.date()
    }

    /// Declares it void. Errors, in order: void already, no reason.
    pub fn annul(&mut self, reason: &str, by: &UserId, at: Moment) -> Result<(), DocumentRefusal> {
        if self.void.is_some() {
            return Err(DocumentRefusal::Void);
        }
        if reason.trim().is_empty() {
            return Err(DocumentRefusal::Incomplete { missing: Named::REASON });
        }
        self.void = Some(Voided { reason: reason.to_owned(), by: by.clone(), at });
        Ok(())
    }
}

impl Record for Document {
    const TABLE: &'static Table = &Table {
        name: "document",
        meaning: "公文",
        columns: &[
            Column::text("register", "unit, kind, year and number").unique(),
            Column::text("kind", "kind of document"),
            Column::text("subject_id", "what it is about"),
            Column::number("year", "year of its number"),
        ],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        let register = format!("{}/{}", Sequence::id_of(&self.unit, self.kind, self.year), self.number);
        vec![register.as_str().into(), self.kind.name().into(), self.subject.id().into(), self.year.into()]
    }
}

impl Record for Sequence {
    const TABLE: &'static Table =
        &Table { name: "document_sequence", meaning: "公文编号", columns: &[Column::number("last_number", "last number given")], changes: true };

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![i64::from(self.last).into()]
    }
}

impl Record for Letterhead {
    const TABLE: &'static Table = &Table { name: "letterhead", meaning: "版头", columns: &[], changes: true };

    fn id(&self) -> &str {
        self.unit.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}
