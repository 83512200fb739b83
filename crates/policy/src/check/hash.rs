//! The name of a scheme: SM3 over its canonical form. Places in the source, comments, layout and the language of
//! the keywords are no part of it; the official words are.

use crate::scheme::Scheme;
use sm3::{Digest, Sm3};
use std::fmt::Write;

/// Changes whenever the canonical form does, so that hashes of two forms never pass for each other.
const FORM: &str = "duixian-scheme-1";

/// The hash in hexadecimal.
pub(super) fn of(scheme: &Scheme) -> String {
    let mut canonical = String::from(FORM);
    let mut part = |name: &str, value: &dyn std::fmt::Debug| {
        // Writing to a string cannot fail.
        let _ = write!(canonical, "\n{name} {value:?}");
    };
    part("policy", &scheme.policy);
    part("units", &scheme.units);
    part("facts", &scheme.facts);
    part("params", &scheme.params);
    for node in &scheme.nodes {
        part("node", node);
    }
    part("definitions", &scheme.definitions);
    part("generals", &scheme.generals);
    part("clauses", &scheme.clauses);
    part("groups", &scheme.groups);
    part("pools", &scheme.pools);
    part("clawbacks", &scheme.clawbacks);
    part("targets", &scheme.targets);
    part("tasks", &scheme.tasks);
    part("readings", &scheme.readings);
    for words in &scheme.clause_words {
        part("words", &words.paragraphs);
    }
    let digest = Sm3::digest(canonical.as_bytes());
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
