//! The description of the service as a judge: whether what goes in and what comes out is what it says. Of JSON Schema it
//! knows what our schemas use, and stops at a word it does not know; schemathesis judges with a whole one
//! (`cargo xtask test-engines`).

use crate::wire::Came;
use axum::http::Method;
use serde_json::Value;

/// An OpenAPI document.
pub struct Description(pub Value);

impl Description {
    fn operation(&self, method: &Method, route: &str) -> &Value {
        let operation = &self.0["paths"][route][method.as_str().to_lowercase()];
        assert!(operation.is_object(), "{method} {route} is not described");
        operation
    }

    /// A body that is sent must be what is asked for.
    pub fn request(&self, method: &Method, route: &str, body: &Value) {
        let schema = &self.operation(method, route)["requestBody"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {route} takes no JSON");
        self.check(schema, body).unwrap_or_else(|why| panic!("{method} {route} is sent what it does not describe: {why}"));
    }

    /// An answer must have a described status, type and content; what is no success is a problem.
    pub fn answer(&self, method: &Method, route: &str, came: &Came) {
        let responses = &self.operation(method, route)["responses"];
        let response = &responses[came.status.as_str()];
        assert!(response.is_object(), "{method} {route} does not describe the answer {came:?}");
        let Some(content) = response["content"].as_object() else {
            assert!(came.body.is_empty(), "{method} {route} describes no content: {came:?}");
            return;
        };
        let wanted = |kind: &str| kind == "*/*" || kind.split(';').next() == Some(came.kind());
        let described = content.iter().find(|(kind, _)| wanted(kind));
        let (kind, described) = described.unwrap_or_else(|| panic!("{method} {route} does not describe this type of content: {came:?}"));
        assert!(came.status.is_success() || kind == "application/problem+json", "{came:?}");
        if kind.ends_with("json") {
            self.check(&described["schema"], &came.json()).unwrap_or_else(|why| panic!("{method} {route} answers what it does not describe: {why}"));
        }
    }

    /// Whether a value is what a schema says. Errors: where it is not.
    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let Some(words) = schema.as_object() else {
            return if *schema == Value::Bool(false) { Err(format!("nothing may stand here: {value}")) } else { Ok(()) };
        };
        for (word, says) in words {
            self.word(word, says, words, value).map_err(|why| if why.len() > 600 { why } else { format!("{why} ({word})") })?;
        }
        Ok(())
    }

    fn word(&self, word: &str, says: &Value, schema: &serde_json::Map<String, Value>, value: &Value) -> Result<(), String> {
        let list = || says.as_array().expect("a list of schemas");
        match word {
            "$ref" => {
                let at = says.as_str().and_then(|at| at.strip_prefix('#')).and_then(|at| self.0.pointer(at));
                self.check(at.unwrap_or_else(|| panic!("{says} leads nowhere")), value)
            }
            "type" => {
                let one = says.as_str().into_iter().chain(says.as_array().into_iter().flatten().filter_map(Value::as_str));
                wanted(one.into_iter().any(|name| is_of(name, value)), says, value)
            }
            "const" => wanted(says == value, says, value),
            "enum" => wanted(list().contains(value), says, value),
            "oneOf" => wanted(list().iter().filter(|schema| self.check(schema, value).is_ok()).count() == 1, says, value),
            "anyOf" => wanted(list().iter().any(|schema| self.check(schema, value).is_ok()), says, value),
            "allOf" => list().iter().try_for_each(|schema| self.check(schema, value)),
            "required" => {
                let Some(fields) = value.as_object() else { return Ok(()) };
                wanted(list().iter().filter_map(Value::as_str).all(|name| fields.contains_key(name)), says, value)
            }
            "properties" => {
                let Some(fields) = value.as_object() else { return Ok(()) };
                fields.iter().filter_map(|(name, value)| Some((says.get(name)?, value))).try_for_each(|(schema, value)| self.check(schema, value))
            }
            "additionalProperties" => {
                let Some(fields) = value.as_object() else { return Ok(()) };
                let known = |name: &str| schema.get("properties").is_some_and(|known| known.get(name).is_some());
                let mut others = fields.iter().filter(|(name, _)| !known(name));
                others.try_for_each(|(name, value)| self.check(says, value).map_err(|why| format!("{name}: {why}")))
            }
            "prefixItems" => value.as_array().into_iter().flatten().zip(list()).try_for_each(|(value, schema)| self.check(schema, value)),
            "items" => {
                let before = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                value.as_array().into_iter().flatten().skip(before).try_for_each(|value| self.check(says, value))
            }
            "minItems" => wanted(value.as_array().is_none_or(|items| items.len() as u64 >= says.as_u64().unwrap()), says, value),
            "maxItems" => wanted(value.as_array().is_none_or(|items| items.len() as u64 <= says.as_u64().unwrap()), says, value),
            "minLength" => wanted(value.as_str().is_none_or(|text| text.chars().count() as u64 >= says.as_u64().unwrap()), says, value),
            "maxLength" => wanted(value.as_str().is_none_or(|text| text.chars().count() as u64 <= says.as_u64().unwrap()), says, value),
            "minimum" => wanted(value.as_i64().is_none_or(|number| number >= says.as_i64().unwrap_or(i64::MIN)), says, value),
            "maximum" => wanted(value.as_i64().is_none_or(|number| number <= says.as_i64().unwrap_or(i64::MAX)), says, value),
            // What an id may look like is tested where it is read.
            "pattern" | "description" | "title" | "default" | "format" | "uniqueItems" | "$schema" | "examples" => Ok(()),
            other => panic!("a schema says {other}, which this test does not know: {says}"),
        }
    }
}

fn wanted(is: bool, says: &Value, value: &Value) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("{value} is not {says}")) }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    }
}
