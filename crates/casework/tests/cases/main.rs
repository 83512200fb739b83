//! Cases as pure state machines: what may be done at which stage, by whom not, until when, and what it then is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod clocks;
mod corrections;
mod play;
mod random;
mod refusals;
mod views;
