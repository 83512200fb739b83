//! The ambiguity register as an excuse: which 读法 takes the line that differs from the words, and which quotes them.

use crate::source::{Sources, Span};
use crate::syntax::ast::{About, Block, BlockKind, ReadingBlock};
use crate::syntax::lexer::lex;
use crate::syntax::parse::spell;

/// All readings of the policy.
pub(super) struct Register<'a> {
    readings: Vec<(&'a Block, &'a ReadingBlock)>,
}

impl<'a> Register<'a> {
    pub(super) fn of(blocks: &'a [Block]) -> Self {
        let reading = |block: &'a Block| match &block.kind {
            BlockKind::Reading(reading) => Some((block, reading)),
            _ => None,
        };
        Self { readings: blocks.iter().filter_map(reading).collect() }
    }

    /// The reading of `block` that takes this line (in one spelling).
    pub(super) fn takes(&self, block: &Block, line: &str) -> Option<(&'a Block, &'a ReadingBlock)> {
        let same = |taken: &str| {
            let tail = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '));
            !taken.is_empty() && (tail(line, taken) || tail(taken, line) || line.split(" ， ").any(|piece| piece == taken))
        };
        let takes = |reading: &ReadingBlock| reading.taken.iter().any(|t| t.spelled_lines.iter().any(|line| same(line)));
        self.readings.iter().find(|(_, reading)| speaks_of(&reading.about, block) && takes(reading)).copied()
    }

    /// The reading that speaks of `block`, or of words alone, and quotes words for which `quoted` holds.
    pub(super) fn quotes(&self, block: &Block, quoted: &dyn Fn(&str) -> bool) -> Option<&'a Block> {
        let speaks = |reading: &ReadingBlock| matches!(reading.about, About::Words) || speaks_of(&reading.about, block);
        self.readings.iter().find(|(_, reading)| speaks(reading) && reading.words.as_deref().is_some_and(quoted)).map(|(block, _)| *block)
    }

    /// Any reading that quotes these words, whatever it speaks of.
    pub(super) fn anywhere(&self, words: &str) -> bool {
        self.readings.iter().any(|(_, reading)| reading.words.as_deref().is_some_and(|quoted| quoted.contains(words)))
    }
}

fn speaks_of(about: &About, block: &Block) -> bool {
    match (about, &block.kind) {
        (About::Clauses(ids), BlockKind::Clause(clause)) => ids.iter().any(|id| id.text == clause.id.text),
        (About::Clauses(_), BlockKind::General(_)) => true,
        (About::Group(name), BlockKind::Group(group)) => name.text == group.name.text,
        (About::Pool(name), BlockKind::Pool(pool)) => name.text == pool.name.text,
        (About::Policy, BlockKind::Policy(_)) => true,
        _ => false,
    }
}

/// The line of the source that holds a place, in one spelling.
pub(super) fn line_at(sources: &Sources, span: Span) -> String {
    let (start, line) = line_of(sources, span);
    spell(&lex(span.file, start, line).tokens)
}

/// The same line as written, spaces aside.
pub(super) fn written_at(sources: &Sources, span: Span) -> String {
    line_of(sources, span).1.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn line_of(sources: &Sources, span: Span) -> (usize, &str) {
    let text = sources.files.get(usize::from(span.file)).map_or("", |f| f.text.as_str());
    let at = span.start as usize;
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |n| at + n);
    (start, text.get(start..end).unwrap_or_default())
}
