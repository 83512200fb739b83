//! What two clauses say together: gaps between siblings, clauses that another always beats, equal conditions, groups
//! whose choice is none or stays open.

use super::show::{at_least, award_hangs, clause_span, condition_facts, id, money, tests_hang, witness};
use super::{Finding, Study, TRIED_MAX, Weight, Witness};
use crate::analysis::linear::{Constraint, Form};
use crate::analysis::space::{AtomId, Options, Quantity};
use crate::analysis::witness::{Goal, Point};
use crate::analysis::{Cell, Cells, Context, Outcome, Reason, Subject, explore};
use crate::check::facts_of;
use crate::diagnostic::Text;
use crate::scheme::{Clause, ClauseId, FactType, Give, Group, Key, Mode, NodeId, Scheme};
use values::{Fen, Rational};

/// Cells of a pair are more than those of a clause; what two clauses can say together shows early.
const PAIR_CELLS_MAX: usize = 1_000;

/// An award that shows something, in fen: 1万元.
const SHOWN: i64 = 1_000_000;

/// Two clauses and their common cells.
struct Pair<'a> {
    scheme: &'a Scheme,
    a: ClauseId,
    b: ClauseId,
    cells: Cells,
}

impl<'a> Pair<'a> {
    fn new(scheme: &'a Scheme, a: ClauseId, b: ClauseId, context: Context) -> Self {
        let context = Context { cells: PAIR_CELLS_MAX, ..context };
        let cells = explore(&[Subject { scheme, clause: a }, Subject { scheme, clause: b }], context);
        Self { scheme, a, b, cells }
    }

    fn shown(&self, cell: &Cell, point: &Point) -> Option<Witness> {
        witness(&self.cells, self.scheme, &[self.a, self.b], cell, point)
    }

    /// An applicant of a cell who gets something of each, where there is one.
    fn much(&self, cell: &Cell) -> Option<Witness> {
        let some: Vec<Goal> = cell.outcomes.iter().filter_map(Outcome::amount).filter_map(|a| at_least(a, Rational::from(SHOWN))).collect();
        let point = self.cells.witness(cell, &some).or_else(|| self.cells.witness(cell, &[]))?;
        self.shown(cell, &point)
    }

    fn outcomes<'c>(&self, cell: &'c Cell) -> Option<(&'c Outcome, &'c Outcome)> {
        Some((cell.outcomes.first()?, cell.outcomes.get(1)?))
    }

    fn finding(&self, code: &'static str, weight: Weight, message: Text, help: Text, witnesses: Vec<Witness>) -> Finding {
        let (span, related) = (clause_span(self.scheme, self.a), Some(clause_span(self.scheme, self.b)));
        Finding { code, weight, clauses: vec![self.a, self.b], span, related, message, help, threshold: None, witnesses }
    }
}

/// Finds what pairs of clauses tell.
pub(super) fn find(scheme: &Scheme, studies: &[Study<'_>], context: Context, entries: &mut Vec<Finding>) {
    let ids: Vec<ClauseId> = studies.iter().map(|s| s.clause).collect();
    for (at, a) in ids.iter().enumerate() {
        for b in ids.iter().skip(at + 1) {
            let (Some(x), Some(y)) = (scheme.clause(*a), scheme.clause(*b)) else { continue };
            let facts = condition_facts(scheme, *a);
            if facts.is_empty() || facts != condition_facts(scheme, *b) || x.applicants != y.applicants {
                continue;
            }
            let pair = Pair::new(scheme, *a, *b, context);
            if !pair.cells.unexplored().is_empty() {
                continue;
            }
            equal(&pair, x, y, entries);
            let section = |c: ClauseId| scheme.clause_words.get(c.index()).map(|w| &w.section);
            if section(*a) == section(*b) {
                sibling_gap(&pair, *a, *b, entries);
                sibling_gap(&pair, *b, *a, entries);
            }
        }
    }
    for group in &scheme.groups {
        match group.mode {
            Some(Mode::Choice) => no_choice(scheme, group, context, entries),
            Some(Mode::Highest) if !group.only_elsewhere => highest(scheme, group, context, entries),
            _ => {}
        }
    }
}

fn met(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Eligible { .. } | Outcome::Service | Outcome::Ineligible(Reason::NothingGiven))
}

/// Two clauses for exactly the same applicants.
fn equal(pair: &Pair<'_>, a: &Clause, b: &Clause, entries: &mut Vec<Finding>) {
    let hangs = |clause: &Clause| tests_hang(pair.scheme, clause);
    if a.rank.is_some() || b.rank.is_some() || !pair.cells.is_complete() || hangs(a) || hangs(b) {
        return;
    }
    let same = pair
        .cells
        .cells
        .iter()
        .filter_map(|c| pair.outcomes(c))
        .all(|(x, y)| met(x) == met(y) && !matches!((x, y), (Outcome::Undetermined, _) | (_, Outcome::Undetermined)));
    let both = pair
        .cells
        .cells
        .iter()
        .find(|c| pair.outcomes(c).is_some_and(|(x, y)| x.amount().is_some() && y.amount().is_some() || *x == Outcome::Service && met(y)));
    let Some(cell) = both.filter(|_| same) else { return };
    let found = pair.much(cell);
    let message = Text::new(
        format!("{} 与 {} 的对象和条件完全相同：符合一条就符合另一条", a.id, b.id),
        format!("{} and {} ask exactly the same: who meets one meets the other", a.id, b.id),
    );
    let help = Text::new(
        "若是同一项支持的两部分，可合写；否则检查条件有没有漏写",
        "write them as one if they are parts of one award; otherwise see whether a condition is missing",
    );
    entries.push(pair.finding("W0611", Weight::Note, message, help, found.into_iter().collect()));
}

/// The applicants of one choice get nothing where those of a lesser choice, no better otherwise, get something.
fn sibling_gap(pair: &Pair<'_>, higher: ClauseId, lower: ClauseId, entries: &mut Vec<Finding>) {
    let (first, second) = if higher == pair.a { (0, 1) } else { (1, 0) };
    let outcome = |cell: &Cell, at: usize| cell.outcomes.get(at).cloned();
    for cell in pair.cells.cells.iter().take(TRIED_MAX) {
        if !matches!((outcome(cell, first), outcome(cell, second)), (Some(Outcome::Ineligible(_)), Some(Outcome::Eligible { .. }))) {
            continue;
        }
        let goals: Vec<Goal> = cell.region.measures().into_iter().map(|m| Goal::Least(Form::measure(m))).collect();
        let Some(point) = pair.cells.witness(cell, &goals) else { continue };
        for (atom, option) in point.options.clone() {
            if !matches!(pair.cells.space.atom(atom).map(|a| &a.options), Some(Options::Words(_))) || is_kind(pair, atom) {
                continue;
            }
            let size = pair.cells.space.atom(atom).map_or(0, crate::analysis::space::Atom::size);
            for other in (0..size).filter(|o| *o != option) {
                let Some(gap) = gap_at(pair, (first, second), (cell, &point), atom, other) else { continue };
                entries.push(tell_gap(pair, higher, lower, gap));
                return;
            }
        }
    }
}

fn is_kind(pair: &Pair<'_>, atom: AtomId) -> bool {
    let kind = pair.scheme.fact(pair.scheme.kind_fact()).map(|f| f.name.as_str());
    let name = match pair.cells.space.atom(atom).map(|a| &a.source) {
        Some(crate::analysis::space::Source::Fact { name, .. }) => Some(name.as_str()),
        _ => None,
    };
    kind == name
}

struct Gap {
    nothing: Witness,
    something: Witness,
    choice: (String, String, String),
    /// The measure with its least value for the lower clause and for the higher one.
    measure: (String, Text, Text),
    amount: Fen,
}

fn gap_at(pair: &Pair<'_>, (first, second): (usize, usize), (cell, point): (&Cell, &Point), atom: AtomId, other: usize) -> Option<Gap> {
    let space = &pair.cells.space;
    let mut flipped = point.clone();
    flipped.options.insert(atom, other);
    let home = pair.cells.cells.iter().find(|c| flipped.lies_in(space, &c.region))?;
    let (Some(Outcome::Ineligible(Reason::Condition(node))), Some(Outcome::Ineligible(Reason::Condition(choice)))) =
        (home.outcomes.get(first), home.outcomes.get(second))
    else {
        return None;
    };
    // The higher clause fails by a number, the lower one by the choice alone.
    if !asks_number(pair.scheme, *node) || asks_number(pair.scheme, *choice) {
        return None;
    }
    let lower_amount = pair.cells.amount(point, cell.outcomes.get(second)?)?;
    let mut best: Option<(Point, Fen)> = None;
    for top in pair.cells.cells.iter().take(TRIED_MAX) {
        let Some(amount) = top.outcomes.get(first).and_then(Outcome::amount) else { continue };
        if !top.region.options(space, atom).get(other).copied().unwrap_or(false) {
            continue;
        }
        let least: Vec<Goal> = top.region.measures().into_iter().map(|m| Goal::Least(Form::measure(m))).collect();
        let Some(mut reached) = pair.cells.witness(top, &least) else { continue };
        reached.options.insert(atom, other);
        let value = reached.of(space, amount).ok().flatten().and_then(|v| Fen::from_rational_half_up(v).ok())?;
        if best.as_ref().is_none_or(|(_, b)| value < *b) {
            best = Some((reached, value));
        }
    }
    let (reached, amount) = best?;
    // Only where the choice that gets nothing is the higher one.
    if amount < lower_amount {
        return None;
    }
    let measure = point.values.keys().find(|m| reached.values.get(m) > point.values.get(m))?;
    let known = space.measure(*measure)?;
    let Quantity::Given(source) = &known.quantity else { return None };
    let write = |p: &Point| {
        let value = p.values.get(measure).copied().unwrap_or_default();
        let in_lang = |lang| crate::analysis::witness::write(known.kind, &known.unit, value, lang);
        Text::new(in_lang(values::Lang::Zh), in_lang(values::Lang::En))
    };
    let named = space.atom(atom)?;
    let word = |option: usize| match &named.options {
        Options::Words(words) => words.get(option).cloned().unwrap_or_default(),
        _ => String::new(),
    };
    let name = |source: &crate::analysis::space::Source| match source {
        crate::analysis::space::Source::Fact { name, .. } => name.clone(),
        other => space.name(other, values::Lang::Zh),
    };
    Some(Gap {
        nothing: pair.shown(home, &flipped)?,
        something: pair.shown(cell, point)?,
        choice: (name(&named.source), word(other), word(*point.options.get(&atom)?)),
        measure: (name(source), write(point), write(&reached)),
        amount: lower_amount,
    })
}

fn asks_number(scheme: &Scheme, node: NodeId) -> bool {
    let mut facts = Vec::new();
    facts_of(scheme, node, &mut facts);
    facts.iter().filter_map(|f| scheme.fact(*f)).any(|f| matches!(f.ty, FactType::Number { .. }))
}

fn tell_gap(pair: &Pair<'_>, higher: ClauseId, lower: ClauseId, gap: Gap) -> Finding {
    let (high, low) = (id(pair.scheme, higher), id(pair.scheme, lower));
    let (fact, nothing, something) = &gap.choice;
    let (measure, from, to) = &gap.measure;
    let much = money(gap.amount);
    let message = Text::new(
        format!("{fact} 为 {nothing} 的，{measure} 从 {} 起、不到 {} 的，{high} 和 {low} 都不给；同样条件的 {something}，{low} 给 {}", from.zh, to.zh, much.zh),
        format!(
            "{fact} {nothing} with {measure} from {} and below {} gets nothing under {high} and {low}; {something} with the same gets {} under {low}",
            from.en, to.en, much.en
        ),
    );
    let help = Text::new(
        format!("写明够不到 {high} 门槛的 {nothing} 能否按 {low} 给"),
        format!("say whether {nothing} below the threshold of {high} may be given what {low} gives"),
    );
    let mut finding = pair.finding("W0612", Weight::Finding, message, help, vec![gap.nothing, gap.something]);
    finding.clauses = vec![higher, lower];
    (finding.span, finding.related) = (clause_span(pair.scheme, higher), Some(clause_span(pair.scheme, lower)));
    finding
}

/// Pairs of members that can clash: of one kind where the group compares kinds.
fn clashing(scheme: &Scheme, group: &Group) -> Vec<(ClauseId, ClauseId)> {
    let kind = |c: ClauseId| scheme.clause(c).and_then(|c| c.kind_as);
    // 叠加 lifts the clash between its members.
    let stacked = |a: &ClauseId, b: &ClauseId| scheme.groups.iter().any(|g| g.mode == Some(Mode::Stack) && g.members.contains(a) && g.members.contains(b));
    let by_kind = group.same.contains(&Key::Kind);
    let mut out = Vec::new();
    for (at, a) in group.members.iter().enumerate() {
        for b in group.members.iter().skip(at + 1) {
            if !stacked(a, b) && (!by_kind || kind(*a).is_some() && kind(*a) == kind(*b)) {
                out.push((*a, *b));
            }
        }
    }
    out
}

/// A group that lets the applicant choose although nobody ever has two members to choose from.
fn no_choice(scheme: &Scheme, group: &Group, context: Context, entries: &mut Vec<Finding>) {
    let hangs = |clause: &Clause| tests_hang(scheme, clause) || award_hangs(scheme, clause);
    if group.elsewhere || group.members.len() < 2 || group.members.iter().filter_map(|m| scheme.clause(*m)).any(hangs) {
        return;
    }
    for (a, b) in clashing(scheme, group) {
        let pair = Pair::new(scheme, a, b, context);
        let never = pair.cells.unexplored().is_empty()
            && pair.cells.cells.iter().filter_map(|c| pair.outcomes(c)).all(|(x, y)| x.amount().is_none() || y.amount().is_none());
        if !never {
            return;
        }
    }
    let Some(first) = group.members.first() else { return };
    entries.push(Finding {
        code: "W0615",
        weight: Weight::Finding,
        clauses: group.members.clone(),
        span: clause_span(scheme, *first),
        related: None,
        message: Text::new(
            format!("并用「{}」要申报人择一，但没有人能同时符合其中两条", group.name),
            format!("group '{}' lets the applicant choose, but nobody meets two of its clauses", group.name),
        ),
        help: Text::new("删去这个并用，或检查条款的条件", "remove the group, or check the conditions of its clauses"),
        threshold: None,
        witnesses: Vec::new(),
    });
}

/// Members of a 就高 group: one that another always beats, and two that may tie.
fn highest(scheme: &Scheme, group: &Group, context: Context, entries: &mut Vec<Finding>) {
    let amount = |c: ClauseId| scheme.clause(c).filter(|c| matches!(c.give, Some(Give::Amount(_))) && c.rank.is_none());
    let mut tied = false;
    for (a, b) in clashing(scheme, group) {
        let (Some(x), Some(y)) = (amount(a), amount(b)) else { continue };
        let pair = Pair::new(scheme, a, b, context);
        if !pair.cells.unexplored().is_empty() {
            continue;
        }
        if x.frequency == y.frequency && x.limits.is_empty() && y.limits.is_empty() {
            beaten(&pair, group, (0, x), (1, y), entries);
            beaten(&pair, group, (1, y), (0, x), entries);
        }
        if !tied && let Some(found) = tie(&pair) {
            tied = true;
            let much = found.expected.first().and_then(|e| e.amount).map(money).unwrap_or_else(|| Text::new("", ""));
            let message = Text::new(
                format!("并用「{}」就高：{} 与 {} 撞在一起时可能一样高（如都是 {}），这时取前面的 {}", group.name, x.id, y.id, much.zh, x.id),
                format!("group '{}': {} and {} may be equally high ({} each), then the earlier, {}, is taken", group.name, x.id, y.id, much.en, x.id),
            );
            let help = Text::new("金额不受影响；要紧的是占哪一条的次数和资金", "the amount is the same; it matters for whose frequency and pool it counts");
            entries.push(pair.finding("W0615", Weight::Note, message, help, vec![found]));
        }
    }
}

/// `loser` gives never more than `winner`, to anybody who meets it.
fn beaten(pair: &Pair<'_>, group: &Group, (win_at, winner): (usize, &Clause), (lose_at, loser): (usize, &Clause), entries: &mut Vec<Finding>) {
    // In another group the winner may have to give way to a third, and the loser not.
    let winner_id = if win_at == 0 { pair.a } else { pair.b };
    let elsewhere = pair.scheme.groups.iter().filter(|g| g.name != group.name && g.members.contains(&winner_id));
    let hangs = |clause: &Clause| tests_hang(pair.scheme, clause) || award_hangs(pair.scheme, clause);
    if !pair.cells.is_complete()
        || hangs(winner)
        || hangs(loser)
        || elsewhere.into_iter().any(|g| matches!(g.mode, Some(Mode::Highest | Mode::Choice)) || g.frequency.is_some() || !g.limits.is_empty())
    {
        return;
    }
    let mut example = None;
    for cell in &pair.cells.cells {
        let Some(lost) = cell.outcomes.get(lose_at).and_then(Outcome::amount) else {
            if matches!(cell.outcomes.get(lose_at), Some(Outcome::Undetermined)) {
                return;
            }
            continue;
        };
        let Some(won) = cell.outcomes.get(win_at).and_then(Outcome::amount) else { return };
        let Ok(ahead) = won.sub(lost) else { return };
        // Equal amounts go to the earlier clause, so the later one is beaten by a tie as well.
        let least = cell.region.least(&pair.cells.space, &ahead).ok().flatten();
        if least.is_none_or(|l| l.is_negative() || l.is_zero() && win_at > lose_at) {
            return;
        }
        example.get_or_insert(cell);
    }
    let Some(cell) = example else { return };
    let found = pair.much(cell);
    // By projects the two clash only for one project; for another each is paid.
    let keyed = group.same.iter().any(|key| *key != Key::Kind);
    let (weight, zh, en) = if keyed {
        (Weight::Note, "同一项目的给不出去", "is never paid for the same project")
    } else {
        (Weight::Finding, "给不出去", "is never paid")
    };
    let message = Text::new(
        format!("并用「{}」就高：符合 {} 的总符合 {}，而且 {} 不会更低，{} {zh}", group.name, loser.id, winner.id, winner.id, loser.id),
        format!("group '{}': who meets {} always meets {}, which is never lower; {} {en}", group.name, loser.id, winner.id, loser.id),
    );
    let help = Text::new(format!("删去 {}，或检查两条的金额和条件", loser.id), format!("remove {}, or check the amounts and conditions of both", loser.id));
    let mut finding = pair.finding("W0610", weight, message, help, found.into_iter().collect());
    let (lost, won) = if lose_at == 0 { (pair.a, pair.b) } else { (pair.b, pair.a) };
    finding.clauses = vec![lost, won];
    (finding.span, finding.related) = (clause_span(pair.scheme, lost), Some(clause_span(pair.scheme, won)));
    entries.push(finding);
}

/// An applicant who gets the same of both.
fn tie(pair: &Pair<'_>) -> Option<Witness> {
    for cell in pair.cells.cells.iter().filter(|c| c.outcomes.iter().all(|o| o.amount().is_some())).take(TRIED_MAX) {
        let (Some(x), Some(y)) = (cell.outcomes.first().and_then(Outcome::amount), cell.outcomes.get(1).and_then(Outcome::amount)) else { continue };
        let (Ok(over), Ok(under), Ok(some)) = (x.sub(y), y.sub(x), x.sub(&Form::number(Rational::ONE))) else { continue };
        let goals = [over, under, some].map(|form| Goal::Holds(Constraint { form, strict: false }));
        if let Some(point) = pair.cells.witness(cell, &goals) {
            return pair.shown(cell, &point);
        }
    }
    None
}
