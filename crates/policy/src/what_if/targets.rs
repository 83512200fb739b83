//! What could be aimed at, read off a trace: comparisons that fail, bars that hold, rows and steps not reached.

use super::{Place, Why, parts};
use crate::application::{Application, FactValue, When};
use crate::assessment::ClauseResult;
use crate::eval::trace::{PartKind, Shown, Step, below};
use crate::scheme::{Compare, NodeId, Op, Scheme, Type};
use values::Rational;

/// Something to aim at.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) why: Why,
    /// The comparison, table or step function.
    pub(super) node: NodeId,
    pub(super) aim: Aim,
}

/// How it is reached.
#[derive(Clone, Debug)]
pub(super) enum Aim {
    /// A measure (its step: node and environment) must stand to a bound so.
    Measure {
        /// The measure's step.
        step: Step,
        /// Part of the trace it stands in.
        part: usize,
        /// Bound, in the unit of the measure.
        bound: Rational,
        /// How.
        compare: Compare,
        /// Numbers the measure was worked out from.
        places: Vec<Place>,
    },
    /// One of these values at a place.
    Value(Place, Vec<FactValue>),
}

struct Reader<'a> {
    scheme: &'a Scheme,
    app: &'a Application,
    part: usize,
    steps: &'a [Step],
    out: Vec<Target>,
}

/// Targets of one result, in order of its trace.
pub(super) fn of(scheme: &Scheme, app: &Application, result: &ClauseResult) -> Vec<Target> {
    let mut out = Vec::new();
    for (part, of) in parts(result).iter().enumerate() {
        let mut reader = Reader { scheme, app, part, steps: &of.steps, out: Vec::new() };
        let root = of.root().map(|s| &s.shown);
        match of.kind {
            // What holds needs no change; what fails may fail by any of its parts.
            PartKind::Condition(_) if root == Some(&Shown::YesNo(false)) => reader.flip(Why::Condition, true),
            PartKind::Bar(_) if root == Some(&Shown::YesNo(true)) => reader.flip(Why::Bar, false),
            PartKind::Amount => reader.flip(Why::Tier, true),
            _ => {}
        }
        out.append(&mut reader.out);
    }
    out
}

impl Reader<'_> {
    fn op(&self, node: NodeId) -> Option<&Op> {
        self.scheme.node(node).map(|n| &n.op)
    }

    fn number(&self, at: usize) -> Option<Rational> {
        match self.steps.get(at).map(|s| &s.shown) {
            Some(Shown::Number(n)) => Some(*n),
            _ => None,
        }
    }

    /// Every comparison that does not say `to`, anywhere in the part; tables and steps of an amount besides.
    fn flip(&mut self, why: Why, to: bool) {
        for (at, step) in self.steps.iter().enumerate() {
            let operands = below(self.steps, at);
            let Some(op) = self.op(step.node).cloned() else { continue };
            let wrong = step.shown == Shown::YesNo(!to);
            match op {
                Op::Compare(compare, ..) if wrong => {
                    let compare = if to { compare } else { compare.opposite() };
                    if let (Some(left), Some(bound)) = (operands.first(), operands.get(1).and_then(|r| self.number(*r))) {
                        self.measure(why, step.node, *left, bound, compare);
                    }
                }
                Op::Between(_, _, low_in, _, high_in) if wrong && to => {
                    let values: Vec<Option<Rational>> = operands.iter().map(|o| self.number(*o)).collect();
                    if let (Some(left), [Some(x), Some(low), Some(high)]) = (operands.first(), values.as_slice()) {
                        if x < low || (x == low && !low_in) {
                            self.measure(why, step.node, *left, *low, if low_in { Compare::Ge } else { Compare::Gt });
                        } else if x >= high {
                            self.measure(why, step.node, *left, *high, if high_in { Compare::Le } else { Compare::Lt });
                        }
                    }
                }
                Op::Tier(tier) if why == Why::Tier => {
                    let [_] = tier.measures.as_slice() else { continue };
                    let Some(x) = operands.first().and_then(|m| self.number(*m)) else { continue };
                    let lows = tier.rows.iter().filter_map(|row| row.tests.first().and_then(|t| t.low));
                    let literal = lows.filter_map(|(node, included)| match self.op(node) {
                        Some(Op::Number(low)) => Some((*low, included)),
                        _ => None,
                    });
                    let next = literal.filter(|(low, included)| *low > x || (*low == x && !included)).min();
                    if let (Some((low, included)), Some(left)) = (next, operands.first()) {
                        self.measure(why, step.node, *left, low, if included { Compare::Ge } else { Compare::Gt });
                    }
                }
                Op::Steps(..) if why == Why::Tier => {
                    let (Some(left), Some(x), Some(size)) =
                        (operands.first(), operands.first().and_then(|o| self.number(*o)), operands.get(1).and_then(|o| self.number(*o)))
                    else {
                        continue;
                    };
                    let next = x.whole_steps(size).ok().and_then(|n| Rational::from_int(n.max(0) + 1).checked_mul(size).ok());
                    if let Some(next) = next {
                        self.measure(Why::Step, step.node, *left, next, Compare::Ge);
                    }
                }
                Op::Aged { days, until: None, .. } if wrong && to => self.wait(why, step, &operands, days),
                Op::Fact(_) | Op::Field(..) if wrong => {
                    if let Some(place) = self.place(step) {
                        self.out.push(Target { why, node: step.node, aim: Aim::Value(place, vec![FactValue::YesNo(to)]) });
                    }
                }
                Op::Is(a, b, negated) if wrong => self.choice(why, step, &operands, (a, b), negated != to),
                Op::In(_, set) if wrong && to => {
                    if let Some(place) = operands.first().and_then(|o| self.steps.get(*o)).and_then(|s| self.place(s)) {
                        let values = set.iter().map(|c| FactValue::Choice(*c)).collect();
                        self.out.push(Target { why, node: step.node, aim: Aim::Value(place, values) });
                    }
                }
                _ => {}
            }
        }
    }

    /// A choice fact that must be, or must not be, a value.
    fn choice(&mut self, why: Why, step: &Step, operands: &[usize], (a, b): (NodeId, NodeId), equal: bool) {
        let Some(place) = operands.first().and_then(|o| self.steps.get(*o)).and_then(|s| self.place(s)) else { return };
        let (Some(Type::Choice(set)), Some(Op::Choice(value))) = (self.scheme.node(a).map(|n| n.ty), self.op(b)) else { return };
        let all = (0..self.scheme.choices(set).len()).filter_map(|c| u16::try_from(c).ok());
        let values = all.filter(|c| (c == value) == equal).map(FactValue::Choice).collect();
        self.out.push(Target { why, node: step.node, aim: Aim::Value(place, values) });
    }

    fn wait(&mut self, why: Why, step: &Step, operands: &[usize], days: bool) {
        let Some(Shown::Date(start)) = operands.first().and_then(|o| self.steps.get(*o)).map(|s| &s.shown) else { return };
        let length = operands.get(1).and_then(|o| self.number(*o)).and_then(|n| i64::try_from(n.floor()).ok());
        let full = length.and_then(|n| if days { start.add_days(n) } else { start.add_months(n) });
        if let Some(full) = full.filter(|f| *f > self.app.as_of) {
            self.out.push(Target { why, node: step.node, aim: Aim::Value(Place::AsOf, vec![FactValue::Date(full)]) });
        }
    }

    fn measure(&mut self, why: Why, node: NodeId, left: usize, bound: Rational, compare: Compare) {
        let Some(step) = self.steps.get(left).cloned() else { return };
        let start = left.saturating_sub(step.size as usize);
        let mut places: Vec<Place> = Vec::new();
        for inner in self.steps.get(start..=left).unwrap_or_default() {
            if matches!(inner.shown, Shown::Number(_))
                && let Some(place) = self.place(inner)
                && !places.contains(&place)
            {
                places.push(place);
            }
        }
        if !places.is_empty() {
            self.out.push(Target { why, node, aim: Aim::Measure { step, part: self.part, bound, compare, places } });
        }
    }

    /// Where a step took its value from.
    fn place(&self, step: &Step) -> Option<Place> {
        match self.op(step.node)? {
            Op::Fact(fact) => {
                let decl = self.scheme.fact(*fact)?;
                let year = if decl.by_year || decl.by_month { step.env.year } else { self.app.year };
                Some(Place::Fact(*fact, When { year, month: if decl.by_month { step.env.month } else { 0 } }))
            }
            Op::Field(list, field) => Some(Place::Field(*list, *field, step.env.record)),
            _ => None,
        }
    }
}
