//! Periods counted in the working-day calendar: where they end, what was left out and why, and a clock that stands still.
//! Which days are worked is in `calendar`; that a period runs at all, and when it is stopped, is the caller's knowledge.

use crate::calendar::{DayOff, WorkCalendar};
use crate::date::Date;

/// The last day of a period, with what went into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The last day of the period; it is included.
    pub date: Date,
    /// Whether the period ran into a year without a notice, where weekdays alone decided; it must be
    /// computed again once the notice is loaded.
    pub provisional: bool,
    /// Days left out, in order: all days off of a period in working days, or the days a period in
    /// calendar days moved over at its end.
    pub skipped: Vec<(Date, DayOff)>,
    /// Saturdays and Sundays that counted because the notice has them worked, in order.
    pub worked_weekends: Vec<Date>,
    /// Working days that did not count because the clock stood still, in order; each moves the end by one working day.
    pub stopped: Vec<Date>,
}

/// A time in which a period does not run, as while a correction (补正) is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stop {
    stopped: Date,
    resumed: Option<Date>,
}

/// Where a period stands that may be stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The period ends on a known day.
    Ends(Deadline),
    /// A stop that is still open was reached: no last day can be named yet.
    Stands {
        /// The first day of the open stop.
        since: Date,
        /// Working days that will be left when the clock runs again.
        left: u32,
    },
}

impl Stop {
    /// A stop that is over: `stopped` is its first day, and `resumed` counts again. None if it would end before it began.
    #[must_use]
    pub fn between(stopped: Date, resumed: Date) -> Option<Self> {
        (stopped <= resumed).then_some(Self { stopped, resumed: Some(resumed) })
    }

    /// A stop that still lasts.
    #[must_use]
    pub const fn since(stopped: Date) -> Self {
        Self { stopped, resumed: None }
    }

    fn holds(&self, date: Date) -> bool {
        self.stopped <= date && self.resumed.is_none_or(|resumed| date < resumed)
    }
}

impl WorkCalendar {
    /// The last day of a period of `n` working days (工作日); the day after `start` may be the first.
    ///
    /// With `n` = 0 it is `start` itself. A period past the year 9999 ends there, provisional.
    #[must_use]
    pub fn deadline_working_days(&self, start: Date, n: u32) -> Deadline {
        let mut deadline = Deadline::at(start);
        let mut left = n;
        while left > 0 && deadline.advance() {
            left -= u32::from(self.counts(&mut deadline, false));
        }
        deadline
    }

    /// The same for a period that is interrupted: days within a stop do not count, whether stops overlap or not.
    ///
    /// A day off within a stop is left out as the day off it is, and a working day of a stop stands in [`Deadline::stopped`].
    /// A stop that begins after the last day changes nothing.
    #[must_use]
    pub fn clock_working_days(&self, start: Date, n: u32, stops: &[Stop]) -> Clock {
        let mut deadline = Deadline::at(start);
        let mut left = n;
        while left > 0 && deadline.advance() {
            let date = deadline.date;
            let open = stops.iter().filter(|stop| stop.resumed.is_none() && stop.holds(date));
            if let Some(since) = open.map(|stop| stop.stopped).min() {
                return Clock::Stands { since, left };
            }
            left -= u32::from(self.counts(&mut deadline, stops.iter().any(|stop| stop.holds(date))));
        }
        Clock::Ends(deadline)
    }

    /// The last day of a period of `n` calendar days (日); the day after `start` is the first.
    ///
    /// A last day that is off moves to the next working day (民法典 第二百零三条). A period past the year
    /// 9999 ends there, provisional.
    #[must_use]
    pub fn deadline_days(&self, start: Date, n: u32) -> Deadline {
        let Some(end) = start.add_days(i64::from(n)) else {
            return Deadline { provisional: true, ..Deadline::at(Date::LAST) };
        };
        let mut deadline = Deadline::at(end);
        while !self.counts(&mut deadline, false) && deadline.advance() {}
        deadline
    }

    /// Enters what the day a deadline has come to contributes to it; true if it counts.
    fn counts(&self, deadline: &mut Deadline, stopped: bool) -> bool {
        let date = deadline.date;
        deadline.provisional |= !self.is_published(date.year());
        let off = self.day_off(date);
        match off {
            Some(reason) => deadline.skipped.push((date, reason)),
            None if stopped => deadline.stopped.push(date),
            None if date.is_weekend() => deadline.worked_weekends.push(date),
            None => {}
        }
        off.is_none() && !stopped
    }
}

impl Deadline {
    /// A period that ends on a day, with nothing left out yet.
    const fn at(date: Date) -> Self {
        Self { date, provisional: false, skipped: Vec::new(), worked_weekends: Vec::new(), stopped: Vec::new() }
    }

    /// Goes to the next day; false, and provisional, where there is none.
    fn advance(&mut self) -> bool {
        let next = self.date.add_days(1);
        self.provisional |= next.is_none();
        self.date = next.unwrap_or(self.date);
        next.is_some()
    }
}
