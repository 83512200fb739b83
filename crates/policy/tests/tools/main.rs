//! What is made from the same file: the guide, the form with its questions, what one change would give. Everything that
//! these say is checked against the evaluator.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod compare;
mod fill;
mod guide;
#[allow(dead_code, reason = "the analysis tests use more of it")]
#[path = "../analysis/places.rs"]
mod places;
mod questions;
mod what_if;

use policy::application::Application;
use policy::input::{Defaults, Raw, read};
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use policy::{Compiled, compile};
use std::path::PathBuf;

const PLACES: [&str; 2] = ["qianjiang", "jiulongpo"];

fn folder(place: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(place)
}

fn compiled(place: &str) -> Compiled {
    let text = std::fs::read_to_string(folder(place).join("policy.md")).unwrap();
    let official = std::fs::read_to_string(folder(place).join("official.txt")).unwrap();
    compile(&Sources { files: vec![SourceFile { name: "policy.md".into(), text }], official: Some(official) })
}

fn scheme(place: &str) -> Scheme {
    compiled(place).scheme.expect("the policy compiles")
}

/// A scheme of a test's own, without an official text.
fn own(rules: &str) -> Scheme {
    let text = format!("# 试\n\n```duixian\n{rules}\n```\n");
    let compiled = compile(&Sources { files: vec![SourceFile { name: "policy.md".into(), text }], official: None });
    compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

fn application(scheme: &Scheme, value: &serde_json::Value) -> Application {
    let (app, errors) = read(scheme, &Raw::from(value), Defaults::default());
    app.unwrap_or_else(|| panic!("{value}: {errors:?}"))
}

/// The worked cases of a policy.
fn cases(place: &str, scheme: &Scheme) -> Vec<Application> {
    let text = std::fs::read_to_string(folder(place).join("cases.jsonl")).unwrap();
    text.lines().map(|line| application(scheme, &serde_json::from_str(line).unwrap())).collect()
}
