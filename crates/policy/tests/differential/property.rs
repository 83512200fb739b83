//! The properties, on generated schemes and applicants. `DUIXIAN_SEED` and `DUIXIAN_CASES` choose other ones, with
//! `DUIXIAN_SURVEY` differences are listed instead of stopping at the first, and `DUIXIAN_OPEN` writes what is known
//! to differ as well.

use std::collections::BTreeMap;

use crate::compare;
use crate::generate::random::Random;
use crate::made::{case, ground, people, seeds};
use crate::naive::person::Person;
use crate::refine;

/// Lists differences in a survey, otherwise stops at the first.
fn judge(seed: u64, source: &str, people: &[Person], found: &[String]) {
    if std::env::var("DUIXIAN_SURVEY").is_ok() {
        for line in found {
            println!("#{seed} {line}");
        }
        return;
    }
    assert!(found.is_empty(), "{}", compare::story(seed, source, people, found));
}

#[test]
fn both_evaluators_agree_on_generated_schemes() {
    let (mut compiled, mut all) = (0, 0);
    let mut refused: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut tally = compare::Tally::new();
    for seed in seeds(700) {
        all += 1;
        match case(seed, people(6)) {
            Ok(case) => {
                compiled += 1;
                let found = compare::run(&case.parsed, &case.scheme, &case.people, &mut tally);
                judge(seed, &case.source, &case.people, &found);
            }
            Err(errors) => {
                for (code, what) in errors {
                    refused.entry(code).or_default().push(what);
                }
            }
        }
    }
    println!("{compiled} of {all} compile; refused: {refused:#?}; {tally:#?}");
    let never: Vec<_> = tally.iter().filter(|(_, times)| **times == 0).collect();
    assert!(all < 500 || never.is_empty(), "never happened: {never:?}");
    assert!(compiled * 4 >= all, "{compiled} of {all} generated schemes compile: {refused:#?}");
}

#[test]
fn filling_in_a_fact_never_changes_what_is_known() {
    for seed in seeds(150) {
        let Ok(case) = case(seed, 3) else { continue };
        let ground = ground(&case.made, &case.kinds);
        let mut random = Random::new(seed ^ 0x5555);
        let mut people = case.people;
        let found = refine::fill(&case.scheme, &ground, &mut people, &mut random);
        judge(seed, &case.source, &people, &found);
    }
}
