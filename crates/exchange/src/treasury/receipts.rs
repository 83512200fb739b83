//! The bank's receipts: each row as a report on a line of the batch, by the very rule by which the office takes reports; what does not fit is
//! refused with its row and how to mend it, and a line that nothing was said of is named.

use super::{money, text};
use crate::limits::Limits;
use crate::problem::{Problem, shown};
use crate::table::missing_column;
use crate::table::{Cell, Column, Intake, Kind, Row, read};
use casework::id::{DueId, ReceiptId};
use casework::payment::{Batch, Line, LineResult, PaymentRefusal, Report};
use serde::Serialize;
use std::collections::HashMap;
use values::{Date, Fen};

/// Words by which banks say that money arrived, and that it came back.
const ARRIVED: &[&str] = &["到账", "已到账", "成功", "支付成功", "已支付", "arrived", "paid"];
const RETURNED: &[&str] = &["退汇", "退回", "退票", "失败", "支付失败", "returned", "failed"];

/// Columns of a file of receipts.
#[must_use]
pub fn receipt_columns() -> Vec<Column> {
    vec![
        text("batch", "批次号", "Batch"),
        text("line", "行号", "Line"),
        money("amount", "金额（元）", "Amount (yuan)"),
        Column::new("on", "日期", "Date", Kind::Date),
        text("serial", "流水号", "Serial"),
        text("result", "处理结果", "Result"),
        text("reason", "退汇原因", "Reason"),
    ]
}

/// What a file of receipts says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Receipts {
    /// Reports in the order of the file, as the act `payment.report` takes them.
    pub reports: Vec<Report>,
    /// What does not fit.
    pub problems: Vec<Problem>,
    /// Lines that wait for the bank and are not in the file.
    pub missing: Vec<DueId>,
    /// What arrived, by these reports.
    pub arrived: Fen,
    /// What came back, by these reports.
    pub returned: Fen,
}

/// Reads the receipts of a batch. `today` is the last day a receipt may have.
///
/// Errors: a file that cannot be read, or lacks a column; what is wrong in single rows is in the result.
pub fn receipts(bytes: &[u8], batch: &Batch, today: Date, limits: &Limits) -> Result<Receipts, Problem> {
    let intake = read(bytes, &receipt_columns(), limits)?;
    if let Some(problem) = intake.problems.iter().find(|problem| problem.line.is_none()) {
        return Err(problem.clone());
    }
    // Only the reason may be left out as a column.
    let required = intake.columns.iter().zip(&intake.places).filter(|(column, _)| column.key != "reason");
    if let Some((column, _)) = required.into_iter().find(|(_, place)| place.is_none()) {
        return Err(missing_column(column));
    }
    let mut out = Receipts { problems: intake.problems.clone(), ..Receipts::default() };
    let mut trial = batch.clone();
    let mut serials = HashMap::new();
    let wrong = intake.by_line();
    for row in intake.rows.iter().filter(|row| !wrong.contains_key(&row.line)) {
        match report(row, &intake, &trial, today, &mut serials) {
            Ok((report, amount)) => match trial.report(&report) {
                Ok(()) => {
                    let sum = if report.returned.is_some() { &mut out.returned } else { &mut out.arrived };
                    *sum = sum.checked_add(amount).unwrap_or(*sum);
                    out.reports.push(report);
                }
                Err(refusal) => out.problems.push(refused(&refusal).at(row.line).of(heading("line"))),
            },
            Err(problem) => out.problems.push(problem.at(row.line)),
        }
    }
    out.missing = trial.lines.iter().filter(|line| line.result.is_none()).map(|line| line.due.clone()).collect();
    out.problems.sort_by_key(|problem| problem.line);
    Ok(out)
}

fn heading(key: &str) -> String {
    receipt_columns().into_iter().find(|column| column.key == key).map_or_else(|| key.to_owned(), |column| column.zh)
}

fn refused(refusal: &PaymentRefusal) -> Problem {
    let help = ("核对批次和行号；同一结果只报一次", "check batch and line; a result is reported once");
    match refusal {
        PaymentRefusal::BatchState { .. } => Problem::new("batch-not-sent", ("这一批还没有送银行，或已撤销", "the batch was not sent to the bank"), help),
        _ => Problem::new("already-reported", ("这一行已有结果", "the line has its result already"), help),
    }
}

fn report(row: &Row, intake: &Intake, batch: &Batch, today: Date, serials: &mut HashMap<String, usize>) -> Result<(Report, Fen), Problem> {
    let cell = |key: &str| intake.columns.iter().position(|column| column.key == key).and_then(|at| row.cells.get(at)).cloned().unwrap_or_default();
    let wrong = |key: &str, code: &'static str, message: (String, String), help: (&str, &str)| Err(Problem::new(code, message, help).of(heading(key)));
    for key in ["batch", "line", "amount", "on", "serial", "result"] {
        if cell(key) == Cell::Empty {
            return wrong(key, "cell-empty", ("没有填".into(), "nothing is written here".into()), ("按银行回单填写", "fill it in from the receipt"));
        }
    }
    let said = cell("batch").plain();
    if said != batch.id.as_str() {
        let (said, own) = (shown(&said), batch.id.as_str());
        return wrong(
            "batch",
            "other-batch",
            (format!("批次“{said}”不是本批次 {own}"), format!("batch '{said}' is not {own}")),
            ("把它交到那一批次", "hand it in for that batch"),
        );
    }
    let line = line(&cell("line").plain(), batch)?;
    let Cell::Money(amount) = cell("amount") else { return Err(unknown_line("")) };
    if amount != line.amount {
        let (said, own) = (amount.yuan(), line.amount.yuan());
        return wrong(
            "amount",
            "other-amount",
            (format!("回单金额 {said}，应为 {own}"), format!("the receipt says {said}, the line {own}")),
            ("与银行核对", "ask the bank"),
        );
    }
    let Cell::Date(on) = cell("on") else { return Err(unknown_line("")) };
    let before = batch.sent.is_some_and(|sent| on < sent.date());
    if on > today || before {
        return wrong(
            "on",
            "receipt-date",
            (format!("日期 {on} 在送银行之前或今天之后"), format!("{on} is before the batch was sent or after today")),
            ("核对日期", "check the date"),
        );
    }
    let serial = cell("serial").plain();
    let Ok(receipt) = ReceiptId::parse(&serial) else {
        return wrong(
            "serial",
            "serial",
            (format!("流水号“{}”有不能用的字符", shown(&serial)), format!("the serial '{}' has signs that cannot be used", shown(&serial))),
            ("只用字母、数字和 - _ . :，至多 64 个", "use letters, digits and - _ . : only, at most 64"),
        );
    };
    if let Some(first) = serials.insert(serial, row.line) {
        return wrong(
            "serial",
            "serial-twice",
            (format!("流水号与第 {first} 行重复"), format!("the serial also stands in row {first}")),
            ("每笔用自己的流水号", "each receipt has a serial of its own"),
        );
    }
    let result = cell("result").plain().to_lowercase();
    let reason = cell("reason").plain();
    let returned = match (ARRIVED.contains(&result.as_str()), RETURNED.contains(&result.as_str())) {
        (true, _) if reason.is_empty() => None,
        (true, _) => {
            return wrong(
                "reason",
                "reason-with-arrival",
                ("到账的不填退汇原因".into(), "money that arrived has no reason for its return".into()),
                ("删去原因，或把结果改为退汇", "remove the reason, or say that it was returned"),
            );
        }
        (_, true) if reason.is_empty() => {
            return wrong(
                "reason",
                "no-reason",
                ("退汇的要填原因".into(), "money that came back has a reason".into()),
                ("按银行回单填写", "fill it in from the receipt"),
            );
        }
        (_, true) => Some(reason),
        _ => {
            return wrong(
                "result",
                "result",
                (format!("不认识结果“{}”", shown(&result)), format!("the result '{}' is not known", shown(&result))),
                ("写“到账”或“退汇”", "write 'arrived' or 'returned'"),
            );
        }
    };
    Ok((Report { receipt, due: line.due.clone(), on, returned }, amount))
}

fn unknown_line(said: &str) -> Problem {
    let said = shown(said);
    Problem::new("unknown-line", (format!("本批次没有行“{said}”"), format!("the batch has no line '{said}'")), ("核对批次和行号", "check batch and line"))
        .of(heading("line"))
}

fn line<'a>(said: &str, batch: &'a Batch) -> Result<&'a Line, Problem> {
    let line = batch.lines.iter().find(|line| line.due.as_str() == said).ok_or_else(|| unknown_line(said))?;
    if matches!(line.result, Some(LineResult::Held { .. })) {
        return Err(Problem::new(
            "line-held",
            ("这一行付款当天被拦下，没有送银行", "the line was held back on the day and did not go to the bank"),
            ("与银行核对", "ask the bank"),
        )
        .of(heading("line")));
    }
    Ok(line)
}
