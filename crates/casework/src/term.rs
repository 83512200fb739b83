//! Terms: periods that a record carries, with the day they end, the days that were left out, and whether the end is provisional
//! because a year without a notice of working days was met. When the notice comes, the terms of all records are counted again.

use crate::call::Period;
use crate::record::Record;
use serde::{Deserialize, Serialize};
use values::{Date, DayOff, Deadline, WorkCalendar};

/// A period that began on a day (期限).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Term {
    /// The day it is counted from; the day after is the first.
    pub from: Date,
    /// How long.
    pub period: Period,
    /// Its last day.
    pub last: Date,
    /// Whether it met a year whose working days are not published yet (暂定).
    pub provisional: bool,
    /// Days left out, and why: `weekend`, `holiday`.
    #[serde(default)]
    pub left_out: Vec<(Date, String)>,
    /// Saturdays and Sundays that counted because they are worked (调休).
    #[serde(default)]
    pub worked: Vec<Date>,
}

/// A last day that is another one since the calendar of a year came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Moved {
    /// Table of the record.
    pub table: String,
    /// Its id.
    pub id: String,
    /// Which of its terms.
    pub term: String,
    /// The last day before.
    pub before: Date,
    /// The last day now.
    pub after: Date,
}

/// A record that carries terms.
pub trait Terms: Record {
    /// Those that still run or once ran, with what they are.
    fn terms(&mut self) -> Vec<(&'static str, &mut Term)>;
}

impl Term {
    /// A period counted from a day.
    #[must_use]
    pub fn new(calendar: &WorkCalendar, from: Date, period: Period) -> Self {
        let deadline = match period {
            Period::Days(days) => calendar.deadline_days(from, days),
            Period::WorkingDays(days) => calendar.deadline_working_days(from, days),
        };
        let Deadline { date, provisional, skipped, worked_weekends, .. } = deadline;
        let why = |off: DayOff| if off == DayOff::Holiday { "holiday" } else { "weekend" };
        let left_out = skipped.into_iter().map(|(day, off)| (day, why(off).to_owned())).collect();
        Self { from, period, last: date, provisional, left_out, worked: worked_weekends }
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        today > self.last
    }

    /// Its last day by this calendar: a provisional one is counted again.
    #[must_use]
    pub fn ends(&self, calendar: &WorkCalendar) -> Date {
        if self.provisional { Self::new(calendar, self.from, self.period).last } else { self.last }
    }
}

/// Counts the provisional terms of a record again, and says which now end on another day.
pub fn recount<R: Terms>(record: &mut R, calendar: &WorkCalendar) -> Vec<Moved> {
    let id = record.id().to_owned();
    let mut moved = Vec::new();
    for (name, term) in record.terms().into_iter().filter(|(_, term)| term.provisional) {
        let again = Term::new(calendar, term.from, term.period);
        if again.last != term.last {
            moved.push(Moved { table: R::TABLE.name.to_owned(), id: id.clone(), term: name.to_owned(), before: term.last, after: again.last });
        }
        *term = again;
    }
    moved
}
