//! A table as a file: XLSX with a frozen head and a sheet that says what it is, or CSV that no spreadsheet runs. The same table gives the same bytes.

use super::{About, Cell, Column, Kind, Table, decimal};
use crate::plain::{MARK, harmless};
use crate::problem::Problem;
use crate::workbook::{NOTES, write_decimal};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use values::{Date, Lang};

/// The first day that every spreadsheet counts alike; earlier ones are written as text.
const FIRST_DAY: (i32, u8, u8) = (1900, 3, 1);

/// Widest column, in characters.
const WIDTH_MAX: u16 = 60;

/// The table as an Excel workbook. Errors: more rows than a sheet holds, a total that is too large.
pub fn xlsx(table: &Table, about: &About) -> Result<Vec<u8>, Problem> {
    let notes = notes(table, about)?;
    book(table, about, &notes).map_err(|e| {
        Problem::new(
            "unwritable-table",
            ("写不成 Excel 文件", format!("the table cannot be written ({e})")),
            ("缩小筛选范围后再导出", "narrow the filter and export again"),
        )
    })
}

fn book(table: &Table, about: &About, notes: &[(String, String)]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    if let Some(at) = datetime(about.at.date()) {
        book.set_properties(&DocProperties::new().set_title(about.title.chars().take(200).collect::<String>()).set_creation_datetime(&at));
    }
    let sheet = book.add_worksheet().set_name(if about.lang == Lang::Zh { "数据" } else { "Data" })?;
    let head = Format::new().set_bold().set_background_color("#E8EDF2").set_text_wrap();
    sheet.set_freeze_panes(1, 1)?;
    for (at, column) in (0_u16..).zip(table.columns()) {
        sheet.write_string_with_format(0, at, column.heading(about.lang), &head)?;
        sheet.set_column_format(at, &format(column.kind))?;
        sheet.set_column_width(at, width(table, usize::from(at), column, about.lang))?;
    }
    let formats: Vec<Format> = table.columns().iter().map(|column| format(column.kind)).collect();
    for (row, cells) in (1_u32..).zip(table.rows()) {
        for ((at, cell), format) in (0_u16..).zip(cells).zip(&formats) {
            put(sheet, (row, at), cell, format)?;
        }
    }
    if let (Ok(last), Some(right)) = (u32::try_from(table.rows().len()), table.columns().len().checked_sub(1).and_then(|at| u16::try_from(at).ok())) {
        sheet.autofilter(0, 0, last, right)?;
    }
    let sheet = book.add_worksheet().set_name(NOTES)?;
    let bold = Format::new().set_bold();
    for (row, (name, value)) in (0_u32..).zip(notes) {
        sheet.write_string_with_format(row, 0, name, &bold)?;
        sheet.write_string(row, 1, value)?;
    }
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, WIDTH_MAX)?;
    book.save_to_buffer()
}

fn format(kind: Kind) -> Format {
    Format::new().set_num_format(match kind {
        Kind::Text => "@",
        Kind::Money => "#,##0.00",
        Kind::Date => "yyyy-mm-dd",
        Kind::Count => "0",
        Kind::Percent => "0.00##%",
    })
}

fn width(table: &Table, at: usize, column: &Column, lang: Lang) -> u16 {
    const ROWS_LOOKED_AT: usize = 200;
    let cells = table.rows().iter().take(ROWS_LOOKED_AT).filter_map(|row| row.get(at)).map(|cell| wide(&cell.plain()));
    let most = cells.chain([wide(column.heading(lang))]).max().unwrap_or(0);
    u16::try_from(most + 3).unwrap_or(WIDTH_MAX).clamp(8, WIDTH_MAX)
}

/// Columns of a screen: a Han character takes two.
fn wide(text: &str) -> usize {
    text.chars().take(80).map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn put(sheet: &mut Worksheet, at: (u32, u16), cell: &Cell, format: &Format) -> Result<(), XlsxError> {
    let text = Format::new().set_num_format("@");
    match cell {
        Cell::Empty => {}
        Cell::Text(words) => {
            sheet.write_string_with_format(at.0, at.1, words, &text)?;
        }
        Cell::Money(fen) => write_decimal(sheet, at, &fen.yuan(), format)?,
        Cell::Count(count) => write_decimal(sheet, at, &count.to_string(), format)?,
        // A spreadsheet holds 12.5% as 0.125; where that has too many digits for it, the words stand.
        Cell::Percent(millionths) if decimal(*millionths, 6).len() > 15 => {
            sheet.write_string_with_format(at.0, at.1, cell.plain(), &text)?;
        }
        Cell::Percent(millionths) => write_decimal(sheet, at, &decimal(*millionths, 6), format)?,
        Cell::Date(date) => match datetime(*date) {
            Some(day) => {
                sheet.write_datetime_with_format(at.0, at.1, &day, format)?;
            }
            None => {
                sheet.write_string_with_format(at.0, at.1, date.to_string(), &text)?;
            }
        },
    }
    Ok(())
}

fn datetime(date: Date) -> Option<ExcelDateTime> {
    let first = Date::new(FIRST_DAY.0, FIRST_DAY.1, FIRST_DAY.2)?;
    if date < first {
        return None;
    }
    ExcelDateTime::from_ymd(u16::try_from(date.year()).ok()?, date.month(), date.day()).ok()
}

/// What the file says of itself: name and value.
fn notes(table: &Table, about: &About) -> Result<Vec<(String, String)>, Problem> {
    let word = |zh: &str, en: &str| if about.lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let mut out = vec![(word("名称", "List"), about.title.clone())];
    if about.filter.is_empty() {
        out.push((word("筛选条件", "Filter"), word("全部", "everything")));
    }
    for (name, value) in &about.filter {
        let colon = word("：", ": ");
        out.push((word("筛选条件", "Filter"), format!("{name}{colon}{value}")));
    }
    out.push((word("导出时间", "Exported at"), about.at.to_string().replace('T', " ")));
    out.push((word("导出人", "Exported by"), about.by.clone()));
    out.push((word("行数", "Rows"), table.rows().len().to_string()));
    for (column, total) in table.totals()? {
        let at = table.column(&column.key);
        let said = table.rows().is_empty() || table.rows().iter().any(|row| at.and_then(|at| row.get(at)).is_some_and(|cell| *cell != Cell::Empty));
        if !said {
            continue;
        }
        let heading = column.heading(about.lang);
        out.push((word(&format!("合计：{heading}"), &format!("Total: {heading}")), total.yuan()));
    }
    out.extend(about.more.iter().cloned());
    let cell = |text: String| Cell::text(&text).words().unwrap_or_default().chars().take(8_000).collect::<String>();
    Ok(out.into_iter().map(|(name, value)| (cell(name), cell(value))).collect())
}

/// The table as CSV: UTF-8 with its mark, every cell in quotes, texts that a spreadsheet would run made harmless. Amounts and
/// other numbers are written as they are; a minus in front of a number runs nothing.
#[must_use]
pub fn csv(table: &Table, lang: Lang) -> Vec<u8> {
    let mut out = MARK.to_vec();
    let heads: Vec<String> = table.columns().iter().map(|column| harmless(column.heading(lang))).collect();
    line(&mut out, &heads);
    for row in table.rows() {
        let cells: Vec<String> = row.iter().map(|cell| cell.words().map_or_else(|| cell.plain(), harmless)).collect();
        line(&mut out, &cells);
    }
    out
}

fn line(out: &mut Vec<u8>, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    }
    out.extend_from_slice(b"\r\n");
}
