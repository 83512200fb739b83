//! The joint review (联审): every unit that is asked gives its opinion, side by side, each in its own time.

use super::acceptance::given;
use super::clock::{Running, Term};
use super::draft::plain;
use super::review::Noted;
use super::{Case, CaseRefusal, Sitting};
use crate::call::{Completion, StepKind};
use crate::chain::Fingerprint;
use crate::id::UnitId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use values::Fen;

/// What a unit thinks (意见).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// 同意
    Agree,
    /// 不同意: it would give nothing.
    Disagree,
    /// 部分核减: it would give less under some clauses.
    Reduce,
    /// 不涉及
    NotConcerned,
}

/// What a unit would give under a clause, and why it is less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reduction {
    /// The clause.
    pub clause: String,
    /// How much it would give.
    pub amount: Fen,
    /// Why.
    pub reason: String,
}

/// What an opinion, a visit or an audit looked at. Naming nothing, it rests on everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Basis {
    /// Facts, or other parts of the application: `projects`, `applicant` …
    pub facts: Vec<String>,
    /// Papers.
    pub evidence: Vec<Fingerprint>,
}

/// An opinion as a unit gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// What it thinks.
    pub view: View,
    /// Where it would give less, for 部分核减 alone.
    #[serde(default)]
    pub reductions: Vec<Reduction>,
    /// What it looked at.
    #[serde(default)]
    pub basis: Basis,
    /// In words; 不同意 needs them.
    #[serde(default)]
    pub words: String,
}

/// What something said is worth after a correction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Worth {
    /// 保留: nothing it rests on changed.
    #[default]
    Kept,
    /// 待确认: the facts are the same, their papers are not. Its unit stands by it or gives another; silence lets it stand.
    Stale,
    /// 重做: a fact it rests on changed. It says nothing any more.
    Redo,
}

/// An opinion that was given.
pub type Opinion = Noted<Given>;

/// A unit that is asked for its opinion (会审).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Ask {
    /// The unit.
    pub unit: UnitId,
    /// Its time.
    pub clock: Running,
    /// Why it was asked beside the units of the call (加签), or instead of one of them.
    #[serde(default)]
    pub added: Option<String>,
    /// Who answers instead, and why (转办).
    #[serde(default)]
    pub passed_on: Option<(UnitId, String)>,
    /// It did not answer in time, and that counts as no objection (逾期视为无意见).
    #[serde(default)]
    pub silent: bool,
    /// All it said; the last counts.
    #[serde(default)]
    pub opinions: Vec<Opinion>,
}

impl Ask {
    /// The opinion that counts.
    #[must_use]
    pub fn answer(&self) -> Option<&Opinion> {
        self.opinions.last().filter(|opinion| opinion.worth != Worth::Redo && self.passed_on.is_none())
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.silent && self.passed_on.is_none() && self.opinions.last().is_none_or(|opinion| opinion.worth != Worth::Kept)
    }
}

impl Case {
    /// Gives the opinion of the person's unit. The last one ends the joint review.
    ///
    /// Errors, in order: the role of the step; the unit is not asked, or has answered; what the opinion needs is missing; it
    /// names what the case does not have.
    pub fn give_opinion(&mut self, sitting: &Sitting<'_>, opinion: &Given) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            let at = case.open_ask(sitting)?;
            case.check_opinion(opinion)?;
            let noted = Noted { given: opinion.clone(), by: sitting.user.clone(), at: sitting.now, worth: Worth::Kept };
            if let Some(ask) = case.review.asks.get_mut(at) {
                ask.opinions.push(noted);
            }
            case.all_answered(sitting);
            Ok(())
        })
    }

    /// Stands by the opinion of the person's unit although its papers changed. Errors: there is none that waits for that.
    pub fn confirm_opinion(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            let at = case.open_ask(sitting)?;
            let opinion = case.review.asks.get_mut(at).and_then(|ask| ask.opinions.last_mut()).filter(|opinion| opinion.worth == Worth::Stale);
            let Some(opinion) = opinion else { return Err(not_asked(sitting)) };
            let confirmed = Noted { given: opinion.given.clone(), by: sitting.user.clone(), at: sitting.now, worth: Worth::Kept };
            if let Some(ask) = case.review.asks.get_mut(at) {
                ask.opinions.push(confirmed);
            }
            case.all_answered(sitting);
            Ok(())
        })
    }

    /// Asks one more unit (加签); its time begins now. Errors: no reason; it is in the review already.
    pub fn ask_unit(&mut self, sitting: &Sitting<'_>, unit: &UnitId, reason: &str) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            given("the reason", reason)?;
            case.newly_asked(sitting, unit, reason)
        })
    }

    /// Lets another unit answer instead of one that has not (转办). Errors: no reason; nothing to pass on; already asked.
    pub fn pass_on(&mut self, sitting: &Sitting<'_>, from: &UnitId, to: &UnitId, reason: &str) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            given("the reason", reason)?;
            let open = case.review.asks.iter_mut().find(|ask| ask.unit == *from && ask.is_open());
            let ask = open.ok_or_else(|| CaseRefusal::NotAsked { unit: from.clone() })?;
            ask.passed_on = Some((to.clone(), reason.to_owned()));
            case.newly_asked(sitting, to, reason)
        })
    }

    /// Ends the joint review (联审结束). Where the call lets silence pass, units whose time is over have no objection.
    ///
    /// Errors: units have not answered.
    pub fn close_opinions(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            let lets_pass = sitting.call.step(StepKind::Joint).is_some_and(|step| step.completion == Completion::SilenceIsConsent);
            let today = sitting.today();
            for ask in case.review.asks.iter_mut().filter(|ask| ask.is_open()) {
                if lets_pass && ask.clock.due.is_some_and(|due| today > due) {
                    match ask.opinions.last_mut().filter(|opinion| opinion.worth == Worth::Stale) {
                        Some(stale) => stale.worth = Worth::Kept,
                        None => ask.silent = true,
                    }
                }
            }
            match case.open_asks() {
                0 => {
                    case.go_on(Some(StepKind::Joint), sitting);
                    Ok(())
                }
                open => Err(CaseRefusal::OpinionsOpen { open }),
            }
        })
    }

    /// How many units are waited for.
    #[must_use]
    pub fn open_asks(&self) -> usize {
        self.review.asks.iter().filter(|ask| ask.is_open()).count()
    }

    /// Asks the units of the call that were not asked yet; called whenever a case comes to the joint review.
    pub(super) fn ask_all(&mut self, sitting: &Sitting<'_>) {
        for unit in &sitting.call.with {
            if !self.review.asks.iter().any(|ask| ask.unit == *unit) {
                self.review.asks.push(asked(sitting, unit, None));
            }
        }
    }

    fn all_answered(&mut self, sitting: &Sitting<'_>) {
        if self.open_asks() == 0 {
            self.go_on(Some(StepKind::Joint), sitting);
        }
    }

    fn open_ask(&self, sitting: &Sitting<'_>) -> Result<usize, CaseRefusal> {
        let mine = |ask: &Ask| Some(&ask.unit) == sitting.unit && ask.is_open();
        self.review.asks.iter().position(mine).ok_or_else(|| not_asked(sitting))
    }

    fn newly_asked(&mut self, sitting: &Sitting<'_>, unit: &UnitId, reason: &str) -> Result<(), CaseRefusal> {
        if *unit == sitting.call.lead || self.review.asks.iter().any(|ask| ask.unit == *unit && ask.passed_on.is_none()) {
            return Err(CaseRefusal::AskedAlready { unit: unit.clone() });
        }
        self.review.asks.push(asked(sitting, unit, Some(reason.to_owned())));
        Ok(())
    }

    fn check_opinion(&self, opinion: &Given) -> Result<(), CaseRefusal> {
        if opinion.view == View::Disagree {
            given("the reason", &opinion.words)?;
        }
        if (opinion.view == View::Reduce) == opinion.reductions.is_empty() {
            return Err(CaseRefusal::Empty { what: "the reduction of each clause, and of a reducing opinion alone," });
        }
        for reduction in &opinion.reductions {
            let claim = self.claims.iter().find(|claim| claim.clause == reduction.clause);
            let claim = claim.ok_or_else(|| CaseRefusal::Clauses { clause: reduction.clause.clone() })?;
            let assessed = claim.assessed.unwrap_or_default();
            if reduction.amount >= assessed || reduction.amount < Fen(0) {
                return Err(CaseRefusal::AboveRules { clause: reduction.clause.clone(), set: reduction.amount, assessed });
            }
            if reduction.reason.trim().is_empty() {
                return Err(CaseRefusal::NoReason { clause: reduction.clause.clone() });
            }
        }
        self.check_basis(&opinion.basis)
    }

    /// What was looked at is there. Errors: a fact or a paper that the case does not have.
    pub(super) fn check_basis(&self, basis: &Basis) -> Result<(), CaseRefusal> {
        let fields = self.application.as_object();
        let facts = self.application.get("facts").and_then(Value::as_object);
        let names = || facts.into_iter().chain(fields).flat_map(|part| part.keys());
        let known = |fact: &str| names().any(|name| plain(name) == plain(fact));
        if let Some(fact) = basis.facts.iter().find(|fact| !known(fact)) {
            return Err(CaseRefusal::UnknownFact { fact: fact.clone() });
        }
        match basis.evidence.iter().find(|digest| !self.evidence.iter().any(|paper| paper.digest == **digest)) {
            Some(digest) => Err(CaseRefusal::UnknownPaper { digest: *digest }),
            None => Ok(()),
        }
    }
}

fn asked(sitting: &Sitting<'_>, unit: &UnitId, added: Option<String>) -> Ask {
    let workflow = &sitting.call.workflow;
    let own = workflow.unit_periods.iter().find(|(known, _)| known == unit).map(|(_, period)| *period);
    // Without such a step in the call nobody comes here.
    let period = own.or_else(|| sitting.call.step(StepKind::Joint).map(|step| step.period)).unwrap_or(workflow.acceptance);
    let clock = Running::begun(Term::Opinion, sitting.today(), period);
    Ask { unit: unit.clone(), clock, added, passed_on: None, silent: false, opinions: Vec::new() }
}

fn not_asked(sitting: &Sitting<'_>) -> CaseRefusal {
    match sitting.unit {
        Some(unit) => CaseRefusal::NotAsked { unit: unit.clone() },
        None => CaseRefusal::NotForRole { wanted: crate::people::Role::UnitReviewer },
    }
}
