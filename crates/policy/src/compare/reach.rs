//! What a clause rests on beyond its own lines: the clauses it names, and theirs in turn; what of it remembers earlier
//! awards, and what hangs on the year or the day of judgement.

use super::canonical;
use crate::asked::roots;
use crate::check::children;
use crate::scheme::{Clause, ClauseId, NodeId, Op, Over, Scheme};
use std::collections::BTreeSet;

/// A clause, then the clauses it names, directly or not.
pub(crate) fn clauses(scheme: &Scheme, id: ClauseId) -> Vec<ClauseId> {
    let mut out = vec![id];
    let mut at = 0;
    while let Some(clause) = out.get(at).and_then(|id| scheme.clause(*id)) {
        at += 1;
        for node in nodes(scheme, clause) {
            if let Some(Op::ClauseAmount(named) | Op::ClauseEligible(named)) = scheme.node(node).map(|n| &n.op)
                && !out.contains(named)
            {
                out.push(*named);
            }
        }
    }
    out
}

/// Every expression of a clause, general tests too.
fn nodes(scheme: &Scheme, clause: &Clause) -> BTreeSet<NodeId> {
    let mut out = BTreeSet::new();
    let mut open = roots(clause);
    open.extend(clause.bars.iter().chain(&clause.conditions).map(|t| t.node));
    while let Some(id) = open.pop() {
        if out.insert(id) {
            open.extend(scheme.node(id).map(|n| children(&n.op)).unwrap_or_default());
        }
    }
    out
}

/// What earlier awards do to a clause, and to the clauses it names: two with the same spelling are touched alike.
pub(super) fn memory(scheme: &Scheme, id: ClauseId) -> BTreeSet<String> {
    let named = clauses(scheme, id).into_iter().enumerate();
    // The clause itself is told from those it names by position: it may be called otherwise in the other version.
    named.filter_map(|(at, id)| scheme.clause(id).map(|c| format!("{} {}", if at == 0 { "" } else { c.id.as_str() }, canonical::memory(scheme, c)))).collect()
}

/// What hangs on the award year or the day of judgement, also by a table of them: the cells of one year prove nothing of
/// another year where this differs.
pub(super) fn times(scheme: &Scheme, id: ClauseId) -> BTreeSet<String> {
    let all = clauses(scheme, id).into_iter().filter_map(|id| scheme.clause(id)).flat_map(|c| nodes(scheme, c));
    let hangs = |id: NodeId| match scheme.node(id).map(|n| &n.op) {
        Some(Op::Param(param)) => scheme.params.get(param.index()).is_some_and(|p| p.by_year || p.by_day || p.valid_days.is_some()),
        Some(Op::Tier(tier)) => tier.first_since.is_some(),
        Some(Op::Fold { over, .. }) => matches!(over, Over::PastYears(_) | Over::Years(..)),
        Some(Op::Compare(..) | Op::DateCompare(..) | Op::Between(..) | Op::Is(..)) => names_now(scheme, id),
        Some(Op::At(..) | Op::AwardYear | Op::AsOf | Op::NthYear(_) | Op::Rise(..) | Op::Growth(..) | Op::Aged { .. } | Op::FirstReach { .. }) => true,
        _ => false,
    };
    all.filter(|node| hangs(*node)).map(|node| canonical::node(scheme, node)).collect()
}

/// It reads the award year or the day of judgement itself.
fn names_now(scheme: &Scheme, id: NodeId) -> bool {
    let Some(node) = scheme.node(id) else { return false };
    matches!(node.op, Op::AwardYear | Op::AsOf) || children(&node.op).into_iter().any(|child| names_now(scheme, child))
}
