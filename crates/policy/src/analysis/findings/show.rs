//! From points of cells to applicants in words, and the shapes findings share.

use super::{Expected, Finding, Study, TRIED_MAX, Weight, Witness};
use crate::analysis::linear::{Constraint, Form};
use crate::analysis::witness::{Goal, Point};
use crate::analysis::{Cell, Cells, Outcome};
use crate::assessment;
use crate::check::{children, facts_of};
use crate::diagnostic::Text;
use crate::scheme::{Clause, ClauseId, FactId, NodeId, Op, Origin, Over, Scheme};
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
    let own = matches!(
        known.op,
        Op::Place
            | Op::Received
            | Op::FirstYear
            | Op::AmountPaid
            | Op::AwardYear
            | Op::AsOf
            | Op::Param(_)
            | Op::ClauseAmount(_)
            | Op::ClauseEligible(_)
            | Op::Fold { over: Over::List(_), .. }
    );
    own || children(&known.op).into_iter().any(|child| hangs_on_context(scheme, child))
}

/// A jump of more than one part in twenty.
pub(super) fn is_steep(low: Fen, high: Fen) -> bool {
    let (low, high) = (low.to_rational(), high.to_rational());
    let allowed = low.checked_mul(Rational::new(21, 20).unwrap_or(Rational::ONE));
    allowed.is_ok_and(|most| high > most)
}
