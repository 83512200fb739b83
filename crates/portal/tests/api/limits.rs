//! What one address, one client or one connection may take from the others.

use crate::house::{Browser, House};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A house that listens.
struct Open {
    address: SocketAddr,
    serving: JoinHandle<std::io::Result<()>>,
    _house: House,
}

impl Open {
    async fn of(house: House) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(portal::serve::serve(house.portal.clone(), listener, std::future::pending()));
        Self { address, serving, _house: house }
    }

    async fn connect(&self, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(words.as_bytes()).await.unwrap();
        stream
    }

    async fn is_served(&self) {
        let stream = self.connect("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        let answer = heard(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Everything that comes until the other side ends it. Twenty seconds is for ever here: what is waited for takes one.
async fn heard(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut all)).await;
    // Cut off, with or without a last word.
    drop(ended.expect("the other side ends it"));
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn a_client_that_sends_half_a_header_or_none_at_all_is_cut_off() {
    let open = Open::of(House::open_with("half", |config| config.arrive_seconds = 1).await).await;
    let half = open.connect("GET /healthz HTTP/1.1\r\nhost: x\r\nx-never-en").await;
    let nothing = open.connect("").await;
    let idle = open.connect("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(!heard(half).await.contains("200 OK"));
    assert_eq!(heard(nothing).await, "");
    assert!(heard(idle).await.starts_with("HTTP/1.1 200"), "answered, and ended when nothing more came");
    open.is_served().await;
}

#[tokio::test]
async fn beyond_the_connections_there_may_be_one_waits_until_another_ends() {
    let open = Open::of(House::open_with("many", |config| (config.arrive_seconds, config.connections_max) = (1, 1)).await).await;
    let slow = open.connect("GET /healthz HTTP/1.1\r\nhost: x\r\nx-never-en").await;
    open.is_served().await;
    assert!(!heard(slow).await.contains("200 OK"), "it had to end first");
}

#[tokio::test]
async fn a_client_that_never_takes_its_answer_makes_room() {
    let open = Open::of(House::open_with("untaken", |config| (config.arrive_seconds, config.connections_max) = (1, 1)).await).await;
    let mut greedy = TcpStream::connect(open.address).await.unwrap();
    // Answers of many megabytes, so that no buffer between the two holds them.
    let asked = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(400);
    drop(tokio::time::timeout(Duration::from_millis(500), greedy.write_all(asked.as_bytes())).await);
    tokio::time::timeout(Duration::from_secs(20), open.is_served()).await.expect("the one place becomes free");
    drop(greedy);
}

fn sign_in_from(address: [u8; 4], browser: &Browser) -> Request<Body> {
    let body = json!({ "user": "nobody", "password": "not the password" }).to_string();
    let request = Request::post("/api/v1/session").header(header::CONTENT_TYPE, "application/json").header(header::COOKIE, &browser.cookie);
    let mut request = request.body(Body::from(body)).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 40_000))));
    request
}

#[tokio::test]
async fn passwords_are_tried_so_often_from_an_address_whoever_is_signed_in_there() {
    let house = House::open_with("address", |config| config.requests_a_minute = 4).await;
    let inside = house.sign_in("clerk").await;
    let mut came = Vec::new();
    for number in 0..6 {
        // In turns with a cookie and without one.
        let browser = if number % 2 == 0 { Browser::default() } else { inside.clone() };
        came.push(house.send(sign_in_from([192, 0, 2, 1], &browser)).await.status);
    }
    let (tried, refused) = came.split_at(4);
    assert_eq!((tried, refused), (&[StatusCode::UNAUTHORIZED; 4][..], &[StatusCode::TOO_MANY_REQUESTS; 2][..]));
    assert_eq!(house.send(sign_in_from([192, 0, 2, 2], &Browser::default())).await.status, StatusCode::UNAUTHORIZED, "another address is another");
    assert_eq!(house.get(&inside, "/api/v1/session").await.status, StatusCode::OK, "who works there is not kept from working");
}

#[tokio::test]
async fn a_wrong_token_is_counted_by_address() {
    let house = House::open_with("wrong-token", |config| config.requests_a_minute = 4).await;
    let mut came = Vec::new();
    for number in 0..6 {
        let mut request = Request::get("/api/v1/session").header(header::AUTHORIZATION, format!("Bearer guess{number}")).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 40_000))));
        came.push(house.send(request).await.status);
    }
    assert_eq!((came[3], came[4]), (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn who_is_not_signed_in_sends_little() {
    let house = House::open("little").await;
    let clerk = house.sign_in("clerk").await;
    let large = json!({ "case": "k".repeat(70_000) });
    let came = house.ask(&Browser::default(), Method::POST, "/api/v1/session", Some(large.clone())).await;
    assert_eq!(came.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(came.json()["detail_en"].as_str().unwrap().contains("65536"), "{came:?}");
    let came = house.ask(&clerk, Method::POST, "/api/v1/acts/case.accept", Some(large)).await;
    assert_ne!(came.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn behind_a_proxy_requests_are_counted_by_the_client_it_names_and_by_nothing_the_client_says() {
    let house = House::open_with("proxy", |config| (config.requests_a_minute, config.proxy) = (4, Some([127, 0, 0, 1].into()))).await;
    let from = |peer: [u8; 4], forwarded: String| {
        let mut request = sign_in_from(peer, &Browser::default());
        request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
        request
    };
    let (mut behind, mut besides) = (Vec::new(), Vec::new());
    for number in 0..6 {
        behind.push(house.send(from([127, 0, 0, 1], format!("10.0.0.{number}, 192.0.2.1"))).await.status);
        // Not the proxy: what it says of others is its own invention.
        besides.push(house.send(from([192, 0, 2, 9], format!("10.0.0.{number}"))).await.status);
    }
    for came in [behind, besides] {
        assert_eq!((came[3], came[4]), (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS));
    }
    assert_eq!(house.send(from([127, 0, 0, 1], "192.0.2.2".into())).await.status, StatusCode::UNAUTHORIZED);
    // A neighbour in the same network of IPv6 is the same client.
    let of_six = |last: u32| from([127, 0, 0, 1], format!("2001:db8::{last:x}"));
    let mut came = Vec::new();
    for number in 0..6 {
        came.push(house.send(of_six(number)).await.status);
    }
    assert_eq!((came[3], came[4]), (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS));
}
