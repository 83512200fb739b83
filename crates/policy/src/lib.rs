//! The policy language: from literate text to a checked scheme, and from a scheme and facts to explained amounts.

pub mod analysis;
pub mod application;
pub mod asked;
pub mod assessment;
pub mod check;
pub mod compare;
pub mod coverage;
pub mod diagnostic;
pub mod eval;
pub mod exchange;
pub mod explain;
pub mod form;
pub mod format;
pub mod guide;
pub mod input;
pub mod markup;
pub mod plain;
pub mod reading;
pub mod scheme;
pub mod situation;
pub mod source;
pub mod symbols;
pub mod syntax;
pub mod what_if;

pub use check::{Compiled, compile};
pub use eval::{AssessOptions, Population, assess};
