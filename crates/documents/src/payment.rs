//! Documents about a batch of payments. Requests and letters go through many hands and so show clauses and sums; accounts stand
//! in what the treasury pays by, and nowhere else.

use crate::field::data;
use crate::records::{NotYet, Records, count, sum};
use casework::ledger::Book;
use casework::payment::{Batch, BatchState, Line, LineResult};
use std::collections::BTreeSet;
use values::{Date, Fen};

data! {
    /// What is paid under a clause.
    PaidClauseRow { clause: String = "条款", title: String = "条款名称", households: i64 = "户数", lines: i64 = "笔数", amount: Fen = "金额" }

    /// 资金拨付请示、资金拨付通知
    Payment {
        call: String = "申报批次", policy: String = "政策", year: i64 = "奖补年度", fund: String = "资金来源", fund_year: i64 = "预算年度",
        rows: Vec<PaidClauseRow> = "条款明细", households: i64 = "户数", lines: i64 = "笔数", total: Fen = "拨付合计", number: Option<String> = "请示文号",
        sent: Option<Date> = "拨付日期", lead: String = "牵头单位", signer: Option<String> = "签发人",
    }

    /// A line with the account it goes to.
    TransferRow {
        name: String = "收款单位", clause: String = "条款", title: String = "条款名称", instalment: String = "期次", amount: Fen = "金额",
        holder: String = "户名", account: String = "账号", bank: String = "开户银行", result: String = "支付结果",
    }

    /// 资金拨付明细表、国库集中支付申请书
    Transfers {
        call: String = "申报批次", policy: String = "政策", year: i64 = "奖补年度", fund: String = "资金来源", fund_year: i64 = "预算年度", lead: String = "牵头单位",
        number: Option<String> = "请示文号", rows: Vec<TransferRow> = "拨付明细", households: i64 = "户数", lines: i64 = "笔数", total: Fen = "拨付合计",
    }
}

fn batch<'r>(records: &'r Records<'_>, states: &[BatchState], missing: &'static str) -> Result<&'r Batch, NotYet> {
    records.batches.first().filter(|batch| states.contains(&batch.state)).ok_or(NotYet(missing))
}

fn fund(records: &Records<'_>) -> (String, i64) {
    let call = records.call.as_ref();
    let book = call.and_then(|call| records.books.iter().find(|book| book.id == call.fund));
    // The year stands beside the name wherever a fund is named.
    let name = |book: &Book| book.name.trim_end_matches(&format!("（{}年度）", book.year)).trim_end_matches(&format!("({}年度)", book.year)).to_owned();
    book.map_or_else(|| (String::new(), 0), |book| (name(book), i64::from(book.year)))
}

/// What was left out on the day of payment is not paid.
fn paid(batch: &Batch) -> impl Iterator<Item = &Line> {
    batch.lines.iter().filter(|line| !matches!(line.result, Some(LineResult::Held { .. })))
}

fn households(records: &Records<'_>, lines: &[&Line]) -> i64 {
    let all: BTreeSet<String> = lines.iter().map(|line| records.applicant(&line.case)).collect();
    count(all.len())
}

fn payment(records: &Records<'_>, batch: &Batch) -> Result<Payment, NotYet> {
    let call = records.call()?;
    let lines: Vec<&Line> = paid(batch).collect();
    let mut clauses: Vec<&str> = lines.iter().map(|line| line.clause.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    clauses.sort_by_key(|clause| records.scheme.and_then(|scheme| scheme.clauses.iter().position(|c| c.id == **clause)));
    let row = |clause: &str| {
        let of: Vec<&Line> = lines.iter().copied().filter(|line| line.clause == clause).collect();
        PaidClauseRow {
            clause: clause.to_owned(),
            title: records.title(clause),
            households: households(records, &of),
            lines: count(of.len()),
            amount: sum(of.iter().map(|line| line.amount)),
        }
    };
    let (fund, fund_year) = fund(records);
    Ok(Payment {
        call: call.title.clone(),
        policy: records.policy(),
        year: i64::from(call.year),
        fund,
        fund_year,
        rows: clauses.into_iter().map(row).collect(),
        households: households(records, &lines),
        lines: count(lines.len()),
        total: sum(lines.iter().map(|line| line.amount)),
        number: batch.request_number.clone(),
        sent: batch.sent.map(|at| at.date()),
        lead: records.unit(&call.lead),
        signer: records.signer.clone(),
    })
}

pub(crate) fn request(records: &Records<'_>) -> Result<Payment, NotYet> {
    payment(records, batch(records, &[BatchState::Planned, BatchState::Requested, BatchState::Sent], "没有拨付批次，或批次已撤销")?)
}

pub(crate) fn letter(records: &Records<'_>) -> Result<Payment, NotYet> {
    payment(records, batch(records, &[BatchState::Sent], "拨付批次尚未送银行")?)
}

pub(crate) fn transfers(records: &Records<'_>) -> Result<Transfers, NotYet> {
    let batch = batch(records, &[BatchState::Requested, BatchState::Sent], "拨付批次尚未请示")?;
    listed(records, batch, &paid(batch).collect::<Vec<_>>())
}

/// What the treasury is to pay: to the accounts of the day of payment, and nothing that the bank has answered or that day held back. A
/// paper the treasury pays by names no account that was entered since, and asks for nothing twice.
pub(crate) fn treasury(records: &Records<'_>) -> Result<Transfers, NotYet> {
    let batch = batch(records, &[BatchState::Sent], "拨付批次尚未办理拨付：拨付当日的信用核查可能扣下其中几笔，之后才有支付申请书")?;
    let lines: Vec<&Line> = batch.lines.iter().filter(|line| line.result.is_none()).collect();
    if lines.is_empty() {
        return Err(NotYet("本批次各笔都已有支付结果，没有待支付的款项"));
    }
    if lines.iter().any(|line| line.account.is_none()) {
        return Err(NotYet("有款项没有拨付当日的收款账户，请先核对后再出具"));
    }
    listed(records, batch, &lines)
}

fn listed(records: &Records<'_>, batch: &Batch, lines: &[&Line]) -> Result<Transfers, NotYet> {
    let call = records.call()?;
    let mut rows = Vec::new();
    for line in lines {
        let case = records.case_named(&line.case).ok_or(NotYet("没有案件"))?;
        let organisation = records.organisation(&case.organisation)?;
        let account = line.account.as_ref().or(organisation.account.as_ref());
        let due = records.dues.iter().find(|due| due.id == line.due);
        let part = due.filter(|due| due.of > 1).map_or_else(|| "一次性".to_owned(), |due| format!("第{}期（共{}期）", due.number, due.of));
        rows.push(TransferRow {
            name: organisation.name.clone(),
            clause: line.clause.clone(),
            title: records.title(&line.clause),
            instalment: if line.again { format!("{part}，重拨") } else { part },
            amount: line.amount,
            holder: account.map(|account| account.holder.clone()).unwrap_or_default(),
            account: account.map(|account| account.number.clone()).unwrap_or_default(),
            bank: account.map(|account| account.bank.clone()).unwrap_or_default(),
            result: result(line),
        });
    }
    let (fund, fund_year) = fund(records);
    Ok(Transfers {
        call: call.title.clone(),
        policy: records.policy(),
        year: i64::from(call.year),
        fund,
        fund_year,
        lead: records.unit(&call.lead),
        number: batch.request_number.clone(),
        rows,
        households: households(records, lines),
        lines: count(lines.len()),
        total: sum(lines.iter().map(|line| line.amount)),
    })
}

/// What the bank said, in words.
pub(crate) fn result(line: &Line) -> String {
    match &line.result {
        None => String::new(),
        Some(LineResult::Arrived { receipt, on }) => format!("{}到账，回单{receipt}", on.long_zh()),
        Some(LineResult::Returned { on, reason, .. }) => format!("{}退汇：{reason}", on.long_zh()),
        Some(LineResult::Held { detail }) => format!("暂缓：{detail}"),
    }
}
