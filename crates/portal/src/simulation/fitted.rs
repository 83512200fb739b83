//! An application that was frozen under one version, as another version can read it: what that one does not know, or knows as something
//! else, is left out and told of by its name, never by its value.

use policy::diagnostic::Severity;
use policy::input::{Defaults, Raw, read};
use policy::scheme::Scheme;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Parts of an application that name things of the policy.
const NAMED: &[&str] = &["facts", "decisions", "projects", "rates", "choices"];
/// What is left out may bring to light what else is wrong.
const ROUNDS: usize = 4;

/// The line for a scheme. What was left out is counted by its name. Which clauses were applied for and the places of that year are
/// left out in any case: they are of the version under which they were frozen.
pub fn fitted(line: &str, scheme: &Scheme, left_out: &mut BTreeMap<String, u64>) -> String {
    let Ok(mut application) = serde_json::from_str::<Value>(line) else { return line.to_owned() };
    if let Some(fields) = application.as_object_mut() {
        fields.remove("clauses");
        fields.remove("places");
    }
    for _ in 0..ROUNDS {
        let (_, errors) = read(scheme, &Raw::from(&application), Defaults::default());
        let wrong: BTreeSet<String> = errors.into_iter().filter(|error| error.severity == Severity::Error).map(|error| record(error.field)).collect();
        if wrong.is_empty() {
            break;
        }
        // From the back, so that places in a list stay right.
        let mut wrong: Vec<String> = wrong.into_iter().collect();
        wrong.sort_by_key(|field| std::cmp::Reverse(place(field)));
        for field in wrong {
            if let Some(name) = without(&mut application, &field) {
                *left_out.entry(name).or_default() += 1;
            }
        }
    }
    application.to_string()
}

/// A record of a list is left out whole: what names it, whatever is wrong with it.
fn record(field: String) -> String {
    let is_named = field.split_once('.').is_some_and(|(part, _)| NAMED.contains(&part));
    match field.find(']') {
        Some(end) if !is_named => field.get(..=end).unwrap_or(&field).to_owned(),
        _ => field,
    }
}

/// The place of a record in a list that a field names, from 1.
fn place(field: &str) -> Option<usize> {
    field.split_once('[')?.1.split(']').next()?.parse().ok()
}

/// Takes a field out: what it is called.
fn without(application: &mut Value, field: &str) -> Option<String> {
    if let Some((part, rest)) = field.split_once('.').filter(|(part, _)| NAMED.contains(part)) {
        let entries = application.get_mut(part)?.as_object_mut()?;
        let bare = rest.split('@').next().unwrap_or(rest);
        // A list names its records behind the fact.
        let known = [rest, bare, bare.split('[').next().unwrap_or(bare)].into_iter().find(|name| entries.contains_key(*name))?.to_owned();
        entries.remove(&known);
        return Some(known.split('@').next().unwrap_or(&known).to_owned());
    }
    let (part, _) = field.split_once('[')?;
    let at = place(field)?.checked_sub(1)?;
    let list = application.get_mut(part)?.as_array_mut()?;
    (at < list.len()).then(|| list.remove(at))?;
    Some(part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::compile;
    use policy::source::Sources;

    #[test]
    fn what_another_version_does_not_know_is_left_out_by_name_and_the_rest_stays() {
        let rules = "事实\n  销售额  元\n  上榜    是否\n条款 1「奖」\n  条件  上榜\n  给予  销售额 的 1%\n  频次  每年";
        let scheme = compile(&Sources::single(format!("# 例\n\n```duixian\n{rules}\n```\n"))).scheme.unwrap();
        let line = "{\"id\":\"1\",\"year\":2024,\"facts\":{\"销售额\":\"3000\",\"上榜\":\"91500\",\"旧事实\":\"秘密\"},\"clauses\":[\"9\"],\"decisions\":{\"9\":\"1\"},\
                    \"history\":[{\"clause\":\"9\",\"year\":2023,\"amount\":\"1\"},{\"clause\":\"1\",\"year\":2023,\"amount\":\"2\"}]}";
        let mut left_out = BTreeMap::new();
        let fit = fitted(line, &scheme, &mut left_out);
        let (application, errors) = read(&scheme, &Raw::from(&serde_json::from_str::<Value>(&fit).unwrap()), Defaults::default());
        assert!(application.is_some(), "{errors:?} {fit}");
        assert!(fit.contains("\"销售额\":\"3000\"") && fit.contains("\"amount\":\"2\"") && !fit.contains("秘密"), "{fit}");
        assert_eq!(left_out.keys().map(String::as_str).collect::<Vec<_>>(), ["9", "history", "上榜", "旧事实"]);
    }
}
