//! The entries W06 of the reference: each wrong example is found with its code and applicants that come out, and its
//! right example is free of it.

use crate::replay;
use policy::analysis::analyse;
use policy::compile;
use policy::source::Sources;
use std::collections::BTreeSet;
use std::path::Path;

/// Codes of the entries of a source.
fn codes(source: &str) -> BTreeSet<&'static str> {
    let compiled = compile(&Sources::single(source));
    let wrong: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).map(|d| format!("{} {}", d.code, d.message.zh)).collect();
    let scheme = compiled.scheme.unwrap_or_else(|| panic!("{wrong:?}\n{source}"));
    let report = analyse(&scheme, &compiled.sentences, None);
    let wrong = replay::wrong(&scheme, &report);
    assert!(wrong.is_empty(), "{}\n{source}", wrong.join("\n"));
    report.entries.iter().map(|e| e.code).collect()
}

#[test]
fn every_wrong_example_of_the_analysis_is_found_and_its_right_example_is_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language/diagnostics");
    let mut documented = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let code = name.as_str();
        if !code.starts_with("W06") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let (wrong, right) = text.split_once("\n## 对的写法 · Right\n").unwrap_or_else(|| panic!("{code} has a right example"));
        let (mark, fence) = wrong.split_once("duixian-finding ").unwrap_or_else(|| panic!("{code} has a wrong example"));
        let whole = mark.ends_with("markdown ");
        let body = fence.split_once('\n').unwrap().1;
        let source = if whole { body.split("\n````").next().unwrap().to_owned() + "\n" } else { format!("```duixian\n{body}") };
        assert!(codes(&source).contains(code), "{code} is not found in its wrong example: {:?}", codes(&source));
        assert!(!codes(right).contains(code), "{code} is found in its right example");
        documented.insert(code.to_owned());
    }
    assert_eq!(documented.len(), 18);
}
