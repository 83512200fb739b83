//! What must not be seen before it is so: an office is founded once however many begin at the same moment, and what leaves the
//! office – a signed checkpoint, a message – is on the disk before.

use crate::district::{District, day, id, user};
use casework::Act;
use casework::id::{RequestId, UserId};
use casework::people::Role;
use casework::registry::RegistryAct;
use casework::{Record, Refusal};
use office::key::SecretKey;
use office::{Context, Office, Stop, checkpoint};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Store, StoreError};
use tokio::task::JoinSet;
use values::{Moment, WorkCalendar};

/// Waits until so many connections of a database wait for a lock.
pub async fn waiting_for_locks(store: &Store, many: i64) {
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(store.pool().unwrap()).await.unwrap() < many {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_foundings_at_the_same_moment_exactly_one_succeeds() {
    // Programs, with two founders each: those of one program queue in it for the head of the log, one of them in the database.
    const MANY: i64 = 6;
    let database = crate::postgres::database();
    let store = Store::open(&database).await.unwrap();
    // One of each program has looked at the empty log before the first may write to it.
    let mut held = store.pool().unwrap().begin().await.unwrap();
    sqlx::query("SELECT seq FROM log_head WHERE id = 1 FOR UPDATE").execute(&mut *held).await.unwrap();
    let mut founders = JoinSet::new();
    let mut offices = Vec::new();
    for _ in 0..MANY {
        offices.push(Office::new(Store::open(&database).await.unwrap(), WorkCalendar::china()));
    }
    for (number, office) in (1..=2 * MANY).zip(offices.iter().cycle()) {
        let office = office.clone();
        founders.spawn(async move {
            let name = format!("admin{number}");
            let context = Context {
                user: id(UserId::parse, &name),
                role: Role::Administrator,
                now: Moment::start_of(day("2025-03-03")),
                request: id(RequestId::parse, &format!("found{number}")),
            };
            let found = Act::Registry(RegistryAct::Found { user: user(&name, None, None, Role::Administrator) });
            office.perform(&context, &found).await
        });
    }
    waiting_for_locks(&store, MANY).await;
    held.rollback().await.unwrap();
    let answers = founders.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Stop::Refused(Refusal::Denied)))), "{answers:?}");
    let mut work = store.begin().await.unwrap();
    assert_eq!((work.events(0, 10).await.unwrap().len(), work.all(casework::people::User::TABLE).await.unwrap().len()), (1, 1));
    drop(work);
    crate::sound::holds(&store).await;
}

#[tokio::test]
async fn no_message_and_no_signature_leaves_before_what_it_speaks_of_is_on_the_disk() {
    for (name, store) in crate::district::stores("confirmed").await {
        println!("── {name}");
        let district = District::founded(store.clone()).await;
        district.firm(1).await;
        let broken = Arc::new(AtomicBool::new(true));
        let seen = Arc::clone(&broken);
        let unwritten = store.with_faults(Arc::new(move |doing| seen.load(Ordering::Relaxed) && doing == "confirm"));
        let office = Office::new(unwritten.clone(), WorkCalendar::china());
        let refused = office.waiting().await;
        assert!(matches!(refused, Err(StoreError::Injected { .. })), "{refused:?}");
        let key = SecretKey::from_bytes(&[7; 32]);
        let now = Moment::start_of(day("2025-03-03"));
        let mut file = Vec::new();
        assert!(checkpoint::export(&unwritten, None, &key, now, &mut file).await.is_err());
        assert!(checkpoint::check(file.as_slice(), None).is_err(), "nothing is signed");
        broken.store(false, Ordering::Relaxed);
        assert!(!office.waiting().await.unwrap().is_empty());
        let mut file = Vec::new();
        checkpoint::export(&unwritten, None, &key, now, &mut file).await.unwrap().unwrap();
        checkpoint::check(file.as_slice(), None).unwrap();
    }
}
