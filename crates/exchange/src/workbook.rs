//! Cells of Excel workbooks as they stand in the file: read one by one, never as a rectangle (one cell at the far corner of a sheet
//! would otherwise cost gigabytes), numbers as the decimals that were typed, and copied with notes beside them.
//! The only place of the workspace that touches a float; it does no arithmetic.

use calamine::{DataRef, ExcelDateTime, Xlsx, XlsxError as ReadError};
use rust_xlsxwriter::{Color, Format, Formula, Worksheet, XlsxError};
use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::rc::Rc;

/// The sheet that explains a table; it holds no rows.
pub const NOTES: &str = "说明";

/// Header of the column an annotated copy adds; skipped on reading.
pub const ERRORS: &str = "错误";

/// One cell as it stands in the workbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its value.
    pub value: Value,
    /// Its formula, if it has one.
    pub formula: Option<String>,
    /// Shown as a percentage.
    pub percent: bool,
    /// How a number or day is shown, where the file says.
    pub look: Option<Rc<str>>,
}

/// A stored value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
    /// Yes or no.
    YesNo(bool),
    /// A date or time.
    Date(ExcelDateTime),
    /// An error such as `#REF!`.
    Error(String),
}

/// Cells by row and column, from 0.
pub type Cells = BTreeMap<u32, BTreeMap<u32, Stored>>;

/// Why the cells of a sheet are not read.
#[derive(Debug)]
pub enum CellsError {
    /// The workbook is not sound.
    Broken(ReadError),
    /// More rows than asked for.
    Rows,
    /// More columns than asked for.
    Columns,
}

impl From<ReadError> for CellsError {
    fn from(error: ReadError) -> Self {
        Self::Broken(error)
    }
}

/// How much of a sheet is read.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Rows that are not empty.
    pub rows_max: usize,
    /// Columns.
    pub columns_max: usize,
}

impl Extent {
    /// Whatever is there.
    pub const ALL: Self = Self { rows_max: usize::MAX, columns_max: usize::MAX };
}

/// All cells of a sheet. Errors: a workbook that is not sound; more than the extent.
pub fn cells<RS: Read + Seek>(workbook: &mut Xlsx<RS>, sheet: &str, extent: Extent) -> Result<Cells, CellsError> {
    let mut out = Cells::new();
    let mut reader = workbook.worksheet_cells_reader(sheet)?;
    let looks: Vec<Option<Rc<str>>> = reader.styles().iter().map(|s| s.number_format.as_ref().map(|f| Rc::from(f.format_code.as_str()))).collect();
    while let Some((cell, style)) = reader.next_cell_with_style_id()? {
        let value = stored(cell.get_value());
        if value != Value::Empty {
            let at = cell.get_position();
            let look = looks.get(style).cloned().flatten();
            let percent = look.as_ref().is_some_and(|look| look.contains('%'));
            place(&mut out, at, extent)?.insert(at.1, Stored { value, formula: None, percent, look });
        }
    }
    drop(reader);
    // The methods of a reader share one stream: formulas need a second pass.
    let mut reader = workbook.worksheet_cells_reader(sheet)?;
    while let Some(cell) = reader.next_cell_with_formula()? {
        if let Some(formula) = cell.formula {
            let empty = || Stored { value: Value::Empty, formula: None, percent: false, look: None };
            place(&mut out, cell.pos, extent)?.entry(cell.pos.1).or_insert_with(empty).formula = Some(formula);
        }
    }
    Ok(out)
}

fn place(cells: &mut Cells, (row, column): (u32, u32), extent: Extent) -> Result<&mut BTreeMap<u32, Stored>, CellsError> {
    if column as usize >= extent.columns_max {
        return Err(CellsError::Columns);
    }
    if cells.len() >= extent.rows_max && !cells.contains_key(&row) {
        return Err(CellsError::Rows);
    }
    Ok(cells.entry(row).or_default())
}

fn stored(value: &DataRef<'_>) -> Value {
    match value {
        DataRef::Empty => Value::Empty,
        DataRef::Int(number) => Value::Text(number.to_string()),
        DataRef::Float(number) => Value::Number(*number),
        DataRef::String(text) if text.is_empty() => Value::Empty,
        DataRef::String(text) => Value::Text(text.clone()),
        DataRef::SharedString("") => Value::Empty,
        DataRef::SharedString(text) => Value::Text((*text).to_owned()),
        DataRef::Bool(yes) => Value::YesNo(*yes),
        DataRef::DateTime(date) => Value::Date(*date),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::Text(text.clone()),
        DataRef::Error(error) => Value::Error(error.to_string()),
    }
}

/// A stored number in plain decimal notation, exactly as it was typed; none if the file can no longer say it exactly.
///
/// Spreadsheets store every number as a binary double. The shortest decimal that reads back as the same double is
/// what was typed, for anything up to 15 digits, which is what they let one type; Rust's `{}` writes just that,
/// without an exponent. Beyond 2^53 whole numbers are no longer all distinct, so such a number is refused. What was
/// computed rather than typed (0.1 + 0.2) shows its many decimals and is refused as money further on.
#[must_use]
pub fn exact(number: f64) -> Option<String> {
    const FIRST_AMBIGUOUS: f64 = 9_007_199_254_740_992.0;
    if number.is_nan() || number.abs() >= FIRST_AMBIGUOUS {
        return None;
    }
    let text = number.to_string();
    Some(if text == "-0" { "0".to_owned() } else { text })
}

/// What a percentage cell shows: `0.8001` is `80.01%`. Moves the point, computes nothing.
#[must_use]
pub fn percent(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = format!("{fraction:0<2}");
    let (moved, rest) = fraction.split_at_checked(2).unwrap_or((&fraction, ""));
    let whole = format!("{whole}{moved}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}%")
}

/// A date cell as `2024-12-31`; none for a time of day or a number that is no day.
#[must_use]
pub fn day(date: &ExcelDateTime) -> Option<String> {
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    // Outside these serial numbers the conversion answers with a day that does not stand in the cell.
    let within = (1.0..2_958_466.0).contains(&date.as_f64());
    let is_day = within && date.is_datetime() && (hour, minute, second, milli) == (0, 0, 0, 0);
    is_day.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Writes a plain decimal of at most 15 digits as a number, so that the file holds just these digits; anything longer as text.
pub fn write_decimal(sheet: &mut Worksheet, (row, column): (u32, u16), text: &str, format: &Format) -> Result<(), XlsxError> {
    const DIGITS_MAX: usize = 15;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.parse::<f64>() {
        Ok(number) if digits <= DIGITS_MAX => sheet.write_number_with_format(row, column, number, format)?,
        _ => sheet.write_string_with_format(row, column, text, &Format::new().set_num_format("@"))?,
    };
    Ok(())
}

/// What is said beside a row of a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Words, in the column of errors.
    pub text: String,
    /// Cells that are marked, by column from 0.
    pub marked: Vec<u32>,
}

/// Notes by row, from 0.
pub type Notes = BTreeMap<u32, Note>;

/// Copies a sheet under a name; with notes, the rows they belong to get them in a column of errors.
pub fn copy(sheet: &mut Worksheet, name: &str, cells: &Cells, notes: Option<&Notes>) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let header = cells.iter().next();
    let old = header.and_then(|(_, row)| row.iter().find(|(_, s)| s.value == Value::Text(ERRORS.to_owned())).map(|(at, _)| *at));
    let width = cells.values().filter_map(|row| row.last_key_value().map(|(at, _)| *at + 1)).max().unwrap_or(0);
    let errors = u16::try_from(old.unwrap_or(width)).unwrap_or(u16::MAX);
    for (row, columns) in cells {
        for (column, stored) in columns {
            if let Ok(at) = u16::try_from(*column)
                && !(notes.is_some() && at == errors)
            {
                let marked = notes.and_then(|notes| notes.get(row)).is_some_and(|note| note.marked.contains(column));
                put(sheet, *row, at, stored, marked)?;
            }
        }
    }
    widen(sheet, cells)?;
    let Some(notes) = notes else { return Ok(()) };
    if let Some((row, _)) = header {
        sheet.set_freeze_panes(row.saturating_add(1), 1)?;
        sheet.set_row_format(*row, &Format::new().set_bold())?;
        sheet.write_string_with_format(*row, errors, ERRORS, &Format::new().set_bold())?;
    }
    let red = Format::new().set_font_color("#B00020");
    for (row, note) in notes {
        if header.is_some_and(|(first, _)| first != row) {
            sheet.write_string_with_format(*row, errors, &note.text, &red)?;
            for column in &note.marked {
                let empty = cells.get(row).is_none_or(|columns| !columns.contains_key(column));
                if let Ok(column) = u16::try_from(*column)
                    && empty
                {
                    sheet.write_blank(*row, column, &mark(Format::new()))?;
                }
            }
        }
    }
    sheet.set_column_width(errors, 60)?;
    Ok(())
}

/// Makes each column as wide as what stands in its first rows; what the file said of it is not read.
fn widen(sheet: &mut Worksheet, cells: &Cells) -> Result<(), XlsxError> {
    const ROWS_LOOKED_AT: usize = 200;
    const NUMBER_WIDTH: usize = 14;
    let mut widths: BTreeMap<u32, usize> = BTreeMap::new();
    for (column, stored) in cells.values().take(ROWS_LOOKED_AT).flatten() {
        let width = match &stored.value {
            Value::Text(text) => text.chars().take(80).map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>() + 2,
            _ => NUMBER_WIDTH,
        };
        let most = widths.entry(*column).or_default();
        *most = width.max(*most);
    }
    for (column, width) in widths {
        if let (Ok(column), Ok(width)) = (u16::try_from(column), u16::try_from(width.clamp(8, 60))) {
            sheet.set_column_width(column, width)?;
        }
    }
    Ok(())
}

fn mark(format: Format) -> Format {
    format.set_background_color(Color::RGB(0x00FF_C7CE)).set_font_color("#9C0006")
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, stored: &Stored, marked: bool) -> Result<(), XlsxError> {
    let look = |format: Format| if marked { mark(format) } else { format };
    if let Some(formula) = &stored.formula {
        sheet.write_formula_with_format(row, column, Formula::new(format!("={formula}")), &look(Format::new()))?;
        return Ok(());
    }
    match &stored.value {
        Value::Empty => {}
        Value::Number(number) => {
            let shown = stored.look.as_deref().unwrap_or("General");
            sheet.write_number_with_format(row, column, *number, &look(Format::new().set_num_format(shown)))?;
        }
        Value::Text(text) | Value::Error(text) => {
            sheet.write_string_with_format(row, column, text, &look(Format::new().set_num_format("@")))?;
        }
        Value::YesNo(yes) => {
            sheet.write_boolean_with_format(row, column, *yes, &look(Format::new()))?;
        }
        Value::Date(date) => {
            sheet.write_number_with_format(
                row,
                column,
                date.as_f64(),
                &look(Format::new().set_num_format(stored.look.as_deref().unwrap_or("yyyy-mm-dd hh:mm:ss;@"))),
            )?;
        }
    }
    Ok(())
}
