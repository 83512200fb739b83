//! E0413: 最高, 不超过 and the like in the text against 最高, 限额 and 至多 of the rule.

use super::bind::Bound;
use super::literals::{Literal, Role};
use super::numbers::Link;
use super::{Fidelity, Id};
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Span;
use crate::syntax::ast::{Block, BlockKind};

/// Words of a ceiling, somewhere before its number in the same part of the sentence.
const CEILINGS: &[&str] = &["不超过", "不高于", "不多于", "不得超过", "最高", "最多", "至多", "上限", "封顶", "限额"];

/// Words of a floor.
const FLOORS: &[&str] = &["最低", "不低于", "不少于", "至少", "保底", "起付"];

impl Fidelity<'_> {
    /// The word of a table that stands before a number, in its part of the sentence.
    fn word_in_part(&self, id: Id, table: &[&'static str]) -> Option<(&'static str, Span)> {
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
            Some((*word, quote.span(from, from + wanted.len())))
        });
        if found.is_some() {
            return found;
        }
        // 最高10万元、20万元: the word goes for the list.
        before.filter(|n| n.link == Link::List && n.tail + 1 >= number.from).and_then(|_| self.word_in_part((id.0, id.1.checked_sub(1)?), table))
    }

    /// The word of a ceiling at a number.
    pub(super) fn ceiling_word(&self, id: Id) -> Option<(&'static str, Span)> {
        self.word_in_part(id, CEILINGS)
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
                if !same.iter().any(|id| self.word_in_part(*id, FLOORS).is_some()) {
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
        let place = word.map_or_else(|| self.span_of(id), |(_, span)| span.to(self.span_of(id)));
        if self.read_otherwise(block, literal.span, place) {
            return;
        }
        let number = self.words_of(id);
        let (zh, en, fix) = match (word, literal.role) {
            (Some((word, _)), _) => (
                format!("原文“{word}{number}”是封顶，规则不是封顶"),
                format!("'{word}{number}' of the text is a ceiling, the rule's number is none"),
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
