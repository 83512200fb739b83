//! All changes that are tried, by what they touch. Each takes the file as it is and gives mutants; none knows what
//! the checks can find.

mod amounts;
mod items;
mod names;
mod quotes;
mod words;

use crate::mutant::{Edit, Mutant};
use crate::place::Place;
use crate::rules::{Rule, blocks, rules};
use policy::source::Span;
use std::collections::HashSet;

/// Every mutant of a place, no two with the same text.
pub fn all(place: &Place) -> Vec<Mutant> {
    let blocks = blocks(&place.text, &place.document);
    let rules = rules(&blocks);
    let known = names::Known::of(place, &rules);
    let mut out = Vec::new();
    for rule in &rules {
        amounts::numbers(place, rule, &mut out);
        amounts::units(place, rule, &mut out);
        words::comparisons(place, rule, &mut out);
        words::frequencies(place, rule, &mut out);
        words::ceilings(place, rule, &mut out);
        words::junctions(place, rule, &mut out);
        words::sharing(place, rule, &mut out);
        items::lines(place, rule, &mut out);
        items::parts(place, rule, &mut out);
        items::listed(place, rule, &mut out);
        names::offices(&known, rule, &mut out);
        names::facts(&known, rule, &mut out);
        names::choices(&known, rule, &mut out);
        quotes::citations(place, rule, &mut out);
    }
    quotes::quotes(place, &mut out);
    let mut seen = HashSet::new();
    out.retain(|mutant| seen.insert(format!("{:?}{}", mutant.edits, mutant.official.is_some())));
    out
}

/// A mutant of one edit inside a rule.
fn one(kind: &'static str, rule: &Rule, span: Span, with: impl Into<String>) -> Mutant {
    Mutant { kind, block: rule.block.clone(), edits: vec![Edit::new(span, with)], official: None }
}
