//! Who sees which records: the table of collections, asked over HTTP by everybody.

use crate::house::{Browser, House};
use crate::stage;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use casework::call::{Call, StepKind};
use casework::case::{Case, Claim, Placed, Stage};
use casework::chain::Fingerprint;
use casework::id::DeterminationId;
use casework::motion::Motion;
use casework::organisation::AccountEntry;
use office::reading::COLLECTIONS;
use serde_json::{Value, json};
use std::time::Duration;
use store::service::Upload;
use tower::ServiceExt;
use values::Fen;

#[tokio::test]
async fn every_collection_answers_those_in_its_table_and_nobody_else() {
    let house = House::open("collections").await;
    let people = [("admin", casework::people::Role::Administrator), ("clerk", casework::people::Role::Clerk), ("finance", casework::people::Role::Finance)];
    let mut browsers = Vec::new();
    for (user, role) in people {
        browsers.push((user, role, house.sign_in(user).await));
    }
    for collection in COLLECTIONS {
        let path = format!("/api/v1/{}", collection.name);
        assert_eq!(house.get(&Browser::default(), &path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        for (user, role, browser) in &browsers {
            let wanted = if collection.sight(*role).is_some() { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(house.get(browser, &path).await.status, wanted, "{user} {path}");
        }
    }
}

#[tokio::test]
async fn pages_of_a_list_join_without_gap_or_double() {
    let house = House::open("pages").await;
    let browser = house.sign_in("admin").await;
    let whole = house.get(&browser, "/api/v1/users?limit=200").await.json();
    let ids = |page: &serde_json::Value| page["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let (mut joined, mut after) = (Vec::new(), String::new());
    loop {
        let page = house.get(&browser, &format!("/api/v1/users?limit=3&after={after}")).await.json();
        joined.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(joined, ids(&whole));
    assert!(joined.len() > 6);
}

/// Answers that look up several things must not each hold a connection while they wait for another: the pool has four.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_readers_at_once_than_connections_are_all_answered() {
    let house = House::open("crowd").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    let digest = Fingerprint::of(b"paper").to_string();
    house.with_case("case-1", "call-1", 1, &[&digest]).await;
    let upload = Upload {
        id: "u1".into(),
        user_id: "firm1".into(),
        organisation_id: Some("firm1".into()),
        case_id: None,
        name: "p.pdf".into(),
        size: 5,
        received: 5,
        kind: Some("pdf".into()),
        digest: Some(digest.clone()),
        created: 0,
    };
    house.portal.office.store().put_service_row(&upload).await.unwrap();
    let folder = house.portal.config.data.join("evidence");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(&digest), b"paper").unwrap();
    let clerk = house.sign_in("clerk").await;
    let paths = ["/api/v1/cases/case-1/status".to_owned(), format!("/api/v1/evidence/{digest}"), "/api/v1/entries?case=case-1".to_owned()];
    let mut asking = tokio::task::JoinSet::new();
    for path in paths.iter().cycle().take(60) {
        let request = Request::get(path).header(header::COOKIE, &clerk.cookie).body(Body::empty()).unwrap();
        let (router, path) = (house.router.clone(), path.clone());
        asking.spawn(async move { (router.oneshot(request).await.unwrap().status(), path) });
    }
    let answered = tokio::time::timeout(Duration::from_secs(20), asking.join_all()).await.expect("an end");
    assert!(answered.iter().all(|(status, _)| *status == StatusCode::OK), "{answered:?}");
}

#[tokio::test]
async fn accounts_are_shown_to_who_pays_who_verifies_them_and_the_enterprise() {
    let house = crate::bank::house("accounts-shown").await;
    let receipt = json!({ "batch": "batch-1", "report": { "receipt": "S9", "due": "due-1", "on": "2025-06-17", "returned": "户名与账号620000000001不符" } });
    house.keep(&serde_json::from_value::<casework::payment::Receipt>(receipt).unwrap()).await;
    let firm = stage::organisation(1);
    let entry = json!({ "id": "firm1:2", "organisation": "firm1", "account": firm.account, "from": "2025-06-18", "source": "申请表", "by": "clerk", "at": "2025-06-18T09:00:00", "verified": null });
    house.keep(&serde_json::from_value::<AccountEntry>(entry).unwrap()).await;
    let shows = async |who: &str, path: &str| {
        let came = house.get(&house.sign_in(who).await, path).await;
        assert_eq!(came.status, StatusCode::OK, "{who} {path}");
        String::from_utf8(came.body).unwrap().contains("6200")
    };
    for path in ["batches", "batches/batch-1", "receipts", "receipts/S9", "organisations", "organisations/firm1", "accounts", "accounts/firm1:2"] {
        let path = format!("/api/v1/{path}");
        assert!(shows("finance", &path).await, "{path}");
        assert_eq!(shows("reviewer", &path).await, path.contains("accounts"), "the reviewer verifies accounts: {path}");
        for who in ["clerk", "leader", "auditor"] {
            assert!(!shows(who, &path).await, "{who} {path}");
        }
    }
    assert!(shows("firm1", "/api/v1/accounts/firm1:2").await && shows("firm1", "/api/v1/organisations/firm1").await);
    let firm2 = house.sign_in("firm2").await;
    assert_eq!(house.get(&firm2, "/api/v1/accounts/firm1:2").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_a_call_the_public_sees_what_was_announced_and_no_money() {
    let house = House::open("announced").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    let mut call: Call = house.portal.office.store().begin().await.unwrap().peek("call-1").await.unwrap().unwrap();
    call.rates =
        serde_json::from_value(json!([{ "name": "美元", "value": "7.1", "source": "中国人民银行", "by": "clerk", "at": "2025-06-01T09:00:00" }])).unwrap();
    call.rankings = serde_json::from_value(
        json!([{ "clause": "1", "cases": 2, "others": 0, "source": null, "reason": null, "by": "leader", "at": "2025-06-01T09:00:00" }]),
    )
    .unwrap();
    house.keep(&call).await;
    let firm = house.get(&house.sign_in("firm1").await, "/api/v1/calls/call-1").await.json();
    let fields: Vec<&String> = firm["record"].as_object().unwrap().keys().collect();
    for hidden in ["fund", "pools", "shares", "sharing", "rankings"] {
        assert!(!fields.iter().any(|field| *field == hidden), "{hidden}: {fields:?}");
    }
    let rate = json!({ "name": "美元", "value": "7.1", "source": "中国人民银行", "at": "2025-06-01T09:00:00" });
    assert_eq!((&firm["record"]["rates"][0], &firm["record"]["title"]), (&rate, &json!("2024年度申报")));
    let clerk = house.get(&house.sign_in("clerk").await, "/api/v1/calls/call-1").await.json();
    assert_eq!((&clerk["record"]["fund"], &clerk["record"]["rates"][0]["by"]), (&json!("fund-2024"), &json!("clerk")));
}

/// What officers set so far is no promise: it is told with the determination.
#[tokio::test]
async fn an_applicant_is_told_amounts_and_places_with_the_determination_and_never_the_inner_step() {
    let house = House::open("told").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    house.with_case_at("case-1", "call-1", 1, &[], Stage::Review(StepKind::Summary)).await;
    let mut case: Case = house.portal.office.store().begin().await.unwrap().peek("case-1").await.unwrap().unwrap();
    case.claims = vec![Claim {
        assessed: Some(Fen(900)),
        set: Some(Fen(700)),
        reason: Some("核减".into()),
        shared: Some(Fen(600)),
        placed: Some(Placed { place: Some(2) }),
        ..Claim::new("1".into())
    }];
    house.keep(&case).await;
    let (firm, clerk) = (house.sign_in("firm1").await, house.sign_in("clerk").await);
    let told = house.get(&firm, "/api/v1/cases/case-1").await.json();
    assert_eq!(told["record"]["stage"], "review", "{told}");
    assert_eq!(told["record"]["claims"], serde_json::to_value([Claim::new("1".into())]).unwrap(), "{told}");
    let inside = house.get(&clerk, "/api/v1/cases/case-1").await.json();
    assert_eq!((&inside["record"]["claims"][0]["set"], &inside["record"]["stage"]), (&json!(700), &json!({ "review": "summary" })), "{inside}");
    // Nor by asking which of the own cases are at a step.
    assert_eq!(house.get(&firm, "/api/v1/cases?stage=summary").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.get(&clerk, "/api/v1/cases?stage=summary").await.json()["records"].as_array().unwrap().len(), 1);
    case.stage = Stage::Approved;
    case.determination = Some(DeterminationId::parse("d1").unwrap());
    house.keep(&case).await;
    let told = house.get(&firm, "/api/v1/cases/case-1").await.json();
    assert_eq!((&told["record"]["stage"], &told["record"]["claims"][0]["set"]), (&json!("approved"), &json!(700)), "{told}");
}

fn motion(name: &str, case: Option<&str>) -> Motion {
    let correct = json!({ "motion": name, "award": "a2", "corrects": "a1", "year": 2024, "amount": 5, "key": null, "source": { "document": "d", "digest": Fingerprint::of(b"").to_string(), "row": 1 }, "reason": "录错" });
    let body = json!({ "id": name, "case": case, "asks": { "history": { "correct": correct } }, "rests_on": "", "by": "clerk", "at": "2025-06-18T09:00:00", "confirmed": null });
    serde_json::from_value(body).unwrap()
}

#[tokio::test]
async fn what_waits_for_a_second_person_is_listed_and_read_by_who_may_confirm_it() {
    let house = House::open("motions").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    house.with_case("case-1", "call-1", 1, &[]).await;
    house.keep(&motion("mo-all", None)).await;
    house.keep(&motion("mo-case", Some("case-1"))).await;
    let ids = |came: Value| came["records"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    for (who, wanted) in
        [("reviewer", vec!["mo-all", "mo-case"]), ("leader", vec!["mo-all", "mo-case"]), ("reviewer2", vec!["mo-all"]), ("auditor", vec!["mo-all", "mo-case"])]
    {
        let browser = house.sign_in(who).await;
        assert_eq!(ids(house.get(&browser, "/api/v1/motions?open=1").await.json()), wanted, "{who}");
        let read = house.get(&browser, "/api/v1/motions/mo-case").await;
        assert_eq!(read.status == StatusCode::OK, wanted.contains(&"mo-case"), "{who}");
    }
    for who in ["park", "firm1", "admin"] {
        assert_eq!(house.get(&house.sign_in(who).await, "/api/v1/motions").await.status, StatusCode::FORBIDDEN, "{who}");
    }
}

#[tokio::test]
async fn a_queue_says_what_waits_for_me_and_pages_of_it_join() {
    let house = House::open("queue").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    // The fixed clock stands at 18 June 2025: two are over, one is not, one has no time set.
    let clock = |since: &str, due: &str| {
        serde_json::from_value(json!({ "term": "acceptance", "since": since, "period": { "working_days": 5 }, "due": due, "provisional": false })).unwrap()
    };
    for (name, since, due) in [("late-1", "2025-06-02", "2025-06-09"), ("late-2", "2025-06-03", "2025-06-10"), ("new", "2025-06-17", "2025-06-24")] {
        house.with_case(name, "call-1", 1, &[]).await;
        let mut case: Case = house.portal.office.store().begin().await.unwrap().peek(name).await.unwrap().unwrap();
        case.review.clock = Some(clock(since, due));
        house.keep(&case).await;
    }
    house.with_case("no-clock", "call-1", 1, &[]).await;
    house.with_case_at("at-summary", "call-1", 1, &[], Stage::Review(StepKind::Screening)).await;
    house.with_case_at("draft", "call-1", 1, &[], Stage::Draft).await;
    house.keep(&motion("mo-1", None)).await;
    let term = json!({ "from": "2025-06-16", "period": { "days": 10 }, "last": "2025-06-26", "provisional": false });
    let row = json!({ "case": "draft", "name": "示例", "determination": "d-none", "awards": [] });
    let notice = json!({ "id": "n1", "call": "call-1", "term": term, "rows": [row] });
    house.keep(&serde_json::from_value::<casework::notice::Notice>(notice).unwrap()).await;
    let by = json!({ "name": "李某", "contact": "电话" });
    let checked = json!({ "checked": { "by": "leader2", "at": "2025-06-17T09:00:00", "result": "属实" } });
    for (name, state) in [("o-received", json!("received")), ("o-checked", checked)] {
        let body = json!({ "id": name, "notice": "n1", "case": "draft", "by": by, "grounds": "不实", "evidence": [], "at": "2025-06-16T09:00:00", "term": term, "state": state });
        house.keep(&serde_json::from_value::<casework::notice::Objection>(body).unwrap()).await;
    }
    let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let clerk = house.sign_in("clerk").await;
    let whole = house.get(&clerk, "/api/v1/queue?limit=200").await.json();
    assert_eq!(ids(&whole), ["late-1", "late-2", "new", "o-received", "at-summary", "no-clock"], "what ends first comes first: {whole:#}");
    assert_eq!((&whole["waiting"], &whole["overdue"]), (&json!(6), &json!(2)));
    let first = &whole["items"][0];
    assert_eq!((&first["since"], &first["until"], &first["overdue"]), (&json!("2025-06-02"), &json!("2025-06-09"), &json!(true)));
    assert_eq!((&first["roles"], &first["units"], &first["step"]), (&json!(["clerk"]), &json!(["commerce"]), &json!("submitted")));
    assert!(first["left"].as_str().unwrap().starts_with("已超期"), "{first}");
    let (mut joined, mut after) = (Vec::new(), String::new());
    loop {
        let page = house.get(&clerk, &format!("/api/v1/queue?limit=2&after={after}")).await.json();
        joined.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(joined, ids(&whole));
    assert_eq!(ids(&house.get(&clerk, "/api/v1/queue?overdue=yes").await.json()), ["late-1", "late-2"]);
    assert_eq!(ids(&house.get(&house.sign_in("clerk2").await, "/api/v1/queue").await.json()), Vec::<String>::new(), "of another unit");
    assert_eq!(ids(&house.get(&house.sign_in("reviewer2").await, "/api/v1/queue").await.json()), ["mo-1"], "an old ledger is every reviewer's");
    assert_eq!(ids(&house.get(&house.sign_in("firm1").await, "/api/v1/queue").await.json()), ["draft"]);
    assert_eq!(ids(&house.get(&house.sign_in("firm2").await, "/api/v1/queue").await.json()), Vec::<String>::new());
    let leader = house.get(&house.sign_in("leader").await, "/api/v1/queue").await.json();
    assert_eq!(ids(&leader), ["o-checked", "mo-1"], "{leader:#}");
    let seen = house.get(&house.sign_in("leader").await, "/api/v1/queue?of=seen").await.json();
    assert_eq!(
        ids(&seen),
        ["late-1", "late-2", "new", "o-checked", "o-received", "at-summary", "draft", "no-clock", "mo-1"],
        "who leads sees who holds what: {seen:#}"
    );
    assert_eq!(house.get(&clerk, "/api/v1/queue?of=all").await.status, StatusCode::BAD_REQUEST);
}
