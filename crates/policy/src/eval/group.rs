//! 并用: the best lawful combination of one applicant's awards, what is deducted for awards held elsewhere, and
//! limits over several clauses.

use super::expr::Eval;
use super::memory::{Frequented, word};
use crate::application::{Application, When};
use crate::assessment::{Assessment, GroupChoice, Mark, Outcome};
use crate::scheme::{ClauseId, Group, Key, Limit, Mode, Scheme, Window};
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

/// One key of an award under a group.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<'a> {
    /// Not known.
    Unknown,
    /// A kind of fund, by the first clause that has it: the usual case, compared without reading words.
    Kind(ClauseId),
    /// Words.
    Text(Cow<'a, str>),
}

/// Keys of an award under one group, in the order of 同一.
type Keys<'a> = Vec<Part<'a>>;

/// Members of a group with their keys. All keys stand in one table: `width` of them a member.
struct Keyed<'a> {
    members: Vec<usize>,
    width: usize,
    table: Keys<'a>,
}

impl<'a> Keyed<'a> {
    fn of(scheme: &'a Scheme, app: &'a Application, group: &Group, items: &[Item]) -> Self {
        let width = group.same.len();
        let mut members = Vec::with_capacity(items.len());
        let mut table = Vec::with_capacity(items.len() * width);
        for (at, item) in items.iter().enumerate().filter(|(_, i)| group.members.contains(&i.clause)) {
            members.push(at);
            table.extend(group.same.iter().map(|key| key_of(scheme, app, item.clause, *key)));
        }
        Self { members, width, table }
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &[Part<'a>])> {
        self.members.iter().enumerate().map(|(row, at)| (*at, self.table.get(row * self.width..(row + 1) * self.width).unwrap_or_default()))
    }
}

/// Chooses for one applicant and writes outcomes, awards and marks.
pub(super) fn choose(scheme: &Scheme, eval: &Eval<'_, false>, assessment: &mut Assessment) {
    let app = eval.app;
    let mut items: Vec<Item> = Vec::new();
    for (at, result) in assessment.clauses.iter_mut().enumerate() {
        let paid = !result.marks.iter().any(|m| matches!(m, Mark::Waived | Mark::Service));
        if let (Outcome::Eligible, true, true, Some(amount)) = (result.outcome, result.decided, paid, result.amount) {
            items.push(Item { clause: result.clause, at, amount, value: amount, blocked: None });
        }
    }
    for group in &scheme.groups {
        exhaust(eval, group, &mut items, assessment);
    }
    let mut clashes = Vec::new();
    for (index, group) in scheme.groups.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let keyed = Keyed::of(scheme, app, group, &items);
        possible(scheme, app, group, index, &items, &keyed, assessment);
        clash(scheme, app, group, index, &items, &keyed, &mut clashes);
    }
    if !app.elsewhere.is_empty() || !app.history.is_empty() {
        for item in &mut items {
            deduct(scheme, app, item, assessment);
        }
    }
    let (held, second) = best(scheme, eval, &items, &clashes);
    settle(scheme, eval, &items, &held, second, &clashes, assessment);
}

/// A group's frequency counts over all its members.
fn exhaust(eval: &Eval<'_, false>, group: &Group, items: &mut Vec<Item>, assessment: &mut Assessment) {
    if group.frequency.is_none() || eval.frequented(group.frequency.as_ref(), &group.members, None) != Frequented::UsedUp {
        return;
    }
    items.retain(|item| {
        let member = group.members.contains(&item.clause);
        if member && let Some(result) = assessment.clauses.get_mut(item.at) {
            result.outcome = Outcome::Exhausted;
            (result.amount, result.ceiling) = (None, None);
        }
        !member
    });
}

/// Key of a clause's award under a group.
fn key_of<'a>(scheme: &'a Scheme, app: &'a Application, clause: ClauseId, key: Key) -> Part<'a> {
    match key {
        Key::Project => text(app.project(clause)),
        Key::Kind => scheme.clause(clause).and_then(|c| c.kind_as).map_or(Part::Unknown, Part::Kind),
        Key::Fact(fact) => app.value(fact, When { year: app.year, month: 0 }).map_or(Part::Unknown, |v| Part::Text(Cow::Owned(word(scheme, fact, v)))),
    }
}

fn text(words: Option<&str>) -> Part<'_> {
    words.map_or(Part::Unknown, |w| Part::Text(Cow::Borrowed(w)))
}

/// The kind of an award from elsewhere: one of the scheme's, or its own words.
fn kind_of<'a>(scheme: &Scheme, words: Option<&'a str>) -> Part<'a> {
    let known = words.and_then(|w| scheme.clauses.iter().find(|c| c.kind.as_deref() == Some(w))).and_then(|c| c.kind_as);
    known.map_or_else(|| text(words), Part::Kind)
}

/// Whether two key lists are equal: `None` where one is not known.
fn equal(a: &[Part<'_>], b: &[Part<'_>]) -> Option<bool> {
    let mut open = false;
    for pair in a.iter().zip(b) {
        match pair {
            (Part::Unknown, _) | (_, Part::Unknown) => open = true,
            (x, y) if x == y => {}
            _ => return Some(false),
        }
    }
    (!open).then_some(true)
}

fn keys<'a>(scheme: &'a Scheme, app: &'a Application, group: &Group, clause: ClauseId) -> Keys<'a> {
    group.same.iter().map(|key| key_of(scheme, app, clause, *key)).collect()
}

/// Marks members whose key is not known while there is something to clash with.
fn possible(scheme: &Scheme, app: &Application, group: &Group, index: u32, items: &[Item], keyed: &Keyed<'_>, assessment: &mut Assessment) {
    if !matches!(group.mode, Some(Mode::Highest | Mode::Choice)) || group.same.is_empty() {
        return;
    }
    for (at, own) in keyed.iter() {
        let mut open = !group.only_elsewhere && keyed.iter().any(|(other, keys)| other != at && equal(own, keys).is_none());
        open |= group.elsewhere && app.elsewhere.iter().any(|e| equal(own, &elsewhere_keys(scheme, group, e)).is_none());
        if open && let Some(result) = items.get(at).and_then(|i| assessment.clauses.get_mut(i.at)) {
            result.marks.push(Mark::PossibleClash(index));
        }
    }
}

fn elsewhere_keys<'a>(scheme: &Scheme, group: &Group, award: &'a crate::application::Elsewhere) -> Keys<'a> {
    group
        .same
        .iter()
        .map(|key| match key {
            Key::Project => text(award.project.as_deref()),
            Key::Kind => kind_of(scheme, award.kind.as_deref()),
            Key::Fact(_) => Part::Unknown,
        })
        .collect()
}

/// Takes off what is already held for the same thing elsewhere, or under another clause in this award year.
fn deduct(scheme: &Scheme, app: &Application, item: &mut Item, assessment: &mut Assessment) {
    let mut counted: BTreeSet<usize> = BTreeSet::new();
    let mut earlier_counted: BTreeSet<usize> = BTreeSet::new();
    let mut taken = Fen(0);
    for (index, group) in scheme.groups.iter().enumerate() {
        if !matches!(group.mode, Some(Mode::Highest | Mode::Choice)) || !group.members.contains(&item.clause) {
            continue;
        }
        let own = keys(scheme, app, group, item.clause);
        let mut clashing = Vec::new();
        if group.elsewhere {
            for (at, award) in app.elsewhere.iter().enumerate() {
                if award.amount > Fen(0) && equal(&own, &elsewhere_keys(scheme, group, award)) == Some(true) && counted.insert(at) {
                    clashing.push(award.amount);
                }
            }
        }
        if !group.only_elsewhere {
            for (at, earlier) in app.history.iter().enumerate() {
                let member = group.members.contains(&earlier.clause) && earlier.clause != item.clause && earlier.year == app.year && earlier.amount > Fen(0);
                if member
                    && equal(&own, &earlier_keys(scheme, group, earlier)) == Some(true)
                    && !stacked(scheme, app, item.clause, earlier.clause)
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

fn earlier_keys<'a>(scheme: &'a Scheme, group: &Group, earlier: &'a crate::application::Earlier) -> Keys<'a> {
    group
        .same
        .iter()
        .map(|key| match key {
            Key::Kind => scheme.clause(earlier.clause).and_then(|c| c.kind_as).map_or(Part::Unknown, Part::Kind),
            _ => text(earlier.key.as_deref()),
        })
        .collect()
}

/// 叠加 lifts a wider group for these two.
fn stacked(scheme: &Scheme, app: &Application, a: ClauseId, b: ClauseId) -> bool {
    scheme.groups.iter().any(|group| {
        group.mode == Some(Mode::Stack)
            && group.members.contains(&a)
            && group.members.contains(&b)
            && equal(&keys(scheme, app, group, a), &keys(scheme, app, group, b)) == Some(true)
    })
}

/// Pairs of items that cannot both be held under a group.
fn clash(scheme: &Scheme, app: &Application, group: &Group, index: u32, items: &[Item], keyed: &Keyed<'_>, clashes: &mut Vec<(usize, usize, u32)>) {
    let once = group.frequency.as_ref().is_some_and(|f| f.times == 1);
    let chooses = matches!(group.mode, Some(Mode::Highest | Mode::Choice)) && !group.only_elsewhere;
    if !chooses && !once {
        return;
    }
    for (position, (i, a)) in keyed.iter().enumerate() {
        for (j, b) in keyed.iter().skip(position + 1) {
            let (Some(first), Some(second)) = (items.get(i), items.get(j)) else { continue };
            if equal(a, b) == Some(true) && (once || !stacked(scheme, app, first.clause, second.clause)) {
                clashes.push((i, j, index));
            }
        }
    }
}

struct Search<'s> {
    scheme: &'s Scheme,
    items: &'s [Item],
    clashes: &'s [(usize, usize, u32)],
    /// Used by earlier determinations, for each group limit.
    caps: Vec<(usize, Fen)>,
    /// Items that take part in a clash; the others are always held.
    free: Vec<usize>,
    prune: bool,
    best: Option<(Fen, Vec<bool>)>,
    second: Option<Fen>,
}

impl Search<'_> {
    fn run(&mut self, at: usize, held: &mut Vec<bool>) {
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
        let lawful = !self.clashes.iter().any(|(a, b, _)| (*a == item && flag(held, *b)) || (*b == item && flag(held, *a)));
        if lawful {
            set(held, item, true);
            self.run(at + 1, held);
        }
        set(held, item, false);
        self.run(at + 1, held);
    }

    /// No combination below this point is worth more.
    fn bound(&self, at: usize, held: &[bool]) -> Fen {
        let open = self.free.get(at..).unwrap_or_default();
        let sum = self.items.iter().enumerate().filter(|(i, _)| flag(held, *i) || open.contains(i)).map(|(_, item)| item.value);
        sum.fold(Fen(0), |a, b| a.checked_add(b).unwrap_or(Fen(i64::MAX)))
    }

    fn leaf(&mut self, held: &[bool]) {
        let sum = cut(self.scheme, self.items, held, &self.caps).iter().fold(Fen(0), |a, b| a.checked_add(*b).unwrap_or(Fen(i64::MAX)));
        match &self.best {
            Some((best, _)) if sum <= *best => self.second = Some(self.second.map_or(sum, |s| s.max(sum))),
            _ => {
                if let Some((old, _)) = self.best.take() {
                    self.second = Some(self.second.map_or(old, |s| s.max(old)));
                }
                self.best = Some((sum, held.to_vec()));
            }
        }
    }
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
fn cut(scheme: &Scheme, items: &[Item], held: &[bool], caps: &[(usize, Fen)]) -> Vec<Fen> {
    let mut awards: Vec<Fen> = items.iter().enumerate().map(|(i, item)| if flag(held, i) { item.value } else { Fen(0) }).collect();
    for (group, left) in caps {
        let Some(group) = scheme.groups.get(*group) else { continue };
        let mut sum = Fen(0);
        let members: Vec<usize> = group.members.iter().filter_map(|m| items.iter().position(|i| i.clause == *m)).collect();
        for at in &members {
            sum = sum.checked_add(awards.get(*at).copied().unwrap_or_default()).unwrap_or(Fen(i64::MAX));
        }
        let mut over = sum.checked_sub(*left).unwrap_or_default().max(Fen(0));
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

/// What group limits leave for this application: `(group, fen)`. An unknown limit does not bite.
fn caps(scheme: &Scheme, app: &Application) -> Vec<(usize, Fen)> {
    let mut out = Vec::new();
    for (index, group) in scheme.groups.iter().enumerate() {
        for limit in &group.limits {
            if let Some(left) = left(scheme, app, group, limit) {
                out.push((index, left));
            }
        }
    }
    out
}

fn left(scheme: &Scheme, app: &Application, group: &Group, limit: &Limit) -> Option<Fen> {
    let mut eval = Eval::<false>::new(scheme, app, &[]);
    let env = eval.env();
    let total = Fen::from_rational_half_up(eval.eval(limit.amount, env).number()?).ok()?;
    let mut used = Fen(0);
    for earlier in app.history.iter().filter(|e| group.members.contains(&e.clause) && e.amount > Fen(0)) {
        let inside = match limit.window {
            Window::Life => true,
            _ => eval.in_window(limit.window, earlier.year),
        };
        if inside {
            used = used.checked_add(earlier.amount).ok()?;
        }
    }
    Some(total.checked_sub(used).ok()?.max(Fen(0)))
}

fn best(scheme: &Scheme, eval: &Eval<'_, false>, items: &[Item], clashes: &[(usize, usize, u32)]) -> (Vec<bool>, Option<Fen>) {
    let app = eval.app;
    let mut held: Vec<bool> = vec![true; items.len()];
    let mut free: Vec<usize> = clashes.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
    free.sort_unstable();
    free.dedup();
    // The applicant's choice in a 择一 group leaves nothing open for those it clashes with.
    let mut refused = Vec::new();
    for (group, chosen) in &app.choices {
        if scheme.groups.get(*group as usize).is_none_or(|g| g.mode != Some(Mode::Choice)) {
            continue;
        }
        let Some(chosen) = items.iter().position(|i| i.clause == *chosen) else { continue };
        refused.extend(clashes.iter().filter(|c| c.2 == *group).filter_map(|(a, b, _)| (*a == chosen).then_some(*b).or((*b == chosen).then_some(*a))));
    }
    free.retain(|i| !refused.contains(i));
    for at in refused {
        set(&mut held, at, false);
    }
    if free.is_empty() {
        return (held, None);
    }
    for at in &free {
        set(&mut held, *at, false);
    }
    let prune = free.len() > SECOND_BEST_MAX;
    let mut search = Search { scheme, items, clashes, caps: caps(scheme, app), free, prune, best: None, second: None };
    search.run(0, &mut held.clone());
    let second = if prune { None } else { search.second };
    (search.best.map_or(held, |(_, held)| held), second)
}

fn settle(
    scheme: &Scheme,
    eval: &Eval<'_, false>,
    items: &[Item],
    held: &[bool],
    second: Option<Fen>,
    clashes: &[(usize, usize, u32)],
    assessment: &mut Assessment,
) {
    let awards = cut(scheme, items, held, &caps(scheme, eval.app));
    for (at, item) in items.iter().enumerate() {
        let Some(result) = assessment.clauses.get_mut(item.at) else { continue };
        let award = awards.get(at).copied().unwrap_or_default();
        if flag(held, at) {
            result.awarded = Some(award);
            if award < item.value {
                let group = caps(scheme, eval.app).iter().map(|c| c.0).find(|g| scheme.groups.get(*g).is_some_and(|g| g.members.contains(&item.clause)));
                let cut = item.value.checked_sub(award).unwrap_or_default();
                result.marks.push(Mark::GroupCut(u32::try_from(group.unwrap_or(0)).unwrap_or(0), cut));
            }
            // Nothing is left of it because the same is held elsewhere: it gave way.
            if item.value == Fen(0) && item.amount > Fen(0) {
                result.outcome = Outcome::Yielded;
                result.awarded = Some(Fen(0));
                result.marks.push(Mark::Yielded(item.blocked.unwrap_or(0), None));
            }
            continue;
        }
        let winner = clashes.iter().find_map(|(a, b, group)| {
            let other = (*a == at).then_some(*b).or((*b == at).then_some(*a))?;
            flag(held, other).then(|| (items.get(other).map(|i| i.clause), *group))
        });
        result.outcome = Outcome::Yielded;
        result.awarded = None;
        let (clause, group) = winner.unwrap_or((None, 0));
        result.marks.push(Mark::Yielded(group, clause));
    }
    let mut groups: Vec<u32> = clashes.iter().map(|c| c.2).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let members: BTreeSet<usize> = clashes.iter().filter(|c| c.2 == group).flat_map(|c| [c.0, c.1]).collect();
        let of = |wanted: bool| members.iter().filter(|m| flag(held, **m) == wanted).filter_map(|m| items.get(*m).map(|i| i.clause)).collect();
        assessment.groups.push(GroupChoice { group, held: of(true), gave_way: of(false), next_best: second });
    }
}
