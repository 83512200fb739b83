//! The lines of all rule fences of a policy, each with the block and keyword it stands under.

use policy::source::{Document, Span};
use policy::syntax::layout::{Line, read};
use policy::syntax::lexer::Token;
use policy::syntax::words::{Role, lookup, opens_line};

/// One line of a rule and where it stands.
pub struct Rule<'a> {
    /// The head of its block: 条款, 通则 …
    pub head: &'static str,
    /// The head line as written.
    pub block: String,
    /// The keyword it stands under (条件, 给予 …); the head for the head line itself.
    pub key: &'static str,
    /// The line.
    pub line: &'a Line,
    /// All tokens of its block, to look for neighbours.
    pub all: &'a [Token],
}

/// A block: its head line with everything below.
pub struct Block {
    head: &'static str,
    heading: String,
    line: Line,
    all: Vec<Token>,
}

/// All blocks of the fences of a document, 情形 left out.
pub fn blocks(text: &str, document: &Document) -> Vec<Block> {
    let mut out = Vec::new();
    for fence in &document.fences {
        for line in read(0, text, fence.body, &mut Vec::new()) {
            let Some(head) = line.key().filter(|key| *key != "情形") else { continue };
            let heading = line.tokens.first().zip(line.tokens.last()).map_or(String::new(), |(a, b)| a.span.to(b.span).of(text).to_owned());
            let mut all = Vec::new();
            gather(&line, &mut all);
            out.push(Block { head, heading, line, all });
        }
    }
    out
}

fn gather(line: &Line, into: &mut Vec<Token>) {
    into.extend(line.tokens.iter().cloned());
    for below in line.children.iter().chain(&line.more) {
        gather(below, into);
    }
}

/// Every line of every block.
pub fn rules(blocks: &[Block]) -> Vec<Rule<'_>> {
    let mut out = Vec::new();
    for block in blocks {
        descend(block, &block.line, block.head, &mut out);
    }
    out
}

fn descend<'a>(block: &'a Block, line: &'a Line, above: &'static str, out: &mut Vec<Rule<'a>>) {
    let key = line.key().filter(|key| lookup(key).is_some_and(|(zh, role)| role != Role::Modifier && opens_line(zh, role))).unwrap_or(above);
    out.push(Rule { head: block.head, block: block.heading.clone(), key, line, all: &block.all });
    for below in line.children.iter().chain(&line.more) {
        descend(block, below, key, out);
    }
}

/// The end of the content of a line itself: its tokens and what hangs on the last of them, further items left out.
pub fn own_end(line: &Line) -> u32 {
    let tokens = line.tokens.last().map_or(line.span.end, |t| t.span.end);
    line.children.last().map_or(tokens, |child| child.extent().end)
}

/// From the beginning of a line to the end of the last line under it, line end included.
pub fn whole(text: &str, line: &Line) -> Span {
    let end = line.extent().end as usize;
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    Span::new(0, line.span.start as usize, end)
}
