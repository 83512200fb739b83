//! A document as a Word file that staff edit: styles named as offices name them (标题、正文、一级标题 …), fonts as GB/T 9704 wants them
//! – Word takes the nearest where one is missing.

use super::{NAMESPACES, Part, escape, package, page_number, paragraph, run, style, table_style};
use crate::layout::{Align, Block, Cell, Layout, Style, Table};
use crate::lines::{Even, Face, Unit, balanced, column_widths};
use crate::pdf::pitch;
use zip::result::ZipResult;

/// Twentieths of a point in a millimetre, times ten.
const fn millimetres(number: u32) -> u32 {
    number * 567 / 10
}

/// Size of the name at the head, in half points.
const ORGAN: u32 = 64;

/// Margins and sizes of a kind of document, in twentieths of a point.
struct Sheet {
    width: u32,
    height: u32,
    top: u32,
    bottom: u32,
    left: u32,
    right: u32,
    /// Half points.
    size: u32,
    cell: u32,
    title: u32,
    /// Exact distance of lines.
    pitch: u32,
}

impl Sheet {
    fn of(layout: &Layout) -> Self {
        let (short, long) = (11_906, 16_838);
        if layout.head.is_some() {
            return Self {
                width: short,
                height: long,
                top: millimetres(37),
                bottom: millimetres(35),
                left: millimetres(28),
                right: millimetres(26),
                size: 32,
                cell: 24,
                title: 44,
                // Thousandths of a point.
                pitch: u32::try_from((pitch(layout) + 25) / 50).unwrap_or(580),
            };
        }
        let (width, height) = if layout.landscape { (long, short) } else { (short, long) };
        let side = millimetres(20);
        Self { width, height, top: millimetres(22), bottom: millimetres(22), left: side, right: side, size: 24, cell: 21, title: 40, pitch: 400 }
    }

    const fn text_width(&self) -> u32 {
        self.width - self.left - self.right
    }
}

/// The document as bytes.
pub fn bytes(layout: &Layout) -> ZipResult<Vec<u8>> {
    let sheet = Sheet::of(layout);
    let parts = [
        Part { name: "styles", kind: "styles", xml: styles(&sheet) },
        Part { name: "footer1", kind: "footer", xml: footer(layout, "right") },
        Part { name: "footer2", kind: "footer", xml: footer(layout, "left") },
        Part { name: "header1", kind: "header", xml: header(layout) },
        // Page numbers stand outside: at the right of odd pages, at the left of even ones.
        Part { name: "settings", kind: "settings", xml: settings() },
    ];
    package(&layout.name, "zh-CN", &document(layout, &sheet), &parts)
}

/// Compatibility 15: without it Word opens the file as one of 2007 and hangs tables out into the margin.
fn settings() -> String {
    format!(
        "<w:settings {NAMESPACES}><w:evenAndOddHeaders/><w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat></w:settings>"
    )
}

fn header(layout: &Layout) -> String {
    let marks: String = layout.marks.iter().map(|mark| paragraph("Mark", mark)).collect();
    let marks = if marks.is_empty() { paragraph("Mark", "") } else { marks };
    format!("<w:hdr {NAMESPACES}>{marks}</w:hdr>")
}

fn footer(layout: &Layout, side: &str) -> String {
    let side = if layout.head.is_some() { side } else { "center" };
    let foot = if layout.foot.is_empty() { String::new() } else { paragraph("Foot", &layout.foot) };
    format!(
        "<w:ftr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val=\"PageNumber\"/><w:jc w:val=\"{side}\"/></w:pPr>{}{}{}</w:p>{foot}</w:ftr>",
        run("— "),
        page_number(),
        run(" —")
    )
}

/// 发文机关标志, in one line: a long name is written smaller than the style says, as on the printed page.
fn organ(name: &str, sheet: &Sheet) -> String {
    let signs = u32::try_from(name.chars().count()).unwrap_or(u32::MAX).max(1);
    let room = sheet.width.saturating_sub(sheet.left + sheet.right);
    // A twip is a tenth of a half point.
    let size = (room / 10 / signs).max(32);
    let smaller = if size < ORGAN { format!("<w:rPr><w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr>") } else { String::new() };
    paragraph("Organ", name).replacen("<w:r>", &format!("<w:r>{smaller}"), 1)
}

fn document(layout: &Layout, sheet: &Sheet) -> String {
    let mut xml = String::new();
    if let Some((organ, number)) = &layout.head {
        xml.push_str(&self::organ(organ, sheet));
        xml.push_str(&match &layout.signer {
            Some(signer) => upward(number, signer, sheet),
            None => paragraph("Number", number),
        });
    }
    for (at, block) in layout.blocks.iter().enumerate() {
        // What stands before the closing goes over with it: a seal never stands on a page of its own.
        let kept = matches!((block, layout.blocks.get(at + 1)), (Block::Paragraph(..), Some(Block::Closing { .. })));
        let written = self::block(block, sheet);
        xml.push_str(&if kept { written.replacen("</w:pPr>", "<w:keepNext/></w:pPr>", 1) } else { written });
    }
    let lying = if layout.landscape && layout.head.is_none() { " w:orient=\"landscape\"" } else { "" };
    format!(
        "<w:document {NAMESPACES}><w:body>{xml}<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId4\"/><w:headerReference w:type=\"even\" r:id=\"rId4\"/><w:footerReference w:type=\"default\" r:id=\"rId2\"/><w:footerReference w:type=\"even\" r:id=\"rId3\"/><w:pgSz w:w=\"{}\" w:h=\"{}\"{lying}/><w:pgMar w:top=\"{}\" w:right=\"{}\" w:bottom=\"{}\" w:left=\"{}\" w:header=\"567\" w:footer=\"1361\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
        sheet.width, sheet.height, sheet.top, sheet.right, sheet.bottom, sheet.left
    )
}

fn block(block: &Block, sheet: &Sheet) -> String {
    match block {
        Block::Title(words) => title(words, sheet),
        Block::Heading(level, words) => paragraph(if *level == 1 { "Heading1" } else { "Heading2" }, words),
        Block::Paragraph(kind, words) => {
            let name = match kind {
                Style::Body => "Body",
                Style::Flush => "Flush",
                Style::Centre => "Centre",
                Style::Right => "RightLine",
                Style::Note => "Note",
                Style::Attachment => "Attachment",
            };
            paragraph(name, words)
        }
        Block::Table(own) => table(own, sheet),
        Block::Closing { organ, date } => closing(organ, date, sheet),
        Block::Signatures(names) => signatures(names, sheet),
        Block::PageBreak => "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>".to_owned(),
    }
}

/// A title parted between words, in lines of about the same length.
fn title(words: &str, sheet: &Sheet) -> String {
    let unit = |twentieths: u32| Unit::try_from(twentieths).unwrap_or_default() * 50;
    let lines = balanced(&Even, words, (Face::Title, unit(sheet.title * 10)), unit(sheet.text_width()));
    let lines: Vec<String> = lines.iter().map(|line| format!("<w:t xml:space=\"preserve\">{}</w:t>", escape(&line.text))).collect();
    format!("<w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r>{}</w:r></w:p>", lines.join("<w:br/>"))
}

/// 上行文: the number one character from the left, who signed it one from the right.
fn upward(number: &str, signer: &str, sheet: &Sheet) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Number\"/><w:tabs><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs><w:jc w:val=\"left\"/></w:pPr>{}{}<w:r><w:tab/></w:r>{}</w:p>",
        sheet.text_width() - sheet.size * 10,
        // No indent: the red rule would be as much shorter.
        run("　"),
        run(number),
        run(&format!("签发人：{signer}"))
    )
}

/// Places to sign, side by side: a line after each name.
fn signatures(names: &[String], sheet: &Sheet) -> String {
    let each = sheet.text_width() / u32::try_from(names.len()).unwrap_or(1).max(1);
    let (mut tabs, mut runs) = (String::new(), String::new());
    let mut end = 0;
    for name in names {
        if end > 0 {
            runs.push_str("<w:r><w:tab/></w:r>");
        }
        end += each;
        tabs.push_str(&format!("<w:tab w:val=\"left\" w:leader=\"underscore\" w:pos=\"{}\"/><w:tab w:val=\"left\" w:pos=\"{end}\"/>", end - sheet.size * 15));
        runs.push_str(&format!("{}<w:r><w:tab/></w:r>", run(&format!("{name}："))));
    }
    format!("<w:p><w:pPr><w:pStyle w:val=\"Signature\"/><w:tabs>{tabs}</w:tabs></w:pPr>{runs}</w:p>")
}

/// 署名 and 成文日期: the organ centred over the day, as far as characters tell; the seal is set over both.
fn closing(organ: &str, date: &str, sheet: &Sheet) -> String {
    let em = sheet.size * 10;
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { em / 2 } else { em }).sum::<u32>();
    let (organ_width, date_width) = (wide(organ), wide(date));
    let date_right = em * 4;
    let organ_right = (date_right + date_width / 2).saturating_sub(organ_width / 2);
    let line = |words: &str, right: u32, before: u32| {
        format!(
            "<w:p><w:pPr><w:pStyle w:val=\"RightLine\"/><w:keepNext/><w:spacing w:before=\"{before}\"/><w:ind w:right=\"{right}\"/></w:pPr>{}</w:p>",
            run(words)
        )
    };
    let seal = format!(
        "<w:p><w:pPr><w:pStyle w:val=\"RightLine\"/><w:keepNext/><w:spacing w:before=\"{}\"/><w:ind w:right=\"{}\"/></w:pPr><w:r><w:rPr><w:color w:val=\"969696\"/><w:sz w:val=\"20\"/></w:rPr><w:t>（印章）</w:t></w:r></w:p>",
        sheet.pitch / 2,
        organ_right + (organ_width / 2).saturating_sub(400)
    );
    let last = format!("<w:p><w:pPr><w:pStyle w:val=\"RightLine\"/><w:ind w:right=\"{date_right}\"/></w:pPr>{}</w:p>", run(date));
    format!("{seal}{}{last}", line(organ, organ_right, 0))
}

fn table(table: &Table, sheet: &Sheet) -> String {
    let widths = widths(table, sheet);
    let size = if table.is_crowded() { format!("<w:rPr><w:sz w:val=\"{0}\"/><w:szCs w:val=\"{0}\"/></w:rPr>", letters(table, sheet)) } else { String::new() };
    let size = size.as_str();
    let mut xml = String::from(
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:jc w:val=\"center\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>",
    );
    widths.iter().for_each(|width| xml.push_str(&format!("<w:gridCol w:w=\"{width}\"/>")));
    xml.push_str("</w:tblGrid>");
    if !table.head.is_empty() {
        row(&mut xml, table, &table.head, &widths, (true, size));
    }
    table.rows.iter().for_each(|cells| row(&mut xml, table, cells, &widths, (false, size)));
    xml.push_str("</w:tbl>");
    // A paragraph must follow a table, and keeps two tables apart.
    xml.push_str("<w:p><w:pPr><w:pStyle w:val=\"AfterTable\"/></w:pPr></w:p>");
    xml
}

/// The widths of columns, in twentieths of a point: as on pages, so far as it is known without a font.
fn widths(table: &Table, sheet: &Sheet) -> Vec<u32> {
    // A twentieth of a point is fifty thousandths; half a point is five hundred.
    let whole = Unit::try_from(sheet.text_width()).unwrap_or_default() * 50;
    let size = Unit::try_from(letters(table, sheet)).unwrap_or_default() * 500;
    let widths = column_widths(&Even, table, size, whole, BESIDE);
    widths.into_iter().map(|width| u32::try_from(width / 50).unwrap_or_default()).collect()
}

/// Half points of the words of a table.
fn letters(table: &Table, sheet: &Sheet) -> u32 {
    if table.is_crowded() { sheet.cell.min(18) } else { sheet.cell }
}

/// Beside the words of a cell: its margins, and what capitals are wider than digits.
const BESIDE: Unit = 14_000;

fn row(xml: &mut String, table: &Table, cells: &[Cell], widths: &[u32], (head, size): (bool, &str)) {
    xml.push_str(if head { "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" } else { "<w:tr><w:trPr><w:cantSplit/></w:trPr>" });
    for (at, cell) in Table::placed(cells) {
        let width: u32 = widths.iter().skip(at).take(cell.span).sum();
        let own = table.columns.get(at).map_or(Align::Left, |column| column.align);
        let (name, side) = match (head, own) {
            (true, _) => ("TableHead", "center"),
            (_, Align::Left) => ("TableText", "left"),
            (_, Align::Centre) => ("TableText", "center"),
            (_, Align::Right) => ("TableText", "right"),
        };
        let span = if cell.span > 1 { format!("<w:gridSpan w:val=\"{}\"/>", cell.span) } else { String::new() };
        xml.push_str(&format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{span}<w:vAlign w:val=\"center\"/></w:tcPr><w:p><w:pPr><w:pStyle w:val=\"{name}\"/><w:jc w:val=\"{side}\"/></w:pPr><w:r>{size}<w:t xml:space=\"preserve\">{}</w:t></w:r></w:p></w:tc>",
            escape(&cell.text)
        ));
    }
    xml.push_str("</w:tr>");
}

fn styles(sheet: &Sheet) -> String {
    let font = |name: &str| format!("<w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"{name}\"/>");
    let (body, sans, title) = (font("仿宋_GB2312"), font("黑体"), font("方正小标宋简体"));
    let (size, cell) = (sheet.size, sheet.cell);
    let pitch = format!("<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{}\" w:lineRule=\"exact\"/>", sheet.pitch);
    let indent = "<w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/>";
    let sized = |font: &str, size: u32| format!("{font}<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
    let mut out = format!(
        "<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{}<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>{pitch}</w:pPr></w:pPrDefault></w:docDefaults>",
        sized(&body, size)
    );
    out.push_str("<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/><w:pPr><w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/></w:pPr></w:style>");
    let coloured = |font: &str, colour: &str, size: u32| sized(&format!("{font}<w:color w:val=\"{colour}\"/>"), size);
    let rule = "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"11\" w:color=\"CC0000\"/></w:pBdr>";
    let close = "<w:spacing w:before=\"40\" w:after=\"40\" w:line=\"240\" w:lineRule=\"auto\"/>";
    let centre = "<w:jc w:val=\"center\"/>";
    // The title of a letter stands two lines below the red rule, with one line below it.
    let (before, after) = if sheet.size == 32 { (2 * sheet.pitch - 300, sheet.pitch) } else { (240, 300) };
    let wide = format!("<w:spacing w:before=\"{before}\" w:after=\"{after}\" w:line=\"640\" w:lineRule=\"exact\"/>");
    let number = if sheet.size == 32 { 28 } else { 21 };
    for (id, name, paragraph, letters) in [
        (
            "Organ",
            "发文机关标志",
            format!("<w:spacing w:before=\"0\" w:after=\"300\" w:line=\"1000\" w:lineRule=\"exact\"/>{centre}"),
            coloured(&title, "CC0000", ORGAN),
        ),
        ("Number", "发文字号", format!("{rule}<w:spacing w:before=\"0\" w:after=\"300\"/>{centre}"), sized(&body, 32)),
        ("Title", "Title", format!("<w:keepNext/>{wide}{centre}"), sized(&title, sheet.title)),
        ("Heading1", "heading 1", format!("<w:keepNext/>{pitch}{indent}<w:outlineLvl w:val=\"0\"/>"), sized(&sans, size)),
        ("Heading2", "heading 2", format!("<w:keepNext/>{pitch}{indent}<w:outlineLvl w:val=\"1\"/>"), sized(&font("楷体_GB2312"), size)),
        ("Body", "公文正文", format!("{pitch}{indent}<w:jc w:val=\"both\"/>"), sized(&body, size)),
        ("Flush", "主送机关", format!("{pitch}<w:jc w:val=\"both\"/>"), sized(&body, size)),
        (
            "Attachment",
            "附件说明",
            format!(
                "<w:spacing w:before=\"{0}\" w:after=\"0\" w:line=\"{0}\" w:lineRule=\"exact\"/><w:ind w:leftChars=\"500\" w:left=\"1600\" w:hangingChars=\"300\" w:hanging=\"960\"/>",
                sheet.pitch
            ),
            sized(&body, size),
        ),
        ("Centre", "居中", format!("{pitch}{centre}"), sized(&body, size)),
        ("RightLine", "居右", format!("{pitch}<w:jc w:val=\"right\"/>"), sized(&body, size)),
        ("Note", "表注", close.to_owned(), sized(&body, cell)),
        ("Signature", "签字", "<w:spacing w:before=\"600\" w:after=\"200\"/>".to_owned(), sized(&body, size)),
        ("TableText", "表格文字", close.to_owned(), sized(&body, cell)),
        ("TableHead", "表头文字", close.to_owned(), sized(&sans, cell)),
        ("AfterTable", "表后", "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"120\" w:lineRule=\"exact\"/>".to_owned(), sized(&body, 8)),
        ("Mark", "标记", format!("<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/>{centre}"), coloured(&body, "CC0000", 22)),
        (
            "PageNumber",
            "页码",
            "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/><w:ind w:left=\"280\" w:right=\"280\"/>".to_owned(),
            sized(&font("宋体"), number),
        ),
        ("Foot", "登记号", "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/>".to_owned(), coloured(&body, "969696", 18)),
    ] {
        out.push_str(&style(id, name, "Normal", &paragraph, &letters));
    }
    out.push_str(&table_style("000000"));
    out.push_str("</w:styles>");
    out
}
