//! What the register keeps about an organisation beside its present name and account: shops, accounts with who verified
//! them, former names, and credit codes that were issued with a wrong check character.

use super::Account;
use crate::chain::Fingerprint;
use crate::id::{AccountId, OrganisationId, ShopId, UserId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::{Date, Moment};

/// A shop of an organisation on a platform (网店).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Shop {
    /// Id.
    pub id: ShopId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Platform.
    pub platform: String,
    /// Name or number on the platform.
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day, once it was closed.
    pub until: Option<Date>,
}

/// An account as it was entered, and by whom verified (账户登记).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct AccountEntry {
    /// Id.
    pub id: AccountId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The account.
    pub account: Account,
    /// From which day on it is used.
    pub from: Date,
    /// Paper it stands in.
    pub source: String,
    /// Who entered it.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// Who verified it, and when.
    pub verified: Option<(UserId, Moment)>,
}

/// A name an organisation had (曾用名). Written when the name is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct FormerName {
    /// Organisation and number of the change.
    pub id: String,
    /// Whose it was.
    pub organisation: OrganisationId,
    /// The name.
    pub name: String,
    /// The credit code it went with.
    pub credit_code: String,
    /// Until when.
    pub until: Moment,
}

/// A credit code with a wrong check character that is known to have been issued so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct CodeException {
    /// The code.
    pub code: String,
    /// Fingerprint of the paper that shows it.
    pub evidence: Fingerprint,
    /// What the paper is, with its number.
    pub reason: String,
    /// Who admitted it.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// Why an act on the register of organisations is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationRefusal {
    /// The structure of the credit code is wrong.
    #[error("{code}: {why}")]
    Code {
        /// The code as given.
        code: String,
        /// What is wrong.
        why: String,
    },
    /// The check character is wrong: a warning that evidence overrides.
    #[error("{code}: the check character should be {expected}; if the code was issued so, admit it with its evidence (registry.admit_code) and enter it again")]
    CheckDigit {
        /// The code as given.
        code: String,
        /// The character the standard asks for.
        expected: char,
    },
    /// The code needs no exception.
    #[error("{code}: the check character is right, nothing has to be admitted")]
    NothingToAdmit {
        /// The code.
        code: String,
    },
    /// The account would change on the way.
    #[error("the account of an organisation is changed by registry.put_account and verified by another person")]
    Account,
    /// No paper is named.
    #[error("name the paper this rests on")]
    NoSource,
    /// Verified already.
    #[error("this account was verified already")]
    Verified,
    /// Who entered it would verify it.
    #[error("who entered an account does not verify it")]
    FourEyes,
    /// Not to be used yet.
    #[error("this account is used from {from} on")]
    NotYet {
        /// The day.
        from: Date,
    },
    /// A shop of another organisation.
    #[error("this shop belongs to another organisation")]
    OtherShop,
}

impl AccountEntry {
    /// Notes who verified the account. Refused means unchanged.
    ///
    /// Errors, in order: verified before, by who entered it, before its first day.
    pub fn verify(&mut self, user: &UserId, at: Moment) -> Result<(), OrganisationRefusal> {
        if self.verified.is_some() {
            return Err(OrganisationRefusal::Verified);
        }
        if self.by == *user {
            return Err(OrganisationRefusal::FourEyes);
        }
        if at.date() < self.from {
            return Err(OrganisationRefusal::NotYet { from: self.from });
        }
        self.verified = Some((user.clone(), at));
        Ok(())
    }
}

const OF: Column = Column::text("organisation_id", "whose it is");

impl Record for Shop {
    const TABLE: &'static Table = &Table { name: "shop", meaning: "网店", columns: &[OF], changes: true };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.organisation.as_str().into()]
    }
}

impl Record for AccountEntry {
    const TABLE: &'static Table = &Table { name: "account_entry", meaning: "账户登记", columns: &[OF], changes: true };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.organisation.as_str().into()]
    }
}

impl Record for FormerName {
    const TABLE: &'static Table = &Table { name: "former_name", meaning: "曾用名", columns: &[OF], changes: false };

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.organisation.as_str().into()]
    }
}

impl Record for CodeException {
    const TABLE: &'static Table = &Table { name: "code_exception", meaning: "信用代码校验例外", columns: &[], changes: false };

    fn id(&self) -> &str {
        &self.code
    }

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}
