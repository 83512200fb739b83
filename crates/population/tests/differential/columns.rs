//! Columns against `policy`, and `policy` against the naive evaluator, on generated schemes and on the policies of this repository.

use std::collections::BTreeMap;

use policy::application::Application;
use policy::scheme::Scheme;
use policy::{AssessOptions, assess};
use population::reason::Reason;
use population::table::Filler;

use crate::compare;
use crate::generate::random::Random;
use crate::made::{Real, case, people, real, real_of, seeds};
use crate::naive::person::Person;
use crate::sections::{pages, sections};

/// What columns and `policy` say differently of applicants, and how much of it the columns said.
#[derive(Default)]
pub struct Seen {
    pub found: Vec<String>,
    pub cells: u64,
    pub asked: u64,
    pub reasons: BTreeMap<&'static str, u64>,
}

pub fn columns_against_policy(scheme: &Scheme, applications: &[Application], seen: &mut Seen) {
    let together = population::together::assess(scheme, Filler::of(scheme, applications).fill(applications));
    let theirs = assess(scheme, applications, &AssessOptions::default());
    for (at, (ours, theirs)) in together.rows.iter().zip(&theirs.assessments).enumerate() {
        let id = &applications[at].id;
        assert_eq!(ours.len(), theirs.clauses.len(), "{id}");
        for (ours, result) in ours.iter().zip(&theirs.clauses) {
            seen.cells += 1;
            *seen.reasons.entry(ours.reason.code()).or_default() += 1;
            let clause = &scheme.clause(result.clause).unwrap().id;
            // Groups may have changed the outcome since; the reason is that from before.
            let before = ours.reason.outcome();
            let same_reason = if before == result.outcome { ours.reason == Reason::of(result) } else { ours.outcome == result.outcome };
            let same =
                same_reason && ours.outcome == result.outcome && ours.awarded == result.awarded && (result.amount.is_none() || ours.amount == result.amount);
            if !same {
                seen.found.push(format!("clause {clause} of {id}: columns {ours:?}\n  policy {result:?}"));
            }
        }
    }
    let pools: Vec<_> = together.pools.iter().filter(|pool| pool.claims.0 > 0).collect();
    let theirs: Vec<_> = theirs.pools.iter().filter(|pool| pool.claims.0 > 0).collect();
    if pools != theirs {
        seen.found.push(format!("pools: columns {pools:?}\n  policy {theirs:?}"));
    }
    seen.asked += together.asked.iter().sum::<u64>();
}

/// Most applicants have nothing that stands beside the columns.
fn without_past(random: &mut Random, person: &mut Person) {
    if random.chance(80) {
        person.history.clear();
        person.elsewhere.clear();
        person.places.clear();
    }
}

#[test]
fn columns_agree_on_generated_schemes() {
    let mut seen = Seen::default();
    let mut compiled = 0;
    for seed in seeds(300) {
        let Ok(mut case) = case(seed, people(12)) else { continue };
        compiled += 1;
        let mut random = Random::new(seed ^ 0xC0_1C);
        case.people.iter_mut().for_each(|person| without_past(&mut random, person));
        let mut tally = compare::Tally::new();
        let mut found = compare::run(&case.parsed, &case.scheme, &case.people, &mut tally);
        let applications: Vec<Application> = case.people.iter().map(|person| compare::application(&case.scheme, person)).collect();
        columns_against_policy(&case.scheme, &applications, &mut seen);
        found.append(&mut seen.found);
        assert!(found.is_empty(), "{}", compare::story(seed, &case.source, &case.people, &found));
    }
    println!("{compiled} schemes, {} applicants of each, {} cells, {} by policy, {:#?}", people(12), seen.cells, seen.asked, seen.reasons);
    assert!(compiled > 0);
}

/// Applicants of some seeds, `count` of each.
fn on_a_policy(name: &str, real: &Real, seeds: impl Iterator<Item = u64>, count: usize) -> Seen {
    let mut seen = Seen::default();
    for seed in seeds {
        let mut random = Random::new(seed);
        let mut people = real.ground().people(&mut random, count);
        people.iter_mut().for_each(|person| without_past(&mut random, person));
        let mut found = compare::run(&real.parsed, &real.scheme, &people, &mut compare::Tally::new());
        let applications: Vec<Application> = people.iter().map(|person| compare::application(&real.scheme, person)).collect();
        columns_against_policy(&real.scheme, &applications, &mut seen);
        found.append(&mut seen.found);
        assert!(found.is_empty(), "{name} {}", compare::story(seed, "", &people, &found));
    }
    seen
}

fn on_one_of_ours(name: &str) {
    let seen = on_a_policy(name, &real(name), seeds(24), people(16));
    println!("{name}: {} cells, {} by policy, {:#?}", seen.cells, seen.asked, seen.reasons);
}

#[test]
fn columns_agree_on_every_example_of_the_reference() {
    let (mut schemes, mut cells, mut asked) = (0, 0, 0);
    for (page, text) in pages() {
        for section in sections(&text).iter().filter(|section| section.fences.iter().any(|fence| fence.info == "duixian")) {
            let name = format!("{page} {}", section.title);
            let real = real_of(&name, &section.sources(section.text.clone()));
            let seen = on_a_policy(&name, &real, seeds(1), people(24));
            (schemes, cells, asked) = (schemes + 1, cells + seen.cells, asked + seen.asked);
        }
    }
    println!("{schemes} examples, {cells} cells, {asked} by policy");
    assert!(schemes > 100);
}

#[test]
fn columns_agree_on_the_policy_of_qianjiang() {
    on_one_of_ours("qianjiang");
}

#[test]
fn columns_agree_on_the_policy_of_jiulongpo() {
    on_one_of_ours("jiulongpo");
}

#[test]
fn columns_agree_on_the_policy_of_the_sample() {
    on_one_of_ours("sample");
}

/// Why clauses are not held where every fact that is no list has a column.
fn not_held(name: &str) -> Vec<String> {
    use population::program::Program;
    use population::table::{About, Form, Layout, form_of};
    let scheme = real(name).scheme;
    let facts = (0..).map(policy::scheme::FactId).zip(&scheme.facts).map(|(id, fact)| (About::Fact(id), form_of(&fact.ty)));
    let layout = Layout { columns: facts.filter(|(_, form)| *form != Form::List).collect() };
    let program = Program::compile(&scheme, &layout, 2024, values::Date::new(2024, 12, 31).unwrap());
    let clauses = scheme.clauses.iter().zip(&program.clauses);
    clauses.filter_map(|(clause, code)| code.as_ref().err().map(|why| format!("{} {}", clause.id, why.0))).collect()
}

#[test]
fn every_clause_of_the_policies_is_held_in_columns() {
    for name in ["qianjiang", "jiulongpo", "sample"] {
        assert_eq!(not_held(name), Vec::<String>::new(), "{name}");
    }
}
