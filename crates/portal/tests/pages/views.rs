//! Filters of lists kept under names, with their columns; and papers shown beside their case.

use crate::desk::{in_order, leads_to, page, send, text};
use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;

#[tokio::test]
async fn a_filter_with_its_columns_is_kept_under_a_name_for_one_person_alone_and_the_export_has_exactly_the_filter() {
    let house = House::demonstration("views-kept").await;
    let clerk = house.sign_in("clerk").await;
    let list = page(&house, &clerk, "/cases?stage=screening").await;
    in_order(&list, &["保存当前视图", "name=\"filter\" value=\"stage=screening\""]);
    let keep = [("list", "/cases"), ("name", "待初审"), ("filter", "stage=screening"), ("columns", "stage~claims")];
    let to = leads_to(&send(&house, &clerk, "/views", &keep).await);
    assert!(to.starts_with("/cases?stage=screening&view=v-"), "{to}");
    let kept = page(&house, &clerk, &to).await;
    in_order(&kept, &["/api/v1/cases/export?stage=screening", "导出这 2 行", "aria-current=\"true\">待初审", "与当前筛选完全一致"]);
    assert!(!kept.contains("重庆青岩垭直播电商有限公司"), "the columns are those of the view: {kept}");
    assert!(!kept.contains("export?stage=screening&#38;view") && !kept.contains("export?stage=screening&amp;view"), "a view is no filter of an export");
    // The same name again takes its place; another person has none of it, and cannot drop it.
    assert_eq!(leads_to(&send(&house, &clerk, "/views", &keep).await), to);
    let id = to.rsplit_once("view=").unwrap().1.to_owned();
    let reviewer = house.sign_in("reviewer").await;
    assert!(!page(&house, &reviewer, "/cases").await.contains("待初审"));
    leads_to(&send(&house, &reviewer, "/views", &[("list", "/cases"), ("drop", &id)]).await);
    assert!(page(&house, &clerk, "/cases").await.contains("待初审"));
    leads_to(&send(&house, &clerk, "/views", &[("list", "/cases"), ("drop", &id)]).await);
    assert!(!page(&house, &clerk, "/cases").await.contains("待初审"));
    // The queue and the books have views too; nothing leads elsewhere.
    let work = leads_to(&send(&house, &clerk, "/views", &[("list", "/work"), ("name", "我的"), ("filter", "of=late&hand=own&after=x")]).await);
    assert_eq!(work, "/work?of=late&hand=own");
    assert!(page(&house, &clerk, "/work").await.contains("我的</a>"));
    for list in ["//elsewhere.example", "/own", "https://elsewhere.example/cases"] {
        assert_eq!(send(&house, &clerk, "/views", &[("list", list), ("name", "n")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
    }
    assert_eq!(send(&house, &clerk, "/views", &[("list", "/cases"), ("name", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x56\xc7\x2f\x0d\0\0\0\0IEND\xaeB`\x82";

async fn uploaded(house: &House, browser: &Browser, name: &str, bytes: &[u8]) -> String {
    let came = house.ask(browser, Method::POST, "/api/v1/uploads", Some(json!({ "name": name, "size": bytes.len() }))).await;
    let id = came.json()["id"].as_str().unwrap().to_owned();
    let request = Request::builder().method(Method::PATCH).uri(format!("/api/v1/uploads/{id}")).header("upload-offset", "0");
    let request = request.header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
    let came: Came = house.send(request.body(Body::from(bytes.to_vec())).unwrap()).await;
    assert_eq!(came.status, StatusCode::OK, "{}", text(&came));
    came.json()["taken"]["digest"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_paper_is_shown_beside_its_case_by_what_it_is_and_to_whoever_sees_the_case_alone() {
    let house = House::demonstration("views-papers").await;
    let firm = house.sign_in("ent01").await;
    let digest = uploaded(&house, &firm, "现场照片.png", PNG).await;
    let attach = json!({ "case": "ds2025-01", "evidence": { "name": "现场照片", "digest": digest, "facts": ["改造实际投资额"] } });
    let done = house.ask(&firm, Method::POST, "/api/v1/acts/case.attach", Some(attach)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", text(&done));
    let submit = house.ask(&firm, Method::POST, "/api/v1/acts/case.submit", Some(json!({ "case": "ds2025-01" }))).await;
    assert_eq!(submit.status, StatusCode::OK, "{}", text(&submit));
    let clerk = house.sign_in("clerk").await;
    let case = page(&house, &clerk, "/cases/ds2025-01?at=2&all=7&in=of%3Dmine").await;
    let href = format!("/cases/ds2025-01/papers/{digest}?at=2");
    assert!(case.contains(&href), "{case}");
    // What it is, how large, its fingerprint, what it proves; and the way back to the place in the queue.
    let paper = page(&house, &clerk, &format!("/cases/ds2025-01/papers/{digest}?at=2&all=7&in=of%3Dmine")).await;
    in_order(&paper, &["/cases/ds2025-01?at=2", "返回案件", "现场照片", "PNG", " B</dd>", "<img src=\"/api/v1/evidence/", "改造实际投资额", &digest]);
    let inline = format!("/api/v1/evidence/{digest}/inline");
    let shown = house.get(&clerk, &inline).await;
    assert_eq!((shown.status, shown.body.as_slice()), (StatusCode::OK, PNG));
    let header = |name: &str| shown.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert!(header("content-disposition").starts_with("inline; "), "{}", header("content-disposition"));
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'self'");
    assert_eq!((header("x-content-type-options"), header("x-frame-options")), ("nosniff".to_owned(), "SAMEORIGIN".to_owned()));
    // Where the bytes are not what was taken they are not shown, whatever the note of their arrival says.
    std::fs::write(house.portal.config.data.join("evidence").join(&digest), "<html><script>alert(1)</script>").unwrap();
    let changed = house.get(&clerk, &inline).await;
    assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", text(&changed));
    assert!(!page(&house, &clerk, &format!("/cases/ds2025-01/papers/{digest}")).await.contains("<img"));
    // To another enterprise and another district it is not there; a paper of another case is none of this one.
    let (other, elsewhere) = (house.sign_in("ent09").await, house.sign_in("clerk2").await);
    for browser in [&other, &elsewhere] {
        assert_eq!(house.get(browser, &inline).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(house.get(&elsewhere, &format!("/cases/ds2025-01/papers/{digest}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&clerk, &format!("/cases/ds2025-04/papers/{digest}")).await.status, StatusCode::NOT_FOUND);
    // Every other page keeps the policy of all.
    let own = house.get(&clerk, "/work").await;
    assert!(own.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'") && own.headers["x-frame-options"] == "DENY");
}
