//! What a meeting about a call looks at (上会材料): how the money would go by the rule of the policy, what other rules would give,
//! who would be noticed, the form of the minutes, what the amounts rest on.

use crate::field::data;
use crate::notice::{HIDDEN, ShownRow};
use crate::records::{NotYet, Records, clauses, count, stage, sum};
use casework::call::Call;
use casework::case::{Case, Claim, Stage};
use casework::ledger::Account;
use policy::application::Application;
use policy::eval::{Asked, share_claims};
use policy::scheme::{Overrun, Pool, Scheme};
use std::collections::BTreeSet;
use values::{Date, Fen};

data! {
    /// A pool.
    PoolRow {
        pool: String = "资金池", held: Fen = "可用金额", claimed: Fen = "需求金额", given: Fen = "安排金额", claims: i64 = "笔数", left: Fen = "结余金额", rule: String = "分配方式",
    }

    /// A claim with what it gets.
    PlannedRow {
        name: String = "申报主体", clause: String = "条款", title: String = "条款名称", assessed: Option<Fen> = "测算金额", set: Fen = "核定金额", planned: Fen = "拟安排金额",
        reason: Option<String> = "核减理由",
    }

    /// 资金分配方案、会议纪要
    Plan {
        call: String = "申报批次", policy: String = "政策", year: i64 = "奖补年度", today: Date = "制表日期", lead: String = "牵头单位", pools: Vec<PoolRow> = "资金池明细",
        rows: Vec<PlannedRow> = "分配明细", households: i64 = "户数", assessed: Fen = "测算合计", set: Fen = "核定合计", planned: Fen = "安排合计",
    }

    /// What a way of sharing gives.
    WayRow {
        way: String = "方式", given: Fen = "安排金额", left: Fen = "结余金额", whole: i64 = "全额笔数", part: i64 = "部分笔数", none: i64 = "未安排笔数", chosen: String = "说明",
    }

    /// What a claim gets in each way.
    ComparedRow { name: String = "申报主体", title: String = "条款名称", asked: Fen = "核定金额", rule: Fen = "按政策", ratio: Fen = "按比例", first: Fen = "先到先得" }

    /// A pool, shared in several ways.
    ComparedPool {
        pool: String = "资金池", held: Fen = "可用金额", claimed: Fen = "需求金额", rule: String = "政策方式", ways: Vec<WayRow> = "方式明细", rows: Vec<ComparedRow> = "逐户明细",
    }

    /// 分配方式比较表
    Comparison { call: String = "申报批次", policy: String = "政策", today: Date = "制表日期", pools: Vec<ComparedPool> = "资金池明细" }

    /// 拟公示名单
    ToBeShown {
        call: String = "申报批次", policy: String = "政策", today: Date = "制表日期", rows: Vec<ShownRow> = "公示明细", households: i64 = "家数", total: Fen = "公示合计",
        hidden: Option<String> = "不公开说明",
    }

    /// What the amount of a case rests on.
    AuditRow {
        case: String = "案件编号", name: String = "申报主体", clauses: String = "申报条款", papers: i64 = "材料份数", assessed: Fen = "测算金额", set: Option<Fen> = "核定金额",
        planned: Option<Fen> = "拟安排金额", cuts: String = "核减理由", opinions: i64 = "会审单位数", credit: String = "信用核查", hands: String = "经办复核", determination: String = "审定编号",
        stage: String = "状态",
    }

    /// 审计底稿
    Audited {
        call: String = "申报批次", policy: String = "政策", today: Date = "制表日期", scheme: String = "规则指纹", rows: Vec<AuditRow> = "底稿明细", households: i64 = "户数",
        assessed: Fen = "测算合计", set: Fen = "核定合计", planned: Fen = "安排合计",
    }
}

/// Cases that take part: under review with all amounts set, or past that and not ended without an award.
fn taking_part<'r>(records: &'r Records<'_>) -> Result<Vec<&'r Case>, NotYet> {
    let ended = |case: &&Case| matches!(case.stage, Stage::Draft | Stage::Withdrawn | Stage::Declined | Stage::Refused | Stage::Terminated);
    let mut cases: Vec<&Case> = records.cases.iter().filter(|case| !ended(case)).collect();
    cases.sort_by(|a, b| (a.submitted, &a.id).cmp(&(b.submitted, &b.id)));
    if cases.is_empty() {
        return Err(NotYet("批次没有参加分配的案件"));
    }
    if cases.iter().any(|case| case.claims.iter().any(|claim| claim.set.is_none())) {
        return Err(NotYet("批次还有案件没有核定金额"));
    }
    Ok(cases)
}

fn rule(scheme: &Scheme, pool: &Pool) -> String {
    let last = if pool.last_in_part { "，最后一户给予余额" } else { "" };
    match &pool.overrun {
        Overrun::FirstCome => format!("先到先得{last}"),
        Overrun::ProRata => "按比例".to_owned(),
        Overrun::ByMeasure(_, highest) => format!("按指标{}{last}", if *highest { "从高到低" } else { "从低到高" }),
        Overrun::ByClause(first) => {
            let names: Vec<&str> = first.iter().filter_map(|id| scheme.clause(*id)).map(|clause| clause.id.as_str()).collect();
            format!("按条款优先顺序（{}）{last}", names.join("、"))
        }
        Overrun::CarryOver => "不足部分顺延至下一年度".to_owned(),
    }
}

/// A claim on a pool.
struct Claimed<'r> {
    case: &'r Case,
    claim: &'r Claim,
    at: usize,
}

/// A pool of the call with what it holds and the claims on it.
struct Shared<'r> {
    pool: &'r Pool,
    held: Fen,
    claims: Vec<Claimed<'r>>,
    asked: Vec<Asked>,
}

fn applications(scheme: &Scheme, cases: &[&Case]) -> Result<Vec<Application>, NotYet> {
    let read = |case: &&Case| policy::input::read(scheme, &policy::input::Raw::from(&case.application), policy::input::Defaults::default()).0;
    cases.iter().map(read).collect::<Option<_>>().ok_or(NotYet("有案件的申报信息无法读取"))
}

fn shared<'r>(records: &'r Records<'_>, scheme: &'r Scheme, call: &Call, cases: &[&'r Case]) -> Vec<Shared<'r>> {
    let mut out = Vec::new();
    for pool in &scheme.pools {
        let Some(book) = call.pool_book(&pool.name).and_then(|id| records.books.iter().find(|book| book.id == *id)) else { continue };
        let (mut claims, mut asked) = (Vec::new(), Vec::new());
        for (at, case) in cases.iter().enumerate() {
            for claim in &case.claims {
                let Some(clause) = scheme.clause_named(&claim.clause).filter(|id| pool.members.contains(id)) else { continue };
                asked.push(Asked { application: at, clause, amount: claim.set.unwrap_or_default() });
                claims.push(Claimed { case, claim, at });
            }
        }
        // What this call has reserved or spent already was there to be shared.
        let own: Fen = sum(claims.iter().filter_map(|claimed| claimed.claim.shared));
        let stated = call.shares.iter().find(|share| share.pool == pool.name).map(|share| share.held);
        let held = stated.unwrap_or_else(|| Fen(book.balance(Account::Available).0.saturating_add(own.0)));
        if !claims.is_empty() {
            out.push(Shared { pool, held, claims, asked });
        }
    }
    out
}

fn parts(scheme: &Scheme, shared: &Shared<'_>, overrun: Option<Overrun>, applications: &[Application]) -> Vec<Fen> {
    let pool = Pool { overrun: overrun.unwrap_or_else(|| shared.pool.overrun.clone()), ..shared.pool.clone() };
    share_claims(scheme, &pool, shared.held, &shared.asked, applications)
}

/// What each claim would get: the least that any of its pools gives it.
fn planned(scheme: &Scheme, pools: &[Shared<'_>], applications: &[Application]) -> Vec<(usize, String, Fen)> {
    let mut out: Vec<(usize, String, Fen)> = Vec::new();
    for shared in pools {
        for (claimed, part) in shared.claims.iter().zip(parts(scheme, shared, None, applications)) {
            match out.iter_mut().find(|(at, clause, _)| *at == claimed.at && *clause == claimed.claim.clause) {
                Some((_, _, least)) => *least = (*least).min(part),
                None => out.push((claimed.at, claimed.claim.clause.clone(), part)),
            }
        }
    }
    out
}

fn scheme<'r>(records: &Records<'r>) -> Result<&'r Scheme, NotYet> {
    records.scheme.ok_or(NotYet("没有政策版本"))
}

fn today(records: &Records<'_>) -> Result<Date, NotYet> {
    records.today.ok_or(NotYet("没有制表日期"))
}

pub(crate) fn plan(records: &Records<'_>) -> Result<Plan, NotYet> {
    let (call, scheme, cases) = (records.call()?, scheme(records)?, taking_part(records)?);
    let applications = applications(scheme, &cases)?;
    let pools = shared(records, scheme, call, &cases);
    let planned = planned(scheme, &pools, &applications);
    let mut rows = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        for claim in &case.claims {
            let set = claim.set.unwrap_or_default();
            let part = planned.iter().find(|(of, clause, _)| *of == at && *clause == claim.clause).map_or(set, |(_, _, part)| *part);
            rows.push(PlannedRow {
                name: records.applicant(&case.id),
                clause: claim.clause.clone(),
                title: records.title(&claim.clause),
                assessed: claim.assessed,
                set,
                planned: claim.shared.unwrap_or(part),
                reason: claim.reason.clone(),
            });
        }
    }
    let pool_row = |shared: &Shared<'_>| {
        let claimed = sum(shared.asked.iter().map(|asked| asked.amount));
        let given = sum(parts(scheme, shared, None, &applications));
        PoolRow {
            pool: shared.pool.name.clone(),
            held: shared.held,
            claimed,
            given,
            claims: count(shared.claims.len()),
            left: Fen(shared.held.0.saturating_sub(given.0)),
            rule: rule(scheme, shared.pool),
        }
    };
    Ok(Plan {
        call: call.title.clone(),
        policy: records.policy(),
        year: i64::from(call.year),
        today: today(records)?,
        lead: records.unit(&call.lead),
        pools: pools.iter().map(pool_row).collect(),
        households: count(cases.iter().map(|case| &case.organisation).collect::<BTreeSet<_>>().len()),
        assessed: sum(rows.iter().filter_map(|row| row.assessed)),
        set: sum(rows.iter().map(|row| row.set)),
        planned: sum(rows.iter().map(|row| row.planned)),
        rows,
    })
}

pub(crate) fn comparison(records: &Records<'_>) -> Result<Comparison, NotYet> {
    let (call, scheme, cases) = (records.call()?, scheme(records)?, taking_part(records)?);
    let applications = applications(scheme, &cases)?;
    let pools = shared(records, scheme, call, &cases);
    let compared = |shared: &Shared<'_>| {
        let own = parts(scheme, shared, None, &applications);
        let ratio = parts(scheme, shared, Some(Overrun::ProRata), &applications);
        let first = parts(scheme, shared, Some(Overrun::FirstCome), &applications);
        let way = |way: String, parts: &[Fen], chosen: &str| {
            let pairs = || shared.asked.iter().zip(parts);
            let given = sum(parts.iter().copied());
            WayRow {
                way,
                given,
                left: Fen(shared.held.0.saturating_sub(given.0)),
                whole: count(pairs().filter(|(asked, part)| asked.amount == **part).count()),
                part: count(pairs().filter(|(asked, part)| asked.amount > **part && **part > Fen(0)).count()),
                none: count(pairs().filter(|(asked, part)| asked.amount > Fen(0) && **part == Fen(0)).count()),
                chosen: chosen.to_owned(),
            }
        };
        let rows = shared.claims.iter().zip(own.iter().zip(&ratio).zip(&first)).map(|(claimed, ((own, ratio), first))| ComparedRow {
            name: records.applicant(&claimed.case.id),
            title: records.title(&claimed.claim.clause),
            asked: claimed.claim.set.unwrap_or_default(),
            rule: *own,
            ratio: *ratio,
            first: *first,
        });
        ComparedPool {
            pool: shared.pool.name.clone(),
            held: shared.held,
            claimed: sum(shared.asked.iter().map(|asked| asked.amount)),
            rule: rule(scheme, shared.pool),
            ways: vec![
                way(format!("按政策（{}）", rule(scheme, shared.pool)), &own, "政策规定的方式，据此分配"),
                way("按比例".into(), &ratio, "仅供比较"),
                way("先到先得".into(), &first, "仅供比较"),
            ],
            rows: rows.collect(),
        }
    };
    let pools: Vec<ComparedPool> = pools.iter().map(compared).collect();
    if pools.is_empty() {
        return Err(NotYet("批次的条款没有资金池，不需要分配"));
    }
    Ok(Comparison { call: call.title.clone(), policy: records.policy(), today: today(records)?, pools })
}

pub(crate) fn to_be_shown(records: &Records<'_>) -> Result<ToBeShown, NotYet> {
    let plan = plan(records)?;
    let row = |row: &PlannedRow| ShownRow {
        name: row.name.clone(),
        clause: row.clause.clone(),
        title: row.title.clone(),
        amount: (!records.is_hidden(&row.clause)).then_some(row.planned),
    };
    let rows: Vec<ShownRow> = plan.rows.iter().map(row).collect();
    Ok(ToBeShown {
        call: plan.call,
        policy: plan.policy,
        today: plan.today,
        households: plan.households,
        total: sum(rows.iter().filter_map(|row| row.amount)),
        hidden: rows.iter().any(|row| row.amount.is_none()).then(|| HIDDEN.to_owned()),
        rows,
    })
}

pub(crate) fn audited(records: &Records<'_>) -> Result<Audited, NotYet> {
    let plan = plan(records)?;
    let cases = taking_part(records)?;
    let mut planned = plan.rows.iter().map(|row| row.planned);
    let mut row = |case: &&Case| {
        let cuts: Vec<String> = case.claims.iter().filter_map(|claim| claim.reason.as_ref().map(|why| format!("{}：{why}", claim.clause))).collect();
        let hands: Vec<String> = ["case.screen", "case.summarise", "case.approve"]
            .iter()
            .zip(["初审", "汇总", "审定"])
            .filter_map(|(act, word)| case.hands.iter().rev().find(|hand| hand.act == *act).map(|hand| format!("{word}{}", records.person(&hand.user))))
            .collect();
        let credit = match case.review.credit.last() {
            None => "未核查".to_owned(),
            Some(check) => format!("{}（{}）", if check.given.result == casework::case::Credit::Clear { "无不良记录" } else { "有不良记录" }, check.at.date()),
        };
        AuditRow {
            case: case.id.to_string(),
            name: records.applicant(&case.id),
            clauses: clauses(case),
            papers: count(case.evidence.len()),
            assessed: sum(case.claims.iter().filter_map(|claim| claim.assessed)),
            set: Some(sum(case.claims.iter().filter_map(|claim| claim.set))),
            // The rows of the plan are the claims of the cases, in this order.
            planned: Some(sum(planned.by_ref().take(case.claims.len()))),
            cuts: cuts.join("；"),
            opinions: count(case.review.asks.iter().filter(|ask| ask.answer().is_some()).count()),
            credit,
            hands: hands.join("、"),
            determination: case.determination.as_ref().map(ToString::to_string).unwrap_or_default(),
            stage: stage(case.stage).to_owned(),
        }
    };
    Ok(Audited {
        call: plan.call,
        policy: plan.policy,
        today: plan.today,
        scheme: scheme(records)?.hash.clone(),
        rows: cases.iter().map(&mut row).collect(),
        households: plan.households,
        assessed: plan.assessed,
        set: plan.set,
        planned: plan.planned,
    })
}
