//! Lists as files and back: the filter and the sight of the list, formulas that run nowhere, and edits that come back as a diff.

use crate::house::{Browser, Came, House};
use crate::stage::{code, organisation};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use casework::organisation::Organisation;
use exchange::{Cell, Column, Kind, Limits, Table};
use serde_json::Value;
use std::collections::BTreeMap;
use store::service::ExportNote;

fn columns() -> Vec<Column> {
    let column = |key: &str, zh: &str| Column::new(key, zh, key, Kind::Text);
    vec![
        column("id", "编号"),
        column("name", "名称"),
        column("credit_code", "统一社会信用代码"),
        column("aliases", "其他名称"),
        exchange::table::version_column(),
    ]
}

fn read(bytes: &[u8]) -> Table {
    exchange::table::read(bytes, &columns(), &Limits::TABLE).unwrap().table().unwrap()
}

impl House {
    async fn send_table(&self, browser: &Browser, path: &str, bytes: &[u8]) -> Came {
        let request = Request::post(path).header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
        self.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }

    /// How many events the log has.
    async fn head(&self) -> i64 {
        self.portal.office.store().begin().await.unwrap().head().await.unwrap().map_or(0, |(seq, _)| seq)
    }

    async fn import(&self, browser: &Browser, query: &str, table: &Table) -> Came {
        let file = exchange::table::csv(table, values::Lang::Zh);
        self.send_table(browser, &format!("/api/v1/imports/organisations{query}"), &file).await
    }

    /// Changes an organisation by the ordinary act, if it still has a version.
    async fn put(&self, browser: &Browser, organisation: &Organisation, version: i64) -> StatusCode {
        let body = serde_json::json!({ "organisation": organisation });
        let request = Request::post("/api/v1/acts/registry.put_organisation")
            .header(header::COOKIE, &browser.cookie)
            .header("x-csrf-token", &browser.csrf)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, format!("\"{version}\""));
        self.send(request.body(Body::from(body.to_string())).unwrap()).await.status
    }

    async fn version(&self, browser: &Browser, id: &str) -> i64 {
        self.get(browser, &format!("/api/v1/organisations/{id}")).await.json()["version"].as_i64().unwrap()
    }

    async fn organisations(&self) -> BTreeMap<String, Organisation> {
        let kept = self.portal.office.store().begin().await.unwrap().all(<Organisation as casework::Record>::TABLE).await.unwrap();
        kept.iter().map(|kept| (kept.id.clone(), serde_json::from_str(&kept.body).unwrap())).collect()
    }
}

#[tokio::test]
async fn a_file_has_the_rows_of_the_list_under_the_same_filter_and_sight_and_is_noted() {
    let house = House::open("export").await;
    house.with_firms().await;
    house.with_call("call-1").await;
    for (case, firm) in [("case-1", 1), ("case-2", 2), ("case-3", 1)] {
        house.with_case(case, "call-1", firm, &[]).await;
    }
    let (clerk, one, park, admin) = (house.sign_in("clerk").await, house.sign_in("firm1").await, house.sign_in("park").await, house.sign_in("admin").await);
    let rows = |came: &Came| String::from_utf8_lossy(&came.body).lines().count() - 1;
    let path = "/api/v1/cases/export?format=csv";
    assert_eq!(rows(&house.get(&clerk, path).await), 3);
    assert_eq!(rows(&house.get(&clerk, &format!("{path}&organisation_id=firm2")).await), 1);
    let own = house.get(&one, path).await;
    assert_eq!((rows(&own), String::from_utf8_lossy(&own.body).contains("firm2")), (2, false));
    assert_eq!(rows(&house.get(&park, path).await), 0, "a unit that is asked in nothing");
    assert_eq!(house.get(&admin, path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get(&clerk, "/api/v1/cases/export?format=exe").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(house.get(&clerk, "/api/v1/cases/export?stagee=x").await.status, StatusCode::BAD_REQUEST);
    let notes: Vec<ExportNote> = house.portal.office.store().service_rows("user_id", "clerk").await.unwrap();
    let mut noted: Vec<(i64, &str)> = notes.iter().map(|note| (note.row_count, note.filter.as_str())).collect();
    noted.sort_unstable();
    assert_eq!(noted, [(1, r#"[["organisation_id","firm2"]]"#), (3, "[]")]);
}

#[tokio::test]
async fn a_formula_in_a_name_runs_in_no_spreadsheet_and_every_list_can_be_taken() {
    let house = House::open("formula").await;
    let evil = "=HYPERLINK(\"http://x\",\"点我\")";
    house.keep(&Organisation { name: evil.into(), ..organisation(7) }).await;
    let admin = house.sign_in("auditor").await;
    let csv = house.get(&admin, "/api/v1/organisations/export?format=csv").await;
    assert!(String::from_utf8_lossy(&csv.body).contains("\"'=HYPERLINK"), "{csv:?}");
    assert!(csv.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment;"));
    for format in ["csv", "xlsx"] {
        let table = read(&house.get(&admin, &format!("/api/v1/organisations/export?format={format}")).await.body);
        assert_eq!(table.cell(&table.rows()[0], "name"), &Cell::Text(evil.into()), "{format}: as words");
        assert!(!format!("{table:?}").contains("6200"), "accounts leave in treasury papers alone");
    }
    for collection in office::reading::COLLECTIONS.iter().filter(|collection| collection.sight(casework::people::Role::Auditor).is_some()) {
        let came = house.get(&admin, &format!("/api/v1/{}/export", collection.name)).await;
        assert!(came.status == StatusCode::OK && came.body.starts_with(b"PK"), "{}: {came:?}", collection.name);
    }
}

#[tokio::test]
async fn money_leaves_as_yuan() {
    let house = House::open("yuan").await;
    let text = r#"{"id":"award-1","organisation":"firm1","clause":"3.1","year":2023,"amount":123456,"key":null,
        "source":{"document":"d","digest":"0000000000000000000000000000000000000000000000000000000000000000","row":2},"corrects":null,"by":"clerk","at":"2025-06-18T09:00:00"}"#;
    house.with_firms().await;
    house.keep(&serde_json::from_str::<casework::history::EarlierAward>(text).unwrap()).await;
    let auditor = house.sign_in("auditor").await;
    let csv = house.get(&auditor, "/api/v1/earlier-awards/export?format=csv").await;
    let text = String::from_utf8_lossy(&csv.body).into_owned();
    assert!(text.contains("金额（元）") && text.contains("\"1234.56\"") && !text.contains("123456"), "{text}");
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

#[tokio::test]
async fn an_edited_list_comes_back_as_a_diff_and_overwrites_nothing_that_others_changed() {
    let house = House::open("round-trip").await;
    let admin = house.sign_in("admin").await;
    for firm in 1..=12 {
        house.keep(&organisation(firm)).await;
    }
    for seed in [20_250_618, 7, 99] {
        println!("seed {seed}");
        let mut chance = Chance(seed);
        let exported = read(&house.get(&admin, "/api/v1/organisations/export").await.body);
        let before = house.organisations().await;
        let mut expected = before.clone();
        let mut counts = BTreeMap::from([("added", 0), ("changed", 0), ("unchanged", 0), ("conflicts", 0), ("refused", 0)]);
        let mut edited = Table::new(columns());
        for row in exported.rows() {
            let mut row = row.clone();
            let id = row[0].plain();
            let (mine, theirs) = (chance.below(3) == 0, chance.below(4) == 0);
            if mine {
                row[1] = Cell::Text(format!("改名{seed}的{id}"));
            }
            if theirs {
                // Somebody else at the same time, by the ordinary act.
                let mut other = before[&id].clone();
                other.aliases = vec![format!("别名{seed}")];
                let fields = serde_json::json!({ "organisation": other });
                let done = house.ask(&admin, axum::http::Method::POST, "/api/v1/acts/registry.put_organisation", Some(fields)).await;
                assert_eq!(done.status, StatusCode::OK, "{done:?}");
                expected.insert(id.clone(), other);
            }
            let kind = match (mine, theirs) {
                (false, false) => "unchanged",
                (true, false) => "changed",
                // The file says the old aliases: also that would overwrite.
                (_, true) => "conflicts",
            };
            *counts.get_mut(kind).unwrap() += 1;
            if kind == "changed" {
                expected.get_mut(&id).unwrap().name = row[1].plain();
            }
            edited.push(row).unwrap();
        }
        let fresh = u32::try_from(seed % 1000).unwrap() + 100;
        edited.push(vec![Cell::Text(format!("new{fresh}")), Cell::Text("新来的".into()), Cell::Text(code(fresh)), Cell::Empty, Cell::Empty]).unwrap();
        edited
            .push(vec![Cell::Text(format!("bad{fresh}")), Cell::Text("版本造假".into()), Cell::Text(code(fresh + 1)), Cell::Empty, Cell::Text("0".into())])
            .unwrap();
        *counts.get_mut("added").unwrap() += 1;
        *counts.get_mut("refused").unwrap() += 1;
        let about =
            exchange::About { title: "x".into(), filter: Vec::new(), at: portal::demo::now(), by: "x".into(), more: Vec::new(), lang: values::Lang::Zh };
        let file = exchange::table::xlsx(&edited, &about).unwrap();
        let path = "/api/v1/imports/organisations";
        let preview = house.send_table(&admin, path, &file).await.json();
        for (kind, count) in &counts {
            assert_eq!(preview["counts"][kind], *count, "seed {seed}, {kind}: {preview:#}");
        }
        assert_eq!(preview["done"], Value::Null);
        let wrong = house.send_table(&admin, &format!("{path}?confirm=yes&mark={}", "0".repeat(64)), &file).await;
        assert_eq!(wrong.status, StatusCode::PRECONDITION_FAILED, "what was not looked at is not done");
        let mark = preview["mark"].as_str().unwrap();
        let done = house.send_table(&admin, &format!("{path}?confirm=yes&mark={mark}"), &file).await.json();
        assert!(done["done"].as_array().unwrap().iter().all(|row| row["refused_en"].is_null()), "{done:#}");
        let after = house.organisations().await;
        let added = after.get(&format!("new{fresh}")).unwrap();
        assert_eq!((added.name.as_str(), added.credit_code.clone()), ("新来的", code(fresh)));
        expected.insert(added.id.to_string(), added.clone());
        assert_eq!(after, expected, "seed {seed}: accounts and all");
        let head = house.head().await;
        let again = house.send_table(&admin, &format!("{path}?confirm=yes&mark={mark}"), &file).await.json();
        assert_eq!((&again["done"], house.head().await), (&done["done"], head), "asked again it is answered again, and done once");
        assert_eq!(house.organisations().await, expected, "seed {seed}");
        let annotated = house.send_table(&admin, &format!("{path}/annotated"), &file).await;
        assert!(annotated.body.starts_with(b"PK"), "{annotated:?}");
    }
    let auditor = house.sign_in("auditor").await;
    assert_eq!(house.send_table(&auditor, "/api/v1/imports/organisations", b"x").await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.send_table(&admin, "/api/v1/imports/organisations", b"PK\x03\x04").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["[Content_Types].xml", "xl/workbook.xml"] {
        bomb.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut bomb, &vec![b' '; 16 << 20]).unwrap();
    }
    let came = house.send_table(&admin, "/api/v1/imports/organisations", &bomb.finish().unwrap().into_inner()).await;
    assert_eq!(came.json()["type"], "/problems/archive-bomb", "{came:?}");
}

/// The same list with every name changed.
fn renamed(exported: &Table, to: &str) -> Table {
    let mut edited = Table::new(columns());
    for row in exported.rows() {
        let mut row = row.clone();
        row[1] = Cell::Text(format!("{to}{}", row[0].plain()));
        edited.push(row).unwrap();
    }
    edited
}

#[tokio::test]
async fn a_change_made_while_an_import_writes_is_never_overwritten() {
    const FIRMS: u32 = 40;
    let house = House::open("import-race").await;
    for firm in 1..=FIRMS {
        house.keep(&organisation(firm)).await;
    }
    let admin = house.sign_in("admin").await;
    for seed in [3_u64, 20_251_126, 5] {
        println!("seed {seed}");
        let mut chance = Chance(seed);
        let before = house.organisations().await;
        let mut versions = BTreeMap::new();
        for id in before.keys() {
            versions.insert(id.clone(), house.version(&admin, id).await);
        }
        let exported = read(&house.get(&admin, "/api/v1/organisations/export").await.body);
        let edited = renamed(&exported, &format!("表中{seed}的"));
        let mark = house.import(&admin, "", &edited).await.json()["mark"].as_str().unwrap().to_owned();
        let confirm = format!("?confirm=yes&mark={mark}");
        let import = house.import(&admin, &confirm, &edited);
        // Somebody else at the same time, from the other end: each on the version that the preview was made of.
        let mut others: Vec<&String> = before.keys().collect();
        others.sort_by_cached_key(|_| chance.below(1000));
        let others = async {
            let mut done = BTreeMap::new();
            for id in others {
                let mine = Organisation { name: format!("他人{seed}的{id}"), ..before[id].clone() };
                done.insert(id.clone(), house.put(&admin, &mine, versions[id]).await == StatusCode::OK);
            }
            done
        };
        let (came, others) = tokio::join!(import, others);
        let after = house.organisations().await;
        let rows = match came.status {
            StatusCode::OK => came.json()["done"].as_array().unwrap().clone(),
            // Another was faster than the look at what is kept: then nothing of the file is done.
            StatusCode::PRECONDITION_FAILED => Vec::new(),
            other => panic!("{other}: {came:?}"),
        };
        for id in before.keys() {
            let row = rows.iter().find(|row| row["key"] == **id);
            let imported = row.is_some_and(|row| row["refused_en"].is_null());
            assert!(!(imported && others[id]), "seed {seed}, {id}: two changed the same version, and one of them was overwritten");
            let expected = if imported { "表中" } else { "他人" };
            assert!(after[id].name.starts_with(expected) && (imported || others[id]), "seed {seed}, {id}: {row:?} {}", after[id].name);
        }
    }
}

#[tokio::test]
async fn a_list_handed_in_again_after_it_was_changed_back_is_done_again() {
    let house = House::open("import-again").await;
    house.keep(&organisation(1)).await;
    let admin = house.sign_in("admin").await;
    let first = house.organisations().await["firm1"].clone();
    let exported = read(&house.get(&admin, "/api/v1/organisations/export").await.body);
    let edited = renamed(&exported, "改名的");
    let mut marks = Vec::new();
    for round in 1..=2 {
        let preview = house.import(&admin, "", &edited).await.json();
        assert_eq!(preview["counts"]["changed"], 1);
        marks.push(preview["mark"].as_str().unwrap().to_owned());
        house.import(&admin, &format!("?confirm=yes&mark={}", marks[round - 1]), &edited).await;
        assert_eq!(house.organisations().await["firm1"].name, "改名的firm1", "round {round}");
        assert_eq!(house.put(&admin, &first, house.version(&admin, "firm1").await).await, StatusCode::OK);
    }
    assert_ne!(marks[0], marks[1], "what is confirmed is this version of the record");
    let late = house.import(&admin, &format!("?confirm=yes&mark={}", marks[0]), &edited).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{late:?}");
    assert_eq!(house.organisations().await["firm1"], first);
}

#[tokio::test]
async fn a_change_of_what_the_table_does_not_show_is_seen_too() {
    let house = House::open("import-hidden").await;
    house.keep(&organisation(1)).await;
    let admin = house.sign_in("admin").await;
    let exported = read(&house.get(&admin, "/api/v1/organisations/export").await.body);
    let edited = renamed(&exported, "改名的");
    let preview = house.import(&admin, "", &edited).await.json();
    let same = house.organisations().await["firm1"].clone();
    assert_eq!(house.put(&admin, &same, house.version(&admin, "firm1").await).await, StatusCode::OK);
    let late = house.import(&admin, &format!("?confirm=yes&mark={}", preview["mark"].as_str().unwrap()), &edited).await;
    assert_eq!((late.status, house.organisations().await["firm1"].clone()), (StatusCode::PRECONDITION_FAILED, same));
}
