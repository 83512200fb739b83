//! The office on every store: in memory, SQLite, PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod calendar;
mod district;
mod guide;
mod journey;
mod policy_version;
mod postgres;
mod recognition;
mod recovery;
