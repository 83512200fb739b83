//! E0406: the units that the text names as 牵头, 参与 or 责任 against those of the rule. A unit with two names is
//! declared in 政策 with 别名; nothing about names of units is known here.

use super::bind::Bound;
use super::{Exception, ExceptionKind, Fidelity};
use crate::check::text::Place;
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Span;
use crate::syntax::ast::{Block, BlockKind, ClauseLine, Name};

/// Words that open a list of lead units, and of participating ones.
const LEAD: &[&str] = &["牵头单位：", "牵头单位:", "牵头部门：", "责任单位：", "责任单位:"];
const WITH: &[&str] = &["参与单位：", "参与单位:", "配合单位：", "配合单位:", "协办单位：", "参与部门："];

/// A unit that the text names.
struct Unit {
    name: String,
    span: Span,
}

impl<'a> Fidelity<'a> {
    fn aliases(&self) -> impl Iterator<Item = &'a (Name, Name)> {
        self.blocks.iter().filter_map(|b| if let BlockKind::Policy(policy) = &b.kind { Some(&policy.aliases) } else { None }).flatten()
    }

    /// True where two names are one unit.
    fn one_unit(&self, a: &str, b: &str) -> bool {
        a == b || self.aliases().any(|(x, y)| (x.text == a && y.text == b) || (x.text == b && y.text == a))
    }

    /// Units listed behind a marker in the words of a block.
    fn listed(&self, places: &[Place], markers: &[&str]) -> Option<Vec<Unit>> {
        places.iter().find_map(|&(at, from, to)| {
            let quote = self.quote(at)?;
            let marker = markers.iter().find(|m| quote.text.contains(**m))?;
            let wanted: Vec<char> = marker.chars().collect();
            let chars = quote.chars.get(from..to)?;
            let start = from + chars.windows(wanted.len()).position(|w| w == wanted.as_slice())? + wanted.len();
            let end = start + quote.chars.get(start..to)?.iter().position(|c| matches!(c, '；' | ';' | '）' | ')' | '。')).unwrap_or(to - start);
            Some(self.split(at, start, end))
        })
    }

    /// Names separated by 、 between two characters of a quote.
    fn split(&self, at: usize, start: usize, end: usize) -> Vec<Unit> {
        let Some(quote) = self.quote(at) else { return Vec::new() };
        let mut units = Vec::new();
        let mut first = start;
        for here in start..=end {
            let ends = here == end || quote.chars.get(here).is_some_and(|c| matches!(c, '、' | '，' | ','));
            if ends {
                if here > first {
                    units.push(Unit { name: quote.words(first, here), span: quote.span(first, here) });
                }
                first = here + 1;
            }
        }
        units
    }

    pub(super) fn authorities(&mut self, block: &Block, bound: &Bound<'_>) {
        let lines: &[ClauseLine] = match &block.kind {
            BlockKind::Clause(clause) => &clause.lines,
            BlockKind::General(general) => &general.lines,
            _ => return,
        };
        for (lead, markers, word) in [(true, LEAD, "牵头"), (false, WITH, "参与")] {
            let declared = lines.iter().find_map(|line| match line {
                ClauseLine::Lead(names) if lead => Some(names.as_slice()),
                ClauseLine::With(names) if !lead => Some(names.as_slice()),
                _ => None,
            });
            match (self.listed(bound.places, markers), declared) {
                (Some(listed), Some(names)) => self.same_units(block, word, &listed, names),
                (Some(listed), None) if !self.elsewhere(bound.places, lead) => {
                    let (Some(first), Some(last)) = (listed.first(), listed.last()) else { continue };
                    let names = listed.iter().map(|u| u.name.as_str()).collect::<Vec<_>>().join("、");
                    let diagnostic = Diagnostic::new(
                        "E0406",
                        block.span,
                        format!("原文写了{word}单位 {names}，规则没有“{word}”"),
                        format!("the text names units ({names}) that no rule does"),
                    )
                    .related(first.span.to(last.span));
                    self.fault(block, diagnostic, Text::new(format!("加一行：{word} {names}"), format!("add a line: {word} {names}")));
                }
                (None, Some(names)) => self.named(block, names, &bound.words, bound.places),
                _ => {}
            }
        }
    }

    /// Another block of the same words has the line.
    fn elsewhere(&self, places: &[Place], lead: bool) -> bool {
        self.blocks.iter().zip(&self.linked.cited).any(|(block, theirs)| {
            let lines: &[ClauseLine] = match &block.kind {
                BlockKind::Clause(clause) => &clause.lines,
                BlockKind::General(general) => &general.lines,
                _ => return false,
            };
            let has = lines.iter().any(|l| matches!(l, ClauseLine::Lead(_)) && lead || matches!(l, ClauseLine::With(_)) && !lead);
            has && theirs.iter().any(|p| places.iter().any(|q| p.0 == q.0))
        })
    }

    fn same_units(&mut self, block: &Block, word: &str, listed: &[Unit], names: &[Name]) {
        let extra: Vec<&Name> = names.iter().filter(|n| !listed.iter().any(|u| self.one_unit(&u.name, &n.text))).collect();
        let missing: Vec<&Unit> = listed.iter().filter(|u| !names.iter().any(|n| self.one_unit(&u.name, &n.text))).collect();
        let text = listed.iter().map(|u| u.name.as_str()).collect::<Vec<_>>().join("、");
        let whole = listed.first().zip(listed.last()).map(|(a, b)| a.span.to(b.span)).unwrap_or_default();
        let help = Text::new(
            format!("写成 {word} {text}；同一单位的两个名称，在“政策”里写 别名 甲 即 乙"),
            format!("write {word} {text}; two names of one unit are declared in 政策: 别名 (alias) 甲 即 乙"),
        );
        for name in &extra {
            let mut diagnostic = Diagnostic::new(
                "E0406",
                name.span,
                format!("原文的{word}单位里没有“{}”（原文：{text}）", name.text),
                format!("the text does not list '{}' (it lists {text})", name.text),
            )
            .related(missing.first().map_or(whole, |u| u.span));
            if let ([_], [one]) = (extra.as_slice(), missing.as_slice()) {
                diagnostic = diagnostic.replace(one.name.clone());
            }
            self.fault(block, diagnostic, help.clone());
        }
        let span = names.first().zip(names.last()).map_or(block.span, |(a, b)| a.span.to(b.span));
        for unit in missing.iter().filter(|_| extra.is_empty()) {
            let diagnostic = Diagnostic::new(
                "E0406",
                span,
                format!("原文的{word}单位“{}”没有写进规则", unit.name),
                format!("the rule leaves out '{}', which the text lists", unit.name),
            )
            .related(unit.span)
            .replace(text.clone());
            self.fault(block, diagnostic, help.clone());
        }
    }

    /// Without a list in the text each unit must stand somewhere in the words.
    fn named(&mut self, block: &Block, names: &[Name], words: &str, places: &[Place]) {
        for name in names {
            let other = |a: &Name, b: &Name| a.text == name.text && names_whole(words, &b.text);
            let known = names_whole(words, &name.text) || self.aliases().any(|(a, b)| other(a, b) || other(b, a));
            if known {
                continue;
            }
            let diagnostic =
                Diagnostic::new("E0406", name.span, format!("所引原文没有“{}”", name.text), format!("the words cited do not name '{}'", name.text))
                    .related(self.first_place(places));
            let help = Text::new(
                "照抄原文的单位名称；同一单位的两个名称，在“政策”里写 别名 甲 即 乙",
                "use the name of the text; two names of one unit are declared in 政策: 别名 (alias) 甲 即 乙",
            );
            self.fault(block, diagnostic, help);
        }
    }

    /// 责任 of targets and tasks: the units in the brackets that govern the sentence, or in its own words.
    pub(super) fn responsibilities(&mut self) {
        let mut bracket: Option<(usize, Vec<Unit>)> = None;
        let mut read = 0;
        let mut found = Vec::new();
        for (block, places) in self.blocks.iter().zip(&self.linked.cited) {
            let responsible = match &block.kind {
                BlockKind::Target(target) => &target.responsible,
                BlockKind::Sentence(sentence) => &sentence.responsible,
                _ => continue,
            };
            let Some(&(quote, ..)) = places.first() else { continue };
            while read <= quote {
                if let Some(units) = self.bracket(read) {
                    bracket = Some((read, units));
                }
                read += 1;
            }
            let section = |quote: usize| self.linked.sections.get(quote).copied();
            let in_force = bracket.as_ref().filter(|(at, _)| section(*at) == section(quote)).map(|(_, units)| units.as_slice());
            let words = self.words_in(places);
            match in_force {
                Some(units) if !responsible.is_empty() => {
                    let pair: Vec<Unit> = units.iter().map(|u| Unit { name: u.name.clone(), span: u.span }).collect();
                    found.push((block, responsible, pair, words, places));
                }
                Some(units) if matches!(&block.kind, BlockKind::Target(_)) || matches!(&block.kind, BlockKind::Sentence(s) if s.sort == "任务") => {
                    let pair: Vec<Unit> = units.iter().map(|u| Unit { name: u.name.clone(), span: u.span }).collect();
                    found.push((block, responsible, pair, words, places));
                }
                None if !responsible.is_empty() => found.push((block, responsible, Vec::new(), words, places)),
                _ => {}
            }
        }
        for (block, names, units, words, places) in found {
            match (names.is_empty(), units.is_empty()) {
                (_, true) => self.named(block, names, &words, places),
                (false, false) => self.same_units(block, "责任", &units, names),
                (true, false) => {
                    let text = units.iter().map(|u| u.name.as_str()).collect::<Vec<_>>().join("、");
                    let whole = units.first().zip(units.last()).map(|(a, b)| a.span.to(b.span)).unwrap_or_default();
                    let diagnostic = Diagnostic::new(
                        "E0406",
                        block.span,
                        format!("原文写了责任单位 {text}，这里没有“责任”"),
                        format!("the text names the units {text}, this block none"),
                    )
                    .related(whole);
                    self.fault(block, diagnostic, Text::new(format!("加一行：责任 {text}"), format!("add a line: 责任 (responsible) {text}")));
                }
            }
        }
    }

    /// The last （甲、乙） of a quote whose members are all units that some rule names.
    fn bracket(&self, at: usize) -> Option<Vec<Unit>> {
        let quote = self.quote(at)?;
        let mut last = None;
        let mut open = None;
        for (here, c) in quote.chars.iter().enumerate() {
            match c {
                '（' | '(' => open = Some(here + 1),
                '）' | ')' => {
                    if let Some(start) = open.take() {
                        let units = self.split(at, start, here);
                        if !units.is_empty() && units.iter().all(|u| is_unit(&u.name)) {
                            last = Some(units);
                        }
                    }
                }
                _ => {}
            }
        }
        last
    }

    /// A 别名 joins two names that both occur, in the text or in a rule.
    pub(super) fn idle_aliases(&mut self) {
        let occurs = |name: &str| {
            let rule = |names: &[Name]| names.iter().any(|n| n.text == name);
            self.linked.quotes.iter().any(|q| q.text.contains(name))
                || self.blocks.iter().any(|b| match &b.kind {
                    BlockKind::Clause(clause) => clause.lines.iter().any(|l| matches!(l, ClauseLine::Lead(n) | ClauseLine::With(n) if rule(n))),
                    BlockKind::General(general) => general.lines.iter().any(|l| matches!(l, ClauseLine::Lead(n) | ClauseLine::With(n) if rule(n))),
                    BlockKind::Target(target) => rule(&target.responsible),
                    BlockKind::Sentence(sentence) => rule(&sentence.responsible),
                    _ => false,
                })
        };
        let aliases: Vec<(&Name, &Name, bool)> = self.aliases().map(|(a, b)| (a, b, occurs(&a.text) && occurs(&b.text))).collect();
        for (other, unit, both) in aliases {
            let Some(block) = self.blocks.iter().find(|b| super::inside(other.span, b.span)) else { continue };
            if both {
                self.exceptions.push(Exception {
                    kind: ExceptionKind::Alias,
                    what: other.text.clone(),
                    because: format!("即 {}", unit.text),
                    heading: block.heading.clone(),
                    span: other.span,
                    words: None,
                });
                continue;
            }
            let diagnostic = Diagnostic::new(
                "E0419",
                other.span.to(unit.span),
                format!("“{}”和“{}”没有都出现过，这个别名没有用", other.text, unit.text),
                format!("'{}' and '{}' do not both occur; this alias does nothing", other.text, unit.text),
            );
            self.fault(block, diagnostic, Text::new("删去这一行，或改正名称", "remove the line, or correct the name"));
        }
    }
}

/// What makes a longer name of a shorter one: 主管部 is not 主管部门, 商务委 not 区商务委.
const GOES_ON: &[(&str, &str)] = &[("部", "门"), ("委", "员会"), ("办", "公室"), ("办", "事处"), ("政府", "办")];
const LEADS: &[char] = &['区', '市', '县', '省', '镇', '乡'];

/// True where the words hold this name as a whole.
fn names_whole(words: &str, name: &str) -> bool {
    words.match_indices(name).any(|(at, _)| {
        let (before, after) = (words.get(..at).unwrap_or_default(), words.get(at + name.len()..).unwrap_or_default());
        let longer = GOES_ON.iter().any(|(end, more)| name.ends_with(end) && after.starts_with(more));
        !longer && (name.starts_with(LEADS) || !before.ends_with(LEADS))
    })
}

/// Endings of the names of public bodies.
const ENDINGS: &[&str] = &["委", "局", "办", "部", "厅", "委员会", "海关", "管委会", "政府", "中心", "街道", "办事处", "院", "银行", "支行"];

/// （区商务委、黔江海关）: each member ends as the name of a public body does.
fn is_unit(name: &str) -> bool {
    name.chars().count() >= 3 && ENDINGS.iter().any(|ending| name.ends_with(ending))
}
