//! 并用 where a window over equal keys does not do: the lawful combinations of the few awards that may clash are written
//! out one by one and tried, with limits over several clauses, as `policy::eval::group` searches them.

use crate::expr::junction;
use crate::number::LONG_MAX;
use crate::refusal::Reason;
use crate::scope::{Env, Scope};
use crate::table::ColumnType;
use crate::value::What;
use policy::scheme::{ClauseId, Group, Key, Mode};
use std::collections::{BTreeMap, BTreeSet};
use values::Rational;

/// Combinations that are written out for awards that hang together.
const COMBINATIONS_MAX: usize = 64;

/// Columns that the limits of all combinations may need.
const COLUMNS_MAX: usize = 500;

/// What a clause came to after the groups, as columns.
#[derive(Clone)]
pub(crate) struct Settled {
    pub(crate) outcome: String,
    pub(crate) amount: String,
    pub(crate) awarded: String,
}

/// An award that takes part: it is there, its amount, what is left of it.
struct Item {
    there: String,
    amount: String,
    value: String,
    used_up: String,
}

/// Two awards that cannot both be held where a condition holds.
struct Pair {
    one: ClauseId,
    other: ClauseId,
    clash: String,
    choice: Option<String>,
}

/// At most so many of these.
struct Count {
    members: Vec<ClauseId>,
    allowed: String,
    /// It binds: there are more of them, and its key is known.
    binds: String,
}

/// Together at most so much, those listed first before the others.
struct Cap {
    members: Vec<ClauseId>,
    left: String,
    /// The limit and its key are known.
    known: String,
}

/// Everything that binds awards together.
#[derive(Default)]
struct Bounds {
    pairs: Vec<Pair>,
    counts: Vec<Count>,
    caps: Vec<Cap>,
    /// Members of a limit that is not known wait.
    waiting: Vec<(Vec<ClauseId>, String)>,
}

type Items = BTreeMap<ClauseId, Item>;

/// Tries the combinations; gives what every clause comes to.
pub(crate) fn tried(scope: &mut Scope<'_>, values: &BTreeMap<ClauseId, String>) -> Result<BTreeMap<ClauseId, Settled>, Reason> {
    let scheme = scope.scheme;
    let mut items = Items::new();
    for (id, of) in scope.outcomes.clone() {
        let Some(value) = values.get(&id).filter(|_| of.paid) else { continue };
        let mut used_up = Vec::new();
        for group in scheme.groups.iter().filter(|g| g.frequency.is_some() && g.members.contains(&id)) {
            used_up.push(scope.frequented(group.frequency.as_ref(), &group.members, id)?.used_up);
        }
        let used_up = scope.stages.bind(junction(false, &used_up));
        let base = format!("({} = 'eligible' AND {} AND {} IS NOT NULL)", of.outcome, of.decided, of.amount);
        let base = scope.stages.bind(base);
        let there = scope.stages.bind(junction(true, &[base.clone(), format!("NOT {used_up}")]));
        let used_up = scope.stages.bind(junction(true, &[base, used_up]));
        items.insert(id, Item { there, amount: of.amount, value: value.clone(), used_up });
    }
    let mut bounds = Bounds::default();
    for group in &scheme.groups {
        clashes(scope, group, &mut bounds)?;
        limits(scope, group, &items, &mut bounds)?;
    }
    let held = best(scope, &items, &bounds)?;
    Ok(settle(scope, &items, &bounds, &held))
}

impl Scope<'_> {
    /// Whether two clauses have equal keys, for certain; never NULL.
    fn equal_keys(&mut self, same: &[Key], a: ClauseId, b: ClauseId) -> Result<String, Reason> {
        let mut tests = Vec::new();
        for key in same {
            tests.push(match key {
                Key::Kind => {
                    let kind = |id: ClauseId| self.scheme.clause(id).and_then(|c| c.kind.clone());
                    if kind(a).is_some() && kind(a) == kind(b) { "TRUE".to_owned() } else { "FALSE".to_owned() }
                }
                Key::Project | Key::Fact(_) => {
                    let (x, y) = (self.key_word(*key, a)?, self.key_word(*key, b)?);
                    let (x, y) = (self.read(x), self.read(y));
                    format!("COALESCE({x} = {y}, FALSE)")
                }
            });
        }
        let all = junction(true, &tests);
        Ok(self.stages.bind(all))
    }

    /// 叠加 lifts a wider group for these two.
    pub(crate) fn stacked(&mut self, a: ClauseId, b: ClauseId) -> Result<String, Reason> {
        let mut any = Vec::new();
        let scheme = self.scheme;
        for group in scheme.groups.iter().filter(|g| g.mode == Some(Mode::Stack) && g.members.contains(&a) && g.members.contains(&b)) {
            if group.same.iter().any(|key| *key != Key::Kind) {
                return Err(Reason::new("叠加按项目或事实分别看", "stacking by project or fact"));
            }
            any.push(self.equal_keys(&group.same, a, b)?);
        }
        Ok(junction(false, &any))
    }
}

fn clashes(scope: &mut Scope<'_>, group: &Group, bounds: &mut Bounds) -> Result<(), Reason> {
    if group.only_elsewhere || !matches!(group.mode, Some(Mode::Highest | Mode::Choice)) {
        return Ok(());
    }
    let choice = (group.mode == Some(Mode::Choice)).then(|| {
        let name = format!("选择@{}", group.name);
        scope.needs.fact(name.clone(), ColumnType::Text, Rational::ONE);
        let raw = format!("f.{}", scope.dialect.name(&name));
        scope.read(raw)
    });
    let mut members = group.members.clone();
    members.sort();
    for (at, one) in members.iter().enumerate() {
        for other in members.iter().skip(at + 1) {
            let stacked = scope.stacked(*one, *other)?;
            let equal = scope.equal_keys(&group.same, *one, *other)?;
            let clash = junction(true, &[equal, if stacked == "TRUE" { "FALSE".to_owned() } else { "TRUE".to_owned() }]);
            if clash != "FALSE" {
                bounds.pairs.push(Pair { one: *one, other: *other, clash: scope.stages.bind(clash), choice: choice.clone() });
            }
        }
    }
    Ok(())
}

/// The word that a limit over several clauses counts by, which must be the same for all of them.
fn common_word(scope: &mut Scope<'_>, each: Option<Key>, members: &[ClauseId]) -> Result<Option<String>, Reason> {
    match (each, members.first()) {
        (None, _) | (_, None) => Ok(None),
        (Some(key @ Key::Fact(_)), Some(first)) => scope.key_word(key, *first).map(Some),
        _ => Err(Reason::new("几条合计的限额或频次按项目或类别分别算", "a limit over several clauses that counts by project or kind")),
    }
}

fn limits(scope: &mut Scope<'_>, group: &Group, items: &Items, bounds: &mut Bounds) -> Result<(), Reason> {
    let members: Vec<ClauseId> = group.members.iter().copied().filter(|id| items.contains_key(id)).collect();
    if let Some(frequency) = &group.frequency {
        let word = common_word(scope, frequency.each, &members)?;
        let (used, _) = scope.used_by(group, frequency.window, word.as_deref());
        let allowed = scope.stages.bind(format!("CASE WHEN {used} >= {n} THEN 0 ELSE {n} - {used} END", n = frequency.times));
        let there: Vec<String> = members.iter().filter_map(|id| items.get(id)).map(|item| format!("CASE WHEN {} THEN 1 ELSE 0 END", item.there)).collect();
        let known = known_word(scope, word);
        let many = if there.is_empty() { "FALSE".to_owned() } else { format!("({}) > {allowed}", there.join(" + ")) };
        let binds = scope.stages.bind(junction(true, &[known, many]));
        bounds.counts.push(Count { members: members.clone(), allowed, binds });
    }
    for limit in &group.limits {
        let total = scope.node(limit.amount, Env::NOW)?;
        let What::Number(number) = &total.what else { return Err(crate::number::not_numbers()) };
        let total = scope.or_zero(number)?;
        let total = scope.rounded(&total, LONG_MAX);
        let word = common_word(scope, limit.each, &members)?;
        let (_, used) = scope.used_by(group, limit.window, word.as_deref());
        let zero = scope.dialect.number(0);
        let left = scope.stages.bind(format!("CASE WHEN {total} > {used} THEN {total} - {used} ELSE {zero} END"));
        bounds.waiting.push((members.clone(), scope.stages.bind(format!("({total} IS NULL)"))));
        let known = known_word(scope, word);
        let known = scope.stages.bind(junction(true, &[format!("{total} IS NOT NULL"), known]));
        bounds.caps.push(Cap { members: members.clone(), left, known });
    }
    Ok(())
}

fn known_word(scope: &mut Scope<'_>, word: Option<String>) -> String {
    word.map_or_else(|| "TRUE".to_owned(), |word| format!("{} IS NOT NULL", scope.read(word)))
}

/// What each award keeps after a limit: what it leaves goes to those listed first.
fn cut(scope: &mut Scope<'_>, awards: &mut BTreeMap<ClauseId, String>, cap: &Cap) {
    let zero = scope.dialect.number(0);
    let mut before = zero.clone();
    for id in &cap.members {
        let Some(award) = awards.get(id).cloned() else { continue };
        let rest = scope.stages.bind(format!("({} - {before})", cap.left));
        let kept = format!("CASE WHEN NOT {} OR {award} <= {rest} THEN {award} WHEN {rest} > 0 THEN {rest} ELSE {zero} END", cap.known);
        before = scope.stages.bind(format!("({before} + {award})"));
        let kept = scope.stages.bind(kept);
        awards.insert(*id, kept);
    }
}

fn sum(scope: &mut Scope<'_>, awards: &BTreeMap<ClauseId, String>) -> String {
    let parts: Vec<&str> = awards.values().map(String::as_str).collect();
    let sum = if parts.is_empty() { scope.dialect.number(0) } else { format!("({})", parts.join(" + ")) };
    scope.stages.bind(sum)
}

/// What awards are worth together after the limits.
fn worth(scope: &mut Scope<'_>, mut awards: BTreeMap<ClauseId, String>, caps: &[&Cap]) -> String {
    let [cap] = caps else {
        for cap in caps {
            cut(scope, &mut awards, cap);
        }
        return sum(scope, &awards);
    };
    // One limit leaves its sum or what it leaves, however it is spread.
    let (inside, outside) = awards.into_iter().partition(|(id, _)| cap.members.contains(id));
    let (inside, outside) = (sum(scope, &inside), sum(scope, &outside));
    let kept = scope.stages.bind(format!("CASE WHEN NOT {} OR {inside} <= {left} THEN {inside} ELSE {left} END", cap.known, left = cap.left));
    scope.stages.bind(format!("({kept} + {outside})"))
}

/// Awards that hang together by a clash, a count or a limit, with those that may have to give way.
fn components(bounds: &Bounds) -> Vec<BTreeSet<ClauseId>> {
    let pairs = bounds.pairs.iter().map(|p| vec![p.one, p.other]);
    let sets = pairs.chain(bounds.counts.iter().map(|c| c.members.clone())).chain(bounds.caps.iter().map(|c| c.members.clone()));
    let mut out: Vec<BTreeSet<ClauseId>> = Vec::new();
    for set in sets {
        let mut joined: BTreeSet<ClauseId> = set.into_iter().collect();
        let (touching, apart): (Vec<_>, Vec<_>) = out.into_iter().partition(|known| !known.is_disjoint(&joined));
        joined.extend(touching.into_iter().flatten());
        out = apart;
        out.push(joined);
    }
    out
}

/// Subsets of these, in the order in which they are searched: with an award before without it.
fn subsets(free: &[ClauseId], bounds: &Bounds) -> Option<Vec<BTreeSet<ClauseId>>> {
    let mut out = vec![BTreeSet::new()];
    for id in free {
        let mut next = Vec::new();
        for set in out {
            let never = |p: &Pair| p.clash == "TRUE" && ((p.one == *id && set.contains(&p.other)) || (p.other == *id && set.contains(&p.one)));
            if !bounds.pairs.iter().any(never) {
                let mut with = set.clone();
                with.insert(*id);
                next.push(with);
            }
            next.push(set);
        }
        out = next;
        if out.len() > COMBINATIONS_MAX {
            return None;
        }
    }
    Some(out)
}

/// For each award that may have to give way whether it is held.
fn best(scope: &mut Scope<'_>, items: &Items, bounds: &Bounds) -> Result<BTreeMap<ClauseId, String>, Reason> {
    let mut held = BTreeMap::new();
    for component in components(bounds) {
        let may_go = |id: &ClauseId| bounds.pairs.iter().any(|p| p.one == *id || p.other == *id) || bounds.counts.iter().any(|c| c.members.contains(id));
        let free: Vec<ClauseId> = component.iter().copied().filter(|id| items.contains_key(id) && may_go(id)).collect();
        if free.is_empty() {
            continue;
        }
        let caps: Vec<&Cap> = bounds.caps.iter().filter(|cap| cap.members.iter().any(|id| component.contains(id))).collect();
        let columns = if caps.len() > 1 { caps.len() * component.len() * 3 } else { 8 };
        let sets = subsets(&free, bounds).filter(|sets| sets.len() * columns <= COLUMNS_MAX.max(COMBINATIONS_MAX * 8));
        let Some(sets) = sets else {
            return Err(Reason::new("并用的组合太多，不能一一写出", "too many combinations of awards to be written out"));
        };
        let chosen = search(scope, items, bounds, &component, &free, &caps, &sets);
        for id in &free {
            let Some(item) = items.get(id) else { continue };
            let with: Vec<String> = sets.iter().enumerate().filter(|(_, set)| set.contains(id)).map(|(at, _)| at.to_string()).collect();
            let column = if with.is_empty() { "FALSE".to_owned() } else { format!("({} AND {chosen} IN ({}))", item.there, with.join(", ")) };
            held.insert(*id, scope.stages.bind(column));
        }
    }
    Ok(held)
}

/// The number of the first combination that is lawful and worth most.
fn search(
    scope: &mut Scope<'_>,
    items: &Items,
    bounds: &Bounds,
    component: &BTreeSet<ClauseId>,
    free: &[ClauseId],
    caps: &[&Cap],
    sets: &[BTreeSet<ClauseId>],
) -> String {
    let zero = scope.dialect.number(0);
    let there = |id: &ClauseId| items.get(id).map_or_else(|| "FALSE".to_owned(), |item| item.there.clone());
    // It gave way to what the applicant chose, or has nothing to give way to.
    let (mut gone, mut bound) = (BTreeMap::new(), BTreeMap::new());
    for id in free {
        let (mut goes, mut binds) = (Vec::new(), Vec::new());
        for pair in bounds.pairs.iter().filter(|p| p.one == *id || p.other == *id) {
            let rival = if pair.one == *id { pair.other } else { pair.one };
            binds.push(junction(true, &[pair.clash.clone(), there(&rival)]));
            if let (Some(choice), Some(item)) = (&pair.choice, items.get(&rival)) {
                let word = scope.dialect.words(scope.scheme.clause(rival).map_or("", |c| &c.id));
                let chosen = format!("COALESCE({choice} = {word}, FALSE)");
                goes.push(junction(true, &[pair.clash.clone(), item.there.clone(), chosen, format!("({} > 0 OR {} = 0)", item.value, item.amount)]));
            }
        }
        binds.extend(bounds.counts.iter().filter(|c| c.members.contains(id)).map(|c| c.binds.clone()));
        gone.insert(*id, scope.stages.bind(junction(false, &goes)));
        bound.insert(*id, scope.stages.bind(junction(false, &binds)));
    }
    let mut worths = Vec::new();
    for set in sets {
        let mut lawful = Vec::new();
        for id in free {
            let (gone, bound) = (gone.get(id).cloned().unwrap_or_default(), bound.get(id).cloned().unwrap_or_default());
            lawful.push(if set.contains(id) { format!("({} AND NOT {gone})", there(id)) } else { format!("(NOT {} OR {bound})", there(id)) });
        }
        let both = |p: &&Pair| set.contains(&p.one) && set.contains(&p.other);
        lawful.extend(bounds.pairs.iter().filter(both).map(|p| format!("NOT {}", p.clash)));
        for count in &bounds.counts {
            let held = count.members.iter().filter(|id| set.contains(id)).count();
            if held > 0 {
                lawful.push(format!("(NOT {} OR {held} <= {})", count.binds, count.allowed));
            }
        }
        let lawful = scope.stages.bind(junction(true, &lawful));
        let mut awards: BTreeMap<ClauseId, String> = BTreeMap::new();
        for id in component {
            let Some(item) = items.get(id) else { continue };
            if set.contains(id) || !free.contains(id) {
                let value = scope.stages.bind(format!("CASE WHEN {} THEN {} ELSE {zero} END", item.there, item.value));
                awards.insert(*id, value);
            }
        }
        let worth = worth(scope, awards, caps);
        worths.push(scope.stages.bind(format!("CASE WHEN {lawful} THEN {worth} ELSE {} END", scope.dialect.number(-1))));
    }
    let mut most = worths.first().cloned().unwrap_or_else(|| zero.clone());
    for worth in worths.iter().skip(1) {
        most = scope.stages.bind(format!("CASE WHEN {worth} > {most} THEN {worth} ELSE {most} END"));
    }
    let cases: Vec<String> = worths.iter().enumerate().map(|(at, worth)| format!("WHEN {worth} = {most} THEN {at}")).collect();
    scope.stages.bind(format!("CASE {} END", cases.join(" ")))
}

fn settle(scope: &mut Scope<'_>, items: &Items, bounds: &Bounds, held: &BTreeMap<ClauseId, String>) -> BTreeMap<ClauseId, Settled> {
    let zero = scope.dialect.number(0);
    let holds = |id: &ClauseId, item: &Item| held.get(id).unwrap_or(&item.there).clone();
    let mut awards = BTreeMap::new();
    for (id, item) in items {
        let value = scope.stages.bind(format!("CASE WHEN {} THEN {} ELSE {zero} END", holds(id, item), item.value));
        awards.insert(*id, value);
    }
    for cap in &bounds.caps {
        cut(scope, &mut awards, cap);
    }
    let mut out = BTreeMap::new();
    for (id, of) in scope.outcomes.clone() {
        let null = scope.stages.bind(scope.dialect.exact("NULL"));
        let Some(item) = items.get(&id) else {
            out.insert(id, Settled { outcome: of.outcome, amount: of.amount, awarded: null });
            continue;
        };
        let holds = holds(&id, item);
        let waits: Vec<String> = bounds.waiting.iter().filter(|(members, _)| members.contains(&id)).map(|(_, waits)| waits.clone()).collect();
        let gives_way = format!("{} AND (NOT {holds} OR ({} = 0 AND {} > 0))", item.there, item.value, item.amount);
        let outcome = format!("CASE WHEN {} THEN 'exhausted' WHEN {gives_way} THEN 'yielded' ELSE {} END", item.used_up, of.outcome);
        let award = awards.get(&id).cloned().unwrap_or_else(|| zero.clone());
        let awarded = format!("CASE WHEN {holds} AND NOT {} THEN {award} END", junction(false, &waits));
        let amount = format!("CASE WHEN NOT {} THEN {} END", item.used_up, item.amount);
        let settled = Settled { outcome: scope.stages.bind(outcome), amount: scope.stages.bind(amount), awarded: scope.stages.bind(awarded) };
        out.insert(id, settled);
    }
    out
}
