//! What a case waits for: who holds it, since when, until when. Pure reading: nothing follows by itself from being late.

use super::{Case, Stage};
use crate::call::{Call, StepKind};
use crate::case::view::Holder;
use values::{Date, WorkCalendar};

/// Something that a case waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Who holds it.
    pub holder: Holder,
    /// Since when.
    pub since: Option<Date>,
    /// Its last day, where a time is set and runs.
    pub until: Option<Date>,
    /// Whether the last day rests on a year without a notice.
    pub provisional: bool,
}

impl Case {
    /// What it waits for, by the calendar of the day it is asked. Units asked side by side are waited for each by itself.
    #[must_use]
    pub fn waits(&self, call: &Call, calendar: &WorkCalendar) -> Vec<Wait> {
        let mut now = self.clone();
        now.count(calendar);
        if now.stage == Stage::Review(StepKind::Joint) && now.open_asks() > 0 {
            let open = now.review.asks.iter().filter(|ask| ask.is_open());
            let wait = |clock: &super::Running, unit| {
                let (since, until) = (Some(clock.since), clock.due);
                Wait { holder: Holder::Units(vec![unit]), since, until, provisional: clock.provisional }
            };
            return open.map(|ask| wait(&ask.clock, ask.unit.clone())).collect();
        }
        let holder = now.holder(call);
        if holder == Holder::Nobody {
            return Vec::new();
        }
        let clock = now.waited_for();
        let last = now.hands.last().map(|hand| hand.at).or(now.submitted).map(values::Moment::date);
        vec![Wait {
            holder,
            since: clock.map(|clock| clock.since).or(last),
            until: clock.and_then(|clock| clock.due),
            provisional: clock.is_some_and(|clock| clock.provisional),
        }]
    }
}
