//! Copies of a database made while acts go on: each is the office as it was at one moment, whole.

use crate::district::{District, database_file, stores};
use crate::sound;
use crate::town::{applicant, organisation};
use casework::Act;
use casework::people::Role;
use casework::registry::RegistryAct;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::Store;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_made_while_acts_run_opens_and_holds() {
    let store = stores("backup").await.into_iter().find_map(|(name, store)| (name == "sqlite").then_some(store)).unwrap();
    let district = Arc::new(District::of_a_town(store).await);
    district.town_call("c1").await;
    let over = Arc::new(AtomicBool::new(false));
    let mut lanes = JoinSet::new();
    for lane in 0..4_u32 {
        let (district, over) = (Arc::clone(&district), Arc::clone(&over));
        lanes.spawn(async move {
            for firm in (1..).filter(|firm| firm % 4 == lane) {
                let person = RegistryAct::PutUser { user: applicant(firm) };
                district.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(firm).into() })).await;
                district.ok("admin", Role::Administrator, Act::Registry(person)).await;
                district.case_for_approval("c1", firm, &format!("case{firm}"), &[("3", 1_000_000)]).await;
                district.ok("leader", Role::Leader, crate::town::approve(&format!("case{firm}"))).await;
                if over.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
    }
    let mut events = 0;
    for number in 0..5 {
        let file = database_file(&format!("backup-{number}"));
        district.office.store().copy_to(&file.display().to_string()).await.expect("the copy is made");
        assert!(district.office.store().copy_to(&file.display().to_string()).await.is_err(), "a copy takes no other file's place");
        let copy = Store::open(&format!("sqlite:{}", file.display())).await.expect("the copy opens");
        let held = sound::holds(&copy).await.len();
        assert!(held > events, "acts went on: {held} events, {events} before");
        events = held;
        copy.pool().unwrap().close().await;
        for end in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(format!("{}{end}", file.display())));
        }
    }
    over.store(true, Ordering::Relaxed);
    lanes.join_all().await;
    let after = sound::holds(district.office.store()).await.len();
    println!("five copies, the last with {events} of {after} events");
}
