//! Every result in a file: one line for each applicant and clause. It is written under another name and takes its own only when
//! it is whole.

use crate::evaluate::ChunkResult;
use crate::file::{FileError, TableFormat, Whole};
use crate::groups::{ChunkHeld, NONE};
use crate::pools::Shared;
use crate::reason::Reason;
use crate::table::Chunk;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use policy::assessment::Outcome;
use policy::scheme::Scheme;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use values::Fen;

/// The columns: what an applicant comes to under a clause. Amounts are in yuan; `amount` is that before groups and pools,
/// `awarded` that after them.
pub const COLUMNS: [&str; 7] = ["id", "year", "clause", "outcome", "reason", "amount", "awarded"];

/// Lines of a row group.
const GROUP_LINES: usize = 1 << 18;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultsForm {
    /// CSV.
    Csv,
    /// Parquet.
    Parquet,
}

/// Lines of a chunk, ready to be written.
pub enum Lines {
    /// CSV.
    Bytes(Vec<u8>),
    /// One for each line.
    Table(Table),
}

/// Lines by column.
#[derive(Default)]
pub struct Table {
    ids: Vec<ByteArray>,
    years: Vec<i32>,
    clauses: Vec<ByteArray>,
    outcomes: Vec<ByteArray>,
    reasons: Vec<ByteArray>,
    /// Levels and values of what may be missing.
    amounts: (Vec<i16>, Vec<i64>),
    awards: (Vec<i16>, Vec<i64>),
}

enum Target {
    Csv(BufWriter<File>),
    Parquet(Box<SerializedFileWriter<File>>, Table),
}

/// A file of results being written.
pub struct ResultsFile {
    whole: Whole,
    target: Target,
}

impl ResultsFile {
    /// Begins a file, by its ending `.csv` or `.parquet`.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        let failed = |error: &dyn std::fmt::Display| FileError::unwritable(path, error);
        let kind = TableFormat::of(path)?;
        let whole = Whole::of(path);
        let file = whole.create()?;
        let target = if kind == TableFormat::Parquet {
            let schema = schema().map_err(|e| failed(&e))?;
            let properties = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
            let writer = SerializedFileWriter::new(file, schema, properties).map_err(|e| failed(&e))?;
            Target::Parquet(Box::new(writer), Table::default())
        } else {
            let mut writer = BufWriter::with_capacity(1 << 20, file);
            writeln!(writer, "{}", COLUMNS.join(",")).map_err(|e| failed(&e))?;
            Target::Csv(writer)
        };
        Ok(Self { whole, target })
    }

    /// How it is written.
    #[must_use]
    pub fn form(&self) -> ResultsForm {
        match self.target {
            Target::Parquet(..) => ResultsForm::Parquet,
            Target::Csv(_) => ResultsForm::Csv,
        }
    }

    /// Adds lines.
    pub fn add(&mut self, lines: Lines) -> Result<(), FileError> {
        let path = self.whole.path();
        match (&mut self.target, lines) {
            (Target::Csv(writer), Lines::Bytes(bytes)) => writer.write_all(&bytes).map_err(|e| FileError::unwritable(path, e)),
            (Target::Parquet(writer, waiting), Lines::Table(table)) => {
                waiting.add(table);
                if waiting.years.len() < GROUP_LINES {
                    return Ok(());
                }
                write_group(writer, &std::mem::take(waiting)).map_err(|e| FileError::unwritable(path, e))
            }
            _ => Ok(()),
        }
    }

    /// Ends the file and gives it its name.
    pub fn close(self) -> Result<(), FileError> {
        let failed = |error: &dyn std::fmt::Display| FileError::unwritable(self.whole.path(), error);
        let file = match self.target {
            Target::Csv(writer) => writer.into_inner().map_err(|e| failed(&e))?,
            Target::Parquet(mut writer, waiting) => {
                if !waiting.years.is_empty() {
                    write_group(&mut writer, &waiting).map_err(|e| failed(&e))?;
                }
                writer.into_inner().map_err(|e| failed(&e))?
            }
        };
        self.whole.close(&file)
    }
}

impl ResultsForm {
    /// The lines of a chunk.
    #[must_use]
    pub fn rows(self, scheme: &Scheme, chunk: &Chunk, result: &ChunkResult, held: &ChunkHeld, shared: &Shared) -> Lines {
        let mut out = match self {
            Self::Csv => Lines::Bytes(Vec::new()),
            Self::Parquet => Lines::Table(Table::default()),
        };
        let ids: Vec<ByteArray> = scheme.clauses.iter().map(|clause| ByteArray::from(clause.id.as_str())).collect();
        for row in (0..chunk.rows).filter(|row| result.rows.get(*row) == Some(&true)) {
            let id = chunk.id(row);
            let year = chunk.years.get(row).copied().unwrap_or_default();
            for (((clause, column), awards), name) in scheme.clause_ids().zip(&result.clauses).zip(&held.awards).zip(&ids) {
                let reason = column.reasons.get(row).unwrap_or(Reason::Missing);
                let changed = held.changed.iter().find(|(at, of, _)| *at == row && *of == clause.0).map(|(.., outcome)| *outcome);
                let line = Line {
                    id: &id,
                    year,
                    clause: clause.1.id.as_str(),
                    outcome: changed.unwrap_or_else(|| reason.outcome()),
                    reason,
                    amount: (reason.outcome() == Outcome::Eligible && reason != Reason::Service).then(|| column.amounts.get(row).copied().unwrap_or(0)),
                    awarded: awards.get(row).copied().filter(|award| *award != NONE).map(|award| {
                        let row = chunk.first + row as u64;
                        shared.cut(row, clause.0).map_or(award, |cut| cut.awarded)
                    }),
                };
                match &mut out {
                    Lines::Bytes(bytes) => line.write(bytes),
                    Lines::Table(table) => table.push(&line, name),
                }
            }
        }
        out
    }
}

struct Line<'l> {
    id: &'l str,
    year: i32,
    clause: &'l str,
    outcome: Outcome,
    reason: Reason,
    amount: Option<i64>,
    awarded: Option<i64>,
}

impl Line<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        let yuan = |fen: Option<i64>| fen.map_or(String::new(), |fen| Fen(fen).yuan());
        let quoted = self.id.contains([',', '"', '\n', '\r']);
        let id = if quoted { format!("\"{}\"", self.id.replace('"', "\"\"")) } else { self.id.to_owned() };
        // Writing to memory does not fail.
        let _ = writeln!(out, "{id},{},{},{},{},{},{}", self.year, self.clause, self.outcome.code(), self.reason.code(), yuan(self.amount), yuan(self.awarded));
    }
}

impl Table {
    fn push(&mut self, line: &Line<'_>, clause: &ByteArray) {
        self.ids.push(ByteArray::from(line.id));
        self.years.push(line.year);
        self.clauses.push(clause.clone());
        self.outcomes.push(ByteArray::from(line.outcome.code()));
        self.reasons.push(ByteArray::from(line.reason.code()));
        for ((levels, values), value) in [(&mut self.amounts, line.amount), (&mut self.awards, line.awarded)] {
            levels.push(i16::from(value.is_some()));
            values.extend(value);
        }
    }

    fn add(&mut self, more: Self) {
        self.ids.extend(more.ids);
        self.years.extend(more.years);
        self.clauses.extend(more.clauses);
        self.outcomes.extend(more.outcomes);
        self.reasons.extend(more.reasons);
        for (own, more) in [(&mut self.amounts, more.amounts), (&mut self.awards, more.awards)] {
            own.0.extend(more.0);
            own.1.extend(more.1);
        }
    }
}

fn schema() -> Result<Arc<Type>, ParquetError> {
    let text = |name: &str| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)).with_repetition(Repetition::REQUIRED).build()
    };
    let money = |name: &str| {
        Type::primitive_type_builder(name, Physical::INT64)
            .with_logical_type(Some(LogicalType::decimal(2, 18)))
            .with_precision(18)
            .with_scale(2)
            .with_repetition(Repetition::OPTIONAL)
            .build()
    };
    let [id, year, clause, outcome, reason, amount, awarded] = COLUMNS;
    let year = Type::primitive_type_builder(year, Physical::INT32).with_repetition(Repetition::REQUIRED).build()?;
    let fields = vec![text(id)?, year, text(clause)?, text(outcome)?, text(reason)?, money(amount)?, money(awarded)?];
    Ok(Arc::new(Type::group_type_builder("results").with_fields(fields.into_iter().map(Arc::new).collect()).build()?))
}

fn write_group(writer: &mut SerializedFileWriter<File>, table: &Table) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    let mut at = 0;
    while let Some(mut column) = group.next_column()? {
        match at {
            0 => column.typed::<ByteArrayType>().write_batch(&table.ids, None, None)?,
            1 => column.typed::<Int32Type>().write_batch(&table.years, None, None)?,
            2 => column.typed::<ByteArrayType>().write_batch(&table.clauses, None, None)?,
            3 => column.typed::<ByteArrayType>().write_batch(&table.outcomes, None, None)?,
            4 => column.typed::<ByteArrayType>().write_batch(&table.reasons, None, None)?,
            5 => column.typed::<Int64Type>().write_batch(&table.amounts.1, Some(&table.amounts.0), None)?,
            _ => column.typed::<Int64Type>().write_batch(&table.awards.1, Some(&table.awards.0), None)?,
        };
        column.close()?;
        at += 1;
    }
    group.close()?;
    Ok(())
}
