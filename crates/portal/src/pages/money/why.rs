//! Why an amount is what it is, as a page shows it: the words of the clause, the facts, the steps, what was decided.

use super::yuan;
use crate::pages::frame::Frame;
use crate::pages::terms;
use casework::determination::{Award, Determination};
use office::proven::Proven;
use policy::explain::{Explanation, Line, Sign};

/// Why a clause came out as it did, and what was given.
pub struct Why {
    pub clause: String,
    pub title: String,
    pub headline: String,
    pub words: Vec<Quoted>,
    pub conditions: Vec<Condition>,
    /// What is done, and what comes out.
    pub steps: Vec<(String, String)>,
    pub notes: Vec<String>,
    /// By the rules, in fact, and why it is less.
    pub award: Option<(String, String, String)>,
}

/// A paragraph of the official text and where it stands.
pub struct Quoted {
    pub text: String,
    pub place: String,
}

/// A condition.
pub struct Condition {
    pub mark: &'static str,
    pub glyph: &'static str,
    pub text: String,
    pub value: String,
    pub gap: String,
}

impl Why {
    /// Of a clause of a determination.
    pub fn of(proven: &Proven, determination: &Determination, clause: &str, frame: &Frame) -> Self {
        let explanation = proven.explanation(clause, frame.lang());
        let award = determination.awards.iter().find(|award| award.clause == clause);
        let quoted = |words: &office::walk::Words| Quoted { text: words.text.clone(), place: place(words, frame) };
        Self {
            clause: clause.to_owned(),
            title: proven.title(clause).to_owned(),
            headline: explanation.as_ref().map(|one| one.headline.to_string()).unwrap_or_default(),
            words: proven.words(clause).iter().map(quoted).collect(),
            conditions: explanation.iter().flat_map(|one: &Explanation<'_>| &one.conditions).map(condition).collect(),
            steps: explanation.iter().flat_map(|one| &one.amount).map(|line| (line.text.to_string(), said(&line.value, &line.gap))).collect(),
            notes: explanation.iter().flat_map(|one| &one.notes).map(ToString::to_string).collect(),
            award: award
                .map(|award: &Award| (yuan(award.assessed), yuan(award.amount), terms::said(award.reason.as_deref().unwrap_or_default(), frame.lang()))),
        }
    }
}

fn place(words: &office::walk::Words, frame: &Frame) -> String {
    let zh = frame.lang() == values::Lang::Zh;
    let line = words.line.map(|line| if zh { format!("原文第 {line} 行") } else { format!("line {line} of the text") });
    let (file, at) = &words.rule;
    let rule = if zh { format!("规则 {file} 第 {at} 行") } else { format!("rule: {file}, line {at}") };
    let section = Some(words.section.clone()).filter(|section| !section.is_empty());
    [section, line, Some(rule)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn said(value: &Option<std::borrow::Cow<'_, str>>, gap: &Option<std::borrow::Cow<'_, str>>) -> String {
    let parts: Vec<&str> = value.iter().chain(gap).map(AsRef::as_ref).collect();
    parts.join("　")
}

fn condition(line: &Line<'_>) -> Condition {
    let (mark, glyph) = match line.sign {
        Sign::Met => ("mark--pass", "✓"),
        Sign::Failed => ("mark--fail", "✗"),
        Sign::Unknown => ("mark--unknown", "？"),
        Sign::Step | Sign::Note => ("", "·"),
    };
    let text = |words: &Option<std::borrow::Cow<'_, str>>| words.as_deref().unwrap_or_default().to_owned();
    Condition { mark, glyph, text: line.text.to_string(), value: text(&line.value), gap: text(&line.gap) }
}
