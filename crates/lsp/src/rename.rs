//! Another name for a thing, everywhere at once. A rename is tried before it is offered: it is refused if the policy
//! would then say something that it did not, or if a place that means the name would mean another.

use crate::folder::Folder;
use crate::place;
use policy::diagnostic::{Diagnostic, Text};
use policy::source::Span;
use policy::symbols::{Occurrence, SymbolKind, Symbols, spelled, spelled_raw};
use policy::syntax::lexer::{TokenKind, lex};
use std::collections::BTreeMap;

/// The name at a byte, if it may be changed: its place and what it is now.
///
/// # Errors
/// Why it may not.
pub fn name_at(folder: &Folder, file: u16, byte: usize) -> Result<(Span, String), Text> {
    let here = occurrence(folder, file, byte)?;
    let symbol = folder.symbols().get(here.symbol).ok_or_else(no_name)?;
    match symbol.kind {
        _ if symbol.place.is_none() => Err(Text::new("系统自带的名称不能改", "a built-in name cannot be changed")),
        SymbolKind::Group | SymbolKind::Pool | SymbolKind::Clawback | SymbolKind::Target | SymbolKind::Situation => Err(Text::new(
            "这里只改事实、栏目、选项、参数、定义、其中和条款编号",
            "only facts, fields, choices, tables, definitions, local names and clause ids are renamed",
        )),
        _ => Ok((here.span, symbol.name.clone())),
    }
}

/// The edits that give the name at a byte another one.
///
/// # Errors
/// Why the name cannot be this.
pub fn rename(folder: &Folder, file: u16, byte: usize, name: &str) -> Result<Vec<(Span, String)>, Text> {
    name_at(folder, file, byte)?;
    let here = occurrence(folder, file, byte)?;
    let symbols = folder.symbols();
    let symbol = symbols.get(here.symbol).ok_or_else(no_name)?;
    let name = name.trim().trim_start_matches('『').trim_end_matches('』');
    let written = if symbol.kind == SymbolKind::Clause { clause_id(name) } else { spelled(name) };
    let Some(written) = written else {
        return Err(Text::new(format!("“{name}”不能作名称"), format!("'{name}' cannot be a name")));
    };
    let raw = spelled_raw(name).unwrap_or_else(|| written.clone());
    // In a reason the name stands bare, but for signs that would be read as more than one word; inside 『』 it is bare.
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '·' | '_' | '.'));
    let quoted = |place: &Occurrence| {
        let text = folder.sources.files.get(usize::from(place.span.file)).map_or("", |file| file.text.as_str());
        text.get(..place.span.start as usize).is_some_and(|before| before.ends_with('『'))
    };
    let words = |place: &Occurrence| if place.raw && (plain || quoted(place)) { raw.clone() } else { written.clone() };
    let edits: Vec<(Span, String)> = symbols.places(here.symbol).map(|place| (place.span, words(place))).collect();
    let mut sources = folder.sources.clone();
    for (span, text) in edits.iter().rev() {
        if let Some(source) = sources.files.get_mut(usize::from(span.file)) {
            source.text.replace_range(span.start as usize..span.end as usize, text);
        }
    }
    let after = folder.tried(&sources);
    if let Some(new) = first_new(&folder.compiled.diagnostics, &after.diagnostics) {
        let (zh, en) = (&new.message.zh, &new.message.en);
        return Err(Text::new(format!("改名后会出错（{}）：{zh}", new.code), format!("the rename would break the policy ({}): {en}", new.code)));
    }
    if means(symbols) != means(&Symbols::of(&sources, &after.parsed)) {
        return Err(Text::new(format!("“{name}”在有的地方会被当成别的名称"), format!("'{name}' would mean something else in some place")));
    }
    Ok(edits)
}

fn no_name() -> Text {
    Text::new("这里不是名称", "there is no name here")
}

fn occurrence(folder: &Folder, file: u16, byte: usize) -> Result<Occurrence, Text> {
    let at = u32::try_from(byte).unwrap_or(u32::MAX);
    folder.symbols().at(file, at).filter(|o| place::holds(o.span, byte)).copied().ok_or_else(no_name)
}

/// What every place means, in order.
fn means(symbols: &Symbols) -> Vec<usize> {
    symbols.occurrences.iter().map(|o| o.symbol).collect()
}

/// A clause id: a number or a bare word.
fn clause_id(id: &str) -> Option<String> {
    let lexed = lex(0, 0, id);
    match lexed.tokens.as_slice() {
        [token] if lexed.faults.is_empty() && lexed.comment.is_none() => match &token.kind {
            TokenKind::Number { digits, suffix } if *id == format!("{digits}{suffix}") => Some(id.to_owned()),
            TokenKind::Word { text, key: None } if text == id => Some(id.to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// A finding of which there were fewer before.
fn first_new<'a>(before: &[Diagnostic], after: &'a [Diagnostic]) -> Option<&'a Diagnostic> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in before {
        *left.entry(finding.code).or_default() += 1;
    }
    after.iter().find(|finding| match left.get_mut(finding.code) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    })
}
