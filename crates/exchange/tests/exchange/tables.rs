//! Tables out and in.

use crate::samples::{about, any_table, columns, date, table, zip};
use exchange::plain::{bare, harmless};
use exchange::table::{csv, notes, read, xlsx};
use exchange::{Cell, Column, Kind, Limits, Table};
use proptest::prelude::*;
use values::{Fen, Lang};

fn filled(table: &Table) -> Table {
    // A row without any content is no row of a file.
    let rows = table.rows().iter().filter(|row| row.iter().any(|cell| *cell != Cell::Empty)).cloned().collect();
    crate::samples::table(table.columns().to_vec(), rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_table_read_back_from_excel_is_the_same(table in any_table(0..12), english in any::<bool>()) {
        let table = filled(&table);
        let lang = if english { Lang::En } else { Lang::Zh };
        let bytes = xlsx(&table, &about(lang)).unwrap();
        let back = read(&bytes, table.columns(), &Limits::TABLE).unwrap().table().unwrap();
        prop_assert_eq!(&back, &table);
        let notes = notes(&bytes, &Limits::TABLE).unwrap();
        let rows = if english { "Rows" } else { "行数" };
        let number_of_rows = table.rows().len().to_string();
        prop_assert!(notes.iter().any(|(name, value)| name == rows && *value == number_of_rows));
        for (column, total) in table.totals().unwrap() {
            let at = table.column(&column.key).unwrap();
            if table.rows().iter().all(|row| row[at] == Cell::Empty) {
                continue;
            }
            let total = total.yuan();
            prop_assert!(notes.iter().any(|(_, value)| *value == total));
        }
    }

    #[test]
    fn a_table_read_back_from_csv_is_the_same_and_runs_nothing(table in any_table(0..12)) {
        let table = filled(&table);
        let bytes = csv(&table, Lang::Zh);
        prop_assert!(bytes.starts_with(b"\xEF\xBB\xBF"));
        let back = read(&bytes, table.columns(), &Limits::TABLE).unwrap().table().unwrap();
        prop_assert_eq!(&back, &table);
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[3..]);
        for record in reader.records() {
            for field in &record.unwrap() {
                let number = field.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || ".%".contains(c));
                prop_assert!(number || !field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{field:?}");
            }
        }
    }

    #[test]
    fn what_was_made_harmless_is_found_again(text in any::<String>(), guards in 0_usize..4, sign in "[=+@-]?") {
        let text = format!("{}{sign}{text}", "'".repeat(guards));
        let written = harmless(&text);
        prop_assert_eq!(bare(&written), &text);
        prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r']));
    }

    #[test]
    fn bytes_of_any_kind_never_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, &columns(), &Limits::TABLE);
        let mut pk = b"PK\x03\x04".to_vec();
        pk.extend(&bytes);
        prop_assert!(read(&pk, &columns(), &Limits::TABLE).is_err());
    }

    #[test]
    fn a_workbook_with_broken_bytes_never_breaks_the_reader(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let table = table(columns(), vec![vec![Cell::text("a"), Cell::text("=b"), Cell::Money(Fen(150)), Cell::Date(date("2026-01-02")), Cell::Count(3), Cell::Percent(125_000)]]);
        let mut bytes = xlsx(&table, &about(Lang::Zh)).unwrap();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        let _ = read(&bytes, table.columns(), &Limits::TABLE);
        bytes.truncate(cut.index(bytes.len()));
        let _ = read(&bytes, table.columns(), &Limits::TABLE);
    }
}

#[test]
fn money_is_exact_to_the_fen_however_large() {
    let amounts = [0, 1, -1, 99, 10_001, 123_456_789_012_345, 999_999_999_999_999, 1_000_000_000_000_001, i64::MAX / 2, -(i64::MAX / 2)];
    let rows = amounts.iter().map(|fen| vec![Cell::Money(Fen(*fen))]).collect();
    let table = table(vec![Column::new("amount", "金额", "Amount", Kind::Money)], rows);
    for bytes in [xlsx(&table, &about(Lang::Zh)).unwrap(), csv(&table, Lang::Zh)] {
        assert_eq!(read(&bytes, table.columns(), &Limits::TABLE).unwrap().table().unwrap(), table);
    }
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let table = table(columns(), vec![vec![Cell::text("1"), Cell::text("黔江甲公司"), Cell::Money(Fen(5)), Cell::Empty, Cell::Empty, Cell::Empty]]);
    assert_eq!(xlsx(&table, &about(Lang::Zh)).unwrap(), xlsx(&table, &about(Lang::Zh)).unwrap());
}

#[test]
fn headings_are_found_in_both_languages_by_key_and_in_any_order() {
    let file = "Staff, 编号 ,amount,核定金额(元)\n3,A-1,,\"1,234.50\"\n";
    let intake = read(file.as_bytes(), &columns(), &Limits::TABLE).unwrap();
    assert_eq!(intake.problems.len(), 1, "amount stands twice: {:?}", intake.problems);
    let file = "Staff, 编号 ,核定金额(元)\n3,A-1,\"1,234.50\"\n";
    let intake = read(file.as_bytes(), &columns(), &Limits::TABLE).unwrap();
    assert!(intake.problems.is_empty());
    assert_eq!(intake.rows[0].cells[..3], [Cell::text("A-1"), Cell::Empty, Cell::Money(Fen(123_450))]);
    assert_eq!(intake.rows[0].cells[4], Cell::Count(3));
}

#[test]
fn a_column_that_nobody_knows_is_refused_not_ignored() {
    let intake = read("编号,奖金\n1,100\n".as_bytes(), &columns(), &Limits::TABLE).unwrap();
    assert_eq!(intake.problems[0].code, "unknown-column");
}

#[test]
fn what_a_spreadsheet_did_to_a_file_is_understood_or_refused_never_guessed() {
    let cells = |row: &str| read(format!("编号,核定金额（元）,审定日期,比例\n{row}\n").as_bytes(), &columns(), &Limits::TABLE).unwrap();
    assert_eq!(cells("1,2,2024/1/5,12.5%").rows[0].cells[3], Cell::Date(date("2024-01-05")));
    for (row, code) in [
        ("6.21700E+18,1,,", "lost-digits"),
        ("1,\"1,23\",,", "number"),
        ("1,1.005,,", "number"),
        ("1,,2024-02-30,", "date"),
        ("1,,1/5/2024,", "date"),
        ("1,,,0.125", "percent"),
        ("1,2,2024-01-05,5%,又一格", "row-width"),
    ] {
        let intake = cells(row);
        assert_eq!(intake.problems.iter().map(|p| p.code).collect::<Vec<_>>(), [code], "{row}");
        assert_eq!(intake.problems[0].line, Some(2));
    }
}

#[test]
fn a_formula_in_a_workbook_is_refused() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "编号").unwrap();
    sheet.write_formula(1, 0, "=1+1").unwrap();
    let intake = read(&book.save_to_buffer().unwrap(), &columns(), &Limits::TABLE).unwrap();
    assert_eq!(intake.problems[0].code, "formula");
}

#[test]
fn a_table_over_a_limit_is_refused_with_the_limit() {
    let small = Limits { rows_max: 3, columns_max: 4, ..Limits::TABLE };
    let many_rows = format!("编号\n{}", "1\n".repeat(4));
    let refused = read(many_rows.as_bytes(), &columns(), &small).unwrap_err();
    assert_eq!((refused.code, refused.message.zh.as_str()), ("too-many-rows", "行数超过 3"));
    assert_eq!(read(b"a,b,c,d,e\n", &columns(), &small).unwrap_err().code, "too-many-columns");
    assert_eq!(read(&[b'a'; 100], &columns(), &Limits { bytes_max: 99, ..small }).unwrap_err().code, "file-too-large");
    let rows = (0..4).map(|n| vec![Cell::text(&n.to_string()), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty]).collect();
    let book = xlsx(&table(columns(), rows), &about(Lang::Zh)).unwrap();
    assert_eq!(read(&book, &columns(), &Limits { columns_max: 20, ..small }).unwrap_err().code, "too-many-rows");
    assert_eq!(read(&book, &columns(), &Limits { columns_max: 2, ..Limits::TABLE }).unwrap_err().code, "too-many-columns");
}

#[test]
fn a_workbook_that_is_a_bomb_is_refused_before_it_is_opened() {
    let zeros = vec![b' '; 8 << 20];
    let bomb = zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", &zeros)]);
    assert!(bomb.len() < 20_000);
    assert_eq!(read(&bomb, &columns(), &Limits::TABLE).unwrap_err().code, "archive-bomb");
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    let nested = zip(&[("xl/workbook.xml", deep.as_bytes())]);
    assert_eq!(read(&nested, &columns(), &Limits::TABLE).unwrap_err().code, "xml-too-deep");
    let entities = zip(&[("xl/workbook.xml", br#"<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><a>&b;</a>"#)]);
    assert_eq!(read(&entities, &columns(), &Limits::TABLE).unwrap_err().code, "xml-doctype");
    let inner = zip(&[("a", b"b")]);
    assert_eq!(read(&zip(&[("xl/inner.bin", &inner)]), &columns(), &Limits::TABLE).unwrap_err().code, "archive-bomb");
}
