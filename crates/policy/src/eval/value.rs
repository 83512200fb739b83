//! What a node yields: a known value, unknown, absent, or a fault. Unknown is neither zero nor false.

use crate::scheme::NodeId;
use values::{Date, Fault, Rational};

/// A known value. Numbers are in the smallest unit of their type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// An exact number.
    Number(Rational),
    /// Yes or no.
    YesNo(bool),
    /// A day.
    Date(Date),
    /// A year.
    Year(i32),
    /// Position in a set of choices.
    Choice(u16),
    /// Words.
    Text(&'a str),
}

/// A set of things missing, by its position in the evaluation's store; 0 is the empty set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lack(pub u32);

/// The result of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yield<'a> {
    /// A value.
    Known(Value<'a>),
    /// Not known; what would settle it.
    Unknown(Lack),
    /// No value: below the lowest tier, or no member remains.
    Absent,
    /// Arithmetic went wrong.
    Fault(Fault),
}

impl Yield<'_> {
    /// A condition's answer, if it is known.
    pub fn yes(self) -> Option<bool> {
        match self {
            Self::Known(Value::YesNo(yes)) => Some(yes),
            _ => None,
        }
    }

    /// A number, if it is known.
    pub fn number(self) -> Option<Rational> {
        match self {
            Self::Known(Value::Number(number)) => Some(number),
            _ => None,
        }
    }
}

/// Which year, month and record are in force while a node is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Env {
    /// Year.
    pub year: i32,
    /// Month, or 0.
    pub month: u8,
    /// Position of the record in the list that is folded.
    pub record: u32,
}

/// A value kept for a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A number.
    Number(Rational),
    /// Yes or no.
    YesNo(bool),
    /// A day.
    Date(Date),
    /// A year.
    Year(i32),
    /// A choice.
    Choice(u16),
    /// Words.
    Text(Box<str>),
    /// Unknown.
    Unknown,
    /// Absent.
    Absent,
    /// A fault.
    Fault(Fault),
}

impl From<Yield<'_>> for Shown {
    fn from(result: Yield<'_>) -> Self {
        match result {
            Yield::Known(Value::Number(n)) => Self::Number(n),
            Yield::Known(Value::YesNo(b)) => Self::YesNo(b),
            Yield::Known(Value::Date(d)) => Self::Date(d),
            Yield::Known(Value::Year(y)) => Self::Year(y),
            Yield::Known(Value::Choice(c)) => Self::Choice(c),
            Yield::Known(Value::Text(t)) => Self::Text(t.into()),
            Yield::Unknown(_) => Self::Unknown,
            Yield::Absent => Self::Absent,
            Yield::Fault(f) => Self::Fault(f),
        }
    }
}

/// One node of a trace. Steps stand in the order of evaluation, operands before their user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which node of the scheme.
    pub node: NodeId,
    /// In which year, month and record.
    pub env: Env,
    /// What it yielded.
    pub shown: Shown,
    /// How many steps directly before it belong to it.
    pub size: u32,
}
