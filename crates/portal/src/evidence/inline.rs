//! A piece of evidence shown inside a page of ours: PDF, JPEG and PNG alone, and only where the bytes that are kept are of that kind
//! themselves, whatever the name or the note of its arrival says. It stays hostile: it loads nothing, runs nothing of ours, and no
//! other site frames it.

use super::{DIGEST, disposed, outgoing, own_or_held, path_of};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, Payload, Who};
use crate::problem::Problem;
use axum::http::{Method, StatusCode, header};
use exchange::evidence::FileKind;
use std::path::Path;
use tokio::io::AsyncReadExt;

/// Kinds that are shown, and how each begins.
const SHOWN: &[(FileKind, &[u8])] = &[(FileKind::Pdf, b"%PDF-"), (FileKind::Jpeg, b"\xFF\xD8\xFF"), (FileKind::Png, b"\x89PNG\r\n\x1A\n")];

/// What a picture may do: nothing at all.
const PICTURE: &str = "default-src 'none'; sandbox; frame-ancestors 'self'";
/// What a PDF may do: be drawn by the reader of the browser, a plug-in to it, which no browser does in a sandbox of a page. It is a
/// document of its own without scripts or connections of the web.
const DOCUMENT: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// Shows it.
pub fn operation() -> Operation {
    Operation {
        parameters: vec![DIGEST],
        gives: (200, Payload::Bytes("*/*")),
        ..crate::operation::operation(
            Method::GET,
            "/api/v1/evidence/{digest}/inline",
            "evidence_inline",
            "files",
            ("在页面内查看佐证材料（PDF、JPEG、PNG）", "A piece of evidence to be shown in a page (PDF, JPEG, PNG)"),
            Who::SignedIn,
            give,
        )
    }
}

/// What a file that is kept is by its own bytes, where that is shown in pages. Errors: it cannot be read.
pub async fn kind_of(path: &Path) -> std::io::Result<Option<FileKind>> {
    let mut begins = [0_u8; 8];
    let mut file = tokio::fs::File::open(path).await?;
    let mut read = 0;
    while let Some(rest) = begins.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read(rest).await? {
            0 => break,
            more => read += more,
        }
    }
    Ok(SHOWN.iter().find(|(_, first)| begins.starts_with(first)).map(|(kind, _)| *kind))
}

fn give<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let row = own_or_held(portal, asked).await?;
        let path = path_of(portal, row.digest.as_deref().unwrap_or_default());
        let failed = |why: std::io::Error| Problem::failed(&format!("files: {why}"));
        let kind = kind_of(&path).await.map_err(failed)?.filter(|kind| Some(kind.extension()) == row.kind.as_deref()).ok_or_else(not_shown)?;
        let file = outgoing::open(&path).await.map_err(failed)?;
        let policy = if kind == FileKind::Pdf { DOCUMENT } else { PICTURE };
        let answer = disposed("inline", kind.media_type(), file, &row.name);
        Ok(answer.with(header::CONTENT_SECURITY_POLICY, policy).with(header::X_FRAME_OPTIONS, "SAMEORIGIN"))
    })
}

fn not_shown() -> Problem {
    let title = ("不能在页面内查看", "Not shown in a page");
    let zh = "只有 PDF、JPEG、PNG 文件可以在页面内查看，且内容须与类型相符。其他材料请下载后查看。";
    let en = "Only PDF, JPEG and PNG are shown in a page, and only where the content is what the type says. Download it instead.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-shown", title, zh, en)
}
