//! CSV: UTF-8 or GB18030 read, UTF-8 with its mark written; line numbers; and cells that a spreadsheet would run as formulas made harmless.

use encoding_rs::GB18030;

/// The mark of UTF-8 at the beginning of a file, by which spreadsheets know Chinese.
pub const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The bytes of a CSV file, in UTF-8 as far as they are right.
pub struct Decoded {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The file itself is in GB18030.
    pub gb18030: bool,
}

/// UTF-8 where it can be, GB18030 where the file is not UTF-8 and is whole in it.
///
/// A file whose header is Chinese in UTF-8 and which breaks further down is broken UTF-8, although the bytes might
/// also make (senseless) characters of GB18030.
#[must_use]
pub fn decode(bytes: Vec<u8>) -> Decoded {
    let valid = match std::str::from_utf8(&bytes) {
        Ok(_) => return Decoded { bytes, gb18030: false },
        Err(error) => bytes.get(..error.valid_up_to()).unwrap_or_default(),
    };
    let header = valid.split(|b| *b == b'\n').next().unwrap_or_default();
    let utf8 = header.len() < valid.len() && !header.is_ascii();
    if !utf8 && let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(&bytes) {
        return Decoded { bytes: text.into_owned().into_bytes(), gb18030: true };
    }
    Decoded { bytes, gb18030: false }
}

/// A reader that neither skips nor shortens anything.
#[must_use]
pub fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes)
}

/// Line number of a byte, for offsets that only grow.
pub struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    /// Starts at line 1.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    /// The line of the first byte at or after `offset` that is not a line end: where a record begins, empty lines before it left out.
    pub fn line_of(&mut self, offset: u64) -> usize {
        let mut offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.bytes.len());
        while self.bytes.get(offset).is_some_and(|b| *b == b'\n' || *b == b'\r') {
            offset += 1;
        }
        self.line += self.bytes.get(self.at..offset).unwrap_or_default().iter().filter(|b| **b == b'\n').count();
        self.at = self.at.max(offset);
        self.line
    }
}

/// Whether a text begins, after any apostrophes, with a sign that makes a spreadsheet run it; the full-width twins count in some languages.
fn runs(text: &str) -> bool {
    let first = text.trim_start_matches('\'').chars().next();
    first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'))
}

/// Whether a text is what a spreadsheet makes of a long number: `6.21700E+18`.
#[must_use]
pub fn shortened(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']).and_then(|(digits, rest)| Some((digits, rest.strip_prefix('+')?))) else { return false };
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    number(whole) && whole.len() == 1 && number(fraction) && number(exponent) && exponent.len() == 2
}

fn needs_guard(text: &str) -> bool {
    runs(text) || shortened(text.trim_start_matches('\''))
}

/// A text that no spreadsheet runs or takes for a number it has shortened: an apostrophe is set before it. [`bare`] takes it off again.
#[must_use]
pub fn harmless(text: &str) -> String {
    if needs_guard(text) { format!("'{text}") } else { text.to_owned() }
}

/// What [`harmless`] was given; a text that it would not have touched is left alone.
#[must_use]
pub fn bare(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(text)
}
