//! The stages of a clause along a path: bars, kind, conditions, place, formula, limits; as the evaluator takes them.

use super::choose::not_negative;
use super::linear::Form;
use super::path::{Assumption, Stop};
use super::space::{Options, Source};
use super::symbolic::{Sym, Walk};
use super::{Branch, Outcome, Reason};
use crate::scheme::{Clause, ClauseId, Give, NodeId, Origin};
use values::Rational;

impl<'a> Walk<'a, '_, '_> {
    /// The outcome of a clause along the path.
    pub(super) fn clause(&mut self, id: ClauseId) -> Result<Outcome, Stop> {
        let scheme = self.scheme;
        let Some(clause) = scheme.clause(id) else { return Ok(Outcome::Undetermined) };
        let outer = std::mem::replace(&mut self.clause, id);
        let outcome = self.stages(clause, id);
        self.clause = outer;
        outcome
    }

    fn stages(&mut self, clause: &'a Clause, id: ClauseId) -> Result<Outcome, Stop> {
        let env = self.env();
        let mut open = false;
        for bar in clause.bars.iter().filter(|b| b.origin != Origin::Clause) {
            match self.test(bar.node, env)? {
                Some(true) => return Ok(Outcome::Barred { by: bar.node }),
                Some(false) => {}
                None => open = true,
            }
        }
        if self.out_of_force() {
            return Ok(Outcome::Ineligible(Reason::OutOfForce));
        }
        if !self.right_kind(clause)? {
            return Ok(Outcome::Ineligible(Reason::Kind));
        }
        let own_bars = clause.bars.iter().filter(|b| b.origin == Origin::Clause).map(|b| (b.node, false));
        let tests: Vec<(NodeId, bool)> = clause.conditions.iter().map(|c| (c.node, true)).chain(own_bars).collect();
        for (node, wanted) in tests {
            match self.test(node, env)? {
                Some(result) if result != wanted => return Ok(Outcome::Ineligible(Reason::Condition(node))),
                Some(_) => {}
                None => open = true,
            }
        }
        if let Some(rank) = &clause.rank {
            // Alone, an applicant is first, if its score is known.
            self.path.takes_for_granted(Assumption::Alone);
            for node in std::iter::once(rank.score).chain(rank.tie) {
                match self.value(node, env)? {
                    Sym::Number(score) => self.path.needs(&score),
                    _ => open = true,
                }
            }
        }
        let outcome = self.give(clause, id)?;
        open |= !clause.open_readings.is_empty();
        // What gives nothing is refused, whatever else is open.
        Ok(if open && outcome != Outcome::Ineligible(Reason::NothingGiven) { Outcome::Undetermined } else { outcome })
    }

    fn out_of_force(&self) -> bool {
        let policy = &self.scheme.policy;
        let context = self.path.context;
        let (first, last) = if policy.boundary == Some("申报") {
            (Some(context.as_of), Some(context.as_of))
        } else {
            (values::Date::first_of_year(context.year), values::Date::last_of_year(context.year))
        };
        let late = matches!((policy.expires, first), (Some(end), Some(first)) if first > end);
        let early = matches!((policy.in_force, last), (Some(start), Some(last)) if last < start);
        late || early || policy.in_force.is_none() && policy.in_force_year.is_some_and(|year| context.year < year)
    }

    fn right_kind(&mut self, clause: &'a Clause) -> Result<bool, Stop> {
        let scheme = self.scheme;
        let kinds = scheme.choices(scheme.kind_fact()).to_vec();
        if clause.applicants.is_empty() || kinds.is_empty() {
            return Ok(true);
        }
        let wanted: Vec<String> = clause.applicants.iter().filter_map(|k| kinds.get(usize::from(*k)).cloned()).collect();
        let name = scheme.fact(scheme.kind_fact()).map_or(String::new(), |f| f.name.clone());
        let atom = self.path.space.keep_atom(Source::Fact { name, year: None, month: 0 }, Options::Words(kinds));
        let known = match self.path.space.atom(atom).map(|a| &a.options) {
            Some(Options::Words(words)) => words.clone(),
            _ => Vec::new(),
        };
        self.path.decide_option(atom, |option| known.get(option).is_some_and(|word| wanted.contains(word)))
    }

    fn give(&mut self, clause: &'a Clause, id: ClauseId) -> Result<Outcome, Stop> {
        let env = self.env();
        let value = match &clause.give {
            None => Sym::Absent,
            Some(Give::Service(_)) => return Ok(Outcome::Service),
            Some(Give::Amount(node) | Give::Waive(node) | Give::UpTo(node)) => self.value(*node, env)?,
            Some(Give::Decided(modifiers)) => {
                let decision = self.path.space.decision(self.scheme, id).ok_or(Stop::Overflow)?;
                let mut value = Sym::Number(Form::measure(decision));
                for (modifier, node) in modifiers {
                    let argument = self.value(*node, env)?;
                    value = self.modify(*node, value, *modifier, argument)?;
                }
                value
            }
        };
        let mut amount = match value {
            Sym::Absent => return Ok(Outcome::Ineligible(Reason::NothingGiven)),
            Sym::Number(amount) => amount,
            _ => return Ok(Outcome::Undetermined),
        };
        if !self.path.decide(&not_negative(amount.clone()))? {
            amount = Form::default();
        }
        for (at, limit) in (0_u16..).zip(&clause.limits) {
            let Sym::Number(left) = self.value(limit.amount, env)? else { return Ok(Outcome::Undetermined) };
            let left = if self.path.decide(&not_negative(left.clone()))? { left } else { Form::number(Rational::ZERO) };
            let cut = self.greater(&amount, &left)?;
            self.path.took(limit.amount, Branch::Limit(at, cut));
            if cut {
                amount = left;
            }
        }
        Ok(Outcome::Eligible { amount, ceiling: matches!(clause.give, Some(Give::UpTo(_))), decided: matches!(clause.give, Some(Give::Decided(_))) })
    }
}
