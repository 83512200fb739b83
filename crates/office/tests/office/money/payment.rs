//! Payments: planned, asked for, sent once; what came back is sent again or given up; then a report, then the archive.

use super::*;
use crate::district::stores;
use casework::call::CallRefusal;
use casework::case::CaseRefusal;
use casework::case::{Credit, CreditCheck};
use casework::payment::{Batch, BatchState, DueState, LineResult, PaymentRefusal};
use casework::performance::{Goal, PerformanceAct, PerformanceRefusal, PerformanceTerm};
use std::sync::Arc;

impl Trial {
    /// Two firms with 2万元 each, committed.
    async fn two_committed(&mut self, terms: Terms) {
        self.call_with("c1", terms).await;
        for number in 1..=2 {
            let firm = self.district.firm(number).await;
            self.set(&firm, "c1", &format!("k{number}"), &["3"], json!({})).await;
            self.approve(&format!("k{number}")).await;
        }
        self.close("c1").await;
        self.committed("c1").await;
    }

    async fn due(&self, of: &str) -> Due {
        self.dues(of).await.remove(0)
    }

    fn mending(of: &str) -> Act {
        Act::Payment(PaymentAct::Mend { case: case(of), account: other_account() })
    }
}

fn other_account() -> casework::organisation::Account {
    casework::organisation::Account { holder: "示例".into(), number: "6200-9".into(), bank: "另一银行".into() }
}

#[tokio::test]
async fn what_is_planned_or_at_the_bank_enters_no_other_batch() {
    for (name, store) in stores("pay-once").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.two_committed(Terms::default()).await;
        assert_eq!(trial.plan("c1", "b1").await, Outcome::Sum(Fen(4_000_000)));
        assert_eq!(trial.refused("clerk", Role::Clerk, Trial::planning("c1", "b2")).await, PaymentRefusal::Empty.into());
        let early = trial.refused("finance", Role::Finance, Trial::payment("b1")).await;
        assert_eq!(early, PaymentRefusal::BatchState { state: BatchState::Planned }.into());
        // Before it is sent the bank has nothing to say of it, not even nothing.
        let nothing = PaymentAct::Report { batch: id(BatchId::parse, "b1"), reports: Vec::new(), entry: entry("e-nothing") };
        let unsent = trial.refused("finance", Role::Finance, Act::Payment(nothing)).await;
        assert_eq!(unsent, PaymentRefusal::BatchState { state: BatchState::Planned }.into());
        // A batch that was taken back frees its lines; its number may be used again.
        trial.request("b1").await;
        trial.ok("leader", Role::Leader, Act::Payment(PaymentAct::Cancel { batch: id(BatchId::parse, "b1") })).await;
        trial.plan("c1", "b3").await;
        trial.request("b3").await;
        trial.ok("finance", Role::Finance, Trial::payment("b3")).await;
        let before = trial.money().await;
        assert_eq!(trial.refused("clerk", Role::Clerk, Trial::planning("c1", "b4")).await, PaymentRefusal::Empty.into());
        let again = trial.refused("finance", Role::Finance, Trial::payment("b3")).await;
        assert_eq!(again, PaymentRefusal::BatchState { state: BatchState::Sent }.into());
        let back = trial.refused("leader", Role::Leader, Act::Payment(PaymentAct::Cancel { batch: id(BatchId::parse, "b3") })).await;
        assert_eq!(back, PaymentRefusal::BatchState { state: BatchState::Sent }.into());
        assert_eq!(trial.money().await, before);
        // Arrived money stays where it is.
        let due = trial.due("k1").await;
        trial.arrives("b3", &due.id, "r1").await;
        assert_eq!(trial.refused("clerk", Role::Clerk, Trial::planning("c1", "b5")).await, PaymentRefusal::Empty.into());
        assert_eq!([trial.stage("k1").await, trial.stage("k2").await], [Stage::Paid, Stage::Paying]);
        trial.books_balance().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_plans_and_payments_pay_every_line_once() {
    for (name, store) in stores("pay-parallel").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.two_committed(Terms::default()).await;
        let trial = Arc::new(trial);
        let clerks = (1..=6).map(|number| {
            let trial = Arc::clone(&trial);
            tokio::spawn(async move { is_refused(&trial.district.act("clerk", Role::Clerk, Trial::planning("c1", &format!("b{number}"))).await) })
        });
        let mut planned = Vec::new();
        for (number, task) in (1..).zip(clerks.collect::<Vec<_>>()) {
            if !task.await.unwrap() {
                planned.push(format!("b{number}"));
            }
        }
        assert_eq!(planned.len(), 1);
        trial.request(&planned[0]).await;
        let payers = (1..=4).map(|_| {
            let (trial, batch) = (Arc::clone(&trial), planned[0].clone());
            tokio::spawn(async move { is_refused(&trial.district.act("finance", Role::Finance, Trial::payment(&batch)).await) })
        });
        let mut sent = 0;
        for task in payers.collect::<Vec<_>>() {
            sent += usize::from(!task.await.unwrap());
        }
        assert_eq!((sent, trial.balance("fund-2024", Account::Paid).await), (1, 4_000_000));
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn a_number_of_a_request_and_of_a_receipt_is_taken_once() {
    for (name, store) in stores("pay-numbers").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.two_committed(Terms::default()).await;
        let plan = |batch: &str, k: &str| {
            let plan = PaymentAct::Plan { batch: id(BatchId::parse, batch), call: call("c1"), cases: Some(vec![case(k)]) };
            Act::Payment(plan)
        };
        trial.ok("clerk", Role::Clerk, plan("b1", "k1")).await;
        trial.ok("clerk", Role::Clerk, plan("b2", "k2")).await;
        let request = |batch: &str, number: &str| Act::Payment(PaymentAct::Request { batch: id(BatchId::parse, batch), number: number.into() });
        trial.ok("leader", Role::Leader, request("b1", "〔2025〕1号")).await;
        let refusal = trial.refused("leader", Role::Leader, request("b2", "〔2025〕1号")).await;
        assert!(matches!(refusal, Refusal::Exists { what: "request for payment", .. }), "{refusal}");
        assert_eq!(trial.refused("leader", Role::Leader, request("b2", " ")).await, PaymentRefusal::NoNumber.into());
        trial.ok("leader", Role::Leader, request("b2", "〔2025〕2号")).await;
        for batch in ["b1", "b2"] {
            trial.ok("finance", Role::Finance, Trial::payment(batch)).await;
        }
        let (first, second) = (trial.due("k1").await.id, trial.due("k2").await.id);
        trial.arrives("b1", &first, "r1").await;
        let taken = trial.refused("finance", Role::Finance, Trial::report("b2", &second, "r1", None)).await;
        assert!(matches!(taken, Refusal::Exists { what: "bank_receipt", .. }), "{taken}");
        let said = trial.refused("finance", Role::Finance, Trial::report("b1", &first, "r2", None)).await;
        assert_eq!(said, PaymentRefusal::NoLine { due: first.clone() }.into());
        let other = trial.refused("finance", Role::Finance, Trial::report("b2", &first, "r2", None)).await;
        assert_eq!(other, PaymentRefusal::NoLine { due: first }.into());
    }
}

#[tokio::test]
async fn what_came_back_is_sent_again_after_the_account_is_mended_or_given_up() {
    for (name, store) in stores("pay-returned").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.two_committed(Terms::default()).await;
        trial.pay("c1", "b1").await;
        let (first, second) = (trial.due("k1").await.id, trial.due("k2").await.id);
        trial.ok("finance", Role::Finance, Trial::report("b1", &first, "r1", Some("户名不符"))).await;
        // Money that seemed to have arrived may still come back.
        trial.arrives("b1", &second, "r2").await;
        trial.ok("finance", Role::Finance, Trial::report("b1", &second, "r3", Some("账户已销户"))).await;
        assert_eq!(trial.balances("fund-2024").await, [96_000_000, 0, 0, 0, 4_000_000]);
        assert_eq!([trial.stage("k1").await, trial.stage("k2").await], [Stage::Returned, Stage::Returned]);
        assert_eq!(trial.refused("clerk", Role::Clerk, Trial::planning("c1", "b2")).await, PaymentRefusal::Empty.into());
        // The right account is entered by one and verified by another before money goes there.
        let unverified = trial.refused("firm1", Role::Applicant, Trial::mending("k1")).await;
        assert_eq!(unverified, PaymentRefusal::NotVerified { case: case("k1") }.into());
        let account = || id(casework::id::AccountId::parse, "a1");
        let (organisation, from) = (id(OrganisationId::parse, "firm1"), trial.district.today);
        let put = RegistryAct::PutAccount { entry: account(), organisation, account: other_account(), from, source: "开户许可证".into() };
        trial.ok("firm1", Role::Applicant, Act::Registry(put)).await;
        trial.ok("finance", Role::Finance, Act::Registry(RegistryAct::VerifyAccount { entry: account() })).await;
        trial.ok("firm1", Role::Applicant, Trial::mending("k1")).await;
        trial.pay("c1", "b2").await;
        let batch: Batch = trial.read("b2").await;
        assert_eq!((batch.lines.len(), batch.lines[0].again), (1, true));
        assert_eq!(batch.lines[0].account.as_ref().unwrap().bank, "另一银行");
        let sent: Batch = trial.read("b1").await;
        assert_eq!(sent.lines[0].account.as_ref().unwrap().bank, "示例银行", "where it went first stays on record");
        assert!(matches!(sent.lines[0].result, Some(LineResult::Returned { .. })));
        trial.arrives("b2", &first, "r4").await;
        let give_up = |reason: &str| Act::Payment(PaymentAct::Drop { due: second.clone(), entry: entry("e-drop"), reason: reason.into() });
        assert_eq!(trial.refused("leader", Role::Leader, give_up("")).await, PaymentRefusal::NoReason.into());
        trial.ok("leader", Role::Leader, give_up("企业注销")).await;
        assert_eq!(trial.balances("fund-2024").await, [98_000_000, 0, 0, 2_000_000, 0]);
        assert_eq!([trial.stage("k1").await, trial.stage("k2").await], [Stage::Paid, Stage::Terminated]);
        // What was given up was not received: it stands in no later application as an earlier award.
        trial.call("c2").await;
        trial.district.today = day("2025-03-31");
        for k in ["k1", "k2"] {
            trial.screened(&format!("firm{}", &k[1..]), "c2", &format!("{k}b"), &["3"], json!({})).await;
        }
        assert_eq!([trial.case("k1b").await.claims[0].assessed, trial.case("k2b").await.claims[0].assessed], [None, Some(Fen(2_000_000))]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn no_one_person_leads_money_that_came_back_to_another_account() {
    for (name, store) in stores("pay-led-astray").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.two_committed(Terms::default()).await;
        trial.pay("c1", "b1").await;
        let first = trial.due("k1").await.id;
        trial.ok("finance", Role::Finance, Trial::report("b1", &first, "r1", Some("户名不符"))).await;
        let verified = District::firm_for(1).account;
        let from = trial.district.today;
        for (number, (who, role)) in [("clerk", Role::Clerk), ("firm1", Role::Applicant)].into_iter().enumerate() {
            let entry = || id(casework::id::AccountId::parse, &format!("a{number}"));
            let organisation = id(OrganisationId::parse, "firm1");
            let refusal = PaymentRefusal::NotVerified { case: case("k1") };
            assert_eq!(trial.refused(who, role, Trial::mending("k1")).await, refusal.clone().into());
            // Entering the account is one hand; without another that verifies it, it changes nothing.
            let put = RegistryAct::PutAccount { entry: entry(), organisation, account: other_account(), from, source: "开户许可证".into() };
            trial.ok(who, role, Act::Registry(put)).await;
            assert_eq!(trial.refused(who, role, Trial::mending("k1")).await, refusal.into());
            trial.refused(who, role, Act::Registry(RegistryAct::VerifyAccount { entry: entry() })).await;
            let firm: casework::organisation::Organisation = trial.district.kept("firm1").await;
            assert_eq!(firm.account, verified, "{who} changed where the money goes");
        }
        assert_eq!(trial.due("k1").await.state, DueState::Returned);
    }
}

#[tokio::test]
async fn credit_is_looked_at_on_the_day_of_payment_and_who_is_not_clear_waits() {
    for (name, store) in stores("pay-credit").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.call_of("c1", Terms::default(), |call| call.workflow.credit = true).await;
        let check = |k: &str, found: Option<&str>| {
            let result = found.map_or(Credit::Clear, |found| Credit::Listed(found.into()));
            let check = CreditCheck { source: "信用中国（重庆）".into(), result, digest: None };
            Act::Case(CaseAct::CheckCredit { case: case(k), check })
        };
        for number in 1..=2 {
            let (firm, k) = (trial.district.firm(number).await, format!("k{number}"));
            trial.set(&firm, "c1", &k, &["3"], json!({})).await;
            trial.ok("clerk", Role::Clerk, check(&k, None)).await;
            trial.approve(&k).await;
        }
        trial.committed("c1").await;
        trial.plan("c1", "b1").await;
        trial.request("b1").await;
        // The look before the approval is not of today.
        let before = trial.money().await;
        let today = trial.district.today;
        let missing = trial.refused("finance", Role::Finance, Trial::payment("b1")).await;
        assert_eq!(missing, CaseRefusal::CreditUnchecked { on: Some(today) }.into());
        assert_eq!(trial.money().await, before);
        trial.ok("finance", Role::Finance, check("k1", None)).await;
        trial.ok("finance", Role::Finance, check("k2", Some("列入经营异常名录"))).await;
        assert_eq!(trial.ok("finance", Role::Finance, Trial::payment("b1")).await, Outcome::Sum(Fen(2_000_000)));
        let batch: Batch = trial.read("b1").await;
        assert_eq!(batch.lines[1].result, Some(LineResult::Held { detail: "列入经营异常名录".into() }));
        assert_eq!([trial.stage("k1").await, trial.stage("k2").await], [Stage::Paying, Stage::Committed]);
        // It waits for another batch, and another look.
        trial.plan("c1", "b2").await;
        trial.request("b2").await;
        trial.district.today = today.add_days(1).unwrap();
        trial.ok("finance", Role::Finance, check("k2", None)).await;
        trial.ok("finance", Role::Finance, Trial::payment("b2")).await;
        assert_eq!(trial.balances("fund-2024").await, [96_000_000, 0, 0, 4_000_000, 0]);
    }
}

#[tokio::test]
async fn a_batch_with_an_applicant_without_account_is_not_sent() {
    for (name, store) in stores("pay-account").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.two_committed(Terms::default()).await;
        let mut firm: casework::organisation::Organisation = trial.read("firm2").await;
        firm.account = None;
        trial.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: firm.into() })).await;
        trial.plan("c1", "b1").await;
        trial.request("b1").await;
        let before = trial.money().await;
        let refusal = trial.refused("finance", Role::Finance, Trial::payment("b1")).await;
        assert_eq!(refusal, PaymentRefusal::NoAccount { case: case("k2") }.into());
        assert_eq!(trial.money().await, before);
        assert_eq!(trial.due("k1").await.state, DueState::Planned);
    }
}

#[tokio::test]
async fn a_case_is_archived_after_its_report_and_a_call_after_its_cases() {
    for (name, store) in stores("pay-archive").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        let goals = vec![Goal { name: "新增就业".into(), target: 5, unit: "人".into() }];
        let performance = vec![PerformanceTerm { clause: "3".into(), period: Period::Days(30), goals }];
        trial.two_committed(Terms { performance, ..Terms::default() }).await;
        trial.pay("c1", "b1").await;
        let archive = |k: &str| Act::Case(CaseAct::Archive { case: case(k) });
        let early = trial.refused("clerk", Role::Clerk, archive("k1")).await;
        assert_eq!(early, CaseRefusal::Stage { stage: Stage::Paying }.into());
        let (first, second) = (trial.due("k1").await.id, trial.due("k2").await.id);
        trial.arrives("b1", &first, "r1").await;
        trial.arrives("b1", &second, "r2").await;
        assert_eq!(trial.refused("clerk", Role::Clerk, archive("k1")).await, CaseRefusal::NotOver { open: 1 }.into());
        let report = |due: &DueId, reached: Vec<i64>, evidence| {
            Act::Performance(PerformanceAct::Report { due: due.clone(), reached, words: "已完成".into(), evidence })
        };
        let foreign = trial.refused("firm2", Role::Applicant, report(&first, vec![6], evidence())).await;
        assert!(matches!(foreign, Refusal::Unknown { .. }), "{foreign}");
        let goals = trial.refused("firm1", Role::Applicant, report(&first, Vec::new(), evidence())).await;
        assert_eq!(goals, PerformanceRefusal::Goals { goals: 1, given: 0 }.into());
        let bare = trial.refused("firm1", Role::Applicant, report(&first, vec![6], Vec::new())).await;
        assert_eq!(bare, PerformanceRefusal::NoEvidence.into());
        for (firm, due) in [("firm1", &first), ("firm2", &second)] {
            trial.ok(firm, Role::Applicant, report(due, vec![4], evidence())).await;
            let back = PerformanceAct::SendBack { due: due.clone(), reason: "说明未达目标的原因".into() };
            trial.ok("reviewer", Role::Reviewer, Act::Performance(back)).await;
            trial.ok(firm, Role::Applicant, report(due, vec![6], evidence())).await;
            let accept = PerformanceAct::Accept { due: due.clone(), opinion: "达标".into() };
            trial.ok("reviewer", Role::Reviewer, Act::Performance(accept)).await;
        }
        let kept: casework::performance::Performance = trial.read(first.as_str()).await;
        assert_eq!((kept.met(), kept.reports.len(), kept.reports[0].sent_back.is_some()), (true, 2, true));
        trial.ok("clerk", Role::Clerk, archive("k1")).await;
        let end = || Act::Call(CallAct::Archive { call: call("c1"), entry: entry("e-end") });
        assert_eq!(trial.refused("leader", Role::Leader, end()).await, CallRefusal::CasesNotEnded { open: 1 }.into());
        trial.ok("clerk", Role::Clerk, archive("k2")).await;
        trial.ok("leader", Role::Leader, end()).await;
        assert_eq!(trial.balances("fund-2024").await, [96_000_000, 0, 0, 4_000_000, 0]);
    }
}
