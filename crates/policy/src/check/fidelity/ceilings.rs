//! E0413: 最高, 不超过 and the like in the text against 最高, 限额 and 至多 of the rule, and 累计 or 每年 beside such a
//! number against the period of the rule.

use super::bind::Bound;
use super::literals::{Literal, Role};
use super::numbers::Link;
use super::operators::NOT;
use super::{Fidelity, Id};
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Span;
use crate::syntax::ast::{Block, BlockKind, Window};
use std::sync::OnceLock;

/// Words of a ceiling, somewhere before its number in the same part of the sentence.
const CEILINGS: &[&str] = &["最高", "最多", "至多", "上限", "封顶", "限额", "≤", "≦"];

/// Words of a year somewhere before a ceiling, in its part of the sentence.
const EVERY_YEAR: &[&str] = &["每年", "每一年", "每个年度", "每自然年"];

/// These say a year only directly before 累计 or a ceiling: 按上年度投入 says something else.
const THAT_YEAR: &[&str] = &["年度", "当年", "全年"];

/// How far 累计 may stand before its number: 累计补助金额最高不超过100万元.
const IN_ALL_REACH: usize = 12;

/// What the words beside a ceiling say of its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    /// 累计
    InAll,
    /// 三年累计
    InYears,
    /// 每年, 全年累计
    Yearly,
}

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
        self.ceiling_periods(block, bound);
    }

    /// The period that stands beside the ceiling at a number: in its own part of the sentence, nothing further off.
    pub(super) fn period_beside(&self, id: Id) -> Option<(Period, Span)> {
        self.ceiling_word(id)?;
        let number = self.number(id)?;
        let quote = self.quote(number.quote)?;
        let floor = number.from.saturating_sub(24);
        let part = quote.chars.get(floor..number.from)?;
        let start = part.iter().rposition(|c| matches!(c, '，' | '。' | '；' | '：' | '！' | '？' | '（' | '(' | ',')).map_or(0, |at| at + 1);
        let part: String = part.get(start..)?.iter().collect();
        let first = floor + start;
        let place = |at: usize, word: &str| {
            let from = first + part.get(..at).map_or(0, |before| before.chars().count());
            quote.span(from, from + word.chars().count())
        };
        let directly =
            |word: &&&str, behind: &str| part.match_indices(**word).any(|(at, _)| part.get(at + word.len()..).is_some_and(|r| r.starts_with(behind)));
        let each = EVERY_YEAR.iter().find_map(|word| part.rfind(word).map(|at| (at, *word)));
        let in_all = part.rfind("累计").filter(|at| part.get(*at..).is_some_and(|rest| rest.chars().count() <= IN_ALL_REACH));
        let before = in_all.and_then(|at| part.get(..at)).unwrap_or_default();
        let adjacent = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
        match (each, in_all) {
            // 每年累计最高100万元 is of a year; 每年给予的补助累计100万元 may be either.
            (Some((at, word)), Some(_)) => adjacent(EVERY_YEAR).then(|| (Period::Yearly, place(at, word))),
            (Some((at, word)), None) => Some((Period::Yearly, place(at, word))),
            (None, Some(at)) if adjacent(THAT_YEAR) => Some((Period::Yearly, place(at, "累计"))),
            (None, Some(at)) => {
                let years = before.trim_end_matches('内').ends_with(['年', '期', '月']);
                Some((if years { Period::InYears } else { Period::InAll }, place(at, "累计")))
            }
            (None, None) => THAT_YEAR
                .iter()
                .filter(|word| CEILINGS.iter().any(|ceiling| directly(word, ceiling)))
                .find_map(|word| part.rfind(*word).map(|at| (Period::Yearly, place(at, word)))),
        }
    }

    /// 累计最高100万元 is a 限额 累计, and no other.
    fn ceiling_periods(&mut self, block: &Block, bound: &Bound<'_>) {
        let frequency = bound.rule.frequency;
        let one_off = frequency.is_some_and(|f| f.window == Window::Life && f.times == 1 && f.each.is_none());
        let several_a_year = frequency.is_some_and(|f| f.window == Window::Year && f.times > 1);
        let mut differing = Vec::new();
        for (_, literal, id) in bound.pairs() {
            let fits = |period: Period| match (literal.role, period) {
                (Role::Limit(Window::Life), said) => said != Period::Yearly,
                (Role::Limit(Window::Year), said) => said == Period::Yearly,
                (Role::Limit(Window::Years(_)), said) => said == Period::InYears,
                (_, Period::Yearly) => !several_a_year,
                // What is given once is in all what it is.
                _ => frequency.is_none() || one_off,
            };
            let told = match literal.role {
                Role::Limit(_) => true,
                Role::Cap | Role::Ceiling => self.measures.is_money(literal.amount) && literal.unit != "%",
                _ => false,
            };
            let said: Vec<_> = self.candidates(&bound.ids, literal.amount).into_iter().map(|id| self.period_beside(id)).collect();
            if told
                && let Some(Some(first)) = said.first()
                && !said.iter().any(|said| said.is_none_or(|(period, _)| fits(period)))
            {
                differing.push((literal.clone(), id, *first));
            }
        }
        for (literal, id, (period, place)) in differing {
            let number = self.words_of(id);
            let place = place.to(self.span_of(id));
            if self.read_otherwise(block, literal.span, place) {
                continue;
            }
            let (word, fix) = match period {
                Period::InAll => ("累计", "限额 累计"),
                Period::InYears => ("几年累计", "限额 …年内 或 限额 累计"),
                Period::Yearly => ("每年", "限额 每年"),
            };
            let (rule, rule_en) = match literal.role {
                Role::Limit(Window::Life) => ("累计", "in all"),
                Role::Limit(Window::Year) => ("每年", "of a year"),
                Role::Limit(Window::Years(_)) => ("几年内", "of some years"),
                _ => ("每次", "each time"),
            };
            let text = self.sources.words(place);
            let diagnostic = Diagnostic::new(
                "E0413",
                literal.span,
                format!("封顶的期间不符：原文“{text}”是{word}的，规则是{rule}的"),
                format!("the period of the ceiling differs: '{text}' of the text, the rule's is {rule_en}"),
            )
            .related(place);
            let help = Text::new(
                format!("写成 {fix} {number}；或写 读法，“取”照抄这一行"),
                format!("write {fix} {number}; or a 读法 (reading) whose 取 repeats this line"),
            );
            self.fault(block, diagnostic, help);
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
