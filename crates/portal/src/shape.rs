//! What stands in which column when a list becomes a table: headings in both languages (`headings.rs`), money as money, states by
//! the name officers have for them. Lists without a shape of their own show the plain fields of their records.

mod headings;
mod states;

use exchange::{Cell, Column, Kind};
use office::reading::Collection;
use serde_json::Value;
use values::{Date, Fen, Lang};

/// How a cell is made of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// The field at a place.
    At,
    /// Texts of a list, joined by 、.
    Joined,
    /// The sum of a field of amounts over a list: list and field.
    Sum(&'static str),
    /// How many there are in a list.
    Many,
}

/// A column of a list.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Key: the field.
    pub key: String,
    zh: String,
    en: String,
    /// What it holds.
    pub kind: Kind,
    /// Place in the record (JSON pointer).
    at: String,
    /// How it is taken.
    pub take: Take,
    /// How its states are called; none: it holds no state.
    state: Option<State>,
}

/// The columns of a list.
pub struct Shape {
    /// Name of the list.
    list: &'static str,
    /// Language of the words in its cells.
    language: Lang,
    shown: Vec<Shown>,
    /// Whether its columns are those that its records have.
    grows: bool,
}

use Kind::{Count, Date as Day, Money, Text};
use Take::{At, Joined, Many, Sum};
pub use headings::NAME;
use headings::{Line, SHAPES, heading};
use states::State;

fn shown(list: &str, (key, zh, en, kind, take): &Line) -> Shown {
    let from = if matches!(take, Sum(_)) { key.split('.').next().unwrap_or(key) } else { key };
    let at = format!("/{}", from.replace('.', "/"));
    Shown { key: (*key).to_owned(), zh: (*zh).to_owned(), en: (*en).to_owned(), kind: *kind, at, take: *take, state: states::of(list, key) }
}

impl Shape {
    /// The shape of a list; one without a shape of its own has the columns that [`widen`](Self::widen) finds.
    pub fn of(collection: &Collection, language: Lang) -> Self {
        let list = collection.name;
        let own = SHAPES.iter().find(|(name, _)| *name == list);
        Self { list, language, shown: own.map_or_else(Vec::new, |(_, lines)| lines.iter().map(|line| shown(list, line)).collect()), grows: own.is_none() }
    }

    /// Adds the plain fields that stand in more records, behind the columns that are there: rows that were taken before stay right.
    pub fn widen<'a>(&mut self, bodies: impl IntoIterator<Item = &'a Value>) {
        if !self.grows {
            return;
        }
        let mut fresh: Vec<Shown> = Vec::new();
        for (key, value) in bodies.into_iter().filter_map(Value::as_object).flatten() {
            let texts = value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string));
            let is_state = states::of(self.list, key).is_some();
            let is_plain = texts || is_state || !(value.is_array() || value.is_object() || value.is_null());
            if is_plain && !self.shown.iter().chain(&fresh).any(|column| column.key == *key) {
                fresh.push(match heading(self.list, key) {
                    Some(line) => shown(self.list, line),
                    None => {
                        let (key, at) = (key.clone(), format!("/{key}"));
                        Shown { zh: key.clone(), en: key.clone(), state: states::of(self.list, &key), key, kind: Text, at, take: At }
                    }
                });
            }
        }
        fresh.sort_by_key(|column| column.key != "id");
        self.shown.extend(fresh);
    }

    /// The column of a key.
    pub fn column(&self, key: &str) -> Option<&Shown> {
        self.shown.iter().find(|shown| shown.key == key)
    }

    /// The columns as a table has them; an empty list has one.
    pub fn columns(&self) -> Vec<Column> {
        let first = heading(self.list, "id").filter(|_| self.shown.is_empty()).map(|line| shown(self.list, line));
        self.shown.iter().chain(first.as_ref()).map(|shown| Column::new(&shown.key, &shown.zh, &shown.en, shown.kind)).collect()
    }

    /// A record as a row.
    pub fn row(&self, body: &Value) -> Vec<Cell> {
        self.shown.iter().map(|shown| shown.cell(body, self.language)).collect()
    }
}

impl Shown {
    fn cell(&self, body: &Value, language: Lang) -> Cell {
        let Some(value) = body.pointer(&self.at) else { return Cell::Empty };
        if let Some(words) = self.state.and_then(|state| state.words(value, language)) {
            return Cell::text(&words);
        }
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match self.take {
            Many => Cell::Count(i64::try_from(list.len()).unwrap_or(i64::MAX)),
            Joined => Cell::text(&list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、")),
            Sum(field) => {
                let amounts: Vec<Fen> = list.iter().filter_map(|each| each.get(field).and_then(Value::as_i64)).map(Fen).collect();
                // What nobody has set yet is not nothing.
                if amounts.is_empty() && !list.is_empty() {
                    return Cell::Empty;
                }
                // A sum that is no amount any more is left out rather than wrong.
                amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add).map_or(Cell::Empty, Cell::Money)
            }
            At => match (self.kind, value) {
                (Money, Value::Number(fen)) => fen.as_i64().map_or(Cell::Empty, |fen| Cell::Money(Fen(fen))),
                (Count, Value::Number(count)) => count.as_i64().map_or(Cell::Empty, Cell::Count),
                (Day, Value::String(day)) => Date::parse(day).map_or(Cell::Empty, Cell::Date),
                (Text, Value::String(text)) => Cell::text(text),
                (Text, Value::Bool(yes)) => Cell::text(match (yes, language) {
                    (true, Lang::Zh) => "是",
                    (false, Lang::Zh) => "否",
                    (true, Lang::En) => "yes",
                    (false, Lang::En) => "no",
                }),
                (Text, Value::Number(number)) => Cell::text(&number.to_string()),
                (Text, Value::Array(list)) => Cell::text(&list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、")),
                // Something of one of several kinds: which kind.
                (Text, Value::Object(one)) if one.len() == 1 => one.keys().next().map_or(Cell::Empty, |name| Cell::text(name)),
                _ => Cell::Empty,
            },
        }
    }

    /// A cell as the field of a record, the way back of [`Shape::row`]; none: this column cannot be written back.
    pub fn value(&self, cell: &Cell) -> Option<Value> {
        match (self.take, cell) {
            (Joined, Cell::Empty) => Some(Value::Array(Vec::new())),
            (Joined, Cell::Text(text)) => Some(text.split('、').map(str::trim).filter(|part| !part.is_empty()).collect()),
            (At, Cell::Empty) => Some(Value::Null),
            (At, Cell::Text(text)) => Some(text.as_str().into()),
            (At, Cell::Money(fen)) => Some(fen.0.into()),
            (At, Cell::Count(count)) => Some((*count).into()),
            (At, Cell::Date(day)) => Some(day.to_string().into()),
            _ => None,
        }
    }
}
