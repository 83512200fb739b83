//! The refinement law: filling in a missing fact never changes a known amount and never turns a decided refusal into
//! an award or back.

use policy::Population;
use policy::assessment::{ClauseResult, Missing, Outcome};
use policy::scheme::{FactType, Scheme};

use crate::compare;
use crate::generate::Fact;
use crate::generate::people::Ground;
use crate::generate::random::Random;
use crate::naive::person::{Given, Person};

/// Fills in one missing fact after the other and tells of results that should have stood.
pub fn fill(scheme: &Scheme, ground: &Ground<'_>, people: &mut [Person], random: &mut Random) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = compare::real(scheme, people);
    for at in 0..people.len() {
        for _ in 0..20 {
            let Some(what) = fill_one(scheme, ground, &before, people, at, random) else { break };
            let after = compare::real(scheme, people);
            let pairs = before.assessments[at].clauses.iter().zip(&after.assessments[at].clauses);
            for (old, new) in pairs {
                if let Some(how) = broken(old, new) {
                    let id = &scheme.clause(old.clause).unwrap().id;
                    found.push(format!("clause {id} of {}: {how} once {what} is known\n  {old:?}\n  {new:?}", people[at].id));
                }
            }
            before = after;
        }
    }
    found
}

fn broken(old: &ClauseResult, new: &ClauseResult) -> Option<&'static str> {
    let refused = |r: &ClauseResult| matches!(r.outcome, Outcome::Ineligible | Outcome::Exhausted | Outcome::Barred);
    let given = |r: &ClauseResult| matches!(r.outcome, Outcome::Eligible | Outcome::Yielded);
    if refused(old) && !refused(new) {
        return Some("a refusal is gone");
    }
    if given(old) && !given(new) {
        return Some("an award is gone");
    }
    if given(old) && (old.amount, old.ceiling, old.decided) != (new.amount, new.ceiling, new.decided) {
        return Some("a known amount has changed");
    }
    None
}

/// Gives a value to one thing somebody's results wait for; says which.
fn fill_one(scheme: &Scheme, ground: &Ground<'_>, results: &Population, people: &mut [Person], at: usize, random: &mut Random) -> Option<String> {
    let waits = results.assessments[at].clauses.iter().flat_map(|clause| clause.missing.iter());
    // The kind of applicant is tested where it is declared: declaring it may well refuse what stood before.
    let facts: Vec<&Missing> = waits
        .filter(|missing| match missing {
            Missing::Fact(id, ..) => *id != scheme.kind_fact(),
            Missing::Field(..) => true,
            _ => false,
        })
        .collect();
    if facts.is_empty() {
        return None;
    }
    let missing = facts[random.below(facts.len())].clone();
    let person = &mut people[at];
    let named = |name: &str| -> &Fact { ground.facts.iter().find(|fact| fact.name == name).unwrap() };
    match missing {
        Missing::Fact(id, year, month) => {
            let name = &scheme.fact(id).unwrap().name;
            let given = ground.given(random, named(name), person.as_of, 10);
            let key = (name.clone(), year.unwrap_or(person.year), month.unwrap_or(0));
            person.facts.insert(key, given);
        }
        Missing::Field(id, field, record) => {
            let fact = scheme.fact(id).unwrap();
            let FactType::List { fields, .. } = &fact.ty else { panic!("{} is no list", fact.name) };
            let name = &fields[usize::from(field)].name;
            let crate::generate::Ty::List(_, declared) = &named(&fact.name).ty else { panic!("{name}") };
            let field = declared.iter().find(|field| field.name == *name).unwrap();
            let given = ground.given(random, field, person.as_of, 0);
            let list = person.facts.iter_mut().find(|((of, ..), _)| *of == fact.name);
            let Some((_, Given::List(records))) = list else { panic!("no records of {}", fact.name) };
            records[usize::try_from(record).unwrap() - 1].insert(name.clone(), given);
        }
        _ => unreachable!(),
    }
    Some(format!("{missing:?}"))
}
