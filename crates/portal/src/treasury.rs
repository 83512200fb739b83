//! A batch of payments and the bank: the file that goes out, the receipts that come back – looked at first, then reported by the act.

use crate::evidence::not_taken;
use crate::export::{Format, Leaving, leaves};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::reader;
use crate::{Portal, acts};
use axum::http::{Method, StatusCode};
use casework::chain::Fingerprint;
use casework::id::RequestId;
use casework::payment::{Batch, BatchState};
use casework::people::Role;
use exchange::Limits;
use exchange::treasury::{Receipts, bank_file, pay_lines, receipts};
use office::Context;
use office::reading::collection;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use values::Fen;

/// Accounts are for finance.
const FINANCE: Who = Who::Roles(&[Role::Finance]);
/// Most characters of the remark that banks take.
const PURPOSE_CHARS_MAX: usize = 60;

/// What a file of receipts says.
#[derive(Serialize, JsonSchema)]
struct Reporting {
    /// Mark of this preview: send the same file with `mark` and `confirm=yes` to have it reported.
    mark: String,
    /// Payments that a result is given for.
    reports: usize,
    /// What arrived, in fen.
    arrived: Fen,
    /// What came back, in fen.
    returned: Fen,
    /// What is wrong, with row and column. While anything is, nothing of the file is reported.
    problems: Vec<Value>,
    /// Payments that nothing is known of yet.
    missing: Vec<String>,
    /// Whether it was reported.
    done: bool,
}

/// What can be asked of batches and the bank.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![
                ID,
                query("format", "xlsx 或 csv，默认 csv", "xlsx or csv; csv unless said otherwise"),
                query("purpose", "附言", "remark of the payments"),
            ],
            gives: (200, Payload::Bytes("*/*")),
            ..operation(Method::GET, "/api/v1/batches/{id}/bank-file", "bank_file", "files", ("导出银行文件", "The bank's file of a batch"), FINANCE, out)
        },
        Operation {
            parameters: vec![ID, query("mark", "所确认预览的标记", "mark of the preview that is confirmed"), query("confirm", "yes：办理", "yes: do it")],
            takes: Payload::Bytes("application/octet-stream"),
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Reporting>())),
            ..operation(
                Method::POST,
                "/api/v1/batches/{id}/receipts",
                "receipts",
                "files",
                ("导入银行回单：先预览，后确认", "Take the bank's receipts in: preview, then confirm"),
                FINANCE,
                back,
            )
        },
    ]
}

async fn batch(portal: &Portal, asked: &Asked<'_>) -> Result<Batch, Problem> {
    let unknown = || Problem::unknown("batch", asked.id());
    let batches = collection("batches").ok_or_else(unknown)?;
    portal.office.one(&portal.reading, &reader(asked)?, batches, asked.id()).await?;
    portal.reading.begin().await?.peek(asked.id()).await?.ok_or_else(unknown)
}

fn out<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let batch = batch(portal, asked).await?;
        if batch.state != BatchState::Sent {
            let title = ("尚未拨付", "Not sent yet");
            let zh = "本批次尚未办理拨付（payment.pay）：拨付当日的信用核查可能扣下其中几笔，之后才有银行文件。";
            let en = "The batch was not sent (payment.pay): checks of that day may hold some of it back, so the bank's file is made after it.";
            return Err(Problem::new(StatusCode::CONFLICT, "batch-not-sent", title, zh, en));
        }
        let purpose = asked.query("purpose").unwrap_or("政策兑现资金");
        if purpose.chars().count() > PURPOSE_CHARS_MAX {
            let (zh, en) = (format!("附言最多 {PURPOSE_CHARS_MAX} 字"), format!("a remark has at most {PURPOSE_CHARS_MAX} characters"));
            return Err(Problem::malformed(zh, en));
        }
        let lines = pay_lines(&batch).map_err(|why| not_taken(&why))?;
        let table = bank_file(&batch.id, purpose, &lines).map_err(|why| not_taken(&why))?;
        let leaving = Leaving {
            list: "bank-file",
            title: &format!("银行文件 {}", batch.id),
            filter: &[("batch", batch.id.as_str())],
            name: &format!("银行文件-{}", batch.id),
            table: &table,
        };
        leaves(portal, asked, &leaving, Format::of(asked, Format::Csv)?).await
    })
}

/// The mark of what a file of receipts says about a batch as it stands.
fn mark_of(batch: &Batch, read: &Receipts, file: &[u8]) -> String {
    let said = serde_json::to_vec(&(batch, read, Fingerprint::of(file))).unwrap_or_default();
    Fingerprint::of(&said).to_string()
}

fn back<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let batch = batch(portal, asked).await?;
        let now = portal.clock.now();
        let read = receipts(&asked.body, &batch, now.date(), &Limits::TABLE).map_err(|why| not_taken(&why))?;
        let mark = mark_of(&batch, &read, &asked.body);
        let done = asked.query("confirm") == Some("yes");
        if done {
            if asked.query("mark") != Some(mark.as_str()) {
                let title = ("与预览不同", "Not what was looked at");
                let zh = "文件或批次在预览之后有变化，没有办理。请重新预览并确认。";
                let en = "The file or the batch has changed since the preview; nothing was done. Look at it again and confirm that.";
                return Err(Problem::new(StatusCode::PRECONDITION_FAILED, "mark", title, zh, en));
            }
            if !read.problems.is_empty() || read.reports.is_empty() {
                let title = ("回单有误", "The receipts are not right");
                let (zh, en) = (
                    "回单中有错误，或没有可报的行，没有办理。请改好后重新导入。",
                    "There is something wrong in the file, or nothing to report; nothing was done. Mend it and send it again.",
                );
                return Err(Problem::new(StatusCode::CONFLICT, "receipts", title, zh, en));
            }
            let name = format!("receipts-{}", mark.get(..32).unwrap_or(&mark));
            let act = acts::act_of("payment.report", json!({ "batch": batch.id, "reports": read.reports, "entry": name }))?;
            let request = RequestId::parse(&name).map_err(|why| Problem::failed(&why.to_string()))?;
            let context = Context { user: seat.user.clone(), role: seat.role, now, request };
            portal.office.perform(&context, &act).await?;
        }
        Answer::ok(&Reporting {
            mark,
            reports: read.reports.len(),
            arrived: read.arrived,
            returned: read.returned,
            problems: read.problems.iter().map(|problem| serde_json::to_value(problem).unwrap_or_default()).collect(),
            missing: read.missing.iter().map(ToString::to_string).collect(),
            done,
        })
    })
}
