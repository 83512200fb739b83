//! What a clause asks of applicants: its facts, and the years and months of them that its rules look at.

use crate::check::{children, facts_of};
use crate::scheme::{Clause, ClauseId, FactId, Frequency, Key, Limit, NodeId, Op, Origin, Over, Period, Scheme, Tier, Window, YearRef};

/// A year a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Year {
    /// So many years before the award year (0: the award year).
    Before(u32),
    /// A fixed year.
    Fixed(i32),
    /// Each year from this one to the award year.
    Since(i32),
}

/// A fact a clause asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub fact: FactId,
    /// Years of it, in order; a fact that is not by year has the award year.
    pub years: Vec<Year>,
    /// Months of it, in order; empty where it is not monthly.
    pub months: Vec<u8>,
    /// It is asked for by a general rule.
    pub general: bool,
}

/// Facts of a clause, those of general rules first; the kind of applicant is left out.
pub fn of(scheme: &Scheme, id: ClauseId) -> Vec<Asked> {
    let Some(clause) = scheme.clause(id) else { return Vec::new() };
    let mut walk = Walk { scheme, out: Vec::new(), general: true, depth: 0 };
    let here = At { year: Year::Before(0), month: None };
    for test in clause.bars.iter().chain(&clause.conditions).filter(|t| t.origin != Origin::Clause) {
        walk.node(test.node, here);
    }
    walk.general = false;
    for node in roots(clause) {
        walk.node(node, here);
    }
    for key in clause.frequency.iter().filter_map(|f| f.each).chain(clause.limits.iter().filter_map(|l| l.each)) {
        if let Key::Fact(fact) = key {
            walk.fact(fact, here);
        }
    }
    if let Some(each) = clause.rank.as_ref().and_then(|r| r.each) {
        walk.fact(each, here);
    }
    let mut out = walk.out;
    // What else the scheme lists for the clause (a beneficiary list, say) is asked for the award year.
    for fact in &clause.facts {
        if !out.iter().any(|a| a.fact == *fact) {
            out.push(Asked { fact: *fact, years: vec![Year::Before(0)], months: Vec::new(), general: false });
        }
    }
    out.retain(|a| a.fact != scheme.kind_fact());
    for asked in &mut out {
        asked.years.sort_unstable();
        asked.months.sort_unstable();
    }
    out
}

/// Whether awards of earlier years under a clause can change what it gives: its frequency or limit, or one of a group it is in,
/// counts beyond the year, or a rule of it asks what was received before.
pub fn looks_back(scheme: &Scheme, id: ClauseId) -> bool {
    let Some(clause) = scheme.clause(id) else { return false };
    let by_frequency = |frequency: &Frequency| frequency.window != Window::Year || frequency.years_in_all.is_some();
    let by_limits = |limits: &[Limit]| limits.iter().any(|limit| limit.window != Window::Year);
    let in_groups = || {
        let of = scheme.groups.iter().filter(|group| group.members.contains(&id));
        of.into_iter().any(|group| group.frequency.as_ref().is_some_and(by_frequency) || by_limits(&group.limits))
    };
    clause.frequency.as_ref().is_some_and(by_frequency) || by_limits(&clause.limits) || in_groups() || asks_what_was_received(scheme, clause)
}

fn asks_what_was_received(scheme: &Scheme, clause: &Clause) -> bool {
    let mut ahead = roots(clause);
    while let Some(node) = ahead.pop() {
        let Some(op) = scheme.node(node).map(|node| &node.op) else { continue };
        if matches!(op, Op::Received | Op::FirstYear) {
            return true;
        }
        ahead.extend(children(op));
    }
    false
}

/// What a clause looks at a fact for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Conditions on it that must hold.
    pub conditions: Vec<NodeId>,
    /// Conditions on it that must not hold.
    pub bars: Vec<NodeId>,
    /// Whether the amount rests on it.
    pub amount: bool,
}

/// What a clause looks at a fact for: the rules that stand beside it on a form.
pub fn use_of(scheme: &Scheme, id: ClauseId, fact: FactId) -> Use {
    use crate::scheme::{Give, Test};
    let Some(clause) = scheme.clause(id) else { return Use::default() };
    let speaks = |node: NodeId| {
        let mut facts = Vec::new();
        facts_of(scheme, node, &mut facts);
        facts.contains(&fact)
    };
    let those = |tests: &[Test]| tests.iter().map(|test| test.node).filter(|node| speaks(*node)).collect();
    let amount = match &clause.give {
        Some(Give::Amount(node) | Give::UpTo(node) | Give::Waive(node)) => speaks(*node),
        _ => false,
    };
    Use { conditions: those(&clause.conditions), bars: those(&clause.bars), amount }
}

/// Whether a condition is nothing but a fact: then it says yes or no, and its words are the name of the fact again.
pub fn is_bare(scheme: &Scheme, node: NodeId, fact: FactId) -> bool {
    scheme.node(node).is_some_and(|node| node.op == Op::Fact(fact))
}

/// Expressions of a clause, general tests left out.
pub(crate) fn roots(clause: &Clause) -> Vec<NodeId> {
    use crate::scheme::Give;
    let mut out: Vec<NodeId> = clause.bars.iter().chain(&clause.conditions).filter(|t| t.origin == Origin::Clause).map(|t| t.node).collect();
    if let Some(rank) = &clause.rank {
        out.push(rank.score);
        out.extend(rank.tie);
    }
    match &clause.give {
        Some(Give::Amount(node) | Give::UpTo(node) | Give::Waive(node)) => out.push(*node),
        Some(Give::Decided(modifiers)) => out.extend(modifiers.iter().map(|m| m.1)),
        Some(Give::Service(_)) | None => {}
    }
    out.extend(clause.limits.iter().map(|l| l.amount));
    out.extend(clause.instalments.iter().filter_map(|i| i.test));
    out
}

#[derive(Clone, Copy)]
struct At {
    year: Year,
    month: Option<u8>,
}

struct Walk<'a> {
    scheme: &'a Scheme,
    out: Vec<Asked>,
    general: bool,
    depth: u32,
}

/// Deeper than any checked rule; a bound for the walk.
const DEPTH_MAX: u32 = 400;

impl Walk<'_> {
    fn fact(&mut self, fact: FactId, at: At) {
        let Some(decl) = self.scheme.fact(fact) else { return };
        let year = if decl.by_year || decl.by_month { at.year } else { Year::Before(0) };
        let month = at.month.filter(|_| decl.by_month);
        let general = self.general;
        let index = match self.out.iter().position(|a| a.fact == fact) {
            Some(index) => index,
            None => {
                self.out.push(Asked { fact, years: Vec::new(), months: Vec::new(), general });
                self.out.len() - 1
            }
        };
        if let Some(asked) = self.out.get_mut(index) {
            if !asked.years.contains(&year) {
                asked.years.push(year);
            }
            if let Some(month) = month.filter(|m| !asked.months.contains(m)) {
                asked.months.push(month);
            }
        }
    }

    fn moved(at: At, period: Period) -> At {
        let year = match (period.year, at.year) {
            (None, year) => year,
            (Some(YearRef::Last), Year::Before(n)) => Year::Before(n + 1),
            (Some(YearRef::Last), Year::Fixed(y)) => Year::Fixed(y - 1),
            (Some(YearRef::Last), Year::Since(y)) => Year::Since(y - 1),
            (Some(YearRef::Fixed(y)), _) => Year::Fixed(y),
        };
        At { year, month: period.month.or(at.month) }
    }

    fn node(&mut self, id: NodeId, at: At) {
        let Some(node) = self.scheme.node(id) else { return };
        if self.depth >= DEPTH_MAX {
            return;
        }
        self.depth += 1;
        match &node.op {
            Op::Fact(fact) | Op::Field(fact, _) => self.fact(*fact, at),
            Op::Param(param) => {
                let by = self.scheme.params.get(param.index()).map(|p| p.by.clone()).unwrap_or_default();
                by.into_iter().for_each(|f| self.fact(f, at));
            }
            Op::At(period, inner) => self.node(*inner, Self::moved(at, *period)),
            Op::Rise(inner, period) | Op::Growth(inner, period) => {
                self.node(*inner, at);
                self.node(*inner, Self::moved(at, *period));
            }
            Op::FirstReach { value, bound, since, .. } => {
                self.node(*value, at);
                self.node(*value, At { year: Year::Since(*since), ..at });
                self.node(*bound, at);
            }
            Op::Tier(tier) => self.tier(tier, id, at),
            Op::Gather(_, _, left_out) => {
                left_out.iter().for_each(|f| self.fact(*f, at));
                self.children(id, at);
            }
            Op::Fold { over, guard, body, .. } => {
                if let Over::List(fact) = over {
                    self.fact(*fact, at);
                }
                for inner in guard.iter().chain(body) {
                    self.fold(*over, *inner, at);
                }
            }
            _ => self.children(id, at),
        }
        self.depth -= 1;
    }

    fn tier(&mut self, tier: &Tier, id: NodeId, at: At) {
        if let Some(since) = tier.first_since {
            for measure in &tier.measures {
                self.node(*measure, At { year: Year::Since(since), ..at });
            }
        }
        self.children(id, at);
    }

    fn fold(&mut self, over: Over, inner: NodeId, at: At) {
        match over {
            Over::List(_) => self.node(inner, at),
            Over::PastYears(n) => {
                for back in 0..n.min(50) {
                    let year = match at.year {
                        Year::Before(b) => Year::Before(b + back),
                        Year::Fixed(y) => Year::Fixed(y.saturating_sub(i32::try_from(back).unwrap_or(0))),
                        since @ Year::Since(_) => since,
                    };
                    self.node(inner, At { year, ..at });
                }
            }
            Over::Years(from, to) => (from..=to.min(from + 50)).for_each(|y| self.node(inner, At { year: Year::Fixed(y), ..at })),
            Over::Months(from, to) => (from..=to).for_each(|m| self.node(inner, At { month: Some(m), ..at })),
        }
    }

    fn children(&mut self, id: NodeId, at: At) {
        for child in self.scheme.node(id).map(|n| children(&n.op)).unwrap_or_default() {
            self.node(child, at);
        }
    }
}
