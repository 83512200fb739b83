//! Evidence that is handed in: what a file is by its content, never by its name; whether it is what it seems to be; its digest.
//! Whether it proves anything is for people. No virus is looked for, no seal or signature is checked.

mod content;
mod name;

pub use content::kind_of;
pub use name::safe_name;

use crate::archive::within;
use crate::limits::Limits;
use crate::problem::Problem;
use casework::chain::Fingerprint;
use serde::{Deserialize, Serialize};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// A photograph.
    Jpeg,
    /// A screenshot.
    Png,
    /// OFD (GB/T 33190), the form of many e-invoices.
    Ofd,
    /// An Excel workbook without macros.
    Xlsx,
}

impl FileKind {
    /// All kinds that are taken.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Ofd, Self::Xlsx];

    /// The end of its name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Ofd => "ofd",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Ofd => "application/ofd",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A piece of evidence that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// What it is.
    pub kind: FileKind,
    /// The name it is kept and shown under.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SM3.
    pub digest: Fingerprint,
}

/// Looks at a whole file. Errors: too large; empty; of a kind that is not taken; not what it seems to be.
pub fn accept(name: &str, bytes: &[u8], limits: &Limits) -> Result<Accepted, Problem> {
    within(bytes.len() as u64, limits)?;
    let kind = kind_of(bytes, limits)?;
    Ok(Accepted { kind, name: safe_name(name, kind), bytes: bytes.len() as u64, digest: Fingerprint::of(bytes) })
}
