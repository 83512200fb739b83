//! The application guide of a policy in force, to take along: HTML, Markdown or Word, as `duixian guide` writes it.

use super::compiling::compiled;
use super::page;
use super::policy::in_force;
use crate::Portal;
use crate::evidence::attached;
use crate::operation::{Answering, Asked, ID, Operation, Payload, query};
use crate::problem::Problem;
use policy::guide;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

pub fn operations() -> Vec<Operation> {
    let format = query("format", "docx（默认）、html 或 md", "docx (unless said otherwise), html or md");
    vec![Operation {
        parameters: vec![ID, format],
        gives: (200, Payload::Bytes("*/*")),
        ..page("/policies/{id}/guide", "policy_guide", ("下载申报指南", "The application guide as a file"), file)
    }]
}

fn file<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let format = asked.query("format").unwrap_or("docx").to_owned();
        if !["docx", "html", "md"].contains(&format.as_str()) {
            return Err(Problem::malformed("format 应为 docx、html 或 md", "format must be docx, html or md"));
        }
        let one = in_force(portal, asked.id()).await?;
        let lang = asked.language;
        let version = one.loaded.version.clone();
        let (title, media, bytes) = compiled(portal, version.files, version.official, move |_, compiled| {
            let scheme = compiled.scheme.as_ref().ok_or_else(|| Problem::failed("a policy in force does not compile"))?;
            let guide = guide::of(scheme, &compiled.sentences, lang);
            let written = |why: zip::result::ZipError| Problem::failed(&why.to_string());
            let (media, bytes) = match format.as_str() {
                "html" => ("text/html; charset=utf-8", guide::html(&guide).into_bytes()),
                "md" => ("text/markdown; charset=utf-8", guide::markdown(&guide).into_bytes()),
                _ => (WORD, documents::word::guide::bytes(&guide).map_err(written)?),
            };
            Ok((format!("{}.{format}", guide.title.replace(['《', '》'], "")), media, bytes))
        })
        .await?;
        Ok(attached(media, bytes, &title))
    })
}
