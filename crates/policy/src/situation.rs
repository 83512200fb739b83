//! Literate tests: situations in the author's words, what must come out of them, and what none of them tried.

mod branches;
mod build;

use crate::application::Application;
use crate::assessment::{Assessment, ClauseResult, Missing, Outcome};
use crate::check::Compiled;
use crate::diagnostic::Text;
use crate::eval::{AssessOptions, Population, assess};
use crate::plain;
use crate::scheme::Scheme;
use crate::source::Span;
use crate::syntax::ast::{BlockKind, Expectation, Expected, ExpectedOutcome, SituationBlock};
use branches::Branches;
use values::{Fen, Lang};

/// One situation and how it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SituationResult {
    /// Title.
    pub title: String,
    /// Where it stands.
    pub span: Span,
    /// All that was expected came out.
    pub passed: bool,
    /// What did not, with its place.
    pub failures: Vec<(Span, Text)>,
}

/// All situations of a scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Situations that expect something, in order.
    pub results: Vec<SituationResult>,
    /// Clauses and branches that no situation exercised.
    pub unexercised: Vec<Text>,
    /// For each clause the number of situations that say something about it.
    pub clauses: Vec<(String, usize)>,
}

impl Report {
    /// Everything came out, and everything was tried.
    pub fn passed(&self) -> bool {
        self.results.iter().all(|r| r.passed) && self.unexercised.is_empty()
    }
}

/// Runs every 情形 of the files.
pub fn run(compiled: &Compiled) -> Report {
    let Some(scheme) = &compiled.scheme else { return Report::default() };
    let all: Vec<(&SituationBlock, Span)> = compiled
        .parsed
        .blocks
        .iter()
        .filter_map(|block| match &block.kind {
            BlockKind::Situation(situation) => Some((situation.as_ref(), block.span)),
            _ => None,
        })
        .collect();
    let mut report = Report { clauses: scheme.clauses.iter().map(|c| (c.id.clone(), 0)).collect(), ..Report::default() };
    let mut branches = Branches::of(scheme);
    for (situation, span) in &all {
        if situation.expects.is_empty() {
            continue;
        }
        report.results.push(one(scheme, situation, *span, &all, &mut branches, &mut report.clauses));
    }
    report.unexercised = branches.left(scheme);
    report
}

fn one(
    scheme: &Scheme,
    situation: &SituationBlock,
    span: Span,
    all: &[(&SituationBlock, Span)],
    branches: &mut Branches,
    counts: &mut [(String, usize)],
) -> SituationResult {
    let mut failures = Vec::new();
    let (names, applications) = build::applications(scheme, situation, all, &mut failures);
    let population = assess(scheme, &applications, &AssessOptions { trace: true, clauses: None });
    let mut named: Vec<&str> = Vec::new();
    for expectation in &situation.expects {
        check(scheme, expectation, &names, &applications, &population, &mut failures, branches);
        if !named.contains(&expectation.clause.text.as_str()) {
            named.push(&expectation.clause.text);
        }
    }
    for (id, count) in counts.iter_mut() {
        *count += usize::from(named.contains(&id.as_str()));
    }
    SituationResult { title: situation.title.clone(), span, passed: failures.is_empty(), failures }
}

fn check(
    scheme: &Scheme,
    expectation: &Expectation,
    names: &[Option<String>],
    applications: &[Application],
    population: &Population,
    failures: &mut Vec<(Span, Text)>,
    branches: &mut Branches,
) {
    let person = expectation.person.as_ref().map(|n| &n.text);
    let at = match person {
        Some(name) => names.iter().position(|n| n.as_ref() == Some(name)),
        None => (names.len() == 1).then_some(0),
    };
    let found = at.and_then(|at| population.assessments.get(at).zip(applications.get(at)));
    let Some((assessment, app)) = found else {
        failures.push((expectation.span, Text::new("没有写是哪个申报人，或没有这个申报人", "whose result is this? No such 申报人")));
        return;
    };
    let Some(clause) = scheme.clause_named(&expectation.clause.text) else {
        failures
            .push((expectation.span, Text::new(format!("没有条款 {}", expectation.clause.text), format!("there is no clause {}", expectation.clause.text))));
        return;
    };
    let Some(result) = assessment.clauses.iter().find(|r| r.clause == clause) else { return };
    branches.see(scheme, app, assessment, result);
    let problem = match &expectation.what {
        Expected::Outcome(outcome) => differs(scheme, outcome, result),
        Expected::Awarded(amount) => {
            let wanted = amount.as_ref().map(build::fen);
            let ok = match wanted {
                None => result.awarded.is_none_or(|a| a == Fen(0)),
                Some(Some(Fen(0))) => result.awarded.is_none_or(|a| a == Fen(0)),
                Some(Some(fen)) => result.awarded == Some(fen),
                Some(None) => false,
            };
            (!ok).then(|| awarded(result))
        }
        Expected::Recovered(year, amount) => recovered(assessment, clause, *year, build::fen(amount)),
    };
    if let Some(found) = problem {
        let who = person.map_or(String::new(), |p| format!("{p} "));
        failures.push((
            expectation.span,
            Text::new(format!("{who}{}：实际是 {}", expectation.clause.text, found.zh), format!("{who}{}: it is {}", expectation.clause.text, found.en)),
        ));
    }
}

fn awarded(result: &ClauseResult) -> Text {
    match result.awarded {
        Some(fen) => Text::new(fen.plain_zh(), fen.plain_en()),
        None => Text::new("不予", "nothing"),
    }
}

fn recovered(assessment: &Assessment, clause: crate::scheme::ClauseId, year: i32, wanted: Option<Fen>) -> Option<Text> {
    let found = assessment.recoveries.iter().find(|r| r.clause == clause && r.year == year);
    match found {
        Some(recovery) if recovery.due == wanted && wanted.is_some() => None,
        None if wanted == Some(Fen(0)) => None,
        Some(recovery) => Some(
            recovery
                .due
                .map_or(Text::new("待定", "undetermined"), |fen| Text::new(format!("追回 {}", fen.plain_zh()), format!("to recover {}", fen.plain_en()))),
        ),
        None => Some(Text::new("不追回", "nothing to recover")),
    }
}

/// What came out, in words, if it is not what was expected.
fn differs(scheme: &Scheme, expected: &ExpectedOutcome, result: &ClauseResult) -> Option<Text> {
    let ok = match expected {
        ExpectedOutcome::Amount { amount, ceiling } => {
            let wanted = build::fen(amount);
            let outcome = matches!(result.outcome, Outcome::Eligible | Outcome::Yielded);
            outcome && wanted.is_some() && result.amount == wanted && *ceiling != result.decided
        }
        ExpectedOutcome::Eligible => result.outcome == Outcome::Eligible,
        ExpectedOutcome::Ineligible(reason) => {
            result.outcome == Outcome::Ineligible && reason.as_ref().is_none_or(|r| reasons(scheme, result).iter().any(|known| known.contains(r.as_str())))
        }
        ExpectedOutcome::Undetermined(lacks) => {
            result.outcome == Outcome::Undetermined
                && lacks
                    .as_ref()
                    .is_none_or(|words| words.split('、').all(|word| result.missing.iter().any(|m| plain::missing(scheme, m, Lang::Zh).contains(word.trim()))))
        }
        ExpectedOutcome::Exhausted => result.outcome == Outcome::Exhausted,
        ExpectedOutcome::Barred => result.outcome == Outcome::Barred,
        ExpectedOutcome::Yielded => result.outcome == Outcome::Yielded,
    };
    (!ok).then(|| found(scheme, result))
}

fn found(scheme: &Scheme, result: &ClauseResult) -> Text {
    let outcome = result.outcome;
    let amount = result.amount.map_or(String::new(), |fen| format!("{}{}", if result.decided { " " } else { " 上限 " }, fen.plain_zh()));
    let because = match outcome {
        Outcome::Ineligible => reasons(scheme, result).join("、"),
        Outcome::Undetermined => result.missing.iter().map(|m: &Missing| plain::missing(scheme, m, Lang::Zh)).collect::<Vec<_>>().join("、"),
        _ => String::new(),
    };
    let why = if because.is_empty() { String::new() } else { format!("（{because}）") };
    Text::new(format!("{}{amount}{why}", outcome.zh()), format!("{}{amount}{why}", outcome.code()))
}

/// Names that stand in the conditions that failed.
fn reasons(scheme: &Scheme, result: &ClauseResult) -> Vec<String> {
    use crate::assessment::Mark;
    use crate::eval::trace::{PartKind, Shown};
    let mut out = Vec::new();
    if let Some(trace) = &result.trace {
        for part in &trace.parts {
            let Some(root) = part.root() else { continue };
            let failed = match part.kind {
                PartKind::Condition(_) => root.shown == Shown::YesNo(false),
                PartKind::Bar(_) => root.shown == Shown::YesNo(true),
                PartKind::Amount => root.shown == Shown::Absent,
                _ => false,
            };
            if failed {
                let mut facts = Vec::new();
                crate::check::facts_of(scheme, root.node, &mut facts);
                out.extend(facts.into_iter().filter_map(|f| scheme.fact(f)).map(|f| f.name.clone()));
                if let Some(crate::scheme::Op::Named(name, _)) = scheme.node(root.node).map(|n| &n.op) {
                    out.push(name.clone());
                }
            }
        }
    }
    for mark in &result.marks {
        match mark {
            Mark::WrongKind => out.push("申报人类型 对象".into()),
            Mark::OutOfForce => out.push("施行期 年度 失效 施行".into()),
            Mark::NotPlaced => out.push("排名 名次".into()),
            _ => {}
        }
    }
    out
}
