//! Organisations that apply: names, credit code, account. What else is kept about one – shops, accounts of earlier times,
//! former names – stands in `register`; what a decision rested on, in `snapshot`. Neither changes what was decided.

mod register;
mod snapshot;

use crate::id::OrganisationId;
use crate::record::{Column, Key, Record, Table};
pub use register::{AccountEntry, CodeException, FormerName, OrganisationRefusal, Shop};
use serde::{Deserialize, Deserializer, Serialize};
pub use snapshot::{Changed, Snapshot};

/// An organisation that applies (申报主体).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Organisation {
    /// Id.
    pub id: OrganisationId,
    /// Registered name.
    pub name: String,
    /// Unified social credit code (统一社会信用代码).
    pub credit_code: String,
    /// Other names it is known by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Account that payments go to.
    #[serde(default)]
    pub account: Option<Account>,
}

/// An organisation as it is entered, or changed. An account that is left out stays as it is, so that who is not shown it cannot
/// take it away by sending back what was read; `null` takes it away, which stops payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct OrganisationEntry {
    /// Id.
    pub id: OrganisationId,
    /// Registered name.
    pub name: String,
    /// Unified social credit code (统一社会信用代码).
    pub credit_code: String,
    /// Other names it is known by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Account that payments go to.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub account: Option<Option<Account>>,
}

/// What is there was given, `null` too.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Account>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<Organisation> for OrganisationEntry {
    fn from(organisation: Organisation) -> Self {
        let Organisation { id, name, credit_code, aliases, account } = organisation;
        Self { id, name, credit_code, aliases, account: Some(account) }
    }
}

/// A bank account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Account {
    /// Holder, as the bank has it.
    pub holder: String,
    /// Number.
    pub number: String,
    /// Bank.
    pub bank: String,
}

impl Record for Organisation {
    const TABLE: &'static Table =
        &Table { name: "organisation", meaning: "申报主体", columns: &[Column::text("credit_code", "unified social credit code").unique()], changes: true };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.credit_code.as_str().into()]
    }
}
