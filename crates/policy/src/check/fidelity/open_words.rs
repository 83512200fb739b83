//! E0417: words known to be open that no 读法 takes up. Only what can be decided from the words themselves: a bound
//! that two sides claim, 达到 and 突破 of a money clause, once and every year side by side, a frequency or the period of
//! a ceiling that the text leaves out, 新引进 and 年内 without a date.

use super::bind::Bound;
use super::literals::Role;
use super::numbers::{Link, may_hold};
use super::{Fidelity, Id};
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Span;
use crate::syntax::ast::{Block, BlockKind, Window};

/// Words that name a time without saying which.
const OPEN: &[(&str, &str, &str)] = &[
    ("新引进", "从何时起算、几年以内算新引进", "since when something counts as newly brought in"),
    ("新落户", "从何时起算新落户", "since when a firm counts as newly settled"),
    ("年内", "是公历年度，还是连续十二个月", "a calendar year or twelve months on end"),
];

/// Words of a period beside a ceiling.
const YEAR: &[&str] = &["每年", "年度", "当年", "全年"];
const LIFE: &[&str] = &["累计", "总额", "总计", "合计", "共计"];

impl Fidelity<'_> {
    pub(super) fn open_words(&mut self, block: &Block, bound: &Bound<'_>) {
        if !matches!(block.kind, BlockKind::Clause(_)) || !bound.rule.gives {
            return;
        }
        self.claimed_bounds(block, bound);
        self.reaching(block, bound);
        self.how_often(block, bound);
        self.periods(block, bound);
        for (word, zh, en) in OPEN.iter().filter(|(word, ..)| bound.words.contains(word)) {
            // 三年内 is a length; 年内 alone is a date left open.
            let Some(span) = self.open_place(bound, word) else { continue };
            if !self.register.anywhere(word) {
                self.open(block, span, span, (word, zh, en), "写 读法 「…」，引用这个词");
            }
        }
    }

    /// Where an open word stands, not as the end of a number.
    fn open_place(&self, bound: &Bound<'_>, word: &str) -> Option<Span> {
        let span = self.find_in(bound.places, word)?;
        let within = word == "年内" && bound.ids.iter().any(|id| self.span_of(*id).end > span.start && self.span_of(*id).start < span.end);
        (!within).then_some(span)
    }

    /// 30万元以下 beside 达到30万元以上: whose is the bound?
    fn claimed_bounds(&mut self, block: &Block, bound: &Bound<'_>) {
        let mut found: Vec<Id> = Vec::new();
        for (_, literal, _) in bound.pairs().filter(|(_, l, _)| matches!(l.role, Role::Compared(..))) {
            let same = self.candidates(&bound.ids, literal.amount);
            let claimed = same.iter().find(|id| self.said(**id).is_some_and(|said| !said.word.contains("达") && self.claimed(**id, said, &same).is_some()));
            found.extend(claimed.copied().filter(|id| !found.contains(id)));
        }
        for id in found {
            let Some(said) = self.said(id) else { continue };
            let number = self.words_of(id);
            let quoted = |words: &str| words.contains(&number) || words.contains(said.word);
            if self.register.quotes(block, &quoted).is_none() {
                let span = self.span_of(id);
                self.open(block, span, block.span, (&number, "两边都可以含这个数", "both sides may hold the bound"), "写 读法，说明归哪一边");
            }
        }
    }

    /// Article 1259 of the Civil Code settles 以上, 以下, 以内, 届满, 不满, 超过, 以外; not 达到 and 突破.
    fn reaching(&mut self, block: &Block, bound: &Bound<'_>) {
        let mut open: Option<(Id, &'static str, Span)> = None;
        for (_, literal, id) in bound.pairs() {
            let Role::Compared(..) = literal.role else { continue };
            let Some(said) = self.said(id).filter(|s| matches!(s.word, "达到" | "突破" | "达") && !s.marked) else { continue };
            if self.number(id).is_some_and(|n| self.measures.is_money(n.amount) || bound.rule.gives) && !self.has_above(id) {
                let line = super::register::line_at(self.sources, literal.span);
                let word = said.word;
                let number = self.words_of(id);
                let read = self.register.takes(block, &line).is_some()
                    || self.register.quotes(block, &|words| words.contains(word) && (words.contains(&number) || !may_hold(words))).is_some();
                if !read {
                    open.get_or_insert((id, word, literal.span));
                }
            }
        }
        if let Some((id, word, span)) = open {
            let place = self.span_of(id);
            let why = (word, "民法典第一千二百五十九条没有列这个词，含不含本数要登记", "Article 1259 of the Civil Code does not settle this word");
            self.open(block, place, span, why, "写 读法，“取”照抄这一行");
        }
    }

    /// 以上 behind the number, or behind the last of its list, settles it.
    fn has_above(&self, (quote, at): Id) -> bool {
        let listed = self.numbers.get(quote).into_iter().flatten().skip(at).filter(|n| !n.repeats);
        let mut last = listed.scan(true, |goes_on, n| std::mem::replace(goes_on, n.link == Link::List).then_some(n));
        last.any(|n| n.tail > n.to)
    }

    fn how_often(&mut self, block: &Block, bound: &Bound<'_>) {
        let Some(line) = bound.rule.frequency else { return };
        let often = self.often(bound);
        let both = often.once.is_some() && (often.yearly.is_some() || ["年度", "年内"].iter().any(|word| bound.words.contains(word)));
        let silent = often.once.is_none() && often.yearly.is_none() && often.within.is_none();
        if !both && !silent {
            return;
        }
        let spelled = super::register::line_at(self.sources, line.span);
        if self.register.takes(block, &spelled).is_some() {
            return;
        }
        let why = if both {
            ("一次性", "与每年、年度连用，一共一次还是每年一次", "beside words of a year: once, or once a year")
        } else {
            ("频次", "原文没有写给一次还是每年给", "the text does not say how often")
        };
        let place = often.once.unwrap_or_else(|| self.first_place(bound.places));
        self.open(block, place, line.span, why, "写 读法，“取”照抄频次这一行");
    }

    /// 单个企业不超过20万元: in all, or a year?
    fn periods(&mut self, block: &Block, bound: &Bound<'_>) {
        let yearly_clause = bound.rule.frequency.is_some_and(|f| f.window != Window::Life);
        for (_, literal, id) in bound.pairs() {
            let said = match literal.role {
                Role::Limit(Window::Life) => LIFE,
                Role::Limit(Window::Year) => YEAR,
                Role::Cap if yearly_clause && self.measures.is_money(literal.amount) => YEAR,
                _ => continue,
            };
            if said.iter().any(|word| bound.words.contains(word)) || self.period_beside(id).is_some() {
                continue;
            }
            let number = self.words_of(id);
            let line = super::register::line_at(self.sources, literal.span);
            if self.register.takes(block, &line).is_some()
                || literal.role == Role::Cap && self.register.quotes(block, &|words| words.contains(&number)).is_some()
            {
                continue;
            }
            let place = self.span_of(id);
            let span = literal.span;
            self.open(
                block,
                place,
                span,
                (&number, "封顶没有写期间：一次、一年还是累计", "the ceiling has no period: once, a year, or in all"),
                "写 读法，“取”照抄这一行",
            );
        }
    }

    fn open(&mut self, block: &Block, place: Span, span: Span, (word, zh, en): (&str, &str, &str), help: &str) {
        let span = if super::inside(span, block.span) { span } else { block.span };
        let diagnostic =
            Diagnostic::new("E0417", span, format!("“{word}”有几种理解，没有登记读法：{zh}"), format!("'{word}' is open and in no 读法 (reading): {en}"))
                .related(place);
        let (mut zh, mut en) = (help.to_owned(), "write a 读法 (reading) that quotes the words, or whose 取 repeats the line".to_owned());
        if self.shares_its_quote(block) {
            zh.push_str("；这段引文下有几条条款，这个词说的是另一条时，在本条写 原文 「…」，只引它自己的话");
            en.push_str("; several clauses stand under this quote: where the word is of another, cite this one's own words with 原文 (words) 「…」");
        }
        self.fault(block, diagnostic, Text::new(zh, en));
    }

    /// Several clauses stand under the quote of this one, which is narrowed by no 原文.
    fn shares_its_quote(&self, block: &Block) -> bool {
        let beside = self.blocks.iter().filter(|b| b.file == block.file && b.quote == block.quote && matches!(b.kind, BlockKind::Clause(_))).count();
        block.quote.is_some() && block.cites.is_empty() && beside > 1
    }
}
