//! Application guides: what the policy leaves to be defined stands there, by number and date, and is cited like the policy.
//! A guide is never changed; a later one takes its place for later calls.

use crate::acts;
use crate::chain::Fingerprint;
use crate::id::{GuideId, PolicyVersionId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::{Date, Moment};

/// Something the policy leaves to the guide (指南释义).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Definition {
    /// The term.
    pub term: String,
    /// Its meaning, word for word as it stands in the guide.
    pub words: String,
    /// Clause that leaves it to the guide, where it is one alone.
    pub clause: Option<String>,
}

/// A version of an application guide (申报指南).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Guide {
    /// Id.
    pub id: GuideId,
    /// Policy version it goes with.
    pub policy: PolicyVersionId,
    /// Title.
    pub title: String,
    /// Number of the document.
    pub number: String,
    /// Day of issuing.
    pub on: Date,
    /// First and last day of its validity.
    pub valid: (Date, Option<Date>),
    /// Its text.
    pub text: String,
    /// Fingerprint of the text.
    pub digest: Fingerprint,
    /// What it defines.
    pub definitions: Vec<Definition>,
    /// The guide whose place it takes.
    pub replaces: Option<GuideId>,
    /// When it was entered.
    #[serde(default)]
    pub entered: Option<Moment>,
}

/// The guide a determination rested on, frozen in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct GuideUsed {
    /// The guide.
    pub id: GuideId,
    /// Fingerprint of its text.
    pub digest: Fingerprint,
}

/// Why an act on a guide is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuideRefusal {
    /// A document that says too little.
    #[error("{missing} is missing")]
    Incomplete {
        /// What is missing.
        missing: &'static str,
    },
    /// Issued in the future, or over before it begins.
    #[error("a guide is of today or before, and ends after it begins")]
    Dates,
    /// The text is another one.
    #[error("the text has the fingerprint {found}, not the one that was named")]
    Digest {
        /// What the text gives.
        found: Fingerprint,
    },
    /// The words of a definition do not stand in the text, or its clause not in the policy.
    #[error("the definition of {term} does not stand in the text, or is for no clause of the policy")]
    Definition {
        /// The term.
        term: String,
    },
    /// The guide goes with another version, or is not valid now.
    #[error("guide {guide} goes with another policy version, or is not valid now")]
    NotUsable {
        /// The guide.
        guide: GuideId,
    },
}

acts! {
    /// Acts on guides.
    GuideAct {
        /// Issues a guide (发布申报指南).
        Issue "guide.issue" { guide: Guide }
    }
}

impl Guide {
    /// Checks a guide that is to be issued. Errors: as [`GuideRefusal`] lists them; clauses are the caller's to look up.
    pub fn check(&self, today: Date) -> Result<(), GuideRefusal> {
        for (missing, text) in [("the title", &self.title), ("the number of the document", &self.number), ("the text", &self.text)] {
            if text.trim().is_empty() {
                return Err(GuideRefusal::Incomplete { missing });
            }
        }
        if self.on > today || self.valid.1.is_some_and(|until| until < self.valid.0) {
            return Err(GuideRefusal::Dates);
        }
        let found = Fingerprint::of(self.text.as_bytes());
        if found != self.digest {
            return Err(GuideRefusal::Digest { found });
        }
        let stands = |definition: &&Definition| definition.words.trim().is_empty() || !self.text.contains(&definition.words);
        match self.definitions.iter().find(stands) {
            Some(definition) => Err(GuideRefusal::Definition { term: definition.term.clone() }),
            None => Ok(()),
        }
    }

    /// Whether a call of a policy version may use it on a day.
    pub fn may_serve(&self, policy: &PolicyVersionId, on: Date) -> Result<(), GuideRefusal> {
        let valid = self.valid.0 <= on && self.valid.1.is_none_or(|until| on <= until);
        if self.policy == *policy && valid { Ok(()) } else { Err(GuideRefusal::NotUsable { guide: self.id.clone() }) }
    }

    /// What it says of a term.
    #[must_use]
    pub fn definition(&self, term: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.term == term)
    }
}

impl Record for Guide {
    const TABLE: &'static Table = &Table { name: "guide", meaning: "申报指南", columns: &[Column::text("policy_id", "policy version")], changes: false };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.policy.as_str().into()]
    }
}
