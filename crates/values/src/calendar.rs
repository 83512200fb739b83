//! The working days of the State Council's yearly notices, and deadlines that explain themselves.
//! A year without a notice is never guessed: a question about it has no answer, a deadline in it is provisional.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use crate::date::{Date, DateError};

/// The notices for 2010 to 2026: each day whose status differs from what the weekday alone says.
const CHINA: &str = include_str!("../data/china-2010-2026.csv");

static CHINA_CALENDAR: LazyLock<WorkCalendar> = LazyLock::new(|| {
    // The file is fixed at build time and a test reads it. Were it broken, an empty calendar makes
    // every deadline provisional and no question is answered: visible, and no crash.
    WorkCalendar::from_csv(CHINA).unwrap_or_default()
});

/// Which days are worked, for the years whose notice is known. A clone is cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    table: Arc<Table>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    years: BTreeSet<i32>,
    /// Listed days: true for a worked weekend, false for a day off.
    listed: BTreeMap<Date, bool>,
}

/// Why a calendar file is refused; `line` counts from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The first line is not `date,kind`.
    #[error("the first line must be `date,kind`")]
    Header,
    /// A line is not a date, a comma and a kind.
    #[error("line {line}: a line is a date, a comma and a kind")]
    Form {
        /// Line of the file.
        line: usize,
    },
    /// The date cannot be read.
    #[error("line {line}: {source}")]
    Date {
        /// Line of the file.
        line: usize,
        /// What is wrong with the date.
        source: DateError,
    },
    /// The kind is neither `off` nor `work`.
    #[error("line {line}: the kind is `off` or `work`, not `{kind}`")]
    Kind {
        /// Line of the file.
        line: usize,
        /// The kind as written.
        kind: String,
    },
    /// A day is listed a second time.
    #[error("line {line}: {date} is listed twice")]
    Twice {
        /// Line of the file.
        line: usize,
        /// The day.
        date: Date,
    },
    /// `work` on a day from Monday to Friday, which is worked anyway: most likely a wrong date.
    #[error("line {line}: {date} is no weekend, so it needs no `work`")]
    WorkOnWeekday {
        /// Line of the file.
        line: usize,
        /// The day.
        date: Date,
    },
}

/// Why a day is not worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayOff {
    /// Saturday or Sunday.
    Weekend,
    /// A day the yearly notice takes off.
    Holiday,
}

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
}

impl WorkCalendar {
    /// The calendar of mainland China for 2010 to 2026, after the State Council's yearly notices.
    #[must_use]
    pub fn china() -> Self {
        CHINA_CALENDAR.clone()
    }

    /// Reads a table `date,kind` with `off` and `work`; every year that occurs counts as published.
    ///
    /// Only days that differ from their weekday need to be listed. Empty lines and `#` comments are
    /// allowed after the header. Errors: the first wrong line, as [`CalendarError`] lists them.
    pub fn from_csv(text: &str) -> Result<Self, CalendarError> {
        let mut lines = text.trim_start_matches('\u{FEFF}').lines().zip(1..);
        if lines.next().is_none_or(|(header, _)| header.trim() != "date,kind") {
            return Err(CalendarError::Header);
        }
        let mut table = Table::default();
        for (text, line) in lines {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (date, kind) = text.split_once(',').ok_or(CalendarError::Form { line })?;
            let date = Date::parse(date).map_err(|source| CalendarError::Date { line, source })?;
            let worked = match kind {
                "off" => false,
                "work" if date.is_weekend() => true,
                "work" => return Err(CalendarError::WorkOnWeekday { line, date }),
                _ => {
                    return Err(CalendarError::Kind { line, kind: kind.to_owned() });
                }
            };
            if table.listed.insert(date, worked).is_some() {
                return Err(CalendarError::Twice { line, date });
            }
            table.years.insert(date.year());
        }
        Ok(Self { table: Arc::new(table) })
    }

    /// Whether the notice for a year is known.
    #[must_use]
    pub fn is_published(&self, year: i32) -> bool {
        self.table.years.contains(&year)
    }

    /// The years whose notice is known, in order.
    pub fn published_years(&self) -> impl Iterator<Item = i32> {
        self.table.years.iter().copied()
    }

    /// Whether a day is worked; none if the notice for its year is not known.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> Option<bool> {
        self.is_published(date.year()).then(|| self.day_off(date).is_none())
    }

    /// Why a day is off, by the notice or, without one, by the weekday alone.
    #[must_use]
    pub fn day_off(&self, date: Date) -> Option<DayOff> {
        match self.table.listed.get(&date) {
            Some(true) => None,
            Some(false) => Some(DayOff::Holiday),
            None => date.is_weekend().then_some(DayOff::Weekend),
        }
    }

    /// The last day of a period of `n` working days (工作日); the day after `start` may be the first.
    ///
    /// With `n` = 0 it is `start` itself. A period past the year 9999 ends there, provisional.
    #[must_use]
    pub fn deadline_working_days(&self, start: Date, n: u32) -> Deadline {
        let mut deadline = Deadline::at(start);
        let mut left = n;
        while left > 0 {
            let Some(date) = deadline.date.add_days(1) else {
                deadline.provisional = true;
                break;
            };
            deadline.date = date;
            if !self.note(&mut deadline, date) {
                left -= 1;
            }
        }
        deadline
    }

    /// The last day of a period of `n` calendar days (日); the day after `start` is the first.
    ///
    /// A last day that is off moves to the next working day (民法典 第二百零三条). A period past the year
    /// 9999 ends there, provisional.
    #[must_use]
    pub fn deadline_days(&self, start: Date, n: u32) -> Deadline {
        let Some(mut end) = start.add_days(i64::from(n)) else {
            return Deadline { provisional: true, ..Deadline::at(Date::LAST) };
        };
        let mut deadline = Deadline::at(end);
        while self.note(&mut deadline, end) {
            let Some(next) = end.add_days(1) else {
                deadline.provisional = true;
                break;
            };
            end = next;
            deadline.date = end;
        }
        deadline
    }

    /// Enters what a day contributes to a deadline; true if it is off.
    fn note(&self, deadline: &mut Deadline, date: Date) -> bool {
        deadline.provisional |= !self.is_published(date.year());
        let off = self.day_off(date);
        match off {
            Some(reason) => deadline.skipped.push((date, reason)),
            None if date.is_weekend() => deadline.worked_weekends.push(date),
            None => {}
        }
        off.is_some()
    }
}

impl Deadline {
    /// A period that ends on a day, with nothing left out yet.
    const fn at(date: Date) -> Self {
        Self { date, provisional: false, skipped: Vec::new(), worked_weekends: Vec::new() }
    }
}
