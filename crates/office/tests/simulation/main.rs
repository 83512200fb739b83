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

mod acts;
mod auditor;
#[path = "../office/district.rs"]
mod district;
mod faults;
mod ledgers;
mod policies;
#[path = "../office/postgres.rs"]
mod postgres;
mod purse;
mod random;
mod run;
mod spoil;
mod world;

use run::{Report, simulate};
use std::collections::BTreeSet;
use store::Store;

/// Acts of one district; a longer run is a row of districts, each from a seed of its own.
const DISTRICT: usize = 20_000;

fn from_environment(name: &str, or: u64) -> u64 {
    std::env::var(name).ok().map_or(or, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Runs districts until so many acts are done.
async fn districts(acts: usize, at_most: usize, store: impl AsyncFn(usize) -> Vec<(&'static str, Store)>) -> Report {
    let seed = from_environment("DUIXIAN_SEED", 20_230_811);
    let begun = std::time::Instant::now();
    let mut report = Report::default();
    let mut left = acts;
    for number in 0.. {
        if left == 0 {
            break;
        }
        let here = left.min(at_most);
        left -= here;
        let district = usize::try_from(number).unwrap_or(0);
        report.join(simulate(seed.wrapping_add(number), here, store(district).await).await);
        run::remove(district);
    }
    println!("{report}\n{acts} acts in {:.1} s, {:.0} acts a second", begun.elapsed().as_secs_f64(), acts as f64 / begun.elapsed().as_secs_f64());
    report
}

/// The pure model alone: what the soak runs a million acts on.
#[tokio::test]
async fn the_office_in_memory_agrees_with_the_auditor() {
    let acts = usize::try_from(from_environment("DUIXIAN_ACTS", 2500)).unwrap();
    let report = districts(acts, DISTRICT, async |_| vec![("memory", Store::memory())]).await;
    assert!(report.done * 3 >= acts, "only {} of {acts} acts were done", report.done);
    if acts >= DISTRICT {
        assert_eq!(report.never_done(), BTreeSet::new(), "acts that were never done");
        assert_eq!(report.never_refused(), BTreeSet::new(), "acts that were never refused");
    }
}

/// The same acts on all three stores, one by one: the same answers, the same refusals, the same log.
#[tokio::test]
async fn both_databases_agree_with_the_pure_model() {
    let acts = usize::try_from(from_environment("DUIXIAN_ACTS_SQL", 500)).unwrap();
    let report = districts(acts, DISTRICT, run::all_stores).await;
    assert!(report.done * 3 >= acts, "only {} of {acts} acts were done", report.done);
}
