//! The files of a higher-level platform: applications in, started by the enterprise they are for, results out as the case stands.

use crate::house::{Browser, House};
use axum::http::{Method, StatusCode};
use casework::case::{Case, Stage};
use casework::determination::Determination;
use casework::payment::{Batch, Due};
use exchange::Limits;
use exchange::platform::{Application, Body as Records, Message, Outcome, Policy, Seal, Standing, Subject};
use office::key::SecretKey;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use store::service::Upload;
use values::{Fen, Moment};

const FILES: &str = "/api/v1/platform/files";

fn theirs() -> SecretKey {
    SecretKey::from_bytes(&[7; 32])
}

fn ours() -> SecretKey {
    SecretKey::from_bytes(&[9; 32])
}

fn message(to: &str, all: Vec<Application>) -> Message {
    Message::new("F-1", "市平台", to, Moment::parse("2025-06-17T20:00:00").unwrap(), Records::Applications(all))
}

fn sealed(message: &Message, key: &SecretKey) -> Vec<u8> {
    message.write(|words| Seal { key: key.public().to_string(), signature: key.sign(words) }).unwrap()
}

/// A house that exchanges files with the platform.
fn with_platform(house: House) -> House {
    let secret = house.portal.config.data.join("platform.key");
    std::fs::write(&secret, ours().text()).unwrap();
    house.again_with(|config| {
        config.platform_key = Some(theirs().public().to_string());
        config.platform_names = Some(["本区".into(), "市平台".into()]);
        config.platform_secret_path = Some(secret);
    })
}

/// An application of `ent10` of the demonstration.
async fn application(house: &House, clerk: &Browser) -> Application {
    let organisation = house.get(clerk, "/api/v1/organisations/ent10").await.json()["record"].clone();
    let call = house.get(clerk, "/api/v1/calls/ds2025").await.json()["record"].clone();
    let title = house.portal.office.scheme(&house.portal.reading, None, call["version"].as_str().unwrap()).await.unwrap().scheme.policy.title.clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Application {
        id: "SJ-2025-0001".into(),
        policy: Policy { title, number: String::new(), clause: "7.1".into() },
        year: 2025,
        subject: Subject { name: text(&organisation["name"]), credit_code: text(&organisation["credit_code"]) },
        claimed_fen: None,
        submitted: Moment::parse("2025-06-17T10:00:00").unwrap(),
        facts: [("网货标准化改造企业", "是"), ("改造实际投资额", "186000")].into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        evidence: Vec::new(),
    }
}

fn start(draft: &Value, organisation: &str) -> Value {
    json!({ "case": draft["case"], "call": draft["call"], "organisation": organisation, "clauses": draft["clauses"],
        "application": draft["application"], "evidence": [] })
}

impl House {
    /// Has a file taken; the id its results are asked for by.
    async fn brings(&self, clerk: &Browser, file: &[u8]) -> String {
        let seen = self.post(clerk, FILES, file).await.json();
        let confirm = format!("{FILES}?confirm=yes&mark={}", seen["mark"].as_str().unwrap_or_else(|| panic!("{seen:#}")));
        assert_eq!(self.post(clerk, &confirm, file).await.json()["done"], true);
        seen["id"].as_str().unwrap().to_owned()
    }

    async fn draft(&self, firm: &Browser) -> Value {
        self.get(firm, "/api/v1/platform/applications").await.json()["records"][0].clone()
    }

    async fn outcomes(&self, finance: &Browser, file: &str) -> Vec<Outcome> {
        let came = self.get(finance, &format!("{FILES}/{file}/results")).await;
        assert_eq!(came.status, StatusCode::OK, "{}", String::from_utf8_lossy(&came.body));
        let signed = |words: &str, seal: &Seal| seal.key == ours().public().to_string() && ours().public().signed(words, &seal.signature);
        let message = Message::read(&came.body, &Limits::TABLE, signed).unwrap();
        assert_eq!((message.head.from.as_str(), message.head.to.as_str()), ("本区", "市平台"));
        let Records::Results(outcomes) = message.body else { panic!("results") };
        outcomes
    }

    async fn acts(&self, who: &Browser, name: &str, body: Value) {
        let came = self.ask(who, Method::POST, &format!("/api/v1/acts/{name}"), Some(body)).await;
        assert_eq!(came.status, StatusCode::OK, "{name}: {}", String::from_utf8_lossy(&came.body));
    }

    /// Puts a case where it would be: determined with an amount, and what is due of it in these states.
    async fn stands(&self, case: &str, stage: Stage, award: (i64, Option<&str>), dues: &[(&str, i64)]) {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let kept = self.case(case).await;
        let digest = casework::chain::Fingerprint::of(b"x").to_string();
        let determination: Determination = serde_json::from_value(json!({
            "id": format!("d-{made}"), "case": case, "organisation": kept.organisation, "year": 2025, "version": "v", "scheme_hash": digest,
            "application": "{}", "assessment": "{}", "evidence": [], "awards": [
                { "clause": "7.1", "assessed": award.0, "amount": award.0, "reason": award.1 },
                // Of another clause, which the platform did not ask about.
                { "clause": "9.9", "assessed": 7, "amount": 7, "reason": null },
            ],
            "by": "leader", "at": "2025-06-18T09:00:00", "supersedes": null,
        }))
        .unwrap();
        self.keep(&determination).await;
        self.keep(&Case { stage, determination: Some(determination.id.clone()), ..kept.clone() }).await;
        // What was due the last time is void.
        let before: Vec<Due> = self.portal.office.store().begin().await.unwrap().list("case_id", &casework::Key::from(case)).await.unwrap();
        for due in before {
            self.keep(&Due { state: casework::payment::DueState::Void, ..due }).await;
        }
        let mut lines = Vec::new();
        for (number, (state, amount)) in (1..).zip(dues) {
            let id = format!("due-{made}-{number}");
            let result = match *state {
                "paid" => json!({ "arrived": { "receipt": id, "on": "2025-06-20" } }),
                "returned" | "mended" | "dropped" => json!({ "returned": { "receipt": id, "on": "2025-06-21", "reason": "户名不符" } }),
                _ => Value::Null,
            };
            lines.push(json!({ "due": id, "case": case, "clause": "7.1", "amount": amount, "again": false, "account": null, "result": result }));
            // One whose account was mended has left its batch.
            let batch = if *state == "mended" { Value::Null } else { format!("b-{made}").into() };
            let due: Due = serde_json::from_value(json!({
                "id": id, "case": case, "call": kept.call, "organisation": kept.organisation, "clause": "7.1", "determination": determination.id,
                "number": number, "of": dues.len(), "year": 2025, "amount": amount, "fund": null, "state": state, "tested_first": false, "retests": [],
                "batch": batch,
            }))
            .unwrap();
            self.keep(&due).await;
        }
        let batch: Batch = serde_json::from_value(json!({
            "id": format!("b-{made}"), "call": kept.call, "state": "sent", "request_number": null, "lines": lines, "planned_by": "clerk",
            "sent": "2025-06-18T10:00:00",
        }))
        .unwrap();
        self.keep(&batch).await;
    }
}

#[tokio::test]
async fn applications_of_the_platform_come_in_are_started_by_the_enterprise_and_their_results_go_out() {
    let house = with_platform(House::demonstration("platform").await);
    let (clerk, firm, other) = (house.sign_in("clerk").await, house.sign_in("ent10").await, house.sign_in("ent11").await);
    let application = application(&house, &clerk).await;
    let unknown = Application { id: "SJ-2025-0002".into(), year: 2031, ..application.clone() };
    let file = sealed(&message("本区", vec![application.clone(), unknown]), &theirs());
    assert_eq!(house.post(&clerk, FILES, &sealed(&message("本区", vec![application.clone()]), &ours())).await.json()["type"], "/problems/seal-not-trusted");
    let seen = house.post(&clerk, FILES, &file).await.json();
    assert_eq!(
        (&seen["applications"][0]["organisation"], &seen["applications"][0]["call"], &seen["done"]),
        (&json!("ent10"), &json!("ds2025"), &json!(false)),
        "{seen:#}"
    );
    assert_eq!(seen["applications"][0]["hindrances"], json!([]));
    assert_eq!(seen["applications"][1]["hindrances"].as_array().unwrap().len(), 1);
    assert_eq!(house.get(&firm, "/api/v1/platform/applications").await.json()["records"], json!([]), "looked at, not taken");
    let id = house.brings(&clerk, &file).await;
    assert_eq!(house.brings(&clerk, &file).await, id, "a file that comes twice is known");
    let changed = sealed(&message("本区", vec![application.clone()]), &theirs());
    assert_eq!(house.post(&clerk, FILES, &changed).await.json()["type"], "/problems/platform-id");
    let papers: Vec<Upload> = house.portal.office.store().service_rows("user_id", "clerk").await.unwrap();
    assert_eq!(papers.iter().filter(|row| portal::is_paper(row)).count(), 4, "the very file, two drafts, what was read: {papers:?}");

    // The enterprise starts it itself, under the id that leads back.
    assert_eq!(house.get(&other, "/api/v1/platform/applications").await.json()["records"], json!([]), "another's");
    let draft = house.draft(&firm).await;
    house.acts(&firm, "case.start", start(&draft, "ent10")).await;
    house.acts(&firm, "case.submit", json!({ "case": draft["case"] })).await;
    let finance = house.sign_in("finance").await;
    assert_eq!(house.outcomes(&finance, &id).await, [], "nothing is decided yet");
    house.acts(&clerk, "case.decline", json!({ "case": draft["case"], "reason": "材料不属于本批次" })).await;
    let told = house.outcomes(&finance, &id).await;
    assert_eq!((told[0].id.as_str(), told[0].standing, told[0].reason.as_deref()), ("SJ-2025-0001", Standing::NotAccepted, Some("材料不属于本批次")));
    let results = format!("{FILES}/{id}/results");
    assert_eq!(house.get(&firm, &results).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get(&clerk, &results).await.status, StatusCode::FORBIDDEN, "results are of the cases of every unit");
    assert_eq!(house.get(&finance, &format!("{FILES}/none/results")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_platform_is_told_of_the_money_as_it_stands_and_the_enterprise_of_its_review_as_one() {
    let house = with_platform(House::demonstration("platform-standing").await);
    let (clerk, firm, finance) = (house.sign_in("clerk").await, house.sign_in("ent10").await, house.sign_in("finance").await);
    let id = house.brings(&clerk, &sealed(&message("本区", vec![application(&house, &clerk).await]), &theirs())).await;
    let draft = house.draft(&firm).await;
    house.acts(&firm, "case.start", start(&draft, "ent10")).await;
    let case = draft["case"].as_str().unwrap();
    let told = async |stage, award, dues: &[(&str, i64)]| {
        house.stands(case, stage, award, dues).await;
        house.outcomes(&finance, &id).await.pop().map(|told| (told.standing, told.amount_fen, told.reason))
    };
    let given = (100_000, None);
    assert_eq!(told(Stage::Noticed, given, &[]).await, Some((Standing::Determined, Some(Fen(100_000)), None)));
    assert_eq!(told(Stage::Paying, given, &[("paying", 100_000)]).await, Some((Standing::Determined, Some(Fen(100_000)), None)));
    // One arrived, another came back: what waits for somebody is told, and what arrived beside it.
    let reason = Some("户名不符（另有600.00元已到账）".to_owned());
    assert_eq!(told(Stage::Returned, given, &[("paid", 60_000), ("returned", 40_000)]).await, Some((Standing::Returned, Some(Fen(40_000)), reason)));
    let reason = Some("户名不符".to_owned());
    assert_eq!(told(Stage::Returned, given, &[("mended", 100_000)]).await, Some((Standing::Returned, Some(Fen(100_000)), reason)));
    // What came back and is not paid any more is not on its way back.
    assert_eq!(told(Stage::Paid, given, &[("paid", 60_000), ("dropped", 40_000)]).await, Some((Standing::Paid, Some(Fen(60_000)), None)));
    let lapsed = Some((Standing::Rejected, None, Some("未达条件".to_owned())));
    assert_eq!(told(Stage::Terminated, given, &[("lapsed", 100_000)]).await, lapsed);
    assert_eq!(told(Stage::Archived, given, &[("lapsed", 100_000)]).await, lapsed);
    // Cancelled by an objection: a determination of nothing, and no end that somebody wrote.
    let cancelled = Some((Standing::Rejected, None, Some("异议处理：经查不实".to_owned())));
    assert_eq!(told(Stage::Refused, (0, Some("异议处理：经查不实")), &[]).await, cancelled);
    assert_eq!(told(Stage::Review(casework::call::StepKind::Summary), given, &[]).await, None, "decided anew");
    assert_eq!(house.draft(&firm).await["stage"], "review", "not which step");
}

#[tokio::test]
async fn a_case_of_somebody_else_under_an_id_of_the_platform_is_not_started_and_is_no_result() {
    let house = with_platform(House::demonstration("platform-ids").await);
    let (clerk, firm, other, finance) =
        (house.sign_in("clerk").await, house.sign_in("ent10").await, house.sign_in("ent11").await, house.sign_in("finance").await);
    let id = house.brings(&clerk, &sealed(&message("本区", vec![application(&house, &clerk).await]), &theirs())).await;
    let draft = house.draft(&firm).await;
    for (who, organisation, case) in [(&other, "ent11", draft["case"].clone()), (&other, "ent11", json!("pf-0")), (&firm, "ent10", json!("pf-0"))] {
        let mut body = start(&draft, organisation);
        body["case"] = case;
        let came = house.ask(who, Method::POST, "/api/v1/acts/case.start", Some(body)).await;
        assert_eq!((came.status, &came.json()["type"]), (StatusCode::CONFLICT, &json!("/problems/case-reserved")), "{organisation}");
    }
    // One that is there all the same: of another enterprise, of another call, of another clause.
    house.acts(&firm, "case.start", start(&draft, "ent10")).await;
    let case = draft["case"].as_str().unwrap();
    house.stands(case, Stage::Noticed, (100_000, None), &[]).await;
    assert_eq!(house.outcomes(&finance, &id).await.len(), 1);
    let right = house.case(case).await;
    let mut wrong = vec![right.clone(), right.clone(), right.clone()];
    wrong[0].organisation = casework::id::OrganisationId::parse("ent11").unwrap();
    wrong[1].call = casework::id::CallId::parse("ds2024").unwrap();
    wrong[2].claims.clear();
    for case in wrong {
        house.keep(&case).await;
        assert_eq!(house.outcomes(&finance, &id).await, [], "{case:?}");
        assert_eq!(house.draft(&firm).await["stage"], Value::Null, "{case:?}");
    }
}

#[tokio::test]
async fn a_file_of_the_platform_for_another_office_is_not_taken() {
    let house = with_platform(House::open("platform-names").await);
    let clerk = house.sign_in("clerk").await;
    let came = house.post(&clerk, FILES, &sealed(&message("邻区", Vec::new()), &theirs())).await;
    assert_eq!((came.status, &came.json()["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/platform-addressee")));
    assert!(came.json()["detail"].as_str().unwrap().contains("邻区"), "{came:?}");
    let from_another =
        Message { head: exchange::platform::Head { from: "省平台".into(), ..message("本区", Vec::new()).head }, ..message("本区", Vec::new()) };
    assert_eq!(house.post(&clerk, FILES, &sealed(&from_another, &theirs())).await.json()["type"], "/problems/platform-addressee");
    assert_eq!(house.post(&clerk, FILES, &sealed(&message("本区", Vec::new()), &theirs())).await.status, StatusCode::OK);
    let unnamed = house.again_with(|config| config.platform_names = None);
    let came = unnamed.post(&clerk, FILES, &sealed(&message("本区", Vec::new()), &theirs())).await;
    assert_eq!(came.json()["type"], "/problems/platform-key", "without names nothing is taken");
}

#[test]
fn a_key_of_the_platform_without_the_names_of_both_sides_is_refused_before_the_service_starts() {
    let key = format!("platform_key = \"{}\"\n", theirs().public());
    let why = portal::Config::read("duixian.toml", &key, &[]).expect_err("no names").to_string();
    assert!(why.contains("platform_names"), "{why}");
    let names = Some(["本区".to_owned(), "市平台".to_owned()]);
    let variable = ("DUIXIAN_PLATFORM_NAMES".to_owned(), r#"["本区", "市平台"]"#.to_owned());
    assert_eq!(portal::Config::read("duixian.toml", &key, &[variable]).unwrap().platform_names, names);
    assert_eq!(portal::Config::read("duixian.toml", &format!("{key}platform_names = [\"本区\", \"市平台\"]"), &[]).unwrap().platform_names, names);
}
