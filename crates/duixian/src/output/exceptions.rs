//! Where rules and words differ on purpose: a list for people, grouped by block, or one JSON object a line.

use super::pick;
use policy::check::{Exception, ExceptionKind};
use policy::source::{Sources, Span};
use serde::Serialize;
use std::io::Write;
use values::Lang;

/// For people.
pub fn text(sources: &Sources, exceptions: &[Exception], lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    match lang {
        Lang::Zh => writeln!(out, "规则与原文有意不同的地方：{} 处", exceptions.len())?,
        Lang::En => writeln!(out, "Rules differ from their words on purpose in {} places", exceptions.len())?,
    }
    let mut heading = "";
    for exception in exceptions {
        if exception.heading != heading {
            heading = &exception.heading;
            writeln!(out, "\n{heading}")?;
        }
        let what = match exception.kind {
            ExceptionKind::Unused => format!("「{}」", exception.what),
            _ => exception.what.clone(),
        };
        let word = word(exception.kind, lang);
        let because = if exception.because.is_empty() { pick(lang, "（没有写理由）", "(no reason given)") } else { &exception.because };
        writeln!(out, "  {word}  {what}{}{because}", pick(lang, "：", ": "))?;
        let words = exception.words.map_or("", |span| sources.words(span));
        let place = place(sources, exception.span);
        if words.is_empty() || words == exception.what {
            writeln!(out, "        {place}")?;
        } else {
            writeln!(out, "        {place}  {}“{}”", pick(lang, "原文 ", "text "), one_line(words))?;
        }
    }
    let count = |kind: ExceptionKind| exceptions.iter().filter(|e| e.kind == kind).count();
    let kinds = [ExceptionKind::Literal, ExceptionKind::Unused, ExceptionKind::Reading, ExceptionKind::Source, ExceptionKind::Alias];
    let parts: Vec<String> = kinds.into_iter().filter(|k| count(*k) > 0).map(|k| format!("{} {}", word(k, lang), count(k))).collect();
    if !parts.is_empty() {
        writeln!(out, "\n{}", parts.join(pick(lang, "，", ", ")))?;
    }
    Ok(())
}

fn word(kind: ExceptionKind, lang: Lang) -> &'static str {
    let zh = kind.word();
    pick(lang, zh, policy::syntax::words::english(zh).unwrap_or(zh))
}

/// Words of a quote without line breaks and `>` signs, cut short.
fn one_line(words: &str) -> String {
    let joined: String = words.lines().map(|line| line.trim_start_matches('>').trim()).collect();
    let mut short: String = joined.chars().take(30).collect();
    if joined.chars().count() > 30 {
        short.push('…');
    }
    short
}

fn place(sources: &Sources, span: Span) -> String {
    let name = sources.files.get(usize::from(span.file)).map_or("", |f| f.name.as_str());
    format!("{name}:{}", sources.position(span.file, span.start).0)
}

#[derive(Serialize)]
struct Line<'a> {
    kind: &'a str,
    what: &'a str,
    because: &'a str,
    heading: &'a str,
    file: &'a str,
    line: usize,
    words: Option<String>,
    words_line: Option<usize>,
}

/// For programs.
pub fn json(sources: &Sources, exceptions: &[Exception], out: &mut dyn Write) -> std::io::Result<()> {
    for exception in exceptions {
        let object = Line {
            kind: match exception.kind {
                ExceptionKind::Literal => "literal",
                ExceptionKind::Unused => "unused",
                ExceptionKind::Reading => "reading",
                ExceptionKind::Source => "source",
                ExceptionKind::Alias => "alias",
            },
            what: &exception.what,
            because: &exception.because,
            heading: &exception.heading,
            file: sources.files.get(usize::from(exception.span.file)).map_or("", |f| f.name.as_str()),
            line: sources.position(exception.span.file, exception.span.start).0,
            words: exception.words.map(|span| one_line(sources.words(span))),
            words_line: exception.words.map(|span| sources.position(span.file, span.start).0),
        };
        serde_json::to_writer(&mut *out, &object)?;
        writeln!(out)?;
    }
    Ok(())
}
