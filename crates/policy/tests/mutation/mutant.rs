//! One changed policy file: what was changed, where, and how to make the text of it.

use policy::source::Span;

/// A replacement of bytes of `policy.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// From this byte.
    pub start: usize,
    /// Up to but not including this one.
    pub end: usize,
    /// What stands there instead.
    pub with: String,
}

impl Edit {
    pub fn new(span: Span, with: impl Into<String>) -> Self {
        Self { start: span.start as usize, end: span.end as usize, with: with.into() }
    }
}

/// A policy file with one thing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// What sort of change: a row of the table that the test prints.
    pub kind: &'static str,
    /// The block, e.g. `条款 6.1「直播电商奖励」`, or the beginning of a quote.
    pub block: String,
    /// In order of place, not overlapping.
    pub edits: Vec<Edit>,
}

impl Mutant {
    /// The whole text with the change made.
    pub fn text(&self, whole: &str) -> String {
        let mut out = String::with_capacity(whole.len() + 64);
        let mut at = 0;
        for edit in &self.edits {
            out.push_str(&whole[at..edit.start]);
            out.push_str(&edit.with);
            at = edit.end;
        }
        out.push_str(&whole[at..]);
        out
    }

    /// The lines it touches, before and after: how people read it.
    pub fn story(&self, whole: &str) -> String {
        let (first, last) = (self.edits.first().unwrap().start, self.edits.last().unwrap().end);
        let begin = whole[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = if whole[..last].ends_with('\n') && last > first { last - 1 } else { whole[last..].find('\n').map_or(whole.len(), |at| last + at) };
        let changed = self.text(whole);
        let new_end = changed.len() - (whole.len() - end);
        let after = if new_end < begin { "" } else { &changed[begin..new_end] };
        format!("{} → {}", shown(&whole[begin..end]), shown(after))
    }
}

/// Lines as one, without the space that lays them out; long ones shortened around the middle.
fn shown(lines: &str) -> String {
    let joined = lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(" / ");
    let count = joined.chars().count();
    if joined.trim().is_empty() {
        return "（删去）".into();
    }
    if count <= 80 {
        return joined;
    }
    let head: String = joined.chars().take(50).collect();
    let tail: String = joined.chars().skip(count - 25).collect();
    format!("{head}…{tail}")
}
