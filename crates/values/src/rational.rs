//! Exact fractions of 128-bit integers: the number of every rule, condition and amount.
//! Units stand beside a number (`unit`), rounding to fen is in `money`; here nothing is rounded unless
//! the name says so, and `Fault::Overflow` means that the reduced result itself does not fit.

use std::cmp::Ordering;
use std::fmt;

use crate::Fault;
use crate::number::{Decimal, NumberError};
use crate::wide::Wide;

/// An exact fraction in lowest terms with a positive denominator.
///
/// Numerator and denominator lie within ±`i128::MAX`; `i128::MIN` is left out so that negation and
/// the reciprocal always exist. One value has one form, so equality and hash are those of the fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rational {
    num: i128,
    den: i128,
}

impl Rational {
    /// Zero.
    pub const ZERO: Self = Self { num: 0, den: 1 };
    /// One.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// The fraction of a whole number.
    ///
    /// `i128::MIN` is outside the range of the type and an assertion stops it; numbers from outside
    /// the program come through [`Rational::parse_decimal`] or [`Rational::new`], which refuse it.
    #[must_use]
    #[inline]
    pub const fn from_int(value: i128) -> Self {
        assert!(value != i128::MIN, "i128::MIN has no negative and is no Rational");
        Self { num: value, den: 1 }
    }

    /// The fraction `num / den` in lowest terms.
    ///
    /// Errors: `DivisionByZero` for a zero denominator, `Overflow` if the reduced form does not fit.
    pub fn new(num: i128, den: i128) -> Result<Self, Fault> {
        if den == 0 {
            return Err(Fault::DivisionByZero);
        }
        let (n, d) = (num.unsigned_abs(), den.unsigned_abs());
        let common = gcd(n, d);
        Self::reduced((num < 0) != (den < 0), quotient(n, common), quotient(d, common))
    }

    /// The fraction of magnitudes that are already in lowest terms.
    #[inline]
    fn reduced(negative: bool, num: u128, den: u128) -> Result<Self, Fault> {
        let num = i128::try_from(num).map_err(|_| Fault::Overflow)?;
        let den = i128::try_from(den).map_err(|_| Fault::Overflow)?;
        Ok(Self { num: if negative { -num } else { num }, den })
    }

    /// The numerator, with the sign of the number.
    #[must_use]
    #[inline]
    pub const fn numerator(self) -> i128 {
        self.num
    }

    /// The denominator, at least 1.
    #[must_use]
    #[inline]
    pub const fn denominator(self) -> i128 {
        self.den
    }

    /// Whether the number is whole.
    #[must_use]
    #[inline]
    pub const fn is_integer(self) -> bool {
        self.den == 1
    }

    /// Whether the number is zero.
    #[must_use]
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Whether the number is below zero.
    #[must_use]
    #[inline]
    pub const fn is_negative(self) -> bool {
        self.num < 0
    }

    /// Both parts as 64-bit integers, the form in which nearly all arithmetic happens: products of
    /// two such parts cannot overflow 128 bits.
    #[inline]
    fn small(self) -> Option<(i64, u64)> {
        match (i64::try_from(self.num), u64::try_from(self.den)) {
            (Ok(num), Ok(den)) if den <= i64::MAX.unsigned_abs() => Some((num, den)),
            _ => None,
        }
    }

    /// The sum. Error: `Overflow`.
    #[inline]
    pub fn checked_add(self, other: Self) -> Result<Self, Fault> {
        if self.den == 1 && other.den == 1 { whole(self.num.checked_add(other.num)) } else { self.add_fraction(other) }
    }

    /// The sum of two numbers that are not both whole.
    fn add_fraction(self, other: Self) -> Result<Self, Fault> {
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            return Ok(add_small(a, b, c, d));
        }
        self.add_wide(other)
    }

    /// The order of two numbers of different denominators.
    fn cmp_fraction(self, other: Self) -> Ordering {
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            return (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)));
        }
        match (self.num.signum(), other.num.signum()) {
            (left, right) if left != right => left.cmp(&right),
            (sign, _) => {
                let left = Wide::product(self.num.unsigned_abs(), other.den.unsigned_abs());
                let right = Wide::product(other.num.unsigned_abs(), self.den.unsigned_abs());
                if sign < 0 { right.cmp(&left) } else { left.cmp(&right) }
            }
        }
    }

    /// The difference. Error: `Overflow`.
    #[inline]
    pub fn checked_sub(self, other: Self) -> Result<Self, Fault> {
        self.checked_add(other.neg())
    }

    /// The product. Error: `Overflow`.
    #[inline]
    pub fn checked_mul(self, other: Self) -> Result<Self, Fault> {
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            // Divisors of a small denominator, so they are below 2^63 themselves.
            let across = gcd_small(a.unsigned_abs(), d).cast_signed();
            let back = gcd_small(c.unsigned_abs(), b).cast_signed();
            let num = i128::from(a / across) * i128::from(c / back);
            let den = i128::from(b.cast_signed() / back) * i128::from(d.cast_signed() / across);
            return Ok(Self { num, den });
        }
        let (a, c) = (self.num.unsigned_abs(), other.num.unsigned_abs());
        let (b, d) = (self.den.unsigned_abs(), other.den.unsigned_abs());
        // Cancelled before multiplying, the products are in lowest terms: if one does not fit, the
        // result itself does not.
        let across = gcd(a, d);
        let back = gcd(c, b);
        let num = quotient(a, across).checked_mul(quotient(c, back)).ok_or(Fault::Overflow)?;
        let den = quotient(b, back).checked_mul(quotient(d, across)).ok_or(Fault::Overflow)?;
        Self::reduced(self.is_negative() != other.is_negative(), num, den)
    }

    /// The quotient. Errors: `DivisionByZero`, `Overflow`.
    pub fn checked_div(self, other: Self) -> Result<Self, Fault> {
        self.checked_mul(other.reciprocal()?)
    }

    /// One divided by the number. Error: `DivisionByZero`.
    pub const fn reciprocal(self) -> Result<Self, Fault> {
        match self.num {
            0 => Err(Fault::DivisionByZero),
            num if num < 0 => Ok(Self { num: -self.den, den: -num }),
            num => Ok(Self { num: self.den, den: num }),
        }
    }

    /// The number with the other sign.
    // Not `std::ops::Neg`: no operator is defined on this type, so that every step that could fail
    // is visible by its name.
    #[must_use]
    #[allow(clippy::should_implement_trait)]
    #[inline]
    pub const fn neg(self) -> Self {
        Self { num: -self.num, den: self.den }
    }

    /// The magnitude of the number.
    #[must_use]
    #[inline]
    pub const fn abs(self) -> Self {
        if self.num < 0 { self.neg() } else { self }
    }

    /// The number itself, or zero where it lies below.
    #[must_use]
    #[inline]
    pub const fn or_zero(self) -> Self {
        if self.num < 0 { Self::ZERO } else { self }
    }

    /// The largest whole number not above this one.
    #[must_use]
    #[inline]
    pub fn floor(self) -> i128 {
        if self.den == 1 {
            return self.num;
        }
        match self.small() {
            // A small denominator fits i64 too, so the quotient of 64-bit integers exists.
            Some((num, den)) => {
                let down = num.unsigned_abs() / den;
                if num < 0 { -i128::from(down) - 1 } else { i128::from(down) }
            }
            None => self.num.div_euclid(self.den),
        }
    }

    /// The smallest whole number not below this one.
    #[must_use]
    pub fn ceil(self) -> i128 {
        -self.neg().floor()
    }

    /// How many whole `step`s the number holds: `⌊self / step⌋`.
    ///
    /// Errors: `DivisionByZero` for a zero step, `Overflow` if the count itself does not fit.
    pub fn whole_steps(self, step: Self) -> Result<i128, Fault> {
        if step.is_zero() {
            return Err(Fault::DivisionByZero);
        }
        if let (Some((a, b)), Some((c, d))) = (self.small(), step.small()) {
            let whole = u128::from(a.unsigned_abs()) * u128::from(d);
            let part = u128::from(c.unsigned_abs()) * u128::from(b);
            let (steps, rest) = (quotient(whole, part), remainder(whole, part));
            return steps_down((a < 0) != (c < 0), steps, rest == 0);
        }
        let whole = Wide::product(self.num.unsigned_abs(), step.den.unsigned_abs());
        let part = Wide::product(step.num.unsigned_abs(), self.den.unsigned_abs());
        let (steps, rest) = whole.divide(part);
        let steps = steps.narrow().ok_or(Fault::Overflow)?;
        steps_down(self.is_negative() != step.is_negative(), steps, rest.is_zero())
    }

    /// The nearest whole number, halves towards +∞ (2.5 → 3, −2.5 → −2).
    ///
    /// It always exists in this representation; the `Result` is the shape of all rounding.
    #[inline]
    pub fn round_half_up(self) -> Result<i128, Fault> {
        if self.den == 1 { Ok(self.num) } else { self.round_fraction() }
    }

    fn round_fraction(self) -> Result<i128, Fault> {
        let down = self.floor();
        // 0 < rest < den and |down| ≤ i128::MAX / 2 + 1. `down · den` may lie below `i128::MIN` where the
        // parts are not small, so there the remainder is taken directly.
        let rest = match self.small() {
            Some(_) => self.num - down * self.den,
            None => self.num.rem_euclid(self.den),
        };
        Ok(if rest >= self.den - rest { down + 1 } else { down })
    }

    /// Reads a decimal such as `-12.340`: digits with an optional minus and point, full-width twins
    /// accepted, white space around ignored.
    ///
    /// Errors: as [`NumberError`] lists them; exponents, separators and more than 40 characters are refused.
    pub fn parse_decimal(text: &str) -> Result<Self, NumberError> {
        let Decimal { negative, digits, places } = Decimal::parse(text)?;
        let digits = i128::try_from(digits).map_err(|_| NumberError::OutOfRange)?;
        let power = 10i128.checked_pow(places).ok_or(NumberError::OutOfRange)?;
        let signed = if negative { -digits } else { digits };
        Self::new(signed, power).map_err(|_| NumberError::OutOfRange)
    }

    /// The number as a decimal without trailing zeros, if it ends within `max_places` decimals.
    #[must_use]
    pub fn to_decimal(self, max_places: u32) -> Option<String> {
        let den = self.den.unsigned_abs();
        let places = decimal_places(den)?;
        if places > max_places {
            return None;
        }
        let magnitude = self.num.unsigned_abs();
        let mut text = String::with_capacity(24);
        if self.is_negative() {
            text.push('-');
        }
        // Most numbers of this world: scaled to their places they fit 64 bits, and two integers say it all.
        if let (Ok(magnitude), Ok(den), Some(scale)) = (u64::try_from(magnitude), u64::try_from(den), 10_u64.checked_pow(places)) {
            push_integer(&mut text, magnitude / den, 1);
            if places > 0 {
                text.push('.');
                // The denominator divides the power of ten, and the remainder lies below it.
                push_integer(&mut text, magnitude % den * (scale / den), places as usize);
            }
            return Some(text);
        }
        text.push_str(&quotient(magnitude, den).to_string());
        if places > 0 {
            text.push('.');
        }
        let mut rest = remainder(magnitude, den);
        for _ in 0..places {
            let (digit, left) = Wide::product(rest, 10).divide(Wide::from(den));
            // The digit is below 10 and the remainder below the denominator: both are narrow.
            text.push_str(&digit.narrow()?.to_string());
            rest = left.narrow()?;
        }
        Some(text)
    }

    /// Addition by Knuth's method (TAOCP 4.5.1) with a 256-bit numerator.
    fn add_wide(self, other: Self) -> Result<Self, Fault> {
        let (b, d) = (self.den.unsigned_abs(), other.den.unsigned_abs());
        let common = gcd(b, d);
        let left = Wide::product(self.num.unsigned_abs(), quotient(d, common));
        let right = Wide::product(other.num.unsigned_abs(), quotient(b, common));
        let (negative, sum) = match (self.is_negative(), other.is_negative()) {
            (false, false) => (false, left.plus(right)),
            (true, true) => (true, left.plus(right)),
            (sign, _) if left >= right => (sign, left.minus(right)),
            (_, sign) => (sign, right.minus(left)),
        };
        if sum.is_zero() {
            return Ok(Self::ZERO);
        }
        // Only factors of `common` can still cancel; it is below 2^127, so the remainder is narrow.
        let (_, rest) = sum.divide(Wide::from(common));
        let again = gcd(rest.narrow().ok_or(Fault::Overflow)?, common);
        let (num, _) = sum.divide(Wide::from(again));
        let num = num.narrow().ok_or(Fault::Overflow)?;
        let den = quotient(b, common).checked_mul(quotient(d, again)).ok_or(Fault::Overflow)?;
        Self::reduced(negative, num, den)
    }
}

/// The fraction of a whole result that may have overflowed or hit the excluded `i128::MIN`.
#[inline]
fn whole(value: Option<i128>) -> Result<Rational, Fault> {
    match value {
        Some(num) if num != i128::MIN => Ok(Rational { num, den: 1 }),
        _ => Err(Fault::Overflow),
    }
}

/// `a/b + c/d` where every part is below 2^63 in magnitude (`a`, `c` at most 2^63): each product is
/// at most 2^126 and the sum below 2^127, so it always fits.
fn add_small(a: i64, b: u64, c: i64, d: u64) -> Rational {
    let common = gcd_small(b, d);
    let (b_rest, d_rest) = (b / common, d / common);
    let sum = i128::from(a) * i128::from(d_rest) + i128::from(c) * i128::from(b_rest);
    if sum == 0 {
        return Rational::ZERO;
    }
    if common == 1 {
        return Rational { num: sum, den: i128::from(b_rest) * i128::from(d_rest) };
    }
    let rest = remainder(sum.unsigned_abs(), u128::from(common));
    let again = gcd(rest, u128::from(common));
    let num = quotient(sum.unsigned_abs(), again).cast_signed();
    // `again` divides `common`, which divides `d`.
    let den = i128::from(b_rest) * quotient(u128::from(d), again).cast_signed();
    Rational { num: if sum < 0 { -num } else { num }, den }
}

/// The floor of a signed quotient from its magnitude, and whether that was exact.
fn steps_down(negative: bool, steps: u128, exact: bool) -> Result<i128, Fault> {
    let steps = i128::try_from(steps).map_err(|_| Fault::Overflow)?;
    match (negative, exact) {
        (false, _) => Ok(steps),
        (true, true) => Ok(-steps),
        // −i128::MAX − 1 would be the one integer that is no `Rational`.
        (true, false) => steps.checked_add(1).map(|up| -up).ok_or(Fault::Overflow),
    }
}

/// `a / b` for `b > 0`, by 64-bit division where both fit: it is several times faster.
#[inline]
fn quotient(a: u128, b: u128) -> u128 {
    match (u64::try_from(a), u64::try_from(b)) {
        (_, Ok(1)) => a,
        (Ok(a), Ok(b)) => u128::from(a / b),
        _ => a / b,
    }
}

/// `a % b` for `b > 0`, by 64-bit division where both fit.
#[inline]
fn remainder(a: u128, b: u128) -> u128 {
    match (u64::try_from(a), u64::try_from(b)) {
        (_, Ok(1)) => 0,
        (Ok(a), Ok(b)) => u128::from(a % b),
        _ => a % b,
    }
}

/// The greatest common divisor; `gcd(0, b) = b`. The result is positive unless both are zero.
fn gcd(mut a: u128, mut b: u128) -> u128 {
    // Euclid until both fit 64 bits, usually one step, then the binary method without division.
    loop {
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(gcd_small(a, b));
        }
        if b == 0 {
            return a;
        }
        (a, b) = (b, a % b);
    }
}

/// The greatest common divisor of 64-bit integers, by the binary method.
fn gcd_small(mut a: u64, mut b: u64) -> u64 {
    if a == 1 || b == 1 {
        return 1;
    }
    if a == 0 || b == 0 {
        return a | b;
    }
    // Usually one is an amount and the other a small denominator: one division spares many rounds.
    if a > b {
        (a, b) = (b, a);
    }
    b %= a;
    if b == 0 {
        return a;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        // Without a branch: which of the two is larger cannot be foreseen.
        (a, b) = (a.min(b), a.abs_diff(b));
        if b == 0 {
            return a << twos;
        }
    }
}

/// Appends a whole number with at least `places` digits.
pub(crate) fn push_integer(text: &mut String, number: u64, places: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number);
    text.extend(std::iter::repeat_n('0', places.saturating_sub(digits.len())));
    text.push_str(digits);
}

/// How many decimals a fraction with this reduced denominator needs; none if it never ends.
fn decimal_places(mut den: u128) -> Option<u32> {
    let twos = den.trailing_zeros();
    den >>= twos;
    let mut fives = 0;
    while den.is_multiple_of(5) {
        den /= 5;
        fives += 1;
    }
    (den == 1).then_some(twos.max(fives))
}

impl Ord for Rational {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if self.den == other.den { self.num.cmp(&other.num) } else { self.cmp_fraction(*other) }
    }
}

impl PartialOrd for Rational {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Default for Rational {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<i64> for Rational {
    #[inline]
    fn from(value: i64) -> Self {
        Self { num: i128::from(value), den: 1 }
    }
}

impl fmt::Display for Rational {
    /// A decimal if it ends within six places, else `numerator/denominator`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_decimal(6) {
            Some(decimal) => f.pad(&decimal),
            None => f.pad(&format!("{}/{}", self.num, self.den)),
        }
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}
