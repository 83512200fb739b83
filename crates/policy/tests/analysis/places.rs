//! Where the schemes under test come from: the two policies and every example of the language reference.

use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use policy::{Compiled, compile};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A policy of the repository with its official text, situations left out.
pub fn policy(name: &str) -> (Sources, Compiled) {
    let folder = root().join("policies").join(name);
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let sources = Sources { files: vec![SourceFile { name: "policy.md".into(), text: read("policy.md") }], official: Some(read("official.txt")) };
    let compiled = compile(&sources);
    (sources, compiled)
}

/// A scheme of a small source, which must compile.
pub fn scheme(rules: &str) -> Scheme {
    let compiled = compile(&Sources::single(format!("```duixian\n{rules}\n```\n")));
    let wrong: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).map(|d| (d.code, d.message.zh.clone())).collect();
    compiled.scheme.unwrap_or_else(|| panic!("{wrong:?}\n{rules}"))
}

/// The examples of docs/language that compile: where they stand, and their scheme.
pub fn examples() -> Vec<(String, Scheme)> {
    let mut pages: Vec<_> = std::fs::read_dir(root().join("docs/language")).unwrap().map(|e| e.unwrap().path()).collect();
    pages.retain(|p| p.extension().is_some_and(|e| e == "md"));
    pages.sort();
    let mut out = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let mut sections: Vec<(String, String)> = vec![(String::new(), String::new())];
        let mut fenced: Option<String> = None;
        for line in text.lines() {
            let marks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
            match &fenced {
                Some(open) if line.trim_start().starts_with(open.as_str()) => fenced = None,
                Some(_) => {}
                None if marks.len() >= 3 => fenced = Some(marks),
                None if line.starts_with('#') => sections.push((line.to_owned(), String::new())),
                None => {}
            }
            let section = &mut sections.last_mut().unwrap().1;
            section.push_str(line);
            section.push('\n');
        }
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        for (title, text) in sections {
            if text.contains("```duixian\n")
                && let Some(scheme) = compile(&Sources::single(text)).scheme
                && !scheme.clauses.is_empty()
            {
                out.push((format!("{name} {title}"), scheme));
            }
        }
    }
    assert!(out.len() > 80, "{} examples", out.len());
    out
}
