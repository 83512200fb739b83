//! Walks over expressions: operands, facts asked for, references to clauses.

use crate::scheme::{FactId, NodeId, Op, Over, Scheme};

/// Facts an expression asks for, in order of first use.
pub(crate) fn facts_of(scheme: &Scheme, root: NodeId, facts: &mut Vec<FactId>) {
    let Some(node) = scheme.node(root) else { return };
    let mut add = |fact: FactId| {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    };
    match &node.op {
        Op::Fact(fact) | Op::Field(fact, _) => add(*fact),
        Op::Param(param) => {
            if let Some(param) = scheme.params.get(param.index()) {
                param.by.iter().for_each(|f| add(*f));
            }
        }
        Op::Fold { over: Over::List(fact), .. } => add(*fact),
        Op::Gather(_, _, left_out) => left_out.iter().for_each(|f| add(*f)),
        _ => {}
    }
    for child in children(&node.op) {
        facts_of(scheme, child, facts);
    }
}

/// An expression that stands on another clause's result, perhaps through a name.
pub(super) fn names_a_clause(scheme: &Scheme, root: NodeId) -> bool {
    scheme.node(root).is_some_and(|node| {
        matches!(node.op, Op::ClauseAmount(_) | Op::ClauseEligible(_)) || children(&node.op).into_iter().any(|child| names_a_clause(scheme, child))
    })
}

/// Operands of an operation, in order.
pub(crate) fn children(op: &Op) -> Vec<NodeId> {
    use crate::scheme::Otherwise;
    let mut out = Vec::new();
    match op {
        Op::Named(_, a) | Op::At(_, a) | Op::NthYear(a) | Op::YearOf(a) | Op::Rise(a, _) | Op::Growth(a, _) | Op::In(a, _) | Op::Not(a) => out.push(*a),
        Op::Arith(_, a, b)
        | Op::Above(a, b)
        | Op::UpTo(a, b)
        | Op::Modified(a, _, b)
        | Op::Compare(_, _, a, b)
        | Op::Is(a, b, _)
        | Op::DateCompare(_, _, a, b)
        | Op::Shift(a, b, ..) => out.extend([*a, *b]),
        Op::Steps(a, b, c) | Op::If(a, b, c) | Op::Between(a, b, _, c, _) => out.extend([*a, *b, *c]),
        Op::FirstReach { value, bound, .. } => out.extend([*value, *bound]),
        Op::Aged { date, length, until, .. } => {
            out.extend([*date, *length]);
            out.extend(*until);
        }
        Op::Tier(tier) => {
            out.extend(&tier.measures);
            for row in &tier.rows {
                for range in &row.tests {
                    out.extend(range.low.filter(|_| !range.low_implied).map(|b| b.0));
                    out.extend(range.high.filter(|_| !range.high_implied).map(|b| b.0));
                }
                out.extend(row.value);
            }
            if let Otherwise::Value(node) = tier.otherwise {
                out.push(node);
            }
        }
        Op::Case(subject, rows, otherwise) => {
            out.push(*subject);
            out.extend(rows.iter().filter_map(|row| row.value));
            if let Otherwise::Value(node) = otherwise {
                out.push(*node);
            }
        }
        Op::Bracket(measure, bands) => {
            out.push(*measure);
            for band in bands {
                out.extend(band.low);
                out.extend(band.high);
                out.push(band.ratio);
            }
        }
        Op::Gather(_, members, _) => {
            for member in members {
                out.extend(member.guard);
                out.push(member.value);
            }
        }
        Op::Fold { guard, body, .. } => {
            out.extend(*guard);
            out.extend(*body);
        }
        Op::Junction(_, parts) => out.extend(parts),
        _ => {}
    }
    out
}
