//! What earlier determinations leave open: frequencies, limits, and the keys they count by.

use super::expr::Eval;
use super::trace::{PartKind, Trace};
use super::value::{Lack, Value, Yield};
use crate::application::{Earlier, FactValue};
use crate::assessment::Missing;
use crate::scheme::{ClauseId, FactId, FactType, Frequency, Key, Limit, Scheme, Window};
use std::borrow::Cow;
use values::{Fen, Rational};

/// How a frequency stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frequented {
    Free,
    UsedUp,
    Unknown(Vec<Missing>),
}

/// A value as the word by which frequencies and groups compare it.
pub(super) fn word<'a>(scheme: &'a Scheme, fact: FactId, value: &'a FactValue) -> Cow<'a, str> {
    match value {
        FactValue::Text(text) => Cow::Borrowed(text),
        FactValue::Choice(choice) => Cow::Borrowed(scheme.choices(fact).get(usize::from(*choice)).map_or("", String::as_str)),
        FactValue::YesNo(yes) => Cow::Borrowed(if *yes { "true" } else { "false" }),
        FactValue::Date(date) => date.to_string().into(),
        FactValue::Year(year) => year.to_string().into(),
        FactValue::Number(number) => {
            let scale = match scheme.fact(fact).map(|f| &f.ty) {
                Some(FactType::Number { scale, .. }) => *scale,
                _ => Rational::ONE,
            };
            number.checked_div(scale).unwrap_or(*number).to_string().into()
        }
        FactValue::List(_) => Cow::Borrowed(""),
    }
}

impl<'a, const TRACE: bool> Eval<'a, TRACE> {
    /// The word a frequency or limit counts by, for this application.
    pub(super) fn key_word(&self, key: Key, clause: ClauseId) -> Option<Cow<'a, str>> {
        let (scheme, app) = (self.scheme, self.app);
        match key {
            Key::Project => app.project(clause).map(Cow::Borrowed),
            Key::Kind => scheme.clause(clause).and_then(|c| c.kind.as_deref()).map(Cow::Borrowed),
            Key::Fact(fact) => {
                let value = app.value(fact, self.when(fact, self.env()))?;
                Some(word(scheme, fact, value))
            }
        }
    }

    fn key_missing(&self, key: Key, clause: ClauseId) -> Missing {
        match key {
            Key::Fact(fact) => Missing::Fact(fact, None, None),
            _ => Missing::Project(clause),
        }
    }

    /// How the frequency of these clauses stands for an award of one of them.
    #[inline]
    pub(super) fn frequented(&self, frequency: Option<&Frequency>, clauses: &[ClauseId], of: ClauseId) -> Frequented {
        match frequency {
            Some(frequency) if !self.app.history.is_empty() => self.frequented_before(frequency, clauses, of),
            _ => Frequented::Free,
        }
    }

    fn frequented_before(&self, frequency: &Frequency, clauses: &[ClauseId], of: ClauseId) -> Frequented {
        let paid: Vec<&Earlier> = self.app.history.iter().filter(|e| clauses.contains(&e.clause) && e.amount > Fen(0)).collect();
        let Some(key) = frequency.each else {
            return if self.used_up(frequency, &paid) { Frequented::UsedUp } else { Frequented::Free };
        };
        let own = self.key_word(key, of);
        let sure: Vec<&Earlier> = paid.iter().copied().filter(|e| own.is_some() && e.key.as_deref() == own.as_deref()).collect();
        let possible: Vec<&Earlier> = paid.iter().copied().filter(|e| own.is_none() || e.key.is_none() || e.key.as_deref() == own.as_deref()).collect();
        if self.used_up(frequency, &sure) {
            return Frequented::UsedUp;
        }
        if !self.used_up(frequency, &possible) {
            return Frequented::Free;
        }
        let mut missing: Vec<Missing> = possible.iter().filter(|e| e.key.is_none()).map(|e| Missing::HistoryKey(e.clause, e.year)).collect();
        if own.is_none() {
            missing.push(self.key_missing(key, of));
        }
        missing.sort();
        missing.dedup();
        Frequented::Unknown(missing)
    }

    fn used_up(&self, frequency: &Frequency, paid: &[&Earlier]) -> bool {
        let within = paid.iter().filter(|e| self.in_window(frequency.window, e.year)).count();
        let mut years: Vec<i32> = paid.iter().map(|e| e.year).filter(|y| *y != self.app.year).collect();
        years.sort_unstable();
        years.dedup();
        within >= frequency.times as usize || frequency.years_in_all.is_some_and(|n| years.len() >= n as usize)
    }

    pub(super) fn in_window(&self, window: Window, year: i32) -> bool {
        match window {
            Window::Life => true,
            Window::Year => year == self.app.year,
            Window::Years(n) => {
                let first = self.app.year.saturating_sub(i32::try_from(n).unwrap_or(i32::MAX).saturating_sub(1));
                (first..=self.app.year).contains(&year)
            }
        }
    }

    /// What a limit leaves, never below zero.
    pub(super) fn left_of(&mut self, limit: &'a Limit, id: ClauseId, at: u32, trace: &mut Option<Box<Trace>>) -> Result<Rational, Lack> {
        let env = self.env();
        let total = self.eval(limit.amount, env);
        let mut used = Fen(0);
        let own = limit.each.map(|key| self.key_word(key, id));
        let mut open = Vec::new();
        for earlier in self.app.history.iter().filter(|e| e.clause == id && e.amount > Fen(0) && self.in_window(limit.window, e.year)) {
            match (&own, &earlier.key) {
                (Some(Some(own)), Some(key)) if *own != *key => continue,
                (Some(Some(_)), None) => open.push(Missing::HistoryKey(id, earlier.year)),
                (Some(None), _) => open.extend(limit.each.map(|key| self.key_missing(key, id))),
                _ => {}
            }
            match used.checked_add(earlier.amount) {
                Ok(sum) => used = sum,
                Err(fault) => {
                    self.fault.get_or_insert(fault);
                    return Err(Lack(0));
                }
            }
        }
        if TRACE {
            Trace::add(trace, PartKind::Limit(at, used), self.steps());
        }
        if !open.is_empty() {
            let mut lack = Lack(0);
            for what in open {
                let more = self.lack(what);
                lack = self.both(lack, more);
            }
            return Err(lack);
        }
        match total {
            Yield::Known(Value::Number(n)) => match n.checked_sub(used.to_rational()) {
                Ok(left) => Ok(left.or_zero()),
                Err(fault) => {
                    self.fault.get_or_insert(fault);
                    Err(Lack(0))
                }
            },
            Yield::Unknown(lack) => Err(lack),
            Yield::Fault(fault) => {
                self.fault.get_or_insert(fault);
                Err(Lack(0))
            }
            _ => Err(Lack(0)),
        }
    }
}
