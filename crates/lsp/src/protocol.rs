//! Between bytes and the protocol's positions, paths and URIs, findings and the protocol's diagnostics. With `server`
//! the only place that knows the protocol's types.

use crate::folder::Folder;
use crate::text::Columns;
use lsp_types::{
    CodeDescription, Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Position, Range, TextEdit, Uri,
};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use policy::diagnostic::{Diagnostic, Severity};
use policy::source::Span;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use values::Lang;

/// What a path component may not hold as it is.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The path of a `file:` URI.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    // `file://host/…` is a share of another machine: its path names nothing here.
    let path = rest.starts_with('/').then_some(rest).or_else(|| rest.strip_prefix("localhost").filter(|path| path.starts_with('/')))?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let drive = path.strip_prefix('/').filter(|p| p.as_bytes().get(1) == Some(&b':'));
    Some(PathBuf::from(drive.unwrap_or(&path)))
}

/// The URI of a path.
pub fn uri_of(path: &Path) -> Option<Uri> {
    let slashed = path.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    let encoded = utf8_percent_encode(&slashed, ENCODED).to_string();
    let root = if encoded.starts_with('/') { "" } else { "/" };
    Uri::from_str(&format!("file://{root}{encoded}")).ok()
}

/// Places of one folder in the protocol's terms.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// The folder.
    pub folder: &'a Folder,
    /// What columns count.
    pub columns: Columns,
}

impl Places<'_> {
    /// A byte as a position.
    pub fn position(&self, file: u16, byte: usize) -> Position {
        let (line, column) = self.folder.lines(file).position(self.folder.text(file), byte, self.columns);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position::new(number(line), number(column))
    }

    /// A span as a range.
    pub fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.file, span.start as usize), self.position(span.file, span.end as usize))
    }

    /// A position as a byte.
    pub fn byte(&self, file: u16, position: Position) -> usize {
        self.folder.lines(file).byte(self.folder.text(file), position.line as usize, position.character as usize, self.columns)
    }

    /// A range as a span.
    pub fn span(&self, file: u16, range: Range) -> Span {
        Span::new(file, self.byte(file, range.start), self.byte(file, range.end))
    }

    /// A span with its file.
    pub fn location(&self, span: Span) -> Option<Location> {
        let uri = uri_of(self.folder.paths.get(usize::from(span.file))?)?;
        Some(Location::new(uri, self.range(span)))
    }

    /// An edit.
    pub fn edit(&self, span: Span, text: String) -> TextEdit {
        TextEdit::new(self.range(span), text)
    }

    /// A finding.
    pub fn diagnostic(&self, finding: &Diagnostic, lang: Lang) -> Shown {
        let mut message = finding.message.get(lang).to_owned();
        if let Some(help) = &finding.help {
            message.push_str(&format!("\n→ {}", help.get(lang)));
        }
        let second = finding.related.and_then(|span| self.location(span)).map(|location| {
            let message = if lang == Lang::Zh { "另一处在这里" } else { "the other place" };
            vec![DiagnosticRelatedInformation { location, message: message.to_owned() }]
        });
        Shown {
            range: self.range(finding.span),
            severity: Some(match finding.severity {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
            }),
            code: Some(NumberOrString::String(finding.code.to_owned())),
            code_description: None::<CodeDescription>,
            source: Some("duixian".to_owned()),
            message,
            related_information: second,
            ..Shown::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_han_characters_and_spaces_comes_back() {
        for path in ["/政策/黔江 区/policy.md", "/a%20b/#1?.md"] {
            let uri = uri_of(Path::new(path)).map(|uri| (uri.as_str().is_ascii(), path_of(&uri)));
            assert_eq!(uri, Some((true, Some(PathBuf::from(path)))));
        }
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        assert_eq!(Uri::from_str("untitled:Untitled-1").ok().and_then(|uri| path_of(&uri)), None);
    }

    #[test]
    fn a_share_of_another_machine_is_no_path_of_this_one() {
        let path = |uri: &str| Uri::from_str(uri).ok().and_then(|uri| path_of(&uri));
        assert_eq!(path("file://host/a/policy.md"), None);
        assert_eq!(path("file://localhosts/a"), None);
        assert_eq!(path("file://localhost/a/policy.md"), Some(PathBuf::from("/a/policy.md")));
    }
}
