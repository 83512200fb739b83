//! Calendar dates without time or zone: read, written, and moved by days, months and years.
//! Which days are worked is in `calendar`; nothing here knows today.

use std::fmt;

use crate::number::half_width;

/// A day of the Gregorian calendar between 0001-01-01 and 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

/// Why a written date is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DateError {
    /// Nothing but white space.
    #[error("no date given")]
    Empty,
    /// Neither `2024-12-31` nor `2024年12月31日`.
    #[error("a date is written like 2024-12-31 or 2024年12月31日")]
    Form,
    /// Written well, but the calendar has no such day.
    #[error("there is no day {year:04}-{month:02}-{day:02}")]
    NoSuchDay {
        /// Year as written.
        year: i32,
        /// Month as written.
        month: u8,
        /// Day as written.
        day: u8,
    },
}

impl Date {
    /// The last day there is, 9999-12-31.
    pub const LAST: Self = Self(jiff::civil::Date::constant(9999, 12, 31));

    /// The day of a year (1 to 9999), month (1 to 12) and day of the month, if there is one.
    #[must_use]
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let year = i16::try_from(year).ok()?;
        let month = i8::try_from(month).ok()?;
        let day = i8::try_from(day).ok()?;
        jiff::civil::Date::new(year, month, day).ok().and_then(Self::within)
    }

    /// Keeps the years that are written with four digits.
    fn within(date: jiff::civil::Date) -> Option<Self> {
        (date.year() >= 1).then_some(Self(date))
    }

    /// Reads `2024-12-31` (exactly so many digits) or `2024年12月31日` (also `2024年1月5日`).
    ///
    /// Full-width digits and hyphens are accepted, white space around is ignored. Errors: as [`DateError`] lists them.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let text: String = text.trim().chars().map(half_width).collect();
        if text.is_empty() {
            return Err(DateError::Empty);
        }
        let (year, month, day) = parts(&text).ok_or(DateError::Form)?;
        Self::new(year, month, day).ok_or(DateError::NoSuchDay { year, month, day })
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        i32::from(self.0.year())
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }

    /// The day so many days later (earlier if negative); none outside the years 1 to 9999.
    #[must_use]
    pub fn add_days(self, days: i64) -> Option<Self> {
        let span = jiff::Span::new().try_days(days).ok()?;
        self.0.checked_add(span).ok().and_then(Self::within)
    }

    /// The same day of the month so many months later, or the last day of that month where it is
    /// shorter (01-31 + 1 month = 02-28 or 02-29); none outside the years 1 to 9999.
    #[must_use]
    pub fn add_months(self, months: i64) -> Option<Self> {
        let index = i64::from(self.year()) * 12 + i64::from(self.month()) - 1;
        let moved = index.checked_add(months)?;
        let year = i32::try_from(moved.div_euclid(12)).ok()?;
        let month = u8::try_from(moved.rem_euclid(12) + 1).ok()?;
        let first = Self::new(year, month, 1)?;
        let last = first.0.days_in_month().unsigned_abs();
        Self::new(year, month, self.day().min(last))
    }

    /// Days from this day to the other; negative if the other is earlier.
    #[must_use]
    pub fn days_until(self, other: Self) -> i64 {
        day_number(other) - day_number(self)
    }

    /// Anniversaries of this day passed on the other: the largest `n` with `add_months(12·n)` not after it.
    ///
    /// The anniversary of 02-29 falls on 02-28 in common years. Negative if the other day is earlier.
    #[must_use]
    pub fn full_years_until(self, other: Self) -> i64 {
        let years = i64::from(other.year()) - i64::from(self.year());
        match self.add_months(12 * years) {
            Some(anniversary) if anniversary > other => years - 1,
            _ => years,
        }
    }

    /// The 31 December of a year between 1 and 9999.
    #[must_use]
    pub fn last_of_year(year: i32) -> Option<Self> {
        Self::new(year, 12, 31)
    }

    /// The 1 January of a year between 1 and 9999.
    #[must_use]
    pub fn first_of_year(year: i32) -> Option<Self> {
        Self::new(year, 1, 1)
    }

    /// The date as Chinese documents write it: `2024年12月31日`.
    #[must_use]
    pub fn long_zh(self) -> String {
        format!("{}年{}月{}日", self.year(), self.month(), self.day())
    }

    /// Whether the day is a Saturday or Sunday. Whether it is worked is asked of the calendar.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday)
    }
}

impl fmt::Display for Date {
    /// `2024-12-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.year(), self.month(), self.day()))
    }
}

/// Days since 1970-01-01.
fn day_number(date: Date) -> i64 {
    // A span between two dates counted in days alone; within years 1 to 9999 it always exists.
    let origin = jiff::civil::date(1970, 1, 1);
    date.0.duration_since(origin).as_hours() / 24
}

/// Year, month and day as written, in either of the two forms.
fn parts(text: &str) -> Option<(i32, u8, u8)> {
    let (year, month, day, strict) = match text.split_once('年') {
        Some((year, rest)) => {
            let (month, rest) = rest.split_once('月')?;
            (year, month, rest.strip_suffix('日')?, false)
        }
        None => {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            (year, month, day, true)
        }
    };
    let width_min = if strict { 2 } else { 1 };
    let two_digits = |part: &str| -> Option<u8> {
        let right = (width_min..=2).contains(&part.len()) && all_digits(part);
        if right { part.parse().ok() } else { None }
    };
    if year.len() != 4 || !all_digits(year) {
        return None;
    }
    Some((year.parse().ok()?, two_digits(month)?, two_digits(day)?))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}
