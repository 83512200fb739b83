//! Word files (WordprocessingML in a ZIP): the package and its smallest parts, shared by all that writes such files; in `guide` the
//! writer of the guide of a policy, in `letter` the writer of documents. The same content gives the same bytes.

pub mod guide;
mod letter;

pub use letter::bytes;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

/// Namespaces of every part.
pub const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const PACKAGE_TYPES: &str = "http://schemas.openxmlformats.org/package/2006";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// A part beside the document: name without ending, its kind. Parts are numbered `rId1` … in their order.
#[derive(Clone, Debug)]
pub struct Part {
    /// `styles`, `numbering`, `footer1` …
    pub name: &'static str,
    /// `styles`, `numbering`, `footer`, `header`, `settings`
    pub kind: &'static str,
    /// Its XML.
    pub xml: String,
}

/// The package as bytes.
pub fn package(title: &str, language: &str, document: &str, parts: &[Part]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, content: &str| -> ZipResult<()> {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(HEAD.as_bytes())?;
        Ok(zip.write_all(content.as_bytes())?)
    };
    put("[Content_Types].xml", &types(parts))?;
    put(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{PACKAGE_TYPES}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"word/document.xml\"/>\
             <Relationship Id=\"rId2\" Type=\"{PACKAGE_TYPES}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>"
        ),
    )?;
    put(
        "docProps/core.xml",
        &format!(
            "<cp:coreProperties xmlns:cp=\"{PACKAGE_TYPES}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:language>{language}</dc:language></cp:coreProperties>",
            escape(title)
        ),
    )?;
    let links: String = (1..)
        .zip(parts)
        .map(|(number, part)| format!("<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/{}\" Target=\"{}.xml\"/>", part.kind, part.name))
        .collect();
    put("word/_rels/document.xml.rels", &format!("<Relationships xmlns=\"{PACKAGE_TYPES}/relationships\">{links}</Relationships>"))?;
    put("word/document.xml", document)?;
    for part in parts {
        put(&format!("word/{}.xml", part.name), &part.xml)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn types(parts: &[Part]) -> String {
    let overrides: String =
        parts.iter().map(|part| format!("<Override PartName=\"/word/{}.xml\" ContentType=\"{WORD}.{}+xml\"/>", part.name, part.kind)).collect();
    format!(
        "<Types xmlns=\"{PACKAGE_TYPES}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"{WORD}.document.main+xml\"/>{overrides}\
         <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>"
    )
}

/// Words as XML.
#[must_use]
pub fn escape(text: &str) -> String {
    // Control characters have no place in XML, nor have the two that are no characters.
    let clean: String = text.chars().filter(|c| (*c >= ' ' || *c == '\t') && !matches!(c, '\u{FFFE}' | '\u{FFFF}')).collect();
    policy::markup::escape(&clean)
}

/// Words in the letters of their paragraph.
#[must_use]
pub fn run(words: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>", escape(words))
}

/// A paragraph of a style.
#[must_use]
pub fn paragraph(style: &str, words: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{}</w:p>", run(words))
}

/// The number of the page, as Word counts it.
#[must_use]
pub fn page_number() -> String {
    "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        .to_owned()
}

/// A style of paragraphs.
#[must_use]
pub fn style(id: &str, name: &str, base: &str, paragraph: &str, letters: &str) -> String {
    let based = if base.is_empty() { String::new() } else { format!("<w:basedOn w:val=\"{base}\"/>") };
    format!(
        "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>{based}<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )
}

/// The style of tables, ruled in a colour.
#[must_use]
pub fn table_style(colour: &str) -> String {
    let line = |side: &str| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"{colour}\"/>");
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"].iter().map(|side| line(side)).collect();
    format!(
        "<w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/><w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar><w:left w:w=\"85\" w:type=\"dxa\"/><w:right w:w=\"85\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>"
    )
}
