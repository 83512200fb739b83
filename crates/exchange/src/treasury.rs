//! Treasury papers: the allocation plan (分配方案), the lines of an application for centralised payment (国库集中支付申请), the file for the
//! bank, and its receipts coming back as reports on the lines of a batch. What is due and what a report does is decided in `casework`.

mod receipts;

pub use receipts::{Receipts, receipt_columns, receipts};

use crate::problem::Problem;
use crate::table::{Cell, Column, Kind, Table};
use casework::id::{BatchId, DueId};
use casework::organisation::Account;
use casework::payment::{Batch, LineResult};
use std::collections::HashSet;
use values::Fen;

/// A line of the allocation plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// Case.
    pub case: String,
    /// Who gets it.
    pub applicant: String,
    /// Its credit code.
    pub credit_code: String,
    /// Clause.
    pub clause: String,
    /// What was determined.
    pub determined: Fen,
    /// What is paid now.
    pub pay: Fen,
    /// More to be said.
    pub remark: String,
}

/// Where the money stands in the budget: the fields of an application for centralised payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appropriation {
    /// Budget unit (预算单位).
    pub unit: String,
    /// Its code (预算单位编码).
    pub unit_code: String,
    /// Year of the budget.
    pub year: i32,
    /// Document of the appropriation (指标文号).
    pub instrument: String,
    /// Source of the money (资金性质).
    pub source: String,
    /// Functional classification (支出功能分类科目).
    pub function: String,
    /// Economic classification of the government (政府支出经济分类科目).
    pub economy: String,
    /// What it is for (用途).
    pub purpose: String,
}

/// A line that is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayLine {
    /// What is paid.
    pub due: DueId,
    /// Where to.
    pub account: Account,
    /// How much.
    pub amount: Fen,
}

fn text(key: &str, zh: &str, en: &str) -> Column {
    Column::new(key, zh, en, Kind::Text)
}

fn money(key: &str, zh: &str, en: &str) -> Column {
    Column::new(key, zh, en, Kind::Money)
}

fn number() -> Column {
    Column::new("number", "序号", "No.", Kind::Count)
}

/// The allocation plan. Errors: nothing to allocate; a line that pays nothing or more than was determined.
pub fn allocation_plan(lines: &[PlanLine]) -> Result<Table, Problem> {
    some(lines.len())?;
    let mut table = Table::new(vec![
        number(),
        text("case", "案件编号", "Case"),
        text("applicant", "申报主体", "Applicant"),
        text("credit_code", "统一社会信用代码", "Credit code"),
        text("clause", "条款", "Clause"),
        money("determined", "审定金额（元）", "Determined (yuan)"),
        money("pay", "本次拨付（元）", "Paid now (yuan)"),
        text("remark", "备注", "Remark"),
    ]);
    for (at, line) in (1_i64..).zip(lines) {
        if line.pay.0 <= 0 || line.pay > line.determined {
            let (pay, determined) = (line.pay.yuan(), line.determined.yuan());
            let row = table.rows().len() + 2;
            return Err(Problem::new(
                "plan-amount",
                (format!("{} 本次拨付 {pay} 元，审定 {determined} 元", line.applicant), format!("{} gets {pay}, determined was {determined}", line.applicant)),
                ("本次拨付须大于零、不超过审定金额", "what is paid is above zero and at most what was determined"),
            )
            .at(row));
        }
        let words = [&line.case, &line.applicant, &line.credit_code, &line.clause].map(|words| Cell::text(words));
        let mut row = vec![Cell::Count(at)];
        row.extend(words);
        row.extend([Cell::Money(line.determined), Cell::Money(line.pay), Cell::text(&line.remark)]);
        table.push(row)?;
    }
    Ok(table)
}

fn some(count: usize) -> Result<(), Problem> {
    if count > 0 {
        return Ok(());
    }
    Err(Problem::new("nothing-to-pay", ("没有可拨付的", "there is nothing to pay"), ("先列入拨付批次", "plan a batch first")))
}

/// The lines of a batch that the bank has still to pay: those that were held back on the day are not for it, and those that it has
/// answered for must not be paid twice. Errors: none, or none any more; a line without an account.
pub fn pay_lines(batch: &Batch) -> Result<Vec<PayLine>, Problem> {
    let going = batch.lines.iter().filter(|line| line.result.is_none());
    if batch.lines.iter().any(|line| matches!(line.result, Some(LineResult::Arrived { .. } | LineResult::Returned { .. })))
        && batch.lines.iter().all(|line| line.result.is_some())
    {
        let help = ("退汇的改好账户后列入新的批次", "what came back enters another batch once its account is mended");
        return Err(Problem::new("all-reported", ("这一批的每一笔银行都已有回单", "the bank has answered for every line of this batch"), help));
    }
    let lines: Vec<PayLine> = going
        .map(|line| {
            let account = line.account.clone().ok_or_else(|| {
                let due = line.due.as_str();
                Problem::new(
                    "no-account",
                    (format!("{due} 没有收款账户"), format!("{due} has no account")),
                    ("先登记并核验账户", "enter the account and have it verified"),
                )
            })?;
            Ok(PayLine { due: line.due.clone(), account, amount: line.amount })
        })
        .collect::<Result<_, Problem>>()?;
    some(lines.len())?;
    Ok(lines)
}

/// The lines of the application for centralised payment (国库集中支付申请). Errors: a field of the appropriation that is empty; as [`bank_file`].
pub fn payment_application(batch: &BatchId, request_number: &str, from: &Appropriation, lines: &[PayLine]) -> Result<Table, Problem> {
    check(lines)?;
    let year = from.year.to_string();
    let fields = [
        (text("batch", "批次号", "Batch"), batch.as_str()),
        (text("request", "拨付请示文号", "Request"), request_number),
        (text("year", "预算年度", "Budget year"), year.as_str()),
        (text("unit_code", "预算单位编码", "Unit code"), from.unit_code.as_str()),
        (text("unit", "预算单位", "Unit"), from.unit.as_str()),
        (text("instrument", "指标文号", "Appropriation"), from.instrument.as_str()),
        (text("source", "资金性质", "Source"), from.source.as_str()),
        (text("function", "支出功能分类科目", "Function"), from.function.as_str()),
        (text("economy", "政府支出经济分类科目", "Economic class"), from.economy.as_str()),
        (text("purpose", "用途", "Purpose"), from.purpose.as_str()),
    ];
    if let Some((column, _)) = fields.iter().find(|(_, value)| value.trim().is_empty()) {
        let (zh, en) = (&column.zh, &column.en);
        return Err(Problem::new(
            "appropriation-field",
            (format!("没有填“{zh}”"), format!("'{en}' is empty")),
            ("按指标文件填写", "fill it in from the appropriation"),
        )
        .of(zh));
    }
    let mut columns = vec![number()];
    columns.extend(fields.iter().map(|(column, _)| column.clone()));
    columns.extend(payee_columns());
    columns.push(text("line", "行号", "Line"));
    let mut table = Table::new(columns);
    for (at, line) in (1_i64..).zip(lines) {
        let mut row = vec![Cell::Count(at)];
        row.extend(fields.iter().map(|(_, value)| Cell::text(value)));
        row.extend(payee(line));
        row.push(Cell::text(line.due.as_str()));
        table.push(row)?;
    }
    Ok(table)
}

fn payee_columns() -> [Column; 4] {
    [
        text("holder", "收款人全称", "Payee"),
        text("account", "收款人账号", "Account"),
        text("bank", "收款人开户银行", "Bank"),
        money("amount", "金额（元）", "Amount (yuan)"),
    ]
}

fn payee(line: &PayLine) -> [Cell; 4] {
    [Cell::text(&line.account.holder), Cell::text(&line.account.number), Cell::text(&line.account.bank), Cell::Money(line.amount)]
}

/// The file for the bank: batch and line to be given back with each receipt. Errors: no line; a line twice; an amount that is not above
/// zero; an account without holder, number or bank.
pub fn bank_file(batch: &BatchId, purpose: &str, lines: &[PayLine]) -> Result<Table, Problem> {
    check(lines)?;
    let mut columns = vec![text("batch", "批次号", "Batch"), text("line", "行号", "Line")];
    columns.extend(payee_columns());
    columns.push(text("purpose", "附言", "Purpose"));
    let mut table = Table::new(columns);
    for line in lines {
        let mut row = vec![Cell::text(batch.as_str()), Cell::text(line.due.as_str())];
        row.extend(payee(line));
        row.push(Cell::text(purpose));
        table.push(row)?;
    }
    Ok(table)
}

fn check(lines: &[PayLine]) -> Result<(), Problem> {
    some(lines.len())?;
    let mut seen = HashSet::new();
    for line in lines {
        let due = line.due.as_str();
        if !seen.insert(due) {
            return Err(Problem::new("line-twice", (format!("{due} 列了两次"), format!("{due} stands twice")), ("删去一次", "remove one")));
        }
        if line.amount.0 <= 0 {
            return Err(Problem::new(
                "pay-amount",
                (format!("{due} 的金额不大于零"), format!("the amount of {due} is not above zero")),
                ("核对批次", "check the batch"),
            ));
        }
        if [&line.account.holder, &line.account.number, &line.account.bank].iter().any(|part| part.trim().is_empty()) {
            return Err(Problem::new(
                "account-incomplete",
                (format!("{due} 的收款账户不全"), format!("the account of {due} is not complete")),
                ("补全户名、账号、开户银行", "fill in holder, number and bank"),
            ));
        }
    }
    Ok(())
}
