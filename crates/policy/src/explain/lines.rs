//! Lines from the steps of a trace: conditions with the applicant's value and distance, steps of an amount.

use super::{Line, Sign};
use crate::application::Application;
use crate::eval::trace::{Below, Shown, Step, below};
use crate::plain::{self, field_name};
use crate::scheme::{Compare, FactId, Gather, NodeId, Op, Over, Scheme, Spoken, Type, UnitId};
use smallvec::SmallVec;
use std::borrow::Cow;
use values::{Date, Fault, Fen, Lang, Rational};

pub(super) struct Teller<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) app: &'a Application,
    pub(super) lang: Lang,
    /// Phrases of that language.
    pub(super) spoken: &'a Spoken,
}

/// The words of the teller's language: only those are made.
macro_rules! pick {
    ($teller:expr, $zh:expr, $en:expr) => {
        match $teller.lang {
            values::Lang::Zh => std::borrow::Cow::<'static, str>::from($zh),
            values::Lang::En => std::borrow::Cow::<'static, str>::from($en),
        }
    };
}
pub(super) use pick;

/// Words put together: one allocation and none of the machinery of `format!`.
macro_rules! words {
    ($($part:expr),+ $(,)?) => {
        [$(AsRef::<str>::as_ref(&$part)),+].concat()
    };
}
pub(super) use words;

impl<'s> Teller<'s> {
    pub(super) fn money(&self, fen: Fen) -> String {
        let mut words = String::with_capacity(28);
        if self.lang == Lang::En {
            words.push('¥');
        }
        fen.push_grouped(&mut words);
        if self.lang == Lang::Zh {
            words.push('元');
        }
        words
    }

    pub(super) fn fault(&self, fault: Fault) -> Cow<'static, str> {
        match fault {
            Fault::Overflow => pick!(self, "数太大，无法精确计算", "a number is too large to compute exactly"),
            Fault::DivisionByZero => pick!(self, "除数是零", "division by zero"),
        }
    }

    fn number(&self, value: Rational, ty: Type) -> String {
        if ty == Type::Number(UnitId::MONEY)
            && value.is_integer()
            && let Ok(fen) = i64::try_from(value.numerator())
        {
            return self.money(Fen(fen));
        }
        plain::written(self.scheme, value, ty, self.lang)
    }

    /// A value as people write it.
    fn shown(&self, shown: &Shown, node: NodeId) -> Cow<'s, str> {
        let ty = self.scheme.node(node).map_or(Type::Text, |n| n.ty);
        match shown {
            Shown::Number(n) => self.number(*n, ty).into(),
            Shown::YesNo(b) => pick!(self, if *b { "是" } else { "否" }, if *b { "yes" } else { "no" }),
            Shown::Date(d) => d.to_string().into(),
            Shown::Year(y) => pick!(self, format!("{y}年"), y.to_string()),
            Shown::Choice(c) => match ty {
                Type::Choice(fact) => self.scheme.choices(fact).get(usize::from(*c)).map_or("", String::as_str).into(),
                _ => "".into(),
            },
            Shown::Text(t) => words!("「", t, "」").into(),
            Shown::Unknown => pick!(self, "不清楚", "not known"),
            Shown::Absent => pick!(self, "没有", "none"),
            Shown::Fault(fault) => self.fault(*fault),
        }
    }

    fn line(&self, sign: Sign, node: NodeId) -> Line<'s> {
        Line { sign, text: Cow::Borrowed(self.spoken.node(node)), value: None, gap: None, general: false, node: Some(node.0), lines: Vec::new() }
    }

    fn op(&self, node: NodeId) -> Option<&Op> {
        self.scheme.node(node).map(|n| &n.op)
    }

    pub(super) fn condition(&self, steps: &[Step], at: usize) -> Line<'s> {
        let Some(step) = steps.get(at) else { return self.line(Sign::Note, NodeId(0)) };
        let sign = match step.shown {
            Shown::YesNo(true) => Sign::Met,
            Shown::YesNo(false) | Shown::Absent => Sign::Failed,
            _ => Sign::Unknown,
        };
        let mut line = self.line(sign, step.node);
        let parts = below(steps, at);
        match self.op(step.node) {
            Some(Op::Compare(..) | Op::DateCompare(..) | Op::Between(..) | Op::Is(..) | Op::In(..) | Op::Aged { .. }) => {
                self.compared(&mut line, steps, step, &parts);
            }
            Some(Op::Gather(..) | Op::Junction(..) | Op::Not(_) | Op::Named(..) | Op::Fold { .. } | Op::Tier(_) | Op::Case(..) | Op::FirstReach { .. }) => {
                let parts = self.opened(steps, parts);
                line.lines.reserve_exact(parts.len());
                for part in parts {
                    line.lines.push(self.part(steps, part));
                }
            }
            _ => {
                if sign != Sign::Unknown {
                    line.value = Some(self.shown(&step.shown, step.node));
                }
            }
        }
        if sign == Sign::Unknown && line.gap.is_none() && line.lines.is_empty() {
            line.gap = Some(pick!(self, "还没有填", "not filled in"));
        }
        line
    }

    /// A definition that only names a list of conditions shows them directly.
    fn opened(&self, steps: &[Step], parts: Below) -> Below {
        match parts.as_slice() {
            [only] if matches!(steps.get(*only).and_then(|s| self.op(s.node)), Some(Op::Gather(..) | Op::Junction(..))) => below(steps, *only),
            _ => parts,
        }
    }

    /// A condition below a condition, or a value it looked at.
    fn part(&self, steps: &[Step], at: usize) -> Line<'s> {
        let is_condition = steps.get(at).and_then(|s| self.scheme.node(s.node)).is_some_and(|n| n.ty == Type::YesNo);
        let mut line = if is_condition { self.condition(steps, at) } else { self.amount(steps, at) };
        if let Some(step) = steps.get(at)
            && step.env.year != self.app.year
        {
            let year = step.env.year.to_string();
            // A fact of another year says so itself.
            let said = match self.op(step.node) {
                Some(Op::Fact(fact)) => self.scheme.fact(*fact).is_some_and(|f| f.by_year || f.by_month),
                _ => line.text.starts_with(&year),
            };
            if !said {
                line.text = pick!(self, words!(year, "年 ", line.text), words!(year, ": ", line.text));
            }
        }
        line
    }

    fn compared(&self, line: &mut Line<'s>, steps: &[Step], step: &Step, parts: &[usize]) {
        let operands: SmallVec<[&Step; 4]> = parts.iter().filter_map(|i| steps.get(*i)).collect();
        let Some(left) = operands.first() else { return };
        line.value = Some(self.shown(&left.shown, left.node));
        if left.shown == Shown::Unknown {
            line.value = None;
            let mut facts = Vec::new();
            crate::check::facts_of(self.scheme, left.node, &mut facts);
            let names: Vec<String> = facts.iter().filter_map(|f| self.scheme.fact(*f)).map(|f| f.name.clone()).collect();
            line.gap = Some(pick!(self, format!("还没有填 {}", names.join("、")), format!("not filled in: {}", names.join(", "))));
        } else if step.shown == Shown::YesNo(false) {
            line.gap = self.gap(step, &operands);
        }
        // A computed left side shows how it was computed.
        if let Some(first) = parts.first()
            && steps.get(*first).is_some_and(|s| s.size > 0)
        {
            line.lines.reserve_exact(1);
            line.lines.push(self.amount(steps, *first));
        }
    }

    /// How far off a failed comparison is, in the unit of its measure.
    fn gap(&self, step: &Step, operands: &[&Step]) -> Option<Cow<'static, str>> {
        let ty = |s: &Step| self.scheme.node(s.node).map_or(Type::Text, |n| n.ty);
        let number = |i: usize| match operands.get(i).map(|s| &s.shown) {
            Some(Shown::Number(n)) => Some(*n),
            _ => None,
        };
        match self.op(step.node)? {
            Op::Compare(compare, ..) => {
                let (x, v) = (number(0)?, number(1)?);
                let off = if v > x { v.checked_sub(x) } else { x.checked_sub(v) }.ok()?;
                let words = operands.first().map(|s| self.distance(off, ty(s)))?;
                Some(match compare {
                    Compare::Ge => pick!(self, words!("差 ", words), words!(words, " short")),
                    Compare::Gt if off.is_zero() => pick!(self, "正好等于，须超过", "exactly equal: it must be more"),
                    Compare::Gt => pick!(self, format!("差 {words}，还须超过"), format!("{words} short, and it must be more")),
                    Compare::Le => pick!(self, format!("超出 {words}"), format!("{words} too much")),
                    Compare::Lt if off.is_zero() => pick!(self, "正好等于，须低于", "exactly equal: it must be less"),
                    Compare::Lt => pick!(self, format!("超出 {words}"), format!("{words} too much")),
                })
            }
            Op::Aged { days, .. } => {
                let Some(Shown::Date(start)) = operands.first().map(|s| &s.shown) else { return None };
                let length = i64::try_from(number(1)?.floor()).ok()?;
                let full = if *days { start.add_days(length) } else { start.add_months(length) }?;
                let until = match operands.get(2).map(|s| &s.shown) {
                    Some(Shown::Date(until)) => *until,
                    _ => self.app.as_of,
                };
                Some(self.days_left(until, full))
            }
            Op::DateCompare(..) => match (operands.first().map(|s| &s.shown), operands.get(1).map(|s| &s.shown)) {
                (Some(Shown::Date(a)), Some(Shown::Date(b))) => {
                    let days = a.days_until(*b).abs();
                    Some(pick!(self, format!("差 {days}日"), format!("{days} days off")))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A distance in the unit of its measure; between two ratios it is one of percentage points, and no fraction.
    fn distance(&self, off: Rational, ty: Type) -> String {
        if ty != Type::Number(UnitId::RATIO) {
            return self.number(off, ty);
        }
        let points = off.checked_mul(Rational::from(100)).unwrap_or(off);
        let (about, points) = match points.to_decimal(4) {
            Some(exact) => ("", exact),
            None => {
                let hundredths = points.checked_mul(Rational::from(100)).and_then(Rational::round_half_up).and_then(|n| Rational::new(n, 100));
                (if self.lang == Lang::Zh { "约" } else { "about " }, hundredths.unwrap_or(points).to_string())
            }
        };
        pick!(self, words!(about, points, "个百分点"), words!(about, points, " percentage points")).into_owned()
    }

    fn days_left(&self, until: Date, full: Date) -> Cow<'static, str> {
        let days = until.days_until(full);
        pick!(self, format!("还需 {days}日，{full} 满"), format!("{days} days to go, full on {full}"))
    }

    /// A bar: good when it does not hold.
    pub(super) fn bar(&self, steps: &[Step], at: usize) -> Line<'s> {
        let mut line = self.condition(steps, at);
        line.sign = match line.sign {
            Sign::Met => Sign::Failed,
            Sign::Failed => Sign::Met,
            other => other,
        };
        line.gap = None;
        let node = steps.get(at).map_or(NodeId(0), |s| s.node);
        line.text = Cow::Borrowed(self.spoken.bar(node));
        line
    }

    pub(super) fn score(&self, steps: &[Step], at: usize, place: Option<u32>) -> Line<'s> {
        let mut line = self.amount(steps, at);
        let words =
            place.map_or(pick!(self, "名次未定", "place not known"), |p| pick!(self, words!("第 ", p.to_string(), " 名"), words!("place ", p.to_string())));
        line.text = words!(pick!(self, "排名依据 ", "ranked by "), line.text).into();
        line.gap = Some(words);
        line
    }

    pub(super) fn limit(&self, steps: &[Step], at: usize, used: Fen) -> Line<'s> {
        let mut line = self.amount(steps, at);
        let total = match steps.get(at).map(|s| &s.shown) {
            Some(Shown::Number(n)) if n.is_integer() => i64::try_from(n.numerator()).ok().map(Fen),
            _ => None,
        };
        let words = line.text.clone();
        line.value = None;
        line.text = words!(pick!(self, "限额 ", "limit "), words).into();
        let left = total.and_then(|t| t.checked_sub(used).ok()).map_or(Cow::default(), |left| {
            let left = self.money(left.max(Fen(0)));
            pick!(self, words!("，余 ", left), words!(", ", left, " left"))
        });
        line.gap = Some(words!(pick!(self, "以前已用 ", "used before: "), self.money(used), left).into());
        line
    }

    /// An amount as a sequence: the formula first, then each modifier in the order it is applied.
    pub(super) fn chain(&self, steps: &[Step], at: usize, out: &mut Vec<Line<'s>>) {
        let Some(step) = steps.get(at) else { return };
        let Some(Op::Modified(..)) = self.op(step.node) else {
            out.push(self.amount(steps, at));
            return;
        };
        let parts = below(steps, at);
        if let Some(base) = parts.first() {
            self.chain(steps, *base, out);
        }
        let mut line = self.line(Sign::Step, step.node);
        line.value = Some(self.shown(&step.shown, step.node));
        self.modifier(&mut line, steps, step, &parts);
        out.push(line);
    }

    /// A step of an amount with what it follows from. Literals say nothing beyond the phrase above them.
    pub(super) fn amount(&self, steps: &[Step], at: usize) -> Line<'s> {
        let Some(step) = steps.get(at) else { return self.line(Sign::Step, NodeId(0)) };
        let mut line = self.line(Sign::Step, step.node);
        // A literal is its own value.
        line.value = self.speaks(steps, at).then(|| self.shown(&step.shown, step.node));
        if step.shown == Shown::Unknown {
            line.sign = Sign::Unknown;
        }
        let parts = below(steps, at);
        match self.op(step.node) {
            Some(Op::Fact(fact)) => line.text = self.fact(*fact, step),
            Some(Op::Field(list, field)) => {
                line.text = words!(
                    self.scheme.fact(*list).map_or("", |f| f.name.as_str()),
                    "[",
                    (step.env.record + 1).to_string(),
                    "].",
                    field_name(self.scheme, *list, *field)
                )
                .into();
            }
            Some(Op::Modified(..)) => self.chain(steps, at, &mut line.lines),
            Some(Op::Tier(_) | Op::Case(..)) => self.selection(&mut line, steps, step, &parts),
            Some(Op::Fold { op, over, .. }) => self.fold(&mut line, *op, *over, steps, &parts),
            Some(Op::Rise(_, period) | Op::Growth(_, period)) => {
                for (index, part) in parts.iter().enumerate() {
                    let mut inner = self.amount(steps, *part);
                    if index == 1 && steps.get(*part).is_some_and(|s| s.size > 0) {
                        inner.text = format!("{}：{}", phrase_period(*period, self.lang), inner.text).into();
                    }
                    line.lines.push(inner);
                }
            }
            _ => {
                line.lines.reserve_exact(parts.iter().filter(|part| self.speaks(steps, **part)).count());
                for part in parts.into_iter().filter(|part| self.speaks(steps, *part)) {
                    line.lines.push(self.part(steps, part));
                }
            }
        }
        line
    }

    /// False for literals.
    fn speaks(&self, steps: &[Step], at: usize) -> bool {
        let op = steps.get(at).and_then(|s| self.op(s.node));
        !matches!(op, Some(Op::Number(_) | Op::YesNo(_) | Op::Date(_) | Op::Year(_) | Op::Choice(_) | Op::Text(_)) | None)
    }

    fn fact(&self, fact: FactId, step: &Step) -> Cow<'s, str> {
        let Some(fact) = self.scheme.fact(fact) else { return Cow::Borrowed("") };
        let year = (fact.by_year || fact.by_month) && step.env.year != self.app.year;
        match (year, fact.by_month) {
            (true, false) => pick!(self, format!("{}年 {}", step.env.year, fact.name), format!("{} {}", fact.name, step.env.year)),
            (_, true) => format!("{} {}-{:02}", fact.name, step.env.year, step.env.month).into(),
            _ => Cow::Borrowed(fact.name.as_str()),
        }
    }

    fn modifier(&self, line: &mut Line<'s>, steps: &[Step], step: &Step, parts: &[usize]) {
        let Some(base) = parts.first().and_then(|i| steps.get(*i)) else { return };
        line.text = Cow::Borrowed(self.spoken.step(step.node, 0));
        if base.shown == step.shown && matches!(step.shown, Shown::Number(_)) {
            line.gap = Some(pick!(self, "未起作用", "changes nothing"));
        }
        for part in parts.iter().skip(1) {
            if self.speaks(steps, *part) {
                line.lines.push(self.part(steps, *part));
            }
        }
    }

    fn selection(&self, line: &mut Line<'s>, steps: &[Step], step: &Step, parts: &[usize]) {
        let (measures, rows): (usize, Vec<NodeId>) = match self.op(step.node) {
            Some(Op::Tier(tier)) => (tier.measures.len(), tier.rows.iter().filter_map(|r| r.value).collect()),
            Some(Op::Case(_, rows, _)) => (1, rows.iter().filter_map(|r| r.value).collect()),
            _ => (0, Vec::new()),
        };
        for (index, part) in parts.iter().enumerate() {
            let taken = steps.get(*part).is_some_and(|s| rows.contains(&s.node) && s.env.year == self.app.year);
            if line.lines.capacity() == 0 {
                line.lines.reserve_exact(measures + 1);
            }
            if index < measures {
                line.lines.push(self.part(steps, *part));
            } else if taken {
                let mut inner = self.amount(steps, *part);
                inner.value = steps.get(*part).map(|s| self.shown(&s.shown, s.node));
                let row = match self.op(step.node) {
                    Some(Op::Tier(tier)) => steps.get(*part).and_then(|s| tier.rows.iter().position(|r| r.value == Some(s.node))),
                    _ => None,
                };
                if let Some(row) = row {
                    let which = if step.shown == Shown::Unknown {
                        pick!(self, "可能是这一档：", "perhaps this row: ")
                    } else {
                        pick!(self, "取这一档：", "this row: ")
                    };
                    inner.text = words!(which, self.spoken.step(step.node, row)).into();
                    inner.gap = self.next_tier(steps, step, parts);
                }
                line.lines.push(inner);
            }
        }
        if step.shown == Shown::Absent {
            let next = self.next_tier(steps, step, parts).map_or(String::new(), |n| format!("{}{n}", pick!(self, "，", ", ")));
            line.gap = Some(format!("{}{next}", pick!(self, "没有一档适用", "no row applies")).into());
        }
    }

    /// How far it is to the next tier of one measure.
    fn next_tier(&self, steps: &[Step], step: &Step, parts: &[usize]) -> Option<Cow<'static, str>> {
        let Some(Op::Tier(tier)) = self.op(step.node) else { return None };
        let [measure] = tier.measures.as_slice() else { return None };
        let Some(Shown::Number(x)) = parts.first().and_then(|i| steps.get(*i)).map(|s| &s.shown) else { return None };
        let lows = tier.rows.iter().filter_map(|row| row.tests.first().and_then(|r| r.low)).filter_map(|(node, _)| match self.op(node) {
            Some(Op::Number(low)) => Some(*low),
            _ => None,
        });
        let next = lows.filter(|low| low > x).min()?;
        let ty = self.scheme.node(*measure)?.ty;
        let off = self.number(next.checked_sub(*x).ok()?, ty);
        Some(pick!(self, words!("距下一档差 ", off), words!(off, " to the next tier")))
    }

    fn fold(&self, line: &mut Line<'s>, op: Gather, over: Over, steps: &[Step], parts: &[usize]) {
        let _ = op;
        line.lines.reserve_exact(parts.len());
        for part in parts {
            let Some(step) = steps.get(*part) else { continue };
            let mut inner = self.part(steps, *part);
            let name = match over {
                Over::List(_) => {
                    pick!(self, words!("第 ", (step.env.record + 1).to_string(), " 项 "), words!("record ", (step.env.record + 1).to_string(), ": "))
                }
                Over::Months(..) => pick!(self, format!("{}月 ", step.env.month), format!("month {}: ", step.env.month)),
                _ => pick!(self, format!("{}年 ", step.env.year), format!("{}: ", step.env.year)),
            };
            if !inner.text.starts_with(&*name) {
                inner.text = words!(name, inner.text).into();
            }
            if step.shown == Shown::Absent {
                inner.gap = Some(pick!(self, "不计", "left out"));
            }
            line.lines.push(inner);
        }
    }
}

fn phrase_period(period: crate::scheme::Period, lang: Lang) -> String {
    match (period.year, lang) {
        (Some(crate::scheme::YearRef::Fixed(year)), Lang::Zh) => format!("{year}年"),
        (Some(crate::scheme::YearRef::Fixed(year)), Lang::En) => year.to_string(),
        (_, Lang::Zh) => "上年".into(),
        (_, Lang::En) => "last year".into(),
    }
}
