//! From a cell to an applicant in it: values on the grid of their types, near the least that the cell asks for. What
//! is found is checked exactly; where products of facts hide a point, none may be found although there is one.

use super::linear::{Constraint, Form, MeasureId};
use super::region::{Possible, Region};
use super::space::{AtomId, Kind, Options, Quantity, Source, Space, date_of, stepped};
use super::{Cell, Cells, Context, Outcome};
use crate::application::{Application, FactValue, When};
use crate::check::children;
use crate::scheme::{ClauseId, FactId, FactType, Give, NodeId, Op, Scheme};
use std::collections::{BTreeMap, BTreeSet};
use values::{Fault, Fen, Lang, Rational};

/// What a witness should be like, beside lying in its cell; earlier goals go first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// As small a value of this as there is.
    Least(Form),
    /// As great a value of this as there is.
    Greatest(Form),
    /// This too holds.
    Holds(Constraint),
}

/// An applicant: a value for each measure that was brought, an option for each atom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// Values of given measures.
    pub values: BTreeMap<MeasureId, Rational>,
    /// Options of atoms.
    pub options: BTreeMap<AtomId, usize>,
}

impl Point {
    /// The value of a measure, worked out where it is not given. Errors: overflow, division by zero.
    pub fn value(&self, space: &Space, measure: MeasureId) -> Result<Option<Rational>, Fault> {
        Ok(reduce(space, &self.values, measure)?.and_then(|form| form.as_number()))
    }

    /// The value of a form; `None` where a measure of it has none. Errors: overflow, division by zero.
    pub fn of(&self, space: &Space, form: &Form) -> Result<Option<Rational>, Fault> {
        let mut sum = form.constant;
        for (measure, factor) in &form.terms {
            let Some(value) = self.value(space, *measure)? else { return Ok(None) };
            sum = sum.checked_add(value.checked_mul(*factor)?)?;
        }
        Ok(Some(sum))
    }

    /// Whether it meets every constraint and literal of a region.
    pub fn lies_in(&self, space: &Space, region: &Region) -> bool {
        let holds = |c: &Constraint| matches!(self.of(space, &c.form), Ok(Some(value)) if c.met_by(value));
        region.constraints.iter().all(holds) && region.literals.iter().all(|(atom, open)| self.options.get(atom).is_some_and(|o| open.get(*o) == Some(&true)))
    }
}

impl Cells {
    /// An applicant of a cell. The first goals that can be met are met; `None` where no applicant was found.
    pub fn witness(&self, cell: &Cell, goals: &[Goal]) -> Option<Point> {
        let more: Vec<&Form> = cell.outcomes.iter().filter_map(Outcome::amount).chain(&cell.needed).collect();
        point(&self.space, &cell.region, &more, goals)
    }

    /// The application of an applicant for a scheme: every fact that the clauses ask for is set, those that do not
    /// matter here to no, zero or nothing; history is empty, decisions are those of the point.
    pub fn application(&self, point: &Point, scheme: &Scheme, clauses: &[ClauseId]) -> Application {
        application(&self.space, &self.context, point, scheme, clauses)
    }

    /// The amount an outcome promises an applicant of its cell, rounded as the evaluator does.
    pub fn amount(&self, point: &Point, outcome: &Outcome) -> Option<Fen> {
        let exact = point.of(&self.space, outcome.amount()?).ok()??;
        Fen::from_rational_half_up(exact.max(Rational::ZERO)).ok()
    }

    /// Name of what an applicant brings; the award year goes without saying.
    pub fn name(&self, source: &Source, lang: Lang) -> String {
        match source {
            Source::Fact { name, year: Some(year), month: 0 } if *year == self.context.year => name.clone(),
            _ => self.space.name(source, lang),
        }
    }

    /// The values of a point in words: what it is, how much. Only what the cell speaks of.
    pub fn facts(&self, point: &Point, lang: Lang) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for (atom, option) in &point.options {
            if let Some(known) = self.space.atom(*atom) {
                let word = match (&known.options, lang) {
                    (Options::YesNo, Lang::Zh) => if *option == 1 { "是" } else { "否" }.to_owned(),
                    (Options::YesNo, Lang::En) => if *option == 1 { "yes" } else { "no" }.to_owned(),
                    (Options::Count(_), _) => option.to_string(),
                    (Options::Words(words) | Options::Text(words), _) => words.get(*option).cloned().unwrap_or_else(|| other_word(words)),
                };
                out.push((self.space.name(&known.source, lang), word));
            }
        }
        for (measure, value) in &point.values {
            if let Some(known) = self.space.measure(*measure)
                && let Quantity::Given(source) = &known.quantity
            {
                out.push((self.name(source, lang), write(known.kind, &known.unit, *value, lang)));
            }
        }
        out
    }
}

/// A value of a measure in words.
pub fn write(kind: Kind, unit: &values::Unit, value: Rational, lang: Lang) -> String {
    match (kind, lang) {
        (Kind::Date, _) => date_of(value).map_or(String::new(), |d| d.to_string()),
        (Kind::Year, Lang::Zh) => format!("{value}年"),
        (Kind::Year, Lang::En) => value.to_string(),
        (Kind::Number, _) => values::write(value, unit, lang),
    }
}

/// A word that is none of these.
fn other_word(words: &[String]) -> String {
    let mut word = "甲".to_owned();
    while words.contains(&word) {
        word.push('甲');
    }
    word
}

/// A measure as far as given values settle it; `None` where what is left of it is no known measure.
fn reduce(space: &Space, known: &BTreeMap<MeasureId, Rational>, measure: MeasureId) -> Result<Option<Form>, Fault> {
    if let Some(value) = known.get(&measure) {
        return Ok(Some(Form::number(*value)));
    }
    let itself = || Ok(Some(Form::measure(measure)));
    match space.measure(measure).map(|m| &m.quantity) {
        Some(Quantity::Product(powers)) => {
            let (mut factor, mut left) = (Rational::ONE, Vec::new());
            for (base, exponent) in powers {
                match reduce(space, known, *base)?.and_then(|f| f.as_number()) {
                    Some(value) => {
                        let value = if *exponent < 0 { value.reciprocal()? } else { value };
                        for _ in 0..exponent.unsigned_abs() {
                            factor = factor.checked_mul(value)?;
                        }
                    }
                    None => left.push((*base, *exponent)),
                }
            }
            match left.as_slice() {
                [] => Ok(Some(Form::number(factor))),
                [(one, 1)] => Ok(Some(Form::measure(*one).scale(factor)?)),
                left if left.len() == powers.len() => itself(),
                _ => Ok(None),
            }
        }
        Some(Quantity::Reciprocal(form)) => match reduce_form(space, known, form)? {
            Some(form) => form.as_number().map_or_else(itself, |n| Ok(Some(Form::number(n.reciprocal()?)))),
            None => itself(),
        },
        Some(Quantity::Floor(form)) => match reduce_form(space, known, form)?.and_then(|f| f.as_number()) {
            Some(n) => Ok(Some(Form::number(Rational::new(n.floor(), 1)?))),
            None => itself(),
        },
        Some(Quantity::OfDate(date, step)) => match reduce(space, known, *date)?.and_then(|f| f.as_number()) {
            Some(days) => Ok(stepped(*step, days).map(Form::number)),
            None => itself(),
        },
        _ => itself(),
    }
}

fn reduce_form(space: &Space, known: &BTreeMap<MeasureId, Rational>, form: &Form) -> Result<Option<Form>, Fault> {
    let mut out = Form::number(form.constant);
    for (measure, factor) in &form.terms {
        let Some(part) = reduce(space, known, *measure)? else { return Ok(None) };
        out = out.combine(&part, *factor)?;
    }
    Ok(Some(out))
}

/// Given measures behind a measure.
fn bases(space: &Space, measure: MeasureId, out: &mut Vec<MeasureId>) {
    let Some(known) = space.measure(measure) else { return };
    match &known.quantity {
        Quantity::Given(_) => {
            if !out.contains(&measure) {
                out.push(measure);
            }
        }
        Quantity::Product(powers) => powers.iter().for_each(|(m, _)| bases(space, *m, out)),
        Quantity::Reciprocal(form) | Quantity::Floor(form) => form.terms.iter().for_each(|(m, _)| bases(space, *m, out)),
        Quantity::OfDate(date, _) => bases(space, *date, out),
    }
}

/// How early a measure is pinned: divisors and rates first, what is free last.
fn rank(space: &Space, measure: MeasureId) -> u8 {
    let mut best = 4;
    for known in &space.measures {
        let found = match &known.quantity {
            Quantity::Product(powers) => powers.iter().find(|(m, _)| *m == measure).map(|(_, exponent)| if *exponent < 0 { 0 } else { 2 }),
            Quantity::Reciprocal(form) => (!form.factor(measure).is_zero()).then_some(0),
            _ => None,
        };
        best = found.map_or(best, |f: u8| best.min(f));
    }
    match space.measure(measure).map(|m| (&m.quantity, &m.unit)) {
        Some((Quantity::Given(Source::Param { .. }), _)) if best == 2 => 1,
        Some((_, unit)) if best == 2 && *unit == values::Unit::cny() => 3,
        _ => best,
    }
}

/// An applicant in a region.
fn point(space: &Space, region: &Region, more: &[&Form], goals: &[Goal]) -> Option<Point> {
    let mut measures = Vec::new();
    let goal_forms = goals.iter().map(|g| match g {
        Goal::Least(form) | Goal::Greatest(form) => form,
        Goal::Holds(constraint) => &constraint.form,
    });
    let forms = region.constraints.iter().map(|c| &c.form).chain(more.iter().copied()).chain(goal_forms);
    forms.for_each(|form| form.terms.iter().for_each(|(m, _)| bases(space, *m, &mut measures)));
    measures.sort_by_key(|m| (rank(space, *m), *m));
    let mut aimed = region.clone();
    for goal in goals {
        let next = match goal {
            Goal::Holds(constraint) => Some(constraint.clone()),
            Goal::Greatest(form) => at_most(space, &aimed, form),
            Goal::Least(form) => form.scale(Rational::ONE.neg()).ok().and_then(|form| at_most(space, &aimed, &form)),
        };
        let narrowed = next.and_then(|c| {
            let mut narrowed = aimed.clone();
            narrowed.assume(space, &c).ok()?;
            (narrowed.possible(space) == Ok(Possible::Yes)).then_some(narrowed)
        });
        match (narrowed, goal) {
            (Some(narrowed), _) => aimed = narrowed,
            (None, Goal::Holds(_)) => return None,
            (None, _) => {}
        }
    }
    let hard: Vec<Constraint> = goals.iter().filter_map(|g| if let Goal::Holds(c) = g { Some(c.clone()) } else { None }).collect();
    [aimed, region.clone()].into_iter().find_map(|region| {
        let values = dive(space, &region, &measures)?;
        let mut found = Point { values, options: BTreeMap::new() };
        for (at, _) in space.atoms.iter().enumerate() {
            let atom = AtomId(u32::try_from(at).ok()?);
            if region.literals.contains_key(&atom) {
                let option = region.options(space, atom).iter().position(|open| *open)?;
                found.options.insert(atom, option);
            }
        }
        let holds = |c: &Constraint| matches!(found.of(space, &c.form), Ok(Some(value)) if c.met_by(value));
        (found.lies_in(space, &region) && hard.iter().all(holds)).then_some(found)
    })
}

/// The constraint that a form is as great as it can be, where there is such a value.
fn at_most(space: &Space, region: &Region, form: &Form) -> Option<Constraint> {
    let best = region.greatest(space, form).ok()??;
    Some(Constraint { form: form.sub(&Form::number(best)).ok()?, strict: false })
}

/// Fixes one measure after another, each near its least, so that the others still have room.
fn dive(space: &Space, region: &Region, measures: &[MeasureId]) -> Option<BTreeMap<MeasureId, Rational>> {
    let mut known = BTreeMap::new();
    for measure in measures {
        let left = substituted(space, region, &known)?;
        let value = candidates(space, &left, *measure).into_iter().find(|value| {
            let mut next = known.clone();
            next.insert(*measure, *value);
            substituted(space, region, &next).is_some()
        })?;
        known.insert(*measure, value);
    }
    Some(known)
}

/// The region with numbers for some measures; `None` where nothing is left of it.
fn substituted(space: &Space, region: &Region, known: &BTreeMap<MeasureId, Rational>) -> Option<Region> {
    let mut out = Region::default();
    out.literals.clone_from(&region.literals);
    for (measure, value) in known {
        let interval = out.interval(space, *measure);
        if interval.low.is_some_and(|(low, _)| *value < low) || interval.high.is_some_and(|(high, _)| *value > high) {
            return None;
        }
    }
    for constraint in &region.constraints {
        // What is left of a product may be no measure yet; it is checked when all its factors are known.
        let Ok(Some(form)) = reduce_form(space, known, &constraint.form) else { continue };
        out.assume(space, &Constraint { form, strict: constraint.strict }).ok()?;
    }
    (out.possible(space) == Ok(Possible::Yes)).then_some(out)
}

/// Values to try for a measure: its least, round ones above, its greatest.
fn candidates(space: &Space, region: &Region, measure: MeasureId) -> Vec<Rational> {
    let Some(known) = space.measure(measure) else { return Vec::new() };
    let grid = known.grid.unwrap_or(Rational::ONE);
    let form = Form::measure(measure);
    let low = region.least(space, &form).ok().flatten();
    let high = region.greatest(space, &form).ok().flatten();
    let on_grid = |value: Rational, up: bool| {
        let steps = value.checked_div(grid).ok()?;
        Rational::new(if up { steps.ceil() } else { steps.floor() }, 1).ok()?.checked_mul(grid).ok()
    };
    let mut out: Vec<Rational> = Vec::new();
    let first = low.and_then(|l| on_grid(l, true));
    let last = high.and_then(|h| on_grid(h, false));
    // Zero where it may be, else what is nearest to it; dates near the end of their range.
    if known.kind == Kind::Number && low.is_none_or(|l| l <= Rational::ZERO) && high.is_none_or(|h| h >= Rational::ZERO) {
        out.push(Rational::ZERO);
    }
    out.extend(known.usual);
    if known.kind == Kind::Number {
        out.extend(first.filter(|_| known.unit == values::Unit::cny()).and_then(rounded));
        out.extend(first);
    } else {
        out.extend(last.filter(|_| high.is_some_and(|h| Some(h) != known.high)).or(first))
    }
    let start = first.unwrap_or(Rational::ZERO);
    let mut jump = grid;
    for _ in 0..16 {
        out.extend(start.checked_add(jump).ok());
        let Ok(next) = jump.checked_mul(Rational::from(10)) else { break };
        jump = next;
    }
    out.extend(first);
    out.extend(last);
    if let (Some(first), Some(last)) = (first, last) {
        let middle = first.checked_add(last).and_then(|s| s.checked_div(Rational::from(2))).ok();
        out.extend(middle.and_then(|m| on_grid(m, true)));
        out.extend(last.checked_sub(grid).ok());
    }
    out.retain(|value| low.is_none_or(|l| *value >= l) && high.is_none_or(|h| *value <= h));
    out
}

/// An odd amount of money up to one figure, `15,384.62元` to `2万元`; nothing where it is near a round one already.
fn rounded(value: Rational) -> Option<Rational> {
    let mut unit: i128 = 1;
    while Rational::new(unit.checked_mul(10)?, 1).ok()? <= value {
        unit *= 10;
    }
    let unit = Rational::new(unit, 1).ok()?;
    let figure = value.checked_div(unit).ok()?;
    let near = Rational::new(figure.floor(), 1).ok()?.checked_mul(Rational::new(101, 100).ok()?).ok()?;
    if figure <= near { None } else { Rational::new(figure.ceil(), 1).ok()?.checked_mul(unit).ok() }
}

fn application(space: &Space, context: &Context, point: &Point, scheme: &Scheme, clauses: &[ClauseId]) -> Application {
    let mut app = Application::empty("见证", context.year, context.as_of, scheme.facts.len());
    let this_year = When { year: context.year, month: 0 };
    for clause in named(scheme, clauses).into_iter().filter_map(|c| scheme.clause(c)) {
        for fact in &clause.facts {
            if let Some(value) = scheme.fact(*fact).and_then(|f| plain(context, &f.ty)) {
                app.set(*fact, this_year, value);
            }
        }
    }
    for (atom, option) in &point.options {
        if let Some(known) = space.atom(*atom) {
            set_atom(&mut app, scheme, &known.source, &known.options, *option, context);
        }
    }
    for (measure, value) in &point.values {
        let Some(known) = space.measure(*measure) else { continue };
        let Quantity::Given(source) = &known.quantity else { continue };
        match source {
            Source::Param { name } => {
                if let Some(at) = scheme.params.iter().position(|p| p.name == *name) {
                    app.params.push((crate::scheme::ParamId(u32::try_from(at).unwrap_or(u32::MAX)), *value));
                }
            }
            Source::Decision { clause } => {
                if let (Some(id), Ok(fen)) = (scheme.clause_named(clause), Fen::from_rational_half_up(*value)) {
                    app.decisions.push((id, fen));
                }
            }
            _ => {
                let typed = match known.kind {
                    Kind::Number => Some(FactValue::Number(*value)),
                    Kind::Date => date_of(*value).map(FactValue::Date),
                    Kind::Year => i32::try_from(value.floor()).ok().map(FactValue::Year),
                };
                if let Some(typed) = typed {
                    place(&mut app, scheme, source, typed, context);
                }
            }
        }
    }
    app
}

/// These clauses and those their rules name.
fn named(scheme: &Scheme, clauses: &[ClauseId]) -> Vec<ClauseId> {
    let mut out = clauses.to_vec();
    let mut at = 0;
    while let Some(clause) = out.get(at).and_then(|c| scheme.clause(*c)) {
        let give = match &clause.give {
            Some(Give::Amount(node) | Give::UpTo(node) | Give::Waive(node)) => Some(*node),
            _ => None,
        };
        let mut stack: Vec<NodeId> =
            clause.conditions.iter().chain(&clause.bars).map(|t| t.node).chain(give).chain(clause.limits.iter().map(|l| l.amount)).collect();
        let mut seen = BTreeSet::new();
        while let Some(node) = stack.pop() {
            if !seen.insert(node) {
                continue;
            }
            match scheme.node(node).map(|n| &n.op) {
                Some(Op::ClauseAmount(other) | Op::ClauseEligible(other)) if !out.contains(other) => out.push(*other),
                Some(op) => stack.extend(children(op)),
                None => {}
            }
        }
        at += 1;
    }
    out
}

/// A value that says nothing.
fn plain(context: &Context, ty: &FactType) -> Option<FactValue> {
    Some(match ty {
        FactType::YesNo => FactValue::YesNo(false),
        FactType::Number { .. } => FactValue::Number(Rational::ZERO),
        FactType::Date => FactValue::Date(context.as_of),
        FactType::Year => FactValue::Year(context.year),
        FactType::Choice(_) => FactValue::Choice(0),
        FactType::Text => FactValue::Text("甲".to_owned()),
        FactType::List { .. } => FactValue::List(Vec::new()),
    })
}

fn set_atom(app: &mut Application, scheme: &Scheme, source: &Source, options: &Options, option: usize, context: &Context) {
    match (source, options) {
        (Source::Records { list }, _) => {
            let Some(fact) = scheme.fact_named(list) else { return };
            let Some(FactType::List { fields, .. }) = scheme.fact(fact).map(|f| &f.ty) else { return };
            let record: Vec<Option<FactValue>> = fields.iter().map(|f| plain(context, &f.ty)).collect();
            app.set(fact, When { year: context.year, month: 0 }, FactValue::List(vec![record; option]));
            // Fields that were placed before stand in the records that are made only now.
        }
        (_, Options::YesNo) => place(app, scheme, source, FactValue::YesNo(option == 1), context),
        (_, Options::Words(words)) => {
            let known = match source {
                Source::Fact { name, .. } => scheme.fact_named(name).map(|f| scheme.choices(f)),
                Source::Field { list, field, .. } => {
                    field_of(scheme, list, field).map(|(fact, at)| scheme.choices(crate::scheme::ChoiceSet { fact, field: Some(at) }))
                }
                _ => None,
            };
            let at = words.get(option).and_then(|word| known?.iter().position(|k| k == word)).and_then(|at| u16::try_from(at).ok());
            if let Some(at) = at {
                place(app, scheme, source, FactValue::Choice(at), context);
            }
        }
        (_, Options::Text(words)) => place(app, scheme, source, FactValue::Text(words.get(option).cloned().unwrap_or_else(|| other_word(words))), context),
        _ => {}
    }
}

fn field_of(scheme: &Scheme, list: &str, field: &str) -> Option<(FactId, u16)> {
    let fact = scheme.fact_named(list)?;
    let FactType::List { fields, .. } = &scheme.fact(fact)?.ty else { return None };
    let at = fields.iter().position(|f| f.name == field)?;
    Some((fact, u16::try_from(at).ok()?))
}

fn place(app: &mut Application, scheme: &Scheme, source: &Source, value: FactValue, context: &Context) {
    let now = When { year: context.year, month: 0 };
    match source {
        Source::Fact { name, year, month } => {
            if let Some(fact) = scheme.fact_named(name) {
                app.set(fact, When { year: year.unwrap_or(context.year), month: *month }, value);
            }
        }
        Source::Field { list, field, record } => {
            let Some((fact, at)) = field_of(scheme, list, field) else { return };
            let Some(FactValue::List(records)) = app.value(fact, now).cloned() else { return };
            let mut records = records;
            if let Some(slot) = records.get_mut(usize::from(*record)).and_then(|r| r.get_mut(usize::from(at))) {
                *slot = Some(value);
            }
            app.set(fact, now, FactValue::List(records));
        }
        _ => {}
    }
}
