//! Analysis: its cells against the evaluator, its findings replayed, each kind of finding found and not found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod any_time;
mod cells;
mod grid;
mod kinds;
mod places;
mod reference;
mod replay;
mod words;
