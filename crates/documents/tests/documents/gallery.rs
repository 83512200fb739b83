//! Every kind from fixed samples: the plain text is a file that an officer can proofread; the Word file is sound XML that holds
//! the same words; the pages hold them too, and the PDF is small and can be searched.

use crate::sample::{World, print, world};
use documents::layout::{Block, Layout};
use documents::pdf::{Fonts, Item, pdf, place};
use documents::{Content, DocumentKind, Print, Templates, text, word};
use expect_test::expect_file;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::Command;

fn layouts(world: &World) -> Vec<(DocumentKind, Print, Layout)> {
    let templates = Templates::built_in().unwrap_or_else(|why| panic!("{why}"));
    let one = |kind: &DocumentKind| {
        let print = print(world, *kind);
        let layout = templates.layout(&print).expect("every kind has a template");
        (*kind, print, layout)
    };
    DocumentKind::ALL.iter().map(one).collect()
}

/// Words of a layout, piece by piece.
fn words(layout: &Layout) -> Vec<String> {
    let mut out: Vec<String> = layout.head.iter().flat_map(|(organ, number)| [organ.clone(), number.clone()]).collect();
    for block in &layout.blocks {
        match block {
            Block::Title(words) | Block::Heading(_, words) | Block::Paragraph(_, words) => out.push(words.clone()),
            Block::Table(table) => out.extend(table.head.iter().chain(table.rows.iter().flatten()).map(|cell| cell.text.clone())),
            Block::Closing { organ, date } => out.extend([organ.clone(), date.clone()]),
            Block::Signatures(names) => out.extend(names.clone()),
            Block::PageBreak => {}
        }
    }
    out
}

fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_document_reads_as_an_officer_wants_it() {
    for (kind, _, layout) in layouts(&world()) {
        expect_file![format!("golden/{}.txt", kind.name())].assert_eq(&text(&layout));
    }
}

#[test]
fn frozen_data_reads_back_as_it_was() {
    for (kind, print, _) in layouts(&world()) {
        let json = print.content.json().unwrap();
        assert_eq!(Content::read(kind, &json).unwrap(), print.content, "{}", kind.title());
    }
}

#[test]
fn the_treasury_is_asked_after_the_day_of_payment_for_what_the_bank_has_not_answered_to_the_accounts_of_that_day() {
    let world = world();
    let kind = DocumentKind::TreasuryApplication;
    let filled = |change: &dyn Fn(&mut casework::payment::Batch)| {
        let mut records = world.records(kind);
        change(&mut records.batches[0]);
        Content::fill(kind, &records).map(|content| content.json().unwrap())
    };
    let whole = filled(&|_| {}).unwrap();
    let number = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap()["lines"].as_i64().unwrap();
    let answered = world.records(DocumentKind::PaymentTable).batches[0].lines[0].result.clone();
    assert!(answered.is_some());
    assert_eq!(number(&filled(&|batch| batch.lines[0].result = answered.clone()).unwrap()), number(&whole) - 1);
    assert!(filled(&|batch| batch.lines.iter_mut().for_each(|line| line.result = answered.clone())).is_err(), "nothing is left to pay");
    assert!(filled(&|batch| batch.state = casework::payment::BatchState::Requested).is_err(), "the checks of the day may hold something back");
    // The account in the register is another by now: it is not the one that was checked on the day of payment.
    let why = filled(&|batch| batch.lines[0].account = None).expect_err("no account of that day");
    assert!(why.to_string().contains("收款账户"), "{why}");
}

#[test]
fn nothing_of_persons_and_accounts_stands_where_it_need_not() {
    let world = world();
    for (kind, print, _) in layouts(&world) {
        let json = print.content.json().unwrap();
        let pays = matches!(kind, DocumentKind::PaymentTable | DocumentKind::TreasuryApplication);
        assert_eq!(json.contains("6217"), pays, "{}: accounts", kind.title());
        assert!(!json.contains("13900000000"), "{}: how an objector is reached", kind.title());
        if kind.is_public() {
            for secret in ["赵某", "直播基地有限公司", "陈某"] {
                assert!(!json.contains(secret), "{}: {secret}", kind.title());
            }
        }
    }
    // 3.2 pays natural persons: it is named, its amount is not, and no sum gives it away.
    let print = print(&world, DocumentKind::PublicTable);
    let json: serde_json::Value = serde_json::from_str(&print.content.json().unwrap()).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let hidden: Vec<_> = rows.iter().filter(|row| row["clause"] == "3.2").collect();
    assert!(!hidden.is_empty() && hidden.iter().all(|row| row["amount"].is_null()));
    let sum: i64 = rows.iter().filter_map(|row| row["amount"].as_i64()).sum();
    assert_eq!(json["total"].as_i64(), Some(sum));
}

#[test]
fn the_word_file_is_sound_and_holds_every_word() {
    for (kind, _, layout) in layouts(&world()) {
        let bytes = word::bytes(&layout).unwrap();
        assert_eq!(bytes, word::bytes(&layout).unwrap(), "the same document gives the same bytes");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut document = String::new();
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut xml = String::new();
            file.read_to_string(&mut xml).unwrap();
            sound(&xml).unwrap_or_else(|why| panic!("{} {}: {why}", kind.name(), name));
            if name == "word/document.xml" {
                // A title is parted between words.
                document = xml.replace("</w:t><w:br/><w:t xml:space=\"preserve\">", "");
            }
        }
        for words in words(&layout) {
            assert!(document.contains(&word::escape(&words)), "{}: {words}", kind.title());
        }
    }
}

/// Whether tags close in the order they open. Errors: the first that does not.
fn sound(xml: &str) -> Result<(), String> {
    let mut open = Vec::new();
    for tag in xml.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').ok_or("a tag without end")?;
        if tag.starts_with('?') || tag.ends_with('/') {
            continue;
        }
        match tag.strip_prefix('/') {
            Some(name) => {
                let last: Option<String> = open.pop();
                if last.as_deref() != Some(name) {
                    return Err(format!("</{name}> closes {last:?}"));
                }
            }
            None => open.push(tag.split(' ').next().unwrap_or_default().to_owned()),
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

#[test]
fn the_mark_of_a_demonstration_stands_on_every_page_and_in_the_word_file() {
    let world = world();
    let templates = Templates::built_in().unwrap();
    for kind in DocumentKind::ALL {
        let mut print = print(&world, *kind);
        print.marks.push(documents::DEMO.to_owned());
        let layout = templates.layout(&print).unwrap();
        let (pages, _) = place(&layout, &documents::lines::Even);
        for page in &pages {
            let marked = page.items.iter().any(|item| matches!(item, Item::Text { text, .. } if text == documents::DEMO));
            assert!(marked, "{}", kind.title());
        }
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(word::bytes(&layout).unwrap())).unwrap();
        let mut header = String::new();
        archive.by_name("word/header1.xml").unwrap().read_to_string(&mut header).unwrap();
        assert!(header.contains(documents::DEMO));
    }
}

/// Days and amounts of a text, as they must stand on one line.
fn whole_words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        let goes_on = c.is_ascii_digit() || (!word.is_empty() && matches!(c, '.' | ',' | '年' | '月' | '日' | '元'));
        if goes_on {
            word.push(c);
        } else {
            out.push(std::mem::take(&mut word).trim_end_matches([',', '.']).to_owned());
        }
    }
    out.retain(|word| word.contains('.') || word.contains('月'));
    out
}

#[test]
fn no_day_and_no_amount_is_parted_in_any_document() {
    for (kind, _, layout) in layouts(&world()) {
        let (pages, _) = place(&layout, &documents::lines::Even);
        let lines: Vec<&String> =
            pages.iter().flat_map(|page| &page.items).filter_map(|item| if let Item::Text { text, .. } = item { Some(text) } else { None }).collect();
        for word in words(&layout).iter().flat_map(|words| whole_words(words)) {
            assert!(lines.iter().any(|line| line.contains(&word)), "{}: {word} is parted", kind.title());
        }
    }
}

#[test]
fn letters_speak_to_the_party_as_offices_do() {
    for (kind, _, layout) in layouts(&world()) {
        let text = text(&layout);
        for odd in ["您", "「", "。。", "；。", "，。", "：。", "日前", "}}", "{{"] {
            // The computation is told in the words of the rules' explanation.
            assert!(!text.contains(odd) || (odd == "「" && kind == DocumentKind::CalculationSheet), "{}: {odd}", kind.title());
        }
    }
}

#[test]
fn review_of_a_department_is_with_its_own_government() {
    let world = world();
    let said = |organ: &str| {
        let mut print = print(&world, DocumentKind::DeclineNotice);
        print.letterhead.organ = organ.to_owned();
        text(&Templates::built_in().unwrap().layout(&print).unwrap())
    };
    for (organ, government) in [
        ("重庆市黔江区商务委员会", "向重庆市黔江区人民政府申请行政复议"),
        ("黔江区商务委", "向黔江区人民政府申请行政复议"),
        ("重庆市秀山县财政局", "向重庆市秀山县人民政府申请行政复议"),
        ("重庆两江新区管理委员会", "向本级人民政府申请行政复议"),
        ("区商务委", "向本级人民政府申请行政复议"),
    ] {
        let text = said(organ);
        assert!(text.contains(government), "{organ}: {text}");
    }
}

/// Needs a Chinese font and `pdftotext`; `cargo xtask test` installs both.
#[test]
fn the_pdf_is_small_and_its_text_can_be_found() {
    let fonts = Fonts::find(None).unwrap_or_else(|why| panic!("{why}"));
    let folder = std::env::temp_dir().join(format!("duixian-documents-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (kind, _, layout) in layouts(&world()) {
        let bytes = pdf(&layout, &fonts).unwrap();
        assert!(bytes.starts_with(b"%PDF-") && bytes.len() < 300_000, "{}: {} bytes", kind.title(), bytes.len());
        let file = folder.join(format!("{}.pdf", kind.name()));
        std::fs::write(&file, bytes).unwrap();
        found(&file, kind, &layout);
    }
    std::fs::remove_dir_all(folder).unwrap();
}

fn found(file: &Path, kind: DocumentKind, layout: &Layout) {
    let out = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(file).arg("-").output().expect("pdftotext is there (apt install poppler-utils)");
    let text = dense(&String::from_utf8(out.stdout).unwrap());
    // Cells are wrapped, so words are found sign by sign; what stands on one line is found whole.
    let signs: BTreeSet<char> = text.chars().collect();
    for words in words(layout) {
        let missing: String = dense(&words).chars().filter(|sign| !signs.contains(sign)).collect();
        assert!(missing.is_empty(), "{}: {missing} of {words}", kind.title());
    }
    let whole = layout.head.iter().flat_map(|(organ, number)| [organ, number]);
    let closing = layout.blocks.iter().filter_map(|block| if let Block::Closing { date, .. } = block { Some(date) } else { None });
    for words in whole.chain(closing) {
        assert!(text.contains(&dense(words)), "{}: {words}", kind.title());
    }
}
