//! The description of the API for other programs (OpenAPI 3.1), made from the table of operations and the types themselves.

use crate::operation::{About, Operation, Parameter, Payload, Who};
use crate::problem::Sent;
use casework::Act;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// What every operation may answer beside what it gives, and when: problems all.
const PROBLEMS: &[(u16, &str)] = &[
    (400, "请求有误 · the request cannot be read"),
    (401, "未登录 · nobody is signed in"),
    (403, "无权办理 · not in this role"),
    (404, "没有找到 · there is no such thing, or not for this person"),
    (405, "方法不支持 · not this method"),
    (408, "请求未按时到达 · the request did not arrive in time"),
    (409, "按规定不能办理 · the rules do not allow it"),
    (412, "已被他人修改 · changed since it was read"),
    (413, "内容过大 · too large"),
    (415, "内容类型不支持 · not this type of content"),
    (422, "内容不能使用 · the content cannot be used"),
    (429, "请求过于频繁 · too many requests"),
    (503, "系统繁忙 · busy"),
];

/// The description. Schemas come from the types of acts and records; a type without one does not compile.
#[must_use]
pub fn document(operations: &[Operation]) -> Value {
    let mut generator = SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into()).into_generator();
    let problem = generator.subschema_for::<Sent>().to_value();
    let acts = Acts::new(&mut generator);
    let mut paths: Map<String, Value> = Map::new();
    // Pages are for people.
    for operation in operations.iter().filter(|operation| operation.tag != crate::pages::TAG) {
        let described = described(operation, &mut generator, &acts, &problem);
        let path = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(operation.method.as_str().to_ascii_lowercase(), described);
        }
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Duixian 兑现",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "政策兑现服务接口。金额一律以分为单位的整数。 · The service of an office that makes good on policies. Money is whole fen throughout.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": crate::account::COOKIE },
                "token": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

/// Schemas of the fields of each act.
struct Acts(Map<String, Value>);

impl Acts {
    /// An act is an object of one noun, which holds an object of one verb, which holds the fields.
    fn new(generator: &mut SchemaGenerator) -> Self {
        let whole = Act::json_schema(generator).to_value();
        let mut all = Map::new();
        for (noun, inner) in alternatives(&whole) {
            let Some(name) = inner.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) else { continue };
            let Some(definition) = generator.definitions().get(name).cloned() else { continue };
            for (verb, fields) in alternatives(&definition) {
                all.insert(format!("{noun}.{verb}"), fields);
            }
        }
        Self(all)
    }
}

/// The alternatives of an enum: the one property that each has, with its schema.
fn alternatives(schema: &Value) -> Vec<(String, Value)> {
    let list = schema.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
    let one = |alternative: Value| {
        let (name, inner) = alternative.get("properties")?.as_object()?.iter().next()?;
        let mut inner = inner.clone();
        if let (Some(words), Some(inner)) = (alternative.get("description"), inner.as_object_mut()) {
            inner.entry("description").or_insert_with(|| words.clone());
        }
        Some((name.clone(), inner))
    };
    list.into_iter().filter_map(one).collect()
}

fn described(operation: &Operation, generator: &mut SchemaGenerator, acts: &Acts, problem: &Value) -> Value {
    let mut out = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": format!("{} · {}", operation.words.0, operation.words.1),
        "parameters": operation.parameters.iter().chain(word(operation)).map(parameter).collect::<Vec<_>>(),
        "responses": responses(operation, generator, problem),
        "security": if operation.who == Who::Anybody { json!([]) } else { json!([{ "session": [] }, { "token": [] }]) },
    });
    let body = match (operation.takes, operation.about) {
        (Payload::Act, About::Act(act)) => Some(("application/json", acts.0.get(act).cloned().unwrap_or_else(|| json!({})))),
        (Payload::Json(schema), _) => Some(("application/json", schema(generator).to_value())),
        (Payload::Bytes(kind), _) => Some((kind, json!({}))),
        _ => None,
    };
    if let (Some((kind, schema)), Some(fields)) = (body, out.as_object_mut()) {
        fields.insert("requestBody".into(), json!({ "required": true, "content": { kind: { "schema": schema } } }));
    }
    if let (About::Act(act), Some(fields)) = (operation.about, out.as_object_mut()) {
        let words = acts.0.get(act).and_then(|schema| schema.get("description")).and_then(Value::as_str).unwrap_or(act);
        fields.insert("summary".into(), format!("{act}: {words}").into());
    }
    out
}

/// What changes something carries the word of the session, where it is asked by a cookie.
const WORD: Parameter = Parameter {
    name: crate::account::CSRF,
    place: "header",
    about: (
        "以 Cookie 会话办理时必填：登录应答或 GET /api/v1/session 中的 csrf；以令牌（Bearer）办理时不填",
        "needed with the cookie of a session: `csrf` as signing in or GET /api/v1/session gives it; not with a token (Bearer)",
    ),
    kind: "string",
};

fn word(operation: &Operation) -> Option<&'static Parameter> {
    (!operation.method.is_safe() && !crate::serve::at_the_door(operation)).then_some(&WORD)
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": format!("{} · {}", parameter.about.0, parameter.about.1),
        "schema": { "type": parameter.kind },
    })
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator, problem: &Value) -> Value {
    let mut out = Map::new();
    let (status, payload) = operation.gives;
    let content = match payload {
        Payload::Nothing => None,
        Payload::Json(schema) => Some(("application/json", schema(generator).to_value())),
        Payload::Bytes(kind) => Some((kind, json!({}))),
        Payload::Record => Some(("application/json", record(operation))),
        Payload::Page => Some((
            "application/json",
            json!({
                "type": "object",
                "required": ["records", "next"],
                "properties": { "records": { "type": "array", "items": record(operation) }, "next": { "type": ["string", "null"], "description": "after 参数的下一个值 · what `after` is for the next page; null: this was the last" } },
            }),
        )),
        Payload::Act => None,
    };
    let mut well = json!({ "description": "办理成功 · all is well" });
    if let (Some((kind, schema)), Some(fields)) = (content, well.as_object_mut()) {
        fields.insert("content".into(), json!({ kind: { "schema": schema } }));
    }
    out.insert(status.to_string(), well);
    for (status, words) in PROBLEMS {
        out.insert(status.to_string(), json!({ "description": words, "content": { "application/problem+json": { "schema": problem } } }));
    }
    Value::Object(out)
}

/// A record as it is read: its fields are those of its table that the reader may see.
fn record(operation: &Operation) -> Value {
    let meaning = match operation.about {
        About::Collection(collection) => collection.kind().map_or("", |kind| kind.table.meaning),
        _ => "",
    };
    json!({
        "type": "object",
        "required": ["id", "version", "record"],
        "properties": {
            "id": { "type": "string" },
            "version": { "type": "integer", "description": "版本：每次修改加一 · counts its changes" },
            "record": { "type": "object", "description": meaning },
        },
    })
}
