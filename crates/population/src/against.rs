//! Who gets more and who less under one of two versions of a policy: in all, by clause and by size. Clauses are the same where
//! their ids are.

use crate::simulate::{Award, Summary};
use policy::scheme::Scheme;
use std::cmp::Ordering;

/// How many rows get more, get less or get the same, and by how much together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Rows that get more.
    pub gain: u64,
    /// What they get more, in fen.
    pub gained: i128,
    /// Rows that get less.
    pub lose: u64,
    /// What they get less, in fen.
    pub lost: i128,
}

impl Change {
    fn add(&mut self, more: i128) {
        match more.signum() {
            1 => (self.gain, self.gained) = (self.gain + 1, self.gained + more),
            -1 => (self.lose, self.lost) = (self.lose + 1, self.lost - more),
            _ => {}
        }
    }

    /// What is given more in all, in fen.
    #[must_use]
    pub fn net(&self) -> i128 {
        self.gained - self.lost
    }
}

/// A clause of either version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClauseChange {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What changes.
    pub change: Change,
}

/// Two versions compared, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Against {
    /// What the other version is called, with the first digits of its hash.
    pub name: String,
    /// In all.
    pub all: Change,
    /// Rows that get the same.
    pub same: u64,
    /// By clause: those of this version in its order, then those that only the other has.
    pub clauses: Vec<ClauseChange>,
    /// By size band of this version.
    pub sizes: Vec<Change>,
}

/// Compares what the rows of one file get: now, and under the other version. Both must have been worked out with
/// [`crate::simulate::Options::totals`].
#[must_use]
pub fn against((scheme, now): (&Scheme, &Summary), (other_scheme, other): (&Scheme, &Summary)) -> Against {
    let mut out = Against {
        name: format!("{} {}", title(other_scheme), other_scheme.hash.chars().take(12).collect::<String>()),
        sizes: vec![Change::default(); now.sizes.len()],
        ..Against::default()
    };
    let named = |clause: &policy::scheme::Clause| ClauseChange { id: clause.id.clone(), title: clause.title.clone(), change: Change::default() };
    out.clauses = scheme.clauses.iter().map(named).collect();
    // Where each clause of the other version stands among those of both.
    let mut places = Vec::new();
    for clause in &other_scheme.clauses {
        places.push(out.clauses.iter().position(|known| known.id == clause.id).unwrap_or_else(|| {
            out.clauses.push(named(clause));
            out.clauses.len() - 1
        }));
    }
    for (row, (now_total, other_total)) in now.totals.iter().zip(&other.totals).enumerate() {
        let more = i128::from(*now_total) - i128::from(*other_total);
        out.all.add(more);
        out.same += u64::from(more == 0);
        if let Some(size) = now.bands.get(row).and_then(|band| out.sizes.get_mut(usize::from(*band))) {
            size.add(more);
        }
    }
    let own = now.awards.iter().map(|award| (award.row, award.clause as usize, award.fen));
    let place = |award: &Award| (award.row, places.get(award.clause as usize).copied().unwrap_or(usize::MAX), award.fen);
    let mut others: Vec<_> = other.awards.iter().map(place).collect();
    others.sort_unstable();
    let (mut own, mut others) = (own.peekable(), others.into_iter().peekable());
    loop {
        let order = match (own.peek(), others.peek()) {
            (Some(a), Some(b)) => (a.0, a.1).cmp(&(b.0, b.1)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let (now, before) = match order {
            Ordering::Less => (own.next(), None),
            Ordering::Greater => (None, others.next()),
            Ordering::Equal => (own.next(), others.next()),
        };
        let at = now.or(before).map_or(usize::MAX, |(_, at, _)| at);
        let fen = |award: Option<(u64, usize, i64)>| award.map_or(0, |(.., fen)| i128::from(fen));
        if let Some(clause) = out.clauses.get_mut(at) {
            clause.change.add(fen(now) - fen(before));
        }
    }
    out
}

/// What a policy is called.
#[must_use]
pub fn title(scheme: &Scheme) -> String {
    if scheme.policy.title.is_empty() { scheme.policy.id.clone() } else { scheme.policy.title.clone() }
}
