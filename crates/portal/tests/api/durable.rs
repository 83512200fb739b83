//! PostgreSQL shows an act to others a moment before it is on the disk: whoever tells the outside of it waits for that moment.

use crate::house::House;
use crate::postgres::database_of;
use crate::webhooks::read;
use axum::http::StatusCode;
use portal::delivery::round;
use serde_json::json;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

/// A server that writes by itself to the disk only every ten seconds.
const LAZY: &str = "-c wal_writer_delay=10000 -c checkpoint_timeout=1h -c autovacuum=off";

impl House {
    async fn on_postgres(name: &str) -> Self {
        Self::open_with(name, |config| {
            config.database = Some(database_of(LAZY));
            config.webhook_private = true;
        })
        .await
    }

    /// Commits one more event as an act does before it is acknowledged, and makes sure that it is not on the disk; the place in the
    /// write-ahead log up to which it is.
    async fn unacknowledged(&self) -> String {
        let pool = self.portal.office.store().pool().unwrap();
        // The server may write by itself in between, once in ten seconds: then once more.
        for number in 1..=5 {
            let commit = format!(
                "BEGIN; SET LOCAL synchronous_commit = off; \
                 INSERT INTO event SELECT seq + 1, at, user_id, role, act, request_id || '-{number}', subject, input, outcome, effects, before, fingerprint \
                 FROM event ORDER BY seq DESC LIMIT 1; UPDATE log_head SET seq = seq + 1; COMMIT"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(commit)).execute(pool).await.unwrap();
            let end: String = sqlx::query_scalar("SELECT pg_current_wal_insert_lsn()::text").fetch_one(pool).await.unwrap();
            if !self.is_on_disk(&end).await {
                return end;
            }
        }
        panic!("the server writes everything at once, so this test says nothing");
    }

    async fn is_on_disk(&self, end: &str) -> bool {
        let pool = self.portal.office.store().pool().unwrap();
        sqlx::query_scalar("SELECT pg_current_wal_flush_lsn() >= $1::pg_lsn").bind(end.to_owned()).fetch_one(pool).await.unwrap()
    }

    async fn last(&self) -> i64 {
        self.portal.reading.begin().await.unwrap().head().await.unwrap().unwrap().0
    }
}

#[tokio::test]
async fn the_feed_tells_an_act_once_it_is_on_the_disk() {
    let house = House::on_postgres("durable-feed").await;
    let auditor = house.sign_in("auditor").await;
    let after = house.last().await;
    let end = house.unacknowledged().await;
    let came = house.get(&auditor, &format!("/api/v1/events?after={after}")).await;
    assert_eq!(came.status, StatusCode::OK);
    assert!(!came.json().as_array().unwrap().is_empty(), "it is told");
    assert!(house.is_on_disk(&end).await, "an act was told that a power cut would undo");
}

#[tokio::test]
async fn a_listener_hears_of_an_act_once_it_is_on_the_disk() {
    let house = House::on_postgres("durable-hook").await;
    let admin = house.sign_in("admin").await;
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", door.local_addr().unwrap());
    let made = house.ask(&admin, axum::http::Method::POST, "/api/v1/webhooks", Some(json!({ "url": url }))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let end = house.unacknowledged().await;
    let portal = Arc::clone(&house.portal);
    let telling = tokio::spawn(async move { round(&portal, 1).await });
    let (mut stream, _) = door.accept().await.unwrap();
    drop(read(&mut stream).await);
    assert!(house.is_on_disk(&end).await, "an act was told that a power cut would undo");
    stream.write_all(b"HTTP/1.1 204 x\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    telling.abort();
}
