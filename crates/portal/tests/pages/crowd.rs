//! Many at once: a page that held one connection of the few there are and waited for another would wait for ever once all are held so.

use crate::house::{Browser, House};
use axum::http::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// So many ask for a page at the same moment: more than there are connections for reading.
const CROWD: usize = 12;
/// Longest that is waited for all of them.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_answered_to_more_people_at_once_than_there_are_connections() {
    let house = Arc::new(House::demonstration("pages-crowd").await);
    let pages: &[(&str, &[&str])] = &[
        (
            "",
            &[
                "/",
                "/policies/qianjiang-2023/calculator",
                "/policies/qianjiang-2023",
                "/notices",
                "/notices/gs2025-3",
                "/search?q=yy",
                "/calls/ds2025",
                "/register",
            ],
        ),
        ("ent01", &["/my", "/my/messages", "/my/firm", "/my/cases/ds2024-01", "/calls/ds2025/apply?step=facts", "/calls/ds2025/apply?step=check"]),
        ("clerk", &["/work", "/work?of=seen", "/cases", "/cases/yy2024-02", "/calls", "/calls/yy2024/manage", "/find?q=%E5%8C%BB%E8%8D%AF", "/registers"]),
        (
            "leader",
            &["/cockpit", "/cockpit/cases", "/cockpit/entries?month=2025-03", "/audit", "/people", "/recoveries", "/workshop", "/workshop/qianjiang-2023"],
        ),
        ("finance", &["/ledger", "/ledger/fund-2024", "/batches", "/batches/bf2025-3", "/registers/dues", "/determinations/d-ds2024-01"]),
    ];
    for (user, addresses) in pages {
        let who = Arc::new(if user.is_empty() { Browser::default() } else { house.sign_in(user).await });
        for address in *addresses {
            let mut crowd = JoinSet::new();
            for _ in 0..CROWD {
                let (house, who, address) = (Arc::clone(&house), Arc::clone(&who), (*address).to_owned());
                crowd.spawn(async move { house.get(&who, &address).await.status });
            }
            let all = tokio::time::timeout(PATIENCE, crowd.join_all()).await;
            let all = all.unwrap_or_else(|_| panic!("{address} of {user:?} waits for ever"));
            assert!(all.iter().all(|status| *status == StatusCode::OK), "{address} of {user:?}: {all:?}");
        }
    }
}
