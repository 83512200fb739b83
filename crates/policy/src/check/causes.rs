//! One mistake, told of once: what only follows from an unclosed fence or from a character that looks like another is
//! left out, so that the cause stands first. What is wrong by itself stays.

use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};
use crate::syntax::parse::Parsed;

/// Letters that stand alone where a digit is meant, and the digit.
const DIGITS: &[(&str, &str)] = &[("l", "1"), ("I", "1"), ("|", "1"), ("O", "0"), ("o", "0")];

/// Leaves out what follows from another mistake.
pub(super) fn first(sources: &Sources, parsed: &Parsed, diagnostics: &mut Vec<Diagnostic>) {
    unclosed(parsed, diagnostics);
    name_letters(sources, diagnostics);
    look_alikes(sources, parsed, diagnostics);
    unread_lines(sources, diagnostics);
}

/// Of a line that could not be read to its end the types and units are not known.
fn unread_lines(sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let lines: Vec<Span> = diagnostics.iter().filter(|d| d.code == "E0102").map(|d| line_of(sources, d.span)).collect();
    let on_one = |span: Span| lines.iter().any(|line| line.file == span.file && line.start <= span.start && span.start < line.end);
    let of_types = |code: &str| code == "E0204" || code.starts_with("E021");
    diagnostics.retain(|d| !(of_types(d.code) && on_one(d.span)));
}

/// Behind the start of a fence that is not closed nothing is read as it is meant, and no quote is known.
fn unclosed(parsed: &Parsed, diagnostics: &mut Vec<Diagnostic>) {
    let starts: Vec<Span> = diagnostics.iter().filter(|d| d.code == "E0110").map(|d| d.span).collect();
    for start in starts {
        let swallowed = parsed.documents.get(usize::from(start.file)).is_some_and(|d| d.unclosed.is_some());
        let of_text = |code: &str| matches!(code, "E0402" | "E0403" | "E0407" | "E0409" | "E0410" | "E0419");
        let follows = |d: &Diagnostic| d.code != "E0110" && (d.span.file == start.file && d.span.start >= start.start || of_text(d.code));
        diagnostics.retain(|d| !(swallowed && follows(d)));
    }
}

/// 第 l 年: says what the letter looks like instead of that nothing has this name.
fn name_letters(sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let mut found: Vec<Diagnostic> = Vec::new();
    for fault in diagnostics.iter().filter(|d| matches!(d.code, "E0202" | "E0107" | "E0102")) {
        let words = sources.words(fault.span);
        let Some((letter, digit)) = DIGITS.iter().find(|(letter, _)| *letter == words) else { continue };
        if found.iter().any(|f| f.span == fault.span) {
            continue;
        }
        let mut fault = Diagnostic::new(
            "E0418",
            fault.span,
            format!("“{letter}”看起来像“{digit}”，不是同一个字"),
            format!("'{letter}' looks like '{digit}' and is another character"),
        );
        fault = fault.help(format!("改为 {digit}"), format!("write {digit}")).replace(*digit);
        found.push(fault);
    }
    diagnostics.append(&mut found);
}

/// On the line of a character that looks like a digit numbers are not what they seem.
fn look_alikes(sources: &Sources, parsed: &Parsed, diagnostics: &mut Vec<Diagnostic>) {
    let is_digit = |d: &Diagnostic| d.replacement.as_deref().is_some_and(|meant| meant.chars().all(|c| c.is_ascii_digit()));
    let lines: Vec<Span> = diagnostics.iter().filter(|d| d.code == "E0418" && is_digit(d)).map(|d| line_of(sources, d.span)).collect();
    let on_one = |span: Span| lines.iter().any(|line| line.file == span.file && line.start <= span.start && span.start < line.end);
    let of_reading = |code: &str| code.starts_with("E01") || code.starts_with("E02") || code.starts_with("E03");
    let of_numbers = |code: &str| matches!(code, "E0402" | "E0403" | "E0404" | "E0412" | "E0413" | "E0414");
    let block = |span: Span| parsed.blocks.iter().position(|b| b.span.file == span.file && b.span.start <= span.start && span.end <= b.span.end);
    let letters: Vec<Span> = diagnostics.iter().filter(|d| d.code == "E0418" && is_digit(d)).map(|d| d.span).collect();
    let misread: Vec<usize> = letters.into_iter().filter_map(block).collect();
    // Instalments of which one cannot be read do not add up.
    let sum = |d: &Diagnostic| d.code == "E0312" && block(d.span).is_some_and(|at| misread.contains(&at));
    let on_it = |d: &Diagnostic| on_one(d.span) && (of_reading(d.code) || of_numbers(d.code));
    let follows = |d: &Diagnostic| on_it(d) || of_numbers(d.code) && d.related.is_some_and(on_one) || sum(d);
    diagnostics.retain(|d| !follows(d));
}

fn line_of(sources: &Sources, span: Span) -> Span {
    let text = sources.files.get(usize::from(span.file)).map_or("", |f| f.text.as_str());
    let at = span.start as usize;
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |n| at + n);
    Span::new(span.file, start, end)
}
