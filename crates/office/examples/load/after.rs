//! What is seldom, so that a filled office has a page of every kind. For one firm of each block: a payment that is to be reported
//! on, a clawback of it, a correction that is asked for. For one firm of the office, as its fingerprint cannot be stamped out: an
//! award without application.

use crate::district::id;
use crate::seed::pay_all;
use crate::town::{applicant, approve, call, organisation, start, summarise};
use casework::Act;
use casework::call::{Call, CallAct, Period};
use casework::case::{CaseAct, Defect, Evidence};
use casework::chain::Fingerprint;
use casework::id::{BookId, CallId, CaseId, LeadId, MatchListId, OrganisationId, RecoveryId};
use casework::matching::{CreditCheck, FactSource, Matched, MatchingAct};
use casework::people::Role;
use casework::performance::{Goal, PerformanceTerm};
use casework::recovery::{LeadSource, Part, Proposal, RecoveryAct};
use casework::registry::RegistryAct;
use values::Fen;

/// What each of the firm's cases gives.
const GIVEN: i64 = 2_000_000;

/// Cases that are added to a block.
pub const CASES: u64 = 2;

/// Takes who, in which role, on which day, and what; gives the number of acts so far.
type Add<'a> = &'a mut dyn FnMut(&str, Role, &str, Act) -> u64;

/// An open call of that name.
fn open(add: Add<'_>, name: &str, fund: &BookId, change: impl Fn(&mut Call)) {
    let mut call = call(name);
    call.clauses = vec!["4".into()];
    call.fund = fund.clone();
    call.pools = Vec::new();
    change(&mut call);
    add("clerk", Role::Clerk, "2025-03-03", Act::Call(CallAct::Prepare { call }));
    add("leader", Role::Leader, "2025-03-03", Act::Call(CallAct::Open { call: id(CallId::parse, name) }));
}

/// What is done for a firm of a block.
pub fn acts(add: Add<'_>, block: &str, fund: &BookId, firm: u32) {
    let paid = format!("call-blk-{block}-after");
    open(add, &paid, fund, |call| {
        let goals = vec![Goal { name: "培训人次".into(), target: 200, unit: "人次".into() }];
        call.terms.performance = vec![PerformanceTerm { clause: "4".into(), period: Period::WorkingDays(60), goals }];
    });
    apply(add, &paid, firm, &format!("paid{firm}"));
    pay(add, block, &paid, firm);
    claw_back(add, block, firm);
    let mended = format!("call-blk-{block}-mend");
    open(add, &mended, fund, |_| ());
    let case = apply(add, &mended, firm, &format!("mend{firm}"));
    let defects = vec![Defect { what: "发票".into(), mend: "请补充第三期培训的发票".into() }];
    add("clerk", Role::Clerk, "2025-03-05", Act::Case(CaseAct::AskCorrection { case, defects }));
}

/// An application with a paper, handed in.
fn apply(add: Add<'_>, call: &str, firm: u32, case: &str) -> CaseId {
    let Act::Case(CaseAct::Start { case, call, organisation, clauses, application, .. }) = start(call, firm, case, &[("4", GIVEN)]) else {
        panic!("an application");
    };
    let evidence = vec![Evidence { name: "发票.pdf".into(), digest: paper(), facts: vec!["培训投入".into()] }];
    let person = format!("firm{firm}");
    let start = CaseAct::Start { case: case.clone(), call, organisation, clauses, application, evidence };
    add(&person, Role::Applicant, "2025-03-04", Act::Case(start));
    add(&person, Role::Applicant, "2025-03-04", Act::Case(CaseAct::Submit { case: case.clone(), declaration: None }));
    case
}

fn paper() -> Fingerprint {
    Fingerprint::of("一份材料".as_bytes())
}

fn pay(add: Add<'_>, block: &str, call: &str, firm: u32) {
    let case = format!("paid{firm}");
    let case_id = id(CaseId::parse, &case);
    add("clerk", Role::Clerk, "2025-03-05", Act::Case(CaseAct::Accept { case: case_id.clone() }));
    add("clerk", Role::Clerk, "2025-03-05", Act::Case(CaseAct::Screen { case: case_id }));
    add("reviewer", Role::Reviewer, "2025-03-06", summarise(&case, &[("4", GIVEN)]));
    add("leader", Role::Leader, "2025-03-07", approve(&case));
    pay_all(add, block, "after", &id(CallId::parse, call), 1);
}

/// Part of what was paid is proposed to come back.
fn claw_back(add: Add<'_>, block: &str, firm: u32) {
    let (lead, recovery) = (id(LeadId::parse, &format!("lead-blk-{block}")), id(RecoveryId::parse, &format!("rec-blk-{block}")));
    let case = id(CaseId::parse, &format!("paid{firm}"));
    let organisation = id(OrganisationId::parse, &format!("firm{firm}"));
    let mut clerk = |act| add("clerk", Role::Clerk, "2025-06-03", Act::Recovery(act));
    let source = LeadSource::Audit { document: "审〔2025〕3号".into() };
    clerk(RecoveryAct::Note { lead: lead.clone(), source, organisation, case: Some(case.clone()), words: "一张发票报了两次".into() });
    clerk(RecoveryAct::Open { recovery: recovery.clone(), case, leads: vec![lead] });
    let parts = vec![Part { clause: "4".into(), amount: Fen(GIVEN / 4) }];
    let proposal = Proposal { number: "追告〔2025〕1号".into(), grounds: "发票重复".into(), parts, period: Period::WorkingDays(5) };
    clerk(RecoveryAct::Notify { recovery, proposal });
}

/// An award that a firm of its own is told of and has not answered.
pub fn offer(add: Add<'_>) {
    let firm = 1;
    add("clerk", Role::Clerk, "2025-02-04", Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(firm).into() }));
    add("admin", Role::Administrator, "2025-02-04", Act::Registry(RegistryAct::PutUser { user: applicant(firm) }));
    let name = "call-offer";
    open(add, name, &id(BookId::parse, "fund-2024"), |_| ());
    let Act::Case(CaseAct::Start { call, organisation, clauses, application, .. }) = start(name, firm, "offer", &[("4", GIVEN)]) else {
        panic!("an application");
    };
    let facts = application["facts"].as_object().into_iter().flatten().map(|(fact, _)| fact.clone()).collect();
    let sources = vec![FactSource { facts, source: "培训机构报送".into(), digest: paper() }];
    let entries = vec![Matched { organisation: organisation.clone(), clauses, application, sources }];
    let list = id(MatchListId::parse, "list-offer");
    let drawn_up = MatchingAct::List { list: list.clone(), call, document: "2024年度培训名单".into(), digest: paper(), entries };
    add("clerk", Role::Clerk, "2025-03-05", Act::Matching(drawn_up));
    let check = CreditCheck { source: "信用中国".into(), clear: true, result: "无失信记录".into(), digest: paper() };
    add("clerk", Role::Clerk, "2025-03-05", Act::Matching(MatchingAct::Check { list: list.clone(), organisation, check }));
    add("reviewer", Role::Reviewer, "2025-03-06", Act::Matching(MatchingAct::Approve { list: list.clone() }));
    add("clerk", Role::Clerk, "2025-03-06", Act::Matching(MatchingAct::Push { list, period: Period::WorkingDays(5) }));
}
