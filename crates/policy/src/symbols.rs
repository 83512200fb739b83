//! Names of a scheme's files: what declares each, and every place that says it. Works on syntax alone, so that it
//! answers while a policy is being written and does not compile. What a name is worth is in the scheme.

mod walk;

use crate::source::{Sources, Span};
use crate::syntax::lexer::{TokenKind, lex};
use crate::syntax::parse::Parsed;

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SymbolKind {
    /// A line of 事实.
    Fact,
    /// A field of a list.
    Field,
    /// A value of a 选项.
    Choice,
    /// 参数
    Param,
    /// 定义
    Definition,
    /// 其中, known in its clause alone.
    Local,
    /// 条款, by its id.
    Clause,
    /// 并用
    Group,
    /// 资金
    Pool,
    /// 追回
    Clawback,
    /// 目标
    Target,
    /// 情形, by its title.
    Situation,
}

/// A named thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// What it is.
    pub kind: SymbolKind,
    /// Its name, without 『』.
    pub name: String,
    /// Where its name is declared; `None` for what is built in.
    pub place: Option<Span>,
    /// The fact of a field or choice, as a position in [`Symbols::all`].
    pub of: Option<usize>,
    /// The block that declares it, as a position in [`Parsed::blocks`].
    pub block: Option<usize>,
}

/// A place where a name is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The words, 『』 included.
    pub span: Span,
    /// Position in [`Symbols::all`].
    pub symbol: usize,
    /// It declares the name.
    pub declares: bool,
    /// The name stands letter for letter in the reason of a 结果, where 『』 has no meaning.
    pub raw: bool,
    /// The block it stands in, as a position in [`Parsed::blocks`].
    pub block: usize,
}

/// All names of a scheme's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    /// Named things, in the order in which they were met.
    pub all: Vec<Symbol>,
    /// Places, in order.
    pub occurrences: Vec<Occurrence>,
}

impl Symbols {
    /// The names of parsed files.
    pub fn of(sources: &Sources, parsed: &Parsed) -> Self {
        walk::walk(sources, parsed)
    }

    /// A named thing.
    pub fn get(&self, symbol: usize) -> Option<&Symbol> {
        self.all.get(symbol)
    }

    /// The place that holds the byte `at` of `file`, its end included.
    pub fn at(&self, file: u16, at: u32) -> Option<&Occurrence> {
        let end = self.occurrences.partition_point(|o| (o.span.file, o.span.start) <= (file, at));
        let holds = |o: &&Occurrence| o.span.file == file && o.span.start <= at && at <= o.span.end;
        self.occurrences.get(end.saturating_sub(2)..end).unwrap_or_default().iter().rev().find(holds)
    }

    /// Every place of a symbol.
    pub fn places(&self, symbol: usize) -> impl Iterator<Item = &Occurrence> {
        self.occurrences.iter().filter(move |o| o.symbol == symbol)
    }

    /// The first symbol of a kind with this name.
    pub fn named(&self, kind: SymbolKind, name: &str) -> Option<usize> {
        self.all.iter().position(|s| s.kind == kind && s.name == name)
    }

    /// Choices or fields of a fact (or choices of a field).
    pub fn below(&self, symbol: usize, kind: SymbolKind) -> impl Iterator<Item = &Symbol> {
        self.all.iter().filter(move |s| s.of == Some(symbol) && s.kind == kind)
    }
}

/// A name as the reason of a 结果 writes it. `None` where it cannot be written at all.
pub fn spelled_raw(name: &str) -> Option<String> {
    spelled(name)?;
    let lexed = lex(0, 0, name);
    let plain = lexed.faults.is_empty() && lexed.comment.is_none() && !lexed.tokens.iter().any(|t| matches!(t.kind, TokenKind::Text(_)));
    if plain {
        return Some(name.to_owned());
    }
    (!name.contains(['「', '」'])).then(|| format!("「{name}」"))
}

/// A name as it is written in a rule: bare where it reads as one word that is no keyword, else in 『』. `None` where it
/// cannot be written at all.
pub fn spelled(name: &str) -> Option<String> {
    let lexed = lex(0, 0, name);
    let bare = match lexed.tokens.as_slice() {
        [token] => matches!(&token.kind, TokenKind::Word { text, key: None } if text == name),
        _ => false,
    };
    if bare && lexed.faults.is_empty() && lexed.comment.is_none() {
        return Some(name.to_owned());
    }
    let writable = !name.is_empty() && name.trim() == name && !name.chars().any(|c| matches!(c, '『' | '』') || c.is_control());
    writable.then(|| format!("『{name}』"))
}
