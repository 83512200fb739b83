//! What stands in which column when a list becomes a table: headings in both languages, money as money. Lists without a shape of
//! their own show the plain fields of their records.

use exchange::{Cell, Column, Kind};
use office::reading::Collection;
use serde_json::Value;
use values::{Date, Fen};

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
}

/// The columns of a list.
pub struct Shape {
    shown: Vec<Shown>,
    /// Whether its columns are those that its records have.
    grows: bool,
}

type Line = (&'static str, &'static str, &'static str, Kind, Take);
use Kind::{Count, Date as Day, Money, Text};
use Take::{At, Joined, Many, Sum};

/// Lists with a shape of their own: field, headings, what it holds, how it is taken. A key with a dot leads inside.
const SHAPES: &[(&str, &[Line])] = &[
    (
        "organisations",
        &[
            ("id", "编号", "Id", Text, At),
            ("name", "名称", "Name", Text, At),
            ("credit_code", "统一社会信用代码", "Credit code", Text, At),
            ("aliases", "其他名称", "Other names", Text, Joined),
        ],
    ),
    ("units", &[("id", "编号", "Id", Text, At), ("name", "名称", "Name", Text, At)]),
    (
        "cases",
        &[
            ("id", "案件编号", "Case", Text, At),
            ("call", "申报批次", "Call", Text, At),
            ("organisation", "申报主体", "Applicant", Text, At),
            ("stage", "阶段", "Stage", Text, At),
            ("submitted", "提交时间", "Submitted", Text, At),
            ("evidence", "佐证份数", "Papers", Count, Many),
            ("determination", "审定", "Determination", Text, At),
        ],
    ),
    (
        "determinations",
        &[
            ("id", "编号", "Id", Text, At),
            ("case", "案件编号", "Case", Text, At),
            ("organisation", "申报主体", "Applicant", Text, At),
            ("year", "年度", "Year", Count, At),
            ("awards.assessed", "测算金额（元）", "Assessed (yuan)", Money, Sum("assessed")),
            ("awards.amount", "核定金额（元）", "Amount (yuan)", Money, Sum("amount")),
            ("at", "审定时间", "Determined", Text, At),
        ],
    ),
    (
        "batches",
        &[
            ("id", "批次号", "Batch", Text, At),
            ("call", "申报批次", "Call", Text, At),
            ("state", "状态", "State", Text, At),
            ("request_number", "请示文号", "Request", Text, At),
            ("lines", "笔数", "Payments", Count, Many),
            ("lines.amount", "金额（元）", "Amount (yuan)", Money, Sum("amount")),
        ],
    ),
];

/// Headings of fields of lists without a shape, and which of them are money.
const FIELDS: &[Line] = &[
    ("id", "编号", "Id", Text, At),
    ("name", "名称", "Name", Text, At),
    ("title", "标题", "Title", Text, At),
    ("call", "申报批次", "Call", Text, At),
    ("case", "案件编号", "Case", Text, At),
    ("organisation", "申报主体", "Organisation", Text, At),
    ("clause", "条款", "Clause", Text, At),
    ("unit", "单位", "Unit", Text, At),
    ("year", "年度", "Year", Count, At),
    ("stage", "阶段", "Stage", Text, At),
    ("state", "状态", "State", Text, At),
    ("amount", "金额（元）", "Amount (yuan)", Money, At),
    ("kept", "保留金额（元）", "Kept (yuan)", Money, At),
    ("number", "文号", "Number", Text, At),
    ("by", "经手人", "By", Text, At),
    ("at", "时间", "At", Text, At),
    ("from", "开始", "From", Text, At),
    ("reason", "理由", "Reason", Text, At),
    ("active", "启用", "Active", Text, At),
    ("roles", "角色", "Roles", Text, Joined),
];

fn shown((key, zh, en, kind, take): &Line) -> Shown {
    let list = if matches!(take, Sum(_)) { key.split('.').next().unwrap_or(key) } else { key };
    let at = format!("/{}", list.replace('.', "/"));
    Shown { key: (*key).to_owned(), zh: (*zh).to_owned(), en: (*en).to_owned(), kind: *kind, at, take: *take }
}

impl Shape {
    /// The shape of a list; one without a shape of its own has the columns that [`widen`](Self::widen) finds.
    pub fn of(collection: &Collection) -> Self {
        let own = SHAPES.iter().find(|(name, _)| *name == collection.name);
        Self { shown: own.map_or_else(Vec::new, |(_, lines)| lines.iter().map(shown).collect()), grows: own.is_none() }
    }

    /// Adds the plain fields that stand in more records, behind the columns that are there: rows that were taken before stay right.
    pub fn widen<'a>(&mut self, bodies: impl IntoIterator<Item = &'a Value>) {
        if !self.grows {
            return;
        }
        let mut fresh: Vec<Shown> = Vec::new();
        for (key, value) in bodies.into_iter().filter_map(Value::as_object).flatten() {
            let texts = value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string));
            let is_plain = texts || !(value.is_array() || value.is_object() || value.is_null());
            if is_plain && !self.shown.iter().chain(&fresh).any(|column| column.key == *key) {
                fresh.push(match FIELDS.iter().find(|(known, ..)| known == key) {
                    Some(known) => shown(known),
                    None => Shown { key: key.clone(), zh: key.clone(), en: key.clone(), kind: Text, at: format!("/{key}"), take: At },
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
        let first = FIELDS.first().filter(|_| self.shown.is_empty()).map(shown);
        self.shown.iter().chain(first.as_ref()).map(|shown| Column::new(&shown.key, &shown.zh, &shown.en, shown.kind)).collect()
    }

    /// A record as a row.
    pub fn row(&self, body: &Value) -> Vec<Cell> {
        self.shown.iter().map(|shown| shown.cell(body)).collect()
    }
}

impl Shown {
    fn cell(&self, body: &Value) -> Cell {
        let Some(value) = body.pointer(&self.at) else { return Cell::Empty };
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match self.take {
            Many => Cell::Count(i64::try_from(list.len()).unwrap_or(i64::MAX)),
            Joined => Cell::text(&list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、")),
            Sum(field) => {
                let amounts = list.iter().filter_map(|each| each.get(field).and_then(Value::as_i64)).map(Fen);
                // A sum that is no amount any more is left out rather than wrong.
                amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add).map_or(Cell::Empty, Cell::Money)
            }
            At => match (self.kind, value) {
                (Money, Value::Number(fen)) => fen.as_i64().map_or(Cell::Empty, |fen| Cell::Money(Fen(fen))),
                (Count, Value::Number(count)) => count.as_i64().map_or(Cell::Empty, Cell::Count),
                (Day, Value::String(day)) => Date::parse(day).map_or(Cell::Empty, Cell::Date),
                (Text, Value::String(text)) => Cell::text(text),
                (Text, Value::Bool(yes)) => Cell::text(if *yes { "是" } else { "否" }),
                (Text, Value::Number(number)) => Cell::text(&number.to_string()),
                (Text, Value::Array(list)) => Cell::text(&list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、")),
                // A state with something in it: `review: screening`.
                (Text, Value::Object(one)) => {
                    let words = one.iter().next().and_then(|(name, inner)| Some(format!("{name}: {}", inner.as_str()?)));
                    words.map_or(Cell::Empty, |words| Cell::text(&words))
                }
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
