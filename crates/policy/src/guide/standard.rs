//! 标准: what a clause gives, in plain words, with tables for tiers.

use super::{Block, Table, Writer};
use crate::plain::terms::{self, prose, tight};
use crate::plain::{modifier_words, row};
use crate::scheme::{Arith, CaseRow, Clause, Gather, Give, Member, Modifier, NodeId, Op, Otherwise, Over, Tier, Type};
use values::Lang;

/// An amount in words: short for a headline, and the tables and names it speaks of.
#[derive(Default)]
struct Said {
    short: String,
    tables: Vec<Table>,
    where_: Vec<String>,
}

impl Writer<'_> {
    /// The award in one line.
    pub(super) fn headline(&self, clause: &Clause) -> String {
        let Some((mut words, _)) = self.given(clause) else { return String::new() };
        for limit in &clause.limits {
            words.push_str(&self.pick("，", ", "));
            words.push_str(&terms::limit(self.scheme, limit, self.lang));
        }
        words
    }

    /// The award with its tables, how often, and limits.
    pub(super) fn standard(&self, clause: &Clause) -> Vec<Block> {
        let Some((mut words, said)) = self.given(clause) else { return Vec::new() };
        if matches!(clause.give, Some(Give::UpTo(_))) {
            words.push_str(&self.pick("，具体金额在此以内审定", "; the amount is decided case by case"));
        }
        let mut out = vec![Block::Text(self.sentence(&words))];
        out.extend(said.tables.into_iter().map(Block::Table));
        if !said.where_.is_empty() {
            out.push(Block::List(said.where_));
        }
        let mut more = Vec::new();
        if let Some(frequency) = &clause.frequency {
            let words = terms::frequency(self.scheme, frequency, self.lang);
            more.push(match self.lang {
                Lang::Zh => format!("频次：{words}。"),
                Lang::En => format!("How often: {words}."),
            });
        }
        for limit in &clause.limits {
            let words = terms::limit(self.scheme, limit, self.lang);
            more.push(match self.lang {
                Lang::Zh => format!("限额：{words}，以前年度已得的计算在内。"),
                Lang::En => format!("Limit: {words}, earlier awards included."),
            });
        }
        if !clause.instalments.is_empty() {
            let rows: Vec<String> = clause.instalments.iter().map(|i| terms::instalment(self.scheme, i, self.lang)).collect();
            more.push(format!("{}{}", self.pick("兑付：", "Payment: "), rows.join(&self.pick("；", "; "))));
        }
        if !more.is_empty() {
            out.push(Block::List(more));
        }
        out
    }

    fn sentence(&self, words: &str) -> String {
        format!("{words}{}", self.pick("。", "."))
    }

    fn given(&self, clause: &Clause) -> Option<(String, Said)> {
        let mut said = match clause.give.as_ref()? {
            Give::Amount(node) => self.amount(*node),
            Give::UpTo(node) => {
                let said = self.amount(*node);
                let short = match self.lang {
                    Lang::Zh => format!("不超过{}", said.short),
                    Lang::En => format!("up to {}", said.short),
                };
                Said { short, ..said }
            }
            Give::Waive(node) => {
                let said = self.amount(*node);
                Said { short: format!("{}{}", self.pick("减免", "a reduction of "), said.short), ..said }
            }
            Give::Service(words) => {
                Said { short: format!("{words}{}", self.pick("（服务，不拨付资金）", " (in kind, no money)")), ..Said::default() }
            }
            Give::Decided(modifiers) => {
                let mut short = self.pick("金额由审批决定（政策没有写数额）", "an amount to be decided (the policy states none)");
                for (modifier, node) in modifiers {
                    short.push_str(&self.modifier(*modifier, &prose(self.scheme, *node, self.lang)));
                }
                Said { short, ..Said::default() }
            }
        };
        for (name, node) in &clause.locals {
            let inner = self.amount(*node);
            said.tables.extend(inner.tables);
            said.where_.push(match self.lang {
                Lang::Zh => format!("{name}：{}", inner.short),
                Lang::En => format!("{name}: {}", inner.short),
            });
            said.where_.extend(inner.where_);
        }
        Some((said.short.clone(), said))
    }

    fn modifier(&self, modifier: Modifier, value: &str) -> String {
        let (zh, en) = modifier_words(modifier);
        match self.lang {
            Lang::Zh => format!("，{zh}{value}"),
            Lang::En => format!(", {en} {value}"),
        }
    }

    /// An amount. Selections become tables; everything else is a phrase.
    fn amount(&self, id: NodeId) -> Said {
        let Some(node) = self.scheme.node(id) else { return Said::default() };
        match &node.op {
            Op::Modified(x, modifier, v) => {
                let mut said = self.amount(*x);
                let value = self.amount(*v);
                said.short.push_str(&self.modifier(*modifier, &value.short));
                said.tables.extend(value.tables);
                said.where_.extend(value.where_);
                if *modifier == Modifier::IfAbsent {
                    said.where_.retain(|words| *words != self.below());
                }
                said
            }
            Op::Arith(Arith::Of, a, b) if self.selects(*b) => {
                let value = self.amount(*b);
                let base = prose(self.scheme, *a, self.lang);
                let short = match self.lang {
                    Lang::Zh => format!("{base}的{}", value.short),
                    Lang::En => format!("{} of {base}", value.short),
                };
                Said { short, ..value }
            }
            Op::Tier(tier) => self.tier(tier),
            Op::Case(subject, rows, rest) => self.case(*subject, rows, *rest),
            Op::Gather(Gather::Sum, members, left_out) if members.iter().all(|m| m.guard.is_none() && !self.selects(m.value)) => {
                let names: Vec<String> = members.iter().map(|m| prose(self.scheme, m.value, self.lang)).collect();
                let mut short = match self.lang {
                    Lang::Zh => format!("{}合计", self.list(&names)),
                    Lang::En => format!("the sum of {}", self.list(&names)),
                };
                if !left_out.is_empty() {
                    let names: Vec<String> = left_out.iter().filter_map(|f| self.scheme.fact(*f)).map(|f| f.name.clone()).collect();
                    short.push_str(&match self.lang {
                        Lang::Zh => format!("（不计{}）", self.list(&names)),
                        Lang::En => format!(" (not counted: {})", self.list(&names)),
                    });
                }
                Said { short, ..Said::default() }
            }
            Op::Gather(Gather::Max, members, _) if members.iter().all(|m| m.guard.is_some()) => self.highest(members),
            Op::Fold { op: Gather::Sum, over: Over::List(list), guard, body: Some(body) } => {
                let mut value = self.amount(*body);
                let name = self.scheme.fact(*list).map_or(String::new(), |f| f.name.clone());
                if let Some(guard) = guard {
                    let tests = self.tests(*guard);
                    value.where_.insert(
                        0,
                        match self.lang {
                            Lang::Zh => format!("只计算符合下列条件的：{}", tests.join("；")),
                            Lang::En => format!("only those count for which: {}", tests.join("; ")),
                        },
                    );
                }
                let short = match self.lang {
                    Lang::Zh => format!("按{name}逐个计算后相加：{}", value.short),
                    Lang::En => format!("for each of {name}, added up: {}", value.short),
                };
                Said { short, ..value }
            }
            _ => Said { short: prose(self.scheme, id, self.lang), ..Said::default() },
        }
    }

    /// Conditions of which any one counts, one by one.
    pub(super) fn cases(&self, id: NodeId) -> Vec<String> {
        match self.scheme.node(id).map(|n| &n.op) {
            Some(Op::Gather(Gather::Any, members, _)) if members.iter().all(|m| m.guard.is_none()) => {
                members.iter().flat_map(|m| self.cases(m.value)).collect()
            }
            Some(Op::Junction(false, parts)) => parts.iter().flat_map(|p| self.cases(*p)).collect(),
            Some(Op::Named(_, inner)) => self.cases(*inner),
            _ => vec![prose(self.scheme, id, self.lang)],
        }
    }

    /// Conditions that must all hold, one by one.
    pub(super) fn tests(&self, id: NodeId) -> Vec<String> {
        match self.scheme.node(id).map(|n| &n.op) {
            Some(Op::Gather(Gather::All, members, _)) if members.iter().all(|m| m.guard.is_none()) => {
                members.iter().flat_map(|m| self.tests(m.value)).collect()
            }
            Some(Op::Junction(true, parts)) => parts.iter().flat_map(|p| self.tests(*p)).collect(),
            Some(Op::Named(_, inner)) => self.tests(*inner),
            _ => vec![prose(self.scheme, id, self.lang)],
        }
    }

    /// 就高 of cases, each with its condition.
    fn highest(&self, members: &[Member]) -> Said {
        let mut said = Said::default();
        let (mut values, mut rows) = (Vec::new(), Vec::new());
        for member in members {
            let value = self.amount(member.value);
            let case = member.guard.map_or(String::new(), |g| self.tests(g).join(&self.pick("，且", " and ")));
            rows.push(vec![case.into(), value.short.clone().into()]);
            values.push(value.short);
            said.tables.extend(value.tables);
            said.where_.extend(value.where_);
        }
        said.short = match self.lang {
            Lang::Zh => format!("{}（取最高一项，见表）", values.join("、")),
            Lang::En => format!("{} (the highest that applies, see the table)", values.join(", ")),
        };
        said.tables.insert(0, Table { columns: vec![self.pick("情形", "case"), self.pick("标准", "standard")], widths: vec![3, 2], rows });
        said
    }

    fn selects(&self, id: NodeId) -> bool {
        matches!(self.scheme.node(id).map(|n| &n.op), Some(Op::Tier(_) | Op::Case(..) | Op::Fold { .. }))
    }

    /// Values of a selection side by side, and by what they are chosen.
    fn chosen(&self, values: &[String], by: &str) -> String {
        match self.lang {
            Lang::Zh => format!("{}（按{by}分档，见表）", values.join("、")),
            Lang::En => format!("{} (by {by}, see the table)", values.join(", ")),
        }
    }

    fn value(&self, value: Option<NodeId>) -> Said {
        value.map_or_else(|| Said { short: self.pick("不予", "nothing"), ..Said::default() }, |v| self.amount(v))
    }

    fn rest(&self, otherwise: Otherwise) -> Option<Said> {
        match otherwise {
            Otherwise::Absent => None,
            Otherwise::None => Some(self.value(None)),
            Otherwise::Value(node) => Some(self.amount(node)),
        }
    }

    fn tier(&self, tier: &Tier) -> Said {
        let measures: Vec<String> = tier.measures.iter().map(|m| prose(self.scheme, *m, self.lang)).collect();
        let mut ordered: Vec<_> = tier.rows.iter().collect();
        ordered.sort_by_key(|row| row.written);
        let mut said = Said::default();
        let (mut values, mut rows) = (Vec::new(), Vec::new());
        for one in ordered {
            let value = self.value(one.value);
            rows.push(vec![tight(&row(self.scheme, one, self.lang), self.lang).into(), value.short.clone().into()]);
            values.push(value.short);
            said.tables.extend(value.tables);
            said.where_.extend(value.where_);
        }
        if let Some(rest) = self.rest(tier.otherwise) {
            rows.push(vec![self.pick("其余", "otherwise").into(), rest.short.into()]);
        }
        let reaches_down = tier.rows.iter().any(|row| row.tests.iter().all(|t| t.low.is_none()));
        if tier.otherwise == Otherwise::Absent && !reaches_down {
            said.where_.push(self.below());
        }
        if tier.first_since.is_some() {
            said.where_.push(self.pick("须比以前各年达到的档次更高。", "The tier must be higher than in every earlier year."));
        }
        let by = self.list(&measures);
        said.short = self.chosen(&values, &by);
        let what = if matches!(tier.rows.first().and_then(|r| r.value).and_then(|v| self.scheme.node(v)).map(|n| n.ty), Some(Type::Number(_))) {
            self.pick("标准", "standard")
        } else {
            self.pick("结果", "result")
        };
        said.tables.insert(0, Table { columns: vec![by, what], widths: vec![3, 2], rows });
        said
    }

    /// That a table begins somewhere.
    fn below(&self) -> String {
        self.pick("达不到表中任何一档的，不给。", "Nothing is given where no row is reached.")
    }

    fn case(&self, subject: NodeId, rows: &[CaseRow], rest: Otherwise) -> Said {
        let by = prose(self.scheme, subject, self.lang);
        let choices: &[String] = match self.scheme.node(subject).map(|n| n.ty) {
            Some(Type::Choice(set)) => self.scheme.choices(set),
            _ => &[],
        };
        let mut said = Said::default();
        let (mut values, mut lines) = (Vec::new(), Vec::new());
        for one in rows {
            let value = self.value(one.value);
            let names: Vec<String> = one.choices.iter().filter_map(|c| choices.get(usize::from(*c)).cloned()).collect();
            lines.push(vec![self.list(&names).into(), value.short.clone().into()]);
            values.push(value.short);
            said.tables.extend(value.tables);
            said.where_.extend(value.where_);
        }
        if let Some(rest) = self.rest(rest) {
            lines.push(vec![self.pick("其余", "otherwise").into(), rest.short.into()]);
        }
        said.short = self.chosen(&values, &by);
        said.tables.insert(0, Table { columns: vec![by, self.pick("标准", "standard")], widths: vec![3, 2], rows: lines });
        said
    }
}
