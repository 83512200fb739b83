//! What nobody does alone or past the rules: sharing again, amending, setting off; and a promise that is kept in full.

use super::*;
use crate::district::stores;
use casework::call::{CallRefusal, Share};
use casework::case::CaseRefusal;
use casework::determination::{Determination, DeterminationAct};
use casework::id::{LeadId, MotionId, ObjectionId, RecognitionId, RecoveryId};
use casework::ledger::{Entry, Move};
use casework::notice::{Objector, Ruling};
use casework::payment::{DueState, PaymentRefusal};
use casework::performance::PerformanceTerm;
use casework::policy_version::{ClauseChange, ClauseStatus, Pending, PolicyAct};
use casework::recognition::{Promise, Recognition, RecognitionAct, RecognitionKind};
use casework::recovery::{Decision, LeadSource, Part, Proposal, RecoveryAct, RecoveryRefusal};
use store::work::PostError;

fn determination(name: &str) -> DeterminationId {
    id(DeterminationId::parse, name)
}

impl Trial {
    /// A case is struck off by an objection that is upheld.
    async fn cancelled(&self, notice: &str, of: &str) {
        let name = format!("o-{of}");
        let objection = || id(ObjectionId::parse, &name);
        let by = Objector { name: "王某".into(), contact: "023-0000".into() };
        let object =
            NoticeAct::Object {
                objection: objection(), notice: id(NoticeId::parse, notice), case: case(of), by, grounds: "不实".into(), evidence: evidence()
            };
        self.ok("firm1", Role::Applicant, Act::Notice(object)).await;
        self.ok("clerk", Role::Clerk, Act::Notice(NoticeAct::Check { objection: objection(), result: "属实".into() })).await;
        let (determination, entry) = (Some(determination(&format!("d-{name}"))), entry(&format!("e-{name}")));
        let settle = NoticeAct::Settle { objection: objection(), ruling: Ruling::Cancelled, result: "取消".into(), determination, entry };
        self.ok("leader", Role::Leader, Act::Notice(settle)).await;
    }

    /// Cases that share the pool 按比例, each with its firm, clause and what was spent, approved and noticed; `gone` is struck off.
    async fn shared_and_freed(&mut self, cases: &[(u32, &str, &str, &str)], gone: &str) {
        self.call("c1").await;
        let mut firms: Vec<u32> = cases.iter().map(|(firm, ..)| *firm).collect();
        firms.dedup();
        for firm in firms {
            self.district.firm(firm).await;
        }
        for (firm, name, clause, spent) in cases {
            self.set(&format!("firm{firm}"), "c1", name, &[clause], json!({"投入": spent})).await;
        }
        self.close("c1").await;
        self.share("c1").await;
        for (_, name, ..) in cases {
            self.approve(name).await;
        }
        self.publish("c1", "n1").await;
        self.cancelled("n1", gone).await;
        self.conclude("n1").await;
    }

    async fn share_again(&self, winners: &[&str]) -> Share {
        match self.ok("leader", Role::Leader, sharing_again(winners)).await {
            Outcome::Shared(mut shares) => shares.remove(0),
            other => panic!("{other:?}"),
        }
    }

    async fn awarded(&self, name: &str) -> i64 {
        let kept = self.case(name).await;
        self.read::<Determination>(kept.determination.unwrap().as_str()).await.total().unwrap().0
    }

    async fn suspended(&self, clause: &str) {
        let change = ClauseChange {
            clause: clause.into(),
            status: ClauseStatus::Suspended,
            from: self.district.today,
            instrument: "区府办〔2025〕9号".into(),
            pending: Pending::Stop,
        };
        let policy = id(PolicyVersionId::parse, "trial");
        self.ok("leader", Role::Leader, Act::Policy(PolicyAct::SetClause { policy, change })).await;
    }
}

fn sharing_again(winners: &[&str]) -> Act {
    let determinations = winners.iter().map(|k| (case(k), determination(&format!("d-{k}-again")))).collect();
    Act::Call(CallAct::ShareAgain { call: call("c1"), pool: "按比例".into(), entry: entry("e-again"), determinations })
}

#[tokio::test]
async fn two_cases_of_one_firm_do_not_pass_a_limit_together_when_a_pool_is_shared_again() {
    for (name, store) in stores("hands-limit").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        // 13 and 14 give one firm 6万元 a year together: it has 1 and 1; 8 come back.
        trial.shared_and_freed(&[(1, "k1", "13", "600000"), (1, "k2", "14", "600000"), (2, "k3", "1", "4800000")], "k3").await;
        assert_eq!((trial.awarded("k1").await, trial.awarded("k2").await), (1_000_000, 1_000_000));
        let both = trial.refused("leader", Role::Leader, sharing_again(&["k1", "k2"])).await;
        assert_eq!(both, CallRefusal::Determinations { cases: vec![case("k1")] }.into());
        let share = trial.share_again(&["k1"]).await;
        assert_eq!((share.claimed, share.given, share.left_out), (Fen(4_000_000), Fen(4_000_000), vec![]));
        assert_eq!(trial.awarded("k1").await + trial.awarded("k2").await, 6_000_000);
        trial.books_balance().await;
        trial.district.replays_alike().await;
    }
}

#[tokio::test]
async fn a_clause_that_ended_gives_nothing_more_when_a_pool_is_shared_again_and_the_answer_says_so() {
    for (name, store) in stores("hands-ended").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.shared_and_freed(&[(1, "k1", "13", "600000"), (2, "k2", "1", "600000"), (3, "k3", "1", "4800000")], "k3").await;
        trial.suspended("1").await;
        let both = trial.refused("leader", Role::Leader, sharing_again(&["k1", "k2"])).await;
        assert_eq!(both, CallRefusal::Determinations { cases: vec![case("k1")] }.into());
        let share = trial.share_again(&["k1"]).await;
        assert_eq!(share.given, Fen(5_000_000));
        let left_out: Vec<&str> = share.left_out.iter().map(|(case, _)| case.as_str()).collect();
        assert_eq!(left_out, ["k2"]);
        assert_eq!((trial.awarded("k1").await, trial.awarded("k2").await), (6_000_000, 1_000_000));
    }
}

fn amending(name: &str, fen: i64, application: Option<Value>) -> Act {
    let (motion, determination, entry) = (id(MotionId::parse, &format!("mo-{name}")), determination(name), entry(&format!("e-{name}")));
    let amounts = vec![Amount { clause: "3".into(), amount: Fen(fen), reason: None }];
    Act::Determination(DeterminationAct::Amend { motion, case: case("k1"), determination, entry, application, amounts, reason: "录入错误".into() })
}

fn confirming(name: &str) -> Act {
    Act::Determination(DeterminationAct::ConfirmAmendment { case: case("k1"), motion: id(MotionId::parse, &format!("mo-{name}")) })
}

#[tokio::test]
async fn an_amendment_keeps_to_the_year_of_its_call_to_clauses_that_still_give_and_to_four_eyes() {
    for (name, store) in stores("hands-amend").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(100_000_000)).await;
        trial.call("c1").await;
        let firm = trial.district.firm(1).await;
        trial.set(&firm, "c1", "k1", &["3"], json!({})).await;
        // Who decides may hold the other role as well.
        trial.district.both("both", &[Role::Reviewer, Role::Leader]).await;
        trial.ok("both", Role::Leader, Trial::approval("k1")).await;
        let who_decided = trial.refused("both", Role::Reviewer, amending("d-x", 1_000_000, None)).await;
        assert_eq!(who_decided, CaseRefusal::FourEyes { act: "case.approve".into() }.into());
        let mut other_year = trial.case("k1").await.application;
        other_year["year"] = 2023.into();
        let refusal = trial.refused("reviewer", Role::Reviewer, amending("d-x", 1_000_000, Some(other_year))).await;
        assert!(matches!(refusal, Refusal::Case(CaseRefusal::Facts(_))), "{refusal}");
        // Lowered, and meanwhile asked to be raised again: what the second one rests on is gone.
        trial.ok("reviewer", Role::Reviewer, amending("d-low", 500_000, None)).await;
        trial.ok("reviewer", Role::Reviewer, amending("d-less", 400_000, None)).await;
        trial.ok("leader", Role::Leader, confirming("d-low")).await;
        let stale = trial.refused("leader", Role::Leader, confirming("d-less")).await;
        assert_eq!(stale, casework::motion::MotionRefusal::Stale { motion: id(MotionId::parse, "mo-d-less") }.into());
        trial.ok("reviewer", Role::Reviewer, amending("d-up", 1_500_000, None)).await;
        trial.suspended("3").await;
        let ended = trial.refused("leader", Role::Leader, confirming("d-up")).await;
        assert!(matches!(ended, Refusal::Policy(_)), "{ended}");
        assert_eq!(trial.awarded("k1").await, 500_000);
        // To lower an award is never too late.
        trial.ok("reviewer", Role::Reviewer, amending("d-lower", 300_000, None)).await;
        trial.ok("leader", Role::Leader, confirming("d-lower")).await;
        assert_eq!(trial.awarded("k1").await, 300_000);
        trial.books_balance().await;
        trial.district.replays_alike().await;
    }
}

fn recovering(act: RecoveryAct) -> Act {
    Act::Recovery(act)
}

impl Trial {
    /// A clawback rv1 of 25万元 of clause `of` of case k1, delivered.
    async fn clawback(&mut self, of: &str) {
        let (recovery, lead) = (id(RecoveryId::parse, "rv1"), id(LeadId::parse, "ld1"));
        let parts = vec![Part { clause: of.into(), amount: Fen(25_000_000) }];
        let note = RecoveryAct::Note {
            lead: lead.clone(),
            source: LeadSource::Audit { document: "审〔2025〕3号".into() },
            organisation: id(OrganisationId::parse, "firm1"),
            case: Some(case("k1")),
            words: "发票重复".into(),
        };
        self.ok("clerk", Role::Clerk, recovering(note)).await;
        self.ok("clerk", Role::Clerk, recovering(RecoveryAct::Open { recovery: recovery.clone(), case: case("k1"), leads: vec![lead] })).await;
        let proposal = Proposal { number: "追告1".into(), grounds: "发票重复".into(), parts: parts.clone(), period: Period::Days(1) };
        self.ok("clerk", Role::Clerk, recovering(RecoveryAct::Notify { recovery: recovery.clone(), proposal })).await;
        self.district.today = self.district.today.add_days(3).unwrap();
        let decision = Decision {
            number: "追决1".into(),
            basis: vec!["第八条".into()],
            grounds: "发票重复".into(),
            parts,
            period: Period::Days(30),
            remedies: "行政复议".into(),
            bar_until: None,
            stop_payment: false,
        };
        self.ok("leader", Role::Leader, recovering(RecoveryAct::Decide { recovery: recovery.clone(), decision })).await;
        let on = self.district.today;
        self.ok("clerk", Role::Clerk, recovering(RecoveryAct::Deliver { recovery, on, by: "邮寄".into() })).await;
    }
}

fn offset(clause: &str, fen: i64) -> Act {
    let (recovery, entry) = (id(RecoveryId::parse, "rv1"), entry("e-off"));
    recovering(RecoveryAct::Offset { recovery, entry, against: case("k1"), clause: clause.into(), amount: Fen(fen) })
}

#[tokio::test]
async fn a_clawback_is_not_set_off_against_what_could_not_be_paid_yet() {
    for (name, store) in stores("hands-offset").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(200_000_000)).await;
        let performance = vec![PerformanceTerm { clause: "15".into(), period: Period::Days(30), goals: Vec::new() }];
        trial.call_with("c1", Terms { performance, ..Terms::default() }).await;
        let firm = trial.district.firm(1).await;
        trial.set(&firm, "c1", "k1", &["15"], json!({})).await;
        trial.approve("k1").await;
        trial.committed("c1").await;
        trial.pay("c1", "b1").await;
        let dues = trial.dues("k1").await;
        trial.arrives("b1", &dues[0].id, "r1").await;
        trial.fund("fund-2025", 2025, Fen(100_000_000)).await;
        trial.fund("fund-2026", 2026, Fen(100_000_000)).await;
        let fund = |due: &Due, fund: &str| {
            let (due, entry) = (due.id.clone(), entry(&format!("e-{fund}-f")));
            Act::Instalment(casework::instalment::InstalmentAct::Fund { due, fund: id(BookId::parse, fund), entry })
        };
        // The budget of 2026 is there early: its part of 30万元 is not due in 2025 all the same, and that of 2025 is 20万元.
        trial.ok("finance", Role::Finance, fund(&dues[1], "fund-2025")).await;
        trial.ok("finance", Role::Finance, fund(&dues[2], "fund-2026")).await;
        trial.clawback("15").await;
        assert_eq!(trial.district.today.year(), 2025);
        let early = trial.refused("finance", Role::Finance, offset("15", 25_000_000)).await;
        assert_eq!(early, RecoveryRefusal::NotOwed { case: case("k1"), clause: "15".into() }.into());
        // That of 2025 is due, and the report on the first part is missing.
        let missing = trial.refused("finance", Role::Finance, offset("15", 10_000_000)).await;
        assert_eq!(missing, PaymentRefusal::ReportMissing { due: dues[0].id.clone() }.into());
        let report = |act| Act::Performance(act);
        let (due, reached) = (dues[0].id.clone(), Vec::new());
        let told = casework::performance::PerformanceAct::Report { due: due.clone(), reached, words: "已完成".into(), evidence: evidence() };
        trial.ok("firm1", Role::Applicant, report(told)).await;
        let accept = casework::performance::PerformanceAct::Accept { due, opinion: "认可".into() };
        trial.ok("reviewer", Role::Reviewer, report(accept)).await;
        assert_eq!(trial.ok("finance", Role::Finance, offset("15", 10_000_000)).await, Outcome::Sum(Fen(15_000_000)));
        assert_eq!(trial.dues("k1").await.iter().filter(|due| due.state == DueState::Paid).count(), 2);
        trial.books_balance().await;
        trial.district.replays_alike().await;
    }
}

#[tokio::test]
async fn a_promised_award_is_given_in_full_where_less_than_it_is_free_and_the_last_may_get_a_part() {
    for (name, store) in stores("hands-promise").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(100_000_000)).await;
        trial.call("c1").await;
        let (first, second) = (trial.district.firm(1).await, trial.district.firm(2).await);
        // The pool 末位 has 3万元: 2 are promised to the second firm, 1 is free.
        let recognition = Recognition {
            id: id(RecognitionId::parse, "p1"),
            kind: RecognitionKind::PlanApproved,
            number: "批1".into(),
            on: day("2024-04-01"),
            valid: (day("2024-04-01"), None),
            issuer: id(UnitId::parse, "commerce"),
            organisation: id(OrganisationId::parse, &second),
            subject: "方案".into(),
            policy: id(PolicyVersionId::parse, "trial"),
            fact: "投入".into(),
            document: Fingerprint::of(b"plan"),
            promise: Some(Promise {
                clause: "12".into(),
                fund: id(BookId::parse, "fund-2024"),
                pool: Some(id(BookId::parse, "pool-last")),
                amount: Fen(2_000_000),
                keep_until: day("2025-06-30"),
            }),
            kept: Fen(0),
            drawn: Vec::new(),
            revoked: None,
            issued: None,
        };
        trial.ok("leader", Role::Leader, Act::Recognition(RecognitionAct::Issue { recognition, entry: entry("e-p1") })).await;
        assert_eq!(trial.balances("pool-last").await, [1_000_000, 2_000_000, 0, 0, 0]);
        trial.set(&second, "c1", "k2", &["12"], json!({})).await;
        trial.set(&first, "c1", "k1", &["12"], json!({})).await;
        trial.approve("k2").await;
        let kept: Determination = trial.read("d-k2").await;
        assert_eq!((kept.awards[0].amount, kept.awards[0].reason.as_deref()), (Fen(2_000_000), None));
        // Nothing was promised to the first firm: it gets the last part.
        trial.approve("k1").await;
        assert_eq!(trial.awarded("k1").await, 1_000_000);
        assert_eq!(trial.balances("pool-last").await, [0, 3_000_000, 0, 0, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn a_budget_is_not_its_own_pool() {
    for (name, store) in stores("hands-own-pool").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(100_000_000)).await;
        let before = trial.money().await;
        let fund = id(BookId::parse, "fund-2024");
        let twice = Entry {
            id: entry("e-twice"),
            at: values::Moment::start_of(trial.district.today),
            kind: Move::Reserve,
            amount: Fen(1),
            fund: fund.clone(),
            pool: Some(fund),
            case: None,
            clause: None,
            determination: None,
            reason: "x".into(),
        };
        let mut work = trial.district.office.store().begin().await.unwrap();
        let refused = work.post(&twice).await;
        assert!(matches!(refused, Err(PostError::Refused(Refusal::Input(_)))), "{refused:?}");
        drop(work);
        assert_eq!(trial.money().await, before);
    }
}
