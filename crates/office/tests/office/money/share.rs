//! Sharing: by the rule of the policy, once, stated before, and never more than pool and budget hold.

use super::*;
use crate::district::stores;
use casework::call::CallRefusal;
use casework::determination::Determination;
use casework::ledger::LedgerRefusal;
use std::sync::Arc;

#[tokio::test]
async fn parts_are_reserved_when_shared_and_not_again_when_approved() {
    for (name, store) in stores("share-reserves").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(100_000_000)).await;
        trial.call("c1").await;
        let (a, b) = (trial.district.firm(1).await, trial.district.firm(2).await);
        trial.set(&a, "c1", "k1", &["1"], json!({"投入": "1000000"})).await;
        trial.set(&b, "c1", "k2", &["1", "3"], json!({"投入": "500000"})).await;
        trial.close("c1").await;
        assert_eq!(trial.refused("leader", Role::Leader, Trial::approval("k1")).await, casework::case::CaseRefusal::NotShared.into());
        let shares = trial.share("c1").await;
        let rata = shares.iter().find(|share| share.pool == "按比例").unwrap();
        assert_eq!((rata.held, rata.claimed, rata.given, rata.left), (Fen(10_000_000), Fen(15_000_000), Fen(10_000_000), Fen(0)));
        assert_eq!(trial.case("k1").await.claims[0].shared, Some(Fen(6_666_667)));
        assert_eq!(trial.case("k2").await.claims[0].shared, Some(Fen(3_333_333)));
        assert_eq!(trial.balances("pool-rata").await, [0, 10_000_000, 0, 0, 0]);
        assert_eq!(trial.balances("fund-2024").await, [90_000_000, 10_000_000, 0, 0, 0]);
        trial.approve("k1").await;
        trial.approve("k2").await;
        // Clause 3 draws on no pool: its money is reserved with the approval; the shared parts are not reserved twice.
        assert_eq!(trial.balances("fund-2024").await, [88_000_000, 12_000_000, 0, 0, 0]);
        let determined: Determination = trial.read("d-k1").await;
        assert_eq!(determined.awards[0].amount, Fen(6_666_667));
        assert_eq!(determined.awards[0].reason.as_deref(), Some("资金分配"));
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn what_a_share_leaves_is_stated_and_a_later_call_gets_only_that() {
    for (name, store) in stores("share-leaves").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(100_000_000)).await;
        let (a, b) = (trial.district.firm(1).await, trial.district.firm(2).await);
        for (of, firm, k, spent) in [("c1", &a, "k1", "600000"), ("c2", &b, "k2", "800000")] {
            trial.call(of).await;
            trial.set(firm, of, k, &["1"], json!({"投入": spent})).await;
            trial.close(of).await;
        }
        let before = trial.money().await;
        let state = |of: &str| Act::Call(CallAct::StateShare { call: call(of) });
        let stated = trial.ok("clerk", Role::Clerk, state("c1")).await;
        let also = trial.ok("clerk", Role::Clerk, state("c2")).await;
        assert_eq!(trial.money().await, before, "a statement moves no money");
        let Outcome::Shared(stated) = stated else { panic!("{stated:?}") };
        assert_eq!(stated.iter().find(|share| share.pool == "按比例").unwrap().left, Fen(4_000_000));
        assert_eq!(trial.share("c1").await, stated, "what was stated is what is shared");
        // The other call was told of 10万元; there are 4 left. It has to be told so first.
        assert!(matches!(also, Outcome::Shared(_)));
        assert_eq!(trial.refused("leader", Role::Leader, Trial::sharing("c2")).await, CallRefusal::StatementChanged.into());
        trial.ok("clerk", Role::Clerk, state("c2")).await;
        trial.share("c2").await;
        assert_eq!(trial.case("k2").await.claims[0].shared, Some(Fen(4_000_000)));
        assert_eq!(trial.balances("pool-rata").await, [0, 10_000_000, 0, 0, 0]);
    }
}

#[tokio::test]
async fn a_budget_that_is_too_small_stops_the_whole_share_and_says_what_is_missing() {
    for (name, store) in stores("share-fund").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(8_000_000)).await;
        trial.call("c1").await;
        let (a, b) = (trial.district.firm(1).await, trial.district.firm(2).await);
        trial.set(&a, "c1", "k1", &["1"], json!({"投入": "1000000"})).await;
        trial.set(&b, "c1", "k2", &["1"], json!({"投入": "500000"})).await;
        trial.close("c1").await;
        let before = trial.money().await;
        let refusal = trial.refused("leader", Role::Leader, Trial::sharing("c1")).await;
        let book = id(BookId::parse, "fund-2024");
        let wanted = LedgerRefusal::NotEnough { book, account: Account::Available, held: Fen(8_000_000), wanted: Fen(10_000_000) };
        assert_eq!(refusal, wanted.into());
        assert_eq!(trial.money().await, before);
        let kept: Call = trial.read("c1").await;
        assert_eq!((kept.stage, kept.shares.len()), (CallStage::Closed, 0));
    }
}

#[tokio::test]
async fn inner_pools_are_shared_first_and_the_outer_one_among_what_they_left() {
    for (name, store) in stores("share-nested").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(100_000_000)).await;
        trial.call("c1").await;
        let (a, b) = (trial.district.firm(1).await, trial.district.firm(2).await);
        trial.set(&a, "c1", "k1", &["10"], json!({"设备投入": "800000"})).await;
        trial.set(&b, "c1", "k2", &["10", "11"], json!({"设备投入": "400000", "软件投入": "600000"})).await;
        trial.close("c1").await;
        trial.share("c1").await;
        // The same figures as in docs/language/patterns.md: 33333.33, 16666.67, 50000.
        let given: Vec<i64> = [trial.case("k1").await, trial.case("k2").await].iter().flat_map(|k| k.claims.clone()).map(|c| c.amount().0).collect();
        assert_eq!(given, [3_333_333, 1_666_667, 5_000_000]);
        assert_eq!(trial.balances("pool-device").await, [1_000_000, 5_000_000, 0, 0, 0]);
        assert_eq!(trial.balances("pool-all").await, [0, 10_000_000, 0, 0, 0]);
        assert_eq!(trial.balances("fund-2024").await, [90_000_000, 10_000_000, 0, 0, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_approvals_of_a_first_come_pool_stop_at_its_cap() {
    for (name, store) in stores("share-first").await {
        println!("── {name}");
        let trial = Arc::new(Trial::new(store, Fen(100_000_000)).await);
        trial.call("c1").await;
        for number in 1..=8 {
            let firm = trial.district.firm(number).await;
            trial.set(&firm, "c1", &format!("k{number}"), &["2"], json!({})).await;
        }
        let approving = (1..=8).map(|number| {
            let trial = Arc::clone(&trial);
            tokio::spawn(async move { trial.district.act("leader", Role::Leader, Trial::approval(&format!("k{number}"))).await })
        });
        let mut done = 0;
        for task in approving.collect::<Vec<_>>() {
            done += usize::from(!is_refused(&task.await.unwrap()));
        }
        assert_eq!(done, 3, "3万元 for 1万元 each");
        assert_eq!(trial.balances("pool-first").await, [0, 3_000_000, 0, 0, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn the_last_one_served_gets_what_is_left_where_the_policy_says_so() {
    for (name, store) in stores("share-last").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(100_000_000)).await;
        trial.call("c1").await;
        for number in 1..=3 {
            let firm = trial.district.firm(number).await;
            trial.set(&firm, "c1", &format!("k{number}"), &["12"], json!({})).await;
        }
        assert_eq!(trial.approve("k1").await, Outcome::Sum(Fen(2_000_000)));
        assert_eq!(trial.approve("k2").await, Outcome::Sum(Fen(1_000_000)));
        let last: Determination = trial.read("d-k2").await;
        assert_eq!(last.awards[0].reason.as_deref(), Some("资金额度不足，末位部分"));
        let before = trial.money().await;
        let refusal = trial.refused("leader", Role::Leader, Trial::approval("k3")).await;
        assert!(matches!(refusal, Refusal::Ledger(LedgerRefusal::NotEnough { held: Fen(0), .. })), "{refusal}");
        assert_eq!(trial.money().await, before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_share_while_amounts_are_being_set_is_one_consistent_share() {
    for (name, store) in stores("share-while").await {
        println!("── {name}");
        let trial = Arc::new(Trial::new(store, Fen(100_000_000)).await);
        trial.call("c1").await;
        for number in 1..=6 {
            let firm = trial.district.firm(number).await;
            trial.screened(&firm, "c1", &format!("k{number}"), &["1"], json!({"投入": format!("{number}00001")})).await;
        }
        trial.close("c1").await;
        let setting = (1..=6).map(|number| {
            let trial = Arc::clone(&trial);
            tokio::spawn(async move {
                let act = trial.summary(&format!("k{number}")).await;
                is_refused(&trial.district.act("reviewer", Role::Reviewer, act).await)
            })
        });
        let setting: Vec<_> = setting.collect();
        let sharer = Arc::clone(&trial);
        let sharing = tokio::spawn(async move {
            // Refused as long as an amount is missing; then it is shared, once.
            while is_refused(&sharer.district.act("leader", Role::Leader, Trial::sharing("c1")).await) {
                tokio::task::yield_now().await;
            }
        });
        for task in setting {
            assert!(!task.await.unwrap(), "nothing was shared before the last amount was set");
        }
        sharing.await.unwrap();
        let kept: Call = trial.read("c1").await;
        let share = kept.shares.iter().find(|share| share.pool == "按比例").unwrap();
        let mut given = 0;
        for number in 1..=6 {
            given += trial.case(&format!("k{number}")).await.claims[0].shared.expect("every case has its part").0;
        }
        assert_eq!((given, share.claimed, share.claims), (10_000_000, Fen(21_000_060), 6));
        assert_eq!(trial.balances("pool-rata").await, [0, 10_000_000, 0, 0, 0]);
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn a_call_draws_on_the_books_of_its_own_pools_and_year() {
    let trial = Trial::new(Store::memory(), Fen(100_000_000)).await;
    trial.call("c1").await;
    let mut other: Call = trial.read("c1").await;
    other.id = call("c2");
    for pool in &mut other.pools {
        pool.1 = id(BookId::parse, "pool-rata");
    }
    let refusal = trial.refused("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call: other })).await;
    assert!(matches!(refusal, Refusal::Input(_)), "{refusal}");
}
