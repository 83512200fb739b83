//! A page for every act: its fields as a form, filled in from the address, and what came of it in words. What an act asks for is
//! its JSON schema; whether it may be done is the office's to say. What is refused comes back with everything that was typed.

pub mod form;
mod outcome;
pub mod schema;
mod titles;
mod values_of;
pub mod words;

use super::frame::Frame;
use super::market::encoded;
use super::{Given, go, is_ours, page_of, sent_to, shown};
use crate::acts::{act_of, is_granted};
use crate::operation::{Answer, Answering, Asked, Operation, Parameter, Who, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::{Portal, secret};
use askama::Template;
use axum::http::StatusCode;
use casework::Act;
use casework::authority::TABLE;
use casework::id::RequestId;
use casework::people::{Role, Unit};
use form::{Drawing, Look, Node, Wrong, fill, joined};
use office::Context;
use office::reading::collection;
pub use outcome::{sentence, told};
use schema::{Field, Kind, Schemas};
use serde_json::Value;
use values::Lang;

/// The act in the address.
const ACT: Parameter = Parameter { name: "act", place: "path", about: ("事项名称，如 case.accept", "name of the act"), kind: "string" };

/// What forms send beside the fields of an act.
const BESIDE: &[&str] = &["csrf", "request", "seen", "back", "fixed", "more"];

/// A form of an act.
pub struct ActForm {
    /// Name of the act.
    pub act: String,
    /// What it is called.
    pub title: String,
    /// The controls.
    pub nodes: Vec<Node>,
    /// Units that may be named.
    pub units: Vec<(String, String)>,
    /// Name of the request: asked twice, it is done once.
    pub request: String,
    /// Version of the record it is about, as it was seen; empty: none.
    pub seen: String,
    /// Where to go then; empty: here.
    pub back: String,
    /// Paths that are given.
    pub fixed: String,
    /// What cannot be read.
    pub wrong: Vec<Wrong>,
    /// Why it was refused.
    pub refused: Option<String>,
}

/// The page of an act for whoever works here.
#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    frame: Frame,
    form: ActForm,
    told: Option<String>,
}

/// The same for an enterprise.
#[derive(Template)]
#[template(path = "act_own.html")]
struct OwnActPage {
    frame: Frame,
    form: ActForm,
    told: Option<String>,
}

/// All acts of a role.
#[derive(Template)]
#[template(path = "acts.html")]
struct ActsPage {
    frame: Frame,
    /// What they are about, and of each its name and title.
    nouns: Vec<(&'static str, Vec<(&'static str, &'static str)>)>,
}

pub fn operations() -> Vec<Operation> {
    let mut parameters = vec![
        ACT,
        query("done", "已办理的请求", "the request that was done"),
        query("back", "办理后返回", "where to go then"),
        query("seen", "读取时的版本", "version as it was read"),
        query("fixed", "不再修改的字段", "fields that are given"),
    ];
    parameters.extend(words::names().map(|name| query(name, "预填", "filled in")));
    vec![
        page_of("/acts", "acts_page", ("全部事项", "All acts of the own role"), Who::SignedIn, all),
        Operation { parameters, ..page_of("/acts/{act}", "act_page", ("办理事项", "An act"), Who::SignedIn, ask) },
        Operation { parameters: vec![ACT], ..sent_to("/acts/{act}", "do_act", ("办理", "Do an act"), Who::SignedIn, carry_out) },
    ]
}

/// What acts are about.
const NOUNS: &[(&str, &str, &str)] = &[
    ("case", "案件", "Cases"),
    ("call", "申报批次", "Calls"),
    ("notice", "公示和异议", "Notices and objections"),
    ("payment", "拨付", "Payments"),
    ("determination", "审定更正", "Amendments"),
    ("instalment", "分期", "Instalments"),
    ("performance", "绩效", "Performance"),
    ("recovery", "线索和追回", "Leads and clawbacks"),
    ("matching", "免申即享", "Without application"),
    ("recognition", "认定", "Recognitions"),
    ("budget", "预算和资金池", "Budgets and pools"),
    ("document", "文书", "Documents"),
    ("policy", "政策", "Policies"),
    ("guide", "申报指南", "Guides"),
    ("history", "期初台账", "Old ledgers"),
    ("registry", "登记", "Registers"),
    ("calendar", "工作日历", "Calendar"),
    ("retention", "保存期限", "Keeping"),
    ("outbox", "消息", "Messages"),
    ("log", "日志", "Log"),
];

fn all<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let role = asked.seat()?.role;
        let of = |noun: &str| -> Vec<(&'static str, &'static str)> {
            let own = TABLE.iter().filter(|(act, _)| act.split('.').next() == Some(noun) && is_granted(act, role));
            own.map(|(act, _)| (*act, words::title(act, frame.lang()))).collect()
        };
        let nouns = NOUNS.iter().map(|(noun, zh, en)| (frame.pair(zh, en), of(noun))).filter(|(_, acts)| !acts.is_empty()).collect();
        shown(&ActsPage { nouns, frame })
    })
}

/// The fields of an act that the reader's role has. Errors: there is none of this name; not this role's.
fn fields_of(portal: &Portal, asked: &Asked<'_>) -> Result<(String, Vec<Field>), Problem> {
    let act = asked.path.get("act").cloned().unwrap_or_default();
    let fields = Schemas::of(&portal.description).fields(&act).ok_or_else(|| Problem::unknown("act", &act))?;
    if is_granted(&act, asked.seat()?.role) { Ok((act, fields)) } else { Err(Problem::denied()) }
}

/// An id for something that an act makes. Errors: no randomness.
pub fn fresh_id(portal: &Portal, begins: &str) -> Result<String, Problem> {
    let day = portal.clock.now().date().to_string().replace('-', "");
    Ok(format!("{begins}-{day}-{}", secret::fresh()?.get(..6).unwrap_or_default()))
}

/// Puts fresh ids where an act makes something, and nothing stands yet. Errors: no randomness.
pub fn freshen(portal: &Portal, fields: &[Field], at: &str, given: &mut Given) -> Result<(), Problem> {
    for field in fields {
        let path = joined(at, &field.name);
        match &field.kind {
            Kind::Group(parts) => freshen(portal, parts, &path, given)?,
            _ => {
                if let Some(begins) = words::fresh(&field.of, &field.name).filter(|_| field.needed && !given.contains_key(&path)) {
                    given.insert(path, fresh_id(portal, begins)?);
                }
            }
        }
    }
    Ok(())
}

/// The lists that records of a type are read from, to be changed in a form.
const KEPT_IN: &[(&str, &str)] = &[("User", "users"), ("Unit", "units"), ("OrganisationEntry", "organisations"), ("Shop", "shops"), ("Call", "calls")];

/// What stands in a form at first: what the address says, and where it names a record that the act changes, that record.
async fn first(portal: &Portal, asked: &Asked<'_>, fields: &[Field]) -> Result<Given, Problem> {
    let mut given = Given::new();
    for field in fields {
        let Some(value) = asked.query(&field.name) else { continue };
        let Kind::Group(parts) = &field.kind else {
            // One of several with more behind it: `case:ds2024-01`.
            match value.split_once(':').filter(|_| matches!(field.kind, Kind::Either(..))) {
                Some((name, more)) => {
                    given.insert(joined(&field.name, name), more.to_owned());
                    given.insert(field.name.clone(), name.to_owned());
                }
                None => drop(given.insert(field.name.clone(), value.to_owned())),
            }
            continue;
        };
        let list = parts.first().and_then(|part| KEPT_IN.iter().find(|(ty, _)| *ty == part.of)).and_then(|(_, list)| collection(list));
        if let Some(list) = list {
            let read = reading(portal, asked).await?.one(list, value).await?;
            fill(parts, &read.body, &field.name, &mut given);
        }
    }
    freshen(portal, fields, "", &mut given)?;
    Ok(given)
}

/// What was typed, as it stood in the form; several of one name are lines.
fn typed(asked: &Asked<'_>) -> Given {
    let mut given = Given::new();
    for (name, value) in form_urlencoded::parse(&asked.body).into_owned() {
        let value = value.replace("\r\n", "\n");
        given.entry(name).and_modify(|lines: &mut String| *lines = format!("{lines}\n{value}")).or_insert(value);
    }
    given
}

/// Units, for fields that name one.
pub async fn units(portal: &Portal) -> Result<Vec<(String, String)>, Problem> {
    let units: Vec<Unit> = portal.reading.begin().await?.every().await?;
    Ok(units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect())
}

/// Draws the form of an act.
pub fn drawn(frame: &Frame, act: &str, fields: &[Field], given: &Given, wrong: Vec<Wrong>) -> ActForm {
    let beside = |name: &str| given.get(name).cloned().unwrap_or_default();
    let fixed = beside("fixed");
    let paths: Vec<&str> = fixed.split(',').filter(|path| !path.is_empty()).collect();
    let mut drawing = Drawing { frame, given, fixed: &paths, wrong: &wrong, prefix: "", nodes: Vec::new() };
    drawing.fields(fields, "");
    let nodes = drawing.nodes;
    let title = words::title(act, frame.lang()).to_owned();
    let (request, seen) = (beside("request"), beside("seen"));
    let back = Some(beside("back")).filter(|back| is_ours(back)).unwrap_or_default();
    ActForm { act: act.to_owned(), title, nodes, units: Vec::new(), request, seen, back, fixed, wrong, refused: None }
}

fn page(frame: Frame, form: ActForm, told: Option<String>, status: StatusCode) -> Result<Answer, Problem> {
    let page = match frame.role {
        Some(Role::Applicant) => shown(&OwnActPage { frame, form, told })?,
        _ => shown(&ActPage { frame, form, told })?,
    };
    Ok(Answer { status, ..page })
}

fn ask<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let (act, fields) = fields_of(portal, asked)?;
        let mut given = first(portal, asked, &fields).await?;
        for name in ["back", "seen", "fixed"] {
            given.insert(name.to_owned(), asked.query(name).unwrap_or_default().to_owned());
        }
        given.insert("request".to_owned(), secret::fresh()?);
        let frame = Frame::new(portal, asked, "work");
        let told = told(&mut reading(portal, asked).await?, asked, &frame).await?;
        let form = ActForm { units: units(portal).await?, ..drawn(&frame, &act, &fields, &given, Vec::new()) };
        page(frame, form, told, StatusCode::OK)
    })
}

/// Pages that say what was done, so that nobody loses the place.
const TELL: &[&str] = &["/cases/", "/calls/", "/registers/", "/people", "/work"];

/// Where somebody goes after an act.
fn then(act: &str, request: &str, back: &str) -> String {
    let path = back.split(['?', '#']).next().unwrap_or_default();
    if !back.is_empty() && TELL.iter().any(|begins| path.starts_with(begins)) {
        // The place in a list that a case was opened from is kept.
        let place = back.split_once('?').map(|(_, query)| query).filter(|query| query.starts_with("at=") && path.starts_with("/cases/"));
        return place.map_or_else(|| format!("{path}?done={request}"), |place| format!("{path}?done={request}&{place}"));
    }
    let back = if back.is_empty() { String::new() } else { format!("&back={}", encoded(back)) };
    format!("/acts/{act}?done={request}{back}")
}

fn carry_out<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let (name, fields) = fields_of(portal, asked)?;
        let frame = Frame::new(portal, asked, "work");
        let mut given = typed(asked);
        if let Some(more) = given.remove("more") {
            let next = form::rows(&given, &more).last().map_or(1, |last| last + 1);
            given.insert(joined(&more, &next.to_string()), String::new());
            let form = ActForm { units: units(portal).await?, ..drawn(&frame, &name, &fields, &given, Vec::new()) };
            return page(frame, form, None, StatusCode::OK);
        }
        let (refused, wrong) = match read_back(&name, &fields, &given, frame.lang()) {
            Err(wrong) => (None, wrong),
            Ok(value) => match perform(portal, asked, &name, value, &given).await {
                Ok(request) => return Ok(go(&then(&name, &request, given.get("back").map(String::as_str).filter(|back| is_ours(back)).unwrap_or_default()))),
                Err(problem) => (Some(problem), Vec::new()),
            },
        };
        let mut form = ActForm { units: units(portal).await?, ..drawn(&frame, &name, &fields, &given, wrong) };
        // What was refused was not done: the same fields mended are another request.
        form.request = secret::fresh()?;
        form.refused = refused.as_ref().map(|problem| problem.words(frame.lang()).to_owned());
        let status = refused.as_ref().map_or(StatusCode::UNPROCESSABLE_ENTITY, |problem| problem.status);
        page(frame, form, None, status)
    })
}

/// What was typed as the fields of an act. Errors: what cannot be read.
fn read_back(act: &str, fields: &[Field], given: &Given, lang: Lang) -> Result<Value, Vec<Wrong>> {
    let fields_given: Given = given.iter().filter(|(name, _)| !BESIDE.contains(&name.as_str())).map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut reading = form::Reading { given: &fields_given, lang, wrong: Vec::new() };
    let mut value = reading.object(fields, "");
    // A call begins as a draft: it has no other beginning.
    if act == "call.prepare"
        && let Some(call) = value.get_mut("call").and_then(Value::as_object_mut)
    {
        call.entry("stage").or_insert_with(|| "draft".into());
    }
    if reading.wrong.is_empty() { Ok(value) } else { Err(reading.wrong) }
}

/// Does the act, once for the request of the form; which request that was. Errors: as the act.
async fn perform(portal: &Portal, asked: &Asked<'_>, name: &str, fields: Value, given: &Given) -> Result<String, Problem> {
    let seat = asked.seat()?;
    let act: Act = act_of(name, fields)?;
    let key = given.get("request").filter(|key| !key.is_empty()).cloned().map_or_else(secret::fresh, Ok)?;
    let request = RequestId::parse(&key).map_err(|why| Problem::malformed("请求编号有误", why.to_string()))?;
    let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
    let seen = given.get("seen").and_then(|seen| seen.parse().ok());
    crate::platform::check_start(portal, asked, &act).await?;
    portal.office.perform_on(&context, &act, seen).await.map_err(|stop| match stop {
        office::Stop::Refused(casework::Refusal::Denied) => Problem::unknown("record", ""),
        stop => stop.into(),
    })?;
    Ok(key)
}

/// For tests: the fields of an act put into its form and read back. Errors: the words of what cannot be read.
pub fn there_and_back(description: &Value, act: &str, fields: &Value) -> Result<Value, String> {
    let form = Schemas::of(description).fields(act).ok_or_else(|| format!("there is no form of {act}"))?;
    let mut given = Given::new();
    fill(&form, fields, "", &mut given);
    read_back(act, &form, &given, Lang::En).map_err(|wrong| wrong.iter().map(|wrong| format!("{}: {}", wrong.path, wrong.words)).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests;
