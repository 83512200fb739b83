//! Evidence by its content.

use crate::samples::{PDF, about, columns, jpeg, ofd, png, table, zip};
use casework::chain::Fingerprint;
use exchange::evidence::{FileKind, accept, kind_of, safe_name};
use exchange::{Cell, Limits};
use proptest::prelude::*;
use values::Lang;

const LIMITS: Limits = Limits::EVIDENCE;

fn refused(bytes: &[u8]) -> &'static str {
    kind_of(bytes, &LIMITS).unwrap_err().code
}

fn xlsx() -> Vec<u8> {
    let row = columns().iter().map(|_| Cell::Empty).collect();
    exchange::table::xlsx(&table(columns(), vec![row]), &about(Lang::Zh)).unwrap()
}

#[test]
fn a_file_is_what_it_holds_whatever_its_name_says() {
    for (bytes, kind) in
        [(PDF.to_vec(), FileKind::Pdf), (jpeg(640, 480), FileKind::Jpeg), (png(640, 480), FileKind::Png), (ofd(&[]), FileKind::Ofd), (xlsx(), FileKind::Xlsx)]
    {
        let accepted = accept("发票.exe", &bytes, &LIMITS).unwrap();
        assert_eq!(accepted.kind, kind);
        assert_eq!(accepted.name, format!("发票.exe.{}", kind.extension()));
        assert_eq!(accepted.digest, Fingerprint::of(&bytes));
        assert_eq!(accepted.bytes, bytes.len() as u64);
    }
    for other in [b"MZ\x90\x00".as_slice(), b"<html><script>alert(1)</script>", b"<svg onload=1>", b"#!/bin/sh", b"GIF89a", b" %PDF-1.7 %%EOF", b"\x7fELF"] {
        assert_eq!(refused(other), "kind-not-taken");
    }
    assert_eq!(refused(&zip(&[("word/document.xml", b"<a/>"), ("[Content_Types].xml", b"<a/>")])), "kind-not-taken");
    assert_eq!(refused(b""), "empty-file");
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    for bytes in [PDF.to_vec(), jpeg(64, 64), png(64, 64), ofd(&[]), xlsx()] {
        let half = &bytes[..bytes.len() * 2 / 3];
        assert!(kind_of(half, &LIMITS).is_err());
    }
    let mut longer = png(64, 64);
    longer.extend(b"<?php");
    assert_eq!(refused(&longer), "cut-off", "nothing stands behind the last chunk");
}

#[test]
fn a_file_that_is_two_things_at_once_is_refused() {
    let mut both = PDF.to_vec();
    both.extend(zip(&[("a.html", b"<script>")]));
    both.extend(b"%%EOF");
    assert!(matches!(refused(&both), "two-kinds"));
    assert_eq!(refused(&ofd(&[("[Content_Types].xml", b"<Types/>")])), "two-kinds");
}

#[test]
fn scripts_and_macros_are_refused() {
    let script = String::from_utf8(PDF.to_vec()).unwrap().replace("/Catalog", "/Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >>");
    assert_eq!(refused(script.as_bytes()), "active-pdf");
    let macros = zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"), ("xl/vbaProject.bin", b"x")]);
    assert_eq!(refused(&macros), "macros");
}

#[test]
fn an_image_that_would_fill_the_memory_is_refused() {
    assert_eq!(refused(&png(60_000, 60_000)), "image-too-large");
    assert_eq!(refused(&jpeg(65_000, 65_000)), "image-too-large");
    assert_eq!(refused(&png(0, 5)), "cut-off");
}

#[test]
fn an_archive_bomb_is_refused() {
    let zeros = vec![0_u8; 16 << 20];
    assert_eq!(refused(&ofd(&[("Doc_0/Res/a.bin", &zeros)])), "archive-bomb");
    let many: Vec<(String, &[u8])> = (0..2_100).map(|n| (format!("a{n}"), b"x".as_slice())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    assert_eq!(refused(&ofd(&many)), "archive-bomb");
    assert_eq!(refused(&ofd(&[("Doc_0/inner.zip", &zip(&[("a", b"b")]))])), "archive-bomb");
    assert_eq!(refused(&ofd(&[("doc_0/A.bin", b"1"), ("Doc_0/a.bin", b"2")])), "archive-bomb", "two names that are one on some systems");
    let small = Limits { unpacked_bytes_max: 1000, ..LIMITS };
    assert_eq!(kind_of(&ofd(&[("a", &[7; 2000])]), &small).unwrap_err().code, "archive-bomb");
}

#[test]
fn an_entry_that_is_larger_than_it_says_is_refused() {
    let content: Vec<u8> = (0..4000_u32).flat_map(|n| n.to_le_bytes()).collect();
    let mut bytes = ofd(&[("Doc_0/Res/a.bin", &content)]);
    // Both the local and the central head say 16,000 bytes; they are made to say 16.
    let (says, lies) = (16_000_u32.to_le_bytes(), 16_u32.to_le_bytes());
    let mut changed = 0;
    for at in 0..bytes.len() - 4 {
        if bytes[at..at + 4] == says {
            bytes[at..at + 4].copy_from_slice(&lies);
            changed += 1;
        }
    }
    assert!(changed >= 2);
    assert!(["archive-bomb", "broken-archive"].contains(&refused(&bytes)));
}

#[test]
fn an_entry_that_says_it_takes_more_of_the_file_than_there_is_is_refused() {
    let zeros = vec![0_u8; 4 << 20];
    let mut bytes = ofd(&[("Doc_0/Res/a.bin", &zeros)]);
    // With a packed size of 128 MiB the ratio would be nothing to notice.
    let central = (0..bytes.len() - 4).rev().find(|at| bytes[*at..].starts_with(b"PK\x01\x02")).unwrap();
    bytes[central + 20..central + 24].copy_from_slice(&(128_u32 << 20).to_le_bytes());
    assert!(["archive-bomb", "broken-archive"].contains(&refused(&bytes)));
}

#[test]
fn a_name_inside_that_leads_outside_is_refused() {
    for name in ["../../etc/passwd", "Doc_0/../../x", "/etc/passwd", "C:/x", "a\\..\\b", "a/./b"] {
        assert_eq!(refused(&ofd(&[(name, b"x")])), "unsafe-name", "{name}");
    }
    let deep = "a/".repeat(20) + "b";
    assert_eq!(refused(&ofd(&[(&deep, b"x")])), "unsafe-name");
}

#[test]
fn names_are_kept_as_far_as_they_are_harmless() {
    let name = |name: &str| safe_name(name, FileKind::Pdf);
    assert_eq!(name("增值税纳税申报表（2025年）.pdf"), "增值税纳税申报表（2025年）.pdf");
    assert_eq!(name("../../etc/passwd"), "passwd.pdf");
    assert_eq!(name("C:\\用户\\发票.PDF"), "发票.pdf");
    assert_eq!(name("gpj.\u{202E}fdp.exe"), "gpj.fdp.exe.pdf");
    assert_eq!(name("a\u{0}\r\nb<script>.pdf"), "ab_script_.pdf");
    assert_eq!(name("..."), "未命名.pdf");
    assert_eq!(name("CON.pdf"), "_CON.pdf");
    assert_eq!(name("com1.txt"), "_com1.txt.pdf");
    assert!(name(&"长".repeat(500)).len() <= 255);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn hostile_bytes_never_break_the_look_at_a_file(head in 0_usize..6, bytes in prop::collection::vec(any::<u8>(), 0..300), name in any::<String>()) {
        let heads: [&[u8]; 6] = [b"%PDF-1.7", &[0xFF, 0xD8, 0xFF, 0xC0], b"\x89PNG\r\n\x1A\n", b"PK\x03\x04", b"", b"PK\x05\x06"];
        let mut file = heads[head].to_vec();
        file.extend(&bytes);
        let _ = accept(&name, &file, &LIMITS);
    }

    #[test]
    fn a_sound_file_with_a_changed_byte_never_breaks_the_look(which in 0_usize..4, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = [ofd(&[]), png(9, 9), jpeg(9, 9), PDF.to_vec()][which].clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = kind_of(&bytes, &LIMITS);
    }

    #[test]
    fn a_name_is_never_a_way(name in any::<String>()) {
        let safe = safe_name(&name, FileKind::Png);
        prop_assert!(!safe.contains(['/', '\\', '\0', ':']) && safe.len() <= 255 && safe.ends_with(".png") && !safe.starts_with('.'), "{safe:?}");
    }
}
