//! Populations in files: columns named as facts, read a chunk at a time.

mod cell;
mod csv;
mod heading;
mod parquet;

pub use heading::{Defaults, Heading, Role};

use crate::table::{Chunk, Layout};
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
        let name = path.display();
        Self::new(
            Text::new(format!("写不了 {name}：{cause}；没有留下不完整的结果"), format!("cannot write {name}: {cause}; no partial result was left")),
            Text::new("检查磁盘空间和权限", "check the space on the disk and the permissions"),
        )
    }

    /// Something in a cell.
    fn at(line: u64, column: &str, message: &Text, help: Text) -> Self {
        Self::new(Text::new(format!("第 {line} 行，{column}：{}", message.zh), format!("line {line}, {column}: {}", message.en)), help)
    }
}

/// A population in a file: what its columns are, and how to begin again from its start.
#[derive(Clone, Debug)]
pub struct PopulationFile<'s> {
    scheme: &'s Scheme,
    path: PathBuf,
    heading: Arc<Heading>,
    parquet: bool,
    rows: Option<u64>,
}

/// A file being read.
pub enum Reading<'s> {
    /// CSV.
    Csv(Box<csv::CsvReading<'s>>),
    /// Parquet.
    Parquet(Box<parquet::ParquetReading>),
}

/// Rows as they come from a file, to be decoded beside others.
pub enum Rows {
    /// Cells of a CSV file.
    Cells(csv::Cells),
    /// Columns of a Parquet file.
    Columns(parquet::Columns),
}

impl<'s> PopulationFile<'s> {
    /// Opens a file by its ending, `.csv` or `.parquet`, and reads its columns.
    pub fn open(scheme: &'s Scheme, path: &Path, defaults: Defaults) -> Result<Self, FileError> {
        let parquet = match path.extension().and_then(|ending| ending.to_str()) {
            Some("parquet" | "pq") => true,
            Some("csv" | "txt") => false,
            _ => {
                let name = path.display();
                return Err(FileError::new(
                    Text::new(format!("不认识 {name} 的格式"), format!("the format of {name} is not known")),
                    Text::new("用 .csv 或 .parquet", "use .csv or .parquet"),
                ));
            }
        };
        let rows = if parquet { Some(parquet::rows(path)?) } else { None };
        let heading = if parquet { parquet::heading(scheme, path, defaults)? } else { csv::heading(scheme, path, defaults)? };
        Ok(Self { scheme, path: path.to_owned(), heading: Arc::new(heading), parquet, rows })
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

    /// How many rows there are, where the file says so.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// Begins to read from the start.
    pub fn read(&self) -> Result<Reading<'s>, FileError> {
        if self.parquet {
            return parquet::ParquetReading::open(self.scheme, &self.path, &self.heading).map(|reading| Reading::Parquet(Box::new(reading)));
        }
        csv::CsvReading::open(self.scheme, &self.path, &self.heading).map(|reading| Reading::Csv(Box::new(reading)))
    }

    /// Rows to a chunk.
    pub fn decode(&self, rows: Rows) -> Result<Chunk, FileError> {
        match rows {
            Rows::Cells(cells) => csv::decode(self.scheme, &self.heading, &cells),
            Rows::Columns(columns) => parquet::decode(self.scheme, &self.heading, &self.path, &columns),
        }
    }
}

impl Reading<'_> {
    /// The next rows; none at the end.
    pub fn next_rows(&mut self) -> Result<Option<Rows>, FileError> {
        match self {
            Self::Csv(reading) => Ok(reading.next_cells()?.map(Rows::Cells)),
            Self::Parquet(reading) => Ok(reading.next_columns()?.map(Rows::Columns)),
        }
    }
}
