//! What happened, in order, for other systems: they ask for what came after the last event they have. What was asked for in
//! an act is not told: who wants the thing reads it, as far as the reader may.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Payload, Who, operation, query};
use axum::http::Method;
use casework::people::Role;
use schemars::JsonSchema;
use serde::Serialize;
use values::Moment;

/// An event as other systems hear of it.
#[derive(Serialize, JsonSchema)]
struct Told {
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
        let events = portal.reading.begin().await?.events(after, limit).await?;
        let told = events.into_iter().map(|event| Told {
            seq: event.seq,
            at: event.at,
            act: event.act,
            subject: event.subject,
            fingerprint: event.fingerprint.to_string(),
        });
        Answer::ok(&told.collect::<Vec<_>>())
    })
}
