//! JSON and JSON Lines. Numbers keep their digits, names that stand twice are kept twice, and nothing is read
//! further than it has to be: a line may be long, but not endless.

use super::{Collector, Finding, Place, Request, WHOLE_BYTES_MAX};
use crate::failure::Failure;
use policy::diagnostic::Text;
use policy::input::Raw;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Longest line, in bytes.
pub const LINE_BYTES_MAX: u64 = 16 << 20;

/// Deepest nesting of lists and objects.
pub const DEPTH_MAX: usize = 32;

/// What a file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One object a line.
    Lines,
    /// A list, or one object over many lines.
    Whole,
}

/// Why a piece of JSON cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Stable name.
    pub code: &'static str,
    /// Lines below the first line of the piece.
    pub lines: usize,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub help: Text,
}

/// An object whose values are still text.
pub struct Entries<'a>(pub Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Reads a file.
pub fn read(request: &Request<'_>, collector: &mut Collector<'_>) -> Result<(), Failure> {
    match shape_of(request.path)? {
        None => Ok(()),
        Some(Shape::Lines) => lines(request, collector),
        Some(Shape::Whole) => whole(request, collector),
    }
}

/// One object a line, or a whole? `None` for an empty file.
pub fn shape_of(path: &Path) -> Result<Option<Shape>, Failure> {
    let mut lines = Lines::open(path)?;
    let mut first = Vec::new();
    loop {
        match lines.next(&mut first).map_err(|e| Failure::unreadable(path, &e))? {
            Next::End => return Ok(None),
            Next::TooLong => return Ok(Some(Shape::Lines)),
            Next::Line if first.trim_ascii().is_empty() => {}
            Next::Line => break,
        }
    }
    if first.trim_ascii_start().starts_with(b"[") {
        return Ok(Some(Shape::Whole));
    }
    match serde_json::from_slice::<&RawValue>(&first) {
        Err(error) if error.is_eof() => {}
        _ => return Ok(Some(Shape::Lines)),
    }
    // An object that goes on in the next line, unless that line opens an object of its own.
    let mut second = Vec::new();
    loop {
        match lines.next(&mut second).map_err(|e| Failure::unreadable(path, &e))? {
            Next::Line if second.trim_ascii().is_empty() => {}
            Next::Line if !second.trim_ascii_start().starts_with(b"{") => return Ok(Some(Shape::Whole)),
            _ => return Ok(Some(Shape::Lines)),
        }
    }
}

fn lines(request: &Request<'_>, collector: &mut Collector<'_>) -> Result<(), Failure> {
    let mut lines = Lines::open(request.path)?;
    let mut buffer = Vec::new();
    loop {
        match lines.next(&mut buffer).map_err(|e| Failure::unreadable(request.path, &e))? {
            Next::End => return Ok(()),
            Next::TooLong => {
                collector.refuse(Finding::error(
                    Place::line(lines.number),
                    "",
                    "line-too-long",
                    Text::new("这一行超过16MB，没有读完；以后各行也没有读", "this line is longer than 16 MB; it and the lines after it were not read"),
                    Text::new("每行一份申请；检查是否有异常长的数", "one application a line; look for a number that is far too long"),
                ));
                return Ok(());
            }
            Next::Line => {}
        }
        request.progress.inc(buffer.len() as u64);
        if buffer.trim_ascii().is_empty() {
            continue;
        }
        match text(&buffer).and_then(|text| parse(text, true)) {
            Ok(raw) => {
                let number = lines.number;
                collector.take(&raw, number, Vec::new(), &|_| Place::line(number));
            }
            Err(broken) => collector.refuse(Finding::error(Place::line(lines.number), "", broken.code, broken.message, broken.help)),
        }
    }
}

fn whole(request: &Request<'_>, collector: &mut Collector<'_>) -> Result<(), Failure> {
    let bytes = whole_bytes(request.path)?;
    request.progress.inc(bytes.len() as u64);
    let refused = |b: Broken, line: usize| Finding::error(Place::line(line + b.lines), "", b.code, b.message, b.help);
    let text = match text(&bytes) {
        Ok(text) => text,
        Err(broken) => {
            let line = 1 + bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().matches('\n').count());
            collector.refuse(refused(broken, line));
            return Ok(());
        }
    };
    match pieces(text) {
        Err(broken) => collector.refuse(refused(broken, 1)),
        Ok(pieces) => {
            for (line, piece) in pieces {
                match parse(piece, true) {
                    Ok(raw) => collector.take(&raw, line, Vec::new(), &|_| Place::line(line)),
                    Err(broken) => collector.refuse(refused(broken, line)),
                }
            }
        }
    }
    Ok(())
}

/// A file that is read as a whole.
pub fn whole_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |e: std::io::Error| Failure::unreadable(path, &e);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length <= WHOLE_BYTES_MAX {
        // What is no regular file may still grow while it is read.
        file.take(WHOLE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if length.max(bytes.len() as u64) > WHOLE_BYTES_MAX {
        let name = path.display();
        return Err(Failure::input(format!("{name} 超过512MB"), format!("{name} is larger than 512 MB"))
            .help("分成几个文件，或用 JSON Lines（每行一份申请）", "split it, or use JSON Lines (one application a line)"));
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    Ok(bytes)
}

/// The elements of a list, or the one object, each with the line it begins in.
pub fn pieces(text: &str) -> Result<Vec<(usize, &str)>, Broken> {
    let whole: &RawValue = serde_json::from_str(text).map_err(|e| broken(&e, text))?;
    if !whole.get().starts_with('[') {
        let before = text.len() - text.trim_start().len();
        let line = 1 + text.get(..before).unwrap_or_default().matches('\n').count();
        return Ok(vec![(line, whole.get())]);
    }
    let elements: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| broken(&e, text))?;
    let (mut at, mut line) = (0, 1);
    Ok(elements
        .into_iter()
        .map(|element| {
            // The element is a piece of the text itself, so the distance of the two is its place.
            let start = (element.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            line += text.get(at..start).unwrap_or_default().matches('\n').count();
            at = start;
            (line, element.get())
        })
        .collect())
}

fn text(bytes: &[u8]) -> Result<&str, Broken> {
    std::str::from_utf8(bytes).map_err(|error| Broken {
        code: "broken-encoding",
        lines: 0,
        message: Text::new(format!("第{}个字节起不是 UTF-8", error.valid_up_to() + 1), format!("not UTF-8 from byte {}", error.valid_up_to() + 1)),
        help: Text::new("JSON 另存为 UTF-8", "save JSON as UTF-8"),
    })
}

/// A piece of JSON as a neutral tree. `top`: the note of an annotated copy is left out.
pub fn parse(text: &str, top: bool) -> Result<Raw, Broken> {
    let whole: &RawValue = serde_json::from_str(text).map_err(|e| broken(&e, text))?;
    let mut raw = build(whole.get(), 0)?;
    if top && let Raw::Map(entries) = &mut raw {
        entries.retain(|(name, _)| name != super::annotate::FIELD);
    }
    Ok(raw)
}

fn build(text: &str, depth: usize) -> Result<Raw, Broken> {
    if depth > DEPTH_MAX {
        return Err(Broken {
            code: "too-deep",
            lines: 0,
            message: Text::new(format!("列表和对象套了{DEPTH_MAX}层以上"), format!("lists and objects are nested more than {DEPTH_MAX} deep")),
            help: Text::new("一份申请只有两三层：facts、名单、记录", "an application has two or three levels: facts, lists, records"),
        });
    }
    let fail = |e: serde_json::Error| broken(&e, text);
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(text).map_err(fail)?;
            let built = entries.into_iter().map(|(name, value)| build(value.get(), depth + 1).map(|raw| (name, raw)));
            Raw::Map(built.collect::<Result<_, _>>()?)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(fail)?;
            Raw::List(items.into_iter().map(|item| build(item.get(), depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Raw::Text(serde_json::from_str(text).map_err(fail)?),
        Some(b't') => Raw::Bool(true),
        Some(b'f') => Raw::Bool(false),
        Some(b'n') => Raw::Null,
        _ => Raw::Number(text.to_owned()),
    })
}

fn broken(error: &serde_json::Error, text: &str) -> Broken {
    let column = error.column();
    let message = if error.is_eof() {
        Text::new("JSON 没有写完，中途断开", "the JSON breaks off before its end")
    } else {
        let near = near(text, error.line(), column);
        Text::new(format!("JSON 写错（第{column}字节，“{near}”附近）"), format!("not JSON near '{near}': {error}"))
    };
    Broken {
        code: "broken-json",
        lines: error.line().saturating_sub(1),
        message,
        help: Text::new("检查引号、逗号和括号；每行应是一个完整的 {…}", "look at quotes, commas and brackets; each line is one whole {…}"),
    }
}

/// A few characters around a place, for a message.
fn near(text: &str, line: usize, column: usize) -> String {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let at = column.saturating_sub(1);
    line.char_indices().filter(|(i, _)| i + 8 >= at && *i < at + 8).map(|(_, c)| c).collect()
}

/// What the next line is.
pub enum Next {
    /// A line, without its end.
    Line,
    /// No more lines.
    End,
    /// Longer than [`LINE_BYTES_MAX`]: nothing after it is read.
    TooLong,
}

/// Lines of a file, none of them longer than [`LINE_BYTES_MAX`] in memory.
pub struct Lines {
    reader: BufReader<File>,
    /// Number of the line last read, from 1.
    pub number: usize,
}

impl Lines {
    /// Opens a file; a byte order mark is skipped.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let unreadable = |e: std::io::Error| Failure::unreadable(path, &e);
        let mut reader = BufReader::with_capacity(1 << 16, File::open(path).map_err(unreadable)?);
        if reader.fill_buf().map_err(unreadable)?.starts_with(b"\xEF\xBB\xBF") {
            reader.consume(3);
        }
        Ok(Self { reader, number: 0 })
    }

    /// Reads the next line into `buffer`.
    pub fn next(&mut self, buffer: &mut Vec<u8>) -> std::io::Result<Next> {
        buffer.clear();
        let read = (&mut self.reader).take(LINE_BYTES_MAX + 1).read_until(b'\n', buffer)?;
        if read == 0 {
            return Ok(Next::End);
        }
        self.number += 1;
        if !buffer.ends_with(b"\n") && buffer.len() as u64 > LINE_BYTES_MAX {
            buffer.clear();
            return Ok(Next::TooLong);
        }
        while buffer.last().is_some_and(|b| *b == b'\n' || *b == b'\r') {
            buffer.pop();
        }
        Ok(Next::Line)
    }
}
