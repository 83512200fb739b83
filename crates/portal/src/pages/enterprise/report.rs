//! 绩效报告: what was reached after a payment, goal by goal, with a paper that proves it.

use super::super::frame::Frame;
use super::super::{Given, go, page_of, sent_to, shown};
use super::{File, OWN, Sent, chosen, does, files, sent, told, typed};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation};
use crate::problem::Problem;
use crate::records::reading;
use crate::secret;
use askama::Template;
use axum::http::StatusCode;
use casework::Act;
use casework::case::Left;
use casework::id::DueId;
use casework::performance::PerformanceAct;
use office::reading::own::OwnReport;

/// The page.
#[derive(Template)]
#[template(path = "enterprise/report.html")]
struct ReportPage {
    frame: Frame,
    report: OwnReport,
    until: String,
    left: String,
    files: Vec<File>,
    given: Given,
    wrong: Option<String>,
    request: String,
}

pub fn operations() -> Vec<Operation> {
    let path = "/my/reports/{id}";
    vec![
        Operation { parameters: vec![ID], ..page_of(path, "own_report", ("绩效报告", "A report of what was reached"), OWN, show) },
        Operation { parameters: vec![ID], ..sent_to(path, "send_report", ("报送绩效报告", "Report what was reached"), OWN, send) },
    ]
}

async fn page(portal: &Portal, asked: &Asked<'_>, given: Given, wrong: Option<&Problem>) -> Result<Answer, Problem> {
    let today = portal.clock.now().date();
    let (report, calendar, organisation) = found(portal, asked).await?;
    let frame = Frame::new(portal, asked, "my");
    let until = report.term.ends(&calendar);
    let page = ReportPage {
        left: Left::until(&calendar, today, until).words().get(frame.lang()).to_owned(),
        until: until.to_string(),
        files: if report.is_awaited { files(portal, &organisation).await? } else { Vec::new() },
        wrong: wrong.map(|problem| problem.words(frame.lang()).to_owned()),
        request: given.get("request").cloned().map_or_else(secret::fresh, Ok)?,
        report,
        given,
        frame,
    };
    Ok(Answer { status: wrong.map_or(StatusCode::OK, |problem| problem.status), ..shown(&page)? })
}

/// The report in the address, with the calendar and the enterprise. Errors: unknown, also where it is another's.
async fn found(portal: &Portal, asked: &Asked<'_>) -> Result<(OwnReport, values::WorkCalendar, String), Problem> {
    let mut reading = reading(portal, asked).await?;
    let organisation = reading.own_organisation().await?;
    let cases = reading.own_cases(portal.clock.now().date()).await?;
    let reports = reading.own_reports(&cases).await?;
    let report = reports.into_iter().find(|report| report.due.as_str() == asked.id()).ok_or_else(|| Problem::unknown("report", asked.id()))?;
    Ok((report, reading.calendar().await?, organisation.id.to_string()))
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
        let (report, _, organisation) = found(portal, asked).await?;
        let problem = match act(portal, &given, &report, &organisation).await {
            Ok(act) => match does(portal, asked, &given, &act).await? {
                Ok(_) => return Ok(go(&format!("/my/cases/{}?done=reported", report.case))),
                Err(stop) => told(stop),
            },
            Err(problem) => problem,
        };
        page(portal, asked, given, Some(&problem)).await
    })
}

async fn act(portal: &Portal, given: &Given, report: &OwnReport, organisation: &str) -> Result<Act, Problem> {
    let mut reached = Vec::new();
    for (number, goal) in report.goals.iter().enumerate() {
        let figure = typed(given, &format!("goal.{number}")).replace([',', '，'], "").parse::<i64>();
        let why = || Problem::unusable(format!("“{}”应填整数", goal.name), format!("{}: a whole number is wanted", goal.name));
        reached.push(figure.map_err(|_| why())?);
    }
    let files = files(portal, organisation).await?;
    let evidence = chosen(&files, typed(given, "paper"), &[])?.into_iter().collect();
    let due: DueId = report.due.clone();
    Ok(Act::Performance(PerformanceAct::Report { due, reached, words: typed(given, "words").to_owned(), evidence }))
}

impl ReportPage {
    /// What was typed into a field before.
    fn typed(&self, name: &str) -> &str {
        typed(&self.given, name)
    }

    /// The figure of a goal, as it was reported.
    fn reached(&self, report: &casework::performance::Report, number: &usize) -> String {
        report.reached.get(*number).map(ToString::to_string).unwrap_or_default()
    }

    /// The figure of a goal, as it was typed.
    fn figure(&self, number: &usize) -> &str {
        typed(&self.given, &format!("goal.{number}"))
    }
}
