//! Groups: what one applicant may have together holds over calls and cases, however they are determined.

use super::*;
use crate::district::stores;
use casework::case::CaseRefusal;
use casework::determination::Determination;
use std::sync::Arc;

/// Two calls, one firm, a case in each, both ready to be determined.
async fn two_calls(trial: &Trial, clauses: [&str; 2]) {
    for of in ["c1", "c2"] {
        trial.call(of).await;
    }
    a_case_in_each(trial, 1, ["k1", "k2"], clauses).await;
}

async fn a_case_in_each(trial: &Trial, firm: u32, cases: [&str; 2], clauses: [&str; 2]) {
    let firm = trial.district.firm(firm).await;
    for ((of, k), clause) in ["c1", "c2"].into_iter().zip(cases).zip(clauses) {
        trial.set(&firm, of, k, &[clause], json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_parallel_approvals_for_one_applicant_cannot_both_take_what_the_group_gives_once() {
    for (name, store) in stores("group-parallel").await {
        println!("── {name}");
        let trial = Arc::new(Trial::new(store, Fen(1_000_000_000)).await);
        two_calls(&trial, ["5", "6"]).await;
        let mut pairs = vec![["k1".to_owned(), "k2".to_owned()]];
        for firm in 2..=5 {
            let pair = [format!("k{firm}a"), format!("k{firm}b")];
            a_case_in_each(&trial, firm, [&pair[0], &pair[1]], ["5", "6"]).await;
            pairs.push(pair);
        }
        for pair in pairs {
            let approving = pair.map(|k| {
                let trial = Arc::clone(&trial);
                tokio::spawn(async move { trial.district.act("leader", Role::Leader, Trial::approval(&k)).await })
            });
            let mut refused = 0;
            for task in approving {
                refused += usize::from(is_refused(&task.await.unwrap()));
            }
            assert_eq!(refused, 1);
        }
        let reserved = trial.balance("fund-2024", Account::Reserved).await;
        assert!((5 * 50_000_000..=5 * 80_000_000).contains(&reserved), "{reserved}");
        trial.books_balance().await;
    }
}

#[tokio::test]
async fn a_higher_award_is_only_topped_up_and_the_refusal_says_what_is_left() {
    for (name, store) in stores("group-topped").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(1_000_000_000)).await;
        two_calls(&trial, ["5", "6"]).await;
        trial.approve("k1").await;
        let before = trial.money().await;
        let refusal = trial.refused("leader", Role::Leader, Trial::approval("k2")).await;
        assert_eq!(refusal, CaseRefusal::Group { clause: "6".into(), set: Fen(80_000_000), left: Fen(30_000_000) }.into());
        assert_eq!(trial.money().await, before);
    }
}

#[tokio::test]
async fn a_cap_over_clauses_counts_what_other_calls_determined() {
    for (name, store) in stores("group-cap").await {
        println!("── {name}");
        let trial = Trial::new(store, Fen(1_000_000_000)).await;
        two_calls(&trial, ["7", "8"]).await;
        trial.approve("k1").await;
        let refusal = trial.refused("leader", Role::Leader, Trial::approval("k2")).await;
        assert_eq!(refusal, CaseRefusal::Group { clause: "8".into(), set: Fen(15_000_000), left: Fen(5_000_000) }.into());
        // Another applicant is another matter; and a case started now is told 5万元 from the start.
        let other = trial.district.firm(2).await;
        trial.set(&other, "c2", "k3", &["8"], json!({})).await;
        trial.approve("k3").await;
        trial.set("firm1", "c2", "k4", &["8"], json!({})).await;
        assert_eq!(trial.approve("k4").await, Outcome::Sum(Fen(5_000_000)));
        let determined: Determination = trial.read("d-k4").await;
        assert!(determined.application.contains("\"history\":[{"), "what it was assessed beside is frozen with it");
    }
}
