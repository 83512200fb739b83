//! Quotes of CSV: readers take one that is never closed as a cell that goes on to the end of the file, and say nothing.

/// Where a byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// A cell begins.
    #[default]
    Begin,
    /// In a cell without quotes, or behind them.
    Plain,
    /// Within quotes.
    Quoted,
    /// At a quote within quotes: it ends them, or is the first of two that stand for one.
    Quote,
}

/// Follows the quotes of a file from the beginning of a row on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotes {
    at: At,
    /// Line ends so far, and before the quote that was opened last.
    lines: u64,
    opened: u64,
}

impl Quotes {
    /// Takes the next byte.
    pub fn push(&mut self, byte: u8) {
        self.at = match (self.at, byte) {
            (At::Begin, b'"') => {
                self.opened = self.lines;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Quote,
            (At::Quoted, _) | (At::Quote, b'"') => At::Quoted,
            (_, b',' | b'\n' | b'\r') => At::Begin,
            _ => At::Plain,
        };
        self.lines += u64::from(byte == b'\n');
    }

    /// How many lines before the one whose quote is never closed; none where all are.
    #[must_use]
    pub fn open(self) -> Option<u64> {
        (self.at == At::Quoted).then_some(self.opened)
    }
}

#[cfg(test)]
mod tests {
    use super::Quotes;

    fn open(text: &str) -> Option<u64> {
        let mut quotes = Quotes::default();
        text.bytes().for_each(|byte| quotes.push(byte));
        quotes.open()
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found_where_it_was_opened() {
        for closed in ["", "a,b\n", "a,\"b\"\n", "\"a\nb\",c\r\n", "a,\"\"", "\"a\"\"b\"\n", "5\" disk,b\n", "a\"\"b\n", "\"a\"b\"\n"] {
            assert_eq!(open(closed), None, "{closed}");
        }
        assert_eq!(open("a,b\nc,\"d\ne,f\n"), Some(1));
        assert_eq!(open("\"a\nb\",\"c\n"), Some(1));
        assert_eq!(open("\"a\"\""), Some(0));
    }
}
