//! Gathering the bundle of a case from a store.

use super::{Files, Line, MANIFEST, Manifest, Named, earlier};
use crate::assess::{Loaded, compile, explained};
use crate::key::SecretKey;
use casework::call::Call;
use casework::case::Case;
use casework::chain::{Effect, Event, Fingerprint, Proof};
use casework::determination::Determination;
use casework::id::CaseId;
use casework::kind::KINDS;
use casework::ledger::Entry;
use casework::notice::Notice;
use casework::payment::Batch;
use casework::policy_version::PolicyVersion;
use policy::check::official_file;
use policy::source::{SourceFile, Sources};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::work::Entries;
use store::{StoreError, Work};
use values::{Lang, Moment};

/// Gathers the bundle of a case; none if there is no such case. With a key the manifest is signed.
///
/// The whole log is searched for the events of the case.
pub async fn write(work: &mut Work, id: &CaseId, at: Moment, key: Option<&SecretKey>) -> Result<Option<Files>, StoreError> {
    let Some(case) = work.peek::<Case>(id.as_str()).await? else { return Ok(None) };
    let gathered = gather(work, &case).await?;
    let entries = work.entries(&Entries::Case(id.clone())).await?;
    let events = events(work, id, &gathered.records, &entries).await?;
    let mut files = Files::new();
    let in_force = case.determination.as_ref().and_then(|id| gathered.determinations.iter().find(|d| d.id == *id));
    let applied = in_force.map_or(gathered.call_version.as_str(), |determination| determination.version.as_str());
    if let Some(version) = gathered.versions.iter().find(|version| version.id.as_str() == applied) {
        policy_files(version, &mut files);
    }
    for determination in &gathered.determinations {
        let folder = if in_force.is_some_and(|d| d.id == determination.id) { String::new() } else { earlier(&determination.id) };
        files.insert(format!("{folder}application.jsonl"), format!("{}\n", determination.application).into_bytes());
        files.insert(format!("{folder}assessment.jsonl"), format!("{}\n", determination.assessment).into_bytes());
        let version = gathered.versions.iter().find(|version| version.id == determination.version);
        if let Some(loaded) = version.and_then(|version| compile(version).ok()) {
            files.insert(format!("{folder}trace.txt"), trace(&loaded, determination).into_bytes());
        }
    }
    if in_force.is_none() {
        files.insert("application.jsonl".into(), format!("{}\n", case.application).into_bytes());
    }
    files.insert("case.json".into(), pretty(&case));
    files.insert("evidence.jsonl".into(), lines(&case.evidence));
    files.insert("entries.jsonl".into(), lines(&entries));
    files.insert("records.jsonl".into(), lines(&gathered.records));
    files.insert("documents.jsonl".into(), documents(work, &case).await?);
    files.insert("events.jsonl".into(), lines(&events));
    files.insert("README.md".into(), readme(&case, in_force).into_bytes());
    let (log_until, log_head) = work.head().await?.unwrap_or_default();
    let named = files.iter().map(|(name, bytes)| Named { name: name.clone(), sm3: Fingerprint::of(bytes) }).collect();
    let mut manifest = Manifest {
        duixian_bundle: 1,
        case: id.to_string(),
        determination: in_force.map(|d| d.id.to_string()),
        at,
        log_until,
        log_head,
        files: named,
        key: key.map(|key| key.public().to_string()),
        signature: None,
    };
    manifest.signature = key.map(|key| key.sign(&manifest.statement()));
    files.insert(MANIFEST.into(), pretty(&manifest));
    Ok(Some(files))
}

/// What is kept of a case, and what it refers to.
struct Gathered {
    records: Vec<Line>,
    determinations: Vec<Determination>,
    versions: Vec<PolicyVersion>,
    /// The version that the call runs.
    call_version: String,
}

/// The case, its applicant and call, whatever says in a column that it belongs to the case, and of each determination the
/// policy version and what the register said then.
async fn gather(work: &mut Work, case: &Case) -> Result<Gathered, StoreError> {
    let call: Option<Call> = work.peek(case.call.as_str()).await?;
    let call_version = call.map(|call| call.version.to_string()).unwrap_or_default();
    let mut out = Gathered { records: Vec::new(), determinations: Vec::new(), versions: Vec::new(), call_version };
    let mut named = vec![("case_file", case.id.to_string()), ("organisation", case.organisation.to_string()), ("call", case.call.to_string())];
    for kind in KINDS.iter().filter(|kind| kind.table.columns.iter().any(|column| column.name == "case_id")) {
        let rows = work.rows_with(kind.table, "case_id", case.id.as_str()).await?;
        if kind.table.name == "determination" {
            out.determinations.extend(rows.iter().filter_map(|kept| serde_json::from_str(&kept.body).ok()));
        }
        named.extend(rows.into_iter().map(|kept| (kind.table.name, kept.id)));
    }
    named.extend(out.determinations.iter().map(|determination| ("registry_snapshot", determination.id.to_string())));
    let versions: BTreeSet<String> = out.determinations.iter().map(|d| d.version.to_string()).chain([out.call_version.clone()]).collect();
    for version in versions {
        out.versions.extend(work.peek::<PolicyVersion>(&version).await?);
        named.push(("policy_version", version));
    }
    for (table, id) in named {
        let Some(kind) = KINDS.iter().find(|kind| kind.table.name == table) else { continue };
        let row = work.row(kind.table, &id).await?;
        out.records.extend(row.map(|kept| Line { table: table.to_owned(), id: kept.id, version: kept.version, body: kept.body }));
    }
    Ok(out)
}

/// Events that wrote something of the bundle, in order. What others asked for stays out: only events about the case itself
/// are shown with their words.
async fn events(work: &mut Work, case: &CaseId, records: &[Line], entries: &[Entry]) -> Result<Vec<Proof>, StoreError> {
    let mut found: BTreeMap<i64, Event> = BTreeMap::new();
    let mut proven: BTreeSet<(String, String)> = BTreeSet::new();
    let records = records.iter().map(|line| (line.table.clone(), line.id.clone()));
    let entries = entries.iter().map(|entry| ("entry".to_owned(), entry.id.to_string()));
    for (table, id) in records.chain(entries) {
        // Most are written together with the case, which comes first; the registers are not.
        if proven.contains(&(table.clone(), id.clone())) && table != "case_file" {
            continue;
        }
        let all = work.events_of(&table, &id).await?;
        // Of a register only its last state is of interest, and the way the case itself took.
        let from = if table == "case_file" { 0 } else { all.len().saturating_sub(1) };
        for event in all.into_iter().skip(from) {
            let effects: Vec<Effect> = serde_json::from_str(&event.effects).unwrap_or_default();
            if table == "case_file" {
                proven.extend(
                    effects.into_iter().filter(|effect| matches!(effect.table.as_str(), "entry" | "determination")).map(|effect| (effect.table, effect.id)),
                );
            }
            found.insert(event.seq, event);
        }
    }
    Ok(found.values().map(|event| Proof::of(event, event.subject == case.as_str())).collect())
}

/// The files of a policy version, under the names the program reads them by.
fn policy_files(version: &PolicyVersion, files: &mut Files) {
    let base = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    for (name, text) in &version.files {
        files.insert(format!("policy/{}", base(name)), text.clone().into_bytes());
    }
    if let Some(official) = &version.official {
        let sources = Sources {
            files: version.files.iter().map(|(name, text)| SourceFile { name: name.clone(), text: text.clone() }).collect(),
            official: version.official.clone(),
        };
        let name = official_file(&sources).map_or_else(|| "official.txt".to_owned(), |name| base(&name));
        files.insert(format!("policy/{name}"), official.clone().into_bytes());
    }
}

/// The explanation of each clause that was awarded, in Chinese.
fn trace(loaded: &Loaded, determination: &Determination) -> String {
    let told = |award: &casework::determination::Award| {
        let why = explained(&loaded.scheme, determination, &award.clause, Lang::Zh).unwrap_or_else(|why| format!("{}：{why}\n", award.clause));
        let reason = award.reason.as_deref().map_or(String::new(), |reason| format!("，理由：{reason}"));
        format!("{why}  ⇒ 测算 {}元，审定 {}元{reason}\n", award.assessed.yuan(), award.amount.yuan())
    };
    determination.awards.iter().map(told).collect::<Vec<_>>().join("\n")
}

/// Documents about the case: notices that show it, with its own row, and payments, with its own lines.
async fn documents(work: &mut Work, case: &Case) -> Result<Vec<u8>, StoreError> {
    let call = casework::Key::from(case.call.as_str());
    let mut out = Vec::new();
    for notice in work.list::<Notice>("call_id", &call).await? {
        for row in notice.rows.iter().filter(|row| row.case == case.id) {
            out.push(json!({"document": "notice", "id": notice.id, "term": notice.term, "row": row}));
        }
    }
    for batch in work.list::<Batch>("call_id", &call).await? {
        let own: Vec<_> = batch.lines.iter().filter(|line| line.case == case.id).collect();
        if !own.is_empty() {
            out.push(json!({"document": "payment_batch", "id": batch.id, "lines": own}));
        }
    }
    Ok(lines(&out))
}

fn lines<T: Serialize>(all: &[T]) -> Vec<u8> {
    let mut out = Vec::new();
    for one in all {
        out.extend(serde_json::to_vec(one).unwrap_or_default());
        out.push(b'\n');
    }
    out
}

fn pretty<T: Serialize>(value: &T) -> Vec<u8> {
    let mut out = serde_json::to_vec_pretty(value).unwrap_or_default();
    out.push(b'\n');
    out
}

fn readme(case: &Case, determination: Option<&Determination>) -> String {
    let hash = determination.map_or("（尚未审定 not determined yet）", |d| d.scheme_hash.as_str());
    include_str!("README.md").replace("{case}", case.id.as_str()).replace("{hash}", hash)
}
