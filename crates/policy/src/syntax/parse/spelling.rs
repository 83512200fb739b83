//! Lines in one spelling, to compare what an author repeats with what stands elsewhere.

use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::words;

/// The line without its keyword, with what is below and beside it sorted anew by its own columns.
pub(super) fn below(line: &Line) -> Line {
    let tokens: Vec<Token> = line.rest().to_vec();
    let offset = tokens.first().zip(tokens.get(1)).map(|(a, b)| b.span.start.saturating_sub(a.span.start));
    let opens = tokens.first().is_some_and(|t| matches!(&t.kind, TokenKind::Word { key: Some((zh, role)), .. } if words::opens_line(zh, *role)));
    let column = line.content.unwrap_or(line.column);
    // Columns of Han characters are two thirds of their bytes; spaces are one: count from the words themselves.
    let content = if opens { offset.map(|_| column + width_before_second(&tokens)) } else { None };
    let (more, children) = line.children.iter().cloned().partition(|child| Some(child.column) == content);
    Line { column, content, children, more, span: line.span, comment: line.comment, tokens }
}

fn width_before_second(tokens: &[Token]) -> usize {
    let Some((first, second)) = tokens.first().zip(tokens.get(1)) else { return 0 };
    let word = match &first.kind {
        TokenKind::Word { text, .. } => unicode_width::UnicodeWidthStr::width(text.as_str()),
        _ => 0,
    };
    word + (second.span.start.saturating_sub(first.span.end)) as usize
}

/// Every line in one spelling: words in Chinese, one space between, modifiers after commas also on their own.
pub(super) fn normalise(line: &Line, into: &mut Vec<String>) {
    let spelled = spell(&line.tokens);
    for piece in spelled.split(" ， ").skip(1) {
        into.push(piece.to_owned());
    }
    if let Some((head, _)) = spelled.split_once(" ， ") {
        into.push(head.to_owned());
    }
    into.push(spelled);
    for child in &line.children {
        normalise(child, into);
    }
    let key = line.tokens.first().map(|t| spell(std::slice::from_ref(t))).unwrap_or_default();
    // The lines of a block go on with nothing, even where they stand below its title.
    let head = matches!(line.tokens.first().map(|t| &t.kind), Some(TokenKind::Word { key: Some((_, words::Role::Head)), .. }));
    for next in &line.more {
        normalise(next, into);
        if !head {
            into.push(format!("{key} {}", spell(&next.tokens)));
        }
    }
}

/// The line and those below it, each in one spelling.
pub(super) fn each_line(line: &Line, into: &mut Vec<String>) {
    into.push(spell(&line.tokens));
    for next in line.children.iter().chain(&line.more) {
        each_line(next, into);
    }
}

/// The line and those below it, each as a reader would write it.
pub(super) fn spell_out(line: &Line, into: &mut Vec<String>) {
    let mut words = spell(&line.tokens);
    for sign in ["，", "：", "、", "（", "）"] {
        words = words.replace(&format!(" {sign} "), sign).replace(&format!(" {sign}"), sign);
    }
    into.push(words);
    for next in line.children.iter().chain(&line.more) {
        spell_out(next, into);
    }
}

/// Tokens in one spelling: keywords in Chinese, one space between words.
pub(crate) fn spell(tokens: &[Token]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut counting = false;
    for token in tokens {
        // `5 名` and `5名` are one thing.
        if counting
            && let TokenKind::Word { text, key } = &token.kind
            && let text = key.map_or(text.as_str(), |(zh, _)| zh)
            && matches!(text, "名" | "年" | "次" | "项" | "个月" | "家" | "户" | "个" | "期")
            && let Some(last) = words.last_mut()
        {
            last.push_str(text);
            counting = false;
            continue;
        }
        counting = matches!(&token.kind, TokenKind::Number { suffix, .. } if suffix.is_empty());
        words.push(match &token.kind {
            TokenKind::Word { key: Some((zh, _)), .. } => (*zh).to_owned(),
            TokenKind::Word { text, .. } | TokenKind::Date(text) | TokenKind::Quoted(text) => text.clone(),
            TokenKind::Number { digits, suffix } => format!("{}{suffix}", digits.replace(',', "")),
            TokenKind::Text(text) => format!("「{text}」"),
            TokenKind::Sign(sign) => sign.to_string(),
        });
    }
    words.join(" ")
}
