//! Backups as an operator takes and restores them: while acts go on, on both databases, and with what may go wrong.

use crate::district::{District, id};
use crate::town::{applicant, approve, organisation};
use crate::{duixian, folder};
use casework::Act;
use casework::chain::Fingerprint;
use casework::id::{RequestId, UserId};
use casework::ledger::Account;
use casework::people::Role;
use casework::registry::RegistryAct;
use office::Context;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use store::Store;
use store::service::{Session, Upload, Webhook};
use tokio::task::JoinSet;
use values::Moment;

/// An office to be backed up: where it is, and what is said of it on the command line.
struct Place {
    url: String,
    data: PathBuf,
    arguments: Vec<String>,
}

fn place(data: &Path, postgres: bool) -> Place {
    std::fs::create_dir_all(data).unwrap();
    let mut arguments = vec!["--data".to_owned(), data.display().to_string()];
    let url = if postgres {
        let url = crate::postgres::database();
        arguments.extend(["--database".to_owned(), url.clone()]);
        url
    } else {
        format!("sqlite:{}?mode=rwc", data.join("duixian.db").display())
    };
    Place { url, data: data.to_owned(), arguments }
}

fn run(code: i32, what: &[&str], place: &Place) -> String {
    let arguments: Vec<&str> = what.iter().copied().chain(place.arguments.iter().map(String::as_str)).collect();
    let run = duixian(&arguments);
    assert_eq!(run.code, code, "{arguments:?}\n{}{}", run.out, run.err);
    run.out + &run.err
}

/// A file of the evidence, named in the database as one that arrived.
async fn evidence(store: &Store, data: &Path, number: u32) -> String {
    let content = format!("%PDF-1.7 发票 {number}");
    let digest = Fingerprint::of(content.as_bytes()).to_string();
    std::fs::create_dir_all(data.join("evidence")).unwrap();
    std::fs::write(data.join("evidence").join(&digest), &content).unwrap();
    let size = i64::try_from(content.len()).unwrap();
    let row = Upload {
        id: format!("up{number}"),
        user_id: "clerk".into(),
        organisation_id: None,
        case_id: None,
        name: format!("发票{number}.pdf"),
        size,
        received: size,
        kind: Some("pdf".into()),
        digest: Some(digest.clone()),
        created: 0,
    };
    store.put_service_row(&row).await.unwrap();
    digest
}

/// Balances as the entries alone give them.
async fn replayed(store: &Store) -> BTreeMap<String, BTreeMap<&'static str, i64>> {
    let mut work = store.begin().await.unwrap();
    let mut out: BTreeMap<String, BTreeMap<&'static str, i64>> = BTreeMap::new();
    for (id, _) in work.books_kept().await.unwrap() {
        out.insert(id, Account::ALL.into_iter().map(|account| (account.name(), 0)).collect());
    }
    for posted in work.posted(0, i64::MAX).await.unwrap() {
        let entry = posted.entry.unwrap();
        let (gives, takes) = entry.kind.accounts();
        for book in [Some(&entry.fund), entry.pool.as_ref()].into_iter().flatten() {
            let balances = out.get_mut(book.as_str()).unwrap();
            *balances.get_mut(gives.name()).unwrap() -= entry.amount.0;
            *balances.get_mut(takes.name()).unwrap() += entry.amount.0;
        }
    }
    out
}

/// Acts of several hands at once, with requests whose names are noted as soon as they are acknowledged.
struct Load {
    district: Arc<District>,
    acknowledged: Arc<std::sync::Mutex<BTreeSet<String>>>,
    over: Arc<AtomicBool>,
    hands: JoinSet<()>,
}

impl Load {
    fn begin(district: &Arc<District>) -> Self {
        let mut load = Self { district: Arc::clone(district), acknowledged: Arc::default(), over: Arc::default(), hands: JoinSet::new() };
        let next = Arc::new(AtomicU32::new(1));
        for _ in 0..4 {
            let (district, noted, over, next) = (Arc::clone(&load.district), Arc::clone(&load.acknowledged), Arc::clone(&load.over), Arc::clone(&next));
            load.hands.spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let firm = next.fetch_add(1, Ordering::Relaxed);
                    let request = format!("load-{firm}");
                    let context = Context {
                        user: id(UserId::parse, "clerk"),
                        role: Role::Clerk,
                        now: Moment::start_of(district.today),
                        request: id(RequestId::parse, &request),
                    };
                    let enters = Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(firm).into() });
                    district.office.perform(&context, &enters).await.unwrap();
                    noted.lock().unwrap().insert(request);
                    district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: applicant(firm) })).await;
                    let case = format!("case{firm}");
                    district.case_for_approval("c1", firm, &case, &[("3", 1_000_000)]).await;
                    district.ok("leader", Role::Leader, approve(&case)).await;
                }
            });
        }
        load
    }

    async fn at_least(&self, many: usize) -> BTreeSet<String> {
        loop {
            let noted = self.acknowledged.lock().unwrap().clone();
            if noted.len() >= many {
                return noted;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn end(self) {
        self.over.store(true, Ordering::Relaxed);
        self.hands.join_all().await;
    }
}

async fn backup_under_load(name: &str, postgres: bool) {
    let dir = folder(name);
    let from = place(&dir.join("data"), postgres);
    let store = Store::open(&from.url).await.unwrap();
    let district = Arc::new(District::of_a_town(store.clone()).await);
    district.town_call("c1").await;
    let digests = [evidence(&store, &from.data, 1).await, evidence(&store, &from.data, 2).await];
    std::fs::write(from.data.join("evidence").join("half.part"), "on its way").unwrap();
    let session = |digest: &str| Session {
        digest: digest.into(),
        user_id: "clerk".into(),
        role: "clerk".into(),
        csrf: "c".into(),
        created: 0,
        seen: 0,
        expires: i64::MAX,
    };
    store.put_service_row(&session("s1")).await.unwrap();
    let listener = Webhook {
        id: "w1".into(),
        user_id: "admin".into(),
        url: "http://192.0.2.1/".into(),
        secret: "s".into(),
        acts: String::new(),
        delivered: 0,
        failures: 0,
        next_try: 0,
        active: 1,
        trouble: String::new(),
    };
    store.put_service_row(&listener).await.unwrap();

    let load = Load::begin(&district);
    let before = load.at_least(6).await;
    let backup = dir.join("backup");
    let (target, given) = (backup.display().to_string(), Place { url: from.url.clone(), data: from.data.clone(), arguments: from.arguments.clone() });
    let said = tokio::task::spawn_blocking(move || run(0, &["backup", &target], &given)).await.unwrap();
    let meanwhile = load.at_least(before.len() + 1).await;
    load.end().await;
    println!("{name}: {} firms acknowledged before, {} after; {said}", before.len(), meanwhile.len());
    assert!(said.contains("材料 2 份"), "{said}");
    let refused = run(2, &["backup", &backup.display().to_string()], &from);
    assert!(refused.contains("已经存在"), "a backup writes over nothing: {refused}");
    store.close().await;

    let to = place(&dir.join("restored"), postgres);
    let said = run(0, &["restore", &backup.display().to_string()], &to);
    assert!(said.contains("✓ 核对无误") && said.contains("余额与备份时一致"), "{said}");
    assert!(run(2, &["restore", &backup.display().to_string()], &to).contains("已有数据"), "nothing is written over");
    let restored_url = if postgres { to.url.clone() } else { to.data.join("duixian.db").display().to_string() };
    let verified = duixian(&["verify", &restored_url, "--determinations", "--replay"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);

    let restored = Store::open_as_it_is(&to.url).await.unwrap();
    let mut work = restored.begin().await.unwrap();
    let requests: BTreeSet<String> = work.events(0, i64::MAX).await.unwrap().into_iter().map(|event| event.request.to_string()).collect();
    let lost: Vec<&String> = before.difference(&requests).collect();
    assert!(lost.is_empty(), "acknowledged before the backup began, and not in it: {lost:?}");
    let mut balances = BTreeMap::new();
    for (id, book) in work.books_kept().await.unwrap() {
        let (_, book) = book.unwrap();
        balances.insert(id, Account::ALL.into_iter().map(|account| (account.name(), book.balance(account).0)).collect::<BTreeMap<_, _>>());
    }
    drop(work);
    assert_eq!(balances, replayed(&restored).await);
    assert!(balances.values().any(|accounts| accounts["reserved"] > 0), "there was money in it: {balances:?}");
    for digest in &digests {
        assert_eq!(std::fs::read(to.data.join("evidence").join(digest)).unwrap(), std::fs::read(from.data.join("evidence").join(digest)).unwrap());
    }
    assert!(!to.data.join("evidence/half.part").exists(), "what was on its way is not evidence");
    assert!(restored.service_all::<Session>().await.unwrap().is_empty(), "nobody is signed in at a copy");
    assert_eq!(restored.service_all::<Webhook>().await.unwrap().into_iter().map(|listener| listener.active).collect::<Vec<_>>(), [0]);
    restored.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_of_sqlite_taken_while_acts_go_on_is_restored_elsewhere() {
    backup_under_load("backup-sqlite", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_of_postgres_taken_while_acts_go_on_is_restored_elsewhere() {
    backup_under_load("backup-postgres", true).await;
}

/// A small office and a backup of it.
fn small(name: &str) -> (PathBuf, Place, String) {
    let dir = folder(name);
    let from = place(&dir.join("data"), false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&from.url).await.unwrap();
        drop(District::of_a_town(store.clone()).await);
        evidence(&store, &from.data, 1).await;
        evidence(&store, &from.data, 2).await;
        store.close().await;
    });
    let backup = dir.join("backup").display().to_string();
    (dir, from, backup)
}

#[test]
fn a_backup_that_was_changed_is_not_restored_and_the_file_is_named() {
    let (dir, from, backup) = small("backup-changed");
    run(0, &["backup", &backup], &from);
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(dir.join("backup/manifest.json")).unwrap()).unwrap();
    assert_eq!((manifest["program"].as_str(), manifest["schema"].as_i64()), (Some(env!("CARGO_PKG_VERSION")), Some(8)));
    let names: Vec<String> = manifest["files"].as_object().unwrap().keys().cloned().collect();
    for name in &names {
        let path = dir.join("backup").join(name);
        let good = std::fs::read(&path).unwrap();
        let mut bad = good.clone();
        let last = bad.len() - 1;
        bad[last] ^= 1;
        std::fs::write(&path, &bad).unwrap();
        let to = place(&dir.join("changed"), false);
        let said = run(2, &["restore", &backup], &to);
        assert!(said.contains(name.as_str()) && said.contains("不符"), "{said}");
        assert!(!to.data.join("duixian.db").exists());
        std::fs::remove_file(&path).unwrap();
        assert!(run(2, &["restore", &backup], &to).contains("不见了"));
        std::fs::write(&path, &good).unwrap();
    }
    std::fs::write(dir.join("backup/evidence/more"), "x").unwrap();
    assert!(run(2, &["restore", &backup], &place(&dir.join("more"), false)).contains("多出来"));
    std::fs::remove_file(dir.join("backup/evidence/more")).unwrap();
    run(0, &["restore", &backup], &place(&dir.join("whole"), false));
}

#[test]
fn a_manifest_that_promises_more_than_the_database_holds_is_found_out() {
    let (dir, from, backup) = small("backup-promises");
    run(0, &["backup", &backup], &from);
    let path = dir.join("backup/manifest.json");
    let mut manifest: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    manifest["seq"] = (manifest["seq"].as_i64().unwrap() + 1).into();
    std::fs::write(&path, manifest.to_string()).unwrap();
    let to = place(&dir.join("promised"), false);
    assert!(run(2, &["restore", &backup], &to).contains("不要使用"));
    assert!(!to.data.join("duixian.db").exists(), "it does not take its place");
}

#[test]
fn evidence_that_is_missing_or_damaged_is_told_when_the_backup_is_taken() {
    let (dir, from, backup) = small("backup-missing");
    let evidence = from.data.join("evidence");
    let first = std::fs::read_dir(&evidence).unwrap().next().unwrap().unwrap().path();
    let good = std::fs::read(&first).unwrap();
    std::fs::write(&first, "something else").unwrap();
    let said = run(2, &["backup", &backup], &from);
    assert!(said.contains("与名字不符"), "{said}");
    assert!(!dir.join("backup").exists() && !dir.join("backup.part").exists(), "not half a backup is left");
    std::fs::remove_file(&first).unwrap();
    let said = run(1, &["backup", &backup], &from);
    let digest = first.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(said.contains(&format!("材料 {digest}")), "{said}");
    assert!(run(1, &["restore", &backup], &place(&dir.join("lacking"), false)).contains("备份时就已缺失"));
    drop(good);
}

#[test]
fn a_backup_of_the_version_before_is_restored_and_brought_up_to_date() {
    let dir = folder("backup-old");
    let from = place(&dir.join("data"), false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open_at(&from.url, 1).await.unwrap();
        drop(crate::paid::paid(store.clone()).await);
        store.close().await;
    });
    let backup = dir.join("backup").display().to_string();
    run(0, &["backup", &backup], &from);
    runtime.block_on(async {
        let store = Store::open_as_it_is(&from.url).await.unwrap();
        assert_eq!(store.version().await.unwrap(), 1, "a backup changes nothing");
        store.close().await;
    });
    let to = place(&dir.join("restored"), false);
    assert!(run(0, &["restore", &backup], &to).contains("✓ 核对无误"));
    let left: Vec<_> = std::fs::read_dir(&to.data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "the file alone is the database: {left:?}");
    runtime.block_on(async {
        let store = Store::open_as_it_is(&to.url).await.unwrap();
        assert!(store.version().await.unwrap() > 1);
        store.close().await;
    });
}

#[test]
fn where_there_is_no_office_there_is_no_backup_and_half_a_folder_is_told() {
    let dir = folder("backup-none");
    let nowhere = place(&dir.join("empty"), false);
    let backup = dir.join("backup").display().to_string();
    run(2, &["backup", &backup], &nowhere);
    assert!(!nowhere.data.join("duixian.db").exists(), "a backup makes no database");
    assert!(!dir.join("backup.part").exists());
    std::fs::create_dir(dir.join("backup.part")).unwrap();
    assert!(run(2, &["backup", &backup], &nowhere).contains("曾经中断"));
    assert!(run(2, &["restore", &dir.join("backup.part").display().to_string()], &nowhere).contains("不是完整的备份"));
}
