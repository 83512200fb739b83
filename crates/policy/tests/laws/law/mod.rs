//! What must hold of any text: one function a fuzz target, a panic where a law is broken. Used twice: by the test
//! `laws`, which replays the kept corpus and a seeded slice of mutations, and by `fuzz/`, where coverage guides the
//! search. How texts are changed is in `mutate`, where they come from in `seeds`; no law is written in either.

#![allow(dead_code, missing_docs, reason = "each of the crates that include this uses a part of it")]

pub mod case;
pub mod check;
pub mod evaluate;
pub mod format;
pub mod kept;
pub mod mutate;
pub mod parse;
pub mod people;
pub mod places;
pub mod seeds;

#[allow(clippy::duplicate_mod, reason = "the test `differential` has it as well")]
#[path = "../../differential/generate/random.rs"]
pub mod random;

/// A law over a case.
pub type Law = fn(&str);

/// The laws by the name of their fuzz target.
pub const LAWS: &[(&str, Law)] = &[("parse", parse::holds), ("check", check::holds), ("format", format::holds), ("evaluate", evaluate::holds)];

/// The text of an input. What is no UTF-8 is replaced: the program refuses such files before anything here sees them.
pub fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}
