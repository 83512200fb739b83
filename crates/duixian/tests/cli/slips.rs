//! Slips of whoever runs an office: the wrong file, the wrong folder, the name of yesterday. Each is said with its file and its fix.

use crate::{duixian, file, folder};
use serde_json::json;
use std::path::{Path, PathBuf};
use store::Store;

/// Runs and demands an exit code.
fn run(code: i32, args: &[&str]) -> String {
    let run = duixian(args);
    assert_eq!(run.code, code, "{args:?}\n{}{}", run.out, run.err);
    run.out + &run.err
}

/// A new office with one act in its log, and a folder of the test's own for it.
fn office(name: &str) -> (PathBuf, String) {
    let dir = folder(name);
    run(0, &["user", "add", "boss", "--name", "王敏", "--data", &dir.display().to_string()]);
    let database = dir.join("duixian.db").display().to_string();
    (dir, database)
}

fn path(dir: &Path, name: &str) -> String {
    dir.join(name).display().to_string()
}

/// Runs something of a store.
fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn a_file_that_is_no_log_is_not_called_good_nor_a_log_that_was_changed() {
    let (dir, db) = office("slips-nolog");
    let empty = file(&dir, "empty.db", "");
    assert!(run(2, &["verify", &empty]).contains("empty.db 是空的"));
    let said = run(2, &["verify", &file(&dir, "notes.txt", "a list\nof things\n")]);
    assert!(said.contains("notes.txt 不是数据库、日志或审计包") && said.contains("→"), "{said}");
    // A database that was cut off, and one of somebody else.
    let whole = path(&dir, "whole.db");
    wait(async {
        let store = Store::open_as_it_is(&format!("sqlite:{db}")).await.unwrap();
        store.copy_to(&whole).await.unwrap();
        store.close().await;
    });
    let whole = std::fs::read(&whole).unwrap();
    let cut = file(&dir, "cut.db", &whole[..whole.len() / 3]);
    let said = run(2, &["verify", &cut]);
    assert!(said.contains("cut.db 已损坏或不完整") && said.contains("→"), "{said}");
    let foreign = path(&dir, "foreign.db");
    wait(async {
        // Made by the store, then emptied of all that is ours.
        let store = Store::open(&format!("sqlite:{foreign}?mode=rwc")).await.unwrap();
        let mut connection = store.pool().unwrap().acquire().await.unwrap();
        sqlx::raw_sql("DROP TABLE schema_version").execute(&mut *connection).await.unwrap();
        drop(connection);
        store.close().await;
    });
    let said = run(2, &["verify", &foreign]);
    assert!(said.contains("foreign.db 不是兑现的数据库") && said.contains("→"), "{said}");
    // The log of an office in which nothing was done is whole, and says what it counted.
    let nothing = file(&dir, "nothing.log", "{\"head\":{\"seq\":0,\"fingerprint\":\"\"}}\n");
    assert!(duixian(&["verify", &nothing]).out.contains("日志 0 条"));
}

#[test]
fn whose_key_signed_a_checkpoint_is_said_where_no_key_is_given() {
    let (dir, db) = office("slips-signer");
    let (key, checkpoint) = (path(&dir, "somebody.key"), path(&dir, "1.checkpoint"));
    run(0, &["key", &key]);
    run(0, &["checkpoint", &db, "--key", &key, "--out", &checkpoint]);
    let public = std::fs::read_to_string(format!("{key}.pub")).unwrap().trim().to_owned();
    let said = run(0, &["verify", &db, "--checkpoint", &checkpoint]);
    assert!(said.contains(&format!("· 给出的检查点由 {public} 签名")) && said.contains("没有核对"), "{said}");
    let report: serde_json::Value = serde_json::from_str(&run(0, &["verify", &db, "--checkpoint", &checkpoint, "--format", "json"])).unwrap();
    assert_eq!(report["signed_by"], json!([public]));
    let known = run(0, &["verify", &db, "--checkpoint", &checkpoint, "--key", &format!("{key}.pub")]);
    assert!(!known.contains("没有核对"), "{known}");
}

#[test]
fn a_signed_checkpoint_is_never_written_over_and_one_with_nothing_new_says_so() {
    let (dir, db) = office("slips-checkpoint");
    let (key, first, next) = (path(&dir, "office.key"), path(&dir, "1.checkpoint"), path(&dir, "2.checkpoint"));
    run(0, &["key", &key]);
    run(0, &["checkpoint", &db, "--key", &key, "--out", &first]);
    let signed = std::fs::read(&first).unwrap();
    let said = run(2, &["checkpoint", &db, "--key", &key, "--out", &first]);
    assert!(said.contains("已经存在") && said.contains("换一个名字"), "{said}");
    assert_eq!(std::fs::read(&first).unwrap(), signed);
    let said = run(0, &["checkpoint", &db, "--key", &key, "--since", &first, "--out", &next]);
    assert!(said.contains("以后没有新的日志") && !said.contains('–'), "{said}");
}

#[test]
fn a_key_that_is_there_needs_another_name_and_the_public_half_is_for_everybody() {
    let dir = folder("slips-key");
    let key = path(&dir, "office.key");
    run(0, &["key", &key]);
    let said = run(2, &["key", &key]);
    assert!(said.contains("已有同名文件") && said.contains("→ 密钥从不覆盖：换一个文件名"), "{said}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&key), mode(&format!("{key}.pub")) & 0o044), (0o600, 0o044));
    }
    // Where only the public half is there, no secret one is left beside it.
    std::fs::remove_file(&key).unwrap();
    run(2, &["key", &key]);
    assert!(!Path::new(&key).exists());
}

#[test]
fn a_folder_of_data_that_is_not_there_is_named_with_what_to_do() {
    let dir = folder("slips-nowhere");
    let (nowhere, backup) = (path(&dir, "nowhere"), path(&dir, "backup"));
    for command in [vec!["backup", &backup, "--data", &nowhere], vec!["retention", "--data", &nowhere]] {
        let said = run(2, &command);
        assert!(said.contains("nowhere/duixian.db") && said.contains("没有这个文件或文件夹") && said.contains("→ 检查数据文件夹"), "{said}");
    }
}

#[test]
fn a_setting_that_is_wrong_is_named_and_the_list_of_all_stands_only_where_a_name_is_unknown() {
    let dir = folder("slips-settings");
    let said = run(2, &["config", "check", &file(&dir, "value.toml", "demo = true\nlisten = \"foo\"\n")]);
    assert!(said.contains("value.toml:2") && said.contains("listen") && !said.contains("idle_minutes"), "{said}");
    let said = run(2, &["config", "check", &file(&dir, "name.toml", "listn = \"127.0.0.1:1\"\n")]);
    assert!(said.contains("name.toml:1") && said.contains("did you mean listen?"), "{said}");
    assert_eq!(said.matches("idle_minutes").count(), 1, "{said}");
}

#[test]
fn an_address_that_is_taken_is_told_before_any_data_are_made() {
    let dir = folder("slips-taken");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = path(&dir, "demo");
    let said = run(2, &["serve", "--demo", "--listen", &address, "--data", &data]);
    assert!(said.contains(&format!("不能监听 {address}")), "{said}");
    assert!(!Path::new(&data).exists());
}

#[test]
fn nothing_is_thrown_away_in_the_demonstration_whose_clock_stands_still() {
    let dir = folder("slips-demo");
    let url = format!("sqlite:{}?mode=rwc", path(&dir, "duixian.db"));
    let note = store::service::ExportNote {
        id: "note1".into(),
        user_id: "clerk".into(),
        role: "clerk".into(),
        collection: "cases".into(),
        filter: "[]".into(),
        format: "csv".into(),
        row_count: 1,
        at: portal::demo::now().to_string(),
    };
    wait(async {
        let store = Store::open(&url).await.unwrap();
        portal::demo::found(&office::Office::new(store.clone(), values::WorkCalendar::china())).await.unwrap();
        store.put_service_row(&note).await.unwrap();
        store.close().await;
    });
    let said = run(2, &["retention", "--apply", "--data", &dir.display().to_string()]);
    assert!(said.contains("演示环境") && said.contains("→"), "{said}");
    wait(async {
        let store = Store::open(&url).await.unwrap();
        assert_eq!(store.service_all::<store::service::ExportNote>().await.unwrap().len(), 1);
        store.close().await;
    });
}

#[test]
fn evidence_that_a_case_rests_on_and_that_is_not_there_is_told_by_a_backup() {
    let dir = folder("slips-evidence");
    let data = dir.join("data");
    std::fs::create_dir_all(&data).unwrap();
    let db = path(&data, "duixian.db");
    let digest = casework::chain::Fingerprint::of(b"a paper that was lost").to_string();
    wait(async {
        let store = Store::open(&format!("sqlite:{db}?mode=rwc")).await.unwrap();
        drop(crate::paid::paid(store.clone()).await);
        let mut connection = store.pool().unwrap().acquire().await.unwrap();
        // As an upload of which the row was lost with the file.
        let paper = format!(r#"[{{"name":"合同","digest":"{digest}","facts":[]}}]"#);
        let sql = "UPDATE case_file SET body = json_set(body, '$.evidence', json(?))";
        assert!(sqlx::query(sql).bind(paper).execute(&mut *connection).await.unwrap().rows_affected() > 0);
        drop(connection);
        store.close().await;
    });
    let said = run(1, &["backup", &path(&dir, "backup"), "--data", &data.display().to_string()]);
    assert!(said.contains(&format!("材料 {digest}")), "{said}");
}
