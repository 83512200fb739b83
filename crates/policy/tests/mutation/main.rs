//! The mutation proof: both founding policies, each with one thing changed at a time. Every change is refused by
//! `check`, failed by `test`, or shown to compute the same; a change that nobody notices fails this test by name.
//! `equivalents.txt` lists the changes that change nothing, each with its proof.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod judge;
mod meaning;
mod mutant;
mod mutators;
mod place;
mod rules;

use judge::{Judge, Verdict};
use mutant::Mutant;
use place::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

const PLACES: [&str; 2] = ["qianjiang", "jiulongpo"];

/// Verdicts of all mutants, on as many threads as there are cores.
fn judge_all(place: &Place, mutants: &[Mutant]) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut verdicts: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let work = || {
            let mut judge = Judge::new(place);
            let mut out = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(mutant) = mutants.get(at) else { return out };
                out.push((at, judge.verdict(mutant)));
            }
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    verdicts.sort_by_key(|(at, _)| *at);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

/// A row of the table: refused, failed, failed by what is untried, equivalent, survived.
type Row = [usize; 5];

#[test]
fn every_change_of_a_rule_or_quote_is_noticed_or_changes_nothing() {
    let start = std::time::Instant::now();
    let (mut table, mut survivors, mut codes): (BTreeMap<&str, Row>, String, BTreeMap<&str, usize>) = Default::default();
    let (mut same, mut untried) = (BTreeSet::new(), BTreeSet::new());
    for name in PLACES {
        let place = Place::read(name);
        let mutants = mutators::all(&place);
        for (mutant, verdict) in mutants.iter().zip(judge_all(&place, &mutants)) {
            let row = table.entry(mutant.kind).or_default();
            let told = || format!("{name} {} [{}] {}", mutant.block, mutant.kind, mutant.story(&place.text));
            match verdict {
                Verdict::Check(code) => {
                    row[0] += 1;
                    *codes.entry(code).or_default() += 1;
                }
                Verdict::Test(_) => row[1] += 1,
                Verdict::Untried(what) => {
                    row[2] += 1;
                    untried.insert(format!("{} ⇐ {what}", told()));
                }
                Verdict::Same(proof) => {
                    row[3] += 1;
                    same.insert(format!("{proof}\t{}", told()));
                }
                Verdict::Survived => {
                    row[4] += 1;
                    writeln!(survivors, "{}", told()).unwrap();
                }
            }
        }
    }
    let mut out = String::from("check test strict same survived\n");
    let mut sum = [0; 5];
    for (kind, row) in &table {
        writeln!(out, "{:>5} {:>5} {:>5} {:>5} {:>5}  {kind}", row[0], row[1], row[2], row[3], row[4]).unwrap();
        sum.iter_mut().zip(row).for_each(|(s, r)| *s += r);
    }
    writeln!(out, "{sum:?} of {} in {:?}\n{codes:?}", sum.iter().sum::<usize>(), start.elapsed()).unwrap();
    println!("{out}");
    if let Ok(folder) = std::env::var("DUIXIAN_MUTATION_OUT") {
        let write = |file: &str, text: String| std::fs::write(format!("{folder}/{file}"), text).unwrap();
        write("survivors.txt", survivors.clone());
        write("same.txt", same.iter().cloned().collect::<Vec<_>>().join("\n"));
        write("untried.txt", untried.iter().cloned().collect::<Vec<_>>().join("\n"));
    }
    assert!(survivors.is_empty(), "{survivors}");
}
