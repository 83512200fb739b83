//! A second opinion: a naive evaluator, written from the language's description alone, judges generated schemes and
//! applicants beside the real one. Same outcomes, same fen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    clippy::type_complexity,
    clippy::manual_range_contains,
    reason = "a test fails loudly, in its helpers too"
)]

mod analysis;
mod cases;
mod compare;
mod generate;
mod hand;
mod laws;
mod made;
mod naive;
mod overflow;
mod property;
mod real;
mod refine;
