//! What situations have tried: each clause granted, each condition failed, each row taken, each cap binding and not,
//! each group and pool with something to decide.

use crate::application::Application;
use crate::assessment::{Assessment, ClauseResult, Mark, Outcome};
use crate::check::children;
use crate::diagnostic::Text;
use crate::eval::trace::{PartKind, Shown, below};
use crate::plain;
use crate::scheme::{ClauseId, Give, Mode, Modifier, NodeId, Op, Otherwise, Scheme, TierRow};
use std::collections::BTreeSet;
use values::{Fen, Lang, Rational};

/// Something a situation can try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Branch {
    /// The clause is granted.
    Granted(ClauseId),
    /// Its frequency is used up.
    UsedUp(ClauseId),
    /// A decision fills its ceiling.
    Decided(ClauseId),
    /// A limit cuts it, or is used up.
    Limited(ClauseId),
    /// It is not among the first.
    NotPlaced(ClauseId),
    /// A kind of applicant it is not for.
    WrongKind(ClauseId),
    /// Members of a group clash: group.
    Clash(u32),
    /// Members of a group are held together: group.
    Together(u32),
    /// A group's limit cuts: group.
    GroupCut(u32),
    /// A pool does not suffice: pool.
    PoolCut(u32),
    /// A condition fails.
    Fails(NodeId),
    /// A bar holds.
    Bars(NodeId),
    /// A row, branch or member is taken.
    Taken(NodeId, NodeId),
    /// No row applies.
    NoRow(NodeId),
    /// A modifier changes the value.
    Binds(NodeId),
    /// A modifier leaves the value as it is.
    Idle(NodeId),
}

/// Branches of a scheme, and which were seen.
pub(super) struct Branches {
    all: Vec<(Branch, ClauseId)>,
    seen: BTreeSet<Branch>,
}

impl Branches {
    pub(super) fn of(scheme: &Scheme) -> Self {
        let mut all = Vec::new();
        for (id, clause) in scheme.clause_ids() {
            let mut add = |branch| all.push((branch, id));
            add(Branch::Granted(id));
            if clause.frequency.is_some() {
                add(Branch::UsedUp(id));
            }
            if matches!(clause.give, Some(Give::UpTo(_))) {
                add(Branch::Decided(id));
            }
            if !clause.limits.is_empty() {
                add(Branch::Limited(id));
            }
            if clause.rank.as_ref().is_some_and(|r| r.top.is_some()) {
                add(Branch::NotPlaced(id));
            }
            if !clause.applicants.is_empty() && clause.applicants.len() < scheme.choices(scheme.kind_fact()).len() {
                add(Branch::WrongKind(id));
            }
            let mut nodes = BTreeSet::new();
            for test in &clause.conditions {
                add(Branch::Fails(test.node));
                descend(scheme, test.node, &mut nodes);
            }
            for test in &clause.bars {
                add(Branch::Bars(test.node));
                descend(scheme, test.node, &mut nodes);
            }
            if let Some(Give::Amount(n) | Give::UpTo(n) | Give::Waive(n)) = &clause.give {
                descend(scheme, *n, &mut nodes);
            }
            for node in nodes {
                inner(scheme, node, &mut add);
            }
        }
        shared(scheme, &mut all);
        all.retain(|(branch, clause)| !matches!(branch, Branch::NoRow(node) if every_place_has_a_row(scheme, *clause, *node)));
        let mut known = BTreeSet::new();
        // General conditions stand in many clauses; trying them once is enough.
        all.retain(|(branch, _)| known.insert(*branch));
        Self { all, seen: BTreeSet::new() }
    }

    /// Notes what the evaluation of a clause went through.
    pub(super) fn see(&mut self, scheme: &Scheme, app: &Application, assessment: &Assessment, result: &ClauseResult) {
        let id = result.clause;
        self.shared(scheme, assessment, result);
        match result.outcome {
            Outcome::Eligible | Outcome::Yielded => {
                self.seen.insert(Branch::Granted(id));
                if app.decision(id).is_some() {
                    self.seen.insert(Branch::Decided(id));
                }
            }
            Outcome::Exhausted => {
                self.seen.insert(Branch::UsedUp(id));
            }
            _ => {}
        }
        for mark in &result.marks {
            match mark {
                Mark::LimitCut(_) | Mark::LimitUsedUp => self.seen.insert(Branch::Limited(id)),
                Mark::NotPlaced => self.seen.insert(Branch::NotPlaced(id)),
                Mark::WrongKind => self.seen.insert(Branch::WrongKind(id)),
                _ => false,
            };
        }
        let Some(trace) = &result.trace else { return };
        for part in &trace.parts {
            if let Some(root) = part.root() {
                match (part.kind, &root.shown) {
                    (PartKind::Condition(_), Shown::YesNo(false)) => self.seen.insert(Branch::Fails(root.node)),
                    (PartKind::Bar(_), Shown::YesNo(true)) => self.seen.insert(Branch::Bars(root.node)),
                    _ => false,
                };
            }
            for at in 0..part.steps.len() {
                self.step(scheme, &part.steps, at);
            }
        }
    }

    /// Notes what groups and pools did to a clause.
    fn shared(&mut self, scheme: &Scheme, assessment: &Assessment, result: &ClauseResult) {
        let held = |id: ClauseId| assessment.clauses.iter().any(|r| r.clause == id && r.awarded.is_some_and(|a| a > Fen(0)));
        for mark in &result.marks {
            match mark {
                Mark::Yielded(group, _) => self.seen.insert(Branch::Clash(*group)),
                Mark::GroupCut(group, _) => self.seen.insert(Branch::GroupCut(*group)),
                Mark::PoolCut(pool, _) => self.seen.insert(Branch::PoolCut(*pool)),
                _ => false,
            };
        }
        for (group, at) in scheme.groups.iter().zip(0_u32..).filter(|(group, _)| group.members.contains(&result.clause)) {
            let topped_up = group.elsewhere && result.marks.iter().any(|mark| matches!(mark, Mark::ToppedUp(_)));
            if topped_up {
                self.seen.insert(Branch::Clash(at));
            }
            if group.mode == Some(Mode::Stack) && held(result.clause) && group.members.iter().any(|other| *other != result.clause && held(*other)) {
                self.seen.insert(Branch::Together(at));
            }
        }
    }

    fn step(&mut self, scheme: &Scheme, steps: &[crate::eval::trace::Step], at: usize) {
        let Some(step) = steps.get(at) else { return };
        let Some(node) = scheme.node(step.node) else { return };
        let parts: Vec<&crate::eval::trace::Step> = below(steps, at).into_iter().filter_map(|i| steps.get(i)).collect();
        match &node.op {
            Op::Tier(_) | Op::Case(..) | Op::If(..) => {
                for part in &parts {
                    self.seen.insert(Branch::Taken(step.node, part.node));
                }
                if matches!(step.shown, Shown::Absent | Shown::YesNo(false)) {
                    self.seen.insert(Branch::NoRow(step.node));
                }
            }
            Op::Gather(_, members, _) => {
                for member in members {
                    let guard = member.guard.and_then(|g| parts.iter().find(|p| p.node == g));
                    let value = parts.iter().find(|p| p.node == member.value);
                    let held =
                        |s: Option<&&crate::eval::trace::Step>| s.is_some_and(|s| !matches!(s.shown, Shown::YesNo(false) | Shown::Absent | Shown::Unknown));
                    if held(value) && (member.guard.is_none() || held(guard)) {
                        self.seen.insert(Branch::Taken(step.node, member.value));
                    }
                }
            }
            Op::Modified(x, Modifier::AtMost | Modifier::AtLeast | Modifier::Less, _) => {
                let before = parts.iter().find(|p| p.node == *x).map(|p| &p.shown);
                if let (Some(Shown::Number(before)), Shown::Number(after)) = (before, &step.shown) {
                    self.seen.insert(if before == after { Branch::Idle(step.node) } else { Branch::Binds(step.node) });
                }
            }
            _ => {}
        }
    }

    /// What was never tried, in words.
    pub(super) fn left(&self, scheme: &Scheme) -> Vec<Text> {
        self.all.iter().filter(|(branch, _)| !self.seen.contains(branch)).map(|(branch, clause)| words(scheme, *branch, *clause)).collect()
    }
}

/// What groups and pools can do, each with its first member.
fn shared(scheme: &Scheme, all: &mut Vec<(Branch, ClauseId)>) {
    for (group, at) in scheme.groups.iter().zip(0_u32..) {
        let Some(first) = group.members.first() else { continue };
        match group.mode {
            Some(Mode::Highest | Mode::Choice) => all.push((Branch::Clash(at), *first)),
            Some(Mode::Stack) => all.push((Branch::Together(at), *first)),
            None => {}
        }
        if !group.limits.is_empty() {
            all.push((Branch::GroupCut(at), *first));
        }
    }
    for (pool, at) in scheme.pools.iter().zip(0_u32..).filter(|(pool, _)| pool.amounts.iter().any(|(_, amount)| amount.is_some())) {
        if let Some(first) = pool.members.first() {
            all.push((Branch::PoolCut(at), *first));
        }
    }
}

fn descend(scheme: &Scheme, node: NodeId, into: &mut BTreeSet<NodeId>) {
    if !into.insert(node) {
        return;
    }
    if let Some(found) = scheme.node(node) {
        for child in children(&found.op) {
            descend(scheme, child, into);
        }
    }
}

fn inner(scheme: &Scheme, id: NodeId, add: &mut impl FnMut(Branch)) {
    let Some(node) = scheme.node(id) else { return };
    match &node.op {
        Op::Tier(tier) => {
            for row in &tier.rows {
                if let Some(value) = row.value {
                    add(Branch::Taken(id, value));
                }
            }
            otherwise(id, tier.otherwise, node.optional, add);
        }
        Op::Case(_, rows, rest) => {
            for value in rows.iter().filter_map(|row| row.value) {
                add(Branch::Taken(id, value));
            }
            otherwise(id, *rest, node.optional, add);
        }
        Op::If(_, a, b) => {
            add(Branch::Taken(id, *a));
            add(Branch::Taken(id, *b));
        }
        Op::Gather(_, members, _) => {
            for member in members {
                add(Branch::Taken(id, member.value));
            }
        }
        Op::Modified(_, Modifier::AtMost | Modifier::AtLeast | Modifier::Less, _) => {
            add(Branch::Binds(id));
            add(Branch::Idle(id));
        }
        _ => {}
    }
}

fn otherwise(id: NodeId, rest: Otherwise, optional: bool, add: &mut impl FnMut(Branch)) {
    match rest {
        Otherwise::Value(value) => add(Branch::Taken(id, value)),
        _ if optional => add(Branch::NoRow(id)),
        _ => {}
    }
}

/// Whether a node tells places apart and gives a row to each that 前 n 名 lets through: then none is outside the rows.
fn every_place_has_a_row(scheme: &Scheme, clause: ClauseId, node: NodeId) -> bool {
    let top = scheme.clause(clause).and_then(|c| c.rank.as_ref()).and_then(|r| r.top).filter(|top| *top <= 1000);
    let (Some(top), Some(Op::Tier(tier))) = (top, scheme.node(node).map(|n| &n.op)) else { return false };
    let places = matches!(tier.measures.as_slice(), [one] if scheme.node(*one).is_some_and(|n| n.op == Op::Place));
    let bound = |bound: Option<(NodeId, bool)>| match bound {
        None => Some(None),
        Some((node, included)) => match scheme.node(node).map(|n| &n.op) {
            Some(Op::Number(number)) => Some(Some((*number, included))),
            _ => None,
        },
    };
    let holds = |place: Rational, row: &TierRow| {
        let [range] = row.tests.as_slice() else { return false };
        let (Some(low), Some(high)) = (bound(range.low), bound(range.high)) else { return false };
        row.value.is_some()
            && low.is_none_or(|(low, included)| low < place || (included && low == place))
            && high.is_none_or(|(high, included)| place < high || (included && high == place))
    };
    places && (1..=top).all(|place| tier.rows.iter().any(|row| holds(Rational::from_int(place.into()), row)))
}

fn words(scheme: &Scheme, branch: Branch, clause: ClauseId) -> Text {
    let id = scheme.clause(clause).map_or("", |c| c.id.as_str());
    let phrase = |node| (plain::phrase(scheme, node, Lang::Zh), plain::phrase(scheme, node, Lang::En));
    let group = |at: u32| scheme.groups.get(at as usize).map_or("", |g| g.name.as_str());
    let of_many = match branch {
        Branch::Clash(at) => Some(("并用", group(at), "没有情形因它让位或补差", "no situation gives way to another or is topped up")),
        Branch::Together(at) => Some(("并用", group(at), "没有情形同时得到两项", "no situation holds two of them together")),
        Branch::GroupCut(at) => Some(("并用", group(at), "没有情形碰到限额", "no situation meets its limit")),
        Branch::PoolCut(at) => {
            let name = scheme.pools.get(at as usize).map_or("", |p| p.name.as_str());
            Some(("资金", name, "没有情形资金不足", "no situation finds it short"))
        }
        _ => None,
    };
    if let Some((sort, name, zh, en)) = of_many {
        return Text::new(format!("{sort}「{name}」{zh}"), format!("{sort}「{name}」 {en}"));
    }
    let (zh, en) = match branch {
        // Told of above: they are of no clause.
        Branch::Clash(_) | Branch::Together(_) | Branch::GroupCut(_) | Branch::PoolCut(_) => (String::new(), String::new()),
        Branch::Granted(_) => ("没有情形得到它".into(), "no situation is granted it".into()),
        Branch::UsedUp(_) => ("没有情形写到次数已用完（往年已享受）".into(), "no situation has used up its frequency".into()),
        Branch::Decided(_) => ("没有情形作出决定".into(), "no situation decides its ceiling".into()),
        Branch::Limited(_) => ("没有情形碰到限额".into(), "no situation meets its limit".into()),
        Branch::NotPlaced(_) => ("没有情形落在名次之外".into(), "no situation is out of its places".into()),
        Branch::WrongKind(_) => ("没有情形的申报人类型不符".into(), "no situation has the wrong kind of applicant".into()),
        Branch::Fails(node) => {
            let (zh, en) = phrase(node);
            (format!("没有情形不满足：{zh}"), format!("no situation fails: {en}"))
        }
        Branch::Bars(node) => {
            let (zh, en) = phrase(node);
            (format!("没有情形被排除：{zh}"), format!("no situation is barred: {en}"))
        }
        Branch::Taken(_, node) => {
            let (zh, en) = phrase(node);
            (format!("没有情形走到：{zh}"), format!("no situation takes: {en}"))
        }
        Branch::NoRow(node) => {
            let (zh, en) = phrase(node);
            (format!("没有情形落在各档之外：{zh}"), format!("no situation falls outside the rows: {en}"))
        }
        Branch::Binds(node) => {
            let (zh, en) = phrase(node);
            (format!("没有情形使它起作用：{zh}"), format!("no situation makes it bind: {en}"))
        }
        Branch::Idle(node) => {
            let (zh, en) = phrase(node);
            (format!("没有情形使它不起作用：{zh}"), format!("no situation leaves it idle: {en}"))
        }
    };
    Text::new(format!("{id} {zh}"), format!("{id} {en}"))
}
