//! The acts that are open to whoever reads a case, each with its form filled in as far as the case itself says it: the clause of
//! each claim, the amount that the rules and the opinions leave, ids that nobody need make up.

use super::Known;
use crate::pages::Given;
use crate::pages::acts::form::{Drawing, Node, fill};
use crate::pages::acts::schema::Schemas;
use crate::pages::acts::{fresh_id, freshen, words};
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::{Portal, secret};
use casework::authority::TABLE;
use casework::call::StepKind;
use casework::case::Stage;
use casework::people::Role;
use office::reading::Reading;
use office::reading::handling::Offer;
use serde_json::{Value, json};
use values::Fen;

/// The bar.
pub struct Bar {
    /// The act that takes the case on; none: nothing of it is this person's to do.
    pub main: Option<Open>,
    /// The others, in the order of the access table.
    pub others: Vec<Open>,
    /// Why some may not be done by this person.
    pub notes: Vec<String>,
    /// Acts of other nouns that concern the case: address and title.
    pub more: Vec<(String, &'static str)>,
    /// Units that may be named.
    pub units: Vec<(String, String)>,
    /// Version of the case, as it is seen here.
    pub version: i64,
}

/// An act with its form.
pub struct Open {
    /// Name.
    pub act: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Whether it stops the case.
    pub stops: bool,
    /// The controls.
    pub nodes: Vec<Node>,
    /// How many there are to fill in.
    pub controls: usize,
    /// Paths that are given.
    pub fixed: String,
    /// Name of the request.
    pub request: String,
}

/// The act that takes a case on from a stage.
const fn leads_on(stage: Stage) -> &'static str {
    match stage {
        Stage::Submitted => "case.accept",
        Stage::Review(StepKind::Joint) => "case.give_opinion",
        Stage::Review(kind) => kind.act(),
        Stage::Suspended => "case.resume",
        Stage::Correcting => "case.lapse",
        _ => "case.archive",
    }
}

/// Acts that end or stop a case.
const STOPS: &[&str] = &["case.decline", "case.refuse", "case.terminate", "case.suspend", "case.lapse"];

/// What stands in the form of an act at first, and the paths that are given.
fn prefilled(portal: &Portal, known: &Known, act: &str) -> Result<(Value, Vec<String>), Problem> {
    let case = &known.case;
    let mut fields = json!({ "case": case.id });
    let mut fixed = vec!["case".to_owned()];
    let mut put = |name: &str, value: Value| {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    };
    let today = portal.clock.now().date();
    match act {
        "case.summarise" => {
            let amounts = case.claims.iter().enumerate().map(|(at, claim)| {
                fixed.push(format!("amounts.{at}.clause"));
                let assessed = claim.assessed.unwrap_or_default();
                // What the strictest of those who were asked would give; whoever sums up may set another amount, with a reason.
                let least = case.proposals(&claim.clause).into_iter().map(|(_, most)| most).fold(assessed, Fen::min);
                json!({ "clause": claim.clause, "amount": claim.set.unwrap_or(least), "reason": claim.reason.clone().or_else(|| reason(known, &claim.clause)) })
            });
            put("amounts", amounts.collect());
        }
        "case.record_audit" => {
            let findings = case.claims.iter().enumerate().map(|(at, claim)| {
                fixed.push(format!("report.findings.{at}.clause"));
                json!({ "clause": claim.clause, "words": "" })
            });
            let findings: Value = findings.collect();
            put("report", json!({ "date": today, "findings": findings }));
        }
        "case.check_site" => put("check", json!({ "date": today })),
        "case.deliberate" => put("minutes", json!({ "date": today })),
        "case.approve" | "case.refuse" => {
            fixed.push("determination".to_owned());
            put("determination", fresh_id(portal, "sd")?.into());
            if act == "case.approve" {
                fixed.push("entry".to_owned());
                put("entry", fresh_id(portal, "fl")?.into());
            }
        }
        _ => {}
    }
    Ok((fields, fixed))
}

/// Why units would give less under a clause, as they said it.
fn reason(known: &Known, clause: &str) -> Option<String> {
    let less = known.case.review.asks.iter().filter_map(|ask| Some((ask, ask.answer()?)));
    let said: Vec<String> = less
        .flat_map(|(ask, opinion)| opinion.given.reductions.iter().filter(|less| less.clause == clause).map(move |less| (ask, less)))
        .map(|(ask, less)| format!("{}：{}", known.unit(ask.unit.as_str()), less.reason))
        .collect();
    Some(said.join("；")).filter(|said| !said.is_empty())
}

fn open(portal: &Portal, frame: &Frame, known: &Known, act: &'static str) -> Result<Option<Open>, Problem> {
    let Some(fields) = Schemas::of(&portal.description).fields(act) else { return Ok(None) };
    let (value, fixed) = prefilled(portal, known, act)?;
    let mut given = Given::new();
    fill(&fields, &value, "", &mut given);
    freshen(portal, &fields, "", &mut given)?;
    let paths: Vec<&str> = fixed.iter().map(String::as_str).collect();
    let prefix = format!("{}-", act.replace('.', "-"));
    let mut drawing = Drawing { frame, given: &given, fixed: &paths, wrong: &[], prefix: &prefix, nodes: Vec::new() };
    drawing.fields(&fields, "");
    let nodes = drawing.nodes;
    let controls = nodes.iter().filter(|node| matches!(node, Node::One(_))).count();
    let stops = STOPS.contains(&act);
    Ok(Some(Open { act, title: words::title(act, frame.lang()), stops, nodes, controls, fixed: fixed.join(","), request: secret::fresh()? }))
}

/// The bar of a case. Errors: no randomness.
pub fn of(portal: &Portal, frame: &Frame, reading: &Reading<'_>, known: &Known, offers: Vec<Offer>) -> Result<Bar, Problem> {
    let (mut main, mut others, mut notes) = (None, Vec::new(), Vec::new());
    let leads = leads_on(known.case.stage);
    for offer in offers {
        if let Some(why) = offer.hindered {
            let why = casework::Refusal::from(why).words();
            notes.push(format!("{}{}{}", words::title(offer.act, frame.lang()), frame.pair("：", ": "), why.get(frame.lang())));
            continue;
        }
        let Some(open) = open(portal, frame, known, offer.act)? else { continue };
        if offer.act == leads { main = Some(open) } else { others.push(open) }
    }
    // The same reason for several acts is one note.
    notes.dedup_by(|a, b| a.split_once('：').map(|(_, why)| why) == b.split_once('：').map(|(_, why)| why));
    let units = known.units.iter().map(|(id, name)| (id.clone(), name.clone())).collect();
    Ok(Bar { main, others, notes, more: more(reading, frame, known), units, version: known.version })
}

/// Acts of other nouns that may concern a case at its stage.
fn more(reading: &Reading<'_>, frame: &Frame, known: &Known) -> Vec<(String, &'static str)> {
    let case = &known.case;
    let id = crate::pages::market::encoded(case.id.as_str());
    let determined = case.determination.is_some();
    let wanted = [
        ("document.issue", true, format!("subject=case:{id}")),
        ("determination.amend", determined, format!("case={id}")),
        ("payment.mend", case.stage == Stage::Returned, format!("case={id}")),
        ("recovery.note", determined, format!("case={id}&organisation={}", crate::pages::market::encoded(case.organisation.as_str()))),
        ("recovery.detect", determined, format!("case={id}")),
        ("recovery.open", determined, format!("case={id}")),
        ("retention.empty_draft", case.stage == Stage::Draft, format!("case={id}")),
    ];
    let may = |act: &str| TABLE.iter().any(|(name, _)| *name == act) && reading.may_do_to_call(&known.call, act);
    let back = format!("back=/cases/{id}");
    let acts = wanted.into_iter().filter(|(act, fits, _)| *fits && may(act));
    let mut out: Vec<(String, &'static str)> = acts.map(|(act, _, with)| (format!("/acts/{act}?{with}&{back}"), words::title(act, frame.lang()))).collect();
    let after = matches!(case.stage, Stage::Approved | Stage::Noticed | Stage::Disputed | Stage::Committed | Stage::Paying);
    if after && matches!(reading.role(), Role::Clerk | Role::Leader) {
        out.insert(0, (format!("/calls/{}/manage", crate::pages::market::encoded(known.call.id.as_str())), frame.pair("公示与拨付", "Notice and payment")));
    }
    out
}
