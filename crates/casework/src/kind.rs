//! All kinds of records, for those who go through tables without knowing what is in them: checks of the log, reports.

use crate::chain::Checkpoint;
use crate::record::{Key, Record, Table};
use crate::{
    calendar, call, case, determination, document, guide, history, matching, motion, notice, organisation, outbox, payment, people, performance,
    policy_version, recognition, recovery, retention,
};

/// Reads a body: the id and the columns that it demands, or why it cannot be read.
type Read = fn(&str) -> Result<(String, Vec<Key>), String>;

/// A kind of record.
pub struct Kind {
    /// Where it is kept.
    pub table: &'static Table,
    read: Read,
}

impl Kind {
    const fn of<R: Record>() -> Self {
        Self { table: R::TABLE, read: |body| serde_json::from_str::<R>(body).map(|record| (record.id().to_owned(), record.keys())).map_err(|e| e.to_string()) }
    }

    /// The id and the columns that a body demands. Errors: why it cannot be read.
    pub fn read(&self, body: &str) -> Result<(String, Vec<Key>), String> {
        (self.read)(body)
    }
}

/// All of them.
pub const KINDS: &[Kind] = &[
    Kind::of::<people::Unit>(),
    Kind::of::<people::User>(),
    Kind::of::<people::Link>(),
    Kind::of::<people::Proposal>(),
    Kind::of::<people::Founding>(),
    Kind::of::<organisation::Organisation>(),
    Kind::of::<organisation::Shop>(),
    Kind::of::<organisation::AccountEntry>(),
    Kind::of::<organisation::FormerName>(),
    Kind::of::<organisation::CodeException>(),
    Kind::of::<organisation::Snapshot>(),
    Kind::of::<policy_version::PolicyVersion>(),
    Kind::of::<call::Call>(),
    Kind::of::<notice::Notice>(),
    Kind::of::<case::Case>(),
    Kind::of::<determination::Determination>(),
    Kind::of::<notice::Objection>(),
    Kind::of::<payment::Batch>(),
    Kind::of::<payment::Receipt>(),
    Kind::of::<payment::Due>(),
    Kind::of::<performance::Performance>(),
    Kind::of::<history::EarlierAward>(),
    Kind::of::<matching::MatchList>(),
    Kind::of::<matching::MatchEntry>(),
    Kind::of::<outbox::Message>(),
    Kind::of::<Checkpoint>(),
    Kind::of::<policy_version::PolicyLife>(),
    Kind::of::<policy_version::Comment>(),
    Kind::of::<guide::Guide>(),
    Kind::of::<calendar::Calendar>(),
    Kind::of::<recognition::Recognition>(),
    Kind::of::<recovery::Lead>(),
    Kind::of::<recovery::Recovery>(),
    Kind::of::<motion::Motion>(),
    Kind::of::<document::Document>(),
    Kind::of::<document::Sequence>(),
    Kind::of::<document::Letterhead>(),
    Kind::of::<retention::Retention>(),
];
