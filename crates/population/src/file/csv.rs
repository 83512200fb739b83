//! CSV in UTF-8: cells are cut under a lock and read beside each other. A bad line is named by its number.

use super::cell::{Beside, CellReader, agree, set_beside};
use super::{Defaults, FileError, Heading, Role};
use crate::table::{CHUNK_ROWS, Chunk};
use ::csv::{ByteRecord, Reader, ReaderBuilder, Trim};
use policy::diagnostic::Text;
use policy::input::quotes::Quotes;
use policy::input::yes_or_no;
use policy::scheme::Scheme;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use values::Date;

/// A CSV file being read.
pub struct CsvReading {
    path: PathBuf,
    reader: Reader<BufReader<File>>,
    record: ByteRecord,
    width: usize,
    first: u64,
    /// Where the last row read begins: its byte and its line.
    last: (u64, u64),
}

/// Cells of up to a chunk of rows.
#[derive(Default)]
pub struct Cells {
    first: u64,
    width: usize,
    bytes: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<usize>,
    /// Lines of the rows.
    lines: Vec<u64>,
}

/// Reads the names of columns.
pub fn heading(scheme: &Scheme, path: &Path, defaults: Defaults) -> Result<Heading, FileError> {
    let mut reader = open(path)?;
    let record = reader.byte_headers().map_err(|e| broken(path, &e))?;
    let mut names = Vec::new();
    for (at, cell) in record.iter().enumerate() {
        let cell = if at == 0 { cell.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(cell) } else { cell };
        names.push(std::str::from_utf8(cell).map_err(|_| encoding(1))?.trim().to_owned());
    }
    if names.iter().all(String::is_empty) {
        return Err(FileError::unreadable(path, "空文件，没有表头 (an empty file, without a header)"));
    }
    Heading::read(scheme, names, defaults)
}

fn open(path: &Path) -> Result<Reader<BufReader<File>>, FileError> {
    let file = File::open(path).map_err(|e| FileError::unreadable(path, e))?;
    Ok(ReaderBuilder::new().trim(Trim::None).from_reader(BufReader::with_capacity(1 << 20, file)))
}

/// Bytes that are no text.
pub fn encoding(line: u64) -> FileError {
    let message = Text::new("有不是 UTF-8 的字节", "bytes that are not UTF-8");
    FileError::line(line, &message, Text::new("用原来的软件另存为 UTF-8 的 CSV（Excel 里选“CSV UTF-8（逗号分隔）”）", "save it again as CSV in UTF-8"))
}

fn broken(path: &Path, error: &::csv::Error) -> FileError {
    match error.kind() {
        ::csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, ::csv::Position::line);
            let message = Text::new(format!("这一行有 {len} 格，表头有 {expected_len} 格"), format!("this line has {len} cells, the header {expected_len}"));
            FileError::line(line, &message, Text::new("补全或改正这一行；整个文件没有测算", "mend this line; nothing of the file was worked out"))
        }
        _ => FileError::unreadable(path, error),
    }
}

impl CsvReading {
    /// Opens a file behind its header.
    pub fn open(path: &Path, heading: &Heading) -> Result<Self, FileError> {
        let mut reader = open(path)?;
        reader.byte_headers().map_err(|e| broken(path, &e))?;
        Ok(Self { path: path.to_owned(), reader, record: ByteRecord::new(), width: heading.names.len(), first: 0, last: (0, 0) })
    }

    /// Passes over rows; their cells are not read.
    pub fn skip_rows(&mut self, rows: u64) -> Result<(), FileError> {
        while self.first < rows && self.reader.read_byte_record(&mut self.record).map_err(|e| broken(&self.path, &e))? {
            self.first += 1;
        }
        Ok(())
    }

    /// The next rows; none at the end.
    pub fn next_cells(&mut self) -> Result<Option<Cells>, FileError> {
        let mut cells = Cells { first: self.first, width: self.width, ..Cells::default() };
        while cells.lines.len() < CHUNK_ROWS {
            if !self.reader.read_byte_record(&mut self.record).map_err(|e| broken(&self.path, &e))? {
                break;
            }
            self.last = self.record.position().map_or((0, 0), |at| (at.byte(), at.line()));
            cells.lines.push(self.record.position().map_or(0, ::csv::Position::line));
            let base = cells.bytes.len();
            cells.bytes.extend_from_slice(self.record.as_slice());
            cells.ends.extend((0..self.record.len()).filter_map(|at| self.record.range(at)).map(|range| base + range.end));
        }
        self.first += cells.lines.len() as u64;
        if cells.lines.len() < CHUNK_ROWS {
            self.closed()?;
        }
        Ok((!cells.lines.is_empty()).then_some(cells))
    }

    /// The last row does not end within quotes: what followed them would be in one of its cells.
    fn closed(&self) -> Result<(), FileError> {
        let unreadable = |e: std::io::Error| FileError::unreadable(&self.path, e);
        let mut file = File::open(&self.path).map_err(unreadable)?;
        file.seek(SeekFrom::Start(self.last.0)).map_err(unreadable)?;
        let mut quotes = Quotes::default();
        for byte in BufReader::new(file).bytes() {
            quotes.push(byte.map_err(unreadable)?);
        }
        let Some(lines) = quotes.open() else { return Ok(()) };
        let message = Text::new("引号没有收尾，后面的内容都落进了这一格", "a quote is never closed: all that follows is in one cell");
        Err(FileError::line(
            self.last.1.max(1) + lines,
            &message,
            Text::new("补上或删去引号；整个文件没有测算", "close or remove it; nothing of the file was worked out"),
        ))
    }
}

impl Cells {
    /// Cells of rows that are in memory.
    pub fn of(first: u64, rows: &[super::TableRow]) -> Self {
        let mut cells = Self { first, width: rows.first().map_or(0, |row| row.cells.len()), ..Self::default() };
        for row in rows {
            cells.lines.push(row.line);
            for cell in &row.cells {
                cells.bytes.extend_from_slice(cell.as_bytes());
                cells.ends.push(cells.bytes.len());
            }
        }
        cells
    }

    fn cell(&self, row: usize, column: usize) -> Result<&str, FileError> {
        let at = row * self.width + column;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        let line = self.lines.get(row).copied().unwrap_or(0);
        std::str::from_utf8(self.bytes.get(start..end).unwrap_or_default()).map_err(|_| encoding(line))
    }
}

/// Cells to a chunk.
pub fn decode(scheme: &Scheme, heading: &Heading, cells: &Cells) -> Result<Chunk, FileError> {
    let mut chunk = Chunk::new(&heading.layout, cells.first);
    let rows = cells.lines.len();
    moments(heading, cells, &mut chunk)?;
    let mut beside = Beside::new();
    for (at, role) in heading.roles.iter().enumerate() {
        match role {
            Role::Id => (0..rows).try_for_each(|row| cells.cell(row, at).map(|id| chunk.ids.push_text(row, id.trim())))?,
            Role::RankOnly => {
                for row in 0..rows {
                    let word = cells.cell(row, at)?.trim();
                    let said = if word.is_empty() { Some(false) } else { yes_or_no(word) };
                    let Some(said) = said else {
                        let message = Text::new(format!("“{word}”不是“是”或“否”"), format!("'{word}' is neither yes (是) nor no (否)"));
                        let (line, name) = (cells.lines.get(row).copied().unwrap_or(0), heading.names.get(at).map_or("", String::as_str));
                        return Err(FileError::at(line, name, &message, Text::new("写“是”或“否”，或留空", "write 是 or 否, or leave it empty")));
                    };
                    if said {
                        chunk.rank_only.set(row);
                    }
                }
            }
            Role::Value(to) => {
                let (Some(column), Some(about)) = (chunk.columns.get_mut(*to), heading.layout.columns.get(*to)) else { continue };
                let reader = CellReader::new(scheme, *about, heading.names.get(at).map_or("", String::as_str));
                for (row, (line, moment)) in cells.lines.iter().zip(chunk.years.iter().copied().zip(chunk.days.iter().copied())).enumerate() {
                    reader.read(cells.cell(row, at)?, column, row, *line, moment, &mut beside)?;
                }
            }
            Role::Year | Role::AsOf | Role::Ignored => {}
        }
    }
    chunk.rows = rows;
    set_beside(scheme, &mut chunk, beside);
    agree(scheme, heading, &chunk, |row| cells.lines.get(row).copied().unwrap_or(0))?;
    Ok(chunk)
}

fn moments(heading: &Heading, cells: &Cells, chunk: &mut Chunk) -> Result<(), FileError> {
    let column = |role| heading.roles.iter().position(|of| *of == role);
    let (year_at, day_at) = (column(Role::Year), column(Role::AsOf));
    for (row, line) in cells.lines.iter().enumerate() {
        let (year, day) = (year_at.map(|at| cells.cell(row, at)).transpose()?, day_at.map(|at| cells.cell(row, at)).transpose()?);
        let (year, day) = moment(heading.defaults, year.unwrap_or(""), day.unwrap_or(""), *line)?;
        chunk.years.push(year);
        chunk.days.push(day);
    }
    Ok(())
}

/// The award year and day of judgement of a row.
pub fn moment(defaults: Defaults, year: &str, day: &str, line: u64) -> Result<(i32, Date), FileError> {
    let year = match (year.trim(), defaults.year) {
        ("", Some(year)) => year,
        (text, _) => text.parse().ok().filter(|year| (1900..=2200).contains(year)).ok_or_else(|| {
            let message = Text::new(format!("“{text}”不是四位年份"), format!("'{text}' is no year of four digits"));
            FileError::at(line, "year", &message, Text::new("写成 2024，或用 --year", "write 2024, or use --year"))
        })?,
    };
    let day = match day.trim() {
        "" => defaults.as_of.or_else(|| Date::last_of_year(year)),
        text => Some(Date::parse(text).map_err(|error| {
            let message = Text::new(format!("“{text}”不是日期"), error.to_string());
            FileError::at(line, "as_of", &message, Text::new("写成 2024-12-31", "write it like 2024-12-31"))
        })?),
    };
    Ok((year, day.unwrap_or(Date::LAST)))
}
