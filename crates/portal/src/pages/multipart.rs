//! Forms with a file in them (`multipart/form-data`), and the word of the session in a form of either kind.

use super::{Given, given};
use crate::operation::Asked;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, Full};
use multer::Multipart;

/// What a form with a file brought.
#[derive(Debug, Default)]
pub struct Brought {
    /// Its fields.
    pub fields: Given,
    /// Name and content of the file; none: nothing was chosen.
    pub file: Option<(String, Bytes)>,
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a form with files was sent.
pub fn is_multipart(headers: &HeaderMap) -> bool {
    multer::parse_boundary(content_type(headers)).is_ok()
}

fn reader(asked: &Asked<'_>) -> Option<Multipart<'static>> {
    let boundary = multer::parse_boundary(content_type(asked.headers)).ok()?;
    Some(Multipart::new(Full::new(asked.body.clone()).into_data_stream(), boundary))
}

/// The fields and the one file of a form; of a form without files its fields.
///
/// Errors: it cannot be read.
pub async fn brought(asked: &Asked<'_>) -> Result<Brought, Problem> {
    let Some(mut parts) = reader(asked) else { return Ok(Brought { fields: given(asked), file: None }) };
    let broken = |why: multer::Error| Problem::malformed("表单没有完整到达，请重新提交", format!("the form cannot be read: {why}"));
    let mut out = Brought::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(file) => {
                let bytes = part.bytes().await.map_err(broken)?;
                // Nothing was chosen: browsers send a file without a name.
                if !file.is_empty() {
                    out.file = Some((file, bytes));
                }
            }
            None => drop(out.fields.insert(name, part.text().await.map_err(broken)?)),
        }
    }
    Ok(out)
}

/// The word of the session that a form repeats; in one with a file it stands before the file.
pub async fn csrf_of(asked: &Asked<'_>) -> Option<String> {
    let Some(mut parts) = reader(asked) else {
        return form_urlencoded::parse(&asked.body).find(|(name, _)| name == "csrf").map(|(_, value)| value.into_owned());
    };
    while let Ok(Some(part)) = parts.next_field().await {
        if part.file_name().is_some() {
            return None;
        }
        if part.name() == Some("csrf") {
            return part.text().await.ok();
        }
    }
    None
}
