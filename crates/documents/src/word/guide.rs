//! A guide as a Word document: headings, paragraphs, lists, quotes and tables with the styles staff can change. Only what a
//! guide needs; the package and its smallest parts stand beside it.

use super::{NAMESPACES, Part, escape, package, page_number, paragraph, run, style, table_style};
use policy::guide::{About, Block, Guide, Section, Table};
use zip::result::ZipResult;

/// Width of the text on A4 with margins of 2.5 cm, in twentieths of a point.
const TEXT_WIDTH: u32 = 9070;

/// The document as bytes.
pub fn bytes(guide: &Guide) -> ZipResult<Vec<u8>> {
    let parts = [
        Part { name: "styles", kind: "styles", xml: styles(guide.lang) },
        Part { name: "numbering", kind: "numbering", xml: numbering(guide) },
        Part { name: "footer1", kind: "footer", xml: footer() },
    ];
    package(&guide.title, if guide.lang == "zh" { "zh-CN" } else { "en" }, &document(guide), &parts)
}

fn footer() -> String {
    format!("<w:ftr {NAMESPACES}><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>{}</w:p></w:ftr>", page_number())
}

/// The body, with steps numbered afresh for each list of steps.
struct Body {
    xml: String,
    steps: u32,
    bookmark: u32,
}

fn document(guide: &Guide) -> String {
    let mut body = Body { xml: String::new(), steps: 0, bookmark: 0 };
    body.xml.push_str(&paragraph("Title", &guide.title));
    let rows = guide.about.iter().map(|(label, words)| vec![label.as_str().into(), words.as_str().into()]).collect();
    body.table(&Table { columns: Vec::new(), widths: vec![1, 4], rows });
    for section in &guide.sections {
        body.section(section);
    }
    format!(
        "<w:document {NAMESPACES}><w:body>{}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1418\" w:right=\"1418\" w:bottom=\"1418\" w:left=\"1418\" w:header=\"851\" w:footer=\"992\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
        body.xml
    )
}

impl Body {
    fn section(&mut self, section: &Section) {
        let style = if matches!(section.about, About::Clause(_) | About::Form(_)) { "Heading2" } else { "Heading1" };
        self.bookmark += 1;
        self.xml.push_str(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:bookmarkStart w:id=\"{0}\" w:name=\"{1}\"/>{2}<w:bookmarkEnd w:id=\"{0}\"/></w:p>",
            self.bookmark,
            escape(&anchor(&section.anchor)),
            run(&section.title)
        ));
        if let Some(lead) = &section.lead {
            self.xml.push_str(&paragraph("Lead", lead));
        }
        for row in &section.rows {
            if !row.label.is_empty() {
                self.xml.push_str(&paragraph("Heading3", &row.label));
            }
            for block in &row.blocks {
                self.block(block);
            }
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(words) => self.xml.push_str(&paragraph("Normal", words)),
            Block::Note(words) => self.xml.push_str(&paragraph("Note", words)),
            Block::Official(paragraphs) => paragraphs.iter().for_each(|p| self.xml.push_str(&paragraph("Official", p))),
            Block::List(items) => self.items(items, 1),
            Block::Steps(items) => {
                self.steps += 1;
                let number = self.steps + 1;
                self.items(items, number);
            }
            Block::Table(table) => self.table(table),
        }
    }

    fn items(&mut self, items: &[String], number: u32) {
        for item in items {
            self.xml.push_str(&format!(
                "<w:p><w:pPr><w:pStyle w:val=\"ListParagraph\"/><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{number}\"/></w:numPr></w:pPr>{}</w:p>",
                run(item)
            ));
        }
    }

    fn table(&mut self, table: &Table) {
        let sum = table.widths.iter().sum::<u32>().max(1);
        let widths: Vec<u32> = table.widths.iter().map(|w| TEXT_WIDTH * w / sum).collect();
        self.xml.push_str(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>",
        );
        widths.iter().for_each(|w| self.xml.push_str(&format!("<w:gridCol w:w=\"{w}\"/>")));
        self.xml.push_str("</w:tblGrid>");
        if !table.columns.is_empty() {
            self.xml.push_str("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
            for (column, width) in table.columns.iter().zip(&widths) {
                self.cell(column, *width, "TableHead", "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"F4F6F9\"/>", None);
            }
            self.xml.push_str("</w:tr>");
        }
        for row in &table.rows {
            self.xml.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for (cell, width) in row.iter().zip(&widths) {
                self.cell(&cell.words, *width, "TableText", "", cell.link.as_deref());
            }
            self.xml.push_str("</w:tr>");
        }
        self.xml.push_str("</w:tbl>");
        // A paragraph must follow a table, and keeps two tables apart.
        self.xml.push_str("<w:p><w:pPr><w:pStyle w:val=\"AfterTable\"/></w:pPr></w:p>");
    }

    fn cell(&mut self, words: &str, width: u32, style: &str, shade: &str, link: Option<&str>) {
        let text = match link {
            Some(link) => format!("<w:hyperlink w:anchor=\"{}\" w:history=\"1\">{}</w:hyperlink>", escape(&anchor(link)), run(words)),
            None => run(words),
        };
        self.xml.push_str(&format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{shade}</w:tcPr><w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{text}</w:p></w:tc>"
        ));
    }
}

/// Bookmarks are letters, digits and underscores, and start with a letter.
fn anchor(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

/// List 1 has points; each further one is a list of steps of its own.
fn numbering(guide: &Guide) -> String {
    let blocks = guide.sections.iter().flat_map(|s| &s.rows).flat_map(|r| &r.blocks);
    let steps = blocks.filter(|b| matches!(b, Block::Steps(_))).count();
    let level = |kind: &str, text: &str| {
        format!(
            "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{kind}\"/><w:lvlText w:val=\"{text}\"/><w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"420\" w:hanging=\"420\"/></w:pPr></w:lvl>"
        )
    };
    let mut out = format!(
        "<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId=\"0\"><w:multiLevelType w:val=\"singleLevel\"/>{}</w:abstractNum><w:abstractNum w:abstractNumId=\"1\"><w:multiLevelType w:val=\"singleLevel\"/>{}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>",
        level("bullet", "·"),
        level("decimal", "%1.")
    );
    for number in (2..).take(steps) {
        out.push_str(&format!(
            "<w:num w:numId=\"{number}\"><w:abstractNumId w:val=\"1\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/></w:lvlOverride></w:num>"
        ));
    }
    out.push_str("</w:numbering>");
    out
}

fn styles(lang: &str) -> String {
    let body = "<w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:eastAsia=\"宋体\"/>";
    let sans = "<w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:eastAsia=\"黑体\"/>";
    let code = if lang == "zh" { "zh-CN" } else { "en-US" };
    let mut out = format!(
        "<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{body}<w:sz w:val=\"22\"/><w:lang w:val=\"{code}\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after=\"80\" w:line=\"340\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>"
    );
    out.push_str("<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>");
    let keep = "<w:keepNext/><w:spacing w:before=\"360\" w:after=\"120\"/>";
    let small = "<w:spacing w:before=\"20\" w:after=\"20\" w:line=\"280\" w:lineRule=\"auto\"/>";
    out.push_str(&style(
        "Title",
        "Title",
        "Normal",
        "<w:spacing w:before=\"240\" w:after=\"240\"/><w:jc w:val=\"center\"/>",
        &format!("{sans}<w:b/><w:sz w:val=\"36\"/>"),
    ));
    out.push_str(&style("Heading1", "heading 1", "Normal", &format!("{keep}<w:outlineLvl w:val=\"0\"/>"), &format!("{sans}<w:b/><w:sz w:val=\"30\"/>")));
    out.push_str(&style("Heading2", "heading 2", "Normal", &format!("{keep}<w:outlineLvl w:val=\"1\"/>"), &format!("{sans}<w:b/><w:sz w:val=\"26\"/>")));
    out.push_str(&style(
        "Heading3",
        "heading 3",
        "Normal",
        "<w:keepNext/><w:spacing w:before=\"160\" w:after=\"40\"/><w:outlineLvl w:val=\"2\"/>",
        &format!("{sans}<w:b/><w:sz w:val=\"22\"/>"),
    ));
    out.push_str(&style("Lead", "Lead", "Normal", "<w:keepNext/>", "<w:b/><w:color w:val=\"17508F\"/>"));
    out.push_str(&style("ListParagraph", "List Paragraph", "Normal", "", ""));
    out.push_str(&style(
        "Official",
        "Official",
        "Normal",
        "<w:pBdr><w:left w:val=\"single\" w:sz=\"12\" w:space=\"10\" w:color=\"C3CCD8\"/></w:pBdr><w:ind w:left=\"284\"/><w:jc w:val=\"both\"/>",
        body,
    ));
    out.push_str(&style("Note", "Note", "Normal", "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"FDF3DF\"/>", ""));
    out.push_str(&style("TableText", "Table Text", "Normal", small, "<w:sz w:val=\"19\"/>"));
    out.push_str(&style("TableHead", "Table Head", "TableText", small, &format!("{sans}<w:b/><w:sz w:val=\"19\"/>")));
    out.push_str(&style("AfterTable", "After Table", "Normal", "<w:spacing w:after=\"0\" w:line=\"120\" w:lineRule=\"exact\"/>", "<w:sz w:val=\"8\"/>"));
    out.push_str(&table_style("C3CCD8"));
    out.push_str("</w:styles>");
    out
}
