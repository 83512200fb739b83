//! Round trips with other authorities: lists out and answers in, and the same invoice in applications of two years.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use casework::call::Call;
use casework::case::{Case, Credit};
use exchange::Limits;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::service::Upload;

impl House {
    pub async fn post(&self, browser: &Browser, path: &str, bytes: &[u8]) -> Came {
        let request = Request::post(path).header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
        self.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }

    pub async fn case(&self, id: &str) -> Case {
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
async fn the_file_another_authority_answered_with_is_never_thrown_away_for_want_of_an_act() {
    let house = House::open("answer-kept").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    house.with_case("case-1", "call-1", 1, &[]).await;
    let clerk = house.sign_in("clerk").await;
    let path = format!("/api/v1/calls/call-1/verification-list?authority=tax&purpose={0}&legal_basis={0}&period=2024", word("审核"));
    let list = house.get(&clerk, &path).await.body;
    let raw = exchange::table::raw(&list, &Limits::TABLE).unwrap();
    let exchange::table::Raw::Text(id) = &raw.rows[0].1[0] else { panic!("{raw:?}") };
    let file = answered(&list, &[(&crate::stage::code(1), &["1000.00", "60.00", "无", ""])]);
    let path = format!("/api/v1/verifications/{id}/answers?source={}", word("区税务局"));
    let mark = house.post(&clerk, &path, &file).await.json()["mark"].as_str().unwrap().to_owned();
    let kept = house.post(&clerk, &format!("{path}&confirm=yes&mark={mark}"), &file).await.json();
    assert!(kept["snapshot"].is_string(), "{kept}");
    let rows: Vec<Upload> = house.portal.office.store().service_all().await.unwrap();
    assert_eq!(rows.len(), 3, "the list, the very file, what was read of it: {rows:?}");
    for row in rows {
        assert!(portal::is_paper(&row), "{row:?}");
        // As it was kept before papers had kinds of their own.
        let older = Upload { kind: Some("xlsx".into()), ..row };
        assert_eq!(portal::is_paper(&older), older.id.ends_with(":file"), "{older:?}");
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
