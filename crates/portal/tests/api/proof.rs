//! How a person proves to be one, and what a stolen proof is good for: tries at once, the second factor, the end of sessions and
//! tokens, and that no administrator comes in as somebody else alone.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use hmac::{Hmac, KeyInit, Mac};
use portal::clock::seconds;
use portal::demo::PASSWORD;
use serde_json::{Value, json};
use sha1::Sha1;
use std::time::{Duration, Instant};
use store::service::{Session, SignIn, Token};

/// What an authenticator shows at a step (RFC 6238), worked out here a second time.
fn shown(secret: &str, step: i64) -> String {
    let bits: String = secret.bytes().map(|letter| format!("{:05b}", if letter > b'9' { letter - b'A' } else { letter - b'2' + 26 })).collect();
    let key: Vec<u8> = bits.as_bytes().chunks_exact(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let number = digest[at..at + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

impl House {
    async fn try_with(&self, user: &str, password: &str, code: &str) -> StatusCode {
        let body = json!({ "user": user, "password": password, "code": code });
        self.ask(&Browser::default(), Method::POST, "/api/v1/session", Some(body)).await.status
    }

    async fn row(&self, user: &str) -> SignIn {
        self.portal.office.store().service_row("user_id", user).await.unwrap().unwrap()
    }

    async fn new_token(&self, browser: &Browser) -> String {
        let made = self.ask(browser, Method::POST, "/api/v1/tokens", Some(json!({ "name": "脚本", "days": 30 }))).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        made.json()["key"].as_str().unwrap().to_owned()
    }

    async fn by_token(&self, key: &str, method: Method, path: &str, body: Value) -> Came {
        let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {key}"));
        self.send(request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()).await
    }

    async fn act(&self, browser: &Browser, act: &str, body: Value) -> StatusCode {
        self.ask(browser, Method::POST, &format!("/api/v1/acts/{act}"), Some(body)).await.status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_tries_at_once_no_more_pass_than_one_after_another() {
    let house = House::open_with("at-once", |config| config.lock_after = 3).await;
    let tries = (0..24).map(|number| {
        let body = json!({ "user": "clerk", "password": format!("guess number {number}") }).to_string();
        let request = Request::post("/api/v1/session").header(header::CONTENT_TYPE, "application/json").body(Body::from(body)).unwrap();
        let router = house.router.clone();
        tokio::spawn(async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() })
    });
    for tried in tries.collect::<Vec<_>>() {
        assert_eq!(tried.await.unwrap(), StatusCode::UNAUTHORIZED);
    }
    let row = house.row("clerk").await;
    assert_eq!(row.failures, 3, "the fourth found the door locked and was not looked at");
    assert!(row.locked_until > seconds());
}

#[tokio::test]
async fn a_locked_door_answers_no_sooner_than_one_that_is_open() {
    let house = House::open_with("as-long", |config| config.lock_after = 1).await;
    house.try_sign_in("clerk", "not the password").await;
    let (mut locked, mut nobody) = (Duration::MAX, Duration::MAX);
    // On a machine that does other things both take longer, now the one, now the other: the least of many tries is what they need.
    for _ in 0..100 {
        for (user, least) in [("clerk", &mut locked), ("no-such-person", &mut nobody)] {
            let begun = Instant::now();
            assert_eq!(house.try_sign_in(user, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
            *least = begun.elapsed().min(*least);
        }
        if locked * 3 > nobody {
            break;
        }
    }
    // Without a hash it is a matter of a millisecond.
    assert!(locked * 3 > nobody, "locked {locked:?}, nobody {nobody:?}");
}

#[tokio::test]
async fn a_code_of_the_second_factor_is_taken_once_also_after_a_failure() {
    let house = House::open("factor").await;
    let clerk = house.sign_in("clerk").await;
    let secret = house.ask(&clerk, Method::POST, "/api/v1/factor", None).await.json()["secret"].as_str().unwrap().to_owned();
    let step = seconds() / 30;
    let wrong = house.ask(&clerk, Method::PUT, "/api/v1/factor", Some(json!({ "secret": secret, "code": "000000" }))).await;
    // One in a million: then it was right.
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let proof = json!({ "secret": secret, "code": shown(&secret, step) });
    assert_eq!(house.ask(&clerk, Method::PUT, "/api/v1/factor", Some(proof.clone())).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.ask(&clerk, Method::PUT, "/api/v1/factor", Some(proof)).await.status, StatusCode::UNPROCESSABLE_ENTITY, "there is one already");

    assert_eq!(house.try_sign_in("clerk", PASSWORD).await.status, StatusCode::UNAUTHORIZED, "the password alone");
    assert_eq!(house.try_with("clerk", PASSWORD, &shown(&secret, step)).await, StatusCode::UNAUTHORIZED, "the code that set it up");
    // Clocks may differ by a step.
    let next = shown(&secret, step + 1);
    assert_eq!(house.try_with("clerk", "not the password", &next).await, StatusCode::UNAUTHORIZED);
    assert_eq!(house.try_with("clerk", PASSWORD, &next).await, StatusCode::CREATED);
    assert_eq!(house.row("clerk").await.failures, 0);
    assert_eq!(house.try_with("clerk", PASSWORD, &next).await, StatusCode::UNAUTHORIZED, "a code that was looked over the shoulder");
    assert_eq!(house.row("clerk").await.totp_step, step + 1);
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_when_its_hours_are_over_whatever_role_is_taken() {
    let house = House::open_with("ends", |config| config.idle_minutes = 30).await;
    let store = house.portal.office.store();
    let browser = house.sign_in("clerk").await;
    let of_clerk = || async { store.service_row::<Session>("user_id", "clerk").await.unwrap().unwrap() };
    let fresh = of_clerk().await;

    store.put_service_row(&Session { seen: seconds() - 29 * 60, ..fresh.clone() }).await.unwrap();
    assert_eq!(house.get(&browser, "/api/v1/session").await.status, StatusCode::OK);
    // It is noted beside the answer that it was used: the half hour begins anew.
    let noted = async {
        while of_clerk().await.seen < seconds() - 60 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), noted).await.expect("it is noted");
    store.put_service_row(&Session { seen: seconds() - 30 * 60 - 1, ..fresh.clone() }).await.unwrap();
    assert_eq!(house.get(&browser, "/api/v1/session").await.status, StatusCode::UNAUTHORIZED);

    let soon = seconds() + 600;
    store.put_service_row(&Session { expires: soon, ..fresh.clone() }).await.unwrap();
    let changed = house.ask(&browser, Method::PUT, "/api/v1/session/role", Some(json!({ "role": "clerk" }))).await;
    let anew = Browser { cookie: changed.cookie().unwrap(), csrf: changed.json()["csrf"].as_str().unwrap().to_owned() };
    assert_eq!(house.get(&browser, "/api/v1/session").await.status, StatusCode::UNAUTHORIZED, "the old cookie ends with the old role");
    let session = of_clerk().await;
    assert_eq!(session.expires, soon, "taking a role is no sign-in");
    store.put_service_row(&Session { expires: seconds() - 1, ..session }).await.unwrap();
    assert_eq!(house.get(&anew, "/api/v1/session").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_ends_on_its_day() {
    let house = House::open("token-ends").await;
    let store = house.portal.office.store();
    let auditor = house.sign_in("auditor").await;
    let key = house.new_token(&auditor).await;
    assert_eq!(house.by_token(&key, Method::GET, "/api/v1/events", Value::Null).await.status, StatusCode::OK);
    let token: Token = store.service_row("user_id", "auditor").await.unwrap().unwrap();
    assert!((30 * 86_400 - 60..=30 * 86_400).contains(&(token.expires - seconds())));
    store.put_service_row(&Token { expires: seconds(), ..token }).await.unwrap();
    assert_eq!(house.by_token(&key, Method::GET, "/api/v1/events", Value::Null).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_every_token() {
    let house = House::open("all-end").await;
    let (here, elsewhere) = (house.sign_in("clerk").await, house.sign_in("clerk").await);
    let (key, of_another) = (house.new_token(&elsewhere).await, house.new_token(&house.sign_in("leader").await).await);
    let change = json!({ "old": PASSWORD, "new": "a password of my own" });
    assert_eq!(house.ask(&here, Method::PUT, "/api/v1/password", Some(change)).await.status, StatusCode::NO_CONTENT);
    for browser in [&here, &elsewhere] {
        assert_eq!(house.get(browser, "/api/v1/session").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(house.by_token(&key, Method::GET, "/api/v1/session", Value::Null).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.by_token(&of_another, Method::GET, "/api/v1/session", Value::Null).await.status, StatusCode::OK, "others keep theirs");
    assert_eq!(house.try_sign_in("clerk", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.try_sign_in("clerk", "a password of my own").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_wrong_old_password_counts_as_a_failure_to_sign_in() {
    let house = House::open_with("old-wrong", |config| config.lock_after = 2).await;
    let clerk = house.sign_in("clerk").await;
    for _ in 0..2 {
        let change = json!({ "old": "not the password", "new": "a password of my own" });
        assert_eq!(house.ask(&clerk, Method::PUT, "/api/v1/password", Some(change)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(house.try_sign_in("clerk", PASSWORD).await.status, StatusCode::UNAUTHORIZED, "locked");
}

#[tokio::test]
async fn a_token_does_not_change_how_its_person_or_anybody_signs_in() {
    let house = House::open("token-no").await;
    let admin = house.sign_in("admin").await;
    let key = house.new_token(&admin).await;
    let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    let tried = [
        (Method::PUT, "/api/v1/password", json!({ "old": PASSWORD, "new": "a password of my own" })),
        (Method::POST, "/api/v1/factor", Value::Null),
        (Method::PUT, "/api/v1/factor", json!({ "secret": secret, "code": shown(secret, seconds() / 30) })),
        (Method::POST, "/api/v1/tokens", json!({ "name": "x", "days": 1 })),
        (Method::PUT, "/api/v1/session/role", json!({ "role": "administrator" })),
        (Method::PUT, "/api/v1/users/clerk/password", json!({ "password": "a password of theirs" })),
        (Method::DELETE, "/api/v1/users/clerk/sign-in", Value::Null),
    ];
    for (method, path, body) in tried {
        assert_eq!(house.by_token(&key, method.clone(), path, body).await.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    assert_eq!(house.try_sign_in("admin", PASSWORD).await.status, StatusCode::CREATED, "as it was");
}

fn clerk(active: bool) -> Value {
    json!({ "user": { "id": "clerk", "name": "李经办", "unit": "commerce", "organisation": null, "roles": ["clerk"], "links": [], "active": active } })
}

#[tokio::test]
async fn no_administrator_comes_in_as_somebody_else_alone() {
    let house = House::open("alone").await;
    let (first, second) = (house.sign_in("admin").await, house.sign_in("admin2").await);
    let give = || async { house.ask(&first, Method::PUT, "/api/v1/users/clerk/password", Some(json!({ "password": "a password I know" }))).await };
    let take_away = || async { house.ask(&first, Method::DELETE, "/api/v1/users/clerk/sign-in", None).await };
    let refused = give().await;
    assert_eq!((refused.status, refused.json()["type"].as_str().unwrap()), (StatusCode::CONFLICT, "/problems/sign_in.own"));
    let refused = take_away().await;
    assert_eq!((refused.status, refused.json()["type"].as_str().unwrap()), (StatusCode::CONFLICT, "/problems/sign_in.active"));
    house.sign_in("clerk").await;

    // The way there is: each step is an act in the log, and the last of them takes a second person.
    assert_eq!(house.act(&first, "registry.put_user", clerk(false)).await, StatusCode::OK);
    assert_eq!(take_away().await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.act(&first, "registry.put_user", clerk(true)).await, StatusCode::OK);
    assert_eq!(give().await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.try_sign_in("clerk", "a password I know").await.status, StatusCode::UNAUTHORIZED, "nobody confirmed it");
    assert_eq!(house.act(&first, "registry.confirm_user", json!({ "user": "clerk" })).await, StatusCode::CONFLICT, "not who asked");
    assert_eq!(house.try_sign_in("clerk", "a password I know").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.act(&second, "registry.confirm_user", json!({ "user": "clerk" })).await, StatusCode::OK);
    let came = house.try_sign_in("clerk", "a password I know").await;
    assert_eq!((came.status, came.json()["must_change"].as_bool()), (StatusCode::CREATED, Some(true)));
    // One that was never changed was lost on the way: it is given again. An own one is not.
    assert_eq!(give().await.status, StatusCode::NO_CONTENT);
    let came = house.try_sign_in("clerk", "a password I know").await;
    let browser = Browser { cookie: came.cookie().unwrap(), csrf: came.json()["csrf"].as_str().unwrap().to_owned() };
    let change = json!({ "old": "a password I know", "new": "a password of my own" });
    assert_eq!(house.ask(&browser, Method::PUT, "/api/v1/password", Some(change)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(give().await.status, StatusCode::CONFLICT);
}
