//! Official words: in block quotes, and where a rule cites them.

use super::amounts::{UNITS, one_more};
use super::one;
use crate::mutant::{Edit, Mutant};
use crate::place::Place;
use crate::rules::Rule;
use policy::source::Span;
use policy::syntax::lexer::TokenKind;

/// Comparing and limiting words of the texts, and what they might be misread as.
const WORDS: &[(&str, &str)] = &[
    ("不超过", "不低于"),
    ("超过", "达到"),
    ("达到", "超过"),
    ("突破", "达到"),
    ("不少于", "不多于"),
    ("以上", "以下"),
    ("以下", "以上"),
    ("（含", "（不含"),
    ("(含", "(不含"),
    ("一次性", "每年"),
    ("每年", "一次性"),
    ("最高", "最低"),
    ("满", "不满"),
    ("牵头", "参与"),
    ("参与", "牵头"),
];

/// A class of characters: its name, and whether a character is of it.
type Class = (&'static str, fn(char) -> bool);

/// Of each class one character of each quote is deleted.
const CLASSES: &[Class] = &[
    ("引文：删一个数字", |c| c.is_ascii_digit()),
    ("引文：删一个标点", |c| matches!(c, '，' | '。' | '；' | '：' | '、')),
    ("引文：删一个括号或引号", |c| matches!(c, '（' | '）' | '(' | ')' | '“' | '”' | '「' | '」' | '《' | '》')),
    ("引文：删一个字母或符号", |c| c.is_ascii_alphabetic() || matches!(c, '%' | '+' | '/' | '-')),
    ("引文：删一个汉字", |c| ('\u{4E00}'..='\u{9FFF}').contains(&c)),
];

/// Changes of the quoted words: of the quote alone, and of the official text with it.
pub fn quotes(place: &Place, out: &mut Vec<Mutant>) {
    for quote in &place.document.quotes {
        let block: String = format!("引文“{}…”", quote.words().chars().take(12).collect::<String>());
        let mut push = |kind, start: usize, end: usize, with: &str, official: Option<Edit>| {
            out.push(Mutant { kind, block: block.clone(), edits: vec![Edit { start, end, with: with.to_owned() }], official });
        };
        for (kind, of) in CLASSES {
            let first = quote.lines.iter().find_map(|(span, words)| words.char_indices().find(|(_, c)| of(*c)).map(|(at, c)| (span.start as usize + at, c)));
            if let Some((at, c)) = first {
                push(kind, at, at + c.len_utf8(), "", None);
            }
        }
        for (span, words) in &quote.lines {
            let base = span.start as usize;
            for (what, at, length, with) in changes(words) {
                let (start, end) = (base + at, base + at + length);
                push(what.0, start, end, &with, None);
                push(what.1, start, end, &with, Some(place.official_edit(start, end, &with)));
            }
        }
    }
}

/// Kinds of a change: of the quote alone, and of the official text too.
type Kinds = (&'static str, &'static str);
const NUMBER: Kinds = ("引文：数字加一", "原文改了：数字加一");
const WORD: Kinds = ("引文：比较词和频次", "原文改了：比较词和频次");
const UNIT: Kinds = ("引文：计量单位", "原文改了：计量单位");

/// Changes of a line: kinds, where, how long, what instead.
fn changes(words: &str) -> Vec<(Kinds, usize, usize, String)> {
    let mut out = Vec::new();
    for (at, digits) in runs(words) {
        out.push((NUMBER, at, digits.len(), one_more(digits)));
        let from = at + digits.len();
        let unit = UNITS.iter().filter(|(unit, _)| words[from..].starts_with(unit)).max_by_key(|(unit, _)| unit.len());
        if let Some((unit, others)) = unit {
            out.push((UNIT, from, unit.len(), others[0].to_owned()));
        }
    }
    for (word, other) in WORDS {
        out.extend(words.match_indices(word).map(|(at, _)| (WORD, at, word.len(), (*other).to_owned())));
    }
    out
}

/// Runs of digits with where they begin.
fn runs(words: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut rest = 0;
    while let Some(at) = words[rest..].find(|c: char| c.is_ascii_digit()).map(|at| at + rest) {
        let end = words[at..].find(|c: char| !c.is_ascii_digit()).map_or(words.len(), |n| at + n);
        out.push((at, &words[at..end]));
        rest = end;
    }
    out
}

/// 「…」 by which a rule cites the text: one character less, or another number.
pub fn citations(place: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    let cites = matches!(rule.key, "原文" | "字面" | "不用") || (rule.head == "读法" && rule.line.column == 0);
    if !cites {
        return;
    }
    let mut because = false;
    for token in &rule.line.tokens {
        because |= token.is("因");
        let TokenKind::Text(words) = &token.kind else { continue };
        if because {
            continue;
        }
        let base = token.span.start + u32::try_from("「".len()).unwrap();
        let span = |at: usize, len: usize| Span { start: base + u32::try_from(at).unwrap(), end: base + u32::try_from(at + len).unwrap(), ..token.span };
        let middle = words.chars().count() / 2;
        if let Some((at, c)) = words.char_indices().nth(middle) {
            out.push(one("所引的字：删一个", rule, span(at, c.len_utf8()), ""));
        }
        if let Some((at, digits)) = runs(words).first() {
            out.push(one("所引的字：数字加一", rule, span(*at, digits.len()), one_more(digits)));
        }
    }
    let _ = place;
}
