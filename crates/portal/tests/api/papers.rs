//! Issued documents as files: for whom, in which form, and without a font.

use crate::house::House;
use crate::stage::organisation;
use axum::http::{StatusCode, header};
use casework::document::Document;
use serde_json::{Value, json};

fn document(id: &str, kind: &str, subject: Value, number: u32, data: &Value) -> Document {
    let data = data.to_string();
    let digest = casework::chain::Fingerprint::of(data.as_bytes()).to_string();
    let letterhead = json!({ "unit": "commerce", "organ": "演示区商务委员会", "code": "演商务", "address": "", "phone": "" });
    serde_json::from_value(json!({
        "id": id, "kind": kind, "subject": subject, "unit": "commerce", "year": 2025, "number": number, "own_number": null,
        "letterhead": letterhead, "data": data, "digest": digest, "by": "clerk", "at": "2025-06-18T09:00:00", "void": null,
    }))
    .unwrap()
}

fn acceptance() -> Value {
    json!({
        "applicant": organisation(1).name, "credit_code": "91500114MA00000001", "call": "2024年度申报", "case": "case-1", "submitted": "2025-03-05",
        "accepted": "2025-03-06", "due": null, "provisional": null, "clauses": [], "papers": [],
    })
}

fn plan() -> Value {
    json!({
        "call": "2024年度申报", "policy": "办法", "year": 2024, "today": "2025-06-18", "lead": "区商务委", "pools": [], "rows": [], "households": 0,
        "assessed": 0, "set": 0, "planned": 0,
    })
}

async fn house(name: &str, font: Option<&str>) -> House {
    let house = House::open_with(name, |config| config.font_path = font.map(Into::into)).await;
    house.with_firms().await;
    house.with_call("call-1").await;
    house.with_case("case-1", "call-1", 1, &[]).await;
    house.keep(&document("doc-1", "acceptance_notice", json!({ "case": "case-1" }), 1, &acceptance())).await;
    house
}

#[tokio::test]
async fn a_document_is_printed_for_whom_it_is_and_for_nobody_else() {
    let house = house("papers", None).await;
    house.keep(&document("doc-2", "review_form", json!({ "case": "case-1" }), 1, &json!({}))).await;
    let (one, two, clerk, park) = (house.sign_in("firm1").await, house.sign_in("firm2").await, house.sign_in("clerk").await, house.sign_in("park").await);
    for who in [&one, &clerk] {
        let came = house.get(who, "/api/v1/documents/doc-1/file?format=text").await;
        let text = String::from_utf8_lossy(&came.body).into_owned();
        assert!(text.contains("受理") && text.contains(&organisation(1).name) && text.contains("演示环境"), "{text}");
        assert!(came.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment;"));
    }
    let word = house.get(&one, "/api/v1/documents/doc-1/file").await;
    assert!(word.status == StatusCode::OK && word.body.starts_with(b"PK"), "{word:?}");
    for stranger in [&two, &park] {
        assert_eq!(house.get(stranger, "/api/v1/documents/doc-1/file").await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get(stranger, "/api/v1/documents/doc-1").await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(house.get(&one, "/api/v1/documents/doc-2/file").await.status, StatusCode::NOT_FOUND, "a working paper is not the applicant's");
    let listed = house.get(&one, "/api/v1/documents").await.json();
    assert_eq!((listed["records"].as_array().unwrap().len(), &listed["records"][0]["record"]["data"]), (1, &Value::Null));
    assert_eq!(house.get(&one, "/api/v1/documents/doc-1/file?format=exe").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn without_a_chinese_font_only_pdf_fails_and_names_the_package() {
    let house = house("no-font", Some("/nowhere")).await;
    let clerk = house.sign_in("clerk").await;
    let came = house.get(&clerk, "/api/v1/documents/doc-1/file?format=pdf").await;
    assert_eq!(came.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(came.json()["detail_en"].as_str().unwrap().contains("fonts-noto-cjk"), "{came:?}");
    for format in ["docx", "text"] {
        assert_eq!(house.get(&clerk, &format!("/api/v1/documents/doc-1/file?format={format}")).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_papers_of_a_meeting_come_together_once_all_are_issued() {
    let house = house("pack", None).await;
    let clerk = house.sign_in("clerk").await;
    let subject = || json!({ "call": "call-1" });
    house.keep(&document("p-1", "allocation_plan", subject(), 1, &plan())).await;
    let came = house.get(&clerk, "/api/v1/calls/call-1/meeting-pack").await;
    assert_eq!(came.status, StatusCode::CONFLICT);
    assert!(came.json()["detail"].as_str().unwrap().contains("比较表"), "it says what is missing: {came:?}");
    let head = || json!({ "call": "2024年度申报", "policy": "办法", "today": "2025-06-18" });
    let with = |more: Value| {
        let mut all = head();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    house.keep(&document("p-2", "sharing_comparison", subject(), 1, &with(json!({ "pools": [] })))).await;
    house.keep(&document("p-3", "draft_notice_table", subject(), 1, &with(json!({ "rows": [], "households": 0, "total": 0, "hidden": null })))).await;
    house.keep(&document("p-4", "minutes_form", subject(), 1, &plan())).await;
    let audit = with(json!({ "scheme": "x", "rows": [], "households": 0, "assessed": 0, "set": 0, "planned": 0 }));
    house.keep(&document("p-5", "audit_paper", subject(), 1, &audit)).await;
    let came = house.get(&clerk, "/api/v1/calls/call-1/meeting-pack").await;
    assert_eq!(came.status, StatusCode::OK, "{}", String::from_utf8_lossy(&came.body));
    let mut pack = zip::ZipArchive::new(std::io::Cursor::new(came.body)).unwrap();
    let names: Vec<String> = (0..pack.len()).map(|at| pack.by_index(at).unwrap().name().unwrap().into_owned()).collect();
    assert_eq!(names.len(), 5);
    assert!(names[0].starts_with("01 资金分配方案") && names.iter().all(|name| name.ends_with(".docx")), "{names:?}");
    let park = house.sign_in("firm1").await;
    assert!(house.get(&park, "/api/v1/calls/call-1/meeting-pack").await.status.is_client_error());
}
