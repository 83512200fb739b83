//! The naive evaluator, `policy` and the columns on the same applicants: same outcomes, same fen, same reasons.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    clippy::type_complexity,
    clippy::manual_range_contains,
    dead_code,
    reason = "a test fails loudly, in its helpers too; not all of what the tests of policy have is asked for here"
)]

#[path = "../../../policy/tests/differential/compare.rs"]
mod compare;
#[path = "../../../policy/tests/differential/generate/mod.rs"]
mod generate;
#[path = "../../../policy/tests/differential/made.rs"]
mod made;
#[path = "../../../policy/tests/differential/naive/mod.rs"]
mod naive;
#[path = "../../../policy/tests/reference/sections.rs"]
mod sections;

mod columns;
mod overflow;
