//! A batch of payments line by line, with the acts that take it on: the request, the payment, what the bank reports.

use super::batches::{Outcome, shown_or, state_words};
use super::{DONE, Form, OFFICE, Section, Takes, day, fresh_id, no_such_act, perform, told, typed, yuan};
use crate::Portal;
use crate::acts::is_granted;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Who, query};
use crate::pages::frame::Frame;
use crate::pages::who::People;
use crate::pages::{Given, given, go, page_of, sent_to};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::call::Call;
use casework::case::Case;
use casework::id::OrganisationId;
use casework::organisation::Organisation;
use casework::payment::{Batch, BatchState, Line, LineResult};
use casework::people::Role;
use office::reading::{Reading, collection};
use serde_json::{Value, json};

/// Lines of a page.
const LINES: usize = 100;

/// The page.
#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    frame: Frame,
    section: Section,
    id: String,
    call: (String, String),
    state: &'static str,
    tag: &'static str,
    number: String,
    planned_by: String,
    sent: String,
    is_sent: bool,
    is_finance: bool,
    lines: usize,
    amount: String,
    arrived: String,
    returned: String,
    held: String,
    waiting: usize,
    rows: Vec<Row>,
    /// First line of the page, and of the one after it.
    from: usize,
    next: Option<usize>,
    forms: Vec<Form>,
    wrong: Option<String>,
}

/// A line.
struct Row {
    case: String,
    organisation: String,
    clause: String,
    amount: String,
    again: bool,
    account: String,
    /// What became of it, and when, by which receipt, why.
    result: &'static str,
    detail: String,
    tag: &'static str,
}

pub fn operations() -> Vec<Operation> {
    let does = Who::Roles(&[Role::Clerk, Role::Leader, Role::Finance]);
    let from = query("from", "从第几笔开始", "first line that is shown");
    vec![
        Operation { parameters: vec![ID, from, DONE], ..page_of("/batches/{id}", "batch_page", ("拨付批次明细", "A batch of payments"), OFFICE, batch) },
        Operation { parameters: vec![ID], ..sent_to("/batches/{id}", "batch_act", ("办理拨付批次", "Take a batch on"), does, act) },
    ]
}

/// A batch as it is seen. Errors: unknown.
async fn seen(reading: &mut Reading<'_>, id: &str) -> Result<Batch, Problem> {
    let batches = collection("batches").ok_or_else(|| Problem::unknown("batch", id))?;
    let read = reading.one(batches, id).await?;
    serde_json::from_value(read.body).map_err(|why| Problem::failed(&why.to_string()))
}

fn result(line: &Line, frame: &Frame) -> (&'static str, String, &'static str) {
    match &line.result {
        None => (frame.pair("待回单", "waits"), String::new(), ""),
        Some(LineResult::Arrived { receipt, on }) => (frame.pair("到账", "arrived"), format!("{on} {receipt}"), "tag--pass"),
        Some(LineResult::Returned { receipt, on, reason }) => (frame.pair("退汇", "came back"), format!("{on} {receipt} {reason}"), "tag--fail"),
        Some(LineResult::Held { detail }) => (frame.pair("当日扣下", "held back"), detail.clone(), "tag--warn"),
    }
}

async fn rows(reading: &mut Reading<'_>, lines: &[Line], state: BatchState, frame: &Frame) -> Result<Vec<Row>, Problem> {
    reading.work.bring::<Case>(lines.iter().map(|line| line.case.as_str())).await?;
    let mut firms = Vec::new();
    for line in lines {
        firms.extend(reading.work.peek::<Case>(line.case.as_str()).await?.map(|case| case.organisation));
    }
    reading.work.bring::<Organisation>(firms.iter().map(OrganisationId::as_str)).await?;
    let mut rows = Vec::new();
    for line in lines {
        let case: Option<Case> = reading.work.peek(line.case.as_str()).await?;
        let of: Option<Organisation> = match &case {
            Some(case) => reading.work.peek(case.organisation.as_str()).await?,
            None => None,
        };
        let (words, detail, tag) = result(line, frame);
        rows.push(Row {
            case: line.case.to_string(),
            organisation: of.map(|of| of.name).unwrap_or_default(),
            clause: line.clause.clone(),
            amount: yuan(line.amount),
            again: line.again,
            account: line.account.as_ref().map(|account| format!("{} {}", account.bank, account.number)).unwrap_or_default(),
            result: if line.result.is_none() && state != BatchState::Sent { "" } else { words },
            detail,
            tag,
        });
    }
    Ok(rows)
}

/// The forms of a role, by how far the batch is.
fn forms(frame: &Frame, batch: &Batch, rows: &[Row], role: Role) -> Result<Vec<Form>, Problem> {
    let mut forms = Vec::new();
    let may = |act| is_granted(act, role);
    if batch.state == BatchState::Planned && may("payment.request") {
        let about = ("填写拨付请示的文号。编制分配方案的人不能请示。", "The number of the request; who planned the batch does not ask for it.");
        forms.push(Form::new(frame, "payment.request", about)?.field("number", frame.w("请示文号", "Number"), Takes::Text, ""));
    }
    if batch.state == BatchState::Requested && may("payment.pay") {
        let about = (
            "按当日信用核查逐笔办理：不能拨付的当日扣下，其余送银行。",
            "By the checks of today: whoever is not clear is held back, the rest goes to the bank.",
        );
        forms.push(Form::new(frame, "payment.pay", about)?);
    }
    if batch.state == BatchState::Sent && may("payment.report") {
        let open = batch.lines.iter().filter(|line| matches!(line.result, None | Some(LineResult::Arrived { .. })));
        let words = |line: &Line| {
            let name = rows.iter().find(|row| row.case == line.case.as_str()).map_or("", |row| row.organisation.as_str());
            format!("{} {} {} {}", line.case, name, line.clause, yuan(line.amount))
        };
        // What waits comes first: what arrived may still come back.
        let mut choices: Vec<(bool, String, String)> = open.map(|line| (line.result.is_some(), line.due.to_string(), words(line))).collect();
        choices.sort_by_key(|(done, ..)| *done);
        let choices: Vec<(String, String)> = choices.into_iter().map(|(_, due, words)| (due, words)).collect();
        if !choices.is_empty() {
            let results = vec![("arrived".to_owned(), frame.w("到账", "arrived").to_owned()), ("returned".to_owned(), frame.w("退汇", "came back").to_owned())];
            let form =
                Form::new(frame, "payment.report", ("按银行回单登记一笔；同一回单号只登记一次。", "One line of the bank's receipts; a number comes once."))?;
            let form = form.field("due", frame.w("款项", "Payment"), Takes::Choice(choices), "").field(
                "result",
                frame.w("结果", "Result"),
                Takes::Choice(results),
                "",
            );
            let form = form.field("receipt", frame.w("回单号", "Number of the receipt"), Takes::Text, "").field("on", frame.w("日期", "Day"), Takes::Day, "");
            forms.push(form.field("reason", frame.w("退汇原因", "Why it came back"), Takes::Text, frame.w("到账不填", "empty if it arrived")).maybe());
        }
    }
    if matches!(batch.state, BatchState::Planned | BatchState::Requested) && may("payment.cancel") {
        forms.push(Form::new(frame, "payment.cancel", ("款项回到应付，可以重新列入方案。", "What is due goes back and may enter another batch."))?.grave());
    }
    Ok(forms)
}

async fn page(portal: &Portal, asked: &Asked<'_>, kept: Option<(&Given, &Problem)>) -> Result<Answer, Problem> {
    let mut reading = reading(portal, asked).await?;
    let batch = seen(&mut reading, asked.id()).await?;
    let call: Option<Call> = reading.work.peek(batch.call.as_str()).await?;
    let frame = told(portal, asked);
    let people = People::of(&mut reading, vec![batch.planned_by.as_str()]).await?;
    let from = usize::try_from(asked.number("from", 1, 1, 1_000_000)?).unwrap_or(1);
    let lines: Vec<Line> = batch.lines.iter().skip(from - 1).take(LINES).cloned().collect();
    let rows = rows(&mut reading, &lines, batch.state, &frame).await?;
    let outcome = Outcome::of(&batch);
    let (state, tag) = state_words(&batch, &frame);
    let given = kept.map(|(given, _)| given);
    let forms = forms(&frame, &batch, &rows, reading.role())?.into_iter().map(|form| form.kept(given)).collect();
    shown_or(
        BatchPage {
            section: Section::at("batches", asked),
            id: batch.id.to_string(),
            call: (batch.call.to_string(), call.map(|call| call.title).unwrap_or_default()),
            state,
            tag,
            number: batch.request_number.clone().unwrap_or_default(),
            planned_by: people.name(batch.planned_by.as_str()).to_owned(),
            sent: batch.sent.map(|at| at.to_string().get(..16).unwrap_or_default().replace('T', " ")).unwrap_or_default(),
            is_sent: batch.state == BatchState::Sent,
            is_finance: reading.role() == Role::Finance,
            lines: batch.lines.len(),
            amount: yuan(outcome.amount),
            arrived: yuan(outcome.arrived),
            returned: yuan(outcome.returned),
            held: yuan(outcome.held),
            waiting: outcome.waiting,
            rows,
            from,
            next: (from + LINES <= batch.lines.len()).then_some(from + LINES),
            forms,
            wrong: kept.map(|(_, problem)| problem.words(frame.lang()).to_owned()),
            frame,
        },
        kept.map(|(_, problem)| problem.status),
    )
}

fn batch<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(page(portal, asked, None))
}

fn act<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        match done(portal, asked, &given).await {
            Ok(()) => Ok(go(&format!("/batches/{}?done=yes", asked.id()))),
            Err(problem) => page(portal, asked, Some((&given, &problem))).await,
        }
    })
}

async fn done(portal: &Portal, asked: &Asked<'_>, given: &Given) -> Result<(), Problem> {
    let name = typed(given, "act");
    let batch = asked.id();
    let fields: Value = match name {
        "payment.request" => json!({ "batch": batch, "number": typed(given, "number") }),
        "payment.cancel" => json!({ "batch": batch }),
        "payment.pay" => json!({ "batch": batch, "entry": fresh_id("e-pay", given) }),
        "payment.report" => {
            let is_back = typed(given, "result") == "returned";
            let reason = typed(given, "reason");
            if is_back && reason.is_empty() {
                return Err(Problem::unusable("退汇须填写原因。", "Say why it came back."));
            }
            let returned = is_back.then_some(reason);
            let report = json!({ "receipt": typed(given, "receipt"), "due": typed(given, "due"), "on": day(given, "on")?, "returned": returned });
            json!({ "batch": batch, "reports": [report], "entry": fresh_id("e-report", given) })
        }
        other => return Err(no_such_act(other)),
    };
    perform(portal, asked, given, name, fields).await?;
    Ok(())
}
