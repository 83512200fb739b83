//! Evidence that is handed in: what a file is by its content, never by its name; whether it is what it seems to be; its digest, taken
//! piece by piece while it comes in. Whether it proves anything is for people. No virus is looked for, no seal or signature is checked.

mod content;
mod name;

pub use content::kind_of;
pub use name::safe_name;

use crate::archive::{plain_size, within};
use crate::limits::Limits;
use crate::problem::Problem;
use casework::chain::Fingerprint;
use serde::{Deserialize, Serialize};
use sm3::digest::common::hazmat::{SerializableState, SerializedState};
use sm3::{Digest, Sm3};

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

/// A digest that is taken while a file comes in, piece by piece; it can be put aside and gone on with, so an upload that broke off resumes.
#[derive(Clone)]
pub struct Intaking {
    hash: Sm3,
    taken: u64,
    most: u64,
}

impl Intaking {
    /// Begins, with the most bytes that are taken.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self { hash: Sm3::new(), taken: 0, most: limits.bytes_max }
    }

    /// How many bytes were taken: where an upload goes on.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes the next piece, which begins at `offset`. Refused means that nothing was taken.
    ///
    /// Errors, in order: it does not follow on what was taken; too large with it.
    pub fn take(&mut self, offset: u64, piece: &[u8]) -> Result<(), Problem> {
        if offset != self.taken {
            let taken = self.taken;
            return Err(Problem::new(
                "wrong-offset",
                (format!("应从第 {taken} 字节续传"), format!("the upload goes on at byte {taken}")),
                ("从这一字节重新上传", "send it again from there"),
            ));
        }
        let after = self.taken.saturating_add(piece.len() as u64);
        if after > self.most {
            let most = plain_size(self.most);
            return Err(Problem::new(
                "file-too-large",
                (format!("文件超过 {most}"), format!("the file has more than {most}")),
                ("分成几个文件，或压缩图片后再交", "split it, or reduce its images"),
            ));
        }
        self.hash.update(piece);
        self.taken = after;
        Ok(())
    }

    /// The digest of all that was taken.
    #[must_use]
    pub fn finish(self) -> Fingerprint {
        Fingerprint::of_hash(self.hash.finalize().into())
    }

    /// The state, to be kept while the upload is broken off.
    #[must_use]
    pub fn put_aside(&self) -> Vec<u8> {
        [self.taken.to_le_bytes().as_slice(), SerializableState::serialize(&self.hash).as_slice()].concat()
    }

    /// Goes on from a state that was put aside; none if these bytes are no such state.
    #[must_use]
    pub fn go_on(state: &[u8], limits: &Limits) -> Option<Self> {
        let (taken, hash) = state.split_at_checked(8)?;
        let hash: &SerializedState<Sm3> = hash.try_into().ok()?;
        let hash = <Sm3 as SerializableState>::deserialize(hash).ok()?;
        Some(Self { hash, taken: u64::from_le_bytes(taken.try_into().ok()?), most: limits.bytes_max })
    }
}
