//! Two versions of an application side by side: as handed in, after the correction, as determined. What differs is marked.

use super::{facts, known, rules};
use crate::Portal;
use crate::operation::{Answering, Asked, ID, Operation, query};
use crate::pages::acts::words;
use crate::pages::frame::Frame;
use crate::pages::who::People;
use crate::pages::work::HANDLERS;
use crate::pages::{page_of, shown};
use crate::records::reading;
use askama::Template;
use office::reading::handling::Edition;
use policy::scheme::Scheme;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use values::Lang;

/// The page.
#[derive(Template)]
#[template(path = "versions.html")]
struct Versions {
    frame: Frame,
    case: String,
    /// Number, words, whether it stands left, whether right.
    editions: Vec<(usize, String, bool, bool)>,
    left: String,
    right: String,
    rows: Vec<Row>,
    differ: usize,
    only: bool,
}

/// A part of an application in both.
struct Row {
    name: String,
    left: String,
    right: String,
    differs: bool,
}

pub fn operations() -> Vec<Operation> {
    let parameters = vec![
        ID,
        query("left", "左侧版本序号", "number of the version on the left"),
        query("right", "右侧版本序号", "on the right"),
        query("only", "yes：只看不同", "yes: only what differs"),
    ];
    vec![Operation {
        parameters, ..page_of("/cases/{id}/versions", "case_versions", ("申报版本对照", "Two versions of an application"), HANDLERS, versions)
    }]
}

/// All that stands in an application, by name: facts, then the other parts, then the papers.
fn parts(scheme: &Scheme, edition: &Edition, lang: Lang) -> BTreeMap<(u8, String), String> {
    let mut out = BTreeMap::new();
    let facts = edition.application.get("facts").and_then(Value::as_object);
    for (name, value) in facts.into_iter().flatten() {
        out.insert((0, name.clone()), whole(scheme, name, value, lang));
    }
    // What the office adds when it computes is no part of what was handed in.
    let own = edition.application.as_object().into_iter().flatten();
    for (name, value) in own.filter(|(name, _)| !matches!(name.as_str(), "facts" | "id" | "history" | "decisions" | "places" | "rates" | "clauses")) {
        match (name.as_str(), value) {
            ("applicant", Value::Object(applicant)) => {
                out.extend(applicant.iter().map(|(part, value)| ((1, of_applicant(part, lang)), of_kind(part, text(value), lang))))
            }
            ("year", year) => drop(out.insert((1, words::label("Application", name, lang).to_owned()), text(year))),
            _ => drop(out.insert((1, words::label("Application", name, lang).to_owned()), whole(scheme, name, value, lang))),
        }
    }
    for paper in &edition.evidence {
        out.insert((2, paper.name.clone()), format!("{}　{}", paper.facts.join("、"), paper.digest.to_string().chars().take(8).collect::<String>()));
    }
    out
}

/// What a part of the applicant is called.
fn of_applicant(part: &str, lang: Lang) -> String {
    let (zh, en) = match part {
        "name" => ("申报人名称", "Name of the applicant"),
        "kind" => ("申报人类型", "Kind of applicant"),
        "uscc" => ("统一社会信用代码", "Credit code"),
        other => (other, other),
    };
    if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
}

/// The kind of an applicant is a word of the office; all else stays as it was handed in.
fn of_kind(part: &str, value: String, lang: Lang) -> String {
    if part == "kind" { crate::pages::terms::said(&value, lang) } else { value }
}

/// A name or a year as it stands.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value with all that is in it: lists are compared by their content.
fn whole(scheme: &Scheme, name: &str, value: &Value, lang: Lang) -> String {
    match value {
        Value::Array(list) if !list.is_empty() => list.iter().map(|one| facts::written(scheme, "", one, lang)).collect::<Vec<_>>().join("\n"),
        _ => facts::written(scheme, name, value, lang),
    }
}

fn versions<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let known = known(&mut reading(portal, asked).await?, asked.id()).await?;
        let loaded = rules(portal, asked, &known).await?;
        let mut reading = reading(portal, asked).await?;
        let editions = reading.editions(&known.case).await?;
        let people = People::of(&mut reading, editions.iter().map(|edition| edition.by.as_str()).collect()).await?;
        drop(reading);
        let last = editions.len().saturating_sub(1);
        let chosen = |name: &str, default: usize| asked.query(name).and_then(|number| number.parse().ok()).filter(|number| *number <= last).unwrap_or(default);
        let (at_left, at_right) = (chosen("left", last.saturating_sub(1)), chosen("right", last));
        let words_of = |edition: &Edition| format!("{} {} {}", words::title(&edition.act, frame.lang()), edition.at.date(), people.bare(edition.by.as_str()));
        let side = |at: usize| editions.get(at).map(|edition| (words_of(edition), parts(&loaded.scheme, edition, frame.lang()))).unwrap_or_default();
        let ((left, a), (right, b)) = (side(at_left), side(at_right));
        let only = asked.query("only") == Some("yes");
        let names: BTreeSet<&(u8, String)> = a.keys().chain(b.keys()).collect();
        let row = |name: &(u8, String)| {
            let of = |all: &BTreeMap<(u8, String), String>| all.get(name).cloned();
            let (left, right) = (of(&a), of(&b));
            Row { name: name.1.clone(), differs: left != right, left: left.unwrap_or_default(), right: right.unwrap_or_default() }
        };
        let rows: Vec<Row> = names.into_iter().map(row).collect();
        let differ = rows.iter().filter(|row| row.differs).count();
        let listed = editions.iter().enumerate().map(|(at, edition)| (at, words_of(edition), at == at_left, at == at_right)).collect();
        let rows = rows.into_iter().filter(|row| !only || row.differs).collect();
        shown(&Versions { case: known.case.id.to_string(), editions: listed, left, right, rows, differ, only, frame })
    })
}
