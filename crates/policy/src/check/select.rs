//! Conditions, and selections: tiers, cases and brackets made disjoint.

use super::{Lower, MONTHS, RATIO};
use crate::diagnostic::Diagnostic;
use crate::scheme::{Band, CaseRow, Compare, NodeId, Op, Otherwise, Range, Tier, TierRow, Type};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Row, RowHead, RowTest};
use values::Rational;

/// A bound with its number, for ordering rows: `(value, included)`.
type Edge = (Rational, bool);

impl<'a> Lower<'a> {
    /// An expression that must be yes or no, and always has a value.
    pub(super) fn condition(&mut self, expr: &'a Expr) -> Option<NodeId> {
        let node = self.expr(expr, None)?;
        if self.ty(node) != Type::YesNo {
            return self.wrong_type(expr.span, node, "条件", "a condition");
        }
        Some(node)
    }

    pub(super) fn condition_kind(&mut self, expr: &'a Expr) -> Option<NodeId> {
        let span = expr.span;
        let op = match &expr.kind {
            ExprKind::Compare(compare, word, left, right) => return self.compare(*compare, word, left, right, span),
            ExprKind::FirstReach(compare, word, left, right) => {
                let (a, b) = self.comparable(left, right)?;
                let since = self.since(a, left.span)?;
                Op::FirstReach { compare: *compare, word, value: a, bound: b, since }
            }
            ExprKind::Between(value, low, high) => {
                let (a, l, h) = (self.number(value), self.number(&low.value), self.number(&high.value));
                let (a, l, h) = (a?, l?, h?);
                for (node, at) in [(a, value.span), (l, low.value.span), (h, high.value.span)] {
                    self.refuse_absent(node, at);
                }
                let target = self.plainest(&[a, l, h])?;
                let a = self.agree(target, a, value.span)?;
                let l = self.agree(target, l, low.value.span)?;
                let h = self.agree(target, h, high.value.span)?;
                if let (Some(x), Some(y)) = (self.constant(l), self.constant(h))
                    && (x > y || (x == y && !(low.included && high.included)))
                {
                    self.fault(
                        Diagnostic::new("E0306", span, "下限高于上限，没有数能满足", "the lower bound is above the upper")
                            .help("对调或改写两个界限", "swap or change the bounds"),
                    );
                }
                Op::Between(a, l, low.included, h, high.included)
            }
            ExprKind::Is(left, right, negated) => {
                let a = self.expr(left, None)?;
                let choices = match self.ty(a) {
                    Type::Choice(fact) => Some(fact),
                    _ => None,
                };
                let b = self.expr(right, choices)?;
                self.refuse_absent(a, left.span);
                let b = self.agree(a, b, right.span)?;
                Op::Is(a, b, *negated)
            }
            ExprKind::In(left, names) => {
                let a = self.expr(left, None)?;
                let Type::Choice(fact) = self.ty(a) else {
                    return self.wrong_type(left.span, a, "选项", "a choice");
                };
                let mut set = Vec::new();
                for name in names {
                    match self.choice(fact, &name.text) {
                        Some(choice) => set.push(choice),
                        None => self.unknown_choice(name, Some(fact)),
                    }
                }
                Op::In(a, set)
            }
            ExprKind::Aged(date, length, until) => return self.aged(date, length, until.as_deref(), span),
            ExprKind::DateCompare(compare, word, left, right) => {
                let a = self.expr(left, None)?;
                let b = self.expr(right, None)?;
                if !matches!(self.ty(a), Type::Date | Type::Year) {
                    return self.wrong_type(left.span, a, "日期", "a date");
                }
                let b = self.agree(a, b, right.span)?;
                Op::DateCompare(*compare, word, a, b)
            }
            ExprKind::Not(inner) => Op::Not(self.condition(inner)?),
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let nodes: Vec<Option<NodeId>> = parts.iter().map(|part| self.condition(part)).collect();
                Op::Junction(matches!(expr.kind, ExprKind::And(_)), nodes.into_iter().collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(self.push(op, Type::YesNo, false, span))
    }

    fn refuse_absent(&mut self, node: NodeId, span: Span) {
        if self.optional(node) {
            self.may_be_absent(span);
        }
    }

    fn comparable(&mut self, left: &'a Expr, right: &'a Expr) -> Option<(NodeId, NodeId)> {
        let a = self.number(left);
        let b = self.number(right);
        let (a, b) = (a?, b?);
        self.refuse_absent(a, left.span);
        self.refuse_absent(b, right.span);
        self.match_units(a, b, right.span)
    }

    fn compare(&mut self, compare: Compare, word: &'static str, left: &'a Expr, right: &'a Expr, span: Span) -> Option<NodeId> {
        let a = self.expr(left, None)?;
        if word == "满" && self.ty(a) == Type::Date {
            return self.aged(left, right, None, span);
        }
        if matches!(self.ty(a), Type::Date | Type::Year) {
            let b = self.expr(right, None)?;
            let b = self.agree(a, b, right.span)?;
            return Some(self.push(Op::DateCompare(compare, word, a, b), Type::YesNo, false, span));
        }
        if !matches!(self.ty(a), Type::Number(_)) {
            return self.wrong_type(left.span, a, "数", "a number");
        }
        let b = self.number(right)?;
        self.refuse_absent(a, left.span);
        self.refuse_absent(b, right.span);
        let (a, b) = self.match_units(a, b, right.span)?;
        Some(self.push(Op::Compare(compare, word, a, b), Type::YesNo, false, span))
    }

    fn aged(&mut self, date: &'a Expr, length: &'a Expr, until: Option<&'a Expr>, span: Span) -> Option<NodeId> {
        let d = self.expr(date, None)?;
        if self.ty(d) != Type::Date {
            return self.wrong_type(date.span, d, "日期", "a date");
        }
        let n = self.number(length)?;
        let days = match self.ty(n) {
            Type::Number(MONTHS) => false,
            Type::Number(super::DAYS) => true,
            _ => return self.wrong_type(length.span, n, "时长（1年、6个月、30日）", "a duration (1年, 6个月, 30日)"),
        };
        let until = match until {
            Some(expr) => {
                let node = self.expr(expr, None)?;
                if self.ty(node) != Type::Date {
                    return self.wrong_type(expr.span, node, "日期", "a date");
                }
                Some(node)
            }
            None => None,
        };
        Some(self.push(Op::Aged { date: d, length: n, days, until }, Type::YesNo, false, span))
    }

    /// First year since which the facts of a measure are asked.
    fn since(&mut self, node: NodeId, span: Span) -> Option<i32> {
        let mut facts = Vec::new();
        super::walk::facts_of(&self.scheme, node, &mut facts);
        let since = facts.iter().filter_map(|f| self.scheme.fact(*f)).filter(|f| f.by_year || f.by_month).map(|f| f.since).collect::<Option<Vec<_>>>();
        match since.and_then(|years| years.into_iter().min()) {
            Some(year) => Some(year),
            None => {
                self.fault(
                    Diagnostic::new("E0216", span, "“首次”要知道从哪一年起比", "首次 needs the first year to compare with")
                        .help("在事实后写：按年 自 2022年", "write 按年 自 2022年 behind the fact"),
                );
                None
            }
        }
    }

    /// Value of a row, of the type of the rows before it.
    fn row_value(&mut self, row: &'a Row, first: &mut Option<NodeId>) -> Option<Option<NodeId>> {
        let Some(expr) = &row.value else { return Some(None) };
        let mut node = self.expr(expr, None)?;
        match *first {
            Some(before) => node = self.agree(before, node, expr.span)?,
            None => *first = Some(node),
        }
        Some(Some(node))
    }

    pub(super) fn tier(&mut self, first: bool, measures: &'a [Expr], rows: &'a [Row], span: Span) -> Option<NodeId> {
        let nodes: Vec<Option<NodeId>> = measures.iter().map(|m| self.number(m)).collect();
        let mut nodes: Vec<NodeId> = nodes.into_iter().collect::<Option<_>>()?;
        for (node, measure) in nodes.iter().zip(measures) {
            self.refuse_absent(*node, measure.span);
        }
        let (mut out, mut otherwise, mut kind, mut broken) = (Vec::new(), Otherwise::Absent, None, false);
        for (written, row) in rows.iter().enumerate() {
            let Some(value) = self.row_value(row, &mut kind) else {
                broken = true;
                continue;
            };
            match &row.test {
                None => otherwise = value.map_or(Otherwise::None, Otherwise::Value),
                Some(RowHead::Tests(tests)) if tests.len() == nodes.len() => match self.ranges(&mut nodes, tests) {
                    Some(tests) => out.push(TierRow { written: u16::try_from(written).unwrap_or(u16::MAX), height: 0, tests, value }),
                    None => broken = true,
                },
                Some(_) => broken = true,
            }
        }
        let Some(kind) = kind.filter(|_| !broken && !out.is_empty()) else {
            self.gives_nothing(broken, span);
            return None;
        };
        if !self.bounds_fit(&nodes, &out, span) {
            return None;
        }
        let spans: Vec<Span> = rows.iter().map(|row| row.span).collect();
        let total = if nodes.len() == 1 { self.settle(&mut out, &spans)? } else { self.chain(&mut out, &spans)? };
        // Rows without an upper bound in the first place are tried from the highest.
        let descending = out.first().is_some_and(|row| row.tests.iter().all(|r| r.low.is_some() && r.high.is_none()));
        let count = out.len();
        for (at, row) in out.iter_mut().enumerate() {
            row.height = u16::try_from(if descending { count - 1 - at } else { at }).unwrap_or(u16::MAX);
        }
        let since =
            if first { Some(nodes.iter().zip(measures).map(|(n, m)| self.since(*n, m.span)).collect::<Option<Vec<_>>>()?.into_iter().min()?) } else { None };
        let ty = self.ty(kind);
        let gives_nothing = out.iter().any(|row| row.value.is_none_or(|v| self.optional(v)));
        let rest = match otherwise {
            Otherwise::Absent => !total,
            Otherwise::None => true,
            Otherwise::Value(node) => self.optional(node),
        };
        let optional = (gives_nothing || rest || first) && ty != Type::YesNo;
        let tier = Tier { first_since: since, measures: nodes, rows: out, otherwise };
        Some(self.push(Op::Tier(Box::new(tier)), ty, optional, span))
    }

    /// Every bound in the unit of its measure; a row read before its measure was multiplied out would not be.
    fn bounds_fit(&mut self, measures: &[NodeId], rows: &[TierRow], span: Span) -> bool {
        let fits = rows.iter().all(|row| {
            let pairs = measures.iter().zip(&row.tests);
            pairs.flat_map(|(m, range)| [range.low, range.high].into_iter().flatten().map(move |b| (*m, b.0))).all(|(m, b)| self.ty(m) == self.ty(b))
        });
        if !fits {
            self.fault(
                Diagnostic::new("E0214", span, "各行的界限单位不同", "the bounds of the rows are in different units")
                    .help("各行用同一单位", "use one unit in all rows"),
            );
        }
        fits
    }

    /// A selection without one row that gives something says nothing.
    fn gives_nothing(&mut self, broken: bool, span: Span) {
        if !broken {
            self.fault(
                Diagnostic::new("E0109", span, "没有一行给出值", "no row gives anything")
                    .help("至少一行写出值；都不给就不要这个选择", "write a value in one row at least"),
            );
        }
    }

    fn ranges(&mut self, measures: &mut [NodeId], tests: &'a [RowTest]) -> Option<Vec<Range>> {
        let mut out = Vec::new();
        for (measure, test) in measures.iter_mut().zip(tests) {
            // A measure by the year is multiplied out for a bound that is not; the measure changes, not only the bound.
            let mut bound = |lower: &mut Self, expr: &'a Expr| {
                let node = lower.number(expr)?;
                lower.refuse_absent(node, expr.span);
                let (fitted, node) = lower.match_units(*measure, node, expr.span)?;
                *measure = fitted;
                Some(node)
            };
            out.push(match test {
                RowTest::Compare(compare, _, expr) => {
                    let node = bound(self, expr)?;
                    match compare {
                        Compare::Ge => Range { low: Some((node, true)), ..Range::default() },
                        Compare::Gt => Range { low: Some((node, false)), ..Range::default() },
                        Compare::Le => Range { high: Some((node, true)), ..Range::default() },
                        Compare::Lt => Range { high: Some((node, false)), ..Range::default() },
                    }
                }
                RowTest::Between(low, high) => {
                    let l = bound(self, &low.value)?;
                    let h = bound(self, &high.value)?;
                    Range { low: Some((l, low.included)), high: Some((h, high.included)), ..Range::default() }
                }
            });
        }
        Some(out)
    }

    fn edge(&self, bound: Option<(NodeId, bool)>) -> Option<Option<Edge>> {
        match bound {
            None => Some(None),
            Some((node, included)) => self.constant(node).map(|value| Some((value, included))),
        }
    }

    /// Rows over one measure become disjoint intervals in ascending order. Gives whether they cover every value.
    fn settle(&mut self, rows: &mut Vec<TierRow>, spans: &[Span]) -> Option<bool> {
        let edges: Option<Vec<(Option<Edge>, Option<Edge>)>> =
            rows.iter().map(|row| row.tests.first().and_then(|r| Some((self.edge(r.low)?, self.edge(r.high)?)))).collect();
        let Some(edges) = edges else { return self.moving(rows, spans) };
        let bounds: Vec<Range> = rows.iter().filter_map(|row| row.tests.first().copied()).collect();
        for (index, row) in rows.iter_mut().enumerate() {
            let Some(range) = row.tests.first_mut() else { continue };
            let Some((low, high)) = edges.get(index) else { continue };
            if let (Some(low), None) = (low, high) {
                let next = edges
                    .iter()
                    .zip(&bounds)
                    .filter_map(|((l, _), b)| l.map(|l| (l, b.low)))
                    .filter(|(l, _)| above(*l, *low))
                    .min_by(|a, b| order_low(a.0, b.0));
                range.high = next.and_then(|(_, bound)| bound).map(|(node, included)| (node, !included));
                range.high_implied = range.high.is_some();
            } else if let (None, Some(high)) = (low, high) {
                let next = edges
                    .iter()
                    .zip(&bounds)
                    .filter_map(|((_, h), b)| h.map(|h| (h, b.high)))
                    .filter(|(h, _)| order_high(*h, *high).is_lt())
                    .max_by(|a, b| order_high(a.0, b.0));
                range.low = next.and_then(|(_, bound)| bound).map(|(node, included)| (node, !included));
                range.low_implied = range.low.is_some();
            }
        }
        let mut settled: Vec<(Option<Edge>, Option<Edge>, TierRow)> = Vec::new();
        for row in rows.drain(..) {
            let range = row.tests.first().copied().unwrap_or_default();
            settled.push((self.edge(range.low)?, self.edge(range.high)?, row));
        }
        settled.sort_by(|a, b| match (a.0, b.0) {
            (None, None) => std::cmp::Ordering::Equal,
            (None, _) => std::cmp::Ordering::Less,
            (_, None) => std::cmp::Ordering::Greater,
            (Some(x), Some(y)) => order_low(x, y),
        });
        let mut covered = settled.first().is_some_and(|row| row.0.is_none()) && settled.last().is_some_and(|row| row.1.is_none());
        let mut fine = true;
        for (index, (low, high, row)) in settled.iter().enumerate() {
            let span = spans.get(usize::from(row.written)).copied().unwrap_or_default();
            if let (Some(l), Some(h)) = (low, high)
                && (l.0 > h.0 || (l.0 == h.0 && !(l.1 && h.1)))
            {
                self.fault(
                    Diagnostic::new("E0306", span, "这一档没有数能满足", "no value can reach this row")
                        .help("下限要低于上限", "its lower bound must be below the upper"),
                );
                fine = false;
            }
            let Some((next_low, _, next)) = settled.get(index + 1) else { continue };
            let next_span = spans.get(usize::from(next.written)).copied().unwrap_or_default();
            match (high, next_low) {
                (Some(h), Some(l)) if h.0 < l.0 || (h.0 == l.0 && !(h.1 && l.1)) => covered &= h.0 == l.0 && (h.1 || l.1),
                _ => {
                    let words = (self.words(span).trim().to_owned(), self.words(next_span).trim().to_owned());
                    let witness = next_low.map_or(String::new(), |l| self.witness(row.tests.first(), l.0));
                    self.fault(
                        Diagnostic::new(
                            "E0307",
                            next_span,
                            format!("“{}”与“{}”重叠{witness}", words.0, words.1),
                            format!("'{}' and '{}' overlap{witness}", words.0, words.1),
                        )
                        .related(span)
                        .help("让一档写不含，或写 低于/超过", "exclude the bound in one of them"),
                    );
                    fine = false;
                }
            }
        }
        rows.extend(settled.into_iter().map(|(_, _, row)| row));
        fine.then_some(covered)
    }

    fn witness(&self, range: Option<&Range>, value: Rational) -> String {
        let node = range.and_then(|r| r.low.or(r.high)).map(|(node, _)| node);
        match node.map(|n| self.ty(n)) {
            Some(Type::Number(unit)) => format!("：{}", values::write(value, &self.scheme.unit(unit), values::Lang::Zh)),
            _ => String::new(),
        }
    }

    /// Thresholds that are not literals: all rows in one direction, written from low to high.
    fn moving(&mut self, rows: &mut [TierRow], spans: &[Span]) -> Option<bool> {
        let rising = rows.iter().all(|row| row.tests.iter().all(|r| r.low.is_some() && r.high.is_none()));
        let falling = rows.iter().all(|row| row.tests.iter().all(|r| r.high.is_some() && r.low.is_none()));
        if rising {
            rows.reverse();
        } else if !falling {
            let span = spans.first().copied().unwrap_or_default();
            self.fault(
                Diagnostic::new(
                    "E0308",
                    span,
                    "界限不是固定的数时，各档要用同一方向的比较",
                    "rows with bounds that are not literals must compare in one direction",
                )
                .help("都写 达到 …，由低到高；或都写 不超过 …", "write 达到 … in all rows, from low to high; or 不超过 … in all"),
            );
            return None;
        }
        Some(false)
    }

    /// Rows over several measures: each must dominate the one before; the highest is tried first.
    fn chain(&mut self, rows: &mut Vec<TierRow>, spans: &[Span]) -> Option<bool> {
        self.moving(rows, spans)?;
        let rising = rows.iter().all(|row| row.tests.iter().all(|r| r.low.is_some()));
        let number = |row: &TierRow| -> Option<Vec<Rational>> {
            row.tests.iter().map(|r| if rising { r.low } else { r.high }).map(|b| b.and_then(|(n, _)| self.constant(n))).collect()
        };
        let Some(mut keyed) = rows.iter().map(|row| number(row).map(|n| (n, row.clone()))).collect::<Option<Vec<_>>>() else { return Some(false) };
        keyed.sort_by(|a, b| if rising { b.0.cmp(&a.0) } else { a.0.cmp(&b.0) });
        for pair in keyed.windows(2) {
            let [(x, row), (y, next)] = pair else { continue };
            let dominated = x.iter().zip(y).all(|(a, b)| if rising { a >= b } else { a <= b });
            if !dominated || x == y {
                let span = spans.get(usize::from(row.written)).copied().unwrap_or_default();
                let other = spans.get(usize::from(next.written)).copied();
                let diagnostic = Diagnostic::new(
                    "E0309",
                    span,
                    "这两档说不清哪一档更高：一个量高，另一个量低",
                    "neither of these rows is the higher: one measure rises, the other falls",
                )
                .help("每一档的各个界限都应不低于前一档", "each row's bounds must be no lower than those of the row before");
                self.fault(match other {
                    Some(other) => diagnostic.related(other),
                    None => diagnostic,
                });
                return None;
            }
        }
        *rows = keyed.into_iter().map(|(_, row)| row).collect();
        Some(false)
    }

    pub(super) fn case(&mut self, subject: &'a Expr, rows: &'a [Row], span: Span) -> Option<NodeId> {
        let node = self.expr(subject, None)?;
        let Type::Choice(fact) = self.ty(node) else {
            return self.wrong_type(subject.span, node, "选项", "a choice");
        };
        let (mut out, mut otherwise, mut kind, mut broken) = (Vec::new(), Otherwise::Absent, None, false);
        let mut seen: Vec<u16> = Vec::new();
        for row in rows {
            let Some(value) = self.row_value(row, &mut kind) else {
                broken = true;
                continue;
            };
            match &row.test {
                None => otherwise = value.map_or(Otherwise::None, Otherwise::Value),
                Some(RowHead::Choices(names)) => {
                    let mut choices = Vec::new();
                    for name in names {
                        match self.choice(fact, &name.text) {
                            Some(choice) if seen.contains(&choice) => {
                                self.fault(
                                    Diagnostic::new("E0307", name.span, format!("“{}”出现在两行", name.text), format!("'{}' stands in two rows", name.text))
                                        .help("删去一处", "remove one"),
                                );
                            }
                            Some(choice) => {
                                seen.push(choice);
                                choices.push(choice);
                            }
                            None => {
                                self.unknown_choice(name, Some(fact));
                                broken = true;
                            }
                        }
                    }
                    out.push(CaseRow { choices, value });
                }
                Some(RowHead::Tests(_)) => broken = true,
            }
        }
        let Some(kind) = kind.filter(|_| !broken) else {
            self.gives_nothing(broken, span);
            return None;
        };
        let ty = self.ty(kind);
        let total = seen.len() == self.scheme.choices(fact).len();
        let rest = match otherwise {
            Otherwise::Absent => !total,
            Otherwise::None => true,
            Otherwise::Value(node) => self.optional(node),
        };
        let optional = (rest || out.iter().any(|row| row.value.is_none_or(|v| self.optional(v)))) && ty != Type::YesNo;
        Some(self.push(Op::Case(node, out, otherwise), ty, optional, span))
    }

    pub(super) fn bracket(&mut self, measure: &'a Expr, rows: &'a [Row], span: Span) -> Option<NodeId> {
        let mut node = self.number(measure)?;
        self.refuse_absent(node, measure.span);
        let (mut out, mut broken) = (Vec::new(), false);
        for (written, row) in rows.iter().enumerate() {
            let value = row.value.as_ref().and_then(|v| self.number(v));
            let tests = match &row.test {
                Some(RowHead::Tests(tests)) if tests.len() == 1 => self.ranges(std::slice::from_mut(&mut node), tests),
                _ => {
                    self.fault(
                        Diagnostic::new("E0310", row.span, "累进的每一行要写界限", "each band needs a bound")
                            .help("例：不超过 500万元：2%；超过 500万元：3%", "for example: 不超过 500万元：2%; 超过 500万元：3%"),
                    );
                    None
                }
            };
            match (value, tests) {
                (Some(value), Some(tests)) => {
                    if self.ty(value) != Type::Number(RATIO) {
                        broken = true;
                        let at = row.value.as_ref().map_or(row.span, |v| v.span);
                        let _: Option<()> = self.wrong_type(at, value, "比率", "a ratio");
                    }
                    out.push(TierRow { written: u16::try_from(written).unwrap_or(u16::MAX), height: 0, tests, value: Some(value) });
                }
                _ => broken = true,
            }
        }
        if broken || out.is_empty() || !self.bounds_fit(&[node], &out, span) {
            return None;
        }
        let spans: Vec<Span> = rows.iter().map(|row| row.span).collect();
        self.settle(&mut out, &spans)?;
        for (row, next) in out.iter().zip(out.iter().skip(1)) {
            let (Some(high), Some(low)) = (row.tests.first().and_then(|r| r.high), next.tests.first().and_then(|r| r.low)) else { continue };
            if self.constant(high.0) != self.constant(low.0) {
                let at = spans.get(usize::from(next.written)).copied().unwrap_or(span);
                self.fault(
                    Diagnostic::new("E0310", at, "累进的各段要首尾相接", "bands must be adjacent")
                        .help("上一段的上限就是下一段的下限", "the end of one band is the start of the next"),
                );
                return None;
            }
        }
        let bands: Vec<Band> = out
            .iter()
            .filter_map(|row| {
                let range = row.tests.first()?;
                Some(Band { low: range.low.map(|(n, _)| n), high: range.high.map(|(n, _)| n), ratio: row.value? })
            })
            .collect();
        let (ty, optional) = (self.ty(node), self.optional(node));
        Some(self.push(Op::Bracket(node, bands), ty, optional, span))
    }
}

/// `a` is a higher lower bound than `b`.
fn above(a: Edge, b: Edge) -> bool {
    order_low(a, b).is_gt()
}

/// Order of lower bounds: `[v` stands before `(v`.
fn order_low(a: Edge, b: Edge) -> std::cmp::Ordering {
    a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1))
}

/// Order of upper bounds: `v)` stands before `v]`.
fn order_high(a: Edge, b: Edge) -> std::cmp::Ordering {
    a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1))
}
