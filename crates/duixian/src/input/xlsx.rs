//! Excel workbooks of applications. Cells are read by `exchange::workbook`. Formulas are refused: what they last showed is nobody's statement.

use super::table::{Book, Cell, ELSEWHERE, HISTORY, Row, Table, collect, list_fields};
use super::{Collector, Finding, Place, Request, WHOLE_BYTES_MAX};
use crate::failure::Failure;
use calamine::{ExcelDateTime, Reader, Xlsx, XlsxError};
use exchange::workbook::{Cells, CellsError, Extent, NOTES, Stored, Value, exact, percent};
use policy::diagnostic::{Severity, Text};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The sheet with one row an applicant; where there is none of this name, the first sheet.
pub const MAIN: &str = "申报";

/// An open workbook.
pub type Workbook = Xlsx<BufReader<File>>;

/// Reads a workbook.
pub fn read(request: &Request<'_>, collector: &mut Collector<'_>) -> Result<(), Failure> {
    let mut workbook = open(request.path)?;
    let names = workbook.sheet_names();
    let Some(main) = main_sheet(&names) else { return Ok(()) };
    let mut book = Book::default();
    for name in &names {
        let is_list = [HISTORY, ELSEWHERE].contains(&name.as_str()) || list_fields(name, request.scheme).is_some();
        if name != main && !is_list {
            if name != NOTES {
                collector.note(unknown_sheet(name, request));
            }
            continue;
        }
        let table = table(name, &cells(&mut workbook, name, request.path)?);
        if name == main {
            book.main = table;
        } else if !table.header.is_empty() {
            book.parts.push((name.clone(), table));
        }
    }
    request.progress.inc(std::fs::metadata(request.path).map_or(0, |m| m.len()));
    collect(&book, collector);
    Ok(())
}

/// The sheet of applicants of a workbook.
pub fn main_table(path: &Path) -> Result<Table, Failure> {
    let mut workbook = open(path)?;
    match main_sheet(&workbook.sheet_names()).cloned() {
        Some(name) => Ok(table(&name, &cells(&mut workbook, &name, path)?)),
        None => Ok(Table::default()),
    }
}

/// Opens a workbook; anything else is refused.
pub fn open(path: &Path) -> Result<Workbook, Failure> {
    let unreadable = |e: std::io::Error| Failure::unreadable(path, &e);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() > WHOLE_BYTES_MAX {
        let name = path.display();
        return Err(Failure::input(format!("{name} 超过512MB"), format!("{name} is larger than 512 MB")).help("分成几个文件", "split it"));
    }
    Xlsx::new(BufReader::new(file)).map_err(|e| broken(path, &e))
}

fn broken(path: &Path, error: &XlsxError) -> Failure {
    let name = path.display();
    Failure::input(format!("{name} 不是完好的 .xlsx 文件"), format!("{name} is not a sound .xlsx file ({error})"))
        .help("用表格软件打开后另存为 .xlsx；有密码的先去掉密码", "open it and save it as .xlsx again; remove a password first")
}

/// The sheet of applicants.
pub fn main_sheet(names: &[String]) -> Option<&String> {
    names.iter().find(|name| *name == MAIN).or_else(|| names.first())
}

fn unknown_sheet(name: &str, request: &Request<'_>) -> Finding {
    let known = request.scheme.facts.iter().filter(|f| list_fields(&f.name, request.scheme).is_some()).map(|f| f.name.as_str());
    let known = known.chain([HISTORY, ELSEWHERE]).collect::<Vec<_>>().join("、");
    Finding {
        severity: Severity::Warning,
        ..Finding::error(
            Place { part: Some(name.to_owned()), ..Place::default() },
            "",
            "unknown-sheet",
            Text::new("不认识这张工作表，没有读", "this sheet is not known and was not read"),
            Text::new(format!("名单的表名：{known}"), format!("sheets of lists: {known}")),
        )
    }
}

/// All cells of a sheet.
pub fn cells(workbook: &mut Workbook, sheet: &str, path: &Path) -> Result<Cells, Failure> {
    exchange::workbook::cells(workbook, sheet, Extent::ALL).map_err(|e| match e {
        CellsError::Broken(error) => broken(path, &error),
        CellsError::Rows | CellsError::Columns => broken(path, &XlsxError::Unexpected("too many cells")),
    })
}

fn table(name: &str, cells: &Cells) -> Table {
    let mut table = Table { part: Some(name.to_owned()), ..Table::default() };
    for (row, stored) in cells {
        let line = *row as usize + 1;
        let width = stored.last_key_value().map_or(0, |(column, _)| *column as usize + 1);
        let at = |column: usize| u32::try_from(column).ok().and_then(|column| stored.get(&column));
        if table.header.is_empty() {
            let header: Vec<String> = (0..width).map(|column| at(column).map_or_else(String::new, |s| header(&s.value))).collect();
            if header.iter().any(|h| !h.is_empty()) {
                (table.header, table.header_line) = (header, line);
            }
            continue;
        }
        // A value to the right of the last header has no name: `check_repeated` says so.
        while table.header.len() < width {
            table.header.push(String::new());
        }
        let cells: Vec<Cell> = (0..width).map(|column| at(column).map_or(Cell::Empty, cell)).collect();
        if cells.iter().any(|c| *c != Cell::Empty) {
            table.rows.push(Row { line, cells });
        }
    }
    table
}

fn header(value: &Value) -> String {
    match value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Number(number) => exact(*number).unwrap_or_default(),
        _ => String::new(),
    }
}

fn cell(stored: &Stored) -> Cell {
    if stored.formula.is_some() {
        return Cell::bad(
            "formula",
            Text::new("单元格里是公式，不是值", "the cell holds a formula, not a value"),
            Text::new("复制后“选择性粘贴—数值”", "copy it and paste values only"),
        );
    }
    match &stored.value {
        Value::Empty => Cell::Empty,
        Value::Text(text) => Cell::text(text),
        Value::YesNo(yes) => Cell::YesNo(*yes),
        Value::Date(date) => day(date),
        Value::Number(number) => match exact(*number) {
            Some(text) if stored.percent => Cell::Text(percent(&text)),
            Some(text) => Cell::Number(text),
            None => Cell::bad(
                "float",
                Text::new("这个数太大，表格软件已不能精确保存", "the number is too large for a spreadsheet to hold exactly"),
                Text::new("把单元格设为文本格式再写；信用代码也要用文本格式", "format the cell as text and write it again; credit codes are text too"),
            ),
        },
        Value::Error(error) => Cell::bad(
            "cell-error",
            Text::new(format!("单元格是错误值 {error}"), format!("the cell holds the error {error}")),
            Text::new("改为值，或清空（未知）", "write a value, or clear it (unknown)"),
        ),
    }
}

/// A date cell as `2024-12-31`; a time of day is refused.
fn day(date: &ExcelDateTime) -> Cell {
    exchange::workbook::day(date).map_or_else(
        || Cell::bad("date", Text::new("单元格是时间，不是日期", "the cell holds a time, not a day"), Text::new("写成 2024-12-31", "write it like 2024-12-31")),
        Cell::Text,
    )
}
