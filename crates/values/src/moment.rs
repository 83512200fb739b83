//! A point of time as an office notes it: a day and a second of it, by Beijing time, which has no summer time.
//! Nothing here reads a clock.

use crate::date::Date;
use std::fmt;

/// A day and a second of that day, Beijing time (北京时间).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    date: Date,
    second: u32,
}

/// Seconds of a day; there are no leap seconds here.
const DAY: u32 = 86_400;

/// Why a written moment is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("a moment is written like 2026-03-01T09:30:00")]
pub struct MomentError;

impl Moment {
    /// A second of a day, counted from midnight; none from 86,400 on.
    #[must_use]
    pub const fn new(date: Date, second: u32) -> Option<Self> {
        if second < DAY { Some(Self { date, second }) } else { None }
    }

    /// The first second of a day.
    #[must_use]
    pub const fn start_of(date: Date) -> Self {
        Self { date, second: 0 }
    }

    /// The moment so many seconds after 1970-01-01T00:00:00 of Greenwich; none outside the years 1 to 9999.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        const BEIJING: i64 = 8 * 3600;
        let local = seconds.checked_add(BEIJING)?;
        let date = Date::new(1970, 1, 1)?.add_days(local.div_euclid(i64::from(DAY)))?;
        Self::new(date, u32::try_from(local.rem_euclid(i64::from(DAY))).ok()?)
    }

    /// Reads `2026-03-01T09:30:00`. Errors: any other form, or no such moment.
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let (date, time) = text.split_once('T').ok_or(MomentError)?;
        let date = Date::parse(date).map_err(|_| MomentError)?;
        let mut second = 0;
        let parts: Vec<&str> = time.split(':').collect();
        if parts.len() != 3 {
            return Err(MomentError);
        }
        for (part, limit) in parts.iter().zip([24, 60, 60]) {
            let number = part.parse::<u32>().ok().filter(|n| part.len() == 2 && *n < limit).ok_or(MomentError)?;
            second = second * 60 + number;
        }
        Self::new(date, second).ok_or(MomentError)
    }

    /// The day.
    #[must_use]
    pub const fn date(self) -> Date {
        self.date
    }

    /// The second of the day, from 0 to 86,399.
    #[must_use]
    pub const fn second(self) -> u32 {
        self.second
    }
}

impl fmt::Display for Moment {
    /// As [`parse`](Self::parse) reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{:02}:{:02}:{:02}", self.date, self.second / 3600, self.second / 60 % 60, self.second % 60)
    }
}
