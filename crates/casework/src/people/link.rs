//! What keeps an officer away from an enterprise (回避关系), each with where it is known from.

use crate::chain::Fingerprint;
use crate::id::{LinkId, OrganisationId, UserId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::Date;

/// How a person is linked to an enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// 亲属任职或持股
    Kinship,
    /// 曾任职
    FormerEmployer,
    /// 本人持股
    Shareholding,
    /// 其他利害关系
    Interest,
}

/// A link between a person and an enterprise (回避关系).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Link {
    /// Id.
    pub id: LinkId,
    /// The person.
    pub user: UserId,
    /// The enterprise.
    pub organisation: OrganisationId,
    /// How they are linked.
    pub kind: LinkKind,
    /// Where it is known from: 本人申报, a register, a report; the paper's number.
    pub source: String,
    /// Fingerprint of the paper, where there is one.
    pub evidence: Option<Fingerprint>,
    /// First day on which the person keeps away.
    pub from: Date,
    /// Last day; none: for good.
    pub until: Option<Date>,
}

impl Link {
    /// Whether the person keeps away on a day.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl Record for Link {
    const TABLE: &'static Table = &Table {
        name: "recusal_link",
        meaning: "回避关系",
        columns: &[Column::text("user_id", "the person"), Column::text("organisation_id", "the enterprise")],
        changes: false,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.user.as_str().into(), self.organisation.as_str().into()]
    }
}
