//! What a scheme computes, as text in which everything that decides an outcome or an amount stands by name and
//! nothing else stands at all. Two schemes of one text compute the same: that is the proof that a change changes nothing.

use crate::aside::ASIDE;
use crate::place::Place;
use policy::scheme::{Clause, ClauseId, Fact, FactType, Key, NodeId, Op, Scheme, Test, UnitId, Window};
use values::Rational;

/// Why `new` computes the same as the scheme of the place, or nothing if it does not.
pub fn same(place: &Place, new: &Scheme) -> Option<String> {
    let old = &place.scheme;
    if old.hash == new.hash {
        return Some("方案的摘要不变".into());
    }
    if place.one_name(computed(old)) != place.one_name(computed(new)) || !same_offices(old, new) {
        return None;
    }
    let parts: Vec<&str> = ASIDE.iter().filter(|(_, write)| write(old) != write(new)).map(|(name, _)| *name).collect();
    Some(if parts.is_empty() { "只改次序".into() } else { parts.join("；") })
}

/// The units responsible for each sentence that is a task in both; whether it is one at all computes nothing.
fn same_offices(old: &Scheme, new: &Scheme) -> bool {
    old.tasks.iter().all(|task| new.tasks.iter().all(|other| other.words != task.words || other.responsible == task.responsible))
}

/// Everything that decides an outcome, an amount, a date, a target or who is in charge.
pub fn computed(scheme: &Scheme) -> String {
    let mut out = trees(scheme);
    let policy = &scheme.policy;
    let dates = (policy.published, policy.comment_period, policy.in_force, policy.in_force_year, policy.in_force_after_days, policy.expires, policy.boundary);
    out.push_str(&format!("{dates:?}\n"));
    let mut facts: Vec<String> = scheme.facts.iter().map(|f| fact(scheme, f)).collect();
    facts.sort();
    out.push_str(&facts.join("\n"));
    for param in &scheme.params {
        let mut bare = param.clone();
        bare.source = None;
        if bare.rows.is_empty() {
            bare.valid_days = None;
        }
        out.push_str(&named(scheme, &format!("{bare:?}")));
    }
    let mut goals: Vec<String> = scheme
        .targets
        .iter()
        .map(|t| format!("{} {:?} {:?}", t.indicator, t.goals.iter().map(|g| (g.0, g.1, g.3, counted(scheme, g.4))).collect::<Vec<_>>(), t.responsible))
        .collect();
    goals.sort();
    out.push_str(&format!("{goals:?}"));
    out
}

/// The unit of a goal. The text counts in 个 whatever it counts, so 1个 and 1家 of one indicator are the same goal.
fn counted(scheme: &Scheme, unit: UnitId) -> String {
    format!("{:?}", scheme.unit(unit)).replace("家", "个")
}

fn fact(scheme: &Scheme, fact: &Fact) -> String {
    let mut ty = fact.ty.clone();
    // Years and months are kept as months: the unit is how the form asks.
    if let FactType::Number { unit: UnitId::MONTHS, scale, word, .. } = &mut ty {
        *scale = Rational::ONE;
        word.clear();
    }
    // Where the records are counted, the type of the count says in what.
    if let FactType::List { unit, .. } = &mut ty {
        *unit = UnitId::RATIO;
    }
    named(scheme, &format!("{} {ty:?} {} {} {:?}", fact.name, fact.by_year, fact.by_month, fact.since))
}

/// The expressions of all clauses, groups, pools and clawbacks.
fn trees(scheme: &Scheme) -> String {
    let mut out = Vec::new();
    let tree = |n: NodeId| tree(scheme, n);
    let say = |debug: String| named(scheme, &debug);
    // Kinds matter where a group, limit or frequency goes by them.
    let compares_kinds = scheme.groups.iter().any(|g| g.same.contains(&Key::Kind)) || format!("{:?}", scheme.clauses).contains("each: Some(Kind)");
    for clause in &scheme.clauses {
        let tests = |tests: &[Test]| {
            let mut all: Vec<String> = tests.iter().map(|t| tree(t.node)).collect();
            all.sort();
            all.dedup();
            all
        };
        let clause = &told(clause);
        let alike: Vec<&str> = scheme.clauses.iter().filter(|c| clause.kind_as.is_some() && c.kind_as == clause.kind_as).map(|c| c.id.as_str()).collect();
        let mut applicants = clause.applicants.clone();
        applicants.sort_unstable();
        let kinds: Vec<_> = applicants.iter().filter_map(|k| scheme.choices(scheme.kind_fact()).get(usize::from(*k))).collect();
        out.push(format!(
            "{} {kinds:?} {:?} {:?} {} {} {} {} {} {:?} {:?} {:?} {}\n",
            clause.id,
            tests(&clause.conditions),
            tests(&clause.bars),
            say(format!("{:?}", clause.rank)),
            say(format!("{:?}", clause.give)),
            say(format!("{:?}", clause.frequency)),
            say(format!("{:?}", clause.limits)),
            say(format!("{:?}", clause.instalments)),
            compares_kinds.then_some((alike, &clause.kind)),
            clause.lead,
            clause.with,
            clause.open_readings.len(),
        ));
    }
    out.sort();
    for group in &scheme.groups {
        let mut bare = group.clone();
        bare.name.clear();
        out.push(say(format!("{bare:?}")));
    }
    for pool in &scheme.pools {
        let mut bare = pool.clone();
        bare.name.clear();
        bare.source = None;
        out.push(say(format!("{bare:?}")));
    }
    for clawback in &scheme.clawbacks {
        let mut bare = clawback.clone();
        bare.name.clear();
        out.push(say(format!("{bare:?}")));
    }
    out.join("\n")
}

/// A clause without what cannot matter beside its other lines.
fn told(clause: &Clause) -> Clause {
    let mut bare = clause.clone();
    if let Some(frequency) = &mut bare.frequency {
        if frequency.window == Window::Life && frequency.times == 1 {
            frequency.years_in_all = frequency.years_in_all.filter(|n| *n == 0);
        }
        // Whoever is not turned away by the frequency has had nothing that the limit would count.
        if frequency.times == 1 && frequency.each.is_none() {
            bare.limits.iter_mut().filter(|l| l.window == frequency.window).for_each(|l| l.each = None);
        }
    }
    bare
}

fn tree(scheme: &Scheme, id: NodeId) -> String {
    let Some(node) = scheme.node(id) else { return "?".into() };
    if let Op::Named(_, below) = &node.op {
        return tree(scheme, *below);
    }
    let mut op = node.op.clone();
    if let Op::Compare(_, word, ..) | Op::FirstReach { word, .. } | Op::DateCompare(_, word, ..) = &mut op {
        *word = "";
    }
    if let Op::Gather(_, _, left_out) = &mut op {
        left_out.clear();
    }
    if let Op::Tier(tier) = &mut op {
        for row in &mut tier.rows {
            row.written = 0;
        }
    }
    format!("({}:{})", named(scheme, &format!("{op:?}")), named(scheme, &format!("{:?}", node.ty)))
}

/// Tables that indices point into, as `Debug` writes an index.
const TABLES: &[&str] = &["NodeId(", "FactId(", "ParamId(", "ClauseId(", "UnitId("];

/// Indices in what `Debug` writes, replaced by what they stand for.
fn named(scheme: &Scheme, debug: &str) -> String {
    let stands_for = |table: &str, n: u32| match table {
        "NodeId(" => tree(scheme, NodeId(n)),
        "FactId(" => scheme.facts.get(n as usize).map_or_else(|| "?".into(), |f| f.name.clone()),
        "ParamId(" => scheme.params.get(n as usize).map_or_else(|| "?".into(), |p| p.name.clone()),
        "ClauseId(" => scheme.clause(ClauseId(n)).map_or_else(|| "?".into(), |c| c.id.clone()),
        _ => format!("{:?}", scheme.units.get(n as usize)),
    };
    let mut out = String::new();
    let mut rest = debug;
    while let Some((at, name)) = TABLES.iter().filter_map(|name| rest.find(name).map(|at| (at, *name))).min() {
        out.push_str(&rest[..at]);
        rest = &rest[at + name.len()..];
        let close = rest.find(')').unwrap();
        out.push_str(&stands_for(name, rest[..close].parse().unwrap()));
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}
