//! What people see and do, in a real browser over the demonstration: whole journeys, and a judge over every page in both
//! languages for every role. Needs Debian's package chromium and axe-core from npm, which `cargo xtask test` installs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod axe;
mod chrome;
mod journeys;
mod judge;
mod keys;
mod markup;
mod service;
mod tab;
mod walk;

use std::path::Path;
use std::sync::OnceLock;

/// Where the service of these tests is.
fn service() -> &'static str {
    static SERVICE: OnceLock<String> = OnceLock::new();
    SERVICE.get_or_init(|| service::start(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser")))
}
