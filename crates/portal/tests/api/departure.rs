//! A person who left: nothing opens for the person any more, the name is gone from what is kept, and the log still replays.

use crate::house::House;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use office::checkpoint::Signed;
use office::verify::Options;
use serde_json::json;
use store::service::{SignIn, Token};
use values::WorkCalendar;

#[tokio::test]
async fn of_a_person_who_left_the_id_remains_and_nothing_opens() {
    let house = House::open("departure").await;
    let (admin, clerk) = (house.sign_in("admin").await, house.sign_in("clerk").await);
    let made = house.ask(&clerk, Method::POST, "/api/v1/tokens", Some(json!({ "name": "脚本", "days": 30 }))).await.json();
    let path = "/api/v1/users/clerk/sign-in";
    assert_eq!(house.ask(&clerk, Method::DELETE, path, None).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.ask(&admin, Method::DELETE, "/api/v1/users/admin/sign-in", None).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.ask(&admin, Method::DELETE, "/api/v1/users/nobody/sign-in", None).await.status, StatusCode::NOT_FOUND);

    let left =
        json!({ "user": { "id": "clerk", "name": "已离职人员", "unit": "commerce", "organisation": null, "roles": ["clerk"], "links": [], "active": false } });
    assert_eq!(house.ask(&admin, Method::POST, "/api/v1/acts/registry.put_user", Some(left)).await.status, StatusCode::OK);
    assert_eq!(house.ask(&admin, Method::DELETE, path, None).await.status, StatusCode::NO_CONTENT);

    assert_eq!(house.get(&clerk, "/api/v1/session").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.try_sign_in("clerk", portal::demo::PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    let key = format!("Bearer {}", made["key"].as_str().unwrap());
    let with_token = Request::get("/api/v1/units").header(header::AUTHORIZATION, key).body(Body::empty()).unwrap();
    assert_eq!(house.send(with_token).await.status, StatusCode::UNAUTHORIZED);
    let store = house.portal.office.store();
    assert!(store.service_rows::<SignIn>("user_id", "clerk").await.unwrap().is_empty());
    assert!(store.service_rows::<Token>("user_id", "clerk").await.unwrap().is_empty());

    let users = String::from_utf8(house.get(&admin, "/api/v1/users").await.body).unwrap();
    assert!(users.contains("已离职人员") && users.contains("\"clerk\"") && !users.contains("李经办"), "{users}");
    let mut report = office::verify::store(&house.portal.reading, &mut Signed::<std::io::Empty>::new(Vec::new()).unwrap(), Options::default()).await.unwrap();
    office::verify::replay(&house.portal.reading, WorkCalendar::china(), &mut report).await.unwrap();
    assert!(report.is_good() && report.replayed > 10, "{report:?}");
}
