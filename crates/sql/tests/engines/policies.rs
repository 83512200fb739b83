//! The policies of this repository and the applicants that stand beside them.

use policy::application::Application;
use policy::input::{self, Defaults, Raw};
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A policy, compiled.
pub fn scheme_of(name: &str) -> Scheme {
    let read = |file: &str| {
        let path = root().join("policies").join(name).join(file);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let sources = Sources { files: vec![SourceFile { name: "policy.md".into(), text: read("policy.md") }], official: Some(read("official.txt")) };
    let compiled = policy::compile(&sources);
    compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

fn raw(json: &Json) -> Raw {
    match json {
        Json::Null => Raw::Null,
        Json::Bool(yes) => Raw::Bool(*yes),
        Json::Number(number) => Raw::Number(number.to_string()),
        Json::String(text) => Raw::Text(text.clone()),
        Json::Array(list) => Raw::List(list.iter().map(raw).collect()),
        Json::Object(entries) => Raw::Map(entries.iter().map(|(name, value)| (name.clone(), raw(value))).collect()),
    }
}

/// The example's applicants, the worked cases and those at the thresholds, each under an id of its own.
pub fn applications(scheme: &Scheme, name: &str) -> Vec<Application> {
    let mut out = Vec::new();
    let folder = root().join("policies").join(name);
    for path in [root().join(format!("examples/{name}.jsonl")), folder.join("cases.jsonl"), folder.join("thresholds.jsonl"), folder.join("rank.jsonl")] {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let json: Json = serde_json::from_str(line).unwrap();
            let (app, errors) = input::read(scheme, &raw(&json), Defaults::default());
            let Some(mut app) = app else { panic!("{errors:?}") };
            // Places that were settled and clauses that were not applied for have no columns.
            if !app.places.is_empty() || !app.applied.is_empty() {
                continue;
            }
            app.id = format!("{:04}-{}", out.len(), app.id);
            out.push(app);
        }
    }
    assert!(out.len() > 20, "{name} has applicants");
    out
}
