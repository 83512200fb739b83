//! Fields that hold a state, a role or a kind, and what officers call each: the words of the types themselves.

use casework::call::CallStage;
use casework::case::Stage;
use casework::document::DocumentKind;
use casework::matching::{EntryState, ListStage};
use casework::notice::ObjectionState;
use casework::payment::{BatchState, DueState};
use casework::people::Role;
use casework::performance::PerformanceState;
use casework::policy_version::PolicyStage;
use casework::recovery::RecoveryStage;
use serde::de::DeserializeOwned;
use serde_json::Value;
use values::Lang;

/// The Chinese word of a value; none: it is no such state.
#[derive(Clone, Copy, Debug)]
pub struct State(fn(&Value) -> Option<&'static str>);

/// List, field, and how its states are called.
const STATES: &[(&str, &str, State)] = &[
    ("batches", "state", State(|value| read(value).map(BatchState::title))),
    ("calls", "stage", State(|value| read(value).map(CallStage::title))),
    ("cases", "stage", State(case)),
    ("documents", "kind", State(|value| read(value).map(DocumentKind::title))),
    ("dues", "state", State(|value| read(value).map(DueState::title))),
    ("leads", "state", State(lead)),
    ("links", "kind", State(link)),
    ("match-entries", "state", State(|value| read(value).map(|state: EntryState| state.title()))),
    ("match-lists", "stage", State(|value| read(value).map(ListStage::title))),
    ("objections", "state", State(|value| read(value).map(|state: ObjectionState| state.title()))),
    ("performances", "state", State(performance)),
    ("policy-lives", "stage", State(|value| read(value).map(PolicyStage::title))),
    ("recognitions", "kind", State(recognition)),
    ("recoveries", "stage", State(|value| read(value).map(RecoveryStage::title))),
    ("users", "roles", State(|value| read(value).map(Role::title))),
];

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

/// The name of a state, with what it holds left out.
fn name(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.as_object()?.keys().next().map(String::as_str))
}

/// An applicant is told of a review and not of its steps.
fn case(value: &Value) -> Option<&'static str> {
    read(value).map(Stage::title).or_else(|| (name(value) == Some("review")).then_some("审核中"))
}

/// An applicant is told the name of the state alone.
fn performance(value: &Value) -> Option<&'static str> {
    let told = || (name(value) == Some("accepted")).then_some("已认可");
    read(value).map(|state: PerformanceState| state.title()).or_else(told)
}

fn lead(value: &Value) -> Option<&'static str> {
    [("open", "待处理"), ("filed", "已立案"), ("dismissed", "不予立案")].into_iter().find(|(named, _)| Some(*named) == name(value)).map(|(_, zh)| zh)
}

fn link(value: &Value) -> Option<&'static str> {
    let words = [("kinship", "亲属任职或持股"), ("former_employer", "曾任职"), ("shareholding", "本人持股"), ("interest", "其他利害关系")];
    words.into_iter().find(|(named, _)| Some(*named) == name(value)).map(|(_, zh)| zh)
}

fn recognition(value: &Value) -> Option<&'static str> {
    let words = [("recognised", "认定"), ("designated", "指定"), ("agreed", "同意"), ("plan_approved", "活动审批")];
    words.into_iter().find(|(named, _)| Some(*named) == name(value)).map(|(_, zh)| zh)
}

/// How the states of a field of a list are called; none: it holds none.
pub fn of(list: &str, field: &str) -> Option<State> {
    STATES.iter().find(|(of, named, _)| *of == list && *named == field).map(|(.., state)| *state)
}

impl State {
    /// What a value is called, several of them joined by 、; in English the names of the interface. None: it is no state.
    pub fn words(self, value: &Value, language: Lang) -> Option<String> {
        if let Value::Array(list) = value {
            let each: Option<Vec<String>> = list.iter().map(|value| self.words(value, language)).collect();
            return each.map(|each| each.join("、"));
        }
        match language {
            Lang::Zh => (self.0)(value).map(str::to_owned),
            Lang::En => name(value).map(|name| match value.get("review").and_then(Value::as_str) {
                Some(step) => format!("{name}: {step}").replace('_', " "),
                None => name.replace('_', " "),
            }),
        }
    }
}
