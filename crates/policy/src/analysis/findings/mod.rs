//! What is to be said about a policy's rules: probable defects (findings) and facts of the design that a drafter
//! should know (notes). Each is data with its place, words in both languages, a fix, and applicants that show it.

mod branches;
mod edges;
mod facts;
mod money;
mod pairs;
mod show;
mod words;

use super::path::{Assumption, Stop};
use super::{Cells, Context, Subject, explore};
use crate::application::Application;
use crate::assessment;
use crate::check::Sentence;
use crate::diagnostic::Text;
use crate::scheme::{ClauseId, Scheme};
use crate::source::Span;
use serde::Serialize;
use std::cell::OnceCell;
use values::Fen;

/// How much an entry weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Probably not what was meant.
    Finding,
    /// True, and perhaps meant: a drafter should know it.
    Note,
}

/// What a clause gives an applicant, as the evaluator must have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Of which clause.
    pub clause: ClauseId,
    /// Outcome, before groups.
    pub outcome: assessment::Outcome,
    /// Amount, before groups and pools.
    pub amount: Option<Fen>,
    /// The amount is a ceiling.
    pub ceiling: bool,
}

/// An applicant that shows what is said.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The applicant, with every fact that the clauses ask for.
    pub application: Application,
    /// Its facts that matter, in words: name and value.
    pub facts: Vec<(Text, Text)>,
    /// What comes out.
    pub expected: Vec<Expected>,
}

/// One thing that is to be said.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Stable code; each has an entry in `docs/language/diagnostics/`.
    pub code: &'static str,
    /// Defect or note.
    pub weight: Weight,
    /// The clauses it is about, the first before all; none: the whole policy.
    pub clauses: Vec<ClauseId>,
    /// Where it stands.
    pub span: Span,
    /// A second place.
    pub related: Option<Span>,
    /// What is so.
    pub message: Text,
    /// How to mend it, or what to consider.
    pub help: Text,
    /// Where it is about one step of a fact: the step.
    pub threshold: Option<Threshold>,
    /// One or two applicants that show it; none where it follows from the rules without one.
    pub witnesses: Vec<Witness>,
}

/// One step of a fact that changes an award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// The fact.
    pub name: Text,
    /// The value before the step, and what it gives.
    pub below: (Text, Text),
    /// The value behind it, and what that gives.
    pub above: (Text, Text),
}

/// What of a clause was not looked into, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotExplored {
    /// The clause.
    pub clause: ClauseId,
    /// Why, in words.
    pub reasons: Vec<Text>,
}

/// Everything an analysis says.
#[derive(Clone, Debug)]
pub struct Report {
    /// Entries in order of place, findings before notes at one place.
    pub entries: Vec<Finding>,
    /// What was not explored.
    pub not_explored: Vec<NotExplored>,
    /// When its applicants apply.
    pub context: Context,
    /// How many cells were looked at.
    pub cells: usize,
}

impl Report {
    /// Probable defects.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.entries.iter().filter(|f| f.weight == Weight::Finding)
    }
}

/// The cells of one clause with what is needed to speak of them.
pub(super) struct Study<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) clause: ClauseId,
    pub(super) cells: Cells,
    /// The cells of the clause without the conditions that hang on what the context fixes, where it has such.
    at_any_time: Option<Cells>,
    /// The applicant with much to get, looked for once.
    pub(super) best: OnceCell<Option<Witness>>,
}

/// Cells in which an applicant is looked for, for one statement.
pub(super) const TRIED_MAX: usize = 60;

/// Analyses all clauses of a scheme, or only these. `sentences` are the official text's (see
/// [`Compiled::sentences`](crate::Compiled)); without them the words are not looked at.
pub fn analyse(scheme: &Scheme, sentences: &[Sentence], only: Option<&[ClauseId]>) -> Report {
    let context = Context::of(scheme);
    let wanted = |clause: ClauseId| only.is_none_or(|only| only.contains(&clause));
    let bare = show::without_context(scheme);
    let studies: Vec<Study<'_>> = scheme
        .clause_ids()
        .map(|(id, clause)| {
            let subject = |scheme| Subject { scheme, clause: id };
            let bare = bare.as_ref().filter(|_| show::tests_hang(scheme, clause));
            let at_any_time = bare.map(|bare| explore(&[subject(bare)], context));
            Study { scheme, clause: id, cells: explore(&[subject(scheme)], context), at_any_time, best: OnceCell::new() }
        })
        .collect();
    let mut entries = Vec::new();
    for study in studies.iter().filter(|s| wanted(s.clause)) {
        branches::find(study, &mut entries);
        edges::find(study, &mut entries);
        edges::slopes(study, &mut entries);
        facts::find(study, &mut entries);
    }
    pairs::find(scheme, &studies, context, &mut entries);
    money::find(scheme, &studies, &mut entries);
    facts::unused(scheme, &mut entries);
    words::find(scheme, &studies, sentences, &mut entries);
    // A fall into a gap is told as the gap.
    let gaps: Vec<Span> = entries.iter().filter(|f| f.code == "W0601").map(|f| f.span).collect();
    let into_gap =
        |f: &Finding| f.code == "W0602" && gaps.contains(&f.span) && f.witnesses.last().is_some_and(|w| w.expected.iter().all(|e| e.amount.is_none()));
    entries.retain(|f| !into_gap(f));
    entries.retain(|f| only.is_none() || f.clauses.iter().any(|c| wanted(*c)));
    entries.sort_by(|a, b| (a.span, a.weight, a.code).cmp(&(b.span, b.weight, b.code)));
    let cells = studies.iter().filter(|s| wanted(s.clause)).map(|s| s.cells.cells.len()).sum();
    let not_explored = studies.iter().filter(|s| wanted(s.clause)).filter_map(not_explored).collect();
    Report { entries, not_explored, context, cells }
}

fn not_explored(study: &Study<'_>) -> Option<NotExplored> {
    let mut reasons: Vec<Text> = study.cells.unexplored().iter().map(stop).collect();
    for assumed in study.cells.assumed() {
        reasons.push(match assumed {
            Assumption::Alone => Text::new("只看一个申报人，没有同别人排名", "one applicant alone; not ranked among others"),
            Assumption::Records(most) => Text::new(
                format!("名单最多 {most} 条记录；几条记录合在一起的情形没有看"),
                format!("lists of at most {most} record; several records together were not looked at"),
            ),
            Assumption::NoHistory => Text::new("以前没有得过；得过以后的情形没有看", "nothing received before; what follows later was not looked at"),
        });
    }
    if study.cells.space.measures.iter().any(super::space::Measure::is_opaque) {
        reasons.push(Text::new(
            "有事实相乘或相除：只在找得到的例子上成立，不能断定没有别的",
            "facts are multiplied or divided: what is said holds for the applicants shown, there may be more",
        ));
    }
    let readings = study.scheme.clause(study.clause).is_some_and(|c| !c.open_readings.is_empty());
    if readings {
        reasons.push(Text::new("有读法待定，金额没有看", "a reading is open, so amounts were not looked at"));
    }
    (!reasons.is_empty()).then_some(NotExplored { clause: study.clause, reasons })
}

fn stop(stop: &Stop) -> Text {
    match stop {
        Stop::Overflow => Text::new("数太大，不能准确计算", "a number too large to be held exactly"),
        Stop::TooDeep | Stop::Widened => Text::new("情形太多，没有看完", "too many cases; not all were looked at"),
        Stop::Unexplored(zh, en) => Text::new(*zh, *en),
    }
}
