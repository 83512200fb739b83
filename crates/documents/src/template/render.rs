//! Fills a template that was checked: fields become words, rows are repeated. Amounts stand with thousands separators, days in
//! full; what is not there is a dash.

use super::{Name, Node, Piece, Rows, Template, Words};
use crate::capital::capital;
use crate::field::{Data, Value};
use crate::layout::{Block, Cell, Style, Table};
use std::borrow::Cow;
use values::{Date, Fen};

/// What stands where a field holds nothing.
const NOTHING: &str = "—";

/// The number of a row, beside its data.
struct Numbered<'a> {
    number: i64,
    row: &'a dyn Data,
}

impl Data for Numbered<'_> {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        if name == "序号" { Some(Value::Number(self.number)) } else { self.row.value(name) }
    }
}

/// The parts of the document; `closing` gives organ and day of 落款.
#[must_use]
pub fn render(template: &Template, data: &[&dyn Data], closing: (&str, Date)) -> Vec<Block> {
    let mut out = Vec::new();
    nodes(&template.nodes, data, closing, &mut out);
    number(&mut out);
    out
}

/// Headings that begin with 〇、 get running numbers, so that a part left out leaves no gap: 一、二、三.
fn number(blocks: &mut [Block]) {
    const NUMBERS: &str = "一二三四五六七八九十";
    let mut numbers = NUMBERS.chars();
    for block in blocks {
        match block {
            Block::Title(_) => numbers = NUMBERS.chars(),
            Block::Heading(1, words) => {
                if let Some(rest) = words.strip_prefix("〇、") {
                    *words = format!("{}、{rest}", numbers.next().unwrap_or('·'));
                }
            }
            _ => {}
        }
    }
}

fn nodes(list: &[Node], scope: &[&dyn Data], closing: (&str, Date), out: &mut Vec<Block>) {
    for node in list {
        match node {
            Node::Title(words) => out.push(Block::Title(written(words, scope))),
            Node::Heading(level, words) => out.push(Block::Heading(*level, written(words, scope))),
            Node::Paragraph(style, words) => {
                // Words of several paragraphs stay several; what an officer left without an end gets one.
                let text = written(words, scope);
                let typed = *style == Style::Body && ends_typed(words, scope);
                let line = |line: &str| if typed { ended(line.trim()) } else { line.trim().to_owned() };
                out.extend(text.lines().map(|words| Block::Paragraph(*style, line(words))));
            }
            Node::Table(form) => {
                let head = form.head.iter().map(|cell| cell_of(cell, scope)).collect();
                let mut body = Vec::new();
                rows(&form.rows, scope, &mut body);
                out.push(Block::Table(Table { columns: form.columns.clone(), head, rows: body }));
            }
            Node::Each(name, inner) => each(name, scope, |scope| nodes(inner, scope, closing, out)),
            Node::If(name, holds, inner) => {
                if present(name, scope) == *holds {
                    nodes(inner, scope, closing, out);
                }
            }
            Node::Closing => out.push(Block::Closing { organ: closing.0.to_owned(), date: closing.1.long_zh() }),
            Node::Signatures(names) => out.push(Block::Signatures(names.clone())),
            Node::PageBreak => out.push(Block::PageBreak),
        }
    }
}

/// Whether the last words are some that somebody typed.
fn ends_typed(words: &Words, scope: &[&dyn Data]) -> bool {
    matches!(words.last(), Some(Piece::Field(name, _)) if matches!(value(name, scope), Some(Value::Text(_))))
}

/// A sentence with its full stop.
fn ended(line: &str) -> String {
    let end = line.trim_end_matches(['”', '’', '）']).chars().last();
    let closed = end.is_none_or(|c| "。！？；：…".contains(c));
    if closed { line.to_owned() } else { format!("{}。", line.trim_end_matches(['，', '、', '；', ',', ';', '.'])) }
}

fn rows(list: &[Rows], scope: &[&dyn Data], out: &mut Vec<Vec<Cell>>) {
    for row in list {
        match row {
            Rows::One(cells) => out.push(cells.iter().map(|cell| cell_of(cell, scope)).collect()),
            Rows::Each(name, inner) => each(name, scope, |scope| rows(inner, scope, out)),
            Rows::If(name, holds, inner) => {
                if present(name, scope) == *holds {
                    rows(inner, scope, out);
                }
            }
        }
    }
}

fn each(name: &Name, scope: &[&dyn Data], mut body: impl FnMut(&[&dyn Data])) {
    if let Some(Value::Rows(rows)) = value(name, scope) {
        for (number, row) in (1..).zip(rows) {
            let numbered = Numbered { number, row };
            let inner: Vec<&dyn Data> = scope.iter().copied().chain([&numbered as &dyn Data]).collect();
            body(&inner);
        }
    }
}

fn cell_of((words, span): &(Words, usize), scope: &[&dyn Data]) -> Cell {
    Cell { text: written(words, scope), span: *span }
}

/// The innermost field with a name.
fn value<'a>(name: &Name, scope: &[&'a dyn Data]) -> Option<Value<'a>> {
    scope.iter().rev().find_map(|data| data.value(&name.name))
}

fn present(name: &Name, scope: &[&dyn Data]) -> bool {
    match value(name, scope) {
        None | Some(Value::Nothing) => false,
        Some(Value::Rows(rows)) => !rows.is_empty(),
        Some(Value::Money(amount)) => amount != Fen(0),
        Some(_) => true,
    }
}

fn written(words: &Words, scope: &[&dyn Data]) -> String {
    words
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => Cow::Borrowed(text.as_str()),
            Piece::Field(name, how) => Cow::Owned(field(name, how.as_deref(), scope)),
        })
        .collect()
}

fn field(name: &Name, how: Option<&str>, scope: &[&dyn Data]) -> String {
    match value(name, scope) {
        Some(Value::Text(text)) => text.into_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Day(day)) => match how {
            Some("短") => day.to_string(),
            _ => day.long_zh(),
        },
        Some(Value::Money(amount)) => match how {
            Some("大写") => capital(amount),
            Some("数") => amount.grouped(),
            Some("万元") => amount.plain_zh(),
            _ => format!("{}元", amount.grouped()),
        },
        Some(Value::Rows(rows)) => rows.len().to_string(),
        Some(Value::Nothing) | None => NOTHING.to_owned(),
    }
}
