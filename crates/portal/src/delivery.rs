//! Telling other systems of acts: each listener strictly in the order of the log, one event at a time, signed, and again with
//! growing pauses until it arrives. A listener that is down holds up nobody but itself. Over HTTP, or HTTPS with the authorities
//! that the system trusts.

use crate::feed::{Told, happened};
use crate::problem::Problem;
use crate::webhooks::{KEEPERS, names};
use crate::{Portal, clock, secret};
use axum::body::Bytes;
use axum::http::{Request, Uri, header};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use sha2::Sha256;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::service::Webhook;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Header with the moment of the try, in seconds since 1970.
pub const TIMESTAMP: &str = "x-duixian-timestamp";
/// Header with `v1=` and HMAC-SHA256, in hexadecimal digits, of the timestamp, a point and the body, under the listener's key.
pub const SIGNATURE: &str = "x-duixian-signature";
/// Header with the id of the listener.
pub const LISTENER: &str = "x-duixian-webhook";

/// How often it is looked for something to tell.
const LOOK: Duration = Duration::from_secs(1);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take, the connection included.
const ANSWER: Duration = Duration::from_secs(10);
/// Pause after the first failure, in seconds; it doubles with each further one.
const PAUSE_SECONDS: i64 = 10;
/// Longest pause.
const PAUSE_SECONDS_MAX: i64 = 3600;
/// Events read at once.
const PAGE: i64 = 100;
/// Longest address.
const URL_BYTES_MAX: usize = 1000;

/// The address of a listener. Errors: neither `http` nor `https`, or more in it than a host, a port and a path.
pub fn address(text: &str) -> Result<Uri, Problem> {
    let bad = |zh: &str, en: &str| Problem::unusable(format!("推送地址有误：{zh}"), format!("the address of the listener: {en}"));
    let uri: Uri = text.parse().map_err(|_| bad("不是网址", "not an address"))?;
    match uri.scheme_str() {
        Some("http" | "https") => {}
        _ => return Err(bad("应以 https:// 或 http:// 开头", "it must begin with https:// or http://")),
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if text.len() > URL_BYTES_MAX || authority.contains('@') || text.contains('#') || uri.host().is_none_or(str::is_empty) {
        return Err(bad("只写主机、端口、路径，不写用户名和 #", "only a host, a port and a path, neither user nor #"));
    }
    Ok(uri)
}

fn is_secure(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https")
}

/// Where a host is now. Errors: in words, it cannot be found.
async fn found(uri: &Uri) -> Result<Vec<SocketAddr>, String> {
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = if is_secure(uri) { 443 } else { 80 };
    let asked = tokio::time::timeout(CONNECT, tokio::net::lookup_host((host, uri.port_u16().unwrap_or(port)))).await;
    match asked {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(_)) | Err(_) => Err("its host is not found".to_owned()),
    }
}

/// Refuses an address that leads inward now; whether it does later is asked again before each connection. A host that is not
/// found may still come.
///
/// Errors: it leads inward, and the settings do not allow that.
pub async fn goes_out(uri: &Uri, private: bool) -> Result<(), Problem> {
    let addresses = found(uri).await.unwrap_or_default();
    if private || addresses.is_empty() || addresses.iter().any(|address| is_public(address.ip())) {
        return Ok(());
    }
    Err(Problem::unusable(
        "推送地址指向本机或内网。确需如此，请运维在配置中设 webhook_private = true",
        "the address leads to this machine or a private network; where that is wanted, the operator sets webhook_private = true",
    ))
}

/// Whether an address is one of the open network: neither this machine, nor a private network, nor one of special use.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let inner = |high: u16, low: u16| {
        let ([x, y], [z, w]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(x, y, z, w)
    };
    match (a, b, c, d, e, f) {
        // IPv4 in other clothes: as such, mapped, translated, tunnelled.
        (0, 0, 0, 0, 0, 0 | 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => is_public_v4(inner(g, h)),
        (0x2002, ..) => is_public_v4(inner(b, c)),
        (0x2001, 0 | 0xdb8, ..) => false,
        // Only this eighth is handed out.
        _ => a & 0xe000 == 0x2000,
    }
}

/// The signature of a body that is sent at a moment.
fn signature(key: &str, timestamp: i64, body: &[u8]) -> Result<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|why| why.to_string())?;
    mac.update(format!("{timestamp}.").as_bytes());
    mac.update(body);
    Ok(format!("v1={}", secret::hex(&mac.finalize().into_bytes())))
}

/// Sends one event. Errors: why it did not arrive, in words without anything of its content.
async fn send(portal: &Portal, listener: &Webhook, body: Bytes) -> Result<(), String> {
    let private = portal.config.webhook_private;
    let uri: Uri = listener.url.parse().map_err(|_| "its address cannot be read".to_owned())?;
    // The address that was looked at is the one that is called: a name cannot lead elsewhere in between.
    let addresses = found(&uri).await?;
    let to = addresses.iter().find(|address| private || is_public(address.ip()));
    let to = to.ok_or("its address leads to this machine or a private network (webhook_private)")?;
    let timestamp = clock::seconds();
    let request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, uri.authority().map_or("", |authority| authority.as_str()))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("duixian/", env!("CARGO_PKG_VERSION")))
        .header(TIMESTAMP, timestamp)
        .header(SIGNATURE, signature(&listener.secret, timestamp, &body)?)
        .header(LISTENER, &listener.id)
        .body(Full::new(body))
        .map_err(|_| "its address cannot be called".to_owned())?;
    let stream = tokio::time::timeout(CONNECT, TcpStream::connect(to)).await;
    let stream = stream.map_err(|_| "it does not take the connection in time")?.map_err(|why| format!("no connection: {}", why.kind()))?;
    if is_secure(&uri) { asked(tls(portal, &uri, stream).await?, request).await } else { asked(stream, request).await }
}

/// TLS to the host that the address names, whose certificate one of the system's authorities vouches for.
async fn tls(portal: &Portal, uri: &Uri, stream: TcpStream) -> Result<TlsStream<TcpStream>, String> {
    let config = portal.trusted.get_or_init(|| trusted(portal.config.webhook_ca.as_deref())).as_ref().map_err(Clone::clone)?;
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host).map_err(|_| "its host is no name for a certificate".to_owned())?;
    let connected = TlsConnector::from(Arc::clone(config)).connect(name, stream).await;
    connected.map_err(|why| format!("no TLS: {why}"))
}

/// Whom a connection trusts: read once, so that a change holds from the next start on.
pub(crate) type Trusted = OnceLock<Result<Arc<ClientConfig>, String>>;

/// The system's certificate authorities and those of a file. Errors: there are none; the file cannot be read.
fn trusted(more: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    // What of the system's cannot be read is passed over: it is many files, and others may do.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = more {
        let unreadable = |why: pem::Error| format!("webhook_ca cannot be read: {why}");
        for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
            roots.add(certificate.map_err(unreadable)?).map_err(|why| format!("webhook_ca: {why}"))?;
        }
    }
    if roots.is_empty() {
        return Err("no TLS: the system trusts no certificate authority: install ca-certificates, or set webhook_ca".to_owned());
    }
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|why| why.to_string())?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

/// Asks over a connection. Errors: no answer, or none of success.
async fn asked(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, request: Request<Full<Bytes>>) -> Result<(), String> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| "it does not speak HTTP")?;
    // The connection ends with this, whatever the other side does: only the status is of interest.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let answered = sender.send_request(request).await;
    let status = answered.map_err(|_| "it gives no answer that can be read")?.status();
    // Being sent elsewhere is not followed: it could lead inward.
    if status.is_success() { Ok(()) } else { Err(format!("it answers {}", status.as_u16())) }
}

/// Tells one listener what it has not heard, until there is no more or something goes wrong. Errors: of the store.
async fn tell(portal: &Portal, listener: &Webhook, now: i64) -> Result<(), store::StoreError> {
    let store = portal.office.store();
    let fail = async |why: &str| {
        let pause = PAUSE_SECONDS.saturating_mul(1 << listener.failures.clamp(0, 20)).min(PAUSE_SECONDS_MAX);
        store.webhook_failed(&listener.id, now.saturating_add(pause), why).await
    };
    let keeper = portal.person(&listener.user_id).await?;
    if !keeper.is_some_and(|keeper| keeper.active && keeper.roles.iter().any(|role| KEEPERS.contains(role))) {
        return fail("whoever set it up may no longer").await;
    }
    let wanted = names(&listener.acts);
    let mut heard = listener.delivered;
    let mut passed = heard;
    loop {
        let events = happened(portal, passed, PAGE).await?;
        if events.is_empty() {
            return Ok(());
        }
        for event in events {
            passed = event.seq;
            if !wanted.is_empty() && !wanted.contains(&event.act) {
                continue;
            }
            let body = serde_json::to_vec(&Told::from(event)).unwrap_or_default();
            let sent = tokio::time::timeout(ANSWER, send(portal, listener, body.into())).await;
            if let Err(why) = sent.unwrap_or_else(|_| Err("it does not answer in time".to_owned())) {
                return fail(&why).await;
            }
            if !store.webhook_heard(&listener.id, heard, passed).await? {
                return Ok(());
            }
            heard = passed;
        }
        if passed > heard {
            if !store.webhook_heard(&listener.id, heard, passed).await? {
                return Ok(());
            }
            heard = passed;
        }
    }
}

/// Listeners that there is something to tell, and that are not waiting.
async fn due(portal: &Portal, now: i64) -> Result<Vec<Webhook>, store::StoreError> {
    let head = portal.reading.begin().await?.head().await?.map_or(0, |(seq, _)| seq);
    let all: Vec<Webhook> = portal.reading.service_all().await?;
    Ok(all.into_iter().filter(|row| row.active == 1 && row.next_try <= now && row.delivered < head).collect())
}

async fn told(portal: Arc<Portal>, listener: Webhook, now: i64) -> String {
    if let Err(why) = tell(&portal, &listener, now).await {
        tracing::warn!(why = why.for_log(), "a listener was not told");
    }
    listener.id
}

/// Tells every listener that is due at a time, side by side, and waits for all: for tests, which so need not wait for pauses.
///
/// Errors: of the store.
pub async fn round(portal: &Arc<Portal>, now: i64) -> Result<(), store::StoreError> {
    let mut telling = JoinSet::new();
    for listener in due(portal, now).await? {
        telling.spawn(told(Arc::clone(portal), listener, now));
    }
    while telling.join_next().await.is_some() {}
    Ok(())
}

/// Tells listeners as long as the service runs; each has a task of its own while there is something to tell.
pub(crate) async fn keep_telling(portal: Arc<Portal>) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut busy = BTreeSet::new();
    let mut telling = JoinSet::new();
    loop {
        tokio::select! {
            Some(done) = telling.join_next() => if let Ok(id) = done { busy.remove::<String>(&id); },
            _ = look.tick() => {
                let now = clock::seconds();
                match due(&portal, now).await {
                    Ok(due) => for listener in due {
                        if busy.insert(listener.id.clone()) {
                            telling.spawn(told(Arc::clone(&portal), listener, now));
                        }
                    },
                    Err(why) => tracing::warn!(why = why.for_log(), "listeners were not told"),
                }
            }
        }
    }
}
