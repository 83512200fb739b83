//! What an act would do to each of the cases that were ticked; nothing of it is kept.

use super::{Asking, request_of};
use crate::Portal;
use crate::acts::act_of;
use crate::operation::{Answer, Answering, Asked};
use crate::pages::acts::form::{Look, Node, Wrong};
use crate::pages::acts::words;
use crate::pages::frame::Frame;
use crate::pages::shown;
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use axum::http::StatusCode;
use casework::Refusal;
use casework::call::Call;
use casework::case::{Case, Claim};
use casework::id::RequestId;
use casework::organisation::Organisation;
use office::reading::{Reading, collection};
use office::{Context, Outcome, Stop};
use serde_json::Value;
use values::Fen;

/// The page.
#[derive(Template)]
#[template(path = "bulk.html")]
struct Preview {
    frame: Frame,
    act: &'static str,
    title: &'static str,
    back: String,
    request: String,
    nodes: Vec<Node>,
    controls: usize,
    wrong: Vec<Wrong>,
    /// Words that all have are missing: what would come of it is said when they are there.
    waits: bool,
    units: Vec<(String, String)>,
    rows: Vec<Row>,
    open: usize,
    refused: usize,
    sum: Fen,
}

/// A case.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) firm: String,
    pub(super) clauses: String,
    pub(super) step: String,
    pub(super) assessed: Option<Fen>,
    pub(super) set: Option<Fen>,
    /// What comes of it; or why not.
    pub(super) then: String,
    pub(super) is_open: bool,
    pub(super) seen: i64,
    pub(super) made: Vec<(String, String)>,
}

impl Row {
    fn refused(id: &str, why: String) -> Self {
        let text = String::new;
        let (firm, clauses, step) = (text(), text(), text());
        Self { id: id.to_owned(), firm, clauses, step, assessed: None, set: None, then: why, is_open: false, seen: 0, made: Vec::new() }
    }
}

pub(super) fn preview<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let asking = Asking::of(portal, asked, &frame)?;
        show(portal, asked, frame, asking, StatusCode::OK).await
    })
}

/// The preview of what was asked for.
pub(super) async fn show(portal: &Portal, asked: &Asked<'_>, frame: Frame, asking: Asking, status: StatusCode) -> Result<Answer, Problem> {
    let (value, wrong) = match asking.value(&frame) {
        Ok(value) => (Some(value), Vec::new()),
        // Before anything was typed nothing is wrong yet.
        Err(wrong) => (None, if asking.is_typed() { wrong } else { Vec::new() }),
    };
    let mut rows = Vec::new();
    for case in &asking.cases {
        rows.push(row(portal, asked, &frame, &asking, case, value.as_ref()).await?);
    }
    let open = rows.iter().filter(|row| row.is_open).count();
    let amounts = rows.iter().filter(|row| row.is_open).filter_map(|row| row.set.or(row.assessed));
    let sum = amounts.fold(Fen(0), |sum, one| Fen(sum.0.saturating_add(one.0)));
    let nodes = asking.nodes(&frame, wrong.clone());
    let controls = nodes.iter().filter(|node| matches!(node, Node::One(_))).count();
    let (act, title, back, request) = (asking.act, asking.title, asking.back, asking.request);
    let (waits, refused, units) = (value.is_none(), rows.len() - open, crate::pages::acts::units(portal).await?);
    let page = Preview { frame, act, title, back, request, nodes, controls, wrong, waits, units, rows, open, refused, sum };
    Ok(Answer { status, ..shown(&page)? })
}

/// One case: read as the reader sees it, then the act tried on it and not kept.
async fn row(portal: &Portal, asked: &Asked<'_>, frame: &Frame, asking: &Asking, id: &str, value: Option<&Value>) -> Result<Row, Problem> {
    let mut reading = reading(portal, asked).await?;
    let mut row = match of_case(&mut reading, id, frame).await {
        Ok(row) => row,
        Err(Stop::Refused(why)) => return Ok(Row::refused(id, Problem::from(why).words(frame.lang()).to_owned())),
        Err(failed) => return Err(failed.into()),
    };
    let Some(value) = value else {
        (row.is_open, row.then) = offered(portal, &mut reading, asking, id, frame).await?;
        return Ok(row);
    };
    drop(reading);
    let seat = asked.seat()?;
    let (fields, made) = asking.on(portal, id, value)?;
    let request = RequestId::parse(&request_of(&asking.request, id)).map_err(|why| Problem::malformed("请求编号有误", why.to_string()))?;
    let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
    let tried = match act_of(asking.act, fields) {
        Ok(act) => portal.office.rehearse(&context, &act, None).await,
        Err(unfit) => return Ok(Row { then: unfit.words(frame.lang()).to_owned(), ..row }),
    };
    (row.is_open, row.then) = match tried {
        Ok((outcome, then)) => (true, would(&outcome, then.as_ref(), frame)),
        Err(Stop::Refused(why)) => (false, refusal(why, frame)),
        Err(failed) => return Err(failed.into()),
    };
    Ok(Row { made, ..row })
}

/// A refusal in words. What a role has and this thing does not allow is said as such: who may see the case knows that it is there.
pub(super) fn refusal(why: Refusal, frame: &Frame) -> String {
    match why {
        Refusal::Denied => frame.pair("不由您的单位或角色办理。", "This is not for your unit or role.").to_owned(),
        why => Problem::from(why).words(frame.lang()).to_owned(),
    }
}

/// What would come of it.
fn would(outcome: &Outcome, then: Option<&Case>, frame: &Frame) -> String {
    let stage = then.map(|case| words::value("Stage", case.stage.name(), frame.lang()));
    let mut out = stage.map_or_else(String::new, |stage| format!("{}{stage}", frame.pair("转入：", "then: ")));
    if let Outcome::Sum(sum) = outcome {
        let amount = format!("{}{} {}", frame.pair("审定 ", "determined "), sum.grouped(), frame.pair("元", "yuan"));
        out = if out.is_empty() { amount } else { format!("{amount}{}{out}", frame.pair("，", ", ")) };
    }
    out
}

/// A case as the reader sees it.
async fn of_case(reading: &mut Reading<'_>, id: &str, frame: &Frame) -> Result<Row, Stop> {
    let cases = collection("cases").ok_or(Refusal::Denied)?;
    let seen = reading.one(cases, id).await?.version;
    let case = reading.case(id).await?;
    let firm: Option<Organisation> = reading.work.peek(case.organisation.as_str()).await?;
    let sum =
        |of: fn(&Claim) -> Option<Fen>| case.claims.iter().map(of).try_fold(Fen(0), |sum, one| sum.checked_add(one?).ok()).filter(|_| !case.claims.is_empty());
    Ok(Row {
        id: id.to_owned(),
        firm: firm.map_or_else(|| case.organisation.to_string(), |firm| firm.name),
        clauses: case.claims.iter().map(|claim| claim.clause.as_str()).collect::<Vec<_>>().join(frame.w("、", ", ")),
        step: words::value("Stage", case.stage.name(), frame.lang()).to_owned(),
        assessed: sum(|claim| claim.assessed),
        set: sum(|claim| claim.set),
        then: String::new(),
        is_open: false,
        seen,
        made: Vec::new(),
    })
}

/// Whether the act is open on a case, as far as can be said before its words are there.
async fn offered(portal: &Portal, reading: &mut Reading<'_>, asking: &Asking, id: &str, frame: &Frame) -> Result<(bool, String), Problem> {
    let case = reading.case(id).await?;
    let call: Call = reading.work.peek(case.call.as_str()).await?.ok_or_else(|| Problem::unknown("call", case.call.as_str()))?;
    let calendar = reading.calendar().await?;
    let offers = reading.offers(&call, &case, &calendar, portal.clock.now()).await?;
    Ok(match offers.into_iter().find(|offer| offer.act == asking.act).map(|offer| offer.hindered) {
        Some(None) => (true, frame.pair("可以办理，填写后预览结果", "open: fill in to see what comes of it").to_owned()),
        Some(Some(why)) => (false, refusal(why.into(), frame)),
        None => (false, frame.pair("现在的环节不办理此事项，或不由您办理。", "Not at this step, or not for you.").to_owned()),
    })
}
