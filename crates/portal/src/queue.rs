//! The queue over HTTP (待办、超时): what waits, for whom, since when and until when; what ends first comes first.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::{LIMIT_MAX, reading};
use axum::http::Method;
use casework::people::Role;
use office::queue::{Waiting, Whose};
use schemars::JsonSchema;
use serde::Serialize;
use values::{Date, Lang, WorkCalendar};

/// Something that waits.
#[derive(Serialize, JsonSchema)]
struct Item {
    /// Collection of the record that waits: where to read it.
    collection: &'static str,
    /// Its id.
    id: String,
    /// What it waits for: the stage of a case, the state of another thing, the act that confirms a motion.
    step: &'static str,
    /// The case it is about.
    case: Option<String>,
    /// The enterprise it is about.
    organisation: Option<String>,
    /// Roles that can go on with it; empty: the bank.
    roles: Vec<Role>,
    /// Units whose people that are; empty: of every unit, or of the enterprise.
    units: Vec<String>,
    /// Since when.
    since: Option<Date>,
    /// Its last day.
    until: Option<Date>,
    /// Whether that day rests on a calendar that is not out yet.
    provisional: bool,
    /// Whether its last day is over.
    overdue: bool,
    /// How much time is left, in words.
    left: Option<String>,
}

/// A page of a queue.
#[derive(Serialize, JsonSchema)]
struct QueuePage {
    /// What waits, what ends first before the others.
    items: Vec<Item>,
    /// What `after` is for the next page; null: this was the last.
    next: Option<String>,
    /// How much waits in all.
    waiting: usize,
    /// How much of it is overdue.
    overdue: usize,
}

/// What can be asked of the queue.
pub fn operations() -> Vec<Operation> {
    vec![Operation {
        parameters: vec![
            query("of", "mine（默认）：待本人办理；seen：本人可见的全部", "mine (unless said otherwise): what waits for me; seen: all that I see"),
            query("overdue", "yes：只看超时", "yes: only what is overdue"),
            query("after", "上一页给出的 next", "what the page before gave as next"),
            query("limit", "每页条数，最多 200", "items of a page, at most 200"),
        ],
        gives: (200, Payload::Json(|generator| generator.subschema_for::<QueuePage>())),
        ..operation(
            Method::GET,
            "/api/v1/queue",
            "queue",
            "records",
            ("待办与超时：等谁办、自何时、到何时", "What waits: for whom, since when, until when"),
            Who::SignedIn,
            queue,
        )
    }]
}

fn item(waiting: &Waiting, calendar: &WorkCalendar, today: Date, language: Lang) -> Item {
    Item {
        collection: waiting.collection,
        id: waiting.id.clone(),
        step: waiting.step,
        case: waiting.case.as_ref().map(ToString::to_string),
        organisation: waiting.organisation.as_ref().map(ToString::to_string),
        roles: waiting.roles.clone(),
        units: waiting.units.iter().map(ToString::to_string).collect(),
        since: waiting.since,
        until: waiting.until,
        provisional: waiting.provisional,
        overdue: waiting.is_over(today),
        left: waiting.left(calendar, today).map(|left| left.words().get(language).to_owned()),
    }
}

fn queue<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let limit = usize::try_from(asked.number("limit", 50, 1, LIMIT_MAX)?).unwrap_or(1);
        let whose = match asked.query("of").unwrap_or("mine") {
            "mine" => Whose::Mine,
            "seen" => Whose::Seen,
            _ => return Err(Problem::malformed("of 应为 mine 或 seen", "of must be mine or seen")),
        };
        let only_overdue = match asked.query("overdue") {
            None | Some("no") => false,
            Some("yes") => true,
            Some(_) => return Err(Problem::malformed("overdue 应为 yes 或 no", "overdue must be yes or no")),
        };
        let after = asked.query("after").unwrap_or_default();
        let today = portal.clock.now().date();
        let mut reading = reading(portal, asked).await?;
        let found = reading.queue(whose).await?;
        let calendar = reading.calendar().await?;
        let overdue = found.waiting.iter().filter(|waiting| waiting.is_over(today)).count();
        let wanted = found.waiting.iter().map(AsRef::as_ref).filter(|waiting| !only_overdue || waiting.is_over(today));
        let rest: Vec<&Waiting> = wanted.filter(|waiting| after.is_empty() || waiting.place().as_str() > after).collect();
        let shown: Vec<&Waiting> = rest.iter().take(limit).copied().collect();
        let next = shown.last().filter(|_| rest.len() > limit).map(|last| last.place());
        let items = shown.into_iter().map(|waiting| item(waiting, &calendar, today, asked.language)).collect();
        Answer::ok(&QueuePage { items, next, waiting: found.waiting.len(), overdue })
    })
}
