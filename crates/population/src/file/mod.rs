//! Populations in files: columns named as facts, read a chunk at a time.

mod cell;
mod csv;
mod heading;
mod jsonl;
mod parquet;
mod whole;

pub use heading::{Defaults, Heading, Role};
pub use whole::{Whole, write_whole};

use crate::table::{CHUNK_ROWS, Chunk, Layout};
use policy::diagnostic::Text;
use policy::scheme::Scheme;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is wrong with a file, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", message.en)]
pub struct FileError {
    /// What is wrong, and where.
    pub message: Text,
    /// How to mend it.
    pub help: Text,
}

impl FileError {
    /// An error of these words.
    pub fn new(message: Text, help: Text) -> Self {
        Self { message, help }
    }

    /// A file that cannot be read.
    pub fn unreadable(path: &Path, cause: impl std::fmt::Display) -> Self {
        let name = path.display();
        Self::new(
            Text::new(format!("读不了 {name}：{cause}"), format!("cannot read {name}: {cause}")),
            Text::new("检查路径、权限，文件是否完整", "check the path, its permissions, and whether the file is whole"),
        )
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, cause: impl std::fmt::Display) -> Self {
        let (name, cause) = (path.display(), cause.to_string());
        // The writers of other formats hand on the words of the system only.
        let zh = if cause.contains("os error 28") { "磁盘已满" } else { &cause };
        Self::new(
            Text::new(format!("写不了 {name}：{zh}；没有留下不完整的结果"), format!("cannot write {name}: {cause}; no partial result was left")),
            Text::new("检查磁盘空间和权限", "check the space on the disk and the permissions"),
        )
    }

    /// Something in a cell.
    fn at(line: u64, column: &str, message: &Text, help: Text) -> Self {
        Self::new(Text::new(format!("第 {line} 行，{column}：{}", message.zh), format!("line {line}, {column}: {}", message.en)), help)
    }

    /// Something about a line as a whole.
    fn line(line: u64, message: &Text, help: Text) -> Self {
        Self::new(Text::new(format!("第 {line} 行：{}", message.zh), format!("line {line}: {}", message.en)), help)
    }
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// `.csv`
    Csv,
    /// `.parquet`
    Parquet,
}

impl TableFormat {
    /// By the ending of a name.
    pub fn of(path: &Path) -> Result<Self, FileError> {
        match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("parquet" | "pq") => Ok(Self::Parquet),
            _ => {
                let name = path.display();
                Err(FileError::new(
                    Text::new(format!("不知道把 {name} 写成什么格式"), format!("it is not known how to write {name}")),
                    Text::new("名字以 .csv 或 .parquet 结尾；逐户结果也可以是 .xlsx", "let the name end in .csv or .parquet; results also in .xlsx"),
                ))
            }
        }
    }
}

/// A row of a table that is in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Its line in the file.
    pub line: u64,
    /// Its cells, as many as there are columns.
    pub cells: Vec<String>,
}

/// A population in a file: what its columns are, and how to begin again from its start.
#[derive(Clone, Debug)]
pub struct PopulationFile<'s> {
    scheme: &'s Scheme,
    path: PathBuf,
    heading: Arc<Heading>,
    format: Format,
    rows: Option<u64>,
}

/// How a file is written.
#[derive(Clone, Debug)]
enum Format {
    Csv,
    Parquet,
    Lines,
    /// Read already.
    Table(Arc<Vec<TableRow>>),
}

/// A file being read.
pub enum Reading {
    /// CSV.
    Csv(Box<csv::CsvReading>),
    /// Parquet.
    Parquet(Box<parquet::ParquetReading>),
    /// JSON Lines.
    Lines(Box<jsonl::LinesReading>),
    /// A table in memory, from this row on.
    Table(Arc<Vec<TableRow>>, usize),
}

/// Rows as they come from a file, to be decoded beside others.
pub enum Rows {
    /// Cells of a CSV file.
    Cells(csv::Cells),
    /// Columns of a Parquet file.
    Columns(parquet::Columns),
    /// Lines of a file of JSON Lines.
    Lines(jsonl::Lines),
}

impl<'s> PopulationFile<'s> {
    /// Opens a file by its ending, `.csv`, `.parquet` or `.jsonl`, and reads what its columns are.
    pub fn open(scheme: &'s Scheme, path: &Path, defaults: Defaults) -> Result<Self, FileError> {
        let (format, heading, rows) = match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("parquet" | "pq") => (Format::Parquet, parquet::heading(scheme, path, defaults)?, Some(parquet::rows(path)?)),
            Some("csv" | "txt") => (Format::Csv, csv::heading(scheme, path, defaults)?, None),
            Some("jsonl") => (Format::Lines, jsonl::heading(scheme, path, defaults)?, None),
            _ => {
                let name = path.display();
                return Err(FileError::new(
                    Text::new(format!("不认识 {name} 的格式"), format!("the format of {name} is not known")),
                    Text::new("用 .csv、.parquet、.xlsx 或 .jsonl", "use .csv, .parquet, .xlsx or .jsonl"),
                ));
            }
        };
        Ok(Self { scheme, path: path.to_owned(), heading: Arc::new(heading), format, rows })
    }

    /// A table that somebody read from a file: names of columns, and rows with as many cells.
    pub fn of_table(scheme: &'s Scheme, path: &Path, names: Vec<String>, rows: Vec<TableRow>, defaults: Defaults) -> Result<Self, FileError> {
        let heading = Arc::new(Heading::read(scheme, names, defaults)?);
        Ok(Self { scheme, path: path.to_owned(), heading, rows: Some(rows.len() as u64), format: Format::Table(Arc::new(rows)) })
    }

    /// What its columns are.
    #[must_use]
    pub fn heading(&self) -> &Heading {
        &self.heading
    }

    /// What stands in which column.
    #[must_use]
    pub fn layout(&self) -> &Arc<Layout> {
        &self.heading.layout
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many rows there are, where the file says so.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// Begins to read from the start.
    pub fn read(&self) -> Result<Reading, FileError> {
        Ok(match &self.format {
            Format::Csv => Reading::Csv(Box::new(csv::CsvReading::open(&self.path, &self.heading)?)),
            Format::Parquet => Reading::Parquet(Box::new(parquet::ParquetReading::open(self.scheme, &self.path, &self.heading)?)),
            Format::Lines => Reading::Lines(Box::new(jsonl::LinesReading::open(&self.path)?)),
            Format::Table(table) => Reading::Table(Arc::clone(table), 0),
        })
    }

    /// Rows to a chunk.
    pub fn decode(&self, rows: Rows) -> Result<Chunk, FileError> {
        match rows {
            Rows::Cells(cells) => csv::decode(self.scheme, &self.heading, &cells),
            Rows::Lines(lines) => jsonl::decode(self.scheme, &self.heading, &lines),
            Rows::Columns(columns) => parquet::decode(self.scheme, &self.heading, &self.path, &columns),
        }
    }
}

impl Reading {
    /// Passes over the first rows.
    pub fn skip_rows(&mut self, rows: u64) -> Result<(), FileError> {
        match self {
            Self::Csv(reading) => reading.skip_rows(rows),
            Self::Parquet(reading) => reading.skip_rows(rows),
            Self::Lines(reading) => reading.skip_rows(rows),
            Self::Table(table, at) => {
                *at = usize::try_from(rows).unwrap_or(usize::MAX).min(table.len());
                Ok(())
            }
        }
    }

    /// The next rows; none at the end.
    pub fn next_rows(&mut self) -> Result<Option<Rows>, FileError> {
        match self {
            Self::Csv(reading) => Ok(reading.next_cells()?.map(Rows::Cells)),
            Self::Parquet(reading) => Ok(reading.next_columns()?.map(Rows::Columns)),
            Self::Lines(reading) => Ok(reading.next_lines()?.map(Rows::Lines)),
            Self::Table(table, at) => {
                let rows = table.get(*at..(*at + CHUNK_ROWS).min(table.len())).unwrap_or_default();
                let cells = (!rows.is_empty()).then(|| csv::Cells::of(*at as u64, rows));
                *at += rows.len();
                Ok(cells.map(Rows::Cells))
            }
        }
    }
}
