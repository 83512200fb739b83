//! Fidelity: what a rule says against the words it cites. Numbers both ways, units, comparison words, frequencies,
//! ceilings, rows, authorities, groups, words known to be open, look-alike characters. Whether the quotes are the official
//! text, and what each sentence is, stands in `check::text`. A block without a quote has no words to be held to.

mod authorities;
mod bind;
mod ceilings;
mod characters;
mod dates;
mod frequency;
mod groups;
mod literals;
mod measures;
mod notes;
mod numbers;
mod open_words;
mod operators;
mod prices;
mod register;
mod rows;

use super::text::{Compact, Linked, Place, SentenceUse};
use crate::diagnostic::{Diagnostic, Text};
use crate::source::{Sources, Span};
use crate::syntax::ast::{Block, BlockKind};
use crate::syntax::parse::Parsed;
use measures::Measures;
use numbers::{Link, Number};
use register::Register;

/// How a deliberate exception was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExceptionKind {
    /// 字面: a literal that the words lack or say otherwise.
    Literal,
    /// 不用: a number of the words that no rule uses.
    Unused,
    /// 读法: a reading that chooses otherwise than the words alone would.
    Reading,
    /// 来源: values of a 参数 that come from a source it names.
    Source,
    /// 别名: two names of one unit.
    Alias,
}

impl ExceptionKind {
    /// Its word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Literal => "字面",
            Self::Unused => "不用",
            Self::Reading => "读法",
            Self::Source => "来源",
            Self::Alias => "别名",
        }
    }
}

/// A place where a rule and its words differ on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// How.
    pub kind: ExceptionKind,
    /// The literal, number, line or name.
    pub what: String,
    /// Why, as written.
    pub because: String,
    /// Heading of the block that differs.
    pub heading: String,
    /// Where it is written.
    pub span: Span,
    /// The words of the text it concerns.
    pub words: Option<Span>,
}

/// Everything fidelity knows of a policy while it is checked.
struct Fidelity<'a> {
    sources: &'a Sources,
    blocks: &'a [Block],
    linked: &'a Linked,
    measures: &'a Measures<'a>,
    register: Register<'a>,
    /// Numbers of each quote, in order.
    numbers: Vec<Vec<Number>>,
    /// How often each is used.
    used: Vec<Vec<u32>>,
    /// Whether a 不用 speaks of it.
    excused: Vec<Vec<bool>>,
    faults: Vec<Diagnostic>,
    exceptions: Vec<Exception>,
}

/// Checks all blocks of the policy file against what they cite.
pub(super) fn check(sources: &Sources, parsed: &Parsed, linked: &Linked, faults: &mut Vec<Diagnostic>) -> Vec<Exception> {
    if linked.quotes.is_empty() {
        return Vec::new();
    }
    let own = parsed.blocks.iter().filter_map(|b| match &b.kind {
        BlockKind::Policy(policy) => Some(policy.units.iter().map(|n| n.text.as_str())),
        _ => None,
    });
    let measures = Measures::new(own.flatten().collect());
    let numbers: Vec<Vec<Number>> = linked.quotes.iter().enumerate().map(|(at, quote)| numbers::scan(at, &quote.chars, &measures)).collect();
    let mut fidelity = Fidelity {
        sources,
        blocks: &parsed.blocks,
        linked,
        measures: &measures,
        register: Register::of(&parsed.blocks),
        used: numbers.iter().map(|n| vec![0; n.len()]).collect(),
        excused: numbers.iter().map(|n| vec![false; n.len()]).collect(),
        numbers,
        faults: Vec::new(),
        exceptions: Vec::new(),
    };
    fidelity.run(faults);
    faults.append(&mut fidelity.faults);
    fidelity.exceptions.sort_by_key(|e| e.span);
    fidelity.exceptions
}

impl<'a> Fidelity<'a> {
    fn run(&mut self, before: &[Diagnostic]) {
        let unused = self.unused_notes();
        let mut rules = Vec::new();
        let mut expected = 0;
        for (at, block) in self.blocks.iter().enumerate() {
            let places = self.places(at);
            if places.is_empty() || matches!(block.kind, BlockKind::Facts(_) | BlockKind::Reading(_) | BlockKind::Situation(_)) {
                continue;
            }
            expected += 1;
            // Where a block could not be read, its numbers are not known: it is told of that, and of nothing that follows.
            if before.iter().any(|d| d.is_error() && !fault_of_text(d.code) && inside(d.span, block.span)) {
                self.use_all(places);
                continue;
            }
            rules.push((block, self.bind(block, places)));
        }
        for (block, bound) in &rules {
            self.literal_notes(block, bound);
            self.names(bound);
            self.operators(block, bound);
            self.dates(block, bound);
            self.prices(block, bound);
            self.ceilings(block, bound);
            self.rows(block, bound);
            self.frequency(block, bound);
            self.open_words(block, bound);
            self.authorities(block, bound);
            self.group(block, bound);
        }
        self.responsibilities();
        self.uncited(&rules);
        self.unused_numbers();
        if rules.len() == expected {
            self.rotten_notes(&unused);
        }
        self.idle_aliases();
        self.characters();
    }

    fn places(&self, block: usize) -> &'a [Place] {
        self.linked.cited.get(block).map_or(&[], Vec::as_slice)
    }

    fn quote(&self, at: usize) -> Option<&'a Compact> {
        self.linked.quotes.get(at)
    }

    fn number(&self, (quote, at): Id) -> Option<&Number> {
        self.numbers.get(quote)?.get(at)
    }

    /// Where a number of the text stands, its unit included.
    fn span_of(&self, id: Id) -> Span {
        self.number(id).and_then(|n| self.quote(n.quote).map(|q| q.span(n.from, n.to))).unwrap_or_default()
    }

    /// A number of the text with its unit, as written.
    fn words_of(&self, id: Id) -> String {
        self.number(id).and_then(|n| self.quote(n.quote).map(|q| q.words(n.from, n.to))).unwrap_or_default()
    }

    /// Numbers of the words that a block cites, in order.
    fn numbers_in(&self, places: &[Place]) -> Vec<Id> {
        let mut out = Vec::new();
        for &(quote, from, to) in places {
            let Some(numbers) = self.numbers.get(quote) else { continue };
            let first = numbers.partition_point(|n| n.from < from);
            let within = numbers.iter().enumerate().skip(first).take_while(|(_, n)| n.from < to);
            out.extend(within.map(|(at, _)| (quote, at)));
        }
        out
    }

    fn use_number(&mut self, (quote, at): Id) {
        if let Some(count) = self.used.get_mut(quote).and_then(|q| q.get_mut(at)) {
            *count += 1;
        }
    }

    fn is_used(&self, (quote, at): Id) -> bool {
        self.used.get(quote).and_then(|q| q.get(at)).is_some_and(|count| *count > 0)
    }

    fn is_excused(&self, (quote, at): Id) -> bool {
        self.excused.get(quote).and_then(|q| q.get(at)).copied().unwrap_or(false)
    }

    fn use_all(&mut self, places: &[Place]) {
        for id in self.numbers_in(places) {
            self.use_number(id);
        }
    }

    /// The words of places, one after the other.
    fn words_in(&self, places: &[Place]) -> String {
        places.iter().filter_map(|&(quote, from, to)| self.quote(quote).map(|q| q.words(from, to))).collect()
    }

    /// Where words stand in the places of a block.
    fn find_in(&self, places: &[Place], needle: &str) -> Option<Span> {
        let needle: Vec<char> = needle.chars().collect();
        places.iter().find_map(|&(quote, from, to)| {
            let quote = self.quote(quote)?;
            let chars = quote.chars.get(from..to)?;
            let at = chars.windows(needle.len().max(1)).position(|w| w == needle.as_slice())?;
            Some(quote.span(from + at, from + at + needle.len()))
        })
    }

    /// The first characters of what a block cites.
    fn first_place(&self, places: &[Place]) -> Span {
        places.first().and_then(|&(quote, from, to)| self.quote(quote).map(|q| q.span(from, to))).unwrap_or_default()
    }

    /// True, and noted among the exceptions, where a 读法 of the block takes the line at `span`.
    fn read_otherwise(&mut self, block: &Block, span: Span, words: Span) -> bool {
        let line = register::line_at(self.sources, span);
        let Some((reading, entry)) = self.register.takes(block, &line) else { return false };
        let exception = Exception {
            kind: ExceptionKind::Reading,
            what: register::written_at(self.sources, span),
            because: entry.because.clone().unwrap_or_default(),
            heading: block.heading.clone(),
            span: reading.span,
            words: Some(words),
        };
        if !self.exceptions.contains(&exception) {
            self.exceptions.push(exception);
        }
        true
    }

    fn fault(&mut self, block: &Block, diagnostic: Diagnostic, help: Text) {
        let mut diagnostic = diagnostic;
        diagnostic.heading.clone_from(&block.heading);
        diagnostic.help = Some(help);
        self.faults.push(diagnostic);
    }

    /// 每新增1人 is 每人.
    fn is_each(&self, id: Id) -> bool {
        let Some(number) = self.number(id).filter(|n| self.measures.is_one(n.amount)) else { return false };
        let before = self.quote(number.quote).and_then(|q| q.chars.get(number.from.saturating_sub(8)..number.from)).unwrap_or_default();
        before.iter().rev().take_while(|c| !matches!(c, '，' | '。' | '；' | '、' | '：')).any(|c| *c == '每')
    }

    /// Of 6:4 one part says the other.
    fn is_the_rest(&self, (quote, at): Id) -> bool {
        let parts = |at: usize| self.number((quote, at)).is_some_and(|n| n.link == Link::Parts);
        parts(at) && self.is_used((quote, at + 1)) || at.checked_sub(1).is_some_and(|before| parts(before) && self.is_used((quote, before)))
    }

    /// Every number of a sentence that is something must be used or explained.
    fn unused_numbers(&mut self) {
        let mut faults = Vec::new();
        for sentence in &self.linked.sentences {
            if sentence.used == SentenceUse::Unclassified {
                continue;
            }
            for id in self.numbers_in(&[(sentence.quote, sentence.range.0, sentence.range.1)]) {
                let Some(number) = self.number(id) else { continue };
                let title = sentence.used == SentenceUse::Title && !self.measures.is_money(number.amount);
                if number.repeats || title || self.is_used(id) || self.is_excused(id) || self.is_each(id) || self.is_the_rest(id) {
                    continue;
                }
                let at = (number.quote, number.from, number.to);
                faults.push((self.words_of(id), self.span_of(id), at));
            }
        }
        for (words, span, at) in faults {
            let holder = self.blocks.iter().zip(&self.linked.cited).find(|(b, places)| {
                !matches!(b.kind, BlockKind::Facts(_) | BlockKind::Reading(_)) && places.iter().any(|p| p.0 == at.0 && p.1 <= at.1 && at.2 <= p.2)
            });
            let mut diagnostic = Diagnostic::new("E0403", span, format!("原文的“{words}”没有规则用到"), format!("no rule uses '{words}' of the text"));
            diagnostic = diagnostic.help(
                format!("写进规则；确实不用的，在块里写 不用 「{words}」因「…」"),
                format!("use it in a rule; or, in the block, 不用 「{words}」因「…」 (unused … because …)"),
            );
            if let Some((block, _)) = holder {
                diagnostic.heading.clone_from(&block.heading);
                diagnostic.related = Some(block.span);
            }
            self.faults.push(diagnostic);
        }
    }
}

/// True where words name an amount of money, a percentage, or the whole of one.
pub(crate) fn names_money(words: &str) -> bool {
    let measures = Measures::new(Vec::new());
    let chars: Vec<char> = words.chars().collect();
    words.contains("全额") || numbers::scan(0, &chars, &measures).iter().any(|n| measures.is_money(n.amount))
}

/// True where words give money without a number of 元: 减半, 贷款利息的一半, 贴息, 免收, 三千块.
pub(crate) fn gives_in_words(words: &str) -> bool {
    const WORDS: &[&str] = &["减半", "一半", "贴息", "免收", "免征", "免租", "免缴", "免交", "免除租金", "全免"];
    let chars: Vec<char> = words.chars().collect();
    let counted = |c: char| c.is_ascii_digit() || matches!(c, '十' | '百' | '千' | '万');
    WORDS.iter().any(|word| words.contains(word)) || chars.windows(2).any(|pair| matches!(pair, [c, '块' | '圆'] if counted(*c)))
}

/// A number by its quote and its place among the numbers of the quote.
type Id = (usize, usize);

/// Faults of the text itself leave the numbers of a block readable.
fn fault_of_text(code: &str) -> bool {
    matches!(code, "E0318" | "E0409" | "E0410" | "E0411")
}

fn inside(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}
