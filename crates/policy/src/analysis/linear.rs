//! Exact linear forms over measures, and whether a system of them can hold: a simplex over rationals with Bland's
//! rule. The systems are tiny; what they mean is not known here.

use values::{Fault, Rational};

/// A measure: position in [`Space::measures`](super::space::Space::measures).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasureId(pub u32);

impl MeasureId {
    /// As a position in its table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// `constant + Σ factor × measure`; terms are sorted by measure and no factor is zero, so one form has one shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Form {
    /// The part without a measure.
    pub constant: Rational,
    /// Measures with their factors.
    pub terms: Vec<(MeasureId, Rational)>,
}

impl Form {
    /// A number.
    pub fn number(constant: Rational) -> Self {
        Self { constant, terms: Vec::new() }
    }

    /// A measure alone.
    pub fn measure(measure: MeasureId) -> Self {
        Self { constant: Rational::ZERO, terms: vec![(measure, Rational::ONE)] }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<Rational> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// Sum. Errors: overflow.
    pub fn add(&self, other: &Self) -> Result<Self, Fault> {
        self.combine(other, Rational::ONE)
    }

    /// Difference. Errors: overflow.
    pub fn sub(&self, other: &Self) -> Result<Self, Fault> {
        self.combine(other, Rational::ONE.neg())
    }

    /// `self + factor × other`. Errors: overflow.
    pub fn combine(&self, other: &Self, factor: Rational) -> Result<Self, Fault> {
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        loop {
            let next = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(l), Some(r)) if l.0 == r.0 => {
                    let sum = l.1.checked_add(r.1.checked_mul(factor)?)?;
                    let measure = l.0;
                    left.next();
                    right.next();
                    (measure, sum)
                }
                (Some(l), r) if r.is_none_or(|r| l.0 < r.0) => {
                    let term = **l;
                    left.next();
                    term
                }
                (_, Some(r)) => {
                    let term = (r.0, r.1.checked_mul(factor)?);
                    right.next();
                    term
                }
                (Some(_), None) => break,
            };
            if !next.1.is_zero() {
                terms.push(next);
            }
        }
        Ok(Self { constant: self.constant.checked_add(other.constant.checked_mul(factor)?)?, terms })
    }

    /// `factor × self`. Errors: overflow.
    pub fn scale(&self, factor: Rational) -> Result<Self, Fault> {
        Self::default().combine(self, factor)
    }

    /// The form with numbers for some of its measures. Errors: overflow.
    pub fn with(&self, known: impl Fn(MeasureId) -> Option<Rational>) -> Result<Self, Fault> {
        let mut out = Self::number(self.constant);
        for (measure, factor) in &self.terms {
            match known(*measure) {
                Some(value) => out.constant = out.constant.checked_add(value.checked_mul(*factor)?)?,
                None => out.terms.push((*measure, *factor)),
            }
        }
        Ok(out)
    }

    /// The factor of a measure.
    pub fn factor(&self, measure: MeasureId) -> Rational {
        self.terms.iter().find(|(m, _)| *m == measure).map_or(Rational::ZERO, |(_, f)| *f)
    }
}

/// `form ≥ 0`, or `form > 0` where strict.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constraint {
    /// The left side.
    pub form: Form,
    /// Zero is excluded.
    pub strict: bool,
}

impl Constraint {
    /// What holds where this does not.
    ///
    /// Errors: overflow.
    pub fn negated(&self) -> Result<Self, Fault> {
        Ok(Self { form: self.form.scale(Rational::ONE.neg())?, strict: !self.strict })
    }

    /// Whether a number in place of the form meets it.
    pub fn met_by(&self, value: Rational) -> bool {
        if self.strict { value > Rational::ZERO } else { value >= Rational::ZERO }
    }
}

/// What a measure may be: bounds with whether they are excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Lower bound; `true`: excluded.
    pub low: Option<(Rational, bool)>,
    /// Upper bound; `true`: excluded.
    pub high: Option<(Rational, bool)>,
}

impl Interval {
    /// No value lies in it.
    pub fn is_empty(&self) -> bool {
        match (self.low, self.high) {
            (Some((low, low_out)), Some((high, high_out))) => low > high || (low == high && (low_out || high_out)),
            _ => false,
        }
    }

    /// The only value, if there is just one.
    pub fn single(&self) -> Option<Rational> {
        match (self.low, self.high) {
            (Some((low, false)), Some((high, false))) if low == high => Some(low),
            _ => None,
        }
    }
}

/// Answer of the solver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Solution {
    /// No point meets all of it.
    Infeasible,
    /// The greatest value of the objective over the closure, and a point that has it.
    Best(Rational, Vec<Rational>),
    /// The objective grows without end.
    Unbounded,
}

/// A system over variables `0..intervals.len()`; rows name them by position.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// Bounds of each variable.
    pub intervals: Vec<Interval>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// `constant + Σ factor × variable ≥ 0`, or `> 0` where strict.
#[derive(Clone, Debug)]
pub struct Row {
    /// The part without a variable.
    pub constant: Rational,
    /// Variables by position, with their factors.
    pub terms: Vec<(usize, Rational)>,
    /// Zero is excluded.
    pub strict: bool,
}

impl System {
    /// Whether some point meets all bounds and rows, strict ones strictly; with such a point.
    ///
    /// Errors: overflow.
    pub fn feasible(&self) -> Result<Option<Vec<Rational>>, Fault> {
        // ε stands behind all strict rows; it is pushed up, and above zero all of them hold.
        match Tableau::new(self, None)?.solve()? {
            Solution::Best(epsilon, point) => Ok((epsilon > Rational::ZERO).then_some(point)),
            Solution::Infeasible => Ok(None),
            Solution::Unbounded => Err(Fault::Overflow),
        }
    }

    /// The greatest value of `constant + Σ factor × variable` over the closure of the system.
    ///
    /// Errors: overflow.
    pub fn maximum(&self, constant: Rational, terms: &[(usize, Rational)]) -> Result<Solution, Fault> {
        Tableau::new(self, Some((constant, terms)))?.solve()
    }
}

/// Bland's rule ends by itself; a system this stubborn is given up.
const PIVOTS_MAX: usize = 5_000;

/// How a variable of the system stands in the tableau: `offset + Σ sign × column`.
#[derive(Clone, Copy)]
enum Column {
    /// `offset + column`
    Up(Rational, usize),
    /// `offset − column`
    Down(Rational, usize),
    /// `column − next column`
    Free(usize),
}

/// A dictionary: each basic variable as a form over the others, all of them not negative.
struct Tableau {
    columns: Vec<Column>,
    /// Variable number of each row.
    basic: Vec<usize>,
    /// Variable number of each column.
    loose: Vec<usize>,
    /// `[constant, factors…]` of each row.
    rows: Vec<Vec<Rational>>,
    objective: Vec<Rational>,
}

impl Tableau {
    fn new(system: &System, objective: Option<(Rational, &[(usize, Rational)])>) -> Result<Self, Fault> {
        let mut columns = Vec::with_capacity(system.intervals.len());
        let mut width = 0;
        for interval in &system.intervals {
            columns.push(match (interval.low, interval.high) {
                (Some((low, _)), _) => Column::Up(low, width),
                (None, Some((high, _))) => Column::Down(high, width),
                (None, None) => Column::Free(width),
            });
            width += if matches!(columns.last(), Some(Column::Free(_))) { 2 } else { 1 };
        }
        let epsilon = objective.is_none().then_some(width);
        width += usize::from(epsilon.is_some());
        let mut tableau = Self { columns, basic: Vec::new(), loose: (0..width).collect(), rows: Vec::new(), objective: vec![Rational::ZERO; width + 1] };
        let one = Rational::ONE;
        for (at, interval) in system.intervals.iter().enumerate() {
            if let Some((low, true)) = interval.low {
                tableau.row(low.neg(), &[(at, one)], epsilon)?;
            }
            match interval.high {
                Some((high, out)) if interval.low.is_some() || out => tableau.row(high, &[(at, one.neg())], epsilon.filter(|_| out))?,
                _ => {}
            }
        }
        for row in &system.rows {
            tableau.row(row.constant, &row.terms, epsilon.filter(|_| row.strict))?;
        }
        match (epsilon, objective) {
            (Some(epsilon), _) => {
                let mut row = vec![Rational::ZERO; width + 1];
                put(&mut row, 0, one);
                put(&mut row, epsilon + 1, one.neg());
                tableau.basic.push(width + tableau.rows.len());
                tableau.rows.push(row);
                put(&mut tableau.objective, epsilon + 1, one);
            }
            (None, Some((constant, terms))) => tableau.objective = tableau.spread(constant, terms)?,
            (None, None) => {}
        }
        Ok(tableau)
    }

    fn spread(&self, constant: Rational, terms: &[(usize, Rational)]) -> Result<Vec<Rational>, Fault> {
        let mut row = vec![Rational::ZERO; self.loose.len() + 1];
        let mut sum = constant;
        for (variable, factor) in terms {
            let mut plus = |column: usize, factor: Rational| -> Result<(), Fault> {
                let value = get(&row, column + 1).checked_add(factor)?;
                put(&mut row, column + 1, value);
                Ok(())
            };
            match self.columns.get(*variable) {
                Some(Column::Up(offset, column)) => {
                    sum = sum.checked_add(offset.checked_mul(*factor)?)?;
                    plus(*column, *factor)?;
                }
                Some(Column::Down(offset, column)) => {
                    sum = sum.checked_add(offset.checked_mul(*factor)?)?;
                    plus(*column, factor.neg())?;
                }
                Some(Column::Free(column)) => {
                    plus(*column, *factor)?;
                    plus(*column + 1, factor.neg())?;
                }
                None => {}
            }
        }
        put(&mut row, 0, sum);
        Ok(row)
    }

    fn row(&mut self, constant: Rational, terms: &[(usize, Rational)], epsilon: Option<usize>) -> Result<(), Fault> {
        let mut row = self.spread(constant, terms)?;
        if let Some(epsilon) = epsilon {
            put(&mut row, epsilon + 1, Rational::ONE.neg());
        }
        self.basic.push(self.loose.len() + self.rows.len());
        self.rows.push(row);
        Ok(())
    }

    fn solve(mut self) -> Result<Solution, Fault> {
        if self.rows.iter().any(|row| get(row, 0).is_negative()) && !self.start()? {
            return Ok(Solution::Infeasible);
        }
        if !self.climb()? {
            return Ok(Solution::Unbounded);
        }
        Ok(Solution::Best(get(&self.objective, 0), self.point()?))
    }

    /// Finds a first point by a variable that helps all rows and is then driven to zero.
    fn start(&mut self) -> Result<bool, Fault> {
        let helper = usize::MAX;
        let wanted = std::mem::replace(&mut self.objective, vec![Rational::ZERO; self.loose.len() + 2]);
        self.loose.push(helper);
        for row in &mut self.rows {
            row.push(Rational::ONE);
        }
        let column = self.loose.len();
        put(&mut self.objective, column, Rational::ONE.neg());
        let lowest = self.rows.iter().enumerate().min_by_key(|(_, row)| get(row, 0)).map_or(0, |(at, _)| at);
        self.pivot(lowest, column)?;
        self.climb()?;
        if get(&self.objective, 0).is_negative() {
            return Ok(false);
        }
        if let Some(at) = self.basic.iter().position(|v| *v == helper) {
            let column = self.rows.get(at).and_then(|row| row.iter().skip(1).position(|f| !f.is_zero())).map(|c| c + 1);
            match column {
                Some(column) => self.pivot(at, column)?,
                None => {
                    self.rows.remove(at);
                    self.basic.remove(at);
                }
            }
        }
        if let Some(at) = self.loose.iter().position(|v| *v == helper) {
            self.loose.remove(at);
            for row in &mut self.rows {
                row.remove(at + 1);
            }
        }
        self.restate(&wanted)?;
        Ok(true)
    }

    /// The objective over the columns as they stand now.
    fn restate(&mut self, wanted: &[Rational]) -> Result<(), Fault> {
        let mut objective = vec![Rational::ZERO; self.loose.len() + 1];
        put(&mut objective, 0, get(wanted, 0));
        for (variable, factor) in wanted.iter().skip(1).enumerate().filter(|(_, f)| !f.is_zero()) {
            if let Some(at) = self.loose.iter().position(|v| *v == variable) {
                let sum = get(&objective, at + 1).checked_add(*factor)?;
                put(&mut objective, at + 1, sum);
            } else if let Some(row) = self.basic.iter().position(|v| *v == variable).and_then(|at| self.rows.get(at)) {
                for (slot, value) in objective.iter_mut().zip(row) {
                    *slot = slot.checked_add(value.checked_mul(*factor)?)?;
                }
            }
        }
        self.objective = objective;
        Ok(())
    }

    /// Climbs to the top; `false` where there is none.
    fn climb(&mut self) -> Result<bool, Fault> {
        for _ in 0..PIVOTS_MAX {
            let entering = self
                .loose
                .iter()
                .enumerate()
                .filter(|(at, _)| get(&self.objective, at + 1) > Rational::ZERO)
                .min_by_key(|(_, variable)| variable.wrapping_add(1))
                .map(|(at, _)| at + 1);
            let Some(column) = entering else { return Ok(true) };
            let mut leaving: Option<(Rational, usize, usize)> = None;
            for (at, row) in self.rows.iter().enumerate() {
                let factor = get(row, column);
                if !factor.is_negative() {
                    continue;
                }
                let ratio = get(row, 0).checked_div(factor.neg())?;
                let variable = self.basic.get(at).copied().unwrap_or(usize::MAX);
                // By number, as Bland's rule wants; the helper's comes first, so that it does not stay.
                let rank = variable.wrapping_add(1);
                if leaving.is_none_or(|(best, order, _)| (ratio, rank) < (best, order)) {
                    leaving = Some((ratio, rank, at));
                }
            }
            let Some((_, _, row)) = leaving else { return Ok(false) };
            self.pivot(row, column)?;
        }
        Err(Fault::Overflow)
    }

    /// The variable of a row and that of a column change places.
    fn pivot(&mut self, at: usize, column: usize) -> Result<(), Fault> {
        let Some(mut row) = self.rows.get(at).cloned() else { return Ok(()) };
        let factor = get(&row, column);
        let scale = factor.reciprocal()?.neg();
        put(&mut row, column, Rational::ONE.neg());
        for value in &mut row {
            *value = value.checked_mul(scale)?;
        }
        let rows = self.rows.iter_mut().enumerate().filter(|(other, _)| *other != at).map(|(_, row)| row);
        for other in rows.chain(std::iter::once(&mut self.objective)) {
            let factor = get(other, column);
            if factor.is_zero() {
                continue;
            }
            put(other, column, Rational::ZERO);
            for (slot, value) in other.iter_mut().zip(&row) {
                if !value.is_zero() {
                    *slot = slot.checked_add(value.checked_mul(factor)?)?;
                }
            }
        }
        if let Some(slot) = self.rows.get_mut(at) {
            *slot = row;
        }
        if let (Some(basic), Some(loose)) = (self.basic.get_mut(at), self.loose.get_mut(column - 1)) {
            std::mem::swap(basic, loose);
        }
        Ok(())
    }

    fn point(&self) -> Result<Vec<Rational>, Fault> {
        let value = |variable: usize| self.basic.iter().position(|v| *v == variable).and_then(|at| self.rows.get(at)).map_or(Rational::ZERO, |row| get(row, 0));
        self.columns
            .iter()
            .map(|column| match column {
                Column::Up(offset, column) => offset.checked_add(value(*column)),
                Column::Down(offset, column) => offset.checked_sub(value(*column)),
                Column::Free(column) => value(*column).checked_sub(value(*column + 1)),
            })
            .collect()
    }
}

fn get(row: &[Rational], at: usize) -> Rational {
    row.get(at).copied().unwrap_or_default()
}

fn put(row: &mut [Rational], at: usize, value: Rational) {
    if let Some(slot) = row.get_mut(at) {
        *slot = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(value: i64) -> Rational {
        Rational::from(value)
    }

    fn row(constant: Rational, terms: Vec<(usize, Rational)>, strict: bool) -> Row {
        Row { constant, terms, strict }
    }

    fn from_zero() -> Interval {
        Interval { low: Some((Rational::ZERO, false)), high: None }
    }

    #[test]
    fn a_strict_row_on_a_single_point_cannot_hold() {
        let mut system = System { intervals: vec![from_zero(); 2], rows: Vec::new() };
        system.rows.push(row(n(-10), vec![(0, n(1)), (1, n(1))], false));
        system.rows.push(row(n(10), vec![(0, n(-1)), (1, n(-1))], false));
        assert!(system.feasible().unwrap().is_some());
        system.rows.push(row(n(-10), vec![(0, n(1)), (1, n(1))], true));
        assert!(system.feasible().unwrap().is_none());
    }

    #[test]
    fn the_greatest_value_is_found_at_a_corner() {
        let mut system = System { intervals: vec![from_zero(); 2], rows: Vec::new() };
        system.rows.push(row(n(4), vec![(0, n(-1)), (1, n(-1))], false));
        system.rows.push(row(n(6), vec![(0, n(-1)), (1, n(-3))], false));
        let Solution::Best(value, point) = system.maximum(n(0), &[(0, n(3)), (1, n(5))]).unwrap() else { panic!() };
        assert_eq!((value, point), (n(14), vec![n(3), n(1)]));
        assert_eq!(system.maximum(n(0), &[(0, n(-1))]).unwrap(), Solution::Best(n(0), vec![n(0), n(0)]));
    }

    #[test]
    fn a_variable_without_bounds_may_be_negative() {
        let system = System { intervals: vec![Interval::default()], rows: vec![row(n(-5), vec![(0, n(-1))], false)] };
        assert_eq!(system.maximum(n(0), &[(0, n(1))]).unwrap(), Solution::Best(n(-5), vec![n(-5)]));
        assert_eq!(system.maximum(n(0), &[(0, n(-1))]).unwrap(), Solution::Unbounded);
    }

    #[test]
    fn rows_that_exclude_each_other_are_infeasible() {
        let system = System {
            intervals: vec![from_zero(); 2],
            rows: vec![row(n(-3), vec![(0, n(1)), (1, n(-1))], false), row(n(1), vec![(0, n(-1)), (1, n(1))], false)],
        };
        assert!(system.feasible().unwrap().is_none());
    }
}
