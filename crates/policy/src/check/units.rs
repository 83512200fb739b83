//! Units as written (`元/平方米/年`) and the one coercion: an award covers one year.

use super::{Lower, MONTHS};
use crate::diagnostic::{Diagnostic, nearest};
use crate::scheme::{Arith, NodeId, Op, Type, UnitId};
use crate::source::Span;
use crate::syntax::slips::instead;
use values::{Rational, Unit, known_unit};

impl Lower<'_> {
    /// A unit as written: the unit, how many of the smallest make one, and whether it is per year or per month.
    pub(super) fn unit(&mut self, word: &str, span: Span) -> Option<(Unit, Rational)> {
        let mut unit = Unit::none();
        let mut scale = Rational::ONE;
        for (index, part) in word.split('/').enumerate() {
            for factor in part.split('·') {
                let (base, one) = self.base_unit(factor, span)?;
                let (next, factor_scale) = if index == 0 { (unit.mul(&base), scale.checked_mul(one)) } else { (unit.div(&base), scale.checked_div(one)) };
                unit = next;
                scale = factor_scale.ok()?;
            }
        }
        Some((unit, scale))
    }

    fn base_unit(&mut self, word: &str, span: Span) -> Option<(Unit, Rational)> {
        if word.is_empty() {
            return Some((Unit::none(), Rational::ONE));
        }
        if let Some(known) = known_unit(word) {
            return Some(known);
        }
        if self.own_units.iter().any(|own| own == word) {
            return Some((Unit::base(word), Rational::ONE));
        }
        let known: Vec<&str> = values::unit_table::known_unit_words().collect();
        let near = nearest(word, known);
        let diagnostic = Diagnostic::new("E0204", span, format!("不认识的单位“{word}”"), format!("unknown unit '{word}'"));
        self.fault(match (instead(word), near) {
            (Some(slip), _) => diagnostic.help(slip.zh, slip.en),
            (None, Some(near)) => diagnostic.help(
                format!("是不是“{near}”？新的量词在“政策”里写：单位 {word}"),
                format!("did you mean '{near}'? A new measure word is declared in 政策: 单位 {word}"),
            ),
            (None, None) => diagnostic.help(format!("新的量词在“政策”里写：单位 {word}"), format!("declare it in 政策: 单位 {word}")),
        });
        None
    }

    /// True for units that count whole things.
    pub(super) fn counts(unit: &Unit) -> bool {
        const MEASURES: &[&str] = &["平方米", "公里", "吨", "亩", "月", "日", "工作日", "分", "度", "千瓦", "千瓦时", "立方米", "升"];
        unit.single().is_some_and(|base| base.currency().is_none() && !MEASURES.contains(&base.name()))
    }

    /// Gives `node` the unit `wanted`, multiplying out one year where it differs by exactly /年.
    pub(super) fn fit(&mut self, node: NodeId, wanted: UnitId) -> Option<NodeId> {
        let Type::Number(own) = self.ty(node) else { return None };
        if own == wanted {
            return Some(node);
        }
        let yearly = self.scheme.unit(own).mul(&Unit::month());
        if yearly != self.scheme.unit(wanted) || !self.per_year.contains(&node) || self.per_month.contains(&node) {
            return None;
        }
        let span = self.scheme.node_spans.get(node.index()).copied().unwrap_or_default();
        let optional = self.optional(node);
        let year = self.push(Op::Number(Rational::from_int(12)), Type::Number(MONTHS), false, span);
        Some(self.push(Op::Arith(Arith::Mul, node, year), Type::Number(wanted), optional, span))
    }

    /// A type for an English message; units keep the word the author writes.
    pub(super) fn type_en(&self, ty: Type) -> String {
        match ty {
            Type::YesNo => "a yes or no".into(),
            Type::Date => "a date".into(),
            Type::Year => "a year".into(),
            Type::Text => "text".into(),
            Type::Choice(set) => self.scheme.fact(set.fact).map_or("a choice".into(), |f| format!("a choice of '{}'", f.name)),
            Type::Number(unit) => {
                let unit = self.scheme.unit(unit);
                if unit.is_none() { "a ratio or plain number".into() } else { unit.write(values::Lang::Zh) }
            }
        }
    }

    pub(super) fn unit_word(&self, ty: Type) -> String {
        match ty {
            Type::YesNo => "是否".into(),
            Type::Date => "日期".into(),
            Type::Year => "年份".into(),
            Type::Text => "文字".into(),
            Type::Choice(set) => self.scheme.fact(set.fact).map_or("选项".into(), |f| format!("{}的选项", f.name)),
            Type::Number(unit) => {
                let unit = self.scheme.unit(unit);
                if unit.is_none() { "比率或数".into() } else { unit.write(values::Lang::Zh) }
            }
        }
    }
}
