//! Results as a workbook: made of the lines of a CSV file, whole or not at all. A sheet holds about a million lines; for more
//! there is Parquet.

use crate::failure::Failure;
use exchange::workbook::write_decimal;
use population::file::write_whole;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::path::{Path, PathBuf};

/// Lines of a sheet, without the header.
pub const LINES_MAX: u64 = 1_048_575;

/// Columns of sums: amount and awarded.
const SUMS: [usize; 2] = [5, 6];

/// Refuses more lines than a sheet holds.
pub fn fits(path: &Path, lines: u64) -> Result<(), Failure> {
    if lines <= LINES_MAX {
        return Ok(());
    }
    let name = path.display();
    Err(Failure::input(
        format!("结果有 {lines} 行，{name} 的一张表最多 {LINES_MAX} 行"),
        format!("there are {lines} results, and a sheet of {name} holds {LINES_MAX}"),
    )
    .help("改用 .parquet 或 .csv", "use .parquet or .csv"))
}

/// Where the lines of a workbook stand meanwhile.
pub fn lines_of(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.csv"))
}

/// Makes the workbook of the lines and takes them away.
pub fn write(path: &Path, lines: &Path) -> Result<(), Failure> {
    let made = make(path, lines);
    let gone = std::fs::remove_file(lines).map_err(|error| Failure::unwritable(lines, &error));
    made.and(gone)
}

fn make(path: &Path, lines: &Path) -> Result<(), Failure> {
    let unreadable = |error: csv::Error| Failure::unreadable(lines, &std::io::Error::other(error));
    let records: Vec<csv::StringRecord> =
        csv::ReaderBuilder::new().has_headers(false).from_path(lines).map_err(unreadable)?.records().collect::<Result<_, _>>().map_err(unreadable)?;
    fits(path, (records.len() as u64).saturating_sub(1))?;
    let bytes = workbook(&records).map_err(|error| Failure::unwritable_workbook(path, error))?;
    write_whole(path, &[&bytes]).map_err(|error| Failure::Input { message: error.message, help: Some(error.help) })
}

fn workbook(records: &[csv::StringRecord]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("结果")?;
    let (bold, sums) = (Format::new().set_bold(), Format::new().set_num_format("#,##0.00"));
    for (row, record) in (0_u32..).zip(records) {
        for ((at, column), text) in (0_usize..).zip(0_u16..).zip(record) {
            match row {
                0 => _ = sheet.write_string_with_format(row, column, text, &bold)?,
                _ if text.is_empty() => {}
                _ if SUMS.contains(&at) => write_decimal(sheet, (row, column), text, &sums)?,
                _ => _ = sheet.write_string(row, column, text)?,
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails loudly")]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_holds_so_many_lines_and_no_more() {
        assert!(fits(Path::new("a.xlsx"), LINES_MAX).is_ok());
        let refused = fits(Path::new("a.xlsx"), LINES_MAX + 1).unwrap_err();
        assert!(matches!(refused, Failure::Input { help: Some(help), .. } if help.zh.contains(".parquet")));
    }
}
