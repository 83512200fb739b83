//! The nodes of a scheme along one path: numbers as linear forms over measures, conditions as answers. It follows the
//! evaluator step by step for an applicant whose facts are all known.

use super::linear::{Constraint, Form};
use super::path::{Assumption, Path, Stop};
use super::space::{AtomId, DateStep, Options, Source, day_number};
use super::{Branch, Outcome};
use crate::scheme::{Arith, ChoiceSet, ClauseId, Compare, FactId, FactType, Modifier, NodeId, Op, ParamId, Period, Scheme, Type, YearRef};
use values::{Date, Rational};

/// Measures and atoms of one analysis; a rule over a hundred years of monthly facts has more.
const MEASURES_MAX: usize = 1_000;

/// Year, month and record in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Env {
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) record: u16,
}

/// Behind a fault the evaluator still finds a value where all rows agree; that is not followed here.
pub(super) const BEHIND_FAULT: Stop = Stop::Unexplored("除数为零以后怎样选", "what is chosen behind a divisor of zero");

/// What a node is along a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sym {
    Number(Form),
    /// Days since the epoch.
    Date(Form),
    Year(Form),
    /// A word, as choice or text.
    Word(String),
    /// The word an atom has.
    Atom(AtomId),
    YesNo(bool),
    Absent,
    Fault,
}

/// Walks the nodes of one scheme along a path.
pub(super) struct Walk<'a, 'p, 's> {
    pub(super) scheme: &'a Scheme,
    pub(super) path: &'p mut Path<'s>,
    pub(super) clause: ClauseId,
}

impl<'a> Walk<'a, '_, '_> {
    pub(super) fn env(&self) -> Env {
        Env { year: self.path.context.year, month: 0, record: 0 }
    }

    pub(super) fn value(&mut self, id: NodeId, env: Env) -> Result<Sym, Stop> {
        let scheme = self.scheme;
        let Some(node) = scheme.node(id) else { return Ok(Sym::Absent) };
        if node.ty == Type::YesNo && !matches!(node.op, Op::Named(..) | Op::At(..)) {
            return Ok(self.test(id, env)?.map_or(Sym::Fault, Sym::YesNo));
        }
        let year = |year: i32| Form::number(Rational::from(i64::from(year)));
        Ok(match &node.op {
            Op::Number(n) => Sym::Number(Form::number(*n)),
            Op::YesNo(b) => Sym::YesNo(*b),
            Op::Date(d) => Sym::Date(Form::number(day_number(*d))),
            Op::Year(y) => Sym::Year(year(*y)),
            Op::Choice(choice) => Sym::Word(self.choice(node.ty, *choice)),
            Op::Text(text) => Sym::Word(text.clone()),
            Op::Fact(fact) => self.fact(*fact, env)?,
            Op::Field(list, field) => self.field(*list, *field, env)?,
            Op::Param(param) => self.param(*param, env)?,
            Op::Named(_, inner) => return self.value(*inner, env),
            Op::At(period, inner) => return self.value(*inner, shift(*period, env)),
            Op::AwardYear => Sym::Year(year(env.year)),
            Op::AsOf => Sym::Date(Form::number(day_number(self.as_of(env)))),
            Op::Place => {
                self.path.takes_for_granted(Assumption::Alone);
                Sym::Number(Form::number(Rational::ONE))
            }
            Op::AmountPaid => return Err(Stop::Unexplored("已付额", "the amount paid")),
            Op::Received => {
                self.path.takes_for_granted(Assumption::NoHistory);
                Sym::Number(Form::default())
            }
            Op::FirstYear => {
                self.path.takes_for_granted(Assumption::NoHistory);
                Sym::Year(year(self.path.context.year))
            }
            _ => return self.computed(id, env),
        })
    }

    /// Nodes that work something out of others.
    fn computed(&mut self, id: NodeId, env: Env) -> Result<Sym, Stop> {
        let scheme = self.scheme;
        let Some(node) = scheme.node(id) else { return Ok(Sym::Absent) };
        Ok(match &node.op {
            Op::ClauseAmount(clause) => self.clause_amount(*clause)?,
            Op::NthYear(inner) => self.nth_year(*inner, env)?,
            Op::YearOf(inner) => match self.value(*inner, env)? {
                Sym::Date(form) => Sym::Year(self.of_date(&form, DateStep::YearOf)?),
                other => other,
            },
            Op::Shift(date, length, days, back) => {
                let (date, length) = (self.value(*date, env)?, self.value(*length, env)?);
                self.later(date, length, *days, *back)?
            }
            Op::Arith(op, a, b) => {
                let (a, b) = (self.value(*a, env)?, self.value(*b, env)?);
                self.arith(*op, a, b)?
            }
            Op::Above(a, b) => self.numbers(id, *a, *b, env, |walk, id, x, v| {
                let over = walk.greater(&x, &v)?;
                walk.path.took(id, Branch::Binds(over));
                Ok(if over { x.sub(&v)? } else { Form::default() })
            })?,
            Op::UpTo(a, b) => self.numbers(id, *a, *b, env, |walk, id, x, v| {
                let over = walk.greater(&x, &v)?;
                walk.path.took(id, Branch::Binds(over));
                Ok(if over { v } else { x })
            })?,
            Op::Steps(x, step, each) => self.steps(*x, *step, *each, env)?,
            Op::Rise(x, period) => {
                let (now, then) = (self.value(*x, env)?, self.value(*x, shift(*period, env))?);
                both(now, then, |a, b| Ok(Sym::Number(if self.greater(&a, &b)? { a.sub(&b)? } else { Form::default() })))?
            }
            Op::Growth(x, period) => {
                let (now, then) = (self.value(*x, env)?, self.value(*x, shift(*period, env))?);
                match self.arith(Arith::Div, now, then)? {
                    Sym::Number(ratio) => Sym::Number(ratio.sub(&Form::number(Rational::ONE))?),
                    other => other,
                }
            }
            Op::If(condition, a, b) => match self.test(*condition, env)? {
                Some(yes) => {
                    self.path.took(id, Branch::Row(u16::from(!yes)));
                    return self.value(if yes { *a } else { *b }, env);
                }
                None => return Err(BEHIND_FAULT),
            },
            Op::Modified(x, modifier, v) => {
                let (x, v) = (self.value(*x, env)?, self.value(*v, env)?);
                self.modify(id, x, *modifier, v)?
            }
            Op::Tier(tier) => self.tier(id, tier, node.ty, env)?,
            Op::Case(subject, rows, otherwise) => self.case(id, *subject, rows, *otherwise, node.ty, env)?,
            Op::Bracket(measure, bands) => self.bracket(id, *measure, bands, env)?,
            Op::Gather(op, members, _) => self.gather(id, *op, members, env)?,
            Op::Fold { op, over, guard, body } => self.fold(id, *op, *over, *guard, *body, env)?,
            _ => return Err(Stop::Unexplored("这种写法", "this form")),
        })
    }

    fn choice(&self, ty: Type, choice: u16) -> String {
        match ty {
            Type::Choice(set) => self.scheme.choices(set).get(usize::from(choice)).cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The day of judgement in the year in force.
    pub(super) fn as_of(&self, env: Env) -> Date {
        let context = self.path.context;
        let months = (i64::from(env.year) - i64::from(context.year)) * 12;
        if months == 0 { context.as_of } else { context.as_of.add_months(months).unwrap_or(context.as_of) }
    }

    pub(super) fn fact(&mut self, id: FactId, env: Env) -> Result<Sym, Stop> {
        let Some(fact) = self.scheme.fact(id) else { return Ok(Sym::Absent) };
        let year = (fact.by_year || fact.by_month).then_some(env.year);
        let month = if fact.by_month { env.month } else { 0 };
        let source = Source::Fact { name: fact.name.clone(), year, month };
        self.given(source, &fact.ty, id.into())
    }

    pub(super) fn field(&mut self, list: FactId, field: u16, env: Env) -> Result<Sym, Stop> {
        let Some(fact) = self.scheme.fact(list) else { return Ok(Sym::Absent) };
        let FactType::List { fields, .. } = &fact.ty else { return Ok(Sym::Absent) };
        let Some(inner) = fields.get(usize::from(field)) else { return Ok(Sym::Absent) };
        let source = Source::Field { list: fact.name.clone(), field: inner.name.clone(), record: env.record };
        self.given(source, &inner.ty, ChoiceSet { fact: list, field: Some(field) })
    }

    fn given(&mut self, source: Source, ty: &FactType, set: ChoiceSet) -> Result<Sym, Stop> {
        let space = &mut *self.path.space;
        if space.measures.len() + space.atoms.len() > MEASURES_MAX {
            return Err(Stop::TooDeep);
        }
        Ok(match ty {
            FactType::YesNo => Sym::Atom(space.keep_atom(source, Options::YesNo)),
            FactType::Choice(_) => {
                let words = self.scheme.choices(set).to_vec();
                Sym::Atom(space.keep_atom(source, Options::Words(words)))
            }
            FactType::Text | FactType::List { .. } => Sym::Atom(space.keep_atom(source, Options::Text(Vec::new()))),
            FactType::Number { .. } => Sym::Number(Form::measure(space.given(self.scheme, source, ty))),
            FactType::Date => Sym::Date(Form::measure(space.given(self.scheme, source, ty))),
            FactType::Year => Sym::Year(Form::measure(space.given(self.scheme, source, ty))),
        })
    }

    fn param(&mut self, id: ParamId, env: Env) -> Result<Sym, Stop> {
        let Some(param) = self.scheme.params.get(id.index()) else { return Ok(Sym::Absent) };
        let mut choices = Vec::with_capacity(param.by.len());
        for fact in &param.by {
            let Sym::Atom(atom) = self.fact(*fact, env)? else { return Ok(Sym::Fault) };
            let option = self.path.settle(atom)?;
            let Some(Options::Words(words)) = self.path.space.atom(atom).map(|a| &a.options) else { return Ok(Sym::Fault) };
            let own = words.get(option).and_then(|w| self.scheme.choices(*fact).iter().position(|c| c == w));
            choices.push(own.and_then(|c| u16::try_from(c).ok()).unwrap_or(u16::MAX));
        }
        let as_of = self.path.context.as_of;
        let fits = |row: &&crate::scheme::ParamRow| {
            let dated = row.day.is_none_or(|d| d <= as_of) && row.announced.is_none_or(|d| d <= as_of);
            row.choices == choices && row.year.is_none_or(|y| y == env.year) && dated
        };
        let row = param.rows.iter().filter(fits).max_by_key(|row| row.day);
        let fresh = row.filter(|row| match (row.day, param.valid_days) {
            (Some(day), Some(days)) => day.days_until(as_of) <= i64::from(days),
            _ => true,
        });
        match fresh {
            Some(row) => Ok(Sym::Number(Form::number(row.value))),
            // A value may come with the application for the award year, and for all choices at once.
            None if param.by.is_empty() && (!param.by_year || env.year == self.path.context.year) => {
                Ok(self.path.space.param(self.scheme, id).map_or(Sym::Fault, |m| Sym::Number(Form::measure(m))))
            }
            None => Ok(Sym::Fault),
        }
    }

    fn clause_amount(&mut self, id: ClauseId) -> Result<Sym, Stop> {
        Ok(match self.clause(id)? {
            Outcome::Eligible { ceiling: true, .. } => Sym::Fault,
            Outcome::Eligible { amount, .. } => {
                // Amounts of clauses are rounded half up to the fen.
                let half = amount.add(&Form::number(Rational::new(1, 2)?))?;
                Sym::Number(if amount.as_number().is_some_and(Rational::is_integer) { amount } else { self.path.floor(&half)? })
            }
            Outcome::Undetermined => Sym::Fault,
            _ => Sym::Absent,
        })
    }

    fn nth_year(&mut self, inner: NodeId, env: Env) -> Result<Sym, Stop> {
        let twelve = Rational::from(12);
        Ok(match self.value(inner, env)? {
            Sym::Year(first) => {
                let now = Form::number(Rational::from(i64::from(env.year) + 1));
                Sym::Number(now.sub(&first)?.scale(twelve)?)
            }
            Sym::Date(start) => {
                let until = self.as_of(env);
                Sym::Number(self.of_date(&start, DateStep::NthYear(until))?.scale(twelve)?)
            }
            other => other,
        })
    }

    /// A step of a date that is one measure, or a number.
    fn of_date(&mut self, form: &Form, step: DateStep) -> Result<Form, Stop> {
        if let Some(days) = form.as_number() {
            return super::space::stepped(step, days).map(Form::number).ok_or(Stop::Overflow);
        }
        match form.terms.as_slice() {
            [(date, factor)] if *factor == Rational::ONE && form.constant.is_zero() => Ok(Form::measure(self.path.space.of_date(*date, step))),
            _ => Err(Stop::Unexplored("由日期算出的日期", "a date worked out of dates")),
        }
    }

    pub(super) fn later(&mut self, date: Sym, length: Sym, days: bool, back: bool) -> Result<Sym, Stop> {
        let (Sym::Date(date), Sym::Number(length)) = (&date, &length) else {
            return Ok(if date == Sym::Absent || length == Sym::Absent { Sym::Absent } else { Sym::Fault });
        };
        let length = if back { length.scale(Rational::ONE.neg())? } else { length.clone() };
        if days {
            return Ok(Sym::Date(date.add(&length)?));
        }
        let months = length.as_number().filter(|n| n.is_integer()).and_then(|n| i64::try_from(n.numerator()).ok());
        let Some(months) = months else { return Err(Stop::Unexplored("时长不是固定的数", "a duration that is not a fixed number")) };
        Ok(Sym::Date(self.of_date(date, DateStep::Months(months))?))
    }

    /// `a > b` along this path.
    pub(super) fn greater(&mut self, a: &Form, b: &Form) -> Result<bool, Stop> {
        self.path.decide_order(a, b, true)
    }

    fn numbers(
        &mut self,
        id: NodeId,
        a: NodeId,
        b: NodeId,
        env: Env,
        apply: impl Fn(&mut Self, NodeId, Form, Form) -> Result<Form, Stop>,
    ) -> Result<Sym, Stop> {
        let (a, b) = (self.value(a, env)?, self.value(b, env)?);
        both(a, b, |x, v| apply(self, id, x, v).map(Sym::Number))
    }

    fn steps(&mut self, x: NodeId, step: NodeId, each: NodeId, env: Env) -> Result<Sym, Stop> {
        let (x, step, each) = (self.value(x, env)?, self.value(step, env)?, self.value(each, env)?);
        let steps = both(x, step, |x, step| {
            let Some(size) = step.as_number() else { return Err(Stop::Unexplored("每满的步长不是固定的数", "a step that is not a fixed number")) };
            if size <= Rational::ZERO {
                return Ok(Sym::Fault);
            }
            let steps = x.scale(size.reciprocal()?)?;
            // Below zero there are no steps.
            if !self.path.decide(&Constraint { form: steps.clone(), strict: false })? {
                return Ok(Sym::Number(Form::default()));
            }
            self.path.floor(&steps).map(Sym::Number)
        })?;
        self.arith(Arith::Mul, steps, each)
    }

    pub(super) fn arith(&mut self, op: Arith, x: Sym, y: Sym) -> Result<Sym, Stop> {
        Ok(match (&x, &y) {
            (Sym::Number(a), Sym::Number(b)) => Sym::Number(match op {
                Arith::Add => a.add(b)?,
                Arith::Sub => a.sub(b)?,
                Arith::Mul | Arith::Of => self.path.space.product(a, b)?,
                Arith::Div => {
                    let above = self.path.decide(&Constraint { form: b.clone(), strict: true })?;
                    if !above && !self.path.decide(&Constraint { form: b.scale(Rational::ONE.neg())?, strict: true })? {
                        return Ok(Sym::Fault);
                    }
                    let inverse = self.path.space.inverse(b)?;
                    self.path.space.product(a, &inverse)?
                }
            }),
            (Sym::Year(a), Sym::Year(b)) => Sym::Number(a.sub(b)?.scale(Rational::from(12))?),
            (Sym::Date(a), Sym::Date(b)) => Sym::Number(a.sub(b)?),
            (Sym::Year(a), Sym::Number(b)) => {
                let years = b.scale(Rational::new(1, 12)?)?;
                if years.as_number().is_some_and(|n| !n.is_integer()) {
                    return Ok(Sym::Fault);
                }
                Sym::Year(if op == Arith::Sub { a.sub(&years)? } else { a.add(&years)? })
            }
            (Sym::Absent, _) | (_, Sym::Absent) => Sym::Absent,
            _ => Sym::Fault,
        })
    }

    pub(super) fn modify(&mut self, id: NodeId, x: Sym, modifier: Modifier, v: Sym) -> Result<Sym, Stop> {
        match modifier {
            Modifier::IfAbsent => {
                let absent = x == Sym::Absent;
                self.path.took(id, Branch::Binds(absent));
                return Ok(if absent { v } else { x });
            }
            Modifier::Bonus | Modifier::Less if v == Sym::Absent => {
                self.path.took(id, Branch::Binds(false));
                return Ok(x);
            }
            _ => {}
        }
        both(x, v, |x, v| {
            Ok(Sym::Number(match modifier {
                Modifier::AtMost => {
                    let cut = self.greater(&x, &v)?;
                    self.path.took(id, Branch::Binds(cut));
                    if cut { v } else { x }
                }
                Modifier::AtLeast => {
                    let raised = self.greater(&v, &x)?;
                    self.path.took(id, Branch::Binds(raised));
                    if raised { v } else { x }
                }
                Modifier::Less => {
                    let left = self.greater(&x, &v)?;
                    let some = left && v.as_number().is_none_or(|n| !n.is_zero());
                    self.path.took(id, Branch::Binds(some || !left));
                    if left { x.sub(&v)? } else { Form::default() }
                }
                Modifier::Bonus => {
                    self.path.took(id, Branch::Binds(v.as_number().is_none_or(|n| !n.is_zero())));
                    x.add(&v)?
                }
                Modifier::DownTo => {
                    let Some(size) = v.as_number().filter(|n| *n > Rational::ZERO) else {
                        return Err(Stop::Unexplored("取整的步长不是固定的数", "rounding to a step that is not a fixed number"));
                    };
                    self.path.floor(&x.scale(size.reciprocal()?)?)?.scale(size)?
                }
                Modifier::IfAbsent => x,
            }))
        })
    }
}

/// Two numbers; absent wins over fault.
pub(super) fn both(a: Sym, b: Sym, apply: impl FnOnce(Form, Form) -> Result<Sym, Stop>) -> Result<Sym, Stop> {
    match (a, b) {
        (Sym::Number(a), Sym::Number(b)) => apply(a, b),
        (Sym::Absent, _) | (_, Sym::Absent) => Ok(Sym::Absent),
        _ => Ok(Sym::Fault),
    }
}

pub(super) fn shift(period: Period, env: Env) -> Env {
    let year = match period.year {
        None => env.year,
        Some(YearRef::Last) => env.year - 1,
        Some(YearRef::Fixed(year)) => year,
    };
    Env { year, month: period.month.unwrap_or(env.month), ..env }
}

/// `a ⋈ b` as a question: the larger side, the smaller side, strict.
pub(super) fn order<'f>(compare: Compare, a: &'f Form, b: &'f Form) -> (&'f Form, &'f Form, bool) {
    match compare {
        Compare::Ge => (a, b, false),
        Compare::Gt => (a, b, true),
        Compare::Le => (b, a, false),
        Compare::Lt => (b, a, true),
    }
}
