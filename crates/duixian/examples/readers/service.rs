//! The program as an operator runs it: passwords given at the command line, started as a child, looked at from outside.

use crate::client::{Connection, Question, Seat};
use hyper::Method;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest that a start may take before it counts as failed.
const START_MAX: Duration = Duration::from_secs(60);

fn program(program: &Path, database: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // Ten requests a second is what one person may ask; here few people ask for a whole office.
    command.env("DUIXIAN_DATABASE", database).env("DUIXIAN_DATA", folder).env("DUIXIAN_REQUESTS_A_MINUTE", "1000000");
    // As the unit and the container set it.
    command.env("MALLOC_MMAP_THRESHOLD_", "1048576");
    command
}

/// Gives each a first password, as an operator does.
pub fn passwords(path: &Path, database: &str, folder: &Path, people: &[String]) -> BTreeMap<String, String> {
    std::fs::create_dir_all(folder).expect("a folder");
    let password = |person: &String| {
        let out = program(path, database, folder).args(["--lang", "en", "user", "add", person]).output().expect("the program starts");
        let said = String::from_utf8_lossy(&out.stdout).trim().to_owned();
        let password = said.rsplit(": ").next().filter(|_| out.status.success()).unwrap_or_else(|| panic!("{said} {out:?}"));
        (person.clone(), password.to_owned())
    };
    people.iter().map(password).collect()
}

/// Signs each in with the first password, changes it, and signs in with the new one.
pub async fn sign_in(address: SocketAddr, people: &BTreeMap<String, String>) -> BTreeMap<String, Seat> {
    let mut seats = BTreeMap::new();
    let mut connection = Connection::open(address).await.expect("the service answers");
    for (person, first) in people {
        let own = format!("{first}-of-one's-own");
        let mut seat = Seat::default();
        for password in [first, &own] {
            let body = json!({"user": person, "password": password}).to_string();
            let asked = Question::json(Method::POST, "/api/v1/session", body);
            let came = connection.ask(&Seat::default(), &asked).await.expect("an answer");
            assert_eq!(came.status, 201, "{person}: {came:?}");
            let cookie = came.headers.get("set-cookie").and_then(|set| set.to_str().ok()).unwrap_or_default();
            let answer: serde_json::Value = serde_json::from_slice(&came.body).expect("JSON");
            seat = Seat { cookie: cookie.split(';').next().unwrap_or_default().to_owned(), csrf: answer["csrf"].as_str().unwrap_or_default().to_owned() };
            if password == first {
                let body = json!({"old": first, "new": own}).to_string();
                let change = Question::json(Method::PUT, "/api/v1/password", body);
                assert_eq!(connection.ask(&seat, &change).await.expect("an answer").status, 204);
            }
        }
        seats.insert(person.clone(), seat);
    }
    seats
}

/// The service, running.
pub struct Service {
    child: Child,
    pub address: SocketAddr,
    /// How long it took from the start of the program to the first answer.
    pub started: Duration,
}

impl Service {
    pub async fn start(path: &Path, database: &str, folder: &Path) -> Self {
        let address = free();
        let mut command = program(path, database, folder);
        command.args(["serve", "--listen", &address.to_string()]).stdout(Stdio::null());
        let begun = Instant::now();
        let child = command.spawn().expect("the program starts");
        let mut service = Self { child, address, started: Duration::ZERO };
        loop {
            let answered = match Connection::open(address).await {
                Ok(mut connection) => connection.ask(&Seat::default(), &Question::get("/healthz".into())).await.is_ok_and(|came| came.status == 200),
                Err(_) => false,
            };
            if answered {
                service.started = begun.elapsed();
                return service;
            }
            assert!(service.child.try_wait().expect("a child").is_none(), "the service ended at once");
            assert!(begun.elapsed() < START_MAX, "the service does not answer");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Memory it holds now.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address that nobody listens at.
pub fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}
