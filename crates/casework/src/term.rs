//! A period with its last day, as it was explained when it began: which days were left out and why.

use crate::call::Period;
use serde::{Deserialize, Serialize};
use values::{Date, DayOff, Deadline, WorkCalendar};

/// A period that runs (期限).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Day it starts; the day after counts as the first.
    pub from: Date,
    /// How long.
    pub period: Period,
    /// Last day.
    pub until: Date,
    /// Whether it runs into a year without a notice of holidays (暂定).
    pub provisional: bool,
    /// Days left out, and why: `weekend`, `holiday`.
    pub left_out: Vec<(Date, String)>,
    /// Saturdays and Sundays that counted because they are worked (调休).
    pub worked: Vec<Date>,
}

/// When a period that starts on a day is over.
#[must_use]
pub fn deadline(calendar: &WorkCalendar, start: Date, period: Period) -> Deadline {
    match period {
        Period::Days(days) => calendar.deadline_days(start, days),
        Period::WorkingDays(days) => calendar.deadline_working_days(start, days),
    }
}

impl Term {
    /// A period that starts on a day, by this calendar.
    #[must_use]
    pub fn starting(calendar: &WorkCalendar, from: Date, period: Period) -> Self {
        let Deadline { date, provisional, skipped, worked_weekends, .. } = deadline(calendar, from, period);
        let why = |off: DayOff| if off == DayOff::Holiday { "holiday" } else { "weekend" };
        let left_out = skipped.into_iter().map(|(day, off)| (day, why(off).to_owned())).collect();
        Self { from, period, until: date, provisional, left_out, worked: worked_weekends }
    }

    /// Its last day by this calendar: a provisional one is computed again.
    #[must_use]
    pub fn ends(&self, calendar: &WorkCalendar) -> Date {
        if self.provisional { deadline(calendar, self.from, self.period).date } else { self.until }
    }
}
