//! What a clause is worth at a glance: the one figure that a list of clauses shows, and what it is. It is read off the rule;
//! where the rule states no figure, none is made up.

use crate::scheme::{Clause, Gather, Give, Modifier, NodeId, Op, Otherwise, Scheme, Type, UnitId, Window};
use values::{Fen, Rational};

/// What the figure is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worth {
    /// At most so much, in fen; within what.
    Cap(Fen, Option<Window>),
    /// Exactly so much.
    Fixed(Fen),
    /// One of several amounts: the lowest and the highest.
    Between(Fen, Fen),
    /// A share without a bound of its own: the lowest and the highest.
    Share(Rational, Rational),
    /// What is given is no money: its words.
    Service(String),
    /// The text states no figure.
    Open,
}

/// The figure of a clause. For each record of a list (每人, 每家) it is that of one record.
pub fn worth(scheme: &Scheme, clause: &Clause) -> Worth {
    let mut found = Found::default();
    match &clause.give {
        Some(Give::Service(words)) => return Worth::Service(words.clone()),
        Some(Give::Amount(node) | Give::Waive(node)) => found.amount(scheme, *node, 0),
        Some(Give::UpTo(node)) => {
            found.amount(scheme, *node, 0);
            found.ceiling = true;
        }
        Some(Give::Decided(modifiers)) => {
            for (modifier, node) in modifiers {
                found.modifier(scheme, *modifier, *node, 0);
            }
        }
        None => {}
    }
    for limit in &clause.limits {
        if let Some(fen) = constant(scheme, limit.amount) {
            found.cap(fen, Some(limit.window));
        }
    }
    found.told()
}

#[derive(Default)]
struct Found {
    cap: Option<(Fen, Option<Window>)>,
    amounts: Vec<Fen>,
    shares: Vec<Rational>,
    /// Something is worked out from facts.
    computed: bool,
    /// What is given is decided up to it.
    ceiling: bool,
}

/// Deeper than any checked rule; a bound for the walk.
const DEPTH_MAX: u32 = 200;

impl Found {
    fn told(self) -> Worth {
        let bounds = |all: &[Fen]| all.iter().min().copied().zip(all.iter().max().copied());
        match (self.cap, bounds(&self.amounts)) {
            // Amounts that the text names itself say more than the bound they are under.
            (_, Some((low, high))) if !self.computed => match (self.ceiling, low == high) {
                (true, _) => Worth::Cap(high, None),
                (false, true) => Worth::Fixed(high),
                (false, false) => Worth::Between(low, high),
            },
            (Some((fen, window)), _) => Worth::Cap(fen, window),
            _ => match (self.shares.iter().min().copied(), self.shares.iter().max().copied()) {
                (Some(low), Some(high)) => Worth::Share(low, high),
                _ => Worth::Open,
            },
        }
    }

    fn cap(&mut self, fen: Fen, window: Option<Window>) {
        if self.cap.is_none_or(|(known, _)| fen < known) {
            self.cap = Some((fen, window));
        }
    }

    fn modifier(&mut self, scheme: &Scheme, modifier: Modifier, node: NodeId, depth: u32) {
        match modifier {
            Modifier::AtMost => match constant(scheme, node) {
                Some(fen) => self.cap(fen, None),
                None => self.computed = true,
            },
            Modifier::Bonus | Modifier::IfAbsent => self.amount(scheme, node, depth + 1),
            Modifier::AtLeast | Modifier::Less | Modifier::DownTo => {}
        }
    }

    fn amount(&mut self, scheme: &Scheme, id: NodeId, depth: u32) {
        let Some(node) = scheme.node(id).filter(|_| depth < DEPTH_MAX) else { return };
        match &node.op {
            Op::Number(value) if node.ty == Type::Number(UnitId::MONEY) => self.amounts.extend(Fen::from_rational_half_up(*value).ok()),
            Op::Number(value) if node.ty == Type::Number(UnitId::RATIO) => self.shares.push(*value),
            Op::Named(_, inner) | Op::At(_, inner) => self.amount(scheme, *inner, depth + 1),
            Op::Modified(inner, modifier, bound) => {
                self.amount(scheme, *inner, depth + 1);
                self.modifier(scheme, *modifier, *bound, depth);
            }
            Op::Tier(tier) => {
                tier.rows.iter().filter_map(|row| row.value).for_each(|value| self.amount(scheme, value, depth + 1));
                self.otherwise(scheme, tier.otherwise, depth);
            }
            Op::Case(_, rows, otherwise) => {
                rows.iter().filter_map(|row| row.value).for_each(|value| self.amount(scheme, value, depth + 1));
                self.otherwise(scheme, *otherwise, depth);
            }
            Op::If(_, yes, no) => [yes, no].into_iter().for_each(|value| self.amount(scheme, *value, depth + 1)),
            Op::Gather(Gather::Max | Gather::Min, members, _) => members.iter().for_each(|member| self.amount(scheme, member.value, depth + 1)),
            Op::Fold { op: Gather::Sum, body: Some(body), .. } => self.amount(scheme, *body, depth + 1),
            Op::Arith(_, left, right) => {
                self.computed = true;
                // Shares alone: amounts inside a product are no amounts of the clause.
                let mut inner = Self::default();
                [left, right].into_iter().for_each(|side| inner.amount(scheme, *side, depth + 1));
                self.shares.append(&mut inner.shares);
            }
            _ => self.computed = true,
        }
    }

    fn otherwise(&mut self, scheme: &Scheme, otherwise: Otherwise, depth: u32) {
        if let Otherwise::Value(value) = otherwise {
            self.amount(scheme, value, depth + 1);
        }
    }
}

/// Money that the text states as a number.
fn constant(scheme: &Scheme, id: NodeId) -> Option<Fen> {
    let node = scheme.node(id)?;
    match &node.op {
        Op::Number(value) if node.ty == Type::Number(UnitId::MONEY) => Fen::from_rational_half_up(*value).ok(),
        Op::Named(_, inner) => constant(scheme, *inner),
        _ => None,
    }
}
