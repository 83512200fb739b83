//! A policy folder, read and compiled once: what every mutant of it starts from.

use crate::mutant::Edit;
use policy::compile;
use policy::scheme::Scheme;
use policy::source::{Document, SourceFile, Sources};
use policy::syntax::ast::{Block, BlockKind};
use policy::syntax::parse::{Parsed, parse};
use std::path::Path;

/// One policy.
pub struct Place {
    /// Folder under `policies/`.
    pub name: &'static str,
    /// `policy.md`.
    pub text: String,
    /// `situations.md`.
    pub situations: String,
    /// `official.txt`.
    pub official: String,
    /// The scheme as it stands.
    pub scheme: Scheme,
    /// `policy.md`, split.
    pub document: Document,
    /// Situations of both files.
    pub blocks: Vec<Block>,
    /// `situations.md`, read.
    pub other: Document,
    /// 别名: two names of one unit of government.
    aliases: Vec<(String, String)>,
}

impl Place {
    pub fn read(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name);
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        let (text, situations, official) = (read("policy.md"), read("situations.md"), read("official.txt"));
        let sources = Sources { files: vec![file("policy.md", &text), file("situations.md", &situations)], official: Some(official.clone()) };
        let compiled = compile(&sources);
        assert!(compiled.diagnostics.is_empty(), "{name}: {:?}", compiled.diagnostics);
        let mut parsed = parse(&sources);
        let other = parsed.documents.pop().unwrap();
        let document = parsed.documents.pop().unwrap();
        let aliases = parsed.blocks.iter().filter_map(|b| if let BlockKind::Policy(policy) = &b.kind { Some(&policy.aliases) } else { None });
        let aliases = aliases.flatten().map(|(a, b)| (a.text.clone(), b.text.clone())).collect();
        let blocks = parsed.blocks.into_iter().filter(|b| matches!(b.kind, BlockKind::Situation(_))).collect();
        Self { name, text, situations, official, scheme: compiled.scheme.unwrap(), document, blocks, other, aliases }
    }

    /// Another policy without its situations.
    pub fn alone(text: &str, official: String) -> Sources {
        Sources { files: vec![file("policy.md", text)], official: Some(official) }
    }

    /// The change of a quote (bytes of the policy) as one of `official.txt`: white space counts in neither.
    pub fn official_edit(&self, start: usize, end: usize, with: &str) -> Edit {
        let counts = |c: &char| !c.is_whitespace() && *c != '\u{FEFF}';
        let count = |text: &str| text.chars().filter(counts).count();
        let quoted = self.document.quotes.iter().flat_map(|q| &q.lines);
        let before: usize = quoted.map(|(span, words)| count(&words[..start.clamp(span.start as usize, span.end as usize) - span.start as usize])).sum();
        let places: Vec<usize> = self.official.char_indices().filter(|(_, c)| counts(c)).map(|(at, _)| at).collect();
        let after = before + count(&self.text[start..end]);
        let edit = Edit { start: places[before], end: places.get(after).copied().unwrap_or(self.official.len()), with: with.to_owned() };
        let same = |text: &str| text.chars().filter(counts).collect::<String>();
        assert_eq!(same(&self.official[edit.start..edit.end]), same(&self.text[start..end]));
        edit
    }

    /// A scheme written out, each unit of government under one name.
    pub fn one_name(&self, written: String) -> String {
        self.aliases.iter().fold(written, |text, (name, other)| text.replace(&format!("{name:?}"), &format!("{other:?}")))
    }

    /// The situations, with the expectations kept that `keep` wants, as something that can be run.
    pub fn situations(&self, keep: impl Fn(&str) -> bool) -> Parsed {
        let mut blocks = self.blocks.clone();
        for block in &mut blocks {
            if let BlockKind::Situation(situation) = &mut block.kind
                && !situation.expects.iter().any(|e| keep(&e.clause.text))
            {
                situation.expects.clear();
            }
        }
        Parsed { documents: vec![self.document.clone(), self.other.clone()], blocks, diagnostics: Vec::new() }
    }
}

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.into(), text: text.into() }
}
