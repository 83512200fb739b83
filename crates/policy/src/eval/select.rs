//! Selections and collectives.

use super::expr::{Count, Eval, holds, yes};
use super::value::{Env, Lack, Value, Yield};
use crate::application::{FactValue, When};
use crate::assessment::Missing;
use crate::scheme::{Band, CaseRow, Compare, Gather, Member, NodeId, Op, Otherwise, Over, Range, Tier, Type};
use smallvec::SmallVec;
use values::{Fault, Rational};

/// Results of a few nodes; more spill to the heap.
type Few<'a> = SmallVec<[Yield<'a>; 2]>;

impl<'a, const TRACE: bool> Eval<'a, TRACE> {
    pub(super) fn tier(&mut self, tier: &'a Tier, ty: Type, env: Env) -> Yield<'a> {
        let measures: Few<'a> = tier.measures.iter().map(|m| self.eval(*m, env)).collect();
        let (mut open, mut lack) = (Vec::new(), Lack(0));
        let mut last = None;
        for row in &tier.rows {
            match self.row(&row.tests, &measures, env) {
                Yield::Known(Value::YesNo(true)) => {
                    last = Some(row);
                    break;
                }
                Yield::Unknown(more) => {
                    lack = self.both(lack, more);
                    open.push(row);
                }
                _ => {}
            }
        }
        if let (Some(since), Some(row), true) = (tier.first_since, last, open.is_empty()) {
            match self.higher_before(tier, row.height, since, env) {
                Ok(false) => {}
                Ok(true) => return Yield::Absent,
                Err(lack) => return Yield::Unknown(lack),
            }
        }
        let end = match last {
            Some(row) => self.maybe(row.value, env),
            None => self.otherwise(tier.otherwise, ty, env),
        };
        if open.is_empty() {
            return end;
        }
        let mut results: Vec<Yield<'a>> = Vec::with_capacity(open.len() + 1);
        for row in open {
            let result = self.maybe(row.value, env);
            results.push(result);
        }
        results.push(end);
        if tier.first_since.is_some() && results.iter().any(|r| *r != Yield::Absent) {
            return Yield::Unknown(lack);
        }
        self.candidates(lack, &results)
    }

    fn maybe(&mut self, value: Option<NodeId>, env: Env) -> Yield<'a> {
        value.map_or(Yield::Absent, |node| self.eval(node, env))
    }

    fn otherwise(&mut self, otherwise: Otherwise, ty: Type, env: Env) -> Yield<'a> {
        match otherwise {
            Otherwise::Value(node) => self.eval(node, env),
            // A selection whose rows are conditions is simply no where no row applies.
            Otherwise::Absent if Self::is_condition(ty) => yes(false),
            Otherwise::Absent | Otherwise::None => Yield::Absent,
        }
    }

    fn row(&mut self, tests: &'a [Range], measures: &[Yield<'a>], env: Env) -> Yield<'a> {
        if !TRACE && let Some(holds) = self.plain_row(tests, measures) {
            return yes(holds);
        }
        let mut count = Count::default();
        for (range, measure) in tests.iter().zip(measures) {
            if let Some((node, included)) = range.low {
                let bound = self.eval(node, env);
                let test = self.test(*measure, bound, |x, v| holds(if included { Compare::Ge } else { Compare::Gt }, x, v));
                self.count(&mut count, test);
            }
            if let Some((node, included)) = range.high {
                let bound = self.eval(node, env);
                let test = self.test(*measure, bound, |x, v| holds(if included { Compare::Le } else { Compare::Lt }, x, v));
                self.count(&mut count, test);
            }
        }
        count.every()
    }

    /// The usual row: known measures against literal bounds. `None` is any other.
    fn plain_row(&self, tests: &[Range], measures: &[Yield<'a>]) -> Option<bool> {
        let literal = |node: NodeId| match self.scheme.nodes.get(node.index()).map(|n| &n.op) {
            Some(Op::Number(n)) => Some(n),
            _ => None,
        };
        let mut all = true;
        for (range, measure) in tests.iter().zip(measures) {
            let Yield::Known(Value::Number(x)) = measure else { return None };
            if let Some((node, included)) = range.low {
                let order = x.cmp(literal(node)?);
                all &= order.is_gt() || included && order.is_eq();
            }
            if let Some((node, included)) = range.high {
                let order = x.cmp(literal(node)?);
                all &= order.is_lt() || included && order.is_eq();
            }
        }
        Some(all)
    }

    /// Whether an earlier year reached this height or more; `Err` where that is not known.
    fn higher_before(&mut self, tier: &'a Tier, height: u16, since: i32, env: Env) -> Result<bool, Lack> {
        let mut lacking = None;
        for year in since..env.year {
            let then = Env { year, ..env };
            let measures: Few<'a> = tier.measures.iter().map(|m| self.eval(*m, then)).collect();
            for row in &tier.rows {
                match self.row(&row.tests, &measures, then) {
                    Yield::Known(Value::YesNo(true)) if row.height >= height => return Ok(true),
                    Yield::Known(Value::YesNo(true)) => break,
                    Yield::Unknown(lack) if row.height >= height => {
                        let before = lacking.unwrap_or(Lack(0));
                        lacking = Some(self.both(before, lack));
                    }
                    _ => {}
                }
            }
        }
        lacking.map_or(Ok(false), Err)
    }

    pub(super) fn case(&mut self, subject: NodeId, rows: &'a [CaseRow], otherwise: Otherwise, ty: Type, env: Env) -> Yield<'a> {
        match self.eval(subject, env) {
            Yield::Known(Value::Choice(choice)) => match rows.iter().find(|row| row.choices.contains(&choice)) {
                Some(row) => self.maybe(row.value, env),
                None => self.otherwise(otherwise, ty, env),
            },
            Yield::Unknown(lack) => {
                let mut results: Vec<Yield<'a>> = Vec::with_capacity(rows.len() + 1);
                for row in rows {
                    let result = self.maybe(row.value, env);
                    results.push(result);
                }
                let covered: usize = rows.iter().map(|row| row.choices.len()).sum();
                let choices = match self.scheme.node(subject).map(|n| n.ty) {
                    Some(Type::Choice(fact)) => self.scheme.choices(fact).len(),
                    _ => 0,
                };
                if covered < choices {
                    let result = self.otherwise(otherwise, ty, env);
                    results.push(result);
                }
                self.candidates(lack, &results)
            }
            other => other,
        }
    }

    pub(super) fn bracket(&mut self, measure: NodeId, bands: &'a [Band], env: Env) -> Yield<'a> {
        let x = self.eval(measure, env);
        let mut sum = Yield::Known(Value::Number(Rational::ZERO));
        for band in bands {
            let low = band.low.map_or(Yield::Known(Value::Number(Rational::ZERO)), |n| self.eval(n, env));
            let capped = match band.high {
                Some(high) => {
                    let high = self.eval(high, env);
                    self.combine_numbers(x, high, |x, h| Ok(x.min(h)))
                }
                None => x,
            };
            let part = self.combine_numbers(capped, low, |x, l| Ok(x.checked_sub(l)?.or_zero()));
            let ratio = self.eval(band.ratio, env);
            let share = self.combine_numbers(part, ratio, Rational::checked_mul);
            sum = self.combine_numbers(sum, share, Rational::checked_add);
        }
        sum
    }

    pub(super) fn gather(&mut self, op: Gather, members: &'a [Member], env: Env) -> Yield<'a> {
        if is_count(op) {
            let mut tests = Tests::default();
            for member in members {
                let value = self.eval(member.value, env);
                let result = match member.guard {
                    Some(guard) => {
                        let guard = self.eval(guard, env);
                        self.counted(&[guard, value]).every()
                    }
                    None => value,
                };
                self.test_in(op, &mut tests, result);
            }
            return tests.result(op);
        }
        let mut total = Tally::new(op);
        for member in members {
            let guard = member.guard.map(|g| self.eval(g, env));
            self.count_in(&mut total, guard, member.value, env);
        }
        let may_drop = members.iter().all(|m| m.guard.is_some() || self.scheme.node(m.value).is_some_and(|n| n.optional));
        self.finish(total, may_drop)
    }

    /// Adds one condition of a collective.
    fn test_in(&mut self, op: Gather, tests: &mut Tests, result: Yield<'a>) {
        if op != Gather::Count {
            self.count(&mut tests.count, result);
            return;
        }
        match result {
            Yield::Known(Value::YesNo(true)) => tests.true_ones += 1,
            Yield::Unknown(more) => tests.lack = Some(self.both(tests.lack.unwrap_or(Lack(0)), more)),
            Yield::Fault(fault) => {
                tests.fault.get_or_insert(fault);
            }
            _ => {}
        }
    }

    /// Adds one member: left out where its guard is false or its value absent.
    fn count_in(&mut self, total: &mut Tally, guard: Option<Yield<'a>>, value: NodeId, env: Env) {
        if let Some(Yield::Known(Value::YesNo(false)) | Yield::Absent) = guard {
            return;
        }
        let value = self.eval(value, env);
        if value == Yield::Absent {
            return;
        }
        match guard {
            Some(Yield::Unknown(lack)) => {
                let value_lack = match value {
                    Yield::Unknown(more) => more,
                    _ => Lack(0),
                };
                let both = self.both(lack, value_lack);
                total.lack = Some(self.both(total.lack.unwrap_or(Lack(0)), both));
                return;
            }
            Some(Yield::Fault(fault)) => {
                total.fault.get_or_insert(fault);
                return;
            }
            _ => {}
        }
        match value {
            Yield::Known(Value::Number(n)) => total.add(n),
            Yield::Unknown(more) => total.lack = Some(self.both(total.lack.unwrap_or(Lack(0)), more)),
            Yield::Fault(fault) => {
                total.fault.get_or_insert(fault);
            }
            _ => {}
        }
    }

    fn finish(&mut self, total: Tally, may_drop: bool) -> Yield<'a> {
        if let Some(fault) = total.fault {
            return Yield::Fault(fault);
        }
        if let Some(lack) = total.lack {
            return Yield::Unknown(lack);
        }
        match total.result() {
            Ok(Some(n)) => Yield::Known(Value::Number(n)),
            Ok(None) if total.op == Gather::Sum && !may_drop => Yield::Known(Value::Number(Rational::ZERO)),
            Ok(None) => Yield::Absent,
            Err(fault) => Yield::Fault(fault),
        }
    }

    pub(super) fn fold(&mut self, op: Gather, over: Over, guard: Option<NodeId>, body: Option<NodeId>, env: Env) -> Yield<'a> {
        let rounds = match over {
            Over::List(fact) => match self.app.value(fact, When { year: self.app.year, month: 0 }) {
                Some(FactValue::List(records)) => u32::try_from(records.len()).unwrap_or(u32::MAX),
                _ => return Yield::Unknown(self.lack(Missing::Fact(fact, None, None))),
            },
            Over::PastYears(n) => n.min(i32::MAX.unsigned_abs()),
            Over::Years(a, b) => {
                if a <= b {
                    a.abs_diff(b).saturating_add(1)
                } else {
                    0
                }
            }
            Over::Months(a, b) => {
                if a <= b {
                    u32::from(b - a) + 1
                } else {
                    0
                }
            }
        };
        if is_count(op) {
            let mut tests = Tests::default();
            for round in 0..rounds {
                let result = guard.map_or(yes(true), |g| self.eval(g, member_env(over, rounds, round, env)));
                self.test_in(op, &mut tests, result);
            }
            return tests.result(op);
        }
        let Some(body) = body else { return Yield::Absent };
        let mut total = Tally::new(op);
        for round in 0..rounds {
            let env = member_env(over, rounds, round, env);
            let guard = guard.map(|g| self.eval(g, env));
            self.count_in(&mut total, guard, body, env);
        }
        let may_drop = guard.is_some() || self.scheme.node(body).is_some_and(|n| n.optional);
        self.finish(total, may_drop)
    }
}

fn is_count(op: Gather) -> bool {
    matches!(op, Gather::Any | Gather::All | Gather::AtLeast(_) | Gather::Count)
}

/// What is in force in one round of a fold: a record, a year or a month.
fn member_env(over: Over, rounds: u32, round: u32, env: Env) -> Env {
    let on = i32::try_from(round).unwrap_or(i32::MAX);
    match over {
        Over::List(_) => Env { record: round, ..env },
        Over::PastYears(_) => Env { year: env.year.saturating_sub(i32::try_from(rounds).unwrap_or(i32::MAX) - 1).saturating_add(on), ..env },
        Over::Years(first, _) => Env { year: first.saturating_add(on), ..env },
        Over::Months(first, _) => Env { month: first.saturating_add(u8::try_from(round).unwrap_or(u8::MAX)), ..env },
    }
}

/// Conditions of a collective counted so far: 任一, 同时, 至少 by [`Count`], 个数 by those that hold.
#[derive(Default)]
struct Tests {
    count: Count,
    true_ones: i128,
    lack: Option<Lack>,
    fault: Option<Fault>,
}

impl Tests {
    fn result<'a>(&self, op: Gather) -> Yield<'a> {
        match op {
            Gather::Any => self.count.at_least(1),
            Gather::AtLeast(k) => self.count.at_least(k),
            Gather::Count => match (self.fault, self.lack) {
                (Some(fault), _) => Yield::Fault(fault),
                (None, Some(lack)) => Yield::Unknown(lack),
                (None, None) => Yield::Known(Value::Number(Rational::from_int(self.true_ones))),
            },
            _ => self.count.every(),
        }
    }
}

/// A running sum, mean, maximum or minimum.
struct Tally {
    op: Gather,
    sum: Result<Rational, Fault>,
    best: Option<Rational>,
    count: i128,
    lack: Option<Lack>,
    fault: Option<Fault>,
}

impl Tally {
    fn new(op: Gather) -> Self {
        Self { op, sum: Ok(Rational::ZERO), best: None, count: 0, lack: None, fault: None }
    }

    fn add(&mut self, n: Rational) {
        self.count += 1;
        match self.op {
            Gather::Max => self.best = Some(self.best.map_or(n, |b| b.max(n))),
            Gather::Min => self.best = Some(self.best.map_or(n, |b| b.min(n))),
            _ => {
                if let Ok(sum) = self.sum {
                    self.sum = sum.checked_add(n);
                }
            }
        }
    }

    fn result(&self) -> Result<Option<Rational>, Fault> {
        match self.op {
            Gather::Max | Gather::Min => Ok(self.best),
            _ if self.count == 0 => Ok(None),
            Gather::Mean => self.sum.and_then(|s| s.checked_div(Rational::from_int(self.count))).map(Some),
            _ => self.sum.map(Some),
        }
    }
}
