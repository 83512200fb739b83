//! CSV: UTF-8 or GB18030, one row an applicant; lists in further files beside it.

use super::json::whole_bytes;
use super::table::{Book, Cell, ELSEWHERE, HISTORY, Row, Table, collect, list_fields};
use super::{Collector, Finding, Place, Request};
use crate::failure::Failure;
use exchange::plain::{LineCounter, decode, reader};
use policy::diagnostic::Text;
use policy::input::quotes::Quotes;
use policy::scheme::FactType;
use std::path::{Path, PathBuf};

/// Reads a file and its lists.
pub fn read(request: &Request<'_>, collector: &mut Collector<'_>) -> Result<(), Failure> {
    let mut book = Book { main: load(request.path, None)?, parts: Vec::new() };
    request.progress.inc(std::fs::metadata(request.path).map_or(0, |m| m.len()));
    for (name, path) in companions(request)? {
        let part = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let table = load(&path, Some(part.clone()))?;
        if table.header.is_empty() {
            let place = Place { part: Some(part), ..Place::default() };
            collector.note(Finding::error(
                place,
                "",
                "empty-file",
                Text::new("名单文件是空的", "the file of a list is empty"),
                Text::new("写上表头，或删去这个文件", "write a header, or remove the file"),
            ));
        }
        book.parts.push((name, table));
    }
    collect(&book, collector);
    Ok(())
}

/// The further files: those named on the command line, and those beside the file (`申报.引进人才.csv`).
fn companions(request: &Request<'_>) -> Result<Vec<(String, PathBuf)>, Failure> {
    let mut out: Vec<(String, PathBuf)> = Vec::new();
    for (name, path) in request.lists {
        let known = [HISTORY, ELSEWHERE].contains(&name.as_str()) || list_fields(name, request.scheme).is_some();
        if !known {
            let all = names(request).join("、");
            return Err(Failure::input(format!("没有名单“{name}”"), format!("there is no list '{name}'")).help(format!("可用：{all}"), format!("known: {all}")));
        }
        if out.iter().any(|(before, _)| before == name) {
            return Err(Failure::input(format!("--list 给了两次“{name}”"), format!("--list gives '{name}' twice")));
        }
        out.push((name.clone(), path.clone()));
    }
    for name in names(request) {
        if out.iter().any(|(before, _)| *before == name) {
            continue;
        }
        let short = request.path.with_extension(format!("{name}.csv"));
        let mut long = request.path.as_os_str().to_owned();
        long.push(format!(".{name}.csv"));
        let found: Vec<PathBuf> = [short, long.into()].into_iter().filter(|path| path.is_file()).collect();
        match found.as_slice() {
            [] => {}
            [one] => out.push((name, one.clone())),
            [one, other, ..] => {
                let (a, b) = (one.display(), other.display());
                return Err(Failure::input(format!("“{name}”有两个文件：{a}、{b}"), format!("two files for '{name}': {a}, {b}"))
                    .help("删去一个，或用 --list 指明", "remove one, or name it with --list"));
            }
        }
    }
    Ok(out)
}

fn names(request: &Request<'_>) -> Vec<String> {
    let lists = request.scheme.facts.iter().filter(|f| matches!(f.ty, FactType::List { .. })).map(|f| f.name.clone());
    lists.chain([HISTORY.to_owned(), ELSEWHERE.to_owned()]).collect()
}

fn load(path: &Path, part: Option<String>) -> Result<Table, Failure> {
    let decoded = decode(whole_bytes(path)?);
    let mut quotes = Quotes::default();
    decoded.bytes.iter().for_each(|byte| quotes.push(*byte));
    if let Some(before) = quotes.open() {
        let (name, line) = (path.display(), before + 1);
        let (zh, en) = (
            format!("{name} 第 {line} 行：引号没有收尾，后面的内容都落进了这一格"),
            format!("{name}, line {line}: a quote is never closed: all that follows is in one cell"),
        );
        return Err(Failure::input(zh, en).help("补上或删去引号", "close or remove it"));
    }
    let mut lines = LineCounter::new(&decoded.bytes);
    let mut reader = reader(&decoded.bytes);
    let mut table = Table { part, strict: true, ..Table::default() };
    let mut record = csv::ByteRecord::new();
    let unreadable = |e: csv::Error| Failure::input(format!("读不了 {}：{e}", path.display()), format!("cannot read {}: {e}", path.display()));
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = lines.line_of(record.position().map_or(0, csv::Position::byte));
        let cells: Vec<Cell> = record.iter().map(cell).collect();
        if cells.iter().all(|c| *c == Cell::Empty) {
            continue;
        }
        if table.header.is_empty() {
            table.header_line = line;
            table.header = record.iter().map(|h| String::from_utf8_lossy(h).trim().to_owned()).collect();
        } else {
            table.rows.push(Row { line, cells });
        }
    }
    Ok(table)
}

fn cell(bytes: &[u8]) -> Cell {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Cell::bad(
            "broken-encoding",
            Text::new("有不是 UTF-8、也不是 GB18030 的字节", "bytes that are neither UTF-8 nor GB18030"),
            Text::new("用原来的软件重新导出为 UTF-8", "export it again as UTF-8"),
        );
    };
    if text.trim_start().starts_with('=') {
        return Cell::bad(
            "formula",
            Text::new("单元格里是公式，不是值", "the cell holds a formula, not a value"),
            Text::new("粘贴为数值后再导出", "paste values only, then export again"),
        );
    }
    Cell::text(text)
}
