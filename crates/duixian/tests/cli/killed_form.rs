//! The service killed in the middle of saving what an applicant types (SIGKILL): what was said to be saved is there, wrong
//! values too, and the draft of the case is whole.

use crate::duixian;
use crate::folder;
use crate::running::{Client, Served};
use office::Office;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::Store;
use store::service::DraftForm;
use values::WorkCalendar;

const PATH: &str = "/calls/ds2025/apply";

/// What is kept of the form: its version and the number that was typed.
fn kept(data: &Path) -> (i64, i64) {
    let url = format!("sqlite:{}", data.join("duixian.db").display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open_read_only(&url).await.unwrap();
        let row: Option<DraftForm> = store.service_row("id", "ent01:ds2025").await.unwrap();
        let Some(row) = row else { return (0, 0) };
        let key = percent_encoding::utf8_percent_encode("f.改造实际投资额", percent_encoding::NON_ALPHANUMERIC).to_string().replace("%2E", ".");
        let typed = row.fields.split('&').find_map(|pair| pair.strip_prefix(&key)?.strip_prefix('=')).unwrap_or_else(|| panic!("{}", row.fields));
        (row.version, typed.trim_start_matches("about").parse().unwrap())
    })
}

/// Types higher and higher numbers, every other one as words that no amount is, until the service is gone.
fn types(client: &Client, from: i64, said: &AtomicI64) {
    // Each number is saved once, so it is the version as well.
    for number in from + 1.. {
        let typed = if number % 2 == 0 { number.to_string() } else { format!("about{number}") };
        let doing = if number % 5 == 0 { "save" } else { "autosave" };
        let field = percent_encoding::utf8_percent_encode("f.改造实际投资额", percent_encoding::NON_ALPHANUMERIC);
        let body = format!("step=facts&version={}&request=r{number}&do={doing}&c.7.1=on&{field}={typed}", number - 1);
        match client.send("POST", PATH, "content-type: application/x-www-form-urlencoded\r\n", body.as_bytes()) {
            Ok(came) if matches!(came.status, 200 | 303) => said.store(number, Ordering::SeqCst),
            Ok(came) => panic!("{}: {}", came.status, String::from_utf8_lossy(&came.body)),
            Err(_) => return,
        }
    }
}

#[test]
fn what_was_said_to_be_saved_is_there_after_the_service_was_killed_while_saving() {
    let data = folder("killed-form");
    let url = format!("sqlite:{}?mode=rwc", data.join("duixian.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let office = Office::new(Store::open(&url).await.unwrap(), WorkCalendar::china());
        portal::demo::seed(&office).await.unwrap();
    });
    let said = Arc::new(AtomicI64::new(0));
    let mut session = None;
    for at_least in [3, 20, 45] {
        let mut service = Served::begin(&data, &["--demo"]);
        let mut client = service.client();
        match &session {
            None => assert!(!client.sign_in("ent01", portal::demo::PASSWORD)),
            // The session outlives the service.
            Some(known) => client = client.with(known),
        }
        session = Some(client.clone());
        let (from, counted) = (kept(&data).1, Arc::clone(&said));
        let typing = std::thread::spawn(move || types(&client, from, &counted));
        while said.load(Ordering::SeqCst) < at_least {
            assert!(!typing.is_finished(), "nothing more was saved");
            std::thread::yield_now();
        }
        service.kill();
        typing.join().unwrap();
        let (version, number) = kept(&data);
        let said = said.load(Ordering::SeqCst);
        println!("killed after {said} were said to be saved; {number} is kept");
        assert!(number == said || number == said + 1, "{said} was said to be saved, {number} is kept");
        assert_eq!(version, number, "each was saved once");
        let run = duixian(&["verify", &url]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    }
}
