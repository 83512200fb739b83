//! A determination: what was frozen in it, each amount explained to the words of its clause, what took its place, and what the
//! register and the rules say otherwise today. Nothing decided follows from a difference; it is only shown.

use super::book::Line;
use super::why::Why;
use super::{OFFICE, Section, yuan};
use crate::Portal;
use crate::operation::{Answering, Asked, ID, Operation};
use crate::pages::frame::Frame;
use crate::pages::who::People;
use crate::pages::{page_of, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::Key;
use casework::case::Case;
use casework::determination::Determination;
use casework::organisation::{Changed, Organisation};
use casework::people::Role;
use office::reading::{Reading, collection};
use serde_json::Value;
use store::work::Entries;

/// The page.
#[derive(Template)]
#[template(path = "determination.html")]
struct DeterminationPage {
    frame: Frame,
    section: Section,
    id: String,
    case: String,
    organisation: (String, String),
    year: i32,
    by: String,
    at: String,
    policy: (String, String),
    scheme_hash: String,
    differs: Option<String>,
    total: String,
    awards: Vec<Why>,
    facts: Vec<(String, String)>,
    evidence: Vec<String>,
    /// The one whose place it takes, and the one that took its place.
    before: Option<String>,
    after: Option<String>,
    /// What the register says otherwise; none: no register was frozen.
    register: Option<Vec<Difference>>,
    /// A later version of the rules by which the case would be judged today.
    newer: Option<(String, String)>,
    entries: Vec<Line>,
}

/// A thing that is another today.
struct Difference {
    what: String,
    frozen: String,
    now: String,
}

pub fn operations() -> Vec<Operation> {
    vec![Operation { parameters: vec![ID], ..page_of("/determinations/{id}", "determination_page", ("审定", "A determination"), OFFICE, determination) }]
}

/// Facts as they stand in an application: names and values, what is inside of others behind a dot.
fn facts(application: &str) -> Vec<(String, String)> {
    let Ok(Value::Object(all)) = serde_json::from_str::<Value>(application) else { return Vec::new() };
    let plain = |value: &Value| match value {
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Null => "不清楚".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut rows: Vec<(String, String)> = Vec::new();
    for (name, value) in all.get("facts").and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Object(inner) => rows.extend(inner.iter().map(|(part, value)| (format!("{name}（{part}）"), plain(value)))),
            value => rows.push((name.clone(), plain(value))),
        }
    }
    // What says something comes before what is denied.
    rows.sort_by_key(|(_, value)| matches!(value.as_str(), "否" | "[]" | "不清楚"));
    rows
}

fn what(changed: &Changed, frame: &Frame) -> String {
    match changed.what.as_str() {
        "name" => frame.w("名称", "Name").to_owned(),
        "credit_code" => frame.w("统一社会信用代码", "Credit code").to_owned(),
        "aliases" => frame.w("曾用名", "Other names").to_owned(),
        "account" => frame.w("收款账户", "Account").to_owned(),
        other => other.replace("shop", frame.w("网店", "Shop")),
    }
}

/// Accounts are for finance.
fn difference(changed: Changed, role: Role, frame: &Frame) -> Difference {
    let what = what(&changed, frame);
    if changed.what == "account" && role != Role::Finance {
        let hidden = frame.w("仅财政可见", "for finance alone").to_owned();
        return Difference { what, frozen: hidden.clone(), now: hidden };
    }
    Difference { what, frozen: changed.frozen, now: changed.now }
}

/// A determination that the reader sees, whole. Errors: unknown.
async fn seen(reading: &mut Reading<'_>, id: &str) -> Result<(Determination, Case), Problem> {
    let unknown = || Problem::unknown("determination", id);
    let determinations = collection("determinations").ok_or_else(unknown)?;
    reading.one(determinations, id).await?;
    let determination: Determination = reading.work.peek(id).await?.ok_or_else(unknown)?;
    let case = reading.case(determination.case.as_str()).await?;
    Ok((determination, case))
}

fn determination<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let mut reading = reading(portal, asked).await?;
        let (determination, case) = seen(&mut reading, asked.id()).await?;
        let proven = portal.office.proven(&mut reading.work, &determination).await?;
        let frame = Frame::new(portal, asked, "work");
        let lang = frame.lang();
        let organisation: Option<Organisation> = reading.work.peek(determination.organisation.as_str()).await?;
        let register = portal.office.register_since(&mut reading.work, &determination).await?;
        let role = reading.role();
        let people = People::of(&mut reading, vec![determination.by.as_str()]).await?;
        let register = register.map(|changed| changed.into_iter().map(|one| difference(one, role, &frame)).collect());
        let of_case: Vec<Determination> = reading.work.list("case_id", &Key::from(case.id.as_str())).await?;
        let after = of_case.iter().find(|other| other.supersedes.as_ref() == Some(&determination.id)).map(|other| other.id.to_string());
        let newer = match &proven.loaded {
            Some(applied) => portal.office.newer(&mut reading.work, applied, portal.clock.now().date()).await?,
            None => None,
        };
        let newer = newer.map(|one| (one.version.id.to_string(), one.scheme.policy.title.clone()));
        let mut entries = reading.work.entries(&Entries::Case(case.id.clone())).await?;
        entries.retain(|entry| entry.determination.as_ref() == Some(&determination.id));
        let title = proven.loaded.as_ref().map(|loaded| loaded.scheme.policy.title.clone()).unwrap_or_default();
        shown(&DeterminationPage {
            section: Section::at("", asked),
            id: determination.id.to_string(),
            case: case.id.to_string(),
            organisation: (determination.organisation.to_string(), organisation.map(|of| of.name).unwrap_or_default()),
            year: determination.year,
            by: people.name(determination.by.as_str()).to_owned(),
            at: determination.at.date().to_string(),
            policy: (determination.version.to_string(), title),
            scheme_hash: determination.scheme_hash.clone(),
            differs: proven.differs.clone(),
            total: determination.total().map(yuan).unwrap_or_default(),
            awards: determination.awards.iter().map(|award| Why::of(&proven, &determination, &award.clause, &frame)).collect(),
            facts: facts(&determination.application),
            evidence: determination.evidence.iter().map(ToString::to_string).collect(),
            before: determination.supersedes.as_ref().map(ToString::to_string),
            after,
            register,
            newer,
            entries: entries.iter().map(|entry| Line::of(entry, None, lang)).collect(),
            frame,
        })
    })
}
