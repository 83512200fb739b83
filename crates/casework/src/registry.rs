//! What the office keeps a register of: units, people, organisations, policy versions. Only the acts are here; each noun
//! has its own file.

use crate::acts;
use crate::chain::Fingerprint;
use crate::id::{AccountId, OrganisationId, UserId};
use crate::organisation::{Account, OrganisationEntry, Shop};
use crate::people::{Link, Unit, User};
use crate::policy_version::PolicyVersion;
use values::Date;

acts! {
    /// Acts on registers.
    RegistryAct {
        /// Founds the office with its first administrator. Only while the log is empty.
        Found "registry.found" "系统初始化" { user: User }
        /// Enters a unit, or changes it.
        PutUnit "registry.put_unit" "登记单位" { unit: Unit }
        /// Enters a person, or changes what the person may do. What gives an officer more rights, or lets anybody act again, waits
        /// for a second person, once the office has its second administrator.
        PutUser "registry.put_user" "登记人员" { user: User }
        /// Enters an organisation, or changes it. Nothing that was determined changes with it; an account that is left out stays.
        PutOrganisation "registry.put_organisation" "登记申报主体" { organisation: OrganisationEntry }
        /// Loads a version of a policy, as a draft: see `policy_version` for what follows.
        LoadPolicy "registry.load_policy" "载入政策版本" { version: PolicyVersion }
        /// Confirms a change of rights that another proposed (权限复核).
        ConfirmUser "registry.confirm_user" "复核权限变更" { user: UserId }
        /// Enters what keeps a person away from an enterprise (回避关系).
        PutLink "registry.put_link" "登记回避关系" { link: Link }
        /// Enters a shop of an organisation, or changes it (网店).
        PutShop "registry.put_shop" "登记网店" { shop: Shop }
        /// Admits a credit code whose check character is wrong, on evidence that it was issued so.
        AdmitCode "registry.admit_code" "登记信用代码校验例外" {
            /// The code as it was issued.
            credit_code: String,
            /// Fingerprint of the paper that shows it.
            evidence: Fingerprint,
            /// What the paper is, with its number.
            reason: String,
        }
        /// Enters a further account of an organisation; it is paid to once another person verified it.
        PutAccount "registry.put_account" "登记账户" {
            /// Id of the entry.
            entry: AccountId,
            /// Whose it is.
            organisation: OrganisationId,
            /// The account.
            account: Account,
            /// From which day on it is used.
            from: Date,
            /// Paper it stands in.
            source: String,
        }
        /// Verifies an account that another person entered: from now on payments go there (账户核验).
        VerifyAccount "registry.verify_account" "核验账户" { entry: AccountId }
    }
}
