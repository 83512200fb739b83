//! What happened, in order, for other systems: they ask for what came after the last event they have. What was asked for in
//! an act is not told: who wants the thing reads it, as far as the reader may.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Payload, Who, operation, query};
use axum::http::Method;
use casework::chain::Event;
use casework::people::Role;
use schemars::JsonSchema;
use serde::Serialize;
use store::StoreError;
use values::Moment;

/// An event as other systems hear of it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Told {
    /// Position: 1, 2, 3 …
    seq: i64,
    /// When.
    at: Moment,
    /// Which act.
    act: String,
    /// What it was done to.
    subject: String,
    /// Fingerprint of the event in the log.
    fingerprint: String,
}

impl From<Event> for Told {
    fn from(event: Event) -> Self {
        Self { seq: event.seq, at: event.at, act: event.act, subject: event.subject, fingerprint: event.fingerprint.to_string() }
    }
}

/// Events after a position, for the outside: each is on the disk before it is told. PostgreSQL shows an act to others a little
/// before that, and nobody could call it back who was told of an act that a power cut undid.
pub(crate) async fn happened(portal: &Portal, after: i64, at_most: i64) -> Result<Vec<Event>, StoreError> {
    let events = portal.reading.begin().await?.events(after, at_most).await?;
    if !events.is_empty() {
        portal.office.store().on_disk().await?;
    }
    Ok(events)
}

/// What can be asked of the feed.
pub fn operations() -> Vec<Operation> {
    vec![Operation {
        parameters: vec![
            query("after", "上次收到的最后一个事件序号", "position of the last event that was received"),
            query("limit", "最多几条，至多 1000", "how many at most, up to 1000"),
        ],
        gives: (200, Payload::Json(|generator| generator.subschema_for::<Vec<Told>>())),
        ..operation(
            Method::GET,
            "/api/v1/events",
            "events",
            "events",
            ("事件流", "What happened, in order"),
            Who::Roles(&[Role::Auditor, Role::Service]),
            events,
        )
    }]
}

fn events<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let after = asked.number("after", 0, 0, i64::MAX)?;
        let limit = asked.number("limit", 100, 1, 1000)?;
        let events = happened(portal, after, limit).await?;
        Answer::ok(&events.into_iter().map(Told::from).collect::<Vec<_>>())
    })
}
