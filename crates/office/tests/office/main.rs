//! The office on every store: in memory, SQLite, PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod access;
mod district;
mod history;
mod journey;
mod matching;
mod outbox;
mod parallel_run;
mod postgres;
mod registry;
