//! Listeners over HTTPS: told where somebody trusted vouches for the host, and not otherwise. The authority and the certificate (of
//! `localhost` alone) were made for this test with a key that nobody has any more.

use crate::house::House;
use crate::webhooks::{act, row, set_up};
use portal::delivery::round;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/tls").join(name)
}

/// A system behind TLS that answers 204; its port, and positions of the events it hears.
async fn listener() -> (u16, UnboundedReceiver<i64>) {
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = door.local_addr().unwrap().port();
    let chain = vec![CertificateDer::from_pem_file(file("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()));
    let (tell, heard) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = door.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut bytes = Vec::new();
            let body = loop {
                let mut piece = [0; 1024];
                let read = stream.read(&mut piece).await.unwrap();
                assert!(read > 0, "broken off");
                bytes.extend_from_slice(&piece[..read]);
                let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
                if let Some(body) = head.and_then(|head| serde_json::from_slice::<Value>(&bytes[head + 4..]).ok()) {
                    break body;
                }
            };
            tell.send(body["seq"].as_i64().unwrap()).unwrap();
            drop(stream.write_all(b"HTTP/1.1 204 x\r\ncontent-length: 0\r\n\r\n").await);
        }
    });
    (port, heard)
}

#[tokio::test]
async fn a_listener_over_https_is_told_if_somebody_trusted_vouches_for_its_name() {
    for (name, authority, host, trouble) in [
        ("secure-trusted", Some("authority.pem"), "localhost", None),
        ("secure-other-name", Some("authority.pem"), "127.0.0.1", Some("no TLS")),
        ("secure-nobody", None, "localhost", Some("no TLS")),
        ("secure-no-file", Some("none.pem"), "localhost", Some("webhook_ca cannot be read")),
    ] {
        let house = House::open_with(name, |config| {
            config.webhook_private = true;
            config.webhook_ca = authority.map(file);
        })
        .await;
        let admin = house.sign_in("admin").await;
        let (port, mut heard) = listener().await;
        let made = set_up(&house, &admin, json!({ "url": format!("https://{host}:{port}/hook") })).await;
        act(&house, &admin, "later").await;
        round(&house.portal, 1).await.unwrap();
        let row = row(&house, made["id"].as_str().unwrap()).await;
        match trouble {
            None => assert_eq!((heard.try_recv().ok(), row.trouble.as_str()), (Some(row.delivered), "")),
            Some(trouble) => assert!(heard.try_recv().is_err() && row.trouble.contains(trouble), "{name}: {}", row.trouble),
        }
    }
}
