//! From a request to an answer: limits first, then who asks, then whether that person may, then the operation. And the
//! listening, with an orderly end.

use crate::config::ANONYMOUS_BYTES_MAX;
use crate::connection::Patient;
use crate::operation::{Answer, Asked, Operation, Seat};
use crate::problem::Problem;
use crate::sign_in::check_csrf;
use crate::{Config, Portal, account, connection, pages, secret};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use values::Lang;

/// How often somebody may ask.
pub struct Limits {
    by_whom: DefaultKeyedRateLimiter<String>,
}

impl Limits {
    pub(crate) fn new(config: &Config) -> Self {
        let a_minute = NonZeroU32::new(config.requests_a_minute).unwrap_or(NonZeroU32::MIN);
        Self { by_whom: RateLimiter::keyed(Quota::per_minute(a_minute)) }
    }

    fn allow(&self, whom: &str) -> Result<(), Problem> {
        self.by_whom.check_key(&whom.to_owned()).map_err(|_| Problem::too_many())
    }

    /// Forgets who has not asked for a while.
    pub(crate) fn sweep(&self) {
        self.by_whom.retain_recent();
    }
}

/// The routes: those of the table of operations, and none beside them.
pub fn router(portal: &Arc<Portal>) -> Router {
    let mut by_path: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, operation) in portal.operations.iter().enumerate() {
        by_path.entry(&operation.path).or_default().push(at);
    }
    let mut router = Router::new();
    for (path, places) in by_path {
        let mut methods = MethodRouter::new();
        for at in places {
            let Some(filter) = portal.operations.get(at).and_then(|operation| MethodFilter::try_from(operation.method.clone()).ok()) else { continue };
            let portal = Arc::clone(portal);
            let handler = move |path: Path<BTreeMap<String, String>>, request: Request| async move { answer(&portal, at, path.0, request).await };
            methods = methods.merge(on(filter, handler));
        }
        let of = Arc::clone(portal);
        let wrong_method = move |request: Request| async move {
            let title = ("方法不支持", "Not this method");
            let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", title, "此地址不支持该方法。", "This address does not take this method.");
            refused(&of, &problem, language(request.headers()), &secret::fresh().unwrap_or_default())
        };
        router = router.route(path, methods.fallback(wrong_method));
    }
    let of = Arc::clone(portal);
    router.fallback(move |request: Request| async move {
        let problem = Problem::unknown("page", request.uri().path());
        refused(&of, &problem, language(request.headers()), &secret::fresh().unwrap_or_default())
    })
}

/// English where it is asked for first, Chinese otherwise.
fn language(headers: &HeaderMap) -> Lang {
    if let Some(chosen) = pages::language(headers) {
        return chosen;
    }
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if wanted.trim_start().to_ascii_lowercase().starts_with("en") { Lang::En } else { Lang::Zh }
}

async fn answer(portal: &Portal, at: usize, path: BTreeMap<String, String>, request: Request) -> Response {
    let begun = Instant::now();
    let name = secret::fresh().unwrap_or_default().chars().take(16).collect::<String>();
    let Some(operation) = portal.operations.get(at) else {
        return refused(portal, &Problem::unknown("page", ""), Lang::Zh, &name);
    };
    let lang = language(request.headers());
    let outcome = asked(portal, operation, path, request, &name, lang).await;
    let response = match outcome {
        Ok(answer) => sent(portal, answer, &name),
        Err(problem) if operation.tag == pages::TAG => refused_page(portal, &problem, lang, &name),
        Err(problem) => refused(portal, &problem, lang, &name),
    };
    let status = response.status().as_u16();
    portal.metrics.count(&operation.id, status, begun.elapsed());
    // Neither who asked nor what: names of people and firms are not for logs.
    tracing::info!(request = name, operation = operation.id, status, micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX), "answered");
    response
}

async fn asked(
    portal: &Portal,
    operation: &Operation,
    path: BTreeMap<String, String>,
    request: Request,
    name: &str,
    language: Lang,
) -> Result<Answer, Problem> {
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = peer.map_or_else(String::new, |peer| counted_as(peer, portal.config.proxy, &parts.headers));
    let seat = match portal.seat(&parts.headers).await {
        Ok(seat) => seat,
        Err(problem) => {
            portal.limits.allow(&address)?;
            return Err(problem);
        }
    };
    // Passwords are tried from an address, whoever is signed in there.
    let whom = seat.as_ref().filter(|_| !at_the_door(operation)).map_or_else(|| address.clone(), |seat| seat.user.to_string());
    portal.limits.allow(&whom)?;
    if let Err(problem) = admitted(operation, seat.as_ref()) {
        return instead(portal, operation, &parts, body, language, problem).await;
    }
    let query = query(operation, parts.uri.query().unwrap_or_default())?;
    let most = if seat.is_some() { portal.config.body_bytes_max } else { portal.config.body_bytes_max.min(ANONYMOUS_BYTES_MAX) };
    let body = read(portal, operation, &parts.headers, body, most).await?;
    let asked = Asked { operation, path, query, headers: &parts.headers, body, seat, language, request: name.to_owned() };
    check_csrf(&asked).await?;
    (operation.run)(portal, &asked).await
}

/// The address under which requests are counted: that of the client, which a proxy that we were told of adds last. What stands
/// before it comes from the client, and so does all of it where no proxy is.
fn counted_as(peer: IpAddr, proxy: Option<IpAddr>, headers: &HeaderMap) -> String {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|line| line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    let client: IpAddr = forwarded.filter(|_| proxy.is_some_and(|proxy| proxy.to_canonical() == peer.to_canonical())).unwrap_or(peer);
    match client.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        // Whoever has one address of IPv6 has the 64 bits behind it.
        IpAddr::V6(address) => (u128::from(address) >> 64).to_string(),
    }
}

/// Whether this is how one comes in.
pub fn at_the_door(operation: &Operation) -> bool {
    matches!(operation.id.as_str(), "sign_in" | "sign_in_by_identity" | "come_in")
}

/// Whether whoever is signed in may ask this at all.
fn admitted(operation: &Operation, seat: Option<&Seat>) -> Result<(), Problem> {
    if !operation.who.admits(seat.map(|seat| seat.role)) {
        return Err(if seat.is_some() { Problem::denied() } else { Problem::signed_out() });
    }
    let door = ["change_password", "who", "sign_out", "sign_in", "own", "new_own_password", "leave"];
    if seat.is_some_and(|seat| seat.must_change) && operation.who != crate::Who::Anybody && !door.contains(&operation.id.as_str()) {
        let title = ("请先修改密码", "Change the password first");
        return Err(Problem::new(StatusCode::FORBIDDEN, "must_change", title, "这是初始密码，请先修改。", "This password was given to you: change it first."));
    }
    Ok(())
}

/// Where somebody who may not see a page is led: who is not signed in to the door, who has a given password to the own one.
/// Errors: what keeps everybody else out.
async fn instead(portal: &Portal, operation: &Operation, parts: &Parts, body: Body, language: Lang, problem: Problem) -> Result<Answer, Problem> {
    match problem.code {
        "signed_out" if operation.tag == pages::TAG => {
            // A file is chosen once more; and what another site sent is not kept: after the sign-in it would go out in the person's name.
            let kept = match pages::is_from_here(&parts.headers) {
                Some(true) if !pages::is_multipart(&parts.headers) => {
                    read(portal, operation, &parts.headers, body, portal.config.body_bytes_max.min(ANONYMOUS_BYTES_MAX)).await?
                }
                _ => Bytes::new(),
            };
            pages::signed_out(portal, language, &parts.method, &parts.uri, &kept)
        }
        "must_change" if operation.tag == pages::TAG => Ok(Answer { status: StatusCode::SEE_OTHER, ..Answer::nothing() }.with(header::LOCATION, "/own")),
        _ => Err(problem),
    }
}

/// Parameters behind the question mark. Errors: one that the operation does not have, or one given twice.
fn query(operation: &Operation, text: &str) -> Result<BTreeMap<String, String>, Problem> {
    let mut out = BTreeMap::new();
    let uri = format!("/?{text}").parse().map_err(|_| Problem::malformed("网址参数有误", "the query cannot be read"))?;
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri);
    let pairs = pairs.map_err(|why| Problem::malformed("网址参数有误", format!("the query cannot be read: {why}")))?;
    for (name, value) in pairs.0 {
        let known: Vec<&str> = operation.parameters.iter().filter(|p| p.place == "query").map(|p| p.name).collect();
        // `f.*` stands for all names that begin so.
        let is_known = |of: &&str| **of == *name || of.strip_suffix('*').is_some_and(|begins| name.starts_with(begins));
        if !known.iter().any(is_known) {
            let list = known.join(", ");
            return Err(Problem::malformed(format!("没有参数 {name}；可用：{list}"), format!("there is no parameter {name}; there are: {list}")));
        }
        if out.insert(name.clone(), value).is_some() {
            return Err(Problem::malformed(format!("参数 {name} 重复"), format!("{name} is given twice")));
        }
    }
    Ok(out)
}

/// The body, as far as one is taken. Errors: too large, too slow, or not JSON where JSON is taken.
async fn read(portal: &Portal, operation: &Operation, headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Problem> {
    use crate::operation::Payload;
    let json = matches!(operation.takes, Payload::Json(_) | Payload::Act);
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if json && kind.split(';').next().is_none_or(|kind| !kind.trim().eq_ignore_ascii_case("application/json")) {
        let title = ("内容类型不支持", "Not this type of content");
        let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "type", title, "请以 application/json 发送。", "Send it as application/json.");
        return Err(problem);
    }
    let limited = Limited::new(body, most);
    let arriving = tokio::time::timeout(Duration::from_secs(portal.config.arrive_seconds), limited.collect());
    match arriving.await {
        Err(_) => {
            let title = ("请求超时", "Too slow");
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "slow", title, "请求没有按时到达。", "The request did not arrive in time."))
        }
        Ok(Err(why)) if why.is::<LengthLimitError>() => {
            let title = ("内容过大", "Too large");
            let zh = format!("内容超过 {most} 字节。大文件请分块上传。");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "large", title, zh, format!("More than {most} bytes. Send large files in parts.")))
        }
        Ok(Err(why)) => Err(Problem::malformed("请求没有完整到达", format!("the request did not arrive whole: {why}"))),
        Ok(Ok(body)) => Ok(body.to_bytes()),
    }
}

fn sent(portal: &Portal, answer: Answer, name: &str) -> Response {
    let mut response = Response::new(answer.body);
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    if !answer.content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    }
    for (key, value) in answer.headers {
        headers.append(key, value);
    }
    guarded(portal, headers, name);
    response
}

fn refused(portal: &Portal, problem: &Problem, language: Lang, name: &str) -> Response {
    let body = serde_json::to_vec(&problem.sent(language, name)).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = problem.status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    guarded(portal, headers, name);
    response
}

/// The same for somebody who reads pages.
fn refused_page(portal: &Portal, problem: &Problem, language: Lang, name: &str) -> Response {
    let mut response = refused(portal, problem, language, name);
    *response.body_mut() = Body::from(pages::problem(portal, problem, language, name));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// Headers of every answer: nothing from elsewhere is loaded, nothing is kept by what lies between, no other page frames ours.
fn guarded(portal: &Portal, headers: &mut HeaderMap, name: &str) {
    let csp = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    // Papers that are shown inside a page have a stricter one of their own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(csp));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if portal.config.https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if portal.config.demo {
        headers.insert("x-duixian-demo", HeaderValue::from_static("yes"));
    }
    if let Ok(name) = HeaderValue::from_str(name) {
        headers.insert("x-request-id", name);
    }
}

/// Longest a client may take to send its headers, in seconds, whatever a whole request may take.
const HEADERS_SECONDS_MAX: u64 = 10;
/// How long requests that are being answered have when the service ends.
const FAREWELL: Duration = Duration::from_secs(20);
/// How often what ended is swept away.
const SWEEP: Duration = Duration::from_secs(60);
/// How often the log is read on.
const KEEP_UP: Duration = Duration::from_secs(1);

/// Serves until `end` comes; then nothing new is taken, and what is being answered is answered. Errors: of listening.
pub async fn serve(portal: Arc<Portal>, listener: TcpListener, end: impl Future<Output = ()>) -> std::io::Result<()> {
    crate::simulation::sweep(&portal.config.data);
    let router = router(&portal);
    let patience = Duration::from_secs(portal.config.arrive_seconds);
    let headers = Duration::from_secs(portal.config.arrive_seconds.min(HEADERS_SECONDS_MAX));
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(headers).max_buf_size(64 << 10);
    let graceful = GracefulShutdown::new();
    let sweeping = tokio::spawn(keep_sweeping(Arc::clone(&portal)));
    let telling = tokio::spawn(crate::delivery::keep_telling(Arc::clone(&portal)));
    let keeping_up = tokio::spawn(keep_up(Arc::clone(&portal)));
    let places = Arc::new(Semaphore::new(usize::try_from(portal.config.connections_max).unwrap_or(Semaphore::MAX_PERMITS)));
    tokio::pin!(end);
    loop {
        let (place, stream, from) = tokio::select! {
            () = &mut end => break,
            next = connection::next(&listener, &places) => next,
        };
        let with_address = router.clone().layer(axum::Extension(ConnectInfo(from)));
        let connection = builder.serve_connection(TokioIo::new(Patient::new(stream, patience)), TowerToHyperService::new(with_address));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            drop(connection.await);
            drop(place);
        });
    }
    sweeping.abort();
    keeping_up.abort();
    portal.runs.stop_all();
    // What arrived and was not noted yet is told again after the next start.
    telling.abort();
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(FAREWELL) => tracing::warn!("requests were broken off at the end"),
    }
    Ok(())
}

/// Sweeps away what ended, as long as the service runs.
async fn keep_sweeping(portal: Arc<Portal>) {
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        sweep.tick().await;
        portal.limits.sweep();
        let now = crate::clock::seconds();
        let idle = now - i64::from(portal.config.idle_minutes) * 60;
        if let Err(why) = portal.office.store().sweep_sessions(now, idle).await {
            tracing::warn!(why = why.for_log(), "sessions were not swept");
        }
        if let Err(why) = crate::uploads::sweep(&portal, now).await {
            tracing::warn!(why = why.code, "files on their way were not swept");
        }
    }
}

/// Reads the log as it grows, as long as the service runs: what waits is then at hand for whoever asks.
async fn keep_up(portal: Arc<Portal>) {
    let mut pace = tokio::time::interval(KEEP_UP);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        if let Err(office::Stop::Failed(why)) = portal.office.keep_up(&portal.reading).await {
            tracing::warn!(why = why.for_log(), "what waits was not read");
        }
    }
}

/// For tests: the method and path of every operation, and who may ask.
#[must_use]
pub fn routes(portal: &Portal) -> Vec<(Method, String, crate::Who)> {
    portal.operations.iter().map(|operation| (operation.method.clone(), operation.path.clone(), operation.who)).collect()
}

/// The names of the cookie and of the header, for pages to come and for tests, which sign in as a browser does.
pub const DOOR: (&str, &str) = (account::COOKIE, account::CSRF);
