//! Lines and pages: what no line may begin or end with, words that stay whole, tables that go on with their head.

use documents::layout::{Align, Block, Cell, Column, Layout, Style, Table};
use documents::lines::{Even, balanced, column_widths};
use documents::pdf::{Face, Item, MILLIMETRE, Measure, Page, Unit, broken, place};
use proptest::prelude::*;

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
        for word in ["12,345,678.90元", "2025-03-04", "91500114MA8XQJ0139", "2025年3月4日", "50万元", "30个工作日", "6217 0037 6000 0001 188", "第12条"] {
            let lines = broken(&Even, &format!("{before}{word}元"), (Face::Body, 1_000), ems * 1_000, 0);
            prop_assert!(lines.iter().any(|line| line.text.contains(word)), "{lines:?}");
        }
    }

    #[test]
    fn no_paragraph_ends_with_one_character_alone(text in "([一二三甲乙丙丁]{1,9}[，。]){4,20}", ems in 12_i32..30) {
        let lines = broken(&Even, &text, (Face::Body, 1_000), ems * 1_000, 2_000);
        let last = lines.last().unwrap();
        prop_assert!(last.text.chars().filter(|c| !NO_START.contains(*c)).count() > 1, "{lines:?}");
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_sum_and_the_places_to_sign_never_stand_alone(rows in 2_usize..90, notes in 0_usize..3) {
        let cell = |text: String| Cell { text, span: 1 };
        let columns = vec![Column { width: 1, align: Align::Left }, Column { width: 1, align: Align::Right }];
        let mut all: Vec<Vec<Cell>> = (1..rows).map(|at| vec![cell(format!("第{at}户")), cell("1,000.00".into())]).collect();
        all.push(vec![cell("合计".into()), cell("9,000.00".into())]);
        let table = Table { columns, head: vec![cell("单位".into()), cell("金额".into())], rows: all };
        let mut blocks = vec![Block::Heading(1, "一、明细".into()), Block::Table(table)];
        blocks.extend((0..notes).map(|_| Block::Paragraph(Style::Note, "注".into())));
        blocks.push(Block::Signatures(vec!["经办人".into()]));
        let (pages, _) = place(&Layout { blocks, ..Layout::default() }, &Even);
        for page in &pages {
            let texts: Vec<&str> = texts(page).into_iter().map(|(_, text)| text).collect();
            let has = |words: &str| texts.contains(&words);
            prop_assert!(!has("合计") || texts.iter().any(|text| text.starts_with('第')), "the sum alone: {texts:?}");
            prop_assert!(!has("经办人：") || has("合计"), "a place to sign alone: {texts:?}");
            prop_assert!(!has("一、明细") || has("第1户"), "a heading alone: {texts:?}");
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

#[test]
fn a_title_parts_between_words() {
    let lines = |title: &str| -> Vec<String> { balanced(&Even, title, (Face::Title, 22_000), 442_000).into_iter().map(|line| line.text).collect() };
    assert_eq!(lines("关于“2024年度电商扶持资金申报”拟支持名单的公示"), ["关于“2024年度电商扶持资金", "申报”拟支持名单的公示"]);
    assert_eq!(
        lines("关于公开征求《黔江区鼓励电子商务产业发展若干政策（征求意见稿）》意见的公告"),
        ["关于公开征求《黔江区鼓励电子商务产业", "发展若干政策（征求意见稿）》意见的公告"]
    );
    assert_eq!(lines("催告书"), ["催告书"]);
}

#[test]
fn a_number_of_a_document_parts_after_its_year_and_nowhere_else() {
    let lines = broken(&Even, "根据黔江区鼓励电子商务产业政策（黔江府办发〔2023〕45号）制定", (Face::Body, 1_000), 28_000, 2_000);
    assert!(lines[0].text.ends_with("〔2023〕") && lines[1].text.starts_with("45号"), "{lines:?}");
}

#[test]
fn an_attachment_stands_a_line_below_the_text_and_hangs_under_its_name() {
    let name = "关于某某年度某某资金申报拟支持名单的公示表和各单位承诺书的汇总";
    let blocks = vec![Block::Paragraph(Style::Body, "正文。".into()), Block::Paragraph(Style::Attachment, format!("附件：{name}"))];
    let (pages, _) = place(&Layout { head: Some(("某委".into(), "某委〔2025〕1号".into())), blocks, ..Layout::default() }, &Even);
    let at = |begins: &str| {
        let found = pages[0].items.iter().find_map(|item| match item {
            Item::Text { x, y, text, .. } if text.starts_with(begins) => Some((*x, *y)),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("{begins}"))
    };
    let (text, first) = (at("正文"), at("附件："));
    let pitch = 28_990;
    assert_eq!((first.0 - text.0, first.1 - text.1), (0, 2 * pitch));
    let next = pages[0].items.iter().find_map(|item| match item {
        Item::Text { x, y, .. } if *y == first.1 + pitch => Some(*x),
        _ => None,
    });
    assert_eq!(next, Some(first.0 + 3 * 16_000), "under the name, not under 附件");
}

#[test]
fn a_closing_that_would_stand_nearly_alone_draws_the_lines_closer() {
    let letter = |paragraphs: usize| {
        let mut blocks = vec![Block::Title("通知".into())];
        blocks.extend((0..paragraphs).map(|_| Block::Paragraph(Style::Body, "正文".repeat(20))));
        blocks.extend([Block::Paragraph(Style::Body, "特此通知。".into()), Block::Closing { organ: "某委".into(), date: "2025年3月4日".into() }]);
        let layout = Layout { head: Some(("某委".into(), "某委〔2025〕1号".into())), blocks, ..Layout::default() };
        (place(&layout, &Even).0.len(), documents::pdf::pitch(&layout))
    };
    assert_eq!([4, 6, 8].map(letter), [(1, 28_990), (1, 26_000), (2, 28_990)]);
}

#[test]
fn who_signed_a_letter_to_a_higher_organ_stands_at_the_right_of_its_number() {
    let layout = Layout { head: Some(("某委".into(), "某委〔2025〕1号".into())), signer: Some("王某".into()), ..Layout::default() };
    let (pages, (width, _)) = place(&layout, &Even);
    let find = |words: &str| {
        pages[0].items.iter().find_map(|item| match item {
            Item::Text { x, y, text, .. } if text == words => Some((*x, *y)),
            _ => None,
        })
    };
    let (number, signer) = (find("某委〔2025〕1号").unwrap(), find("签发人：王某").unwrap());
    assert_eq!(number.1, signer.1);
    assert!(number.0 < width / 4 && signer.0 > width / 2, "{number:?} {signer:?}");
}

#[test]
fn a_column_is_as_wide_as_what_must_not_part() {
    let cell = |text: &str| Cell { text: text.into(), span: 1 };
    let texts = ["1", "重庆小南海脆红李国际供应链有限公司", "91500114MA8XQJ0139", "14,127,476.59", "待审定"];
    let columns = [1, 20, 1, 1, 1].map(|width| Column { width, align: Align::Left }).to_vec();
    let table = Table { columns, head: ["序号", "单位", "代码", "金额", "状态"].map(cell).to_vec(), rows: vec![texts.map(cell).to_vec()] };
    let widths = column_widths(&Even, &table, 10_000, 480_000, 9_000);
    assert_eq!(widths.iter().sum::<Unit>(), 480_000, "{widths:?}");
    for (width, words) in widths.iter().zip(["序号", "", texts[2], texts[3], texts[4]]) {
        assert!(*width >= wide(words, 10_000) + 9_000, "{words}: {widths:?}");
    }
}
