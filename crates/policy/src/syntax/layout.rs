//! Lines of a fence as a tree, by the two rules of indentation: a deeper line belongs to what stands last on
//! the line above it; a line in the column of a keyword's content goes on with that content.

use super::lexer::{Token, lex};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use unicode_width::UnicodeWidthStr;

/// One line with what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its tokens; empty for a line that holds only a comment.
    pub tokens: Vec<Token>,
    /// Display column of its first token (Han = 2).
    pub column: usize,
    /// Display column of the content behind its keyword.
    pub content: Option<usize>,
    /// Deeper lines.
    pub children: Vec<Line>,
    /// Lines that go on with the content: further items, or modifiers of the whole.
    pub more: Vec<Line>,
    /// Whole line without its end.
    pub span: Span,
    /// Comment at its end.
    pub comment: Option<Span>,
}

impl Line {
    /// The keyword the line starts with.
    pub fn key(&self) -> Option<&'static str> {
        self.tokens.first().and_then(Token::word)
    }

    /// The tokens behind the keyword.
    pub fn rest(&self) -> &[Token] {
        self.tokens.get(1..).unwrap_or_default()
    }

    /// From the first token of the line to the end of the last line under it.
    pub fn extent(&self) -> Span {
        let own = self.tokens.first().zip(self.tokens.last()).map_or(self.span, |(a, b)| a.span.to(b.span));
        let last = self.more.last().or(self.children.last());
        last.map_or(own, |line| own.to(line.extent()))
    }
}

struct Flat {
    line: Line,
}

/// Reads the body of a fence: lines in column 0 with everything below them.
pub fn read(file: u16, text: &str, body: Span, faults: &mut Vec<Diagnostic>) -> Vec<Line> {
    let mut flat = Vec::new();
    let mut offset = body.start as usize;
    for raw in body.of(text).split_inclusive('\n') {
        let words = raw.trim_end_matches(['\n', '\r']);
        if let Some(line) = flat_line(file, offset, words, faults) {
            flat.push(Flat { line });
        }
        offset += raw.len();
    }
    let mut lines = Vec::new();
    let mut rest = flat.into_iter().peekable();
    while let Some(first) = rest.next() {
        if first.line.column > 0 {
            misaligned(&first.line, 0, faults);
        }
        lines.push(grow(first.line, &mut rest, faults));
    }
    lines
}

fn flat_line(file: u16, offset: usize, words: &str, faults: &mut Vec<Diagnostic>) -> Option<Line> {
    if let Some(at) = words.find('\t') {
        let span = Span::new(file, offset + at, offset + at + 1);
        faults.push(
            Diagnostic::new("E0104", span, "行里有制表符，栏位无法确定", "a tab: its column cannot be known").help("改用空格", "use spaces").replace("    "),
        );
    }
    let lexed = lex(file, offset, words);
    faults.extend(lexed.faults);
    let first = lexed.tokens.first()?;
    let column_of = |token: &Token| {
        let before = words.get(..(token.span.start as usize).saturating_sub(offset)).unwrap_or_default();
        UnicodeWidthStr::width(before.replace('\t', "    ").as_str())
    };
    let column = column_of(first);
    let opens = match &first.kind {
        super::lexer::TokenKind::Word { key: Some((zh, role)), .. } => words::opens_line(zh, *role),
        _ => false,
    };
    let content = lexed.tokens.get(1).filter(|_| opens).map(column_of);
    Some(Line {
        column,
        content,
        children: Vec::new(),
        more: Vec::new(),
        span: Span::new(file, offset, offset + words.len()),
        comment: lexed.comment,
        tokens: lexed.tokens,
    })
}

fn grow(mut line: Line, rest: &mut std::iter::Peekable<std::vec::IntoIter<Flat>>, faults: &mut Vec<Diagnostic>) -> Line {
    while let Some(next) = rest.next_if(|next| next.line.column > line.column) {
        let next = next.line;
        if line.content == Some(next.column) {
            line.more.push(grow(next, rest, faults));
            continue;
        }
        let wanted = match (line.more.last(), line.children.first()) {
            (Some(_), _) => line.content,
            (None, Some(child)) => Some(child.column),
            (None, None) => Some(next.column),
        };
        if wanted != Some(next.column) {
            misaligned(&next, wanted.unwrap_or_default(), faults);
        }
        if line.more.is_empty() {
            line.children.push(grow(next, rest, faults));
        } else {
            line.more.push(grow(next, rest, faults));
        }
    }
    line
}

/// Says where a line should stand. People count columns from 1, as the place of the message does.
fn misaligned(line: &Line, wanted: usize, faults: &mut Vec<Diagnostic>) {
    // After a tab no column can be trusted: it has been told of.
    if faults.iter().any(|f| f.code == "E0104") {
        return;
    }
    let span = line.tokens.first().map_or(line.span, |token| token.span);
    let (here, wanted) = (line.column + 1, wanted + 1);
    faults.push(
        Diagnostic::new(
            "E0105",
            span,
            format!("这一行从第 {here} 栏开始，看不出接在哪里"),
            format!("this line starts in column {here}, which belongs to nothing"),
        )
        .help(
            format!("与同级的行对齐，从第 {wanted} 栏开始（汉字占两栏）"),
            format!("align it with its siblings in column {wanted} (a Han character takes two)"),
        ),
    );
}
