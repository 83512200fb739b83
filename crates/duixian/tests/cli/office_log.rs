//! The log, the bundle and the walk as an auditor meets them: a database file, the program, nothing else.

use crate::paid::paid;
use crate::{duixian, folder};
use casework::people::Role;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use store::Store;

/// A database with one paid case, made once, and a folder of the test's own with a copy of it.
fn office(name: &str) -> (PathBuf, String) {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let file = folder("office-made").join("office.db");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap();
            let district = paid(store.clone()).await;
            drop(district);
            store.pool().unwrap().close().await;
        });
        file
    });
    let dir = folder(name);
    let file = dir.join("office.db");
    std::fs::copy(made, &file).unwrap();
    (dir, file.display().to_string())
}

fn path(dir: &Path, name: &str) -> String {
    dir.join(name).display().to_string()
}

/// Runs and demands an exit code.
fn run(code: i32, args: &[&str]) -> String {
    let run = duixian(args);
    assert_eq!(run.code, code, "{args:?}\n{}{}", run.out, run.err);
    run.out + &run.err
}

#[test]
fn a_checkpoint_kept_elsewhere_tells_what_was_done_to_a_log() {
    let (dir, db) = office("office-checkpoint");
    let (key, checkpoint, log) = (path(&dir, "office.key"), path(&dir, "1.checkpoint"), path(&dir, "office.log"));
    run(0, &["key", &key]);
    assert!(run(2, &["key", &key]).contains("已有同名文件"), "a key is never written over");
    run(0, &["checkpoint", &db, "--key", &key, "--out", &checkpoint]);
    run(0, &["export-log", &db, "--out", &log]);
    let public = format!("{key}.pub");
    for what in [&db, &log] {
        let said = run(0, &["verify", what, "--checkpoint", &checkpoint, "--key", &public, "--determinations", "--replay"]);
        assert!(said.contains("✓ 核对无误"), "{said}");
        assert!(run(0, &["verify", what]).contains("没有给出检查点"));
    }
    // A word of one record is changed.
    let text = std::fs::read_to_string(&log).unwrap();
    let line = text.lines().position(|line| line.contains("\"act\":\"case.summarise\"")).unwrap() + 1;
    let bad = path(&dir, "bad.log");
    let raised: String =
        (1..).zip(text.lines()).map(|(at, l)| if at == line { l.replace("40000000", "90000000") + "\n" } else { l.to_owned() + "\n" }).collect();
    std::fs::write(&bad, raised).unwrap();
    let said = run(1, &["verify", &bad, "--checkpoint", &checkpoint]);
    assert!(said.contains(&format!("日志第 {line} 条被改")) && said.contains("case.summarise case1"), "{said}");
    let said = run(1, &["verify", &bad, "--lang", "en"]);
    assert!(said.contains(&format!("record {line} of the log was altered")), "{said}");
    // The tail is cut, and the head with it.
    let cut: String = text.lines().take(10).map(|line| format!("{line}\n")).collect();
    std::fs::write(&bad, cut).unwrap();
    run(0, &["verify", &bad]);
    let said = run(1, &["verify", &bad, "--checkpoint", &checkpoint]);
    assert!(said.contains("日志从第 11 条起被截断"), "{said}");
    let report: Value = serde_json::from_str(&run(1, &["verify", &bad, "--checkpoint", &checkpoint, "--format", "json"])).unwrap();
    assert_eq!(report["findings"][0]["position"], 11);
    // A checkpoint that was changed is not believed, nor one of another key.
    let text = std::fs::read_to_string(&checkpoint).unwrap();
    let forged = path(&dir, "forged.checkpoint");
    std::fs::write(&forged, text.replacen("\"until\":", "\"until\": ", 1)).unwrap();
    assert!(run(2, &["verify", &db, "--checkpoint", &forged]).contains("签名不对"));
    let other = path(&dir, "other.key");
    run(0, &["key", &other]);
    assert!(run(2, &["verify", &db, "--checkpoint", &checkpoint, "--key", &format!("{other}.pub")]).contains("另一把密钥"));
}

#[test]
fn a_log_with_a_bad_record_gets_no_checkpoint() {
    let (dir, db) = office("office-unsigned");
    let (key, out) = (path(&dir, "office.key"), path(&dir, "1.checkpoint"));
    run(0, &["key", &key]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&format!("sqlite:{db}")).await.unwrap();
        let mut connection = store.pool().unwrap().acquire().await.unwrap();
        for statement in ["DROP TRIGGER event_no_update", "UPDATE event SET subject = 'case9' WHERE seq = 20"] {
            sqlx::raw_sql(statement).execute(&mut *connection).await.unwrap();
        }
        drop(connection);
        store.pool().unwrap().close().await;
    });
    let said = run(1, &["checkpoint", &db, "--key", &key, "--out", &out]);
    assert!(said.contains("日志第 20 条被改") && said.contains("没有签名"), "{said}");
    assert!(!Path::new(&out).exists());
}

#[test]
fn a_third_party_computes_every_fen_of_a_bundle_again() {
    let (dir, db) = office("office-bundle");
    let (key, bundle, checkpoint) = (path(&dir, "office.key"), path(&dir, "case1"), path(&dir, "1.checkpoint"));
    let before = std::fs::read(&db).unwrap();
    run(0, &["key", &key]);
    run(0, &["bundle", &db, "case1", "--out", &bundle, "--key", &key]);
    run(0, &["checkpoint", &db, "--key", &key, "--out", &checkpoint]);
    assert_eq!(std::fs::read(&db).unwrap(), before, "nothing is written to the database");
    std::fs::remove_file(&db).unwrap();
    // From here on as someone who has the folder, the public key and a checkpoint.
    let public = format!("{key}.pub");
    let said = run(0, &["verify", &bundle, "--checkpoint", &checkpoint, "--key", &public]);
    assert!(said.contains("✓ 核对无误"), "{said}");
    let again = duixian(&["assess", &path(&dir, "case1/policy"), "--facts", &path(&dir, "case1/application.jsonl"), "--format", "json"]);
    assert_eq!(again.out, std::fs::read_to_string(dir.join("case1/assessment.jsonl")).unwrap());
    run(0, &["check", &path(&dir, "case1/policy")]);
    let trace = std::fs::read_to_string(dir.join("case1/trace.txt")).unwrap();
    assert!(trace.contains("审定 400000.00元，理由：发票不全"), "{trace}");
    // Whatever is changed in it is named.
    let text = |name: &str| std::fs::read_to_string(dir.join("case1").join(name)).unwrap();
    for (name, from, to) in [
        ("entries.jsonl", "100000000", "200000000"),
        ("case.json", "发票不全", "发票齐全"),
        ("policy/policy.md", "50万元", "90万元"),
        ("application.jsonl", "2024", "2023"),
    ] {
        let good = text(name);
        std::fs::write(dir.join("case1").join(name), good.replacen(from, to, 1)).unwrap();
        let said = run(1, &["verify", &bundle, "--checkpoint", &checkpoint]);
        assert!(said.contains(&format!("文件 {name} 被改")), "{said}");
        std::fs::write(dir.join("case1").join(name), good).unwrap();
    }
    std::fs::write(dir.join("case1/more.txt"), "").unwrap();
    assert!(run(1, &["verify", &bundle]).contains("文件 more.txt 是多出来的"));
    std::fs::remove_file(dir.join("case1/more.txt")).unwrap();
    std::fs::rename(dir.join("case1/evidence.jsonl"), dir.join("evidence.jsonl")).unwrap();
    assert!(run(1, &["verify", &bundle]).contains("文件 evidence.jsonl 不见了"));
}

#[test]
fn an_award_by_a_place_is_computed_again_from_one_application_alone() {
    let dir = folder("office-ranked");
    let db = path(&dir, "office.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&format!("sqlite:{db}?mode=rwc")).await.unwrap();
        let district = crate::ranked::four(store.clone()).await;
        district.ok("leader", Role::Leader, crate::ranked::rank("1", None)).await;
        for name in ["k2", "k3", "k4"] {
            district.ok("leader", Role::Leader, crate::ranked::approve(name)).await;
        }
        store.pool().unwrap().close().await;
    });
    for (name, place, total) in [("k2", 1, "150000.00"), ("k3", 3, "50000.00"), ("k4", 4, "0.00")] {
        run(0, &["bundle", &db, name, "--out", &path(&dir, name)]);
        run(0, &["verify", &path(&dir, name)]);
        let facts = path(&dir, &format!("{name}/application.jsonl"));
        let again = duixian(&["assess", &path(&dir, &format!("{name}/policy")), "--facts", &facts, "--format", "json"]);
        assert_eq!(again.out, std::fs::read_to_string(dir.join(name).join("assessment.jsonl")).unwrap(), "{name}");
        let line: Value = serde_json::from_str(&again.out).unwrap();
        assert_eq!((line["clauses"][0]["place"].as_u64(), line["total"].as_str()), (Some(place), Some(total)), "{name}");
        // Of another firm there is nothing in the folder.
        for file in std::fs::read_dir(dir.join(name)).unwrap().map(|file| file.unwrap().path()).filter(|file| file.is_file()) {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(!text.contains("示例电商1号") && !text.contains("k1"), "{}", file.display());
        }
    }
}

#[test]
fn a_bundle_made_up_with_a_manifest_to_match_is_told_by_its_events() {
    let (dir, db) = office("office-forged");
    let (key, bundle) = (path(&dir, "office.key"), path(&dir, "case1"));
    run(0, &["key", &key]);
    run(0, &["bundle", &db, "case1", "--out", &bundle]);
    let at = dir.join("case1");
    let entries = std::fs::read_to_string(at.join("entries.jsonl")).unwrap().replace("\"amount\":100000000", "\"amount\":900000000");
    std::fs::write(at.join("entries.jsonl"), &entries).unwrap();
    let mut manifest: Value = serde_json::from_str(&std::fs::read_to_string(at.join("manifest.json")).unwrap()).unwrap();
    for file in manifest["files"].as_array_mut().unwrap() {
        if file["name"] == "entries.jsonl" {
            file["sm3"] = casework::chain::Fingerprint::of(entries.as_bytes()).to_string().into();
        }
    }
    std::fs::write(at.join("manifest.json"), manifest.to_string()).unwrap();
    let said = run(1, &["verify", &bundle]);
    assert!(said.contains("被改：与日志中的指纹不符") && said.contains("entries.jsonl 与其余不符"), "{said}");
    assert!(run(1, &["verify", &bundle, "--key", &format!("{key}.pub")]).contains("it is not signed"));
}

#[test]
fn a_figure_walks_back_to_the_words_of_its_clause() {
    let (_, db) = office("office-trace");
    let said = run(0, &["trace", &db, "e-b1:2"]);
    for words in ["支付 100万元（占用 → 支付）", "审定 d1", "理由：审计核减", "复算：与冻结的结果逐字节相同", "公布文本第", "payment.pay"]
    {
        assert!(said.contains(words), "{words} in\n{said}");
    }
    let said = run(0, &["trace", &db, "fund-2024", "--account", "paid"]);
    assert!(said.contains("e-b1:1") && said.contains("合计 140万元"), "{said}");
    let walk: Value = serde_json::from_str(&run(0, &["trace", &db, "e-b1:2", "--format", "json"])).unwrap();
    assert_eq!(walk["entry"]["amount"], 100_000_000);
    assert_eq!(walk["decided"]["differs"], Value::Null);
    let words = walk["decided"]["words"].as_array().unwrap();
    let official = std::fs::read_to_string(crate::root().join("policies/qianjiang/official.txt")).unwrap();
    for paragraph in words {
        let line = usize::try_from(paragraph["line"].as_u64().expect("each paragraph stands in the text as published")).unwrap();
        let first: String = paragraph["text"].as_str().unwrap().chars().take(8).collect();
        assert!(official.lines().nth(line - 1).unwrap().replace([' ', '　'], "").contains(&first), "{first} on line {line}");
    }
    assert!(run(0, &["trace", &db, "case1"]).contains("e-s1:1"));
    // What a share reserved leads to the determination that came after it.
    let said = run(0, &["trace", &db, "e-s1:1"]);
    assert!(said.contains("审定 d1（先预留，后审定）") && said.contains("公布文本第"), "{said}");
    assert!(run(2, &["trace", &db, "nothing"]).contains("没有分录、账本、审定或案件 nothing"));
    assert!(run(0, &["trace", &db, "e-b1:1", "--lang", "en"]).contains("computed again: the same bytes as were frozen"));
}

#[test]
fn postgresql_is_verified_and_walked_as_well() {
    let url = crate::postgres::database();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&url).await.unwrap();
        drop(paid(store).await);
    });
    let said = run(0, &["verify", &url, "--determinations", "--replay"]);
    assert!(said.contains("✓ 核对无误") && said.contains("重做操作"), "{said}");
    assert!(run(0, &["trace", &url, "e-b1:1"]).contains("1.1"));
}

#[test]
fn what_is_no_database_is_said_so() {
    let dir = folder("office-none");
    let file = crate::file(&dir, "office.db", "no database");
    assert!(run(2, &["trace", &file, "e1"]).contains("不是数据库"));
    assert!(run(2, &["verify", &path(&dir, "nothing.db")]).contains("没有这个文件"));
    assert!(run(2, &["verify", &dir.display().to_string()]).contains("不是审计包"));
}
