//! What stands at a byte of a file: the fence, the block, the line with its tokens.

use crate::folder::Folder;
use policy::source::{Fence, Quote, Span};
use policy::symbols::Symbol;
use policy::syntax::ast::{Block, BlockKind, FactDecl};
use policy::syntax::lexer::{Lexed, Token, lex};

/// The fence of rules that holds a byte, its closing line left out.
pub fn fence(folder: &Folder, file: u16, byte: usize) -> Option<&Fence> {
    let document = folder.compiled.parsed.documents.get(usize::from(file))?;
    document.fences.iter().find(|fence| fence.body.start as usize <= byte && byte <= fence.body.end as usize)
}

/// The block quote that holds a byte.
pub fn quote(folder: &Folder, file: u16, byte: usize) -> Option<(usize, &Quote)> {
    let document = folder.compiled.parsed.documents.get(usize::from(file))?;
    document.quotes.iter().enumerate().find(|(_, quote)| holds(quote.span, byte))
}

/// The block that holds a byte, with its position among the blocks. A byte behind the last line of a block in the same
/// fence still belongs to it.
pub fn block(folder: &Folder, file: u16, byte: usize) -> Option<(usize, &Block)> {
    let fence = fence(folder, file, byte)?;
    let blocks = &folder.compiled.parsed.blocks;
    let inside = |b: &Block| b.span.file == file && fence.body.start <= b.span.start && b.span.start as usize <= byte;
    blocks.iter().enumerate().rfind(|(_, b)| inside(b))
}

/// The line of a fence that holds a byte.
pub fn line(folder: &Folder, file: u16, byte: usize) -> Option<(Span, Lexed)> {
    fence(folder, file, byte)?;
    let text = folder.text(file);
    let (from, to) = folder.lines(file).around(text, byte);
    let span = Span::new(file, from, to);
    Some((span, lex(file, from, span.of(text))))
}

/// The token that holds a byte; between two the one that begins there.
pub fn token(folder: &Folder, file: u16, byte: usize) -> Option<Token> {
    let (_, lexed) = line(folder, file, byte)?;
    let begins = lexed.tokens.iter().position(|token| token.span.start as usize == byte);
    let at = begins.or_else(|| lexed.tokens.iter().position(|token| holds(token.span, byte)))?;
    lexed.tokens.into_iter().nth(at)
}

/// A place that holds a byte, its end included.
pub fn holds(span: Span, byte: usize) -> bool {
    span.start as usize <= byte && byte <= span.end as usize
}

/// The declaration of a fact or a field.
pub fn declaration<'a>(folder: &'a Folder, symbol: &Symbol) -> Option<&'a FactDecl> {
    let BlockKind::Facts(facts) = &folder.compiled.parsed.blocks.get(symbol.block?)?.kind else { return None };
    facts.iter().flat_map(|fact| std::iter::once(fact).chain(&fact.fields)).find(|fact| Some(fact.name.span) == symbol.place)
}
