//! Acts on the money after the approval: sharing, objections, payments, instalments, reports, amended determinations.

use crate::case_acts::{amounts, paper};
use crate::district::id;
use crate::generator::{Generator, Maker, Proposal, applicant};
use crate::random::Random;
use crate::recovery_acts::OWING;
use casework::Act;
use casework::Record;
use casework::call::{Call, CallAct, CallStage, Others, Period, Terms};
use casework::case::{Case, CaseAct, Stage};
use casework::determination::DeterminationAct;
use casework::history::HistoryAct;
use casework::id::{BatchId, DeterminationId, EntryId, MotionId, ObjectionId, ReceiptId};
use casework::instalment::InstalmentAct;
use casework::motion::Motion;
use casework::notice::{NoticeAct, Objection, ObjectionState, Objector, Ruling};
use casework::organisation::Account;
use casework::payment::{Batch, BatchState, Due, DueState, LineResult, PaymentAct, Report};
use casework::people::Role;
use casework::performance::{Goal, Performance, PerformanceAct, PerformanceState, PerformanceTerm};
use casework::recovery::RecoveryAct;
use serde_json::json;
use values::Fen;

pub const MAKERS: &[Maker] = &[
    (6, state_share),
    (24, share_again),
    (14, rank),
    (5, set_rate),
    (8, carry_over),
    (12, archive_call),
    (20, archive_case),
    (6, object),
    (15, check),
    (18, settle),
    (18, plan),
    (21, request),
    (3, cancel),
    (24, pay),
    (42, report),
    (15, mend),
    (6, give_up),
    (2, amend),
    (9, test),
    (20, confirm_motion),
    (12, fund),
    (9, report_performance),
    (9, accept_performance),
    (3, send_performance_back),
];

/// What a call asks for around payment.
pub fn terms(random: &mut Random, clauses: &[String]) -> Terms {
    let goals = vec![Goal { name: "带动就业".into(), target: 10, unit: "人".into() }];
    let reported = clauses.first().filter(|_| random.chance(300)).cloned();
    let performance = reported.into_iter().map(|clause| PerformanceTerm { clause, period: Period::Days(30), goals: goals.clone() }).collect();
    Terms { not_shown: Vec::new(), performance }
}

fn entry(g: &mut Generator) -> EntryId {
    id(EntryId::parse, &g.name("e"))
}

fn determination(g: &mut Generator) -> DeterminationId {
    id(DeterminationId::parse, &g.name("d"))
}

fn state_share(g: &mut Generator) -> Proposal {
    let set = |case: &casework::case::Case| !matches!(case.stage, Stage::Submitted | Stage::Correcting | Stage::Suspended) && !unset(case.stage);
    let wanted = |g: &Generator, call: &casework::call::Call| call.stage == CallStage::Closed && g.cases_of(call).all(set);
    g.on_call(Role::Clerk, wanted, |_, call| Act::Call(CallAct::StateShare { call }))
}

/// A step before the amounts are set.
const fn unset(stage: Stage) -> bool {
    use casework::call::StepKind;
    matches!(stage, Stage::Review(StepKind::Screening | StepKind::Joint | StepKind::SiteCheck | StepKind::Audit | StepKind::Summary))
}

/// What came back to a pool, where no row waits any more; for those whom the office named, if it was asked before.
fn share_again(g: &mut Generator) -> Proposal {
    // Who gets something: all of those that lack it, where enough came back.
    let short = |case: &&casework::case::Case| {
        matches!(case.stage, Stage::Committed | Stage::Paying | Stage::Returned | Stage::Paid)
            && case.claims.iter().any(|claim| claim.shared.is_some_and(|part| part < claim.set.unwrap_or_default()))
    };
    let waits = |case: &casework::case::Case| matches!(case.stage, Stage::Approved | Stage::Noticed | Stage::Disputed | Stage::Review(_) | Stage::Suspended);
    let wanted = |g: &Generator, call: &casework::call::Call| {
        call.stage == CallStage::Shared && !call.sharing.freed.is_empty() && !g.cases_of(call).any(waits) && g.cases_of(call).any(|case| short(&case))
    };
    let mut random = Random::new(g.random.number());
    let call = g.world.call(&mut random, |call| wanted(g, call))?.clone();
    let (pool, freed) = g.random.one(&call.sharing.freed)?.clone();
    let mut cases: Vec<_> = g.cases_of(&call).filter(short).map(|case| (case.submitted, case.id.clone())).collect();
    cases.sort();
    let most = g.random.below(cases.len()) + 1;
    let cases: Vec<_> = cases.into_iter().take(if freed.0 > 1000 { most } else { 1 }).map(|(_, case)| case).collect();
    let cases = g.world.winners.remove(call.id.as_str()).unwrap_or(cases);
    let determinations = cases.into_iter().map(|case| (case, determination(g))).collect();
    let who = g.officer(Role::Leader, Some(&call.lead))?;
    let entry = entry(g);
    Some((who, Role::Leader, Act::Call(CallAct::ShareAgain { call: call.id, pool, entry, determinations })))
}

/// A clause of a call that ranks, and whether all records are ranked with the applicants.
fn ranked(g: &Generator, call: &Call) -> Option<(String, bool)> {
    let policy = g.policies.iter().find(|policy| policy.version.id == call.version)?;
    let mut clauses = policy.scheme.clauses.iter().filter(|clause| call.clauses.contains(&clause.id));
    clauses.find_map(|clause| Some((clause.id.clone(), clause.rank.as_ref()?.all_records)))
}

/// Mostly when all amounts are set, and once.
fn rank(g: &mut Generator) -> Proposal {
    let any = g.random.chance(100);
    let mut random = Random::new(g.random.number());
    let call = g.world.call(&mut random, |call| {
        let ready = |clause: &str| {
            let of = |case: &&Case| case.claims.iter().any(|claim| claim.clause == clause);
            g.cases_of(call).filter(of).all(|case| !case.is_under_way() || case.is_set()) && g.cases_of(call).any(|case| of(&case))
        };
        let fits = |clause: &str| call.stage == CallStage::Closed && call.rankings.is_empty() && ready(clause);
        ranked(g, call).is_some_and(|(clause, _)| any || fits(&clause))
    })?;
    let (call, (clause, all)) = (call.clone(), ranked(g, call)?);
    let others = all.then(|| Others { source: "电商节成交榜".into(), facts: Vec::new() });
    let reason = g.random.chance(100).then(|| "名次有误".to_owned());
    let who = g.officer(Role::Leader, Some(&call.lead))?;
    Some((who, Role::Leader, Act::Call(CallAct::Rank { call: call.id, clause, others, reason })))
}

fn set_rate(g: &mut Generator) -> Proposal {
    let (any, mut random) = (g.random.chance(100), Random::new(g.random.number()));
    let open = |g: &Generator, call: &Call| {
        let policy = g.policies.iter().find(|policy| policy.version.id == call.version);
        let foreign = policy.is_some_and(|policy| policy.scheme.params.iter().any(|param| param.currency.is_some()));
        foreign && matches!(call.stage, CallStage::Draft | CallStage::Open)
    };
    let call = g.world.call(&mut random, |call| any || open(g, call))?.clone();
    let value = format!("7.{:04}", g.random.below(10_000));
    let source = if g.random.chance(100) { String::new() } else { "中国外汇交易中心".into() };
    let who = g.officer(Role::Clerk, Some(&call.lead))?;
    Some((who, Role::Clerk, Act::Call(CallAct::SetRate { call: call.id, name: "USD".into(), value, source })))
}

/// What waits for the next year, where a pool is of that kind.
fn carry_over(g: &mut Generator) -> Proposal {
    let pool_of = |g: &Generator, call: &Call| {
        let policy = g.policies.iter().find(|policy| policy.version.id == call.version)?;
        let pool = policy.scheme.pools.iter().find(|pool| pool.overrun == policy::scheme::Overrun::CarryOver)?;
        let member = |clause: &str| policy.scheme.clause_named(clause).is_some_and(|clause| pool.members.contains(&clause));
        let set = g.cases_of(call).all(|case| !case.is_under_way() || case.is_set());
        let waits = set
            && g.cases_of(call)
                .any(|case| case.is_set() && g.world.refused.contains_key(case.id.as_str()) && case.claims.iter().any(|claim| member(&claim.clause)));
        (waits && matches!(call.stage, CallStage::Closed | CallStage::Shared)).then(|| (policy.scheme.policy.id.clone(), pool.name.clone()))
    };
    let mut random = Random::new(g.random.number());
    let call = g.world.call(&mut random, |call| pool_of(g, call).is_some())?.clone();
    let (policy, pool) = pool_of(g, &call)?;
    let next = call.year + 1;
    let fund = g.world.funds.iter().rev().find(|(_, year)| *year == next)?.0.clone();
    let books = g.world.pools.iter().filter(|(of, year, name, _)| *of == policy && *year == next && *name == pool);
    let pools = books.map(|(.., name, book)| (name.clone(), book.clone())).collect();
    let who = g.officer(Role::Leader, Some(&call.lead))?;
    let entry = entry(g);
    Some((who, Role::Leader, Act::Call(CallAct::CarryOver { call: call.id, pool, fund, pools, entry })))
}

fn archive_call(g: &mut Generator) -> Proposal {
    let over = |case: &casework::case::Case| {
        matches!(case.stage, Stage::Draft | Stage::Archived | Stage::Withdrawn | Stage::Declined | Stage::Refused | Stage::Terminated)
    };
    let wanted = |g: &Generator, call: &casework::call::Call| matches!(call.stage, CallStage::Closed | CallStage::Shared) && g.cases_of(call).all(over);
    g.on_call(Role::Leader, wanted, |g, call| Act::Call(CallAct::Archive { call, entry: entry(g) }))
}

fn archive_case(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Paid], Role::Clerk, |_, case, _| CaseAct::Archive { case: case.id.clone() })
}

fn object(g: &mut Generator) -> Proposal {
    let (case, call) = g.case_at(&[Stage::Noticed, Stage::Noticed, Stage::Disputed])?;
    let notice = case.notice.clone()?;
    let by = Objector { name: if g.random.chance(100) { String::new() } else { "王某".into() }, contact: "13800000000".into() };
    let evidence = if g.random.chance(850) { vec![paper(g)] } else { Vec::new() };
    let objection = id(ObjectionId::parse, &g.name("o"));
    let act = Act::Notice(NoticeAct::Object { objection, notice, case: case.id, by, grounds: "数据不实".into(), evidence });
    if g.random.chance(500) {
        let who = g.officer(Role::Clerk, Some(&call.lead))?;
        return Some((who, Role::Clerk, act));
    }
    let at = g.random.below(g.world.organisations.len());
    Some((applicant(g.world.organisations.get(at)?), Role::Applicant, act))
}

/// An objection that is so far, with the unit in charge.
fn objection(g: &mut Generator, wanted: impl Fn(&ObjectionState) -> bool) -> Option<(casework::notice::Objection, casework::id::UnitId)> {
    let any = g.random.chance(60);
    let found = g.world.one_of(&mut g.random, Objection::TABLE.name, &g.world.objections, |objection| any || wanted(&objection.state))?.clone();
    let case = g.world.cases.get(found.case.as_str())?;
    let lead = g.world.calls.get(case.call.as_str())?.lead.clone();
    Some((found, lead))
}

fn check(g: &mut Generator) -> Proposal {
    let (objection, lead) = objection(g, |state| *state == ObjectionState::Received)?;
    let role = [Role::Clerk, Role::Reviewer][g.random.below(2)];
    let who = g.officer(role, Some(&lead))?;
    Some((who, role, Act::Notice(NoticeAct::Check { objection: objection.id, result: "已到企业核查".into() })))
}

fn settle(g: &mut Generator) -> Proposal {
    let (objection, lead) = objection(g, |state| matches!(state, ObjectionState::Checked { .. }))?;
    let case = g.world.cases.get(objection.case.as_str())?.clone();
    if case.stage != Stage::Disputed && !g.random.chance(100) {
        return None;
    }
    let awards: Vec<(String, Fen)> = case.claims.iter().map(|claim| (claim.clause.clone(), claim.amount())).collect();
    let ruling = match g.random.below(3) {
        0 => Ruling::Dismissed,
        1 => Ruling::Cancelled,
        _ => Ruling::Adjusted(amounts(g, &awards)),
    };
    let changed = g.random.chance(50) || ruling != Ruling::Dismissed;
    let determination = changed.then(|| determination(g));
    let who = g.officer(Role::Leader, Some(&lead))?;
    let entry = entry(g);
    Some((who, Role::Leader, Act::Notice(NoticeAct::Settle { objection: objection.id, ruling, result: "处理决定".into(), determination, entry })))
}

fn plan(g: &mut Generator) -> Proposal {
    let any = g.random.chance(60);
    let (_, call) = g.world.case_at(&mut g.random, |case, _| any || matches!(case.stage, Stage::Committed | Stage::Returned))?;
    let call = call.clone();
    let all: Vec<_> = g.cases_of(&call).map(|case| case.id.clone()).collect();
    let some = g.random.chance(300).then(|| all.into_iter().take(3).collect());
    let who = g.officer(Role::Clerk, Some(&call.lead))?;
    let batch = id(BatchId::parse, &g.name("b"));
    Some((who, Role::Clerk, Act::Payment(PaymentAct::Plan { batch, call: call.id, cases: some })))
}

fn batch(g: &mut Generator, states: &[BatchState]) -> Option<(casework::payment::Batch, casework::id::UnitId)> {
    let any = g.random.chance(60);
    let found = g.world.one_of(&mut g.random, Batch::TABLE.name, &g.world.batches, |batch| any || states.contains(&batch.state))?.clone();
    let lead = g.world.calls.get(found.call.as_str())?.lead.clone();
    Some((found, lead))
}

fn request(g: &mut Generator) -> Proposal {
    let (batch, lead) = batch(g, &[BatchState::Planned])?;
    let who = g.officer(Role::Leader, Some(&lead))?;
    let number = g.name("拨付请示");
    Some((who, Role::Leader, Act::Payment(PaymentAct::Request { batch: batch.id, number })))
}

fn cancel(g: &mut Generator) -> Proposal {
    let (batch, lead) = batch(g, &[BatchState::Planned, BatchState::Requested])?;
    let who = g.officer(Role::Leader, Some(&lead))?;
    Some((who, Role::Leader, Act::Payment(PaymentAct::Cancel { batch: batch.id })))
}

fn pay(g: &mut Generator) -> Proposal {
    let (batch, _) = batch(g, &[BatchState::Requested])?;
    let who = g.officer(Role::Finance, None)?;
    let entry = entry(g);
    Some((who, Role::Finance, Act::Payment(PaymentAct::Pay { batch: batch.id, entry })))
}

fn report(g: &mut Generator) -> Proposal {
    let any = g.random.chance(60);
    let waits = |batch: &casework::payment::Batch| batch.state == BatchState::Sent && batch.lines.iter().any(|line| line.result.is_none());
    let found = g.world.one_of(&mut g.random, Batch::TABLE.name, &g.world.batches, |batch| any || waits(batch))?.clone();
    let mut reports = Vec::new();
    for line in &found.lines {
        // What arrived may still come back, now and then.
        let late = matches!(line.result, Some(LineResult::Arrived { .. })) && g.random.chance(50);
        if line.result.is_none() && g.random.chance(800) || late {
            let returned = (late || g.random.chance(200)).then(|| "账号有误".to_owned());
            reports.push(Report { receipt: id(ReceiptId::parse, &g.name("rc")), due: line.due.clone(), on: g.today(), returned });
        }
    }
    let who = g.officer(Role::Finance, None)?;
    let entry = entry(g);
    Some((who, Role::Finance, Act::Payment(PaymentAct::Report { batch: found.id, reports, entry })))
}

fn mend(g: &mut Generator) -> Proposal {
    let (case, call) = g.case_at(&[Stage::Returned])?;
    // The one that was verified meanwhile, or is right after all; now and then one that nobody verified.
    let verified = g.world.accounts.get(case.organisation.as_str()).cloned().flatten().filter(|_| !g.random.chance(150));
    let unverified = || Account { holder: "更正户名".into(), number: "6217000001".into(), bank: "示例银行".into() };
    let account = verified.unwrap_or_else(unverified);
    let act = Act::Payment(PaymentAct::Mend { case: case.id, account });
    if g.random.chance(500) {
        return Some((applicant(&case.organisation), Role::Applicant, act));
    }
    let who = g.officer(Role::Clerk, Some(&call.lead))?;
    Some((who, Role::Clerk, act))
}

/// Something that is due, with the unit in charge.
fn due(g: &mut Generator, wanted: impl Fn(&Due) -> bool) -> Option<(Due, casework::id::UnitId)> {
    let any = g.random.chance(60);
    let found = g.world.one_of(&mut g.random, Due::TABLE.name, &g.world.dues, |due| any || wanted(due))?.clone();
    let lead = g.world.calls.get(found.call.as_str())?.lead.clone();
    Some((found, lead))
}

/// An instalment that is tested first; there are few, so all of them are looked at.
fn instalment(g: &mut Generator, wanted: impl Fn(&Due) -> bool) -> Option<(Due, casework::id::UnitId)> {
    let any = g.random.chance(60);
    let all = g.world.tested.iter().filter_map(|id| g.world.dues.get(id));
    let fitting: Vec<&Due> = all.filter(|due| any || (due.state == DueState::Open && wanted(due))).collect();
    let found = (*g.random.one(&fitting)?).clone();
    let lead = g.world.calls.get(found.call.as_str())?.lead.clone();
    Some((found, lead))
}

fn give_up(g: &mut Generator) -> Proposal {
    let (due, lead) = due(g, |due| matches!(due.state, DueState::Returned | DueState::Mended))?;
    let who = g.officer(Role::Leader, Some(&lead))?;
    let entry = entry(g);
    Some((who, Role::Leader, Act::Payment(PaymentAct::Drop { due: due.id, entry, reason: "企业已注销".into() })))
}

fn amend(g: &mut Generator) -> Proposal {
    let (case, call) = g.case_at(&[Stage::Approved, Stage::Noticed, Stage::Committed])?;
    let awards: Vec<(String, Fen)> = case.claims.iter().map(|claim| (claim.clause.clone(), claim.amount())).collect();
    let amounts = amounts(g, &awards);
    let who = g.officer(Role::Reviewer, Some(&call.lead))?;
    let (motion, determination, entry) = (motion(g), determination(g), entry(g));
    let act = DeterminationAct::Amend { motion, case: case.id, determination, entry, application: None, amounts, reason: "计算有误".into() };
    Some((who, Role::Reviewer, Act::Determination(act)))
}

pub fn motion(g: &mut Generator) -> MotionId {
    id(MotionId::parse, &g.name("mo"))
}

/// Confirms what somebody asked for, mostly something that waits.
fn confirm_motion(g: &mut Generator) -> Proposal {
    let any = g.random.chance(60);
    // What is settled meanwhile is not amended any more.
    let owing = |recovery: &casework::id::RecoveryId| g.world.recoveries.get(recovery.as_str()).is_some_and(|claw| OWING.contains(&claw.stage));
    let waits = |motion: &Motion| match &motion.asks {
        _ if motion.confirmed.is_some() => false,
        Act::Recovery(RecoveryAct::Amend { recovery, .. }) => owing(recovery),
        _ => true,
    };
    let found = g.world.one_of(&mut g.random, Motion::TABLE.name, &g.world.motions, |motion| any || waits(motion))?.clone();
    let call = found.case.as_ref().and_then(|case| g.world.cases.get(case.as_str())).and_then(|case| g.world.calls.get(case.call.as_str()));
    let lead = call.map(|call| call.lead.clone());
    let (role, act) = match found.asks {
        Act::Determination(DeterminationAct::Amend { motion, case, .. }) => {
            (Role::Leader, Act::Determination(DeterminationAct::ConfirmAmendment { case, motion }))
        }
        Act::Instalment(InstalmentAct::Test { motion, due, .. }) => (Role::Reviewer, Act::Instalment(InstalmentAct::ConfirmTest { due, motion })),
        Act::Recovery(RecoveryAct::Amend { motion, recovery, .. }) => (Role::Leader, Act::Recovery(RecoveryAct::ConfirmAmendment { recovery, motion })),
        Act::History(_) => ([Role::Reviewer, Role::Leader][g.random.below(2)], Act::History(HistoryAct::Confirm { motion: found.id })),
        _ => return None,
    };
    Some((g.officer(role, lead.as_ref())?, role, act))
}

fn test(g: &mut Generator) -> Proposal {
    let today = g.today().year();
    let (due, lead) = instalment(g, |due| due.retests.is_empty() && due.year <= today)?;
    let who = g.officer(Role::Clerk, Some(&lead))?;
    // Of the year it is for; now and then of none, which decides nothing.
    let runs = g.random.chance(700);
    let facts = if g.random.chance(900) { json!({"项目运行": {due.year.to_string(): runs}}) } else { json!({}) };
    let (motion, evidence, entry) = (motion(g), vec![paper(g)], entry(g));
    Some((who, Role::Clerk, Act::Instalment(InstalmentAct::Test { motion, due: due.id, facts, evidence, entry })))
}

fn fund(g: &mut Generator) -> Proposal {
    let (due, _) = instalment(g, |due| due.fund.is_none() && due.test_holds())?;
    let (fund, _) = g.world.funds.iter().rev().find(|(_, year)| *year == due.year).or(g.world.funds.last())?.clone();
    let who = g.officer(Role::Finance, None)?;
    let entry = entry(g);
    Some((who, Role::Finance, Act::Instalment(InstalmentAct::Fund { due: due.id, fund, entry })))
}

fn performance(
    g: &mut Generator,
    state: impl Fn(&PerformanceState) -> bool,
) -> Option<(casework::performance::Performance, casework::case::Case, casework::id::UnitId)> {
    let any = g.random.chance(60);
    let found = g.world.one_of(&mut g.random, Performance::TABLE.name, &g.world.reports, |report| any || state(&report.state))?.clone();
    let case = g.world.cases.get(found.case.as_str())?.clone();
    let lead = g.world.calls.get(case.call.as_str())?.lead.clone();
    Some((found, case, lead))
}

fn report_performance(g: &mut Generator) -> Proposal {
    let (found, case, _) = performance(g, |state| *state == PerformanceState::Awaited)?;
    let reached = found.goals.iter().map(|_| g.random.between(0, 20)).collect();
    let act = PerformanceAct::Report { due: found.due, reached, words: "已完成".into(), evidence: vec![paper(g)] };
    Some((applicant(&case.organisation), Role::Applicant, Act::Performance(act)))
}

fn accept_performance(g: &mut Generator) -> Proposal {
    let (found, _, lead) = performance(g, |state| *state == PerformanceState::Reported)?;
    let who = g.officer(Role::Reviewer, Some(&lead))?;
    Some((who, Role::Reviewer, Act::Performance(PerformanceAct::Accept { due: found.due, opinion: "认可".into() })))
}

fn send_performance_back(g: &mut Generator) -> Proposal {
    let (found, _, lead) = performance(g, |state| *state == PerformanceState::Reported)?;
    let who = g.officer(Role::Reviewer, Some(&lead))?;
    Some((who, Role::Reviewer, Act::Performance(PerformanceAct::SendBack { due: found.due, reason: "请补充".into() })))
}
