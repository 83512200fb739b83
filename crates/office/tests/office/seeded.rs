//! An office filled by stamping out blocks, in small: it holds like one that was filled act by act.

use crate::after;
use crate::district::database_file;
use crate::seed::{Size, seed};
use crate::sound;
use store::Store;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seeded_office_holds_and_its_log_can_be_done_again() {
    let file = database_file("seeded");
    for database in [format!("sqlite:{}?mode=rwc", file.display()), crate::postgres::database()] {
        let made = seed(&database, &Size { organisations: 200, cases: 400, events: 3_000 }, |_, _| ()).await;
        let store = Store::open(&database).await.expect("the database opens");
        let events = sound::holds(&store).await;
        println!("{} organisations, {} cases, {} events", made.organisations, made.cases, made.events);
        assert_eq!((made.organisations, made.cases, made.events), (200, 400 + 2 * after::CASES, events.len() as u64));
        assert!(events.len() >= 3_000);
        store.pool().unwrap().close().await;
    }
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", file.display())));
    }
}
