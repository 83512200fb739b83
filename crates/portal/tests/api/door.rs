//! Signing in: what is told to whom, and what a stolen, old or planted cookie is good for.

use crate::house::{Browser, House};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;
use store::service::{Session, SignIn};

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_answered_alike() {
    let house = House::open("alike").await;
    let wrong_password = house.try_sign_in("clerk", "not the password").await;
    let wrong_name = house.try_sign_in("nobody", "not the password").await;
    assert_eq!((wrong_password.status, wrong_name.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    let words = |came: &crate::house::Came| {
        let mut body = came.json();
        body["request"] = "".into();
        body
    };
    assert_eq!(words(&wrong_password), words(&wrong_name));
}

#[tokio::test]
async fn an_account_is_locked_after_failures_even_for_the_right_password() {
    let house = House::open_with("locked", |config| config.lock_after = 3).await;
    for _ in 0..3 {
        assert_eq!(house.try_sign_in("clerk", "not the password").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(house.try_sign_in("clerk", portal::demo::PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.try_sign_in("leader", portal::demo::PASSWORD).await.status, StatusCode::CREATED, "others are not locked");
}

#[tokio::test]
async fn after_a_lock_has_ended_all_tries_are_there_again() {
    let house = House::open_with("unlocked", |config| config.lock_after = 3).await;
    for _ in 0..3 {
        house.try_sign_in("clerk", "not the password").await;
    }
    let store = house.portal.office.store();
    let row = async || store.service_row::<SignIn>("user_id", "clerk").await.unwrap().unwrap();
    store.put_service_row(&SignIn { locked_until: portal::clock::seconds() - 1, ..row().await }).await.unwrap();
    for failures in 1..3 {
        assert_eq!(house.try_sign_in("clerk", "not the password").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!((row().await.failures, row().await.locked_until), (failures, 0), "one wrong word more locks nobody out");
    }
    house.sign_in("clerk").await;
}

#[tokio::test]
async fn whoever_reads_waits_for_nobody_who_writes() {
    let house = House::open("reads").await;
    let clerk = house.sign_in("clerk").await;
    let store = house.portal.office.store();
    for session in store.service_rows::<Session>("user_id", "clerk").await.unwrap() {
        store.put_service_row(&Session { seen: session.seen - 120, ..session }).await.unwrap();
    }
    let writing = store.begin().await.unwrap();
    let reading = tokio::time::timeout(std::time::Duration::from_secs(20), house.get(&clerk, "/api/v1/session")).await;
    assert_eq!(reading.expect("it is answered while somebody writes").status, StatusCode::OK);
    drop(writing);
}

#[tokio::test]
async fn a_success_forgets_the_failures_before_it() {
    let house = House::open_with("forgets", |config| config.lock_after = 3).await;
    for _ in 0..2 {
        house.try_sign_in("clerk", "not the password").await;
    }
    house.sign_in("clerk").await;
    for _ in 0..2 {
        house.try_sign_in("clerk", "not the password").await;
    }
    house.sign_in("clerk").await;
}

#[tokio::test]
async fn a_cookie_planted_before_the_sign_in_is_worth_nothing_after_it() {
    let house = House::open("fixation").await;
    let planted = "duixian_session=0000000000000000000000000000000000000000000000000000000000000000";
    let request = Request::post("/api/v1/session").header(header::COOKIE, planted).header(header::CONTENT_TYPE, "application/json");
    let body = json!({ "user": "clerk", "password": portal::demo::PASSWORD }).to_string();
    let came = house.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(came.status, StatusCode::CREATED);
    assert_ne!(came.cookie().unwrap(), planted);
    let with_planted = Browser { cookie: planted.to_owned(), csrf: String::new() };
    assert_eq!(house.get(&with_planted, "/api/v1/session").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_cookie_is_for_this_service_and_no_script() {
    let house = House::open_with("cookie", |config| config.https = true).await;
    let came = house.try_sign_in("clerk", portal::demo::PASSWORD).await;
    let set = came.headers[header::SET_COOKIE].to_str().unwrap();
    for word in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(set.contains(word), "{set} lacks {word}");
    }
}

#[tokio::test]
async fn a_request_that_changes_something_must_repeat_the_word_of_its_session() {
    let house = House::open("csrf").await;
    let browser = house.sign_in("clerk").await;
    let from_elsewhere = Browser { csrf: String::new(), ..browser.clone() };
    let came = house.ask(&from_elsewhere, Method::POST, "/api/v1/acts/case.accept", Some(json!({ "case": "k1" }))).await;
    assert_eq!((came.status, came.json()["type"].as_str().unwrap().to_owned()), (StatusCode::FORBIDDEN, "/problems/csrf".to_owned()));
    let of_another = house.sign_in("leader").await;
    let mixed = Browser { csrf: of_another.csrf, ..browser.clone() };
    assert_eq!(house.ask(&mixed, Method::DELETE, "/api/v1/session", None).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.ask(&browser, Method::DELETE, "/api/v1/session", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.get(&browser, "/api/v1/session").await.status, StatusCode::UNAUTHORIZED, "signed out is signed out");
}

#[tokio::test]
async fn a_given_password_opens_nothing_but_the_way_to_change_it() {
    let house = House::open("given").await;
    house.give_password("clerk", "a password that was given", true).await;
    let came = house.try_sign_in("clerk", "a password that was given").await;
    assert_eq!(came.json()["must_change"], true);
    let browser = Browser { cookie: came.cookie().unwrap(), csrf: came.json()["csrf"].as_str().unwrap().to_owned() };
    assert_eq!(house.get(&browser, "/api/v1/units").await.status, StatusCode::FORBIDDEN);
    let change = json!({ "old": "a password that was given", "new": "a password of my own" });
    assert_eq!(house.ask(&browser, Method::PUT, "/api/v1/password", Some(change)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.get(&browser, "/api/v1/units").await.status, StatusCode::UNAUTHORIZED, "all sessions end with the old password");
    assert_eq!(house.try_sign_in("clerk", "a password of my own").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_short_password_is_refused_with_the_rule() {
    let house = House::open("short").await;
    let browser = house.sign_in("clerk").await;
    let change = json!({ "old": portal::demo::PASSWORD, "new": "short" });
    let came = house.ask(&browser, Method::PUT, "/api/v1/password", Some(change)).await;
    assert_eq!(came.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(came.json()["detail_zh"].as_str().unwrap().contains("12"), "{came:?}");
}

#[tokio::test]
async fn a_role_the_person_does_not_hold_is_not_given() {
    let house = House::open("role").await;
    let body = json!({ "user": "clerk", "password": portal::demo::PASSWORD, "role": "leader" });
    assert_eq!(house.ask(&Browser::default(), Method::POST, "/api/v1/session", Some(body)).await.status, StatusCode::FORBIDDEN);
    let browser = house.sign_in("clerk").await;
    assert_eq!(house.ask(&browser, Method::PUT, "/api/v1/session/role", Some(json!({ "role": "leader" }))).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_acts_until_it_is_revoked_and_makes_no_tokens() {
    let house = House::open("token").await;
    let browser = house.sign_in("auditor").await;
    let made = house.ask(&browser, Method::POST, "/api/v1/tokens", Some(json!({ "name": "上级平台", "days": 30 }))).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let (id, key) = (made.json()["id"].as_str().unwrap().to_owned(), made.json()["key"].as_str().unwrap().to_owned());
    let with_token = |method: Method, path: &str, body: &str| {
        let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {key}"));
        request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_owned())).unwrap()
    };
    assert_eq!(house.send(with_token(Method::GET, "/api/v1/events", "")).await.status, StatusCode::OK);
    let more = house.send(with_token(Method::POST, "/api/v1/tokens", r#"{"name":"x","days":1}"#)).await;
    assert_eq!(more.status, StatusCode::FORBIDDEN);
    let others = house.sign_in("clerk").await;
    assert_eq!(house.ask(&others, Method::DELETE, &format!("/api/v1/tokens/{id}"), None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.ask(&browser, Method::DELETE, &format!("/api/v1/tokens/{id}"), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.send(with_token(Method::GET, "/api/v1/events", "")).await.status, StatusCode::UNAUTHORIZED);
}
