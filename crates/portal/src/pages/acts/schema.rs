//! What an act asks for, as fields in the order of its JSON schema: the same schema that other programs are given. How a field
//! is called stands in `words`; how it is drawn and read back in `form`.

use serde_json::{Map, Value, json};

/// A field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Name in the act.
    pub name: String,
    /// What it stands in: the act, or the type of a part of it.
    pub of: String,
    /// How it is asked.
    pub kind: Kind,
    /// Whether it must be there.
    pub needed: bool,
}

/// How a field is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Words.
    Line,
    /// An id; of the units where it says so.
    Id(String),
    /// A fingerprint.
    Digest,
    /// A whole number.
    Whole,
    /// An amount, typed in yuan.
    Money,
    /// A day.
    Day,
    /// Yes or no.
    YesNo,
    /// One of some names, of a type.
    Choice(String, Vec<String>),
    /// Several of some names, of a type.
    Many(String, Vec<String>),
    /// Plain things, one a line; numbers where it says so.
    Lines(bool),
    /// Parts under names.
    Group(Vec<Field>),
    /// Parts in an order.
    Tuple(Vec<Field>),
    /// Several of a kind, a row each.
    Rows(Box<Field>),
    /// One of several names, some of which need more; of a type.
    Either(String, Vec<(String, Option<Field>)>),
    /// Too deep for fields: as JSON, like the example.
    Json(Value),
}

/// The schemas of all acts, as the description of the service has them.
pub struct Schemas<'a> {
    description: &'a Value,
}

/// What the office itself keeps in a record and no form asks for: type and fields.
const OFFICES_OWN: &[(&str, &[&str])] =
    &[("Call", &["shares", "sharing", "rates", "rankings", "stage"]), ("Guide", &["entered"]), ("Recognition", &["drawn", "issued", "kept", "revoked"])];

/// Parts in parts in parts: beyond this they are asked for as JSON.
const DEPTH_MAX: usize = 6;

impl<'a> Schemas<'a> {
    /// From the description of the service.
    pub const fn of(description: &'a Value) -> Self {
        Self { description }
    }

    /// The fields of an act; none: there is no such act, or nobody may do it.
    pub fn fields(&self, act: &str) -> Option<Vec<Field>> {
        let operation = self.description.get("paths")?.get(format!("/api/v1/acts/{act}"))?.get("post")?;
        let schema = operation.pointer("/requestBody/content/application~1json/schema")?;
        Some(self.parts(schema, act, Where { depth: 0, in_rows: false }))
    }

    fn parts(&self, schema: &Value, of: &str, at: Where) -> Vec<Field> {
        let needed: Vec<&str> = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        let field = |(name, schema): (&String, &Value)| {
            let (mut kind, nullable) = self.kind(schema, of, at);
            name_parts(&mut kind, &format!("{of}.{name}"));
            Field { name: name.clone(), of: of.to_owned(), kind, needed: needed.contains(&name.as_str()) && !nullable }
        };
        let kept = OFFICES_OWN.iter().find(|(ty, _)| *ty == of).map_or(&[][..], |(_, names)| names);
        let asked = properties.into_iter().flatten().filter(|(name, _)| !kept.contains(&name.as_str()));
        let mut fields: Vec<Field> = asked.map(field).collect();
        // What must be there comes first, as far as the schema leaves its order open.
        fields.sort_by_key(|field| needed.iter().position(|name| *name == field.name).unwrap_or(usize::MAX));
        fields
    }

    /// A schema with its references followed, and the name of its type where it has one.
    fn followed<'s>(&'s self, schema: &'s Value) -> (&'s Value, Option<&'s str>) {
        let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) else { return (schema, None) };
        let found = self.description.pointer("/components/schemas").and_then(|all| all.get(name));
        (found.unwrap_or(schema), Some(name))
    }

    /// How a schema is asked, and whether it may be null.
    fn kind(&self, schema: &Value, of: &str, at: Where) -> (Kind, bool) {
        let list = |name: &str| schema.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if let Some(one) = list("anyOf").iter().find(|one| one.get("type").is_none_or(|ty| ty != "null")) {
            return (self.kind(one, of, at).0, true);
        }
        let (schema, name) = self.followed(schema);
        let of = name.unwrap_or(of);
        let (ty, nullable) = match schema.get("type") {
            Some(Value::String(one)) => (one.as_str(), false),
            Some(Value::Array(several)) => {
                let one = several.iter().filter_map(Value::as_str).find(|ty| *ty != "null");
                (one.unwrap_or_default(), several.iter().any(|ty| ty == "null"))
            }
            _ => ("", false),
        };
        let kind = match ty {
            _ if schema.get("oneOf").is_some() => self.either(schema, of, at),
            "string" => text(schema, of),
            "integer" if name == Some("Fen") || schema.get("description").is_some_and(|words| words == MONEY) => Kind::Money,
            "integer" => Kind::Whole,
            "boolean" => Kind::YesNo,
            "array" => self.list(schema, of, at),
            "object" if schema.get("properties").is_some() && at.depth < DEPTH_MAX => Kind::Group(self.parts(schema, of, at.deeper())),
            _ => Kind::Json(self.example(schema, 0)),
        };
        (kind, nullable)
    }

    fn list(&self, schema: &Value, of: &str, at: Where) -> Kind {
        if let Some(parts) = schema.get("prefixItems").and_then(Value::as_array) {
            let part = |(number, schema): (usize, &Value)| {
                let (kind, nullable) = self.kind(schema, of, at.deeper());
                Field { name: number.to_string(), of: of.to_owned(), kind, needed: !nullable }
            };
            return Kind::Tuple(parts.iter().enumerate().map(part).collect());
        }
        let Some(items) = schema.get("items") else { return Kind::Json(json!([])) };
        let inner = self.kind(items, of, Where { depth: at.depth + 1, in_rows: true }).0;
        match inner {
            Kind::Choice(ty, names) => Kind::Many(ty, names),
            Kind::Line | Kind::Id(_) | Kind::Digest | Kind::Day => Kind::Lines(false),
            Kind::Whole => Kind::Lines(true),
            Kind::Group(_) | Kind::Tuple(_) | Kind::Either(..) if !at.in_rows => {
                Kind::Rows(Box::new(Field { name: String::new(), of: of.to_owned(), kind: inner, needed: true }))
            }
            _ => Kind::Json(self.example(schema, 0)),
        }
    }

    /// One of several: plain names, or names with more behind them.
    fn either(&self, schema: &Value, of: &str, at: Where) -> Kind {
        let mut out: Vec<(String, Option<Field>)> = Vec::new();
        for alternative in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            let names = alternative.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            out.extend(names.iter().chain(alternative.get("const")).filter_map(Value::as_str).map(|name| (name.to_owned(), None)));
            for (name, inner) in alternative.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let (kind, nullable) = self.kind(inner, &format!("{of}.{name}"), at.deeper());
                out.push((name.clone(), Some(Field { name: name.clone(), of: of.to_owned(), kind, needed: !nullable })));
            }
        }
        if out.iter().all(|(_, more)| more.is_none()) {
            return Kind::Choice(of.to_owned(), out.into_iter().map(|(name, _)| name).collect());
        }
        Kind::Either(of.to_owned(), out)
    }

    /// What a schema asks for, filled in with its kinds of values.
    fn example(&self, schema: &Value, depth: usize) -> Value {
        let (schema, _) = self.followed(schema);
        let inner = |schema: &Value| if depth < DEPTH_MAX { self.example(schema, depth + 1) } else { Value::Null };
        if let Some(first) = ["oneOf", "anyOf"].iter().find_map(|name| schema.get(name)?.as_array()?.first()) {
            return inner(first);
        }
        if let Some(one) = schema.get("const").or_else(|| schema.get("enum")?.as_array()?.first()) {
            return one.clone();
        }
        let ty = schema.get("type").map(|ty| ty.as_str().or_else(|| ty.get(0)?.as_str()).unwrap_or_default());
        match ty {
            Some("string") if schema.get("format").is_some_and(|format| format == "date") => json!("2026-03-01"),
            Some("string") => json!("…"),
            Some("integer") => json!(0),
            Some("boolean") => json!(true),
            Some("array") => match (schema.get("prefixItems").and_then(Value::as_array), schema.get("items")) {
                (Some(parts), _) => parts.iter().map(inner).collect(),
                (None, Some(items)) => json!([inner(items)]),
                _ => json!([]),
            },
            _ => {
                let properties = schema.get("properties").and_then(Value::as_object);
                let fields: Map<String, Value> = properties.into_iter().flatten().map(|(name, schema)| (name.clone(), inner(schema))).collect();
                Value::Object(fields)
            }
        }
    }
}

/// Parts that have numbers for names are called by the field they stand in.
fn name_parts(kind: &mut Kind, of: &str) {
    match kind {
        Kind::Tuple(parts) => parts.iter_mut().for_each(|part| of.clone_into(&mut part.of)),
        Kind::Rows(row) => name_parts(&mut row.kind, of),
        _ => {}
    }
}

impl Kind {
    /// What each of several alternatives asks for, where all ask for a whole number and nothing else: it is asked once.
    pub fn one_number(&self) -> bool {
        let Self::Either(_, alternatives) = self else { return false };
        alternatives.iter().all(|(_, more)| more.as_ref().is_some_and(|more| more.kind == Self::Whole))
    }
}

/// How deep a schema stands.
#[derive(Clone, Copy)]
struct Where {
    depth: usize,
    in_rows: bool,
}

impl Where {
    const fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

/// What the schema of money says.
const MONEY: &str = "money in fen (1/100 yuan)";

fn text(schema: &Value, of: &str) -> Kind {
    let is = |name: &str, value: &str| schema.get(name).is_some_and(|known| known == value);
    if let Some(names) = schema.get("enum").and_then(Value::as_array) {
        return Kind::Choice(of.to_owned(), names.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    match schema.get("pattern").and_then(Value::as_str) {
        _ if is("format", "date") => Kind::Day,
        Some("^[A-Za-z0-9_.:-]{1,64}$") => Kind::Id(of.to_owned()),
        Some("^[0-9a-f]{64}$") => Kind::Digest,
        _ => Kind::Line,
    }
}
