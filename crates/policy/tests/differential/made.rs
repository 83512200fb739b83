//! Schemes with applicants for the properties: from a seed, or a policy of this repository.

use std::path::PathBuf;

use policy::compile;
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use policy::syntax::ast::{BlockKind, ClauseLine, ExprKind, FactDecl, TypeWord};
use policy::syntax::lexer::{TokenKind, lex};
use policy::syntax::parse::{Parsed, parse, quantity};

use crate::generate::people::Ground;
use crate::generate::random::Random;
use crate::generate::{Fact, Made, Ty, scheme};
use crate::naive::person::Person;
use crate::naive::value::{big, whole};

/// A policy of this repository, and its sources.
pub fn policy_of(name: &str) -> Sources {
    let read = |file: &str| {
        let path = folder(name).join(file);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    Sources { files: vec![SourceFile { name: "policy.md".into(), text: read("policy.md") }], official: Some(read("official.txt")) }
}

/// The folder of a policy of this repository.
pub fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name)
}

/// Seeds of the cases.
pub fn seeds(default: u64) -> impl Iterator<Item = u64> {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let first = number("DUIXIAN_SEED", 20_240_229);
    let cases = number("DUIXIAN_CASES", default);
    (0..cases).map(move |at| first.wrapping_add(at))
}

/// Applicants of a scheme or of a seed: `DUIXIAN_PEOPLE`, or as many as it usually has.
pub fn people(default: usize) -> usize {
    std::env::var("DUIXIAN_PEOPLE").map_or(default, |text| text.parse().unwrap())
}

/// What must be known of a made scheme.
pub fn ground<'a>(made: &'a Made, kinds: &'a [String]) -> Ground<'a> {
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
pub struct Case {
    /// What was made.
    pub made: Made,
    /// Its text.
    pub source: String,
    /// Its syntax.
    pub parsed: Parsed,
    /// The scheme.
    pub scheme: Scheme,
    /// Kinds of applicants.
    pub kinds: Vec<String>,
    /// Applicants.
    pub people: Vec<Person>,
}

/// The case of a seed; the codes of what the checker says where it refuses.
pub fn case(seed: u64, count: usize) -> Result<Case, Vec<(&'static str, String)>> {
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

/// A policy of this repository, with what applicants need to know of it.
pub struct Real {
    name: String,
    /// Its syntax.
    pub parsed: Parsed,
    /// The scheme.
    pub scheme: Scheme,
    facts: Vec<Fact>,
    numbers: Vec<(&'static str, i64)>,
    ids: Vec<String>,
    sorts: Vec<String>,
    rates: Vec<String>,
}

/// A policy of this repository.
pub fn real(name: &str) -> Real {
    real_of(name, &policy_of(name))
}

/// A policy of these sources.
pub fn real_of(name: &str, sources: &Sources) -> Real {
    let parsed = parse(sources);
    let compiled = compile(sources);
    let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).collect();
    let scheme = compiled.scheme.unwrap_or_else(|| panic!("{name}: {errors:#?}"));
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
    let numbers = numbers(sources, &parsed);
    Real { name: name.to_owned(), parsed, scheme, facts, numbers, ids, sorts, rates }
}

impl Real {
    /// What must be known of it.
    pub fn ground(&self) -> Ground<'_> {
        Ground {
            facts: &self.facts,
            numbers: &self.numbers,
            days: &[],
            kinds: self.scheme.choices(self.scheme.kind_fact()),
            clauses: &self.ids,
            rates: &self.rates,
            sorts: &self.sorts,
            choices: &[],
            years: if self.name == "sample" { &[2027, 2026, 2029] } else { &[2024, 2023, 2028] },
            yes: 90,
            rarely: &["列入", "虚假", "迁出", "受财政", "被行业", "被媒体", "事故", "投诉", "违法"],
        }
    }
}
