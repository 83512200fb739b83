//! A file as a table: what it is by its content, which header means which column, and each cell as the kind its column has. Formulas and
//! numbers that the file can no longer say exactly are refused, never guessed.

use super::{Cell, Column, Kind, Table, missing_column};
use crate::archive::{Archive, within};
use crate::limits::Limits;
use crate::plain::{LineCounter, bare, decode, reader, shortened};
use crate::problem::{Problem, shown};
use crate::workbook::{self, CellsError, ERRORS, Extent, NOTES, Stored, Value};
use calamine::{Reader, Xlsx};
use std::collections::HashMap;
use std::io::Cursor;
use values::number::NumberError;
use values::{Date, DateError, Fen};

/// A cell before its column is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// Nothing.
    Empty,
    /// Words, or a number written as words.
    Text(String),
    /// A number of a spreadsheet, in plain decimals.
    Number(String),
    /// A number that is shown as a percentage: `12.5%`.
    Percent(String),
    /// Something that cannot be used.
    Bad(Box<Problem>),
}

/// A table before its columns are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawTable {
    /// Headers.
    pub header: Vec<String>,
    /// Rows that are not empty: their line and their cells.
    pub rows: Vec<(usize, Vec<Raw>)>,
    /// A workbook's sheet, for the annotated copy.
    pub sheet: Option<String>,
}

/// One row that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file.
    pub line: usize,
    /// Its cells in the order of the columns asked for; a cell that was refused or has no column is empty.
    pub cells: Vec<Cell>,
}

/// What a file holds, read by columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// The columns asked for.
    pub columns: Vec<Column>,
    /// Where each stands in the file, from 0; none where it is not there.
    pub places: Vec<Option<usize>>,
    /// The rows.
    pub rows: Vec<Row>,
    /// All that is wrong.
    pub problems: Vec<Problem>,
}

impl Intake {
    /// The table, if nothing is wrong and no column is missing. Errors: all that is wrong.
    pub fn table(self) -> Result<Table, Vec<Problem>> {
        let mut problems = self.problems;
        problems.extend(self.columns.iter().zip(&self.places).filter(|(_, place)| place.is_none()).map(|(column, _)| missing_column(column)));
        let mut table = Table::new(self.columns);
        for row in self.rows {
            if let Err(problem) = table.push(row.cells) {
                problems.push(problem.at(row.line));
            }
        }
        if problems.is_empty() { Ok(table) } else { Err(problems) }
    }

    /// What is wrong, by line; what concerns the file as a whole is not in it.
    #[must_use]
    pub fn by_line(&self) -> HashMap<usize, Vec<Problem>> {
        let mut out: HashMap<usize, Vec<Problem>> = HashMap::new();
        for problem in &self.problems {
            if let Some(line) = problem.line {
                out.entry(line).or_default().push(problem.clone());
            }
        }
        out
    }
}

/// Reads a file by columns. Errors: what makes the file as a whole unreadable; what is wrong in single rows is in the result.
pub fn read(bytes: &[u8], columns: &[Column], limits: &Limits) -> Result<Intake, Problem> {
    Ok(by_columns(&raw(bytes, limits)?, columns))
}

/// Reads a file as it stands: XLSX or CSV, by its content. Errors: neither; too large; damaged; no header.
pub fn raw(bytes: &[u8], limits: &Limits) -> Result<RawTable, Problem> {
    within(bytes.len() as u64, limits)?;
    let table = if bytes.starts_with(b"PK") { workbook(bytes, limits)? } else { plain(bytes, limits)? };
    if table.header.is_empty() {
        return Err(Problem::new("empty-file", ("文件是空的", "the file is empty"), ("第一行写列名，从第二行起填写", "put the headings into the first row")));
    }
    Ok(table)
}

fn too_many(code: &'static str, zh: &str, en: &str, most: usize) -> Problem {
    Problem::new(code, (format!("{zh}超过 {most}"), format!("more than {most} {en}")), ("分成几个文件", "split the file"))
}

fn not_a_workbook() -> Problem {
    Problem::new(
        "broken-workbook",
        ("不是完好的 .xlsx 文件", "this is not a sound .xlsx file"),
        ("用表格软件打开后另存为 .xlsx；有密码的先去掉密码", "open it and save it as .xlsx again; remove a password first"),
    )
}

fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Xlsx<Cursor<&'a [u8]>>, Problem> {
    Archive::open(bytes, limits)?.check_all()?;
    Xlsx::new(Cursor::new(bytes)).map_err(|_| not_a_workbook())
}

/// The sheets of a workbook with their cells, within limits.
pub(crate) fn sheets(bytes: &[u8], limits: &Limits) -> Result<Vec<(String, workbook::Cells)>, Problem> {
    let mut book = open(bytes, limits)?;
    let extent = Extent { rows_max: limits.rows_max.saturating_add(1), columns_max: limits.columns_max };
    let names = book.sheet_names();
    names.into_iter().map(|name| workbook::cells(&mut book, &name, extent).map(|cells| (name, cells)).map_err(|e| over(&e, limits))).collect()
}

fn over(error: &CellsError, limits: &Limits) -> Problem {
    match error {
        CellsError::Broken(_) => not_a_workbook(),
        CellsError::Rows => too_many("too-many-rows", "行数", "rows", limits.rows_max),
        CellsError::Columns => too_many("too-many-columns", "列数", "columns", limits.columns_max),
    }
}

fn workbook(bytes: &[u8], limits: &Limits) -> Result<RawTable, Problem> {
    let mut book = open(bytes, limits)?;
    let names = book.sheet_names();
    let Some(name) = names.iter().find(|name| *name != NOTES) else { return Ok(RawTable::default()) };
    let extent = Extent { rows_max: limits.rows_max.saturating_add(1), columns_max: limits.columns_max };
    let cells = workbook::cells(&mut book, name, extent).map_err(|e| over(&e, limits))?;
    let mut table = RawTable { sheet: Some(name.clone()), ..RawTable::default() };
    for (row, stored) in cells {
        let line = row as usize + 1;
        let width = stored.last_key_value().map_or(0, |(column, _)| *column as usize + 1);
        let at = |column: usize| u32::try_from(column).ok().and_then(|column| stored.get(&column));
        if table.header.is_empty() {
            table.header = (0..width).map(|column| at(column).map_or_else(String::new, |s| header(&s.value))).collect();
            continue;
        }
        let cells: Vec<Raw> = (0..width).map(|column| at(column).map_or(Raw::Empty, |stored| cell(stored, limits))).collect();
        if cells.iter().any(|cell| *cell != Raw::Empty) {
            table.rows.push((line, cells));
        }
    }
    Ok(table)
}

fn header(value: &Value) -> String {
    match value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Number(number) => workbook::exact(*number).unwrap_or_default(),
        _ => String::new(),
    }
}

fn bad(code: &'static str, zh: &str, en: &str, help_zh: &str, help_en: &str) -> Raw {
    Raw::Bad(Box::new(Problem::new(code, (zh, en), (help_zh, help_en))))
}

fn cell(stored: &Stored, limits: &Limits) -> Raw {
    if stored.formula.is_some() {
        return bad("formula", "单元格里是公式，不是值", "the cell holds a formula, not a value", "复制后“选择性粘贴—数值”", "copy it and paste values only");
    }
    match &stored.value {
        Value::Empty => Raw::Empty,
        Value::Text(text) => words(text, limits),
        Value::YesNo(yes) => Raw::Text(if *yes { "是" } else { "否" }.to_owned()),
        Value::Date(date) => match workbook::day(date) {
            Some(day) => Raw::Text(day),
            None => bad("date", "单元格是时间，不是日期", "the cell holds a time, not a day", "写成 2024-12-31", "write it like 2024-12-31"),
        },
        Value::Number(number) => match workbook::exact(*number) {
            Some(text) if stored.percent => Raw::Percent(workbook::percent(&text)),
            Some(text) => Raw::Number(text),
            None => bad(
                "float",
                "这个数太大，表格软件已不能精确保存",
                "the number is too large for a spreadsheet to hold exactly",
                "把单元格设为文本格式再写；账号、信用代码也要用文本格式",
                "format the cell as text and write it again; accounts and credit codes are text too",
            ),
        },
        Value::Error(_) => bad("cell-error", "单元格是错误值", "the cell holds an error", "改为值，或清空", "write a value, or clear it"),
    }
}

fn words(text: &str, limits: &Limits) -> Raw {
    if text.encode_utf16().count() > limits.cell_chars_max {
        return bad("cell-too-long", "这一格太长", "the cell is too long", "缩短，或另附文件", "shorten it, or attach a file");
    }
    match Cell::text(text) {
        Cell::Text(text) => Raw::Text(text),
        _ => Raw::Empty,
    }
}

fn plain(bytes: &[u8], limits: &Limits) -> Result<RawTable, Problem> {
    let no_text = || {
        let help = (
            "用 UTF-8 或 GB18030 编码的 CSV，或 .xlsx；.xls、.et 请另存为 .xlsx；有密码的先去掉密码",
            "use CSV in UTF-8 or GB18030, or .xlsx; save .xls and .et as .xlsx; remove a password first",
        );
        Problem::new("not-a-table", ("不是 CSV 也不是 .xlsx", "this is neither CSV nor .xlsx"), help)
    };
    let bytes = bytes.strip_prefix(crate::plain::MARK).unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(no_text());
    }
    let decoded = decode(bytes.to_vec());
    let mut lines = LineCounter::new(&decoded.bytes);
    let mut reader = reader(&decoded.bytes);
    let mut table = RawTable::default();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|_| no_text())? {
        let line = lines.line_of(record.position().map_or(0, csv::Position::byte));
        if record.len() > limits.columns_max {
            return Err(too_many("too-many-columns", "列数", "columns", limits.columns_max));
        }
        let mut cells = Vec::with_capacity(record.len());
        for field in &record {
            let text = std::str::from_utf8(field).map_err(|_| no_text())?;
            cells.push(plain_cell(text.trim(), limits));
        }
        if table.header.is_empty() {
            let name = |cell: &Raw| if let Raw::Text(text) = cell { text.clone() } else { String::new() };
            let header: Vec<String> = cells.iter().map(name).collect();
            if header.iter().any(|name| !name.is_empty()) {
                table.header = header;
            }
            continue;
        }
        if cells.iter().any(|cell| *cell != Raw::Empty) {
            if table.rows.len() >= limits.rows_max {
                return Err(too_many("too-many-rows", "行数", "rows", limits.rows_max));
            }
            table.rows.push((line, cells));
        }
    }
    Ok(table)
}

fn plain_cell(text: &str, limits: &Limits) -> Raw {
    if !shortened(text) {
        return words(bare(text), limits);
    }
    let text = shown(text);
    Raw::Bad(Box::new(Problem::new(
        "lost-digits",
        (format!("“{text}”是表格软件改写过的长号码，后面的数字已经丢失"), format!("'{text}' is a long number that a spreadsheet has shortened")),
        ("用 .xlsx 填写，或把这一列设为文本格式后重新填写完整号码", "use .xlsx, or format the column as text and write the whole number again"),
    )))
}

/// Reads a raw table by columns.
pub(crate) fn by_columns(table: &RawTable, columns: &[Column]) -> Intake {
    let mut problems = Vec::new();
    let mut places: Vec<Option<usize>> = vec![None; columns.len()];
    for (at, header) in table.header.iter().enumerate() {
        let filled = || table.rows.iter().any(|(_, cells)| cells.get(at).is_some_and(|cell| *cell != Raw::Empty));
        let found = columns.iter().position(|column| column.is_headed(header));
        match found.and_then(|found| places.get_mut(found)) {
            _ if header == ERRORS => {}
            Some(place @ None) => *place = Some(at),
            Some(Some(_)) => problems.push(
                Problem::new(
                    "duplicate-column",
                    (format!("“{}”列有两个", shown(header)), format!("there are two columns '{}'", shown(header))),
                    ("删去一列", "remove one"),
                )
                .of(header.as_str()),
            ),
            None if header.is_empty() && !filled() => {}
            None => {
                let known = columns.iter().map(|column| column.zh.as_str()).collect::<Vec<_>>().join("、");
                problems.push(
                    Problem::new(
                        "unknown-column",
                        (format!("不认识“{}”列", shown(header)), format!("the column '{}' is not known", shown(header))),
                        (format!("删去这一列；可用的列：{known}"), format!("remove it; columns: {known}")),
                    )
                    .of(header.as_str()),
                );
            }
        }
    }
    let mut rows = Vec::with_capacity(table.rows.len());
    for (line, cells) in &table.rows {
        if let Some(extra) = cells.iter().skip(table.header.len()).find(|cell| **cell != Raw::Empty) {
            let words = if let Raw::Text(text) | Raw::Number(text) = extra { shown(text) } else { String::new() };
            problems.push(
                Problem::new(
                    "row-width",
                    (format!("这一行比表头多出“{words}”"), format!("the row has '{words}' beyond the last heading")),
                    ("有逗号的内容用引号括起来，或删去多的格", "put contents with commas into quotes, or remove the extra cells"),
                )
                .at(*line),
            );
        }
        let mut row = Row { line: *line, cells: Vec::with_capacity(columns.len()) };
        for (column, place) in columns.iter().zip(&places) {
            let raw = place.and_then(|at| cells.get(at)).unwrap_or(&Raw::Empty);
            row.cells.push(typed(raw, column.kind).unwrap_or_else(|problem| {
                let heading = place.and_then(|at| table.header.get(at)).map_or(column.zh.as_str(), String::as_str);
                problems.push(problem.at(*line).of(heading));
                Cell::Empty
            }));
        }
        rows.push(row);
    }
    Intake { columns: columns.to_vec(), places, rows, problems }
}

/// A cell as the kind its column has. Errors: anything that is not exactly that.
pub fn typed(raw: &Raw, kind: Kind) -> Result<Cell, Problem> {
    let text = match raw {
        Raw::Empty => return Ok(Cell::Empty),
        Raw::Bad(problem) => return Err((**problem).clone()),
        Raw::Text(text) | Raw::Number(text) | Raw::Percent(text) => text.as_str(),
    };
    match kind {
        Kind::Text => Ok(Cell::text(text)),
        Kind::Money => Fen::parse_yuan(&ungrouped(text)).map(Cell::Money).map_err(|e| no_number(text, e)),
        Kind::Count => whole(&ungrouped(text)).map(Cell::Count).map_err(|e| no_number(text, e)),
        Kind::Date => date(text).map(Cell::Date),
        Kind::Percent => percent(text).map(Cell::Percent),
    }
}

/// Takes out thousands separators that stand where they belong; anything else is left for the number to refuse.
fn ungrouped(text: &str) -> String {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut groups = whole.split(',');
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().is_some_and(|g| (1..=3).contains(&g.len()) && all_digits(g));
    if whole.contains(',') && first && groups.all(|g| g.len() == 3 && all_digits(g)) {
        let point = if fraction.is_some() { "." } else { "" };
        return format!("{sign}{}{point}{}", whole.replace(',', ""), fraction.unwrap_or_default());
    }
    text.to_owned()
}

fn no_number(text: &str, error: NumberError) -> Problem {
    let text = shown(text);
    let (zh, en) = match error {
        NumberError::TooManyDecimals => ("小数太多", "too many decimals"),
        NumberError::OutOfRange | NumberError::TooLong => ("太大", "too large"),
        NumberError::Exponent => ("是科学计数法", "written with an exponent"),
        _ => ("不是数", "not a number"),
    };
    Problem::new("number", (format!("“{text}”{zh}"), format!("'{text}' is {en}")), ("写成 1234.50 这样的数", "write a number like 1234.50"))
}

fn whole(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(if digits.contains('.') { NumberError::TooManyDecimals } else { NumberError::NotANumber });
    }
    text.parse().map_err(|_| NumberError::OutOfRange)
}

fn date(text: &str) -> Result<Date, Problem> {
    // Spreadsheets show 2024-01-05 as 2024/1/5 once they have touched a CSV file.
    let slashed = text.split('/').collect::<Vec<_>>();
    let result = match slashed.as_slice() {
        [year, month, day] if [year, month, day].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())) => {
            Date::parse(&format!("{year}年{month}月{day}日"))
        }
        _ => Date::parse(text),
    };
    result.map_err(|error| {
        let text = shown(text);
        let (zh, en) = match error {
            DateError::NoSuchDay { .. } => (format!("没有“{text}”这一天"), format!("there is no day '{text}'")),
            _ => (format!("“{text}”不是日期"), format!("'{text}' is no date")),
        };
        Problem::new("date", (zh, en), ("写成 2024-12-31", "write it like 2024-12-31"))
    })
}

fn percent(text: &str) -> Result<i64, Problem> {
    let wrong = || {
        let text = shown(text);
        Problem::new(
            "percent",
            (format!("“{text}”不是百分数"), format!("'{text}' is no percentage")),
            ("写成 12.5%，至多四位小数", "write it like 12.5%, with at most four decimals"),
        )
    };
    let number = text.strip_suffix(['%', '％']).ok_or_else(wrong)?.trim();
    let (sign, digits) = number.strip_prefix('-').map_or((1, number), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let fraction = fraction.trim_end_matches('0');
    if !all_digits(whole) || !(fraction.is_empty() || all_digits(fraction)) || fraction.len() > 4 {
        return Err(wrong());
    }
    let millionths: i64 = format!("{whole}{fraction:0<4}").parse().map_err(|_| wrong())?;
    Ok(sign * millionths)
}

/// What a workbook says of itself on its sheet of notes: name and value.
pub fn notes(bytes: &[u8], limits: &Limits) -> Result<Vec<(String, String)>, Problem> {
    let sheets = sheets(bytes, limits)?;
    let text = |stored: Option<&Stored>| match stored.map(|s| &s.value) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let cells = sheets.into_iter().find(|(name, _)| name == NOTES).map(|(_, cells)| cells).unwrap_or_default();
    Ok(cells.values().map(|row| (text(row.get(&0)), text(row.get(&1)))).collect())
}
