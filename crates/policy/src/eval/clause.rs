//! One clause for one application: bars, frequency, conditions, place, amount, decision, limits, one rounding.

use super::expr::{Count, Eval, Gate, GateSet, PlaceKnown, yes};
use super::memory::Frequented;
use super::trace::{PartKind, Trace};
use super::value::{Lack, Value, Yield};
use crate::assessment::{ClauseResult, Mark, Marks, Missing, Outcome};
use crate::scheme::{Clause, ClauseId, Give, Modifier, NodeId, Origin, Test};
use std::sync::Arc;
use values::{Fen, Rational};

/// A result while it is made: what it lacks, whether it is still open.
struct Draft {
    result: ClauseResult,
    lack: Lack,
    open: bool,
}

/// What the conditions say together.
pub(super) struct Standing {
    pub(super) barred: Option<bool>,
    pub(super) holds: Option<bool>,
    /// What would settle those of both that are not known.
    pub(super) lack: Lack,
}

impl<'a, const TRACE: bool> Eval<'a, TRACE> {
    /// The result of a clause.
    pub(super) fn result(&mut self, id: ClauseId) -> &ClauseResult {
        self.make(id);
        // A scheme's clause ids are its own.
        self.made.get(id.index()).and_then(|place| self.results.get(usize::from(*place).checked_sub(1)?)).unwrap_or(&NO_RESULT)
    }

    /// Evaluates a clause, once.
    pub(super) fn make(&mut self, id: ClauseId) {
        if self.made.is_empty() {
            self.made.resize(self.scheme.clauses.len(), 0);
            self.results.reserve_exact(self.scheme.clauses.len());
        }
        if self.made.get(id.index()) == Some(&0) {
            // Called in the middle of another clause, it leaves that clause's steps alone; else the buffer serves again.
            let (clause, fault) = (self.clause, self.fault.take());
            let steps = (TRACE && !self.log.is_empty()).then(|| std::mem::take(&mut self.log));
            self.clause(id);
            (self.clause, self.fault) = (clause, fault);
            if let Some(steps) = steps {
                self.log = steps;
            }
            if let Some(slot) = self.made.get_mut(id.index()) {
                *slot = u16::try_from(self.results.len()).unwrap_or(0);
            }
        }
    }

    /// Evaluates a clause and adds its result.
    fn clause(&mut self, id: ClauseId) {
        let scheme = self.scheme;
        let mut draft = Draft { result: nothing(id), lack: Lack(0), open: false };
        let Some(clause) = scheme.clauses.get(id.index()) else { return };
        self.clause = Some(id);
        if TRACE {
            let parts = Vec::with_capacity(clause.bars.len() + clause.conditions.len() + clause.limits.len() + 2);
            let history = self.app.history.iter().filter(|e| e.clause == id).map(|e| (e.year, e.amount)).collect();
            draft.result.trace = Some(Box::new(Trace { parts, history, exact: None, decision: None }));
        }
        let standing = self.standing(clause, &mut draft.result.trace, &mut draft.result.marks);
        let frequented = self.frequented(clause.frequency.as_ref(), &[id], id);
        draft.lack = standing.lack;
        draft.open = standing.holds.is_none() || standing.barred.is_none();
        draft.result.outcome = if standing.barred == Some(true) {
            Outcome::Barred
        } else if frequented == Frequented::UsedUp {
            Outcome::Exhausted
        } else if standing.holds == Some(false) {
            Outcome::Ineligible
        } else {
            Outcome::Eligible
        };
        if draft.result.outcome == Outcome::Eligible {
            if let Frequented::Unknown(missing) = frequented {
                for what in missing {
                    let more = self.lack(what);
                    draft.lack = self.both(draft.lack, more);
                }
                draft.open = true;
            }
            self.placed(clause, id, &mut draft);
        }
        if draft.result.outcome == Outcome::Eligible {
            for reading in &clause.open_readings {
                let more = self.lack(Missing::Reading(*reading));
                draft.lack = self.both(draft.lack, more);
                draft.open = true;
            }
            self.give(clause, id, &mut draft);
        }
        if draft.result.outcome == Outcome::Eligible && draft.open {
            draft.result.outcome = Outcome::Undetermined;
        }
        match draft.result.outcome {
            Outcome::Eligible => {}
            Outcome::Undetermined => {
                draft.result.missing = self.missing(draft.lack).to_vec();
                draft.result.fault = self.fault;
                (draft.result.amount, draft.result.ceiling) = (None, None);
            }
            _ => {
                (draft.result.amount, draft.result.ceiling) = (None, None);
            }
        }
        self.results.push(draft.result);
    }

    /// Evaluates the tests of a clause; without a trace it stops where the answer is settled.
    pub(super) fn standing(&mut self, clause: &'a Clause, trace: &mut Option<Box<Trace>>, marks: &mut Marks) -> Standing {
        let (mut count, mut barred) = if TRACE { (Count::default(), Count::default()) } else { self.gate_set(clause) };
        for bar in &clause.bars {
            let general = bar.origin != Origin::Clause;
            if general && !TRACE {
                continue;
            }
            let result = self.part(*bar, PartKind::Bar(bar.origin), trace);
            match result {
                result if general => self.count(&mut barred, result),
                Yield::Known(Value::YesNo(b)) => self.count(&mut count, yes(!b)),
                other => self.count(&mut count, other),
            }
        }
        let (barred, lack) = barred.settled(1);
        if self.out_of_force() {
            marks.push(Mark::OutOfForce);
            self.count(&mut count, yes(false));
        }
        if self.wrong_kind(clause) {
            marks.push(Mark::WrongKind);
            self.count(&mut count, yes(false));
        }
        for test in clause.conditions.iter().filter(|t| TRACE || t.origin == Origin::Clause) {
            let result = self.part(*test, PartKind::Condition(test.origin), trace);
            self.count(&mut count, result);
            if !TRACE && result.yes() == Some(false) {
                break;
            }
        }
        let (holds, more) = count.settled(count.all);
        Standing { barred, holds, lack: self.both(lack, more) }
    }

    /// General tests of a clause, run first, and once for all clauses that share them: conditions, bars.
    fn gate_set(&mut self, clause: &'a Clause) -> (Count, Count) {
        if let Some(set) = self.gate_sets.iter().find(|set| set.number == clause.gate_set) {
            self.fault = self.fault.or(set.fault);
            return (set.conditions, set.bars);
        }
        let env = self.env();
        let (mut conditions, mut bars) = (Count::default(), Count::default());
        for (tests, count) in [(&clause.bars, &mut bars), (&clause.conditions, &mut conditions)] {
            for test in tests.iter().filter(|t| t.origin != Origin::Clause) {
                let result = self.eval(test.node, env);
                self.count(count, result);
            }
        }
        self.gate_sets.push(GateSet { number: clause.gate_set, conditions, bars, fault: self.fault });
        (conditions, bars)
    }

    /// A test, taken from the shared results where it is a general one.
    fn part(&mut self, test: Test, kind: PartKind, trace: &mut Option<Box<Trace>>) -> Yield<'a> {
        if !TRACE {
            return self.eval(test.node, self.env());
        }
        if let Origin::General(_) = test.origin
            && let Some(gate) = self.gates.iter().find(|gate| gate.node == test.node)
        {
            Trace::add(trace, kind, Arc::clone(&gate.steps));
            self.fault = self.fault.or(gate.fault);
            return gate.result;
        }
        let before = self.fault.take();
        let result = self.eval(test.node, self.env());
        let steps = self.steps();
        Trace::add(trace, kind, Arc::clone(&steps));
        if let Origin::General(_) = test.origin {
            self.gates.push(Gate { node: test.node, result, steps, fault: self.fault });
        }
        self.fault = before.or(self.fault);
        result
    }

    /// The award year lies before the policy is in force or after it has expired; the same for all clauses.
    fn out_of_force(&mut self) -> bool {
        if let Some(known) = self.out_of_force {
            return known;
        }
        let out = self.force_is_over_or_to_come();
        self.out_of_force = Some(out);
        out
    }

    fn force_is_over_or_to_come(&self) -> bool {
        let policy = &self.scheme.policy;
        let (first, last) = if policy.boundary == Some("申报") {
            (Some(self.app.as_of), Some(self.app.as_of))
        } else {
            (values::Date::first_of_year(self.app.year), values::Date::last_of_year(self.app.year))
        };
        let late = matches!((policy.expires, first), (Some(end), Some(first)) if first > end);
        let early = matches!((policy.in_force, last), (Some(start), Some(last)) if last < start);
        let before_year = policy.in_force.is_none() && policy.in_force_year.is_some_and(|year| self.app.year < year);
        late || early || before_year
    }

    /// The application declares a kind of applicant that the clause is not for.
    fn wrong_kind(&self, clause: &Clause) -> bool {
        self.kind.is_some_and(|kind| !clause.applicants.is_empty() && !clause.applicants.contains(&kind))
    }

    fn placed(&mut self, clause: &'a Clause, id: ClauseId, draft: &mut Draft) {
        let Some(rank) = &clause.rank else { return };
        if TRACE {
            let env = self.env();
            self.eval(rank.score, env);
            Trace::add(&mut draft.result.trace, PartKind::Score, self.steps());
        }
        let places = self.places;
        let place = places.iter().find(|(c, _)| *c == id).map(|(_, p)| p);
        match place {
            Some(PlaceKnown::Place(place, provisional)) => {
                draft.result.place = Some(*place);
                if *provisional {
                    draft.result.marks.push(Mark::ProvisionalPlace);
                }
                if rank.top.is_some_and(|top| *place > top) {
                    draft.result.marks.push(Mark::NotPlaced);
                    draft.result.outcome = Outcome::Ineligible;
                }
            }
            Some(PlaceKnown::Unranked) => {
                // Undecided conditions: the conditions say what is missing.
                draft.open = true;
            }
            Some(PlaceKnown::Unknown(missing)) => {
                for what in missing {
                    let more = self.lack(what.clone());
                    draft.lack = self.both(draft.lack, more);
                }
                draft.open = true;
            }
            None => {
                let more = self.lack(Missing::Place(id));
                draft.lack = self.both(draft.lack, more);
                draft.open = true;
            }
        }
    }

    fn give(&mut self, clause: &'a Clause, id: ClauseId, draft: &mut Draft) {
        let decision = self.app.decision(id);
        let env = self.env();
        let value = match &clause.give {
            None => Yield::Absent,
            Some(Give::Service(_)) => {
                draft.result.marks.push(Mark::Service);
                return;
            }
            Some(Give::Amount(node) | Give::Waive(node) | Give::UpTo(node)) => self.eval(*node, env),
            Some(Give::Decided(modifiers)) => self.decided(id, decision, modifiers),
        };
        if TRACE {
            Trace::add(&mut draft.result.trace, PartKind::Amount, self.steps());
        }
        if TRACE && let Some(trace) = &mut draft.result.trace {
            trace.decision = decision;
        }
        match value {
            Yield::Absent => {
                draft.result.marks.push(Mark::NothingGiven);
                draft.result.outcome = Outcome::Ineligible;
            }
            Yield::Unknown(more) => {
                draft.lack = self.both(draft.lack, more);
                draft.open = true;
            }
            Yield::Fault(fault) => {
                self.fault.get_or_insert(fault);
                draft.open = true;
            }
            Yield::Known(Value::Number(exact)) => self.limited(clause, id, exact.or_zero(), draft),
            Yield::Known(_) => draft.open = true,
        }
    }

    fn decided(&mut self, id: ClauseId, decision: Option<Fen>, modifiers: &[(Modifier, NodeId)]) -> Yield<'a> {
        let mut value = match decision {
            Some(fen) => Yield::Known(Value::Number(fen.to_rational())),
            None => Yield::Unknown(self.lack(Missing::Decision(id))),
        };
        let env = self.env();
        for (modifier, node) in modifiers {
            let argument = self.eval(*node, env);
            value = self.modify(value, *modifier, argument);
        }
        value
    }

    /// Limits, the decision within a ceiling, and the one rounding: half up to the fen.
    fn limited(&mut self, clause: &'a Clause, id: ClauseId, exact: Rational, draft: &mut Draft) {
        let mut value = exact;
        for (at, limit) in clause.limits.iter().enumerate() {
            match self.left_of(limit, id, u32::try_from(at).unwrap_or(u32::MAX), &mut draft.result.trace) {
                Ok(left) => {
                    // Neither is below zero.
                    if left < value {
                        let cut = || Mark::LimitCut(Fen::from_rational_half_up(left).unwrap_or_default());
                        draft.result.marks.push(if left.is_zero() { Mark::LimitUsedUp } else { cut() });
                        value = left;
                    }
                }
                Err(more) => {
                    draft.lack = self.both(draft.lack, more);
                    draft.open = true;
                    return;
                }
            }
        }
        if TRACE && let Some(trace) = &mut draft.result.trace {
            trace.exact = Some(exact);
        }
        let rounded = Fen::from_rational_half_up(value).ok().filter(|fen| *fen <= AWARD_MAX);
        let Some(fen) = rounded else {
            self.fault.get_or_insert(values::Fault::Overflow);
            draft.open = true;
            return;
        };
        match &clause.give {
            Some(Give::UpTo(_)) => {
                draft.result.ceiling = Some(fen);
                match self.app.decision(id) {
                    Some(decision) => {
                        if decision > fen {
                            draft.result.marks.push(Mark::DecisionCut(decision));
                        }
                        draft.result.amount = Some(decision.min(fen).max(Fen(0)));
                    }
                    None => {
                        draft.result.amount = Some(fen);
                        draft.result.decided = false;
                        draft.result.marks.push(Mark::Ceiling);
                    }
                }
            }
            Some(Give::Waive(_)) => {
                draft.result.amount = Some(fen);
                draft.result.marks.push(Mark::Waived);
            }
            _ => draft.result.amount = Some(fen),
        }
    }
}

/// No award of this world reaches ten trillion yuan; below it the sums of nine thousand such awards still fit.
const AWARD_MAX: Fen = Fen(1_000_000_000_000_000);

/// A result that says nothing: the start of every other. Written by a call of its own: where it is inlined, the compiler
/// makes it in a second place and copies parts back before they are written, which costs a twentieth of an evaluation.
#[inline(never)]
pub(super) fn nothing(clause: ClauseId) -> ClauseResult {
    ClauseResult { clause, ..NOTHING }
}

const NOTHING: ClauseResult = ClauseResult {
    clause: ClauseId(0),
    outcome: Outcome::Undetermined,
    amount: None,
    ceiling: None,
    decided: true,
    missing: Vec::new(),
    fault: None,
    marks: Marks::new_const(),
    place: None,
    awarded: None,
    plan: Vec::new(),
    trace: None,
};

static NO_RESULT: ClauseResult = NOTHING;
