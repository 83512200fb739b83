//! E0420: 就高, 择一, 叠加 and 第N条 in the text against 方式 and 适用 of a group. Whether ids are the numbers of articles
//! is seen from the words of the clauses; where they are not, the members are compared with nothing.

use super::Fidelity;
use super::bind::Bound;
use super::numbers::ordinal;
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Span;
use crate::syntax::ast::{Block, BlockKind, GroupBlock, Mode};
use std::collections::BTreeSet;

/// Words of the highest.
const HIGHEST: &[&str] = &["就高", "择高", "从高", "取高", "择优", "最高的一项", "最高一项"];

/// Words of a choice.
const CHOICE: &[&str] = &["择一", "选择其", "选择一", "任选", "选其一", "二选一", "三选一", "自主选择", "自行选择"];

/// Words of one only, whichever it is.
const ONE: &[&str] =
    &["不同时享受", "不得同时享受", "不能同时享受", "不重复享受", "不得重复享受", "只能享受其", "只享受其", "不得叠加", "不可叠加", "不能叠加", "不叠加"];

/// Words of several together.
const STACK: &[&str] = &["可叠加", "可以叠加", "叠加享受", "叠加执行", "可同时享受", "可以同时享受", "可以累加", "可累加"];

/// Part of the text up to 。 or ；, and what it says.
struct Part {
    modes: Vec<Mode>,
    /// Where the mode is said.
    said: Option<Span>,
    articles: BTreeSet<u32>,
    /// The articles stand behind 除.
    except: bool,
    /// Where the articles are named.
    named: Option<Span>,
}

impl Fidelity<'_> {
    pub(super) fn group(&mut self, block: &Block, bound: &Bound<'_>) {
        let BlockKind::Group(group) = &block.kind else { return };
        let parts = self.parts(bound);
        let says = |mode: Mode| parts.iter().any(|part| part.modes.contains(&mode));
        let said = parts.iter().find_map(|part| part.said);
        if let Some(mode) = group.mode
            && let Some(place) = said
            && !says(mode)
        {
            return self.wrong_mode(block, mode, place, &parts);
        }
        let of_mode: Vec<&Part> = parts.iter().filter(|part| group.mode.is_none_or(|mode| said.is_none() || part.modes.contains(&mode))).collect();
        self.members(block, group, &of_mode);
    }

    fn parts(&self, bound: &Bound<'_>) -> Vec<Part> {
        let mut parts = Vec::new();
        for &(at, from, to) in bound.places {
            let Some(quote) = self.quote(at) else { continue };
            let mut first = from;
            for here in from..to {
                let ends = here + 1 == to || quote.chars.get(here).is_some_and(|c| matches!(c, '。' | '；' | ';'));
                if ends {
                    parts.push(self.part(at, first, here + 1));
                    first = here + 1;
                }
            }
        }
        parts
    }

    fn part(&self, at: usize, from: usize, to: usize) -> Part {
        let mut part = Part { modes: Vec::new(), said: None, articles: BTreeSet::new(), except: false, named: None };
        let Some(quote) = self.quote(at) else { return part };
        let words = quote.words(from, to);
        let find = |table: &[&str]| {
            table.iter().find_map(|word| words.match_indices(word).find(|(at, _)| !denied(&words, *at)).map(|(at, word)| (at, word.chars().count())))
        };
        let one = ONE.iter().find_map(|word| words.find(word).map(|at| (at, word.chars().count())));
        let tables = [(find(HIGHEST), vec![Mode::Highest]), (find(CHOICE), vec![Mode::Choice]), (find(STACK), vec![Mode::Stack])];
        let mut found: Vec<_> = tables.into_iter().filter_map(|(place, modes)| place.map(|place| (place, modes))).collect();
        // 不同时享受 beside 就高 says nothing more; alone it leaves open who chooses.
        if found.iter().all(|(_, modes)| modes.contains(&Mode::Stack))
            && let Some(place) = one
        {
            found.push((place, vec![Mode::Choice, Mode::Highest]));
        }
        // 择一 leaves the highest to one who has not chosen.
        if found.iter().any(|(_, modes)| modes.contains(&Mode::Choice)) {
            part.modes.push(Mode::Highest);
        }
        if let Some(((start, length), _)) = found.first() {
            let start = from + words.get(..*start).map_or(0, |before| before.chars().count());
            part.said = Some(quote.span(start, start + length));
        }
        part.modes.extend(found.into_iter().flat_map(|(_, modes)| modes));
        let chars = quote.chars.get(from..to).unwrap_or_default();
        let mut here = 0;
        while here < chars.len() {
            let Some((articles, end)) = articles(chars, here) else {
                here += 1;
                continue;
            };
            // The article that this very sentence opens is not one it speaks of; nor is one of another document.
            let before = chars.get(..here).unwrap_or_default();
            let opens = from == 0 && before.is_empty() && articles.len() == 1;
            if !opens && before.last() != Some(&'》') {
                part.articles.extend(articles);
                part.except |= before.iter().rev().take(24).take_while(|c| **c != '，').any(|c| *c == '除');
                let place = quote.span(from + here, from + end);
                part.named = Some(part.named.map_or(place, |named| named.to(place)));
            }
            here = end;
        }
        part
    }

    fn wrong_mode(&mut self, block: &Block, mode: Mode, place: Span, parts: &[Part]) {
        let span = self.line_of_block(block, "方式");
        if self.read_otherwise(block, span, place) {
            return;
        }
        let words = self.sources.words(place);
        let wanted: Vec<&str> =
            [Mode::Highest, Mode::Choice, Mode::Stack].into_iter().filter(|m| parts.iter().any(|p| p.modes.contains(m))).map(word).collect();
        let diagnostic = Diagnostic::new(
            "E0420",
            span,
            format!("并用的方式不符：原文写“{words}”，规则写“方式 {}”", word(mode)),
            format!("how they stand together differs: the text says '{words}', the rule 方式 {}", word(mode)),
        )
        .related(place);
        let wanted = (wanted.join(" 或 "), wanted.join(" or "));
        let help = Text::new(
            format!("写成 方式 {}；或写 读法 并用「…」，“取”照抄这一行", wanted.0),
            format!("write 方式 {}; or a 读法 (reading) of the group whose 取 repeats this line", wanted.1),
        );
        self.fault(block, diagnostic, help);
    }

    /// Where a line of a block stands that begins with a word; the block where none does.
    fn line_of_block(&self, block: &Block, word: &str) -> Span {
        let words = self.sources.words(block.span);
        let found = words.match_indices(word).find(|(at, _)| words.get(..*at).is_some_and(|before| before.trim_end_matches(' ').ends_with('\n')));
        found.map_or(block.span, |(at, _)| {
            let line = words.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim_end();
            let start = block.span.start as usize + at;
            Span::new(block.span.file, start, start + line.len())
        })
    }

    fn members(&mut self, block: &Block, group: &GroupBlock, parts: &[&Part]) {
        let Some(scope) = &group.scope else { return };
        if scope.section || !self.ids_are_articles() {
            return;
        }
        let all: BTreeSet<u32> = self.clause_numbers().into_iter().collect();
        let numbers = |names: &[crate::syntax::ast::Name]| names.iter().filter_map(|name| leading(&name.text)).collect::<BTreeSet<u32>>();
        let except = numbers(&scope.except);
        let members: BTreeSet<u32> = if scope.all { all.difference(&except).copied().collect() } else { numbers(&scope.ids) };
        let meant = |part: &Part| if part.except { all.difference(&part.articles).copied().collect() } else { part.articles.clone() };
        let named: Vec<&&Part> = parts.iter().filter(|part| !part.articles.is_empty() && part.articles.is_subset(&all)).collect();
        let Some(place) = named.first().and_then(|part| part.named) else { return };
        if named.iter().any(|part| meant(part) == members) || self.read_otherwise(block, scope.span, place) {
            return;
        }
        let text = self.sources.words(place);
        let list = |part: &Part| part.articles.iter().map(u32::to_string).collect::<Vec<_>>().join("、");
        let wanted =
            named.first().map_or_else(String::new, |part| if part.except { format!("全部 除 条款 {}", list(part)) } else { format!("条款 {}", list(part)) });
        let rule = self.sources.words(scope.span);
        let diagnostic = Diagnostic::new(
            "E0420",
            scope.span,
            format!("并用的条款不符：原文写“{text}”，规则写“{rule}”"),
            format!("the members differ: the text says '{text}', the rule '{rule}'"),
        )
        .related(place);
        let help = Text::new(
            format!("写成 适用 {wanted}（一条分几款的写各款的编号）；或写 读法 并用「…」，“取”照抄这一行"),
            format!("write 适用 {wanted} (with the ids of its parts); or a 读法 (reading) of the group whose 取 repeats this line"),
        );
        self.fault(block, diagnostic, help);
    }

    fn clause_numbers(&self) -> Vec<u32> {
        self.blocks.iter().filter_map(|b| if let BlockKind::Clause(clause) = &b.kind { leading(&clause.id.text) } else { None }).collect()
    }

    /// True where some clause stands under its article, and none under another: 条款 3 under 第三条.
    fn ids_are_articles(&self) -> bool {
        let mut seen = false;
        for (block, places) in self.blocks.iter().zip(&self.linked.cited) {
            let BlockKind::Clause(clause) = &block.kind else { continue };
            let Some(own) = leading(&clause.id.text) else { return false };
            let Some(chars) = places.first().and_then(|(quote, ..)| self.quote(*quote)).map(|q| q.chars.as_slice()) else { continue };
            if let Some((articles, _)) = articles(chars, 0) {
                if articles != [own] {
                    return false;
                }
                seen = true;
            }
        }
        seen
    }
}

/// 不可叠加, 不得选择其一
fn denied(words: &str, at: usize) -> bool {
    words.get(..at).is_some_and(|before| before.chars().rev().take(2).any(|c| c == '不'))
}

fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Highest => "就高",
        Mode::Choice => "择一",
        Mode::Stack => "叠加",
    }
}

/// 3 of 3.2
fn leading(id: &str) -> Option<u32> {
    id.split('.').next()?.parse().ok()
}

/// 第三条, 第三、五条, 第三至五条 at a place, and where they end.
fn articles(chars: &[char], at: usize) -> Option<(Vec<u32>, usize)> {
    if chars.get(at) != Some(&'第') {
        return None;
    }
    let (mut numbers, mut here, mut range) = (Vec::new(), at + 1, false);
    loop {
        let (number, end) = ordinal(chars, here)?;
        match numbers.last() {
            Some(last) if range && number > *last && number - *last < 100 => numbers.extend(*last + 1..=number),
            _ => numbers.push(number),
        }
        let behind = if chars.get(end) == Some(&'条') { end + 1 } else { end };
        let more = chars.get(behind).is_some_and(|c| matches!(c, '、' | '和' | '及' | '与' | '或' | '至' | '到' | '-' | '—'));
        let next = if chars.get(behind + 1) == Some(&'第') { behind + 2 } else { behind + 1 };
        // 第三条和第五条 goes on; 第三条和其他 does not.
        let goes_on = more && ordinal(chars, next).is_some_and(|(_, to)| behind == end || chars.get(to) == Some(&'条'));
        if !goes_on {
            return (behind > end).then_some((numbers, behind));
        }
        range = chars.get(behind).is_some_and(|c| matches!(c, '至' | '到' | '-' | '—'));
        here = next;
    }
}
