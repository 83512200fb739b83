//! 查找: cases by the beginning of their id, enterprises by the beginning of id, credit code or name, calls by the beginning of their
//! id; a few of each. What is found is what the reader may see.

use super::acts::words;
use super::frame::Frame;
use super::market::encoded;
use super::registers::home_of;
use super::work::OFFICERS;
use super::{go, page_of, shown};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, query};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use office::reading::{Read, Reading};
use std::collections::BTreeSet;

/// The page.
#[derive(Template)]
#[template(path = "find.html")]
struct Find {
    frame: Frame,
    q: String,
    groups: Vec<(&'static str, Vec<Hit>)>,
    found: usize,
}

/// Something that was found.
struct Hit {
    href: String,
    id: String,
    what: String,
}

/// So many of each.
const EACH: usize = 15;

pub fn operations() -> Vec<Operation> {
    let parameters = vec![query("q", "案号、企业编号、信用代码或名称的开头", "the beginning of an id, credit code or name")];
    vec![Operation { parameters, ..page_of("/find", "find", ("查找", "Find"), OFFICERS, find) }]
}

fn text<'r>(read: &'r Read, name: &str) -> &'r str {
    read.body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// Enterprises by the beginning of id, credit code or name; each once.
async fn firms(reading: &mut Reading<'_>, q: &str) -> Result<Vec<Read>, Problem> {
    let mut out = reading.beginning("organisations", "id", q, EACH).await?;
    out.extend(reading.beginning("organisations", "credit_code", &q.to_ascii_uppercase(), EACH).await?);
    if q.chars().count() >= 2 && !q.is_ascii() {
        out.extend(reading.firms_named(q, EACH).await?);
    }
    let mut seen = BTreeSet::new();
    out.retain(|read| seen.insert(read.id.clone()));
    out.truncate(EACH);
    Ok(out)
}

fn find<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let q: String = asked.query("q").unwrap_or_default().trim().chars().take(60).collect();
        if q.is_empty() {
            return shown(&Find { q, groups: Vec::new(), found: 0, frame });
        }
        let mut reading = reading(portal, asked).await?;
        let cases = reading.beginning("cases", "id", &q, EACH).await?;
        // Who types a whole case number wants the case.
        if cases.iter().any(|read| read.id == q) {
            return Ok(go(&format!("/cases/{}", encoded(&q))));
        }
        let case = |read: &Read| {
            let stage = read.body.get("stage").cloned().and_then(|stage| serde_json::from_value::<casework::case::Stage>(stage).ok());
            let stage = stage.map_or("", |stage| words::value("Stage", stage.name(), frame.lang()));
            Hit { href: home_of("cases", &read.id), id: read.id.clone(), what: format!("{stage}　{}", text(read, "organisation")) }
        };
        let of_cases: Vec<Hit> = cases.iter().map(case).collect();
        let firm = |read: &Read| Hit {
            href: home_of("organisations", &read.id),
            id: text(read, "name").to_owned(),
            what: format!("{}　{}", read.id, text(read, "credit_code")),
        };
        let of_firms: Vec<Hit> = firms(&mut reading, &q).await?.iter().map(firm).collect();
        let call = |read: &Read| Hit { href: home_of("calls", &read.id), id: text(read, "title").to_owned(), what: read.id.clone() };
        let of_calls: Vec<Hit> = reading.beginning("calls", "id", &q, EACH).await?.iter().map(call).collect();
        let groups = vec![(frame.pair("案件", "Cases"), of_cases), (frame.pair("企业", "Enterprises"), of_firms), (frame.pair("批次", "Calls"), of_calls)];
        let groups: Vec<_> = groups.into_iter().filter(|(_, hits)| !hits.is_empty()).collect();
        let found = groups.iter().map(|(_, hits)| hits.len()).sum();
        shown(&Find { q, groups, found, frame })
    })
}
