//! The one layout of rules, and their translation between the two languages of the keywords. Only the bodies of
//! fences marked `duixian` change. What a word is in its place is in `roles`, how words join to a line in `spell`,
//! in which column a line stands in `place`; nothing here knows what a name means.

mod place;
mod roles;
mod spell;
mod walk;

use crate::diagnostic::Diagnostic;
use crate::source::{Span, split};
use crate::syntax::layout::{self, Line};
use crate::syntax::lexer::{Token, TokenKind};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// The language keywords are printed in. Names, units and texts stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keywords {
    /// `条款`, `给予`, `达到`.
    Chinese,
    /// `clause`, `give`, `reaches`.
    English,
}

/// A file in its one layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    /// The whole file; equal to the text given where nothing could or had to change.
    pub text: String,
    /// Why fences were left as they are.
    pub diagnostics: Vec<Diagnostic>,
}

/// Lays out every rule of a file; `file` only numbers the places in the diagnostics. With `keywords` the words of
/// the language are translated, without they stay as written. A fence whose lines or signs cannot be read (E0101,
/// E0104, E0105) or that is not closed (E0110) is left untouched and told of. Formatting twice changes nothing.
pub fn format(file: u16, text: &str, keywords: Option<Keywords>) -> Formatted {
    let document = split(file, text);
    let mut diagnostics = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for fence in &document.fences {
        let end = fence.body.end as usize;
        let open = document.unclosed.is_some_and(|mark| mark.start < fence.body.start && end == text.len());
        if open {
            continue;
        }
        let mut faults = Vec::new();
        let _ = layout::read(file, text, fence.body, &mut faults);
        if !faults.is_empty() {
            diagnostics.append(&mut faults);
            continue;
        }
        out.push_str(text.get(done..fence.body.start as usize).unwrap_or_default());
        let body = fence.body.of(text);
        out.push_str(&rewritten(body, keywords).unwrap_or_else(|| body.to_owned()));
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    if let Some(span) = document.unclosed {
        diagnostics
            .push(Diagnostic::new("E0110", span, "这段规则没有结束", "this fence is not closed").help("在末尾补一行 ```", "close it with a line of ```"));
    }
    Formatted { text: out, diagnostics }
}

/// The body of a fence in its one layout; `None` where it would not read as it did before.
fn rewritten(body: &str, keywords: Option<Keywords>) -> Option<String> {
    let source: String = body.nfc().collect();
    let lines = read(&source)?;
    let blocks: Vec<_> = lines.iter().map(roles::block).collect();
    let placed = place::place(&blocks, &source, keywords);
    let text = joined(&source, &placed);
    (outline(&lines) == outline(&read(&text)?)).then_some(text)
}

fn read(body: &str) -> Option<Vec<Line>> {
    let mut faults = Vec::new();
    let lines = layout::read(0, body, Span::new(0, 0, body.len()), &mut faults);
    faults.is_empty().then_some(lines)
}

/// The placed lines with the comments and single blank lines that stood between them.
fn joined(source: &str, placed: &[place::Placed]) -> String {
    let by_start: BTreeMap<usize, &place::Placed> = placed.iter().map(|line| (line.start, line)).collect();
    let ending = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(source.len());
    let mut column = 0;
    let mut blank = false;
    let mut start = 0;
    for raw in source.split_inclusive('\n') {
        let words = raw.trim();
        if words.is_empty() {
            blank = !out.is_empty();
            start += raw.len();
            continue;
        }
        if blank {
            out.push_str(ending);
            blank = false;
        }
        if let Some(line) = by_start.get(&start) {
            column = line.column;
            indent(&mut out, column, &line.text);
        } else {
            // A comment of its own belongs to the line below it.
            let next = by_start.range(start..).next().map_or(column, |(_, line)| line.column);
            indent(&mut out, next, words);
        }
        out.push_str(ending);
        start += raw.len();
    }
    out
}

fn indent(out: &mut String, column: usize, words: &str) {
    out.extend(std::iter::repeat_n(' ', column));
    out.push_str(words);
}

/// What a body says, line by line, whatever its layout and language: depth and words.
fn outline(lines: &[Line]) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    outline_below(lines, 0, &mut out);
    out
}

fn outline_below(lines: &[Line], depth: usize, out: &mut Vec<(usize, String)>) {
    for line in lines {
        out.push((depth, line.tokens.iter().map(said).collect::<Vec<_>>().join(" ")));
        outline_below(&line.children, depth + 1, out);
        outline_below(&line.more, depth + 1, out);
    }
}

fn said(token: &Token) -> String {
    match &token.kind {
        TokenKind::Word { key: Some((zh, _)), .. } => (*zh).to_owned(),
        TokenKind::Word { text, key: None } | TokenKind::Date(text) => text.clone(),
        TokenKind::Quoted(name) => format!("『{name}』"),
        TokenKind::Number { digits, suffix } if suffix.is_empty() => digits.clone(),
        // A count that stands apart from its measure word is the same count.
        TokenKind::Number { digits, suffix } => format!("{digits} {suffix}"),
        TokenKind::Text(text) => format!("「{text}」"),
        TokenKind::Sign(sign) => sign.to_string(),
    }
}
