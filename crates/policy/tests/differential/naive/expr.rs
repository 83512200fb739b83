//! Values and conditions, node by node.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use policy::syntax::ast::{Arith, Bound, Compare, Expr, ExprKind, FactDecl, Gather, Memory, Modifier, Name, Period, TableDecl, TableKey, TypeWord, YearRef};
use values::{Date, Unit};

use super::person::Given;
use super::value::{Got, Miss, Missing, Q, Truth, Value, all, any, big, divided, lift, lift_numbers, only, same, times, unit_of, whole};
use super::{KIND, World};

/// Where an expression is evaluated.
#[derive(Clone, Debug)]
pub struct Here {
    /// Whose.
    pub person: usize,
    /// In which clause.
    pub clause: Option<usize>,
    /// The year in force.
    pub year: i32,
    /// The month in force, or 0.
    pub month: u8,
    /// Records in force: list and position, the innermost last.
    pub records: Vec<(String, usize)>,
    /// 名次
    pub place: Option<Got>,
    /// 已付额
    pub paid: Option<BigInt>,
}

impl World<'_> {
    /// The award year of somebody, outside any record.
    pub fn start(&self, person: usize, clause: Option<usize>) -> Here {
        let year = self.people[person].year;
        Here { person, clause, year, month: 0, records: Vec::new(), place: None, paid: None }
    }

    fn shifted(here: &Here, period: Period) -> Here {
        let mut there = here.clone();
        match period.year {
            Some(YearRef::Last) => there.year -= 1,
            Some(YearRef::Fixed(year)) => there.year = year,
            None => {}
        }
        there.month = period.month.unwrap_or(here.month);
        there
    }

    /// An expression.
    pub fn value(&self, expr: &Expr, here: &Here) -> Got {
        match &expr.kind {
            ExprKind::Quantity(number, word) => {
                let (unit, scale) = unit_of(word);
                Got::number(big(*number) * scale, Some(unit))
            }
            ExprKind::Ratio(number) => Got::number(big(*number), Some(Unit::none())),
            ExprKind::Year(year) => Got::Known(Value::Year(*year)),
            ExprKind::Date(date) => Got::Known(Value::Date(*date)),
            ExprKind::Text(text) => Got::Known(Value::Text(text.clone())),
            ExprKind::YesNo(yes) => Truth::of(*yes).got(),
            ExprKind::Name(name) => self.name(name, here),
            ExprKind::At(period, inner) => self.value(inner, &Self::shifted(here, *period)),
            // reading: 年度 is the year in force, as 年次 needs it; outside 每个 and 上年 that is the award year.
            ExprKind::AwardYear => Got::Known(Value::Year(here.year)),
            ExprKind::AsOf => Got::Known(Value::Date(self.as_of(here))),
            ExprKind::Place => here.place.clone().expect("名次 stands in a clause with 排名"),
            ExprKind::AmountPaid => match &here.paid {
                Some(paid) => Got::number(Q::from_integer(paid.clone()), Some(Unit::cny())),
                None => Got::Unknown(only(Miss::AmountPaid)),
            },
            ExprKind::Memory(memory) => self.memory(*memory, here),
            ExprKind::ClauseAmount(id) => self.amount_of(here.person, self.rule_named(&id.text)),
            ExprKind::NthYear(date) => self.nth_year(date, here),
            ExprKind::YearOf(date) => match self.value(date, here) {
                Got::Known(Value::Date(date)) => Got::Known(Value::Year(date.year())),
                Got::Known(other) => panic!("年份 of {other:?}"),
                other => other,
            },
            ExprKind::Arith(op, left, right) => self.arith(*op, left, right, here),
            ExprKind::Above(x, v) => lift_numbers(self.value(x, here), self.value(v, here), |x, v, unit| Got::number(at_least_zero(x - v), unit)),
            ExprKind::UpTo(x, v) => lift_numbers(self.value(x, here), self.value(v, here), |x, v, unit| Got::number(x.min(v), unit)),
            ExprKind::Steps(x, step, each) => {
                let steps = lift_numbers(self.value(x, here), self.value(step, here), |x, step, _| {
                    if step.is_zero() { Got::Fault } else { Got::number(at_least_zero((x / step).floor()), Some(Unit::none())) }
                });
                self.product(steps, self.value(each, here))
            }
            ExprKind::Rise(x, period) => {
                let base = self.value(x, &Self::shifted(here, *period));
                lift_numbers(self.value(x, here), base, |now, base, unit| Got::number(at_least_zero(now - base), unit))
            }
            ExprKind::Growth(x, period) => {
                let base = self.value(x, &Self::shifted(here, *period));
                lift_numbers(
                    self.value(x, here),
                    base,
                    |now, base, _| {
                        if base.is_zero() { Got::Fault } else { Got::number(now / base - whole(1), Some(Unit::none())) }
                    },
                )
            }
            ExprKind::Modified(base, modifier, argument) => self.modified(base, *modifier, argument, here),
            ExprKind::Paren(inner) => self.value(inner, here),
            ExprKind::If(..) | ExprKind::Tier { .. } | ExprKind::Case { .. } | ExprKind::Bracket { .. } => self.selection(expr, here),
            ExprKind::Gather { op, .. } | ExprKind::Fold { op, .. } => match op {
                Gather::Any | Gather::All | Gather::AtLeast(_) => self.test(expr, here).got(),
                _ => self.collective(expr, here),
            },
            ExprKind::Broken => panic!("a broken expression"),
            _ => self.test(expr, here).got(),
        }
    }

    /// A condition.
    pub fn test(&self, expr: &Expr, here: &Here) -> Truth {
        match &expr.kind {
            ExprKind::Compare(compare, _, left, right) => self.compare(*compare, left, right, here),
            ExprKind::FirstReach(compare, _, value, bound) => {
                let mut tests = vec![self.compare(*compare, value, bound, here)];
                let first = self.since(value, here).expect("首次 needs 自");
                for year in first..here.year {
                    let there = Here { year, ..here.clone() };
                    tests.push(self.compare(*compare, value, bound, &there).not());
                }
                all(&tests)
            }
            ExprKind::Between(value, low, high) => {
                let value = self.value(value, here);
                all(&[self.over(&value, low, here), self.under(&value, high, here)])
            }
            ExprKind::Is(left, right, negated) => {
                let is = self.truth(lift(self.value(left, here), self.value(right, here), |a, b| Truth::of(same(&a, &b)).got()));
                if *negated { is.not() } else { is }
            }
            ExprKind::In(value, names) => self.truth(match self.value(value, here) {
                Got::Known(Value::Choice(word)) => Truth::of(names.iter().any(|name| name.text == word)).got(),
                Got::Known(other) => panic!("属于 of {other:?}"),
                other => other,
            }),
            ExprKind::Aged(date, length, until) => {
                let until = match until {
                    Some(until) => self.value(until, here),
                    None => Got::Known(Value::Date(self.as_of(here))),
                };
                self.aged(self.value(date, here), self.value(length, here), until)
            }
            ExprKind::DateCompare(compare, _, left, right) => self.truth(lift(self.value(left, here), self.value(right, here), |a, b| {
                let order = match (&a, &b) {
                    (Value::Date(a), Value::Date(b)) => a.cmp(b),
                    (Value::Year(a), Value::Year(b)) => a.cmp(b),
                    other => panic!("dates or years are wanted, not {other:?}"),
                };
                Truth::of(holds(*compare, order)).got()
            })),
            ExprKind::Not(inner) => self.test(inner, here).not(),
            ExprKind::And(parts) => all(&self.tests(parts, here)),
            ExprKind::Or(parts) => any(&self.tests(parts, here)),
            ExprKind::ClauseEligible(id) => self.eligible(here.person, self.rule_named(&id.text)),
            ExprKind::Gather { op: Gather::Any | Gather::All | Gather::AtLeast(_), .. }
            | ExprKind::Fold { op: Gather::Any | Gather::All | Gather::AtLeast(_), .. } => self.collective_test(expr, here),
            _ => self.truth(self.value(expr, here)),
        }
    }

    fn tests(&self, parts: &[Expr], here: &Here) -> Vec<Truth> {
        parts.iter().map(|part| self.test(part, here)).collect()
    }

    /// The truth a value stands for; a fault is unknown, and a condition is never absent.
    pub fn truth(&self, got: Got) -> Truth {
        match got {
            Got::Known(Value::YesNo(yes)) => Truth::of(yes),
            Got::Known(other) => panic!("a condition is wanted, not {other:?}"),
            Got::Absent => panic!("a condition may not be absent"),
            other => Truth::Unknown(other.reasons()),
        }
    }

    /// A comparison of two values that are already known, or not.
    pub fn ordered(&self, compare: Compare, left: Got, right: Got) -> Truth {
        assert!(left != Got::Absent && right != Got::Absent, "an absent value is compared");
        // The fault is why, but what is missing beside it is not lost: a comparison is unknown either way.
        self.truth(lift_numbers(left, right, |x, y, _| Truth::of(holds(compare, x.cmp(&y))).got()))
    }

    fn compare(&self, compare: Compare, left: &Expr, right: &Expr, here: &Here) -> Truth {
        let (left, right) = (self.value(left, here), self.value(right, here));
        match (&left, &right) {
            // 满 on a date: so long since then.
            (Got::Known(Value::Date(_)), Got::Known(Value::Number(..))) => self.aged(left, right, Got::Known(Value::Date(self.as_of(here)))),
            (Got::Known(Value::Year(a)), Got::Known(Value::Year(b))) => Truth::of(holds(compare, a.cmp(b))),
            _ => self.ordered(compare, left, right),
        }
    }

    /// Whether a value lies on the upper side of a lower bound.
    pub fn over(&self, value: &Got, low: &Bound, here: &Here) -> Truth {
        let compare = if low.included { Compare::Ge } else { Compare::Gt };
        self.ordered(compare, value.clone(), self.value(&low.value, here))
    }

    /// Whether a value lies on the lower side of an upper bound.
    pub fn under(&self, value: &Got, high: &Bound, here: &Here) -> Truth {
        let compare = if high.included { Compare::Le } else { Compare::Lt };
        self.ordered(compare, value.clone(), self.value(&high.value, here))
    }

    fn aged(&self, date: Got, length: Got, until: Got) -> Truth {
        let due = lift(date, length, |date, length| {
            let (Value::Date(date), Value::Number(length, Some(unit))) = (date, length) else { panic!("满 wants a date and a duration") };
            let count = i64::try_from(length.to_integer()).unwrap();
            let due = if unit == Unit::month() { date.add_months(count) } else { date.add_days(count) };
            Got::Known(Value::Date(due.unwrap()))
        });
        self.truth(lift(due, until, |due, until| match (due, until) {
            (Value::Date(due), Value::Date(until)) => Truth::of(due <= until).got(),
            other => panic!("满 wants days, not {other:?}"),
        }))
    }

    fn name(&self, name: &Name, here: &Here) -> Got {
        let text = name.text.as_str();
        for (list, record) in here.records.iter().rev() {
            if let Some(field) = self.field(list, text) {
                return self.record_field(list, *record, field, here);
            }
        }
        if let Some(inner) = self.named(text, here.clause) {
            return self.value(inner, here);
        }
        if text == KIND {
            let person = &self.people[here.person];
            return match &person.kind {
                Some(kind) => Got::Known(Value::Choice(kind.clone())),
                None => Got::Unknown(only(Miss::Fact(KIND.to_owned(), person.year, 0))),
            };
        }
        if let Some(fact) = self.facts.get(text) {
            return match self.given(fact, here) {
                Ok(given) => known(given, fact),
                Err(missing) => Got::Unknown(missing),
            };
        }
        if let Some(table) = self.tables.get(text) {
            return self.parameter(table, here);
        }
        // A bare value of a choice in whose place it stands.
        Got::Known(Value::Choice(text.to_owned()))
    }

    /// What is given for a fact in the period in force.
    pub fn given(&self, fact: &FactDecl, here: &Here) -> Result<&Given, Missing> {
        let person = &self.people[here.person];
        let (year, month) = match (fact.by_year, fact.by_month) {
            (_, true) => (here.year, here.month),
            (true, false) => (here.year, 0),
            (false, false) => (person.year, 0),
        };
        let key = (fact.name.text.clone(), year, month);
        person.facts.get(&key).ok_or_else(|| only(Miss::Fact(key.0.clone(), year, month)))
    }

    fn record_field(&self, list: &str, record: usize, field: &FactDecl, here: &Here) -> Got {
        let Ok(Given::List(records)) = self.given(self.facts[list], here) else { panic!("no records of {list}") };
        match records[record].get(&field.name.text) {
            Some(given) => known(given, field),
            None => Got::Unknown(only(Miss::Field(list.to_owned(), field.name.text.clone(), record + 1))),
        }
    }

    fn parameter(&self, table: &TableDecl, here: &Here) -> Got {
        let person = &self.people[here.person];
        let unit = match &table.ty {
            TypeWord::Unit(word) => unit_of(word).0,
            TypeWord::Ratio => Unit::none(),
            other => panic!("a parameter of type {other:?}"),
        };
        // What comes with the application is the award year's.
        let now = !table.by_year || here.year == person.year;
        if let Some(value) = person.params.get(&table.name.text).filter(|_| now) {
            return Got::number(value.clone(), Some(unit));
        }
        let mut keys: Vec<String> = Vec::new();
        let mut missing = Missing::new();
        for by in &table.by {
            match self.name(by, here) {
                Got::Known(Value::Choice(word)) => keys.push(word),
                Got::Unknown(more) => missing.extend(more),
                other => panic!("a table by {other:?}"),
            }
        }
        if !missing.is_empty() {
            return Got::Unknown(missing);
        }
        let mut found: Option<(Option<Date>, &Expr)> = None;
        for row in &table.rows {
            // A row that is announced later is not known yet (公布).
            let announced = row.announced.is_none_or(|day| day <= person.as_of);
            let (mut day, mut fits, mut choice) = (None, announced, keys.iter());
            for key in &row.keys {
                match key {
                    TableKey::Day(from) => {
                        let old = table.valid_days.is_some_and(|most| from.days_until(person.as_of) > i64::from(most));
                        fits &= *from <= person.as_of && !old;
                        day = Some(*from);
                    }
                    TableKey::Year(year) => fits &= *year == here.year,
                    TableKey::Choice(name) => fits &= choice.next() == Some(&name.text),
                }
            }
            if fits && found.is_none_or(|(known, _)| day >= known) {
                found = Some((day, &row.value));
            }
        }
        match found {
            Some((_, value)) => self.value(value, here),
            None => {
                let year = if table.by_year { here.year } else { person.year };
                Got::Unknown(only(Miss::Param(table.name.text.clone(), year)))
            }
        }
    }

    fn memory(&self, memory: Memory, here: &Here) -> Got {
        let person = &self.people[here.person];
        let id = &self.rules[here.clause.expect("本条 stands in a clause")].id;
        let entries = person.history.iter().filter(|past| past.clause == *id && past.amount.is_positive());
        match memory {
            Memory::Received => {
                let sum: BigInt = entries.map(|past| past.amount.clone()).sum();
                Got::number(Q::from_integer(sum), Some(Unit::cny()))
            }
            Memory::FirstYear => Got::Known(Value::Year(entries.map(|past| past.year).min().unwrap_or(person.year))),
        }
    }

    /// 截止 in the year in force: the same day of that year.
    fn as_of(&self, here: &Here) -> Date {
        let person = &self.people[here.person];
        let years = i64::from(here.year) - i64::from(person.year);
        if years == 0 { person.as_of } else { person.as_of.add_months(years * 12).unwrap() }
    }

    fn nth_year(&self, date: &Expr, here: &Here) -> Got {
        let years = match self.value(date, here) {
            Got::Known(Value::Year(first)) => i64::from(here.year - first + 1),
            Got::Known(Value::Date(date)) => date.full_years_until(self.as_of(here)) + 1,
            Got::Known(other) => panic!("年次 of {other:?}"),
            other => return other,
        };
        Got::number(whole(years * 12), Some(Unit::month()))
    }

    fn product(&self, a: Got, b: Got) -> Got {
        lift(a, b, |a, b| match (a, b) {
            (Value::Number(x, ux), Value::Number(y, uy)) => times((x, ux), (y, uy)),
            other => panic!("two numbers are wanted, not {other:?}"),
        })
    }

    fn arith(&self, op: Arith, left: &Expr, right: &Expr, here: &Here) -> Got {
        let (left, right) = (self.value(left, here), self.value(right, here));
        match op {
            Arith::Mul | Arith::Of => self.product(left, right),
            Arith::Div => lift(left, right, |a, b| match (a, b) {
                (Value::Number(x, ux), Value::Number(y, uy)) => divided((x, ux), (y, uy)),
                other => panic!("two numbers are wanted, not {other:?}"),
            }),
            Arith::Add => lift_numbers(left, right, |x, y, unit| Got::number(x + y, unit)),
            Arith::Sub => match (&left, &right) {
                (Got::Known(Value::Date(a)), Got::Known(Value::Date(b))) => Got::number(whole(b.days_until(*a)), Some(Unit::day())),
                (Got::Known(Value::Year(a)), Got::Known(Value::Year(b))) => Got::number(whole(i64::from(a - b) * 12), Some(Unit::month())),
                _ => lift_numbers(left, right, |x, y, unit| Got::number(x - y, unit)),
            },
        }
    }

    fn modified(&self, base: &Expr, modifier: Modifier, argument: &Expr, here: &Here) -> Got {
        self.apply(self.value(base, here), modifier, argument, here)
    }

    /// A modifier on a value.
    pub fn apply(&self, base: Got, modifier: Modifier, argument: &Expr, here: &Here) -> Got {
        if modifier == Modifier::IfAbsent {
            // reading: while the base is unknown, what stands in for it is not asked for.
            return if base == Got::Absent { self.value(argument, here) } else { base };
        }
        let argument = self.value(argument, here);
        // reading: 扣除 of nothing deducts nothing, as 另加 of nothing adds nothing.
        if matches!(modifier, Modifier::Bonus | Modifier::Less) && argument == Got::Absent {
            return base;
        }
        lift_numbers(base, argument, |x, v, unit| match modifier {
            Modifier::AtMost => Got::number(x.min(v), unit),
            Modifier::AtLeast => Got::number(x.max(v), unit),
            Modifier::Less => Got::number(at_least_zero(x - v), unit),
            Modifier::Bonus => Got::number(x + v, unit),
            Modifier::DownTo if v.is_zero() => Got::Fault,
            Modifier::DownTo => Got::number((x / &v).floor() * v, unit),
            Modifier::IfAbsent => unreachable!(),
        })
    }

    /// The first year that a measure is asked for.
    pub fn since(&self, measure: &Expr, here: &Here) -> Option<i32> {
        match &measure.kind {
            ExprKind::Name(name) => match self.named(&name.text, here.clause) {
                Some(inner) => self.since(inner, here),
                None => self.facts.get(name.text.as_str()).and_then(|fact| fact.since),
            },
            ExprKind::Paren(inner) | ExprKind::Modified(inner, _, _) => self.since(inner, here),
            ExprKind::Arith(_, left, right) => self.since(left, here).or_else(|| self.since(right, here)),
            _ => None,
        }
    }
}

/// A given value as a result.
fn known(given: &Given, fact: &FactDecl) -> Got {
    Got::Known(match given {
        Given::YesNo(yes) => Value::YesNo(*yes),
        Given::Number(number) => Value::Number(
            number.clone(),
            Some(match &fact.ty {
                TypeWord::Unit(word) => unit_of(word).0,
                _ => Unit::none(),
            }),
        ),
        Given::Date(date) => Value::Date(*date),
        Given::Year(year) => Value::Year(*year),
        Given::Choice(word) => Value::Choice(word.clone()),
        Given::Text(text) => Value::Text(text.clone()),
        Given::List(_) => panic!("a list is no value"),
    })
}

/// max(x, 0)
pub fn at_least_zero(x: Q) -> Q {
    if x.is_negative() { Q::zero() } else { x }
}

/// Whether an order satisfies a comparison.
pub fn holds(compare: Compare, order: std::cmp::Ordering) -> bool {
    match compare {
        Compare::Ge => order.is_ge(),
        Compare::Gt => order.is_gt(),
        Compare::Le => order.is_le(),
        Compare::Lt => order.is_lt(),
    }
}
