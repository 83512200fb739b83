//! A district that never was: random acts from a seed, right ones and wrong ones, on every store at once, with failures in
//! between, and an auditor with books of its own who hears what is asked and answered.
//!
//! `DUIXIAN_ACTS=1000000` sets the number of acts, `DUIXIAN_SEED=7` where they begin, `DUIXIAN_SQLITE=1` puts SQLite beside
//! the pure model, `DUIXIAN_ACTS_SQL` is for all three stores; a failure names the seed of its district and its act, and is
//! made smaller. A run of more than 10,000 acts is a row of districts, each from a seed of its own: an auditor who reads all
//! entries again and again, and compares whole stores, would grow with the square of one long history.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    dead_code,
    reason = "a test fails loudly, in its helpers too; some helpers belong to the other test program"
)]

mod access;
mod acts;
mod auditor;
mod case_acts;
mod claws;
mod compare;
#[path = "../office/district.rs"]
mod district;
mod faults;
mod generator;
mod ledgers;
mod lives;
mod matching_acts;
mod money_acts;
mod opening;
mod paper_acts;
mod policies;
mod policy_acts;
#[path = "../office/postgres.rs"]
mod postgres;
mod purse;
mod random;
mod records;
mod recovery_acts;
mod register_acts;
mod report;
mod rights;
mod run;
mod spoil;
mod views;
mod world;

use report::Report;
use run::{On, attempt, simulate};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::Store;

/// Where districts begin, if nothing else is said.
const SEED: u64 = 20_230_811;

/// Acts of one district; a longer run is a row of districts, each from a seed of its own.
const DISTRICT: usize = 10_000;

/// Acts that nobody draws, each with its reason.
const NOT_DRAWN: &[(&str, &str)] = &[
    ("retention.set_periods", "nothing can be forgotten in a district whose days end with the award year"),
    ("retention.empty_draft", "as above; its own test does it on every store, with the log done again"),
    ("retention.forget_contacts", "as above: ten years after the last payment"),
];

/// Acts that are drawn and cannot be refused, or not in a way that is drawn, each with its reason.
const NEVER_REFUSED: &[(&str, &str)] = &[];

fn from_environment(name: &str, or: u64) -> u64 {
    std::env::var(name).ok().map_or(or, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Runs districts until so many acts are done, some at the same time.
fn districts(acts: usize, at_most: usize, on: On) -> Report {
    let seed = from_environment("DUIXIAN_SEED", SEED);
    let begun = std::time::Instant::now();
    let number = acts.div_ceil(at_most);
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    let work = || {
        loop {
            let district = next.fetch_add(1, Ordering::Relaxed);
            if district >= number {
                return;
            }
            let here = at_most.min(acts - district * at_most);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let done = runtime.block_on(async {
                let stores = run::stores(district, on).await;
                simulate(seed.wrapping_add(district as u64), here, stores).await
            });
            report.lock().expect("no district failed").join(done);
            run::remove(district, on);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(number);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let failed: Vec<_> = running.into_iter().filter_map(|thread| thread.join().err()).collect();
        if let Some(why) = failed.into_iter().next() {
            std::panic::resume_unwind(why);
        }
    });
    let report = report.into_inner().expect("no district failed");
    println!("{on:?}: {number} districts from seed {seed}; each is replayed by its own: DUIXIAN_SEED={seed} DUIXIAN_ACTS={at_most}");
    println!("{report}\n{acts} acts in {:.1} s, {:.0} acts a second", begun.elapsed().as_secs_f64(), acts as f64 / begun.elapsed().as_secs_f64());
    report
}

/// The pure model, and with `DUIXIAN_SQLITE=1` SQLite beside it: what the soak runs a million acts on.
#[test]
fn the_office_agrees_with_the_auditor() {
    let acts = usize::try_from(from_environment("DUIXIAN_ACTS", 2000)).unwrap();
    let on = if from_environment("DUIXIAN_SQLITE", 0) > 0 { On::Sqlite } else { On::Memory };
    let report = districts(acts, DISTRICT, on);
    assert!(report.done * 3 >= acts, "only {} of {acts} acts were done", report.done);
    if acts >= 10 * DISTRICT {
        let but = |never: BTreeSet<&'static str>, left_out: &[(&str, &str)]| -> BTreeSet<_> {
            never.into_iter().filter(|act| !left_out.iter().chain(NOT_DRAWN).any(|(name, _)| name == act)).collect()
        };
        assert_eq!(but(report.never_done(), &[]), BTreeSet::new(), "acts that were never done");
        assert_eq!(but(report.never_refused(), NEVER_REFUSED), BTreeSet::new(), "acts that were never refused");
        assert_eq!(report.never_failed(), Vec::<&str>::new(), "calls at which the store never failed");
    }
}

/// The same acts on all three stores, one by one: the same answers, the same refusals, the same log.
#[test]
fn both_databases_agree_with_the_pure_model() {
    let acts = usize::try_from(from_environment("DUIXIAN_ACTS_SQL", 300)).unwrap();
    let report = districts(acts, DISTRICT, On::Postgres);
    assert!(report.done * 3 >= acts, "only {} of {acts} acts were done", report.done);
}

/// The auditor is no ornament: a fault is found, and the seed alone leads to it again, at the same act.
#[test]
fn an_office_that_books_one_fen_more_is_found_and_its_seed_replays_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut found = Vec::new();
    for _ in 0..2 {
        let stores = vec![("memory", Store::memory())];
        let Err(failure) = runtime.block_on(attempt(SEED, 600, stores, true)) else { panic!("one fen more is not found") };
        assert!(failure.why.contains("were put in, the office says"), "{}", failure.why);
        found.push((failure.number, failure.why));
    }
    assert_eq!(found[0], found[1]);
}
