//! Lists and single records over HTTP, as far as whoever asks may see them (`office::reading`).

use crate::Portal;
use crate::operation::{About, Answer, Answering, Asked, ID, Operation, Parameter, Payload, Who, operation, query};
use crate::problem::Problem;
use axum::http::{Method, header};
use casework::call::Call;
use office::reading::{COLLECTIONS, Collection, Read, Reader, Reading, Wanted};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use values::Date;

/// Most records of a page.
pub const LIMIT_MAX: i64 = 200;

/// Who has a case, and until when.
#[derive(Serialize, JsonSchema)]
struct Status {
    /// State in plain words.
    label: String,
    /// What happens now and what the reader has to do.
    note: String,
    /// Units that have it, or `applicant`, `bank`; empty: nobody.
    holders: Vec<String>,
    /// Last day of what is waited for.
    until: Option<Date>,
    /// Whether that day rests on a calendar that is not out yet.
    provisional: bool,
    /// How much time is left, in words.
    left: Option<String>,
}

/// A list and a single record for each collection, and where a case stands.
pub fn operations() -> Vec<Operation> {
    let mut all: Vec<Operation> = COLLECTIONS.iter().flat_map(of).collect();
    all.push(Operation {
        parameters: vec![ID],
        gives: (200, Payload::Json(|generator| generator.subschema_for::<Status>())),
        ..operation(
            Method::GET,
            "/api/v1/cases/{id}/status",
            "case_status",
            "records",
            ("案件办理状态：谁在办、何时到期", "Where a case stands: who has it, until when"),
            Who::SignedIn,
            status,
        )
    });
    all
}

fn of(collection: &'static Collection) -> [Operation; 2] {
    let meaning = collection.kind().map_or("", |kind| kind.table.meaning);
    let path = format!("/api/v1/{}", collection.name);
    let id = collection.name.replace('-', "_");
    let mut parameters =
        vec![query("after", "从此编号之后开始", "begin after this id"), query("limit", "每页条数，最多 200", "records of a page, at most 200")];
    parameters.extend(filters_of(collection));
    let list = (format!("{meaning}列表"), format!("List of {}", collection.name));
    let single = (meaning.to_owned(), format!("One of {}", collection.name));
    [
        Operation {
            parameters,
            gives: (200, Payload::Page),
            about: About::Collection(collection),
            ..operation(Method::GET, &path, &format!("list_{id}"), "records", (&list.0, &list.1), Who::SignedIn, page)
        },
        Operation {
            parameters: vec![ID],
            gives: (200, Payload::Record),
            about: About::Collection(collection),
            ..operation(Method::GET, &format!("{path}/{{id}}"), &format!("read_{id}"), "records", (&single.0, &single.1), Who::SignedIn, one)
        },
    ]
}

/// The filters of a collection: the columns of its table.
pub fn filters_of(collection: &Collection) -> impl Iterator<Item = Parameter> {
    let columns = collection.kind().map_or(&[][..], |kind| kind.table.columns);
    columns.iter().map(|column| query(column.name, "只看此值", column.meaning))
}

pub fn reader(asked: &Asked<'_>) -> Result<Reader, Problem> {
    let seat = asked.seat()?;
    Ok(Reader { user: seat.user.clone(), role: seat.role })
}

/// Lets whoever asks read. Errors: nobody is signed in, or not in this role any more.
pub async fn reading<'a>(portal: &'a Portal, asked: &Asked<'_>) -> Result<Reading<'a>, Problem> {
    Ok(portal.office.reading(&portal.reading, &reader(asked)?).await?)
}

pub fn subject(asked: &Asked<'_>) -> Result<&'static Collection, Problem> {
    let About::Collection(collection) = asked.operation.about else { return Err(Problem::unknown("collection", &asked.operation.id)) };
    Ok(collection)
}

fn written(read: &Read) -> Value {
    json!({ "id": read.id, "version": read.version, "record": read.body })
}

fn page<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let limit = usize::try_from(asked.number("limit", 50, 1, LIMIT_MAX)?).unwrap_or(1);
        let filters = asked.query.iter().filter(|(name, _)| !matches!(name.as_str(), "after" | "limit"));
        let filters: Vec<(&str, &str)> = filters.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        crate::filter::check(subject(asked)?, &filters)?;
        let wanted = Wanted { filters, after: asked.query("after").unwrap_or_default(), limit };
        let page = portal.office.page(&portal.reading, &reader(asked)?, subject(asked)?, &wanted).await?;
        Answer::ok(&json!({ "records": page.records.iter().map(written).collect::<Vec<_>>(), "next": page.next }))
    })
}

fn one<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let read = portal.office.one(&portal.reading, &reader(asked)?, subject(asked)?, asked.id()).await?;
        Ok(Answer::ok(&written(&read))?.with(header::ETAG, &format!("\"{}\"", read.version)))
    })
}

fn status<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let mut reading = reading(portal, asked).await?;
        let case = reading.case(asked.id()).await?;
        let call: Option<Call> = reading.work.peek(case.call.as_str()).await?;
        let call = call.ok_or_else(|| Problem::unknown("call", case.call.as_str()))?;
        let calendar = reading.calendar().await?;
        let today = portal.clock.now().date();
        let shown = match reading.role() {
            casework::people::Role::Applicant => case.seen_by_applicant(&call, &calendar, today),
            _ => case.seen_by_officers(&call, &calendar, today),
        };
        use casework::case::Holder;
        let holders = match shown.holder {
            Holder::Applicant => vec!["applicant".to_owned()],
            Holder::Unit(unit, _) => vec![unit.to_string()],
            Holder::Units(units) => units.iter().map(ToString::to_string).collect(),
            Holder::Bank => vec!["bank".to_owned()],
            Holder::Nobody => Vec::new(),
        };
        Answer::ok(&Status {
            label: shown.status.label.get(asked.language).to_owned(),
            note: shown.status.note.get(asked.language).to_owned(),
            holders,
            until: shown.until,
            provisional: shown.provisional,
            left: shown.left.map(|left| left.words().get(asked.language).to_owned()),
        })
    })
}
