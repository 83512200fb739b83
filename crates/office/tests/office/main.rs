//! The office on every store: in memory, SQLite, PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod access;
#[path = "../../examples/load/after.rs"]
mod after;
mod backup;
mod calendar;
mod cases;
mod crowd;
mod district;
mod document;
mod faults;
mod founding;
mod guide;
mod history;
mod journey;
mod kill;
mod log;
mod matching;
mod money;
mod outbox;
mod paid;
mod parallel_run;
mod places;
mod policy_version;
mod postgres;
mod queue;
mod random;
mod ranked;
mod reading;
mod reads;
mod recognition;
mod records;
mod recovery;
mod recusal;
mod registry;
mod retention;
mod schema;
#[path = "../../examples/load/seed.rs"]
mod seed;
mod seeded;
mod sound;
mod town;
mod uniqueness;
mod upgrade;
mod whole;

/// Where the whole way is gone: on every store. The service has it gone over HTTP.
async fn offices(name: &str) -> Vec<(&'static str, district::Place)> {
    district::stores(name).await.into_iter().map(|(name, store)| (name, store.into())).collect()
}
