//! Tests of the exchange: each name is the rule it holds. Samples, sound and hostile, are made here; none came from anybody else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod evidence;
mod imports;
mod invoices;
mod platform;
mod samples;
mod tables;
mod treasury;
mod verification;
