//! The annotated copy of a file: the same rows in the same form, the wrong ones with what is wrong in one more
//! column or field, to be mended and handed in again. That column or field is skipped on reading.

use super::json::{Lines, Next, Shape, pieces, shape_of, whole_bytes};
use super::xlsx::{cells, main_sheet, open};
use super::{Finding, Form, form_of};
use crate::failure::Failure;
use calamine::Reader;
use exchange::plain::{LineCounter, decode, reader};
use exchange::workbook::{self, ERRORS};
use policy::diagnostic::Severity;
use policy::input::json::Entries;
use rust_xlsxwriter::Workbook;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use values::Lang;

/// The field an annotated copy in JSON adds.
pub const FIELD: &str = "errors";

/// Notes by line of the record they belong to.
type Notes = HashMap<usize, Vec<String>>;

/// Where the copy goes by default: `.错误` before the extension.
pub fn default_path(path: &Path) -> PathBuf {
    let extension = path.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_extension(format!("错误.{extension}"))
}

/// Writes the copy of `path` to `to`.
pub fn write(path: &Path, to: &Path, findings: &[Finding], lang: Lang) -> Result<(), Failure> {
    if path == to {
        let name = to.display();
        return Err(
            Failure::input(format!("不能写回原文件 {name}"), format!("the copy cannot replace {name} itself")).help("换一个文件名", "give it another name")
        );
    }
    let mut notes: Notes = HashMap::new();
    for finding in findings.iter().filter(|f| f.severity == Severity::Error) {
        if let Some(line) = finding.record {
            notes.entry(line).or_default().push(finding.note(lang));
        }
    }
    let content = match form_of(path)? {
        Form::Json => json(path, &notes)?,
        Form::Csv => csv_copy(path, &notes)?,
        Form::Xlsx => workbook(path, &notes).and_then(|mut book| book.save_to_buffer().map_err(|e| Failure::unwritable_workbook(to, e)))?,
    };
    std::fs::write(to, content).map_err(|e| Failure::unwritable(to, &e))
}

fn json(path: &Path, notes: &Notes) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    if shape_of(path)? == Some(Shape::Whole) {
        let bytes = whole_bytes(path)?;
        let text = String::from_utf8_lossy(&bytes);
        let Ok(pieces) = pieces(&text) else {
            out.extend_from_slice(unreadable_line(1, &text, notes).as_bytes());
            return Ok(out);
        };
        let objects: Vec<String> = pieces.iter().map(|(line, piece)| noted(*line, piece, notes)).collect();
        out.extend_from_slice(format!("[\n{}\n]\n", objects.join(",\n")).as_bytes());
        return Ok(out);
    }
    let mut lines = Lines::open(path)?;
    let mut buffer = Vec::new();
    while let Next::Line = lines.next(&mut buffer).map_err(|e| Failure::unreadable(path, &e))? {
        let text = String::from_utf8_lossy(&buffer);
        if !text.trim().is_empty() {
            writeln!(out, "{}", noted(lines.number, &text, notes))?;
        }
    }
    Ok(out)
}

/// An object with its notes as a last field; an earlier copy's notes are dropped.
fn noted(line: usize, text: &str, notes: &Notes) -> String {
    let Ok(Entries(entries)) = serde_json::from_str(text) else { return unreadable_line(line, text, notes) };
    let stale = entries.iter().any(|(name, _)| name == FIELD);
    let Some(notes) = notes.get(&line) else {
        return if stale { object(&entries, None) } else { text.trim().to_owned() };
    };
    object(&entries, Some(notes))
}

fn object(entries: &[(String, &serde_json::value::RawValue)], notes: Option<&Vec<String>>) -> String {
    let mut fields: Vec<String> = entries.iter().filter(|(name, _)| name != FIELD).map(|(name, value)| format!("{}: {}", quoted(name), value.get())).collect();
    if let Some(notes) = notes {
        let list: Vec<String> = notes.iter().map(|n| quoted(n)).collect();
        fields.push(format!("\"{FIELD}\": [{}]", list.join(", ")));
    }
    format!("{{{}}}", fields.join(", "))
}

fn unreadable_line(line: usize, text: &str, notes: &Notes) -> String {
    let list: Vec<String> = notes.get(&line).into_iter().flatten().map(|n| quoted(n)).collect();
    format!("{{\"line\": {line}, \"text\": {}, \"{FIELD}\": [{}]}}", quoted(text), list.join(", "))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn csv_copy(path: &Path, notes: &Notes) -> Result<Vec<u8>, Failure> {
    let original = whole_bytes(path)?;
    let marked = std::fs::File::open(path).is_ok_and(|mut f| {
        let mut mark = [0; 3];
        std::io::Read::read_exact(&mut f, &mut mark).is_ok() && mark == *b"\xEF\xBB\xBF"
    });
    let decoded = decode(original);
    let mut lines = LineCounter::new(&decoded.bytes);
    let mut reader = reader(&decoded.bytes);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let unreadable = |e: csv::Error| Failure::input(format!("写不了错误清单：{e}"), format!("cannot write the annotated copy: {e}"));
    let mut record = csv::ByteRecord::new();
    let mut header: Option<(usize, Option<usize>)> = None;
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = lines.line_of(record.position().map_or(0, csv::Position::byte));
        let mut fields: Vec<Vec<u8>> = record.iter().map(<[u8]>::to_vec).collect();
        let first = header.is_none();
        let (width, at) = *header.get_or_insert_with(|| (fields.len(), fields.iter().position(|f| f == ERRORS.as_bytes())));
        let note = if first { ERRORS.to_owned() } else { notes.get(&line).map(|n| n.join("；")).unwrap_or_default() };
        while fields.len() < width {
            fields.push(Vec::new());
        }
        match at.and_then(|at| fields.get_mut(at)) {
            Some(field) => *field = note.into_bytes(),
            None => fields.push(note.into_bytes()),
        }
        writer.write_byte_record(&csv::ByteRecord::from(fields)).map_err(unreadable)?;
    }
    let bytes = writer.into_inner().map_err(|e| Failure::input(format!("写不了错误清单：{e}"), format!("cannot write the annotated copy: {e}")))?;
    if decoded.gb18030 {
        return Ok(encoding_rs::GB18030.encode(&String::from_utf8_lossy(&bytes)).0.into_owned());
    }
    Ok(if marked { [b"\xEF\xBB\xBF".as_slice(), &bytes].concat() } else { bytes })
}

fn workbook(path: &Path, notes: &Notes) -> Result<Workbook, Failure> {
    let mut source = open(path)?;
    let names = source.sheet_names();
    let main = main_sheet(&names).cloned();
    let mut book = Workbook::new();
    for name in &names {
        let cells = cells(&mut source, name, path)?;
        let notes = (Some(name) == main.as_ref()).then(|| beside(notes));
        workbook::copy(book.add_worksheet(), name, &cells, notes.as_ref()).map_err(|e| Failure::unwritable_workbook(path, e))?;
    }
    Ok(book)
}

/// The notes of a sheet, by row from 0.
fn beside(notes: &Notes) -> workbook::Notes {
    let row = |line: usize| line.checked_sub(1).and_then(|row| u32::try_from(row).ok());
    let note = |words: &Vec<String>| workbook::Note { text: words.join("；"), marked: Vec::new() };
    notes.iter().filter_map(|(line, words)| Some((row(*line)?, note(words)))).collect()
}
