//! In which column each line stands: the block at two, contents of its keywords in one column, what belongs to a
//! content two deeper, what goes on with it in its own column; facts as a table.

use super::Keywords;
use super::roles::{Item, Shape, repeated_content};
use super::spell::{self, width};

/// A line in its place.
pub(super) struct Placed {
    /// Byte of the source at which the line started.
    pub(super) start: usize,
    /// Display column.
    pub(super) column: usize,
    /// Words and the comment behind them.
    pub(super) text: String,
}

/// A step of indentation.
const STEP: usize = 2;
/// Between columns of words.
const GAP: usize = 2;
/// A type wider than this (a long 选项) does not push the attributes of the other facts away.
const TYPE_COLUMNS_MAX: usize = 24;

/// All lines of a body, in order.
pub(super) fn place(blocks: &[Item<'_>], source: &str, keywords: Option<Keywords>) -> Vec<Placed> {
    let mut placer = Placer { source, keywords, out: Vec::new() };
    for block in blocks {
        placer.block(block);
    }
    placer.out
}

struct Placer<'s> {
    source: &'s str,
    keywords: Option<Keywords>,
    out: Vec<Placed>,
}

impl Placer<'_> {
    fn block(&mut self, head: &Item<'_>) {
        if head.shape == Shape::Define && !head.more.is_empty() {
            self.item(head, 0, None);
            return;
        }
        let spelled = self.spelled(head);
        self.put(head, 0, format!("{}{}{}", spelled.first, spelled.gap, spelled.rest));
        if head.shape == Shape::Facts {
            self.table(head);
            return;
        }
        self.siblings(head.children.iter().chain(&head.more), STEP);
    }

    /// Lines under one parent, the contents of their keywords in one column.
    fn siblings<'i, 'l: 'i>(&mut self, items: impl Iterator<Item = &'i Item<'l>> + Clone, column: usize) {
        let widest = items.clone().filter(|item| item.leads).map(|item| width(&self.spelled(item).first)).max();
        let content = widest.map(|widest| column + widest + GAP);
        for item in items {
            self.item(item, column, content.filter(|_| item.leads));
        }
    }

    /// A line in `column`; its content in the column `content` if it is set off.
    fn item(&mut self, item: &Item<'_>, column: usize, content: Option<usize>) {
        let spelled = self.spelled(item);
        let first = column + width(&spelled.first);
        let set_off = content.filter(|_| !spelled.rest.is_empty());
        let gap = match set_off {
            Some(content) => " ".repeat(content.saturating_sub(first)),
            None => spelled.gap.to_owned(),
        };
        let content = set_off.or(item.line.content.map(|_| first + gap.len()));
        self.put(item, column, format!("{}{gap}{}", spelled.first, spelled.rest));
        if item.shape == Shape::Person {
            self.siblings(item.children.iter().chain(&item.more), column + STEP);
            return;
        }
        let repeated = if item.shape == Shape::Repeats { repeated_content(item.line) } else { None };
        let goes_on = repeated.is_some() && item.children.first().is_some_and(|child| repeated == Some(child.line.column));
        let below = match content {
            Some(content) if goes_on => content + spelled.second,
            // Nor may what does not go on come to stand where it would.
            Some(content) if set_off.is_some() && repeated.is_some() && spelled.second == STEP => content + STEP + STEP,
            // Lines beside the content would be lost behind children that stand before it.
            Some(content) if set_off.is_some() || !item.more.is_empty() => content + STEP,
            // A line in the column of the content would go on with it.
            Some(content) if content == column + STEP => content + STEP,
            _ => column + STEP,
        };
        self.siblings(item.children.iter(), below);
        for next in &item.more {
            self.item(next, content.unwrap_or(column), None);
        }
    }

    /// 事实: names, types with their index, and attributes in three columns.
    fn table(&mut self, head: &Item<'_>) {
        let mut rows = Vec::new();
        self.rows(head, STEP, &mut rows);
        let names = rows.iter().map(|row| row.column + width(&row.name)).max().unwrap_or_default() + GAP;
        let types = rows.iter().filter(|row| !row.attributes.is_empty()).map(|row| width(&row.kind)).filter(|w| *w <= TYPE_COLUMNS_MAX).max();
        let types = types.unwrap_or_default() + GAP;
        for row in rows {
            let mut text = row.name;
            if !row.kind.is_empty() {
                pad(&mut text, names.saturating_sub(row.column));
                let after = width(&text) + types.max(width(&row.kind) + GAP);
                text.push_str(&row.kind);
                if !row.attributes.is_empty() {
                    pad(&mut text, after);
                    text.push_str(&row.attributes);
                }
            }
            self.put(row.item, row.column, text);
        }
    }

    fn rows<'i, 'l>(&self, parent: &'i Item<'l>, column: usize, into: &mut Vec<Row<'i, 'l>>) {
        for item in parent.children.iter().chain(&parent.more) {
            let (type_at, attributes_at) = match item.shape {
                Shape::Fact { type_at, attributes_at } => (type_at, attributes_at),
                _ => (usize::MAX, usize::MAX),
            };
            let part = |from, to| spell::part(item, from, to, self.source, self.keywords);
            into.push(Row { item, column, name: part(0, type_at), kind: part(type_at, attributes_at), attributes: part(attributes_at, usize::MAX) });
            self.rows(item, column + STEP, into);
        }
    }

    fn spelled(&self, item: &Item<'_>) -> spell::Spelled {
        spell::line(item, self.source, self.keywords)
    }

    fn put(&mut self, item: &Item<'_>, column: usize, mut text: String) {
        if let Some(comment) = item.line.comment {
            text.push_str("  ");
            text.push_str(comment.of(self.source).trim_end());
        }
        self.out.push(Placed { start: item.line.span.start as usize, column, text });
    }
}

struct Row<'i, 'l> {
    item: &'i Item<'l>,
    column: usize,
    name: String,
    kind: String,
    attributes: String,
}

fn pad(text: &mut String, to: usize) {
    text.extend(std::iter::repeat_n(' ', to.saturating_sub(width(text))));
}
