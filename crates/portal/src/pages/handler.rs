//! 领取、交办: who of a unit has a case on the desk. Said of one case or of those that are ticked in a list; whether it may be said stands
//! in `office::handler`, and it changes no right.

use super::frame::Frame;
use super::work::HANDLERS;
use super::{go, is_ours, sent_to, shown};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation};
use crate::pages::bulk::CASES_MAX;
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use axum::http::StatusCode;
use casework::call::Call;
use office::Stop;
use office::handler::{Declined, Wanted};

/// What was not done.
#[derive(Template)]
#[template(path = "handlers.html")]
struct NotDone {
    frame: Frame,
    back: String,
    done: usize,
    rows: Vec<(String, String)>,
}

pub fn operations() -> Vec<Operation> {
    vec![sent_to("/handlers", "case_handlers", ("领取、交办、退回待领", "Take cases, give them on or back"), HANDLERS, change)]
}

fn change<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let given: Vec<(String, String)> = form_urlencoded::parse(&asked.body).into_owned().collect();
        let said = |wanted: &str| given.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str()).unwrap_or_default();
        let wanted = match said("do") {
            "take" => Wanted::Take,
            "give" => Wanted::Give(said("to").to_owned()),
            "back" => Wanted::Back,
            _ => return Err(Problem::unusable("请选择领取、交办或退回待领。", "Say whether to take, to give on or to give back.")),
        };
        let mut cases: Vec<&str> = given.iter().filter(|(name, _)| name == "case").map(|(_, case)| case.as_str()).collect();
        cases.dedup();
        if cases.is_empty() || cases.len() > CASES_MAX {
            let zh = format!("请勾选 1 至 {CASES_MAX} 件后再试。");
            return Err(Problem::unusable(zh, format!("Tick 1 to {CASES_MAX} cases.")));
        }
        let back = Some(said("back")).filter(|back| is_ours(back)).unwrap_or("/work").to_owned();
        let mut rows = Vec::new();
        for case in &cases {
            if let Err((zh, en)) = one(portal, asked, case, &wanted).await? {
                rows.push(((*case).to_owned(), frame.w(&zh, &en).to_owned()));
            }
        }
        if rows.is_empty() {
            return Ok(go(&back));
        }
        let page = NotDone { done: cases.len() - rows.len(), back, rows, frame };
        Ok(Answer { status: StatusCode::CONFLICT, ..shown(&page)? })
    })
}

/// One case. The inner error: why not, in Chinese and English.
async fn one(portal: &Portal, asked: &Asked<'_>, id: &str, wanted: &Wanted) -> Result<Result<(), (String, String)>, Problem> {
    let (store, now) = (portal.office.store(), portal.clock.now());
    let mut reading = reading(portal, asked).await?;
    let case = match reading.case(id).await {
        Ok(case) => case,
        // What the reader does not see is not there.
        Err(Stop::Refused(why)) => return Ok(Err(Problem::from(why).detail)),
        Err(failed) => return Err(failed.into()),
    };
    let call: Call = reading.work.peek(case.call.as_str()).await?.ok_or_else(|| Problem::unknown("call", case.call.as_str()))?;
    let Some(place) = reading.place(store, &call, &case, now).await? else { return Ok(Err(Declined::NotHere.words())) };
    let reader = reading.person().id.clone();
    drop(reading);
    Ok(place.change(store, &reader, wanted, now).await?.map_err(|why| why.words()))
}
