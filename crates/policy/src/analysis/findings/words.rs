//! What the quoted words themselves leave open, beside numbers and operators (which fidelity compares): a bound that
//! two tiers of the words claim, and a yearly award whose words and rule name no duration.

use super::show::{clause_span, id};
use super::{Finding, Study, Weight};
use crate::analysis::Outcome;
use crate::analysis::linear::{Constraint, Form};
use crate::analysis::witness::Goal;
use crate::application::Earlier;
use crate::check::{Sentence, children};
use crate::diagnostic::Text;
use crate::scheme::{ClauseId, NodeId, Op, Scheme, Window};
use crate::source::Span;
use values::{Fen, Rational};

/// Finds defects of the words. Without the sentences of the text there is nothing to look at.
pub(super) fn find(scheme: &Scheme, studies: &[Study<'_>], sentences: &[Sentence], entries: &mut Vec<Finding>) {
    for study in studies {
        let words = scheme.clause_words.get(study.clause.index()).map_or(String::new(), |w| w.paragraphs.concat());
        if !words.is_empty() {
            claimed_twice(study, &words, sentences, entries);
            no_duration(study, &words, sentences, entries);
        }
    }
}

/// A bound as the words give it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Claim {
    /// In the smallest unit where it is money, else as written.
    value: Rational,
    /// 元, 户 …
    unit: String,
    /// The tier lies above it.
    above: bool,
    /// The words that make the claim.
    words: String,
}

/// Bounds that the words include in a tier, in order.
fn claims(words: &str) -> Vec<Claim> {
    let chars: Vec<char> = words.chars().collect();
    let mut out = Vec::new();
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match number(&chars, at) {
            Some(found) => {
                at = found.end;
                numbers.push(found);
            }
            None => at += 1,
        }
    }
    for (index, found) in numbers.iter().enumerate() {
        let next = numbers.get(index + 1);
        let joined = next.is_some_and(|n| {
            n.start == found.end + found.marked + 1 && chars.get(n.start - 1).is_some_and(|c| matches!(c, '-' | '—' | '－' | '–' | '至' | '~' | '～'))
        });
        let ends_range = index.checked_sub(1).and_then(|i| numbers.get(i)).is_some_and(|p| p.joined_to(found, &chars));
        let before: String = chars.get(found.start.saturating_sub(3)..found.start).unwrap_or_default().iter().collect();
        let rest: String = chars.get(found.end + found.marked..).unwrap_or_default().iter().take(6).collect();
        let excluded = found.excluded || ["超过", "突破", "高于", "低于", "不足", "不满", "少于", "未达"].iter().any(|w| before.ends_with(w));
        // “达到30万元人民币以上”: the currency may stand between.
        let currency = if rest.starts_with("人民币") { 3 } else { 0 };
        let after: String = rest.chars().skip(currency).collect();
        let bound = ["以上", "及以上", "以下", "及以下", "以内"].iter().find(|w| after.starts_with(**w)).copied().unwrap_or("");
        let above = joined || bound.ends_with("以上") || before.ends_with("达到");
        let below = ends_range || bound.ends_with("以下") || bound == "以内";
        if excluded || above == below {
            continue;
        }
        let unit = if found.unit.is_empty() { next.map_or(String::new(), |n| n.unit.clone()) } else { found.unit.clone() };
        let scale = if found.scaled { Rational::ONE } else { next.filter(|_| joined).map_or(Rational::ONE, |n| n.scale) };
        let Ok(value) = found.value.checked_mul(scale) else { continue };
        let from = if before.ends_with("达到") { found.start - 2 } else { found.start };
        let behind = if bound.is_empty() { 0 } else { currency + bound.chars().count() };
        let tail = found.end + found.marked + behind;
        let said: String = chars.get(from..tail.min(chars.len())).unwrap_or_default().iter().collect();
        out.push(Claim { value, unit, above, words: said });
    }
    out
}

/// A number in the words.
struct Number {
    start: usize,
    end: usize,
    value: Rational,
    scale: Rational,
    scaled: bool,
    unit: String,
    /// Characters of （含） or （不含） behind it.
    marked: usize,
    excluded: bool,
}

impl Number {
    fn joined_to(&self, next: &Self, chars: &[char]) -> bool {
        next.start == self.end + self.marked + 1 && chars.get(next.start - 1).is_some_and(|c| matches!(c, '-' | '—' | '－' | '–' | '至' | '~' | '～'))
    }
}

fn number(chars: &[char], start: usize) -> Option<Number> {
    let digit = |at: usize| chars.get(at).is_some_and(|c| c.is_ascii_digit() || *c == '.');
    if !chars.get(start)?.is_ascii_digit() || start > 0 && digit(start - 1) {
        return None;
    }
    let mut end = start;
    while digit(end) {
        end += 1;
    }
    let digits: String = chars.get(start..end)?.iter().collect();
    let mut value = Rational::parse_decimal(digits.trim_end_matches('.')).ok()?;
    let (mut scale, mut scaled) = (Rational::ONE, false);
    while let Some(times) = chars.get(end).and_then(|c| match c {
        '万' => Some(10_000),
        '亿' => Some(100_000_000),
        '千' => Some(1_000),
        _ => None,
    }) {
        scale = scale.checked_mul(Rational::from(times)).ok()?;
        scaled = true;
        end += 1;
    }
    value = value.checked_mul(scale).ok()?;
    let word = |at: usize, word: &str| word.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    let unit = ["元", "平方米", "人次", "人", "户", "家", "间", "单", "件", "个", "吨", "公里", "美元"].iter().find(|u| word(end, u)).map_or("", |u| *u);
    end += unit.chars().count();
    let marks = ["（含）", "(含)", "（不含）", "(不含)"];
    let mark = marks.iter().find(|m| word(end, m)).copied().unwrap_or("");
    Some(Number { start, end, value, scale, scaled, unit: unit.to_owned(), marked: mark.chars().count(), excluded: mark.contains('不') })
}

/// A bound that the words give to the tier below it and to the tier above it.
fn claimed_twice(study: &Study<'_>, words: &str, sentences: &[Sentence], entries: &mut Vec<Finding>) {
    let scheme = study.scheme;
    let found = claims(words);
    let mut told = Vec::new();
    for upper in found.iter().filter(|c| !c.above) {
        let Some(lower) = found.iter().find(|c| c.above && c.value == upper.value && c.unit == upper.unit) else { continue };
        if told.contains(&upper.value) {
            continue;
        }
        // The rule must part the same measure at this bound; otherwise the words speak of two things.
        let stored = if upper.unit == "元" { upper.value.checked_mul(Rational::from(100)).unwrap_or(upper.value) } else { upper.value };
        let Some((node, witness)) = parted_at(study, stored) else { continue };
        told.push(upper.value);
        let (a, b) = (&upper.words, &lower.words);
        let said = |lang| scheme.node(node).map_or(String::new(), |n| crate::plain::written(scheme, stored, n.ty, lang));
        let (bound, bound_en) = (said(values::Lang::Zh), said(values::Lang::En));
        let read = registered(scheme, study.clause, |words| words.contains(a.as_str()) || words.contains(b.as_str()) || a.contains(words) || b.contains(words));
        let message = Text::new(
            format!("{bound} 在原文里归两档：“{a}”和“{b}”都含本数"),
            format!("the words give {bound_en} to two tiers: '{a}' and '{b}' both include it"),
        );
        let help = match read {
            true => Text::new("读法已经登记；建议改原文，写明归哪一档", "a reading is registered; better mend the text and say which tier it is"),
            false => Text::new("登记一条读法，并建议改原文，写明归哪一档", "register a reading, and mend the text: say which tier it is"),
        };
        let place = place(sentences, a).unwrap_or_else(|| clause_span(scheme, study.clause));
        let mut finding = study.finding("W0620", Weight::Finding, place, message, help, witness.into_iter().collect());
        finding.related = super::show::span(scheme, node).into();
        entries.push(finding);
    }
}

/// The bound of a row at this value, and an applicant who stands on it.
fn parted_at(study: &Study<'_>, value: Rational) -> Option<(NodeId, Option<super::Witness>)> {
    for cell in &study.cells.cells {
        for (_, node, measure) in &cell.measured {
            let Some(Op::Tier(tier)) = study.scheme.node(*node).map(|n| &n.op) else { continue };
            let bounds = tier.rows.iter().flat_map(|r| &r.tests).flat_map(|r| [r.low, r.high]).flatten();
            let bound = bounds.map(|(node, _)| node).find(|n| matches!(study.scheme.node(*n).map(|n| &n.op), Some(Op::Number(v)) if *v == value));
            let Some(bound) = bound else { continue };
            let eligible = |c: &&crate::analysis::Cell| matches!(c.outcomes.first(), Some(Outcome::Eligible { .. }));
            let witness = study.cells.cells.iter().filter(eligible).filter(|c| c.measured.iter().any(|(_, n, m)| n == node && m == measure)).find_map(|c| {
                let at = |form: Result<Form, values::Fault>| form.ok().map(|form| Goal::Holds(Constraint { form, strict: false }));
                let over = at(measure.sub(&Form::number(value)))?;
                let under = at(Form::number(value).sub(measure))?;
                let amount = c.outcomes.first()?.amount()?;
                let some = at(amount.sub(&Form::number(Rational::from(1_000_000))))?;
                study.witness(c, &[over.clone(), under.clone(), some]).or_else(|| study.witness(c, &[over, under]))
            });
            return Some((bound, witness));
        }
    }
    None
}

/// Whether a reading about the clause speaks of these words.
fn registered(scheme: &Scheme, clause: ClauseId, about: impl Fn(&str) -> bool) -> bool {
    scheme.readings.iter().any(|r| r.clauses.contains(&clause) && r.words.as_deref().is_some_and(&about))
}

fn place(sentences: &[Sentence], words: &str) -> Option<Span> {
    sentences.iter().find(|s| s.words.contains(words)).map(|s| s.span)
}

/// Words that mark an award for those who came newly.
const NEWCOMERS: &[&str] = &["新引进", "新落户", "新设立", "新注册", "新入驻", "新办", "新成立", "新迁入"];

/// How many years a witness has been paid already.
const YEARS_PAID: i32 = 5;

/// A newcomers' award every year, without an end.
fn no_duration(study: &Study<'_>, words: &str, sentences: &[Sentence], entries: &mut Vec<Finding>) {
    let scheme = study.scheme;
    let Some(clause) = scheme.clause(study.clause) else { return };
    let yearly = clause.frequency.as_ref().is_some_and(|f| f.window == Window::Year && f.years_in_all.is_none());
    let Some(newcomer) = NEWCOMERS.iter().find(|w| words.contains(**w)) else { return };
    if !yearly || names_duration(words) || rule_counts_years(scheme, study.clause) {
        return;
    }
    let witness = study.best().map(|mut witness| {
        let paid = witness.expected.first().and_then(|e| e.amount).unwrap_or(Fen(1)).max(Fen(1));
        let years = (1..=YEARS_PAID).map(|back| witness.application.year - back);
        witness.application.history = years.map(|year| Earlier { clause: study.clause, year, amount: paid, key: None }).collect();
        witness.facts.push((Text::new("以前已得", "received before"), Text::new(format!("{YEARS_PAID} 年"), format!("in {YEARS_PAID} years"))));
        witness
    });
    let read = registered(scheme, study.clause, |words| words.contains(newcomer));
    let message = Text::new(
        format!("{} 给“{newcomer}”的每年都给，原文和规则都没有写给几年、几年以内算“{newcomer}”", id(scheme, study.clause)),
        format!("{} is given every year to those '{newcomer}'; neither the words nor the rule say for how many years", id(scheme, study.clause)),
    );
    let help = match read {
        true => Text::new(
            "读法已经登记；建议原文写明年限，规则写“频次 每年，共 N 年”",
            "a reading is registered; better name the years in the text, and write 频次 每年，共 N 年",
        ),
        false => Text::new(
            "登记一条读法；建议原文写明年限，规则写“频次 每年，共 N 年”",
            "register a reading; better name the years in the text, and write 频次 每年，共 N 年",
        ),
    };
    let place = place(sentences, newcomer).filter(|_| sentences.iter().filter(|s| s.words.contains(newcomer)).count() == 1);
    let mut finding =
        study.finding("W0621", Weight::Finding, place.unwrap_or_else(|| clause_span(scheme, study.clause)), message, help, witness.into_iter().collect());
    finding.related = place.map(|_| clause_span(scheme, study.clause));
    entries.push(finding);
}

/// “两年”, “3年”, “期限”: not “年度”, “2024年”, “每年”.
fn names_duration(words: &str) -> bool {
    let chars: Vec<char> = words.chars().collect();
    let numeral = |c: char| matches!(c, '一' | '二' | '两' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十');
    let years = chars.iter().enumerate().any(|(at, c)| {
        let digits = chars.get(..at).unwrap_or_default().iter().rev().take_while(|c| c.is_ascii_digit()).count();
        let before = at.checked_sub(1).and_then(|b| chars.get(b)).is_some_and(|c| numeral(*c));
        *c == '年' && (before || (1..=2).contains(&digits)) && chars.get(at + 1) != Some(&'度')
    });
    years || words.contains("期限") || words.contains("期内")
}

/// The rule itself counts years.
fn rule_counts_years(scheme: &Scheme, clause: ClauseId) -> bool {
    let Some(clause) = scheme.clause(clause) else { return false };
    let mut stack: Vec<NodeId> = clause.conditions.iter().map(|c| c.node).chain(super::show::amount_node(clause)).collect();
    while let Some(node) = stack.pop() {
        let Some(node) = scheme.node(node) else { continue };
        if matches!(node.op, Op::NthYear(_) | Op::FirstYear | Op::Aged { .. } | Op::AwardYear) {
            return true;
        }
        stack.extend(children(&node.op));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &str) -> Vec<(String, bool)> {
        claims(words).into_iter().map(|c| (c.words, c.above)).collect()
    }

    #[test]
    fn bounds_are_read_with_the_words_beside_them() {
        assert_eq!(
            said("达到30万元人民币以上的企业；5万元以上、30万元以下的"),
            [("达到30万元人民币以上".to_owned(), true), ("5万元以上".to_owned(), true), ("30万元以下".to_owned(), false)]
        );
        assert_eq!(
            said("1000万元以下、1000（含）-5000万元（含）、5000万元以上"),
            [("1000万元以下".to_owned(), false), ("1000（含）".to_owned(), true), ("5000万元（含）".to_owned(), false), ("5000万元以上".to_owned(), true)]
        );
        assert_eq!(said("超过30万元以上，最高不超过50万元，不满5万元"), []);
    }

    #[test]
    fn durations_are_told_from_other_years() {
        assert!(names_duration("前两年按租金的100%予以补助"));
        assert!(names_duration("奖励时间5年"));
        assert!(!names_duration("2024年新引进的企业，年实际交易额达到1000万元，每年给予"));
    }
}
