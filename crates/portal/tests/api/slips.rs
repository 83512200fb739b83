//! Slips of whoever asks: a file with rows that cannot be done, a body that does not fit, a filter that nothing matches, an invoice of the
//! wrong kind. Each is said at its place, in the reader's language, with what to do.

use crate::house::{Browser, Came, House};
use crate::stage::{code, organisation};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use exchange::{Cell, Column, Kind, Table};
use serde_json::{Value, json};

fn has_han(text: &str) -> bool {
    text.chars().any(|sign| ('\u{4E00}'..='\u{9FFF}').contains(&sign))
}

/// Words of a program, as `tested_first` or `batch`.
fn is_key(text: &str) -> bool {
    text.contains('_') || text.contains('.') || text.chars().next().is_some_and(|sign| sign.is_ascii_lowercase())
}

impl House {
    async fn hand_in(&self, browser: &Browser, path: &str, rows: &[[&str; 5]]) -> Came {
        let column = |key: &str, zh: &str| Column::new(key, zh, key, Kind::Text);
        let columns = vec![
            column("id", "编号"),
            column("name", "名称"),
            column("credit_code", "统一社会信用代码"),
            column("aliases", "其他名称"),
            exchange::table::version_column(),
        ];
        let mut table = Table::new(columns);
        for row in rows {
            table.push(row.iter().map(|text| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) }).collect()).unwrap();
        }
        let file = exchange::table::csv(&table, values::Lang::Zh);
        let request = Request::post(path).header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
        self.send(request.body(Body::from(file)).unwrap()).await
    }

    /// A body sent as it stands.
    async fn say(&self, browser: &Browser, path: &str, body: &str) -> Value {
        let request = Request::post(path).header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
        self.send(request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_owned())).unwrap()).await.json()
    }

    async fn headings(&self, browser: &Browser, list: &str, language: &str) -> (Vec<String>, Came) {
        let path = format!("/api/v1/{list}/export?format=csv");
        let came = self.ask_with(browser, Method::GET, &path, None, &[("accept-language", language)]).await;
        assert_eq!(came.status, StatusCode::OK, "{list}: {came:?}");
        (exchange::table::raw(&came.body, &exchange::Limits::TABLE).unwrap().header, came)
    }
}

/// Of a CSV: the cells of a column.
fn cells(came: &Came, heading: &str) -> Vec<String> {
    let raw = exchange::table::raw(&came.body, &exchange::Limits::TABLE).unwrap();
    let at = raw.header.iter().position(|head| head == heading).unwrap_or_else(|| panic!("{heading} in {:?}", raw.header));
    let cell = |cells: &Vec<exchange::table::Raw>| match cells.get(at) {
        Some(exchange::table::Raw::Text(text)) => text.clone(),
        _ => String::new(),
    };
    raw.rows.iter().map(|(_, cells)| cell(cells)).collect()
}

#[tokio::test]
async fn rows_that_cannot_be_done_are_found_by_the_preview_with_column_and_fix() {
    let house = House::open("slips-import").await;
    for firm in [1, 2] {
        house.keep(&organisation(firm)).await;
    }
    let admin = house.sign_in("admin").await;
    let (one, new, twin) = (code(1), code(31), code(32));
    let wrong = if new.ends_with('X') { format!("{}Y", &new[..17]) } else { format!("{}X", &new[..17]) };
    let version = |id: &str| format!("/api/v1/organisations/{id}");
    let exported = house.get(&admin, "/api/v1/organisations/export?format=csv").await;
    let versions = cells(&exported, &exchange::table::version_column().zh);
    let rows: &[[&str; 5]] = &[
        ["firm1", "", &one, "", &versions[0]],
        ["firm2", "示例商贸2号有限公司", &one, "", &versions[1]],
        ["firm 3", "有空格", &new, "", ""],
        ["firm4", "校验码不对", &wrong, "", ""],
        ["firm5", "孪生一", &twin, "", ""],
        ["firm6", "孪生二", &twin, "", ""],
        ["firm7", "没有问题", &code(33), "", ""],
    ];
    let path = "/api/v1/imports/organisations";
    let preview = house.hand_in(&admin, path, rows).await.json();
    assert_eq!((&preview["counts"]["refused"], &preview["counts"]["added"], &preview["counts"]["changed"]), (&json!(6), &json!(1), &json!(0)), "{preview:#}");
    let wanted = ["名称", "统一社会信用代码", "编号", "统一社会信用代码", "统一社会信用代码", "统一社会信用代码"];
    for (row, column) in preview["rows"].as_array().unwrap().iter().zip(wanted) {
        let problem = &row["verdict"]["refused"]["problems"][0];
        assert_eq!((&problem["column"], &problem["line"]), (&json!(column), &row["line"]), "{row:#}");
        assert!(has_han(problem["message"]["zh"].as_str().unwrap()) && has_han(problem["help"]["zh"].as_str().unwrap()), "{row:#}");
        assert!(!has_han(problem["help"]["en"].as_str().unwrap()), "{row:#}");
    }
    let annotated = house.hand_in(&admin, &format!("{path}/annotated"), rows).await;
    let notes = cells(&annotated, "错误");
    assert_eq!(notes.iter().map(|note| !note.is_empty()).collect::<Vec<_>>(), [true, true, true, true, true, true, false], "{notes:?}");
    // What is confirmed is the one row that can be done, and that is what is counted.
    let confirm = format!("{path}?confirm=yes&mark={}", preview["mark"].as_str().unwrap());
    let done = house.hand_in(&admin, &confirm, rows).await.json();
    assert_eq!(done["done"].as_array().unwrap().len(), 1, "{done:#}");
    assert_eq!((&done["counts"]["added"], &done["counts"]["refused"]), (&json!(1), &json!(6)));
    assert_eq!(house.get(&admin, &version("firm7")).await.status, StatusCode::OK);
    assert_eq!(house.get(&admin, &version("firm4")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_column_that_leaves_has_a_heading_in_both_languages_and_states_have_names() {
    let house = House::demonstration("slips-headings").await;
    let auditor = house.sign_in("auditor").await;
    for collection in office::reading::COLLECTIONS.iter().filter(|collection| collection.sight(casework::people::Role::Auditor).is_some()) {
        let (zh, came) = house.headings(&auditor, collection.name, "zh").await;
        let (en, _) = house.headings(&auditor, collection.name, "en").await;
        assert_eq!(zh.len(), en.len(), "{}", collection.name);
        for (zh, en) in zh.iter().zip(&en) {
            assert!(has_han(zh), "{}: {zh}", collection.name);
            assert!(!has_han(en) && !is_key(en), "{}: {en}", collection.name);
        }
        for heading in ["状态", "阶段"].into_iter().filter(|heading| zh.iter().any(|zh| zh == heading)) {
            for state in cells(&came, heading) {
                assert!(has_han(&state), "{} {heading}: {state:?}", collection.name);
            }
        }
        let twice: Vec<&String> = zh.iter().enumerate().filter(|(at, heading)| zh.iter().take(*at).any(|before| before == *heading)).map(|(_, h)| h).collect();
        assert_eq!(twice, Vec::<&String>::new(), "{}: headings that stand twice", collection.name);
    }
    let (_, cases) = house.headings(&auditor, "cases", "zh").await;
    assert!(cells(&cases, "申报主体名称").iter().all(|name| has_han(name)));
    let (dues, _) = house.headings(&auditor, "dues", "zh").await;
    assert!(dues.contains(&"期次".to_owned()) && !dues.contains(&"文号".to_owned()), "{dues:?}");
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_told_by_its_field_and_in_chinese() {
    let house = House::demonstration("slips-body").await;
    let admin = house.sign_in("admin").await;
    let act = "/api/v1/acts/registry.put_unit";
    let cases = [
        (act, r#"{"unit":{"id":"u1","name":5}}"#, "字段 unit.name：应为文字，现为 5。"),
        (act, r#"{"unit":{"id":"u 1","name":"x"}}"#, "字段 unit.id：应为 1 至 64 位英文字母、数字或 - _ . :，不含空格。"),
        (act, r#"{"unit":{"id":"u1"}}"#, "字段 unit.name：没有填。"),
        (act, r#"{"unit":[]}"#, "字段 unit：应为对象"),
        (act, "[]", "内容应为对象"),
        (act, "{\"unit\":", "不是 JSON：第 1 行第 8 列有误。"),
        (act, "", "没有内容，应为 JSON 对象。"),
        ("/api/v1/uploads", r#"{"name":"a.pdf","size":"big"}"#, "字段 size：应为不小于 0 的整数，现为文字 \"big\"。"),
        ("/api/v1/uploads", r#"{"name":"a.pdf","size":0}"#, "文件是空的"),
    ];
    for (path, body, wanted) in cases {
        let said = house.say(&admin, path, body).await;
        let zh = said["detail_zh"].as_str().unwrap();
        assert!(zh.starts_with(wanted), "{body}: {zh}");
        assert!(["expected", "invalid", "missing", "EOF"].iter().all(|word| !zh.contains(word)), "{body}: {zh}");
        assert!(!has_han(said["detail_en"].as_str().unwrap()), "{body}: {said}");
    }
    let unit = json!({ "unit": { "id": "u1", "name": "甲" } });
    let key = house.ask_with(&admin, Method::POST, act, Some(unit), &[("idempotency-key", "two words!")]).await.json();
    assert!(key["detail_zh"].as_str().unwrap().contains("1 至 64 位英文字母、数字"), "{key}");
    let policies = house.get(&admin, "/api/v1/policies").await.json();
    let policy = policies["records"][0]["id"].as_str().unwrap();
    let trial = house.say(&admin, &format!("/api/v1/policies/{policy}/assess"), r#"{"application":{}}"#).await;
    assert!(trial["detail_zh"].as_str().unwrap().contains("year") && !trial.to_string().contains("--year"), "{trial}");
}

#[tokio::test]
async fn an_act_can_be_tried_on_the_pages_of_the_interface_and_its_header_is_described() {
    let house = House::open("slips-docs").await;
    let start = house.get(&Browser::default(), "/api/v1/docs/start.js").await;
    let start = String::from_utf8(start.body).unwrap();
    for words in ["requestInterceptor", "X-CSRF-Token", "/api/v1/session", "Authorization"] {
        assert!(start.contains(words), "{words} in {start}");
    }
    let described = house.get(&Browser::default(), "/api/v1/openapi.json").await.json();
    let names = |path: &str, method: &str| -> Vec<String> {
        let parameters = described["paths"][path][method]["parameters"].as_array().unwrap_or_else(|| panic!("{path}"));
        parameters.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    };
    let word = "x-csrf-token".to_owned();
    assert!(names("/api/v1/acts/registry.put_unit", "post").contains(&word) && names("/api/v1/uploads", "post").contains(&word));
    assert!(!names("/api/v1/cases", "get").contains(&word) && !names("/api/v1/session", "post").contains(&word));
    let admin = house.sign_in("admin").await;
    let without = Browser { csrf: String::new(), ..admin };
    let refused = house.ask(&without, Method::POST, "/api/v1/acts/registry.put_unit", Some(json!({}))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.json()["detail_zh"].as_str().unwrap().contains("X-CSRF-Token"), "{refused:?}");
}

#[test]
fn the_worked_example_of_a_signature_in_the_handbook_is_right() {
    use hmac::{KeyInit, Mac};
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md")).unwrap();
    let line = |begin: &str| text.lines().find_map(|line| line.strip_prefix(begin)).unwrap_or_else(|| panic!("{begin}")).trim_matches('\'').to_owned();
    let (key, time, body) = (line("key="), line("time="), line("body="));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(text.contains(&format!("\n# {signature}\n")), "{signature}");
}

#[tokio::test]
async fn a_filter_that_no_record_can_match_is_refused_with_what_there_is() {
    let house = House::open("slips-filter").await;
    let auditor = house.sign_in("auditor").await;
    for (path, wanted) in [
        ("cases?stage=foo", "screening、"),
        ("cases?due=2025-13-01", "2025-06-18"),
        ("dues?state=foo", "planned_again"),
        ("objections?state=foo", "settled"),
        ("leads?state=foo", "dismissed"),
        ("messages?state=foo", "waiting"),
        ("cases/export?stage=foo", "screening、"),
    ] {
        let came = house.get(&auditor, &format!("/api/v1/{path}")).await;
        assert_eq!(came.status, StatusCode::BAD_REQUEST, "{path}: {came:?}");
        assert!(came.json()["detail_zh"].as_str().unwrap().contains(wanted), "{path}: {came:?}");
    }
    for path in ["cases?stage=screening", "cases?due=2025-12-01", "dues?state=planned_again", "objections?state=settled", "calls?stage=open"] {
        assert_eq!(house.get(&auditor, &format!("/api/v1/{path}")).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_has_a_name_in_the_language_of_the_sentence_and_a_pdf_is_no_broken_archive() {
    let house = House::open("slips-nouns").await;
    house.with_firms().await;
    let (one, admin) = (house.sign_in("firm1").await, house.sign_in("admin").await);
    let nothing = house.get(&one, &format!("/api/v1/evidence/{}", "0".repeat(64))).await.json();
    assert!(nothing["detail_zh"].as_str().unwrap().starts_with("没有找到佐证材料"), "{nothing}");
    let nobody = house.get(&admin, "/api/v1/users/nobody").await.json();
    assert!(nobody["detail_en"].as_str().unwrap().starts_with("There is no user nobody"), "{nobody}");
    let pdf =
        "%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";
    let taken = house.taken(&one, "发票.pdf", pdf.as_bytes()).await;
    let read = house.get(&one, &format!("/api/v1/evidence/{}/invoice", taken["digest"].as_str().unwrap())).await;
    assert_eq!(read.json()["type"], "/problems/invoice-not-read", "{read:?}");
    assert!(read.json()["detail_zh"].as_str().unwrap().contains("OFD 和 XML"), "{read:?}");
}
