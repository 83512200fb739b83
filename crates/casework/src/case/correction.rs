//! The one correction of a case (一次性补正), and the written rule which opinions survive it. The rule in words stands in
//! `docs/cases.md`; what it means for one opinion is [`Basis::worth`], where a case then goes is [`Case::answer_correction`].

use super::acceptance::given;
use super::clock::{Pause, Running, Term};
use super::draft::plain;
use super::exit::EndKind;
use super::opinion::{Basis, View, Worth};
use super::{Case, CaseRefusal, Evidence, Sitting, Stage};
use crate::call::StepKind;
use crate::chain::Fingerprint;
use crate::id::UserId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use values::{Fen, Moment};

/// Something that is missing or wrong, and what is to be brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// What: a fact, a paper, a part of the form.
    pub what: String,
    /// What the applicant has to do.
    pub mend: String,
}

/// A correction that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Correction {
    /// All that is to be mended.
    pub defects: Vec<Defect>,
    /// Where the case was.
    pub from: Stage,
    /// Who asked.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// The applicant's time.
    pub clock: Running,
    /// When it was answered.
    pub answered: Option<Moment>,
    /// What the answer changed.
    pub changed: Option<Changed>,
}

/// What an answer changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Changed {
    /// Facts with another value, by their plain names; other parts of the application by theirs (`applicant`, `projects` …).
    pub facts: BTreeSet<String>,
    /// Facts with other papers: one that proves them came or went.
    pub papered: BTreeSet<String>,
    /// Papers that went.
    pub gone: BTreeSet<Fingerprint>,
    /// Clauses for which the rules now give something else.
    pub clauses: BTreeSet<String>,
}

impl Changed {
    fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.papered.is_empty() && self.gone.is_empty() && self.clauses.is_empty()
    }

    /// What differs between two applications with their papers.
    fn between(before: (&Value, &[Evidence]), after: (&Value, &[Evidence])) -> Self {
        let mut changed = Self::default();
        let none = serde_json::Map::new();
        let (old, new) = (before.0.as_object().unwrap_or(&none), after.0.as_object().unwrap_or(&none));
        let facts = |fields: &serde_json::Map<String, Value>| fields.get("facts").and_then(Value::as_object).cloned().unwrap_or_default();
        changed.facts.extend(differing(&facts(old), &facts(new)).into_iter().map(|name| plain(&name).to_owned()));
        changed.facts.extend(differing(old, new).into_iter().filter(|name| name != "facts" && name != "id"));
        let has = |papers: &[Evidence], paper: &Evidence| papers.contains(paper);
        for paper in before.1.iter().filter(|paper| !has(after.1, paper)) {
            changed.gone.insert(paper.digest);
            changed.papered.extend(paper.facts.iter().map(|fact| plain(fact).to_owned()));
        }
        for paper in after.1.iter().filter(|paper| !has(before.1, paper)) {
            changed.gone.remove(&paper.digest);
            changed.papered.extend(paper.facts.iter().map(|fact| plain(fact).to_owned()));
        }
        changed
    }
}

/// Names with another value, or with one on one side alone. A number is the same with and without quotes; nothing is the
/// same as null.
fn differing(old: &serde_json::Map<String, Value>, new: &serde_json::Map<String, Value>) -> BTreeSet<String> {
    let word = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    old.keys().chain(new.keys()).filter(|name| word(old.get(*name)) != word(new.get(*name))).cloned().collect()
}

impl Basis {
    /// The rule which opinions survive a correction: what one that rests on this is worth after it.
    ///
    /// A fact it rests on has another value: to be redone. A paper it rests on is gone, or a fact it rests on has other papers:
    /// stale. Neither: kept. What names neither facts nor papers rests on all of them.
    #[must_use]
    pub fn worth(&self, changed: &Changed) -> Worth {
        let anything = self.facts.is_empty() && self.evidence.is_empty();
        let rests_on = |facts: &BTreeSet<String>| facts.iter().any(|fact| anything || self.facts.iter().any(|mine| plain(mine) == fact));
        if rests_on(&changed.facts) {
            Worth::Redo
        } else if rests_on(&changed.papered) || changed.gone.iter().any(|digest| anything || self.evidence.contains(digest)) {
            Worth::Stale
        } else {
            Worth::Kept
        }
    }
}

impl Case {
    /// Names everything that is missing or wrong (补正告知). The clock stands still until the answer.
    ///
    /// Errors: asked before; nothing named; four eyes.
    pub fn ask_correction(&mut self, sitting: &Sitting<'_>, defects: &[Defect]) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            if case.review.correction.is_some() {
                return Err(CaseRefusal::CorrectedOnce);
            }
            if defects.is_empty() {
                return Err(CaseRefusal::Empty { what: "what is to be mended" });
            }
            for defect in defects {
                given("what is wrong", &defect.what)?;
                given("how to mend it", &defect.mend)?;
            }
            case.review.correction = Some(Correction {
                defects: defects.to_vec(),
                from: case.stage,
                by: sitting.user.clone(),
                at: sitting.now,
                clock: Running::begun(Term::Correction, sitting.today(), sitting.call.workflow.correction),
                answered: None,
                changed: None,
            });
            case.stop(sitting.today(), Pause::Correction);
            case.stage = Stage::Correcting;
            Ok(())
        })
    }

    /// Answers a correction. An answer that comes late counts as long as nobody ended the case.
    ///
    /// `application` and `evidence` are as [`usable`](super::draft::usable) and [`papers`](super::draft::papers) let them pass.
    /// A case that was not yet taken in waits for that again. One under review goes back to its screening, where a fact has
    /// another value; or else to the first step that has something to redo; or else to where it was. Going forward it passes
    /// the steps whose work stands.
    pub fn answer_correction(
        &mut self,
        sitting: &Sitting<'_>,
        application: &Value,
        evidence: &[Evidence],
        assessed: &[(String, Option<Fen>)],
    ) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            let mut changed = Changed::between((&case.application, &case.evidence), (application, evidence));
            let before: Vec<(String, Option<Fen>)> = case.claims.iter().map(|claim| (claim.clause.clone(), claim.assessed)).collect();
            case.application = application.clone();
            case.evidence = evidence.to_vec();
            case.assessed(assessed);
            let other = case.claims.iter().zip(before).filter(|(claim, (_, amount))| claim.assessed != *amount);
            changed.clauses = other.map(|(claim, _)| claim.clause.clone()).collect();
            case.outlive(&changed, sitting);
            case.start(sitting.today(), Pause::Correction);
            let from = case.review.correction.as_mut().map_or(case.stage, |correction| {
                correction.answered = Some(sitting.now);
                correction.changed = Some(changed.clone());
                correction.from
            });
            case.stage = from;
            if let Stage::Review(kind) = from
                && let Some(earlier) = case.to_redo(&changed, sitting).filter(|redo| *redo < kind)
            {
                case.enter(Stage::Review(earlier), sitting);
            }
            Ok(())
        })
    }

    /// Ends a case whose correction did not come in time (视为撤回). Errors: the time is not over.
    pub fn lapse(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            let due = case.due();
            if due.is_none_or(|due| sitting.today() <= due) {
                return Err(CaseRefusal::NotDue { until: due });
            }
            case.close(sitting, Stage::Terminated, EndKind::Lapsed, "逾期未补正，视为撤回", None);
            Ok(())
        })
    }

    /// Marks all that was said before by what it is worth now; what has to be said again is asked for again.
    fn outlive(&mut self, changed: &Changed, sitting: &Sitting<'_>) {
        if changed.is_empty() {
            return;
        }
        for ask in &mut self.review.asks {
            let was_open = ask.is_open();
            if let Some(opinion) = ask.opinions.last_mut() {
                let reduces = opinion.given.reductions.iter().any(|r| changed.clauses.contains(&r.clause));
                let worth = match opinion.given.view {
                    // Whether a matter is theirs depends on the clauses alone, and a correction changes none.
                    View::NotConcerned => Worth::Kept,
                    View::Reduce if reduces => Worth::Redo,
                    _ => opinion.given.basis.worth(changed),
                };
                opinion.worth = opinion.worth.max(worth);
            }
            // Silence was about the facts as they were.
            ask.silent &= Basis::default().worth(changed) != Worth::Redo;
            if ask.is_open() && !was_open {
                ask.clock = Running::begun(Term::Opinion, sitting.today(), ask.clock.period);
            }
        }
        for check in &mut self.review.site_checks {
            check.worth = check.worth.max(check.given.basis.worth(changed));
        }
        for report in &mut self.review.audits {
            let found = report.given.findings.iter().any(|finding| finding.amount.is_some() && changed.clauses.contains(&finding.clause));
            report.worth = report.worth.max(if found { Worth::Redo } else { report.given.basis.worth(changed) });
        }
    }

    /// The first step of the call that has something to redo after a change.
    fn to_redo(&self, changed: &Changed, sitting: &Sitting<'_>) -> Option<StepKind> {
        let again = |kind: &StepKind| match kind {
            StepKind::Screening => !changed.facts.is_empty(),
            StepKind::Joint => self.open_asks() > 0,
            StepKind::SiteCheck => self.review.site_checks.last().is_some_and(|check| check.worth == Worth::Redo),
            StepKind::Audit => self.review.audits.last().is_some_and(|report| report.worth == Worth::Redo),
            StepKind::Summary | StepKind::Meeting | StepKind::Approval => false,
        };
        sitting.call.workflow.steps.iter().map(|step| step.kind).find(again)
    }
}
