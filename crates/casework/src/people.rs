//! Who acts: units of government, persons, and the roles a person holds for a unit or an enterprise. How rights are given
//! stands in `rights`, what keeps a person away from an enterprise in `link`.

mod link;
mod rights;

pub use link::{Link, LinkKind};
pub use rights::{Founding, PeopleRefusal, Proposal};

use crate::id::{OrganisationId, UnitId, UserId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};

/// A unit of government (单位), as the policy names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Unit {
    /// Id.
    pub id: UnitId,
    /// Name in policy texts: 区商务委.
    pub name: String,
}

/// What a person does in the office (角色).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 申报人: acts for an enterprise.
    Applicant,
    /// 经办: takes cases in, prepares what others decide.
    Clerk,
    /// 复核: checks what a clerk prepared; never the same person.
    Reviewer,
    /// 会审: gives the opinion of a participating unit.
    UnitReviewer,
    /// 审批: decides for the unit in charge.
    Leader,
    /// 财政: budget, payments, receipts.
    Finance,
    /// 审计: reads everything, changes nothing.
    Auditor,
    /// 起草: policy versions and their legal status.
    Drafter,
    /// 系统管理: people, units, calendar; no case and no money.
    Administrator,
    /// 系统服务: a program that delivers messages; no person.
    Service,
}

impl Role {
    /// All roles, in the order of the access table.
    pub const ALL: [Self; 10] = [
        Self::Applicant,
        Self::Clerk,
        Self::Reviewer,
        Self::UnitReviewer,
        Self::Leader,
        Self::Finance,
        Self::Auditor,
        Self::Drafter,
        Self::Administrator,
        Self::Service,
    ];

    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Clerk => "clerk",
            Self::Reviewer => "reviewer",
            Self::UnitReviewer => "unit_reviewer",
            Self::Leader => "leader",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
            Self::Drafter => "drafter",
            Self::Administrator => "administrator",
            Self::Service => "service",
        }
    }
}

/// A person (用户).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Name.
    pub name: String,
    /// Unit the person works for; none for applicants.
    pub unit: Option<UnitId>,
    /// Enterprise the person acts for; none for officers.
    pub organisation: Option<OrganisationId>,
    /// What the person may be.
    pub roles: Vec<Role>,
    /// Enterprises the person is linked to and must keep away from (回避).
    pub links: Vec<OrganisationId>,
    /// Whether the person may act at all.
    pub active: bool,
}

impl Record for Unit {
    const TABLE: &'static Table = &Table { name: "unit", meaning: "单位", columns: &[Column::text("name", "name in policy texts").unique()], changes: true };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.name.as_str().into()]
    }
}

impl Record for User {
    const TABLE: &'static Table =
        &Table { name: "user_account", meaning: "用户", columns: &[Column::text("unit_id", "unit the person works for")], changes: true };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.unit.as_ref().map(UnitId::as_str).into()]
    }
}
