//! An office of any size, and how many acts a second it then does:
//!
//! ```text
//! cargo run --release -p office --example load -- seed sqlite:big.db --organisations 100000 --cases 1000000 --events 10000000
//! cargo run --release -p office --example load -- bench sqlite:big.db --seconds 60 --tasks 8
//! cargo run --release -p office --example load -- kinds sqlite:big.db --count 300 --tasks 4
//! ```
//!
//! The town and its policy are those of the tests. `--own-postgres` in place of an address starts a server of its own. Beside
//! the time, each run says what an act costs: on a busy machine only that can be compared.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code, missing_docs, reason = "a tool of the tests")]
#![allow(clippy::float_arithmetic, reason = "rates for people to read")]

mod after;
mod bench;
mod counters;
#[path = "../../tests/office/district.rs"]
mod district;
#[path = "../../tests/office/postgres.rs"]
mod postgres;
#[path = "../../tests/office/random.rs"]
mod random;
#[path = "../../tests/office/records.rs"]
mod records;
mod seed;
#[path = "../../tests/office/sound.rs"]
mod sound;
#[path = "../../tests/office/town.rs"]
mod town;

use bench::How;
use std::time::Instant;

/// How the server of one's own is set: for a machine with some memory, and fewer checkpoints. Nothing of it takes from the
/// durability: `fsync`, `full_page_writes` and `synchronous_commit` are on, as they are when nothing is said.
const SETTINGS: &str = "-c shared_buffers=1GB -c max_wal_size=4GB -c checkpoint_timeout=15min -c wal_compression=lz4";

/// The value of an option, or what stands for it.
fn option(arguments: &[String], name: &str, otherwise: u64) -> u64 {
    let at = arguments.iter().position(|argument| argument == name);
    at.and_then(|at| arguments.get(at + 1)).map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("{name} wants a number, not {value}")))
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let database = match arguments.get(1).map(String::as_str) {
        Some("--own-postgres") => {
            println!("PostgreSQL with {SETTINGS}");
            postgres::database_of(SETTINGS)
        }
        // A file of SQLite that is not there yet is made.
        Some(address) if address.starts_with("sqlite:") && !address.contains('?') => format!("{address}?mode=rwc"),
        Some(address) => address.to_owned(),
        None => String::new(),
    };
    let size = seed::Size {
        organisations: option(&arguments, "--organisations", 1_000),
        cases: option(&arguments, "--cases", 10_000),
        events: option(&arguments, "--events", 100_000),
    };
    let (seconds, tasks) = (option(&arguments, "--seconds", 30), option(&arguments, "--tasks", 8));
    let kinds = How::EachKind { cases: option(&arguments, "--count", 300) };
    match arguments.first().map(String::as_str) {
        Some("seed") => seed_and_say(&database, &size).await,
        Some("bench") => bench::run(&database, How::Seconds(seconds), tasks).await,
        Some("kinds") => bench::run(&database, kinds, tasks).await,
        Some("both") => {
            seed_and_say(&database, &size).await;
            bench::run(&database, kinds, tasks).await;
            for tasks in [1, tasks] {
                bench::run(&database, How::Seconds(seconds), tasks).await;
            }
        }
        _ => {
            eprintln!("seed|bench|kinds|both ADDRESS|--own-postgres [--organisations N] [--cases N] [--events N] [--seconds N] [--tasks N] [--count N]");
            std::process::exit(2);
        }
    }
}

async fn seed_and_say(database: &str, size: &seed::Size) {
    let begun = Instant::now();
    let made = seed::seed(database, size, |done, of| {
        if done % 50 == 0 {
            println!("{done} of {of} blocks, {} s", begun.elapsed().as_secs());
        }
    });
    let made = made.await;
    println!("{} organisations, {} cases, {} events in {} s", made.organisations, made.cases, made.events, begun.elapsed().as_secs());
}
