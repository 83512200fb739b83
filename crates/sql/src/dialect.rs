//! What three engines write differently: names, exact whole numbers, whole division, months on a day. Everything else is
//! the same text for all of them.

use values::Date;

/// An engine's SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL 14 or newer: exact numbers are NUMERIC, of any length.
    Postgres,
    /// DuckDB 1.1 or newer: exact numbers are HUGEINT, of 128 bits.
    DuckDb,
    /// Spark SQL 3.4 or newer: exact numbers are DECIMAL(38, 0).
    Spark,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::DuckDb, Self::Spark];

    /// The name as the command line has it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::DuckDb => "duckdb",
            Self::Spark => "spark",
        }
    }

    /// The greatest magnitude that a step in between may have; `None`: any.
    pub(crate) const fn scratch_max(self) -> Option<u128> {
        match self {
            Self::Postgres => None,
            Self::DuckDb => Some(i128::MAX.unsigned_abs()),
            Self::Spark => Some(10_u128.pow(38) - 1),
        }
    }

    /// The longest name in bytes, where a longer one is cut.
    pub(crate) const fn name_max(self) -> Option<usize> {
        match self {
            Self::Postgres => Some(63),
            _ => None,
        }
    }

    /// A name as it is written.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        match self {
            Self::Spark => format!("`{}`", name.replace('`', "``")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// Words as a literal.
    #[must_use]
    pub fn words(self, words: &str) -> String {
        match self {
            Self::Spark => format!("'{}'", words.replace('\\', "\\\\").replace('\'', "\\'")),
            _ => format!("'{}'", words.replace('\'', "''")),
        }
    }

    /// The type of exact whole numbers.
    pub(crate) const fn whole(self) -> &'static str {
        match self {
            Self::Postgres => "NUMERIC",
            Self::DuckDb => "HUGEINT",
            Self::Spark => "DECIMAL(38, 0)",
        }
    }

    /// The type of words.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Spark => "STRING",
            _ => "TEXT",
        }
    }

    /// A whole number as a literal of the exact type.
    pub(crate) fn number(self, number: i128) -> String {
        match self {
            Self::Postgres => format!("NUMERIC '{number}'"),
            Self::DuckDb => format!("CAST('{number}' AS HUGEINT)"),
            Self::Spark if number < 0 => format!("(-{}BD)", number.unsigned_abs()),
            Self::Spark => format!("{number}BD"),
        }
    }

    /// A value in the exact type.
    pub(crate) fn exact(self, sql: &str) -> String {
        format!("CAST({sql} AS {})", self.whole())
    }

    /// A decimal that is whole, in the exact type and without decimals.
    pub(crate) fn integral(self, sql: &str) -> String {
        match self {
            Self::Postgres => format!("CAST({sql} AS NUMERIC(40, 0))"),
            _ => self.exact(sql),
        }
    }

    /// The quotient of two whole numbers without its fraction; neither is below zero, the quotient fits 63 bits.
    pub(crate) fn quotient(self, a: &str, b: &str) -> String {
        match self {
            Self::Postgres => format!("div({a}, {b})"),
            Self::DuckDb => format!("({a} // {b})"),
            Self::Spark => self.exact(&format!("({a} div {b})")),
        }
    }

    /// A day as a literal.
    pub(crate) fn day(self, day: Date) -> String {
        format!("DATE '{day}'")
    }

    /// A day so many months later, the last of its month where that is shorter. `months` is a whole number below 2^31.
    pub(crate) fn months_later(self, day: &str, months: &str) -> String {
        match self {
            Self::Postgres => format!("CAST({day} + make_interval(months => CAST({months} AS INTEGER)) AS DATE)"),
            Self::DuckDb => format!("CAST({day} + to_months(CAST({months} AS INTEGER)) AS DATE)"),
            Self::Spark => format!("add_months({day}, CAST({months} AS INT))"),
        }
    }

    /// A day so many days later.
    pub(crate) fn days_later(self, day: &str, days: i64) -> String {
        match self {
            Self::Postgres => format!("({day} + {days})"),
            Self::DuckDb => format!("CAST({day} + {days} AS DATE)"),
            Self::Spark => format!("date_add({day}, {days})"),
        }
    }

    /// How many days lie from `from` to `to`.
    pub(crate) fn days_between(self, from: &str, to: &str) -> String {
        match self {
            Self::Postgres => format!("({to} - {from})"),
            Self::DuckDb => format!("date_diff('day', {from}, {to})"),
            Self::Spark => format!("datediff({to}, {from})"),
        }
    }

    /// The year of a day.
    pub(crate) fn year_of(self, day: &str) -> String {
        format!("CAST(EXTRACT(YEAR FROM {day}) AS INTEGER)")
    }

    /// What keeps a planner from folding one stage into the next, which writes shared parts out again and again.
    pub(crate) const fn fence(self) -> &'static str {
        match self {
            Self::Postgres => "\n  OFFSET 0",
            _ => "",
        }
    }
}
