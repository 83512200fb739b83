//! Names under which files are kept and shown: what the user called it, with nothing in it that a file system, a browser or a reader would
//! take for something else. The end of the name says what the file is, whatever it said before.

use super::FileKind;
use crate::problem::plain;

/// Longest name, in bytes without its end; file systems take 255.
const STEM_BYTES_MAX: usize = 180;

/// Names that Windows gives to devices.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com", "lpt"];

/// The name a file is kept under.
#[must_use]
pub fn safe_name(name: &str, kind: FileKind) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = match last.rsplit_once('.') {
        Some((stem, end)) if known_end(end) => stem,
        _ => last,
    };
    let replaced = |c: char| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\'' | '`' | '$' | '%' | ';' | '&') { '_' } else { c };
    let clean: String = plain(stem).map(replaced).collect();
    let mut clean = clean.trim_matches(|c: char| c == '.' || c == '-' || c == '~' || c.is_whitespace()).to_owned();
    while clean.len() > STEM_BYTES_MAX {
        clean.pop();
    }
    let clean = clean.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let first = clean.split('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase();
    let stem = if clean.is_empty() {
        "未命名".to_owned()
    } else if DEVICES.contains(&first.as_str()) {
        format!("_{clean}")
    } else {
        clean.to_owned()
    };
    format!("{stem}.{}", kind.extension())
}

fn known_end(end: &str) -> bool {
    let end = end.to_ascii_lowercase();
    end == "jpeg" || FileKind::ALL.iter().any(|kind| kind.extension() == end)
}
