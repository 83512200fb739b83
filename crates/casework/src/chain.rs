//! The log as a chain: each event carries the SM3 of itself and of the one before, so that none can be changed, left out,
//! put in or moved unseen. What an event holds is what was asked for and the fingerprints of what it changed.

mod audit;
pub mod checkpoint;
mod proof;
pub mod withdrawn;

pub use audit::{Audit, Auditor, Fault, Found, Wrong};
pub use checkpoint::Checkpoint;
pub use proof::{Part, Proof};

use crate::id::{RequestId, UserId};
use crate::people::Role;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use std::fmt;
use values::Moment;

/// A fingerprint: 32 bytes of SM3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Before the first event.
    pub const NONE: Self = Self([0; 32]);

    /// The fingerprint of bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sm3::digest(bytes).into())
    }

    /// What a hash of bytes that were taken piece by piece gave.
    #[must_use]
    pub const fn of_hash(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut out = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (slot, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
            *slot = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(out))
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Bytes in hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or_default());
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ::schemars::JsonSchema for Fingerprint {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fingerprint".into()
    }

    fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
        ::schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SM3 of some bytes" })
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a fingerprint has 64 hexadecimal digits"))
    }
}

/// What an act changed, as the log remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Effect {
    /// Table: that of a record, `entry` or `book`.
    pub table: String,
    /// Id in the table.
    pub id: String,
    /// Version of the record after the act; 1 when it is new.
    pub version: i64,
    /// Fingerprint of what is kept under it.
    pub fingerprint: Fingerprint,
}

/// One act that was done (事件).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Event {
    /// Position: 1, 2, 3 …
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Which act: `case.accept`.
    pub act: String,
    /// The request it answers; no two events have the same.
    pub request: RequestId,
    /// What it was done to: the id of a case, a call, a batch …
    pub subject: String,
    /// What was asked for, as JSON.
    pub input: String,
    /// What was answered, as JSON.
    pub outcome: String,
    /// What it changed, as a JSON list of [`Effect`]s.
    pub effects: String,
    /// Fingerprint of the event before.
    pub before: Fingerprint,
    /// Fingerprint of this one.
    pub fingerprint: Fingerprint,
}

impl Event {
    /// The fingerprint that its content demands.
    ///
    /// The three long parts go in as fingerprints of their own, so that the words of an input may have to be forgotten by law
    /// and the chain still holds.
    #[must_use]
    pub fn computed(&self) -> Fingerprint {
        self.computed_at(self.seq)
    }

    /// The fingerprint that its content would demand at another position.
    #[must_use]
    pub fn computed_at(&self, seq: i64) -> Fingerprint {
        let [outcome, effects] = [&self.outcome, &self.effects].map(|text| Fingerprint::of(text.as_bytes()));
        let input = withdrawn::of(&self.input).unwrap_or_else(|| Fingerprint::of(self.input.as_bytes()));
        self.of_parts(seq, [input, outcome, effects])
    }

    /// The same from the fingerprints of its long parts.
    fn of_parts(&self, seq: i64, [input, outcome, effects]: [Fingerprint; 3]) -> Fingerprint {
        let text = format!(
            "{}\n{seq}\n{}\n{}\n{}\n{}\n{}\n{}\n{input}\n{outcome}\n{effects}",
            self.before,
            self.at,
            self.user,
            self.role.name(),
            self.act,
            self.request,
            self.subject,
        );
        Fingerprint::of(text.as_bytes())
    }

    /// The same with place and fingerprint in the chain.
    #[must_use]
    pub fn chained(mut self, seq: i64, before: Fingerprint) -> Self {
        self.seq = seq;
        self.before = before;
        self.fingerprint = self.computed();
        self
    }
}
