//! A chunk of applicants to results: by the program where it holds the clause and the row is sound, else by `policy`; which of
//! the two said what is counted.

use crate::bits::Bits;
use crate::places::Ranking;
use crate::program::{Amount, Bit, ClauseCode, Code, Given, Inputs, Machine, Program};
use crate::reason::{Reason, Reasons};
use crate::table::{CHUNK_ROWS, Chunk, Column, Form};
use policy::assessment::{ClauseResult, Mark, Marks};
use policy::eval::many::{self, PlaceKnown};
use policy::scheme::{ClauseId, Scheme};
use std::collections::HashMap;
use std::sync::Arc;
use values::{Date, Fen};

/// What the rows of a chunk come to under one clause, before groups and pools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClauseColumn {
    /// Reasons, which name the outcomes.
    pub reasons: Reasons,
    /// Amounts in fen where eligible and not a service, else 0; ceilings included.
    pub amounts: Vec<i64>,
}

/// What the rows of a chunk come to.
#[derive(Clone, Debug, Default)]
pub struct ChunkResult {
    /// One for each clause.
    pub clauses: Vec<ClauseColumn>,
    /// Rows that have results: those that are not only ranked.
    pub rows: Vec<bool>,
    /// For each clause how many rows `policy` worked out.
    pub asked: Vec<u64>,
    /// Rows of which `policy` worked out some clause.
    pub asked_rows: u64,
}

/// What a chunk is worked out with.
struct Place<'c> {
    chunk: &'c Chunk,
    ranking: &'c Ranking,
    /// Columns of places.
    places: &'c [Column],
    /// Rows that stand beside the columns.
    beside: &'c Bits,
}

/// Programs kept; files with a day of judgement for each row have many.
const PROGRAMS_MAX: usize = 512;

/// Works out chunks; one for each thread.
pub struct Evaluator<'s> {
    scheme: &'s Scheme,
    programs: HashMap<(i32, Date), Arc<Program>>,
    machine: Machine,
    /// Of the chunk before: its room is used again.
    result: ChunkResult,
    /// Never by the program.
    slow: bool,
}

impl<'s> Evaluator<'s> {
    /// For a scheme.
    #[must_use]
    pub fn new(scheme: &'s Scheme) -> Self {
        Self { scheme, programs: HashMap::new(), machine: Machine::default(), result: ChunkResult::default(), slow: false }
    }

    /// One that asks `policy` for everything: what the other is compared with.
    #[must_use]
    pub fn by_policy(scheme: &'s Scheme) -> Self {
        Self { slow: true, ..Self::new(scheme) }
    }

    /// The program for an award year and a day of judgement.
    pub fn program(&mut self, chunk: &Chunk, year: i32, day: Date) -> Arc<Program> {
        if self.programs.len() >= PROGRAMS_MAX {
            self.programs.clear();
        }
        let scheme = self.scheme;
        Arc::clone(self.programs.entry((year, day)).or_insert_with(|| Arc::new(Program::compile(scheme, &chunk.layout, year, day))))
    }

    /// Runs the program for an award year and a day of judgement.
    pub(crate) fn run(&mut self, chunk: &Chunk, year: i32, day: Date, inputs: Inputs<'_>) -> Arc<Program> {
        let program = self.program(chunk, year, day);
        self.machine.run(&program, inputs);
        program
    }

    /// What a bit was after the last run.
    pub(crate) fn bits(&self, bit: Bit, inputs: Inputs<'_>) -> Bits {
        self.machine.bits_of(bit, inputs)
    }

    /// Results of a chunk, given the places of those who are ranked; they stand until the next chunk.
    pub fn chunk(&mut self, chunk: &Chunk, ranking: &Ranking) -> &ChunkResult {
        let clauses = self.scheme.clauses.len();
        let mut result = std::mem::take(&mut self.result);
        result.clauses.resize_with(clauses, ClauseColumn::default);
        for column in &mut result.clauses {
            column.reasons.resize(CHUNK_ROWS, Reason::Missing);
            column.amounts.resize(CHUNK_ROWS, 0);
        }
        result.rows.clear();
        result.rows.resize(chunk.rows, true);
        chunk.rank_only.rows(chunk.rows).for_each(|row| result.rows.iter_mut().skip(row).take(1).for_each(|counts| *counts = false));
        (result.asked, result.asked_rows) = (vec![0; clauses], 0);
        let place_columns = ranking.columns(self.scheme, chunk);
        let mut beside = Bits::NONE;
        chunk.odd.iter().for_each(|(row, _)| beside.set(*row as usize));
        let at = Place { chunk, ranking, places: &place_columns, beside: &beside };
        let moments = moments(chunk);
        if self.slow || moments.len() > 1 {
            result.clauses.iter_mut().for_each(ClauseColumn::unsay);
        }
        for (year, day, rows) in moments {
            if self.slow {
                let all: Vec<usize> = (0..clauses).collect();
                self.by_policy_rows(chunk, ranking, &all, &rows, &mut result);
                continue;
            }
            self.moment(&at, (year, day), &rows, &mut result);
        }
        for column in &mut result.clauses {
            column.reasons.resize(chunk.rows, Reason::Missing);
            column.amounts.truncate(chunk.rows);
        }
        self.result = result;
        &self.result
    }

    fn moment(&mut self, at: &Place<'_>, (year, day): (i32, Date), rows: &Bits, result: &mut ChunkResult) {
        let Place { chunk, ranking, places, beside } = *at;
        let inputs = Inputs { columns: &chunk.columns, places };
        let program = self.run(chunk, year, day, inputs);
        // Rows and the clauses that the program does not say of them.
        let mut left: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, (code, amount)) in program.clauses.iter().zip(&program.amounts).enumerate() {
            let amount = amount.as_ref();
            let bad = match code {
                Ok(code) => {
                    match result.clauses.get_mut(at) {
                        Some(column) if *rows == Bits::ALL => self.read(code, amount, inputs, column),
                        Some(column) => {
                            let mut made = column.clone();
                            self.read(code, amount, inputs, &mut made);
                            column.take(&made, rows);
                        }
                        None => {}
                    }
                    let mut bad = self.machine.bits_of(code.bad, inputs);
                    bad.0.iter_mut().zip(&beside.0).for_each(|(bad, beside)| *bad |= beside);
                    bad
                }
                Err(_) => {
                    let column = result.clauses.get_mut(at);
                    column.filter(|_| *rows == Bits::ALL).map(ClauseColumn::unsay);
                    Bits::ALL
                }
            };
            for row in bad.rows(chunk.rows).filter(|row| rows.get(*row) && !chunk.rank_only.get(*row)) {
                left.entry(row).or_default().push(at);
            }
        }
        for (row, clauses) in left {
            self.ask(chunk, ranking, &clauses, row, result);
        }
    }

    fn by_policy_rows(&self, chunk: &Chunk, ranking: &Ranking, clauses: &[usize], rows: &Bits, result: &mut ChunkResult) {
        for row in rows.rows(chunk.rows).filter(|row| !chunk.rank_only.get(*row)) {
            self.ask(chunk, ranking, clauses, row, result);
        }
    }

    /// Asks `policy` for some clauses of a row.
    fn ask(&self, chunk: &Chunk, ranking: &Ranking, clauses: &[usize], row: usize, result: &mut ChunkResult) {
        let app = chunk.application(self.scheme, row);
        let places = ranking.places(self.scheme, &app, chunk.first + row as u64);
        let ids: Vec<ClauseId> = clauses.iter().filter_map(|at| u32::try_from(*at).ok().map(ClauseId)).collect();
        result.asked_rows += 1;
        let answers = many::results(self.scheme, &app, &places, &ids);
        for (at, answer) in clauses.iter().zip(&answers) {
            if let Some(asked) = result.asked.get_mut(*at) {
                *asked += 1;
            }
            if let Some(column) = result.clauses.get_mut(*at) {
                column.reasons.set(row, Reason::of(answer));
                if let Some(slot) = column.amounts.get_mut(row) {
                    *slot = answer.amount.map_or(0, |fen| fen.0);
                }
            }
        }
    }

    /// What the machine says of a clause.
    fn read(&self, code: &ClauseCode, amount: Option<&Code>, inputs: Inputs<'_>, column: &mut ClauseColumn) {
        let amount = amount.map_or(Amount::Is(code.amount), Amount::By);
        let given = match code.given {
            Given::Paid => Reason::Given,
            Given::Waived => Reason::Waived,
            Given::Service => Reason::Service,
        };
        let paid = |bit: Bit| if code.given == Given::Paid { bit } else { Bit::No };
        // The later stands before the earlier.
        let layers = [
            (paid(code.limit_cut), Reason::LimitCut),
            (paid(code.decision_cut), Reason::DecisionCut),
            (paid(code.ceiling), Reason::Ceiling),
            (code.open, Reason::Missing),
            (code.nothing, Reason::Nothing),
            (code.not_placed, Reason::NotPlaced),
            (code.fails, Reason::Condition),
            (code.wrong_kind, Reason::WrongKind),
            (if code.out_of_force { Bit::Yes } else { Bit::No }, Reason::OutOfForce),
            (code.barred, Reason::Barred),
        ];
        self.machine.results(given, &layers, amount, inputs, (&mut column.reasons, &mut column.amounts));
    }
}

impl ClauseColumn {
    /// Takes back what the chunk before left.
    fn unsay(&mut self) {
        self.reasons.fill(Reason::Missing);
        self.amounts.fill(0);
    }

    /// Takes some rows of another.
    fn take(&mut self, from: &Self, rows: &Bits) {
        for row in rows.rows(self.reasons.len()) {
            if let Some(reason) = from.reasons.get(row) {
                self.reasons.set(row, reason);
            }
            if let (Some(slot), Some(amount)) = (self.amounts.get_mut(row), from.amounts.get(row)) {
                *slot = *amount;
            }
        }
    }
}

/// Rows by award year and day of judgement.
pub(crate) fn moments(chunk: &Chunk) -> Vec<(i32, Date, Bits)> {
    // Nearly always a file is of one year and one day.
    if let (Some(year), Some(day)) = (chunk.years.one(), chunk.days.one()) {
        return vec![(year, day, Bits::ALL)];
    }
    let mut out: Vec<(i32, Date, Bits)> = Vec::new();
    for (row, (year, day)) in chunk.years.iter().zip(chunk.days.iter()).enumerate().take(CHUNK_ROWS) {
        match out.iter_mut().rev().find(|(y, d, _)| y == year && d == day) {
            Some((_, _, rows)) => rows.set(row),
            None => {
                let mut rows = Bits::NONE;
                rows.set(row);
                out.push((*year, *day, rows));
            }
        }
    }
    out
}

/// A result of the columns in the shape of `policy`, for its groups: outcome, amount, whether it is decided and paid.
#[must_use]
pub fn result_of(clause: ClauseId, reason: Reason, amount: i64) -> ClauseResult {
    let mut marks = Marks::new();
    match reason {
        Reason::Waived => marks.push(Mark::Waived),
        Reason::Service => marks.push(Mark::Service),
        Reason::Ceiling => marks.push(Mark::Ceiling),
        _ => {}
    }
    let has = reason.has_money();
    ClauseResult {
        clause,
        outcome: reason.outcome(),
        amount: has.then_some(Fen(amount)),
        ceiling: None,
        decided: reason != Reason::Ceiling,
        missing: Vec::new(),
        fault: None,
        marks,
        place: None,
        awarded: None,
        plan: Vec::new(),
        trace: None,
    }
}

/// A column of places, known where there is one.
#[must_use]
pub fn place_column(known: impl Iterator<Item = (usize, u32)>) -> Column {
    let mut column = Column::new(Form::Year);
    if let crate::table::Values::Ints(values) = &mut column.values {
        for (row, place) in known {
            column.known.set(row);
            if let Some(slot) = values.get_mut(row) {
                *slot = i64::from(place);
            }
        }
    }
    column
}

/// Whether an application's place is known.
#[must_use]
pub fn place_of(known: &PlaceKnown) -> Option<u32> {
    match known {
        PlaceKnown::Place(place, _) => Some(*place),
        _ => None,
    }
}
