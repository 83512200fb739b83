//! How rights are given: never to oneself, and beyond the founding of an office never by one person alone.

use super::{Role, User};
use crate::id::UserId;
use crate::record::{Column, Key, Record, Table};
use crate::refusal::words;
use serde::{Deserialize, Serialize};
use values::Moment;

/// A change of a person's rights that waits for a second pair of eyes (权限变更).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Proposal {
    /// The person as wanted. One proposal a person: a later one takes the place of the earlier.
    pub user: User,
    /// The person as known when it was proposed: what is confirmed is this change, and no other.
    pub known: Option<User>,
    /// Who proposed it.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// Who confirmed it, and when.
    pub confirmed: Option<(UserId, Moment)>,
}

/// The mark that an office has its second administrator: from then on nobody gives rights alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Founding {
    /// Always [`Founding::ID`]: there is one.
    pub id: String,
    /// Who entered the second administrator.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

impl Founding {
    /// The id of the only one.
    pub const ID: &'static str = "office";
}

/// Why an act on people is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeopleRefusal {
    /// The person would change what the person may do.
    #[error("nobody enters or changes themselves")]
    Oneself,
    /// Roles that one person must not hold together (不相容职务).
    #[error("{} goes together with no other role", role.name())]
    Incompatible {
        /// The role that stands alone.
        role: Role,
    },
    /// An applicant acts for an enterprise and no unit; everybody else for no enterprise.
    #[error("an applicant acts for one enterprise and no unit, everybody else for no enterprise")]
    Place,
    /// Nothing waits to be confirmed.
    #[error("no change of this person's rights waits to be confirmed")]
    NothingProposed,
    /// Who proposed it would confirm it.
    #[error("who proposed a change of rights does not confirm it")]
    FourEyes,
    /// The person was changed since.
    #[error("this person was changed since the change was proposed: propose it again")]
    Stale,
}

words! {
    PeopleRefusal
    "people.oneself" Oneself => "登记或变更本人的信息和权限须由他人办理，请转由其他管理员办理。";
    "people.incompatible" Incompatible { role } => format!("“{}”角色不能兼任其他角色，请只保留该角色，或去掉该角色。", role.title());
    "people.place" Place => "申报人应代表一家企业且不属于任何单位，其他人员不得代表企业。请更正所属单位和企业。";
    "people.nothing_proposed" NothingProposed => "该人员没有等待确认的权限变更，无需办理。";
    "people.four_eyes" FourEyes => "该权限变更由您提出，按照四眼原则不能由您确认，请转由其他管理员确认。";
    "people.stale" Stale => "该人员的信息在提出权限变更之后又有变动，原变更不再适用，请重新提出。";
}

impl User {
    /// Checks that roles, unit and enterprise go together. Errors: roles first, then the place.
    pub fn check(&self) -> Result<(), PeopleRefusal> {
        // Who runs the system decides nothing, who audits does nothing, who applies judges nobody, a program is no officer.
        let alone = [Role::Administrator, Role::Auditor, Role::Applicant, Role::Service];
        if let Some(role) = self.roles.iter().find(|role| alone.contains(role) && self.roles.iter().any(|other| other != *role)) {
            return Err(PeopleRefusal::Incompatible { role: *role });
        }
        let placed = match self.roles.contains(&Role::Applicant) {
            true => self.organisation.is_some() && self.unit.is_none(),
            false => self.organisation.is_none(),
        };
        if placed { Ok(()) } else { Err(PeopleRefusal::Place) }
    }

    /// Whether an officer may do more after a change than before it, or anybody may act again who was shut out.
    ///
    /// An applicant's account gives nothing but the enterprise's own cases: one administrator may open it. To let somebody in again
    /// takes two for everybody: the sign-in may have been taken away meanwhile, and somebody else come in with the next.
    #[must_use]
    pub fn gains(&self, known: Option<&Self>) -> bool {
        let officer = self.roles.iter().any(|role| *role != Role::Applicant);
        let Some(known) = known else { return officer && self.active };
        let role_gained = self.roles.iter().any(|role| !known.roles.contains(role));
        let freed = known.links.iter().any(|link| !self.links.contains(link));
        self.active && (!known.active || (officer && (role_gained || self.unit != known.unit || freed)))
    }
}

impl Record for Proposal {
    const TABLE: &'static Table =
        &Table { name: "rights_proposal", meaning: "权限变更", columns: &[Column::text("proposed_by", "who proposed it")], changes: true };

    fn id(&self) -> &str {
        self.user.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.by.as_str().into()]
    }
}

impl Record for Founding {
    const TABLE: &'static Table = &Table { name: "founding", meaning: "初始化完成", columns: &[], changes: false };

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}
