//! What a node is as SQL: an expression that is NULL where its value is not known, and one that says whether it is absent.
//!
//! Numbers are fractions: a whole number over a denominator that is fixed where it can be. Beside each stands the greatest
//! magnitude it can have, so that what could overflow is known before anything runs.

use values::Rational;

/// A denominator, above zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Den {
    /// Always the same.
    Fixed(u128),
    /// Computed; with the greatest it can be.
    Sql(String, u128),
}

impl Den {
    pub(crate) fn max(&self) -> u128 {
        match self {
            Self::Fixed(den) => *den,
            Self::Sql(_, max) => *max,
        }
    }
}

/// An exact number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// The numerator.
    pub(crate) num: String,
    pub(crate) den: Den,
    /// The numerator is nowhere further from zero than this.
    pub(crate) max: u128,
    /// The number, where it is always the same.
    pub(crate) fixed: Option<Rational>,
}

/// What kind of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Number(Number),
    YesNo(String),
    Date(String),
    /// A year, the position of a choice, or words.
    Plain(String),
}

/// A node as SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Val {
    pub(crate) what: What,
    /// Where it may be absent: a condition that is never NULL. The value is NULL there.
    pub(crate) absent: Option<String>,
}

impl Val {
    pub(crate) fn of(what: What) -> Self {
        Self { what, absent: None }
    }

    pub(crate) fn yes_no(sql: impl Into<String>) -> Self {
        Self::of(What::YesNo(sql.into()))
    }

    /// The SQL of the value itself; of a number its numerator.
    pub(crate) fn sql(&self) -> &str {
        match &self.what {
            What::Number(number) => &number.num,
            What::YesNo(sql) | What::Date(sql) | What::Plain(sql) => sql,
        }
    }
}

/// `a` or `b`, where each may be never.
pub(crate) fn either(a: Option<&String>, b: Option<&String>) -> Option<String> {
    match (a, b) {
        (Some(a), Some(b)) if a == b => Some(a.clone()),
        (Some(a), Some(b)) => Some(format!("({a} OR {b})")),
        (a, b) => a.or(b).cloned(),
    }
}

/// The greatest common divisor.
pub(crate) fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
