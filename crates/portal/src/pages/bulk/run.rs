//! The act done to each case, and what came of it. A run is noted under its name, so that sent again it leads to the same page.

use super::preview::{refusal, show};
use super::{ACTS, Asking, request_of, title};
use crate::Portal;
use crate::acts::act_of;
use crate::operation::{Answering, Asked};
use crate::pages::acts::{sentence, words};
use crate::pages::frame::Frame;
use crate::pages::{go, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use axum::http::StatusCode;
use casework::id::RequestId;
use office::{Context, Outcome, Stop};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::service::BulkRun;
use values::Lang;

/// So many results of a person are kept; what was done stands in the log for ever.
const RUNS_MAX: usize = 50;

/// What came of one case.
#[derive(Serialize, Deserialize)]
struct Came {
    case: String,
    /// What the act answered; none: it was refused.
    outcome: Option<Outcome>,
    /// Why it was refused, in Chinese and in English.
    why: (String, String),
}

/// The page.
#[derive(Template)]
#[template(path = "bulk_done.html")]
struct Done {
    frame: Frame,
    act: &'static str,
    title: &'static str,
    at: String,
    rows: Vec<Line>,
    done: usize,
    /// Cases that were refused.
    refused: Vec<String>,
}

/// A case.
struct Line {
    id: String,
    firm: String,
    is_done: bool,
    words: String,
    /// Where it is now.
    step: String,
}

pub(super) fn run<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let asking = Asking::of(portal, asked, &frame)?;
        let (seat, store) = (asked.seat()?, portal.office.store());
        RequestId::parse(&asking.request).map_err(|why| Problem::malformed("请求编号有误", why.to_string()))?;
        let place = format!("/bulk/runs/{}", asking.request);
        let known: Option<BulkRun> = store.service_row("id", &asking.request).await?;
        if known.is_some() {
            // Sent again: what was done then is shown; of another person there is nothing to see.
            return Ok(go(&place));
        }
        let Ok(value) = asking.value(&frame) else { return show(portal, asked, frame, asking, StatusCode::UNPROCESSABLE_ENTITY).await };
        let mut results = Vec::new();
        for case in &asking.cases {
            results.push(one(portal, asked, &asking, case, &value).await?);
        }
        let results = serde_json::to_string(&results).map_err(|why| Problem::failed(&why.to_string()))?;
        let at = portal.clock.now().to_string();
        let run = BulkRun { id: asking.request, user_id: seat.user.to_string(), role: seat.role.name().to_owned(), act: asking.act.to_owned(), results, at };
        store.add_service_row(&run).await?;
        let mut kept: Vec<BulkRun> = store.service_rows("user_id", seat.user.as_str()).await?;
        kept.sort_by(|a, b| b.at.cmp(&a.at));
        for old in kept.iter().skip(RUNS_MAX).filter(|old| old.id != run.id) {
            store.drop_service_rows::<BulkRun>("id", &old.id).await?;
        }
        Ok(go(&place))
    })
}

/// The act on one case. What fails is told as what is refused: the others go on.
async fn one(portal: &Portal, asked: &Asked<'_>, asking: &Asking, case: &str, value: &Value) -> Result<Came, Problem> {
    let seat = asked.seat()?;
    let told = |why: Problem| Came { case: case.to_owned(), outcome: None, why: (why.words(Lang::Zh).to_owned(), why.words(Lang::En).to_owned()) };
    let (fields, _) = asking.on(portal, case, value)?;
    let act = match act_of(asking.act, fields) {
        Ok(act) => act,
        Err(unfit) => return Ok(told(unfit)),
    };
    let request = RequestId::parse(&request_of(&asking.request, case)).map_err(|why| Problem::malformed("请求编号有误", why.to_string()))?;
    let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
    // Without what was seen nothing is done: nobody looked at it.
    let seen = asking.given.get(&format!("seen.{case}")).and_then(|seen| seen.parse().ok()).unwrap_or(0);
    Ok(match portal.office.perform_on(&context, &act, Some(seen)).await {
        Ok(outcome) => Came { case: case.to_owned(), outcome: Some(outcome), why: Default::default() },
        Err(Stop::Refused(why)) => {
            let words = |lang| refusal(why.clone(), &Frame::bare(portal, lang));
            Came { case: case.to_owned(), outcome: None, why: (words(Lang::Zh), words(Lang::En)) }
        }
        Err(failed) => told(failed.into()),
    })
}

pub(super) fn result<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let seat = asked.seat()?;
        let run: Option<BulkRun> = portal.office.store().service_row("id", asked.id()).await?;
        let run = run.filter(|run| run.user_id == seat.user.as_str() && run.role == seat.role.name());
        let run = run.ok_or_else(|| Problem::unknown("page", asked.id()))?;
        let (act, _) = ACTS.iter().find(|(act, _)| *act == run.act).ok_or_else(|| Problem::unknown("act", &run.act))?;
        let results: Vec<Came> = serde_json::from_str(&run.results).map_err(|why| Problem::failed(&why.to_string()))?;
        let mut reading = reading(portal, asked).await?;
        let cases = reading.cases(&results.iter().map(|one| one.case.as_str()).collect::<Vec<_>>()).await?;
        let firms = reading.firm_names(&cases.values().map(|case| case.organisation.as_str()).collect::<Vec<_>>()).await?;
        let mut rows = Vec::new();
        for one in results {
            let case = cases.get(&one.case);
            let firm = case.and_then(|case| firms.get(case.organisation.as_str())).cloned().unwrap_or_default();
            let words = match &one.outcome {
                Some(outcome) => sentence(act, outcome, &frame),
                None => frame.w(&one.why.0, &one.why.1).to_owned(),
            };
            let step = case.map_or("", |case| words::value("Stage", case.stage.name(), frame.lang())).to_owned();
            rows.push(Line { id: one.case, firm, is_done: one.outcome.is_some(), words, step });
        }
        let done = rows.iter().filter(|row| row.is_done).count();
        let refused = rows.iter().filter(|row| !row.is_done).map(|row| row.id.clone()).collect();
        shown(&Done { act, title: title(act, &frame), at: run.at.replace('T', " "), rows, done, refused, frame })
    })
}
