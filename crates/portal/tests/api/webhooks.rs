//! Other systems that are told of acts: in order, signed, again until it arrives, and never where they should not lead.

use crate::house::{Browser, House};
use axum::http::{Method, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use portal::delivery::{SIGNATURE, TIMESTAMP, is_public, round};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use store::service::Webhook;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Something that was told.
pub struct Heard {
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Heard {
    fn seq(&self) -> i64 {
        serde_json::from_slice::<Value>(&self.body).unwrap()["seq"].as_i64().unwrap()
    }
}

pub async fn read(stream: &mut TcpStream) -> Heard {
    let mut bytes = Vec::new();
    let end = loop {
        let mut piece = [0; 1024];
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "broken off");
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.trim().parse().unwrap());
        if bytes.len() >= head + 4 + length {
            break head;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Heard { headers, body: bytes[end + 4..].to_vec() }
}

/// A system that answers with these statuses in turn, and 204 afterwards; its address, and what it hears.
async fn listener(statuses: &[u16]) -> (String, UnboundedReceiver<Heard>) {
    listener_at(TcpListener::bind("127.0.0.1:0").await.unwrap(), statuses)
}

fn listener_at(door: TcpListener, statuses: &[u16]) -> (String, UnboundedReceiver<Heard>) {
    let url = format!("http://{}/hook?from=duixian", door.local_addr().unwrap());
    let (tell, heard) = unbounded_channel();
    let mut statuses: VecDeque<u16> = statuses.iter().copied().collect();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = door.accept().await {
            let one = read(&mut stream).await;
            let status = statuses.pop_front().unwrap_or(204);
            let more = if status == 302 { "location: http://127.0.0.1:1/\r\n" } else { "" };
            drop(tell.send(one));
            drop(stream.write_all(format!("HTTP/1.1 {status} x\r\n{more}content-length: 0\r\n\r\n").as_bytes()).await);
        }
    });
    (url, heard)
}

fn all(heard: &mut UnboundedReceiver<Heard>) -> Vec<Heard> {
    std::iter::from_fn(|| heard.try_recv().ok()).collect()
}

async fn open(name: &str) -> (House, Browser) {
    let house = House::open_with(name, |config| config.webhook_private = true).await;
    let admin = house.sign_in("admin").await;
    (house, admin)
}

pub async fn set_up(house: &House, browser: &Browser, body: Value) -> Value {
    let came = house.ask(browser, Method::POST, "/api/v1/webhooks", Some(body)).await;
    assert_eq!(came.status, StatusCode::CREATED, "{came:?}");
    came.json()
}

pub async fn row(house: &House, id: &str) -> Webhook {
    house.portal.office.store().service_row("id", id).await.unwrap().unwrap()
}

async fn head(house: &House) -> i64 {
    house.portal.reading.begin().await.unwrap().head().await.unwrap().unwrap().0
}

/// One more act.
pub async fn act(house: &House, admin: &Browser, unit: &str) {
    let body = json!({ "unit": { "id": unit, "name": unit } });
    let came = house.ask(admin, Method::POST, "/api/v1/acts/registry.put_unit", Some(body)).await;
    assert_eq!(came.status, StatusCode::OK, "{came:?}");
}

#[tokio::test]
async fn a_listener_that_failed_is_told_everything_in_order_and_signed() {
    let (house, admin) = open("hook-order").await;
    let (url, mut heard) = listener(&[500, 302]).await;
    let made = set_up(&house, &admin, json!({ "url": url, "after": 0 })).await;
    let (id, key) = (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned());
    let now = 1_000_000;
    round(&house.portal, now).await.unwrap();
    assert_eq!(all(&mut heard).iter().map(Heard::seq).collect::<Vec<_>>(), [1], "nothing is sent past one that did not arrive");
    let failed = row(&house, &id).await;
    assert_eq!((failed.delivered, failed.failures, failed.next_try, failed.trouble.as_str()), (0, 1, now + 10, "it answers 500"));
    round(&house.portal, now + 9).await.unwrap();
    assert!(all(&mut heard).is_empty(), "it is left alone for a while");
    round(&house.portal, now + 10).await.unwrap();
    assert_eq!(all(&mut heard).iter().map(Heard::seq).collect::<Vec<_>>(), [1], "being sent elsewhere is no arrival");
    assert_eq!(row(&house, &id).await.next_try, now + 30, "the pause grows");
    round(&house.portal, now + 30).await.unwrap();
    let told = all(&mut heard);
    let head = head(&house).await;
    assert_eq!(told.iter().map(Heard::seq).collect::<Vec<_>>(), (1..=head).collect::<Vec<_>>());
    for one in &told {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(one.headers[TIMESTAMP].as_bytes());
        mac.update(b".");
        mac.update(&one.body);
        let wanted: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(one.headers[SIGNATURE], format!("v1={wanted}"));
        let fields: Vec<String> = serde_json::from_slice::<Value>(&one.body).unwrap().as_object().unwrap().keys().cloned().collect();
        let mut fields = fields;
        fields.sort();
        assert_eq!(fields, ["act", "at", "fingerprint", "seq", "subject"], "what was asked for in an act is not told");
    }
    // The place is kept: what comes later is told, and nothing twice.
    let after = row(&house, &id).await;
    assert_eq!((after.delivered, after.failures, after.trouble.as_str()), (head, 0, ""));
    act(&house, &admin, "later").await;
    round(&house.portal, now + 31).await.unwrap();
    assert_eq!(all(&mut heard).iter().map(Heard::seq).collect::<Vec<_>>(), [head + 1]);
}

#[tokio::test]
async fn a_listener_that_never_answers_holds_up_neither_others_nor_acts() {
    let (house, admin) = open("hook-dead").await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    set_up(&house, &admin, json!({ "url": format!("http://{}/", silent.local_addr().unwrap()), "after": 0 })).await;
    let (url, mut heard) = listener(&[]).await;
    set_up(&house, &admin, json!({ "url": url, "after": 0 })).await;
    let head = head(&house).await;
    let portal = Arc::clone(&house.portal);
    let telling = tokio::spawn(async move { round(&portal, 1).await });
    let (_held, _) = silent.accept().await.unwrap();
    for seq in 1..=head {
        assert_eq!(heard.recv().await.unwrap().seq(), seq);
    }
    act(&house, &admin, "meanwhile").await;
    assert!(!telling.is_finished(), "the silent one is still waited for");
    telling.abort();
}

#[tokio::test]
async fn only_the_acts_asked_for_are_told_and_a_paused_listener_hears_nothing() {
    let (house, admin) = open("hook-acts").await;
    let (url, mut heard) = listener(&[]).await;
    let made = set_up(&house, &admin, json!({ "url": url, "acts": ["registry.put_unit"], "after": 0 })).await;
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    assert_eq!(house.ask(&admin, Method::PATCH, &path, Some(json!({ "active": false }))).await.status, StatusCode::NO_CONTENT);
    round(&house.portal, 1).await.unwrap();
    assert!(all(&mut heard).is_empty());
    assert_eq!(house.ask(&admin, Method::PATCH, &path, Some(json!({ "active": true }))).await.status, StatusCode::NO_CONTENT);
    round(&house.portal, 1).await.unwrap();
    let told = all(&mut heard);
    assert!(!told.is_empty() && told.iter().all(|one| serde_json::from_slice::<Value>(&one.body).unwrap()["act"] == "registry.put_unit"));
    assert_eq!(row(&house, made["id"].as_str().unwrap()).await.delivered, head(&house).await, "what it does not want is passed");
    let listed = house.get(&admin, "/api/v1/webhooks").await.json();
    assert_eq!((listed[0]["active"].as_bool(), &listed[0]["secret"]), (Some(true), &Value::Null), "the key is shown once");
    assert_eq!(house.ask(&admin, Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.ask(&admin, Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    act(&house, &admin, "later").await;
    round(&house.portal, 1).await.unwrap();
    assert!(all(&mut heard).is_empty());
    let came = house.ask(&admin, Method::POST, "/api/v1/webhooks", Some(json!({ "url": url, "acts": ["case.nonsense"] }))).await;
    assert_eq!(came.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_listener_leads_nowhere_inside() {
    let house = House::open("hook-inside").await;
    let admin = house.sign_in("admin").await;
    let inside = [
        "http://127.0.0.1:8080/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[64:ff9b::7f00:1]/",
        "ftp://example.com/",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "http://user@example.com/",
        "file:///etc/passwd",
        "nonsense",
    ];
    for url in inside {
        let came = house.ask(&admin, Method::POST, "/api/v1/webhooks", Some(json!({ "url": url }))).await;
        assert_eq!(came.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}: {came:?}");
    }
    // A name that led outside when it was set up and leads inside now: it is asked again before each connection.
    let (url, mut heard) = listener(&[]).await;
    let planted = Webhook {
        id: "w".into(),
        user_id: "admin".into(),
        url: url.replace("127.0.0.1", "localhost"),
        secret: "s".into(),
        acts: String::new(),
        delivered: 0,
        failures: 0,
        next_try: 0,
        active: 1,
        trouble: String::new(),
    };
    house.portal.office.store().put_service_row(&planted).await.unwrap();
    round(&house.portal, 1).await.unwrap();
    assert!(all(&mut heard).is_empty());
    let row = row(&house, "w").await;
    assert!(row.delivered == 0 && row.failures == 1 && row.trouble.contains("private"), "{row:?}");
    for open in ["8.8.8.8", "2400:3200::1", "172.32.0.1", "100.128.0.1"] {
        assert!(is_public(open.parse().unwrap()), "{open}");
    }
}

#[tokio::test]
async fn listeners_are_for_administrators_and_programs_and_end_with_the_rights_of_their_keeper() {
    let (house, admin) = open("hook-who").await;
    let clerk = house.sign_in("clerk").await;
    assert_eq!(house.get(&clerk, "/api/v1/webhooks").await.status, StatusCode::FORBIDDEN);
    let second = house.sign_in("admin2").await;
    for program in ["program1", "program2"] {
        let user = json!({ "user": { "id": program, "name": program, "unit": null, "organisation": null, "roles": ["service"], "links": [], "active": true } });
        assert_eq!(house.ask(&admin, Method::POST, "/api/v1/acts/registry.put_user", Some(user)).await.status, StatusCode::OK);
        let came = house.ask(&second, Method::POST, "/api/v1/acts/registry.confirm_user", Some(json!({ "user": program }))).await;
        assert_eq!(came.status, StatusCode::OK, "{came:?}");
        house.give_password(program, portal::demo::PASSWORD, false).await;
    }
    let (one, other) = (house.sign_in("program1").await, house.sign_in("program2").await);
    let (url, mut heard) = listener(&[]).await;
    let made = set_up(&house, &one, json!({ "url": url, "after": 0 })).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/webhooks/{id}");
    assert_eq!(house.get(&other, "/api/v1/webhooks").await.json(), json!([]));
    assert_eq!(house.ask(&other, Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.ask(&other, Method::PATCH, &path, Some(json!({ "active": false }))).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&admin, "/api/v1/webhooks").await.json()[0]["id"], id);
    // The program may no longer: it hears no more.
    let gone =
        json!({ "user": { "id": "program1", "name": "program1", "unit": null, "organisation": null, "roles": ["service"], "links": [], "active": false } });
    assert_eq!(house.ask(&admin, Method::POST, "/api/v1/acts/registry.put_user", Some(gone)).await.status, StatusCode::OK);
    round(&house.portal, 1).await.unwrap();
    assert!(all(&mut heard).is_empty());
    assert!(row(&house, id).await.trouble.contains("no longer"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_runs_goes_on_telling_a_listener_that_was_down_in_the_order_of_the_log() {
    let (house, admin) = open("hook-down").await;
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = door.local_addr().unwrap();
    drop(door);
    let made = set_up(&house, &admin, json!({ "url": format!("http://{place}/"), "after": 0 })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let own = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let serving = tokio::spawn(portal::serve::serve(Arc::clone(&house.portal), own, async { drop(ended.await) }));
    // It was tried in vain, and acts go on meanwhile.
    while row(&house, &id).await.failures == 0 {
        tokio::task::yield_now().await;
    }
    for unit in ["one", "two", "three"] {
        act(&house, &admin, unit).await;
    }
    let failed = row(&house, &id).await;
    assert!(failed.delivered == 0 && failed.trouble.contains("no connection") && failed.next_try > 0, "{failed:?}");
    // It is back, and whoever looks after it does not wait for the pause to end.
    let (_, mut heard) = listener_at(TcpListener::bind(place).await.unwrap(), &[503]);
    let on = async || house.ask(&admin, Method::PATCH, &format!("/api/v1/webhooks/{id}"), Some(json!({ "active": true }))).await.status;
    assert_eq!(on().await, StatusCode::NO_CONTENT);
    let first = heard.recv().await.unwrap().seq();
    // Once more in vain: the same event comes again, and nothing after it before it arrived.
    while row(&house, &id).await.failures == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(on().await, StatusCode::NO_CONTENT);
    let head = head(&house).await;
    let mut told = Vec::new();
    while told.last() != Some(&head) {
        told.push(heard.recv().await.unwrap().seq());
    }
    assert_eq!((first, told), (1, (1..=head).collect::<Vec<_>>()));
    drop(end);
    serving.await.unwrap().unwrap();
}
