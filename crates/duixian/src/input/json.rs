//! JSON and JSON Lines as files: a line may be long, but not endless.

use super::{Collector, Finding, Place, Request, WHOLE_BYTES_MAX};
use crate::failure::Failure;
use policy::diagnostic::Text;
use policy::input::Raw;
use policy::input::json::{Broken, broken};
use serde_json::value::RawValue;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Longest line, in bytes.
pub const LINE_BYTES_MAX: u64 = 16 << 20;

/// What a file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One object a line.
    Lines,
    /// A list, or one object over many lines.
    Whole,
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
        match text(&buffer).and_then(parse) {
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
                match parse(piece) {
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

/// An application, without the note of an annotated copy.
fn parse(text: &str) -> Result<Raw, Broken> {
    let mut raw = policy::input::json::parse(text)?;
    if let Raw::Map(entries) = &mut raw {
        entries.retain(|(name, _)| name != super::annotate::FIELD);
    }
    Ok(raw)
}

fn text(bytes: &[u8]) -> Result<&str, Broken> {
    std::str::from_utf8(bytes).map_err(|error| Broken {
        code: "broken-encoding",
        lines: 0,
        message: Text::new(format!("第{}个字节起不是 UTF-8", error.valid_up_to() + 1), format!("not UTF-8 from byte {}", error.valid_up_to() + 1)),
        help: Text::new("JSON 另存为 UTF-8", "save JSON as UTF-8"),
    })
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
