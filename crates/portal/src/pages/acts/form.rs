//! The fields of an act as a form, and what was typed read back into the fields of the act. Whether what was typed may be done is
//! the office's to say; here it is only whether it can be read.

use super::schema::{Field, Kind};
use super::words;
use crate::pages::Given;
use crate::pages::frame::Frame;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use values::{Date, Fen, Lang};

/// Something that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where.
    pub path: String,
    /// What it is called.
    pub label: String,
    /// What is wrong with it.
    pub words: &'static str,
}

impl Wrong {
    /// The place in the page.
    pub fn anchor(&self) -> String {
        self.path.replace(['.', ':'], "-")
    }
}

/// How a control looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// One line.
    Line,
    /// Several lines.
    Text,
    /// An amount in yuan.
    Money,
    /// A whole number.
    Whole,
    /// A day.
    Day,
    /// One of some.
    Select,
    /// Several of some.
    Boxes,
    /// JSON.
    Json,
}

/// A control with its label.
pub struct Control {
    /// Name in the form.
    pub path: String,
    /// Id in the page.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What helps to fill it in.
    pub hint: String,
    /// How it looks.
    pub look: Look,
    /// What stands in it.
    pub value: String,
    /// What can be chosen: name, words, whether it is.
    pub choices: Vec<(String, String, bool)>,
    /// Whether it must be filled in.
    pub needed: bool,
    /// Names it may be filled in from.
    pub list: &'static str,
    /// What is wrong with it.
    pub wrong: &'static str,
}

/// A piece of a form, in the order of the page.
pub enum Node {
    /// Parts begin that belong together; folded where nothing stands in them and nothing need.
    Open(String, bool),
    /// They end; whether they were folded.
    Close(bool),
    /// A control.
    One(Control),
    /// What is given and not to be changed: path, value.
    Hidden(String, String),
    /// One more row: path, what a row is called.
    More(String, String),
}

/// Where a part stands in a form.
pub fn joined(at: &str, name: &str) -> String {
    match (at, name) {
        ("", name) => name.to_owned(),
        (at, "") => at.to_owned(),
        (at, name) => format!("{at}.{name}"),
    }
}

/// The id of a control.
fn id_of(prefix: &str, path: &str) -> String {
    format!("{prefix}f-{}", path.replace(['.', ':'], "-"))
}

/// Where a number stands that one of several units goes with.
const NUMBER: &str = "number";

/// Whether nothing was typed anywhere under a path.
fn is_blank(given: &Given, path: &str) -> bool {
    let under = |name: &str| name == path || name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    !given.iter().any(|(name, value)| under(name) && !value.trim().is_empty())
}

/// The numbers of the rows under a path.
pub fn rows(given: &Given, path: &str) -> BTreeSet<usize> {
    let number = |name: &String| name.strip_prefix(path)?.strip_prefix('.')?.split('.').next()?.parse().ok();
    given.keys().filter_map(number).collect()
}

/// Draws a form.
pub struct Drawing<'f> {
    /// Frame of the page.
    pub frame: &'f Frame,
    /// What stands in it.
    pub given: &'f Given,
    /// Paths that are given and not to be changed.
    pub fixed: &'f [&'f str],
    /// What is wrong with what was typed.
    pub wrong: &'f [Wrong],
    /// How ids begin, where several forms stand on a page.
    pub prefix: &'f str,
    /// What was drawn so far.
    pub nodes: Vec<Node>,
}

impl Drawing<'_> {
    /// The controls of fields.
    pub fn fields(&mut self, fields: &[Field], at: &str) {
        fields.iter().for_each(|field| self.field(field, at));
    }

    fn text(&self, path: &str) -> String {
        self.given.get(path).cloned().unwrap_or_default()
    }

    fn field(&mut self, field: &Field, at: &str) {
        let path = joined(at, &field.name);
        if self.fixed.contains(&path.as_str()) {
            let value = self.text(&path);
            self.nodes.push(Node::Hidden(path, value));
            return;
        }
        let label = words::label(&field.of, &field.name, self.frame.lang()).to_owned();
        self.draw(field, path, label);
    }

    fn draw(&mut self, field: &Field, path: String, label: String) {
        match &field.kind {
            Kind::Group(parts) | Kind::Tuple(parts) => {
                let folded = !field.needed && is_blank(self.given, &path);
                self.nodes.push(Node::Open(label, folded));
                self.fields(parts, &path);
                self.nodes.push(Node::Close(folded));
            }
            Kind::Rows(row) => self.rows(row, &path, label),
            kind @ Kind::Either(_, alternatives) if kind.one_number() => {
                let number = alternatives.iter().find_map(|(_, more)| more.clone());
                if let Some(number) = number {
                    self.control(&Field { needed: field.needed, ..number }, joined(&path, NUMBER), label.clone());
                }
                self.control(field, path, format!("{label}{}", self.frame.pair("（单位）", " (unit)")));
            }
            Kind::Either(_, alternatives) => {
                self.control(field, path.clone(), label.clone());
                for (name, inner) in alternatives {
                    let Some(inner) = inner else { continue };
                    let many = matches!(inner.kind, Kind::Group(_) | Kind::Tuple(_) | Kind::Rows(_));
                    let chosen = self.text(&path);
                    if chosen.is_empty() || chosen == *name || !is_blank(self.given, &joined(&path, name)) {
                        self.alternative(inner, &path, many);
                    }
                }
            }
            _ => self.control(field, path, label),
        }
    }

    fn alternative(&mut self, inner: &Field, path: &str, many: bool) {
        let before = self.nodes.len();
        self.field(inner, path);
        // A single control is labelled by what was chosen.
        if let Some(Node::One(control)) = self.nodes.get_mut(before).filter(|_| !many) {
            control.needed = false;
            let chosen = words::value(&inner.of, &inner.name, self.frame.lang());
            control.label = format!("{}{chosen}", self.frame.pair("选择后填写：", "If so: "));
        }
    }

    fn rows(&mut self, row: &Field, path: &str, label: String) {
        self.nodes.push(Node::Open(label.clone(), false));
        let mut numbers = rows(self.given, path);
        if numbers.is_empty() {
            numbers.insert(0);
        }
        let several = numbers.len() > 1;
        for (at, number) in numbers.iter().enumerate() {
            let place = joined(path, &number.to_string());
            // A row that is about a clause is called by it.
            let clause = joined(&place, "clause");
            let of_clause = self.fixed.contains(&clause.as_str()).then(|| format!("{} {}", self.frame.pair("条款", "Clause"), self.text(&clause)));
            let label = of_clause.unwrap_or_else(|| format!("{label} {}", at + 1));
            match &row.kind {
                Kind::Group(parts) | Kind::Tuple(parts) if !several => self.fields(parts, &place),
                _ => self.draw(row, place, label),
            }
        }
        let begins = format!("{path}.");
        if !self.fixed.iter().any(|fixed| fixed.starts_with(&begins)) {
            self.nodes.push(Node::More(path.to_owned(), label));
        }
        self.nodes.push(Node::Close(false));
    }

    fn control(&mut self, field: &Field, path: String, label: String) {
        let frame = self.frame;
        let lang = frame.lang();
        let value = self.text(&path);
        let pick = |zh: &'static str, en: &'static str| frame.pair(zh, en).to_owned();
        let choices = |of: &str, names: &mut dyn Iterator<Item = &String>| {
            let chosen: Vec<&str> = value.lines().collect();
            names.map(|name| (name.clone(), words::value(of, name, lang).to_owned(), chosen.contains(&name.as_str()))).collect::<Vec<_>>()
        };
        let mut hint = String::new();
        let mut list = "";
        let mut offered = Vec::new();
        let look = match &field.kind {
            Kind::Money => Look::Money,
            Kind::Whole => Look::Whole,
            Kind::Day => Look::Day,
            Kind::YesNo => {
                offered = [("true", pick("是", "yes")), ("false", pick("否", "no"))].map(|(name, words)| (name.to_owned(), words, value == name)).to_vec();
                Look::Select
            }
            Kind::Choice(of, names) => {
                offered = choices(of, &mut names.iter());
                Look::Select
            }
            Kind::Either(of, names) => {
                offered = choices(of, &mut names.iter().map(|(name, _)| name));
                Look::Select
            }
            Kind::Many(of, names) => {
                offered = choices(of, &mut names.iter());
                Look::Boxes
            }
            Kind::Lines(_) => {
                hint = pick("每行一项", "one a line");
                Look::Text
            }
            Kind::Json(example) => {
                hint = format!("JSON{}{}", if lang == Lang::Zh { "，例如：" } else { ", like: " }, example.to_string().chars().take(600).collect::<String>());
                Look::Json
            }
            Kind::Digest => {
                hint = pick("文件的 SM3 指纹，64 位；上传后可得", "SM3 of the file, 64 digits; given when it is uploaded");
                Look::Line
            }
            Kind::Id(of) => {
                list = if of == "UnitId" { "units" } else { "" };
                if words::fresh(&field.of, &field.name).is_some() {
                    hint = pick("已拟好，一般不用改", "made for you; change it if you like");
                }
                Look::Line
            }
            _ if words::is_long(&field.of, &field.name) => Look::Text,
            _ => Look::Line,
        };
        if hint.is_empty() {
            hint = words::hint(&field.of, &field.name, lang).to_owned();
        }
        let wrong = self.wrong.iter().find(|wrong| wrong.path == path).map_or("", |wrong| wrong.words);
        let id = id_of(self.prefix, &path);
        self.nodes.push(Node::One(Control { id, label, hint, look, choices: offered, needed: field.needed, list, wrong, value, path }));
    }
}

/// Reads what was typed.
pub struct Reading<'g> {
    /// What was typed.
    pub given: &'g Given,
    /// The language of what is said.
    pub lang: Lang,
    /// What cannot be read.
    pub wrong: Vec<Wrong>,
}

impl Reading<'_> {
    /// The fields under a path as an object.
    pub fn object(&mut self, fields: &[Field], at: &str) -> Value {
        let mut out = Map::new();
        for field in fields {
            let path = joined(at, &field.name);
            match self.value(field, &path) {
                Some(value) => drop(out.insert(field.name.clone(), value)),
                None if field.needed => self.is_wrong(field, &path, ("请填写", "please fill this in")),
                None => {}
            }
        }
        Value::Object(out)
    }

    fn is_wrong(&mut self, field: &Field, path: &str, (zh, en): (&'static str, &'static str)) {
        // What could not be read was said already.
        if self.wrong.iter().any(|wrong| wrong.path == path) {
            return;
        }
        let label = words::label(&field.of, &field.name, self.lang).to_owned();
        self.wrong.push(Wrong { path: path.to_owned(), label, words: if self.lang == Lang::Zh { zh } else { en } });
    }

    fn value(&mut self, field: &Field, path: &str) -> Option<Value> {
        let given = self.given;
        let typed = given.get(path).map(|text| text.trim()).unwrap_or_default();
        let blank = is_blank(given, path);
        match &field.kind {
            Kind::Line if words::is_long(&field.of, &field.name) && !blank => given.get(path).map(|text| text.as_str().into()),
            Kind::Line if field.needed => Some(typed.into()),
            Kind::Lines(_) | Kind::Many(..) | Kind::Rows(_) if blank => field.needed.then(|| Value::Array(Vec::new())),
            _ if blank => None,
            Kind::Line | Kind::Id(_) | Kind::Choice(..) => Some(typed.into()),
            Kind::Digest => self.checked(field, path, words_of_digest(typed), ("应为 64 位指纹", "must be a fingerprint of 64 digits")),
            Kind::Whole => self.checked(field, path, typed.parse::<i64>().ok().map(Value::from), ("应为整数", "must be a whole number")),
            Kind::Money => {
                self.checked(field, path, money(typed), ("应为金额，以元为单位，最多两位小数", "must be an amount in yuan with at most two decimals"))
            }
            Kind::Day => {
                let day = Date::parse(typed).ok().map(|day| Value::from(day.to_string()));
                self.checked(field, path, day, ("应为日期，如 2026-03-01", "must be a day like 2026-03-01"))
            }
            Kind::YesNo => Some((typed == "true").into()),
            Kind::Lines(true) => {
                let numbers: Option<Vec<i64>> = lines(typed).map(|line| line.parse().ok()).collect();
                self.checked(field, path, numbers.map(Value::from), ("每行应为一个整数", "each line must be a whole number"))
            }
            Kind::Lines(false) | Kind::Many(..) => Some(lines(typed).collect()),
            Kind::Json(_) => self.checked(field, path, serde_json::from_str(typed).ok(), ("不是 JSON", "is not JSON")),
            Kind::Group(parts) => Some(self.object(parts, path)),
            Kind::Tuple(parts) => Some(self.tuple(parts, path)),
            Kind::Rows(row) => Some(self.rows(row, path)),
            kind @ Kind::Either(..) if kind.one_number() => {
                let (at, number) = (joined(path, NUMBER), given.get(&joined(path, NUMBER)).map(|text| text.trim()).unwrap_or_default());
                let number = self.checked(field, &at, number.parse::<i64>().ok().map(Value::from), ("应为整数", "must be a whole number"))?;
                if typed.is_empty() {
                    self.is_wrong(field, path, ("请选择单位", "please choose a unit"));
                    return None;
                }
                Some(Value::Object(std::iter::once((typed.to_owned(), number)).collect()))
            }
            Kind::Either(_, alternatives) => {
                let inner = alternatives.iter().find(|(name, _)| name == typed).and_then(|(_, inner)| inner.as_ref());
                match inner {
                    None if typed.is_empty() => None,
                    None => Some(typed.into()),
                    Some(inner) => {
                        let content = self.value(inner, &joined(path, typed)).unwrap_or(Value::Null);
                        Some(Value::Object(std::iter::once((typed.to_owned(), content)).collect()))
                    }
                }
            }
        }
    }

    fn checked(&mut self, field: &Field, path: &str, value: Option<Value>, words: (&'static str, &'static str)) -> Option<Value> {
        if value.is_none() {
            self.is_wrong(field, path, words);
        }
        value
    }

    fn tuple(&mut self, parts: &[Field], path: &str) -> Value {
        let part = |part: &Field| {
            let at = joined(path, &part.name);
            let value = self.value(part, &at);
            if value.is_none() && part.needed {
                self.is_wrong(part, &at, ("请填写", "please fill this in"));
            }
            value.unwrap_or(Value::Null)
        };
        parts.iter().map(part).collect()
    }

    fn rows(&mut self, row: &Field, path: &str) -> Value {
        let mut out = Vec::new();
        for number in rows(self.given, path) {
            let at = joined(path, &number.to_string());
            if !is_blank(self.given, &at) {
                out.extend(self.value(row, &at));
            }
        }
        Value::Array(out)
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn words_of_digest(text: &str) -> Option<Value> {
    casework::chain::Fingerprint::parse(&text.to_ascii_lowercase()).map(|digest| digest.to_string().into())
}

/// An amount typed in yuan, with or without separators, in fen.
fn money(text: &str) -> Option<Value> {
    let plain: String = text.chars().filter(|sign| !matches!(sign, ',' | '，' | ' ')).map(|sign| if sign == '−' { '-' } else { sign }).collect();
    Fen::parse_yuan(&plain).ok().map(|fen| fen.0.into())
}

/// Puts the fields of an act into the form: the way back of [`Reading`].
pub fn fill(fields: &[Field], value: &Value, at: &str, into: &mut Given) {
    for field in fields {
        if let Some(value) = value.get(&field.name) {
            put(field, value, joined(at, &field.name), into);
        }
    }
}

fn put(field: &Field, value: &Value, path: String, into: &mut Given) {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if value.is_null() {
        return;
    }
    match &field.kind {
        Kind::Group(parts) => fill(parts, value, &path, into),
        Kind::Tuple(parts) => {
            for (part, value) in parts.iter().zip(value.as_array().into_iter().flatten()) {
                put(part, value, joined(&path, &part.name), into);
            }
        }
        Kind::Rows(row) => {
            for (number, value) in value.as_array().into_iter().flatten().enumerate() {
                put(row, value, joined(&path, &number.to_string()), into);
            }
        }
        Kind::Lines(_) | Kind::Many(..) => {
            let lines: Vec<String> = value.as_array().into_iter().flatten().map(plain).collect();
            into.insert(path, lines.join("\n"));
        }
        Kind::Either(_, alternatives) => match value.as_object().and_then(|one| one.iter().next()) {
            Some((name, value)) if field.kind.one_number() => {
                into.insert(joined(&path, NUMBER), plain(value));
                into.insert(path, name.clone());
            }
            Some((name, value)) => {
                if let Some((_, Some(inner))) = alternatives.iter().find(|(known, _)| known == name) {
                    put(inner, value, joined(&path, name), into);
                }
                into.insert(path, name.clone());
            }
            None => drop(into.insert(path, plain(value))),
        },
        Kind::Money => drop(into.insert(path, value.as_i64().map_or_else(|| plain(value), |fen| Fen(fen).yuan()))),
        Kind::Json(_) => drop(into.insert(path, value.to_string())),
        _ => drop(into.insert(path, plain(value))),
    }
}
