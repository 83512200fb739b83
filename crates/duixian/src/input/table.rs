//! Tables, whatever file they came from: which column means what, how rows of several tables make one application,
//! and back from a field to its cell. Cells are trimmed; an empty cell is unknown, an empty row is none.

use super::{Collector, Finding, Place};
use exchange::workbook::ERRORS;
use policy::diagnostic::{Text, nearest};
use policy::input::Raw;
use policy::scheme::{FactType, Scheme};
use std::collections::{HashMap, HashSet};

/// Name of the table of earlier awards.
pub const HISTORY: &str = "往年";

/// Name of the table of awards under other policies.
pub const ELSEWHERE: &str = "他处";

/// Columns that are not facts.
const RESERVED: &[&str] = &["id", "year", "as_of", "name", "kind", "uscc", "rank_only", "仅排名"];

/// Columns of the table of earlier awards, and of awards elsewhere.
const HISTORY_COLUMNS: &[&str] = &["clause", "year", "amount", "key"];
const ELSEWHERE_COLUMNS: &[&str] = &["name", "amount", "project", "kind"];

/// What a cell of a list's column in the main table says where the list has no rows because there is nothing.
pub const NOTHING: &str = "无";

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing: unknown.
    Empty,
    /// Words, or a number written as words.
    Text(String),
    /// A number, in plain decimal notation.
    Number(String),
    /// Yes or no.
    YesNo(bool),
    /// Something that cannot be used: code, what, how to mend it.
    Bad(Box<(&'static str, Text, Text)>),
}

impl Cell {
    /// A trimmed text, or nothing.
    pub fn text(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// A cell that cannot be used.
    pub fn bad(code: &'static str, message: Text, help: Text) -> Self {
        Self::Bad(Box::new((code, message, help)))
    }

    fn raw(&self) -> Raw {
        match self {
            Self::Empty | Self::Bad(_) => Raw::Null,
            Self::Text(text) => Raw::Text(text.clone()),
            // A spreadsheet's number is exact decimal text here; only JSON numbers may have been through a float.
            Self::Number(text) if text.contains('.') => Raw::Text(text.clone()),
            Self::Number(text) => Raw::Number(text.clone()),
            Self::YesNo(yes) => Raw::Bool(*yes),
        }
    }

    fn words(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its line or row number in the file.
    pub line: usize,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// One table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Sheet or file, where it is not the main table of a CSV file.
    pub part: Option<String>,
    /// Line of the header.
    pub header_line: usize,
    /// Headers.
    pub header: Vec<String>,
    /// Rows that are not empty.
    pub rows: Vec<Row>,
    /// Each row has as many cells as the header (CSV); otherwise missing ones are empty.
    pub strict: bool,
}

impl Table {
    fn place(&self, line: usize, column: Option<usize>) -> Place {
        let column = column.and_then(|at| self.header.get(at).map(|h| (at + 1, h.clone())));
        Place { part: self.part.clone(), line: Some(line), column }
    }

    fn header_place(&self, column: Option<usize>) -> Place {
        self.place(self.header_line, column)
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }
}

/// All tables of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// One row an applicant.
    pub main: Table,
    /// Lists, [`HISTORY`] and [`ELSEWHERE`], by name.
    pub parts: Vec<(String, Table)>,
}

/// Rows of a further table, by the id they belong to.
type Joined<'a> = HashMap<&'a str, Vec<&'a Row>>;

/// Turns tables into applications.
pub fn collect(book: &Book, collector: &mut Collector<'_>) {
    if book.main.header.is_empty() {
        return;
    }
    let sound = check_main(&book.main, collector) & check_parts(book, collector);
    if !sound {
        return;
    }
    let ids = book.main.column("id");
    let known: HashSet<&str> = book.main.rows.iter().filter_map(|row| row.cells.get(ids?)?.words()).collect();
    let mut joined: Vec<(&str, &Table, Joined<'_>)> = Vec::new();
    for (name, table) in &book.parts {
        joined.push((name, table, join(table, &known, collector)));
    }
    for row in &book.main.rows {
        application(book, row, &joined, collector);
    }
}

/// Headers of the main table; false if no row can be read.
fn check_main(table: &Table, collector: &mut Collector<'_>) -> bool {
    let mut sound = check_repeated(table, collector);
    for required in ["id", "year"] {
        if table.column(required).is_none() && !(required == "year" && collector.has_year()) {
            let code = if required == "id" { "missing-id" } else { "missing-year" };
            let (zh, en) = match required {
                "id" => ("加一列 id，每行一个不重复的编号", "add a column id with a value of its own in each row"),
                _ => ("加一列 year，或用 --year 2024", "add a column year, or use --year 2024"),
            };
            collector.note(Finding::error(
                table.header_place(None),
                required,
                code,
                Text::new(format!("表头没有“{required}”列"), format!("the header has no column '{required}'")),
                Text::new(zh, en),
            ));
            sound = false;
        }
    }
    for (at, header) in table.header.iter().enumerate() {
        if let Some((code, message, help)) = unknown_header(header, collector.scheme) {
            collector.note(Finding::error(table.header_place(Some(at)), header.clone(), code, message, help));
            sound = false;
        }
    }
    sound
}

fn check_repeated(table: &Table, collector: &mut Collector<'_>) -> bool {
    let mut sound = true;
    for (at, header) in table.header.iter().enumerate() {
        let filled = || table.rows.iter().any(|row| row.cells.get(at).is_some_and(|c| *c != Cell::Empty));
        if header.is_empty() && filled() {
            collector.note(Finding::error(
                table.header_place(Some(at)),
                "",
                "no-header",
                Text::new(format!("第{}列有内容而没有列名", at + 1), format!("column {} has values but no header", at + 1)),
                Text::new("补上列名，或删去这一列", "name the column, or remove it"),
            ));
            sound = false;
        }
        if !header.is_empty() && table.header.iter().take(at).any(|before| before == header) {
            collector.note(Finding::error(
                table.header_place(Some(at)),
                header.clone(),
                "duplicate-column",
                Text::new(format!("“{header}”列有两个，不知道用哪一个"), format!("there are two columns '{header}': which one holds?")),
                Text::new("删去一列；两个年度的值写成 事实@2023", "remove one; values of two years are written fact@2023"),
            ));
            sound = false;
        }
    }
    sound
}

/// What is wrong with a header of the main table, if anything.
fn unknown_header(header: &str, scheme: &Scheme) -> Option<(&'static str, Text, Text)> {
    if header.is_empty() || header == ERRORS || RESERVED.contains(&header) {
        return None;
    }
    if let Some((prefix, name)) = header.split_once('@') {
        let clauses = || scheme.clauses.iter().map(|c| c.id.as_str());
        match prefix {
            "决定" | "项目" if scheme.clause_named(name).is_some() => return None,
            "决定" | "项目" => {
                let known = clauses().collect::<Vec<_>>().join("、");
                return Some((
                    "unknown-clause",
                    Text::new(format!("没有条款 {name}"), format!("there is no clause {name}")),
                    Text::new(format!("条款有：{known}"), format!("clauses: {known}")),
                ));
            }
            // Rates and choices are checked row by row, with the names that the policy knows.
            "汇率" | "选择" => return None,
            _ => {}
        }
    }
    let bare = header.split_once('@').map_or(header, |(bare, _)| bare);
    if scheme.fact_named(bare).is_some() {
        return None;
    }
    let known = RESERVED.iter().copied().chain(scheme.facts.iter().map(|f| f.name.as_str()));
    let help = match nearest(bare, known) {
        Some(near) => Text::new(format!("是不是“{near}”？"), format!("did you mean '{near}'?")),
        None => Text::new("用 duixian facts 看全部事实；不用的列请删去", "see duixian facts for all of them; remove columns that are not used"),
    };
    Some(("unknown-fact", Text::new(format!("没有“{bare}”这个事实"), format!("there is no fact '{bare}'")), help))
}

/// Headers of the further tables.
fn check_parts(book: &Book, collector: &mut Collector<'_>) -> bool {
    let mut sound = true;
    for (name, table) in &book.parts {
        sound &= check_repeated(table, collector);
        let allowed = columns_of(name, collector.scheme);
        if table.column("id").is_none() {
            collector.note(Finding::error(
                table.header_place(None),
                "id",
                "missing-id",
                Text::new("表头没有“id”列", "the header has no column 'id'"),
                Text::new("加一列 id，写明每行属于哪份申请", "add a column id that says which application a row belongs to"),
            ));
            sound = false;
        }
        for (at, header) in table.header.iter().enumerate() {
            if header.is_empty() || header == "id" || header == ERRORS || allowed.iter().any(|a| a == header) {
                continue;
            }
            let known = allowed.join("、");
            let near = nearest(header, allowed.iter().map(String::as_str));
            let help = near.map_or(Text::new(format!("可用：{known}"), format!("known: {known}")), |n| {
                Text::new(format!("是不是“{n}”？可用：{known}"), format!("did you mean '{n}'? Known: {known}"))
            });
            collector.note(Finding::error(
                table.header_place(Some(at)),
                format!("{name}.{header}"),
                "unknown-field",
                Text::new(format!("“{name}”没有“{header}”这一栏"), format!("'{name}' has no field '{header}'")),
                help,
            ));
            sound = false;
        }
    }
    sound
}

fn columns_of(name: &str, scheme: &Scheme) -> Vec<String> {
    let fixed = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    match name {
        HISTORY => fixed(HISTORY_COLUMNS),
        ELSEWHERE => fixed(ELSEWHERE_COLUMNS),
        _ => list_fields(name, scheme).unwrap_or_default(),
    }
}

/// The fields of a list fact; `None` for anything else. The name may carry a year.
pub fn list_fields(name: &str, scheme: &Scheme) -> Option<Vec<String>> {
    let bare = name.split_once('@').map_or(name, |(bare, _)| bare);
    match &scheme.fact(scheme.fact_named(bare)?)?.ty {
        FactType::List { fields, .. } => Some(fields.iter().map(|f| f.name.clone()).collect()),
        _ => None,
    }
}

fn join<'a>(table: &'a Table, known: &HashSet<&str>, collector: &mut Collector<'_>) -> Joined<'a> {
    let mut out: Joined<'a> = HashMap::new();
    let at = table.column("id");
    for row in &table.rows {
        let id = at.and_then(|at| row.cells.get(at)).and_then(Cell::words);
        match id {
            Some(id) if known.contains(id) => out.entry(id).or_default().push(row),
            found => {
                let id = super::shorten(found.unwrap_or_default());
                let mut finding = Finding::error(
                    table.place(row.line, at),
                    "id",
                    if found.is_some() { "unknown-id" } else { "missing-id" },
                    Text::new(format!("没有编号为“{id}”的申请"), format!("there is no application '{id}'")),
                    Text::new("id 要与主表的一致", "the id must stand in the main table"),
                );
                finding.record = None;
                collector.note(finding);
            }
        }
    }
    out
}

/// An object under construction.
#[derive(Default)]
struct Parts {
    top: Vec<(String, Raw)>,
    applicant: Vec<(String, Raw)>,
    facts: Vec<(String, Raw)>,
    decisions: Vec<(String, Raw)>,
    rates: Vec<(String, Raw)>,
    projects: Vec<(String, Raw)>,
    choices: Vec<(String, Raw)>,
    places: Vec<(String, Raw)>,
}

impl Parts {
    fn put(&mut self, header: &str, value: Raw, scheme: &Scheme) {
        if value == Raw::Null || header == ERRORS {
            return;
        }
        match header {
            "" => {}
            "id" | "year" | "as_of" => self.top.push((header.to_owned(), value)),
            "rank_only" | "仅排名" => self.top.push(("rank_only".to_owned(), value)),
            "name" | "kind" | "uscc" => self.applicant.push((header.to_owned(), value)),
            _ => {
                let into = match header.split_once('@') {
                    Some(("决定", clause)) => (&mut self.decisions, clause),
                    Some(("汇率", currency)) => (&mut self.rates, currency),
                    Some(("项目", clause)) => (&mut self.projects, clause),
                    Some(("选择", group)) => (&mut self.choices, group),
                    Some(("名次", clause)) => (&mut self.places, clause),
                    _ => (&mut self.facts, header),
                };
                let nothing = value == Raw::Text(NOTHING.to_owned()) && list_fields(header, scheme).is_some();
                into.0.push((into.1.to_owned(), if nothing { Raw::List(Vec::new()) } else { value }));
            }
        }
    }

    fn whole(self) -> Raw {
        let mut top = self.top;
        let parts = [
            ("applicant", self.applicant),
            ("decisions", self.decisions),
            ("rates", self.rates),
            ("projects", self.projects),
            ("choices", self.choices),
            ("places", self.places),
        ];
        for (name, entries) in parts {
            if !entries.is_empty() {
                top.push((name.to_owned(), Raw::Map(entries)));
            }
        }
        top.push(("facts".to_owned(), Raw::Map(self.facts)));
        Raw::Map(top)
    }
}

fn application(book: &Book, row: &Row, joined: &[(&str, &Table, Joined<'_>)], collector: &mut Collector<'_>) {
    let main = &book.main;
    if main.strict && row.cells.len() != main.header.len() {
        collector.refuse(row_length(main, row));
        return;
    }
    let mut findings = Vec::new();
    let mut parts = Parts::default();
    let mut id = None;
    for (at, (header, cell)) in main.header.iter().zip(&row.cells).enumerate() {
        refuse_bad(main, row, at, &field_of(header), cell, &mut findings);
        if header == "id" {
            id = cell.words();
        }
        parts.put(header, cell.raw(), collector.scheme);
    }
    let mut rows_of: HashMap<&str, (&Table, Vec<usize>)> = HashMap::new();
    let mut lists: Vec<(String, Raw)> = Vec::new();
    for (name, table, joined) in joined {
        let Some(rows) = id.and_then(|id| joined.get(id)) else { continue };
        let records = rows.iter().map(|row| record(name, table, row, collector.scheme, &mut findings)).collect();
        rows_of.insert(name, (table, rows.iter().map(|row| row.line).collect()));
        match *name {
            HISTORY | ELSEWHERE => lists.push((if *name == HISTORY { "history" } else { "elsewhere" }.to_owned(), Raw::List(records))),
            name => parts.facts.push((name.to_owned(), Raw::List(records))),
        }
    }
    let mut raw = parts.whole();
    if let Raw::Map(entries) = &mut raw {
        entries.extend(lists);
    }
    let locate = |field: &str| locate(main, row.line, &rows_of, field);
    collector.take(&raw, row.line, findings, &locate);
}

/// A row of a further table as a record.
fn record(name: &str, table: &Table, row: &Row, scheme: &Scheme, findings: &mut Vec<Finding>) -> Raw {
    let mut entries = Vec::new();
    if table.strict && row.cells.len() != table.header.len() {
        findings.push(row_length(table, row));
    }
    for (at, (header, cell)) in table.header.iter().zip(&row.cells).enumerate() {
        if header.is_empty() || header == "id" || header == ERRORS {
            continue;
        }
        refuse_bad(table, row, at, &format!("{name}.{header}"), cell, findings);
        let value = match (name, header.as_str(), cell) {
            // A clause in a number cell: 1.1, or 1.10 that has lost its last digit?
            (HISTORY, "clause", Cell::Number(text)) if scheme.clause_named(&format!("{text}0")).is_some() => {
                let message = Text::new(format!("{text} 还是 {text}0？数字单元格不分"), format!("{text} or {text}0? A number cell does not tell them apart"));
                let help = Text::new("把这一列设为文本格式再写", "format the column as text and write it again");
                findings.push(Finding::error(table.place(row.line, Some(at)), "history.clause", "ambiguous-clause", message, help));
                Raw::Null
            }
            _ => cell.raw(),
        };
        if value != Raw::Null {
            entries.push((header.clone(), value));
        }
    }
    Raw::Map(entries)
}

fn row_length(table: &Table, row: &Row) -> Finding {
    let (found, wanted) = (row.cells.len(), table.header.len());
    Finding::error(
        table.place(row.line, None),
        "",
        "row-length",
        Text::new(format!("这一行有{found}格，表头有{wanted}列"), format!("{found} cells in this row, {wanted} in the header")),
        Text::new("补齐或删去单元格；含逗号的内容用双引号括起", "add or remove cells; put quotes around values with commas"),
    )
}

fn refuse_bad(table: &Table, row: &Row, at: usize, field: &str, cell: &Cell, findings: &mut Vec<Finding>) {
    if let Cell::Bad(bad) = cell {
        let (code, message, help) = bad.as_ref();
        findings.push(Finding::error(table.place(row.line, Some(at)), field, code, message.clone(), help.clone()));
    }
}

/// The field a column of the main table feeds, in the names of the JSON form.
fn field_of(header: &str) -> String {
    match (header, header.split_once('@')) {
        ("id" | "year" | "as_of" | "rank_only", _) => header.to_owned(),
        ("仅排名", _) => "rank_only".to_owned(),
        ("name" | "kind" | "uscc", _) => format!("applicant.{header}"),
        (_, Some(("决定", clause))) => format!("decisions.{clause}"),
        (_, Some(("汇率", currency))) => format!("rates.{currency}"),
        (_, Some(("项目", clause))) => format!("projects.{clause}"),
        (_, Some(("选择", group))) => format!("choices.{group}"),
        (_, Some(("名次", clause))) => format!("places.{clause}"),
        _ => format!("facts.{header}"),
    }
}

/// From a field back to its cell: `facts.引进人才[2].认定年度` is the second row of that list's table.
fn locate(main: &Table, line: usize, rows_of: &HashMap<&str, (&Table, Vec<usize>)>, field: &str) -> Place {
    if let Some((list, rest)) = field.split_once('[')
        && let Some((number, rest)) = rest.split_once(']')
    {
        let name = match list {
            "history" => HISTORY,
            "elsewhere" => ELSEWHERE,
            _ => list.strip_prefix("facts.").unwrap_or(list),
        };
        if let Some((table, lines)) = rows_of.get(name)
            && let Some(line) = number.parse::<usize>().ok().and_then(|n| lines.get(n.checked_sub(1)?))
        {
            return table.place(*line, rest.strip_prefix('.').and_then(|column| table.column(column)));
        }
    }
    main.place(line, main.header.iter().position(|header| field_of(header) == field))
}
