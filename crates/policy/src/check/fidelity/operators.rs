//! E0405: the comparison word near a number of the text against the comparison of the rule.

use super::bind::Bound;
use super::literals::Role;
use super::numbers::{Link, tail};
use super::{Fidelity, Id};
use crate::diagnostic::{Diagnostic, Text};
use crate::syntax::ast::{Block, BlockKind, Compare};
use std::sync::OnceLock;

/// Words directly before a number, and what they say.
const BEFORE: &[(&str, Compare)] = &[
    ("大于或等于", Compare::Ge),
    ("等于或大于", Compare::Ge),
    ("高于或等于", Compare::Ge),
    ("小于或等于", Compare::Le),
    ("等于或小于", Compare::Le),
    ("低于或等于", Compare::Le),
    ("大于等于", Compare::Ge),
    ("高于等于", Compare::Ge),
    ("小于等于", Compare::Le),
    ("低于等于", Compare::Le),
    ("达不到", Compare::Lt),
    ("不足", Compare::Lt),
    ("不到", Compare::Lt),
    ("不及", Compare::Lt),
    ("至少", Compare::Ge),
    ("最少", Compare::Ge),
    ("≥", Compare::Ge),
    ("≧", Compare::Ge),
    ("≤", Compare::Le),
    ("≦", Compare::Le),
    ("＞", Compare::Gt),
    (">", Compare::Gt),
    ("＜", Compare::Lt),
    ("<", Compare::Lt),
];

/// Words that the text also denies: 低于, 不低于, 不得低于.
const DENIED: &[(&str, Compare)] = &[
    ("达到", Compare::Ge),
    ("超过", Compare::Gt),
    ("突破", Compare::Gt),
    ("高于", Compare::Gt),
    ("多于", Compare::Gt),
    ("大于", Compare::Gt),
    ("高出", Compare::Gt),
    ("低于", Compare::Lt),
    ("少于", Compare::Lt),
    ("小于", Compare::Lt),
    ("满", Compare::Ge),
    ("达", Compare::Ge),
    ("超", Compare::Gt),
    ("逾", Compare::Gt),
];

/// What denies them.
pub(super) const NOT: &[&str] = &["不得", "不能", "不可", "不应", "不准", "不许", "未能", "没有", "没", "未", "不"];

/// Each word before a number, longest first, and what it says.
fn words_before() -> &'static [(String, Compare)] {
    static WORDS: OnceLock<Vec<(String, Compare)>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let denied = NOT.iter().flat_map(|not| DENIED.iter().map(move |(word, compare)| (format!("{not}{word}"), compare.opposite())));
        let plain = BEFORE.iter().chain(DENIED).map(|(word, compare)| ((*word).to_owned(), *compare));
        let mut words: Vec<_> = denied.chain(plain).collect();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
        words
    })
}

/// What the text says at a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    /// The comparison.
    pub(super) compare: Compare,
    /// The word or mark that says it.
    pub(super) word: &'static str,
    /// （含） or （不含） stands beside it, so there is no doubt about the bound.
    pub(super) marked: bool,
}

impl Fidelity<'_> {
    /// What the text says at a number, its list considered.
    pub(super) fn said(&self, id: Id) -> Option<Said> {
        if let Some(own) = self.said_here(id) {
            return Some(own);
        }
        // 达到1000万、5000万元: the word before the first goes for all, unless a number has a mark of its own.
        let (quote, at) = id;
        let numbers = self.numbers.get(quote)?;
        let mut back = at;
        while let Some(before) = back.checked_sub(1)
            && let Some(number) = numbers.get(before)
        {
            if number.repeats {
                back = before;
                continue;
            }
            if number.link != Link::List {
                break;
            }
            if let Some(said) = self.said_here((quote, before)) {
                return self.word_before((quote, before)).map(|(_, compare)| Said { compare, ..said });
            }
            back = before;
        }
        let mut next = at;
        while numbers.get(next).is_some_and(|n| n.link == Link::List) {
            next += 1;
            if let Some(said) = self.said_here((quote, next)) {
                return self.word_before((quote, next)).is_none().then_some(said).filter(|s| !s.marked);
            }
        }
        None
    }

    /// The comparison word directly before a number.
    fn word_before(&self, id: Id) -> Option<(&'static str, Compare)> {
        let number = self.number(id)?;
        let chars = self.quote(number.quote)?.chars.get(..number.from)?;
        let chars = chars.strip_suffix(&['人', '民', '币']).or_else(|| chars.strip_suffix(&['了'])).unwrap_or(chars);
        let ends = |word: &str| word.chars().rev().zip(chars.iter().rev()).all(|(a, b)| a == *b) && word.chars().count() <= chars.len();
        words_before().iter().find(|(word, _)| ends(word)).map(|(word, compare)| (word.as_str(), *compare))
    }

    fn said_here(&self, id: Id) -> Option<Said> {
        let number = self.number(id)?;
        let chars = &self.quote(number.quote)?.chars;
        let (_, included, behind) = tail(chars, number.to);
        let marked = included.is_some();
        if let Some((word, compare)) = self.word_before(id) {
            let compare = match (compare, included) {
                (Compare::Gt, Some(true)) => Compare::Ge,
                (Compare::Ge, Some(false)) => Compare::Gt,
                (Compare::Lt, Some(true)) => Compare::Le,
                (Compare::Le, Some(false)) => Compare::Lt,
                (compare, _) => compare,
            };
            return Some(Said { compare, word, marked });
        }
        if let Some(word) = behind {
            let up = word.contains('上');
            let compare = match (up, included) {
                (true, Some(false)) => Compare::Gt,
                (true, _) => Compare::Ge,
                (false, Some(false)) => Compare::Lt,
                (false, _) => Compare::Le,
            };
            return Some(Said { compare, word, marked });
        }
        let included = included?;
        // A bare （含） says which end only inside a range.
        let (quote, at) = id;
        let upper = at.checked_sub(1).and_then(|before| self.numbers.get(quote)?.get(before)).is_some_and(|n| n.link == Link::Range);
        let lower = number.link == Link::Range;
        let compare = match (lower, upper, included) {
            (true, _, true) => Compare::Ge,
            (true, _, false) => Compare::Gt,
            (false, true, true) => Compare::Le,
            (false, true, false) => Compare::Lt,
            _ => return None,
        };
        Some(Said { compare, word: if included { "（含）" } else { "（不含）" }, marked: true })
    }

    /// Another place of the words that takes the bound for the other side: 1000万元以下 beside 1000万元（含）.
    pub(super) fn claimed(&self, id: Id, said: Said, same: &[Id]) -> Option<Id> {
        if said.marked || !matches!(said.compare, Compare::Ge | Compare::Le) {
            return None;
        }
        let other_side = if said.compare == Compare::Ge { Compare::Le } else { Compare::Ge };
        let claims = |other: &Id| self.said(*other).map_or_else(|| self.in_range(*other), |s| s.compare == other_side);
        same.iter().copied().filter(|other| *other != id).find(claims)
    }

    /// An end of 1000万元至5000万元 without a mark: it may hold its bound or not.
    pub(super) fn in_range(&self, (quote, at): Id) -> bool {
        let link = |at: Option<usize>| at.and_then(|at| self.number((quote, at))).is_some_and(|n| n.link == Link::Range);
        link(Some(at)) || link(at.checked_sub(1))
    }

    pub(super) fn operators(&mut self, block: &Block, bound: &Bound<'_>) {
        let compared: Vec<_> = bound.pairs().filter_map(|(at, l, id)| if let Role::Compared(c, w) = l.role { Some((at, l, c, w, id)) } else { None }).collect();
        for (at, literal, compare, word, id) in &compared {
            let same = self.candidates(&bound.ids, literal.amount);
            let mut first: Option<(Id, Said)> = None;
            if *word == "介于" && same.iter().any(|id| self.said(*id).is_none() && self.in_range(*id)) {
                continue;
            }
            let fits = same.iter().any(|candidate| {
                let Some(said) = self.said(*candidate) else { return false };
                first.get_or_insert((*candidate, said));
                said.compare == *compare
            });
            // Beside a place that claims the bound either side may have it; which one is for a 读法, whose absence is E0417.
            let contested = same.iter().find(|candidate| {
                self.said(**candidate).is_some_and(|said| strict(said.compare) == *compare && self.claimed(**candidate, said, &same).is_some())
            });
            if let Some(place) = contested.filter(|_| !fits) {
                self.read_otherwise(block, literal.span, self.span_of(*place));
                continue;
            }
            // A target without a comparison word (实现3亿元) is met at its number.
            if first.is_none() && matches!(block.kind, BlockKind::Target(_)) && *compare != Compare::Ge {
                first = Some((*id, Said { compare: Compare::Ge, word: "", marked: false }));
            }
            let Some((place, said)) = first.filter(|_| !fits) else { continue };
            // 达到30万元 leaves 低于30万元 to the row beside it.
            let neighbour = compared.iter().any(|(other, l, c, _, _)| other != at && l.amount == literal.amount && *c == said.compare);
            if neighbour && said.compare.opposite() == *compare {
                continue;
            }
            let place = self.number(*id).and_then(|_| self.said(*id).map(|s| (*id, s))).unwrap_or((place, said));
            self.differs(block, literal.span, (*compare, word), place);
        }
    }

    fn differs(&mut self, block: &Block, span: crate::source::Span, (compare, word): (Compare, &str), (id, said): (Id, Said)) {
        let words = self.span_of(id);
        if self.read_otherwise(block, span, words) {
            return;
        }
        let number = self.words_of(id);
        let after = said.word.contains(['上', '下', '内']) || said.word.starts_with('（');
        let text = if after { format!("{number}{}", said.word) } else { format!("{}{number}", said.word) };
        let includes = |c: Compare| if matches!(c, Compare::Ge | Compare::Le) { "含本数" } else { "不含本数" };
        let rule = if word == "介于" { format!("介于 的这一头{}", includes(compare)) } else { format!("“{word}”（{}）", sign(compare)) };
        let zh = format!("比较词不符：原文“{text}”是 {}，规则写{rule}", sign(said.compare));
        let en = format!("the comparison differs: '{text}' of the text is {}, the rule says {}", sign(said.compare), sign(compare));
        let fix = if word == "介于" { if matches!(said.compare, Compare::Ge | Compare::Le) { "（含）" } else { "（不含）" } } else { wanted(said) };
        let registered = !matches!(block.kind, BlockKind::Target(_) | BlockKind::Define(..));
        let (zh_or, en_or) =
            if registered { ("；或写 读法，“取”照抄这一行", "; or a 读法 (reading) whose 取 repeats this line") } else { ("", "") };
        let help = Text::new(format!("写 {fix}{zh_or}"), format!("write {fix}{en_or}"));
        let mut diagnostic = Diagnostic::new("E0405", span, zh, en).related(words);
        if word != "介于"
            && let Some(before) = self.written_before(span, word)
        {
            diagnostic.span = before.to(span);
            diagnostic = diagnostic.replace(format!("{fix} {}", self.sources.words(span)));
        }
        self.fault(block, diagnostic, help);
    }

    /// Where the comparison word stands, directly before its literal.
    fn written_before(&self, literal: crate::source::Span, word: &str) -> Option<crate::source::Span> {
        let text = &self.sources.files.get(usize::from(literal.file))?.text;
        let before = text.get(..literal.start as usize)?.trim_end_matches(' ');
        let start = before.strip_suffix(word)?.len();
        Some(crate::source::Span::new(literal.file, start, before.len()))
    }
}

/// The word a rule would use for what the text says.
fn wanted(said: Said) -> &'static str {
    let own = crate::syntax::parse::comparison(said.word);
    match (own == Some(said.compare), said.compare) {
        (true, _) => said.word,
        (_, Compare::Ge) => "达到",
        (_, Compare::Gt) => "超过",
        (_, Compare::Le) => "不超过",
        (_, Compare::Lt) => "低于",
    }
}

/// As a sign.
pub(super) fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Ge => "≥",
        Compare::Gt => ">",
        Compare::Le => "≤",
        Compare::Lt => "<",
    }
}

fn strict(compare: Compare) -> Compare {
    match compare {
        Compare::Ge | Compare::Gt => Compare::Gt,
        Compare::Le | Compare::Lt => Compare::Lt,
    }
}
