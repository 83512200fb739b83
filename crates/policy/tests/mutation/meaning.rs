//! What a scheme computes, as text in which everything that decides an outcome or an amount stands by name and
//! nothing else stands at all. Two schemes of one text compute the same: that is the proof that a change changes nothing.

use policy::scheme::{ClauseId, Fact, NodeId, Op, Scheme, Test};

/// Parts of a scheme that no outcome and no amount depends on, each with how it is written down.
type Part = (&'static str, fn(&Scheme) -> String);

/// What stands outside the computation. Names of the parts are what the list of equivalents says.
const ASIDE: &[Part] = &[
    ("比较词是同一种比较的别名", |s| trees(s, true)),
    ("只改登记的读法，现行读法不变", |s| format!("{:?}", s.readings)),
    ("只改表单上的问题、佐证、核验、期间", |s| format!("{:?}", s.facts.iter().map(|f| (&f.name, &f.evidence, &f.verified_by, &f.window, &f.question)).collect::<Vec<_>>())),
    ("只改参数的来源说明", |s| format!("{:?}", s.params.iter().map(|p| (&p.name, &p.source)).collect::<Vec<_>>())),
    ("只改编号、名称、机关、地区、稿别这些标签", |s| format!("{:?}", (&s.policy.id, &s.policy.title, &s.policy.authority, &s.policy.region, &s.policy.stage, &s.policy.amends))),
    ("只改条款的名称", |s| format!("{:?}", s.clauses.iter().map(|c| &c.title).collect::<Vec<_>>())),
    ("类别换了名字，同类的条款不变", |s| format!("{:?}", s.clauses.iter().map(|c| &c.kind).collect::<Vec<_>>())),
    ("只改并用、资金、追回的名称", |s| {
        format!("{:?}", (s.groups.iter().map(|g| &g.name).collect::<Vec<_>>(), s.pools.iter().map(|p| (&p.name, &p.source)).collect::<Vec<_>>(), s.clawbacks.iter().map(|c| &c.name).collect::<Vec<_>>()))
    }),
    ("只改目标的名称", |s| format!("{:?}", s.targets.iter().map(|t| &t.name).collect::<Vec<_>>())),
    ("没有条款用到的定义", |s| format!("{:?}", s.definitions.iter().map(|(name, _)| name).collect::<Vec<_>>())),
    ("只改归为哪一类的文句", |s| format!("{:?}", (s.tasks.iter().map(|t| &t.words).collect::<Vec<_>>(), s.generals.iter().map(|g| &g.words).collect::<Vec<_>>()))),
    ("只改所引原文的范围", |s| format!("{:?}", s.clause_words.iter().map(|w| &w.paragraphs).collect::<Vec<_>>())),
    ("只改次序", |s| format!("{:?}", (s.facts.iter().map(|f| &f.name).collect::<Vec<_>>(), s.clauses.iter().map(|c| &c.id).collect::<Vec<_>>()))),
];

/// Why the change of `old` into `new` changes nothing that is computed, or nothing if it does.
pub fn same(old: &Scheme, new: &Scheme) -> Option<String> {
    if old.hash == new.hash {
        return Some("方案的摘要不变".into());
    }
    if computed(old) != computed(new) {
        return None;
    }
    let mut parts: Vec<&str> = ASIDE.iter().filter(|(_, write)| write(old) != write(new)).map(|(name, _)| *name).collect();
    // Other words of the rules change the cited words too: the telling part is said alone.
    if parts.is_empty() {
        parts.push("计算的结构不变");
    }
    Some(parts.join("；"))
}

/// Everything that decides an outcome, an amount, a date, a target or who is in charge.
pub fn computed(scheme: &Scheme) -> String {
    let mut out = trees(scheme, false);
    let policy = &scheme.policy;
    let dates = (
        policy.published,
        policy.comment_period,
        policy.in_force,
        policy.in_force_year,
        policy.in_force_after_days,
        policy.expires,
        policy.boundary,
    );
    out.push_str(&format!("{dates:?}\n"));
    let mut facts: Vec<String> = scheme.facts.iter().map(|f| fact(scheme, f)).collect();
    facts.sort();
    out.push_str(&facts.join("\n"));
    for param in &scheme.params {
        let mut bare = param.clone();
        bare.source = None;
        out.push_str(&named(scheme, &format!("{bare:?}"), false));
    }
    let mut goals: Vec<String> = scheme
        .targets
        .iter()
        .map(|t| format!("{} {:?} {:?}", t.indicator, t.goals.iter().map(|g| (g.0, g.1, g.3, scheme.unit(g.4))).collect::<Vec<_>>(), t.responsible))
        .collect();
    goals.sort();
    let mut tasks: Vec<String> = scheme.tasks.iter().map(|t| format!("{:?}", t.responsible)).collect();
    tasks.sort();
    out.push_str(&format!("{goals:?}{tasks:?}"));
    out
}

fn fact(scheme: &Scheme, fact: &Fact) -> String {
    named(scheme, &format!("{} {:?} {} {} {:?}", fact.name, fact.ty, fact.by_year, fact.by_month, fact.since), false)
}

/// The expressions of all clauses, groups, pools and clawbacks; `words` keeps the word of a comparison.
fn trees(scheme: &Scheme, words: bool) -> String {
    let mut out = Vec::new();
    let tree = |n: NodeId| tree(scheme, n, words);
    let say = |debug: String| named(scheme, &debug, words);
    for clause in &scheme.clauses {
        let tests = |tests: &[Test]| {
            let mut all: Vec<String> = tests.iter().map(|t| tree(t.node)).collect();
            all.sort();
            all.dedup();
            all
        };
        let alike: Vec<&str> = scheme.clauses.iter().filter(|c| clause.kind_as.is_some() && c.kind_as == clause.kind_as).map(|c| c.id.as_str()).collect();
        let mut applicants = clause.applicants.clone();
        applicants.sort_unstable();
        let kinds: Vec<_> = applicants.iter().filter_map(|k| scheme.choices(scheme.kind_fact()).get(usize::from(*k))).collect();
        out.push(format!(
            "{} {kinds:?} {:?} {} {:?} {:?} {} {} {} {} {} {alike:?} {:?} {:?} {}\n",
            clause.id,
            clause.beneficiary,
            say(format!("{:?}", clause.beneficiary_list)),
            tests(&clause.conditions),
            tests(&clause.bars),
            say(format!("{:?}", clause.rank)),
            say(format!("{:?}", clause.give)),
            say(format!("{:?}", clause.frequency)),
            say(format!("{:?}", clause.limits)),
            say(format!("{:?}", clause.instalments)),
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

fn tree(scheme: &Scheme, id: NodeId, words: bool) -> String {
    let Some(node) = scheme.node(id) else { return "?".into() };
    if let Op::Named(_, below) = &node.op {
        return tree(scheme, *below, words);
    }
    let mut op = node.op.clone();
    if !words && let Op::Compare(_, word, ..) | Op::FirstReach { word, .. } | Op::DateCompare(_, word, ..) = &mut op {
        *word = "";
    }
    if let Op::Tier(tier) = &mut op {
        for row in &mut tier.rows {
            row.written = 0;
        }
    }
    format!("({}:{})", named(scheme, &format!("{op:?}"), words), named(scheme, &format!("{:?}", node.ty), words))
}

/// Tables that indices point into, as `Debug` writes an index.
const TABLES: &[&str] = &["NodeId(", "FactId(", "ParamId(", "ClauseId(", "UnitId("];

/// Indices in what `Debug` writes, replaced by what they stand for.
fn named(scheme: &Scheme, debug: &str, words: bool) -> String {
    let stands_for = |table: &str, n: u32| match table {
        "NodeId(" => tree(scheme, NodeId(n), words),
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
