//! The demonstration: a case at every stage, everybody can come in, what is kept is what the log says, and no start does it twice.

use crate::house::House;
use axum::http::StatusCode;
use casework::call::{Call, CallStage};
use casework::case::{Case, Stage};
use casework::document::{Document, DocumentKind};
use casework::id::{CaseId, RequestId, UserId};
use casework::kind::KINDS;
use casework::people::{Role, User};
use casework::policy_version::{Comment, PolicyLife};
use casework::registry::RegistryAct;
use casework::{Act, Record};
use office::checkpoint::Signed;
use office::verify::{self, Options};
use office::{Context, Office};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::time::{Duration, Instant};
use store::Store;
use values::{Date, Fen, Moment, WorkCalendar};

async fn all<R: Record>(store: &Store) -> Vec<R> {
    let kept = store.begin().await.unwrap().all(R::TABLE).await.unwrap();
    kept.iter().map(|kept| serde_json::from_str(&kept.body).unwrap()).collect()
}

/// Everything that is kept, with its version: for comparing before and after.
async fn everything(store: &Store) -> Vec<String> {
    let mut work = store.begin().await.unwrap();
    let mut out = Vec::new();
    for kind in KINDS {
        out.extend(work.all(kind.table).await.unwrap().into_iter().map(|kept| format!("{} {} {}", kind.table.name, kept.id, kept.version)));
    }
    out.extend(work.events(0, i64::MAX).await.unwrap().into_iter().map(|event| format!("{} {}", event.seq, event.fingerprint)));
    out
}

#[tokio::test]
async fn the_demonstration_has_a_case_at_every_stage_and_everything_a_visitor_looks_for() {
    let begun = Instant::now();
    let house = House::demonstration("demo").await;
    let store = house.portal.office.store();
    println!("entered in {:?}, {} events", begun.elapsed(), store.begin().await.unwrap().events(0, i64::MAX).await.unwrap().len());

    let cases: Vec<Case> = all(store).await;
    let mut at: BTreeMap<Stage, Vec<CaseId>> = BTreeMap::new();
    cases.iter().for_each(|case| at.entry(case.stage).or_default().push(case.id.clone()));
    let missing: Vec<&str> = Stage::ALL.iter().filter(|stage| !at.contains_key(stage)).map(|stage| stage.name()).collect();
    assert!(missing.is_empty(), "no case is at {missing:?}: {at:?}");
    for case in cases.iter().filter(|case| matches!(case.stage, Stage::Approved | Stage::Noticed | Stage::Committed | Stage::Paid)) {
        assert!(case.claims.iter().any(|claim| claim.assessed > Some(Fen(0))), "{} is awarded nothing", case.id);
    }
    let calls: BTreeMap<String, CallStage> = all::<Call>(store).await.into_iter().map(|call| (call.id.to_string(), call.stage)).collect();
    let wanted = [
        ("ds2024", CallStage::Shared),
        ("ds2025", CallStage::Open),
        ("ds2025b", CallStage::Draft),
        ("jlp2024", CallStage::Open),
        ("yy2024", CallStage::Closed),
    ];
    assert_eq!(calls, wanted.map(|(id, stage)| (id.to_owned(), stage)).into());
    let today = portal::demo::now().date();
    let in_force = all::<PolicyLife>(store).await.iter().filter(|life| life.in_force(today)).count();
    assert_eq!((in_force, all::<Comment>(store).await.len()), (2, 3));
    let mut work = store.begin().await.unwrap();
    for kind in KINDS.iter().filter(|kind| ["recovery", "objection", "match_list", "guide", "recognition", "shop", "outbox"].contains(&kind.table.name)) {
        assert!(!work.all(kind.table).await.unwrap().is_empty(), "no {}", kind.table.name);
    }
    // Whoever holds the one writer of the database keeps the others waiting.
    drop(work);
    let issued: Vec<Document> = all(store).await;
    let never: Vec<&str> = DocumentKind::ALL.iter().filter(|kind| issued.iter().all(|one| one.kind != **kind)).map(|kind| kind.name()).collect();
    // Nobody is overdue on that day, and the public is still being asked.
    assert_eq!(never, ["recovery_reminder", "comment_summary"]);
    let pack = |kind: &DocumentKind| issued.iter().any(|one| one.kind == *kind && one.subject.id() == "ds2024");
    assert!(DocumentKind::MEETING.iter().all(pack), "the papers of the meeting are whole");
    let mut numbers: BTreeMap<(String, &str, i32), Vec<u32>> = BTreeMap::new();
    issued.iter().for_each(|one| numbers.entry((one.unit.to_string(), one.kind.name(), one.year)).or_default().push(one.number));
    for (series, mut given) in numbers {
        given.sort_unstable();
        assert_eq!(given, (1..).take(given.len()).collect::<Vec<u32>>(), "a gap in {series:?}");
    }
    let request = issued.iter().find(|one| one.kind == DocumentKind::PaymentRequest).unwrap();
    assert!(request.data.contains("\"signer\":\"吴审批\""), "the leader who issues a request signs it: {}", request.data);
}

#[tokio::test]
async fn the_demonstration_verifies_and_done_again_gives_the_same() {
    let house = House::demonstration("demo-sound").await;
    let store = house.portal.office.store();
    let mut none: Signed<BufReader<&[u8]>> = Signed::new(Vec::new()).unwrap();
    let mut report = verify::store(store, &mut none, Options { determinations: true, ..Options::default() }).await.unwrap();
    verify::replay(store, WorkCalendar::china(), &mut report).await.unwrap();
    assert!(report.is_good(), "{:#?}", report.findings);
    assert!(report.determinations > 10 && report.replayed == report.events, "{report:?}");
}

#[tokio::test]
async fn everybody_of_the_demonstration_comes_in_whatever_the_role_and_a_later_start_changes_nothing() {
    let house = House::demonstration("demo-people").await;
    let store = house.portal.office.store();
    let users: Vec<User> = all(store).await;
    let roles: BTreeSet<Role> = users.iter().flat_map(|user| user.roles.clone()).collect();
    assert_eq!(roles, Role::ALL.into(), "users of every role");
    let printed: BTreeSet<&str> = portal::demo::people().map(|(id, _)| id).collect();
    assert!(printed.iter().all(|id| users.iter().any(|user| user.id.as_str() == *id)), "who is printed is there");
    assert_eq!(users.iter().filter(|user| !printed.contains(user.id.as_str())).count(), 22, "the other applicants are not printed");
    for id in printed.iter().copied().chain(["ent24"]) {
        let came = house.try_sign_in(id, portal::demo::PASSWORD).await;
        assert_eq!(came.status, StatusCode::CREATED, "{id}: {came:?}");
    }
    let before = everything(store).await;
    let begun = Instant::now();
    portal::demo::seed(&house.portal.office).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "a later start reads and does no more");
    assert_eq!(everything(store).await, before);
}

#[tokio::test]
async fn a_demonstration_that_was_broken_off_is_completed_and_a_real_office_is_refused() {
    let whole = House::demonstration("demo-whole").await;
    // Units and people are the beginning of it.
    let half = House::open("demo-half").await;
    portal::demo::seed(&half.portal.office).await.unwrap();
    assert!(everything(half.portal.office.store()).await == everything(whole.portal.office.store()).await, "the same to the last fingerprint");

    let other = Office::new(Store::memory(), WorkCalendar::china());
    let user = User {
        id: UserId::parse("boss").unwrap(),
        name: "某管理员".into(),
        unit: None,
        organisation: None,
        roles: vec![Role::Administrator],
        links: Vec::new(),
        active: true,
    };
    let context = Context { user: user.id.clone(), role: Role::Administrator, now: portal::demo::now(), request: RequestId::parse("real-1").unwrap() };
    other.perform(&context, &Act::Registry(RegistryAct::Found { user })).await.unwrap();
    let refused = portal::demo::seed(&other).await;
    assert!(matches!(refused, Err(portal::demo::DemoError::Real)), "{refused:?}");
    assert_eq!(other.store().begin().await.unwrap().events(0, i64::MAX).await.unwrap().len(), 1);
}

/// Does an act on a later day than the demonstration's.
async fn later(house: &House, who: &str, role: Role, (day, number): (&str, u32), act: (&str, &str, serde_json::Value)) {
    let (noun, verb, fields) = act;
    let act: Act = serde_json::from_value(json!({ noun: { verb: fields } })).unwrap();
    let now = Moment::new(Date::parse(day).unwrap(), 36_000 + number).unwrap();
    let context = Context { user: UserId::parse(who).unwrap(), role, now, request: RequestId::parse(&format!("later-{number}")).unwrap() };
    house.portal.office.perform(&context, &act).await.unwrap_or_else(|why| panic!("{noun}.{verb}: {why:?}"));
}

#[tokio::test]
async fn the_two_papers_that_have_no_occasion_yet_are_written_when_it_comes() {
    let house = House::demonstration("demo-later").await;
    let draft = all::<PolicyLife>(house.portal.office.store()).await.into_iter().find(|life| !life.in_force(portal::demo::now().date())).unwrap();
    let policy = || draft.id.to_string();
    // The second instalment was due on 10 July, and the public was asked until then.
    let reminder = json!({ "recovery": "zh2025-1", "number": "黔江商务演追催〔2025〕1号", "period": { "working_days": 10 } });
    later(&house, "clerk", Role::Clerk, ("2025-07-14", 1), ("recovery", "remind", reminder)).await;
    let answers = json!([{ "comment": "comment2", "verdict": "adopted", "reason": "茶叶加工企业的包装改造列入改造投资范围" }]);
    later(&house, "drafter", Role::Drafter, ("2025-07-14", 2), ("policy", "answer", json!({ "policy": policy(), "answers": answers }))).await;
    later(&house, "leader", Role::Leader, ("2025-07-14", 3), ("policy", "release", json!({ "policy": policy() }))).await;
    let issue = |subject: serde_json::Value, id: &str, kind: &str| json!({ "subject": subject, "documents": [{ "document": id, "kind": kind }] });
    let of_recovery = issue(json!({ "recovery": "zh2025-1" }), "cuigao-1", "recovery_reminder");
    later(&house, "clerk", Role::Clerk, ("2025-07-14", 4), ("document", "issue", of_recovery)).await;
    let of_policy = issue(json!({ "policy": policy() }), "huizong-1", "comment_summary");
    later(&house, "clerk", Role::Clerk, ("2025-07-14", 5), ("document", "issue", of_policy)).await;
    let clerk = house.sign_in("clerk").await;
    let papers: [(&str, &[&str]); 2] = [
        ("cuigao-1", &["催告书", "200,000.00", "80,000.00", "120,000.00", "至迟应于2025年7月10日缴纳", "2025年7月28日"]),
        ("huizong-1", &["意见采纳情况汇总表", "销售额含税还是不含税", "采纳", "部分采纳", "包装改造列入改造投资范围"]),
    ];
    for (id, words) in papers {
        for (format, magic) in [("docx", &b"PK"[..]), ("pdf", b"%PDF-")] {
            let came = house.get(&clerk, &format!("/api/v1/documents/{id}/file?format={format}")).await;
            assert!(came.status == StatusCode::OK && came.body.starts_with(magic), "{id} {format}: {}", String::from_utf8_lossy(&came.body));
            // To be looked at.
            std::fs::write(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{id}.{format}")), &came.body).unwrap();
        }
        let text = house.get(&clerk, &format!("/api/v1/documents/{id}/file?format=text")).await;
        let text = String::from_utf8_lossy(&text.body).into_owned();
        for word in words {
            assert!(text.contains(word), "{id} says nothing of {word}: {text}");
        }
    }
}
