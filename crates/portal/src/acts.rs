//! Acts over HTTP: one address each, its fields as the body. The office decides; here the request is only carried to it.

use crate::operation::{About, Answer, Answering, Asked, Operation, Parameter, Payload, Who, operation};
use crate::problem::Problem;
use crate::{Portal, body, secret};
use axum::http::{Method, StatusCode, header};
use casework::Act;
use casework::authority::TABLE;
use casework::id::{IdError, RequestId};
use casework::retention::RetentionAct;
use office::{Context, Outcome};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use store::service::DraftForm;

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
pub fn is_granted(act: &str, role: casework::people::Role) -> bool {
    TABLE.iter().any(|(name, grants)| *name == act && grants.iter().any(|grant| grant.role == role))
}

/// The act of a name with its fields. Errors: fields that are missing, unknown or of the wrong kind.
pub fn act_of(name: &str, fields: Value) -> Result<Act, Problem> {
    fitting(name, fields).map_err(Into::into)
}

/// The same. Errors: the field that does not fit.
pub fn fitting(name: &str, fields: Value) -> Result<Act, body::Unfit> {
    let (noun, verb) = name.split_once('.').unwrap_or((name, ""));
    if !fields.is_object() {
        let unfit = body::Unfit {
            field: String::new(), zh: "应为对象，每项内容一个字段".into(), en: format!("must be an object with the fields of {name}")
        };
        return Err(unfit);
    }
    body::fit(json!({ noun: { verb: fields } }), name)
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
        crate::platform::check_start(portal, asked, &act).await?;
        let key = match asked.headers.get(IDEMPOTENCY_KEY) {
            Some(key) => key.to_str().map(str::to_owned).unwrap_or_default(),
            None => secret::fresh()?,
        };
        let request = RequestId::parse(&key).map_err(wrong_key)?;
        let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
        let outcome = portal.office.perform_on(&context, &act, expected(asked)?).await.map_err(|stop| match stop {
            // The role has the act, so what is denied is this thing: to this person it does not exist.
            office::Stop::Refused(casework::Refusal::Denied) => Problem::unknown("record", ""),
            stop => stop.into(),
        })?;
        // What was typed and could not be used goes with what could.
        if let Act::Retention(RetentionAct::EmptyDraft { case }) = &act {
            portal.office.store().drop_service_rows::<DraftForm>("case_id", case.as_str()).await?;
        }
        Answer::json(StatusCode::OK, &Done { outcome: written(&outcome)?, request: key })
    })
}

fn wrong_key(why: IdError) -> Problem {
    let zh = format!("请求头 {IDEMPOTENCY_KEY} 应为 1 至 64 位英文字母、数字或 - _ . :，由您为每次办理另取一个。");
    Problem::malformed(zh, format!("{IDEMPOTENCY_KEY}: {why}"))
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
