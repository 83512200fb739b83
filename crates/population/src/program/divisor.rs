//! Division of many numbers by one that is known while compiling.

use fearless_simd::prelude::*;
use fearless_simd::{i64x8, u64x8};

/// The lower half of a number of 64 bits.
const LOW: u64 = u32::MAX as u64;

/// How to divide by a constant above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Division {
    /// By one: not at all.
    None,
    /// Numbers that are small for certain.
    Narrow(Narrow),
    /// Any.
    Wide(Divisor),
}

impl Division {
    /// Of any numbers.
    pub fn wide(by: i64) -> Self {
        if by == 1 { Self::None } else { Self::Wide(Divisor::new(by)) }
    }

    /// Of numbers between these.
    pub fn of(by: i64, low: i64, high: i64) -> Self {
        match Narrow::new(by, low, high) {
            Some(narrow) if by != 1 => Self::Narrow(narrow),
            _ => Self::wide(by),
        }
    }
}

/// Floors of eight numbers.
pub trait Divide: Copy {
    /// ⌊x ÷ by⌋ of eight numbers for which it was made.
    fn floor<S: Simd>(self, x: i64x8<S>) -> i64x8<S>;
}

/// Division by one.
#[derive(Clone, Copy)]
pub struct Whole;

impl Divide for Whole {
    #[inline(always)]
    fn floor<S: Simd>(self, x: i64x8<S>) -> i64x8<S> {
        x
    }
}

/// Bits of what a narrow division multiplies.
const NARROW: u32 = 31;

/// Division of numbers that have 31 bits where the zeros at the end of the divisor are taken off both: one multiplication. The
/// reciprocal is rounded up by less than a part in 2^31 of its own, so that no quotient of such a number reaches the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Narrow {
    /// Zeros at the end of the divisor.
    before: u32,
    factor: u32,
    /// Of the product.
    after: u32,
}

impl Narrow {
    fn new(by: i64, low: i64, high: i64) -> Option<Self> {
        let before = by.trailing_zeros();
        let odd = u32::try_from(by.checked_shr(before)?).ok().filter(|odd| *odd > 0)?;
        if low < 0 || high < low || high >> before >> NARROW != 0 {
            return None;
        }
        let after = NARROW + odd.checked_next_power_of_two()?.trailing_zeros();
        let factor = u32::try_from((1_u64 << after).div_ceil(u64::from(odd))).ok()?;
        Some(Self { before, factor, after })
    }
}

impl Divide for Narrow {
    #[inline(always)]
    fn floor<S: Simd>(self, x: i64x8<S>) -> i64x8<S> {
        let x: u64x8<S> = (x >> self.before).bitcast();
        (((x & LOW) * u64::from(self.factor)) >> self.after).bitcast()
    }
}

/// Division by a constant above one as a multiplication: exact for every 64-bit number, since the rounded reciprocal of 64 bits
/// is off by less than a part in 2^63 of the quotient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Divisor {
    factor: u64,
    /// Of the upper half of the product.
    shift: u32,
}

impl Divisor {
    /// Dividing by that; what is below two divides by two, and is asked of nobody.
    #[must_use]
    pub fn new(divisor: i64) -> Self {
        let divisor = divisor.max(2).unsigned_abs();
        let shift = 63 - (divisor - 1).leading_zeros();
        let factor = (1_u128 << (64 + shift)).div_ceil(u128::from(divisor));
        Self { factor: u64::try_from(factor).unwrap_or(u64::MAX), shift }
    }
}

impl Divide for Divisor {
    #[inline(always)]
    fn floor<S: Simd>(self, x: i64x8<S>) -> i64x8<S> {
        // Of a negative number the complement is divided: ⌊−(k + 1) ÷ d⌋ is −⌊k ÷ d⌋ − 1.
        let sign = x >> 63;
        let magnitude: u64x8<S> = (x ^ sign).bitcast();
        // The upper half of a product of 128 bits, from products of halves: no step of it is beyond 64 bits.
        let (low, high) = (magnitude & LOW, magnitude >> 32);
        let (by_low, by_high) = (self.factor & LOW, self.factor >> 32);
        let first = high * by_low + ((low * by_low) >> 32);
        let second = low * by_high + (first & LOW);
        let upper = high * by_high + (first >> 32) + (second >> 32);
        let quotient: i64x8<S> = (upper >> self.shift).bitcast();
        quotient ^ sign
    }
}

#[cfg(test)]
mod tests {
    use super::{Divide, Divisor, NARROW, Narrow};
    use fearless_simd::prelude::*;
    use fearless_simd::{Level, dispatch, i64x8};

    #[inline(always)]
    fn floor<S: Simd>(simd: S, divisor: i64, x: i64) -> i64 {
        Divisor::new(divisor).floor(i64x8::splat(simd, x)).as_array()[0]
    }

    #[test]
    fn a_division_by_a_constant_is_the_floor() {
        let edges = [0, 1, 2, 99, 100, 101, 9_999, 12_345_678_901, i64::MAX - 1, i64::MAX, -1, -2, -100, -101, i64::MIN + 1, i64::MIN];
        for divisor in [2, 3, 7, 10, 100, 1000, 10_000, 12, 365, 1 << 20, (1 << 40) + 1, i64::MAX / 2, i64::MAX] {
            for edge in edges {
                for x in [edge, edge.saturating_sub(1), edge.saturating_mul(divisor), edge.saturating_mul(divisor).saturating_sub(1)] {
                    for level in [Level::new(), Level::baseline()] {
                        let floor = dispatch!(level, simd => floor(simd, divisor, x));
                        assert_eq!(floor, x.div_euclid(divisor), "{x} / {divisor}, {level:?}");
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn narrow<S: Simd>(simd: S, narrow: Narrow, x: i64) -> i64 {
        narrow.floor(i64x8::splat(simd, x)).as_array()[0]
    }

    #[test]
    fn a_narrow_division_is_the_floor() {
        let odds = [1, 3, 5, 7, 9, 25, 625, 641, 15_625, 65_537, (1 << 30) - 1, (1 << 30) + 1, (1 << 31) - 1, (1 << 31) - 3];
        for (odd, zeros) in odds.iter().flat_map(|odd| [0, 1, 2, 6, 20].map(|zeros| (*odd, zeros))) {
            let (by, most) = (odd << zeros, ((1_i64 << NARROW) << zeros) - 1);
            let made = Narrow::new(by, 0, most).unwrap();
            assert!(Narrow::new(by, 0, most + 1).is_none() && Narrow::new(by, -1, most).is_none(), "{by}");
            for near in [0, 1, by, 2 * by, most / by * by, most / 2, most / 3 / by * by, most] {
                for x in (near - 2..=near + 2).filter(|x| (0..=most).contains(x)) {
                    for level in [Level::new(), Level::baseline()] {
                        let floor = dispatch!(level, simd => narrow(simd, made, x));
                        assert_eq!(floor, x / by, "{x} / {by}, {level:?}");
                    }
                }
            }
        }
    }
}
