//! Documents about a clawback: what is to be taken back and why, what was decided, what is overdue.

use crate::field::data;
use crate::records::{NotYet, Records, period, provisional, sum};
use casework::recovery::{Part, Recovery};
use values::{Date, Fen};

data! {
    /// What comes back of the award of a clause.
    PartRow { clause: String = "条款", title: String = "条款名称", awarded: Option<Fen> = "原审定金额", amount: Fen = "追回金额" }

    /// Words.
    WordsRow { words: String = "内容" }

    /// 追回告知书
    Notified {
        applicant: String = "当事人", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号", policy: String = "政策",
        grounds: String = "认定事实", parts: Vec<PartRow> = "追回明细", total: Fen = "追回合计", period: String = "申辩时长", until: Option<Date> = "申辩期限",
        provisional: Option<String> = "暂定说明",
    }

    /// 追回决定书
    Decided {
        applicant: String = "当事人", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号", policy: String = "政策",
        notice: String = "告知文号", grounds: String = "认定事实", statements: Vec<WordsRow> = "陈述申辩", basis: Vec<WordsRow> = "依据", parts: Vec<PartRow> = "追回明细",
        total: Fen = "追回合计", period: String = "缴款时长", bar_until: Option<Date> = "禁止申报至", stop: Option<String> = "停止兑付", remedies: String = "救济途径",
        decided: Date = "决定日期",
    }

    /// 催告书
    Reminded {
        applicant: String = "当事人", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号", decision: String = "决定文号",
        decided: Option<Date> = "决定日期", due: Option<Date> = "原缴款期限", instalment: Option<Date> = "逾期分期期限", total: Fen = "追回合计", back: Fen = "已缴金额", owed: Fen = "尚欠金额", until: Date = "催告期限",
        provisional: Option<String> = "暂定说明",
    }
}

fn rows(records: &Records<'_>, recovery: &Recovery, parts: &[Part]) -> Vec<PartRow> {
    let awarded = |clause: &str| records.determinations.get(recovery.determination.as_str()).map(|determination| determination.amount(clause));
    let row = |part: &Part| PartRow { clause: part.clause.clone(), title: records.title(&part.clause), awarded: awarded(&part.clause), amount: part.amount };
    parts.iter().map(row).collect()
}

fn recovery<'r>(records: &'r Records<'_>) -> Result<&'r Recovery, NotYet> {
    records.recoveries.first().ok_or(NotYet("没有追回案件"))
}

pub(crate) fn notified(records: &Records<'_>) -> Result<Notified, NotYet> {
    let recovery = recovery(records)?;
    let proposal = recovery.proposal.as_ref().ok_or(NotYet("追回案件尚未告知"))?;
    let organisation = records.organisation(&recovery.organisation)?;
    Ok(Notified {
        applicant: organisation.name.clone(),
        credit_code: organisation.credit_code.clone(),
        call: records.call()?.title.clone(),
        case: recovery.case.to_string(),
        policy: records.policy(),
        grounds: proposal.grounds.clone(),
        parts: rows(records, recovery, &proposal.parts),
        total: sum(proposal.parts.iter().map(|part| part.amount)),
        period: period(proposal.period),
        until: recovery.hearing.as_ref().map(|term| term.last),
        provisional: provisional(recovery.hearing.as_ref().is_some_and(|term| term.provisional)),
    })
}

pub(crate) fn decided(records: &Records<'_>) -> Result<Decided, NotYet> {
    let recovery = recovery(records)?;
    let (Some(decision), Some(at)) = (&recovery.decision, recovery.decided) else { return Err(NotYet("追回案件尚未决定")) };
    let organisation = records.organisation(&recovery.organisation)?;
    let words = |text: &String| WordsRow { words: text.clone() };
    Ok(Decided {
        applicant: organisation.name.clone(),
        credit_code: organisation.credit_code.clone(),
        call: records.call()?.title.clone(),
        case: recovery.case.to_string(),
        policy: records.policy(),
        notice: recovery.proposal.as_ref().map(|proposal| proposal.number.clone()).unwrap_or_default(),
        grounds: decision.grounds.clone(),
        statements: recovery.statements.iter().map(|statement| words(&statement.words)).collect(),
        basis: decision.basis.iter().map(words).collect(),
        parts: rows(records, recovery, &decision.parts),
        total: recovery.decided_sum(),
        period: period(decision.period),
        bar_until: decision.bar_until,
        stop: decision.stop_payment.then(|| "暂停兑付你单位尚未拨付的支持资金，待追回款项结清后再行处理。".to_owned()),
        remedies: decision.remedies.clone(),
        decided: at.date(),
    })
}

pub(crate) fn reminded(records: &Records<'_>) -> Result<Reminded, NotYet> {
    let recovery = recovery(records)?;
    let ((_, term), decision) = recovery.reminder.as_ref().zip(recovery.decision.as_ref()).ok_or(NotYet("追回案件尚未催告"))?;
    let organisation = records.organisation(&recovery.organisation)?;
    Ok(Reminded {
        applicant: organisation.name.clone(),
        credit_code: organisation.credit_code.clone(),
        call: records.call()?.title.clone(),
        case: recovery.case.to_string(),
        decision: decision.number.clone(),
        decided: recovery.decided.map(|at| at.date()),
        due: recovery.due.as_ref().map(|term| term.last),
        instalment: recovery.next_due().filter(|_| !recovery.plan.is_empty()),
        total: recovery.decided_sum(),
        back: recovery.came_back(),
        owed: recovery.owed(),
        until: term.last,
        provisional: provisional(term.provisional),
    })
}
