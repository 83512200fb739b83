//! What the register keeps about an organisation beside its present name and account: shops, accounts with who verified
//! them, former names, and credit codes that were issued with a wrong check character.

use super::Account;
use crate::chain::Fingerprint;
use crate::id::{AccountId, OrganisationId, ShopId, UserId};
use crate::record::{Column, Key, Record, Table};
use crate::refusal::words;
use serde::{Deserialize, Serialize};
use values::{CreditCodeError, Date, Moment};

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
    /// Linked to the organisation (回避).
    #[error("this person is linked to the organisation and must keep away: somebody else does this")]
    Recused,
    /// The structure of the credit code is wrong.
    #[error("{code}: {why}")]
    Code {
        /// The code as given.
        code: String,
        /// What is wrong.
        why: CreditCodeError,
    },
    /// The check character is wrong: a warning that evidence overrides.
    #[error("{code}: the check character should be {expected}; if the code was issued so, admit it with its evidence (registry.admit_code) and enter it again")]
    CheckDigit {
        /// The code as given.
        code: String,
        /// The character the standard asks for.
        expected: char,
    },
    /// Who admitted the code is linked to the organisation that would have it.
    #[error("{code}: who admitted this code is linked to the organisation; it cannot stand under it")]
    AdmitterRecused {
        /// The code.
        code: String,
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

words! {
    OrganisationRefusal
    "organisation.recused" Recused => "您与该申报主体有回避关系，应当回避，请转由其他人员办理。";
    "organisation.code" Code { code, why } => format!("统一社会信用代码 {code} 有误：{}。请核对后更正。", credit_code_fault(*why));
    "organisation.check_digit" CheckDigit { code, expected } => format!("统一社会信用代码 {code} 的校验码应为 {expected}，请先核对。登记机关确按此代码颁发的，请凭证明材料登记信用代码校验例外，再重新录入。");
    "organisation.admitter_recused" AdmitterRecused { code } => format!("为代码 {code} 登记校验例外的人员与该申报主体有回避关系，不能据此录入，请与系统管理员联系。");
    "organisation.nothing_to_admit" NothingToAdmit { code } => format!("统一社会信用代码 {code} 的校验码正确，无需登记校验例外。");
    "organisation.account" Account => "收款账户不能随申报主体信息一并改动，请办理账户登记，并由他人核验。";
    "organisation.no_source" NoSource => "请写明所依据的材料后再提交。";
    "organisation.verified" Verified => "该账户已经核验，无需重复办理。";
    "organisation.four_eyes" FourEyes => "该账户由您登记，按照四眼原则不能由您核验，请转由其他人员核验。";
    "organisation.not_yet" NotYet { from } => format!("该账户从{}起使用，请届时再办理。", from.long_zh());
    "organisation.other_shop" OtherShop => "该网店已登记在其他申报主体名下，请核对网店和主体。";
}

fn credit_code_fault(fault: CreditCodeError) -> String {
    match fault {
        CreditCodeError::Length { found } => format!("代码应为18位，现为{found}位"),
        CreditCodeError::Character { position, found } => format!("第{position}位是“{found}”，代码中不使用这个字符"),
        CreditCodeError::Region { position, found } => format!("第{position}位是“{found}”，第3至8位应为行政区划数字"),
    }
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
