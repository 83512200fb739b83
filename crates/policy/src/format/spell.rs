//! One line of words: punctuation, quotes, digits and counts in their one form, keywords in the language asked for,
//! and where a space stands.

use super::Keywords;
use super::roles::{Item, Shape};
use super::walk::Use;
use crate::syntax::lexer::TokenKind;
use crate::syntax::words::{self, Role};
use unicode_width::UnicodeWidthStr;

/// What stands in a place of the line, as far as spaces go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its Chinese form.
    Keyword(&'static str),
    /// A name, a quoted name, a date, or a number without unit.
    Name,
    /// A number with its unit.
    Quantity,
    Text,
    Raw,
    Sign(char),
}

struct Piece {
    text: String,
    kind: Kind,
    /// As in the source; only what would change its meaning keeps it.
    spaced: bool,
}

/// A spelled line, in two parts: a keyword may be set off from its content.
pub(super) struct Spelled {
    /// The first word.
    pub(super) first: String,
    /// The others.
    pub(super) rest: String,
    /// What stands between them if the first is not set off.
    pub(super) gap: &'static str,
    /// Columns from the second word to the third: how far the content of a line that 取 repeats is set in.
    pub(super) second: usize,
}

/// Spells the line of an item.
pub(super) fn line(item: &Item<'_>, source: &str, keywords: Option<Keywords>) -> Spelled {
    let pieces = pieces(item, source, keywords);
    let titled = matches!(item.shape, Shape::Head | Shape::Define | Shape::Cite);
    let gap = gap(&pieces, 1, titled);
    let second = pieces.get(1).map_or(0, |p| width(&p.text) + gap_width(&pieces, 2, titled));
    Spelled { first: pieces.first().map(|p| p.text.clone()).unwrap_or_default(), rest: joined(&pieces, 1, titled), gap, second }
}

/// Spells the tokens `from..to` of an item.
pub(super) fn part(item: &Item<'_>, from: usize, to: usize, source: &str, keywords: Option<Keywords>) -> String {
    let mut cells = Vec::new();
    for at in from..to.min(item.line.tokens.len()) {
        push(item, at, source, keywords, &mut cells);
    }
    joined(&cells, 0, false)
}

/// Display columns.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The pieces from `from` on, and the gaps between them.
fn joined(pieces: &[Piece], from: usize, titled: bool) -> String {
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate().skip(from) {
        if at > from {
            out.push_str(gap(pieces, at, titled));
        }
        out.push_str(&piece.text);
    }
    out
}

fn gap_width(pieces: &[Piece], at: usize, titled: bool) -> usize {
    gap(pieces, at, titled).len()
}

fn pieces(item: &Item<'_>, source: &str, keywords: Option<Keywords>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for at in 0..item.line.tokens.len() {
        push(item, at, source, keywords, &mut pieces);
    }
    pieces
}

fn push(item: &Item<'_>, at: usize, source: &str, keywords: Option<Keywords>, into: &mut Vec<Piece>) {
    let (Some(token), Some(used)) = (item.line.tokens.get(at), item.uses.get(at).copied()) else { return };
    let written = token.span.of(source);
    let mut piece = |text: String, kind: Kind| into.push(Piece { text, kind, spaced: token.spaced });
    match &token.kind {
        TokenKind::Sign(sign @ ('、' | '，')) if item.shape != Shape::Cite => piece(sign.to_string(), Kind::Sign(*sign)),
        TokenKind::Text(text) => piece(quoted(text, written), Kind::Text),
        _ if used == Use::Raw => piece(written.to_owned(), Kind::Raw),
        TokenKind::Sign(sign) => piece(sign.to_string(), Kind::Sign(*sign)),
        TokenKind::Date(text) => piece(text.clone(), Kind::Name),
        TokenKind::Quoted(_) => piece(written.to_owned(), Kind::Name),
        TokenKind::Number { digits, suffix } if suffix.is_empty() => piece(digits.clone(), Kind::Name),
        TokenKind::Number { digits, suffix } if counts(item, at, suffix) => {
            piece(digits.clone(), Kind::Name);
            match words::lookup(suffix) {
                Some((zh, _)) => into.push(Piece { text: translated(suffix, zh, keywords), kind: Kind::Keyword(zh), spaced: true }),
                None => into.push(Piece { text: suffix.clone(), kind: Kind::Name, spaced: true }),
            }
        }
        TokenKind::Number { digits, suffix } => piece(format!("{digits}{suffix}"), Kind::Quantity),
        TokenKind::Word { key: Some((zh, role)), .. } if used == Use::Key || *role != Role::Local => {
            piece(translated(written, zh, keywords), Kind::Keyword(zh));
        }
        TokenKind::Word { .. } => piece(written.to_owned(), Kind::Name),
    }
}

/// A keyword in the language asked for; the signs of arithmetic belong to both.
fn translated(written: &str, zh: &'static str, keywords: Option<Keywords>) -> String {
    match written {
        "＋" => return "+".into(),
        "－" => return "-".into(),
        "+" | "-" | "−" | "*" | "×" | "/" | "÷" => return written.to_owned(),
        _ => {}
    }
    match keywords {
        None => written.to_owned(),
        Some(Keywords::Chinese) => zh.to_owned(),
        Some(Keywords::English) => words::english(zh).unwrap_or(zh).to_owned(),
    }
}

/// 「…」, unless the text itself holds the closing mark.
fn quoted(text: &str, written: &str) -> String {
    if text.contains('」') { written.to_owned() } else { format!("「{text}」") }
}

/// True for the number of `前 5 名`, `近 3 年`, `第 1 至 3 年`: its measure word stands apart.
fn counts(item: &Item<'_>, at: usize, suffix: &str) -> bool {
    if item.shape == Shape::Given {
        return false;
    }
    let keyword = |back: usize| {
        let before = at.checked_sub(back)?;
        let used = item.uses.get(before)?;
        match &item.line.tokens.get(before)?.kind {
            TokenKind::Word { key: Some((zh, role)), .. } if *used == Use::Key || *role != Role::Local => Some(*zh),
            _ => None,
        }
    };
    let measures: &[&str] = match keyword(1) {
        Some("前") => &["名", "家", "户", "个"],
        Some("近" | "共") => &["年"],
        // In an amount a year, 次 would be the unit.
        Some("每年") if item.line.tokens.iter().any(|t| t.is("频次")) => &["次"],
        Some("至少") => &["项", "个月", "年", "月"],
        Some("第") => &["年", "次", "期"],
        Some("至") if item.line.tokens.first().is_some_and(|t| t.is("第")) && at < 6 => &["年", "次", "期"],
        _ => &[],
    };
    measures.contains(&suffix)
}

/// Keywords whose text follows without a space.
const NAMES_TEXT: &[&str] = &["佐证", "问", "期间", "来源", "因", "即", "至", "服务", "缺", "政策", "条款", "通则", "并用", "资金", "追回", "目标", "情形"];

/// Keywords whose parenthesis follows without a space.
const CALLS: &[&str] = &["年次", "年份", "选项", "名单"];

/// What stands before piece `at`.
fn gap(pieces: &[Piece], at: usize, titled: bool) -> &'static str {
    let Some((before, piece)) = at.checked_sub(1).and_then(|i| pieces.get(i)).zip(pieces.get(at)) else { return "" };
    if attached(pieces, at, before, piece, titled) { "" } else { " " }
}

fn attached(pieces: &[Piece], at: usize, before: &Piece, piece: &Piece, titled: bool) -> bool {
    use Kind::{Keyword, Name, Quantity, Raw, Sign, Text};
    let kind = |at: Option<usize>| at.and_then(|at| pieces.get(at)).map(|p| p.kind);
    let numeric = |p: &Piece| p.text.starts_with(|c: char| c.is_ascii_digit());
    match (before.kind, piece.kind) {
        (_, Sign('，' | '、' | '：' | '；' | '）')) | (Sign('，' | '、' | '：' | '；' | '（'), _) => true,
        (Raw, Raw) => !piece.spaced,
        (Sign(_), Sign(_)) => true,
        (Keyword(word), Sign(_)) => CALLS.contains(&word),
        (_, Sign(_)) => true,
        (Sign(_), Text) => true,
        (Sign(_), Keyword("至")) => piece.text == "至",
        (Sign(_), _) => false,
        (Text, Text | Keyword("因" | "即" | "至")) => true,
        (Keyword(word), Text) => NAMES_TEXT.contains(&word),
        (Name | Quantity | Raw, Text) => titled,
        // 2023年至2025年, as against 第 1 至 3 年
        (Quantity, Keyword("至")) => piece.text == "至" && kind(at.checked_add(1)) == Some(Quantity),
        (Keyword("至"), Quantity) => before.text == "至" && kind(at.checked_sub(2)) == Some(Quantity),
        // 2024年12月31日 is one date.
        (Quantity | Name, Quantity | Name) if numeric(before) && numeric(piece) => !piece.spaced,
        _ => false,
    }
}
