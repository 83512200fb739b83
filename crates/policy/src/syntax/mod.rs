//! From text to typed syntax: words, lines, blocks. Nothing here knows what a name means.

pub mod ast;
pub mod layout;
pub mod lexer;
pub mod parse;
pub mod slips;
pub mod words;
