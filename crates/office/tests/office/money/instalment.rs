//! Instalments: split as the policy plans, tested on the facts of their year, paid from the budget of that year.

use super::*;
use crate::district::stores;
use casework::id::MotionId;
use casework::instalment::{InstalmentAct, parts};
use casework::payment::{DueState, PaymentRefusal};
use casework::performance::{PerformanceAct, PerformanceTerm};

fn testing(due: &Due, facts: Value, entry_id: &str) -> Act {
    let motion = id(MotionId::parse, &format!("mo-{entry_id}"));
    Act::Instalment(InstalmentAct::Test { motion, due: due.id.clone(), facts, evidence: evidence(), entry: entry(entry_id) })
}

fn confirming(due: &Due, entry_id: &str) -> Act {
    Act::Instalment(InstalmentAct::ConfirmTest { due: due.id.clone(), motion: id(MotionId::parse, &format!("mo-{entry_id}")) })
}

fn funding(due: &Due, fund: &str, entry_id: &str) -> Act {
    Act::Instalment(InstalmentAct::Fund { due: due.id.clone(), fund: id(BookId::parse, fund), entry: entry(entry_id) })
}

impl Trial {
    /// One firm with a project award of 100万元 in three parts; the first is paid.
    async fn first_part_paid(&mut self, terms: Terms) {
        self.call_with("c1", terms).await;
        let firm = self.district.firm(1).await;
        self.set(&firm, "c1", "k1", &["4"], json!({"年销售额": {"2024": "100"}})).await;
        self.approve("k1").await;
        self.committed("c1").await;
        self.pay("c1", "b1").await;
        let first = self.dues("k1").await.remove(0);
        self.arrives("b1", &first.id, "r1").await;
    }

    /// The clerk asks for the test, the reviewer holds it.
    async fn tested(&self, act: Act) -> (i32, Option<bool>) {
        let Act::Instalment(InstalmentAct::Test { motion, due, .. }) = act.clone() else { panic!("a test") };
        assert_eq!(self.ok("clerk", Role::Clerk, act).await, Outcome::Proposed);
        match self.ok("reviewer", Role::Reviewer, Act::Instalment(InstalmentAct::ConfirmTest { due, motion })).await {
            Outcome::Tested { year, holds } => (year, holds),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_award_splits_as_the_evaluator_plans_it() {
    let sources = policy::source::Sources { files: vec![policy::source::SourceFile { name: "policy.md".into(), text: POLICY.into() }], official: None };
    let scheme = policy::compile(&sources).scheme.expect("the policy compiles");
    let application = json!({"id": "1", "year": 2024, "as_of": "2024-12-31", "facts": {}});
    let (read, _) = policy::input::read(&scheme, &policy::input::Raw::from(&application), policy::input::Defaults::default());
    let population = policy::assess(&scheme, &[read.unwrap()], &policy::AssessOptions { trace: false, clauses: None });
    for result in &population.assessments[0].clauses {
        let clause = scheme.clause(result.clause).unwrap();
        if clause.instalments.is_empty() {
            continue;
        }
        let planned: Vec<(i32, Fen)> = result.plan.iter().map(|(year, amount, _)| (*year, *amount)).collect();
        let split: Vec<(i32, Fen)> = parts(clause, 2024, result.awarded.unwrap()).iter().map(|part| (part.year, part.amount)).collect();
        assert_eq!(split, planned, "clause {}", clause.id);
    }
    let clause = scheme.clauses.iter().find(|clause| clause.id == "4").unwrap();
    for fen in [1, 2, 3, 99, 100, 101, 333_333, 100_000_001] {
        let sum: i64 = parts(clause, 2024, Fen(fen)).iter().map(|part| part.amount.0).sum();
        assert_eq!(sum, fen);
    }
}

#[tokio::test]
async fn each_part_waits_for_its_year_its_test_and_its_budget() {
    for (name, store) in stores("parts-years").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.first_part_paid(Terms::default()).await;
        let dues = trial.dues("k1").await;
        let plan: Vec<_> = dues.iter().map(|due| (due.year, due.amount.0, due.state)).collect();
        let (paid, open) = (DueState::Paid, DueState::Open);
        assert_eq!(plan, [(2024, 50_000_000, paid), (2025, 30_000_000, open), (2026, 20_000_000, open)]);
        // The budget of 2024 bears what falls due in 2024; the pool of 2024 has promised all of it.
        assert_eq!(trial.balances("fund-2024").await, [50_000_000, 0, 0, 50_000_000, 0]);
        assert_eq!(trial.balances("pool-parts").await, [900_000_000, 0, 50_000_000, 50_000_000, 0]);
        assert_eq!(trial.refused("clerk", Role::Clerk, Trial::planning("c1", "b2")).await, PaymentRefusal::Empty.into());
        trial.fund("fund-2025", 2025, Fen(40_000_000)).await;
        trial.fund("fund-2026", 2026, Fen(10_000_000)).await;
        let (second, third) = (&dues[1], &dues[2]);
        let untested = trial.refused("finance", Role::Finance, funding(second, "fund-2025", "e-f2")).await;
        assert_eq!(untested, PaymentRefusal::NotTested { due: second.id.clone() }.into());
        let early = trial.refused("clerk", Role::Clerk, testing(third, json!({}), "e-t3")).await;
        assert_eq!(early, PaymentRefusal::NotYet { due: third.id.clone(), year: 2026 }.into());
        let open = trial.refused("clerk", Role::Clerk, testing(second, json!({}), "e-t2")).await;
        assert_eq!(open, PaymentRefusal::Undecided { due: second.id.clone() }.into());
        assert_eq!(trial.tested(testing(second, json!({"年销售额": {"2025": "100"}}), "e-t2")).await, (2025, Some(true)));
        let wrong = trial.refused("finance", Role::Finance, funding(second, "fund-2024", "e-f2")).await;
        assert_eq!(wrong, PaymentRefusal::WrongYear { wanted: 2025, year: 2024 }.into());
        trial.ok("finance", Role::Finance, funding(second, "fund-2025", "e-f2")).await;
        trial.pay("c1", "b2").await;
        assert_eq!(trial.balances("fund-2025").await, [10_000_000, 0, 0, 30_000_000, 0]);
        assert_eq!(trial.balances("fund-2024").await, [50_000_000, 0, 0, 50_000_000, 0]);
        assert_eq!(trial.balances("pool-parts").await, [900_000_000, 0, 20_000_000, 80_000_000, 0]);
        trial.arrives("b2", &second.id, "r2").await;
        trial.district.today = day("2026-03-02");
        assert_eq!(trial.tested(testing(third, json!({"正常经营": {"2026": true}}), "e-t3")).await, (2026, Some(true)));
        let before = trial.money().await;
        let missing = trial.refused("finance", Role::Finance, funding(third, "fund-2026", "e-f3")).await;
        assert!(
            matches!(missing, Refusal::Ledger(casework::ledger::LedgerRefusal::NotEnough { held: Fen(10_000_000), wanted: Fen(20_000_000), .. })),
            "{missing}"
        );
        assert_eq!(trial.money().await, before);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn a_part_whose_test_fails_waits_or_is_lost_as_the_policy_says() {
    for (name, store) in stores("parts-tests").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.first_part_paid(Terms::default()).await;
        let dues = trial.dues("k1").await;
        // 顺延: 2025 was lower than 2024, so it waits for 2026.
        assert_eq!(trial.tested(testing(&dues[1], json!({"年销售额": {"2025": "99"}}), "e-t2")).await, (2026, None));
        let second = trial.dues("k1").await.remove(1);
        assert_eq!((second.year, second.state, second.retests.len()), (2026, DueState::Open, 1));
        trial.district.today = day("2026-03-02");
        trial.fund("fund-2026", 2026, Fen(100_000_000)).await;
        assert_eq!(trial.tested(testing(&second, json!({"年销售额": {"2026": "120"}}), "e-t2b")).await, (2026, Some(true)));
        trial.ok("finance", Role::Finance, funding(&second, "fund-2026", "e-f2")).await;
        trial.pay("c1", "b2").await;
        assert_eq!(trial.balances("fund-2026").await, [70_000_000, 0, 0, 30_000_000, 0]);
        // 终止: what its test loses goes back to the pool that promised it.
        assert_eq!(trial.tested(testing(&dues[2], json!({"正常经营": {"2026": false}}), "e-t3")).await, (2026, Some(false)));
        assert_eq!(trial.dues("k1").await[2].state, DueState::Lapsed);
        assert_eq!(trial.balances("pool-parts").await, [920_000_000, 0, 0, 80_000_000, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn no_further_part_is_paid_before_the_report_on_the_last_one() {
    for (name, store) in stores("parts-report").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        let performance = vec![PerformanceTerm { clause: "4".into(), period: Period::Days(30), goals: Vec::new() }];
        trial.first_part_paid(Terms { performance, ..Terms::default() }).await;
        let dues = trial.dues("k1").await;
        trial.fund("fund-2025", 2025, Fen(40_000_000)).await;
        trial.tested(testing(&dues[1], json!({"年销售额": {"2025": "100"}}), "e-t2")).await;
        trial.ok("finance", Role::Finance, funding(&dues[1], "fund-2025", "e-f2")).await;
        let missing = trial.refused("clerk", Role::Clerk, Trial::planning("c1", "b2")).await;
        assert_eq!(missing, PaymentRefusal::ReportMissing { due: dues[0].id.clone() }.into());
        let report = PerformanceAct::Report { due: dues[0].id.clone(), reached: Vec::new(), words: "已完成".into(), evidence: evidence() };
        trial.ok("firm1", Role::Applicant, Act::Performance(report)).await;
        assert_eq!(trial.refused("clerk", Role::Clerk, Trial::planning("c1", "b2")).await, PaymentRefusal::ReportMissing { due: dues[0].id.clone() }.into());
        let accept = PerformanceAct::Accept { due: dues[0].id.clone(), opinion: "认可".into() };
        trial.ok("reviewer", Role::Reviewer, Act::Performance(accept)).await;
        trial.pay("c1", "b2").await;
    }
}

#[tokio::test]
async fn a_test_counts_once_a_second_person_holds_it_on_papers_and_on_facts_of_its_own_year() {
    for (name, store) in stores("parts-hands").await {
        println!("── {name}");
        let mut trial = Trial::new(store, Fen(100_000_000)).await;
        trial.first_part_paid(Terms::default()).await;
        trial.district.both("both", &[Role::Clerk, Role::Reviewer]).await;
        let second = trial.dues("k1").await.remove(1);
        let facts = json!({"年销售额": {"2025": "100"}});
        let bare =
            InstalmentAct::Test { motion: id(MotionId::parse, "mo-bare"), due: second.id.clone(), facts: facts.clone(), evidence: vec![], entry: entry("e") };
        assert_eq!(trial.refused("clerk", Role::Clerk, Act::Instalment(bare)).await, PaymentRefusal::NoEvidence.into());
        // The sales of 2024 were determined: a lower figure would let those of 2025 pass. In whatever way they are written.
        let frozen = Refusal::from(PaymentRefusal::Frozen { fact: "年销售额".into(), year: 2024 });
        for lower in [json!({"年销售额": {"2024": "1", "2025": "2"}}), json!({"年销售额@2024": "1", "年销售额@2025": "2"}), json!({"年销售额": "1"})]
        {
            let refusal = trial.refused("clerk", Role::Clerk, testing(&second, lower.clone(), "e-low")).await;
            // Without the sales of 2025 nothing can be decided; and a fact given in two ways is no application.
            assert!(refusal == frozen || matches!(refusal, Refusal::Input(_)), "{lower}: {refusal}");
        }
        assert_eq!(trial.refused("clerk", Role::Clerk, testing(&second, json!({"年销售额": {"2024": "1", "2025": "2"}}), "e-low")).await, frozen);
        assert_eq!(trial.ok("both", Role::Clerk, testing(&second, facts.clone(), "e-t2")).await, Outcome::Proposed);
        assert_eq!(trial.dues("k1").await[1].retests.len(), 0, "asked for is not held");
        let own = trial.refused("both", Role::Reviewer, confirming(&second, "e-t2")).await;
        assert_eq!(own, casework::motion::MotionRefusal::FourEyes.into());
        let other = trial.refused("reviewer", Role::Reviewer, confirming(&trial.dues("k1").await[2], "e-t2")).await;
        assert!(matches!(other, Refusal::Motion(casework::motion::MotionRefusal::Other { .. })), "{other}");
        // Two ask; what the first one's test was held on is not what the second one saw.
        trial.ok("clerk", Role::Clerk, testing(&second, json!({"年销售额": {"2025": "99"}}), "e-t3")).await;
        trial.ok("reviewer", Role::Reviewer, confirming(&second, "e-t2")).await;
        let stale = trial.refused("reviewer", Role::Reviewer, confirming(&second, "e-t3")).await;
        assert_eq!(stale, casework::motion::MotionRefusal::Stale { motion: id(MotionId::parse, "mo-e-t3") }.into());
        let again = trial.refused("reviewer", Role::Reviewer, confirming(&second, "e-t2")).await;
        assert_eq!(again, casework::motion::MotionRefusal::Confirmed { motion: id(MotionId::parse, "mo-e-t2") }.into());
        trial.district.replays_alike().await;
    }
}
