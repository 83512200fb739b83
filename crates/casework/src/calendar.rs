//! The calendar of working days as a record: the State Council's notices of further years, as the office loads them, on top
//! of those the program brings along. Which days are worked is in `values`.

use crate::acts;
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::{CalendarError, Date, Moment, WorkCalendar};

/// The notice of a year (放假安排的通知).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct YearNotice {
    /// Year.
    pub year: i32,
    /// Number of the document.
    pub number: String,
    /// Its day.
    pub on: Date,
    /// Days that differ from their weekday, as `date,kind` with `off` and `work`.
    pub days: String,
    /// Whether it may change days that are published.
    pub amends: bool,
    /// When it was loaded.
    pub loaded: Moment,
}

/// All notices that were loaded, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Calendar {
    /// Id: there is one calendar.
    pub id: String,
    /// The notices.
    pub notices: Vec<YearNotice>,
}

/// Why a notice is not loaded, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarRefusal {
    /// A document that says too little.
    #[error("{missing} is missing")]
    Incomplete {
        /// What is missing.
        missing: &'static str,
    },
    /// Of the future.
    #[error("a notice of {on} cannot be loaded yet")]
    Date {
        /// Its day.
        on: Date,
    },
    /// Its days cannot be read, or change what is published.
    #[error(transparent)]
    Days(#[from] CalendarError),
}

acts! {
    /// Acts on the calendar.
    CalendarAct {
        /// Loads the notice of a year. Provisional deadlines are counted again.
        Load "calendar.load" {
            /// Year.
            year: i32,
            /// Number of the document.
            number: String,
            /// Its day.
            on: Date,
            /// Days that differ from their weekday.
            days: String,
            /// Whether it may change days that are published.
            amends: bool,
        }
    }
}

impl Calendar {
    /// The id of the one calendar.
    pub const ID: &'static str = "china";

    /// Nothing loaded.
    #[must_use]
    pub fn empty() -> Self {
        Self { id: Self::ID.to_owned(), notices: Vec::new() }
    }

    /// The calendar with all notices on top of a base. Errors: a notice that does not fit, which [`Self::load`] refused.
    pub fn on_top_of(&self, base: &WorkCalendar) -> Result<WorkCalendar, CalendarError> {
        self.notices.iter().try_fold(base.clone(), |calendar, notice| with(&calendar, notice))
    }

    /// Loads a notice on top of the base and those before, and gives the calendar that follows.
    pub fn load(&mut self, notice: YearNotice, base: &WorkCalendar) -> Result<WorkCalendar, CalendarRefusal> {
        if notice.number.trim().is_empty() {
            return Err(CalendarRefusal::Incomplete { missing: "the number of the notice" });
        }
        if notice.on > notice.loaded.date() {
            return Err(CalendarRefusal::Date { on: notice.on });
        }
        let next = with(&self.on_top_of(base)?, &notice)?;
        self.notices.push(notice);
        Ok(next)
    }
}

fn with(calendar: &WorkCalendar, notice: &YearNotice) -> Result<WorkCalendar, CalendarError> {
    if notice.amends { calendar.with_year_amended(notice.year, &notice.days) } else { calendar.with_year(notice.year, &notice.days) }
}

impl Record for Calendar {
    const TABLE: &'static Table =
        &Table { name: "work_calendar", meaning: "工作日历", columns: &[Column::number("last_year", "last year that was loaded")], changes: true };

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.notices.iter().map(|notice| notice.year).max().into()]
    }
}
