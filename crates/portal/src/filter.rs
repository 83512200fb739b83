//! What a list is filtered by: a value that no record can have is refused with those there are, where a list that is empty for it would
//! be taken for an answer.

use crate::problem::Problem;
use casework::call::CallStage;
use casework::case::Stage;
use casework::document::DocumentKind;
use casework::matching::{EntryState, ListStage};
use casework::notice::ObjectionState;
use casework::payment::{BatchState, DueState};
use casework::performance::PerformanceState;
use casework::policy_version::PolicyStage;
use casework::recovery::{LeadState, RecoveryStage};
use office::reading::Collection;
use serde::de::DeserializeOwned;
use serde_json::Value;
use values::Date;

/// All values of a column.
type Names = fn() -> Vec<String>;

/// List, column, and what may stand in it. Other columns hold what people chose.
const NAMED: &[(&str, &str, Names)] = &[
    ("batches", "state", names::<BatchState>),
    ("calls", "stage", names::<CallStage>),
    ("cases", "stage", stages),
    ("documents", "kind", kinds),
    ("dues", "state", names::<DueState>),
    ("leads", "state", names::<LeadState>),
    ("match-entries", "state", names::<EntryState>),
    ("match-lists", "stage", names::<ListStage>),
    ("messages", "state", deliveries),
    ("objections", "state", names::<ObjectionState>),
    ("performances", "state", names::<PerformanceState>),
    ("policy-lives", "stage", names::<PolicyStage>),
    ("recoveries", "stage", names::<RecoveryStage>),
];

/// Columns that hold a day.
const DAYS: &[(&str, &str)] = &[("cases", "due"), ("performances", "until")];

fn stages() -> Vec<String> {
    Stage::ALL.iter().map(|stage| stage.name().to_owned()).collect()
}

fn kinds() -> Vec<String> {
    DocumentKind::ALL.iter().map(|kind| kind.name().to_owned()).collect()
}

fn deliveries() -> Vec<String> {
    ["waiting", "delivered"].map(str::to_owned).to_vec()
}

/// The names of the variants of an enum: what it says of a name that is none lists those that are.
fn names<T: DeserializeOwned>() -> Vec<String> {
    let said = serde_json::from_value::<T>(Value::from("?")).err().map(|why| why.to_string()).unwrap_or_default();
    said.split_once("expected").map_or("", |(_, rest)| rest).split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What may stand in a column of a list; none: what people chose.
#[must_use]
pub fn names_of(list: &str, column: &str) -> Option<Vec<String>> {
    let (.., names) = NAMED.iter().find(|(of, named, _)| *of == list && *named == column)?;
    Some(names()).filter(|names| !names.is_empty())
}

/// Errors: a value that no record of the list can have; with those there are.
pub fn check(collection: &Collection, filters: &[(&str, &str)]) -> Result<(), Problem> {
    for (column, value) in filters {
        if DAYS.contains(&(collection.name, *column)) && Date::parse(value).is_err() {
            let zh = format!("{column} 应为存在的日期，如 2025-06-18。");
            return Err(Problem::malformed(zh, format!("{column} must be a day that there is, like 2025-06-18")));
        }
        if let Some(names) = names_of(collection.name, column)
            && !names.iter().any(|name| name == value)
        {
            let zh = format!("{column} 没有这个值，可用：{}。", names.join("、"));
            return Err(Problem::malformed(zh, format!("{column} has no such value; there are: {}", names.join(", "))));
        }
    }
    Ok(())
}
