//! The parallel run (平行测算): last year's cases computed again under a policy version, and every difference to what was
//! paid explained row by row. Pure: what was paid comes in, a report goes out, nothing is kept.

use crate::Loaded;
use policy::application::Application;
use policy::assessment::{Assessment, ClauseResult, Mark, Outcome};
use policy::eval::trace::PartKind;
use policy::eval::value::Shown;
use policy::explain::{Explanation, Line, Sign};
use policy::input::{Defaults, Raw, read};
use policy::scheme::Scheme;
use policy::{AssessOptions, assess, explain, plain};
use serde::Serialize;
use serde_json::Value;
use values::{Fen, Lang};

/// A row of what was paid: its number, and what each clause got.
type Paid<'a> = (u32, &'a [(String, Fen)]);

/// A case of last year, as it was paid.
#[derive(Clone, Debug)]
pub struct PastCase {
    /// Row in the list it comes from.
    pub row: u32,
    /// The application in the exchange format.
    pub application: Value,
    /// What was paid by clause.
    pub paid: Vec<(String, Fen)>,
}

/// Where a computed amount parts from what was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Parting {
    /// 申报表: cannot be read.
    Application,
    /// 条款: the policy version has none of this number.
    Clause,
    /// 条件
    Condition,
    /// 缺事实
    MissingFact,
    /// 往年已享受
    History,
    /// 决定: the rules leave the amount to an authority.
    Decision,
    /// 上限、取整: what was paid is what stands before a later step of the amount.
    Cap,
    /// 就高不重复
    Group,
    /// 资金不足
    Pool,
    /// 金额的算法
    Amount,
    /// 未拨付: the rules give it and nothing was paid.
    NotPaid,
}

/// A difference between what was paid and what the rules give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Row in the list.
    pub row: u32,
    /// Id of the application, where it can be read.
    pub case: String,
    /// Clause.
    pub clause: String,
    /// What was paid.
    pub paid_fen: i64,
    /// What the rules give now; none where facts are missing or a decision is.
    pub computed_fen: Option<i64>,
    /// Where they part.
    pub parting: Parting,
    /// Why, in words: each failed condition with how far off it is, each missing fact, each step.
    pub why: Vec<String>,
}

/// What a parallel run found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Pairs of case and clause that came out to the fen as they were paid.
    pub same: u32,
    /// The others, by row and clause.
    pub differences: Vec<Difference>,
}

/// Computes cases again, together, so that pools are shared among them as in their year.
#[must_use]
pub fn run(loaded: &Loaded, cases: &[PastCase], lang: Lang) -> Report {
    let scheme = &loaded.scheme;
    let mut report = Report::default();
    let mut readable: Vec<(&PastCase, Application)> = Vec::new();
    for case in cases {
        match read(scheme, &Raw::from(&case.application), Defaults::default()) {
            (Some(application), _) => readable.push((case, application)),
            (None, errors) => {
                let why: Vec<String> = errors.iter().map(|error| format!("{}：{}", error.field, pick(&error.message, lang))).collect();
                let id = case.application.get("id").and_then(Value::as_str).unwrap_or_default();
                report.differences.extend(case.paid.iter().map(|(clause, paid)| Difference {
                    row: case.row,
                    case: id.to_owned(),
                    clause: clause.clone(),
                    paid_fen: paid.0,
                    computed_fen: None,
                    parting: Parting::Application,
                    why: why.clone(),
                }));
            }
        }
    }
    let (rows, applications): (Vec<Paid<'_>>, Vec<Application>) =
        readable.into_iter().map(|(case, application)| ((case.row, case.paid.as_slice()), application)).unzip();
    let compared = compare(scheme, &rows, &applications, lang);
    report.same = compared.same;
    report.differences.extend(compared.differences);
    report.differences.sort_by(|a, b| (a.row, &a.clause).cmp(&(b.row, &b.clause)));
    report
}

/// The same for applications that were read: each with its row and what was paid by clause.
#[must_use]
pub fn compare(scheme: &Scheme, rows: &[(u32, &[(String, Fen)])], applications: &[Application], lang: Lang) -> Report {
    let mut report = Report::default();
    let population = assess(scheme, applications, &AssessOptions { trace: true, clauses: None });
    for (((row, paid), application), assessment) in rows.iter().zip(applications).zip(&population.assessments) {
        let run = Run { scheme, row: *row, paid, application, assessment, lang };
        for (clause, paid) in run.pairs() {
            match run.compare(&clause, paid) {
                None => report.same += 1,
                Some(difference) => report.differences.push(difference),
            }
        }
    }
    report.differences.sort_by(|a, b| (a.row, &a.clause).cmp(&(b.row, &b.clause)));
    report
}

fn pick(text: &policy::diagnostic::Text, lang: Lang) -> &str {
    if lang == Lang::Zh { &text.zh } else { &text.en }
}

/// One case with what came out.
struct Run<'a> {
    scheme: &'a Scheme,
    row: u32,
    paid: &'a [(String, Fen)],
    application: &'a Application,
    assessment: &'a Assessment,
    lang: Lang,
}

impl Run<'_> {
    /// Clauses that were paid with their sums, then those the rules give that were not.
    fn pairs(&self) -> Vec<(String, Fen)> {
        let mut out: Vec<(String, Fen)> = Vec::new();
        for (clause, paid) in self.paid {
            match out.iter_mut().find(|(known, _)| known == clause) {
                Some((_, sum)) => *sum = sum.checked_add(*paid).unwrap_or(*sum),
                None => out.push((clause.clone(), *paid)),
            }
        }
        for result in self.assessment.clauses.iter().filter(|r| r.awarded.is_some_and(|amount| amount > Fen(0))) {
            if let Some(clause) = self.scheme.clause(result.clause)
                && !out.iter().any(|(known, _)| *known == clause.id)
            {
                out.push((clause.id.clone(), Fen(0)));
            }
        }
        out
    }

    fn compare(&self, clause: &str, paid: Fen) -> Option<Difference> {
        let known = self.scheme.clause_named(clause);
        let result = known.and_then(|id| self.assessment.clauses.iter().find(|result| result.clause == id));
        let Some(result) = result else {
            return Some(self.difference(clause, paid, None, Parting::Clause, vec![clause.to_owned()]));
        };
        let undecided = result.outcome == Outcome::Undetermined || (result.outcome == Outcome::Eligible && !result.decided);
        let computed = if undecided { None } else { Some(result.awarded.unwrap_or_default()) };
        if computed == Some(paid) {
            return None;
        }
        let explanation = explain::of(self.scheme, self.application, self.assessment, result, self.lang);
        let (parting, why) = self.why(result, &explanation, paid);
        Some(self.difference(clause, paid, computed, parting, why))
    }

    fn difference(&self, clause: &str, paid: Fen, computed: Option<Fen>, parting: Parting, why: Vec<String>) -> Difference {
        Difference {
            row: self.row,
            case: self.application.id.clone(),
            clause: clause.to_owned(),
            paid_fen: paid.0,
            computed_fen: computed.map(|fen| fen.0),
            parting,
            why,
        }
    }

    fn why(&self, result: &ClauseResult, explanation: &Explanation<'_>, paid: Fen) -> (Parting, Vec<String>) {
        let signed = |sign| explanation.conditions.iter().filter(move |line| line.sign == sign).map(said).collect::<Vec<_>>();
        let notes = || explanation.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let or_headline = |lines: Vec<String>| if lines.is_empty() { vec![explanation.headline.to_string()] } else { lines };
        match result.outcome {
            Outcome::Undetermined => {
                let missing = result.missing.iter().map(|missing| plain::missing(self.scheme, missing, self.lang));
                (Parting::MissingFact, or_headline(missing.collect()))
            }
            Outcome::Ineligible | Outcome::Barred => (Parting::Condition, or_headline(signed(Sign::Failed))),
            Outcome::Exhausted => (Parting::History, or_headline(notes())),
            Outcome::Yielded => (Parting::Group, or_headline(notes())),
            Outcome::Eligible if !result.decided => (Parting::Decision, or_headline(notes())),
            Outcome::Eligible => self.why_another_amount(result, explanation, paid),
        }
    }

    /// The rules give another amount: the step after which it is another.
    fn why_another_amount(&self, result: &ClauseResult, explanation: &Explanation<'_>, paid: Fen) -> (Parting, Vec<String>) {
        let mut why: Vec<String> = explanation.amount.iter().map(said).collect();
        why.extend(explanation.notes.iter().map(ToString::to_string));
        let marked = |wanted: fn(&Mark) -> bool| result.marks.iter().any(wanted);
        let pool = marked(|mark| matches!(mark, Mark::PoolCut(..) | Mark::PoolUnset(_) | Mark::PoolOrderUnknown(_)));
        let group = marked(|mark| matches!(mark, Mark::GroupCut(..) | Mark::ToppedUp(_) | Mark::GroupUnknown(_)));
        let limit = marked(|mark| matches!(mark, Mark::LimitCut(_) | Mark::LimitUsedUp));
        let before_others = result.amount == Some(paid);
        let parting = match self.step_of(result, paid) {
            _ if paid == Fen(0) => Parting::NotPaid,
            // Groups come before pools: what was paid is what stood before either.
            _ if before_others && group => Parting::Group,
            _ if before_others && pool => Parting::Pool,
            Some(step) => {
                why.insert(0, step);
                Parting::Cap
            }
            None if limit => Parting::History,
            None if group => Parting::Group,
            None if pool => Parting::Pool,
            None => Parting::Amount,
        };
        (parting, why)
    }

    /// The step of the amount that yielded what was paid, if a later step changed it.
    fn step_of(&self, result: &ClauseResult, paid: Fen) -> Option<String> {
        let parts = result.trace.iter().flat_map(|trace| &trace.parts).filter(|part| part.kind == PartKind::Amount);
        let yields = |shown: &Shown| matches!(shown, Shown::Number(number) if Fen::from_rational_half_up(*number) == Ok(paid));
        let step = parts.flat_map(|part| part.steps.iter()).rev().find(|step| yields(&step.shown))?;
        let words = plain::phrase(self.scheme, step.node, self.lang);
        Some(match self.lang {
            Lang::Zh => format!("已拨付的正是「{words}」一步的结果，其后的步骤未计"),
            Lang::En => format!("what was paid is the result of '{words}'; later steps were left out"),
        })
    }
}

/// A line with its value and how far off it is.
fn said(line: &Line<'_>) -> String {
    let mut out = line.text.to_string();
    for (before, part) in [("：", &line.value), ("，", &line.gap)] {
        if let Some(part) = part {
            out.push_str(before);
            out.push_str(part);
        }
    }
    out
}
