//! Where texts come from: the sections of the language reference, its wrong examples, and the rules of both
//! policies, cut so that each is small and most compile.

use super::case::Case;
use policy::source::{SourceFile, Sources, split};
use policy::syntax::ast::BlockKind;
use policy::syntax::lexer::lex;
use policy::syntax::parse::parse;
use policy::{Compiled, compile};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The policies of this repository.
pub const PLACES: &[&str] = &["jiulongpo", "qianjiang"];

/// The root of the repository, from whichever crate this is built in.
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().find(|folder| folder.join("policies").is_dir()).unwrap()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// A policy of this repository, compiled once.
pub fn compiled(place: &str) -> &'static Compiled {
    static ALL: OnceLock<Vec<Compiled>> = OnceLock::new();
    let all = ALL.get_or_init(|| PLACES.iter().map(|place| compile(&sources(place))).collect());
    &all[PLACES.iter().position(|known| *known == place).unwrap()]
}

fn sources(place: &str) -> Sources {
    let file = |name: &str| SourceFile { name: name.into(), text: read(&format!("policies/{place}/{name}")) };
    Sources { files: vec![file("policy.md")], official: Some(read(&format!("policies/{place}/official.txt"))) }
}

/// Applications that somebody wrote for a policy, one JSON object a line.
pub fn applications(place: &str) -> &'static [String] {
    static ALL: OnceLock<Vec<Vec<String>>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        PLACES
            .iter()
            .map(|place| {
                let files = [format!("policies/{place}/cases.jsonl"), format!("policies/{place}/thresholds.jsonl"), format!("examples/{place}.jsonl")];
                files.iter().flat_map(|file| read(file).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
            })
            .collect()
    });
    &all[PLACES.iter().position(|known| *known == place).unwrap()]
}

/// Small policies.
pub fn policies() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| reference().into_iter().chain(PLACES.iter().flat_map(|place| clauses(place))).collect())
}

/// Bodies of their fences.
pub fn fences() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| policies().iter().flat_map(|text| split(0, text).fences.iter().map(|f| f.body.of(text).to_owned()).collect::<Vec<_>>()).collect())
}

/// The first cases of a law.
pub fn cases(law: &str) -> Vec<String> {
    let mut out = policies().to_vec();
    if law == "check" {
        out.extend(PLACES.iter().flat_map(|place| quoted(place)));
    }
    if law == "evaluate" {
        for place in PLACES {
            for (seed, lines) in (0_u64..).zip(applications(place).chunks(3)) {
                out.push(Case { place: Some((*place).to_owned()), people: Some(seed), facts: lines.join("\n") + "\n", ..Case::default() }.write());
            }
        }
    }
    out
}

/// Sections of the reference that hold rules, and its wrong examples on their bases.
fn reference() -> Vec<String> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(root().join("docs/language")).unwrap().map(|e| e.unwrap().path()).collect();
    pages.sort();
    let mut out = Vec::new();
    for page in pages.iter().filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let text = std::fs::read_to_string(page).unwrap();
        let mut section = String::new();
        let mut fenced = false;
        for line in text.split_inclusive('\n').chain(["# \n"]) {
            fenced ^= line.starts_with("```");
            if !fenced && line.starts_with('#') {
                take(&section, &mut out);
                section.clear();
            }
            section.push_str(line);
        }
    }
    out
}

/// A section as a policy of its own; each wrong example of it on the base of the section.
fn take(section: &str, out: &mut Vec<String>) {
    if section.contains("```duixian\n") {
        out.push(section.to_owned());
    }
    let base: String = section.split("```duixian-base\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    for rest in section.split("```duixian-error ").skip(1) {
        if let Some(body) = rest.split("```").next().and_then(|body| body.split_once('\n')) {
            out.push(format!("```duixian\n{base}{}```\n", body.1));
        }
    }
}

/// Each clause of a policy with the facts and definitions it names.
fn clauses(place: &str) -> Vec<String> {
    let text = read(&format!("policies/{place}/policy.md"));
    let situations = read(&format!("policies/{place}/situations.md"));
    let shared = |text: &str, names: &[String]| {
        let mut out = String::new();
        let parsed = parse(&Sources::single(text));
        for block in &parsed.blocks {
            let words = block.span.of(text);
            let named = |line: &str| lex(0, 0, line).tokens.first().and_then(|t| t.name().map(str::to_owned)).is_some_and(|name| names.contains(&name));
            match &block.kind {
                BlockKind::Facts(_) => {
                    let mut lines = String::new();
                    let mut kept = false;
                    for line in words.lines().skip(1) {
                        kept = if line.starts_with("    ") { kept } else { named(line) };
                        if kept {
                            lines.push_str(line);
                            lines.push('\n');
                        }
                    }
                    if !lines.is_empty() {
                        out.push_str("事实\n");
                        out.push_str(&lines);
                    }
                }
                BlockKind::Define(..) if names.iter().any(|name| words.contains(name.as_str())) => out.push_str(&format!("{words}\n")),
                BlockKind::Table(_) if names.iter().any(|name| words.contains(name.as_str())) => out.push_str(&format!("{words}\n")),
                _ => {}
            }
        }
        out
    };
    let mut out: Vec<String> = Vec::new();
    for fence in split(0, &text).fences {
        let body = fence.body.of(&text);
        let names: Vec<String> = body.lines().flat_map(|line| lex(0, 0, line).tokens).filter_map(|t| t.name().map(str::to_owned)).collect();
        if body.starts_with("条款") {
            out.push(format!("```duixian\n{}{body}```\n", shared(&text, &names)));
        } else if body.len() < 3000 {
            out.push(format!("```duixian\n{body}```\n"));
        }
    }
    out.extend(split(0, &situations).fences.iter().step_by(9).map(|f| format!("```duixian\n{}```\n", f.body.of(&situations))));
    out
}

/// Sections of a policy with their quotes, and these quotes as the official text.
fn quoted(place: &str) -> Vec<String> {
    let text = read(&format!("policies/{place}/policy.md"));
    let mut out = Vec::new();
    for section in text.split("\n## ").skip(1).map(|s| format!("## {s}")).filter(|s| s.len() < 6000) {
        let document = split(0, &section);
        let titles = document.sections.iter().map(|s| s.title.clone());
        let official: Vec<String> = titles.chain(document.quotes.iter().map(policy::source::Quote::words)).collect();
        out.push(Case { official: Some(official.join("\n")), policy: section, ..Case::default() }.write());
    }
    out
}
