//! Reading a text: never fails, every place is true, and the tokens with what stands between them are the text.

use super::case::Case;
use super::places;
use policy::source::Span;
use policy::syntax::layout::{self, Line};
use policy::syntax::lexer::TokenKind;
use policy::syntax::parse::parse;

/// The laws of reading.
pub fn holds(text: &str) {
    // Parts of a case are text like any other here.
    let sources = Case { policy: text.to_owned(), ..Case::default() }.sources();
    let parsed = parse(&sources);
    places::all_lie_inside(&sources, &parsed);
    for diagnostic in &parsed.diagnostics {
        places::is_sound(&sources, diagnostic);
    }
    assert_eq!(parsed.diagnostics, parse(&sources).diagnostics, "read twice");
    for fence in parsed.documents.iter().flat_map(|d| &d.fences) {
        prints_back(text, fence.body);
    }
}

/// The line tree, printed with white space and comments as written, is the text of the fence.
fn prints_back(text: &str, body: Span) {
    let mut faults = Vec::new();
    let lines = layout::read(0, text, body, &mut faults);
    let mut print = Print { text, out: String::new(), done: body.start as usize, strict: !faults.iter().any(|f| f.code == "E0101") };
    for line in &lines {
        print.line(line);
    }
    print.up_to(body.end as usize);
    assert_eq!(print.out, body.of(text), "printed back");
}

struct Print<'t> {
    text: &'t str,
    out: String,
    done: usize,
    /// No sign was refused, so nothing but white space and comments stands outside the tokens.
    strict: bool,
}

impl Print<'_> {
    fn line(&mut self, line: &Line) {
        let mut last = line.span.start;
        for token in &line.tokens {
            assert!(
                line.span.start <= token.span.start && token.span.start < token.span.end && token.span.end <= line.span.end,
                "{token:?} outside {:?}",
                line.span
            );
            assert!(last <= token.span.start, "{token:?} overlaps");
            last = token.span.end;
            self.up_to(token.span.start as usize);
            self.token(&token.kind, token.span);
        }
        for next in line.children.iter().chain(&line.more) {
            self.line(next);
        }
    }

    fn token(&mut self, kind: &TokenKind, span: Span) {
        let written = span.of(self.text);
        match kind {
            TokenKind::Word { text, key: None } => assert_eq!(text, written),
            TokenKind::Text(text) | TokenKind::Quoted(text) => assert!(written.contains(text.as_str()), "{text} in {written}"),
            _ => {}
        }
        self.out.push_str(written);
        self.done = span.end as usize;
    }

    /// What stands between tokens: white space, and comments to the end of their lines.
    fn up_to(&mut self, end: usize) {
        assert!(self.done <= end, "tokens out of order");
        let between = &self.text[self.done..end];
        let blank = between.split('\n').all(|part| part.split('#').next().unwrap_or_default().chars().all(char::is_whitespace));
        assert!(blank || !self.strict, "lost: {between:?}");
        self.out.push_str(between);
        self.done = end;
    }
}
