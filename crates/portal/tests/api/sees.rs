//! Who sees which records: the table of collections, asked over HTTP by everybody.

use crate::house::{Browser, House};
use axum::http::StatusCode;
use office::reading::COLLECTIONS;

#[tokio::test]
async fn every_collection_answers_those_in_its_table_and_nobody_else() {
    let house = House::open("collections").await;
    let people = [("admin", casework::people::Role::Administrator), ("clerk", casework::people::Role::Clerk), ("finance", casework::people::Role::Finance)];
    let mut browsers = Vec::new();
    for (user, role) in people {
        browsers.push((user, role, house.sign_in(user).await));
    }
    for collection in COLLECTIONS {
        let path = format!("/api/v1/{}", collection.name);
        assert_eq!(house.get(&Browser::default(), &path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        for (user, role, browser) in &browsers {
            let wanted = if collection.sight(*role).is_some() { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(house.get(browser, &path).await.status, wanted, "{user} {path}");
        }
    }
}

#[tokio::test]
async fn pages_of_a_list_join_without_gap_or_double() {
    let house = House::open("pages").await;
    let browser = house.sign_in("admin").await;
    let whole = house.get(&browser, "/api/v1/users?limit=200").await.json();
    let ids = |page: &serde_json::Value| page["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let (mut joined, mut after) = (Vec::new(), String::new());
    loop {
        let page = house.get(&browser, &format!("/api/v1/users?limit=3&after={after}")).await.json();
        joined.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(joined, ids(&whole));
    assert!(joined.len() > 6);
}
