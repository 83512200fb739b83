//! Division of many numbers by one that is known while compiling.

use fearless_simd::prelude::*;
use fearless_simd::{i64x8, u64x8};

/// The lower half of a number of 64 bits.
const LOW: u64 = u32::MAX as u64;

/// Division by a constant above one as a multiplication: exact for every 64-bit number, since the rounded reciprocal of 64 bits
/// is off by less than a part in 2^63 of the quotient.
#[derive(Clone, Copy, Debug)]
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

    /// ⌊x ÷ divisor⌋ of eight numbers.
    #[inline(always)]
    pub fn floor<S: Simd>(self, x: i64x8<S>) -> i64x8<S> {
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
    use super::Divisor;
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
}
