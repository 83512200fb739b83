//! Both real policies with invented applicants.

use policy::compile;
use policy::source::Sources;
use policy::syntax::ast::{BlockKind, ClauseLine, ExprKind, FactDecl, TypeWord};
use policy::syntax::lexer::{TokenKind, lex};
use policy::syntax::parse::{Parsed, parse, quantity};

use crate::cases::policy_of;
use crate::compare;
use crate::generate::people::Ground;
use crate::generate::random::Random;
use crate::generate::{Fact, Ty};
use crate::naive::value::{big, whole};
use crate::property::seeds;
use crate::refine;

fn declared(fact: &FactDecl) -> Fact {
    let ty = match &fact.ty {
        TypeWord::YesNo => Ty::YesNo,
        TypeWord::Date => Ty::Date,
        TypeWord::Year => Ty::Year,
        TypeWord::Text => Ty::Text,
        TypeWord::Ratio => Ty::Number(""),
        TypeWord::Choice(words) => Ty::Choice(words.iter().map(|word| word.text.clone()).collect()),
        TypeWord::Unit(word) => Ty::Number(word.clone().leak()),
        TypeWord::List(unit) => Ty::List(unit.clone().leak(), fact.fields.iter().map(declared).collect()),
    };
    Fact { name: fact.name.text.clone(), ty, by_year: fact.by_year, by_month: fact.by_month, since: fact.since }
}

/// Every number that stands in a rule, by unit and in hundredths.
fn numbers(sources: &Sources, parsed: &Parsed) -> Vec<(&'static str, i64)> {
    let mut found = Vec::new();
    for block in parsed.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Clause(_))) {
        let tokens = sources.words(block.span).lines().flat_map(|line| lex(0, 0, line).tokens).collect::<Vec<_>>();
        for token in tokens {
            let TokenKind::Number { digits, suffix } = &token.kind else { continue };
            let (value, unit) = match quantity(digits, suffix) {
                Some(ExprKind::Quantity(value, unit)) => (big(value), unit),
                Some(ExprKind::Ratio(value)) => (big(value) * whole(100), String::new()),
                _ => continue,
            };
            let hundredths = (value * whole(100)).to_integer();
            found.push((&*unit.leak(), i64::try_from(hundredths).unwrap()));
        }
    }
    found
}

fn check(name: &str) {
    let sources = policy_of(name);
    let parsed = parse(&sources);
    let compiled = compile(&sources);
    let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).collect();
    let scheme = compiled.scheme.unwrap_or_else(|| panic!("{errors:#?}"));
    let blocks = parsed.blocks.iter();
    let facts = blocks.clone().filter_map(|block| match &block.kind {
        BlockKind::Facts(facts) => Some(facts),
        _ => None,
    });
    let facts: Vec<Fact> = facts.flatten().map(declared).collect();
    let clauses = blocks.filter_map(|block| match &block.kind {
        BlockKind::Clause(clause) => Some(clause),
        _ => None,
    });
    let (mut ids, mut sorts) = (Vec::new(), vec!["别类".to_owned()]);
    for clause in clauses {
        ids.push(clause.id.text.clone());
        sorts.extend(clause.lines.iter().filter_map(|line| match line {
            ClauseLine::Kind(kind) => Some(kind.text.clone()),
            _ => None,
        }));
    }
    let rates: Vec<String> = scheme.params.iter().filter(|p| p.by_day).map(|p| p.name.clone()).collect();
    let ground = Ground {
        facts: &facts,
        numbers: &numbers(&sources, &parsed),
        days: &[],
        kinds: scheme.choices(scheme.kind_fact()),
        clauses: &ids,
        rates: &rates,
        sorts: &sorts,
        choices: &[],
        years: if name == "sample" { &[2027, 2026, 2029] } else { &[2024, 2023, 2028] },
        yes: 90,
        rarely: &["列入", "虚假", "迁出", "受财政", "被行业", "被媒体", "事故", "投诉", "违法"],
    };
    let mut tally = compare::Tally::new();
    for seed in seeds(60) {
        let mut random = Random::new(seed);
        let mut people = ground.people(&mut random, 5);
        let mut found = compare::run(&parsed, &scheme, &people, &mut tally);
        found.extend(refine::fill(&scheme, &ground, &mut people, &mut random));
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
