//! A document as a small tree: what is written twice, as a Word file and as pages, and once more as plain text. No sizes and
//! no fonts: those belong to the writers.

/// A document ready to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Name of the document, for its properties.
    pub name: String,
    /// Organ at its head in red (发文机关标志), with the number under it; none: no official letter.
    pub head: Option<(String, String)>,
    /// 签发人 of a letter to a higher organ (上行文), beside its number.
    pub signer: Option<String>,
    /// Whether pages lie on their side.
    pub landscape: bool,
    /// What stands at the head of every page: 演示环境, 已作废.
    pub marks: Vec<String>,
    /// What stands at the foot of every page beside its number.
    pub foot: String,
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// A part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// 标题
    Title(String),
    /// Heading of level 1 (一、) or 2 （一）.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(Style, String),
    /// A table.
    Table(Table),
    /// 发文机关署名, 印章, 成文日期
    Closing {
        /// The organ.
        organ: String,
        /// The day.
        date: String,
    },
    /// Places to sign.
    Signatures(Vec<String>),
    /// The rest on a new page.
    PageBreak,
}

/// How a paragraph stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// 正文: two characters in.
    Body,
    /// 主送机关: not set in.
    Flush,
    /// In the middle.
    Centre,
    /// At the right: 编号, 单位.
    Right,
    /// Small, under a table.
    Note,
    /// 附件说明: a line below the text, what follows the colon set under itself.
    Attachment,
}

/// Where the words of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Centre,
    /// At the right: amounts.
    Right,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its share of the width.
    pub width: u32,
    /// Where its words stand.
    pub align: Align,
}

/// A cell: words over one column or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Words.
    pub text: String,
    /// Columns it goes over.
    pub span: usize,
}

/// A table. Its head stands again at the top of each page it goes on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Columns.
    pub columns: Vec<Column>,
    /// Head; empty: none.
    pub head: Vec<Cell>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Whether it has so many columns that it is set smaller.
    #[must_use]
    pub const fn is_crowded(&self) -> bool {
        self.columns.len() > 11
    }

    /// The cells of a row with the first column and the number of columns of each.
    pub fn placed(row: &[Cell]) -> impl Iterator<Item = (usize, &Cell)> {
        row.iter().scan(0_usize, |at, cell| {
            let from = *at;
            *at += cell.span;
            Some((from, cell))
        })
    }
}
