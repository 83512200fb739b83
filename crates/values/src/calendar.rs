//! The working days of the State Council's yearly notices, and how the next notice is loaded onto them.
//! A year without a notice is never guessed: a question about it has no answer. Periods are counted in `deadline`.

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
    /// The file for a year has no day of that year: most likely the file of another one.
    #[error("the file has no day of {year}")]
    NoDayOf {
        /// The year the file was given for.
        year: i32,
    },
    /// The file for a year has a day of another year whose own notice is not known.
    #[error("{date} is in a year whose notice is not known; load that one first")]
    OtherYear {
        /// The day.
        date: Date,
    },
    /// The file would change days that are published, and with them deadlines already told.
    #[error("{} published days would change, the first {}", .days.len(), .days.first().map_or_else(String::new, Date::to_string))]
    Changes {
        /// The days that would be worked and are not, or the other way round, in order.
        days: Vec<Date>,
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
        Ok(Self { table: Arc::new(Table::parse(text)?) })
    }

    /// This calendar with the notice for one more year.
    ///
    /// `text` is the whole of that notice, written as [`Self::from_csv`] reads it. A day of another year changes that day
    /// alone: the notice for 2019 took 31 December 2018 off. Errors: a wrong line; [`CalendarError::NoDayOf`];
    /// [`CalendarError::OtherYear`]; and [`CalendarError::Changes`] where a day that is published would change, which
    /// only [`Self::with_year_amended`] does.
    pub fn with_year(&self, year: i32, text: &str) -> Result<Self, CalendarError> {
        let next = self.with_year_amended(year, text)?;
        let days = self.changed_days(&next);
        if days.is_empty() { Ok(next) } else { Err(CalendarError::Changes { days }) }
    }

    /// The same, also where it changes published days: a notice that amends one (2020: 31 January to 2 February), or a mistake
    /// in the file put right.
    ///
    /// What the file says of `year` takes the place of all that was known of it. [`Self::changed_days`] tells what
    /// became different. Errors: as [`Self::with_year`], [`CalendarError::Changes`] left out.
    pub fn with_year_amended(&self, year: i32, text: &str) -> Result<Self, CalendarError> {
        let notice = Table::parse(text)?;
        if !notice.years.contains(&year) {
            return Err(CalendarError::NoDayOf { year });
        }
        if let Some((&date, _)) = notice.listed.iter().find(|(date, _)| date.year() != year && !self.is_published(date.year())) {
            return Err(CalendarError::OtherYear { date });
        }
        let known = self.table.listed.iter().filter(|(date, _)| date.year() != year);
        let listed = known.map(|(date, worked)| (*date, *worked)).chain(notice.listed).collect();
        let years = self.table.years.iter().copied().chain([year]).collect();
        Ok(Self { table: Arc::new(Table { years, listed }) })
    }

    /// The published days that are worked here and not there, or the other way round, in order.
    #[must_use]
    pub fn changed_days(&self, other: &Self) -> Vec<Date> {
        let either: BTreeSet<Date> = self.table.listed.keys().chain(other.table.listed.keys()).copied().collect();
        let changed = |date: &Date| self.is_published(date.year()) && self.day_off(*date).is_some() != other.day_off(*date).is_some();
        either.into_iter().filter(changed).collect()
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
}

impl Table {
    /// The rows of a file; errors as [`WorkCalendar::from_csv`] tells.
    fn parse(text: &str) -> Result<Self, CalendarError> {
        let mut lines = text.trim_start_matches('\u{FEFF}').lines().zip(1..);
        if lines.next().is_none_or(|(header, _)| header.trim() != "date,kind") {
            return Err(CalendarError::Header);
        }
        let mut table = Self::default();
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
        Ok(table)
    }
}
