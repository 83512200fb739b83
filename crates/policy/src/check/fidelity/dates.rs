//! E0405 for dates: 以后, 以前, 起, 止 of the text against 早于, 晚于 of the rule. Which side is compared; whether the day
//! itself belongs to it only where the text says 不早于 or 不晚于, since the law does not settle 以后 and 以前.

use super::bind::Bound;
use super::literals::Role;
use super::measures::Amount;
use super::numbers::{Link, tail};
use super::{Fidelity, Id};
use crate::diagnostic::{Diagnostic, Text};
use crate::syntax::ast::{Block, Compare};

/// Words before a date that say the day itself as well.
const EXACT: &[(&str, Compare)] =
    &[("不早于", Compare::Ge), ("不晚于", Compare::Le), ("不迟于", Compare::Le), ("早于", Compare::Lt), ("晚于", Compare::Gt), ("迟于", Compare::Gt)];

/// Words behind a date: that day, and later.
const LATER: &[&str] = &["及以后", "以后", "之后", "以来", "起", "后"];

/// Words behind a date: up to that day.
const EARLIER: &[&str] = &["及以前", "以前", "之前", "为止", "止", "前"];

/// Words before a date: up to that day.
const UNTIL: &[&str] = &["截至", "截止", "至", "到"];

/// What the text says at a date.
struct Side {
    later: bool,
    exact: Option<Compare>,
    word: &'static str,
    behind: bool,
}

impl Fidelity<'_> {
    pub(super) fn dates(&mut self, block: &Block, bound: &Bound<'_>) {
        let mut differing = Vec::new();
        for (_, literal, id) in bound.pairs() {
            let (compare, word) = match (literal.role, literal.amount) {
                (Role::Dated(compare, word), _) => (compare, word),
                (Role::Compared(compare, word), Amount::Year(_)) if self.said(id).is_none() => (compare, word),
                _ => continue,
            };
            let sides: Vec<_> = self.candidates(&bound.ids, literal.amount).iter().map(|id| self.side(*id)).collect();
            let fits =
                |side: &Option<Side>| side.as_ref().is_none_or(|s| s.exact.map_or(s.later == matches!(compare, Compare::Ge | Compare::Gt), |c| c == compare));
            if !sides.iter().any(fits)
                && let Some(side) = self.side(id)
            {
                differing.push((literal.span, word, id, side));
            }
        }
        for (span, word, id, side) in differing {
            if self.read_otherwise(block, span, self.span_of(id)) {
                continue;
            }
            let date = self.words_of(id);
            let text = if side.behind { format!("{date}{}", side.word) } else { format!("{}{date}", side.word) };
            let fix = match (side.exact, side.later) {
                (Some(Compare::Lt), _) => "早于",
                (Some(Compare::Gt), _) => "晚于",
                (_, true) => "不早于",
                (_, false) => "不晚于",
            };
            let diagnostic = Diagnostic::new(
                "E0405",
                span,
                format!("比较词不符：原文写“{text}”，规则写“{word}”"),
                format!("the comparison differs: the text says '{text}', the rule '{word}'"),
            )
            .related(self.span_of(id));
            let help = Text::new(format!("写 {fix}；或写 读法，“取”照抄这一行"), format!("write {fix}; or a 读法 (reading) whose 取 repeats this line"));
            self.fault(block, diagnostic, help);
        }
    }

    fn side(&self, id: Id) -> Option<Side> {
        let number = self.number(id)?;
        let chars = &self.quote(number.quote)?.chars;
        let before = chars.get(..number.from)?;
        let behind = chars.get(tail(chars, number.to).0..)?;
        let ends = |word: &str| word.chars().count() <= before.len() && word.chars().rev().zip(before.iter().rev()).all(|(a, b)| a == *b);
        let begins = |word: &str| word.chars().count() <= behind.len() && word.chars().zip(behind).all(|(a, b)| a == *b);
        if let Some((word, compare)) = EXACT.iter().find(|(word, _)| ends(word)) {
            return Some(Side { later: matches!(compare, Compare::Ge | Compare::Gt), exact: Some(*compare), word, behind: false });
        }
        // 2024年前三季度 is a part of a year, 2024年后续 a year and no side.
        let part =
            matches!(behind, ['前' | '后', next, ..] if next.is_numeric() || matches!(next, '一' | '两' | '二' | '三' | '四' | '十' | '半' | '续' | '期'));
        let found = |table: &'static [&'static str]| table.iter().find(|word| begins(word)).copied().filter(|_| !part);
        if let Some(word) = found(LATER) {
            return Some(Side { later: true, exact: None, word, behind: true });
        }
        if let Some(word) = found(EARLIER).or_else(|| UNTIL.iter().find(|word| ends(word)).copied()) {
            return Some(Side { later: false, exact: None, word, behind: begins(word) });
        }
        if number.link == Link::Range {
            return Some(Side { later: true, exact: None, word: "至", behind: true });
        }
        None
    }
}
