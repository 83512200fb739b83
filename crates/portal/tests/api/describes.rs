//! The description of the API says what there is, and nothing else.

use crate::house::{Browser, House};
use casework::authority::TABLE;
use serde_json::Value;

#[tokio::test]
async fn every_operation_is_described_and_every_act_with_its_fields() {
    let house = House::open("described").await;
    let document = house.get(&Browser::default(), "/api/v1/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for (method, path, _) in portal::serve::routes(&house.portal) {
        let is_page = !path.starts_with("/api/") && !matches!(path.as_str(), "/healthz" | "/metrics");
        if is_page {
            assert!(document["paths"][&path].is_null(), "{path} is a page, and pages are for people");
            continue;
        }
        let described = &document["paths"][&path][method.as_str().to_lowercase()];
        assert!(described["operationId"].is_string(), "{method} {path} is not described");
    }
    for (act, _) in TABLE.iter().filter(|(_, grants)| !grants.is_empty()) {
        let body = &document["paths"][format!("/api/v1/acts/{act}")]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["type"], "object", "{act} has no fields in the description: {body}");
    }
}

#[tokio::test]
async fn every_reference_of_the_description_leads_somewhere() {
    let house = House::open("references").await;
    let document = house.get(&Browser::default(), "/api/v1/openapi.json").await.json();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100, "{}", references.len());
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            out.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, out));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, out)),
        _ => {}
    }
}

#[test]
fn a_refusal_of_the_office_keeps_its_code_and_speaks_both_languages() {
    let refusal = casework::Refusal::from(casework::case::CaseRefusal::FourEyes { act: "case.screen".into() });
    let sent = portal::Problem::from(refusal).sent(values::Lang::Zh, "r1");
    assert_eq!((sent.kind.as_str(), sent.status), ("/problems/case.four_eyes", 409));
    assert_eq!(sent.detail_zh, "您已办理过“初审”，按照四眼原则不能再办理此事，请转由其他人员办理。");
    assert_eq!(sent.detail_en, "the person who did case.screen may not do this as well");
    assert_eq!(sent.detail, sent.detail_zh);
    let nowhere = portal::Problem::unknown("page", "").sent(values::Lang::Zh, "r2");
    assert_eq!(nowhere.detail, "没有找到页面，或者您无权查看，请核对后再试。");
}
