//! A file in outline: sections as they nest, under each its blocks; and what of it may be folded.

use crate::folder::Folder;
use policy::source::{Section, Span};
use policy::syntax::ast::{Block, BlockKind};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A heading of the file.
    Section,
    /// 条款
    Clause,
    /// 事实
    Facts,
    /// A line of 事实.
    Fact,
    /// 参数, 定义
    Value,
    /// Any other block of rules.
    Rule,
    /// 情形
    Situation,
}

/// An entry of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is shown.
    pub name: String,
    /// What it is.
    pub sort: Sort,
    /// All of it.
    pub span: Span,
    /// Its head.
    pub head: Span,
    /// What stands in it.
    pub below: Vec<Entry>,
}

/// The outline of a file.
pub fn outline(folder: &Folder, file: u16) -> Vec<Entry> {
    let parsed = &folder.compiled.parsed;
    let Some(document) = parsed.documents.get(usize::from(file)) else { return Vec::new() };
    let ends = section_ends(folder, file, &document.sections);
    let mut open: Vec<(usize, Entry)> = Vec::new();
    let mut out = Vec::new();
    let mut blocks = parsed.blocks.iter().filter(|b| b.file == file).peekable();
    for ((at, section), end) in document.sections.iter().enumerate().zip(ends) {
        let level = level(folder, section);
        while let Some((_, done)) = open.pop_if(|(above, _)| *above >= level && at > 0) {
            close(done, &mut open, &mut out);
        }
        let mut entry = Entry { name: section.title.clone(), sort: Sort::Section, span: Span { end, ..section.span }, head: section.span, below: Vec::new() };
        while let Some(block) = blocks.next_if(|b| b.section == at) {
            entry.below.push(of_block(folder, block));
        }
        if section.title.is_empty() {
            out.append(&mut entry.below);
        } else {
            open.push((level, entry));
        }
    }
    while let Some((_, done)) = open.pop() {
        close(done, &mut open, &mut out);
    }
    out
}

fn close(entry: Entry, open: &mut [(usize, Entry)], out: &mut Vec<Entry>) {
    match open.last_mut() {
        Some((_, above)) => above.below.push(entry),
        None => out.push(entry),
    }
}

fn level(folder: &Folder, section: &Section) -> usize {
    folder.words(section.span).chars().take_while(|c| *c == '#').count()
}

/// Where each section ends: before the next heading of its level or above.
fn section_ends(folder: &Folder, file: u16, sections: &[Section]) -> Vec<u32> {
    let levels: Vec<usize> = sections.iter().map(|s| level(folder, s)).collect();
    let last = u32::try_from(folder.text(file).len()).unwrap_or(u32::MAX);
    let next = |at: usize| sections.iter().zip(&levels).skip(at + 1).find(|(_, l)| levels.get(at).is_none_or(|own| *l <= own));
    (0..sections.len()).map(|at| next(at).map_or(last, |(s, _)| s.span.start)).collect()
}

fn of_block(folder: &Folder, block: &Block) -> Entry {
    let (sort, below) = match &block.kind {
        BlockKind::Clause(_) => (Sort::Clause, Vec::new()),
        BlockKind::Facts(facts) => {
            let fact = |f: &policy::syntax::ast::FactDecl| Entry {
                name: f.name.text.clone(),
                sort: Sort::Fact,
                span: f.name.span.to(f.ty_span),
                head: f.name.span,
                below: Vec::new(),
            };
            (Sort::Facts, facts.iter().map(fact).collect())
        }
        BlockKind::Table(_) | BlockKind::Define(..) => (Sort::Value, Vec::new()),
        BlockKind::Situation(_) => (Sort::Situation, Vec::new()),
        _ => (Sort::Rule, Vec::new()),
    };
    let first = folder.words(block.span).lines().next().map_or(0, str::len);
    let head = Span { end: block.span.start + u32::try_from(first).unwrap_or(0), ..block.span };
    Entry { name: block.heading.clone(), sort, span: block.span, head, below }
}

/// What may be folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// A section, a fence, a block in it.
    Region,
    /// Official words.
    Quote,
}

/// Places that may be folded, first to last line, in order.
pub fn folds(folder: &Folder, file: u16) -> Vec<(Span, Fold)> {
    let parsed = &folder.compiled.parsed;
    let Some(document) = parsed.documents.get(usize::from(file)) else { return Vec::new() };
    let ends = section_ends(folder, file, &document.sections);
    let text = folder.text(file);
    // Without the blank lines before the next heading.
    let trimmed = |span: Span| Span { end: span.start + u32::try_from(span.of(text).trim_end().len()).unwrap_or(0), ..span };
    let sections = document.sections.iter().zip(ends).filter(|(s, _)| !s.title.is_empty()).map(|(s, end)| (trimmed(Span { end, ..s.span }), Fold::Region));
    let fences = document.fences.iter().map(|fence| {
        // From the line of ```duixian before the body to the line of ``` behind it.
        let (from, _) = folder.lines(file).around(text, (fence.body.start as usize).saturating_sub(1));
        let (_, to) = folder.lines(file).around(text, fence.body.end as usize);
        (Span::new(file, from, to), Fold::Region)
    });
    let quotes = document.quotes.iter().map(|quote| (quote.span, Fold::Quote));
    let blocks = parsed.blocks.iter().filter(|b| b.file == file).map(|b| (b.span, Fold::Region));
    let mut out: Vec<_> = sections.chain(fences).chain(quotes).chain(blocks).filter(|(span, _)| span.of(text).contains('\n')).collect();
    out.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    out
}
