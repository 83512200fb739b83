//! What the office keeps a register of: units, people, organisations, policy versions. Only the acts are here; each noun
//! has its own file.

use crate::acts;
use crate::organisation::Organisation;
use crate::people::{Unit, User};
use crate::policy_version::PolicyVersion;

acts! {
    /// Acts on registers.
    RegistryAct {
        /// Founds the office with its first administrator. Only while the log is empty.
        Found "registry.found" { user: User }
        /// Enters a unit, or changes it.
        PutUnit "registry.put_unit" { unit: Unit }
        /// Enters a person, or changes what the person may do.
        PutUser "registry.put_user" { user: User }
        /// Enters an organisation, or changes it. Nothing that was determined changes with it.
        PutOrganisation "registry.put_organisation" { organisation: Organisation }
        /// Loads a version of a policy, as a draft: see `policy_version` for what follows.
        LoadPolicy "registry.load_policy" { version: PolicyVersion }
    }
}
