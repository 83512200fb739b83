//! Both real policies with invented applicants.

use crate::compare;
use crate::generate::random::Random;
use crate::made::{real, seeds};
use crate::refine;

fn check(name: &str) {
    let real = real(name);
    let (parsed, scheme, ground) = (&real.parsed, &real.scheme, real.ground());
    let mut tally = compare::Tally::new();
    for seed in seeds(60) {
        let mut random = Random::new(seed);
        let mut people = ground.people(&mut random, 5);
        let mut found = compare::run(parsed, scheme, &people, &mut tally);
        found.extend(refine::fill(scheme, &ground, &mut people, &mut random));
        assert!(found.is_empty(), "{name} {}", compare::story(seed, "", &people, &found));
    }
    println!("{name}: {tally:#?}");
}

#[test]
fn both_evaluators_agree_on_the_policy_of_qianjiang() {
    check("qianjiang");
}

#[test]
fn both_evaluators_agree_on_the_policy_of_jiulongpo() {
    check("jiulongpo");
}

#[test]
fn both_evaluators_agree_on_the_policy_of_the_sample() {
    check("sample");
}
