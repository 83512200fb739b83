//! What is kept: records with an id, a few columns to find them by, and a body. A record says here how it wants to be
//! found; how that becomes SQL is the store's business.

use serde::Serialize;
use serde::de::DeserializeOwned;
use values::Date;

/// A table of records. Beside `id`, `version` and `body` it has these columns.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Name in the database.
    pub name: &'static str,
    /// What a record of it is.
    pub meaning: &'static str,
    /// Columns that records are found by, in the order of [`Record::keys`].
    pub columns: &'static [Column],
    /// Whether a record may change once it is written.
    pub changes: bool,
}

/// A column to find records by.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in the database.
    pub name: &'static str,
    /// Whether it holds a whole number; text otherwise. Days are text, like `2026-03-01`.
    pub number: bool,
    /// Whether no two records have the same.
    pub unique: bool,
    /// What it holds.
    pub meaning: &'static str,
}

impl Column {
    /// A column of text.
    #[must_use]
    pub const fn text(name: &'static str, meaning: &'static str) -> Self {
        Self { name, number: false, unique: false, meaning }
    }

    /// A column of whole numbers.
    #[must_use]
    pub const fn number(name: &'static str, meaning: &'static str) -> Self {
        Self { name, number: true, unique: false, meaning }
    }

    /// The same, with no two records alike.
    #[must_use]
    pub const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }
}

/// The value of a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Nothing.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Key {
    fn from(number: i32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<Date> for Key {
    fn from(date: Date) -> Self {
        Self::Text(date.to_string())
    }
}

impl<K: Into<Self>> From<Option<K>> for Key {
    fn from(key: Option<K>) -> Self {
        key.map_or(Self::Null, Into::into)
    }
}

/// Something that is kept.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync {
    /// Where it is kept.
    const TABLE: &'static Table;

    /// Its id.
    fn id(&self) -> &str;

    /// The values of the table's columns, in their order.
    fn keys(&self) -> Vec<Key>;
}
