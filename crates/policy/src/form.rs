//! The form of an application for some clauses: its JSON Schema (draft 2020-12), and in [`questions`](next_questions) the
//! order in which to ask. The schema says in standard terms what [`read`](crate::input::read) accepts of one complete line.

mod questions;

use crate::asked::{self, Asked};
use crate::scheme::{ClauseId, Fact, FactType, Field, Give, Scheme};
pub use questions::{Question, next_questions};
use serde_json::{Map, Value, json};

/// Largest amount in yuan that an application may hold: ten trillion.
const YUAN_MAX: i64 = 10_000_000_000_000;
/// Largest measure that an application may hold.
const MEASURE_MAX: i64 = 1_000_000_000_000_000;
/// A day: `2024-12-31` or `2024年12月31日`.
const DATE: &str = "^\\s*([0-9０-９]{4}[-－][0-9０-９]{2}[-－][0-9０-９]{2}|[0-9０-９]{4}年[0-9０-９]{1,2}月[0-9０-９]{1,2}日)\\s*$";
/// A year as text: 1900 to 2200.
const YEAR: &str = "^\\s*(19[0-9]{2}|2[01][0-9]{2}|2200)年*\\s*$";
/// A year as a key of values.
const YEAR_KEY: &str = "^(19[0-9]{2}|2[01][0-9]{2}|2200)年*$";
/// A month as a key of values.
const MONTH_KEY: &str = "^(19[0-9]{2}|2[01][0-9]{2}|2200)年*-(0?[1-9]|1[0-2])$";

/// The schema of one application for these clauses (all of the scheme where none is named). Facts of other clauses are no
/// part of it: a form asks for nothing it does not need.
pub fn schema(scheme: &Scheme, clauses: &[ClauseId]) -> Value {
    let all: Vec<ClauseId> = scheme.clause_ids().map(|(id, _)| id).collect();
    let clauses = if clauses.is_empty() { &all } else { clauses };
    let asked = facts_of(scheme, clauses);
    let ids: Vec<&str> = clauses.iter().filter_map(|c| scheme.clause(*c)).map(|c| c.id.as_str()).collect();
    let yuan = money(2, YUAN_MAX);
    let every: Vec<&str> = scheme.clauses.iter().map(|c| c.id.as_str()).collect();
    let decided: Map<String, Value> =
        scheme.clauses.iter().filter(|c| matches!(c.give, Some(Give::UpTo(_) | Give::Decided(_)))).map(|c| (c.id.clone(), yuan.clone())).collect();
    let place = json!({"anyOf": [{"type": "integer", "minimum": 1, "maximum": u32::MAX}, {"type": "string", "pattern": "^\\s*0*[1-9][0-9]{0,8}\\s*$"}, {"type": "null"}]});
    let placed: Map<String, Value> = scheme.clauses.iter().filter(|c| c.rank.is_some()).map(|c| (c.id.clone(), place.clone())).collect();
    let projects: Map<String, Value> = scheme.clauses.iter().map(|c| (c.id.clone(), text())).collect();
    let properties = json!({
        "id": {"title": "编号", "type": ["string", "number"], "pattern": "\\S"},
        "year": {"title": "认定年度", "anyOf": [{"type": "integer", "minimum": 1900, "maximum": 2200}, {"type": "string", "pattern": YEAR}]},
        "as_of": {"title": "截止日", "type": ["string", "null"], "pattern": DATE, "description": "默认为认定年度的12月31日"},
        "applicant": applicant(scheme),
        "facts": facts(scheme, &asked),
        "history": {"title": "往年已得", "type": ["array", "null"], "items": object(
            json!({"clause": {"enum": every}, "year": year(), "amount": yuan, "key": or_null(text())}), &["clause", "year", "amount"])},
        "decisions": {"title": "核定的金额", "type": ["object", "null"], "properties": decided, "additionalProperties": false},
        "rates": rates(scheme),
        "projects": {"title": "申报项目", "type": ["object", "null"], "properties": projects, "additionalProperties": false},
        "elsewhere": {"title": "其他政策已得", "type": ["array", "null"], "items": object(
            json!({"name": or_null(text()), "amount": yuan, "project": or_null(text()), "kind": or_null(text())}), &["amount"])},
        "choices": choices(scheme),
        "places": {"title": "已定的名次", "type": ["object", "null"], "properties": placed, "additionalProperties": false},
        "clauses": {"title": "申报的条款", "type": "array", "items": {"type": "string"}},
        "rank_only": {"title": "只计名次，不申报", "anyOf": [yes_no()]},
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:duixian:{}:{}", scheme.hash, if ids.len() == every.len() { "all".to_owned() } else { ids.join(",") }),
        "title": format!("{}：申报", scheme.policy.title),
        "description": format!("条款：{}", ids.join("、")),
        "type": "object",
        "properties": properties,
        "required": ["id", "year", "facts"],
        "additionalProperties": false,
        "x-clauses": ids,
        "x-order": asked.iter().filter_map(|a| scheme.fact(a.fact)).map(|f| f.name.as_str()).collect::<Vec<_>>(),
    })
}

/// Facts of several clauses, once each, with all years any of them looks at; those of general rules first.
pub(crate) fn facts_of(scheme: &Scheme, clauses: &[ClauseId]) -> Vec<Asked> {
    let mut out: Vec<Asked> = Vec::new();
    for one in clauses.iter().flat_map(|c| asked::of(scheme, *c)) {
        match out.iter_mut().find(|a| a.fact == one.fact) {
            None => out.push(one),
            Some(known) => {
                known.general |= one.general;
                known.years.extend(one.years);
                known.months.extend(one.months);
            }
        }
    }
    for one in &mut out {
        one.years.sort_unstable();
        one.years.dedup();
        one.months.sort_unstable();
        one.months.dedup();
    }
    out.sort_by_key(|a| (!a.general, a.fact));
    out
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn text() -> Value {
    json!({"type": ["string", "number"], "maxLength": 500})
}

fn year() -> Value {
    json!({"anyOf": [{"type": "integer", "minimum": 1900, "maximum": 2200}, {"type": "string", "pattern": YEAR}]})
}

fn yes_no() -> Value {
    json!({"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^\\s*(是|否|true|false|True|False|TRUE|FALSE)\\s*$"}]})
}

/// A number that is not negative: an integer, or text with at most so many decimals. JSON numbers with a point are refused
/// by the reader; a validator takes 5.0 for an integer, which is the same number.
fn money(places: u32, max: i64) -> Value {
    // The bound is a power of ten: fewer digits, or it exactly. Full-width digits are read as well.
    let fewer = max.to_string().len() - 1;
    let (fraction, zeros) = match places {
        0 => ("([.．][0０]+)?".to_owned(), "([.．][0０]+)?".to_owned()),
        n => (format!("([.．][0-9０-９]{{1,{n}}})?"), format!("([.．][0０]{{1,{n}}})?")),
    };
    let pattern = format!("^\\s*[0０]*([0-9０-９]{{1,{fewer}}}{fraction}|[1１][0０]{{{fewer}}}{zeros})\\s*$");
    json!({"anyOf": [{"type": "integer", "minimum": 0, "maximum": max}, {"type": "string", "pattern": pattern, "maxLength": 60}]})
}

fn applicant(scheme: &Scheme) -> Value {
    let mut kinds: Vec<Value> = scheme.choices(scheme.kind_fact()).iter().map(|k| json!(k)).collect();
    if kinds.iter().any(|k| k == "个体工商户") {
        kinds.push(json!("个体"));
    }
    kinds.push(Value::Null);
    json!({
        "title": "申报人", "type": ["object", "null"], "additionalProperties": false,
        "properties": {
            "name": or_null(json!({"title": "名称", "type": ["string", "number"], "maxLength": 500})),
            "kind": {"title": "申报人类型", "enum": kinds},
            "uscc": or_null(json!({"title": "统一社会信用代码", "type": "string", "pattern": "^\\s*[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{18}\\s*$"})),
        },
    })
}

fn rates(scheme: &Scheme) -> Value {
    let mut properties = Map::new();
    for param in &scheme.params {
        let ratio = scheme.unit(param.unit).is_none() && param.currency.is_none();
        let value = if ratio { percent() } else { money(8, MEASURE_MAX) };
        properties.insert(param.name.clone(), value.clone());
        if let Some(code) = &param.currency {
            properties.insert(code.clone(), value);
        }
    }
    json!({"title": "汇率和参数", "type": ["object", "null"], "properties": properties, "additionalProperties": false})
}

fn choices(scheme: &Scheme) -> Value {
    let properties: Map<String, Value> = scheme
        .groups
        .iter()
        .map(|group| {
            let members: Vec<&str> = group.members.iter().filter_map(|c| scheme.clause(*c)).map(|c| c.id.as_str()).collect();
            (group.name.clone(), json!({"enum": members}))
        })
        .collect();
    json!({"title": "择一的选择", "type": ["object", "null"], "properties": properties, "additionalProperties": false})
}

fn percent() -> Value {
    json!({"type": "string", "pattern": "^\\s*[-－]?[0-9０-９]{1,15}([.．][0-9０-９]{1,15})?\\s*[%％‰]\\s*$"})
}

/// The value of a type, without its title.
fn value(ty: &FactType, scheme: &Scheme) -> Value {
    match ty {
        FactType::YesNo => yes_no(),
        FactType::Date => json!({"type": "string", "pattern": DATE}),
        FactType::Year => year(),
        FactType::Text => text(),
        FactType::Choice(words) => json!({"enum": words}),
        FactType::List { fields, .. } => records(fields, scheme),
        FactType::Number { unit, whole, word, .. } => {
            let unit = scheme.unit(*unit);
            if unit.is_none() {
                percent()
            } else if unit.money().is_some() {
                money(2, YUAN_MAX)
            } else if *whole || matches!(word.as_str(), "年" | "个月" | "月" | "日" | "天" | "工作日" | "个工作日") {
                money(0, MEASURE_MAX)
            } else {
                money(6, MEASURE_MAX)
            }
        }
    }
}

fn records(fields: &[Field], scheme: &Scheme) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut value = or_null(value(&field.ty, scheme));
            entitle(&mut value, &field.name, &field.ty);
            (field.name.clone(), value)
        })
        .collect();
    let order: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    json!({"type": "array", "items": {"type": "object", "properties": properties, "additionalProperties": false, "x-order": order}})
}

fn entitle(value: &mut Value, title: &str, ty: &FactType) {
    if let Value::Object(map) = value {
        map.insert("title".into(), json!(title));
        if let FactType::Number { word, .. } = ty {
            map.insert("x-unit".into(), json!(word));
        }
    }
}

fn described(fact: &Fact) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(fact.question.clone());
    parts.extend(fact.window.as_ref().map(|w| format!("期间：{w}")));
    if !fact.evidence.is_empty() {
        parts.push(format!("佐证：{}", fact.evidence.join("、")));
    }
    if !fact.verified_by.is_empty() {
        parts.push(format!("核验：{}", fact.verified_by.join("、")));
    }
    (!parts.is_empty()).then(|| parts.join("；"))
}

/// Facts by name. A fact that is no list may also be an object of years (months); `事实@2023` names one of them.
fn facts(scheme: &Scheme, asked: &[Asked]) -> Value {
    let mut properties = Map::new();
    let mut patterns = Map::new();
    for one in asked {
        let Some(fact) = scheme.fact(one.fact) else { continue };
        let bare = or_null(value(&fact.ty, scheme));
        let key = if fact.by_month { MONTH_KEY } else { YEAR_KEY };
        let dated = json!({"type": "object", "patternProperties": {key: bare}, "additionalProperties": false});
        let mut property = match (&fact.ty, fact.by_month) {
            (FactType::List { .. }, _) => bare.clone(),
            (_, true) => or_null(dated),
            (_, false) => json!({"anyOf": [bare, dated]}),
        };
        entitle(&mut property, &fact.name, &fact.ty);
        if let Value::Object(map) = &mut property {
            if let Some(words) = described(fact) {
                map.insert("description".into(), json!(words));
            }
            map.insert("x-years".into(), years(one, fact));
            let clauses: Vec<&str> = scheme.clauses.iter().filter(|c| c.facts.contains(&one.fact)).map(|c| c.id.as_str()).collect();
            map.insert("x-clauses".into(), json!(clauses));
        }
        properties.insert(fact.name.clone(), property);
        let suffix = key.strip_prefix('^').unwrap_or(key);
        patterns.insert(format!("^{}@{suffix}", literal(&fact.name)), bare);
    }
    json!({"title": "事实", "type": "object", "properties": properties, "patternProperties": patterns, "additionalProperties": false})
}

/// Years a rule looks at: `0` the award year, `-1` the year before, `2015` a fixed one, `2022-` each year since.
fn years(asked: &Asked, fact: &Fact) -> Value {
    use crate::asked::Year;
    if !fact.by_year && !fact.by_month {
        return json!([0]);
    }
    let words: Vec<Value> = asked
        .years
        .iter()
        .map(|year| match year {
            Year::Before(n) => json!(-i64::from(*n)),
            Year::Fixed(y) => json!(y),
            Year::Since(y) => json!(format!("{y}-")),
        })
        .collect();
    json!(words)
}

/// A name inside a regular expression.
fn literal(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_punctuation() && c != '_' {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
