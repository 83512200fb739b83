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
    /// The same change of `official.txt`: the text itself says something else, and the rule stayed behind.
    pub official: Option<Edit>,
}

impl Mutant {
    /// The whole text with the change made.
    pub fn text(&self, whole: &str) -> String {
        changed(whole, &self.edits)
    }

    /// The official text, changed if the mutant is of that sort.
    pub fn official(&self, whole: &str) -> String {
        changed(whole, self.official.as_slice())
    }

    /// The lines it touches, before and after: how people read it.
    pub fn story(&self, whole: &str) -> String {
        let (first, last) = (self.edits.first().unwrap().start, self.edits.last().unwrap().end);
        let begin = whole[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = if whole[..last].ends_with('\n') && last > first { last - 1 } else { whole[last..].find('\n').map_or(whole.len(), |at| last + at) };
        let text = self.text(whole);
        let new_end = text.len() - (whole.len() - end);
        let after = if new_end < begin { "" } else { &text[begin..new_end] };
        let (old, new) = (shown(&whole[begin..end]), shown(after));
        let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let left = same.saturating_sub(24);
        format!("{} → {}", around(&old, left), around(&new, left))
    }
}

fn changed(whole: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(whole.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(&whole[at..edit.start]);
        out.push_str(&edit.with);
        at = edit.end;
    }
    out.push_str(&whole[at..]);
    out
}

/// Lines as one, without the space that lays them out.
fn shown(lines: &str) -> Vec<char> {
    let joined = lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(" / ");
    if joined.trim().is_empty() { "（删去）".chars().collect() } else { joined.chars().collect() }
}

/// A long line from a little before its change on.
fn around(line: &[char], left: usize) -> String {
    const LONGEST: usize = 70;
    if line.len() <= LONGEST {
        return line.iter().collect();
    }
    let part: String = line.iter().skip(left).take(LONGEST).collect();
    let (before, after) = (if left > 0 { "…" } else { "" }, if left + LONGEST < line.len() { "…" } else { "" });
    format!("{before}{part}{after}")
}
