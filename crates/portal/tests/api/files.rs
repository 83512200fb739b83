//! Files on their way in, and who gets them: broken off and gone on with, hostile names, bombs, invoices handed in twice.

use crate::house::{Browser, Came, House};
use axum::body::{Body, HttpBody};
use axum::http::{Method, Request, StatusCode, header};
use casework::chain::Fingerprint;
use http_body_util::BodyExt;
use office::Office;
use portal::{Clock, Portal};
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use store::Store;
use tower::ServiceExt;
use values::WorkCalendar;

const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";

/// A PDF with some words of its own in it.
fn pdf(words: &str) -> Vec<u8> {
    String::from_utf8(PDF.to_vec()).unwrap().replace("endobj\n2", &format!("endobj\n% {words}\n2")).into_bytes()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn ofd(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let head = br#"<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0a</ofd:DocID></ofd:DocInfo></ofd:DocBody></ofd:OFD>"#;
    zip(&[&[("OFD.xml", head.as_slice())], entries].concat())
}

/// A fully digital invoice of this number, as XML.
pub fn digital(number: &str) -> String {
    format!(
        "<EInvoice><Header><EIid>{number}</EIid></Header><EInvoiceData><SellerInformation><SellerIdNum>91500107MA00000002</SellerIdNum><SellerName>乙物流</SellerName></SellerInformation>\
         <BuyerInformation><BuyerIdNum>91500114MA00000001</BuyerIdNum><BuyerName>甲电商</BuyerName></BuyerInformation><BasicInformation><TotalAmWithoutTax>943.40</TotalAmWithoutTax>\
         <TotalTaxAm>56.60</TotalTaxAm><TotalTax-includedAmount>1000.00</TotalTax-includedAmount><RequestTime>2025-07-01 10:00:00</RequestTime></BasicInformation></EInvoiceData>\
         <TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber><IssueTime>2025-07-01</IssueTime></TaxSupervisionInfo></EInvoice>"
    )
}

impl House {
    /// Sends a part.
    pub async fn part(&self, browser: &Browser, id: &str, offset: usize, bytes: &[u8]) -> Came {
        let request = Request::builder().method(Method::PATCH).uri(format!("/api/v1/uploads/{id}")).header("upload-offset", offset.to_string());
        let request = request.header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
        self.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }

    pub async fn begin_upload(&self, browser: &Browser, name: &str, size: usize) -> String {
        let came = self.ask(browser, Method::POST, "/api/v1/uploads", Some(json!({ "name": name, "size": size }))).await;
        assert_eq!(came.status, StatusCode::CREATED, "{came:?}");
        came.json()["id"].as_str().unwrap().to_owned()
    }

    /// Sends a whole file.
    pub async fn upload(&self, browser: &Browser, name: &str, bytes: &[u8]) -> Came {
        let id = self.begin_upload(browser, name, bytes.len()).await;
        self.part(browser, &id, 0, bytes).await
    }

    /// The same that must be taken: what was found out about it.
    pub async fn taken(&self, browser: &Browser, name: &str, bytes: &[u8]) -> Value {
        let came = self.upload(browser, name, bytes).await;
        assert_eq!(came.status, StatusCode::OK, "{came:?}");
        came.json()["taken"].clone()
    }

    fn files_in(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.portal.config.data.join(folder)) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The same folder served anew, as after the machine went down: nothing of the first service is asked again.
    async fn again(self) -> Self {
        let config = self.portal.config.clone();
        let url = config.database_url();
        let office = Office::new(Store::open(&url).await.unwrap(), WorkCalendar::china());
        let reading = Store::open_read_only(url.split('?').next().unwrap()).await.unwrap();
        let portal = Portal::new(office, reading, config, Clock::Fixed(portal::demo::now()));
        let router = portal::serve::router(&portal);
        Self { portal, router }
    }
}

#[tokio::test]
async fn an_upload_that_broke_off_goes_on_where_it_was_in_a_service_started_anew() {
    let house = House::open_with("resumed", |config| config.body_bytes_max = 4096).await;
    let browser = house.sign_in("clerk").await;
    let bytes = pdf(&"x".repeat(9000));
    let id = house.begin_upload(&browser, "佐证.pdf", bytes.len()).await;
    assert_eq!(house.part(&browser, &id, 0, &bytes[..4096]).await.json()["received"], 4096);
    // The machine goes down while the second part is written: bytes lie on the disk that nobody acknowledged.
    let part = house.portal.config.data.join("uploads").join(format!("{id}.part"));
    std::fs::OpenOptions::new().append(true).open(&part).unwrap().write_all(b"half a part").unwrap();
    let house = house.again().await;
    let shown = house.get(&browser, &format!("/api/v1/uploads/{id}")).await.json();
    assert_eq!((shown["received"].as_i64(), &shown["taken"]), (Some(4096), &Value::Null));
    assert_eq!(house.part(&browser, &id, 0, &bytes[..4096]).await.json()["type"], "/problems/wrong-offset");
    assert_eq!(house.part(&browser, &id, 4096, &bytes[4096..8192]).await.status, StatusCode::OK);
    let whole = house.part(&browser, &id, 8192, &bytes[8192..]).await.json();
    assert_eq!(whole["taken"]["digest"], Fingerprint::of(&bytes).to_string());
    assert_eq!(house.files_in("uploads"), Vec::<String>::new());
    assert_eq!(std::fs::read(house.portal.config.data.join("evidence").join(Fingerprint::of(&bytes).to_string())).unwrap(), bytes);
    // Whoever did not hear the answer asks again.
    assert_eq!(house.part(&browser, &id, 8192, &bytes[8192..]).await.json()["taken"], whole["taken"]);
}

#[tokio::test]
async fn a_file_that_arrived_whole_before_the_machine_went_down_is_looked_at_afterwards() {
    let house = House::open("looked-at-later").await;
    let browser = house.sign_in("clerk").await;
    let id = house.begin_upload(&browser, "a.pdf", PDF.len()).await;
    std::fs::write(house.portal.config.data.join("uploads").join(format!("{id}.part")), PDF).unwrap();
    let size = i64::try_from(PDF.len()).unwrap();
    assert!(house.portal.office.store().upload_grew(&id, 0, size).await.unwrap());
    let house = house.again().await;
    let came = house.part(&browser, &id, PDF.len(), b"").await;
    assert_eq!(came.json()["taken"]["kind"], "pdf", "{came:?}");
}

#[tokio::test]
async fn of_two_tabs_at_one_file_one_goes_on() {
    let house = House::open("tabs").await;
    let browser = house.sign_in("clerk").await;
    let id = house.begin_upload(&browser, "a.pdf", PDF.len()).await;
    let (one, other) = tokio::join!(house.part(&browser, &id, 0, &PDF[..50]), house.part(&browser, &id, 0, &PDF[..60]));
    let well = [&one, &other].iter().filter(|came| came.status == StatusCode::OK).count();
    assert_eq!(well, 1, "{one:?} {other:?}");
    let at = usize::try_from(house.get(&browser, &format!("/api/v1/uploads/{id}")).await.json()["received"].as_u64().unwrap()).unwrap();
    assert_eq!(house.part(&browser, &id, at, &PDF[at..]).await.json()["taken"]["digest"], Fingerprint::of(PDF).to_string());
}

#[tokio::test]
async fn a_name_leads_nowhere_and_comes_back_harmless() {
    let house = House::open("names").await;
    let browser = house.sign_in("clerk").await;
    for name in ["../../duixian.db", "C:\\Windows\\system32\\evil.exe", "发票\u{202e}fdp.exe", "a\r\nset-cookie: x=y.pdf", "con.pdf", "\"; filename=x.html"] {
        let taken = house.taken(&browser, name, PDF).await;
        let kept = taken["name"].as_str().unwrap();
        assert!(kept.ends_with(".pdf") && !kept.contains(['/', '\\', '\n', '\r', '"', '\u{202e}']), "{name}: {kept}");
        let came = house.get(&browser, &format!("/api/v1/evidence/{}", taken["digest"].as_str().unwrap())).await;
        let as_what = came.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(as_what.starts_with("attachment; filename=\"file.pdf\"; filename*=UTF-8''") && as_what.is_ascii(), "{as_what}");
        assert_eq!(came.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(came.body, PDF);
    }
    assert_eq!(house.files_in("evidence").len(), 1, "the same content is kept once");
    for digest in ["..%2f..%2fduixian.db", "%2e%2e", &"0".repeat(64), "x"] {
        assert_eq!(house.get(&browser, &format!("/api/v1/evidence/{digest}")).await.status, StatusCode::NOT_FOUND, "{digest}");
    }
    for (name, size) in [("", 1_u64), ("a", 0), ("a", 201 << 20), (&"长".repeat(300), 1)] {
        let came = house.ask(&browser, Method::POST, "/api/v1/uploads", Some(json!({ "name": name, "size": size }))).await;
        assert!(came.status.is_client_error(), "{came:?}");
    }
}

#[tokio::test]
async fn what_is_not_evidence_is_deleted_with_the_reason() {
    let house = House::open("refused").await;
    let browser = house.sign_in("clerk").await;
    let zeros = vec![0_u8; 16 << 20];
    for (bytes, reason) in [
        (b"MZ\x90\x00 not a picture".to_vec(), "kind-not-taken"),
        (ofd(&[("Doc_0/Res/a.bin", &zeros)]), "archive-bomb"),
        (zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"), ("xl/vbaProject.bin", b"x")]), "macros"),
        (b"<svg onload=\"alert(1)\"/>".to_vec(), "not-an-invoice"),
        (PDF[..PDF.len() - 8].to_vec(), "cut-off"),
    ] {
        let id = house.begin_upload(&browser, "照片.jpg", bytes.len()).await;
        let came = house.part(&browser, &id, 0, &bytes).await;
        assert_eq!(came.status, StatusCode::UNPROCESSABLE_ENTITY, "{came:?}");
        assert_eq!(came.json()["type"], format!("/problems/{reason}"));
        assert_eq!(house.get(&browser, &format!("/api/v1/uploads/{id}")).await.status, StatusCode::NOT_FOUND);
    }
    assert!(house.files_in("uploads").is_empty() && house.files_in("evidence").is_empty());
}

#[tokio::test]
async fn an_invoice_that_contradicts_itself_is_refused_with_what_to_do_and_a_contract_is_taken() {
    let house = House::open("contradiction").await;
    let browser = house.sign_in("clerk").await;
    let (one, other) = (digital("25502000000012345678"), digital("25502000000087654321"));
    let bytes = ofd(&[("Doc_0/Attachs/a.xml", one.as_bytes()), ("Doc_0/Attachs/b.xml", other.as_bytes())]);
    let came = house.upload(&browser, "发票.ofd", &bytes).await;
    assert_eq!((came.status, &came.json()["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/invoice-contradicts-itself")));
    assert!(came.json()["detail"].as_str().unwrap().contains("发票号码") && came.json()["detail"].as_str().unwrap().contains("重新下载原件"), "{came:?}");
    let sum = one.replace("<TotalTaxAm>56.60", "<TotalTaxAm>99.60");
    let came = house.upload(&browser, "发票.ofd", &ofd(&[("Doc_0/Attachs/a.xml", sum.as_bytes())])).await;
    assert_eq!(came.json()["type"], "/problems/invoice-does-not-add-up");
    assert_eq!(house.taken(&browser, "合同.ofd", &ofd(&[("Doc_0/Document.xml", b"<ofd:Document xmlns:ofd=\"x\"/>")])).await["invoice"], Value::Null);
}

#[tokio::test]
async fn a_large_file_goes_out_in_pieces_and_says_its_length_before() {
    let house = House::open("pieces").await;
    let browser = house.sign_in("clerk").await;
    let bytes = pdf(&"x".repeat(1 << 20));
    let taken = house.taken(&browser, "a.pdf", &bytes).await;
    let request = Request::get(format!("/api/v1/evidence/{}", taken["digest"].as_str().unwrap())).header(header::COOKIE, &browser.cookie);
    let mut body = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_body();
    assert_eq!(body.size_hint().exact(), Some(bytes.len() as u64));
    let mut came = Vec::new();
    while let Some(piece) = body.frame().await {
        let piece = piece.unwrap().into_data().unwrap();
        assert!(piece.len() <= 64 << 10, "{} bytes at once", piece.len());
        came.extend(piece);
    }
    assert!(came == bytes);
}

#[tokio::test]
async fn evidence_is_for_who_sent_it_and_who_sees_a_case_that_holds_it() {
    let house = House::open("evidence").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    let (one, two, clerk, park) = (house.sign_in("firm1").await, house.sign_in("firm2").await, house.sign_in("clerk").await, house.sign_in("park").await);
    let taken = house.taken(&one, "合同.pdf", &pdf("one")).await;
    let digest = taken["digest"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/evidence/{digest}");
    assert_eq!(house.get(&one, &path).await.status, StatusCode::OK);
    for stranger in [&two, &clerk, &park] {
        assert_eq!(house.get(stranger, &path).await.status, StatusCode::NOT_FOUND);
    }
    // Whoever writes another's digest into an own case gets nothing by it.
    house.with_case("case-2", "call-1", 2, &[&digest]).await;
    assert_eq!(house.get(&two, &path).await.status, StatusCode::NOT_FOUND);
    house.with_case("case-1", "call-1", 1, &[&digest]).await;
    assert_eq!(house.get(&clerk, &path).await.status, StatusCode::OK, "the unit in charge sees the case");
    assert_eq!(house.get(&park, &path).await.status, StatusCode::NOT_FOUND, "a unit that was not asked does not");
    assert_eq!(house.get(&two, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&Browser::default(), &path).await.status, StatusCode::UNAUTHORIZED);
    // Neither is another's file on its way there for anybody else.
    let id = house.begin_upload(&one, "a.pdf", 10).await;
    assert_eq!(house.part(&two, &id, 0, b"x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&two, &format!("/api/v1/uploads/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_same_invoice_is_found_in_another_file_of_another_firm() {
    let house = House::open("invoices").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    let (one, two, clerk) = (house.sign_in("firm1").await, house.sign_in("firm2").await, house.sign_in("clerk").await);
    let number = "25502000000012345678";
    let first = house.taken(&one, "发票.ofd", &ofd(&[("Doc_0/Attachs/einvoice.xml", digital(number).as_bytes())])).await;
    assert_eq!(first["invoice"]["number"], number);
    assert_eq!((first["invoice"]["net"].as_i64(), first["invoice"]["total"].as_i64()), (Some(94_340), Some(100_000)), "in fen");
    assert_eq!(first["invoice"]["buyer"], "甲电商");
    assert_eq!(first["invoice"]["seen"], json!([]));
    let again = house.taken(&two, "发票.xml", digital(number).as_bytes()).await;
    assert_eq!((&again["kind"], &again["name"]), (&json!("xml"), &json!("发票.xml")));
    let seen = &again["invoice"]["seen"][0];
    assert_eq!((&seen["own"], &seen["organisation"]), (&json!(false), &Value::Null), "whose it is, is not told to another firm");
    let other = house.taken(&two, "b.xml", digital("25502000000012345679").as_bytes()).await;
    assert_eq!(other["invoice"]["seen"], json!([]));
    let digest = |taken: &Value| taken["digest"].as_str().unwrap().to_owned();
    house.with_case("case-1", "call-1", 1, &[&digest(&first)]).await;
    house.with_case("case-2", "call-1", 2, &[&digest(&again)]).await;
    let read = house.get(&clerk, &format!("/api/v1/evidence/{}/invoice", digest(&again))).await.json();
    assert_eq!((&read["seen"][0]["organisation"], &read["seen"][0]["cases"]), (&json!("firm1"), &json!(["case-1"])));
}

#[tokio::test]
async fn what_was_given_up_or_abandoned_is_swept() {
    let house = House::open("swept").await;
    let browser = house.sign_in("clerk").await;
    let id = house.begin_upload(&browser, "a.pdf", 10).await;
    let path = format!("/api/v1/uploads/{id}");
    assert_eq!(house.ask(&browser, Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert!(house.files_in("uploads").is_empty());
    let id = house.begin_upload(&browser, "a.pdf", 10).await;
    std::fs::write(house.portal.config.data.join("uploads/of-nobody.part"), b"x").unwrap();
    let now = portal::clock::seconds();
    assert_eq!(portal::sweep_uploads(&house.portal, now + 24 * 3600).await.unwrap(), 1, "a file on its way has three days");
    assert_eq!(house.files_in("uploads"), vec![format!("{id}.part")]);
    assert_eq!(portal::sweep_uploads(&house.portal, now + 4 * 24 * 3600).await.unwrap(), 1);
    assert!(house.files_in("uploads").is_empty());
    assert_eq!(house.get(&browser, &format!("/api/v1/uploads/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_person_and_an_enterprise_may_keep_ends_somewhere() {
    let house = House::open_with("quota", |config| {
        config.person_files_max = 2;
        config.organisation_bytes_max = 3 * PDF.len() as u64;
    })
    .await;
    house.with_firms().await;
    let begin =
        async |browser: &Browser, size: usize| house.ask(browser, Method::POST, "/api/v1/uploads", Some(json!({ "name": "a.pdf", "size": size }))).await;
    let clerk = house.sign_in("clerk").await;
    house.taken(&clerk, "a.pdf", &pdf("one")).await;
    let id = house.begin_upload(&clerk, "b.pdf", 10).await;
    let full = begin(&clerk, 10).await;
    assert_eq!((full.status, full.json()["type"].as_str()), (StatusCode::CONFLICT, Some("/problems/uploads-full")), "{full:?}");
    assert!(full.json()["detail"].as_str().unwrap().contains("2 个文件"), "{full:?}");
    // What is given up makes room; what another person keeps takes none.
    assert_eq!(house.ask(&clerk, Method::DELETE, &format!("/api/v1/uploads/{id}"), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(begin(&clerk, 10).await.status, StatusCode::CREATED);
    let one = house.sign_in("firm1").await;
    house.taken(&one, "a.pdf", PDF).await;
    assert_eq!(begin(&one, 2 * PDF.len() + 1).await.json()["type"], "/problems/uploads-full", "the bytes of the enterprise");
    // Four at once: not one more than there is room for.
    let two = house.sign_in("firm2").await;
    let (a, b, c, d) = tokio::join!(begin(&two, PDF.len()), begin(&two, PDF.len()), begin(&two, PDF.len()), begin(&two, PDF.len()));
    assert_eq!([a, b, c, d].iter().filter(|came| came.status == StatusCode::CREATED).count(), 2);
}
