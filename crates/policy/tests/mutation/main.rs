//! The mutation proof: both founding policies, each with one thing changed at a time. Every change is refused by
//! `check`, failed by `test`, or shown to compute the same; a change that nobody notices fails this test by name.
//! `equivalents.txt` lists the changes that change nothing, each with its proof. A plain run takes a slice of the
//! changes; `DUIXIAN_MUTATION=all` (`cargo xtask soak`) takes all of them and holds the list to the letter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod aside;
mod judge;
mod meaning;
mod mutant;
mod mutators;
mod place;
mod report;
mod rules;

use judge::{Judge, Verdict};
use mutant::Mutant;
use place::Place;
use report::Report;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};

const PLACES: [&str; 2] = ["qianjiang", "jiulongpo"];

/// A plain run takes one change in so many.
const SLICE: u64 = 16;

#[test]
fn every_change_of_a_rule_or_quote_is_noticed_or_changes_nothing() {
    let places = PLACES.map(Place::read);
    let all = std::env::var("DUIXIAN_MUTATION").is_ok_and(|what| what == "all");
    let seed = seed(&places);
    let mut report = Report::default();
    for place in &places {
        let mutants = mutators::all(place);
        let slice: Vec<Mutant> = mutants.into_iter().filter(|mutant| all || chosen(mutant, seed)).collect();
        for (mutant, verdict) in slice.iter().zip(judge_all(place, &slice)) {
            report.note(place, mutant, verdict);
        }
    }
    println!("{}{}", report.table(), if all { String::new() } else { format!("a slice of one in {SLICE}; DUIXIAN_SEED={seed}") });
    if let Ok(file) = std::env::var("DUIXIAN_SURVIVORS") {
        std::fs::write(file, report.survivors.join("\n")).unwrap();
    }
    if all {
        expect_test::expect_file!["equivalents.txt"].assert_eq(&report.equivalents());
    } else {
        let known = include_str!("equivalents.txt");
        let new: Vec<String> = report.listed().into_iter().filter(|line| !known.contains(line.as_str())).collect();
        assert!(
            new.is_empty(),
            "not in equivalents.txt; take them in with DUIXIAN_MUTATION=all UPDATE_EXPECT=1 if they are right (seed {seed}):\n{}",
            new.join("\n")
        );
    }
    assert!(report.survivors.is_empty(), "nobody noticed (seed {seed}):\n{}", report.survivors.join("\n"));
}

/// `DUIXIAN_SEED`, or a number that changes with the policies, so that each state of them is tried elsewhere.
fn seed(places: &[Place]) -> u64 {
    std::env::var("DUIXIAN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        let mut hasher = DefaultHasher::new();
        places.iter().for_each(|place| (&place.text, &place.situations).hash(&mut hasher));
        hasher.finish() % 100_000
    })
}

fn chosen(mutant: &Mutant, seed: u64) -> bool {
    let mut hasher = DefaultHasher::new();
    (seed, mutant.kind, &mutant.block, format!("{:?}", mutant.edits)).hash(&mut hasher);
    hasher.finish().is_multiple_of(SLICE)
}

/// Verdicts of all mutants, on as many threads as there are cores.
fn judge_all(place: &Place, mutants: &[Mutant]) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut judge = Judge::new(place);
        let mut out = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(mutant) = mutants.get(at) else { return out };
            out.push((at, judge.verdict(mutant)));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut verdicts: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    verdicts.sort_by_key(|(at, _)| *at);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}
