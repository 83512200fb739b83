//! 追回, as the enterprise is told of it: what is proposed and why, its time for a statement, the decision, what is to be paid back.

use super::super::frame::Frame;
use super::super::{Given, go, page_of, sent_to, shown};
use super::{File, OWN, Sent, chosen, does, files, sent, told, typed};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::secret;
use askama::Template;
use axum::http::StatusCode;
use casework::Act;
use casework::case::Left;
use casework::recovery::{RecoveryAct, RecoveryStage};
use office::reading::own::{OwnRecovery, Served};
use values::Fen;

/// The page.
#[derive(Template)]
#[template(path = "enterprise/recovery.html")]
struct RecoveryPage {
    frame: Frame,
    one: OwnRecovery,
    papers: Vec<Served>,
    /// Last day for a statement, and how much is left; none: no statement is taken any more.
    hearing: Option<(String, String)>,
    owed: Fen,
    files: Vec<File>,
    given: Given,
    wrong: Option<String>,
    request: String,
}

pub fn operations() -> Vec<Operation> {
    let path = "/my/recoveries/{id}";
    vec![
        Operation {
            parameters: vec![ID, query("done", "刚办理的事项", "what was just done")],
            ..page_of(path, "own_recovery", ("追回案件", "A clawback"), OWN, show)
        },
        Operation { parameters: vec![ID], ..sent_to(path, "state_own_case", ("陈述申辩", "State the own case"), OWN, send) },
    ]
}

async fn page(portal: &Portal, asked: &Asked<'_>, given: Given, wrong: Option<&Problem>) -> Result<Answer, Problem> {
    let today = portal.clock.now().date();
    let mut reading = reading(portal, asked).await?;
    let all = reading.own_recoveries().await?;
    let one = all.into_iter().find(|one| one.id.as_str() == asked.id()).ok_or_else(|| Problem::unknown("recovery", asked.id()))?;
    let papers = reading.own_papers(&[], std::slice::from_ref(&one)).await?;
    let calendar = reading.calendar().await?;
    let organisation = reading.own_organisation().await?;
    drop(reading);
    let frame = Frame::new(portal, asked, "my");
    let frame = if asked.query("done") == Some("stated") { frame.telling("陈述申辩已收到。", "Your statement was taken.") } else { frame };
    let until = one.hearing.as_ref().map(|term| term.ends(&calendar)).filter(|until| one.stage == RecoveryStage::Notified && *until >= today);
    let hearing = until.map(|until| (until.to_string(), Left::until(&calendar, today, until).words().get(frame.lang()).to_owned()));
    let parts = one.decision.as_ref().map_or(&one.proposal.parts, |decision| &decision.parts);
    let whole = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount.0));
    let page = RecoveryPage {
        owed: Fen(whole.saturating_sub(one.collected.0)),
        files: if hearing.is_some() { files(portal, organisation.id.as_str()).await? } else { Vec::new() },
        wrong: wrong.map(|problem| problem.words(frame.lang()).to_owned()),
        request: given.get("request").cloned().map_or_else(secret::fresh, Ok)?,
        one,
        papers,
        hearing,
        given,
        frame,
    };
    Ok(Answer { status: wrong.map_or(StatusCode::OK, |problem| problem.status), ..shown(&page)? })
}

fn show<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(page(portal, asked, Given::new(), None))
}

fn send<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let Sent { given, is_only_file, problem } = sent(portal, asked, |_| "paper".to_owned()).await?;
        if problem.is_some() || is_only_file {
            return page(portal, asked, given, problem.as_ref()).await;
        }
        let problem = match act(portal, asked, &given).await {
            Ok(act) => match does(portal, asked, &given, &act).await? {
                Ok(_) => return Ok(go(&format!("/my/recoveries/{}?done=stated", asked.id()))),
                Err(stop) => told(stop),
            },
            Err(problem) => problem,
        };
        if problem.status == StatusCode::NOT_FOUND {
            return Err(problem);
        }
        page(portal, asked, given, Some(&problem)).await
    })
}

async fn act(portal: &Portal, asked: &Asked<'_>, given: &Given) -> Result<Act, Problem> {
    let mut reading = reading(portal, asked).await?;
    let all = reading.own_recoveries().await?;
    let recovery = all.into_iter().map(|one| one.id).find(|id| id.as_str() == asked.id()).ok_or_else(|| Problem::unknown("recovery", asked.id()))?;
    let organisation = reading.own_organisation().await?;
    drop(reading);
    let files = files(portal, organisation.id.as_str()).await?;
    let evidence = chosen(&files, typed(given, "paper"), &[])?.into_iter().map(|paper| paper.digest).collect();
    let words = typed(given, "words").to_owned();
    if words.is_empty() {
        return Err(Problem::unusable("请填写陈述申辩的内容", "say what you have to say"));
    }
    Ok(Act::Recovery(RecoveryAct::State { recovery, words, evidence, last: given.contains_key("last") }))
}

impl RecoveryPage {
    /// What was typed into a field before.
    fn typed(&self, name: &str) -> &str {
        typed(&self.given, name)
    }
}
