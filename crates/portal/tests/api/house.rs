//! A service of a test: the people of the demonstration, on a database of its own, asked without a network in between.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use casework::id::UserId;
use http_body_util::BodyExt;
use office::Office;
use portal::{Clock, Config, Portal};
use serde_json::Value;
use std::sync::Arc;
use store::Store;
use tower::ServiceExt;
use values::WorkCalendar;

/// A service.
pub struct House {
    pub portal: Arc<Portal>,
    pub router: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Came {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Came {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn cookie(&self) -> Option<String> {
        let set = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        set.split(';').next().map(str::to_owned)
    }
}

/// Somebody at a browser: the cookie, and the word of the session.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    pub cookie: String,
    pub csrf: String,
}

impl House {
    pub async fn open(name: &str) -> Self {
        Self::open_with(name, |_| {}).await
    }

    /// With the whole demonstration in it.
    pub async fn demonstration(name: &str) -> Self {
        Self::furnished(name, |_| {}, true).await
    }

    pub async fn open_with(name: &str, change: impl FnOnce(&mut Config)) -> Self {
        Self::furnished(name, change, false).await
    }

    async fn furnished(name: &str, change: impl FnOnce(&mut Config), whole: bool) -> Self {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("portal-{name}"));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        let mut config = Config { data: folder, demo: true, requests_a_minute: 1_000_000, ..Config::default() };
        change(&mut config);
        let url = config.database_url();
        let office = Office::new(Store::open(&url).await.unwrap(), WorkCalendar::china());
        let read_only = if url.starts_with("sqlite:") { url.split('?').next().unwrap() } else { &url };
        let reading = Store::open_read_only(read_only).await.unwrap();
        let entered = if whole { portal::demo::seed(&office).await } else { portal::demo::found(&office).await };
        entered.unwrap_or_else(|why| panic!("{why}"));
        let portal = Portal::new(office, reading, config, Clock::Fixed(portal::demo::now()));
        let router = portal::serve::router(&portal);
        Self { portal, router }
    }

    /// The same office served with other settings.
    pub fn again_with(self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.portal.config.clone();
        change(&mut config);
        let portal = Portal::new(self.portal.office.clone(), self.portal.reading.clone(), config, Clock::Fixed(portal::demo::now()));
        let router = portal::serve::router(&portal);
        Self { portal, router }
    }

    pub async fn send(&self, request: Request<Body>) -> Came {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Came { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes().to_vec() }
    }

    /// A request of somebody, with JSON where there is a body.
    pub async fn ask(&self, browser: &Browser, method: Method, path: &str, body: Option<Value>) -> Came {
        self.ask_with(browser, method, path, body, &[]).await
    }

    /// The same with further headers.
    pub async fn ask_with(&self, browser: &Browser, method: Method, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Came {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !browser.cookie.is_empty() {
            request = request.header(header::COOKIE, &browser.cookie).header("x-csrf-token", &browser.csrf);
        }
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    pub async fn get(&self, browser: &Browser, path: &str) -> Came {
        self.ask(browser, Method::GET, path, None).await
    }

    pub async fn try_sign_in(&self, user: &str, password: &str) -> Came {
        let body = serde_json::json!({ "user": user, "password": password });
        self.ask(&Browser::default(), Method::POST, "/api/v1/session", Some(body)).await
    }

    /// Signs somebody in who has the password of the demonstration.
    pub async fn sign_in(&self, user: &str) -> Browser {
        let came = self.try_sign_in(user, portal::demo::PASSWORD).await;
        assert_eq!(came.status, StatusCode::CREATED, "{user}: {came:?}");
        Browser { cookie: came.cookie().unwrap(), csrf: came.json()["csrf"].as_str().unwrap().to_owned() }
    }

    pub async fn give_password(&self, user: &str, password: &str, must_change: bool) {
        portal::set_password(self.portal.office.store(), &UserId::parse(user).unwrap(), password, must_change).await.unwrap();
    }
}
