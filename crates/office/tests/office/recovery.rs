//! Money taken back: from a lead to the end of a clawback, and what it forbids meanwhile.

use crate::district::{District, day, example, example_of, id, policy_files, stores};
use casework::Act;
use casework::Refusal;
use casework::budget::BudgetAct;
use casework::call::{Call, CallAct, Period};
use casework::case::{Amount, CaseAct};
use casework::id::{BatchId, BookId, CallId, CaseId, DeterminationId, EntryId, LeadId, MotionId, NoticeId, OrganisationId, PolicyVersionId, RecoveryId};
use casework::ledger::{Account, Entry, Move};
use casework::motion::MotionRefusal;
use casework::notice::NoticeAct;
use casework::payment::PaymentAct;
use casework::people::Role;
use casework::policy_version::PolicyVersion;
use casework::recovery::{Decision, Instalment, Lead, LeadSource, Part, Proposal, Recovery, RecoveryAct, RecoveryRefusal, RecoveryStage};
use office::Outcome;
use store::Store;
use values::Fen;

/// A case of 400,000 元 under 1.1 and 1,000,000 元 under 8.1, committed; paid if that is wanted.
pub async fn committed(district: &mut District, call: &str, case: &str, firm: &str, clauses: &[(&str, i64)]) {
    let names: Vec<&str> = clauses.iter().map(|(clause, _)| *clause).collect();
    district.today = day("2025-03-03");
    let call = district.call_of(call, "qianjiang-2023", &names);
    committed_under(district, call, case, firm, example(5, case), clauses).await;
}

/// The same for any call and application; its notice is concluded 64 days later.
pub async fn committed_under(district: &mut District, call: Call, case: &str, firm: &str, application: serde_json::Value, clauses: &[(&str, i64)]) {
    let names: Vec<&str> = clauses.iter().map(|(clause, _)| *clause).collect();
    let name = call.id.to_string();
    let call_name = name.as_str();
    district.prepare(call).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Open { call: id(CallId::parse, call_name) })).await;
    let (call_id, case_id) = (id(CallId::parse, call_name), id(CaseId::parse, case));
    let start = CaseAct::Start {
        case: case_id.clone(),
        call: call_id.clone(),
        organisation: id(OrganisationId::parse, firm),
        clauses: names.iter().map(|clause| (*clause).to_owned()).collect(),
        application,
        evidence: Vec::new(),
    };
    district.ok(firm, Role::Applicant, Act::Case(start)).await;
    district.ok(firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case_id.clone(), declaration: None })).await;
    district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case_id.clone() })).await;
    district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case_id.clone() })).await;
    let amount = |(clause, fen): &(&str, i64)| Amount { clause: (*clause).into(), amount: Fen(*fen), reason: Some("核减".into()) };
    let amounts = clauses.iter().map(amount).collect();
    district.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case: case_id.clone(), amounts })).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call_id.clone() })).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Share { call: call_id.clone(), entry: id(EntryId::parse, &format!("e-share-{case}")) })).await;
    let (determination, entry) = (id(DeterminationId::parse, &format!("d-{case}")), id(EntryId::parse, &format!("e-d-{case}")));
    district.ok("leader", Role::Leader, Act::Case(CaseAct::Approve { case: case_id.clone(), determination, entry })).await;
    let notice = id(NoticeId::parse, &format!("n-{case}"));
    district.ok("clerk", Role::Clerk, Act::Notice(NoticeAct::Publish { notice: notice.clone(), call: call_id.clone() })).await;
    district.today = district.today.add_days(64).unwrap();
    district.ok("leader", Role::Leader, Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, &format!("e-n-{case}")) })).await;
}

/// Pays what a call has committed.
pub async fn pay(district: &District, call: &str) -> Outcome {
    let batch = id(BatchId::parse, &format!("b-{call}"));
    let plan = PaymentAct::Plan { batch: batch.clone(), call: id(CallId::parse, call), cases: None };
    district.ok("clerk", Role::Clerk, Act::Payment(plan)).await;
    let request = PaymentAct::Request { batch: batch.clone(), number: format!("请示{call}") };
    district.ok("leader", Role::Leader, Act::Payment(request)).await;
    let act = PaymentAct::Pay { batch, entry: id(EntryId::parse, &format!("e-b-{call}")) };
    district.ok("finance", Role::Finance, Act::Payment(act)).await
}

async fn balance(district: &District, account: Account) -> i64 {
    let mut work = district.office.store().begin().await.unwrap();
    work.book(&id(BookId::parse, "fund-2024")).await.unwrap().unwrap().balance(account).0
}

async fn kept(district: &District, name: &str) -> Recovery {
    let mut work = district.office.store().begin().await.unwrap();
    work.peek(name).await.unwrap().unwrap()
}

fn recovery(name: &str) -> RecoveryId {
    id(RecoveryId::parse, name)
}

fn part(clause: &str, fen: i64) -> Part {
    Part { clause: clause.into(), amount: Fen(fen) }
}

fn proposal(parts: Vec<Part>) -> Proposal {
    Proposal { number: "追告〔2025〕1号".into(), grounds: "发票重复".into(), parts, period: Period::WorkingDays(5) }
}

fn decision(parts: Vec<Part>) -> Decision {
    Decision {
        number: "追决〔2025〕1号".into(),
        basis: vec!["区政策第八条".into()],
        grounds: "发票重复，申辩不成立".into(),
        parts,
        period: Period::WorkingDays(15),
        remedies: "六十日内申请行政复议，六个月内提起行政诉讼".into(),
        bar_until: Some(day("2026-12-31")),
        stop_payment: true,
    }
}

async fn clerk(district: &District, act: RecoveryAct) -> Outcome {
    district.ok("clerk", Role::Clerk, Act::Recovery(act)).await
}

async fn leader(district: &District, act: RecoveryAct) -> Outcome {
    district.ok("leader", Role::Leader, Act::Recovery(act)).await
}

async fn finance(district: &District, act: RecoveryAct) -> Outcome {
    district.ok("finance", Role::Finance, Act::Recovery(act)).await
}

fn why(refusal: Refusal) -> RecoveryRefusal {
    match refusal {
        Refusal::Recovery(refusal) => refusal,
        other => panic!("another refusal: {other}"),
    }
}

/// A lead by an anonymous report, and a clawback filed on it.
async fn file(district: &District, name: &str, case: &str, firm: &str) {
    let lead = id(LeadId::parse, &format!("lead-{name}"));
    let note = RecoveryAct::Note {
        lead: lead.clone(),
        source: LeadSource::Report { by: None },
        organisation: id(OrganisationId::parse, firm),
        case: Some(id(CaseId::parse, case)),
        words: "同一张发票报了两次".into(),
    };
    clerk(district, note).await;
    clerk(district, RecoveryAct::Open { recovery: recovery(name), case: id(CaseId::parse, case), leads: vec![lead] }).await;
}

/// A district that paid a firm 100万元 under 8.1, and the firm.
async fn paid(store: Store) -> (District, String) {
    let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
    let firm = d.firm(1).await;
    committed(&mut d, "c1", "case1", &firm, &[("8.1", 100_000_000)]).await;
    pay(&d, "c1").await;
    (d, firm)
}

/// Clawback r1: 15万元 of that are to come back, decided and delivered on 2 June 2025.
async fn delivered(d: &mut District, firm: &str) {
    file(d, "r1", "case1", firm).await;
    clerk(d, RecoveryAct::Notify { recovery: recovery("r1"), proposal: proposal(vec![part("8.1", 15_000_000)]) }).await;
    d.today = day("2025-06-02");
    leader(d, RecoveryAct::Decide { recovery: recovery("r1"), decision: decision(vec![part("8.1", 15_000_000)]) }).await;
    clerk(d, RecoveryAct::Deliver { recovery: recovery("r1"), on: day("2025-06-02"), by: "邮寄".into() }).await;
}

#[tokio::test]
async fn money_comes_back_from_a_lead_to_settlement_by_instalments_reminder_and_enforcement() {
    for (name, store) in stores("recovery-course").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        let firm = d.firm(1).await;
        committed(&mut d, "c1", "case1", &firm, &[("1.1", 40_000_000), ("8.1", 100_000_000)]).await;
        pay(&d, "c1").await;
        let paid = balance(&d, Account::Paid).await;
        assert_eq!(paid, 140_000_000);
        file(&d, "r1", "case1", &firm).await;
        let notify = |parts| Act::Recovery(RecoveryAct::Notify { recovery: recovery("r1"), proposal: proposal(parts) });
        let more = d.refused("clerk", Role::Clerk, notify(vec![part("8.1", 100_000_001)])).await;
        assert_eq!(why(more), RecoveryRefusal::AboveLeft { clause: "8.1".into(), asked: Fen(100_000_001), left: Fen(100_000_000) });
        d.ok("clerk", Role::Clerk, notify(vec![part("1.1", 10_000_000), part("8.1", 60_000_000)])).await;

        // Nobody is decided about unheard: not before the period ends, unless the organisation has said its last word.
        let decide = |parts| Act::Recovery(RecoveryAct::Decide { recovery: recovery("r1"), decision: decision(parts) });
        let early = d.refused("leader", Role::Leader, decide(vec![part("8.1", 60_000_000)])).await;
        assert_eq!(why(early), RecoveryRefusal::HearingOpen { until: day("2025-05-13") });
        let state = |last| Act::Recovery(RecoveryAct::State { recovery: recovery("r1"), words: "发票是补开的".into(), evidence: Vec::new(), last });
        d.ok(&firm, Role::Applicant, state(false)).await;
        d.today = day("2025-05-14");
        let late = d.refused(&firm, Role::Applicant, state(true)).await;
        assert_eq!(why(late), RecoveryRefusal::HearingOver { until: day("2025-05-13") });
        let unheard = d.refused("leader", Role::Leader, decide(vec![part("8.1", 60_000_001)])).await;
        assert!(matches!(why(unheard), RecoveryRefusal::NotHeard { .. }));
        d.ok("leader", Role::Leader, decide(vec![part("1.1", 10_000_000), part("8.1", 50_000_000)])).await;

        // 送达, 分期, 缴款
        clerk(&d, RecoveryAct::Deliver { recovery: recovery("r1"), on: day("2025-05-14"), by: "直接送达".into() }).await;
        let due = kept(&d, "r1").await.due.unwrap();
        assert_eq!((due.last, due.provisional), (day("2025-06-05"), false));
        let plan = |parts: &[(&str, i64)]| parts.iter().map(|(due, fen)| Instalment { due: day(due), amount: Fen(*fen) }).collect::<Vec<_>>();
        let short = RecoveryAct::Agree { recovery: recovery("r1"), plan: plan(&[("2025-06-30", 30_000_000)]) };
        assert_eq!(why(d.refused("leader", Role::Leader, Act::Recovery(short)).await), RecoveryRefusal::Plan);
        leader(&d, RecoveryAct::Agree { recovery: recovery("r1"), plan: plan(&[("2025-06-30", 20_000_000), ("2025-07-31", 40_000_000)]) }).await;
        let collect =
            |entry: &str, fen| RecoveryAct::Collect { recovery: recovery("r1"), entry: id(EntryId::parse, entry), amount: Fen(fen), receipt: "票据1".into() };
        d.today = day("2025-06-30");
        assert_eq!(finance(&d, collect("e-back1", 20_000_000)).await, Outcome::Sum(Fen(40_000_000)));
        assert_eq!((balance(&d, Account::Paid).await, balance(&d, Account::Recovered).await), (120_000_000, 20_000_000));

        // 催告 only once the second instalment is overdue, 申请强制执行 only once the reminder is.
        let remind = || Act::Recovery(RecoveryAct::Remind { recovery: recovery("r1"), number: "催〔2025〕1号".into(), period: Period::Days(10) });
        d.today = day("2025-07-31");
        assert_eq!(why(d.refused("clerk", Role::Clerk, remind()).await), RecoveryRefusal::NotDue { until: day("2025-07-31") });
        d.today = day("2025-08-01");
        d.ok("clerk", Role::Clerk, remind()).await;
        let enforce = || Act::Recovery(RecoveryAct::Enforce { recovery: recovery("r1"), court: "区法院".into(), number: "〔2025〕9号".into() });
        d.today = day("2025-08-11");
        assert_eq!(why(d.refused("leader", Role::Leader, enforce()).await), RecoveryRefusal::NotDue { until: day("2025-08-11") });
        d.today = day("2025-08-12");
        d.ok("leader", Role::Leader, enforce()).await;
        let above = d.refused("finance", Role::Finance, Act::Recovery(collect("e-back2", 40_000_001))).await;
        assert_eq!(why(above), RecoveryRefusal::AboveOwed { asked: Fen(40_000_001), owed: Fen(40_000_000) });
        finance(&d, collect("e-back2", 40_000_000)).await;
        assert_eq!(kept(&d, "r1").await.stage, RecoveryStage::Settled);
        assert_eq!((balance(&d, Account::Paid).await, balance(&d, Account::Recovered).await), (80_000_000, 60_000_000));

        // Each part went back to the budget, pool and award it was paid from.
        let entries = d.office.store().begin().await.unwrap().entries(&store::work::Entries::Case(id(CaseId::parse, "case1"))).await.unwrap();
        let of = |kind| entries.iter().filter(move |entry| entry.kind == kind);
        let back: Vec<_> = of(Move::Recover).map(|entry| (entry.clause.as_deref().unwrap(), entry.amount.0)).collect();
        assert_eq!(back, [("1.1", 10_000_000), ("8.1", 10_000_000), ("8.1", 40_000_000)]);
        for entry in of(Move::Recover) {
            let same =
                |paid: &&Entry| (&paid.fund, &paid.pool, &paid.clause, &paid.determination) == (&entry.fund, &entry.pool, &entry.clause, &entry.determination);
            assert!(of(Move::Pay).any(|paid| same(&paid)), "{entry:?}");
        }

        // 禁止申报期 binds until its last day, and the case ends with it.
        let close = || Act::Recovery(RecoveryAct::Close { recovery: recovery("r1"), reason: "已结清".into() });
        assert_eq!(why(d.refused("leader", Role::Leader, close()).await), RecoveryRefusal::Barred { until: day("2026-12-31") });
        let again = |case: &str| {
            Act::Case(CaseAct::Start {
                case: id(CaseId::parse, case),
                call: id(CallId::parse, "c1"),
                organisation: id(OrganisationId::parse, &firm),
                clauses: vec!["8.1".into()],
                application: example(5, case),
                evidence: Vec::new(),
            })
        };
        d.today = day("2026-12-31");
        assert_eq!(why(d.refused(&firm, Role::Applicant, again("again")).await), RecoveryRefusal::Barred { until: day("2026-12-31") });
        d.today = day("2027-01-01");
        d.ok(&firm, Role::Applicant, again("again")).await;
        d.ok("leader", Role::Leader, close()).await;
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn a_second_clawback_of_an_award_reaches_no_further_than_what_is_left() {
    for (name, store) in stores("recovery-second").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        let firm = d.firm(1).await;
        committed(&mut d, "c1", "case1", &firm, &[("8.1", 100_000_000)]).await;
        let lead = id(LeadId::parse, "too-early");
        let note = RecoveryAct::Note {
            lead: lead.clone(),
            source: LeadSource::Audit { document: "审〔2025〕3号".into() },
            organisation: id(OrganisationId::parse, &firm),
            case: None,
            words: "疑似重复申报".into(),
        };
        clerk(&d, note).await;
        let open = RecoveryAct::Open { recovery: recovery("r0"), case: id(CaseId::parse, "case1"), leads: vec![lead] };
        let nothing = d.refused("clerk", Role::Clerk, Act::Recovery(open)).await;
        assert!(matches!(why(nothing), RecoveryRefusal::NothingLeft { .. }));
        pay(&d, "c1").await;
        for (name, fen) in [("r1", 70_000_000), ("r2", 30_000_000)] {
            file(&d, name, "case1", &firm).await;
            clerk(&d, RecoveryAct::Notify { recovery: recovery(name), proposal: proposal(vec![part("8.1", if name == "r1" { fen } else { 40_000_000 })]) })
                .await;
        }
        d.today = day("2025-06-02");
        let decide = |name: &str, fen| Act::Recovery(RecoveryAct::Decide { recovery: recovery(name), decision: decision(vec![part("8.1", fen)]) });
        d.ok("leader", Role::Leader, decide("r1", 70_000_000)).await;
        let beyond = d.refused("leader", Role::Leader, decide("r2", 30_000_001)).await;
        assert_eq!(why(beyond), RecoveryRefusal::AboveLeft { clause: "8.1".into(), asked: Fen(30_000_001), left: Fen(30_000_000) });
        d.ok("leader", Role::Leader, decide("r2", 30_000_000)).await;
        let lead = id(LeadId::parse, "lead-r3");
        let note = RecoveryAct::Note {
            lead: lead.clone(),
            source: LeadSource::Report { by: Some("李某".into()) },
            organisation: id(OrganisationId::parse, &firm),
            case: Some(id(CaseId::parse, "case1")),
            words: "还有一次".into(),
        };
        clerk(&d, note).await;
        let open = RecoveryAct::Open { recovery: recovery("r3"), case: id(CaseId::parse, "case1"), leads: vec![lead] };
        assert!(matches!(why(d.refused("clerk", Role::Clerk, Act::Recovery(open.clone())).await), RecoveryRefusal::NothingLeft { .. }));

        // 复议 lowers the first one, not below what came back: what it no longer waits for can be asked for again.
        clerk(&d, RecoveryAct::Deliver { recovery: recovery("r1"), on: day("2025-06-02"), by: "邮寄".into() }).await;
        let (entry, receipt) = (id(EntryId::parse, "e-back"), "票据1".into());
        finance(&d, RecoveryAct::Collect { recovery: recovery("r1"), entry, amount: Fen(20_000_000), receipt }).await;
        let amend = |fen| {
            let (motion, number) = (id(MotionId::parse, "mo-r1"), "复议〔2025〕2号".into());
            Act::Recovery(RecoveryAct::Amend { motion, recovery: recovery("r1"), number, parts: vec![part("8.1", fen)] })
        };
        assert!(matches!(why(d.refused("clerk", Role::Clerk, amend(70_000_001)).await), RecoveryRefusal::AboveLeft { .. }));
        assert_eq!(why(d.refused("clerk", Role::Clerk, amend(19_999_999)).await), RecoveryRefusal::Amendment { clause: "8.1".into() });
        // One asks, another confirms: until then it stands as it was decided.
        d.both("both", &[Role::Clerk, Role::Leader]).await;
        assert_eq!(d.ok("both", Role::Clerk, amend(20_000_000)).await, Outcome::Proposed);
        assert_eq!(kept(&d, "r1").await.decided_sum(), Fen(70_000_000));
        let confirm = |of: &str| Act::Recovery(RecoveryAct::ConfirmAmendment { recovery: recovery(of), motion: id(MotionId::parse, "mo-r1") });
        assert_eq!(d.refused("both", Role::Leader, confirm("r1")).await, MotionRefusal::FourEyes.into());
        assert!(matches!(d.refused("leader", Role::Leader, confirm("r2")).await, Refusal::Motion(MotionRefusal::Other { .. })));
        d.ok("leader", Role::Leader, confirm("r1")).await;
        assert_eq!(kept(&d, "r1").await.stage, RecoveryStage::Settled);
        clerk(&d, open).await;
        let all = RecoveryAct::Notify { recovery: recovery("r3"), proposal: proposal(vec![part("8.1", 50_000_001)]) };
        let left = why(d.refused("clerk", Role::Clerk, Act::Recovery(all)).await);
        assert_eq!(left, RecoveryRefusal::AboveLeft { clause: "8.1".into(), asked: Fen(50_000_001), left: Fen(50_000_000) });
    }
}

#[tokio::test]
async fn what_is_owed_is_set_off_against_a_payment_still_due_and_only_the_rest_is_paid() {
    for (name, store) in stores("recovery-offset").await {
        println!("── {name}");
        let (mut d, firm) = paid(store).await;
        committed(&mut d, "c2", "case2", &firm, &[("1.1", 40_000_000)]).await;
        delivered(&mut d, &firm).await;
        // 停止兑付: while the clawback is not settled, nothing is paid to the firm.
        let act = PaymentAct::Plan { batch: id(BatchId::parse, "b0"), call: id(CallId::parse, "c2"), cases: None };
        d.refused("clerk", Role::Clerk, Act::Payment(act)).await;
        let offset = |against: &str, clause: &str, fen| RecoveryAct::Offset {
            recovery: recovery("r1"),
            entry: id(EntryId::parse, "e-off"),
            against: id(CaseId::parse, against),
            clause: clause.into(),
            amount: Fen(fen),
        };
        for wrong in [offset("case1", "8.1", 1), offset("case2", "8.1", 1), offset("case2", "1.1", 40_000_001)] {
            let refusal = why(d.refused("finance", Role::Finance, Act::Recovery(wrong)).await);
            assert!(matches!(refusal, RecoveryRefusal::NotOwed { .. }), "{refusal}");
        }
        assert_eq!(finance(&d, offset("case2", "1.1", 15_000_000)).await, Outcome::Sum(Fen(0)));
        assert_eq!((balance(&d, Account::Paid).await, balance(&d, Account::Recovered).await), (100_000_000, 15_000_000));
        assert_eq!(pay(&d, "c2").await, Outcome::Sum(Fen(25_000_000)));
        assert_eq!((balance(&d, Account::Paid).await, balance(&d, Account::Committed).await), (125_000_000, 0));
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn a_payment_planned_before_a_clawback_stops_payments_is_held_when_it_is_to_be_paid() {
    for (name, store) in stores("recovery-held").await {
        println!("── {name}");
        let (mut d, firm) = paid(store).await;
        committed(&mut d, "c2", "case2", &firm, &[("1.1", 40_000_000)]).await;
        let batch = id(BatchId::parse, "b-held");
        let plan = PaymentAct::Plan { batch: batch.clone(), call: id(CallId::parse, "c2"), cases: None };
        d.ok("clerk", Role::Clerk, Act::Payment(plan)).await;
        d.ok("leader", Role::Leader, Act::Payment(PaymentAct::Request { batch: batch.clone(), number: "请示held".into() })).await;
        file(&d, "r1", "case1", &firm).await;
        clerk(&d, RecoveryAct::Notify { recovery: recovery("r1"), proposal: proposal(vec![part("8.1", 15_000_000)]) }).await;
        d.today = day("2025-06-02");
        leader(&d, RecoveryAct::Decide { recovery: recovery("r1"), decision: decision(vec![part("8.1", 15_000_000)]) }).await;
        let act = PaymentAct::Pay { batch, entry: id(EntryId::parse, "e-held") };
        assert_eq!(d.ok("finance", Role::Finance, Act::Payment(act)).await, Outcome::Sum(Fen(0)));
        assert_eq!((balance(&d, Account::Paid).await, balance(&d, Account::Committed).await), (100_000_000, 40_000_000));
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn nobody_decides_a_clawback_they_filed_and_a_stranger_sees_none() {
    for (name, store) in stores("recovery-hands").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        let (firm, other) = (d.firm(1).await, d.firm(2).await);
        committed(&mut d, "c1", "case1", &firm, &[("8.1", 100_000_000)]).await;
        pay(&d, "c1").await;
        d.both("chief", &[Role::Clerk, Role::Leader]).await;
        let lead = id(LeadId::parse, "lead1");
        let note = RecoveryAct::Note {
            lead: lead.clone(),
            source: LeadSource::Report { by: None },
            organisation: id(OrganisationId::parse, &firm),
            case: None,
            words: "举报".into(),
        };
        d.ok("chief", Role::Clerk, Act::Recovery(note)).await;
        let dismiss = RecoveryAct::Dismiss { lead: lead.clone(), reason: "查无此事".into() };
        assert!(matches!(why(d.refused("chief", Role::Leader, Act::Recovery(dismiss)).await), RecoveryRefusal::FourEyes { .. }));
        let open = RecoveryAct::Open { recovery: recovery("r1"), case: id(CaseId::parse, "case1"), leads: vec![lead] };
        d.ok("chief", Role::Clerk, Act::Recovery(open)).await;
        clerk(&d, RecoveryAct::Notify { recovery: recovery("r1"), proposal: proposal(vec![part("8.1", 1)]) }).await;
        let state = Act::Recovery(RecoveryAct::State { recovery: recovery("r1"), words: "无".into(), evidence: Vec::new(), last: true });
        assert!(matches!(d.refused(&other, Role::Applicant, state.clone()).await, Refusal::Unknown { .. }));
        d.ok(&firm, Role::Applicant, state).await;
        let decide = || Act::Recovery(RecoveryAct::Decide { recovery: recovery("r1"), decision: decision(vec![part("8.1", 1)]) });
        assert_eq!(why(d.refused("chief", Role::Leader, decide()).await), RecoveryRefusal::FourEyes { act: "recovery.open".into() });
        // Who is linked to the firm keeps away, whatever the role.
        d.linked("cousin", "commerce", Role::Leader, &firm).await;
        assert_eq!(why(d.refused("cousin", Role::Leader, decide()).await), RecoveryRefusal::Recused);
        // Its last word is said: the decision need not wait.
        d.ok("leader", Role::Leader, decide()).await;
    }
}

/// The sample policy in force since 2024, its pool of 2027, and a firm paid 199,000 元 under clause 6 of it.
async fn paid_by_the_sample(d: &mut District) -> String {
    let (files, official) = policy_files("sample");
    let mut version = PolicyVersion { id: id(PolicyVersionId::parse, "sample"), scheme_hash: String::new(), files, official };
    version.scheme_hash = office::hash_of(&version).expect("the policy compiles");
    d.in_force(version, "2024-01-01").await;
    let fund = id(BookId::parse, "fund-2027");
    d.ok("finance", Role::Finance, Act::Budget(BudgetAct::OpenFund { book: fund.clone(), year: 2027, source: "示例资金".into() })).await;
    let bring = BudgetAct::Appropriate { entry: id(EntryId::parse, "e-fund-2027"), book: fund, amount: Fen(2_000_000_000), reason: "预算".into() };
    d.ok("finance", Role::Finance, Act::Budget(bring)).await;
    let pool = id(BookId::parse, "pool-2027");
    let (version, entry) = (id(PolicyVersionId::parse, "sample"), id(EntryId::parse, "e-pool-2027"));
    let open = BudgetAct::OpenPool { book: pool.clone(), year: 2027, version, pool: "年度总额".into(), entry };
    d.ok("finance", Role::Finance, Act::Budget(open)).await;
    let firm = d.firm(1).await;
    d.today = day("2028-03-03");
    let mut call = d.call_of("c1", "sample", &["6"]);
    (call.year, call.as_of, call.open) = (2027, day("2027-12-31"), (day("2028-03-01"), day("2028-03-31")));
    call.pools = vec![("年度总额".into(), pool)];
    call.fund = id(BookId::parse, "fund-2027");
    committed_under(d, call, "case1", &firm, example_of("sample", 3, "case1"), &[("6", 19_900_000)]).await;
    pay(d, "c1").await;
    firm
}

#[tokio::test]
async fn the_rules_of_the_scheme_themselves_find_what_has_to_come_back_and_bound_the_bar() {
    for (name, store) in stores("recovery-scheme").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        paid_by_the_sample(&mut d).await;
        d.today = day("2029-05-05");
        let detect = |lead: &str, fact: Option<&str>| {
            let mut application = example_of("sample", 3, "case1");
            application["as_of"] = "2029-05-05".into();
            if let Some(fact) = fact {
                application["facts"][fact] = true.into();
            }
            let case = id(CaseId::parse, "case1");
            RecoveryAct::Detect { lead: id(LeadId::parse, lead), case, application }
        };
        assert_eq!(clerk(&d, detect("quiet", None)).await, Outcome::Leads(Vec::new()));
        let found = |name: &str| Outcome::Leads(vec![id(LeadId::parse, name)]);
        assert_eq!(clerk(&d, detect("moved", Some("迁出云岭区"))).await, found("moved:1"));
        assert_eq!(clerk(&d, detect("false", Some("提供虚假材料"))).await, found("false:1"));
        let mut work = d.office.store().begin().await.unwrap();
        let (moved, untrue): (Lead, Lead) = (work.peek("moved:1").await.unwrap().unwrap(), work.peek("false:1").await.unwrap().unwrap());
        drop(work);
        assert_eq!((moved.clause.as_deref(), moved.amount), (Some("6"), Some(Fen(9_950_000))), "half of it");
        assert_eq!(moved.source, LeadSource::Scheme { rule: "三年内迁出".into(), bar_years: None, stop_payment: true });
        assert_eq!(
            (untrue.amount, untrue.source),
            (Some(Fen(19_900_000)), LeadSource::Scheme { rule: "虚假材料".into(), bar_years: Some(3), stop_payment: true })
        );
        // A bar is no longer than the rule orders.
        let open = RecoveryAct::Open { recovery: recovery("r1"), case: id(CaseId::parse, "case1"), leads: vec![id(LeadId::parse, "false:1")] };
        clerk(&d, open.clone()).await;
        let again = RecoveryAct::Open { recovery: recovery("r2"), case: id(CaseId::parse, "case1"), leads: vec![id(LeadId::parse, "false:1")] };
        assert!(matches!(why(d.refused("clerk", Role::Clerk, Act::Recovery(again)).await), RecoveryRefusal::Lead { .. }));
        clerk(&d, RecoveryAct::Notify { recovery: recovery("r1"), proposal: proposal(vec![part("6", 19_900_000)]) }).await;
        d.today = day("2029-06-01");
        let decide = |until| {
            let decision = Decision { bar_until: Some(day(until)), ..decision(vec![part("6", 19_900_000)]) };
            Act::Recovery(RecoveryAct::Decide { recovery: recovery("r1"), decision })
        };
        assert_eq!(why(d.refused("leader", Role::Leader, decide("2032-06-02")).await), RecoveryRefusal::Bar { until: day("2032-06-01") });
        d.ok("leader", Role::Leader, decide("2032-06-01")).await;
        d.replays_alike().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clawbacks_decided_at_the_same_moment_take_back_no_more_together_than_was_paid() {
    for (name, store) in stores("recovery-parallel").await {
        println!("── {name}");
        let (mut d, firm) = paid(store).await;
        for number in 0..8 {
            let name = format!("r{number}");
            file(&d, &name, "case1", &firm).await;
            clerk(&d, RecoveryAct::Notify { recovery: recovery(&name), proposal: proposal(vec![part("8.1", 30_000_000)]) }).await;
        }
        d.today = day("2025-06-02");
        let mut tasks = Vec::new();
        for number in 0..8 {
            let act = RecoveryAct::Decide { recovery: recovery(&format!("r{number}")), decision: decision(vec![part("8.1", 30_000_000)]) };
            let (office, context) = (d.office.clone(), d.context("leader", Role::Leader));
            tasks.push(tokio::spawn(async move { office.perform(&context, &Act::Recovery(act)).await }));
        }
        let mut decided = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => decided += 1,
                Err(office::Stop::Refused(refusal)) => assert!(matches!(why(refusal), RecoveryRefusal::AboveLeft { .. })),
                Err(stop) => panic!("{stop}"),
            }
        }
        assert_eq!(decided, 3, "three times 300,000 of 1,000,000 元");
    }
}

#[tokio::test]
async fn what_a_clawback_took_back_the_bank_does_not_return_once_more() {
    for (name, store) in stores("recovery-returned").await {
        println!("── {name}");
        let (mut d, firm) = paid(store).await;
        delivered(&mut d, &firm).await;
        let collect = RecoveryAct::Collect { recovery: recovery("r1"), entry: id(EntryId::parse, "e-col"), amount: Fen(15_000_000), receipt: "缴1".into() };
        assert_eq!(finance(&d, collect).await, Outcome::Sum(Fen(0)));
        let mut work = d.office.store().begin().await.unwrap();
        let due: casework::payment::Due = work.list("case_id", &casework::Key::from("case1")).await.unwrap().remove(0);
        drop(work);
        let report = casework::payment::Report {
            receipt: id(casework::id::ReceiptId::parse, "late"),
            due: due.id.clone(),
            on: d.today,
            returned: Some("账户已销".into()),
        };
        let late = PaymentAct::Report { batch: due.batch.clone().expect("it was paid in a batch"), reports: vec![report], entry: id(EntryId::parse, "e-late") };
        let refusal = d.refused("finance", Role::Finance, Act::Payment(late)).await;
        assert!(matches!(refusal, Refusal::Payment(casework::payment::PaymentRefusal::TakenBack { .. })), "{refusal}");
        assert_eq!((balance(&d, Account::Paid).await, balance(&d, Account::Recovered).await), (85_000_000, 15_000_000));
    }
}
