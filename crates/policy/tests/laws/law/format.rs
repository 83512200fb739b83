//! The formatter: laid out twice is laid out once, nothing changes its meaning, and the keywords go to English and
//! back. What is printed parses to the same syntax, place by place aside; that is parse after print.

use super::case::Case;
use super::places;
use policy::compile;
use policy::format::{Keywords, format};
use policy::source::Sources;
use policy::syntax::parse::parse;

/// The laws of layout.
pub fn holds(text: &str) {
    let case = Case::of(text);
    let text = case.policy.as_str();
    let formatted = format(0, text, None);
    let sources = case.sources();
    for diagnostic in &formatted.diagnostics {
        places::is_sound(&sources, diagnostic);
    }
    let once = formatted.text;
    assert_eq!(format(0, &once, None).text, once, "formatted twice");
    let english = format(0, text, Some(Keywords::English)).text;
    let chinese = format(0, text, Some(Keywords::Chinese)).text;
    assert_eq!(format(0, &english, None).text, english, "English formatted twice");
    assert_eq!(format(0, &chinese, None).text, chinese, "Chinese formatted twice");
    assert_eq!(format(0, &english, Some(Keywords::Chinese)).text, chinese, "to English and back");
    assert_eq!(format(0, &chinese, Some(Keywords::English)).text, english, "to Chinese and back");
    let before = compile(&sources);
    let after = compile(&case.with(&once));
    // Signs that are not in normal form and digits of two widths in one number are mended, and what E0103 and E0418 said of
    // them no longer hides what is wrong beside them.
    let hiding = |compiled: &policy::Compiled| compiled.diagnostics.iter().filter(|d| matches!(d.code, "E0103" | "E0418")).count();
    if hiding(&after) == hiding(&before) {
        assert_eq!(codes(&after), codes(&before), "{once}");
    }
    // What a word or a line is where nobody can tell how to go on, nobody can translate or compare.
    if parse(&sources).diagnostics.iter().any(|d| d.is_error()) {
        return;
    }
    let meant = syntax(text);
    for version in [&once, &english, &chinese] {
        alike(&meant, &syntax(version), version);
        let after = compile(&case.with(version));
        assert_eq!(codes(&after), codes(&before), "{version}");
        assert_eq!(after.scheme.map(|s| s.hash), before.scheme.as_ref().map(|s| s.hash.clone()), "{version}");
    }
}

/// The same syntax, or where it parts.
fn alike(meant: &str, found: &str, version: &str) {
    if meant != found {
        let at = meant.char_indices().zip(found.chars()).find(|((_, a), b)| a != b).map_or(0, |((at, _), _)| at);
        let near = |text: &str| text.chars().skip(meant[..at].chars().count().saturating_sub(200)).take(400).collect::<String>();
        panic!("printed and parsed:\n{version}\nmeant …{}…\nfound …{}…", near(meant), near(found));
    }
}

/// Codes in order of place; a text that is not in normal form is what `fmt` mends.
fn codes(compiled: &policy::Compiled) -> Vec<&'static str> {
    compiled.diagnostics.iter().map(|d| d.code).filter(|code| *code != "E0103").collect()
}

/// What the parser makes of a text, without places and without heads as written.
fn syntax(text: &str) -> String {
    let parsed = parse(&Sources::single(text));
    let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).filter(|code| *code != "E0103").collect();
    let mut out = format!("{codes:?}\n");
    for mut block in parsed.blocks {
        block.heading = String::new();
        let shown = format!("{block:?}\n");
        let mut rest = shown.as_str();
        while let Some((before, after)) = rest.split_once("Span {") {
            out.push_str(before);
            rest = after.split_once('}').map_or("", |(_, rest)| rest);
        }
        out.push_str(rest);
    }
    out
}
