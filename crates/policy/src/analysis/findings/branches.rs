//! What no applicant can bring about: conditions that cannot hold or always do, rows and members never taken, caps
//! that never or always bind, and values that fall between or outside all rows.

use super::show::{award_hangs, clause_span, hangs_on_context, span};
use super::{Finding, Study, TRIED_MAX, Weight};
use crate::analysis::linear::{Constraint, Form};
use crate::analysis::witness::Goal;
use crate::analysis::{Branch, Cell, Outcome, Reason};
use crate::check::children;
use crate::diagnostic::Text;
use crate::plain::{phrase, spoken};
use crate::scheme::{Clause, Gather, Modifier, NodeId, Op, Origin, Otherwise, ParamId, Scheme, Tier, Type, UnitId, Window};
use std::collections::BTreeSet;
use values::{Lang, Rational};

/// Branches some applicant takes, by node.
struct Seen(BTreeSet<(NodeId, Branch)>);

impl Seen {
    fn has(&self, node: NodeId, branch: Branch) -> bool {
        self.0.contains(&(node, branch))
    }

    fn reached(&self, node: NodeId) -> bool {
        self.0.range((node, Branch::Test(false))..).next().is_some_and(|(n, _)| *n == node)
    }
}

/// Finds what branches tell of a clause.
pub(super) fn find(study: &Study<'_>, entries: &mut Vec<Finding>) {
    let Some(clause) = study.scheme.clause(study.clause) else { return };
    gaps(study, entries);
    undetermined(study, clause, entries);
    // What was not explored may take the branches that are missed here.
    let cells = study.at_any_time();
    if !cells.unexplored().is_empty() {
        return;
    }
    let seen = Seen(cells.cells.iter().flat_map(|c| c.branches.iter().map(|(_, node, branch)| (*node, *branch))).collect());
    if nobody(study, clause, &seen, entries) {
        return;
    }
    always(study, clause, &seen, entries);
    let mut nodes = Vec::new();
    let own = clause.conditions.iter().chain(&clause.bars).filter(|t| t.origin == Origin::Clause).map(|t| t.node);
    let award_hangs = award_hangs(study.scheme, clause);
    for root in own.chain(super::show::amount_node(clause).filter(|_| !award_hangs)) {
        below(study.scheme, root, &mut nodes);
    }
    for node in nodes {
        rows(study, node, &seen, entries);
        caps(study, node, &seen, entries);
        never(study, node, &seen, entries);
    }
    if !award_hangs {
        limits(study, clause, &seen, entries);
    }
}

/// Applicants who told everything and are told nothing: a table without a row, a divisor of zero.
fn undetermined(study: &Study<'_>, clause: &Clause, entries: &mut Vec<Finding>) {
    let mut nodes = Vec::new();
    for root in clause.conditions.iter().map(|t| t.node).chain(super::show::amount_node(clause)) {
        below(study.scheme, root, &mut nodes);
    }
    // Another clause may wait for its decision; that is no defect.
    let waits = nodes.iter().any(|n| matches!(study.scheme.node(*n).map(|n| &n.op), Some(Op::ClauseAmount(_) | Op::ClauseEligible(_))));
    if waits || !clause.open_readings.is_empty() {
        return;
    }
    let cell = study.cells.cells.iter().filter(|c| c.outcomes.first() == Some(&Outcome::Undetermined)).take(TRIED_MAX).find_map(|c| study.witness(c, &[]));
    let Some(witness) = cell else { return };
    let table = nodes.iter().find_map(|n| match study.scheme.node(*n).map(|n| &n.op) {
        Some(Op::Param(id)) if lacks_row(study, *id) => study.scheme.params.get(id.index()).map(|p| (*n, p.name.as_str())),
        _ => None,
    });
    let (weight, place, zh, en) = match table {
        Some((node, name)) => (Weight::Finding, span(study.scheme, node), format!("参数 {name} 没有这一行"), format!("table {name} has no such row")),
        // A start of zero has no rate of growth; the texts never say what then.
        None => (Weight::Note, clause_span(study.scheme, study.clause), "除数为零".to_owned(), "a divisor is zero".to_owned()),
    };
    let help = match table {
        Some(_) => Text::new("补上参数的行，或加条件排除这些申报人", "add the row, or exclude these applicants by a condition"),
        None => Text::new("加条件，只收除数大于零的申报人；或写明除数为零的怎么算", "ask for a divisor above zero, or say what holds where it is zero"),
    };
    let message = Text::new(format!("事实都填了还是待定：{zh}"), format!("undetermined although every fact is known: {en}"));
    entries.push(study.finding("W0616", weight, place, message, help, vec![witness]));
}

/// A table by choices that leaves some of them out, in the year of the analysis.
fn lacks_row(study: &Study<'_>, id: ParamId) -> bool {
    let Some(param) = study.scheme.params.get(id.index()).filter(|p| !p.by.is_empty()) else { return false };
    let wanted: usize = param.by.iter().map(|f| study.scheme.choices(*f).len()).product();
    let year = study.cells.context.year;
    let rows: BTreeSet<&Vec<u16>> = param.rows.iter().filter(|r| r.year.is_none_or(|y| y == year)).map(|r| &r.choices).collect();
    rows.len() < wanted
}

fn below(scheme: &Scheme, node: NodeId, out: &mut Vec<NodeId>) {
    if out.contains(&node) {
        return;
    }
    out.push(node);
    for child in scheme.node(node).map(|n| children(&n.op)).unwrap_or_default() {
        below(scheme, child, out);
    }
}

fn said(scheme: &Scheme, node: NodeId) -> (String, String) {
    (spoken(scheme, Lang::Zh).node(node).to_owned(), spoken(scheme, Lang::En).node(node).to_owned())
}

/// A clause that nobody can meet.
fn nobody(study: &Study<'_>, clause: &Clause, seen: &Seen, entries: &mut Vec<Finding>) -> bool {
    let outcomes = || study.at_any_time().cells.iter().filter_map(|c| c.outcomes.first());
    let anyone = outcomes().any(|o| matches!(o, Outcome::Eligible { .. } | Outcome::Service | Outcome::Undetermined));
    let out_of_force = outcomes().any(|o| *o == Outcome::Ineligible(Reason::OutOfForce));
    if anyone || out_of_force {
        return !anyone;
    }
    let failing = clause.conditions.iter().find(|t| seen.has(t.node, Branch::Test(false)) && !seen.has(t.node, Branch::Test(true)));
    let last = |cell: &&Cell| match (failing, cell.outcomes.first()) {
        (Some(test), Some(Outcome::Ineligible(Reason::Condition(node)))) => *node == test.node,
        (None, Some(Outcome::Ineligible(Reason::NothingGiven))) => true,
        _ => false,
    };
    let witnesses = study.cells.cells.iter().filter(last).find_map(|cell| study.witness(cell, &[])).into_iter().collect();
    let (place, message) = match failing {
        Some(test) => {
            let (zh, en) = said(study.scheme, test.node);
            let place = if test.origin == Origin::Clause { span(study.scheme, test.node) } else { clause_span(study.scheme, study.clause) };
            let text = Text::new(
                format!("没有人能符合：“{zh}”与前面的条件不能同时成立"),
                format!("nobody can meet it: '{en}' cannot hold together with what is asked before"),
            );
            (place, text)
        }
        None if award_hangs(study.scheme, clause) => return true,
        None => (
            clause_span(study.scheme, study.clause),
            Text::new("没有人能得到：符合条件的人落不到任何一档", "nobody gets anything: those who meet the conditions reach no row"),
        ),
    };
    let help = Text::new("改正其中一项条件", "correct one of the conditions");
    entries.push(study.finding("W0606", Weight::Finding, place, message, help, witnesses));
    true
}

/// Own conditions that what stands before them already says.
fn always(study: &Study<'_>, clause: &Clause, seen: &Seen, entries: &mut Vec<Finding>) {
    let before = |at: usize| at > 0 || clause.bars.iter().any(|b| b.origin != Origin::Clause);
    for (at, test) in clause.conditions.iter().enumerate().filter(|(_, t)| t.origin == Origin::Clause) {
        let holds = seen.has(test.node, Branch::Test(true)) && !seen.has(test.node, Branch::Test(false));
        if !holds || hangs_on_context(study.scheme, test.node) || study.at_any_time().cells.iter().any(|c| left_open(clause, c, at)) {
            continue;
        }
        let (zh, en) = said(study.scheme, test.node);
        let (why, why_en) =
            if before(at) { ("前面的条件已经包含它", "what is asked before already says it") } else { ("谁都符合它", "everybody meets it") };
        let message = Text::new(format!("“{zh}”总是成立：{why}"), format!("'{en}' always holds: {why_en}"));
        let help = Text::new("删去这一行，或检查门槛是否写错", "remove the line, or check its threshold");
        entries.push(study.finding("W0607", Weight::Finding, span(study.scheme, test.node), message, help, study.best().into_iter().collect()));
    }
}

/// Whether the cell comes to this condition and cannot say whether it holds: a divisor is zero.
fn left_open(clause: &Clause, cell: &Cell, at: usize) -> bool {
    let Some(test) = clause.conditions.get(at) else { return false };
    let earlier = |node: NodeId| clause.conditions.iter().take(at).any(|t| t.node == node);
    let comes = match cell.outcomes.first() {
        None | Some(Outcome::Barred { .. } | Outcome::Ineligible(Reason::OutOfForce | Reason::Kind)) => false,
        Some(Outcome::Ineligible(Reason::Condition(node))) => !earlier(*node),
        Some(_) => true,
    };
    comes && !cell.branches.iter().any(|(_, node, branch)| *node == test.node && matches!(branch, Branch::Test(_)))
}

/// Parts of conditions that can never hold.
fn never(study: &Study<'_>, node: NodeId, seen: &Seen, entries: &mut Vec<Finding>) {
    let scheme = study.scheme;
    let is_condition = scheme.node(node).is_some_and(|n| n.ty == Type::YesNo && !matches!(n.op, Op::YesNo(_) | Op::Named(..)));
    if !is_condition || !seen.has(node, Branch::Test(false)) || seen.has(node, Branch::Test(true)) || hangs_on_context(scheme, node) {
        return;
    }
    let (zh, en) = said(scheme, node);
    let message = Text::new(format!("“{zh}”在这里永远不成立"), format!("'{en}' can never hold here"));
    let help = Text::new("检查门槛，或删去这一项", "check its threshold, or remove it");
    let cell = study.cells.cells.iter().find(|c| c.branches.contains(&(0, node, Branch::Test(false))));
    let witness = cell.and_then(|c| study.witness(c, &[]));
    entries.push(study.finding("W0606", Weight::Finding, span(scheme, node), message, help, witness.into_iter().collect()));
}

/// Rows, sides and members that nobody gets.
fn rows(study: &Study<'_>, node: NodeId, seen: &Seen, entries: &mut Vec<Finding>) {
    let scheme = study.scheme;
    if !seen.reached(node) || hangs_on_context(scheme, node) {
        return;
    }
    let mut missed: Vec<(NodeId, Text)> = Vec::new();
    let place_of = |value: Option<NodeId>| value.unwrap_or(node);
    match scheme.node(node).map(|n| &n.op) {
        Some(Op::Tier(tier)) if tier.first_since.is_none() => {
            for (at, row) in tier.rows.iter().enumerate().filter(|(_, r)| !seen.has(node, Branch::Row(r.written))) {
                missed.push((place_of(row.value), row_words(spoken(scheme, Lang::Zh).step(node, at), spoken(scheme, Lang::En).step(node, at))));
            }
            missed.extend(rest(tier.otherwise, node, seen));
        }
        Some(Op::Case(_, rows, otherwise)) => {
            for (at, row) in (0_u16..).zip(rows).filter(|(at, _)| !seen.has(node, Branch::Row(*at))) {
                let number = at + 1;
                missed.push((place_of(row.value), Text::new(format!("第 {number} 行没有人能落到"), format!("nobody can reach row {number}"))));
            }
            missed.extend(rest(*otherwise, node, seen));
        }
        Some(Op::If(_, a, b)) => {
            for (at, side, zh, en) in [(0, a, "则", "'then'"), (1, b, "否则", "'else'")] {
                if !seen.has(node, Branch::Row(at)) {
                    missed.push((*side, Text::new(format!("“{zh}”一边没有人能落到"), format!("nobody can reach the {en} side"))));
                }
            }
        }
        Some(Op::Gather(op @ (Gather::Max | Gather::Min), members, _)) => {
            let word = if *op == Gather::Max { ("就高", "highest") } else { ("就低", "lowest") };
            for (at, member) in (0_u16..).zip(members).filter(|(at, _)| !seen.has(node, Branch::Row(*at))) {
                let (zh, en) = said(scheme, member.value);
                let number = at + 1;
                missed.push((
                    member.value,
                    Text::new(
                        format!("{}的第 {number} 项“{zh}”从来不会被取到", word.0),
                        format!("item {number} of the {}, '{en}', is never the one taken", word.1),
                    ),
                ));
            }
        }
        _ => {}
    }
    for (place, message) in missed {
        let help = Text::new("检查各档的门槛与条件，或删去这一行", "check the thresholds and conditions, or remove the row");
        entries.push(study.finding("W0605", Weight::Finding, span(scheme, place), message, help, study.best().into_iter().collect()));
    }
}

fn row_words(zh: &str, en: &str) -> Text {
    Text::new(format!("“{zh}”这一档没有人能落到"), format!("nobody can reach the row '{en}'"))
}

fn rest(otherwise: Otherwise, node: NodeId, seen: &Seen) -> Option<(NodeId, Text)> {
    let place = match otherwise {
        Otherwise::Value(value) => value,
        Otherwise::None => node,
        Otherwise::Absent => return None,
    };
    (!seen.has(node, Branch::Otherwise))
        .then(|| (place, Text::new("“其余”没有人能落到：前面各行已经包括全部", "nobody can reach 'else': the rows before it leave nothing")))
}

/// Modifiers that never change anything, or always do.
fn caps(study: &Study<'_>, node: NodeId, seen: &Seen, entries: &mut Vec<Finding>) {
    let scheme = study.scheme;
    let (bound, words, both_ways) = match scheme.node(node).map(|n| &n.op) {
        Some(Op::Modified(_, modifier, bound)) => match modifier {
            Modifier::AtMost => (*bound, ("最高", "at most"), true),
            Modifier::AtLeast => (*bound, ("最低", "at least"), true),
            Modifier::Less => (*bound, ("扣除", "less"), false),
            Modifier::Bonus => (*bound, ("另加", "plus"), false),
            Modifier::IfAbsent => (*bound, ("无则", "if absent"), false),
            Modifier::DownTo => return,
        },
        Some(Op::UpTo(_, bound)) => (*bound, ("不超过", "within"), true),
        Some(Op::Above(_, bound)) => (*bound, ("超过", "exceeds"), false),
        _ => return,
    };
    if !seen.reached(node) || hangs_on_context(scheme, node) {
        return;
    }
    let (zh, en) = said(scheme, bound);
    let mut push = |code, message, help| {
        entries.push(study.finding(code, Weight::Finding, span(scheme, bound), message, help, study.best().into_iter().collect()));
    };
    if !seen.has(node, Branch::Binds(true)) {
        push(
            "W0608",
            Text::new(format!("“{} {zh}”从来不起作用", words.0), format!("'{} {en}' never changes anything", words.1)),
            Text::new("检查这个数，或删去", "check the number, or remove it"),
        );
    } else if both_ways && !seen.has(node, Branch::Binds(false)) {
        push(
            "W0609",
            Text::new(
                format!("“{} {zh}”总是起作用：前面的算法没有意义", words.0),
                format!("'{} {en}' always binds: what stands before it does not matter", words.1),
            ),
            Text::new("检查这个数，或直接写金额", "check the number, or write the amount itself"),
        );
    }
}

/// A limit that one award cannot reach where there is only one.
fn limits(study: &Study<'_>, clause: &Clause, seen: &Seen, entries: &mut Vec<Finding>) {
    let Some(frequency) = &clause.frequency else { return };
    for (at, limit) in (0_u16..).zip(&clause.limits) {
        let once = frequency.times == 1
            && frequency.each.is_none()
            && matches!((frequency.window, limit.window), (Window::Life, _) | (Window::Year | Window::Years(_), Window::Year));
        let cut = seen.has(limit.amount, Branch::Limit(at, true));
        let free = seen.has(limit.amount, Branch::Limit(at, false));
        let amount = super::show::amount_node(clause);
        if amount.is_none_or(|a| hangs_on_context(study.scheme, a)) || hangs_on_context(study.scheme, limit.amount) {
            continue;
        }
        let (zh, en) = (phrase(study.scheme, limit.amount, Lang::Zh), phrase(study.scheme, limit.amount, Lang::En));
        let (code, message) = if once && free && !cut {
            ("W0608", Text::new(format!("“限额 {zh}”从来不起作用"), format!("the limit of {en} never changes anything")))
        } else if cut && !free {
            (
                "W0609",
                Text::new(
                    format!("“限额 {zh}”总是起作用：前面的算法没有意义"),
                    format!("the limit of {en} always binds: what stands before it does not matter"),
                ),
            )
        } else {
            continue;
        };
        let help = Text::new("检查限额与金额", "check the limit and the amount");
        entries.push(study.finding(code, Weight::Finding, span(study.scheme, limit.amount), message, help, study.best().into_iter().collect()));
    }
}

/// Values for which a selection over one measure has no row.
fn gaps(study: &Study<'_>, entries: &mut Vec<Finding>) {
    let mut told: BTreeSet<(NodeId, &str)> = BTreeSet::new();
    for cell in study.cells.cells.iter().take(10 * TRIED_MAX) {
        for (_, node, measure) in &cell.measured {
            let Some(Op::Tier(tier)) = study.scheme.node(*node).map(|n| &n.op) else { continue };
            if tier.first_since.is_some() || !cell.branches.contains(&(0, *node, Branch::NoRow)) {
                continue;
            }
            let time = tier.measures.first().and_then(|m| study.scheme.node(*m)).is_some_and(|n| matches!(n.ty, Type::Number(UnitId::MONTHS | UnitId::DAYS)));
            let Some(edges) = Edges::of(study.scheme, tier) else { continue };
            let mut tell = |code: &'static str, weight, sort: &'static str, goals: Option<Vec<Goal>>, message: fn(&str, &str) -> Text, help: Text| {
                let Some(goals) = goals else { return };
                if told.contains(&(*node, sort)) {
                    return;
                }
                let Some(witness) = study.witness(cell, &goals) else { return };
                told.insert((*node, sort));
                let measure = tier.measures.first().map(|m| said(study.scheme, *m)).unwrap_or_default();
                entries.push(study.finding(code, weight, span(study.scheme, *node), message(&measure.0, &measure.1), help, vec![witness]));
            };
            let between = Text::new("各档要首尾相接，或写 其余", "let the rows meet, or write 其余");
            tell(
                "W0601",
                Weight::Finding,
                "between",
                edges.between(measure),
                |zh, en| Text::new(format!("{zh} 有一段落在两档之间，哪一档都不是"), format!("{en} can lie between two rows, in neither of them")),
                between,
            );
            if !time && cell.outcomes.first() == Some(&Outcome::Ineligible(Reason::NothingGiven)) {
                let below = Text::new("若要给，写最低一档；若不给，不必改", "write a lowest row if something is to be given; otherwise leave it");
                tell(
                    "W0604",
                    Weight::Note,
                    "below",
                    edges.below(measure),
                    |zh, en| Text::new(format!("{zh} 够不到最低一档的，不给"), format!("nothing is given where {en} does not reach the lowest row")),
                    below,
                );
            }
        }
    }
}

/// Where the rows of a tier table begin and end.
struct Edges {
    low: Option<Rational>,
    low_included: bool,
    high: Option<Rational>,
}

impl Edges {
    /// `None` where bounds are not numbers.
    fn of(scheme: &Scheme, tier: &Tier) -> Option<Self> {
        let number = |bound: Option<(NodeId, bool)>| match bound {
            None => Some(None),
            Some((node, included)) => match scheme.node(node).map(|n| &n.op) {
                Some(Op::Number(value)) => Some(Some((*value, included))),
                _ => None,
            },
        };
        let mut bounds = Vec::new();
        for row in &tier.rows {
            let range = row.tests.first()?;
            bounds.push((number(range.low)?, number(range.high)?));
        }
        let low = bounds.iter().map(|(low, _)| *low).collect::<Option<Vec<_>>>().and_then(|lows| lows.into_iter().min_by_key(|(v, included)| (*v, !included)));
        let high =
            bounds.iter().map(|(_, high)| *high).collect::<Option<Vec<_>>>().and_then(|highs| highs.into_iter().max_by_key(|(v, included)| (*v, *included)));
        Some(Self { low: low.map(|(v, _)| v), low_included: low.is_some_and(|(_, i)| i), high: high.map(|(v, _)| v) })
    }

    fn over(measure: &Form, value: Rational, strict: bool) -> Option<Goal> {
        Some(Goal::Holds(Constraint { form: measure.sub(&Form::number(value)).ok()?, strict }))
    }

    fn under(measure: &Form, value: Rational, strict: bool) -> Option<Goal> {
        Some(Goal::Holds(Constraint { form: Form::number(value).sub(measure).ok()?, strict }))
    }

    /// Above where the lowest row begins and below where the highest ends.
    fn between(&self, measure: &Form) -> Option<Vec<Goal>> {
        let mut goals = Vec::new();
        if let Some(low) = self.low {
            goals.push(Self::over(measure, low, true)?);
        }
        if let Some(high) = self.high {
            goals.push(Self::under(measure, high, true)?);
        }
        goals.push(Goal::Least(measure.clone()));
        Some(goals)
    }

    fn below(&self, measure: &Form) -> Option<Vec<Goal>> {
        Some(vec![Self::under(measure, self.low?, self.low_included)?, Goal::Greatest(measure.clone())])
    }
}
