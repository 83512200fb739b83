//! What may be forgotten, and when (保存期限、清除): applications that were never handed in, and how an enterprise was reached and paid
//! long after all its cases are over. Determinations, the register frozen with them, payments and the ledger are never forgotten.

use crate::acts;
use crate::case::{Case, End, EndKind, Stage};
use crate::id::{CallId, CaseId, OrganisationId, UserId};
use crate::organisation::{Account, AccountEntry, Organisation};
use crate::people::User;
use crate::record::{Key, Record, Table};
use crate::refusal::{Named, words};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use values::{Date, Moment};

/// How long what is kept (保存期限), with the rule it rests on. There is one; nothing is forgotten before it is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Retention {
    /// Always [`Self::ID`].
    pub id: String,
    /// Days after the last day of a call for which drafts are kept that were never handed in.
    pub drafts_days: u32,
    /// Years, after the end of the last year in which an enterprise had anything to do here, for which contacts are kept.
    pub contacts_years: u32,
    /// The rule: a document with number and article.
    pub basis: String,
    /// Who set it.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// Why something is not forgotten, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetentionRefusal {
    /// Something must be given.
    #[error("{missing} must be given")]
    Incomplete {
        /// What is missing.
        missing: Named,
    },
    /// No periods are set.
    #[error("no periods are set, so nothing is forgotten: retention.set_periods")]
    NoPeriods,
    /// It was handed in: it is part of what was decided.
    #[error("case {case} was handed in, so it is kept")]
    HandedIn {
        /// The case.
        case: CaseId,
    },
    /// Something of it is not over.
    #[error("{what} {id} is not over")]
    Running {
        /// What.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The period is not over.
    #[error("it is kept until {until}")]
    TooEarly {
        /// The last day on which it is kept.
        until: Date,
    },
    /// A person who does not act for the enterprise.
    #[error("{user} does not act for this enterprise")]
    NotTheirs {
        /// The person.
        user: UserId,
    },
    /// A person who may act still.
    #[error("{user} may act still: take the rights away first (registry.put_user)")]
    Active {
        /// The person.
        user: UserId,
    },
    /// There is nothing left that could be forgotten.
    #[error("there is nothing left to be forgotten")]
    NothingLeft,
}

words! {
    RetentionRefusal
    "retention.incomplete" Incomplete { missing } => format!("请填写{}。", missing.zh);
    "retention.no_periods" NoPeriods => "尚未设定保存期限，不能清除任何内容，请先设定保存期限。";
    "retention.handed_in" HandedIn { case } => format!("案件 {case} 已经提交，属于审核档案，不能清除。");
    "retention.running" Running { what, id } => format!("{} {id} 尚未办结，请在办结之后再清除。", crate::refusal::noun(what));
    "retention.too_early" TooEarly { until } => format!("保存期限未满，应保存至{}，请在此之后再清除。", until.long_zh());
    "retention.not_theirs" NotTheirs { user } => format!("用户 {user} 不是该申报主体的人员，请核对名单。");
    "retention.active" Active { user } => format!("用户 {user} 仍可登录办事，请先停用。");
    "retention.nothing_left" NothingLeft => "已经没有可以清除的内容。";
}

acts! {
    /// Acts of forgetting.
    RetentionAct {
        /// Sets how long what is kept.
        SetPeriods "retention.set_periods" "设定保存期限" {
            /// Days after the last day of a call for which drafts are kept that were never handed in.
            drafts_days: u32,
            /// Years, after the end of the last year in which an enterprise had anything to do here, for which contacts are kept.
            contacts_years: u32,
            /// The rule: a document with number and article.
            basis: String,
        }
        /// Empties an application that was never handed in. Its words leave the log too; their fingerprints stay.
        EmptyDraft "retention.empty_draft" "清空未提交的申报" { case: CaseId }
        /// Forgets how an enterprise was reached and paid: bank accounts, other names, names of its people.
        ForgetContacts "retention.forget_contacts" "清除联系信息" {
            /// The enterprise.
            organisation: OrganisationId,
            /// Those who acted for it: they may act no more, and their names are forgotten.
            people: Vec<UserId>,
        }
    }
}

/// What stands where something was forgotten.
pub const FORGOTTEN: &str = "（已清除）";

impl Retention {
    /// The id of the one record.
    pub const ID: &'static str = "office";

    /// Periods that can be set. Errors: no rule, or none of them.
    pub fn new(drafts_days: u32, contacts_years: u32, basis: &str, by: &UserId, at: Moment) -> Result<Self, RetentionRefusal> {
        let missing = match (drafts_days, contacts_years) {
            (0, _) | (_, 0) => Some(Named::PERIOD),
            _ if basis.trim().is_empty() => Some(Named::BASIS),
            _ => None,
        };
        match missing {
            Some(missing) => Err(RetentionRefusal::Incomplete { missing }),
            None => Ok(Self { id: Self::ID.to_owned(), drafts_days, contacts_years, basis: basis.trim().to_owned(), by: by.clone(), at }),
        }
    }

    /// The last day on which a draft of a call is kept that ended on a day.
    #[must_use]
    pub fn draft_until(&self, call_ends: Date) -> Date {
        call_ends.add_days(i64::from(self.drafts_days)).unwrap_or(Date::LAST)
    }

    /// The last day on which contacts are kept, after a last year.
    #[must_use]
    pub fn contacts_until(&self, last_year: i32) -> Date {
        let year = i32::try_from(self.contacts_years).ok().and_then(|years| last_year.checked_add(years));
        year.and_then(Date::last_of_year).unwrap_or(Date::LAST)
    }
}

/// Goes on on the day after the one until which something is kept. Errors: [`RetentionRefusal::TooEarly`].
pub fn is_over(until: Date, today: Date) -> Result<(), RetentionRefusal> {
    if today > until { Ok(()) } else { Err(RetentionRefusal::TooEarly { until }) }
}

impl Case {
    /// Whether the case ended, or waits in a draft that nobody handed in.
    #[must_use]
    pub const fn is_at_an_end(&self) -> bool {
        matches!(self.stage, Stage::Archived | Stage::Withdrawn | Stage::Declined | Stage::Refused | Stage::Terminated)
    }

    /// What is left of a draft when its words are gone: whose it was, and in which call.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self { application: Value::Object(serde_json::Map::new()), evidence: Vec::new(), claims: Vec::new(), ..self.clone() }
    }

    /// Whether it is a draft that nobody handed in, taken back or not.
    #[must_use]
    pub const fn was_never_handed_in(&self) -> bool {
        self.submitted.is_none() && self.determination.is_none() && matches!(self.stage, Stage::Draft | Stage::Withdrawn)
    }

    /// Empties a draft that was never handed in; one that was not taken back is so now. One that is empty is emptied again: when the
    /// log is done again there are no words in it any more.
    ///
    /// Errors: it was handed in. Refused means unchanged.
    pub fn empty(&mut self, by: &UserId, at: Moment) -> Result<(), RetentionRefusal> {
        if !self.was_never_handed_in() {
            return Err(RetentionRefusal::HandedIn { case: self.id.clone() });
        }
        *self = self.bare();
        if self.stage == Stage::Draft {
            self.review.end = Some(End { kind: EndKind::Lapsed, from: Stage::Draft, reason: String::new(), remedies: None, by: by.clone(), at });
            self.stage = Stage::Withdrawn;
        }
        Ok(())
    }
}

/// Forgets something where there is something; whether there was.
pub trait Forget {
    /// Forgets it.
    fn forget(&mut self) -> bool;
}

impl Forget for Organisation {
    fn forget(&mut self) -> bool {
        let had = self.account.is_some() || !self.aliases.is_empty();
        self.account = None;
        self.aliases.clear();
        had
    }
}

impl Forget for AccountEntry {
    fn forget(&mut self) -> bool {
        let nothing = || FORGOTTEN.to_owned();
        let before = std::mem::replace(&mut self.account, Account { holder: nothing(), number: nothing(), bank: nothing() });
        before != self.account
    }
}

impl Forget for User {
    fn forget(&mut self) -> bool {
        std::mem::replace(&mut self.name, FORGOTTEN.to_owned()) != FORGOTTEN
    }
}

/// A draft that may be emptied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ::schemars::JsonSchema)]
pub struct OldDraft {
    /// The case.
    pub case: CaseId,
    /// Its call.
    pub call: CallId,
    /// The last day on which it had to be kept.
    pub until: Date,
}

/// An enterprise whose contacts may be forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ::schemars::JsonSchema)]
pub struct OldContacts {
    /// The enterprise.
    pub organisation: OrganisationId,
    /// The last day on which they had to be kept.
    pub until: Date,
    /// Who acted for it, and may no more.
    pub people: Vec<UserId>,
    /// Who may act for it still: their rights are taken away first.
    pub active: Vec<UserId>,
}

impl Record for Retention {
    const TABLE: &'static Table = &Table { name: "retention", meaning: "保存期限", columns: &[], changes: true };

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}
