//! A large file sent over a connection that breaks off in the middle of a part: it goes on where what arrived ends.
//! `DUIXIAN_UPLOAD_MB` says how large; 200 is what the office promises, a smaller one is the rule.

use crate::house::House;
use casework::chain::Fingerprint;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Bytes of the file at a place, `size` in all: no two pages of it alike.
fn piece(from: usize, length: usize, size: usize) -> Vec<u8> {
    const PAGE: usize = 4096;
    let pages = from / PAGE..=(from + length) / PAGE;
    let mut bytes: Vec<u8> = pages.flat_map(|page| format!("{page:016}").repeat(PAGE / 16).into_bytes()).collect();
    bytes = bytes.split_off(from % PAGE);
    bytes.truncate(length);
    for (at, sign) in b"%PDF-1.4\n".iter().enumerate().chain((size - 7..).zip(b"\n%%EOF\n")) {
        if let Some(place) = at.checked_sub(from).and_then(|at| bytes.get_mut(at)) {
            *place = *sign;
        }
    }
    bytes
}

struct Wire {
    address: String,
    headers: String,
}

impl Wire {
    async fn head(&self, stream: &mut TcpStream, method: &str, path: &str, more: &str, length: usize) {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{}{more}content-length: {length}\r\n\r\n", self.headers);
        stream.write_all(head.as_bytes()).await.unwrap();
    }

    async fn ask(&self, method: &str, path: &str, more: &str, body: &[u8]) -> (u16, serde_json::Value) {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        self.head(&mut stream, method, path, more, body.len()).await;
        stream.write_all(body).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap_or_default())
    }

    async fn received(&self, id: &str) -> usize {
        usize::try_from(self.ask("GET", &format!("/api/v1/uploads/{id}"), "", b"").await.1["received"].as_u64().unwrap()).unwrap()
    }
}

#[tokio::test]
async fn a_large_file_broken_off_in_the_middle_of_a_part_goes_on_and_arrives_whole() {
    let megabytes: usize = std::env::var("DUIXIAN_UPLOAD_MB").ok().map_or(6, |text| text.parse().unwrap());
    let size = megabytes * 1_000_000;
    let part_bytes = (size / 6).min(4 << 20);
    let house = House::demonstration("parts-large").await;
    let firm = house.sign_in("ent01").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serving = tokio::spawn(portal::serve::serve(Arc::clone(&house.portal), listener, std::future::pending()));
    let wire = Wire { address, headers: format!("cookie: {}\r\nx-csrf-token: {}\r\n", firm.cookie, firm.csrf) };
    let begin = serde_json::json!({ "name": "现场照片与合同.pdf", "size": size }).to_string();
    let (status, upload) = wire.ask("POST", "/api/v1/uploads", "content-type: application/json\r\n", begin.as_bytes()).await;
    assert_eq!(status, 201, "{upload}");
    let id = upload["id"].as_str().unwrap();
    let path = format!("/api/v1/uploads/{id}");
    let (mut breaks, mut at) = (0, 0);
    let taken = loop {
        let length = part_bytes.min(size - at);
        let (part, offset) = (piece(at, length, size), format!("upload-offset: {at}\r\n"));
        // Every third part the connection breaks off half way, and the applicant comes back.
        if breaks < at / part_bytes / 3 + 1 {
            breaks += 1;
            let mut stream = TcpStream::connect(&wire.address).await.unwrap();
            wire.head(&mut stream, "PATCH", &path, &offset, length).await;
            stream.write_all(&part[..length / 2]).await.unwrap();
            drop(stream);
            assert_eq!(wire.received(id).await, at, "what was not acknowledged is sent again");
        }
        let (status, answer) = wire.ask("PATCH", &path, &offset, &part).await;
        assert_eq!(status, 200, "{answer}");
        at = wire.received(id).await;
        if at == size {
            break answer["taken"].clone();
        }
    };
    let whole = piece(0, size, size);
    assert_eq!(taken["digest"], Fingerprint::of(&whole).to_string(), "it is the file that was sent");
    println!("{megabytes} MB, broken off {breaks} times");
    serving.abort();
}
