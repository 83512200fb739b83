//! Checkpoints: what the log was at a moment, signed by the office's key. One in the log binds everything before it; a file
//! of them, kept elsewhere, tells of each record whether it is still the one that was signed. Keys and files are `office`'s.

use super::Fingerprint;
use crate::acts;
use crate::id::CheckpointId;
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::Moment;

/// What the log was at a moment (检查点).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Checkpoint {
    /// Id.
    pub id: CheckpointId,
    /// Position of the last record it covers.
    pub seq: i64,
    /// Fingerprint of that record.
    pub head: Fingerprint,
    /// When it was signed.
    pub at: Moment,
    /// Public key, `ed25519:` and 64 hexadecimal digits.
    pub key: String,
    /// Signature of [`statement`](Self::statement), in hexadecimal digits.
    pub signature: String,
}

impl Checkpoint {
    /// What is signed.
    #[must_use]
    pub fn statement(seq: i64, head: Fingerprint, at: Moment) -> String {
        format!("duixian checkpoint\n{seq}\n{head}\n{at}\n")
    }
}

acts! {
    /// Acts on the log itself.
    LogAct {
        /// Notes a signed checkpoint in the log (检查点).
        Checkpoint "log.checkpoint" { checkpoint: Checkpoint }
    }
}

impl Record for Checkpoint {
    const TABLE: &'static Table =
        &Table { name: "checkpoint", meaning: "检查点", columns: &[Column::number("seq", "position of the last record it covers")], changes: false };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.seq.into()]
    }
}
