//! E0404: what a price of the text is counted by (20元/平方米/月, 每人次200元) against the unit of the rule's amount and
//! what the rule multiplies it by. The other way round, a unit of the rule that the text lacks, stands in `bind`.

use super::bind::{Bound, stands};
use super::literals::{Literal, Role};
use super::measures::Base;
use super::{Fidelity, Id};
use crate::diagnostic::{Diagnostic, Text};
use crate::syntax::ast::{Block, BlockKind, ClauseLine, FactDecl, TypeWord};

/// How often is said by 频次, not by a product.
const TIMES: &[&str] = &["年", "周年", "次", "批次", "届", "期"];

/// These may count the applicants themselves, so that each gets the amount once.
const APPLICANTS: &[&str] = &["家", "户", "个", "项", "人", "名", "位"];

/// Between 每人 and the amount.
const GIVEN: &[&str] = &["给予", "奖励", "补助", "补贴", "资助", "发放", "奖补", "一次性", "最高", "按照", "标准", "为", "按"];

impl Fidelity<'_> {
    pub(super) fn prices(&mut self, block: &Block, bound: &Bound<'_>) {
        let BlockKind::Clause(clause) = &block.kind else { return };
        // A clause that is paid for each of a list multiplies by being applied to each.
        let for_each = bound.rule.frequency.is_some_and(|line| line.each.is_some())
            || clause.lines.iter().any(|line| match line {
                ClauseLine::Beneficiary(_, list) => list.is_some(),
                ClauseLine::Rank(rank) => rank.each.is_some(),
                _ => false,
            });
        let persons = clause
            .lines
            .iter()
            .any(|line| matches!(line, ClauseLine::Applicants(names) if names.iter().any(|n| !n.text.ends_with("法人") && n.text.contains('人'))));
        if for_each {
            return;
        }
        let mut found = Vec::new();
        for (_, literal, id) in bound.pairs() {
            let flat = matches!(literal.role, Role::Given | Role::Ceiling) && self.measures.is_yuan(literal.amount);
            let elsewhere = literal.unit.split(['/', '·']).skip(1).any(|part| !stands(part, &bound.words));
            if !flat || elsewhere {
                continue;
            }
            let missing = |id: &Id| self.missing(literal, *id, persons);
            if self.candidates(&bound.ids, literal.amount).iter().all(|id| missing(id).is_some())
                && let Some(unit) = missing(&id)
            {
                found.push((literal.span, id, unit));
            }
        }
        for (span, id, unit) in found {
            if self.read_otherwise(block, span, self.span_of(id)) {
                continue;
            }
            let number = self.words_of(id);
            let diagnostic = Diagnostic::new(
                "E0404",
                span,
                format!("单位不同：原文的“{number}”按“{unit}”计，规则没有乘“{unit}”的数"),
                format!("the units differ: '{number}' of the text is per {unit}, the rule multiplies it by no number of them"),
            )
            .related(self.span_of(id));
            let help = Text::new(
                format!("例：… 乘 {number}/{unit}；或写 读法，“取”照抄这一行"),
                format!("for example: … 乘 {number}/{unit}; or a 读法 (reading) whose 取 repeats this line"),
            );
            self.fault(block, diagnostic, help);
        }
    }

    /// A unit the text counts an amount by and the rule does not.
    fn missing(&self, literal: &Literal<'_>, id: Id, persons: bool) -> Option<String> {
        let wanted: Vec<String> = self.counted_by(id).into_iter().filter(|unit| self.is_wanted(unit, persons)).collect();
        if usize::try_from(literal.factors).is_ok_and(|factors| factors >= wanted.len()) {
            return None;
        }
        let base = |unit: &str| self.measures.of(unit).map(|(base, _)| base);
        wanted.into_iter().find(|unit| !literal.unit.split(['/', '·']).skip(1).any(|part| base(part) == base(unit)))
    }

    /// 年 and 次 are for 频次; 家, 户, 人 may be the applicants, unless a fact of the policy counts them.
    fn is_wanted(&self, unit: &str, persons: bool) -> bool {
        if TIMES.contains(&unit) || persons && matches!(unit, "人" | "名" | "位") {
            return false;
        }
        let Some((base, _)) = self.measures.of(unit) else { return false };
        !APPLICANTS.contains(&unit) || matches!(unit, "人" | "名" | "位") || self.is_counted(base)
    }

    /// True where a fact counts things of this unit.
    fn is_counted(&self, base: Base) -> bool {
        let counts = |fact: &FactDecl| matches!(&fact.ty, TypeWord::Unit(unit) | TypeWord::List(unit) if self.measures.of(unit).is_some_and(|u| u.0 == base));
        self.blocks.iter().any(|block| match &block.kind {
            BlockKind::Facts(facts) => facts.iter().any(|fact| counts(fact) || fact.fields.iter().any(counts)),
            _ => false,
        })
    }

    /// What stands directly at an amount: /平方米/月 behind it, 每人次 before it.
    fn counted_by(&self, id: Id) -> Vec<String> {
        let Some(number) = self.number(id) else { return Vec::new() };
        let Some(quote) = self.quote(number.quote) else { return Vec::new() };
        let mut units = Vec::new();
        let mut rest = quote.chars.get(number.to..).unwrap_or_default();
        while let ['/' | '／' | '·' | '每', after @ ..] = rest
            && let Some((length, ..)) = self.measures.longest(after)
        {
            units.push(after.iter().take(length).collect());
            rest = after.get(length..).unwrap_or_default();
        }
        let mut before = quote.chars.get(..number.from).unwrap_or_default();
        loop {
            let given = GIVEN.iter().find_map(|word| {
                let word: Vec<char> = word.chars().collect();
                before.strip_suffix(word.as_slice())
            });
            let each = (2..=5).find_map(|length| {
                let from = before.len().checked_sub(length)?;
                let ['每', unit @ ..] = before.get(from..)? else { return None };
                let (whole, ..) = self.measures.longest(unit)?;
                (whole == unit.len()).then(|| (before.get(..from).unwrap_or_default(), unit.iter().collect::<String>()))
            });
            match (given, each) {
                (Some(shorter), _) => before = shorter,
                (None, Some((shorter, unit))) => {
                    units.push(unit);
                    before = shorter;
                }
                (None, None) => return units,
            }
        }
    }
}
