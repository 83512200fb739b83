//! Whether what is kept is what acts have written: the chain of the log, its checkpoints, and each record, entry and book
//! against the last fingerprint that the log has for it. Offline, and nothing is changed.

mod kept;
mod log;
mod replay;

use crate::checkpoint::FileError;
use crate::key::PublicKey;
use casework::chain::{Fault, Fingerprint};
use serde::Serialize;
use std::io;
use store::StoreError;

pub use kept::store;
pub(crate) use log::PAGE;
pub use log::{LogReader, export, file};
pub use replay::replay;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub enum Finding {
    /// The first bad record of the log.
    Log(Fault),
    /// A checkpoint that stands in the log does not bind what is before it.
    Checkpoint {
        /// Where it stands.
        position: i64,
        /// The last record it covers.
        covers: i64,
        /// The last record that an earlier one binds: what was changed lies after it.
        since: i64,
    },
    /// The words of an event are gone, and no act took them out; or they are of an act whose words stay.
    Withdrawn {
        /// Position of the event.
        position: i64,
    },
    /// A record, entry or book.
    Kept {
        /// Table.
        table: String,
        /// Id.
        id: String,
        /// What is wrong.
        wrong: KeptWrong,
        /// The last event that wrote it; none if none did.
        event: Option<i64>,
    },
    /// A table has rows that cannot be reached by going through it in order.
    Rows {
        /// Table.
        table: String,
        /// Rows that it has.
        has: i64,
        /// Rows that were reached.
        read: i64,
    },
    /// The balances of a book are not what its entries give.
    Balance {
        /// Book.
        book: String,
        /// What its entries give, or why they cannot be posted.
        why: String,
    },
    /// A determination does not come out again as it was made.
    Determination {
        /// Determination.
        id: String,
        /// Why.
        why: String,
    },
    /// An act done again gives something else than the log has.
    Replay {
        /// Position of the event.
        position: i64,
        /// Act.
        act: String,
        /// What is different.
        why: String,
    },
    /// A file of an audit bundle.
    File {
        /// Name in the folder.
        name: String,
        /// What is wrong.
        why: FileWrong,
    },
}

/// What is wrong with something that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptWrong {
    /// Another content than the last event wrote.
    Altered,
    /// An event wrote it, and it is gone.
    Missing,
    /// No event wrote it.
    Inserted,
    /// A column to find it by says something else than it does.
    Column(String),
    /// It cannot be read.
    Unreadable(String),
    /// A table that this program does not know.
    UnknownTable,
}

/// What is wrong with a file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileWrong {
    /// The manifest has another fingerprint for it.
    Altered,
    /// The manifest names it, and it is not there.
    Missing,
    /// The manifest does not name it.
    Inserted,
    /// It does not fit the rest.
    Unfit(String),
}

/// How a check came out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Events that are good.
    pub events: i64,
    /// Fingerprint of the last of them.
    pub head: Option<Fingerprint>,
    /// Events that a given file of checkpoints covers.
    pub signed: i64,
    /// Checkpoints met in the log.
    pub checkpoints: i64,
    /// Keys that signed them; whether they are the office's, nobody can tell who was not told by other means.
    pub signers: Vec<String>,
    /// Keys that signed the given files of checkpoints; the same holds of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signed_by: Vec<String>,
    /// Records checked, of all tables.
    pub records: i64,
    /// Entries checked.
    pub entries: i64,
    /// Books checked.
    pub books: i64,
    /// Determinations computed again.
    pub determinations: i64,
    /// Acts done again.
    pub replayed: i64,
    /// Acts whose words an act of forgetting took out of the log; the fingerprint of each is there.
    pub withdrawn: i64,
    /// Files of a bundle checked.
    pub files: i64,
    /// What is not as it should be, the first in the log first; at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
}

/// More than these are not told: what is wrong then is clear.
pub const FINDINGS_MAX: usize = 100;

impl Report {
    pub(crate) fn note(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }

    /// Whether all is as it should be.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Why a check could not be done.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A file of checkpoints cannot be used.
    #[error("checkpoint {0}")]
    Checkpoint(#[from] FileError),
}

/// What is looked at beside the log itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The office's key, known by other means than the log.
    pub key: Option<&'a PublicKey>,
    /// Compute every determination again.
    pub determinations: bool,
}
