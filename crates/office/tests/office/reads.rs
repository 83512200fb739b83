//! What reading reads: a list, a walk and a page of a book go through no more than they show, however much there is.

use crate::district::{District, id, stores};
use crate::town::{applicant, approve, organisation};
use casework::Act;
use casework::call::{CallAct, CallStage};
use casework::id::{BookId, CallId, NoticeId, UnitId, UserId};
use casework::notice::NoticeAct;
use casework::people::Role;
use casework::registry::RegistryAct;
use office::reading::{Page, Reader, Wanted, collection};
use office::walk::Walk;
use std::sync::{Arc, Mutex};
use store::Store;
use store::work::Entries;
use values::Lang;

/// A town in which four firms have a case each in two calls.
async fn town(store: Store) -> District {
    let district = District::of_a_town(store).await;
    for firm in 1..=4 {
        district.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(firm).into() })).await;
        district.verified(&format!("firm{firm}")).await;
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: applicant(firm) })).await;
    }
    for call in ["c1", "c2"] {
        district.town_call(call).await;
        for firm in 1..=4 {
            district.case_for_approval(call, firm, &format!("{call}-case{firm}"), &[("1", 1_000_000)]).await;
        }
    }
    district
}

/// A store that notes what is read of it.
fn noting(store: &Store) -> (Store, Arc<Mutex<Vec<String>>>) {
    let notes: Arc<Mutex<Vec<String>>> = Arc::default();
    let into = Arc::clone(&notes);
    let faults = move |doing: &str| {
        into.lock().unwrap().push(doing.to_owned());
        false
    };
    (store.with_faults(Arc::new(faults)), notes)
}

async fn cases(district: &District, store: &Store, who: &str, role: Role, filters: &[(&str, &str)]) -> Vec<String> {
    let reader = Reader { user: id(UserId::parse, who), role };
    let wanted = Wanted { filters: filters.to_vec(), after: "", limit: 50 };
    let page: Page = district.office.page(store, &reader, collection("cases").unwrap(), &wanted).await.unwrap();
    page.records.into_iter().map(|read| read.id).collect()
}

#[tokio::test]
async fn a_list_reads_no_record_twice_and_a_call_only_where_one_is_shown() {
    for (name, store) in stores("reads").await {
        println!("── {name}");
        let district = town(store).await;
        let (store, notes) = noting(district.office.store());
        for filters in [vec![], vec![("call_id", "c2")], vec![("stage", "approval")]] {
            notes.lock().unwrap().clear();
            let seen = cases(&district, &store, "clerk", Role::Clerk, &filters).await;
            assert_eq!(seen.len(), if filters.contains(&("call_id", "c2")) { 4 } else { 8 });
            let reads = notes.lock().unwrap().clone();
            let mut once = reads.clone();
            once.dedup();
            let may = ["begin", "read user_account clerk", "read call c1", "read call c2"];
            assert!(reads == once && reads.iter().all(|note| may.contains(&note.as_str())), "{filters:?}: {reads:?}");
        }
    }
}

#[tokio::test]
async fn a_unit_sees_the_cases_of_a_call_that_became_its_own_since_it_last_looked() {
    for (name, store) in stores("standing").await {
        println!("── {name}");
        let district = town(store).await;
        let store = district.office.store().clone();
        assert_eq!(cases(&district, &store, "clerk", Role::Clerk, &[]).await.len(), 8);
        district.town_call("c3").await;
        district.case_for_approval("c3", 1, "c3-case1", &[("1", 1_000_000)]).await;
        assert_eq!(cases(&district, &store, "clerk", Role::Clerk, &[]).await.len(), 9);
        // A call of another unit stays out, before and after.
        let mut foreign = crate::town::call("c4");
        foreign.lead = id(UnitId::parse, "treasury");
        foreign.stage = CallStage::Draft;
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: clerk_of("treasury") })).await;
        district.ok("other-clerk", Role::Clerk, Act::Call(CallAct::Prepare { call: foreign })).await;
        assert_eq!(cases(&district, &store, "other-clerk", Role::Clerk, &[]).await, Vec::<String>::new());
        assert_eq!(cases(&district, &store, "other-clerk", Role::Clerk, &[("call_id", "c1")]).await, Vec::<String>::new());
        assert_eq!(cases(&district, &store, "clerk", Role::Clerk, &[]).await.len(), 9);
    }
}

fn clerk_of(unit: &str) -> casework::people::User {
    casework::people::User {
        id: id(UserId::parse, "other-clerk"),
        name: "另一经办".into(),
        unit: Some(id(UnitId::parse, unit)),
        organisation: None,
        roles: vec![Role::Clerk],
        links: Vec::new(),
        active: true,
    }
}

#[tokio::test]
async fn the_event_of_an_entry_is_found_without_searching_the_whole_log() {
    for (name, store) in stores("walks").await {
        println!("── {name}");
        let mut district = town(store).await;
        for firm in 1..=4 {
            district.ok("leader", Role::Leader, approve(&format!("c1-case{firm}"))).await;
        }
        district.today = crate::district::day("2025-04-01");
        let notice = || id(NoticeId::parse, "n1");
        district.ok("clerk", Role::Clerk, Act::Notice(NoticeAct::Publish { notice: notice(), call: id(CallId::parse, "c1") })).await;
        district.today = crate::district::day("2025-05-06");
        let entry = id(casework::id::EntryId::parse, "e-n1");
        district.ok("leader", Role::Leader, Act::Notice(NoticeAct::Conclude { notice: notice(), entry })).await;
        district.pay("c1", "b1").await;
        let mut work = district.office.store().begin().await.unwrap();
        let entries = work.entries(&Entries::All).await.unwrap();
        drop(work);
        assert!(entries.len() >= 12, "{}", entries.len());
        let (store, notes) = noting(district.office.store());
        let mut acts = std::collections::BTreeSet::new();
        for entry in &entries {
            let mut work = store.begin().await.unwrap();
            let Some(Walk::Entry(step)) = district.office.walk(&mut work, entry.id.as_str(), Lang::Zh).await.unwrap() else { panic!() };
            let event = step.event.unwrap_or_else(|| panic!("no event posted {}", entry.id));
            let found = work.events_of("entry", entry.id.as_str()).await.unwrap();
            assert_eq!(found.iter().map(|event| event.seq).collect::<Vec<_>>(), [event.seq], "{}", entry.id);
            acts.insert(event.act);
        }
        let searched = notes.lock().unwrap().iter().filter(|note| note.starts_with("search the log")).count();
        assert_eq!(searched, entries.len(), "only this test searched: {acts:?}");
    }
}

#[tokio::test]
async fn the_pages_of_a_book_put_together_are_its_entries() {
    for (name, store) in stores("pages").await {
        println!("── {name}");
        let district = town(store).await;
        for firm in 1..=4 {
            district.ok("leader", Role::Leader, approve(&format!("c1-case{firm}"))).await;
        }
        for book in ["fund-2024", "pool-shops", "pool-machines", "no-such-book"] {
            let book = id(BookId::parse, book);
            let mut work = district.office.store().begin().await.unwrap();
            let all = work.entries(&Entries::Book(book.clone())).await.unwrap();
            let (mut after, mut pages) = (0, Vec::new());
            loop {
                let page = work.entries_page(&Entries::Book(book.clone()), after, 2).await.unwrap();
                let Some((number, _)) = page.last() else { break };
                after = *number;
                assert!(page.len() <= 2);
                pages.extend(page.into_iter().map(|(_, entry)| entry));
            }
            assert_eq!(pages, all, "{book}");
        }
    }
}
