//! Places among everybody: who may be ranked is found in columns, what they bring and where they stand is `policy`'s.

use crate::bits::Bits;
use crate::evaluate::{Evaluator, place_column, place_of};
use crate::program::Inputs;
use crate::table::{Chunk, Column};
use policy::application::Application;
use policy::eval::many::{self, Entry, PlaceKnown, Places};
use policy::scheme::{ClauseId, Op, Scheme};
use std::borrow::Cow;
use values::Date;

/// Places by clause: positions of applicants in the file with what is known, in order. Everybody else is not ranked.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    clauses: Vec<(ClauseId, Vec<(u64, PlaceKnown)>)>,
}

impl Ranking {
    /// The place of a row of the file under a clause.
    #[must_use]
    pub fn place(&self, clause: ClauseId, row: u64) -> Option<&PlaceKnown> {
        let (_, rows) = self.clauses.iter().find(|(id, _)| *id == clause)?;
        rows.binary_search_by_key(&row, |(at, _)| *at).ok().and_then(|at| rows.get(at)).map(|(_, place)| place)
    }

    /// Every place of an application, as `policy` wants it: one for each clause that is ranked so far.
    #[must_use]
    pub fn places(&self, scheme: &Scheme, app: &Application, row: u64) -> Places {
        let ranked = scheme.order.iter().filter(|id| self.clauses.iter().any(|(of, _)| of == *id));
        ranked.map(|id| (*id, many::settled(app, *id).unwrap_or_else(|| self.place(*id, row).cloned().unwrap_or(PlaceKnown::Unranked)))).collect()
    }

    /// Columns of places for a chunk, one for each clause with a ranking.
    #[must_use]
    pub fn columns(&self, scheme: &Scheme, chunk: &Chunk) -> Vec<Column> {
        let ranked = scheme.clause_ids().filter(|(_, clause)| clause.rank.is_some());
        ranked
            .map(|(id, _)| {
                let rows = self.clauses.iter().find(|(of, _)| *of == id).map_or(&[][..], |(_, rows)| rows);
                let from = rows.partition_point(|(row, _)| *row < chunk.first);
                let here = rows.get(from..).unwrap_or_default().iter().take_while(|(row, _)| *row < chunk.first + chunk.rows as u64);
                place_column(here.filter_map(|(row, place)| Some((usize::try_from(row - chunk.first).ok()?, place_of(place)?))))
            })
            .collect()
    }
}

/// Clauses with a ranking in rounds: one of a later round names, by its amount or condition, one of an earlier.
#[must_use]
pub fn rounds(scheme: &Scheme) -> Vec<Vec<ClauseId>> {
    let mut level: Vec<usize> = vec![0; scheme.clauses.len()];
    let mut out: Vec<Vec<ClauseId>> = Vec::new();
    for id in &scheme.order {
        let named = named(scheme, *id);
        let most = named.iter().filter_map(|of| level.get(of.index()).map(|below| below + usize::from(scheme.clause(*of).is_some_and(|c| c.rank.is_some()))));
        let own = most.max().unwrap_or(0);
        if let Some(slot) = level.get_mut(id.index()) {
            *slot = own;
        }
        if scheme.clause(*id).is_some_and(|clause| clause.rank.is_some()) {
            out.resize_with(out.len().max(own + 1), Vec::new);
            if let Some(round) = out.get_mut(own) {
                round.push(*id);
            }
        }
    }
    out
}

/// Clauses that a clause may name: those before it in the order of references, where any node of the scheme names them.
fn named(scheme: &Scheme, id: ClauseId) -> Vec<ClauseId> {
    let before = scheme.order.iter().take_while(|of| **of != id);
    let names = |of: ClauseId| scheme.nodes.iter().any(|node| matches!(node.op, Op::ClauseAmount(c) | Op::ClauseEligible(c) if c == of));
    before.copied().filter(|of| names(*of)).collect()
}

/// What is gathered of one round of rankings.
pub struct Gathering {
    clauses: Vec<(ClauseId, Vec<(u64, Entry<'static>)>)>,
}

/// What a chunk brings to a round.
pub type Brought = Vec<(ClauseId, Vec<(u64, Entry<'static>)>)>;

impl Gathering {
    /// For these clauses.
    #[must_use]
    pub fn new(round: &[ClauseId]) -> Self {
        Self { clauses: round.iter().map(|id| (*id, Vec::new())).collect() }
    }

    /// Adds what a chunk brings; chunks come in the order of the file.
    pub fn add(&mut self, brought: Brought) {
        for (id, entries) in brought {
            if let Some((_, all)) = self.clauses.iter_mut().find(|(of, _)| *of == id) {
                all.extend(entries);
            }
        }
    }

    /// The places of this round, beside those of the rounds before.
    pub fn close(self, ranking: &mut Ranking) {
        for (id, entries) in self.clauses {
            let (rows, entries): (Vec<u64>, Vec<Entry<'static>>) = entries.into_iter().unzip();
            let places = many::standing(&entries);
            ranking.clauses.push((id, rows.into_iter().zip(places).collect()));
        }
    }
}

impl Evaluator<'_> {
    /// What the rows of a chunk bring to the rankings of a round.
    pub fn entries(&mut self, scheme: &Scheme, chunk: &Chunk, ranking: &Ranking, round: &[ClauseId]) -> Brought {
        let columns = ranking.columns(scheme, chunk);
        let inputs = Inputs { columns: &chunk.columns, places: &columns };
        let mut brought: Brought = round.iter().map(|id| (*id, Vec::new())).collect();
        for (year, day, rows) in crate::evaluate::moments(chunk) {
            let out = self.certainly_out(chunk, (year, day), round, inputs);
            for ((id, entries), out) in brought.iter_mut().zip(&out) {
                for row in rows.rows(chunk.rows).filter(|row| chunk.odd_at(*row).is_some() || !out.get(*row)) {
                    let app = chunk.application(scheme, row);
                    let places = ranking.places(scheme, &app, chunk.first + row as u64);
                    let Some(entry) = many::entry(scheme, *id, &app, &places) else { continue };
                    if entry.candidate != Some(false) {
                        entries.push((chunk.first + row as u64, owned(entry)));
                    }
                }
            }
        }
        for (_, entries) in &mut brought {
            entries.sort_unstable_by_key(|(row, _)| *row);
        }
        brought
    }

    /// For each clause of a round the rows that are no candidates for certain.
    fn certainly_out(&mut self, chunk: &Chunk, (year, day): (i32, Date), round: &[ClauseId], inputs: Inputs<'_>) -> Vec<Bits> {
        let program = self.run(chunk, year, day, inputs);
        round.iter().map(|id| program.ranks.iter().find(|(of, _)| of == id).map_or(Bits::NONE, |(_, bit)| self.bits(*bit, inputs))).collect()
    }
}

fn owned(entry: Entry<'_>) -> Entry<'static> {
    let Entry { year, key, score, candidate, missing } = entry;
    Entry { year, key: key.map(|key| key.map(|words| Cow::Owned(words.into_owned()))), score, candidate, missing }
}
