//! What may be forgotten now, before anybody does it: drafts that were never handed in, enterprises whose contacts have been kept
//! long enough. The forgetting itself is acts of the office.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Payload, Who, operation, query};
use axum::http::Method;
use casework::people::Role;
use casework::retention::{OldContacts, OldDraft, Retention};
use schemars::JsonSchema;
use serde::Serialize;

/// Enterprises of the register that are looked at for one page.
const PAGE: i64 = 200;

/// What may be forgotten.
#[derive(Serialize, JsonSchema)]
struct Old {
    /// How long what is kept; none: nothing is forgotten before periods are set.
    periods: Option<Retention>,
    /// Drafts of the reader's calls (`retention.empty_draft`); of all calls for an auditor.
    drafts: Vec<OldDraft>,
    /// Enterprises of this page (`retention.forget_contacts`).
    contacts: Vec<OldContacts>,
    /// Where the next page of enterprises begins; none: this was the last.
    next: Option<String>,
}

/// What can be asked here.
pub fn operations() -> Vec<Operation> {
    vec![Operation {
        parameters: vec![query("after", "上一页返回的 next", "`next` of the page before")],
        gives: (200, Payload::Json(|generator| generator.subschema_for::<Old>())),
        ..operation(
            Method::GET,
            "/api/v1/retention",
            "retention",
            "people",
            ("保存期满、可以清除的内容（只列出，不清除）", "What has been kept long enough to be forgotten; nothing is changed"),
            Who::Roles(&[Role::Administrator, Role::Leader, Role::Auditor]),
            old,
        )
    }]
}

fn old<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let today = portal.clock.now().date();
        let Some(periods) = portal.office.periods(&portal.reading).await? else {
            return Answer::ok(&Old { periods: None, drafts: Vec::new(), contacts: Vec::new(), next: None });
        };
        let drafts = match seat.role {
            Role::Auditor => portal.office.old_drafts(&portal.reading, today, None).await?,
            Role::Leader => match portal.person(seat.user.as_str()).await?.and_then(|person| person.unit) {
                Some(unit) => portal.office.old_drafts(&portal.reading, today, Some(&unit)).await?,
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        let (contacts, next) = match seat.role {
            Role::Administrator | Role::Auditor => portal.office.old_contacts(&portal.reading, today, asked.query("after").unwrap_or_default(), PAGE).await?,
            _ => (Vec::new(), None),
        };
        Answer::ok(&Old { periods: Some(periods), drafts, contacts, next })
    })
}
