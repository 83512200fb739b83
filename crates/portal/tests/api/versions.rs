//! What somebody else changed meanwhile is not overwritten: `If-Match`; and acting in another role.

use crate::house::{Browser, Came, House};
use axum::http::{Method, StatusCode, header};
use casework::people::{Role, User};
use serde_json::{Value, json};

impl House {
    /// A record with its ETag.
    async fn read(&self, browser: &Browser, path: &str) -> (Value, String) {
        let came = self.get(browser, path).await;
        assert_eq!(came.status, StatusCode::OK, "{path}: {came:?}");
        let version = came.headers[header::ETAG].to_str().unwrap().to_owned();
        (came.json()["record"].clone(), version)
    }

    async fn act_on(&self, browser: &Browser, act: &str, fields: Value, version: &str) -> Came {
        self.ask_with(browser, Method::POST, &format!("/api/v1/acts/{act}"), Some(fields), &[("if-match", version)]).await
    }
}

/// A proposal to change a person has the person's id: the version that counts is that of the record the act is about.
#[tokio::test]
async fn an_act_on_a_record_as_it_was_read_is_done_and_on_an_older_one_refused() {
    let house = House::open("if-match").await;
    let (admin, admin2) = (house.sign_in("admin").await, house.sign_in("admin2").await);
    let (clerk, version) = house.read(&admin, "/api/v1/users/clerk").await;
    let with = |name: &str| {
        let mut user = clerk.clone();
        user["name"] = name.into();
        user["roles"] = json!(["clerk", "reviewer"]);
        json!({ "user": user })
    };
    // Proposed twice: the proposal is written twice, the person not at all, so what was read of the person still holds.
    for name in ["李一", "李二"] {
        let came = house.act_on(&admin, "registry.put_user", with(name), &version).await;
        assert_eq!((came.status, &came.json()["outcome"]), (StatusCode::OK, &json!("proposed")), "{came:?}");
    }
    let (_, proposed) = house.read(&admin2, "/api/v1/proposals/clerk").await;
    assert_ne!(proposed, version);
    let stale = house.act_on(&admin2, "registry.confirm_user", json!({ "user": "clerk" }), "\"1\"").await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "the first proposal is not what stands there: {stale:?}");
    let done = house.act_on(&admin2, "registry.confirm_user", json!({ "user": "clerk" }), &proposed).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let (now, newer) = house.read(&admin, "/api/v1/users/clerk").await;
    assert_eq!((now["name"].as_str(), newer != version), (Some("李二"), true));
    let stale = house.act_on(&admin, "registry.put_user", with("李三"), &version).await;
    assert_eq!((stale.status, stale.json()["type"].as_str()), (StatusCode::PRECONDITION_FAILED, Some("/problems/stale")), "{stale:?}");
    assert_eq!(house.read(&admin, "/api/v1/proposals/clerk").await.0["user"]["name"], "李二", "nothing was done");
}

#[tokio::test]
async fn an_account_that_was_not_sent_back_stays_and_a_version_is_that_of_the_account_verified() {
    let house = House::open("account-versions").await;
    house.with_firms().await;
    let (clerk, finance) = (house.sign_in("clerk").await, house.sign_in("finance").await);
    let (mut firm, version) = house.read(&clerk, "/api/v1/organisations/firm1").await;
    assert!(firm.get("account").is_none(), "{firm}");
    firm["name"] = "改名商贸有限公司".into();
    let done = house.act_on(&clerk, "registry.put_organisation", json!({ "organisation": firm }), &version).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let (whole, newer) = house.read(&finance, "/api/v1/organisations/firm1").await;
    assert_eq!((whole["name"].as_str(), whole["account"]["number"].as_str()), (Some("改名商贸有限公司"), Some("620000000001")), "{whole}");
    assert_ne!(newer, version);
    let account = json!({ "holder": "改名商贸有限公司", "number": "62009", "bank": "示例银行" });
    let fields = json!({ "entry": "firm1-b", "organisation": "firm1", "account": account, "from": "2025-06-18", "source": "申请表〔2025〕3号" });
    assert_eq!(house.act_on(&clerk, "registry.put_account", fields.clone(), &version).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(
        house.act_on(&clerk, "registry.put_account", fields, &newer).await.status,
        StatusCode::OK,
        "it is about the organisation, which it does not write"
    );
    let (_, entered) = house.read(&finance, "/api/v1/accounts/firm1-b").await;
    let verify = json!({ "entry": "firm1-b" });
    assert_eq!(house.act_on(&finance, "registry.verify_account", verify.clone(), "\"7\"").await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(house.act_on(&finance, "registry.verify_account", verify, &entered).await.status, StatusCode::OK);
    let opened = house.act_on(&finance, "budget.open_fund", json!({ "fund": "fund-x", "year": 2026, "source": "区级" }), "\"1\"").await;
    assert_eq!(opened.status, StatusCode::UNPROCESSABLE_ENTITY, "a book has no version to compare: {opened:?}");
}

#[tokio::test]
async fn who_has_two_roles_acts_in_one_at_a_time_and_in_no_third() {
    let house = House::open("two-roles").await;
    let mut clerk: User = house.portal.office.store().begin().await.unwrap().peek("clerk").await.unwrap().unwrap();
    clerk.roles = vec![Role::Clerk, Role::Drafter];
    house.keep(&clerk).await;
    let before = house.sign_in("clerk").await;
    assert_eq!(house.get(&before, "/api/v1/leads").await.status, StatusCode::OK);
    let third = house.ask(&before, Method::PUT, "/api/v1/session/role", Some(json!({ "role": "leader" }))).await;
    assert_eq!(third.status, StatusCode::FORBIDDEN, "{third:?}");
    let came = house.ask(&before, Method::PUT, "/api/v1/session/role", Some(json!({ "role": "drafter" }))).await;
    assert_eq!((came.status, came.json()["role"].as_str()), (StatusCode::OK, Some("drafter")), "{came:?}");
    let after = Browser { cookie: came.cookie().unwrap(), csrf: came.json()["csrf"].as_str().unwrap().to_owned() };
    assert_eq!(house.get(&after, "/api/v1/leads").await.status, StatusCode::FORBIDDEN, "a drafter has nothing to do with leads");
    assert_eq!(house.get(&after, "/api/v1/comments").await.status, StatusCode::OK);
    assert_eq!(house.get(&before, "/api/v1/session").await.status, StatusCode::UNAUTHORIZED, "the old cookie ended with the old role");
}
