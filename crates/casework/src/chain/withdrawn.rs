//! Words that left the log: of an act that was done and came to nothing – a draft that nobody handed in – the fingerprint of its
//! input alone stays, and the chain, which is made of that fingerprint, holds as before.

use super::{Event, Fingerprint};

/// What an input begins with whose words are gone. No act begins so.
const BEGINS: &str = "{\"withdrawn\":\"";
const ENDS: &str = "\"}";

/// Acts whose words may leave the log, by the act that takes the words of the same subject out. Nothing else rests on them.
pub const WITHDRAWABLE: &[&str] = &["case.start", "case.fill", "case.attach"];
/// The act that takes them out.
pub const WITHDRAWS: &str = "retention.empty_draft";

/// What stands in the place of an input.
#[must_use]
pub fn in_place_of(input: &str) -> String {
    format!("{BEGINS}{}{ENDS}", Fingerprint::of(input.as_bytes()))
}

/// The fingerprint of an input whose words are gone; none: they are there.
#[must_use]
pub fn of(input: &str) -> Option<Fingerprint> {
    Fingerprint::parse(input.strip_prefix(BEGINS)?.strip_suffix(ENDS)?)
}

impl Event {
    /// Whether its words are gone.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        of(&self.input).is_some()
    }
}
