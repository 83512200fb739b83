//! What each word of a file is, for colouring: keywords, names by kind, numbers, units, texts, comments, and the
//! official words.

use crate::folder::Folder;
use policy::source::Span;
use policy::symbols::SymbolKind;
use policy::syntax::lexer::{Token, TokenKind, lex};
use values::known_unit;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// A word of the language.
    Keyword,
    /// A fact or a field of a list.
    Fact,
    /// 参数
    Param,
    /// 定义
    Definition,
    /// 其中
    Local,
    /// A clause id.
    Clause,
    /// One of a fact's choices.
    Choice,
    /// Digits, with 万 and 亿.
    Number,
    /// A unit, behind a number or in a declaration.
    Unit,
    /// 「…」
    Text,
    /// From `#` to the end of the line.
    Comment,
    /// Words of the official text.
    Official,
}

/// The coloured words of a file in order; none overlaps another or a line end.
pub fn colours(folder: &Folder, file: u16) -> Vec<(Span, Colour)> {
    let Some(document) = folder.compiled.parsed.documents.get(usize::from(file)) else { return Vec::new() };
    let text = folder.text(file);
    let mut out: Vec<(Span, Colour)> =
        document.quotes.iter().flat_map(|q| &q.lines).map(|(span, _)| (*span, Colour::Official)).filter(|(span, _)| span.start < span.end).collect();
    for fence in &document.fences {
        let mut offset = fence.body.start as usize;
        for raw in fence.body.of(text).split_inclusive('\n') {
            let lexed = lex(file, offset, raw.trim_end_matches(['\n', '\r']));
            for token in &lexed.tokens {
                word(folder, token, &mut out);
            }
            out.extend(lexed.comment.map(|span| (span, Colour::Comment)));
            offset += raw.len();
        }
    }
    out.sort_by_key(|(span, _)| *span);
    out
}

fn word(folder: &Folder, token: &Token, out: &mut Vec<(Span, Colour)>) {
    let symbols = folder.symbols();
    let named = symbols.at(token.span.file, token.span.start).filter(|o| o.span.start == token.span.start);
    if let Some(colour) = named.and_then(|o| symbols.get(o.symbol)).and_then(|s| of_name(s.kind)) {
        out.push((token.span, colour));
        return;
    }
    let words = folder.words(token.span);
    match &token.kind {
        TokenKind::Word { key: Some(_), .. } => out.push((token.span, Colour::Keyword)),
        TokenKind::Word { text, key: None } if text.split(['/', '·']).all(|part| known_unit(part).is_some()) => out.push((token.span, Colour::Unit)),
        TokenKind::Number { .. } => {
            let digits = words.trim_start_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c) || matches!(c, '.' | ',' | '．' | '万' | '亿'));
            let split = token.span.end.saturating_sub(u32::try_from(digits.len()).unwrap_or_default());
            out.push((Span { end: split, ..token.span }, Colour::Number));
            if split < token.span.end {
                out.push((Span { start: split, ..token.span }, Colour::Unit));
            }
        }
        TokenKind::Date(_) => out.push((token.span, Colour::Number)),
        TokenKind::Text(_) => out.push((token.span, Colour::Text)),
        _ => {}
    }
}

fn of_name(kind: SymbolKind) -> Option<Colour> {
    match kind {
        SymbolKind::Fact | SymbolKind::Field => Some(Colour::Fact),
        SymbolKind::Choice => Some(Colour::Choice),
        SymbolKind::Param => Some(Colour::Param),
        SymbolKind::Definition => Some(Colour::Definition),
        SymbolKind::Local => Some(Colour::Local),
        SymbolKind::Clause => Some(Colour::Clause),
        SymbolKind::Group | SymbolKind::Pool | SymbolKind::Clawback | SymbolKind::Target | SymbolKind::Situation => None,
    }
}
