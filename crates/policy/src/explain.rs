//! The explanation of a result: one structure behind text, JSON and HTML, in Chinese and English. It is made from
//! the trace alone and shows each condition with the applicant's value and how far off it is, each step of the
//! amount, what history and other awards did to it, and the words of the clause.

mod lines;
mod notes;
mod page;

use crate::application::Application;
use crate::assessment::{Assessment, ClauseResult, Outcome};
use crate::eval::trace::{Part, PartKind};
use crate::scheme::{NodeId, Origin, Scheme};
use lines::{pick, words};
pub use page::{STYLE, html, text};
use serde::Serialize;
use std::borrow::Cow;
use values::Lang;

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// The condition holds.
    Met,
    /// It does not.
    Failed,
    /// It is not known.
    Unknown,
    /// A step of the amount.
    Step,
    /// Said for the record: not what decided.
    Note,
}

/// One line of an explanation, with the lines it follows from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line<'s> {
    /// How it stands.
    pub sign: Sign,
    /// The rule's words.
    pub text: Cow<'s, str>,
    /// The applicant's value, or the result of the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Cow<'s, str>>,
    /// How far off a failed condition is, or what would settle an unknown one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Cow<'s, str>>,
    /// True for conditions of a general rule.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub general: bool,
    /// Node of the scheme, stable for one hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<u32>,
    /// What it follows from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line<'s>>,
}

/// Why a clause came out as it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation<'s> {
    /// Clause id.
    pub clause: &'s str,
    /// Its title.
    pub title: &'s str,
    /// Outcome code, as in the exchange format.
    pub outcome: &'static str,
    /// Outcome and amount in one line, with what decided.
    pub headline: Cow<'s, str>,
    /// Each condition.
    pub conditions: Vec<Line<'s>>,
    /// Steps of the amount, from facts to the result.
    pub amount: Vec<Line<'s>>,
    /// Decision, limits, rounding, groups, pools, history, plan.
    pub notes: Vec<Cow<'s, str>>,
    /// Readings of the register that this result rests on.
    pub readings: &'s [Box<str>],
    /// The official words.
    pub words: &'s [String],
    /// Language of everything but the official words and the law's names.
    pub lang: &'static str,
}

/// Explains one result of an assessment that was made with a trace.
pub fn of<'s>(scheme: &'s Scheme, app: &'s Application, assessment: &Assessment, result: &ClauseResult, lang: Lang) -> Explanation<'s> {
    Explainer::new(scheme, app, lang).of(assessment, result)
}

/// Explains the results of one application: what a general rule asks is put into words once for all clauses.
pub struct Explainer<'s> {
    teller: lines::Teller<'s>,
    general: Vec<(NodeId, Line<'s>)>,
}

impl<'s> Explainer<'s> {
    /// For the results of one application, in one language.
    pub fn new(scheme: &'s Scheme, app: &'s Application, lang: Lang) -> Self {
        Self { teller: lines::Teller { scheme, app, lang, spoken: crate::plain::spoken(scheme, lang) }, general: Vec::new() }
    }

    /// One result of the application's assessment, made with a trace.
    pub fn of(&mut self, assessment: &Assessment, result: &ClauseResult) -> Explanation<'s> {
        let mut conditions = Vec::with_capacity(result.trace.as_ref().map_or(0, |trace| trace.parts.len()));
        let mut amount = Vec::new();
        for part in result.trace.iter().flat_map(|trace| &trace.parts) {
            let Some(root) = part.steps.len().checked_sub(1) else { continue };
            match part.kind {
                PartKind::Condition(Origin::Clause) => conditions.push(self.teller.condition(&part.steps, root)),
                PartKind::Bar(Origin::Clause) => conditions.push(self.teller.bar(&part.steps, root)),
                PartKind::Condition(_) | PartKind::Bar(_) => conditions.push(self.general(part, root)),
                PartKind::Score => amount.push(self.teller.score(&part.steps, root, result.place)),
                PartKind::Amount => self.teller.chain(&part.steps, root, &mut amount),
                PartKind::Limit(_, used) => amount.push(self.teller.limit(&part.steps, root, used)),
            }
        }
        let teller = &self.teller;
        let clause = teller.scheme.clause(result.clause);
        Explanation {
            clause: clause.map_or("", |c| &c.id),
            title: clause.map_or("", |c| &c.title),
            outcome: result.outcome.code(),
            headline: headline(teller, result, &conditions),
            conditions,
            amount,
            notes: notes::of(teller, assessment, result),
            readings: teller.spoken.readings_of(result.clause),
            words: teller.scheme.clause_words.get(result.clause.index()).map(|w| w.paragraphs.as_slice()).unwrap_or_default(),
            lang: if teller.lang == Lang::Zh { "zh" } else { "en" },
        }
    }

    /// A condition or bar of a general rule: its node is the same in all clauses it holds for, and so is its line.
    fn general(&mut self, part: &Part, root: usize) -> Line<'s> {
        let node = part.root().map_or(NodeId(0), |step| step.node);
        if let Some((_, line)) = self.general.iter().find(|(known, _)| *known == node) {
            return line.clone();
        }
        let mut line = match part.kind {
            PartKind::Bar(_) => self.teller.bar(&part.steps, root),
            _ => self.teller.condition(&part.steps, root),
        };
        line.general = true;
        self.general.push((node, line.clone()));
        line
    }
}

/// Outcome, amount and the one line that decided.
fn headline<'s>(teller: &lines::Teller<'s>, result: &ClauseResult, conditions: &[Line<'_>]) -> Cow<'s, str> {
    let deciding = |sign: Sign| {
        let lines = conditions.iter().filter(|l| l.sign == sign).take(2);
        // A plain yes or no would read as if it were the fault itself: it is told with the answer.
        let told = |l: &Line<'_>| {
            let why = l.gap.as_ref().or(l.value.as_ref());
            why.map_or(l.text.to_string(), |why| words!(l.text, pick!(teller, "（", " ("), why, pick!(teller, "）", ")")))
        };
        let shown: Vec<String> = lines.map(told).collect();
        shown.join(&pick!(teller, "；", "; "))
    };
    let colon = pick!(teller, "：", ": ");
    match result.outcome {
        Outcome::Eligible => {
            let word = pick!(teller, "符合", "Eligible");
            match result.amount {
                Some(fen) if !result.decided => words!(word, pick!(teller, "，上限 ", ", up to "), teller.money(fen)).into(),
                Some(fen) => words!(word, pick!(teller, "，", ", "), teller.money(fen)).into(),
                None => word,
            }
        }
        Outcome::Ineligible | Outcome::Barred => {
            let word = match result.outcome {
                Outcome::Barred => pick!(teller, "禁入", "Barred"),
                _ => pick!(teller, "不符合", "Not eligible"),
            };
            let mut because = Cow::from(deciding(Sign::Failed));
            if because.is_empty() {
                because = notes::decisive(teller, result).unwrap_or_default();
            }
            if because.is_empty() { word } else { words!(word, colon, because).into() }
        }
        Outcome::Undetermined => {
            let word = pick!(teller, "待定", "Undetermined");
            let lacks: Vec<String> = result.missing.iter().take(4).map(|m| crate::plain::missing(teller.scheme, m, teller.lang)).collect();
            match (lacks.is_empty(), result.fault) {
                (false, _) => format!("{word}{colon}{} {}", pick!(teller, "还缺", "missing"), lacks.join(&pick!(teller, "、", ", "))).into(),
                (true, Some(fault)) => format!("{word}{colon}{}", teller.fault(fault)).into(),
                (true, None) => word,
            }
        }
        Outcome::Exhausted => pick!(teller, "已享受：按频次不再给", "Used up: its frequency allows no more"),
        Outcome::Yielded => {
            let because = notes::decisive(teller, result).unwrap_or_default();
            format!("{}{colon}{because}", pick!(teller, "让位", "Gave way")).into()
        }
    }
}
