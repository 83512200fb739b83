//! stub
pub mod trace;
