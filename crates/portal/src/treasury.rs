//! A batch of payments and the bank: the file that goes out, the receipts that come back – looked at first, then reported by the act.

use crate::evidence::not_taken;
use crate::export::{FORMAT, Format, Leaving, leaves};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Parameter, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::reader;
use crate::{Portal, acts};
use axum::http::{Method, StatusCode};
use casework::case::Case;
use casework::chain::Fingerprint;
use casework::determination::Determination;
use casework::id::RequestId;
use casework::organisation::Organisation;
use casework::payment::{Batch, BatchState, Due, Report};
use casework::people::Role;
use exchange::Limits;
use exchange::treasury::{Appropriation, PlanLine, Receipts, allocation_plan, bank_file, pay_lines, payment_application, receipts};
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
pub struct Reporting {
    /// Mark of this preview: send the same file with `mark` and `confirm=yes` to have it reported.
    pub mark: String,
    /// Payments that a result is given for.
    pub reports: usize,
    /// What arrived, in fen.
    pub arrived: Fen,
    /// What came back, in fen.
    pub returned: Fen,
    /// What is wrong, with row and column. While anything is, nothing of the file is reported.
    pub problems: Vec<Value>,
    /// Payments that nothing is known of yet.
    pub missing: Vec<String>,
    /// Whether it was reported.
    pub done: bool,
    /// The results themselves, for the page that shows them.
    #[serde(skip)]
    pub lines: Vec<Report>,
}

/// Who works with batches, as far as they are seen.
const MONEY: Who = Who::Roles(&[Role::Clerk, Role::Reviewer, Role::UnitReviewer, Role::Leader, Role::Finance, Role::Auditor]);

/// The fields of an application for centralised payment that its appropriation says.
const APPROPRIATION: [Parameter; 8] = [
    query("unit", "预算单位", "budget unit"),
    query("unit_code", "预算单位编码", "code of the budget unit"),
    query("year", "预算年度", "year of the budget"),
    query("instrument", "指标文号", "document of the appropriation"),
    query("source", "资金性质", "source of the money"),
    query("function", "支出功能分类科目", "functional classification"),
    query("economy", "政府支出经济分类科目", "economic classification"),
    query("purpose", "用途", "purpose"),
];

/// What can be asked of batches and the bank.
pub fn operations() -> Vec<Operation> {
    let mut application = vec![ID, FORMAT];
    application.extend(APPROPRIATION);
    vec![
        Operation {
            parameters: vec![ID, FORMAT],
            gives: (200, Payload::Bytes("*/*")),
            ..operation(
                Method::GET,
                "/api/v1/batches/{id}/allocation-plan",
                "allocation_plan",
                "files",
                ("导出分配方案", "The allocation plan of a batch"),
                MONEY,
                plan,
            )
        },
        Operation {
            parameters: application,
            gives: (200, Payload::Bytes("*/*")),
            ..operation(
                Method::GET,
                "/api/v1/batches/{id}/payment-application",
                "payment_application",
                "files",
                ("导出国库集中支付申请", "The lines of the application for centralised payment of a batch"),
                FINANCE,
                apply,
            )
        },
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
        let batch = sent(portal, asked).await?;
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
            table,
        };
        leaves(portal, asked, leaving, Format::of(asked, Format::Csv)?).await
    })
}

/// The batch, once it has gone to the bank: before, the checks of the day of payment may still hold some of it back. Errors: not yet.
async fn sent(portal: &Portal, asked: &Asked<'_>) -> Result<Batch, Problem> {
    let batch = batch(portal, asked).await?;
    if batch.state == BatchState::Sent {
        return Ok(batch);
    }
    let title = ("尚未拨付", "Not sent yet");
    let zh = "本批次尚未办理拨付（payment.pay）：拨付当日的信用核查可能扣下其中几笔，之后才有银行文件和支付申请。";
    let en = "The batch was not sent (payment.pay): checks of that day may hold some of it back, so papers for the bank are made after it.";
    Err(Problem::new(StatusCode::CONFLICT, "batch-not-sent", title, zh, en))
}

fn plan<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let format = Format::of(asked, Format::Xlsx)?;
        let batch = batch(portal, asked).await?;
        let mut lines = Vec::new();
        let mut work = portal.reading.begin().await?;
        for line in &batch.lines {
            let case: Case = work.peek(line.case.as_str()).await?.ok_or_else(|| Problem::unknown("case", line.case.as_str()))?;
            let due: Due = work.peek(line.due.as_str()).await?.ok_or_else(|| Problem::unknown("due", line.due.as_str()))?;
            let of: Organisation = work.peek(case.organisation.as_str()).await?.ok_or_else(|| Problem::unknown("organisation", case.organisation.as_str()))?;
            let determination: Option<Determination> = work.peek(due.determination.as_str()).await?;
            let awards = determination.iter().flat_map(|determination| &determination.awards);
            let determined = awards.filter(|award| award.clause == line.clause).map(|award| award.amount).next().unwrap_or(line.amount);
            let remark = match (due.of, line.again) {
                (of, false) if of > 1 => format!("第 {} 期，共 {of} 期", due.number),
                (_, true) => "重拨".to_owned(),
                _ => String::new(),
            };
            lines.push(PlanLine {
                case: case.id.to_string(),
                applicant: of.name,
                credit_code: of.credit_code,
                clause: line.clause.clone(),
                determined,
                pay: line.amount,
                remark,
            });
        }
        drop(work);
        let table = allocation_plan(&lines).map_err(|why| not_taken(&why))?;
        let leaving = Leaving {
            list: "allocation-plan",
            title: &format!("分配方案 {}", batch.id),
            filter: &[("batch", batch.id.as_str())],
            name: &format!("分配方案-{}", batch.id),
            table,
        };
        leaves(portal, asked, leaving, format).await
    })
}

fn apply<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let format = Format::of(asked, Format::Xlsx)?;
        let batch = sent(portal, asked).await?;
        let lines = pay_lines(&batch).map_err(|why| not_taken(&why))?;
        let said = |name: &str| asked.query(name).unwrap_or_default().trim().to_owned();
        let year = i32::try_from(asked.number("year", i64::from(portal.clock.now().date().year()), 2000, 2100)?).unwrap_or_default();
        let from = Appropriation {
            unit: said("unit"),
            unit_code: said("unit_code"),
            year,
            instrument: said("instrument"),
            source: said("source"),
            function: said("function"),
            economy: said("economy"),
            purpose: said("purpose"),
        };
        let request = batch.request_number.clone().unwrap_or_default();
        let table = payment_application(&batch.id, &request, &from, &lines).map_err(|why| not_taken(&why))?;
        let leaving = Leaving {
            list: "payment-application",
            title: &format!("国库集中支付申请 {}", batch.id),
            filter: &[("batch", batch.id.as_str()), ("instrument", from.instrument.as_str())],
            name: &format!("国库集中支付申请-{}", batch.id),
            table,
        };
        leaves(portal, asked, leaving, format).await
    })
}

/// The mark of what a file of receipts says about a batch as it stands.
fn mark_of(batch: &Batch, read: &Receipts, file: &[u8]) -> String {
    let said = serde_json::to_vec(&(batch, read, Fingerprint::of(file))).unwrap_or_default();
    Fingerprint::of(&said).to_string()
}

/// The request under which receipts are reported.
fn request_of(mark: &str) -> Result<RequestId, Problem> {
    let name = format!("receipts-{}", mark.get(..32).unwrap_or(mark));
    RequestId::parse(&name).map_err(|why| Problem::malformed("mark 有误", format!("mark: {why}")))
}

/// What a file said when it was confirmed under a mark, if it was and only its answer did not arrive; none: it never was.
///
/// The batch is taken back to what it was before those reports: with the same file the same mark comes out again.
async fn reported_before(portal: &Portal, asked: &Asked<'_>, batch: &Batch, file: &[u8], mark: &str) -> Result<Option<Receipts>, Problem> {
    let event = portal.reading.begin().await?.answered(&request_of(mark)?).await?;
    let user = &asked.seat()?.user;
    let Some(event) = event.filter(|event| event.user == *user && event.subject == batch.id.as_str()) else { return Ok(None) };
    let input: Value = serde_json::from_str(&event.input).map_err(|why| Problem::failed(&why.to_string()))?;
    let reports = input.pointer("/payment/report/reports").cloned().unwrap_or_default();
    let reports: Vec<Report> = serde_json::from_value(reports).map_err(|why| Problem::failed(&why.to_string()))?;
    let mut before = batch.clone();
    for line in before.lines.iter_mut().filter(|line| reports.iter().any(|report| report.due == line.due)) {
        line.result = None;
    }
    let read = receipts(file, &before, event.at.date(), &Limits::TABLE).map_err(|why| not_taken(&why))?;
    Ok((mark_of(&before, &read, file) == mark).then_some(read))
}

fn back<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let confirmed = (asked.query("confirm") == Some("yes")).then(|| asked.query("mark").unwrap_or_default());
        Answer::ok(&taken(portal, asked, &asked.body, confirmed).await?)
    })
}

/// Looks at a file of receipts and, where its preview is confirmed by its mark, has it reported.
pub async fn taken(portal: &Portal, asked: &Asked<'_>, file: &[u8], confirmed: Option<&str>) -> Result<Reporting, Problem> {
    let seat = asked.seat()?;
    let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
    let batch = batch(portal, asked).await?;
    let now = portal.clock.now();
    let mut read = receipts(file, &batch, now.date(), &Limits::TABLE).map_err(|why| not_taken(&why))?;
    let mut mark = mark_of(&batch, &read, file);
    if let Some(said) = confirmed.filter(|said| *said != mark) {
        read = reported_before(portal, asked, &batch, file, said).await?.ok_or_else(Problem::not_looked_at)?;
        said.clone_into(&mut mark);
    } else if confirmed.is_some() {
        if !read.problems.is_empty() || read.reports.is_empty() {
            let title = ("回单有误", "The receipts are not right");
            let (zh, en) = (
                "回单中有错误，或没有可报的行，没有办理。请改好后重新导入。",
                "There is something wrong in the file, or nothing to report; nothing was done. Mend it and send it again.",
            );
            return Err(Problem::new(StatusCode::CONFLICT, "receipts", title, zh, en));
        }
        let request = request_of(&mark)?;
        let act = acts::act_of("payment.report", json!({ "batch": batch.id, "reports": read.reports, "entry": request.as_str() }))?;
        let context = Context { user: seat.user.clone(), role: seat.role, now, request };
        portal.office.perform(&context, &act).await?;
    }
    Ok(Reporting {
        mark,
        reports: read.reports.len(),
        arrived: read.arrived,
        returned: read.returned,
        problems: read.problems.iter().map(|problem| serde_json::to_value(problem).unwrap_or_default()).collect(),
        missing: read.missing.iter().map(ToString::to_string).collect(),
        done: confirmed.is_some(),
        lines: read.reports,
    })
}
