//! One file a command. Each takes its arguments, a language and a place to write to, and says how it went.

pub mod analyse;
pub mod assess;
pub mod bundle;
pub mod check;
pub mod checkpoint;
pub mod completions;
pub mod config;
pub mod coverage;
pub mod diff;
pub mod explain;
pub mod export_log;
pub mod facts;
pub mod fmt;
pub mod form;
pub mod guide;
pub mod key;
pub mod lsp;
pub mod migrate;
pub mod readings;
pub mod serve;
pub mod template;
pub mod test;
pub mod trace;
pub mod user;
pub mod verify;
pub mod what_if;
