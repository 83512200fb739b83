//! Entries of the ledger of one kind, looked for among all of a book.

use super::{LOOKED_AT_MAX, Reading, at_most};
use crate::Stop;
use casework::ledger::Entry;
use store::work::Entries;

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
            let wanted_now = if looked_at == 0 { at_most(limit + 1) } else { at_most(LOOKED_AT_MAX) };
            let found = self.work.entries_page(which, last, wanted_now).await?;
            let is_end = i64::try_from(found.len()).is_ok_and(|len| len < wanted_now);
            looked_at += found.len();
            self.bring_cases(found.iter().map(|(_, entry)| entry).filter(|entry| wanted(entry))).await?;
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
