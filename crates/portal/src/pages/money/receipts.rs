//! The bank's receipts of a batch: a file sent or a table pasted, looked at row by row, reported when the preview is confirmed. What
//! was sent stands as text in the form, so that a wrong row is mended where it is, and a file that cannot be read takes nothing away.

use super::batches::shown_or;
use super::{Section, typed, yuan};
use crate::Portal;
use crate::evidence::not_taken;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Who};
use crate::pages::frame::Frame;
use crate::pages::multipart::brought;
use crate::pages::{go, page_of, sent_to};
use crate::problem::Problem;
use crate::records::reading;
use crate::treasury::{Reporting, taken};
use askama::Template;
use casework::case::Case;
use casework::organisation::Organisation;
use casework::payment::{Batch, Report};
use casework::people::Role;
use exchange::Limits;
use exchange::table::text;
use office::reading::{Reading, collection};
use serde_json::Value;
use values::Lang;

const FINANCE: Who = Who::Roles(&[Role::Finance]);
/// Lines of the preview.
const LINES: usize = 200;

/// The page.
#[derive(Template)]
#[template(path = "receipts.html")]
struct ReceiptsPage {
    frame: Frame,
    section: Section,
    id: String,
    /// The table as it stands in the form.
    table: String,
    seen: Option<Seen>,
    wrong: Option<String>,
}

/// What a table says.
struct Seen {
    mark: String,
    reports: usize,
    arrived: String,
    returned: String,
    lines: Vec<Line>,
    problems: Vec<Wrong>,
    missing: Vec<String>,
}

/// A result that would be reported.
struct Line {
    case: String,
    organisation: String,
    clause: String,
    amount: String,
    result: &'static str,
    tag: &'static str,
    /// What the ledger moves for it.
    moves: &'static str,
    on: String,
    receipt: String,
    reason: String,
}

/// What is wrong with a row.
struct Wrong {
    line: String,
    column: String,
    words: String,
    help: String,
}

pub fn operations() -> Vec<Operation> {
    let path = "/batches/{id}/receipts";
    vec![
        Operation { parameters: vec![ID], ..page_of(path, "receipts_page", ("导入银行回单", "The bank's receipts"), FINANCE, blank) },
        Operation {
            parameters: vec![ID], ..sent_to(path, "receipts_act", ("预览并登记银行回单", "Look at receipts, then report them"), FINANCE, sent)
        },
    ]
}

/// As the reader of receipts takes it: cells copied from a sheet have tabs between.
fn plain(table: &str) -> String {
    let table = table.replace("\r\n", "\n");
    let is_copied = table.lines().next().is_some_and(|line| line.contains('\t') && !line.contains(','));
    if is_copied { table.replace('\t', ",") } else { table }
}

fn wrong(problem: &Value, frame: &Frame) -> Wrong {
    let lang = if frame.lang() == Lang::Zh { "zh" } else { "en" };
    let text = |path: &str| problem.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    Wrong {
        line: problem.get("line").and_then(Value::as_u64).map_or_else(|| "—".to_owned(), |line| line.to_string()),
        column: text("/column"),
        words: text(&format!("/message/{lang}")),
        help: text(&format!("/help/{lang}")),
    }
}

/// The batch, where the reader sees it. Errors: unknown.
async fn batch(reading: &mut Reading<'_>, id: &str) -> Result<Batch, Problem> {
    let unknown = || Problem::unknown("batch", id);
    reading.one(collection("batches").ok_or_else(unknown)?, id).await?;
    reading.work.peek(id).await?.ok_or_else(unknown)
}

async fn line(reading: &mut Reading<'_>, batch: &Batch, report: &Report, frame: &Frame) -> Result<Option<Line>, Problem> {
    let Some(of) = batch.lines.iter().find(|line| line.due == report.due) else { return Ok(None) };
    let case: Option<Case> = reading.work.peek(of.case.as_str()).await?;
    let organisation: Option<Organisation> = match &case {
        Some(case) => reading.work.peek(case.organisation.as_str()).await?,
        None => None,
    };
    let is_back = report.returned.is_some();
    Ok(Some(Line {
        case: of.case.to_string(),
        organisation: organisation.map(|of| of.name).unwrap_or_default(),
        clause: of.clause.clone(),
        amount: yuan(of.amount),
        result: if is_back { frame.pair("退汇", "came back") } else { frame.pair("到账", "arrived") },
        tag: if is_back { "tag--fail" } else { "tag--pass" },
        moves: if is_back { frame.pair("支付 → 退回", "Paid → Returned") } else { frame.pair("不变", "nothing") },
        on: report.on.to_string(),
        receipt: report.receipt.to_string(),
        reason: report.returned.clone().unwrap_or_default(),
    }))
}

async fn page(portal: &Portal, asked: &Asked<'_>, table: &str, seen: Option<Reporting>, problem: Option<&Problem>) -> Result<Answer, Problem> {
    let mut reading = reading(portal, asked).await?;
    let batch = batch(&mut reading, asked.id()).await?;
    let frame = Frame::new(portal, asked, "money");
    let seen = match seen {
        None => None,
        Some(seen) => {
            let mut lines = Vec::new();
            for report in seen.lines.iter().take(LINES) {
                lines.extend(line(&mut reading, &batch, report, &frame).await?);
            }
            let missing = batch.lines.iter().filter(|line| seen.missing.contains(&line.due.to_string()));
            Some(Seen {
                mark: seen.mark,
                reports: seen.reports,
                arrived: yuan(seen.arrived),
                returned: yuan(seen.returned),
                lines,
                problems: seen.problems.iter().map(|problem| wrong(problem, &frame)).collect(),
                missing: missing.map(|line| format!("{} · {} · {}", line.case, line.clause, yuan(line.amount))).collect(),
            })
        }
    };
    let words = problem.map(|problem| problem.words(frame.lang()).to_owned());
    let page = ReceiptsPage { section: Section::at("batches", asked), id: asked.id().to_owned(), table: table.to_owned(), seen, wrong: words, frame };
    shown_or(page, problem.map(|problem| problem.status))
}

fn blank<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(page(portal, asked, "", None, None))
}

fn sent<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let form = brought(asked).await?;
        let table = plain(form.fields.get("table").map(String::as_str).unwrap_or_default());
        if form.fields.contains_key("upload") {
            return match arrived(portal, asked, form.file.map(|(_, bytes)| bytes)).await {
                Ok((table, seen)) => page(portal, asked, &table, Some(seen), None).await,
                Err(problem) => page(portal, asked, &table, None, Some(&problem)).await,
            };
        }
        // Without its own button a file comes as its name alone.
        if form.fields.get("file").is_some_and(|name| !name.is_empty()) {
            let problem = Problem::unusable("选择的文件还没有上传，请先按“上传并预览”", "the file you chose was not sent yet: press Send and look first");
            return page(portal, asked, &table, None, Some(&problem)).await;
        }
        let confirmed = Some(typed(&form.fields, "mark")).filter(|mark| !mark.is_empty());
        match taken(portal, asked, table.as_bytes(), confirmed).await {
            Ok(seen) if seen.done => Ok(go(&format!("/batches/{}?done=yes", asked.id()))),
            Ok(seen) => page(portal, asked, &table, Some(seen), None).await,
            Err(problem) => page(portal, asked, &table, None, Some(&problem)).await,
        }
    })
}

/// Looks at a file that was sent, and gives it as text. Errors: none was chosen; it is no table of receipts.
async fn arrived(portal: &Portal, asked: &Asked<'_>, file: Option<axum::body::Bytes>) -> Result<(String, Reporting), Problem> {
    let Some(file) = file else { return Err(Problem::unusable("请先选择文件", "choose a file first")) };
    let table = text(&file, &Limits::TABLE).map_err(|why| not_taken(&why))?;
    let seen = taken(portal, asked, &file, None).await?;
    // What is confirmed later is the text, so the preview is of it. Only the file itself knows why a cell cannot be used.
    let seen = if seen.problems.is_empty() { taken(portal, asked, table.as_bytes(), None).await? } else { seen };
    Ok((table, seen))
}
