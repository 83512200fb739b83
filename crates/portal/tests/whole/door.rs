//! The door on both databases: every statement by which somebody comes in, is kept out, or stops being let in.

use crate::wire::{self, Wire};
use axum::http::{Method, StatusCode, header};
use portal::clock::seconds;
use portal::demo::PASSWORD;
use serde_json::{Value, json};
use std::sync::Arc;
use store::service::{Session, SignIn, Token};

const SESSION: (&str, &str) = ("/api/v1/session", "/api/v1/session");

async fn try_sign_in(wire: &Wire, user: &str, password: &str) -> wire::Came {
    wire.ask(&Method::POST, SESSION, &[], Some(&json!({ "user": user, "password": password }))).await
}

async fn sign_in(wire: &Wire, user: &str, password: &str) -> Vec<(&'static str, String)> {
    let came = try_sign_in(wire, user, password).await;
    assert_eq!(came.status, StatusCode::CREATED, "{user}: {came:?}");
    let cookie = came.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    vec![("cookie", cookie), (portal::serve::DOOR.1, came.json()["csrf"].as_str().unwrap().to_owned())]
}

async fn asked(wire: &Wire, headers: &[(&'static str, String)], method: Method, path: &str, body: Value) -> StatusCode {
    wire.ask(&method, (path, path), headers, (!body.is_null()).then_some(&body)).await.status
}

async fn the_door_holds(wire: Arc<Wire>) {
    portal::demo::found(&wire.portal.office).await.unwrap();
    let store = wire.portal.office.store();
    let row = || async { store.service_row::<SignIn>("user_id", "clerk").await.unwrap().unwrap() };

    // Failures lock, and a success forgets them.
    let clerk = sign_in(&wire, "clerk", PASSWORD).await;
    for _ in 0..4 {
        assert_eq!(try_sign_in(&wire, "clerk", "not the password").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!((row().await.failures, row().await.locked_until), (4, 0));
    sign_in(&wire, "clerk", PASSWORD).await;
    assert_eq!(row().await.failures, 0);
    let tries = (0..12).map(|_| {
        let wire = Arc::clone(&wire);
        tokio::spawn(async move { try_sign_in(&wire, "clerk", "not the password").await.status })
    });
    for tried in tries.collect::<Vec<_>>() {
        assert_eq!(tried.await.unwrap(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(row().await.failures, 5);
    assert_eq!(try_sign_in(&wire, "clerk", PASSWORD).await.status, StatusCode::UNAUTHORIZED, "locked");
    store.put_service_row(&SignIn { locked_until: seconds() - 1, ..row().await }).await.unwrap();
    assert_eq!(try_sign_in(&wire, "clerk", "not the password").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!((row().await.failures, row().await.locked_until), (1, 0), "it is counted from one again");
    sign_in(&wire, "clerk", PASSWORD).await;

    // A session that is used is seen; a token is revoked; a new password ends both.
    for session in store.service_rows::<Session>("user_id", "clerk").await.unwrap() {
        store.put_service_row(&Session { seen: seconds() - 120, ..session }).await.unwrap();
    }
    assert_eq!(asked(&wire, &clerk, Method::GET, SESSION.0, Value::Null).await, StatusCode::OK);
    // It is noted beside the answer.
    let noted = async || {
        loop {
            let seen = store.service_rows::<Session>("user_id", "clerk").await.unwrap();
            match seen.iter().filter(|session| session.seen > seconds() - 60).count() {
                0 => tokio::task::yield_now().await,
                noted => break noted,
            }
        }
    };
    let noted = tokio::time::timeout(std::time::Duration::from_secs(30), noted()).await;
    assert_eq!(noted.expect("it is noted"), 1, "this one and no other");
    for name in ["one", "two"] {
        assert_eq!(asked(&wire, &clerk, Method::POST, "/api/v1/tokens", json!({ "name": name, "days": 1 })).await, StatusCode::CREATED);
    }
    let tokens: Vec<Token> = store.service_rows("user_id", "clerk").await.unwrap();
    let route = "/api/v1/tokens/{id}";
    let came = wire.ask(&Method::DELETE, (route, &route.replace("{id}", &tokens[0].id)), &clerk, None).await;
    assert_eq!(came.status, StatusCode::NO_CONTENT);
    let tokens: Vec<Token> = store.service_rows("user_id", "clerk").await.unwrap();
    assert_eq!(tokens.iter().filter(|token| token.revoked != 0).count(), 1);
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    assert_eq!(asked(&wire, &clerk, Method::PUT, "/api/v1/password", change(PASSWORD, "a password of my own")).await, StatusCode::NO_CONTENT);
    assert!(store.service_rows::<Session>("user_id", "clerk").await.unwrap().is_empty());
    assert!(store.service_rows::<Token>("user_id", "clerk").await.unwrap().is_empty());
    assert!(!store.change_password("clerk", "another hash", "x").await.unwrap(), "only in the place of the one it was");

    // A second factor is set up once, and a step of it is used once.
    assert!(store.set_totp("clerk", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 5).await.unwrap());
    assert!(!store.set_totp("clerk", "another", 9).await.unwrap());
    assert!(store.use_totp_step("clerk", 6).await.unwrap() && !store.use_totp_step("clerk", 6).await.unwrap());

    // A password is given to who has none or a given one; an identity ends a given one.
    assert!(!store.give_password("clerk", "x").await.unwrap(), "an own one");
    store.drop_service_rows::<SignIn>("user_id", "clerk").await.unwrap();
    assert!(store.give_password("clerk", "x").await.unwrap() && store.give_password("clerk", "y").await.unwrap());
    assert_eq!((row().await.password.as_str(), row().await.must_change), ("y", 1));
    assert!(store.note_identity("clerk").await.unwrap() && !store.note_identity("clerk").await.unwrap());
    assert_eq!((row().await.password.as_str(), row().await.must_change), ("", 0));
    assert!(!store.give_password("clerk", "x").await.unwrap(), "who comes in by identity has been here");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_holds_on_sqlite() {
    the_door_holds(wire::sqlite("door").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_holds_on_postgres() {
    the_door_holds(wire::postgres().await).await;
}
