//! The straight way: budgets and pools, calls, cases from the start to the notice.

use crate::district::id;
use crate::generator::{Generator, Maker, Proposal, applicant, recent};
use crate::money_acts;
use crate::opening::LEADS;
use crate::policies;
use crate::random::Random;
use crate::world::Policy;
use casework::Act;
use casework::budget::BudgetAct;
use casework::call::{Call, CallAct, CallStage, Completion, Period, Step, StepKind, Workflow};
use casework::case::{Amount, Case, CaseAct, Stage};
use casework::id::{BookId, CallId, CaseId, DeterminationId, EntryId, NoticeId, PolicyVersionId, UnitId};
use casework::notice::NoticeAct;
use casework::people::Role;
use values::{Date, Fen};

/// How often each act is drawn, and how it is made.
pub const MAKERS: &[Maker] = &[
    (1, open_fund),
    (2, open_pool),
    (3, appropriate),
    (2, reduce),
    (16, prepare),
    (24, open_call),
    (20, close_call),
    (20, share),
    (104, start),
    (120, submit),
    (104, accept),
    (104, screen),
    (112, summarise),
    (104, approve),
    (24, publish),
    (24, conclude),
];

/// Calls that are worked on at the same time.
pub const LIVE_CALLS: usize = 10;

/// Cases of a call, at most.
const CASES_OF_A_CALL: usize = 40;

fn finance(g: &mut Generator, act: BudgetAct) -> Proposal {
    let who = g.officer(Role::Finance, None)?;
    Some((who, Role::Finance, Act::Budget(act)))
}

fn year(g: &mut Generator) -> i32 {
    g.today().year() - 1 - i32::try_from(g.random.below(2)).unwrap_or(0)
}

fn open_fund(g: &mut Generator) -> Proposal {
    // Of this year as well: what is paid in parts is paid from the budget of its own year.
    let year = g.today().year() - i32::try_from(g.random.below(3)).ok()?;
    let book = id(BookId::parse, &g.name("fund"));
    g.world.funds.push((book.clone(), year));
    finance(g, BudgetAct::OpenFund { book, year, source: format!("专项资金{}", g.number()) })
}

fn open_pool(g: &mut Generator) -> Proposal {
    let year = year(g);
    let at = g.random.below(g.policies.len());
    let policy = g.policies.get(at)?;
    let (version, pools) = (policy.version.id.clone(), policy.scheme.pools.iter().map(|pool| pool.name.clone()).collect::<Vec<_>>());
    let of_policy = policy.scheme.policy.id.clone();
    let pool = g.random.one(&pools)?.clone();
    let opened = |(of, y, name, _): &(String, i32, String, BookId)| *of == of_policy && *y == year && *name == pool;
    if g.world.pools.iter().any(opened) && !g.random.chance(30) {
        return None;
    }
    let (book, entry) = (id(BookId::parse, &g.name("pool")), id(EntryId::parse, &g.name("e")));
    g.world.pools.push((of_policy, year, pool.clone(), book.clone()));
    finance(g, BudgetAct::OpenPool { book, year, version, pool, entry })
}

fn appropriate(g: &mut Generator) -> Proposal {
    let at = g.world.funds.len().saturating_sub(4);
    let (book, _) = g.world.funds.get(at..).and_then(|last| g.random.one(last))?.clone();
    let amount = Fen(if g.random.chance(20) { i64::MAX - g.random.between(0, 3) } else { g.random.between(1_000_000, 600_000_000) });
    let entry = id(EntryId::parse, &g.name("e"));
    finance(g, BudgetAct::Appropriate { entry, book, amount, reason: "预算下达".into() })
}

fn reduce(g: &mut Generator) -> Proposal {
    let (book, _) = recent(&mut g.random, &g.world.funds)?.clone();
    let amount = Fen(g.random.between(1, 50_000_000));
    let entry = id(EntryId::parse, &g.name("e"));
    finance(g, BudgetAct::Reduce { entry, book, amount, reason: "预算调减".into() })
}

fn prepare(g: &mut Generator) -> Proposal {
    if g.world.live.len() >= LIVE_CALLS && !g.random.chance(100) {
        return None;
    }
    let at = g.random.below(g.policies.len() + 1).saturating_sub(1);
    let year = year(g);
    let policy = g.policies.get(at)?;
    let version = policy.version.id.clone();
    let all: Vec<String> = policy.scheme.clauses.iter().map(|clause| clause.id.clone()).collect();
    let from = g.random.below(all.len().saturating_sub(3));
    let clauses: Vec<String> = all.into_iter().skip(from).take(3 + g.random.below(8)).collect();
    let name = policy.scheme.policy.id.as_str();
    let pools = g.world.pools.iter().filter(|(of, y, ..)| of == name && *y == year).map(|(.., name, book)| (name.clone(), book.clone()));
    let pools: Vec<(String, BookId)> = pools.collect();
    let draws = |pool: &policy::scheme::Pool| {
        policy.scheme.clauses.iter().enumerate().any(|(at, clause)| clauses.contains(&clause.id) && pool.members.iter().any(|m| m.index() == at))
    };
    let missing = policy.scheme.pools.iter().any(|pool| draws(pool) && !pools.iter().any(|(name, _)| *name == pool.name));
    if missing && !g.random.chance(30) {
        return None;
    }
    let fund = g.world.funds.iter().rev().find(|(_, y)| *y == year).or(g.world.funds.last())?.0.clone();
    // Now and then under a version that nobody has issued.
    let draft = g.random.chance(20).then(|| recent(&mut g.random, &g.world.loaded).cloned()).flatten();
    let version = draft.map_or(version, |draft| id(PolicyVersionId::parse, &draft));
    let lead = id(UnitId::parse, g.random.one(LEADS)?);
    let clauses_of = clauses.clone();
    let call = Call {
        id: id(CallId::parse, &g.name("call")),
        title: format!("{year}年度资金申报"),
        version,
        year,
        as_of: Date::last_of_year(year)?,
        clauses,
        open: (g.today().add_days(-1)?, g.today().add_days(g.random.between(4, 20))?),
        lead: lead.clone(),
        with: ["park", "farms", "taxes"].into_iter().take(g.random.below(4)).map(|unit| id(UnitId::parse, unit)).collect(),
        fund,
        pools,
        workflow: workflow(g),
        guide: None,
        stage: CallStage::Draft,
        shares: Vec::new(),
        terms: money_acts::terms(&mut g.random, &clauses_of),
        sharing: casework::call::Sharing::default(),
        rates: Vec::new(),
        rankings: Vec::new(),
    };
    let who = g.officer(Role::Clerk, Some(&lead))?;
    Some((who, Role::Clerk, Act::Call(CallAct::Prepare { call })))
}

fn workflow(g: &mut Generator) -> Workflow {
    let step = |kind, role| Step { kind, role, period: Period::WorkingDays(10), completion: Completion::All };
    let silent = |kind, role| Step { completion: Completion::SilenceIsConsent, ..step(kind, role) };
    let optional = [
        (800, step(StepKind::Screening, Role::Clerk)),
        (250, step(StepKind::Joint, Role::UnitReviewer)),
        (100, silent(StepKind::Joint, Role::UnitReviewer)),
        (120, step(StepKind::SiteCheck, Role::Clerk)),
        (120, step(StepKind::Audit, Role::Reviewer)),
    ];
    let mut steps: Vec<Step> = Vec::new();
    for (per_mille, step) in optional {
        if g.random.chance(per_mille) && steps.last().is_none_or(|before| before.kind < step.kind) {
            steps.push(step);
        }
    }
    steps.push(step(StepKind::Summary, Role::Reviewer));
    if g.random.chance(120) {
        steps.push(step(StepKind::Meeting, Role::Leader));
    }
    steps.push(step(StepKind::Approval, Role::Leader));
    if g.random.chance(30) {
        steps.reverse();
    }
    let notice = if g.random.chance(500) { Period::WorkingDays(5) } else { Period::Days(7) };
    Workflow {
        acceptance: Period::WorkingDays(5),
        correction: Period::WorkingDays(10),
        steps,
        notice,
        objection: Period::WorkingDays(10),
        unit_periods: Vec::new(),
        apart: Vec::new(),
        credit: g.random.chance(200),
    }
}

fn open_call(g: &mut Generator) -> Proposal {
    g.on_call(Role::Leader, |_, call| call.stage == CallStage::Draft, |_, call| Act::Call(CallAct::Open { call }))
}

/// Mostly when its days are over.
fn close_call(g: &mut Generator) -> Proposal {
    let done = |case: &Case| !matches!(case.stage, Stage::Draft | Stage::Submitted);
    let over = |g: &Generator, call: &Call| {
        let full = g.cases_of(call).count() >= CASES_OF_A_CALL && g.cases_of(call).all(done);
        call.stage == CallStage::Open && (call.open.1 < g.today() || full)
    };
    g.on_call(Role::Leader, over, |_, call| Act::Call(CallAct::Close { call }))
}

fn share(g: &mut Generator) -> Proposal {
    let ready = |case: &Case| {
        !matches!(case.stage, Stage::Submitted | Stage::Correcting | Stage::Suspended)
            && !matches!(case.stage, Stage::Review(step) if step <= StepKind::Summary)
    };
    let wanted = |g: &Generator, call: &Call| call.stage == CallStage::Closed && g.cases_of(call).all(ready);
    g.on_call(Role::Leader, wanted, |g, call| Act::Call(CallAct::Share { call, entry: id(EntryId::parse, &g.name("e")) }))
}

fn start(g: &mut Generator) -> Proposal {
    let organisation = recent(&mut g.random, &g.world.organisations)?.clone();
    let call = g.world.call(&mut g.random, |call| call.stage == CallStage::Open)?.clone();
    if !g.world.users.contains_key(applicant(&organisation).as_str()) || (g.cases_of(&call).count() >= CASES_OF_A_CALL && !g.random.chance(50)) {
        return None;
    }
    let case = id(CaseId::parse, &g.name("case"));
    let at = g.policies.iter().position(|policy| policy.version.id == call.version)?;
    let policy = g.policies.get(at)?;
    let (clauses, application) = policies::application(&mut g.random, policy, &call.clauses, call.year, case.as_str());
    let start = CaseAct::Start { case, call: call.id, organisation: organisation.clone(), clauses, application, evidence: Vec::new() };
    Some((applicant(&organisation), Role::Applicant, Act::Case(start)))
}

fn submit(g: &mut Generator) -> Proposal {
    let (any, today) = (g.random.chance(100), g.today());
    let open = |case: &Case, call: &Call| any || (case.stage == Stage::Draft && call.stage == CallStage::Open && call.open.1 >= today);
    let (case, _) = g.world.case_at(&mut g.random, open)?;
    Some((applicant(&case.organisation), Role::Applicant, Act::Case(CaseAct::Submit { case: case.id.clone(), declaration: None })))
}

fn accept(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Submitted], Role::Clerk, |_, case, _| CaseAct::Accept { case: case.id.clone() })
}

fn screen(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Review(StepKind::Screening)], Role::Clerk, |_, case, _| CaseAct::Screen { case: case.id.clone() })
}

fn summarise(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Review(StepKind::Summary)], Role::Reviewer, |g, case, _| {
        let amounts = case.claims.iter().map(|claim| amount(&mut g.random, &claim.clause, claim.assessed.unwrap_or_default())).collect();
        CaseAct::Summarise { case: case.id.clone(), amounts }
    })
}

/// What the rules give, less with a reason, now and then too much or less without one.
pub fn amount(random: &mut Random, clause: &str, assessed: Fen) -> Amount {
    let less = Fen(random.between(0, assessed.0.max(0)));
    let (amount, reason) = match random.below(20) {
        0 => (Fen(assessed.0 + 1), None),
        1 => (less, None),
        2 => (Fen(-1), Some("负数")),
        3..=7 => (less, Some("凭证不全")),
        _ => (assessed, None),
    };
    Amount { clause: clause.to_owned(), amount, reason: reason.map(str::to_owned) }
}

fn approve(g: &mut Generator) -> Proposal {
    let any = g.random.chance(40);
    // Cases whose clauses draw on a shared pool wait for the sharing.
    let (case, call) = g.world.case_at(&mut g.random, |case, call| {
        let waits = call.stage != CallStage::Shared && case.claims.iter().any(|claim| claim.shared.is_none());
        any || (case.stage == Stage::Review(StepKind::Approval) && (!waits || !needs_sharing(&g.policies, case, call)))
    })?;
    let (case, lead) = (case.clone(), call.lead.clone());
    let who = g.other_hand(Role::Leader, &lead, &case)?;
    let case = case.id;
    let (determination, entry) = (id(DeterminationId::parse, &g.name("d")), id(EntryId::parse, &g.name("e")));
    Some((who, Role::Leader, Act::Case(CaseAct::Approve { case, determination, entry })))
}

fn needs_sharing(policies: &[Policy], case: &Case, call: &Call) -> bool {
    use policy::scheme::Overrun;
    let Some(policy) = policies.iter().find(|policy| policy.version.id == call.version) else { return false };
    let mut pools = policy.scheme.pools.iter().filter(|pool| !matches!(pool.overrun, Overrun::FirstCome | Overrun::CarryOver));
    pools.any(|pool| case.claims.iter().filter_map(|claim| policy.scheme.clause_named(&claim.clause)).any(|clause| pool.members.contains(&clause)))
}

fn publish(g: &mut Generator) -> Proposal {
    let wanted = |g: &Generator, call: &Call| g.cases_of(call).any(|case| case.stage == Stage::Approved);
    g.on_call(Role::Clerk, wanted, |g, call| Act::Notice(NoticeAct::Publish { notice: id(NoticeId::parse, &g.name("n")), call }))
}

fn conclude(g: &mut Generator) -> Proposal {
    let any = g.random.chance(150);
    let ripe = |g: &Generator, case: &Case| {
        let notice = case.notice.as_ref().and_then(|id| g.world.notices.get(id.as_str()));
        case.stage == Stage::Noticed && notice.is_some_and(|notice| any || notice.term.last < g.today())
    };
    let mut random = Random::new(g.random.number());
    let (case, call) = g.world.case_at(&mut random, |case, _| ripe(g, case))?;
    let (notice, lead) = (case.notice.clone()?, call.lead.clone());
    let who = g.officer(Role::Leader, Some(&lead))?;
    Some((who, Role::Leader, Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, &g.name("e")) })))
}
