//! From a call to a payment.

use crate::district::{District, day, example, id, stores};
use casework::Act;
use casework::call::CallAct;
use casework::case::{Amount, CaseAct, CaseRefusal};
use casework::id::{BatchId, BookId, CallId, CaseId, DeterminationId, EntryId, NoticeId, OrganisationId};
use casework::ledger::Account;
use casework::notice::NoticeAct;
use casework::payment::PaymentAct;
use casework::people::Role;
use values::Fen;

#[tokio::test]
async fn a_case_goes_from_a_call_to_a_payment() {
    for (name, store) in stores("journey").await {
        println!("── {name}");
        let mut district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.call("c1", &["8.1", "1.1"]).await;
        let firm = district.firm(1).await;
        let case = id(CaseId::parse, "case1");
        let start = CaseAct::Start {
            case: case.clone(),
            call: id(CallId::parse, "c1"),
            organisation: id(OrganisationId::parse, &firm),
            clauses: vec!["1.1".into(), "8.1".into()],
            application: example(5, "case1"),
            evidence: Vec::new(),
        };
        district.ok(&firm, Role::Applicant, Act::Case(start)).await;
        district.ok(&firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case.clone(), declaration: None })).await;
        district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
        district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case.clone() })).await;
        let amounts = vec![
            Amount { clause: "1.1".into(), amount: Fen(40_000_000), reason: Some("发票不全".into()) },
            Amount { clause: "8.1".into(), amount: Fen(100_000_000), reason: Some("审计核减".into()) },
        ];
        district.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case: case.clone(), amounts })).await;
        district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: id(CallId::parse, "c1") })).await;
        let shared = district.ok("leader", Role::Leader, Act::Call(CallAct::Share { call: id(CallId::parse, "c1"), entry: id(EntryId::parse, "e-s1") })).await;
        println!("{shared:?}");
        let approve = CaseAct::Approve { case: case.clone(), determination: id(DeterminationId::parse, "d1"), entry: id(EntryId::parse, "e-d1") };
        println!("{:?}", district.ok("leader", Role::Leader, Act::Case(approve)).await);
        let notice = id(NoticeId::parse, "n1");
        district.ok("clerk", Role::Clerk, Act::Notice(NoticeAct::Publish { notice: notice.clone(), call: id(CallId::parse, "c1") })).await;
        district.today = day("2025-05-01");
        district.ok("leader", Role::Leader, Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, "e-n1") })).await;
        let plan = PaymentAct::Plan { batch: id(BatchId::parse, "b1"), call: id(CallId::parse, "c1"), cases: None };
        district.ok("clerk", Role::Clerk, Act::Payment(plan)).await;
        let request = PaymentAct::Request { batch: id(BatchId::parse, "b1"), number: "商务委〔2025〕8号".into() };
        district.ok("leader", Role::Leader, Act::Payment(request)).await;
        let pay = PaymentAct::Pay { batch: id(BatchId::parse, "b1"), entry: id(EntryId::parse, "e-b1") };
        district.ok("finance", Role::Finance, Act::Payment(pay)).await;
        let mut work = district.office.store().begin().await.unwrap();
        let book = work.book(&id(BookId::parse, "fund-2024")).await.unwrap().unwrap();
        println!("{:?}", Account::ALL.map(|account| (account.name(), book.balance(account).0)));
    }
}

#[tokio::test]
async fn an_amount_that_hangs_on_a_place_is_not_determined_from_one_application_alone() {
    for (name, store) in stores("ranked").await {
        println!("── {name}");
        let district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.call("c1", &["1.3"]).await;
        let firm = district.firm(1).await;
        let case = id(CaseId::parse, "case1");
        let start = CaseAct::Start {
            case: case.clone(),
            call: id(CallId::parse, "c1"),
            organisation: id(OrganisationId::parse, &firm),
            clauses: vec!["1.3".into()],
            application: example(1, "case1"),
            evidence: Vec::new(),
        };
        district.ok(&firm, Role::Applicant, Act::Case(start)).await;
        district.ok(&firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case.clone(), declaration: None })).await;
        district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
        district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case.clone() })).await;
        let amounts = vec![Amount { clause: "1.3".into(), amount: Fen(100), reason: Some("核减".into()) }];
        district.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case: case.clone(), amounts })).await;
        district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: id(CallId::parse, "c1") })).await;
        // Its pool is shared among all: places come before shares.
        let share = Act::Call(CallAct::Share { call: id(CallId::parse, "c1"), entry: id(EntryId::parse, "e-s") });
        assert_eq!(district.refused("leader", Role::Leader, share).await, casework::call::CallRefusal::NotRanked { clause: "1.3".into() }.into());
        let approve = CaseAct::Approve { case, determination: id(DeterminationId::parse, "d1"), entry: id(EntryId::parse, "e-d1") };
        let refusal = district.refused("leader", Role::Leader, Act::Case(approve)).await;
        assert_eq!(refusal, CaseRefusal::Ranked { clause: "1.3".into() }.into());
    }
}
