//! Samples for the tests: containers, tables, hostile texts.

use exchange::{About, Cell, Column, Kind, Table};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use values::{Date, Fen, Lang, Moment};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A container of these entries.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn about(lang: Lang) -> About {
    About {
        title: "申报台账".into(),
        filter: vec![("年度".into(), "2025".into())],
        at: moment("2026-03-01T09:30:00"),
        by: "张敏".into(),
        more: Vec::new(),
        lang,
    }
}

pub fn columns() -> Vec<Column> {
    vec![
        Column::new("id", "编号", "No.", Kind::Text),
        Column::new("name", "申报主体", "Applicant", Kind::Text),
        Column::new("amount", "核定金额（元）", "Amount (yuan)", Kind::Money),
        Column::new("on", "审定日期", "Determined on", Kind::Date),
        Column::new("staff", "人数", "Staff", Kind::Count),
        Column::new("rate", "比例", "Rate", Kind::Percent),
    ]
}

/// Texts as nobody should write them, and ordinary ones.
pub fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("=1+1".to_owned()),
        Just("=HYPERLINK(\"http://x\",\"点我\")".to_owned()),
        Just("@SUM(A1:A9)".to_owned()),
        Just("'=1".to_owned()),
        Just("''-2".to_owned()),
        Just("+86 23 7922 0000".to_owned()),
        Just("-5".to_owned()),
        Just("\t=1".to_owned()),
        Just("＝1+1".to_owned()),
        Just("_x0041_ _x005F_x0041_".to_owned()),
        Just("a\"b\",\"c\r\nd\re".to_owned()),
        Just("<&>]]>&amp;".to_owned()),
        Just("91500114MA5U000012".to_owned()),
        Just("6217000012345678901".to_owned()),
        Just("6.217E+18".to_owned()),
        Just("'6.217E+18".to_owned()),
        Just("000123".to_owned()),
        Just("2024-01-05".to_owned()),
        Just("TRUE".to_owned()),
        Just("\u{202E}fdp.exe\u{0}\u{7}".to_owned()),
        Just("  前后空格  ".to_owned()),
        "\\PC{0,12}",
        any::<String>(),
        "[重庆市黔江区电子商务有限公司]{1,12}",
    ]
}

pub fn any_date() -> impl Strategy<Value = Date> {
    (1_i32..=9999, 1_u8..=12, 1_u8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

pub fn any_row() -> impl Strategy<Value = Vec<Cell>> {
    let money = prop_oneof![any::<i64>().prop_map(|f| f / 1000), -10_000_i64..10_000_000, Just(i64::MAX / 4096)];
    let optional = |cell: BoxedStrategy<Cell>| prop_oneof![1 => Just(Cell::Empty), 4 => cell];
    (
        hostile_text().prop_map(|t| Cell::text(&t)),
        hostile_text().prop_map(|t| Cell::text(&t)),
        optional(money.prop_map(|f| Cell::Money(Fen(f))).boxed()),
        optional(any_date().prop_map(Cell::Date).boxed()),
        optional(prop_oneof![any::<i64>(), -9_i64..1000].prop_map(Cell::Count).boxed()),
        optional(prop_oneof![any::<i64>(), -2_000_000_i64..2_000_000].prop_map(Cell::Percent).boxed()),
    )
        .prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f])
}

/// A table of hostile rows.
pub fn any_table(rows: std::ops::Range<usize>) -> impl Strategy<Value = Table> {
    prop::collection::vec(any_row(), rows).prop_map(|rows| table(columns(), rows))
}

pub fn table(columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
    let mut table = Table::new(columns);
    for row in rows {
        table.push(row).unwrap();
    }
    table
}

/// A small PDF.
pub const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";

/// A PNG of that size, as far as its heads go.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1A\n".to_vec();
    let mut chunk = |name: &[u8], content: &[u8]| {
        out.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        out.extend(name);
        out.extend(content);
        out.extend([0; 4]);
    };
    let head = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    chunk(b"IHDR", &head);
    chunk(b"IDAT", &[1, 2, 3]);
    chunk(b"IEND", &[]);
    out
}

/// A JPEG of that size, as far as its heads go.
pub fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 11, 8];
    out.extend(height.to_be_bytes());
    out.extend(width.to_be_bytes());
    out.extend([1, 1, 0x11, 0]);
    out.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34, 0xFF, 0xD9]);
    out
}

/// The head of an OFD without anything in it.
pub const OFD_HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0a1b</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#;

/// An OFD with these further entries.
pub fn ofd(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut all: Vec<(&str, &[u8])> =
        vec![("OFD.xml", OFD_HEAD.as_bytes()), ("Doc_0/Document.xml", br#"<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"/>"#)];
    all.extend_from_slice(entries);
    zip(&all)
}
