//! Places of what was read: inside the text, between characters.

use policy::diagnostic::{Diagnostic, Severity};
use policy::source::{Sources, Span};
use policy::syntax::parse::Parsed;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::seeds;

/// A place lies inside its file and cuts no character.
pub fn lies_inside(sources: &Sources, span: Span, what: &dyn std::fmt::Debug) {
    let Some(file) = sources.files.get(usize::from(span.file)) else { panic!("no file {} of {what:?}", span.file) };
    assert!(file.text.get(span.start as usize..span.end as usize).is_some(), "{span:?} of {} bytes: {what:?}", file.text.len());
}

/// Every place of the syntax, and of the sections, quotes and fences.
pub fn all_lie_inside(sources: &Sources, parsed: &Parsed) {
    for document in &parsed.documents {
        let spans = document.sections.iter().map(|s| s.span).chain(document.quotes.iter().map(|q| q.span));
        let spans = spans.chain(document.quotes.iter().flat_map(|q| q.lines.iter().map(|l| l.0)));
        for span in spans.chain(document.fences.iter().map(|f| f.body)).chain(document.unclosed) {
            lies_inside(sources, span, &"document");
        }
    }
    for block in &parsed.blocks {
        // The types of the syntax are many, their places all print alike.
        let shown = format!("{block:?}");
        for (at, _) in shown.match_indices("Span { file: ") {
            let mut numbers = shown[at..].split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(|n| n.parse::<u32>().unwrap());
            let (file, start, end) = (numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap());
            lies_inside(sources, Span { file: u16::try_from(file).unwrap(), start, end }, &block.heading);
        }
    }
}

/// What every diagnostic owes: a place, words in both languages, a code that is documented.
pub fn is_sound(sources: &Sources, diagnostic: &Diagnostic) {
    lies_inside(sources, diagnostic.span, diagnostic);
    if let Some(related) = diagnostic.related {
        lies_inside(sources, related, diagnostic);
    }
    let texts = std::iter::once(&diagnostic.message).chain(&diagnostic.help);
    for text in texts {
        assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty(), "no words: {diagnostic:?}");
    }
    assert!(documented().contains(diagnostic.code), "{} has no page: {diagnostic:?}", diagnostic.code);
    assert_eq!(diagnostic.severity == Severity::Warning, diagnostic.code.starts_with('W'), "{diagnostic:?}");
}

/// Codes that have a page.
fn documented() -> &'static BTreeSet<String> {
    static CODES: OnceLock<BTreeSet<String>> = OnceLock::new();
    CODES.get_or_init(|| {
        let pages = std::fs::read_dir(seeds::root().join("docs/language/diagnostics")).unwrap();
        pages.filter_map(|page| page.unwrap().path().file_stem().map(|name| name.to_string_lossy().into_owned())).collect()
    })
}
