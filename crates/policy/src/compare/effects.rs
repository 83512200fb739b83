//! Who is treated otherwise: the cells of both versions together, an applicant where they differ, and the evaluator's word
//! for it. What earlier awards change is tried on those applicants with short histories.

use super::differ::Pair;
use super::{Affected, Effect, Given, reach};
use crate::analysis::linear::{Constraint, Form, MeasureId};
use crate::analysis::region::Region;
use crate::analysis::space::{Kind, Quantity, Source};
use crate::analysis::witness::{Goal, Point, write};
use crate::analysis::{Assumption, Cell, Cells, Context, Outcome, Stop, Subject, explore};
use crate::application::{Application, Earlier, FactValue, When};
use crate::assessment;
use crate::eval::{AssessOptions, assess};
use crate::scheme::{ClauseId, Key, Op, Scheme};
use std::collections::BTreeMap;
use values::{Fen, Lang, Rational};

/// Earlier awards of one clause: year and amount.
type Awards = Vec<(i32, Fen)>;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) affected: Vec<Affected>,
    pub(super) undecided: Vec<String>,
}

/// No applicant can be in both versions.
pub(super) fn nothing(pair: &Pair<'_>) -> Found {
    let why = pair.pick("两版没有同时施行的年度，不逐户比较", "no year lies in both versions: applicants are not compared");
    Found { affected: Vec::new(), undecided: vec![why] }
}

/// The clause of each version, where it has one.
struct Compared<'a> {
    pair: &'a Pair<'a>,
    old: Option<ClauseId>,
    new: Option<ClauseId>,
    cells: Cells,
}

/// A place where the versions may differ: how, in which cell, under which further constraint, and the difference there.
struct Candidate<'c> {
    effect: Effect,
    cell: &'c Cell,
    holds: Option<Constraint>,
    difference: Option<Form>,
}

pub(super) fn pair(pair: &Pair<'_>, old: ClauseId, new: ClauseId, context: Context) -> Found {
    let cells = explore(&[Subject { scheme: pair.old, clause: old }, Subject { scheme: pair.new, clause: new }], context);
    let compared = Compared { pair, old: Some(old), new: Some(new), cells };
    let mut found = compared.found();
    if reach::memory(pair.old, old) != reach::memory(pair.new, new) || compared.remembers() {
        compared.with_history(&mut found);
    }
    found
}

pub(super) fn single(pair: &Pair<'_>, id: ClauseId, context: Context, added: bool) -> Found {
    let scheme = if added { pair.new } else { pair.old };
    let cells = explore(&[Subject { scheme, clause: id }], context);
    Compared { pair, old: (!added).then_some(id), new: added.then_some(id), cells }.found()
}

/// What an outcome gives: refused, a service, or an amount.
enum Class<'a> {
    Refused,
    Service,
    Amount(&'a Form, bool, bool),
    Open,
    Unknown,
}

fn class(outcome: Option<&Outcome>) -> Class<'_> {
    match outcome {
        None | Some(Outcome::Ineligible(_) | Outcome::Barred { .. }) => Class::Refused,
        Some(Outcome::Service) => Class::Service,
        Some(Outcome::Eligible { amount, ceiling, decided }) => Class::Amount(amount, *ceiling, *decided),
        Some(Outcome::Undetermined) => Class::Open,
        Some(Outcome::Unexplored(_)) => Class::Unknown,
    }
}

impl Compared<'_> {
    fn say(&self, zh: &str, en: &str) -> String {
        self.pair.pick(zh, en)
    }

    fn outcomes<'c>(&self, cell: &'c Cell) -> (Option<&'c Outcome>, Option<&'c Outcome>) {
        match (self.old, self.new) {
            (Some(_), Some(_)) => (cell.outcomes.first(), cell.outcomes.get(1)),
            (Some(_), None) => (cell.outcomes.first(), None),
            (None, _) => (None, cell.outcomes.first()),
        }
    }

    fn found(&self) -> Found {
        let mut found = Found { affected: Vec::new(), undecided: self.unexplored() };
        let mut best: BTreeMap<Effect, (Rational, Affected)> = BTreeMap::new();
        for cell in &self.cells.cells {
            for candidate in self.candidates(cell, &mut found.undecided) {
                let below_a_fen = candidate.holds.is_some() && self.most(&candidate).0.is_some_and(|fen| fen <= Fen(1));
                let Some((size, affected)) = self.witness(&candidate) else {
                    if below_a_fen {
                        continue;
                    }
                    found.undecided.push(self.say("有的情形里没有找到申报人，也没有证明没有", "in one case no applicant was found, nor that there is none"));
                    continue;
                };
                if affected.effect != candidate.effect {
                    found.undecided.push(self.say("有一处分析与测算不一致，以测算为准", "in one place the analysis and the evaluator differ"));
                    continue;
                }
                match best.get_mut(&affected.effect) {
                    None => {
                        best.insert(affected.effect, (size, affected));
                    }
                    Some((known, kept)) => {
                        let (most, unbounded) = (kept.most.zip(affected.most).map(|(a, b)| a.max(b)), kept.unbounded || affected.unbounded);
                        if size < *known {
                            (*known, *kept) = (size, affected);
                        }
                        (kept.most, kept.unbounded) = (most.filter(|_| !unbounded), unbounded);
                    }
                }
            }
        }
        for (effect, (_, mut affected)) in best {
            affected.range = self.range(effect);
            found.affected.push(affected);
        }
        found.undecided.sort();
        found.undecided.dedup();
        found
    }

    /// Why the cells do not speak of every applicant.
    fn unexplored(&self) -> Vec<String> {
        let mut out: Vec<String> = self
            .cells
            .unexplored()
            .into_iter()
            .map(|stop| match stop {
                Stop::Unexplored(zh, en) => self.say(&format!("没有逐一比较：{zh}"), &format!("not explored: {en}")),
                Stop::Overflow => self.say("数太大，没有比较", "numbers too large to compare"),
                Stop::TooDeep | Stop::Widened => self.say("情形太多，没有逐一比较", "too many cases to compare all"),
            })
            .collect();
        for assumed in self.cells.assumed() {
            out.push(match assumed {
                Assumption::Alone => self.say("排名的结果取决于其他申报人", "places depend on other applicants"),
                Assumption::Records(n) => self.say(&format!("名单超过{n}条的没有比较"), &format!("lists of more than {n} records are not compared")),
                Assumption::NoHistory => self.say("往年已得过的没有逐一比较", "not every history is compared"),
            });
        }
        out
    }

    /// Where a cell may treat its applicants otherwise.
    fn candidates<'c>(&self, cell: &'c Cell, undecided: &mut Vec<String>) -> Vec<Candidate<'c>> {
        let (old, new) = self.outcomes(cell);
        let whole = |effect: Effect, difference: Option<Form>| vec![Candidate { effect, cell, holds: None, difference }];
        match (class(old), class(new)) {
            (Class::Unknown, _) | (_, Class::Unknown) => Vec::new(),
            (Class::Refused, Class::Refused) | (Class::Service, Class::Service) | (Class::Open, Class::Open) => Vec::new(),
            (Class::Open, _) | (_, Class::Open) => whole(Effect::Open, None),
            (Class::Refused, Class::Amount(amount, ..)) => whole(Effect::BecomesEligible, Some(amount.clone())),
            (Class::Amount(amount, ..), Class::Refused) => whole(Effect::NoLongerEligible, Some(amount.clone())),
            (Class::Refused, Class::Service) => whole(Effect::BecomesEligible, None),
            (Class::Service, Class::Refused) => whole(Effect::NoLongerEligible, None),
            (Class::Amount(_, a, c), Class::Amount(_, b, d)) if (a, c) != (b, d) => whole(Effect::OtherKind, None),
            (Class::Service, Class::Amount(..)) | (Class::Amount(..), Class::Service) => whole(Effect::OtherKind, None),
            (Class::Amount(x, ..), Class::Amount(y, ..)) => match (y.sub(x), x.sub(y)) {
                (Ok(more), Ok(less)) => {
                    [(Effect::Gains, more), (Effect::Loses, less)].into_iter().filter_map(|(effect, form)| self.beyond(cell, effect, form, undecided)).collect()
                }
                _ => {
                    undecided.push(self.say("数太大，没有比较", "numbers too large to compare"));
                    Vec::new()
                }
            },
        }
    }

    /// Applicants of the cell for whom the form is above zero, where there are any.
    fn beyond<'c>(&self, cell: &'c Cell, effect: Effect, form: Form, undecided: &mut Vec<String>) -> Option<Candidate<'c>> {
        let Ok(most) = cell.region.greatest(&self.cells.space, &form) else {
            undecided.push(self.say("数太大，没有比较", "numbers too large to compare"));
            return None;
        };
        if most.is_some_and(|m| m <= Rational::ZERO) {
            return None;
        }
        // Below half a fen the one rounding may hide it or not.
        if most.is_some_and(|m| m < Rational::ONE) {
            undecided.push(self.say("相差不足一分的，没有逐一比较", "differences below a fen are not all compared"));
        }
        Some(Candidate { effect, cell, holds: Some(Constraint { form: form.clone(), strict: true }), difference: Some(form) })
    }

    /// Measures that a cell speaks of and an applicant brings.
    fn given(&self, candidate: &Candidate<'_>) -> Vec<MeasureId> {
        let mut out = candidate.cell.region.measures();
        let forms = candidate.cell.outcomes.iter().filter_map(Outcome::amount);
        out.extend(forms.flat_map(|f| f.terms.iter().map(|(m, _)| *m)));
        out.sort_unstable();
        out.dedup();
        out.retain(|m| self.cells.space.measure(*m).is_some_and(|m| matches!(m.quantity, Quantity::Given(_))));
        out
    }

    /// The smallest applicant of a candidate, each measure as small as it can be. Amounts are rounded once, so that a
    /// difference shows for certain from one fen on, mostly from half a fen, and sometimes at once: the first is taken
    /// that the evaluator confirms.
    fn witness(&self, candidate: &Candidate<'_>) -> Option<(Rational, Affected)> {
        let mut least: Vec<Goal> = Vec::new();
        for measure in self.given(candidate) {
            if self.cells.space.measure(measure).is_some_and(|m| m.kind == Kind::Number) {
                least.push(Goal::Least(Form::measure(measure)));
            }
        }
        let above = |form: &Form, value: Rational| form.sub(&Form::number(value)).ok().map(|form| Constraint { form, strict: false });
        let mut tries: Vec<Option<Constraint>> = Vec::new();
        match (&candidate.holds, &candidate.difference) {
            (Some(holds), Some(form)) => {
                tries.push(Some(holds.clone()));
                tries.extend(Rational::new(1, 2).ok().and_then(|half| above(form, half)).map(Some));
                tries.extend(above(form, Rational::ONE).map(Some));
            }
            // An amount of zero shows little: where there is more, the smallest of those is taken.
            (None, Some(form)) => {
                tries.extend(above(form, Rational::ONE).map(Some));
                tries.push(None);
            }
            _ => tries.push(None),
        }
        let mut last = None;
        for holds in tries {
            let goals: Vec<Goal> = holds.into_iter().map(Goal::Holds).chain(least.iter().cloned()).collect();
            let Some(found) = self.cells.witness(candidate.cell, &goals).and_then(|point| self.affected(candidate, &point)) else { continue };
            if found.1.effect == candidate.effect {
                return Some(found);
            }
            last = Some(found);
        }
        last
    }

    /// What the evaluator says of a point under both versions; nothing where it is the same.
    fn affected(&self, candidate: &Candidate<'_>, point: &Point) -> Option<(Rational, Affected)> {
        let applications = self.applications(point);
        let (old, new) = (self.old_given(applications.0.as_ref()), self.new_given(applications.1.as_ref()));
        let effect = effect(&old, &new)?;
        let (most, unbounded) = self.most(candidate);
        let mut numbers = point.values.iter().filter(|(m, _)| self.cells.space.measure(**m).is_some_and(|m| m.kind == Kind::Number));
        let size = numbers.try_fold(Rational::ZERO, |sum, (_, value)| sum.checked_add(*value)).unwrap_or(Rational::ZERO);
        let facts = self.facts(point);
        Some((size, Affected { effect, facts, history: Vec::new(), old, new, most, unbounded, range: Vec::new(), applications }))
    }

    /// What is worth saying of a witness: yes and numbers; that a bar does not hold goes without saying.
    fn facts(&self, point: &Point) -> Vec<(String, String)> {
        let no = self.say("否", "no");
        self.cells.facts(point, self.pair.lang).into_iter().filter(|(_, value)| *value != no).collect()
    }

    fn applications(&self, point: &Point) -> (Option<Application>, Option<Application>) {
        let of = |scheme: &Scheme, id: Option<ClauseId>| id.map(|id| self.cells.application(point, scheme, &[id]));
        (of(self.pair.old, self.old), of(self.pair.new, self.new))
    }

    fn old_given(&self, app: Option<&Application>) -> Given {
        given(self.pair.old, app, self.old)
    }

    fn new_given(&self, app: Option<&Application>) -> Given {
        given(self.pair.new, app, self.new)
    }

    /// The most that is gained or lost, rounded to the fen; only where linear reasoning is exact and speaks of everybody.
    fn most(&self, candidate: &Candidate<'_>) -> (Option<Fen>, bool) {
        let Some(form) = candidate.difference.as_ref().filter(|_| self.cells.is_linear() && self.cells.is_complete()) else { return (None, false) };
        match candidate.cell.region.greatest(&self.cells.space, form) {
            Ok(Some(most)) => (Fen::from_rational_half_up(most).ok(), false),
            Ok(None) => (None, true),
            Err(_) => (None, false),
        }
    }

    /// The span of each number in all cells with this effect, where it says something.
    fn range(&self, wanted: Effect) -> Vec<String> {
        type Span = (Option<Rational>, Option<Rational>);
        let mut spans: BTreeMap<MeasureId, Span> = BTreeMap::new();
        let mut first = true;
        for cell in &self.cells.cells {
            for candidate in self.candidates(cell, &mut Vec::new()).into_iter().filter(|c| c.effect == wanted) {
                let mut region: Region = cell.region.clone();
                if let Some(holds) = &candidate.holds
                    && region.assume(&self.cells.space, holds).is_err()
                {
                    continue;
                }
                let here: BTreeMap<MeasureId, Span> = self
                    .given(&candidate)
                    .into_iter()
                    .map(|m| {
                        let form = Form::measure(m);
                        (m, (region.least(&self.cells.space, &form).ok().flatten(), region.greatest(&self.cells.space, &form).ok().flatten()))
                    })
                    .collect();
                // A measure that some cell leaves open says nothing of all of them.
                if first {
                    spans = here;
                    first = false;
                } else {
                    spans.retain(|m, _| here.contains_key(m));
                    for (measure, (low, high)) in &mut spans {
                        if let Some((l, h)) = here.get(measure) {
                            *low = low.zip(*l).map(|(a, b)| a.min(b));
                            *high = high.zip(*h).map(|(a, b)| a.max(b));
                        }
                    }
                }
            }
        }
        spans.into_iter().filter_map(|(measure, span)| self.span(measure, span)).take(4).collect()
    }

    fn span(&self, measure: MeasureId, (low, high): (Option<Rational>, Option<Rational>)) -> Option<String> {
        let known = self.cells.space.measure(measure)?;
        let Quantity::Given(source) = &known.quantity else { return None };
        let low = low.filter(|l| known.low != Some(*l));
        let high = high.filter(|h| known.high != Some(*h));
        let say = |value: Rational| write(known.kind, &known.unit, value, self.pair.lang);
        let name = match source {
            Source::Fact { name, year: Some(year), month: 0 } if *year == self.cells.context.year => name.clone(),
            other => self.cells.space.name(other, self.pair.lang),
        };
        match (low, high, self.pair.lang) {
            (None, None, _) => None,
            (Some(l), Some(h), Lang::Zh) if l == h => Some(format!("{name} 为{}", say(l))),
            (Some(l), Some(h), Lang::En) if l == h => Some(format!("{name} {}", say(l))),
            (Some(l), None, Lang::Zh) => Some(format!("{name} {}起", say(l))),
            (None, Some(h), Lang::Zh) => Some(format!("{name} 至{}", say(h))),
            (Some(l), Some(h), Lang::Zh) => Some(format!("{name} {}至{}", say(l), say(h))),
            (Some(l), None, Lang::En) => Some(format!("{name} from {}", say(l))),
            (None, Some(h), Lang::En) => Some(format!("{name} up to {}", say(h))),
            (Some(l), Some(h), Lang::En) => Some(format!("{name} from {} to {}", say(l), say(h))),
        }
    }

    /// A formula reads what was received before.
    fn remembers(&self) -> bool {
        self.cells.assumed().contains(&Assumption::NoHistory)
    }

    /// Tries short histories on applicants whom both versions pay: the first that is treated otherwise for each effect.
    fn with_history(&self, found: &mut Found) {
        let (Some(old), Some(new)) = (self.old, self.new) else { return };
        let mut any = false;
        for cell in self.cells.cells.iter().filter(|c| c.outcomes.iter().all(|o| matches!(o, Outcome::Eligible { .. }))) {
            let paid = cell.outcomes.iter().filter_map(Outcome::amount).filter_map(|f| f.sub(&Form::number(Rational::ONE)).ok());
            let goals: Vec<Goal> = paid.map(|form| Goal::Holds(Constraint { form, strict: false })).collect();
            let Some(point) = self.cells.witness(cell, &goals) else { continue };
            let (Some(a), Some(b)) = self.applications(&point) else { continue };
            for (before, after, history) in self.histories(&a, old, new) {
                let applications = (Some(remembered(self.pair.old, &a, before, &history)), Some(remembered(self.pair.new, &b, after, &history)));
                let (was, is) = (self.old_given(applications.0.as_ref()), self.new_given(applications.1.as_ref()));
                let Some(effect) = effect(&was, &is) else { continue };
                any = true;
                if found.affected.iter().any(|known| known.effect == effect && !known.history.is_empty()) || self.explained(&point, effect) {
                    continue;
                }
                let history = self.history_words(after, new, &history);
                let facts = self.facts(&point);
                found.affected.push(Affected { effect, facts, history, old: was, new: is, most: None, unbounded: false, range: Vec::new(), applications });
            }
        }
        if !any {
            found.undecided.push(self.say(
                "频次、限额的改动：没有找到受影响的申报人，也没有证明没有",
                "changes of frequency or limit: no applicant whom they touch was found, nor that there is none",
            ));
        } else if found.affected.iter().any(|a| !a.history.is_empty()) {
            found.undecided.push(self.say("往年已得过的只试了几种", "only some histories were tried"));
        }
        found.undecided.sort();
        found.undecided.dedup();
    }

    /// The same applicant without history is treated otherwise in the same way: history adds nothing.
    fn explained(&self, point: &Point, wanted: Effect) -> bool {
        let (a, b) = self.applications(point);
        effect(&self.old_given(a.as_ref()), &self.new_given(b.as_ref())) == Some(wanted)
    }

    fn history_words(&self, of: ClauseId, own: ClauseId, history: &[(i32, Fen)]) -> Vec<String> {
        let other = self.pair.new.clause(of).filter(|_| of != own).map(|c| c.id.as_str());
        let words = history.iter().map(|(year, fen)| match (self.pair.lang, other) {
            (Lang::Zh, None) => format!("{year}年已得{}", fen.plain_zh()),
            (Lang::En, None) => format!("received {} in {year}", fen.plain_en()),
            (Lang::Zh, Some(id)) => format!("{year}年已得条款{id}的{}", fen.plain_zh()),
            (Lang::En, Some(id)) => format!("received {} of clause {id} in {year}", fen.plain_en()),
        });
        words.collect()
    }

    /// Short histories of the clause and of those it names: an award this year, last year or before; small, or near what
    /// a limit allows.
    fn histories(&self, app: &Application, old: ClauseId, new: ClauseId) -> Vec<(ClauseId, ClauseId, Awards)> {
        let mut pairs = vec![(old, new)];
        for named in reach::clauses(self.pair.old, old).into_iter().skip(1) {
            let id = self.pair.old.clause(named).map_or("", |c| c.id.as_str());
            pairs.extend(self.pair.new.clause_named(id).map(|same| (named, same)));
        }
        let mut out = Vec::new();
        for (before, after) in pairs {
            out.extend(self.short(app, before, after).into_iter().map(|history| (before, after, history)));
        }
        out
    }

    fn short(&self, app: &Application, old: ClauseId, new: ClauseId) -> Vec<Awards> {
        let mut amounts = vec![Fen(100)];
        for (scheme, id) in [(self.pair.old, old), (self.pair.new, new)] {
            let limits = scheme.clause(id).map(|c| c.limits.clone()).unwrap_or_default();
            for limit in limits {
                if let Some(Op::Number(n)) = scheme.node(limit.amount).map(|n| &n.op)
                    && let Ok(fen) = Fen::from_rational_half_up(*n)
                {
                    amounts.push(fen);
                }
            }
        }
        amounts.sort();
        amounts.dedup();
        let year = app.year;
        let mut out = Vec::new();
        for amount in amounts {
            for back in [1, 0, 2, 3, 5] {
                out.push(vec![(year - back, amount)]);
            }
            out.push(vec![(year - 1, amount), (year - 2, amount)]);
            out.push(vec![(year - 1, amount), (year - 2, amount), (year - 3, amount)]);
            out.push(vec![(year, amount), (year, amount)]);
        }
        out
    }
}

/// The application with earlier awards of the clause, for the same project, festival or the like.
fn remembered(scheme: &Scheme, app: &Application, id: ClauseId, history: &[(i32, Fen)]) -> Application {
    let mut out = app.clone();
    let clause = scheme.clause(id);
    let keys = clause.into_iter().flat_map(|c| c.frequency.iter().filter_map(|f| f.each).chain(c.limits.iter().filter_map(|l| l.each)));
    let mut key = None;
    for one in keys {
        match one {
            Key::Project => {
                out.projects.push((id, "甲".to_owned()));
                key = Some("甲".to_owned());
            }
            Key::Fact(fact) => {
                if let Some(FactValue::Text(words)) = app.value(fact, When { year: app.year, month: 0 }) {
                    key = Some(words.clone());
                }
            }
            Key::Kind => {}
        }
    }
    out.history = history.iter().map(|(year, amount)| Earlier { clause: id, year: *year, amount: *amount, key: key.clone() }).collect();
    out
}

/// What a version gives, by the evaluator, before groups and pools.
fn given(scheme: &Scheme, app: Option<&Application>, id: Option<ClauseId>) -> Given {
    let nothing = Given { outcome: "", amount: None, ceiling: false };
    let (Some(app), Some(id)) = (app, id) else { return nothing };
    let population = assess(scheme, std::slice::from_ref(app), &AssessOptions::default());
    let result = population.assessments.first().and_then(|a| a.clauses.iter().find(|r| r.clause == id));
    result.map_or(nothing, |r| {
        let outcome = if r.outcome == assessment::Outcome::Yielded { assessment::Outcome::Eligible } else { r.outcome };
        Given { outcome: outcome.code(), amount: r.amount, ceiling: !r.decided }
    })
}

/// How the two differ.
fn effect(old: &Given, new: &Given) -> Option<Effect> {
    let refused = |g: &Given| !matches!(g.outcome, "eligible" | "undetermined");
    match (old.outcome, new.outcome) {
        _ if refused(old) && refused(new) => None,
        ("undetermined", "undetermined") => None,
        ("undetermined", _) | (_, "undetermined") => Some(Effect::Open),
        _ if refused(old) => Some(Effect::BecomesEligible),
        _ if refused(new) => Some(Effect::NoLongerEligible),
        _ if old.ceiling != new.ceiling || old.amount.is_some() != new.amount.is_some() => Some(Effect::OtherKind),
        _ => match new.amount.cmp(&old.amount) {
            std::cmp::Ordering::Greater => Some(Effect::Gains),
            std::cmp::Ordering::Less => Some(Effect::Loses),
            std::cmp::Ordering::Equal => None,
        },
    }
}
