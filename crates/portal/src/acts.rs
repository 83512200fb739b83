//! Acts over HTTP: one address each, its fields as the body. The office decides; here the request is only carried to it.

use crate::operation::{About, Answer, Answering, Asked, Operation, Parameter, Payload, Who, operation};
use crate::problem::Problem;
use crate::{Portal, secret};
use axum::http::{Method, StatusCode, header};
use casework::Act;
use casework::authority::TABLE;
use casework::id::RequestId;
use office::{Context, Outcome};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// The header by which a request asked twice is done once.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

const KEY: Parameter = Parameter {
    name: IDEMPOTENCY_KEY,
    place: "header",
    about: ("请求编号：同一编号只办理一次", "name of this request: asked again under the same, it is done once and answered twice"),
    kind: "string",
};

const MATCH: Parameter = Parameter {
    name: "if-match",
    place: "header",
    about: ("读取时的版本号（ETag），已被他人修改则不办理", "version as it was read (ETag): the act is refused where somebody changed the record since"),
    kind: "string",
};

/// What an act answered.
#[derive(Serialize, JsonSchema)]
struct Done {
    /// What came of it: `"done"`, or an object named by what it tells.
    outcome: Value,
    /// The request it was done under.
    request: String,
}

/// One operation for each act that anybody may do.
pub fn operations() -> Vec<Operation> {
    let acts = TABLE.iter().filter(|(_, grants)| !grants.is_empty());
    acts.map(|(act, _)| Operation {
        parameters: vec![KEY, MATCH],
        takes: Payload::Act,
        gives: (200, Payload::Json(|generator| generator.subschema_for::<Done>())),
        about: About::Act(act),
        ..operation(Method::POST, &format!("/api/v1/acts/{act}"), &act.replace('.', "_"), "acts", (act, act), Who::SignedIn, perform)
    })
    .collect()
}

/// Whether a role has an act at all, whatever it is done to.
fn is_granted(act: &str, role: casework::people::Role) -> bool {
    TABLE.iter().any(|(name, grants)| *name == act && grants.iter().any(|grant| grant.role == role))
}

/// The act of a name with its fields. Errors: fields that are missing, unknown or of the wrong kind.
pub fn act_of(name: &str, fields: Value) -> Result<Act, Problem> {
    let (noun, verb) = name.split_once('.').ok_or_else(|| Problem::unknown("act", name))?;
    let whole = json!({ noun: { verb: fields } });
    serde_json::from_value(whole)
        .map_err(|why| Problem::unusable(format!("事项内容不合要求：{why}"), format!("the fields of {name} are not what is asked for: {why}")))
}

fn perform<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let About::Act(name) = asked.operation.about else { return Err(Problem::unknown("act", &asked.operation.id)) };
        // Who may not do it at all learns nothing about what was sent.
        if !is_granted(name, seat.role) {
            return Err(Problem::denied());
        }
        let act = act_of(name, asked.json()?)?;
        let key = match asked.headers.get(IDEMPOTENCY_KEY) {
            Some(key) => key.to_str().map(str::to_owned).unwrap_or_default(),
            None => secret::fresh()?,
        };
        let request = RequestId::parse(&key).map_err(|why| Problem::malformed(format!("{IDEMPOTENCY_KEY} 有误"), format!("{IDEMPOTENCY_KEY}: {why}")))?;
        let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
        let outcome = portal.office.perform_on(&context, &act, expected(asked)?).await.map_err(|stop| match stop {
            // The role has the act, so what is denied is this thing: to this person it does not exist.
            office::Stop::Refused(casework::Refusal::Denied) => Problem::unknown("record", ""),
            stop => stop.into(),
        })?;
        Answer::json(StatusCode::OK, &Done { outcome: written(&outcome)?, request: key })
    })
}

fn written(outcome: &Outcome) -> Result<Value, Problem> {
    serde_json::to_value(outcome).map_err(|why| Problem::failed(&why.to_string()))
}

/// The version the record must still have. Errors: not a version as this service gives them.
fn expected(asked: &Asked<'_>) -> Result<Option<i64>, Problem> {
    let Some(value) = asked.headers.get(header::IF_MATCH) else { return Ok(None) };
    let version = value.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok()).filter(|version| *version >= 1);
    version.map(Some).ok_or_else(|| Problem::malformed("If-Match 应为读取时的 ETag，如 \"3\"", "If-Match must be the ETag that was read, like \"3\""))
}
