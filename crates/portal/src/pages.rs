//! The pages: the same operations table as the API, answered in HTML. A page is a typed context and a template of the same
//! name; everything works without script. What a page shows it asks the office for, as the API does.

pub mod acts;
mod announced;
mod apply;
mod asset;
mod bulk;
mod calculator;
mod calls;
mod case;
mod compiling;
mod door;
mod earned;
mod enterprise;
mod find;
mod frame;
mod guide;
mod handler;
mod market;
mod money;
mod multipart;
mod notice_files;
mod notices;
mod objection;
mod people;
mod policy;
mod registers;
mod search;
mod simulation;
mod terms;
mod views;
mod who;
mod work;
mod workshop;
mod worth;

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Parameter, Payload, Who, operation};
use crate::problem::Problem;
use askama::Template;
use asset::Asset;
use axum::http::{HeaderMap, Method, StatusCode, header};
pub use door::signed_out;
use frame::Frame;
pub use frame::language;
pub use multipart::{csrf_of, is_multipart};
use std::collections::BTreeMap;
use values::Lang;

/// Under which heading the pages stand; their errors are pages too.
pub const TAG: &str = "pages";

const HTML: Payload = Payload::Bytes("text/html; charset=utf-8");

static STYLE: Asset = Asset::new("text/css; charset=utf-8", include_str!("../assets/duixian.css"));
static SCRIPT: Asset = Asset::new("text/javascript; charset=utf-8", include_str!("../assets/duixian.js"));
static SIGN: Asset = Asset::new("image/svg+xml", include_str!("../assets/duixian.svg"));

/// Every page.
pub fn operations() -> Vec<Operation> {
    let tongue = Parameter { name: "language", place: "path", about: ("语言：zh、en", "language: zh or en"), kind: "string" };
    let mut all = vec![
        Operation {
            gives: (200, Payload::Bytes("text/css; charset=utf-8")),
            ..operation(Method::GET, "/assets/duixian.css", "style", TAG, ("样式", "Style sheet"), Who::Anybody, style)
        },
        Operation {
            gives: (200, Payload::Bytes("text/javascript; charset=utf-8")),
            ..operation(Method::GET, "/assets/duixian.js", "script", TAG, ("脚本", "Script"), Who::Anybody, script)
        },
        Operation {
            gives: (200, Payload::Bytes("image/svg+xml")),
            ..operation(Method::GET, "/assets/duixian.svg", "sign", TAG, ("标志", "Sign"), Who::Anybody, sign)
        },
        Operation {
            parameters: vec![tongue],
            gives: (303, Payload::Nothing),
            ..operation(Method::GET, "/language/{language}", "choose_language", TAG, ("选择语言", "Choose the language"), Who::Anybody, choose_language)
        },
    ];
    all.extend(market::operations());
    all.extend(policy::operations());
    all.extend(calculator::operations());
    all.extend(door::operations());
    all.extend(notices::operations());
    all.extend(notice_files::operations());
    all.extend(objection::operations());
    all.extend(search::operations());
    all.extend(guide::operations());
    all.extend(workshop::operations());
    all.extend(simulation::operations());
    all.extend(announced::operations());
    all.extend(apply::operations());
    all.extend(money::operations());
    all.extend(acts::operations());
    all.extend(work::operations());
    all.extend(bulk::operations());
    all.extend(handler::operations());
    all.extend(views::operations());
    all.extend(case::operations());
    all.extend(registers::operations());
    all.extend(calls::operations());
    all.extend(people::operations());
    all.extend(find::operations());
    all.extend(enterprise::operations());
    all
}

/// A page that anybody may look at.
fn page(path: &str, id: &str, words: (&str, &str), run: for<'a> fn(&'a Portal, &'a Asked<'a>) -> Answering<'a>) -> Operation {
    Operation { gives: (200, HTML), ..operation(Method::GET, path, id, TAG, words, Who::Anybody, run) }
}

/// A page for whoever is signed in in one of these roles, or for all of them.
fn page_of(path: &str, id: &str, words: (&str, &str), who: Who, run: for<'a> fn(&'a Portal, &'a Asked<'a>) -> Answering<'a>) -> Operation {
    Operation { gives: (200, HTML), ..operation(Method::GET, path, id, TAG, words, who, run) }
}

/// What a form is sent to: well done, it leads on to a page (303); else the form comes back with what was typed.
fn sent_to(path: &str, id: &str, words: (&str, &str), who: Who, run: for<'a> fn(&'a Portal, &'a Asked<'a>) -> Answering<'a>) -> Operation {
    let takes = Payload::Bytes("application/x-www-form-urlencoded");
    Operation { takes, gives: (303, Payload::Nothing), ..operation(Method::POST, path, id, TAG, words, who, run) }
}

/// The fields of a form, by name; of several of one name the last.
type Given = BTreeMap<String, String>;

fn given(asked: &Asked<'_>) -> Given {
    form_urlencoded::parse(&asked.body).into_owned().collect()
}

/// Leads on to a page of ours.
fn go(path: &str) -> Answer {
    Answer { status: StatusCode::SEE_OTHER, ..Answer::nothing() }.with(header::LOCATION, path)
}

/// Whether an address is one of ours, so that nobody is led elsewhere.
fn is_ours(path: &str) -> bool {
    // Browsers leave out tabs and take backslashes for slashes.
    path.starts_with('/') && !path.starts_with("//") && !path.contains(|letter: char| letter == '\\' || letter.is_control() || letter.is_whitespace())
}

/// Whether a form was sent by a page of ours: browsers say so, and only then is what somebody typed kept over a sign-in.
/// None: whoever sent it is no browser, or an old one.
pub fn is_from_here(headers: &HeaderMap) -> Option<bool> {
    let word = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = word("sec-fetch-site") {
        return Some(site == "same-origin");
    }
    let origin = word("origin")?;
    Some(origin.split_once("://").is_some_and(|(_, host)| word("host") == Some(host)))
}

/// A template, filled in. Errors: of the template.
fn shown(template: &impl Template) -> Result<Answer, Problem> {
    let html = template.render().map_err(|why| Problem::failed(&why.to_string()))?;
    Ok(Answer::bytes("text/html; charset=utf-8", html))
}

fn style<'a>(_: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { Ok(STYLE.sent(asked)) })
}

fn script<'a>(_: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { Ok(SCRIPT.sent(asked)) })
}

fn sign<'a>(_: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { Ok(SIGN.sent(asked)) })
}

/// Remembers the language in a cookie and goes back to where the reader came from, on this site alone.
fn choose_language<'a>(_: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let lang = if asked.path.get("language").map(String::as_str) == Some("en") { "en" } else { "zh" };
        let came_from = asked.headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let host = asked.headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let here = came_from.split_once("://").and_then(|(_, rest)| rest.strip_prefix(host)).filter(|path| is_ours(path));
        let cookie = format!("{}={lang}; Path=/; Max-Age=31536000; SameSite=Lax", frame::LANGUAGE);
        Ok(go(here.unwrap_or("/")).with(header::SET_COOKIE, &cookie))
    })
}

/// A refusal as a page.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    title: &'a str,
    detail: &'a str,
    number: &'a str,
}

/// What went wrong, for somebody who reads pages. Empty: the template failed too.
pub fn problem(portal: &Portal, problem: &Problem, lang: Lang, number: &str) -> String {
    let pick = |words: (&'static str, &'static str)| if lang == Lang::Zh { words.0 } else { words.1 };
    let detail = if lang == Lang::Zh { &problem.detail.0 } else { &problem.detail.1 };
    let page = ProblemPage { frame: Frame::bare(portal, lang), title: pick(problem.title), detail, number };
    page.render().unwrap_or_default()
}
