//! What the forms of an analysis stand on: measures (numbers, days and years that an applicant brings, and what is
//! worked out of them) and atoms (yes or no, choices, words). Both go by name, so that two schemes share them.

use super::linear::{Form, MeasureId};
use crate::scheme::{ClauseId, FactType, ParamId, Scheme};
use values::{Date, Fault, Lang, Rational, Unit};

/// An atom: position in [`Space::atoms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtomId(pub u32);

impl AtomId {
    /// As a position in its table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an applicant brings, by name. The year is none where the fact is not indexed; the month is 0 for none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A fact in a year and month.
    Fact {
        /// Name.
        name: String,
        /// Year.
        year: Option<i32>,
        /// Month, or 0.
        month: u8,
    },
    /// A field of a record of a list.
    Field {
        /// The list.
        list: String,
        /// Its field.
        field: String,
        /// Position of the record.
        record: u16,
    },
    /// How many records a list has, as an atom of so many options.
    Records {
        /// The list.
        list: String,
    },
    /// A parameter that comes with the application.
    Param {
        /// Name.
        name: String,
    },
    /// The amount decided on a clause.
    Decision {
        /// Clause.
        clause: String,
    },
}

/// A whole-number step of a date; each rises or falls with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateStep {
    /// So many months later.
    Months(i64),
    /// Full years until a day, plus one.
    NthYear(Date),
    /// Its calendar year.
    YearOf,
}

/// What a measure is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Brought by the applicant.
    Given(Source),
    /// A product of measures with their exponents, opaque to linear reasoning.
    Product(Vec<(MeasureId, i32)>),
    /// One divided by a form, opaque to linear reasoning.
    Reciprocal(Form),
    /// The whole part of a form; two rows tie it to the form.
    Floor(Form),
    /// Worked out of a date.
    OfDate(MeasureId, DateStep),
}

/// How the values of a measure are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number in the measure's unit.
    Number,
    /// Days since [`epoch`].
    Date,
    /// A calendar year.
    Year,
}

/// A measure with its domain.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What it is.
    pub quantity: Quantity,
    /// How it is written.
    pub kind: Kind,
    /// Unit of its values.
    pub unit: Unit,
    /// The step from one value to the next (a fen, a person, a day); none where values may lie anywhere.
    pub grid: Option<Rational>,
    /// The least it may be.
    pub low: Option<Rational>,
    /// The most it may be.
    pub high: Option<Rational>,
    /// A value that looks like life, where one is known (a rate of exchange).
    pub usual: Option<Rational>,
}

impl Measure {
    /// Linear reasoning sees only its domain: findings stay sound, claims about all applicants do not follow.
    pub fn is_opaque(&self) -> bool {
        matches!(self.quantity, Quantity::Product(_) | Quantity::Reciprocal(_))
    }
}

/// What an atom may be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Options {
    /// Yes or no: 1 or 0.
    YesNo,
    /// One of these words, by position.
    Words(Vec<String>),
    /// Any words; those the rules name stand first, the last position is any other.
    Text(Vec<String>),
    /// A number of records, up to this.
    Count(u16),
}

/// An atom with its options.
#[derive(Clone, Debug)]
pub struct Atom {
    /// What it is.
    pub source: Source,
    /// What it may be.
    pub options: Options,
}

impl Atom {
    /// How many options there are.
    pub fn size(&self) -> usize {
        match &self.options {
            Options::YesNo => 2,
            Options::Words(words) => words.len(),
            Options::Text(words) => words.len() + 1,
            Options::Count(most) => usize::from(*most) + 1,
        }
    }
}

/// All measures and atoms of an analysis.
#[derive(Clone, Debug, Default)]
pub struct Space {
    /// Measures; what is worked out stands behind what it is worked out of.
    pub measures: Vec<Measure>,
    /// Atoms.
    pub atoms: Vec<Atom>,
    /// An atom got a further option since this was last looked at.
    pub(super) widened: bool,
    /// Questions that needed the solver.
    pub(super) solved: usize,
}

/// Day 0 of date measures.
pub fn epoch() -> Date {
    Date::first_of_year(2000).unwrap_or(Date::LAST)
}

/// A date as a number of days.
pub fn day_number(date: Date) -> Rational {
    Rational::from(epoch().days_until(date))
}

/// The date of a number of days, if there is one.
pub fn date_of(days: Rational) -> Option<Date> {
    let whole = i64::try_from(days.floor()).ok().filter(|_| days.is_integer())?;
    epoch().add_days(whole)
}

/// 元 for a unit of foreign money, where no table says.
const RATE_USUAL: i64 = 7;

/// Years an applicant's dates and years lie in.
const YEARS: (i32, i32) = (1900, 2150);

impl Space {
    /// A measure.
    pub fn measure(&self, id: MeasureId) -> Option<&Measure> {
        self.measures.get(id.index())
    }

    /// An atom.
    pub fn atom(&self, id: AtomId) -> Option<&Atom> {
        self.atoms.get(id.index())
    }

    /// The measure of a quantity, kept once.
    pub(super) fn keep(&mut self, measure: Measure) -> MeasureId {
        let known = self.measures.iter().position(|m| m.quantity == measure.quantity && m.unit == measure.unit && m.kind == measure.kind);
        let at = known.unwrap_or_else(|| {
            self.measures.push(measure);
            self.measures.len() - 1
        });
        MeasureId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The atom of a source, kept once. Two schemes may know different words for one choice: all of them are options.
    pub(super) fn keep_atom(&mut self, source: Source, options: Options) -> AtomId {
        let known = self.atoms.iter().position(|a| a.source == source && std::mem::discriminant(&a.options) == std::mem::discriminant(&options));
        let at = match known {
            Some(at) => {
                if let Options::Words(more) | Options::Text(more) = &options {
                    self.widen(AtomId(u32::try_from(at).unwrap_or(u32::MAX)), more);
                }
                at
            }
            None => {
                self.atoms.push(Atom { source, options });
                self.atoms.len() - 1
            }
        };
        AtomId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// Gives an atom further options.
    pub(super) fn widen(&mut self, atom: AtomId, more: &[String]) {
        if let Some(Options::Words(words) | Options::Text(words)) = self.atoms.get_mut(atom.index()).map(|a| &mut a.options) {
            for word in more {
                if !words.contains(word) {
                    words.push(word.clone());
                    self.widened = true;
                }
            }
        }
    }

    /// The measure of a number, date or year that an applicant brings.
    pub(super) fn given(&mut self, scheme: &Scheme, source: Source, ty: &FactType) -> MeasureId {
        let (kind, unit, grid, low, high) = match ty {
            FactType::Date => {
                let day = |d: Option<Date>| d.map(day_number);
                (Kind::Date, Unit::day(), Rational::ONE, day(Date::first_of_year(YEARS.0)), day(Date::last_of_year(YEARS.1)))
            }
            FactType::Year => {
                let year = |y: i32| Some(Rational::from(i64::from(y)));
                (Kind::Year, Unit::none(), Rational::ONE, year(YEARS.0), year(YEARS.1))
            }
            FactType::Number { unit, scale, whole, .. } => {
                (Kind::Number, scheme.unit(*unit), step(&scheme.unit(*unit), *scale, *whole), Some(Rational::ZERO), None)
            }
            _ => (Kind::Number, Unit::none(), Rational::ONE, Some(Rational::ZERO), None),
        };
        self.keep(Measure { quantity: Quantity::Given(source), kind, unit, grid: Some(grid), low, high, usual: None })
    }

    /// The measure of a parameter that no table row settles.
    pub(super) fn param(&mut self, scheme: &Scheme, id: ParamId) -> Option<MeasureId> {
        let param = scheme.params.get(id.index())?;
        let grid = param.scale.checked_div(Rational::from(10_000)).ok()?;
        let quantity = Quantity::Given(Source::Param { name: param.name.clone() });
        let units = if param.currency.is_some() { RATE_USUAL } else { 1 };
        let usual = param.rows.last().map(|row| row.value).or_else(|| param.scale.checked_mul(Rational::from(units)).ok());
        // A rate of zero would be no rate.
        Some(self.keep(Measure { quantity, kind: Kind::Number, unit: scheme.unit(param.unit), grid: Some(grid), low: Some(grid), high: None, usual }))
    }

    /// The measure of a decision on a clause.
    pub(super) fn decision(&mut self, scheme: &Scheme, id: ClauseId) -> Option<MeasureId> {
        let clause = scheme.clause(id)?.id.clone();
        let quantity = Quantity::Given(Source::Decision { clause });
        Some(self.keep(Measure {
            quantity,
            kind: Kind::Number,
            unit: Unit::cny(),
            grid: Some(Rational::ONE),
            low: Some(Rational::ZERO),
            high: None,
            usual: None,
        }))
    }

    /// Product of two forms: sums of products of measures. Errors: overflow.
    pub(super) fn product(&mut self, a: &Form, b: &Form) -> Result<Form, Fault> {
        let factors = |form: &Form| {
            let constant = (!form.constant.is_zero()).then_some((None, form.constant));
            constant.into_iter().chain(form.terms.iter().map(|(m, f)| (Some(*m), *f))).collect::<Vec<_>>()
        };
        let mut out = Form::default();
        for (x, factor_x) in factors(a) {
            for (y, factor_y) in factors(b) {
                let term = self.times(x, y);
                out = out.combine(&term, factor_x.checked_mul(factor_y)?)?;
            }
        }
        Ok(out)
    }

    fn times(&mut self, x: Option<MeasureId>, y: Option<MeasureId>) -> Form {
        match (x, y) {
            (None, None) => Form::number(Rational::ONE),
            (Some(m), None) | (None, Some(m)) => Form::measure(m),
            (Some(x), Some(y)) => {
                let mut powers = self.powers(x);
                for (measure, exponent) in self.powers(y) {
                    match powers.iter_mut().find(|(m, _)| *m == measure) {
                        Some(known) => known.1 += exponent,
                        None => powers.push((measure, exponent)),
                    }
                }
                self.monomial(powers)
            }
        }
    }

    /// The measures a measure is a product of.
    pub(super) fn powers(&self, id: MeasureId) -> Vec<(MeasureId, i32)> {
        match self.measure(id).map(|m| &m.quantity) {
            Some(Quantity::Product(powers)) => powers.clone(),
            _ => vec![(id, 1)],
        }
    }

    /// The product of measures with exponents as a form.
    pub(super) fn monomial(&mut self, mut powers: Vec<(MeasureId, i32)>) -> Form {
        powers.retain(|(_, exponent)| *exponent != 0);
        powers.sort_unstable();
        match powers.as_slice() {
            [] => Form::number(Rational::ONE),
            [(one, 1)] => Form::measure(*one),
            _ => {
                let low = |m: &MeasureId| self.measure(*m).and_then(|m| m.low);
                let positive = powers.iter().all(|(m, exponent)| exponent % 2 == 0 || low(m).is_some_and(|l| !l.is_negative()));
                let measure = Measure {
                    quantity: Quantity::Product(powers),
                    kind: Kind::Number,
                    unit: Unit::none(),
                    grid: None,
                    low: positive.then_some(Rational::ZERO),
                    high: None,
                    usual: None,
                };
                Form::measure(self.keep(measure))
            }
        }
    }

    /// One divided by a form that is not zero. Errors: overflow, division by zero.
    pub(super) fn inverse(&mut self, form: &Form) -> Result<Form, Fault> {
        if let Some(number) = form.as_number() {
            return Ok(Form::number(number.reciprocal()?));
        }
        if let ([(measure, factor)], true) = (form.terms.as_slice(), form.constant.is_zero()) {
            let powers = self.powers(*measure).into_iter().map(|(m, exponent)| (m, -exponent)).collect();
            return self.monomial(powers).scale(factor.reciprocal()?);
        }
        let not_negative = |m: &MeasureId| self.measure(*m).is_some_and(|m| m.low.is_some_and(|l| !l.is_negative()));
        let positive = !form.constant.is_negative() && form.terms.iter().all(|(m, f)| !f.is_negative() && not_negative(m));
        let low = positive.then_some(Rational::ZERO);
        let measure =
            Measure { quantity: Quantity::Reciprocal(form.clone()), kind: Kind::Number, unit: Unit::none(), grid: None, low, high: None, usual: None };
        Ok(Form::measure(self.keep(measure)))
    }

    /// The whole part of a form.
    pub(super) fn floor(&mut self, form: &Form) -> MeasureId {
        let measure = Measure {
            quantity: Quantity::Floor(form.clone()),
            kind: Kind::Number,
            unit: Unit::none(),
            grid: Some(Rational::ONE),
            low: None,
            high: None,
            usual: None,
        };
        self.keep(measure)
    }

    /// A measure worked out of a date.
    pub(super) fn of_date(&mut self, date: MeasureId, step: DateStep) -> MeasureId {
        let kind = match step {
            DateStep::Months(_) => Kind::Date,
            DateStep::NthYear(_) => Kind::Number,
            DateStep::YearOf => Kind::Year,
        };
        self.keep(Measure { quantity: Quantity::OfDate(date, step), kind, unit: Unit::none(), grid: Some(Rational::ONE), low: None, high: None, usual: None })
    }

    /// Name of what an applicant brings.
    pub fn name(&self, source: &Source, lang: Lang) -> String {
        match source {
            Source::Fact { name, year, month } => {
                let mut out = String::new();
                if let Some(year) = year {
                    out.push_str(&if lang == Lang::Zh { format!("{year}年 ") } else { format!("{year} ") });
                }
                if *month != 0 {
                    out.push_str(&if lang == Lang::Zh { format!("{month}月 ") } else { format!("month {month} ") });
                }
                out.push_str(name);
                out
            }
            Source::Field { list, field, record } => format!("{list}[{}].{field}", record + 1),
            Source::Records { list } => match lang {
                Lang::Zh => format!("{list} 的条数"),
                Lang::En => format!("records of {list}"),
            },
            Source::Param { name } => match lang {
                Lang::Zh => format!("参数 {name}"),
                Lang::En => format!("table {name}"),
            },
            Source::Decision { clause } => match lang {
                Lang::Zh => format!("决定 {clause}"),
                Lang::En => format!("decision {clause}"),
            },
        }
    }
}

/// The smallest step of a number as it is written: a fen, a person, 0.01 ㎡, 0.01%, a whole year or month.
fn step(unit: &Unit, scale: Rational, whole: bool) -> Rational {
    let small = |parts: i64| scale.checked_div(Rational::from(parts)).unwrap_or(scale);
    if whole {
        return Rational::ONE;
    }
    match unit.single() {
        None if unit.is_none() => small(10_000),
        Some(base) if base.currency().is_some() => Rational::ONE,
        Some(base) if matches!(base.name(), "月" | "日" | "工作日") => scale,
        _ => small(100),
    }
}

/// A date worked out by a step, as the number the measure has. `None` where there is no such day.
pub(super) fn stepped(step: DateStep, days: Rational) -> Option<Rational> {
    let date = date_of(days)?;
    match step {
        DateStep::Months(months) => date.add_months(months).map(day_number),
        DateStep::NthYear(until) => Some(Rational::from(date.full_years_until(until) + 1)),
        DateStep::YearOf => Some(Rational::from(i64::from(date.year()))),
    }
}
