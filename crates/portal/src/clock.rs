//! The time: that of the machine, or one that stands still for demonstrations and tests. What guards the door – sessions,
//! locks, second factors – always goes by the machine.

use std::sync::RwLock;
use std::time::{SystemTime, UNIX_EPOCH};
use values::{Date, Moment};

/// Where the office's time comes from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine.
    System,
    /// It is always this moment.
    Fixed(Moment),
    /// It is the moment that somebody sets: for tests of what takes months, done in one go. Here, because the service asks its clock
    /// in many places and knows no other.
    Set(&'static RwLock<Moment>),
}

impl Clock {
    /// Now, for the office. A machine whose clock is out of range stands at the last day there is, on which nothing is in time.
    #[must_use]
    pub fn now(self) -> Moment {
        match self {
            Self::System => Moment::from_unix_seconds(seconds()).unwrap_or_else(|| Moment::start_of(Date::LAST)),
            Self::Fixed(moment) => moment,
            Self::Set(cell) => cell.read().map_or_else(|poisoned| *poisoned.into_inner(), |moment| *moment),
        }
    }
}

/// Seconds since 1970 by the machine's clock.
#[must_use]
pub fn seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|past| i64::try_from(past.as_secs()).ok()).unwrap_or(0)
}
