//! The values a scheme computes with: exact numbers, money in fen, units, dates, the working-day
//! calendar, credit codes, and how each of them is written for people.
//! Nothing here reads a clock or a file, and nothing is a float: what cannot be represented is a [`Fault`].

pub mod calendar;
pub mod credit_code;
pub mod date;
pub mod deadline;
mod exchange;
pub mod moment;
pub mod money;
pub mod number;
pub mod rational;
pub mod unit;
pub mod unit_table;
mod wide;
pub mod write;

pub use calendar::{CalendarError, DayOff, WorkCalendar};
pub use credit_code::{CheckDigit, CreditCode, CreditCodeError};
pub use date::{Date, DateError};
pub use deadline::{Clock, Deadline, Stop};
pub use moment::{Moment, MomentError};
pub use money::{Fen, ShareError, share_largest_remainder};
pub use number::NumberError;
pub use rational::Rational;
pub use unit::{BaseUnit, Unit};
pub use unit_table::{currency_code, currency_word, known_unit};
pub use write::write;

/// Why a computation has no value. It is an ordinary outcome that the trace shows, never a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Fault {
    /// The exact result does not fit the type that must hold it.
    #[error("the result is too large to be held exactly")]
    Overflow,
    /// The divisor is zero.
    #[error("division by zero")]
    DivisionByZero,
}

/// The language a value is written in for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Chinese, the language of the law and of the offices.
    #[default]
    Zh,
    /// English.
    En,
}
