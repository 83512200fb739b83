//! 拨付批次: the batches of payments, and what came back from the bank and waits to be sent again.

use super::{DONE, Form, OFFICE, ROWS, Section, Takes, fresh_id, no_such_act, perform, sum, told, typed, yuan};
use crate::Portal;
use crate::acts::is_granted;
use crate::operation::{Answer, Answering, Asked, Operation, Who, query};
use crate::pages::frame::Frame;
use crate::pages::{Given, given, go, page_of, sent_to, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use axum::http::StatusCode;
use casework::call::CallStage;
use casework::id::CallId;
use casework::payment::{Batch, BatchState, Due, LineResult};
use casework::people::Role;
use office::reading::{Reading, Wanted, collection};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use values::Fen;

/// Batches on a page: each is read with all its lines.
const BATCHES: usize = 20;
/// Calls to choose from; where there are more, one is named by its id.
const CALLS: usize = 200;

/// The page.
#[derive(Template)]
#[template(path = "batches.html")]
struct Batches {
    frame: Frame,
    section: Section,
    rows: Vec<Row>,
    returned: Vec<Back>,
    may_miss: bool,
    forms: Vec<Form>,
    wrong: Option<String>,
    next: Option<String>,
    is_first: bool,
}

/// A batch.
struct Row {
    id: String,
    call: String,
    state: &'static str,
    tag: &'static str,
    lines: usize,
    amount: String,
    arrived: String,
    returned: String,
    number: String,
    sent: String,
}

/// A payment that came back.
struct Back {
    id: String,
    case: String,
    clause: String,
    amount: String,
    state: &'static str,
}

pub fn operations() -> Vec<Operation> {
    let does = Who::Roles(&[Role::Clerk, Role::Leader]);
    vec![
        Operation {
            parameters: vec![query("after", "从此编号之后开始", "begin after this id"), DONE],
            ..page_of("/batches", "batches_page", ("拨付批次", "Batches of payments"), OFFICE, batches)
        },
        sent_to("/batches", "batches_act", ("编制分配方案、更正账户、不再拨付", "Plan a batch, mend an account, give a payment up"), does, act),
    ]
}

/// What became of the lines of a batch, in fen.
pub struct Outcome {
    pub amount: Fen,
    pub arrived: Fen,
    pub returned: Fen,
    pub held: Fen,
    pub waiting: usize,
}

impl Outcome {
    /// Of a batch.
    pub fn of(batch: &Batch) -> Self {
        let of = |wanted: fn(&LineResult) -> bool| sum(batch.lines.iter().filter(|line| line.result.as_ref().is_some_and(wanted)).map(|line| line.amount));
        Self {
            amount: sum(batch.lines.iter().map(|line| line.amount)),
            arrived: of(|result| matches!(result, LineResult::Arrived { .. })),
            returned: of(|result| matches!(result, LineResult::Returned { .. })),
            held: of(|result| matches!(result, LineResult::Held { .. })),
            waiting: batch.lines.iter().filter(|line| line.result.is_none()).count(),
        }
    }
}

/// How far a batch is, in words and in colour.
pub fn state_words(batch: &Batch, frame: &Frame) -> (&'static str, &'static str) {
    let is_done = batch.lines.iter().all(|line| line.result.is_some());
    match batch.state {
        BatchState::Planned => (frame.pair(BatchState::Planned.title(), "Planned"), "tag--info"),
        BatchState::Requested => (frame.pair(BatchState::Requested.title(), "Asked for"), "tag--info"),
        BatchState::Sent if is_done => (frame.pair("回单已齐", "All reported"), "tag--pass"),
        BatchState::Sent => (frame.pair("已送银行，待回单", "At the bank"), "tag--warn"),
        BatchState::Cancelled => (frame.pair(BatchState::Cancelled.title(), "Taken back"), ""),
    }
}

fn row(batch: &Batch, titles: &BTreeMap<String, String>, frame: &Frame) -> Row {
    let outcome = Outcome::of(batch);
    let (state, tag) = state_words(batch, frame);
    Row {
        id: batch.id.to_string(),
        call: titles.get(batch.call.as_str()).cloned().unwrap_or_default(),
        state,
        tag,
        lines: batch.lines.len(),
        amount: yuan(outcome.amount),
        arrived: yuan(outcome.arrived),
        returned: yuan(outcome.returned),
        number: batch.request_number.clone().unwrap_or_default(),
        sent: batch.sent.map(|at| at.date().to_string()).unwrap_or_default(),
    }
}

/// Payments that came back, as far as they are seen: those that wait for another account, and those that may be sent again.
async fn came_back(reading: &mut Reading<'_>) -> Result<Vec<Due>, Problem> {
    let mut all = Vec::new();
    for state in ["returned", "mended"] {
        let Some(dues) = collection("dues") else { continue };
        let page = reading.page(dues, &Wanted { filters: vec![("state", state)], after: "", limit: ROWS }).await?;
        for read in page.records {
            all.push(serde_json::from_value::<Due>(read.body).map_err(|why| Problem::failed(&why.to_string()))?);
        }
    }
    Ok(all)
}

async fn page(portal: &Portal, asked: &Asked<'_>, kept: Option<(&Given, &Problem)>) -> Result<Answer, Problem> {
    let mut reading = reading(portal, asked).await?;
    let unknown = || Problem::unknown("collection", "batches");
    let after = asked.query("after").unwrap_or_default();
    let found = reading.page(collection("batches").ok_or_else(unknown)?, &Wanted { filters: Vec::new(), after, limit: BATCHES }).await?;
    let mut batches: Vec<Batch> = Vec::new();
    for read in found.records {
        batches.push(serde_json::from_value(read.body).map_err(|why| Problem::failed(&why.to_string()))?);
    }
    let of: HashSet<&CallId> = batches.iter().map(|batch| &batch.call).collect();
    let titles = reading.calls_that(|call| of.contains(&call.id)).await?;
    let titles = titles.iter().map(|call| (call.id.to_string(), call.title.clone())).collect();
    let unit = reading.person().unit.clone();
    let shared = reading.calls_that(|call| call.stage == CallStage::Shared && unit.as_ref() == Some(&call.lead)).await?;
    let dues = came_back(&mut reading).await?;
    let frame = told(portal, asked);
    let role = reading.role();
    let mut forms = Vec::new();
    if is_granted("payment.plan", role) {
        let choices = shared.iter().rev().map(|call| (call.id.to_string(), call.title.clone()));
        forms.push(plan(&frame, (shared.len() <= CALLS).then(|| choices.collect()))?);
    }
    forms.extend(returns(&frame, &dues, role)?);
    let given = kept.map(|(given, _)| given);
    shown_or(
        Batches {
            section: Section::at("batches", asked),
            rows: batches.iter().map(|batch| row(batch, &titles, &frame)).collect(),
            returned: dues.iter().map(|due| back(due, frame.lang())).collect(),
            may_miss: dues.len() >= ROWS,
            forms: forms.into_iter().map(|form| form.kept(given)).collect(),
            wrong: kept.map(|(_, problem)| problem.words(frame.lang()).to_owned()),
            next: found.next,
            is_first: after.is_empty(),
            frame,
        },
        kept.map(|(_, problem)| problem.status),
    )
}

/// A page, or the same with the status of a refusal.
pub fn shown_or(page: impl Template, status: Option<StatusCode>) -> Result<Answer, Problem> {
    let answer = shown(&page)?;
    Ok(Answer { status: status.unwrap_or(StatusCode::OK), ..answer })
}

fn back(due: &Due, lang: values::Lang) -> Back {
    let state = crate::pages::acts::words::value("DueState", due.state.name(), lang);
    Back { id: due.id.to_string(), case: due.case.to_string(), clause: due.clause.clone(), amount: yuan(due.amount), state }
}

fn plan(frame: &Frame, calls: Option<Vec<(String, String)>>) -> Result<Form, Problem> {
    let about = (
        "把该批次已到拨付时点的应付款列入一个拨付批次；停止兑付、缺绩效报告和需要回避的不列入。",
        "Takes what is due of the call into a batch; what is stopped, lacks its report or is of somebody you must keep away from stays out.",
    );
    let cases = frame.w("案件编号，用空格分开；不填则为全部", "ids of cases, with spaces between; empty: all");
    let (takes, hint) = calls.map_or_else(|| (Takes::Text, frame.w("申报批次的编号", "id of the call")), |calls| (Takes::Choice(calls), ""));
    let form = Form::new(frame, "payment.plan", about)?.field("call", frame.w("申报批次", "Call"), takes, hint);
    Ok(form.field("cases", frame.w("只列这些案件", "Only these cases"), Takes::Text, cases).maybe())
}

fn returns(frame: &Frame, dues: &[Due], role: Role) -> Result<Vec<Form>, Problem> {
    let mut forms = Vec::new();
    let words = |due: &Due| format!("{} · {} · {}", due.case, due.clause, yuan(due.amount));
    let back: Vec<&Due> = dues.iter().filter(|due| due.state == casework::payment::DueState::Returned).collect();
    if back.is_empty() {
        return Ok(forms);
    }
    if is_granted("payment.mend", role) {
        let about = (
            "填写企业新登记并经他人核验的账户；更正后这笔钱可以列入下一个拨付批次重拨。",
            "The account that was entered and verified since; what came back may then enter another batch.",
        );
        let mut cases: Vec<(String, String)> = back.iter().map(|due| (due.case.to_string(), words(due))).collect();
        cases.dedup_by(|a, b| a.0 == b.0);
        let form = Form::new(frame, "payment.mend", about)?.field("case", frame.w("退汇的款项", "What came back"), Takes::Choice(cases), "");
        let form = form.field("holder", frame.w("户名", "Holder"), Takes::Text, "").field("bank", frame.w("开户行", "Bank"), Takes::Text, "");
        forms.push(form.field("number", frame.w("账号", "Account number"), Takes::Text, ""));
    }
    if is_granted("payment.drop", role) {
        let about = ("企业不再领取的款项退回预算。", "What will not be sent again goes back to the budget.");
        let all = back.iter().map(|due| (due.id.to_string(), words(due))).collect();
        let form = Form::new(frame, "payment.drop", about)?.field("due", frame.w("退汇的款项", "What came back"), Takes::Choice(all), "");
        forms.push(form.field("reason", frame.w("理由", "Why"), Takes::Words, "").grave());
    }
    Ok(forms)
}

fn batches<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(page(portal, asked, None))
}

fn act<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        match done(portal, asked, &given).await {
            Ok(to) => Ok(go(&to)),
            Err(problem) => page(portal, asked, Some((&given, &problem))).await,
        }
    })
}

/// Does what was sent, and says where it leads.
async fn done(portal: &Portal, asked: &Asked<'_>, given: &Given) -> Result<String, Problem> {
    match typed(given, "act") {
        "payment.plan" => {
            let batch = fresh_id("bf", given);
            let cases: Vec<&str> = typed(given, "cases").split([' ', ',', '，', '、']).filter(|case| !case.is_empty()).collect();
            let cases = if cases.is_empty() { None } else { Some(cases) };
            perform(portal, asked, given, "payment.plan", json!({ "batch": batch, "call": typed(given, "call"), "cases": cases })).await?;
            Ok(format!("/batches/{batch}?done=yes"))
        }
        "payment.mend" => {
            let account = json!({ "holder": typed(given, "holder"), "bank": typed(given, "bank"), "number": typed(given, "number") });
            perform(portal, asked, given, "payment.mend", json!({ "case": typed(given, "case"), "account": account })).await?;
            Ok("/batches?done=yes#returns".to_owned())
        }
        "payment.drop" => {
            let fields = json!({ "due": typed(given, "due"), "entry": fresh_id("e-drop", given), "reason": typed(given, "reason") });
            perform(portal, asked, given, "payment.drop", fields).await?;
            Ok("/batches?done=yes#returns".to_owned())
        }
        other => Err(no_such_act(other)),
    }
}
