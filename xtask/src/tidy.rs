//! House rules that run: crate arrows, file heads, lengths, names, no float beside money, no paths of a machine.
//! What no check holds, decays.

use crate::Outcome;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines a source file may have, tests left out.
const LINES_MAX: usize = 600;

/// Files that may be longer, each with its reason.
const LONG: &[(&str, &str)] = &[
    ("crates/policy/src/scheme.rs", "all types of the compiled scheme, read top to bottom"),
    ("crates/policy/src/syntax/parse/expr.rs", "the grammar of expressions in one place"),
    ("crates/policy/src/check/expr.rs", "the typing rule of each form of expression"),
];

/// Which crates a crate may name, as in design.md: arrows only point down.
const ARROWS: &[(&str, &[&str])] = &[
    ("values", &[]),
    ("policy", &["values"]),
    ("lsp", &["values", "policy"]),
    ("population", &["values", "policy"]),
    ("sql", &["values", "policy"]),
    ("casework", &["values", "policy"]),
    ("exchange", &["values", "policy", "casework"]),
    ("store", &["values", "casework"]),
    ("documents", &["values", "policy", "casework"]),
    ("office", &["values", "policy", "casework", "store", "documents"]),
    ("portal", &["values", "policy", "population", "casework", "exchange", "documents", "store", "office"]),
    ("duixian", &["values", "policy", "lsp", "casework", "exchange", "store", "office", "documents", "portal", "population", "sql"]),
    ("xtask", &["values"]),
];

/// File names that say nothing.
const EMPTY_NAMES: &[&str] = &["utils.rs", "util.rs", "helpers.rs", "helper.rs", "common.rs", "manager.rs", "misc.rs"];

/// Checks every rule and reports all that is wrong at once.
pub fn run(root: &Path) -> Outcome {
    let mut wrong = Vec::new();
    arrows(root, &mut wrong);
    for file in sources(root) {
        source(root, &file, &mut wrong);
    }
    twins(root, &mut wrong);
    if wrong.is_empty() { Ok(()) } else { Err(format!("\n  {}", wrong.join("\n  "))) }
}

fn arrows(root: &Path, wrong: &mut Vec<String>) {
    for (name, may) in ARROWS {
        let folder = if *name == "xtask" { root.join("xtask") } else { root.join("crates").join(name) };
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
        for (other, _) in ARROWS {
            if dependencies.lines().any(|line| line.starts_with(&format!("{other}.")) || line.starts_with(&format!("{other} "))) && !may.contains(other) {
                wrong.push(format!("{name} may not depend on {other}"));
            }
        }
    }
    for entry in fs::read_dir(root.join("crates")).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !ARROWS.iter().any(|(known, _)| *known == name) {
            wrong.push(format!("crates/{name} has no place in the arrows of xtask/src/tidy.rs"));
        }
    }
}

/// All Rust files of the workspace.
fn sources(root: &Path) -> Vec<PathBuf> {
    let mut stack = ["crates", "xtask", "fuzz/src", "fuzz/fuzz_targets"].map(|folder| root.join(folder)).to_vec();
    let mut out = Vec::new();
    while let Some(path) = stack.pop() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                stack.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

fn source(root: &Path, path: &Path, wrong: &mut Vec<String>) {
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    let text = fs::read_to_string(path).unwrap_or_default();
    if !text.starts_with("//!") {
        wrong.push(format!("{name}: a file opens with //!: what is here, and what is not"));
    }
    if EMPTY_NAMES.iter().any(|empty| name.ends_with(&format!("/{empty}"))) {
        wrong.push(format!("{name}: name the file after what it holds"));
    }
    let shipped = name.contains("/src/");
    let own = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    let lines = own.lines().count();
    let excused = LONG.iter().any(|(long, _)| *long == name);
    if shipped && lines > LINES_MAX && !excused {
        wrong.push(format!("{name}: {lines} lines, more than {LINES_MAX}; split it, or name the exception with its reason"));
    }
    if shipped && name.starts_with("crates/") {
        for (number, line) in own.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let float = ["f32", "f64"].iter().any(|ty| code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *ty));
            if float && !["exchange/src/workbook.rs", "documents/src/pdf/draw.rs"].iter().any(|other| name.ends_with(other)) {
                wrong.push(format!("{name}:{}: no floating point beside money", number + 1));
            }
        }
    }
    let home = root.parent().map(|p| format!("{}/", p.to_string_lossy())).unwrap_or_default();
    if home.len() > 3 && text.contains(&home) {
        wrong.push(format!("{name}: holds a path of this machine"));
    }
}

/// README and its Chinese twin have the same headings in number, and so the same content in outline.
fn twins(root: &Path, wrong: &mut Vec<String>) {
    for (english, chinese) in
        [("README.md", "README.zh-CN.md"), ("docs/language/README.md", "docs/language/README.zh-CN.md"), ("examples/README.md", "examples/README.zh-CN.md")]
    {
        let outline =
            |name: &str| fs::read_to_string(root.join(name)).ok().map(|text| text.lines().filter(|l| l.starts_with('#') || l.starts_with("```")).count());
        match (outline(english), outline(chinese)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(_), Some(_)) => wrong.push(format!("{english} and {chinese} differ in headings or code")),
            _ => wrong.push(format!("{english} or {chinese} is missing")),
        }
    }
}
