//! E0414: 分别 and the order of rows. E0415: 每满. E0416: 以人民币计.

use super::bind::Bound;
use super::literals::PairedRow;
use super::numbers::Link;
use super::{Fidelity, Id};
use crate::diagnostic::{Diagnostic, Text};
use crate::syntax::ast::{Block, BlockKind, TypeWord};

/// Words that make steps of a number.
const STEPS: &[&str] = &["每满", "每增加", "每新增", "每增长", "每超过", "每超", "每提高", "每完成", "每达到"];

impl Fidelity<'_> {
    pub(super) fn rows(&mut self, block: &Block, bound: &Bound<'_>) {
        self.respective(block, bound);
        for selection in bound.rule.selections.iter().filter(|rows| rows.len() > 1) {
            self.row_order(block, bound, selection);
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

    /// Thresholds and amounts of the rows stand in the text in one order.
    fn row_order(&mut self, block: &Block, bound: &Bound<'_>, rows: &[PairedRow]) {
        let places = |literals: &[usize]| -> Vec<Vec<Id>> {
            literals.iter().filter_map(|at| bound.rule.literals.get(*at)).map(|l| self.candidates(&bound.ids, l.amount)).filter(|ids| !ids.is_empty()).collect()
        };
        let placed: Vec<_> = rows.iter().map(|row| (places(&row.keys), places(&row.values), row.span)).collect();
        let crossed = placed.windows(2).find(|pair| {
            let [(keys, values, _), (next_keys, next_values, _)] = pair else { return false };
            let values: Vec<_> = values.iter().zip(next_values).filter(|(a, b)| a != b).collect();
            keys.iter().zip(next_keys).any(|(a, b)| !values.iter().all(|(v, w)| a == b || agree(a, b, v, w)))
        });
        let Some([_, (keys, values, span)]) = crossed else { return };
        let (Some(key), Some(value)) = (keys.first().and_then(|k| k.first()), values.first().and_then(|v| v.first())) else { return };
        if self.read_otherwise(block, *span, self.span_of(*value)) {
            return;
        }
        let (threshold, amount) = (self.words_of(*key), self.words_of(*value));
        let diagnostic = Diagnostic::new(
            "E0414",
            *span,
            format!("各档与原文的次序不同：“{threshold}”和“{amount}”在原文里不是同一位"),
            format!("the rows do not follow the text: '{threshold}' and '{amount}' are not of the same place there"),
        )
        .related(self.span_of(*value));
        self.fault(block, diagnostic, Text::new("按原文的次序配对：第一个门槛配第一个数", "pair them as the text does: first with first"));
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

/// True where some places of two thresholds and of their values stand in one order.
fn agree(key: &[Id], next_key: &[Id], value: &[Id], next_value: &[Id]) -> bool {
    key.iter().any(|a| next_key.iter().any(|b| value.iter().any(|v| next_value.iter().any(|w| a != b && v != w && (a < b) == (v < w)))))
}
