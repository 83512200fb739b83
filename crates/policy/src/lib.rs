//! The policy language: from literate text to a checked scheme, and from a scheme and facts to explained amounts.

pub mod diagnostic;
pub mod source;
pub mod syntax;
