//! JSON Lines, one application a line, as `assess` reads it: with lists, earlier awards, awards elsewhere and settled places, which
//! have no columns. What the first lines name has columns; a line that says more stands beside them as the application it is.

use super::{Defaults, FileError, Heading};
use crate::table::{CHUNK_ROWS, Chunk, Filler, Layout};
use policy::application::Application;
use policy::diagnostic::{Severity, Text};
use policy::input::json::parse;
use policy::input::{self, Raw};
use policy::scheme::Scheme;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest line, in bytes.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// A file of JSON Lines being read.
pub struct LinesReading {
    path: PathBuf,
    reader: BufReader<File>,
    /// Number of the line last read, from 1.
    line: u64,
    /// Position of the next application.
    first: u64,
}

/// Lines of up to a chunk of applications.
#[derive(Default)]
pub struct Lines {
    first: u64,
    lines: Vec<(u64, Vec<u8>)>,
}

/// What the first lines name.
pub fn heading(scheme: &Scheme, path: &Path, defaults: Defaults) -> Result<Heading, FileError> {
    let first = LinesReading::open(path)?.next_lines()?.unwrap_or_default();
    let applications = applications(scheme, defaults, &first)?;
    if applications.is_empty() {
        return Err(FileError::unreadable(path, "空文件 (an empty file)"));
    }
    Ok(Heading::of_layout(Filler::of(scheme, &applications).layout(), defaults))
}

impl LinesReading {
    /// Opens a file; a byte order mark is skipped.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let unreadable = |e: std::io::Error| FileError::unreadable(path, e);
        let mut reader = BufReader::with_capacity(1 << 20, File::open(path).map_err(unreadable)?);
        if reader.fill_buf().map_err(unreadable)?.starts_with(b"\xEF\xBB\xBF") {
            reader.consume(3);
        }
        Ok(Self { path: path.to_owned(), reader, line: 0, first: 0 })
    }

    /// Passes over the first rows, which are whole chunks.
    pub fn skip_rows(&mut self, rows: u64) -> Result<(), FileError> {
        while self.first < rows && self.next_lines()?.is_some() {}
        Ok(())
    }

    /// The next lines; none at the end.
    pub fn next_lines(&mut self) -> Result<Option<Lines>, FileError> {
        let mut lines = Lines { first: self.first, lines: Vec::new() };
        while lines.lines.len() < CHUNK_ROWS {
            let mut line = Vec::new();
            let read = (&mut self.reader).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut line).map_err(|e| FileError::unreadable(&self.path, e))?;
            if read == 0 {
                break;
            }
            self.line += 1;
            if line.len() as u64 > LINE_BYTES_MAX {
                let message = Text::new("这一行超过 16 MB", "this line is longer than 16 MB");
                let help = Text::new("每行一份申请；检查是否有异常长的数", "one application a line; look for a number that is far too long");
                return Err(FileError::line(self.line, &message, help));
            }
            if !line.trim_ascii().is_empty() {
                lines.lines.push((self.line, line));
            }
        }
        self.first += lines.lines.len() as u64;
        Ok((!lines.lines.is_empty()).then_some(lines))
    }
}

/// Lines to a chunk.
pub fn decode(scheme: &Scheme, heading: &Heading, lines: &Lines) -> Result<Chunk, FileError> {
    let applications = applications(scheme, heading.defaults, lines)?;
    let layout: &Arc<Layout> = &heading.layout;
    Ok(Filler::from(scheme, layout, lines.first).fill_one(&applications))
}

fn applications(scheme: &Scheme, defaults: Defaults, lines: &Lines) -> Result<Vec<Application>, FileError> {
    lines.lines.iter().map(|(number, line)| application(scheme, defaults, *number, line)).collect()
}

fn application(scheme: &Scheme, defaults: Defaults, number: u64, line: &[u8]) -> Result<Application, FileError> {
    let text = std::str::from_utf8(line).map_err(|_| super::csv::encoding(number))?;
    let raw: Raw = parse(text.trim()).map_err(|broken| FileError::line(number, &broken.message, broken.help))?;
    let (application, errors) = input::read(scheme, &raw, input::Defaults { year: defaults.year, as_of: defaults.as_of });
    match (application, errors.into_iter().find(|error| error.severity == Severity::Error)) {
        (Some(application), _) => Ok(application),
        (None, Some(error)) => Err(FileError::at(number, &error.field, &error.message, error.help)),
        (None, None) => {
            Err(FileError::line(number, &Text::new("读不成一份申请", "no application can be read"), Text::new("每行一份申请", "one application a line")))
        }
    }
}
