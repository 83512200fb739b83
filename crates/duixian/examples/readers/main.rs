//! How fast the service answers those who read, with the office filled to any size: the program itself, started as a child,
//! signed in to as people do, asked at a steady pace what an office asks; and beside it a server of one query.
//!
//! ```text
//! cargo build --release -p duixian --bin duixian --example readers
//! target/release/examples/readers sqlite:big.db --rate 500 --seconds 60
//! target/release/examples/readers sqlite:big.db --pages 200
//! target/release/examples/readers --own-postgres --organisations 100000 --cases 1000000 --events 10000000
//! ```
//!
//! With a size the database is filled first, as `load` of the office does; with `--pages N` each page is looked at N times for each role, with `--page ADDRESS` those alone whose address begins so. The people are those of the seeded town.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code, missing_docs, reason = "a tool of the tests")]
#![allow(clippy::float_arithmetic, reason = "rates for people to read")]

mod bare;
mod client;
mod made;
mod mix;
mod pace;
mod pages;
mod service;

#[path = "../../../office/examples/load/after.rs"]
mod after;
#[path = "../../../office/tests/office/district.rs"]
mod district;
#[path = "../../../office/tests/office/postgres.rs"]
mod postgres;
#[path = "../../../office/tests/office/random.rs"]
mod random;
#[path = "../../../office/tests/office/records.rs"]
mod records;
#[path = "../../../office/examples/load/seed.rs"]
mod seed;
#[path = "../../../office/tests/office/sound.rs"]
mod sound;
#[path = "../../../office/tests/office/town.rs"]
mod town;

use std::time::Duration;

/// The same as those of the office's measurement.
const SETTINGS: &str = "-c shared_buffers=1GB -c max_wal_size=4GB -c checkpoint_timeout=15min -c wal_compression=lz4";

fn option<T: std::str::FromStr>(arguments: &[String], name: &str) -> Option<T> {
    let value = arguments.get(arguments.iter().position(|argument| argument == name)? + 1)?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name}: not {value}")))
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let database = match arguments.first().map(String::as_str) {
        Some("bare") => return bare::serve(&arguments[1]).await,
        Some("--own-postgres") => {
            println!("PostgreSQL with {SETTINGS}");
            postgres::database_of(SETTINGS)
        }
        Some(address) if address.contains(':') => address.to_owned(),
        _ => {
            eprintln!(
                "ADDRESS|--own-postgres [--organisations N --cases N --events N] [--rate N] [--seconds N] [--connections N] [--after SECONDS] [--program FILE] [--pages N [--page ADDRESS]]"
            );
            std::process::exit(2);
        }
    };
    if let Some(organisations) = option(&arguments, "--organisations") {
        let size = seed::Size {
            organisations,
            cases: option(&arguments, "--cases").unwrap_or(organisations * 10),
            events: option(&arguments, "--events").unwrap_or(organisations * 100),
        };
        let url = if database.starts_with("sqlite:") { format!("{database}?mode=rwc") } else { database.clone() };
        let made = seed::seed(&url, &size, |done, of| {
            if done % 50 == 0 {
                println!("{done} of {of} blocks")
            }
        })
        .await;
        println!("filled: {} organisations, {} cases, {} events", made.organisations, made.cases, made.events);
    }
    let beside = || std::env::current_exe().expect("a program").parent().expect("a folder").with_file_name("duixian");
    let program: std::path::PathBuf = option(&arguments, "--program").unwrap_or_else(beside);
    if let Some(times) = option(&arguments, "--pages") {
        let only: String = option(&arguments, "--page").unwrap_or_default();
        print!("{}", pages::measure(&database, &program, (times, &only)).await);
        return;
    }
    let asked = pace::Asked {
        program,
        bare: Some(std::env::current_exe().expect("a program")),
        rate: option(&arguments, "--rate").unwrap_or(500),
        time: Duration::from_secs(option(&arguments, "--seconds").unwrap_or(60)),
        connections: option(&arguments, "--connections").unwrap_or(64),
        idle: Duration::from_secs(option(&arguments, "--after").unwrap_or(5)),
    };
    print!("{}", pace::measure(&database, &asked).await);
}
