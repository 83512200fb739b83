//! What the naive evaluator computes with: fractions over big integers that carry their unit along, three-valued
//! truth, and what is missing, all by name.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use values::{Date, Rational, Unit, known_unit};

/// An exact number.
pub type Q = BigRational;

/// What is not known and matters. A fault takes part as a reason, so that no set of an undecided thing is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    /// Name, year, month (0: none).
    Fact(String, i32, u8),
    /// List, field, record from 1.
    Field(String, String, usize),
    /// Name, year.
    Param(String, i32),
    /// Clause.
    Decision(String),
    /// Clause.
    Place(String),
    /// Clause, year of the entry.
    HistoryKey(String, i32),
    /// Clause.
    Project(String),
    /// Outside a clawback.
    AmountPaid,
    /// An arithmetic fault: nothing is missing, but there is no value either.
    Fault,
}

/// A set of them.
pub type Missing = BTreeSet<Miss>;

/// The set of one.
pub fn only(miss: Miss) -> Missing {
    BTreeSet::from([miss])
}

/// A value. Numbers are in the smallest unit; a zero may be of any unit (`None`).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// 是 or 否
    YesNo(bool),
    /// A number and its unit.
    Number(Q, Option<Unit>),
    /// A day.
    Date(Date),
    /// A year.
    Year(i32),
    /// One of a set, by its word.
    Choice(String),
    /// Words.
    Text(String),
}

/// The result of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Got {
    /// A value.
    Known(Value),
    /// It depends on these.
    Unknown(Missing),
    /// There is none (不予).
    Absent,
    /// Division by zero.
    Fault,
}

impl Got {
    /// A number.
    pub fn number(value: Q, unit: Option<Unit>) -> Self {
        Self::Known(Value::Number(value, unit))
    }

    /// Why it is no value: its missing things, or the fault.
    pub fn reasons(&self) -> Missing {
        match self {
            Self::Unknown(missing) => missing.clone(),
            Self::Fault => only(Miss::Fault),
            Self::Known(_) | Self::Absent => Missing::new(),
        }
    }
}

/// Three-valued truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// True.
    Yes,
    /// False.
    No,
    /// Depends on these.
    Unknown(Missing),
}

impl Truth {
    /// Of a known condition.
    pub fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// The opposite.
    pub fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// As the result of an expression.
    pub fn got(self) -> Got {
        match self {
            Self::Yes => Got::Known(Value::YesNo(true)),
            Self::No => Got::Known(Value::YesNo(false)),
            Self::Unknown(missing) => Got::Unknown(missing),
        }
    }
}

/// True once `wanted` are true, false once that many no longer can be, else undecided for the undecided ones' reasons.
pub fn at_least(wanted: usize, tests: &[Truth]) -> Truth {
    let yes = tests.iter().filter(|t| **t == Truth::Yes).count();
    let no = tests.iter().filter(|t| **t == Truth::No).count();
    if yes >= wanted {
        return Truth::Yes;
    }
    if tests.len() - no < wanted {
        return Truth::No;
    }
    let mut missing = Missing::new();
    for test in tests {
        if let Truth::Unknown(more) = test {
            missing.extend(more.iter().cloned());
        }
    }
    Truth::Unknown(missing)
}

/// All of them.
pub fn all(tests: &[Truth]) -> Truth {
    at_least(tests.len(), tests)
}

/// Any of them.
pub fn any(tests: &[Truth]) -> Truth {
    at_least(1, tests)
}

/// The number of `values` as a big fraction.
pub fn big(value: Rational) -> Q {
    Q::new(BigInt::from(value.numerator()), BigInt::from(value.denominator()))
}

/// A whole number.
pub fn whole(value: i64) -> Q {
    Q::from_integer(BigInt::from(value))
}

/// A unit as written (`元/平方米/年`) and how many of the smallest one of it makes.
pub fn unit_of(word: &str) -> (Unit, Q) {
    let (mut unit, mut scale) = (Unit::none(), whole(1));
    let (mut part, mut below) = (String::new(), false);
    for c in word.chars().chain(['·']) {
        if c != '/' && c != '·' {
            part.push(c);
            continue;
        }
        if !part.is_empty() {
            let (of, times) = match known_unit(&part) {
                Some((of, times)) => (of, big(times)),
                None => (Unit::base(&part), whole(1)),
            };
            if below {
                unit = unit.div(&of);
                scale /= times;
            } else {
                unit = unit.mul(&of);
                scale *= times;
            }
        }
        part.clear();
        below = c == '/';
    }
    (unit, scale)
}

/// Two numbers brought to one unit. Units that differ by years alone are joined by taking one year, since an award
/// covers one.
pub fn aligned(a: (Q, Option<Unit>), b: (Q, Option<Unit>)) -> (Q, Q, Option<Unit>) {
    let ((x, ux), (y, uy)) = (a, b);
    match (ux, uy) {
        (Some(ux), Some(uy)) => {
            // reading: of two units that differ by /年, the one on the left is the unit needed.
            let moved = to_unit(y, &uy, &ux);
            (x, moved, Some(ux))
        }
        (ux, uy) => (x, y, ux.or(uy)),
    }
}

/// A number in another unit, which must be the same but for years.
pub fn to_unit(value: Q, from: &Unit, to: &Unit) -> Q {
    let between = from.div(to);
    let months = between.exponent("月");
    assert!(between.factors().all(|(base, _)| base.name() == "月") && months.abs() <= 1, "the units {from} and {to} do not go together");
    match months {
        0 => value,
        -1 => value * whole(12),
        _ => value / whole(12),
    }
}

/// Half up to a whole number.
pub fn half_up(value: &Q) -> BigInt {
    (value + Q::new(BigInt::from(1), BigInt::from(2))).floor().to_integer()
}

/// Both or neither, by the order of precedence: absent, fault, unknown, known.
pub fn lift(a: Got, b: Got, join: impl FnOnce(Value, Value) -> Got) -> Got {
    match (a, b) {
        (Got::Absent, _) | (_, Got::Absent) => Got::Absent,
        (Got::Fault, _) | (_, Got::Fault) => Got::Fault,
        (Got::Unknown(mut a), Got::Unknown(b)) => {
            a.extend(b);
            Got::Unknown(a)
        }
        (Got::Unknown(a), Got::Known(_)) | (Got::Known(_), Got::Unknown(a)) => Got::Unknown(a),
        (Got::Known(a), Got::Known(b)) => join(a, b),
    }
}

/// As [`lift`], of two numbers brought to one unit.
pub fn lift_numbers(a: Got, b: Got, join: impl FnOnce(Q, Q, Option<Unit>) -> Got) -> Got {
    lift(a, b, |a, b| match (a, b) {
        (Value::Number(x, ux), Value::Number(y, uy)) => {
            let (x, y, unit) = aligned((x, ux), (y, uy));
            join(x, y, unit)
        }
        (a, b) => panic!("two numbers are wanted, not {a:?} and {b:?}"),
    })
}

/// The product; zero of any unit stays so.
pub fn times(a: (Q, Option<Unit>), b: (Q, Option<Unit>)) -> Got {
    let unit = a.1.zip(b.1).map(|(a, b)| a.mul(&b));
    Got::number(a.0 * b.0, unit)
}

/// The quotient.
pub fn divided(a: (Q, Option<Unit>), b: (Q, Option<Unit>)) -> Got {
    if b.0.is_zero() {
        return Got::Fault;
    }
    let unit = match (a.1, b.1) {
        (Some(a), Some(b)) => Some(a.div(&b)),
        _ => None,
    };
    Got::number(a.0 / b.0, unit)
}

/// Whether two values are the same.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x, ux), Value::Number(y, uy)) => {
            let (x, y, _) = aligned((x.clone(), ux.clone()), (y.clone(), uy.clone()));
            x == y
        }
        _ => a == b,
    }
}
