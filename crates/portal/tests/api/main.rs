//! The service over HTTP, on its embedded database: the door, the limits, who sees what.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod bank;
mod demo;
mod departure;
mod describes;
mod door;
mod door_page;
mod durable;
mod files;
mod hostile;
mod house;
mod identity;
mod limits;
mod lists;
mod papers;
mod platform;
#[path = "../../../office/tests/office/postgres.rs"]
#[allow(dead_code, reason = "the office's tests need more of it")]
mod postgres;
mod proof;
mod retention;
mod rounds;
mod secure;
mod sees;
mod slips;
mod stage;
mod versions;
mod webhooks;
