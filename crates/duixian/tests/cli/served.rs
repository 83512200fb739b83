//! The service as it runs: the program itself, over a connection, and what becomes of it when it is killed.

use crate::running::{Client, Served};
use crate::{duixian, folder};
use casework::chain::Fingerprint;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};

const PASSWORD: &str = "a password of the tests";
const PART: usize = 64 << 10;

/// An office with one administrator, whose password is [`PASSWORD`].
fn office(data: &Path) -> (Served, Client) {
    let added = duixian(&["user", "add", "admin", "--name", "王敏", "--data", &data.display().to_string()]);
    assert_eq!(added.code, 0, "{}{}", added.out, added.err);
    let first = added.out.trim().rsplit('：').next().unwrap().to_owned();
    let served = Served::begin(data, &[]);
    let mut client = served.client();
    assert!(client.sign_in("admin", &first), "a first password must be changed");
    assert_eq!(client.ask("PUT", "/api/v1/password", &json!({ "old": first, "new": PASSWORD })).status, 204);
    client.sign_in("admin", PASSWORD);
    (served, client)
}

/// Sends a file from a place on, and says of each part that it was acknowledged; until it is whole or the service is gone.
fn sending(client: &Client, path: &str, bytes: &[u8], from: usize, tell: &Sender<usize>) -> Option<Value> {
    let mut at = from;
    loop {
        let to = (at + PART).min(bytes.len());
        let came = client.send("PATCH", path, &format!("upload-offset: {at}\r\n"), &bytes[at..to]).ok()?;
        assert_eq!(came.status, 200, "{}", String::from_utf8_lossy(&came.body));
        at = to;
        // Nobody listens any more once the service is to be killed.
        let _ = tell.send(at);
        if at == bytes.len() {
            return Some(came.json()["taken"].clone());
        }
    }
}

#[test]
fn a_service_killed_in_the_middle_of_an_upload_goes_on_where_it_was() {
    let dir = folder("served-killed");
    let data = dir.join("data");
    let (mut served, mut client) = office(&data);
    let filling = "一二三四五六七八九十\n% ".repeat(80_000);
    let pdf = format!(
        "%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n% {filling}\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
    )
    .into_bytes();
    let begun = client.ask("POST", "/api/v1/uploads", &json!({ "name": "佐证.pdf", "size": pdf.len() }));
    assert_eq!(begun.status, 201);
    let path = format!("/api/v1/uploads/{}", begun.json()["id"].as_str().unwrap());
    let mut received = 0;
    // Killed after these parts, wherever the next one is by then.
    for parts in [1, 3, 7] {
        let (tell, told) = channel();
        let (client_then, path_then, pdf_then) = (client.clone(), path.clone(), pdf.clone());
        let hand = std::thread::spawn(move || sending(&client_then, &path_then, &pdf_then, received, &tell));
        let acknowledged: Vec<usize> = told.iter().take(parts).collect();
        served.kill();
        assert!(hand.join().unwrap().is_none(), "it was killed before the end");
        let acknowledged = told.iter().last().unwrap_or(*acknowledged.last().unwrap());
        served = Served::begin(&data, &[]);
        client.address.clone_from(&served.address);
        let came = client.ask("GET", &path, &Value::Null);
        assert_eq!(came.status, 200, "signed in still: {}", String::from_utf8_lossy(&came.body));
        received = usize::try_from(came.json()["received"].as_u64().unwrap()).unwrap();
        println!("acknowledged {acknowledged}, kept {received}");
        assert!((acknowledged..=acknowledged + PART).contains(&received), "acknowledged {acknowledged}, kept {received}");
    }
    let (tell, _told) = channel();
    let taken = sending(&client, &path, &pdf, received, &tell).unwrap();
    let digest = Fingerprint::of(&pdf).to_string();
    assert_eq!(taken["digest"], digest);
    let got = client.send("GET", &format!("/api/v1/evidence/{digest}"), "", b"").unwrap();
    assert!(got.status == 200 && got.body == pdf, "what comes back is what was sent");
}

/// Everything in a folder that somebody else could read.
#[cfg(unix)]
fn open_to_others(folder: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt;
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        if mode & 0o077 != 0 {
            out.push(format!("{} {mode:o}", folder.display()));
        }
        if folder.is_dir() {
            folders.extend(std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    out
}

#[cfg(unix)]
#[test]
fn what_the_service_and_its_backups_write_is_for_nobody_else() {
    let dir = folder("served-private");
    let data = dir.join("data");
    let (served, client) = office(&data);
    let pdf =
        b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";
    for (name, size) in [("a.pdf", pdf.len()), ("b.pdf", pdf.len())] {
        let begun = client.ask("POST", "/api/v1/uploads", &json!({ "name": name, "size": size }));
        let path = format!("/api/v1/uploads/{}", begun.json()["id"].as_str().unwrap());
        // One arrives, one stays on its way.
        let sent = if name == "a.pdf" { &pdf[..] } else { &pdf[..9] };
        assert_eq!(client.send("PATCH", &path, "upload-offset: 0\r\n", sent).unwrap().status, 200);
    }
    let (backup, restored) = (dir.join("backup"), dir.join("restored"));
    let [data_, backup_, restored_] = [&data, &backup, &restored].map(|path| path.display().to_string());
    assert_eq!(duixian(&["backup", &backup_, "--data", &data_]).code, 0);
    assert_eq!(duixian(&["restore", &backup_, "--data", &restored_]).code, 0);
    for folder in [&data, &backup, &restored] {
        assert!(folder.join("duixian.db").is_file() && folder.join("evidence").is_dir());
        assert_eq!(open_to_others(folder), Vec::<String>::new());
    }
    drop(served);
}

#[test]
fn what_no_act_ever_named_is_shown_first_and_then_thrown_away() {
    let dir = folder("served-retention");
    let data = dir.join("data");
    let (mut served, client) = office(&data);
    let mut digests = Vec::new();
    for words in ["named", "unused", "young", "of another authority", "of another authority, as it was kept before"] {
        let pdf = format!(
            "%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n% {words}\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
        );
        let begun = client.ask("POST", "/api/v1/uploads", &json!({ "name": "a.pdf", "size": pdf.len() }));
        let path = format!("/api/v1/uploads/{}", begun.json()["id"].as_str().unwrap());
        digests.push(client.send("PATCH", &path, "upload-offset: 0\r\n", pdf.as_bytes()).unwrap().json()["taken"]["digest"].as_str().unwrap().to_owned());
    }
    // A code that fails the check, admitted on that paper: an act names it.
    let right = values::CreditCode::with_check_digit("91500114000000001").unwrap();
    let wrong = if right.as_str().ends_with('X') { "91500114000000001Y" } else { "91500114000000001X" };
    let admit = json!({ "credit_code": wrong, "evidence": digests[0], "reason": "证照原件核对一致" });
    let admitted = client.ask("POST", "/api/v1/acts/registry.admit_code", &admit);
    assert_eq!(admitted.status, 200, "{}", String::from_utf8_lossy(&admitted.body));
    served.kill();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = store::Store::open(&format!("sqlite:{}", data.join("duixian.db").display())).await.unwrap();
        for upload in store.service_all::<store::service::Upload>().await.unwrap() {
            let is_young = upload.digest.as_ref() == Some(&digests[2]);
            let created = if is_young { upload.created } else { upload.created - 400 * 24 * 3600 };
            // As the papers of other authorities are kept.
            let kind = if upload.digest.as_ref() == Some(&digests[3]) { Some("platform-file".to_owned()) } else { upload.kind.clone() };
            // Before, the very file had the kind of any file, and an id that nobody else's has.
            let is_older = upload.digest.as_ref() == Some(&digests[4]);
            if is_older {
                store.drop_service_rows::<store::service::Upload>("id", &upload.id).await.unwrap();
            }
            let id = if is_older { format!("{}:file", upload.id) } else { upload.id.clone() };
            store.put_service_row(&store::service::Upload { id, created, kind, ..upload }).await.unwrap();
        }
        store.close().await;
    });
    let kept = || -> Vec<bool> { digests.iter().map(|digest| data.join("evidence").join(digest).exists()).collect() };
    let at = data.display().to_string();
    let shown = duixian(&["retention", "--data", &at]);
    assert!(shown.code == 0 && shown.out.contains("上传文件 1 个") && shown.out.contains("没有清除"), "{}{}", shown.out, shown.err);
    assert_eq!(kept(), [true; 5]);
    let done = duixian(&["retention", "--data", &at, "--apply"]);
    assert!(done.code == 0 && done.out.contains("已清除"), "{}{}", done.out, done.err);
    assert_eq!(kept(), [true, false, true, true, true]);
    assert!(duixian(&["retention", "--data", &at]).out.contains("上传文件 0 个"));
    assert_eq!(duixian(&["retention", "--data", &at, "--days", "10"]).code, 2, "traces are kept half a year");
    let verified = duixian(&["verify", &data.join("duixian.db").display().to_string(), "--replay"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}
