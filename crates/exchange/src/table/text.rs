//! A file as text that somebody can read and mend in a form: a workbook as CSV, each row on the line it has in the workbook.

use super::{Raw, raw};
use crate::limits::Limits;
use crate::plain::{MARK, decode};
use crate::problem::Problem;

/// The text of a file. Cells that cannot be used are empty. Errors: as [`raw`].
pub fn text(bytes: &[u8], limits: &Limits) -> Result<String, Problem> {
    let table = raw(bytes, limits)?;
    if table.sheet.is_none() {
        let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
        return Ok(String::from_utf8_lossy(&decode(bytes.to_vec()).bytes).replace("\r\n", "\n"));
    }
    let mut out = line(table.header.iter().map(String::as_str));
    let mut at = 1;
    for (number, cells) in &table.rows {
        while at < *number {
            out.push('\n');
            at += 1;
        }
        out.push_str(&line(cells.iter().map(|cell| match cell {
            Raw::Text(text) | Raw::Number(text) | Raw::Percent(text) => text.as_str(),
            Raw::Empty | Raw::Bad(_) => "",
        })));
    }
    out.push('\n');
    Ok(out)
}

/// Cells as a line of CSV; one with lines in it stays on its line.
fn line<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let cell = |cell: &str| {
        let cell = cell.replace(['\r', '\n'], " ");
        if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
    };
    cells.map(cell).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails loudly")]

    use super::*;
    use crate::table::{About, Cell, Column, Kind, Table, csv, xlsx};
    use values::{Date, Fen, Lang, Moment};

    #[test]
    fn a_workbook_and_its_csv_are_the_same_text_to_whoever_mends_it() {
        let mut table = Table::new(vec![Column::new("who", "户名", "Holder", Kind::Text), Column::new("amount", "金额（元）", "Amount (yuan)", Kind::Money)]);
        table.push(vec![Cell::text("示例, “商贸”"), Cell::Money(Fen(77_275_300))]).unwrap();
        let about = About { title: "表".into(), filter: Vec::new(), at: Moment::start_of(Date::LAST), by: "finance".into(), more: Vec::new(), lang: Lang::Zh };
        let book = text(&xlsx(&table, &about).unwrap(), &Limits::TABLE).unwrap();
        assert_eq!(book.lines().take(2).collect::<Vec<_>>(), ["户名,金额（元）", "\"示例, “商贸”\",772753"]);
        let plain = text(&csv(&table, Lang::Zh), &Limits::TABLE).unwrap();
        assert_eq!(plain.lines().take(2).collect::<Vec<_>>(), ["\"户名\",\"金额（元）\"", "\"示例, “商贸”\",\"772753.00\""]);
        assert_eq!(raw(book.as_bytes(), &Limits::TABLE).unwrap().rows.first().map(|(line, _)| *line), Some(2));
    }
}
