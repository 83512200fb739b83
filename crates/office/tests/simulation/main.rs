//! A district that never was: random acts from a seed, right ones and wrong ones, on every store at once, with failures in
//! between, and an auditor with books of its own who hears what is asked and answered.
//!
//! `DUIXIAN_ACTS=1000000` sets the number of acts, `DUIXIAN_SEED=7` where they begin; a failure names the seed of its
//! district and its act, and is made smaller.

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
#[path = "../office/district.rs"]
mod district;
mod compare;
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
mod rights;
mod run;
mod spoil;
mod views;
mod world;

use run::{Report, simulate};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::Store;

/// Acts of one district; a longer run is a row of districts, each from a seed of its own.
const DISTRICT: usize = 20_000;

/// Nouns whose acts nobody draws yet. `history` and `matching` change what the rules give by other ways than a
/// determination, `recovery` takes back what was paid, which the auditor does not follow. Of `policy` only the course on
/// paper that brings the first versions into force is done, and without `recognition`, `guide`, `calendar` and `log` the
/// district runs as well.
const NOT_DRAWN: &[&str] = &["history.", "matching.", "recovery.", "policy.", "recognition.", "guide.", "calendar.", "log."];

fn from_environment(name: &str, or: u64) -> u64 {
    std::env::var(name).ok().map_or(or, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Runs districts until so many acts are done, some at the same time.
fn districts(acts: usize, at_most: usize, databases: bool) -> Report {
    let seed = from_environment("DUIXIAN_SEED", 20_230_811);
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
                let stores = if databases { run::all_stores(district).await } else { vec![("memory", Store::memory())] };
                simulate(seed.wrapping_add(district as u64), here, stores).await
            });
            report.lock().expect("no district failed").join(done);
            // The other test of this program may be using the file of the same number.
            if databases {
                run::remove(district);
            }
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
    println!("{report}\n{acts} acts in {:.1} s, {:.0} acts a second", begun.elapsed().as_secs_f64(), acts as f64 / begun.elapsed().as_secs_f64());
    report
}

/// The pure model alone: what the soak runs a million acts on.
#[test]
fn the_office_in_memory_agrees_with_the_auditor() {
    let acts = usize::try_from(from_environment("DUIXIAN_ACTS", 2000)).unwrap();
    let report = districts(acts, DISTRICT, false);
    assert!(report.done * 3 >= acts, "only {} of {acts} acts were done", report.done);
    if acts >= 5 * DISTRICT {
        let drawn = |never: BTreeSet<&'static str>| never.into_iter().filter(|act| !NOT_DRAWN.iter().any(|noun| act.starts_with(noun))).collect();
        let (done, refused): (BTreeSet<_>, BTreeSet<_>) = (drawn(report.never_done()), drawn(report.never_refused()));
        assert_eq!(done, BTreeSet::new(), "acts that were never done");
        assert_eq!(refused, BTreeSet::new(), "acts that were never refused");
    }
}

/// The same acts on all three stores, one by one: the same answers, the same refusals, the same log.
#[test]
fn both_databases_agree_with_the_pure_model() {
    let acts = usize::try_from(from_environment("DUIXIAN_ACTS_SQL", 300)).unwrap();
    let report = districts(acts, DISTRICT, true);
    assert!(report.done * 3 >= acts, "only {} of {acts} acts were done", report.done);
}
