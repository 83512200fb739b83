//! The ambiguity register at work: the scheme as another reading would have it, and what that changes for applicants.
//! The lines that 取 repeats are replaced in the source by those of 另, and the result is compiled like any policy; a
//! reading in words, or one whose lines do not fit together, has no variant and says so.

use crate::application::Application;
use crate::check::{Compiled, compile_reading};
use crate::eval::{AssessOptions, assess};
use crate::scheme::Scheme;
use crate::source::{SourceFile, Sources, Span};
use crate::syntax::ast::{About, Alternative, Block, BlockKind, ReadingBlock};
use crate::syntax::lexer::lex;
use crate::syntax::parse::{parse, spell};
use crate::syntax::words::{Role, opens_line};
use values::Fen;

/// What another reading changes for one applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Id of the application.
    pub id: String,
    /// Sum of its clauses' amounts before groups and pools, ceilings included: as taken, and as it would be.
    pub amount: (Fen, Fen),
    /// Sum of what is awarded: as taken, and as it would be.
    pub awarded: (Fen, Fen),
}

/// The scheme under another reading: the `other`-th 另 of the `reading`-th entry of the register (both from 0).
/// `None` where the reading is not lines, or its lines do not compile in their place.
pub fn variant(sources: &Sources, compiled: &Compiled, reading: usize, other: usize) -> Option<Scheme> {
    let entry = entries(compiled).nth(reading)?;
    let other = entry.others.get(other)?;
    if !other.words.is_empty() || (other.lines.is_empty() && !other.no_line) || entry.taken.iter().all(|t| t.lines.is_empty()) {
        return None;
    }
    let mut changed = sources.clone();
    let mut replaced = false;
    // From the last block to the first, so that places before it stay true.
    for block in about(compiled, &entry.about).into_iter().rev() {
        let file = changed.files.get_mut(usize::from(block.file))?;
        replaced |= replace(file, block, &entry.taken, other, sources);
    }
    if !replaced {
        return None;
    }
    let mut parsed = parse(&changed);
    // The register speaks of the lines as taken; situations were written for them.
    parsed.blocks.retain(|b| !matches!(b.kind, BlockKind::Reading(_) | BlockKind::Situation(_)));
    compile_reading(&changed, parsed).scheme
}

/// What the variant changes: only applicants for whom something is different.
pub fn changes(taken: &Scheme, variant: &Scheme, applications: &[Application]) -> Vec<Change> {
    let run = |scheme: &Scheme| assess(scheme, applications, &AssessOptions::default()).assessments;
    let sum = |assessment: &crate::assessment::Assessment| {
        let amounts = assessment.clauses.iter().filter_map(|r| r.amount);
        amounts.fold(Fen(0), |a, b| a.checked_add(b).unwrap_or(a))
    };
    run(taken)
        .iter()
        .zip(&run(variant))
        .map(|(a, b)| Change { id: a.id.clone(), amount: (sum(a), sum(b)), awarded: (a.total, b.total) })
        .filter(|c| c.amount.0 != c.amount.1 || c.awarded.0 != c.awarded.1)
        .collect()
}

fn entries(compiled: &Compiled) -> impl Iterator<Item = &ReadingBlock> {
    compiled.parsed.blocks.iter().filter_map(|b| match &b.kind {
        BlockKind::Reading(reading) => Some(reading),
        _ => None,
    })
}

/// Blocks a reading speaks of, in order of the file.
fn about<'a>(compiled: &'a Compiled, about: &About) -> Vec<&'a Block> {
    compiled
        .parsed
        .blocks
        .iter()
        .filter(|b| match (&b.kind, about) {
            (BlockKind::Clause(clause), About::Clauses(names)) => names.iter().any(|n| n.text == clause.id.text),
            (BlockKind::Group(group), About::Group(name)) => group.name.text == name.text,
            (BlockKind::Pool(pool), About::Pool(name)) => pool.name.text == name.text,
            (BlockKind::Policy(_), About::Policy) => true,
            _ => false,
        })
        .collect()
}

/// A line of the source with its words in one spelling.
struct Physical {
    start: usize,
    end: usize,
    indent: usize,
    words: String,
    /// Role of its first word, if it opens a line.
    opens: Option<Role>,
}

fn physical(text: &str, span: Span) -> Vec<Physical> {
    let mut out = Vec::new();
    let begin = text.get(..span.start as usize).and_then(|t| t.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(span.end as usize..).and_then(|t| t.find('\n')).map_or(text.len(), |at| span.end as usize + at + 1);
    let mut start = begin;
    for line in text.get(begin..end).unwrap_or_default().split_inclusive('\n') {
        let lexed = lex(span.file, start, line.trim_end_matches(['\n', '\r']));
        if let Some(first) = lexed.tokens.first() {
            let opens = match &first.kind {
                crate::syntax::lexer::TokenKind::Word { key: Some((zh, role)), .. } if opens_line(zh, *role) => Some(*role),
                _ => None,
            };
            let indent = (first.span.start as usize).saturating_sub(start);
            out.push(Physical { start, end: start + line.len(), indent, words: spell(&lexed.tokens), opens });
        }
        start += line.len();
    }
    out
}

/// Puts the lines of 另 where those of 取 stand. False where they are not found.
fn replace(file: &mut SourceFile, block: &Block, taken: &[Alternative], other: &Alternative, sources: &Sources) -> bool {
    let lines = physical(&file.text, block.span);
    let wanted: Vec<&String> = taken.iter().flat_map(|t| &t.spelled_lines).collect();
    let matches = |line: &Physical| wanted.iter().any(|w| **w == line.words || w.split_once(' ').is_some_and(|(_, rest)| rest == line.words));
    let Some(first) = lines.iter().position(matches) else { return false };
    let Some(place) = lines.get(first) else { return false };
    // Children of a replaced line go with it.
    let mut drop = vec![false; lines.len()];
    let mut under: Option<usize> = None;
    for (line, gone) in lines.iter().zip(&mut drop) {
        under = under.filter(|indent| line.indent > *indent);
        if under.is_some() && !other.no_line {
            *gone = true;
        } else if matches(line) {
            *gone = true;
            under = Some(line.indent).filter(|_| line.opens.is_some() && line.words.starts_with("给予"));
        }
    }
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if at == first {
            text.push_str(&written(other, place, sources));
        }
        if !drop.get(at).copied().unwrap_or(false) {
            text.push_str(file.text.get(line.start..line.end).unwrap_or_default());
        }
    }
    let (Some(start), Some(end)) = (lines.first().map(|l| l.start), lines.last().map(|l| l.end)) else { return false };
    file.text.replace_range(start..end, &text);
    true
}

/// The lines of 另, moved to the indentation of the place they take.
fn written(other: &Alternative, place: &Physical, sources: &Sources) -> String {
    let Some(source) = sources.files.get(usize::from(other.span.file)) else { return String::new() };
    let lines = physical(&source.text, other.span);
    let mut out = String::new();
    let mut base = 0;
    for (at, line) in lines.iter().enumerate() {
        let raw = source.text.get(line.start..line.end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let mut body = raw.get(line.indent..).unwrap_or_default();
        let mut indent = line.indent;
        if at == 0 {
            // Without the keyword 另; its content sets where the others stand.
            let rest = body.trim_start_matches(|c: char| !c.is_whitespace());
            indent += unicode_width::UnicodeWidthStr::width(body.get(..body.len() - rest.len()).unwrap_or_default()) + (rest.len() - rest.trim_start().len());
            body = rest.trim_start();
            base = indent;
            if body.starts_with("无此行") || body.starts_with("no_such_line") {
                return out;
            }
        }
        let opens = lex(0, 0, body).tokens.first().is_some_and(
            |t| matches!(&t.kind, crate::syntax::lexer::TokenKind::Word { key: Some((zh, role)), .. } if opens_line(zh, *role) && *role != Role::Modifier),
        );
        let own = if opens && indent == base { 2 } else { place.indent };
        let column = own + indent.saturating_sub(base);
        out.push_str(&" ".repeat(column));
        out.push_str(body);
        out.push('\n');
    }
    out
}
