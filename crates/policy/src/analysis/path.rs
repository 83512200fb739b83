//! One way through a rule: every question that its facts leave open is answered, one way now and the other way on a
//! later walk. A path is replayed from its answers, so that the walker below is written like an evaluator.

use super::linear::{Constraint, Form, MeasureId};
use super::region::{Possible, Region};
use super::space::{AtomId, Space};
use super::{Branch, Context};
use crate::scheme::NodeId;
use values::{Fault, Rational};

/// Why a path was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stop {
    /// A number too large to be held exactly.
    Overflow,
    /// More questions than the bound allows.
    TooDeep,
    /// An atom got a further option: what was explored before is out of date.
    Widened,
    /// A form of expression that is not explored (Chinese, English).
    Unexplored(&'static str, &'static str),
}

impl From<Fault> for Stop {
    fn from(_: Fault) -> Self {
        Self::Overflow
    }
}

/// Questions one path may answer.
const QUESTIONS_MAX: usize = 2_000;

/// A path under way.
pub(super) struct Path<'s> {
    pub(super) space: &'s mut Space,
    pub(super) context: &'s Context,
    pub(super) region: Region,
    /// Answers of the path; further ones are added as questions come.
    answers: Vec<bool>,
    at: usize,
    /// Paths that answer a question of this one the other way.
    pub(super) others: Vec<Vec<bool>>,
    /// Branches taken: subject, node, branch.
    pub(super) branches: Vec<(u16, NodeId, Branch)>,
    /// Measures of the selections that were tried: subject, node, measure.
    pub(super) measured: Vec<(u16, NodeId, Form)>,
    /// Measures that must be known although nothing is decided by them: scores of a ranking.
    pub(super) needed: Vec<Form>,
    /// What the path takes for granted beside its region.
    pub(super) assumed: Vec<Assumption>,
    pub(super) subject: u16,
}

/// What is taken for granted about all applicants of a cell, beside history and decisions being empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumption {
    /// The applicant is alone in the ranking.
    Alone,
    /// Lists have no more records than this.
    Records(u16),
    /// What was received before is zero.
    NoHistory,
}

impl<'s> Path<'s> {
    pub(super) fn new(space: &'s mut Space, context: &'s Context, answers: Vec<bool>) -> Self {
        let region = Region::default();
        Self {
            space,
            context,
            region,
            answers,
            at: 0,
            others: Vec::new(),
            branches: Vec::new(),
            measured: Vec::new(),
            needed: Vec::new(),
            assumed: Vec::new(),
            subject: 0,
        }
    }

    pub(super) fn took(&mut self, node: NodeId, branch: Branch) {
        let entry = (self.subject, node, branch);
        if !self.branches.contains(&entry) {
            self.branches.push(entry);
        }
    }

    pub(super) fn needs(&mut self, form: &Form) {
        self.needed.push(form.clone());
    }

    pub(super) fn takes_for_granted(&mut self, what: Assumption) {
        if !self.assumed.contains(&what) {
            self.assumed.push(what);
        }
    }

    /// The answer the path gives to its next question, if it was asked before.
    fn next(&mut self) -> Result<Option<bool>, Stop> {
        let answer = self.answers.get(self.at).copied();
        self.at += 1;
        if self.at > QUESTIONS_MAX { Err(Stop::TooDeep) } else { Ok(answer) }
    }

    fn choose(&mut self, yes: bool, no: bool) -> bool {
        if yes && no {
            let mut other = self.answers.clone();
            other.push(false);
            self.others.push(other);
        }
        self.answers.push(yes);
        yes
    }

    /// Whether a constraint holds on this path.
    pub(super) fn decide(&mut self, constraint: &Constraint) -> Result<bool, Stop> {
        if let Some(number) = constraint.form.as_number() {
            return Ok(constraint.met_by(number));
        }
        let negated = constraint.negated()?;
        let answer = match self.next()? {
            Some(answer) => answer,
            None => {
                self.space.solved += usize::from(self.region.has_rows());
                let yes = self.region.allows(self.space, constraint)? == Possible::Yes;
                // The region is not empty, so that one of the two holds.
                let no = !yes || self.region.allows(self.space, &negated)? == Possible::Yes;
                self.choose(yes, no)
            }
        };
        self.region.assume(self.space, if answer { constraint } else { &negated })?;
        Ok(answer)
    }

    /// `a ≥ b`, or `a > b`.
    pub(super) fn decide_order(&mut self, a: &Form, b: &Form, strict: bool) -> Result<bool, Stop> {
        let form = a.sub(b)?;
        self.decide(&Constraint { form, strict })
    }

    /// Whether an atom has one of these options.
    pub(super) fn decide_option(&mut self, atom: AtomId, wanted: impl Fn(usize) -> bool) -> Result<bool, Stop> {
        let open = self.region.options(self.space, atom);
        let yes = open.iter().enumerate().any(|(at, open)| *open && wanted(at));
        let no = open.iter().enumerate().any(|(at, open)| *open && !wanted(at));
        if yes != no {
            return Ok(yes);
        }
        let answer = match self.next()? {
            Some(answer) => answer,
            None => self.choose(yes, no),
        };
        self.region.keep(self.space, atom, |at| wanted(at) == answer);
        Ok(answer)
    }

    /// The option of an atom, asked one by one.
    pub(super) fn settle(&mut self, atom: AtomId) -> Result<usize, Stop> {
        let open = self.region.options(self.space, atom);
        let last = open.iter().rposition(|open| *open).unwrap_or(0);
        for (at, _) in open.iter().enumerate().filter(|(_, open)| **open) {
            if at == last || self.decide_option(atom, |option| option == at)? {
                return Ok(at);
            }
        }
        Ok(last)
    }

    /// Adds what follows from how a measure is worked out.
    pub(super) fn assume(&mut self, form: Form, strict: bool) -> Result<(), Stop> {
        Ok(self.region.assume(self.space, &Constraint { form, strict })?)
    }

    /// The whole part of a form, tied to it.
    pub(super) fn floor(&mut self, form: &Form) -> Result<Form, Stop> {
        if let Some(number) = form.as_number() {
            return Ok(Form::number(Rational::new(number.floor(), 1)?));
        }
        let measure: MeasureId = self.space.floor(form);
        let whole = Form::measure(measure);
        let rest = form.sub(&whole)?;
        self.assume(rest.clone(), false)?;
        self.assume(Form::number(Rational::ONE).sub(&rest)?, true)?;
        Ok(whole)
    }
}
