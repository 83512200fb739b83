//! E0412: 一次性, 每年, N年 in the text against 频次 and the period of 限额.

use super::Fidelity;
use super::bind::Bound;
use super::literals::Role;
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Span;
use crate::syntax::ast::{Block, BlockKind, Window};

/// Words for every year.
const YEARLY: &[&str] = &["每年", "逐年", "按年度", "每一年", "按年给予", "按年发放", "按年补", "按年奖", "按年资助"];

/// Behind 每年 these speak of instalments of what is given once.
const PAID: &[&str] = &["兑付", "兑现", "拨付", "支付", "各兑付", "各拨付", "各支付"];

/// Before a number of years these say how long something is given every year.
const FOR_YEARS: &[&str] = &["期限", "时间", "期限为", "时间为", "期为", "为期", "前", "期", "最长", "最长不超过"];

/// Behind 3年内 these make a frequency of it.
const WITHIN: &[&str] = &["不重复", "不再", "只", "仅", "限", "最多", "不超过", "次"];

/// What the words say about how often.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Often {
    /// 一次性
    pub(super) once: Option<Span>,
    /// 每年, or a number of years
    pub(super) yearly: Option<Span>,
    /// 3年内
    pub(super) within: Option<Span>,
}

impl Fidelity<'_> {
    /// How often, as far as the words of a block say it.
    pub(super) fn often(&self, bound: &Bound<'_>) -> Often {
        let find = |table: &[&str]| table.iter().filter(|word| bound.words.contains(**word)).find_map(|word| self.find_in(bound.places, word));
        // 每年兑付50% says how an award is paid out, not how often it is given.
        let pays_out = |part: &str| part.contains(['兑', '拨', '付']);
        let instalments = bound.rule.literals.iter().any(|literal| literal.role == Role::Loose);
        let given = |part: &str| YEARLY.iter().any(|word| part.contains(word)) && !pays_out(part);
        let yearly = find(YEARLY).filter(|_| !self.only_paid(bound)).filter(|_| !instalments || bound.words.split(['，', '。', '；', ',']).any(given));
        let mut often = Often { once: self.once(bound), yearly, within: None };
        for id in &bound.ids {
            let Some(number) = self.number(*id).filter(|n| self.measures.is_time(n.amount)) else { continue };
            let Some(quote) = self.quote(number.quote) else { continue };
            let before = quote.chars.get(..number.from).unwrap_or_default();
            let ends = |word: &str| word.chars().count() <= before.len() && word.chars().rev().zip(before.iter().rev()).all(|(a, b)| a == *b);
            let after: String = quote.chars.get(number.to..).unwrap_or_default().iter().take_while(|c| !matches!(c, '，' | '。' | '；')).take(10).collect();
            // 连续两年增长 is a condition, 连续两年给予 says how long.
            let in_a_row = ends("连续") && after.starts_with(['给', '补', '奖', '支', '予']);
            if in_a_row || FOR_YEARS.iter().any(|word| ends(word)) {
                often.yearly.get_or_insert(self.span_of(*id));
            }
            if after.strip_prefix('内').is_some_and(|after| WITHIN.iter().any(|word| after.contains(word))) {
                often.within.get_or_insert(self.span_of(*id));
            }
        }
        often
    }

    /// 分两年兑付，每年兑付50%: every 每年 is one of an instalment.
    fn only_paid(&self, bound: &Bound<'_>) -> bool {
        let otherwise = YEARLY.iter().any(|word| !matches!(*word, "每年" | "每一年") && bound.words.contains(*word));
        let paid = |word: &str| {
            bound.words.match_indices(word).all(|(at, _)| bound.words.get(at + word.len()..).is_some_and(|rest| PAID.iter().any(|p| rest.starts_with(p))))
        };
        !otherwise && paid("每年") && paid("每一年")
    }

    /// 一次性, 只补助一次; not 每年申报一次, 3年内一次.
    fn once(&self, bound: &Bound<'_>) -> Option<Span> {
        let periodic = |before: &str| {
            let phrase = before.rsplit(['，', '。', '；', '（']).next().unwrap_or_default();
            phrase.contains(['每', '逐']) || phrase.contains("年内") || phrase.ends_with(['年', '月', '季'])
        };
        let once =
            |(at, _): &(usize, &str)| bound.words.get(*at..).is_some_and(|rest| rest.starts_with("一次性")) || !bound.words.get(..*at).is_some_and(periodic);
        let (at, _) = bound.words.match_indices("一次").find(once)?;
        let rest = bound.words.get(at..)?;
        self.find_in(bound.places, if rest.starts_with("一次性") { "一次性" } else { "一次" })
    }

    pub(super) fn frequency(&mut self, block: &Block, bound: &Bound<'_>) {
        let Some(line) = bound.rule.frequency.filter(|_| matches!(block.kind, BlockKind::Clause(_) | BlockKind::Group(_))) else { return };
        let often = self.often(bound);
        let wrong = match line.window {
            Window::Life if often.once.is_none() => often.yearly,
            Window::Year if often.yearly.is_none() => often.once.or(often.within),
            Window::Years(_) if often.within.is_none() => often.once.or(often.yearly),
            _ => None,
        };
        let Some(place) = wrong else { return };
        if self.read_otherwise(block, line.span, place) {
            return;
        }
        let text = self.sources.words(place);
        let rule = self.sources.words(line.span);
        let fix = if often.once == Some(place) {
            "频次 一次性"
        } else if often.within == Some(place) {
            "频次 …年内 … 次"
        } else {
            "频次 每年"
        };
        let mut diagnostic = Diagnostic::new(
            "E0412",
            line.span,
            format!("频次不符：原文写“{text}”，规则写“{rule}”"),
            format!("how often differs: the text says '{text}', the rule '{rule}'"),
        )
        .related(place);
        // A bare word is mended by the other.
        if let ("一次性" | "每年", Some(word)) = (rule, fix.strip_prefix("频次 ").filter(|word| !word.contains('…'))) {
            diagnostic = diagnostic.replace(word);
        }
        let help = Text::new(format!("改为 {fix}；或写 读法，“取”照抄这一行"), format!("write {fix}; or a 读法 (reading) whose 取 repeats this line"));
        self.fault(block, diagnostic, help);
    }
}
