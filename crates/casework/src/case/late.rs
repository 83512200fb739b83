//! What is late (超期): each period that ran out without what was waited for, with who holds it. Pure reading: nothing follows
//! from it by itself.

use super::{Case, Stage};
use crate::call::{Call, StepKind};
use crate::case::clock::{Running, working_days_between};
use crate::case::view::Holder;
use values::{Date, WorkCalendar};

/// A period of a case that ran out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// At which stage.
    pub stage: Stage,
    /// Who holds it.
    pub holder: Holder,
    /// Its last day.
    pub due: Date,
    /// Working days since.
    pub working_days: u32,
    /// Whether the last day rests on a year without a notice.
    pub provisional: bool,
}

impl Case {
    /// What of it is late on a day, by the calendar of that day. Units asked side by side are late each by itself.
    #[must_use]
    pub fn late(&self, call: &Call, calendar: &WorkCalendar, today: Date) -> Vec<Late> {
        let mut now = self.clone();
        now.count(calendar);
        let late = |holder: Holder, running: &Running| {
            let due = running.due.filter(|due| *due < today)?;
            let working_days = working_days_between(calendar, due, today);
            Some(Late { stage: now.stage, holder, due, working_days, provisional: running.provisional })
        };
        if now.stage == Stage::Review(StepKind::Joint) && now.open_asks() > 0 {
            let open = now.review.asks.iter().filter(|ask| ask.is_open());
            return open.filter_map(|ask| late(Holder::Units(vec![ask.unit.clone()]), &ask.clock)).collect();
        }
        now.waited_for().and_then(|running| late(now.holder(call), running)).into_iter().collect()
    }
}
