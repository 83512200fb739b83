//! The language in an editor: each feature a plain function over `policy`, by byte spans; `server` and `protocol` alone
//! speak the Language Server Protocol. No rule about money is here.

pub mod colour;
pub mod complete;
pub mod fix;
pub mod folder;
pub mod hover;
pub mod inlay;
pub mod layout;
pub mod meaning;
pub mod outline;
pub mod place;
mod protocol;
pub mod rename;
mod server;
pub mod text;
mod wire;
pub mod workspace;

pub use server::{Failure, serve, stdio};
