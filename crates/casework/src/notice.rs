//! Public notices: determined awards shown to the public for a time, and the objections against single rows.

use crate::acts;
use crate::id::{CallId, CaseId, EntryId, NoticeId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::{Date, Fen};

/// A public notice (公示).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Id.
    pub id: NoticeId,
    /// Call.
    pub call: CallId,
    /// First day after publishing, and last day for objections.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Rows: case, and what is shown for each clause.
    pub rows: Vec<(CaseId, Vec<(String, Fen)>)>,
}

/// Why an act on a notice is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeRefusal {
    /// Nothing to show.
    #[error("no case of the call is determined and waits for a notice")]
    Empty,
    /// Its time is not over.
    #[error("the notice stands until {until}")]
    NotOver {
        /// Last day.
        until: Date,
    },
}

acts! {
    /// Acts on notices.
    NoticeAct {
        /// Publishes what is determined (公示).
        Publish "notice.publish" { notice: NoticeId, call: CallId }
        /// Ends a notice: rows without an objection become payable, their money is committed (占用).
        Conclude "notice.conclude" { notice: NoticeId, entry: EntryId }
    }
}

impl Record for Notice {
    const TABLE: &'static Table = &Table { name: "notice", meaning: "公示", columns: &[Column::text("call_id", "call")], changes: true };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.call.as_str().into()]
    }
}
