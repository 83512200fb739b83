//! From points of cells to applicants in words, and the shapes findings share.

use super::{Expected, Finding, Study, TRIED_MAX, Weight, Witness};
use crate::analysis::linear::{Constraint, Form};
use crate::analysis::witness::{Goal, Point};
use crate::analysis::{Cell, Cells, Outcome};
use crate::assessment;
use crate::check::{children, facts_of};
use crate::diagnostic::Text;
use crate::scheme::{Clause, ClauseId, FactId, NodeId, Op, Origin, Over, Period, Scheme, Test, YearRef};
use crate::source::Span;
use values::{Fen, Lang, Rational};

/// An applicant of a cell, with what comes out for each of the clauses.
pub(super) fn witness(cells: &Cells, scheme: &Scheme, clauses: &[ClauseId], cell: &Cell, point: &Point) -> Option<Witness> {
    let expected = clauses.iter().zip(&cell.outcomes).map(|(clause, outcome)| expected(cells, point, *clause, outcome)).collect::<Option<Vec<_>>>()?;
    let application = cells.application(point, scheme, clauses);
    let quiet = gates(scheme, clauses);
    let facts = cells.facts(point, Lang::Zh).into_iter().zip(cells.facts(point, Lang::En));
    let facts =
        facts.filter(|((name, _), _)| !quiet.contains(name)).map(|((name, value), (name_en, value_en))| (Text::new(name, name_en), Text::new(value, value_en)));
    Some(Witness { application, facts: facts.collect(), expected })
}

/// What an outcome promises, in the evaluator's words; `None` where nothing is known.
pub(super) fn expected(cells: &Cells, point: &Point, clause: ClauseId, outcome: &Outcome) -> Option<Expected> {
    let plain = |outcome| Expected { clause, outcome, amount: None, ceiling: false };
    Some(match outcome {
        Outcome::Eligible { ceiling, .. } => {
            let amount = Some(cells.amount(point, outcome)?);
            Expected { clause, outcome: assessment::Outcome::Eligible, amount, ceiling: *ceiling }
        }
        Outcome::Service => plain(assessment::Outcome::Eligible),
        Outcome::Ineligible(_) => plain(assessment::Outcome::Ineligible),
        Outcome::Barred { .. } => plain(assessment::Outcome::Barred),
        Outcome::Undetermined => plain(assessment::Outcome::Undetermined),
        Outcome::Unexplored(_) => return None,
    })
}

/// Names of facts that only general conditions ask for: they go without saying.
fn gates(scheme: &Scheme, clauses: &[ClauseId]) -> Vec<String> {
    let (mut general, mut own) = (Vec::new(), Vec::new());
    for clause in clauses.iter().filter_map(|c| scheme.clause(*c)) {
        for test in clause.conditions.iter().chain(&clause.bars) {
            facts_of(scheme, test.node, if test.origin == Origin::Clause { &mut own } else { &mut general });
        }
        if let Some(node) = amount_node(clause) {
            facts_of(scheme, node, &mut own);
        }
    }
    general.push(scheme.kind_fact());
    general.retain(|f| !own.contains(f));
    general.iter().filter_map(|f| scheme.fact(*f)).map(|f| f.name.clone()).collect()
}

/// The node of a clause's amount.
pub(super) fn amount_node(clause: &Clause) -> Option<NodeId> {
    use crate::scheme::Give;
    match &clause.give {
        Some(Give::Amount(node) | Give::UpTo(node) | Give::Waive(node)) => Some(*node),
        _ => None,
    }
}

/// Facts of the clause's own conditions.
pub(super) fn condition_facts(scheme: &Scheme, clause: ClauseId) -> Vec<FactId> {
    let mut facts = Vec::new();
    if let Some(clause) = scheme.clause(clause) {
        clause.conditions.iter().chain(&clause.bars).filter(|t| t.origin == Origin::Clause).for_each(|t| facts_of(scheme, t.node, &mut facts));
    }
    facts.sort_unstable();
    facts
}

/// Place of a node.
pub(super) fn span(scheme: &Scheme, node: NodeId) -> Span {
    scheme.node_spans.get(node.index()).copied().unwrap_or_default()
}

/// Place of a clause's rule.
pub(super) fn clause_span(scheme: &Scheme, clause: ClauseId) -> Span {
    scheme.clause_words.get(clause.index()).map_or(Span::default(), |w| w.rule)
}

/// Id of a clause.
pub(super) fn id(scheme: &Scheme, clause: ClauseId) -> &str {
    scheme.clause(clause).map_or("", |c| c.id.as_str())
}

/// An amount in both languages.
pub(super) fn money(fen: Fen) -> Text {
    Text::new(fen.plain_zh(), fen.plain_en())
}

impl Study<'_> {
    /// The cells from which “nobody”, “always” and “never” may be said: those of the clause without the conditions that
    /// hang on the year, the day and the like.
    pub(super) fn at_any_time(&self) -> &Cells {
        self.at_any_time.as_ref().unwrap_or(&self.cells)
    }

    /// A finding about this clause at a node.
    pub(super) fn finding(&self, code: &'static str, weight: Weight, span: Span, message: Text, help: Text, witnesses: Vec<Witness>) -> Finding {
        Finding { code, weight, clauses: vec![self.clause], span, related: None, message, help, threshold: None, witnesses }
    }

    /// An applicant of a cell of this clause.
    pub(super) fn witness(&self, cell: &Cell, goals: &[Goal]) -> Option<Witness> {
        let point = self.cells.witness(cell, goals)?;
        self.shown(cell, &point)
    }

    /// A point of a cell of this clause as an applicant.
    pub(super) fn shown(&self, cell: &Cell, point: &Point) -> Option<Witness> {
        witness(&self.cells, self.scheme, &[self.clause], cell, point)
    }

    /// An eligible applicant with much to get: at least a round sum where the amount has no end.
    pub(super) fn best(&self) -> Option<Witness> {
        self.best.get_or_init(|| self.look_for_best()).clone()
    }

    fn look_for_best(&self) -> Option<Witness> {
        let eligible = self.cells.cells.iter().filter(|c| c.outcomes.first().is_some_and(|o| matches!(o, Outcome::Eligible { .. } | Outcome::Service)));
        let mut best: Option<Witness> = None;
        for cell in eligible.take(TRIED_MAX) {
            let goals: Vec<Goal> = cell.outcomes.iter().filter_map(Outcome::amount).map(|a| Goal::Greatest(a.clone())).collect();
            let much = cell.outcomes.first().and_then(Outcome::amount).and_then(|a| at_least(a, Rational::from(MUCH)));
            let found = much.and_then(|much| self.witness(cell, &[much])).or_else(|| self.witness(cell, &goals));
            let Some(found) = found else { continue };
            let amount = |w: &Witness| w.expected.first().and_then(|e| e.amount);
            if best.as_ref().is_none_or(|b| amount(&found) > amount(b)) {
                best = Some(found);
            }
        }
        best
    }
}

/// A round sum to show, in fen: 10万元.
const MUCH: i64 = 10_000_000;

/// A form of at least this.
pub(super) fn at_least(form: &Form, value: Rational) -> Option<Goal> {
    form.sub(&Form::number(value)).ok().map(|form| Goal::Holds(Constraint { form, strict: false }))
}

/// A form of at most this.
pub(super) fn at_most(form: &Form, value: Rational) -> Option<Goal> {
    Form::number(value).sub(form).ok().map(|form| Goal::Holds(Constraint { form, strict: false }))
}

/// Whether what holds of a node may hang on something that the analysis fixes: the year, the day, history, places,
/// parameters, other clauses, several records.
pub(super) fn hangs_on_context(scheme: &Scheme, node: NodeId) -> bool {
    let Some(known) = scheme.node(node) else { return true };
    // A year that is named stands nearer or farther from the award year, and may be the award year.
    let named_year = |period: &Period| matches!(period.year, Some(YearRef::Fixed(_)));
    let own = match &known.op {
        Op::At(period, _) | Op::Rise(_, period) | Op::Growth(_, period) => named_year(period),
        Op::Aged { until, .. } => until.is_none(),
        Op::Tier(tier) => tier.first_since.is_some(),
        Op::NthYear(_) | Op::FirstReach { .. } => true,
        op => fixed_by_context(op),
    };
    own || children(&known.op).into_iter().any(|child| hangs_on_context(scheme, child))
}

fn fixed_by_context(op: &Op) -> bool {
    matches!(
        op,
        Op::Place
            | Op::Received
            | Op::FirstYear
            | Op::AmountPaid
            | Op::AwardYear
            | Op::AsOf
            | Op::Param(_)
            | Op::ClauseAmount(_)
            | Op::ClauseEligible(_)
            | Op::Fold { over: Over::List(_) | Over::Years(..), .. }
    )
}

/// Whether some condition or bar of a clause hangs on what the analysis fixes.
pub(super) fn tests_hang(scheme: &Scheme, clause: &Clause) -> bool {
    clause.conditions.iter().chain(&clause.bars).any(|test| hangs_on_context(scheme, test.node))
}

/// Whether what a clause gives hangs on what the analysis fixes.
pub(super) fn award_hangs(scheme: &Scheme, clause: &Clause) -> bool {
    use crate::scheme::Give;
    let decided = match &clause.give {
        Some(Give::Decided(modifiers)) => modifiers.as_slice(),
        _ => &[],
    };
    let nodes = amount_node(clause).into_iter().chain(decided.iter().map(|(_, node)| *node)).chain(clause.limits.iter().map(|l| l.amount));
    nodes.into_iter().any(|node| hangs_on_context(scheme, node))
}

/// The scheme without the conditions and bars that hang on what the analysis fixes; `None` where there are none.
///
/// Whoever meets a clause in any year, on any day, meets what is left of it: so what nobody does under what is left,
/// nobody ever does.
pub(super) fn without_context(scheme: &Scheme) -> Option<Scheme> {
    if !scheme.clauses.iter().any(|clause| tests_hang(scheme, clause)) {
        return None;
    }
    let mut left = scheme.clone();
    for clause in &mut left.clauses {
        let stays = |test: &Test| !hangs_on_context(scheme, test.node);
        clause.conditions.retain(stays);
        clause.bars.retain(stays);
    }
    Some(left)
}

/// A jump of more than one part in twenty.
pub(super) fn is_steep(low: Fen, high: Fen) -> bool {
    let (low, high) = (low.to_rational(), high.to_rational());
    let allowed = low.checked_mul(Rational::new(21, 20).unwrap_or(Rational::ONE));
    allowed.is_ok_and(|most| high > most)
}
