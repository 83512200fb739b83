//! One record, readable: each field under its name, money as money, states in words, ids as links; and the acts that concern it,
//! filled in with its id.

use super::{LIST, home_of, list_of, title};
use crate::Portal;
use crate::acts::is_granted;
use crate::operation::{Answering, Asked, ID, Operation, query};
use crate::pages::acts::{told, words};
use crate::pages::frame::Frame;
use crate::pages::market::encoded;
use crate::pages::money::yuan;
use crate::pages::who::People;
use crate::pages::work::OFFICERS;
use crate::pages::{page_of, shown};
use crate::records::reading;
use askama::Template;
use casework::call::Period;
use casework::motion::Motion;
use casework::organisation::Organisation;
use casework::people::Role;
use casework::term::Term;
use office::reading::{Reading, Wanted, collection};
use serde_json::Value;
use values::{Fen, Lang};

/// The page.
#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    frame: Frame,
    told: Option<String>,
    list: &'static str,
    list_title: &'static str,
    id: String,
    /// What it is called, where it has a name.
    name: String,
    version: i64,
    lines: Vec<Line>,
    acts: Vec<(String, &'static str)>,
    /// Where else something about it stands.
    links: Vec<(String, String)>,
}

/// A line of a record.
struct Line {
    /// How deep it stands.
    depth: usize,
    label: String,
    text: String,
    href: String,
    /// It has parts, which follow.
    heads: bool,
}

pub fn operations() -> Vec<Operation> {
    let parameters = vec![LIST, ID, query("done", "已办理的请求", "the request that was done")];
    vec![Operation { parameters, ..page_of("/registers/{collection}/{id}", "record_page", ("一条记录", "A record"), OFFICERS, record) }]
}

/// Fields that hold money in fen.
const MONEY: &[&str] = &["amount", "assessed", "set", "shared", "kept", "given", "claimed", "held", "left", "freed", "most", "issued_fen"];

/// Fields that name a record of a list.
const NAMES: &[(&str, &str)] = &[
    ("case", "cases"),
    ("call", "calls"),
    ("organisation", "organisations"),
    ("determination", "determinations"),
    ("supersedes", "determinations"),
    ("notice", "notices"),
    ("batch", "batches"),
    ("objection", "objections"),
    ("recovery", "recoveries"),
    ("lead", "leads"),
    ("due", "dues"),
    ("unit", "units"),
    ("issuer", "units"),
    ("user", "users"),
    ("motion", "motions"),
    ("list", "match-lists"),
    ("corrects", "earlier-awards"),
    ("guide", "guides"),
];

/// Acts that concern a record of a list: act, and the field that its id goes into.
const ACTS: &[(&str, &[(&str, &str)])] = &[
    (
        "organisations",
        &[
            ("registry.put_organisation", "organisation"),
            ("registry.put_account", "organisation"),
            ("recovery.note", "organisation"),
            ("retention.forget_contacts", "organisation"),
        ],
    ),
    ("shops", &[("registry.put_shop", "shop")]),
    ("accounts", &[("registry.verify_account", "entry")]),
    ("units", &[("registry.put_unit", "unit")]),
    ("users", &[("registry.put_user", "user"), ("registry.confirm_user", "user")]),
    ("proposals", &[("registry.confirm_user", "user")]),
    ("objections", &[("notice.check", "objection"), ("notice.settle", "objection")]),
    ("notices", &[("notice.conclude", "notice"), ("notice.object", "notice")]),
    ("leads", &[("recovery.dismiss", "lead"), ("recovery.open", "leads")]),
    (
        "recoveries",
        &[
            ("recovery.notify", "recovery"),
            ("recovery.decide", "recovery"),
            ("recovery.deliver", "recovery"),
            ("recovery.agree", "recovery"),
            ("recovery.collect", "recovery"),
            ("recovery.offset", "recovery"),
            ("recovery.amend", "recovery"),
            ("recovery.remind", "recovery"),
            ("recovery.enforce", "recovery"),
            ("recovery.close", "recovery"),
        ],
    ),
    ("batches", &[("payment.request", "batch"), ("payment.cancel", "batch"), ("payment.pay", "batch"), ("payment.report", "batch")]),
    ("dues", &[("payment.drop", "due"), ("instalment.test", "due"), ("instalment.fund", "due")]),
    ("performances", &[("performance.accept", "due"), ("performance.send_back", "due")]),
    ("documents", &[("document.void", "document")]),
    ("match-lists", &[("matching.check", "list"), ("matching.approve", "list"), ("matching.push", "list")]),
    ("recognitions", &[("recognition.revoke", "recognition"), ("recognition.release", "recognition")]),
    ("earlier-awards", &[("history.correct", "corrects")]),
    (
        "policy-lives",
        &[
            ("policy.consult", "policy"),
            ("policy.reply", "policy"),
            ("policy.invite", "policy"),
            ("policy.answer", "policy"),
            ("policy.release", "policy"),
            ("policy.waive", "policy"),
            ("policy.redraft", "policy"),
            ("policy.review_competition", "policy"),
            ("policy.review_legality", "policy"),
            ("policy.resolve", "policy"),
            ("policy.publish", "policy"),
            ("policy.repeal", "policy"),
            ("policy.set_clause", "policy"),
            ("policy.recognise", "policy"),
            ("policy.done", "policy"),
        ],
    ),
    ("policies", &[("policy.comment", "policy"), ("guide.issue", "policy")]),
    ("comments", &[("policy.answer", "comment")]),
];

/// Acts that make a record of a list.
const MAKES: &[(&str, &[&str])] = &[
    ("organisations", &["registry.put_organisation", "registry.admit_code"]),
    ("shops", &["registry.put_shop"]),
    ("accounts", &["registry.put_account"]),
    ("units", &["registry.put_unit"]),
    ("users", &["registry.put_user"]),
    ("links", &["registry.put_link"]),
    ("calls", &["call.prepare"]),
    ("notices", &["notice.publish"]),
    ("objections", &["notice.object"]),
    ("batches", &["payment.plan"]),
    ("leads", &["recovery.note", "recovery.detect"]),
    ("recoveries", &["recovery.open"]),
    ("earlier-awards", &["history.load"]),
    ("match-lists", &["matching.list"]),
    ("recognitions", &["recognition.issue"]),
    ("documents", &["document.issue", "document.put_letterhead"]),
    ("guides", &["guide.issue"]),
    ("policies", &["registry.load_policy"]),
    ("policy-lives", &["registry.load_policy"]),
    ("calendars", &["calendar.load"]),
];

/// Acts of a role that make a record of a list: address and title.
pub fn acts_of_list(list: &str, role: Role, frame: &Frame) -> Vec<(String, &'static str)> {
    let acts = MAKES.iter().find(|(known, _)| *known == list).map_or(&[][..], |(_, acts)| acts);
    let own = acts.iter().filter(|act| is_granted(act, role));
    own.map(|act| (format!("/acts/{act}?back={}", encoded(&super::place(list))), words::title(act, frame.lang()))).collect()
}

fn record<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let list = list_of(asked)?;
        let frame = Frame::new(portal, asked, "registers");
        let mut reading = reading(portal, asked).await?;
        let told = told(&mut reading, asked, &frame).await?;
        let read = reading.one(list, asked.id()).await?;
        let mut lines = Vec::new();
        let mut ids = Vec::new();
        people_in(&read.body, 0, &mut ids);
        let people = People::of(&mut reading, ids).await?;
        let mut body = read.body.clone();
        name_people(&mut body, 0, &people);
        for (name, value) in ordered(&body) {
            write(&mut lines, list.name, name, value, 0, &frame);
        }
        name_firms(&mut reading, &mut lines).await?;
        let acts = acts(&mut reading, list.name, &read.id, &frame).await?;
        let links = links(&mut reading, list.name, &read.id, &frame).await?;
        let name = ["name", "title"].iter().find_map(|field| read.body.get(field)?.as_str()).unwrap_or_default().to_owned();
        shown(&RecordPage { told, list: list.name, list_title: title(list.name, &frame), id: read.id, name, version: read.version, lines, acts, links, frame })
    })
}

/// The fields of a record, what it is called first, what is long last.
fn ordered(body: &Value) -> Vec<(&String, &Value)> {
    let mut fields: Vec<(&String, &Value)> = body.as_object().into_iter().flatten().collect();
    let rank = |name: &str, value: &Value| match name {
        "id" => 0,
        "name" | "title" => 1,
        "stage" | "state" => 2,
        _ if value.is_object() || value.is_array() => 4,
        _ => 3,
    };
    fields.sort_by_key(|(name, value)| rank(name, value));
    fields
}

/// Fields that hold a person; who a record is about keeps the id, which leads on.
fn is_person(name: &str, depth: usize) -> bool {
    matches!(name, "by" | "author" | "planned_by" | "proposed_by") || (name == "user" && depth > 0)
}

fn people_in<'v>(value: &'v Value, depth: usize, out: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::String(id) if is_person(name, depth) => out.push(id),
                    inner => people_in(inner, depth + 1, out),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| people_in(inner, depth + 1, out)),
        _ => {}
    }
}

/// Puts who somebody is in place of the id.
fn name_people(value: &mut Value, depth: usize, people: &People) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::String(id) if is_person(name, depth) => *id = people.name(id).to_owned(),
                    inner => name_people(inner, depth + 1, people),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| name_people(inner, depth + 1, people)),
        _ => {}
    }
}

/// A term on one line: first and last day and how long; none: it is something else.
fn term_words(value: &Value, frame: &Frame) -> Option<String> {
    let term: Term = serde_json::from_value(value.clone()).ok()?;
    let long = match term.period {
        Period::Days(days) => format!("{days}{}", frame.w(" 日", " days")),
        Period::WorkingDays(days) => format!("{days}{}", frame.w(" 个工作日", " working days")),
    };
    let provisional = if term.provisional { frame.w("，暂定", ", provisional") } else { "" };
    Some(format!("{} — {}{}{long}{provisional}{}", term.from, term.last, frame.w("（", " ("), frame.w("）", ")")))
}

/// What somebody did, on one line; none: it is something else.
fn hand_words(value: &Value, frame: &Frame) -> Option<String> {
    let text = |name: &str| value.get(name)?.as_str();
    let (act, user, at) = (text("act")?, text("user")?, text("at")?);
    Some(format!("{}　{user}　{}", at.get(..16)?.replace('T', " "), words::title(act, frame.lang())))
}

/// Deepest that a record is opened.
const DEPTH_MAX: usize = 4;
/// Most lines of a list in a record.
const LIST_MAX: usize = 100;

/// Writes a field and what stands in it.
fn write(out: &mut Vec<Line>, of: &str, name: &str, value: &Value, depth: usize, frame: &Frame) {
    let label = match name.parse::<usize>() {
        Ok(number) => (number + 1).to_string(),
        Err(_) => words::found(of, name).map_or_else(|| words::value(of, name, frame.lang()).to_owned(), |(zh, en)| frame.pair(zh, en).to_owned()),
    };
    let plain = |text: String, href: String| Line { depth, label: label.clone(), text, href, heads: false };
    match value {
        Value::Null => {}
        Value::Array(list) if list.is_empty() => {}
        Value::Object(fields) if fields.is_empty() => {}
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let names: Vec<&str> =
                list.iter().filter_map(Value::as_str).map(|one| words::value(if name == "roles" { "Role" } else { "" }, one, frame.lang())).collect();
            out.push(plain(names.join("\n"), String::new()));
        }
        Value::Array(list) if list.iter().all(|one| hand_words(one, frame).is_some()) => {
            let lines: Vec<String> = list.iter().filter_map(|one| hand_words(one, frame)).collect();
            out.push(plain(lines.join("\n"), String::new()));
        }
        Value::Array(list) if depth < DEPTH_MAX => {
            out.push(Line { heads: true, ..plain(format!("{} {}", list.len(), frame.pair("项", "items")), String::new()) });
            for (at, inner) in list.iter().take(LIST_MAX).enumerate() {
                write(out, name, &at.to_string(), inner, depth + 1, frame);
            }
        }
        Value::Object(_) if term_words(value, frame).is_some() => out.push(plain(term_words(value, frame).unwrap_or_default(), String::new())),
        Value::Object(fields) if depth < DEPTH_MAX => {
            out.push(Line { heads: true, ..plain(String::new(), String::new()) });
            for (inner, value) in fields {
                write(out, name, inner, value, depth + 1, frame);
            }
        }
        Value::Array(_) | Value::Object(_) => out.push(plain(value.to_string(), String::new())),
        // What is frozen is kept as a line of JSON. The steps of an assessment stand on the page of the determination.
        Value::String(text) if text.starts_with('{') && depth < DEPTH_MAX => match serde_json::from_str::<Value>(text) {
            Ok(inner) if name != "assessment" => write(out, of, name, &inner, depth, frame),
            _ => out.push(plain(frame.pair("已冻结，见审定页面的说明", "frozen; explained on the page of the determination").to_owned(), String::new())),
        },
        _ => {
            let (text, href) = scalar(of, name, value, frame);
            out.push(plain(text, href));
        }
    }
}

/// A plain value in words, and where it leads.
fn scalar(of: &str, name: &str, value: &Value, frame: &Frame) -> (String, String) {
    let zh = frame.lang() == Lang::Zh;
    match value {
        Value::Bool(yes) => (frame.pair(if *yes { "是" } else { "否" }, if *yes { "yes" } else { "no" }).to_owned(), String::new()),
        Value::Number(number) => match number.as_i64().filter(|_| MONEY.contains(&name)) {
            Some(fen) => (format!("{} {}", yuan(Fen(fen)), if zh { "元" } else { "yuan" }), String::new()),
            None => (number.to_string(), String::new()),
        },
        Value::String(text) => {
            if let Some((_, list)) = NAMES.iter().find(|(field, _)| *field == name) {
                return (text.clone(), home_of(list, text));
            }
            if matches!(name, "digest" | "evidence") && text.len() == 64 {
                return (text.clone(), format!("/api/v1/evidence/{text}"));
            }
            if matches!(
                name,
                "stage" | "state" | "kind" | "status" | "role" | "view" | "verdict" | "result" | "ruling" | "why" | "term" | "worth" | "completion"
            ) {
                return (words::value(of, text, frame.lang()).to_owned(), String::new());
            }
            if text.len() == 19 && text.as_bytes().get(10) == Some(&b'T') {
                return (text.replace('T', " "), String::new());
            }
            (text.clone(), String::new())
        }
        _ => (String::new(), String::new()),
    }
}

/// Puts the name of an enterprise beside its id.
async fn name_firms(reading: &mut Reading<'_>, lines: &mut [Line]) -> Result<(), crate::problem::Problem> {
    for line in lines.iter_mut().filter(|line| line.href.starts_with("/registers/organisations/")).take(20) {
        if let Some(firm) = reading.work.peek::<Organisation>(&line.text).await? {
            line.text = format!("{}　{}", firm.name, line.text);
        }
    }
    Ok(())
}

/// The acts of the reader's role that concern a record: address and title.
async fn acts(reading: &mut Reading<'_>, list: &str, id: &str, frame: &Frame) -> Result<Vec<(String, &'static str)>, crate::problem::Problem> {
    let role = reading.role();
    let back = encoded(&format!("/registers/{list}/{id}"));
    let acts = ACTS.iter().find(|(known, _)| *known == list).map_or(&[][..], |(_, acts)| acts);
    let own = acts.iter().filter(|(act, _)| is_granted(act, role));
    let mut out: Vec<(String, &'static str)> =
        own.map(|(act, field)| (format!("/acts/{act}?{field}={}&back={back}", encoded(id)), words::title(act, frame.lang()))).collect();
    if list == "motions"
        && let Some(motion) = reading.work.peek::<Motion>(id).await?
        && let Some(act) = motion.confirmed_by().filter(|act| motion.confirmed.is_none() && is_granted(act, role))
    {
        let asks = serde_json::to_value(&motion.asks).unwrap_or_default();
        let inner = asks.as_object().and_then(|noun| noun.values().next()?.as_object()?.values().next()).cloned().unwrap_or_default();
        let about = ["case", "due", "recovery"]
            .iter()
            .filter(|_| act != "history.confirm")
            .filter_map(|name| Some(format!("&{name}={}", encoded(inner.get(name)?.as_str()?))));
        out.push((format!("/acts/{act}?motion={}{}&back={back}", encoded(id), about.collect::<String>()), words::title(act, frame.lang())));
    }
    Ok(out)
}

/// What else stands somewhere about a record.
async fn links(reading: &mut Reading<'_>, list: &str, id: &str, frame: &Frame) -> Result<Vec<(String, String)>, crate::problem::Problem> {
    let mut out = Vec::new();
    if home_of(list, id) != format!("/registers/{list}/{}", encoded(id)) {
        out.push((home_of(list, id), frame.pair("办理或说明页面", "The page of its own").to_owned()));
    }
    match list {
        "documents" => {
            out.push((format!("/api/v1/documents/{}/file?format=pdf", encoded(id)), frame.pair("打开文书（PDF）", "Open the document (PDF)").to_owned()));
            out.push((format!("/api/v1/documents/{}/file?format=docx", encoded(id)), frame.pair("下载文书（DOCX）", "Download (DOCX)").to_owned()));
        }
        "organisations" => {
            for of in ["cases", "determinations", "earlier-awards", "recognitions", "shops", "accounts", "former-names", "recoveries"] {
                let Some(other) = collection(of).filter(|other| other.sight(reading.role()).is_some()) else { continue };
                let filters = vec![("organisation_id", id)];
                if other.kind().is_none_or(|kind| !kind.table.columns.iter().any(|column| column.name == "organisation_id")) {
                    continue;
                }
                let page = reading.page(other, &Wanted { filters, after: "", limit: 20 }).await?;
                if !page.records.is_empty() {
                    let more = if page.next.is_some() { "+" } else { "" };
                    out.push((format!("{}?organisation_id={}", super::place(of), encoded(id)), format!("{} {}{more}", title(of, frame), page.records.len())));
                }
            }
        }
        _ => {}
    }
    Ok(out)
}
