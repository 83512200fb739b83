//! The naive evaluator on the worked cases that stand beside both policies: each names the amount of one clause.

use std::collections::BTreeMap;

use crate::made::{folder, policy_of};
use num_bigint::BigInt;
use policy::syntax::ast::{FactDecl, TypeWord};
use policy::syntax::parse::{Parsed, parse};
use serde_json::Value as Json;
use values::{Date, Rational};

use crate::naive::World;
use crate::naive::clause::Word;
use crate::naive::person::{Given, Other, Past, Person};
use crate::naive::value::{Miss, Q, big, only, unit_of, whole};

fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn decimal(value: &Json) -> Q {
    let words = text(value);
    let (digits, scale) = match words.strip_suffix('%') {
        Some(digits) => (digits.to_owned(), Q::new(1.into(), 100.into())),
        None => (words, whole(1)),
    };
    big(Rational::parse_decimal(&digits).unwrap()) * scale
}

fn fen(value: &Json) -> BigInt {
    (decimal(value) * whole(100)).to_integer()
}

fn given(fact: &FactDecl, value: &Json) -> Given {
    match &fact.ty {
        TypeWord::YesNo => Given::YesNo(value.as_bool().unwrap()),
        TypeWord::Date => Given::Date(Date::parse(&text(value)).unwrap()),
        TypeWord::Year => Given::Year(i32::try_from(value.as_i64().unwrap()).unwrap()),
        TypeWord::Text => Given::Text(text(value)),
        TypeWord::Ratio => Given::Number(decimal(value)),
        TypeWord::Choice(_) => Given::Choice(text(value)),
        TypeWord::Unit(word) => Given::Number(decimal(value) * unit_of(word).1),
        TypeWord::List(_) => Given::List(
            value
                .as_array()
                .unwrap()
                .iter()
                .map(|record| {
                    let known = fact.fields.iter().filter_map(|field| {
                        let value = record.get(&field.name.text).filter(|value| !value.is_null())?;
                        Some((field.name.text.clone(), given(field, value)))
                    });
                    known.collect::<BTreeMap<_, _>>()
                })
                .collect(),
        ),
    }
}

/// Reads an application of the exchange format.
fn person(world: &World<'_>, json: &Json) -> Person {
    let year = i32::try_from(json["year"].as_i64().unwrap()).unwrap();
    let mut person = Person::new(json["id"].as_str().unwrap_or("-"), year);
    if let Some(day) = json.get("as_of").and_then(Json::as_str) {
        person.as_of = Date::parse(day).unwrap();
    }
    person.rank_only = json.get("rank_only").and_then(Json::as_bool).unwrap_or(false);
    person.kind = json["applicant"].get("kind").map(|kind| match kind.as_str().unwrap() {
        "个体" => "个体工商户".to_owned(),
        kind => kind.to_owned(),
    });
    for (name, value) in json["facts"].as_object().unwrap() {
        let Some(fact) = world.facts.get(name.as_str()) else { continue };
        match value.as_object().filter(|_| fact.by_year || fact.by_month) {
            Some(years) => {
                for (of, value) in years {
                    let (year, month) = of.split_once('-').unwrap_or((of, "0"));
                    person.facts.insert((name.clone(), year.parse().unwrap(), month.parse().unwrap()), given(fact, value));
                }
            }
            None => {
                person.facts.insert((name.clone(), year, 0), given(fact, value));
            }
        }
    }
    for past in json.get("history").and_then(Json::as_array).into_iter().flatten() {
        person.history.push(Past {
            clause: text(&past["clause"]),
            year: i32::try_from(past["year"].as_i64().unwrap()).unwrap(),
            amount: fen(&past["amount"]),
            key: past.get("key").map(text),
        });
    }
    for (clause, amount) in json.get("decisions").and_then(Json::as_object).into_iter().flatten() {
        person.decisions.insert(clause.clone(), fen(amount));
    }
    for (code, rate) in json.get("rates").and_then(Json::as_object).into_iter().flatten() {
        assert_eq!(code, "USD");
        person.params.insert("美元汇率".into(), decimal(rate));
    }
    for (clause, project) in json.get("projects").and_then(Json::as_object).into_iter().flatten() {
        person.projects.insert(clause.clone(), text(project));
    }
    for other in json.get("elsewhere").and_then(Json::as_array).into_iter().flatten() {
        person.elsewhere.push(Other { amount: fen(&other["amount"]), project: other.get("project").map(text), kind: other.get("kind").map(text) });
    }
    person
}

fn differences(parsed: &Parsed, name: &str, file: &str) -> (usize, Vec<String>) {
    let lines = std::fs::read_to_string(folder(name).join(file)).unwrap_or_default();
    let cases: Vec<Json> = lines.lines().filter(|l| !l.trim().is_empty()).map(|l| serde_json::from_str(l).unwrap()).collect();
    let cases: Vec<Json> = cases.into_iter().filter(|case| case.get("expected").is_some()).collect();
    let empty = World::new(parsed, &[]);
    let people: Vec<Person> = cases.iter().map(|case| person(&empty, &case["application"])).collect();
    // A file is one complete set of applicants for each award year.
    let world = World::new(parsed, &people);
    let mut wrong = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let id = text(&case["clause"]);
        let verdict = world.verdict(index, world.rule_named(&id));
        let expected = Some(&case["expected"]).filter(|value| !value.is_null()).map(fen);
        let refused = matches!(verdict.word, Word::Ineligible | Word::Exhausted | Word::Barred) || verdict.missing == only(Miss::Decision(id.clone()));
        let right = match &expected {
            Some(fen) => verdict.word == Word::Eligible && verdict.amount.as_ref() == Some(fen),
            None => refused,
        };
        if !right {
            wrong.push(format!("{name}/{file} {}: {id} {expected:?} {verdict:?}", text(&case["id"])));
        }
    }
    (cases.len(), wrong)
}

const FILES: [&str; 3] = ["cases.jsonl", "thresholds.jsonl", "rank.jsonl"];

#[test]
fn the_naive_evaluator_gives_the_expected_result_of_every_worked_case() {
    for (name, files) in [("qianjiang", &FILES[..]), ("jiulongpo", &FILES[..]), ("sample", &FILES[..1])] {
        let sources = policy_of(name);
        let parsed = parse(&sources);
        assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
        for file in files {
            let (count, wrong) = differences(&parsed, name, file);
            assert!(count > 20 || *file == "rank.jsonl", "{name}/{file} holds cases");
            assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
        }
    }
}
