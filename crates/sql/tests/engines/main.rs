//! The statements on a real PostgreSQL, row by row against the evaluator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "a test fails loudly, in its helpers too"
)]

#[allow(dead_code, reason = "the tests of the office use more of it")]
#[path = "../../../office/tests/office/postgres.rs"]
mod postgres;

#[path = "../../../policy/tests/differential/generate/mod.rs"]
#[allow(dead_code, reason = "the generator of schemes has its other users in `policy`")]
mod generate;

#[path = "../../../policy/tests/differential/naive/mod.rs"]
#[allow(dead_code, reason = "the generator draws its own people with it")]
mod naive;

#[path = "../../../policy/tests/reference/sections.rs"]
#[allow(dead_code, reason = "the tests of the reference use more of it")]
mod sections;

mod columns;
mod people;
mod policies;
mod rows;

use people::{Ground, Random};
use policies::{applications, scheme_of};
use policy::application::Application;
use policy::scheme::Scheme;
use policy::source::Sources;
use rows::{Said, Shared};
use sql::{Dialect, Export, Options};
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Row};
use std::collections::{BTreeMap, BTreeSet};
use values::Date;

fn options(partial: bool) -> Options {
    Options { dialect: Dialect::Postgres, table: "facts".into(), year: None, as_of: None, partial }
}

async fn run(pool: &PgPool, sql: String) {
    let result = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(pool).await;
    if let Err(error) = result {
        panic!("{error}\n{}", sql.chars().take(3000).collect::<String>());
    }
}

async fn connect() -> PgPool {
    sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(&postgres::database()).await.unwrap()
}

/// What PostgreSQL says of these applicants.
async fn said(pool: &PgPool, scheme: &Scheme, export: &Export, applications: &[Application]) -> (Vec<Said>, Vec<Shared>) {
    let data = rows::rows(scheme, &export.tables, "facts", applications);
    for (table, rows) in export.tables.iter().zip(data) {
        run(pool, table.create(Dialect::Postgres)).await;
        for part in rows.chunks(200) {
            let cell = |cell: &rows::Cell| cell.as_ref().map_or("NULL".to_owned(), |text| Dialect::Postgres.words(text));
            let list: Vec<String> = part.iter().map(|row| format!("({})", row.iter().map(cell).collect::<Vec<_>>().join(", "))).collect();
            run(pool, format!("INSERT INTO {} VALUES {}", Dialect::Postgres.name(&table.name), list.join(", "))).await;
        }
    }
    for statement in &export.statements {
        run(pool, statement.clone()).await;
    }
    let awarded = if export.awards { "awarded" } else { "CAST(NULL AS BIGINT) AS awarded" };
    let results = format!("SELECT id, clause, outcome, amount, decided, {awarded} FROM {}", sql::RESULTS);
    let rows = sqlx::query(AssertSqlSafe(results)).fetch_all(pool).await.unwrap_or_else(|error| panic!("{error}"));
    let mut out: Vec<Said> = rows
        .iter()
        .map(|row| Said { id: row.get(0), clause: row.get(1), outcome: row.get(2), amount: row.get(3), decided: row.get(4), awarded: row.get(5) })
        .collect();
    out.sort();
    let mut pools = Vec::new();
    if export.statements.len() > 1 {
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT year, pool, amount, claims, given FROM {}", sql::POOLS))).fetch_all(pool).await.unwrap();
        pools = rows.iter().map(|row| Shared { year: row.get(0), pool: row.get(1), amount: row.get(2), claims: row.get(3), given: row.get(4) }).collect();
        pools.sort();
    }
    (out, pools)
}

/// How many rows there were of each outcome.
type Counts = BTreeMap<String, usize>;

async fn agree(scheme: &Scheme, options: &Options, applications: &[Application]) -> Counts {
    let export = sql::export(scheme, options).unwrap_or_else(|refused| panic!("{refused:#?}"));
    let mut counts = Counts::new();
    for refusal in &export.left_out {
        println!("left out: {}: {}", refusal.subject.en, refusal.construct.en);
    }
    compare(&connect().await, scheme, &export, applications, &mut counts).await;
    counts
}

/// Compares every row.
async fn compare(pool: &PgPool, scheme: &Scheme, export: &Export, applications: &[Application], counts: &mut Counts) {
    let (mut wanted, pools) = rows::expected(scheme, applications, export.awards);
    let (found, shared) = said(pool, scheme, export, applications).await;
    let known: BTreeSet<&str> = found.iter().map(|said| said.clause.as_str()).collect();
    wanted.retain(|said| known.contains(said.clause.as_str()));
    assert_eq!(wanted.len(), found.len());
    columns::hold(scheme, applications, export.awards, &found);
    let mut differing = 0;
    for (wanted, found) in wanted.iter().zip(&found) {
        if wanted != found {
            differing += 1;
            if differing <= 12 {
                let app = applications.iter().find(|app| app.id == wanted.id);
                println!("policy {wanted:?}\nsql    {found:?}\n{}", if differing <= 2 { format!("{app:?}") } else { String::new() });
            }
        }
    }
    assert_eq!(differing, 0, "of {}", wanted.len());
    assert_eq!(pools, shared);
    for said in &found {
        *counts.entry(said.outcome.clone()).or_default() += 1;
    }
}

/// The seed of a generated population; another one comes from outside.
fn seed() -> u64 {
    let seed = std::env::var("DUIXIAN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_230_811);
    println!("DUIXIAN_SEED={seed}");
    seed
}

/// Applicants of a policy or of each generated scheme: `DUIXIAN_PEOPLE`, or as many as there usually are.
fn people(default: usize) -> usize {
    std::env::var("DUIXIAN_PEOPLE").map_or(default, |text| text.parse().unwrap())
}

/// Of a policy of this repository.
const COUNT: usize = 3000;

#[tokio::test]
async fn qianjiang_comes_out_of_postgres_as_the_evaluator_has_it() {
    let scheme = scheme_of("qianjiang");
    let cases = applications(&scheme, "qianjiang");
    println!("{:?}", agree(&scheme, &options(false), &cases).await);
    let people = Ground::new(&scheme, &[2023, 2024, 2028]).people(&mut Random::new(seed()), people(COUNT));
    println!("{:?}", agree(&scheme, &options(false), &people).await);
}

#[tokio::test]
async fn jiulongpo_comes_out_of_postgres_as_the_evaluator_has_it() {
    let scheme = scheme_of("jiulongpo");
    let cases = applications(&scheme, "jiulongpo");
    println!("{:?}", agree(&scheme, &options(false), &cases).await);
    let people = Ground::new(&scheme, &[2015, 2024]).people(&mut Random::new(seed()), people(COUNT));
    println!("{:?}", agree(&scheme, &options(false), &people).await);
}

#[tokio::test]
async fn the_sample_comes_out_of_postgres_as_the_evaluator_has_it() {
    let scheme = scheme_of("sample");
    let day = Date::new(2028, 3, 1).unwrap();
    let options = Options { year: Some(2027), as_of: Some(day), ..options(false) };
    let mut cases = BTreeMap::<(i32, Date), Vec<Application>>::new();
    for app in applications(&scheme, "sample") {
        cases.entry((app.year, app.as_of)).or_default().push(app);
    }
    for ((year, as_of), cases) in cases {
        println!("{year} {as_of} {:?}", agree(&scheme, &Options { year: Some(year), as_of: Some(as_of), ..options.clone() }, &cases).await);
    }
    let people = Ground::new(&scheme, &[2027]).on(day).people(&mut Random::new(seed()), people(COUNT));
    println!("{:?}", agree(&scheme, &options, &people).await);
}

/// What came of schemes one after the other, with what their dialect leaves out.
#[derive(Default)]
struct Seen {
    counts: Counts,
    schemes: usize,
    clauses: usize,
    with_awards: usize,
    left_out: BTreeMap<String, usize>,
}

impl Seen {
    /// Compares every row of a scheme, as far as it can be exported, and takes its tables away.
    async fn scheme(&mut self, pool: &PgPool, scheme: &Scheme, options: &Options, applications: &[Application]) {
        let left_out = match sql::export(scheme, options) {
            Ok(export) => {
                self.schemes += 1;
                self.clauses += scheme.clauses.len();
                self.with_awards += usize::from(export.awards);
                if std::env::var("DUIXIAN_SHOW").is_ok() {
                    println!("{}", export.text);
                }
                compare(pool, scheme, &export, applications, &mut self.counts).await;
                for table in &export.tables {
                    run(pool, format!("DROP TABLE {} CASCADE", Dialect::Postgres.name(&table.name))).await;
                }
                export.left_out
            }
            Err(refused) => refused,
        };
        for refusal in left_out {
            *self.left_out.entry(refusal.construct.en).or_default() += 1;
        }
    }

    fn say(&self) {
        let Self { counts, schemes, clauses, with_awards, left_out } = self;
        println!("{schemes} schemes, {clauses} clauses, {with_awards} with awards; {counts:?}; left out {left_out:#?}");
    }
}

#[tokio::test]
async fn the_examples_of_the_reference_come_out_of_postgres_as_the_evaluator_has_them() {
    let (pool, day, mut seen) = (connect().await, Date::new(2025, 3, 28).unwrap(), Seen::default());
    for (page, text) in sections::pages() {
        for section in sections::sections(&text).iter().filter(|section| section.fences.iter().any(|fence| fence.info == "duixian")) {
            println!("{page} {}", section.title);
            let scheme = policy::compile(&section.sources(section.text.clone())).scheme.unwrap();
            let people = Ground::new(&scheme, &[2024]).on(day).people(&mut Random::new(seed()), people(60));
            let options = Options { year: Some(2024), as_of: Some(day), ..options(true) };
            seen.scheme(&pool, &scheme, &options, &people).await;
        }
    }
    seen.say();
    assert!(seen.schemes > 100);
}

/// Generated schemes; another number of them comes from outside.
fn cases() -> u64 {
    std::env::var("DUIXIAN_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60)
}

#[tokio::test]
async fn generated_schemes_come_out_of_postgres_as_the_evaluator_has_them() {
    let (pool, first, mut seen) = (connect().await, seed(), Seen::default());
    for case in first..first + cases() {
        let source = generate::scheme::scheme(case).source();
        let Some(scheme) = policy::compile(&Sources::single(source.clone())).scheme else { continue };
        let mut ground = Ground::new(&scheme, &[2024, 2023, 2025]);
        let mut options = options(true);
        if case % 2 == 0 {
            let day = Date::new(2025, 3, 28).unwrap();
            ground = Ground::new(&scheme, &[2024]).on(day);
            (options.year, options.as_of) = (Some(2024), Some(day));
        }
        println!("DUIXIAN_SEED={case}");
        if std::env::var("DUIXIAN_SHOW").is_ok() {
            println!("{source}");
        }
        seen.scheme(&pool, &scheme, &options, &ground.people(&mut Random::new(case), people(60))).await;
    }
    seen.say();
}
