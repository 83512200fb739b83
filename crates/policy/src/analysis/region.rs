//! A region of applicants: bounds of measures, rows over several of them, what is left of each atom's options. It only
//! shrinks; whether anything is left is decided exactly over the rationals and, for single measures, on their grid.

use super::linear::{Constraint, Form, Interval, MeasureId, Row, Solution, System};
use super::space::{AtomId, DateStep, Quantity, Space, stepped};
use std::collections::BTreeMap;
use values::{Fault, Rational};

/// A conjunction of linear constraints over measures and of literals over atoms.
#[derive(Clone, Debug, Default)]
pub struct Region {
    /// Constraints in the order in which they were assumed.
    pub constraints: Vec<Constraint>,
    /// Options left to each atom that was asked about.
    pub literals: BTreeMap<AtomId, Vec<bool>>,
    /// Bounds of measures that are not just their domain.
    intervals: BTreeMap<MeasureId, Interval>,
    /// Constraints over several measures, denominators cleared.
    rows: Vec<Constraint>,
    empty: bool,
}

/// Whether a region can be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Possible {
    /// It can, as far as linear reasoning sees.
    Yes,
    /// It cannot.
    No,
}

impl Region {
    /// Bounds of a measure.
    pub fn interval(&self, space: &Space, measure: MeasureId) -> Interval {
        let domain = || {
            let measure = space.measure(measure);
            Interval { low: measure.and_then(|m| m.low).map(|v| (v, false)), high: measure.and_then(|m| m.high).map(|v| (v, false)) }
        };
        self.intervals.get(&measure).copied().unwrap_or_else(domain)
    }

    /// Options left to an atom.
    pub fn options(&self, space: &Space, atom: AtomId) -> Vec<bool> {
        let size = space.atom(atom).map_or(0, super::space::Atom::size);
        let mut left = self.literals.get(&atom).cloned().unwrap_or_else(|| vec![true; size]);
        left.resize(size, true);
        left
    }

    /// Keeps only these options of an atom.
    pub fn keep(&mut self, space: &Space, atom: AtomId, wanted: impl Fn(usize) -> bool) {
        let left: Vec<bool> = self.options(space, atom).into_iter().enumerate().map(|(at, open)| open && wanted(at)).collect();
        self.empty |= !left.contains(&true);
        self.literals.insert(atom, left);
    }

    /// Adds a constraint. Errors: overflow.
    pub fn assume(&mut self, space: &Space, constraint: &Constraint) -> Result<(), Fault> {
        self.constraints.push(constraint.clone());
        let cleared = self.cleared(space, constraint)?;
        match cleared.form.terms.as_slice() {
            [] => self.empty |= !cleared.met_by(cleared.form.constant),
            [(measure, factor)] => {
                let bound = cleared.form.constant.neg().checked_div(*factor)?;
                self.bound(space, *measure, bound, factor.is_negative(), cleared.strict)?;
            }
            _ => {
                let row = on_grid(space, &cleared)?;
                if !self.rows.contains(&row) {
                    self.rows.push(row);
                }
            }
        }
        Ok(())
    }

    /// Whether anything is left. Errors: overflow.
    pub fn possible(&self, space: &Space) -> Result<Possible, Fault> {
        if self.empty {
            return Ok(Possible::No);
        }
        if self.rows.is_empty() {
            return Ok(Possible::Yes);
        }
        let (_, system) = self.system(space, &[])?;
        Ok(if system.feasible()?.is_some() { Possible::Yes } else { Possible::No })
    }

    /// Whether questions about the region need the solver.
    pub(super) fn has_rows(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Whether anything would be left with one more constraint. Errors: overflow.
    pub fn allows(&self, space: &Space, constraint: &Constraint) -> Result<Possible, Fault> {
        let mut narrowed = self.clone();
        narrowed.assume(space, constraint)?;
        narrowed.possible(space)
    }

    /// The greatest value of a form over the closure of the region; `None` where it has no bound.
    ///
    /// Opaque measures count with their domains only, so the value is an upper bound then. Errors: overflow.
    pub fn greatest(&self, space: &Space, form: &Form) -> Result<Option<Rational>, Fault> {
        let measures: Vec<MeasureId> = form.terms.iter().map(|(m, _)| *m).collect();
        let (order, system) = self.system(space, &measures)?;
        let terms: Vec<(usize, Rational)> = form.terms.iter().filter_map(|(m, f)| order.iter().position(|o| o == m).map(|at| (at, *f))).collect();
        match system.maximum(form.constant, &terms)? {
            Solution::Best(value, _) => Ok(Some(value)),
            Solution::Unbounded => Ok(None),
            Solution::Infeasible => Ok(Some(form.constant)),
        }
    }

    /// The least value of a form over the closure of the region; `None` where it has no bound. Errors: overflow.
    pub fn least(&self, space: &Space, form: &Form) -> Result<Option<Rational>, Fault> {
        Ok(self.greatest(space, &form.scale(Rational::ONE.neg())?)?.map(Rational::neg))
    }

    /// Measures the region speaks of.
    pub fn measures(&self) -> Vec<MeasureId> {
        let mut all: Vec<MeasureId> = self.constraints.iter().chain(&self.rows).flat_map(|c| c.form.terms.iter().map(|(m, _)| *m)).collect();
        all.extend(self.intervals.keys());
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The rows as a system over the measures they name and these further ones.
    pub(super) fn system(&self, space: &Space, more: &[MeasureId]) -> Result<(Vec<MeasureId>, System), Fault> {
        let mut order: Vec<MeasureId> = self.rows.iter().flat_map(|c| c.form.terms.iter().map(|(m, _)| *m)).chain(more.iter().copied()).collect();
        order.sort_unstable();
        order.dedup();
        let mut system = System { intervals: order.iter().map(|m| self.interval(space, *m)).collect(), rows: Vec::new() };
        for row in &self.rows {
            let terms = row.form.terms.iter().filter_map(|(m, f)| order.binary_search(m).ok().map(|at| (at, *f))).collect();
            system.rows.push(Row { constant: row.form.constant, terms, strict: row.strict });
        }
        Ok((order, system))
    }

    /// Narrows a measure; a step of a date narrows the date.
    fn bound(&mut self, space: &Space, measure: MeasureId, bound: Rational, upper: bool, strict: bool) -> Result<(), Fault> {
        if let Some(Quantity::OfDate(date, step)) = space.measure(measure).map(|m| &m.quantity) {
            return self.bound_date(space, *date, *step, bound, upper, strict);
        }
        let grid = space.measure(measure).and_then(|m| m.grid);
        let (bound, strict) = match grid {
            None => (bound, strict),
            Some(grid) => {
                let steps = bound.checked_div(grid)?;
                let whole = match (upper, strict) {
                    (false, false) => Some(steps.ceil()),
                    (false, true) => steps.floor().checked_add(1),
                    (true, false) => Some(steps.floor()),
                    (true, true) => steps.ceil().checked_sub(1),
                };
                (Rational::new(whole.ok_or(Fault::Overflow)?, 1)?.checked_mul(grid)?, false)
            }
        };
        let mut interval = self.interval(space, measure);
        if upper {
            if interval.high.is_none_or(|(high, out)| bound < high || (bound == high && strict && !out)) {
                interval.high = Some((bound, strict));
            }
        } else if interval.low.is_none_or(|(low, out)| bound > low || (bound == low && strict && !out)) {
            interval.low = Some((bound, strict));
        }
        self.empty |= interval.is_empty();
        self.intervals.insert(measure, interval);
        Ok(())
    }

    /// A bound of a step of a date is a bound of the date: steps only rise, or only fall, with it.
    fn bound_date(&mut self, space: &Space, date: MeasureId, step: DateStep, bound: Rational, upper: bool, strict: bool) -> Result<(), Fault> {
        let falls = matches!(step, DateStep::NthYear(_));
        let domain = self.interval(space, date);
        let (Some((low, _)), Some((high, _))) = (domain.low, domain.high) else { return Ok(()) };
        let met = |days: i128| {
            let value = Rational::new(days, 1).ok().and_then(|d| stepped(step, d));
            value.is_some_and(|value| match (upper, strict) {
                (false, false) => value >= bound,
                (false, true) => value > bound,
                (true, false) => value <= bound,
                (true, true) => value < bound,
            })
        };
        // Days that meet it stand at one end: where the step rises with the date and is bounded below, at the late one.
        let late = upper == falls;
        let (mut inside, mut outside) = if late { (high.floor(), low.floor() - 1) } else { (low.ceil(), high.ceil() + 1) };
        if low > high || !met(inside) {
            self.empty = true;
            return Ok(());
        }
        while inside.abs_diff(outside) > 1 {
            let middle = inside + (outside - inside) / 2;
            if met(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        self.bound(space, date, Rational::new(inside, 1)?, !late, false)
    }

    /// The constraint multiplied by divisors that are above zero here.
    fn cleared(&self, space: &Space, constraint: &Constraint) -> Result<Constraint, Fault> {
        let mut out = constraint.clone();
        for _ in 0..4 {
            let Some(next) = self.clear_one(space, &out)? else { break };
            out = next;
        }
        Ok(out)
    }

    fn clear_one(&self, space: &Space, constraint: &Constraint) -> Result<Option<Constraint>, Fault> {
        let above_zero = |measure: MeasureId| self.interval(space, measure).low.is_some_and(|(low, out)| low > Rational::ZERO || (low.is_zero() && out));
        for (term, _) in &constraint.form.terms {
            for (measure, exponent) in space.powers(*term) {
                let divisor = match space.measure(measure).map(|m| &m.quantity) {
                    Some(Quantity::Reciprocal(form)) if exponent == 1 && self.least(space, form)?.is_some_and(|l| !l.is_negative()) => Some(form.clone()),
                    _ if exponent < 0 && above_zero(measure) => None,
                    _ => continue,
                };
                if let Some(form) = multiplied(space, &constraint.form, measure, divisor.as_ref())? {
                    return Ok(Some(Constraint { form, strict: constraint.strict }));
                }
            }
        }
        Ok(None)
    }
}

/// A form times a measure (or divided by a reciprocal); `None` where the product would need a measure not yet known.
fn multiplied(space: &Space, form: &Form, measure: MeasureId, reciprocal: Option<&Form>) -> Result<Option<Form>, Fault> {
    let mut out = Form::default();
    let constant = (None, form.constant);
    for (term, factor) in std::iter::once(constant).chain(form.terms.iter().map(|(m, f)| (Some(*m), *f))).filter(|(_, f)| !f.is_zero()) {
        let mut powers = term.map_or_else(Vec::new, |t| space.powers(t));
        let change = if reciprocal.is_some() { -1 } else { 1 };
        match (powers.iter_mut().find(|(m, _)| *m == measure), reciprocal) {
            (Some(known), _) => known.1 += change,
            (None, None) => powers.push((measure, 1)),
            // Without the reciprocal the term is multiplied by the form it is one over.
            (None, Some(divisor)) => {
                for (inner, inner_factor) in std::iter::once((None, divisor.constant)).chain(divisor.terms.iter().map(|(m, f)| (Some(*m), *f))) {
                    let mut all = powers.clone();
                    for (m, e) in inner.map_or_else(Vec::new, |m| space.powers(m)) {
                        match all.iter_mut().find(|(known, _)| *known == m) {
                            Some(known) => known.1 += e,
                            None => all.push((m, e)),
                        }
                    }
                    let Some(piece) = known_monomial(space, all) else { return Ok(None) };
                    out = out.combine(&piece, factor.checked_mul(inner_factor)?)?;
                }
                continue;
            }
        }
        let Some(piece) = known_monomial(space, powers) else { return Ok(None) };
        out = out.combine(&piece, factor)?;
    }
    Ok(Some(out))
}

fn known_monomial(space: &Space, mut powers: Vec<(MeasureId, i32)>) -> Option<Form> {
    powers.retain(|(_, exponent)| *exponent != 0);
    powers.sort_unstable();
    match powers.as_slice() {
        [] => Some(Form::number(Rational::ONE)),
        [(one, 1)] => Some(Form::measure(*one)),
        _ => {
            let at = space.measures.iter().position(|m| matches!(&m.quantity, Quantity::Product(known) if *known == powers))?;
            u32::try_from(at).ok().map(|at| Form::measure(MeasureId(at)))
        }
    }
}

/// A row over measures on grids can only change in steps; its constant is moved to the next step.
fn on_grid(space: &Space, constraint: &Constraint) -> Result<Constraint, Fault> {
    let mut step: Option<Rational> = None;
    for (measure, factor) in &constraint.form.terms {
        let Some(grid) = space.measure(*measure).and_then(|m| m.grid) else { return Ok(constraint.clone()) };
        let move_by = grid.checked_mul(*factor)?.abs();
        step = Some(match step {
            None => move_by,
            Some(known) => common_step(known, move_by)?,
        });
    }
    let Some(step) = step.filter(|s| !s.is_zero()) else { return Ok(constraint.clone()) };
    let steps = constraint.form.constant.checked_div(step)?;
    let whole = if constraint.strict { steps.ceil().checked_sub(1).ok_or(Fault::Overflow)? } else { steps.floor() };
    let mut form = constraint.form.clone();
    form.constant = Rational::new(whole, 1)?.checked_mul(step)?;
    Ok(Constraint { form, strict: false })
}

/// The greatest step of which both are whole multiples.
fn common_step(a: Rational, b: Rational) -> Result<Rational, Fault> {
    let (mut x, mut y) = (a, b);
    while !y.is_zero() {
        let whole = Rational::new(x.checked_div(y)?.floor(), 1)?;
        (x, y) = (y, x.checked_sub(whole.checked_mul(y)?)?);
    }
    Ok(x)
}
