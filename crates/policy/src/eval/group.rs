//! 并用: the best lawful combination of one applicant's awards, what is deducted for awards held elsewhere, and
//! limits over several clauses.

use super::expr::Eval;
use super::memory::{Frequented, word};
use crate::application::{Application, Earlier, Elsewhere, When};
use crate::assessment::{Assessment, GroupChoice, Mark, Outcome};
use crate::scheme::{ClauseId, Group, Key, Mode, Scheme};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::BTreeSet;
use values::Fen;

/// More clashing awards than this are not searched for a second-best combination.
const SECOND_BEST_MAX: usize = 12;

/// An award that takes part in the choice.
struct Item {
    clause: ClauseId,
    /// Position in the assessment.
    at: usize,
    amount: Fen,
    /// Amount after deductions.
    value: Fen,
    blocked: Option<u32>,
}

/// One key of an award under a group as a number: equal numbers are equal keys, 0 is not known. A kind of fund is the
/// first clause that has it; words are numbered as they come up, so that pairs are compared without reading them.
type KeyNumber = u32;

/// Words met as keys of one applicant.
struct Words<'a> {
    scheme: &'a Scheme,
    app: &'a Application,
    known: Vec<Cow<'a, str>>,
}

/// Which items are held.
type Held = SmallVec<[bool; 24]>;

/// Keys of an award under one group, in the order of 同一.
type Keys = SmallVec<[KeyNumber; 2]>;

/// Members of a group with their keys. All keys stand in one table: `width` of them a member.
struct Keyed {
    members: SmallVec<[usize; 24]>,
    width: usize,
    table: SmallVec<[KeyNumber; 64]>,
}

impl Keyed {
    fn of(words: &mut Words<'_>, group: &Group, items: &[Item]) -> Self {
        let width = group.same.len().max(1);
        let mut keyed = Self { members: SmallVec::new(), width, table: SmallVec::new() };
        for (at, item) in items.iter().enumerate().filter(|(_, i)| i.clause.is_among(&group.members)) {
            keyed.members.push(at);
            // Without 同一 all members are alike.
            if group.same.is_empty() {
                keyed.table.push(1);
            }
            group.same.iter().for_each(|key| keyed.table.push(words.key_of(item.clause, *key)));
        }
        keyed
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &[KeyNumber])> {
        self.members.iter().copied().zip(self.table.chunks_exact(self.width))
    }
}

/// Chooses for one applicant and writes outcomes, awards and marks.
pub(super) fn choose(scheme: &Scheme, eval: &mut Eval<'_, false>, assessment: &mut Assessment) {
    let app = eval.app;
    let mut words = Words { scheme, app, known: Vec::new() };
    let mut items: SmallVec<[Item; 16]> = SmallVec::new();
    for (at, result) in assessment.clauses.iter().enumerate().filter(|(_, r)| r.decided && super::is_paid(r)) {
        if !app.applied.is_empty() && !app.applied.contains(&result.clause) {
            continue;
        }
        let Some(amount) = result.amount else { continue };
        items.push(Item { clause: result.clause, at, amount, value: amount, blocked: None });
    }
    for (index, group) in scheme.groups.iter().enumerate() {
        exhaust(eval, group, u32::try_from(index).unwrap_or(u32::MAX), &mut items, assessment);
    }
    let mut bounds = Bounds::default();
    for (index, group) in scheme.groups.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        if !matches!(group.mode, Some(Mode::Highest | Mode::Choice)) {
            bounds.add(eval, group, index, &items, assessment);
            continue;
        }
        let keyed = Keyed::of(&mut words, group, &items);
        possible(&mut words, group, index, &items, &keyed, assessment);
        clash(&mut words, group, index, &items, &keyed, &mut bounds.clashes);
        bounds.add(eval, group, index, &items, assessment);
    }
    if !app.elsewhere.is_empty() || !app.history.is_empty() {
        for item in &mut items {
            deduct(&mut words, item, assessment);
        }
    }
    let (held, second) = best(scheme, app, &items, &bounds);
    settle(&items, &held, second, &bounds, assessment);
}

/// What binds the items of one applicant together.
#[derive(Default)]
struct Bounds {
    /// Pairs that cannot both be held, with the group that says so.
    clashes: Vec<(usize, usize, u32)>,
    /// Of these items at most so many may be held.
    counts: Vec<(Vec<usize>, usize, u32)>,
    /// These items together get at most so much; they stand in the order in which the group lists them.
    caps: Vec<(Vec<usize>, Fen, u32)>,
    /// These items wait for something that is not known.
    waiting: Vec<(Vec<usize>, u32)>,
}

impl Bounds {
    fn add(&mut self, eval: &mut Eval<'_, false>, group: &Group, index: u32, items: &[Item], assessment: &mut Assessment) {
        if group.frequency.is_none() && group.limits.is_empty() {
            return;
        }
        let members: Vec<usize> = group.members.iter().filter_map(|m| items.iter().position(|i| i.clause == *m)).collect();
        if let Some(frequency) = &group.frequency {
            for (word, part) in parts(eval, frequency.each, &members, items, index, assessment) {
                let used = earlier(eval.app, group, word.as_deref()).filter(|e| eval.in_window(frequency.window, e.year)).count();
                let allowed = (frequency.times as usize).saturating_sub(used);
                if part.len() > allowed {
                    self.counts.push((part, allowed, index));
                }
            }
        }
        for limit in &group.limits {
            let env = eval.env();
            let total = eval.eval(limit.amount, env).number().and_then(|n| Fen::from_rational_half_up(n).ok());
            let Some(total) = total else {
                self.waiting.push((members.clone(), index));
                continue;
            };
            for (word, part) in parts(eval, limit.each, &members, items, index, assessment) {
                let used = earlier(eval.app, group, word.as_deref()).filter(|e| eval.in_window(limit.window, e.year));
                let used = used.fold(Fen(0), |sum, e| sum.checked_add(e.amount).unwrap_or(Fen(i64::MAX)));
                let left = total.checked_sub(used).unwrap_or_default().max(Fen(0));
                self.caps.push((part, left, index));
            }
        }
    }

    /// Whether `item` may be held beside what is held already.
    fn lawful(&self, held: &[bool], item: usize) -> bool {
        let clash = self.clashes.iter().any(|(a, b, _)| (*a == item && flag(held, *b)) || (*b == item && flag(held, *a)));
        !clash && self.counts.iter().filter(|(set, ..)| set.contains(&item)).all(|(set, allowed, _)| set.iter().filter(|i| flag(held, **i)).count() < *allowed)
    }
}

/// Earlier awards of a group's members, for one value of the key where it counts by one.
fn earlier<'a>(app: &'a Application, group: &'a Group, word: Option<&'a str>) -> impl Iterator<Item = &'a Earlier> {
    app.history.iter().filter(move |e| group.members.contains(&e.clause) && e.amount > Fen(0) && (word.is_none() || e.key.as_deref() == word))
}

/// The members, sorted by the key that a limit or frequency counts by. One whose key is not known is marked and left out.
fn parts(
    eval: &Eval<'_, false>,
    each: Option<Key>,
    members: &[usize],
    items: &[Item],
    index: u32,
    assessment: &mut Assessment,
) -> Vec<(Option<String>, Vec<usize>)> {
    let Some(key) = each else { return vec![(None, members.to_vec())] };
    let mut out: Vec<(Option<String>, Vec<usize>)> = Vec::new();
    for at in members {
        let Some(item) = items.get(*at) else { continue };
        match eval.key_word(key, item.clause) {
            Some(word) => match out.iter_mut().find(|(known, _)| known.as_deref() == Some(&*word)) {
                Some((_, part)) => part.push(*at),
                None => out.push((Some(word.into_owned()), vec![*at])),
            },
            None => note(assessment, item, Mark::PossibleClash(index)),
        }
    }
    out
}

fn note(assessment: &mut Assessment, item: &Item, mark: Mark) {
    if let Some(result) = assessment.clauses.get_mut(item.at)
        && !result.marks.contains(&mark)
    {
        result.marks.push(mark);
    }
}

/// A group's frequency counts over all its members: those for whom it is used up are out.
fn exhaust(eval: &Eval<'_, false>, group: &Group, index: u32, items: &mut SmallVec<[Item; 16]>, assessment: &mut Assessment) {
    if group.frequency.is_none() || eval.app.history.is_empty() {
        return;
    }
    items.retain(|item| {
        if !group.members.contains(&item.clause) {
            return true;
        }
        match eval.frequented(group.frequency.as_ref(), &group.members, item.clause) {
            Frequented::Free => true,
            Frequented::Unknown(_) => {
                note(assessment, item, Mark::PossibleClash(index));
                true
            }
            Frequented::UsedUp => {
                if let Some(result) = assessment.clauses.get_mut(item.at) {
                    result.outcome = Outcome::Exhausted;
                    (result.amount, result.ceiling) = (None, None);
                }
                false
            }
        }
    });
}

impl<'a> Words<'a> {
    /// Key of a clause's award under a group.
    fn key_of(&mut self, clause: ClauseId, key: Key) -> KeyNumber {
        let (scheme, app) = (self.scheme, self.app);
        match key {
            Key::Project => self.number(app.project(clause).map(Cow::Borrowed)),
            Key::Kind => kind_number(scheme.clause(clause).and_then(|c| c.kind_as)),
            Key::Fact(fact) => {
                let value = app.value(fact, When { year: app.year, month: 0 });
                self.number(value.map(|v| word(scheme, fact, v)))
            }
        }
    }

    /// The number of these words, above those of all kinds of funds.
    fn number(&mut self, words: Option<Cow<'a, str>>) -> KeyNumber {
        let Some(words) = words else { return 0 };
        let at = self.known.iter().position(|known| *known == words).unwrap_or_else(|| {
            self.known.push(words);
            self.known.len() - 1
        });
        u32::try_from(self.scheme.clauses.len() + 1 + at).unwrap_or(0)
    }

    /// The kind of an award from elsewhere: one of the scheme's, or its own words.
    fn kind_of(&mut self, words: Option<&'a str>) -> KeyNumber {
        let known = words.and_then(|w| self.scheme.clauses.iter().find(|c| c.kind.as_deref() == Some(w))).and_then(|c| c.kind_as);
        if known.is_some() { kind_number(known) } else { self.number(words.map(Cow::Borrowed)) }
    }

    fn keys(&mut self, group: &Group, clause: ClauseId) -> Keys {
        group.same.iter().map(|key| self.key_of(clause, *key)).collect()
    }

    fn elsewhere_keys(&mut self, group: &Group, award: &'a Elsewhere) -> Keys {
        group
            .same
            .iter()
            .map(|key| match key {
                Key::Project => self.number(award.project.as_deref().map(Cow::Borrowed)),
                Key::Kind => self.kind_of(award.kind.as_deref()),
                Key::Fact(_) => 0,
            })
            .collect()
    }

    fn earlier_keys(&mut self, group: &Group, earlier: &'a Earlier) -> Keys {
        group
            .same
            .iter()
            .map(|key| match key {
                Key::Kind => kind_number(self.scheme.clause(earlier.clause).and_then(|c| c.kind_as)),
                _ => self.number(earlier.key.as_deref().map(Cow::Borrowed)),
            })
            .collect()
    }
}

fn kind_number(first: Option<ClauseId>) -> KeyNumber {
    first.map_or(0, |clause| clause.0.saturating_add(1))
}

/// Whether two key lists are equal: `None` where one is not known.
#[inline]
fn equal(a: &[KeyNumber], b: &[KeyNumber]) -> Option<bool> {
    let mut open = false;
    // From the last key: kinds of funds usually stand there, are always known, and settle most pairs.
    for (x, y) in a.iter().zip(b).rev() {
        if *x == 0 || *y == 0 {
            open = true;
        } else if x != y {
            return Some(false);
        }
    }
    (!open).then_some(true)
}

/// Whether two key lists may be equal: no known part of one differs from that of the other.
#[inline]
fn may_equal(a: &[KeyNumber], b: &[KeyNumber]) -> bool {
    a.iter().zip(b).rev().all(|(x, y)| x == y || *x == 0 || *y == 0)
}

/// Marks members whose own key is not known while there is something to clash with.
fn possible(words: &mut Words<'_>, group: &Group, index: u32, items: &[Item], keyed: &Keyed, assessment: &mut Assessment) {
    if group.same.is_empty() {
        return;
    }
    let app = words.app;
    for (at, own) in keyed.iter().filter(|(_, own)| own.contains(&0)) {
        let mut open = !group.only_elsewhere && keyed.iter().any(|(other, keys)| other != at && may_equal(own, keys));
        open |= group.elsewhere && app.elsewhere.iter().any(|e| may_equal(own, &words.elsewhere_keys(group, e)));
        if open && let Some(item) = items.get(at) {
            note(assessment, item, Mark::PossibleClash(index));
        }
    }
}

/// Takes off what is already held for the same thing elsewhere, or was paid under another clause.
fn deduct(words: &mut Words<'_>, item: &mut Item, assessment: &mut Assessment) {
    let (scheme, app) = (words.scheme, words.app);
    let mut counted: BTreeSet<usize> = BTreeSet::new();
    let mut earlier_counted: BTreeSet<usize> = BTreeSet::new();
    let mut taken = Fen(0);
    for (index, group) in scheme.groups.iter().enumerate() {
        if !matches!(group.mode, Some(Mode::Highest | Mode::Choice)) || !group.members.contains(&item.clause) {
            continue;
        }
        let own = words.keys(group, item.clause);
        let mut clashing = Vec::new();
        if group.elsewhere {
            for (at, award) in app.elsewhere.iter().enumerate() {
                if award.amount > Fen(0) && equal(&own, &words.elsewhere_keys(group, award)) == Some(true) && counted.insert(at) {
                    clashing.push(award.amount);
                }
            }
        }
        if !group.only_elsewhere {
            for (at, earlier) in app.history.iter().enumerate() {
                let member = group.members.contains(&earlier.clause) && earlier.clause != item.clause && earlier.amount > Fen(0);
                if member
                    && equal(&own, &words.earlier_keys(group, earlier)) == Some(true)
                    && !stacked(words, item.clause, earlier.clause)
                    && earlier_counted.insert(at)
                {
                    clashing.push(earlier.amount);
                }
            }
        }
        if !clashing.is_empty() && group.no_topping_up {
            item.blocked = Some(u32::try_from(index).unwrap_or(u32::MAX));
        }
        for amount in clashing {
            taken = taken.checked_add(amount).unwrap_or(Fen(i64::MAX));
        }
    }
    if taken == Fen(0) {
        return;
    }
    let left = item.amount.checked_sub(taken).unwrap_or_default().max(Fen(0));
    item.value = if item.blocked.is_some() { Fen(0) } else { left };
    if let Some(result) = assessment.clauses.get_mut(item.at) {
        result.marks.push(Mark::ToppedUp(taken));
    }
}

/// 叠加 lifts a wider group for these two.
fn stacked(words: &mut Words<'_>, a: ClauseId, b: ClauseId) -> bool {
    words.scheme.groups.iter().any(|group| {
        group.mode == Some(Mode::Stack)
            && group.members.contains(&a)
            && group.members.contains(&b)
            && equal(&words.keys(group, a), &words.keys(group, b)) == Some(true)
    })
}

/// Pairs of items that cannot both be held under a group.
fn clash(words: &mut Words<'_>, group: &Group, index: u32, items: &[Item], keyed: &Keyed, clashes: &mut Vec<(usize, usize, u32)>) {
    if group.only_elsewhere {
        return;
    }
    // Awards with a key that is not known clash with none for certain.
    let certain: SmallVec<[(usize, &[KeyNumber]); 24]> = keyed.iter().filter(|(_, own)| !own.contains(&0)).collect();
    for (position, (i, a)) in certain.iter().copied().enumerate() {
        for (j, b) in certain.iter().copied().skip(position + 1) {
            if a != b {
                continue;
            }
            let (Some(first), Some(second)) = (items.get(i), items.get(j)) else { continue };
            if !stacked(words, first.clause, second.clause) {
                clashes.push((i, j, index));
            }
        }
    }
}

struct Search<'s> {
    items: &'s [Item],
    bounds: &'s Bounds,
    /// Items of this component that may have to give way, in order of clauses.
    free: &'s [usize],
    prune: bool,
    best: Option<(Fen, Held)>,
    second: Option<Fen>,
}

impl Search<'_> {
    fn run(&mut self, at: usize, held: &mut Held) {
        let Some(item) = self.free.get(at).copied() else {
            self.leaf(held);
            return;
        };
        if self.prune
            && let Some((best, _)) = &self.best
            && self.bound(at, held) <= *best
        {
            return;
        }
        if self.bounds.lawful(held, item) {
            set(held, item, true);
            self.run(at + 1, held);
        }
        set(held, item, false);
        self.run(at + 1, held);
    }

    /// No combination below this point is worth more: what is held, and of what is open the items that may still join.
    fn bound(&self, at: usize, held: &[bool]) -> Fen {
        let open = self.free.get(at..).unwrap_or_default();
        let joins = |i: usize| open.contains(&i) && self.bounds.lawful(held, i);
        sum(self.items.iter().enumerate().filter(|(i, _)| flag(held, *i) || joins(*i)).map(|(_, item)| item.value))
    }

    fn leaf(&mut self, held: &[bool]) {
        let worth = sum(cut(self.items, held, self.bounds).into_iter());
        match &self.best {
            Some((best, _)) if worth <= *best => self.second = Some(self.second.map_or(worth, |s| s.max(worth))),
            _ => {
                if let Some((old, _)) = self.best.take() {
                    self.second = Some(self.second.map_or(old, |s| s.max(old)));
                }
                self.best = Some((worth, held.into()));
            }
        }
    }
}

/// A sum of awards. Each is far below the limit of 64 bits, and so are all of one applicant.
fn sum(amounts: impl Iterator<Item = Fen>) -> Fen {
    amounts.fold(Fen(0), |a, b| a.checked_add(b).unwrap_or(Fen(i64::MAX)))
}

fn flag(held: &[bool], at: usize) -> bool {
    held.get(at).copied().unwrap_or(false)
}

fn set(held: &mut [bool], at: usize, value: bool) {
    if let Some(slot) = held.get_mut(at) {
        *slot = value;
    }
}

/// Awards of a combination after the limits of groups, which cut members from the last listed.
fn cut(items: &[Item], held: &[bool], bounds: &Bounds) -> SmallVec<[Fen; 24]> {
    let mut awards: SmallVec<[Fen; 24]> = items.iter().enumerate().map(|(i, item)| if flag(held, i) { item.value } else { Fen(0) }).collect();
    for (members, left, _) in &bounds.caps {
        let together = sum(members.iter().filter_map(|at| awards.get(*at)).copied());
        let mut over = together.checked_sub(*left).unwrap_or_default().max(Fen(0));
        for at in members.iter().rev() {
            if let Some(award) = awards.get_mut(*at) {
                let part = over.min(*award);
                *award = award.checked_sub(part).unwrap_or_default();
                over = over.checked_sub(part).unwrap_or_default();
            }
        }
    }
    awards
}

/// The lawful combination of the greatest sum, and the sum of the next best. Items that no clash or limit joins are
/// decided apart.
fn best(scheme: &Scheme, app: &Application, items: &[Item], bounds: &Bounds) -> (Held, Option<Fen>) {
    let mut held: Held = SmallVec::from_elem(true, items.len());
    if bounds.clashes.is_empty() && bounds.counts.is_empty() {
        return (held, None);
    }
    let mut free: Vec<usize> = bounds.clashes.iter().flat_map(|(a, b, _)| [*a, *b]).chain(bounds.counts.iter().flat_map(|c| c.0.clone())).collect();
    free.sort_unstable();
    free.dedup();
    // The applicant's choice in a 择一 group leaves nothing open for those it clashes with, unless nothing is left of it.
    for (group, chosen) in &app.choices {
        let chooses = scheme.groups.get(*group as usize).is_some_and(|g| g.mode == Some(Mode::Choice));
        let chosen = items.iter().position(|i| i.clause == *chosen && (i.value > Fen(0) || i.amount == Fen(0)));
        let (true, Some(chosen)) = (chooses, chosen) else { continue };
        for (a, b, _) in bounds.clashes.iter().filter(|c| c.2 == *group) {
            if let Some(rival) = (*a == chosen).then_some(*b).or((*b == chosen).then_some(*a)) {
                set(&mut held, rival, false);
                free.retain(|i| *i != rival);
            }
        }
    }
    for at in &free {
        set(&mut held, *at, false);
    }
    let mut margin: Option<Fen> = None;
    for component in components(&free, bounds) {
        let prune = component.len() > SECOND_BEST_MAX;
        let mut search = Search { items, bounds, free: &component, prune, best: None, second: None };
        search.run(0, &mut held.clone());
        let Some((worth, chosen)) = search.best else { continue };
        held = chosen;
        if let Some(second) = search.second.filter(|_| !prune) {
            let less = worth.checked_sub(second).unwrap_or_default();
            margin = Some(margin.map_or(less, |m| m.min(less)));
        }
    }
    let worth = sum(cut(items, &held, bounds).into_iter());
    (held, margin.and_then(|less| worth.checked_sub(less).ok()))
}

/// Free items joined by a clash, a count or a limit, each component in order of clauses.
fn components(free: &[usize], bounds: &Bounds) -> Vec<Vec<usize>> {
    let mut left: Vec<usize> = free.to_vec();
    let mut out = Vec::new();
    while let Some(first) = left.first().copied() {
        let mut component = vec![first];
        let mut next = 0;
        while let Some(item) = component.get(next).copied() {
            next += 1;
            let pairs = bounds.clashes.iter().filter_map(|(a, b, _)| (*a == item).then_some(*b).or((*b == item).then_some(*a)));
            let sets = bounds.counts.iter().map(|c| &c.0).chain(bounds.caps.iter().map(|c| &c.0)).filter(|set| set.contains(&item));
            for other in pairs.chain(sets.flatten().copied()) {
                if left.contains(&other) && !component.contains(&other) {
                    component.push(other);
                }
            }
        }
        component.sort_unstable();
        left.retain(|i| !component.contains(i));
        out.push(component);
    }
    out
}

fn settle(items: &[Item], held: &[bool], second: Option<Fen>, bounds: &Bounds, assessment: &mut Assessment) {
    let awards = cut(items, held, bounds);
    for (at, item) in items.iter().enumerate() {
        let Some(result) = assessment.clauses.get_mut(item.at) else { continue };
        let award = awards.get(at).copied().unwrap_or_default();
        if flag(held, at) {
            result.awarded = Some(award);
            if award < item.value {
                let group = bounds.caps.iter().find(|(set, ..)| set.contains(&at)).map_or(0, |c| c.2);
                result.marks.push(Mark::GroupCut(group, item.value.checked_sub(award).unwrap_or_default()));
            }
            // Nothing is left of it because the same is held elsewhere: it gave way.
            if item.value == Fen(0) && item.amount > Fen(0) {
                result.outcome = Outcome::Yielded;
                result.awarded = Some(Fen(0));
                result.marks.push(Mark::Yielded(item.blocked.unwrap_or(0), None));
            }
            continue;
        }
        let winner = bounds.clashes.iter().find_map(|(a, b, group)| {
            let other = (*a == at).then_some(*b).or((*b == at).then_some(*a))?;
            flag(held, other).then(|| (items.get(other).map(|i| i.clause), *group))
        });
        let counted = bounds.counts.iter().find(|(set, ..)| set.contains(&at)).map(|(set, _, group)| {
            let other = set.iter().find(|i| flag(held, **i)).and_then(|i| items.get(*i)).map(|i| i.clause);
            (other, *group)
        });
        result.outcome = Outcome::Yielded;
        result.awarded = None;
        let (clause, group) = winner.or(counted).unwrap_or((None, 0));
        result.marks.push(Mark::Yielded(group, clause));
    }
    // A limit that is not known is no licence to pay: its members wait.
    for (members, group) in &bounds.waiting {
        for item in members.iter().filter_map(|at| items.get(*at)) {
            if let Some(result) = assessment.clauses.get_mut(item.at) {
                result.awarded = None;
                result.marks.push(Mark::GroupUnknown(*group));
            }
        }
    }
    choices(items, held, second, bounds, assessment);
}

fn choices(items: &[Item], held: &[bool], second: Option<Fen>, bounds: &Bounds, assessment: &mut Assessment) {
    let mut groups: Vec<u32> = bounds.clashes.iter().map(|c| c.2).chain(bounds.counts.iter().map(|c| c.2)).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let pairs = bounds.clashes.iter().filter(|c| c.2 == group).flat_map(|c| [c.0, c.1]);
        let members: BTreeSet<usize> = pairs.chain(bounds.counts.iter().filter(|c| c.2 == group).flat_map(|c| c.0.clone())).collect();
        let of = |wanted: bool| members.iter().filter(|m| flag(held, **m) == wanted).filter_map(|m| items.get(*m).map(|i| i.clause)).collect();
        assessment.groups.push(GroupChoice { group, held: of(true), gave_way: of(false), next_best: second });
    }
}
