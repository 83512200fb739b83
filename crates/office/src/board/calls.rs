//! All calls in brief: which are open, who stands to them, what they are called. There may be thousands, and to read each of them
//! for a list would be slow. Whether a record is shown is decided by its call itself, not here.

use super::Board;
use crate::reading::Reading;
use crate::{Office, Stop};
use casework::Key;
use casework::call::{Call, CallStage};
use casework::id::{BookId, CallId, PolicyVersionId, UnitId};
use std::sync::Arc;
use store::Work;
use values::Date;

/// A unit that stands to more calls stands to most: its lists are looked through instead of narrowed.
const NARROWED_MAX: usize = 200;

/// A call in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// Id.
    pub id: CallId,
    /// Title.
    pub title: String,
    /// The version it runs.
    pub version: PolicyVersionId,
    /// Award year.
    pub year: i32,
    /// How far it has come.
    pub stage: CallStage,
    /// First and last day for applications.
    pub open: (Date, Date),
    /// The budget it is paid from.
    pub fund: BookId,
    /// The unit in charge.
    pub lead: UnitId,
    /// Units that are asked.
    pub with: Vec<UnitId>,
}

impl Brief {
    pub(super) fn of(call: Call) -> Self {
        let Call { id, title, version, year, stage, open, fund, lead, with, .. } = call;
        Self { id, title, version, year, stage, open, fund, lead, with }
    }

    /// Whether it takes applications on a day.
    #[must_use]
    pub fn is_open(&self, today: Date) -> bool {
        self.stage == CallStage::Open && self.open.0 <= today && today <= self.open.1
    }
}

impl Office {
    /// Calls that are wanted, in the order of their ids.
    pub(crate) async fn calls_that(&self, work: &mut Work, is_wanted: impl Fn(&Brief) -> bool) -> Result<Vec<Arc<Brief>>, Stop> {
        self.board(work, |board: &Board| board.briefs.values().filter(|brief| is_wanted(brief)).cloned().collect()).await
    }

    /// The calls that a unit leads or is asked in; none: they are too many to narrow a list by.
    pub(crate) async fn calls_of(&self, work: &mut Work, unit: &UnitId) -> Result<Option<Vec<Key>>, Stop> {
        let few = self
            .board(work, |board: &Board| {
                let of_unit = board.briefs.values().filter(|brief| brief.lead == *unit || brief.with.contains(unit));
                of_unit.take(NARROWED_MAX + 1).map(|brief| Key::from(brief.id.as_str())).collect::<Vec<_>>()
            })
            .await?;
        Ok(Some(few).filter(|few| few.len() <= NARROWED_MAX))
    }
}

impl Reading<'_> {
    /// Calls that are wanted, in brief, in the order of their ids. What they are called and who leads them is no secret within
    /// the office.
    pub async fn calls_that(&mut self, is_wanted: impl Fn(&Brief) -> bool) -> Result<Vec<Arc<Brief>>, Stop> {
        self.office.calls_that(&mut self.work, is_wanted).await
    }
}
