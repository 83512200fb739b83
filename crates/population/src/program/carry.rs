//! What constants make of a number: ⌊(max(low, min(high, x · times)) + plus) ÷ by⌋, and two such after one another as one.

use super::Pair;
use super::divisor::Division;

/// What constants make of a number; it wraps where the compiler has shown that nothing overflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Carry {
    pub times: i64,
    pub low: i64,
    pub high: i64,
    pub plus: i64,
    by: i64,
    /// How to divide by `by`.
    pub division: Division,
}

impl Carry {
    /// The number as it is.
    const SAME: Self = Self { times: 1, low: i64::MIN, high: i64::MAX, plus: 0, by: 1, division: Division::None };

    /// The number x and a constant, x standing first.
    pub fn pair(pair: Pair, constant: i64) -> Self {
        match pair {
            Pair::Add => Self { plus: constant, ..Self::SAME },
            Pair::Sub => Self { plus: constant.wrapping_neg(), ..Self::SAME },
            Pair::Mul => Self { times: constant, ..Self::SAME },
            Pair::Min => Self { high: constant, ..Self::SAME },
            Pair::Max => Self { low: constant, ..Self::SAME },
        }
    }

    /// ⌊x ÷ by⌋, by above one.
    pub fn floor(by: i64) -> Self {
        Self { by, division: Division::wide(by), ..Self::SAME }
    }

    /// This one and then another as one, where one holds both.
    pub fn and(self, next: Self) -> Option<Self> {
        let bounded = |of: Self| (of.low, of.high) != (Self::SAME.low, Self::SAME.high);
        let apart = self.by != 1 || next.times != 1 && (bounded(self) || self.plus != 0) || bounded(next) && self.plus != 0;
        if apart {
            return None;
        }
        let within = |x: i64| x.min(next.high).max(next.low);
        let mut both = Self {
            times: self.times.wrapping_mul(next.times),
            low: within(self.low),
            high: within(self.high),
            plus: self.plus.wrapping_add(next.plus),
            ..next
        };
        if let (Some(low), Some(high)) = (both.low.checked_add(both.plus), both.high.checked_add(both.plus)) {
            both.division = Division::of(both.by, low, high);
        }
        Some(both)
    }

    /// What it makes of one number.
    pub fn of(self, x: i64) -> i64 {
        x.wrapping_mul(self.times).min(self.high).max(self.low).wrapping_add(self.plus).div_euclid(self.by)
    }
}

#[cfg(test)]
mod tests {
    use super::Carry;
    use crate::program::Pair;

    #[test]
    fn two_as_one_are_one_after_the_other() {
        let numbers = [0, 1, -1, 2, 50, 99, 100, 2_000_000_019, 5_000_000_000, -7_000_000_000, i64::MAX, i64::MIN];
        let pairs = [Pair::Add, Pair::Sub, Pair::Mul, Pair::Min, Pair::Max];
        let singles: Vec<Carry> =
            pairs.iter().flat_map(|pair| numbers.map(|constant| Carry::pair(*pair, constant))).chain([Carry::floor(100), Carry::floor(7)]).collect();
        let mut joined = 0;
        for first in &singles {
            for second in &singles {
                for third in &singles {
                    let Some(all) = first.and(*second).and_then(|two| two.and(*third)) else { continue };
                    joined += 1;
                    for x in numbers {
                        assert_eq!(all.of(x), third.of(second.of(first.of(x))), "{first:?} {second:?} {third:?} {x}");
                    }
                }
            }
        }
        assert!(joined > 1000, "{joined}");
    }
}
