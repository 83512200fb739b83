//! Money in fen: read, added without silent overflow, written for people, and shared out of a pool.
//! Rates and prices are `rational` numbers; budgets and entries belong to the ledger, not here.

use std::fmt;

use crate::number::{Decimal, NumberError, group_thousands};
use crate::rational::{Rational, push_integer};
use crate::{Fault, write};

/// An amount of money in fen (分钱, 1/100 元); negative amounts are corrections and returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Reads an amount in yuan such as `1234.5` (→ 123450 fen).
    ///
    /// Errors: those of a number, `TooManyDecimals` beyond two written decimals, `OutOfRange` beyond 64 bits of fen.
    pub fn parse_yuan(text: &str) -> Result<Self, NumberError> {
        let Decimal { negative, digits, places } = Decimal::parse(text)?;
        let scale: u128 = match places {
            0 => 100,
            1 => 10,
            2 => 1,
            _ => return Err(NumberError::TooManyDecimals),
        };
        let magnitude = digits.checked_mul(scale).ok_or(NumberError::OutOfRange)?;
        let magnitude = i128::try_from(magnitude).map_err(|_| NumberError::OutOfRange)?;
        let signed = if negative { -magnitude } else { magnitude };
        i64::try_from(signed).map(Self).map_err(|_| NumberError::OutOfRange)
    }

    /// The nearest whole fen of an exact amount in fen, halves towards +∞. Error: `Overflow`.
    #[inline]
    pub fn from_rational_half_up(fen: Rational) -> Result<Self, Fault> {
        i64::try_from(fen.round_half_up()?).map(Self).map_err(|_| Fault::Overflow)
    }

    /// The amount as an exact number of fen.
    #[must_use]
    #[inline]
    pub fn to_rational(self) -> Rational {
        Rational::from(self.0)
    }

    /// The sum. Error: `Overflow`.
    #[inline]
    pub fn checked_add(self, other: Self) -> Result<Self, Fault> {
        self.0.checked_add(other.0).map(Self).ok_or(Fault::Overflow)
    }

    /// The difference. Error: `Overflow`.
    #[inline]
    pub fn checked_sub(self, other: Self) -> Result<Self, Fault> {
        self.0.checked_sub(other.0).map(Self).ok_or(Fault::Overflow)
    }

    /// The amount in yuan with two decimals, for files and fields: `1234.50`.
    #[must_use]
    pub fn yuan(self) -> String {
        let (sign, yuan, fen) = self.parts();
        format!("{sign}{yuan}.{fen:02}")
    }

    /// The amount in yuan with thousands separators: `1,234.50`.
    #[must_use]
    pub fn grouped(self) -> String {
        let mut out = String::with_capacity(28);
        self.push_grouped(&mut out);
        out
    }

    /// Appends what [`Fen::grouped`] gives: every explanation is full of amounts.
    pub fn push_grouped(self, out: &mut String) {
        let (sign, yuan, fen) = self.parts();
        out.push_str(sign);
        let mut buffer = itoa::Buffer::new();
        let mut digits = buffer.format(yuan);
        let mut comma = "";
        while !digits.is_empty() {
            let (group, rest) = digits.split_at_checked((digits.len() - 1) % 3 + 1).unwrap_or((digits, ""));
            out.push_str(comma);
            out.push_str(group);
            (comma, digits) = (",", rest);
        }
        out.push('.');
        push_integer(out, fen, 2);
    }

    /// The amount as an officer reads it: `50万元`, `1.5亿元`, `286,542.00元`.
    ///
    /// 万 stands from 1万 up where at most two decimals of it are exact, 亿 from 1亿 up with at most four;
    /// everything else is written out in yuan.
    #[must_use]
    pub fn plain_zh(self) -> String {
        let number = write::myriads(self.to_rational(), 100).unwrap_or_else(|| self.grouped());
        format!("{number}元")
    }

    /// The amount in English texts: `¥500,000.00`.
    #[must_use]
    pub fn plain_en(self) -> String {
        let (sign, yuan, fen) = self.parts();
        format!("{sign}¥{}.{fen:02}", group_thousands(&yuan.to_string()))
    }

    /// Sign, whole yuan and remaining fen.
    fn parts(self) -> (&'static str, u64, u64) {
        let magnitude = self.0.unsigned_abs();
        (if self.0 < 0 { "-" } else { "" }, magnitude / 100, magnitude % 100)
    }
}

impl fmt::Display for Fen {
    /// As [`Fen::yuan`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.yuan())
    }
}

/// Why a pool cannot be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ShareError {
    /// A claim is below zero.
    #[error("claim {index} is below zero")]
    NegativeClaim {
        /// Place of the claim, counted from 0.
        index: usize,
    },
    /// The pool is below zero.
    #[error("the pool is below zero")]
    NegativePool,
}

/// Shares a pool among claims in proportion, exact to the fen, by largest remainder.
///
/// The shares come in the order of the claims. They add up to the smaller of the pool and all claims,
/// none exceeds its claim, and each differs from the exact proportion by less than one fen; of equal
/// remainders the earlier claim comes first. Errors: a negative claim or pool.
pub fn share_largest_remainder(claims: &[Fen], pool: Fen) -> Result<Vec<Fen>, ShareError> {
    if pool.0 < 0 {
        return Err(ShareError::NegativePool);
    }
    if let Some(index) = claims.iter().position(|claim| claim.0 < 0) {
        return Err(ShareError::NegativeClaim { index });
    }
    // At most 2^64 claims of at most 2^63 fen: the sum fits 128 bits.
    let total: i128 = claims.iter().map(|claim| i128::from(claim.0)).sum();
    let pool = i128::from(pool.0);
    if pool >= total {
        return Ok(claims.to_vec());
    }
    // total > pool ≥ 0, and a share is below its claim, so it fits again.
    let mut left = pool;
    let mut shares = Vec::with_capacity(claims.len());
    // Remainders with the place of their claim.
    let mut order = Vec::with_capacity(claims.len());
    for (place, claim) in claims.iter().enumerate() {
        let product = i128::from(claim.0) * pool;
        // 64 bits hold the products of a district's budget, and divide several times faster.
        let share = match (u64::try_from(product), u64::try_from(total)) {
            (Ok(product), Ok(total)) => i128::from(product / total),
            _ => product / total,
        };
        order.push((product - share * total, place));
        left -= share;
        shares.push(Fen(i64::try_from(share).unwrap_or(i64::MAX)));
    }
    // As many fen are left as the remainders add up to, so fewer than there are remainders above zero:
    // nobody without one gets a fen, and nobody is lifted above the claim.
    order.sort_unstable_by_key(|(remainder, place)| (std::cmp::Reverse(*remainder), *place));
    for (_, place) in order.iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(share) = shares.get_mut(*place) {
            share.0 += 1;
        }
    }
    Ok(shares)
}
