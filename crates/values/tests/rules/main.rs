//! The rules the values keep, each as a sentence; the arithmetic is compared with an independent
//! implementation (`num-rational` over big integers).
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

mod calendar;
mod credit_code;
mod date;
mod deadline;
mod money;
mod rational;
mod unit;
mod write;
