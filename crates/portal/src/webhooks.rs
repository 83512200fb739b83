//! Other systems that want to be told of acts: set up, listed, paused, taken away. What they hear and how it is sent is in
//! `delivery`; whoever may set one up hears of every act, but only which act, when and to what.

use crate::delivery::{address, goes_out};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation};
use crate::problem::Problem;
use crate::{Portal, secret};
use axum::http::{Method, StatusCode};
use casework::authority::TABLE;
use casework::people::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::service::Webhook;

/// Who may have listeners.
pub(crate) const KEEPERS: &[Role] = &[Role::Administrator, Role::Service];
/// Listeners a person may have.
const LISTENERS_MAX: usize = 20;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Where to: `https://…` or `http://…`.
    url: String,
    /// Names of acts; empty: all.
    #[serde(default)]
    acts: Vec<String>,
    /// Position of the last event it has already; none: it hears of what comes from now on.
    #[serde(default)]
    after: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Switch {
    /// Whether it is told.
    active: bool,
}

/// A listener.
#[derive(Serialize, JsonSchema)]
struct Listener {
    /// Id.
    id: String,
    /// Who set it up.
    user: String,
    /// Where to.
    url: String,
    /// Names of acts; empty: all.
    acts: Vec<String>,
    /// Position of the last event that arrived.
    delivered: i64,
    /// Failures in a row.
    failures: i64,
    /// Not tried before this time, in seconds since 1970.
    next_try: i64,
    /// Whether it is told.
    active: bool,
    /// What went wrong last; empty: nothing.
    trouble: String,
    /// Key of the signature: shown once, when the listener is set up.
    secret: Option<String>,
}

impl Listener {
    fn of(row: Webhook, secret: Option<String>) -> Self {
        Self {
            id: row.id,
            user: row.user_id,
            url: row.url,
            acts: names(&row.acts),
            delivered: row.delivered,
            failures: row.failures,
            next_try: row.next_try,
            active: row.active == 1,
            trouble: row.trouble,
            secret,
        }
    }
}

/// Names of acts as they are kept.
pub(crate) fn names(kept: &str) -> Vec<String> {
    kept.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// What can be asked of listeners.
pub fn operations() -> Vec<Operation> {
    let with = |method, path: &str, id: &str, words, run| operation(method, path, id, "events", words, Who::Roles(KEEPERS), run);
    let (all, one) = ("/api/v1/webhooks", "/api/v1/webhooks/{id}");
    vec![
        Operation {
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Vec<Listener>>())),
            ..with(Method::GET, all, "webhooks", ("推送列表", "Systems that are told of acts"), list)
        },
        Operation {
            takes: Payload::Json(|generator| generator.subschema_for::<Wanted>()),
            gives: (201, Payload::Json(|generator| generator.subschema_for::<Listener>())),
            ..with(Method::POST, all, "new_webhook", ("新增推送", "Set up a system that is told of acts"), add)
        },
        Operation {
            parameters: vec![ID],
            takes: Payload::Json(|generator| generator.subschema_for::<Switch>()),
            gives: (204, Payload::Nothing),
            ..with(Method::PATCH, one, "switch_webhook", ("暂停或恢复推送", "Pause a listener, or let it go on"), switch)
        },
        Operation {
            parameters: vec![ID],
            gives: (204, Payload::Nothing),
            ..with(Method::DELETE, one, "drop_webhook", ("删除推送", "Take a listener away"), remove)
        },
    ]
}

fn list<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let rows: Vec<Webhook> = portal.reading.service_all().await?;
        let seen = rows.into_iter().filter(|row| seat.role == Role::Administrator || row.user_id == seat.user.as_str());
        Answer::ok(&seen.map(|row| Listener::of(row, None)).collect::<Vec<_>>())
    })
}

fn add<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let wanted: Wanted = asked.json()?;
        let url = address(&wanted.url)?;
        goes_out(&url, portal.config.webhook_private).await?;
        if let Some(unknown) = wanted.acts.iter().find(|act| !TABLE.iter().any(|(name, _)| name == act)) {
            return Err(Problem::unusable(format!("没有事项 {unknown}"), format!("there is no act {unknown}")));
        }
        let own: Vec<Webhook> = portal.reading.service_rows("user_id", seat.user.as_str()).await?;
        if own.len() >= LISTENERS_MAX {
            return Err(Problem::unusable(format!("每人至多 {LISTENERS_MAX} 个推送"), format!("at most {LISTENERS_MAX} listeners a person")));
        }
        let head = portal.reading.begin().await?.head().await?.map_or(0, |(seq, _)| seq);
        let after = wanted.after.unwrap_or(head);
        if !(0..=head).contains(&after) {
            return Err(Problem::unusable(format!("after 应为 0 到 {head}"), format!("after must be from 0 to {head}")));
        }
        let secret = secret::fresh()?;
        let row = Webhook {
            id: secret::fresh()?.chars().take(16).collect(),
            user_id: seat.user.to_string(),
            url: wanted.url,
            secret: secret.clone(),
            acts: wanted.acts.join(","),
            delivered: after,
            failures: 0,
            next_try: 0,
            active: 1,
            trouble: String::new(),
        };
        portal.office.store().put_service_row(&row).await?;
        Answer::json(StatusCode::CREATED, &Listener::of(row, Some(secret)))
    })
}

/// The id of a listener, if it is there and this person's to change.
async fn own<'a>(portal: &Portal, asked: &'a Asked<'a>) -> Result<&'a str, Problem> {
    let seat = asked.seat()?;
    let row: Option<Webhook> = portal.office.store().service_row("id", asked.id()).await?;
    let is_own = row.is_some_and(|row| seat.role == Role::Administrator || row.user_id == seat.user.as_str());
    if is_own { Ok(asked.id()) } else { Err(Problem::unknown("webhook", asked.id())) }
}

fn switch<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let wanted: Switch = asked.json()?;
        portal.office.store().switch_webhook(own(portal, asked).await?, wanted.active).await?;
        Ok(Answer::nothing())
    })
}

fn remove<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        portal.office.store().drop_service_rows::<Webhook>("id", own(portal, asked).await?).await?;
        Ok(Answer::nothing())
    })
}
