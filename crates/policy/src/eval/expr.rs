//! Values and conditions of one application. Total: every node yields something for any facts.

use super::value::{Env, Lack, Step, Value, Yield};
use crate::application::{Application, FactValue, When};
use crate::assessment::{ClauseResult, Missing};
use crate::scheme::{Arith, ClauseId, Compare, Modifier, Node, NodeId, Op, Period, Scheme, Type, YearRef};
use smallvec::SmallVec;
use std::sync::Arc;
use values::{Fault, Fen, Rational};

/// What is known of a clause's ranking for one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceKnown {
    /// Not computed, or its own score or key is unknown.
    Unknown(Vec<Missing>),
    /// The place, and whether others may still change it.
    Place(u32, bool),
    /// Not among those ranked.
    Unranked,
}

/// The evaluator of one application. `TRACE` records every step.
pub struct Eval<'a, const TRACE: bool> {
    pub(super) scheme: &'a Scheme,
    pub(super) app: &'a Application,
    /// Sets of missing things, counted from 1; 0 is the empty set.
    pub(super) lacks: Vec<Vec<Missing>>,
    pub(super) log: Vec<Step>,
    pub(super) clause: Option<ClauseId>,
    pub(super) places: &'a [(ClauseId, PlaceKnown)],
    /// Results in the order in which they were asked for.
    pub(super) results: Vec<ClauseResult>,
    /// For each clause the place of its result in `results`, counted from 1; 0 is none yet.
    pub(super) made: SmallVec<[u16; 32]>,
    pub(super) paid: Option<Fen>,
    /// Facts that are not indexed hold for the award year only: for tests of later payments.
    pub(super) later: bool,
    pub(super) fault: Option<Fault>,
    /// The kind of applicant, where it is declared.
    pub(super) kind: Option<u16>,
    /// Whether the award year lies outside the time in force, once that was asked.
    pub(super) out_of_force: Option<bool>,
    /// Sets of general tests already run (without a trace).
    pub(super) gate_sets: SmallVec<[GateSet; 2]>,
    /// Results of general tests, shared by the clauses (with a trace).
    pub(super) gates: Vec<Gate<'a>>,
}

/// General tests of some clauses, run once for all of them.
pub(super) struct GateSet {
    pub(super) number: u32,
    pub(super) conditions: Count,
    pub(super) bars: Count,
    pub(super) fault: Option<Fault>,
}

/// One general test.
pub(super) struct Gate<'a> {
    pub(super) node: NodeId,
    pub(super) result: Yield<'a>,
    pub(super) steps: Arc<[Step]>,
    pub(super) fault: Option<Fault>,
}

impl<'a, const TRACE: bool> Eval<'a, TRACE> {
    pub(super) fn new(scheme: &'a Scheme, app: &'a Application, places: &'a [(ClauseId, PlaceKnown)]) -> Self {
        Self {
            scheme,
            app,
            lacks: Vec::new(),
            log: Vec::new(),
            clause: None,
            places,
            results: Vec::new(),
            made: SmallVec::new(),
            paid: None,
            later: false,
            fault: None,
            kind: match app.value(scheme.kind_fact(), When { year: app.year, month: 0 }) {
                Some(FactValue::Choice(kind)) => Some(*kind),
                _ => None,
            },
            out_of_force: None,
            gate_sets: SmallVec::new(),
            gates: Vec::new(),
        }
    }

    pub(super) fn env(&self) -> Env {
        Env { year: self.app.year, month: 0, record: 0 }
    }

    pub(super) fn missing(&self, lack: Lack) -> &[Missing] {
        (lack.0 as usize).checked_sub(1).and_then(|at| self.lacks.get(at)).map_or(&[], Vec::as_slice)
    }

    #[cold]
    pub(super) fn lack(&mut self, what: Missing) -> Lack {
        self.lacks.push(vec![what]);
        Lack(u32::try_from(self.lacks.len()).unwrap_or(0))
    }

    pub(super) fn both(&mut self, a: Lack, b: Lack) -> Lack {
        match (a.0, b.0) {
            (0, _) => b,
            (_, 0) => a,
            (x, y) if x == y => a,
            _ => self.union(a, b),
        }
    }

    #[cold]
    fn union(&mut self, a: Lack, b: Lack) -> Lack {
        let mut union = self.missing(a).to_vec();
        union.extend_from_slice(self.missing(b));
        union.sort();
        union.dedup();
        self.lacks.push(union);
        Lack(u32::try_from(self.lacks.len()).unwrap_or(0))
    }

    /// The steps recorded so far; the buffer is used again.
    pub(super) fn steps(&mut self) -> Arc<[Step]> {
        self.log.drain(..).collect()
    }

    /// Evaluates a node and records the step.
    pub(super) fn eval(&mut self, id: NodeId, env: Env) -> Yield<'a> {
        if !TRACE {
            return self.leaf_or_node(id, env);
        }
        let before = self.log.len();
        let result = self.scheme.node(id).map_or(Yield::Absent, |node| self.node(node, env));
        let size = u32::try_from(self.log.len() - before).unwrap_or(u32::MAX);
        self.log.push(Step { node: id, env, shown: result.into(), size });
        result
    }

    /// Half of all nodes are literals and facts: they are answered without the way through [`Self::node`].
    #[inline]
    fn leaf_or_node(&mut self, id: NodeId, env: Env) -> Yield<'a> {
        let Some(node) = self.scheme.node(id) else { return Yield::Absent };
        match &node.op {
            Op::Number(n) => Yield::Known(Value::Number(*n)),
            Op::Fact(fact) => self.fact(*fact, env),
            _ => self.node(node, env),
        }
    }

    fn node(&mut self, node: &'a Node, env: Env) -> Yield<'a> {
        match &node.op {
            Op::Number(n) => Yield::Known(Value::Number(*n)),
            Op::YesNo(b) => yes(*b),
            Op::Date(d) => Yield::Known(Value::Date(*d)),
            Op::Year(y) => Yield::Known(Value::Year(*y)),
            Op::Choice(c) => Yield::Known(Value::Choice(*c)),
            Op::Text(t) => Yield::Known(Value::Text(t)),
            Op::Fact(fact) => self.fact(*fact, env),
            Op::Field(list, field) => self.field(*list, *field, env),
            Op::Param(param) => self.param(*param, env),
            Op::Named(_, inner) => self.eval(*inner, env),
            Op::At(period, inner) => self.eval(*inner, shift(*period, env)),
            Op::AwardYear => Yield::Known(Value::Year(env.year)),
            Op::AsOf => Yield::Known(Value::Date(self.as_of(env))),
            Op::Place => self.place(),
            Op::AmountPaid => match self.paid {
                Some(fen) => money(fen),
                None => Yield::Unknown(self.lack(Missing::AmountPaid)),
            },
            Op::Received => self.received(),
            Op::FirstYear => self.first_year(),
            Op::ClauseAmount(clause) => self.clause_amount(*clause),
            Op::ClauseEligible(clause) => self.clause_eligible(*clause),
            Op::NthYear(inner) => self.nth_year(*inner, env),
            Op::YearOf(inner) => match self.eval(*inner, env) {
                Yield::Known(Value::Date(date)) => Yield::Known(Value::Year(date.year())),
                other => other,
            },
            Op::Arith(op, a, b) => {
                let (a, b) = (self.eval(*a, env), self.eval(*b, env));
                self.combine(a, b, |x, y| arith(*op, x, y))
            }
            Op::If(condition, a, b) => self.branch(*condition, *a, *b, env),
            Op::Modified(x, modifier, v) => {
                let (x, v) = (self.eval(*x, env), self.eval(*v, env));
                self.modify(x, *modifier, v)
            }
            Op::Tier(tier) => self.tier(tier, node.ty, env),
            Op::Case(subject, rows, otherwise) => self.case(*subject, rows, *otherwise, node.ty, env),
            Op::Bracket(measure, bands) => self.bracket(*measure, bands, env),
            Op::Gather(op, members, _) => self.gather(*op, members, env),
            Op::Fold { op, over, guard, body } => self.fold(*op, *over, *guard, *body, env),
            Op::Shift(..) | Op::Above(..) | Op::UpTo(..) | Op::Steps(..) | Op::Rise(..) | Op::Growth(..) => self.measure(&node.op, env),
            _ => self.condition(&node.op, env),
        }
    }

    /// Rarer ways from numbers to a number. Apart from [`Self::node`], whose every call pays for the room they need.
    #[inline(never)]
    fn measure(&mut self, op: &'a Op, env: Env) -> Yield<'a> {
        match op {
            Op::Shift(date, length, days, back) => {
                let (date, length) = (self.eval(*date, env), self.eval(*length, env));
                self.combine(date, length, |d, n| match (d, n) {
                    (Value::Date(d), Value::Number(n)) => later(d, if *back { n.neg() } else { n }, *days).map(Value::Date),
                    _ => Err(Fault::Overflow),
                })
            }
            Op::Above(a, b) => {
                let (a, b) = (self.eval(*a, env), self.eval(*b, env));
                self.combine_numbers(a, b, |x, v| Ok(x.checked_sub(v)?.or_zero()))
            }
            Op::UpTo(a, b) => {
                let (a, b) = (self.eval(*a, env), self.eval(*b, env));
                self.combine_numbers(a, b, |x, v| Ok(x.min(v)))
            }
            Op::Steps(x, step, each) => {
                let (x, step, each) = (self.eval(*x, env), self.eval(*step, env), self.eval(*each, env));
                let steps = self.combine_numbers(x, step, |x, step| Rational::new(x.whole_steps(step)?.max(0), 1));
                self.combine_numbers(steps, each, Rational::checked_mul)
            }
            Op::Rise(x, period) => {
                let (now, then) = (self.eval(*x, env), self.eval(*x, shift(*period, env)));
                self.combine_numbers(now, then, |a, b| Ok(a.checked_sub(b)?.or_zero()))
            }
            Op::Growth(x, period) => {
                let (now, then) = (self.eval(*x, env), self.eval(*x, shift(*period, env)));
                self.combine_numbers(now, then, |a, b| a.checked_div(b)?.checked_sub(Rational::ONE))
            }
            _ => Yield::Absent,
        }
    }

    /// Conditions, apart for the same reason.
    #[inline(never)]
    fn condition(&mut self, op: &'a Op, env: Env) -> Yield<'a> {
        match op {
            Op::Compare(compare, _, a, b) => {
                let (a, b) = (self.eval(*a, env), self.eval(*b, env));
                self.test(a, b, |x, y| holds(*compare, x, y))
            }
            Op::DateCompare(compare, _, a, b) => {
                let (a, b) = (self.eval(*a, env), self.eval(*b, env));
                self.test(a, b, |x, y| holds(*compare, x, y))
            }
            Op::FirstReach { compare, value, bound, since, .. } => self.first_reach(*compare, *value, *bound, *since, env),
            Op::Between(x, low, low_in, high, high_in) => {
                let (x, low, high) = (self.eval(*x, env), self.eval(*low, env), self.eval(*high, env));
                let above = self.test(x, low, |x, l| holds(if *low_in { Compare::Ge } else { Compare::Gt }, x, l));
                let below = self.test(x, high, |x, h| holds(if *high_in { Compare::Le } else { Compare::Lt }, x, h));
                self.counted(&[above, below]).every()
            }
            Op::Is(a, b, negated) => {
                let (a, b) = (self.eval(*a, env), self.eval(*b, env));
                self.test(a, b, |x, y| Some((x == y) != *negated))
            }
            Op::In(a, set) => match self.eval(*a, env) {
                Yield::Known(Value::Choice(choice)) => yes(set.contains(&choice)),
                other => self.undecided(other),
            },
            Op::Aged { date, length, days, until } => self.aged(*date, *length, *days, *until, env),
            Op::Not(inner) => match self.eval(*inner, env) {
                Yield::Known(Value::YesNo(b)) => yes(!b),
                other => other,
            },
            Op::Junction(all, parts) => {
                let mut count = Count::default();
                for part in parts {
                    let result = self.eval(*part, env);
                    self.count(&mut count, result);
                }
                if *all { count.every() } else { count.at_least(1) }
            }
            _ => Yield::Absent,
        }
    }

    /// These tests, counted.
    pub(super) fn counted(&mut self, results: &[Yield<'a>]) -> Count {
        let mut count = Count::default();
        for result in results {
            self.count(&mut count, *result);
        }
        count
    }

    /// Counts one more test.
    #[inline]
    pub(super) fn count(&mut self, count: &mut Count, result: Yield<'a>) {
        count.all += 1;
        match result {
            Yield::Known(Value::YesNo(holds)) => count.held += u32::from(holds),
            other => self.count_open(count, other),
        }
    }

    #[cold]
    fn count_open(&mut self, count: &mut Count, result: Yield<'a>) {
        match result {
            Yield::Known(_) | Yield::Absent => {}
            Yield::Unknown(more) => {
                count.open += 1;
                count.lack = self.both(count.lack, more);
            }
            Yield::Fault(fault) => {
                self.fault.get_or_insert(fault);
                count.open += 1;
            }
        }
    }

    #[cold]
    fn undecided(&mut self, result: Yield<'a>) -> Yield<'a> {
        match result {
            Yield::Fault(fault) => {
                self.fault.get_or_insert(fault);
                Yield::Unknown(Lack(0))
            }
            Yield::Absent => yes(false),
            other => other,
        }
    }

    /// A comparison of two results; unknown and fault make it unknown.
    pub(super) fn test(&mut self, a: Yield<'a>, b: Yield<'a>, holds: impl Fn(Value<'a>, Value<'a>) -> Option<bool>) -> Yield<'a> {
        match (a, b) {
            (Yield::Known(x), Yield::Known(y)) => holds(x, y).map_or(Yield::Absent, yes),
            (Yield::Unknown(x), Yield::Unknown(y)) => Yield::Unknown(self.both(x, y)),
            (Yield::Known(_), other) | (other, _) => {
                let first = self.undecided(other);
                if let (Yield::Fault(_), Yield::Unknown(lack)) = (a, b) {
                    return Yield::Unknown(lack);
                }
                first
            }
        }
    }

    /// Arithmetic on two results: absent wins over fault, fault over unknown.
    pub(super) fn combine(&mut self, a: Yield<'a>, b: Yield<'a>, apply: impl Fn(Value<'a>, Value<'a>) -> Result<Value<'a>, Fault>) -> Yield<'a> {
        match (a, b) {
            (Yield::Known(x), Yield::Known(y)) => apply(x, y).map_or_else(Yield::Fault, Yield::Known),
            (Yield::Absent, _) | (_, Yield::Absent) => Yield::Absent,
            (Yield::Fault(fault), _) | (_, Yield::Fault(fault)) => Yield::Fault(fault),
            (Yield::Unknown(x), Yield::Unknown(y)) => Yield::Unknown(self.both(x, y)),
            (Yield::Unknown(lack), _) | (_, Yield::Unknown(lack)) => Yield::Unknown(lack),
        }
    }

    pub(super) fn combine_numbers(&mut self, a: Yield<'a>, b: Yield<'a>, apply: impl Fn(Rational, Rational) -> Result<Rational, Fault>) -> Yield<'a> {
        self.combine(a, b, |x, y| match (x, y) {
            (Value::Number(x), Value::Number(y)) => apply(x, y).map(Value::Number),
            _ => Err(Fault::Overflow),
        })
    }

    pub(super) fn modify(&mut self, x: Yield<'a>, modifier: Modifier, v: Yield<'a>) -> Yield<'a> {
        match modifier {
            Modifier::IfAbsent => return if x == Yield::Absent { v } else { x },
            // A bonus or deduction that is absent changes nothing.
            Modifier::Bonus | Modifier::Less if v == Yield::Absent => return x,
            _ => {}
        }
        self.combine_numbers(x, v, |x, v| match modifier {
            Modifier::AtMost => Ok(x.min(v)),
            Modifier::AtLeast => Ok(x.max(v)),
            Modifier::Less => Ok(x.checked_sub(v)?.or_zero()),
            Modifier::Bonus => x.checked_add(v),
            Modifier::DownTo => Rational::new(x.whole_steps(v)?, 1)?.checked_mul(v),
            Modifier::IfAbsent => Ok(x),
        })
    }

    fn branch(&mut self, condition: NodeId, a: NodeId, b: NodeId, env: Env) -> Yield<'a> {
        match self.eval(condition, env) {
            Yield::Known(Value::YesNo(true)) => self.eval(a, env),
            Yield::Known(_) | Yield::Absent => self.eval(b, env),
            Yield::Unknown(lack) => {
                let (a, b) = (self.eval(a, env), self.eval(b, env));
                self.candidates(lack, &[a, b])
            }
            Yield::Fault(fault) => Yield::Fault(fault),
        }
    }

    /// One of these is the result, but it is not known which: the same known value, or unknown.
    #[cold]
    pub(super) fn candidates(&mut self, lack: Lack, results: &[Yield<'a>]) -> Yield<'a> {
        if let Some(first) = results.first()
            && matches!(first, Yield::Known(_) | Yield::Absent)
            && results.iter().all(|r| r == first)
        {
            return *first;
        }
        let mut all = lack;
        for result in results {
            if let Yield::Unknown(more) = result {
                all = self.both(all, *more);
            }
        }
        Yield::Unknown(all)
    }

    fn nth_year(&mut self, inner: NodeId, env: Env) -> Yield<'a> {
        let years = match self.eval(inner, env) {
            Yield::Known(Value::Year(first)) => i128::from(env.year) - i128::from(first) + 1,
            Yield::Known(Value::Date(start)) => i128::from(start.full_years_until(self.as_of(env))) + 1,
            other => return other,
        };
        Yield::Known(Value::Number(Rational::from_int(years * 12)))
    }

    fn aged(&mut self, date: NodeId, length: NodeId, days: bool, until: Option<NodeId>, env: Env) -> Yield<'a> {
        let start = self.eval(date, env);
        let length = self.eval(length, env);
        let end = match until {
            Some(until) => self.eval(until, env),
            None => Yield::Known(Value::Date(self.as_of(env))),
        };
        let full = self.combine(start, length, |d, n| match (d, n) {
            (Value::Date(d), Value::Number(n)) => later(d, n, days).map(Value::Date),
            _ => Err(Fault::Overflow),
        });
        self.test(full, end, |full, end| holds(Compare::Le, full, end))
    }

    fn first_reach(&mut self, compare: Compare, value: NodeId, bound: NodeId, since: i32, env: Env) -> Yield<'a> {
        let reached = |eval: &mut Self, env: Env| {
            let (x, v) = (eval.eval(value, env), eval.eval(bound, env));
            eval.test(x, v, |x, v| holds(compare, x, v))
        };
        let mut all = vec![reached(self, env)];
        for year in since..env.year {
            let then = reached(self, Env { year, ..env });
            all.push(match then {
                Yield::Known(Value::YesNo(b)) => yes(!b),
                other => other,
            });
        }
        self.counted(&all).every()
    }

    /// The type of a node.
    pub(super) fn is_condition(ty: Type) -> bool {
        ty == Type::YesNo
    }
}

/// Tests seen so far: how many there are, how many hold, how many are undecided and what those lack.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub(super) all: u32,
    held: u32,
    open: u32,
    lack: Lack,
}

impl Count {
    /// Kleene: true once `k` hold, false once that is out of reach, else unknown; and what is lacking then.
    #[inline]
    pub(super) fn settled(self, k: u32) -> (Option<bool>, Lack) {
        if self.held >= k {
            (Some(true), Lack(0))
        } else if self.held + self.open < k {
            (Some(false), Lack(0))
        } else {
            (None, self.lack)
        }
    }

    /// The same as the result of a node.
    pub(super) fn at_least<'a>(self, k: u32) -> Yield<'a> {
        let (settled, lack) = self.settled(k);
        settled.map_or(Yield::Unknown(lack), yes)
    }

    /// Whether all hold.
    pub(super) fn every<'a>(self) -> Yield<'a> {
        self.at_least(self.all)
    }
}

pub(super) fn yes<'a>(b: bool) -> Yield<'a> {
    Yield::Known(Value::YesNo(b))
}

pub(super) fn money<'a>(fen: Fen) -> Yield<'a> {
    Yield::Known(Value::Number(fen.to_rational()))
}

pub(super) fn shift(period: Period, env: Env) -> Env {
    let year = match period.year {
        None => env.year,
        Some(YearRef::Last) => env.year - 1,
        Some(YearRef::Fixed(year)) => year,
    };
    Env { year, month: period.month.unwrap_or(env.month), ..env }
}

/// A comparison of two values of one kind.
pub(super) fn holds(compare: Compare, x: Value<'_>, y: Value<'_>) -> Option<bool> {
    let order = match (x, y) {
        (Value::Number(a), Value::Number(b)) => a.cmp(&b),
        (Value::Date(a), Value::Date(b)) => a.cmp(&b),
        (Value::Year(a), Value::Year(b)) => a.cmp(&b),
        _ => return None,
    };
    Some(compare.allows(order))
}

/// A day that many months (or days) later; the last day of a month stays within the month.
fn later(date: values::Date, length: Rational, days: bool) -> Result<values::Date, Fault> {
    let whole = i64::try_from(length.floor()).ok().filter(|_| length.is_integer()).ok_or(Fault::Overflow)?;
    if days { date.add_days(whole) } else { date.add_months(whole) }.ok_or(Fault::Overflow)
}

fn arith<'a>(op: Arith, x: Value<'a>, y: Value<'a>) -> Result<Value<'a>, Fault> {
    match (x, y) {
        (Value::Number(a), Value::Number(b)) => match op {
            Arith::Add => a.checked_add(b),
            Arith::Sub => a.checked_sub(b),
            Arith::Mul | Arith::Of => a.checked_mul(b),
            Arith::Div => a.checked_div(b),
        }
        .map(Value::Number),
        (Value::Year(a), Value::Year(b)) => Ok(Value::Number(Rational::from_int((i128::from(a) - i128::from(b)) * 12))),
        (Value::Date(a), Value::Date(b)) => Ok(Value::Number(Rational::from_int(i128::from(b.days_until(a))))),
        (Value::Year(year), Value::Number(n)) => {
            let years = n.checked_div(Rational::from_int(12))?;
            let whole = i32::try_from(years.floor()).ok().filter(|_| years.is_integer()).ok_or(Fault::Overflow)?;
            let sum = if op == Arith::Sub { year.checked_sub(whole) } else { year.checked_add(whole) };
            sum.map(Value::Year).ok_or(Fault::Overflow)
        }
        _ => Err(Fault::Overflow),
    }
}
