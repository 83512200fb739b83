//! What may be forgotten, over HTTP: shown before it is done, to those who may do it and to auditors.

use crate::house::House;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn what_may_be_forgotten_is_shown_to_who_may_do_it_once_periods_are_set() {
    let house = House::open("retention").await;
    let (admin, leader, auditor, clerk) =
        (house.sign_in("admin").await, house.sign_in("leader").await, house.sign_in("auditor").await, house.sign_in("clerk").await);
    assert_eq!(house.get(&clerk, "/api/v1/retention").await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get(&admin, "/api/v1/retention").await.json(), json!({ "periods": null, "drafts": [], "contacts": [], "next": null }));
    let path = "/api/v1/acts/retention.set_periods";
    let mut periods = json!({ "drafts_days": 90, "contacts_years": 10, "basis": " " });
    let refused = house.ask(&admin, Method::POST, path, Some(periods.clone())).await;
    assert_eq!(refused.json()["type"], "/problems/retention.incomplete", "{refused:?}");
    periods["basis"] = "会计档案管理办法第十四条".into();
    assert_eq!(house.ask(&leader, Method::POST, path, Some(periods.clone())).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.ask(&admin, Method::POST, path, Some(periods)).await.status, StatusCode::OK);
    for reader in [&admin, &leader, &auditor] {
        let shown: Value = house.get(reader, "/api/v1/retention").await.json();
        assert_eq!((&shown["periods"]["drafts_days"], &shown["periods"]["by"]), (&json!(90), &json!("admin")), "{shown}");
    }
}
