//! Acts and records over HTTP for the office's own tests: each act goes to the service with a token of the person, and all
//! that goes in and comes out is checked against the service's own description.

use crate::described::Description;
use crate::district::{Carried, Carrier, Place};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use casework::people::Role;
use casework::{Act, Refusal};
use http_body_util::BodyExt;
use office::reading::COLLECTIONS;
use office::{Context, Office, Outcome, Stop};
use portal::{Clock, Config, Portal};
use serde_json::Value;
use sm3::{Digest, Sm3};
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex, RwLock};
use store::Store;
use store::service::{Session, Token};
use tower::ServiceExt;
use values::{Date, Moment, WorkCalendar};

/// A service whose clock is set by whoever asks.
pub struct Wire {
    pub portal: Arc<Portal>,
    pub router: Router,
    pub description: Description,
    now: &'static RwLock<Moment>,
    /// Whose tokens have been written.
    tokens: Mutex<BTreeSet<String>>,
}

/// What came back.
#[derive(Debug)]
pub struct Came {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Came {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The type of the content, without what stands behind it.
    pub fn kind(&self) -> &str {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.split(';').next().unwrap_or_default()
    }
}

/// A service on an SQLite file of its own.
pub async fn sqlite(name: &str) -> Arc<Wire> {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wire-{name}"));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    let config = Config { data: folder, ..Config::default() };
    let url = config.database_url();
    Wire::open(&url, config).await
}

/// A service on a PostgreSQL database of its own.
pub async fn postgres() -> Arc<Wire> {
    Wire::open(&crate::postgres::database(), Config::default()).await
}

/// The office of a service, with acts that go over HTTP.
pub fn place(wire: &Arc<Wire>) -> Place {
    Place { office: wire.portal.office.clone(), carrier: Some(Box::new(Arc::clone(wire))) }
}

/// What is kept of a secret.
pub fn digest(secret: &str) -> String {
    Sm3::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a route stands in the description for programs: pages are for people.
pub fn is_described(route: &str) -> bool {
    route.starts_with("/api/") || matches!(route, "/healthz" | "/metrics")
}

/// Long after any test.
const FAR: i64 = 1 << 40;

impl Wire {
    async fn open(url: &str, config: Config) -> Arc<Self> {
        let office = Office::new(Store::open(url).await.unwrap(), WorkCalendar::china());
        let read_only = if url.starts_with("sqlite:") { url.split('?').next().unwrap() } else { url };
        let reading = Store::open_read_only(read_only).await.unwrap();
        let now: &'static RwLock<Moment> = Box::leak(Box::new(RwLock::new(Moment::start_of(Date::LAST))));
        let portal = Portal::new(office, reading, Config { requests_a_minute: 1_000_000, ..config }, Clock::Set(now));
        let router = portal::serve::router(&portal);
        let asked = Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap();
        let document = sent(&router, asked).await.json();
        Arc::new(Self { portal, router, description: Description(document), now, tokens: Mutex::default() })
    }

    fn store(&self) -> &Store {
        self.portal.office.store()
    }

    /// A token of a person in a role, written if need be.
    async fn token(&self, user: &str, role: Role) -> String {
        let key = format!("{user}/{}", role.name());
        if self.tokens.lock().unwrap().insert(key.clone()) {
            let token = Token {
                id: format!("t-{}", digest(&key).get(..16).unwrap()),
                digest: digest(&key),
                user_id: user.into(),
                role: role.name().into(),
                name: "test".into(),
                created: 0,
                expires: FAR,
                revoked: 0,
            };
            self.store().put_service_row(&token).await.unwrap();
        }
        key
    }

    /// The headers of a browser in which somebody is signed in in a role.
    pub async fn browser(&self, user: &str, role: Role) -> Vec<(&'static str, String)> {
        let cookie = format!("{user}.{}", role.name());
        let session = Session {
            digest: digest(&cookie),
            user_id: user.into(),
            role: role.name().into(),
            csrf: "word".into(),
            created: portal::clock::seconds(),
            seen: portal::clock::seconds(),
            expires: FAR,
        };
        self.store().put_service_row(&session).await.unwrap();
        let (name, csrf) = portal::serve::DOOR;
        vec![("cookie", format!("{name}={cookie}")), (csrf, "word".into())]
    }

    /// Sends a request, and checks the answer against the description of the route.
    pub async fn ask(&self, method: &Method, (route, path): (&str, &str), headers: &[(&'static str, String)], body: Option<&Value>) -> Came {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let came = sent(&self.router, request.body(body).unwrap()).await;
        if is_described(route) {
            self.description.answer(method, route, &came);
        } else if came.status != StatusCode::SEE_OTHER {
            let is_taken_away = came.headers.get("content-disposition").is_some_and(|how| how.as_bytes().starts_with(b"attachment"));
            let is_page = matches!(came.kind(), "text/html" | "text/css" | "text/javascript" | "image/svg+xml");
            assert!(is_page || is_taken_away, "{method} {route} is a page: {came:?}");
        }
        came
    }

    async fn perform(&self, context: &Context, act: &Act) -> Result<Outcome, Stop> {
        *self.now.write().unwrap() = context.now;
        let name = act.name();
        let route = format!("/api/v1/acts/{name}");
        let (noun, verb) = name.split_once('.').unwrap();
        let whole = serde_json::to_value(act).unwrap();
        let grants = casework::authority::TABLE.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, grants)| grants);
        if grants.is_empty() {
            // Nobody may do it by a route: the founding is done on the machine.
            return self.portal.office.perform(context, act).await;
        }
        let body = &whole[noun][verb];
        self.description.request(&Method::POST, &route, body);
        let token = self.token(context.user.as_str(), context.role).await;
        let headers = [("authorization", format!("Bearer {token}")), ("idempotency-key", context.request.to_string())];
        let before = self.head().await;
        let came = self.ask(&Method::POST, (&route, &route), &headers, Some(body)).await;
        if came.status == StatusCode::OK {
            let again = self.ask(&Method::POST, (&route, &route), &headers, Some(body)).await;
            assert_eq!((again.status, again.json()), (came.status, came.json()), "{name}: asked twice, answered twice alike");
            let answer = came.json();
            assert_eq!(answer["request"], context.request.as_str());
            assert_eq!(self.head().await, before + 1, "{name}: asked twice, done once");
            return Ok(serde_json::from_value(answer["outcome"].clone()).unwrap());
        }
        assert!(came.status.is_client_error(), "{name}: {came:?}");
        assert_eq!(self.head().await, before, "{name}: refused, and yet something was done");
        // Refused is unchanged: the office, asked itself, says why in its own words.
        let stop = self.portal.office.perform(context, act).await.expect_err("what is refused over HTTP is refused");
        let Stop::Refused(refusal) = &stop else { panic!("{name}: {stop}") };
        let has_it = grants.iter().any(|grant| grant.role == context.role);
        assert_eq!(came.status, status(refusal, has_it), "{name}: {refusal}");
        if came.status == StatusCode::CONFLICT {
            assert!(came.json()["detail_en"].as_str().unwrap().contains(&refusal.to_string()), "{name}: {came:?}");
        }
        Err(stop)
    }

    /// How many events the log has.
    async fn head(&self) -> i64 {
        self.store().begin().await.unwrap().head().await.unwrap().map_or(0, |(seq, _)| seq)
    }
}

/// With what a refusal is answered, by the rules of `docs/decisions/0020-service.md`.
fn status(refusal: &Refusal, has_the_act: bool) -> StatusCode {
    match refusal {
        Refusal::Denied if has_the_act => StatusCode::NOT_FOUND,
        Refusal::Denied => StatusCode::FORBIDDEN,
        Refusal::Unknown { .. } => StatusCode::NOT_FOUND,
        Refusal::Stale { .. } => StatusCode::PRECONDITION_FAILED,
        Refusal::Input(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    }
}

async fn sent(router: &Router, request: Request<Body>) -> Came {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    Came { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes().to_vec() }
}

impl Carrier for Arc<Wire> {
    fn carry<'a>(&'a self, context: &'a Context, act: &'a Act) -> Carried<'a> {
        Box::pin(self.perform(context, act))
    }

    /// Finance sees every field of every case: what it reads is what is kept.
    fn compare<'a>(&'a self, table: &'static str, id: &'a str, kept: &'a Value) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            let collection = COLLECTIONS.iter().find(|collection| collection.table == table).unwrap_or_else(|| panic!("{table} cannot be read"));
            let headers = [("authorization", format!("Bearer {}", self.token("finance", Role::Finance).await))];
            let route = format!("/api/v1/{}/{{id}}", collection.name);
            let came = self.ask(&Method::GET, (&route, &route.replace("{id}", id)), &headers, None).await;
            assert_eq!(came.status, StatusCode::OK, "{table} {id}: {came:?}");
            let shown = came.json();
            assert_eq!((&shown["id"], &shown["record"]), (&id.into(), kept), "{table} {id}");
            assert_eq!(came.headers[header::ETAG], format!("\"{}\"", shown["version"]), "{table} {id}");
        })
    }
}
