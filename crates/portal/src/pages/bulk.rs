//! 批量办理: one act, with the same words, to many cases that were ticked in a list. First a preview: what would come of each, or why it
//! is refused. Confirmed, each case is an act of its own under a request of its own, so that what is sent twice is done once; what is
//! refused stays as it was and is told. Acts with words or amounts of each case alone are not done so.

mod preview;
mod run;

use super::acts::form::{self, Node, Wrong};
use super::acts::schema::{Field, Kind, Schemas};
use super::acts::{drawn, words};
use super::frame::Frame;
use super::work::HANDLERS;
use super::{Given, is_ours, page_of, sent_to};
use crate::acts::is_granted;
use crate::operation::{Asked, Operation, Parameter, Payload};
use crate::problem::Problem;
use crate::{Portal, secret};
use casework::people::Role;
use serde_json::Value;

/// Acts that may be done to many at once, with the stage at which each is the next thing to do; in the order of the way of a case.
pub const ACTS: &[(&str, &str)] = &[
    ("case.accept", "submitted"),
    ("case.screen", "screening"),
    ("case.give_opinion", "joint"),
    ("case.confirm_opinion", ""),
    ("case.close_opinions", ""),
    ("case.deliberate", "meeting"),
    ("case.approve", "approval"),
    ("case.resume", "suspended"),
    ("case.suspend", ""),
    ("case.decline", ""),
    ("case.lapse", "correcting"),
    ("case.recount", ""),
    ("case.archive", "paid"),
];

/// Ids that an act makes, fresh for each case: field, and how it begins.
const MADE: &[(&str, &str, &str)] = &[("case.approve", "determination", "sd"), ("case.approve", "entry", "fl")];

/// What is the same for all by its nature: agreeing is said to many, what differs is said to each.
const GIVEN: &[(&str, &str, &str)] = &[("case.give_opinion", "opinion.view", "agree")];

/// Parts that are about one case alone.
const OF_ONE: &[(&str, &str)] = &[("case.give_opinion", "reductions"), ("case.give_opinion", "basis")];

/// Cases at once, at most.
pub const CASES_MAX: usize = 50;

/// Fields of a form that are no words of the act.
const BESIDE: &[&str] = &["csrf", "act", "case", "back", "request"];

pub fn operations() -> Vec<Operation> {
    let id = Parameter { name: "id", place: "path", about: ("批量办理的编号", "name of the run"), kind: "string" };
    vec![
        Operation {
            gives: (200, Payload::Bytes("text/html; charset=utf-8")),
            ..sent_to("/bulk", "bulk_preview", ("批量办理预览", "What an act would do to many cases"), HANDLERS, preview::preview)
        },
        sent_to("/bulk/runs", "bulk_run", ("批量办理", "Do an act to many cases"), HANDLERS, run::run),
        Operation {
            parameters: vec![id],
            ..page_of("/bulk/runs/{id}", "bulk_result", ("批量办理结果", "What came of an act to many cases"), HANDLERS, run::result)
        },
    ]
}

/// The acts that a role may do to many at once: name, title, and whether it is the next thing to do at a stage.
pub fn acts_of(role: Role, stage: &str, frame: &Frame) -> Vec<(&'static str, &'static str, bool)> {
    let own = ACTS.iter().filter(|(act, _)| is_granted(act, role));
    own.map(|(act, at)| (*act, title(act, frame), !stage.is_empty() && *at == stage)).collect()
}

/// What an act is called where it is done to many.
fn title(act: &'static str, frame: &Frame) -> &'static str {
    match act {
        "case.give_opinion" => frame.pair("出具意见：同意", "Agree"),
        act => words::title(act, frame.lang()),
    }
}

/// What was asked for.
struct Asking {
    act: &'static str,
    title: &'static str,
    /// The cases, each once.
    cases: Vec<String>,
    /// Where to go back to.
    back: String,
    /// Name of the request.
    request: String,
    /// Fields that are the same for all.
    fields: Vec<Field>,
    /// What was typed into them, and what was seen of each case.
    given: Given,
}

impl Asking {
    /// Errors: no act that is done to many, not one of the reader's role; no case; too many.
    fn of(portal: &Portal, asked: &Asked<'_>, frame: &Frame) -> Result<Self, Problem> {
        let (mut cases, mut given) = (Vec::new(), Given::new());
        for (name, value) in form_urlencoded::parse(&asked.body).into_owned() {
            match name.as_str() {
                "case" if !cases.contains(&value) => cases.push(value),
                "case" => {}
                _ => drop(given.insert(name, value.replace("\r\n", "\n"))),
            }
        }
        let wanted = given.get("act").cloned().unwrap_or_default();
        let unknown = || Problem::unusable("请选择要批量办理的事项。", "Choose the act that is to be done.");
        let (act, _) = ACTS.iter().find(|(act, _)| *act == wanted).ok_or_else(unknown)?;
        if !is_granted(act, asked.seat()?.role) {
            return Err(Problem::denied());
        }
        if cases.is_empty() {
            return Err(Problem::unusable("没有勾选案件，请返回列表勾选后再试。", "No case is ticked: go back to the list and tick some."));
        }
        if cases.len() > CASES_MAX {
            let en = format!("At most {CASES_MAX} cases at once; {} are ticked.", cases.len());
            return Err(Problem::unusable(format!("一次最多办理 {CASES_MAX} 件，已勾选 {} 件，请分次办理。", cases.len()), en));
        }
        let all = Schemas::of(&portal.description).fields(act).ok_or_else(unknown)?;
        let fields = all.into_iter().filter(|field| field.name != "case" && !MADE.iter().any(|(of, name, _)| of == act && *name == field.name));
        let mut fields: Vec<Field> = fields.collect();
        for field in &mut fields {
            if let Kind::Group(parts) = &mut field.kind {
                parts.retain(|part| !OF_ONE.iter().any(|(of, name)| of == act && *name == part.name));
            }
        }
        for (_, path, value) in GIVEN.iter().filter(|(of, ..)| of == act) {
            given.insert((*path).to_owned(), (*value).to_owned());
        }
        let back = given.get("back").filter(|back| is_ours(back)).cloned().unwrap_or_else(|| "/work".to_owned());
        let request = given.get("request").filter(|request| !request.is_empty()).cloned().map_or_else(secret::fresh, Ok)?;
        Ok(Self { act, title: title(act, frame), cases, back, request, fields, given })
    }

    /// What was typed as the fields of the act that all have. Errors: what cannot be read.
    fn value(&self, frame: &Frame) -> Result<Value, Vec<Wrong>> {
        let own = |name: &String| !BESIDE.contains(&name.as_str()) && !name.starts_with("seen.") && !name.starts_with("made.");
        let given: Given = self.given.iter().filter(|(name, _)| own(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut reading = form::Reading { given: &given, lang: frame.lang(), wrong: Vec::new() };
        let value = reading.object(&self.fields, "");
        if reading.wrong.is_empty() { Ok(value) } else { Err(reading.wrong) }
    }

    /// Whether anything was typed yet.
    fn is_typed(&self) -> bool {
        self.given.keys().any(|name| self.fields.iter().any(|field| *name == field.name || name.starts_with(&format!("{}.", field.name))))
            && !self.given.iter().all(|(name, _)| BESIDE.contains(&name.as_str()) || GIVEN.iter().any(|(_, path, _)| path == name) || is_of_case(name))
    }

    /// The controls of what all have.
    fn nodes(&self, frame: &Frame, wrong: Vec<Wrong>) -> Vec<Node> {
        let mut given = self.given.clone();
        let fixed: Vec<&str> = GIVEN.iter().filter(|(of, ..)| *of == self.act).map(|(_, path, _)| *path).collect();
        given.insert("fixed".to_owned(), fixed.join(","));
        drawn(frame, self.act, &self.fields, &given, wrong).nodes
    }

    /// The act on one case. Ids that it makes are those of the preview, so that sent twice it is the same act.
    fn on(&self, portal: &Portal, case: &str, value: &Value) -> Result<(Value, Vec<(String, String)>), Problem> {
        let mut fields = value.clone();
        let mut made = Vec::new();
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("case".to_owned(), case.into());
            for (_, name, begins) in MADE.iter().filter(|(of, ..)| *of == self.act) {
                let at = format!("made.{case}.{name}");
                let id = self.given.get(&at).cloned().map_or_else(|| super::acts::fresh_id(portal, begins), Ok)?;
                fields.insert((*name).to_owned(), id.clone().into());
                made.push((at, id));
            }
        }
        Ok((fields, made))
    }
}

fn is_of_case(name: &str) -> bool {
    name.starts_with("seen.") || name.starts_with("made.")
}

/// Name of the request of one case of a run: the same each time it is sent.
fn request_of(run: &str, case: &str) -> String {
    format!("bulk-{}", exchange::table::short_mark(format!("{run}\n{case}").as_bytes()))
}
