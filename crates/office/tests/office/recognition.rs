//! Recognitions: what an application claims has to be proven by them, and what they promise is kept for it.

use crate::district::{District, day, example, id, stores};
use casework::Act;
use casework::Refusal;
use casework::call::CallAct;
use casework::case::{Amount, CaseAct};
use casework::chain::Fingerprint;
use casework::id::{BookId, CallId, CaseId, DeterminationId, EntryId, OrganisationId, PolicyVersionId, RecognitionId, UnitId};
use casework::ledger::{Account, LedgerRefusal};
use casework::people::Role;
use casework::policy_version::PolicyAct;
use casework::recognition::{Promise, Recognition, RecognitionAct, RecognitionKind, RecognitionRefusal};
use casework::refusal::Named;
use office::Outcome;
use values::Fen;

fn policy() -> PolicyVersionId {
    id(PolicyVersionId::parse, "qianjiang-2023")
}

/// The approval of a plan: valid in 2024, 120,000 元 kept until the middle of 2025.
fn plan(name: &str, firm: &str, amount: i64) -> Recognition {
    Recognition {
        id: id(RecognitionId::parse, name),
        kind: RecognitionKind::PlanApproved,
        number: format!("区商务委〔2024〕{name}号"),
        on: day("2024-04-01"),
        valid: (day("2024-04-01"), Some(day("2024-12-31"))),
        issuer: id(UnitId::parse, "commerce"),
        organisation: id(OrganisationId::parse, firm),
        subject: "消博会黔江馆".into(),
        policy: policy(),
        fact: "活动方案获批".into(),
        document: Fingerprint::of("消博会黔江馆方案".as_bytes()),
        promise: Some(Promise {
            clause: "1.5".into(),
            fund: id(BookId::parse, "fund-2024"),
            pool: Some(id(BookId::parse, "pool-2024")),
            amount: Fen(amount),
            keep_until: day("2025-06-30"),
        }),
        kept: Fen(0),
        drawn: Vec::new(),
        revoked: None,
        issued: None,
    }
}

fn issue(recognition: Recognition) -> Act {
    let entry = id(EntryId::parse, &format!("e-{}", recognition.id));
    Act::Recognition(RecognitionAct::Issue { recognition, entry })
}

fn revoke(name: &str, on: &str) -> Act {
    let (recognition, entry) = (id(RecognitionId::parse, name), id(EntryId::parse, &format!("e-revoke-{name}")));
    Act::Recognition(RecognitionAct::Revoke { recognition, on: day(on), number: "撤〔2025〕1号".into(), reason: "活动没有举办".into(), entry })
}

fn release(name: &str) -> Act {
    let (recognition, entry) = (id(RecognitionId::parse, name), id(EntryId::parse, &format!("e-release-{name}")));
    Act::Recognition(RecognitionAct::Release { recognition, entry })
}

async fn balance(d: &District, book: &str, account: Account) -> i64 {
    let mut work = d.office.store().begin().await.unwrap();
    work.book(&id(BookId::parse, book)).await.unwrap().unwrap().balance(account).0
}

fn why(refusal: Refusal) -> RecognitionRefusal {
    match refusal {
        Refusal::Recognition(refusal) => refusal,
        other => panic!("another refusal: {other}"),
    }
}

/// A district whose policy wants approved plans proven, a call for 1.5, and a draft of a firm.
async fn with_draft(store: store::Store) -> (District, String) {
    let d = District::with_policy(store, Fen(2_000_000_000)).await;
    let facts = vec![("活动方案获批".into(), RecognitionKind::PlanApproved), ("培训经政府同意".into(), RecognitionKind::Agreed)];
    d.ok("drafter", Role::Drafter, Act::Policy(PolicyAct::Recognise { policy: policy(), facts })).await;
    d.call("c1", &["1.5"]).await;
    let firm = d.firm(1).await;
    let start = CaseAct::Start {
        case: id(CaseId::parse, "case1"),
        call: id(CallId::parse, "c1"),
        organisation: id(OrganisationId::parse, &firm),
        clauses: vec!["1.5".into()],
        application: example(18, "case1"),
        evidence: Vec::new(),
    };
    d.ok(&firm, Role::Applicant, Act::Case(start)).await;
    (d, firm)
}

fn submit() -> Act {
    Act::Case(CaseAct::Submit { case: id(CaseId::parse, "case1"), declaration: None })
}

/// From submission up to the point where it can be determined.
async fn reviewed(d: &District, firm: &str, amount: i64) {
    let case = id(CaseId::parse, "case1");
    d.ok(firm, Role::Applicant, submit()).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case.clone() })).await;
    let amounts = vec![Amount { clause: "1.5".into(), amount: Fen(amount), reason: Some("票据核减".into()) }];
    d.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case, amounts })).await;
    d.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: id(CallId::parse, "c1") })).await;
    d.ok("leader", Role::Leader, Act::Call(CallAct::Share { call: id(CallId::parse, "c1"), entry: id(EntryId::parse, "e-share") })).await;
}

fn approve() -> Act {
    let (determination, entry) = (id(DeterminationId::parse, "d1"), id(EntryId::parse, "e-d1"));
    Act::Case(CaseAct::Approve { case: id(CaseId::parse, "case1"), determination, entry })
}

#[tokio::test]
async fn a_plan_approved_before_keeps_its_money_and_the_case_uses_it_up() {
    for (name, store) in stores("recognition-plan").await {
        println!("── {name}");
        let (mut d, firm) = with_draft(store).await;
        let unproven = RecognitionRefusal::Unproven { facts: vec!["活动方案获批".into()] };
        assert_eq!(why(d.refused(&firm, Role::Applicant, submit()).await), unproven, "a tick of the applicant proves nothing");
        // An approval of another kind, or of another time, does not prove it either.
        let agreed = Recognition { kind: RecognitionKind::Agreed, promise: None, ..plan("p0", &firm, 0) };
        d.ok("leader", Role::Leader, issue(agreed)).await;
        let late = Recognition { valid: (day("2025-01-01"), None), promise: None, ..plan("p1", &firm, 0) };
        d.ok("leader", Role::Leader, issue(late)).await;
        assert_eq!(why(d.refused(&firm, Role::Applicant, submit()).await), unproven);

        assert_eq!(d.ok("leader", Role::Leader, issue(plan("p2", &firm, 12_000_000))).await, Outcome::Sum(Fen(12_000_000)));
        let books = async |d: &District| (balance(d, "fund-2024", Account::Reserved).await, balance(d, "pool-2024", Account::Reserved).await);
        assert_eq!(books(&d).await, (12_000_000, 12_000_000));
        reviewed(&d, &firm, 9_000_000).await;
        d.ok("leader", Role::Leader, approve()).await;
        assert_eq!(books(&d).await, (12_000_000, 12_000_000), "the case reserved what the plan kept, and nothing beside it");
        let until = RecognitionRefusal::StillKept { until: day("2025-06-30") };
        assert_eq!(why(d.refused("leader", Role::Leader, release("p2")).await), until);
        d.today = day("2025-07-01");
        assert_eq!(d.ok("finance", Role::Finance, release("p2")).await, Outcome::Sum(Fen(3_000_000)));
        assert_eq!(books(&d).await, (9_000_000, 9_000_000));
        assert_eq!(why(d.refused("finance", Role::Finance, release("p2")).await), RecognitionRefusal::NothingKept);
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn a_recognition_revoked_before_the_determination_proves_nothing_and_frees_its_money() {
    for (name, store) in stores("recognition-revoked").await {
        println!("── {name}");
        let (d, firm) = with_draft(store).await;
        d.ok("leader", Role::Leader, issue(plan("p1", &firm, 12_000_000))).await;
        reviewed(&d, &firm, 9_000_000).await;
        let before = why(d.refused("leader", Role::Leader, revoke("p1", "2024-03-31")).await);
        assert_eq!(before, RecognitionRefusal::Dates);
        // What the share drew of it stays with the case until that has ended; the rest is free.
        assert_eq!(d.ok("leader", Role::Leader, revoke("p1", "2024-06-01")).await, Outcome::Sum(Fen(3_000_000)));
        assert_eq!(balance(&d, "fund-2024", Account::Reserved).await, 9_000_000);
        let unproven = RecognitionRefusal::Unproven { facts: vec!["活动方案获批".into()] };
        assert_eq!(why(d.refused("leader", Role::Leader, approve()).await), unproven);
        let again = why(d.refused("leader", Role::Leader, revoke("p1", "2024-07-01")).await);
        assert_eq!(again, RecognitionRefusal::Revoked { on: day("2024-06-01") });
    }
}

#[tokio::test]
async fn only_the_unit_itself_recognises_and_promises_no_more_than_the_pool_has() {
    for (name, store) in stores("recognition-unit").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        let firm = d.firm(1).await;
        let other = Recognition { issuer: id(UnitId::parse, "park"), ..plan("p1", &firm, 1) };
        assert_eq!(d.refused("leader", Role::Leader, issue(other)).await, Refusal::Denied);
        let unknown = Recognition { fact: "没有的事实".into(), ..plan("p1", &firm, 1) };
        assert!(matches!(why(d.refused("leader", Role::Leader, issue(unknown)).await), RecognitionRefusal::Unknown { .. }));
        // The pool of 黔江 holds ten million 元 a year.
        let beyond = d.refused("leader", Role::Leader, issue(plan("p1", &firm, 1_000_000_001))).await;
        assert!(matches!(beyond, Refusal::Ledger(LedgerRefusal::NotEnough { .. })), "{beyond}");
        d.ok("leader", Role::Leader, issue(plan("p1", &firm, 1_000_000_000))).await;
    }
}

#[tokio::test]
async fn a_promise_ties_up_a_budget_and_the_pool_of_its_clause_and_only_by_the_unit_in_charge_of_the_policy() {
    for (name, store) in stores("recognition-books").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        let firm = d.firm(1).await;
        let with = |change: &dyn Fn(&mut Promise)| {
            let mut recognition = plan("p1", &firm, 100);
            change(recognition.promise.as_mut().unwrap());
            issue(recognition)
        };
        let book = |name: &str| id(BookId::parse, name);
        let budget = RecognitionRefusal::Book { book: book("pool-2024"), wanted: Named::BUDGET };
        assert_eq!(why(d.refused("leader", Role::Leader, with(&|promise| promise.fund = book("pool-2024"))).await), budget);
        // The pool of another year is another cap; a budget is none.
        for (pool, year) in [("pool-2025", 2025)] {
            let (version, entry) = (policy(), id(EntryId::parse, "e-pool-2025"));
            let open = casework::budget::BudgetAct::OpenPool { book: book(pool), year, version, pool: "年度总额".into(), entry };
            d.ok("finance", Role::Finance, Act::Budget(open)).await;
        }
        for other in ["pool-2025", "fund-2024"] {
            let refusal = why(d.refused("leader", Role::Leader, with(&|promise| promise.pool = Some(book(other)))).await);
            assert_eq!(refusal, RecognitionRefusal::Book { book: book(other), wanted: Named::POOL_OF_CLAUSE });
        }
        // The park recognises in its own name, and promises nothing of a policy that commerce is in charge of.
        let leader = crate::district::user("park-leader", Some("park"), None, Role::Leader);
        d.ok("admin", Role::Administrator, Act::Registry(casework::registry::RegistryAct::PutUser { user: leader })).await;
        let of_park = |name: &str, promise: Option<Promise>| Recognition { issuer: id(UnitId::parse, "park"), promise, ..plan(name, &firm, 100) };
        let refusal = why(d.refused("park-leader", Role::Leader, issue(of_park("p1", plan("p1", &firm, 100).promise))).await);
        assert_eq!(refusal, RecognitionRefusal::NotInCharge { unit: id(UnitId::parse, "commerce") });
        d.ok("park-leader", Role::Leader, issue(of_park("p1", None))).await;
        assert_eq!((balance(&d, "fund-2024", Account::Reserved).await, balance(&d, "pool-2024", Account::Reserved).await), (0, 0));
    }
}

/// A sharing that waits for a recognition holds no book: who revokes the recognition needs the books after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recognitions_are_locked_before_books() {
    let store = store::Store::open(&crate::postgres::database()).await.unwrap();
    let (d, firm) = with_draft(store.clone()).await;
    d.ok("leader", Role::Leader, issue(plan("p1", &firm, 9_000_000))).await;
    let case = id(CaseId::parse, "case1");
    d.ok(&firm, Role::Applicant, submit()).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case.clone() })).await;
    let amounts = vec![Amount { clause: "1.5".into(), amount: Fen(9_000_000), reason: Some("票据核减".into()) }];
    d.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case, amounts })).await;
    d.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: id(CallId::parse, "c1") })).await;
    let mut held = store.pool().unwrap().begin().await.unwrap();
    sqlx::query("SELECT id FROM recognition WHERE id = 'p1' FOR UPDATE").execute(&mut *held).await.unwrap();
    let share = CallAct::Share { call: id(CallId::parse, "c1"), entry: id(EntryId::parse, "e-share") };
    let (office, context) = (d.office.clone(), d.context("leader", Role::Leader));
    let sharing = tokio::spawn(async move { office.perform(&context, &Act::Call(share)).await });
    crate::founding::waiting_for_locks(&store, 1).await;
    let books = sqlx::query("SELECT id FROM book FOR NO KEY UPDATE NOWAIT").fetch_all(&mut *held).await;
    assert_eq!(books.expect("no book is locked yet").len(), 2);
    held.rollback().await.unwrap();
    sharing.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_a_plan_keeps_is_paid_in_full_while_others_share_the_rest() {
    for (name, store) in stores("recognition-share").await {
        println!("── {name}");
        let (d, firm) = with_draft(store).await;
        d.ok("leader", Role::Leader, issue(plan("p1", &firm, 9_000_000))).await;
        // Another plan keeps almost all of the pool, so that the call has 50,000 元 to share.
        let other = d.firm(2).await;
        d.ok("leader", Role::Leader, issue(plan("p2", &other, 1_000_000_000 - 9_000_000 - 5_000_000))).await;
        reviewed(&d, &firm, 11_000_000).await;
        let case: casework::case::Case = d.office.store().begin().await.unwrap().peek("case1").await.unwrap().unwrap();
        assert_eq!(case.claims[0].shared, Some(Fen(11_000_000)), "90,000 元 of the plan, and 20,000 of the pool");
        d.ok("leader", Role::Leader, approve()).await;
        assert_eq!(balance(&d, "pool-2024", Account::Available).await, 3_000_000);
    }
}

#[tokio::test]
async fn a_claim_beyond_what_its_plan_keeps_is_cut_to_what_the_pool_has_left() {
    for (name, store) in stores("recognition-cut").await {
        println!("── {name}");
        let (d, firm) = with_draft(store).await;
        d.ok("leader", Role::Leader, issue(plan("p1", &firm, 9_000_000))).await;
        let other = d.firm(2).await;
        d.ok("leader", Role::Leader, issue(plan("p2", &other, 1_000_000_000 - 9_000_000 - 500_000))).await;
        reviewed(&d, &firm, 11_000_000).await;
        d.ok("leader", Role::Leader, approve()).await;
        let books = (balance(&d, "pool-2024", Account::Available).await, balance(&d, "pool-2024", Account::Reserved).await);
        assert_eq!(books, (0, 1_000_000_000));
    }
}
