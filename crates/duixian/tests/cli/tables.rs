//! Applications as tables, as an officer would have typed them: for comparing the forms of files.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::Value;
use std::path::Path;

/// One table: header and rows; an empty value is an empty cell.
#[derive(Default)]
pub struct Sheet {
    /// Headers.
    pub header: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Value>>,
}

impl Sheet {
    fn add(&mut self, entries: Vec<(String, Value)>) {
        let mut row = vec![Value::Null; self.header.len()];
        for (header, value) in entries {
            let at = self.header.iter().position(|h| *h == header).unwrap_or_else(|| {
                self.header.push(header);
                row.push(Value::Null);
                self.header.len() - 1
            });
            row[at] = value;
        }
        self.rows.push(row);
        for row in &mut self.rows {
            row.resize(self.header.len(), Value::Null);
        }
    }
}

/// The tables of applications: the main one first, under the name 申报.
pub fn tables_of(applications: &[Value]) -> Vec<(String, Sheet)> {
    let mut tables = vec![("申报".to_owned(), Sheet::default())];
    for app in applications {
        let id = app["id"].clone();
        let mut row = Vec::new();
        let mut parts: Vec<(String, Vec<(String, Value)>)> = Vec::new();
        for (name, value) in app.as_object().unwrap() {
            match name.as_str() {
                "applicant" => row.extend(fields(value)),
                "facts" => facts(value, &id, &mut row, &mut parts),
                "decisions" => row.extend(prefixed("决定", value)),
                "rates" => row.extend(prefixed("汇率", value)),
                "projects" => row.extend(prefixed("项目", value)),
                "choices" => row.extend(prefixed("选择", value)),
                "rank_only" => row.push(("仅排名".to_owned(), value.clone())),
                "history" => parts.extend(records("往年", &id, value)),
                "elsewhere" => parts.extend(records("他处", &id, value)),
                _ => row.push((name.clone(), value.clone())),
            }
        }
        tables[0].1.add(row);
        for (table, record) in parts {
            let at = tables.iter().position(|(name, _)| *name == table).unwrap_or_else(|| {
                tables.push((table, Sheet::default()));
                tables.len() - 1
            });
            tables[at].1.add(record);
        }
    }
    tables
}

fn facts(value: &Value, id: &Value, row: &mut Vec<(String, Value)>, parts: &mut Vec<(String, Vec<(String, Value)>)>) {
    for (fact, value) in fields(value) {
        match &value {
            Value::Object(_) => row.extend(fields(&value).into_iter().map(|(year, value)| (format!("{fact}@{year}"), value))),
            Value::Array(list) if list.is_empty() => row.push((fact, "无".into())),
            Value::Array(_) => parts.extend(records(&fact, id, &value)),
            _ => row.push((fact, value)),
        }
    }
}

fn fields(value: &Value) -> Vec<(String, Value)> {
    value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn prefixed(prefix: &str, value: &Value) -> Vec<(String, Value)> {
    fields(value).into_iter().map(|(name, value)| (format!("{prefix}@{name}"), value)).collect()
}

fn records(table: &str, id: &Value, value: &Value) -> Vec<(String, Vec<(String, Value)>)> {
    let list = value.as_array().unwrap().iter();
    list.map(|record| (table.to_owned(), [vec![("id".to_owned(), id.clone())], fields(record)].concat())).collect()
}

/// Writes CSV files; the path of the main one.
pub fn csv_files(tables: &[(String, Sheet)], dir: &Path) -> String {
    for (at, (name, sheet)) in tables.iter().enumerate() {
        let path = if at == 0 { dir.join("申报.csv") } else { dir.join(format!("申报.{name}.csv")) };
        let mut writer = csv::Writer::from_path(path).unwrap();
        writer.write_record(&sheet.header).unwrap();
        for row in &sheet.rows {
            writer.write_record(row.iter().map(words)).unwrap();
        }
        writer.flush().unwrap();
    }
    dir.join("申报.csv").display().to_string()
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Writes a workbook with numbers as numbers, percentages and dates as such; its path.
pub fn workbook(tables: &[(String, Sheet)], dir: &Path) -> String {
    let mut book = Workbook::new();
    for (name, sheet) in tables {
        let page = book.add_worksheet().set_name(name).unwrap();
        for (column, header) in (0_u16..).zip(&sheet.header) {
            page.write_string(0, column, header).unwrap();
        }
        for (row, values) in (1_u32..).zip(&sheet.rows) {
            for ((column, value), header) in (0_u16..).zip(values).zip(&sheet.header) {
                put(page, row, column, header, value);
            }
        }
    }
    let path = dir.join("申报.xlsx");
    book.save(&path).unwrap();
    path.display().to_string()
}

fn put(page: &mut rust_xlsxwriter::Worksheet, row: u32, column: u16, header: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(yes) => {
            page.write_boolean(row, column, *yes).unwrap();
        }
        Value::Number(number) => {
            page.write_number(row, column, number.as_f64().unwrap()).unwrap();
        }
        Value::String(text) => {
            let named = ["id", "name", "clause", "uscc"].contains(&header);
            if let (false, Ok(number)) = (named, text.parse::<f64>()) {
                page.write_number(row, column, number).unwrap();
            } else if let Some(digits) = text.strip_suffix('%') {
                // 80.01% is typed as such and stored as 0.8001: the point moves, nothing is computed.
                let stored: f64 = format!("{digits}e-2").parse().unwrap();
                page.write_number_with_format(row, column, stored, &Format::new().set_num_format("0.00%")).unwrap();
            } else if let Ok(date) = ExcelDateTime::parse_from_str(text)
                && text.len() == 10
            {
                page.write_datetime_with_format(row, column, &date, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
            } else {
                page.write_string(row, column, text).unwrap();
            }
        }
        other => panic!("{other} in a cell"),
    }
}
