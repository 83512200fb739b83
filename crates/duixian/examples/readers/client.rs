//! A connection that stays open, and what is asked on it.

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST};
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Somebody who is signed in.
#[derive(Clone, Debug, Default)]
pub struct Seat {
    pub cookie: String,
    pub csrf: String,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    pub method: Method,
    pub path: String,
    pub body: Option<String>,
    /// Media type of the body.
    pub kind: &'static str,
}

impl Question {
    pub fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: None, kind: "" }
    }

    pub fn json(method: Method, path: &str, body: String) -> Self {
        Self { method, path: path.to_owned(), body: Some(body), kind: "application/json" }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Came {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A connection.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string() })
    }

    /// Asks and waits for the whole answer.
    pub async fn ask(&mut self, seat: &Seat, question: &Question) -> Result<Came, hyper::Error> {
        let mut request = Request::builder().method(question.method.clone()).uri(&question.path).header(HOST, &self.host);
        if !seat.cookie.is_empty() {
            request = request.header(COOKIE, &seat.cookie).header("x-csrf-token", &seat.csrf);
        }
        let body = match &question.body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, question.kind);
                Bytes::from(body.clone())
            }
            None => Bytes::new(),
        };
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Full::new(body)).expect("a request")).await?;
        let (parts, body) = response.into_parts();
        Ok(Came { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await?.to_bytes() })
    }
}
