//! Source files of a scheme: spans, and the three things of Markdown that matter here (headings, block quotes,
//! fences marked `duixian`). Everything else in the file is prose for readers.

use serde::Serialize;

/// A place: bytes `start..end` of file number `file` of the scheme's sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// Index into the sources.
    pub file: u16,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file` from `start` to `end` (bytes).
    pub fn new(file: u16, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that holds both (of one file; otherwise `self`).
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The words at this place in the text of its file; empty if the span does not fit.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// One source file: a name to show and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path as the user gave it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// Everything that makes up a scheme on disk, already read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Literate files; the first is the policy, the others may add situations.
    pub files: Vec<SourceFile>,
    /// The official text, where the folder holds it: the file that 底本 names, or else `official.txt`.
    pub official: Option<String>,
}

impl Sources {
    /// A scheme of one file without an official text: for examples and tests.
    pub fn single(text: impl Into<String>) -> Self {
        Self { files: vec![SourceFile { name: "policy.md".into(), text: text.into() }], official: None }
    }

    /// The words at a place.
    pub fn words(&self, span: Span) -> &str {
        self.files.get(span.file as usize).map_or("", |file| span.of(&file.text))
    }

    /// Line and column (both from 1, columns in characters) of a byte of a file.
    pub fn position(&self, file: u16, byte: u32) -> (usize, usize) {
        let Some(source) = self.files.get(file as usize) else { return (1, 1) };
        let before = source.text.get(..(byte as usize).min(source.text.len())).unwrap_or(&source.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// A Markdown heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Heading text without `#`; empty for what comes before the first heading.
    pub title: String,
    /// Where the heading stands.
    pub span: Span,
}

/// A paragraph of official text inside a block quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Index of its section.
    pub section: usize,
    /// The whole block quote, `>` signs included.
    pub span: Span,
    /// The words of its lines: text and where each begins.
    pub lines: Vec<(Span, String)>,
}

impl Quote {
    /// The words without line breaks and `>` signs.
    pub fn words(&self) -> String {
        self.lines.iter().map(|(_, words)| words.as_str()).collect()
    }
}

/// A fence of rules and the quote it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// Index of its section.
    pub section: usize,
    /// Index of the quote it stands under in the same section, if any.
    pub quote: Option<usize>,
    /// The lines between the marks.
    pub body: Span,
}

/// What the compiler sees of a Markdown file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Sections in order; the first has no heading.
    pub sections: Vec<Section>,
    /// Block quotes in order.
    pub quotes: Vec<Quote>,
    /// Fences marked `duixian`, in order.
    pub fences: Vec<Fence>,
    /// For each fence without a mark the quote it stands under.
    pub unmarked: Vec<Option<usize>>,
    /// A fence that is never closed.
    pub unclosed: Option<Span>,
}

/// Splits a file. Never fails: an unclosed fence runs to the end and is told of.
pub fn split(file: u16, text: &str) -> Document {
    let mut document = Document::default();
    document.sections.push(Section { title: String::new(), span: Span::new(file, 0, 0) });
    let mut offset = 0;
    let mut fence: Option<(bool, usize, usize, String)> = None;
    let mut quote_open = false;
    let mut quote_here: Option<usize> = None;
    for raw in text.split_inclusive('\n') {
        let start = offset;
        offset += raw.len();
        let line = raw.trim_end_matches(['\n', '\r']);
        let end = start + line.len();
        if let Some((ours, _, body, mark)) = &fence {
            if line.trim_start().starts_with(mark.as_str()) && line.trim().chars().all(|c| c == '`' || c == '~') {
                if *ours {
                    document.fences.push(Fence { section: document.sections.len() - 1, quote: quote_here, body: Span::new(file, *body, start) });
                }
                fence = None;
            }
            continue;
        }
        if let Some(rest) = line.strip_prefix('>') {
            let words = rest.strip_prefix(' ').unwrap_or(rest);
            let at = Span::new(file, end - words.len(), end);
            if quote_open && let Some(quote) = document.quotes.last_mut() {
                quote.lines.push((at, words.to_owned()));
                quote.span.end = at.end;
            } else {
                document.quotes.push(Quote { section: document.sections.len() - 1, span: Span::new(file, start, end), lines: vec![(at, words.to_owned())] });
                quote_here = Some(document.quotes.len() - 1);
            }
            quote_open = true;
            continue;
        }
        quote_open = false;
        let trimmed = line.trim_start();
        let marks: String = trimmed.chars().take_while(|c| *c == '`').collect();
        if marks.len() >= 3 {
            let info = trimmed.trim_start_matches('`').trim();
            let ours = info.split_whitespace().next() == Some("duixian");
            if info.is_empty() {
                document.unmarked.push(quote_here);
            }
            fence = Some((ours, start, offset, marks));
        } else if line.starts_with('#') && line.trim_start_matches('#').starts_with(' ') {
            let title = line.trim_start_matches('#').trim().to_owned();
            document.sections.push(Section { title, span: Span::new(file, start, end) });
            quote_here = None;
        }
    }
    if let Some((ours, start, body, _)) = fence {
        document.unclosed = Some(Span::new(file, start, body.min(text.len())));
        if ours {
            document.fences.push(Fence { section: document.sections.len() - 1, quote: quote_here, body: Span::new(file, body.min(text.len()), text.len()) });
        }
    }
    document
}
