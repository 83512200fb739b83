//! E0414: 分别 and the order of rows. E0415: 每满. E0416: 以人民币计.

use super::bind::Bound;
use super::literals::{PairedRow, Role};
use super::numbers::Link;
use super::{Fidelity, Id};
use crate::check::text::Place;
use crate::diagnostic::{Diagnostic, Text};
use crate::syntax::ast::{Block, BlockKind, Compare, TypeWord};

/// Words that make steps of a number.
const STEPS: &[&str] = &["每满", "每增加", "每新增", "每增长", "每超过", "每超", "每提高", "每完成", "每达到"];

impl Fidelity<'_> {
    pub(super) fn rows(&mut self, block: &Block, bound: &Bound<'_>) {
        self.respective(block, bound);
        for selection in bound.rule.selections.iter().filter(|rows| rows.len() > 1) {
            self.row_order(block, bound, selection);
            self.shared_bounds(bound, selection);
        }
        self.steps(block, bound);
        self.in_yuan(block, bound);
    }

    /// 分别给予1万元、3万元 wants as many rows.
    fn respective(&mut self, block: &Block, bound: &Bound<'_>) {
        if !bound.rule.gives || !bound.words.contains("分别") {
            return;
        }
        let Some(place) = self.find_in(bound.places, "分别") else { return };
        let listed = bound.ids.iter().filter(|id| self.span_of(**id).start > place.start && self.number(**id).is_some_and(|n| n.link == Link::List)).count();
        if listed == 0 || bound.rule.selections.iter().any(|rows| rows.len() > listed) {
            return;
        }
        let diagnostic = Diagnostic::new(
            "E0414",
            bound.rule.literals.first().map_or(block.span, |l| l.span),
            format!("原文“分别”给出 {} 项，规则没有这么多档", listed + 1),
            format!("the text gives {} things 'respectively' (分别), the rule has fewer rows", listed + 1),
        )
        .related(place);
        self.fault(block, diagnostic, Text::new("写成 分档，一项一行", "write 分档 (tier) with a row for each"));
    }

    /// 5000万元以上不足1亿元…；1亿元以上…: the bound that ends one row is the one that begins the next, and is said twice.
    fn shared_bounds(&mut self, bound: &Bound<'_>, rows: &[PairedRow<'_>]) {
        for at in rows.iter().flat_map(|row| &row.keys) {
            let (Some(literal), Some(Some(taken))) = (bound.rule.literals.get(*at), bound.matched.get(*at)) else { continue };
            if !matches!(literal.role, Role::Compared(..)) {
                continue;
            }
            let upwards = |id: Id| self.said(id).map(|said| matches!(said.compare, Compare::Ge | Compare::Gt));
            let side = upwards(*taken);
            let other_side = |id: &Id| !self.is_used(*id) && *id != *taken && (upwards(*id) != side || side.is_none() && self.in_range(*id));
            if let Some(id) = self.candidates(&bound.ids, literal.amount).into_iter().find(other_side) {
                self.use_number(id);
            }
        }
    }

    /// Thresholds, names of choices and amounts of the rows stand in the text in one order; so do rates and their ceilings.
    fn row_order(&mut self, block: &Block, bound: &Bound<'_>, rows: &[PairedRow<'_>]) {
        let placed: Vec<_> = rows.iter().map(|row| (self.heads(bound, row), self.literals_placed(bound, &row.values), row.span)).collect();
        let crossed = placed.windows(2).find_map(|pair| {
            let [(keys, values, _), (next_keys, next_values, span)] = pair else { return None };
            // The first number of a value heads those that follow it: 3%，最高100万元.
            let heads = keys.iter().zip(next_keys).map(|pair| (pair, 0)).chain(values.iter().zip(next_values).take(1).map(|pair| (pair, 1)));
            heads.into_iter().find_map(|((a, b), skip)| {
                let others = values.iter().zip(next_values).skip(skip).filter(|(v, w)| v.0 != w.0);
                others.into_iter().find(|(v, w)| a.0 != b.0 && !agree(&a.0, &b.0, &v.0, &w.0)).map(|(_, w)| (b.1.clone(), w.clone(), *span))
            })
        });
        let Some((threshold, (places, amount), span)) = crossed else { return };
        let place = places.first().and_then(|(quote, from)| self.quote(*quote).map(|q| q.span(*from, from + 1))).unwrap_or_default();
        if self.read_otherwise(block, span, place) {
            return;
        }
        let diagnostic = Diagnostic::new(
            "E0414",
            span,
            format!("各档与原文的次序不同：“{threshold}”和“{amount}”在原文里不是同一位"),
            format!("the rows do not follow the text: '{threshold}' and '{amount}' are not of the same place there"),
        )
        .related(place);
        self.fault(block, diagnostic, Text::new("按原文的次序配对：第一个门槛配第一个数", "pair them as the text does: first with first"));
    }

    /// Where the numbers of some literals stand, each with its words.
    fn literals_placed(&self, bound: &Bound<'_>, literals: &[usize]) -> Vec<(Vec<At>, String)> {
        let ids = literals.iter().filter_map(|at| bound.rule.literals.get(*at)).map(|l| self.candidates(&bound.ids, l.amount));
        ids.filter_map(|ids| {
            let words = self.words_of(*ids.first()?);
            Some((ids.iter().filter_map(|id| self.number(*id).map(|n| (n.quote, n.from))).collect(), words))
        })
        .collect()
    }

    /// Where the thresholds of a row and the names of its choices stand.
    fn heads(&self, bound: &Bound<'_>, row: &PairedRow<'_>) -> Vec<(Vec<At>, String)> {
        let mut heads = self.literals_placed(bound, &row.keys);
        let mut named: Vec<At> = row.choices.iter().flat_map(|name| self.all_of(bound.places, name)).collect();
        named.sort_unstable();
        if let Some(name) = row.choices.first().filter(|_| !named.is_empty()) {
            heads.push((named, (*name).to_owned()));
        }
        heads
    }

    /// Every place of a name.
    fn all_of(&self, places: &[Place], name: &str) -> Vec<At> {
        let name: Vec<char> = name.chars().collect();
        let within = |&(quote, from, to): &Place| {
            let chars = self.quote(quote).and_then(|q| q.chars.get(from..to)).unwrap_or_default();
            let found = chars.windows(name.len().max(1)).enumerate().filter(|(_, w)| *w == name.as_slice());
            found.map(|(at, _)| (quote, from + at)).collect::<Vec<_>>()
        };
        places.iter().flat_map(within).collect()
    }

    fn steps(&mut self, block: &Block, bound: &Bound<'_>) {
        if !matches!(block.kind, BlockKind::Clause(_)) || !bound.rule.gives {
            return;
        }
        let said = STEPS.iter().filter(|word| bound.words.contains(**word)).find_map(|word| {
            let place = self.find_in(bound.places, word)?;
            // 每完成一项 is a step only before a number that measures.
            bound.ids.iter().any(|id| self.span_of(*id).start == place.end).then_some((*word, place))
        });
        let span = bound.rule.steps.or_else(|| bound.rule.literals.first().map(|l| l.span)).unwrap_or(block.span);
        let diagnostic = match (said, bound.rule.steps) {
            (Some((word, place)), None) if !self.read_otherwise(block, span, place) => {
                Diagnostic::new("E0415", span, format!("原文写“{word}”，规则没有 每满"), format!("the text says '{word}', the rule has no 每满 (per_full)"))
                    .related(place)
            }
            (None, Some(span)) if !bound.words.contains('每') && !self.read_otherwise(block, span, self.first_place(bound.places)) => {
                Diagnostic::new("E0415", span, "规则写 每满，原文没有 每满、每增加 一类的词", "the rule says 每满 (per_full), the text says no such thing")
                    .related(self.first_place(bound.places))
            }
            _ => return,
        };
        self.fault(block, diagnostic, Text::new("例：销售额 每满 1万元 给 10元", "for example: 销售额 每满 1万元 给 10元"));
    }

    /// 以人民币计 wants a rate of exchange.
    fn in_yuan(&mut self, block: &Block, bound: &Bound<'_>) {
        if !bound.rule.gives {
            return;
        }
        let Some(place) = ["以人民币计", "折合人民币", "折算为人民币", "折算成人民币"]
            .iter()
            .find_map(|word| bound.words.contains(word).then(|| self.find_in(bound.places, word)).flatten())
        else {
            return;
        };
        let rate = self.blocks.iter().any(|b| match &b.kind {
            BlockKind::Table(table) => {
                bound.rule.names.contains(&table.name.text.as_str()) && matches!(&table.ty, TypeWord::Unit(unit) if unit.starts_with("元/"))
            }
            _ => false,
        });
        if rate {
            return;
        }
        let span = bound.rule.literals.iter().find(|l| self.measures.is_money(l.amount)).map_or(block.span, |l| l.span);
        let diagnostic =
            Diagnostic::new("E0416", span, "原文写以人民币计，规则没有乘汇率", "the text counts in yuan, the rule multiplies by no rate of exchange")
                .related(place);
        let help = Text::new(
            "例：参数 美元汇率 元/美元 按日 来源「…」；给予 X 的 5% 乘 美元汇率",
            "for example: 参数 美元汇率 元/美元 按日 来源「…」; 给予 X 的 5% 乘 美元汇率",
        );
        self.fault(block, diagnostic, help);
    }
}

/// A place of the text: its quote and the character in it.
type At = (usize, usize);

/// True where some places of two thresholds and of their values stand in one order.
fn agree(key: &[At], next_key: &[At], value: &[At], next_value: &[At]) -> bool {
    key.iter().any(|a| next_key.iter().any(|b| value.iter().any(|v| next_value.iter().any(|w| a != b && v != w && (a < b) == (v < w)))))
}
