//! The file that was handed in, given back with what is wrong: a column of errors, the wrong cells in red, and a sheet that lists everything.
//! It may be mended and handed in again. Formulas come back as words: the file may be opened by somebody else than its author.

use crate::limits::Limits;
use crate::plain::{LineCounter, MARK, bare, decode, harmless, reader};
use crate::problem::Problem;
use crate::table::{raw, sheets};
use crate::workbook::{self, Cells, ERRORS, NOTES, Note, Notes, Stored, Value};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use values::Lang;

/// Name of the sheet that lists all that is wrong.
const LIST: &str = "错误清单";

/// The annotated copy of a file, in the form it came in. Errors: as [`raw`]; what cannot be written.
pub fn annotated(bytes: &[u8], problems: &[Problem], lang: Lang, limits: &Limits) -> Result<Vec<u8>, Problem> {
    if bytes.starts_with(b"PK") {
        let header = raw(bytes, limits)?.header;
        return book(sheets(bytes, limits)?, &header, problems, lang).map_err(|_| unwritable());
    }
    plain(bytes, problems, lang)
}

fn unwritable() -> Problem {
    Problem::new("unwritable-copy", ("写不成错误清单", "the annotated copy cannot be written"), ("按页面上的清单修改", "mend the file by the list on the page"))
}

fn book(sheets: Vec<(String, Cells)>, header: &[String], problems: &[Problem], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let main = sheets.iter().find(|(name, _)| name != NOTES).map(|(name, _)| name.clone());
    for (name, cells) in sheets.into_iter().filter(|(name, _)| name != LIST) {
        let cells = without_formulas(cells);
        let beside = (Some(&name) == main.as_ref()).then(|| beside(header, problems, lang));
        workbook::copy(book.add_worksheet(), &name, &cells, beside.as_ref())?;
    }
    let sheet = book.add_worksheet().set_name(LIST)?;
    let bold = Format::new().set_bold();
    let heads = if lang == Lang::Zh { ["行", "列", "错误", "改法"] } else { ["Row", "Column", "Error", "What to do"] };
    for (at, head) in (0_u16..).zip(heads) {
        sheet.write_string_with_format(0, at, head, &bold)?;
    }
    for (row, problem) in (1_u32..).zip(problems) {
        let line = problem.line.map_or_else(String::new, |line| line.to_string());
        let cells = [line.as_str(), problem.column.as_deref().unwrap_or_default(), problem.message.get(lang), problem.help.get(lang)];
        for (at, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, at, cell)?;
        }
    }
    sheet.set_column_width(2, 50)?;
    sheet.set_column_width(3, 50)?;
    book.save_to_buffer()
}

fn without_formulas(cells: Cells) -> Cells {
    let word = |stored: Stored| match stored.formula {
        Some(formula) => Stored { value: Value::Text(format!("={formula}")), formula: None, percent: false, look: None },
        None => stored,
    };
    cells.into_iter().map(|(row, columns)| (row, columns.into_iter().map(|(at, stored)| (at, word(stored))).collect())).collect()
}

fn beside(header: &[String], problems: &[Problem], lang: Lang) -> Notes {
    let mut notes = Notes::new();
    for problem in problems {
        let Some(row) = problem.line.and_then(|line| u32::try_from(line.checked_sub(1)?).ok()) else { continue };
        let note: &mut Note = notes.entry(row).or_default();
        if !note.text.is_empty() {
            note.text.push_str(if lang == Lang::Zh { "；" } else { "; " });
        }
        note.text.push_str(&problem.note(lang));
        let column = problem.column.as_ref().and_then(|column| header.iter().position(|head| head == column));
        note.marked.extend(column.and_then(|at| u32::try_from(at).ok()));
    }
    notes
}

fn plain(bytes: &[u8], problems: &[Problem], lang: Lang) -> Result<Vec<u8>, Problem> {
    let decoded = decode(bytes.strip_prefix(MARK).unwrap_or(bytes).to_vec());
    let mut lines = LineCounter::new(&decoded.bytes);
    let mut reader = reader(&decoded.bytes);
    let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    let mut record = csv::ByteRecord::new();
    let notes = beside(&[], problems, lang);
    let mut header: Option<(usize, Option<usize>)> = None;
    while reader.read_byte_record(&mut record).map_err(|_| unwritable())? {
        let line = lines.line_of(record.position().map_or(0, csv::Position::byte));
        let mut fields: Vec<String> = record.iter().map(|field| guarded(&String::from_utf8_lossy(field))).collect();
        let first = header.is_none();
        let (width, at) = *header.get_or_insert_with(|| (fields.len(), fields.iter().position(|field| field == ERRORS)));
        let note = if first {
            ERRORS.to_owned()
        } else {
            u32::try_from(line - 1).ok().and_then(|row| notes.get(&row)).map_or_else(String::new, |note| harmless(&note.text))
        };
        fields.resize(fields.len().max(width), String::new());
        match at.and_then(|at| fields.get_mut(at)) {
            Some(field) => *field = note,
            None => fields.push(note),
        }
        writer.write_record(&fields).map_err(|_| unwritable())?;
    }
    writer.into_inner().map_err(|_| unwritable())
}

/// A cell as it stood, made harmless unless it is a number.
fn guarded(cell: &str) -> String {
    let number = cell.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%')));
    if number { cell.to_owned() } else { harmless(bare(cell)) }
}
