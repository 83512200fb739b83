//! The one layout of rules as edits: one for each fence that changes, so that the cursor stays where it is.

use crate::folder::Folder;
use policy::format::format;
use policy::source::{Span, split};

/// The edits that lay out the rules of a file. Fences that cannot be read stay as they are.
pub fn layout(folder: &Folder, file: u16) -> Vec<(Span, String)> {
    let text = folder.text(file);
    let formatted = format(file, text, None).text;
    let (old, new) = (split(file, text).fences, split(file, &formatted).fences);
    let pairs = old.iter().zip(&new).map(|(old, new)| (old.body, new.body.of(&formatted)));
    pairs.filter(|(span, words)| span.of(text) != *words).map(|(span, words)| (span, words.to_owned())).collect()
}
