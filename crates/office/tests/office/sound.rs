//! Whether an office is sound, asked from outside: the chain recomputed, every record and book against the log, the ledger
//! against its entries, and the whole log done again in memory with the same result.

use crate::records::KINDS;
use casework::Act;
use casework::chain::{Effect, Event, Fingerprint};
use casework::ledger::Book;
use office::{Context, Office};
use std::collections::{BTreeMap, BTreeSet};
use store::Store;
use store::work::Entries;
use values::WorkCalendar;

/// All events of a store.
pub async fn events(store: &Store) -> Vec<Event> {
    let mut work = store.begin().await.expect("the log is read");
    work.events(0, i64::MAX).await.expect("the log is read")
}

/// Everything that is kept, as text: for comparing before and after.
pub async fn everything(store: &Store) -> BTreeMap<String, String> {
    everything_but(store, &[]).await
}

/// The same without tables that an older version does not have.
pub async fn everything_but(store: &Store, but: &[&str]) -> BTreeMap<String, String> {
    let mut work = store.begin().await.expect("begins");
    let mut out = BTreeMap::new();
    for table in KINDS.iter().map(|kind| kind.table).filter(|table| !but.contains(&table.name)) {
        for kept in work.all(table).await.expect("a table is read") {
            out.insert(format!("{} {}", table.name, kept.id), format!("{} {}", kept.version, kept.body));
        }
    }
    for book in work.all_books().await.expect("books are read") {
        out.insert(format!("book {}", book.id), serde_json::to_string(&book).unwrap());
    }
    for (number, entry) in (1..).zip(work.entries(&Entries::All).await.expect("entries are read")) {
        out.insert(format!("entry {number:06}"), serde_json::to_string(&entry).unwrap());
    }
    for event in work.events(0, i64::MAX).await.expect("the log is read") {
        out.insert(format!("event {:06}", event.seq), serde_json::to_string(&event).unwrap());
    }
    out
}

/// The chain holds from the first event to the last; the last fingerprint.
pub fn chain(events: &[Event]) -> Fingerprint {
    let mut before = Fingerprint::NONE;
    let mut requests = BTreeSet::new();
    for (seq, event) in (1..).zip(events) {
        assert_eq!(event.seq, seq, "the events are numbered without a gap");
        assert_eq!(event.before, before, "event {seq} follows the one before");
        assert_eq!(event.fingerprint, event.computed(), "event {seq} is what it was");
        assert!(requests.insert(event.request.clone()), "request {} was answered twice", event.request);
        before = event.fingerprint;
    }
    before
}

/// Everything that is kept is what the log says was last written, and the ledger is the sum of its entries.
pub async fn records(store: &Store) -> Vec<Event> {
    let events = events(store).await;
    chain(&events);
    let mut written: BTreeMap<(String, String), (i64, Fingerprint)> = BTreeMap::new();
    for event in &events {
        let effects: Vec<Effect> = serde_json::from_str(&event.effects).expect("effects are read");
        for effect in effects {
            let before = written.insert((effect.table.clone(), effect.id.clone()), (effect.version, effect.fingerprint));
            assert_eq!(before.map_or(0, |(version, _)| version) + 1, effect.version, "{} {} in event {}", effect.table, effect.id, event.seq);
        }
    }
    let mut work = store.begin().await.expect("begins");
    let mut kept = BTreeMap::new();
    for table in KINDS.iter().map(|kind| kind.table) {
        for record in work.all(table).await.expect("a table is read") {
            kept.insert((table.name.to_owned(), record.id), (record.version, Fingerprint::of(record.body.as_bytes())));
        }
    }
    let print = |text: String| Fingerprint::of(text.as_bytes());
    let books = work.all_books().await.expect("books are read");
    let entries = work.entries(&Entries::All).await.expect("entries are read");
    for entry in &entries {
        kept.insert(("entry".into(), entry.id.to_string()), (1, print(serde_json::to_string(entry).unwrap())));
    }
    let mut replayed: BTreeMap<_, Book> =
        books.iter().map(|book| (book.id.clone(), Book::new(book.id.clone(), book.kind, book.year, book.name.clone()))).collect();
    for entry in &entries {
        for id in std::iter::once(&entry.fund).chain(&entry.pool) {
            replayed.get_mut(id).expect("the book of an entry").post(entry).expect("entries are posted in their order");
        }
    }
    for book in &books {
        assert_eq!(Some(book), replayed.get(&book.id), "the balances of {} are not those of its entries", book.id);
        let version = written.get(&("book".to_owned(), book.id.to_string())).map_or(0, |(version, _)| *version);
        kept.insert(("book".into(), book.id.to_string()), (version, print(serde_json::to_string(book).unwrap())));
    }
    drop(work);
    for (at, what) in &written {
        assert_eq!(Some(what), kept.get(at), "{at:?} is not what the log says");
    }
    assert_eq!(written.len(), kept.len(), "something is kept that no act wrote");
    if let Some(pool) = store.pool() {
        for sql in ["SELECT COUNT(*) FROM book_replay WHERE kept_fen <> posted_fen", "SELECT COUNT(*) FROM log_replay WHERE astray <> 0"] {
            let wrong: i64 = sqlx::query_scalar(sql).fetch_one(pool).await.expect("a view of the database");
            assert_eq!(wrong, 0, "{sql}");
        }
    }
    events
}

/// Doing the acts of the log again, one after the other in memory, gives the same answers, changes and fingerprints.
pub async fn replay(events: &[Event]) {
    let office = Office::new(Store::memory(), WorkCalendar::china());
    for event in events {
        let act: Act = serde_json::from_str(&event.input).expect("the input of an event");
        let context = Context { user: event.user.clone(), role: event.role, now: event.at, request: event.request.clone() };
        let again = office.perform(&context, &act).await;
        let again = again.unwrap_or_else(|stop| panic!("event {} ({} by {}) cannot be done again: {stop}", event.seq, event.act, event.user));
        assert_eq!(serde_json::to_string(&again).unwrap(), event.outcome, "event {} ({}) is answered otherwise", event.seq, event.act);
    }
    for (event, again) in events.iter().zip(self::events(office.store()).await) {
        assert_eq!(*event, again, "event {} ({}) changes something else", event.seq, event.act);
    }
}

/// All of it.
pub async fn holds(store: &Store) -> Vec<Event> {
    let events = records(store).await;
    replay(&events).await;
    events
}
