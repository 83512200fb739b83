//! One case on its whole way to a payment: what tests of the log and of the program look back at.

use crate::district::{District, day, example, id};
use casework::Act;
use casework::call::CallAct;
use casework::case::{Amount, CaseAct};
use casework::id::{BatchId, CallId, CaseId, DeterminationId, EntryId, NoticeId, OrganisationId};
use casework::notice::NoticeAct;
use casework::payment::PaymentAct;
use casework::people::Role;
use store::Store;
use values::Fen;

/// A district with one case that was paid.
pub async fn paid(store: Store) -> District {
    let mut district = District::with_policy(store, Fen(2_000_000_000)).await;
    district.call("c1", &["8.1", "1.1"]).await;
    let firm = district.firm(1).await;
    let case = id(CaseId::parse, "case1");
    let call = id(CallId::parse, "c1");
    let start = CaseAct::Start {
        case: case.clone(),
        call: call.clone(),
        organisation: id(OrganisationId::parse, &firm),
        clauses: vec!["1.1".into(), "8.1".into()],
        application: example(5, "case1"),
        evidence: Vec::new(),
    };
    district.ok(&firm, Role::Applicant, Act::Case(start)).await;
    district.ok(&firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case.clone(), declaration: None })).await;
    district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
    district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case.clone() })).await;
    let amount = |clause: &str, fen, reason: &str| Amount { clause: clause.into(), amount: Fen(fen), reason: Some(reason.into()) };
    let amounts = vec![amount("1.1", 40_000_000, "发票不全"), amount("8.1", 100_000_000, "审计核减")];
    district.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case: case.clone(), amounts })).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call.clone() })).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Share { call: call.clone(), entry: id(EntryId::parse, "e-s1") })).await;
    let approve = CaseAct::Approve { case: case.clone(), determination: id(DeterminationId::parse, "d1"), entry: id(EntryId::parse, "e-d1") };
    district.ok("leader", Role::Leader, Act::Case(approve)).await;
    let notice = id(NoticeId::parse, "n1");
    district.ok("clerk", Role::Clerk, Act::Notice(NoticeAct::Publish { notice: notice.clone(), call: call.clone() })).await;
    district.today = day("2025-05-01");
    district.ok("leader", Role::Leader, Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, "e-n1") })).await;
    let batch = id(BatchId::parse, "b1");
    let plan = PaymentAct::Plan { batch: batch.clone(), call, cases: None };
    district.ok("clerk", Role::Clerk, Act::Payment(plan)).await;
    let request = PaymentAct::Request { batch: batch.clone(), number: "商务委〔2025〕8号".into() };
    district.ok("leader", Role::Leader, Act::Payment(request)).await;
    let pay = PaymentAct::Pay { batch, entry: id(EntryId::parse, "e-b1") };
    district.ok("finance", Role::Finance, Act::Payment(pay)).await;
    district
}
