//! What a condition or an award says in plain words, shown behind its first line where that is not what the line says
//! already. Only where the policy compiles: words of an older state would stand in the wrong place.

use crate::folder::Folder;
use policy::plain::phrase;
use policy::scheme::{Give, NodeId, Origin, Scheme};
use values::Lang;

/// A hint behind a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Behind this byte.
    pub file: u16,
    /// The end of the line.
    pub byte: usize,
    /// Not longer than a line.
    pub words: String,
    /// All of it.
    pub whole: String,
}

/// Longer phrases are cut; the whole is shown on demand.
const CHARACTERS_MAX: usize = 60;

/// The hints of the bytes `from..to` of a file.
pub fn hints(folder: &Folder, file: u16, from: usize, to: usize, lang: Lang) -> Vec<Hint> {
    let Some(scheme) = &folder.compiled.scheme else { return Vec::new() };
    let mut out: Vec<Hint> = nodes(scheme).filter_map(|node| hint(folder, scheme, node, lang)).collect();
    out.retain(|h| h.file == file && from <= h.byte && h.byte <= to);
    out.sort_by_key(|h| h.byte);
    out.dedup_by_key(|h| h.byte);
    out
}

/// Conditions, bars, awards and names of all clauses; a general rule once.
fn nodes(scheme: &Scheme) -> impl Iterator<Item = NodeId> + '_ {
    let mut shared: Vec<NodeId> = Vec::new();
    let mut own: Vec<NodeId> = scheme.definitions.iter().map(|(_, node)| *node).collect();
    for clause in &scheme.clauses {
        for test in clause.conditions.iter().chain(&clause.bars) {
            if test.origin == Origin::Clause { own.push(test.node) } else { shared.push(test.node) }
        }
        own.extend(clause.locals.iter().map(|(_, node)| *node));
        if let Some(Give::Amount(node) | Give::UpTo(node) | Give::Waive(node)) = &clause.give {
            own.push(*node);
        }
        own.extend(clause.limits.iter().map(|limit| limit.amount));
    }
    own.into_iter().chain(shared)
}

fn hint(folder: &Folder, scheme: &Scheme, node: NodeId, lang: Lang) -> Option<Hint> {
    let span = *scheme.node_spans.get(node.index())?;
    let whole = phrase(scheme, node, lang);
    let text = folder.text(span.file);
    let (from, byte) = folder.lines(span.file).around(text, (span.start as usize).min(text.len()));
    let line = text.get(from..byte).unwrap_or_default();
    if whole.is_empty() || bare(line).contains(&bare(&whole)) || bare(folder.words(span)) == bare(&whole) {
        return None;
    }
    let mut words: String = whole.chars().take(CHARACTERS_MAX).collect();
    if words.len() < whole.len() {
        words.push('…');
    }
    Some(Hint { file: span.file, byte, words, whole })
}

/// Words without what only lays them out.
fn bare(words: &str) -> String {
    words.chars().filter(|c| !(c.is_whitespace() || matches!(c, '（' | '）' | '(' | ')' | '，' | ',' | '；' | '、' | '『' | '』'))).collect()
}
