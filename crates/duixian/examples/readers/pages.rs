//! How long the service takes for each page, for each role that may look at it: one question after the other on one
//! connection, so that what comes out is the service's own time and not that of waiting.

use crate::client::{Connection, Question, Seat};
use crate::made::{self, Owned};
use crate::mix::Sample;
use crate::random::Random;
use crate::service::{self, Service};
use casework::people::Role;
use hyper::Method;
use office::reading::{COLLECTIONS, collection};
use portal::Who;
use portal::operation::{Operation, Payload};
use sqlx::AnyPool;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use store::Store;

/// People of the seeded town who look at pages, with the one role each holds. Enterprises are drawn.
const PEOPLE: &[(&str, Role)] = &[
    ("clerk", Role::Clerk),
    ("reviewer", Role::Reviewer),
    ("farms", Role::UnitReviewer),
    ("leader", Role::Leader),
    ("finance", Role::Finance),
    ("auditor", Role::Auditor),
    ("drafter", Role::Drafter),
    ("admin", Role::Administrator),
];

/// What is asked of a page beside nothing at all: its address, and what stands behind the question mark.
const QUERIES: &[(&str, &str)] = &[("/search", "q=%E7%9B%B4%E6%92%AD"), ("/find", "q=%E5%8C%BB%E8%8D%AF")];

/// What a page cannot do without.
const NEEDED: &[(&str, &str)] = &[("/cockpit/entries", "month=2025-05")];

/// The policy of the seeded town.
const POLICY: &str = "pools-2024";

/// What a page is to take at most.
const WITHIN: Duration = Duration::from_millis(20);

/// Longest that is waited for the service to have read the entries of a filled database, a second at a time.
const READ_WITHIN: usize = 900;

/// Things of a kind that are drawn from at most so many.
const DRAWN_FROM: i64 = 4000;

/// A page as one looks at it.
struct Page {
    /// Its address with `{id}`, and what is asked of it.
    name: String,
    status: u16,
    /// Who looks; none: nobody who is signed in.
    who: Option<(String, &'static str)>,
    addresses: Vec<String>,
}

/// How long a page took.
pub struct Timed {
    page: String,
    role: &'static str,
    took: Vec<Duration>,
    /// The address that took longest.
    slowest: (Duration, String),
    bytes: usize,
    /// Answers that are not what the page gives.
    pub wrong: Vec<String>,
}

/// What came out.
pub struct Measured {
    pub pages: Vec<Timed>,
    /// Pages that were not looked at, with the reason.
    pub left_out: Vec<String>,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<44}{:<16}{:>7}{:>10}{:>10}{:>10}{:>8}{:>7}", "page", "role", "asked", "p50 ms", "p99 ms", "max ms", "KB", "wrong")?;
        for one in &self.pages {
            let mut sorted = one.took.clone();
            sorted.sort();
            let at = |share: usize| sorted.get(sorted.len() * share / 1000).or(sorted.last()).copied().unwrap_or_default().as_secs_f64() * 1000.0;
            let (page, role, asked, wrong) = (&one.page, one.role, sorted.len(), one.wrong.len());
            writeln!(f, "{page:<44}{role:<16}{asked:>7}{:>10.2}{:>10.2}{:>10.2}{:>8}{wrong:>7}", at(500), at(990), at(1000), one.bytes / 1000)?;
        }
        let late = |one: &&Timed| one.slowest.0 > WITHIN;
        for Timed { slowest: (took, address), role, .. } in self.pages.iter().filter(late) {
            writeln!(f, "longest: {address} of {role}: {:.1} ms", took.as_secs_f64() * 1000.0)?;
        }
        for wrong in self.pages.iter().filter_map(|one| one.wrong.first()) {
            writeln!(f, "wrong: {wrong}")?;
        }
        for left_out in &self.left_out {
            writeln!(f, "left out: {left_out}")?;
        }
        Ok(())
    }
}

/// Looks at every page whose address begins with `only` so many times, on a database that is filled.
pub async fn measure(database: &str, program: &Path, (times, only): (usize, &str)) -> Measured {
    let folder: PathBuf = std::env::temp_dir().join(format!("duixian-pages-{}", std::process::id()));
    let sample = Sample::drawn(database).await;
    let firms = sample.firms();
    let store = Store::open(database).await.expect("the database opens");
    let owned = made::owned(store.pool().expect("a database")).await;
    store.close().await;
    let mut people: Vec<String> = PEOPLE.iter().map(|(person, _)| (*person).to_owned()).chain(firms.iter().take(1).cloned()).collect();
    people.extend(owned.values().map(|(firm, _)| firm.clone()));
    people.sort();
    people.dedup();
    let people = service::passwords(program, database, &folder, &people);
    let running = Service::start(program, database, &folder).await;
    let seats = service::sign_in(running.address, &people).await;
    let mut connection = Connection::open(running.address).await.expect("the service answers");
    let there = There { database, sample: &sample, firm: &firms[0], owned: &owned, seats: &seats };
    let (pages, left_out) = pages(&there, &mut connection).await;
    let leader = seats.get("leader").cloned().unwrap_or_default();
    wait_for_entries(&mut connection, &leader).await;
    let mut out = Measured { pages: Vec::new(), left_out };
    let mut random = Random::new(13);
    for page in pages.into_iter().filter(|page| page.name.starts_with(only)) {
        let (person, role) = page.who.clone().unwrap_or_else(|| (String::new(), "nobody"));
        let seat = seats.get(&person).cloned().unwrap_or_default();
        let mut timed = Timed { page: page.name, role, took: Vec::new(), slowest: (Duration::ZERO, String::new()), bytes: 0, wrong: Vec::new() };
        for _ in 0..times {
            let address = &page.addresses[usize::try_from(random.below(page.addresses.len() as u64)).unwrap_or(0)];
            let begun = Instant::now();
            let came = connection.ask(&seat, &Question::get(address.clone())).await.expect("an answer");
            let took = begun.elapsed();
            timed.took.push(took);
            if took > timed.slowest.0 {
                timed.slowest = (took, address.clone());
            }
            timed.bytes = timed.bytes.max(came.body.len());
            // A page may lead on to another.
            if ![page.status, 303].contains(&came.status) {
                timed.wrong.push(format!("{address} of {role}: {}", came.status));
            }
        }
        out.pages.push(timed);
    }
    drop(running);
    drop(std::fs::remove_dir_all(&folder));
    out
}

/// After a start the service reads all entries once, beside what it is asked: a page that needs them says so until then.
async fn wait_for_entries(connection: &mut Connection, leader: &Seat) {
    for _ in 0..READ_WITHIN {
        let question = Question::get(format!("/cockpit/entries?{}", NEEDED[0].1));
        if connection.ask(leader, &question).await.expect("an answer").status != 422 {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("the entries are not read within {READ_WITHIN} s");
}

/// What is there to look at, and for whom.
struct There<'a> {
    database: &'a str,
    sample: &'a Sample,
    firm: &'a str,
    owned: &'a Owned,
    seats: &'a BTreeMap<String, Seat>,
}

/// Every page of the program with those who look at it, and what is left out.
async fn pages(there: &There<'_>, connection: &mut Connection) -> (Vec<Page>, Vec<String>) {
    let There { database, sample, firm, owned, seats } = *there;
    let store = Store::open(database).await.expect("the database opens");
    let pool = store.pool().expect("a database");
    let is_page =
        |one: &Operation| one.method == Method::GET && one.tag == "pages" && matches!(one.gives.1, Payload::Bytes(kind) if kind.starts_with("text/html"));
    let (mut out, mut left_out, mut known) = (Vec::new(), Vec::new(), Known::new());
    for one in portal::operations().into_iter().filter(is_page) {
        for (person, role) in readers(one.who, firm) {
            let own = one.path.starts_with("/my/").then_some(firm);
            let (person, of_own) = match owned.get(one.path.as_str()) {
                Some((firm, ids)) => (firm.clone(), Some(ids)),
                None => (person, None),
            };
            let seat = seats.get(&person).cloned().unwrap_or_default();
            // What a unit was not asked about is not there for it.
            if role == "unit_reviewer" && one.path.contains("{id}") {
                continue;
            }
            let addresses = match one.path.split_once("/{id}") {
                _ if one.path == "/acts/{act}" => acts(role).map(|act| format!("/acts/{act}")).collect(),
                Some((before, rest)) if of_own.is_some() => of_own.into_iter().flatten().map(|id| format!("{before}/{id}{rest}")).collect(),
                _ if one.path.ends_with("/{digest}") => papers(pool).await,
                Some(("/bulk/runs", _)) => {
                    let run = made::run_of_many(connection, &seat, role, &sample.cases_of(None)).await;
                    run.into_iter().map(|id| format!("/bulk/runs/{id}")).collect()
                }
                Some(("/simulations", rest)) => vec![format!("/simulations/{}{rest}", made::simulation(connection, &seat, POLICY).await)],
                _ if one.path.starts_with("/registers/{collection}") => {
                    registers(pool, connection, sample, &mut known, (role, one.path.ends_with("/{id}"))).await
                }
                None => vec![one.path.clone()],
                Some((before, rest)) => {
                    let noun = before.rsplit('/').next().unwrap_or_default();
                    let of = of(pool, connection, sample, &mut known, noun, own).await;
                    of.iter().map(|id| format!("{before}/{id}{rest}")).collect()
                }
            };
            if addresses.is_empty() {
                left_out.push(format!("{} of {role}: nothing is known that it could be about", one.path));
                continue;
            }
            let who = (!person.is_empty()).then(|| (person.clone(), role));
            let queries = QUERIES.iter().filter(|(path, _)| *path == one.path).map(|(_, query)| *query);
            let needed = NEEDED.iter().find(|(path, _)| *path == one.path).map(|(_, query)| *query);
            for query in [needed.unwrap_or_default()].into_iter().chain(queries) {
                let (name, addresses) = match query {
                    "" => (one.path.clone(), addresses.clone()),
                    _ => (format!("{}?{}", one.path, query.split('=').next().unwrap_or_default()), addresses.iter().map(|a| format!("{a}?{query}")).collect()),
                };
                out.push(Page { name, status: one.gives.0, who: who.clone(), addresses });
            }
        }
    }
    store.close().await;
    (out, left_out)
}

/// Papers of cases, as they stand beside them.
async fn papers(pool: &AnyPool) -> Vec<String> {
    let asked = "SELECT id, body FROM case_file WHERE stage = 'correcting' ORDER BY id LIMIT 400";
    let found: Vec<(String, String)> = sqlx::query_as(asked).fetch_all(pool).await.expect("cases");
    let paper = |(id, body): (String, String)| {
        let case: casework::case::Case = serde_json::from_str(&body).ok()?;
        Some(format!("/cases/{id}/papers/{}", case.evidence.first()?.digest))
    };
    found.into_iter().filter_map(paper).collect()
}

/// Who looks at a page, and as what.
fn readers(who: Who, firm: &str) -> Vec<(String, &'static str)> {
    let everybody = PEOPLE.iter().map(|(person, role)| ((*person).to_owned(), *role)).chain([(firm.to_owned(), Role::Applicant)]);
    match who {
        Who::Anybody => vec![(String::new(), "nobody")],
        Who::SignedIn => vec![("clerk".to_owned(), "clerk"), (firm.to_owned(), "applicant")],
        Who::Roles(roles) => everybody.filter(|(_, role)| roles.contains(role)).map(|(person, role)| (person, role.name())).collect(),
    }
}

/// The names of the acts that a role has.
fn acts(role: &str) -> impl Iterator<Item = &'static str> {
    casework::authority::TABLE.iter().filter(move |(_, grants)| grants.iter().any(|grant| grant.role.name() == role)).map(|(act, _)| *act)
}

/// Ids of kinds of things, by the word for them and whether they are a firm's own.
type Known = BTreeMap<(String, bool), Vec<String>>;

/// Ids of a kind of things, read once.
async fn of(pool: &AnyPool, connection: &mut Connection, sample: &Sample, known: &mut Known, noun: &str, own: Option<&str>) -> Vec<String> {
    let key = (noun.to_owned(), own.is_some());
    if !known.contains_key(&key) {
        known.insert(key.clone(), ids(pool, connection, sample, noun, own).await);
    }
    known[&key].clone()
}

/// Addresses of the registers that a role sees, or of records in them.
async fn registers(pool: &AnyPool, connection: &mut Connection, sample: &Sample, known: &mut Known, (role, is_record): (&str, bool)) -> Vec<String> {
    let mut out = Vec::new();
    for list in COLLECTIONS.iter().filter(|list| list.sights.iter().any(|(seer, _)| seer.name() == role)) {
        if !is_record {
            out.push(format!("/registers/{}", list.name));
            continue;
        }
        let some = of(pool, connection, sample, known, list.name, None).await;
        out.extend(some.iter().step_by((some.len() / 40).max(1)).map(|id| format!("/registers/{}/{id}", list.name)));
    }
    out
}

/// Ids of a kind of things, by the word for them in addresses. `own`: those of a firm.
async fn ids(pool: &AnyPool, connection: &mut Connection, sample: &Sample, noun: &str, own: Option<&str>) -> Vec<String> {
    match (noun, own) {
        ("cases", None) => sample.cases_of(None),
        ("cases", Some(firm)) => sample.cases_of(Some(firm)),
        ("policies", _) => offered(connection).await,
        (_, Some(_)) => Vec::new(),
        _ => {
            let beside = [("entries", "entry"), ("ledger", "book"), ("workshop", "policy_version")];
            let table = collection(noun).map(|of| of.table).or_else(|| beside.iter().find(|(known, _)| *known == noun).map(|(_, table)| *table));
            let Some(collection) = table else { return Vec::new() };
            let asked = format!("SELECT id FROM {collection} LIMIT {DRAWN_FROM}");
            let found: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(asked)).fetch_all(pool).await.expect("ids");
            let step = (found.len() / 400).max(1);
            found.into_iter().step_by(step).collect()
        }
    }
}

/// The policies in force, as the first page names them.
async fn offered(connection: &mut Connection) -> Vec<String> {
    let came = connection.ask(&Seat::default(), &Question::get("/".into())).await.expect("an answer");
    let text = String::from_utf8_lossy(&came.body).into_owned();
    let named = text.split("href=\"/policies/").skip(1).filter_map(|rest| rest.split(['"', '/', '#', '?']).next());
    let mut ids: Vec<String> = named.map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    ids
}
