//! What becomes of a mutant: refused by the compiler, failed by a situation, proved to compute the same, or nothing
//! of these, which is what this test is there to find.

use crate::meaning;
use crate::mutant::Mutant;
use crate::place::Place;
use policy::check::SentenceUse;
use policy::syntax::parse::Parsed;
use policy::{Compiled, compile, situation};
use std::collections::HashMap;

/// How a mutant ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `check` says this code.
    Check(&'static str),
    /// A situation fails.
    Test,
    /// All situations hold, but they leave something untried: `test --strict` fails.
    Untried,
    /// It computes the same, for this reason.
    Same(String),
    /// Nobody noticed.
    Survived,
    /// The official text itself was amended, and nobody noticed that the rule stayed behind.
    Unnoticed,
}

/// Judges mutants of one place; one for each thread.
pub struct Judge<'a> {
    place: &'a Place,
    /// Situations by clause, tried first; then all.
    by_clause: HashMap<String, Option<Parsed>>,
    all: Option<Parsed>,
}

impl<'a> Judge<'a> {
    pub fn new(place: &'a Place) -> Self {
        let by_clause = place.scheme.clauses.iter().map(|c| (c.id.clone(), Some(place.situations(|id| id == c.id)))).collect();
        Self { place, by_clause, all: Some(place.situations(|_| true)) }
    }

    pub fn verdict(&mut self, mutant: &Mutant) -> Verdict {
        // The situations are as they were: they are read once and not for each mutant.
        let mut compiled = compile(&Place::alone(&mutant.text(&self.place.text), mutant.official(&self.place.official)));
        if let Some(first) = compiled.diagnostics.first() {
            return Verdict::Check(compiled.diagnostics.iter().find(|d| d.is_error()).unwrap_or(first).code);
        }
        if mutant.official.is_some() {
            return self.stale(mutant, &compiled);
        }
        let same = compiled.scheme.as_ref().and_then(|scheme| meaning::same(self.place, scheme));
        // The very same scheme needs no second trial.
        if let (Some(scheme), Some(proof)) = (&compiled.scheme, &same)
            && scheme.hash == self.place.scheme.hash
        {
            return Verdict::Same(proof.clone());
        }
        if same.is_none() {
            let id = mutant.block.strip_prefix("条款 ").and_then(|rest| rest.split('「').next()).unwrap_or_default();
            if let Some(slot) = self.by_clause.get_mut(id) {
                compiled.parsed = slot.take().unwrap();
                let report = situation::run(&compiled);
                *slot = Some(std::mem::take(&mut compiled.parsed));
                if report.results.iter().any(|r| !r.passed) {
                    return Verdict::Test;
                }
            }
        }
        compiled.parsed = self.all.take().unwrap();
        let report = situation::run(&compiled);
        self.all = Some(std::mem::take(&mut compiled.parsed));
        let failed = report.results.iter().find(|r| !r.passed);
        match (failed, same) {
            (None, Some(proof)) => Verdict::Same(proof),
            (Some(failed), Some(proof)) => panic!("{}: {:?} was to change nothing ({proof}), but 「{}」 fails", mutant.block, mutant.edits, failed.title),
            (Some(_), None) => Verdict::Test,
            (None, None) if report.unexercised.is_empty() => Verdict::Survived,
            (None, None) => Verdict::Untried,
        }
    }

    /// The text changed and the rule did not, and nobody noticed: that is right only where no rule stands.
    fn stale(&self, mutant: &Mutant, compiled: &Compiled) -> Verdict {
        let at = mutant.edits[0].start;
        let sentence = compiled.sentences.iter().find(|s| s.span.start as usize <= at && at < s.span.end as usize);
        match sentence.map(|s| &s.used) {
            Some(SentenceUse::Rule(_)) => Verdict::Unnoticed,
            _ => Verdict::Same("改的是没有规则的句子或标题".into()),
        }
    }
}
