//! Nodes to steps: one arm for each operation, in the order of `policy::eval`.

use super::build::{Builder, Number, State, Value, What};
use super::number::Arithmetic;
use super::{Bit, Int, NotHeld, Test};
use crate::table::{About, date_of, day_number};
use policy::eval::value::Env;
use policy::scheme::{Arith, Compare, FactId, Modifier, Node, NodeId, Op, ParamId, Period, YearRef};
use values::{Date, Rational};

pub type Held<'a> = Result<Value<'a>, NotHeld>;

pub fn shift(period: Period, env: Env) -> Env {
    let year = match period.year {
        None => env.year,
        Some(YearRef::Last) => env.year - 1,
        Some(YearRef::Fixed(year)) => year,
    };
    Env { year, month: period.month.unwrap_or(env.month), ..env }
}

impl<'a> Builder<'a> {
    /// What a node comes to in a year and month.
    pub fn eval(&mut self, id: NodeId, env: Env) -> Held<'a> {
        let key = (id, env.year, env.month, self.clause.map(|clause| clause.0));
        if let Some(known) = self.nodes.get(&key) {
            return *known;
        }
        self.fuel = self.fuel.saturating_sub(1);
        if self.fuel == 0 {
            return Err(NotHeld("too long"));
        }
        let scheme = self.scheme;
        let value = match scheme.node(id) {
            Some(node) => self.node(node, env),
            None => Ok(Value::ABSENT),
        };
        self.nodes.insert(key, value);
        value
    }

    fn node(&mut self, node: &'a Node, env: Env) -> Held<'a> {
        match &node.op {
            Op::Number(n) => Ok(Value::known(What::Number(Number::constant(*n)?))),
            Op::YesNo(b) => Ok(Value::known(What::YesNo(if *b { Bit::Yes } else { Bit::No }))),
            Op::Date(d) => Ok(Value::known(What::Date(Int::Const(day_number(*d))))),
            Op::Year(y) => Ok(Value::known(What::Year(Int::Const(i64::from(*y))))),
            Op::Choice(c) => Ok(Value::known(What::Choice(Int::Const(i64::from(*c))))),
            Op::Text(t) => Ok(Value::known(What::Words(t))),
            Op::Fact(fact) => self.fact(*fact, env),
            Op::Field(..) => Err(NotHeld("a field of a list")),
            Op::Param(param) => self.param(*param, env),
            Op::Named(_, inner) => self.eval(*inner, env),
            Op::At(period, inner) => self.eval(*inner, shift(*period, env)),
            Op::AwardYear => Ok(Value::known(What::Year(Int::Const(i64::from(env.year))))),
            Op::AsOf => Ok(Value::known(What::Date(Int::Const(day_number(self.as_of_in(env)))))),
            Op::Place => self.place(),
            Op::AmountPaid => Ok(Value::UNKNOWN),
            // Rows with earlier awards stand beside the columns.
            Op::Received => Ok(Value::known(What::Number(Number::constant(Rational::ZERO)?))),
            Op::FirstYear => Ok(Value::known(What::Year(Int::Const(i64::from(self.year))))),
            Op::ClauseAmount(clause) => self.clause_amount(*clause),
            Op::ClauseEligible(clause) => self.clause_eligible(*clause),
            Op::NthYear(inner) => self.nth_year(*inner, env),
            Op::YearOf(inner) => {
                let value = self.eval(*inner, env)?;
                Ok(match value.what {
                    What::Date(day) => Value { what: What::Year(self.year_of(day)), ..value },
                    _ => value,
                })
            }
            Op::Arith(op, a, b) => self.arith(*op, *a, *b, env),
            Op::If(condition, a, b) => self.branch(*condition, *a, *b, env),
            Op::Modified(x, modifier, v) => {
                let (x, v) = (self.eval(*x, env)?, self.eval(*v, env)?);
                self.modify(&x, *modifier, &v)
            }
            Op::Tier(tier) => self.tier(tier, node.ty, env),
            Op::Case(subject, rows, otherwise) => self.case(*subject, rows, *otherwise, node.ty, env),
            Op::Bracket(measure, bands) => self.bracket(*measure, bands, env),
            Op::Gather(op, members, _) => self.gather(*op, members, env),
            Op::Fold { op, over, guard, body } => self.fold(*op, *over, *guard, *body, env),
            Op::Above(a, b) => self.both(Arithmetic::Less, *a, *b, env),
            Op::UpTo(a, b) => self.both(Arithmetic::Min, *a, *b, env),
            Op::Steps(x, step, each) => {
                let steps = self.both(Arithmetic::Steps, *x, *step, env)?;
                let (steps, each) = (self.at_least_zero(&steps), self.eval(*each, env)?);
                self.arithmetic(Arithmetic::Mul, &steps, &each)
            }
            Op::Rise(x, period) => {
                let (now, then) = (self.eval(*x, env)?, self.eval(*x, shift(*period, env))?);
                self.arithmetic(Arithmetic::Less, &now, &then)
            }
            Op::Growth(x, period) => {
                let (now, then) = (self.eval(*x, env)?, self.eval(*x, shift(*period, env))?);
                let ratio = self.arithmetic(Arithmetic::Div, &now, &then)?;
                let one = Value::known(What::Number(Number::constant(Rational::ONE)?));
                self.arithmetic(Arithmetic::Sub, &ratio, &one)
            }
            Op::Shift(date, length, days, back) => {
                let (date, length) = (self.eval(*date, env)?, self.eval(*length, env)?);
                let length = whole_length(&length).ok_or(NotHeld("a day earlier or later by a length of the applicant's"))?;
                self.later(&date, if *back { -length } else { length }, *days)
            }
            _ => self.condition(&node.op, env),
        }
    }

    fn both(&mut self, op: Arithmetic, a: NodeId, b: NodeId, env: Env) -> Held<'a> {
        let (a, b) = (self.eval(a, env)?, self.eval(b, env)?);
        self.arithmetic(op, &a, &b)
    }

    fn arith(&mut self, op: Arith, a: NodeId, b: NodeId, env: Env) -> Held<'a> {
        let (a, b) = (self.eval(a, env)?, self.eval(b, env)?);
        if let (What::Year(x), What::Year(y)) = (a.what, b.what) {
            // Years apart, in months. A year has four digits.
            let apart = self.pair(super::Pair::Sub, x, y);
            let months = self.pair(super::Pair::Mul, apart, Int::Const(12));
            let state = self.combine(&a, &b);
            return Ok(Value { what: What::Number(Number::whole(months, -1_000_000, 1_000_000, 1)), state });
        }
        if let (What::Date(x), What::Date(y)) = (a.what, b.what) {
            let apart = self.pair(super::Pair::Sub, x, y);
            let state = self.combine(&a, &b);
            return Ok(Value { what: What::Number(Number::whole(apart, -10_000_000, 10_000_000, 1)), state });
        }
        let op = match op {
            Arith::Add => Arithmetic::Add,
            Arith::Sub => Arithmetic::Sub,
            Arith::Mul | Arith::Of => Arithmetic::Mul,
            Arith::Div => Arithmetic::Div,
        };
        self.arithmetic(op, &a, &b)
    }

    pub fn as_of_in(&self, env: Env) -> Date {
        let months = (i64::from(env.year) - i64::from(self.year)) * 12;
        if months == 0 { self.as_of } else { self.as_of.add_months(months).unwrap_or(self.as_of) }
    }

    fn fact(&mut self, fact: FactId, env: Env) -> Held<'a> {
        let Some(declared) = self.scheme.fact(fact) else { return Ok(Value::UNKNOWN) };
        let (year, month) = match (declared.by_month, declared.by_year) {
            (true, _) => (env.year, env.month),
            (_, true) => (env.year, 0),
            _ => (self.year, 0),
        };
        let at = self.layout.of(About::FactAt(fact, year, month));
        let plain = if month == 0 && year == self.year { self.layout.of(About::Fact(fact)) } else { None };
        match (plain, at) {
            (None, None) => Ok(Value::UNKNOWN),
            (Some(one), None) | (None, Some(one)) => self.column(one),
            (Some(plain), Some(at)) => {
                let (plain, at) = (self.column(plain)?, self.column(at)?);
                self.choose_value(plain.state.known, &plain, &at)
            }
        }
    }

    fn param(&mut self, id: ParamId, env: Env) -> Held<'a> {
        let scheme = self.scheme;
        let Some(param) = scheme.params.get(id.index()) else { return Ok(Value::ABSENT) };
        let mut value = Value::UNKNOWN;
        let mut facts = Vec::with_capacity(param.by.len());
        for fact in &param.by {
            facts.push(self.fact(*fact, env)?);
        }
        let mut seen: Vec<&[u16]> = Vec::new();
        for row in &param.rows {
            if seen.contains(&row.choices.as_slice()) || row.choices.len() != param.by.len() {
                continue;
            }
            seen.push(&row.choices);
            let Some(number) = self.row_of(id, &row.choices, env) else { continue };
            let mut here = Bit::Yes;
            for (fact, choice) in facts.iter().zip(&row.choices) {
                let is = match fact.what {
                    What::Choice(of) => self.among(of, &[*choice]),
                    _ => Bit::No,
                };
                let is = self.and(is, fact.state.known);
                here = self.and(here, is);
            }
            let row = Value::known(What::Number(Number::constant(number)?));
            value = self.choose_value(here, &row, &value)?;
        }
        // What comes with the application is the award year's; other years are the table's.
        if (!param.by_year || env.year == self.year)
            && let Some(given) = self.layout.of(About::Rate(id))
        {
            let given = self.column(given)?;
            return self.choose_value(given.state.known, &given, &value);
        }
        Ok(value)
    }

    /// The row of a parameter that holds for these choices.
    fn row_of(&self, id: ParamId, choices: &[u16], env: Env) -> Option<Rational> {
        self.scheme.params.get(id.index())?.row_in_force(choices, env.year, self.as_of).map(|row| row.value)
    }

    fn nth_year(&mut self, inner: NodeId, env: Env) -> Held<'a> {
        let value = self.eval(inner, env)?;
        match value.what {
            What::Year(first) => {
                let apart = self.pair(super::Pair::Sub, Int::Const(i64::from(env.year) + 1), first);
                let months = self.pair(super::Pair::Mul, apart, Int::Const(12));
                Ok(Value { what: What::Number(Number::whole(months, -1_000_000, 1_000_000, 1)), ..value })
            }
            What::Date(start) => {
                let passed = self.full_years(start, day_number(self.as_of_in(env)));
                let apart = self.pair(super::Pair::Add, passed, Int::Const(1));
                let months = self.pair(super::Pair::Mul, apart, Int::Const(12));
                Ok(Value { what: What::Number(Number::whole(months, -1_000_000, 1_000_000, 1)), ..value })
            }
            What::Nothing => Ok(value),
            _ => Err(NotHeld("年次 of other than a day or year")),
        }
    }

    /// A choice between two values by a bit that is decided in every row.
    pub fn choose_value(&mut self, by: Bit, a: &Value<'a>, b: &Value<'a>) -> Held<'a> {
        match by {
            Bit::Yes => return Ok(*a),
            Bit::No => return Ok(*b),
            _ => {}
        }
        let mut state = State {
            known: self.choose_bit(by, a.state.known, b.state.known),
            absent: self.choose_bit(by, a.state.absent, b.state.absent),
            bad: self.choose_bit(by, a.state.bad, b.state.bad),
        };
        let what = match (a.what, b.what) {
            (What::Nothing, other) | (other, What::Nothing) => other,
            (What::Number(x), What::Number(y)) => {
                let (number, bad) = self.choose_number(by, &x, &y);
                state.bad = self.or(state.bad, bad);
                What::Number(number)
            }
            (What::YesNo(x), What::YesNo(y)) => What::YesNo(self.choose_bit(by, x, y)),
            (What::Date(x), What::Date(y)) => What::Date(self.choose(by, x, y)),
            (What::Year(x), What::Year(y)) => What::Year(self.choose(by, x, y)),
            (What::Choice(x), What::Choice(y)) => What::Choice(self.choose(by, x, y)),
            _ => return Err(NotHeld("a choice between words")),
        };
        Ok(Value { what, state })
    }

    pub fn modify(&mut self, x: &Value<'a>, modifier: Modifier, v: &Value<'a>) -> Held<'a> {
        let op = match modifier {
            Modifier::IfAbsent => return self.choose_value(x.state.absent, v, x),
            Modifier::AtMost => Arithmetic::Min,
            Modifier::AtLeast => Arithmetic::Max,
            Modifier::Less => Arithmetic::Less,
            Modifier::Bonus => Arithmetic::Add,
            Modifier::DownTo => {
                let steps = self.arithmetic(Arithmetic::Steps, x, v)?;
                return self.arithmetic(Arithmetic::Mul, &steps, v);
            }
        };
        let value = self.arithmetic(op, x, v)?;
        if matches!(modifier, Modifier::Bonus | Modifier::Less) {
            return self.choose_value(v.state.absent, x, &value);
        }
        Ok(value)
    }

    /// A comparison: false where a side is absent, unknown where the first is unknown before that.
    pub fn test_values(&mut self, a: &Value<'a>, b: &Value<'a>, holds: Bit) -> Value<'a> {
        let second = self.or(b.state.known, b.state.absent);
        let second = self.and(a.state.known, second);
        let known = self.or(a.state.absent, second);
        let both = self.and(a.state.known, b.state.known);
        let yes = self.and(both, holds);
        let bad = self.or(a.state.bad, b.state.bad);
        let known = self.but(known, bad);
        Value { what: What::YesNo(yes), state: State { known, absent: Bit::No, bad } }
    }

    pub fn compared(&mut self, compare: Compare, a: &Value<'a>, b: &Value<'a>) -> Held<'a> {
        let (test, swapped) = match compare {
            Compare::Ge => (Test::AtMost, true),
            Compare::Gt => (Test::Less, true),
            Compare::Le => (Test::AtMost, false),
            Compare::Lt => (Test::Less, false),
        };
        let (x, y) = if swapped { (b, a) } else { (a, b) };
        let holds = match (x.what, y.what) {
            (What::Number(x), What::Number(y)) => self.compare(test, &x, &y),
            (What::Date(x), What::Date(y)) | (What::Year(x), What::Year(y)) => self.test(test, x, y),
            (What::Nothing, _) | (_, What::Nothing) => Bit::No,
            _ => return Err(NotHeld("a comparison of different things")),
        };
        Ok(self.test_values(a, b, holds))
    }

    fn condition(&mut self, op: &'a Op, env: Env) -> Held<'a> {
        match op {
            Op::Compare(compare, _, a, b) | Op::DateCompare(compare, _, a, b) => {
                let (a, b) = (self.eval(*a, env)?, self.eval(*b, env)?);
                self.compared(*compare, &a, &b)
            }
            Op::FirstReach { compare, value, bound, since, .. } => self.first_reach(*compare, *value, *bound, *since, env),
            Op::Between(x, low, low_in, high, high_in) => {
                let (x, low, high) = (self.eval(*x, env)?, self.eval(*low, env)?, self.eval(*high, env)?);
                let above = self.compared(if *low_in { Compare::Ge } else { Compare::Gt }, &x, &low)?;
                let below = self.compared(if *high_in { Compare::Le } else { Compare::Lt }, &x, &high)?;
                self.every(&[above, below])
            }
            Op::Is(a, b, negated) => {
                let (a, b) = (self.eval(*a, env)?, self.eval(*b, env)?);
                let same = self.equal(&a, &b)?;
                let holds = if *negated { self.not(same) } else { same };
                Ok(self.test_values(&a, &b, holds))
            }
            Op::In(a, set) => {
                let a = self.eval(*a, env)?;
                let holds = match a.what {
                    What::Choice(of) => self.among(of, set),
                    What::Nothing => Bit::No,
                    _ => return Err(NotHeld("属于 of other than a choice")),
                };
                let yes = self.and(holds, a.state.known);
                let known = self.or(a.state.known, a.state.absent);
                Ok(Value { what: What::YesNo(yes), state: State { known, absent: Bit::No, bad: a.state.bad } })
            }
            Op::Aged { date, length, days, until } => self.aged(*date, *length, *days, *until, env),
            Op::Not(inner) => {
                let value = self.eval(*inner, env)?;
                let yes = value.yes_no()?;
                let not = self.but(value.state.known, yes);
                Ok(Value { what: What::YesNo(not), ..value })
            }
            Op::Junction(all, parts) => {
                let values = parts.iter().map(|part| self.eval(*part, env)).collect::<Result<Vec<_>, _>>()?;
                if *all { self.every(&values) } else { self.any(&values) }
            }
            _ => Ok(Value::ABSENT),
        }
    }

    /// Whether two known values are the same.
    pub fn equal(&mut self, a: &Value<'a>, b: &Value<'a>) -> Result<Bit, NotHeld> {
        Ok(match (a.what, b.what) {
            (What::Nothing, _) | (_, What::Nothing) => Bit::No,
            (What::Number(x), What::Number(y)) => self.compare(Test::Equal, &x, &y),
            (What::YesNo(x), What::YesNo(y)) => {
                let (only_x, only_y) = (self.but(x, y), self.but(y, x));
                let differ = self.or(only_x, only_y);
                self.not(differ)
            }
            (What::Date(x), What::Date(y)) | (What::Year(x), What::Year(y)) | (What::Choice(x), What::Choice(y)) => self.test(Test::Equal, x, y),
            (What::Words(x), What::Words(y)) => {
                if x == y {
                    Bit::Yes
                } else {
                    Bit::No
                }
            }
            (What::WordsOf(column), What::Words(words)) | (What::Words(words), What::WordsOf(column)) => self.words(column, words),
            (What::WordsOf(x), What::WordsOf(y)) => self.same_words(x, y),
            _ => return Err(NotHeld("different things")),
        })
    }

    /// 满: a day at the latest from which so long has passed is worked out once.
    fn aged(&mut self, date: NodeId, length: NodeId, days: bool, until: Option<NodeId>, env: Env) -> Held<'a> {
        let (start, length) = (self.eval(date, env)?, self.eval(length, env)?);
        let end = match until {
            Some(until) => self.eval(until, env)?,
            None => Value::known(What::Date(Int::Const(day_number(self.as_of_in(env))))),
        };
        if start.what == What::Nothing {
            let state = self.combine(&start, &length);
            return Ok(self.test_values(&Value { what: What::Nothing, state }, &end, Bit::No));
        }
        let (What::Date(from), Some(n)) = (start.what, whole_length(&length)) else { return Err(NotHeld("满 with a length of the applicant's")) };
        let What::Date(Int::Const(end_day)) = end.what else {
            let full = self.later(&start, n, days)?;
            return self.compared(Compare::Le, &full, &end);
        };
        let (last, last_sound) = last_start(n, days, end_day).ok_or(NotHeld("满 beyond the calendar"))?;
        let holds = self.test(Test::AtMost, from, Int::Const(last));
        // Where so long after the start lies beyond the calendar, policy says so.
        let beyond = self.test(Test::Less, Int::Const(last_sound), from);
        let beyond = self.and(beyond, start.state.known);
        let mut value = self.test_values(&start, &end, holds);
        value.state.bad = self.or(value.state.bad, beyond);
        value.state.known = self.but(value.state.known, beyond);
        Ok(value)
    }

    /// A day so many days or months later.
    fn later(&mut self, date: &Value<'a>, length: i64, days: bool) -> Held<'a> {
        let What::Date(day) = date.what else { return Ok(*date) };
        let (day, beyond) = self.later_day(day, length, days);
        let beyond = self.and(beyond, date.state.known);
        let state = State { known: self.but(date.state.known, beyond), bad: self.or(date.state.bad, beyond), ..date.state };
        Ok(Value { what: What::Date(day), state })
    }

    fn first_reach(&mut self, compare: Compare, value: NodeId, bound: NodeId, since: i32, env: Env) -> Held<'a> {
        let mut all = Vec::new();
        for year in std::iter::once(env.year).chain(since..env.year) {
            let then = Env { year, ..env };
            let (x, v) = (self.eval(value, then)?, self.eval(bound, then)?);
            let mut test = self.compared(compare, &x, &v)?;
            if year != env.year {
                let yes = test.yes_no()?;
                test.what = What::YesNo(self.but(test.state.known, yes));
            }
            all.push(test);
        }
        self.every(&all)
    }

    /// Kleene: false where one is false or absent, true where all are.
    pub fn every(&mut self, values: &[Value<'a>]) -> Held<'a> {
        let (mut held, mut fails, mut bad) = (Bit::Yes, Bit::No, Bit::No);
        for value in values {
            let yes = value.yes_no()?;
            let yes = self.and(yes, value.state.known);
            let no = self.but(value.state.known, yes);
            let no = self.or(no, value.state.absent);
            held = self.and(held, yes);
            fails = self.or(fails, no);
            bad = self.or(bad, value.state.bad);
        }
        // Where one fails, what is bad in another does not matter.
        let bad = self.but(bad, fails);
        let known = self.or(held, fails);
        Ok(Value { what: What::YesNo(held), state: State { known, absent: Bit::No, bad } })
    }

    /// Kleene: true where one is true, false where none may be.
    pub fn any(&mut self, values: &[Value<'a>]) -> Held<'a> {
        let (mut held, mut fails, mut bad) = (Bit::No, Bit::Yes, Bit::No);
        for value in values {
            let yes = value.yes_no()?;
            let yes = self.and(yes, value.state.known);
            let no = self.but(value.state.known, yes);
            let no = self.or(no, value.state.absent);
            held = self.or(held, yes);
            fails = self.and(fails, no);
            bad = self.or(bad, value.state.bad);
        }
        let bad = self.but(bad, held);
        let known = self.or(held, fails);
        Ok(Value { what: What::YesNo(held), state: State { known, absent: Bit::No, bad } })
    }

    fn branch(&mut self, condition: NodeId, a: NodeId, b: NodeId, env: Env) -> Held<'a> {
        let condition = self.eval(condition, env)?;
        let (a, b) = (self.eval(a, env)?, self.eval(b, env)?);
        let yes = condition.yes_no()?;
        let yes = self.and(yes, condition.state.known);
        let mut chosen = self.choose_value(yes, &a, &b)?;
        chosen.state.bad = self.or(chosen.state.bad, condition.state.bad);
        let decided = self.or(condition.state.known, condition.state.absent);
        let open = self.not(decided);
        self.candidates(open, chosen, &[(open, a), (open, b)])
    }
}

/// A length that is the same in every row, in whole days or months.
fn whole_length(length: &Value<'_>) -> Option<i64> {
    let What::Number(number) = length.what else { return None };
    let whole = number.as_constant().filter(|n| n.is_integer() && length.state == State::KNOWN)?;
    i64::try_from(whole.numerator()).ok().filter(|n| n.abs() < 4_000_000)
}

/// The last day from which so long has passed by a day, and the last for which so long after is a day at all.
fn last_start(length: i64, days: bool, end: i64) -> Option<(i64, i64)> {
    let after = |day: i64| {
        let date = date_of(day)?;
        if days { date.add_days(length) } else { date.add_months(length) }.map(day_number)
    };
    let (first, last) = (day_number(Date::new(1, 1, 1)?), day_number(Date::LAST));
    // Both grow with the day: the last of each is found by halving.
    let last_where = |holds: &dyn Fn(i64) -> bool| {
        let (mut low, mut high) = (first - 1, last);
        while low < high {
            let middle = low + (high - low + 1) / 2;
            if holds(middle) { low = middle } else { high = middle - 1 }
        }
        low
    };
    let sound = last_where(&|day| after(day).is_some());
    if length < 0 && after(first).is_none() {
        return None;
    }
    let passed = last_where(&|day| after(day).is_some_and(|then| then <= end));
    Some((passed, sound))
}
