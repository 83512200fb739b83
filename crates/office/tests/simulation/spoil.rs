//! What is wrong about what is asked: the wrong person, the wrong role, another thing, another amount. Knows no act: it
//! changes any leaf of any act.

use crate::district::id;
use crate::generator::{Asked, Generator};
use casework::Act;
use casework::id::UserId;
use casework::people::Role;
use serde_json::Value;

/// Puts one thing wrong.
pub fn spoil(generator: &mut Generator, asked: &mut Asked) {
    match generator.random.below(10) {
        0 => asked.context.role = generator.random.one(&Role::ALL).copied().unwrap_or(Role::Auditor),
        1..=2 => (asked.context.user, asked.context.role) = generator.anybody(),
        3 => asked.context.user = generator.anybody().0,
        4 => asked.context.user = id(UserId::parse, "nobody"),
        _ => change(generator, asked),
    }
}

/// Changes one leaf of the act to another of its kind.
fn change(generator: &mut Generator, asked: &mut Asked) {
    let mut value = serde_json::to_value(&asked.act).expect("an act is JSON");
    let mut leaves = Vec::new();
    collect(&value, &mut Vec::new(), &mut leaves);
    let Some(path) = generator.random.one(&leaves).cloned() else { return };
    let Some(leaf) = path.iter().try_fold(&mut value, |value, step| match step {
        Step::Field(name) => value.get_mut(name),
        Step::Place(at) => value.get_mut(at),
    }) else {
        return;
    };
    *leaf = another(generator, leaf);
    if let Ok(act) = serde_json::from_value::<Act>(value) {
        asked.act = act;
    }
}

#[derive(Clone)]
enum Step {
    Field(String),
    Place(usize),
}

/// Where the leaves are; long texts are left alone.
fn collect(value: &Value, path: &mut Vec<Step>, out: &mut Vec<Vec<Step>>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                path.push(Step::Field(name.clone()));
                collect(value, path, out);
                path.pop();
            }
        }
        Value::Array(all) => {
            for (at, value) in all.iter().enumerate() {
                path.push(Step::Place(at));
                collect(value, path, out);
                path.pop();
            }
        }
        Value::String(text) if text.len() > 100 => {}
        _ => out.push(path.clone()),
    }
}

fn another(generator: &mut Generator, leaf: &Value) -> Value {
    let random = &mut generator.random;
    match leaf {
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            [number + 1, number - 1, -number, 0, number.saturating_mul(1000), i64::MAX, i64::MIN][random.below(7)].into()
        }
        Value::Bool(is) => (!is).into(),
        Value::Null => [Value::Null, "firm1".into(), 1.into()][random.below(3)].clone(),
        Value::String(text) => {
            // An id of the same kind, of any kind, or none at all.
            let ids: Vec<&'static str> = generator.world.ids.keys().copied().collect();
            let same = ids.iter().find(|kind| generator.world.ids.get(*kind).is_some_and(|known| known.iter().any(|id| id == text)));
            let kind = same.filter(|_| random.chance(700)).or_else(|| random.one(&ids));
            let other = kind.and_then(|kind| generator.world.ids.get(kind)).and_then(|known| random.one(known)).cloned();
            match random.below(8) {
                0 => String::new(),
                1 => "no-such-thing".to_owned(),
                2 => format!("{text}\0"),
                3 => "x".repeat(65),
                4 => text.chars().rev().collect(),
                _ => other.unwrap_or_default(),
            }
            .into()
        }
        other => other.clone(),
    }
}
