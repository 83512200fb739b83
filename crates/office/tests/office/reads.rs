//! What reading reads: a list, a walk and a page of a book go through no more than they show, however much there is.

use crate::district::{District, id, stores};
use crate::town::{applicant, approve, organisation};
use casework::Act;
use casework::call::{CallAct, CallStage};
use casework::case::Case;
use casework::id::{BookId, CallId, NoticeId, UnitId, UserId};
use casework::ledger::{Entry, Move};
use casework::notice::NoticeAct;
use casework::people::Role;
use casework::registry::RegistryAct;
use office::reading::{Page, Reader, Wanted, collection};
use office::walk::Walk;
use std::collections::BTreeMap;
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
        // What is in memory is there already, as in a service that runs.
        district.office.keep_up(district.office.store()).await.unwrap();
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
        // Nor are they had by name.
        for (who, role, all) in [("clerk", Role::Clerk, 3), ("other-clerk", Role::Clerk, 0), ("auditor", Role::Auditor, 3), ("firm1", Role::Applicant, 0)] {
            let reader = Reader { user: id(UserId::parse, who), role };
            let mut reading = district.office.reading(&store, &reader).await.unwrap();
            assert_eq!(reading.cases(&["c1-case1", "c2-case4", "c3-case1", "none"]).await.unwrap().len(), all, "{who}");
        }
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
            let clause = all.iter().find_map(|entry| entry.clause.clone());
            let some = vec![Move::Appropriate, Move::Commit, Move::Reserve];
            let wanted = [
                (Entries::Book(book.clone()), Move::ALL.to_vec(), None),
                (Entries::Moved { book: book.clone(), kinds: some.clone(), clause: None }, some.clone(), None),
                (Entries::Moved { book: book.clone(), kinds: some.clone(), clause: clause.clone() }, some, clause.clone()),
                (Entries::Moved { book: book.clone(), kinds: Vec::new(), clause }, Vec::new(), None),
            ];
            for (which, kinds, clause) in wanted {
                let (mut after, mut pages) = (0, Vec::new());
                loop {
                    let page = work.entries_page(&which, after, 2).await.unwrap();
                    let Some((number, _)) = page.last() else { break };
                    after = *number;
                    assert!(page.len() <= 2);
                    pages.extend(page.into_iter().map(|(_, entry)| entry));
                }
                let fits = |entry: &&Entry| kinds.contains(&entry.kind) && (clause.is_none() || clause == entry.clause);
                assert_eq!(pages, all.iter().filter(fits).cloned().collect::<Vec<_>>(), "{which:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_the_database_added_up_of_a_year_and_of_a_book_is_what_the_entries_come_to() {
    for (name, store) in stores("sums").await {
        println!("── {name}");
        let district = town(store).await;
        for case in ["c1-case1", "c2-case2"] {
            district.ok("leader", Role::Leader, approve(case)).await;
        }
        let mut work = district.office.store().begin().await.unwrap();
        let mut wanted: BTreeMap<(BookId, String, Move), (i64, i64)> = BTreeMap::new();
        for entry in work.entries(&Entries::All).await.unwrap() {
            for book in std::iter::once(&entry.fund).chain(&entry.pool) {
                let sum = wanted.entry((book.clone(), entry.clause.clone().unwrap_or_default(), entry.kind)).or_default();
                *sum = (sum.0 + 1, sum.1 + entry.amount.0);
            }
        }
        let newest = work.last_entry().await.unwrap();
        let mut by_month: BTreeMap<(BookId, String, Move), (i64, i64, i64)> = BTreeMap::new();
        for (number, entry) in work.entries_page(&Entries::All, 0, i64::MAX).await.unwrap() {
            assert!(number <= newest);
            let month: String = entry.at.to_string().chars().take(7).collect();
            let sum = by_month.entry((entry.fund, month, entry.kind)).or_insert((number, number, 0));
            *sum = (sum.0, number, sum.2 + entry.amount.0);
        }
        let of_months = work.month_sums(0, newest).await.unwrap();
        let of_months: BTreeMap<_, _> =
            of_months.into_iter().map(|one| ((one.fund, one.month, one.kind), (one.numbers.0, one.numbers.1, one.amount.0))).collect();
        assert_eq!(of_months, by_month);
        assert_eq!(work.month_sums(newest, i64::MAX).await.unwrap(), []);
        let flat =
            |sums: Vec<store::Sum>| -> BTreeMap<_, _> { sums.into_iter().map(|one| ((one.book, one.clause, one.kind), (one.entries, one.amount.0))).collect() };
        assert!(wanted.len() > 3, "{wanted:?}");
        assert_eq!(flat(work.sums(2024).await.unwrap()), wanted);
        assert_eq!(work.sums(1999).await.unwrap(), []);
        let book = id(BookId::parse, "fund-2024");
        let own: BTreeMap<_, _> = wanted.into_iter().filter(|((of, ..), _)| *of == book).collect();
        assert_eq!(flat(work.sums_of(&book).await.unwrap()), own);
    }
}

#[tokio::test]
async fn records_that_were_brought_together_are_those_that_are_read_one_by_one_and_a_missing_one_is_missing() {
    for (name, store) in stores("brought").await {
        println!("── {name}");
        let district = town(store).await;
        let ids = ["c1-case1", "c2-case2", "c2-case2", "nobody-s", "c1-case3"];
        let (mut one, mut together) = (district.office.store().begin().await.unwrap(), Vec::new());
        let mut alone: Vec<Option<Case>> = Vec::new();
        for id in ids {
            alone.push(one.peek(id).await.unwrap());
        }
        drop(one);
        let mut work = district.office.store().begin().await.unwrap();
        work.bring::<Case>(ids).await.unwrap();
        for id in ids {
            together.push(work.peek::<Case>(id).await.unwrap());
        }
        assert_eq!(together, alone);
        assert!(alone.iter().filter(|case| case.is_some()).count() > 2 && alone.iter().any(Option::is_none), "{alone:?}");
    }
}
