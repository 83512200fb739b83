//! What became of all mutants, as a table, and the list of those that change nothing.

use crate::judge::Verdict;
use crate::mutant::Mutant;
use crate::place::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Instant;

/// The proof of changes inside 读法: they are told of by number, since there are so many.
const READINGS: &str = "只改登记的读法，现行读法不变";

/// Verdicts by kind.
pub struct Report {
    start: Instant,
    /// Refused by check, failed by test, by test --strict, equivalent, survived, amendments unnoticed.
    rows: BTreeMap<&'static str, [usize; 6]>,
    codes: BTreeMap<&'static str, usize>,
    /// Proof → changes, and how often each (many blocks read alike).
    same: BTreeMap<String, BTreeMap<String, usize>>,
    /// Proof → block → how many changes.
    readings: BTreeMap<String, usize>,
    /// Amendments of the official text that nobody noticed.
    unnoticed: BTreeSet<String>,
    /// Changes that nobody noticed.
    pub survivors: Vec<String>,
}

impl Default for Report {
    fn default() -> Self {
        let (rows, codes, same, readings, unnoticed) = Default::default();
        Self { start: Instant::now(), rows, codes, same, readings, unnoticed, survivors: Vec::new() }
    }
}

impl Report {
    pub fn note(&mut self, place: &Place, mutant: &Mutant, verdict: Verdict) {
        let told = || format!("{} {} [{}] {}", place.name, mutant.block, mutant.kind, mutant.story(&place.text));
        let column = match verdict {
            Verdict::Check(code) => {
                *self.codes.entry(code).or_default() += 1;
                0
            }
            Verdict::Test => 1,
            Verdict::Untried => 2,
            Verdict::Same(proof) if proof == READINGS => {
                *self.readings.entry(format!("{} {}", place.name, mutant.block)).or_default() += 1;
                3
            }
            Verdict::Same(proof) => {
                *self.same.entry(proof).or_default().entry(told()).or_default() += 1;
                3
            }
            Verdict::Survived => {
                self.survivors.push(told());
                4
            }
            Verdict::Unnoticed => {
                self.unnoticed.insert(told());
                5
            }
        };
        self.rows.entry(mutant.kind).or_default()[column] += 1;
    }

    /// A row a kind, and the sum.
    pub fn table(&self) -> String {
        let mut out = String::from("check  test strict same lived unnoticed\n");
        let mut sum = [0; 6];
        for (kind, row) in &self.rows {
            sum.iter_mut().zip(row).for_each(|(s, r)| *s += r);
            writeln!(out, "{:>5} {:>5} {:>5} {:>5} {:>5} {:>5}  {kind}", row[0], row[1], row[2], row[3], row[4], row[5]).unwrap();
        }
        let all: usize = sum.iter().sum();
        writeln!(out, "{:>5} {:>5} {:>5} {:>5} {:>5} {:>5}  of {all} changes in {:.1?}", sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], self.start.elapsed())
            .unwrap();
        writeln!(out, "{}", self.codes.iter().map(|(code, n)| format!("{code} {n}")).collect::<Vec<_>>().join(" · ")).unwrap();
        out
    }

    /// Everything that the list must hold, one a line.
    pub fn listed(&self) -> Vec<String> {
        self.same.values().flat_map(BTreeMap::keys).chain(&self.unnoticed).cloned().collect()
    }

    /// The same with their proofs.
    pub fn equivalents(&self) -> String {
        let mut out = String::from(
            "Changes of the two policies that change no outcome and no amount, each under its proof.\n\
             The proof is computed (meaning.rs, aside.rs), and all situations hold under each of them.\n",
        );
        for (proof, lines) in &self.same {
            writeln!(out, "\n{proof}: {}", lines.values().sum::<usize>()).unwrap();
            for (line, times) in lines {
                writeln!(out, "  {line}{}", if *times > 1 { format!("  ×{times}") } else { String::new() }).unwrap();
            }
        }
        writeln!(out, "\n{READINGS}: {}", self.readings.values().sum::<usize>()).unwrap();
        for (block, count) in &self.readings {
            writeln!(out, "  {count:>3}  {block}").unwrap();
        }
        writeln!(
            out,
            "\nAmendments of the official text (with its quote) that no check notices while the rule stays as it was: {}.\n\
             These change no rule. Most leave a text that contradicts itself; in others a reading excuses the line.",
            self.unnoticed.len()
        )
        .unwrap();
        self.unnoticed.iter().for_each(|line| writeln!(out, "  {line}").unwrap());
        out
    }
}
