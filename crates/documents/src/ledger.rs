//! Ledgers (台账) of a call – applications, payments, budget and pools, clawbacks – and the page of one enterprise (一企一档).
//! Inside alone; no accounts.

use crate::field::data;
use crate::records::{NotYet, Records, clauses, count, stage, sum};
use casework::case::{Case, Claim};
use casework::ledger::{Account, BookKind};
use casework::payment::{Due, DueState, Line};
use casework::recovery::{Recovery, RecoveryStage};
use values::{Date, Fen};

data! {
    /// An application.
    AppliedRow {
        case: String = "案件编号", call: String = "申报批次", name: String = "申报主体", credit_code: String = "统一社会信用代码", clauses: String = "申报条款",
        submitted: Option<Date> = "提交日期", assessed: Option<Fen> = "测算金额", set: Option<Fen> = "核定金额", determined: Option<Fen> = "审定金额", stage: String = "状态",
    }

    /// 申报台账
    Applied {
        call: String = "申报批次", today: Date = "制表日期", rows: Vec<AppliedRow> = "申报明细", households: i64 = "户数",
        assessed: Fen = "测算合计", set: Fen = "核定合计", determined: Fen = "审定合计",
    }

    /// A payment.
    PaidRow {
        case: String = "案件编号", name: String = "收款单位", title: String = "条款名称", instalment: String = "期次", year: i64 = "预算年度", amount: Fen = "金额",
        number: String = "请示文号", state: String = "状态", result: String = "支付结果",
    }

    /// 拨付台账
    Paid {
        call: String = "申报批次", today: Date = "制表日期", rows: Vec<PaidRow> = "拨付明细", due: Fen = "应付合计", paid: Fen = "已付合计", open: Fen = "未付合计",
    }

    /// A budget or pool.
    BookRow {
        name: String = "名称", kind: String = "类别", year: i64 = "年度", brought: Fen = "下达金额", available: Fen = "可用金额", reserved: Fen = "预留金额",
        committed: Fen = "占用金额", paid: Fen = "已付金额", returned: Fen = "退回金额", recovered: Fen = "追回金额",
    }

    /// 额度台账
    Quotas { call: String = "申报批次", today: Date = "制表日期", books: Vec<BookRow> = "额度明细" }

    /// A clawback.
    RecoveredRow {
        case: String = "案件编号", name: String = "当事人", number: String = "决定文号", decided: Option<Date> = "决定日期", total: Fen = "追回金额", back: Fen = "已缴金额",
        owed: Fen = "尚欠金额", due: Option<Date> = "缴款期限", stage: String = "状态",
    }

    /// 追回台账
    Recovered {
        call: String = "申报批次", today: Date = "制表日期", rows: Vec<RecoveredRow> = "追回明细", total: Fen = "追回合计", back: Fen = "已缴合计", owed: Fen = "尚欠合计",
    }

    /// 一企一档
    Enterprise {
        name: String = "企业名称", credit_code: String = "统一社会信用代码", aliases: Option<String> = "其他名称", today: Date = "制表日期",
        applied: Vec<AppliedRow> = "申报明细", payments: Vec<PaidRow> = "拨付明细", recoveries: Vec<RecoveredRow> = "追回明细", determined: Fen = "审定合计", paid: Fen = "已付合计",
        owed: Fen = "尚欠合计",
    }
}

fn today(records: &Records<'_>) -> Result<Date, NotYet> {
    records.today.ok_or(NotYet("没有制表日期"))
}

fn applied_row(records: &Records<'_>, case: &Case) -> Result<AppliedRow, NotYet> {
    let organisation = records.organisation(&case.organisation)?;
    let all_set = case.claims.iter().all(|claim| claim.set.is_some());
    Ok(AppliedRow {
        case: case.id.to_string(),
        call: records.calls.get(case.call.as_str()).cloned().unwrap_or_default(),
        name: organisation.name.clone(),
        credit_code: organisation.credit_code.clone(),
        clauses: clauses(case),
        submitted: case.submitted.map(|at| at.date()),
        assessed: case.claims.iter().any(|claim| claim.assessed.is_some()).then(|| sum(case.claims.iter().filter_map(|claim| claim.assessed))),
        set: all_set.then(|| sum(case.claims.iter().map(Claim::amount))),
        determined: records.determination(case).and_then(casework::determination::Determination::total),
        stage: stage(case.stage).to_owned(),
    })
}

pub(crate) fn applied(records: &Records<'_>) -> Result<Applied, NotYet> {
    let cases = records.cases.iter().filter(|case| case.submitted.is_some());
    let rows: Vec<AppliedRow> = cases.map(|case| applied_row(records, case)).collect::<Result<_, _>>()?;
    Ok(Applied {
        call: records.call()?.title.clone(),
        today: today(records)?,
        households: count(rows.len()),
        assessed: sum(rows.iter().filter_map(|row| row.assessed)),
        set: sum(rows.iter().filter_map(|row| row.set)),
        determined: sum(rows.iter().filter_map(|row| row.determined)),
        rows,
    })
}

const fn due_state(state: DueState) -> &'static str {
    match state {
        DueState::Open => "应付",
        DueState::Planned => "已列入方案",
        DueState::Paying => "拨付中",
        DueState::Paid => "已到账",
        DueState::Returned => "已退汇",
        DueState::Mended => "账户已更正",
        DueState::PlannedAgain => "重拨已列入方案",
        DueState::Dropped => "不再拨付",
        DueState::Lapsed => "失去资格",
        DueState::Void => "作废",
    }
}

fn paid_row(records: &Records<'_>, due: &Due) -> PaidRow {
    let batch = due.batch.as_ref().and_then(|id| records.batches.iter().find(|batch| batch.id == *id));
    let line: Option<&Line> = batch.and_then(|batch| batch.lines.iter().find(|line| line.due == due.id));
    let name = records.organisations.get(due.organisation.as_str()).map(|organisation| organisation.name.clone());
    PaidRow {
        case: due.case.to_string(),
        name: name.unwrap_or_default(),
        title: records.title(&due.clause),
        instalment: if due.of > 1 { format!("{}/{}", due.number, due.of) } else { "一次性".to_owned() },
        year: i64::from(due.year),
        amount: due.amount,
        number: batch.and_then(|batch| batch.request_number.clone()).unwrap_or_default(),
        state: due_state(due.state).to_owned(),
        result: line.map(crate::payment::result).unwrap_or_default(),
    }
}

fn paid_sum(dues: &[Due]) -> Fen {
    sum(dues.iter().filter(|due| due.state == DueState::Paid).map(|due| due.amount))
}

pub(crate) fn paid(records: &Records<'_>) -> Result<Paid, NotYet> {
    let gone = |due: &&Due| !matches!(due.state, DueState::Dropped | DueState::Lapsed | DueState::Void);
    let due = sum(records.dues.iter().filter(gone).map(|due| due.amount));
    let paid = paid_sum(&records.dues);
    Ok(Paid {
        call: records.call()?.title.clone(),
        today: today(records)?,
        rows: records.dues.iter().map(|due| paid_row(records, due)).collect(),
        due,
        paid,
        open: Fen(due.0.saturating_sub(paid.0)),
    })
}

pub(crate) fn quotas(records: &Records<'_>) -> Result<Quotas, NotYet> {
    let row = |book: &casework::ledger::Book| BookRow {
        // A pool is kept under the policy it is of: 政策代号/年度总额.
        name: book.name.rsplit_once('/').filter(|_| book.kind != BookKind::Fund).map_or(book.name.as_str(), |(_, name)| name).to_owned(),
        kind: if book.kind == BookKind::Fund { "预算" } else { "资金池" }.to_owned(),
        year: i64::from(book.year),
        brought: Fen(book.balance(Account::Outside).0.saturating_neg()),
        available: book.balance(Account::Available),
        reserved: book.balance(Account::Reserved),
        committed: book.balance(Account::Committed),
        paid: book.balance(Account::Paid),
        returned: book.balance(Account::Returned),
        recovered: book.balance(Account::Recovered),
    };
    Ok(Quotas { call: records.call()?.title.clone(), today: today(records)?, books: records.books.iter().map(row).collect() })
}

const fn recovery_stage(stage: RecoveryStage) -> &'static str {
    match stage {
        RecoveryStage::Filed => "已立案",
        RecoveryStage::Notified => "已告知",
        RecoveryStage::Decided => "已决定",
        RecoveryStage::Delivered => "已送达",
        RecoveryStage::Reminded => "已催告",
        RecoveryStage::Enforced => "已申请强制执行",
        RecoveryStage::Settled => "已结清",
        RecoveryStage::Closed => "已结案",
    }
}

fn recovered_row(records: &Records<'_>, recovery: &Recovery) -> RecoveredRow {
    let name = records.organisations.get(recovery.organisation.as_str()).map(|organisation| organisation.name.clone());
    RecoveredRow {
        case: recovery.case.to_string(),
        name: name.unwrap_or_default(),
        number: recovery.decision.as_ref().map(|decision| decision.number.clone()).unwrap_or_default(),
        decided: recovery.decided.map(|at| at.date()),
        total: recovery.decided_sum(),
        back: recovery.came_back(),
        owed: recovery.owed(),
        due: recovery.due.as_ref().map(|term| term.last),
        stage: recovery_stage(recovery.stage).to_owned(),
    }
}

pub(crate) fn recovered(records: &Records<'_>) -> Result<Recovered, NotYet> {
    let rows: Vec<RecoveredRow> = records.recoveries.iter().map(|recovery| recovered_row(records, recovery)).collect();
    Ok(Recovered {
        call: records.call()?.title.clone(),
        today: today(records)?,
        total: sum(rows.iter().map(|row| row.total)),
        back: sum(rows.iter().map(|row| row.back)),
        owed: sum(rows.iter().map(|row| row.owed)),
        rows,
    })
}

pub(crate) fn enterprise(records: &Records<'_>) -> Result<Enterprise, NotYet> {
    let case = records.cases.first().ok_or(NotYet("该企业在本批次没有申报"))?;
    let organisation = records.organisation(&case.organisation)?;
    let applied: Vec<AppliedRow> = records.cases.iter().map(|case| applied_row(records, case)).collect::<Result<_, _>>()?;
    let recoveries: Vec<RecoveredRow> = records.recoveries.iter().map(|recovery| recovered_row(records, recovery)).collect();
    Ok(Enterprise {
        name: organisation.name.clone(),
        credit_code: organisation.credit_code.clone(),
        aliases: Some(organisation.aliases.join("、")).filter(|names| !names.is_empty()),
        today: today(records)?,
        determined: sum(applied.iter().filter_map(|row| row.determined)),
        applied,
        payments: records.dues.iter().map(|due| paid_row(records, due)).collect(),
        paid: paid_sum(&records.dues),
        owed: sum(recoveries.iter().map(|row| row.owed)),
        recoveries,
    })
}
