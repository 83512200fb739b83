//! Templates: a document's wording in a short text file that an office may change. One line is one part; what each kind of line
//! means stands at [`parse`]. A template is checked against the fields of its data before it is used.

mod check;
mod parse;
mod render;

pub use check::check;
pub use parse::parse;
pub use render::render;

/// A template, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Whether it is an official letter with a red head.
    pub letter: bool,
    /// Whether it goes to a higher organ (上行文): then it names who signed it (签发人).
    pub upward: bool,
    /// Whether its pages lie on their side.
    pub landscape: bool,
    /// Its lines.
    pub nodes: Vec<Node>,
}

/// A line, or lines that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `# `
    Title(Words),
    /// `## ` or `### `
    Heading(u8, Words),
    /// A paragraph.
    Paragraph(crate::layout::Style, Words),
    /// Lines that begin with `|`.
    Table(Form),
    /// `{{每 行}}` … `{{完}}`: once for each row.
    Each(Name, Vec<Node>),
    /// `{{如 字段}}` … `{{完}}`: only where the field holds something; `{{无 字段}}`: only where it does not.
    If(Name, bool, Vec<Node>),
    /// `@落款`
    Closing,
    /// `@签字 甲、乙`
    Signatures(Vec<String>),
    /// `@分页`
    PageBreak,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Columns.
    pub columns: Vec<crate::layout::Column>,
    /// Head; empty: none.
    pub head: Vec<(Words, usize)>,
    /// Rows.
    pub rows: Vec<Rows>,
}

/// Rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// One row: words of each cell and how many columns it goes over.
    One(Vec<(Words, usize)>),
    /// Once for each row of the data.
    Each(Name, Vec<Rows>),
    /// Only where the field holds something (or does not).
    If(Name, bool, Vec<Rows>),
}

/// Words with fields in them.
pub type Words = Vec<Piece>;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// A field, and how it is written.
    Field(Name, Option<String>),
}

/// A name, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, in characters from 1.
    pub column: usize,
}

/// What is wrong with a template, where, and how it is mended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("第{line}行第{column}字：{message}。{help}")]
pub struct TemplateError {
    /// Line, from 1.
    pub line: usize,
    /// Column, in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}
