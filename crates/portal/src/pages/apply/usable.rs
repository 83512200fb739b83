//! From what was typed to an application in the exchange format: what can be used of it, and what is wrong with the rest.

use super::super::Given;
use super::draft::Draft;
use crate::problem::Problem;
use policy::diagnostic::Severity;
use policy::input::{Defaults, InputError, Raw, read};
use policy::scheme::{Fact, FactType};
use serde_json::{Map, Value, json};

/// Most rows of a list.
pub const ROWS_MAX: usize = 500;

/// What can be used, and what is wrong with the rest.
pub struct Usable {
    /// The application, without what cannot be used.
    pub application: Value,
    /// What cannot be used, and why.
    pub wrong: Vec<InputError>,
}

/// How many rows of a list were typed.
pub fn rows_of(typed: &Given, fact: &str) -> usize {
    typed.get(&format!("n.{fact}")).and_then(|number| number.trim().parse().ok()).unwrap_or(0).min(ROWS_MAX)
}

/// A typed value as the exchange format has it.
fn value(ty: &FactType, typed: &str) -> Value {
    match (ty, typed.trim()) {
        (FactType::YesNo, "是") => true.into(),
        (FactType::YesNo, "否") => false.into(),
        (_, typed) => typed.into(),
    }
}

/// Rows of a list; one in which nothing was typed is none.
fn records(typed: &Given, fact: &Fact) -> Option<Value> {
    let FactType::List { fields, .. } = &fact.ty else { return None };
    let count = typed.get(&format!("n.{}", fact.name))?;
    let row = |at: usize| -> Map<String, Value> {
        let cell = |field: &policy::scheme::Field| {
            let typed = typed.get(&format!("l.{}/{at}/{}", fact.name, field.name)).filter(|typed| !typed.trim().is_empty())?;
            Some((field.name.clone(), value(&field.ty, typed)))
        };
        fields.iter().filter_map(cell).collect()
    };
    let rows: Vec<Map<String, Value>> = (0..rows_of(typed, &fact.name)).map(row).filter(|row| !row.is_empty()).collect();
    // A list that was opened and left empty is not known; `none` says that there is nothing to name.
    (!rows.is_empty() || count.trim() == "none").then(|| json!(rows))
}

impl Draft {
    /// What of a form can be used. Errors: the ids are too long.
    pub fn usable(&self, typed: &Given) -> Result<Usable, Problem> {
        let scheme = self.scheme();
        let kind_fact = scheme.fact(scheme.kind_fact()).map(|fact| fact.name.clone()).unwrap_or_default();
        let mut facts = Map::new();
        for (name, typed) in typed.iter().filter(|(_, typed)| !typed.trim().is_empty()) {
            let Some(key) = name.strip_prefix("f.").filter(|key| *key != kind_fact) else { continue };
            let bare = key.split('@').next().unwrap_or(key);
            let ty = scheme.fact_named(bare).and_then(|id| scheme.fact(id)).map(|fact| &fact.ty);
            facts.insert(key.to_owned(), ty.map_or_else(|| typed.trim().into(), |ty| value(ty, typed)));
        }
        facts.extend(scheme.facts.iter().filter_map(|fact| Some((fact.name.clone(), records(typed, fact)?))));
        let kind = typed.get(&format!("f.{kind_fact}")).filter(|kind| !kind.trim().is_empty()).map(|kind| ("kind".to_owned(), kind.trim().into()));
        let registered = [("name", &self.organisation.name), ("uscc", &self.organisation.credit_code)];
        let registered = registered.map(|(name, value)| (name.to_owned(), value.as_str().into()));
        let applicant: Map<String, Value> = registered.into_iter().chain(kind).collect();
        let mut application =
            json!({ "id": self.id()?.as_str(), "year": self.call.year, "as_of": self.call.as_of.to_string(), "applicant": applicant, "facts": facts });
        let wrong = self.wrong(&application);
        for error in wrong.iter().filter(|error| error.severity == Severity::Error) {
            leave_out(&mut application, &error.field);
        }
        // Left out is what was named; should more be wrong, the facts are typed and kept, and no draft of them is.
        if self.wrong(&application).iter().any(|error| error.severity == Severity::Error) {
            drop(application.as_object_mut().map(|fields| fields.insert("facts".to_owned(), json!({}))));
        }
        Ok(Usable { application, wrong })
    }

    fn wrong(&self, application: &Value) -> Vec<InputError> {
        read(self.scheme(), &Raw::from(application), Defaults::default()).1
    }
}

/// The fact that a place of an application is about: `facts.孵化初创企业[2].名称` is about 孵化初创企业.
pub fn fact_at(field: &str) -> Option<&str> {
    field.strip_prefix("facts.").map(|key| key.split('[').next().unwrap_or(key))
}

fn leave_out(application: &mut Value, field: &str) {
    match (fact_at(field), field.strip_prefix("applicant.")) {
        (Some(key), _) => drop(application.get_mut("facts").and_then(Value::as_object_mut).map(|facts| facts.remove(key))),
        (None, Some(key)) => drop(application.get_mut("applicant").and_then(Value::as_object_mut).map(|applicant| applicant.remove(key))),
        _ => {}
    }
}
