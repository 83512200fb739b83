//! Round trips with other authorities: lists out and answers in, the platform's applications in and results out, and the same
//! invoice in applications of two years.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use casework::call::Call;
use casework::case::{Case, Credit};
use exchange::Limits;
use exchange::platform::{Application, Body as Records, Message, Policy, Seal, Standing, Subject};
use office::key::SecretKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use values::Moment;

impl House {
    pub async fn post(&self, browser: &Browser, path: &str, bytes: &[u8]) -> Came {
        let request = Request::post(path).header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
        self.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }

    async fn case(&self, id: &str) -> Case {
        self.portal.office.store().begin().await.unwrap().peek(id).await.unwrap().unwrap()
    }
}

/// A word behind a question mark.
fn word(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Fills answers into the rows of a list, by credit code.
fn answered(list: &[u8], answers: &[(&str, &[&str])]) -> Vec<u8> {
    let raw = exchange::table::raw(list, &Limits::TABLE).unwrap();
    let fixed = raw.header.len() - answers[0].1.len();
    let code = raw.header.iter().position(|head| head == "统一社会信用代码").unwrap();
    let mut out = raw.header.join(",");
    for (_, cells) in &raw.rows {
        let plain = |cell: &exchange::table::Raw| match cell {
            exchange::table::Raw::Text(text) => text.clone(),
            _ => String::new(),
        };
        let words: Vec<String> = cells.iter().map(plain).collect();
        let answer = answers.iter().find(|(of, _)| *of == words[code]).unwrap_or_else(|| panic!("{words:?}"));
        let row: Vec<&str> = words.iter().take(fixed).map(String::as_str).chain(answer.1.iter().copied()).collect();
        out += &format!("\n{}", row.join(","));
    }
    out.into_bytes()
}

async fn on_both(name: &str) -> Vec<(&'static str, House)> {
    let sqlite = House::open(&format!("{name}-sqlite")).await;
    let postgres = House::open_with(&format!("{name}-postgres"), |config| config.database = Some(crate::postgres::database())).await;
    vec![("sqlite", sqlite), ("postgres", postgres)]
}

#[tokio::test]
async fn a_list_goes_out_to_each_authority_its_answers_come_in_and_the_reviewer_reads_them() {
    for (database, house) in on_both("verification").await {
        house.with_firms().await;
        house.with_call("call-1").await;
        for firm in [1, 2] {
            house.with_case(&format!("case-{firm}"), "call-1", firm, &[]).await;
        }
        let (clerk, reviewer, finance) = (house.sign_in("clerk").await, house.sign_in("reviewer").await, house.sign_in("finance").await);
        let (foreign, firm, auditor) = (house.sign_in("clerk2").await, house.sign_in("firm1").await, house.sign_in("auditor").await);
        let (one, two) = (crate::stage::code(1), crate::stage::code(2));
        let ground = format!("purpose={}&legal_basis={}", word("2024年度资金审核"), word("《办法》第九条"));
        let rounds: [(&str, &str, &[&str], &[&str]); 4] = [
            ("tax", "&period=2024", &["1000.00", "60.00", "无", ""], &["", "", "有", "已约谈"]),
            ("market", "", &["存续", "2019-03-01", "无", "无", ""], &["注销", "", "无", "无", ""]),
            ("credit", "", &["正常", ""], &["失信", "欠税公告"]),
            ("social", "&period=2024", &["12", "无", ""], &["0", "无", ""]),
        ];
        for (authority, period, first, second) in rounds {
            let path = format!("/api/v1/calls/call-1/verification-list?authority={authority}&{ground}{period}");
            assert_eq!(house.get(&foreign, &path).await.status, StatusCode::NOT_FOUND, "{database}: a call that another unit leads");
            assert_eq!(house.get(&finance, &path).await.status, StatusCode::FORBIDDEN);
            let nothing = house.get(&clerk, &path.replace(&format!("&legal_basis={}", word("《办法》第九条")), "")).await;
            assert_eq!(nothing.json()["type"], "/problems/list-incomplete", "{database}: without its legal ground nothing leaves");
            let list = house.get(&clerk, &path).await;
            assert_eq!(list.status, StatusCode::OK, "{database} {authority}: {}", String::from_utf8_lossy(&list.body));
            let raw = exchange::table::raw(&list.body, &Limits::TABLE).unwrap();
            let exchange::table::Raw::Text(id) = &raw.rows[0].1[0] else { panic!("{raw:?}") };
            let file = answered(&list.body, &[(&one, first), (&two, second)]);
            let answers = format!("/api/v1/verifications/{id}/answers?source={}", word("区某局 某人"));
            assert_eq!(house.post(&foreign, &answers, &file).await.status, StatusCode::NOT_FOUND);
            let tampered = String::from_utf8(file.clone()).unwrap().replace("示例", "别的").replace("firm", "other").into_bytes();
            let seen = house.post(&clerk, &answers, &file).await.json();
            assert_eq!((&seen["answers"], &seen["problems"], &seen["snapshot"]), (&json!(2), &json!([]), &Value::Null), "{database} {authority}: {seen}");
            let confirm = format!("{answers}&confirm=yes&mark={}", seen["mark"].as_str().unwrap());
            if tampered != file {
                assert_eq!(
                    house.post(&clerk, &confirm, &tampered).await.status,
                    StatusCode::PRECONDITION_FAILED,
                    "{database}: what was not looked at is not kept"
                );
            }
            let kept = house.post(&clerk, &confirm, &file).await.json();
            assert!(kept["snapshot"].is_string(), "{database} {authority}: {kept}");
            assert_eq!(house.post(&clerk, &confirm, &file).await.json(), kept, "{database}: asked again, kept once");
            let again = house.get(&clerk, &path).await;
            let same = exchange::table::raw(&again.body, &Limits::TABLE).unwrap();
            assert_eq!(same.rows, raw.rows, "{database}: the same question is the same list");
        }
        let told = house.get(&reviewer, "/api/v1/cases/case-2/verifications").await.json();
        let told: BTreeMap<&str, &Value> = told["records"].as_array().unwrap().iter().map(|told| (told["authority"].as_str().unwrap(), told)).collect();
        assert_eq!(told.keys().copied().collect::<Vec<_>>(), ["credit", "market", "social", "tax"], "{database}: one snapshot each");
        assert_eq!((&told["tax"]["answers"]["arrears"], &told["tax"]["source"]), (&json!("有"), &json!("区某局 某人")));
        assert_eq!(told["market"]["answers"]["status"], "注销");
        assert_eq!(told["tax"]["legal_basis"], "《办法》第九条");
        assert_eq!(house.get(&foreign, "/api/v1/cases/case-2/verifications").await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get(&firm, "/api/v1/cases/case-1/verifications").await.status, StatusCode::FORBIDDEN);
        // What the credit authority said is entered with the cases; the rest is for people.
        assert_eq!(house.case("case-1").await.review.credit.iter().map(|check| check.given.result.clone()).collect::<Vec<_>>(), [Credit::Clear]);
        assert_eq!(house.case("case-2").await.review.credit[0].given.result, Credit::Listed("欠税公告".into()), "{database}");
        let notes = house.get(&auditor, "/api/v1/export-notes?user_id=clerk").await.json();
        assert_eq!(notes["records"].as_array().unwrap().len(), 8, "{database}: {notes}");
    }
}

#[tokio::test]
async fn an_invoice_of_last_years_application_is_told_to_the_reviewer_of_this_years() {
    let house = House::open("repeated").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    let mut last: Call = house.portal.office.store().begin().await.unwrap().peek("call-1").await.unwrap().unwrap();
    (last.id, last.year) = (casework::id::CallId::parse("call-0").unwrap(), 2023);
    house.keep(&last).await;
    let (one, two, reviewer) = (house.sign_in("firm1").await, house.sign_in("firm2").await, house.sign_in("reviewer").await);
    let number = "25502000000012345678";
    let digest = |taken: &Value| taken["digest"].as_str().unwrap().to_owned();
    let ofd = crate::files::ofd(&[("Doc_0/Attachs/einvoice.xml", crate::files::digital(number).as_bytes())]);
    let first = digest(&house.taken(&one, "发票.ofd", &ofd).await);
    let again = digest(&house.taken(&two, "发票.xml", crate::files::digital(number).as_bytes()).await);
    house.with_case("case-1", "call-0", 1, &[&first]).await;
    house.with_case("case-2", "call-1", 2, &[&again]).await;
    house.with_case("case-3", "call-1", 2, &[]).await;
    let found = house.get(&reviewer, "/api/v1/cases/case-2/repeated-invoices").await.json();
    let uses: Vec<(i64, &str, &str)> = found["records"][0]["uses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| (each["year"].as_i64().unwrap(), each["organisation"].as_str().unwrap(), each["case"].as_str().unwrap()))
        .collect();
    assert_eq!(uses, [(2023, "firm1", "case-1"), (2024, "firm2", "case-2")]);
    assert_eq!(house.get(&reviewer, "/api/v1/cases/case-3/repeated-invoices").await.json()["records"], json!([]));
    assert_eq!(house.get(&two, "/api/v1/cases/case-2/repeated-invoices").await.status, StatusCode::FORBIDDEN, "whose it was is not for another enterprise");
}

#[tokio::test]
async fn applications_of_the_platform_come_in_are_started_by_the_enterprise_and_their_results_go_out() {
    let (theirs, ours) = (SecretKey::from_bytes(&[7; 32]), SecretKey::from_bytes(&[9; 32]));
    let mut house = House::demonstration("platform").await;
    let secret = house.portal.config.data.join("platform.key");
    std::fs::write(&secret, ours.text()).unwrap();
    let public = theirs.public().to_string();
    house = house.again_with(|config| (config.platform_key, config.platform_secret_path) = (Some(public), Some(secret)));
    let (clerk, firm, other) = (house.sign_in("clerk").await, house.sign_in("ent10").await, house.sign_in("ent11").await);
    let organisation = house.get(&clerk, "/api/v1/organisations/ent10").await.json()["record"].clone();
    let call = house.get(&clerk, "/api/v1/calls/ds2025").await.json()["record"].clone();
    let title = house.portal.office.scheme(&house.portal.reading, None, call["version"].as_str().unwrap()).await.unwrap().scheme.policy.title.clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let application = Application {
        id: "SJ-2025-0001".into(),
        policy: Policy { title, number: String::new(), clause: "7.1".into() },
        year: 2025,
        subject: Subject { name: text(&organisation["name"]), credit_code: text(&organisation["credit_code"]) },
        claimed_fen: None,
        submitted: Moment::parse("2025-06-17T10:00:00").unwrap(),
        facts: [("网货标准化改造企业", "是"), ("改造实际投资额", "186000")].into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        evidence: Vec::new(),
    };
    let unknown = Application { id: "SJ-2025-0002".into(), year: 2031, ..application.clone() };
    let message = |all: Vec<Application>| Message::new("F-1", "市平台", "本区", Moment::parse("2025-06-17T20:00:00").unwrap(), Records::Applications(all));
    let sealed = |message: &Message, key: &SecretKey| message.write(|words| Seal { key: key.public().to_string(), signature: key.sign(words) }).unwrap();
    let file = sealed(&message(vec![application.clone(), unknown]), &theirs);
    let path = "/api/v1/platform/files";
    assert_eq!(house.post(&clerk, path, &sealed(&message(vec![application.clone()]), &ours)).await.json()["type"], "/problems/seal-not-trusted");
    let seen = house.post(&clerk, path, &file).await.json();
    assert_eq!(
        (&seen["applications"][0]["organisation"], &seen["applications"][0]["call"], &seen["done"]),
        (&json!("ent10"), &json!("ds2025"), &json!(false)),
        "{seen:#}"
    );
    assert_eq!(seen["applications"][0]["hindrances"], json!([]));
    assert_eq!(seen["applications"][1]["hindrances"].as_array().unwrap().len(), 1);
    assert_eq!(house.get(&firm, "/api/v1/platform/applications").await.json()["records"], json!([]), "looked at, not taken");
    let confirm = format!("{path}?confirm=yes&mark={}", seen["mark"].as_str().unwrap());
    assert_eq!(house.post(&clerk, &confirm, &file).await.json()["done"], true);
    assert_eq!(house.post(&clerk, &confirm, &file).await.json()["done"], true, "a file that comes twice is known");
    let changed = sealed(&message(vec![application.clone()]), &theirs);
    assert_eq!(house.post(&clerk, path, &changed).await.json()["type"], "/problems/platform-id");

    // The enterprise starts it itself, under the id that leads back.
    assert_eq!(house.get(&other, "/api/v1/platform/applications").await.json()["records"], json!([]), "another's");
    let draft = house.get(&firm, "/api/v1/platform/applications").await.json()["records"][0].clone();
    let start = json!({ "case": draft["case"], "call": draft["call"], "organisation": draft["organisation"], "clauses": draft["clauses"],
        "application": draft["application"], "evidence": [] });
    let act = |name: &str, body: Value| (format!("/api/v1/acts/{name}"), Some(body));
    for (who, (path, body)) in [(&firm, act("case.start", start)), (&firm, act("case.submit", json!({ "case": draft["case"] })))] {
        let came = house.ask(who, Method::POST, &path, body).await;
        assert_eq!(came.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&came.body));
    }
    let results = format!("{path}/{}/results", seen["id"].as_str().unwrap());
    let finance = house.sign_in("finance").await;
    let outcomes = async || {
        let came = house.get(&finance, &results).await;
        assert_eq!(came.status, StatusCode::OK, "{}", String::from_utf8_lossy(&came.body));
        let signed = |words: &str, seal: &Seal| seal.key == ours.public().to_string() && ours.public().signed(words, &seal.signature);
        let message = Message::read(&came.body, &Limits::TABLE, signed).unwrap();
        assert_eq!((message.head.from.as_str(), message.head.to.as_str()), ("本区", "市平台"));
        let Records::Results(outcomes) = message.body else { panic!("results") };
        outcomes
    };
    assert_eq!(outcomes().await, [], "nothing is decided yet");
    let decline = json!({ "case": draft["case"], "reason": "材料不属于本批次" });
    let came = house.ask(&clerk, Method::POST, "/api/v1/acts/case.decline", Some(decline)).await;
    assert_eq!(came.status, StatusCode::OK, "{}", String::from_utf8_lossy(&came.body));
    let told = outcomes().await;
    assert_eq!((told[0].id.as_str(), told[0].standing, told[0].reason.as_deref()), ("SJ-2025-0001", Standing::NotAccepted, Some("材料不属于本批次")));
    assert_eq!(house.get(&firm, &results).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get(&clerk, &results).await.status, StatusCode::FORBIDDEN, "results are of the cases of every unit");
    assert_eq!(house.get(&finance, &format!("{path}/none/results")).await.status, StatusCode::NOT_FOUND);
}
