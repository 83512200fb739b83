//! Diagnostics on what a policy author wrote: data with a stable code, a place, words in both languages
//! and a fix. Rendering them is the caller's business.

use crate::source::Span;
use serde::Serialize;
use values::Lang;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The scheme compiles; the author should look.
    Warning,
    /// The scheme does not compile.
    Error,
}

/// Words in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// Chinese, the language of the people who use it.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Makes a text of two twins.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The twin of the language asked for.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// One finding about the source: what, where, why and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable code; each has a page in `docs/language/diagnostics/`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// A second place that the message speaks of.
    pub related: Option<Span>,
    /// The heading of the block it stands in, e.g. `条款 6.1「直播电商奖励」`.
    pub heading: String,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub help: Option<Text>,
    /// Text that may replace the span, where one edit mends it.
    pub replacement: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of `code`; the severity follows from its letter (E or W).
    pub fn new(code: &'static str, span: Span, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let severity = if code.starts_with('W') { Severity::Warning } else { Severity::Error };
        Self { code, severity, span, related: None, heading: String::new(), message: Text::new(zh, en), help: None, replacement: None }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn help(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.help = Some(Text::new(zh, en));
        self
    }

    /// Adds the text that may stand in place of the span.
    #[must_use]
    pub fn replace(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some(text.into());
        self
    }

    /// Adds the second place.
    #[must_use]
    pub fn related(mut self, span: Span) -> Self {
        self.related = Some(span);
        self
    }

    /// True for errors.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The known name nearest to `word`, when it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(length.min(candidate.chars().count()) / 2) && *distance < length.max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
