//! 256-bit unsigned integers: as much as exact comparison, addition and whole steps of two 128-bit
//! fractions need. Only the rare path of `rational` comes here, so it is plain rather than fast.

/// An unsigned integer `high · 2^128 + low`. The order of the fields gives the order of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wide {
    high: u128,
    low: u128,
}

impl Wide {
    const ZERO: Self = Self { high: 0, low: 0 };

    /// The value of a narrow integer.
    pub(crate) const fn from(low: u128) -> Self {
        Self { high: 0, low }
    }

    /// The full product of two 128-bit integers.
    pub(crate) const fn product(a: u128, b: u128) -> Self {
        const HALF: u128 = u64::MAX as u128;
        let (a1, a0) = (a >> 64, a & HALF);
        let (b1, b0) = (b >> 64, b & HALF);
        let bottom = a0 * b0;
        // Each sum stays below 2^128: (2^64 − 1)² + 2·(2^64 − 1) = 2^128 − 1.
        let first = a1 * b0 + (bottom >> 64);
        let second = a0 * b1 + (first & HALF);
        Self { high: a1 * b1 + (first >> 64) + (second >> 64), low: (second << 64) | (bottom & HALF) }
    }

    /// The sum; both operands must be below 2^255.
    pub(crate) const fn plus(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self { high: self.high.wrapping_add(other.high).wrapping_add(carry as u128), low }
    }

    /// The difference; `other` must not be larger than `self`.
    pub(crate) const fn minus(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self { high: self.high.wrapping_sub(other.high).wrapping_sub(borrow as u128), low }
    }

    /// Quotient and remainder; the divisor must be above 0 and below 2^255.
    pub(crate) fn divide(self, divisor: Self) -> (Self, Self) {
        if self.high == 0 && divisor.high == 0 && divisor.low != 0 {
            return (Self::from(self.low / divisor.low), Self::from(self.low % divisor.low));
        }
        let mut quotient = Self::ZERO;
        let mut rest = Self::ZERO;
        for place in (0..256u32).rev() {
            rest = rest.doubled(self.bit(place));
            quotient = quotient.doubled(rest >= divisor);
            if rest >= divisor {
                rest = rest.minus(divisor);
            }
        }
        (quotient, rest)
    }

    /// The value as 128 bits, if it fits.
    pub(crate) const fn narrow(self) -> Option<u128> {
        if self.high == 0 { Some(self.low) } else { None }
    }

    /// Whether the value is zero.
    pub(crate) const fn is_zero(self) -> bool {
        self.high == 0 && self.low == 0
    }

    const fn bit(self, place: u32) -> bool {
        let word = if place >= 128 { self.high } else { self.low };
        (word >> (place % 128)) & 1 == 1
    }

    const fn doubled(self, last_bit: bool) -> Self {
        Self { high: (self.high << 1) | (self.low >> 127), low: (self.low << 1) | last_bit as u128 }
    }
}
