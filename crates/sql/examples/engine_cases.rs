//! Writes what the engine tests need into a folder: for each policy and engine the statements, the tables as CSV, and what
//! the evaluator says of every row, which the columns say too. `cargo run -p sql --example engine_cases -- FOLDER [ROWS] [SEED] [ENGINE]`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a program of the tests")]

#[path = "../tests/engines/columns.rs"]
mod columns;
#[path = "../tests/engines/people.rs"]
mod people;
#[path = "../tests/engines/policies.rs"]
mod policies;
#[path = "../tests/engines/rows.rs"]
mod rows;

use people::{Ground, Random};
use policies::{applications, scheme_of};
use policy::application::Application;
use policy::scheme::Scheme;
use rows::Cell;
use serde_json::json;
use sql::{Dialect, Options};
use std::path::Path;
use values::Date;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder");
    let count = arguments.next().map_or(2000, |n| n.parse().expect("a number of rows"));
    let seed = arguments.next().map_or(20_230_811, |n| n.parse().expect("a seed"));
    let engine = arguments.next();
    let dialects = || Dialect::ALL.into_iter().filter(|dialect| engine.as_deref().is_none_or(|engine| engine == dialect.code()));
    println!("{count} invented applicants each, seed {seed}");
    for (name, years) in [("qianjiang", &[2023, 2024, 2028][..]), ("jiulongpo", &[2015, 2024]), ("sample", &[2027]), ("sample-groups", &[2027])] {
        let mut scheme = scheme_of(name.trim_end_matches("-groups"));
        if name.ends_with("-groups") {
            // The rent is a product of three measures, beyond 38 digits: where clause 13 gives what clause 12 does, groups and pools are held.
            let at = |id: &str| scheme.clauses.iter().position(|clause| clause.id == id).expect("a clause");
            let (rent, other) = (at("13"), at("12"));
            scheme.clauses[rent].give = scheme.clauses[other].give.clone();
        }
        let mut ground = Ground::new(&scheme, years);
        let mut options = Options { dialect: Dialect::Postgres, table: "facts".into(), year: None, as_of: None, partial: true };
        let mut everybody = Vec::new();
        if name.starts_with("sample") {
            let day = Date::new(2028, 3, 1).unwrap();
            ground = ground.on(day);
            (options.year, options.as_of) = (Some(2027), Some(day));
        } else {
            everybody = applications(&scheme, name);
        }
        everybody.extend(ground.people(&mut Random::new(seed), count));
        // Over the groups of so many clauses the planner of Spark runs out of a gigabyte.
        for dialect in dialects().filter(|dialect| name != "sample-groups" || *dialect != Dialect::Spark) {
            write(&Path::new(&folder).join(format!("{name}-{}", dialect.code())), &scheme, &Options { dialect, ..options.clone() }, &everybody);
        }
    }
}

fn csv(rows: &[Vec<Cell>]) -> String {
    let cell = |cell: &Cell| cell.as_ref().map_or_else(|| "\\N".to_owned(), |text| format!("\"{}\"", text.replace('"', "\"\"")));
    rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\n").collect()
}

fn write(folder: &Path, scheme: &Scheme, options: &Options, everybody: &[Application]) {
    let export = sql::export(scheme, options).unwrap_or_else(|refused| panic!("{refused:#?}"));
    std::fs::create_dir_all(folder).unwrap();
    let save = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    let data = rows::rows(scheme, &export.tables, &options.table, everybody);
    let mut tables = Vec::new();
    for (at, (table, rows)) in export.tables.iter().zip(data).enumerate() {
        save(&format!("{at}.csv"), csv(&rows));
        let columns: Vec<_> = table.columns.iter().map(|(name, column)| json!([name, column.ty.sql(options.dialect)])).collect();
        tables.push(json!({ "name": table.name, "file": format!("{at}.csv"), "columns": columns }));
    }
    let (said, pools) = rows::expected(scheme, everybody, export.awards);
    columns::hold(scheme, everybody, export.awards, &said);
    let said: Vec<_> = said.iter().map(|s| json!([s.id, s.clause, s.outcome, s.amount, s.decided, s.awarded])).collect();
    let pools: Vec<_> = pools.iter().map(|s| json!([s.year, s.pool, s.amount, s.claims, s.given])).collect();
    let left_out: Vec<_> = export.left_out.iter().map(|refusal| format!("{}: {}", refusal.subject.en, refusal.construct.en)).collect();
    let all = json!({
        "statements": export.statements, "tables": tables, "said": said, "pools": pools, "awards": export.awards,
        "results": sql::RESULTS, "pool_view": sql::POOLS, "left_out": left_out,
    });
    save("case.json", all.to_string());
    save("statement.sql", export.text);
}
