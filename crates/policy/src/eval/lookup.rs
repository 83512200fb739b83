//! What a node looks up: facts and fields, parameters, places, what this clause gave before, results of other clauses.

use super::expr::{Eval, PlaceKnown, money, yes};
use super::value::{Env, Lack, Value, Yield};
use crate::application::{FactValue, When};
use crate::assessment::{Missing, Outcome};
use crate::scheme::{ClauseId, FactId, ParamId};
use values::{Fault, Fen, Rational};

impl<'a, const TRACE: bool> Eval<'a, TRACE> {
    pub(super) fn value(&mut self, value: Option<&'a FactValue>, missing: Missing) -> Yield<'a> {
        match value.and_then(known) {
            Some(value) => Yield::Known(value),
            None => Yield::Unknown(self.lack(missing)),
        }
    }

    /// The day of judgement in the year in force: the same day of an earlier or later year.
    pub(super) fn as_of(&self, env: Env) -> values::Date {
        let months = (i64::from(env.year) - i64::from(self.app.year)) * 12;
        if months == 0 { self.app.as_of } else { self.app.as_of.add_months(months).unwrap_or(self.app.as_of) }
    }

    pub(super) fn when(&self, fact: FactId, env: Env) -> When {
        match self.scheme.fact(fact) {
            Some(f) if f.by_month => When { year: env.year, month: env.month },
            Some(f) if f.by_year => When { year: env.year, month: 0 },
            _ => When { year: self.app.year, month: 0 },
        }
    }

    pub(super) fn fact(&mut self, fact: FactId, env: Env) -> Yield<'a> {
        let when = self.when(fact, env);
        let app = self.app;
        // A payment test of a later year cannot be answered by the award year's value.
        if self.later && when.year != env.year {
            return self.not_of_this_year(fact, env);
        }
        match app.value(fact, when).and_then(known) {
            Some(value) => Yield::Known(value),
            None => self.no_fact(fact, when),
        }
    }

    #[cold]
    fn not_of_this_year(&mut self, fact: FactId, env: Env) -> Yield<'a> {
        Yield::Unknown(self.lack(Missing::Fact(fact, Some(env.year), None)))
    }

    #[cold]
    pub(super) fn no_fact(&mut self, fact: FactId, when: When) -> Yield<'a> {
        let month = (when.month != 0).then_some(when.month);
        // A month is told with its year, as files name it: 2027-03.
        let year = (when.year != self.app.year || month.is_some()).then_some(when.year);
        let listed = self.app.value(fact, when).is_some();
        Yield::Unknown(self.lack(if listed { Missing::Fact(fact, None, None) } else { Missing::Fact(fact, year, month) }))
    }

    pub(super) fn field(&mut self, list: FactId, field: u16, env: Env) -> Yield<'a> {
        let app = self.app;
        let value = match app.value(list, When { year: app.year, month: 0 }) {
            Some(FactValue::List(records)) => records.get(env.record as usize).and_then(|r| r.get(usize::from(field))).and_then(Option::as_ref),
            _ => None,
        };
        self.value(value, Missing::Field(list, field, env.record + 1))
    }

    pub(super) fn param(&mut self, id: ParamId, env: Env) -> Yield<'a> {
        let scheme = self.scheme;
        let Some(param) = scheme.params.get(id.index()) else { return Yield::Absent };
        // What comes with the application is the award year's; other years are the table's.
        let now = !param.by_year || env.year == self.app.year;
        if let Some((_, given)) = self.app.params.iter().find(|(p, _)| *p == id && now) {
            return Yield::Known(Value::Number(*given));
        }
        let (mut choices, mut open) = (Vec::with_capacity(param.by.len()), None);
        for fact in &param.by {
            match (self.fact(*fact, env), open) {
                (Yield::Known(Value::Choice(choice)), _) => choices.push(choice),
                // All that is not known is told at once.
                (Yield::Unknown(more), None) => open = Some(more),
                (Yield::Unknown(more), Some(lack)) => open = Some(self.both(lack, more)),
                (other, _) => return other,
            }
        }
        if let Some(lack) = open {
            return Yield::Unknown(lack);
        }
        match param.row_in_force(&choices, env.year, self.app.as_of) {
            Some(row) => Yield::Known(Value::Number(row.value)),
            None => Yield::Unknown(self.lack(Missing::Param(id, param.by_year.then_some(env.year).filter(|y| *y != self.app.year)))),
        }
    }

    pub(super) fn place(&mut self) -> Yield<'a> {
        let Some(clause) = self.clause else { return Yield::Absent };
        match self.places.iter().find(|(c, _)| *c == clause).map(|(_, p)| p) {
            Some(PlaceKnown::Place(place, _)) => Yield::Known(Value::Number(Rational::from_int(i128::from(*place)))),
            _ => Yield::Unknown(self.lack(Missing::Place(clause))),
        }
    }

    pub(super) fn received(&mut self) -> Yield<'a> {
        let mut sum = Fen(0);
        for earlier in self.app.history.iter().filter(|e| Some(e.clause) == self.clause) {
            match sum.checked_add(earlier.amount) {
                Ok(next) => sum = next,
                Err(fault) => return Yield::Fault(fault),
            }
        }
        money(sum)
    }

    pub(super) fn first_year(&mut self) -> Yield<'a> {
        let paid = self.app.history.iter().filter(|e| Some(e.clause) == self.clause && e.amount > Fen(0));
        Yield::Known(Value::Year(paid.map(|e| e.year).min().unwrap_or(self.app.year)))
    }

    pub(super) fn clause_amount(&mut self, clause: ClauseId) -> Yield<'a> {
        let result = self.result(clause);
        let (outcome, amount, missing, decided, fault) = (result.outcome, result.amount, result.missing.clone(), result.decided, result.fault);
        match (outcome, amount) {
            // A ceiling is not an amount until somebody decides it.
            (Outcome::Eligible, Some(_)) if !decided => Yield::Unknown(self.lack(Missing::Decision(clause))),
            (Outcome::Eligible, Some(fen)) => money(fen),
            (Outcome::Undetermined, _) => self.undetermined(missing, fault),
            _ => Yield::Absent,
        }
    }

    pub(super) fn clause_eligible(&mut self, clause: ClauseId) -> Yield<'a> {
        let result = self.result(clause);
        let (outcome, missing, fault) = (result.outcome, result.missing.clone(), result.fault);
        match outcome {
            Outcome::Eligible => yes(true),
            Outcome::Undetermined => self.undetermined(missing, fault),
            _ => yes(false),
        }
    }

    /// What rests on a clause that is undetermined lacks what that clause lacks; where nothing is lacking, arithmetic went wrong there.
    fn undetermined(&mut self, missing: Vec<Missing>, fault: Option<Fault>) -> Yield<'a> {
        match fault.filter(|_| missing.is_empty()) {
            Some(fault) => Yield::Fault(fault),
            None => self.unknown(missing),
        }
    }

    pub(super) fn unknown(&mut self, missing: Vec<Missing>) -> Yield<'a> {
        self.lacks.push(missing);
        Yield::Unknown(Lack(u32::try_from(self.lacks.len()).unwrap_or(0)))
    }
}

/// A value as the evaluator reads it; a list is not one.
#[inline]
fn known(value: &FactValue) -> Option<Value<'_>> {
    Some(match value {
        FactValue::YesNo(b) => Value::YesNo(*b),
        FactValue::Number(n) => Value::Number(*n),
        FactValue::Date(d) => Value::Date(*d),
        FactValue::Year(y) => Value::Year(*y),
        FactValue::Choice(c) => Value::Choice(*c),
        FactValue::Text(t) => Value::Text(t),
        FactValue::List(_) => return None,
    })
}
