//! Values and conditions as SQL, node by node, as `policy::eval` reads them. SQL's own three values are those of the
//! policy: AND, OR and NOT of what is not known are what they are there.

use crate::number::{not_numbers, sign};
use crate::refusal::Reason;
use crate::scope::{Env, Scope, YearAt};
use crate::value::{Den, Number, Val, What, either};
use policy::scheme::{Arith, Compare, Modifier, NodeId, Op, Type};
use values::Rational;

impl Scope<'_> {
    /// A node as SQL. The same node under the same year and month is the same column.
    pub(crate) fn node(&mut self, id: NodeId, env: Env) -> Result<Val, Reason> {
        let key = (id, env, self.clause);
        if let Some(known) = self.memo.get(&key) {
            return Ok(known.clone());
        }
        let val = self.write(id, env).map_err(|reason| reason.at(id))?;
        let absent = val.absent.map(|sql| self.stages.bind(sql));
        let what = match val.what {
            What::Number(number) => What::Number(Number { num: self.stages.bind(number.num), ..number }),
            What::YesNo(sql) => What::YesNo(self.stages.bind(sql)),
            What::Date(sql) => What::Date(self.stages.bind(sql)),
            What::Plain(sql) => What::Plain(self.stages.bind(sql)),
        };
        let val = Val { what, absent };
        self.memo.insert(key, val.clone());
        Ok(val)
    }

    fn write(&mut self, id: NodeId, env: Env) -> Result<Val, Reason> {
        let scheme = self.scheme;
        let Some(node) = scheme.node(id) else { return Err(Reason::new("没有这个节点", "no such node")) };
        let d = self.dialect;
        Ok(match &node.op {
            Op::Number(n) => Val::of(What::Number(self.literal(*n))),
            Op::YesNo(b) => Val::yes_no(if *b { "TRUE" } else { "FALSE" }),
            Op::Date(day) => Val::of(What::Date(d.day(*day))),
            Op::Year(year) => Val::of(What::Plain(year.to_string())),
            Op::Choice(choice) => Val::of(What::Plain(choice.to_string())),
            Op::Text(words) => Val::of(What::Plain(d.words(words))),
            Op::Fact(fact) => self.fact(*fact, env)?,
            Op::Field(list, field) => self.field(*list, *field)?,
            Op::Param(param) => self.param(*param, env)?,
            Op::Named(_, inner) => self.node(*inner, env)?,
            Op::At(period, inner) => {
                let then = self.shift(*period, env);
                self.node(*inner, then)?
            }
            Op::AwardYear => Val::of(What::Plain(self.year(env))),
            Op::AsOf => Val::of(What::Date(self.as_of(env))),
            Op::Place => self.place()?,
            Op::AmountPaid => return Err(Reason::new("已付额只用于追回", "已付额 is for clawback only")),
            Op::Received => Val::of(What::Number(self.received()?)),
            Op::FirstYear => Val::of(What::Plain(self.first_year()?)),
            Op::ClauseAmount(clause) => self.clause_amount(*clause)?,
            Op::ClauseEligible(clause) => self.clause_eligible(*clause)?,
            Op::Shift(date, length, days, back) => self.moved(*date, *length, *days, *back, env)?,
            Op::NthYear(inner) => self.nth_year(*inner, env)?,
            Op::YearOf(inner) => {
                let date = self.node(*inner, env)?;
                Val { what: What::Plain(d.year_of(date.sql())), absent: date.absent }
            }
            Op::Arith(op, a, b) => {
                let (a, b) = (self.node(*a, env)?, self.node(*b, env)?);
                self.arith_of(*op, &a, &b)?
            }
            Op::Modified(x, modifier, v) => {
                let (x, v) = (self.node(*x, env)?, self.node(*v, env)?);
                self.modified(&x, *modifier, &v)?
            }
            Op::Tier(tier) => self.tier(tier, node.ty, env)?,
            Op::Case(subject, rows, otherwise) => self.case(*subject, rows, *otherwise, node.ty, env)?,
            Op::Bracket(measure, bands) => self.bracket(*measure, bands, env)?,
            Op::Gather(op, members, _) => self.gather(*op, members, env)?,
            Op::Fold { op, over, guard, body } => self.fold(*op, *over, *guard, *body, env)?,
            Op::Above(a, b) => {
                let (a, b) = (self.node(*a, env)?, self.node(*b, env)?);
                self.on_numbers(&a, &b, |scope, x, v| {
                    let rest = scope.add(x, v, true)?;
                    scope.or_zero(&rest)
                })?
            }
            Op::UpTo(a, b) => {
                let (a, b) = (self.node(*a, env)?, self.node(*b, env)?);
                self.on_numbers(&a, &b, |scope, x, v| scope.bounded(x, v, true))?
            }
            Op::Steps(x, step, each) => {
                let (x, step, each) = (self.node(*x, env)?, self.node(*step, env)?, self.node(*each, env)?);
                let steps = self.on_numbers(&x, &step, |scope, x, step| scope.whole_steps(x, step, true))?;
                self.arith(Arith::Mul, &steps, &each)?
            }
            Op::Rise(x, period) => {
                let then = self.shift(*period, env);
                let (now, then) = (self.node(*x, env)?, self.node(*x, then)?);
                self.on_numbers(&now, &then, |scope, a, b| {
                    let rest = scope.add(a, b, true)?;
                    scope.or_zero(&rest)
                })?
            }
            Op::Growth(x, period) => {
                let then = self.shift(*period, env);
                let (now, then) = (self.node(*x, env)?, self.node(*x, then)?);
                self.on_numbers(&now, &then, |scope, a, b| {
                    let ratio = scope.div(a, b)?;
                    let one = scope.literal(Rational::ONE);
                    scope.add(&ratio, &one, true)
                })?
            }
            Op::If(condition, a, b) => self.branch(*condition, *a, *b, env)?,
            op => self.condition(op, env)?,
        })
    }

    fn condition(&mut self, op: &Op, env: Env) -> Result<Val, Reason> {
        Ok(match op {
            Op::Compare(compare, _, a, b) | Op::DateCompare(compare, _, a, b) => {
                let (a, b) = (self.node(*a, env)?, self.node(*b, env)?);
                Val::yes_no(self.test(*compare, &a, &b)?)
            }
            Op::FirstReach { compare, value, bound, since, .. } => {
                let mut all = vec![self.reached(*compare, *value, *bound, env)?];
                for then in self.years_before(*since, env)? {
                    all.push(format!("(NOT {})", self.reached(*compare, *value, *bound, then)?));
                }
                Val::yes_no(junction(true, &all))
            }
            Op::Between(x, low, low_in, high, high_in) => {
                let (x, low, high) = (self.node(*x, env)?, self.node(*low, env)?, self.node(*high, env)?);
                let above = self.test(if *low_in { Compare::Ge } else { Compare::Gt }, &x, &low)?;
                let below = self.test(if *high_in { Compare::Le } else { Compare::Lt }, &x, &high)?;
                Val::yes_no(junction(true, &[above, below]))
            }
            Op::Is(a, b, negated) => {
                let (a, b) = (self.node(*a, env)?, self.node(*b, env)?);
                let same = self.same(&a, &b)?;
                let same = if *negated { format!("(NOT {same})") } else { same };
                Val::yes_no(absent_is_no(&a, &b, same))
            }
            Op::In(a, set) => {
                let a = self.node(*a, env)?;
                let set: Vec<String> = set.iter().map(u16::to_string).collect();
                let test = if set.is_empty() { format!("({} IS NULL AND NULL)", a.sql()) } else { format!("({} IN ({}))", a.sql(), set.join(", ")) };
                Val::yes_no(absent_is_no(&a, &a, test))
            }
            Op::Aged { date, length, days, until } => {
                let full = self.moved(*date, *length, *days, false, env)?;
                let end = match until {
                    Some(until) => self.node(*until, env)?,
                    None => Val::of(What::Date(self.as_of(env))),
                };
                Val::yes_no(self.test(Compare::Le, &full, &end)?)
            }
            Op::Not(inner) => {
                let inner = self.node(*inner, env)?;
                Val { what: What::YesNo(format!("(NOT {})", inner.sql())), absent: inner.absent }
            }
            Op::Junction(all, parts) => {
                let parts = parts.iter().map(|part| self.counted(*part, env)).collect::<Result<Vec<_>, _>>()?;
                Val::yes_no(junction(*all, &parts))
            }
            _ => return Err(Reason::new("这种写法", "this construct")),
        })
    }

    /// A condition as it is counted: where it is absent it does not hold.
    pub(crate) fn counted(&mut self, id: NodeId, env: Env) -> Result<String, Reason> {
        let val = self.node(id, env)?;
        Ok(match &val.absent {
            Some(absent) => format!("CASE WHEN {absent} THEN FALSE ELSE {} END", val.sql()),
            None => val.sql().to_owned(),
        })
    }

    /// A comparison; NULL where it is not known, no where a side is absent.
    pub(crate) fn test(&mut self, compare: Compare, a: &Val, b: &Val) -> Result<String, Reason> {
        let test = match (&a.what, &b.what) {
            (What::Number(x), What::Number(y)) => self.compared(compare, x, y)?,
            (What::Date(x), What::Date(y)) | (What::Plain(x), What::Plain(y)) => format!("({x} {} {y})", sign(compare)),
            _ => return Err(Reason::new("不同种类的值相比", "a comparison of different kinds")),
        };
        Ok(absent_is_no(a, b, test))
    }

    /// Equality; NULL where a side is not known or absent.
    pub(crate) fn same(&mut self, a: &Val, b: &Val) -> Result<String, Reason> {
        match (&a.what, &b.what) {
            (What::Number(x), What::Number(y)) => self.same_number(x, y),
            (What::Date(x), What::Date(y)) | (What::Plain(x), What::Plain(y)) | (What::YesNo(x), What::YesNo(y)) => Ok(format!("({x} = {y})")),
            _ => Err(Reason::new("不同种类的值相比", "a comparison of different kinds")),
        }
    }

    fn arith_of(&mut self, op: Arith, a: &Val, b: &Val) -> Result<Val, Reason> {
        let absent = either(a.absent.as_ref(), b.absent.as_ref());
        let number = |num: String, max| Number { num, den: Den::Fixed(1), max, fixed: None };
        let what = match (&a.what, &b.what) {
            (What::Number(_), What::Number(_)) => return self.arith(op, a, b),
            // A difference of years is in months.
            (What::Plain(x), What::Plain(y)) => What::Number(number(self.dialect.exact(&format!("(({x} - {y}) * 12)")), 12 << 33)),
            (What::Date(x), What::Date(y)) => What::Number(number(self.dialect.exact(&self.dialect.days_between(y, x)), 1 << 32)),
            (What::Plain(year), What::Number(n)) => match n.fixed.and_then(|n| n.checked_div(Rational::from_int(12)).ok()).filter(|n| n.is_integer()) {
                Some(years) => {
                    let years = if op == Arith::Sub { years.neg() } else { years };
                    What::Plain(format!("({year} + ({}))", years.numerator()))
                }
                None => return Err(Reason::new("年份加减不固定的年数", "a year plus a length that is not fixed")),
            },
            _ => return Err(not_numbers()),
        };
        Ok(Val { what, absent })
    }

    pub(crate) fn modified(&mut self, x: &Val, modifier: Modifier, v: &Val) -> Result<Val, Reason> {
        if modifier == Modifier::IfAbsent {
            return match x.absent.clone() {
                Some(absent) => self.pick(&[(absent, v.clone())], x),
                None => Ok(x.clone()),
            };
        }
        let apply = |scope: &mut Self, x: &Number, v: &Number| match modifier {
            Modifier::AtMost => scope.bounded(x, v, true),
            Modifier::AtLeast => scope.bounded(x, v, false),
            Modifier::Less => {
                let rest = scope.add(x, v, true)?;
                scope.or_zero(&rest)
            }
            Modifier::Bonus => scope.add(x, v, false),
            _ => {
                let steps = scope.whole_steps(x, v, false)?;
                scope.mul(&steps, v)
            }
        };
        // A bonus or deduction that is absent changes nothing.
        if let (Modifier::Bonus | Modifier::Less, Some(absent)) = (modifier, v.absent.clone()) {
            let present = Val { absent: None, ..v.clone() };
            let changed = self.on_numbers(x, &present, apply)?;
            return self.pick(&[(absent, x.clone())], &changed);
        }
        self.on_numbers(x, v, apply)
    }

    fn branch(&mut self, condition: NodeId, a: NodeId, b: NodeId, env: Env) -> Result<Val, Reason> {
        if self.may_fault(condition) {
            return Err(Reason::new("“若”的条件是别的条款的结果", "a choice by the outcome of another clause"));
        }
        let test = self.counted(condition, env)?;
        let test = self.stages.bind(test);
        let (a, b) = (self.node(a, env)?, self.node(b, env)?);
        let alike = self.alike_values(&a, &b)?;
        // Neither known to hold nor known not to: the value is known only where both are one.
        let either = self.pick(&[(test.clone(), a.clone()), (format!("NOT {test}"), b)], &a)?;
        self.unless(&format!("({test} IS NULL AND NOT {alike})"), &either)
    }

    /// A condition whose own arithmetic can go wrong unseen: the evaluator tells that apart from what is not known.
    fn may_fault(&self, id: NodeId) -> bool {
        match self.scheme.node(id).map(|node| &node.op) {
            Some(Op::ClauseEligible(_)) => true,
            Some(Op::Named(_, inner) | Op::At(_, inner) | Op::Not(inner)) => self.may_fault(*inner),
            Some(Op::If(a, b, c)) => [a, b, c].into_iter().any(|id| self.may_fault(*id)),
            Some(Op::Tier(_) | Op::Case(..)) => self.scheme.node(id).is_some_and(|node| node.ty == Type::YesNo),
            _ => false,
        }
    }

    fn nth_year(&mut self, inner: NodeId, env: Env) -> Result<Val, Reason> {
        let val = self.node(inner, env)?;
        let year = self.year(env);
        let years = match &val.what {
            What::Plain(first) => format!("({year} - {first} + 1)"),
            What::Date(start) => {
                let end = self.as_of(env);
                let start = self.stages.bind(start.clone());
                let years = self.stages.bind(format!("({} - {})", self.dialect.year_of(&end), self.dialect.year_of(&start)));
                let anniversary = self.dialect.months_later(&start, &format!("({years} * 12)"));
                format!("({years} + CASE WHEN {anniversary} > {end} THEN 0 ELSE 1 END)")
            }
            _ => return Err(not_numbers()),
        };
        let num = self.dialect.exact(&format!("({years} * 12)"));
        Ok(Val { what: What::Number(Number { num, den: Den::Fixed(1), max: 12 << 33, fixed: None }), absent: val.absent })
    }

    /// A day later or earlier by a fixed length; NULL outside the years 1 to 9999, as the evaluator has it.
    fn moved(&mut self, date: NodeId, length: NodeId, days: bool, back: bool, env: Env) -> Result<Val, Reason> {
        let (start, length) = (self.node(date, env)?, self.node(length, env)?);
        let (What::Date(day), What::Number(n)) = (&start.what, &length.what) else { return Err(not_numbers()) };
        let Some(n) = n.fixed else { return Err(Reason::new("期间的长短不是固定的数", "the length of a period is not a fixed number")) };
        let n = if back { n.neg() } else { n };
        let whole = i64::try_from(n.floor()).ok().filter(|n| n.unsigned_abs() < if days { 1_400_000 } else { 48_000 }).filter(|_| n.is_integer());
        let Some(whole) = whole else { return Err(Reason::new("期间的长短不是整数或过长", "the length of a period is not whole, or too long")) };
        let moved = if days { self.dialect.days_later(day, whole) } else { self.dialect.months_later(day, &whole.to_string()) };
        let moved = self.stages.bind(moved);
        let what = What::Date(format!("CASE WHEN {moved} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN {moved} END"));
        Ok(Val { what, absent: either(start.absent.as_ref(), length.absent.as_ref()) })
    }

    fn reached(&mut self, compare: Compare, value: NodeId, bound: NodeId, env: Env) -> Result<String, Reason> {
        let (x, v) = (self.node(value, env)?, self.node(bound, env)?);
        let test = self.test(compare, &x, &v)?;
        Ok(self.stages.bind(test))
    }

    /// The years from one on to the last before the year in force; that year must be one for all rows.
    pub(crate) fn years_before(&self, since: i32, env: Env) -> Result<Vec<Env>, Reason> {
        let (Some(own), YearAt::Off(off)) = (self.options.year, env.year) else {
            return Err(Reason::new("“首次”要看以前各年：请用 --year 定下年度", "首次 looks at the years before: give --year"));
        };
        let years = since..(own + off);
        if years.len() > 100 {
            return Err(Reason::new("“首次”要看一百年以上", "首次 over more than a hundred years"));
        }
        Ok(years.map(|year| Env { year: self.year_at(year), ..env }).collect())
    }
}

/// AND or OR of conditions; of none, what holds for none.
pub(crate) fn junction(all: bool, parts: &[String]) -> String {
    let (neutral, settling) = if all { ("TRUE", "FALSE") } else { ("FALSE", "TRUE") };
    if parts.iter().any(|part| part == settling) {
        return settling.to_owned();
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| *part != neutral).collect();
    match parts.as_slice() {
        [] => neutral.to_owned(),
        [one] => (*one).to_owned(),
        _ => format!("({})", parts.join(if all { " AND " } else { " OR " })),
    }
}

/// A test of two values: where the first is absent it does not hold, where the second is only if the first is known.
fn absent_is_no(a: &Val, b: &Val, test: String) -> String {
    match (&a.absent, &b.absent) {
        (None, None) => test,
        (Some(a), None) => format!("CASE WHEN {a} THEN FALSE ELSE {test} END"),
        (None, Some(absent)) => format!("CASE WHEN {absent} AND {} IS NOT NULL THEN FALSE ELSE {test} END", a.sql()),
        (Some(first), Some(absent)) => format!("CASE WHEN {first} OR ({absent} AND {} IS NOT NULL) THEN FALSE ELSE {test} END", a.sql()),
    }
}
