//! What is wrong with a file or a row of it: a stable code, a place, words in both languages, and how to mend it.

use policy::diagnostic::Text;
use serde::Serialize;
use std::fmt;
use values::Lang;

/// What a message repeats of a file, in characters: a glance, never a flood.
const SHOWN_CHARS_MAX: usize = 40;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable name of the kind of mistake.
    pub code: &'static str,
    /// Row of the file as a spreadsheet counts it, from 1; none: the file as a whole.
    pub line: Option<usize>,
    /// Column, as it is headed in the file.
    pub column: Option<String>,
    /// What is wrong.
    pub message: Text,
    /// How to mend it; boxed, so that a problem is small enough to be an ordinary error.
    pub help: Box<Text>,
}

impl Problem {
    /// A problem of the file as a whole: code, what in Chinese and English, how to mend it in Chinese and English.
    #[must_use]
    pub fn new(code: &'static str, message: (impl Into<String>, impl Into<String>), help: (impl Into<String>, impl Into<String>)) -> Self {
        Self { code, line: None, column: None, message: Text::new(message.0, message.1), help: Box::new(Text::new(help.0, help.1)) }
    }

    /// The same, at a row.
    #[must_use]
    pub fn at(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The same, in a column.
    #[must_use]
    pub fn of(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// What a cell of an annotated file says.
    #[must_use]
    pub fn note(&self, lang: Lang) -> String {
        let (message, help) = (self.message.get(lang), self.help.get(lang));
        match (&self.column, lang) {
            (None, Lang::Zh) => format!("{message}（{help}）"),
            (None, Lang::En) => format!("{message} ({help})"),
            (Some(column), Lang::Zh) => format!("{column}：{message}（{help}）"),
            (Some(column), Lang::En) => format!("{column}: {message} ({help})"),
        }
    }
}

impl fmt::Display for Problem {
    /// The English words with the row.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "row {line}: ")?;
        }
        f.write_str(&self.note(Lang::En))
    }
}

impl std::error::Error for Problem {}

/// What a message repeats of a text: its beginning, without signs that would change how the message reads.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut out: String = plain(text).take(SHOWN_CHARS_MAX).collect();
    if text.chars().count() > SHOWN_CHARS_MAX {
        out.push('…');
    }
    out
}

/// The signs of a text that are seen as what they are: no control signs, none that turns its direction.
pub fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_control() && !turns(*c))
}

/// Whether a sign is unseen and changes the direction or look of what stands beside it.
#[must_use]
pub fn turns(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
