//! The office's own tests, over HTTP: its whole way of five firms on both databases, and its table of who may do what; and
//! beside the acts, every other route by everybody.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod access;
mod described;
mod door;
mod wire;

#[path = "../../../office/tests/office/district.rs"]
#[allow(dead_code, reason = "the office's tests need more of it")]
mod district;
#[path = "../../../office/tests/office/postgres.rs"]
#[allow(dead_code, reason = "the office's tests need more of it")]
mod postgres;
#[path = "../../../office/tests/office/sound.rs"]
#[allow(dead_code, reason = "the office's tests need more of it")]
mod sound;
#[path = "../../../office/tests/office/whole.rs"]
mod whole;

/// All kinds of records, where the office's tests look for them.
mod records {
    pub use casework::kind::KINDS;
}

/// Where the whole way is gone: over HTTP, on both databases.
async fn offices(name: &str) -> Vec<(&'static str, district::Place)> {
    let sqlite = wire::sqlite(name).await;
    let postgres = wire::postgres().await;
    vec![("sqlite over HTTP", wire::place(&sqlite)), ("postgres over HTTP", wire::place(&postgres))]
}
