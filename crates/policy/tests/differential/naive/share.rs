//! Stages 5 and 6: groups of one applicant, then pools over everybody; and what is to be recovered.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use policy::syntax::ast::{ClawbackBlock, GroupBlock, LimitLine, Mode, Overrun, PoolBlock};

use super::World;
use super::clause::{Verdict, Word, in_fen, within};
use super::value::{Got, Q, Truth, Value};

/// One clause for one applicant at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Final {
    /// Before groups.
    pub verdict: Verdict,
    /// After groups.
    pub word: Word,
    /// Fen after groups and pools.
    pub awarded: Option<BigInt>,
}

/// Everything about everybody.
#[derive(Clone, Debug)]
pub struct Report {
    /// By person and clause.
    pub finals: Vec<Vec<Final>>,
    /// By position of the pool as written and year: amount if set, claims, given.
    pub pools: BTreeMap<(usize, i32), (Option<BigInt>, BigInt, BigInt)>,
    /// By person.
    pub recoveries: Vec<Vec<Recovery>>,
}

/// Position of the rule, clause, year, paid and, if known, due.
pub type Recovery = (usize, usize, i32, BigInt, Option<BigInt>);

/// Positions of claims and what each is awarded.
type Awards = Vec<(usize, BigInt)>;

impl Report {
    /// Sum of what somebody is awarded.
    pub fn total(&self, person: usize) -> BigInt {
        self.finals[person].iter().filter_map(|clause| clause.awarded.clone()).sum()
    }
}

/// A member of groups: its clause and what it would bring.
struct Claim {
    clause: usize,
    amount: BigInt,
    /// What is left of it beside awards elsewhere.
    left: BigInt,
}

impl World<'_> {
    /// Evaluates everything.
    pub fn run(&self) -> Report {
        let finals = (0..self.people.len()).map(|person| self.after_groups(person)).collect();
        let mut report = Report { finals, pools: BTreeMap::new(), recoveries: Vec::new() };
        let mut pools: Vec<(usize, BTreeSet<usize>)> = Vec::new();
        for (index, (pool, place)) in self.pools.iter().enumerate() {
            pools.push((index, self.scope(pool.scope.as_ref(), *place).into_iter().collect()));
        }
        // Inner pools share first.
        pools.sort_by_key(|(_, members)| members.len());
        for (index, members) in pools {
            self.share(index, self.pools[index].0, &members, &mut report);
        }
        report.recoveries = (0..self.people.len()).map(|person| self.recoveries(person)).collect();
        report
    }

    fn after_groups(&self, person: usize) -> Vec<Final> {
        let verdicts: Vec<Verdict> = (0..self.rules.len()).map(|clause| self.verdict(person, clause)).collect();
        let mut finals: Vec<Final> = verdicts.iter().map(|verdict| Final { verdict: verdict.clone(), word: verdict.word, awarded: None }).collect();
        // reading: a record that is only ranked is awarded nothing.
        if self.people[person].rank_only {
            return finals;
        }
        let mut claims = Vec::new();
        for (clause, verdict) in verdicts.iter().enumerate() {
            if verdict.word == Word::Eligible && verdict.decided && verdict.paid {
                // reading: the frequency of a group concerns awards, so what is no award is not 已享受 by it.
                if self.used_up_in_groups(person, clause) {
                    let last = &mut finals[clause];
                    last.word = Word::Exhausted;
                    (last.verdict.amount, last.verdict.ceiling) = (None, None);
                    continue;
                }
                let amount = verdict.amount.clone().unwrap();
                let left = self.beside_others(person, clause, &amount);
                claims.push(Claim { clause, amount, left });
            }
        }
        let held = self.best(person, &claims);
        for (at, claim) in claims.iter().enumerate() {
            let last = &mut finals[claim.clause];
            match held.iter().find(|(index, _)| *index == at) {
                Some((_, awarded)) => {
                    if claim.left.is_zero() && claim.amount.is_positive() {
                        last.word = Word::Yielded;
                    }
                    last.awarded = Some(awarded.clone());
                }
                None => last.word = Word::Yielded,
            }
            // reading: what stands under a limit of a group that is not known waits for it.
            if self.limit_unknown(person, claim.clause) {
                last.awarded = None;
            }
        }
        finals
    }

    fn limit_unknown(&self, person: usize, clause: usize) -> bool {
        let mut groups = (0..self.groups.len()).filter(|group| self.is_in(*group, clause));
        groups.any(|group| self.groups[group].0.limits.iter().any(|limit| self.group_limit(person, limit).is_none()))
    }

    /// What members of a group get together at most, in fen, if it is known.
    fn group_limit(&self, person: usize, limit: &LimitLine) -> Option<BigInt> {
        match in_fen(self.value(&limit.amount, &self.start(person, None))) {
            // reading: a limit that is no whole number of fen is rounded as an award is.
            Got::Known(Value::Number(most, _)) => Some(super::value::half_up(&most)),
            _ => None,
        }
    }

    /// Members of a group, in order of the file.
    pub fn members(&self, group: usize) -> Vec<usize> {
        let (block, place) = &self.groups[group];
        self.scope(block.scope.as_ref(), *place)
    }

    fn is_in(&self, group: usize, clause: usize) -> bool {
        self.members(group).contains(&clause)
    }

    /// Groups that let only one of several be held.
    fn exclusive(&self) -> impl Iterator<Item = (usize, &GroupBlock)> {
        let groups = self.groups.iter().enumerate().map(|(index, (block, _))| (index, *block));
        groups.filter(|(_, block)| matches!(block.mode, Some(Mode::Highest | Mode::Choice)))
    }

    /// Whether all keys of a group are known and equal; each key is a pair of both sides.
    fn keys_equal(&self, group: &GroupBlock, project: Pair<'_>, kind: Pair<'_>) -> bool {
        group.same.iter().all(|key| {
            let (a, b) = match key.text.as_str() {
                "申报项目" | "project_applied_for" => project,
                "类别" | "kind" => kind,
                other => panic!("同一 {other}"),
            };
            a.is_some() && a == b
        })
    }

    /// An amount less what clashes with it elsewhere or in earlier awards of the same year.
    fn beside_others(&self, person: usize, clause: usize, amount: &BigInt) -> BigInt {
        let who = &self.people[person];
        let rule = &self.rules[clause];
        let own = who.projects.get(&rule.id).map(String::as_str);
        let (mut sum, mut blocked) = (BigInt::zero(), false);
        // reading: an award that clashes in several groups is deducted once.
        for other in &who.elsewhere {
            let clashing = self.exclusive().filter(|(index, group)| {
                // reading: 只对 他处 makes 他处 a member where 适用 does not.
                let scope = group.only_elsewhere || group.scope.as_ref().is_some_and(|scope| scope.elsewhere);
                let keys = ((own, other.project.as_deref()), (rule.kind.as_deref(), other.kind.as_deref()));
                scope && self.is_in(*index, clause) && self.keys_equal(group, keys.0, keys.1)
            });
            let clashing: Vec<_> = clashing.collect();
            if !clashing.is_empty() && other.amount.is_positive() {
                sum += &other.amount;
                blocked |= clashing.iter().any(|(_, group)| group.no_topping_up);
            }
        }
        for past in who.history.iter().filter(|past| past.amount.is_positive()) {
            let theirs = self.rule_named(&past.clause);
            if theirs == clause || self.stacked(clause, theirs) {
                continue;
            }
            let clashing: Vec<_> = self
                .exclusive()
                .filter(|(index, group)| {
                    let keys = ((own, past.key.as_deref()), (rule.kind.as_deref(), self.rules[theirs].kind.as_deref()));
                    let both = self.is_in(*index, clause) && self.is_in(*index, theirs);
                    !group.only_elsewhere && both && self.keys_equal(group, keys.0, keys.1)
                })
                .collect();
            if !clashing.is_empty() {
                sum += &past.amount;
                blocked |= clashing.iter().any(|(_, group)| group.no_topping_up);
            }
        }
        if blocked || sum > *amount { BigInt::zero() } else { amount - sum }
    }

    fn stacked(&self, a: usize, b: usize) -> bool {
        (0..self.groups.len()).any(|group| self.groups[group].0.mode == Some(Mode::Stack) && self.is_in(group, a) && self.is_in(group, b))
    }

    /// Whether two own clauses may not be held together in a group.
    fn clash_in(&self, group: usize, block: &GroupBlock, person: usize, a: usize, b: usize) -> bool {
        let projects = &self.people[person].projects;
        let project = |clause: usize| projects.get(&self.rules[clause].id).map(String::as_str);
        let kind = |clause: usize| self.rules[clause].kind.as_deref();
        !block.only_elsewhere
            && self.is_in(group, a)
            && self.is_in(group, b)
            && self.keys_equal(block, (project(a), project(b)), (kind(a), kind(b)))
            && !self.stacked(a, b)
    }

    /// Every combination without a clash is tried; the greatest sum wins, then the one with the earlier clauses.
    fn best(&self, person: usize, claims: &[Claim]) -> Awards {
        let (mut excluded, mut clashes) = (BTreeSet::new(), BTreeSet::new());
        for (group, block) in self.exclusive() {
            let chosen = self.people[person].choices.get(&block.name.text).filter(|_| block.mode == Some(Mode::Choice));
            for (i, a) in claims.iter().enumerate() {
                for (j, b) in claims.iter().enumerate() {
                    if i != j && self.clash_in(group, block, person, a.clause, b.clause) {
                        clashes.insert((i, j));
                        // A choice of which nothing is left beside awards elsewhere refuses nobody.
                        if chosen == Some(&self.rules[a.clause].id) && (a.left.is_positive() || a.amount.is_zero()) {
                            excluded.insert(j);
                        }
                    }
                }
            }
        }
        let counted = |i: &usize| {
            let limited = |group: &usize| self.groups[*group].0.frequency.is_some() && self.is_in(*group, claims[*i].clause);
            (0..self.groups.len()).any(|group| limited(&group))
        };
        let free: Vec<usize> = (0..claims.len()).filter(|i| !counted(i) && !clashes.iter().any(|(a, _)| a == i)).collect();
        let bound: Vec<usize> = (0..claims.len()).filter(|i| !free.contains(i) && !excluded.contains(i)).collect();
        assert!(bound.len() < 16, "too many clashes for the naive evaluator");
        let mut best: Option<(BigInt, Vec<bool>, Awards)> = None;
        for mask in 0..(1_u32 << bound.len()) {
            let mut held: Vec<usize> = free.clone();
            held.extend(bound.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, index)| *index));
            held.sort_unstable();
            if held.iter().any(|i| held.iter().any(|j| clashes.contains(&(*i, *j)))) {
                continue;
            }
            if !self.often_enough(person, claims, &held) {
                continue;
            }
            let cut = self.cut_by_groups(person, claims, &held);
            let sum: BigInt = cut.iter().map(|(_, awarded)| awarded.clone()).sum();
            let order: Vec<bool> = (0..claims.len()).map(|i| held.contains(&i)).collect();
            if best.as_ref().is_none_or(|(top, before, _)| (&sum, &order) > (top, before)) {
                best = Some((sum, order, cut));
            }
        }
        best.map(|(_, _, cut)| cut).unwrap_or_default()
    }

    fn used_up_in_groups(&self, person: usize, clause: usize) -> bool {
        (0..self.groups.len()).any(|group| {
            let members = self.members(group);
            let frequency = self.groups[group].0.frequency.as_ref().filter(|_| members.contains(&clause));
            frequency.is_some_and(|f| self.frequency_used_up(person, clause, f, &members) == Truth::Yes)
        })
    }

    /// Whether the members held are no more than the frequencies of groups leave.
    fn often_enough(&self, person: usize, claims: &[Claim], held: &[usize]) -> bool {
        let who = &self.people[person];
        (0..self.groups.len()).all(|group| {
            let Some(frequency) = &self.groups[group].0.frequency else { return true };
            let members = self.members(group);
            let used = who.history.iter().filter(|past| {
                let ours = members.contains(&self.rule_named(&past.clause)) && past.amount.is_positive();
                ours && within(frequency.window, past.year, who.year)
            });
            // reading: a member held counts even where it gives 0元.
            let now = held.iter().filter(|claim| members.contains(&claims[**claim].clause));
            let now = now.count();
            now == 0 || used.count() + now <= frequency.times as usize
        })
    }

    /// Limits of groups cut the members held, the last first.
    fn cut_by_groups(&self, person: usize, claims: &[Claim], held: &[usize]) -> Awards {
        let who = &self.people[person];
        let mut awards: Awards = held.iter().map(|index| (*index, claims[*index].left.clone())).collect();
        for (group, (block, _)) in self.groups.iter().enumerate() {
            let members = self.members(group);
            for limit in &block.limits {
                let used = who.history.iter().filter(|past| {
                    let ours = members.contains(&self.rule_named(&past.clause));
                    ours && past.amount.is_positive() && within(limit.window, past.year, who.year)
                });
                let used: BigInt = used.map(|past| past.amount.clone()).sum();
                let Some(most) = self.group_limit(person, limit) else { continue };
                let most = (most - used).max(BigInt::zero());
                let inside = |claim: &usize| members.contains(&claims[*claim].clause);
                let sum: BigInt = awards.iter().filter(|(index, _)| inside(index)).map(|(_, fen)| fen.clone()).sum();
                let mut over = sum - most;
                for (_, fen) in awards.iter_mut().rev().filter(|(index, _)| inside(index)) {
                    if over.is_positive() {
                        let cut = over.clone().min(fen.clone());
                        *fen -= &cut;
                        over -= cut;
                    }
                }
            }
        }
        awards
    }

    fn share(&self, index: usize, pool: &PoolBlock, members: &BTreeSet<usize>, report: &mut Report) {
        let years: BTreeSet<i32> = self.people.iter().map(|person| person.year).collect();
        for year in years {
            let mut claims: Vec<(usize, usize, BigInt)> = Vec::new();
            for (person, who) in self.people.iter().enumerate() {
                for clause in members {
                    if let (true, Some(fen)) = (who.year == year, report.finals[person][*clause].awarded.clone()) {
                        claims.push((person, *clause, fen));
                    }
                }
            }
            let sum: BigInt = claims.iter().map(|claim| claim.2.clone()).sum();
            let set = pool.amounts.iter().find(|(of, _)| *of == Some(year));
            let set = set.or_else(|| pool.amounts.iter().find(|(of, _)| of.is_none()));
            let amount = set.and_then(|(_, amount)| amount.as_ref()).map(|amount| match in_fen(self.value(amount, &self.start(0, None))) {
                Got::Known(Value::Number(fen, _)) => super::value::half_up(&fen),
                other => panic!("额度 {other:?}"),
            });
            let Some(amount) = amount else {
                report.pools.insert((index, year), (None, sum.clone(), sum));
                continue;
            };
            let given = self.dealt(pool, &claims, &amount);
            report.pools.insert((index, year), (Some(amount), sum, given.iter().cloned().sum()));
            for ((person, clause, _), fen) in claims.iter().zip(given) {
                report.finals[*person][*clause].awarded = Some(fen);
            }
        }
    }

    /// What each claim gets.
    fn dealt(&self, pool: &PoolBlock, claims: &[(usize, usize, BigInt)], amount: &BigInt) -> Vec<BigInt> {
        let mut order: Vec<usize> = (0..claims.len()).collect();
        match pool.overrun.as_ref().expect("a pool says how it is shared") {
            Overrun::ProRata => {
                let fen: Vec<BigInt> = claims.iter().map(|claim| claim.2.clone()).collect();
                return pro_rata(&fen, amount);
            }
            Overrun::FirstCome | Overrun::CarryOver => {}
            Overrun::ByMeasure(measure, highest_first) => {
                let of = |at: &usize| match self.value(measure, &self.start(claims[*at].0, None)) {
                    Got::Known(Value::Number(x, _)) => Some(if *highest_first { -x } else { x }),
                    _ => None,
                };
                order.sort_by_key(|at| (of(at).is_none(), of(at)));
            }
            Overrun::ByClause(ids) => {
                order.sort_by_key(|at| {
                    let clause = claims[*at].1;
                    let listed = ids.iter().position(|id| id.text == self.rules[clause].id);
                    (listed.unwrap_or(usize::MAX), clause)
                });
            }
        }
        let mut given = vec![BigInt::zero(); claims.len()];
        let mut left = amount.clone();
        for at in order {
            let claim = &claims[at].2;
            if *claim > left && !pool.last_in_part {
                break;
            }
            given[at] = claim.clone().min(left.clone());
            left -= &given[at];
        }
        given
    }

    fn recoveries(&self, person: usize) -> Vec<Recovery> {
        let mut all = Vec::new();
        for (index, (block, place)) in self.clawbacks.iter().enumerate() {
            let members = self.scope(block.scope.as_ref(), *place);
            for past in self.people[person].history.iter().filter(|past| past.amount.is_positive()) {
                let clause = self.rule_named(&past.clause);
                if members.contains(&clause)
                    && let Some(due) = self.due(block, person, &past.amount)
                {
                    all.push((index, clause, past.year, past.amount.clone(), due));
                }
            }
        }
        all
    }

    /// What is due of an amount paid: nothing where no trigger holds; `Some(None)` while that is unknown.
    fn due(&self, block: &ClawbackBlock, person: usize, paid: &BigInt) -> Option<Option<BigInt>> {
        let mut here = self.start(person, None);
        here.paid = Some(paid.clone());
        let triggers: Vec<Truth> = block.triggers.iter().map(|trigger| self.test(trigger, &here)).collect();
        match super::value::any(&triggers) {
            Truth::No => None,
            Truth::Unknown(_) => Some(None),
            Truth::Yes => Some(match &block.recover {
                None => Some(paid.clone()),
                Some(recover) => match in_fen(self.value(recover, &here)) {
                    Got::Known(Value::Number(fen, _)) => Some(super::value::half_up(&fen)),
                    _ => None,
                },
            }),
        }
    }
}

/// The two sides of a key.
type Pair<'a> = (Option<&'a str>, Option<&'a str>);

/// Shares by largest remainder; of equal remainders the earlier comes first.
fn pro_rata(claims: &[BigInt], amount: &BigInt) -> Vec<BigInt> {
    let sum: BigInt = claims.iter().cloned().sum();
    if sum <= *amount {
        return claims.to_vec();
    }
    let exact: Vec<Q> = claims.iter().map(|claim| Q::new(claim * amount, sum.clone())).collect();
    let mut given: Vec<BigInt> = exact.iter().map(|share| share.floor().to_integer()).collect();
    let mut left: BigInt = amount - given.iter().cloned().sum::<BigInt>();
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by(|a, b| exact[*b].fract().cmp(&exact[*a].fract()).then(a.cmp(b)));
    for at in order {
        if left.is_positive() {
            given[at] += 1;
            left -= 1;
        }
    }
    given
}
