//! The service killed in the middle of an import and of exports (SIGKILL, as when the power goes): what was acknowledged is there, what
//! was not is completed by asking again.

use crate::{duixian, folder};
use casework::organisation::Organisation;
use exchange::{Cell, Column, Kind, Limits, Table};
use office::Office;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use store::Store;
use store::service::ExportNote;
use values::{CreditCode, Lang, WorkCalendar};

/// The service as a process, killed with us.
struct Service {
    child: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Service {
    fn start(data: &Path) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_duixian"))
            .args(["serve", "--demo", "--listen", &address, "--data", &data.display().to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It listens before it greets.
        let mut greeting = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        assert!(greeting.contains(&address), "{greeting}");
        Self { child, address }
    }

    /// As a power cut would: `kill` is SIGKILL.
    fn kill(mut self) {
        self.child.kill().unwrap();
        assert!(!self.child.wait().unwrap().success());
    }
}

/// A whole answer.
struct Came {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Came {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {}{}", self.head, String::from_utf8_lossy(&self.body)))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

/// Asks once over a connection of its own; none: the answer did not arrive whole.
fn ask(address: &str, session: &[String], request: &str, body: &[u8]) -> Option<Came> {
    let mut stream = TcpStream::connect(address).ok()?;
    let headers: String = session.iter().map(|header| format!("{header}\r\n")).collect();
    let head = format!("{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all).ok()?;
    let end = all.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(all[..end].to_vec()).ok()?;
    let came = Came { status: head.split(' ').nth(1)?.parse().ok()?, head, body: all[end + 4..].to_vec() };
    let length: usize = came.header("content-length")?.parse().ok()?;
    (came.body.len() == length).then_some(came)
}

fn columns() -> Vec<Column> {
    let column = |key: &str, zh: &str| Column::new(key, zh, key, Kind::Text);
    let own = [("id", "编号"), ("name", "名称"), ("credit_code", "统一社会信用代码"), ("aliases", "其他名称")];
    own.into_iter().map(|(key, zh)| column(key, zh)).chain([exchange::table::version_column()]).collect()
}

/// A table of so many new organisations.
fn fresh(many: usize) -> Vec<u8> {
    let mut table = Table::new(columns());
    for at in 0..many {
        let code = CreditCode::with_check_digit(&format!("91500114MADEK{at:04}")).unwrap();
        table.push(vec![Cell::text(&format!("k{at}")), Cell::text(&format!("示例{at}号")), Cell::text(code.as_str()), Cell::Empty, Cell::Empty]).unwrap();
    }
    exchange::table::csv(&table, Lang::Zh)
}

struct Place {
    data: std::path::PathBuf,
    runtime: tokio::runtime::Runtime,
    reading: Store,
    /// Enterprises of the demonstration, which were there before.
    others: BTreeSet<String>,
}

impl Place {
    fn new(name: &str) -> Self {
        let data = folder(name);
        let url = format!("sqlite:{}?mode=rwc", data.join("duixian.db").display());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let reading = runtime.block_on(async {
            let office = Office::new(Store::open(&url).await.unwrap(), WorkCalendar::china());
            portal::demo::seed(&office).await.unwrap();
            Store::open_read_only(url.split('?').next().unwrap()).await.unwrap()
        });
        let mut place = Self { data, runtime, reading, others: BTreeSet::new() };
        place.others = place.organisations();
        place
    }

    /// Ids of the organisations that came, each read from the disk.
    fn organisations(&self) -> BTreeSet<String> {
        let kept = self.runtime.block_on(async { self.reading.begin().await.unwrap().all(<Organisation as casework::Record>::TABLE).await.unwrap() });
        kept.into_iter().map(|kept| kept.id).filter(|id| !self.others.contains(id)).collect()
    }

    fn events(&self) -> i64 {
        self.runtime.block_on(async { self.reading.begin().await.unwrap().head().await.unwrap().map_or(0, |(seq, _)| seq) })
    }

    fn notes(&self) -> BTreeSet<String> {
        let notes: Vec<ExportNote> = self.runtime.block_on(async { self.reading.service_all().await.unwrap() });
        notes.into_iter().map(|note| note.id).collect()
    }

    /// Signs somebody in: the headers of the session, which outlives the service.
    fn sign_in(&self, service: &Service, user: &str) -> Vec<String> {
        let body = json!({ "user": user, "password": portal::demo::PASSWORD }).to_string();
        let json = ["content-type: application/json".to_owned()];
        let came = ask(&service.address, &json, "POST /api/v1/session", body.as_bytes()).unwrap();
        assert_eq!(came.status, 201, "{}", came.head);
        let cookie = came.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        vec![format!("cookie: {cookie}"), format!("x-csrf-token: {}", came.json()["csrf"].as_str().unwrap())]
    }

    fn is_sound(&self) {
        let run = duixian(&["verify", &format!("sqlite:{}", self.data.join("duixian.db").display())]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    }
}

#[test]
fn an_import_killed_in_the_middle_is_completed_by_the_same_request_and_does_nothing_twice() {
    const ROWS: usize = 300;
    let place = Place::new("killed-import");
    let file = fresh(ROWS);
    let mut service = Service::start(&place.data);
    let admin = place.sign_in(&service, "admin");
    let path = "POST /api/v1/imports/organisations";
    let preview = ask(&service.address, &admin, path, &file).unwrap().json();
    assert_eq!(preview["counts"]["added"], ROWS);
    let confirm = format!("{path}?confirm=yes&mark={}", preview["mark"].as_str().unwrap());
    let before = place.events();
    for at_least in [1, 60, 150] {
        let (address, admin, confirm, file) = (service.address.clone(), admin.clone(), confirm.clone(), file.clone());
        let asking = std::thread::spawn(move || ask(&address, &admin, &confirm, &file).is_some());
        while place.organisations().len() < at_least {
            std::thread::yield_now();
        }
        service.kill();
        assert!(!asking.join().unwrap(), "the import was over before the service was killed");
        let kept = place.organisations().len();
        println!("killed after {kept} of {ROWS} rows");
        assert!((at_least..ROWS).contains(&kept));
        place.is_sound();
        service = Service::start(&place.data);
        assert!(place.organisations().len() >= kept, "what was written stays");
    }
    let done = ask(&service.address, &admin, &confirm, &file).unwrap().json();
    let rows = done["done"].as_array().unwrap();
    assert_eq!((rows.len(), rows.iter().filter(|row| row["refused_en"].is_null()).count()), (ROWS, ROWS), "{done}");
    assert_eq!(place.organisations().len(), ROWS);
    let acts = i64::try_from(ROWS).unwrap();
    assert_eq!(place.events() - before, acts, "each row was done once");
    assert_eq!(ask(&service.address, &admin, &confirm, &file).unwrap().json()["done"], done["done"]);
    assert_eq!(place.events() - before, acts);
    service.kill();
    place.is_sound();
}

#[test]
fn exports_killed_in_the_middle_are_noted_where_they_arrived_and_whole_when_asked_for_again() {
    const ROWS: usize = 200;
    let place = Place::new("killed-export");
    let mut service = Service::start(&place.data);
    let (admin, auditor) = (place.sign_in(&service, "admin"), place.sign_in(&service, "auditor"));
    let file = fresh(ROWS);
    let path = "POST /api/v1/imports/organisations";
    let mark = ask(&service.address, &admin, path, &file).unwrap().json()["mark"].as_str().unwrap().to_owned();
    let done = ask(&service.address, &admin, &format!("{path}?confirm=yes&mark={mark}"), &file).unwrap();
    assert_eq!(done.json()["done"].as_array().unwrap().len(), ROWS);
    let mut arrived = BTreeSet::new();
    for round in 1..=3 {
        let before = place.notes().len();
        let asking: Vec<_> = (0..4)
            .map(|_| {
                let (address, auditor) = (service.address.clone(), auditor.clone());
                std::thread::spawn(move || ask(&address, &auditor, "GET /api/v1/organisations/export?format=csv", b""))
            })
            .collect();
        while place.notes().len() == before {
            std::thread::yield_now();
        }
        service.kill();
        let whole: Vec<Came> = asking.into_iter().filter_map(|asking| asking.join().unwrap()).filter(|came| came.status == 200).collect();
        println!("round {round}: {} of 4 arrived", whole.len());
        arrived.extend(whole.iter().map(|came| came.header("x-request-id").unwrap().to_owned()));
        service = Service::start(&place.data);
        let notes = place.notes();
        assert!(arrived.is_subset(&notes), "nothing arrives that was not noted: {arrived:?}, {notes:?}");
    }
    let again = ask(&service.address, &auditor, "GET /api/v1/organisations/export?format=csv", b"").unwrap();
    let table = exchange::table::read(&again.body, &columns(), &Limits::TABLE).unwrap().table().unwrap();
    assert_eq!((table.rows().len(), place.notes().contains(again.header("x-request-id").unwrap())), (ROWS + place.others.len(), true));
    place.is_sound();
}
