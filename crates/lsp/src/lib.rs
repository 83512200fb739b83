//! The language in an editor: each feature a plain function over `policy`, by byte spans; `server` and `protocol` alone
//! speak the Language Server Protocol. No rule about money is here.

pub mod folder;
pub mod hover;
pub mod meaning;
pub mod place;
mod protocol;
mod server;
pub mod text;
pub mod workspace;

pub use server::{Failure, serve, stdio};
