//! Literate tests: situations in the author's words, what must come out of them, and what none of them tried.

mod branches;
mod build;
mod wanted;

use crate::application::Application;
use crate::assessment::{Assessment, ClauseResult, Missing, Outcome};
use crate::check::Compiled;
use crate::diagnostic::Text;
use crate::eval::{AssessOptions, Population, assess};
use crate::plain;
use crate::scheme::Scheme;
use crate::source::Span;
use crate::syntax::ast::{Expectation, Expected, ExpectedOutcome, SituationBlock};
use branches::Branches;
use values::{Fen, Lang};
pub(crate) use wanted::faults;

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
    let all = wanted::blocks(&compiled.parsed);
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
    let mut faults = Vec::new();
    let (names, applications) = build::applications(scheme, situation, all, &mut faults);
    let mut failures: Vec<(Span, Text)> = faults.into_iter().map(|fault| (fault.span, fault.message)).collect();
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
        let wanted = expected(&expectation.what);
        let who = person.map_or(String::new(), |p| format!("{p} "));
        failures.push((
            expectation.span,
            Text::new(
                format!("{who}{}：写的是 {}，实际是 {}", expectation.clause.text, wanted.zh, found.zh),
                format!("{who}{}: expected {}, got {}", expectation.clause.text, wanted.en, found.en),
            ),
        ));
    }
}

/// What the author wrote, in words.
fn expected(what: &Expected) -> Text {
    let money = |expr| build::fen(expr).map_or(Text::new("（不是金额）", "(no amount)"), |fen| Text::new(fen.plain_zh(), fen.plain_en()));
    let with = |zh: &str, en: &str, amount: Text| Text::new(format!("{zh} {}", amount.zh), format!("{en} {}", amount.en));
    let outcome = |outcome: Outcome, why: Option<&String>| {
        let (zh, en) = why.map_or((String::new(), String::new()), |why| (format!("（{why}）"), format!(" ({why})")));
        Text::new(format!("{}{zh}", outcome.zh()), format!("{}{en}", outcome.code()))
    };
    match what {
        Expected::Awarded(None) => Text::new("不予", "nothing"),
        Expected::Awarded(Some(amount)) => money(amount),
        Expected::Recovered(_, amount) => with("追回", "to recover", money(amount)),
        Expected::Outcome(ExpectedOutcome::Amount { amount, ceiling: true }) => with("上限", "at most", money(amount)),
        Expected::Outcome(ExpectedOutcome::Amount { amount, ceiling: false }) => money(amount),
        Expected::Outcome(ExpectedOutcome::Eligible) => outcome(Outcome::Eligible, None),
        Expected::Outcome(ExpectedOutcome::Ineligible(reason)) => outcome(Outcome::Ineligible, reason.as_ref()),
        Expected::Outcome(ExpectedOutcome::Undetermined(lacks)) => outcome(Outcome::Undetermined, lacks.as_ref()),
        Expected::Outcome(ExpectedOutcome::Exhausted) => outcome(Outcome::Exhausted, None),
        Expected::Outcome(ExpectedOutcome::Barred) => outcome(Outcome::Barred, None),
        Expected::Outcome(ExpectedOutcome::Yielded) => outcome(Outcome::Yielded, None),
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
    let words = |lang: Lang| {
        let (before, amount) = match lang {
            Lang::Zh => (if result.decided { " " } else { " 上限 " }, result.amount.map(Fen::plain_zh)),
            Lang::En => (if result.decided { " " } else { " at most " }, result.amount.map(Fen::plain_en)),
        };
        let amount = amount.map_or(String::new(), |amount| format!("{before}{amount}"));
        let because = match outcome {
            Outcome::Ineligible => reasons(scheme, result),
            Outcome::Undetermined => result.missing.iter().map(|m: &Missing| plain::missing(scheme, m, lang)).collect(),
            _ => Vec::new(),
        };
        match lang {
            _ if because.is_empty() => amount,
            Lang::Zh => format!("{amount}（{}）", because.join("、")),
            Lang::En => format!("{amount} ({})", because.join(", ")),
        }
    };
    Text::new(format!("{}{}", outcome.zh(), words(Lang::Zh)), format!("{}{}", outcome.code(), words(Lang::En)))
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
