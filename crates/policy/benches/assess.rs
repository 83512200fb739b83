//! Time of the three things people wait for: compiling 黔江, one applicant under all its clauses with the whole
//! explanation, and the amounts alone. Run with `cargo bench -p policy`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark may fail loudly")]

use policy::application::{Application, FactValue, When};
use policy::input::Raw;
use policy::scheme::{FactType, Scheme};
use policy::source::{SourceFile, Sources};
use policy::{AssessOptions, assess, compile, explain};
use values::{Date, Lang, Rational};

fn main() {
    divan::main();
}

fn sources() -> Sources {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/qianjiang");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    Sources { files: vec![SourceFile { name: "policy.md".into(), text: read("policy.md") }], official: Some(read("official.txt")) }
}

/// A firm that knows every fact and meets most conditions, so that every amount is computed.
fn applicant(scheme: &Scheme) -> Application {
    let mut app = Application::empty("bench", 2024, Date::new(2024, 12, 31).unwrap(), scheme.facts.len());
    for (at, fact) in scheme.facts.iter().enumerate() {
        let id = scheme.fact_named(&fact.name).unwrap();
        assert_eq!(id.index(), at);
        let one = |ty: &FactType| match ty {
            FactType::YesNo => FactValue::YesNo(!fact.name.starts_with("近三年")),
            FactType::Number { .. } => FactValue::Number(Rational::from_int(2_345_678_901)),
            FactType::Date => FactValue::Date(Date::new(2020, 2, 29).unwrap()),
            FactType::Year => FactValue::Year(2022),
            FactType::Choice(_) => FactValue::Choice(0),
            FactType::Text => FactValue::Text("2024年6·6电商节".into()),
            FactType::List { .. } => FactValue::List(Vec::new()),
        };
        let value = match &fact.ty {
            FactType::List { fields, .. } => FactValue::List((0..3).map(|_| fields.iter().map(|f| Some(one(&f.ty))).collect()).collect()),
            ty => one(ty),
        };
        app.set(id, When { year: 2024, month: 0 }, value);
    }
    for param in 0..scheme.params.len() {
        app.params.push((policy::scheme::ParamId(u32::try_from(param).unwrap()), Rational::new(36, 5).unwrap()));
    }
    app
}

fn examples(scheme: &Scheme) -> Vec<Application> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/qianjiang.jsonl");
    let read = |line: &str| policy::input::read(scheme, &Raw::from(&serde_json::from_str(line).unwrap()), policy::input::Defaults::default()).0.unwrap();
    std::fs::read_to_string(path).unwrap().lines().map(read).collect()
}

#[divan::bench]
fn compile_qianjiang(bencher: divan::Bencher<'_, '_>) {
    let sources = sources();
    bencher.bench_local(|| compile(divan::black_box(&sources)));
}

#[divan::bench]
fn amounts_of_one_applicant(bencher: divan::Bencher<'_, '_>) {
    let scheme = compile(&sources()).scheme.unwrap();
    let app = [applicant(&scheme)];
    bencher.bench_local(|| assess(&scheme, divan::black_box(&app), &AssessOptions::default()));
}

/// Typical applicants: the twenty of `examples/qianjiang.jsonl` as one population, ranks, groups and the pool included.
/// Divide by twenty.
#[divan::bench]
fn amounts_of_twenty_examples(bencher: divan::Bencher<'_, '_>) {
    let scheme = compile(&sources()).scheme.unwrap();
    let apps = examples(&scheme);
    assert_eq!(apps.len(), 20);
    bencher.bench_local(|| assess(&scheme, divan::black_box(&apps), &AssessOptions::default()));
}

/// The same with every explanation written out in words.
#[divan::bench]
fn words_of_twenty_examples(bencher: divan::Bencher<'_, '_>) {
    let scheme = compile(&sources()).scheme.unwrap();
    let apps = examples(&scheme);
    let options = AssessOptions { trace: true, clauses: None };
    bencher.bench_local(|| {
        let population = assess(&scheme, divan::black_box(&apps), &options);
        let mut lines = 0;
        for (app, assessment) in apps.iter().zip(&population.assessments) {
            let mut explainer = explain::Explainer::new(&scheme, app, Lang::Zh);
            for result in &assessment.clauses {
                lines += explainer.of(assessment, result).conditions.len();
            }
        }
        lines
    });
}

/// The whole explanation as data: every condition with its value, every step, for all 21 clauses.
#[divan::bench]
fn trace_of_one_applicant(bencher: divan::Bencher<'_, '_>) {
    let scheme = compile(&sources()).scheme.unwrap();
    let app = [applicant(&scheme)];
    let options = AssessOptions { trace: true, clauses: None };
    bencher.bench_local(|| assess(&scheme, divan::black_box(&app), &options));
}

/// The explanation of one clause written out in words.
#[divan::bench]
fn words_of_one_explanation(bencher: divan::Bencher<'_, '_>) {
    let scheme = compile(&sources()).scheme.unwrap();
    let app = [applicant(&scheme)];
    let population = assess(&scheme, &app, &AssessOptions { trace: true, clauses: None });
    let assessment = &population.assessments[0];
    let result = assessment.clauses.iter().find(|r| scheme.clauses[r.clause.index()].id == "6.1").unwrap();
    bencher.bench_local(|| explain::of(&scheme, &app[0], divan::black_box(assessment), result, Lang::Zh));
}

/// The same for all clauses, as `assess` prints it.
#[divan::bench]
fn words_of_all_explanations(bencher: divan::Bencher<'_, '_>) {
    let scheme = compile(&sources()).scheme.unwrap();
    let app = [applicant(&scheme)];
    let options = AssessOptions { trace: true, clauses: None };
    bencher.bench_local(|| {
        let population = assess(&scheme, divan::black_box(&app), &options);
        let assessment = &population.assessments[0];
        let mut explainer = explain::Explainer::new(&scheme, &app[0], Lang::Zh);
        let all: Vec<_> = assessment.clauses.iter().map(|r| explainer.of(assessment, r)).collect();
        all
    });
}
