//! Typed syntax: what the author wrote, block by block. Names are still words; types and units are not known.

mod block;
mod clause;
mod expression;
mod situation;

use crate::source::Span;
pub use block::*;
pub use clause::*;
pub use expression::*;
pub use situation::*;

/// A word and its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// As written (without 『』).
    pub text: String,
    /// Where.
    pub span: Span,
}
