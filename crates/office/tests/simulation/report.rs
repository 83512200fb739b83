//! What was asked in a run and what came of it: by act, and by kind of call at which the store failed.

use crate::faults::Kinds;
use casework::{Act, Refusal};
use office::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

/// What was asked and what came of it.
#[derive(Default)]
pub struct Report {
    pub done: usize,
    acts: BTreeMap<&'static str, BTreeMap<String, usize>>,
    failures: usize,
    pub spent: BTreeMap<&'static str, Duration>,
    /// Calls of the store and failures there, by kind of call.
    pub kinds: Kinds,
    asked: usize,
}

impl Report {
    pub fn join(&mut self, other: Self) {
        self.done += other.done;
        self.failures += other.failures;
        self.asked += other.asked;
        for (act, outcomes) in other.acts {
            for (outcome, number) in outcomes {
                *self.acts.entry(act).or_default().entry(outcome).or_default() += number;
            }
        }
        for (kind, (all, failed)) in other.kinds {
            let sum = self.kinds.entry(kind).or_default();
            *sum = (sum.0 + all, sum.1 + failed);
        }
        for (name, spent) in other.spent {
            *self.spent.entry(name).or_default() += spent;
        }
    }

    pub fn note(&mut self, act: &Act, answer: &Result<Outcome, Refusal>, written: bool, failures: usize) {
        let outcome = match answer {
            Ok(_) if written => "done".to_owned(),
            Ok(_) => "answered again".to_owned(),
            Err(refusal) => variant(refusal),
        };
        self.asked += 1;
        self.done += usize::from(written);
        self.failures += failures;
        *self.acts.entry(act.name()).or_default().entry(outcome).or_default() += 1;
    }

    fn never(&self, wanted: impl Fn(&str) -> bool) -> BTreeSet<&'static str> {
        let seen = |name: &str| self.acts.get(name).is_some_and(|outcomes| outcomes.keys().any(|outcome| wanted(outcome)));
        Act::NAMES.iter().copied().flatten().copied().filter(|name| !seen(name)).collect()
    }

    /// How often an act was asked for so far.
    pub fn times(&self, act: &str) -> usize {
        self.acts.get(act).map_or(0, |outcomes| outcomes.values().sum())
    }

    /// Kinds of calls of the store at which it never failed.
    pub fn never_failed(&self) -> Vec<&str> {
        self.kinds.iter().filter(|(_, (_, failed))| *failed == 0).map(|(kind, _)| kind.as_str()).collect()
    }

    pub fn never_done(&self) -> BTreeSet<&'static str> {
        self.never(|outcome| outcome == "done")
    }

    pub fn never_refused(&self) -> BTreeSet<&'static str> {
        self.never(|outcome| outcome != "done" && outcome != "answered again")
    }
}

/// The name of the innermost variant of a refusal: `Case.FourEyes`.
fn variant(refusal: &Refusal) -> String {
    let text = format!("{refusal:?}");
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
    let first = words.next().unwrap_or_default();
    let nested = matches!(refusal, Refusal::Input(_) | Refusal::Denied | Refusal::Unknown { .. } | Refusal::Exists { .. } | Refusal::RequestReused { .. });
    match words.next().filter(|_| !nested) {
        Some(second) => format!("{first}.{second}"),
        None => first.to_owned(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (act, outcomes) in &self.acts {
            write!(f, "{act:26}")?;
            let mut outcomes: Vec<_> = outcomes.iter().collect();
            outcomes.sort_by_key(|(outcome, number)| (*outcome != "done", std::cmp::Reverse(**number)));
            for (outcome, number) in outcomes {
                write!(f, " {outcome} {number} ·")?;
            }
            writeln!(f)?;
        }
        writeln!(
            f,
            "{} of {} acts done; the store failed {} times; never done: {:?}; never refused: {:?}",
            self.done,
            self.asked,
            self.failures,
            self.never_done(),
            self.never_refused()
        )?;
        for (name, spent) in &self.spent {
            write!(f, "{name}: {:.0} acts a second, failures included. ", self.asked as f64 / spent.as_secs_f64())?;
        }
        Ok(())
    }
}
