//! Files that pages load and that are the same for everybody: style, script and sign. They travel compressed; pages do not, since
//! how well a page shrinks would tell whoever listens about the secrets in it.

use crate::operation::{Answer, Asked};
use axum::body::Bytes;
use axum::http::header;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::sync::OnceLock;

/// A file of the program.
pub struct Asset {
    content_type: &'static str,
    text: &'static str,
    packed: OnceLock<Option<Bytes>>,
}

impl Asset {
    /// A file with its type.
    pub const fn new(content_type: &'static str, text: &'static str) -> Self {
        Self { content_type, text, packed: OnceLock::new() }
    }

    /// The file, compressed for whoever can read that.
    pub fn sent(&'static self, asked: &Asked<'_>) -> Answer {
        let accepted = asked.headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let packed =
            accepted.split(',').any(|one| one.trim() == "gzip" || one.trim().starts_with("gzip;") && !one.ends_with("q=0")).then(|| self.packed()).flatten();
        let answer = match packed {
            Some(packed) => Answer::bytes(self.content_type, packed).with(header::CONTENT_ENCODING, "gzip"),
            None => Answer::bytes(self.content_type, self.text),
        };
        answer.with(header::CACHE_CONTROL, "public, max-age=3600").with(header::VARY, "accept-encoding")
    }

    /// Compressed once. None: that failed, and the file goes as it is.
    fn packed(&self) -> Option<Bytes> {
        let pack = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(self.text.as_bytes()).ok()?;
            encoder.finish().ok().map(Bytes::from)
        };
        self.packed.get_or_init(pack).clone()
    }
}
