//! The judge of one page: what holds for every page, whoever looks at it and in whatever language.

use crate::tab::{Arrived, Tab};
use crate::{axe, markup};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a first visit may fetch in all.
pub const BYTES_MAX: u64 = 100_000;

/// What is wrong with a page as it came.
pub fn arrived(came: &Arrived, base: &str) -> Vec<String> {
    let mut wrong = markup::mended(&came.html);
    if came.status != 200 {
        wrong.push(format!("status {}", came.status));
    }
    if came.bytes > BYTES_MAX {
        wrong.push(format!("more than {BYTES_MAX} bytes fetched"));
    }
    wrong.extend(came.asked.iter().filter(|url| !url.starts_with(base) && !url.starts_with("data:")).map(|url| format!("asks another host: {url}")));
    wrong.extend(came.complaints.iter().map(|complaint| format!("console: {complaint}")));
    wrong
}

/// What is wrong with the page that the tab shows; `thorough`: asked of axe too.
pub fn shown(tab: &Tab<'_>, thorough: bool) -> Vec<String> {
    let mut wrong = markup::strings(&tab.tells(markup::WRONG));
    if thorough {
        wrong.extend(axe::findings(tab));
    }
    wrong
}

/// Chinese on a page in English that is our own wording, not data; and how many pieces are data.
pub fn untranslated(tab: &Tab<'_>, own: &BTreeSet<String>) -> (Vec<String>, usize) {
    let pieces = markup::strings(&tab.tells(markup::CHINESE));
    let is_own = |piece: &&String| own.contains(piece.trim_matches(|c: char| !is_han(c)));
    let wrong: Vec<String> = pieces.iter().filter(is_own).map(|piece| format!("not translated: {piece}")).collect();
    let data = pieces.len() - wrong.len();
    (wrong, data)
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// The Chinese wordings of the pages, as they stand in their sources.
pub fn own_words() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![crates.join("src/pages.rs")];
    files.extend(["src/pages", "templates"].iter().flat_map(|folder| files_under(&crates.join(folder))));
    let mut words = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let shipped = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
        // Between quotation marks, two signs of Chinese at least: one may well be a unit of a policy.
        let quoted = shipped.split('"').skip(1).step_by(2).map(|word| word.trim_matches(|c: char| !is_han(c)));
        words.extend(quoted.filter(|word| word.chars().filter(|c| is_han(*c)).count() > 1).map(str::to_owned));
    }
    words
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_under(&path) } else { vec![path] }).collect()
}
