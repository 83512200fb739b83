//! An event without its words: enough to compute its fingerprint again, and so to show that it stands in the log, without
//! showing what others asked for.

use super::{Event, Fingerprint, withdrawn};
use crate::id::{RequestId, UserId};
use crate::people::Role;
use serde::{Deserialize, Serialize};
use values::Moment;

/// A line that proves an event: its long parts as fingerprints, or in full where the reader may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Position.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Which act.
    pub act: String,
    /// The request it answers.
    pub request: RequestId,
    /// What it was done to.
    pub subject: String,
    /// What was asked for.
    pub input: Part,
    /// What was answered.
    pub outcome: Part,
    /// What it changed.
    pub effects: Part,
    /// Fingerprint of the event before.
    pub before: Fingerprint,
    /// Fingerprint of this one.
    pub fingerprint: Fingerprint,
}

/// A long part of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// In full.
    Text(String),
    /// Only its fingerprint.
    Sm3(Fingerprint),
}

impl Part {
    /// Its fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Text(text) => Fingerprint::of(text.as_bytes()),
            Self::Sm3(fingerprint) => *fingerprint,
        }
    }

    /// Its words, where they are shown.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Sm3(_) => None,
        }
    }
}

impl Proof {
    /// The proof of an event: what was changed in full, what was asked and answered only if `shown`.
    #[must_use]
    pub fn of(event: &Event, shown: bool) -> Self {
        let part = |text: &str| if shown { Part::Text(text.to_owned()) } else { Part::Sm3(Fingerprint::of(text.as_bytes())) };
        Self {
            seq: event.seq,
            at: event.at,
            user: event.user.clone(),
            role: event.role,
            act: event.act.clone(),
            request: event.request.clone(),
            subject: event.subject.clone(),
            input: withdrawn::of(&event.input).map_or_else(|| part(&event.input), Part::Sm3),
            outcome: part(&event.outcome),
            effects: Part::Text(event.effects.clone()),
            before: event.before,
            fingerprint: event.fingerprint,
        }
    }

    /// The fingerprint that its content demands.
    #[must_use]
    pub fn computed(&self) -> Fingerprint {
        let event = Event {
            seq: self.seq,
            at: self.at,
            user: self.user.clone(),
            role: self.role,
            act: self.act.clone(),
            request: self.request.clone(),
            subject: self.subject.clone(),
            input: String::new(),
            outcome: String::new(),
            effects: String::new(),
            before: self.before,
            fingerprint: self.fingerprint,
        };
        event.of_parts(self.seq, [self.input.fingerprint(), self.outcome.fingerprint(), self.effects.fingerprint()])
    }
}
