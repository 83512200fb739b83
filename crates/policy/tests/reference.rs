//! The language reference runs: every section of `docs/language/` with `duixian` fences is a small scheme whose
//! situations must come out, and every fence marked `duixian-error CODE` must yield that code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

use policy::source::Sources;
use policy::{Compiled, compile, situation};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A fence of a page: its mark, its body, and the line it starts on.
struct Fence {
    info: String,
    body: String,
    line: usize,
}

/// A section: everything from a heading to the next heading of any level.
struct Section {
    title: String,
    text: String,
    fences: Vec<Fence>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language")
}

fn pages() -> Vec<(String, String)> {
    let mut pages: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    pages.sort();
    assert!(pages.len() > 18, "the reference has a page for each topic");
    pages
}

fn sections(text: &str) -> Vec<Section> {
    let mut out = vec![Section { title: String::new(), text: String::new(), fences: Vec::new() }];
    let mut open: Option<(String, Fence)> = None;
    for (number, line) in text.lines().enumerate() {
        let section = out.last_mut().unwrap();
        if let Some((marks, fence)) = &mut open {
            section.text.push_str(line);
            section.text.push('\n');
            if line.trim_start().starts_with(marks.as_str()) {
                section.fences.push(open.take().unwrap().1);
            } else {
                fence.body.push_str(line);
                fence.body.push('\n');
            }
            continue;
        }
        let marks: String = line.chars().take_while(|c| *c == '`').collect();
        if marks.len() >= 3 {
            open = Some((marks.clone(), Fence { info: line[marks.len()..].trim().to_owned(), body: String::new(), line: number + 1 }));
        } else if line.starts_with('#') {
            out.push(Section { title: line.to_owned(), text: String::new(), fences: Vec::new() });
            continue;
        }
        let section = out.last_mut().unwrap();
        section.text.push_str(line);
        section.text.push('\n');
    }
    assert!(open.is_none(), "an open fence");
    out
}

fn errors(compiled: &Compiled) -> Vec<String> {
    compiled.diagnostics.iter().map(|d| format!("{} {} {}", d.code, d.heading, d.message.zh)).collect()
}

#[test]
fn every_example_of_the_reference_compiles_and_its_situations_hold() {
    let (mut examples, mut situations, mut wrong) = (0, 0, Vec::new());
    for (page, text) in pages() {
        for section in sections(&text) {
            if !section.fences.iter().any(|f| f.info == "duixian") {
                continue;
            }
            examples += 1;
            let compiled = compile(&Sources::single(section.text.clone()));
            let failed: Vec<String> = compiled.diagnostics.iter().filter(|d| d.is_error()).map(|d| format!("{} {}", d.code, d.message.zh)).collect();
            if !failed.is_empty() {
                wrong.push(format!("{page} {}: {failed:?}", section.title));
                continue;
            }
            let report = situation::run(&compiled);
            situations += report.results.len();
            for result in report.results.iter().filter(|r| !r.passed) {
                wrong.push(format!("{page} {}: {} {:?}", section.title, result.title, result.failures));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(examples > 100 && situations > 200, "{examples} examples, {situations} situations");
}

#[test]
fn every_wrong_example_is_refused_with_its_code() {
    let mut wrong = Vec::new();
    let mut codes = BTreeSet::new();
    for (page, text) in pages() {
        for section in sections(&text) {
            let base: String = section.fences.iter().filter(|f| f.info == "duixian-base").map(|f| f.body.as_str()).collect();
            for fence in &section.fences {
                let Some(code) = fence.info.strip_prefix("duixian-error ") else { continue };
                codes.insert(code.trim().to_owned());
                // Lines that begin with `>` are the official words the fence stands under.
                let (words, body): (Vec<&str>, Vec<&str>) = fence.body.lines().partition(|line| line.starts_with('>'));
                let source = format!("{}\n\n```duixian\n{base}{}\n```\n", words.join("\n"), body.join("\n"));
                let compiled = compile(&Sources::single(source));
                let found: BTreeSet<&str> = compiled.diagnostics.iter().map(|d| d.code).collect();
                if found != BTreeSet::from([code.trim()]) {
                    wrong.push(format!("{page}:{} wants {code}, found {:?}", fence.line, errors(&compiled)));
                }
                for diagnostic in &compiled.diagnostics {
                    assert!(diagnostic.help.is_some(), "{page}:{}: {} says no fix", fence.line, diagnostic.code);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(codes.len() > 40, "{} codes have a wrong example", codes.len());
}

/// A code that can be raised has an entry on the page of diagnostics.
#[test]
fn every_diagnostic_is_documented() {
    let page = std::fs::read_to_string(folder().join("diagnostics.md")).unwrap();
    let mut missing = BTreeSet::new();
    let mut stack = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("\"E0").chain(text.match_indices("\"W0")) {
            let code = &text[at + 1..at + 6];
            if !page.contains(code) {
                missing.insert(code.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "undocumented: {missing:?}");
}
