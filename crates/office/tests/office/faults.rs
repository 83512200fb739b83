//! A failure at every call of the store, in every act of a journey: nothing is changed by an act that failed, and asking again
//! with the same request does it. An answer that is lost is given again.

use crate::district::{District, day, id, stores};
use crate::sound;
use crate::town::{applicant, approve, organisation};
use casework::Act;
use casework::call::CallAct;
use casework::chain::Event;
use casework::id::{CallId, EntryId, NoticeId};
use casework::notice::NoticeAct;
use casework::people::Role;
use casework::registry::RegistryAct;
use office::{Context, Office, Outcome, Stop};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Store, StoreError};
use values::WorkCalendar;

/// A journey from the founding of an office to payments, both pools drawn on: as the log has it.
async fn journey() -> Vec<Event> {
    let mut district = District::of_a_town(Store::memory()).await;
    district.town_call("c1").await;
    for firm in 1..=3 {
        district.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(firm).into() })).await;
        district.verified(&format!("firm{firm}")).await;
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: applicant(firm) })).await;
        let claims: &[(&str, i64)] = if firm == 3 { &[("1", 1_000_000), ("3", 2_345_678)] } else { &[("2", 60_000_001)] };
        district.case_for_approval("c1", firm, &format!("case{firm}"), claims).await;
    }
    let call = id(CallId::parse, "c1");
    district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call.clone() })).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Share { call: call.clone(), entry: id(EntryId::parse, "e-share") })).await;
    for firm in 1..=3 {
        district.ok("leader", Role::Leader, approve(&format!("case{firm}"))).await;
    }
    let notice = id(NoticeId::parse, "n1");
    district.ok("clerk", Role::Clerk, Act::Notice(NoticeAct::Publish { notice: notice.clone(), call: call.clone() })).await;
    district.today = day("2025-05-06");
    district.ok("leader", Role::Leader, Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, "e-n1") })).await;
    district.pay("c1", "b1").await;
    sound::events(district.office.store()).await
}

/// Does every act of a log in a store in which, act after act, each call fails once. The names of the calls that failed.
async fn failing_everywhere(store: &Store, log: &[Event]) -> BTreeSet<String> {
    let (calls, failing) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let faults = {
        let (calls, failing) = (Arc::clone(&calls), Arc::clone(&failing));
        move |_: &str| calls.fetch_add(1, Ordering::Relaxed) + 1 == failing.load(Ordering::Relaxed)
    };
    let office = Office::new(store.with_faults(Arc::new(faults)), WorkCalendar::china());
    let mut failed = BTreeSet::new();
    for event in log {
        let context = Context { user: event.user.clone(), role: event.role, now: event.at, request: event.request.clone() };
        let act: Act = serde_json::from_str(&event.input).unwrap();
        let before = sound::everything(store).await;
        for number in 1.. {
            failing.store(number, Ordering::Relaxed);
            calls.store(0, Ordering::Relaxed);
            let doing = match office.perform(&context, &act).await {
                Err(Stop::Failed(StoreError::Injected { doing })) => doing,
                other => panic!("{}: call {number} should have failed: {other:?}", event.act),
            };
            failed.insert(doing.split(' ').next().unwrap_or_default().to_owned());
            if doing.starts_with("acknowledge") {
                break;
            }
            let after = sound::everything(store).await;
            assert!(after == before, "{}: something changed though call {number} failed: {doing}", event.act);
        }
        failing.store(0, Ordering::Relaxed);
        let again: Outcome = office.perform(&context, &act).await.unwrap_or_else(|stop| panic!("{} after failures: {stop}", event.act));
        assert_eq!(serde_json::to_string(&again).unwrap(), event.outcome);
        assert_ne!(sound::everything(store).await, before, "{} changed nothing at all", event.act);
    }
    failed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_at_any_call_of_the_store_changes_nothing_and_the_act_succeeds_when_asked_again() {
    let log = journey().await;
    for (name, store) in stores("faults").await {
        let failed = failing_everywhere(&store, &log).await;
        println!("── {name}: {} acts; failed at {}", log.len(), failed.into_iter().collect::<Vec<_>>().join(", "));
        let again = sound::holds(&store).await;
        assert_eq!(log, again, "the log is the one of a world without failures");
    }
}
