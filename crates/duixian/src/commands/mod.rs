//! One file a command. Each takes its arguments, a language and a place to write to, and says how it went.

pub mod analyse;
pub mod assess;
pub mod check;
pub mod completions;
pub mod coverage;
pub mod explain;
pub mod facts;
pub mod fmt;
pub mod readings;
pub mod template;
pub mod test;
