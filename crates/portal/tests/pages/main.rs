//! The pages as those who use them see them: asked over HTTP, forms filled in and sent as a browser does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod apply;
mod browse;
mod crowd;
mod desk;
mod enter;
mod hands;
#[path = "../api/house.rs"]
#[allow(dead_code, reason = "the tests of the API need more of it")]
mod house;
mod many;
mod money;
mod parts;
mod public;
mod simulate;
mod trace;
mod views;
