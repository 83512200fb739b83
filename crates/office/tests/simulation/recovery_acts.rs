//! Clawbacks: leads, the filing, notice and statement, decision, delivery, payment in parts and by offset, reminder,
//! enforcement, the end.

use crate::district::id;
use crate::generator::{Generator, Maker, Proposal, applicant, recent};
use crate::money_acts::motion;
use casework::Act;
use casework::Record;
use casework::call::Period;
use casework::case::{Case, Stage};
use casework::chain::Fingerprint;
use casework::id::{CaseId, EntryId, LeadId, RecoveryId, UnitId};
use casework::payment::{Due, DueState};
use casework::people::Role;
use casework::recovery::{Decision, Instalment, Lead, LeadSource, LeadState, Part, Proposal as Notice, Recovery, RecoveryAct, RecoveryStage};
use std::collections::BTreeMap;
use values::Fen;

pub const MAKERS: &[Maker] = &[
    (8, note),
    (6, detect),
    (3, dismiss),
    (9, open),
    (10, notify),
    (6, state),
    (12, decide),
    (12, deliver),
    (4, agree),
    (14, collect),
    (8, offset),
    (3, amend),
    (8, remind),
    (8, enforce),
    (8, close),
];

/// A case under which something stands paid; now and then any.
fn paid_case(g: &mut Generator) -> Option<Case> {
    let any = g.random.chance(60);
    let due = g.world.one_of(&mut g.random, Due::TABLE.name, &g.world.dues, |due| any || due.state == DueState::Paid)?;
    g.world.cases.get(due.case.as_str()).cloned()
}

/// What stands paid under a case, by clause, as far as its payments tell.
fn paid(g: &Generator, case: &CaseId) -> BTreeMap<String, i64> {
    let mut out = BTreeMap::new();
    let dues = g.world.dues_of.get(case.as_str()).into_iter().flatten().filter_map(|id| g.world.dues.get(id));
    for due in dues.filter(|due| matches!(due.state, DueState::Paid | DueState::Paying)) {
        *out.entry(due.clause.clone()).or_default() += due.amount.0;
    }
    let back = g.world.recoveries.values().filter(|claw| claw.case == *case).flat_map(|claw| &claw.collected).flat_map(|back| &back.parts);
    for part in back {
        *out.entry(part.clause.clone()).or_default() -= part.amount.0;
    }
    out
}

fn note(g: &mut Generator) -> Proposal {
    let case = if g.random.chance(800) { Some(paid_case(g)?) } else { None };
    let organisation = match &case {
        Some(case) => case.organisation.clone(),
        None => recent(&mut g.random, &g.world.organisations)?.clone(),
    };
    let source = match g.random.below(20) {
        0 => LeadSource::Scheme { rule: "项目停止".into(), bar_years: None, stop_payment: false },
        1..=9 => LeadSource::Audit { document: "审计报告1号".into() },
        _ => LeadSource::Report { by: None },
    };
    let words = if g.random.chance(50) { String::new() } else { "反映虚报投入".to_owned() };
    let act = RecoveryAct::Note { lead: id(LeadId::parse, &g.name("lead")), source, organisation, case: case.map(|case| case.id), words };
    let role = [Role::Clerk, Role::Leader][g.random.below(2)];
    Some((g.officer(role, None)?, role, Act::Recovery(act)))
}

fn lead_of(g: &Generator, case: &Case) -> Option<UnitId> {
    Some(g.world.calls.get(case.call.as_str())?.lead.clone())
}

fn detect(g: &mut Generator) -> Proposal {
    let case = paid_case(g)?;
    let unit = lead_of(g, &case)?;
    let mut application = case.application.clone();
    if g.random.chance(800) {
        let of = g.policies.iter().find(|policy| g.world.calls.get(case.call.as_str()).is_some_and(|call| call.version == policy.version.id))?;
        let fact = ["项目停止", "出现重大投诉"].into_iter().find(|fact| of.scheme.fact_named(fact).is_some())?;
        application["facts"][fact] = true.into();
    }
    let who = g.officer(Role::Clerk, Some(&unit))?;
    let act = RecoveryAct::Detect { lead: id(LeadId::parse, &g.name("lead")), case: case.id, application };
    Some((who, Role::Clerk, Act::Recovery(act)))
}

fn lead(g: &mut Generator, wanted: impl Fn(&Lead) -> bool) -> Option<Lead> {
    let any = g.random.chance(60);
    let fits = |lead: &Lead| any || (lead.state == LeadState::Open && wanted(lead));
    g.world.one_of(&mut g.random, Lead::TABLE.name, &g.world.leads, fits).cloned()
}

fn dismiss(g: &mut Generator) -> Proposal {
    let lead = lead(g, |_| true)?;
    let reason = if g.random.chance(50) { String::new() } else { "查无实据".to_owned() };
    Some((g.officer(Role::Leader, None)?, Role::Leader, Act::Recovery(RecoveryAct::Dismiss { lead: lead.id, reason })))
}

fn open(g: &mut Generator) -> Proposal {
    let lead = lead(g, |lead| lead.case.is_some())?;
    let case = match &lead.case {
        Some(case) => g.world.cases.get(case.as_str())?.clone(),
        None => paid_case(g)?,
    };
    let unit = lead_of(g, &case)?;
    let leads = if g.random.chance(970) { vec![lead.id] } else { Vec::new() };
    let act = RecoveryAct::Open { recovery: id(RecoveryId::parse, &g.name("claw")), case: case.id, leads };
    Some((g.officer(Role::Clerk, Some(&unit))?, Role::Clerk, Act::Recovery(act)))
}

/// A clawback that is so far; now and then any.
fn claw(g: &mut Generator, wanted: impl Fn(&Recovery) -> bool) -> Option<Recovery> {
    let any = g.random.chance(60);
    g.world.one_of(&mut g.random, Recovery::TABLE.name, &g.world.recoveries, |claw| any || wanted(claw)).cloned()
}

fn at(stages: &'static [RecoveryStage]) -> impl Fn(&Recovery) -> bool {
    move |claw| stages.contains(&claw.stage)
}

/// An act on a clawback by somebody with a role in the unit in charge, who did not decide or file it, mostly.
fn on(g: &mut Generator, role: Role, wanted: impl Fn(&Recovery) -> bool, act: impl FnOnce(&mut Generator, &Recovery) -> Option<RecoveryAct>) -> Proposal {
    let claw = claw(g, wanted)?;
    let unit = g.world.calls.get(claw.call.as_str())?.lead.clone();
    let unit = (role != Role::Finance).then_some(unit);
    let mut who = g.officer(role, unit.as_ref())?;
    for _ in 0..3 {
        if !claw.hands.iter().any(|hand| hand.user == who) || g.random.chance(200) {
            break;
        }
        who = g.officer(role, unit.as_ref())?;
    }
    Some((who, role, Act::Recovery(act(g, &claw)?)))
}

/// All or a part of these, clause by clause.
fn parts(g: &mut Generator, of: impl IntoIterator<Item = (String, i64)>) -> Vec<Part> {
    let mut out = Vec::new();
    for (clause, most) in of {
        let amount = match g.random.below(10) {
            0..=5 => most,
            6 => most + 1,
            _ => g.random.between(1, most.max(1)),
        };
        out.push(Part { clause, amount: Fen(amount) });
    }
    out
}

/// What is left of these beside the other clawbacks of the case, mostly.
fn beside_others(g: &mut Generator, claw: &Recovery, of: Vec<(String, i64)>) -> Vec<(String, i64)> {
    if g.random.chance(100) {
        return of;
    }
    let stands = paid(g, &claw.case);
    let others = |clause: &str| {
        g.world.recoveries.values().filter(|other| other.case == claw.case && other.id != claw.id).map(|other| other.waits_for(clause).0).sum::<i64>()
    };
    let left = |clause: &str, amount: i64| amount.min(stands.get(clause).copied().unwrap_or(0) - others(clause));
    of.into_iter().map(|(clause, amount)| (clause.clone(), left(&clause, amount))).filter(|(_, amount)| *amount > 0).collect()
}

fn owned(parts: &[Part]) -> Vec<(String, i64)> {
    parts.iter().map(|part| (part.clause.clone(), part.amount.0)).collect()
}

fn notify(g: &mut Generator) -> Proposal {
    on(g, Role::Clerk, at(&[RecoveryStage::Filed]), |g, claw| {
        let of = beside_others(g, claw, paid(g, &claw.case).into_iter().collect());
        let number = if g.random.chance(30) { String::new() } else { g.name("追告") };
        let proposal = Notice { number, grounds: "项目已停止".into(), parts: parts(g, of), period: Period::WorkingDays(5) };
        Some(RecoveryAct::Notify { recovery: claw.id.clone(), proposal })
    })
}

fn state(g: &mut Generator) -> Proposal {
    let today = g.today();
    let open = |claw: &Recovery| claw.stage == RecoveryStage::Notified && claw.hearing.as_ref().is_some_and(|term| !term.is_over(today));
    let claw = claw(g, open)?;
    let words = if g.random.chance(50) { String::new() } else { "情况属实，愿意退还".to_owned() };
    let act = RecoveryAct::State { recovery: claw.id, words, evidence: vec![Fingerprint::of(b"statement")], last: g.random.chance(600) };
    Some((applicant(&claw.organisation), Role::Applicant, Act::Recovery(act)))
}

fn decide(g: &mut Generator) -> Proposal {
    let today = g.today();
    let heard = |claw: &Recovery| {
        claw.stage == RecoveryStage::Notified && (claw.statements.iter().any(|said| said.last) || claw.hearing.as_ref().is_some_and(|term| term.is_over(today)))
    };
    on(g, Role::Leader, heard, |g, claw| {
        let told = beside_others(g, claw, owned(&claw.proposal.as_ref()?.parts));
        let bar_until = if g.random.chance(300) { today.add_days(g.random.between(1, 40)) } else { None };
        let decision = Decision {
            number: g.name("追决"),
            basis: vec!["办法第十条".into()],
            grounds: "项目已停止".into(),
            parts: parts(g, told),
            period: Period::Days(g.random.between(1, 10).try_into().ok()?),
            remedies: if g.random.chance(30) { String::new() } else { "可以申请行政复议".into() },
            bar_until,
            stop_payment: g.random.chance(300),
        };
        Some(RecoveryAct::Decide { recovery: claw.id.clone(), decision })
    })
}

fn deliver(g: &mut Generator) -> Proposal {
    on(g, Role::Clerk, at(&[RecoveryStage::Decided]), |g, claw| {
        let on = g.today().add_days(if g.random.chance(100) { g.random.between(-2, 1) } else { 0 })?;
        Some(RecoveryAct::Deliver { recovery: claw.id.clone(), on, by: "邮寄送达".into() })
    })
}

pub const OWING: &[RecoveryStage] = &[RecoveryStage::Delivered, RecoveryStage::Reminded, RecoveryStage::Enforced];

fn agree(g: &mut Generator) -> Proposal {
    on(g, Role::Leader, at(&OWING[..2]), |g, claw| {
        let (today, owed) = (g.today(), claw.owed().0);
        let first = g.random.between(1, owed.max(1));
        let mut plan = vec![Instalment { due: today.add_days(g.random.between(0, 3))?, amount: Fen(first) }];
        if owed > first {
            plan.push(Instalment { due: today.add_days(g.random.between(3, 9))?, amount: Fen(owed - first) });
        }
        Some(RecoveryAct::Agree { recovery: claw.id.clone(), plan })
    })
}

/// What is owed or a part of it, now and then one fen more.
fn sum(g: &mut Generator, owed: i64) -> Fen {
    Fen(match g.random.below(20) {
        0 => owed + 1,
        1..=9 => owed,
        _ => g.random.between(1, owed.max(1)),
    })
}

fn collect(g: &mut Generator) -> Proposal {
    on(g, Role::Finance, at(OWING), |g, claw| {
        let amount = sum(g, claw.owed().0);
        let receipt = if g.random.chance(30) { String::new() } else { g.name("缴款书") };
        Some(RecoveryAct::Collect { recovery: claw.id.clone(), entry: id(EntryId::parse, &g.name("e")), amount, receipt })
    })
}

/// Against something that is still due to the same organisation.
fn offset(g: &mut Generator) -> Proposal {
    let due_to = |world: &crate::world::World, claw: &Recovery| -> Option<Due> {
        let open = |due: &&Due| {
            due.organisation == claw.organisation
                && due.state == DueState::Open
                && due.fund.is_some()
                && world.cases.get(due.case.as_str()).is_some_and(|case| case.stage == Stage::Committed)
        };
        world.dues.values().rev().find(open).cloned()
    };
    let able = |world: &crate::world::World, claw: &Recovery| OWING.contains(&claw.stage) && due_to(world, claw).is_some();
    let any = g.random.chance(30);
    let claw = g.world.one_of(&mut g.random, Recovery::TABLE.name, &g.world.recoveries, |claw| any || able(&g.world, claw))?.clone();
    let (against, clause, most) = match due_to(&g.world, &claw) {
        Some(due) => (due.case, due.clause, due.amount.0.min(claw.owed().0)),
        None => (claw.case.clone(), "1".to_owned(), claw.owed().0),
    };
    let amount = sum(g, most);
    let act = RecoveryAct::Offset { recovery: claw.id, entry: id(EntryId::parse, &g.name("e")), against, clause, amount };
    Some((g.officer(Role::Finance, None)?, Role::Finance, Act::Recovery(act)))
}

fn amend(g: &mut Generator) -> Proposal {
    on(g, Role::Clerk, at(OWING), |g, claw| {
        let decided = owned(&claw.decision.as_ref()?.parts);
        let parts = if g.random.chance(200) { Vec::new() } else { parts(g, decided) };
        let motion = motion(g);
        Some(RecoveryAct::Amend { motion, recovery: claw.id.clone(), number: g.name("复议"), parts })
    })
}

fn remind(g: &mut Generator) -> Proposal {
    let today = g.today();
    let overdue = |claw: &Recovery| claw.stage == RecoveryStage::Delivered && claw.next_due().is_some_and(|due| due < today);
    on(g, Role::Clerk, overdue, |g, claw| Some(RecoveryAct::Remind { recovery: claw.id.clone(), number: g.name("催告"), period: Period::Days(3) }))
}

fn enforce(g: &mut Generator) -> Proposal {
    let today = g.today();
    let over = |claw: &Recovery| claw.stage == RecoveryStage::Reminded && claw.reminder.as_ref().is_some_and(|(_, term)| term.is_over(today));
    on(g, Role::Leader, over, |g, claw| Some(RecoveryAct::Enforce { recovery: claw.id.clone(), court: "示例法院".into(), number: g.name("强执") }))
}

fn close(g: &mut Generator) -> Proposal {
    let ripe: &'static [RecoveryStage] = if g.random.chance(100) { &[RecoveryStage::Filed, RecoveryStage::Notified] } else { &[RecoveryStage::Settled] };
    let (today, any) = (g.today(), g.random.chance(60));
    on(
        g,
        Role::Leader,
        |claw| ripe.contains(&claw.stage) && (any || claw.bar().is_none_or(|until| until < today)),
        |g, claw| {
            let reason = if g.random.chance(50) { String::new() } else { "已结清".to_owned() };
            Some(RecoveryAct::Close { recovery: claw.id.clone(), reason })
        },
    )
}
