//! Versions of a policy: the files whose words and rules decide, named by the hash of what they mean.

use crate::id::PolicyVersionId;
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};

/// A version of a policy (政策版本). Its files never change; an amendment is a further version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Id.
    pub id: PolicyVersionId,
    /// Hash of the compiled scheme.
    pub scheme_hash: String,
    /// Markdown files, `policy.md` first: name and text.
    pub files: Vec<(String, String)>,
    /// The text as published, if it stands in a file of its own.
    pub official: Option<String>,
}

impl Record for PolicyVersion {
    const TABLE: &'static Table =
        &Table {
            name: "policy_version", meaning: "政策版本", columns: &[Column::text("scheme_hash", "hash of the compiled scheme").unique()], changes: true
        };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.scheme_hash.as_str().into()]
    }
}
