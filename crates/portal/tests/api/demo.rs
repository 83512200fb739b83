//! The demonstration: a case at every stage, everybody can come in, what is kept is what the log says, and no start does it twice.

use crate::house::House;
use axum::http::StatusCode;
use casework::Record;
use casework::call::{Call, CallStage};
use casework::case::{Case, Stage};
use casework::id::{CallId, CaseId};
use casework::kind::KINDS;
use casework::outbox::Message;
use casework::people::{Role, User};
use office::Office;
use office::checkpoint::Signed;
use office::verify::Options;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use store::Store;
use values::WorkCalendar;

async fn all<R: Record>(store: &Store) -> Vec<R> {
    let kept = store.begin().await.unwrap().all(R::TABLE).await.unwrap();
    kept.iter().map(|kept| serde_json::from_str(&kept.body).unwrap()).collect()
}

async fn events(store: &Store) -> usize {
    store.begin().await.unwrap().events(0, i64::MAX).await.unwrap().len()
}

#[tokio::test]
async fn the_demonstration_shows_every_stage_and_verifies_and_everybody_can_come_in() {
    let house = House::open("demo-empty").await;
    let office = Office::new(Store::memory(), WorkCalendar::china());
    drop(house);
    let begun = Instant::now();
    if let Err(why) = portal::demo::seed(&office).await {
        let count = events(office.store()).await;
        panic!("after {count} events: {why}");
    }
    println!("entered in {:?}: {} events", begun.elapsed(), events(office.store()).await);
    let cases: Vec<Case> = all(office.store()).await;
    let mut by_stage: BTreeMap<Stage, Vec<CaseId>> = BTreeMap::new();
    for case in cases {
        by_stage.entry(case.stage).or_default().push(case.id);
    }
    println!("{by_stage:?}");
    let missing: Vec<&str> = Stage::ALL.iter().filter(|stage| !by_stage.contains_key(stage)).map(|stage| stage.name()).collect();
    assert_eq!(missing, [""; 0], "stages that no case is at");
}
