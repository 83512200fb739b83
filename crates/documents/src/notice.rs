//! Documents about a public notice. What the public sees holds names of enterprises and amounts, and nothing about persons:
//! the pay of natural persons is never shown, an objector is known inside alone.

use crate::field::data;
use crate::records::{NotYet, Records, count, period, provisional, sum};
use casework::notice::{LeadReason, Objection, ObjectionState, Row, Ruling};
use values::{Date, Fen};

data! {
    /// A row that is shown.
    ShownRow { name: String = "申报主体", clause: String = "条款", title: String = "条款名称", amount: Option<Fen> = "拟支持金额" }

    /// 公示公告、公示表
    Shown {
        call: String = "申报批次", policy: String = "政策", year: i64 = "奖补年度", from: Date = "公示日期", until: Date = "公示截止日", period: String = "公示时长",
        provisional: Option<String> = "暂定说明", rows: Vec<ShownRow> = "公示明细", households: i64 = "家数", total: Fen = "公示合计", hidden: Option<String> = "不公开说明",
        answer: Option<String> = "答复时长",
    }

    /// An objection.
    ObjectionRow {
        applicant: String = "被异议单位", objector: String = "异议人", received: Date = "收到日期", grounds: String = "异议内容", due: Option<Date> = "答复期限",
        state: String = "办理状态", found: String = "核查情况", ruling: String = "处理结果", answer: String = "答复意见", settled: Option<Date> = "处理日期",
    }

    /// 异议处理表
    Objections {
        call: String = "申报批次", from: Date = "公示日期", until: Date = "公示截止日", objections: Vec<ObjectionRow> = "异议明细", leads: Vec<ObjectionRow> = "线索明细",
    }
}

/// Said where an amount is left out.
pub(crate) const HIDDEN: &str = "涉及自然人收入等依规不予公开的金额未列示，也不计入公示合计。";

pub(crate) fn shown(records: &Records<'_>) -> Result<Shown, NotYet> {
    let call = records.call()?;
    let notice = records.notice.as_ref().ok_or(NotYet("没有公示"))?;
    let rows: Vec<ShownRow> = notice.rows.iter().flat_map(rows_of).collect();
    Ok(Shown {
        call: call.title.clone(),
        policy: records.policy(),
        year: i64::from(call.year),
        from: notice.term.from,
        until: notice.term.last,
        period: period(notice.term.period),
        provisional: provisional(notice.term.provisional),
        households: count(notice.rows.len()),
        total: sum(rows.iter().filter_map(|row| row.amount)),
        hidden: rows.iter().any(|row| row.amount.is_none()).then(|| HIDDEN.to_owned()),
        answer: Some(period(call.workflow.objection)),
        rows,
    })
}

fn rows_of(row: &Row) -> Vec<ShownRow> {
    let shown = |award: &casework::notice::ShownAward| ShownRow {
        name: row.name.clone(),
        clause: award.clause.clone(),
        title: award.title.clone(),
        amount: award.amount,
    };
    row.awards.iter().map(shown).collect()
}

pub(crate) fn objections(records: &Records<'_>) -> Result<Objections, NotYet> {
    let notice = records.notice.as_ref().ok_or(NotYet("没有公示"))?;
    if records.objections.is_empty() {
        return Err(NotYet("公示期间没有收到异议或线索"));
    }
    let (leads, objections): (Vec<&Objection>, Vec<&Objection>) = records.objections.iter().partition(|one| matches!(one.state, ObjectionState::Lead(_)));
    let rows = |list: Vec<&Objection>| list.into_iter().map(|one| row(records, one)).collect();
    Ok(Objections { call: records.call()?.title.clone(), from: notice.term.from, until: notice.term.last, objections: rows(objections), leads: rows(leads) })
}

fn row(records: &Records<'_>, objection: &Objection) -> ObjectionRow {
    let named = records.notice.as_ref().and_then(|notice| notice.row(&objection.case)).map(|row| row.name.clone());
    let mut out = ObjectionRow {
        applicant: named.unwrap_or_else(|| records.applicant(&objection.case)),
        objector: if objection.by.name.trim().is_empty() { "匿名".to_owned() } else { objection.by.name.clone() },
        received: objection.at.date(),
        grounds: objection.grounds.clone(),
        due: objection.term.as_ref().map(|term| term.last),
        state: String::new(),
        found: String::new(),
        ruling: String::new(),
        answer: String::new(),
        settled: None,
    };
    match &objection.state {
        ObjectionState::Lead(why) => {
            let why = match why {
                LeadReason::Late => "逾期提出",
                LeadReason::Anonymous => "未署真实姓名",
                LeadReason::NoEvidence => "未附证据",
                LeadReason::Settled => "该事项已处理完毕",
            };
            out.state = format!("不作为异议受理，转为线索（{why}）");
        }
        ObjectionState::Received => out.state = "待核查".into(),
        ObjectionState::Checked { result, .. } => {
            out.state = "已核查，待处理".into();
            out.found.clone_from(result);
        }
        ObjectionState::Settled { found, at, ruling, result, overdue, .. } => {
            out.state = if *overdue { "已处理（超期）" } else { "已处理" }.into();
            out.found.clone_from(found);
            out.answer.clone_from(result);
            out.settled = Some(at.date());
            out.ruling = ruled(records, ruling);
        }
    }
    out
}

fn ruled(records: &Records<'_>, ruling: &Ruling) -> String {
    match ruling {
        Ruling::Dismissed => "维持".into(),
        Ruling::Cancelled => "取消".into(),
        Ruling::Adjusted(amounts) => {
            let one = |amount: &casework::case::Amount| format!("{}调整为{}元", records.title(&amount.clause), amount.amount.grouped());
            format!("调整：{}", amounts.iter().map(one).collect::<Vec<_>>().join("；"))
        }
    }
}
