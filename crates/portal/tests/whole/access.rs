//! Every route by everybody: each role from each unit, own and foreign, and nobody – asked over HTTP and compared with what
//! is written by hand: for acts the table of the office's own test, for all else the one in `access/routes.rs`.

#[path = "../../../office/tests/office/access/expected.rs"]
#[allow(dead_code, reason = "the office's test makes a page of it")]
mod expected;
#[path = "../../../office/tests/office/access/ground.rs"]
#[allow(dead_code, reason = "the office's tests need more of it")]
mod ground;
#[path = "access/routes.rs"]
mod routes;
#[path = "../../../office/tests/office/access/samples.rs"]
#[allow(dead_code, reason = "the office's tests need more of it")]
mod samples;
#[path = "access/things.rs"]
mod things;

use crate::district::{District, id, policy_files};
use crate::wire::{self, Wire};
use axum::http::{Method, StatusCode};
use casework::Act;
use casework::id::PolicyVersionId;
use casework::people::Role;
use casework::policy_version::PolicyVersion;
use casework::registry::RegistryAct;
use expected::{EXPECTED, Expected, Who};
use ground::Ground;
use routes::{EVERYBODY, ROUTES, Route, SIGNED_IN};
use serde_json::Value;
use std::fmt::Write;
use std::sync::Arc;
use store::service::{Token, Upload, Webhook};
use store::work::Entries;

/// What came of an attempt, as far as access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Denied,
    NotFound,
    Passed,
}

const SIGNED_OUT: StatusCode = StatusCode::UNAUTHORIZED;

/// Everybody: role and how the person stands to firm 1 and its cases; none: nobody.
fn everybody() -> Vec<Option<(Role, Who)>> {
    let all = Role::ALL.into_iter().flat_map(|role| Who::of(role).into_iter().map(move |who| Some((role, who))));
    std::iter::once(None).chain(all).collect()
}

fn named(somebody: Option<(Role, Who)>) -> String {
    somebody.map_or_else(|| "nobody".into(), |(role, who)| format!("{} ({})", role.name(), who.name()))
}

fn key(method: &Method, path: &str) -> String {
    format!("{method} {path}")
}

/// The row of a route that is no act.
fn row(method: &Method, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.0 == key(method, path))
}

#[tokio::test]
async fn every_route_of_the_router_has_its_expectation_and_no_other_has() {
    let wire = wire::sqlite("routes").await;
    let routes = portal::serve::routes(&wire.portal);
    for (method, path, _) in &routes {
        let known = match path.strip_prefix("/api/v1/acts/") {
            Some(act) => EXPECTED.iter().any(|(name, ..)| *name == act),
            None => row(method, path).is_some(),
        };
        assert!(
            known,
            "{method} {path} has no expectation. Add to ROUTES in crates/portal/tests/whole/access/routes.rs, from the rules and not \
             from the code:\n    (\"{method} {path}\", \"<id and query of a thing that is there>\", <body>, <status when all is well>, \
             \"<role>: lead, asked, other, own, foreign or all; …\", \"<the rule, in Chinese>\")"
        );
    }
    for (name, ..) in ROUTES {
        assert!(routes.iter().any(|(method, path, _)| key(method, path) == *name), "{name} is expected, and there is no such route");
    }
}

/// An office in which everything is there, reached over HTTP.
async fn ground(name: &str) -> (Arc<Wire>, Ground) {
    let wire = wire::sqlite(name).await;
    let ground = ground_on(&wire).await;
    (wire, ground)
}

async fn ground_on(wire: &Arc<Wire>) -> Ground {
    let ground = Ground::laid_in(wire::place(wire)).await;
    let (files, official) = policy_files("jiulongpo");
    let mut version = PolicyVersion { id: id(PolicyVersionId::parse, "draft-version"), scheme_hash: String::new(), files, official };
    version.scheme_hash = office::hash_of(&version).unwrap();
    ground.district.ok("drafter", Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version })).await;
    let put = samples::samples().into_iter().find(|sample| sample.name() == "registry.put_shop").unwrap();
    ground.district.ok("clerk", Role::Clerk, put).await;
    ground
}

#[tokio::test]
async fn every_act_by_everybody_is_answered_as_the_rules_want() {
    let (wire, ground) = ground("access-acts").await;
    let samples = samples::samples();
    let (mut cells, mut wrong) = (0, String::new());
    for (method, path, _) in portal::serve::routes(&wire.portal) {
        let Some(name) = path.strip_prefix("/api/v1/acts/") else { continue };
        let (_, who, why) = EXPECTED.iter().find(|(act, ..)| *act == name).unwrap_or_else(|| panic!("{name} has no expectation"));
        let expected = Expected::parse(who, why);
        let sample = serde_json::to_value(samples.iter().find(|sample| sample.name() == name).unwrap()).unwrap();
        let (noun, verb) = name.split_once('.').unwrap();
        for somebody in everybody() {
            cells += 1;
            let headers = headers(&wire, &ground, somebody).await;
            let came = wire.ask(&method, (&path, &path), &headers, Some(&sample[noun][verb])).await;
            let has_it = |role| Who::of(role).into_iter().any(|who| expected.answer(role, who) == Answer::Passed);
            let wanted = match somebody {
                None => Some(SIGNED_OUT),
                Some((role, _)) if !has_it(role) => Some(StatusCode::FORBIDDEN),
                Some((role, who)) if expected.answer(role, who) != Answer::Passed => Some(StatusCode::NOT_FOUND),
                Some(_) => None,
            };
            // Whoever may is told what the rules say of it: done, against a rule, about a thing that is not there (any more).
            let right = wanted.map_or_else(
                || {
                    matches!(came.status.as_u16(), 200 | 409 | 422)
                        || (came.status == StatusCode::NOT_FOUND && came.json()["detail_en"] != "There is no record , or not for you to see.")
                },
                |wanted| came.status == wanted,
            );
            if !right {
                writeln!(wrong, "{name} by {}: {}, expected {wanted:?}: {}", named(somebody), came.status, String::from_utf8_lossy(&came.body)).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{cells} cells; wrong:\n{wrong}");
    println!("{cells} cells");
    assert!(cells > 3000);
}

async fn headers(wire: &Wire, ground: &Ground, somebody: Option<(Role, Who)>) -> Vec<(&'static str, String)> {
    match somebody {
        None => Vec::new(),
        Some((role, who)) => wire.browser(&ground.person(role, who), role).await,
    }
}

#[tokio::test]
async fn every_other_route_by_everybody_is_answered_as_the_rules_want() {
    let (wire, ground) = ground("access-routes").await;
    things::furnish(&wire, &ground).await;
    every_other_route(&wire, &ground).await;
}

async fn every_other_route(wire: &Wire, ground: &Ground) {
    let (posted, message) = (entry_of_the_paid_case(&ground.district).await, a_message(&ground.district).await);
    let (mut cells, mut wrong) = (0, String::new());
    for (method, path, _) in portal::serve::routes(&wire.portal).into_iter().filter(|(_, path, _)| !path.starts_with("/api/v1/acts/")) {
        let Some((_, thing, body, well, who, why)) = row(&method, &path) else { panic!("{method} {path} has no expectation") };
        for somebody in everybody() {
            cells += 1;
            let headers = headers(wire, ground, somebody).await;
            let person = somebody.map_or_else(String::new, |(role, who)| ground.person(role, who));
            let own = things::own(wire, &person).await;
            let thing = thing.replace("{entry}", &posted).replace("{own}", &own).replace("{message}", &message).replace("{evidence}", &things::evidence());
            let (id, query) = thing.split_once('?').unwrap_or((&thing, ""));
            let address = path
                .replace("{id}/papers/{digest}", id)
                .replace("{collection}/{id}", id)
                .replace("{id}", id)
                .replace("{file}", id)
                .replace("{digest}", id)
                .replace("{language}", id);
            let address = address.replace("{act}", id).replace("{collection}", id);
            let address = if query.is_empty() { address } else { format!("{address}?{query}") };
            let body = (!body.is_empty()).then(|| serde_json::from_str::<Value>(body).unwrap());
            let came = wire.ask(&method, (&path, &address), &headers, body.as_ref()).await;
            let wanted = wanted(who, why, somebody, *well);
            if came.status.as_u16() != wanted {
                writeln!(wrong, "{method} {address} by {}: {}, expected {wanted}: {}", named(somebody), came.status, String::from_utf8_lossy(&came.body))
                    .unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{cells} cells; wrong:\n{wrong}");
    println!("{cells} cells");
}

/// With what somebody must be answered.
fn wanted(who: &str, why: &'static str, somebody: Option<(Role, Who)>, well: u16) -> u16 {
    match (who, somebody) {
        (EVERYBODY, _) | (SIGNED_IN, Some(_)) => well,
        (_, None) if who.starts_with("nobody") => 404,
        (_, None) => 401,
        (_, Some((role, way))) => {
            let is_open = ["nobody;", "signed in;"].into_iter().any(|open| who.starts_with(open));
            let named = if is_open { who.split_once(';').map_or(who, |(_, named)| named) } else { who };
            let (none, some): (Vec<&str>, Vec<&str>) = named.split(';').map(str::trim).partition(|part| part.ends_with(": none"));
            let expected = Expected::parse(&some.join(";"), why);
            let has_it = Who::of(role).into_iter().any(|way| expected.answer(role, way) == Answer::Passed)
                || none.iter().any(|part| part.starts_with(&format!("{}:", role.name())));
            match expected.answer(role, way) {
                Answer::Passed => well,
                // To who may not ask at all it is said; to who may, and not about this, there is no such thing.
                _ if has_it || is_open => 404,
                _ => 403,
            }
        }
    }
}

/// A list shows whoever may read one of its things that thing, and shows nobody else of it.
#[tokio::test]
async fn a_list_holds_what_its_reader_may_read_and_nothing_else() {
    let (wire, ground) = ground("access-lists").await;
    things::furnish(&wire, &ground).await;
    let message = a_message(&ground.district).await;
    let mut seen = 0;
    for collection in office::reading::COLLECTIONS {
        let route = format!("/api/v1/{}", collection.name);
        let single = format!("{route}/{{id}}");
        let Some((_, thing, _, well, who, why)) = row(&Method::GET, &single).filter(|row| row.3 == 200) else { continue };
        for somebody in everybody() {
            let headers = headers(&wire, &ground, somebody).await;
            let came = wire.ask(&Method::GET, (&route, &format!("{route}?limit=200")), &headers, None).await;
            if !came.status.is_success() {
                continue;
            }
            let thing = thing.replace("{message}", &message);
            let holds = holds(&wire, &headers, (&route, &thing), came).await;
            let may = wanted(who, why, somebody, *well) == *well;
            assert_eq!(holds, may, "{route} for {}: {thing}", named(somebody));
            seen += usize::from(holds);
        }
    }
    assert!(seen > 300, "{seen}");
}

/// Whether a list holds a thing, on whichever page.
async fn holds(wire: &Wire, headers: &[(&'static str, String)], (route, thing): (&str, &str), first: wire::Came) -> bool {
    let mut page = first.json();
    loop {
        if page["records"].as_array().unwrap().iter().any(|record| record["id"] == *thing) {
            return true;
        }
        let Some(next) = page["next"].as_str() else { return false };
        page = wire.ask(&Method::GET, (route, &format!("{route}?limit=200&after={next}")), headers, None).await.json();
    }
}

/// Of a book a clerk sees the entries of cases of the own unit, and those of none; page by page the same as at once.
#[tokio::test]
async fn entries_of_a_book_hold_those_of_cases_that_the_reader_sees_and_pages_join() {
    let (wire, ground) = ground("access-entries").await;
    let route = "/api/v1/entries";
    let mut books = Vec::new();
    let finance = wire.browser("finance", Role::Finance).await;
    for book in wire.ask(&Method::GET, ("/api/v1/books", "/api/v1/books"), &finance, None).await.json().as_array().unwrap() {
        books.push(book["id"].as_str().unwrap().to_owned());
    }
    let mut of_paid = Vec::new();
    for (role, who) in [(Role::Finance, Who::Lead), (Role::Clerk, Who::Lead), (Role::Clerk, Who::Asked), (Role::Clerk, Who::Other)] {
        let headers = wire.browser(&ground.person(role, who), role).await;
        let (mut paid, mut others) = (0, 0);
        for book in &books {
            let whole = wire.ask(&Method::GET, (route, &format!("{route}?book={book}&limit=200")), &headers, None).await.json();
            let entries = whole["entries"].as_array().unwrap();
            paid += entries.iter().filter(|entry| entry["case"] == "paid").count();
            others += entries.iter().filter(|entry| entry["case"].is_null()).count();
            let (mut joined, mut after) = (Vec::new(), 0);
            loop {
                let page = wire.ask(&Method::GET, (route, &format!("{route}?book={book}&limit=2&after={after}")), &headers, None).await.json();
                assert!(page["entries"].as_array().unwrap().len() <= 2);
                joined.extend(page["entries"].as_array().unwrap().iter().cloned());
                match page["next"].as_i64() {
                    Some(next) => after = next,
                    None => break,
                }
            }
            assert_eq!(&joined, entries, "{book}");
        }
        assert!(others > 0, "what belongs to no case is everybody's who sees the ledger");
        of_paid.push(paid);
    }
    assert!(of_paid[0] > 3 && of_paid[0] == of_paid[1] && of_paid[1] == of_paid[2] && of_paid[3] == 0, "{of_paid:?}");
}

/// The id of a message that waits.
async fn a_message(district: &District) -> String {
    district.office.waiting().await.unwrap().first().unwrap().id.to_string()
}

/// The id of an entry that belongs to the case of firm 1.
async fn entry_of_the_paid_case(district: &District) -> String {
    let mut work = district.office.store().begin().await.unwrap();
    let entries = work.entries(&Entries::Case(id(casework::id::CaseId::parse, "paid"))).await.unwrap();
    entries.first().unwrap().id.to_string()
}

#[tokio::test]
async fn a_token_a_file_on_its_way_and_a_listener_of_another_person_are_not_there_and_stay_as_they_are() {
    let (wire, _) = ground("access-own").await;
    let name = things::own(&wire, "leader").await;
    for (user, role) in [("clerk", Role::Clerk), ("admin", Role::Administrator), ("auditor", Role::Auditor)] {
        let headers = wire.browser(user, role).await;
        for (method, route) in [(Method::DELETE, "/api/v1/tokens/{id}"), (Method::GET, "/api/v1/uploads/{id}"), (Method::DELETE, "/api/v1/uploads/{id}")] {
            let came = wire.ask(&method, (route, &route.replace("{id}", &name)), &headers, None).await;
            assert_eq!(came.status, StatusCode::NOT_FOUND, "{user} {method} {route}: {came:?}");
        }
        let listed = wire.ask(&Method::GET, ("/api/v1/tokens", "/api/v1/tokens"), &headers, None).await.json();
        assert!(listed.as_array().unwrap().iter().all(|own| own["id"] != *name), "{user}: {listed}");
    }
    // Listeners: a program has its own; an administrator ends those of people who left.
    let program = wire.browser("service-lead", Role::Service).await;
    let route = "/api/v1/webhooks/{id}";
    let came = wire.ask(&Method::DELETE, (route, &route.replace("{id}", &name)), &program, None).await;
    assert_eq!(came.status, StatusCode::NOT_FOUND, "{came:?}");
    let store = wire.portal.office.store();
    assert_eq!(store.service_row::<Token>("id", &name).await.unwrap().unwrap().revoked, 0);
    assert!(store.service_row::<Upload>("id", &name).await.unwrap().is_some() && store.service_row::<Webhook>("id", &name).await.unwrap().is_some());
}

#[test]
fn every_act_goes_into_its_form_and_comes_back_unchanged() {
    let description = portal::openapi::document(&portal::operations());
    let mut wrong = String::new();
    for sample in samples::samples() {
        let (noun, verb) = sample.name().split_once('.').unwrap();
        let fields = serde_json::to_value(&sample).unwrap()[noun][verb].clone();
        let back = portal::there_and_back(&description, sample.name(), &fields);
        let again = back.clone().map(|fields| serde_json::from_value::<Act>(serde_json::json!({ noun: { verb: fields } })));
        match again {
            // The first act of all has no page: there is nobody yet who could open it.
            _ if sample.name() == "registry.found" => {}
            Ok(Ok(again)) if again == sample => {}
            other => writeln!(wrong, "{}: {other:?}\n  sent {fields}\n  back {back:?}", sample.name()).unwrap(),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
