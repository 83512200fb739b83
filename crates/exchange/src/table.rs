//! A table with typed columns: what a list is while it goes out and comes in. Money is fen, percentages are exact, texts are kept as they
//! are. How it becomes a file stands in `table/write.rs`, how a file becomes one in `table/read.rs`.

mod read;
mod text;
mod write;

pub use read::{Intake, Raw, RawTable, Row, notes, raw, read, typed};
pub(crate) use read::{by_columns, sheets};
pub use text::text;
pub use write::{csv, xlsx};

use crate::problem::{Problem, shown};
use casework::chain::Fingerprint;
use serde::{Deserialize, Serialize};
use values::{Date, Fen, Lang, Moment};

/// Most UTF-16 units of a cell; a limit of spreadsheets.
pub const CELL_UNITS_MAX: usize = 32_767;

/// Key of the column that says which state of a row was exported.
pub const VERSION: &str = "version";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words, and numbers that are names: credit codes, accounts.
    Text,
    /// Money, in yuan with two decimals.
    Money,
    /// A day.
    Date,
    /// A whole number.
    Count,
    /// A percentage of at most four decimals.
    Percent,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in programs; stable.
    pub key: String,
    /// Chinese heading.
    pub zh: String,
    /// English heading.
    pub en: String,
    /// What it holds.
    pub kind: Kind,
}

impl Column {
    /// A column: key, headings in both languages, what it holds.
    #[must_use]
    pub fn new(key: &str, zh: &str, en: &str, kind: Kind) -> Self {
        Self { key: key.to_owned(), zh: zh.to_owned(), en: en.to_owned(), kind }
    }

    /// The heading of a language.
    #[must_use]
    pub fn heading(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Whether a header names it: by key or in either language; blanks, case and the width of signs do not count.
    #[must_use]
    pub fn is_headed(&self, header: &str) -> bool {
        let header = folded(header);
        !header.is_empty() && [&self.key, &self.zh, &self.en].iter().any(|name| folded(name) == header)
    }
}

fn folded(header: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    header.chars().filter(|c| !c.is_whitespace()).map(narrow).flat_map(char::to_lowercase).collect()
}

/// The column of versions.
#[must_use]
pub fn version_column() -> Column {
    Column::new(VERSION, "版本（请勿改动）", "Version (do not change)", Kind::Text)
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Words.
    Text(String),
    /// Money.
    Money(Fen),
    /// A day.
    Date(Date),
    /// A whole number.
    Count(i64),
    /// A percentage in millionths: 12.5% is 125,000.
    Percent(i64),
}

impl Cell {
    /// Words as a file can hold them: trimmed, one kind of line end, no control characters. Nothing left is [`Cell::Empty`].
    #[must_use]
    pub fn text(text: &str) -> Self {
        let unified = text.replace("\r\n", "\n").replace('\r', "\n");
        let kept = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'));
        let clean: String = unified.chars().filter(kept).collect();
        let clean = clean.trim();
        if clean.is_empty() { Self::Empty } else { Self::Text(clean.to_owned()) }
    }

    /// What it is, unless it is empty.
    #[must_use]
    pub const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Empty => None,
            Self::Text(_) => Some(Kind::Text),
            Self::Money(_) => Some(Kind::Money),
            Self::Date(_) => Some(Kind::Date),
            Self::Count(_) => Some(Kind::Count),
            Self::Percent(_) => Some(Kind::Percent),
        }
    }

    /// As it is written in plain files: `1234.50`, `2026-03-01`, `12.5%`.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Money(fen) => fen.yuan(),
            Self::Date(date) => date.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Percent(millionths) => format!("{}%", decimal(*millionths, 4)),
        }
    }

    /// The words in it; none in a cell of another kind.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A whole number with its point moved to the left, trailing zeros left out: `125000` by 4 is `12.5`.
fn decimal(number: i64, places: usize) -> String {
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let (sign, point) = (if number < 0 { "-" } else { "" }, if fraction.is_empty() { "" } else { "." });
    format!("{sign}{whole}{point}{fraction}")
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub const fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row. Errors: another number of cells than columns, a cell of another kind, a text longer than a cell may be.
    pub fn push(&mut self, row: Vec<Cell>) -> Result<(), Problem> {
        let line = self.rows.len() + 2;
        if row.len() != self.columns.len() {
            let (has, wants) = (row.len(), self.columns.len());
            return Err(Problem::new(
                "row-width",
                (format!("这一行有 {has} 格，表有 {wants} 列"), format!("the row has {has} cells, the table {wants} columns")),
                ("补齐或删去多的格", "fill in or remove cells"),
            )
            .at(line));
        }
        for (column, cell) in self.columns.iter().zip(&row) {
            if cell.kind().is_some_and(|kind| kind != column.kind) {
                return Err(Problem::new(
                    "cell-kind",
                    ("这一格与列的类型不符", "the cell is not of the kind of its column"),
                    ("按列的类型填写", "write what the column holds"),
                )
                .at(line)
                .of(&column.zh));
            }
            if cell.words().is_some_and(|text| text.encode_utf16().count() > CELL_UNITS_MAX) {
                return Err(Problem::new(
                    "cell-too-long",
                    (format!("这一格超过 {CELL_UNITS_MAX} 字"), format!("the cell has more than {CELL_UNITS_MAX} characters")),
                    ("缩短，或另附文件", "shorten it, or attach a file"),
                )
                .at(line)
                .of(&column.zh));
            }
        }
        self.rows.push(row);
        Ok(())
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }

    /// The cell of a row under a key; [`Cell::Empty`] where there is no such column.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a [Cell], key: &str) -> &'a Cell {
        const NOTHING: &Cell = &Cell::Empty;
        self.column(key).and_then(|at| row.get(at)).unwrap_or(NOTHING)
    }

    /// The total of each column of money. Error: more than 64 bits of fen.
    pub fn totals(&self) -> Result<Vec<(&Column, Fen)>, Problem> {
        let money = self.columns.iter().enumerate().filter(|(_, column)| column.kind == Kind::Money);
        money
            .map(|(at, column)| {
                let amounts = self.rows.iter().filter_map(|row| match row.get(at) {
                    Some(Cell::Money(fen)) => Some(*fen),
                    _ => None,
                });
                let total = amounts.into_iter().try_fold(Fen::ZERO, |sum, fen| sum.checked_add(fen));
                total.map(|total| (column, total)).map_err(|_| {
                    let (zh, en) = (&column.zh, &column.en);
                    Problem::new("total-too-large", (format!("“{zh}”的合计太大"), format!("the total of '{en}' is too large")), ("分表导出", "export in parts"))
                })
            })
            .collect()
    }

    /// What stands in a row, as a short mark: equal marks mean equal rows. The column of versions does not count.
    #[must_use]
    pub fn mark(&self, row: &[Cell]) -> String {
        let cells: Vec<(&str, String)> =
            self.columns.iter().zip(row).filter(|(column, _)| column.key != VERSION).map(|(column, cell)| (column.key.as_str(), cell.plain())).collect();
        short_mark(&serde_json::to_vec(&cells).unwrap_or_default())
    }

    /// The same table with the mark of each row in a column of versions, for a file that is to be edited and handed in again.
    #[must_use]
    pub fn with_versions(&self) -> Self {
        if self.column(VERSION).is_some() {
            return self.clone();
        }
        let mut columns = self.columns.clone();
        columns.push(version_column());
        let versioned = |row: &Vec<Cell>| {
            let mut row = row.clone();
            row.push(Cell::Text(self.mark(&row)));
            row
        };
        Self { columns, rows: self.rows.iter().map(versioned).collect() }
    }
}

/// The first 16 hexadecimal digits of the SM3 of bytes: enough to see a change, short enough for a cell.
#[must_use]
pub fn short_mark(bytes: &[u8]) -> String {
    Fingerprint::of(bytes).to_string().chars().take(16).collect()
}

/// What an exported file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// What the list is.
    pub title: String,
    /// The filter: what was asked for, name and value; empty: everything.
    pub filter: Vec<(String, String)>,
    /// When it was exported.
    pub at: Moment,
    /// Who exported it.
    pub by: String,
    /// More that is to be said: name and value.
    pub more: Vec<(String, String)>,
    /// The language of its headings.
    pub lang: Lang,
}

/// That a column is missing from a file.
pub(crate) fn missing_column(column: &Column) -> Problem {
    let (zh, en) = (shown(&column.zh), shown(&column.en));
    Problem::new(
        "missing-column",
        (format!("没有“{zh}”列"), format!("there is no column '{en}'")),
        ("从系统重新导出后填写", "export the table again and fill it in"),
    )
}
