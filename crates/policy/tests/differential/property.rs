//! The properties, on generated schemes and applicants. `DUIXIAN_SEED` and `DUIXIAN_CASES` choose other ones, with
//! `DUIXIAN_SURVEY` differences are listed instead of stopping at the first, and `DUIXIAN_OPEN` writes what is known
//! to differ as well.

use std::collections::BTreeMap;

use policy::compile;
use policy::scheme::Scheme;
use policy::source::Sources;
use policy::syntax::parse::{Parsed, parse};

use crate::compare;
use crate::generate::people::Ground;
use crate::generate::random::Random;
use crate::generate::{Made, scheme};
use crate::naive::person::Person;
use crate::refine;

/// Seeds of the cases.
pub fn seeds(default: u64) -> impl Iterator<Item = u64> {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let first = number("DUIXIAN_SEED", 20_240_229);
    let cases = number("DUIXIAN_CASES", default);
    (0..cases).map(move |at| first.wrapping_add(at))
}

fn ground<'a>(made: &'a Made, kinds: &'a [String]) -> Ground<'a> {
    Ground {
        facts: &made.facts,
        numbers: &made.numbers,
        days: &made.days,
        kinds,
        clauses: &made.clauses,
        rates: &made.rates,
        sorts: &made.kinds,
        choices: &made.choices,
        years: &[2024, 2023, 2025],
        yes: 75,
        rarely: &["失信"],
    }
}

/// A generated scheme that compiles, with applicants.
struct Case {
    made: Made,
    source: String,
    parsed: Parsed,
    scheme: Scheme,
    kinds: Vec<String>,
    people: Vec<Person>,
}

/// The case of a seed; the codes of what the checker says where it refuses.
fn case(seed: u64, count: usize) -> Result<Case, Vec<(&'static str, String)>> {
    let made = scheme::scheme(seed);
    let source = made.source();
    let sources = Sources::single(source.clone());
    let parsed = parse(&sources);
    assert!(parsed.diagnostics.is_empty(), "DUIXIAN_SEED={seed}\n{source}\n{:#?}", parsed.diagnostics);
    let compiled = compile(&sources);
    let Some(scheme) = compiled.scheme else {
        let errors = compiled.diagnostics.iter().filter(|d| d.is_error());
        return Err(errors.map(|d| (d.code, format!("{seed} {} {}", d.heading, d.message.zh))).collect());
    };
    let kinds = scheme.choices(scheme.kind_fact()).to_vec();
    let people = ground(&made, &kinds).people(&mut Random::new(!seed), count);
    Ok(Case { made, source, parsed, scheme, kinds, people })
}

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
        match case(seed, 6) {
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
