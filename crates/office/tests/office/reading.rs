//! Who sees how much of what can be read, against what `privacy.toml` says of each field: pure, from the table alone.

use crate::records::KINDS;
use crate::schema::privacy;
use casework::people::Role;
use office::reading::{COLLECTIONS, Collection, Sight};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Accounts and the like are for who pays. Everybody else who is shown a field classed `secret`, by collection, field and
/// roles, with the reason.
const SECRETS: &[(&str, &str, &[Role], &str)] = &[
    ("accounts", "account", &[Role::Finance, Role::Reviewer, Role::Applicant], "paid to; verified by them (registry.verify_account); their own"),
    ("organisations", "account", &[Role::Finance, Role::Applicant], "paid to; their own"),
    (
        "batches",
        "lines",
        &[Role::Finance, Role::Clerk, Role::Reviewer, Role::UnitReviewer, Role::Leader, Role::Auditor],
        "who is paid what: without the accounts, see the_accounts_of_a_batch_are_for_who_pays",
    ),
    ("receipts", "report", &[Role::Finance], "what the bank says of each line"),
    ("documents", "data", &[Role::Finance], "as printed for them"),
];

/// Fields classed `personal` that are shown to others than officers who work on cases, with the reason.
const PERSONAL: &[(&str, &str, &[Role], &str)] = &[
    ("cases", "application", &[Role::Applicant], "their own words"),
    ("cases", "declaration", &[Role::Applicant], "their own words"),
    ("determinations", "application", &[Role::Applicant], "their own words"),
    ("determinations", "assessment", &[Role::Applicant], "why they get what they get"),
    ("documents", "void", &[Role::Applicant], "that it does not hold any more, and why; who said so is taken out"),
    ("performances", "reports", &[Role::Applicant], "their own words"),
    ("performances", "state", &[Role::Applicant], "how far it is, without who accepted it"),
    ("comments", "author", &[Role::Drafter], "who answers has to know whom"),
    ("policy-lives", "hands", &[Role::Drafter], "four eyes are theirs to keep"),
    ("links", "", &[Role::Administrator], "entered by them"),
    ("proposals", "", &[Role::Administrator], "proposed and confirmed by them"),
    ("users", "", &[Role::Administrator], "entered by them"),
    ("messages", "to", &[Role::Service], "delivers it"),
];

/// A record with every field its type has, as the role sees it.
fn shown(collection: &Collection, role: Role, fields: &[&str]) -> BTreeSet<String> {
    let mut record: Map<String, Value> = fields.iter().map(|field| ((*field).to_owned(), json!({}))).collect();
    // What is made for the applicant is made of whole records; here it is only known to be there.
    let plain = Collection { told: None, ..*collection };
    plain.cut(role, &mut record).unwrap();
    let mut seen: BTreeSet<String> = record.into_iter().map(|(field, _)| field).collect();
    if collection.told.is_some() && matches!(collection.sight(role), Some(Sight::Own(_))) {
        seen.insert("state".into());
    }
    seen
}

#[test]
fn what_is_secret_or_personal_is_shown_to_nobody_without_a_reason() {
    let said = privacy();
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for collection in COLLECTIONS {
        let kind = KINDS.iter().find(|kind| kind.table.name == collection.table).expect("a kind for each collection");
        let fields = (kind.fields)();
        for role in Role::ALL {
            for field in shown(collection, role, &fields) {
                let Some((class, _)) = said.get(&(collection.table.to_owned(), format!("body.{field}"))) else { continue };
                let works_on_cases = !matches!(role, Role::Applicant | Role::Administrator | Role::Drafter | Role::Service);
                let reasons = match class.as_str() {
                    "secret" => SECRETS,
                    "personal" if !works_on_cases => PERSONAL,
                    _ => continue,
                };
                let reason =
                    reasons.iter().position(|(name, of, roles, _)| *name == collection.name && (of.is_empty() || *of == field) && roles.contains(&role));
                match reason {
                    Some(at) => drop(used.insert((class.clone(), at))),
                    None => wrong.push(format!("{}.{field}, {class}, is shown to the {}", collection.name, role.name())),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "hide it in crates/office/src/reading/collection.rs, or say why not here:\n  {}", wrong.join("\n  "));
    assert_eq!(used.len(), SECRETS.len() + PERSONAL.len(), "a reason that nothing needs any more: {used:?}");
}

#[test]
fn the_accounts_of_a_batch_are_for_who_pays() {
    let batches = office::reading::collection("batches").unwrap();
    let batch = json!({ "id": "b1", "lines": [{ "due": "x", "amount": 5, "account": { "number": "6200" } }, { "due": "y", "account": { "number": "6201" } }] });
    for (role, _) in batches.sights {
        let mut record = batch.as_object().unwrap().clone();
        batches.cut(*role, &mut record).unwrap();
        let text = Value::Object(record).to_string();
        assert_eq!(text.contains("620"), *role == Role::Finance, "{}: {text}", role.name());
        assert!(text.contains("\"amount\":5"), "{}: {text}", role.name());
    }
}

#[test]
fn nobody_looks_for_records_by_what_is_not_shown() {
    let by = |name: &str, role, column| office::reading::collection(name).unwrap().may_ask_by(role, column);
    // By the inner stage an applicant would learn how far the review has come.
    assert!(!by("cases", Role::Applicant, "stage") && by("cases", Role::Clerk, "stage"));
    assert!(!by("cases", Role::Applicant, "due") && by("cases", Role::Applicant, "call_id"));
    assert!(by("calls", Role::Applicant, "version_id") && by("dues", Role::Applicant, "amount_fen"));
}

#[test]
fn every_secret_names_a_field_of_its_records_and_every_shown_field_is_one() {
    for collection in COLLECTIONS {
        let kind = KINDS.iter().find(|kind| kind.table.name == collection.table).expect("a kind for each collection");
        let fields = (kind.fields)();
        let has = |at: &str| fields.contains(&at.split('.').next().unwrap());
        for (at, _) in collection.secret {
            assert!(has(at), "{}: there is no {at}", collection.name);
        }
        for (_, sight) in collection.sights {
            if let Sight::Own(shown) | Sight::Public(_, shown) = sight {
                assert!(shown.iter().all(|field| has(field)), "{}: {shown:?} of {fields:?}", collection.name);
            }
        }
    }
}
