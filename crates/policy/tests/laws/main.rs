//! The laws of parser, checker, formatter and evaluator on the kept corpus, on a seeded slice of mutations, and on
//! generated schemes. `fuzz/` searches further with the same functions; what it found is replayed here.
//! `DUIXIAN_SEED` and `DUIXIAN_CASES` choose other mutations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "a test fails loudly, in its helpers too")]

mod law;

use law::random::Random;
use law::{LAWS, Law, mutate, seeds};
use policy::input::{Defaults, read};
use policy::{AssessOptions, assess};
use std::collections::BTreeSet;
use values::Fen;

/// Runs a law and says on which text it broke.
fn tried(name: &str, law: Law, text: &str, from: &str) {
    let outcome = std::panic::catch_unwind(|| law(text));
    assert!(outcome.is_ok(), "{name} broke on {from}:\n{text}");
}

fn law(name: &str) -> Law {
    LAWS.iter().find(|(known, _)| *known == name).unwrap().1
}

/// A seeded slice of mutations of the first cases.
fn slice(name: &str, default: u64) {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let first = number("DUIXIAN_SEED", 20_240_229);
    let cases = seeds::cases(name);
    for seed in (0..number("DUIXIAN_CASES", default)).map(|at| first.wrapping_add(at)) {
        let mut random = Random::new(seed);
        let mut text = random.pick(&cases).clone();
        for _ in 0..=random.below(3) {
            text = mutate::case(name, &text, &mut random);
        }
        if text.len() <= 16_000 {
            tried(name, law(name), &text, &format!("DUIXIAN_SEED={seed} DUIXIAN_CASES=1"));
        }
    }
}

#[test]
fn first_cases_obey() {
    for (name, law) in LAWS {
        for text in seeds::cases(name) {
            tried(name, *law, &text, "a first case");
        }
    }
}

#[test]
fn any_text_is_read_and_printed_back() {
    slice("parse", 1500);
}

#[test]
fn any_text_is_checked_soundly() {
    slice("check", 500);
}

#[test]
fn any_text_keeps_its_meaning_when_formatted() {
    slice("format", 500);
}

#[test]
fn any_facts_are_evaluated_lawfully() {
    slice("evaluate", 300);
}

#[test]
fn what_fuzzing_found_stays_mended() {
    for (name, law) in LAWS {
        for (title, text) in law::kept::regressions(name) {
            tried(name, *law, &text, &title);
        }
    }
}

#[test]
fn the_kept_corpus_obeys() {
    for (name, law) in LAWS {
        let cases = law::kept::cases(&std::fs::read_to_string(law::kept::file(name)).unwrap_or_default());
        for text in &cases {
            tried(name, *law, text, "a kept case");
        }
    }
}
/// A law that is never put to the test holds always: the applicants must be let in and reach every outcome.
#[test]
fn invented_applicants_are_read_and_reach_every_outcome() {
    for place in seeds::PLACES {
        let scheme = seeds::compiled(place).scheme.as_ref().unwrap();
        let mut reached = BTreeSet::new();
        let mut paid = 0;
        for seed in 0..40 {
            let people = law::people::invented(scheme, &mut Random::new(seed), 3);
            let read = people.iter().map(|raw| read(scheme, raw, Defaults::default()));
            let applications: Vec<_> = read.map(|(application, errors)| application.unwrap_or_else(|| panic!("{place} {seed}: {errors:?}"))).collect();
            for result in assess(scheme, &applications, &AssessOptions::default()).assessments.iter().flat_map(|a| &a.clauses) {
                reached.insert(result.outcome);
                paid += usize::from(result.awarded.is_some_and(|award| award > Fen(0)));
            }
        }
        assert!(reached.len() >= 5 && paid > 50, "{place}: {reached:?}, {paid} awards");
    }
}
