//! Documents about one case: taken in, to be corrected, not taken in, reviewed, computed, refused.

use crate::field::data;
use crate::records::{NotYet, Records, period, provisional, sum};
use casework::case::{Case, Credit, EndKind, View};
use serde_json::Value;
use values::{Date, Fen};

data! {
    /// A clause that is applied for.
    ClauseRow { clause: String = "条款", title: String = "条款名称", assessed: Option<Fen> = "测算金额" }

    /// A paper.
    PaperRow { name: String = "材料名称", facts: String = "证明事项", digest: String = "材料指纹" }

    /// 受理通知书
    Acceptance {
        applicant: String = "申报主体", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号",
        submitted: Option<Date> = "提交日期", accepted: Date = "受理日期", due: Option<Date> = "环节期限", provisional: Option<String> = "暂定说明",
        clauses: Vec<ClauseRow> = "申报条款", papers: Vec<PaperRow> = "材料清单",
    }

    /// What is to be mended.
    DefectRow { what: String = "事项", mend: String = "补正要求" }

    /// 补正告知书
    Correction {
        applicant: String = "申报主体", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号",
        submitted: Option<Date> = "提交日期", asked: Date = "告知日期", period: String = "补正时长", due: Option<Date> = "补正期限",
        provisional: Option<String> = "暂定说明", defects: Vec<DefectRow> = "补正事项",
    }

    /// 不予受理通知书
    Decline {
        applicant: String = "申报主体", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号",
        submitted: Option<Date> = "提交日期", decided: Date = "决定日期", reason: String = "理由",
    }

    /// 不予支持决定书
    Refusal {
        applicant: String = "申报主体", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号",
        policy: String = "政策", submitted: Option<Date> = "提交日期", decided: Date = "决定日期", reason: String = "理由", remedies: String = "救济途径",
        clauses: Vec<ClauseRow> = "申报条款",
    }

    /// What is set under a clause.
    ClaimRow {
        clause: String = "条款", title: String = "条款名称", assessed: Option<Fen> = "测算金额", set: Option<Fen> = "核定金额",
        shared: Option<Fen> = "分配金额", reason: Option<String> = "核减理由",
    }

    /// The opinion of a unit, or a look.
    OpinionRow { whose: String = "单位", view: String = "意见", words: String = "说明", date: Option<Date> = "日期" }

    /// 审核意见表
    Review {
        applicant: String = "申报主体", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号",
        policy: String = "政策", submitted: Option<Date> = "提交日期", claims: Vec<ClaimRow> = "核定明细", assessed: Fen = "测算合计", set: Fen = "核定合计", shared: Option<Fen> = "分配合计",
        opinions: Vec<OpinionRow> = "会审意见", sites: Vec<OpinionRow> = "现场核查", audits: Vec<OpinionRow> = "专项审计",
        credit: Vec<OpinionRow> = "信用核查", minutes: Vec<OpinionRow> = "集体审议",
    }

    /// A line of a computation.
    StepRow { words: String = "内容", value: String = "数值", sign: String = "结论" }

    /// Words beside a computation.
    NoteRow { words: String = "内容" }

    /// How the amount of a clause came about.
    CalculatedRow {
        clause: String = "条款", title: String = "条款名称", headline: String = "测算结论", conditions: Vec<StepRow> = "条件", steps: Vec<StepRow> = "计算步骤",
        notes: Vec<NoteRow> = "说明事项", assessed: Fen = "测算金额", amount: Fen = "审定金额", reason: Option<String> = "核减理由",
    }

    /// 核定金额计算单
    Calculation {
        applicant: String = "申报主体", credit_code: String = "统一社会信用代码", call: String = "申报批次", case: String = "案件编号", policy: String = "政策",
        year: i64 = "奖补年度", scheme: String = "规则指纹", decided: Date = "审定日期", clauses: Vec<CalculatedRow> = "条款明细", total: Fen = "审定合计",
        papers: Vec<PaperRow> = "材料清单",
    }
}

/// What every document about a case says first.
struct Head {
    applicant: String,
    credit_code: String,
    call: String,
    case: String,
    submitted: Option<Date>,
}

fn head<'r>(records: &'r Records<'_>) -> Result<(Head, &'r Case), NotYet> {
    let case = records.case()?;
    let organisation = records.organisation(&case.organisation)?;
    let head = Head {
        applicant: organisation.name.clone(),
        credit_code: organisation.credit_code.clone(),
        call: records.call()?.title.clone(),
        case: case.id.to_string(),
        submitted: case.submitted.map(|at| at.date()),
    };
    Ok((head, case))
}

fn clause_rows(records: &Records<'_>, case: &Case) -> Vec<ClauseRow> {
    let row = |claim: &casework::case::Claim| ClauseRow { clause: claim.clause.clone(), title: records.title(&claim.clause), assessed: claim.assessed };
    case.claims.iter().map(row).collect()
}

fn paper_rows(case: &Case) -> Vec<PaperRow> {
    let row = |paper: &casework::case::Evidence| PaperRow { name: paper.name.clone(), facts: paper.facts.join("、"), digest: paper.digest.to_string() };
    case.evidence.iter().map(row).collect()
}

/// When an act was last done to a case.
fn done(case: &Case, act: &str) -> Option<Date> {
    case.hands.iter().rev().find(|hand| hand.act == act).map(|hand| hand.at.date())
}

pub(crate) fn acceptance(records: &Records<'_>) -> Result<Acceptance, NotYet> {
    let (head, case) = head(records)?;
    let accepted = done(case, "case.accept").ok_or(NotYet("案件尚未受理"))?;
    let clock = case.review.clock.as_ref();
    Ok(Acceptance {
        applicant: head.applicant,
        credit_code: head.credit_code,
        call: head.call,
        case: head.case,
        submitted: head.submitted,
        accepted,
        due: clock.and_then(|clock| clock.due),
        provisional: provisional(clock.is_some_and(|clock| clock.provisional)),
        clauses: clause_rows(records, case),
        papers: paper_rows(case),
    })
}

pub(crate) fn correction(records: &Records<'_>) -> Result<Correction, NotYet> {
    let (head, case) = head(records)?;
    let correction = case.review.correction.as_ref().ok_or(NotYet("案件没有补正告知"))?;
    Ok(Correction {
        applicant: head.applicant,
        credit_code: head.credit_code,
        call: head.call,
        case: head.case,
        submitted: head.submitted,
        asked: correction.at.date(),
        period: period(correction.clock.period),
        due: correction.clock.due,
        provisional: provisional(correction.clock.provisional),
        defects: correction.defects.iter().map(|defect| DefectRow { what: defect.what.clone(), mend: defect.mend.clone() }).collect(),
    })
}

pub(crate) fn decline(records: &Records<'_>) -> Result<Decline, NotYet> {
    let (head, case) = head(records)?;
    let end = case.review.end.as_ref().filter(|end| end.kind == EndKind::Declined).ok_or(NotYet("案件没有作出不予受理决定"))?;
    Ok(Decline {
        applicant: head.applicant,
        credit_code: head.credit_code,
        call: head.call,
        case: head.case,
        submitted: head.submitted,
        decided: end.at.date(),
        reason: end.reason.clone(),
    })
}

pub(crate) fn refusal(records: &Records<'_>) -> Result<Refusal, NotYet> {
    let (head, case) = head(records)?;
    let end = case.review.end.as_ref().filter(|end| end.kind == EndKind::Refused).ok_or(NotYet("案件没有作出不予支持决定"))?;
    Ok(Refusal {
        applicant: head.applicant,
        credit_code: head.credit_code,
        call: head.call,
        case: head.case,
        policy: records.policy(),
        submitted: head.submitted,
        decided: end.at.date(),
        reason: end.reason.clone(),
        remedies: end.remedies.clone().unwrap_or_default(),
        clauses: clause_rows(records, case),
    })
}

pub(crate) fn review(records: &Records<'_>) -> Result<Review, NotYet> {
    let (head, case) = head(records)?;
    if case.claims.iter().any(|claim| claim.set.is_none()) {
        return Err(NotYet("案件尚未牵头汇总"));
    }
    let claims: Vec<ClaimRow> = case
        .claims
        .iter()
        .map(|claim| ClaimRow {
            clause: claim.clause.clone(),
            title: records.title(&claim.clause),
            assessed: claim.assessed,
            set: claim.set,
            shared: claim.shared,
            reason: claim.reason.clone(),
        })
        .collect();
    Ok(Review {
        applicant: head.applicant,
        credit_code: head.credit_code,
        call: head.call,
        case: head.case,
        policy: records.policy(),
        submitted: head.submitted,
        assessed: sum(claims.iter().filter_map(|claim| claim.assessed)),
        set: sum(claims.iter().filter_map(|claim| claim.set)),
        shared: claims.iter().any(|claim| claim.shared.is_some()).then(|| sum(claims.iter().filter_map(|claim| claim.shared))),
        claims,
        opinions: opinions(records, case),
        sites: sites(case),
        audits: audits(records, case),
        credit: credit(case),
        minutes: minutes(case),
    })
}

fn opinions(records: &Records<'_>, case: &Case) -> Vec<OpinionRow> {
    let asked = case.review.asks.iter().filter(|ask| ask.passed_on.is_none());
    asked
        .map(|ask| {
            let whose = records.unit(&ask.unit);
            let Some(opinion) = ask.answer() else {
                let view = if ask.silent { "逾期视为无意见" } else { "尚未答复" };
                return OpinionRow { whose, view: view.into(), words: String::new(), date: None };
            };
            let view = match opinion.given.view {
                View::Agree => "同意",
                View::Disagree => "不同意",
                View::Reduce => "部分核减",
                View::NotConcerned => "不涉及",
            };
            let mut words: Vec<String> = Some(opinion.given.words.clone()).filter(|words| !words.is_empty()).into_iter().collect();
            let cut = opinion.given.reductions.iter();
            words.extend(cut.map(|cut| format!("{}建议核定为{}元：{}", records.title(&cut.clause), cut.amount.grouped(), cut.reason)));
            OpinionRow { whose, view: view.into(), words: words.join("；"), date: Some(opinion.at.date()) }
        })
        .collect()
}

fn sites(case: &Case) -> Vec<OpinionRow> {
    let row = |check: &casework::case::Noted<casework::case::SiteCheck>| OpinionRow {
        whose: check.given.present.join("、"),
        view: if check.given.fits { "与申报一致" } else { "与申报不一致" }.into(),
        words: check.given.words.clone(),
        date: Some(check.given.date),
    };
    case.review.site_checks.iter().map(row).collect()
}

fn audits(records: &Records<'_>, case: &Case) -> Vec<OpinionRow> {
    let mut out = Vec::new();
    for report in &case.review.audits {
        let found = report.given.findings.iter().map(|finding| {
            let most = finding.amount.map(|most| format!("（建议不超过{}元）", most.grouped())).unwrap_or_default();
            format!("{}：{}{most}", records.title(&finding.clause), finding.words)
        });
        out.push(OpinionRow {
            whose: report.given.firm.clone(),
            view: report.given.number.clone(),
            words: found.collect::<Vec<_>>().join("；"),
            date: Some(report.given.date),
        });
    }
    out
}

fn credit(case: &Case) -> Vec<OpinionRow> {
    let row = |check: &casework::case::Noted<casework::case::CreditCheck>| {
        let (view, words) = match &check.given.result {
            Credit::Clear => ("无不良记录", String::new()),
            Credit::Listed(found) => ("有不良记录", found.clone()),
        };
        OpinionRow { whose: check.given.source.clone(), view: view.into(), words, date: Some(check.at.date()) }
    };
    case.review.credit.iter().map(row).collect()
}

fn minutes(case: &Case) -> Vec<OpinionRow> {
    let row = |minutes: &casework::case::Noted<casework::case::Minutes>| OpinionRow {
        whose: minutes.given.number.clone(),
        view: if minutes.given.agreed { "同意" } else { "不同意" }.into(),
        words: minutes.given.decision.clone(),
        date: Some(minutes.given.date),
    };
    case.review.minutes.iter().map(row).collect()
}

pub(crate) fn calculation(records: &Records<'_>) -> Result<Calculation, NotYet> {
    let (head, case) = head(records)?;
    let determination = records.determination(case).ok_or(NotYet("案件尚未审定"))?;
    let assessment: Value = serde_json::from_str(&determination.assessment).unwrap_or_default();
    let explained = |clause: &str| {
        let all = assessment.get("clauses").and_then(Value::as_array).into_iter().flatten();
        all.filter(|one| one.get("clause").and_then(Value::as_str) == Some(clause)).find_map(|one| one.get("trace"))
    };
    let clauses = determination.awards.iter().map(|award| {
        let trace = explained(&award.clause);
        let words = |name: &str| trace.and_then(|trace| trace.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned();
        let notes = trace.and_then(|trace| trace.get("notes")).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        CalculatedRow {
            clause: award.clause.clone(),
            title: records.title(&award.clause),
            headline: words("headline"),
            conditions: steps(trace, "conditions"),
            steps: steps(trace, "amount").into_iter().map(fixed).collect(),
            notes: notes.map(|words| NoteRow { words: words.to_owned() }).collect(),
            // What the rules gave when it was handed in: a decision on less counts in the computation already.
            assessed: case.claims.iter().find(|claim| claim.clause == award.clause).and_then(|claim| claim.assessed).unwrap_or(award.assessed),
            amount: award.amount,
            reason: award.reason.clone(),
        }
    });
    Ok(Calculation {
        applicant: head.applicant,
        credit_code: head.credit_code,
        call: head.call,
        case: head.case,
        policy: records.policy(),
        year: i64::from(determination.year),
        scheme: determination.scheme_hash.clone(),
        decided: determination.at.date(),
        clauses: clauses.collect(),
        total: sum(determination.awards.iter().map(|award| award.amount)),
        papers: paper_rows(case),
    })
}

/// The lines of an explanation, each further in than what it follows from.
fn steps(trace: Option<&Value>, name: &str) -> Vec<StepRow> {
    let mut out = Vec::new();
    let lines = trace.and_then(|trace| trace.get(name)).and_then(Value::as_array).into_iter().flatten();
    lines.for_each(|line| step(line, 0, &mut out));
    out
}

/// An amount that is not computed but stands in the policy is its own result.
fn fixed(step: StepRow) -> StepRow {
    let digits = step.words.trim_end_matches(['元', '万', '亿']);
    let amount = digits.len() < step.words.len() && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    if step.value.is_empty() && amount { StepRow { words: "政策规定的金额".into(), value: step.words, sign: step.sign } } else { step }
}

fn step(line: &Value, depth: usize, out: &mut Vec<StepRow>) {
    let words = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
    let sign = match words("sign") {
        "met" => "符合",
        "failed" => "不符合",
        "unknown" => "待定",
        _ => "",
    };
    let gap = words("gap");
    let sign = if gap.is_empty() { sign.to_owned() } else { format!("{sign}（{gap}）") };
    out.push(StepRow { words: format!("{}{}", "　".repeat(depth), words("text")), value: words("value").to_owned(), sign });
    line.get("lines").and_then(Value::as_array).into_iter().flatten().for_each(|inner| step(inner, depth + 1, out));
}
