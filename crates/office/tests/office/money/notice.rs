//! Notices: rows that never change, objections that stop only their row, and what becomes of the money.

use super::*;
use crate::district::stores;
use casework::call::CallRefusal;
use casework::case::CaseRefusal;
use casework::determination::{Determination, DeterminationAct, DeterminationRefusal};
use casework::id::{MotionId, ObjectionId};
use casework::notice::{LeadReason, NoticeRefusal, Objection, ObjectionState, Objector, Reception, Ruling};
use casework::refusal::Named;

fn objector() -> Objector {
    Objector { name: "王某".into(), contact: "023-0000".into() }
}

fn objecting(name: &str, notice: &str, of: &str, by: Objector, evidence: Vec<Evidence>) -> Act {
    let (objection, notice) = (id(ObjectionId::parse, name), id(NoticeId::parse, notice));
    Act::Notice(NoticeAct::Object { objection, notice, case: case(of), by, grounds: "数据不实".into(), evidence })
}

fn settling(name: &str, ruling: Ruling) -> Act {
    let objection = id(ObjectionId::parse, name);
    let determination = Some(id(DeterminationId::parse, &format!("d-{name}")));
    Act::Notice(NoticeAct::Settle { objection, ruling, result: "经核查，处理如上".into(), determination, entry: entry(&format!("e-{name}")) })
}

impl Trial {
    /// An objection with name and proof, taken in and looked into.
    async fn objected(&self, name: &str, notice: &str, of: &str) {
        self.ok("firm1", Role::Applicant, objecting(name, notice, of, objector(), evidence())).await;
        let check = NoticeAct::Check { objection: id(ObjectionId::parse, name), result: "部分属实".into() };
        self.ok("clerk", Role::Clerk, Act::Notice(check)).await;
    }

    async fn settle(&self, name: &str, ruling: Ruling) -> Outcome {
        self.ok("leader", Role::Leader, settling(name, ruling)).await
    }

    /// Three firms with 100, 50 and 50万元 spent share 10万元: 5, 2.5 and 2.5万元. Approved and noticed in n1.
    async fn three_in_notice(&self) {
        self.call("c1").await;
        for (number, spent) in [(1, "1000000"), (2, "500000"), (3, "500000")] {
            let firm = self.district.firm(number).await;
            self.set(&firm, "c1", &format!("k{number}"), &["1"], json!({"投入": spent})).await;
        }
        self.close("c1").await;
        self.share("c1").await;
        for number in 1..=3 {
            self.approve(&format!("k{number}")).await;
        }
        self.publish("c1", "n1").await;
    }
}

#[tokio::test]
async fn a_notice_shows_frozen_rows_and_never_the_pay_of_persons() {
    for (name, store) in stores("notice-rows").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(100_000_000)).await;
        trial.call_with("c1", Terms { not_shown: vec!["3".into()], ..Terms::default() }).await;
        let firm = trial.district.firm(1).await;
        let people = json!([{"姓名": "甲", "贡献": "1000"}, {"姓名": "乙", "贡献": "2000"}]);
        trial.set(&firm, "c1", "k1", &["2", "3", "9"], json!({"引进人才": people})).await;
        trial.approve("k1").await;
        trial.publish("c1", "n1").await;
        let notice: Notice = trial.read("n1").await;
        let shown: Vec<_> = notice.rows[0].awards.iter().map(|award| (award.clause.as_str(), award.amount)).collect();
        assert_eq!(shown, [("2", Some(Fen(1_000_000))), ("3", None), ("9", None)]);
        // The firm is renamed: the row stays as it was shown.
        let mut firm: casework::organisation::Organisation = trial.read("firm1").await;
        let old = std::mem::replace(&mut firm.name, "改名有限公司".into());
        trial.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: firm.into() })).await;
        let again: Notice = trial.read("n1").await;
        assert_eq!(again, notice);
        assert_eq!(again.rows[0].name, old);
    }
}

#[tokio::test]
async fn a_notice_explains_its_last_day_and_is_not_concluded_before_it_is_over() {
    for (name, store) in stores("notice-days").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.call("c1").await;
        let firm = trial.district.firm(1).await;
        trial.set(&firm, "c1", "k1", &["3"], json!({})).await;
        trial.approve("k1").await;
        // Five working days from Monday, 28 April 2025: Labour Day is off to 5 May, and 27 April was a worked Sunday before.
        trial.district.today = day("2025-04-28");
        trial.publish("c1", "n1").await;
        let notice: Notice = trial.read("n1").await;
        assert_eq!(notice.term.last, day("2025-05-08"));
        let holidays: Vec<_> = notice.term.left_out.iter().filter(|(_, why)| why == "holiday").map(|(day, _)| day.to_string()).collect();
        assert_eq!(holidays.first().map(String::as_str), Some("2025-05-01"));
        assert_eq!(notice.term.left_out.len(), 5, "{:?}", notice.term.left_out);
        trial.district.today = day("2025-05-08");
        let refusal = trial.refused("leader", Role::Leader, Trial::conclusion("n1", "e-early")).await;
        assert_eq!(refusal, NoticeRefusal::NotOver { until: day("2025-05-08") }.into());
        trial.conclude("n1").await;
        assert_eq!(trial.stage("k1").await, Stage::Committed);
        // A notice into a year whose holidays nobody announced yet says so.
        let firm = trial.district.firm(2).await;
        trial.district.today = day("2025-03-31");
        trial.set(&firm, "c1", "k2", &["3"], json!({})).await;
        trial.approve("k2").await;
        trial.district.today = day("2026-12-29");
        trial.publish("c1", "n2").await;
        let late: Notice = trial.read("n2").await;
        assert_eq!((notice.term.provisional, late.term.provisional), (false, true));
        assert_eq!(trial.refused("leader", Role::Leader, Trial::conclusion("n1", "e-again")).await, NoticeRefusal::NothingWaits.into());
    }
}

#[tokio::test]
async fn anonymous_unproven_and_late_objections_are_leads_and_stop_nothing() {
    for (name, store) in stores("notice-leads").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.three_in_notice().await;
        let lead = |why| Outcome::Received(Reception::Lead { why });
        let nobody = Objector::default();
        assert_eq!(trial.ok("clerk", Role::Clerk, objecting("o1", "n1", "k2", nobody, evidence())).await, lead(LeadReason::Anonymous));
        assert_eq!(trial.ok("firm1", Role::Applicant, objecting("o2", "n1", "k2", objector(), Vec::new())).await, lead(LeadReason::NoEvidence));
        let unknown = trial.refused("firm1", Role::Applicant, objecting("o3", "n1", "k9", objector(), evidence())).await;
        assert!(matches!(unknown, Refusal::Unknown { what: "row", .. }), "{unknown}");
        let notice: Notice = trial.read("n1").await;
        trial.district.today = notice.term.last.add_days(1).unwrap();
        assert_eq!(trial.ok("firm1", Role::Applicant, objecting("o4", "n1", "k2", objector(), evidence())).await, lead(LeadReason::Late));
        assert_eq!(trial.stage("k2").await, Stage::Noticed);
        let kept: Objection = trial.read("o4").await;
        assert_eq!((kept.state, kept.term), (ObjectionState::Lead(LeadReason::Late), None));
        let check = NoticeAct::Check { objection: id(ObjectionId::parse, "o4"), result: "x".into() };
        let refusal = trial.refused("clerk", Role::Clerk, Act::Notice(check)).await;
        assert_eq!(refusal, NoticeRefusal::ObjectionState { state: Named::new("线索", "lead") }.into());
        trial.conclude("n1").await;
        assert_eq!(trial.stage("k2").await, Stage::Committed);
    }
}

#[tokio::test]
async fn a_dismissed_objection_holds_only_its_row_which_is_paid_later_on_its_own() {
    for (name, store) in stores("notice-dismissed").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.three_in_notice().await;
        trial.objected("o1", "n1", "k2").await;
        trial.objected("o2", "n1", "k2").await;
        trial.conclude("n1").await;
        trial.pay("c1", "b1").await;
        assert_eq!([trial.stage("k1").await, trial.stage("k2").await, trial.stage("k3").await], [Stage::Paying, Stage::Disputed, Stage::Paying]);
        assert_eq!(trial.balances("pool-rata").await, [0, 2_500_000, 0, 7_500_000, 0]);
        trial.settle("o1", Ruling::Dismissed).await;
        assert_eq!(trial.stage("k2").await, Stage::Disputed, "there is another objection to the row");
        trial.settle("o2", Ruling::Dismissed).await;
        assert_eq!(trial.ok("leader", Role::Leader, Trial::conclusion("n1", "e-n1b")).await, Outcome::Sum(Fen(2_500_000)));
        trial.pay("c1", "b2").await;
        assert_eq!(trial.balances("pool-rata").await, [0, 0, 0, 10_000_000, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn who_checked_an_objection_does_not_decide_on_it_and_a_late_answer_is_marked() {
    for (name, store) in stores("notice-eyes").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.three_in_notice().await;
        // One person who holds both roles.
        let mut both: casework::people::User = trial.read("leader").await;
        both.roles.push(Role::Clerk);
        trial.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: both })).await;
        trial.ok("firm1", Role::Applicant, objecting("o1", "n1", "k2", objector(), evidence())).await;
        let early = trial.refused("leader", Role::Leader, settling("o1", Ruling::Dismissed)).await;
        assert_eq!(early, NoticeRefusal::ObjectionState { state: Named::new("待核查", "received") }.into());
        let check = |who: &str| NoticeAct::Check { objection: id(ObjectionId::parse, who), result: "属实".into() };
        trial.ok("leader", Role::Clerk, Act::Notice(check("o1"))).await;
        let refusal = trial.refused("leader", Role::Leader, settling("o1", Ruling::Dismissed)).await;
        assert_eq!(refusal, NoticeRefusal::FourEyes.into());
        trial.objected("o2", "n1", "k3").await;
        trial.district.today = day("2025-06-30");
        trial.settle("o2", Ruling::Dismissed).await;
        let kept: Objection = trial.read("o2").await;
        assert!(matches!(kept.state, ObjectionState::Settled { overdue: true, .. }), "{:?}", kept.state);
    }
}

#[tokio::test]
async fn what_an_upheld_objection_frees_is_shared_again_only_by_an_act_and_noticed_again() {
    for (name, store) in stores("notice-upheld").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.three_in_notice().await;
        trial.objected("o1", "n1", "k2").await;
        let before: Determination = trial.read("d-k2").await;
        let again = |determinations: &[(&str, &str)]| {
            let determinations = determinations.iter().map(|(k, d)| (case(k), id(DeterminationId::parse, d))).collect();
            Act::Call(CallAct::ShareAgain { call: call("c1"), pool: "按比例".into(), entry: entry("e-again"), determinations })
        };
        assert_eq!(trial.settle("o1", Ruling::Cancelled).await, Outcome::Sum(Fen(2_500_000)));
        // Superseded, never changed.
        assert_eq!(trial.read::<Determination>("d-k2").await, before);
        let after: Determination = trial.read("d-o1").await;
        assert_eq!((after.supersedes.as_ref(), after.awards[0].amount, &after.application), (Some(&before.id), Fen(0), &before.application));
        assert_eq!(trial.stage("k2").await, Stage::Refused);
        assert_eq!(trial.balances("pool-rata").await, [2_500_000, 7_500_000, 0, 0, 0]);
        let refusal = trial.refused("leader", Role::Leader, again(&[])).await;
        assert_eq!(refusal, CallRefusal::RowsOpen { open: 2 }.into());
        trial.conclude("n1").await;
        trial.pay("c1", "b1").await;
        // Paying shares nothing by itself.
        assert_eq!(trial.balances("pool-rata").await, [2_500_000, 0, 0, 7_500_000, 0]);
        let refusal = trial.refused("leader", Role::Leader, again(&[("k1", "d-k1b")])).await;
        assert_eq!(refusal, CallRefusal::Determinations { cases: vec![case("k1"), case("k3")] }.into());
        trial.ok("leader", Role::Leader, again(&[("k1", "d-k1b"), ("k3", "d-k3b")])).await;
        // They lack 5 and 2.5万元: 2.5万元 in proportion, to the fen.
        assert_eq!(trial.balances("pool-rata").await, [0, 2_500_000, 0, 7_500_000, 0]);
        trial.publish("c1", "n2").await;
        let notice: Notice = trial.read("n2").await;
        let shown: Vec<_> = notice.rows.iter().map(|row| (row.case.as_str(), row.awards[0].amount)).collect();
        assert_eq!(shown, [("k1", Some(Fen(1_666_667))), ("k3", Some(Fen(833_333)))], "only what is added");
        // The bank's answer to the first payments comes meanwhile, and disturbs nothing.
        let first = trial.dues("k1").await[0].id.clone();
        trial.arrives("b1", &first, "r1").await;
        assert_eq!(trial.stage("k1").await, Stage::Noticed);
        trial.conclude("n2").await;
        trial.pay("c1", "b2").await;
        assert_eq!(trial.balances("pool-rata").await, [0, 0, 0, 10_000_000, 0]);
        let paid: Vec<i64> = trial.dues("k1").await.iter().map(|due| due.amount.0).collect();
        assert_eq!(paid.iter().sum::<i64>(), 6_666_667);
        assert_eq!(trial.refused("leader", Role::Leader, again(&[])).await, CallRefusal::NothingFreed { pool: "按比例".into() }.into());
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn an_objection_to_added_amounts_takes_back_only_those() {
    for (name, store) in stores("notice-added").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.three_in_notice().await;
        trial.objected("o1", "n1", "k2").await;
        trial.settle("o1", Ruling::Cancelled).await;
        trial.conclude("n1").await;
        let determinations = [("k1", "d-k1b"), ("k3", "d-k3b")].map(|(k, d)| (case(k), id(DeterminationId::parse, d))).to_vec();
        let again = CallAct::ShareAgain { call: call("c1"), pool: "按比例".into(), entry: entry("e-again"), determinations };
        trial.ok("leader", Role::Leader, Act::Call(again)).await;
        trial.publish("c1", "n2").await;
        trial.objected("o2", "n2", "k1").await;
        assert_eq!(trial.settle("o2", Ruling::Cancelled).await, Outcome::Sum(Fen(1_666_667)));
        // What was committed before is not in dispute: it is still due.
        assert_eq!(trial.stage("k1").await, Stage::Committed);
        let kept: Determination = trial.read("d-o2").await;
        assert_eq!(kept.awards[0].amount, Fen(5_000_000));
        assert_eq!(trial.balances("pool-rata").await, [1_666_667, 833_333, 7_500_000, 0, 0]);
        // What it freed goes to the other one that lacks, not back to who lost it.
        trial.conclude("n2").await;
        let determinations = vec![(case("k3"), id(DeterminationId::parse, "d-k3c"))];
        let again = CallAct::ShareAgain { call: call("c1"), pool: "按比例".into(), entry: entry("e-again2"), determinations };
        trial.ok("leader", Role::Leader, Act::Call(again)).await;
        assert_eq!(trial.balances("pool-rata").await, [0, 1_666_667, 8_333_333, 0, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn an_objection_upheld_in_part_leaves_less_with_a_reason() {
    for (name, store) in stores("notice-adjusted").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.three_in_notice().await;
        trial.objected("o1", "n1", "k2").await;
        let amounts = |fen: i64, reason: Option<&str>| vec![Amount { clause: "1".into(), amount: Fen(fen), reason: reason.map(str::to_owned) }];
        let before = trial.money().await;
        for wrong in [amounts(2_500_001, Some("多")), amounts(2_500_000, Some("同")), Vec::new()] {
            let refusal = trial.refused("leader", Role::Leader, settling("o1", Ruling::Adjusted(wrong))).await;
            assert_eq!(refusal, NoticeRefusal::NotLess { clause: "1".into(), now: Fen(2_500_000) }.into());
        }
        let silent = trial.refused("leader", Role::Leader, settling("o1", Ruling::Adjusted(amounts(1_000_000, None)))).await;
        assert_eq!(silent, CaseRefusal::NoReason { clause: "1".into() }.into());
        assert_eq!(trial.money().await, before);
        trial.settle("o1", Ruling::Adjusted(amounts(1_000_000, Some("扣除不实发票")))).await;
        trial.conclude("n1").await;
        assert_eq!(trial.balances("pool-rata").await, [1_500_000, 0, 8_500_000, 0, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn an_error_is_amended_by_another_determination_and_the_difference_is_posted() {
    for (name, store) in stores("notice-amended").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.three_in_notice().await;
        trial.conclude("n1").await;
        let amend = |fen: i64, reason: &str| {
            let amounts = vec![Amount { clause: "1".into(), amount: Fen(fen), reason: None }];
            let (determination, entry) = (id(DeterminationId::parse, "d-fix"), entry("e-fix"));
            Act::Determination(DeterminationAct::Amend {
                motion: id(MotionId::parse, "mo-fix"),
                case: case("k2"),
                determination,
                entry,
                application: None,
                amounts,
                reason: reason.into(),
            })
        };
        let confirm = || Act::Determination(DeterminationAct::ConfirmAmendment { case: case("k2"), motion: id(MotionId::parse, "mo-fix") });
        let before = trial.money().await;
        assert_eq!(trial.refused("reviewer", Role::Reviewer, amend(2_000_000, " ")).await, DeterminationRefusal::NoReason.into());
        assert_eq!(trial.refused("reviewer", Role::Reviewer, amend(2_500_000, "无")).await, DeterminationRefusal::Same.into());
        let above = trial.refused("reviewer", Role::Reviewer, amend(5_000_001, "多")).await;
        assert_eq!(above, CaseRefusal::Group { clause: "1".into(), set: Fen(5_000_001), left: Fen(5_000_000) }.into());
        // The pool is shared among all: nobody gets more of it alone, whatever it holds.
        let more = trial.refused("reviewer", Role::Reviewer, amend(3_000_000, "少算")).await;
        assert_eq!(more, DeterminationRefusal::Shared { clause: "1".into() }.into());
        // One asks, another confirms; who decided on the case does not ask.
        trial.district.both("both", &[Role::Reviewer, Role::Leader]).await;
        assert_eq!(trial.ok("both", Role::Reviewer, amend(2_000_000, "录入错误")).await, Outcome::Proposed);
        assert_eq!(trial.refused("both", Role::Leader, confirm()).await, casework::motion::MotionRefusal::FourEyes.into());
        assert_eq!((trial.money().await, trial.stage("k2").await), (before, Stage::Committed));
        assert_eq!(trial.ok("leader", Role::Leader, confirm()).await, Outcome::Sum(Fen(2_000_000)));
        assert_eq!(trial.balances("pool-rata").await, [500_000, 2_000_000, 7_500_000, 0, 0]);
        assert_eq!(trial.stage("k2").await, Stage::Approved);
        trial.publish("c1", "n2").await;
        trial.conclude("n2").await;
        trial.pay("c1", "b1").await;
        assert_eq!(trial.balances("pool-rata").await, [500_000, 0, 0, 9_500_000, 0]);
        let late = trial.refused("reviewer", Role::Reviewer, amend(1_000_000, "又错")).await;
        assert!(matches!(late, Refusal::Case(CaseRefusal::Stage { stage: Stage::Paying })), "{late}");
        trial.books_balance().await;
    }
}
