//! From a target to the nearest value of one fact that reaches it: for a measure that is linear in the fact by one trial
//! and one division, halving where it has a kink; in every case proved by assessing the changed application.

use super::targets::{Aim, Target};
use super::{Change, Place, Then, changed, days_between, parts, run, then, type_of, value_at};
use crate::application::{Application, FactValue};
use crate::assessment::{Assessment, ClauseResult};
use crate::eval::trace::{Shown, Step};
use crate::scheme::{Compare, FactType, Scheme};
use values::Rational;

/// Changes that reach the target, one for each fact that can.
pub(super) fn solve(scheme: &Scheme, app: &Application, base: &Assessment, result: &ClauseResult, target: &Target) -> Vec<Change> {
    let Some(now) = then(scheme, base, result.clause) else { return Vec::new() };
    let solver = Solver { scheme, app, result, target, now };
    match &target.aim {
        Aim::Value(place, values) => values.iter().filter_map(|value| solver.value(*place, value)).collect(),
        Aim::Measure { step, part, bound, compare, places } => {
            places.iter().filter_map(|place| solver.measure(*place, &Measured { step, part: *part, bound: *bound, compare: *compare })).collect()
        }
    }
}

/// How many times the gap a trial may be.
const TRIALS: [i128; 6] = [1, 8, 64, 512, 4_096, 32_768];

struct Solver<'a> {
    scheme: &'a Scheme,
    app: &'a Application,
    result: &'a ClauseResult,
    target: &'a Target,
    now: Then,
}

struct Measured<'a> {
    step: &'a Step,
    part: usize,
    bound: Rational,
    compare: Compare,
}

impl Measured<'_> {
    /// What the measure came to in another assessment of the same clause.
    fn read(&self, assessment: &Assessment, clause: crate::scheme::ClauseId) -> Option<Rational> {
        let result = assessment.clauses.iter().find(|r| r.clause == clause)?;
        let steps = &parts(result).get(self.part)?.steps;
        let step = steps.iter().find(|s| s.node == self.step.node && s.env == self.step.env)?;
        match step.shown {
            Shown::Number(n) => Some(n),
            _ => None,
        }
    }

    fn holds(&self, x: Rational) -> bool {
        match self.compare {
            Compare::Ge => x >= self.bound,
            Compare::Gt => x > self.bound,
            Compare::Le => x <= self.bound,
            Compare::Lt => x < self.bound,
        }
    }
}

impl Solver<'_> {
    fn change(&self, place: Place, needed: FactValue, gap: Option<Rational>, assessment: &Assessment) -> Option<Change> {
        Some(Change {
            clause: self.result.clause,
            why: self.target.why,
            node: self.target.node,
            place,
            current: value_at(self.app, place)?,
            needed,
            gap,
            now: self.now,
            then: then(self.scheme, assessment, self.result.clause)?,
        })
    }

    fn value(&self, place: Place, value: &FactValue) -> Option<Change> {
        let assessment = run(self.scheme, &changed(self.app, place, value))?;
        let gap = match (place, value) {
            (Place::AsOf, FactValue::Date(day)) => Some(days_between(self.app.as_of, *day)),
            _ => None,
        };
        self.change(place, value.clone(), gap, &assessment)
    }

    fn measure(&self, place: Place, measured: &Measured<'_>) -> Option<Change> {
        let FactValue::Number(before) = value_at(self.app, place)? else { return None };
        let Shown::Number(x) = measured.step.shown else { return None };
        let grid = self.grid(place)?;
        let read = |value: Rational| {
            let assessment = run(self.scheme, &changed(self.app, place, &FactValue::Number(value)))?;
            measured.read(&assessment, self.result.clause).map(|x| (x, assessment))
        };
        // One trial, as far as the measure is off, tells the slope; a flat stretch (最低, 增量 below zero) takes a longer one.
        let off = measured.bound.checked_sub(x).ok()?;
        let trial = if off.is_zero() { grid } else { off };
        let slope = TRIALS.iter().find_map(|times| {
            let value = before.checked_add(trial.checked_mul(Rational::from_int(*times)).ok()?).ok()?.max(Rational::ZERO);
            let moved = value.checked_sub(before).ok().filter(|m| !m.is_zero())?;
            let (after, _) = read(value)?;
            after.checked_sub(x).ok()?.checked_div(moved).ok().filter(|slope| !slope.is_zero())
        })?;
        let exact = before.checked_add(off.checked_div(slope).ok()?).ok()?;
        let up = matches!(measured.compare, Compare::Ge | Compare::Gt) == (slope > Rational::ZERO);
        let cells = |value: Rational| {
            let cells = value.checked_div(grid).ok()?;
            Some(if up { -cells.neg().floor() } else { cells.floor() })
        };
        let at = |cell: i128| Rational::from_int(cell).checked_mul(grid).ok().filter(|v| *v >= Rational::ZERO && *v != before);
        let reaches = |cell: i128| at(cell).and_then(read).is_some_and(|(reached, _)| measured.holds(reached));
        let step = if up { 1 } else { -1 };
        let nearest = cells(exact)?;
        let mut found = [nearest, nearest.checked_add(step)?].into_iter().find(|cell| reaches(*cell))?;
        if reaches(found.checked_sub(step)?) {
            // The measure has a kink: the nearest cell lies between here and where it fails.
            let mut fails = cells(before)?;
            while (found - fails).abs() > 1 {
                let middle = fails + (found - fails) / 2;
                *(if reaches(middle) { &mut found } else { &mut fails }) = middle;
            }
        }
        let needed = at(found)?;
        let (_, assessment) = read(needed)?;
        let gap = needed.checked_sub(before).ok()?.abs();
        self.change(place, FactValue::Number(needed), Some(gap), &assessment)
    }

    /// The smallest difference between two values of a fact: a fen, one of a count, a hundredth of a measure or of a percent.
    fn grid(&self, place: Place) -> Option<Rational> {
        let Some(FactType::Number { unit, scale, whole, .. }) = type_of(self.scheme, place) else { return None };
        let unit = self.scheme.unit(*unit);
        if unit.is_none() {
            return Rational::new(1, 10_000).ok();
        }
        if *whole || unit.money().is_some() {
            return Some(if unit.money().is_some() { Rational::ONE } else { *scale });
        }
        scale.checked_div(Rational::from_int(100)).ok()
    }
}
