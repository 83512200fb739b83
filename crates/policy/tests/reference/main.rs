//! The language reference runs: every section of `docs/language/` with `duixian` fences is a small scheme whose
//! situations must come out, and every fence marked `duixian-error CODE` must yield that code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod applicants;
mod diagnostics;
mod sections;

use policy::{Compiled, compile, situation};
use sections::{pages, sections};
use std::collections::BTreeSet;

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
            let compiled = compile(&section.sources(section.text.clone()));
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
            for fence in &section.fences {
                let Some((code, sources)) = section.wrong(fence) else { continue };
                codes.insert(code.clone());
                let compiled = diagnostics::compiled(&code, &sources);
                let found: BTreeSet<&str> = compiled.diagnostics.iter().map(|d| d.code).collect();
                if found != BTreeSet::from([code.as_str()]) {
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
