//! A case is a text one can read: the policy, then parts that open with a line `%%% NAME`. Without such a line it is
//! the policy alone.

use super::seeds;
use policy::source::Sources;
use std::fmt::Write;

/// The mark of a part.
const MARK: &str = "%%% ";

/// A case taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// The policy; empty where `place` names one.
    pub policy: String,
    /// `%%% official`: the official text.
    pub official: Option<String>,
    /// `%%% place qianjiang`: the policy of this repository in place of the text.
    pub place: Option<String>,
    /// `%%% people 7`: the seed of the applicants that are invented for the scheme.
    pub people: Option<u64>,
    /// `%%% facts`: applications, one JSON object a line.
    pub facts: String,
}

impl Case {
    /// Reads a case. Never fails: a part of another name is policy.
    pub fn of(text: &str) -> Self {
        let mut case = Self::default();
        let mut part = "";
        for line in text.split_inclusive('\n') {
            let words = line.trim_end();
            if let Some(name) = words.strip_prefix(MARK) {
                match name.split_once(' ').unwrap_or((name, "")) {
                    ("official", _) => {
                        part = "official";
                        case.official.get_or_insert_default();
                        continue;
                    }
                    ("facts", _) => {
                        part = "facts";
                        continue;
                    }
                    ("place", place) if seeds::PLACES.contains(&place) => {
                        case.place = Some(place.to_owned());
                        continue;
                    }
                    ("people", seed) => {
                        case.people = seed.parse().ok();
                        continue;
                    }
                    _ => {}
                }
            }
            match (part, &mut case.official) {
                ("official", Some(official)) => official.push_str(line),
                ("facts", _) => case.facts.push_str(line),
                _ => case.policy.push_str(line),
            }
        }
        case
    }

    /// The case as a text, which reads back the same.
    pub fn write(&self) -> String {
        let mut out = self.policy.clone();
        let mut part = |name: &str, body: &str| {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
            let _ = write!(out, "{MARK}{name}\n{body}");
        };
        if let Some(place) = &self.place {
            part(&format!("place {place}"), "");
        }
        if let Some(seed) = self.people {
            part(&format!("people {seed}"), "");
        }
        if let Some(official) = &self.official {
            part("official", official);
        }
        if !self.facts.is_empty() {
            part("facts", &self.facts);
        }
        out
    }

    /// What is compiled.
    pub fn sources(&self) -> Sources {
        Sources { official: self.official.clone(), ..Sources::single(self.policy.clone()) }
    }

    /// The same case with another policy.
    pub fn with(&self, policy: &str) -> Sources {
        Sources { official: self.official.clone(), ..Sources::single(policy) }
    }

    /// The seed of the invented applicants: as given, or one that follows from the text.
    pub fn seed(&self) -> u64 {
        self.people.unwrap_or_else(|| {
            self.policy.bytes().chain(self.facts.bytes()).fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
        })
    }
}
