//! What a page is about that no register names: things of an enterprise's own, and what is begun here for it, a run of an act over
//! many cases and a simulation.

use crate::client::{Connection, Question, Seat};
use hyper::Method;
use sqlx::AnyPool;
use std::collections::BTreeMap;
use std::time::Duration;

/// Pages of an enterprise's own things, by how their address ends, and how these things and whose they are is found.
const OWN: &[(&str, &str)] = &[
    ("/my/cases/{id}/correction", "SELECT id, organisation_id FROM case_file WHERE stage = 'correcting' ORDER BY id LIMIT 400"),
    ("/my/reports/{id}", "SELECT p.id, c.organisation_id FROM performance p JOIN case_file c ON c.id = p.case_id ORDER BY p.id LIMIT 400"),
    ("/my/recoveries/{id}", "SELECT id, organisation_id FROM recovery ORDER BY id LIMIT 400"),
    ("/my/offers/{id}", "SELECT id, organisation_id FROM match_entry ORDER BY id LIMIT 400"),
];

/// Acts that may be done to many, of each role one that changes little.
const MANY: &[(&str, &str)] = &[("clerk", "case.recount"), ("reviewer", "case.screen"), ("leader", "case.approve")];

/// Cases of a run.
const CASES: usize = 50;

/// Enterprises of a simulation, and how long it may take.
const ENTERPRISES: u64 = 100_000;
const SIMULATED_WITHIN: usize = 600;

/// Whose things are looked at on such a page, and their ids.
pub type Owned = BTreeMap<&'static str, (String, Vec<String>)>;

/// Of each kind the things of one enterprise.
pub async fn owned(pool: &AnyPool) -> Owned {
    let mut out = Owned::new();
    for (path, asked) in OWN {
        let found: Vec<(String, String)> = sqlx::query_as(*asked).fetch_all(pool).await.expect("things of enterprises");
        let Some((_, firm)) = found.first().cloned() else { continue };
        let ids = found.into_iter().filter(|(_, of)| *of == firm).map(|(id, _)| id).collect();
        out.insert(path, (firm, ids));
    }
    out
}

/// Does an act to many cases, as the page of the preview sends it; the id of what came of it. None: the role does nothing to many.
pub async fn run_of_many(connection: &mut Connection, seat: &Seat, role: &str, cases: &[String]) -> Option<String> {
    let (_, act) = MANY.iter().find(|(of, _)| *of == role)?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("act", act);
    for case in cases.iter().take(CASES) {
        form.append_pair("case", case);
    }
    Some(sent(connection, seat, "/bulk/runs", form.finish()).await)
}

/// Simulates a policy on a district that is made up, to the end; its id.
pub async fn simulation(connection: &mut Connection, seat: &Seat, policy: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("policy", policy).append_pair("source", "made").append_pair("seed", "1").append_pair("year", "2024");
    form.append_pair("rows", &ENTERPRISES.to_string());
    let id = sent(connection, seat, "/simulations", form.finish()).await;
    for _ in 0..SIMULATED_WITHIN {
        let report = connection.ask(seat, &Question::get(format!("/simulations/{id}/report"))).await.expect("an answer");
        if report.status == 200 {
            return id;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("simulation {id} has no report within {SIMULATED_WITHIN} s");
}

/// Sends a form; the id at the end of the address that it leads to.
async fn sent(connection: &mut Connection, seat: &Seat, path: &str, form: String) -> String {
    let asked = Question { method: Method::POST, path: path.to_owned(), body: Some(form), kind: "application/x-www-form-urlencoded" };
    let came = connection.ask(seat, &asked).await.expect("an answer");
    assert_eq!(came.status, 303, "{path}: {}", String::from_utf8_lossy(&came.body));
    let place = came.headers.get("location").and_then(|place| place.to_str().ok()).unwrap_or_default();
    place.rsplit('/').next().unwrap_or_default().to_owned()
}
