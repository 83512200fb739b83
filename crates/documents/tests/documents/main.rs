//! Documents: every kind in every format, wording read back, lines and tables by their rules, templates that are wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod gallery;
mod pages;
mod sample;
mod templates;
