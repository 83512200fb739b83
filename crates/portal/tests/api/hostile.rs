//! What others send: too much, too deep, too slow, too often, and words that mean something to a database.

use crate::house::{Browser, House};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn post(path: &str, kind: &str, body: impl Into<Body>, browser: &Browser) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, kind).header(header::COOKIE, &browser.cookie);
    request.header("x-csrf-token", &browser.csrf).body(body.into()).unwrap()
}

#[tokio::test]
async fn json_nested_without_end_is_refused_and_not_followed() {
    let house = House::open("deep").await;
    let deep = "[".repeat(200_000);
    let came = house.send(post("/api/v1/session", "application/json", deep, &Browser::default())).await;
    assert!(came.status.is_client_error(), "{came:?}");
    let body = format!(r#"{{"application":{}{},"clauses":[]}}"#, r#"{"a":"#.repeat(5000), "}".repeat(5000));
    let came = house.send(post("/api/v1/policies/none/assess", "application/json", body, &Browser::default())).await;
    assert!(came.status.is_client_error(), "{came:?}");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_with_the_limit() {
    let house = House::open_with("large", |config| config.body_bytes_max = 4096).await;
    let came = house.send(post("/api/v1/session", "application/json", vec![b' '; 5000], &Browser::default())).await;
    assert_eq!(came.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(came.json()["detail"].as_str().unwrap().contains("4096"));
}

#[tokio::test]
async fn only_json_is_taken_where_json_is_wanted() {
    let house = House::open("kind").await;
    let browser = house.sign_in("clerk").await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let came = house.send(post("/api/v1/acts/case.accept", kind, r#"{"case":"k1"}"#, &browser)).await;
        assert_eq!(came.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
}

#[tokio::test]
async fn unknown_fields_and_parameters_are_refused_by_name() {
    let house = House::open("unknown").await;
    let browser = house.sign_in("clerk").await;
    let came = house.ask(&browser, Method::POST, "/api/v1/acts/case.accept", Some(json!({ "case": "k1", "amount": 1 }))).await;
    assert_eq!(came.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(came.json()["detail_en"].as_str().unwrap().contains("amount"), "{came:?}");
    let came = house.get(&browser, "/api/v1/cases?stagee=paid").await;
    assert_eq!(came.status, StatusCode::BAD_REQUEST);
    assert!(came.json()["detail_en"].as_str().unwrap().contains("stage"), "it names those there are: {came:?}");
}

#[tokio::test]
async fn words_of_sql_are_words() {
    let house = House::open("sql").await;
    let browser = house.sign_in("auditor").await;
    for words in ["'; DROP TABLE case_file; --", "\" OR 1=1", "%' OR '1'='1", "\\", "NULL"] {
        let value: String = words.bytes().map(|b| format!("%{b:02x}")).collect();
        let came = house.get(&browser, &format!("/api/v1/cases?stage={value}")).await;
        assert_eq!(came.status, StatusCode::BAD_REQUEST, "no stage: {came:?}");
        for path in [format!("/api/v1/cases?after={value}"), format!("/api/v1/cases?organisation_id={value}")] {
            let came = house.get(&browser, &path).await;
            assert_eq!(came.status, StatusCode::OK, "{path}: {came:?}");
        }
        let came = house.get(&browser, &format!("/api/v1/cases/{value}")).await;
        assert_eq!(came.status, StatusCode::NOT_FOUND, "{words}: {came:?}");
    }
    assert!(!house.get(&browser, "/api/v1/units").await.json()["records"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn no_path_leads_out_of_the_service() {
    let house = House::open("paths").await;
    for path in ["/api/v1/docs/..%2f..%2fCargo.toml", "/api/v1/docs/%2e%2e%2fduixian.db", "/../etc/passwd", "/api/v1/docs/....//x", "/api/v1/docs/%00"] {
        let came = house.get(&Browser::default(), path).await;
        assert!(matches!(came.status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST), "{path}: {came:?}");
    }
}

#[tokio::test]
async fn who_asks_too_often_waits_and_others_do_not() {
    let house = House::open_with("often", |config| config.requests_a_minute = 20).await;
    let (often, seldom) = (house.sign_in("clerk").await, house.sign_in("leader").await);
    let mut refused = None;
    for _ in 0..40 {
        let came = house.get(&often, "/api/v1/session").await;
        if came.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(came);
            break;
        }
    }
    let refused = refused.expect("forty requests at once are too many");
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(house.get(&seldom, "/api/v1/session").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_does_not_send_what_it_announced_is_left() {
    let house = House::open_with("slow", |config| config.arrive_seconds = 1).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(portal::serve::serve(house.portal.clone(), listener, async move { drop(ended.await) }));
    let mut slow = tokio::net::TcpStream::connect(address).await.unwrap();
    slow.write_all(b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{").await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut answer)).await.expect("it is answered and left").unwrap();
    assert!(String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
    // Meanwhile, and after it, others are served.
    let mut quick = tokio::net::TcpStream::connect(address).await.unwrap();
    quick.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    quick.read_to_end(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 200"));
    end.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

/// What is written to the log.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_failure_of_the_store_is_logged_without_the_record_and_the_person_it_is_about() {
    let house = House::open("log").await;
    let clerk = house.sign_in("clerk").await;
    let pool = house.portal.office.store().pool().unwrap();
    sqlx::query("UPDATE user_account SET body = '{\"id\": \"clerk\", \"name\": \"李经办\", \"roles\": 5}' WHERE id = 'clerk'").execute(pool).await.unwrap();
    let written = Written::default();
    let to = written.clone();
    let log = tracing_subscriber::fmt().json().with_writer(move || to.clone()).finish();
    let came = {
        let _here = tracing::subscriber::set_default(log);
        house.get(&clerk, "/api/v1/units").await
    };
    assert_eq!(came.status, StatusCode::INTERNAL_SERVER_ERROR);
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("user_account"), "it says where: {text}");
    assert!(text.contains(came.json()["request"].as_str().unwrap()), "and of which request: {text}");
    for word in ["clerk", "李经办"] {
        assert!(!text.contains(word), "{word} is in the log: {text}");
    }
}
