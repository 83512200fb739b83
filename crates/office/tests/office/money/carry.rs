//! 顺延: what a pool of that kind has no money for waits for the next year, at its place in the queue.

use super::*;
use crate::district::{stores, user};
use casework::call::CallRefusal;
use casework::case::CaseRefusal;
use casework::ledger::LedgerRefusal;
use casework::people::User;

/// A policy with a pool of 3万元 a year that carries over, and one that does not.
fn policy(last: &str) -> String {
    format!(
        "# 排队\n\n```duixian\n政策 queue「排队政策」\n事实\n  投入  元\n条款 1「补助」\n  给予  投入 的 10%\n  频次  每年\n条款 2「奖励」\n  给予  2万元\n  频次  每年\n\
         条款 3「另一奖励」\n  给予  1万元\n  频次  每年\n资金「排队」\n  适用  条款 1\n  额度  每年 3万元\n  超额  顺延，{last}\n资金「先到」\n  适用  条款 3\n  额度  每年 9万元\n  超额  先到先得\n```\n"
    )
}

/// A trial of that policy with budgets and pools of 2024 and 2025.
async fn queue(store: Store, last: &str, next_budget: Fen) -> Trial {
    let district = District::founded(store).await;
    let mut version =
        PolicyVersion { id: id(PolicyVersionId::parse, "queue"), scheme_hash: String::new(), files: vec![("policy.md".into(), policy(last))], official: None };
    version.scheme_hash = office::hash_of(&version).expect("the policy compiles");
    district.in_force(version, "2024-01-01").await;
    let trial = Trial { district };
    for (year, budget) in [(2024, Fen(100_000_000)), (2025, next_budget), (2026, Fen(100_000_000))] {
        trial.fund(&format!("fund-{year}"), year, budget).await;
        for (pool, name) in [("排队", "queue"), ("先到", "first")] {
            let book = format!("{name}-{year}");
            let version = id(PolicyVersionId::parse, "queue");
            let open = BudgetAct::OpenPool { book: id(BookId::parse, &book), year, version, pool: pool.into(), entry: entry(&format!("e-{book}")) };
            trial.ok("finance", Role::Finance, Act::Budget(open)).await;
        }
    }
    for year in [2024, 2025] {
        trial.call_of(&format!("c{year}"), Terms::default(), |call| of_the_queue(call, year)).await;
    }
    trial
}

fn of_the_queue(call: &mut Call, year: i32) {
    call.version = id(PolicyVersionId::parse, "queue");
    call.year = year;
    call.clauses = ["1", "2", "3"].map(str::to_owned).to_vec();
    call.fund = id(BookId::parse, &format!("fund-{year}"));
    call.pools = [("排队", "queue"), ("先到", "first")].map(|(pool, book)| (pool.to_owned(), id(BookId::parse, &format!("{book}-{year}")))).to_vec();
}

/// Firms 1 to 4 hand in one after the other; clause 1 gives each this many yuan. The fourth claims clause 2 as well.
const QUEUE: [i64; 4] = [10_000, 15_000, 10_000, 4_000];

impl Trial {
    /// Handed in, and its amounts set.
    async fn queued(&self, firm: &str, of: &str, year: i32, name: &str, clauses: &[&str], yuan: i64) {
        let start = CaseAct::Start {
            case: case(name),
            call: call(of),
            organisation: id(OrganisationId::parse, firm),
            clauses: clauses.iter().map(|clause| (*clause).to_owned()).collect(),
            application: json!({"id": name, "year": year, "as_of": "2024-12-31", "applicant": {"name": firm}, "facts": {"投入": (yuan * 10).to_string()}}),
            evidence: Vec::new(),
        };
        self.ok(firm, Role::Applicant, Act::Case(start)).await;
        self.ok(firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case(name), declaration: None })).await;
        self.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case(name) })).await;
        self.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case(name) })).await;
        let amount = |clause: &str| if clause == "1" { Fen(yuan * 100) } else { Fen(2_000_000) };
        let amounts = clauses.iter().map(|clause| Amount { clause: (*clause).into(), amount: amount(clause), reason: None }).collect();
        self.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case: case(name), amounts })).await;
    }

    async fn whole_queue(&self) {
        for (number, yuan) in (1..).zip(QUEUE) {
            let firm = self.district.firm(number).await;
            let clauses: &[&str] = if number == 4 { &["1", "2"] } else { &["1"] };
            self.queued(&firm, "c2024", 2024, &format!("k{number}"), clauses, yuan).await;
        }
        self.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call("c2024") })).await;
    }

    async fn given(&self, name: &str) -> Vec<i64> {
        let of: Case = self.read(name).await;
        let determination: casework::determination::Determination = self.read(of.determination.unwrap().as_str()).await;
        determination.awards.iter().map(|award| award.amount.0).collect()
    }
}

fn carry(year: i32, number: u32) -> Act {
    let pools = vec![("排队".to_owned(), id(BookId::parse, &format!("queue-{year}")))];
    let fund = id(BookId::parse, &format!("fund-{year}"));
    Act::Call(CallAct::CarryOver { call: call("c2024"), pool: "排队".into(), fund, pools, entry: entry(&format!("e-carry{number}")) })
}

/// Held, claimed, given, how many, left.
fn carried(outcome: Outcome) -> (i64, i64, i64, u32, i64) {
    let Outcome::Shared(shares) = outcome else { panic!("{outcome:?}") };
    (shares[0].held.0, shares[0].claimed.0, shares[0].given.0, shares[0].claims, shares[0].left.0)
}

#[tokio::test]
async fn what_a_pool_has_no_money_for_is_served_by_the_next_year_before_whoever_comes_later() {
    for (name, store) in stores("carry").await {
        println!("── {name}");
        let mut trial = queue(store, "末位不给", Fen(100_000_000)).await;
        trial.whole_queue().await;
        trial.approve("k1").await;
        // k2 is not approved yet and has its money; k3 has none, and k4 stands behind it although it would fit.
        assert_eq!(carried(trial.ok("leader", Role::Leader, carry(2025, 1)).await), (3_000_000, 1_400_000, 1_400_000, 2, 1_600_000));
        assert_eq!(trial.balances("queue-2025").await, [1_600_000, 1_400_000, 0, 0, 0]);
        let nothing = CallRefusal::NothingToCarry { pool: "排队".into() };
        assert_eq!(trial.refused("leader", Role::Leader, carry(2025, 2)).await, nothing.into());
        // Who comes in the next year finds what the queue left.
        let late = trial.district.firm(5).await;
        trial.queued(&late, "c2025", 2025, "k5", &["1"], 25_000).await;
        let none = trial.refused("leader", Role::Leader, Trial::approval("k5")).await;
        assert!(matches!(none, Refusal::Ledger(LedgerRefusal::NotEnough { held: Fen(1_600_000), .. })), "{none}");
        for name in ["k4", "k3", "k2"] {
            trial.approve(name).await;
        }
        assert_eq!(trial.given("k4").await, [400_000, 2_000_000]);
        assert_eq!(trial.balances("queue-2025").await, [1_600_000, 1_400_000, 0, 0, 0], "nothing is reserved twice");
        let Case { application, .. } = trial.read::<Case>("k3").await;
        assert_eq!(application["year"], json!(2024), "the award year stays");
        trial.committed_queue().await;
        trial.plan("c2024", "b1").await;
        trial.request("b1").await;
        trial.ok("finance", Role::Finance, Trial::payment("b1")).await;
        // 1 and 1.5 of the pool of 2024, and the prize of k4, which draws on none; 1 and 0.4 of that of 2025.
        assert_eq!((trial.balances("fund-2024").await[3], trial.balances("queue-2024").await[3]), (4_500_000, 2_500_000));
        assert_eq!((trial.balances("fund-2025").await[3], trial.balances("queue-2025").await[3]), (1_400_000, 1_400_000));
        trial.books_balance().await;
    }
}

impl Trial {
    /// The notice of the first call is over.
    async fn committed_queue(&mut self) {
        self.publish("c2024", "n1").await;
        self.conclude("n1").await;
    }
}

#[tokio::test]
async fn where_the_next_year_has_too_little_all_keep_their_place_for_the_year_after() {
    for (name, store) in stores("carry-twice").await {
        println!("── {name}");
        // The budget of 2025 holds 6,000 yuan: less than k3, more than k4.
        let trial = queue(store, "末位不给", Fen(600_000)).await;
        trial.whole_queue().await;
        assert_eq!(carried(trial.ok("leader", Role::Leader, carry(2025, 1)).await), (3_000_000, 1_400_000, 0, 2, 3_000_000));
        let none = trial.refused("leader", Role::Leader, Trial::approval("k3")).await;
        assert!(matches!(none, Refusal::Ledger(LedgerRefusal::NotEnough { .. })), "{none}");
        // The pool of 2025 would have it; its budget has not. Once the pool is used up, both wait again.
        let late = trial.district.firm(5).await;
        let more = BudgetAct::Appropriate { entry: entry("e-more"), book: id(BookId::parse, "fund-2025"), amount: Fen(2_400_000), reason: "预算".into() };
        trial.ok("finance", Role::Finance, Act::Budget(more)).await;
        trial.queued(&late, "c2025", 2025, "k5", &["1"], 25_000).await;
        trial.approve("k5").await;
        assert_eq!(carried(trial.ok("leader", Role::Leader, carry(2026, 2)).await), (3_000_000, 1_400_000, 1_400_000, 2, 1_600_000));
        trial.approve("k3").await;
        assert_eq!(trial.balances("queue-2026").await, [1_600_000, 1_400_000, 0, 0, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn where_the_last_is_served_in_part_it_gets_what_is_left_and_those_behind_it_are_not_cut_in_the_next_year() {
    for (name, store) in stores("carry-part").await {
        println!("── {name}");
        let trial = queue(store, "末位部分", Fen(100_000_000)).await;
        trial.whole_queue().await;
        assert_eq!(carried(trial.ok("leader", Role::Leader, carry(2025, 1)).await), (3_000_000, 400_000, 400_000, 1, 2_600_000));
        // All but 1,000 yuan of the next year goes to somebody else: less than k4, for which it is reserved.
        let late = trial.district.firm(5).await;
        trial.queued(&late, "c2025", 2025, "k5", &["1"], 25_000).await;
        trial.approve("k5").await;
        for name in ["k1", "k2", "k3", "k4"] {
            trial.approve(name).await;
        }
        assert_eq!(trial.given("k3").await, [500_000], "the rest of the year");
        assert_eq!(trial.given("k4").await, [400_000, 2_000_000]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn only_a_queue_that_is_set_and_whose_rule_says_so_waits_for_another_year() {
    for (name, store) in stores("carry-refused").await {
        println!("── {name}");
        let trial = queue(store, "末位不给", Fen(100_000_000)).await;
        let refused = async |act: Act| trial.refused("leader", Role::Leader, act).await;
        assert_eq!(refused(carry(2025, 1)).await, CallRefusal::Stage { stage: CallStage::Open }.into());
        trial.whole_queue().await;
        let with = |change: &dyn Fn(&mut CallAct)| {
            let Act::Call(mut act) = carry(2025, 1) else { panic!("an act on a call") };
            change(&mut act);
            Act::Call(act)
        };
        let other = |to: &'static str| {
            with(&move |act| {
                if let CallAct::CarryOver { pool, .. } = act {
                    *pool = to.to_owned();
                }
            })
        };
        assert_eq!(refused(other("先到")).await, CallRefusal::NotCarried { pool: "先到".into() }.into());
        assert_eq!(refused(other("没有")).await, Refusal::Unknown { what: "pool", id: "没有".into() });
        let not = |book: &str, wanted| Refusal::from(CallRefusal::NotNextYear { book: id(BookId::parse, book), wanted });
        assert_eq!(refused(carry(2026, 1)).await, not("fund-2026", 2025));
        let book = |to: &'static str| {
            with(&move |act| {
                if let CallAct::CarryOver { pools, .. } = act {
                    pools[0].1 = id(BookId::parse, to);
                }
            })
        };
        assert_eq!(refused(book("queue-2026")).await, not("queue-2026", 2025));
        assert_eq!(refused(book("first-2025")).await, not("first-2025", 2025));
        let linked = User { links: vec![id(OrganisationId::parse, "firm4")], ..user("leader2", Some("commerce"), None, Role::Leader) };
        trial.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: linked })).await;
        let away = trial.refused("leader2", Role::Leader, carry(2025, 1)).await;
        assert_eq!(away, CaseRefusal::RecusedOf { case: case("k4") }.into());
        trial.approve("k1").await;
        trial.ok("leader", Role::Leader, carry(2025, 2)).await;
        let shown = trial.read::<Case>("k3").await.seen_by_applicant(&trial.read("c2024").await, &values::WorkCalendar::china(), day("2025-04-01"));
        assert_eq!(shown.status.label.zh, "顺延至2025年");
    }
}
