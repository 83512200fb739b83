//! The program as people run it: built, given files, read by what it prints and by its exit code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

// An office with a case that was paid, as the tests of the office have it.
#[allow(dead_code, reason = "the tests of the office use more of it")]
#[path = "../../../office/tests/office/district.rs"]
mod district;
#[path = "../../../office/tests/office/paid.rs"]
mod paid;
#[allow(dead_code, reason = "the tests of the office use more of it")]
#[path = "../../../office/tests/office/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "the tests of the office use more of it")]
#[path = "../../../office/tests/office/ranked.rs"]
mod ranked;
#[allow(dead_code, reason = "the tests of the office use more of it")]
#[path = "../../../office/tests/office/town.rs"]
mod town;

mod analyse;
mod annotated;
mod backup;
mod bad;
mod cases;
mod commands;
mod deploy;
mod export;
mod forms;
mod killed;
mod killed_form;
mod lsp;
mod newcomer;
mod office_log;
mod output;
mod running;
mod served;
mod simulated;
mod slips;
mod tables;
mod tools;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run left behind.
struct Run {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program in the root of the workspace.
fn duixian(args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_duixian")).args(args).current_dir(root()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let run = Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) };
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A folder of a test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Writes a file of a test's own and gives its path as an argument.
fn file(dir: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = dir.join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

/// Assesses a file; the lines of output as values.
fn assess(policy: &str, facts: &str, more: &[&str]) -> (Run, Vec<Value>) {
    let dir = format!("policies/{policy}");
    let mut args = vec!["assess", &dir, "--facts", facts, "--format", "json"];
    args.extend(more);
    let run = duixian(&args);
    let lines = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (run, lines)
}

/// The objects of a file with one object a line.
fn objects(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An application of 黔江 that passes the gates, with further facts.
fn application(id: &str, facts: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"year\":2024,\"applicant\":{{\"name\":\"示例公司\",\"kind\":\"企业\"}},\"facts\":{{\"注册地在本区\":true,\"在本区纳税\":true,\
         \"近三年列入失信黑名单\":false,\"近三年受财政处罚处分\":false{}{facts}}}}}",
        if facts.is_empty() { "" } else { "," }
    )
}
