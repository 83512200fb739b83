//! E0413: 最高, 不超过 and the like in the text against 最高, 限额 and 至多 of the rule.

use super::bind::Bound;
use super::literals::{Literal, Role};
use super::numbers::Link;
use super::operators::NOT;
use super::{Fidelity, Id};
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Span;
use crate::syntax::ast::{Block, BlockKind};
use std::sync::OnceLock;

/// Words of a ceiling, somewhere before its number in the same part of the sentence.
const CEILINGS: &[&str] = &["最高", "最多", "至多", "上限", "封顶", "限额", "≤", "≦"];

/// Words of a floor.
const FLOORS: &[&str] = &["最低", "至少", "最少", "下限", "保底", "起付", "≥", "≧"];

/// Words that are a ceiling when they are denied: 不超过, 不得突破.
const ABOVE: &[&str] = &["超过", "突破", "高于", "多于", "大于", "超"];

/// Words that are a floor when they are denied.
const BELOW: &[&str] = &["低于", "少于", "小于"];

/// Words of a ceiling directly behind its number: 50万元封顶, 控制在50万元以内.
const BEHIND: &[&str] = &["封顶", "为限", "为上限", "为最高限额", "以内", "之内", "及以下", "以下"];

/// The words of a table, and the denied ones.
fn with_denied(table: &[&str], denied: &[&str]) -> Vec<String> {
    let plain = table.iter().map(|word| (*word).to_owned());
    plain.chain(NOT.iter().flat_map(|not| denied.iter().map(move |word| format!("{not}{word}")))).collect()
}

fn ceilings() -> &'static [String] {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    WORDS.get_or_init(|| with_denied(CEILINGS, ABOVE))
}

fn floors() -> &'static [String] {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    WORDS.get_or_init(|| with_denied(FLOORS, BELOW))
}

impl Fidelity<'_> {
    /// The word of a table that stands before a number, in its part of the sentence.
    fn word_in_part(&self, id: Id, table: &'static [String]) -> Option<(&'static str, Span)> {
        let number = self.number(id)?;
        let quote = self.quote(number.quote)?;
        let before = id.1.checked_sub(1).and_then(|at| self.number((id.0, at)));
        let floor = before.map_or(0, |n| n.to).max(number.from.saturating_sub(24));
        let part = quote.chars.get(floor..number.from)?;
        let start = part.iter().rposition(|c| matches!(c, '，' | '。' | '；' | '：' | '！' | '？' | '、' | '（' | '(' | ',')).map_or(0, |at| at + 1);
        let part = part.get(start..)?;
        let found = table.iter().find_map(|word| {
            let wanted: Vec<char> = word.chars().collect();
            let at = part.windows(wanted.len()).rposition(|w| w == wanted.as_slice())?;
            let from = floor + start + at;
            Some((word.as_str(), quote.span(from, from + wanted.len())))
        });
        if found.is_some() {
            return found;
        }
        // 最高10万元、20万元: the word goes for the list.
        before.filter(|n| n.link == Link::List && n.tail + 1 >= number.from).and_then(|_| self.word_in_part((id.0, id.1.checked_sub(1)?), table))
    }

    /// The word of a ceiling at a number.
    pub(super) fn ceiling_word(&self, id: Id) -> Option<(&'static str, Span)> {
        self.word_in_part(id, ceilings()).or_else(|| self.ceiling_behind(id))
    }

    /// 50万元封顶, 以50万元为限, and 以内 at the end of a list of amounts.
    fn ceiling_behind(&self, id: Id) -> Option<(&'static str, Span)> {
        let number = self.number(id)?;
        let quote = self.quote(number.quote)?;
        let mut rest = quote.chars.get(number.to..)?;
        rest = rest.strip_prefix(&['人', '民', '币']).unwrap_or(rest);
        let found = BEHIND.iter().find(|word| word.chars().count() <= rest.len() && word.chars().zip(rest).all(|(a, b)| a == *b));
        if let Some(word) = found {
            let from = quote.chars.len() - rest.len();
            return Some((word, quote.span(from, from + word.chars().count())));
        }
        if number.link == Link::List { self.ceiling_behind((id.0, id.1 + 1)) } else { None }
    }

    pub(super) fn ceilings(&mut self, block: &Block, bound: &Bound<'_>) {
        // What a definition names may be used as anything elsewhere.
        if matches!(block.kind, BlockKind::Define(..)) {
            return;
        }
        let mut differing = Vec::new();
        for (_, literal, id) in bound.pairs() {
            let wants = match literal.role {
                Role::Given | Role::Floor => false,
                Role::Cap | Role::Ceiling | Role::Limit(_) => true,
                _ => continue,
            };
            let same = self.candidates(&bound.ids, literal.amount);
            if literal.role == Role::Floor {
                if !same.iter().any(|id| self.word_in_part(*id, floors()).is_some()) {
                    differing.push((literal.clone(), id, None));
                }
            } else if !same.iter().any(|id| self.ceiling_word(*id).is_some() == wants) {
                differing.push((literal.clone(), id, self.ceiling_word(id)));
            }
        }
        for (literal, id, word) in differing {
            self.no_ceiling(block, &literal, id, word);
        }
    }

    fn no_ceiling(&mut self, block: &Block, literal: &Literal<'_>, id: Id, word: Option<(&'static str, Span)>) {
        let place = word.map_or_else(
            || self.span_of(id),
            |(_, span)| if span.start < self.span_of(id).start { span.to(self.span_of(id)) } else { self.span_of(id).to(span) },
        );
        if self.read_otherwise(block, literal.span, place) {
            return;
        }
        let number = self.words_of(id);
        let behind = word.is_some_and(|(_, span)| span.start > self.span_of(id).start);
        let said = |word: &str| if behind { format!("{number}{word}") } else { format!("{word}{number}") };
        let (zh, en, fix) = match (word, literal.role) {
            (Some((word, _)), _) => (
                format!("原文“{}”是封顶，规则不是封顶", said(word)),
                format!("'{}' of the text is a ceiling, the rule's number is none", said(word)),
                "写成 最高、限额 或 至多",
            ),
            (None, Role::Floor) => (
                format!("规则写 最低，原文的“{number}”没有 最低、不低于 一类的词"),
                format!("the rule says 最低 (at least); the text says no such thing of '{number}'"),
                "去掉 最低",
            ),
            (None, _) => (
                format!("规则当作封顶，原文的“{number}”没有 最高、不超过 一类的词"),
                format!("the rule makes a ceiling of it; the text says no such thing of '{number}'"),
                "照原文给定额，不封顶",
            ),
        };
        let help = Text::new(
            format!("{fix}；或写 读法，“取”照抄这一行"),
            format!("{}; or a 读法 (reading) whose 取 repeats this line", if word.is_some() { "use 最高, 限额 or 至多" } else { "give what the text gives" }),
        );
        self.fault(block, Diagnostic::new("E0413", literal.span, zh, en).related(place), help);
    }
}
