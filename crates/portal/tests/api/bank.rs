//! A batch and the bank: what goes out, what comes back, and that nothing is reported that was not looked at.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use casework::payment::{Batch, Due};
use serde_json::json;

pub async fn house(name: &str) -> House {
    let house = House::open(name).await;
    house.with_firms().await;
    house.with_call("call-1").await;
    let account = json!({ "holder": "=示例商贸", "number": "620000000001", "bank": "示例银行" });
    let mut lines = Vec::new();
    for (firm, amount) in [(1, 123_456), (2, 5_000)] {
        let (case, due) = (format!("case-{firm}"), format!("due-{firm}"));
        house.with_case_at(&case, "call-1", firm, &[], casework::case::Stage::Paying).await;
        let body = json!({
            "id": due, "case": case, "call": "call-1", "organisation": format!("firm{firm}"), "clause": "1", "determination": format!("d-{firm}"), "number": 1,
            "of": 1, "year": 2024, "amount": amount, "fund": null, "state": "paying", "tested_first": false, "retests": [], "batch": "batch-1",
        });
        house.keep(&serde_json::from_value::<Due>(body).unwrap()).await;
        lines.push(json!({ "due": due, "case": case, "clause": "1", "amount": amount, "again": false, "account": account, "result": null }));
    }
    let body = json!({
        "id": "batch-1", "call": "call-1", "state": "sent", "request_number": "演商务〔2025〕1号", "lines": lines, "planned_by": "clerk", "sent": "2025-06-16T10:00:00",
    });
    house.keep(&serde_json::from_value::<Batch>(body).unwrap()).await;
    house
}

const HEAD: &str = "批次号,行号,金额（元）,日期,流水号,处理结果,退汇原因\n";

impl House {
    async fn receipts(&self, browser: &Browser, query: &str, file: &str) -> Came {
        let path = format!("/api/v1/batches/batch-1/receipts{query}");
        let request = Request::post(path).header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
        self.send(request.body(Body::from(file.to_owned())).unwrap()).await
    }
}

#[tokio::test]
async fn the_banks_file_names_accounts_to_finance_alone() {
    let house = house("bank-file").await;
    let finance = house.sign_in("finance").await;
    let text = String::from_utf8(house.get(&finance, "/api/v1/batches/batch-1/bank-file").await.body).unwrap();
    assert!(text.contains("\"1234.56\"") && text.contains("\"620000000001\"") && text.contains("\"'=示例商贸\""), "{text}");
    for who in ["clerk", "auditor", "leader", "firm1"] {
        let browser = house.sign_in(who).await;
        assert_eq!(house.get(&browser, "/api/v1/batches/batch-1/bank-file").await.status, StatusCode::FORBIDDEN, "{who}");
    }
    assert_eq!(house.get(&finance, "/api/v1/batches/none/bank-file").await.status, StatusCode::NOT_FOUND);
    let notes: Vec<store::service::ExportNote> = house.portal.office.store().service_rows("user_id", "finance").await.unwrap();
    assert_eq!(notes.iter().map(|note| (note.collection.as_str(), note.row_count)).collect::<Vec<_>>(), [("bank-file", 2)]);
}

#[tokio::test]
async fn receipts_are_looked_at_first_and_reported_once() {
    let house = house("receipts").await;
    let finance = house.sign_in("finance").await;
    let wrong = format!("{HEAD}batch-1,due-1,1234.57,2025-06-17,S1,到账,\n");
    let seen = house.receipts(&finance, "", &wrong).await.json();
    assert_eq!((seen["reports"].as_u64(), seen["problems"][0]["code"].as_str()), (Some(0), Some("other-amount")));
    let mark = seen["mark"].as_str().unwrap().to_owned();
    assert_eq!(house.receipts(&finance, &format!("?confirm=yes&mark={mark}"), &wrong).await.status, StatusCode::CONFLICT);
    let right = format!("{HEAD}batch-1,due-1,1234.56,2025-06-17,S1,到账,\n");
    let seen = house.receipts(&finance, "", &right).await.json();
    assert_eq!((seen["arrived"].as_i64(), &seen["missing"], &seen["done"]), (Some(123_456), &json!(["due-2"]), &json!(false)));
    assert_eq!(house.receipts(&finance, &format!("?confirm=yes&mark={mark}"), &right).await.status, StatusCode::PRECONDITION_FAILED);
    let confirm = format!("?confirm=yes&mark={}", seen["mark"].as_str().unwrap());
    let done = house.receipts(&finance, &confirm, &right).await;
    assert_eq!((done.status, &done.json()["done"]), (StatusCode::OK, &json!(true)), "{done:?}");
    let batch = house.get(&finance, "/api/v1/batches/batch-1").await.json();
    assert_eq!(batch["record"]["lines"][0]["result"]["arrived"]["receipt"], "S1", "{batch}");
    let again = house.receipts(&finance, &confirm, &right).await;
    assert_eq!((again.status, again.json()), (StatusCode::OK, done.json()), "whoever did not hear the answer asks again");
    let receipts = house.get(&finance, "/api/v1/receipts").await.json();
    assert_eq!(receipts["records"].as_array().unwrap().len(), 1, "and it is reported once: {receipts}");
    let other = house.receipts(&finance, &confirm, &format!("{HEAD}batch-1,due-2,50.00,2025-06-17,S2,到账,\n")).await;
    assert_eq!(other.status, StatusCode::PRECONDITION_FAILED, "another file under the same mark");
}

#[tokio::test]
async fn a_bank_file_taken_again_pays_nobody_twice() {
    let house = house("bank-again").await;
    let finance = house.sign_in("finance").await;
    let file = async || String::from_utf8(house.get(&finance, "/api/v1/batches/batch-1/bank-file").await.body).unwrap();
    let mut batch: Batch = house.portal.office.store().begin().await.unwrap().peek("batch-1").await.unwrap().unwrap();
    let results =
        [json!({ "arrived": { "receipt": "S1", "on": "2025-06-17" } }), json!({ "returned": { "receipt": "S2", "on": "2025-06-17", "reason": "账号有误" } })];
    for (line, (due, result)) in [("due-1", &results[0]), ("due-2", &results[1])].into_iter().enumerate() {
        assert!(file().await.contains(due));
        batch.lines[line].result = Some(serde_json::from_value(result.clone()).unwrap());
        house.keep(&batch).await;
        let again = file().await;
        assert!(!again.contains(due), "{again}");
    }
    assert!(file().await.contains("all-reported"), "when the bank has answered for all there is nothing to send");
}

#[tokio::test]
async fn an_allocation_plan_names_no_account_and_a_payment_application_every_field() {
    let house = house("plan").await;
    let (finance, clerk, park) = (house.sign_in("finance").await, house.sign_in("clerk").await, house.sign_in("park").await);
    let plan = house.get(&clerk, "/api/v1/batches/batch-1/allocation-plan?format=csv").await;
    let text = String::from_utf8(plan.body).unwrap();
    assert!(text.contains("\"case-1\"") && text.contains("\"1234.56\"") && !text.contains("62000000"), "{text}");
    assert_eq!(house.get(&park, "/api/v1/batches/batch-1/allocation-plan").await.status, StatusCode::NOT_FOUND, "a batch of another unit");
    let path = "/api/v1/batches/batch-1/payment-application?format=csv&unit=1&unit_code=2&year=2025&instrument=3&source=4&function=5&economy=6";
    assert_eq!(house.get(&finance, path).await.json()["type"], "/problems/appropriation-field", "the purpose is missing");
    let whole = format!("{path}&purpose=7");
    let text = String::from_utf8(house.get(&finance, &whole).await.body).unwrap();
    assert!(text.contains("\"620000000001\"") && text.contains("演商务"), "{text}");
    assert_eq!(house.get(&clerk, &whole).await.status, StatusCode::FORBIDDEN, "accounts are for finance");
    let auditor = house.sign_in("auditor").await;
    // The clock stands still here, so that the two of one moment come in the order of their names.
    let first = house.get(&auditor, "/api/v1/export-notes?limit=1").await.json();
    let rest = house.get(&auditor, &format!("/api/v1/export-notes?after={}", first["next"].as_str().unwrap())).await.json();
    assert_eq!((rest["records"].as_array().unwrap().len(), &rest["next"]), (1, &json!(null)));
    let mut left: Vec<(&str, &str)> =
        [&first, &rest].map(|page| &page["records"][0]).iter().map(|note| (note["list"].as_str().unwrap(), note["user"].as_str().unwrap())).collect();
    left.sort_unstable();
    assert_eq!(left, [("allocation-plan", "clerk"), ("payment-application", "finance")]);
    let file = house.get(&auditor, "/api/v1/export-notes/export?format=csv&user_id=clerk").await;
    assert_eq!(String::from_utf8(file.body).unwrap().lines().count(), 2);
    assert_eq!(house.get(&clerk, "/api/v1/export-notes").await.status, StatusCode::FORBIDDEN);
}
