//! From an issued document to its layout: frozen data, the template of its kind, head and foot. The same document and template
//! give the same layout.

use crate::content::{Content, built_in, fields};
use crate::field::{Data, Field, Fields, Value, data};
use crate::layout::{Block, Layout, Style};
use crate::template::{Template, TemplateError, check, parse, render};
use casework::document::{Document, DocumentKind, Letterhead};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use values::Date;

data! {
    /// What every template may name besides the fields of its data.
    Head {
        organ: String = "发文机关", number: String = "文号", register: String = "登记号", date: Date = "成文日期", address: String = "联系地址", phone: String = "联系电话",
        government: String = "本级政府",
    }
}

/// A document to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// What it shows.
    pub content: Content,
    /// Number at its head.
    pub number: String,
    /// Number it is registered under; empty for a draft.
    pub register: String,
    /// The day it bears.
    pub date: Date,
    /// Head and foot.
    pub letterhead: Letterhead,
    /// Marks on every page: 演示环境, 作废.
    pub marks: Vec<String>,
}

/// The mark of a demonstration.
pub const DEMO: &str = "演示环境　本件仅供演示，不具有任何效力";

impl Print {
    /// What an issued document prints. Errors: frozen data that is not of its kind.
    pub fn of(document: &Document, demo: bool) -> Result<Self, serde_json::Error> {
        let mut marks = Vec::new();
        if demo {
            marks.push(DEMO.to_owned());
        }
        if let Some(void) = &document.void {
            marks.push(format!("已作废（{}）：{}", void.at.date().long_zh(), void.reason));
        }
        Ok(Self {
            content: Content::read(document.kind, &document.data)?,
            number: document.head_number(),
            register: document.register_number(),
            date: document.date(),
            letterhead: document.letterhead.clone(),
            marks,
        })
    }

    /// A draft: no number yet.
    #[must_use]
    pub fn draft(content: Content, date: Date, letterhead: Letterhead, demo: bool) -> Self {
        let marks = demo.then(|| DEMO.to_owned()).into_iter().chain(["草稿　尚未制发".to_owned()]).collect();
        Self { content, number: "（未编号）".into(), register: String::new(), date, letterhead, marks }
    }

    /// Its layout by a template.
    #[must_use]
    pub fn layout(&self, template: &Template) -> Layout {
        let head = Head {
            organ: self.letterhead.organ.clone(),
            number: self.number.clone(),
            register: self.register.clone(),
            date: self.date,
            address: self.letterhead.address.clone(),
            phone: self.letterhead.phone.clone(),
            government: government(&self.letterhead.organ),
        };
        let scope: [&dyn Data; 2] = [&head, self.content.data()];
        let mut blocks = render(template, &scope, (&self.letterhead.organ, self.date));
        if !template.letter {
            // A form bears its number under its title, and under what stands in the middle below that.
            let title = blocks.iter().position(|block| matches!(block, Block::Title(_))).map_or(0, |at| at + 1);
            let after = title + blocks.iter().skip(title).take_while(|block| matches!(block, Block::Paragraph(Style::Centre, _))).count();
            blocks.insert(after, Block::Paragraph(Style::Right, format!("编号：{}", self.number)));
        }
        Layout {
            name: self.content.kind().title().to_owned(),
            head: template.letter.then(|| (self.letterhead.organ.clone(), self.number.clone())),
            signer: template.upward.then(|| signer(self.content.data())).flatten(),
            landscape: template.landscape,
            marks: self.marks.clone(),
            foot: if self.register.is_empty() || self.register == self.number { String::new() } else { format!("登记号：{}", self.register) },
            blocks,
        }
    }
}

/// The people's government an organ belongs to, by its full name: 重庆市黔江区商务委员会 is one of 重庆市黔江区人民政府. It is asked for money and
/// reviews what its departments decide (行政复议法 第二十四条). A zone (开发区, 新区) has none of its own.
fn government(organ: &str) -> String {
    let end = organ.char_indices().skip(2).filter(|(_, c)| matches!(c, '区' | '县' | '旗')).map(|(at, c)| at + c.len_utf8()).next();
    let place = end
        .and_then(|end| organ.get(..end))
        .filter(|place| !["开发区", "新区", "园区", "高新区", "试验区", "示范区", "保税区"].iter().any(|zone| place.ends_with(zone)));
    place.map_or_else(|| "本级人民政府".to_owned(), |place| format!("{place}人民政府"))
}

/// 签发人, where the data tells.
fn signer(data: &dyn Data) -> Option<String> {
    match data.value("签发人") {
        Some(Value::Text(name)) => Some(name.into_owned()),
        _ => None,
    }
}

/// The templates in use.
#[derive(Clone, Debug)]
pub struct Templates(BTreeMap<DocumentKind, Template>);

/// What is wrong with templates of a folder.
#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    /// The folder or a file cannot be read.
    #[error("模板 {}：无法读取（{source}）", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is no template of any kind.
    #[error("模板 {}：没有“{name}”这种文书。文件名应为：{}", path.display(), DocumentKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join("、"))]
    Unknown {
        /// Which.
        path: PathBuf,
        /// Its name.
        name: String,
    },
    /// A template that cannot be used: each place with what is wrong and how to mend it.
    #[error("模板 {}：\n{}", path.display(), errors.iter().map(|error| format!("  {error}")).collect::<Vec<_>>().join("\n"))]
    Wrong {
        /// Which.
        path: PathBuf,
        /// What.
        errors: Vec<TemplateError>,
    },
}

/// Reads a template for a kind and checks it. Errors: all that is wrong.
pub fn template(kind: DocumentKind, text: &str) -> Result<Template, Vec<TemplateError>> {
    let template = parse(text)?;
    let all: Vec<Field> = <Head as Fields>::FIELDS.iter().chain(fields(kind)).copied().collect();
    let errors = check(&template, &all);
    if errors.is_empty() { Ok(template) } else { Err(errors) }
}

impl Templates {
    /// Those that come with the program. Errors: none; a test reads them all.
    pub fn built_in() -> Result<Self, TemplatesError> {
        let mut all = BTreeMap::new();
        for kind in DocumentKind::ALL {
            let wrong = |errors| TemplatesError::Wrong { path: PathBuf::from(format!("{}.md", kind.name())), errors };
            all.insert(*kind, template(*kind, built_in(*kind)).map_err(wrong)?);
        }
        Ok(Self(all))
    }

    /// The same with those of an office's own folder in their place: `acceptance_notice.md` and so on (`templates_dir`).
    ///
    /// Errors: a file that cannot be read, is of no kind, or names what is not there – with place and fix.
    pub fn from_folder(folder: &Path) -> Result<Self, TemplatesError> {
        let mut templates = Self::built_in()?;
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| TemplatesError::Unreadable { path, source }
        };
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            if path.extension().is_none_or(|end| end != "md") {
                continue;
            }
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let Some(kind) = DocumentKind::named(&name) else { return Err(TemplatesError::Unknown { path, name }) };
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            match template(kind, &text) {
                Ok(read) => templates.0.insert(kind, read),
                Err(errors) => return Err(TemplatesError::Wrong { path, errors }),
            };
        }
        Ok(templates)
    }

    /// The template of a kind.
    #[must_use]
    pub fn of(&self, kind: DocumentKind) -> Option<&Template> {
        self.0.get(&kind)
    }

    /// The layout of a document; none: it has no template, which a test rules out.
    #[must_use]
    pub fn layout(&self, print: &Print) -> Option<Layout> {
        self.of(print.content.kind()).map(|template| print.layout(template))
    }
}
