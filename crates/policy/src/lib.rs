//! The policy language: from literate text to a checked scheme, and from a scheme and facts to explained amounts.

pub mod analysis;
pub mod application;
pub mod assessment;
pub mod check;
pub mod coverage;
pub mod diagnostic;
pub mod eval;
pub mod explain;
pub mod format;
pub mod input;
pub mod plain;
pub mod reading;
pub mod scheme;
pub mod situation;
pub mod source;
pub mod syntax;

pub use check::{Compiled, compile};
pub use eval::{AssessOptions, Population, assess};
