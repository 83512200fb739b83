//! The application guide (申报指南) as data: sections of short blocks, made from the scheme and the sorted sentences of its
//! text. Three writers follow this one structure; HTML and Markdown are here, DOCX is written by the program. What the
//! policy does not say (dates of a round, where to hand in) is said to be announced by the unit that receives applications.

mod general;
mod item;
mod materials;
mod standard;
mod writers;

use crate::check::Sentence;
use crate::plain::terms::pick;
use crate::scheme::Scheme;
use serde::Serialize;
use values::Lang;
pub use writers::{STYLE, html, markdown};

/// A guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Guide {
    /// `zh` or `en`.
    pub lang: &'static str,
    /// Title.
    pub title: String,
    /// What stands under the title: label and words.
    pub about: Vec<(String, String)>,
    /// Sections in order.
    pub sections: Vec<Section>,
}

/// What a section is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// The table of all items.
    Overview,
    /// Who may apply at all.
    General,
    /// How an application goes.
    Process,
    /// A clause, by its id.
    Clause(String),
    /// A form: of a clause, or the common one.
    Form(Option<String>),
}

/// A section of the guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What it is about.
    pub about: About,
    /// A name for links, unique in the guide.
    pub anchor: String,
    /// Heading.
    pub title: String,
    /// What stands beside the heading: the amount in short.
    pub lead: Option<String>,
    /// Content.
    pub rows: Vec<Row>,
}

/// A labelled part of a section; the label may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// 对象, 条件, 标准 …
    pub label: String,
    /// Content.
    pub blocks: Vec<Block>,
}

/// A piece of content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Items without order.
    List(Vec<String>),
    /// Steps in order.
    Steps(Vec<String>),
    /// A table.
    Table(Table),
    /// Words of the policy, one paragraph each.
    Official(Vec<String>),
    /// Something to mind.
    Note(String),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Heads of the columns.
    pub columns: Vec<String>,
    /// Relative widths of the columns.
    pub widths: Vec<u32>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell; a link leads to the anchor of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Words; empty is a field to fill in.
    pub words: String,
    /// Anchor of a section.
    pub link: Option<String>,
}

impl From<String> for Cell {
    fn from(words: String) -> Self {
        Self { words, link: None }
    }
}

impl From<&str> for Cell {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

/// The scheme and language a guide is written from.
pub(crate) struct Writer<'a> {
    pub(crate) scheme: &'a Scheme,
    pub(crate) lang: Lang,
}

impl Writer<'_> {
    pub(crate) fn pick(&self, zh: &str, en: &str) -> String {
        pick(self.lang, zh, en).to_owned()
    }

    pub(crate) fn row(&self, zh: &str, en: &str, blocks: Vec<Block>) -> Row {
        Row { label: self.pick(zh, en), blocks }
    }

    /// Joins as a list is written.
    pub(crate) fn list(&self, items: &[String]) -> String {
        crate::plain::terms::list(items, self.lang)
    }

    /// The unit that receives applications, or words for it where the policy names none.
    pub(crate) fn receiver(&self) -> String {
        self.pick("受理单位", "the unit that receives applications")
    }
}

/// Writes the guide of a scheme. `sentences` are those of its official text (see [`crate::Compiled::sentences`]).
pub fn of(scheme: &Scheme, sentences: &[Sentence], lang: Lang) -> Guide {
    let writer = Writer { scheme, lang };
    let policy = &scheme.policy;
    let title = match lang {
        Lang::Zh => format!("《{}》申报指南", policy.title),
        Lang::En => format!("Application guide to “{}”", policy.title),
    };
    let mut sections = vec![writer.overview(), writer.general(), writer.process(sentences)];
    sections.extend(scheme.clause_ids().map(|(id, clause)| writer.item(id, clause)));
    sections.push(writer.common_form());
    sections.extend(scheme.clause_ids().filter_map(|(id, clause)| writer.form(id, clause)));
    Guide { lang: pick(lang, "zh", "en"), title, about: writer.about(), sections }
}
