//! Diagnostics of a policy: the place in the source with code, words and help, or one JSON object a line.

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label, Severity as ShownSeverity};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term;
use policy::diagnostic::{Diagnostic, Severity};
use policy::source::{Sources, Span};
use serde::Serialize;
use std::borrow::Cow;
use std::io::Write;
use std::ops::Range;
use values::Lang;

/// For people.
pub fn text(sources: &Sources, diagnostics: &[Diagnostic], lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let mut files = SimpleFiles::new();
    for file in &sources.files {
        files.add(file.name.as_str(), file.text.as_str());
    }
    let config = term::Config::default();
    for diagnostic in diagnostics {
        match term::emit_into_string(&config, &files, &shown(sources, diagnostic, lang)) {
            Ok(words) => writeln!(out, "{}", severity_in(lang, words.trim_end()))?,
            // The place does not fit the files: say it without one.
            Err(_) => writeln!(out, "{} {}", diagnostic.code, diagnostic.message.get(lang))?,
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The renderer knows the English words of severity alone.
fn severity_in(lang: Lang, words: &str) -> Cow<'_, str> {
    let chinese = [("error[", "错误["), ("warning[", "警告[")];
    match chinese.iter().find_map(|(english, own)| words.strip_prefix(english).map(|rest| (own, rest))) {
        Some((own, rest)) if lang == Lang::Zh => Cow::Owned(format!("{own}{rest}")),
        _ => Cow::Borrowed(words),
    }
}

fn shown(sources: &Sources, diagnostic: &Diagnostic, lang: Lang) -> Shown<usize> {
    let severity = match diagnostic.severity {
        Severity::Error => ShownSeverity::Error,
        Severity::Warning => ShownSeverity::Warning,
    };
    let mut labels = vec![Label::primary(usize::from(diagnostic.span.file), range(sources, diagnostic.span))];
    if let Some(related) = diagnostic.related {
        labels.push(Label::secondary(usize::from(related.file), range(sources, related)));
    }
    let mut notes = Vec::new();
    if !diagnostic.heading.is_empty() {
        notes.push(diagnostic.heading.clone());
    }
    if let Some(help) = &diagnostic.help {
        notes.push(format!("→ {}", help.get(lang)));
    }
    Shown::new(severity).with_code(diagnostic.code).with_message(diagnostic.message.get(lang)).with_labels(labels).with_notes(notes)
}

/// A range that stands on characters of its file.
fn range(sources: &Sources, span: Span) -> Range<usize> {
    let text = sources.files.get(usize::from(span.file)).map_or("", |f| f.text.as_str());
    let floor = |at: u32| {
        let mut at = (at as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(span.start);
    start..floor(span.end).max(start)
}

#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    severity: Severity,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    heading: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    replacement: Option<&'a str>,
    related: Option<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

/// For programs: lines and columns from 1, columns in characters.
pub fn json(sources: &Sources, diagnostics: &[Diagnostic], lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let name = |span: Span| sources.files.get(usize::from(span.file)).map_or("", |f| f.name.as_str());
    for diagnostic in diagnostics {
        let span = diagnostic.span;
        let (line, column) = sources.position(span.file, span.start);
        let (end_line, end_column) = sources.position(span.file, span.end);
        let related = diagnostic.related.map(|at| {
            let (line, column) = sources.position(at.file, at.start);
            Related { file: name(at), line, column }
        });
        let object = Line {
            code: diagnostic.code,
            severity: diagnostic.severity,
            file: name(span),
            line,
            column,
            end_line,
            end_column,
            heading: &diagnostic.heading,
            message: diagnostic.message.get(lang),
            help: diagnostic.help.as_ref().map(|h| h.get(lang)),
            replacement: diagnostic.replacement.as_deref(),
            related,
        };
        serde_json::to_writer(&mut *out, &object)?;
        writeln!(out)?;
    }
    Ok(())
}
