//! The name of a scheme: SM3 over its canonical form. Places in the source, comments, layout and the language of
//! the keywords are no part of it; the official words are.

use crate::scheme::Scheme;
use sm3::{Digest, Sm3};
use std::fmt::Write;
use std::hash::{Hash, Hasher};

/// Changes whenever the canonical form does, so that hashes of two forms never pass for each other.
const FORM: &str = "duixian-scheme-1";

/// The canonical form as bytes: what derived `Hash` feeds, every integer in little-endian order and every length as
/// 64 bits, so that it is the same on every machine.
#[derive(Default)]
struct Canonical(Vec<u8>);

impl Hasher for Canonical {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn write_u16(&mut self, n: u16) {
        self.write(&n.to_le_bytes());
    }

    fn write_u32(&mut self, n: u32) {
        self.write(&n.to_le_bytes());
    }

    fn write_u64(&mut self, n: u64) {
        self.write(&n.to_le_bytes());
    }

    fn write_u128(&mut self, n: u128) {
        self.write(&n.to_le_bytes());
    }

    fn write_usize(&mut self, n: usize) {
        self.write(&(n as u64).to_le_bytes());
    }

    fn write_i16(&mut self, n: i16) {
        self.write(&n.to_le_bytes());
    }

    fn write_i32(&mut self, n: i32) {
        self.write(&n.to_le_bytes());
    }

    fn write_i64(&mut self, n: i64) {
        self.write(&n.to_le_bytes());
    }

    fn write_i128(&mut self, n: i128) {
        self.write(&n.to_le_bytes());
    }

    fn write_isize(&mut self, n: isize) {
        self.write(&(n as i64).to_le_bytes());
    }
}

/// The hash in hexadecimal.
pub(super) fn of(scheme: &Scheme) -> String {
    let mut canonical = Canonical::default();
    FORM.hash(&mut canonical);
    scheme.policy.hash(&mut canonical);
    scheme.units.hash(&mut canonical);
    scheme.facts.hash(&mut canonical);
    scheme.params.hash(&mut canonical);
    scheme.nodes.hash(&mut canonical);
    scheme.definitions.hash(&mut canonical);
    scheme.generals.hash(&mut canonical);
    scheme.clauses.hash(&mut canonical);
    scheme.groups.hash(&mut canonical);
    scheme.pools.hash(&mut canonical);
    scheme.clawbacks.hash(&mut canonical);
    scheme.targets.hash(&mut canonical);
    scheme.tasks.hash(&mut canonical);
    scheme.readings.hash(&mut canonical);
    for words in &scheme.clause_words {
        words.paragraphs.hash(&mut canonical);
    }
    let digest = Sm3::digest(&canonical.0);
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
