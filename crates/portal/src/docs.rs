//! The description of the API, and pages to try it on: both from this program alone, without a request to anywhere else.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Parameter, Payload, Who, operation};
use crate::problem::Problem;
use axum::http::Method;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::OnceLock;

const FILE: Parameter = Parameter { name: "file", place: "path", about: ("文件名", "name of a file"), kind: "string" };

/// What can be asked about the API itself.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation {
            gives: (200, Payload::Json(|generator| generator.subschema_for::<serde_json::Map<String, serde_json::Value>>())),
            ..operation(Method::GET, "/api/v1/openapi.json", "openapi", "docs", ("接口说明（OpenAPI 3.1）", "This description"), Who::Anybody, description)
        },
        Operation {
            gives: (200, Payload::Bytes("text/html; charset=utf-8")),
            ..operation(Method::GET, "/api/v1/docs", "docs", "docs", ("接口试用页", "Pages to try the API on"), Who::Anybody, page)
        },
        Operation {
            parameters: vec![FILE],
            gives: (200, Payload::Bytes("*/*")),
            ..operation(Method::GET, "/api/v1/docs/{file}", "docs_file", "docs", ("接口试用页的文件", "A file of these pages"), Who::Anybody, file)
        },
    ]
}

fn description<'a>(portal: &'a Portal, _: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { Answer::ok(&portal.description) })
}

const PAGE: &str = r#"<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<title>兑现 · 接口</title>
<link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/api/v1/docs/swagger-ui-bundle.js"></script>
<script src="/api/v1/docs/start.js"></script>
</html>
"#;

/// Who is signed in by the cookie can try acts: the word of the session goes along with what changes something. With a token it is not asked for.
const START: &str = r##"const withWord = async (request) => {
  const reads = ["GET", "HEAD", "OPTIONS"].includes((request.method || "GET").toUpperCase());
  if (reads || request.headers.Authorization) return request;
  const session = await fetch("/api/v1/session", { credentials: "same-origin" });
  const word = session.ok ? (await session.json()).csrf : null;
  if (word) request.headers["X-CSRF-Token"] = word;
  return request;
};
window.ui = SwaggerUIBundle({
  url: "/api/v1/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null, requestInterceptor: withWord,
});
"##;

fn page<'a>(_: &'a Portal, _: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { Ok(Answer::bytes("text/html; charset=utf-8", PAGE)) })
}

/// The files of the viewer, by name.
fn files() -> &'static BTreeMap<String, Vec<u8>> {
    static FILES: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut files = BTreeMap::new();
        let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED)) else { return files };
        for at in 0..archive.len() {
            let Ok(mut entry) = archive.by_index(at) else { continue };
            let name = entry.name().ok().and_then(|name| name.rsplit('/').next().map(str::to_owned)).unwrap_or_default();
            if matches!(name.as_str(), "swagger-ui.css" | "swagger-ui-bundle.js") {
                let mut bytes = Vec::new();
                if entry.read_to_end(&mut bytes).is_ok() {
                    files.insert(name, bytes);
                }
            }
        }
        files
    })
}

fn file<'a>(_: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let name = asked.path.get("file").map_or("", String::as_str);
        if name == "start.js" {
            return Ok(Answer::bytes("text/javascript; charset=utf-8", START));
        }
        let bytes = files().get(name).ok_or_else(|| Problem::unknown("file", name))?;
        let kind = if name.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
        Ok(Answer::bytes(kind, bytes.as_slice()))
    })
}
