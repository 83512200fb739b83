//! Conditions, selections and collectives along a path.

use super::Branch;
use super::linear::{Constraint, Form};
use super::path::{Assumption, Stop};
use super::space::{Options, Source};
use super::symbolic::{BEHIND_FAULT, Env, Sym, Walk, order};
use crate::scheme::{Band, CaseRow, Compare, Gather, Member, Node, NodeId, Op, Otherwise, Over, Range, Tier, Type};
use values::Rational;

/// A tally of tests: how many, how many held, how many cannot be told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) all: usize,
    pub(super) held: usize,
    pub(super) open: usize,
}

impl Tally {
    pub(super) fn count(&mut self, result: Option<bool>) {
        self.all += 1;
        self.held += usize::from(result == Some(true));
        self.open += usize::from(result.is_none());
    }

    /// What is sure already, with so many tests still to come.
    pub(super) fn settled(self, wanted: usize, to_come: usize) -> Option<bool> {
        if self.held >= wanted {
            Some(true)
        } else if self.held + self.open + to_come < wanted {
            Some(false)
        } else {
            None
        }
    }
}

impl<'a> Walk<'a, '_, '_> {
    /// A condition: yes, no, or (behind a fault) neither.
    pub(super) fn test(&mut self, id: NodeId, env: Env) -> Result<Option<bool>, Stop> {
        let scheme = self.scheme;
        let Some(node) = scheme.node(id) else { return Ok(Some(false)) };
        let result = match &node.op {
            Op::YesNo(b) => Some(*b),
            Op::Fact(_) | Op::Field(..) | Op::Named(..) | Op::At(..) => {
                let value = self.peel(id, env)?;
                self.yes(value)?
            }
            Op::Compare(compare, _, a, b) | Op::DateCompare(compare, _, a, b) => {
                let (a, b) = (self.value(*a, env)?, self.value(*b, env)?);
                self.compare(*compare, a, b)?
            }
            Op::Between(x, low, low_in, high, high_in) => {
                let (x, low, high) = (self.value(*x, env)?, self.value(*low, env)?, self.value(*high, env)?);
                let above = self.compare(if *low_in { Compare::Ge } else { Compare::Gt }, x.clone(), low)?;
                if above == Some(false) { Some(false) } else { and(above, self.compare(if *high_in { Compare::Le } else { Compare::Lt }, x, high)?) }
            }
            Op::Is(a, b, negated) => {
                let (a, b) = (self.value(*a, env)?, self.value(*b, env)?);
                self.same(a, b)?.map(|same| same != *negated)
            }
            Op::In(a, set) => {
                let words: Vec<String> = match scheme.node(*a).map(|n| n.ty) {
                    Some(Type::Choice(of)) => set.iter().filter_map(|c| scheme.choices(of).get(usize::from(*c)).cloned()).collect(),
                    _ => Vec::new(),
                };
                let value = self.value(*a, env)?;
                self.among(value, &words)?
            }
            Op::Aged { date, length, days, until } => {
                let (start, length) = (self.value(*date, env)?, self.value(*length, env)?);
                let end = match until {
                    Some(until) => self.value(*until, env)?,
                    None => Sym::Date(Form::number(super::space::day_number(self.as_of(env)))),
                };
                let full = self.later(start, length, *days, false)?;
                self.compare(Compare::Le, full, end)?
            }
            Op::Not(inner) => self.test(*inner, env)?.map(|b| !b),
            Op::Junction(all, parts) => {
                let wanted = if *all { parts.len() } else { 1 };
                self.tests(wanted, parts.len(), |walk, at| parts.get(at).map_or(Ok(Some(false)), |part| walk.test(*part, env)))?
            }
            _ => self.collected(id, node, env)?,
        };
        if let Some(answer) = result {
            self.path.took(id, Branch::Test(answer));
        }
        Ok(result)
    }

    /// Conditions over years, clauses, collectives and selections.
    fn collected(&mut self, id: NodeId, node: &'a Node, env: Env) -> Result<Option<bool>, Stop> {
        Ok(match &node.op {
            Op::FirstReach { compare, value, bound, since, .. } => self.first_reach(*compare, *value, *bound, *since, env)?,
            Op::ClauseEligible(clause) => match self.clause(*clause)? {
                super::Outcome::Eligible { .. } | super::Outcome::Service => Some(true),
                super::Outcome::Undetermined => None,
                _ => Some(false),
            },
            Op::Gather(op @ (Gather::Any | Gather::All | Gather::AtLeast(_)), members, _) => {
                let wanted = wanted(*op, members.len());
                self.tests(wanted, members.len(), |walk, at| match members.get(at) {
                    Some(Member { guard: Some(guard), value }) => match walk.test(*guard, env)? {
                        Some(false) => Ok(Some(false)),
                        guard => Ok(and(guard, walk.test(*value, env)?)),
                    },
                    Some(Member { guard: None, value }) => walk.test(*value, env),
                    None => Ok(Some(false)),
                })?
            }
            Op::Fold { op: op @ (Gather::Any | Gather::All | Gather::AtLeast(_)), over, guard, .. } => {
                let envs = self.members(*over, env)?;
                let wanted = wanted(*op, envs.len());
                self.tests(wanted, envs.len(), |walk, at| match (guard, envs.get(at)) {
                    (Some(guard), Some(env)) => walk.test(*guard, *env),
                    _ => Ok(Some(true)),
                })?
            }
            Op::If(condition, a, b) => match self.test(*condition, env)? {
                Some(yes) => {
                    self.path.took(id, Branch::Row(u16::from(!yes)));
                    self.test(if yes { *a } else { *b }, env)?
                }
                None => return Err(BEHIND_FAULT),
            },
            Op::Tier(tier) => {
                let value = self.tier(id, tier, node.ty, env)?;
                self.yes(value)?
            }
            Op::Case(subject, rows, otherwise) => {
                let value = self.case(id, *subject, rows, *otherwise, node.ty, env)?;
                self.yes(value)?
            }
            _ => return Err(Stop::Unexplored("这种条件", "this form of condition")),
        })
    }

    /// What stands behind a name, a period or a fact.
    fn peel(&mut self, id: NodeId, env: Env) -> Result<Sym, Stop> {
        let scheme = self.scheme;
        match scheme.node(id).map(|n| &n.op) {
            Some(Op::Named(_, inner)) => Ok(self.test(*inner, env)?.map_or(Sym::Fault, Sym::YesNo)),
            Some(Op::At(period, inner)) => Ok(self.test(*inner, super::symbolic::shift(*period, env))?.map_or(Sym::Fault, Sym::YesNo)),
            Some(Op::Fact(fact)) => self.fact(*fact, env),
            Some(Op::Field(list, field)) => self.field(*list, *field, env),
            _ => Ok(Sym::Absent),
        }
    }

    fn yes(&mut self, value: Sym) -> Result<Option<bool>, Stop> {
        Ok(match value {
            Sym::YesNo(b) => Some(b),
            Sym::Atom(atom) => Some(self.path.decide_option(atom, |option| option == 1)?),
            Sym::Fault => None,
            _ => Some(false),
        })
    }

    /// Tests one after another until the answer is sure.
    fn tests(&mut self, wanted: usize, count: usize, mut test: impl FnMut(&mut Self, usize) -> Result<Option<bool>, Stop>) -> Result<Option<bool>, Stop> {
        let mut tally = Tally::default();
        for at in 0..count {
            if let Some(sure) = tally.settled(wanted, count - at) {
                return Ok(Some(sure));
            }
            let result = test(self, at)?;
            tally.count(result);
        }
        Ok(tally.settled(wanted, 0))
    }

    pub(super) fn compare(&mut self, compare: Compare, a: Sym, b: Sym) -> Result<Option<bool>, Stop> {
        Ok(match (&a, &b) {
            (Sym::Number(a), Sym::Number(b)) | (Sym::Date(a), Sym::Date(b)) | (Sym::Year(a), Sym::Year(b)) => {
                let (large, small, strict) = order(compare, a, b);
                Some(self.path.decide_order(large, small, strict)?)
            }
            (Sym::Fault, _) | (_, Sym::Fault) => None,
            _ => Some(false),
        })
    }

    fn same(&mut self, a: Sym, b: Sym) -> Result<Option<bool>, Stop> {
        Ok(match (a, b) {
            (Sym::Fault, _) | (_, Sym::Fault) => None,
            (Sym::Number(a), Sym::Number(b)) | (Sym::Date(a), Sym::Date(b)) | (Sym::Year(a), Sym::Year(b)) => {
                Some(self.path.decide_order(&a, &b, false)? && !self.path.decide_order(&a, &b, true)?)
            }
            (Sym::Atom(atom), Sym::Word(word)) | (Sym::Word(word), Sym::Atom(atom)) => self.among(Sym::Atom(atom), &[word])?,
            (Sym::Atom(atom), Sym::YesNo(b)) | (Sym::YesNo(b), Sym::Atom(atom)) => Some(self.path.decide_option(atom, |option| (option == 1) == b)?),
            (Sym::Atom(a), Sym::Atom(b)) => {
                let (left, right) = (self.word_of(a)?, self.word_of(b)?);
                match (left, right) {
                    (Some(left), Some(right)) => Some(left == right),
                    _ => return Err(Stop::Unexplored("文字相比", "words compared with words")),
                }
            }
            (Sym::Word(a), Sym::Word(b)) => Some(a == b),
            (Sym::YesNo(a), Sym::YesNo(b)) => Some(a == b),
            _ => Some(false),
        })
    }

    /// The word of an atom, asked option by option; `None` for free text.
    fn word_of(&mut self, atom: super::space::AtomId) -> Result<Option<String>, Stop> {
        let option = self.path.settle(atom)?;
        Ok(match self.path.space.atom(atom).map(|a| &a.options) {
            Some(Options::YesNo) => Some((option == 1).to_string()),
            Some(Options::Words(words)) => words.get(option).cloned(),
            _ => None,
        })
    }

    fn among(&mut self, value: Sym, words: &[String]) -> Result<Option<bool>, Stop> {
        match value {
            Sym::Word(word) => Ok(Some(words.contains(&word))),
            Sym::Fault => Ok(None),
            Sym::Atom(atom) => {
                let Some(known) = self.path.space.atom(atom) else { return Ok(Some(false)) };
                let known = match &known.options {
                    Options::Words(known) => known.clone(),
                    Options::Text(known) => {
                        // Every word a rule names is an option of its own; the set is complete before paths count.
                        if words.iter().any(|w| !known.contains(w)) {
                            self.path.space.widen(atom, words);
                            return Err(Stop::Widened);
                        }
                        known.clone()
                    }
                    _ => return Ok(Some(false)),
                };
                let wanted = |option: usize| known.get(option).is_some_and(|word| words.contains(word));
                self.path.decide_option(atom, wanted).map(Some)
            }
            _ => Ok(Some(false)),
        }
    }

    fn first_reach(&mut self, compare: Compare, value: NodeId, bound: NodeId, since: i32, env: Env) -> Result<Option<bool>, Stop> {
        let years: Vec<i32> = std::iter::once(env.year).chain(since..env.year).collect();
        self.tests(years.len(), years.len(), |walk, at| {
            let then = Env { year: years.get(at).copied().unwrap_or(env.year), ..env };
            let (x, v) = (walk.value(value, then)?, walk.value(bound, then)?);
            let reached = walk.compare(compare, x, v)?;
            Ok(if at == 0 { reached } else { reached.map(|b| !b) })
        })
    }

    pub(super) fn tier(&mut self, id: NodeId, tier: &'a Tier, ty: Type, env: Env) -> Result<Sym, Stop> {
        let taken = self.row_taken(tier, env)?;
        if let [measure] = tier.measures.as_slice()
            && let Sym::Number(form) = self.value(*measure, env)?
        {
            let entry = (self.path.subject, id, form);
            if !self.path.measured.contains(&entry) {
                self.path.measured.push(entry);
            }
        }
        let Ok(taken) = taken else { return Err(BEHIND_FAULT) };
        if let (Some(since), Some(at)) = (tier.first_since, taken) {
            let height = tier.rows.get(at).map_or(0, |row| row.height);
            for year in since..env.year {
                match self.row_taken(tier, Env { year, ..env })? {
                    Ok(Some(then)) if tier.rows.get(then).is_some_and(|row| row.height >= height) => {
                        self.path.took(id, Branch::NoRow);
                        return Ok(Sym::Absent);
                    }
                    Ok(_) => {}
                    Err(()) => return Ok(Sym::Fault),
                }
            }
        }
        match taken.and_then(|at| tier.rows.get(at)) {
            Some(row) => {
                self.path.took(id, Branch::Row(row.written));
                row.value.map_or(Ok(Sym::Absent), |value| self.value(value, env))
            }
            None => self.otherwise(id, tier.otherwise, ty, env),
        }
    }

    /// The first row that holds; `Err` where that cannot be told.
    fn row_taken(&mut self, tier: &'a Tier, env: Env) -> Result<Result<Option<usize>, ()>, Stop> {
        let mut measures = Vec::with_capacity(tier.measures.len());
        for measure in &tier.measures {
            measures.push(self.value(*measure, env)?);
        }
        for (at, row) in tier.rows.iter().enumerate() {
            match self.row_holds(&row.tests, &measures, env)? {
                Some(true) => return Ok(Ok(Some(at))),
                Some(false) => {}
                None => return Ok(Err(())),
            }
        }
        Ok(Ok(None))
    }

    fn row_holds(&mut self, tests: &'a [Range], measures: &[Sym], env: Env) -> Result<Option<bool>, Stop> {
        let mut all = Some(true);
        for (range, measure) in tests.iter().zip(measures) {
            for (bound, (over, under)) in [(range.low, (Compare::Ge, Compare::Gt)), (range.high, (Compare::Le, Compare::Lt))] {
                let Some((node, included)) = bound else { continue };
                let limit = self.value(node, env)?;
                let result = self.compare(if included { over } else { under }, measure.clone(), limit)?;
                if result == Some(false) {
                    return Ok(Some(false));
                }
                all = and(all, result);
            }
        }
        Ok(all)
    }

    fn otherwise(&mut self, id: NodeId, otherwise: Otherwise, ty: Type, env: Env) -> Result<Sym, Stop> {
        match otherwise {
            Otherwise::Value(node) => {
                self.path.took(id, Branch::Otherwise);
                self.value(node, env)
            }
            Otherwise::None => {
                self.path.took(id, Branch::Otherwise);
                Ok(Sym::Absent)
            }
            Otherwise::Absent => {
                self.path.took(id, Branch::NoRow);
                Ok(if ty == Type::YesNo { Sym::YesNo(false) } else { Sym::Absent })
            }
        }
    }

    pub(super) fn case(&mut self, id: NodeId, subject: NodeId, rows: &'a [CaseRow], otherwise: Otherwise, ty: Type, env: Env) -> Result<Sym, Stop> {
        let scheme = self.scheme;
        let value = self.value(subject, env)?;
        let of = scheme.node(subject).map(|n| n.ty);
        for (at, row) in (0_u16..).zip(rows) {
            let words: Vec<String> = match of {
                Some(Type::Choice(set)) => row.choices.iter().filter_map(|c| scheme.choices(set).get(usize::from(*c)).cloned()).collect(),
                _ => Vec::new(),
            };
            match self.among(value.clone(), &words)? {
                Some(true) => {
                    self.path.took(id, Branch::Row(at));
                    return row.value.map_or(Ok(Sym::Absent), |value| self.value(value, env));
                }
                Some(false) => {}
                None => return Err(BEHIND_FAULT),
            }
        }
        if value == Sym::Absent {
            return Ok(Sym::Absent);
        }
        self.otherwise(id, otherwise, ty, env)
    }

    pub(super) fn bracket(&mut self, id: NodeId, measure: NodeId, bands: &'a [Band], env: Env) -> Result<Sym, Stop> {
        let Sym::Number(x) = self.value(measure, env)? else { return Ok(Sym::Absent) };
        let mut sum = Sym::Number(Form::default());
        for (at, band) in (0_u16..).zip(bands) {
            let low = match band.low {
                Some(node) => self.value(node, env)?,
                None => Sym::Number(Form::default()),
            };
            let high = band.high.map(|node| self.value(node, env)).transpose()?;
            let (Sym::Number(low), Some(Sym::Number(_)) | None) = (&low, &high) else { return Ok(Sym::Fault) };
            let part = if !self.greater(&x, low)? {
                Form::default()
            } else {
                self.path.took(id, Branch::Row(at));
                match high {
                    Some(Sym::Number(high)) if self.greater(&x, &high)? => high.sub(low)?,
                    _ => x.sub(low)?,
                }
            };
            let ratio = self.value(band.ratio, env)?;
            let share = self.arith(crate::scheme::Arith::Mul, Sym::Number(part), ratio)?;
            sum = self.arith(crate::scheme::Arith::Add, sum, share)?;
        }
        Ok(sum)
    }

    pub(super) fn gather(&mut self, id: NodeId, op: Gather, members: &'a [Member], env: Env) -> Result<Sym, Stop> {
        if op == Gather::Count {
            let mut count = 0_i64;
            for member in members {
                let guard = member.guard.map_or(Ok(Some(true)), |g| self.test(g, env))?;
                let result = if guard == Some(false) { guard } else { and(guard, self.test(member.value, env)?) };
                match result {
                    Some(held) => count += i64::from(held),
                    None => return Err(BEHIND_FAULT),
                }
            }
            return Ok(Sym::Number(Form::number(Rational::from(count))));
        }
        let mut sum = Gathered::default();
        for (at, member) in (0_u16..).zip(members) {
            if let Some(guard) = member.guard {
                match self.test(guard, env)? {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return Err(BEHIND_FAULT),
                }
            }
            let value = self.value(member.value, env)?;
            self.add(op, &mut sum, at, value)?;
        }
        let may_drop = members.iter().all(|m| m.guard.is_some() || self.scheme.node(m.value).is_some_and(|n| n.optional));
        if let (Some(winner), Gather::Max | Gather::Min) = (sum.winner, op) {
            self.path.took(id, Branch::Row(winner));
        }
        sum.finish(op, may_drop)
    }

    /// The periods or records a collective runs over.
    fn members(&mut self, over: Over, env: Env) -> Result<Vec<Env>, Stop> {
        Ok(match over {
            Over::List(list) => {
                let most = self.path.context.records;
                let name = self.scheme.fact(list).map_or(String::new(), |f| f.name.clone());
                let atom = self.path.space.keep_atom(Source::Records { list: name }, Options::Count(most));
                self.path.takes_for_granted(Assumption::Records(most));
                let count = self.path.settle(atom)?;
                (0..count).map(|at| Env { record: u16::try_from(at).unwrap_or(u16::MAX), ..env }).collect()
            }
            Over::PastYears(n) => {
                let n = i32::try_from(n).unwrap_or(i32::MAX);
                (env.year.saturating_sub(n - 1)..=env.year).map(|year| Env { year, ..env }).collect()
            }
            Over::Years(a, b) => (a..=b).map(|year| Env { year, ..env }).collect(),
            Over::Months(a, b) => (a..=b).map(|month| Env { month, ..env }).collect(),
        })
    }

    pub(super) fn fold(&mut self, id: NodeId, op: Gather, over: Over, guard: Option<NodeId>, body: Option<NodeId>, env: Env) -> Result<Sym, Stop> {
        let envs = self.members(over, env)?;
        if op == Gather::Count {
            let mut count = 0_i64;
            for env in envs {
                match guard.map_or(Ok(Some(true)), |g| self.test(g, env))? {
                    Some(held) => count += i64::from(held),
                    None => return Err(BEHIND_FAULT),
                }
            }
            return Ok(Sym::Number(Form::number(Rational::from(count))));
        }
        let Some(body) = body else { return Ok(Sym::Absent) };
        let mut sum = Gathered::default();
        for (at, env) in (0_u16..).zip(envs) {
            if let Some(guard) = guard {
                match self.test(guard, env)? {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return Err(BEHIND_FAULT),
                }
            }
            let value = self.value(body, env)?;
            self.add(op, &mut sum, at, value)?;
        }
        let may_drop = guard.is_some() || self.scheme.node(body).is_some_and(|n| n.optional);
        if let (Some(winner), Gather::Max | Gather::Min) = (sum.winner, op) {
            self.path.took(id, Branch::Row(winner));
        }
        sum.finish(op, may_drop)
    }

    fn add(&mut self, op: Gather, sum: &mut Gathered, at: u16, value: Sym) -> Result<(), Stop> {
        match value {
            Sym::Number(value) => {
                sum.total = match sum.total.take() {
                    None => {
                        sum.winner = Some(at);
                        Some(value)
                    }
                    Some(total) if matches!(op, Gather::Max | Gather::Min) => {
                        let better = if op == Gather::Max { self.greater(&value, &total)? } else { self.greater(&total, &value)? };
                        if better {
                            sum.winner = Some(at);
                        }
                        Some(if better { value } else { total })
                    }
                    Some(total) => Some(total.add(&value)?),
                };
                sum.count += 1;
            }
            Sym::Absent => {}
            _ => sum.fault = true,
        }
        Ok(())
    }
}

/// A running sum, mean, maximum or minimum.
#[derive(Default)]
struct Gathered {
    total: Option<Form>,
    count: i64,
    winner: Option<u16>,
    fault: bool,
}

impl Gathered {
    fn finish(self, op: Gather, may_drop: bool) -> Result<Sym, Stop> {
        if self.fault {
            return Ok(Sym::Fault);
        }
        Ok(match self.total {
            Some(total) if op == Gather::Mean => Sym::Number(total.scale(Rational::new(1, i128::from(self.count))?)?),
            Some(total) => Sym::Number(total),
            None if op == Gather::Sum && !may_drop => Sym::Number(Form::default()),
            None => Sym::Absent,
        })
    }
}

fn wanted(op: Gather, count: usize) -> usize {
    match op {
        Gather::Any => 1,
        Gather::AtLeast(k) => k as usize,
        _ => count,
    }
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// A constraint that a form is not below zero.
pub(super) fn not_negative(form: Form) -> Constraint {
    Constraint { form, strict: false }
}
