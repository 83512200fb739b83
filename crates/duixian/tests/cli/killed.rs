//! The service killed in the middle of an import and of exports (SIGKILL, as when the power goes): what was acknowledged is there, what
//! was not is completed by asking again.

use crate::running::{Came, Client, Served};
use crate::{duixian, folder};
use casework::organisation::Organisation;
use exchange::{Cell, Column, Kind, Limits, Table};
use office::Office;
use std::collections::BTreeSet;
use std::path::Path;
use store::Store;
use store::service::ExportNote;
use values::{CreditCode, Lang, WorkCalendar};

fn start(data: &Path) -> Served {
    Served::begin(data, &["--demo"])
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

    fn is_sound(&self) {
        let run = duixian(&["verify", &format!("sqlite:{}", self.data.join("duixian.db").display())]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    }
}

/// Somebody of the demonstration, signed in; the session outlives the service.
fn signed_in(service: &Served, user: &str) -> Client {
    let mut client = service.client();
    assert!(!client.sign_in(user, portal::demo::PASSWORD));
    client
}

#[test]
fn an_import_killed_in_the_middle_is_completed_by_the_same_request_and_does_nothing_twice() {
    const ROWS: usize = 300;
    let place = Place::new("killed-import");
    let file = fresh(ROWS);
    let mut service = start(&place.data);
    let mut admin = signed_in(&service, "admin");
    let path = "/api/v1/imports/organisations";
    let preview = admin.send("POST", path, "", &file).unwrap().json();
    assert_eq!(preview["counts"]["added"], ROWS);
    let confirm = format!("{path}?confirm=yes&mark={}", preview["mark"].as_str().unwrap());
    let before = place.events();
    for at_least in [1, 60, 150] {
        let (then, confirm, file) = (admin.clone(), confirm.clone(), file.clone());
        let asking = std::thread::spawn(move || then.send("POST", &confirm, "", &file).is_ok());
        while place.organisations().len() < at_least {
            std::thread::yield_now();
        }
        service.kill();
        assert!(!asking.join().unwrap(), "the import was over before the service was killed");
        let kept = place.organisations().len();
        println!("killed after {kept} of {ROWS} rows");
        assert!((at_least..ROWS).contains(&kept));
        place.is_sound();
        service = start(&place.data);
        admin.address.clone_from(&service.address);
        assert!(place.organisations().len() >= kept, "what was written stays");
    }
    let done = admin.send("POST", &confirm, "", &file).unwrap().json();
    let rows = done["done"].as_array().unwrap();
    assert_eq!((rows.len(), rows.iter().filter(|row| row["refused_en"].is_null()).count()), (ROWS, ROWS), "{done}");
    assert_eq!(place.organisations().len(), ROWS);
    let acts = i64::try_from(ROWS).unwrap();
    assert_eq!(place.events() - before, acts, "each row was done once");
    assert_eq!(admin.send("POST", &confirm, "", &file).unwrap().json()["done"], done["done"]);
    assert_eq!(place.events() - before, acts);
    service.kill();
    place.is_sound();
}

#[test]
fn exports_killed_in_the_middle_are_noted_where_they_arrived_and_whole_when_asked_for_again() {
    const ROWS: usize = 200;
    const EXPORT: &str = "/api/v1/organisations/export?format=csv";
    let place = Place::new("killed-export");
    let mut service = start(&place.data);
    let (admin, mut auditor) = (signed_in(&service, "admin"), signed_in(&service, "auditor"));
    let file = fresh(ROWS);
    let path = "/api/v1/imports/organisations";
    let mark = admin.send("POST", path, "", &file).unwrap().json()["mark"].as_str().unwrap().to_owned();
    let done = admin.send("POST", &format!("{path}?confirm=yes&mark={mark}"), "", &file).unwrap();
    assert_eq!(done.json()["done"].as_array().unwrap().len(), ROWS);
    let mut arrived = BTreeSet::new();
    for round in 1..=3 {
        let before = place.notes().len();
        let asking: Vec<_> = (0..4)
            .map(|_| {
                let then = auditor.clone();
                std::thread::spawn(move || then.send("GET", EXPORT, "", b"").ok())
            })
            .collect();
        while place.notes().len() == before {
            std::thread::yield_now();
        }
        service.kill();
        let whole: Vec<Came> = asking.into_iter().filter_map(|asking| asking.join().unwrap()).filter(|came| came.status == 200).collect();
        println!("round {round}: {} of 4 arrived", whole.len());
        arrived.extend(whole.iter().map(|came| came.header("x-request-id").unwrap().to_owned()));
        service = start(&place.data);
        auditor.address.clone_from(&service.address);
        let notes = place.notes();
        assert!(arrived.is_subset(&notes), "nothing arrives that was not noted: {arrived:?}, {notes:?}");
    }
    let again = auditor.send("GET", EXPORT, "", b"").unwrap();
    let table = exchange::table::read(&again.body, &columns(), &Limits::TABLE).unwrap().table().unwrap();
    assert_eq!((table.rows().len(), place.notes().contains(again.header("x-request-id").unwrap())), (ROWS + place.others.len(), true));
    place.is_sound();
}
