//! Entries of the ledger of one kind, looked for among all of a book.

use super::{LOOKED_AT_MAX, Reading};
use crate::Stop;
use casework::ledger::Entry;
use store::work::Entries;

/// Entries read at once where few of many are looked for.
const READ_AT_ONCE: i64 = 500;

impl Reading<'_> {
    /// Entries after a number that are of a kind that is looked for, as [`entries`](Self::entries) gives all of them.
    pub async fn entries_that(
        &mut self,
        which: &Entries,
        after: i64,
        limit: usize,
        wanted: impl Fn(&Entry) -> bool + Send,
    ) -> Result<(Vec<Entry>, Option<i64>), Stop> {
        let limit = limit.max(1);
        let (mut out, mut last, mut looked_at) = (Vec::new(), after, 0);
        loop {
            // As many as are wanted, and when few of them are what is looked for, more.
            let at_most = if looked_at == 0 { i64::try_from(limit + 1).unwrap_or(i64::MAX) } else { READ_AT_ONCE };
            let found = self.work.entries_page(which, last, at_most).await?;
            let is_end = i64::try_from(found.len()).is_ok_and(|len| len < at_most);
            looked_at += found.len();
            self.bring_cases(&found).await?;
            for (number, entry) in found {
                if out.len() == limit {
                    return Ok((out, Some(last)));
                }
                last = number;
                if wanted(&entry) && self.sees_entry(&entry).await? {
                    out.push(entry);
                }
            }
            if is_end {
                return Ok((out, None));
            }
            if looked_at >= LOOKED_AT_MAX {
                return Ok((out, Some(last)));
            }
        }
    }
}
