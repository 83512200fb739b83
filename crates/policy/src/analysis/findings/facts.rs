//! Facts that are asked for and decide nothing.

use super::show::{award_hangs, clause_span, hangs_on_context, id};
use super::{Finding, Study, Weight};
use crate::analysis::Cells;
use crate::analysis::space::{Quantity, Source};
use crate::check::{children, facts_of};
use crate::diagnostic::Text;
use crate::scheme::{FactId, Key, NodeId, Op, Overrun, Scheme};
use crate::source::Span;
use std::collections::BTreeSet;

/// Facts a clause asks for that no applicant's outcome hangs on.
pub(super) fn find(study: &Study<'_>, entries: &mut Vec<Finding>) {
    let scheme = study.scheme;
    let Some(clause) = scheme.clause(study.clause) else { return };
    let cells = study.at_any_time();
    if !cells.is_complete() || !clause.open_readings.is_empty() || award_hangs(scheme, clause) {
        return;
    }
    // Everything that a region or an amount speaks of may decide.
    let mut deciding: BTreeSet<&str> = BTreeSet::new();
    for cell in &cells.cells {
        let atoms = cell.region.literals.keys().filter_map(|a| cells.space.atom(*a)).map(|a| &a.source);
        atoms.for_each(|source| name_of(source, &mut deciding));
        let forms = cell.region.constraints.iter().map(|c| &c.form).chain(cell.outcomes.iter().filter_map(crate::analysis::Outcome::amount));
        for (measure, _) in forms.flat_map(|f| &f.terms) {
            sources(cells, *measure, &mut deciding);
        }
    }
    let mut elsewhere = left_out(scheme, clause.facts.as_slice(), study);
    elsewhere.extend(keys(scheme, clause));
    for test in clause.conditions.iter().chain(&clause.bars).filter(|t| hangs_on_context(scheme, t.node)) {
        facts_of(scheme, test.node, &mut elsewhere);
    }
    for fact in &clause.facts {
        let Some(known) = scheme.fact(*fact) else { continue };
        if deciding.contains(known.name.as_str()) || elsewhere.contains(fact) || *fact == scheme.kind_fact() {
            continue;
        }
        let message = Text::new(
            format!("{} 问了 {}，但它改变不了任何结果", id(scheme, study.clause), known.name),
            format!("{} asks for {}, but no outcome hangs on it", id(scheme, study.clause), known.name),
        );
        let help = Text::new("删去这一项，或检查用到它的那一行", "remove it, or check the line that names it");
        entries.push(study.finding("W0613", Weight::Finding, clause_span(scheme, study.clause), message, help, Vec::new()));
    }
}

fn name_of<'a>(source: &'a Source, out: &mut BTreeSet<&'a str>) {
    match source {
        Source::Fact { name, .. } => out.insert(name),
        Source::Field { list, .. } | Source::Records { list } => out.insert(list),
        Source::Param { .. } | Source::Decision { .. } => false,
    };
}

fn sources<'a>(cells: &'a Cells, measure: crate::analysis::linear::MeasureId, out: &mut BTreeSet<&'a str>) {
    match cells.space.measure(measure).map(|m| &m.quantity) {
        Some(Quantity::Given(source)) => name_of(source, out),
        Some(Quantity::Product(powers)) => powers.iter().for_each(|(m, _)| sources(cells, *m, out)),
        Some(Quantity::Reciprocal(form) | Quantity::Floor(form)) => form.terms.iter().for_each(|(m, _)| sources(cells, *m, out)),
        Some(Quantity::OfDate(date, _)) => sources(cells, *date, out),
        None => {}
    }
}

/// Facts named behind 不计: asked for so that they are not mixed in.
fn left_out(scheme: &Scheme, facts: &[FactId], study: &Study<'_>) -> Vec<FactId> {
    let mut out = Vec::new();
    let mut stack: Vec<NodeId> = scheme.clause(study.clause).and_then(super::show::amount_node).into_iter().collect();
    while let Some(node) = stack.pop() {
        let Some(node) = scheme.node(node) else { continue };
        if let Op::Gather(_, _, left) = &node.op {
            out.extend(left.iter().filter(|f| facts.contains(f)));
        }
        stack.extend(children(&node.op));
    }
    out
}

/// Facts that frequencies, limits and rankings count by.
fn keys(scheme: &Scheme, clause: &crate::scheme::Clause) -> Vec<FactId> {
    let by_key = |key: &Option<Key>| if let Some(Key::Fact(fact)) = key { Some(*fact) } else { None };
    let mut out: Vec<FactId> = clause.frequency.iter().filter_map(|f| by_key(&f.each)).chain(clause.limits.iter().filter_map(|l| by_key(&l.each))).collect();
    if let Some(rank) = &clause.rank {
        facts_of(scheme, rank.score, &mut out);
        rank.tie.iter().for_each(|tie| facts_of(scheme, *tie, &mut out));
        out.extend(rank.each);
    }
    clause.instalments.iter().filter_map(|i| i.test).for_each(|test| facts_of(scheme, test, &mut out));
    out
}

/// Facts that no rule names.
pub(super) fn unused(scheme: &Scheme, entries: &mut Vec<Finding>) {
    let mut named: BTreeSet<FactId> = BTreeSet::from([scheme.kind_fact()]);
    let mut add = |facts: Vec<FactId>| named.extend(facts);
    for clause in &scheme.clauses {
        add(clause.facts.clone());
        add(keys(scheme, clause));
    }
    let groups = scheme.groups.iter().flat_map(|g| g.limits.iter().map(|l| l.amount));
    let pools = scheme.pools.iter().filter_map(|p| if let Overrun::ByMeasure(node, _) = p.overrun { Some(node) } else { None });
    let clawbacks = scheme.clawbacks.iter().flat_map(|c| c.triggers.iter().copied().chain(c.recover));
    for node in groups.chain(pools).chain(clawbacks).chain(scheme.definitions.iter().map(|(_, node)| *node)) {
        let mut facts = Vec::new();
        facts_of(scheme, node, &mut facts);
        add(facts);
    }
    add(scheme.params.iter().flat_map(|p| p.by.iter().copied()).collect());
    let same = scheme.groups.iter().flat_map(|g| &g.same).chain(scheme.groups.iter().filter_map(|g| g.frequency.as_ref()?.each.as_ref()));
    add(same.filter_map(|key| if let Key::Fact(fact) = key { Some(*fact) } else { None }).collect());
    for (at, fact) in (0_u32..).map(FactId).zip(&scheme.facts) {
        if named.contains(&at) {
            continue;
        }
        entries.push(Finding {
            code: "W0613",
            weight: Weight::Note,
            clauses: Vec::new(),
            span: Span::default(),
            related: None,
            message: Text::new(format!("事实 {} 没有一条规则用到", fact.name), format!("no rule names the fact {}", fact.name)),
            help: Text::new("删去，或写出用它的规则", "remove it, or write the rule that uses it"),
            threshold: None,
            witnesses: Vec::new(),
        });
    }
}
