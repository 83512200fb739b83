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
use store::service::Token;
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
    every_other_route(&wire, &ground).await;
}

async fn every_other_route(wire: &Wire, ground: &Ground) {
    let posted = entry_of_the_paid_case(&ground.district).await;
    let (mut cells, mut wrong) = (0, String::new());
    for (method, path, _) in portal::serve::routes(&wire.portal).into_iter().filter(|(_, path, _)| !path.starts_with("/api/v1/acts/")) {
        let Some((_, thing, body, well, who, why)) = row(&method, &path) else { panic!("{method} {path} has no expectation") };
        for somebody in everybody() {
            cells += 1;
            let headers = headers(wire, ground, somebody).await;
            let person = somebody.map_or_else(String::new, |(role, who)| ground.person(role, who));
            let token = own_token(wire, &person).await;
            let thing = thing.replace("{entry}", &posted).replace("{token}", &token);
            let (id, query) = thing.split_once('?').unwrap_or((&thing, ""));
            let address = path.replace("{id}", id).replace("{file}", id);
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
            let expected = Expected::parse(who.trim_start_matches("nobody;"), why);
            let has_it = Who::of(role).into_iter().any(|way| expected.answer(role, way) == Answer::Passed);
            match expected.answer(role, way) {
                Answer::Passed => well,
                // To who may not ask at all it is said; to who may, and not about this, there is no such thing.
                _ if has_it || who.starts_with("nobody") => 404,
                _ => 403,
            }
        }
    }
}

/// A list shows whoever may read one of its things that thing, and shows nobody else of it.
#[tokio::test]
async fn a_list_holds_what_its_reader_may_read_and_nothing_else() {
    let (wire, ground) = ground("access-lists").await;
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
            let holds = came.json()["records"].as_array().unwrap().iter().any(|record| record["id"] == *thing);
            let may = wanted(who, why, somebody, *well) == *well;
            assert_eq!(holds, may, "{route} for {}: {thing}", named(somebody));
            seen += usize::from(holds);
        }
    }
    assert!(seen > 200, "{seen}");
}

/// The id of an entry that belongs to the case of firm 1.
async fn entry_of_the_paid_case(district: &District) -> String {
    let mut work = district.office.store().begin().await.unwrap();
    let entries = work.entries(&Entries::Case(id(casework::id::CaseId::parse, "paid"))).await.unwrap();
    entries.first().unwrap().id.to_string()
}

/// A token of the person; of somebody else where there is nobody.
async fn own_token(wire: &Wire, person: &str) -> String {
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
    wire.portal.office.store().put_service_row(&token).await.unwrap();
    name
}

#[tokio::test]
async fn a_token_of_another_person_is_not_there_and_stays_as_it_is() {
    let (wire, _) = ground("access-tokens").await;
    let token = own_token(&wire, "leader").await;
    for (user, role) in [("clerk", Role::Clerk), ("admin", Role::Administrator), ("auditor", Role::Auditor)] {
        let headers = wire.browser(user, role).await;
        let route = "/api/v1/tokens/{id}";
        let came = wire.ask(&Method::DELETE, (route, &route.replace("{id}", &token)), &headers, None).await;
        assert_eq!(came.status, StatusCode::NOT_FOUND, "{user}: {came:?}");
        let listed = wire.ask(&Method::GET, ("/api/v1/tokens", "/api/v1/tokens"), &headers, None).await.json();
        assert!(listed.as_array().unwrap().iter().all(|own| own["id"] != *token), "{user}: {listed}");
    }
    let kept: Option<Token> = wire.portal.office.store().service_row("id", &token).await.unwrap();
    assert_eq!(kept.unwrap().revoked, 0);
}
