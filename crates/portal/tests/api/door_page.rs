//! The door as a page: who finds it, what comes along through it, and what does not.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

const FORM: &str = "application/x-www-form-urlencoded";

/// A form as a browser sends it; `site`: what the browser says of the page that sent it.
async fn post(house: &House, browser: &Browser, path: &str, site: Option<&str>, fields: &[(&str, &str)]) -> Came {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let mut request = Request::post(path).header(header::CONTENT_TYPE, FORM);
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    if !browser.cookie.is_empty() {
        request = request.header(header::COOKIE, &browser.cookie);
    }
    house.send(request.body(Body::from(body.finish())).unwrap()).await
}

fn html(came: &Came) -> String {
    String::from_utf8(came.body.clone()).unwrap()
}

const CLERK: [(&str, &str); 2] = [("user", "clerk"), ("password", portal::demo::PASSWORD)];

#[tokio::test]
async fn who_is_signed_out_finds_the_door_in_place_of_the_page_and_the_page_behind_it() {
    let house = House::open("door-page").await;
    let came = house.get(&Browser::default(), "/own").await;
    assert_eq!(came.status, StatusCode::UNAUTHORIZED);
    assert!(html(&came).contains(r#"name="next" value="/own""#), "{}", html(&came));
    let came = post(&house, &Browser::default(), "/sign-in", Some("same-origin"), &[CLERK[0], CLERK[1], ("next", "/own")]).await;
    assert_eq!((came.status, &came.headers[header::LOCATION]), (StatusCode::SEE_OTHER, &"/own".parse().unwrap()));
    let inside = Browser { cookie: came.cookie().unwrap(), ..Browser::default() };
    assert_eq!(house.get(&inside, "/own").await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_is_led_to_another_site_by_the_door() {
    let house = House::open("door-elsewhere").await;
    for next in ["//evil.example", "/\t/evil.example", "/\\evil.example", "https://evil.example", "/ /evil.example"] {
        let came = post(&house, &Browser::default(), "/sign-in", Some("same-origin"), &[CLERK[0], CLERK[1], ("next", next)]).await;
        assert_eq!((came.status, &came.headers[header::LOCATION]), (StatusCode::SEE_OTHER, &"/work".parse().unwrap()), "{next:?}");
    }
}

#[tokio::test]
async fn what_was_typed_when_the_session_ended_comes_along_and_what_another_site_sent_does_not() {
    let house = House::open("door-kept").await;
    let gone = Browser { cookie: format!("{}=gone", portal::serve::DOOR.0), ..Browser::default() };
    let typed = [("csrf", "old"), ("role", "reviewer"), ("words", "已核对 & 属实")];
    let came = post(&house, &gone, "/own/role", Some("same-origin"), &typed).await;
    assert_eq!(came.status, StatusCode::UNAUTHORIZED);
    let kept = html(&came).split(r#"name="kept" value=""#).nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    assert!(kept.contains("role=reviewer") && !kept.contains("csrf"), "{kept}");
    let came = post(&house, &Browser::default(), "/sign-in", Some("same-origin"), &[CLERK[0], CLERK[1], ("next", "/own/role"), ("kept", &kept)]).await;
    let page = html(&came);
    assert_eq!(came.status, StatusCode::OK);
    assert!(page.contains(r#"action="/own/role""#) && page.contains("已核对") && page.contains("属实"), "{page}");

    for site in [Some("cross-site"), Some("same-site"), None] {
        let came = post(&house, &Browser::default(), "/own/role", site, &typed).await;
        assert!(!html(&came).contains("role=reviewer"), "{site:?}: what another site sent would go out in the person's name");
    }
    let came = post(&house, &Browser::default(), "/sign-in", None, &[CLERK[0], CLERK[1], ("next", "/own/role"), ("kept", &kept)]).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "kept by whom nobody knows");
}

#[tokio::test]
async fn nobody_is_signed_in_by_a_page_of_somebody_else() {
    let house = House::open("door-theirs").await;
    let came = post(&house, &Browser::default(), "/sign-in", Some("cross-site"), &CLERK).await;
    assert_eq!(came.status, StatusCode::FORBIDDEN);
    assert!(came.cookie().is_none());
}

#[tokio::test]
async fn a_given_password_leads_to_the_page_that_changes_it() {
    let house = House::open("door-given").await;
    house.give_password("clerk", "a password that was given", true).await;
    let came = post(&house, &Browser::default(), "/sign-in", Some("same-origin"), &[("user", "clerk"), ("password", "a password that was given")]).await;
    let inside = Browser { cookie: came.cookie().unwrap(), ..Browser::default() };
    let page = html(&house.get(&inside, "/own").await);
    assert!(page.contains("这是初始密码"), "{page}");
}
