//! Where the lines of a text begin, and bytes as line and column in either of the two units an editor may count in.

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Columns {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, which is what editors count unless told otherwise: Han characters are one, 𠮷 is two.
    #[default]
    Utf16,
}

/// The line starts of one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// The lines of `text`; `\n` ends a line, and what stands before it in `\r\n` is part of the end.
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// No text at all.
    pub const fn none() -> Self {
        Self { starts: Vec::new() }
    }

    /// Line and column, both from 0, of a byte. Inside a character it is that character's column.
    pub fn position(&self, text: &str, byte: usize, columns: Columns) -> (usize, usize) {
        let byte = floor(text, byte.min(text.len()));
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = text.get(start..byte).unwrap_or_default();
        let column = match columns {
            Columns::Utf8 => before.len(),
            Columns::Utf16 => before.chars().map(char::len_utf16).sum(),
        };
        (line, column)
    }

    /// The byte of a line and column; the end of the line, or of the text, where there is no such place.
    pub fn byte(&self, text: &str, line: usize, column: usize, columns: Columns) -> usize {
        let Some(start) = self.starts.get(line).copied() else { return text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let words = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        if columns == Columns::Utf8 {
            return start + floor(words, column.min(words.len()));
        }
        let mut units = 0;
        for (at, c) in words.char_indices() {
            if units + c.len_utf16() > column {
                return start + at;
            }
            units += c.len_utf16();
        }
        start + words.len()
    }

    /// First and last byte of the line that holds `byte`, its end left out.
    pub fn around(&self, text: &str, byte: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let words = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        (start, start + words.len())
    }
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "条件\r\n  𠮷店 的 1%\n\n末";

    #[test]
    fn han_characters_count_one_and_astral_ones_two_units() {
        let lines = Lines::new(TEXT);
        let byte = TEXT.find('店').unwrap_or_default();
        assert_eq!(lines.position(TEXT, byte, Columns::Utf16), (1, 4));
        assert_eq!(lines.byte(TEXT, 1, 4, Columns::Utf16), byte);
        assert_eq!(lines.position(TEXT, byte, Columns::Utf8), (1, 6));
        assert_eq!(lines.byte(TEXT, 1, 6, Columns::Utf8), byte);
    }

    #[test]
    fn every_character_goes_to_a_position_and_back() {
        let lines = Lines::new(TEXT);
        for columns in [Columns::Utf8, Columns::Utf16] {
            for (byte, c) in TEXT.char_indices().filter(|(_, c)| *c != '\n') {
                let (line, column) = lines.position(TEXT, byte, columns);
                assert_eq!(lines.byte(TEXT, line, column, columns), byte, "{c}");
            }
        }
    }

    #[test]
    fn places_that_do_not_exist_end_at_the_nearest_one() {
        let lines = Lines::new(TEXT);
        assert_eq!(lines.byte(TEXT, 0, 99, Columns::Utf16), "条件".len(), "before the line end");
        assert_eq!(lines.byte(TEXT, 99, 0, Columns::Utf16), TEXT.len());
        assert_eq!(lines.byte(TEXT, 1, 3, Columns::Utf16), TEXT.find('𠮷').unwrap_or_default(), "inside a pair");
        assert_eq!(lines.byte(TEXT, 0, 1, Columns::Utf8), 0, "inside a character");
        assert_eq!(lines.position(TEXT, 1, Columns::Utf16), (0, 0));
        assert_eq!(lines.position(TEXT, 9999, Columns::Utf16), (3, 1));
    }
}
