//! The log: whatever is changed behind the office's back, the first bad record is named. On a file, on SQLite and on
//! PostgreSQL, without and with a signed checkpoint.

use crate::district::{District, database_file, day, id, stores, user};
use crate::paid::paid;
use casework::Act;
use casework::chain::{Event, Fault, Fingerprint, Wrong};
use casework::id::RequestId;
use casework::people::Role;
use casework::registry::RegistryAct;
use office::checkpoint::{self, FileError, Range, Signed};
use office::key::{PublicKey, SecretKey};
use office::verify::{self, Finding, KeptWrong, Options, Report};
use std::io::Cursor;
use std::path::Path;
use store::Store;
use values::{Moment, WorkCalendar};

fn key() -> SecretKey {
    SecretKey::from_bytes(&[7; 32])
}

/// A signed file of checkpoints of a log.
async fn signed(store: &Store, since: Option<&Range>) -> Vec<u8> {
    let mut file = Vec::new();
    let range = checkpoint::export(store, since, &key(), Moment::start_of(day("2025-05-02")), &mut file).await.unwrap();
    range.expect("the log is good");
    file
}

/// Files of checkpoints, checked and opened.
fn opened(files: &[&Vec<u8>]) -> Signed<Cursor<Vec<u8>>> {
    let files = files.iter().map(|file| (checkpoint::check(file.as_slice(), Some(&key().public())).unwrap(), Cursor::new((*file).clone()))).collect();
    Signed::new(files).unwrap()
}

async fn check(store: &Store, files: &[&Vec<u8>]) -> Report {
    verify::store(store, &mut opened(files), Options { key: Some(&key().public()), determinations: true }).await.unwrap()
}

fn log_fault(report: &Report) -> Option<(i64, Wrong)> {
    match report.findings.first() {
        Some(Finding::Log(Fault { position, wrong, .. })) => Some((*position, wrong.clone())),
        _ => None,
    }
}

async fn events(store: &Store) -> Vec<Event> {
    store.begin().await.unwrap().events(0, 10_000).await.unwrap()
}

/// The same events chained anew, from a position on.
fn chained(mut events: Vec<Event>, from: usize) -> Vec<Event> {
    for at in from..events.len() {
        let before = if at == 0 { Fingerprint::NONE } else { events[at - 1].fingerprint };
        events[at] = events[at].clone().chained(at as i64 + 1, before);
    }
    events
}

fn numbered(mut events: Vec<Event>) -> Vec<Event> {
    for (at, event) in events.iter_mut().enumerate() {
        event.seq = at as i64 + 1;
    }
    events
}

/// What may be done to a log: what, the log then, the first bad record, and whether a checkpoint is needed to see it.
fn tampered(good: &[Event]) -> Vec<(&'static str, Vec<Event>, i64, Wrong, bool)> {
    let at = good.iter().position(|event| event.act == "case.summarise").unwrap();
    let place = at as i64 + 1;
    let with = |change: &dyn Fn(&mut Vec<Event>)| {
        let mut events = good.to_vec();
        change(&mut events);
        events
    };
    let raise = |events: &mut Vec<Event>| events[at].input = events[at].input.replace("40000000", "90000000");
    let foreign = |events: &mut Vec<Event>| {
        let mut foreign = good[at].clone();
        foreign.request = id(RequestId::parse, "r-foreign");
        events.insert(at, foreign.chained(place, good[at - 1].fingerprint));
    };
    vec![
        ("altered", with(&raise), place, Wrong::Altered, false),
        ("deleted", with(&|events| drop(events.remove(at))), place, Wrong::Missing(1), false),
        ("deleted, the rest numbered anew", numbered(with(&|events| drop(events.remove(at)))), place, Wrong::Missing(1), false),
        ("inserted", numbered(with(&foreign)), place, Wrong::Inserted, false),
        ("reordered", numbered(with(&|events| events.swap(at, at + 1))), place, Wrong::OutOfOrder, false),
        ("reordered far", numbered(with(&|events| events.swap(at, at + 4))), place, Wrong::OutOfOrder, false),
        ("tail cut", with(&|events| events.truncate(at)), place, Wrong::TailCut(good.len() as i64 - at as i64), false),
        ("recomputed", chained(with(&raise), at), place, Wrong::Recomputed, true),
        ("deleted and recomputed", chained(with(&|events| drop(events.remove(at))), at), place, Wrong::Recomputed, true),
        ("inserted and recomputed", chained(with(&foreign), at), place, Wrong::Recomputed, true),
        ("tail cut with its head", chained(with(&|events| events.truncate(at)), at), place, Wrong::TailCut(good.len() as i64 - at as i64), true),
    ]
}

/// A log as a file: with the head that was kept, or that of its own last record.
fn lines(events: &[Event], head: &Event) -> Vec<u8> {
    let mut out: String = events.iter().map(|event| serde_json::to_string(event).unwrap() + "\n").collect();
    out += &format!("{{\"head\":{{\"seq\":{},\"fingerprint\":\"{}\"}}}}\n", head.seq, head.fingerprint);
    out.into_bytes()
}

#[tokio::test]
async fn the_first_bad_record_of_a_file_is_named() {
    let district = paid(Store::memory()).await;
    let store = district.office.store();
    let good = events(store).await;
    let checkpoint = signed(store, None).await;
    let mut file = Vec::new();
    assert_eq!(verify::export(store, &mut file).await.unwrap(), good.len() as i64);
    assert_eq!(file, lines(&good, good.last().unwrap()));
    for files in [vec![], vec![&checkpoint]] {
        let report = verify::file(file.as_slice(), &mut opened(&files), Options::default()).unwrap();
        assert_eq!((report.is_good(), report.events), (true, good.len() as i64));
        for (what, bad, place, wrong, needs_checkpoint) in tampered(&good) {
            let head = if needs_checkpoint { bad.last().unwrap() } else { good.last().unwrap() };
            let report = verify::file(lines(&bad, head).as_slice(), &mut opened(&files), Options::default()).unwrap();
            let expected = (!needs_checkpoint || !files.is_empty()).then_some((place, wrong));
            assert_eq!(log_fault(&report), expected, "{what}, {} checkpoints", files.len());
        }
    }
}

/// Does what nobody may: statements on a database with its guards taken off.
async fn attack(store: &Store, postgres: bool, statements: &[String]) {
    let mut connection = store.pool().unwrap().acquire().await.unwrap();
    let mut say = Vec::new();
    if postgres {
        say.push("SET session_replication_role = replica".to_owned());
    } else {
        say.push("PRAGMA foreign_keys = OFF".to_owned());
        for trigger in ["entry_no_update", "entry_no_delete", "determination_no_update", "determination_no_delete", "event_no_update", "event_no_delete"] {
            say.push(format!("DROP TRIGGER IF EXISTS {trigger}"));
        }
    }
    say.extend(statements.iter().cloned());
    say.push(if postgres { "SET session_replication_role = origin".to_owned() } else { "PRAGMA foreign_keys = ON".to_owned() });
    for statement in say {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.clone())).execute(&mut *connection).await.unwrap_or_else(|why| panic!("{statement}: {why}"));
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Statements that put another log in the place of a store's.
fn put(events: &[Event], head: &Event) -> Vec<String> {
    let mut out = vec!["DELETE FROM event".to_owned()];
    for event in events {
        let texts = [
            event.at.to_string(),
            event.user.to_string(),
            event.role.name().to_owned(),
            event.act.clone(),
            event.request.to_string(),
            event.subject.clone(),
            event.input.clone(),
            event.outcome.clone(),
            event.effects.clone(),
            event.before.to_string(),
            event.fingerprint.to_string(),
        ];
        let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        out.push(format!("INSERT INTO event VALUES ({}, {})", event.seq, texts.join(", ")));
    }
    out.push(format!("UPDATE log_head SET seq = {}, fingerprint = '{}'", head.seq, head.fingerprint));
    out
}

#[tokio::test]
async fn the_first_bad_record_of_a_database_is_named() {
    for (name, store) in stores("log-events").await.into_iter().filter(|(name, _)| *name != "memory") {
        let district = paid(store).await;
        let store = district.office.store();
        let good = events(store).await;
        let checkpoint = signed(store, None).await;
        for files in [vec![], vec![&checkpoint]] {
            let report = check(store, &files).await;
            assert_eq!((report.findings, report.events), (vec![], good.len() as i64), "{name}");
            for (what, bad, place, wrong, needs_checkpoint) in tampered(&good) {
                let head = if needs_checkpoint { bad.last().unwrap() } else { good.last().unwrap() };
                attack(store, name == "postgres", &put(&bad, head)).await;
                let report = check(store, &files).await;
                let expected = (!needs_checkpoint || !files.is_empty()).then_some((place, wrong));
                assert_eq!(log_fault(&report), expected, "{name}: {what}, {} checkpoints", files.len());
            }
            attack(store, name == "postgres", &put(&good, good.last().unwrap())).await;
        }
    }
}

/// What is done to a table beside the log, the statements that do it, and what is named.
type Tampered = (&'static str, Vec<&'static str>, (&'static str, &'static str, KeptWrong));

fn tables_tampered() -> Vec<Tampered> {
    let column = |name: &str| KeptWrong::Column(name.into());
    vec![
        (
            "a case altered",
            vec!["UPDATE case_file SET body = REPLACE(body, '100000000', '900000000') WHERE id = 'case1'"],
            ("case_file", "case1", KeptWrong::Altered),
        ),
        ("only its column altered", vec!["UPDATE case_file SET stage = 'withdrawn' WHERE id = 'case1'"], ("case_file", "case1", column("stage"))),
        ("a case deleted", vec!["DELETE FROM case_file WHERE id = 'case1'"], ("case_file", "case1", KeptWrong::Missing)),
        (
            "a case inserted",
            vec![
                "INSERT INTO case_file (id, version, call_id, organisation_id, stage, notice_id, due, provisional, body) SELECT 'case2', version, call_id, organisation_id, stage, notice_id, due, provisional, REPLACE(body, 'case1', 'case2') FROM case_file",
            ],
            ("case_file", "case2", KeptWrong::Inserted),
        ),
        ("a case unreadable", vec!["UPDATE case_file SET body = '{}' WHERE id = 'case1'"], ("case_file", "case1", KeptWrong::Altered)),
        (
            "a determination altered",
            vec!["UPDATE determination SET body = REPLACE(body, '审计核减', '') WHERE id = 'd1'"],
            ("determination", "d1", KeptWrong::Altered),
        ),
        ("a determination deleted", vec!["DELETE FROM determination"], ("determination", "d1", KeptWrong::Missing)),
        (
            "an account altered",
            vec!["UPDATE organisation SET body = REPLACE(body, '620000000001', '620099999999')"],
            ("organisation", "firm1", KeptWrong::Altered),
        ),
        (
            "a role given",
            vec!["UPDATE user_account SET body = REPLACE(body, '\"clerk\"]', '\"clerk\",\"leader\"]') WHERE id = 'clerk'"],
            ("user_account", "clerk", KeptWrong::Altered),
        ),
        ("an entry altered", vec!["UPDATE entry SET amount_fen = amount_fen - 100 WHERE id = 'e-b1:1'"], ("entry", "e-b1:1", KeptWrong::Altered)),
        ("an entry deleted", vec!["DELETE FROM entry WHERE id = 'e-b1:1'"], ("entry", "e-b1:1", KeptWrong::Missing)),
        (
            "an entry inserted",
            vec![
                "INSERT INTO entry (id, at, kind, from_account, to_account, amount_fen, fund_id, reason) VALUES ('e-x', '2025-05-01T00:00:00', 'appropriate', 'outside', 'available', 100, 'fund-2024', '')",
            ],
            ("entry", "e-x", KeptWrong::Inserted),
        ),
        (
            "a balance altered",
            vec!["UPDATE book SET available_fen = available_fen + 500, paid_fen = paid_fen - 500 WHERE id = 'fund-2024'"],
            ("book", "fund-2024", KeptWrong::Altered),
        ),
        ("a book deleted", vec!["DELETE FROM book WHERE id = 'pool-2024'"], ("book", "pool-2024", KeptWrong::Missing)),
    ]
}

/// Tables that are tampered with, so that they can be mended again.
const TABLES: [&str; 6] = ["case_file", "determination", "organisation", "user_account", "entry", "book"];

#[tokio::test]
async fn a_record_changed_behind_the_log_is_named() {
    for (name, store) in stores("log-tables").await.into_iter().filter(|(name, _)| *name != "memory") {
        let postgres = name == "postgres";
        let district = paid(store).await;
        let store = district.office.store();
        let keep: Vec<String> = TABLES.iter().map(|table| format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).collect();
        attack(store, postgres, &keep).await;
        for (what, statements, (table, id, wrong)) in tables_tampered() {
            attack(store, postgres, &statements.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()).await;
            let report = check(store, &[]).await;
            let named = report.findings.iter().find_map(|finding| match finding {
                Finding::Kept { table: t, id: i, wrong, .. } => Some((t.as_str(), i.as_str(), wrong.clone())),
                _ => None,
            });
            assert_eq!(named, Some((table, id, wrong)), "{name}: {what}: {:?}", report.findings);
            if table == "entry" || what == "a balance altered" {
                assert!(report.findings.iter().any(|finding| matches!(finding, Finding::Balance { .. })), "{name}: {what}: balances");
            }
            let overriding = if postgres { " OVERRIDING SYSTEM VALUE" } else { "" };
            let mend = TABLES.iter().flat_map(|table| {
                let overriding = if *table == "entry" { overriding } else { "" };
                [format!("DELETE FROM {table}"), format!("INSERT INTO {table}{overriding} SELECT * FROM kept_{table}")]
            });
            attack(store, postgres, &mend.collect::<Vec<_>>()).await;
        }
        assert_eq!(check(store, &[]).await.findings, vec![], "{name}: mended");
    }
}

#[test]
fn every_kind_of_record_is_known_to_the_check() {
    let known: Vec<&str> = casework::kind::KINDS.iter().map(|kind| kind.table.name).collect();
    for kind in crate::records::KINDS {
        assert!(known.contains(&kind.table.name), "{}: add its type to KINDS in crates/casework/src/kind.rs", kind.table.name);
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_or_reached_is_named() {
    for (name, store) in stores("log-unreadable").await.into_iter().filter(|(name, _)| *name != "memory") {
        let postgres = name == "postgres";
        let district = paid(store).await;
        let store = district.office.store();
        let say = |statement: &str| vec![statement.to_owned()];
        let many = events(store).await.len() as i64;
        attack(store, postgres, &say("UPDATE event SET role = 'king' WHERE seq = 21")).await;
        assert_eq!(log_fault(&check(store, &[]).await), Some((21, Wrong::Altered)), "{name}");
        attack(store, postgres, &say("UPDATE event SET role = 'administrator' WHERE role = 'king'")).await;
        let columns = "at, user_id, role, act, request_id || 'x', subject, input, outcome, effects, before, fingerprint";
        attack(store, postgres, &[format!("INSERT INTO event SELECT -1, {columns} FROM event WHERE seq = 1")]).await;
        let rows = Finding::Rows { table: "event".into(), has: many + 1, read: many };
        assert!(check(store, &[]).await.findings.contains(&rows), "{name}");
    }
}

#[tokio::test]
async fn a_database_is_read_while_the_office_works_with_it() {
    let file = database_file("log-open");
    for (name, url) in [("sqlite", format!("sqlite:{}?mode=rwc", file.display())), ("postgres", crate::postgres::database())] {
        let district = paid(Store::open(&url).await.unwrap()).await;
        let many = events(district.office.store()).await.len() as i64;
        let reading = Store::open_read_only(&url).await.unwrap();
        assert_eq!(check(&reading, &[]).await.events, many, "{name}");
        let mut snapshot = reading.begin().await.unwrap();
        assert_eq!(snapshot.head().await.unwrap().unwrap().0, many, "{name}");
        district.firm(2).await;
        assert_eq!(snapshot.head().await.unwrap().unwrap().0, many, "{name}: one moment of it");
        drop(snapshot);
        assert_eq!(check(&reading, &[]).await.events, many + 3, "{name}");
    }
}

#[tokio::test]
async fn all_acts_done_again_leave_the_same_fingerprints() {
    for (name, store) in stores("log-replay").await {
        let district = paid(store).await;
        let mut report = Report::default();
        verify::replay(district.office.store(), WorkCalendar::china(), &mut report).await.unwrap();
        assert_eq!((report.findings, report.replayed), (vec![], events(district.office.store()).await.len() as i64), "{name}");
        let checked = check(district.office.store(), &[]).await;
        assert_eq!((checked.findings, checked.determinations), (vec![], 1), "{name}");
    }
}

#[tokio::test]
async fn an_act_whose_answer_was_forged_is_told_by_doing_it_again() {
    for (name, store) in stores("log-forged").await.into_iter().filter(|(name, _)| *name != "memory") {
        let district = paid(store).await;
        let store = district.office.store();
        let mut forged = events(store).await;
        let at = forged.iter().position(|event| event.act == "case.approve").unwrap();
        forged[at].outcome = forged[at].outcome.replace("140000000", "150000000");
        let forged = chained(forged, at);
        attack(store, name == "postgres", &put(&forged, forged.last().unwrap())).await;
        let mut report = Report::default();
        verify::replay(store, WorkCalendar::china(), &mut report).await.unwrap();
        assert!(matches!(report.findings.as_slice(), [Finding::Replay { position, .. }] if *position == at as i64 + 1), "{name}: {:?}", report.findings);
    }
}

#[tokio::test]
async fn checkpoints_follow_one_another_and_bind_only_what_they_cover() {
    let mut district = paid(Store::memory()).await;
    let store = district.office.store().clone();
    let first = signed(&store, None).await;
    let range = checkpoint::check(first.as_slice(), None).unwrap();
    district.firm(2).await;
    district.today = day("2025-05-06");
    let second = signed(&store, Some(&range)).await;
    let after = checkpoint::check(second.as_slice(), None).unwrap();
    assert_eq!((after.after, after.before, after.until), (range.until, range.head, range.until + 3));
    let report = check(&store, &[&first, &second]).await;
    assert_eq!((report.findings, report.signed), (vec![], after.until));
    let report = check(&store, &[&first]).await;
    assert_eq!((report.findings, report.signed), (vec![], range.until));
}

#[tokio::test]
async fn a_file_of_checkpoints_that_was_changed_vouches_for_nothing() {
    let district = paid(Store::memory()).await;
    let file = String::from_utf8(signed(district.office.store(), None).await).unwrap();
    let lines: Vec<&str> = file.lines().collect();
    let without = |at: usize| lines.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, line)| format!("{line}\n")).collect::<String>();
    let swapped = lines[2].replace(|c: char| c == lines[2].chars().next().unwrap(), "0");
    let changed = [without(2), without(lines.len() - 1), file.replace(lines[2], &swapped), file.replace("2025-05-02", "2025-05-03")];
    for file in changed {
        assert!(checkpoint::check(file.as_bytes(), None).is_err());
    }
    let other = SecretKey::from_bytes(&[8; 32]).public();
    assert!(matches!(checkpoint::check(file.as_bytes(), Some(&other)), Err(FileError::OtherKey(_))));
}

/// The program that holds the key.
async fn service(district: &District) {
    let keeper = user("keeper", None, None, Role::Service);
    district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: keeper })).await;
}

#[tokio::test]
async fn the_office_notes_a_checkpoint_every_so_many_events() {
    for (name, store) in stores("log-noted").await {
        let district = paid(store).await;
        let office = &district.office;
        service(&district).await;
        let note = || async { office.checkpoint(&district.context("keeper", Role::Service), &key(), 25).await.unwrap() };
        let first = note().await.expect("more than twenty events are there");
        assert_eq!(note().await, None, "{name}: one is enough");
        for number in 2..14 {
            district.firm(number).await;
        }
        let second = note().await.expect("twenty more");
        assert!(second.seq >= first.seq + 20, "{name}");
        let report = check(office.store(), &[]).await;
        assert_eq!((report.findings, report.checkpoints), (vec![], 2), "{name}");
        if name == "memory" {
            continue;
        }
        // The whole chain recomputed by someone who has no key: the checkpoints in it do not bind it.
        let mut forged = events(office.store()).await;
        let at = usize::try_from(first.seq).unwrap() + 4;
        forged[at].outcome = "\"forged\"".into();
        let forged = chained(forged, at);
        attack(office.store(), name == "postgres", &put(&forged, forged.last().unwrap())).await;
        let report = check(office.store(), &[]).await;
        let expected = Finding::Checkpoint { position: second.seq + 1, covers: second.seq, since: first.seq };
        assert!(report.findings.contains(&expected), "{name}: {:?}", report.findings);
    }
}

#[tokio::test]
async fn a_checkpoint_for_another_head_or_with_another_signature_is_refused() {
    let district = paid(Store::memory()).await;
    let office = &district.office;
    service(&district).await;
    let good = office.checkpoint(&district.context("keeper", Role::Service), &key(), 5).await.unwrap().unwrap();
    for number in 2..5 {
        district.firm(number).await;
    }
    use casework::chain::checkpoint::LogAct;
    use casework::id::CheckpointId;
    let other_id = id(CheckpointId::parse, "again");
    for bad in [
        casework::chain::Checkpoint { id: other_id.clone(), head: Fingerprint::of(b"another"), ..good.clone() },
        casework::chain::Checkpoint { id: other_id.clone(), seq: good.seq - 1, ..good.clone() },
        casework::chain::Checkpoint { id: other_id.clone(), at: Moment::start_of(day("2025-05-09")), ..good.clone() },
    ] {
        district.refused("keeper", Role::Service, Act::Log(LogAct::Checkpoint { checkpoint: bad })).await;
    }
}

#[test]
fn a_key_is_read_as_it_was_written() {
    let secret = SecretKey::parse(&key().text()).unwrap();
    assert_eq!(secret.public(), key().public());
    assert_eq!(PublicKey::parse(&key().public().to_string()).unwrap(), key().public());
    assert!(PublicKey::parse("ed25519:00").is_err() && SecretKey::parse(&key().public().to_string()).is_err());
    let signature = secret.sign("text");
    assert!(key().public().signed("text", &signature) && !key().public().signed("texts", &signature));
}

#[tokio::test]
async fn reading_a_database_writes_nothing_to_it() {
    let (_, store) = stores("log-reading").await.into_iter().find(|(name, _)| *name == "sqlite").unwrap();
    drop(paid(store.clone()).await);
    store.pool().unwrap().close().await;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("log-reading.db");
    let beside = || {
        let own = file.file_name().unwrap().to_str().unwrap().to_owned();
        let mut names: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name.starts_with(&own));
        names
    };
    let before = (std::fs::read(&file).unwrap(), beside());
    let reading = Store::open_read_only(&format!("sqlite:{}", file.display())).await.unwrap();
    assert_eq!(check(&reading, &[]).await.findings, vec![]);
    let statement = sqlx::raw_sql("DELETE FROM case_file").execute(reading.pool().unwrap()).await;
    assert!(statement.is_err());
    reading.pool().unwrap().close().await;
    assert_eq!((std::fs::read(&file).unwrap(), beside()), before);
}
