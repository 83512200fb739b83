//! Words inside markup (HTML and XML), so that they are words and nothing else.

/// A text as the content or the attribute of an element.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
