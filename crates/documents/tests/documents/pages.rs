//! Lines and pages: what no line may begin or end with, words that stay whole, tables that go on with their head.

use documents::layout::{Align, Block, Cell, Column, Layout, Style, Table};
use documents::pdf::{Face, Item, MILLIMETRE, Measure, Page, Unit, broken, place};
use proptest::prelude::*;

/// A font in which Chinese is as wide as high, and the rest half of it.
pub struct Even;

impl Measure for Even {
    fn width(&self, _: Face, size: Unit, character: char) -> Unit {
        if character.is_ascii() { size / 2 } else { size }
    }
}

const NO_START: &str = "。，、；：？！）】》”’";
const NO_END: &str = "（【《“‘〔";

fn wide(text: &str, size: Unit) -> Unit {
    text.chars().map(|c| Even.width(Face::Body, size, c)).sum()
}

proptest! {
    #[test]
    fn no_line_begins_or_ends_with_what_may_not_stand_there(text in "[一二三甲乙丙丁0-9a-c。，、；：！）》”（《“ ]{0,120}", ems in 12_i32..40) {
        let (size, width) = (1_000, ems * 1_000);
        let lines = broken(&Even, &text, (Face::Body, size), width, 2 * size);
        let together: String = lines.iter().map(|line| line.text.as_str()).collect();
        prop_assert_eq!(&together, &text, "nothing is lost");
        // Where signs follow signs for longer than a line there is no good place.
        let longest = text.split(|c: char| !NO_START.contains(c) && !NO_END.contains(c) && !c.is_ascii()).map(|run| wide(run, size)).max().unwrap_or(0);
        prop_assume!(longest + 3 * size < width - 2 * size);
        for (number, line) in lines.iter().enumerate() {
            let room = if number == 0 { width - 2 * size } else { width };
            prop_assert!(line.width <= room, "{line:?}");
            prop_assert!(number == 0 || !line.text.starts_with(|c| NO_START.contains(c)), "{line:?}");
            prop_assert!(!line.goes_on || !line.text.ends_with(|c| NO_END.contains(c)), "{line:?}");
        }
    }

    #[test]
    fn an_amount_a_date_and_a_code_stay_whole(before in "[甲乙丙丁]{0,40}", ems in 14_i32..30) {
        for word in ["12,345,678.90", "2025-03-04", "91500114MA8XQJ0139"] {
            let lines = broken(&Even, &format!("{before}{word}元"), (Face::Body, 1_000), ems * 1_000, 0);
            prop_assert!(lines.iter().any(|line| line.text.contains(word)), "{lines:?}");
        }
    }

    #[test]
    fn a_table_goes_over_pages_with_its_head_and_loses_no_row(heights in prop::collection::vec(1_usize..60, 1..60)) {
        let cell = |text: String| Cell { text, span: 1 };
        let columns = vec![Column { width: 1, align: Align::Centre }, Column { width: 9, align: Align::Left }];
        let rows: Vec<Vec<Cell>> = (0..).zip(&heights).map(|(at, lines)| vec![cell(format!("r{at}")), cell("字".repeat(lines * 30))]).collect();
        let table = Table { columns, head: vec![cell("表头".into()), cell("内容".into())], rows };
        let layout = Layout { blocks: vec![Block::Title("表".into()), Block::Table(table)], ..Layout::default() };
        let (pages, (_, height)) = place(&layout, &Even);
        let mut seen = Vec::new();
        for (number, page) in pages.iter().enumerate() {
            let texts = texts(page);
            let rows: Vec<&str> = texts.iter().map(|(_, text)| *text).filter(|text| text.starts_with('r')).collect();
            let goes_on = texts.iter().any(|(_, text)| text.starts_with('字'));
            prop_assert!(!goes_on || texts.iter().any(|(_, text)| *text == "表头"), "page {number} has no head");
            seen.extend(rows.into_iter().map(str::to_owned));
            for (y, text) in texts.iter().filter(|(_, text)| text.starts_with('字')) {
                prop_assert!(*y <= height - 22 * MILLIMETRE, "{text} stands below the page at {y}");
            }
        }
        seen.dedup();
        let wanted: Vec<String> = (0..heights.len()).map(|at| format!("r{at}")).collect();
        prop_assert_eq!(seen, wanted);
        let set: usize = pages.iter().flat_map(texts).map(|(_, text)| text.chars().filter(|c| *c == '字').count()).sum();
        prop_assert_eq!(set, heights.iter().map(|lines| lines * 30).sum::<usize>());
    }

    #[test]
    fn a_seal_never_stands_on_a_page_without_text(paragraphs in 1_usize..60) {
        let mut blocks = vec![Block::Title("通知".into())];
        blocks.extend((0..paragraphs).map(|_| Block::Paragraph(Style::Body, "正文".repeat(20))));
        blocks.push(Block::Closing { organ: "某某委员会".into(), date: "2025年3月4日".into() });
        let layout = Layout { head: Some(("某某委员会文件".into(), "某委〔2025〕1号".into())), blocks, ..Layout::default() };
        let (pages, _) = place(&layout, &Even);
        let last = texts(pages.last().unwrap());
        prop_assert!(last.iter().any(|(_, text)| *text == "2025年3月4日"));
        prop_assert!(last.iter().any(|(_, text)| text.contains("正文")), "{last:?}");
    }
}

fn texts(page: &Page) -> Vec<(Unit, &str)> {
    page.items
        .iter()
        .filter_map(|item| match item {
            Item::Text { y, text, .. } => Some((*y, text.as_str())),
            Item::Rule { .. } => None,
        })
        .collect()
}

#[test]
fn pages_are_numbered_outside_as_the_standard_wants() {
    let blocks = (0..40).map(|_| Block::Paragraph(Style::Body, "正文".repeat(20))).collect();
    let layout = Layout { head: Some(("某某委员会".into(), "某委〔2025〕1号".into())), blocks, ..Layout::default() };
    let (pages, (width, _)) = place(&layout, &Even);
    assert!(pages.len() > 2);
    for (number, page) in (1..).zip(&pages) {
        let wanted = format!("— {number} —");
        let x = page.items.iter().find_map(|item| match item {
            Item::Text { x, text, .. } if *text == wanted => Some(*x),
            _ => None,
        });
        assert_eq!(x.expect("a page has its number") > width / 2, number % 2 == 1, "page {number}");
    }
}
