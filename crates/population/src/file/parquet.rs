//! Parquet, column by column and page by page: floats are refused, since what they hold of money is not what was written.

use super::cell::{Beside, CellReader, agree, set_beside};
use super::{Defaults, FileError, Heading, Role};
use crate::table::{CHUNK_ROWS, Chunk, Form, date_of, day_number};
use ::parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{AsBytes, DataType};
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};
use policy::diagnostic::Text;
use policy::scheme::Scheme;
use std::borrow::Cow;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use values::Date;

/// What the numbers of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    YesNo,
    /// Whole numbers of so many decimals.
    Number(u32),
    Day,
    Words,
}

/// A Parquet file being read.
pub struct ParquetReading {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    heading: Heading,
    /// For each column of the heading its place in the file and what it holds.
    leaves: Vec<(usize, Kind)>,
    /// Columns of the row group at hand.
    columns: Vec<Option<ColumnReader>>,
    next_group: usize,
    left: usize,
    first: u64,
}

/// Values of a column, in the order of rows.
enum Values {
    Ints(Vec<Option<i64>>),
    /// Bytes, one after the other, and where those of each row begin and end.
    Words(Vec<u8>, Vec<Option<(usize, usize)>>),
}

/// Rows as they stand in a file, to be decoded beside others.
pub struct Columns {
    /// For each column of the heading, where a rule reads it.
    values: Vec<Option<(Values, Kind)>>,
    rows: usize,
    first: u64,
}

fn open(path: &Path) -> Result<SerializedFileReader<File>, FileError> {
    let file = File::open(path).map_err(|e| FileError::unreadable(path, e))?;
    guarded(path, || SerializedFileReader::new(file).map_err(|e| broken(path, &e)))
}

/// The reader of the library asserts where bytes are not what they should be.
fn guarded<T>(path: &Path, read: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(broken(path, &ParquetError::General("damaged bytes".into()))))
}

fn broken(path: &Path, error: &ParquetError) -> FileError {
    let name = path.display();
    FileError::new(
        Text::new(format!("{name} 不是完整的 Parquet 文件：{error}"), format!("{name} is no whole Parquet file: {error}")),
        Text::new("文件可能没有传完：重新导出或重新复制；没有测算", "it may have been cut short: export or copy it again; nothing was worked out"),
    )
}

/// Reads the names and types of columns.
pub fn heading(scheme: &Scheme, path: &Path, defaults: Defaults) -> Result<Heading, FileError> {
    let reader = open(path)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let (names, _) = flat(&schema);
    let heading = Heading::read(scheme, names, defaults)?;
    leaves(scheme, &schema, &heading)?;
    Ok(heading)
}

/// How many rows there are.
pub fn rows(path: &Path) -> Result<u64, FileError> {
    Ok(u64::try_from(open(path)?.metadata().file_metadata().num_rows()).unwrap_or(0))
}

/// Columns that are not nested: their names, and their places among all.
fn flat(schema: &SchemaDescriptor) -> (Vec<String>, Vec<usize>) {
    let plain = schema.columns().iter().enumerate().filter(|(_, column)| column.path().parts().len() == 1 && column.max_rep_level() == 0);
    plain.map(|(at, column)| (column.name().to_owned(), at)).unzip()
}

/// What the columns of the heading hold, where a rule reads them.
fn leaves(scheme: &Scheme, schema: &SchemaDescriptor, heading: &Heading) -> Result<Vec<(usize, Kind)>, FileError> {
    let (_, places) = flat(schema);
    let mut out = Vec::new();
    for ((place, role), name) in places.into_iter().zip(&heading.roles).zip(&heading.names) {
        let column = schema.column(place);
        let kind = kind_of(&column);
        let fits = match (role, kind) {
            (Role::Ignored, _) => true,
            (_, None) => false,
            (Role::Id, Some(kind)) => matches!(kind, Kind::Words | Kind::Number(0)),
            (Role::Year, Some(kind)) => kind == Kind::Number(0),
            (Role::AsOf, Some(kind)) => matches!(kind, Kind::Day | Kind::Words),
            (Role::RankOnly, Some(kind)) => kind == Kind::YesNo,
            (Role::Value(to), Some(kind)) => heading.layout.columns.get(*to).is_some_and(|about| match kind {
                Kind::Words => true,
                Kind::YesNo => about.1 == Form::YesNo,
                Kind::Day => about.1 == Form::Date,
                Kind::Number(_) => CellReader::new(scheme, *about, name).takes_numbers(),
            }),
        };
        if !fits {
            return Err(wrong_type(name, &column));
        }
        out.push((place, kind.unwrap_or(Kind::Words)));
    }
    Ok(out)
}

fn wrong_type(name: &str, column: &ColumnDescriptor) -> FileError {
    let physical = column.physical_type();
    let float = matches!(physical, Physical::FLOAT | Physical::DOUBLE);
    let (zh, en) =
        if float { ("是浮点数，可能已不精确", "is of floats, which may be inexact") } else { ("的类型不合", "is of a type that does not fit") };
    FileError::new(
        Text::new(format!("“{name}”列{zh}（{physical}）"), format!("column '{name}' {en} ({physical})")),
        Text::new(
            "金额用 DECIMAL(18,2) 或整数（元），是否用 BOOLEAN，日期用 DATE，比率用带百分号的文字，其余用文字",
            "money as DECIMAL(18,2) or whole yuan, yes and no as BOOLEAN, days as DATE, ratios as text with a sign of per cent, the rest as text",
        ),
    )
}

fn kind_of(column: &ColumnDescriptor) -> Option<Kind> {
    let logical = column.logical_type_ref();
    let scale = || u32::try_from(column.type_scale()).ok();
    let decimal = matches!(logical, Some(LogicalType::Decimal(_))) || column.converted_type() == ConvertedType::DECIMAL;
    match column.physical_type() {
        Physical::BOOLEAN => Some(Kind::YesNo),
        Physical::INT32 | Physical::INT64 | Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY if decimal => scale().map(Kind::Number),
        Physical::INT32 if matches!(logical, Some(LogicalType::Date)) || column.converted_type() == ConvertedType::DATE => Some(Kind::Day),
        Physical::INT32 | Physical::INT64 => match (logical, column.converted_type()) {
            (
                None | Some(LogicalType::Integer(_)),
                ConvertedType::NONE | ConvertedType::INT_8 | ConvertedType::INT_16 | ConvertedType::INT_32 | ConvertedType::INT_64,
            ) => Some(Kind::Number(0)),
            (None | Some(LogicalType::Integer(_)), ConvertedType::UINT_8 | ConvertedType::UINT_16) => Some(Kind::Number(0)),
            _ => None,
        },
        Physical::BYTE_ARRAY => Some(Kind::Words),
        _ => None,
    }
}

impl ParquetReading {
    /// Opens a file.
    pub fn open(scheme: &Scheme, path: &Path, heading: &Heading) -> Result<Self, FileError> {
        let reader = open(path)?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let leaves = leaves(scheme, &schema, heading)?;
        Ok(Self { path: path.to_owned(), reader, heading: heading.clone(), leaves, columns: Vec::new(), next_group: 0, left: 0, first: 0 })
    }

    /// The next rows; none at the end.
    pub fn next_columns(&mut self) -> Result<Option<Columns>, FileError> {
        let path = self.path.clone();
        guarded(&path, || self.next_unguarded())
    }

    fn next_unguarded(&mut self) -> Result<Option<Columns>, FileError> {
        while self.left == 0 {
            if self.next_group >= self.reader.num_row_groups() {
                return Ok(None);
            }
            self.open_group()?;
        }
        let rows = self.left.min(CHUNK_ROWS);
        let columns = self.columns(rows)?;
        self.left -= rows;
        self.first += rows as u64;
        Ok(Some(columns))
    }

    /// Passes over rows: whole groups are not read.
    pub fn skip_rows(&mut self, rows: u64) -> Result<(), FileError> {
        while let Some(group) = self.reader.metadata().row_groups().get(self.next_group) {
            let length = u64::try_from(group.num_rows()).unwrap_or(0);
            if self.first + length > rows {
                break;
            }
            self.first += length;
            self.next_group += 1;
        }
        while self.first < rows && self.next_columns()?.is_some() {}
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), FileError> {
        let path = self.path.clone();
        let group = self.reader.get_row_group(self.next_group).map_err(|e| broken(&path, &e))?;
        self.left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        self.columns.clear();
        for ((place, _), role) in self.leaves.iter().zip(&self.heading.roles) {
            let reader = (*role != Role::Ignored).then(|| group.get_column_reader(*place)).transpose().map_err(|e| broken(&path, &e))?;
            self.columns.push(reader);
        }
        self.next_group += 1;
        Ok(())
    }

    fn columns(&mut self, rows: usize) -> Result<Columns, FileError> {
        let path = &self.path;
        let mut read = Vec::new();
        for (reader, (place, kind)) in self.columns.iter_mut().zip(&self.leaves) {
            let most = self.reader.metadata().file_metadata().schema_descr().column(*place).max_def_level();
            let values = reader.as_mut().map(|reader| values(reader, rows, most)).transpose().map_err(|e| broken(path, &e))?;
            if values.as_ref().is_some_and(|values| values.len() != rows) {
                return Err(broken(path, &ParquetError::EOF("a column ends before the others".into())));
            }
            read.push(values.map(|values| (values, *kind)));
        }
        Ok(Columns { values: read, rows, first: self.first })
    }
}

/// Rows to a chunk.
pub fn decode(scheme: &Scheme, heading: &Heading, path: &Path, columns: &Columns) -> Result<Chunk, FileError> {
    let mut chunk = Chunk::new(&heading.layout, columns.first);
    columns.moments(heading, &mut chunk)?;
    let mut beside = Beside::new();
    for ((role, name), read) in heading.roles.iter().zip(&heading.names).zip(&columns.values) {
        let Some((values, kind)) = read else { continue };
        match role {
            Role::Id => (0..columns.rows).for_each(|row| chunk.ids.push_text(row, &values.shown(row))),
            Role::RankOnly => (0..columns.rows).filter(|row| values.int(*row) == Some(1)).for_each(|row| chunk.rank_only.set(row)),
            Role::Value(to) => {
                let Some(about) = heading.layout.columns.get(*to) else { continue };
                columns.cells(path, *to, (values, *kind), &CellReader::new(scheme, *about, name), &mut chunk, &mut beside)?;
            }
            Role::Year | Role::AsOf | Role::Ignored => {}
        }
    }
    chunk.rows = columns.rows;
    set_beside(scheme, &mut chunk, beside);
    agree(scheme, heading, &chunk, |row| columns.first + row as u64 + 1)?;
    Ok(chunk)
}

impl Columns {
    fn cells(
        &self,
        path: &Path,
        to: usize,
        (values, kind): (&Values, Kind),
        cells: &CellReader<'_>,
        chunk: &mut Chunk,
        beside: &mut Beside,
    ) -> Result<(), FileError> {
        let Some(column) = chunk.columns.get_mut(to) else { return Ok(()) };
        let calendar = Date::new(1, 1, 1).map_or(0, day_number)..=day_number(Date::LAST);
        for (row, moment) in chunk.years.iter().copied().zip(chunk.days.iter().copied()).enumerate().take(self.rows) {
            let line = self.first + row as u64 + 1;
            match (values, kind) {
                (Values::Words(..), Kind::Words) => {
                    let text = values.bytes(row).map(std::str::from_utf8).transpose();
                    let text = text.map_err(|_| FileError::unreadable(path, format!("{}: UTF-8", cells.name())))?;
                    cells.read(text.unwrap_or(""), column, row, line, moment, beside)?;
                }
                _ => match (values.int(row), kind) {
                    (None, _) => column.push_unknown(),
                    (Some(value), Kind::Number(places)) => cells.read_number((value, places), column, row, line, moment, beside)?,
                    (Some(value), Kind::Day) if !calendar.contains(&value) => {
                        let message = Text::new("日期超出公历范围", "a day beyond the calendar");
                        return Err(FileError::at(line, cells.name(), &message, Text::new("改正这一格", "mend it")));
                    }
                    (Some(value), _) => column.push_int(row, value),
                },
            }
        }
        Ok(())
    }

    fn moments(&self, heading: &Heading, chunk: &mut Chunk) -> Result<(), FileError> {
        let column =
            |role| heading.roles.iter().position(|of| *of == role).and_then(|at| self.values.get(at)).and_then(Option::as_ref).map(|(values, _)| values);
        let (years, days) = (column(Role::Year), column(Role::AsOf));
        let whole = |values: Option<&Values>| !matches!(values, Some(Values::Words(..)));
        let (plain, mut last) = (whole(years) && whole(days), None);
        for row in 0..self.rows {
            let numbers = (years.and_then(|years| years.int(row)), days.and_then(|days| days.int(row)));
            // Nearly always a row is of the year and day of the row before.
            let known = last.filter(|(before, _)| plain && *before == numbers).map(|(_, moment)| moment);
            let (year, day): (i32, Date) = match known {
                Some(moment) => moment,
                None => {
                    let year = years.map_or(Cow::default(), |years| years.shown(row));
                    let day = match days {
                        Some(Values::Ints(_)) => numbers.1.and_then(date_of).map_or(Cow::default(), |date| date.to_string().into()),
                        Some(days) => days.shown(row),
                        None => Cow::default(),
                    };
                    super::csv::moment(heading.defaults, &year, &day, self.first + row as u64 + 1)?
                }
            };
            last = Some((numbers, (year, day)));
            chunk.years.push(year);
            chunk.days.push(day);
        }
        Ok(())
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Ints(values) => values.len(),
            Self::Words(_, places) => places.len(),
        }
    }

    fn bytes(&self, row: usize) -> Option<&[u8]> {
        let Self::Words(bytes, places) = self else { return None };
        places.get(row).copied().flatten().and_then(|(start, end)| bytes.get(start..end))
    }

    fn int(&self, row: usize) -> Option<i64> {
        match self {
            Self::Ints(values) => values.get(row).copied().flatten(),
            Self::Words(..) => self.bytes(row).and_then(big_endian),
        }
    }

    fn shown(&self, row: usize) -> Cow<'_, str> {
        match self {
            Self::Ints(values) => values.get(row).copied().flatten().map_or(Cow::default(), |value| value.to_string().into()),
            Self::Words(..) => self.bytes(row).map_or(Cow::default(), String::from_utf8_lossy),
        }
    }
}

/// A decimal as bytes of two's complement, where it fits 64 bits; beyond, the largest number, which no fact holds.
fn big_endian(bytes: &[u8]) -> Option<i64> {
    let first = *bytes.first()?;
    let fill: i128 = if first & 0x80 == 0 { 0 } else { -1 };
    if bytes.len() > 16 {
        return Some(i64::MAX);
    }
    let value = bytes.iter().fold(fill, |value, byte| value << 8 | i128::from(*byte));
    Some(i64::try_from(value).unwrap_or(i64::MAX))
}

fn values(reader: &mut ColumnReader, rows: usize, most: i16) -> Result<Values, ParquetError> {
    Ok(match reader {
        ColumnReader::BoolColumnReader(reader) => Values::Ints(each(reader, rows, most, |value| i64::from(*value))?),
        ColumnReader::Int32ColumnReader(reader) => Values::Ints(each(reader, rows, most, |value| i64::from(*value))?),
        ColumnReader::Int64ColumnReader(reader) => Values::Ints(each(reader, rows, most, |value| *value)?),
        ColumnReader::ByteArrayColumnReader(reader) => words(reader, rows, most)?,
        ColumnReader::FixedLenByteArrayColumnReader(reader) => words(reader, rows, most)?,
        _ => return Err(ParquetError::NYI("a column of floats or old timestamps".into())),
    })
}

fn words<T: DataType>(reader: &mut ColumnReaderImpl<T>, rows: usize, most: i16) -> Result<Values, ParquetError> {
    let mut bytes = Vec::new();
    let places = each(reader, rows, most, |value| {
        let start = bytes.len();
        bytes.extend_from_slice(value.as_bytes());
        (start, bytes.len())
    })?;
    Ok(Values::Words(bytes, places))
}

fn each<T: DataType, V>(reader: &mut ColumnReaderImpl<T>, rows: usize, most: i16, mut value: impl FnMut(&T::T) -> V) -> Result<Vec<Option<V>>, ParquetError> {
    let mut out = Vec::with_capacity(rows);
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    while out.len() < rows {
        levels.clear();
        values.clear();
        let (records, ..) = reader.read_records(rows - out.len(), Some(&mut levels), None, &mut values)?;
        if records == 0 {
            break;
        }
        let mut known = values.iter();
        if most == 0 {
            out.extend(known.map(|known| Some(value(known))));
        } else {
            out.extend(levels.iter().map(|level| if *level == most { known.next().map(&mut value) } else { None }));
        }
    }
    Ok(out)
}
