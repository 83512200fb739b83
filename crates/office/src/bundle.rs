//! The audit bundle of a case (审计包): everything its amounts rest on, so that a third party computes every fen again with
//! the program alone. Built from a store and checked as a map of file names and bytes; folders are the program's business.

mod check;
mod write;

use casework::chain::Fingerprint;
use casework::id::DeterminationId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use values::Moment;

pub use check::check;
pub use write::write;

/// Files by name, with `/` between folders.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Name of the file that names all others.
pub const MANIFEST: &str = "manifest.json";

/// Folder of a determination that is not in force.
fn earlier(determination: &DeterminationId) -> String {
    format!("earlier/{}/", determination.as_str().replace(':', "_"))
}

/// What a bundle is, and the fingerprint of each file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of the bundle.
    pub duixian_bundle: u32,
    /// The case.
    pub case: String,
    /// The determination in force; none if nothing is determined yet.
    pub determination: Option<String>,
    /// When it was made.
    pub at: Moment,
    /// Position of the last event of the log then.
    pub log_until: i64,
    /// Fingerprint of that event.
    pub log_head: String,
    /// Files.
    pub files: Vec<Named>,
    /// Public key of the signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Signature of [`statement`](Self::statement).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// A file and its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Name.
    pub name: String,
    /// SM3 of its bytes.
    pub sm3: Fingerprint,
}

impl Manifest {
    /// What is signed: everything but the signature.
    #[must_use]
    pub fn statement(&self) -> String {
        let mut lines = vec![
            "duixian bundle".to_owned(),
            self.case.clone(),
            self.determination.clone().unwrap_or_default(),
            self.at.to_string(),
            format!("{} {}", self.log_until, self.log_head),
        ];
        lines.extend(self.files.iter().map(|file| format!("{} {}", file.sm3, file.name)));
        lines.join("\n")
    }
}

/// A record as it is kept, on a line of `records.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Table.
    pub table: String,
    /// Id.
    pub id: String,
    /// Version.
    pub version: i64,
    /// Body, as it is kept: its SM3 is the fingerprint in the log.
    pub body: String,
}
