//! The program as a service that runs, over a connection: started, asked, signed in to, killed.

use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A service that runs; killed when it is dropped, however the test ends.
pub struct Served {
    child: Child,
    pub address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Served {
    /// Over a folder of data. `more`: further arguments.
    pub fn begin(data: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duixian"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(more).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut greeting = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let address = greeting.split("http://").nth(1).unwrap_or_else(|| panic!("no address: {greeting}")).split_whitespace().next().unwrap().to_owned();
        Self { child, address }
    }

    /// SIGKILL: nothing is finished.
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    pub fn client(&self) -> Client {
        Client { address: self.address.clone(), headers: String::new() }
    }
}

/// Somebody who asks a service.
#[derive(Clone)]
pub struct Client {
    pub address: String,
    headers: String,
}

/// A whole answer.
pub struct Came {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Came {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {} {}", self.head, String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Client {
    /// Asks once over a connection of its own. Errors: the answer did not arrive whole.
    pub fn send(&self, method: &str, path: &str, more: &str, body: &[u8]) -> io::Result<Came> {
        let mut stream = TcpStream::connect(&self.address)?;
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{}{more}content-length: {}\r\n\r\n", self.address, self.headers, body.len());
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let broken = || io::Error::other("no whole answer");
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(broken)?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
        let came = Came { status, head, body: bytes[end + 4..].to_vec() };
        let length: usize = came.header("content-length").map_or(0, |length| length.trim().parse().unwrap());
        if came.body.len() == length { Ok(came) } else { Err(broken()) }
    }

    /// The same person at a service that was started anew.
    pub fn with(self, known: &Self) -> Self {
        Self { headers: known.headers.clone(), ..self }
    }

    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Came {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, "content-type: application/json\r\n", &body).unwrap()
    }

    /// Signs in and, with a password that must be changed, changes it.
    pub fn sign_in(&mut self, user: &str, password: &str) -> bool {
        let came = self.ask("POST", "/api/v1/session", &json!({ "user": user, "password": password }));
        assert_eq!(came.status, 201, "{} {}", came.head, String::from_utf8_lossy(&came.body));
        let cookie = came.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let answer = came.json();
        self.headers = format!("cookie: {cookie}\r\nx-csrf-token: {}\r\n", answer["csrf"].as_str().unwrap());
        answer["must_change"] == true
    }
}
