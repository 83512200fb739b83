//! Unified identity: a stand-in issuer signs, and what it signed opens a session here; anything else opens nothing.

use crate::house::{Browser, Came, House};
use axum::http::{Method, StatusCode};
use base64ct::{Base64UrlUnpadded, Encoding};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use portal::clock::seconds;
use portal::identity::{IdTokens, Identity};
use portal::{Config, Portal};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::Arc;

const ISSUER: &str = "https://sso.example.gov.cn/realms/office";
const SHARED: &[u8] = b"a key that only the gateway has beside us";

fn base64(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

/// The issuer: an Ed25519 key, and one that it shares with us.
fn issuer() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn keys() -> Value {
    let x = base64(issuer().verifying_key().as_bytes());
    // A realm has keys of other kinds as well.
    json!({ "keys": [
        { "kty": "RSA", "kid": "r1", "n": "AQAB", "e": "AQAB" },
        { "kty": "OKP", "crv": "Ed25519", "kid": "e1", "x": x },
        { "kty": "oct", "kid": "g1", "k": base64(SHARED) },
    ] })
}

fn claims(user: &str) -> Value {
    json!({ "iss": ISSUER, "aud": "duixian", "sub": "f:1:77", "preferred_username": user, "iat": seconds(), "exp": seconds() + 300 })
}

fn signed(head: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let words = format!("{}.{}", base64(head.to_string()), base64(claims.to_string()));
    let signature = sign(words.as_bytes());
    format!("{words}.{}", base64(signature))
}

fn eddsa(claims: &Value) -> String {
    signed(&json!({ "alg": "EdDSA", "typ": "JWT", "kid": "e1" }), claims, |words| issuer().sign(words).to_bytes().to_vec())
}

fn hs256(key: &[u8], words: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(words);
    mac.finalize().into_bytes().to_vec()
}

async fn house(name: &str) -> House {
    let house = House::open(name).await;
    let path = house.portal.config.data.join("identity.jwks");
    std::fs::write(&path, keys().to_string()).unwrap();
    let config =
        Config { identity_issuer: Some(ISSUER.into()), identity_claim: "preferred_username".into(), identity_keys: Some(path), ..house.portal.config.clone() };
    let identity: Arc<dyn Identity> = Arc::new(IdTokens::of(&config).unwrap().unwrap());
    let portal = Portal::with_identity(house.portal.office.clone(), house.portal.reading.clone(), config, house.portal.clock, Some(identity));
    House { router: portal::serve::router(&portal), portal }
}

async fn bring(house: &House, token: &str) -> Came {
    house.ask(&Browser::default(), Method::POST, "/api/v1/session/identity", Some(json!({ "token": token }))).await
}

#[tokio::test]
async fn what_the_issuer_signed_opens_a_session_of_the_person_it_names() {
    let house = house("identity").await;
    let by_gateway = signed(&json!({ "alg": "HS256" }), &claims("leader"), |words| hs256(SHARED, words));
    for (token, user) in [(eddsa(&claims("clerk")), "clerk"), (by_gateway, "leader")] {
        let came = bring(&house, &token).await;
        assert_eq!((came.status, came.json()["user"].as_str()), (StatusCode::CREATED, Some(user)), "{came:?}");
        let browser = Browser { cookie: came.cookie().unwrap(), csrf: came.json()["csrf"].as_str().unwrap().to_owned() };
        assert_eq!(house.get(&browser, "/api/v1/session").await.json()["user"], user);
        assert_eq!(house.ask(&browser, Method::DELETE, "/api/v1/session", None).await.status, StatusCode::NO_CONTENT);
    }
    let mut several = claims("clerk");
    several["aud"] = json!(["duixian", "another"]);
    several["azp"] = json!("duixian");
    assert_eq!(bring(&house, &eddsa(&several)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn no_identity_from_elsewhere_opens_anything_unless_the_operator_named_its_issuer() {
    let house = House::open("identity-off").await;
    let came = bring(&house, &eddsa(&claims("clerk"))).await;
    assert_eq!((came.status, came.json()["type"].as_str().unwrap().to_owned()), (StatusCode::FORBIDDEN, "/problems/identity.off".to_owned()));
}

#[tokio::test]
async fn what_another_signed_or_is_for_another_or_another_time_opens_nothing() {
    let house = house("identity-wrong").await;
    let with = |name: &str, value: Value| {
        let mut claims = claims("clerk");
        claims[name] = value;
        if claims[name].is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
        eddsa(&claims)
    };
    let now = seconds();
    let head = |alg: &str| json!({ "alg": alg, "kid": "e1" });
    let other = SigningKey::from_bytes(&[8; 32]);
    let whole = eddsa(&claims("clerk"));
    let swapped = {
        let (parts, admin) = (whole.split('.').collect::<Vec<_>>(), base64(claims("admin").to_string()));
        format!("{}.{admin}.{}", parts[0], parts[2])
    };
    let tried = [
        ("another issuer", with("iss", json!("https://elsewhere.example"))),
        ("another audience", with("aud", json!("another"))),
        ("several audiences, and not said to whom it was given", with("aud", json!(["duixian", "another"]))),
        ("given to another", with("azp", json!("another"))),
        ("over", with("exp", json!(now))),
        ("without an end", with("exp", Value::Null)),
        ("of an hour ago", with("iat", json!(now - 3600))),
        ("without a beginning", with("iat", Value::Null)),
        ("of tomorrow", with("nbf", json!(now + 86_400))),
        ("without the person", with("preferred_username", Value::Null)),
        ("a person who is not there", with("preferred_username", json!("stranger"))),
        ("an access token", signed(&json!({ "alg": "EdDSA", "typ": "at+jwt" }), &claims("clerk"), |words| issuer().sign(words).to_bytes().to_vec())),
        ("what must be understood", signed(&json!({ "alg": "EdDSA", "crit": ["x"] }), &claims("clerk"), |words| issuer().sign(words).to_bytes().to_vec())),
        ("another key", signed(&head("EdDSA"), &claims("clerk"), |words| other.sign(words).to_bytes().to_vec())),
        ("no signature", signed(&head("none"), &claims("clerk"), |_| Vec::new())),
        ("the public key as a shared one", signed(&head("HS256"), &claims("clerk"), |words| hs256(issuer().verifying_key().as_bytes(), words))),
        ("the shared key under the name of the public one", signed(&head("HS256"), &claims("clerk"), |words| hs256(SHARED, words))),
        ("claims of another", swapped),
        ("half of it", whole.rsplit_once('.').unwrap().0.to_owned()),
        ("words", "x.y.z".to_owned()),
    ];
    for (what, token) in tried {
        let came = bring(&house, &token).await;
        assert_eq!(came.status, StatusCode::UNAUTHORIZED, "{what}: {came:?}");
        assert!(came.cookie().is_none(), "{what}");
    }
    assert_eq!(bring(&house, &whole).await.status, StatusCode::CREATED, "and whole it is right");
}

#[tokio::test]
async fn who_comes_in_by_identity_has_no_password_and_is_given_none_by_one_administrator() {
    let house = house("identity-password").await;
    house.portal.office.store().drop_service_rows::<store::service::SignIn>("user_id", "clerk").await.unwrap();
    assert_eq!(bring(&house, &eddsa(&claims("clerk"))).await.status, StatusCode::CREATED);
    for password in ["", portal::demo::PASSWORD] {
        assert_eq!(house.try_sign_in("clerk", password).await.status, StatusCode::UNAUTHORIZED);
    }
    let admin = house.sign_in("admin").await;
    let given = house.ask(&admin, Method::PUT, "/api/v1/users/clerk/password", Some(json!({ "password": "a password I know" }))).await;
    assert_eq!(given.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_first_password_that_was_never_changed_ends_when_its_person_comes_in_by_identity() {
    let house = house("identity-first").await;
    house.give_password("clerk", "a password I know", true).await;
    let given = house.try_sign_in("clerk", "a password I know").await;
    let who_gave_it = Browser { cookie: given.cookie().unwrap(), csrf: given.json()["csrf"].as_str().unwrap().to_owned() };
    let came = bring(&house, &eddsa(&claims("clerk"))).await;
    assert_eq!((came.status, came.json()["must_change"].as_bool()), (StatusCode::CREATED, Some(false)));
    assert_eq!(house.get(&who_gave_it, "/api/v1/units").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.try_sign_in("clerk", "a password I know").await.status, StatusCode::UNAUTHORIZED);
    let own = house.sign_in("leader").await;
    assert_eq!(bring(&house, &eddsa(&claims("leader"))).await.status, StatusCode::CREATED);
    assert_eq!(house.get(&own, "/api/v1/session").await.status, StatusCode::OK, "an own password, and what it opened, stays");
}

#[tokio::test]
async fn who_may_no_longer_act_does_not_come_in_by_identity() {
    let house = house("identity-left").await;
    let admin = house.sign_in("admin").await;
    let left =
        json!({ "user": { "id": "clerk", "name": "李经办", "unit": "commerce", "organisation": null, "roles": ["clerk"], "links": [], "active": false } });
    assert_eq!(house.ask(&admin, Method::POST, "/api/v1/acts/registry.put_user", Some(left)).await.status, StatusCode::OK);
    assert_eq!(bring(&house, &eddsa(&claims("clerk"))).await.status, StatusCode::UNAUTHORIZED);
}
