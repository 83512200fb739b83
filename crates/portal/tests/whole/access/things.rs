//! Things for the routes that the ground of the office's test has none of: so that who is told 404 is told so because of who
//! asks, and not because there is nothing. What an act makes is made by that act; the rest is written as a record.

use super::ground::Ground;
use super::samples::{self, paper};
use crate::district::id;
use crate::wire::{self, Wire};
use casework::Record;
use casework::calendar::Calendar;
use casework::chain::Event;
use casework::id::{RequestId, UserId};
use casework::motion::Motion;
use casework::people::Role;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::service::{Token, Upload, Webhook};

/// A piece of evidence of firm 1: it stands in the draft `draft` of call c2.
pub fn evidence() -> String {
    paper().to_string()
}

fn sample(name: &str) -> casework::Act {
    samples::samples().into_iter().find(|sample| sample.name() == name).unwrap_or_else(|| panic!("{name} has no sample"))
}

async fn keep<R: Record + DeserializeOwned>(wire: &Wire, body: Value) {
    let record: R = serde_json::from_value(body).unwrap();
    let mut work = wire.portal.office.store().begin().await.unwrap();
    work.save(&record).await.unwrap();
    let event = Event {
        seq: 0,
        at: values::Moment::start_of(crate::district::day("2025-03-28")),
        user: id(UserId::parse, "admin"),
        role: Role::Administrator,
        act: "test.keep".into(),
        subject: record.id().into(),
        request: id(RequestId::parse, &format!("keep-{}-{}", R::TABLE.name, record.id())),
        input: "{}".into(),
        outcome: "{}".into(),
        effects: String::new(),
        before: casework::chain::Fingerprint::NONE,
        fingerprint: casework::chain::Fingerprint::NONE,
    };
    work.finish(event).await.unwrap();
}

/// Puts them there.
pub async fn furnish(wire: &Wire, ground: &Ground) {
    let d = &ground.district;
    for (who, role, act) in [
        ("firm1", Role::Applicant, "case.attach"),
        ("admin", Role::Administrator, "registry.put_link"),
        ("clerk", Role::Clerk, "history.load"),
        ("reviewer", Role::Reviewer, "history.confirm"),
        ("clerk", Role::Clerk, "history.correct"),
    ] {
        d.ok(who, role, sample(act)).await;
    }
    let issue =
        |subject: Value, documents: Value| serde_json::from_value(json!({ "document": { "issue": { "subject": subject, "documents": documents } } })).unwrap();
    d.ok("clerk", Role::Clerk, issue(json!({ "case": "paid" }), json!([{ "document": "served", "kind": "acceptance_notice" }]))).await;
    let meeting = ["allocation_plan", "sharing_comparison", "draft_notice_table", "minutes_form", "audit_paper"];
    let papers: Vec<Value> = meeting.iter().map(|kind| json!({ "document": format!("pack-{kind}"), "kind": kind })).collect();
    d.ok("clerk", Role::Clerk, issue(json!({ "call": "c1" }), papers.into())).await;
    let (at, digest) = ("2025-03-28T09:00:00", evidence());
    let mut calendar = serde_json::to_value(Calendar::empty()).unwrap();
    calendar["id"] = Calendar::ID.into();
    keep::<Calendar>(wire, calendar).await;
    let checkpoint = json!({ "id": "k1", "seq": 1, "head": digest, "at": at, "key": "", "signature": "" });
    keep::<casework::chain::Checkpoint>(wire, checkpoint).await;
    let guide = serde_json::to_value(sample("guide.issue")).unwrap()["guide"]["issue"]["guide"].clone();
    keep::<casework::guide::Guide>(wire, guide).await;
    let comment = json!({ "id": "co1", "policy": "draft-version", "scheme_hash": "x", "anchor": "whole", "author": null, "words": "支持", "at": at, "draft": null, "released": null });
    keep::<casework::policy_version::Comment>(wire, comment).await;
    let name = json!({ "id": "firm1:1", "organisation": "firm1", "name": "旧名", "credit_code": "x", "until": at });
    keep::<casework::organisation::FormerName>(wire, name).await;
    let asks = serde_json::to_value(sample("history.correct")).unwrap();
    keep::<Motion>(wire, json!({ "id": "mo-paid", "case": "paid", "asks": asks, "rests_on": "", "by": "clerk", "at": at, "confirmed": null })).await;
    let folder = wire.portal.config.data.join("evidence");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(&digest), "一份材料").unwrap();
    wire.portal.office.store().put_service_row(&upload("u-evidence", "firm1", Some("firm1"), Some(&digest))).await.unwrap();
}

fn upload(name: &str, user: &str, organisation: Option<&str>, digest: Option<&str>) -> Upload {
    Upload {
        id: name.into(),
        user_id: user.into(),
        organisation_id: organisation.map(Into::into),
        case_id: None,
        name: "材料.pdf".into(),
        size: 12,
        received: 0,
        kind: digest.map(|_| "pdf".into()),
        digest: digest.map(Into::into),
        created: portal::clock::seconds(),
    }
}

/// Things that are a person's own – a token, a file on its way, a listener – each under the name that is given back; of
/// somebody else where there is nobody.
pub async fn own(wire: &Wire, person: &str) -> String {
    let owner = if person.is_empty() { "clerk" } else { person };
    let name = format!("own-{owner}");
    let token = Token {
        id: name.clone(),
        digest: wire::digest(&name),
        user_id: owner.into(),
        role: "clerk".into(),
        name: "own".into(),
        created: 0,
        expires: 1,
        revoked: 0,
    };
    let webhook = Webhook {
        id: name.clone(),
        user_id: owner.into(),
        url: "http://127.0.0.1:9/".into(),
        secret: "k".into(),
        acts: String::new(),
        delivered: 0,
        failures: 0,
        next_try: 0,
        active: 0,
        trouble: String::new(),
    };
    let store = wire.portal.office.store();
    store.put_service_row(&token).await.unwrap();
    store.put_service_row(&webhook).await.unwrap();
    store.put_service_row(&upload(&name, owner, None, None)).await.unwrap();
    name
}
