//! Edited tables that come back.

use crate::samples::{about, any_row, any_table, columns, table};
use exchange::import::{Edit, Rules, Verdict, annotated, preview};
use exchange::table::{VERSION, csv, notes, xlsx};
use exchange::{Cell, Limits, Table};
use proptest::prelude::*;
use values::{Fen, Lang};

const EDITABLE: &[&str] = &["name", "amount", "on", "staff", "rate"];
const RULES: Rules<'_> = Rules { key: "id", editable: EDITABLE, may_add: true };

/// The same table with an id of its own in each row.
fn numbered(table: &Table) -> Table {
    let rows = table.rows().iter().enumerate().map(|(at, row)| {
        let mut row = row.clone();
        row[0] = Cell::text(&format!("A-{at}"));
        row
    });
    crate::samples::table(table.columns().to_vec(), rows.collect())
}

fn with_row(table: &Table, at: usize, row: Vec<Cell>) -> Table {
    let rows = table.rows().iter().enumerate().map(|(place, own)| if place == at { row.clone() } else { own.clone() });
    crate::samples::table(table.columns().to_vec(), rows.collect())
}

fn file(table: &Table, excel: bool) -> Vec<u8> {
    if excel { xlsx(table, &about(Lang::Zh)).unwrap() } else { csv(table, Lang::En) }
}

fn kept() -> Table {
    let row = |id: &str, name: &str, fen: i64| vec![Cell::text(id), Cell::text(name), Cell::Money(Fen(fen)), Cell::Empty, Cell::Count(3), Cell::Empty];
    table(columns(), vec![row("A-1", "黔江甲公司", 100), row("A-2", "黔江乙公司", 200), row("A-3", "黔江丙公司", 300)])
}

fn code(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Refused { problems } => problems[0].code,
        Verdict::Conflict { problem, .. } => problem.code,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_export_that_was_edited_comes_back_as_exactly_these_edits(
        kept in any_table(1..10),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..6, any_row()), 0..5),
        excel in any::<bool>(),
        backwards in any::<bool>(),
    ) {
        let kept = numbered(&kept);
        let mut edited = kept.with_versions();
        for (row, column, from) in &edits {
            let at = row.index(kept.rows().len());
            let mut own = edited.rows()[at].clone();
            own[*column] = from[*column].clone();
            edited = with_row(&edited, at, own);
        }
        let mut rows: Vec<Vec<Cell>> = edited.rows().to_vec();
        if backwards {
            rows.reverse();
        }
        let bytes = file(&table(edited.columns().to_vec(), rows), excel);
        let preview = preview(&bytes, &kept, &RULES, &Limits::TABLE).unwrap();
        prop_assert!(preview.problems.is_empty(), "{:?}", preview.problems);
        prop_assert!(preview.absent.is_empty());
        prop_assert_eq!(preview.rows.len(), kept.rows().len());
        for reviewed in &preview.rows {
            let at: usize = reviewed.key[2..].parse().unwrap();
            let expected: Vec<Edit> = (1..6)
                .filter(|column| edited.rows()[at][*column] != kept.rows()[at][*column])
                .map(|column| Edit { column: kept.columns()[column].key.clone(), before: kept.rows()[at][column].clone(), after: edited.rows()[at][column].clone() })
                .collect();
            let expected = if expected.is_empty() { Verdict::Unchanged } else { Verdict::Changed { edits: expected } };
            prop_assert_eq!(&reviewed.verdict, &expected);
        }
    }

    #[test]
    fn a_row_that_was_changed_meanwhile_is_never_overwritten(first in any_row(), second in any_row(), third in any_row(), excel in any::<bool>()) {
        let named = |mut row: Vec<Cell>| { row[0] = Cell::text("A-0"); row };
        let (exported, now, edited) = (named(first), named(second), named(third));
        let export = table(columns(), vec![exported.clone()]).with_versions();
        let mut row = edited.clone();
        row.push(export.rows()[0].last().unwrap().clone());
        let bytes = file(&table(export.columns().to_vec(), vec![row]), excel);
        let preview = preview(&bytes, &table(columns(), vec![now.clone()]), &RULES, &Limits::TABLE).unwrap();
        match &preview.rows[0].verdict {
            Verdict::Unchanged => prop_assert_eq!(&edited, &now),
            Verdict::Changed { .. } => prop_assert_eq!(&exported, &now),
            Verdict::Conflict { .. } => prop_assert!(exported != now && edited != now),
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn a_new_row_is_added_and_a_row_left_out_is_kept() {
    let mut edited = table(kept().with_versions().columns().to_vec(), kept().with_versions().rows()[..2].to_vec());
    edited.push(vec![Cell::text("A-9"), Cell::text("新公司"), Cell::Money(Fen(5)), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty]).unwrap();
    let preview = preview(&file(&edited, true), &kept(), &RULES, &Limits::TABLE).unwrap();
    assert_eq!(preview.absent, ["A-3"]);
    let counts = preview.counts();
    assert_eq!((counts.added, counts.unchanged, counts.changed, counts.refused), (1, 2, 0, 0));
    assert_eq!(preview.changes().count(), 1);
}

#[test]
fn what_may_not_be_imported_is_refused_row_by_row_with_its_reason() {
    let kept = kept();
    let version = |at: usize| kept.with_versions().rows()[at].last().unwrap().plain();
    let head = format!("编号,申报主体,核定金额（元）,人数,{VERSION}\n");
    let rules = Rules { editable: &["amount"], may_add: false, ..RULES };
    let look = |rows: &str| preview(format!("{head}{rows}").as_bytes(), &kept, &rules, &Limits::TABLE).unwrap();
    for (rows, expected) in [
        (format!("A-1,改名,1.00,3,{}\n", version(0)), "column-fixed"),
        ("A-1,黔江甲公司,9.00,3,\n".to_owned(), "no-version"),
        (format!("A-1,黔江甲公司,9.00,3,{}\n", version(1)), "changed-meanwhile"),
        ("A-7,丁,1.00,,\n".to_owned(), "no-new-rows"),
        (format!("A-7,丁,1.00,,{}\n", version(0)), "no-longer-kept"),
        (",丁,1.00,,\n".to_owned(), "no-key"),
        (format!("A-1,黔江甲公司,一元,3,{}\n", version(0)), "number"),
        (format!("A-1,黔江甲公司,9.00,3,{0}\nA-1,黔江甲公司,8.00,3,{0}\n", version(0)), "duplicate-key"),
    ] {
        let preview = look(&rows);
        assert_eq!(code(&preview.rows[0].verdict), expected, "{rows}");
        assert_eq!(preview.changes().count(), 0, "{rows}");
    }
}

#[test]
fn a_file_without_the_column_of_versions_changes_nothing() {
    let preview = preview("编号,核定金额（元）\nA-1,9.00\n".as_bytes(), &kept(), &RULES, &Limits::TABLE).unwrap();
    assert_eq!(preview.problems[0].code, "missing-column");
    assert_eq!(preview.changes().count(), 0);
}

#[test]
fn the_annotated_file_says_what_is_wrong_in_red_and_can_be_handed_in_again() {
    let mut edited = kept().with_versions();
    let mut row = edited.rows()[1].clone();
    row[0] = Cell::text("A-1");
    edited = with_row(&edited, 1, row);
    for excel in [true, false] {
        let bytes = file(&edited, excel);
        let first = preview(&bytes, &kept(), &RULES, &Limits::TABLE).unwrap();
        assert_eq!(first.counts().refused, 2);
        let copy = annotated(&bytes, &first.all_problems(), Lang::Zh, &Limits::TABLE).unwrap();
        let again = preview(&copy, &kept(), &RULES, &Limits::TABLE).unwrap();
        assert_eq!(again, first, "the column of errors is skipped");
        let raw = exchange::table::raw(&copy, &Limits::TABLE).unwrap();
        assert_eq!(raw.header.last().unwrap(), "错误");
        let exchange::table::Raw::Text(note) = raw.rows[0].1.last().unwrap() else { panic!() };
        assert!(note.contains("与第 3 行重复"), "{note}");
        if excel {
            let styles = {
                let mut zip = zip::ZipArchive::new(std::io::Cursor::new(copy.clone())).unwrap();
                let mut out = String::new();
                std::io::Read::read_to_string(&mut zip.by_name("xl/styles.xml").unwrap(), &mut out).unwrap();
                out
            };
            assert!(styles.contains("FFFFC7CE"), "the wrong cells are red");
            assert!(styles.contains("#,##0.00"), "amounts look as they did");
            assert!(notes(&copy, &Limits::TABLE).unwrap().iter().any(|(name, _)| name == "导出人"), "its other sheets are kept");
        }
    }
}

#[test]
fn an_annotated_file_runs_nothing_of_what_it_was_handed() {
    let head = "编号,申报主体,核定金额（元）,版本\n";
    let bytes = format!("{head}=cmd|' /C calc'!A0,@SUM(1),-5.00,\n");
    let first = preview(bytes.as_bytes(), &kept(), &RULES, &Limits::TABLE).unwrap();
    let copy = annotated(bytes.as_bytes(), &first.all_problems(), Lang::Zh, &Limits::TABLE).unwrap();
    let text = String::from_utf8(copy).unwrap();
    assert!(text.contains("\"'=cmd|") && text.contains("\"'@SUM(1)\"") && text.contains("\"-5.00\""), "{text}");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "编号").unwrap();
    sheet.write_formula(1, 0, "=HYPERLINK(\"http://x\")").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let first = preview(&bytes, &kept(), &RULES, &Limits::TABLE).unwrap();
    let copy = annotated(&bytes, &first.all_problems(), Lang::Zh, &Limits::TABLE).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(copy)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
    assert!(!sheet.contains("<f>"), "{sheet}");
}
